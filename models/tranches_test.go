package models_test

import (
	"math"
	"testing"

	"entente/models"
	"entente/sim/expr"
)

// Two tranches in one step are priced together, at 10·4 + 10 before the money; a tranche comes
// by date, by run rate or by what was billed under its alliance, and not after its last date.
func TestTranches(t *testing.T) {
	s := plain(1, 2)
	s.Investors = []models.Investor{{ID: "fund"}}
	s.Labs[0].Cash = at(10)
	s.Labs[0].Valuation = &models.Valuation{Multiple: still(10)}
	s.Labs[0].Failure = &models.Failure{}
	never := math.Inf(1)
	s.Alliances[0].Stakes = []models.Stake{{Investor: "owner_a", Stake: is(0.2), Cost: is(5)}}
	s.Alliances[0].Tranches = []models.Tranche{
		{Investor: "owner_a", Amount: is(10), On: 0.2, By: never},
		{Investor: "owner_a", Amount: is(99), On: 0.2, By: 0.25},
		{Investor: "owner_b", Amount: is(99), RunRate: at(4.1), By: never},
	}
	s.Alliances[1].Tranches = []models.Tranche{
		{Investor: "fund", Amount: is(40), On: 0.25, By: never},
		{Investor: "owner_a", Amount: is(25), Billed: at(1), By: never}, // 0.5 a quarter
	}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"deal_a.equity": 0.2 * 50, "deal_a.invested": 0}.checkStep(t, got.steps[0])
		wants{
			"lab.cash": 60, "lab.valuation": 100, "lab.raised": 0,
			"deal_a.equity": (0.1 + 0.1) * 100, "deal_a.invested": 10, "fund.equity": 0.4 * 100, "fund.invested": 40,
		}.checkStep(t, got.steps[1])
		// Owner a's second goes where it owns the cloud, though it was written for the other deal.
		wants{
			"lab.cash": 85, "deal_a.invested": 25, "deal_b.invested": 0,
			"deal_a.equity": (0.2*0.8 + 0.2) * 125, "deal_b.equity": 0, "fund.equity": 0.32 * 125,
		}.checkStep(t, got.steps[2])
		got.check(t, "deal_a.invested", 35)
		got.check(t, "deal_a.moic", 45.0/40)
		got.check(t, "deal_a.round_trip", 2.0/40)
		got.check(t, "deal_b.moic", math.NaN())
		got.check(t, "deal_b.round_trip", math.NaN())
		got.check(t, "fund.npv", 0) // −40 + 0.32·125
	})
}

// A condition is looked at when a step begins, with the run rate there and what was billed up
// to the step before, and holds for one payment.
func TestTrancheConditions(t *testing.T) {
	for _, tt := range []struct {
		name    string
		tranche models.Tranche
		paid    []float64
	}{
		{"run rate there from the start", models.Tranche{RunRate: at(4), By: math.Inf(1)}, []float64{3, 0, 0, 0}},
		{"run rate just missed", models.Tranche{RunRate: at(4 * 1.0001), By: math.Inf(1)}, []float64{0, 3, 0, 0}},
		{"run rate in half a year", models.Tranche{RunRate: at(4 * math.Sqrt2 * 0.9999), By: math.Inf(1)}, []float64{0, 0, 3, 0}},
		{"too late", models.Tranche{RunRate: at(4 * math.Sqrt2 * 0.9999), By: 0.5}, []float64{0, 0, 0, 0}},
		{"just in time", models.Tranche{RunRate: at(4 * math.Sqrt2 * 0.9999), By: 0.501}, []float64{0, 0, 3, 0}},
		{"billed nothing", models.Tranche{Billed: at(0), By: math.Inf(1)}, []float64{3, 0, 0, 0}},
		{"billed in the first step", models.Tranche{Billed: at(1.09), By: math.Inf(1)}, []float64{0, 3, 0, 0}},
		{"billed in two steps", models.Tranche{Billed: at(1.1), By: math.Inf(1)}, []float64{0, 0, 3, 0}},
		{"on the day", models.Tranche{On: 0.5, By: math.Inf(1)}, []float64{0, 0, 3, 0}},
		{"a day later", models.Tranche{On: 0.5 + 1.0/365, By: math.Inf(1)}, []float64{0, 0, 0, 3}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := plain(1, 1)
			s.Labs[0].Revenue.Growth = still(1) // the first step's revenue is (4 + 4·2^¼)/8 = 1.0946
			s.Labs[0].Valuation = &models.Valuation{Multiple: still(1)}
			tt.tranche.Investor, tt.tranche.Amount = "owner_a", is(3)
			s.Alliances[0].Tranches = []models.Tranche{tt.tranche}
			onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
				for n, paid := range tt.paid {
					wants{"deal_a.invested": paid}.checkStep(t, got.steps[n])
				}
			})
		})
	}
}

