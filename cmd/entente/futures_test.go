package main

import (
	"math"
	"strings"
	"testing"

	"entente/sim"
	"entente/sim/result"
)

// A trial that two rules choose is told once; without what a rule needs it chooses none.
func TestPicks(t *testing.T) {
	clouds := []result.Entity{{ID: "a", Name: "Alpha"}, {ID: "b", Name: "Beta"}}
	many := func(f func(i int) float64) []float64 {
		x := make([]float64, 100)
		for i := range x {
			x[i] = f(i)
		}
		return x
	}
	up := many(func(i int) float64 { return float64(i) })
	down := many(func(i int) float64 { return -float64(i) })
	all := func(string) bool { return true }
	run := result.Run{Start: "2027-01-01", Years: 3, Trials: 100}
	first := []sim.Series{{Outcome: "a.exposure", Year: 3, Values: up}, {Outcome: "b.exposure", Year: 3, Values: down},
		{Outcome: "a.npv", Year: 1, Values: down}, {Outcome: "b.npv", Year: 1, Values: up}, {Outcome: "lab.failed", Year: 1, Values: up}}
	list := picks(clouds, all, first, run)
	if len(list) != 3 || list[0].trial != 49 || list[1].trial != 95 || list[2].trial != 4 {
		t.Errorf("picked are %+v", list)
	}
	if list[1].title != "bad for Alpha" || list[1].rule != "the trial at p5 of a.npv, which is at p96 of b.npv" ||
		!strings.HasSuffix(list[0].rule, " over a.npv, a.peak_exposure, a.exposure@2028, a.exposure@2029, b.npv, b.peak_exposure, b.exposure@2028, b.exposure@2029") {
		t.Errorf("picked are %+v", list)
	}
	// What was on the way counts: trial 49 is in the middle at the end, and was the highest before.
	first = append(first, sim.Series{Outcome: "a.exposure", Year: 2, Values: many(func(i int) float64 {
		if i == 49 {
			return 1000
		}
		return float64(i)
	})})
	if list = picks(clouds, all, first, run); list[0].trial != 50 {
		t.Errorf("in the middle of all is trial %d", list[0].trial)
	}
	first = first[:5]
	// What is bad for one may be worse for the other.
	first[3].Values = many(func(i int) float64 { return -math.Abs(float64(i - 95)) })
	first[3].Values[95] = -1000
	if list = picks(clouds, all, first, run); list[1].title != "bad for Alpha, and worse for Beta" || list[1].rule != "the trial at p5 of a.npv, which is at p0.5 of b.npv" {
		t.Errorf("picked are %+v", list)
	}
	first[3].Values = down // or as bad
	run.Trials = 50_000
	if list = picks(clouds, all, first, run); len(list) != 2 || list[1].title != "bad for Alpha, and bad for Beta" ||
		list[1].rule != "the trial at p5 of a.npv, which is at p4.5 of b.npv, of the first 16384; the trial at p5 of b.npv, which is at p4.5 of a.npv, of the first 16384" {
		t.Errorf("picked are %+v", list)
	}
	run.Trials = 100
	only := func(name string) bool { return name == "a.npv" }
	if list = picks(clouds, only, first[2:3], run); len(list) != 1 || list[0].trial != 95 {
		t.Errorf("with one metric, %+v", list)
	}
	// What is the same in every trial changes nothing about the middle.
	if list = picks(clouds, all, first[:1], run); len(list) != 1 || list[0].trial != 49 {
		t.Errorf("where only one varies, %+v", list)
	}
	if list = picks(clouds, func(string) bool { return false }, nil, run); len(list) != 0 {
		t.Errorf("with no metric, %+v", list)
	}
	one := []sim.Series{{Outcome: "a.npv", Year: 1, Values: []float64{math.NaN()}}}
	if list = picks(clouds, only, one, run); len(list) != 0 {
		t.Errorf("without a value, %+v", list)
	}
}
