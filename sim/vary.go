package sim

import (
	"context"
	"fmt"
	"slices"

	"entente/sim/rng"
)

// A Variation is how the draws of a run differ from those of an ordinary one. Its zero value is
// the ordinary run.
type Variation struct {
	// Fixed are inputs that are a number, as if the scenario said so: what else is drawn stays as
	// it is, the inputs too that are correlated with them.
	Fixed []FixedInput
	// Anew are inputs that are drawn anew, independently of the ordinary run, by a design of as
	// many more dimensions. What shares a source with them, by a mix, has to be among them.
	Anew []string
	// AnewShocks says that all shocks are drawn anew.
	AnewShocks bool
}

// A FixedInput is an input that has a value in all trials.
type FixedInput struct {
	Name  string
	Value float64
}

type fixed struct {
	input int
	value float64
}

// Vary takes a model through the same trials in each of some variations, in turn, and tells take
// what the kept outcomes were, as Trials does. The trials of Variation{} are those of Trials. An
// error of take ends it. Of the options Memory and Headlines do nothing.
func Vary(ctx context.Context, m *Model, opt Options, variations []Variation, take func(k int, trials []Series) error) error {
	opt, err := opt.complete()
	if err != nil {
		return err
	}
	opt.Headlines = nil
	ordinary, err := newDraws(m, opt)
	if err != nil {
		return err
	}
	job := newJob(ctx, m, ordinary, opt)
	job.progress = newProgress(opt.Progress, len(variations)*opt.Trials)
	for k, v := range variations {
		if job.draws, err = ordinary.vary(v, opt); err != nil {
			return err
		}
		list, err := job.series()
		if err != nil {
			return err
		}
		if err := take(k, list); err != nil {
			return err
		}
	}
	return nil
}

// vary returns the draws of a variation of the ones at hand.
func (d *draws) vary(v Variation, opt Options) (*draws, error) {
	varied := *d
	varied.fixed = nil
	for _, f := range v.Fixed {
		k, ok := d.model.names[f.Name]
		if !ok || d.model.inputs[k].dist == nil {
			return nil, fmt.Errorf("no input %s is drawn, so that none can be fixed", f.Name)
		}
		varied.fixed = append(varied.fixed, fixed{k, f.Value})
	}
	if len(v.Anew) == 0 && !v.AnewShocks {
		return &varied, nil
	}
	both, err := newPoints(slices.Concat(d.sources, anew(d.sources)), opt)
	if err != nil {
		return nil, err
	}
	points := &mixedPoints{both: both, place: make([]int, len(d.sources))}
	for i := range points.place {
		points.place[i] = i
	}
	for _, name := range v.Anew {
		k, ok := d.model.names[name]
		if !ok || d.model.inputs[k].dist == nil {
			return nil, fmt.Errorf("no input %s is drawn, so that none can be drawn anew", name)
		}
		for _, source := range d.inputs[k].sources {
			points.place[source] = len(d.sources) + source
		}
	}
	for k := range d.inputs {
		name := d.model.inputs[k].name
		if d.model.inputs[k].dist == nil || slices.Contains(v.Anew, name) {
			continue
		}
		if slices.ContainsFunc(d.inputs[k].sources, func(s int) bool { return points.place[s] != s }) {
			return nil, fmt.Errorf("%s is correlated with inputs that are drawn anew, and is not one of them", name)
		}
	}
	if v.AnewShocks {
		varied.streams = nil
		for k, s := range d.model.shocks {
			varied.streams = append(varied.streams, rng.NewStream(opt.Seed, s.source+anewSuffix))
			for _, source := range d.bridges[k].sources {
				points.place[source] = len(d.sources) + source
			}
		}
	}
	varied.points = points
	return &varied, nil
}

// anewSuffix makes the names of what is drawn anew. No path has a space.
const anewSuffix = " anew"

func anew(names []string) []string {
	var list []string
	for _, name := range names {
		list = append(list, name+anewSuffix)
	}
	return list
}

// mixedPoints are points of a design of more sources than there are.
type mixedPoints struct {
	both  points
	place []int // by source
}

func (m *mixedPoints) Fill(dst []float64, source, first int) {
	m.both.Fill(dst, m.place[source], first)
}

// Together lists the inputs that are drawn, those that share a source by mixes, and so are
// correlated, together, in the order in which the model names the first of them.
func (m *Model) Together() [][]string {
	var groups [][]string
	var sources [][]string // by group
	for _, in := range m.inputs {
		if in.dist == nil {
			continue
		}
		group, of := []string{in.name}, []string(nil)
		for _, t := range m.terms(in.name) {
			of = append(of, t.Source)
		}
		at := -1
		for g := 0; g < len(groups); g++ {
			if !slices.ContainsFunc(of, func(s string) bool { return slices.Contains(sources[g], s) }) {
				continue
			}
			if at < 0 {
				groups[g], sources[g] = append(groups[g], group...), append(sources[g], of...)
				at = g
				continue
			}
			// It joins two groups that have been apart.
			groups[at], sources[at] = append(groups[at], groups[g]...), append(sources[at], sources[g]...)
			groups, sources = slices.Delete(groups, g, g+1), slices.Delete(sources, g, g+1)
			g--
		}
		if at < 0 {
			groups, sources = append(groups, group), append(sources, of)
		}
	}
	for _, g := range groups {
		slices.SortFunc(g, func(a, b string) int { return m.names[a] - m.names[b] })
	}
	return groups
}
