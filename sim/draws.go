package sim

import (
	"math"
	"slices"

	"entente/sim/design"
	"entente/sim/rng"
)

// draws is what the inputs and shocks of a model are made of, under one seed. It is shared by
// all workers.
type draws struct {
	model   *Model
	inputs  []plan
	points  points       // of the inputs' sources
	sources int          // how many these are
	streams []rng.Stream // of the shocks
	median  bool         // shocks are at their medians
}

// plan says how one input is made of sources: one source with coefficient 1 stands for
// itself, several are the sum of their normals.
type plan struct {
	sources []int
	coefs   []float64
}

func (p *plan) plain() bool { return len(p.sources) == 1 && p.coefs[0] == 1 }

// points gives the uniforms of the inputs' sources: dst[i] belongs to trial first+i.
type points interface {
	Fill(dst []float64, source, first int)
}

// randomPoints are independent draws: index 0 of the source's stream.
type randomPoints []rng.Stream

func (r randomPoints) Fill(dst []float64, source, first int) {
	r[source].Uniforms(dst, uint64(first), 0)
}

// medianPoints are all ½.
type medianPoints struct{}

func (medianPoints) Fill(dst []float64, _, _ int) {
	for i := range dst {
		dst[i] = 0.5
	}
}

func newDraws(m *Model, opt Options) (*draws, error) {
	if err := m.checkMixes(); err != nil {
		return nil, err
	}
	d := &draws{model: m}
	var names []string
	number := func(name string) int {
		i := slices.Index(names, name)
		if i < 0 {
			i = len(names)
			names = append(names, name)
		}
		return i
	}
	for _, in := range m.inputs {
		p := plan{coefs: []float64{1}}
		for _, mix := range m.mixes[0] {
			if mix.Name == in.name {
				p.coefs = p.coefs[:0]
				for _, t := range mix.Terms {
					p.sources = append(p.sources, number(t.Source))
					p.coefs = append(p.coefs, t.Coef)
				}
			}
		}
		if p.sources == nil {
			p.sources = []int{number(in.name)}
		}
		d.inputs = append(d.inputs, p)
	}
	d.sources = len(names)
	switch opt.Sampler {
	case Random:
		streams := make(randomPoints, len(names))
		for i, name := range names {
			streams[i] = rng.NewStream(opt.Seed, name)
		}
		d.points = streams
	case Latin:
		d.points = design.NewLatin(opt.Seed, names, opt.Trials)
	case Sobol:
		d.points = design.NewSobol(opt.Seed, names)
	case Median:
		d.median = true
		d.points = medianPoints{}
	default:
		_, err := ParseSampler(string(opt.Sampler))
		return nil, err
	}
	for _, s := range m.shocks {
		d.streams = append(d.streams, rng.NewStream(opt.Seed, s.source))
	}
	return d, nil
}

// drawer is one worker's room for drawing.
type drawer struct {
	*draws
	first, trials int         // of the batch; the columns may be longer
	normals       [][]float64 // of the inputs' sources that are mixed, as far as they are drawn
	drawn         []bool
}

func (d *draws) drawer() *drawer {
	w := &drawer{draws: d, normals: make([][]float64, d.sources), drawn: make([]bool, d.sources)}
	for _, p := range d.inputs {
		if !p.plain() {
			for _, s := range p.sources {
				if w.normals[s] == nil {
					w.normals[s] = make([]float64, width)
				}
			}
		}
	}
	return w
}

// begin moves to the trials first … first+trials−1.
func (w *drawer) begin(first, trials int) {
	w.first, w.trials = first, trials
	clear(w.drawn)
}

// Fill draws what a leaf of the model is. The trials that a column is longer than the batch are
// copies of the last one.
func (w *drawer) Fill(number int, even, odd []float64) {
	l := w.model.leaves[number]
	if l.isInput {
		w.input(l.number, even)
	} else {
		w.pair(l.number, l.pair, even, odd)
	}
}

// input samples an input of the model.
func (w *drawer) input(k int, dst []float64) {
	p := &w.inputs[k]
	if p.plain() {
		w.uniforms(p.sources[0], dst)
	} else {
		clear(dst)
		for j, s := range p.sources {
			c := p.coefs[j]
			for i, z := range w.normal(s, len(dst)) {
				dst[i] += float64(c * z)
			}
		}
		for i, z := range dst {
			dst[i] = probability(z)
		}
	}
	w.model.inputs[k].dist.Quantile(dst)
}

func (w *drawer) uniforms(source int, dst []float64) {
	w.points.Fill(dst[:w.trials], source, w.first)
	for i := w.trials; i < len(dst); i++ {
		dst[i] = dst[w.trials-1]
	}
}

// normal returns the n normals of a source of inputs, drawn once in a batch.
func (w *drawer) normal(source, n int) []float64 {
	z := w.normals[source][:n]
	if !w.drawn[source] {
		w.drawn[source] = true
		w.uniforms(source, z)
		rng.Normals(z)
	}
	return z
}

// probability is Φ(z), kept inside the open interval (0, 1).
func probability(z float64) float64 {
	return min(max(0.5*math.Erfc(-z/math.Sqrt2), 0x1p-53), 1-0x1p-53)
}

// pair draws a shock at the indices 2·pair and 2·pair + 1; odd may be nil. One call of the
// generator gives both.
func (w *drawer) pair(shock, pair int, even, odd []float64) {
	stream, uniform := w.streams[shock], w.model.shocks[shock].uniform
	if w.median {
		middle := 0.0
		if uniform {
			middle = 0.5
		}
		for _, dst := range [][]float64{even, odd} {
			for i := range dst {
				dst[i] = middle
			}
		}
		return
	}
	if odd == nil {
		stream.Uniforms(even, uint64(w.first), 2*pair)
		if !uniform {
			rng.Normals(even)
		}
		return
	}
	stream.UniformPair(even, odd, uint64(w.first), pair)
	if !uniform {
		rng.Normals(even)
		rng.Normals(odd)
	}
}
