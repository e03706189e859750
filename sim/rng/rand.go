package rng

import (
	//lint:ignore SA1019 the plain generator is x/exp's by decision; this is the one file that imports it, and the pinned version has it
	"golang.org/x/exp/rand"
)

// Rand is a plain generator, whose draws are consumed in turn: for shuffles and bootstraps.
type Rand = rand.Rand

// NewRand returns the plain generator of a name, at its beginning. It shares no draw with any
// Stream. Like every rand.Rand it is for one goroutine at a time.
//
// Note: x/exp's own PCGSource.Seed makes correlated generators of seeds that differ in their
// upper bits only; the source here is Threefry, keyed as a Stream is.
func NewRand(seed uint64, name string) *Rand {
	s := &source{name: name}
	s.Seed(seed)
	return rand.New(s)
}

// A source reads the blocks of Threefry one after another.
type source struct {
	name  string
	key   key
	block uint64 // the next counter
	word  uint64 // the second word of the last block
	half  bool   // whether word is still to be given out
}

var _ rand.Source = (*source)(nil)

// Uint64 returns the next word.
func (s *source) Uint64() uint64 {
	if s.half {
		s.half = false
		return s.word
	}
	w0, w1 := s.key.threefry13(s.block, 0)
	s.block++
	s.word, s.half = w1, true
	return w0
}

// Seed goes to the beginning of the words of the same name under another seed.
func (s *source) Seed(seed uint64) {
	*s = source{name: s.name, key: newKey(randTag, seed, s.name)}
}
