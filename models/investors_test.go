package models_test

import (
	"math"
	"testing"

	"entente/models"
)

// An investor without a cloud has the equity of all its stakes, in any lab and wherever they
// are written, and supplies plant; what it is paid for that is not in its npv.
func TestInvestors(t *testing.T) {
	s := plain(1, 2)
	s.DiscountRate = is(0.21)
	s.Investors = []models.Investor{{ID: "fund"}, {ID: "maker"}}
	s.Labs[0].Valuation = &models.Valuation{Multiple: still(10)}
	s.Alliances[0].Stakes = []models.Stake{{Investor: "fund", Stake: is(0.125), Cost: is(1)}, {Investor: "maker", Stake: is(0.25)}}
	s.Alliances[1].Stakes = []models.Stake{{Investor: "fund", Stake: is(0.125)}}
	s.Alliances[1].Tranches = []models.Tranche{{Investor: "maker", Amount: is(10), On: 0.25, By: math.Inf(1)}}
	for i := range s.Alliances {
		s.Alliances[i].Capital = &models.Capital{Intensity: is(2), Life: is(0.25)}
	}
	s.Alliances[0].Supplier = &models.Supplier{Investor: "maker", Share: is(0.5)}
	s.Alliances[1].Supplier = &models.Supplier{Investor: "maker", Share: is(0.25)}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"fund.equity": 10, "maker.equity": 10, "maker.invested": 0, "deal_a.equity": 0, "cloud_a.equity": 0}.checkStep(t, got.steps[0])
		wants{"fund.equity": 8, "maker.equity": 16, "maker.invested": 10, "deal_b.invested": 0}.checkStep(t, got.steps[1])
		// From the second step on, plant for 4 has lost all but 4/e.
		built := 4 - 4*math.Exp(-1)
		wants{"maker.supplied": 0.75 * built, "fund.supplied": 0}.checkStep(t, got.steps[1])
		got.check(t, "maker.supplied", 3*0.75*built)
		got.check(t, "maker.npv", -10*math.Pow(1.21, -0.375)+16/1.21)
		got.check(t, "fund.npv", 8/1.21)
	})
}
