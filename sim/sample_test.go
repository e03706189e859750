package sim

import (
	"context"
	"slices"
	"testing"
)

// What a run shows of its first trials are their values, whether the others fit in memory or
// not.
func TestSample(t *testing.T) {
	m, _ := tracedModel()
	const trials = ChosenAmong + 100
	opt := Options{Trials: trials, Seed: 4, Sampler: Sobol, Headlines: []string{"level", "flow", "fixed"},
		Sampled: func(outcome string, year int) bool { return year == 1 }}
	all, err := Trials(context.Background(), m, opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, memory := range []int{DefaultMemory, 1 << 10} {
		var seen []Series
		opt.Memory = memory
		opt.Sample = func(first []Series) {
			for _, s := range first {
				s.Values = slices.Clone(s.Values)
				seen = append(seen, s)
			}
		}
		r, err := Run(context.Background(), m, opt)
		if err != nil {
			t.Fatal(err)
		}
		if (r.Run.Accuracy != 0) != (memory == 1<<10) {
			t.Fatalf("with %d bytes the accuracy is %v", memory, r.Run.Accuracy)
		}
		if len(r.Convergence) != 2 {
			t.Errorf("of %d outcomes it is said how they settled", len(r.Convergence))
		}
		if len(seen) != 3 || seen[0].Outcome != "level" || seen[0].Year != 1 || seen[1].Outcome != "flow" || seen[1].Year != 2 ||
			seen[2].Outcome != "flow" || seen[2].Year != 1 {
			t.Fatalf("seen are %d series", len(seen))
		}
		if !slices.Equal(seen[0].Values, all[2].Values[:ChosenAmong]) || !slices.Equal(seen[1].Values, all[1].Values[:ChosenAmong]) ||
			!slices.Equal(seen[2].Values, all[0].Values[:ChosenAmong]) {
			t.Errorf("with %d bytes what is seen are not the trials", memory)
		}
	}
}
