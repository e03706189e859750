package models

import "entente/sim/expr"

// noise is an Ornstein–Uhlenbeck process from y(0) = 0, with κ = ln 2/half_life:
//
//	y'         = y·e^(−κΔ) + volatility·√((1 − e^(−2κΔ))/(2κ))·ε
//	multiplier = exp(y' − ½Var y'),   Var y' = Var y·e^(−2κΔ) + volatility²·(1 − e^(−2κΔ))/(2κ)
//
// which is Var y(t) = volatility²·(1 − e^(−2κt))/(2κ), exactly, at every step, so that the
// multiplier's mean is 1. A nil *noise is none.
type noise struct {
	shock    string
	sd, left expr.X // the standard deviation of a step, e^(−κΔ)
	y        expr.X // in units of sd
	half     expr.X // ½Var y
	gains    expr.X // what half gains in a step
	keeps    expr.X // e^(−2κΔ)
}

func (c *compiler) noise(n *Noise, shock string) *noise {
	if n == nil {
		return nil
	}
	volatility := c.value(n.Volatility)
	if isZero(volatility) {
		return nil
	}
	halfLife := c.value(n.HalfLife)
	left, _ := c.decay(halfLife)
	sd := volatility.Mul(c.spread(halfLife))
	return &noise{
		shock: shock, sd: sd, left: left, y: c.zero, half: c.zero,
		gains: sd.Mul(sd).Times(0.5), keeps: left.Mul(left),
	}
}

// move moves the noise by a step and returns the exponent of its multiplier.
func (p *noise) move(c *compiler) expr.X {
	if p == nil {
		return c.zero
	}
	p.y = p.y.Mul(p.left).Add(c.Normal(p.shock, c.n+1))
	p.half = p.half.Mul(p.keeps).Add(p.gains)
	return p.sd.Mul(p.y).Sub(p.half)
}
