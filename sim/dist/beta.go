package dist

import (
	"cmp"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// beta is the beta distribution on an interval:
//
//	P(X ≤ x) = I_y(α, β),  y = (x - min)/(max - min)
//
// where α, β > 0 are its shapes, min < max the ends of its support and I the regularised
// incomplete beta function.
type beta struct {
	min, max float64
	unit     unitBeta
}

// NewBeta returns the beta distribution on [0, 1] with shapes a and b, each from 1e-3 to 1e5.
func NewBeta(a, b float64) (Dist, error) { return NewBetaOn(a, b, 0, 1) }

// NewBetaOn returns the beta distribution on [minimum, maximum] with shapes a and b, each
// from 1e-3 to 1e5.
func NewBetaOn(a, b, minimum, maximum float64) (Dist, error) {
	if err := cmp.Or(positive("a", a), within("a", a, 1e-3, 1e5), positive("b", b), within("b", b, 1e-3, 1e5),
		number("min", minimum), number("max", maximum), increasing("min", minimum, "max", maximum)); err != nil {
		return nil, err
	}
	return &tabulated{curve: beta{minimum, maximum, newUnitBeta(a, b)}}, nil
}

// NewPERT returns the PERT distribution, the beta distribution on [minimum, maximum] with
//
//	α = 1 + 4 (mode - min)/(max - min),  β = 1 + 4 (max - mode)/(max - min)
//
// so that its mean is (min + 4 mode + max)/6.
//
// Malcolm, D. G. et al., "Application of a technique for research and development program
// evaluation", Operations Research 7 (1959) 646-669.
func NewPERT(minimum, mode, maximum float64) (Dist, error) {
	if err := threePoints(minimum, mode, maximum); err != nil {
		return nil, err
	}
	w := maximum - minimum
	return NewBetaOn(1+4*((mode-minimum)/w), 1+4*((maximum-mode)/w), minimum, maximum)
}

func (d beta) at(p, q float64) float64 {
	w, upper := d.unit.at(p, q)
	// Measured from the nearer end, which keeps the digits of values near a 0 there.
	if upper {
		return max(d.max-(d.max-d.min)*math.Exp(w), d.min)
	}
	return min(d.min+(d.max-d.min)*math.Exp(w), d.max)
}

// expand gives quantiles of an octave by the series of the quantile x around its middle: with
// f the density, dx/dp = 1/f(x), so that
//
//	U = x'/x,  V = x'/(1-x):  U' = U ((β-1)V - αU),  V' = V (βV - (α-1)U)
//	x' = U x,  (1-x)' = -V (1-x)
//
// of which Cauchy's products give one coefficient after the other. The singularity at p = 0 is
// three times as far from the middle as the ends are, so the terms fall like 3⁻ⁿ.
func (d beta) expand(x *nodes, lo, hi float64, upper bool, guess float64) (ok bool, next float64) {
	if d.unit.a < 0.5 || d.unit.b < 0.5 { // an octave of p is many octaves of x
		return false, guess
	}
	u := d.unit
	if upper {
		u = u.mirror()
	}
	mid, half := lo+(hi-lo)/2, (hi-lo)/2
	s, fromOne := u.series(mid, half, guess)
	for j, t := range chebyshev.node {
		y, far := s.at(t), fromOne != upper // the distance from an end, and whether from max
		if y > 0.5 {
			y, far = 1-y, !far
		}
		if far {
			x[j] = max(d.max-(d.max-d.min)*y, d.min)
		} else {
			x[j] = min(d.min+(d.max-d.min)*y, d.max)
		}
		if !(y > 0) {
			return false, math.NaN()
		}
	}
	// The middle of the next octave.
	next = s.at(-mid / half / 2)
	if fromOne {
		next = 1 - next
	}
	return true, next
}

func (d beta) tails(x float64) (p, q float64) {
	switch w := d.max - d.min; {
	case x <= d.min:
		return 0, 1
	case x >= d.max:
		return 1, 0
	case x-d.min <= w/2:
		return d.unit.tails((x - d.min) / w)
	default:
		q, p = d.unit.mirror().tails((d.max - x) / w)
		return p, q
	}
}

func (d beta) CDF(x float64) float64     { p, _ := d.tails(x); return p }
func (d beta) Support() (lo, hi float64) { return d.min, d.max }

// Mean is min + (max - min) α/(α + β).
func (d beta) Mean() float64 {
	a, b := d.unit.a, d.unit.b
	return d.min + (d.max-d.min)*(a/(a+b))
}

// SD is (max - min) √(αβ/(α + β + 1)) / (α + β).
func (d beta) SD() float64 {
	a, b := d.unit.a, d.unit.b
	return (d.max - d.min) * math.Sqrt(a*b/(a+b+1)) / (a + b)
}

// unitBeta is the beta distribution on [0, 1].
type unitBeta struct {
	a, b     float64
	lnB      float64 // ln B(a, b)
	pHalf    float64 // P(X ≤ 1/2)
	qHalf    float64
	lnA, lnb float64
}

func newUnitBeta(a, b float64) unitBeta {
	d := unitBeta{a: a, b: b, lnB: mathext.Lbeta(a, b), lnA: math.Log(a), lnb: math.Log(b)}
	d.pHalf, d.qHalf = d.tails(0.5)
	return d
}

// mirror returns the distribution of 1 - X.
func (d unitBeta) mirror() unitBeta {
	return unitBeta{d.b, d.a, d.lnB, d.qHalf, d.pHalf, d.lnb, d.lnA}
}

// tails returns P(X ≤ x) and P(X > x) for x up to 1/2.
func (d unitBeta) tails(x float64) (p, q float64) {
	p = d.lower(x)
	if p < 0.75 {
		return p, 1 - p
	}
	q = d.upper(x)
	return 1 - q, q
}

// lower returns P(X ≤ x) for x up to 1/2.
func (d unitBeta) lower(x float64) float64 {
	if x*max(1, d.b) < 1e-17 {
		return math.Exp(d.a*math.Log(x) - d.lnA - d.lnB)
	}
	return mathext.RegIncBeta(d.a, d.b, x)
}

// upper returns P(X > x) for x up to 1/2.
func (d unitBeta) upper(x float64) float64 {
	if x < 0.01 { // 1 - x may have lost digits that count
		if p := d.lower(x); p < 0.75 {
			return 1 - p
		}
	}
	return mathext.RegIncBeta(d.b, d.a, 1-x)
}

// at returns ln of the quantile x at p = 1 - q or, if upper, of 1 - x, whichever is at most
// 1/2. It is found by Halley's method on the logarithm of the nearer tail over the logarithm
// of the nearer end; close to the end it is (p α B(α, β))^(1/α).
func (d unitBeta) at(p, q float64) (w float64, upper bool) {
	if p <= q && p > d.pHalf || p > q && q < d.qHalf {
		return d.mirror().below(q, p), true
	}
	return d.below(p, q), false
}

// powers is a polynomial by powers.
type powers [24]float64

func (c *powers) at(t float64) float64 {
	y := c[len(c)-1]
	for i := len(c) - 2; i >= 0; i-- {
		y = y*t + c[i]
	}
	return y
}

// series expands the quantile x at p = mid + half·t or, if fromOne, 1 - x in t, given a guess of
// x at mid or no number.
func (d unitBeta) series(mid, half, guess float64) (s powers, fromOne bool) {
	var w, lnx, ln1x float64
	if fromOne = mid > d.pHalf; fromOne {
		w = d.mirror().from(math.Log1p(-guess), 1-mid, mid)
		lnx, ln1x = math.Log(-math.Expm1(w)), w
	} else {
		w = d.from(math.Log(guess), mid, 1-mid)
		lnx, ln1x = w, math.Log(-math.Expm1(w))
	}
	var u, v, up, vp powers // U, V, U'/U, V'/V
	u[0] = half * math.Exp(d.lnB-d.a*lnx-(d.b-1)*ln1x)
	v[0] = u[0] * math.Exp(lnx-ln1x)
	s[0] = math.Exp(w)
	rate, sign := &u, 1.0 // s' = ± rate·s
	if fromOne {
		rate, sign = &v, -1
	}
	for k := range len(s) - 1 {
		up[k] = (d.b-1)*v[k] - d.a*u[k]
		vp[k] = d.b*v[k] - (d.a-1)*u[k]
		var du, dv, ds float64
		for i := range k + 1 {
			du += u[i] * up[k-i]
			dv += v[i] * vp[k-i]
			ds += rate[i] * s[k-i]
		}
		n := float64(k + 1)
		u[k+1], v[k+1], s[k+1] = du/n, dv/n, sign*ds/n
	}
	return s, fromOne
}

// below returns ln of the quantile at p = 1 - q, which is at most 1/2.
func (d unitBeta) below(p, q float64) float64 { return d.from(math.NaN(), p, q) }

// from is below with a guess, or no number.
func (d unitBeta) from(guess, p, q float64) float64 {
	small := (math.Log(p) + d.lnA + d.lnB) / d.a
	if small+max(0, d.lnb) < -40 {
		return small
	}
	// Where both shapes are large: Abramowitz and Stegun 26.5.22.
	known := guess < 0
	if !known {
		guess = min(small, -math.Ln2)
	}
	if !known && d.a > 1 && d.b > 1 {
		z := normalQuantile(p, q)
		l := (z*z - 3) / 6
		u, v := 1/(2*d.a-1), 1/(2*d.b-1)
		h := 2 / (u + v)
		// The logit of x is twice this.
		y := z*math.Sqrt(h+l)/h + (u-v)*(l+5.0/6-2/(3*h))
		if h+l > 0 {
			guess = min(max(guess, -math.Log1p(d.b/d.a*math.Exp(-2*y))), -math.Ln2)
		}
	}
	return solve(func(w float64) (gap, slope, bend float64) {
		x := math.Exp(w)
		ln1x := math.Log1p(-x)
		// x times the density, and its logarithmic derivative by w.
		xf := math.Exp(d.a*w + (d.b-1)*ln1x - d.lnB)
		m := d.a - (d.b-1)*x/(1-x)
		if p <= q {
			pt := d.lower(x)
			slope = xf / pt
			return math.Log(pt / p), slope, m - slope
		}
		qt := d.upper(x)
		slope = xf / qt
		return math.Log(q / qt), slope, m + slope
	}, guess, lnSmallest, -math.Ln2+1e-9)
}
