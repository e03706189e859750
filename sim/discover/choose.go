package discover

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strconv"

	"entente/sim/parallel"
)

// tolerance is what a simpler box may lack of the highest φ: 5 %, or the standard error that it
// has by chance in n trials, 1/√n, if that is more.
func tolerance(phi float64, n int) float64 { return max(0.05*phi, 1/math.Sqrt(float64(n))) }

// A side is one end of a limit.
type side struct {
	input int
	top   bool
	at    float64
}

func (s side) limit(limits []Limit) Limit {
	l := of(limits, s.input)
	if s.top {
		l.High = s.at
	} else {
		l.Low = s.at
	}
	return l
}

// sides takes limits apart.
func sides(limits []Limit) []side {
	var list []side
	for _, l := range limits {
		if !math.IsInf(l.Low, -1) {
			list = append(list, side{l.Input, false, l.Low})
		}
		if !math.IsInf(l.High, 1) {
			list = append(list, side{l.Input, true, l.High})
		}
	}
	return list
}

// A set is a set of trials, one a bit.
type set []uint64

func (s set) len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func (s set) and(a, b set) {
	for i := range s {
		s[i] = a[i] & b[i]
	}
}

// choose returns the box that says most with fewest limits, in trials that none of the boxes was
// found in. Each box is stripped of its limits, one after the other, each time of the one without
// which φ is highest. Of all these boxes it is the one with the fewest limits among those whose φ
// is within the tolerance of the highest; of several, the one with the highest. No limits: no box
// has a φ above 0.
func (f *finder) choose(boxes [][]Limit, trials []uint32) []Limit {
	whole := f.count(nil, trials)
	words := (len(trials) + 63) / 64
	hits := make(set, words)
	for i, k := range trials {
		if f.hit[k] {
			hits[i/64] |= 1 << (i % 64)
		}
	}
	holds := map[side]set{} // by limit
	for _, b := range boxes {
		for _, s := range sides(b) {
			if holds[s] == nil {
				holds[s] = f.holding(s, trials)
			}
		}
	}
	type candidate struct {
		phi   float64
		sides []side
	}
	var best []candidate // by number of limits
	all := make(set, words)
	for i := range all {
		all[i] = math.MaxUint64
	}
	if last := len(trials) % 64; last > 0 {
		all[words-1] = 1<<last - 1
	}
	scratch := make(set, words)
	phi := func(s set) float64 {
		c := whole
		scratch.and(s, hits)
		c.In, c.HitsIn = s.len(), scratch.len()
		return c.worth()
	}
	box := make(set, words)
	var after []set // the trials in which all limits from this one on hold
	for _, b := range boxes {
		left := sides(b)
		for len(left) > 0 {
			for len(after) <= len(left) {
				after = append(after, make(set, words))
			}
			copy(after[len(left)], all)
			for i := len(left) - 1; i >= 0; i-- {
				after[i].and(after[i+1], holds[left[i]])
			}
			for len(best) <= len(left) {
				best = append(best, candidate{})
			}
			if v := phi(after[0]); v > best[len(left)].phi {
				best[len(left)] = candidate{v, slices.Clone(left)}
			}
			before := slices.Clone(all)
			leave, highest := 0, math.Inf(-1)
			for i := range left {
				box.and(before, after[i+1])
				if v := phi(box); v > highest {
					leave, highest = i, v
				}
				before.and(before, holds[left[i]])
			}
			left = slices.Delete(left, leave, leave+1)
		}
	}
	highest := 0.0
	for _, c := range best {
		highest = max(highest, c.phi)
	}
	var limits []Limit
	for _, c := range best {
		if c.phi > 0 && c.phi >= highest-tolerance(highest, len(trials)) {
			for _, s := range c.sides {
				limits = with(limits, s.limit(limits))
			}
			break
		}
	}
	return limits
}

// holding is the set of the trials in which one side of a limit holds.
func (f *finder) holding(s side, trials []uint32) set {
	l := s.limit(nil)
	x := f.inputs[s.input].Values
	in := make(set, (len(trials)+63)/64)
	for i, k := range trials {
		if l.holds(x[k]) {
			in[i/64] |= 1 << (i % 64)
		}
	}
	return in
}

// maxRounds bounds the adjustments of all limits in turn; two or three rounds are usual.
const maxRounds = 20

// adjust moves each limit to where φ is highest given the others, in turn, until none moves; then
// it leaves out the limit that is worth least, if its worth is within the tolerance, and begins
// again. This takes the place of what Friedman and Fisher call pasting, which gives back by steps
// of α what the peeling took too much of before it knew the other limits.
func (f *finder) adjust(limits []Limit, trials []uint32) []Limit {
	a := f.newAdjusting(trials)
	var s sorter
	orders := map[int][]ranked{}
	for _, side := range sides(limits) {
		if orders[side.input] == nil {
			orders[side.input] = s.sort(f.inputs[side.input].Values, trials)
		}
		a.add(side, orders[side.input])
	}
	a.settle()
	for len(a.sides) > 0 {
		least, without := 0, math.Inf(-1)
		for i := range a.sides {
			a.mark(i, false)
			if phi := a.box.worth(); phi > without {
				least, without = i, phi
			}
			a.mark(i, true)
		}
		if phi := a.box.worth(); without < phi-tolerance(phi, len(trials)) {
			break
		}
		a.mark(least, false)
		a.leave(least)
		a.settle()
	}
	return a.limits()
}

