package models_test

import (
	"math"
	"testing"

	"entente/models"
)

// Shares are normalised, at the start and as a plan, and drift to the plan.
func TestMigration(t *testing.T) {
	s := plain(1, 2)
	s.Alliances[0].Share = moving(1.6, 0.4, 1) // of 2; its long run is a half, the other's too
	s.Alliances[1].Share = still(0.4)
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		w := 0.8 - 0.3*(1-math.Exp2(-0.25))
		wants{"deal_a.share": w / (w + 0.2), "deal_b.share": 0.2 / (w + 0.2)}.checkStep(t, got.steps[0])
	})

	// Two planned shares that sum to 1 on the way need no scaling: w(t) is the glide.
	s.Alliances[0].Share, s.Alliances[1].Share = moving(8, 3, 2), moving(2, 2, 2)
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		for n, step := range got.steps {
			wants{"deal_a.share": 0.6 + 0.2*math.Exp2(-float64(n+1)/8)}.checkStep(t, step)
		}
	})
}

// Shares churn by price, and go where it is attractive.
func TestChurn(t *testing.T) {
	s := plain(1, 3) // 0.5, 0.25, 0.25
	s.Labs[0].PriceSensitivity = is(1)
	s.Alliances[0].Share = still(2)
	s.Alliances[0].Price = is(2)
	s.Alliances[0].Churn.AnnualRate = is(0.3)
	s.Alliances[0].Exclusivity = models.Exclusivity{ChurnFactor: is(0.5), Until: 0.25}
	s.Alliances[1].Attraction = is(2)
	s.Alliances[2].Attraction = is(3)
	s.Alliances[2].Price = is(0.5)
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		// γ̄ = 0.5·2 + 0.25 + 0.25·0.5 = 1.375, A = ½, 2, 6
		left := 0.5 * math.Pow(1-0.3*0.5*2/1.375, 0.25)
		b, c := 0.25+(0.5-left)*0.25, 0.25+(0.5-left)*0.75
		wants{"deal_a.share": left, "deal_b.share": b, "deal_c.share": c}.checkStep(t, got.steps[0])
		wants{"deal_a.use": left * 2, "deal_b.use": b, "deal_c.use": c * 0.5}.checkStep(t, got.steps[0])
		// The exclusivity is over in the step that begins at its date.
		wants{"deal_a.share": left * math.Pow(1-0.3*2/(2*left+b+0.5*c), 0.25)}.checkStep(t, got.steps[1])
	})

	// At most 95 % leave in a year, and nothing where there is nowhere to go.
	s.Alliances[0].Exclusivity.Until = 0
	s.Alliances[0].Churn.AnnualRate = is(1)
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"deal_a.share": 0.5 * math.Pow(0.05, 0.25)}.checkStep(t, got.steps[0])
	})
	s.Alliances[1].Attraction, s.Alliances[2].Attraction = is(0), is(0)
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"deal_a.share": 0.5}.checkStep(t, got.steps[0])
	})
}

// Two alliances give to each other at once: what left the one does not leave the other in the
// same step. An alliance without attraction is left and not joined.
func TestChurnBothWays(t *testing.T) {
	s := plain(1, 3)
	for i, share := range []float64{0.5, 0.3, 0.2} {
		s.Alliances[i].Share = still(share)
		s.Alliances[i].Churn.AnnualRate = is([]float64{0.2, 0.4, 0.6}[i])
		s.Alliances[i].Attraction = is([]float64{1, 3, 0}[i])
	}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		a, b, c := 0.5*(1-math.Pow(0.8, 0.25)), 0.3*(1-math.Pow(0.6, 0.25)), 0.2*(1-math.Pow(0.4, 0.25))
		wants{
			"deal_a.share": 0.5 - a + b + c/4,
			"deal_b.share": 0.3 - b + a + c*3/4,
			"deal_c.share": 0.2 - c,
		}.checkStep(t, got.steps[0])
	})
}

// A price that an event changes counts at once: for what is paid, for who leaves and where to.
func TestChurnAfterPriceChange(t *testing.T) {
	s := plain(1, 3) // a third each
	s.Labs[0].PriceSensitivity = is(2)
	s.Alliances[0].Churn.AnnualRate = is(0.2)
	s.Events = []models.Event{{ID: "event", At: 0.25, To: math.Inf(1), Effects: []models.Effect{
		{Path: "deal_c.price", Op: models.Set, By: is(0.5)},
		{Path: "deal_a.churn.annual_rate", Op: models.Multiply, By: is(2)},
		{Path: "deal_a.exclusivity.churn_factor", Op: models.Set, By: is(0.5)},
	}}}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		left := math.Pow(0.8, 0.25) / 3
		b := (1 - left) / 2 // equally attractive
		wants{"deal_a.share": left, "deal_b.share": b, "deal_c.share": b}.checkStep(t, got.steps[0])
		// γ̄ = left + b + b/2, A = 1, 1, 4; the factor holds for ever.
		mean := left + 1.5*b
		gone := left * (1 - math.Pow(1-0.2*2*0.5/(mean*mean), 0.25))
		wants{
			"deal_a.share": left - gone, "deal_b.share": b + gone/5, "deal_c.share": b + gone*4/5,
			"deal_c.use": 0.5 * (b + gone*4/5),
		}.checkStep(t, got.steps[1])
	})
}

// The noise of churn decays like any other.
func TestChurnNoise(t *testing.T) {
	s := plain(1, 2)
	s.Alliances[0].Churn = models.Churn{AnnualRate: is(0.3), Noise: &models.Noise{Volatility: is(0.4), HalfLife: is(0.5)}}
	d := quiet{normals: map[string]map[int]float64{"deal_a.churn": {1: 1}}}
	onBothRoutes(t, s, d, func(t *testing.T, got trial) {
		κ := math.Ln2 / 0.5
		w := 0.5
		for n, decay := range []float64{1, math.Sqrt(0.5), 0.5} {
			z := 0.4 * math.Sqrt((1-math.Exp2(-1))/(2*κ)) * decay
			w *= math.Pow(1-0.3*math.Exp(z-0.16*(1-math.Exp2(-float64(n+1)))/(4*κ)), 0.25)
			wants{"deal_a.share": w}.checkStep(t, got.steps[n])
		}
	})
}

// Moves come before migration, and migration before churn; what moves, moves of the plan too.
func TestSharesOrder(t *testing.T) {
	s := plain(1, 2)
	s.Alliances[0].Share, s.Alliances[1].Share = moving(0.8, 0.2, 0.25), still(0.2) // the plan: halves
	s.Alliances[0].Churn.AnnualRate, s.Alliances[1].Churn.AnnualRate = is(0.3), is(0.1)
	s.Events = []models.Event{{ID: "event", To: math.Inf(1), Effects: []models.Effect{
		{Path: "deal_a.share", Op: models.Move, By: is(0.25)},
	}}}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		// 0.8 → 0.6 and its plan 0.5 → 0.375; half of the way there, to 0.4875 by 0.4; then churn.
		a, b := 0.4875/0.8875, 0.4/0.8875
		wants{"deal_a.share": a*math.Pow(0.7, 0.25) + b*(1-math.Pow(0.9, 0.25))}.checkStep(t, got.steps[0])
	})
}
