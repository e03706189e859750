package stats

import "math"

// stdErrors are standard errors of means over the trials: of the values themselves (in their
// own unit), of the indicators {x ≤ x_p}, whose mean is the distribution function at a
// quantile, and {x > 0}, and of the excess (x−b)⁺ or (b−x)⁺ beyond the boundary of a tail.
type stdErrors struct {
	mean, above0 float64
	share        [points]float64
	excess       [4]float64
}

// independentShare returns the standard error √(p(1−p)/n) of a share p of n independent trials.
func independentShare(p float64, n int) float64 {
	if n < 2 {
		return math.NaN()
	}
	return math.Sqrt(p * (1 - p) / float64(n))
}

// independent returns the standard errors of n independent trials: sd/√n for a mean.
func independent(trials int, sd float64, all *[4]tail, above0, unit float64) stdErrors {
	n := float64(trials)
	e := stdErrors{mean: math.NaN(), above0: independentShare(above0, trials)}
	if trials > 1 {
		e.mean = sd / math.Sqrt(n)
	}
	for i := range all {
		t := &all[i]
		e.excess[i] = math.NaN()
		if trials > 1 {
			e.excess[i] = math.Sqrt(max(t.y2-float64(t.y1*t.y1/n), 0)/(n-1)/n) * unit
		}
	}
	return e
}

// counts of the trials of one replicate.
type counts struct {
	n      int         // trials that have a value
	le     [points]int // of them, those with x ≤ x_p
	above0 int         // and those above 0
	atoms  int         // and those at the atom
	dev    float64     // Σ(x−c), in units of the moments
	beyond int         // trials above the outermost quantile
	excess [4]float64  // Σ(b−x)⁺ or Σ(x−b)⁺ of the tails, in units
}

// packed and alsoPacked are the quantiles whose counts stand in the first fields of a step, and
// of a second one: of the last the tails tell.
var (
	packed     = [3]int{1, 4, 7}
	alsoPacked = [5]int{0, 2, 3, 5, 6}
)

func (c *counts) addPacked(t, also step) {
	const field = 1<<fieldBits - 1
	for k, i := range packed {
		c.le[i] += int(t >> (k * fieldBits) & field)
	}
	for k, i := range alsoPacked {
		c.le[i] += int(also >> (k * fieldBits) & field)
	}
	c.above0 += int(t >> (3 * fieldBits) & field)
	c.atoms += int(t >> atomField & field)
}

// sides say what a value's bucket tells about its place among the quantiles, and 0.
// Quantile i lies in the buckets lo[i] to hi[i]: values there have to be compared with it.
type sides struct {
	lo, hi [points]int
	zero   int
}

// fill sets the steps of each bucket: the counts to which its values add, as far as the bucket
// decides, and whether it leaves something open.
func (s *sides) fill(steps, also []step) {
	clear(steps)
	clear(also)
	for k, i := range packed {
		for b := range steps[:s.lo[i]] {
			steps[b] += 1 << (k * fieldBits)
		}
	}
	for k, i := range alsoPacked {
		for b := range also[:s.lo[i]] {
			also[b] += 1 << (k * fieldBits)
		}
	}
	for i := range outermost {
		for b := s.lo[i]; b <= s.hi[i]; b++ {
			steps[b] |= 1 << open
		}
	}
	for b := s.zero + 1; b < len(steps); b++ {
		steps[b] += 1 << (3 * fieldBits)
	}
	steps[s.zero] |= 1 << open
}

// decide adds the value v of a bucket, n times, to the counts that its bucket leaves open.
func (s *sides) decide(c *counts, b int, v float64, n int, q *[points]float64) {
	for i := range outermost {
		if s.lo[i] <= b && b <= s.hi[i] && v <= q[i] {
			c.le[i] += n
		}
	}
	if b == s.zero && v > 0 {
		c.above0 += n
	}
}

// one is 1 for true, without a branch.
func one(b bool) int {
	n := 0
	if b {
		n = 1
	}
	return n
}

