package dist

import (
	"cmp"
	"math"

	"gonum.org/v1/gonum/mathext"

	"entente/sim/vec"
)

// normal is the normal distribution:
//
//	Q(p) = μ + σ Φ⁻¹(p)
//
// where μ is its mean and σ > 0 its standard deviation.
type normal struct{ mean, sd float64 }

// NewNormal returns the normal distribution with the given mean and standard deviation.
func NewNormal(mean, sd float64) (Dist, error) {
	if err := cmp.Or(number("mean", mean), positive("sd", sd)); err != nil {
		return nil, err
	}
	return normal{mean, sd}, nil
}

func stdNormalQuantile(p float64) float64 { return mathext.NormalQuantile(p) }

func (d normal) Quantile(p []float64) {
	vec.NormalQuantile(p, p)
	for i, z := range p {
		p[i] = d.mean + float64(d.sd*z)
	}
}

func (d normal) at(p, q float64) float64        { return d.mean + d.sd*normalQuantile(p, q) }
func (d normal) tails(x float64) (p, q float64) { return normalTails((x - d.mean) / d.sd) }
func (d normal) CDF(x float64) float64          { p, _ := d.tails(x); return p }
func (d normal) Mean() float64                  { return d.mean }
func (d normal) SD() float64                    { return d.sd }
func (d normal) Support() (lo, hi float64)      { return math.Inf(-1), math.Inf(1) }
