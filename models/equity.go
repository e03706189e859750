package models

import (
	"fmt"

	"entente/sim"
)

// A holding is what one investor owns of one lab. If the investor owns a cloud, it counts for
// that cloud's alliance with the lab: the one where it is written if that is one of them, else
// the first in the file. Else it counts for the investor alone.
type holding struct {
	lab      *labState
	alliance *allianceState // for which it counts; nil: the investor's alone
	investor *investorState // nil: an alliance's

	stake     sim.Column   // the share of the lab that it is
	initial   []sim.Column // stakes at the start
	costs     []sim.Column // what those cost
	invested  sim.Column   // tranches paid in the step
	equity    sim.Column   // stake·W', 0 once the lab has failed
	recovered sim.Column   // in the step in which the lab fails
}

// holdings finds the lab's holdings and their stakes and tranches.
func (c *compiler) holdings(l *labState) error {
	find := func(a *allianceState, investor string) (*holding, error) {
		var of *allianceState
		for _, other := range l.alliances {
			if other.cloud.Owner == investor && (of == nil || other == a) {
				of = other
			}
		}
		var by *investorState
		if of == nil {
			for _, v := range c.investors {
				if v.ID == investor {
					by = v
				}
			}
			if by == nil {
				return nil, fmt.Errorf("alliance %s: investor %s neither owns a cloud of %s nor is among the investors", a.ID, investor, l.ID)
			}
		}
		for _, h := range l.holdings {
			if h.alliance == of && h.investor == by {
				return h, nil
			}
		}
		h := &holding{
			lab: l, alliance: of, investor: by,
			stake: c.column(), invested: c.column(), equity: c.column(), recovered: c.column(),
		}
		l.holdings = append(l.holdings, h)
		if of != nil {
			of.holdings = append(of.holdings, h)
		} else {
			by.holdings = append(by.holdings, h)
		}
		return h, nil
	}
	for _, a := range l.alliances {
		for _, s := range a.Stakes {
			h, err := find(a, s.Investor)
			if err != nil {
				return err
			}
			h.initial = append(h.initial, c.value(s.Stake))
			h.costs = append(h.costs, c.value(s.Cost))
		}
		for k := range a.Tranches {
			t := &a.Tranches[k]
			h, err := find(a, t.Investor)
			if err != nil {
				return err
			}
			s := trancheState{Tranche: t, alliance: a, holding: h, amount: c.value(t.Amount), paid: c.column(), due: c.column()}
			switch {
			case t.RunRate != nil:
				s.threshold, s.watched = c.value(*t.RunRate), l.revenue.runRate
			case t.Billed != nil:
				s.threshold, s.watched = c.value(*t.Billed), a.billedSoFar
			default:
				s.dated = true
			}
			l.tranches = append(l.tranches, s)
		}
	}
	if len(l.holdings) > 0 && l.Valuation == nil {
		return fmt.Errorf("lab %s has stakes or tranches: it needs a valuation", l.ID)
	}
	return nil
}

// trancheState is where a tranche shows.
type trancheState struct {
	*Tranche
	alliance           *allianceState // under which it is written
	holding            *holding
	amount             sim.Column
	dated              bool
	threshold, watched sim.Column // the condition: watched reaches threshold
	paid               sim.Column // 1 once it is
	due                sim.Column // what is paid in the step
}

// tranchesProcess pays the tranches of one lab at the step's beginning: each once, in the
// first step that begins at or after its date or in which its condition holds, until its last
// date, while the lab has not failed. All tranches of one step are priced together at
// W = V + max(0, X), from before the step's draws: each buys amount/(W + Σ amounts), and every
// stake held before is multiplied by W/(W + Σ amounts).
type tranchesProcess struct{ *labState }

func (c *compiler) tranches(l *labState) {
	if len(l.holdings) > 0 {
		c.add(&tranchesProcess{l})
	}
}

func (p *tranchesProcess) Start(b *sim.Batch) {
	for _, t := range p.tranches {
		clear(b.Col(t.paid))
	}
	for _, h := range p.holdings {
		stake := b.Col(h.stake)
		clear(stake)
		for _, s := range h.initial {
			for i, x := range b.Col(s) {
				stake[i] += x
			}
		}
		clear(b.Col(h.equity))
		clear(b.Col(h.recovered))
	}
}

