package models_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"entente/models"
)

// Plant for 8 of use sees a schedule of 10 a year beginning within its lead time of a year:
// wear e^0.05 − 1 is replaced at once, and a quarter of the growth of 12 is built.
func TestPlant(t *testing.T) {
	s := plain(1, 1)
	s.Investors = []models.Investor{{ID: "maker"}}
	a := &s.Alliances[0]
	a.Capital = &models.Capital{Intensity: is(2), Life: is(5), Lead: is(1), Redeployable: is(0.5)}
	a.Supplier = &models.Supplier{Investor: "maker", Share: is(0.6)}
	a.Commitments = []models.Commitment{{Amount: is(40), Years: is(4), Backloading: is(1), Enforced: is(1), Start: 1}}
	a.Margin = is(0.3)
	grow, wear := math.Exp(0.05), math.Exp(-0.05)
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		built := 8*(grow-1) + 3
		idleCost := 0.5 * built * (1 - wear)
		wants{
			"deal_a.built": built, "maker.supplied": 0.6 * built, "deal_a.plant": 8 + 3*wear, "deal_a.idle_cost": idleCost,
			"deal_a.flow": 0.3 - idleCost, "deal_a.credit_exposure": 0.5 * (8 + 3*wear),
			"maker.equity": 0, "maker.invested": 0,
		}.checkStep(t, got.steps[0])
		A := 8 + 3*wear
		built = A*(grow-1) + (20-A)*0.25
		idleCost = 0.5 * (A + built - 8) * (1 - wear)
		wants{"deal_a.plant": A + (20-A)*0.25*wear, "deal_a.built": built, "deal_a.idle_cost": idleCost}.checkStep(t, got.steps[1])
	})

	// Without lead time, what is missing is built at once, and no more than that.
	a.Capital.Lead, a.Commitments[0].Start = is(0), 0.25
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"deal_a.built": 0, "deal_a.plant": 8 * wear}.checkStep(t, got.steps[0])
		wants{"deal_a.built": 20 - 8*wear, "deal_a.plant": 20 * wear}.checkStep(t, got.steps[1])
	})

	// A lead below a step is none.
	a.Capital.Lead = is(0.2)
	a.Commitments[0].Start = 0.45
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"deal_a.built": 20 - 8*wear, "deal_a.plant": 20 * wear}.checkStep(t, got.steps[1])
	})

	// Without a commitment it follows use: wear is replaced from the second step on.
	a.Capital.Lead, a.Commitments = is(1), nil
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"deal_a.built": 0, "deal_a.plant": 8 * wear, "deal_a.idle_cost": 0}.checkStep(t, got.steps[0])
		wants{"deal_a.built": 8 - 8*wear, "deal_a.plant": 8 * wear, "deal_a.idle_cost": 0}.checkStep(t, got.steps[1])
	})
}

// When use halves nothing is built until wear has caught up, and what stands idle and can't be
// used elsewhere costs its wear.
func TestPlantIdle(t *testing.T) {
	s := plain(1, 1)
	s.Alliances[0].Capital = &models.Capital{Intensity: is(2), Life: is(0.5), Redeployable: is(0.25)}
	s.Events = []models.Event{{ID: "event", At: 0.25, To: math.Inf(1), Effects: []models.Effect{
		{Path: "lab.compute.ratio", Op: models.Multiply, By: is(0.5)},
	}}}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wear := math.Exp(-0.5)
		wants{"deal_a.plant": 8 * wear, "deal_a.idle_cost": 0}.checkStep(t, got.steps[0])
		wants{
			"deal_a.built": 0, "deal_a.plant": 8 * wear * wear,
			"deal_a.idle_cost": 0.75 * (8*wear - 4) * (1 - wear), "deal_a.flow": -0.75 * (8*wear - 4) * (1 - wear),
		}.checkStep(t, got.steps[1])
		wants{"deal_a.built": 4 - 8*wear*wear, "deal_a.plant": 4 * wear, "deal_a.idle_cost": 0}.checkStep(t, got.steps[2])
	})
}

// Plant is built for the schedule as it was renegotiated.
func TestPlantRenegotiated(t *testing.T) {
	s := plain(1, 1)
	s.Alliances[0].Capital = &models.Capital{Intensity: is(2), Life: is(math.Inf(1))}
	s.Alliances[0].Commitments = []models.Commitment{{Amount: is(32), Years: is(2), Backloading: is(1), Enforced: is(1)}} // 4 a quarter
	s.Events = []models.Event{{ID: "event", At: 0.5, To: math.Inf(1), Effects: []models.Effect{
		{Path: "deal_a.commitments", Op: models.Multiply, By: is(1.5)},
	}}}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"deal_a.built": 24, "deal_a.plant": 32}.checkStep(t, got.steps[0])
		wants{"deal_a.built": 0, "deal_a.plant": 32}.checkStep(t, got.steps[1])
		wants{"deal_a.due": 6, "deal_a.built": 16, "deal_a.plant": 48}.checkStep(t, got.steps[2])
	})
}

// A life so short that the wear of a step is beyond all numbers leaves every outcome a number.
func TestPlantShortLife(t *testing.T) {
	for k := range uint64(20) {
		s := randomSystem(rand.New(rand.NewPCG(21, k)))
		for i := range s.Alliances {
			if s.Alliances[i].Capital != nil {
				s.Alliances[i].Capital.Life = models.Value{Const: 1e-5}
			}
		}
		outcomes(t, s, k)
	}
}
