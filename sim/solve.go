package sim

import (
	"fmt"
	"math"
	"slices"

	"entente/sim/result"
	"entente/sim/stats"
)

// A Curve is a statistic of the trials of a seed, at a value x of what is varied.
type Curve func(x float64, seed uint64) (Estimate, error)

// An Estimate is a statistic with its standard error and interval.
type Estimate = stats.Estimate

// solveSeeds is how many independent seeds a solution's interval comes from.
const solveSeeds = 8

// Solve looks for the values at which a curve meets a target. On the first seed it follows the
// curve over the grid, which increases: the trials at all its points are the same, so that it is
// as smooth as what it is of. Wherever the curve passes the target between two points it is
// solved by root, to a thirtieth of the standard error that the solution has. The same is done
// with seven more seeds, near there; with x_k the solution of seed k,
//
//	x̄ = Σ x_k/8,   SE = sd(x_k)/√8,   95 % interval x̄ ± t₇·SE
//
// where t₇ = 2.36 is Student's. A curve that passes the target twice between two points of the
// grid goes unseen. Of the result it fills Curve, Solutions and Runs.
func Solve(curve Curve, grid []float64, target float64, seed uint64) (*result.Solve, error) {
	s := &solver{curve: curve, target: target, r: &result.Solve{}}
	gap := make([]float64, len(grid))
	se := make([]float64, len(grid))
	for i, x := range grid {
		e, err := s.at(x, seed)
		if err != nil {
			return nil, err
		}
		gap[i], se[i] = e.Value-target, e.SE
		s.r.Curve = append(s.r.Curve, result.CurvePoint{At: x, Value: e.Value, SE: e.SE})
	}
	for i := 1; i < len(grid); i++ {
		if gap[i-1] == 0 && gap[i] == 0 {
			return nil, fmt.Errorf("it is the target at %v and at %v, and perhaps everywhere between: there is nothing to solve", grid[i-1], grid[i])
		}
	}
	for i := 1; i < len(grid); i++ {
		if !opposite(gap[i-1], gap[i]) {
			continue
		}
		solution := result.Solution{From: grid[i-1], To: grid[i]}
		slope := (gap[i] - gap[i-1]) / (grid[i] - grid[i-1])
		spread := max(se[i-1], se[i]) / math.Abs(slope) // NaN where there is no error
		tolerance := 1e-6 * (grid[len(grid)-1] - grid[0])
		if spread > 0 {
			tolerance = max(tolerance, spread/30)
		}
		first, err := s.root(seed, grid[i-1], grid[i], gap[i-1], gap[i], tolerance)
		if err != nil {
			return nil, err
		}
		solution.Seeds = append(solution.Seeds, result.SeedSolution{Seed: seed, Value: first})
		// Other seeds look from there, as far as the next point of the grid on either side.
		lo, hi := grid[max(0, i-2)], grid[min(i+1, len(grid)-1)]
		half := (grid[i] - grid[i-1]) / 8
		if spread > 0 {
			half = min(max(2*spread, 4*tolerance), half*8)
		}
		for k := uint64(1); k < solveSeeds; k++ {
			x, err := s.near(seed+k, first, half, lo, hi, tolerance)
			if err != nil {
				return nil, err
			}
			solution.Seeds = append(solution.Seeds, result.SeedSolution{Seed: seed + k, Value: x})
		}
		values := make([]float64, 0, solveSeeds)
		for _, one := range solution.Seeds {
			values = append(values, one.Value)
		}
		e := stats.Mean(values, 1)
		solution.Value, solution.SE, solution.Low, solution.High = e.Value, e.SE, e.Low, e.High
		if slices.ContainsFunc(values, math.IsNaN) { // what is left says too little of the spread
			solution.SE, solution.Low, solution.High = math.NaN(), math.NaN(), math.NaN()
		}
		s.r.Solutions = append(s.r.Solutions, solution)
		if gap[i] == 0 {
			i++ // the next two points pass the same
		}
	}
	return s.r, nil
}

// opposite says whether two gaps have the target between them, or one of them is on it.
func opposite(a, b float64) bool { return a <= 0 && b >= 0 || a >= 0 && b <= 0 }

type solver struct {
	curve  Curve
	target float64
	r      *result.Solve
}

func (s *solver) at(x float64, seed uint64) (Estimate, error) {
	s.r.Runs++
	return s.curve(x, seed)
}

// near solves the curve of a seed around x: from half to both sides of it, and then wider, but
// not beyond lo and hi. NaN: there is no solution.
func (s *solver) near(seed uint64, x, half, lo, hi, tolerance float64) (float64, error) {
	a, b := max(x-half, lo), min(x+half, hi)
	gap := func(x float64) (float64, error) {
		e, err := s.at(x, seed)
		return e.Value - s.target, err
	}
	fa, err := gap(a)
	if err != nil {
		return 0, err
	}
	fb, err := gap(b)
	if err != nil {
		return 0, err
	}
	if opposite(fa, fb) {
		return s.root(seed, a, b, fa, fb, tolerance)
	}
	for a > lo || b < hi {
		// The target lies beyond the end that is nearer to it, if the curve goes on as it goes.
		if half *= 2; a > lo && (b >= hi || math.Abs(fa) <= math.Abs(fb)) {
			x := max(a-half, lo)
			fx, err := gap(x)
			if err != nil {
				return 0, err
			}
			if opposite(fx, fa) {
				return s.root(seed, x, a, fx, fa, tolerance)
			}
			a, fa = x, fx
			continue
		}
		x := min(b+half, hi)
		fx, err := gap(x)
		if err != nil {
			return 0, err
		}
		if opposite(fb, fx) {
			return s.root(seed, b, x, fb, fx, tolerance)
		}
		b, fb = x, fx
	}
	return math.NaN(), nil
}

// root returns where the curve of a seed meets the target between a and b, at which it lacks fa
// and fb of it, of opposite signs: to the tolerance, by the ITP method, which takes as few steps
// as the secant where a curve is smooth and one more than bisection where it is not (Oliveira
// and Takahashi, "An enhancement of the bisection method average performance preserving minmax
// optimality", ACM Transactions on Mathematical Software 47, 2021; with n₀ = 1, κ₁ = 0.2/(b−a)
// and κ₂ = 2).
func (s *solver) root(seed uint64, a, b, fa, fb, tolerance float64) (float64, error) {
	if fa == 0 {
		return a, nil
	}
	if fb == 0 {
		return b, nil
	}
	k1 := 0.2 / (b - a)
	most := 1 + max(0, math.Ceil(math.Log2((b-a)/(2*tolerance))))
	for j := 0.0; b-a > 2*tolerance; j++ {
		half := a + (b-a)/2
		r := tolerance*math.Exp2(most-j) - (b-a)/2
		d := k1 * (b - a) * (b - a)
		x := a + (b-a)*(fa/(fa-fb)) // of the secant
		sign := 1.0
		if half < x {
			sign = -1
		}
		if d <= math.Abs(half-x) {
			x += sign * d
		} else {
			x = half
		}
		if math.Abs(x-half) > r {
			x = half - sign*r
		}
		if !(x > a && x < b) { // nothing lies between
			break
		}
		e, err := s.at(x, seed)
		if err != nil {
			return 0, err
		}
		switch f := e.Value - s.target; {
		case f != f:
			return math.NaN(), nil
		case f == 0:
			return x, nil
		case f > 0 == (fb > 0):
			b, fb = x, f
		default:
			a, fa = x, f
		}
	}
	return a + (b-a)*(fa/(fa-fb)), nil
}
