package scenarios_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"entente/models"
	"entente/scenarios"
	"entente/sim"
	"entente/sim/result"
)

var pin = flag.Bool("pin", false, "compute testdata/pins.json anew (some minutes); then read what has moved, and say why")

const pinsFile = "testdata/pins.json"

// pinned is how many trials, of which seed, the pins are made of. The test takes fewer, of
// another seed, so that the two are independent.
var pinned = sim.Options{Trials: 50_000, Seed: 2}

const libraryTrials = 4000

// A figure is a metric at a year's end or over a year; year 0: once per trial.
type figure struct {
	metric string
	year   int
}

func (f figure) String() string {
	if f.year == 0 {
		return f.metric
	}
	return fmt.Sprintf("%s@y%d", f.metric, f.year)
}

// headlines are the figures that are pinned in every built-in scenario.
func headlines() []figure {
	return []figure{
		{"aws.exposure", 10}, {"azure.exposure", 10},
		{"aws.npv", 0}, {"azure.npv", 0},
		{"aws.loss_total", 0}, {"azure.loss_total", 0},
		{"openai.failed", 0}, {"anthropic.failed", 0},
	}
}

// A pinnedMean is what a figure was when the pins were made.
type pinnedMean struct {
	Mean float64 `json:"mean"`
	SE   float64 `json:"se"`
}

type pins struct {
	Trials    int                              `json:"trials"`
	Seed      uint64                           `json:"seed"`
	Scenarios map[string]map[string]pinnedMean `json:"scenarios"`
}

// moves says which way figures move against the baseline, where that is a scenario's point or
// its notes say so. Every built-in scenario that extends the baseline has its line.
func moves() map[string]struct{ up, down []figure } {
	return map[string]struct{ up, down []figure }{
		"funding-winter": {
			up:   []figure{{"openai.failed", 0}, {"anthropic.failed", 0}, {"aws.loss_total", 0}, {"azure.loss_total", 0}},
			down: []figure{{"openai.raised", 2}, {"azure.exposure", 10}, {"azure.npv", 0}, {"oracle.npv", 0}},
		},
		"trainium-slips": {
			up:   []figure{{"anthropic_google.share", 4}, {"google.lab_revenue", 4}, {"azure.lab_revenue", 4}},
			down: []figure{{"anthropic_aws.share", 4}, {"aws.lab_revenue", 4}, {"aws.credit_exposure", 4}, {"aws.flow", 3}, {"aws.npv", 0}},
		},
		"trainium-shines": {
			up:   []figure{{"anthropic_aws.share", 4}, {"anthropic_aws.use", 4}, {"aws.lab_revenue", 4}, {"aws.npv", 0}},
			down: []figure{{"google.lab_revenue", 4}},
		},
		"stargate-on-plan": {
			up:   []figure{{"openai_oracle.share", 4}, {"openai_azure.shortfall", 3}, {"oracle.npv", 0}, {"oracle.exposure", 4}, {"openai.failed", 0}, {"azure.loss_total", 0}},
			down: []figure{{"openai_azure.share", 4}, {"azure.lab_revenue", 4}, {"azure.exposure", 10}, {"azure.npv", 0}, {"aws.exposure", 10}, {"aws.npv", 0}},
		},
		"renegotiated-down": {
			up:   []figure{{"azure.exposure", 10}, {"oracle.npv", 0}},
			down: []figure{{"azure.backlog", 3}, {"aws.backlog", 3}, {"openai_azure.shortfall", 3}, {"azure.credit_exposure", 4}, {"openai.failed", 0}, {"aws.loss_total", 0}, {"azure.loss_total", 0}},
		},
		"compute-glut": {
			up:   []figure{{"aws.credit_exposure", 4}, {"azure.credit_exposure", 4}, {"aws.exposure", 10}, {"azure.exposure", 10}, {"openai_azure.shortfall", 3}},
			down: []figure{{"aws.flow", 3}, {"azure.flow", 3}, {"aws.npv", 0}, {"azure.npv", 0}, {"google.npv", 0}, {"oracle.npv", 0}, {"coreweave.npv", 0}, {"openai.failed", 0}},
		},
		"demand-disappoints": {
			up:   []figure{{"openai.failed", 0}, {"aws.loss_total", 0}, {"azure.loss_total", 0}, {"openai_azure.shortfall", 3}, {"openai_oracle.shortfall", 3}},
			down: []figure{{"openai.run_rate", 10}, {"anthropic.run_rate", 10}, {"aws.exposure", 10}, {"azure.exposure", 10}, {"aws.npv", 0}, {"azure.npv", 0}},
		},
		"anthropic-outgrows": {
			up:   []figure{{"anthropic.run_rate", 3}, {"anthropic_aws.billed", 4}, {"aws.concentration", 4}, {"aws.exposure", 10}, {"aws.npv", 0}, {"aws.loss_total", 0}, {"azure.lab_revenue", 4}, {"openai.failed", 0}},
			down: []figure{{"aws.backlog", 3}, {"openai.run_rate", 10}, {"azure.exposure", 10}},
		},
		"agi-declared": {
			up:   []figure{{"openai.valuation", 4}, {"azure.exposure", 10}, {"aws.exposure", 10}, {"openai_aws.invested", 3}, {"azure.npv", 0}},
			down: []figure{{"openai_azure.resale", 4}, {"azure.lab_revenue", 4}, {"aws.npv", 0}, {"openai.failed", 0}},
		},
		"openai-fails": {
			up:   []figure{{"openai.failed", 0}, {"aws.loss_total", 0}, {"azure.loss_total", 0}, {"oracle.loss_total", 0}, {"anthropic.run_rate", 10}},
			down: []figure{{"azure.exposure", 10}, {"azure.npv", 0}, {"oracle.npv", 0}, {"coreweave.npv", 0}},
		},
		"circular-money-stops": {
			up:   []figure{{"openai.failed", 0}, {"anthropic.failed", 0}, {"aws.loss_total", 0}, {"azure.loss_total", 0}},
			down: []figure{{"openai.raised", 2}, {"openai_aws.invested", 2}, {"aws.exposure", 10}, {"azure.exposure", 10}, {"azure.npv", 0}},
		},
		"everything-is-paid": {
			up:   []figure{{"openai_azure.shortfall", 3}, {"openai_oracle.shortfall", 3}, {"openai.failed", 0}, {"aws.loss_total", 0}, {"azure.loss_total", 0}, {"oracle.npv", 0}},
			down: []figure{{"aws.npv", 0}, {"azure.npv", 0}},
		},
	}
}

