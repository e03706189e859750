package models_test

import (
	"testing"

	"entente/models"
	"entente/sim"
	"entente/sim/expr"
)

// Metrics of a scenario's own are made of others, and of earlier ones of their kind, year by
// year or once per trial.
func TestUserMetrics(t *testing.T) {
	s := plain(2, 2)
	s.Labs[0].Revenue.Growth = still(3)
	s.Metrics = []models.UserMetric{
		each("billed_per_revenue", func(x ...expr.X) expr.X { return x[0].Div(x[1]) }, "deal_a.billed", "lab.revenue"),
		each("twice", func(x ...expr.X) expr.X { return x[0].Times(2) }, "billed_per_revenue"),
		each("both", func(x ...expr.X) expr.X { return x[0].Add(x[1].Times(10)) }, "cloud_a.loss_total", "lab.failed"),
		each("stock_by_flow", func(x ...expr.X) expr.X { return x[0].Div(x[1]) }, "lab.run_rate", "cloud_a.revenue"),
	}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		got.check(t, "billed_per_revenue", 0.5, 0.5)
		got.check(t, "twice", 1, 1)
		got.check(t, "both", 0)
		revenue := got.metrics["cloud_a.revenue"]
		got.check(t, "stock_by_flow", 16/revenue[0], 64/revenue[1])
	})
}

// A metric can't be made of what stands after it or is not there, or of both kinds.
func TestUserMetricsRefused(t *testing.T) {
	for _, tt := range []struct {
		of   []string
		want string
	}{
		{[]string{"lab.sales"}, "metric new: there is no metric lab.sales before it"},
		{[]string{"new"}, "metric new: there is no metric new before it"},
		{[]string{"later"}, "metric new: there is no metric later before it"},
		{[]string{"lab.revenue", "lab.failed"}, "metric new mixes lab.failed, which is once per trial or by year, with the other"},
		{[]string{"lab.failed", "lab.revenue"}, "metric new mixes lab.revenue, which is once per trial or by year, with the other"},
	} {
		s := plain(1, 1)
		first := func(x ...expr.X) expr.X { return x[0] }
		s.Metrics = []models.UserMetric{each("new", first, tt.of...), each("later", first, "lab.revenue")}
		if _, err := models.Compile(s); err == nil || err.Error() != tt.want {
			t.Errorf("of %v: error %v, want %s", tt.of, err, tt.want)
		}
	}
}

// Metrics names what a run reports, with its unit and kind, in the order in which it does.
func TestMetricsList(t *testing.T) {
	s := plain(1, 2)
	s.GigawattYear = at(8)
	s.Investors = []models.Investor{{ID: "fund"}}
	m, err := models.Compile(s)
	if err != nil {
		t.Fatal(err)
	}
	list := models.Metrics(s)
	if len(list) != len(m.Outcomes) {
		t.Fatalf("%d metrics, and a run reports %d", len(list), len(m.Outcomes))
	}
	for i, o := range m.Outcomes {
		if got, want := list[i], (models.Metric{Name: o.Name, Unit: o.Unit, Kind: o.Kind}); got != want {
			t.Errorf("metric %d is %v, want %v", i, got, want)
		}
	}
	for _, want := range []models.Metric{
		{Name: "lab.run_rate", Unit: "USD bn per year", Kind: sim.Stock},
		{Name: "deal_b.gigawatts", Unit: "GW", Kind: sim.Flow},
		{Name: "cloud_a.peak_exposure", Unit: "USD bn", Kind: sim.AtTheEnd},
		{Name: "fund.npv", Unit: "USD bn", Kind: sim.AtTheEnd},
	} {
		found := false
		for _, got := range list {
			found = found || got == want
		}
		if !found {
			t.Errorf("there is no metric %v", want)
		}
	}
}

// A system that refers to what it does not have is refused, with what it refers to.
func TestCompileRefuses(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(s *models.System)
		want   string
	}{
		{"years", func(s *models.System) { s.Years = 0 }, "years is 0: it must be at least 1"},
		{"lab", func(s *models.System) { s.Alliances[0].Lab = "nobody" }, "alliance deal_a: there is no lab nobody"},
		{"cloud", func(s *models.System) { s.Alliances[0].Cloud = "nowhere" }, "alliance deal_a: there is no cloud nowhere"},
		{"two alliances", func(s *models.System) { s.Alliances[1].Cloud = "cloud_a" }, "alliance deal_b: lab already has deal_a on cloud_a"},
		{"supplier", func(s *models.System) { s.Alliances[0].Supplier = &models.Supplier{Investor: "maker"} },
			"alliance deal_a: supplier maker is not among the investors"},
		{"investor", func(s *models.System) { s.Alliances[0].Stakes = []models.Stake{{Investor: "fund"}} },
			"alliance deal_a: investor fund neither owns a cloud of lab nor is among the investors"},
		{"valuation", func(s *models.System) { s.Alliances[0].Stakes = []models.Stake{{Investor: "owner_a"}} },
			"lab lab has stakes or tranches: it needs a valuation"},
		{"effect", func(s *models.System) {
			s.Events = []models.Event{{ID: "event", Effects: []models.Effect{{Path: "lab.luck"}}}}
		}, "event event has an effect on lab.luck: there is no such quantity that takes effects"},
		{"share", func(s *models.System) {
			s.Events = []models.Event{{ID: "event", Effects: []models.Effect{{Path: "deal_a.share", Op: models.Set}}}}
		}, "event event changes deal_a.share: a share takes only move"},
		{"commitments", func(s *models.System) {
			s.Events = []models.Event{{ID: "event", Effects: []models.Effect{{Path: "deal_a.commitments", Op: models.Add}}}}
		}, "event event changes deal_a.commitments: commitments take only multiply"},
	} {
		s := plain(1, 2)
		tt.change(s)
		if _, err := models.Compile(s); err == nil || err.Error() != tt.want {
			t.Errorf("%s: error %v, want %s", tt.name, err, tt.want)
		}
	}
}

// A comparison is the difference in each trial, not of the means.
func TestCompare(t *testing.T) {
	s := plain(2, 2)
	s.Alliances[0].ReceivableDays, s.Alliances[0].Margin = is(60), is(0.5)
	m, err := models.Compile(s)
	if err != nil {
		t.Fatal(err)
	}
	before := len(m.Outcomes)
	list := models.Compare(m, "cloud_a", "cloud_b")
	if len(list) != 2 || len(m.Outcomes) != before+2 {
		t.Fatalf("%d differences, %d outcomes more: both want to be 2", len(list), len(m.Outcomes)-before)
	}
	values := record(t, m, sim.Options{Trials: 50, Seed: 3})
	for _, d := range list {
		a, b, got := values[d.Parts()[0]], values[d.Parts()[1]], values[d.Outcome]
		if len(got) != len(a) {
			t.Fatalf("%s: %d years, of what it is made of %d", d.Outcome, len(got), len(a))
		}
		different := false
		for y := range got {
			for i, x := range got[y] {
				different = different || x != 0
				if want := a[y][i] - b[y][i]; x != want {
					t.Fatalf("%s in trial %d of year %d: %v, want %v", d.Outcome, i, y, x, want)
				}
			}
		}
		if !different {
			t.Errorf("%s is 0 everywhere", d.Outcome)
		}
	}
	if list := models.Compare(m, "cloud_a", "nobody"); list != nil {
		t.Errorf("compared with nobody: %v", list)
	}
}
