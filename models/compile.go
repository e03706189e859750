package models

import (
	"fmt"
	"math"

	"entente/sim"
)

// StepsPerYear: the world moves in quarters.
const StepsPerYear = 4

// Δ, in years.
const stepYears = 1.0 / StepsPerYear

// timeOf is when step n begins, in years.
func timeOf(n int) float64 { return float64(n) * stepYears }

// Compile makes a System into columns, processes and outcomes. The processes stand in the
// order in which a step happens:
//
//	events      what is active, and which quantities that changes
//	tranches    equity paid in at the step's beginning
//	revenue     of labs and clouds; the labs' noises
//	shares      moves, migration, churn
//	compute     what each lab wants, what it owes, what it uses
//	partners    revenue shares and resale
//	cash        the lab's cash, its raises, its failure
//	plant       what clouds have built
//	exposure    what is at stake, what is lost, what flows
//	failure     takes effect, after everything was measured
//	accounts    of clouds and investors
//
// Within each, things happen in file order. A System that refers to what it does not have is
// an error; the ranges of its numbers are its reader's to check.
func Compile(s *System) (*sim.Model, error) {
	c := &compiler{
		system: s,
		model:  &sim.Model{StepsPerYear: StepsPerYear, Years: s.Years, InputMixes: s.InputMixes, ShockMixes: s.ShockMixes},
		consts: map[float64]sim.Column{},
		shocks: map[string]sim.Column{},
	}
	if s.Years < 1 {
		return nil, fmt.Errorf("years is %d: it must be at least 1", s.Years)
	}
	if err := c.build(); err != nil {
		return nil, err
	}
	if err := c.outcomes(); err != nil {
		return nil, err
	}
	return c.model, nil
}

// compiler holds a model in the making.
type compiler struct {
	system *System
	model  *sim.Model
	consts map[float64]sim.Column
	shocks map[string]sim.Column

	gigawattYear sim.Column // where the system has one

	events    []*eventState
	used      map[string]bool // effect paths that a quantity or jump has taken
	clouds    []*cloudState
	labs      []*labState
	alliances []*allianceState
	investors []*investorState
}

func (c *compiler) build() error {
	c.used = map[string]bool{}
	discount := c.value(c.system.DiscountRate)
	discounting := &discounting{rate: discount, now: c.column(), end: c.column(), step: c.column(), years: float64(c.system.Years)}
	c.add(discounting)
	if c.system.GigawattYear != nil {
		c.gigawattYear = c.value(*c.system.GigawattYear)
	}

	for i := range c.system.Events {
		c.events = append(c.events, c.event(&c.system.Events[i]))
	}
	for i := range c.system.Clouds {
		c.clouds = append(c.clouds, c.cloud(&c.system.Clouds[i]))
	}
	for i := range c.system.Investors {
		c.investors = append(c.investors, c.investor(&c.system.Investors[i]))
	}
	for i := range c.system.Labs {
		c.labs = append(c.labs, c.lab(&c.system.Labs[i]))
	}
	for i := range c.system.Alliances {
		a, err := c.alliance(&c.system.Alliances[i])
		if err != nil {
			return err
		}
		c.alliances = append(c.alliances, a)
		a.lab.alliances = append(a.lab.alliances, a)
		a.cloud.alliances = append(a.cloud.alliances, a)
	}
	for _, l := range c.labs {
		if err := c.holdings(l); err != nil {
			return err
		}
	}
	for _, a := range c.alliances {
		if err := c.supplier(a); err != nil {
			return err
		}
	}
	if err := c.jumps(); err != nil {
		return err
	}

	for _, l := range c.labs {
		c.tranches(l)
		c.valuationNoise(l)
	}
	c.revenues()
	for _, l := range c.labs {
		c.noises(l)
		c.sharesOf(l)
	}
	for _, l := range c.labs {
		c.demand(l)
		c.commitments(l)
	}
	for _, a := range c.alliances {
		c.partners(a)
	}
	for _, l := range c.labs {
		c.cash(l)
	}
	for _, a := range c.alliances {
		c.plant(a)
	}
	for _, a := range c.alliances {
		c.exposure(a, discounting)
	}
	for _, v := range c.investors {
		c.investorAccount(v, discounting)
	}
	for _, l := range c.labs {
		c.failure(l)
	}
	for _, cl := range c.clouds {
		c.cloudAccount(cl)
	}
	for i := range c.system.Events {
		for _, e := range c.system.Events[i].Effects {
			if !c.used[e.Path] {
				return fmt.Errorf("event %s has an effect on %s: there is no such quantity that takes effects", c.system.Events[i].ID, e.Path)
			}
		}
	}
	return nil
}

