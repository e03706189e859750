package dist

import (
	"cmp"
	"math"
)

// logitNormal is the distribution on (lo, hi) of a number whose place in the interval has a
// normal logit:
//
//	Q(p) = lo + (hi - lo) / (1 + exp(-y)),  y = μ + σ Φ⁻¹(p)
//
// where μ is the mean and σ > 0 the standard deviation of the logit y = ln((x - lo)/(hi - x)).
// Its median is where y = μ. Mean and standard deviation have no closed form; they are
// integrals of the quantile function.
//
// Atchison, J. and Shen, S. M., "Logistic-normal distributions: some properties and uses",
// Biometrika 67 (1980) 261-272.
type logitNormal struct{ mu, sigma, lo, hi float64 }

// NewLogitNormal returns the logit-normal distribution on (lo, hi) whose logit has mean mu
// and standard deviation sigma.
func NewLogitNormal(mu, sigma, lo, hi float64) (Dist, error) {
	if err := cmp.Or(number("mu", mu), positive("sigma", sigma),
		number("lo", lo), number("hi", hi), increasing("lo", lo, "hi", hi)); err != nil {
		return nil, err
	}
	return &tabulated{curve: logitNormal{mu, sigma, lo, hi}}, nil
}

// of returns the value whose logit is y, measured from the nearer end.
func (d logitNormal) of(y float64) float64 {
	s := (d.hi - d.lo) / (1 + math.Exp(math.Abs(y)))
	if y < 0 {
		return min(d.lo+s, d.hi)
	}
	return max(d.hi-s, d.lo)
}

func (d logitNormal) at(p, q float64) float64 { return d.of(d.mu + d.sigma*normalQuantile(p, q)) }

func (d logitNormal) tails(x float64) (p, q float64) {
	switch {
	case x < d.lo:
		return 0, 1
	case x >= d.hi:
		return 1, 0
	}
	return normalTails((math.Log((x-d.lo)/(d.hi-x)) - d.mu) / d.sigma)
}

func (d logitNormal) CDF(x float64) float64     { p, _ := d.tails(x); return p }
func (d logitNormal) Mean() float64             { mean, _ := moments(d); return mean }
func (d logitNormal) SD() float64               { _, sd := moments(d); return sd }
func (d logitNormal) Support() (lo, hi float64) { return d.lo, d.hi }
