package sim

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"entente/sim/expr"
	"entente/sim/result"
)

// cosines are the leading principal components of a random walk of n steps, over indices 0 … n.
func cosines(n, count int) [][]float64 {
	q := make([][]float64, count)
	for d := range q {
		q[d] = make([]float64, n+1)
		for j := 1; j <= n; j++ {
			q[d][j] = 2 / math.Sqrt(float64(2*n+1)) * math.Cos(float64((2*d+1)*(2*j-1))*math.Pi/float64(4*n+2))
		}
	}
	return q
}

// walks is e to the end of a random walk, times a factor that hangs on two inputs, of which the
// last leads. What the model does not have leads too, and is passed over.
func walks(n, directions int) *Model {
	m := NewModel(n/4, 4, []Mix{{"a", []Term{{"a", 0.6}, {"b", 0.8}}}}, []Mix{{"x", []Term{{"f", 0.6}, {"x", 0.8}}}})
	level := m.Const(0)
	for i := range n + 1 {
		level = level.Add(m.Normal("x", i).Times(0.5 / math.Sqrt(float64(n))))
	}
	level = level.Add(m.Input("a", normalDist{}).Times(0.3)).Add(m.Input("c", uniformDist{}))
	m.Outcomes = []Outcome{{Name: "end", Kind: AtTheEnd, Values: []expr.X{expr.Exp(level)}}}
	if directions > 0 {
		m.Leading = []Lead{{Name: "nobody"}, {Name: "c"}, {Name: "nobody", Direction: cosines(n, 1)[0]}}
		for _, q := range cosines(n, directions) {
			m.Leading = append(m.Leading, Lead{"x", q}, Lead{"f", q})
		}
	}
	return m
}

// A bridged shock is what it was: independent standard normals. Its projections on the
// directions are the design's normals.
func TestBridgedShocksAreNormal(t *testing.T) {
	const n, trials = 20, 1 << 14
	m := walks(n, 3)
	for _, sampler := range []Sampler{Latin, Sobol} {
		d, err := newDraws(m, Options{Trials: trials, Seed: 3, Sampler: sampler})
		if err != nil {
			t.Fatal(err)
		}
		k := slices.Index(m.shocks, shock{"x", false})
		if len(d.bridges[k].directions) != 3 {
			t.Fatalf("%d directions lead", len(d.bridges[k].directions))
		}
		x := make([][]float64, n+2)
		for i := range x {
			x[i] = make([]float64, trials)
		}
		w := d.drawer()
		for first := 0; first < trials; first += width {
			w.begin(first, width)
			for pair := len(x)/2 - 1; pair >= 0; pair-- { // in any order
				w.pair(k, pair, x[2*pair][first:first+width], x[2*pair+1][first:first+width])
			}
		}
		// Standard errors: 1/√trials of a mean and a covariance, √2 times it of a variance; less
		// where the design is even. 4.9 of them are exceeded once in a million.
		limit := 4.9 / math.Sqrt(trials)
		for i := range n + 1 {
			mean := 0.0
			for _, v := range x[i] {
				mean += v / trials
			}
			if math.Abs(mean) > limit {
				t.Errorf("%s, index %d: mean %v", sampler, i, mean)
			}
			for j := range i + 1 {
				c, want, within := 0.0, 0.0, limit
				for k := range trials {
					c += x[i][k] * x[j][k] / trials
				}
				if i == j {
					want, within = 1, limit*math.Sqrt2
				}
				if math.Abs(c-want) > within {
					t.Errorf("%s, indices %d and %d: covariance %v", sampler, i, j, c)
				}
			}
			// Kolmogorov and Smirnov: √trials·D beyond 2.7 once in a million.
			sorted := slices.Sorted(slices.Values(x[i]))
			for k, v := range sorted {
				if p := probability(v); math.Abs(p-(float64(k)+0.5)/trials) > 2.7/math.Sqrt(trials)+0.5/trials {
					t.Fatalf("%s, index %d: distribution function %v at %v", sampler, i, p, v)
				}
			}
		}
		z := make([]float64, trials)
		for e, q := range cosines(n, 3) {
			d.points.Fill(z, d.bridges[k].sources[e], 0)
			normalDist{}.Quantile(z)
			for k := range trials {
				got := 0.0
				for i, c := range q {
					got += c * x[i][k]
				}
				if math.Abs(got-z[k]) > 1e-13 {
					t.Fatalf("%s, trial %d: projection %d is %v, want %v", sampler, k, e+1, got, z[k])
				}
			}
		}
	}
}

