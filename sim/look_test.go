package sim

import (
	"context"
	"math"
	"slices"
	"testing"
)

// TestLook shows the values that Trials returns, whether or not a run keeps them.
func TestLook(t *testing.T) {
	m := toy()
	opt := Options{Trials: 5000, Seed: 3, Sampler: Sobol, Workers: 2}
	all, err := Trials(context.Background(), m, opt)
	if err != nil {
		t.Fatal(err)
	}
	at := func(outcome string, year int) bool {
		return outcome == "level" && year == 2 || outcome == "two" && year == 3 || outcome == "c"
	}
	var want []Series
	for _, s := range all {
		if at(s.Outcome, s.Year) {
			want = append(want, s)
		}
	}
	if len(want) != 3 {
		t.Fatalf("the model has %d of them", len(want))
	}
	for _, memory := range []int{0, 1} {
		var got []Series
		opt.Memory = memory
		opt.Look = Look{At: at, See: func(trials []Series) {
			for _, s := range trials {
				s.Values = slices.Clone(s.Values)
				got = append(got, s)
			}
		}}
		r, err := Run(context.Background(), m, opt)
		if err != nil {
			t.Fatal(err)
		}
		if (r.Run.Accuracy > 0) != (memory == 1) {
			t.Errorf("with %d bytes the accuracy is %v", memory, r.Run.Accuracy)
		}
		same := func(a, b float64) bool { return math.Float64bits(a) == math.Float64bits(b) }
		if !slices.EqualFunc(got, want, func(a, b Series) bool {
			return a.Outcome == b.Outcome && a.Year == b.Year && slices.EqualFunc(a.Values, b.Values, same)
		}) {
			t.Errorf("with %d bytes it shows other values", memory)
		}
	}
}
