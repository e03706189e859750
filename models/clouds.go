package models

import (
	"math"

	"entente/sim"
)

// cloudState is where a cloud shows.
type cloudState struct {
	*Cloud
	alliances []*allianceState
	revenue   revenueState // core: without what the labs pay

	total, labRevenue                     sim.Column // revenue of the step
	exposure, equity, credit              sim.Column
	plant, backlog                        sim.Column
	loss, flow                            sim.Column
	npv, lossTotal, peakExposure, returns sim.Column // returns: breakeven_time
}

func (c *compiler) cloud(cl *Cloud) *cloudState {
	s := &cloudState{Cloud: cl, revenue: c.revenue(cl.ID, &cl.Revenue)}
	for _, x := range []*sim.Column{
		&s.total, &s.labRevenue, &s.exposure, &s.equity, &s.credit, &s.plant, &s.backlog,
		&s.loss, &s.flow, &s.npv, &s.lossTotal, &s.peakExposure, &s.returns,
	} {
		*x = c.column()
	}
	return s
}

// cloudProcess is a cloud's account: sums over its alliances. Its total revenue is its core
// revenue and what the labs bring: Σ (billed + Q + revenue share). Its npv sums those of its
// alliances, its breakeven_time is the end of the first step at which the cumulated
// undiscounted flow is at least 0 after having been below; 0 where it never was, NaN where it
// is not reached.
type cloudProcess struct {
	*cloudState
	cumulated, below sim.Column
	last             int
}

func (c *compiler) cloudAccount(cl *cloudState) {
	c.add(&cloudProcess{cl, c.column(), c.column(), c.system.Years*StepsPerYear - 1})
}

// cent is the least cumulated flow, in billions, that counts as being below 0: sums that are
// 0 but for rounding are not.
const cent = 1e-11

func (p *cloudProcess) Start(b *sim.Batch) {
	clear(b.Col(p.npv))
	clear(b.Col(p.lossTotal))
	clear(b.Col(p.peakExposure))
	clear(b.Col(p.returns))
	clear(b.Col(p.cumulated))
	clear(b.Col(p.below))
}

func (p *cloudProcess) Step(b *sim.Batch, n int) {
	labRevenue := b.Col(p.labRevenue)
	sums := [...]struct{ to, from []float64 }{
		{to: b.Col(p.exposure)}, {to: b.Col(p.equity)}, {to: b.Col(p.credit)}, {to: b.Col(p.plant)},
		{to: b.Col(p.backlog)}, {to: b.Col(p.loss)}, {to: b.Col(p.flow)},
	}
	clear(labRevenue)
	for k := range sums {
		clear(sums[k].to)
	}
	for _, a := range p.alliances {
		billed, resale, sharePaid := b.Col(a.billed), b.Col(a.resale), b.Col(a.sharePaid)
		for i := range labRevenue {
			labRevenue[i] += billed[i] + resale[i] + sharePaid[i]
		}
		for k, from := range [...]sim.Column{a.exposure, a.equity, a.credit, a.plant, a.backlog, a.loss, a.flow} {
			to := sums[k].to
			for i, x := range b.Col(from) {
				to[i] += x
			}
		}
	}
	total := b.Col(p.total)
	for i, x := range b.Col(p.revenue.flow) {
		total[i] = x + labRevenue[i]
	}

	exposure, loss, flow := b.Col(p.exposure), b.Col(p.loss), b.Col(p.flow)
	lossTotal, peak, returns := b.Col(p.lossTotal), b.Col(p.peakExposure), b.Col(p.returns)
	cumulated, below := b.Col(p.cumulated), b.Col(p.below)
	for i := range exposure {
		lossTotal[i] += loss[i]
		peak[i] = max(peak[i], exposure[i])
		cumulated[i] += flow[i]
		switch {
		case below[i] == 0 && cumulated[i] < -cent:
			below[i], returns[i] = 1, math.NaN()
		case below[i] == 1 && cumulated[i] >= -cent:
			below[i], returns[i] = 2, timeOf(n+1)
		}
	}
	if n == p.last {
		npv := b.Col(p.npv)
		for _, a := range p.alliances {
			for i, x := range b.Col(a.npv) {
				npv[i] += x
			}
		}
	}
}
