package stats

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

var nan = math.NaN()

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) && !(math.IsNaN(got) && math.IsNaN(want)) {
		t.Errorf("%s: %v, want %v ± %.3g", what, got, want, tol)
	}
}

// naive describes the values by the definitions, with sums in 200 bits.
func naive(values []float64, gridP []float64) Summary {
	var x []float64
	for _, v := range values {
		if v == v {
			x = append(x, v+0)
		}
	}
	slices.Sort(x)
	n := len(x)
	s := Summary{N: len(values), Defined: n, Mean: nan, SE: nan, SD: nan, ES1: nan, ES5: nan, ES95: nan, ES99: nan}
	q := func(p float64) float64 {
		if n == 0 {
			return nan
		}
		h := float64(n-1) * p
		i := min(int(h), max(n-2, 0))
		if n == 1 {
			return x[0]
		}
		w := h - float64(i)
		return x[i]*(1-w) + x[i+1]*w
	}
	s.Min, s.Max = q(0), q(1)
	s.P1, s.P5, s.P10, s.P25, s.P50, s.P75, s.P90, s.P95, s.P99 = q(.01), q(.05), q(.1), q(.25), q(.5), q(.75), q(.9), q(.95), q(.99)
	for _, p := range gridP {
		s.Grid = append(s.Grid, q(p))
	}
	if n == 0 {
		return s
	}
	sum := new(big.Float).SetPrec(200)
	for _, v := range x {
		sum.Add(sum, big.NewFloat(v))
	}
	mean := new(big.Float).SetPrec(200).Quo(sum, big.NewFloat(float64(n)))
	s.Mean, _ = mean.Float64()
	if n > 1 {
		sq := new(big.Float).SetPrec(200)
		for _, v := range x {
			d := new(big.Float).SetPrec(200).Sub(big.NewFloat(v), mean)
			sq.Add(sq, d.Mul(d, d))
		}
		s.SD, _ = sq.Quo(sq, big.NewFloat(float64(n-1))).Sqrt(sq).Float64()
		s.SE = s.SD / math.Sqrt(float64(n))
	}
	es := func(x []float64, p float64) float64 { // of the first ones
		left, sum := float64(n)*p, 0.0
		for _, v := range x {
			w := min(left, 1)
			sum += w / (float64(n) * p) * v
			if left -= w; left <= 0 {
				break
			}
		}
		return sum
	}
	s.ES1, s.ES5 = es(x, .01), es(x, .05)
	slices.Reverse(x)
	s.ES95, s.ES99 = es(x, .05), es(x, .01)
	return s
}

var gridP = []float64{0, 0.001, 0.3, 0.5, 0.777, 0.999, 1}

// agree compares all but the standard errors of quantiles and shortfalls, relative to the
// largest magnitude.
func agree(t *testing.T, what string, got, want Summary) {
	t.Helper()
	size := max(math.Abs(want.Min), math.Abs(want.Max))
	if got.N != want.N || got.Defined != want.Defined || len(got.Grid) != len(want.Grid) {
		t.Fatalf("%s: %d of %d trials and %d of grid, want %d of %d and %d", what, got.Defined, got.N, len(got.Grid), want.Defined, want.N, len(want.Grid))
	}
	near(t, what+": mean", got.Mean, want.Mean, 4e-16*size)
	near(t, what+": sd", got.SD, want.SD, 1e-14*want.SD+1e-30*size)
	near(t, what+": se", got.SE, want.SE, 1e-14*want.SE+1e-30*size)
	a, b := quantiles(got), quantiles(want)
	for i := range a {
		near(t, fmt.Sprintf("%s: quantile %d", what, i), a[i], b[i], 4e-16*size)
	}
	for i, g := range [][2]float64{{got.ES1, want.ES1}, {got.ES5, want.ES5}, {got.ES95, want.ES95}, {got.ES99, want.ES99}} {
		near(t, fmt.Sprintf("%s: shortfall %d", what, i), g[0], g[1], 1e-12*size)
	}
	inOrder := slices.Concat([]float64{got.Min}, quantiles(got)[2:11], []float64{got.Max})
	if got.Defined > 0 && (!slices.IsSorted(inOrder) || got.ES1 > got.ES5 || got.ES5 > got.P5 || got.ES95 < got.P95 || got.ES99 < got.ES95 || got.ES1 < got.Min || got.ES99 > got.Max) {
		t.Errorf("%s: quantiles and shortfalls out of order: %+v", what, got)
	}
}

