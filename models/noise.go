package models

import (
	"entente/sim"
	"entente/sim/vec"
)

// noiseProcess is an Ornstein–Uhlenbeck process from y(0) = 0 and the exponent of its
// mean-one multiplier, with κ = ln 2/half_life:
//
//	y'         = y·e^(−κΔ) + volatility·√((1 − e^(−2κΔ))/(2κ))·ε
//	multiplier = exp(y' − ½Var y'),   Var y' = Var y·e^(−2κΔ) + volatility²·(1 − e^(−2κΔ))/(2κ)
//
// which is Var y(t) = volatility²·(1 − e^(−2κt))/(2κ), exactly, at every step.
type noiseProcess struct {
	volatility, halfLife, ε sim.Column
	left, sd                sim.Column // e^(−κΔ), and the standard deviation of a step
	y, variance             sim.Column
	exponent                sim.Column // y − ½Var y
}

// noiseExponent returns the column of a noise's exponent; at the start it is 0.
func (c *compiler) noiseExponent(n *Noise, shock string) sim.Column {
	if n == nil || isZero(n.Volatility) {
		return c.constant(0)
	}
	p := &noiseProcess{
		volatility: c.value(n.Volatility), halfLife: c.value(n.HalfLife), ε: c.shock(shock),
		left: c.column(), sd: c.column(), y: c.column(), variance: c.column(), exponent: c.column(),
	}
	c.add(p)
	return p.exponent
}

// noise returns the column of a noise's multiplier; at the start it is 1.
func (c *compiler) noise(n *Noise, shock string) sim.Column {
	if n == nil || isZero(n.Volatility) {
		return c.constant(1)
	}
	p := &multiplierProcess{exponent: c.noiseExponent(n, shock), multiplier: c.column()}
	c.add(p)
	return p.multiplier
}

// multiplierProcess turns a noise's exponent into its multiplier.
type multiplierProcess struct{ exponent, multiplier sim.Column }

func (p *multiplierProcess) Start(b *sim.Batch) { fill(b.Col(p.multiplier), 1) }

func (p *multiplierProcess) Step(b *sim.Batch, _ int) {
	vec.Exp(b.Col(p.multiplier), b.Col(p.exponent))
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
	clear(b.Col(p.exponent))
}

func (p *noiseProcess) Step(b *sim.Batch, _ int) {
	ε, left, sd := b.Col(p.ε), b.Col(p.left), b.Col(p.sd)
	y, variance, exponent := b.Col(p.y), b.Col(p.variance), b.Col(p.exponent)
	for i := range y {
		y[i] = y[i]*left[i] + sd[i]*ε[i]
		variance[i] = variance[i]*left[i]*left[i] + sd[i]*sd[i]
		exponent[i] = y[i] - variance[i]/2
	}
}
