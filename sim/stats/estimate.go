package stats

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// An Estimate is one statistic of a column, its standard error, and the ends of its 95 %
// interval. What the trials cannot say is NaN: an end of an interval too, beyond which there
// may be anything.
type Estimate struct{ Value, SE, Low, High float64 }

// nothing is estimated of a column without values.
func nothing() Estimate {
	nan := math.NaN()
	return Estimate{nan, nan, nan, nan}
}

// certain is what is no estimate.
func certain(v float64) Estimate { return Estimate{v, 0, v, v} }

// confident is the number of standard errors to each side of an estimate that make its 95 %
// interval, where they are estimated from the differences of so many independent parts: of n
// trials, or of R replicates. It is Student's, with one degree of freedom less.
func confident(parts int) float64 {
	if parts < 2 {
		return math.NaN()
	}
	if parts > 1e6 { // where it is the normal distribution's
		return distuv.UnitNormal.Quantile(0.975)
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(parts - 1)}.Quantile(0.975)
}

// parts is how many independent parts n trials have.
func parts(n, replicates int) int {
	if replicates > 1 {
		return replicates
	}
	return n
}

// symmetric is the estimate v ± z·se.
func symmetric(v, se, z float64) Estimate {
	return Estimate{v, se, v - float64(z*se), v + float64(z*se)}
}

// meanOf returns the mean of y over the n trials that have one, and its standard error: sd/√n
// of independent trials; else from how the replicates differ (see replicated).
func meanOf(y []float64, replicates int) (mean, se float64, n int) {
	centre := math.NaN() // near which differences lose nothing
	for _, v := range y {
		if v == v {
			centre = v
			break
		}
	}
	groups := make([]counts, max(replicates, 1))
	var sum, squares compensated
	r := 0
	for _, v := range y {
		if v == v {
			d := v - centre
			g := &groups[r]
			g.n++
			g.dev += d
			sum.add(d)
			squares.add(float64(d * d))
			n++
		}
		if r++; r == len(groups) {
			r = 0
		}
	}
	s := sum.value() / float64(n)
	if replicates > 1 {
		return centre + s, between(groups, func(c *counts) float64 { return c.dev }), n
	}
	if n < 2 {
		return centre + s, math.NaN(), n
	}
	variance := max(squares.value()/float64(n)-float64(s*s), 0) * (float64(n) / float64(n-1))
	return centre + s, math.Sqrt(variance / float64(n)), n
}

// Mean estimates the mean. values are in trial order, NaN where a trial has none; replicates
// says how they were drawn, as for Summarize. It is so for all estimates.
func Mean(values []float64, replicates int) Estimate {
	mean, se, n := meanOf(values, replicates)
	return symmetric(mean, se, confident(parts(n, replicates)))
}

// SD estimates the standard deviation s. To first order its error is that of the variance,
// which is the mean of the squared deviations (x−x̄)², over 2s (the delta method); and because
// s cannot be negative, and its errors are rather in proportion to it, the interval is one of
// its logarithm:
//
//	SE(s) = SE(mean of (x−x̄)²)/(2s),   from s·exp(−z·SE/s) to s·exp(z·SE/s)
func SD(values []float64, replicates int) Estimate {
	mean, _, n := meanOf(values, replicates)
	if n < 2 {
		return nothing()
	}
	y := make([]float64, len(values))
	for i, v := range values {
		d := v - mean
		y[i] = float64(d * d)
	}
	variance, se, _ := meanOf(y, replicates)
	s := math.Sqrt(variance * (float64(n) / float64(n-1)))
	if s == 0 {
		return certain(0)
	}
	se /= 2 * s
	f := math.Exp(confident(parts(n, replicates)) * se / s)
	return Estimate{s, se, s / f, s * f}
}

// sortedValues are those that exist, in order.
func sortedValues(values []float64) []float64 {
	x := make([]float64, 0, len(values))
	for _, v := range values {
		if v == v {
			x = append(x, v)
		}
	}
	slices.Sort(x)
	return x
}

// Least and Most are the smallest and the largest value of these trials. They are no estimates
// of the limits of what may happen, of which no number of trials tells: more trials go further.
func Least(values []float64) Estimate { return extreme(values, math.Min) }

