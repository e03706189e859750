package vec

import "math"

// Log sets dst[i] to the natural logarithm of x[i], within 1 ulp, for subnormal numbers too.
//
// 0 gives −Inf, +Inf gives +Inf, negative numbers and NaN give NaN.
func Log(dst, x []float64) { logBy(fastest, dst, x) }

func logBy(p path, dst, x []float64) {
	sameLength(dst, x)
	for i := accelLog(p, dst, x); i < len(x); i++ {
		dst[i] = log(x[i])
	}
}

const (
	minNormal = 0x1p-1022
	sqrtHalf  = 0x3fe6a09e667f3bcd // the bits of √½
	mantissa  = 1<<52 - 1          // the bits of the mantissa
	// √½'s bits less 1024 exponents: what is taken off a number's bits so that 1024 + k stands
	// in the bits of the exponent.
	sqrtHalfLess = 1<<64 - 1024<<52 + sqrtHalf
)

// L(z) ≈ (ln((1+s)/(1−s)) − 2s)/(s·z), z = s² ≤ 0.0295: minimax (Remez), 1.2e-18 of the
// logarithm.
const (
	logL0 = 0x1.5555555555593p-1
	logL1 = 0x1.999999997fc74p-2
	logL2 = 0x1.2492494204637p-2
	logL3 = 0x1.c71c51f8aa958p-3
	logL4 = 0x1.7466428a69601p-3
	logL5 = 0x1.39a157dd0af1dp-3
	logL6 = 0x1.2f09792dd20f3p-3
)

// log is ln x.
func log(x float64) float64 {
	switch {
	case x >= minNormal && x <= math.MaxFloat64:
		return logNormal(x, 0)
	case x > 0 && x < minNormal:
		return logNormal(x*0x1p54, -54)
	case x == 0:
		return math.Inf(-1)
	case x > 0:
		return x
	}
	return math.NaN()
}

// logNormal is ln x + shift·ln 2, for positive normal x, by
//
//	x = 2^k·(1 + f),  √½ ≤ 1 + f < √2
//	ln(1 + f) = ln((1 + s)/(1 − s)),  s = f/(2 + f)
//	          ≈ f − (h − s·(h + z·L(z))),  h = f²/2,  z = s²
//
// in which f is exact and the rest is small against it (the arrangement of Ng's logarithm in
// fdlibm, 1993).
func logNormal(x, shift float64) float64 {
	u := math.Float64bits(x) - sqrtHalfLess
	k := math.Float64frombits(u>>52|0x433<<52) - (0x1p52 + 1024) + shift // the first sum is exact
	f := math.Float64frombits(u&mantissa+sqrtHalf) - 1

	s := f / (f + 2)
	z := s * s
	h := float64(float64(f*0.5) * f)
	l := float64(logL6)
	l = math.FMA(l, z, logL5)
	l = math.FMA(l, z, logL4)
	l = math.FMA(l, z, logL3)
	l = math.FMA(l, z, logL2)
	l = math.FMA(l, z, logL1)
	l = math.FMA(l, z, logL0)

	low := float64(k * ln2Lo)
	t := math.FMA(s, math.FMA(l, z, h), low)
	return math.FMA(k, ln2Hi, f-(h-t))
}
