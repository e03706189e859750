package sim

import (
	"context"
	"encoding/gob"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"entente/sim/expr"
	"entente/sim/result"
)

func compare(t *testing.T, opt Options, variants ...Variant) []result.Paired {
	t.Helper()
	c, err := NewComparison(variants, opt)
	if err != nil {
		t.Fatal(err)
	}
	list, err := c.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func pairedMetric(t *testing.T, p result.Paired, name string) result.PairedMetric {
	t.Helper()
	i := slices.IndexFunc(p.Metrics, func(m result.PairedMetric) bool { return m.Name == name })
	if i < 0 {
		t.Fatalf("%s is not compared", name)
	}
	return p.Metrics[i]
}

// pairsOf lists all pairs.
func pairsOf(p result.Paired) []result.Pair {
	var list []result.Pair
	for _, m := range p.Metrics {
		if m.Total != nil {
			list = append(list, *m.Total)
		}
		list = append(list, m.ByYear...)
	}
	return list
}

// sum is a model that records v = Σ coef·input over standard normal inputs, plus a constant.
func sum(constant float64, inputs string, coefs ...float64) *Model {
	m := NewModel(1, 4, nil, nil)
	x := m.Const(constant)
	for i, name := range strings.Fields(inputs) {
		x = x.Add(m.Input(name, normalDist{}).Times(coefs[i]))
	}
	m.Outcomes = []Outcome{{Name: "v", Kind: AtTheEnd, Values: []expr.X{x}, Grid: true}}
	return m
}

// A = a and B = 1 + 2a + e/2 differ by D = 1 + a + e/2, with variance 1.25; Var A + Var B is
// 1 + 4.25, and the reduction 4.2. P(B > A) = Φ(1/√1.25) = 0.81445.
func TestCompareClosedForm(t *testing.T) {
	const trials = 40_000
	a, b := sum(0, "a", 1), sum(1, "e a", 0.5, 2)
	sd := math.Sqrt(1.25)
	for _, sampler := range Samplers() {
		p := *pairedMetric(t, compare(t, Options{Trials: trials, Seed: 3, Sampler: sampler}, Variant{Model: a}, Variant{Model: b})[0], "v").Total
		d := p.Difference
		near := func(what string, got, want, se float64) {
			t.Helper()
			if !(math.Abs(got-want) < 4*se) {
				t.Errorf("%s: %s is %v, want %v ± %v", sampler, what, got, want, se)
			}
		}
		near("mean", d.Mean, 1, d.SE)
		near("SD", d.SD, sd, sd/math.Sqrt(2*trials))
		near("p5", d.P5, 1-1.644854*sd, d.SEP5)
		near("p95", d.P95, 1+1.644854*sd, d.SEP95)
		near("share above", d.Above0, 0.814453, d.SEAbove0)
		near("mean of A", p.A.Mean, 0, p.A.SE)
		near("mean of B", p.B.Mean, 1, p.B.SE)
		// To first order, with the variances of variances 2σ⁴/n of independent trials.
		near("reduction", p.Variance, 4.2, 4.2*math.Sqrt(2*(4.25*4.25+1)/(5.25*5.25)+2)/math.Sqrt(trials))
		z := 1.959964
		if sampler != Random {
			z = 2.131450
		}
		if math.Abs(p.Low-(d.Mean-z*d.SE)) > 1e-6 || math.Abs(p.High-(d.Mean+z*d.SE)) > 1e-6 {
			t.Errorf("%s: %v ± %v has the interval %v to %v", sampler, d.Mean, d.SE, p.Low, p.High)
		}
		if want := (p.A.SE*p.A.SE + p.B.SE*p.B.SE) / (d.SE * d.SE); math.Abs(p.Runs/want-1) > 1e-9 {
			t.Errorf("%s: the reduction for runs is %v, want %v", sampler, p.Runs, want)
		}
		if sampler == Random && math.Abs(p.Runs/p.Variance-1) > 1e-9 {
			t.Errorf("of independent trials both reductions are the same, not %v and %v", p.Runs, p.Variance)
		}
		if p.Equal != 0 || p.SEEqual != 0 {
			t.Errorf("%s: a share of %v is equal", sampler, p.Equal)
		}
		if len(d.Grid) != len(GridP()) || len(p.A.Grid) != len(d.Grid) {
			t.Errorf("%s: no grid", sampler)
		}
	}
}

// The intervals of the mean difference hold what they say, and the reduction for runs is what
// comes out if the two are really run with seeds of their own.
func TestCompareIntervals(t *testing.T) {
	const seeds, trials = 400, 256
	a, b := sum(0, "a", 1), sum(1, "e a", 0.5, 2)
	for _, sampler := range []Sampler{Random, Sobol} {
		held, promised := 0, [2]float64{}
		var together, alone [2]float64 // Σ, Σ²
		for seed := range uint64(seeds) {
			p := pairsOf(compare(t, Options{Trials: trials, Seed: seed, Sampler: sampler}, Variant{Model: a}, Variant{Model: b})[0])[0]
			if p.Low <= 1 && 1 <= p.High {
				held++
			}
			promised[0] += p.A.SE*p.A.SE + p.B.SE*p.B.SE
			promised[1] += p.Difference.SE * p.Difference.SE
			r, err := Run(context.Background(), b, Options{Trials: trials, Seed: seed + 10_000, Sampler: sampler})
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range []struct {
				to *[2]float64
				d  float64
			}{{&together, p.Difference.Mean}, {&alone, r.Metrics[0].Total.Mean - p.A.Mean}} {
				x.to[0], x.to[1] = x.to[0]+x.d, x.to[1]+x.d*x.d
			}
		}
		if share := float64(held) / seeds; math.Abs(share-0.95) > 3*math.Sqrt(0.05*0.95/seeds) {
			t.Errorf("%s: the intervals hold the mean in %v of the seeds", sampler, share)
		}
		variance := func(s [2]float64) float64 { return (s[1] - s[0]*s[0]/seeds) / (seeds - 1) }
		// A ratio of two variances of 400 values scatters by 2/√400.
		if got, want := variance(alone)/variance(together), promised[0]/promised[1]; math.Abs(got/want-1) > 0.3 {
			t.Errorf("%s: running them apart has %v times the variance, not %v", sampler, got, want)
		}
	}
}

// What is the same in both is the same in each trial, whatever else a model has; each statistic
// of the difference is that of 0.
func TestCompareUnrelated(t *testing.T) {
	more := toyWith(func(m *Model) { m.Input("new", normalDist{}); m.Reserve("a") })
	more.Outcomes = append([]Outcome{{Name: "new", Kind: AtTheEnd, Values: []expr.X{more.Input("new", normalDist{})}}}, more.Outcomes...)
	for i := range more.Outcomes {
		for k := range more.Outcomes[i].Of {
			more.Outcomes[i].Of[k]++
		}
	}
	for _, sampler := range Samplers() {
		for _, pair := range [][2]*Model{{toy(), toy()}, {toy(), more}, {more, toy()}} {
			p := compare(t, Options{Trials: 400, Seed: 2, Sampler: sampler}, Variant{Model: pair[0]}, Variant{Model: pair[1]})[0]
			if len(p.Metrics) != len(toy().Outcomes) || len(p.Apart) > 0 {
				t.Fatalf("%d metrics", len(p.Metrics))
			}
			for _, x := range pairsOf(p) {
				d := x.Difference
				if d.Min != 0 || d.Max != 0 || d.Mean != 0 || d.SE != 0 || x.Low != 0 || x.High != 0 || x.Equal != 1 || x.SEEqual != 0 || d.Above0 != 0 {
					t.Fatalf("%s: %+v", sampler, x)
				}
				if x.A.SD > 0 != math.IsInf(x.Variance, 1) || x.A.SD == 0 && !math.IsNaN(x.Variance) {
					t.Fatalf("%s: the reduction is %v", sampler, x.Variance)
				}
			}
			names := func(list []string) string { return strings.Join(list, " ") }
			base, other := "", ""
			if pair[0] == more {
				base = "new"
			}
			if pair[1] == more {
				other = "new"
			}
			if names(p.OnlyBase) != base || names(p.OnlyOther) != other {
				t.Errorf("only one has: %v, %v", p.OnlyBase, p.OnlyOther)
			}
		}
	}
}

// Exchanging the two turns the sign of everything.
func TestCompareAntisymmetric(t *testing.T) {
	a, b := sum(0, "a e", 1, 1), sum(1, "a e", 2, 0.5)
	for _, sampler := range Samplers() {
		opt := Options{Trials: 999, Seed: 5, Sampler: sampler}
		x := pairsOf(compare(t, opt, Variant{Model: a}, Variant{Model: b})[0])[0]
		y := pairsOf(compare(t, opt, Variant{Model: b}, Variant{Model: a})[0])[0]
		for _, pair := range [][2]float64{
			{x.Difference.Mean, -y.Difference.Mean}, {x.Difference.SE, y.Difference.SE}, {x.Low, -y.High}, {x.High, -y.Low},
			{x.Difference.P5, -y.Difference.P95}, {x.Difference.ES95, -y.Difference.ES5}, {x.Difference.Above0, 1 - y.Difference.Above0},
			{x.Variance, y.Variance}, {x.Runs, y.Runs},
		} {
			if math.Abs(pair[0]-pair[1]) > 1e-12*math.Abs(pair[0]) {
				t.Errorf("%s: %v is not %v", sampler, pair[0], pair[1])
			}
		}
		if !reflect.DeepEqual(x.A, y.B) || !reflect.DeepEqual(x.B, y.A) {
			t.Errorf("%s: the two are not what they were", sampler)
		}
	}
}

// The base, and what stands beside it, are described as runs of their own describe them.
func TestCompareSides(t *testing.T) {
	a := toy()
	b := toyWith(func(m *Model) { m.Input("first", normalDist{}) })
	for _, sampler := range Samplers() {
		opt := Options{Trials: 640, Seed: 2, Sampler: sampler}
		p := compare(t, opt, Variant{Model: a}, Variant{Model: b})[0]
		for side, m := range []*Model{a, b} {
			if side == 1 {
				opt.Beside = a
			}
			r, err := Run(context.Background(), m, opt)
			if err != nil {
				t.Fatal(err)
			}
			var all []result.Stat
			for _, metric := range r.Metrics {
				if metric.Total != nil {
					all = append(all, *metric.Total)
				}
				all = append(all, metric.ByYear...)
			}
			for i, x := range pairsOf(p) {
				got := []result.Stat{x.A, x.B}[side]
				if fmt.Sprint(got) != fmt.Sprint(all[i]) {
					t.Fatalf("%s: side %d is\n%v, alone\n%v", sampler, side, got, all[i])
				}
			}
		}
	}
}

// Neither workers nor memory change a bit; memory that is not enough is refused.
func TestCompareSameBits(t *testing.T) {
	a, b := toy(), toyWith(func(m *Model) { m.Input("first", normalDist{}) })
	run := func(workers, memory int) string {
		var bits strings.Builder
		calls, last := 0, 0
		tell := func(done, total int) {
			if calls++; done <= last || done > total {
				t.Errorf("%d of %d after %d", done, total, last)
			}
			last = done
		}
		p := compare(t, Options{Trials: 700, Seed: 1, Sampler: Sobol, Workers: workers, Memory: memory, Progress: tell},
			Variant{Model: a}, Variant{Model: b}, Variant{Model: a})
		if err := gob.NewEncoder(&bits).Encode(p); err != nil {
			t.Fatal(err)
		}
		return bits.String()
	}
	want := run(1, 0)
	const least = 2 * 8 * 700 * 3 // for three years of one outcome
	for _, workers := range []int{2, 7} {
		for _, memory := range []int{0, 4 * least, least} {
			if run(workers, memory) != want {
				t.Errorf("%d workers, %d bytes: another result", workers, memory)
			}
		}
	}
	_, err := NewComparison([]Variant{{Model: a}, {Model: b}}, Options{Trials: 700, Memory: least - 1})
	if err == nil || !strings.Contains(err.Error(), "more memory than allowed") {
		t.Errorf("error: %v", err)
	}
}

// calendar records which year it is, a flow and something once.
func calendar(from, years int) *Model {
	m := NewModel(years, 1, nil, nil)
	x := m.Input("x", normalDist{})
	var stock []expr.X
	for y := range years {
		stock = append(stock, x.Add(m.Const(float64(from+y))))
	}
	m.Outcomes = []Outcome{
		{Name: "year", Kind: Stock, Values: stock},
		{Name: "once", Kind: AtTheEnd, Values: []expr.X{x}},
		{Name: "unit", Kind: AtTheEnd, Values: []expr.X{x}, Unit: fmt.Sprint(from)},
		{Name: "kind", Kind: Stock, Values: stock},
	}
	if from != 2026 {
		m.Outcomes[3] = Outcome{Name: "kind", Kind: AtTheEnd, Values: []expr.X{x}}
	}
	return m
}

// Years are compared by date, and what is of the whole time only where that is the same.
func TestCompareTimes(t *testing.T) {
	base := calendar(2026, 5)
	for _, c := range []struct {
		from, years   int
		first, common int // of the base
		apart         string
	}{
		{2026, 5, 1, 5, ""},
		{2026, 3, 1, 3, "once unit"},
		{2028, 5, 3, 3, "once unit kind"},
		{2024, 4, 1, 2, "once unit kind"},
		{2027, 2, 2, 2, "once unit kind"},
		{2030, 5, 5, 1, "once unit kind"},
	} {
		p := compare(t, Options{Trials: 64, Sampler: Sobol}, Variant{Model: base}, Variant{Model: calendar(c.from, c.years), Later: c.from - 2026})[0]
		var apart []string
		for _, a := range p.Apart {
			apart = append(apart, a.Name)
		}
		if got := strings.Join(apart, " "); got != c.apart {
			t.Errorf("%d for %d years: apart are %s, want %s", c.from, c.years, got, c.apart)
		}
		years := pairedMetric(t, p, "year").ByYear
		if len(years) != c.common || years[0].A.Year != c.first || years[0].B.Year != c.first+2026-c.from {
			t.Errorf("%d for %d years: the common years are %+v", c.from, c.years, years)
		}
		for _, y := range years {
			if y.Difference.Year != y.A.Year || !(math.Abs(y.Difference.Max) < 1e-9) {
				t.Errorf("%d for %d years: %+v", c.from, c.years, y)
			}
		}
	}
}

// The same name for another unit is not compared.
func TestCompareUnits(t *testing.T) {
	a, b := sum(0, "a", 1), sum(0, "a", 1)
	b.Outcomes[0].Unit = "m"
	_, err := NewComparison([]Variant{{Model: a}, {Model: b}}, Options{Trials: 64})
	if err == nil || !strings.HasSuffix(err.Error(), `v: its unit is "" in one and "m" in the other`) {
		t.Errorf("error: %v", err)
	}
}

// The values of a pass fit in memory, and all that is wanted is in one.
func TestComparePasses(t *testing.T) {
	m, wanted := toy(), map[string]bool{}
	for _, o := range m.Outcomes[1:] {
		wanted[o.Name] = true
	}
	for _, values := range []int{3, 4, 5, 9, 100} { // a trial of one model
		passes, err := m.passes(wanted, Options{Trials: 10, Memory: 2 * 8 * 10 * values})
		if err != nil {
			t.Fatal(err)
		}
		seen, fewest := map[string]bool{}, 0
		for _, pass := range passes {
			held := 0
			for _, o := range m.Outcomes {
				switch {
				case !pass[o.Name]:
					continue
				case o.Kind == AtTheEnd:
					held++
				default:
					held += 3
				}
				if seen[o.Name] {
					t.Errorf("%s is taken twice", o.Name)
				}
				seen[o.Name] = true
			}
			if held > values {
				t.Errorf("%d values a trial in a pass, %d allowed", held, values)
			}
			fewest += held
		}
		if !reflect.DeepEqual(seen, wanted) || len(passes) > 2*(fewest/values+1) {
			t.Errorf("%d values: %d passes, of %v", values, len(passes), seen)
		}
	}
}

// A trial in which one has no value has no difference.
func TestCompareMissing(t *testing.T) {
	root := func(add float64) *Model {
		m := NewModel(1, 1, nil, nil)
		x := m.Input("x", normalDist{}).Add(m.Const(add))
		m.Outcomes = []Outcome{
			{Name: "square", Kind: Stock, Values: []expr.X{x.Mul(x)}},
			{Name: "root", Kind: Stock, MayLack: true, Values: []expr.X{expr.Sqrt(x)}},
			{Name: "never", Kind: Stock, MayLack: true, Values: []expr.X{expr.Sqrt(m.Const(-1).Add(x.Times(1e-9)))}},
		}
		return m
	}
	for _, sampler := range Samplers() {
		p := compare(t, Options{Trials: 16_000, Sampler: sampler}, Variant{Model: root(0)}, Variant{Model: root(0.5)})[0]
		x := pairedMetric(t, p, "root").ByYear[0]
		near := func(what string, got, want float64) {
			t.Helper()
			if math.Abs(got-want) > 4*math.Sqrt(want*(1-want)/16_000) {
				t.Errorf("%s: %s has values in %v, want %v", sampler, what, got, want)
			}
		}
		near("A", x.A.Defined, 0.5)
		near("B", x.B.Defined, 0.691462) // Φ(0.5)
		near("the difference", x.Difference.Defined, 0.5)
		if x.Difference.Above0 != 1 || !(x.Difference.Max <= math.Sqrt(0.5)) || !(x.Difference.Min > 0) {
			t.Errorf("%s: %+v", sampler, x.Difference)
		}
		// Over the pairs, for which B is larger than over all of its trials.
		list, err := Trials(context.Background(), root(0), Options{Trials: 16_000, Sampler: sampler, Keep: func(n string) bool { return n == "root" }})
		if err != nil {
			t.Fatal(err)
		}
		var n, sa, sb, sd [2]float64
		for _, v := range list[0].Values {
			if v == v {
				w := math.Sqrt(v*v + 0.5)
				n[0]++
				for _, c := range []struct {
					s *[2]float64
					v float64
				}{{&sa, v}, {&sb, w}, {&sd, w - v}} {
					c.s[0], c.s[1] = c.s[0]+c.v, c.s[1]+c.v*c.v
				}
			}
		}
		variance := func(s [2]float64) float64 { return s[1]/n[0] - s[0]*s[0]/n[0]/n[0] }
		if want := (variance(sa) + variance(sb)) / variance(sd); math.Abs(x.Variance/want-1) > 1e-6 {
			t.Errorf("%s: the reduction is %v, want %v", sampler, x.Variance, want)
		}
		if y := pairedMetric(t, p, "never").ByYear[0]; y.Difference.Defined != 0 || !math.IsNaN(y.Equal) || !math.IsNaN(y.Low) || !math.IsNaN(y.Variance) {
			t.Errorf("%s: %+v", sampler, y)
		}
	}
}

// Where some are the same and others not, the share has an error.
func TestCompareEqual(t *testing.T) {
	positive := func(add float64) *Model {
		m := NewModel(1, 1, nil, nil)
		x := m.Input("x", normalDist{})
		v := x.Max(m.Const(add))
		lacks := v.Add(expr.Sqrt(x.Add(m.Const(2))).Times(1e-300)) // none below −2
		m.Outcomes = []Outcome{{Name: "positive", Kind: Stock, Values: []expr.X{v}}, {Name: "lacks", Kind: Stock, MayLack: true, Values: []expr.X{lacks}}}
		return m
	}
	for _, sampler := range Samplers() {
		both := pairsOf(compare(t, Options{Trials: 10_000, Sampler: sampler}, Variant{Model: positive(0)}, Variant{Model: positive(1)})[0])
		x, y := both[0], both[1]
		if !(x.SEEqual > 0) || !(math.Abs(x.Equal-0.158655) < 4*x.SEEqual+1e-4) { // 1 − Φ(1)
			t.Errorf("%s: a share of %v ± %v is equal", sampler, x.Equal, x.SEEqual)
		}
		if math.Abs(x.Equal+x.Difference.Above0-1) > 1e-12 {
			t.Errorf("%s: %v equal, %v above", sampler, x.Equal, x.Difference.Above0)
		}
		if want := x.Equal / y.Difference.Defined; math.Abs(y.Equal-want) > 1e-12 {
			t.Errorf("%s: of those that have a value a share of %v is equal, want %v", sampler, y.Equal, want)
		}
		n := y.Difference.Defined * 10_000
		if n == 10_000 {
			t.Error("all have a value")
		}
		if want := math.Sqrt(y.Equal * (1 - y.Equal) / (n - 1)); sampler == Random && math.Abs(y.SEEqual/want-1) > 1e-9 {
			t.Errorf("the error of the share is %v, want %v", y.SEEqual, want)
		}
	}
}

// An error says whose it is.
func TestCompareErrors(t *testing.T) {
	wrong := NewModel(1, 1, nil, nil)
	wrong.Outcomes = []Outcome{{Name: "v", Kind: AtTheEnd, Values: []expr.X{expr.Log(wrong.Input("a", normalDist{}))}}}
	c, err := NewComparison([]Variant{{"good", sum(0, "a", 1), 0}, {"bad", wrong, 0}}, Options{Trials: 100})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Run(context.Background()); err == nil || !strings.HasPrefix(err.Error(), "bad: v is NaN in trial ") {
		t.Errorf("error: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Run(ctx); err != context.Canceled {
		t.Errorf("error: %v", err)
	}
	for _, refused := range []struct {
		variants []Variant
		want     string
	}{
		{[]Variant{{"one", toy(), 0}, {"two", sum(0, "a", 1), 0}}, "no metric of one can be compared with two; they have none in common"},
		{[]Variant{{"one", calendar(2026, 2), 0}, {"two", calendar(2028, 2), 2}}, "no metric of one can be compared with two; year: no year belongs to both"},
	} {
		if _, err := NewComparison(refused.variants, Options{Trials: 100}); err == nil || err.Error() != refused.want {
			t.Errorf("error: %v", err)
		}
	}
}
