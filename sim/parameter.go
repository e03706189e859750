package sim

import (
	"slices"

	"entente/sim/expr"
)

// Parameter is a constant of that name, which points of a sweep may make another number; in Run
// it is v.
func (m *Model) Parameter(name string, v float64) expr.X {
	k := slices.Index(m.parameters, name)
	if k < 0 {
		k = len(m.parameters)
		m.parameters, m.values = append(m.parameters, name), append(m.values, v)
	}
	return m.code.Parameter(k, v)
}

// A Point is one of a sweep: a model, what its parameters are there, and the distributions that
// inputs have there in place of the model's.
type Point struct {
	Model *Model
	// Later is how many whole years the point starts after another.
	Later int

	at    expr.At // nil: the parameters are what they are in the model
	dists []Dist  // by input; nil: the model's
}

// Point returns a point of the model where some parameters and inputs, by name, are something
// else. ok says that the model, had it been made with them, would be made of the same
// operations; where it is not, it has to be made anew for the point. The point gives the bits
// that the model would that is made anew. What the model does not have is passed over.
func (m *Model) Point(parameters map[string]float64, dists map[string]Dist) (p Point, ok bool) {
	p.Model = m
	m.once.Do(m.takeYears)
	values := slices.Clone(m.values)
	for k, name := range m.parameters {
		if v, given := parameters[name]; given {
			values[k] = v
		}
	}
	if p.at, ok = m.code.At(values); !ok {
		return p, false
	}
	if len(dists) > 0 {
		p.dists = make([]Dist, len(m.inputs))
		for name, d := range dists {
			if i, known := m.names[name]; known {
				p.dists[i] = d
			}
		}
	}
	return p, true
}
