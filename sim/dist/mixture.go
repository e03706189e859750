package dist

import (
	"fmt"
	"math"
)

// mixture is drawn from one of several distributions:
//
//	P(X ≤ x) = Σ wᵢ Fᵢ(x) / Σ wᵢ
//
// where Fᵢ is the distribution function of part i and wᵢ its weight. The quantile lies
// between the least and the greatest quantile of the parts, where it is found by bracketing
// on the logarithm of the nearer tail; what it is given may have jumps and flat pieces.
type mixture struct {
	weight []float64
	part   []Dist
}

// NewMixture returns the mixture of parts with probabilities proportional to weights. Moments
// are those of the parts combined, and exact where theirs are.
func NewMixture(weights []float64, parts []Dist) (Dist, error) {
	w, err := normalised(weights, len(parts), "part")
	if err != nil {
		return nil, err
	}
	var d mixture
	for i, p := range parts {
		if p == nil {
			return nil, fmt.Errorf("part %d is missing", i+1)
		}
		if w[i] == 0 {
			continue
		}
		if t, ok := p.(*tabulated); ok {
			if inner, ok := t.curve.(mixture); ok { // a mixture of mixtures is one
				for j, v := range inner.weight {
					d.weight, d.part = append(d.weight, w[i]*v), append(d.part, inner.part[j])
				}
				continue
			}
		}
		d.weight, d.part = append(d.weight, w[i]), append(d.part, p)
	}
	if len(d.part) == 1 {
		return d.part[0], nil
	}
	return &tabulated{curve: d}, nil
}

func (d mixture) at(p, q float64) float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, part := range d.part {
		x := part.at(p, q)
		lo, hi = min(lo, x), max(hi, x)
	}
	// One float wider, since the quantile of a part is where its tail reaches p.
	lo, hi = math.Nextafter(lo, math.Inf(-1)), math.Nextafter(hi, math.Inf(1))
	return between(func(x float64) float64 {
		pt, qt := d.tails(x)
		if p <= q {
			return math.Log(pt / p)
		}
		return math.Log(q / qt)
	}, lo, hi)
}

func (d mixture) tails(x float64) (p, q float64) {
	for i, part := range d.part {
		pt, qt := part.tails(x)
		p += d.weight[i] * pt
		q += d.weight[i] * qt
	}
	switch { // the weights sum to 1 but for rounding
	case q == 0:
		p = 1
	case p == 0:
		q = 1
	}
	return min(p, 1), min(q, 1)
}

func (d mixture) CDF(x float64) float64 { p, _ := d.tails(x); return p }

func (d mixture) Support() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, part := range d.part {
		a, b := part.Support()
		lo, hi = min(lo, a), max(hi, b)
	}
	return lo, hi
}

func (d mixture) Mean() float64 {
	var m float64
	for i, part := range d.part {
		m += d.weight[i] * part.Mean()
	}
	return m
}

// SD is √(Σ wᵢ (σᵢ² + (μᵢ - μ)²)).
func (d mixture) SD() float64 {
	m := d.Mean()
	var s float64
	for i, part := range d.part {
		sd, off := part.SD(), part.Mean()-m
		s += d.weight[i] * (sd*sd + off*off)
	}
	return math.Sqrt(s)
}

// heavy says which powers of the tails have a mean: what the parts' have.
func (d mixture) heavy() (lower, upper float64) {
	lower, upper = math.Inf(1), math.Inf(1)
	for _, part := range d.part {
		l, u := tailPowers(part)
		lower, upper = min(lower, l), min(upper, u)
	}
	return lower, upper
}
