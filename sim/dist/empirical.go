package dist

import (
	"fmt"
	"math"
	"slices"
	"sort"
)

// empirical is the distribution whose quantile function interpolates sorted values:
//
//	Q(p) = xₖ + (h - k)(xₖ₊₁ - xₖ),  h = (n - 1) p,  k = ⌊h⌋
//
// where x₀ ≤ ... ≤ xₙ₋₁ are the values: type 7, what R and spreadsheets compute. It runs from
// the least value to the greatest, and its mean and standard deviation, here exact, differ
// from those of the values by what lies between them.
//
// Hyndman, R. J. and Fan, Y., "Sample quantiles in statistical packages", The American
// Statistician 50 (1996) 361-365.
type empirical struct{ x []float64 }

// NewEmpirical returns the distribution that interpolates between the values.
func NewEmpirical(values []float64) (Dist, error) {
	if len(values) == 0 {
		return nil, fmt.Errorf("there is no value: at least one is needed")
	}
	for i, v := range values {
		if err := number(fmt.Sprintf("value %d", i+1), v); err != nil {
			return nil, err
		}
	}
	x := slices.Clone(values)
	slices.Sort(x)
	return empirical{x}, nil
}

func (d empirical) Quantile(p []float64) {
	last := len(d.x) - 1
	if last == 0 {
		for i := range p {
			p[i] = d.x[0]
		}
		return
	}
	// From the end nearer to 0, whose neighbours have the most digits to keep.
	n := float64(last)
	if x := d.x; math.Abs(x[0]) <= math.Abs(x[last]) {
		for i, u := range p {
			h := n * u
			k := min(int(h), last-1)
			a, b := x[k], x[k+1]
			p[i] = min(a+float64((h-float64(k))*(b-a)), b)
		}
		return
	}
	for i, u := range p {
		h := n * (1 - u)
		k := min(int(h), last-1)
		a, b := d.x[last-1-k], d.x[last-k]
		p[i] = max(b-float64((h-float64(k))*(b-a)), a)
	}
}

func (d empirical) at(p, q float64) float64 {
	last := len(d.x) - 1
	n := float64(last)
	if p <= q {
		k := min(int(n*p), max(last-1, 0))
		return d.between(k, n*p-float64(k))
	}
	k := min(int(n*q), max(last-1, 0))
	if last == 0 {
		return d.x[0]
	}
	// From above: the same line, walked from its other end.
	a, b := d.x[last-1-k], d.x[last-k]
	return max(b-(n*q-float64(k))*(b-a), a)
}

// between returns the value the fraction f of the way from xₖ to the next.
func (d empirical) between(k int, f float64) float64 {
	if k+1 >= len(d.x) {
		return d.x[k]
	}
	return min(d.x[k]+f*(d.x[k+1]-d.x[k]), d.x[k+1])
}

func (d empirical) tails(x float64) (p, q float64) {
	k := sort.Search(len(d.x), func(i int) bool { return d.x[i] > x }) - 1 // the last value at most x
	last := len(d.x) - 1
	switch {
	case k < 0:
		return 0, 1
	case k == last:
		return 1, 0
	}
	a, b := d.x[k], d.x[k+1]
	return (float64(k) + (x-a)/(b-a)) / float64(last), (float64(last-k-1) + (b-x)/(b-a)) / float64(last)
}

func (d empirical) CDF(x float64) float64     { p, _ := d.tails(x); return p }
func (d empirical) Support() (lo, hi float64) { return d.x[0], d.x[len(d.x)-1] }

func (d empirical) Mean() float64 {
	return d.x[0] + d.average(func(a, b float64) float64 { return (a+b)/2 - d.x[0] })
}

func (d empirical) SD() float64 {
	m := d.Mean()
	return math.Sqrt(d.average(func(a, b float64) float64 {
		a, b = a-m, b-m
		return (a*a + a*b + b*b) / 3
	}))
}

// average returns the mean of f over the pieces between neighbouring values.
func (d empirical) average(f func(a, b float64) float64) float64 {
	if len(d.x) == 1 {
		return f(d.x[0], d.x[0])
	}
	var s float64
	for k := range len(d.x) - 1 {
		s += f(d.x[k], d.x[k+1])
	}
	return s / float64(len(d.x)-1)
}
