package sim

import (
	"context"
	"errors"
	"math"
	"reflect"
	"testing"

	"entente/sim/expr"
	"entente/sim/sense"
)

// as is what a function makes of a uniform.
type as func(u float64) float64

func (f as) Quantile(p []float64) {
	for i, u := range p {
		p[i] = f(u)
	}
}

func correlated() *Model {
	m := NewModel(1, 4,
		[]Mix{
			{"a", []Term{{"a", 1}}},
			{"b", []Term{{"a", 0.6}, {"b", 0.8}}},
			{"d", []Term{{"d", 0.8}, {"common", 0.6}}},
			{"e", []Term{{"e", 0.6}, {"common", 0.8}}},
		}, nil)
	a, b, c := m.Input("a", normalDist{}), m.Input("b", normalDist{}), m.Input("c", uniformDist{})
	d, e := m.Input("d", normalDist{}), m.Input("e", normalDist{})
	z, u := m.Normal("z", 1), m.Uniform("u", 1)
	path := m.Normal("path", 0).Add(m.Normal("path", 1))
	m.Leading = []Lead{{Name: "path", Direction: []float64{math.Sqrt(0.5), math.Sqrt(0.5)}}}
	for _, o := range []struct {
		name string
		x    expr.X
	}{{"a", a}, {"b", b}, {"c", c}, {"d", d}, {"e", e}, {"z", z}, {"u", u}, {"path", path}, {"sum", a.Add(b)}} {
		m.Outcomes = append(m.Outcomes, Outcome{Name: o.name, Kind: AtTheEnd, Values: []expr.X{o.x}})
	}
	return m
}

