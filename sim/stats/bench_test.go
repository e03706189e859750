package stats

import (
	"math"
	"math/rand/v2"
	"testing"
)

func BenchmarkSummarize(b *testing.B) {
	const n = 100_000
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		name string
		draw func(k int) float64
	}{
		{"normal", func(int) float64 { return r.NormFloat64() }},
		{"lognormal", func(int) float64 { return math.Exp(2 * r.NormFloat64()) }},
		{"half zeros", func(int) float64 { return max(0, r.NormFloat64()) }},
		{"zeros and ones", func(int) float64 { return float64(r.IntN(2)) }},
		{"zero", func(int) float64 { return 0 }},
	} {
		x := make([]float64, n)
		for k := range x {
			x[k] = c.draw(k)
		}
		for name, replicates := range map[string]int{"independent": 1, "replicated": 16} {
			b.Run(c.name+"/"+name, func(b *testing.B) {
				var s Scratch
				for b.Loop() {
					Summarize(x, replicates, nil, &s)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/value")
			})
		}
	}
}
