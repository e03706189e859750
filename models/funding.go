package models

import (
	"math"

	"gonum.org/v1/gonum/mathext"

	"entente/sim"
)

// cashProcess is the lab's cash X, its raises and whether it fails:
//
//	F    = revenue·(1 − o) − Σ revenue shares paid − Σ billed
//	X'   = X + tranches + F,      burn = max(0, −F/Δ)
//	W'   = V' + max(0, X')
//
// If burn > 0 and X' < runway·burn the lab raises: it asks for raise·burn and gets at most
// W”·δ/(1 − δ), δ = 1 − (1 − max_dilution)^Δ, at the price W” = W' while capital is to be
// had, distress·W' while it is not. A raise of A multiplies every stake by W”/(W” + A). If X'
// is still below runway·burn the next step is austere; if X' < 0, the lab fails at the end of
// the step.
//
// Capital is to be had when the appetite f' > Φ⁻¹(1 − availability); f is an
// Ornstein–Uhlenbeck process of stationary variance 1, started from its stationary law.
//
// A lab without cash has none of this; its W is V.
type cashProcess struct {
	*labState
	initial sim.Column
	flow    sim.Column // F
	*fundingState
}

// fundingState is what raising needs.
type fundingState struct {
	runway, raise, availability, halfLife, maxDilution, distress sim.Column

	shock         sim.Column
	left, sd      sim.Column // of the appetite, a step
	appetite      sim.Column
	threshold     sim.Column // Φ⁻¹(1 − availability)
	perValue      sim.Column // δ/(1 − δ)
	availability0 sim.Column // availability without effects
}

func (c *compiler) cash(l *labState) {
	c.compileCash(l)
	c.add(&equityProcess{labState: l})
}

func (c *compiler) compileCash(l *labState) {
	if l.Cash == nil {
		c.add(&valueProcess{labState: l})
		return
	}
	p := &cashProcess{labState: l, initial: c.value(*l.Cash), flow: c.column()}
	if f := l.Funding; f != nil {
		base := c.value(f.Availability)
		p.fundingState = &fundingState{
			runway: c.value(f.Runway), raise: c.value(f.Raise),
			availability0: base, availability: c.quantity(l.ID+".funding.availability", base, 0, 1),
			halfLife: c.value(f.HalfLife), maxDilution: c.value(f.MaxDilution), distress: c.value(f.Distress),
			shock: c.shock(l.ID + ".funding"), left: c.column(), sd: c.column(), appetite: c.column(),
			threshold: c.column(), perValue: c.column(),
		}
	}
	c.add(p)
}

func (f *fundingState) setThreshold(b *sim.Batch, availability sim.Column) {
	threshold := b.Col(f.threshold)
	for i, p := range b.Col(availability) {
		threshold[i] = mathext.NormalQuantile(1 - p)
	}
}

func (p *cashProcess) Start(b *sim.Batch) {
	copy(b.Col(p.labState.cash), b.Col(p.initial))
	f := p.fundingState
	if f == nil {
		return
	}
	copy(b.Col(f.appetite), b.Col(f.shock))
	halfLife, left, sd := b.Col(f.halfLife), b.Col(f.left), b.Col(f.sd)
	maxDilution, perValue := b.Col(f.maxDilution), b.Col(f.perValue)
	for i := range left {
		left[i], _ = decay(halfLife[i])
		sd[i] = math.Sqrt(1 - left[i]*left[i])
		keep := math.Sqrt(math.Sqrt(1 - maxDilution[i])) // 1 − δ, with Δ = 1/4
		perValue[i] = (1 - keep) / keep
	}
	f.setThreshold(b, f.availability0)
}

func (p *cashProcess) Step(b *sim.Batch, n int) {
	f := p.fundingState
	if f != nil {
		appetite, shock, left, sd := b.Col(f.appetite), b.Col(f.shock), b.Col(f.left), b.Col(f.sd)
		for i := range appetite {
			appetite[i] = appetite[i]*left[i] + sd[i]*shock[i]
		}
		if f.availability != f.availability0 {
			f.setThreshold(b, f.availability)
		}
	}
	revenue, opex, billed, paidIn := b.Col(p.revenue.flow), b.Col(p.opex), b.Col(p.labState.billed), b.Col(p.paidIn)
	cash, value, failed := b.Col(p.labState.cash), b.Col(p.value), b.Col(p.failed)
	failing, failureTime, austere := b.Col(p.failing), b.Col(p.failureTime), b.Col(p.austere)
	multiple, tilt, runRate := b.Col(p.multipleEnd), b.Col(p.valuationTilt), b.Col(p.revenue.runRate)
	flows := b.Col(p.flow)
	for i := range flows {
		flows[i] = revenue[i]*(1-opex[i]) - billed[i]
	}
	for _, a := range p.alliances {
		for i, x := range b.Col(a.sharePaid) {
			flows[i] -= x
		}
	}
	for i := range cash {
		austere[i] = 0
		if failed[i] != 0 {
			continue
		}
		flow := flows[i]
		x := cash[i] + paidIn[i] + flow
		burn := max(0, -flow/stepYears)
		worth := multiple[i] * tilt[i] * runRate[i]
		if f != nil && burn > 0 {
			if runway := b.Col(f.runway)[i] * burn; x < runway {
				x += p.raises(b, i, b.Col(f.raise)[i]*burn, worth+max(0, x))
				if x < runway {
					austere[i] = 1
				}
			}
		}
		cash[i], value[i] = x, worth+max(0, x)
		if x < 0 {
			failing[i], austere[i], failureTime[i] = 1, 0, timeOf(n+1)
		}
	}
}

// raises returns what the lab gets of what it asks for, and dilutes every stake.
func (p *cashProcess) raises(b *sim.Batch, i int, ask, value float64) float64 {
	f := p.fundingState
	if !(b.Col(f.appetite)[i] > b.Col(f.threshold)[i]) {
		value *= b.Col(f.distress)[i]
	}
	if value <= 0 { // nothing to sell
		return 0
	}
	amount := min(ask, value*b.Col(f.perValue)[i])
	for _, h := range p.holdings {
		b.Col(h.stake)[i] *= value / (value + amount)
	}
	b.Col(p.raised)[i] = amount
	return amount
}

// valueProcess values a lab whose cash is not followed: W = V.
type valueProcess struct {
	noStart
	*labState
}

func (p *valueProcess) Step(b *sim.Batch, _ int) {
	value, multiple, tilt, runRate := b.Col(p.value), b.Col(p.multipleEnd), b.Col(p.valuationTilt), b.Col(p.revenue.runRate)
	for i := range value {
		value[i] = multiple[i] * tilt[i] * runRate[i]
	}
}

// failureProcess lets failures take effect, when everything of the step has been measured:
// the run rate is multiplied by retained, cash and valuation are 0, and from then on the
// lab's other processes see it as failed.
type failureProcess struct {
	noStart
	*labState
}

func (c *compiler) failure(l *labState) {
	if l.Cash != nil {
		c.add(&failureProcess{labState: l})
	}
}

func (p *failureProcess) Step(b *sim.Batch, _ int) {
	failing, failed, alive := b.Col(p.failing), b.Col(p.failed), b.Col(p.alive)
	runRate, retained, cash, value := b.Col(p.revenue.runRate), b.Col(p.retained), b.Col(p.labState.cash), b.Col(p.value)
	for i := range failing {
		if failing[i] == 0 {
			continue
		}
		failed[i], alive[i] = 1, 0
		runRate[i] *= retained[i]
		cash[i], value[i] = 0, 0
		for _, a := range p.alliances {
			b.Col(a.backlog)[i] = 0
		}
	}
}
