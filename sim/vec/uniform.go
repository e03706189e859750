package vec

import (
	"math"
	"math/bits"
)

// UniformPair sets even[i] and odd[i] to the uniforms of the two words of
//
//	Threefry2x64-13(key; first+i, pair)
//
// where key is the expanded key (its two words and their parity). A word's upper 52 bits k
// become (2k+1)·2^-53: uniform over the odd multiples of 2^-53 inside (0, 1).
//
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
func UniformPair(even, odd []float64, key *[3]uint64, first, pair uint64) {
	uniformPairBy(fastest, even, odd, key, first, pair)
}

func uniformPairBy(p path, even, odd []float64, key *[3]uint64, first, pair uint64) {
	sameLength(even, odd)
	i := accelUniformPair(p, even, odd, key, first, pair)
	for ; i < len(even)-1; i += 2 {
		x, y, u, v := threefry13x2(key, first+uint64(i), pair)
		even[i], even[i+1] = unit(x), unit(u)
		odd[i], odd[i+1] = unit(y), unit(v)
	}
	if i < len(even) {
		x, y, _, _ := threefry13x2(key, first+uint64(i), pair)
		even[i], odd[i] = unit(x), unit(y)
	}
}

// Uniforms sets dst[i] to what UniformPair gives as even[i] (half 0) or odd[i] (half 1).
func Uniforms(dst []float64, key *[3]uint64, first, pair uint64, half int) {
	var other [256]float64
	for len(dst) > 0 {
		n := min(len(dst), len(other))
		even, odd := dst[:n], other[:n]
		if half == 1 {
			even, odd = odd, even
		}
		UniformPair(even, odd, key, first, pair)
		dst = dst[n:]
		first += uint64(n)
	}
}

// unit: the upper 52 bits become the mantissa of a number in [1, 2), from which 1 − 2^-53 is
// taken, exactly.
func unit(x uint64) float64 {
	return math.Float64frombits(x>>12|0x3ff<<52) - (1 - 0x1p-53)
}

// The rotations of Threefry2x64, which recur every 8 rounds.
const (
	r0, r1, r2, r3 = 16, 42, 12, 31
	r4, r5, r6, r7 = 16, 32, 24, 21
)

// threefry13x2 enciphers (c0, c1) and (c0+1, c1). One block is a chain in which every
// instruction waits for the one before; two chains side by side fill the gaps and cost little
// more than one.
func threefry13x2(key *[3]uint64, c0, c1 uint64) (uint64, uint64, uint64, uint64) {
	k0, k1, k2 := key[0], key[1], key[2]
	x, y := c0+k0, c1+k1
	u, v := x+1, y

	x += y
	u += v
	y = bits.RotateLeft64(y, r0) ^ x
	v = bits.RotateLeft64(v, r0) ^ u
	x += y
	u += v
	y = bits.RotateLeft64(y, r1) ^ x
	v = bits.RotateLeft64(v, r1) ^ u
	x += y
	u += v
	y = bits.RotateLeft64(y, r2) ^ x
	v = bits.RotateLeft64(v, r2) ^ u
	x += y
	u += v
	y = bits.RotateLeft64(y, r3) ^ x
	v = bits.RotateLeft64(v, r3) ^ u
	x += k1
	u += k1
	y += k2 + 1
	v += k2 + 1

	x += y
	u += v
	y = bits.RotateLeft64(y, r4) ^ x
	v = bits.RotateLeft64(v, r4) ^ u
	x += y
	u += v
	y = bits.RotateLeft64(y, r5) ^ x
	v = bits.RotateLeft64(v, r5) ^ u
	x += y
	u += v
	y = bits.RotateLeft64(y, r6) ^ x
	v = bits.RotateLeft64(v, r6) ^ u
	x += y
	u += v
	y = bits.RotateLeft64(y, r7) ^ x
	v = bits.RotateLeft64(v, r7) ^ u
	x += k2
	u += k2
	y += k0 + 2
	v += k0 + 2

	x += y
	u += v
	y = bits.RotateLeft64(y, r0) ^ x
	v = bits.RotateLeft64(v, r0) ^ u
	x += y
	u += v
	y = bits.RotateLeft64(y, r1) ^ x
	v = bits.RotateLeft64(v, r1) ^ u
	x += y
	u += v
	y = bits.RotateLeft64(y, r2) ^ x
	v = bits.RotateLeft64(v, r2) ^ u
	x += y
	u += v
	y = bits.RotateLeft64(y, r3) ^ x
	v = bits.RotateLeft64(v, r3) ^ u
	x += k0
	u += k0
	y += k1 + 3
	v += k1 + 3

	x += y
	u += v
	y = bits.RotateLeft64(y, r4) ^ x
	v = bits.RotateLeft64(v, r4) ^ u
	return x, y, u, v
}
