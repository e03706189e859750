package sim

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"entente/sim/result"
	"entente/sim/sense"
	"entente/sim/stats"
)

// A Quantity is a number of each trial, made of what a run keeps.
type Quantity interface {
	Metrics() []string
	Values(trials []Series) []float64
}

// A Statistic is a number about all trials.
type Statistic interface {
	Metrics() []string
	Estimate(trials []Series, sampler Sampler) stats.Estimate
}

// The numbers of trials that sensitivities can be estimated from.
const (
	LeastSensitivityTrials = sense.MinTrials
	MostAssociationTrials  = sense.MaxTrials
)

// LeastPartialTrials are how many trials the partial rank correlations of that many inputs take; 0:
// no number is enough.
func LeastPartialTrials(inputs int) int { return sense.LeastPartialTrials(inputs) }

// Associations say how quantities go with each input over the trials of a run, by quantity, those
// first that go with it most. What they are named is left to the caller. A quantity that a trial
// has no value of is refused.
func Associations(ctx context.Context, m *Model, opt Options, quantities []Quantity) ([]result.Associations, error) {
	names, columns, outputs, err := inputsAndOutputs(ctx, m, opt, quantities)
	if err != nil {
		return nil, err
	}
	opt, err = opt.complete()
	if err != nil {
		return nil, err
	}
	drivers := sense.Drivers(columns, outputs, len(columns), opt.Workers)
	partials := sense.Partials(columns, outputs, opt.Workers)
	deltas := sense.Deltas(columns, outputs, opt.Workers)
	list := make([]result.Associations, len(quantities))
	for k := range list {
		list[k].Mean, list[k].SE, list[k].SD = describe(outputs[k], opt.Sampler)
		for _, d := range drivers[k] {
			list[k].Inputs = append(list[k].Inputs, result.Association{Path: names[d.Input],
				Rank: result.Estimate(d.Rank), Partial: result.Estimate(partials[k][d.Input]),
				Share: result.Estimate(d.Share), Delta: result.Estimate(deltas[k][d.Input])})
		}
		slices.SortStableFunc(list[k].Inputs, func(a, b result.Association) int {
			return cmp.Compare(strength(sense.Estimate(b.Rank), sense.Estimate(b.Delta)), strength(sense.Estimate(a.Rank), sense.Estimate(a.Delta)))
		})
	}
	return list, ctx.Err()
}

// strength is how much a quantity goes with an input at least: the larger of |ρ| and π·δ, each at
// the end of its interval that is nearer to 0. Of normals with a small correlation r, δ is r/π, as
// E|Z₁Z₂|/2 = 1/π.
func strength(rank, delta sense.Estimate) float64 {
	return max(rank.Low, -rank.High, math.Pi*delta.Low)
}

// Strongest lists the inputs of a model, those first that one of the quantities goes with most over
// the trials of a run.
func Strongest(ctx context.Context, m *Model, opt Options, quantities []Quantity) ([]string, error) {
	names, columns, outputs, err := inputsAndOutputs(ctx, m, opt, quantities)
	if err != nil {
		return nil, err
	}
	opt, err = opt.complete()
	if err != nil {
		return nil, err
	}
	most := slices.Repeat([]float64{math.Inf(-1)}, len(names))
	deltas := sense.Deltas(columns, outputs, opt.Workers)
	for k, drivers := range sense.Drivers(columns, outputs, len(columns), opt.Workers) {
		for _, d := range drivers {
			most[d.Input] = max(most[d.Input], strength(d.Rank, deltas[k][d.Input]))
		}
	}
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(most[b], most[a]) })
	sorted := make([]string, len(names))
	for k, i := range order {
		sorted[k] = names[i]
	}
	return sorted, ctx.Err()
}

// inputsAndOutputs are the inputs and the quantities in each trial of a run.
func inputsAndOutputs(ctx context.Context, m *Model, opt Options, quantities []Quantity) (names []string, inputs, outputs [][]float64, err error) {
	opt.Keep = keepOf(quantities)
	trials, err := Trials(ctx, m, opt)
	if err != nil {
		return nil, nil, nil, err
	}
	drawn, err := Inputs(ctx, m, opt)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, in := range drawn {
		names, inputs = append(names, in.Name), append(inputs, in.Values)
	}
	for _, q := range quantities {
		values, err := everywhere(q, trials)
		if err != nil {
			return nil, nil, nil, err
		}
		outputs = append(outputs, values)
	}
	return names, inputs, outputs, nil
}

func keepOf[Q interface{ Metrics() []string }](quantities []Q) func(name string) bool {
	var metrics []string
	for _, q := range quantities {
		metrics = append(metrics, q.Metrics()...)
	}
	return func(name string) bool { return slices.Contains(metrics, name) }
}

// A MissingError says that a quantity has no value in some trials.
type MissingError struct {
	Quantity        Quantity
	Missing, Trials int
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("there is no value in %d of %d trials", e.Missing, e.Trials)
}

// everywhere is a quantity that has a value in each trial.
func everywhere(q Quantity, trials []Series) ([]float64, error) {
	values, missing := q.Values(trials), 0
	for _, v := range values {
		if v-v != 0 {
			missing++
		}
	}
	if missing > 0 {
		return nil, &MissingError{q, missing, len(values)}
	}
	return values, nil
}

func describe(values []float64, sampler Sampler) (mean, se, sd float64) {
	var scratch stats.Scratch
	s := stats.Summarize(values, sampler.Replicates(), nil, &scratch)
	return s.Mean, s.SE, s.SD
}

// A Group is what is drawn anew together for a Sobol index.
type Group struct {
	Inputs []string
	Shocks bool // all shocks
}

