package sense

import (
	"math"
	"testing"
)

// Of Y = Σ cZ with standard normals, given Z_i, Y is normal about c·Z_i with what the others
// leave of its variance; ½∫|f(y) − f(y|z)| dy by quadrature, averaged over z, is the index.
// Two that matter alike have 0.306, as Borgonovo and Iooss give it ("Moment-independent and
// reliability-based importance measures", 2017).
func TestDeltaOfNormals(t *testing.T) {
	const n = MaxTrials
	for _, test := range []struct {
		coefs, want []float64
	}{
		{[]float64{1, 1}, []float64{0.30599382, 0.30599382}},
		{[]float64{1, -1, 1}, []float64{0.22405979, 0.22405979, 0.22405979}},
		{[]float64{4, 2, 1}, []float64{0.47238866, 0.15567265, 0.07166313}},
	} {
		xs := normals(n, 6, [][]float64{{1}, {0, 1}, {0, 0, 1}, {0, 0, 0, 1}})
		y := make([]float64, n)
		for k, c := range test.coefs {
			for i := range y {
				y[i] += float64(c * xs[k][i])
			}
		}
		for i := range y { // as of any other function that rises
			y[i] = math.Exp(y[i])
		}
		ds := Deltas(xs, [][]float64{y}, 2)[0]
		for i, e := range ds {
			want := 0.0
			if i < len(test.want) {
				want = test.want[i]
			}
			se := (e.High - e.Low) / (2 * t14)
			if e.Value < want-0.011-4*se || e.Value > want+4*se || !(se > 0) || se > 0.007 {
				t.Errorf("coefficients %v, input %d: %v, want %v", test.coefs, i, e, want)
			}
		}
	}
}

// Of Ishigami's function quadrature gives 0.263, 0.4248 and 0.2103; the estimate is too low by
// what the grid and the smoothing do not resolve.
func TestDeltaOfIshigami(t *testing.T) {
	xs := columnsOf(MaxTrials, 1, 4)
	ds := Deltas(xs, [][]float64{ishigami(xs)}, 2)[0]
	for i, want := range []float64{0.263, 0.4248, 0.2103, 0} {
		e := ds[i]
		if se := (e.High - e.Low) / (2 * t14); e.Value < want-0.03-2*se || e.Value > want+2*se || se > 0.007 {
			t.Errorf("input %d: %v, want %v", i, e, want)
		}
	}
}

// What is all of the output, and not monotone, has 1 less what the grid does not resolve.
func TestDeltaOfAll(t *testing.T) {
	xs := columnsOf(MaxTrials, 8, 1)
	y := make([]float64, MaxTrials)
	for i, x := range xs[0] {
		y[i] = (x - 0.3) * (x - 0.3)
	}
	if e := Deltas(xs, [][]float64{y}, 1)[0][0]; e.Value < 0.92 || e.Value > 1 {
		t.Errorf("%v", e)
	}
}

// Of Y = [X > 1 − p], P(Y = 1|X) is 0 or 1: δ = 2p(1 − p). So it is of X given Y.
func TestDeltaOfAtoms(t *testing.T) {
	const n = 8192
	xs := columnsOf(n, 7, 1)
	for _, p := range []float64{0.5, 0.125} {
		y := make([]float64, n)
		for i, x := range xs[0] {
			if x > 1-p {
				y[i] = 1
			}
		}
		constant := make([]float64, n)
		both := Deltas([][]float64{xs[0], y, constant}, [][]float64{y, xs[0], constant}, 1)
		for _, e := range []Estimate{both[0][0], both[0][1], both[1][1]} {
			if se := (e.High - e.Low) / (2 * t14); math.Abs(e.Value-2*p*(1-p)) > 0.01+4*se || !(e.Low < e.Value && e.Value < e.High) {
				t.Errorf("p = %v: %v, want %v", p, e, 2*p*(1-p))
			}
		}
		if (both[2][0] != Estimate{} || both[0][2] != Estimate{}) {
			t.Errorf("a constant has %v and %v", both[2][0], both[0][2])
		}
	}
}

// What does nothing has 0 on average, and intervals hold it in about 95 % of runs.
func TestDeltaOfNothing(t *testing.T) {
	const runs, n = 200, 1024
	held, mean, squares := 0, 0.0, 0.0
	for seed := range uint64(runs) {
		xs := columnsOf(n, seed, 2)
		e := Deltas(xs[:1], xs[1:], 1)[0][0]
		if e.Low <= 0 && 0 <= e.High {
			held++
		}
		mean += e.Value / runs
		squares += e.Value * e.Value / runs
	}
	if se := math.Sqrt(squares / runs); math.Abs(mean) > 4*se {
		t.Errorf("%v ± %v on average", mean, se)
	}
	if held < 178 || held == runs {
		t.Errorf("0 is in %d of %d intervals", held, runs)
	}
}

func BenchmarkDeltas(b *testing.B) {
	xs := columnsOf(MaxTrials, 1, 200)
	ys := columnsOf(MaxTrials, 2, 6)
	for b.Loop() {
		Deltas(xs, ys, 2)
	}
}
