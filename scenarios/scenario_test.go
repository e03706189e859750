package scenarios

import (
	"math"
	"slices"
	"testing"

	"entente/models"
	"entente/sim/dist"
	"entente/sim/expr"
)

// TestExample reads the example of the manual and looks at what became of it.
func TestExample(t *testing.T) {
	s, err := Load("testdata/example.good.yaml", Options{})
	if err != nil {
		t.Fatal(err)
	}
	sys := s.System
	if s.Trials != 100_000 || s.Seed != 1 || s.Sampler != "sobol" || sys.Years != 10 || sys.DiscountRate.Const != 0.1 {
		t.Errorf("trials %d, seed %d, sampler %s, years %d, discount rate %v", s.Trials, s.Seed, s.Sampler, sys.Years, sys.DiscountRate)
	}
	a := sys.Alliances[0]
	if a.ID != "openai_azure" || a.Lab != "openai" || a.Cloud != "azure" || !a.Share.Moves || a.Share.LongRun.Const != 0.4 {
		t.Errorf("the alliance is %+v", a)
	}
	// From 2026-01-01 to 2025-10-28: three months back, and 27 of October's 31 days on.
	if got, want := a.Commitments[0].Start, (-3+27.0/31)/12; math.Abs(got-want) > 1e-15 {
		t.Errorf("the commitment starts at %v, not %v", got, want)
	}
	if got := a.Exclusivity.Until; got != 6 {
		t.Errorf("2032-01-01 is %v years from 2026-01-01", got)
	}
	if a.Stakes[0].Investor != "microsoft" || a.Supplier.Investor != "nvidia" {
		t.Errorf("microsoft and nvidia became %q and %q", a.Stakes[0].Investor, a.Supplier.Investor)
	}
	growth := sys.Labs[0].Revenue.Growth.Initial
	d, ok := growth.Dist.(dist.Dist)
	if !ok || growth.Path != "openai.revenue.growth.initial" || math.Abs(dist.Point(d, 0.05)-0.8) > 1e-12 || math.Abs(dist.Point(d, 0.95)-1.6) > 1e-12 {
		t.Errorf("0.8 to 1.6 became %+v", growth)
	}
	if f := sys.Labs[0].Funding; f.Availability.Path != "openai.funding.availability" || f.Distress.Const != 0.3 {
		t.Errorf("funding is %+v", f)
	}
	e := sys.Events[0]
	if e.ID != "agi_declared" || e.From != 1 || e.To != 10 || len(e.Effects) != 2 || e.Effects[1].By.Path != "agi_declared.effects.1.set" {
		t.Errorf("the event is %+v", e)
	}
	if len(sys.Metrics) != 1 || len(sys.Metrics[0].Of) != 2 {
		t.Fatalf("the metrics are %+v", sys.Metrics)
	}
	m := sys.Metrics[0]
	if x, y := evaluate(m, 1, 30), evaluate(m, 2, math.NaN()); x != 31 || !math.IsNaN(y) {
		t.Errorf("exposure + backlog is %v and %v", x, y)
	}
	as := s.Facts.Assumptions
	if as[0].Path != "discount_rate" || !as[0].Constant || as[1].Path != "gigawatt_year" || as[1].Constant || len(as[1].Quantiles) != 201 {
		t.Errorf("the first assumptions are %+v and %+v", as[0], as[1])
	}
}

// TestBuiltins loads every scenario that ships.
func TestBuiltins(t *testing.T) {
	for _, b := range Builtins() {
		s, err := Load(b.Name, Options{})
		if err != nil {
			t.Errorf("%s:\n%v", b.Name, err)
			continue
		}
		if _, err := models.Compile(s.System); err != nil {
			t.Errorf("%s does not compile: %v", b.Name, err)
		}
		if b.Title != s.Facts.Scenario.Name || b.Description == "" {
			t.Errorf("%s is listed as %q: %q", b.Name, b.Title, b.Description)
		}
		if ds := slices.Concat(s.Warnings, s.Sanity); len(ds) > 0 {
			t.Errorf("%s has warnings, for which it gives no reason:\n%v", b.Name, Diagnostics(ds))
		}
	}
}

// evaluate computes a metric of numbers.
func evaluate(m models.UserMetric, of ...float64) float64 {
	code := expr.New()
	var args []expr.X
	for _, v := range of {
		args = append(args, code.Const(v))
	}
	v, ok := m.Combine(args).Constant()
	if !ok {
		panic("of numbers comes no number")
	}
	return v
}
