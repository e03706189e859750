package main

import (
	"cmp"
	"context"
	"slices"

	"entente/models"
	"entente/scenarios"
	"entente/sim"
	"entente/sim/result"
)

// pilotTrials are enough to tell which clouds are exposed most.
const pilotTrials = 1024

// compared are the two clouds that a result compares: AWS and Azure, by id, where the scenario
// has them, else the two whose mean exposure at the end is largest in a short run, or the only one.
func compared(ctx context.Context, scenario *scenarios.Scenario, opt sim.Options) ([]string, error) {
	var ids []string
	for _, c := range scenario.Facts.Clouds {
		ids = append(ids, c.ID)
	}
	switch {
	case slices.Contains(ids, "aws") && slices.Contains(ids, "azure"):
		return []string{"aws", "azure"}, nil
	case len(ids) < 2:
		return ids, nil
	}
	model, err := models.Compile(scenario.System)
	if err != nil {
		return nil, err
	}
	pilot := sim.Options{Trials: min(opt.Trials, pilotTrials), Seed: opt.Seed, Sampler: opt.Sampler, Workers: opt.Workers,
		Keep: func(name string) bool {
			return slices.ContainsFunc(ids, func(id string) bool { return name == id+".exposure" })
		}}
	r, err := sim.Run(ctx, model, pilot)
	if err != nil {
		return nil, err
	}
	mean := map[string]float64{}
	for _, m := range r.Metrics {
		mean[m.Name] = m.ByYear[len(m.ByYear)-1].Mean
	}
	slices.SortStableFunc(ids, func(a, b string) int { return cmp.Compare(mean[b+".exposure"], mean[a+".exposure"]) })
	return ids[:2], nil
}

// headlines are the outcomes of which a result says what drives them and how they settled:
// exposure and net present value of the compared clouds, and the failures of the labs.
func headlines(clouds []string, labs []result.Entity) []string {
	var names []string
	for _, metric := range []string{"exposure", "npv"} {
		for _, id := range clouds {
			names = append(names, id+"."+metric)
		}
	}
	for _, l := range labs {
		names = append(names, l.ID+".failed")
	}
	return names
}

// apart takes the differences out of a run's metrics.
func apart(metrics []result.Metric, differences []models.Difference) (rest []result.Metric, comparisons []result.Comparison) {
	for _, m := range metrics {
		i := slices.IndexFunc(differences, func(d models.Difference) bool { return d.Outcome == m.Name })
		if i < 0 {
			rest = append(rest, m)
			continue
		}
		d := differences[i]
		m.Name = d.Metric
		comparisons = append(comparisons, result.Comparison{A: d.A, B: d.B, Metric: m})
	}
	return rest, comparisons
}
