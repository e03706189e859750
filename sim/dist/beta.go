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

// below returns ln of the quantile at p = 1 - q, which is at most 1/2.
func (d unitBeta) below(p, q float64) float64 {
	small := (math.Log(p) + d.lnA + d.lnB) / d.a
	if small+max(0, d.lnb) < -40 {
		return small
	}
	// Where both shapes are large: Abramowitz and Stegun 26.5.22.
	guess := min(small, -math.Ln2)
	if d.a > 1 && d.b > 1 {
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
