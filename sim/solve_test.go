package sim

import (
	"math"
	"slices"
	"strings"
	"testing"

	"entente/sim/rng"
	"entente/sim/stats"
)

// noisy is a curve whose every seed moves it up or down as a whole, by a normal error of 0.01.
func noisy(f func(x float64) float64) Curve {
	return func(x float64, seed uint64) (stats.Estimate, error) {
		z := []float64{(float64(seed%8) + 0.5) / 8} // the seeds 1 to 8 have errors that sum to 0
		rng.Normals(z)
		return stats.Estimate{Value: f(x) + 0.01*z[0], SE: 0.01}, nil
	}
}

func TestSolve(t *testing.T) {
	grid := []float64{0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4}
	for name, c := range map[string]struct {
		curve  func(x float64) float64
		target float64
		want   []float64
		slopes []float64
	}{
		"a line":          {func(x float64) float64 { return 2 * x }, 3.1, []float64{1.55}, []float64{2}},
		"down":            {func(x float64) float64 { return -x / 2 }, -1.2, []float64{2.4}, []float64{0.5}},
		"steep":           {math.Exp, 30, []float64{math.Log(30)}, []float64{30}},
		"twice":           {func(x float64) float64 { return (x - 2) * (x - 2) }, 1.44, []float64{0.8, 3.2}, []float64{2.4, 2.4}},
		"never":           {func(x float64) float64 { return x }, 5, nil, nil},
		"at the edge":     {func(x float64) float64 { return 5 * x }, 0.001, []float64{0.0002}, []float64{5}},
		"once, it levels": {func(x float64) float64 { return math.Tanh(3 * (x - 1)) }, 0.5, []float64{1 + math.Atanh(0.5)/3}, []float64{2.25}},
	} {
		r, err := Solve(noisy(c.curve), grid, c.target, 1)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(r.Solutions) != len(c.want) || len(r.Curve) != len(grid) {
			t.Errorf("%s: %d solutions of %d", name, len(r.Solutions), len(c.want))
			continue
		}
		for i, s := range r.Solutions {
			if name == "at the edge" { // of some seeds it lies outside
				if !math.IsNaN(s.Value) || !math.IsNaN(s.SE) || s.From != 0 {
					t.Errorf("%s: %+v", name, s)
				}
				continue
			}
			// The errors of the seeds are those of the curve over its slope: the normal quantiles at
			// 1/16, 3/16, ... have the standard deviation 0.97 with the divisor 7.
			se := 0.01 / c.slopes[i] * 0.97 / math.Sqrt(8)
			if math.Abs(s.Value-c.want[i]) > 3e-3/c.slopes[i] || math.Abs(s.SE-se) > 0.1*se || math.Abs(s.High-s.Value-2.3646*s.SE) > 1e-3*s.SE {
				t.Errorf("%s: %v ± %v (%v to %v), want %v ± %v", name, s.Value, s.SE, s.Low, s.High, c.want[i], se)
			}
			if c.want[i] < s.From || c.want[i] > s.To {
				t.Errorf("%s: %v is not between %v and %v", name, s.Value, s.From, s.To)
			}
		}
		if r.Runs > 9+len(c.want)*8*11 { // a seed that has none looks everywhere
			t.Errorf("%s takes %d runs", name, r.Runs)
		}
	}
}

// TestSolveJumps finds where a curve that jumps passes the target, and says where one is flat.
func TestSolveJumps(t *testing.T) {
	jump := func(x float64, seed uint64) (stats.Estimate, error) {
		return stats.Estimate{Value: math.Floor(x - 1.234)}, nil
	}
	r, err := Solve(jump, []float64{0, 2, 4}, -0.5, 1)
	if err != nil || len(r.Solutions) != 1 || math.Abs(r.Solutions[0].Value-1.234) > 1e-5 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := Solve(jump, []float64{0, 0.2, 2}, -2, 1); err == nil || !strings.Contains(err.Error(), "nothing to solve") {
		t.Errorf("a flat curve: %v", err)
	}
	// On a point of the grid it is one solution and not two.
	line := func(x float64, seed uint64) (stats.Estimate, error) { return stats.Estimate{Value: x}, nil }
	r, err = Solve(line, []float64{0, 1, 2, 3}, 2, 1)
	if err != nil || len(r.Solutions) != 1 || r.Solutions[0].Value != 2 {
		t.Errorf("%+v, %v", r, err)
	}
}

