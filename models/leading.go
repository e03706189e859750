package models

import (
	"math"

	"entente/sim"
)

// leading says what most of the clouds' exposure hangs on: how fast the labs grow and up to
// where, the paths of their revenue and valuation, then what they buy and how they are funded,
// then the terms of the alliances and the times of events.
//
// The order is a rule and not measured on the scenario at hand, so that a change of an
// assumption does not move it. Among neighbours it matters little: designs shuffle them.
func leading(s *System) []sim.Lead {
	var list []sim.Lead
	input := func(values ...Value) {
		for _, v := range values {
			if v.Path != "" { // of a constant too, which keeps its place
				list = append(list, sim.Lead{Name: v.Path})
			}
		}
	}
	paths := s.paths()
	direction := func(kind, k int) {
		for _, p := range paths {
			if p.kind == kind && k < len(p.directions) {
				list = append(list, sim.Lead{Name: p.source, Direction: p.directions[k]})
			}
		}
	}

	for _, l := range s.Labs {
		input(l.Revenue.Growth.Initial)
	}
	for _, m := range s.Markets {
		input(m.Ceiling)
	}
	for _, l := range s.Labs {
		if l.Revenue.Ceiling != nil {
			input(*l.Revenue.Ceiling)
		}
	}
	direction(revenuePath, 0)
	direction(valuationPath, 0)
	for _, l := range s.Labs {
		input(l.Revenue.RunRate, l.Revenue.Growth.HalfLife)
	}
	direction(growthPath, 0)
	for k := range mostDirections {
		for kind := range pathKinds {
			if k > 0 || kind > growthPath {
				direction(kind, k)
			}
		}
	}
	for _, a := range s.Alliances {
		if a.Capital != nil {
			input(a.Capital.Redeployable, a.Capital.Intensity)
		}
	}
	for _, l := range s.Labs {
		input(l.ComputeRatio.Initial, l.ComputeRatio.LongRun)
		if l.Valuation != nil {
			input(l.Valuation.Multiple.Initial, l.Valuation.Multiple.LongRun)
		}
	}
	for _, a := range s.Alliances {
		input(a.Margin)
	}
	for _, e := range s.Events {
		if e.Hazard != nil {
			list = append(list, sim.Lead{Name: e.ID + ".time"})
		}
	}
	return list
}

// The kinds of paths that a lab's shocks drive, in the order of what they matter.
const (
	revenuePath = iota
	valuationPath
	growthPath
	fundingPath
	computePath
	pathKinds
)

// How many directions of a path lead. The first of a random walk have 81, 9, 3, 2 and 1 % of its
// variance; a path that returns to its mean needs more for the same.
var directionsOf = [pathKinds]int{revenuePath: 5, valuationPath: 7, growthPath: 3, fundingPath: 4, computePath: 2}

const mostDirections = 7

// path is what one independent source of shocks drives.
type path struct {
	source     string
	kind       int
	directions [][]float64
}

// paths lists the sources of the labs' shocks. A source that several shocks share, as a factor,
// stands for the first of them.
func (s *System) paths() []path {
	var list []path
	known := map[string]bool{}
	add := func(shock string, kind int, response func(i, j int) float64) {
		terms := []sim.Term{{Source: shock, Coef: 1}}
		for _, mix := range s.ShockMixes {
			if mix.Name == shock {
				terms = mix.Terms
			}
		}
		var directions [][]float64
		for _, t := range terms {
			if known[t.Source] {
				continue
			}
			known[t.Source] = true
			if directions == nil {
				directions = principal(s.Years*StepsPerYear+1, directionsOf[kind], response)
			}
			list = append(list, path{t.Source, kind, directions})
		}
	}
	for kind := range pathKinds {
		for i := range s.Labs {
			l := &s.Labs[i]
			switch {
			case kind == revenuePath:
				add(l.ID+".revenue", kind, walkPath(l.Revenue.Volatility))
			case kind == valuationPath && l.Valuation != nil && l.Valuation.Noise != nil:
				add(l.ID+".valuation", kind, noisePath(l.Valuation.Noise.HalfLife))
			case kind == growthPath && l.Revenue.Growth.Moves && l.Revenue.GrowthVolatility != nil:
				add(l.ID+".growth", kind, driftPath(l.Revenue.Growth.HalfLife))
			case kind == fundingPath && l.Cash != nil && l.Funding != nil:
				add(l.ID+".funding", kind, appetitePath(l.Funding.HalfLife))
			case kind == computePath && l.ComputeNoise != nil:
				add(l.ID+".compute", kind, noisePath(l.ComputeNoise.HalfLife))
			}
		}
	}
	return list
}

