package models_test

import (
	"math"
	"testing"

	"entente/models"
)

// A revenue share ends with its cap, to which the last payment is cut, or its date; resale ends
// with its date. Until a date means in steps that begin before it.
func TestPartners(t *testing.T) {
	s := plain(2, 1)
	a := &s.Alliances[0]
	a.RevenueShare = models.RevenueShare{Rate: is(0.2), Until: 2, Cap: at(0.5)}
	a.Resale = models.Resale{PullThrough: is(0.5), Margin: is(0.4), Payback: is(0.1), Until: 1.5}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		for n, paid := range []float64{0.2, 0.2, 0.1, 0, 0, 0, 0, 0} {
			wants{"deal_a.revenue_share": paid, "deal_a.resale": []float64{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0, 0}[n]}.checkStep(t, got.steps[n])
		}
		got.check(t, "deal_a.revenue_share", 0.5, 0)
		got.check(t, "deal_a.resale", 2, 1)
		got.check(t, "deal_a.flow", 0.5+0.3*2, 0.3)
		got.check(t, "cloud_a.lab_revenue", 4+0.5+2, 4+1)
		got.check(t, "cloud_a.concentration", 6.5/46.5, 5.0/45)
	})
	a.RevenueShare = models.RevenueShare{Rate: is(0.2), Until: 0.5 + 1e-9}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) { got.check(t, "deal_a.revenue_share", 0.6, 0) })
	a.RevenueShare.Until = 0.5
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) { got.check(t, "deal_a.revenue_share", 0.4, 0) })
}

// Events change the rate and the pull-through while they last.
func TestPartnersUnderEvents(t *testing.T) {
	s := plain(1, 1)
	s.Alliances[0].RevenueShare.Rate = is(0.2)
	s.Alliances[0].Resale = models.Resale{PullThrough: is(0.5), Until: math.Inf(1)}
	s.Events = []models.Event{{ID: "event", At: 0.25, Duration: at(0.5), To: math.Inf(1), Effects: []models.Effect{
		{Path: "deal_a.revenue_share.rate", Op: models.Add, By: is(-0.15)},
		{Path: "deal_a.resale.pull_through", Op: models.Multiply, By: is(2)},
	}}}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		for n, step := range got.steps {
			share, resale := 0.2, 0.5
			if n == 1 || n == 2 {
				share, resale = 0.05, 1
			}
			wants{"deal_a.revenue_share": share, "deal_a.resale": resale, "cloud_a.lab_revenue": 1 + share + resale}.checkStep(t, step)
		}
	})
}