// A libraryRun is a built-in scenario simulated: what is reported, and some figures' values
// in each trial.
type libraryRun struct {
	metrics map[string]result.Metric
	trials  map[figure][]float64
}

// runLibrary simulates a built-in scenario and keeps the values of keep in each trial.
func runLibrary(t *testing.T, name string, opt sim.Options, keep []figure) libraryRun {
	t.Helper()
	run := libraryRun{metrics: map[string]result.Metric{}, trials: map[figure][]float64{}}
	s, err := scenarios.Load(name, scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range s.Warnings {
		t.Errorf("%s has a warning: %s", name, w)
	}
	m, err := models.Compile(s.System)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range keep {
		i := slices.IndexFunc(m.Outcomes, func(o sim.Outcome) bool { return o.Name == f.metric })
		if i < 0 {
			t.Fatalf("%s has no metric %s", name, f.metric)
		}
		if (m.Outcomes[i].Kind == sim.AtTheEnd) != (f.year == 0) || f.year > m.Years {
			t.Fatalf("%s: %s has no year %d", name, f.metric, f.year)
		}
	}
	for _, f := range keep {
		of := opt
		of.Keep = func(name string) bool { return name == f.metric }
		years, err := sim.Trials(context.Background(), m, of)
		if err != nil {
			t.Fatal(err)
		}
		run.trials[f] = years[max(f.year, 1)-1].Values
	}
	r, err := sim.Run(context.Background(), m, opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range r.Metrics {
		run.metrics[x.Name] = x
	}
	for f, x := range run.trials {
		if len(x) != opt.Trials {
			t.Fatalf("%s: %s: %d values in %d trials", name, f, len(x), opt.Trials)
		}
	}
	return run
}

// stat returns what is reported of a figure.
func (r libraryRun) stat(f figure) result.Stat {
	if f.year == 0 {
		return *r.metrics[f.metric].Total
	}
	return r.metrics[f.metric].ByYear[f.year-1]
}

// Every built-in scenario loads without warnings and runs; its headline figures are those of
// testdata/pins.json within four standard errors of their difference (of 112 such figures one
// in 140 seeds would fail by chance, and this seed is fixed); and trial by trial, under the
// same draws, it moves against the baseline as its notes say: the mean of the differences is
// at least three of its standard errors from 0.
func TestLibraryPins(t *testing.T) {
	if *pin {
		writePins(t)
		return
	}
	var want pins
	text, err := os.ReadFile(pinsFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if n, all := len(want.Scenarios), len(scenarios.Builtins()); n != all {
		t.Errorf("%s has %d scenarios, the library %d; make it anew with -pin", pinsFile, n, all)
	}
	var compared []figure
	for _, m := range moves() {
		for _, f := range slices.Concat(m.up, m.down) {
			if !slices.Contains(compared, f) {
				compared = append(compared, f)
			}
		}
	}
	opt := sim.Options{Trials: libraryTrials, Seed: 1}
	baseline := runLibrary(t, "baseline", opt, compared)
	for _, b := range scenarios.Builtins() {
		t.Run(b.Name, func(t *testing.T) {
			run, moved := baseline, moves()[b.Name]
			if b.Name != "baseline" {
				run = runLibrary(t, b.Name, opt, slices.Concat(moved.up, moved.down))
			}
			checkPins(t, run, want.Scenarios[b.Name])
			checkSound(t, run)
			for _, g := range promises() {
				if g.scenario == b.Name {
					g.check(t, run.metrics)
				}
			}
			if b.Name == "baseline" || b.Name == "seeds" {
				return
			}
			if len(moved.up)+len(moved.down) == 0 {
				t.Error("nothing is said of how it moves against the baseline")
			}
			for _, f := range moved.up {
				checkMove(t, f, baseline, run, +1)
			}
			for _, f := range moved.down {
				checkMove(t, f, baseline, run, -1)
			}
		})
	}
}

func checkPins(t *testing.T, run libraryRun, want map[string]pinnedMean) {
	t.Helper()
	for _, f := range headlines() {
		got := run.stat(f)
		p, ok := want[f.String()]
		if !ok {
			t.Errorf("%s is not pinned; make %s anew with -pin", f, pinsFile)
			continue
		}
		if bound := 4 * math.Hypot(got.SE, p.SE); !(math.Abs(got.Mean-p.Mean) <= bound) {
			t.Errorf("%s is %.4g, pinned is %.4g ± %.2g: if that is meant, make %s anew with -pin and mark CHANGELOG.md [NUMBERS]",
				f, got.Mean, p.Mean, bound, pinsFile)
		}
	}
}

// checkSound looks for what no scenario may do: means that are no numbers, probabilities
// outside [0, 1], an exposure below 0, and a run rate above a tenth of what the United States
// produce at the horizon (31,000 billions in 2026, at 4 % a year).
func checkSound(t *testing.T, run libraryRun) {
	t.Helper()
	for name, m := range run.metrics {
		stats := m.ByYear
		if m.Total != nil {
			stats = []result.Stat{*m.Total}
		}
		for _, s := range stats {
			if s.Defined > 0 && (math.IsNaN(s.Mean) || math.IsInf(s.Mean, 0)) {
				t.Errorf("%s: its mean is %v in year %d", name, s.Mean, s.Year)
			}
		}
	}
	for _, lab := range []string{"openai", "anthropic"} {
		if p := run.stat(figure{lab + ".failed", 0}).Mean; !(0 <= p && p <= 1) {
			t.Errorf("%s fails in %v of the trials", lab, p)
		}
		if x := run.stat(figure{lab + ".run_rate", 10}).P99; x > 4500 {
			t.Errorf("the 99th percentile of %s's run rate is %.4g", lab, x)
		}
	}
	for _, cloud := range []string{"aws", "azure", "google", "oracle", "coreweave"} {
		for year := 1; year <= 10; year++ {
			if x := run.stat(figure{cloud + ".exposure", year}).Min; x < 0 {
				t.Errorf("%s's exposure is %v in year %d", cloud, x, year)
			}
		}
	}
}

// checkMove compares f trial by trial.
func checkMove(t *testing.T, f figure, baseline, run libraryRun, sign float64) {
	t.Helper()
	a, b := baseline.trials[f], run.trials[f]
	var sum, squares float64
	for i := range a {
		d := b[i] - a[i]
		sum += d
		squares += d * d
	}
	n := float64(len(a))
	mean := sum / n
	se := math.Sqrt((squares/n - mean*mean) / (n - 1))
	t.Logf("%s: %.4g%+.4g (%+.1f standard errors)", f, baseline.stat(f).Mean, mean, mean/se)
	if !(sign*mean >= 3*se && sign*mean > 0) {
		t.Errorf("%s moves by %.4g ± %.2g against the baseline, want %s", f, mean, se, map[float64]string{1: "more", -1: "less"}[sign])
	}
}

// promises are what single scenarios say of themselves: Stargate on plan is three quarters of
// OpenAI's compute by the end of 2030, and where OpenAI fails it does so in nearly all trials.
func promises() []gate {
	return []gate{
		{"stargate-on-plan", "Oracle's and CoreWeave's share of OpenAI", func(m map[string]result.Metric) float64 {
			return m["openai_oracle.share"].ByYear[3].Mean + m["openai_coreweave.share"].ByYear[3].Mean
		}, 0.73, 0.77},
		{"openai-fails", "OpenAI's failures", mean("openai.failed"), 0.9, 1},
	}
}

func writePins(t *testing.T) {
	made := pins{Trials: pinned.Trials, Seed: pinned.Seed, Scenarios: map[string]map[string]pinnedMean{}}
	for _, b := range scenarios.Builtins() {
		run := runLibrary(t, b.Name, pinned, nil)
		of := map[string]pinnedMean{}
		for _, f := range headlines() {
			s := run.stat(f)
			of[f.String()] = pinnedMean{round(s.Mean), round(s.SE)}
		}
		made.Scenarios[b.Name] = of
	}
	text, err := json.MarshalIndent(made, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(pinsFile, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// round keeps five digits: more would be noise.
func round(x float64) float64 {
	if x == 0 {
		return 0
	}
	scale := math.Pow(10, 4-math.Floor(math.Log10(math.Abs(x))))
	return math.Round(x*scale) / scale
}
