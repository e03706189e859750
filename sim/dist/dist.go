// Package dist holds probability distributions by their quantile functions.
//
// One uniform makes one value, so every sampler, stratified or quasi-random, and every
// correlation by ranks works with every distribution. Each family is one file: its quantile
// function, its distribution function and its moments.
//
// A probability near 1 is held as its complement: inside the package both tails travel
// together, so that what is cut out of a far tail keeps its digits.
//
// Numbers that define a distribution are 0 or between 1e-100 and 1e100 in size; that keeps
// every product of two of them inside a float64.
package dist

import (
	"fmt"
	"math"
)

// Dist is what every distribution of the package can do. Only this package makes them.
type Dist interface {
	// Quantile replaces each p, in the open interval (0, 1), by the smallest x with
	// P(X ≤ x) ≥ p. It allocates nothing, may be called concurrently, and what it makes of
	// one p does not depend on the others. It is increasing up to the rounding of the last
	// digits.
	Quantile(p []float64)

	// CDF returns P(X ≤ x).
	CDF(x float64) float64

	// Mean and SD are closed forms where there are any; the type says where they are
	// integrals of the quantile function instead. Infinite is +Inf or -Inf, undefined NaN.
	Mean() float64
	SD() float64

	// Support returns the ends of the smallest interval that holds all values.
	Support() (lo, hi float64)

	// tails returns P(X ≤ x) and P(X > x), the smaller one to full relative precision.
	tails(x float64) (p, q float64)

	// at returns the quantile at p = 1 - q, both given, taking the smaller as exact.
	at(p, q float64) float64
}

// Point returns the quantile of d at p, from the exact quantile function.
func Point(d Dist, p float64) float64 { return d.at(p, 1-p) }

// Range returns the probability that d is below lo or above hi.
func Range(d Dist, lo, hi float64) (outside float64) {
	below, _ := tailsBelow(d, lo)
	_, above := d.tails(hi)
	return below + above
}

// tailsBelow returns P(X < x) and P(X ≥ x): the tails at the number before x. The two sides
// of x differ where x has mass of its own.
func tailsBelow(d Dist, x float64) (p, q float64) {
	return d.tails(math.Nextafter(x, math.Inf(-1)))
}

// The outermost probabilities of which a sampler makes values: 2⁻⁵³ and its complement.
const edge = 0x1p-53

// The sizes of numbers that define distributions.
const smallest, largest = 1e-100, 1e100

// number refuses what is not finite or out of all proportion.
func number(name string, v float64) error {
	switch size := math.Abs(v); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return fmt.Errorf("%s is %v: it must be a finite number", name, v)
	case size > largest:
		return fmt.Errorf("%s is %v: it must lie between -%g and %g", name, v, largest, largest)
	case v != 0 && size < smallest:
		return fmt.Errorf("%s is %v: it must be 0 or at least %g in size", name, v, smallest)
	}
	return nil
}

// positive refuses what is not a number above 0.
func positive(name string, v float64) error {
	if v <= 0 {
		return fmt.Errorf("%s is %v: it must be above 0", name, v)
	}
	return number(name, v)
}

// within refuses what is not a number in [lo, hi].
func within(name string, v, lo, hi float64) error {
	if v < lo || v > hi {
		return fmt.Errorf("%s is %v: it must lie between %v and %v", name, v, lo, hi)
	}
	return number(name, v)
}

// increasing refuses numbers of which the second is not above the first.
func increasing(loName string, lo float64, hiName string, hi float64) error {
	if lo >= hi {
		return fmt.Errorf("%s is %v: it must be above %s, which is %v", hiName, hi, loName, lo)
	}
	return nil
}

// representable refuses a distribution whose values pass what a float64 holds; name and v
// are the parameter that is to blame.
func representable(d Dist, name string, v float64) (Dist, error) {
	for _, x := range []float64{d.at(edge, 1-edge), d.at(1-edge, edge)} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("%s is %v: values would pass what a float64 holds", name, v)
		}
	}
	return d, nil
}

// normalQuantile returns the standard normal quantile at p = 1 - q.
func normalQuantile(p, q float64) float64 {
	if p <= q {
		return stdNormalQuantile(p)
	}
	return -stdNormalQuantile(q)
}

// normalTails returns Φ(z) and Φ(-z).
func normalTails(z float64) (p, q float64) {
	return math.Erfc(-z/math.Sqrt2) / 2, math.Erfc(z/math.Sqrt2) / 2
}
