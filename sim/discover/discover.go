// Package discover says what marks the trials in which something happens: boxes, each a few
// limits on inputs, and a tree of three leaves. What it says is counted on trials that were not
// used to find it.
//
// It is scenario discovery as in Bryant and Lempert, "Thinking inside the box: A participatory,
// computer-assisted approach to scenario discovery" (2010), by the patient rule induction method
// (PRIM) of Friedman and Fisher, "Bump hunting in high-dimensional data" (1999).
package discover

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"entente/sim/rng"
)

// MinHits are the fewest trials in which it happens, and the fewest in which it does not, from
// which anything is said.
const MinHits = 100

// Weak is the probability above which a limit that took trials away by chance alone would do as
// well: a limit of more does not hold.
const Weak = 0.05

// MaxBoxes is how many boxes are looked for. Each but the first is found among the trials that
// are in none before it.
const MaxBoxes = 2

// An Input is something known of every trial by which trials may be told apart. It has no NaN;
// what never comes is at +Inf.
type Input struct {
	Name   string
	Values []float64
}

// A Limit holds in the trials in which Low < x ≤ High, x being the input. −Inf and +Inf are no
// limit.
type Limit struct {
	Input     int // index
	Low, High float64
}

func (l Limit) holds(x float64) bool { return l.Low < x && x <= l.High }

// Found is what marks the trials.
type Found struct {
	All Counts // of all trials; all are in
	// Boxes are those that hold in the trials held out; with none, nothing was found.
	Boxes []Box
	// Rejected is the first box that did not hold there, if one did not: of interest for its
	// trajectory.
	Rejected *Box
	// Leaves are those of the tree, from the left. One alone: no split holds in the trials held out.
	Leaves []Leaf
}

// A Box is a few limits, which hold together in the trials of the box.
type Box struct {
	Limits []Limit
	// Rest are the trials held out that are in no earlier box: what the box adds. Of the first
	// box they are all.
	Rest Counts
	// Held are all trials held out.
	Held Counts
	// Found are the trials that it was found in, which flatter it.
	Found Counts
	// Without are the trials held out, Rest, if one of the limits is left out, and P the
	// probability that as many hits or more were in the box, if that limit only took away trials
	// by chance (what Bryant and Lempert call the quasi-p-value; quasi no longer, as the trials
	// are other ones).
	Without []Counts
	P       []float64
	// Again says of each limit in how many of Halves searches, each in another half of the trials
	// that are not held out, the box has a limit at that end of that input.
	Again []int
	// Trajectory is how the peeling went, from all trials on.
	Trajectory []Peel
}

// stands says whether the box does better in the trials held out than chance would, and one of
// its limits at least.
func (b *Box) stands() bool { return b.Rest.significant() && slices.Min(b.P) <= Weak }

// A Peel is a box on the way of the peeling.
type Peel struct {
	Limits []Limit
	Found  Counts // of the trials that are peeled
	Rest   Counts // of those held out, less those in earlier boxes
}

// A Leaf is a part of all trials that a tree makes.
type Leaf struct {
	Limits []Limit
	Held   Counts
}

// Options say how to look. They do not change what is found but for what they name.
type Options struct {
	Replicates int // trial k is in replicate k mod Replicates
	Workers    int
}

// parts of the trials, by replicate: half of the replicates are held out, and of the other half
// every fourth chooses between what the others find.
type part int

const (
	finding part = iota
	choosing
	heldOut
)

func partOf(trial, replicates int) part {
	switch r := trial % replicates; {
	case r%2 == 1:
		return heldOut
	case r%8 == 6:
		return choosing
	}
	return finding
}

// ErrFew is returned where there is too little to learn from.
var ErrFew = errors.New("too few trials to tell apart")

// minReplicates: at least one to find, one to choose, one to hold out.
const minReplicates = 8

// Discover looks for what marks the trials that hit. Inputs and hit are of the same trials. The
// same trials give the same bits, whatever the number of workers.
//
// Trial k is held out if k mod Replicates is odd, so that what is held out are replicates of a
// design that are independent of those that are looked at; it helps to choose if that is 6
// mod 8, and to find otherwise.
func Discover(inputs []Input, hit []bool, opt Options) (*Found, error) {
	f := &finder{inputs: inputs, hit: hit, workers: max(1, opt.Workers)}
	replicates := max(opt.Replicates, minReplicates)
	var parts [3][]uint32
	for k := range hit {
		p := partOf(k, replicates)
		parts[p] = append(parts[p], uint32(k))
	}
	found := &Found{All: f.count(nil, slices.Concat(parts[:]...))}
	if found.All.Hits < MinHits || found.All.Trials-found.All.Hits < MinHits {
		return found, ErrFew
	}
	f.sort(parts[finding])
	found.Leaves = f.tree(parts)
	for rest := parts; len(found.Boxes) < MaxBoxes; {
		box, ok := f.box(rest)
		if !ok {
			break
		}
		box.Held = f.count(box.Limits, parts[heldOut])
		if !box.stands() {
			found.Rejected = &box
			break
		}
		box.Again = f.again(box.Limits, rest)
		found.Boxes = append(found.Boxes, box)
		for p := range rest {
			rest[p] = f.outside(box.Limits, rest[p])
		}
	}
	return found, nil
}

