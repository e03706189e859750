package models

import "entente/sim/expr"

// trancheState is a tranche in the course of a trial.
type trancheState struct {
	*Tranche
	alliance  *allianceState // under which it is written
	holding   *holding
	amount    expr.X
	threshold expr.X // of its condition
	unpaid    expr.X // condition: has not been paid
	due       expr.X // of the amount, in the step, if the lab has not failed
}

func (c *compiler) tranche(t *Tranche, a *allianceState, h *holding) *trancheState {
	s := &trancheState{Tranche: t, alliance: a, holding: h, amount: c.value(t.Amount), unpaid: c.one}
	switch {
	case t.RunRate != nil:
		s.threshold = c.value(*t.RunRate)
	case t.Billed != nil:
		s.threshold = c.value(*t.Billed)
	}
	return s
}

// falls is the condition that a tranche falls due in the step.
func (c *compiler) falls(t *trancheState) expr.X {
	now := timeOf(c.n)
	switch {
	case now >= t.By:
		return c.zero
	case t.RunRate != nil:
		return t.threshold.AtMost(t.alliance.lab.revenue.runRate)
	case t.Billed != nil:
		return t.threshold.AtMost(t.alliance.billedSoFar.sum())
	case now < t.On:
		return c.zero
	}
	return c.one
}

// payTranches pays the tranches of one lab at the step's beginning: each once, in the
// first step that begins at or after its date or in which its condition holds, until its last
// date, while the lab has not failed. All tranches of one step are priced together at
// W = V + max(0, X), from before the step's draws: each buys amount/(W + Σ amounts), and every
// stake held before is multiplied by W/(W + Σ amounts).
func (c *compiler) payTranches(l *labState) {
	for _, h := range l.holdings {
		h.invested = c.zero
	}
	for _, t := range l.tranches {
		pays := c.falls(t).And(t.unpaid)
		t.unpaid = t.unpaid.Sub(pays)
		t.due = t.amount.Mul(pays)
		t.holding.invested = t.holding.invested.Add(t.due)
	}
	l.paidIn = c.zero
	for _, h := range l.holdings {
		h.invested = h.invested.Mul(l.alive)
		l.paidIn = l.paidIn.Add(h.invested)
	}
	W := c.under(l.multipleEffects, l.multiple.here()).Mul(l.valuationTilt).Mul(l.revenue.runRate).Add(l.cash.Positive())
	per := c.one.Div(W.Add(l.paidIn).Max(c.Const(tiny)))
	left := l.paidIn.Mul(per).OneMinus()
	for _, h := range l.holdings {
		h.stake = h.stake.Mul(left).Add(h.invested.Mul(per))
	}
}
