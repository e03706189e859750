package models

import (
	"fmt"
	"math"

	"entente/sim/expr"
)

// unit leaves a uniform as it is.
type unit struct{}

func (unit) Quantile([]float64) {}

// eventState is an event in the course of a trial. One without a hazard happens at its date.
// Another occurs at most once, with a constant hazard in its window [from, to): at
// τ = from − ln(1 − U)/hazard if τ < to. It is active in every step n with
// ⌊τ/Δ⌋ ≤ n < ⌊τ/Δ⌋ + max(1, round(duration/Δ)).
//
// A recurring event may start in each step that begins in its window and in which it is not
// active, with the probability 1 − e^(−hazard·Δ). The first start has one draw a trial, U: it is
// in step ⌈from/Δ⌉ + ⌊−ln(1 − U)/(hazard·Δ)⌋ if that begins in the window, as the steps that pass
// before it are geometrically distributed, P(k or more) = e^(−k·hazard·Δ). So it is an input that
// designs can spread. Later starts have a draw of their own in every step.
type eventState struct {
	*Event
	by       []expr.X // of its effects
	duration expr.X   // in steps: +Inf without end

	first           expr.X // step in which it first starts
	earliest, after int    // first is neither before earliest nor, if it counts, beyond after
	end             expr.X // the first step in which it is over

	probability expr.X // of another start, if it recurs

	active, starts expr.X // conditions: in the step; in the step for the first time
}

func (c *compiler) event(e *Event) *eventState {
	s := &eventState{Event: e, duration: c.Const(math.Inf(1))}
	for _, effect := range e.Effects {
		s.by = append(s.by, c.value(effect.By))
	}
	if e.Duration != nil { // at least one step, halves up
		s.duration = expr.Floor(c.value(*e.Duration).Div(c.Const(stepYears)).Plus(0.5)).Max(c.one)
	}
	last := float64(c.system.Years * StepsPerYear)
	switch {
	case e.Hazard == nil:
		first := math.Floor(e.At / stepYears)
		s.first = c.Const(first)
		s.earliest, s.after = int(min(first, last)), int(last)
	case e.Recurring:
		s.probability = expr.Expm1(c.value(*e.Hazard).Times(-stepYears)).Neg()
		earliest := max(0, math.Ceil(e.From/stepYears))
		u := c.Input(e.ID+".time", unit{})
		wait := expr.Log(u.OneMinus()).Neg().Div(c.value(*e.Hazard).Times(stepYears))
		s.first = expr.Floor(wait).Plus(min(earliest, last))
		s.earliest, s.after = int(min(earliest, last)), int(min(math.Ceil(e.To/stepYears)-1, last))
	default:
		u := c.Input(e.ID+".time", unit{})
		τ := c.Const(e.From).Sub(expr.Log(u.OneMinus()).Div(c.value(*e.Hazard)))
		τ = expr.If(τ.Less(c.Const(e.To)), τ, c.Const(math.Inf(1)))
		s.first = expr.Floor(τ.Div(c.Const(stepYears)))
		s.earliest, s.after = int(min(math.Floor(e.From/stepYears), last)), int(min(math.Floor(e.To/stepYears), last))
	}
	s.end = s.first.Add(s.duration)
	return s
}

// begun is the condition first ≤ n. What its window rules out is known in advance.
func (c *compiler) begun(e *eventState, n int) expr.X {
	if n < e.earliest {
		return c.zero
	}
	return e.first.AtMost(c.Const(float64(min(n, e.after))))
}

// happen says whether the event is active in the step, and starts in it.
func (c *compiler) happen(e *eventState) {
	now := c.Const(float64(c.n))
	begun := c.begun(e, c.n)
	e.starts = begun.Sub(c.begun(e, c.n-1))
	if e.probability.Valid() && e.earliest < c.n && c.n <= e.after {
		u := c.Uniform(e.ID+".start", c.n+1)
		again := e.end.AtMost(now).And(u.Less(e.probability)) // over, hence begun
		e.starts = e.starts.Add(again)
		e.end = expr.If(again, now.Add(e.duration), e.end)
	}
	e.active = begun
	if e.Duration != nil {
		e.active = begun.And(now.Less(e.end))
	}
}

// change is one effect on one quantity.
type change struct {
	op    Operation
	event *eventState
	by    expr.X
}

// quantity is something that takes effects: those that are active apply in file order to what
// it would be without them, and the outcome is clamped once to the field's range.
type quantity struct {
	lo, hi  float64
	changes []change
}

func (c *compiler) quantity(path string, lo, hi float64) quantity {
	q := quantity{lo: lo, hi: hi}
	for _, e := range c.events {
		for k, effect := range e.Effects {
			if effect.Path == path {
				q.changes = append(q.changes, change{effect.Op, e, e.by[k]})
			}
		}
	}
	c.used[path] = true
	return q
}

// under is the quantity under the step's effects, x without them. What is in the range without
// effects need not be clamped.
func (c *compiler) under(q quantity, x expr.X) expr.X {
	changed := false
	for _, e := range q.changes {
		active := e.event.active
		if isZero(active) {
			continue
		}
		changed = true
		switch e.op {
		case Multiply:
			x = x.Mul(expr.If(active, e.by, c.one))
		case Add:
			x = x.Add(active.Mul(e.by))
		case Set:
			x = expr.If(active, e.by, x)
		}
	}
	if !changed {
		return x
	}
	return x.Max(c.Const(q.lo)).Min(c.Const(q.hi))
}

// jump is an effect that acts each time its event starts.
type jump struct {
	alliance *allianceState
	event    *eventState
	by       expr.X
}

// jumps hands the jumps to what they act on, in file order, and refuses effects that nothing
// takes.
func (c *compiler) jumps() error {
	for _, e := range c.events {
		for k, effect := range e.Effects {
			for _, a := range c.alliances {
				j := jump{a, e, e.by[k]}
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
			if !c.used[effect.Path] {
				return fmt.Errorf("event %s has an effect on %s: there is no such quantity that takes effects", e.ID, effect.Path)
			}
		}
	}
	return nil
}
