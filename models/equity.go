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
