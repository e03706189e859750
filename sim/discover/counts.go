package discover

import (
	"math"
	"sort"
)

// Counts says of some trials how many there are, in how many of them it happens, how many are in
// a box, and in how many of these it happens.
type Counts struct{ Trials, Hits, In, HitsIn int }

// Base is the share of the trials in which it happens: Hits/Trials.
func (c Counts) Base() float64 { return ratio(c.Hits, c.Trials) }

// Support is the share of the trials that are in the box: In/Trials.
func (c Counts) Support() float64 { return ratio(c.In, c.Trials) }

// Coverage is the share of the hits that are in the box: HitsIn/Hits.
func (c Counts) Coverage() float64 { return ratio(c.HitsIn, c.Hits) }

// Density is the share of the box's trials in which it happens: HitsIn/In.
func (c Counts) Density() float64 { return ratio(c.HitsIn, c.In) }

// Lift is density over base, which is the same as coverage over support.
func (c Counts) Lift() float64 { return c.Density() / c.Base() }

// Outside are the counts of what is not in the box.
func (c Counts) Outside() Counts {
	return Counts{c.Trials, c.Hits, c.Trials - c.In, c.Hits - c.HitsIn}
}

// Phi is the correlation, over the trials, of being in the box and its happening. With N trials,
// H hits, n in the box and h hits in it,
//
//	φ = (N·h − n·H)/√(n(N−n)·H(N−H))
//
// whose square is the product of (coverage − support)/(1 − support) and
// (density − base)/(1 − base): both have to be high, in excess of what they would be by chance.
// So it is 0 for a box that means nothing and for all trials, whatever the base, which their
// harmonic mean, the F-score, is not.
func (c Counts) Phi() float64 {
	N, H, n, h := float64(c.Trials), float64(c.Hits), float64(c.In), float64(c.HitsIn)
	d := math.Sqrt(n*(N-n)) * math.Sqrt(H*(N-H))
	if !(d > 0) {
		return 0
	}
	return (float64(N*h) - float64(n*H)) / d
}

// worth is what is made as large as possible: φ, and 0 for a box too small to be told of.
func (c Counts) worth() float64 {
	if c.HitsIn < c.leastHits() {
		return 0
	}
	return c.Phi()
}

// A box has at least minHits hits, and at least the share minCoverage of all.
const (
	minHits     = 10
	minCoverage = 0.05
)

func (c Counts) leastHits() int {
	return max(minHits, int(math.Ceil(minCoverage*float64(c.Hits))))
}

// significant says whether so many hits or more would be in the box in less than one of 1,000
// boxes that mean nothing.
func (c Counts) significant() bool { return atLeast(c.HitsIn, c.In, c.Base()) < significance }

const significance = 0.001

// Detectable is the lift that a box with that share of the trials needs to be told from chance in
// them in nine of ten cases: the least λ for which
//
//	P(Binomial(n, λ·b) ≥ k) ≥ 0.9
//
// where n = support·Trials, b is the base, and k the fewest hits that a box that means nothing has
// with a probability below 0.001. It is NaN where no box of that size has so many.
func (c Counts) Detectable(support float64) float64 {
	n, base := int(math.Round(support*float64(c.Trials))), c.Base()
	k := sort.Search(n+1, func(k int) bool { return atLeast(k, n, base) < significance })
	if k > n || k > c.Hits {
		return math.NaN()
	}
	low, high := base, 1.0
	for range 50 {
		if p := (low + high) / 2; atLeast(k, n, p) >= 0.9 {
			high = p
		} else {
			low = p
		}
	}
	return high / base
}

func ratio(a, b int) float64 { return float64(a) / float64(b) }

// z bounds 95 % of a standard normal.
const z = 1.959963984540054

// Wilson returns the 95 % interval of a share of which k of n were seen: that of the p for which
// k/n is within z·√(p(1−p)/n) (Wilson, "Probable inference, the law of succession, and
// statistical inference", 1927). It takes the trials for independent, and is rather too wide
// where a design spreads them evenly.
func Wilson(k, n int) (low, high float64) {
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	N := float64(n)
	p := float64(k) / N
	middle := p + z*z/(2*N)
	half := float64(z * math.Sqrt(float64(p*(1-p))/N+z*z/(4*float64(N*N))))
	scale := 1 + z*z/N
	return max(0, (middle-half)/scale), min(1, (middle+half)/scale)
}

// LiftInterval returns the 95 % interval of the lift, ± z standard errors by the delta method.
// With d₁ and d₀ the densities inside and outside and s the support, the base is
// b = s·d₁ + (1−s)·d₀, and
//
//	Var(lift) ≈ lift²·((1/d₁ − s/b)²·d₁(1−d₁)/n + ((1−s)/b)²·d₀(1−d₀)/(N−n) + ((d₁−d₀)/b)²·s(1−s)/N)
func (c Counts) LiftInterval() (low, high float64) {
	if c.In == 0 || c.HitsIn == 0 {
		return math.NaN(), math.NaN()
	}
	lift, b, s, d := c.Lift(), c.Base(), c.Support(), c.Density()
	out := c.Outside()
	variance := square(1/d-s/b) * d * (1 - d) / float64(c.In)
	if out.In > 0 {
		o := out.Density()
		variance += float64(square((1-s)/b) * o * (1 - o) / float64(out.In))
		variance += float64(square((d-o)/b) * s * (1 - s) / float64(c.Trials))
	}
	half := float64(z * lift * math.Sqrt(variance))
	return max(0, lift-half), lift + half
}

func square(x float64) float64 { return x * x }

// atLeast is the probability of k or more in n tries of probability p each. The terms are summed
// relative to that of the mode, on both sides of which they fall.
func atLeast(k, n int, p float64) float64 {
	switch {
	case k <= 0:
		return 1
	case !(p > 0): // a share of no trials too
		return 0
	case p >= 1:
		return 1
	}
	odds := p / (1 - p)
	mode := min(n, int(float64(n+1)*p))
	var total, tail float64
	add := func(j int, term float64) bool {
		if j >= k {
			tail += term
		}
		total += term
		return term > total*1e-18
	}
	term := 1.0
	for j := mode; add(j, term) && j < n; j++ {
		term = float64(term * (float64(n-j) / float64(j+1) * odds))
	}
	term = 1.0
	for j := mode - 1; j >= 0; j-- {
		term = float64(term * (float64(j+1) / (float64(n-j) * odds)))
		if !add(j, term) {
			break
		}
	}
	return min(1, tail/total)
}