func (p *tranchesProcess) Step(b *sim.Batch, n int) {
	for _, h := range p.holdings {
		clear(b.Col(h.invested))
	}
	paidIn, failed := b.Col(p.paidIn), b.Col(p.failed)
	for _, t := range p.tranches {
		due, paid, amount := b.Col(t.due), b.Col(t.paid), b.Col(t.amount)
		clear(due)
		if timeOf(n) >= t.By || t.dated && timeOf(n) < t.On {
			continue
		}
		var watched, threshold []float64
		if !t.dated {
			watched, threshold = b.Col(t.watched), b.Col(t.threshold)
		}
		for i := range due {
			if paid[i] == 0 && failed[i] == 0 && (t.dated || watched[i] >= threshold[i]) {
				due[i], paid[i] = amount[i], 1
				paidIn[i] += amount[i]
			}
		}
	}

	multiple, tilt, runRate, cash := b.Col(p.multipleBegin), b.Col(p.valuationTilt), b.Col(p.revenue.runRate), b.Col(p.cash)
	for i, sum := range paidIn {
		if sum <= 0 {
			continue
		}
		before := multiple[i]*tilt[i]*runRate[i] + max(0, cash[i])
		for _, h := range p.holdings {
			b.Col(h.stake)[i] *= before / (before + sum)
		}
		for _, t := range p.tranches {
			due := b.Col(t.due)[i]
			b.Col(t.holding.stake)[i] += due / (before + sum)
			b.Col(t.holding.invested)[i] += due
			if a := t.holding.alliance; a != nil {
				b.Col(a.invested)[i] += due
			}
		}
	}
}

// equityProcess marks the lab's holdings, when it is known whether the lab fails, and says
// what of them is recovered if it does. Stocks recorded for the step are those after the
// failure; atStake of an alliance keeps what the owner held just before.
type equityProcess struct {
	noStart
	*labState
}

func (p *equityProcess) Step(b *sim.Batch, _ int) {
	value, failing, failed, recovery := b.Col(p.value), b.Col(p.failing), b.Col(p.failed), b.Col(p.recovery)
	for _, a := range p.alliances {
		clear(b.Col(a.atStake))
		clear(b.Col(a.equity))
	}
	for _, h := range p.holdings {
		stake, equity, recovered := b.Col(h.stake), b.Col(h.equity), b.Col(h.recovered)
		for i := range equity {
			worth := stake[i] * value[i]
			if failed[i] != 0 {
				worth = 0
			}
			equity[i], recovered[i] = worth, 0
			if failing[i] != 0 {
				equity[i], recovered[i] = 0, recovery[i]*worth
				stake[i] = 0
			}
			if h.alliance != nil {
				b.Col(h.alliance.atStake)[i] += worth
				b.Col(h.alliance.equity)[i] += equity[i]
			}
		}
	}
}

// investorState is where an investor without a cloud shows.
type investorState struct {
	*Investor
	holdings []*holding
	supplies []supply

	equity, invested, supplied, npv sim.Column
}

// supply is what one alliance's plant brings its supplier.
type supply struct {
	alliance *allianceState
	share    sim.Column
}

func (c *compiler) investor(v *Investor) *investorState {
	return &investorState{Investor: v, equity: c.column(), invested: c.column(), supplied: c.column(), npv: c.column()}
}

func (c *compiler) supplier(a *allianceState) error {
	if a.Supplier == nil {
		return nil
	}
	for _, v := range c.investors {
		if v.ID == a.Supplier.Investor {
			v.supplies = append(v.supplies, supply{a, c.value(a.Supplier.Share)})
			return nil
		}
	}
	return fmt.Errorf("alliance %s: supplier %s is not among the investors", a.ID, a.Supplier.Investor)
}

// investorProcess is the account of an investor without a cloud: its flow is what it recovers
// less the tranches it pays; what it supplies is revenue, reported apart.
type investorProcess struct {
	*investorState
	discount *discounting
	last     int
}

func (c *compiler) investorAccount(v *investorState, d *discounting) {
	c.add(&investorProcess{v, d, c.system.Years*StepsPerYear - 1})
}

func (p *investorProcess) Start(b *sim.Batch) { clear(b.Col(p.npv)) }

func (p *investorProcess) Step(b *sim.Batch, n int) {
	equity, invested, supplied, npv := b.Col(p.equity), b.Col(p.invested), b.Col(p.supplied), b.Col(p.npv)
	now, end := b.Col(p.discount.now), b.Col(p.discount.end)
	clear(equity)
	clear(invested)
	clear(supplied)
	for _, h := range p.holdings {
		worth, paid, recovered := b.Col(h.equity), b.Col(h.invested), b.Col(h.recovered)
		for i := range equity {
			equity[i] += worth[i]
			invested[i] += paid[i]
			npv[i] += now[i] * (recovered[i] - paid[i])
		}
	}
	for _, s := range p.supplies {
		share, built := b.Col(s.share), b.Col(s.alliance.built)
		for i := range supplied {
			supplied[i] += share[i] * built[i]
		}
	}
	if n == p.last {
		for i := range npv {
			npv[i] += end[i] * equity[i]
		}
	}
}

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