// Most is the largest value of these trials; see Least.
func Most(values []float64) Estimate { return extreme(values, math.Max) }

func extreme(values []float64, of func(x, y float64) float64) Estimate {
	m := math.NaN()
	for _, v := range values {
		if m != m {
			m = v
		} else if v == v {
			m = of(m, v)
		}
	}
	return Estimate{m, math.NaN(), m, m}
}

// interpolated is the p-quantile of type 7 (see Summary) of values in order; NaN where p is no
// probability.
func interpolated(x []float64, p float64) float64 {
	if len(x) == 0 || !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	h := float64(len(x)-1) * p
	i := int(h)
	w := h - float64(i)
	if i+1 >= len(x) || w == 0 {
		return x[i]
	}
	if d := x[i+1] - x[i]; !math.IsInf(d, 0) {
		return min(x[i]+float64(w*d), x[i+1])
	}
	return float64(x[i]*(1-w)) + float64(x[i+1]*w)
}

// Quantile estimates the p-quantile, 0 < p < 1. Its interval is between order statistics: with
// f the standard error of the distribution function at it,
//
//	from x_{p−z·f} to x_{p+z·f},   SE = (x_{p+2f} − x_{p−2f})/4
//
// (Woodruff, 1952; see woodruff). An end for which the trials are too few is NaN.
func Quantile(values []float64, p float64, replicates int) Estimate {
	x := sortedValues(values)
	n := len(x)
	if n == 0 {
		return nothing()
	}
	if x[0] == x[n-1] && n > 1 {
		return certain(x[0])
	}
	q := interpolated(x, p)
	f := independentShare(p, n)
	if replicates > 1 {
		f = shareBelow(values, q, replicates)
	}
	w := newWoodruff(p, f, n)
	f = max(f, 1/float64(n))
	z := distuv.UnitNormal.Quantile(0.975) // of a share of independent trials
	if replicates > 1 {
		z = confident(replicates)
	}
	return Estimate{q, w.se(func(p float64) float64 { return interpolated(x, p) }), interpolated(x, p-z*f), interpolated(x, p+z*f)}
}

// shareBelow is the standard error of the share of values up to q.
func shareBelow(values []float64, q float64, replicates int) float64 {
	y := make([]float64, len(values))
	for i, v := range values {
		switch {
		case v != v:
			y[i] = v
		case v <= q:
			y[i] = 1
		}
	}
	_, se, _ := meanOf(y, replicates)
	return se
}

// Shortfall estimates the expected shortfall: for p < 1/2 the mean of the lowest p of trials,
// else of the highest 1−p, the last by its fraction. Its standard error is that of shortfallSE.
// The interval is one of the logarithm of how far the shortfall lies beyond the boundary b of
// its tail, which is never less than 0 and skewed as tails are:
//
//	from b + (ES−b)/f to b + (ES−b)·f,   f = exp(t·SE/(ES−b))
//
// where t is Student's with one degree of freedom less than there are trials in the tail, or
// replicates if these are fewer.
//
// Note: ES ± t·SE held 84 to 89 % at n = 160 and p = 0.95, this holds 92 to 95 %.
func Shortfall(values []float64, p float64, replicates int) Estimate {
	sign := 1.0
	if p < 0.5 {
		sign, p = -1, 1-p
	}
	y := make([]float64, len(values))
	for i, v := range values {
		y[i] = float64(sign * v)
	}
	x := sortedValues(y)
	n := float64(len(x))
	if n == 0 {
		return nothing()
	}
	if x[0] == x[len(x)-1] && n > 1 {
		return certain(sign * x[0])
	}
	tail := math.Round((1-p)*1e12) / 1e12 // 0.05 and not a little more, which would be one trial more
	b := x[max(0, len(x)-int(math.Ceil(n*tail)))]
	for i, v := range y {
		if v == v {
			y[i] = max(v-b, 0)
		}
	}
	excess, se, _ := meanOf(y, replicates)
	es := b + excess/tail
	e := symmetric(min(es, x[len(x)-1]), shortfallSE(n, tail, se), confident(min(parts(len(x), replicates), int(math.Ceil(n*tail)))))
	if over := e.Value - b; over > 0 {
		f := math.Exp((e.High - e.Value) / over)
		e.Low, e.High = b+over/f, b+float64(over*f)
	}
	if sign < 0 {
		return Estimate{-e.Value, e.SE, -e.High, -e.Low}
	}
	return e
}

