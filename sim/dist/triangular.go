package dist

import (
	"cmp"
	"math"
)

// triangular is the triangular distribution:
//
//	Q(p) = a + √(p (b - a)(c - a))          for p ≤ (c - a)/(b - a)
//	Q(p) = b - √((1 - p)(b - a)(b - c))     else
//
// where a ≤ c ≤ b are its minimum, mode and maximum, a < b.
type triangular struct{ a, c, b float64 }

// NewTriangular returns the triangular distribution with the given minimum, mode and maximum.
func NewTriangular(minimum, mode, maximum float64) (Dist, error) {
	if err := threePoints(minimum, mode, maximum); err != nil {
		return nil, err
	}
	return triangular{minimum, mode, maximum}, nil
}

// threePoints refuses what is not a minimum, a mode and a maximum.
func threePoints(minimum, mode, maximum float64) error {
	return cmp.Or(number("min", minimum), number("max", maximum),
		increasing("min", minimum, "max", maximum), within("mode", mode, minimum, maximum))
}

func (d triangular) Quantile(p []float64) {
	// Around a mode at 0, values measured from the ends would keep no digits.
	if math.Abs(d.c) < 1e-5*max(math.Abs(d.a), math.Abs(d.b)) {
		for i, u := range p {
			p[i] = d.at(u, 1-u)
		}
		return
	}
	// One square root for either side and no branch: which side it is cannot be predicted.
	w, u, v := d.b-d.a, d.c-d.a, d.b-d.c
	end, area := [2]float64{d.a, d.b}, [2]float64{w * u, w * v}
	for i, x := range p {
		side := math.Float64bits(u-float64(x*w)) >> 63 // 1 above the mode
		r := math.Float64bits(x)
		r ^= (r ^ math.Float64bits(1-x)) & -side
		root := math.Sqrt(math.Float64frombits(r) * area[side&1])
		y := end[side&1] + math.Float64frombits(math.Float64bits(root)|side<<63)
		if y > d.b { // by rounding
			y = d.b
		}
		if y < d.a {
			y = d.a
		}
		p[i] = y
	}
}

// at measures from the minimum or the maximum in the tail towards it; where the mode is that
// end, so that its side of the density is the other's, from the mode.
func (d triangular) at(p, q float64) float64 {
	w, u, v := d.b-d.a, d.c-d.a, d.b-d.c
	switch {
	case p*w <= u && p <= q:
		return d.a + math.Sqrt(p*w*u)
	case p*w <= u:
		f := (q*w - v) / u // P(X > x given X < c)
		return min(d.c-u*f/(1+math.Sqrt(1-f)), d.b)
	case p <= q:
		f := (p*w - u) / v
		return max(d.c+v*f/(1+math.Sqrt(1-f)), d.a)
	default:
		return d.b - math.Sqrt(q*w*v)
	}
}

func (d triangular) tails(x float64) (p, q float64) {
	w, u, v := d.b-d.a, d.c-d.a, d.b-d.c
	switch {
	case x <= d.a:
		return 0, 1
	case x >= d.b:
		return 1, 0
	case x < d.c:
		y := (d.c - x) / u
		return (x - d.a) / w * ((x - d.a) / u), min((v+u*y*(2-y))/w, 1)
	default:
		y := (x - d.c) / v
		return min((u+v*y*(2-y))/w, 1), (d.b - x) / w * ((d.b - x) / v)
	}
}

func (d triangular) CDF(x float64) float64     { p, _ := d.tails(x); return p }
func (d triangular) Mean() float64             { return d.a + ((d.b-d.a)+(d.c-d.a))/3 }
func (d triangular) Support() (lo, hi float64) { return d.a, d.b }

// SD is √((u² + v² + uv)/18), where u = c - a and v = b - c.
func (d triangular) SD() float64 {
	u, v := d.c-d.a, d.b-d.c
	return math.Sqrt((u*u + v*v + u*v) / 18)
}
