package reports

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"entente/sim/result"
)

// Digits says to how many decimals a number with the standard error se is written; −2 means
// to the hundreds. The error itself is written to the same place.
//
// It is the rule of the Particle Data Group (Review of Particle Physics, Introduction, 5.3):
// if the three leading digits of the error lie between 100 and 354, the error has two
// significant digits; from 355 to 949 one; from 950 to 999 it is rounded up to 1000 and has
// two. So 123.456 with an error of 2.1 is 123.5 ± 2.1, and with 5.3 it is 123 ± 5.
//
// se must be positive and finite.
func Digits(se float64) int {
	e := int(math.Floor(math.Log10(se)))
	lead := math.Round(se / math.Pow(10, float64(e-2)))
	switch {
	case lead < 100: // Log10 rounded up to an integer
		e, lead = e-1, lead*10
	case lead >= 1000:
		e, lead = e+1, lead/10
	}
	if lead < 355 {
		return 1 - e
	}
	return -e // from 950 on this makes two digits of it, too: 0.97 is 1.0
}

// figuresWithoutError is how many significant digits a number gets that has no standard
// error: one that is the same in every trial, or one over a single trial.
const figuresWithoutError = 4

// maxFigures bounds the significant digits where the error is so small that nobody reads on.
const maxFigures = 6

// places are the decimals of x if its standard error is se, which may be 0 or NaN.
func places(x, se float64) int {
	first := 0 // the place of the first digit of x
	if x != 0 {
		first = int(math.Floor(math.Log10(math.Abs(x))))
	}
	if !errs(x, se) {
		return max(0, figuresWithoutError-1-first)
	}
	return min(Digits(se), max(maxFigures-1-first, 0))
}

// errs says that se is a standard error that x has, and not missing, 0 or what rounding left
// of 0 where all trials have the same value.
func errs(x, se float64) bool {
	return se > 1e-9*math.Abs(x) && !math.IsInf(se, 0)
}

// decimal writes x to that many decimals, with commas between thousands and a proper minus.
func decimal(x float64, decimals int) string {
	switch {
	case math.IsNaN(x):
		return noValue
	case math.IsInf(x, 1):
		return "∞"
	case math.IsInf(x, -1):
		return "−∞"
	}
	if decimals < 0 {
		unit := math.Pow(10, float64(-decimals))
		x, decimals = math.Round(x/unit)*unit, 0
	}
	s := strconv.FormatFloat(math.Abs(x), 'f', decimals, 64)
	whole, frac, dot := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if dot {
		whole += "." + frac
	}
	if x < 0 && strings.Trim(whole, "0.,") != "" {
		return "−" + whole
	}
	return whole
}

// trimmed is for numbers that are known exactly: no zeros at the end.
func trimmed(x float64) string {
	x, ten := mantissa(x, x)
	return withoutZeros(decimal(x, places(x, 0))) + ten
}

