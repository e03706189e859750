package sense

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"entente/sim/rng"
)

func uniforms(n int, seed uint64, name string) []float64 {
	u := make([]float64, n)
	s := rng.NewStream(seed, name)
	s.Uniforms(u, 0, 0)
	return u
}

func columnsOf(n int, seed uint64, d int) [][]float64 {
	var xs [][]float64
	for i := range d {
		xs = append(xs, uniforms(n, seed, fmt.Sprint("x", i)))
	}
	return xs
}

// by finds the driver of an input.
func by(t *testing.T, ds []Driver, input int) Driver {
	t.Helper()
	for _, d := range ds {
		if d.Input == input {
			return d
		}
	}
	t.Fatalf("input %d is no driver", input)
	return Driver{}
}

// Ishigami's function, Y = sin X₁ + 7 sin² X₂ + 0.1 X₃⁴ sin X₁ of uniforms on (−π, π), has the
// indices V₁/V = 0.3139, V₂/V = 0.4424 and 0, with V₁ = (1+bπ⁴/5)²/2, V₂ = a²/8 and
// V = a²/8 + bπ⁴/5 + b²π⁸/18 + 1/2 (Ishigami and Homma, 1990). X₂ and X₃ have rank correlation
// 0, by symmetry.
func TestIshigami(t *testing.T) {
	const n = MaxTrials
	xs := columnsOf(n, 1, 4) // the last does nothing
	y := make([]float64, n)
	for i := range y {
		var x [3]float64
		for k := range x {
			x[k] = (2*xs[k][i] - 1) * math.Pi
		}
		y[i] = math.Sin(x[0]) + 7*math.Pow(math.Sin(x[1]), 2) + 0.1*math.Pow(x[2], 4)*math.Sin(x[0])
	}
	ds := Drivers(xs, [][]float64{y}, 4, 1, 2)[0]
	for input, want := range []float64{0.3139051911478115, 0.4424111447900409, 0, 0} {
		d := by(t, ds, input)
		se := (d.Share.High - d.Share.Low) / (2 * 1.96)
		// The classes lose less than 1 % of an index.
		if math.Abs(d.Share.Value-want) > 4*se+0.01*want || !(se > 0) || se > 0.01 {
			t.Errorf("input %d: index %v ± %v, want %v", input, d.Share.Value, se, want)
		}
		if input > 0 && math.Abs(d.Rank.Value) > 4/math.Sqrt(n) {
			t.Errorf("input %d: rank correlation %v, want 0", input, d.Rank.Value)
		}
	}
	if ds[0].Input != 1 || ds[1].Input != 0 {
		t.Errorf("the strongest are inputs %d and %d, want 1 and 0", ds[0].Input, ds[1].Input)
	}
}

// Y = 4Z₁ + 2Z₂ + Z₃ of standard normals has the indices 16/21, 4/21 and 1/21, and the rank
// correlations 6/π·asin(r/2) with r their roots (Pearson, 1907).
func TestLinear(t *testing.T) {
	const n = MaxTrials
	xs := columnsOf(n, 2, 3)
	y := make([]float64, n)
	for k, c := range []float64{4, -2, 1} {
		rng.Normals(xs[k])
		for i, z := range xs[k] {
			y[i] += c * z
		}
	}
	ds := Drivers(xs, [][]float64{y}, 3, 1, 2)[0]
	for input, c := range []float64{4, -2, 1} {
		d := by(t, ds, input)
		if ds[input].Input != input {
			t.Errorf("driver %d is input %d", input, ds[input].Input)
		}
		index, r := c*c/21, c/math.Sqrt(21)
		rho := 6 / math.Pi * math.Asin(r/2)
		if se := (d.Share.High - d.Share.Low) / (2 * 1.96); math.Abs(d.Share.Value-index) > 4*se+0.015*index || se > 0.01 {
			t.Errorf("input %d: index %v ± %v, want %v", input, d.Share.Value, se, index)
		}
		if se := (d.Rank.High - d.Rank.Low) / (2 * 1.96); math.Abs(d.Rank.Value-rho) > 4*se || !(se > 0) || se > 1.5/math.Sqrt(n) {
			t.Errorf("input %d: rank correlation %v ± %v, want %v", input, d.Rank.Value, se, rho)
		}
	}
}

