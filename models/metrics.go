package models

import (
	"fmt"

	"entente/sim"
	"entente/sim/expr"
)

// A Metric is one thing that a scenario reports.
type Metric struct {
	Name string
	Unit string
	Kind sim.Kind
}

const (
	money = "USD bn"
	rate  = "USD bn per year"
)

// Metrics lists what a system reports of itself, without its user metrics.
func Metrics(s *System) []Metric {
	var list []Metric
	for _, m := range builtin(s, nil) {
		list = append(list, Metric{m.Name, m.Unit, m.Kind})
	}
	return list
}

// A metric is an outcome in the making.
type metric struct {
	sim.Outcome
	x *expr.X // where its value is at each step's end, or at the horizon; not of those made of others
}

// record takes the metric's value at the end of a step.
func (m *metric) record() {
	if m.Kind != sim.AtTheEnd && m.Combine == nil {
		m.Values = append(m.Values, *m.x)
	}
}

// close takes the metric's value at the horizon.
func (m *metric) close() {
	if m.Kind == sim.AtTheEnd {
		m.Values = []expr.X{*m.x}
	}
}

// builtin lists the metrics of a system. Without a compiler they have names, units and kinds
// alone.
func builtin(s *System, c *compiler) []metric {
	var list []metric
	var id string
	add := func(name, unit string, kind sim.Kind, x *expr.X) *metric {
		list = append(list, metric{sim.Outcome{Name: id + "." + name, Unit: unit, Kind: kind}, x})
		return &list[len(list)-1]
	}
	for k, lab := range s.Labs {
		id = lab.ID
		l := &labState{revenue: &revenueState{}}
		if c != nil {
			l = c.labs[k]
		}
		add("run_rate", rate, sim.Stock, &l.revenue.runRate).Grid = true
		add("cash", money, sim.Stock, &l.cash)
		add("valuation", money, sim.Stock, &l.value)
		add("alive", "share of futures", sim.Stock, &l.alive)
		add("revenue", money, sim.Flow, &l.revenue.flow)
		add("compute", money, sim.Flow, &l.compute)
		add("billed", money, sim.Flow, &l.billed)
		add("raised", money, sim.Flow, &l.raised)
		add("failed", "share of futures", sim.AtTheEnd, &l.failed)
		failureTime := add("failure_time", "years", sim.AtTheEnd, &l.failureTime)
		failureTime.Grid, failureTime.MayLack = true, true
	}
	for k, alliance := range s.Alliances {
		id = alliance.ID
		a := &allianceState{}
		if c != nil {
			a = c.alliances[k]
		}
		add("share", "share", sim.Stock, &a.share)
		add("backlog", money, sim.Stock, &a.backlog)
		add("exposure", money, sim.Stock, &a.exposure)
		add("equity", money, sim.Stock, &a.equity)
		add("credit_exposure", money, sim.Stock, &a.credit)
		add("plant", money, sim.Stock, &a.plant)
		add("use", money, sim.Flow, &a.use)
		if s.GigawattYear != nil {
			gigawatts := add("gigawatts", "GW", sim.Flow, nil)
			gigawatts.Of = []int{len(list) - 2}
			gigawatts.Combine = func(use []expr.X) expr.X { return use[0].Mul(c.perGigawatt) }
		}
		add("shortfall", money, sim.Flow, &a.shortfall)
		add("credited", money, sim.Flow, &a.credited)
		add("billed", money, sim.Flow, &a.billed)
		add("invested", money, sim.Flow, &a.invested)
		add("revenue_share", money, sim.Flow, &a.sharePaid)
		add("resale", money, sim.Flow, &a.resale)
		add("loss", money, sim.Flow, &a.loss)
		add("flow", money, sim.Flow, &a.flow)
		add("npv", money, sim.AtTheEnd, &a.npv)
		add("round_trip", "ratio", sim.AtTheEnd, &a.roundTrip).MayLack = true
		add("moic", "multiple", sim.AtTheEnd, &a.moic).MayLack = true
	}
	for k, cloud := range s.Clouds {
		id = cloud.ID
		cl := &cloudState{}
		if c != nil {
			cl = c.clouds[k]
		}
		add("exposure", money, sim.Stock, &cl.exposure).Grid = true
		add("equity", money, sim.Stock, &cl.equity).Grid = true
		add("credit_exposure", money, sim.Stock, &cl.credit).Grid = true
		add("plant", money, sim.Stock, &cl.plant)
		add("backlog", money, sim.Stock, &cl.backlog).Grid = true
		total := len(list)
		add("revenue", money, sim.Flow, &cl.total)
		add("lab_revenue", money, sim.Flow, &cl.labRevenue)
		concentration := add("concentration", "share of revenue", sim.Flow, nil)
		concentration.Grid, concentration.MayLack = true, true
		concentration.Of = []int{total + 1, total}
		concentration.Combine = func(of []expr.X) expr.X { return c.ratio(of[0], of[1]) }
		add("supplied", money, sim.Flow, &cl.supplied)
		add("loss", money, sim.Flow, &cl.loss)
		add("flow", money, sim.Flow, &cl.flow)
		add("npv", money, sim.AtTheEnd, &cl.npv).Grid = true
		add("loss_total", money, sim.AtTheEnd, &cl.lossTotal).Grid = true
		add("peak_exposure", money, sim.AtTheEnd, &cl.peakExposure).Grid = true
		add("breakeven_time", "years", sim.AtTheEnd, &cl.returns).MayLack = true
	}
	for k, investor := range s.Investors {
		id = investor.ID
		v := &investorState{}
		if c != nil {
			v = c.investors[k]
		}
		add("equity", money, sim.Stock, &v.equity)
		add("invested", money, sim.Flow, &v.invested)
		add("supplied", money, sim.Flow, &v.supplied)
		add("npv", money, sim.AtTheEnd, &v.npv)
	}
	return list
}

