package models

import (
	"math"

	"entente/sim/expr"
)

// partnerState is what the lab's revenue brings the cloud's owner beside compute:
//
//	revenue share   rate·revenue, until its date and until the cap is received (the last
//	                payment is cut to the cap), and not after a failure
//	resale          Q = pull_through·revenue, until its date
type partnerState struct {
	shareRate, pullThrough    expr.X // without effects
	shareEffects, pullEffects quantity
	toReceive                 expr.X // what is left of the cap
	sharePaid, resale         expr.X // in the step; Q
	resaleMargin              expr.X // after payback
}

func (c *compiler) partnerState(a *Alliance) partnerState {
	s := partnerState{
		shareRate: c.value(a.RevenueShare.Rate), shareEffects: c.quantity(a.ID+".revenue_share.rate", 0, 1),
		pullThrough: c.value(a.Resale.PullThrough), pullEffects: c.quantity(a.ID+".resale.pull_through", 0, math.Inf(1)),
		toReceive: c.Const(math.Inf(1)), resaleMargin: c.value(a.Resale.Margin).Sub(c.value(a.Resale.Payback)),
	}
	if a.RevenueShare.Cap != nil {
		s.toReceive = c.value(*a.RevenueShare.Cap)
	}
	return s
}

func (c *compiler) payPartners(a *allianceState) {
	a.sharePaid, a.resale = c.zero, c.zero
	if rate := c.under(a.shareEffects, a.shareRate); timeOf(c.n) < a.RevenueShare.Until && !isZero(rate) {
		a.sharePaid = rate.Mul(a.lab.revenue.flow).Min(a.toReceive).Mul(a.lab.alive)
		if a.RevenueShare.Cap != nil {
			a.toReceive = a.toReceive.Sub(a.sharePaid)
		}
	}
	if timeOf(c.n) < a.Resale.Until {
		a.resale = c.under(a.pullEffects, a.pullThrough).Mul(a.lab.revenue.flow)
	}
}
