package dist

import (
	"cmp"
	"math"
)

// weibull is the Weibull distribution:
//
//	Q(p) = λ (-ln(1 - p))^(1/k)
//
// where k > 0 is its shape (above 1 the hazard rises with age) and λ > 0 its scale, the
// quantile at 1 - 1/e.
//
// Weibull, W., "A statistical distribution function of wide applicability", Journal of
// Applied Mechanics 18 (1951) 293-297.
type weibull struct{ shape, scale float64 }

// NewWeibull returns the Weibull distribution with the given shape and scale.
func NewWeibull(shape, scale float64) (Dist, error) {
	if err := cmp.Or(positive("shape", shape), positive("scale", scale)); err != nil {
		return nil, err
	}
	return representable(&tabulated{curve: weibull{shape, scale}}, "shape", shape)
}

func (d weibull) at(p, q float64) float64 { return d.scale * math.Pow(hazard(p, q), 1/d.shape) }

func (d weibull) tails(x float64) (p, q float64) {
	if x <= 0 {
		return 0, 1
	}
	h := -math.Pow(x/d.scale, d.shape)
	return -math.Expm1(h), math.Exp(h)
}

func (d weibull) CDF(x float64) float64     { p, _ := d.tails(x); return p }
func (d weibull) Support() (lo, hi float64) { return 0, math.Inf(1) }

// Mean is λ Γ(1 + 1/k).
func (d weibull) Mean() float64 { return d.scale * math.Gamma(1+1/d.shape) }

// SD is λ √(Γ(1 + 2/k) - Γ(1 + 1/k)²); above a shape of 20, where the difference loses its
// digits, the integral of the quantile function.
func (d weibull) SD() float64 {
	if d.shape > 20 {
		_, sd := moments(d)
		return sd
	}
	g := math.Gamma(1 + 1/d.shape)
	return d.scale * math.Sqrt(math.Gamma(1+2/d.shape)-g*g)
}
