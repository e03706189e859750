package models

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"

	"entente/sim"
	"entente/sim/expr"
)

// Points compiles Systems that differ in some numbers and distributions, as few times as it can:
// what differs becomes a parameter of one model, or an input's distribution at a point. A System
// of another structure is compiled by itself, and so is one whose numbers would have made other
// operations, by being 0 or 1 for example.
type Points struct {
	families []*family
	list     []member
	made     map[*family][]*sim.Model // by Compile
}

// A family is Systems of the same structure.
type family struct {
	first  *System
	varied map[string]float64 // numbers that differ, by path, as the first has them
}

// A member is a System, as what differs from the first of its family.
type member struct {
	family  *family
	numbers map[string]float64
	dists   map[string]sim.Dist
}

// Add adds a System.
func (ps *Points) Add(s *System) {
	for _, f := range ps.families {
		m := member{f, map[string]float64{}, map[string]sim.Dist{}}
		if m.alike(reflect.ValueOf(f.first).Elem(), reflect.ValueOf(s).Elem()) {
			ps.list = append(ps.list, m)
			return
		}
	}
	f := &family{s, map[string]float64{}}
	ps.families = append(ps.families, f)
	ps.list = append(ps.list, member{family: f})
}

// alike says whether b is a, but for numbers and distributions, which it keeps.
func (m *member) alike(a, b reflect.Value) bool {
	if v, ok := a.Interface().(Value); ok {
		return m.value(v, b.Interface().(Value))
	}
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if !m.alike(a.Field(i), b.Field(i)) {
				return false
			}
		}
		return true
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !m.alike(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() && b.IsNil()
		}
		return m.alike(a.Elem(), b.Elem())
	case reflect.Float64:
		return math.Float64bits(a.Float()) == math.Float64bits(b.Float())
	case reflect.Func:
		return a.IsNil() == b.IsNil() // the text beside it says what it does
	default:
		return a.Equal(b)
	}
}

func (m *member) value(a, b Value) bool {
	switch {
	case a.Path != b.Path || (a.Dist == nil) != (b.Dist == nil):
		return false
	case a.Dist != nil:
		if !reflect.DeepEqual(a.Dist, b.Dist) {
			m.dists[a.Path] = b.Dist
		}
	case math.Float64bits(a.Const) != math.Float64bits(b.Const):
		if a.Path == "" {
			return false
		}
		m.numbers[a.Path], m.family.varied[a.Path] = b.Const, a.Const
	}
	return true
}

// Compile returns the points, in the order in which they were added.
func (ps *Points) Compile() ([]sim.Point, error) {
	ps.made = map[*family][]*sim.Model{}
	points := make([]sim.Point, len(ps.list))
	for i, m := range ps.list {
		var err error
		if points[i], err = ps.point(&m); err != nil {
			return nil, fmt.Errorf("point %d: %w", i+1, err)
		}
	}
	return points, nil
}

// point makes a point of a member, of a model that is made if one fits it.
func (ps *Points) point(m *member) (sim.Point, error) {
	models := ps.made[m.family] // one, and some of where other operations are made
	for _, model := range models {
		if p, fits := m.on(model); fits {
			return p, nil
		}
	}
	model, err := m.compile()
	if err != nil {
		return sim.Point{}, err
	}
	p, fits := m.on(model)
	if !fits {
		panic("models: a model does not fit the system that it was made of")
	}
	ps.made[m.family] = append(models, model)
	return p, nil
}

// Another is the point of one more System, after Compile: of a model that is made, where it
// differs in nothing that was the same in all that were added.
func (ps *Points) Another(s *System) (sim.Point, error) {
	for _, f := range ps.families {
		// What differs is a parameter of the models that are made, or they know nothing of it.
		now := &family{f.first, maps.Clone(f.varied)}
		m := member{now, map[string]float64{}, map[string]sim.Dist{}}
		if m.alike(reflect.ValueOf(f.first).Elem(), reflect.ValueOf(s).Elem()) && len(now.varied) == len(f.varied) {
			m.family = f
			return ps.point(&m)
		}
	}
	m := member{family: &family{s, map[string]float64{}}}
	return ps.point(&m)
}

// Same says that what was added differs in nothing that counts.
func (ps *Points) Same() bool {
	return len(ps.families) <= 1 && !slices.ContainsFunc(ps.list, func(m member) bool { return len(m.numbers)+len(m.dists) > 0 })
}

// on is the member as a point of a model of its family.
func (m *member) on(model *sim.Model) (sim.Point, bool) {
	numbers := maps.Clone(m.family.varied)
	maps.Copy(numbers, m.numbers)
	return model.Point(numbers, m.dists)
}

// compile makes a model of the member's family, with the member's numbers for the parameters.
func (m *member) compile() (*sim.Model, error) {
	return CompileWith(m.family.first, func(d Draws) Draws { return varied{d.(*sim.Model), m} })
}

// varied makes parameters of the numbers that differ in a family.
type varied struct {
	*sim.Model
	*member
}

func (v varied) Given(path string, x float64) expr.X {
	if _, differs := v.family.varied[path]; !differs {
		return v.Const(x)
	}
	if y, other := v.numbers[path]; other {
		x = y
	}
	return v.Parameter(path, x)
}
