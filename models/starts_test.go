package models_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"entente/models"
	"entente/sim"
)

// When an event first starts is the first step in which what it changes is changed.
func TestStarts(t *testing.T) {
	const years, trials = 3, 500
	for _, e := range []models.Event{
		{Hazard: at(0.4), To: math.Inf(1)},
		{Hazard: at(0.4), From: 0.6, To: 1.9, Duration: at(0.25)},
		{Hazard: &models.Value{Path: "event.hazard", Dist: between{0.1, 2}}, From: -1, To: 2.3},
		recurring(0.5, 0.3, 2.6, 0.25),
		recurring(0.5, 0.5, math.Inf(1), 0.5),
		recurring(9, 2, 2.2, 0.25),
		recurring(9, 3, math.Inf(1), 0.25), // never
	} {
		e.ID = "event"
		e.Effects = []models.Effect{{Path: "lab.compute.ratio", Op: models.Add, By: is(2)}}
		s := plain(years, 1)
		s.Events = []models.Event{{ID: "dated", At: 1, To: math.Inf(1)}, e}
		s.Events[0].Effects = []models.Effect{{Path: "deal_a.margin", Op: models.Set, By: is(0.5)}}
		values := map[string][][]float64{}
		byStep, err := models.CompileByStep(s, models.AsDrawn)
		if err != nil {
			t.Fatal(err)
		}
		m, err := models.Compile(s)
		if err != nil {
			t.Fatal(err)
		}
		starts := models.Starts(m, s)
		if want := []models.Start{{Outcome: "event.first_start", Event: "event"}}; fmt.Sprint(starts) != fmt.Sprint(want) {
			t.Fatalf("got %v, want %v", starts, want)
		}
		for _, m := range []*sim.Model{byStep, m} {
			series, err := sim.Trials(context.Background(), m, sim.Options{Trials: trials, Seed: 3, Sampler: sim.Random,
				Keep: func(name string) bool { return name == "deal_a.use" && m == byStep || name == "event.first_start" }})
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range series {
				values[s.Outcome] = append(values[s.Outcome], s.Values)
			}
		}
		happened := 0
		for k := range trials {
			want := math.NaN()
			for n := years*models.StepsPerYear - 1; n >= 0; n-- {
				if values["deal_a.use"][n][k] == 3 {
					want = float64(n) / models.StepsPerYear
				}
			}
			got := values["event.first_start"][0][k]
			if got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Fatalf("%+v: trial %d: starts at %v, changes something at %v", e, k, got, want)
			}
			if !math.IsNaN(want) {
				happened++
			}
		}
		if never := e.From >= years; never != (happened == 0) {
			t.Errorf("%+v: it starts in %d trials", e, happened)
		}
	}
}
