package dist

import (
	"cmp"
	"math"

	"entente/sim/vec"
)

// lognormal is the distribution of a number whose logarithm is normal:
//
//	Q(p) = exp(μ + σ Φ⁻¹(p))
//
// where μ is the mean and σ > 0 the standard deviation of the logarithm. Its median is exp(μ).
type lognormal struct{ mu, sigma float64 }

// NewLognormal returns the lognormal distribution whose logarithm has mean mu and standard
// deviation sigma. Its mean is +Inf where exp(mu + sigma²/2) passes what a float64 holds.
func NewLognormal(mu, sigma float64) (Dist, error) {
	if err := cmp.Or(number("mu", mu), positive("sigma", sigma)); err != nil {
		return nil, err
	}
	name, v := "mu", mu
	if sigma > 50 {
		name, v = "sigma", sigma
	}
	return representable(lognormal{mu, sigma}, name, v)
}

func (d lognormal) Quantile(p []float64) {
	vec.NormalQuantile(p, p)
	for i, z := range p {
		p[i] = d.mu + float64(d.sigma*z)
	}
	vec.Exp(p, p)
}

func (d lognormal) at(p, q float64) float64 { return math.Exp(d.mu + d.sigma*normalQuantile(p, q)) }

func (d lognormal) tails(x float64) (p, q float64) {
	if x <= 0 {
		return 0, 1
	}
	return normalTails((math.Log(x) - d.mu) / d.sigma)
}

func (d lognormal) CDF(x float64) float64     { p, _ := d.tails(x); return p }
func (d lognormal) Mean() float64             { return math.Exp(d.mu + d.sigma*d.sigma/2) }
func (d lognormal) Support() (lo, hi float64) { return 0, math.Inf(1) }

// SD is exp(μ + σ²/2) √(exp(σ²) - 1).
func (d lognormal) SD() float64 { return d.Mean() * math.Sqrt(math.Expm1(d.sigma*d.sigma)) }