// The responses of paths at the end of step i−1 to the draw with index j, up to a factor, for
// the medians of what is uncertain. Index 0 is the draw before the first step, i goes from 1.

// walkPath is ln R, whose steps have the volatility σ(t).
func walkPath(volatility Glide) func(i, j int) float64 {
	σ := middle(volatility.Initial)
	far, left := σ, 1.0
	if volatility.Moves {
		far, left = middle(volatility.LongRun), remains(volatility.HalfLife)
	}
	return func(i, j int) float64 {
		if j == 0 || j > i {
			return 0
		}
		return far + float64((σ-far)*power(left, j-1))
	}
}

// noisePath is an Ornstein–Uhlenbeck process from 0.
func noisePath(halfLife Value) func(i, j int) float64 {
	left := remains(halfLife)
	return func(i, j int) float64 {
		if j == 0 || j > i {
			return 0
		}
		return power(left, i-j)
	}
}

// driftPath is ln R again, under the shocks of growth, which work from the next step on.
func driftPath(halfLife Value) func(i, j int) float64 {
	left := remains(halfLife)
	return func(i, j int) float64 {
		switch {
		case j == 0 || j > i:
			return 0
		case left == 1:
			return float64(i - j)
		}
		return (1 - power(left, i-j)) / (1 - left)
	}
}

// appetitePath is an Ornstein–Uhlenbeck process from its stationary law.
func appetitePath(halfLife Value) func(i, j int) float64 {
	left := remains(halfLife)
	step := math.Sqrt(max(0, 1-float64(left*left)))
	return func(i, j int) float64 {
		switch {
		case j == 0:
			return power(left, i)
		case j > i:
			return 0
		}
		return step * power(left, i-j)
	}
}

// middle is a value's median.
func middle(v Value) float64 {
	if v.Dist == nil {
		return v.Const
	}
	p := []float64{0.5}
	v.Dist.Quantile(p)
	return p[0]
}

// remains is about what a half-life leaves after one step: h/(h + Δ·ln 2), which is the same
// number on every machine. Directions only have to be orthonormal.
func remains(halfLife Value) float64 {
	h := middle(halfLife)
	if math.IsInf(h, 1) {
		return 1
	}
	return h / (h + stepYears*math.Ln2)
}

// power is xⁿ, n ≥ 0.
func power(x float64, n int) float64 {
	y := 1.0
	for range n {
		y *= x
	}
	return y
}

// principal returns the leading directions in the space of n draws: the first right singular
// vectors of the matrix A of the response of a path at n−1 times to them, by orthogonal
// iteration with AᵀA from polynomials (Golub and Van Loan, Matrix Computations, 4th edition,
// §8.2.4). A few rounds are enough: what is left over changes how well the directions lead, and
// nothing else.
func principal(n, count int, response func(i, j int) float64) [][]float64 {
	count = min(count, n-1)
	q := make([][]float64, count)
	for d := range q {
		q[d] = make([]float64, n)
		for j := range n {
			q[d][j] = power(1-2*float64(j)/float64(n), d)
		}
	}
	a := make([][]float64, n-1)
	for i := range a {
		a[i] = make([]float64, n)
		for j := range n {
			a[i][j] = response(i+1, j)
		}
	}
	const rounds = 8
	for range rounds {
		for d := range q {
			image := make([]float64, n)
			for _, row := range a {
				y := dot(row, q[d])
				for j, x := range row {
					image[j] += float64(x * y)
				}
			}
			q[d] = image
		}
		q = orthonormal(q)
	}
	return q
}

// orthonormal returns what Gram and Schmidt make of some vectors, twice over because once
// leaves errors of rounding; those that depend on others are left out.
func orthonormal(vectors [][]float64) [][]float64 {
	var basis [][]float64
	for _, v := range vectors {
		before := math.Sqrt(dot(v, v))
		for range 2 {
			for _, b := range basis {
				c := dot(v, b)
				for j := range v {
					v[j] -= float64(c * b[j])
				}
			}
		}
		length := math.Sqrt(dot(v, v))
		if !(length > 1e-9*before) {
			continue
		}
		for j := range v {
			v[j] /= length
		}
		basis = append(basis, v)
	}
	return basis
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}