// SobolIndices returns the Sobol indices of groups, by quantity and in the order of the groups,
// which have to hold each input that is drawn once, and the shocks once. They take len(groups) + 2
// runs of opt.Trials: one of a design, one of an independent design, and one for each group. What
// they are named is left to the caller.
func SobolIndices(ctx context.Context, m *Model, opt Options, quantities []Quantity, groups []Group) ([]result.Indices, error) {
	opt, err := opt.complete()
	if err != nil {
		return nil, err
	}
	opt.Keep = keepOf(quantities)
	if err := m.covered(groups); err != nil {
		return nil, err
	}
	variations := make([]Variation, 2, 2+len(groups))
	for _, g := range groups {
		variations = append(variations, Variation{Anew: g.Inputs, AnewShocks: g.Shocks})
		variations[1].Anew = append(variations[1].Anew, g.Inputs...)
		variations[1].AnewShocks = variations[1].AnewShocks || g.Shocks
	}
	outputs := make([][][]float64, len(quantities)) // by quantity and variation
	err = Vary(ctx, m, opt, variations, func(_ int, trials []Series) error {
		for k, q := range quantities {
			values, err := everywhere(q, trials)
			if err != nil {
				return err
			}
			outputs[k] = append(outputs[k], values)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	list := make([]result.Indices, len(quantities))
	for k, f := range outputs {
		list[k].Mean, list[k].SE, list[k].SD = describe(f[0], opt.Sampler)
		found, sum := sense.Indices(f[0], f[1], f[2:])
		list[k].Sum = result.Estimate(sum)
		for i, index := range found {
			list[k].Groups = append(list[k].Groups, result.Index{Inputs: groups[i].Inputs,
				First: result.Estimate(index.First), Total: result.Estimate(index.Total)})
		}
	}
	return list, nil
}

// covered checks that groups have each input that is drawn once, and the shocks once.
func (m *Model) covered(groups []Group) error {
	times, shocks := map[string]int{}, 0
	for _, g := range groups {
		for _, name := range g.Inputs {
			times[name]++
		}
		if g.Shocks {
			shocks++
		}
	}
	if shocks != 1 {
		return fmt.Errorf("the shocks are in %d groups", shocks)
	}
	for _, in := range m.inputs {
		if in.dist != nil && times[in.name] != 1 {
			return fmt.Errorf("input %s is in %d groups", in.name, times[in.name])
		}
	}
	return nil
}

// Tornado moves one input at a time, of those named, to its p10 and its p90, in the same trials,
// and says what statistics are there, by statistic and in the order of the inputs. What they are
// named is left to the caller.
//
// The standard error of a swing is that of the paired difference: by a jackknife over 16 parts of
// the trials, part r being the trials r, r+16, …, which of latin and sobol are their replicates;
// its interval is ± t·SE with 15 degrees of freedom.
func Tornado(ctx context.Context, m *Model, opt Options, statistics []Statistic, inputs []string) ([]result.Tornado, error) {
	opt, err := opt.complete()
	if err != nil {
		return nil, err
	}
	opt.Keep = keepOf(statistics)
	variations := []Variation{{}}
	ends := make([][]float64, len(inputs))
	for i, name := range inputs {
		k, ok := m.names[name]
		if !ok || m.inputs[k].dist == nil {
			return nil, fmt.Errorf("no input %s is drawn", name)
		}
		ends[i] = []float64{0.1, 0.9}
		m.inputs[k].dist.Quantile(ends[i])
		for _, v := range ends[i] {
			variations = append(variations, Variation{Fixed: []FixedInput{{name, v}}})
		}
	}
	list := make([]result.Tornado, len(statistics))
	low := make([]parted, len(statistics))
	err = Vary(ctx, m, opt, variations, func(v int, trials []Series) error {
		for k, s := range statistics {
			here := part(s, trials, opt.Sampler)
			if v == 0 {
				list[k].Value, list[k].SE = here.whole.Value, here.whole.SE
				continue
			}
			i := (v - 1) / 2
			if v%2 == 1 {
				low[k] = here
				list[k].Swings = append(list[k].Swings, result.Swing{Path: inputs[i], Low: ends[i][0], High: ends[i][1],
					AtLow: here.whole.Value, SEAtLow: here.whole.SE})
				continue
			}
			swing := &list[k].Swings[i]
			swing.AtHigh, swing.SEAtHigh = here.whole.Value, here.whole.SE
			swing.Swing = here.less(&low[k])
		}
		return nil
	})
	return list, err
}

// parted is a statistic of all trials, and of those without each part.
type parted struct {
	whole   stats.Estimate
	without [sense.Parts]float64
}

func part(s Statistic, trials []Series, sampler Sampler) parted {
	p := parted{whole: s.Estimate(trials, sampler)}
	rest := make([]Series, len(trials))
	for r := range p.without {
		for i, t := range trials {
			rest[i] = Series{Outcome: t.Outcome, Year: t.Year, Values: make([]float64, 0, len(t.Values))}
			for k, v := range t.Values {
				if k%sense.Parts != r {
					rest[i].Values = append(rest[i].Values, v)
				}
			}
		}
		p.without[r] = s.Estimate(rest, Random).Value
	}
	return p
}

// less is the difference, with its interval.
func (p *parted) less(o *parted) result.Estimate {
	without := p.without
	for r := range without {
		without[r] -= o.without[r]
	}
	value := p.whole.Value - o.whole.Value
	if math.IsNaN(p.whole.SE) && math.IsNaN(o.whole.SE) { // a largest value, say
		return result.Estimate{Value: value, Low: math.NaN(), High: math.NaN(), SE: math.NaN()}
	}
	return result.Estimate(sense.Jackknifed(value, &without))
}
