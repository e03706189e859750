package models

import (
	"fmt"

	"entente/sim"
	"entente/sim/vec"
)

// schedule is one commitment: the cumulative amount that is due,
//
//	S(t) = K·clamp((t − start)/years, 0, 1)^backloading,
//
// until it is renegotiated. A renegotiation by x at t multiplies what is not yet due, so that
// S becomes offset + scale·S with
//
//	scale ← x·scale,   offset ← offset + (1 − x)·scale·S(t)   (scale as before)
//
// which leaves S(t) where it was and makes of K: S(t) + x·(K − S(t)).
type schedule struct {
	amount, years, backloading, enforced sim.Column
	start                                float64
	offset, scale                        sim.Column
	now, next                            sim.Column // S before renegotiations, at the step's beginning and end
	lead, leadNext                       sim.Column // the same, the plant's lead later
	part                                 sim.Column // scratch
}

func (c *compiler) schedule(a *Alliance, k int) *schedule {
	m := &a.Commitments[k]
	return &schedule{
		amount: c.value(m.Amount), years: c.value(m.Years), backloading: c.value(m.Backloading),
		enforced: c.quantity(fmt.Sprintf("%s.commitments.%d.enforced", a.ID, k), c.value(m.Enforced), 0, 1),
		start:    m.Start, offset: c.column(), scale: c.column(),
		now: c.column(), next: c.column(), lead: c.column(), leadNext: c.column(), part: c.column(),
	}
}

// at sets s to S(t + later), before renegotiations; later may be nil.
func (p *schedule) at(b *sim.Batch, s sim.Column, t float64, later []float64) {
	amount, years, backloading := b.Col(p.amount), b.Col(p.years), b.Col(p.backloading)
	x, part := b.Col(s), b.Col(p.part)
	running, curved := false, false
	for i := range part {
		since := t - p.start
		if later != nil {
			since += later[i]
		}
		part[i] = min(max(since/years[i], 0), 1)
		if part[i] > 0 && part[i] < 1 {
			running = true
			curved = curved || backloading[i] != 1
		}
	}
	if running && curved {
		// part^backloading; of 0 the logarithm is −∞, and e^−∞ is 0.
		vec.Log(x, part)
		for i := range x {
			x[i] *= backloading[i]
		}
		vec.Exp(part, x)
	}
	for i := range x {
		x[i] = amount[i] * part[i]
	}
}

// scheduleProcess moves the schedules of one alliance to the step, and renegotiates.
type scheduleProcess struct{ *allianceState }

func (p *scheduleProcess) Start(b *sim.Batch) {
	credited := b.Col(p.credited)
	for _, s := range p.schedules {
		clear(b.Col(s.offset))
		fill(b.Col(s.scale), 1)
		s.at(b, s.next, 0, nil)
		if p.Capital != nil {
			s.at(b, s.leadNext, 0, b.Col(p.lead))
		}
		for i, x := range b.Col(s.next) { // at the start the schedule is on track: q = S(0)
			credited[i] += x
		}
	}
}

func (p *scheduleProcess) Step(b *sim.Batch, n int) {
	for _, s := range p.schedules {
		copy(b.Col(s.now), b.Col(s.next))
		s.at(b, s.next, timeOf(n+1), nil)
		if p.Capital != nil {
			copy(b.Col(s.lead), b.Col(s.leadNext))
			s.at(b, s.leadNext, timeOf(n+1), b.Col(p.lead))
		}
	}
	for _, j := range p.renegotiations {
		if b.Zero(j.starts) {
			continue
		}
		starts, by := b.Col(j.starts), b.Col(j.by)
		for _, s := range p.schedules {
			offset, scale, now := b.Col(s.offset), b.Col(s.scale), b.Col(s.now)
			for i := range starts {
				if starts[i] != 0 {
					offset[i] += (1 - by[i]) * scale[i] * now[i]
					scale[i] *= by[i]
				}
			}
		}
	}
}

// commitmentsProcess decides what a lab uses and owes at its alliances:
//
//	d         = w'·γ·D
//	due       = max(0, S(t') − q)
//	gap       = max(0, due − d),   spare = max(0, d − due),   G = Σ gap,   E = Σ spare
//	r         = min(1, φE/G) if G > 0, else 0
//	use       = d + r·gap − spare·(rG/E)
//	open      = (1 − r)·gap
//	shortfall = enforced·open,     billed = use + shortfall
//	q'        = min(q + use + open, Σ K of the commitments that start before t')
//	backlog   = K − q'
//
// where φ is the lab's flexibility and enforced, of several commitments, is weighted by what
// each adds to S in the step. Σ use = Σ d. A failed lab owes nothing.
type commitmentsProcess struct {
	noStart
	*labState
	gaps, spares     sim.Column   // G, E
	rerouted, taken  sim.Column   // r, rG/E
	desired, due     []sim.Column // by alliance
	enforced, weight sim.Column   // of the alliance in hand
}

