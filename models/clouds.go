package models

import (
	"math"

	"entente/sim/expr"
)

// cloudState is a cloud's account: sums over its alliances. Its total revenue is its core
// revenue and what the labs bring: Σ (billed + Q + revenue share). Its npv sums those of its
// alliances, its breakeven_time is the end of the first step at which the cumulated
// undiscounted flow is at least 0 after having been below; 0 where it never was, NaN where it
// is not reached.
type cloudState struct {
	*Cloud
	alliances []*allianceState
	revenue   *revenueState // core: without what the labs pay

	total, labRevenue            expr.X // revenue of the step
	exposure, equity, credit     expr.X
	plant, backlog               expr.X
	supplied, loss, flow         expr.X
	npv, lossTotal, peakExposure expr.X
	returns                      expr.X // breakeven_time

	cumulated  expr.X // flow
	neverBelow expr.X // condition: the cumulated flow was never below 0
	waiting    expr.X // condition: that, or it still is since it first was
	waited     expr.X // steps in which the cloud was waiting
}

func (c *compiler) cloud(cl *Cloud) *cloudState {
	return &cloudState{
		Cloud: cl, revenue: c.revenue(cl.ID, &cl.Revenue),
		peakExposure: c.zero, cumulated: c.zero, neverBelow: c.one, waiting: c.one, waited: c.zero,
	}
}

// cent is the least cumulated flow, in billions, that counts as being below 0: sums that are
// 0 but for rounding are not.
const cent = 1e-11

func (c *compiler) accountOfCloud(cl *cloudState) {
	cl.labRevenue, cl.exposure, cl.equity, cl.credit = c.zero, c.zero, c.zero, c.zero
	cl.plant, cl.backlog, cl.supplied, cl.loss, cl.flow = c.zero, c.zero, c.zero, c.zero, c.zero
	for _, a := range cl.alliances {
		cl.labRevenue = c.sum(cl.labRevenue, a.billed, a.resale, a.sharePaid)
		cl.exposure = cl.exposure.Add(a.exposure)
		cl.equity = cl.equity.Add(a.equity)
		cl.credit = cl.credit.Add(a.credit)
		cl.plant = cl.plant.Add(a.plant)
		cl.backlog = cl.backlog.Add(a.backlog)
		cl.supplied = cl.supplied.Add(a.supplied)
		cl.loss = cl.loss.Add(a.loss)
		cl.flow = cl.flow.Add(a.flow)
	}
	cl.total = cl.revenue.flow.Add(cl.labRevenue)
	cl.peakExposure = cl.peakExposure.Max(cl.exposure)

	cl.cumulated = cl.cumulated.Add(cl.flow)
	below := cl.cumulated.Less(c.Const(-cent))
	cl.neverBelow = cl.neverBelow.Sub(cl.neverBelow.Mul(below))
	cl.waiting = cl.neverBelow.Add(cl.waiting.Mul(below))
	cl.waited = cl.waited.Add(cl.waiting)
}

func (c *compiler) closeCloud(cl *cloudState) {
	cl.npv, cl.lossTotal = c.zero, c.zero
	for _, a := range cl.alliances {
		cl.npv = cl.npv.Add(a.npv)
		cl.lossTotal = cl.lossTotal.Add(a.losses.sum())
	}
	back := cl.waited.Plus(1).Times(stepYears)
	cl.returns = expr.If(cl.neverBelow, c.zero, expr.If(cl.waiting, c.Const(math.NaN()), back))
}
