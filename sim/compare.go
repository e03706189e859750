package sim

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"entente/sim/result"
	"entente/sim/stats"
)

// A Variant is a model that is compared with others.
type Variant struct {
	Name  string // for errors
	Model *Model
	Later int // by how many years it starts later than the first of them
}

// A Comparison takes models through the same trials, each beside the first, and describes what
// each does with the first, trial by trial.
//
// What both record under the same name, with the same kind and unit, is compared, year by year
// where both have the year; what is once per trial, if both have all years in common. The models
// may differ in everything else.
//
// The trials' values of as many outcomes as fit in Options.Memory are held at a time, of the first
// and one other model, and all models are run as often as that takes.
type Comparison struct {
	variants []Variant
	opt      Options
	passes   []map[string]bool // the outcomes of each
	list     []result.Paired
}

// NewComparison prepares the comparison of the variants with the first. It refuses one that has
// nothing to compare, and trials of which not even one outcome fits in memory. Of the options,
// Headlines and Beside are not used.
func NewComparison(variants []Variant, opt Options) (*Comparison, error) {
	opt, err := opt.complete()
	if err != nil {
		return nil, err
	}
	opt.Headlines, opt.Beside = nil, nil
	c := &Comparison{variants: variants, opt: opt, list: make([]result.Paired, len(variants)-1)}
	base := variants[0]
	wanted := map[string]bool{}
	for k, v := range variants[1:] {
		p := &c.list[k]
		p.OnlyBase, p.OnlyOther, p.Apart = apart(base.Model, v, opt.Keep)
		some := false
		for _, o := range base.Model.Outcomes {
			if o.kept(opt.Keep) && shared(base.Model, v, &o) == nil {
				wanted[o.Name], some = true, true
			}
		}
		if some {
			continue
		}
		why := "they have none in common"
		if len(p.Apart) > 0 {
			why = p.Apart[0].Name + ": " + p.Apart[0].Reason
		}
		return nil, fmt.Errorf("no metric of %s can be compared with %s; %s", base.Name, v.Name, why)
	}
	c.passes, err = base.Model.passes(wanted, opt)
	return c, err
}

// Run simulates. Of each Paired it fills Metrics (without dates), OnlyBase, OnlyOther and Apart.
// The same models, trials, seed and sampler give the same bits, whatever else is in the options.
func (c *Comparison) Run(ctx context.Context) ([]result.Paired, error) {
	base := c.variants[0]
	list := slices.Clone(c.list)
	total, done := len(c.passes)*len(c.variants)*c.opt.Trials, 0 // done by the runs that are over
	run := func(v Variant, opt Options) (*taken, error) {
		if tell := opt.Progress; tell != nil {
			opt.Progress = func(now, _ int) { tell(done+now, total) }
		}
		t, err := take(ctx, v.Model, opt)
		if err != nil && ctx.Err() == nil {
			err = fmt.Errorf("%s: %w", v.Name, err)
		}
		done += opt.Trials
		return t, err
	}
	for _, pass := range c.passes {
		opt := c.opt
		opt.Keep = func(name string) bool { return pass[name] }
		a, err := run(base, opt)
		if err != nil {
			return nil, err
		}
		opt.Beside = base.Model
		for k, v := range c.variants[1:] {
			b, err := run(v, opt)
			if err == nil {
				var metrics []result.PairedMetric
				metrics, err = pairs(ctx, a, b, v.Later)
				list[k].Metrics = append(list[k].Metrics, metrics...)
				b.free()
			}
			if err != nil {
				a.free()
				return nil, err
			}
		}
		a.free()
	}
	return list, nil
}

func (o *Outcome) kept(keep func(string) bool) bool { return keep == nil || keep(o.Name) }

// outcome returns what a model records under that name; nil: nothing.
func (m *Model) outcome(name string) *Outcome {
	if i := slices.IndexFunc(m.Outcomes, func(o Outcome) bool { return o.Name == name }); i >= 0 {
		return &m.Outcomes[i]
	}
	return nil
}

