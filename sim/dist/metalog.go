package dist

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// metalog is Keelin's unbounded metalog distribution, the logistic quantile function with
// polynomials for its location and scale:
//
//	Q(p) = A(p - 1/2) + B(p - 1/2) ln(p/(1-p))
//	A(c) = a₁ + a₄c + a₅c² + a₇c³ + ...,  B(c) = a₂ + a₃c + a₆c² + a₈c³ + ...
//
// where a₁ ... aₙ solve the linear equations Q(pᵢ) = xᵢ for the n quantiles given. It is a
// distribution only if Q increases, which is proved or refuted when it is made, for all p
// from 2⁻⁵³ to 1 - 2⁻⁵³; beyond them it keeps the values there. Moments are integrals of the
// quantile function.
//
// Keelin, T. W., "The metalog distributions", Decision Analysis 13 (2016) 243-277.
type metalog struct {
	a, b   []float64 // coefficients of A and B by power
	lo, hi float64   // Q at the ends
}

// The logit ln(p/(1-p)) at p = 1 - 2⁻⁵³.
const logitEdge = 53 * math.Ln2

// NewMetalog returns the metalog distribution with as many terms as there are quantiles:
// probabilities p, increasing in (0, 1), and the quantiles x, increasing, 2 to 16 of them.
func NewMetalog(p, x []float64) (Dist, error) {
	n := len(p)
	switch {
	case len(x) != n:
		return nil, fmt.Errorf("there are %d probabilities for %d quantiles: each quantile needs one", n, len(x))
	case n < 2 || n > 16:
		return nil, fmt.Errorf("there are %d quantiles: a metalog needs 2 to 16", n)
	}
	for i := range n {
		if !(p[i] > 0 && p[i] < 1) {
			return nil, fmt.Errorf("probability %d is %v: it must lie inside 0 and 1", i+1, p[i])
		}
		if err := number(fmt.Sprintf("quantile %d", i+1), x[i]); err != nil {
			return nil, err
		}
		if i > 0 && p[i] <= p[i-1] {
			return nil, fmt.Errorf("probability %d is %v: it must be above the one before, %v", i+1, p[i], p[i-1])
		}
		if i > 0 && x[i] <= x[i-1] {
			return nil, fmt.Errorf("the quantile at %v is %v: it must be above the one at %v, %v", p[i], x[i], p[i-1], x[i-1])
		}
	}
	// In units of the spread and from the first quantile, so that rounding is relative to it.
	origin, spread := x[0], x[n-1]-x[0]
	m, y := mat.NewDense(n, n, nil), mat.NewVecDense(n, nil)
	for i := range n {
		y.SetVec(i, (x[i]-origin)/spread)
		c, l := p[i]-0.5, math.Log(p[i]/(1-p[i]))
		for j := range n {
			power, scale := term(j)
			v := math.Pow(c, float64(power))
			if scale {
				v *= l
			}
			m.Set(i, j, v)
		}
	}
	var coef mat.VecDense
	if err := coef.SolveVec(m, y); err != nil {
		return nil, fmt.Errorf("the probabilities are too close together for a metalog of %d terms: leave some out", n)
	}
	d := metalog{make([]float64, (n+1)/2+1), make([]float64, (n+1)/2+1), 0, 0}
	for j := range n {
		v := coef.AtVec(j)
		if math.Abs(v) < 1e-13 { // rounding of the solution
			v = 0
		}
		power, scale := term(j)
		if scale {
			d.b[power] = v
		} else {
			d.a[power] = v
		}
	}
	for i := range n {
		if got := d.of(p[i], 1-p[i]); math.Abs(got-y.AtVec(i)) > 1e-9 {
			return nil, fmt.Errorf("the probabilities are too close together for a metalog of %d terms: leave some out", n)
		}
	}
	if at, ok := d.increases(); !ok {
		return nil, fmt.Errorf("the metalog through these %d quantiles falls near p = %.3g, so it is no distribution: give fewer quantiles, or smoother ones", n, at)
	}
	for i := range d.a {
		d.a[i] *= spread
		d.b[i] *= spread
	}
	d.a[0] += origin
	d.lo, d.hi = d.of(edge, 1-edge), d.of(1-edge, edge)
	return &tabulated{curve: d}, nil
}

// term returns the power of c in Keelin's term j, counted from 0, and whether the term
// belongs to the scale B.
func term(j int) (power int, scale bool) {
	switch j {
	case 0:
		return 0, false
	case 1:
		return 0, true
	case 2:
		return 1, true
	case 3:
		return 1, false
	}
	return j / 2, j%2 == 1
}

