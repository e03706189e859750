package sim

import (
	"fmt"
	"math"
	"slices"

	"entente/sim/design"
	"entente/sim/rng"
	"entente/sim/vec"
)

// A Lead is something that much of the outcomes' spread hangs on, which designs therefore
// spread evenly, those that stand first best: an input or, with a Direction, how far a shock's
// path goes that way. Direction is a unit vector over the shock's draws from index 0 on; those
// of one shock are orthogonal. Name is that of an input or shock before it is mixed, which is
// a Source of mixes where there are any; one that the model does not have is passed over.
type Lead struct {
	Name      string
	Direction []float64
}

// draws is what the inputs and shocks of a model are made of, under one seed. It is shared by
// all workers.
type draws struct {
	model   *Model
	inputs  []plan
	points  points       // of the inputs' sources
	sources []string     // what these are
	fixed   []fixed      // inputs that are numbers
	streams []rng.Stream // of the shocks
	bridges []bridge     // of the shocks
}

// A bridge is what of a shock comes from the design: its projections on some directions. With ε
// the N independent normals of its stream, q_d orthonormal and z_d normals of the design, the
// shock is
//
//	ε' = ε + Σ_d q_d·(z_d − q_d·ε)
//
// which are again independent normals, and q_d·ε' = z_d. With the leading principal components
// of the path that the shock drives for q it is the construction of Acworth, Broadie and
// Glasserman, "A comparison of some Monte Carlo and quasi Monte Carlo techniques for option
// pricing" (1998), and of the same use as a Brownian bridge.
type bridge struct {
	sources    []int         // of z, by direction
	directions [][][]float64 // q, by direction and index: 8 times each, as constants of vec are
	pairs      int           // ⌈N/2⌉
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

func newDraws(m *Model, opt Options) (*draws, error) {
	if err := m.checkMixes(); err != nil {
		return nil, err
	}
	d := &draws{model: m, bridges: make([]bridge, len(m.shocks))}
	var names []string
	number := func(name string) int {
		i := slices.Index(names, name)
		if i < 0 {
			i = len(names)
			names = append(names, name)
		}
		return i
	}
	if opt.Sampler == Latin || opt.Sampler == Sobol {
		if opt.Beside != nil {
			d.lead(opt.Beside, nil, number)
			for _, name := range opt.Beside.sources() {
				number(name)
			}
		}
		d.lead(m, opt.Beside, number)
	}
	for _, in := range m.inputs {
		var p plan
		if in.dist == nil && opt.Sampler != Sobol {
			d.inputs = append(d.inputs, p)
			continue // only there does a place matter
		}
		for _, t := range m.terms(in.name) {
			p.sources = append(p.sources, number(t.Source))
			p.coefs = append(p.coefs, t.Coef)
		}
		d.inputs = append(d.inputs, p)
	}
	d.sources = names
	var err error
	if d.points, err = newPoints(names, opt); err != nil {
		return nil, err
	}
	for _, s := range m.shocks {
		d.streams = append(d.streams, rng.NewStream(opt.Seed, s.source))
	}
	return d, nil
}

// newPoints returns the uniforms of sources of these names.
func newPoints(names []string, opt Options) (points, error) {
	switch opt.Sampler {
	case Random:
		streams := make(randomPoints, len(names))
		for i, name := range names {
			streams[i] = rng.NewStream(opt.Seed, name)
		}
		return streams, nil
	case Latin:
		return design.NewLatin(opt.Seed, names, opt.Trials), nil
	case Sobol:
		return design.NewSobol(opt.Seed, names), nil
	}
	_, err := ParseSampler(string(opt.Sampler))
	return nil, err
}

// terms is what an input is the sum of: itself, unless it is mixed.
func (m *Model) terms(input string) []Term {
	for _, mix := range m.mixes[0] {
		if mix.Name == input {
			return mix.Terms
		}
	}
	return []Term{{input, 1}}
}

// sources names what the inputs are made of, in their order.
func (m *Model) sources() []string {
	var names []string
	for _, in := range m.inputs {
		for _, t := range m.terms(in.name) {
			names = append(names, t.Source)
		}
	}
	return names
}

// lead gives the next numbers to what leads in a model, and sets the bridges of the shocks that
// the model drawn for has too, but for those that are set as in another.
func (d *draws) lead(m, as *Model, number func(name string) int) {
	sources := m.sources()
	directions := map[string]int{}
	for _, l := range m.Leading {
		of := shock{l.Name, false}
		switch {
		case l.Direction == nil:
			if slices.Contains(sources, l.Name) {
				number(l.Name)
			}
			continue
		case !slices.Contains(m.shocks, of), as != nil && slices.Contains(as.shocks, of):
			continue
		}
		directions[l.Name]++
		source := number(fmt.Sprintf("%s direction %d", l.Name, directions[l.Name]))
		k := slices.Index(d.model.shocks, of)
		if k < 0 {
			continue
		}
		b := &d.bridges[k]
		q := make([][]float64, len(l.Direction))
		for i, x := range l.Direction {
			q[i] = slices.Repeat([]float64{x}, 8)
		}
		b.directions = append(b.directions, q)
		b.sources = append(b.sources, source)
		b.pairs = max(b.pairs, (len(q)+1)/2)
	}
}

// drawer is one worker's room for drawing.
type drawer struct {
	*draws
	first, trials int         // of the batch; the columns may be longer
	normals       [][]float64 // of the inputs' sources that are mixed, as far as they are drawn
	drawn         []bool
	paths         []path // of the shocks
	z             []float64
	instead       []Dist // of inputs, in place of the model's; nil: none
}

// path is a bridged shock in a batch: its columns by index, if they are drawn.
type path struct {
	columns [][]float64
	drawn   bool
}

func (d *draws) drawer() *drawer {
	w := &drawer{draws: d, normals: make([][]float64, len(d.sources)), drawn: make([]bool, len(d.sources)),
		paths: make([]path, len(d.bridges)), z: make([]float64, width)}
	for k, b := range d.bridges {
		w.paths[k].columns = cut(make([]float64, 2*b.pairs*width), width)
	}
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
	for k := range w.paths {
		w.paths[k].drawn = false
	}
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
	if i := slices.IndexFunc(w.fixed, func(f fixed) bool { return f.input == k }); i >= 0 {
		for j := range dst {
			dst[j] = w.fixed[i].value
		}
		return
	}
	w.chance(k, dst)
	if w.instead != nil && w.instead[k] != nil {
		w.instead[k].Quantile(dst)
		return
	}
	w.model.inputs[k].dist.Quantile(dst)
}

// chance draws the probabilities of which an input is the quantiles.
func (w *drawer) chance(k int, dst []float64) {
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
	if pair < w.bridges[shock].pairs {
		columns := w.bridged(shock, len(even))
		copy(even, columns[2*pair])
		copy(odd, columns[2*pair+1])
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

// bridged returns the columns of a shock of which some directions come from the design, drawn
// once in a batch.
func (w *drawer) bridged(shock, n int) [][]float64 {
	b, p := &w.bridges[shock], &w.paths[shock]
	if p.drawn {
		return p.columns
	}
	p.drawn = true
	for pair := range b.pairs {
		even, odd := p.columns[2*pair][:n], p.columns[2*pair+1][:n]
		w.streams[shock].UniformPair(even, odd, uint64(w.first), pair)
		rng.Normals(even)
		rng.Normals(odd)
	}
	z := w.z[:n]
	for d, q := range b.directions {
		w.uniforms(b.sources[d], z)
		rng.Normals(z)
		// One direction after the other: they are orthogonal.
		for i := range q {
			vec.Apply(vec.SubMul, z, p.columns[i][:n], q[i], z)
		}
		for i := range q {
			x := p.columns[i][:n]
			vec.Apply(vec.MulAdd, x, z, q[i], x)
		}
	}
	return p.columns
}