func quantiles(s Summary) []float64 {
	return append([]float64{s.Min, s.Max, s.P1, s.P5, s.P10, s.P25, s.P50, s.P75, s.P90, s.P95, s.P99}, s.Grid...)
}

type kind struct {
	name string
	draw func() float64
}

func TestAgainstDefinitions(t *testing.T) {
	r := source(1)
	kinds := []kind{
		{"normal", r.NormFloat64},
		{"far from zero", func() float64 { return 1e9 + r.NormFloat64() }},
		{"lognormal", func() float64 { return math.Exp(5 * r.NormFloat64()) }},
		{"negative", func() float64 { return -math.Exp(r.NormFloat64()) }},
		{"half zeros", func() float64 { return max(0, r.NormFloat64()) }},
		{"both zeros", func() float64 { return math.Copysign(0, r.NormFloat64()) }},
		{"zeros, one number", func() float64 { return 7 * float64(r.IntN(2)) }},
		{"integers", func() float64 { return float64(r.IntN(40) - 20) }},
		{"neighbours and one outlier", func() float64 {
			if r.IntN(500) == 0 {
				return 1e300
			}
			return 1 + float64(r.IntN(1000))*0x1p-52
		}},
		{"any bits", func() float64 {
			for {
				if v := math.Float64frombits(r.Uint64()); math.Abs(v) < math.MaxFloat64 {
					return v
				}
			}
		}},
		{"huge", func() float64 { return math.MaxFloat64 / 4 * (r.Float64() - 0.5) }},
		{"tiny", func() float64 { return float64(r.IntN(1000)) * math.SmallestNonzeroFloat64 }},
	}
	var s Scratch
	for _, k := range kinds {
		for _, n := range []int{1, 2, 3, 19, 20, 21, 100, fewKeys - 1, fewKeys, 1000, 5003} {
			for _, undefined := range []int{0, 3} { // every third trial has no value
				x := make([]float64, n)
				for i := range x {
					x[i] = k.draw()
					if undefined > 0 && r.IntN(undefined) == 0 {
						x[i] = math.Copysign(nan, r.NormFloat64())
					}
				}
				before := slices.Clone(x)
				got := Summarize(x, 1, gridP, &s)
				for i := range x {
					if math.Float64bits(x[i]) != math.Float64bits(before[i]) {
						t.Fatalf("%s: value %d was modified", k.name, i)
					}
				}
				what := fmt.Sprintf("%s, n = %d, undefined 1/%d", k.name, n, undefined)
				want := naive(x, gridP)
				if k.name == "tiny" { // interpolation between subnormals rounds to their step
					for i, q := range quantiles(got) {
						near(t, what, q, quantiles(want)[i], math.SmallestNonzeroFloat64)
					}
					near(t, what+": mean", got.Mean, want.Mean, math.SmallestNonzeroFloat64)
					near(t, what+": sd", got.SD, want.SD, math.SmallestNonzeroFloat64)
					continue
				}
				agree(t, what, got, want)
			}
		}
	}
}

func FuzzSummarize(f *testing.F) {
	f.Add(uint64(1), uint16(10), uint8(0), uint8(0), uint8(0))
	f.Add(uint64(2), uint16(3000), uint8(60), uint8(3), uint8(16))
	f.Add(uint64(3), uint16(1500), uint8(11), uint8(200), uint8(2))
	f.Fuzz(func(t *testing.T, seed uint64, n uint16, mask, repeated, replicates uint8) {
		r := source(seed)
		x := make([]float64, n%2048)
		for i := range x { // numbers with some leading bits in common, and a frequent one
			x[i] = math.Float64frombits(0x3ff<<52 ^ r.Uint64()>>(mask%64))
			if math.IsInf(x[i], 0) {
				x[i] = nan
			}
			if r.IntN(256) < int(repeated) {
				x[i] = x[0]
			}
		}
		R := int(replicates % 40)
		got, want := Summarize(x, R, gridP, new(Scratch)), reference(x, R, gridP)
		exact(t, fmt.Sprintf("seed %d, n = %d, mask %d, repeated %d, %d replicates", seed, n, mask, repeated, R), got, want)
		if R != 1 && R != 0 && R != 16 {
			return
		}
		s := sketchOf(x, R, 512).Summary(nil)
		for i, v := range quantiles(s) {
			if v < want.Min || v > want.Max || (v != v) != (want.Defined == 0) {
				t.Errorf("quantile %d of the sketch is %v, outside of %v to %v", i, v, want.Min, want.Max)
			}
		}
	})
}

