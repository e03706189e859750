package models

import "entente/sim"

// partnersProcess is what the lab's revenue brings the cloud's owner beside compute:
//
//	revenue share   rate·revenue, until its date and until the cap is received (the last
//	                payment is cut to the cap), and not after a failure
//	resale          Q = pull_through·revenue, until its date
type partnersProcess struct {
	noStart
	*allianceState
}

func (c *compiler) partners(a *allianceState) { c.add(&partnersProcess{allianceState: a}) }

func (p *partnersProcess) Step(b *sim.Batch, n int) {
	revenue, failed := b.Col(p.lab.revenue.flow), b.Col(p.lab.failed)
	paid, received := b.Col(p.sharePaid), b.Col(p.received)
	if timeOf(n) < p.RevenueShare.Until {
		rate, most := b.Col(p.shareRate), b.Col(p.shareCap)
		for i := range paid {
			paid[i] = min(rate[i]*revenue[i], max(0, most[i]-received[i]))
			if failed[i] != 0 {
				paid[i] = 0
			}
			received[i] += paid[i]
		}
	} else {
		clear(paid)
	}
	resale := b.Col(p.resale)
	if timeOf(n) < p.Resale.Until {
		for i, x := range b.Col(p.pullThrough) {
			resale[i] = x * revenue[i]
		}
	} else {
		clear(resale)
	}
}
