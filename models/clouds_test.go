package models_test

import (
	"math"
	"testing"

	"entente/models"
)

// A cloud breaks even at the end of the first step at which what flowed to it sums to at least
// 0 again: with 0.75 a quarter, 3 paid at the start are back with the fourth, and 3.1 aren't.
func TestBreakeven(t *testing.T) {
	for _, tt := range []struct {
		name         string
		margin, paid float64
		on           float64
		want         float64
	}{
		{"on the cent", 0.75, 3, 0, 1},
		{"a step later", 0.75, 3.1, 0, 1.25},
		{"paid out of earnings", 0.75, 1.5, 0.25, 0},
		{"after earnings", 0.75, 2, 0.25, 0.75},
		{"not in time", 0.1, 3, 0, math.NaN()},
		{"nothing put in", 0.1, 0, 0, 0},
		{"a loss from the start", -0.1, 0, 0, math.NaN()},
		{"paid in the last step", 0.1, 3, 1.75, math.NaN()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := plain(2, 1)
			s.DiscountRate = is(0.5) // plays no part
			s.Labs[0].Valuation = &models.Valuation{Multiple: still(1)}
			s.Alliances[0].Margin = is(tt.margin)
			s.Alliances[0].Tranches = []models.Tranche{{Investor: "owner_a", Amount: is(tt.paid), On: tt.on, By: math.Inf(1)}}
			onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) { got.check(t, "cloud_a.breakeven_time", tt.want) })
		})
	}
}

// What is 0 but for rounding is 0: four times 0.8 sum to a little less than 3.2.
func TestBreakevenRounding(t *testing.T) {
	s := plain(2, 1)
	s.Labs[0].Valuation = &models.Valuation{Multiple: still(1)}
	s.Alliances[0].Margin = is(0.8)
	s.Alliances[0].Tranches = []models.Tranche{{Investor: "owner_a", Amount: is(3.2), By: math.Inf(1)}}
	columns(t, s, quiet{}).check(t, "cloud_a.breakeven_time", 1)
}

// It is the first time that counts: who is below 0 again later has broken even once.
func TestBreakevenOnce(t *testing.T) {
	s := plain(2, 1)
	s.Labs[0].Valuation = &models.Valuation{Multiple: still(1)}
	s.Alliances[0].Margin = is(1)
	s.Alliances[0].Tranches = []models.Tranche{
		{Investor: "owner_a", Amount: is(2), On: 0, By: math.Inf(1)},
		{Investor: "owner_a", Amount: is(4), On: 1, By: math.Inf(1)},
	}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) { got.check(t, "cloud_a.breakeven_time", 0.5) })
}

// Two labs on one cloud, and an owner of two clouds: sums and the largest exposure over all
// steps, which here is the third, before what the labs buy goes down.
func TestCloudSums(t *testing.T) {
	s := plain(1, 2)
	s.Clouds[1].Owner = "owner_a"
	other := s.Labs[0]
	other.ID = "other"
	other.Revenue.RunRate = is(8)
	deal := plainDeal("other_deal", "cloud_a", 1)
	deal.Lab = "other"
	s.Labs = append(s.Labs, other)
	s.Alliances = append(s.Alliances, deal)
	for i := range s.Alliances {
		s.Alliances[i].ReceivableDays = is(365)
		s.Alliances[i].Margin = is(0.5)
		s.Alliances[i].Capital = &models.Capital{Intensity: is(1), Life: is(math.Inf(1))}
	}
	s.Labs[0].Valuation = &models.Valuation{Multiple: still(10)}
	// Written under one alliance, held by the owner of both: it counts where it is written.
	s.Alliances[1].Stakes = []models.Stake{{Investor: "owner_a", Stake: is(0.25)}}
	s.Events = []models.Event{
		{ID: "up", At: 0.5, To: math.Inf(1), Effects: []models.Effect{{Path: "other.compute.ratio", Op: models.Set, By: is(2)}}},
		{ID: "down", At: 0.75, To: math.Inf(1), Effects: []models.Effect{{Path: "other.compute.ratio", Op: models.Set, By: is(0)}}},
	}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		// Receivable is a year of bills, plant too: 2 + 2 of the lab, 8 + 8 of the other.
		wants{"deal_a.exposure": 4, "deal_b.exposure": 14, "other_deal.exposure": 16, "cloud_a.exposure": 20, "cloud_b.exposure": 14, "cloud_b.equity": 10}.checkStep(t, got.steps[0])
		wants{"cloud_a.exposure": 4 + 32, "cloud_a.plant": 18, "cloud_a.credit_exposure": 36}.checkStep(t, got.steps[2])
		wants{"cloud_a.exposure": 4 + 16, "other_deal.use": 0}.checkStep(t, got.steps[3])
		got.check(t, "cloud_a.peak_exposure", 36)
		got.check(t, "cloud_b.peak_exposure", 14)
		got.check(t, "cloud_a.lab_revenue", 4*0.5+2+2+4)
		got.check(t, "cloud_a.revenue", 40+10)
		got.check(t, "cloud_a.concentration", 0.2)
		got.check(t, "cloud_a.flow", 5)
		got.check(t, "cloud_b.npv", 1+10)
	})
}
