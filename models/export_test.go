package models

import (
	"entente/sim"
	"entente/sim/expr"
)

// AsDrawn leaves the draws as they are.
func AsDrawn(d Draws) Draws { return d }

// CompileByStep is CompileWith for tests that look at single steps: the outcomes come once a
// step and not once a year, and with them what the model computes on the way and doesn't
// report.
func CompileByStep(s *System, draws func(Draws) Draws) (*sim.Model, error) {
	m := sim.NewModel(s.Years*StepsPerYear, 1, s.InputMixes, s.ShockMixes)
	c, err := newCompiler(s, draws(m))
	if err != nil {
		return nil, err
	}
	add := func(name string, x *expr.X) {
		c.metrics = append(c.metrics, metric{sim.Outcome{Name: name, Kind: sim.Flow}, x})
	}
	for _, l := range c.labs {
		add(l.ID+".fails", &l.failing)
	}
	for _, a := range c.alliances {
		add(a.ID+".desired", &a.desired)
		add(a.ID+".due", &a.due)
		add(a.ID+".built", &a.built)
		add(a.ID+".idle_cost", &a.idleCost)
		recovered := &c.zero
		if a.holding != nil {
			recovered = &a.holding.recovered
		}
		add(a.ID+".recovered", recovered)
	}
	for _, cl := range c.clouds {
		add(cl.ID+".core", &cl.revenue.flow)
	}
	for _, v := range c.investors {
		add(v.ID+".recovered", &v.recovered)
	}
	c.run()
	m.Outcomes, err = c.outcomes()
	return m, err
}
