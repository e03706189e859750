// Package sim is the engine: it draws, computes, records and summarises.
//
// It knows trials and expressions, and has never heard of an alliance. A Model says what is
// drawn, what is computed of it and what is recorded; Run takes it through its trials and
// returns what the outcomes did.
package sim

import (
	"fmt"
	"math"
	"sync"

	"entente/sim/expr"
)

// A Dist maps probabilities to values: one uniform makes one value.
// Quantile replaces each probability in p, all in the open interval (0, 1), by its quantile.
type Dist interface{ Quantile(p []float64) }

// A Term is a standard normal and its coefficient in a sum.
type Term struct {
	Source string // name of the stream of normals
	Coef   float64
}

// A Mix correlates: the standard normal behind Name is Σ Coef·(normal of Source).
// The squares of the coefficients over one Mix sum to 1.
type Mix struct {
	Name  string
	Terms []Term
}

// Kind says how an outcome is taken from its values.
type Kind int

const (
	Stock    Kind = iota // the value at each year's end
	Flow                 // the sum over each year
	AtTheEnd             // one value a trial
)

// An Outcome is one thing that is recorded. It is made of values of its own or, if Combine is
// set, of other outcomes of the same kind of time, which stand before it in the list.
// Where MayLack is set, NaN means that the trial has no value; elsewhere it ends the run.
type Outcome struct {
	Name    string
	Unit    string
	Kind    Kind
	Values  []expr.X                 // one for each step; of AtTheEnd, one
	Of      []int                    // outcomes that Combine takes, as indices into Model.Outcomes
	Combine func(of []expr.X) expr.X // of their values in a year
	MayLack bool                     // a trial may have no value
	Grid    bool                     // keep a fine grid of quantiles
}

// A Model is a scenario as expressions: what is drawn, what is computed of it in every step,
// and what is recorded. Whoever makes it says all of this once; it is not changed after that,
// has no seed, and is safe for any number of concurrent runs.
type Model struct {
	Years        int
	StepsPerYear int
	Outcomes     []Outcome
	Leading      []Lead // what designs spread best, first the most important

	code   *expr.Code
	mixes  [2][]Mix // of inputs, of shocks
	inputs []input
	shocks []shock
	leaves []leaf
	known  map[leaf]int
	names  map[string]int // of inputs

	parameters []string  // names
	values     []float64 // of them

	once   sync.Once
	byYear [][]expr.X // by outcome: in each year, or its one value
}

// An input is sampled once per trial, by its quantile function.
type input struct {
	name string // what keys its draw
	dist Dist   // nil: its place is reserved
}

// A shock is a stream of standard normals or, if uniform, of uniforms in (0, 1).
type shock struct {
	source  string // what keys its draws
	uniform bool
}

// A leaf of the expressions: an input, or a pair of draws of a shock.
type leaf struct {
	isInput bool
	number  int // of the input or shock
	pair    int // index/2 of the shock's draws
}

// NewModel returns a model without outcomes.
func NewModel(years, stepsPerYear int, inputMixes, shockMixes []Mix) *Model {
	return &Model{
		Years: years, StepsPerYear: stepsPerYear,
		code: expr.New(), mixes: [2][]Mix{inputMixes, shockMixes},
		known: map[leaf]int{}, names: map[string]int{},
	}
}

// Const is the same number in all trials.
func (m *Model) Const(v float64) expr.X { return m.code.Const(v) }

// Input is sampled once per trial. The same name is the same value.
func (m *Model) Input(name string, d Dist) expr.X {
	i := m.input(name)
	m.inputs[i].dist = d
	return m.leaf(leaf{isInput: true, number: i}, 0)
}

// Reserve keeps the place of an input that is a constant in this model: the dimensions that a
// design gives to the inputs after it are what they would be if it were sampled.
func (m *Model) Reserve(name string) { m.input(name) }