func (c *compiler) add(p sim.Process) { c.model.Processes = append(c.model.Processes, p) }

// column makes a column. It is the process's own task to fill it at the start of each batch.
func (c *compiler) column() sim.Column {
	c.model.Columns++
	return sim.Column(c.model.Columns - 1)
}

// constant returns a column that holds one number for ever.
func (c *compiler) constant(x float64) sim.Column {
	col, ok := c.consts[x]
	if !ok {
		col = c.column()
		c.consts[x] = col
		c.model.Constants = append(c.model.Constants, sim.Constant{Value: x, Column: col})
	}
	return col
}

// value returns the column of a value: sampled once per trial, or constant.
func (c *compiler) value(v Value) sim.Column {
	if v.Dist == nil {
		return c.constant(v.Const)
	}
	col := c.column()
	c.model.Inputs = append(c.model.Inputs, sim.Input{Name: v.Path, Dist: v.Dist, Column: col})
	return col
}

// optional is value, or a constant where there is none.
func (c *compiler) optional(v *Value, otherwise float64) sim.Column {
	if v == nil {
		return c.constant(otherwise)
	}
	return c.value(*v)
}

// shock returns the column of a shock, drawn every step.
func (c *compiler) shock(name string) sim.Column {
	col, ok := c.shocks[name]
	if !ok {
		col = c.column()
		c.shocks[name] = col
		c.model.Shocks = append(c.model.Shocks, sim.Shock{Name: name, Column: col})
	}
	return col
}

// isZero says that a value is the constant 0.
func isZero(v Value) bool { return v.Dist == nil && v.Const == 0 }

// neverMovesFrom says that a glide is one constant number for ever.
func neverMovesFrom(g Glide, x float64) bool {
	return !g.Moves && g.Initial.Dist == nil && g.Initial.Const == x
}

// noStart is a process that has nothing to prepare.
type noStart struct{}

func (noStart) Start(*sim.Batch) {}

// fill sets a column to one number.
func fill(x []float64, value float64) {
	for i := range x {
		x[i] = value
	}
}

// decay returns e^(−κΔ) and the share of the way that is gone, 1 − e^(−κΔ), for κ = ln 2/h.
func decay(halfLife float64) (left, gone float64) {
	x := math.Ln2 / halfLife * stepYears
	return math.Exp(-x), -math.Expm1(-x)
}

// spread returns √((1 − e^(−2κΔ))/(2κ)) for κ = ln 2/h: the standard deviation that an
// Ornstein–Uhlenbeck process of volatility 1 gains in one step.
func spread(halfLife float64) float64 {
	κ := math.Ln2 / halfLife
	return math.Sqrt(-math.Expm1(-2*κ*stepYears) / (2 * κ))
}

// discounting keeps the discount factors, δ = ln(1 + rate):
//
//	now = e^(−δ(t + Δ/2)), the middle of the step;  end = e^(−δ·years), the horizon
type discounting struct {
	rate, now, end sim.Column
	step           sim.Column // e^(−δΔ)
	years          float64
}

func (p *discounting) Start(b *sim.Batch) {
	now, end, step := b.Col(p.now), b.Col(p.end), b.Col(p.step)
	for i, rate := range b.Col(p.rate) {
		δ := math.Log1p(rate)
		step[i] = math.Exp(-δ * stepYears)
		now[i] = math.Exp(δ * stepYears / 2) // the middle of the step before the first
		end[i] = math.Exp(-δ * p.years)
	}
}

func (p *discounting) Step(b *sim.Batch, _ int) {
	now, step := b.Col(p.now), b.Col(p.step)
	for i := range now {
		now[i] *= step[i]
	}
}
