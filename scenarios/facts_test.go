package scenarios

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"entente/models"
	"entente/sim/expr"
	"entente/sim/result"
)

func TestTerms(t *testing.T) {
	s, err := Load("testdata/example.good.yaml", Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"share of the lab's compute: 0.7, moving to 0.4 with a half-life of 3 years",
		"price of compute: 1 of the market's",
		"attraction: 1",
		"churn: 0.05 to 0.25 of the share a year, noise of volatility 0.4 and half-life 1 years",
		"exclusivity: churn multiplied by 0.4 until 2032-01-01",
		"commitment: 250 bn over 8 years from 2025-10-28, back-loading 1.7, 0.5 to 0.9 of a shortfall paid",
		"revenue share: 0.20 of the lab's revenue to the cloud's owner until 2031-01-01, at most 38 bn",
		"resale: 0.2 to 0.5 of the lab's revenue, at a margin of 0.4 less a payback of 0.2 until 2032-01-01",
		"stake: microsoft holds pert(0.26, 0.27, 0.30), for 13.8 bn",
		"the cloud's gross margin on use: 0.2 to 0.4",
		"receivables: 60 days",
		"plant: 2 to 3 of plant per yearly use, 5 years of life, 1 years to build, 0.5 to 0.8 of it redeployable",
		"supplier: nvidia is paid 0.6 of what is built",
	}
	if got := s.Facts.Alliances[0].Terms; !slices.Equal(got, want) {
		t.Errorf("the terms are\n%s", strings.Join(got, "\n"))
	}
	want = []string{"hazard 0.01 to 0.05 per year, between 2027-01-01 and 2036-01-01; lasts to the end",
		"sets openai_azure.revenue_share.rate to 0", "sets openai_azure.exclusivity.churn_factor to 1"}
	if got := s.Facts.Events[0].Terms; !slices.Equal(got, want) {
		t.Errorf("the event's terms are\n%s", strings.Join(got, "\n"))
	}
}

