package models

import (
	"math"

	"entente/sim/expr"
)

// exposureState is what one alliance means to the cloud's owner at the end of every step:
//
//	receivable      = billed/Δ·receivable_days/365
//	equity          = the owner's stake·W'
//	credit_exposure = receivable + (1 − ζ)·A'
//	exposure        = equity + credit_exposure
//
// and, when the lab fails, with everything measured just before the failure takes effect,
//
//	write-off    = (1 − ζ)·max(0, A' − v·retained·use/Δ),   and A' becomes min(A', v·retained·use/Δ)
//	loss         = (1 − recovery)·(equity + receivable) + write-off
//	failure flow = recovery·equity − (1 − recovery)·receivable − write-off
//
//	flow = margin·use + shortfall + (resale margin − payback)·Q + revenue share
//	       − idle cost − tranches + failure flow
//	npv  = Σ e^(−δ(t + Δ/2))·flow + e^(−δ·years)·equity at the horizon
//
// Stocks recorded for the step of a failure are those after it. The terms follow the
// literature on counterparty risk (Gregory, "The xVA Challenge"): the mean over trials of the
// exposure is EE(t), its quantile PFE(t).
type exposureState struct {
	margin        expr.X // without effects
	marginEffects quantity
	days          expr.X   // of receivables, times 1/(365Δ)
	holding       *holding // the owner's; nil: none

	equity, credit, exposure          expr.X
	unpaid, writeOff                  expr.X // receivables and plant that are lost when the lab fails
	invested, loss, flow              expr.X
	investedSoFar, losses, recoveries total
	npv, roundTrip, moic              expr.X
}

func (c *compiler) exposureState(a *Alliance) exposureState {
	return exposureState{
		margin: c.value(a.Margin), marginEffects: c.quantity(a.ID+".margin", math.Inf(-1), 1),
		days:          c.value(a.ReceivableDays).Div(c.Const(365 * stepYears)),
		investedSoFar: c.total(), losses: c.total(), recoveries: c.total(), npv: c.zero,
	}
}

func (c *compiler) expose(a *allianceState) {
	atStake, recovered := c.zero, c.zero
	a.equity, a.invested = c.zero, c.zero
	if h := a.holding; h != nil {
		atStake, recovered, a.equity, a.invested = h.atStake, h.recovered, h.equity, h.invested
	}
	lab := a.lab
	receivable := a.billed.Mul(a.days)
	lost := lab.failing.Mul(lab.recovery.OneMinus())
	keeps := expr.If(lab.failing, a.plant.Min(a.needed.Mul(lab.retained)), a.plant)
	a.unpaid, a.writeOff = lost.Mul(receivable), a.stuck.Mul(a.plant.Sub(keeps))
	credit := a.unpaid.Add(a.writeOff) // of the loss
	a.plant = keeps
	a.loss = lost.Mul(atStake).Add(credit)
	a.flow = c.sum(
		c.under(a.marginEffects, a.margin).Mul(a.use), a.shortfall, a.resaleMargin.Mul(a.resale), a.sharePaid,
	).Sub(a.idleCost).Sub(a.invested).Add(recovered).Sub(credit)

	a.credit = receivable.Mul(lab.failing.Not()).Add(a.stuck.Mul(a.plant))
	a.exposure = a.equity.Add(a.credit)
	a.npv = a.npv.Add(c.now.Mul(a.flow))
	a.investedSoFar.add(c.n, a.invested)
	a.losses.add(c.n, a.loss)
	a.recoveries.add(c.n, recovered)
}

// lookBack takes what is known at the horizon only:
//
//	round_trip = Σ billed / (Σ invested + cost of the owner's stakes at the start)
//	moic       = (equity at the horizon + recovered equity) / (Σ invested + cost)
//
// which have no value where nothing was put in.
func (c *compiler) lookBack(a *allianceState) {
	put := a.investedSoFar.sum()
	if a.holding != nil {
		put = put.Add(a.holding.cost)
	}
	a.npv = a.npv.Add(c.end.Mul(a.equity))
	a.roundTrip = c.ratio(a.billedSoFar.sum(), put)
	a.moic = c.ratio(a.equity.Add(a.recoveries.sum()), put)
}

// ratio is a/b, and no value where b, which isn't negative, is 0.
func (c *compiler) ratio(a, b expr.X) expr.X {
	return expr.If(c.zero.Less(b), a.Div(b), c.Const(math.NaN()))
}