// outcomes lists the model's outcomes: the built-in ones, then the scenario's own.
func (c *compiler) outcomes() ([]sim.Outcome, error) {
	var list []sim.Outcome
	index := map[string]int{}
	for i, m := range c.metrics {
		list = append(list, m.Outcome)
		index[m.Name] = i
	}
	for _, m := range c.system.Metrics {
		o := sim.Outcome{Name: m.Name, Unit: m.Unit, Kind: sim.AtTheEnd, Combine: m.Combine, MayLack: true, Grid: true}
		for k, name := range m.Of {
			i, ok := index[name]
			if !ok {
				return nil, fmt.Errorf("metric %s: there is no metric %s before it", m.Name, name)
			}
			yearly := list[i].Kind != sim.AtTheEnd
			if k == 0 && yearly {
				o.Kind = sim.Stock
			}
			if yearly != (o.Kind != sim.AtTheEnd) {
				return nil, fmt.Errorf("metric %s mixes %s, which is once per trial or by year, with the other", m.Name, name)
			}
			o.Of = append(o.Of, i)
		}
		index[m.Name] = len(list)
		list = append(list, o)
	}
	return list, nil
}

// A Difference is an outcome that compares two clouds: Metric of A less Metric of B, in the
// same trial.
type Difference struct {
	Outcome      string // its name
	A, B, Metric string
}

// Parts names the outcomes that it is made of.
func (d Difference) Parts() [2]string {
	return [2]string{d.A + "." + d.Metric, d.B + "." + d.Metric}
}

// Compare adds the differences between two clouds to a model that has not been run yet: of
// their exposure by year, and of their net present value. Outcomes that the model does not have
// are not compared.
func Compare(m *sim.Model, a, b string) []Difference {
	var list []Difference
	for _, metric := range []string{"exposure", "npv"} {
		d := Difference{A: a, B: b, Metric: metric}
		var of []int
		for _, part := range d.Parts() {
			for i := range m.Outcomes {
				if m.Outcomes[i].Name == part {
					of = append(of, i)
				}
			}
		}
		if len(of) != 2 {
			continue
		}
		o := m.Outcomes[of[0]]
		d.Outcome = o.Name + " − " + m.Outcomes[of[1]].Name
		m.Outcomes = append(m.Outcomes, sim.Outcome{
			Name: d.Outcome, Unit: o.Unit, Kind: o.Kind, Of: of, Grid: true,
			Combine: func(of []expr.X) expr.X { return of[0].Sub(of[1]) },
		})
		list = append(list, d)
	}
	return list
}
