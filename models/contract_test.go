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
	"entente/sim/expr"
	"entente/sim/rng"
)

// The tests of this file hold every mechanism of the model to what package sim promises, in
// random systems, which between them have every mechanism (TestRandomSystemsReach).

// record runs a model and returns what its outcomes did, trial by trial:
// values[name][step][trial], or values[name][0][trial] where it is known at the horizon only.
func record(t testing.TB, m *sim.Model, opt sim.Options) map[string][][]float64 {
	t.Helper()
	list, err := sim.Trials(context.Background(), m, opt)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string][][]float64{}
	for _, s := range list {
		values[s.Outcome] = append(values[s.Outcome], s.Values)
	}
	return values
}

// compiled is random system k, by step.
func compiled(t testing.TB, k uint64) (*models.System, *sim.Model) {
	t.Helper()
	s := randomSystem(rand.New(rand.NewPCG(30, k)))
	m, err := models.CompileByStep(s, models.AsDrawn)
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

// columnwise draws shocks as inputs, whose columns a distribution sees whole, and may change.
type columnwise struct {
	models.Draws
	change func(column []float64)
}

func (d columnwise) Input(name string, dist sim.Dist) expr.X {
	return d.Draws.Input(name, after{dist, d.change})
}

func (d columnwise) Normal(name string, index int) expr.X {
	return d.Input(fmt.Sprintf("%s %d", name, index), gaussian{})
}

func (d columnwise) Uniform(name string, index int) expr.X {
	return d.Input(fmt.Sprintf("%s %d", name, index), between{0, 1})
}

// after changes what a distribution makes of a column.
type after struct {
	sim.Dist
	change func(column []float64)
}

func (d after) Quantile(p []float64) {
	d.Dist.Quantile(p)
	d.change(p)
}

// gaussian is the standard normal distribution.
type gaussian struct{}

func (gaussian) Quantile(p []float64) { rng.Normals(p) }

// rotate gives each trial the number of the next one, and the last that of the first.
func rotate(x []float64) {
	first := x[0]
	copy(x, x[1:])
	x[len(x)-1] = first
}

// Trials that change places in a batch take their outcomes with them: no trial sees another,
// or its own number.
func TestTrialsChangePlaces(t *testing.T) {
	const trials = 200 // one batch
	for k := range uint64(40) {
		s, _ := compiled(t, k)
		opt := sim.Options{Trials: trials, Seed: k}
		outcomes := func(change func([]float64)) map[string][][]float64 {
			m, err := models.CompileByStep(s, func(d models.Draws) models.Draws { return columnwise{d, change} })
			if err != nil {
				t.Fatal(err)
			}
			return record(t, m, opt)
		}
		want := outcomes(func([]float64) {})
		for _, rows := range want {
			for _, row := range rows {
				rotate(row)
			}
		}
		if err := same(outcomes(rotate), want, trials); err != nil {
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
	mayBeMissing := []string{"failure_time", "round_trip", "moic", "breakeven_time", "concentration", "leverage", "lost_per_peak"}
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

// A draw is a function of names: what has nothing to do with a lab or a cloud, added in front
// of them, changes none of their numbers.
func TestAddingChangesNothing(t *testing.T) {
	for k := range uint64(40) {
		s, m := compiled(t, k)
		opt := sim.Options{Trials: 100, Seed: k}
		before := record(t, m, opt)
		for _, metric := range s.Metrics {
			delete(before, metric.Name)
		}
		s.Metrics = nil

		g := systemMaker{rand.New(rand.NewPCG(31, k))}
		cloud := models.Cloud{ID: "new_cloud", Owner: "new_owner", Revenue: g.revenue("new_cloud", 20, 120, nil)}
		other := &models.System{Years: s.Years, Clouds: []models.Cloud{cloud}}
		g.lab(other, "new_lab")
		s.Clouds = append(other.Clouds, s.Clouds...)
		s.Labs = append(other.Labs, s.Labs...)
		s.Alliances = append(other.Alliances, s.Alliances...)
		s.Investors = append([]models.Investor{{ID: "new_investor"}}, s.Investors...)
		s.Events = append([]models.Event{g.event(other, "new_event")}, s.Events...)
		m, err := models.CompileByStep(s, models.AsDrawn)
		if err != nil {
			t.Fatal(err)
		}
		if err := same(before, record(t, m, opt), 100); err != nil {
			t.Errorf("system %d: %v", k, err)
		}
	}
}
