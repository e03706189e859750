package sim

import (
	"context"
	"errors"
	"math"
	"reflect"
	"testing"

	"entente/sim/expr"
	"entente/sim/result"
	"entente/sim/stats"
)

// of is a quantity: an outcome.
type of string

func (q of) Metrics() []string { return []string{string(q)} }

func (q of) Values(trials []Series) []float64 {
	for _, s := range trials {
		if s.Outcome == string(q) {
			return s.Values
		}
	}
	panic("it is not kept")
}

// meanOf and highOf are statistics.
type (
	meanOf string
	highOf string
)

func (s meanOf) Metrics() []string { return []string{string(s)} }

func (s meanOf) Estimate(trials []Series, sampler Sampler) stats.Estimate {
	return stats.Mean(of(s).Values(trials), sampler.Replicates())
}

func (s highOf) Metrics() []string { return []string{string(s)} }

func (s highOf) Estimate(trials []Series, sampler Sampler) stats.Estimate {
	return stats.Quantile(of(s).Values(trials), 0.9, sampler.Replicates())
}

// driven is Y = 4A + 2B + C + Z of standard normals, where Z is a shock; D does nothing; "lacks"
// has no value in half of the trials.
func driven() *Model {
	m := NewModel(1, 1, nil, nil)
	var xs []expr.X
	for _, name := range []string{"d", "c", "a", "b"} {
		xs = append(xs, m.Input(name, normalDist{}))
	}
	y := xs[2].Times(4).Add(xs[3].Times(2)).Add(xs[1]).Add(m.Normal("z", 1))
	m.Outcomes = []Outcome{
		{Name: "y", Kind: AtTheEnd, Values: []expr.X{y}},
		{Name: "lacks", Kind: AtTheEnd, Values: []expr.X{expr.If(y.Above(m.Const(0)), y, m.Const(math.NaN()))}, MayLack: true},
		{Name: "square", Kind: AtTheEnd, Values: []expr.X{xs[1].Mul(xs[1])}},
	}
	return m
}

func TestAssociations(t *testing.T) {
	opt := Options{Trials: 4096, Seed: 1, Sampler: Sobol, Workers: 2}
	list, err := Associations(context.Background(), driven(), opt, []Quantity{of("y"), of("square")})
	if err != nil {
		t.Fatal(err)
	}
	y := list[0]
	if math.Abs(y.SD-math.Sqrt(22)) > 0.2 || math.Abs(y.Mean) > 4*y.SE || len(y.Inputs) != 4 {
		t.Fatalf("%+v", y)
	}
	for i, want := range []struct {
		path           string
		pearson, share float64
	}{{"a", 4 / math.Sqrt(22), 16.0 / 22}, {"b", 2 / math.Sqrt(22), 4.0 / 22}, {"c", 1 / math.Sqrt(22), 1.0 / 22}} {
		a := y.Inputs[i]
		rank := 6 / math.Pi * math.Asin(want.pearson/2)
		if a.Path != want.path || math.Abs(a.Rank.Value-rank) > 0.05 || math.Abs(a.Share.Value-want.share) > 0.05 ||
			a.Partial.Value < a.Rank.Value || a.Partial.Low > a.Partial.Value || !(a.Delta.Value > 0.03) {
			t.Errorf("number %d is %+v", i, a)
		}
	}
	// What is even has no rank correlation, and yet all of the output.
	if a := list[1].Inputs[0]; a.Path != "c" || math.Abs(a.Rank.Value) > 0.1 || a.Share.Value < 0.8 || a.Delta.Value < 0.7 {
		t.Errorf("an even function: %+v", a)
	}
	for _, workers := range []int{1, 7} {
		opt.Workers = workers
		again, err := Associations(context.Background(), driven(), opt, []Quantity{of("y"), of("square")})
		if err != nil || !reflect.DeepEqual(list, again) {
			t.Errorf("%d workers say something else", workers)
		}
	}
	strongest, err := Strongest(context.Background(), driven(), opt, []Quantity{of("y"), of("square")})
	if err != nil || !reflect.DeepEqual(strongest[:3], []string{"c", "a", "b"}) {
		t.Errorf("the strongest are %v, %v", strongest, err)
	}
	var missing *MissingError
	if _, err := Associations(context.Background(), driven(), opt, []Quantity{of("lacks")}); !errors.As(err, &missing) ||
		missing.Missing < 1000 || missing.Quantity != of("lacks") {
		t.Errorf("what lacks values: %v", err)
	}
}

