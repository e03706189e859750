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
	kept := []string{"a.exposure", "b.exposure", "a.npv", "b.npv", "lab.failed"}
	first := []sim.Series{{Outcome: "a.exposure", Year: 3, Values: up}, {Outcome: "b.exposure", Year: 3, Values: down},
		{Outcome: "a.npv", Year: 1, Values: down}, {Outcome: "b.npv", Year: 1, Values: up}, {Outcome: "lab.failed", Year: 1, Values: up}}
	list := picks(clouds, kept, first, 100)
	if len(list) != 3 || list[0].trial != 49 || list[1].trial != 95 || list[2].trial != 4 {
		t.Errorf("picked are %+v", list)
	}
	if list[1].title != "bad for Alpha" || list[1].rule != "the trial at p5 of a.npv" || !strings.Contains(list[0].rule, "a.exposure, b.exposure, a.npv, b.npv") {
		t.Errorf("picked are %+v", list)
	}
	first[3].Values = down // what is bad for one is bad for the other
	if list = picks(clouds, kept, first, 50_000); len(list) != 2 || list[1].title != "bad for Alpha, and bad for Beta" ||
		list[1].rule != "the trial at p5 of a.npv, of the first 16384; the trial at p5 of b.npv, of the first 16384" {
		t.Errorf("picked are %+v", list)
	}
	if list = picks(clouds, kept[2:3], first[2:3], 100); len(list) != 1 || list[0].trial != 95 {
		t.Errorf("with one metric, %+v", list)
	}
	// What is the same in every trial changes nothing about the middle.
	if list = picks(clouds, kept, first[:1], 100); len(list) != 1 || list[0].trial != 49 {
		t.Errorf("where only one varies, %+v", list)
	}
	if list = picks(clouds, nil, nil, 100); len(list) != 0 {
		t.Errorf("with no metric, %+v", list)
	}
	one := []sim.Series{{Outcome: "a.npv", Values: []float64{math.NaN()}}}
	if list = picks(clouds, kept[2:3], one, 1); len(list) != 0 {
		t.Errorf("without a value, %+v", list)
	}
}
