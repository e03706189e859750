package rng

import "math/bits"

// A key is the key schedule of Threefry2x64: the key's two words and their parity.
type key struct{ k0, k1, k2 uint64 }

// parity is the constant of Skein's and Threefry's key schedule.
const parity = 0x1BD11BDAA9FC1A22

func expand(k0, k1 uint64) key { return key{k0, k1, parity ^ k0 ^ k1} }

// The rotations of Threefry2x64 (Salmon et al. 2011, Random123), which recur every 8 rounds.
const (
	r0, r1, r2, r3 = 16, 42, 12, 31
	r4, r5, r6, r7 = 16, 32, 24, 21
)

// threefry13 enciphers the counter (c0, c1) with 13 rounds. One round is
//
//	x₀ += x₁;  x₁ = (x₁ rotated left by r) xor x₀
//
// and before the first and after every fourth round the key schedule is added. The rounds are
// written out because the compiler unrolls no loops, and rotations by constants are one
// instruction each.
func (k *key) threefry13(c0, c1 uint64) (uint64, uint64) {
	x, y := c0+k.k0, c1+k.k1

	x += y
	y = bits.RotateLeft64(y, r0) ^ x
	x += y
	y = bits.RotateLeft64(y, r1) ^ x
	x += y
	y = bits.RotateLeft64(y, r2) ^ x
	x += y
	y = bits.RotateLeft64(y, r3) ^ x
	x += k.k1
	y += k.k2 + 1

	x += y
	y = bits.RotateLeft64(y, r4) ^ x
	x += y
	y = bits.RotateLeft64(y, r5) ^ x
	x += y
	y = bits.RotateLeft64(y, r6) ^ x
	x += y
	y = bits.RotateLeft64(y, r7) ^ x
	x += k.k2
	y += k.k0 + 2

	x += y
	y = bits.RotateLeft64(y, r0) ^ x
	x += y
	y = bits.RotateLeft64(y, r1) ^ x
	x += y
	y = bits.RotateLeft64(y, r2) ^ x
	x += y
	y = bits.RotateLeft64(y, r3) ^ x
	x += k.k0
	y += k.k1 + 3

	x += y
	y = bits.RotateLeft64(y, r4) ^ x
	return x, y
}

// threefry13x2 enciphers (c0, c1) and (c0+1, c1). One block is a chain in which every
// instruction waits for the one before; two chains side by side fill the gaps and cost little
// more than one.
func (k *key) threefry13x2(c0, c1 uint64) (uint64, uint64, uint64, uint64) {
	k0, k1, k2 := k.k0, k.k1, k.k2
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