// finder knows the trials.
type finder struct {
	inputs  []Input
	hit     []bool
	workers int
	orders  [][]ranked // by input: the finding trials, by its value; nil for one that is a constant
}

// in says whether the limits hold in a trial.
func (f *finder) in(limits []Limit, trial uint32) bool {
	for _, l := range limits {
		if !l.holds(f.inputs[l.Input].Values[trial]) {
			return false
		}
	}
	return true
}

// inside returns the trials in which the limits hold.
func (f *finder) inside(limits []Limit, trials []uint32) []uint32 {
	var list []uint32
	for _, k := range trials {
		if f.in(limits, k) {
			list = append(list, k)
		}
	}
	return list
}

// outside returns the trials in which the limits do not hold.
func (f *finder) outside(limits []Limit, trials []uint32) []uint32 {
	var list []uint32
	for _, k := range trials {
		if !f.in(limits, k) {
			list = append(list, k)
		}
	}
	return list
}

// count counts the trials of a list, and those in which the limits hold.
func (f *finder) count(limits []Limit, trials []uint32) Counts {
	c := Counts{Trials: len(trials)}
	for _, k := range trials {
		hit := 0
		if f.hit[k] {
			hit = 1
		}
		c.Hits += hit
		if f.in(limits, k) {
			c.In++
			c.HitsIn += hit
		}
	}
	return c
}

// box peels, chooses, adjusts and rounds a box. It is not ok if there is nothing to peel from,
// or no box is better than all trials.
func (f *finder) box(parts [3][]uint32) (Box, bool) {
	whole := f.count(nil, parts[finding])
	if whole.Hits < MinHits/4 || whole.Trials-whole.Hits < MinHits/4 {
		return Box{}, false
	}
	limits, peels := f.search(parts)
	if len(limits) == 0 {
		// Nothing is better than all trials; the trajectory is worth seeing.
		b := Box{Trajectory: peels}
		f.follow(b.Trajectory, parts[heldOut])
		b.Rest = f.count(nil, parts[heldOut])
		return b, true
	}
	seen := slices.Concat(parts[finding], parts[choosing])
	limits = f.round(limits, seen)
	b := Box{Limits: limits, Trajectory: peels, Rest: f.count(limits, parts[heldOut]), Found: f.count(limits, seen)}
	f.follow(b.Trajectory, parts[heldOut])
	for i := range limits {
		others := slices.Delete(slices.Clone(limits), i, i+1)
		without := f.count(others, parts[heldOut])
		b.Without = append(b.Without, without)
		b.P = append(b.P, atLeast(b.Rest.HitsIn, b.Rest.In, without.Density()))
	}
	return b, true
}

// search peels and builds boxes, chooses one, adjusts and strips it. A box of one limit takes its
// place where that says as much.
func (f *finder) search(parts [3][]uint32) ([]Limit, []Peel) {
	peels := f.peel(parts[finding])
	boxes := f.build(parts[finding])
	for _, p := range peels {
		boxes = append(boxes, p.Limits)
	}
	limits := f.choose(boxes, parts[choosing])
	limits = f.strip(f.adjust(limits, slices.Concat(parts[finding], parts[choosing])), parts)
	return f.simplest(limits, parts), peels
}

// Halves is in how many halves of the trials a box is looked for again.
const Halves = 10

// halfInputs is among how many of the inputs that say most.
const halfInputs = 40

// again looks for a box in random halves of the trials, and counts in how many it has each limit:
// the reproducibility of Bryant and Lempert. An input for which another stands in as well, or
// which was taken by chance, is not found in all of them.
func (f *finder) again(limits []Limit, parts [3][]uint32) []int {
	half := &finder{inputs: f.inputs, hit: f.hit, workers: f.workers, orders: make([][]ranked, len(f.orders))}
	for _, i := range f.strongest(parts[finding], halfInputs) {
		half.orders[i] = f.orders[i]
	}
	again := make([]int, len(limits))
	for n := range Halves {
		r := rng.NewRand(0, fmt.Sprintf("half %d", n))
		var some [3][]uint32
		for _, p := range []part{finding, choosing} {
			for _, k := range parts[p] {
				if r.Intn(2) == 0 {
					some[p] = append(some[p], k)
				}
			}
		}
		found, _ := half.search(some)
		for i, l := range limits {
			o := of(found, l.Input)
			if math.IsInf(l.Low, -1) == math.IsInf(o.Low, -1) && math.IsInf(l.High, 1) == math.IsInf(o.High, 1) {
				again[i]++
			}
		}
	}
	return again
}

// with returns the limits, the one of an input replaced or added; limits of no effect are left
// out.
func with(limits []Limit, l Limit) []Limit {
	list := slices.Clone(limits)
	i := slices.IndexFunc(list, func(o Limit) bool { return o.Input == l.Input })
	none := math.IsInf(l.Low, -1) && math.IsInf(l.High, 1)
	switch {
	case i < 0 && none:
	case i < 0:
		list = append(list, l)
	case none:
		list = slices.Delete(list, i, i+1)
	default:
		list[i] = l
	}
	return list
}

// of returns the limit of an input.
func of(limits []Limit, input int) Limit {
	for _, l := range limits {
		if l.Input == input {
			return l
		}
	}
	return Limit{input, math.Inf(-1), math.Inf(1)}
}
