package models

import (
	"math"

	"entente/sim"
)

// glideProcess follows a glide:
//
//	x(t) = long_run + (initial − long_run)·2^(−t/half_life)
//
// At step n its column holds x(nΔ + offset): offset Δ/2 for flows, 0 and Δ for valuations at
// the step's beginning and end. Limits: half_life → ∞ stays at initial, half_life → 0 is
// long_run from the first moment after the start.
type glideProcess struct {
	initial, longRun, halfLife sim.Column
	offset                     float64
	distance                   sim.Column // x − long_run
	left                       sim.Column // e^(−κΔ)
	x                          sim.Column
}

// glide returns the column of a glide at nΔ + offset.
func (c *compiler) glide(g Glide, offset float64) sim.Column {
	initial := c.value(g.Initial)
	if !g.Moves {
		return initial
	}
	return c.glideBetween(initial, c.value(g.LongRun), c.value(g.HalfLife), offset)
}

func (c *compiler) glideBetween(initial, longRun, halfLife sim.Column, offset float64) sim.Column {
	p := &glideProcess{
		initial: initial, longRun: longRun, halfLife: halfLife,
		offset: offset, distance: c.column(), left: c.column(), x: c.column(),
	}
	c.add(p)
	return p.x
}

func (p *glideProcess) Start(b *sim.Batch) {
	initial, longRun, halfLife := b.Col(p.initial), b.Col(p.longRun), b.Col(p.halfLife)
	distance, left := b.Col(p.distance), b.Col(p.left)
	for i := range distance {
		distance[i] = (initial[i] - longRun[i]) * math.Exp2(-p.offset/halfLife[i])
		left[i], _ = decay(halfLife[i])
	}
}

func (p *glideProcess) Step(b *sim.Batch, _ int) {
	longRun, distance, left, x := b.Col(p.longRun), b.Col(p.distance), b.Col(p.left), b.Col(p.x)
	for i := range x {
		x[i] = longRun[i] + distance[i]
		distance[i] *= left[i]
	}
}
