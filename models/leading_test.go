package models

import (
	"math"
	"testing"
)

func orthonormality(t *testing.T, what string, q [][]float64) {
	t.Helper()
	for d := range q {
		for e := range d + 1 {
			want := 0.0
			if e == d {
				want = 1
			}
			if got := dot(q[d], q[e]); !(math.Abs(got-want) < 1e-14) {
				t.Errorf("%s: directions %d and %d have the product %v, want %v", what, d+1, e+1, got, want)
			}
		}
	}
}

func number(x float64) Value { return Value{Const: x} }

// The principal components of a random walk of N steps are known:
//
// cos((2d−1)(2j−1)π/(4N+2)), j = 1 … N, times 2/√(2N+1).
func TestPrincipalOfARandomWalk(t *testing.T) {
	const n = 40
	q := principal(n+1, 5, walkPath(Glide{Initial: number(0.3)}))
	if len(q) != 5 {
		t.Fatalf("%d directions", len(q))
	}
	orthonormality(t, "walk", q)
	for d := range q {
		want := make([]float64, n+1)
		for j := 1; j <= n; j++ {
			want[j] = 2 / math.Sqrt(2*n+1) * math.Cos(float64((2*d+1)*(2*j-1))*math.Pi/(4*n+2))
		}
		if got := math.Abs(dot(q[d], want)); !(got > 1-1e-3) {
			t.Errorf("direction %d has the product %v with the component", d+1, got)
		}
	}
}

// Of the variance of a path summed over time, the first directions hold most.
func TestDirectionsHoldTheVariance(t *testing.T) {
	const n = 41
	for _, c := range []struct {
		name     string
		kind     int
		response func(i, j int) float64
		share    float64
	}{
		{"walk", revenuePath, walkPath(Glide{Initial: number(0.3), LongRun: number(0.15), HalfLife: number(3), Moves: true}), 0.96},
		{"growth", growthPath, driftPath(number(1.4)), 0.99},
		{"growth that stays", growthPath, driftPath(number(math.Inf(1))), 0.99},
		{"valuation", valuationPath, noisePath(number(2)), 0.88},
		{"funding", fundingPath, appetitePath(number(2)), 0.75},
		{"compute", computePath, noisePath(number(1)), 0.40},
		{"lost at once", computePath, noisePath(number(0)), 0.04},
	} {
		q := principal(n, directionsOf[c.kind], c.response)
		orthonormality(t, c.name, q)
		var total, held float64
		for i := 1; i < n; i++ {
			row := make([]float64, n)
			for j := range row {
				row[j] = c.response(i, j)
			}
			total += dot(row, row)
			for _, d := range q {
				held += dot(row, d) * dot(row, d)
			}
		}
		if !(held/total > c.share) || len(q) != directionsOf[c.kind] {
			t.Errorf("%s: %d directions hold %.3f of the variance, want more than %v", c.name, len(q), held/total, c.share)
		}
	}
	if q := principal(n, 3, walkPath(Glide{})); len(q) != 0 {
		t.Errorf("a path that does not move has %d directions", len(q))
	}
	if q := principal(3, 5, walkPath(Glide{Initial: number(1)})); len(q) != 2 {
		t.Errorf("two steps have %d directions, want 2", len(q))
	}
}
