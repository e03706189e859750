package sim

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"entente/sim/expr"
	"entente/sim/result"
	"entente/sim/rng"
	"entente/sim/stats"
)

// uniformDist leaves a uniform as it is; normalDist makes a standard normal of it.
type (
	uniformDist struct{}
	normalDist  struct{}
)

func (uniformDist) Quantile([]float64)  {}
func (normalDist) Quantile(p []float64) { rng.Normals(p) }

var half = math.Sqrt(0.5)

var (
	inputMixes = []Mix{
		{"b", []Term{{"factor.f", half}, {"b", half}}},
		{"c", []Term{{"factor.f", half}, {"c", half}}},
	}
	shockMixes = []Mix{{"y", []Term{{"x", 0.6}, {"y", 0.8}}}}
)

// toy has every feature of a Model: mixed and plain inputs and shocks, a uniform shock, a
// constant, outcomes of all kinds, one without value in half of the trials.
func toy() *Model { return toyWith(func(*Model) {}) }

// toyWith is toy after something was done to the empty model.
func toyWith(before func(*Model)) *Model {
	m := NewModel(3, 4, inputMixes, shockMixes)
	before(m)
	two := m.Const(2)
	a, b, c := m.Input("a", uniformDist{}), m.Input("b", normalDist{}), m.Input("c", normalDist{})
	level := a // to which x is added every step
	var levels, twos, xs, ys, coins []expr.X
	for n := range m.Years * m.StepsPerYear {
		x, y, coin := m.Normal("x", n+1), m.Normal("y", n+1), m.Uniform("coin", n+1)
		level = level.Add(x)
		levels, twos, xs, ys, coins = append(levels, level), append(twos, two), append(xs, x), append(ys, y), append(coins, coin)
	}
	m.Outcomes = []Outcome{
		{Name: "a", Kind: AtTheEnd, Values: []expr.X{a}},
		{Name: "b", Kind: AtTheEnd, Values: []expr.X{b}},
		{Name: "c", Kind: AtTheEnd, Values: []expr.X{c}, Grid: true},
		{Name: "level", Kind: Stock, Values: levels, Unit: "m"},
		{Name: "two", Kind: Flow, Values: twos},
		{Name: "x", Kind: Flow, Values: xs},
		{Name: "y", Kind: Flow, Values: ys},
		{Name: "coin", Kind: Stock, Values: coins},
		{Name: "ratio", Kind: Flow, Of: []int{5, 4}, Combine: func(of []expr.X) expr.X { return of[0].Div(of[1]) }},
		{Name: "positive", Kind: Stock, MayLack: true, Of: []int{3},
			Combine: func(of []expr.X) expr.X { return expr.Sqrt(of[0]) }}, // NaN below 0
	}
	return m
}

// valuesOf returns all trial values of a model's outcomes, by name and year.
func valuesOf(t *testing.T, m *Model, opt Options) map[string][]float64 {
	t.Helper()
	opt.Workers = 2
	list, err := Trials(context.Background(), m, opt)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string][]float64{}
	for _, s := range list {
		byName[fmt.Sprintf("%s@%d", s.Outcome, s.Year)] = s.Values
	}
	return byName
}

func same(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) })
}

// Workers change no bit, whether the values fit in memory or not.
func TestSameBitsHoweverRun(t *testing.T) {
	for _, sampler := range Samplers() {
		for _, memory := range []int{0, 8 * 3000 * 5} {
			run := func(workers int) string {
				r, err := Run(context.Background(), toy(), Options{Trials: 3000, Seed: 5, Sampler: sampler, Workers: workers, Memory: memory})
				if err != nil {
					t.Fatal(err)
				}
				var bits strings.Builder // gob keeps every bit, of NaN too
				if err := gob.NewEncoder(&bits).Encode(r); err != nil {
					t.Fatal(err)
				}
				return bits.String()
			}
			want := run(1)
			for _, workers := range []int{2, 3, 8, 64, 3, 2, 8, 64, 3} { // who gets which batch is chance
				if run(workers) != want {
					t.Errorf("%s, %d bytes: %d workers give another result than 1", sampler, memory, workers)
				}
			}
		}
	}
}