// The quantiles that R 4.2 prints for quantile(c(3, 1, 4, 1, 5, 9, 2, 6), type = 7).
func TestQuantilesOfR(t *testing.T) {
	s := Summarize([]float64{3, 1, 4, nan, 1, 5, 9, 2, 6}, 1, nil, new(Scratch))
	for _, c := range [][2]float64{{s.P1, 1}, {s.P5, 1}, {s.P10, 1}, {s.P25, 1.75}, {s.P50, 3.5}, {s.P75, 5.25}, {s.P90, 6.9}, {s.P95, 7.95}, {s.P99, 8.79}} {
		near(t, "quantile", c[0], c[1], 1e-14)
	}
	if s.N != 9 || s.Defined != 8 || s.Grid != nil {
		t.Errorf("%+v", s)
	}
}

func TestShortfallTakesAFraction(t *testing.T) {
	x := make([]float64, 30) // 5 % are 1.5 trials, 1 % are 0.3
	for i := range x {
		x[i] = float64(i * i)
	}
	s := Summarize(x, 1, nil, new(Scratch))
	near(t, "ES95", s.ES95, (29*29+0.5*28*28)/1.5, 1e-12)
	near(t, "ES99", s.ES99, 29*29, 0)
	near(t, "ES5", s.ES5, 0.5*1/1.5, 1e-15)
	near(t, "ES1", s.ES1, 0, 0)
}

func TestNothingToSay(t *testing.T) {
	for _, replicates := range []int{1, 16} {
		for _, x := range [][]float64{nil, {nan}, {nan, nan, nan}} {
			s := Summarize(x, replicates, []float64{0, 1}, new(Scratch))
			all := append(quantiles(s), s.Mean, s.SE, s.SD, s.ES1, s.ES5, s.ES95, s.ES99, s.SEP5, s.SEP50, s.SEP95, s.SEES95)
			if s.N != len(x) || s.Defined != 0 || len(s.Grid) != 2 {
				t.Errorf("%v: %+v", x, s)
			}
			for i, v := range all {
				if v == v {
					t.Errorf("%v, statistic %d: %v, want NaN", x, i, v)
				}
			}
		}
		s := Summarize([]float64{nan, -3}, replicates, nil, new(Scratch))
		if s.Mean != -3 || s.P1 != -3 || s.Max != -3 || s.ES1 != -3 || s.ES99 != -3 {
			t.Errorf("one trial: %+v", s)
		}
		for _, v := range []float64{s.SE, s.SD, s.SEP5, s.SEP50, s.SEP95, s.SEES95} {
			if v == v {
				t.Errorf("one trial: %+v has a standard error", s)
			}
		}
	}
}

func TestErrorsThatDoNotExist(t *testing.T) {
	x := make([]float64, 100)
	for i := range x {
		x[i] = float64(i)
	}
	for _, c := range []struct {
		n         int
		tails, es bool
	}{{39, false, false}, {40, false, true}, {75, false, true}, {76, true, true}} {
		s := Summarize(x[:c.n], 1, nil, new(Scratch))
		if (s.SEP5 == s.SEP5) != c.tails || (s.SEP95 == s.SEP95) != c.tails || (s.SEES95 == s.SEES95) != c.es || s.SEP50 != s.SEP50 {
			t.Errorf("n = %d: %v %v %v %v", c.n, s.SEP5, s.SEP50, s.SEP95, s.SEES95)
		}
	}
	// All values in one replicate: nothing tells how replicates differ.
	alone := slices.Repeat([]float64{nan}, 320)
	for k := 5; k < len(alone); k += 16 {
		alone[k] = float64(k)
	}
	if s := Summarize(alone, 16, nil, new(Scratch)); s.Defined != 20 || s.SE == s.SE || s.SEP50 == s.SEP50 || s.SEES95 == s.SEES95 || s.SD != s.SD {
		t.Errorf("one replicate: %+v", s)
	}
}

