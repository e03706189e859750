package sim

import (
	"context"
	"fmt"

	"entente/sim/expr"
)

// A Trace is one trial in full.
type Trace struct {
	Trial    int
	Inputs   []TracedInput // those that are sampled, in the order in which the model names them
	Outcomes []Series      // those that are kept: each has one value
	Values   []float64     // of the expressions that were asked for
}

// A TracedInput is what an input is in one trial, and the probability P of which that is the
// quantile: how far up its distribution it lies.
type TracedInput struct {
	Name     string
	Value, P float64
}

// Traces tells some trials of a run with these options in full: the numbers are those of the
// run, bit by bit. Besides the outcomes that are kept it gives the values of expressions of the
// model. Trials count from 0.
func Traces(ctx context.Context, m *Model, opt Options, values []expr.X, trials ...int) ([]Trace, error) {
	opt, err := opt.complete()
	if err != nil {
		return nil, err
	}
	for _, k := range trials {
		if k < 0 || k >= opt.Trials {
			return nil, fmt.Errorf("there is no trial %d: the run's are 0 to %d", k, opt.Trials-1)
		}
	}
	d, err := newDraws(m, opt)
	if err != nil {
		return nil, err
	}
	slots := m.slots(opt.Keep)
	outputs := make([]expr.X, 0, len(slots)+len(values))
	for _, s := range slots {
		outputs = append(outputs, s.value)
	}
	outputs = append(outputs, values...)
	t := &tracer{drawer: d.drawer(), outputs: make([]float64, len(outputs))}
	program := expr.Compile(outputs)
	machine := program.Machine(lanes)
	var list []Trace
	for _, k := range trials {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t.begin(k, 1)
		machine.Run(lanes, t)
		trace := Trace{Trial: k, Inputs: t.inputsOf(), Values: make([]float64, len(values))}
		for i := range outputs {
			v, ok := program.Fixed(i)
			if !ok {
				v = t.outputs[i]
			}
			if i >= len(slots) {
				trace.Values[i-len(slots)] = v
				continue
			}
			out := &m.Outcomes[slots[i].outcome]
			if err := check(out, []float64{v}, k); err != nil {
				return nil, err
			}
			trace.Outcomes = append(trace.Outcomes, Series{Outcome: out.Name, Year: slots[i].year + 1, Values: []float64{v}})
		}
		list = append(list, trace)
	}
	return list, nil
}

// A tracer is a world that keeps what is emitted of one trial.
type tracer struct {
	*drawer
	outputs []float64
}

// Emit keeps the trial's value.
func (t *tracer) Emit(k int, x []float64) { t.outputs[k] = x[0] }

// inputsOf draws the trial's inputs again.
func (t *tracer) inputsOf() []TracedInput {
	var list []TracedInput
	column := make([]float64, lanes)
	for k, in := range t.model.inputs {
		if in.dist == nil {
			continue
		}
		t.chance(k, column)
		p := column[0]
		in.dist.Quantile(column)
		list = append(list, TracedInput{Name: in.name, Value: column[0], P: p})
	}
	return list
}
