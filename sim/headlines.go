package sim

import (
	"math"
	"slices"
	"sync"

	"entente/sim/result"
	"entente/sim/sense"
	"entente/sim/stats"
)

// headlines are the few outcomes of which a run says more: how their means settled, and what
// drives them.
type headlines struct {
	*job
	of      []headline
	sampled []headline // whose first values are shown, and no more is said

	mu    sync.Mutex
	parts [][][]stats.Sketch // by worker, headline and step of convergence: what came since the step before
}

type headline struct {
	slot, place int
	first       []float64 // its values in the first trials
	means       []result.RunningMean
}

// mostDrivers is how many are named of an outcome.
const mostDrivers = 15

// halvings is how often the trials are halved, for the first step of convergence.
const halvings = 6

func newHeadlines(j *job) *headlines {
	h := &headlines{job: j}
	for _, name := range j.opt.Headlines {
		last := -1 // its last year's
		for i, s := range j.slots {
			if j.model.Outcomes[s.outcome].Name == name {
				last = i
			}
		}
		if last < 0 || j.place[last] < 0 || slices.ContainsFunc(h.of, func(o headline) bool { return o.slot == last }) {
			continue // not kept, the same in every trial, or there already
		}
		h.of = append(h.of, headline{slot: last, place: j.place[last], first: make([]float64, min(j.opt.Trials, sense.MaxTrials))})
	}
	for i, s := range j.slots {
		if j.opt.Sampled == nil || j.place[i] < 0 || !j.opt.Sampled(j.model.Outcomes[s.outcome].Name, s.year+1) ||
			slices.ContainsFunc(h.of, func(o headline) bool { return o.slot == i }) {
			continue
		}
		h.sampled = append(h.sampled, headline{slot: i, place: j.place[i], first: make([]float64, min(j.opt.Trials, sense.MaxTrials))})
	}
	return h
}

// steps are the numbers of trials at which the means are taken: the trials halved six times, …,
// once, and all. But for the last they are multiples of the replicates, so that these are of
// the same length, and at least two rows of them.
func (h *headlines) steps() []int {
	var list []int
	for k := halvings; k > 0; k-- {
		n := h.opt.Trials >> k
		n -= n % h.replicates()
		if n >= 2*max(h.replicates(), 16) {
			list = append(list, n)
		}
	}
	return append(list, h.opt.Trials)
}

// read takes what is needed from the values of all trials.
func (h *headlines) read(columns [][]float64) {
	var scratch stats.Scratch
	for _, o := range h.sampled {
		copy(o.first, columns[o.place])
	}
	for i := range h.of {
		o := &h.of[i]
		column := columns[o.place]
		copy(o.first, column)
		for _, n := range h.steps() {
			s := stats.Summarize(column[:n], h.replicates(), nil, &scratch)
			o.means = append(o.means, result.RunningMean{Trials: n, Mean: s.Mean, SE: s.SE})
		}
	}
}

// keeper takes what is needed from one worker's batches.
func (h *headlines) keeper(scratch *stats.Scratch) func(place, first int, values []float64) {
	steps := h.steps()
	parts := make([][]stats.Sketch, len(h.of))
	for i := range parts {
		parts[i] = make([]stats.Sketch, len(steps))
		for k := range parts[i] {
			parts[i][k].Replicates = h.replicates()
		}
	}
	h.mu.Lock()
	h.parts = append(h.parts, parts)
	h.mu.Unlock()
	return func(place, first int, values []float64) {
		for _, o := range h.sampled {
			if o.place == place && first < len(o.first) {
				copy(o.first[first:], values)
			}
		}
		for i := range h.of {
			o := &h.of[i]
			if o.place != place {
				continue
			}
			if first < len(o.first) {
				copy(o.first[first:], values)
			}
			for k, n := range steps {
				if first >= n || len(values) == 0 {
					continue
				}
				here := min(n-first, len(values))
				parts[i][k].Add(values[:here], scratch)
				first, values = first+here, values[here:]
			}
		}
	}
}

func (h *headlines) convergence() []result.Convergence {
	if len(h.parts) > 0 {
		h.merge()
	}
	var list []result.Convergence
	for _, o := range h.of {
		list = append(list, result.Convergence{Metric: h.name(o), Year: h.year(o), Points: o.means})
	}
	return list
}

// merge adds up what the workers' sketches have.
func (h *headlines) merge() {
	for i := range h.of {
		whole := stats.Sketch{Replicates: h.replicates()}
		for k, n := range h.steps() {
			for _, parts := range h.parts {
				whole.Merge(&parts[i][k])
			}
			s := whole.Summary(nil)
			h.of[i].means = append(h.of[i].means, result.RunningMean{Trials: n, Mean: s.Mean, SE: s.SE})
		}
	}
}

// show lets the first trials' values be seen.
func (h *headlines) show() {
	if h.opt.Sample == nil {
		return
	}
	var list []Series
	for _, o := range slices.Concat(h.of, h.sampled) {
		list = append(list, Series{Outcome: h.name(o), Year: h.slots[o.slot].year + 1, Values: o.first})
	}
	h.opt.Sample(list)
}

func (h *headlines) name(o headline) string { return h.model.Outcomes[h.slots[o.slot].outcome].Name }

// year counts from 1; 0 is once per trial.
func (h *headlines) year(o headline) int {
	if s := h.slots[o.slot]; h.model.Outcomes[s.outcome].Kind != AtTheEnd {
		return s.year + 1
	}
	return 0
}

// drivers draws the inputs of the first trials again, which costs little beside simulating
// them, and looks for those that the headlines hang on.
func (h *headlines) drivers() []result.Drivers {
	var outputs [][]float64
	var of []headline
	for _, o := range h.of {
		if !slices.ContainsFunc(o.first, math.IsNaN) {
			outputs, of = append(outputs, o.first), append(of, o)
		}
	}
	n := min(h.opt.Trials, sense.MaxTrials)
	if len(outputs) == 0 || n < sense.MinTrials {
		return nil
	}
	drawn, err := inputs(h.ctx, h.model, h.draws, n, h.opt.Workers)
	if err != nil {
		return nil // cancelled, as Run itself sees
	}
	columns := make([][]float64, len(drawn))
	for i, in := range drawn {
		columns[i] = in.Values
	}
	var list []result.Drivers
	for k, ds := range sense.Drivers(columns, outputs, mostDrivers, h.opt.Workers) {
		d := result.Drivers{Metric: h.name(of[k]), Year: h.year(of[k]), Trials: n}
		for _, found := range ds {
			d.Inputs = append(d.Inputs, result.Driver{Path: drawn[found.Input].Name,
				Rank: interval(found.Rank), Share: interval(found.Share)})
		}
		list = append(list, d)
	}
	return list
}

// interval leaves out the standard error, which a run does not show.
func interval(e sense.Estimate) result.Estimate {
	return result.Estimate{Value: e.Value, Low: e.Low, High: e.High}
}
