package sim

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"sync/atomic"

	"entente/sim/design"
	"entente/sim/result"
	"entente/sim/stats"
)

// A Sampler says where the uniforms of the inputs come from. Shocks are independent between
// trials whatever the sampler.
type Sampler string

const (
	// Random: trials are independent; trial k is the same in a run of any length.
	Random Sampler = "random"
	// Latin: a Latin hypercube over the inputs, in design.Replicates independent replicates.
	// The strata depend on the number of trials, so a longer run has other trials.
	Latin Sampler = "latin"
	// Sobol: Owen-scrambled Sobol points over the inputs, in design.Replicates independent
	// replicates; trial k is the same in a run of any length.
	Sobol Sampler = "sobol"
)

// Samplers lists them in the order in which a reader meets them.
func Samplers() []Sampler { return []Sampler{Random, Latin, Sobol} }

// ParseSampler reads a sampler's name.
func ParseSampler(text string) (Sampler, error) {
	for _, s := range Samplers() {
		if text == string(s) {
			return s, nil
		}
	}
	return "", fmt.Errorf("sampler is %q: it must be random, latin or sobol", text)
}

// Options say how to run a model. None but Trials, Seed and Sampler changes the result.
type Options struct {
	Trials  int
	Seed    uint64
	Sampler Sampler // empty: Random
	Workers int     // 0: one for each core
	// Memory bounds, in bytes, the trial values held at a time; 0: 1.5 GiB. Where they do
	// not fit, the trials are simulated again for each part of the outcomes, so that all
	// statistics stay exact.
	Memory int
	// Progress is told, from any goroutine but one at a time, how many of how many trials
	// have been simulated, over all passes.
	Progress func(done, total int)
}

const defaultMemory = 3 << 29

// width is the number of trials in a batch: few enough that the columns of a step stay near
// the core, enough to pay for the loops. It changes no result.
const width = 512

// GridP returns the probabilities of the fine grids of quantiles: every half percent, and
// closer in the tails, from the minimum to the maximum.
func GridP() []float64 {
	p := []float64{0, 0.001, 0.002}
	for i := 1; i < 200; i++ {
		p = append(p, float64(i)/200)
	}
	return append(p, 0.998, 0.999, 1)
}

// slot is one recorded column: an outcome, in one year or once per trial.
type slot struct {
	outcome, year int // year counts from 0
}

// Run takes a model through its trials. Of the Result it fills Run (without the start),
// Metrics (without dates) and GridP. The same model, trials, seed and sampler give the same
// bits, whatever else is in the options. A cancelled context ends it with the context's error.
func Run(ctx context.Context, m *Model, opt Options) (*result.Result, error) {
	if opt.Trials < 1 {
		return nil, fmt.Errorf("trials is %d: it must be at least 1", opt.Trials)
	}
	workers := opt.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	if workers < 1 {
		return nil, fmt.Errorf("workers is %d: it must be at least 1", opt.Workers)
	}
	if opt.Sampler == "" {
		opt.Sampler = Random
	}
	d, err := newDraws(m, opt)
	if err != nil {
		return nil, err
	}

	slots := slotsOf(m)
	memory := opt.Memory
	if memory == 0 {
		memory = defaultMemory
	}
	perPass := min(max(1, memory/8/opt.Trials), len(slots))
	passes := (len(slots) + perPass - 1) / perPass
	progress := newProgress(opt.Progress, opt.Trials*passes)

	grid := GridP()
	summaries := make([]stats.Summary, len(slots))
	for first := 0; first < len(slots); first += perPass {
		part := slots[first:min(first+perPass, len(slots))]
		values, err := simulate(ctx, m, d, opt.Trials, workers, part, progress)
		if err != nil {
			return nil, err
		}
		if err := summarize(ctx, m, opt.Sampler, workers, part, values, grid, summaries[first:]); err != nil {
			return nil, err
		}
	}
	return &result.Result{
		Run:     result.Run{Trials: opt.Trials, Seed: opt.Seed, Sampler: string(opt.Sampler), Years: m.Years},
		Metrics: metrics(m, slots, summaries),
		GridP:   grid,
	}, nil
}

