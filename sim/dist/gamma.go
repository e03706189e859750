package dist

import (
	"cmp"
	"math"

	"gonum.org/v1/gonum/mathext"
)

// gamma is the gamma distribution:
//
//	P(X ≤ x) = γ(α, βx) / Γ(α)
//
// where α > 0 is its shape, β > 0 its rate and γ the lower incomplete gamma function. Its
// quantile is found by Halley's method on the logarithm of the nearer tail over ln x; where
// x is small it is (p Γ(α+1))^(1/α) / β.
//
// DiDonato, A. R. and Morris, A. H., "Computation of the incomplete gamma function ratios
// and their inverse", ACM Transactions on Mathematical Software 12 (1986) 377-393.
type gamma struct {
	shape, rate float64
	lnGamma1    float64 // ln Γ(α+1)
}

// NewGamma returns the gamma distribution with the given shape, up to 1e6, and rate. Its mean
// is shape/rate.
func NewGamma(shape, rate float64) (Dist, error) {
	if err := cmp.Or(positive("shape", shape), within("shape", shape, 1e-3, 1e6), positive("rate", rate)); err != nil {
		return nil, err
	}
	g, _ := math.Lgamma(shape + 1)
	return representable(&tabulated{curve: gamma{shape, rate, g}}, "rate", rate)
}

func (d gamma) at(p, q float64) float64 {
	a := d.shape
	small := (math.Log(p) + d.lnGamma1) / a
	if small < -40 {
		return math.Exp(small) / d.rate
	}
	// Wilson and Hilferty's start: the cube root of X is nearly normal.
	guess := small
	if a > 0.3 {
		if r := 1 - 1/(9*a) + normalQuantile(p, q)/(3*math.Sqrt(a)); r > 0 {
			guess = max(small, math.Log(a*r*r*r))
		}
	}
	w := solve(func(w float64) (gap, slope, bend float64) {
		x := math.Exp(w)
		// x times the density, and its logarithmic derivative by w.
		xf, m := math.Exp(a*w-x-d.lnGamma1)*a, a-x
		if p <= q {
			tail := mathext.GammaIncReg(a, x)
			slope = xf / tail
			return math.Log(tail / p), slope, m - slope
		}
		tail := mathext.GammaIncRegComp(a, x)
		slope = xf / tail
		return math.Log(q / tail), slope, m + slope
	}, guess, -50, 50)
	return math.Exp(w) / d.rate
}

func (d gamma) tails(x float64) (p, q float64) {
	x *= d.rate
	switch {
	case x <= 0:
		return 0, 1
	case x < 1e-17:
		p = math.Exp(d.shape*math.Log(x) - d.lnGamma1)
		return p, 1 - p
	case math.IsInf(x, 1):
		return 1, 0
	}
	return mathext.GammaIncReg(d.shape, x), mathext.GammaIncRegComp(d.shape, x)
}

func (d gamma) CDF(x float64) float64     { p, _ := d.tails(x); return p }
func (d gamma) Mean() float64             { return d.shape / d.rate }
func (d gamma) SD() float64               { return math.Sqrt(d.shape) / d.rate }
func (d gamma) Support() (lo, hi float64) { return 0, math.Inf(1) }