// The other seeds look for a solution from end to end, nearest first, where the curve passes the
// target in the same direction.
func TestSolveFar(t *testing.T) {
	grid := []float64{0, 1, 2, 3, 4, 5, 6, 7, 8}
	shift := func(seed uint64) float64 { return float64((seed-1)*4%8) * 0.9 } // 0, 3.6, 0, …
	line := func(x float64, seed uint64) (stats.Estimate, error) {
		return stats.Estimate{Value: x - shift(seed), SE: 0.05}, nil
	}
	r, err := Solve(line, grid, 2.5, 1)
	if err != nil || len(r.Solutions) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, one := range r.Solutions[0].Seeds {
		if want := 2.5 + shift(one.Seed); math.Abs(one.Value-want) > 0.002 {
			t.Errorf("seed %d: %v, want %v", one.Seed, one.Value, want)
		}
	}
	if s := r.Solutions[0]; math.Abs(s.Value-4.3) > 0.002 || math.IsNaN(s.SE) {
		t.Errorf("%+v", s)
	}
	// The valley of every second seed is wholly above the target: none, and not the other side's.
	valley := func(x float64, seed uint64) (stats.Estimate, error) {
		return stats.Estimate{Value: (x-4)*(x-4) + shift(seed), SE: 0.05}, nil
	}
	r, err = Solve(valley, grid, 2.25, 1)
	if err != nil || len(r.Solutions) != 2 {
		t.Fatalf("%+v, %v", r, err)
	}
	for i, s := range r.Solutions {
		for _, one := range s.Seeds {
			want := []float64{2.5, 5.5}[i]
			if shift(one.Seed) > 0 {
				want = math.NaN()
			}
			if !(math.Abs(one.Value-want) < 0.02) && one.Value == one.Value {
				t.Errorf("solution %d, seed %d: %v, want %v", i, one.Seed, one.Value, want)
			}
			if (one.Value != one.Value) != (want != want) {
				t.Errorf("solution %d, seed %d: %v, want %v", i, one.Seed, one.Value, want)
			}
		}
		if !math.IsNaN(s.Value) || !math.IsNaN(s.Low) {
			t.Errorf("solution %d is censored: %+v", i, s)
		}
	}
	// A seed whose crossing the other way is nearer has its own further out: here at 1, 3 and 5.
	wave := func(x float64, seed uint64) (stats.Estimate, error) {
		if seed > 1 {
			x -= 1.2
		}
		return stats.Estimate{Value: math.Cos(math.Pi / 2 * x), SE: 0.01}, nil
	}
	r, err = Solve(wave, []float64{0, 2, 4, 5.9}, 0, 1)
	if err != nil || len(r.Solutions) != 3 {
		t.Fatalf("%+v, %v", r, err)
	}
	for _, one := range r.Solutions[0].Seeds[1:] {
		if math.Abs(one.Value-2.2) > 0.01 { // not 0.2, where it rises
			t.Errorf("seed %d passes at %v", one.Seed, one.Value)
		}
	}
}

// TestPassages tells noise that takes a curve to and fro from places that it passes.
func TestPassages(t *testing.T) {
	for _, c := range []struct {
		gap  []float64
		want []passage
	}{
		{[]float64{-3, 3, 4}, []passage{{1, 1, 1}}},
		{[]float64{-9, 1, -1, 5}, []passage{{1, 2, 3}}}, // three times, by noise
		{[]float64{-9, 3, -3, 5}, []passage{{1, 1, 1}, {2, 2, 2}, {3, 3, 3}}},
		{[]float64{-9, 1, 1.5, 0.5, -6}, nil}, // comes, and goes
		{[]float64{-9, 1, 2.5, 0.5, -6}, []passage{{1, 1, 1}, {4, 4, 4}}},
		{[]float64{-2, 0, 3, 4}, []passage{{1, 1, 1}}}, // on a point of the grid
		{[]float64{-2, -1, 0}, []passage{{2, 2, 2}}},
		{[]float64{4, 3}, nil},
	} {
		se := slices.Repeat([]float64{1}, len(c.gap))
		if got := passages(c.gap, se); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.gap, got, c.want)
		}
	}
}