// What leads changes no trial of the random sampler; with sobol a trial is the same in a run of
// any length, and with both in any number of workers.
func TestLeadingTrials(t *testing.T) {
	values := func(m *Model, opt Options) []float64 {
		t.Helper()
		list, err := Trials(context.Background(), m, opt)
		if err != nil {
			t.Fatal(err)
		}
		return list[0].Values
	}
	led, plain := walks(20, 3), walks(20, 0)
	if !slices.Equal(values(led, Options{Trials: 999, Seed: 1}), values(plain, Options{Trials: 999, Seed: 1})) {
		t.Error("random: what leads changes trials")
	}
	for _, sampler := range []Sampler{Latin, Sobol} {
		whole := values(led, Options{Trials: 999, Seed: 1, Sampler: sampler, Workers: 1})
		if slices.Equal(whole, values(plain, Options{Trials: 999, Seed: 1, Sampler: sampler})) {
			t.Errorf("%s: what leads changes nothing", sampler)
		}
		if !slices.Equal(whole, values(led, Options{Trials: 999, Seed: 1, Sampler: sampler, Workers: 3})) {
			t.Errorf("%s: the number of workers changes trials", sampler)
		}
	}
	long := values(led, Options{Trials: 999, Seed: 1, Sampler: Sobol})
	for _, trials := range []int{1, 100, 300, 513} {
		if !slices.Equal(long[:trials], values(led, Options{Trials: trials, Seed: 1, Sampler: Sobol})) {
			t.Errorf("%d trials are not the first of 999", trials)
		}
	}
}

// The order among inputs alone counts for Sobol, by its numbers.
func TestLeadingInputs(t *testing.T) {
	d, err := newDraws(walks(20, 2), Options{Trials: 1, Sampler: Sobol})
	if err != nil {
		t.Fatal(err)
	}
	// c leads, then two directions of x and f each; the sources of a, which does not lead, follow.
	if got := fmt.Sprint(d.inputs[1].sources, d.inputs[0].sources, d.bridges); d.inputs[1].sources[0] != 0 || !slices.Equal(d.inputs[0].sources, []int{5, 6}) {
		t.Errorf("sources %s", got)
	}
}

// Two models that draw different things, each run beside the other, draw the same wherever they
// have a name in common: inputs, what mixes are made of, and shocks, whatever leads where.
func TestBeside(t *testing.T) {
	model := func(years int, inputs, shocks string, mixes []Mix, leading ...Lead) *Model {
		m := NewModel(years, 4, mixes, nil)
		m.Leading = leading
		for _, name := range strings.Fields(inputs) {
			m.Outcomes = append(m.Outcomes, Outcome{Name: name, Kind: AtTheEnd, Values: []expr.X{m.Input(name, normalDist{})}})
		}
		for _, name := range strings.Fields(shocks) {
			for i := range 4*years + 1 {
				m.Outcomes = append(m.Outcomes, Outcome{Name: fmt.Sprint(name, i), Kind: AtTheEnd, Values: []expr.X{m.Normal(name, i)}})
			}
		}
		return m
	}
	mixes := []Mix{{"d", []Term{{"d", 0.6}, {"e", 0.8}}}}
	long, short := cosines(20, 3), cosines(12, 2)
	a := model(5, "a b c d", "x y z", mixes,
		Lead{"c", nil}, Lead{"x", long[0]}, Lead{"y", long[0]}, Lead{"x", long[1]}, Lead{"x", long[2]})
	b := model(3, "new a b more c d", "other x y z", mixes,
		Lead{"other", short[0]}, Lead{"more", nil}, Lead{"x", short[0]}, Lead{"c", nil}, Lead{"x", short[1]}, Lead{"z", short[0]})
	values := func(m, beside *Model, sampler Sampler) map[string][]float64 {
		t.Helper()
		list, err := Trials(context.Background(), m, Options{Trials: 500, Seed: 1, Sampler: sampler, Beside: beside})
		if err != nil {
			t.Fatal(err)
		}
		all := map[string][]float64{}
		for _, s := range list {
			all[s.Outcome] = s.Values
		}
		return all
	}
	differ := func(one, other map[string][]float64) (names []string, common int) {
		for name, x := range one {
			if y, ok := other[name]; ok {
				common++
				if !slices.Equal(x, y) {
					names = append(names, name)
				}
			}
		}
		return names, common
	}
	for _, sampler := range Samplers() {
		for _, pair := range [][2]*Model{{a, b}, {b, a}} {
			first, second := values(pair[0], nil, sampler), values(pair[1], pair[0], sampler)
			// 4 inputs, and 3 shocks of 13 draws.
			if names, common := differ(first, second); len(names) > 0 || common != 4+3*13 {
				t.Errorf("%s: of %d, these are not the same: %v", sampler, common, names)
			}
			if names, _ := differ(first, values(pair[0], pair[0], sampler)); len(names) > 0 {
				t.Errorf("%s: beside itself, a model draws other %v", sampler, names)
			}
			if names, _ := differ(second, values(pair[1], nil, sampler)); len(names) == 0 && sampler != Random {
				t.Errorf("%s: what stands beside a model changes nothing", sampler)
			}
		}
	}
	// What a model has alone is drawn from the design as well.
	d, err := newDraws(b, Options{Trials: 1, Sampler: Sobol, Beside: a})
	if err != nil {
		t.Fatal(err)
	}
	// The directions and inputs of a have the numbers 0 to 8; other, more and new follow.
	if k := slices.Index(b.shocks, shock{"other", false}); !slices.Equal(d.bridges[k].sources, []int{9}) ||
		!slices.Equal(d.inputs[b.names["more"]].sources, []int{10}) || !slices.Equal(d.inputs[b.names["new"]].sources, []int{11}) {
		t.Errorf("bridges %v, inputs %v", d.bridges, d.inputs)
	}
}

