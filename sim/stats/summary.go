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

	// Standard errors of these, and of SD. The extremes have none: they are of these trials.
	SEP1, SEP5, SEP10, SEP25, SEP50, SEP75, SEP90, SEP95, SEP99 float64
	SEES1, SEES5, SEES95, SEES99                                float64
	SESD                                                        float64

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

// The probabilities of the quantiles in every Summary.
var fixed = [points]float64{0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99}

const (
	points = 9
	// The outermost quantile lies within the tail of an expected shortfall, whose values are
	// gathered: what the replicates have beyond it is counted there.
	outermost = points - 1
)

// tails are the parts of the trials whose means are the expected shortfalls: on each side, the
// lower ones first.
var tailShares = [4]float64{0.01, 0.05, 0.05, 0.01}

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
	var near [points]woodruff
	if replicates <= 1 { // the errors of the distribution function are known beforehand
		for i, p := range fixed {
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

	// Sums are taken in a unit near the largest magnitude, a power of two, so that neither
	// they nor squares overflow or vanish, whatever the column's scale.
	unit := 1.0
	if largest := max(-sum.Min, sum.Max); largest > 0 {
		unit = math.Ldexp(1, min(max(math.Ilogb(largest), -1000), 1000))
	}
	sum.Mean, sum.SD = s.meanSD(values, unit)
	sum.Mean = min(max(sum.Mean, sum.Min), sum.Max)
	all := [4]tail{o.lowTail(tails, np1, unit), o.lowTail(tails, np5, unit), o.highTail(tails, np5, unit), o.highTail(tails, np1, unit)}
	for i, to := range sum.shortfalls() {
		*to = all[i].shortfall
	}
	// Not before the tails: what is looked up is put in order, and their sums would hang in their
	// last digits on what is asked for.
	for i, p := range gridP {
		sum.Grid[i] = o.quantile(p)
	}
	sum.Above0 = float64(o.above0(sides.zero)) / float64(n)

	var e stdErrors
	if replicates <= 1 {
		e = independent(n, sum.SD, &all, sum.Above0, unit)
	} else {
		var q [points]float64
		for i, v := range sum.quantiles() {
			q[i] = *v
		}
		s.complete(&sides, &q, &all, unit)
		e = replicated(s.counts, s.moments.scale, unit)
		for i, p := range fixed {
			near[i] = newWoodruff(p, e.share[i], n)
			near[i].want(o)
		}
		o.gather(nil, nil)
	}
	sum.SE, sum.SEAbove0 = e.mean, e.above0
	for i, to := range sum.quantileErrors() {
		*to = near[i].se(o.quantile)
	}
	for i, to := range sum.shortfallErrors() {
		*to = shortfallSE(float64(n), tailShares[i], e.excess[i])
	}
	sum.SESD = s.moments.errorOfSD(sum.SD)
	return sum
}

// quantiles are where those of the fixed probabilities go.
func (s *Summary) quantiles() [points]*float64 {
	return [points]*float64{&s.P1, &s.P5, &s.P10, &s.P25, &s.P50, &s.P75, &s.P90, &s.P95, &s.P99}
}

// quantileErrors are where their standard errors go.
func (s *Summary) quantileErrors() [points]*float64 {
	return [points]*float64{&s.SEP1, &s.SEP5, &s.SEP10, &s.SEP25, &s.SEP50, &s.SEP75, &s.SEP90, &s.SEP95, &s.SEP99}
}

// shortfalls are where those of the tails go, and shortfallErrors their standard errors.
func (s *Summary) shortfalls() [4]*float64 { return [4]*float64{&s.ES1, &s.ES5, &s.ES95, &s.ES99} }

func (s *Summary) shortfallErrors() [4]*float64 {
	return [4]*float64{&s.SEES1, &s.SEES5, &s.SEES95, &s.SEES99}
}

// forget makes all NaN that needs a value.
func (s *Summary) forget() {
	nan := math.NaN()
	for i, to := range s.quantiles() {
		*to, *s.quantileErrors()[i] = nan, nan
	}
	for i, to := range s.shortfalls() {
		*to, *s.shortfallErrors()[i] = nan, nan
	}
	for i := range s.Grid {
		s.Grid[i] = nan
	}
	s.Mean, s.SE, s.SD, s.SESD, s.Min, s.Max = nan, nan, nan, nan, nan, nan
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

// complete fills in what the buckets have not decided about the replicates: q are the
// quantiles, and all the tails.
func (s *Scratch) complete(sides *sides, q *[points]float64, all *[4]tail, unit float64) {
	o, R := &s.order, uint32(len(s.counts))
	scale := 1 / unit
	b := [4]float64{all[0].boundary * scale, all[1].boundary * scale, all[2].boundary * scale, all[3].boundary * scale}
	most := q[outermost]
	power := R&(R-1) == 0
	// In arrays of the largest of the usual numbers of replicates, which are near.
	var sums [vec.SumLanes][4]float64
	var beyond [vec.SumLanes]int
	few := R == vec.SumLanes
	for _, k := range o.list {
		r := k & (R - 1)
		if !power { // a division takes as long as all the rest
			r = k % R
		}
		v := o.values[k]
		if b := o.bucket[k]; o.steps[b%tableSize]>>open&1 != 0 {
			sides.decide(&s.counts[r], int(b), v, 1, q)
		}
		x, n := &sums[r%vec.SumLanes], &beyond[r%vec.SumLanes]
		if !few {
			x, n = &s.counts[r].excess, &s.counts[r].beyond
		}
		y := float64(v * scale)
		x[0] += positive(b[0] - y)
		x[1] += positive(b[1] - y)
		x[2] += positive(y - b[2])
		x[3] += positive(y - b[3])
		*n += one(v > most)
	}
	for r := range s.counts {
		c := &s.counts[r]
		if few {
			c.excess, c.beyond = sums[r], beyond[r]
		}
		if o.atoms > 0 {
			sides.decide(c, o.home, o.atom, c.atoms, q)
			y, atoms := float64(o.atom*scale), float64(c.atoms)
			c.excess[0] += float64(atoms * positive(b[0]-y))
			c.excess[1] += float64(atoms * positive(b[1]-y))
			c.excess[2] += float64(atoms * positive(y-b[2]))
			c.excess[3] += float64(atoms * positive(y-b[3]))
			c.beyond += c.atoms * one(o.atom > most)
		}
		l := s.moments.lane(r)
		c.n, c.dev = l.n, l.sum.value()
		c.le[outermost] = c.n - c.beyond
	}
}

// positive is x⁺, without a branch.
func positive(x float64) float64 {
	b := math.Float64bits(x)
	return math.Float64frombits(b &^ uint64(int64(b)>>63))
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

// lowTail describes the lowest np values, as highTail does the highest; its y are (b−x)⁺.
func (o *order) lowTail(gathered []float64, np, unit float64) tail {
	b, before := o.at(int(math.Ceil(np)) - 1)
	least, _ := o.at(0)
	t := tail{boundary: b}
	t.y1, t.y2 = deviations(gathered[:before], b, 1/unit)
	if o.atom < b {
		d := float64(o.atom/unit) - float64(b/unit)
		t.y1 += float64(float64(o.atoms) * d)
		t.y2 += float64(float64(o.atoms) * d * d)
	}
	t.shortfall = max(min(b+float64(t.y1/np*unit), b), least)
	t.y1 = -t.y1
	return t
}