func TestConstantColumns(t *testing.T) {
	var s Scratch
	for _, v := range []float64{0, math.Copysign(0, -1), 0.1, -1e-310, 1e300, math.MaxFloat64, -math.MaxFloat64, 1e9 + 0.1} {
		for _, n := range []int{40, 1001, 100_003} {
			for _, replicates := range []int{1, 16} {
				x := slices.Repeat([]float64{v}, n)
				x[n/2] = nan
				got := Summarize(x, replicates, nil, &s)
				if got.Mean != v || got.SD != 0 || got.SE != 0 || got.Min != v || got.P50 != v || got.ES1 != v || got.ES95 != v || got.SEP50 != 0 {
					t.Errorf("%d times %v, %d replicates: %+v", n, v, replicates, got)
				}
				if n > 40 && (got.SEP5 != 0 || got.SEP95 != 0 || got.SEES95 != 0) {
					t.Errorf("%d times %v: %+v", n, v, got)
				}
				if math.Signbit(got.Mean) && v == 0 || math.Signbit(got.Min) && v == 0 {
					t.Errorf("%v became −0", v)
				}
			}
		}
	}
}

func TestInfinityIsRefused(t *testing.T) {
	for _, v := range []float64{math.Inf(1), math.Inf(-1)} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v was taken", v)
				}
			}()
			Summarize([]float64{1, v, nan}, 1, nil, new(Scratch))
		}()
	}
}

// A column times 2^k has the same summary times 2^k, at any scale.
func TestScale(t *testing.T) {
	r := source(5)
	x, y := make([]float64, 3000), make([]float64, 3000)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	a := Summarize(x, 16, nil, new(Scratch))
	for _, k := range []int{1000, -900, 3} {
		for i := range x {
			y[i] = math.Ldexp(x[i], k)
		}
		b := Summarize(y, 16, nil, new(Scratch))
		for _, c := range [][2]float64{{a.Mean, b.Mean}, {a.SD, b.SD}, {a.SE, b.SE}, {a.ES95, b.ES95}, {a.SEES95, b.SEES95}, {a.SEP5, b.SEP5}} {
			near(t, fmt.Sprintf("times 2^%d", k), math.Ldexp(c[1], -k), c[0], 1e-15*math.Abs(c[0]))
		}
	}
}

// With replicates of equal size, the standard error of the mean is sd(means)/√R.
func TestReplicatedErrorOfTheMean(t *testing.T) {
	const R, each = 16, 50
	r := source(6)
	x, means := make([]float64, R*each), make([]float64, R)
	for k := range x {
		x[k] = 100 + r.NormFloat64()
		means[k%R] += x[k] / each
	}
	m := naive(means, nil)
	got := Summarize(x, R, nil, new(Scratch))
	near(t, "SE", got.SE, m.SD/4, 1e-12*m.SD)

	// Unequal sizes: the formula of replicated, in plain steps.
	x = x[:R*each-9]
	for k := range x {
		if k%R == 3 && k > 200 {
			x[k] = nan
		}
	}
	var size, sum [R]float64
	var all, count float64
	for k, v := range x {
		if v == v {
			size[k%R]++
			sum[k%R] += v
			all += v
			count++
		}
	}
	num, den := 0.0, 1.0
	for i := range size {
		w := size[i] / count
		d := sum[i]/size[i] - all/count
		num += w * w * d * d
		den -= w * w
	}
	got = Summarize(x, R, nil, new(Scratch))
	near(t, "SE, unequal", got.SE, math.Sqrt(num/den), 1e-11*got.SE)
}

