package vec

import (
	"fmt"
	"testing"
)

func BenchmarkApply(b *testing.B) {
	const n = 256
	r := random(20)
	column := func() []float64 {
		x := make([]float64, n)
		for i := range x {
			x[i] = between(r, 0, 1)
			if r.IntN(2) == 0 {
				x[i] = 0
			}
		}
		return x
	}
	dst, x, y, z := column(), column(), column(), column()
	for op := Copy; op < opCount; op++ {
		for _, p := range paths() {
			b.Run(fmt.Sprintf("%d/%v", op, p), func(b *testing.B) {
				for b.Loop() {
					applyBy(p, op, dst, x, y, z)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/value")
			})
		}
	}
}