func (c *compiler) commitments(l *labState) {
	p := &commitmentsProcess{
		labState: l, gaps: c.column(), spares: c.column(), rerouted: c.column(), taken: c.column(),
		enforced: c.column(), weight: c.column(),
	}
	for _, a := range l.alliances {
		p.desired = append(p.desired, c.column())
		p.due = append(p.due, c.column())
		if len(a.schedules) > 0 {
			c.add(&scheduleProcess{a})
		}
	}
	c.add(p)
}

func (p *commitmentsProcess) Step(b *sim.Batch, n int) {
	gaps, spares := b.Col(p.gaps), b.Col(p.spares)
	clear(gaps)
	clear(spares)
	for k, a := range p.alliances {
		p.owed(b, k)
		desired, due := b.Col(p.desired[k]), b.Col(p.due[k])
		share, price, demand := b.Col(a.share), b.Col(a.price), b.Col(p.demand)
		for i := range due {
			d := share[i] * price[i] * demand[i]
			desired[i] = d
			gaps[i] += max(0, due[i]-d)
			spares[i] += max(0, d-due[i])
		}
	}
	flexibility, rerouted, taken := b.Col(p.flexibility), b.Col(p.rerouted), b.Col(p.taken)
	for i := range gaps {
		rerouted[i], taken[i] = 0, 0
		if gaps[i] > 0 {
			rerouted[i] = min(1, flexibility[i]*spares[i]/gaps[i])
		}
		if spares[i] > 0 {
			taken[i] = rerouted[i] * gaps[i] / spares[i]
		}
	}
	compute, sum := b.Col(p.compute), b.Col(p.billed)
	clear(compute)
	clear(sum)
	for k, a := range p.alliances {
		p.enforce(b, a)
		desired, due, enforced := b.Col(p.desired[k]), b.Col(p.due[k]), b.Col(p.enforced)
		use, shortfall, billed, billedSoFar, credited := b.Col(a.use), b.Col(a.shortfall), b.Col(a.billed), b.Col(a.billedSoFar), b.Col(a.credited)
		for i := range use {
			gap, spare := max(0, due[i]-desired[i]), max(0, desired[i]-due[i])
			u := desired[i] + rerouted[i]*gap - spare*taken[i]
			open := (1 - rerouted[i]) * gap
			use[i] = u
			shortfall[i] = enforced[i] * open
			billed[i] = u + shortfall[i]
			billedSoFar[i] += billed[i]
			credited[i] += u + open // cut to what has started in credit
			compute[i] += u
			sum[i] += billed[i]
		}
		p.credit(b, a, n)
	}
}

// owed sets what is due at alliance k.
func (p *commitmentsProcess) owed(b *sim.Batch, k int) {
	a := p.alliances[k]
	due := b.Col(p.due[k])
	clear(due)
	if len(a.schedules) == 0 {
		return
	}
	for _, s := range a.schedules {
		offset, scale, next := b.Col(s.offset), b.Col(s.scale), b.Col(s.next)
		for i := range due {
			due[i] += offset[i] + scale[i]*next[i]
		}
	}
	credited, failed := b.Col(a.credited), b.Col(p.failed)
	for i := range due {
		due[i] = max(0, due[i]-credited[i])
		if failed[i] != 0 {
			due[i] = 0
		}
	}
}

// enforce sets how much of an unused commitment at an alliance is paid. Where nothing is added
// to S nothing is open.
func (p *commitmentsProcess) enforce(b *sim.Batch, a *allianceState) {
	enforced, weight := b.Col(p.enforced), b.Col(p.weight)
	if len(a.schedules) == 1 {
		copy(enforced, b.Col(a.schedules[0].enforced))
		return
	}
	clear(enforced)
	clear(weight)
	for _, s := range a.schedules {
		of, scale, now, next := b.Col(s.enforced), b.Col(s.scale), b.Col(s.now), b.Col(s.next)
		for i := range enforced {
			adds := scale[i] * (next[i] - now[i])
			enforced[i] += adds * of[i]
			weight[i] += adds
		}
	}
	for i := range enforced {
		if weight[i] > 0 {
			enforced[i] /= weight[i]
		}
	}
}

// credit cuts what has been credited to what has started, and leaves the rest as backlog.
func (p *commitmentsProcess) credit(b *sim.Batch, a *allianceState, n int) {
	if len(a.schedules) == 0 {
		return
	}
	credited, started, backlog, failed := b.Col(a.credited), b.Col(p.weight), b.Col(a.backlog), b.Col(p.failed)
	clear(started)
	clear(backlog)
	for _, s := range a.schedules {
		offset, scale, amount := b.Col(s.offset), b.Col(s.scale), b.Col(s.amount)
		begun := s.start < timeOf(n+1)
		for i := range backlog {
			total := offset[i] + scale[i]*amount[i]
			backlog[i] += total
			if begun {
				started[i] += total
			}
		}
	}
	for i := range credited {
		credited[i] = min(credited[i], started[i])
		backlog[i] -= credited[i]
		if failed[i] != 0 {
			backlog[i] = 0
		}
	}
}
