package models

import (
	"fmt"

	"entente/sim/expr"
)

// schedule is one commitment: the cumulative amount that is due,
//
//	S(t) = K·clamp((t − start)/years, 0, 1)^backloading,
//
// until it is renegotiated. A renegotiation by x at t multiplies what is not yet due, then and
// later:
//
//	K − S ← x·(K − S),   K ← K − (1 − x)·(K − S(t))   (K and S as before)
//
// which leaves S(t) where it was and makes of K: S(t) + x·(K − S(t)).
type schedule struct {
	*Commitment
	scale            expr.X // K − S is scale·later: K, until it is renegotiated
	years            expr.X
	power, lnYears   expr.X // the backloading b; b·ln years
	enforced         expr.X // without effects
	enforcedEffects  quantity
	later, laterNext expr.X // the part that is not yet due, at the step's beginning and end
	lead, leadNext   expr.X // the part that is due the plant's lead later
}

func (c *compiler) schedule(a *Alliance, k int, lead expr.X) *schedule {
	m := &a.Commitments[k]
	s := &schedule{
		Commitment: m,
		scale:      c.value(m.Amount), years: c.value(m.Years), power: c.value(m.Backloading),
		enforced:        c.value(m.Enforced),
		enforcedEffects: c.quantity(fmt.Sprintf("%s.commitments.%d.enforced", a.ID, k), 0, 1),
	}
	s.lnYears = s.power.Mul(expr.Log(s.years))
	s.laterNext, s.leadNext = c.due(s, 0, c.zero).OneMinus(), c.due(s, 0, lead)
	return s
}

// due is the part of a schedule that is due at t + lead: clamp((t + lead − start)/years, 0, 1)^b.
func (c *compiler) due(s *schedule, t float64, lead expr.X) expr.X {
	since := c.Const(t - s.Start).Add(lead)
	if t < s.Start {
		since = since.Positive()
	}
	switch {
	case isZero(since):
		return c.zero
	case isConst(s.power, 1):
		return since.Div(s.years).Min(c.one)
	}
	// By logarithms; of 0 that is −∞, and e^−∞ is 0.
	return expr.Exp(s.power.Mul(expr.Log(since)).Sub(s.lnYears).Min(c.zero))
}

// contractState is what a lab uses and owes at one alliance.
type contractState struct {
	schedules      []*schedule
	renegotiations []jump

	desired, due expr.X // d
	behind       expr.X // the backlog that is left if what is due, and no more, is credited
	use          expr.X
	open         expr.X // what is due, and neither used nor steered here
	shortfall    expr.X
	billed       expr.X
	billedSoFar  total
	credited     expr.X
	backlog      expr.X // K − q
}

func (c *compiler) contractState(a *Alliance, lead expr.X) contractState {
	s := contractState{billedSoFar: c.total(), credited: c.zero, backlog: c.zero}
	for k := range a.Commitments {
		m := c.schedule(a, k, lead)
		s.schedules = append(s.schedules, m)
		s.backlog = s.backlog.Add(m.scale.Mul(m.laterNext)) // at the start the schedule is on track: q = S(0)
	}
	return s
}

// moveSchedules moves an alliance's schedules by a step, and renegotiates.
func (c *compiler) moveSchedules(a *allianceState) {
	for _, s := range a.schedules {
		s.later, s.laterNext = s.laterNext, c.due(s, timeOf(c.n+1), c.zero).OneMinus()
		s.lead, s.leadNext = s.leadNext, c.due(s, timeOf(c.n+1), a.lead)
	}
	for _, j := range a.renegotiations {
		x := expr.If(j.event.starts, j.by, c.one)
		for _, s := range a.schedules {
			before := s.scale
			s.scale = before.Mul(x)
			a.backlog = a.backlog.Sub(before.Sub(s.scale).Mul(s.later))
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
//	credited  = max(0, q' − q)
//	backlog   = K − q'
//
// where φ is the lab's flexibility and enforced, of several commitments, is weighted by what
// each adds to S in the step. Σ use = Σ d. A failed lab owes nothing.
//
// What is kept of q is the backlog: S(t') − q is K − q less K − S(t').
func (c *compiler) use(l *labState) {
	gaps, spares := make([]expr.X, len(l.alliances)), make([]expr.X, len(l.alliances))
	for k, a := range l.alliances {
		c.moveSchedules(a)
		a.desired = a.share.Mul(a.price).Mul(l.demand)
		a.due, gaps[k], spares[k] = c.zero, c.zero, a.desired
		if len(a.schedules) > 0 {
			later := c.zero // K − S(t')
			for _, s := range a.schedules {
				later = later.Add(s.scale.Mul(s.laterNext))
			}
			a.due = a.backlog.Sub(later).Positive()
			a.behind = a.backlog.Min(later)
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
		given := taken.Mul(spares[k])
		a.use = a.desired.Add(r.Mul(gaps[k])).Sub(given)
		a.open = r.OneMinus().Mul(gaps[k])
		a.shortfall = c.enforced(a).Mul(a.open)
		a.billed = a.use.Add(a.shortfall)
		a.billedSoFar.add(c.n, a.billed)
		l.compute = l.compute.Add(a.use)
		l.billed = l.billed.Add(a.billed)
		c.discharge(a, spares[k].Sub(given))
	}
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
		adds := s.scale.Mul(s.later.Sub(s.laterNext))
		enforced = enforced.Add(adds.Mul(c.under(s.enforcedEffects, s.enforced)))
		weight = weight.Add(adds)
	}
	return c.quotient(enforced, weight)
}

// discharge takes what is used or waived off the backlog, but not off commitments that have not
// begun. That is what is due, whether it is used or waived, and what is used beyond: in these
// terms what is credited in full leaves exactly nothing, and not what rounding would.
func (c *compiler) discharge(a *allianceState, beyond expr.X) {
	ahead := c.zero
	for _, s := range a.schedules {
		if s.Start >= timeOf(c.n+1) {
			ahead = ahead.Add(s.scale)
		}
	}
	if len(a.schedules) > 0 {
		before := a.backlog
		a.backlog = a.behind.Sub(beyond).Max(ahead)
		a.credited = before.Sub(a.backlog).Positive()
	}
}