func TestSensitivityBySobol(t *testing.T) {
	opt := Options{Trials: 16384, Seed: 1, Sampler: Sobol, Workers: 2}
	groups := []Group{{Inputs: []string{"a"}}, {Inputs: []string{"b", "c", "d"}}, {Shocks: true}}
	list, err := SobolIndices(context.Background(), driven(), opt, []Quantity{of("y")}, groups)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{16.0 / 22, 5.0 / 22, 1.0 / 22} {
		for _, e := range []result.Estimate{list[0].Groups[i].First, list[0].Groups[i].Total} {
			if se := (e.High - e.Low) / 4.26; math.Abs(e.Value-want) > 4*se || se > 0.01 {
				t.Errorf("group %d has %v, want %v", i, e, want)
			}
		}
	}
	for _, wrong := range [][]Group{groups[:2], groups[1:], append(groups, Group{Inputs: []string{"a"}})} {
		if _, err := SobolIndices(context.Background(), driven(), opt, []Quantity{of("y")}, wrong); err == nil {
			t.Errorf("groups %v are taken", wrong)
		}
	}
	if s := list[0].Sum; math.Abs(s.Value-1) > 0.02 || s.Low > 1 || s.High < 1 || list[0].Groups[1].Inputs[2] != "d" {
		t.Errorf("the sum is %v", s)
	}
}

// From p10 to p90, 2.563 standard deviations, the mean of 4A + … moves by 4 times that, exactly.
func TestTornado(t *testing.T) {
	const p90 = 1.2815515655446004
	for _, sampler := range []Sampler{Random, Sobol} {
		opt := Options{Trials: 2048, Seed: 1, Sampler: sampler, Workers: 2}
		list, err := Tornado(context.Background(), driven(), opt, []Statistic{meanOf("y"), highOf("square")}, []string{"a", "d", "c"})
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range []float64{4, 0, 1} {
			s := list[0].Swings[i]
			if s.Path != []string{"a", "d", "c"}[i] || math.Abs(s.Low+p90) > 1e-9 || math.Abs(s.High-p90) > 1e-9 {
				t.Errorf("%+v", s)
			}
			// c·A is gone from the mean of the sample too, so that it is the difference alone.
			if math.Abs(s.Swing.Value-2*c*p90) > 1e-9 || math.Abs(s.Swing.High-s.Swing.Value) > 1e-9 ||
				math.Abs(s.AtHigh-s.AtLow-s.Swing.Value) > 1e-9 || !(s.SEAtLow > 0) {
				t.Errorf("%s: the mean swings by %v, want %v", s.Path, s.Swing, 2*c*p90)
			}
		}
		if s := list[1].Swings[2]; s.AtLow != s.AtHigh || math.Abs(s.AtLow-p90*p90) > 1e-9 || s.Swing.Value != 0 {
			t.Errorf("an even function swings by %+v", s)
		}
		run, err := Trials(context.Background(), driven(), opt)
		if err != nil || math.Abs(list[0].Value-stats.Mean(of("y").Values(run), sampler.Replicates()).Value) > 1e-12 || !(list[0].SE > 0) {
			t.Errorf("without a change it is %+v", list[0])
		}
	}
	if _, err := Tornado(context.Background(), driven(), Options{Trials: 16}, []Statistic{meanOf("y")}, []string{"x"}); err == nil {
		t.Error("an input is taken that there is not")
	}
}

// The interval of a swing holds what it is of in about 95 % of runs: of B·(C + 1), where B goes
// from −1.28 to 1.28, the mean goes from −1.28 to 1.28, and the p90 from −1.28 + 1.28² to
// 1.28 + 1.28².
func TestSwingIntervals(t *testing.T) {
	const runs, p90 = 200, 1.2815515655446004
	m := NewModel(1, 1, nil, nil)
	b, c := m.Input("b", normalDist{}), m.Input("c", normalDist{})
	m.Outcomes = []Outcome{{Name: "y", Kind: AtTheEnd, Values: []expr.X{b.Mul(c.Plus(1))}}}
	held := []int{0, 0}
	for seed := range uint64(runs) {
		list, err := Tornado(context.Background(), m, Options{Trials: 512, Seed: seed}, []Statistic{meanOf("y"), highOf("y")}, []string{"b"})
		if err != nil {
			t.Fatal(err)
		}
		for k := range list {
			if s := list[k].Swings[0].Swing; s.Low <= 2*p90 && 2*p90 <= s.High {
				held[k]++
			}
		}
	}
	for k, h := range held {
		if h < 178 || h > 199 {
			t.Errorf("statistic %d: in %d of %d intervals", k, h, runs)
		}
	}
}
