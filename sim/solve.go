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
// solved by root, to a thirtieth of the standard error that the solution has. Seven more seeds
// are searched for where they pass the target in the same direction, outward from there to the
// ends of the grid; with x_k the solution of seed k,
//
//	x̄ = Σ x_k/8,   SE = sd(x_k)/√8,   95 % interval x̄ ± t₇·SE
//
// where t₇ = 2.36 is Student's. Where a seed has none from end to end, the solutions of the others
// are censored: their mean would lie too far from the end beyond which it is, so that Value and
// what goes with it are NaN. A curve that passes the target twice between two points of the grid
// goes unseen, and where noise takes it to and fro there is one solution or none (passages). Of
// the result it fills Curve, Solutions and Runs.
func Solve(curve Curve, grid []float64, target float64, seed uint64) (*result.Solve, error) {
	s := &solver{curve: curve, target: target, grid: grid, r: &result.Solve{}}
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
	for _, g := range passages(gap, se) {
		i := g.middle
		solution := result.Solution{From: grid[g.first-1], To: grid[g.last]}
		slope := (gap[g.last] - gap[g.first-1]) / (solution.To - solution.From)
		spread := max(se[g.first-1], se[g.last]) / math.Abs(slope) // NaN where there is no error
		tolerance := 1e-6 * (grid[len(grid)-1] - grid[0])
		if spread > 0 {
			tolerance = max(tolerance, spread/30)
		}
		first, err := s.root(seed, grid[i-1], grid[i], gap[i-1], gap[i], tolerance)
		if err != nil {
			return nil, err
		}
		solution.Seeds = append(solution.Seeds, result.SeedSolution{Seed: seed, Value: first})
		cell := solution.To - solution.From
		half := cell / 8
		if spread > 0 {
			half = min(max(2*spread, 4*tolerance), cell)
		}
		for k := uint64(1); k < solveSeeds; k++ {
			x, err := s.near(seed+k, first, half, slope, tolerance)
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
		if slices.ContainsFunc(values, math.IsNaN) {
			nan := math.NaN()
			solution.Value, solution.SE, solution.Low, solution.High = nan, nan, nan, nan
		}
		s.r.Solutions = append(s.r.Solutions, solution)
	}
	return s.r, nil
}

// A passage is where a curve passes the target: between the points of the grid before and at
// first, and before and at last, which are others if noise takes it to and fro, and middle if it
// is in the middle of these.
type passage struct{ first, middle, last int }

// passages lists where a curve with these gaps and standard errors passes the target. Places
// between which it stays within two standard errors of the target are one if their number is odd,
// and none if it is even: on both sides of them all it is on the same side of the target.
func passages(gap, se []float64) []passage {
	var list []passage
	for i := 1; i < len(gap); i++ {
		if !opposite(gap[i-1], gap[i]) {
			continue
		}
		group := []int{i}
		for noise := true; noise; {
			if gap[i] == 0 {
				i++ // the next two points pass the same
			}
			noise = false
			for k := i; k < len(gap)-1 && math.Abs(gap[k]) < 2*se[k]; k++ {
				if opposite(gap[k], gap[k+1]) {
					i, noise = k+1, true
					group = append(group, i)
					break
				}
			}
		}
		if n := len(group); n%2 == 1 {
			list = append(list, passage{group[0], group[n/2], group[n-1]})
		}
	}
	return list
}

// opposite says whether two gaps have the target between them, or one of them is on it.
func opposite(a, b float64) bool { return a <= 0 && b >= 0 || a >= 0 && b <= 0 }

type solver struct {
	curve  Curve
	target float64
	grid   []float64
	r      *result.Solve
}

func (s *solver) at(x float64, seed uint64) (Estimate, error) {
	s.r.Runs++
	return s.curve(x, seed)
}

// near solves the curve of a seed where it passes the target in the direction of slope, nearest to
// x: it looks from half to both sides of it, and then further out by turns, in steps that grow
// but never skip a point of the grid, to the ends of the grid. NaN: there is no solution.
func (s *solver) near(seed uint64, x, half, slope, tolerance float64) (float64, error) {
	lo, hi := s.grid[0], s.grid[len(s.grid)-1]
	gap := func(x float64) (float64, error) {
		e, err := s.at(x, seed)
		return e.Value - s.target, err
	}
	passes := func(fa, fb float64) bool { return opposite(fa, fb) && (fb-fa)*slope > 0 }
	a, b := max(x-half, lo), min(x+half, hi)
	fa, err := gap(a)
	if err != nil {
		return 0, err
	}
	fb, err := gap(b)
	if err != nil {
		return 0, err
	}
	if passes(fa, fb) {
		return s.root(seed, a, b, fa, fb, tolerance)
	}
	below := func() (float64, bool, error) {
		to := lo
		for _, g := range s.grid {
			if g < a {
				to = g
			}
		}
		to = max(to, a-half)
		f, err := gap(to)
		if err != nil || !passes(f, fa) {
			a, fa = to, f
			return 0, false, err
		}
		x, err := s.root(seed, to, a, f, fa, tolerance)
		return x, true, err
	}
	above := func() (float64, bool, error) {
		to := hi
		for _, g := range slices.Backward(s.grid) {
			if g > b {
				to = g
			}
		}
		to = min(to, b+half)
		f, err := gap(to)
		if err != nil || !passes(fb, f) {
			b, fb = to, f
			return 0, false, err
		}
		x, err := s.root(seed, b, to, fb, f, tolerance)
		return x, true, err
	}
	for a > lo || b < hi {
		// The side that is nearer to x; of two that are as near, the one towards which the curve
		// comes nearer to the target, if it goes on as it goes.
		down := x-a < b-x || x-a == b-x && (fa > 0) == (slope > 0)
		step := above
		if a > lo && (down || b >= hi) {
			step = below
		}
		if found, ok, err := step(); err != nil || ok {
			return found, err
		}
		half *= 2
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
