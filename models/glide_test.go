package models_test

import (
	"math"
	"testing"

	"entente/models"
)

// Flows take a glide in the middle of the step: the compute that a lab buys per dollar of
// revenue falls from 2 to 1 with a half-life of half a year, and opex from 2 to 0.5 with one of
// a year.
func TestGlide(t *testing.T) {
	s := plain(2, 1)
	s.Labs[0].Cash = at(100)
	s.Labs[0].Failure = &models.Failure{}
	s.Labs[0].ComputeRatio = moving(2, 1, 0.5)
	s.Labs[0].Opex = moving(2, 0.5, 1)
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		cash := 100.0
		for n, step := range got.steps {
			middle := (float64(n) + 0.5) / 4
			k, o := 1+math.Exp2(-middle/0.5), 0.5+1.5*math.Exp2(-middle)
			cash += 1 - o - k
			wants{"deal_a.use": k, "lab.cash": cash}.checkStep(t, step)
		}
	})
}

// A glide with an endless half-life stays, and one with next to none has arrived.
func TestGlideLimits(t *testing.T) {
	for _, tt := range []struct{ halfLife, want float64 }{{1e12, 2}, {1e-6, 1}} {
		s := plain(1, 1)
		s.Labs[0].ComputeRatio = moving(2, 1, tt.halfLife)
		onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
			for _, step := range got.steps {
				wants{"deal_a.use": tt.want}.checkStep(t, step)
			}
		})
	}
}

// Valuations take a glide at the moment they are made: at the step's beginning for a tranche,
// at its end for what is recorded.
func TestGlideOfValuations(t *testing.T) {
	s := plain(1, 1)
	s.Labs[0].Valuation = &models.Valuation{Multiple: moving(20, 10, 1)}
	s.Alliances[0].Tranches = []models.Tranche{{Investor: "owner_a", Amount: is(10), On: 0.5, By: math.Inf(1)}}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		W := func(t float64) float64 { return 4 * (10 + 10*math.Exp2(-t)) }
		wants{"lab.valuation": W(0.5), "deal_a.equity": 0}.checkStep(t, got.steps[1])
		wants{"lab.valuation": W(0.75), "deal_a.equity": 10 / (W(0.5) + 10) * W(0.75)}.checkStep(t, got.steps[2])
	})
}
