package sense

import (
	"math"
	"testing"

	"entente/sim/rng"
)

// normals are standard normals with the correlation matrix that the rows of a factor make.
func normals(n int, seed uint64, factor [][]float64) [][]float64 {
	zs := columnsOf(n, seed, len(factor))
	for _, z := range zs {
		rng.Normals(z)
	}
	var xs [][]float64
	for _, row := range factor {
		x := make([]float64, n)
		for k, c := range row {
			for i := range x {
				x[i] += float64(c * zs[k][i])
			}
		}
		xs = append(xs, x)
	}
	return xs
}

// Of normals with Pearson's r the rank correlation is 6/π·asin(r/2) (Pearson, 1907). Of three of
// them, C the matrix of these, the partial one is −C⁻¹_12/√(C⁻¹_11·C⁻¹_22), which of three is
// (ρ_1y − ρ_12·ρ_2y)/√((1−ρ_12²)(1−ρ_2y²)).
func TestPartial(t *testing.T) {
	const n = MaxTrials
	xs := normals(n, 3, [][]float64{{1}, {0.6, 0.8}, {0, 0, 1}})
	y := make([]float64, n)
	for i := range y {
		y[i] = math.Exp(2*xs[0][i] + xs[2][i]) // the second works through the first only
	}
	rank := func(r float64) float64 { return 6 / math.Pi * math.Asin(r/2) }
	partial := func(a, b, c float64) float64 { return (a - b*c) / math.Sqrt((1-b*b)*(1-c*c)) }
	r1, r2, r3 := rank(2/math.Sqrt(5)), rank(1.2/math.Sqrt(5)), rank(1/math.Sqrt(5))
	r12 := rank(0.6)
	// The third is independent of the others: of it and of what they leave of the output.
	explained := (r1*r1 + r2*r2 - 2*r1*r2*r12) / (1 - r12*r12)
	given3 := math.Sqrt(1 - r3*r3)
	want := []float64{
		partial(r1/given3, r12, r2/given3),
		partial(r2/given3, r12, r1/given3),
		r3 / math.Sqrt(1-explained),
	}
	got := Partials(xs, [][]float64{y}, 2)[0]
	for i, e := range got {
		se := (e.High - e.Low) / (2 * t15)
		// The variance of a partial correlation is about (1 − ρ²)²/n, and more where ranks leave
		// little; se is of 16 parts.
		about := (1 - want[i]*want[i]) / math.Sqrt(n)
		if math.Abs(e.Value-want[i]) > 4*se || se < about/2 || se > 2.5*about {
			t.Errorf("input %d: %v, want %v", i, e, want[i])
		}
	}
}

// What other inputs determine, what is constant and what there are too few trials for has no
// partial correlation; what determines the output has 1.
func TestPartialOfNothing(t *testing.T) {
	const n = 512
	xs := normals(n, 4, [][]float64{{1}, {0, 1}, {0, 0, 1}})
	twin := make([]float64, n)
	for i, x := range xs[1] {
		twin[i] = math.Exp(-x)
	}
	y := make([]float64, n)
	for i := range y {
		y[i] = 3*xs[0][i] + xs[1][i]
	}
	constant := make([]float64, n)
	got := Partials([][]float64{xs[0], xs[1], xs[2], twin, constant}, [][]float64{y, constant, xs[2]}, 2)
	if e := got[0][0]; !(e.Value > 0.9 && e.Low < e.Value && e.Value < e.High && e.High < 1) {
		t.Errorf("what is told apart has %v", e)
	}
	if e := got[2][2]; !(e.Value > 1-1e-6 && e.High <= 1) {
		t.Errorf("what is the output has %v", e)
	}
	for _, at := range [][2]int{{0, 1}, {0, 3}, {0, 4}, {1, 0}, {1, 2}} {
		if e := got[at[0]][at[1]]; !math.IsNaN(e.Value) || !math.IsNaN(e.Low) {
			t.Errorf("output %d and input %d have %v", at[0], at[1], e)
		}
	}
	few := columnsOf(n, 5, n/2)
	if e := Partials(few, [][]float64{y}, 2)[0][0]; !math.IsNaN(e.Value) {
		t.Errorf("%d inputs in %d trials: %v", len(few), n, e)
	}
}

// The intervals hold the value in about 95 % of runs.
func TestPartialIntervals(t *testing.T) {
	const runs, n = 200, 1024
	r := func(x float64) float64 { return 6 / math.Pi * math.Asin(x/2) }
	a, b := r(math.Sqrt(0.8)), r(math.Sqrt(0.2))
	want := []float64{a / math.Sqrt(1-b*b), b / math.Sqrt(1-a*a), 0}
	held := make([]int, len(want))
	for seed := range uint64(runs) {
		xs := normals(n, seed, [][]float64{{1}, {0, 1}, {0, 0, 1}})
		y := make([]float64, n)
		for i := range y {
			y[i] = 2*xs[0][i] + xs[1][i]
		}
		for i, e := range Partials(xs, [][]float64{y}, 2)[0] {
			if e.Low <= want[i] && want[i] <= e.High {
				held[i]++
			}
		}
	}
	// A count of a probability of 0.95 in 200 is 190 ± 3.1.
	for i, h := range held {
		if h < 178 || h == runs {
			t.Errorf("input %d: the value is in %d of %d intervals", i, h, runs)
		}
	}
}

func BenchmarkPartials(b *testing.B) {
	xs := columnsOf(MaxTrials, 1, 200)
	ys := columnsOf(MaxTrials, 2, 6)
	for b.Loop() {
		Partials(xs, ys, 2)
	}
}
