package vec

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

func randomTable() *OctaveTable {
	r := random(31)
	t := &OctaveTable{Lo: -0.9, Hi: 0.9}
	for i := range t.Piece {
		for k := range t.Piece[i] {
			t.Piece[i][k] = between(r, -1, 1) / float64(k*k+1)
		}
	}
	return t
}

// The pieces are where they are said to be: every one another constant.
func TestOctavesPieces(t *testing.T) {
	table := &OctaveTable{Lo: -1e9, Hi: 1e9}
	for i := range table.Piece {
		table.Piece[i] = [8]float64{float64(i), 0.25}
	}
	for k := range octaves {
		for q := range 4 {
			for _, at := range []float64{-1, -0.5, 0, 1 - 0x1p-30} {
				r := math.Ldexp(1+(float64(q)+(at+1)/2)/4, k-octaves-1)
				for side, p := range []float64{r, 1 - r} {
					want := float64(side*octavePieces+4*k+q) + at/4
					for _, by := range paths() {
						x := slices.Repeat([]float64{p}, 9)
						if n := octavesBy(by, x, x, table); n != len(x) || math.Abs(x[0]-want) > 1e-9 || x[8] != x[0] {
							t.Fatalf("%v: at %v: %v values, %v, want %v", by, p, n, x, want)
						}
					}
				}
			}
		}
	}
}

// All paths give the same bits and stop at the same value.
func TestOctavesPaths(t *testing.T) {
	table := randomTable()
	table.Piece[40][0], table.Piece[101][0] = math.NaN(), math.NaN()
	table.Piece[50] = [8]float64{math.Copysign(0, -1)}
	r := random(32)
	odd := []float64{0.5, 0, 1, -1, 2, 0x1p-17, 0x1p-18, 1 - 0x1p-17, 1 - 0x1p-18, math.NaN(), math.Inf(1), math.Inf(-1), 0x1p-53, 1 - 0x1p-53}
	stops := 0
	for range 3000 {
		p := make([]float64, r.IntN(70))
		for i := range p {
			p[i] = grid(r)
			if r.IntN(60) == 0 {
				p[i] = odd[r.IntN(len(odd))]
			}
		}
		var want []float64
		var wantN int
		for _, by := range paths() {
			x := slices.Clone(p)
			n := octavesBy(by, x, x, table)
			if by == portable {
				want, wantN = x, n
				if n < len(p) {
					stops++
				}
			}
			if n != wantN {
				t.Fatalf("%v stops at %d of %v, should at %d", by, n, p, wantN)
			}
			for i := range n {
				if math.Float64bits(x[i]) != math.Float64bits(want[i]) && !(math.IsNaN(x[i]) && math.IsNaN(want[i])) {
					t.Fatalf("%v: %v at %v, want %v", by, x[i], p[i], want[i])
				}
			}
		}
	}
	if stops < 100 {
		t.Errorf("only %d columns stopped", stops)
	}
}

func BenchmarkOctaves(b *testing.B) {
	table := randomTable()
	r := random(33)
	p, x := make([]float64, 256), make([]float64, 256)
	for i := range p {
		p[i] = 0.001 + 0.998*grid(r)
	}
	for _, by := range paths() {
		b.Run(fmt.Sprint(by), func(b *testing.B) {
			for b.Loop() {
				octavesBy(by, x, p, table)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/256, "ns/value")
		})
	}
}
