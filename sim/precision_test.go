package sim_test

import (
	"context"
	"math"
	"testing"

	"entente/sim"
)

// On the built-in baseline the printed standard errors of what most readers look at, the means
// of the clouds' npv and exposure, are less than half of those of independent trials. What costs
// them that, a model whose important inputs and directions no longer lead, fails here.
func TestSobolOnTheBaseline(t *testing.T) {
	squares := squaredErrors(t, 8192)
	random := squares(sim.Random, 1)
	if len(random) < 11 {
		t.Fatalf("only %d values", len(random))
	}
	// One run says 0.46 on average, with a standard deviation of 0.04 over seeds.
	const seeds = 3
	sum := 0.0
	for seed := range uint64(seeds) {
		sum += meanRatio(squares(sim.Sobol, seed), random)
	}
	ratio := math.Sqrt(sum / seeds)
	t.Logf("standard errors are %.3f of those of independent trials", ratio)
	if !(ratio < 0.55) {
		t.Errorf("standard errors are %.3f of those of independent trials", ratio)
	}
}

// squaredErrors returns a function that runs the baseline and returns the squared standard errors
// of the means of the clouds' npv and exposure.
func squaredErrors(tb testing.TB, trials int) func(sampler sim.Sampler, seed uint64) []float64 {
	m, s := baseline(tb)
	keep := map[string]bool{}
	for _, c := range s.Clouds {
		keep[c.ID+".npv"], keep[c.ID+".exposure"] = true, true
	}
	return func(sampler sim.Sampler, seed uint64) []float64 {
		r, err := sim.Run(context.Background(), m, sim.Options{Trials: trials, Seed: seed, Sampler: sampler, Workers: 1,
			Keep: func(name string) bool { return keep[name] }})
		if err != nil {
			tb.Fatal(err)
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
}

// meanRatio is that of values to others, where these are above 0.
func meanRatio(values, to []float64) float64 {
	var sum, n float64
	for i, v := range values {
		if to[i] > 0 {
			sum += v / to[i]
			n++
		}
	}
	return sum / n
}
