package models

import (
	"fmt"

	"entente/sim/expr"
)

// A holding is what one investor owns of one lab. If the investor owns a cloud, it counts for
// that cloud's alliance with the lab: the one where it is written if that is one of them, else
// the first in the file. Else it counts for the investor alone.
type holding struct {
	lab      *labState
	alliance *allianceState // for which it counts; nil: the investor's alone
	investor *investorState // nil: an alliance's

	stake     expr.X // the share of the lab that it is
	cost      expr.X // of the stakes at the start
	invested  expr.X // tranches paid in the step
	atStake   expr.X // stake·W', before a failure takes effect
	equity    expr.X // stake·W', 0 once the lab has failed
	recovered expr.X // in the step in which the lab fails
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
		h := &holding{lab: l, alliance: of, investor: by, stake: c.zero, cost: c.zero, invested: c.zero}
		l.holdings = append(l.holdings, h)
		if of != nil {
			of.holding = h
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
			h.stake = h.stake.Add(c.value(s.Stake))
			h.cost = h.cost.Add(c.value(s.Cost))
		}
		for k := range a.Tranches {
			h, err := find(a, a.Tranches[k].Investor)
			if err != nil {
				return err
			}
			l.tranches = append(l.tranches, c.tranche(&a.Tranches[k], a, h))
		}
	}
	if len(l.holdings) > 0 && l.Valuation == nil {
		return fmt.Errorf("lab %s has stakes or tranches: it needs a valuation", l.ID)
	}
	return nil
}

// markHoldings marks the lab's holdings, when it is known whether the lab fails, and says what
// of them is recovered if it does. What a lab that fails is worth just before is at stake.
func (c *compiler) markHoldings(l *labState) {
	for _, h := range l.holdings {
		h.atStake = h.stake.Mul(l.worth)
		h.recovered = h.atStake.Mul(l.failing.Mul(l.recovery))
		h.stake = h.stake.Mul(l.survives)
		h.equity = h.stake.Mul(l.worth)
	}
}
