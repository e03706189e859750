package vec

import "math"

// NormalQuantile sets dst[i] to the standard normal z of which p[i] is the distribution function,
//
//	z = Φ⁻¹(p),   0 < p < 1
//
// with a relative error below 1e-15. Φ⁻¹(½) is 0, and Φ⁻¹(1−p) is −Φ⁻¹(p), in all bits, where
// 1−p is exact. 0 gives −Inf, 1 gives +Inf; NaN and what is outside [0, 1] give NaN.
//
// Source: Wichura, "Algorithm AS 241: The percentage points of the normal distribution",
// Applied Statistics 37 (1988), PPND16.
func NormalQuantile(dst, p []float64) { normalBy(fastest, dst, p) }

func normalBy(by path, dst, p []float64) {
	sameLength(dst, p)
	for i := accelNormal(by, dst, p); i < len(p); i++ {
		dst[i] = normal(p[i])
	}
}

const (
	centre  = 0.425                 // |p − ½| up to which the central approximation holds
	centre2 = 0.180625              // its square
	farTail = 0x1.e8a37a45fc32ep-37 // e⁻²⁵: below, √(−ln p) > 5
)

func normal(p float64) float64 {
	q := p - 0.5
	if math.Abs(q) <= centre {
		r := math.FMA(-q, q, centre2)
		return float64(q*horner(&centralA, r)) / horner(&centralB, r)
	}
	return normalTail(p)
}

// normalTail is Φ⁻¹(p) for |p − ½| > 0.425.
func normalTail(p float64) float64 {
	tail := p
	if p > 0.5 {
		tail = 1 - p
	}
	if !(tail >= farTail) {
		return normalFar(p, tail)
	}
	r := math.Sqrt(-logNormal(tail, 0)) - 1.6
	return math.Copysign(horner(&tailA, r)/horner(&tailB, r), p-0.5)
}

// normalFar is Φ⁻¹(p) for what is too rare for a kernel: a tail of less than e⁻²⁵, or nothing
// that has a quantile.
func normalFar(p, tail float64) float64 {
	switch {
	case tail > 0:
		r := math.Sqrt(-log(tail)) - 5
		return math.Copysign(horner(&farA, r)/horner(&farB, r), p-0.5)
	case tail == 0:
		return math.Copysign(math.Inf(1), p-0.5)
	}
	return math.NaN()
}

// horner is c₇ + r·(c₆ + r·(... + r·c₀)).
func horner(c *[8]float64, r float64) float64 {
	y := c[0]
	y = math.FMA(y, r, c[1])
	y = math.FMA(y, r, c[2])
	y = math.FMA(y, r, c[3])
	y = math.FMA(y, r, c[4])
	y = math.FMA(y, r, c[5])
	y = math.FMA(y, r, c[6])
	return math.FMA(y, r, c[7])
}

// The coefficients of AS 241, from the highest power down.
var (
	centralA = [8]float64{2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4, 1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080}
	centralB = [8]float64{5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4, 5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1}
	tailA    = [8]float64{7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258, 3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734}
	tailB    = [8]float64{1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1}
	farA     = [8]float64{2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720}
	farB     = [8]float64{2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1}
)
