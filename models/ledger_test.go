package models_test

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"entente/models"
	"entente/sim"
)

// books compiles a system with its ledger and returns what both say of some trials.
func books(t *testing.T, s *models.System, opt sim.Options, trials ...int) (l *models.Ledger, traces []sim.Trace) {
	t.Helper()
	m, l, err := models.CompileLedger(s)
	if err != nil {
		t.Fatal(err)
	}
	traces, err = sim.Traces(context.Background(), m, opt, l.Expressions(), trials...)
	if err != nil {
		t.Fatal(err)
	}
	return l, traces
}

// In random systems every metric that is a sum of payments is the sum of its lines, to the
// cent, year by year, whatever becomes of the labs; and all kinds of lines come about.
func TestLedgerAddsUp(t *testing.T) {
	reasons := map[string]int{}
	closest := 0.0 // to a tolerance
	for k := range uint64(60) {
		s := randomSystem(rand.New(rand.NewPCG(40, k)))
		l, traces := books(t, s, sim.Options{Trials: 40, Seed: k}, 0, 1, 2, 3, 17, 39)
		for _, trace := range traces {
			lines, _ := l.Read(trace.Values)
			for _, line := range lines {
				reasons[line.Reason]++
				if _, ok := strings.CutPrefix(line.Payer, models.EstateOf); ok != (line.Reason == "recovered equity") {
					t.Fatalf("system %d: %s pays %s: %+v", k, line.Payer, line.Reason, line)
				}
				if line.Kind != models.Opening && line.Kind != models.Holding && (line.Step < 0 || line.Step >= 4*s.Years) {
					t.Fatalf("system %d: %+v", k, line)
				}
			}
			checks := l.Checks(lines, trace.Outcomes)
			if want := sums(s); len(checks) != want {
				t.Fatalf("system %d: %d checks, want %d", k, len(checks), want)
			}
			for _, check := range checks {
				if !check.Holds() {
					t.Fatalf("system %d, trial %d: %s in year %d is %v, its %d lines sum to %v: off by %v of %v",
						k, trace.Trial, check.Metric, check.Year, check.Value, check.Lines, check.Sum, check.Sum-check.Value, check.Tolerance)
				}
				closest = max(closest, math.Abs(check.Sum-check.Value)/check.Tolerance)
			}
		}
	}
	page := modelPage(t) // has all reasons, and only these
	_, table, found := strings.Cut(page, "| reason | who pays |")
	if !found {
		t.Fatal("MODEL.md has no table of the ledger")
	}
	var listed []string
	for _, row := range strings.Split(table, "\n")[2:] {
		if !strings.HasPrefix(row, "| ") {
			break
		}
		listed = append(listed, strings.TrimSpace(strings.Split(row, "|")[1]))
	}
	for _, reason := range listed {
		if reasons[reason] == 0 {
			t.Errorf("MODEL.md lists the reason %q, of which there was no line", reason)
		}
	}
	for reason := range reasons {
		reason, _, _ = strings.Cut(reason, ", of ") // whose
		if !slices.Contains(listed, reason) {
			t.Errorf("MODEL.md doesn't list the reason %q", reason)
		}
	}
	t.Logf("the largest difference is %.2g of its tolerance", closest)
}

// sums is how many checks a system has.
func sums(s *models.System) int {
	return len(s.Labs)*5*s.Years + len(s.Alliances)*(8*s.Years+1) + len(s.Clouds)*(5*s.Years+2) + len(s.Investors)*(2*s.Years+1)
}

