// Package sim is the engine: it draws, steps, records and summarises.
//
// It knows trials, columns and steps, and has never heard of an alliance. A Model is a list
// of columns and of processes that move them; a Batch is the columns of some consecutive
// trials; Run takes a Model through all its trials and returns what the outcomes did.
package sim

// A Dist maps probabilities to values: one uniform makes one value.
// Quantile replaces each probability in p, all in the open interval (0, 1), by its quantile.
type Dist interface{ Quantile(p []float64) }

// A Process is one rule of motion.
//
// Start is called when the inputs of b have been drawn, Step once per step of time, in the
// order of the model's list. Both take all trials of b, read and write columns of b and
// nothing else, and allocate nothing. What happens to a trial does not depend on the others.
type Process interface {
	Start(b *Batch)
	Step(b *Batch, n int)
}

// Column numbers one column of a batch.
type Column int

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

// An Input is sampled once per trial, by its quantile function.
type Input struct {
	Name   string // what keys its draw
	Dist   Dist
	Column Column
}

// A Constant is the same in all trials and steps.
type Constant struct {
	Value  float64
	Column Column
}

// A Shock is a standard normal (or, if Uniform, a uniform in (0, 1)), drawn every step and,
// with an index of its own, once before the first.
type Shock struct {
	Name    string // what keys its draws
	Column  Column
	Uniform bool
}

// Kind says how an outcome is taken from its column.
type Kind int

const (
	Stock    Kind = iota // the value at each year's end
	Flow                 // the sum over each year
	AtTheEnd             // the value after the last step, once per trial
)

// An Outcome is one thing that is recorded. Its value is a column's or, if Combine is set,
// made of other outcomes of the same kind of time, which stand before it in the list.
// Where MayLack is set, NaN means that the trial has no value; elsewhere it ends the run.
type Outcome struct {
	Name    string
	Unit    string
	Kind    Kind
	Column  Column
	Of      []int // outcomes that Combine takes, as indices into Model.Outcomes
	Combine func(dst []float64, of [][]float64)
	MayLack bool // a trial may have no value
	Grid    bool // keep a fine grid of quantiles
}

// A Model is a compiled scenario: immutable, without a seed, safe for any number of
// concurrent runs.
type Model struct {
	Columns      int // how many there are
	Constants    []Constant
	Inputs       []Input
	InputMixes   []Mix // of names in Inputs
	Shocks       []Shock
	ShockMixes   []Mix // of names in Shocks that are not uniform
	Processes    []Process
	Outcomes     []Outcome
	StepsPerYear int
	Years        int
}
