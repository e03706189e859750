package models_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"entente/models"
	"entente/sim"
)

// The tests of this file hold every process of the model to what package sim asks of one, in
// random systems, which between them have every mechanism (TestRandomSystemsReach).

// recorder is a last process that keeps what the outcomes' columns hold at the end of every
// step, trial by trial: values[name][step][trial].
type recorder struct {
	outcomes []sim.Outcome
	values   map[string][][]float64
}

// record runs a model and returns what its outcomes did, but for those made of others.
func record(t testing.TB, m *sim.Model, opt sim.Options) map[string][][]float64 {
	t.Helper()
	r := recorder{values: map[string][][]float64{}}
	for _, o := range m.Outcomes {
		if o.Combine != nil {
			continue
		}
		r.outcomes = append(r.outcomes, o)
		rows := make([][]float64, m.Years*m.StepsPerYear)
		for n := range rows {
			rows[n] = make([]float64, opt.Trials)
		}
		r.values[o.Name] = rows
	}
	watched := *m
	watched.Processes = append(slices.Clip(m.Processes), r)
	watched.Outcomes = m.Outcomes[:1] // a summary of the others is not asked for
	if _, err := sim.Run(context.Background(), &watched, opt); err != nil {
		t.Fatal(err)
	}
	return r.values
}

func (recorder) Start(*sim.Batch) {}

func (r recorder) Step(b *sim.Batch, n int) {
	for _, o := range r.outcomes {
		copy(r.values[o.Name][n][b.First:], b.Col(o.Column))
	}
}

// compiled is random system k.
func compiled(t testing.TB, k uint64) (*models.System, *sim.Model) {
	t.Helper()
	s := randomSystem(rand.New(rand.NewPCG(30, k)))
	m, err := models.Compile(s)
	if err != nil {
		t.Fatal(err)
	}
	return s, m
}

// same lists what two recordings don't have in common, bit by bit, over the first trials
// trials of both.
func same(a, b map[string][][]float64, trials int) error {
	for name, rows := range a {
		others := b[name]
		for n, row := range rows {
			other := others[n]
			for i, x := range row[:trials] {
				if y := other[i]; math.Float64bits(x) != math.Float64bits(y) {
					return fmt.Errorf("%s in step %d of trial %d is %v, and %v", name, n, i, x, y)
				}
			}
		}
	}
	return nil
}

// What happens to a trial depends neither on how many trials there are nor on who works on
// them: in runs of 1, 257 and 513 trials the last one is alone in its batch.
func TestTrialsAlone(t *testing.T) {
	for k := range uint64(10) {
		_, m := compiled(t, k)
		whole := record(t, m, sim.Options{Trials: 600, Seed: k, Workers: 1})
		for _, trials := range []int{1, 2, 257, 513} {
			if err := same(record(t, m, sim.Options{Trials: trials, Seed: k, Workers: 1}), whole, trials); err != nil {
				t.Errorf("system %d, of %d trials or 600: %v", k, trials, err)
			}
		}
		for _, workers := range []int{2, 3, 8, 64} {
			if err := same(record(t, m, sim.Options{Trials: 600, Seed: k, Workers: workers}), whole, 600); err != nil {
				t.Errorf("system %d, with %d workers or 1: %v", k, workers, err)
			}
		}
	}
}

// rotating is a first process that gives each trial of a batch the draws of the next one, and
// the last those of the first.
type rotating struct{ inputs, shocks []sim.Column }

func (p rotating) Start(b *sim.Batch) {
	for _, c := range slices.Concat(p.inputs, p.shocks) {
		p.rotate(b.Col(c))
	}
}

func (p rotating) Step(b *sim.Batch, _ int) {
	for _, c := range p.shocks {
		p.rotate(b.Col(c))
	}
}

func (rotating) rotate(x []float64) {
	first := x[0]
	copy(x, x[1:])
	x[len(x)-1] = first
}

// Trials that change places in a batch take their outcomes with them: no trial sees another,
// or its own number.
func TestTrialsChangePlaces(t *testing.T) {
	const trials = 200 // one batch
	for k := range uint64(40) {
		_, m := compiled(t, k)
		opt := sim.Options{Trials: trials, Seed: k}
		want := record(t, m, opt)
		for _, rows := range want {
			for _, row := range rows {
				rotating{}.rotate(row)
			}
		}
		var first rotating
		for _, in := range m.Inputs {
			first.inputs = append(first.inputs, in.Column)
		}
		for _, shock := range m.Shocks {
			first.shocks = append(first.shocks, shock.Column)
		}
		m.Processes = append([]sim.Process{first}, m.Processes...)
		if err := same(record(t, m, opt), want, trials); err != nil {
			t.Errorf("system %d: %v", k, err)
		}
	}
}

