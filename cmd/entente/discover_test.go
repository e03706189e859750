package main

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"entente/models"
	"entente/scenarios"
	"entente/sim"
	"entente/sim/discover"
	"entente/sim/result"
)

// An event is known by the end of the quarter in which it first starts, in the scenario's words.
func TestMarks(t *testing.T) {
	scenario := &scenarios.Scenario{}
	scenario.Facts.Assumptions = []result.Assumption{{Path: "lab.cash", Unit: "USD bn"}}
	nan, inf := math.NaN(), math.Inf(1)
	ms, err := newMarks(scenario, []models.Start{{Outcome: "slump.first_start", Event: "slump"}},
		[]sim.InputSeries{{Name: "lab.cash", Values: []float64{10, 20, 30, 40}}, {Name: "slump.time", Values: []float64{0.1, 0.2, 0.3, 0.4}}},
		[]sim.Series{{Outcome: "lab.failed", Year: 1, Values: []float64{0, 0, 0, 0}}, {Outcome: "slump.first_start", Year: 1, Values: []float64{0, 1.5, 1.75, nan}}})
	if err != nil {
		t.Fatal(err)
	}
	if want := []float64{0.25, 1.75, 2, inf}; ms[1].Name != "slump" || !slices.Equal(ms[1].Values, want) {
		t.Errorf("%s at %v, want %v", ms[1].Name, ms[1].Values, want)
	}
	start := time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)
	run := result.Run{Start: "2026-07-01", Years: 2}
	for _, tt := range []struct {
		limit        discover.Limit
		from, before string
		never        bool
		below, upTo  float64
	}{
		{discover.Limit{Input: 1, Low: -inf, High: 1.75}, "", "2028-04-01", false, 0, 0.5},
		{discover.Limit{Input: 1, Low: -inf, High: 1.9}, "", "2028-04-01", false, 0, 0.5}, // in quarters
		{discover.Limit{Input: 1, Low: -inf, High: 1}, "", "2027-07-01", false, 0, 0.25},
		{discover.Limit{Input: 1, Low: 0.25, High: 2}, "2026-10-01", "2028-07-01", false, 0.25, 0.75},
		{discover.Limit{Input: 1, Low: 1.75, High: inf}, "2028-04-01", "", false, 0.5, 1},
		{discover.Limit{Input: 1, Low: 2, High: inf}, "2028-07-01", "", true, 0.75, 1},
		{discover.Limit{Input: 1, Low: -inf, High: 5}, "", "2028-07-01", false, 0, 0.75},
	} {
		l := ms.limit(tt.limit, run, start)
		if l.Input != "slump" || !l.Event || l.From != tt.from || l.Before != tt.before || l.Never != tt.never || l.Below != tt.below || l.UpTo != tt.upTo {
			t.Errorf("%v: %+v", tt.limit, l)
		}
	}
	if l := ms.limit(discover.Limit{Input: 0, Low: 20, High: inf}, run, start); l.Unit != "USD bn" || l.Event || l.From != "" || l.Below != 0.5 || l.UpTo != 1 {
		t.Errorf("%+v", l)
	}
	if _, err := newMarks(scenario, []models.Start{{Outcome: "x", Event: "slump"}}, []sim.InputSeries{{Name: "slump.time"}}, nil); err == nil {
		t.Error("an event of which nobody knows when it starts")
	}
}

// Following the advice gives enough.
func TestTooFew(t *testing.T) {
	for _, tt := range []struct {
		hits, trials int
		want         string
	}{
		{0, 1000, "in none of 1000"},
		{1000, 1000, "in all of 1000"},
		{48, 300, "holds in 48 of 300 trials: to learn from, at least 100 are needed, as -n 850 would"},
		{97, 1000, "-n 1500 would"},
		{1, 10000, "-n 1500000 would"},
		{9990, 10000, "does not hold in 10 of 10000"},
	} {
		err := tooFew("x > 1", discover.Counts{Trials: tt.trials, Hits: tt.hits, In: tt.trials, HitsIn: tt.hits})
		if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%d of %d: %v", tt.hits, tt.trials, err)
		}
	}
}

// The plane has the inputs that the boxes lose most without, and frames of the boxes that they
// bound; its points are of the trials held out.
func TestPlane(t *testing.T) {
	inf := math.Inf(1)
	var ms marks
	for _, name := range []string{"a", "b", "c"} {
		ms = append(ms, &mark{Input: discover.Input{Name: name, Values: []float64{0, 1, 2, 3, 4, 5}}})
	}
	weak, strong := discover.Counts{Trials: 100, Hits: 20, In: 20, HitsIn: 15}, discover.Counts{Trials: 100, Hits: 20, In: 50, HitsIn: 12}
	one := discover.Box{Limits: []discover.Limit{{Input: 0, Low: -inf, High: 3}, {Input: 2, Low: 1, High: inf}}, Without: []discover.Counts{weak, strong}}
	two := discover.Box{Limits: []discover.Limit{{Input: 1, Low: 2, High: inf}}, Without: []discover.Counts{weak}}
	hit := []bool{false, true, false, false, true, true}
	run, start := result.Run{Years: 2}, time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	p := ms.plane([]discover.Box{one, two}, hit, run, start)
	if p.X.Input != "c" || p.Y.Input != "a" || len(p.Frames) != 1 || p.Frames[0].X.Low != 1 || p.Frames[0].Y.High != 3 {
		t.Errorf("%+v", p)
	}
	if want := []result.Point{{X: 1, Y: 1, Hit: true}, {X: 3, Y: 3}, {X: 5, Y: 5, Hit: true}}; !slices.Equal(p.Points, want) {
		t.Errorf("%v", p.Points)
	}
	one.Limits, one.Without = one.Limits[:1], one.Without[:1]
	p = ms.plane([]discover.Box{one, two}, hit, run, start)
	if p.X.Input != "a" || p.Y.Input != "b" || len(p.Frames) != 2 || p.Frames[0].X.High != 3 || p.Frames[0].Y.High != inf || p.Frames[1].Y.Low != 2 {
		t.Errorf("%+v", p)
	}
	if p := ms.plane([]discover.Box{one}, hit, run, start); p != nil {
		t.Errorf("a plane of one input: %+v", p)
	}
}
