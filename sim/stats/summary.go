// Package stats describes the distribution of one column of trial values, exactly: the whole
// column is sorted, and no sketch or histogram stands between a number and the trials.
package stats

import (
	"math"
	"sort"
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
	sorted    []float64
	keys, aux []uint64
	counts    [digits][radix]uint32
	strata    []stratum
}

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
	x := s.sort(values)
	n := float64(len(x))
	sum := Summary{
		N: len(values), Defined: len(x),
		Min: quantile(x, 0), Max: quantile(x, 1),
		P1: quantile(x, 0.01), P5: quantile(x, 0.05), P10: quantile(x, 0.10), P25: quantile(x, 0.25),
		P50: quantile(x, 0.50),
		P75: quantile(x, 0.75), P90: quantile(x, 0.90), P95: quantile(x, 0.95), P99: quantile(x, 0.99),
	}
	if len(gridP) > 0 {
		sum.Grid = make([]float64, len(gridP))
		for i, p := range gridP {
			sum.Grid[i] = quantile(x, p)
		}
	}

	// Sums are taken in a unit near the largest magnitude, a power of two, so that neither
	// they nor squares overflow or vanish, whatever the column's scale.
	unit := 1.0
	if largest := max(-sum.Min, sum.Max); largest > 0 {
		unit = math.Ldexp(1, min(max(math.Ilogb(largest), -1000), 1000))
	}
	mean, sd := moments(x, unit)
	sum.Mean, sum.SD = mean, sd

	sum.ES1 = lowTail(x, 0.01, unit).shortfall
	sum.ES5 = lowTail(x, 0.05, unit).shortfall
	high := highTail(x, 0.05, unit)
	sum.ES95 = high.shortfall
	sum.ES99 = highTail(x, 0.01, unit).shortfall

	sum.Above0 = shareAbove(x, 0)
	var e stdErrors
	if replicates > 1 {
		e = s.replicated(values, replicates, unit, references{
			mean: mean, p5: sum.P5, p50: sum.P50, p95: sum.P95, boundary: high.boundary,
		})
	} else {
		e = independent(n, sd, high, sum.Above0, unit)
	}
	sum.SEAbove0 = e.above0
	sum.SE = e.mean
	sum.SEP5 = quantileSE(x, 0.05, e.f5)
	sum.SEP50 = quantileSE(x, 0.50, e.f50)
	sum.SEP95 = quantileSE(x, 0.95, e.f95)
	sum.SEES95 = shortfallSE(n, 0.05, e.excess)
	return sum
}

// shareAbove returns the share of sorted values that are above a bound; NaN of none.
func shareAbove(x []float64, bound float64) float64 {
	above := sort.Search(len(x), func(i int) bool { return x[i] > bound })
	return float64(len(x)-above) / float64(len(x))
}

// quantile returns the quantile of type 7 of sorted values (see Summary).
func quantile(x []float64, p float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	h := float64(len(x)-1) * p
	i := int(h)
	if i >= len(x)-1 {
		return x[len(x)-1]
	}
	lo, hi, w := x[i], x[i+1], h-float64(i)
	if d := hi - lo; !math.IsInf(d, 0) {
		return min(lo+w*d, hi) // rounding must not carry it past the next one
	}
	return lo*(1-w) + hi*w
}

// moments returns mean and standard deviation of sorted values, the latter from deviations
// from the mean, corrected for what rounding left of their sum:
//
//	(n−1)·sd² = Σ(x−m)² − (Σ(x−m))²/n
//
// A constant column has exactly its value as mean, and the standard deviation 0.
func moments(x []float64, unit float64) (mean, sd float64) {
	if len(x) == 0 {
		return math.NaN(), math.NaN()
	}
	n := float64(len(x))
	s, _ := deviations(x, 0, unit)
	mean = min(max(s/n*unit, x[0]), x[len(x)-1])
	if len(x) == 1 {
		return mean, math.NaN()
	}
	d1, d2 := deviations(x, mean, unit)
	return mean, math.Sqrt(max(d2-d1*d1/n, 0)/(n-1)) * unit
}

// deviations returns Σd and Σd² of d = (x−c)/unit. Short blocks are summed plainly, in four
// lanes, and the blocks' sums with compensation, so that the error does not grow with the
// number of values.
func deviations(x []float64, c, unit float64) (s1, s2 float64) {
	const block = 64
	scale := 1 / unit
	c *= scale
	var sum1, sum2 compensated
	for len(x) > 0 {
		b := x[:min(block, len(x))]
		x = x[len(b):]
		var a0, a1, a2, a3, q0, q1, q2, q3 float64
		for len(b) >= 4 {
			d0, d1, d2, d3 := b[0]*scale-c, b[1]*scale-c, b[2]*scale-c, b[3]*scale-c
			a0, a1, a2, a3 = a0+d0, a1+d1, a2+d2, a3+d3
			q0, q1, q2, q3 = q0+d0*d0, q1+d1*d1, q2+d2*d2, q3+d3*d3
			b = b[4:]
		}
		for _, v := range b {
			d := v*scale - c
			a0 += d
			q0 += d * d
		}
		sum1.add((a0 + a1) + (a2 + a3))
		sum2.add((q0 + q1) + (q2 + q3))
	}
	return sum1.sum + sum1.lost, sum2.sum + sum2.lost
}

// A compensated sum keeps what each addition rounds away (Knuth's two-sum).
type compensated struct{ sum, lost float64 }

func (c *compensated) add(v float64) {
	t := c.sum + v
	w := t - c.sum
	c.lost += (c.sum - (t - w)) + (v - w)
	c.sum = t
}

// A tail is the np most extreme of n values, beyond and with a part of the boundary value b.
type tail struct {
	boundary  float64 // b, the innermost value that belongs to the tail
	shortfall float64 // the tail's mean
	// Sums over all trials of y = (x−b)⁺ (in the lower tail, −(b−x)⁺) and of y², in units.
	y1, y2 float64
}

// highTail describes the highest np of sorted values:
//
//	ES = b + Σ(x−b)⁺/(np)
//
// (Rockafellar and Uryasev, "Optimization of conditional value-at-risk", 2000). The boundary
// value counts by the fraction that is left, which needs no weight in this form.
func highTail(x []float64, p, unit float64) tail {
	if len(x) == 0 {
		return tail{boundary: math.NaN(), shortfall: math.NaN()}
	}
	np := float64(len(x)) * p
	i := len(x) - int(math.Ceil(np))
	t := tail{boundary: x[i]}
	t.y1, t.y2 = deviations(x[i:], t.boundary, unit)
	t.shortfall = min(max(t.boundary+t.y1/np*unit, t.boundary), x[len(x)-1])
	return t
}

// lowTail describes the lowest np of sorted values, as highTail does the highest.
func lowTail(x []float64, p, unit float64) tail {
	if len(x) == 0 {
		return tail{boundary: math.NaN(), shortfall: math.NaN()}
	}
	np := float64(len(x)) * p
	i := int(math.Ceil(np)) - 1
	t := tail{boundary: x[i]}
	t.y1, t.y2 = deviations(x[:i+1], t.boundary, unit)
	t.shortfall = max(min(t.boundary+t.y1/np*unit, t.boundary), x[0])
	return t
}
