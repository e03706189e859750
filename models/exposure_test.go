package models_test

import (
	"math"
	"testing"

	"entente/models"
)

// A lab that loses 0.5 a quarter has cash 10 − 0.5·n, fails when that first is negative, at
// the end of step 20, and is measured just before it does.
func TestFailure(t *testing.T) {
	s := plain(6, 1)
	s.Labs[0].Cash = at(10)
	s.Labs[0].Opex = still(0.5)
	s.Labs[0].Valuation = &models.Valuation{Multiple: still(2)}
	s.Labs[0].Failure = &models.Failure{Retained: is(0.5), Recovery: is(0.4)}
	a := &s.Alliances[0]
	a.Stakes = []models.Stake{{Investor: "owner_a", Stake: is(0.25), Cost: is(2)}}
	a.Capital = &models.Capital{Intensity: is(2), Life: is(math.Inf(1)), Redeployable: is(0.5)}
	a.Margin = is(0.4)
	a.ReceivableDays = is(73)
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		got.check(t, "lab.cash", 8, 6, 4, 2, 0, 0)
		got.check(t, "lab.valuation", 16, 14, 12, 10, 8, 0)
		got.check(t, "lab.alive", 1, 1, 1, 1, 1, 0)
		got.check(t, "lab.failed", 1)
		got.check(t, "lab.failure_time", 5.25)
		got.check(t, "lab.run_rate", 4, 4, 4, 4, 4, 2)
		// Then revenue is 0.5 a quarter, of which opex leaves 0.25 to live on.
		got.check(t, "lab.compute", 4, 4, 4, 4, 4, 1+3*0.25)

		// receivable 4·73/365, plant 2·4, of which half can't be used elsewhere; in the end the
		// plant is cut to 2·0.5·4, while a quarter's use is 0.25.
		got.check(t, "deal_a.plant", 8, 8, 8, 8, 8, 4)
		got.check(t, "deal_a.equity", 4, 3.5, 3, 2.5, 2, 0)
		got.check(t, "deal_a.credit_exposure", 4.8, 4.8, 4.8, 4.8, 4.8, 0.2+2)
		got.check(t, "cloud_a.exposure", 8.8, 8.3, 7.8, 7.3, 6.8, 2.2)
		got.check(t, "cloud_a.peak_exposure", 0.25*17.5+4.8)
		// write-off 0.5·(8 − 4), equity 0.25·8
		got.check(t, "deal_a.loss", 0, 0, 0, 0, 0, 0.6*(2+0.8)+2)
		got.check(t, "cloud_a.loss_total", 0.6*(2+0.8)+2)
		got.check(t, "deal_a.flow", 1.6, 1.6, 1.6, 1.6, 1.6, 0.4+(0.4*2-0.6*0.8-2)+3*0.1)
		got.check(t, "deal_a.npv", 8+0.4-1.68+0.3)
		got.check(t, "deal_a.moic", 0.4*2/2)
		got.check(t, "deal_a.round_trip", (21+0.75)/2)
		got.check(t, "cloud_a.breakeven_time", 0)
	})
}

