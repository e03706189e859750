package stats

import (
	"fmt"
	"math"
	"math/big"
	"slices"
	"testing"
)

// reference describes the values by the definitions: everything sorted, with sums in 200 bits.
func reference(values []float64, replicates int, gridP []float64) Summary {
	const bits = 200
	num := func(v float64) *big.Float { return new(big.Float).SetPrec(bits).SetFloat64(v) }
	float := func(v *big.Float) float64 { f, _ := v.Float64(); return f }
	zero := func() *big.Float { return num(0) }
	var x []float64
	for _, v := range values {
		if v == v {
			x = append(x, v+0)
		}
	}
	slices.Sort(x)
	n := len(x)
	s := Summary{N: len(values), Defined: n, Grid: slices.Clone(gridP)}
	if n == 0 {
		s.forget()
		return s
	}
	quantile := func(p float64) float64 {
		h := float64(n-1) * p
		i := int(h)
		if i >= n-1 {
			return x[n-1]
		}
		w := h - float64(i)
		if d := x[i+1] - x[i]; !math.IsInf(d, 0) {
			return min(x[i]+float64(w*d), x[i+1])
		}
		return float64(x[i]*(1-w)) + float64(x[i+1]*w)
	}
	s.Min, s.Max = x[0], x[n-1]
	s.P1, s.P5, s.P10, s.P25, s.P50 = quantile(0.01), quantile(0.05), quantile(0.1), quantile(0.25), quantile(0.5)
	s.P75, s.P90, s.P95, s.P99 = quantile(0.75), quantile(0.9), quantile(0.95), quantile(0.99)
	for i, p := range gridP {
		s.Grid[i] = quantile(p)
	}
	mean := zero()
	for _, v := range x {
		mean.Add(mean, num(v))
	}
	mean.Quo(mean, num(float64(n)))
	s.Mean = float(mean)
	// root returns √(q/d), q of any size.
	root := func(q *big.Float, d float64) float64 {
		if d <= 0 {
			return nan
		}
		q = zero().Quo(q, num(d))
		return float(q.Sqrt(q))
	}
	squares := func(x []float64, c *big.Float) *big.Float {
		q := zero()
		for _, v := range x {
			d := zero().Sub(num(v), c)
			q.Add(q, d.Mul(d, d))
		}
		return q
	}
	s.SD = root(squares(x, mean), float64(n-1))
	// The mean of the first np values, the last by its fraction.
	shortfall := func(x []float64, p float64) float64 {
		np := float64(n) * p
		k := int(math.Ceil(np))
		sum := zero()
		for _, v := range x[:k] {
			sum.Add(sum, zero().Sub(num(v), num(x[k-1])))
		}
		return float(sum.Add(sum.Quo(sum, num(np)), num(x[k-1])))
	}
	s.ES1, s.ES5 = shortfall(x, 0.01), shortfall(x, 0.05)
	down := slices.Clone(x)
	slices.Reverse(down)
	s.ES95, s.ES99 = shortfall(down, 0.05), shortfall(down, 0.01)
	above := 0
	for _, v := range x {
		above += one(v > 0)
	}
	s.Above0 = float64(above) / float64(n)

	// The standard error of the mean over the trials of y, a function of the value.
	seBy := func(replicates int, y func(v float64) *big.Float) float64 {
		if replicates <= 1 {
			sum, sq := zero(), zero()
			for _, v := range x {
				sum.Add(sum, y(v))
			}
			sum.Quo(sum, num(float64(n)))
			for _, v := range x {
				d := zero().Sub(y(v), sum)
				sq.Add(sq, d.Mul(d, d))
			}
			return root(sq, float64(n-1)*float64(n))
		}
		size, total := make([]float64, replicates), make([]*big.Float, replicates)
		all, n2, filled := zero(), 0.0, 0
		for r := range total {
			total[r] = zero()
			for k := r; k < len(values); k += replicates {
				if v := values[k]; v == v {
					size[r]++
					total[r].Add(total[r], y(v))
				}
			}
			all.Add(all, total[r])
			n2 += size[r] * size[r]
			filled += one(size[r] > 0)
		}
		if filled < 2 {
			return nan
		}
		all.Quo(all, num(float64(n)))
		sq := zero()
		for r := range total {
			d := zero().Sub(total[r], zero().Mul(num(size[r]), all))
			sq.Add(sq, d.Mul(d, d))
		}
		return root(sq, float64(n)*float64(n)-n2)
	}
	se := func(y func(v float64) *big.Float) float64 { return seBy(replicates, y) }
	s.SE = se(num)
	indicator := func(holds func(v float64) bool) func(v float64) *big.Float {
		return func(v float64) *big.Float { return num(float64(one(holds(v)))) }
	}
	ofQuantile := func(p, q float64) float64 {
		f := se(indicator(func(v float64) bool { return v <= q }))
		if replicates <= 1 {
			f = math.Sqrt(p * (1 - p) / float64(n))
		}
		f = max(f, 1/float64(n))
		if !(p-2*f >= 0 && p+2*f <= 1 && (n > 1)) {
			return nan
		}
		return quantile(p+2*f)/4 - quantile(p-2*f)/4
	}
	for i, to := range s.quantileErrors() {
		*to = ofQuantile(fixed[i], *s.quantiles()[i])
	}
	for i, to := range s.shortfallErrors() {
		*to = nan
		p := tailShares[i]
		if np := float64(n) * p; np >= 2 {
			k := int(math.Ceil(np))
			if i < 2 {
				b := x[k-1]
				*to = se(func(v float64) *big.Float { return num(0).Sub(num(b), num(min(v, b))) }) / p
			} else {
				b := down[k-1]
				*to = se(func(v float64) *big.Float { return num(0).Sub(num(max(v, b)), num(b)) }) / p
			}
		}
	}
	s.SESD = nan
	if n > 1 {
		lanes := replicates
		if lanes <= 1 {
			lanes = 16
		}
		s.SESD = 0
		if s.SD > 0 {
			s.SESD = seBy(lanes, func(v float64) *big.Float {
				d := zero().Sub(num(v), mean)
				d.Quo(d, num(s.SD))
				return d.Mul(d, d)
			}) / 2 * s.SD
		}
	}
	s.SEAbove0 = se(indicator(func(v float64) bool { return v > 0 }))
	if replicates <= 1 {
		s.SEAbove0 = math.Sqrt(s.Above0 * (1 - s.Above0) / float64(n))
		if n < 2 {
			s.SEAbove0 = nan
		}
	}
	return s
}

