package vec

import "math"

// Exp sets dst[i] to e^x[i], within 1 ulp.
//
// Below about −708.4 the results are subnormal, rounded once, and below about −745.13 zero;
// above about 709.78 they are +Inf. NaN gives NaN.
func Exp(dst, x []float64) { expBy(fastest, dst, x) }

func expBy(p path, dst, x []float64) {
	sameLength(dst, x)
	for i := accelExp(p, dst, x); i < len(x); i++ {
		dst[i] = exp(x[i])
	}
}

const (
	expMin = -746 // e^x is less than half of the smallest subnormal number
	expMax = 710  // e^x is more than the largest number

	log2E = 0x1.71547652b82fep+0

	// ln 2 = ln2Hi + ln2Lo. The last 12 bits of ln2Hi are 0, so that its product with an
	// exponent is exact.
	ln2Hi = 0x1.62e42fefa3000p-1
	ln2Lo = 0x1.3de6af278ece6p-42

	// Adding it rounds a number below 2^51 to an integer, which then is in the lowest bits.
	shifter = 0x1.8p52
)

// P(r) ≈ (e^r − 1 − r)/r² on |r| ≤ ½ln 2: minimax (Remez), 3.7e-18 of e^r.
const (
	expP0 = 0x1.000000000000ap-1
	expP1 = 0x1.55555555554f9p-3
	expP2 = 0x1.555555555083ep-5
	expP3 = 0x1.1111111127d0ep-7
	expP4 = 0x1.6c16c18438b10p-10
	expP5 = 0x1.a01a012a0f35cp-13
	expP6 = 0x1.a01999e2621f3p-16
	expP7 = 0x1.71df25b30d5b6p-19
	expP8 = 0x1.28ad9b86371bap-22
	expP9 = 0x1.ad7f3ee58ad6dp-26
)

// exp is e^x by
//
//	e^x = 2^k·e^r,   k = x/ln 2 rounded,   r = x − k·ln 2,   e^r ≈ 1 + r + r²·P(r)
//
// where 1 + r is kept as hi + lo exactly. That leaves, in ulps, at most ½ of the last sum, 0.2
// of the rounding of r, 0.03 of P's approximation and 0.1 of other roundings.
func exp(x float64) float64 {
	// Not min and max, for the sake of NaN: it fails both tests and goes through all that follows.
	if x > expMax {
		x = expMax
	}
	if x < expMin {
		x = expMin
	}
	shifted := math.FMA(x, log2E, shifter)
	k := shifted - shifter
	r := math.FMA(k, -ln2Hi, x)
	r = math.FMA(k, -ln2Lo, r)

	p := float64(expP9)
	p = math.FMA(p, r, expP8)
	p = math.FMA(p, r, expP7)
	p = math.FMA(p, r, expP6)
	p = math.FMA(p, r, expP5)
	p = math.FMA(p, r, expP4)
	p = math.FMA(p, r, expP3)
	p = math.FMA(p, r, expP2)
	p = math.FMA(p, r, expP1)
	p = math.FMA(p, r, expP0)

	hi := 1 + r
	lo := (1 - hi) + r
	square := r * r
	y := hi + math.FMA(square, p, lo)

	// 2^k may be no float64 where 2^k·y is one: two factors. The first product is exact, so that
	// a subnormal result is rounded once.
	n := int32(math.Float64bits(shifted))
	half := n >> 1
	return float64(float64(y*power2(half)) * power2(n-half))
}

// power2 is 2^n for −1022 ≤ n ≤ 1023.
func power2(n int32) float64 { return math.Float64frombits(uint64(int64(n)+1023) << 52) }