// replicated returns the standard errors of R independent replicates, trial k in replicate
// k mod R, from how much the replicates differ. Of a mean ȳ over all n trials, with n_r of
// them in replicate r and ȳ_r their mean, and w_r = n_r/n,
//
//	SE² = Σ w_r²·(ȳ_r − ȳ)² / (1 − Σ w_r²)
//
// because the numerator has the expectation (1 − Σ w_r²)·Var(ȳ) when Var(ȳ_r) is inversely
// proportional to n_r. For equal sizes it is sd(ȳ_r)/√R. The sizes may be random, as they are
// when not every trial has a value: w_r·(ȳ_r − ȳ) is then the linearised influence of
// replicate r on the ratio of two sums. Where fewer than two replicates have values there is
// no standard error.
func replicated(c []counts, scale, unit float64) stdErrors {
	e := stdErrors{
		mean:   between(c, func(c *counts) float64 { return c.dev }) / scale,
		above0: between(c, func(c *counts) float64 { return float64(c.above0) }),
	}
	for i := range e.excess {
		e.excess[i] = between(c, func(c *counts) float64 { return c.excess[i] }) * unit
	}
	for i := range e.share {
		e.share[i] = between(c, func(c *counts) float64 { return float64(c.le[i]) })
	}
	return e
}

// between returns the standard error of the mean over all trials of what total sums over each
// replicate, by the formula of replicated.
func between(all []counts, total func(*counts) float64) float64 {
	var n, sum, n2 float64
	filled := 0
	for i := range all {
		g := &all[i]
		n += float64(g.n)
		n2 += float64(float64(g.n) * float64(g.n))
		sum += total(g)
		filled += one(g.n > 0)
	}
	if filled < 2 {
		return math.NaN()
	}
	mean, ss := sum/n, 0.0
	for i := range all {
		d := total(&all[i]) - float64(float64(all[i].n)*mean)
		ss += float64(d * d)
	}
	return math.Sqrt(ss / (float64(n*n) - n2))
}

// woodruff returns the standard error of the p-quantile: that of the distribution function at
// the quantile, f, carried to the axis of values by the quantiles two standard errors of
// probability below and above,
//
//	SE = (x_{p+2f} − x_{p−2f})/4
//
// which needs no density (Woodruff, "Confidence intervals for medians and other position
// measures", 1952). The distribution function of a sample is never known better than by one
// step, so f is at least 1/n. Where p−2f < 0 or p+2f > 1 the sample has nothing to say on
// one side, and there is no standard error: with independent trials below n = 76 for p = 0.05
// and 0.95.
//
// Note: two standard errors, not one, because the distance between close order statistics is
// itself noisy: with one, 95 % intervals held 92 % at n = 1600.
type woodruff struct {
	lo, hi float64 // p−2f and p+2f
	exists bool
}

func newWoodruff(p, f float64, n int) woodruff {
	f = max(f, 1/float64(n)) // NaN stays NaN
	w := woodruff{lo: p - 2*f, hi: p + 2*f}
	w.exists = w.lo >= 0 && w.hi <= 1
	return w
}

func (w woodruff) want(o *order) {
	if w.exists {
		o.wantQuantile(w.lo)
		o.wantQuantile(w.hi)
	}
}

func (w woodruff) se(quantile func(p float64) float64) float64 {
	if !w.exists {
		return math.NaN()
	}
	return quantile(w.hi)/4 - quantile(w.lo)/4
}

// shortfallSE returns the standard error of an expected shortfall: to first order ES is the
// mean of b + (x−b)⁺/p over all trials, whose influence the error of the boundary b itself
// leaves unchanged,
//
//	SE = SE(mean of (x−b)⁺)/p
//
// A tail of fewer than two trials has no spread to judge from, and no standard error.
func shortfallSE(n, p, excess float64) float64 {
	if n*p < 2 {
		return math.NaN()
	}
	return excess / p
}
