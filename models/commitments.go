package models

import (
	"fmt"

	"entente/sim/expr"
)

// schedule is one commitment: the cumulative amount that is due,
//
//	S(t) = K·clamp((t − start)/years, 0, 1)^backloading,
//
// until it is renegotiated. A renegotiation by x at t multiplies what is not yet due, so that
// S becomes offset + scale·S with
//
//	scale ← x·scale,   offset ← offset + (1 − x)·scale·S(t)   (scale as before)
//
// which leaves S(t) where it was and makes of K: S(t) + x·(K − S(t)).
type schedule struct {
	*Commitment
	amount, years, backloading expr.X
	lnYears                    expr.X
	enforced                   expr.X // without effects
	enforcedEffects            quantity
	offset, scale              expr.X
	now, next                  expr.X // S before renegotiations, at the step's beginning and end
	lead, leadNext             expr.X // the same, the plant's lead later
}

func (c *compiler) schedule(a *Alliance, k int) *schedule {
	m := &a.Commitments[k]
	years := c.value(m.Years)
	return &schedule{
		Commitment: m,
		amount:     c.value(m.Amount), years: years, lnYears: expr.Log(years), backloading: c.value(m.Backloading),
		enforced:        c.value(m.Enforced),
		enforcedEffects: c.quantity(fmt.Sprintf("%s.commitments.%d.enforced", a.ID, k), 0, 1),
		offset:          c.zero, scale: c.one,
	}
}

// at is S(t + later), before renegotiations.
func (c *compiler) at(s *schedule, t float64, later expr.X) expr.X {
	since := c.Const(t - s.Start).Add(later)
	if t < s.Start {
		since = since.Positive()
	}
	switch {
	case isZero(since):
		return c.zero
	case isConst(s.backloading, 1):
		return s.amount.Mul(since.Div(s.years).Min(c.one))
	}
	// The power by logarithms; of 0 the logarithm is −∞, and e^−∞ is 0.
	return s.amount.Mul(expr.Exp(s.backloading.Mul(expr.Log(since).Sub(s.lnYears).Min(c.zero))))
}

// contractState is what a lab uses and owes at one alliance.
type contractState struct {
	schedules      []*schedule
	renegotiations []jump

	desired, due expr.X // d
	use          expr.X
	shortfall    expr.X
	billed       expr.X
	billedSoFar  total
	credited     expr.X // q
	backlog      expr.X // K − q
}

func (c *compiler) contractState(a *Alliance, lead expr.X) contractState {
	s := contractState{billedSoFar: c.total(), credited: c.zero, backlog: c.zero}
	for k := range a.Commitments {
		m := c.schedule(a, k)
		m.next, m.leadNext = c.at(m, 0, c.zero), c.at(m, 0, lead)
		s.credited = s.credited.Add(m.next) // at the start the schedule is on track: q = S(0)
		s.schedules = append(s.schedules, m)
	}
	return s
}

// moveSchedules moves an alliance's schedules by a step, and renegotiates.
func (c *compiler) moveSchedules(a *allianceState) {
	for _, s := range a.schedules {
		s.now, s.next = s.next, c.at(s, timeOf(c.n+1), c.zero)
		s.lead, s.leadNext = s.leadNext, c.at(s, timeOf(c.n+1), a.lead)
	}
	for _, j := range a.renegotiations {
		x := expr.If(j.event.starts, j.by, c.one)
		for _, s := range a.schedules {
			before := s.scale
			s.scale = before.Mul(x)
			s.offset = s.offset.Add(before.Sub(s.scale).Mul(s.now))
		}
	}
}

// use decides what a lab uses and owes at its alliances:
//
//	d         = w'·γ·D
//	due       = max(0, S(t') − q)
//	gap       = max(0, due − d),   spare = max(0, d − due),   G = Σ gap,   E = Σ spare
//	r         = min(1, φE/G) if G > 0, else 0
//	use       = d + r·gap − spare·(rG/E)
//	open      = (1 − r)·gap
//	shortfall = enforced·open,     billed = use + shortfall
//	q'        = min(q + use + open, Σ K of the commitments that start before t')
//	backlog   = K − q'
//
// where φ is the lab's flexibility and enforced, of several commitments, is weighted by what
// each adds to S in the step. Σ use = Σ d. A failed lab owes nothing.
func (c *compiler) use(l *labState) {
	gaps, spares := make([]expr.X, len(l.alliances)), make([]expr.X, len(l.alliances))
	for k, a := range l.alliances {
		c.moveSchedules(a)
		a.desired = a.share.Mul(a.price).Mul(l.demand)
		a.due = c.due(a).Mul(l.alive)
		gaps[k], spares[k] = c.zero, a.desired
		if !isZero(a.due) {
			missing := a.due.Sub(a.desired)
			gaps[k] = missing.Positive()
			spares[k] = gaps[k].Sub(missing)
		}
	}
	G, E := c.sum(gaps...), c.sum(spares...)
	steered := c.zero // rG, what flexibility moves from the spares to the gaps
	if !isZero(G) {
		steered = l.flexibility.Mul(E).Min(G)
	}
	r, taken := c.quotient(steered, G), c.quotient(steered, E)
	l.compute, l.billed = c.zero, c.zero
	for k, a := range l.alliances {
		a.use = a.desired.Add(r.Mul(gaps[k])).Sub(taken.Mul(spares[k]))
		open := r.OneMinus().Mul(gaps[k])
		a.shortfall = c.enforced(a).Mul(open)
		a.billed = a.use.Add(a.shortfall)
		a.billedSoFar.add(c.n, a.billed)
		l.compute = l.compute.Add(a.use)
		l.billed = l.billed.Add(a.billed)
		c.credit(a, open)
	}
}

// due is what falls due of an alliance's commitments by the step's end and is not credited.
func (c *compiler) due(a *allianceState) expr.X {
	sum := c.zero
	for _, s := range a.schedules {
		sum = sum.Add(s.offset).Add(s.scale.Mul(s.next))
	}
	if isZero(sum) {
		return sum // q isn't above it
	}
	return sum.Sub(a.credited).Positive()
}

// enforced is how much of an unused commitment at an alliance is paid. Where nothing is added
// to S nothing is open.
func (c *compiler) enforced(a *allianceState) expr.X {
	if len(a.schedules) == 1 {
		s := a.schedules[0]
		return c.under(s.enforcedEffects, s.enforced)
	}
	enforced, weight := c.zero, c.zero
	for _, s := range a.schedules {
		adds := s.scale.Mul(s.next.Sub(s.now))
		enforced = enforced.Add(adds.Mul(c.under(s.enforcedEffects, s.enforced)))
		weight = weight.Add(adds)
	}
	return c.quotient(enforced, weight)
}

// credit credits what is used or waived, cuts it to what has started, and leaves the rest as
// backlog.
func (c *compiler) credit(a *allianceState, open expr.X) {
	if len(a.schedules) == 0 {
		return
	}
	started, all := c.zero, c.zero
	for _, s := range a.schedules {
		total := s.offset.Add(s.scale.Mul(s.amount))
		all = all.Add(total)
		if s.Start < timeOf(c.n+1) {
			started = started.Add(total)
		}
	}
	if !isZero(started) {
		a.credited = a.credited.Add(a.use).Add(open).Min(started)
	}
	a.backlog = all.Sub(a.credited)
}