// Equity is worth multiple·noise·run rate, at the moment of the valuation: before the step's
// draws for a tranche.
func TestValuation(t *testing.T) {
	s := plain(1, 1)
	s.Labs[0].Valuation = &models.Valuation{
		Multiple: moving(20, 10, 1),
		Noise:    &models.Noise{Volatility: is(0.4), HalfLife: is(0.5)},
	}
	s.Alliances[0].Tranches = []models.Tranche{
		{Investor: "owner_a", Amount: is(10), On: 0, By: math.Inf(1)},
		{Investor: "owner_a", Amount: is(20), On: 0.25, By: math.Inf(1)},
	}
	d := quiet{normals: map[string]map[int]float64{"lab.valuation": {1: 1}}}
	onBothRoutes(t, s, d, func(t *testing.T, got trial) {
		κ := math.Ln2 / 0.5
		v := 0.4 * math.Sqrt((1-math.Exp2(-1))/(2*κ))
		W1 := 4 * (10 + 10*math.Exp2(-0.25)) * math.Exp(v-0.16*(1-math.Exp2(-1))/(4*κ))
		W2 := 4 * (10 + 10*math.Exp2(-0.5)) * math.Exp(v*math.Sqrt(0.5)-0.16*(1-math.Exp2(-2))/(4*κ))
		wants{"lab.valuation": W1, "deal_a.equity": 10.0 / 90 * W1}.checkStep(t, got.steps[0])
		wants{"lab.valuation": W2, "deal_a.equity": (10.0/90*W1 + 20) / (W1 + 20) * W2}.checkStep(t, got.steps[1])
	})
}

// An event that halves the multiple in one step does so for what is paid at its beginning and
// recorded at its end.
func TestValuationUnderEvents(t *testing.T) {
	s := plain(1, 1)
	s.Labs[0].Valuation = &models.Valuation{Multiple: moving(20, 10, 1)}
	s.Alliances[0].Tranches = []models.Tranche{{Investor: "owner_a", Amount: is(10), On: 0.25, By: math.Inf(1)}}
	s.Events = []models.Event{{ID: "event", At: 0.25, Duration: at(0.25), To: math.Inf(1), Effects: []models.Effect{
		{Path: "lab.valuation.multiple", Op: models.Multiply, By: is(0.5)},
	}}}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		W := func(t float64) float64 { return 4 * (10 + 10*math.Exp2(-t)) }
		stake := 10 / (W(0.25)/2 + 10)
		wants{"lab.valuation": W(0.25)}.checkStep(t, got.steps[0])
		wants{"lab.valuation": W(0.5) / 2, "deal_a.equity": stake * W(0.5) / 2}.checkStep(t, got.steps[1])
		wants{"lab.valuation": W(0.75), "deal_a.equity": stake * W(0.75)}.checkStep(t, got.steps[2])
	})
}

// The multiple's noise has mean one and is independent of the run rate, so that W has the mean
// multiple·R₀·(1 + growth)^t.
func TestValuationMean(t *testing.T) {
	s := plain(3, 1)
	s.Labs[0].Revenue.Growth, s.Labs[0].Revenue.Volatility = still(0.4), still(0.2)
	s.Labs[0].Valuation = &models.Valuation{Multiple: moving(20, 10, 1), Noise: &models.Noise{Volatility: is(0.5), HalfLife: is(1)}}
	s.Alliances[0].Stakes = []models.Stake{{Investor: "owner_a", Stake: is(0.25)}}
	s.Metrics = []models.UserMetric{
		logarithm("lab.valuation"),
		each("equity", func(x ...expr.X) expr.X { return x[0] }, "deal_a.equity"),
	}
	got := byYear(t, s, 20_000)
	for n := range 3 {
		year := float64(n + 1)
		mean := (10 + 10*math.Exp2(-year)) * 4 * math.Pow(1.4, year)
		variance := 0.2*0.2*year + 0.25*(1-math.Exp2(-2*year))/(2*math.Ln2)
		got.lognormal(t, "lab.valuation", n, math.Log(mean)-variance/2, math.Sqrt(variance))
		sd := math.Sqrt(math.Expm1(variance))
		got.mean(t, "lab.valuation", n, mean, mean*sd)
		got.mean(t, "equity", n, mean/4, mean/4*sd)
	}
}