// The values depend on the trials alone, not on what the buffers held.
func TestScratchIsForgotten(t *testing.T) {
	r := source(7)
	var s Scratch
	for _, n := range []int{5000, 30, 2000, 1, 5000} {
		x := make([]float64, n)
		for i := range x {
			x[i] = r.ExpFloat64()
		}
		a, b := Summarize(x, 16, gridP, &s), Summarize(x, 16, gridP, new(Scratch))
		if fmt.Sprintf("%x", a) != fmt.Sprintf("%x", b) {
			t.Errorf("n = %d: used scratch %+v, new %+v", n, a, b)
		}
	}
	x := make([]float64, 5000)
	if n := testing.AllocsPerRun(5, func() { Summarize(x, 16, nil, &s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A fine grid of quantiles is more to tell, and changes nothing else, not a bit.
func TestGridChangesNothing(t *testing.T) {
	r := source(8)
	for _, n := range []int{100, 1000, 2000, 10_000} {
		for _, replicates := range []int{1, 16} {
			x := make([]float64, n)
			for i := range x {
				x[i] = 1000 * r.ExpFloat64()
			}
			with, without := Summarize(x, replicates, gridP, new(Scratch)), Summarize(x, replicates, nil, new(Scratch))
			with.Grid = nil
			if fmt.Sprintf("%x", with) != fmt.Sprintf("%x", without) {
				t.Errorf("n = %d, %d replicates: with a grid %+v, without %+v", n, replicates, with, without)
			}
		}
	}
}

// A population whose statistics are known.
type population struct {
	name                     string
	quantile                 func(p float64) float64
	mean, p5, p50, p95, es95 float64
}

// The 95 % shortfalls are closed forms: φ(z)/0.05 and e^½·Φ(1−z)/0.05, z the 95 % quantile of
// the standard normal.
func populations() []population {
	std := distuv.UnitNormal
	const z = 1.6448536269514722
	return []population{
		{"normal", std.Quantile, 0, -z, 0, z, 2.0627128075},
		{"lognormal", func(p float64) float64 { return math.Exp(std.Quantile(p)) },
			math.Exp(0.5), math.Exp(-z), 1, math.Exp(z), 8.5572268668},
		{"exponential", func(p float64) float64 { return -math.Log1p(-p) },
			1, -math.Log1p(-0.05), math.Ln2, math.Log(20), 1 + math.Log(20)},
	}
}

func TestClosedForms(t *testing.T) {
	const n = 200_000
	r := source(8)
	for _, p := range populations() {
		x := make([]float64, n)
		for i := range x {
			x[i] = p.quantile(r.Float64())
		}
		s := Summarize(x, 1, nil, new(Scratch))
		// 4.4 standard errors: a false alarm once in 10^5.
		near(t, p.name+": mean", s.Mean, p.mean, 4.4*s.SE)
		near(t, p.name+": p5", s.P5, p.p5, 4.4*s.SEP5)
		near(t, p.name+": p50", s.P50, p.p50, 4.4*s.SEP50)
		near(t, p.name+": p95", s.P95, p.p95, 4.4*s.SEP95)
		near(t, p.name+": es95", s.ES95, p.es95, 4.4*s.SEES95)
		if p.name == "normal" {
			near(t, "ES5", s.ES5, -p.es95, 4.4*s.SEES95)
			near(t, "ES99", s.ES99, 2.6652142203, 0.05)
			near(t, "ES1", s.ES1, -2.6652142203, 0.05)
			near(t, "sd", s.SD, 1, 4.4/math.Sqrt(2*n))
		}
	}
}

// Of 95 % intervals, about 95 % contain what they estimate: with independent trials, with
// replicates of independent trials, and with replicates that are stratified, whose errors the
// formulas for independent trials would overstate.
func TestCoverage(t *testing.T) {
	const runs, n, R = 1000, 1600, 16
	const normal, student15 = 1.959964, 2.131450
	std := distuv.UnitNormal
	for _, design := range []struct {
		name       string
		replicates int
		factor     float64
		draw       func(r *rand.Rand, k int) float64 // a standard normal
	}{
		{"independent", 1, normal, func(r *rand.Rand, _ int) float64 { return r.NormFloat64() }},
		{"replicated", R, student15, func(r *rand.Rand, _ int) float64 { return r.NormFloat64() }},
		{"stratified", R, student15, func(r *rand.Rand, k int) float64 {
			// Point ⌊k/R⌋ of its replicate lies in its stratum of that number of the first of
			// two variables, which makes most of the variance.
			u := (float64(k/R) + r.Float64()) / (n / R)
			return math.Sqrt(0.8)*std.Quantile(u) + math.Sqrt(0.2)*r.NormFloat64()
		}},
	} {
		for _, p := range populations() {
			r := source(9)
			x := make([]float64, n)
			var s Scratch
			var hit, se [5]float64
			for range runs {
				for k := range x {
					x[k] = p.quantile(std.CDF(design.draw(r, k)))
				}
				u := Summarize(x, design.replicates, nil, &s)
				for j, c := range [5][3]float64{{u.Mean, u.SE, p.mean}, {u.P5, u.SEP5, p.p5}, {u.P50, u.SEP50, p.p50}, {u.P95, u.SEP95, p.p95}, {u.ES95, u.SEES95, p.es95}} {
					if math.Abs(c[0]-c[2]) <= design.factor*c[1] {
						hit[j] += 100.0 / runs
					}
					se[j] += c[1] / runs
				}
			}
			t.Logf("%s, %s: %.1f %% of intervals of mean, p5, p50, p95, es95; standard errors %.2g", design.name, p.name, hit, se)
			// The coverage of 1000 intervals has a standard error of 0.7 %. An estimate of a
			// shortfall is skewed as the tail is, and its intervals hold less often the heavier
			// the tail.
			for j, least := range [5]float64{92, 92, 92, 92, 88} {
				if hit[j] < least || hit[j] > 98 {
					t.Errorf("%s, %s: the intervals of statistic %d hold %.1f %%, want 95", design.name, p.name, j, hit[j])
				}
			}
			if p.name != "normal" {
				continue
			}
			// Asymptotic standard errors of independent trials: √(p(1−p)/n)/φ(x_p), and for ES
			// the variance of (x−z)⁺, (1+z²)Φ(−z) − zφ(z) − (φ(z) − zΦ(−z))².
			z, phi := p.p95, std.Prob(p.p95)
			e := phi - z*0.05
			want := [5]float64{
				1 / math.Sqrt(n), math.Sqrt(0.05*0.95/n) / phi, math.Sqrt(math.Pi / 2 / n), math.Sqrt(0.05*0.95/n) / phi,
				math.Sqrt(((1+z*z)*0.05-z*phi-e*e)/n) / 0.05,
			}
			for j := range want {
				switch {
				case design.name != "stratified":
					near(t, fmt.Sprintf("%s: standard error %d", design.name, j), se[j], want[j], 0.04*want[j])
				case se[j] > 0.85*want[j]:
					t.Errorf("stratified: standard error %d is %.3g, that of independent trials %.3g", j, se[j], want[j])
				}
			}
		}
	}
}

// The share above 0 is counted, 0 itself not; its error is √(p(1−p)/n), or comes from the
// replicates.
func TestAbove0(t *testing.T) {
	var s Scratch
	values := []float64{-1, 0, 2, math.NaN(), 3, math.Copysign(0, -1), 1e-300, -5, 0}
	got := Summarize(values, 1, nil, &s)
	if want := 3.0 / 8; got.Above0 != want || math.Abs(got.SEAbove0-math.Sqrt(want*(1-want)/8)) > 1e-15 {
		t.Errorf("above 0: %v ± %v", got.Above0, got.SEAbove0)
	}
	// Replicates with 1/2, 1 and 0 of two trials each: sd 1/2, over √3.
	got = Summarize([]float64{1, 1, -1, -1, 1, -1}, 3, nil, &s)
	if got.Above0 != 0.5 || math.Abs(got.SEAbove0-0.5/math.Sqrt(3)) > 1e-15 {
		t.Errorf("of replicates: %v ± %v", got.Above0, got.SEAbove0)
	}
	if got = Summarize([]float64{1}, 1, nil, &s); got.Above0 != 1 || !math.IsNaN(got.SEAbove0) {
		t.Errorf("of one trial: %v ± %v", got.Above0, got.SEAbove0)
	}
}
