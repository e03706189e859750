package models

import (
	"math"

	"entente/sim/expr"
)

// glide follows a glide:
//
//	x(t) = long_run + (initial − long_run)·2^(−t/half_life)
//
// At step n it is at nΔ + offset: offset Δ/2 for flows, 0 for valuations at the step's
// beginning. Limits: half_life → ∞ stays at initial, half_life → 0 is long_run from the first
// moment after the start.
type glide struct {
	longRun  expr.X
	distance expr.X // x − long_run
	left     expr.X // e^(−κΔ)
}

func (c *compiler) glide(g Glide, offset float64) glide {
	initial := c.value(g.Initial)
	if !g.Moves {
		return glide{initial, c.zero, c.one}
	}
	longRun, halfLife := c.value(g.LongRun), c.value(g.HalfLife)
	left, _ := c.decay(halfLife)
	begun := expr.Exp(c.Const(-math.Ln2 * offset).Div(halfLife))
	return glide{longRun, initial.Sub(longRun).Mul(begun), left}
}

// times is the glide of f·x.
func (g glide) times(f float64) glide {
	return glide{g.longRun.Times(f), g.distance.Times(f), g.left}
}

func (g *glide) here() expr.X { return g.longRun.Add(g.distance) }

// move returns where the glide is, and moves it by a step.
func (g *glide) move() expr.X {
	x := g.here()
	g.distance = g.distance.Mul(g.left)
	return x
}