// poly returns the polynomial and its derivative at c.
func poly(coef []float64, c float64) (v, dv float64) {
	for i := len(coef) - 1; i >= 0; i-- {
		dv = dv*c + v
		v = v*c + coef[i]
	}
	return v, dv
}

// of returns the quantile at p = 1 - q.
func (d metalog) of(p, q float64) float64 {
	c := p - 0.5
	if p > q {
		c = 0.5 - q
	}
	a, _ := poly(d.a, c)
	b, _ := poly(d.b, c)
	return a + b*math.Log(p/q)
}

func (d metalog) at(p, q float64) float64 {
	if p < edge {
		return d.lo
	}
	if q < edge {
		return d.hi
	}
	return d.of(p, q)
}

// logistic returns p and 1 - p for the logit l.
func logistic(l float64) (p, q float64) { return 1 / (1 + math.Exp(-l)), 1 / (1 + math.Exp(l)) }

// tails inverts the quantile function by Newton's method on the logit of p, bracketed.
func (d metalog) tails(x float64) (p, q float64) {
	switch {
	case x < d.lo:
		return 0, 1
	case x >= d.hi:
		return 1, 0
	}
	lo, hi, l := -logitEdge, logitEdge, 0.0
	for range 200 {
		p, q = logistic(l)
		gap := d.of(p, q) - x
		if gap > 0 {
			hi = l
		} else {
			lo = l
		}
		next := l - gap/d.slope(l)
		if !(next >= lo && next <= hi) {
			next = lo + (hi-lo)/2
		}
		if math.Abs(next-l) <= 1e-15*math.Abs(l) || next == lo && next == l {
			break
		}
		l = next
	}
	return logistic(l)
}

// slope returns dQ/dl at the logit l: p(1-p)(A' + B'l) + B.
func (d metalog) slope(l float64) float64 {
	p, q := logistic(l)
	c := p - 0.5
	_, da := poly(d.a, c)
	b, db := poly(d.b, c)
	return p*q*(da+db*l) + b
}

// increases proves that dQ/dl is above 0 for all logits l between the edges, by bounding it
// over intervals that are halved until each is decided; else it returns a p where it is not,
// or where it is too close to 0 to tell.
func (d metalog) increases() (at float64, ok bool) {
	budget := 100_000 // intervals; ordinary metalogs need a hundred
	return d.increasesOn(-logitEdge, logitEdge, &budget)
}

func (d metalog) increasesOn(l0, l1 float64, budget *int) (at float64, ok bool) {
	m := l0 + (l1-l0)/2
	*budget--
	if p, _ := logistic(m); *budget < 0 || m == l0 || d.slope(m) <= 0 {
		return p, false
	}
	p0, q0 := logistic(l0)
	p1, q1 := logistic(l1)
	c := span{p0 - 0.5, p1 - 0.5}
	pq := span{min(p0*q0, p1*q1), max(p0*q0, p1*q1)} // p(1-p), greatest at 1/2
	if l0 < 0 && l1 > 0 {
		pq.hi = 0.25
	}
	_, da := polySpan(d.a, c)
	b, db := polySpan(d.b, c)
	slope := pq.times(da.plus(db.times(span{l0, l1}))).plus(b)
	if slope.lo > 0 {
		return 0, true
	}
	if at, ok = d.increasesOn(l0, m, budget); !ok {
		return at, false
	}
	return d.increasesOn(m, l1, budget)
}

// A span is the numbers from lo to hi.
type span struct{ lo, hi float64 }

func (s span) plus(t span) span { return span{s.lo + t.lo, s.hi + t.hi} }

func (s span) times(t span) span {
	a, b, c, d := s.lo*t.lo, s.lo*t.hi, s.hi*t.lo, s.hi*t.hi
	return span{min(a, b, c, d), max(a, b, c, d)}
}

// polySpan bounds a polynomial and its derivative over c.
func polySpan(coef []float64, c span) (v, dv span) {
	for i := len(coef) - 1; i >= 0; i-- {
		dv = dv.times(c).plus(v)
		v = v.times(c).plus(span{coef[i], coef[i]})
	}
	return v, dv
}

func (d metalog) CDF(x float64) float64     { p, _ := d.tails(x); return p }
func (d metalog) Mean() float64             { mean, _ := moments(d); return mean }
func (d metalog) SD() float64               { _, sd := moments(d); return sd }
func (d metalog) Support() (lo, hi float64) { return math.Inf(-1), math.Inf(1) }
