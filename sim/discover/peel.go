package discover

import (
	"cmp"
	"math"
	"slices"

	"entente/sim/parallel"
)

// patience is the share of a box that is peeled off at once, α: 0.05, from which Friedman and
// Fisher recommend it to 0.1, and more where so few trials would have fewer hits than pieceHits
// on average, and be told from each other by chance, but not above mostAlpha.
const (
	leastAlpha = 0.05
	mostAlpha  = 0.2
	pieceHits  = 10
)

func patience(c Counts) float64 {
	return min(mostAlpha, max(leastAlpha, pieceHits/float64(c.Hits)))
}

// sort puts the trials in the order of each input.
func (f *finder) sort(trials []uint32) {
	f.orders = make([][]ranked, len(f.inputs))
	parallel.Each(f.workers, len(f.inputs), func() func(int) {
		var s sorter
		return func(i int) {
			order := s.sort(f.inputs[i].Values, trials)
			if len(order) > 0 && order[len(order)-1].rank > 0 {
				f.orders[i] = order
			}
		}
	})
}

// mostInputs is how many inputs are peeled.
const mostInputs = 20

// strongest are the inputs of which a single limit says most of the trials: those where the φ of
// the best one is highest. With hundreds of inputs that do nothing, the slice with the smallest
// share of hits is one of theirs nearly always, by chance; a limit that may lie anywhere has all
// trials to tell by.
func (f *finder) strongest(trials []uint32, most int) []int {
	states, whole := f.states(trials), f.count(nil, trials)
	best := make([]split, len(f.orders))
	parallel.Each(f.workers, len(f.orders), func() func(int) {
		return func(i int) {
			best[i] = f.splitOn(i, states, whole, max(minLeafTrials, int(math.Ceil(minLeaf*float64(len(trials))))))
		}
	})
	best = slices.DeleteFunc(best, func(s split) bool { return s.gain == 0 })
	slices.SortStableFunc(best, func(a, b split) int { return cmp.Compare(b.gain, a.gain) })
	var list []int
	for _, s := range best[:min(most, len(best))] {
		list = append(list, s.input)
	}
	slices.Sort(list)
	return list
}

// A piece is what could be peeled off a box: at one end of one input.
type piece struct {
	span, input int
	top         bool
	trials, hit int
	end         int    // in the input's order: where the piece ends or, at the top, begins
	last        uint32 // the trial of the highest value below the cut
}

func (p piece) density() float64 { return ratio(p.hit, p.trials) }

// peel takes pieces off the box of all trials, one at a time, until little is left. A piece is
// the lowest or highest of an input's values in the box, a share of α of them, and all that are equal to the last
// of them. The one is taken that has the smallest share of hits. Where all pieces are of one size
// that is Friedman and Fisher's, which leaves the highest share of hits in the box. Where they
// are not, as with an event that mostly never happens, theirs would take the largest, which is
// not patient: compare Kwakkel and Jaxa-Rozen, "Improving scenario discovery for handling
// heterogeneous uncertainties and multinomial classified outcomes" (2016).
func (f *finder) peel(trials []uint32) []Peel {
	p := &peeling{finder: f, state: f.states(trials)}
	for _, i := range f.strongest(trials, mostInputs) {
		p.left = append(p.left, span{input: i, order: f.orders[i], end: len(f.orders[i])})
	}
	counts := f.count(nil, trials)
	alpha := patience(counts)
	least := counts.leastHits()
	var limits []Limit
	list := []Peel{{nil, counts, Counts{}}}
	for compacted := counts.In; ; {
		best, ok := p.best(counts.In, int(math.Ceil(alpha*float64(counts.In))))
		if !ok || counts.HitsIn-best.hit < least || !(best.density() < counts.Density()) {
			return list
		}
		p.take(best)
		counts.In -= best.trials
		counts.HitsIn -= best.hit
		l := of(limits, best.input)
		if best.top {
			l.High = f.inputs[best.input].Values[best.last]
		} else {
			l.Low = f.inputs[best.input].Values[best.last]
		}
		limits = with(limits, l)
		list = append(list, Peel{limits, counts, Counts{}})
		if 2*counts.In < compacted {
			p.compact()
			compacted = counts.In
		}
	}
}

// peeling is a box in the course of it.
type peeling struct {
	*finder
	state []state // by trial
	left  []span
}

// A state says whether a trial is looked at, and whether it hits.
type state uint8

