package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"entente/models"
	"entente/reports"
	"entente/scenarios"
	"entente/sim"
	"entente/sim/result"
)

// told is what these tests need of `entente explain --json`.
type told struct {
	Trial   int
	Metrics []struct {
		Name   string
		Kind   string
		Values []*float64
	}
	Standings []struct {
		Metric string
		Value  *float64
	}
}

func explainJSON(t *testing.T, args ...string) told {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{"explain", "--json", "-q"}, args...)
	if status := Main(args, strings.NewReader(""), &stdout, &stderr); status != statusDone {
		t.Fatalf("entente %s: status %d: %s", strings.Join(args, " "), status, stderr.String())
	}
	var d told
	if err := json.Unmarshal(stdout.Bytes(), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// The trial that is explained is the run's, whatever the sampler: the lowest and the highest of
// a metric are the run's, to the last bit, and a run of one trial is that trial.
func TestExplainedTrialIsTheRuns(t *testing.T) {
	tiny := filepath.Join("testdata", "tiny.yaml")
	for _, s := range sim.Samplers() {
		common := []string{tiny, "-n", "160", "--sampler", string(s)}
		run := runJSON(t, common...)
		for _, metric := range []string{"azure.npv", "azure.exposure", "openai.run_rate"} {
			for end, flag := range map[string]string{"min": "--lowest", "max": "--highest"} {
				want := run.Metrics[metric].Total
				if want == nil {
					byYear := run.Metrics[metric].ByYear
					want = &byYear[len(byYear)-1]
				}
				value := want.Min
				if end == "max" {
					value = want.Max
				}
				d := explainJSON(t, append(common, flag, metric)...)
				found := false
				for _, m := range d.Metrics {
					if m.Name == metric {
						found = true
						if got := m.Values[len(m.Values)-1]; *got != *value {
							t.Errorf("%s: %s %s is %v in trial %d, the run's %s is %v", s, flag, metric, *got, d.Trial, end, *value)
						}
					}
				}
				if !found {
					t.Errorf("%s is not told", metric)
				}
			}
		}
		one := runJSON(t, tiny, "-n", "1", "--sampler", string(s))
		compared := 0
		for _, m := range explainJSON(t, tiny, "-n", "1", "--sampler", string(s), "--trial", "0").Metrics {
			of := one.Metrics[m.Name]
			for i, v := range m.Values {
				stat := of.Total
				if stat == nil {
					stat = &of.ByYear[i]
				}
				if v == nil {
					continue
				}
				compared++
				if *v != *stat.Min {
					t.Errorf("%s: %s is %v, in the run %v", s, m.Name, *v, *stat.Min)
				}
			}
		}
		if compared < 40 {
			t.Errorf("%s: only %d values were compared", s, compared)
		}
	}
}

// A ledger that does not add up is not printed: the difference is.
func TestLedgerThatDoesNotAddUp(t *testing.T) {
	scenario, err := scenarios.Load(filepath.Join("testdata", "tiny.yaml"), scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	model, ledger, err := models.CompileLedger(scenario.System)
	if err != nil {
		t.Fatal(err)
	}
	traces, err := sim.Traces(context.Background(), model, sim.Options{Trials: 10, Seed: 1}, ledger.Expressions(), 4)
	if err != nil {
		t.Fatal(err)
	}
	trace := traces[0]
	if _, err := account(scenario.Facts, scenario.System, model, ledger, trace); err != nil {
		t.Fatal(err)
	}
	for i, o := range trace.Outcomes {
		if o.Outcome == "azure.flow" && o.Year == 2 {
			trace.Outcomes[i].Values = []float64{o.Values[0] + 2e-11}
		}
	}
	_, err = account(scenario.Facts, scenario.System, model, ledger, trace)
	if err == nil || !strings.Contains(err.Error(), "the ledger of trial 4 does not add up") || !strings.Contains(err.Error(), "azure.flow in year 2 is") ||
		!strings.Contains(err.Error(), "differ by 0.02 USD") {
		t.Errorf("two cents more: %v", err)
	}
}

// Every effect of every event in the library is told in words, without the path of what it changes.
func TestEffectsOfTheLibraryInWords(t *testing.T) {
	told := 0
	for _, builtin := range scenarios.Builtins() {
		name := builtin.Name
		scenario, err := scenarios.Load(name, scenarios.Options{})
		if err != nil {
			t.Fatal(err)
		}
		l := &result.Ledger{Facts: scenario.Facts}
		for _, a := range scenario.Facts.Assumptions {
			l.Inputs = append(l.Inputs, result.Drawn{Path: a.Path, Unit: a.Unit, Value: 0.25})
		}
		for _, e := range scenario.Facts.Events {
			told += len(e.Terms) - 1
			l.Happenings = append(l.Happenings, result.Happening{Kind: string(models.EventActive), Who: e.ID})
		}
		var b bytes.Buffer
		if err := reports.WriteLedgerJSON(&b, l); err != nil {
			t.Fatal(err)
		}
		var d struct{ Story []struct{ Text string } }
		if err := json.Unmarshal(b.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		if len(d.Story) != len(l.Happenings) {
			t.Fatalf("%s: %d of %d events are told", name, len(d.Story), len(l.Happenings))
		}
		for i, s := range d.Story {
			if path := pathLike.FindString(s.Text); path != "" {
				t.Errorf("%s: %s in %q", name, path, s.Text)
			}
			if got, want := strings.Count(s.Text, ";")+1, len(scenario.Facts.Events[i].Terms)-1; got != want && want > 0 {
				t.Errorf("%s: %d of %d effects in %q", name, got, want, s.Text)
			}
		}
	}
	if told < 100 {
		t.Errorf("only %d effects were told", told)
	}
}

var pathLike = regexp.MustCompile(`[a-z_]+\.[a-z_.]+|[a-z]+_[a-z]+`)
