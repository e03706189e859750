package rng

import "math/bits"

// A key is the key schedule of Threefry2x64: the key's two words and their parity.
type key [3]uint64

// parity is the constant of Skein's and Threefry's key schedule.
const parity = 0x1BD11BDAA9FC1A22

func expand(k0, k1 uint64) key { return key{k0, k1, parity ^ k0 ^ k1} }

// The rotations of Threefry2x64 (Salmon et al. 2011, Random123), which recur every 8 rounds.
const (
	r0, r1, r2, r3 = 16, 42, 12, 31
	r4, r5, r6, r7 = 16, 32, 24, 21
)

// threefry13 enciphers the counter (c0, c1) with 13 rounds. (Package vec does it for columns.) One
// round is
//
//	x₀ += x₁;  x₁ = (x₁ rotated left by r) xor x₀
//
// and before the first and after every fourth round the key schedule is added. The rounds are
// written out because the compiler unrolls no loops, and rotations by constants are one
// instruction each.
func (k *key) threefry13(c0, c1 uint64) (uint64, uint64) {
	x, y := c0+k[0], c1+k[1]

	x += y
	y = bits.RotateLeft64(y, r0) ^ x
	x += y
	y = bits.RotateLeft64(y, r1) ^ x
	x += y
	y = bits.RotateLeft64(y, r2) ^ x
	x += y
	y = bits.RotateLeft64(y, r3) ^ x
	x += k[1]
	y += k[2] + 1

	x += y
	y = bits.RotateLeft64(y, r4) ^ x
	x += y
	y = bits.RotateLeft64(y, r5) ^ x
	x += y
	y = bits.RotateLeft64(y, r6) ^ x
	x += y
	y = bits.RotateLeft64(y, r7) ^ x
	x += k[2]
	y += k[0] + 2

	x += y
	y = bits.RotateLeft64(y, r0) ^ x
	x += y
	y = bits.RotateLeft64(y, r1) ^ x
	x += y
	y = bits.RotateLeft64(y, r2) ^ x
	x += y
	y = bits.RotateLeft64(y, r3) ^ x
	x += k[0]
	y += k[1] + 3

	x += y
	y = bits.RotateLeft64(y, r4) ^ x
	return x, y
}