// shared returns why an outcome of the base is not compared with v's, nil: it is.
func shared(base *Model, v Variant, o *Outcome) error {
	other := v.Model.outcome(o.Name)
	switch {
	case other == nil:
		return errors.New("only one has it")
	case other.Kind != o.Kind:
		return errors.New("it is not the same kind of metric in both: of a day, over a year, once per trial")
	case other.Unit != o.Unit:
		return fmt.Errorf("its unit is %q in one and %q in the other", o.Unit, other.Unit)
	case o.Kind != AtTheEnd && (v.Later >= base.Years || -v.Later >= v.Model.Years):
		return errors.New("no year belongs to both")
	case o.Kind == AtTheEnd && (v.Later != 0 || base.Years != v.Model.Years):
		return errors.New("it is of the whole time, which is not the same in both")
	}
	return nil
}

// apart lists what can't be compared.
func apart(base *Model, v Variant, keep func(string) bool) (onlyBase, onlyOther []string, apart []result.Apart) {
	for i := range base.Outcomes {
		o := &base.Outcomes[i]
		if !o.kept(keep) {
			continue
		}
		if v.Model.outcome(o.Name) == nil {
			onlyBase = append(onlyBase, o.Name)
		} else if err := shared(base, v, o); err != nil {
			apart = append(apart, result.Apart{Name: o.Name, Reason: err.Error()})
		}
	}
	for _, o := range v.Model.Outcomes {
		if o.kept(keep) && base.outcome(o.Name) == nil {
			onlyOther = append(onlyOther, o.Name)
		}
	}
	return onlyBase, onlyOther, apart
}

// passes parts what is wanted so that the values of each part fit in memory, for two models.
func (m *Model) passes(wanted map[string]bool, opt Options) ([]map[string]bool, error) {
	var passes []map[string]bool
	room := 0
	for _, o := range m.Outcomes {
		if !wanted[o.Name] {
			continue
		}
		need := 2 * 8 * opt.Trials
		if o.Kind != AtTheEnd {
			need *= m.Years
		}
		if need > opt.Memory {
			return nil, fmt.Errorf("%s has values of %.3g GiB in %d trials of two models, which is more memory than allowed: allow more, or take fewer trials",
				o.Name, float64(need)/(1<<30), opt.Trials)
		}
		if need > room {
			passes, room = append(passes, map[string]bool{}), opt.Memory
		}
		passes[len(passes)-1][o.Name] = true
		room -= need
	}
	return passes, nil
}

// taken is a model's values in all trials.
type taken struct {
	*job
	columns [][]float64
	free    func()
}

func take(ctx context.Context, m *Model, opt Options) (*taken, error) {
	d, err := newDraws(m, opt)
	if err != nil {
		return nil, err
	}
	t := &taken{job: newJob(ctx, m, d, opt)}
	values, free := allocate(len(t.varying) * opt.Trials)
	t.columns, t.free = cut(values, opt.Trials), free
	if err := t.simulate(keeping(t.columns)); err != nil {
		free()
		return nil, err
	}
	return t, nil
}

// column is the values of a slot, for which there may be room.
func (t *taken) column(slot int, room []float64) []float64 {
	if v, ok := t.program.Fixed(slot); ok {
		for i := range room {
			room[i] = v
		}
		return room
	}
	return t.columns[t.place[slot]]
}

