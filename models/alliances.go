package models

import (
	"fmt"
	"math"

	"entente/sim"
)

// allianceState is where an alliance shows, and what its processes share.
type allianceState struct {
	*Alliance
	lab            *labState
	cloud          *cloudState
	renegotiations []jump
	schedules      []*schedule
	holdings       []*holding // those that count for this alliance

	// Shares.
	initialShare, plannedShare, shareHalfLife sim.Column // as given
	share, longRunShare, migration            sim.Column // w, w*, and what of the way is gone in a step
	basePrice, price, attraction, pull        sim.Column // γ without and with effects, b, A
	churnRate, churnFactor, churnExponent     sim.Column // ρ, x, exponent of the noise
	lnPrice                                   sim.Column // ln γ
	out, outPerPull                           sim.Column // what churn takes

	// What is used and owed.
	use, shortfall, billed, billedSoFar sim.Column
	credited, backlog                   sim.Column // q, K − q

	// Partners.
	shareRate, received, shareCap, sharePaid sim.Column
	pullThrough, resale                      sim.Column // and Q
	resaleMargin, payback                    sim.Column
	invested, investedSoFar                  sim.Column

	// Plant.
	margin, receivableDays                   sim.Column
	intensity, life, lead, redeployable      sim.Column
	plant, built, idleCost                   sim.Column
	equity, credit, exposure, loss, flow     sim.Column
	npv, recovered, atStake, roundTrip, moic sim.Column
	gigawatts                                sim.Column
}

func (c *compiler) alliance(a *Alliance) (*allianceState, error) {
	s := &allianceState{Alliance: a}
	for _, l := range c.labs {
		if l.ID == a.Lab {
			s.lab = l
		}
	}
	for _, cl := range c.clouds {
		if cl.ID == a.Cloud {
			s.cloud = cl
		}
	}
	if s.lab == nil {
		return nil, fmt.Errorf("alliance %s: there is no lab %s", a.ID, a.Lab)
	}
	if s.cloud == nil {
		return nil, fmt.Errorf("alliance %s: there is no cloud %s", a.ID, a.Cloud)
	}
	for _, of := range s.lab.alliances {
		if of.cloud == s.cloud {
			return nil, fmt.Errorf("alliance %s: %s already has %s on %s", a.ID, a.Lab, of.ID, a.Cloud)
		}
	}

	s.initialShare = c.value(a.Share.Initial)
	s.plannedShare, s.shareHalfLife = s.initialShare, c.constant(1)
	if a.Share.Moves {
		s.plannedShare, s.shareHalfLife = c.value(a.Share.LongRun), c.value(a.Share.HalfLife)
	}
	s.basePrice = c.value(a.Price)
	s.price = c.quantity(a.ID+".price", s.basePrice, leastPrice, math.Inf(1))
	s.attraction = c.value(a.Attraction)
	s.churnRate = c.quantity(a.ID+".churn.annual_rate", c.value(a.Churn.AnnualRate), 0, 1)
	s.churnFactor = c.quantity(a.ID+".exclusivity.churn_factor", c.value(a.Exclusivity.ChurnFactor), 0, 1)
	for _, x := range []*sim.Column{
		&s.share, &s.longRunShare, &s.migration, &s.pull, &s.lnPrice, &s.out, &s.outPerPull,
		&s.use, &s.shortfall, &s.billed, &s.billedSoFar, &s.credited, &s.backlog,
		&s.received, &s.sharePaid, &s.resale, &s.invested, &s.investedSoFar,
		&s.plant, &s.built, &s.idleCost,
		&s.equity, &s.credit, &s.exposure, &s.loss, &s.flow, &s.npv, &s.recovered, &s.atStake, &s.roundTrip, &s.moic,
	} {
		*x = c.column()
	}
	for k := range a.Commitments {
		s.schedules = append(s.schedules, c.schedule(a, k))
	}

	s.shareRate = c.quantity(a.ID+".revenue_share.rate", c.value(a.RevenueShare.Rate), 0, 1)
	s.shareCap = c.optional(a.RevenueShare.Cap, math.Inf(1))
	s.pullThrough = c.quantity(a.ID+".resale.pull_through", c.value(a.Resale.PullThrough), 0, math.Inf(1))
	s.resaleMargin, s.payback = c.value(a.Resale.Margin), c.value(a.Resale.Payback)
	s.margin = c.quantity(a.ID+".margin", c.value(a.Margin), math.Inf(-1), 1)
	s.receivableDays = c.value(a.ReceivableDays)
	if k := a.Capital; k != nil {
		s.intensity, s.life, s.lead, s.redeployable = c.value(k.Intensity), c.value(k.Life), c.value(k.Lead), c.value(k.Redeployable)
	} else {
		s.intensity, s.life, s.lead, s.redeployable = c.constant(0), c.constant(math.Inf(1)), c.constant(0), c.constant(0)
	}
	c.add(&allianceStart{s})
	return s, nil
}

// leastPrice is the lowest price of a unit of compute, relative to the market.
const leastPrice = 0.01

// allianceStart sets the alliance's state before the first step.
type allianceStart struct{ *allianceState }

func (p *allianceStart) Start(b *sim.Batch) {
	for _, x := range []sim.Column{
		p.use, p.shortfall, p.billed, p.billedSoFar, p.credited, p.backlog,
		p.received, p.sharePaid, p.resale, p.invested, p.investedSoFar, p.plant, p.built, p.idleCost,
		p.equity, p.credit, p.exposure, p.loss, p.flow, p.npv, p.recovered, p.atStake, p.roundTrip, p.moic,
	} {
		clear(b.Col(x))
	}
}

// Step clears what belongs to one step.
func (p *allianceStart) Step(b *sim.Batch, _ int) { clear(b.Col(p.invested)) }