// The intervals hold what they are of in about 95 % of runs, and an index of nothing is 0 on
// average.
func TestIntervals(t *testing.T) {
	const runs, n = 120, 512
	rho := 6 / math.Pi * math.Asin(math.Sqrt(0.5)/2)
	held, heldShare, nothing, squares := 0, 0, 0.0, 0.0
	for seed := range uint64(runs) {
		xs := columnsOf(n, seed, 3)
		y := make([]float64, n)
		for i := range y {
			y[i] = xs[0][i]
		}
		rng.Normals(xs[0])
		rng.Normals(xs[1])
		for i := range y {
			y[i] = xs[0][i] + xs[1][i]
		}
		ds := Drivers(xs, [][]float64{y}, 3, seed, 2)[0]
		d := by(t, ds, 0)
		if d.Rank.Low <= rho && rho <= d.Rank.High {
			held++
		}
		if d.Share.Low <= 0.5 && 0.5 <= d.Share.High {
			heldShare++
		}
		v := by(t, ds, 2).Share.Value
		nothing += v / runs
		squares += v * v / runs
	}
	// A count of a probability of 0.95 in 120 is 114 ± 2.4; the index of eleven
	// classes loses 3 % of its value.
	if held < 105 || held == runs {
		t.Errorf("the rank correlation is in %d of %d intervals", held, runs)
	}
	if heldShare < 100 {
		t.Errorf("the index is in %d of %d intervals", heldShare, runs)
	}
	if se := math.Sqrt(squares / runs); math.Abs(nothing) > 4*se {
		t.Errorf("the index of an input that does nothing is %v ± %v on average", nothing, se)
	}
}

// Equal values share their rank: of Y = [X > 1/2] the correlation is √3/2.
func TestTies(t *testing.T) {
	const n = 4096
	xs := columnsOf(n, 3, 1)
	y, constant := make([]float64, n), make([]float64, n)
	for i, x := range xs[0] {
		if x > 0.5 {
			y[i] = 1
		}
	}
	both := Drivers([][]float64{xs[0], constant, y}, [][]float64{y, constant}, 9, 1, 1)
	if len(both[1]) != 0 || len(both[0]) != 2 {
		t.Fatalf("constants drive or are driven: %v", both)
	}
	if d := by(t, both[0], 0); math.Abs(d.Rank.Value-math.Sqrt(0.75)) > 0.01 || math.Abs(d.Share.Value-1) > 0.05 {
		t.Errorf("rank correlation %v, index %v; want √3/2 and 1", d.Rank.Value, d.Share.Value)
	}
	if d := by(t, both[0], 2); math.Abs(d.Rank.Value-1) > 1e-12 || math.Abs(d.Share.Value-1) > 1e-12 {
		t.Errorf("an output's correlation with itself is %v, its index %v", d.Rank.Value, d.Share.Value)
	}
}

// Neither workers nor another call change a bit; another seed changes intervals, no values.
func TestSameBits(t *testing.T) {
	xs := columnsOf(1000, 4, 6)
	y := make([]float64, 1000)
	for i := range y {
		y[i] = xs[0][i] + xs[1][i]*xs[2][i]
	}
	one := Drivers(xs, [][]float64{y, xs[3]}, 4, 5, 1)
	if again := Drivers(xs, [][]float64{y, xs[3]}, 4, 5, 7); !reflect.DeepEqual(one, again) {
		t.Error("seven workers give other bits than one")
	}
	other := Drivers(xs, [][]float64{y, xs[3]}, 4, 6, 1)
	if a, b := one[0][0].Rank, other[0][0].Rank; a.Value != b.Value || a.Low == b.Low {
		t.Errorf("with another seed %v is %v", a, b)
	}
	if len(Drivers(xs, nil, 4, 5, 1)) != 0 || Drivers([][]float64{xs[0][:100]}, [][]float64{y[:100]}, 4, 5, 1)[0] != nil {
		t.Error("something drives nothing")
	}
}

func BenchmarkDrivers(b *testing.B) {
	xs := columnsOf(MaxTrials, 1, 150)
	var ys [][]float64
	for k := range 6 {
		y := make([]float64, MaxTrials)
		for i := range y {
			for j := range 10 {
				y[i] += xs[(k+j)%150][i] / float64(j+1)
			}
		}
		ys = append(ys, y)
	}
	for b.Loop() {
		Drivers(xs, ys, 15, 1, 2)
	}
}
