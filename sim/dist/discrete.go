package dist

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"sort"
)

// discrete takes finitely many values:
//
//	Q(p) = the least v with P(X ≤ v) ≥ p
//
// where P(X = vᵢ) = wᵢ / Σw.
type discrete struct {
	value []float64 // increasing
	mass  []float64 // of each, above 0
	lower []float64 // P(X ≤ value)
	upper []float64 // P(X > value)
	limit []float64 // greatest p at which the quantile is value, or 1
	guide []int32   // index of the quantile at p = i/len(guide), a power of 2
}

// NewDiscrete returns the distribution that takes each value with a probability proportional
// to its weight.
func NewDiscrete(weights, values []float64) (Dist, error) {
	w, err := normalised(weights, len(values), "value")
	if err != nil {
		return nil, err
	}
	type atom struct{ v, w float64 }
	var atoms []atom
	for i, v := range values {
		if err := number(fmt.Sprintf("value %d", i+1), v); err != nil {
			return nil, err
		}
		if w[i] > 0 {
			atoms = append(atoms, atom{v, w[i]})
		}
	}
	slices.SortStableFunc(atoms, func(a, b atom) int { return cmp.Compare(a.v, b.v) })
	var d discrete
	for _, a := range atoms {
		if n := len(d.value); n > 0 && d.value[n-1] == a.v {
			d.mass[n-1] += a.w
			continue
		}
		d.value, d.mass = append(d.value, a.v), append(d.mass, a.w)
	}
	n := len(d.value)
	d.lower, d.upper = make([]float64, n), make([]float64, n)
	var p, q float64
	for i := range n {
		p += d.mass[i]
		d.lower[i] = min(p, 1)
		d.upper[n-1-i] = min(q, 1)
		q += d.mass[n-1-i]
	}
	d.lower[n-1] = 1
	d.limits()
	return d, nil
}

// limits makes the tables that Quantile searches.
//
// Chen, H.-C. and Asau, Y., "On generating random variates from an empirical distribution",
// AIIE Transactions 6 (1974) 163-166.
func (d *discrete) limits() {
	n := len(d.value)
	d.limit = make([]float64, n)
	for i, p := range d.lower {
		if p > 0.5 { // where 1-p is exact, and the other tail has the digits
			p = 1 - d.upper[i]
			if 1-p < d.upper[i] {
				p = math.Nextafter(p, 0)
			}
		}
		d.limit[i] = p
	}
	d.limit[n-1] = 1
	d.guide = make([]int32, 1<<bits.Len(uint(4*n)))
	k := 0
	for i := range d.guide {
		for float64(i)/float64(len(d.guide)) > d.limit[k] {
			k++
		}
		d.guide[i] = int32(k)
	}
}

// normalised returns the weights of n things, scaled to sum to 1.
func normalised(weights []float64, n int, thing string) ([]float64, error) {
	if n == 0 {
		return nil, fmt.Errorf("there is no %s: at least one is needed", thing)
	}
	if len(weights) != n {
		return nil, fmt.Errorf("there are %d weights for %d %ss: each %s needs one", len(weights), n, thing, thing)
	}
	var sum float64
	for i, w := range weights {
		name := fmt.Sprintf("weight %d", i+1)
		if w < 0 {
			return nil, fmt.Errorf("%s is %v: it must be at least 0", name, w)
		}
		if err := number(name, w); err != nil {
			return nil, err
		}
		sum += w
	}
	if sum == 0 {
		return nil, fmt.Errorf("the weights are all 0: one must be above 0")
	}
	out := slices.Clone(weights)
	for i := range out {
		out[i] /= sum
	}
	return out, nil
}

func (d discrete) Quantile(p []float64) {
	cells := float64(len(d.guide))
	for i, u := range p {
		k := d.guide[int(u*cells)]
		for u > d.limit[k] {
			k++
		}
		p[i] = d.value[k]
	}
}

func (d discrete) at(p, q float64) float64 {
	last := len(d.value) - 1
	if p <= q {
		return d.value[min(sort.SearchFloat64s(d.lower, p), last)]
	}
	i := sort.Search(last, func(i int) bool { return d.upper[i] <= q })
	return d.value[i]
}

func (d discrete) tails(x float64) (p, q float64) {
	i := sort.Search(len(d.value), func(i int) bool { return d.value[i] > x })
	if i == 0 {
		return 0, 1
	}
	return d.lower[i-1], d.upper[i-1]
}

func (d discrete) CDF(x float64) float64     { p, _ := d.tails(x); return p }
func (d discrete) Support() (lo, hi float64) { return d.value[0], d.value[len(d.value)-1] }

func (d discrete) Mean() float64 {
	origin := d.value[0]
	var m float64
	for i, v := range d.value {
		m += d.mass[i] * (v - origin)
	}
	return origin + m
}

func (d discrete) SD() float64 {
	m := d.Mean()
	var s float64
	for i, v := range d.value {
		s += d.mass[i] * (v - m) * (v - m)
	}
	return math.Sqrt(s)
}

// conditioned returns the distribution given that its value is in [lo, hi], which some are.
func (d discrete) conditioned(lo, hi float64) (Dist, error) {
	var w, v []float64
	for i, x := range d.value {
		if lo <= x && x <= hi {
			w, v = append(w, d.mass[i]), append(v, x)
		}
	}
	return NewDiscrete(w, v)
}