// pairs describes the slots that a and b, which starts so many years later, have in common.
func pairs(ctx context.Context, a, b *taken, later int) ([]result.PairedMetric, error) {
	type common struct{ a, b int }
	var slots []common
	var metrics []result.PairedMetric
	v := Variant{Model: b.model, Later: later}
	for i, s := range a.slots {
		o := &a.model.Outcomes[s.outcome]
		if shared(a.model, v, o) != nil {
			continue
		}
		j := slices.IndexFunc(b.slots, func(t slot) bool { return t.year == s.year-later && b.model.Outcomes[t.outcome].Name == o.Name })
		if j < 0 {
			continue // a year that only a has
		}
		if n := len(metrics); n == 0 || metrics[n-1].Name != o.Name {
			metrics = append(metrics, result.PairedMetric{Name: o.Name, Unit: o.Unit, Kind: o.Kind.name()})
		}
		slots = append(slots, common{i, j})
	}
	all := make([]result.Pair, len(slots))
	n := a.opt.Trials
	err := parallel(ctx, a.opt.Workers, len(slots), func() func(int) error {
		var scratch stats.Scratch
		room := cut(make([]float64, 3*n), n)
		return func(k int) error {
			x, y, d := a.column(slots[k].a, room[0]), b.column(slots[k].b, room[1]), room[2]
			var grid []float64
			if a.model.Outcomes[a.slots[slots[k].a].outcome].Grid {
				grid = GridP()
			}
			all[k] = pair(x, y, d, a.replicates(), grid, &scratch)
			all[k].A.Year, all[k].B.Year = a.year(slots[k].a), b.year(slots[k].b)
			all[k].Difference.Year = all[k].A.Year
			return nil
		}
	})
	if err != nil {
		return nil, err
	}
	k := 0
	for m := range metrics {
		metric := &metrics[m]
		for ; k < len(slots) && a.model.Outcomes[a.slots[slots[k].a].outcome].Name == metric.Name; k++ {
			if metric.Kind == result.Trial {
				metric.Total = &all[k]
			} else {
				metric.ByYear = append(metric.ByYear, all[k])
			}
		}
	}
	return metrics, nil
}

// name is what results call a kind.
func (k Kind) name() string {
	switch k {
	case Stock:
		return result.Stock
	case Flow:
		return result.Flow
	}
	return result.Trial
}

// year of a slot counts from 1; 0 is once per trial.
func (j *job) year(slot int) int {
	if s := j.slots[slot]; j.model.Outcomes[s.outcome].Kind != AtTheEnd {
		return s.year + 1
	}
	return 0
}

// pair describes a and b, and what b is above a, for which d has room. NaN is no value.
func pair(a, b, d []float64, replicates int, grid []float64, scratch *stats.Scratch) result.Pair {
	complete, equal := true, 0
	for i, x := range a {
		d[i] = b[i] - x
		complete = complete && d[i] == d[i]
		if d[i] == 0 {
			equal++
		}
	}
	x, y := stats.Summarize(a, replicates, grid, scratch), stats.Summarize(b, replicates, grid, scratch)
	z := stats.Summarize(d, replicates, grid, scratch)
	mean := stats.Mean(d, replicates)
	p := result.Pair{A: stat(x), B: stat(y), Difference: stat(z), Low: mean.Low, High: mean.High, Equal: math.NaN(), SEEqual: math.NaN()}
	if z.Defined > 0 {
		p.Equal, p.SEEqual = float64(equal)/float64(z.Defined), 0
	}
	if equal > 0 && equal < z.Defined {
		same := make([]float64, len(d))
		for i, v := range d {
			switch {
			case v == 0:
				same[i] = 1
			case v != v:
				same[i] = v
			}
		}
		p.SEEqual = stats.Mean(same, replicates).SE
	}
	if !complete { // what follows is of the pairs
		x, y = stats.Summarize(where(d, a), replicates, nil, scratch), stats.Summarize(where(d, b), replicates, nil, scratch)
	}
	p.Variance = sum2(x.SD, y.SD) / sum2(z.SD, 0)
	p.Runs = sum2(x.SE, y.SE) / sum2(z.SE, 0)
	return p
}

// sum2 is x² + y².
func sum2(x, y float64) float64 { return float64(x*x) + float64(y*y) }

// where is x, without the values of trials in which d has none.
func where(d, x []float64) []float64 {
	out := slices.Clone(x)
	for i, v := range d {
		if v != v {
			out[i] = math.NaN()
		}
	}
	return out
}
