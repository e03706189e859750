package scenarios_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"entente/models"
	"entente/scenarios"
	"entente/sim"
	"entente/sim/result"
)

// simulate runs a built-in scenario; change may alter the model.
func simulate(t *testing.T, name string, trials int, change func(*sim.Model)) map[string]result.Metric {
	t.Helper()
	s, err := scenarios.Load(name, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Warnings) > 0 {
		t.Errorf("%s has warnings, the first: %s", name, s.Warnings[0])
	}
	m, err := models.Compile(s.System)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(m)
	}
	r, err := sim.Run(context.Background(), m, sim.Options{Trials: trials, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	metrics := map[string]result.Metric{}
	for _, x := range r.Metrics {
		metrics[x.Name] = x
	}
	return metrics
}

// firstQuarter makes the first quarter the only year.
func firstQuarter(m *sim.Model) { m.StepsPerYear, m.Years = 1, 1 }

// gate holds a figure between what the published evidence allows.
type gate struct {
	scenario string
	what     string
	get      func(map[string]result.Metric) float64
	lo, hi   float64
}

func mean(name string) func(map[string]result.Metric) float64 {
	return func(m map[string]result.Metric) float64 {
		if total := m[name].Total; total != nil {
			return total.Mean
		}
		by := m[name].ByYear
		return by[len(by)-1].Mean
	}
}

func p99(name string) func(map[string]result.Metric) float64 {
	return func(m map[string]result.Metric) float64 {
		by := m[name].ByYear
		return by[len(by)-1].P99
	}
}

// part is the sum of some means over a published total.
func part(total float64, names ...string) func(map[string]result.Metric) float64 {
	return func(m map[string]result.Metric) float64 {
		var sum float64
		for _, n := range names {
			sum += mean(n)(m)
		}
		return sum / total
	}
}

// Over ten years the labs fail about as often as firms of their kind: not never, not all of
// them. Speculative-grade issuers defaulted at 1.7 to 3.7 % a year from 2021 to 2023 and at up
// to 11 % in the worst year (S&P Global). And nothing outgrows the economy: a run rate of
// 3,000 billions would be above a tenth of the output of the United States.
func TestLibraryAfterTenYears(t *testing.T) {
	for _, name := range []string{"baseline", "seeds"} {
		m := simulate(t, name, 20_000, nil)
		for _, g := range []gate{
			{name, "OpenAI's failures", mean("openai.failed"), 0.03, 0.25},
			{name, "Anthropic's failures", mean("anthropic.failed"), 0.01, 0.20},
			{name, "99th percentile of OpenAI's run rate", p99("openai.run_rate"), 50, 3000},
			{name, "99th percentile of Anthropic's run rate", p99("anthropic.run_rate"), 50, 3000},
		} {
			g.check(t, m)
		}
	}
}

// At the start the scenarios are where the published figures are. Weights in revenue are what
// labs buy over the cloud's revenue in the first quarter: OpenAI was 12 to 19 % of Azure in
// 2025 and 15 to 25 % in 2026, the labs 4 to 11 % of AWS. Backlogs are compared with the
// published totals (Microsoft 625, AWS 364 and Anthropic's 100, Google Cloud 462, Oracle 638),
// of which the labs were 45, 51, 43 and 47 %, and 47 % of all; some of it has been used by the
// start of 2027.
func TestLibraryAtTheStart(t *testing.T) {
	baseline := simulate(t, "baseline", 20_000, firstQuarter)
	for _, g := range []gate{
		{"baseline", "OpenAI's weight in Azure's revenue", mean("azure_openai_weight"), 0.15, 0.25},
		{"baseline", "the labs' weight in AWS's revenue", mean("aws_labs_weight"), 0.04, 0.11},
		{"baseline", "the labs' part of Microsoft's backlog", part(625, "azure.backlog"), 0.40, 0.50},
		{"baseline", "the labs' part of AWS's backlog", part(464, "aws.backlog"), 0.38, 0.51},
		{"baseline", "the labs' part of Google Cloud's backlog", part(462, "google.backlog"), 0.38, 0.48},
		{"baseline", "the labs' part of Oracle's backlog", part(638, "oracle.backlog"), 0.42, 0.52},
		{"baseline", "the labs' part of the four backlogs", part(2191, "azure.backlog", "aws.backlog", "google.backlog", "oracle.backlog"), 0.42, 0.50},
	} {
		g.check(t, baseline)
	}
	seeds := simulate(t, "seeds", 20_000, firstQuarter)
	for _, g := range []gate{
		{"seeds", "OpenAI's weight in Azure's revenue", mean("azure_openai_weight"), 0.10, 0.19},
		{"seeds", "the labs' weight in AWS's revenue", mean("aws_labs_weight"), 0.03, 0.11},
	} {
		g.check(t, seeds)
	}
}

func (g gate) check(t *testing.T, m map[string]result.Metric) {
	t.Helper()
	x := g.get(m)
	t.Logf("%s: %s: %.4g", g.scenario, g.what, x)
	if !(g.lo <= x && x <= g.hi) {
		t.Errorf("%s: %s: %.4g, want %v to %v", g.scenario, g.what, x, g.lo, g.hi)
	}
}

// The list of built-in scenarios, whose order is a reader's, is that of the files.
func TestLibraryIsListed(t *testing.T) {
	files, err := filepath.Glob("library/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, f := range files {
		want = append(want, strings.TrimSuffix(filepath.Base(f), ".yaml"))
	}
	for _, b := range scenarios.Builtins() {
		got = append(got, b.Name)
		if b.Description == "" {
			t.Errorf("%s has no description", b.Name)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("listed are %q, there are %q", got, want)
	}
}

// Who replaces a distribution by a number compares the same futures, whatever the sampler: what
// the number does not touch is the same in every trial.
func TestNumbersKeepTheFutures(t *testing.T) {
	for _, sampler := range sim.Samplers() {
		values := func(set ...string) []float64 {
			s, err := scenarios.Load("baseline", scenarios.Options{Set: set})
			if err != nil {
				t.Fatal(err)
			}
			m, err := models.Compile(s.System)
			if err != nil {
				t.Fatal(err)
			}
			keep := func(name string) bool { return name == "anthropic.run_rate" } // after a year, in which nobody fails
			list, err := sim.Trials(context.Background(), m, sim.Options{Trials: 64, Seed: 1, Sampler: sampler, Keep: keep})
			if err != nil {
				t.Fatal(err)
			}
			return list[0].Values
		}
		if !slices.Equal(values(), values("openai.cash=200", "openai.failure.retained=0.5", "openai_azure.margin=0.3")) {
			t.Errorf("%s: another cash of OpenAI gives Anthropic another future", sampler)
		}
	}
}

// What is credited in full leaves exactly nothing: no backlog, in no trial, is what rounding
// left of one. A dollar is 1e-9 bn.
func TestNoBacklogOfRounding(t *testing.T) {
	s, err := scenarios.Load("baseline", scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := models.Compile(s.System)
	if err != nil {
		t.Fatal(err)
	}
	keep := func(name string) bool { return strings.HasSuffix(name, ".backlog") }
	list, err := sim.Trials(context.Background(), m, sim.Options{Trials: 2000, Seed: 1, Keep: keep})
	if err != nil {
		t.Fatal(err)
	}
	some := 0
	for _, series := range list {
		for k, v := range series.Values {
			if v != 0 && !(v > 1e-9) {
				t.Fatalf("%s of trial %d in year %d is %v", series.Outcome, k, series.Year, v)
			}
			if v == 0 {
				some++
			}
		}
	}
	if some == 0 {
		t.Error("no backlog was ever credited in full")
	}
}
