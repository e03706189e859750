package sim

import (
	"context"
	"fmt"
	"math"
	"sync"

	"entente/sim/result"
	"entente/sim/stats"
)

// mostTogether is how many points go through a batch of trials together, at most. It changes no
// result: more share more of the work, and lose more when the sweep is stopped.
const mostTogether = 16

// Sweep takes one model after the other through the same trials, and tells take what it found at
// each point (from 0), or why there is nothing, in the order of their models and then their own. Points
// that are done are passed over; nil: none are. An error of take ends the sweep.
//
// What is drawn under the same name is the same at every point, in every trial: the first point
// is what Run makes of it, and the others are with latin and sobol designs what Run makes of them
// with Options.Beside set to the first, which for most changes of numbers is the same as without.
// The values are held in memory, of as many points at a time as Options.Memory allows beside
// those of the first.
func Sweep(ctx context.Context, points []Point, opt Options, done func(point int) bool, take func(point int, rows []result.SweepRow, err error) error) error {
	opt, err := opt.complete()
	if err != nil {
		return err
	}
	if len(points) == 0 {
		return nil
	}
	opt.Beside, opt.Headlines = points[0].Model, nil
	s := &sweep{ctx: ctx, opt: opt, points: points, take: take}
	var models []*Model
	todo := map[*Model][]int{}
	total := 0
	for p := range points {
		if p > 0 && done != nil && done(p) {
			continue
		}
		m := points[p].Model
		if len(todo[m]) == 0 {
			models = append(models, m)
		}
		todo[m] = append(todo[m], p)
		total++
	}
	s.first = done == nil || !done(0)
	s.progress = newProgress(opt.Progress, total*opt.Trials)
	for _, m := range models {
		if err := s.family(m, todo[m]); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// A sweep is one in the making.
type sweep struct {
	ctx      context.Context
	opt      Options
	points   []Point
	take     func(point int, rows []result.SweepRow, err error) error
	first    bool // the first point is told of
	progress *progress

	base map[slotName]column // of the first point
}

// slotName is what a column is of, in any model.
type slotName struct {
	outcome string
	year    int
}

// A column is a value per trial, or the same in all.
type column struct {
	values []float64 // nil: it is the number
	number float64
}

// column is that of slot i at a point, given the columns of those that vary.
func (j *job) column(p *Point, varying [][]float64, i int) column {
	if v, ok := j.program.FixedAt(i, p.at); ok {
		return column{number: v}
	}
	return column{values: varying[j.place[i]]}
}

func (j *job) slotName(s slot) slotName { return slotName{j.model.Outcomes[s.outcome].Name, s.year} }

// family takes the points of one model through their trials.
func (s *sweep) family(m *Model, points []int) error {
	d, err := newDraws(m, s.opt)
	if err != nil {
		return err
	}
	j := newJob(s.ctx, m, d, s.opt)
	j.progress = s.progress
	size := 8 * max(len(j.varying), 1) * s.opt.Trials
	if size > s.opt.Memory/2 {
		return fmt.Errorf("the values of two points take %.1f GB, and memory is %.1f GB", 2*float64(size)/1e9, float64(s.opt.Memory)/1e9)
	}
	for len(points) > 0 {
		together := points[:min(len(points), mostTogether, max(s.opt.Memory/size-1, 1))]
		if points[0] == 0 {
			together = points[:1] // what the others are compared with
		}
		if err := s.chunk(j, together); err != nil {
			return err
		}
		points = points[len(together):]
	}
	return nil
}

// chunk simulates some points of a model, and tells what they are.
func (s *sweep) chunk(j *job, points []int) error {
	values, free := allocate(len(points) * len(j.varying) * s.opt.Trials)
	keeps := false
	defer func() {
		if !keeps {
			free()
		}
	}()
	all := cut(values, s.opt.Trials)
	columns := make([][][]float64, len(points)) // by point and place
	for k := range points {
		columns[k] = all[k*len(j.varying):][:len(j.varying)]
	}
	failures := make([]failure, len(points))
	if err := s.simulate(j, points, columns, failures); err != nil {
		return err
	}
	if points[0] == 0 && failures[0].err == nil {
		keeps = true
		s.base = map[slotName]column{}
		for i, slot := range j.slots {
			s.base[j.slotName(slot)] = j.column(&s.points[0], columns[0], i)
		}
	}
	rows, err := s.describe(j, points, columns, failures)
	if err != nil {
		return err
	}
	for k, p := range points {
		if p == 0 && !s.first {
			continue
		}
		if err := s.take(p, rows[k], failures[k].err); err != nil {
			return err
		}
	}
	return nil
}

// A failure is the first that went wrong at a point.
type failure struct {
	batch int
	err   error
}

// simulate fills the columns.
func (s *sweep) simulate(j *job, points []int, columns [][][]float64, failures []failure) error {
	for k, p := range points {
		for i, slot := range j.slots {
			v, ok := j.program.FixedAt(i, s.points[p].at)
			if !ok || failures[k].err != nil {
				continue
			}
			failures[k].err = check(&j.model.Outcomes[slot.outcome], []float64{v}, 0)
		}
	}
	var mu sync.Mutex
	trials := s.opt.Trials
	return parallel(s.ctx, s.opt.Workers, (trials+width-1)/width, func() func(int) error {
		drawer, machine := j.draws.drawer(), j.program.Machine(width)
		runners := make([]*runner, len(columns))
		for k := range runners {
			runners[k] = &runner{job: j, drawer: drawer, machine: machine, keep: keeping(columns[k])()}
		}
		return func(batch int) error {
			first := batch * width
			n := min(width, trials-first)
			for k, r := range runners {
				if p := &s.points[points[k]]; p.at != nil {
					machine.Set(p.at)
					drawer.instead = p.dists
				}
				if err := r.run(first, n); err != nil {
					mu.Lock()
					if failures[k].err == nil || batch < failures[k].batch {
						failures[k] = failure{batch, err}
					}
					mu.Unlock()
				}
				j.progress.add(n)
			}
			return nil
		}
	})
}

// describe makes the rows of each point that has not failed.
func (s *sweep) describe(j *job, points []int, columns [][][]float64, failures []failure) ([][]result.SweepRow, error) {
	rows := make([][]result.SweepRow, len(columns))
	for k := range rows {
		if failures[k].err == nil {
			rows[k] = make([]result.SweepRow, len(j.slots))
		}
	}
	err := parallel(s.ctx, s.opt.Workers, len(columns)*len(j.slots), func() func(int) error {
		var scratch stats.Scratch
		difference := make([]float64, s.opt.Trials)
		return func(n int) error {
			k, i := n/len(j.slots), n%len(j.slots)
			if rows[k] == nil {
				return nil
			}
			c := j.column(&s.points[points[k]], columns[k], i)
			var summary stats.Summary
			if c.values == nil {
				summary = j.constant(c.number, nil, &scratch)
			} else {
				summary = stats.Summarize(c.values, j.replicates(), nil, &scratch)
			}
			row := j.row(j.slots[i], summary)
			base, ok := s.base[j.slotName(j.slots[i])]
			if !ok {
				base = column{number: math.NaN()}
			}
			row.Diff, row.SEDiff = s.compare(c, base, difference, &scratch)
			rows[k][i] = row
			return nil
		}
	})
	return rows, err
}

// compare returns the mean of x − y over the trials in which both are, and its standard error;
// room is as long as there are trials.
func (s *sweep) compare(x, y column, room []float64, scratch *stats.Scratch) (mean, se float64) {
	switch {
	case x.values == nil && y.values == nil:
		for k := range room {
			room[k] = x.number - y.number
		}
	case x.values == nil:
		for k, v := range y.values {
			room[k] = x.number - v
		}
	case y.values == nil:
		for k, v := range x.values {
			room[k] = v - y.number
		}
	default:
		for k, v := range x.values {
			room[k] = v - y.values[k]
		}
	}
	return stats.MeanSE(room, s.opt.Sampler.Replicates(), scratch)
}

// row is what a slot's summary says.
func (j *job) row(s slot, summary stats.Summary) result.SweepRow {
	m := metrics(j.model, []slot{s}, []stats.Summary{summary})[0]
	row := result.SweepRow{Metric: m.Name, Unit: m.Unit, Kind: m.Kind, N: summary.N}
	if m.Total != nil {
		row.Stat = *m.Total
	} else {
		row.Stat = m.ByYear[0]
	}
	return row
}
