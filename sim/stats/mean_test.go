package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The mean and its error are those of Summarize, to the last bit but one or two: the sums are
// taken around another centre.
func TestMeanSE(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	near := func(a, b float64) bool {
		return math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-12*math.Abs(b)
	}
	var s, other Scratch
	for _, replicates := range []int{1, 16, 7} {
		for _, scale := range []float64{1, 1e-200, 1e200, 0} {
			for _, n := range []int{1, 2, 15, 16, 100, 5000} {
				for _, lack := range []float64{0, 0.3, 1} {
					x := make([]float64, n)
					for i := range x {
						if x[i] = scale * (3 + r.NormFloat64()); r.Float64() < lack {
							x[i] = math.NaN()
						}
					}
					mean, se := MeanSE(x, replicates, &s)
					want := Summarize(x, replicates, nil, &other)
					if !near(mean, want.Mean) || !near(se, want.SE) {
						t.Errorf("%d values of size %g, %d replicates: %v ± %v, but a summary says %v ± %v", n, scale, replicates, mean, se, want.Mean, want.SE)
					}
				}
			}
		}
	}
}