func slotsOf(m *Model) []slot {
	var slots []slot
	for o, out := range m.Outcomes {
		years := m.Years
		if out.Kind == AtTheEnd {
			years = 1
		}
		for y := range years {
			slots = append(slots, slot{o, y})
		}
	}
	return slots
}

// simulate returns the values of some slots in all trials.
func simulate(ctx context.Context, m *Model, d *draws, trials, workers int, slots []slot, progress *progress) ([][]float64, error) {
	values := make([][]float64, len(slots))
	for i := range values {
		values[i] = make([]float64, trials)
	}
	batches := (trials + width - 1) / width
	err := parallel(ctx, workers, batches, func() func(int) error {
		r := newRunner(m, d, slots, values)
		return func(k int) error {
			first := k * width
			n := min(width, trials-first)
			err := r.run(first, n)
			progress.add(n)
			return err
		}
	})
	return values, err
}

// summarize describes each slot's values. Columns are shared out among the workers; each is
// summed in the order of its trials.
func summarize(ctx context.Context, m *Model, sampler Sampler, workers int, slots []slot, values [][]float64, grid []float64, into []stats.Summary) error {
	replicates := 1
	if sampler != Random {
		replicates = design.Replicates
	}
	return parallel(ctx, workers, len(slots), func() func(int) error {
		var scratch stats.Scratch
		return func(i int) error {
			var g []float64
			if m.Outcomes[slots[i].outcome].Grid {
				g = grid
			}
			into[i] = stats.Summarize(values[i], replicates, g, &scratch)
			values[i] = nil
			return nil
		}
	})
}