// What is fixed is that number and what is drawn anew is drawn anew, and nothing else moves.
func TestVary(t *testing.T) {
	m := correlated()
	for _, sampler := range Samplers() {
		opt := Options{Trials: 700, Seed: 5, Sampler: sampler, Workers: 2}
		ordinary, err := Trials(context.Background(), m, opt)
		if err != nil {
			t.Fatal(err)
		}
		variations := []Variation{
			{},
			{Fixed: []FixedInput{{"a", 3}}},
			{Anew: []string{"a", "b"}},
			{Anew: []string{"c"}, Fixed: []FixedInput{{"c", 0.5}, {"e", 1}}},
			{AnewShocks: true},
			{Anew: []string{"a", "b", "c", "d", "e"}, AnewShocks: true},
		}
		moves := [][]string{{}, {"a", "sum"}, {"a", "b", "sum"}, {"c", "e"}, {"z", "u", "path"},
			{"a", "b", "c", "d", "e", "z", "u", "path", "sum"}}
		told := 0
		err = Vary(context.Background(), m, opt, variations, func(k int, trials []Series) error {
			if k != told {
				t.Errorf("variation %d is told of, not %d", k, told)
			}
			told++
			for i, s := range trials {
				moved := false
				for _, name := range moves[k] {
					moved = moved || name == s.Outcome
				}
				most := 0.0 // of the differences
				for k, v := range s.Values {
					most = max(most, math.Abs(v-ordinary[i].Values[k]))
				}
				if moved && most < 0.1 || !moved && most > 0 {
					t.Errorf("%s, variation %d: %s: moved is not %v", sampler, k, s.Outcome, moved)
				}
			}
			if k == 1 && (trials[0].Values[7] != 3 || trials[8].Values[7] != 3+ordinary[1].Values[7]) {
				t.Errorf("%s: a fixed input is %v", sampler, trials[0].Values[7])
			}
			if k == 5 && !(math.Abs(correlation(trials[0].Values, ordinary[0].Values)) < 4/math.Sqrt(700)) {
				t.Errorf("%s: what is drawn anew hangs on what was", sampler)
			}
			if k == 2 && !(math.Abs(correlation(trials[0].Values, trials[1].Values)-0.6) < 0.1) {
				t.Errorf("%s: what is drawn anew together is not correlated", sampler)
			}
			return nil
		})
		if err != nil || told != len(variations) {
			t.Errorf("%s: %d variations, %v", sampler, told, err)
		}
	}
	opt := Options{Trials: 16, Sampler: Sobol}
	for _, wrong := range []Variation{
		{Fixed: []FixedInput{{"x", 1}}}, {Anew: []string{"x"}}, {Anew: []string{"a"}}, {Anew: []string{"d"}},
	} {
		if err := Vary(context.Background(), m, opt, []Variation{wrong}, nil); err == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
	stop := errors.New("stop")
	if err := Vary(context.Background(), m, opt, make([]Variation, 2), func(int, []Series) error { return stop }); err != stop {
		t.Errorf("an error of take is %v", err)
	}
}

func TestTogether(t *testing.T) {
	want := [][]string{{"a", "b"}, {"c"}, {"d", "e"}}
	if got := correlated().Together(); !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	m := NewModel(1, 1, []Mix{{"b", []Term{{"p", 0.6}, {"q", 0.8}}}}, nil)
	for _, name := range []string{"p", "x", "q", "b"} { // the last joins two
		m.Input(name, uniformDist{})
	}
	if got := m.Together(); !reflect.DeepEqual(got, [][]string{{"p", "q", "b"}, {"x"}}) {
		t.Errorf("%v", got)
	}
}

// indices are the Sobol indices of a model of one outcome, with each input a group of its own.
func indices(t *testing.T, m *Model, opt Options) []sense.Index {
	t.Helper()
	var all []string
	variations := []Variation{{}, {AnewShocks: true}}
	for _, in := range m.inputs {
		all = append(all, in.name)
		variations = append(variations, Variation{Anew: []string{in.name}})
	}
	variations[1].Anew = all
	var runs [][]float64
	err := Vary(context.Background(), m, opt, variations, func(_ int, trials []Series) error {
		runs = append(runs, trials[0].Values)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	list, _ := sense.Indices(runs[0], runs[1], runs[2:])
	return list
}

// ishigami is Y = sin X₁ + 7 sin² X₂ + 0.1 X₃⁴ sin X₁ of uniforms on (−π, π) (Ishigami and
// Homma, 1990): of mean 3.5, and with the indices below.
func ishigami() *Model {
	m := NewModel(1, 1, nil, nil)
	x := func(u float64) float64 { return (2*u - 1) * math.Pi }
	a := m.Input("x1", as(func(u float64) float64 { return math.Sin(x(u)) }))
	b := m.Input("x2", as(func(u float64) float64 { return 7 * math.Sin(x(u)) * math.Sin(x(u)) }))
	c := m.Input("x3", as(func(u float64) float64 { return 0.1 * math.Pow(x(u), 4) }))
	m.Outcomes = []Outcome{{Name: "y", Kind: AtTheEnd, Values: []expr.X{a.Add(b).Add(c.Mul(a))}}}
	return m
}

var ishigamiFirst, ishigamiTotal = []float64{0.3139051911478115, 0.4424111447900409, 0}, []float64{0.5575888552099592, 0.4424111447900409, 0.2436836640621477}

// sobolG is Π(|4X_i − 2| + a_i)/(1 + a_i) of uniforms, whose variance is Π(1 + V_i) − 1 with
// V_i = 1/(3(1 + a_i)²); S_i = V_i/V and S_Ti = V_i·Π_{j≠i}(1 + V_j)/V (Saltelli and Sobol, 1995).
func sobolG(a []float64) (m *Model, first, total []float64) {
	m = NewModel(1, 1, nil, nil)
	y, product := m.Const(1), 1.0
	for i, a := range a {
		y = y.Mul(m.Input(string(rune('a'+i)), as(func(u float64) float64 { return (math.Abs(4*u-2) + a) / (1 + a) })))
		product *= 1 + 1/(3*(1+a)*(1+a))
	}
	for _, a := range a {
		v := 1 / (3 * (1 + a) * (1 + a))
		first = append(first, v/(product-1))
		total = append(total, v*product/(1+v)/(product-1))
	}
	m.Outcomes = []Outcome{{Name: "y", Kind: AtTheEnd, Values: []expr.X{y}}}
	return m, first, total
}

// The functions of the books have the indices that are known exactly, to 0.003 with 65,536
// scrambled Sobol points, 4,096 in each replicate.
func TestSobolIndices(t *testing.T) {
	type test struct {
		name         string
		model        *Model
		first, total []float64
	}
	tests := []test{{"Ishigami", ishigami(), ishigamiFirst, ishigamiTotal}}
	for _, a := range [][]float64{{0, 1, 4.5, 9, 99, 99, 99, 99}, {78, 12, 0.5, 2, 97, 33}, {0, 0.5, 3, 9, 99, 99}} {
		m, first, total := sobolG(a)
		tests = append(tests, test{"G", m, first, total})
	}
	// The product of normals (3, 1) and (2, ½) has the variance 9·¼ + 4·1 + ¼ = 6.5.
	m := NewModel(1, 1, nil, nil)
	x, y := m.Input("x", normalDist{}).Plus(3), m.Input("y", normalDist{}).Times(0.5).Plus(2)
	m.Outcomes = []Outcome{{Name: "y", Kind: AtTheEnd, Values: []expr.X{x.Mul(y)}}}
	tests = append(tests, test{"product", m, []float64{4 / 6.5, 2.25 / 6.5}, []float64{4.25 / 6.5, 2.5 / 6.5}})
	for _, test := range tests {
		for i, index := range indices(t, test.model, Options{Trials: 65536, Seed: 1, Sampler: Sobol}) {
			for k, of := range []struct {
				e    sense.Estimate
				want float64
			}{{index.First, test.first[i]}, {index.Total, test.total[i]}} {
				if d := math.Abs(of.e.Value - of.want); d > 0.003 || !(of.e.Low < of.e.Value && of.e.Value < of.e.High) {
					t.Errorf("%s: index %d of input %d is %v, want %v", test.name, k, i, of.e, of.want)
				}
			}
		}
	}
}

// Intervals hold the index in about 95 % of runs.
func TestSobolIntervals(t *testing.T) {
	const runs = 200
	var held [2][3]int
	m := ishigami()
	for seed := range uint64(runs) {
		for i, index := range indices(t, m, Options{Trials: 1024, Seed: seed, Sampler: Sobol}) {
			for k, of := range []struct {
				e    sense.Estimate
				want float64
			}{{index.First, ishigamiFirst[i]}, {index.Total, ishigamiTotal[i]}} {
				if of.e.Low <= of.want && of.want <= of.e.High {
					held[k][i]++
				}
			}
		}
	}
	for k := range held {
		for i, h := range held[k] {
			if h < 180 || h > 198 {
				t.Errorf("index %d of input %d: in %d of %d intervals", k, i, h, runs)
			}
		}
	}
}

// A group of correlated inputs has an index of its own: of Y = A + B + C, with A and B of
// correlation 0.6, it is 3.2/4.2.
func TestSobolIndexOfGroup(t *testing.T) {
	m := NewModel(1, 1, []Mix{{"b", []Term{{"a", 0.6}, {"b", 0.8}}}}, nil)
	a, b, z := m.Input("a", normalDist{}), m.Input("b", normalDist{}), m.Normal("z", 1)
	m.Outcomes = []Outcome{{Name: "y", Kind: AtTheEnd, Values: []expr.X{a.Add(b).Add(z)}}}
	variations := []Variation{{}, {Anew: []string{"a", "b"}, AnewShocks: true}, {Anew: []string{"a", "b"}}, {AnewShocks: true}}
	var runs [][]float64
	err := Vary(context.Background(), m, Options{Trials: 16384, Seed: 1, Sampler: Sobol}, variations, func(_ int, trials []Series) error {
		runs = append(runs, trials[0].Values)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	list, _ := sense.Indices(runs[0], runs[1], runs[2:])
	for k, want := range []float64{3.2 / 4.2, 1 / 4.2} {
		index := list[k]
		for _, e := range []sense.Estimate{index.First, index.Total} {
			if se := (e.High - e.Low) / 4.26; math.Abs(e.Value-want) > 4*se || se > 0.01 {
				t.Errorf("group %d: %v, want %v", k, e, want)
			}
		}
	}
}
