package models

import (
	"fmt"
	"math"

	"entente/sim"
)

// unit leaves a uniform as it is.
type unit struct{}

func (unit) Quantile([]float64) {}

// eventState is where an event shows.
type eventState struct {
	*Event
	active sim.Column // 1 while it is, else 0
	starts sim.Column // 1 in the first step of each time, else 0
	by     []sim.Column
}

func (c *compiler) event(e *Event) *eventState {
	s := &eventState{Event: e, active: c.column(), starts: c.column()}
	for _, effect := range e.Effects {
		s.by = append(s.by, c.value(effect.By))
	}
	duration := c.optional(e.Duration, math.Inf(1))
	switch {
	case e.Hazard == nil:
		c.add(&onceProcess{state: s, duration: duration, first: c.constant(math.Floor(e.At / stepYears)), last: c.column()})
	case e.Recurring:
		start := c.column()
		c.model.Shocks = append(c.model.Shocks, sim.Shock{Name: e.ID + ".start", Column: start, Uniform: true})
		c.add(&recurringProcess{state: s, duration: duration, hazard: c.value(*e.Hazard), u: start, probability: c.column(), end: c.column()})
	default:
		time := c.column()
		c.model.Inputs = append(c.model.Inputs, sim.Input{Name: e.ID + ".time", Dist: unit{}, Column: time})
		c.add(&onceProcess{state: s, duration: duration, hazard: c.value(*e.Hazard), u: time, drawn: true, first: c.column(), last: c.column()})
	}
	return s
}

// steps is how many steps a duration in years takes: at least one, halves up.
func steps(duration float64) float64 { return max(1, math.Floor(duration/stepYears+0.5)) }

// onceProcess is an event that occurs at most once, with a constant hazard in its window
// [from, to): at τ = from − ln(1 − U)/hazard if τ < to. It is active in every step n with
// ⌊τ/Δ⌋ ≤ n < ⌊τ/Δ⌋ + max(1, round(duration/Δ)).
type onceProcess struct {
	state            *eventState
	duration, hazard sim.Column
	u                sim.Column
	drawn            bool       // else its first step is a constant
	first, last      sim.Column // the steps of [first, last)
}

func (p *onceProcess) Start(b *sim.Batch) {
	first, last, duration := b.Col(p.first), b.Col(p.last), b.Col(p.duration)
	if p.drawn {
		hazard, u := b.Col(p.hazard), b.Col(p.u)
		for i := range first {
			τ := p.state.From - math.Log1p(-u[i])/hazard[i]
			if !(τ < p.state.To) {
				τ = math.Inf(1)
			}
			first[i] = math.Floor(τ / stepYears)
		}
	}
	for i := range last {
		last[i] = first[i] + steps(duration[i])
	}
}

func (p *onceProcess) Step(b *sim.Batch, n int) {
	first, last := b.Col(p.first), b.Col(p.last)
	active, starts := b.Col(p.state.active), b.Col(p.state.starts)
	now := float64(n)
	none, noStart := true, true
	for i := range active {
		active[i], starts[i] = 0, 0
		if first[i] <= now && now < last[i] {
			active[i], none = 1, false
			if first[i] == now {
				starts[i], noStart = 1, false
			}
		}
	}
	b.SetZero(p.state.active, none)
	b.SetZero(p.state.starts, noStart)
}

// recurringProcess is an event that may start in each step that begins in its window and in
// which it is not active, with the probability 1 − e^(−hazard·Δ).
type recurringProcess struct {
	state            *eventState
	duration, hazard sim.Column
	u                sim.Column
	probability      sim.Column
	end              sim.Column // the first step in which it is over
}

func (p *recurringProcess) Start(b *sim.Batch) {
	hazard, probability := b.Col(p.hazard), b.Col(p.probability)
	for i := range probability {
		probability[i] = -math.Expm1(-hazard[i] * stepYears)
	}
	clear(b.Col(p.end))
}

func (p *recurringProcess) Step(b *sim.Batch, n int) {
	duration, u, probability, end := b.Col(p.duration), b.Col(p.u), b.Col(p.probability), b.Col(p.end)
	active, starts := b.Col(p.state.active), b.Col(p.state.starts)
	now := float64(n)
	open := p.state.From <= timeOf(n) && timeOf(n) < p.state.To
	none, noStart := true, true
	for i := range active {
		active[i], starts[i] = 0, 0
		if open && now >= end[i] && u[i] < probability[i] {
			starts[i], noStart = 1, false
			end[i] = now + steps(duration[i])
		}
		if now < end[i] {
			active[i], none = 1, false
		}
	}
	b.SetZero(p.state.active, none)
	b.SetZero(p.state.starts, noStart)
}

// change is one effect on one quantity.
type change struct {
	op         Operation
	active, by sim.Column
}

// effectsProcess applies the active effects on one path in file order to what the quantity
// would be without them, and clamps the outcome once to the field's range.
type effectsProcess struct {
	noStart
	base, x sim.Column
	lo, hi  float64
	changes []change
}

// quantity returns the column of something that takes effects: base itself where there are
// none.
func (c *compiler) quantity(path string, base sim.Column, lo, hi float64) sim.Column {
	var changes []change
	for _, e := range c.events {
		for k, effect := range e.Effects {
			if effect.Path == path {
				changes = append(changes, change{effect.Op, e.active, e.by[k]})
			}
		}
	}
	c.used[path] = true
	if len(changes) == 0 {
		return base
	}
	p := &effectsProcess{base: base, x: c.column(), lo: lo, hi: hi, changes: changes}
	c.add(p)
	return p.x
}

func (p *effectsProcess) Step(b *sim.Batch, _ int) {
	x := b.Col(p.x)
	copy(x, b.Col(p.base))
	changed := false
	for _, e := range p.changes {
		if b.Zero(e.active) {
			continue
		}
		changed = true
		active, by := b.Col(e.active), b.Col(e.by)
		switch e.op {
		case Multiply:
			for i := range x {
				if active[i] != 0 {
					x[i] *= by[i]
				}
			}
		case Add:
			for i := range x {
				if active[i] != 0 {
					x[i] += by[i]
				}
			}
		case Set:
			for i := range x {
				if active[i] != 0 {
					x[i] = by[i]
				}
			}
		}
	}
	if !changed {
		return // what is in the range without effects need not be clamped
	}
	for i := range x {
		if x[i] < p.lo {
			x[i] = p.lo
		} else if x[i] > p.hi {
			x[i] = p.hi
		}
	}
}

// jump is an effect that acts each time its event starts.
type jump struct {
	alliance   *allianceState
	starts, by sim.Column
}

// jumps hands the jumps to what they act on, in file order.
func (c *compiler) jumps() error {
	for _, e := range c.events {
		for k, effect := range e.Effects {
			for _, a := range c.alliances {
				j := jump{a, e.starts, e.by[k]}
				switch effect.Path {
				case a.ID + ".share":
					if effect.Op != Move {
						return fmt.Errorf("event %s changes %s: a share takes only move", e.ID, effect.Path)
					}
					a.lab.moves = append(a.lab.moves, j)
				case a.ID + ".commitments":
					if effect.Op != Multiply {
						return fmt.Errorf("event %s changes %s: commitments take only multiply", e.ID, effect.Path)
					}
					a.renegotiations = append(a.renegotiations, j)
				default:
					continue
				}
				c.used[effect.Path] = true
			}
		}
	}
	return nil
}
