package models

import (
	"math"

	"entente/sim/expr"
)

// fundingState is what raising needs.
type fundingState struct {
	runway, raise, distress expr.X
	availability            expr.X // without effects
	effects                 quantity
	appetite                expr.X // f
	left, sd                expr.X // of the appetite, a step
	perValue                expr.X // δ/(1 − δ)
	frugal                  expr.X // 1 − austerity
	open                    expr.X // condition: capital is to be had in the step
}

func (c *compiler) funding(l *Lab, availability quantity) *fundingState {
	f := l.Funding
	left, _ := c.decay(c.value(f.HalfLife))
	keep := expr.Sqrt(expr.Sqrt(c.value(f.MaxDilution).OneMinus())) // 1 − δ, with Δ = 1/4
	return &fundingState{
		runway: c.value(f.Runway), raise: c.value(f.Raise), distress: c.value(f.Distress),
		availability: c.value(f.Availability), effects: availability,
		appetite: c.Normal(l.ID+".funding", 0), left: left, sd: expr.Sqrt(left.Mul(left).OneMinus()),
		// Bounded, because what nothing is worth sells for nothing, however much of it is for sale.
		perValue: keep.OneMinus().Div(keep).Min(c.Const(math.MaxFloat64)),
		frugal:   c.value(f.Austerity).OneMinus(),
	}
}

// moveCash is the lab's cash X, its raises and whether it fails:
//
//	F    = revenue·(1 − o) − Σ revenue shares paid − Σ billed
//	X'   = X + tranches + F,      burn = max(0, −F/Δ)
//	W'   = V' + max(0, X')
//
// If burn > 0 and X' < runway·burn the lab raises: it asks for raise·burn and gets at most
// W”·δ/(1 − δ), δ = 1 − (1 − max_dilution)^Δ, at the price W” = W' while capital is to be
// had, distress·W' while it is not. A raise of A multiplies every stake by W”/(W” + A). If X'
// is still below runway·burn the next step is austere; if X' < 0, the lab fails at the end of
// the step.
//
// A lab without cash has none of this; its W is V.
func (c *compiler) moveCash(l *labState) {
	l.multiple.move()
	V := c.under(l.multipleEffects, l.multiple.here()).Mul(l.valuationTilt).Mul(l.revenue.runRate)
	if l.Cash == nil {
		l.worth, l.value = V, V
		return
	}
	F := l.revenue.flow.Mul(l.kept).Sub(l.billed)
	for _, a := range l.alliances {
		F = F.Sub(a.sharePaid)
	}
	X := l.cash.Add(l.paidIn).Add(F)
	short := c.zero               // of the runway
	if f := l.funding; f != nil { // without a burn it asks for nothing
		burn := F.Div(c.Const(-stepYears)).Positive()
		runway := f.runway.Mul(burn)
		l.raised = c.raises(l, X.Less(runway).And(l.alive), f.raise.Mul(burn), V.Add(X.Positive()))
		X = X.Add(l.raised)
		short = X.Less(runway)
	}
	l.left = X
	l.survives = l.alive.And(X.AtLeast(c.zero))
	l.failing = l.alive.Sub(l.survives)
	l.worth = V.Add(X.Positive())
	l.cash = X.Mul(l.survives)
	l.value = l.worth.Mul(l.survives)
	if l.funding != nil {
		l.frugal = expr.If(short.And(l.survives), l.funding.frugal, c.one)
	}
}

// raises is what the lab gets of what it asks for, at the price W' or what of it is paid in
// distress, if it must raise; it dilutes every stake.
//
// Capital is to be had when the appetite f' > Φ⁻¹(1 − availability); f is an
// Ornstein–Uhlenbeck process of stationary variance 1, started from its stationary law.
func (c *compiler) raises(l *labState, must, ask, price expr.X) expr.X {
	f := l.funding
	f.appetite = f.appetite.Mul(f.left).Add(f.sd.Mul(c.Normal(l.ID+".funding", c.n+1)))
	threshold := expr.NormalQuantile(c.under(f.effects, f.availability).OneMinus())
	f.open = threshold.Less(f.appetite)
	price = price.Mul(expr.If(f.open, c.one, f.distress))
	amount := ask.Min(price.Mul(f.perValue)).Mul(must)
	left := expr.If(c.zero.Less(amount), price.Div(price.Add(amount)), c.one)
	for _, h := range l.holdings {
		h.stake = h.stake.Mul(left)
	}
	return amount
}

// fail lets failures take effect, when everything of the step has been measured: the run rate
// is multiplied by retained, cash and valuation are 0, and from then on the lab's other
// mechanisms see it as failed.
func (c *compiler) fail(l *labState) {
	l.alive, l.failed = l.survives, l.survives.Not()
	l.failureTime = l.failureTime.Add(l.failing.Times(timeOf(c.n + 1)))
	l.revenue.runRate = l.revenue.runRate.Mul(expr.If(l.failing, l.retained, c.one))
	for _, a := range l.alliances {
		a.backlog = a.backlog.Mul(l.alive)
		for _, s := range a.schedules {
			s.scale = s.scale.Mul(l.alive)
		}
	}
}
