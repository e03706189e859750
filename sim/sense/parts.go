package sense

import "math"

// parts is into how many the trials are cut, trial k into part k mod 16, for standard errors: of
// a design that runs in replicates they are its replicates, and so independent of each other
// whatever the sampler.
const parts = 16

// The 97.5 % quantiles of Student's t with parts − 1 and parts − 2 degrees of freedom.
const (
	t15 = 2.131449545559323
	t14 = 2.144786687916925
)

// jackknifed returns the 95 % interval of a value, of which without says what it is without each
// of the parts:
//
//	value ± t·SE,   SE² = (R−1)/R·Σ(x_r − x̄)²,   R = 16
//
// (the grouped jackknife: Efron and Stein, "The jackknife estimate of variance", 1981).
func jackknifed(value float64, without *[parts]float64) Estimate {
	mean, squares := 0.0, 0.0
	for _, x := range without {
		mean += x / parts
	}
	for _, x := range without {
		squares += float64((x - mean) * (x - mean))
	}
	half := t15 * math.Sqrt(squares*(parts-1)/parts)
	return Estimate{value, value - half, value + half}
}