// strip leaves out limits that do not hold in the trials that choose, one after the other, each
// time the weakest, and adjusts what is left. The last limit stays: the trials held out judge it.
func (f *finder) strip(limits []Limit, parts [3][]uint32) []Limit {
	seen := slices.Concat(parts[finding], parts[choosing])
	for len(limits) > 1 {
		p := f.byChance(limits, parts[choosing])
		weakest := slices.Index(p, slices.Max(p))
		if p[weakest] <= Weak {
			break
		}
		limits = f.adjust(slices.Delete(limits, weakest, weakest+1), seen)
	}
	return limits
}

// byChance is the probability, limit by limit, of as many hits in the box or more, if that limit
// took trials out of it by chance alone: the quasi-p-value of Bryant and Lempert.
func (f *finder) byChance(limits []Limit, trials []uint32) []float64 {
	box := f.count(limits, trials)
	var list []float64
	for i := range limits {
		without := f.count(slices.Delete(slices.Clone(limits), i, i+1), trials)
		list = append(list, atLeast(box.HitsIn, box.In, without.Density()))
	}
	return list
}

// simplest returns the best box of one limit if its φ is within the tolerance of that of the box,
// else the box. To place one limit all trials that are not held out may be used, where a
// choice between many boxes leaves few to tell them by, and goes by chance if hits are few.
func (f *finder) simplest(limits []Limit, parts [3][]uint32) []Limit {
	seen := slices.Concat(parts[finding], parts[choosing])
	a := f.newAdjusting(parts[finding])
	var best []Limit
	highest := 0.0
	for _, i := range f.strongest(parts[finding], mostInputs) {
		for _, c := range a.bestCuts(i, f.orders[i]) {
			if !(c.worth > 0) {
				continue
			}
			one := f.adjust([]Limit{c.limit(nil)}, seen)
			if phi := f.count(one, seen).worth(); len(one) > 0 && phi > highest {
				best, highest = one, phi
			}
		}
	}
	phi := f.count(limits, seen).worth()
	if best != nil && highest >= phi-tolerance(phi, len(seen)) {
		return best
	}
	return limits
}

// adjusting is a box in the course of it.
type adjusting struct {
	*finder
	states  []state
	sides   []side
	orders  [][]ranked // by side
	outside []uint16   // by trial: of how many sides that are marked
	box     Counts     // of all of these
}

func (f *finder) newAdjusting(trials []uint32) *adjusting {
	return &adjusting{finder: f, states: f.states(trials), outside: make([]uint16, len(f.hit)), box: f.count(nil, trials)}
}

// add adds a side, marked. The order may have more trials than are looked at.
func (a *adjusting) add(s side, order []ranked) {
	a.sides = append(a.sides, s)
	a.orders = append(a.orders, order)
	a.mark(len(a.sides)-1, true)
}

func (a *adjusting) limits() []Limit {
	var limits []Limit
	for _, s := range a.sides {
		limits = with(limits, s.limit(limits))
	}
	slices.SortFunc(limits, func(a, b Limit) int { return cmp.Compare(a.Input, b.Input) })
	return limits
}

// mark marks a side, or takes its mark away.
func (a *adjusting) mark(i int, on bool) {
	order, s := a.orders[i], a.sides[i]
	l := s.limit(nil)
	x := a.inputs[s.input].Values
	for k := range order { // from the end that the side cuts off
		if s.top {
			k = len(order) - 1 - k
		}
		trial := order[k].trial
		if l.holds(x[trial]) {
			break
		}
		switch {
		case a.states[trial] == out:
		case on:
			if a.outside[trial] == 0 {
				a.box.In--
				a.box.HitsIn -= int(a.states[trial] - miss)
			}
			a.outside[trial]++
		default:
			a.outside[trial]--
			if a.outside[trial] == 0 {
				a.box.In++
				a.box.HitsIn += int(a.states[trial] - miss)
			}
		}
	}
}

// leave leaves out a side that is not marked.
func (a *adjusting) leave(i int) {
	a.sides = slices.Delete(a.sides, i, i+1)
	a.orders = slices.Delete(a.orders, i, i+1)
}

// settle moves each side until none moves.
func (a *adjusting) settle() {
	for range maxRounds {
		moved := false
		for i := 0; i < len(a.sides); i++ {
			was := a.sides[i].at
			a.mark(i, false)
			cuts := a.bestCuts(a.sides[i].input, a.orders[i])
			best := cuts[0]
			if a.sides[i].top {
				best = cuts[1]
			}
			if !(best.worth > a.box.worth()) { // it is better without
				a.leave(i)
				i--
				moved = true
				continue
			}
			a.sides[i].at = best.at
			a.mark(i, true)
			moved = moved || best.at != was
		}
		if !moved {
			break
		}
	}
}

