package models

import (
	"math"

	"entente/sim"
	"entente/sim/expr"
)

// A Start is an outcome that says when an event first starts.
type Start struct {
	Outcome string // its name
	Event   string // id
}

// Starts adds to a model of the system, which has not been run yet, when each event that may
// happen first starts: the beginning of that step, in years, and no value where it does not
// start before the horizon. An event with a date is in no doubt and has none.
func Starts(m *sim.Model, s *System) []Start {
	c := &compiler{Draws: m, system: s, zero: m.Const(0), one: m.Const(1)}
	var list []Start
	for i := range s.Events {
		e := &s.Events[i]
		if e.Hazard == nil {
			continue
		}
		state := c.event(e) // the same draws under the same names
		begun := c.begun(state, s.Years*StepsPerYear-1)
		name := e.ID + ".first_start"
		m.Outcomes = append(m.Outcomes, sim.Outcome{Name: name, Unit: "years", Kind: sim.AtTheEnd, MayLack: true,
			Values: []expr.X{expr.If(begun, state.first.Max(c.zero).Times(stepYears), c.Const(math.NaN()))}})
		list = append(list, Start{name, e.ID})
	}
	return list
}
