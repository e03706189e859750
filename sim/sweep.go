package sim

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"entente/sim/expr"
	"entente/sim/result"
	"entente/sim/stats"
)

// mostTogether is how many points go through a batch of trials together, at most, and atOnce about
// how long they may take, which says how many do. Neither changes a result: more share more of the
// work, and lose more when the sweep is stopped.
const (
	mostTogether = 16
	atOnce       = time.Second
)

// Sweep takes one point after the other through the same trials, and tells take what it found at
// each (from 0), or why there is nothing: model by model, in the order of the points. Points that
// are done are passed over; nil: none are. An error of take ends the sweep.
//
// What is drawn under the same name is the same at every point, in every trial. The first point
// is what Run makes of it, and the others are with latin and sobol designs what Run makes of them
// with Options.Beside set to the first, which for most changes of numbers is the same as without.
//
// A year of a point is compared with the year of the first that ends with it, and what is once per
// trial only where the whole time is the same: else Diff and SEDiff are NaN.
//
// Points of one model share what does not hang on what differs between them: it is computed once
// for some of them. The values are held in memory, of as many points at a time as Options.Memory
// allows beside those of the first.
func Sweep(ctx context.Context, points []Point, opt Options, done func(point int) bool, take func(point int, rows []result.SweepRow, err error) error) error {
	opt, err := opt.complete()
	if err != nil {
		return err
	}
	if len(points) == 0 {
		return nil
	}
	opt.Beside, opt.Headlines = points[0].Model, nil
	s := &sweep{ctx: ctx, opt: opt, points: points, take: take, first: done == nil || !done(0)}
	type kind struct {
		model *Model
		later int
	}
	var kinds []kind
	todo := map[kind][]int{}
	total := 0
	for p := range points {
		if p > 0 && done != nil && done(p) {
			continue
		}
		k := kind{points[p].Model, points[p].Later - points[0].Later}
		if len(todo[k]) == 0 {
			kinds = append(kinds, k)
		}
		todo[k] = append(todo[k], p)
		total++
	}
	s.progress = newProgress(opt.Progress, total*opt.Trials)
	defer s.free()
	for _, k := range kinds {
		f, err := s.family(k.model, k.later)
		if err != nil {
			return err
		}
		if err := f.run(todo[k]); err != nil {
			return err
		}
		if k.model != points[0].Model {
			f.free()
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
	room []func()            // that it lies in
}

func (s *sweep) free() {
	for _, free := range s.room {
		free()
	}
}

// slotName is what a column is of, in any model: year counts from the start of the first point.
type slotName struct {
	outcome string
	year    int
}

// A column is a value per trial, or the same in all.
type column struct {
	values []float64 // nil: it is the number
	number float64
}

// A family is the points of one model and start. Of its slots some are the same number in every trial at a
// point, some are the same at every point, and of the rest every point has its own.
type family struct {
	*job
	sweep  *sweep
	later  int // years after the first point
	split  *expr.Split
	own    int         // slots of which every point has its own
	common [][]float64 // columns that are the same at every point
	filled bool        // these are
	fault  fault       // of them
	rows   []result.SweepRow
	free   func()
}

// A fault is the first thing that went wrong.
type fault struct {
	batch int
	err   error
}

// and is the first of two.
func (f fault) and(g fault) fault {
	if f.err == nil || g.err != nil && g.batch < f.batch {
		return g
	}
	return f
}

func (s *sweep) family(m *Model, later int) (*family, error) {
	d, err := newDraws(m, s.opt)
	if err != nil {
		return nil, err
	}
	f := &family{sweep: s, later: later, job: &job{ctx: s.ctx, model: m, draws: d, opt: s.opt, slots: m.slots(s.opt.Keep), progress: s.progress}}
	differ := make([]bool, len(m.inputs))
	for _, p := range s.points {
		if p.Model != m {
			continue
		}
		for i, d := range p.dists {
			differ[i] = differ[i] || d != nil
		}
	}
	values := make([]expr.X, len(f.slots))
	for i, slot := range f.slots {
		values[i] = slot.value
	}
	f.split = expr.Separate(values, func(l int) bool { return m.leaves[l].isInput && differ[m.leaves[l].number] })
	f.program = f.split.Own
	f.place = make([]int, len(f.slots))
	common := 0
	for i := range f.slots {
		f.place[i] = -1
		if _, fixed := f.program.Fixed(i); fixed {
			continue
		}
		if f.split.Varies(i) {
			f.place[i] = f.own
			f.own++
		} else {
			f.place[i] = common
			common++
		}
	}
	held := 8 * (common + f.own) * s.opt.Trials
	if held+8*f.own*s.opt.Trials > s.opt.Memory {
		return nil, fmt.Errorf("the values of two points take %.1f GB, and there is room for %.1f GB", float64(held+8*f.own*s.opt.Trials)/1e9, float64(s.opt.Memory)/1e9)
	}
	room, free := allocate(common * s.opt.Trials)
	f.common, f.free = cut(room, s.opt.Trials), free
	if m == s.points[0].Model {
		s.room = append(s.room, free)
	}
	return f, nil
}

// run takes points through their trials, some at a time.
func (f *family) run(points []int) error {
	size := 8 * max(f.own, 1) * f.opt.Trials
	together := min(len(points), mostTogether, max((f.opt.Memory-8*len(f.common)*f.opt.Trials)/size-1, 1))
	room, free := allocate(together * f.own * f.opt.Trials)
	defer func() { free() }()
	for n := 1; len(points) > 0; {
		begun := time.Now()
		some := points[:min(len(points), n)]
		if points[0] == 0 {
			some = points[:1] // what the others are compared with
		}
		if err := f.chunk(some, room); err != nil {
			return err
		}
		if points[0] == 0 && f.sweep.base != nil { // that room is taken
			f.sweep.room = append(f.sweep.room, free)
			room, free = allocate(together * f.own * f.opt.Trials)
		}
		points = points[len(some):]
		switch took := time.Since(begun); {
		case took < atOnce/2:
			n = min(2*n, together)
		case took > atOnce:
			n = max(n/2, 1)
		}
	}
	return nil
}

// chunk simulates some points, and tells what they are.
func (f *family) chunk(points []int, room []float64) error {
	columns := make([][][]float64, len(points)) // by point and place
	for k := range points {
		columns[k] = cut(room[k*f.own*f.opt.Trials:][:f.own*f.opt.Trials], f.opt.Trials)
	}
	faults, err := f.simulate(points, columns)
	if err != nil {
		return err
	}
	f.filled = true
	if points[0] == 0 && faults[0].err == nil {
		f.sweep.base = map[slotName]column{}
		for i, slot := range f.slots {
			f.sweep.base[f.slotName(slot)] = f.column(0, columns[0], i)
		}
	}
	if f.rows == nil {
		if err := f.describeCommon(); err != nil {
			return err
		}
	}
	rows, err := f.describe(points, columns, faults)
	if err != nil {
		return err
	}
	for k, p := range points {
		if p == 0 && !f.sweep.first {
			continue
		}
		if err := f.sweep.take(p, rows[k], faults[k].err); err != nil {
			return err
		}
	}
	return nil
}

// column is that of slot i at a point, whose own columns are given.
func (f *family) column(point int, own [][]float64, i int) column {
	switch v, fixed := f.program.FixedAt(i, f.sweep.points[point].at); {
	case fixed:
		return column{number: v}
	case f.split.Varies(i):
		return column{values: own[f.place[i]]}
	}
	return column{values: f.common[f.place[i]]}
}

func (f *family) slotName(s slot) slotName {
	year := s.year
	if f.model.Outcomes[s.outcome].Kind != AtTheEnd {
		year += f.later
	}
	return slotName{f.model.Outcomes[s.outcome].Name, year}
}

// base is the column of the first point that slot i is compared with: of the same time.
func (f *family) base(i int) column {
	slot := f.slots[i]
	base, ok := f.sweep.base[f.slotName(slot)]
	same := f.later == 0 && f.model.Years == f.sweep.points[0].Model.Years
	if !ok || f.model.Outcomes[slot.outcome].Kind == AtTheEnd && !same {
		return column{number: math.NaN()}
	}
	return base
}

// simulate fills the columns, and says what went wrong at which point.
func (f *family) simulate(points []int, columns [][][]float64) ([]fault, error) {
	faults := make([]fault, len(points))
	for k, p := range points {
		for i, slot := range f.slots {
			if v, fixed := f.program.FixedAt(i, f.sweep.points[p].at); fixed && faults[k].err == nil {
				faults[k].err = check(&f.model.Outcomes[slot.outcome], []float64{v}, 0)
			}
		}
	}
	var mu sync.Mutex
	trials := f.opt.Trials
	err := parallel(f.ctx, f.opt.Workers, (trials+width-1)/width, func() func(int) error {
		drawer := f.draws.drawer()
		common, own := f.split.Machines(width)
		shared := &runner{job: f.job, drawer: drawer, keep: func(int, int, []float64) bool { return true }}
		if !f.filled {
			shared.keep = keeping(f.common)()
		}
		runners := make([]*runner, len(columns))
		for k := range runners {
			runners[k] = &runner{job: f.job, drawer: drawer, keep: keeping(columns[k])()}
		}
		return func(batch int) error {
			first := batch * width
			n := min(width, trials-first)
			drawer.begin(first, n)
			const lanes = 8 // what a machine's columns are multiples of
			whole := (n + lanes - 1) / lanes * lanes
			shared.err, drawer.instead = nil, nil
			common.Run(whole, shared)
			if shared.err != nil {
				mu.Lock()
				f.fault = f.fault.and(fault{batch, shared.err})
				mu.Unlock()
			}
			for k, r := range runners {
				p := &f.sweep.points[points[k]]
				if r.err, drawer.instead = nil, p.dists; p.at != nil {
					own.Set(p.at)
				}
				own.Run(whole, r)
				if r.err != nil {
					mu.Lock()
					faults[k] = faults[k].and(fault{batch, r.err})
					mu.Unlock()
				}
				f.progress.add(n)
			}
			return nil
		}
	})
	for k := range faults {
		faults[k] = faults[k].and(f.fault)
	}
	return faults, err
}

// describeCommon makes the rows of what is the same at every point.
func (f *family) describeCommon() error {
	f.rows = make([]result.SweepRow, len(f.slots))
	if f.fault.err != nil {
		return nil // there is no point to tell of
	}
	return parallel(f.ctx, f.opt.Workers, len(f.slots), func() func(int) error {
		r := f.describer()
		return func(i int) error {
			if _, fixed := f.program.Fixed(i); !fixed && !f.split.Varies(i) {
				f.rows[i] = r.row(i, column{values: f.common[f.place[i]]})
			}
			return nil
		}
	})
}

// describe makes the rows of each point at which nothing went wrong.
func (f *family) describe(points []int, columns [][][]float64, faults []fault) ([][]result.SweepRow, error) {
	rows := make([][]result.SweepRow, len(points))
	for k := range rows {
		if faults[k].err == nil {
			rows[k] = make([]result.SweepRow, len(f.slots))
			copy(rows[k], f.rows)
		}
	}
	err := parallel(f.ctx, f.opt.Workers, len(points)*len(f.slots), func() func(int) error {
		r := f.describer()
		return func(n int) error {
			k, i := n/len(f.slots), n%len(f.slots)
			_, fixed := f.program.Fixed(i)
			if rows[k] != nil && (fixed || f.split.Varies(i)) {
				rows[k][i] = r.row(i, f.column(points[k], columns[k], i))
			}
			return nil
		}
	})
	return rows, err
}

// A describer is one worker's room for making rows.
type describer struct {
	*family
	scratch    stats.Scratch
	difference []float64
}

func (f *family) describer() *describer {
	return &describer{family: f, difference: make([]float64, f.opt.Trials)}
}

// row describes a column of slot i.
func (d *describer) row(i int, c column) result.SweepRow {
	var summary stats.Summary
	if c.values == nil {
		summary = d.constant(c.number, nil, &d.scratch)
	} else {
		summary = stats.Summarize(c.values, d.replicates(), nil, &d.scratch)
	}
	m := metrics(d.model, d.slots[i:i+1], []stats.Summary{summary})[0]
	row := result.SweepRow{Metric: m.Name, Unit: m.Unit, Kind: m.Kind, N: summary.N}
	if m.Total != nil {
		row.Stat = *m.Total
	} else {
		row.Stat = m.ByYear[0]
	}
	row.Diff, row.SEDiff = d.compare(c, d.base(i))
	return row
}

// compare returns the mean of x − y over the trials in which both are, and its standard error.
func (d *describer) compare(x, y column) (mean, se float64) {
	room := d.difference
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
	return stats.MeanSE(room, d.replicates(), &d.scratch)
}