// A failure voids what was agreed: commitments and the plant for them, revenue shares,
// exclusivities, tranches. Who owns no cloud recovers its part too.
func TestFailureVoids(t *testing.T) {
	s := plain(1, 2)
	s.Investors = []models.Investor{{ID: "fund"}}
	s.Labs[0].ComputeRatio = still(0.8)
	s.Labs[0].Cash = at(0.1)
	s.Labs[0].Valuation = &models.Valuation{Multiple: still(2)}
	s.Labs[0].Failure = &models.Failure{Retained: is(0.25), Recovery: is(0.3)}
	s.Labs[0].Funding = &models.Funding{Runway: is(1), Raise: is(1), HalfLife: is(1), MaxDilution: is(0.5)}
	a := &s.Alliances[0]
	a.Churn.AnnualRate = is(0.3)
	a.Exclusivity.ChurnFactor = is(0.5)
	a.RevenueShare.Rate = is(0.5)
	a.Resale = models.Resale{PullThrough: is(0.5), Until: math.Inf(1)}
	a.Commitments = []models.Commitment{{Amount: is(40), Years: is(4), Backloading: is(1), Enforced: is(1)}}
	a.Capital = &models.Capital{Intensity: is(2), Life: is(math.Inf(1))}
	a.ReceivableDays = is(73)
	a.Stakes = []models.Stake{{Investor: "fund", Stake: is(0.4)}, {Investor: "owner_a", Stake: is(0.1)}}
	a.Tranches = []models.Tranche{{Investor: "owner_a", Amount: is(5), On: 0.25, By: math.Inf(1)}}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		// Cash would be 0.1 + 1 − 0.5 − 2.5 − 0.8·(1 − w), equity 0.1·8, receivable 2.5·4/5.
		w := 0.5 * math.Pow(1-0.15, 0.25)
		plant := 2 * 0.25 * 0.8 * w * 4 // what use keeps of 2·10
		wants{
			"lab.fails": 1, "lab.cash": 0, "lab.valuation": 0, "lab.run_rate": 1, "lab.raised": 0, "lab.alive": 0,
			"deal_a.share": w, "deal_a.billed": 2.5, "deal_a.shortfall": 2.5 - 0.8*w, "deal_a.revenue_share": 0.5, "deal_a.resale": 0.5,
			"deal_a.built": 20 - 2*0.8*w*4, "deal_a.plant": plant, "deal_a.loss": 0.7*(0.8+2) + 20 - plant,
			"deal_a.recovered": 0.24, "deal_a.equity": 0, "deal_a.backlog": 0,
			"deal_a.credit_exposure": plant, "deal_a.exposure": plant,
			"deal_a.flow":    2.5 - 0.8*w + 0.5 + 0.24 - 0.7*2 - (20 - plant),
			"fund.recovered": 0.3 * 0.4 * 8, "fund.equity": 0,
		}.checkStep(t, got.steps[0])
		w *= math.Pow(1-0.3, 0.25)
		wants{
			"lab.fails": 0, "lab.cash": 0, "lab.valuation": 0, "lab.revenue": 0.25, "lab.compute": 0.2,
			"deal_a.share": w, "deal_a.use": 0.2 * w, "deal_a.shortfall": 0, "deal_a.revenue_share": 0, "deal_a.resale": 0.125, "deal_a.invested": 0,
			"deal_a.built": 0, "deal_a.plant": plant, "deal_a.credit_exposure": 0.2*w*4/5 + plant, "deal_a.loss": 0,
			"fund.recovered": 0, "fund.equity": 0,
		}.checkStep(t, got.steps[1])
		got.check(t, "fund.npv", 0.96)
		got.check(t, "deal_a.moic", math.NaN()) // the stake cost nothing
		got.check(t, "lab.failure_time", 0.25)
	})
}

// After a failure, and then only, a lab spends what opex leaves of its revenue: nothing where
// opex takes all, and less compute where it is dear.
func TestMeansAfterFailure(t *testing.T) {
	for _, tt := range []struct{ opex, price, use float64 }{
		{0.5, 1, 0.25}, {0.5, 4, 0.25}, {0.8, 1, 0.1}, {1.2, 1, 0}, {0.1, 0.25, 0.125},
	} {
		s := plain(1, 1)
		s.Labs[0].Cash = at(-10)
		s.Labs[0].Opex = still(tt.opex)
		s.Labs[0].Failure = &models.Failure{Retained: is(0.5)}
		s.Alliances[0].Price = is(tt.price)
		onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
			wants{"deal_a.use": tt.price}.checkStep(t, got.steps[0])
			wants{"lab.revenue": 0.5, "deal_a.use": tt.use}.checkStep(t, got.steps[1])
		})
	}
}

// npv discounts flows from the middles of their steps and equity from the horizon; moic and
// round trip are over what was put in.
func TestNPV(t *testing.T) {
	for _, rate := range []float64{0, 0.1, -0.02} {
		s := plain(2, 1)
		s.DiscountRate = is(rate)
		s.Labs[0].Valuation = &models.Valuation{Multiple: still(1)}
		s.Alliances[0].Margin = is(0.8)
		s.Alliances[0].Stakes = []models.Stake{{Investor: "owner_a", Stake: is(0.125), Cost: is(2)}}
		s.Alliances[0].Tranches = []models.Tranche{{Investor: "owner_a", Amount: is(4), On: 0.75, By: math.Inf(1)}}
		onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
			back := func(years float64) float64 { return math.Pow(1+rate, -years) }
			equity := 4 * (0.125/2 + 0.5) // cash is not followed: W stays 4
			npv := -4*back(0.875) + equity*back(2)
			for n := range 8 {
				npv += 0.8 * back((float64(n)+0.5)/4)
			}
			got.check(t, "deal_a.npv", npv)
			got.check(t, "cloud_a.npv", npv)
			got.check(t, "deal_a.moic", equity/6)
			got.check(t, "deal_a.round_trip", 8.0/6)
			got.check(t, "deal_a.invested", 4, 0)
		})
	}
}

// A gigawatt-year costs what the scenario says.
func TestGigawatts(t *testing.T) {
	s := plain(2, 1)
	s.GigawattYear = at(8)
	s.Labs[0].ComputeRatio = still(3)
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) { got.check(t, "deal_a.gigawatts", 1.5, 1.5) })
	s.GigawattYear = nil
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) { got.check(t, "deal_a.gigawatts") })
}
