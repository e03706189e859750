package models

import (
	"math"

	"entente/sim"
)

// noiseProcess is an Ornstein–Uhlenbeck process from y(0) = 0 and its mean-one multiplier,
// with κ = ln 2/half_life:
//
//	y'         = y·e^(−κΔ) + volatility·√((1 − e^(−2κΔ))/(2κ))·ε
//	multiplier = exp(y' − ½Var y'),   Var y' = Var y·e^(−2κΔ) + volatility²·(1 − e^(−2κΔ))/(2κ)
//
// which is Var y(t) = volatility²·(1 − e^(−2κt))/(2κ), exactly, at every step.
type noiseProcess struct {
	volatility, halfLife, ε sim.Column
	left, sd                sim.Column // e^(−κΔ), and the standard deviation of a step
	y, variance             sim.Column
	multiplier              sim.Column
}

// noise returns the column of a noise's multiplier; at the start it is 1.
func (c *compiler) noise(n *Noise, shock string) sim.Column {
	if n == nil || isZero(n.Volatility) {
		return c.constant(1)
	}
	p := &noiseProcess{
		volatility: c.value(n.Volatility), halfLife: c.value(n.HalfLife), ε: c.shock(shock),
		left: c.column(), sd: c.column(), y: c.column(), variance: c.column(), multiplier: c.column(),
	}
	c.add(p)
	return p.multiplier
}

func (p *noiseProcess) Start(b *sim.Batch) {
	volatility, halfLife := b.Col(p.volatility), b.Col(p.halfLife)
	left, sd := b.Col(p.left), b.Col(p.sd)
	for i := range left {
		left[i], _ = decay(halfLife[i])
		sd[i] = volatility[i] * spread(halfLife[i])
	}
	clear(b.Col(p.y))
	clear(b.Col(p.variance))
	fill(b.Col(p.multiplier), 1)
}

func (p *noiseProcess) Step(b *sim.Batch, _ int) {
	ε, left, sd := b.Col(p.ε), b.Col(p.left), b.Col(p.sd)
	y, variance, multiplier := b.Col(p.y), b.Col(p.variance), b.Col(p.multiplier)
	for i := range y {
		y[i] = y[i]*left[i] + sd[i]*ε[i]
		variance[i] = variance[i]*left[i]*left[i] + sd[i]*sd[i]
		multiplier[i] = math.Exp(y[i] - variance[i]/2)
	}
}
