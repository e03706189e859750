package sim

import (
	"context"
	"math"
	"reflect"
	"testing"
)

// Headlines change nothing else, are the same for any number of workers, and where the values
// did not fit in memory.
func TestHeadlines(t *testing.T) {
	for _, sampler := range Samplers() {
		run := func(change func(*Options)) (convergence, drivers, metrics any) {
			opt := Options{Trials: 3000, Seed: 4, Sampler: sampler, Headlines: []string{"level", "two", "b", "nothing"}}
			change(&opt)
			r, err := Run(context.Background(), toy(), opt)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range r.Convergence {
				last := c.Points[len(c.Points)-1]
				for _, m := range r.Metrics {
					if m.Name != c.Metric {
						continue
					}
					s := m.Total
					if s == nil {
						s = &m.ByYear[c.Year-1]
					}
					if last.Trials != 3000 || math.Abs(last.Mean-s.Mean) > 1e-12 || math.Abs(last.SE-s.SE) > 1e-12 {
						t.Errorf("%s: %s settles at %v, and its mean is %v ± %v", sampler, m.Name, last, s.Mean, s.SE)
					}
				}
			}
			for _, m := range r.Metrics { // NaN is not itself
				if m.Total != nil && math.IsNaN(m.Total.SE) || m.Total == nil && math.IsNaN(m.ByYear[0].SE) {
					t.Fatalf("%s has no standard error", m.Name)
				}
			}
			return r.Convergence, r.Drivers, r.Metrics
		}
		c1, d1, m1 := run(func(opt *Options) { opt.Workers = 1 })
		c7, d7, m7 := run(func(opt *Options) { opt.Workers = 7 })
		if !reflect.DeepEqual(c1, c7) || !reflect.DeepEqual(d1, d7) || !reflect.DeepEqual(m1, m7) {
			t.Errorf("%s: seven workers give other bits than one", sampler)
		}
		if _, _, m := run(func(opt *Options) { opt.Headlines = nil }); !reflect.DeepEqual(m, m1) {
			t.Errorf("%s: headlines change the metrics", sampler)
		}
		_, d, _ := run(func(opt *Options) { opt.Memory = 1 })
		if !reflect.DeepEqual(d, d1) {
			t.Errorf("%s: drivers are others without memory", sampler)
		}
	}
	r, err := Run(context.Background(), toy(), Options{Trials: 3000, Headlines: []string{"level", "two", "b"}})
	if err != nil {
		t.Fatal(err)
	}
	// a is what level starts from; b and c share a factor; two is a constant.
	if len(r.Drivers) != 2 || len(r.Convergence) != 2 || r.Drivers[0].Year != 3 || r.Drivers[0].Inputs[0].Path != "a" {
		t.Fatalf("drivers %v", r.Drivers)
	}
	b := r.Drivers[1].Inputs
	if b[0].Path != "b" || math.Abs(b[0].Rank.Value-1) > 1e-12 || b[1].Path != "c" || math.Abs(b[1].Rank.Value-6/math.Pi*math.Asin(0.25)) > 0.06 {
		t.Errorf("b hangs on %v", b)
	}
	if len(r.Convergence[0].Points) != 7 || r.Convergence[0].Points[0].Trials != 46 {
		t.Errorf("it settles in %v", r.Convergence[0].Points)
	}
}
