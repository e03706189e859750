package dist

import (
	"fmt"
	"testing"
)

// columnOf returns n probabilities spread over (0, 1) in a scrambled order.
func columnOf(n int) []float64 {
	u := make([]float64, n)
	for i := range u {
		u[i] = (float64((uint64(i)*2654435769)%uint64(n)) + 0.5) / float64(n)
	}
	return u
}

func BenchmarkQuantile(b *testing.B) {
	u := columnOf(256)
	p := make([]float64, len(u))
	for _, c := range examples(b) {
		b.Run(c.name, func(b *testing.B) {
			c.dist.Quantile(p[:0])
			for b.Loop() {
				copy(p, u)
				c.dist.Quantile(p)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(u)), "ns/value")
		})
	}
}

func BenchmarkBuild(b *testing.B) {
	for _, c := range examples(b) {
		t, ok := c.dist.(*tabulated)
		if !ok {
			continue
		}
		b.Run(c.name, func(b *testing.B) {
			var n int
			for b.Loop() {
				fresh := &tabulated{curve: t.curve}
				fresh.build()
				n = len(fresh.cells)
			}
			b.ReportMetric(float64(n), "cells")
		})
	}
}

func BenchmarkPoint(b *testing.B) {
	for _, c := range examples(b) {
		for _, p := range []float64{1e-6, 0.3, 0.999} {
			b.Run(fmt.Sprint(c.name, "/", p), func(b *testing.B) {
				for b.Loop() {
					Point(c.dist, p)
				}
			})
		}
	}
}
