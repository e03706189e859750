package discover

import (
	"math"
	"slices"

	"entente/sim/parallel"
)

// maxLeaves is how many leaves the tree has at most: it is to be read aloud.
const maxLeaves = 3

// A leaf has at least minLeaf of the trials that the tree is grown in, and at least minLeafTrials.
const (
	minLeaf       = 0.01
	minLeafTrials = 20
)

// A split divides a node in the trials with x ≤ At and the others.
type split struct {
	input int
	at    float64
	gain  float64 // 0: there is none
}

type node struct {
	limits []Limit
	best   split
}

// tree grows a classification tree (Breiman, Friedman, Olshen and Stone, "Classification and
// regression trees", 1984): of all leaves the one is split, on the input and at the value, where
// it takes most off the sum of the leaves' Gini impurities, n·p(1−p) for n trials with the share
// p of hits. A split is told of only if its two sides differ the same way in the trials held out,
// by more than chance explains.
func (f *finder) tree(parts [3][]uint32) []Leaf {
	nodes := []node{{}}
	nodes[0].best = f.split(nil, parts)
	for len(nodes) < maxLeaves {
		next := 0
		for i, n := range nodes {
			if n.best.gain > nodes[next].best.gain {
				next = i
			}
		}
		n := nodes[next]
		if !(n.best.gain > 0) {
			break
		}
		low, high := of(n.limits, n.best.input), of(n.limits, n.best.input)
		low.High, high.Low = n.best.at, n.best.at
		sides := []node{{limits: with(n.limits, low)}, {limits: with(n.limits, high)}}
		for i := range sides {
			sides[i].best = f.split(sides[i].limits, parts)
		}
		nodes = slices.Replace(nodes, next, next+1, sides...)
	}
	var leaves []Leaf
	for _, n := range nodes {
		leaves = append(leaves, Leaf{n.limits, f.count(n.limits, parts[heldOut])})
	}
	return leaves
}

// split is the best split of what lies in the limits.
func (f *finder) split(limits []Limit, parts [3][]uint32) split {
	inside := f.inside(limits, parts[finding])
	states := f.states(inside)
	whole := f.count(nil, inside)
	least := max(minLeafTrials, int(math.Ceil(minLeaf*float64(len(parts[finding])))))
	splits := make([]split, len(f.orders))
	parallel.Each(f.workers, len(f.orders), func() func(int) {
		return func(i int) { splits[i] = f.splitOn(i, states, whole, least) }
	})
	var best split
	for _, s := range splits {
		if s.gain > best.gain {
			best = s
		}
	}
	if best.gain == 0 {
		return best
	}
	var values []float64
	below := Counts{Trials: whole.Trials, Hits: whole.Hits}
	for _, k := range inside {
		v := f.inputs[best.input].Values[k]
		values = append(values, v)
		if v <= best.at {
			below.In++
			if f.hit[k] {
				below.HitsIn++
			}
		}
	}
	best.at = rounded(best.at, values, int(roundingCost*float64(min(below.In, below.Outside().In))))
	held := f.count([]Limit{{best.input, math.Inf(-1), best.at}}, f.inside(limits, parts[heldOut]))
	if below.Phi() < 0 {
		held = held.Outside()
	}
	if !held.significant() {
		return split{}
	}
	return best
}

// splitOn is the best split of the members on one input. With n trials of which h hit, and n₁ and
// h₁ of them below the split, it takes from the impurities
//
//	h₁²/n₁ + (h−h₁)²/(n−n₁) − h²/n
func (f *finder) splitOn(input int, states []state, whole Counts, least int) split {
	best := split{input: input}
	n, h := 0, 0
	var last ranked
	none := float64(whole.Hits) * float64(whole.Hits) / float64(whole.Trials)
	for _, r := range f.orders[input] {
		state := states[r.trial]
		if state == out {
			continue
		}
		if n >= least && whole.Trials-n >= least && r.rank != last.rank {
			a, b := float64(h), float64(whole.Hits-h)
			if gain := float64(a*a)/float64(n) + float64(b*b)/float64(whole.Trials-n) - none; gain > best.gain {
				best.gain, best.at = gain, f.inputs[input].Values[last.trial]
			}
		}
		n++
		h += int(state - miss)
		last = r
	}
	return best
}
