package sim_test

import (
	"context"
	"math"
	"testing"

	"entente/models"
	"entente/scenarios"
	"entente/sim"
)

// On the built-in baseline the printed standard errors of what most readers look at, the means
// of the clouds' npv and exposure, are less than half of those of independent trials. What costs
// them that, a model whose important inputs and directions no longer lead, fails here.
func TestSobolOnTheBaseline(t *testing.T) {
	s, err := scenarios.Load("baseline", scenarios.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := models.Compile(s.System)
	if err != nil {
		t.Fatal(err)
	}
	keep := map[string]bool{}
	for _, c := range s.System.Clouds {
		keep[c.ID+".npv"], keep[c.ID+".exposure"] = true, true
	}
	squares := func(sampler sim.Sampler, seed uint64) []float64 {
		r, err := sim.Run(context.Background(), m, sim.Options{Trials: 8192, Seed: seed, Sampler: sampler,
			Keep: func(name string) bool { return keep[name] }})
		if err != nil {
			t.Fatal(err)
		}
		var list []float64
		for _, x := range r.Metrics {
			if x.Total != nil {
				list = append(list, x.Total.SE*x.Total.SE)
			}
			for _, y := range x.ByYear {
				list = append(list, y.SE*y.SE)
			}
		}
		return list
	}
	random := squares(sim.Random, 1)
	if len(random) < 11 {
		t.Fatalf("only %d values", len(random))
	}
	// One run says 0.46 on average, with a standard deviation of 0.04 over seeds.
	const seeds = 3
	sum := 0.0
	for seed := range uint64(seeds) {
		for i, v := range squares(sim.Sobol, seed) {
			sum += v / random[i]
		}
	}
	ratio := math.Sqrt(sum / float64(seeds*len(random)))
	t.Logf("standard errors are %.3f of those of independent trials", ratio)
	if !(ratio < 0.55) {
		t.Errorf("standard errors are %.3f of those of independent trials", ratio)
	}
}
