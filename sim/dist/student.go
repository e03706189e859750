package dist

import (
	"cmp"
	"fmt"
	"math"
)

// student is Student's t distribution, shifted and scaled:
//
//	X = μ + σ T,  P(|T| ≤ t) = I_y(1/2, ν/2),  y = t²/(ν + t²)
//
// where ν > 0 is its degrees of freedom, μ its median and σ > 0 its scale. Tails fall like
// |x|⁻ᵛ: the mean exists for ν > 1, the variance for ν > 2. As ν grows X becomes normal; from
// 10,000 on, the quantile is four terms of the expansion in 1/ν of Abramowitz and Stegun
// 26.7.5, the fifth being below 1e-14.
type student struct {
	df, loc, scale float64
	square         unitBeta // of y
}

const normalDF = 1e4

// NewStudent returns Student's t distribution with df degrees of freedom around loc, scale
// times as wide. Its mean is NaN for df ≤ 1; its standard deviation is NaN for df ≤ 1 and +Inf
// for 1 < df ≤ 2.
func NewStudent(df, loc, scale float64) (Dist, error) {
	if err := cmp.Or(positive("df", df), number("loc", loc), positive("scale", scale)); err != nil {
		return nil, err
	}
	if df < 0.05 {
		return nil, fmt.Errorf("df is %v: it must be at least 0.05", df)
	}
	d := student{df: df, loc: loc, scale: scale}
	if df < normalDF {
		d.square = newUnitBeta(0.5, df/2)
	}
	return representable(&tabulated{curve: d}, "scale", scale)
}

func (d student) at(p, q float64) float64 {
	t := d.abs(min(p, q))
	if p < q {
		t = -t
	}
	return d.loc + d.scale*t
}

// abs returns the t that |T| passes with probability 2r, r ≤ 1/2.
func (d student) abs(r float64) float64 {
	if d.df >= normalDF {
		return expandT(-stdNormalQuantile(r), d.df)
	}
	if r == 0.5 {
		return 0
	}
	w, upper := d.square.at(2*(0.5-r), 2*r)
	if upper { // w = ln(1 - y)
		return math.Sqrt(d.df*-math.Expm1(w)) * math.Exp(-w/2)
	}
	return math.Sqrt(d.df*math.Exp(w)) / math.Sqrt(-math.Expm1(w))
}

// expandT returns the t that is as probable as the standard normal z.
func expandT(z, df float64) float64 {
	s := z * z
	g1 := (s + 1) / 4
	g2 := ((5*s+16)*s + 3) / 96
	g3 := (((3*s+19)*s+17)*s - 15) / 384
	g4 := ((((79*s+776)*s+1482)*s-1920)*s - 945) / 92160
	return z * (1 + (g1+(g2+(g3+g4/df)/df)/df)/df)
}

func (d student) tails(x float64) (p, q float64) {
	t := (x - d.loc) / d.scale
	r := d.beyond(math.Abs(t))
	if t < 0 {
		return r, 1 - r
	}
	return 1 - r, r
}

// beyond returns P(T > t) for t ≥ 0.
func (d student) beyond(t float64) float64 {
	if d.df >= normalDF {
		if t > 100 {
			return 0 // below 1e-1000
		}
		z := t
		for range 30 { // expandT is nearly the identity
			step := (t - expandT(z, d.df)) / (1 + 3*z*z/(4*d.df))
			z += step
			if math.Abs(step) <= 1e-15*z {
				break
			}
		}
		return math.Erfc(z/math.Sqrt2) / 2
	}
	if t*t < d.df { // y < 1/2
		y := t * t / (d.df + t*t)
		if y == 0 {
			return 0.5
		}
		_, q := d.square.tails(y)
		return q / 2
	}
	if math.IsInf(t, 0) {
		return 0
	}
	u := math.Sqrt(d.df) / t // 1 - y = u²/(1 + u²)
	if u < 1e-10 {
		m := d.square.mirror()
		return math.Exp(2*m.a*math.Log(u)-m.lnA-m.lnB) / 2
	}
	p, _ := d.square.mirror().tails(u * u / (1 + u*u))
	return p / 2
}

func (d student) CDF(x float64) float64     { p, _ := d.tails(x); return p }
func (d student) Support() (lo, hi float64) { return math.Inf(-1), math.Inf(1) }

func (d student) Mean() float64 {
	if d.df <= 1 {
		return math.NaN()
	}
	return d.loc
}

// SD is σ √(ν/(ν - 2)).
func (d student) SD() float64 {
	switch {
	case d.df <= 1:
		return math.NaN()
	case d.df <= 2:
		return math.Inf(1)
	}
	return d.scale * math.Sqrt(d.df/(d.df-2))
}

// heavy says which powers of the tails have a mean: those below df.
func (d student) heavy() (lower, upper float64) { return d.df, d.df }