// parallel calls the functions that start makes, one for each worker, with 0 … n−1. It
// returns the error of the lowest number that failed, so that it does not depend on timing
// which of several is told, or the context's.
func parallel(ctx context.Context, workers, n int, start func() func(int) error) error {
	var next, failed atomic.Int64
	failed.Store(int64(n))
	errs := make([]error, n)
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			work := start()
			for ctx.Err() == nil {
				i := next.Add(1) - 1
				if i >= failed.Load() {
					return
				}
				if err := work(int(i)); err != nil {
					errs[i] = err
					for {
						f := failed.Load()
						if i >= f || failed.CompareAndSwap(f, i) {
							break
						}
					}
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// metrics turns slots back into outcomes.
func metrics(m *Model, slots []slot, summaries []stats.Summary) []result.Metric {
	list := make([]result.Metric, len(m.Outcomes))
	for i, s := range slots {
		out := m.Outcomes[s.outcome]
		metric := &list[s.outcome]
		metric.Name, metric.Unit = out.Name, out.Unit
		stat := stat(summaries[i])
		switch out.Kind {
		case AtTheEnd:
			metric.Kind = result.Trial
			metric.Total = &stat
			continue
		case Stock:
			metric.Kind = result.Stock
		case Flow:
			metric.Kind = result.Flow
		}
		stat.Year = s.year + 1
		metric.ByYear = append(metric.ByYear, stat)
	}
	return list
}

func stat(s stats.Summary) result.Stat {
	return result.Stat{
		Defined: float64(s.Defined) / float64(s.N),
		Mean:    s.Mean, SE: s.SE, SD: s.SD, Min: s.Min, Max: s.Max,
		P1: s.P1, P5: s.P5, P10: s.P10, P25: s.P25, P50: s.P50, P75: s.P75, P90: s.P90, P95: s.P95, P99: s.P99,
		ES1: s.ES1, ES5: s.ES5, ES95: s.ES95, ES99: s.ES99,
		SEP5: s.SEP5, SEP50: s.SEP50, SEP95: s.SEP95, SEES95: s.SEES95,
		Above0: s.Above0, SEAbove0: s.SEAbove0,
		Grid: s.Grid,
	}
}

// runner is one worker's batch and what it needs around it.
type runner struct {
	m     *Model
	batch *Batch
	draws *drawer
	sums  [][]float64 // of each flow: its sum since the last year's end; of a combination: room
	value [][]float64 // of each outcome at the year's end
	slots [][]target  // by year, the recorded slots
	args  [][]float64
}

// target is where the value of an outcome goes.
type target struct {
	outcome int
	values  []float64 // of all trials
}

func newRunner(m *Model, d *draws, slots []slot, values [][]float64) *runner {
	r := &runner{
		m:     m,
		batch: newBatch(m),
		draws: d.drawer(),
		sums:  columns(len(m.Outcomes)),
		value: make([][]float64, len(m.Outcomes)),
		slots: make([][]target, m.Years),
	}
	for i, s := range slots {
		year := s.year
		if m.Outcomes[s.outcome].Kind == AtTheEnd {
			year = m.Years - 1
		}
		r.slots[year] = append(r.slots[year], target{s.outcome, values[i]})
	}
	return r
}

// run simulates the trials first … first+n−1.
func (r *runner) run(first, n int) error {
	b := r.batch
	b.First, b.N = first, n
	r.draws.inputs(b)
	r.draws.shocks(b, 0)
	for _, p := range r.m.Processes {
		p.Start(b)
	}
	for o := range r.m.Outcomes {
		clear(r.sums[o])
	}
	steps := r.m.Years * r.m.StepsPerYear
	for step := range steps {
		r.draws.shocks(b, step+1)
		for _, p := range r.m.Processes {
			p.Step(b, step)
		}
		for o := range r.m.Outcomes {
			if out := &r.m.Outcomes[o]; out.Kind == Flow && out.Combine == nil {
				sum := r.sums[o][:n]
				for i, x := range b.Col(out.Column) {
					sum[i] += x
				}
			}
		}
		if (step+1)%r.m.StepsPerYear == 0 {
			if err := r.record((step+1)/r.m.StepsPerYear - 1); err != nil {
				return err
			}
		}
	}
	return nil
}

// record takes the outcomes at the end of a year, counted from 0.
func (r *runner) record(year int) error {
	b := r.batch
	last := year == r.m.Years-1
	for o := range r.m.Outcomes {
		out := &r.m.Outcomes[o]
		if out.Kind == AtTheEnd && !last {
			continue
		}
		switch {
		case out.Combine != nil:
			r.value[o] = r.sums[o][:b.N]
			r.args = r.args[:0]
			for _, of := range out.Of {
				r.args = append(r.args, r.value[of])
			}
			out.Combine(r.value[o], r.args)
		case out.Kind == Flow:
			r.value[o] = r.sums[o][:b.N]
		default:
			r.value[o] = b.Col(out.Column)
		}
	}
	for _, t := range r.slots[year] {
		value := r.value[t.outcome]
		out := &r.m.Outcomes[t.outcome]
		for i, x := range value {
			// x − x is 0 for every finite x, NaN for the others.
			if x-x != 0 && !(out.MayLack && math.IsNaN(x)) {
				return fmt.Errorf("%s is %v in trial %d: an assumption is so extreme that its results leave the range of numbers",
					out.Name, x, b.First+i)
			}
		}
		copy(t.values[b.First:], value)
	}
	for o := range r.m.Outcomes {
		if r.m.Outcomes[o].Kind == Flow {
			clear(r.sums[o])
		}
	}
	return nil
}

// progress counts trials for Options.Progress.
type progress struct {
	mu          sync.Mutex
	tell        func(done, total int)
	done, total int
}

func newProgress(tell func(done, total int), total int) *progress {
	return &progress{tell: tell, total: total}
}

func (p *progress) add(n int) {
	if p.tell == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	p.tell(p.done, p.total)
}
