package main

import (
	"context"
	"math"
	"testing"
	"time"

	"entente/models"
	"entente/scenarios"
	"entente/sim"
	"entente/sim/result"
)

// variant is the story's scenario with something overridden.
func variant(t *testing.T, set ...string) sim.Variant {
	t.Helper()
	s, err := scenarios.Load("testdata/tiny.yaml", scenarios.Options{Set: set})
	if err != nil {
		t.Fatal(err)
	}
	m, err := models.Compile(s.System)
	if err != nil {
		t.Fatal(err)
	}
	return sim.Variant{Model: m}
}

// A lab whose multiple is 30 in place of 20, and which has no cash, is worth half as much again in
// every trial: D = A/2, so that each of its quantiles is half of A's, B is above A always, and the
// reduction is (1 + 1.5²)/0.5² = 13, of trials as of runs. Stakes are parts of that worth. Nothing
// else changes.
func TestCompareMultiple(t *testing.T) {
	for _, sampler := range sim.Samplers() {
		c, err := sim.NewComparison([]sim.Variant{variant(t), variant(t, "openai.valuation.multiple=30")}, sim.Options{Trials: 640, Seed: 3, Sampler: sampler})
		if err != nil {
			t.Fatal(err)
		}
		list, err := c.Run(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		for _, m := range list[0].Metrics {
			switch m.Name {
			case "openai.valuation", "azure.equity":
				for _, x := range m.ByYear {
					seen++
					for _, v := range [][2]float64{
						{x.B.Mean, 1.5 * x.A.Mean}, {x.Difference.Mean, x.A.Mean / 2}, {x.Difference.SE, x.A.SE / 2}, {x.Difference.P5, x.A.P5 / 2},
						{x.Difference.P99, x.A.P99 / 2}, {x.Difference.ES95, x.A.ES95 / 2}, {x.Difference.Above0, 1}, {x.Variance, 13}, {x.Runs, 13},
					} {
						if !(math.Abs(v[0]/v[1]-1) < 1e-9) {
							t.Errorf("%s, %s: %v is not %v", sampler, m.Name, v[0], v[1])
						}
					}
				}
			case "openai.run_rate", "openai.compute", "oracle.exposure", "azure.credit_exposure", "azure.backlog":
				for _, x := range m.ByYear {
					seen++
					if x.Equal != 1 || x.Difference.Min != 0 || x.Difference.Max != 0 || x.Low != 0 || x.High != 0 {
						t.Errorf("%s, %s differs by %+v", sampler, m.Name, x.Difference)
					}
				}
			}
		}
		if seen != 7*2 {
			t.Errorf("%d years were looked at", seen)
		}
	}
}

// Labels tell scenarios apart: by name, else by what was typed.
func TestCompareLabels(t *testing.T) {
	named := func(arg, name string) contender {
		s := &scenarios.Resolved{Scenario: &scenarios.Scenario{Facts: result.Result{Scenario: result.Scenario{Name: name}}}}
		return contender{arg: arg, scenario: s}
	}
	for _, c := range []struct {
		cs   []contender
		with []string
		want []string
		dir  string
	}{
		{[]contender{named("a.yaml", "One"), named("b.yaml", "Two")}, nil, []string{"One", "Two"}, "One-vs-Two"},
		{[]contender{named("x/a.yaml", "One"), named("y/a.yaml", "One")}, nil, []string{"x/a.yaml", "y/a.yaml"}, "x-a.yaml-vs-y-a.yaml"},
		{[]contender{named("a.yaml", "One"), named("a.yaml", "One")}, []string{"p=1", "q=2"}, []string{"One", "One with p=1, q=2"}, "One-vs-One with p=1, q=2"},
		{[]contender{named("a.yaml", ""), named("b.yaml", "Two")}, []string{"p=1"}, []string{"a.yaml", "Two with p=1"}, "a.yaml-vs-Two with p=1"},
		{[]contender{named("a.yaml", "One"), named("-", "Two"), named("c.yaml", "Two")}, nil, []string{"One", "-", "c.yaml"}, "One-vs---vs-c.yaml"},
	} {
		label(c.cs, c.with)
		for i := range c.cs {
			if c.cs[i].label != c.want[i] {
				t.Errorf("%s is called %q, want %q", c.cs[i].arg, c.cs[i].label, c.want[i])
			}
		}
		if got := comparisonName(c.cs); got != c.dir {
			t.Errorf("the directory is %q, want %q", got, c.dir)
		}
	}
}

func TestCompareStarts(t *testing.T) {
	at := func(date string) contender {
		d, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		return contender{arg: "-", start: d}
	}
	for _, c := range []struct {
		a, b  string
		later int
		wrong bool
	}{
		{"2026-01-01", "2026-01-01", 0, false}, {"2026-04-01", "2028-04-01", 2, false}, {"2028-10-01", "2026-10-01", -2, false},
		{"2026-01-01", "2026-10-01", 0, true}, {"2025-10-01", "2026-01-01", 0, true},
	} {
		vs, err := variantsOf(compareCommand(), []contender{at(c.a), at(c.b)}, compareFlags{})
		if (err != nil) != c.wrong || err == nil && vs[1].Later != c.later {
			t.Errorf("%s and %s: %v, %v", c.a, c.b, vs, err)
		}
	}
}
