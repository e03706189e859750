package models

import (
	"fmt"

	"entente/sim/expr"
)

// investorState is the account of an investor without a cloud: its flow is what it recovers
// less the tranches it pays; what it supplies is revenue, reported apart.
type investorState struct {
	*Investor
	holdings []*holding
	supplies []supply

	equity, invested, recovered, supplied, npv expr.X
}

// supply is what one alliance's plant brings its supplier.
type supply struct {
	alliance *allianceState
	share    expr.X
}

func (c *compiler) investor(v *Investor) *investorState {
	return &investorState{Investor: v, npv: c.zero}
}

func (c *compiler) supplier(a *allianceState) error {
	if a.Supplier == nil {
		return nil
	}
	for _, v := range c.investors {
		if v.ID == a.Supplier.Investor {
			a.bought = c.value(a.Supplier.Share)
			v.supplies = append(v.supplies, supply{a, a.bought})
			return nil
		}
	}
	return fmt.Errorf("alliance %s: supplier %s is not among the investors", a.ID, a.Supplier.Investor)
}

func (c *compiler) accountOfInvestor(v *investorState) {
	v.equity, v.invested, v.recovered, v.supplied = c.zero, c.zero, c.zero, c.zero
	for _, h := range v.holdings {
		v.equity = v.equity.Add(h.equity)
		v.invested = v.invested.Add(h.invested)
		v.recovered = v.recovered.Add(h.recovered)
	}
	for _, s := range v.supplies {
		v.supplied = v.supplied.Add(s.share.Mul(s.alliance.built))
	}
	v.npv = v.npv.Add(c.now.Mul(v.recovered.Sub(v.invested)))
}