// input returns the number of an input.
func (m *Model) input(name string) int {
	i, ok := m.names[name]
	if !ok {
		i = len(m.inputs)
		m.names[name] = i
		m.inputs = append(m.inputs, input{name: name})
	}
	return i
}

// Normal is a draw of the standard normal shock of that name: index 0 belongs to the time
// before the first step, index n+1 to step n.
func (m *Model) Normal(name string, index int) expr.X {
	for _, mix := range m.mixes[1] {
		if mix.Name != name {
			continue
		}
		sum := m.Const(0)
		for _, t := range mix.Terms {
			sum = sum.Add(m.draw(shock{t.Source, false}, index).Times(t.Coef))
		}
		return sum
	}
	return m.draw(shock{name, false}, index)
}

// Uniform is a draw in (0, 1), with indices as Normal has them. It can't be correlated.
func (m *Model) Uniform(name string, index int) expr.X { return m.draw(shock{name, true}, index) }

func (m *Model) draw(s shock, index int) expr.X {
	number := -1
	for i, known := range m.shocks {
		if known == s {
			number = i
		}
	}
	if number < 0 {
		number = len(m.shocks)
		m.shocks = append(m.shocks, s)
	}
	return m.leaf(leaf{number: number, pair: index / 2}, index%2)
}

func (m *Model) leaf(l leaf, part int) expr.X {
	number, ok := m.known[l]
	if !ok {
		number = len(m.leaves)
		m.leaves = append(m.leaves, l)
		m.known[l] = number
	}
	return m.code.Leaf(number, part)
}

// checkMixes refuses what would not be a standard normal.
func (m *Model) checkMixes() error {
	for _, mixes := range m.mixes {
		for _, mix := range mixes {
			var squares float64
			for _, t := range mix.Terms {
				squares += t.Coef * t.Coef
			}
			if !(math.Abs(squares-1) < 1e-9) {
				return fmt.Errorf("the mix of %s has coefficients whose squares sum to %v: they must sum to 1", mix.Name, squares)
			}
		}
	}
	for _, s := range m.shocks {
		for _, mix := range m.mixes[1] {
			if s.uniform && mix.Name == s.source {
				return fmt.Errorf("shock %s is uniform: it can't be correlated", s.source)
			}
		}
	}
	return nil
}

// A slot is one recorded column: an outcome, in one year or once per trial.
type slot struct {
	outcome, year int // year counts from 0
	value         expr.X
}

// slots lists what is recorded of the outcomes that are kept (nil: all), in order. Outcomes
// that others are made of are computed, whether they are kept or not.
func (m *Model) slots(keep func(name string) bool) []slot {
	m.once.Do(m.takeYears)
	var list []slot
	for o, values := range m.byYear {
		if keep != nil && !keep(m.Outcomes[o].Name) {
			continue
		}
		for year, x := range values {
			list = append(list, slot{o, year, x})
		}
	}
	return list
}

// takeYears makes what outcomes are in each year of what they are in each step.
func (m *Model) takeYears() {
	m.code.Late()
	m.byYear = make([][]expr.X, len(m.Outcomes))
	for o := range m.Outcomes {
		out := &m.Outcomes[o]
		years := m.Years
		if out.Kind == AtTheEnd {
			years = 1
		}
		m.byYear[o] = make([]expr.X, years)
		for year := range m.byYear[o] {
			m.byYear[o][year] = m.inYear(out, year)
		}
	}
}

func (m *Model) inYear(out *Outcome, year int) expr.X {
	if out.Combine != nil {
		args := make([]expr.X, len(out.Of))
		for k, of := range out.Of {
			args[k] = m.byYear[of][year]
		}
		return out.Combine(args)
	}
	steps := m.StepsPerYear
	switch out.Kind {
	case Stock:
		return out.Values[(year+1)*steps-1]
	case Flow:
		return m.code.Sum(out.Values[year*steps : (year+1)*steps]...)
	}
	return out.Values[0]
}