// Where the values do not fit in memory the result says how good its quantiles are, and they
// are; counts and extremes stay exact, and means too but for rounding.
func TestTooLittleMemory(t *testing.T) {
	for _, sampler := range Samplers() {
		opt := Options{Trials: 20_000, Seed: 5, Sampler: sampler}
		exact, err := Run(context.Background(), toy(), opt)
		if err != nil {
			t.Fatal(err)
		}
		opt.Memory = 1
		sketched, err := Run(context.Background(), toy(), opt)
		if err != nil {
			t.Fatal(err)
		}
		if exact.Run.Accuracy != 0 || sketched.Run.Accuracy != stats.SketchAccuracy {
			t.Errorf("the accuracies are %v and %v", exact.Run.Accuracy, sketched.Run.Accuracy)
		}
		for i, m := range exact.Metrics {
			all, of := m.ByYear, sketched.Metrics[i].ByYear
			if m.Total != nil {
				all, of = []result.Stat{*m.Total}, []result.Stat{*sketched.Metrics[i].Total}
			}
			for k, want := range all {
				got := of[k]
				if got.Defined != want.Defined || got.Min != want.Min || got.Max != want.Max || got.Above0 != want.Above0 {
					t.Errorf("%s, %s: %+v, exactly %+v", sampler, m.Name, got, want)
				}
				near := func(what string, got, want, within float64) {
					t.Helper()
					if !(math.Abs(got-want) <= within) {
						t.Errorf("%s, %s: %s is %v, exactly %v", sampler, m.Name, what, got, want)
					}
				}
				near("mean", got.Mean, want.Mean, 1e-12*(math.Abs(want.Mean)+want.SD))
				near("sd", got.SD, want.SD, 1e-12*(math.Abs(want.Mean)+want.SD))
				for _, q := range [][2]float64{{got.P1, want.P1}, {got.P5, want.P5}, {got.P50, want.P50}, {got.P99, want.P99}, {got.ES5, want.ES5}, {got.ES99, want.ES99}} {
					near("quantile", q[0], q[1], stats.SketchAccuracy*math.Abs(q[1]))
				}
				// Standard errors are estimates; those from 16 replicates of coarse cells are rough.
				near("se", got.SE, want.SE, 1e-9*want.SE)
				rough := 0.15
				if sampler != Random {
					rough = 0.6
				}
				near("se of the median", got.SEP50, want.SEP50, rough*want.SEP50+1e-12)
			}
		}
	}
}

// The first N trials of a longer run are the run of N, wherever batches end.
func TestPrefix(t *testing.T) {
	for _, sampler := range []Sampler{Random, Sobol} {
		long := valuesOf(t, toy(), Options{Trials: 1000, Seed: 9, Sampler: sampler})
		for _, n := range []int{1, 2, width - 1, width, width + 1, 700} {
			for name, x := range valuesOf(t, toy(), Options{Trials: n, Seed: 9, Sampler: sampler}) {
				if !same(x, long[name][:n]) {
					t.Errorf("%s: the first %d trials of %s depend on how many follow", sampler, n, name)
				}
			}
		}
	}
}

// A draw is keyed by its name: what else is drawn, and in which order, does not matter.
func TestDrawsAreKeyedByName(t *testing.T) {
	want := valuesOf(t, toy(), Options{Trials: 500, Seed: 1, Sampler: Random})
	m := toyWith(func(m *Model) {
		m.Normal("new", 1)
		m.Input("c", normalDist{})
		m.Outcomes = []Outcome{{Name: "new", Kind: AtTheEnd, Values: []expr.X{m.Input("new", uniformDist{})}}}
	})
	got := valuesOf(t, m, Options{Trials: 500, Seed: 1, Sampler: Random})
	for name, x := range want {
		if !same(x, got[name]) {
			t.Errorf("%s changed when an input and a shock were added", name)
		}
	}
	if other := valuesOf(t, toy(), Options{Trials: 500, Seed: 2, Sampler: Random}); same(other["a@1"], want["a@1"]) {
		t.Error("another seed, the same draws")
	}
}

// Shocks come from their streams: index n+1 at step n.
func TestShockIndices(t *testing.T) {
	got := valuesOf(t, toy(), Options{Trials: 300, Seed: 3, Sampler: Random})
	x, coin := rng.NewStream(3, "x"), rng.NewStream(3, "coin")
	for _, trial := range []int{0, 1, 255, 256, 299} {
		for year := 1; year <= 3; year++ {
			var sum float64
			for step := 4 * (year - 1); step < 4*year; step++ {
				z := []float64{x.Uniform(uint64(trial), step+1)}
				rng.Normals(z)
				sum += z[0]
			}
			if g := got[fmt.Sprintf("x@%d", year)][trial]; g != sum {
				t.Errorf("trial %d, year %d: x sums to %v, the stream to %v", trial, year, g, sum)
			}
			if g, w := got[fmt.Sprintf("coin@%d", year)][trial], coin.Uniform(uint64(trial), 4*year); g != w {
				t.Errorf("trial %d, year %d: coin is %v, the stream's %v", trial, year, g, w)
			}
		}
	}
}