// A line that is missing, or has another amount by a cent, is found; a check of a sum of none
// is one of 0.
func TestLedgerChecksFind(t *testing.T) {
	s := randomSystem(rand.New(rand.NewPCG(40, 3)))
	l, traces := books(t, s, sim.Options{Trials: 10, Seed: 1}, 4)
	lines, _ := l.Read(traces[0].Values)
	wrong := func(lines []models.Line) (metrics []string) {
		for _, check := range l.Checks(lines, traces[0].Outcomes) {
			if !check.Holds() {
				metrics = append(metrics, check.Metric)
			}
		}
		return metrics
	}
	if found := wrong(lines); len(found) > 0 {
		t.Fatalf("as it is, %v are wrong", found)
	}
	for i, line := range lines {
		if len(line.Counts) == 0 || i%5 > 0 {
			continue
		}
		for what, change := range map[string]func([]models.Line){
			"dropped":        func(list []models.Line) { list[i].Amount = 0 },
			"off by a cent":  func(list []models.Line) { list[i].Amount += 1.001e-11 / math.Abs(smallest(line.Counts)) },
			"of another day": func(list []models.Line) { list[i].Step = 1 << 20 },
		} {
			other := slices.Clone(lines)
			change(other)
			found := wrong(other)
			for _, n := range line.Counts {
				if strings.HasSuffix(n.Metric, "npv") || strings.HasSuffix(n.Metric, "loss_total") {
					if what == "of another day" {
						continue // counted on whatever day
					}
				}
				if math.Abs(n.Factor*line.Amount) < 2e-11 && what != "off by a cent" {
					continue
				}
				if !slices.Contains(found, n.Metric) {
					t.Errorf("%s %s to %s %s, and %s still adds up", line.Reason, line.Payer, line.Payee, what, n.Metric)
				}
			}
		}
	}
}

// smallest is the least factor, but 1.
func smallest(counts []models.Count) float64 {
	least := 1.0
	for _, n := range counts {
		least = min(least, math.Abs(n.Factor))
	}
	return least
}

// The ledger changes no number: the model is the one without it, bit by bit, and a trial's
// traced outcomes are those of the run, with every sampler.
func TestLedgerChangesNothing(t *testing.T) {
	for k := range uint64(6) {
		s := randomSystem(rand.New(rand.NewPCG(41, k)))
		plain, err := models.Compile(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, sampler := range sim.Samplers() {
			opt := sim.Options{Trials: 300, Seed: k, Sampler: sampler}
			run, err := sim.Trials(context.Background(), plain, opt)
			if err != nil {
				t.Fatal(err)
			}
			_, traces := books(t, s, opt, 0, 299)
			for _, trace := range traces {
				if len(trace.Outcomes) != len(run) {
					t.Fatalf("%d outcomes with a ledger, %d without", len(trace.Outcomes), len(run))
				}
				for i, o := range trace.Outcomes {
					want := run[i].Values[trace.Trial]
					if o.Outcome != run[i].Outcome || math.Float64bits(o.Values[0]) != math.Float64bits(want) {
						t.Fatalf("system %d, %s: %s in trial %d is %v, in the run %s is %v", k, sampler, o.Outcome, trace.Trial, o.Values[0], run[i].Outcome, want)
					}
				}
			}
		}
	}
}

// Paths are what the metrics are at the ends of years, and events are active from their start.
func TestLedgerFollows(t *testing.T) {
	s := randomSystem(rand.New(rand.NewPCG(40, 5)))
	l, traces := books(t, s, sim.Options{Trials: 10, Seed: 1}, 6)
	_, paths := l.Read(traces[0].Values)
	byName, flows := map[string][]float64{}, map[string]bool{}
	for _, p := range paths {
		if len(p.Values) != 4*s.Years {
			t.Fatalf("%s has %d values", p.Name, len(p.Values))
		}
		byName[p.Name], flows[p.Name] = p.Values, p.Kind == sim.Flow
	}
	compared := 0
	for _, o := range traces[0].Outcomes {
		if path, ok := byName[o.Outcome]; ok {
			compared++
			got := path[4*o.Year-1]
			if flows[o.Outcome] {
				got = path[4*o.Year-4] + path[4*o.Year-3] + path[4*o.Year-2] + got
			}
			if got != o.Values[0] {
				t.Errorf("%s ends year %d at %v, and is %v", o.Outcome, o.Year, got, o.Values[0])
			}
		}
	}
	if compared < 20 {
		t.Errorf("only %d were compared", compared)
	}
	for _, e := range s.Events {
		for n, starts := range byName[e.ID+".starts"] {
			if starts == 1 && byName[e.ID+".active"][n] != 1 {
				t.Errorf("%s starts in step %d and is not active", e.ID, n)
			}
		}
	}
}