// With the leading directions of a random walk, its end is known from few dimensions: the
// standard error of a mean is far below that of independent shocks, and is what the means of
// other seeds scatter by.
func TestLeadingStandardErrors(t *testing.T) {
	const seeds, trials = 40, 2048
	mean := func(sampler Sampler, m *Model) (se2, between, holds float64) {
		var stats []result.Stat
		average := 0.0
		for seed := range uint64(seeds) {
			r, err := Run(context.Background(), m, Options{Trials: trials, Seed: seed, Sampler: sampler})
			if err != nil {
				t.Fatal(err)
			}
			s := *r.Metrics[0].Total
			stats = append(stats, s)
			average += s.Mean / seeds
			se2 += s.SE * s.SE / seeds
		}
		for _, s := range stats {
			between += (s.Mean - average) * (s.Mean - average) / (seeds - 1)
			if math.Abs(s.Mean-average) < 2.131*s.SE { // 95 % of t with 15 degrees of freedom
				holds += 1.0 / seeds
			}
		}
		return se2, between, holds
	}
	random, _, _ := mean(Random, walks(40, 4))
	plain, _, _ := mean(Sobol, walks(40, 0))
	led, between, holds := mean(Sobol, walks(40, 4))
	t.Logf("standard errors by those of random: %.3f without directions, %.3f with", math.Sqrt(plain/random), math.Sqrt(led/random))
	if !(math.Sqrt(led/random) < 0.45) || !(led < plain/4) {
		t.Errorf("standard errors by those of random: %.3f without directions, %.3f with", math.Sqrt(plain/random), math.Sqrt(led/random))
	}
	// A variance from 40 seeds has the relative standard error 0.23.
	if between/led > 1+4.9*0.23 || led/between > 1/(1-3.5*0.23) || holds < 0.8 {
		t.Errorf("means scatter by %.3g, standard errors say %.3g; %v of the intervals hold", math.Sqrt(between), math.Sqrt(led), holds)
	}
}

// A place that is reserved is as good as an input: those after it draw the same.
func TestReserve(t *testing.T) {
	last := func(middle func(m *Model)) []float64 {
		m := NewModel(1, 1, nil, nil)
		m.Input("a", normalDist{})
		middle(m)
		m.Outcomes = []Outcome{{Name: "c", Kind: AtTheEnd, Values: []expr.X{m.Input("c", normalDist{})}}}
		list, err := Trials(context.Background(), m, Options{Trials: 500, Seed: 1, Sampler: Sobol})
		if err != nil {
			t.Fatal(err)
		}
		return list[0].Values
	}
	sampled := last(func(m *Model) { m.Input("b", normalDist{}) })
	if !slices.Equal(sampled, last(func(m *Model) { m.Reserve("b") })) {
		t.Error("c is drawn another way when b is a constant")
	}
	if slices.Equal(sampled, last(func(*Model) {})) {
		t.Error("c is drawn the same way without b: this test shows nothing")
	}
}