// bestCuts are where a limit at the bottom of an input, and one at the top, would make φ highest,
// and how high. With n trials in the box, h of them hits, φ² is in proportion to
// (N·h − n·H)²/(n(N−n)), for which the roots need not be drawn.
func (a *adjusting) bestCuts(input int, order []ranked) [2]cut {
	N, H := float64(a.box.Trials), float64(a.box.Hits)
	allIn, allHits := float64(a.box.In), float64(a.box.HitsIn)
	least := float64(a.box.leastHits())
	square := func(n, h float64) float64 {
		d := float64(N*h) - float64(n*H)
		if h < least || d <= 0 {
			return 0
		}
		return d * d / (n * (N - n))
	}
	var highest [2]float64
	var below, hits float64
	var last ranked
	var at [2]uint32 // the trials of the limits' values
	for _, r := range order {
		state := a.states[r.trial]
		if state == out || a.outside[r.trial] != 0 {
			continue
		}
		if below > 0 && r.rank != last.rank {
			if v := square(allIn-below, allHits-hits); v > highest[0] {
				highest[0], at[0] = v, last.trial
			}
			if v := square(below, hits); v > highest[1] {
				highest[1], at[1] = v, last.trial
			}
		}
		below++
		hits += float64(state - miss)
		last = r
	}
	var cuts [2]cut
	for i, v := range highest {
		cuts[i].side = side{input: input, top: i == 1}
		if v > 0 {
			cuts[i].at, cuts[i].worth = a.inputs[input].Values[at[i]], math.Sqrt(v/(H*(N-H)))
		}
	}
	return cuts
}

// A cut is a limit that could be, and the φ of the box with it; 0: there is none.
type cut struct {
	side
	worth float64
}

// mostLimits is how many limits a box is built of, at most.
const mostLimits = 6

// leastGain is the share by which a limit has to raise φ.
const leastGain = 0.01

// build makes boxes one limit at a time, each time with the one that makes φ highest, wherever it
// is put; the others are moved to where it is highest then. It is not patient, and finds what
// peeling misses: an input that matters at one end only, of which the slices at the other end
// are like all others.
func (f *finder) build(trials []uint32) [][]Limit {
	a := f.newAdjusting(trials)
	var boxes [][]Limit
	for len(a.sides) < mostLimits {
		best := make([]cut, len(f.orders))
		parallel.Each(f.workers, len(f.orders), func() func(int) {
			return func(i int) {
				for _, c := range a.bestCuts(i, f.orders[i]) {
					there := slices.ContainsFunc(a.sides, func(s side) bool { return s.input == i && s.top == c.top })
					if c.worth > best[i].worth && !there {
						best[i] = c
					}
				}
			}
		})
		next := cut{worth: a.box.worth()}
		for _, c := range best {
			if c.worth > next.worth {
				next = c
			}
		}
		if !(next.worth > (1+leastGain)*a.box.worth()) {
			break
		}
		a.add(next.side, f.orders[next.input])
		a.settle()
		boxes = append(boxes, a.limits())
	}
	return boxes
}

// roundingCost is the share of the box's trials that may change sides when a limit is rounded.
const roundingCost = 0.01

// round gives each limit as few significant digits as keep nearly all trials on their sides. What
// is said of the box is said of the rounded limits.
func (f *finder) round(limits []Limit, trials []uint32) []Limit {
	for _, s := range sides(limits) {
		free := of(limits, s.input)
		if s.top {
			free.High = math.Inf(1)
		} else {
			free.Low = math.Inf(-1)
		}
		others := with(limits, free)
		var values []float64 // in the box without this side
		in := 0
		for _, k := range trials {
			if f.in(others, k) {
				v := f.inputs[s.input].Values[k]
				values = append(values, v)
				if s.limit(others).holds(v) {
					in++
				}
			}
		}
		s.at = rounded(s.at, values, int(roundingCost*float64(in)))
		limits = with(limits, s.limit(limits))
	}
	return limits
}

// rounded rounds a limit while no more values than that lie between it and where it was.
func rounded(at float64, values []float64, most int) float64 {
	if at == 0 || math.IsInf(at, 0) {
		return at
	}
	crossing := func(to float64) int {
		n := 0
		for _, v := range values {
			if (v <= at) != (v <= to) {
				n++
			}
		}
		return n
	}
	for digits := 0; digits < 17; digits++ {
		if to := toDigits(at, digits); crossing(to) <= most {
			return to
		}
	}
	return at
}

// toDigits rounds to so many significant digits; to none it is 0.
func toDigits(x float64, digits int) float64 {
	if digits == 0 {
		return 0
	}
	to, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', digits, 64), 64)
	if err != nil {
		return x // it rounds to more than the largest number
	}
	return to
}
