package models_test

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"entente/models"
	"entente/sim"
	"entente/sim/rng"
)

// streamDraws are the draws that the engine makes for one trial under the sampler random,
// through the public doors of package rng.
type streamDraws struct {
	seed  uint64
	trial uint64
}

func (d streamDraws) input(path string, v models.Value) float64 {
	if v.Dist == nil {
		return v.Const
	}
	p := []float64{rng.NewStream(d.seed, path).Uniform(d.trial, 0)}
	v.Dist.Quantile(p)
	return p[0]
}

func (d streamDraws) normal(shock string, index int) float64 {
	z := []float64{rng.NewStream(d.seed, shock).Uniform(d.trial, index)}
	rng.Normals(z)
	return z[0]
}

func (d streamDraws) uniform(name string, index int) float64 {
	return rng.NewStream(d.seed, name).Uniform(d.trial, index)
}

// outcomes runs one trial and returns its values.
func outcomes(t *testing.T, s *models.System, seed uint64) map[string][]float64 {
	t.Helper()
	m, err := models.Compile(s)
	if err != nil {
		t.Fatal(err)
	}
	r, err := sim.Run(context.Background(), m, sim.Options{Trials: 1, Seed: seed, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]float64{}
	for _, metric := range r.Metrics {
		if metric.Total != nil {
			got[metric.Name] = []float64{metric.Total.Mean}
		}
		for _, stat := range metric.ByYear {
			got[metric.Name] = append(got[metric.Name], stat.Mean)
		}
	}
	return got
}

// The columns and the scalar reference are two routes from the same page and the same draws:
// they must agree to rounding, metric by metric, over systems that between them have every
// mechanism (TestRandomSystemsReach).
func TestAgainstReference(t *testing.T) {
	const systems = 300
	failures := 0
	for k := range uint64(systems) {
		s := randomSystem(rand.New(rand.NewPCG(20, k)))
		got := outcomes(t, s, k)
		want := reference(s, streamDraws{seed: k})
		if diffs := differences(want, got, 1e-9); len(diffs) > 0 {
			failures++
			t.Errorf("system %d: %d metrics differ, the first of them:", k, len(diffs))
			for _, d := range diffs[:min(len(diffs), 5)] {
				t.Errorf("    %s", d)
			}
			if failures == 5 {
				t.Fatal("and so on")
			}
		}
		for name, values := range got {
			for _, x := range values {
				if math.IsInf(x, 0) {
					t.Errorf("system %d: %s is %v", k, name, x)
				}
			}
		}
	}
}