// Share estimates the probability of what holds in some trials. Its interval is Wilson's,
// which holds where few or all trials do (Wilson, "Probable inference, the law of succession,
// and statistical inference", 1927): with the share s of n trials,
//
//	(s + z²/2n ± z·√(s(1−s)/n + z²/4n²))/(1 + z²/n)
//
// With replicates n is the number of independent trials that would be as good, s(1−s)/SE²
// (Korn and Graubard, "Confidence intervals for proportions with small expected number of
// positive counts estimated from survey data", 1998).
func Share(holds []bool, replicates int) Estimate {
	n := float64(len(holds))
	if n == 0 {
		return nothing()
	}
	y, hits := make([]float64, len(holds)), 0
	for i, h := range holds {
		if h {
			y[i] = 1
			hits++
		}
	}
	s := float64(hits) / n
	_, se, _ := meanOf(y, replicates)
	z := distuv.UnitNormal.Quantile(0.975)
	if replicates <= 1 {
		se = independentShare(s, len(holds))
	} else if se > 0 {
		z = confident(replicates)
	}
	low, high := wilson(s, se, n, z)
	return Estimate{s, se, low, high}
}

// wilson returns the ends of Wilson's interval of a share s with the standard error se of n
// trials.
func wilson(s, se, n, z float64) (low, high float64) {
	if s > 0 && s < 1 && se > 0 {
		n = s * (1 - s) / float64(se*se)
	}
	zn := z * z / n
	middle := s + zn/2
	half := z * math.Sqrt(s*(1-s)/n+zn/(4*n))
	low, high = max((middle-half)/(1+zn), 0), min((middle+half)/(1+zn), 1)
	switch s { // whatever has been rounded
	case 0:
		low = 0
	case 1:
		high = 1
	}
	return low, high
}

// Tell says whether the trials tell on which side of a bound the estimated value lies, which
// they do if the bound lies outside of the 95 % interval. If not, needed is about how many
// trials would: with d the distance of the estimate v from the bound, and h that of the
// interval's end on the bound's side,
//
//	n' = n·(h/d)²·((z₀.₉₇₅ + z₀.₈)/z₀.₉₇₅)²,   z₀.₉₇₅ = 1.96, z₀.₈ = 0.84
//
// because h is in proportion to 1/√n, or smaller, and because with h = d it would be told only
// as often as not: as it is, n' trials tell with a probability of 80 % where v is right (Cohen,
// "Statistical power analysis for the behavioral sciences", 1988, chapter 2). Of a share
// that is 0 or 1 h is Wilson's z²/(n + z²), so that n' = n·h(1−d)/((1−h)d) trials tell if it is
// that in them too. Needed is 30 at least. NaN: that cannot be said.
func (e Estimate) Tell(bound float64, n int) (told bool, needed float64) {
	switch {
	case math.IsNaN(e.Value):
		return false, math.NaN()
	case e.Low == e.High, bound < e.Low, bound > e.High:
		return true, 0
	}
	h := e.High - e.Value
	if bound < e.Value {
		h = e.Value - e.Low
	}
	one, power := distuv.UnitNormal.Quantile(0.975), distuv.UnitNormal.Quantile(0.8)
	if h != h {
		h = one * e.SE
	}
	d := math.Abs(bound - e.Value)
	if none := e.Value == 0 && e.Low == 0 || e.Value == 1 && e.High == 1; none && !(e.SE > 0) && h < 1 && d < 1 {
		return false, max(float64(n)*(h*(1-d))/((1-h)*d), fewestTold)
	}
	r := h / d * (one + power) / one
	return false, max(float64(n)*(r*r), fewestTold)
}

// fewestTold is the fewest trials that Tell asks for: of fewer neither a standard error nor an
// interval by a normal distribution is worth much.
const fewestTold = 30
