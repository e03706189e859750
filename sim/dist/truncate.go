package dist

import (
	"fmt"
	"math"
)

// truncated is a distribution given that its value lies in [lo, hi]:
//
//	Q(p) = Q₀(F₀(lo) + p (F₀(hi) - F₀(lo)))
//
// where F₀ and Q₀ belong to the distribution as it was, F₀(lo) without what lies on lo itself.
// Both tails are carried through,
//
//	p₀ = (1-p) F₀(lo) + p F₀(hi),  1-p₀ = (1-p)(1-F₀(lo)) + p (1-F₀(hi))
//
// sums of positive terms, so a truncation to a far tail keeps its digits. Moments are
// integrals of the quantile function.
type truncated struct {
	base           Dist
	lo, hi         float64
	pLo, qLo       float64 // tails below lo
	pHi, qHi, mass float64 // tails at hi; what is between
}

// Truncate returns d conditioned on [lo, hi]; lo may be -Inf and hi +Inf.
func Truncate(d Dist, lo, hi float64) (Dist, error) {
	switch {
	case math.IsNaN(lo) || math.IsNaN(hi):
		return nil, fmt.Errorf("an end of [%v, %v] is no number: it must be one, -inf or inf", lo, hi)
	case lo >= hi:
		return nil, fmt.Errorf("the upper end is %v: it must be above the lower end, which is %v", hi, lo)
	}
	a, b := d.Support()
	if lo <= a && b <= hi {
		return d, nil
	}
	t := truncated{base: d, lo: max(lo, a), hi: min(hi, b)}
	t.pLo, t.qLo = tailsBelow(d, t.lo)
	t.pHi, t.qHi = d.tails(t.hi)
	if lo <= a {
		t.pLo, t.qLo = 0, 1
	}
	if hi >= b {
		t.pHi, t.qHi = 1, 0
	}
	t.mass = t.part(t.pLo, t.qLo, t.pHi, t.qHi)
	if !(t.mass > smallest) {
		return nil, fmt.Errorf("no probability lies in [%v, %v]: the distribution runs from %v to %v", lo, hi, Point(d, 1e-6), Point(d, 1-1e-6))
	}
	switch d := d.(type) {
	case discrete:
		return d.conditioned(lo, hi)
	case uniform:
		return uniform{t.lo, t.hi}, nil
	case triangular, empirical: // fast, or with kinks
		return t, nil
	}
	return &tabulated{curve: t}, nil
}

// part returns the probability between two points, given the tails at each, from the pair
// that is smaller.
func (d truncated) part(p1, q1, p2, q2 float64) float64 {
	if p1 <= q1 {
		return max(p2-p1, 0)
	}
	return max(q1-q2, 0)
}

func (d truncated) Quantile(p []float64) {
	for i, u := range p {
		p[i] = d.at(u, 1-u)
	}
}

func (d truncated) at(p, q float64) float64 {
	x := d.base.at(q*d.pLo+p*d.pHi, q*d.qLo+p*d.qHi)
	return min(max(x, d.lo), d.hi)
}

func (d truncated) tails(x float64) (p, q float64) {
	switch {
	case x < d.lo:
		return 0, 1
	case x >= d.hi:
		return 1, 0
	}
	p0, q0 := d.base.tails(x)
	p = min(d.part(d.pLo, d.qLo, p0, q0)/d.mass, 1)
	q = min(d.part(p0, q0, d.pHi, d.qHi)/d.mass, 1)
	return p, q
}

func (d truncated) CDF(x float64) float64     { p, _ := d.tails(x); return p }
func (d truncated) Support() (lo, hi float64) { return d.lo, d.hi }

func (d truncated) Mean() float64 {
	lower, upper := d.heavy()
	switch {
	case lower <= 1 && upper <= 1:
		return math.NaN()
	case lower <= 1:
		return math.Inf(-1)
	case upper <= 1:
		return math.Inf(1)
	}
	mean, _ := moments(d)
	return mean
}

func (d truncated) SD() float64 {
	lower, upper := d.heavy()
	switch {
	case min(lower, upper) <= 1:
		return math.NaN()
	case min(lower, upper) <= 2:
		return math.Inf(1)
	}
	_, sd := moments(d)
	return sd
}

// heavy says which powers of the tails have a mean: all, of a tail that is cut.
func (d truncated) heavy() (lower, upper float64) {
	lower, upper = tailPowers(d.base)
	if !math.IsInf(d.lo, -1) {
		lower = math.Inf(1)
	}
	if !math.IsInf(d.hi, 1) {
		upper = math.Inf(1)
	}
	return lower, upper
}

// tailPowers returns the powers of |X| below which the mean over each tail is finite.
func tailPowers(d curve) (lower, upper float64) {
	if t, ok := d.(*tabulated); ok {
		d = t.curve
	}
	if h, ok := d.(interface{ heavy() (lower, upper float64) }); ok {
		return h.heavy()
	}
	return math.Inf(1), math.Inf(1)
}
