package dist

import (
	"math"
	"testing"
)

// What is scaled or shifted is what it was, elsewhere: its mean, its deviation, its quantiles.
func TestAffine(t *testing.T) {
	for _, e := range examples(t) {
		scaled, err := Scale(e.dist, 2)
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		shifted, err := Shift(scaled, -0.5)
		if err != nil {
			t.Fatalf("%s: %v", e.name, err)
		}
		near := func(what string, got, want float64) {
			t.Helper()
			if got != want && math.Abs(got-want) > 1e-12*max(math.Abs(want), 1) && !(math.IsNaN(got) && math.IsNaN(want)) {
				t.Errorf("%s: %s is %v, not %v", e.name, what, got, want)
			}
		}
		near("the mean", shifted.Mean(), 2*e.dist.Mean()-0.5)
		near("the deviation", shifted.SD(), 2*e.dist.SD())
		for _, p := range []float64{1e-9, 0.05, 0.3, 0.5, 0.9, 0.999} {
			near("a quantile", Point(shifted, p), 2*Point(e.dist, p)-0.5)
			one, other := []float64{p}, []float64{p}
			e.dist.Quantile(one)
			shifted.Quantile(other)
			near("a sampled quantile", other[0], 2*one[0]-0.5)
			x := Point(e.dist, p)
			near("the distribution function", shifted.CDF(2*x-0.5+1e-9*math.Abs(x)), e.dist.CDF((2*x-0.5+1e-9*math.Abs(x)+0.5)/2))
		}
	}
	same, err := Scale(normal{0, 1}, 1)
	if _, plain := same.(normal); err != nil || !plain {
		t.Errorf("a factor of 1 makes it %T, %v", same, err)
	}
	for _, factor := range []float64{0, -1, math.NaN(), math.Inf(1), 1e200} {
		if _, err := Scale(same, factor); err == nil {
			t.Errorf("a factor of %v is taken", factor)
		}
	}
	if _, err := Shift(same, math.Inf(-1)); err == nil {
		t.Error("a shift by -∞ is taken")
	}
}
