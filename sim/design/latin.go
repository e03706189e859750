package design

import (
	"fmt"

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
	trials  int
	streams []rng.Stream // by input
	strata  [][]uint32   // by input and trial: π(i)
}

// NewLatin returns the design of a run of so many trials over the inputs of these names.
func NewLatin(seed uint64, names []string, trials int) *Latin {
	l := &Latin{trials, make([]rng.Stream, len(names)), make([][]uint32, len(names))}
	var perm []uint32
	for input, name := range names {
		l.streams[input] = rng.NewStream(seed, name)
		strata := make([]uint32, trials)
		for r := range min(Replicates, trials) {
			perm = perm[:0]
			for s := range points(trials, r) {
				perm = append(perm, uint32(s))
			}
			rng.NewRand(seed, fmt.Sprintf("%s latin %d", name, r)).
				Shuffle(len(perm), func(i, j int) { perm[i], perm[j] = perm[j], perm[i] })
			for i, s := range perm {
				strata[i*Replicates+r] = s
			}
		}
		l.strata[input] = strata
	}
	return l
}

// points returns how many of the trials belong to replicate r.
func points(trials, r int) int { return (trials - r + Replicates - 1) / Replicates }

// Fill sets dst[i] to the uniform of an input, numbered as in the names, in trial first+i.
func (l *Latin) Fill(dst []float64, input, first int) {
	l.streams[input].Uniforms(dst, uint64(first), 0)
	var width [Replicates]float64
	for r := range width {
		width[r] = float64(points(l.trials, r))
	}
	for i, s := range l.strata[input][first : first+len(dst)] {
		u := (float64(s) + dst[i]) / width[(first+i)%Replicates]
		dst[i] = min(u, 1-0x1p-53) // rounding must not make it 1
	}
}