// exact compares with the reference: order statistics have to be the same bits; sums may differ
// by few roundings of the largest magnitude, errors by some more of their own.
func exact(t *testing.T, what string, got, want Summary) {
	t.Helper()
	if got.N != want.N || got.Defined != want.Defined {
		t.Fatalf("%s: %d of %d trials, want %d of %d", what, got.Defined, got.N, want.Defined, want.N)
	}
	a, b := append(quantiles(got), got.Above0), append(quantiles(want), want.Above0)
	for i := range a {
		if math.Float64bits(a[i]) != math.Float64bits(b[i]) && !(a[i] != a[i] && b[i] != b[i]) {
			t.Errorf("%s: order statistic %d is %v, want %v", what, i, a[i], b[i])
		}
	}
	size := max(math.Abs(want.Min), math.Abs(want.Max))
	const tiny = math.SmallestNonzeroFloat64
	near(t, what+": mean", got.Mean, want.Mean, 4e-16*size+tiny)
	near(t, what+": es1", got.ES1, want.ES1, 4e-16*size+tiny)
	near(t, what+": es5", got.ES5, want.ES5, 4e-16*size+tiny)
	near(t, what+": es95", got.ES95, want.ES95, 4e-16*size+tiny)
	near(t, what+": es99", got.ES99, want.ES99, 4e-16*size+tiny)
	for _, e := range []struct {
		name      string
		got, want float64
	}{
		{"se of sd", got.SESD, want.SESD}, {"sd", got.SD, want.SD}, {"se", got.SE, want.SE},
		{"se of es1", got.SEES1, want.SEES1}, {"se of es5", got.SEES5, want.SEES5}, {"se of es95", got.SEES95, want.SEES95}, {"se of es99", got.SEES99, want.SEES99},
		{"se of p1", got.SEP1, want.SEP1}, {"se of p5", got.SEP5, want.SEP5}, {"se of p10", got.SEP10, want.SEP10}, {"se of p25", got.SEP25, want.SEP25}, {"se of p50", got.SEP50, want.SEP50},
		{"se of p75", got.SEP75, want.SEP75}, {"se of p90", got.SEP90, want.SEP90}, {"se of p95", got.SEP95, want.SEP95}, {"se of p99", got.SEP99, want.SEP99},
		{"se of above 0", got.SEAbove0, want.SEAbove0},
	} {
		near(t, what+": "+e.name, e.got, e.want, 1e-12*e.want+1e-16*size+4*tiny)
	}
}

