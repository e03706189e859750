package models

import (
	"math"

	"entente/sim/expr"
)

// labState is a lab in the course of a trial.
type labState struct {
	*Lab
	alliances []*allianceState
	holdings  []*holding
	tranches  []*trancheState
	moves     []jump

	revenue         *revenueState
	ratio           glide // k, compute per revenue
	opex            glide // o
	ratioEffects    quantity
	opexEffects     quantity
	dislike         expr.X // −e, for the price sensitivity e
	flexibility     expr.X // φ
	computeNoise    *noise
	computeTilt     expr.X // its multiplier
	kept            expr.X // 1 − o, what opex leaves of a dollar of revenue
	multiple        glide  // of the valuation, at the step's beginning
	multipleEffects quantity
	valuationNoise  *noise
	valuationTilt   expr.X // its multiplier

	funding            *fundingState // nil: the lab never raises
	retained, recovery expr.X

	alive       expr.X // condition: has not failed before this step; at its end, in it
	survives    expr.X // condition: does not fail in this step either
	failing     expr.X // condition: fails in this step
	failureTime expr.X // 0: none
	left        expr.X // X', before a failure takes effect
	cash        expr.X // X
	worth       expr.X // W', before a failure takes effect
	value       expr.X // W', after
	frugal      expr.X // what of the demand is left: 1 but in an austere step
	paidIn      expr.X // tranches of the step
	demand      expr.X // D
	meanPrice   expr.X // Σ w'γ
	compute     expr.X // Σ use
	billed      expr.X // Σ billed
	raised      expr.X
	failed      expr.X
}

func (c *compiler) lab(l *Lab) *labState {
	s := &labState{
		Lab:             l,
		revenue:         c.revenue(l.ID, &l.Revenue),
		ratio:           c.glide(l.ComputeRatio, stepYears/2),
		opex:            c.glide(l.Opex, stepYears/2),
		ratioEffects:    c.quantity(l.ID+".compute.ratio", 0, math.Inf(1)),
		opexEffects:     c.quantity(l.ID+".opex", 0, math.Inf(1)),
		dislike:         c.value(l.PriceSensitivity).Neg(),
		flexibility:     c.value(l.Flexibility),
		computeNoise:    c.noise(l.ComputeNoise, l.ID+".compute"),
		multiple:        glide{c.zero, c.zero, c.one}, // without a valuation, 0
		multipleEffects: c.quantity(l.ID+".valuation.multiple", 0, math.Inf(1)),
		valuationTilt:   c.one,
		retained:        c.one, recovery: c.zero,
		alive: c.one, survives: c.one, failing: c.zero, failed: c.zero, failureTime: c.zero,
		cash: c.zero, left: c.zero, worth: c.zero, value: c.zero, frugal: c.one, paidIn: c.zero, raised: c.zero,
	}
	if l.Valuation != nil {
		s.multiple = c.glide(l.Valuation.Multiple, 0)
		s.valuationNoise = c.noise(l.Valuation.Noise, l.ID+".valuation")
	}
	if l.Failure != nil {
		s.retained, s.recovery = c.value(l.Failure.Retained), c.value(l.Failure.Recovery)
	}
	availability := c.quantity(l.ID+".funding.availability", 0, 1) // without funding, effects do nothing
	if l.Cash != nil {
		s.cash = c.value(*l.Cash)
		if l.Funding != nil {
			s.funding = c.funding(l, availability)
		}
	}
	return s
}

// want is a lab's compute demand, in dollars at the market price:
//
//	D = k·revenue·(multiplier of the compute noise)
//
// times 1 − austerity in an austere step; after a failure, and then only, at most
// revenue·max(0, 1 − o)/Σ w'γ: the lab lives within its means.
func (c *compiler) want(l *labState) {
	k := c.under(l.ratioEffects, l.ratio.move())
	l.kept = c.under(l.opexEffects, l.opex.move()).OneMinus()
	l.demand = k.Mul(l.revenue.flow).Mul(l.computeTilt).Mul(l.frugal)
	means := l.revenue.flow.Mul(l.kept.Positive()).Div(l.meanPrice)
	l.demand = expr.If(l.alive, l.demand, l.demand.Min(means))
}
