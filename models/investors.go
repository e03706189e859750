package models

import (
	"fmt"

	"entente/sim"
)

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