// nasty returns columns that are hard to spread over buckets, or to sum.
func nasty() []kind {
	r := source(11)
	i := 0
	count := func(f func(i int) float64) func() float64 {
		return func() float64 { i++; return f(i) }
	}
	return append(columns(r),
		kind{"rising", count(func(i int) float64 { return float64(i) })},
		kind{"falling", count(func(i int) float64 { return -float64(i) / 7 })},
		kind{"one outlier in many equal", count(func(i int) float64 { return float64(one(i%997 == 5)) * 1e200 })},
		kind{"two values", func() float64 { return float64(r.IntN(2)*4 - 1) }},
		kind{"three values", func() float64 { return float64(r.IntN(3) - 1) }},
		kind{"floor and ceiling", func() float64 { return min(max(r.NormFloat64(), -0.3), 0.6) }},
		kind{"near the frequent value", func() float64 { return 1 + float64(r.IntN(9)-6)*0x1p-52*float64(r.IntN(2)) }},
		kind{"near 0", func() float64 { return r.NormFloat64() * 1e-300 * float64(r.IntN(2)) }},
		kind{"tails of 10^±300", func() float64 { return math.Copysign(math.Pow(10, 600*(r.Float64()-0.5)), r.NormFloat64()) }},
		kind{"subnormal", func() float64 { return float64(r.IntN(1000)-300) * math.SmallestNonzeroFloat64 }},
		kind{"huge", func() float64 { return math.MaxFloat64 * (2*r.Float64() - 1) }},
		kind{"far from 0", func() float64 { return -1e9 + r.NormFloat64() }},
		kind{"mostly undefined", func() float64 {
			if r.IntN(10) > 0 {
				return math.Copysign(nan, r.NormFloat64())
			}
			return r.NormFloat64()
		}},
		kind{"both zeros", func() float64 { return math.Copysign(float64(r.IntN(4)/3), r.NormFloat64()) }},
	)
}

func TestAgainstReference(t *testing.T) {
	var s Scratch
	for _, k := range nasty() {
		for _, n := range []int{699, 700, 3001} {
			x := make([]float64, n)
			for i := range x {
				x[i] = k.draw()
			}
			for _, replicates := range []int{1, 16, 3} {
				exact(t, fmt.Sprintf("%s, n = %d, %d replicates", k.name, n, replicates),
					Summarize(x, replicates, gridP, &s), reference(x, replicates, gridP))
			}
		}
	}
}

func TestFewValues(t *testing.T) {
	var s Scratch
	for _, k := range nasty() {
		for n := range 45 {
			x := make([]float64, n)
			for i := range x {
				x[i] = k.draw()
			}
			for _, replicates := range []int{0, 2, 16} {
				exact(t, fmt.Sprintf("%s, n = %d, %d replicates", k.name, n, replicates),
					Summarize(x, replicates, gridP, &s), reference(x, replicates, gridP))
			}
		}
	}
}

// The sample from which the buckets and the centre of sums are chosen may mislead: the time may
// depend on it, the result may not.
func TestMisleadingSample(t *testing.T) {
	const n = 3001
	x := make([]float64, n)
	for k := range x {
		x[k] = float64(k)
	}
	var o order
	o.begin(x)
	seen := slices.Clone(o.sample) // the trials in the sample
	if len(seen) < 30 || len(seen) > n/20 {
		t.Fatalf("a sample of %d", len(seen))
	}
	for _, c := range []struct {
		name         string
		seen, unseen func(r float64) float64
	}{
		{"an atom at the top", func(float64) float64 { return 7 }, func(r float64) float64 { return r }},
		{"an atom at the bottom", func(float64) float64 { return -7 }, func(r float64) float64 { return r }},
		{"undefined", func(float64) float64 { return nan }, func(r float64) float64 { return 1e9 + r }},
		{"one value", func(float64) float64 { return 3 }, func(float64) float64 { return 1e9 }},
		{"a narrow range", func(r float64) float64 { return r * 1e-9 }, func(r float64) float64 { return r * 1e9 }},
		{"a wide range", func(r float64) float64 { return r * 1e300 }, func(r float64) float64 { return r }},
	} {
		r := source(12)
		for k := range x {
			x[k] = c.unseen(r.NormFloat64())
		}
		for _, k := range seen {
			x[int(k)] = c.seen(r.NormFloat64())
		}
		for _, replicates := range []int{1, 16} {
			exact(t, fmt.Sprintf("%s, %d replicates", c.name, replicates),
				Summarize(x, replicates, gridP, new(Scratch)), reference(x, replicates, gridP))
		}
	}
}
