package models

import (
	"math"

	"entente/sim"
)

// exposureProcess is what one alliance means to the cloud's owner at the end of every step:
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
type exposureProcess struct {
	noStart
	*allianceState
	discount *discounting
	costs    []sim.Column // of the owner's stakes at the start
	gigawatt sim.Column   // billions per gigawatt-year
	sized    bool         // gigawatts are reported
	last     int
}

func (c *compiler) exposure(a *allianceState, d *discounting) {
	p := &exposureProcess{allianceState: a, discount: d, last: c.system.Years*StepsPerYear - 1}
	for _, h := range a.holdings {
		p.costs = append(p.costs, h.costs...)
	}
	if c.system.GigawattYear != nil {
		p.sized, p.gigawatt, a.gigawatts = true, c.gigawattYear, c.column()
	}
	c.add(p)
}

func (p *exposureProcess) Step(b *sim.Batch, n int) {
	billed, use, shortfall, days := b.Col(p.billed), b.Col(p.use), b.Col(p.shortfall), b.Col(p.receivableDays)
	margin, resale, resaleMargin, payback := b.Col(p.margin), b.Col(p.resale), b.Col(p.resaleMargin), b.Col(p.payback)
	sharePaid, invested, idleCost := b.Col(p.sharePaid), b.Col(p.invested), b.Col(p.idleCost)
	intensity, redeployable, plant := b.Col(p.intensity), b.Col(p.redeployable), b.Col(p.plant)
	failing, retained, recovery := b.Col(p.lab.failing), b.Col(p.lab.retained), b.Col(p.lab.recovery)
	atStake, equity, credit, exposure := b.Col(p.atStake), b.Col(p.equity), b.Col(p.credit), b.Col(p.exposure)
	loss, flow, npv, recovered, investedSoFar := b.Col(p.loss), b.Col(p.flow), b.Col(p.npv), b.Col(p.recovered), b.Col(p.investedSoFar)
	now := b.Col(p.discount.now)
	for i := range exposure {
		receivable := billed[i] / stepYears * days[i] / 365
		f := margin[i]*use[i] + shortfall[i] + (resaleMargin[i]-payback[i])*resale[i] + sharePaid[i] - idleCost[i] - invested[i]
		loss[i] = 0
		if failing[i] != 0 {
			keeps := min(plant[i], intensity[i]*retained[i]*use[i]/stepYears)
			writeOff := (1 - redeployable[i]) * (plant[i] - keeps)
			plant[i] = keeps
			loss[i] = (1-recovery[i])*(atStake[i]+receivable) + writeOff
			f += recovery[i]*atStake[i] - (1-recovery[i])*receivable - writeOff
			recovered[i] += recovery[i] * atStake[i]
			receivable = 0
		}
		credit[i] = receivable + (1-redeployable[i])*plant[i]
		exposure[i] = equity[i] + credit[i]
		flow[i] = f
		npv[i] += now[i] * f
		investedSoFar[i] += invested[i]
	}
	if p.sized {
		gigawatts, year := b.Col(p.gigawatts), b.Col(p.gigawatt)
		for i := range gigawatts {
			gigawatts[i] = use[i] / year[i]
		}
	}
	if n == p.last {
		p.end(b)
	}
}

// end takes what is known at the horizon only:
//
//	round_trip = Σ billed / (Σ invested + cost of the owner's stakes at the start)
//	moic       = (equity at the horizon + recovered equity) / (Σ invested + cost)
//
// which have no value where nothing was put in.
func (p *exposureProcess) end(b *sim.Batch) {
	end, npv, equity, recovered := b.Col(p.discount.end), b.Col(p.npv), b.Col(p.equity), b.Col(p.recovered)
	invested, billed := b.Col(p.investedSoFar), b.Col(p.billedSoFar)
	roundTrip, moic := b.Col(p.roundTrip), b.Col(p.moic)
	for i := range npv {
		npv[i] += end[i] * equity[i]
		put := invested[i]
		for _, c := range p.costs {
			put += b.Col(c)[i]
		}
		roundTrip[i], moic[i] = ratio(billed[i], put), ratio(equity[i]+recovered[i], put)
	}
}

// ratio is a/b, NaN where b is 0.
func ratio(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}
