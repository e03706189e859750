package models

import (
	"math"

	"entente/sim"
)

// labState is where a lab shows, and what its processes share.
type labState struct {
	*Lab
	alliances []*allianceState
	holdings  []*holding
	tranches  []trancheState
	moves     []jump

	revenue     revenueState
	ratio       sim.Column // k, compute per revenue
	opex        sim.Column // o
	sensitivity sim.Column // e
	flexibility sim.Column // φ
	computeTilt sim.Column // multiplier of the compute noise

	multipleBegin, multipleEnd sim.Column // of the valuation, at the step's beginning and end
	valuationTilt              sim.Column // multiplier of the valuation noise
	retained, recovery         sim.Column

	alive       sim.Column // 1 until it fails; in the step in which it fails still 1 until the end
	failing     sim.Column // 1 in the step in which it fails
	failed      sim.Column // 1 from the end of that step
	failureTime sim.Column // NaN: none
	cash        sim.Column
	value       sim.Column // W
	austere     sim.Column // 1 if the step is
	paidIn      sim.Column // tranches of the step
	demand      sim.Column // D
	meanPrice   sim.Column // Σ w'γ
	compute     sim.Column // Σ use
	billed      sim.Column // Σ billed
	raised      sim.Column
}

func (c *compiler) lab(l *Lab) *labState {
	s := &labState{
		Lab:         l,
		revenue:     c.revenue(l.ID, &l.Revenue),
		ratio:       c.quantity(l.ID+".compute.ratio", c.glide(l.ComputeRatio, stepYears/2), 0, math.Inf(1)),
		opex:        c.quantity(l.ID+".opex", c.glide(l.Opex, stepYears/2), 0, math.Inf(1)),
		sensitivity: c.value(l.PriceSensitivity),
		flexibility: c.value(l.Flexibility),
		alive:       c.column(), failing: c.column(), failed: c.column(), failureTime: c.column(),
		cash: c.column(), value: c.column(), austere: c.column(), paidIn: c.column(),
		demand: c.column(), meanPrice: c.column(), compute: c.column(), billed: c.column(), raised: c.column(),
	}
	var multiple Glide // without a valuation, 0
	if l.Valuation != nil {
		multiple = l.Valuation.Multiple
	}
	path := l.ID + ".valuation.multiple"
	begin := c.value(multiple.Initial)
	end := begin
	if multiple.Moves {
		longRun, halfLife := c.value(multiple.LongRun), c.value(multiple.HalfLife)
		initial := begin
		begin = c.glideBetween(initial, longRun, halfLife, 0)
		end = c.glideBetween(initial, longRun, halfLife, stepYears)
	}
	s.multipleBegin = c.quantity(path, begin, 0, math.Inf(1))
	s.multipleEnd = s.multipleBegin
	if end != begin {
		s.multipleEnd = c.quantity(path, end, 0, math.Inf(1))
	}
	if l.Failure != nil {
		s.retained, s.recovery = c.value(l.Failure.Retained), c.value(l.Failure.Recovery)
	} else {
		s.retained, s.recovery = c.constant(1), c.constant(0)
	}
	// The funding's appetite and threshold are prepared with the cash; a path without
	// funding is one on which effects do nothing.
	c.used[l.ID+".funding.availability"] = true
	c.add(&labStart{s})
	return s
}

// labStart sets the lab's state before the first step.
type labStart struct{ *labState }

func (p *labStart) Start(b *sim.Batch) {
	fill(b.Col(p.alive), 1)
	clear(b.Col(p.failing))
	clear(b.Col(p.failed))
	fill(b.Col(p.failureTime), math.NaN())
	clear(b.Col(p.cash))
	clear(b.Col(p.value))
	clear(b.Col(p.austere))
	clear(b.Col(p.paidIn))
	clear(b.Col(p.raised))
}

// Step clears what belongs to one step.
func (p *labStart) Step(b *sim.Batch, _ int) {
	clear(b.Col(p.failing))
	clear(b.Col(p.paidIn))
	clear(b.Col(p.raised))
}

// noises adds the processes of the lab's noises.
func (c *compiler) noises(l *labState) {
	l.computeTilt = c.noise(l.ComputeNoise, l.ID+".compute")
}

// valuationNoise adds the noise of the valuation; tranches take its value before the step's
// draw, everything else after.
func (c *compiler) valuationNoise(l *labState) {
	var noise *Noise
	if l.Valuation != nil {
		noise = l.Valuation.Noise
	}
	l.valuationTilt = c.noise(noise, l.ID+".valuation")
}

// demand adds what the lab wants to buy.
func (c *compiler) demand(l *labState) {
	austerity := c.constant(0)
	if l.Funding != nil {
		austerity = c.value(l.Funding.Austerity)
	}
	c.add(&demandProcess{labState: l, austerity: austerity})
}

// demandProcess is a lab's compute demand, in dollars at the market price:
//
//	D = k·revenue·(multiplier of the compute noise)
//
// times 1 − austerity in an austere step; after a failure, and then only, at most
// revenue·max(0, 1 − o)/Σ w'γ: the lab lives within its means.
type demandProcess struct {
	noStart
	*labState
	austerity sim.Column
}

func (p *demandProcess) Step(b *sim.Batch, _ int) {
	ratio, revenue, tilt := b.Col(p.ratio), b.Col(p.revenue.flow), b.Col(p.computeTilt)
	austere, austerity := b.Col(p.austere), b.Col(p.austerity)
	failed, opex, meanPrice := b.Col(p.failed), b.Col(p.opex), b.Col(p.meanPrice)
	demand := b.Col(p.demand)
	for i := range demand {
		d := ratio[i] * revenue[i] * tilt[i]
		if austere[i] != 0 {
			d *= 1 - austerity[i]
		}
		if failed[i] != 0 {
			d = min(d, revenue[i]*max(0, 1-opex[i])/meanPrice[i])
		}
		demand[i] = d
	}
}
