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
	ds := Drivers(xs, [][]float64{y}, 4, 2)[0]
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
	ds := Drivers(xs, [][]float64{y}, 3, 2)[0]
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

// errors compares the standard errors that are stated with how far the estimates spread.
type errors struct{ sum, squares, stated, n float64 }

func (e *errors) add(x Estimate) {
	e.sum += x.Value
	e.squares += x.Value * x.Value
	e.stated += (x.High - x.Low) / (2 * 1.96)
	e.n++
}

func (e *errors) check(t *testing.T, what string) {
	t.Helper()
	mean := e.sum / e.n
	ratio := e.stated / e.n / math.Sqrt((e.squares/e.n-mean*mean)*e.n/(e.n-1))
	if tolerance := 4 / math.Sqrt(2*e.n); math.Abs(ratio-1) > tolerance {
		t.Errorf("%s: the stated error is %.3f of the spread, beyond 1 ± %.2f", what, ratio, tolerance)
	}
}

// The intervals hold what they are of in about 95 % of runs, and an index of nothing is 0 on
// average.
func TestIntervals(t *testing.T) {
	const runs, n = 400, 512
	rho := 6 / math.Pi * math.Asin(math.Sqrt(0.5)/2)
	held, heldShare, nothing, squares := 0, 0, 0.0, 0.0
	var rank, rankOfNothing, share, shareOfNothing errors
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
		ds := Drivers(xs, [][]float64{y}, 3, 2)[0]
		d := by(t, ds, 0)
		if d.Rank.Low <= rho && rho <= d.Rank.High {
			held++
		}
		if d.Share.Low <= 0.5 && 0.5 <= d.Share.High {
			heldShare++
		}
		v := by(t, ds, 2).Share.Value
		rank.add(d.Rank)
		share.add(d.Share)
		rankOfNothing.add(by(t, ds, 2).Rank)
		shareOfNothing.add(by(t, ds, 2).Share)
		nothing += v / runs
		squares += v * v / runs
	}
	// A count of a probability of 0.95 in 400 is 380 ± 4.4; the index of eleven
	// classes loses 3 % of its value.
	if held < 362 || held == runs {
		t.Errorf("the rank correlation is in %d of %d intervals", held, runs)
	}
	if heldShare < 340 {
		t.Errorf("the index is in %d of %d intervals", heldShare, runs)
	}
	if se := math.Sqrt(squares / runs); math.Abs(nothing) > 4*se {
		t.Errorf("the index of an input that does nothing is %v ± %v on average", nothing, se)
	}
	rank.check(t, "rank correlation")
	share.check(t, "index")
	rankOfNothing.check(t, "rank correlation of nothing")
	shareOfNothing.check(t, "index of nothing")
}

// The intervals hold where values are equal, too: of X with P(X = 0, 1, 2) = 0.1, 0.2, 0.7 and
// Y = X + [Z > 0.7].
func TestIntervalsOfSteps(t *testing.T) {
	const runs, n = 400, 1000
	sample := func(seed uint64, n int) ([][]float64, []float64) {
		xs := columnsOf(n, seed, 2)
		y := make([]float64, n)
		for i, u := range xs[0] {
			xs[0][i] = 0
			for _, step := range []float64{0.1, 0.3} {
				if u > step {
					xs[0][i]++
				}
			}
			if y[i] = xs[0][i]; xs[1][i] > 0.7 {
				y[i]++
			}
		}
		return xs, y
	}
	px, py := []float64{0.1, 0.2, 0.7}, []float64{0.07, 0.17, 0.55, 0.21}
	middle := func(p []float64) (u []float64, squares float64) { // F − 1/2
		below := 0.0
		for _, p := range p {
			u = append(u, below+p/2-0.5)
			below += p
			squares += p * u[len(u)-1] * u[len(u)-1]
		}
		return u, squares
	}
	u, uu := middle(px)
	v, vv := middle(py)
	rho, mean, square := 0.0, 0.0, 0.0
	for x, p := range px {
		rho += p * u[x] * (0.7*v[x] + 0.3*v[x+1])
		mean += p * float64(x)
		square += p * float64(x*x)
	}
	rho /= math.Sqrt(uu * vv)
	share := (square - mean*mean) / (square - mean*mean + 0.21)
	held, heldShare := 0, 0
	var ranks, shares errors
	for seed := range uint64(runs) {
		xs, y := sample(seed, n)
		d := by(t, Drivers(xs, [][]float64{y}, 2, 2)[0], 0)
		ranks.add(d.Rank)
		shares.add(d.Share)
		if d.Rank.Low <= rho && rho <= d.Rank.High {
			held++
		}
		if d.Share.Low <= share && share <= d.Share.High {
			heldShare++
		}
	}
	ranks.check(t, "rank correlation")
	shares.check(t, "index")
	// 380 ± 4.4 of 400 are expected.
	for what, held := range map[string]int{"rank correlation": held, "index": heldShare} {
		if held < 362 || held == runs {
			t.Errorf("the %s is in %d of %d intervals", what, held, runs)
		}
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
	both := Drivers([][]float64{xs[0], constant, y}, [][]float64{y, constant}, 9, 1)
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

// Workers change no bit.
func TestSameBits(t *testing.T) {
	xs := columnsOf(1000, 4, 6)
	y := make([]float64, 1000)
	for i := range y {
		y[i] = xs[0][i] + xs[1][i]*xs[2][i]
	}
	one := Drivers(xs, [][]float64{y, xs[3]}, 4, 1)
	if again := Drivers(xs, [][]float64{y, xs[3]}, 4, 7); !reflect.DeepEqual(one, again) {
		t.Error("seven workers give other bits than one")
	}
	if len(Drivers(xs, nil, 4, 1)) != 0 || Drivers([][]float64{xs[0][:100]}, [][]float64{y[:100]}, 4, 1)[0] != nil {
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
		Drivers(xs, ys, 15, 2)
	}
}
