package stats

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// columns are the kinds of values that are timed: draws by the number of the trial.
func columns(r *rand.Rand) []kind {
	return []kind{
		{"uniform", r.Float64},
		{"normal", r.NormFloat64},
		{"lognormal", func() float64 { return math.Exp(2 * r.NormFloat64()) }},
		{"heavy both ways", func() float64 { return r.NormFloat64() / r.NormFloat64() }},
		{"mostly zero", func() float64 { return math.Exp(2*r.NormFloat64()) * float64(r.IntN(5)/4) }},
		{"half zeros", func() float64 { return max(0, r.NormFloat64()) }},
		{"zeros and ones", func() float64 { return float64(r.IntN(2)) }},
		{"integers", func() float64 { return float64(r.IntN(40)) }},
		{"some undefined", func() float64 {
			if r.IntN(4) == 0 {
				return nan
			}
			return r.ExpFloat64()
		}},
		{"zero", func() float64 { return 0 }},
	}
}

func BenchmarkSummarize(b *testing.B) {
	grid := []float64{0, 0.001, 0.002}
	for i := 1; i < 200; i++ {
		grid = append(grid, float64(i)/200)
	}
	grid = append(grid, 0.998, 0.999, 1)
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		for _, c := range columns(source(1)) {
			x := make([]float64, n)
			for k := range x {
				x[k] = c.draw()
			}
			for _, design := range []struct {
				name       string
				replicates int
				grid       []float64
			}{{"independent", 1, nil}, {"replicated", 16, nil}, {"grid", 1, grid}} {
				b.Run(fmt.Sprintf("%d/%s/%s", n, c.name, design.name), func(b *testing.B) {
					var s Scratch
					for b.Loop() {
						Summarize(x, design.replicates, design.grid, &s)
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/value")
				})
			}
		}
	}
}
