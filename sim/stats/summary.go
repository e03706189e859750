// Package stats describes the distribution of one column of trial values. Summarize is exact:
// quantiles are order statistics of the trials, sums are exact but for few roundings. A Sketch
// describes columns that do not fit in memory, to a stated relative accuracy.
package stats

import (
	"math"
	"slices"

	"entente/sim/vec"
)

// A Summary describes a column. The values of trials that have none (NaN) are left out of
// everything but N. What does not exist is NaN: everything if no value is defined, a standard
// deviation or error of a single trial, the standard error of a quantile too near the end of
// the sample.
type Summary struct {
	N       int // trials
	Defined int // trials that have a value
	Mean    float64
	SE      float64 // of the mean
	SD      float64 // with the divisor Defined − 1
	Min     float64
	Max     float64

	// Quantiles, by linear interpolation of the order statistics x₍₀₎ ≤ x₍₁₎ ≤ …
	//	h = (n−1)p,   x_p = x₍⌊h⌋₎ + (h − ⌊h⌋)·(x₍⌊h⌋₊₁₎ − x₍⌊h⌋₎)
	// which is type 7 of Hyndman and Fan, "Sample quantiles in statistical packages" (1996),
	// and the default of R.
	P1, P5, P10, P25, P50, P75, P90, P95, P99 float64

	// Expected shortfall: the means of the lowest 1 % and 5 % and of the highest 5 % and 1 %
	// of trials. With n trials these are the np most extreme, the last by its fraction.
	ES1, ES5, ES95, ES99 float64

	// Standard errors of P5, P50, P95 and ES95.
	SEP5, SEP50, SEP95, SEES95 float64

	// The share of values above 0, and its standard error.
	Above0, SEAbove0 float64

	Grid []float64 // quantiles at the probabilities asked for; nil if none were
}

// Scratch holds the buffers of Summarize between calls. Its zero value is ready; it is for one
// goroutine at a time.
type Scratch struct {
	order   order
	moments moments
	counts  []counts // of the replicates; none of independent trials
}

// The probabilities of the quantiles in every Summary, and of those with a standard error.
var (
	fixed  = [9]float64{0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99}
	withSE = [3]float64{0.05, 0.50, 0.95}
)