func withoutZeros(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// A table has no room for numbers outside these: they are written with a power of ten, as 1.2e15.
const (
	tooLong  = 1e12
	tooShort = 1e-6
)

// dust is what counts as nothing, a dollar of billions: sums that are 0 but for rounding come to
// less, and nothing that a scenario is about does.
const dust = 1e-9

// mantissa takes the power of ten of size out of x, and says which it is, where that makes the
// number shorter.
func mantissa(x, size float64) (float64, string) {
	size = math.Abs(size)
	if size == 0 || math.IsNaN(size) || math.IsInf(size, 0) || tooShort <= size && size < tooLong {
		return x, ""
	}
	k := int(math.Floor(math.Log10(size)))
	return x / math.Pow(10, float64(k)), fmt.Sprintf("e%d", k)
}

// nbsp keeps a number together with its error and its unit.
const nbsp = "\u00a0"

// noValue stands where no trial has a value.
const noValue = "–"

// A scale is how a unit is shown: a share as a percentage, money with its sign.
type scale struct {
	factor         float64
	prefix, suffix string // of a number in a sentence; in tables the unit stands in its row or head
	label          string // in heads
	raw            bool   // all digits are shown
}

// money is the unit of most metrics: billions of US dollars.
const money = "USD bn"

func scaleOf(unit string) scale {
	if of, ok := strings.CutPrefix(unit, "share"); ok && (of == "" || of[0] == ' ') {
		return scale{factor: 100, suffix: nbsp + "%", label: "%" + of} // "share of revenue" is "% of revenue"
	}
	if per, ok := strings.CutPrefix(unit, money); ok && (per == "" || per[0] == ' ') {
		return scale{factor: 1, prefix: "$", suffix: nbsp + "bn" + per, label: unit}
	}
	if unit == "" {
		return scale{factor: 1}
	}
	return scale{factor: 1, suffix: nbsp + unit, label: unit}
}

// bare is x on the scale, with the digits that se supports, without its unit.
func (s scale) bare(x, se float64) string {
	x, se = x*s.factor, se*s.factor
	switch {
	case s.raw:
		return allDigits(x)
	case isDust(x, se):
		return "0"
	case !errs(x, se):
		return trimmed(x)
	}
	size := math.Max(math.Abs(x), se)
	x, ten := mantissa(x, size)
	se, _ = mantissa(se, size)
	return decimal(x, places(x, se)) + ten
}

// isDust says that a number, and its error if it has one, count as nothing.
func isDust(x, se float64) bool { return math.Abs(x) < dust && !(se >= dust) }

// allDigits is the shortest number that reads as x.
func allDigits(x float64) string {
	if math.IsNaN(x) {
		return noValue
	}
	return strings.Replace(strconv.FormatFloat(x, 'g', -1, 64), "-", "−", 1)
}

// withError is "123.5 ± 2.1"; the error is left out where there is none.
func (s scale) withError(x, se float64) string {
	v := s.bare(x, se)
	if e := s.error(x, se); e != "" {
		return v + nbsp + "±" + nbsp + e
	}
	return v
}

// error is the standard error to the same place as x; empty where there is none.
func (s scale) error(x, se float64) string {
	x, se = x*s.factor, se*s.factor
	if math.IsNaN(x) || math.IsInf(x, 0) || isDust(x, se) || !errs(x, se) {
		return ""
	}
	if s.raw {
		return allDigits(se)
	}
	size := math.Max(math.Abs(x), se)
	x, ten := mantissa(x, size)
	se, _ = mantissa(se, size)
	d := places(x, se)
	if e := decimal(se, d); strings.Trim(e, "0.") != "" {
		return e + ten
	}
	return "<" + decimal(math.Pow(10, float64(-d)), d) + ten
}

// inWords is "$123.5 bn", or "$123.5 ± 2.1 bn" where an error is given.
func (s scale) inWords(x, se float64) string {
	if math.IsNaN(x) {
		return "no value"
	}
	return s.signed(s.bare(x, se)) + s.suffix
}

func (s scale) inWordsWithError(x, se float64) string {
	if math.IsNaN(x) {
		return "no value"
	}
	return s.signed(s.withError(x, se)) + s.suffix
}

// signed puts the dollar sign behind the minus.
func (s scale) signed(v string) string {
	if rest, ok := strings.CutPrefix(v, "−"); ok {
		return "−" + s.prefix + rest
	}
	return s.prefix + v
}

// An interval is a range for a probability.
type interval struct{ lo, hi float64 }

// trials is their number in words.
func trials(n int) string {
	if n == 1 {
		return "1" + nbsp + "trial"
	}
	return decimal(float64(n), 0) + nbsp + "trials"
}

// The standard errors to each side of a 95 % interval: of the normal distribution and, for the
// 16 replicates of sobol and latin, of Student's t with 15 degrees of freedom.
const (
	ofNormal  = 1.959963984540054
	ofStudent = 2.131449545559323
)

// toEachSide are the standard errors to each side of a 95 % interval of a run's means.
func toEachSide(run result.Run) float64 {
	if run.Sampler == "random" {
		return ofNormal
	}
	return ofStudent
}

// Sentences leave out what so few trials cannot support. Below the first number a share of one in
// ten or in twenty is one of two trials at most; below the second the worst 5 % are fewer than
// five.
const (
	enoughForQuantiles = 20
	enoughForTails     = 100
)

// valued is how many trials a figure is over.
func valued(s *result.Stat, run result.Run) int {
	return int(math.Round(s.Defined * float64(run.Trials)))
}

// fewTrials warns of a run from which no tail, or nothing at all of a distribution, is to be read.
func fewTrials(n int) string {
	switch {
	case n == 1:
		return "1" + nbsp + "trial: one future, not a distribution. Its figures say what happened in it, and nothing about how likely that is."
	case n < enoughForQuantiles:
		return trials(n) + ": too few for a distribution. No quantile, expected shortfall or chance is to be read from them, and the standard errors of means are themselves guesses."
	case n < enoughForTails:
		return trials(n) + ": the tails (quantiles such as p5 and p95, expected shortfalls) are not to be read from so few."
	}
	return ""
}

// shareValued is the share of the trials that have a value, and its standard error, that of a
// proportion,
//
//	√(p(1 − p)/n)
//
// where n are the trials. It is taken to bound from above that of the samplers whose trials are
// not independent, of which no replicates of the share are kept.
func shareValued(s *result.Stat, run result.Run) (p, se float64) {
	return s.Defined, math.Sqrt(s.Defined * (1 - s.Defined) / float64(run.Trials))
}

// withValue is that share in a table, in percent.
func withValue(s *result.Stat, run result.Run) (string, exact) {
	p, se := shareValued(s, run)
	switch {
	case math.IsNaN(p):
		return noValue, inexact
	case p == 0:
		return "none", exact{0, 0}
	case p == 1:
		return "all", exact{100, 0}
	}
	return scaleOf("share").withError(p, se), exact{100 * p, 100 * se}
}

// ratio is a/b of two means, with an upper bound of its standard error by the delta method: the
// errors of the two are taken to be the same one, and of opposite sign,
//
//	(se(a) + |a/b|·se(b)) / |b|
//
// which is the largest that √(se(a)² − 2(a/b)cov + (a/b)²se(b)²)/|b| can be, whatever the
// covariance (Cauchy–Schwarz).
func ratio(a, b sum) (x, se float64) {
	x = a.mean / b.mean
	return x, (a.se + math.Abs(x)*b.se) / math.Abs(b.mean)
}

// wilson is the 95 % score interval for a proportion p seen in n independent trials.
func wilson(p, n float64) interval { return scored(p, n, ofNormal) }

// scored is the score interval for a proportion p seen in n independent trials,
//
//	(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)
//
// which has a width where p is 0 or 1, too. Source: E. B. Wilson, Probable inference, the law
// of succession, and statistical inference, JASA 22 (1927) 209–212.
func scored(p, n, z float64) interval {
	mid := p + z*z/(2*n)
	half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	d := 1 + z*z/n
	return interval{max(0, (mid-half)/d), min(1, (mid+half)/d)}
}

// probability is the 95 % interval for the mean of a 0/1 metric.
//
// Of independent trials that is Wilson's. The trials of the other samplers are not
// independent: theirs is that of as many independent trials as would have this standard error,
// p(1−p)/SE² (Korn and Graubard, Confidence intervals for proportions with small expected number
// of positive counts estimated from survey data, Survey Methodology 24 (1998) 193–201).
func probability(s *result.Stat, run result.Run) interval {
	if run.Sampler == "random" || !(s.SE > 0 && s.Mean > 0 && s.Mean < 1) {
		return wilson(s.Mean, math.Max(1, s.Defined*float64(run.Trials)))
	}
	return scored(s.Mean, s.Mean*(1-s.Mean)/(s.SE*s.SE), ofStudent)
}

// below estimates the share of values at or below x from a grid of quantiles q at the
// probabilities p, by linear interpolation, and the error of that: the larger of the standard
// error of a proportion of n trials and, where x is an atom of the distribution (a loss of
// exactly 0), half the gap of the grid in which the atom ends.
func below(x float64, q, p []float64, n float64) (share, se float64) {
	last := len(q) - 1
	switch {
	case len(q) < 2 || !allFinite(q):
		return math.NaN(), math.NaN()
	case q[0] > x:
		return 0, 0
	case q[last] <= x:
		return 1, 0
	}
	i := 0
	for q[i+1] <= x {
		i++
	}
	gap := 0.0
	share = p[i] + (p[i+1]-p[i])*(x-q[i])/(q[i+1]-q[i])
	if i > 0 && q[i] == x && q[i-1] == x {
		gap = (p[i+1] - p[i]) / 2
		share = p[i] + gap
	}
	return share, math.Max(gap, math.Sqrt(share*(1-share)/n))
}
