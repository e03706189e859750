package sim

import (
	"context"
	"testing"

	"entente/sim/expr"
)

// Inputs are what a run draws, whatever the sampler, correlated ones too.
func TestInputs(t *testing.T) {
	m := NewModel(1, 4, []Mix{{"a", []Term{{"a", 0.6}, {"b", 0.8}}}}, nil)
	a, b := m.Input("a", normalDist{}), m.Input("b", uniformDist{})
	m.Reserve("nothing")
	m.Outcomes = []Outcome{
		{Name: "a", Kind: AtTheEnd, Values: []expr.X{a}},
		{Name: "b", Kind: AtTheEnd, Values: []expr.X{b}},
	}
	for _, sampler := range Samplers() {
		opt := Options{Trials: 700, Seed: 5, Sampler: sampler, Workers: 2}
		run, err := Trials(context.Background(), m, opt)
		if err != nil {
			t.Fatal(err)
		}
		inputs, err := Inputs(context.Background(), m, opt)
		if err != nil {
			t.Fatal(err)
		}
		if len(inputs) != 2 {
			t.Fatalf("%d inputs", len(inputs))
		}
		for i, in := range inputs {
			if in.Name != run[i].Outcome || !same(in.Values, run[i].Values) {
				t.Errorf("%s: input %s is not what the run drew", sampler, in.Name)
			}
		}
	}
}