func TestEventTerms(t *testing.T) {
	s, err := Load("testdata/events.good.yaml", Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := s.Facts.Events[0]
	if e.Name != "Certain" || e.Source != "me" || e.Note != "why" ||
		!slices.Equal(e.Terms, []string{"on 2027-01-01; lasts 1 to 2 years", "moves 0.1 to 0.5 of openai_azure.share to the lab's other alliances"}) {
		t.Errorf("%+v", e)
	}
	last := s.Facts.Events[len(s.Facts.Events)-1]
	if !slices.Equal(last.Terms, []string{"hazard 0.1 per year; lasts 1 years; may happen again",
		"multiplies what is not yet due of openai_azure.commitments by 0.5", "sets openai.compute.ratio to 0"}) {
		t.Errorf("%q", last.Terms)
	}
}

func TestAssumptions(t *testing.T) {
	text := `entente: 1
extends: testdata/small.good.yaml
notes: [First., Second.]
sources:
  ft-2026: {title: FT on OpenAI, address: "https://example.org", date: 2026-08-23, grade: press}
labs:
  openai:
    opex: {value: "normal(1, 0.3)", unit: USD per USD, source: "ft-2026; an analyst", note: a judgement}
    price_sensitivity: {value: 2, source: "an analyst; ft-2025"}
`
	s, err := Load("-", Options{Stdin: strings.NewReader(text)})
	if err != nil {
		t.Fatal(err)
	}
	at := func(path string) result.Assumption {
		i := slices.IndexFunc(s.Facts.Assumptions, func(a result.Assumption) bool { return a.Path == path })
		if i < 0 {
			t.Fatalf("there is no assumption %s", path)
		}
		return s.Facts.Assumptions[i]
	}
	a := at("openai.opex")
	if a.Text != "normal(1, 0.3)" || a.Unit != "USD per USD" || a.Note != "a judgement" || a.Constant ||
		a.Source != "FT on OpenAI, 2026-08-23, https://example.org [press]; an analyst" {
		t.Errorf("%+v", a)
	}
	// Cut at 0, z = -1/0.3: the mean of a truncated normal is μ + σφ(z)/(1 − Φ(z)).
	z := -1 / 0.3
	mean := 1 + 0.3*math.Exp(-z*z/2)/math.Sqrt(2*math.Pi)/(math.Erfc(z/math.Sqrt2)/2)
	if math.Abs(a.Mean-mean) > 1e-9 || !strings.HasPrefix(a.Truncated, "to at least 0: 0.043 % ") || !slices.IsSorted(a.Quantiles) || a.Quantiles[0] <= 0 ||
		!(a.P1 < a.P5 && a.P5 < a.P50 && a.P50 < a.P95 && a.P95 < a.P99) || a.P50 != a.Quantiles[100] {
		t.Errorf("mean %v, not %v; %+v", a.Mean, mean, a)
	}
	if a := at("openai.price_sensitivity"); !a.Constant || a.Value != 2 || a.Source != "an analyst; ft-2025" || a.Unit != "elasticity" {
		t.Errorf("%+v", a)
	}
	var ids []string
	for _, w := range s.Warnings {
		ids = append(ids, w.ID)
	}
	if !slices.Equal(ids, []string{"truncated", "unknown-source"}) || s.Warnings[1].Hint != `did you mean "ft-2026"?` || s.Warnings[1].Column != 56 {
		t.Errorf("warnings: %v", Diagnostics(s.Warnings))
	}
	if !slices.Equal(s.Facts.Scenario.Notes, []string{"First.", "Second."}) {
		t.Errorf("notes: %q", s.Facts.Scenario.Notes)
	}
	if len(s.Facts.Clouds) != 1 || s.Facts.Clouds[0] != (result.Entity{ID: "azure", Name: "azure", Owner: "microsoft"}) {
		t.Errorf("clouds: %+v", s.Facts.Clouds)
	}
}

func TestDefaults(t *testing.T) {
	s, err := Load("testdata/minimal.good.yaml", Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []Default{{"horizon.years", "10", ""}, {"discount_rate", "0", "per year"}, {"openai.funding", "none", ""},
		{"openai_azure.attraction", "1", "ratio"}, {"azure.owner", "the cloud's id", ""}, {"openai.cash", "cash is not followed, and the lab cannot fail", ""}} {
		if !slices.Contains(s.Defaults, want) {
			t.Errorf("%+v is not among the defaults", want)
		}
	}
	for _, d := range s.Defaults {
		if d.Path == "openai.revenue.run_rate" || strings.HasSuffix(d.Path, ".name") || strings.HasSuffix(d.Path, "ceiling") {
			t.Errorf("%+v is a default", d)
		}
	}
}

// TestExpressions evaluates user metrics on two trials.
func TestExpressions(t *testing.T) {
	a, b := []float64{6, 0}, []float64{3, -4}
	for _, c := range []struct {
		text string
		want [2]float64
	}{
		{"azure.exposure + azure.backlog", [2]float64{9, -4}},
		{"azure.exposure - azure.backlog - 1", [2]float64{2, 3}},
		{"azure.exposure / azure.backlog", [2]float64{2, 0}},
		{"azure.backlog / azure.exposure", [2]float64{0.5, math.NaN()}},
		{"azure.exposure / azure.exposure", [2]float64{1, math.NaN()}},
		{"2 * (azure.exposure + 1) / 4", [2]float64{3.5, 0.5}},
		{"azure.exposure + 2 * azure.backlog", [2]float64{12, -8}},
		{"-azure.backlog + +1.5e1", [2]float64{12, 19}},
		{"min(azure.exposure, azure.backlog, 5)", [2]float64{3, -4}},
		{"max(azure.exposure, azure.backlog)", [2]float64{6, 0}},
		{"abs(azure.backlog)", [2]float64{3, 4}},
		{"1 / (1 / azure.exposure)", [2]float64{6, math.NaN()}}, // what has no value gives none
		{"1e308 * 10 * azure.exposure", [2]float64{math.NaN(), math.NaN()}},
	} {
		s, err := small(t, "metrics={m: '"+c.text+"'}")
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		m := s.System.Metrics[0]
		for i, want := range c.want {
			var of []float64
			for _, name := range m.Of {
				of = append(of, map[string][]float64{"azure.exposure": a, "azure.backlog": b}[name][i])
			}
			if got := evaluate(m, of...); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Errorf("%s is %v, not %v", c.text, got, want)
			}
		}
	}
	// One metric uses another, over several lines; an id may be a word of Go's.
	text := "entente: 1\nextends: testdata/small.good.yaml\nclouds: {range: {revenue: {run_rate: 1}}}\nmetrics:\n  twice: 2 * range.exposure\n  more: |\n    twice\n      + azure.exposure\n"
	s, err := Load("-", Options{Stdin: strings.NewReader(text)})
	if err != nil {
		t.Fatal(err)
	}
	if m := s.System.Metrics[1]; !slices.Equal(m.Of, []string{"twice", "azure.exposure"}) {
		t.Errorf("more is made of %q", m.Of)
	}
}

// TestShocksExist holds the names of shocks against what the compiled model draws.
func TestShocksExist(t *testing.T) {
	for _, name := range []string{"testdata/example.good.yaml", "testdata/correlated.good.yaml", "baseline"} {
		s, b, err := load(name, Options{})
		if err != nil {
			t.Fatal(err)
		}
		drawn := shocksOf(t, s)
		for _, shock := range b.shocks() {
			if !slices.Contains(drawn, shock) {
				t.Errorf("%s: %s can be correlated, but is not drawn", name, shock)
			}
		}
		for _, shock := range drawn {
			if !slices.Contains(b.shocks(), shock) {
				t.Errorf("%s: %s is drawn, but cannot be correlated", name, shock)
			}
		}
	}
}

func TestDiagnosticsPrint(t *testing.T) {
	long := "a: " + strings.Repeat("x", 300)
	d := diagnostic(mark{src: newSource("f.yaml", 0, "\tkey: value\n"+long), line: 1, col: 2, width: 3}, "id", "do this", "wrong")
	if got, want := d.String(), "f.yaml:1:2: wrong\n     1 | \tkey: value\n       | \t^^^\n       do this"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	d = diagnostic(mark{src: newSource("f.yaml", 0, long), line: 1, col: 250, width: 500}, "id", "", "wrong")
	for _, line := range strings.Split(d.String(), "\n") {
		if len(line) > 180 {
			t.Errorf("a line of %d characters", len(line))
		}
	}
	var err error = Diagnostics{d, d}
	var ds Diagnostics
	if !errors.As(err, &ds) || strings.Count(err.Error(), "wrong") != 2 {
		t.Errorf("%v", err)
	}
}

// shocksOf lists the normals that the compiled model draws every step.
func shocksOf(t *testing.T, s *Scenario) []string {
	t.Helper()
	spy := &shockSpy{}
	if _, err := models.CompileWith(s.System, func(d models.Draws) models.Draws {
		spy.Draws = d
		return spy
	}); err != nil {
		t.Fatal(err)
	}
	return spy.names
}

// shockSpy notes which normals are drawn.
type shockSpy struct {
	models.Draws
	names []string
}

func (s *shockSpy) Normal(name string, index int) expr.X {
	if !slices.Contains(s.names, name) {
		s.names = append(s.names, name)
	}
	return s.Draws.Normal(name, index)
}
