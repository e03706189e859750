package dist

import "math"

// exponential is the exponential distribution:
//
//	Q(p) = -ln(1 - p) / λ
//
// where λ > 0 is its rate; its mean is 1/λ.
type exponential struct{ rate float64 }

// NewExponential returns the exponential distribution with the given rate.
func NewExponential(rate float64) (Dist, error) {
	if err := positive("rate", rate); err != nil {
		return nil, err
	}
	return &tabulated{curve: exponential{rate}}, nil
}

func (d exponential) at(p, q float64) float64 { return hazard(p, q) / d.rate }

// hazard returns -ln(1 - p), the cumulative hazard, from the smaller of p and q = 1 - p.
func hazard(p, q float64) float64 {
	if p <= q {
		return -math.Log1p(-p)
	}
	return -math.Log(q)
}

func (d exponential) tails(x float64) (p, q float64) {
	h := -d.rate * max(x, 0)
	return -math.Expm1(h), math.Exp(h)
}

func (d exponential) CDF(x float64) float64     { p, _ := d.tails(x); return p }
func (d exponential) Mean() float64             { return 1 / d.rate }
func (d exponential) SD() float64               { return 1 / d.rate }
func (d exponential) Support() (lo, hi float64) { return 0, math.Inf(1) }
