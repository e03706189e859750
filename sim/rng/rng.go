// Package rng makes named streams of uniforms.
//
// A draw is a function, not a consumption: it is determined by the seed, the name of what is
// drawn, the trial and the index of the draw within the trial, and by nothing else. Adding,
// removing or reordering draws changes no other draw, and trial k is the same trial in a run
// of any length, on any number of workers.
//
// The generator is Threefry2x64 with 13 rounds, the smallest number that passes BigCrush
// (Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
//
//	(w₀, w₁) = Threefry(key; trial, ⌊index/2⌋),   draw = w of (index mod 2)
//	key      = first 128 bits of SHA-256(tag ‖ seed ‖ name)
//
// where tag is a constant of this package and seed is 8 bytes, little-endian. Hashing makes
// every seed an ordinary one, 0 too, and seeds or names that differ in one bit as unrelated as
// any others.
package rng

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	"entente/sim/vec"
)

// The tags keep apart the keys of streams and of plain generators of the same seed and name.
const (
	streamTag = "entente stream 1\n"
	randTag   = "entente rand 1\n\n\n"
)

// A Stream is all draws of one name under one seed. It is a small value, without state: it
// may be copied and used by any number of goroutines. Make it with NewStream.
type Stream struct{ key key }

// NewStream returns the stream of a name.
func NewStream(seed uint64, name string) Stream { return Stream{newKey(streamTag, seed, name)} }

// Bits returns the 64 random bits behind draw index (0, 1, ...) of a trial.
func (s Stream) Bits(trial uint64, index int) uint64 {
	w0, w1 := s.key.threefry13(trial, uint64(index)>>1)
	if index&1 == 0 {
		return w0
	}
	return w1
}

// Uniform returns draw index (0, 1, ...) of a trial, uniform over the 2^52 odd multiples of
// 2^-53: never 0, never 1, symmetric about 1/2.
func (s Stream) Uniform(trial uint64, index int) float64 { return unit(s.Bits(trial, index)) }

// Uniforms sets dst[i] to Uniform(first+i, index).
func (s Stream) Uniforms(dst []float64, first uint64, index int) {
	vec.Uniforms(dst, (*[3]uint64)(&s.key), first, uint64(index)>>1, index&1)
}

// UniformPair sets even[i] to Uniform(first+i, 2·pair) and odd[i] to
// Uniform(first+i, 2·pair+1), for the price of one of them. The two are of the same length.
func (s Stream) UniformPair(even, odd []float64, first uint64, pair int) {
	vec.UniformPair(even, odd, (*[3]uint64)(&s.key), first, uint64(pair))
}

// Normals replaces uniforms, all in the open interval (0, 1), by the standard normals whose
// distribution function they are: z = Φ⁻¹(p).
func Normals(p []float64) { vec.NormalQuantile(p, p) }

// unit maps the upper 52 of 64 bits, k, to (2k+1)·2^-53: the bits become the mantissa of a
// number in [1, 2), from which 1 − 2^-53 is taken, exactly.
func unit(x uint64) float64 {
	return math.Float64frombits(x>>12|0x3ff<<52) - (1 - 0x1p-53)
}

// newKey hashes what names a stream into its key.
func newKey(tag string, seed uint64, name string) key {
	b := make([]byte, 0, 128)
	b = append(b, tag...)
	b = binary.LittleEndian.AppendUint64(b, seed)
	b = append(b, name...)
	h := sha256.Sum256(b)
	return expand(binary.LittleEndian.Uint64(h[:8]), binary.LittleEndian.Uint64(h[8:16]))
}
