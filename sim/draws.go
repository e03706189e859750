package sim

import (
	"fmt"
	"math"

	"entente/sim/design"
	"entente/sim/rng"
)

// draws is what the inputs and shocks of a model are made of, under one seed: the streams of
// uniforms by name, and how they mix. It is shared by all workers.
type draws struct {
	inputs  []plan
	shocks  []plan
	points  points       // of the inputs' sources
	streams []rng.Stream // of the shocks' sources
	nInput  int          // number of sources of the inputs
}

// plan says how one input or shock is made of sources.
type plan struct {
	column  Column
	dist    Dist // of an input
	uniform bool
	// One source with coefficient 1 stands for itself; else the sum of normals.
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

func newDraws(m *Model, opt Options) (*draws, error) {
	d := &draws{}

	var inputs sources
	for _, in := range m.Inputs {
		p, err := inputs.plan(in.Name, m.InputMixes)
		if err != nil {
			return nil, err
		}
		p.column, p.dist = in.Column, in.Dist
		d.inputs = append(d.inputs, p)
	}
	d.nInput = len(inputs.names)
	switch opt.Sampler {
	case Random:
		d.points = randomPoints(inputs.streams(opt.Seed))
	case Latin:
		d.points = design.NewLatin(opt.Seed, inputs.names, opt.Trials)
	case Sobol:
		d.points = design.NewSobol(opt.Seed, inputs.names)
	default:
		_, err := ParseSampler(string(opt.Sampler))
		return nil, err
	}

	var shocks sources
	for _, s := range m.Shocks {
		p, err := shocks.plan(s.Name, m.ShockMixes)
		if err != nil {
			return nil, err
		}
		if s.Uniform && !p.plain() {
			return nil, fmt.Errorf("shock %s is uniform: it can't be correlated", s.Name)
		}
		p.column, p.uniform = s.Column, s.Uniform
		d.shocks = append(d.shocks, p)
	}
	d.streams = shocks.streams(opt.Seed)
	return d, nil
}

// sources numbers the names of streams in the order in which they are first needed.
type sources struct {
	names  []string
	number map[string]int
}

func (s *sources) index(name string) int {
	if s.number == nil {
		s.number = map[string]int{}
	}
	i, ok := s.number[name]
	if !ok {
		i = len(s.names)
		s.number[name] = i
		s.names = append(s.names, name)
	}
	return i
}

func (s *sources) streams(seed uint64) []rng.Stream {
	list := make([]rng.Stream, len(s.names))
	for i, name := range s.names {
		list[i] = rng.NewStream(seed, name)
	}
	return list
}

// plan returns how a name is made: by its mix if there is one, else of its own stream.
func (s *sources) plan(name string, mixes []Mix) (plan, error) {
	for _, mix := range mixes {
		if mix.Name != name {
			continue
		}
		var p plan
		var squares float64
		for _, t := range mix.Terms {
			p.sources = append(p.sources, s.index(t.Source))
			p.coefs = append(p.coefs, t.Coef)
			squares += t.Coef * t.Coef
		}
		if !(math.Abs(squares-1) < 1e-9) {
			return plan{}, fmt.Errorf("the mix of %s has coefficients whose squares sum to %v: they must sum to 1", name, squares)
		}
		return p, nil
	}
	return plan{sources: []int{s.index(name)}, coefs: []float64{1}}, nil
}

// drawer is one worker's room for drawing.
type drawer struct {
	*draws
	input       [][]float64 // normals of the inputs' sources that are mixed
	even, odd   [][]float64 // normals (or uniforms) of the shocks' sources at two steps
	mixedInput  []bool
	uniformness []bool // of the shocks' sources
}

func (d *draws) drawer() *drawer {
	w := &drawer{
		draws:       d,
		mixedInput:  make([]bool, d.nInput),
		even:        columns(len(d.streams)),
		odd:         columns(len(d.streams)),
		uniformness: make([]bool, len(d.streams)),
	}
	mixed := 0
	for _, p := range d.inputs {
		if !p.plain() {
			for _, s := range p.sources {
				if !w.mixedInput[s] {
					w.mixedInput[s] = true
					mixed++
				}
			}
		}
	}
	rooms := columns(mixed)
	w.input = make([][]float64, d.nInput)
	for s, used := range w.mixedInput {
		if used {
			w.input[s], rooms = rooms[0], rooms[1:]
		}
	}
	for _, p := range d.shocks {
		if p.uniform {
			w.uniformness[p.sources[0]] = true
		}
	}
	return w
}

// inputs samples the inputs of a batch.
func (w *drawer) inputs(b *Batch) {
	for s, used := range w.mixedInput {
		if used {
			z := w.input[s][:b.N]
			w.points.Fill(z, s, b.First)
			rng.Normals(z)
		}
	}
	for i := range w.draws.inputs {
		p := &w.draws.inputs[i]
		x := b.Col(p.column)
		if p.plain() {
			w.points.Fill(x, p.sources[0], b.First)
		} else {
			mix(x, w.input, p)
			for i, z := range x {
				x[i] = probability(z)
			}
		}
		p.dist.Quantile(x)
	}
}

// probability is Φ(z), kept inside the open interval (0, 1).
func probability(z float64) float64 {
	return min(max(0.5*math.Erfc(-z/math.Sqrt2), 0x1p-53), 1-0x1p-53)
}

// shocks draws the shocks of a batch. Index 0 is the draw before the first step, index n+1
// belongs to step n; they are asked for in that order. Two indices are drawn at a time,
// because one call of the generator gives both.
func (w *drawer) shocks(b *Batch, index int) {
	if index%2 == 0 {
		for s, stream := range w.streams {
			even, odd := w.even[s][:b.N], w.odd[s][:b.N]
			stream.UniformPair(even, odd, uint64(b.First), index/2)
			if !w.uniformness[s] {
				rng.Normals(even)
				rng.Normals(odd)
			}
		}
	}
	from := w.even
	if index%2 == 1 {
		from = w.odd
	}
	for i := range w.draws.shocks {
		p := &w.draws.shocks[i]
		x := b.Col(p.column)
		if p.plain() {
			copy(x, from[p.sources[0]])
		} else {
			mix(x, from, p)
		}
	}
}

// mix sets x to the sum of the plan's sources times their coefficients.
func mix(x []float64, sources [][]float64, p *plan) {
	clear(x)
	for k, s := range p.sources {
		c := p.coefs[k]
		z := sources[s][:len(x)]
		for i := range x {
			x[i] += c * z[i]
		}
	}
}
