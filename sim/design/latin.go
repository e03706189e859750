package design

import (
	"math/bits"

	"entente/sim/rng"
)

// Latin is a Latin hypercube (McKay, Beckman and Conover 1979) per replicate. Of the m points
// of a replicate, each input has exactly one in each of m equal strata:
//
//	u = (π(i) + v)/m
//
// where i is the point's number, π a random permutation of 0 … m−1 that belongs to the input
// and the replicate, and v the uniform that the input would have in this trial without a
// design. With n trials, replicate r has m = ⌈(n−r)/16⌉ points.
//
// What holds when something changes: an input's column depends on its own name, the seed and
// the number of trials only, so adding, removing or reordering other inputs changes nothing.
// Another number of trials has other strata, and every trial other values: trial k of a run of
// 10,000 is not trial k of a run of a million.
type Latin struct {
	trials int
	inputs []latinInput
}

type latinInput struct {
	stream       rng.Stream
	permutations [Replicates]permutation
}

// NewLatin returns the design of a run of so many trials over the inputs of these names.
func NewLatin(seed uint64, names []string, trials int) *Latin {
	l := &Latin{trials, make([]latinInput, len(names))}
	for i, name := range names {
		l.inputs[i].stream = rng.NewStream(seed, name)
		keys := rng.NewStream(seed, name+" latin")
		for r := range Replicates {
			l.inputs[i].permutations[r] = newPermutation(points(trials, r), func(k int) uint64 { return keys.Bits(uint64(r), k) })
		}
	}
	return l
}

// points returns how many of the trials belong to replicate r.
func points(trials, r int) int { return (trials - r + Replicates - 1) / Replicates }

// Fill sets dst[i] to the uniform of an input, numbered as in the names, in trial first+i.
func (l *Latin) Fill(dst []float64, input, first int) {
	in := &l.inputs[input]
	in.stream.Uniforms(dst, uint64(first), 0)
	for i := range dst {
		k := first + i
		p := &in.permutations[k%Replicates]
		u := (float64(p.of(uint64(k/Replicates))) + dst[i]) / float64(p.n)
		dst[i] = min(u, 1-0x1p-53) // rounding must not make it 1
	}
}

// A permutation of 0 … n−1 that is computed and not stored, so that a design takes no room for
// its trials: a permutation of a power of 2 by steps that each can be undone (a product with an
// odd number and a sum, modulo the power; an exclusive or with the higher bits), applied again
// for as long as the outcome is n or more (cycle walking: Black and Rogaway, "Ciphers with
// arbitrary finite domains", 2002).
type permutation struct {
	n      uint64
	mask   uint64 // the power of 2, less 1
	shift  uint   // half of its bits
	rounds [4]struct{ odd, add uint64 }
}

// newPermutation returns the permutation of n numbers with the keys 0 to 7. The power of 2 is at
// least 256, because of few numbers these steps make too few of the orders.
func newPermutation(n int, key func(k int) uint64) permutation {
	width := max(8, bits.Len(uint(max(n-1, 0))))
	p := permutation{n: uint64(n), mask: 1<<width - 1, shift: uint(width+1) / 2}
	for i := range p.rounds {
		p.rounds[i].odd, p.rounds[i].add = key(2*i)|1, key(2*i+1)
	}
	return p
}

// of is where i, less than n, goes.
func (p *permutation) of(i uint64) uint64 {
	for {
		for _, r := range p.rounds {
			i = (i*r.odd + r.add) & p.mask
			i ^= i >> p.shift
		}
		if i < p.n {
			return i
		}
	}
}
