package sense

import "math"

// Parts is into how many the trials are cut, trial k into part k mod 16, for standard errors: of
// a design that runs in replicates they are its replicates, and so independent of each other
// whatever the sampler.
const Parts = 16

// The 97.5 % quantiles of Student's t with Parts − 1 and Parts − 2 degrees of freedom.
const (
	t15 = 2.131449545559323
	t14 = 2.144786687916925
)

// Jackknifed returns the 95 % interval and the standard error of a value, of which without says what
// it is without each of the parts:
//
//	value ± t·SE,   SE² = (R−1)/R·Σ(x_r − x̄)²,   R = 16
//
// (the grouped jackknife: Efron and Stein, "The jackknife estimate of variance", 1981).
func Jackknifed(value float64, without *[Parts]float64) Estimate {
	mean, squares := 0.0, 0.0
	for _, x := range without {
		mean += x / Parts
	}
	for _, x := range without {
		squares += float64((x - mean) * (x - mean))
	}
	se := math.Sqrt(squares * (Parts - 1) / Parts)
	half := t15 * se
	return Estimate{value, value - half, value + half, se}
}