// Summarize describes values, which are in trial order, and finite or, where a trial has no
// value, NaN; an infinity panics. It does not modify them. gridP are probabilities from 0 to 1.
//
// replicates says how the trials were drawn. Up to 1: independently. R > 1: as R independent
// replicates, trial k in replicate k mod R, whose own trials may depend on each other (a Latin
// hypercube, a scrambled net); standard errors then come from how the replicates differ, and
// intervals made of them want Student's t with R−1 degrees of freedom.
//
// The same values give the same bits: every sum is taken in a fixed order.
func Summarize(values []float64, replicates int, gridP []float64, s *Scratch) Summary {
	sum := Summary{N: len(values)}
	if len(gridP) > 0 {
		sum.Grid = make([]float64, len(gridP))
	}
	s.read(values, replicates)
	o, n := &s.order, s.order.defined
	if sum.Defined = n; n == 0 {
		sum.forget()
		return sum
	}

	for _, p := range fixed {
		o.wantQuantile(p)
	}
	for _, p := range gridP {
		o.wantQuantile(p)
	}
	sides := o.sides()
	np1, np5 := 0.01*float64(n), 0.05*float64(n)
	o.wantRanks(0, int(math.Ceil(np5))-1)
	o.wantRanks(n-int(math.Ceil(np5)), n-1)
	var near [3]woodruff
	if replicates <= 1 { // the errors of the distribution function are known beforehand
		for i, p := range withSE {
			near[i] = newWoodruff(p, independentShare(p, n), n)
			near[i].want(o)
		}
	}
	o.gather(s.counts, &sides)
	tails := o.grouped

	sum.Min, _ = o.at(0)
	sum.Max, _ = o.at(n - 1)
	for i, to := range sum.quantiles() {
		*to = o.quantile(fixed[i])
	}
	for i, p := range gridP {
		sum.Grid[i] = o.quantile(p)
	}

	// Sums are taken in a unit near the largest magnitude, a power of two, so that neither
	// they nor squares overflow or vanish, whatever the column's scale.
	unit := 1.0
	if largest := max(-sum.Min, sum.Max); largest > 0 {
		unit = math.Ldexp(1, min(max(math.Ilogb(largest), -1000), 1000))
	}
	sum.Mean, sum.SD = s.meanSD(values, unit)
	sum.Mean = min(max(sum.Mean, sum.Min), sum.Max)
	sum.ES1 = o.lowTail(tails, np1, unit)
	sum.ES5 = o.lowTail(tails, np5, unit)
	sum.ES99 = o.highTail(tails, np1, unit).shortfall
	high := o.highTail(tails, np5, unit)
	sum.ES95 = high.shortfall
	sum.Above0 = float64(o.above0(sides.zero)) / float64(n)

	var e stdErrors
	if replicates <= 1 {
		e = independent(n, sum.SD, high, sum.Above0, unit)
	} else {
		s.complete(&sides, [3]float64{sum.P5, sum.P50, sum.P95}, high.boundary, unit)
		e = replicated(s.counts, s.moments.scale, unit)
		for i, p := range withSE {
			near[i] = newWoodruff(p, e.share[i], n)
			near[i].want(o)
		}
		o.gather(nil, nil)
	}
	sum.SE, sum.SEAbove0 = e.mean, e.above0
	sum.SEP5, sum.SEP50, sum.SEP95 = near[0].se(o.quantile), near[1].se(o.quantile), near[2].se(o.quantile)
	sum.SEES95 = shortfallSE(float64(n), 0.05, e.excess)
	return sum
}

// quantiles are where those of the fixed probabilities go.
func (s *Summary) quantiles() [9]*float64 {
	return [9]*float64{&s.P1, &s.P5, &s.P10, &s.P25, &s.P50, &s.P75, &s.P90, &s.P95, &s.P99}
}

// forget makes all NaN that needs a value.
func (s *Summary) forget() {
	nan := math.NaN()
	for _, to := range s.quantiles() {
		*to = nan
	}
	for i := range s.Grid {
		s.Grid[i] = nan
	}
	s.Mean, s.SE, s.SD, s.Min, s.Max = nan, nan, nan, nan, nan
	s.ES1, s.ES5, s.ES95, s.ES99 = nan, nan, nan, nan
	s.SEP5, s.SEP50, s.SEP95, s.SEES95 = nan, nan, nan, nan
	s.Above0, s.SEAbove0 = nan, nan
}

// read takes a column into the moments, and into the buckets of the order.
func (s *Scratch) read(values []float64, replicates int) {
	lanes := vec.SumLanes
	s.counts = s.counts[:0]
	if replicates > 1 {
		lanes = replicates
		s.counts = slices.Grow(s.counts, replicates)[:replicates]
		clear(s.counts)
	}
	o, m := &s.order, &s.moments
	if constant(values) {
		o.beginConstant(values)
		m.reset(lanes, values[0], 1)
		m.addConstant(len(values))
		return
	}
	m.reset(lanes, o.begin(values), 1)
	for first, size := 0, m.block(); first < len(values); first += size {
		b := values[first:min(first+size, len(values))]
		m.add(b)
		o.add(first, b)
	}
	o.sum()
}

// constant returns whether all values are the same number.
func constant(x []float64) bool {
	if len(x) == 0 || x[0]-x[0] != 0 {
		return false
	}
	v := math.Float64bits(x[0])
	for len(x) >= 8 {
		b := x[:8:8]
		if (math.Float64bits(b[0])^v)|(math.Float64bits(b[1])^v)|(math.Float64bits(b[2])^v)|(math.Float64bits(b[3])^v)|
			(math.Float64bits(b[4])^v)|(math.Float64bits(b[5])^v)|(math.Float64bits(b[6])^v)|(math.Float64bits(b[7])^v) != 0 {
			return false
		}
		x = x[8:]
	}
	for _, w := range x {
		if math.Float64bits(w) != v {
			return false
		}
	}
	return true
}