const (
	out state = iota
	miss
	hit
)

func (f *finder) states(trials []uint32) []state {
	list := make([]state, len(f.hit))
	for _, k := range trials {
		list[k] = miss
		if f.hit[k] {
			list[k] = hit
		}
	}
	return list
}

// A span is what an input's order has between two places. All trials of the box are in it.
type span struct {
	input      int
	order      []ranked
	begin, end int
}

// best is the piece with the smallest share of hits: of two that are alike the larger, else the
// first.
func (p *peeling) best(size, least int) (piece, bool) {
	pieces := make([][2]piece, len(p.left))
	parallel.Each(p.workers, len(p.left), func() func(int) {
		return func(i int) {
			pieces[i] = [2]piece{p.left[i].bottom(p.state, least), p.left[i].top(p.state, least)}
			pieces[i][0].span, pieces[i][1].span = i, i
		}
	})
	var best piece
	for _, ends := range pieces {
		for _, c := range ends {
			if c.trials == 0 || c.trials >= size {
				continue
			}
			switch a, b := c.hit*best.trials, best.hit*c.trials; {
			case best.trials == 0, a < b, a == b && c.trials > best.trials:
				best = c
			}
		}
	}
	return best, best.trials > 0
}

// bottom is the piece of an input's lowest values.
func (s *span) bottom(states []state, least int) piece {
	c := piece{input: s.input, end: s.begin}
	var rank uint32
	for k, r := range s.order[s.begin:s.end] {
		state := states[r.trial]
		if state == out {
			continue
		}
		if c.trials >= least && r.rank != rank {
			break
		}
		c.trials++
		c.hit += int(state - miss)
		rank, c.last, c.end = r.rank, r.trial, s.begin+k+1
	}
	return c
}

// top is the piece of an input's highest values.
func (s *span) top(states []state, least int) piece {
	c := piece{input: s.input, top: true, end: s.end}
	var rank uint32
	for k := s.end - 1; k >= s.begin; k-- {
		r := s.order[k]
		state := states[r.trial]
		if state == out {
			continue
		}
		if c.trials >= least && r.rank != rank {
			c.last = r.trial
			break
		}
		c.trials++
		c.hit += int(state - miss)
		rank, c.end = r.rank, k
	}
	return c
}

// take peels a piece off.
func (p *peeling) take(c piece) {
	s := &p.left[c.span]
	gone := s.order[s.begin:c.end]
	if c.top {
		gone = s.order[c.end:s.end]
		s.end = c.end
	} else {
		s.begin = c.end
	}
	for _, r := range gone {
		p.state[r.trial] = out
	}
}

// compact leaves out what is no longer in the box.
func (p *peeling) compact() {
	parallel.Each(p.workers, len(p.left), func() func(int) {
		return func(i int) {
			s := &p.left[i]
			var order []ranked
			for _, r := range s.order[s.begin:s.end] {
				if p.state[r.trial] != out {
					order = append(order, r)
				}
			}
			*s = span{input: s.input, order: order, end: len(order)}
		}
	})
}

// follow counts other trials along a trajectory. The boxes lie in each other, so a trial is in
// all that come before the first that it is outside of.
func (f *finder) follow(peels []Peel, trials []uint32) {
	outside := make([]int, len(trials)) // the first box that the trial is not in
	for i := range outside {
		outside[i] = len(peels)
	}
	for _, l := range peels[len(peels)-1].Limits {
		x := f.inputs[l.Input].Values
		var steps []Limit
		for _, p := range peels {
			steps = append(steps, of(p.Limits, l.Input))
		}
		for i, k := range trials {
			v := x[k]
			if l.holds(v) {
				continue
			}
			first, _ := slices.BinarySearchFunc(steps, v, func(s Limit, v float64) int {
				if s.holds(v) {
					return -1
				}
				return 1
			})
			outside[i] = min(outside[i], first)
		}
	}
	whole := f.count(nil, trials)
	whole.In, whole.HitsIn = 0, 0
	in := make([]Counts, len(peels)+1) // of the trials that leave there
	for i, k := range trials {
		in[outside[i]].In++
		if f.hit[k] {
			in[outside[i]].HitsIn++
		}
	}
	for i := len(peels) - 1; i >= 0; i-- {
		whole.In += in[i+1].In
		whole.HitsIn += in[i+1].HitsIn
		peels[i].Rest = whole
	}
}
