package main

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"entente/models"
	"entente/scenarios"
	"entente/sim"
	"entente/sim/result"
)

// farthest is how many inputs are told of a future: those farthest from their middle.
const farthest = 5

// A pick is a trial that is told, and why.
type pick struct {
	trial       int
	title, rule string
}

// picks chooses the trials that a result tells, from values in the first trials: the one closest
// to the middle, if all that this takes is kept, and for each of the clouds the one at the fifth
// percentile of its net present value. What is the same in every trial has no values, and
// chooses none. A trial that is chosen twice is told once.
func picks(clouds []result.Entity, kept func(string) bool, first []sim.Series, run result.Run) []pick {
	of := func(c scenarios.Column) []float64 {
		if i := slices.IndexFunc(first, func(s sim.Series) bool { return s.Outcome == c.Metric && s.Year == c.Year }); i >= 0 {
			return first[i].Values
		}
		return nil
	}
	npv := func(c result.Entity) []float64 { return of(scenarios.Column{Metric: c.ID + ".npv", Year: 1}) }
	var ids []string
	var columns [][]float64
	for _, c := range clouds {
		ids = append(ids, c.ID)
	}
	all := true
	for _, c := range middling(ids, run.Years) {
		all = all && kept(c.Metric)
		if x := of(c); x != nil {
			columns = append(columns, x)
		}
	}
	var list []pick
	add := func(k int, ok bool, title, rule string) {
		if !ok {
			return
		}
		if i := slices.IndexFunc(list, func(p pick) bool { return p.trial == k }); i >= 0 {
			list[i].title += ", and " + title
			list[i].rule += "; " + rule
			return
		}
		list = append(list, pick{k, title, rule})
	}
	if all {
		k, ok := sim.Middle(columns)
		add(k, ok, "near the middle", middleRule(ids, run, run.Trials))
	}
	for _, c := range clouds {
		k, ok := sim.OrderStatistic(npv(c), badAt)
		title := "bad for " + c.Name
		rule := fmt.Sprintf("the trial at p%g of %s.npv", 100*badAt, c.ID)
		for _, other := range clouds {
			if x := npv(other); ok && other.ID != c.ID && x != nil {
				at := place(x, k)
				rule += fmt.Sprintf(", which is at p%s of %s.npv", strconv.FormatFloat(100*at, 'g', 2, 64), other.ID)
				if at < place(npv(c), k) {
					title += ", and worse for " + other.Name
				}
			}
		}
		add(k, ok, title, rule+among(run.Trials))
	}
	return list
}

// place is where a trial stands among all, as a share; those with the same value share the
// place in the middle of them.
func place(values []float64, trial int) float64 {
	below, above := sim.Standing(values, values[trial])
	return (below + 1 - above) / 2
}

// badAt is the quantile at which a future is called bad: one in twenty is worse.
const badAt = 0.05

// futures tells the trials that are picked.
func futures(ctx context.Context, scenario *scenarios.Scenario, model *sim.Model, ledger *models.Ledger, opt sim.Options, clouds []string, first []sim.Series) ([]result.Future, error) {
	var entities []result.Entity
	for _, id := range clouds {
		i := slices.IndexFunc(scenario.Facts.Clouds, func(c result.Entity) bool { return c.ID == id })
		entities = append(entities, scenario.Facts.Clouds[i])
	}
	run := scenario.Facts.Run
	run.Trials = opt.Trials
	chosen := picks(entities, opt.Keep, first, run)
	if len(chosen) == 0 {
		return nil, nil
	}
	var trials []int
	for _, p := range chosen {
		trials = append(trials, p.trial)
	}
	kept := opt.Keep
	opt.Keep = func(name string) bool {
		return kept(name) && slices.ContainsFunc(clouds, func(id string) bool { return name == id+".exposure" || name == id+".flow" })
	}
	traces, err := sim.Traces(ctx, model, opt, ledger.Expressions(), trials...)
	if err != nil {
		return nil, err
	}
	var list []result.Future
	for i, trace := range traces {
		f := result.Future{Trial: trace.Trial, Title: chosen[i].title, Rule: chosen[i].rule, Outcomes: outcomesOf(model, trace)}
		for _, column := range standing(clouds, scenario.Facts.Labs, model.Years) {
			i := slices.IndexFunc(first, func(s sim.Series) bool { return s.Outcome == column.Metric && s.Year == column.Year })
			if i < 0 {
				continue
			}
			s := first[i]
			o := model.Outcomes[slices.IndexFunc(model.Outcomes, func(o sim.Outcome) bool { return o.Name == s.Outcome })]
			at := result.Standing{Metric: s.Outcome, Unit: o.Unit, Year: s.Year, Value: s.Values[trace.Trial]}
			if o.Kind == sim.AtTheEnd {
				at.Year = 0
			}
			at.Below, at.Above = sim.Standing(s.Values, at.Value)
			f.Standings = append(f.Standings, at)
		}
		_, paths := ledger.Read(trace.Values)
		f.Happenings = happenings(scenario.System, paths)
		f.Inputs = noteworthy(inputsOf(scenario.Facts, trace), f.Happenings)
		list = append(list, f)
	}
	return list, nil
}

// noteworthy are the inputs that a story is told with, in the order of the scenario: those that
// say what events do, and those farthest from their middle.
func noteworthy(inputs []result.Drawn, hs []result.Happening) []result.Drawn {
	order := slices.Clone(inputs)
	slices.SortStableFunc(order, func(a, b result.Drawn) int { return cmp.Compare(math.Abs(b.P-0.5), math.Abs(a.P-0.5)) })
	order = order[:min(len(order), farthest)]
	return slices.DeleteFunc(slices.Clone(inputs), func(in result.Drawn) bool {
		told := slices.ContainsFunc(hs, func(h result.Happening) bool {
			return h.Kind == string(models.EventActive) && strings.HasPrefix(in.Path, h.Who+".effects.")
		})
		return !told && !slices.Contains(order, in)
	})
}