// meanSD returns mean and standard deviation. The sums have been taken around the mean of a
// sample, with no regard to scale; where that is not good enough they are taken again.
func (s *Scratch) meanSD(values []float64, unit float64) (mean, sd float64) {
	m := &s.moments
	mean, sd, accurate := m.meanSD()
	scale := 1.0
	if e := math.Ilogb(unit); e < -400 || e > 400 { // squares of all differences are numbers for sure
		scale = 1 / unit
		mean, accurate = m.centre, false
	}
	for range 3 {
		if accurate {
			break
		}
		m.reset(m.count(), mean, scale)
		for first, size := 0, m.block(); first < len(values); first += size {
			m.add(values[first:min(first+size, len(values))])
		}
		mean, sd, accurate = m.meanSD()
	}
	return mean, sd
}

// complete fills in what the buckets have not decided about the replicates.
func (s *Scratch) complete(sides *sides, quantiles [3]float64, boundary, unit float64) {
	o, R := &s.order, uint32(len(s.counts))
	scale := 1 / unit
	b := boundary * scale
	power := R&(R-1) == 0
	for _, k := range o.list {
		r := k & (R - 1)
		if !power { // a division takes as long as all the rest
			r = k % R
		}
		c, v := &s.counts[r], o.values[k]
		if b := o.bucket[k]; o.steps[b%tableSize]>>open&1 != 0 {
			sides.decide(c, int(b), v, 1, &quantiles)
		}
		above := math.Float64bits(float64(v*scale) - b)
		c.excess += math.Float64frombits(above &^ uint64(int64(above)>>63)) // (v−b)⁺, without a branch
	}
	for r := range s.counts {
		c := &s.counts[r]
		if o.atoms > 0 {
			sides.decide(c, o.home, o.atom, c.atoms, &quantiles)
			if o.atom > boundary {
				c.excess += float64(float64(c.atoms) * (float64(o.atom*scale) - b))
			}
		}
		l := s.moments.lane(r)
		c.n, c.dev = l.n, l.sum.value()
	}
}

// A tail is the highest np of n values, beyond and with a part of the boundary value b.
type tail struct {
	boundary  float64 // b, the innermost value that belongs to the tail
	shortfall float64 // the tail's mean
	// Sums over all trials of y = (x−b)⁺ and of y², in units.
	y1, y2 float64
}

// highTail describes the highest np values, which have been gathered, with all that follow the
// first of them:
//
//	ES = b + Σ(x−b)⁺/(np)
//
// (Rockafellar and Uryasev, "Optimization of conditional value-at-risk", 2000). The boundary
// value counts by the fraction that is left, which needs no weight in this form.
func (o *order) highTail(gathered []float64, np, unit float64) tail {
	b, before := o.at(o.defined - int(math.Ceil(np)))
	largest, _ := o.at(o.defined - 1)
	t := tail{boundary: b}
	t.y1, t.y2 = deviations(gathered[before:], b, 1/unit)
	if o.atom > b {
		d := float64(o.atom/unit) - float64(b/unit)
		t.y1 += float64(float64(o.atoms) * d)
		t.y2 += float64(float64(o.atoms) * d * d)
	}
	t.shortfall = min(max(b+float64(t.y1/np*unit), b), largest)
	return t
}

// lowTail returns the mean of the lowest np values, as highTail does of the highest.
func (o *order) lowTail(gathered []float64, np, unit float64) float64 {
	b, before := o.at(int(math.Ceil(np)) - 1)
	least, _ := o.at(0)
	y, _ := deviations(gathered[:before], b, 1/unit)
	if o.atom < b {
		y += float64(float64(o.atoms) * (float64(o.atom/unit) - float64(b/unit)))
	}
	return max(min(b+float64(y/np*unit), b), least)
}