// A model is not changed by being run: two runs at a time give what one does.
func TestConcurrentRuns(t *testing.T) {
	for k := range uint64(5) {
		_, m := compiled(t, k)
		alone := record(t, m, sim.Options{Trials: 300, Seed: k, Workers: 1})
		var runs [2]map[string][][]float64
		var wg sync.WaitGroup
		for i := range runs {
			wg.Go(func() { runs[i] = record(t, m, sim.Options{Trials: 300, Seed: k, Workers: 2}) })
		}
		wg.Wait()
		for _, run := range runs {
			if err := same(run, alone, 300); err != nil {
				t.Errorf("system %d: %v", k, err)
			}
		}
	}
}

// Outcomes are numbers, but for those that may have no value.
func TestFiniteOutcomes(t *testing.T) {
	mayBeMissing := []string{"failure_time", "round_trip", "moic", "breakeven_time"}
	for k := range uint64(40) {
		_, m := compiled(t, k)
		for name, rows := range record(t, m, sim.Options{Trials: 256, Seed: k}) {
			missing := slices.Contains(mayBeMissing, name[strings.LastIndex(name, ".")+1:])
			for n, row := range rows {
				for i, x := range row {
					if math.IsInf(x, 0) || math.IsNaN(x) && !missing {
						t.Fatalf("system %d: %s is %v in step %d of trial %d", k, name, x, n, i)
					}
				}
			}
		}
	}
}

// thrifty counts what a process allocates, in Start and in some steps. Both are repeated for
// it: the trial is spoilt, but not what its processes do.
type thrifty struct {
	sim.Process
	t     *testing.T
	steps []int
}

func (p thrifty) Start(b *sim.Batch) {
	if n := testing.AllocsPerRun(2, func() { p.Process.Start(b) }); n != 0 {
		p.t.Errorf("%T allocates %v times in Start", p.Process, n)
	}
}

func (p thrifty) Step(b *sim.Batch, n int) {
	if !slices.Contains(p.steps, n) {
		p.Process.Step(b, n)
		return
	}
	if allocs := testing.AllocsPerRun(2, func() { p.Process.Step(b, n) }); allocs != 0 {
		p.t.Errorf("%T allocates %v times in step %d", p.Process, allocs, n)
	}
}

// No process allocates.
func TestProcessesAllocateNothing(t *testing.T) {
	for k := range uint64(25) {
		s, m := compiled(t, k)
		for i, p := range m.Processes {
			m.Processes[i] = thrifty{p, t, []int{0, 3, s.Years*4 - 1}}
		}
		if _, err := sim.Run(context.Background(), m, sim.Options{Trials: 256, Seed: k, Workers: 1}); err != nil {
			t.Errorf("system %d: %v", k, err)
		}
		if t.Failed() {
			t.Fatalf("in random system %d", k)
		}
	}
}

// A draw is a function of names: what has nothing to do with a lab or a cloud, added in front
// of them, changes none of their numbers.
func TestAddingChangesNothing(t *testing.T) {
	for k := range uint64(40) {
		s, m := compiled(t, k)
		opt := sim.Options{Trials: 100, Seed: k}
		before := record(t, m, opt)

		rng := rand.New(rand.NewPCG(31, k))
		g := systemMaker{rng}
		cloud := models.Cloud{ID: "new_cloud", Owner: "new_owner", Revenue: g.revenue("new_cloud", 20, 120, nil)}
		other := &models.System{Years: s.Years, Clouds: []models.Cloud{cloud}}
		g.lab(other, "new_lab")
		s.Clouds = append(other.Clouds, s.Clouds...)
		s.Labs = append(other.Labs, s.Labs...)
		s.Alliances = append(other.Alliances, s.Alliances...)
		s.Investors = append([]models.Investor{{ID: "new_investor"}}, s.Investors...)
		s.Events = append([]models.Event{g.event(other, "new_event")}, s.Events...)
		s.Metrics = nil
		m, err := models.Compile(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := same(before, record(t, m, opt), 100); err != nil {
			t.Errorf("system %d: %v", k, err)
		}
	}
}