// Stocks are taken at the year's end, flows summed over it, combinations made of both.
func TestOutcomes(t *testing.T) {
	v := valuesOf(t, toy(), Options{Trials: 400, Seed: 4, Sampler: Random})
	undefined := 0
	for i := range 400 {
		level := v["a@1"][i]
		for year := 1; year <= 3; year++ {
			at := func(name string) float64 { return v[fmt.Sprintf("%s@%d", name, year)][i] }
			if at("two") != 8 {
				t.Fatalf("four steps of 2 sum to %v", at("two"))
			}
			level += at("x")
			if math.Abs(level-at("level")) > 1e-12 {
				t.Fatalf("trial %d: the level in year %d is %v, its steps sum to %v", i, year, at("level"), level)
			}
			if at("ratio") != at("x")/8 {
				t.Fatalf("ratio is %v, of %v and 8", at("ratio"), at("x"))
			}
			if math.IsNaN(at("positive")) != (at("level") < 0) {
				t.Fatalf("positive is %v of %v", at("positive"), at("level"))
			}
			if math.IsNaN(at("positive")) {
				undefined++
			}
		}
	}
	if undefined == 0 {
		t.Error("no trial was without a value")
	}
	r, err := Run(context.Background(), toy(), Options{Trials: 400, Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	var defined float64
	for _, m := range r.Metrics {
		switch m.Name {
		case "positive":
			for _, s := range m.ByYear {
				defined += s.Defined * 400
			}
		case "level":
			if m.Unit != "m" || m.Kind != "stock" || len(m.ByYear) != 3 || m.ByYear[2].Year != 3 || m.Total != nil {
				t.Errorf("level is described as %+v", m)
			}
		case "c":
			if m.Total == nil || len(m.Total.Grid) != len(r.GridP) || m.Total.Grid[0] != m.Total.Min {
				t.Error("c has no grid from its minimum")
			}
		}
	}
	if math.Round(defined) != 1200-float64(undefined) {
		t.Errorf("%v values are defined of %d", defined, 1200-undefined)
	}
}

func correlation(a, b []float64) float64 {
	var sa, sb, saa, sbb, sab float64
	for i := range a {
		sa += a[i]
		sb += b[i]
		saa += a[i] * a[i]
		sbb += b[i] * b[i]
		sab += a[i] * b[i]
	}
	n := float64(len(a))
	return (sab - sa*sb/n) / math.Sqrt((saa-sa*sa/n)*(sbb-sb*sb/n))
}

// Mixed normals have the correlation Σ coef·coef' and keep their marginal. The standard error
// of a correlation is (1 − ρ²)/√n; four of them are allowed.
func TestMixes(t *testing.T) {
	const n = 40000
	for _, sampler := range Samplers() {
		v := valuesOf(t, toy(), Options{Trials: n, Seed: 6, Sampler: sampler})
		for _, c := range []struct {
			a, b string
			rho  float64
		}{{"b@1", "c@1", 0.5}, {"x@2", "y@2", 0.6}, {"a@1", "b@1", 0}, {"x@1", "x@2", 0}} {
			if got := correlation(v[c.a], v[c.b]); math.Abs(got-c.rho) > 4*(1-c.rho*c.rho)/math.Sqrt(n) {
				t.Errorf("%s: the correlation of %s and %s is %.4f, want %v", sampler, c.a, c.b, got, c.rho)
			}
		}
		var sum, squares float64
		for _, z := range v["b@1"] {
			sum += z
			squares += z * z
		}
		if mean := sum / n; math.Abs(mean) > 4/math.Sqrt(n) {
			t.Errorf("%s: the mean of a mixed normal is %v", sampler, mean)
		}
		if variance := squares / n; math.Abs(variance-1) > 4*math.Sqrt(2.0/n) {
			t.Errorf("%s: the variance of a mixed normal is %v", sampler, variance)
		}
	}
}

// What spreads its points evenly has the smaller error, and says so.
func TestSamplersStandardErrors(t *testing.T) {
	se := map[Sampler]float64{}
	for _, sampler := range Samplers() {
		r, err := Run(context.Background(), toy(), Options{Trials: 1 << 14, Seed: 7, Sampler: sampler})
		if err != nil {
			t.Fatal(err)
		}
		a := r.Metrics[0].Total
		se[sampler] = a.SE
		if math.Abs(a.Mean-0.5) > 5*a.SE {
			t.Errorf("%s: the mean of a uniform is %v ± %v", sampler, a.Mean, a.SE)
		}
	}
	if want := math.Sqrt(1.0/12) / 128; math.Abs(se[Random]-want) > 0.03*want {
		t.Errorf("random: the standard error is %v, want %v", se[Random], want)
	}
	if se[Latin] > se[Random]/20 || se[Sobol] > se[Random]/20 {
		t.Errorf("standard errors of the mean of one uniform: %v", se)
	}
}

func TestRefusals(t *testing.T) {
	bad := func(change func(*Model, *Options), want string) {
		t.Helper()
		m, opt := toy(), Options{Trials: 100, Seed: 1}
		change(m, &opt)
		r, err := Run(context.Background(), m, opt)
		if err == nil || r != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want an error with %q", err, want)
		}
	}
	bad(func(_ *Model, o *Options) { o.Trials = 0 }, "trials is 0")
	bad(func(_ *Model, o *Options) { o.Workers = -1 }, "workers is -1")
	bad(func(_ *Model, o *Options) { o.Sampler = "halton" }, `sampler is "halton"`)
	bad(func(m *Model, _ *Options) { *m = *NewModel(1, 1, nil, []Mix{{"y", []Term{{"x", 0.7}, {"y", 0.8}}}}) }, "must sum to 1")
	bad(func(m *Model, _ *Options) { m.Uniform("y", 1) }, "can't be correlated")
	bad(func(m *Model, _ *Options) {
		for n := range m.Outcomes[4].Values {
			m.Outcomes[4].Values[n] = m.Const(math.MaxFloat64)
		}
	}, "two is +Inf in trial 0")
	bad(func(m *Model, _ *Options) {
		m.Outcomes[0].Values[0] = m.Input("a", uniformDist{}).Times(math.MaxFloat64).Times(4)
	}, "a is +Inf in trial")
	bad(func(m *Model, _ *Options) { m.Outcomes[9].MayLack = false }, "positive is NaN in trial")
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	opt := Options{Trials: 1_000_000, Seed: 1, Workers: 2, Progress: func(done, total int) {
		if done > 0 {
			cancel()
		}
		if done > total/2 {
			t.Error("went on after the cancellation")
		}
	}}
	if _, err := Run(ctx, toy(), opt); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Progress ends at the number of trials.
func TestProgress(t *testing.T) {
	var done, total int
	opt := Options{Trials: 1000, Progress: func(d, n int) { done, total = d, n }}
	if _, err := Run(context.Background(), toy(), opt); err != nil {
		t.Fatal(err)
	}
	if done != 1000 || total != 1000 {
		t.Errorf("progress ended at %d of %d, want 1000", done, total)
	}
}

// What is kept is what it is among all, and nothing else is computed.
func TestKeep(t *testing.T) {
	all := valuesOf(t, toy(), Options{Trials: 500, Seed: 1, Sampler: Random})
	keep := func(name string) bool { return name == "ratio" || name == "a" }
	some := valuesOf(t, toy(), Options{Trials: 500, Seed: 1, Sampler: Random, Keep: keep})
	if len(some) != 4 {
		t.Errorf("%d columns are kept of ratio, in 3 years, and a", len(some))
	}
	for name, x := range some {
		if !same(x, all[name]) {
			t.Errorf("%s is another when less is kept", name)
		}
	}
	m := toy()
	job := newJob(context.Background(), m, &draws{}, Options{Trials: 1, Keep: keep})
	// The input and six pairs of x: y, the level and the coin are not needed.
	if n := len(job.program.Leaves()); n != 8 {
		t.Errorf("%d leaves are filled, want 8", n)
	}
}

// Simulating allocates nothing once a worker has its room.
func TestNoAllocation(t *testing.T) {
	m := toy()
	for _, sampler := range Samplers() {
		opt := Options{Trials: 4 * width, Seed: 1, Sampler: sampler}
		d, err := newDraws(m, opt)
		if err != nil {
			t.Fatal(err)
		}
		job := newJob(context.Background(), m, d, opt)
		columns := cut(make([]float64, len(job.varying)*opt.Trials), opt.Trials)
		r := &runner{job: job, drawer: d.drawer(), machine: job.program.Machine(width), keep: keeping(columns)()}
		if n := testing.AllocsPerRun(5, func() {
			if err := r.run(width, width); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: a batch allocates %v times", sampler, n)
		}
	}
}
