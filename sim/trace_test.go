package sim

import (
	"context"
	"math"
	"strings"
	"testing"

	"entente/sim/expr"
)

// tracedModel has correlated inputs, a shock that leads, a uniform one, a constant outcome, and
// an expression that is no outcome.
func tracedModel() (m *Model, hidden expr.X) {
	m = NewModel(2, 2, []Mix{{"b", []Term{{"a", 0.6}, {"b", 0.8}}}}, nil)
	a, b := m.Input("a", uniformDist{}), m.Input("b", normalDist{})
	m.Reserve("place")
	var flow []expr.X
	level := a
	for n := range 4 {
		level = level.Mul(expr.Exp(m.Normal("shock", n+1).Times(0.1))).Add(m.Uniform("jump", n+1))
		flow = append(flow, level.Mul(b))
	}
	m.Outcomes = []Outcome{
		{Name: "flow", Kind: Flow, Values: flow},
		{Name: "level", Kind: AtTheEnd, Values: []expr.X{level}},
		{Name: "fixed", Kind: AtTheEnd, Values: []expr.X{m.Const(3)}},
	}
	m.Leading = []Lead{{Name: "b"}, {Name: "shock", Direction: []float64{0, 0.5, 0.5, 0.5, 0.5}}}
	return m, flow[1]
}

// A trace has the run's numbers, bit by bit, whatever the sampler and wherever the trial lies.
func TestTraces(t *testing.T) {
	for _, sampler := range Samplers() {
		m, hidden := tracedModel()
		opt := Options{Trials: 2*width + 3, Seed: 9, Sampler: sampler}
		run, err := Trials(context.Background(), m, opt)
		if err != nil {
			t.Fatal(err)
		}
		inputs, err := Inputs(context.Background(), m, opt)
		if err != nil {
			t.Fatal(err)
		}
		trials := []int{0, 7, width - 1, width, 2*width + 2, 1}
		traces, err := Traces(context.Background(), m, opt, []expr.X{hidden, m.Const(5)}, trials...)
		if err != nil {
			t.Fatal(err)
		}
		for i, trace := range traces {
			k := trials[i]
			if trace.Trial != k || len(trace.Outcomes) != len(run) {
				t.Fatalf("%s: trial %d has %d outcomes, want trial %d and %d", sampler, trace.Trial, len(trace.Outcomes), k, len(run))
			}
			for s, o := range trace.Outcomes {
				if o.Outcome != run[s].Outcome || o.Year != run[s].Year ||
					math.Float64bits(o.Values[0]) != math.Float64bits(run[s].Values[k]) {
					t.Errorf("%s: %s in year %d of trial %d is %v, in the run %v", sampler, o.Outcome, o.Year, k, o.Values[0], run[s].Values[k])
				}
			}
			first := trace.Outcomes[0].Values[0] // the year's flow: that of step 0, and hidden
			if step0 := first - trace.Values[0]; !(math.Abs(step0) > 1e-9) || trace.Values[1] != 5 {
				t.Errorf("%s: trial %d has the values %v", sampler, k, trace.Values)
			}
			for n, in := range trace.Inputs {
				if in.Name != inputs[n].Name || in.Value != inputs[n].Values[k] {
					t.Errorf("%s: input %s is %v in trial %d, in the run %v", sampler, in.Name, in.Value, k, inputs[n].Values[k])
				}
			}
			if a := trace.Inputs[0]; a.P != a.Value { // uniform: its own quantile function
				t.Errorf("%s: input a is %v at p = %v", sampler, a.Value, a.P)
			}
			z := trace.Inputs[1]
			if p := 0.5 * math.Erfc(-z.Value/math.Sqrt2); math.Abs(p-z.P) > 1e-12 {
				t.Errorf("%s: input b is %v, the quantile at %v, but its P is %v", sampler, z.Value, p, z.P)
			}
		}
	}
}

// What is kept is what is told; trials that the run does not have are refused.
func TestTracesKeep(t *testing.T) {
	m, _ := tracedModel()
	opt := Options{Trials: 10, Keep: func(name string) bool { return name == "level" }}
	traces, err := Traces(context.Background(), m, opt, nil, 9)
	if err != nil || len(traces) != 1 || len(traces[0].Outcomes) != 1 || traces[0].Outcomes[0].Outcome != "level" {
		t.Errorf("kept are %+v, %v", traces, err)
	}
	for _, k := range []int{-1, 10} {
		if _, err := Traces(context.Background(), m, opt, nil, k); err == nil || !strings.Contains(err.Error(), "0 to 9") {
			t.Errorf("trial %d: %v", k, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Traces(ctx, m, opt, nil, 3); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}
