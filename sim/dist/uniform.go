package dist

import (
	"cmp"
	"math"
)

// uniform is the uniform distribution:
//
//	Q(p) = a + (b - a) p
//
// where a < b are the ends of its support.
type uniform struct{ a, b float64 }

// NewUniform returns the uniform distribution on [a, b].
func NewUniform(a, b float64) (Dist, error) {
	if err := cmp.Or(number("a", a), number("b", b), increasing("a", a, "b", b)); err != nil {
		return nil, err
	}
	return uniform{a, b}, nil
}

func (d uniform) Quantile(p []float64) {
	// From the end nearer to 0, whose neighbours have the most digits to keep. No value passes the
	// other: the greatest p takes at least as much off the width as its rounding can have added.
	width := d.b - d.a
	if math.Abs(d.a) <= math.Abs(d.b) {
		for i, u := range p {
			p[i] = d.a + float64(width*u)
		}
		return
	}
	for i, u := range p {
		p[i] = d.b - float64(width*(1-u))
	}
}

func (d uniform) at(p, q float64) float64 {
	if p <= q {
		return d.a + (d.b-d.a)*p
	}
	return d.b - (d.b-d.a)*q
}

func (d uniform) tails(x float64) (p, q float64) {
	x = min(max(x, d.a), d.b)
	return (x - d.a) / (d.b - d.a), (d.b - x) / (d.b - d.a)
}

func (d uniform) CDF(x float64) float64     { p, _ := d.tails(x); return p }
func (d uniform) Mean() float64             { return d.a + (d.b-d.a)/2 }
func (d uniform) SD() float64               { return (d.b - d.a) / math.Sqrt(12) }
func (d uniform) Support() (lo, hi float64) { return d.a, d.b }
