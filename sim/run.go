package sim

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"entente/sim/design"
	"entente/sim/expr"
	"entente/sim/result"
	"entente/sim/stats"
	"entente/sim/vec"
)

// A Sampler says where the uniforms come from: those of the inputs, and of the leading
// directions of shocks that the model names (Model.Leading). What else the shocks do is
// independent between trials whatever the sampler.
type Sampler string

const (
	// Random: trials are independent; trial k is the same in a run of any length.
	Random Sampler = "random"
	// Latin: a Latin hypercube, in design.Replicates independent replicates.
	// The strata depend on the number of trials, so a longer run has other trials.
	Latin Sampler = "latin"
	// Sobol: Owen-scrambled Sobol points, in design.Replicates independent replicates; trial k
	// is the same in a run of any length.
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

// Options say how to run a model. None but Trials, Seed, Sampler, Beside, Keep, Headlines and
// whether the values fit in Memory changes the result.
type Options struct {
	Trials  int
	Seed    uint64
	Sampler Sampler // empty: Random
	// Beside is a model that this one is compared with: what both draw under the same name is
	// then the same in each trial of both. The names of Beside come first, in its order, and
	// shocks that both have go the directions that it says. Beside itself is run as ever. nil:
	// none; random needs none.
	Beside  *Model
	Workers int // 0: one for each core
	// Memory bounds, in bytes, the trials' values that are held; 0: DefaultMemory. Where they
	// do not fit, sketches of constant size take their place, and quantiles and expected
	// shortfalls are good to stats.SketchAccuracy.
	Memory int
	// Keep says which outcomes are recorded, by name; nil: all. What is not needed for them is
	// not computed.
	Keep func(name string) bool
	// Headlines are outcomes, by name, of which the result also says how their means settled and
	// what drives them; those by year in the last year. They change nothing else. One that is not
	// kept is passed over.
	Headlines []string
	// Sample is shown the values of the headlines in the first trials, at most ChosenAmong, but
	// for those that are the same in every trial. It may keep them, and changes none.
	Sample func(first []Series)
	// Sampled says of which other kept outcomes, and in which year (from 1; of an outcome
	// AtTheEnd 1), Sample is shown the values too, after those of the headlines.
	Sampled func(outcome string, year int) bool
	// Look is shown values of single trials.
	Look Look
	// Progress is told, from any goroutine but one at a time, how many of how many trials
	// have been simulated, over all passes.
	Progress func(done, total int)
}

// DefaultMemory is what the trials' values may take where nothing else is said: 1.5 GiB.
const DefaultMemory = 3 << 29

// complete checks options and sets those that are not given.
func (opt Options) complete() (Options, error) {
	if opt.Trials < 1 {
		return opt, fmt.Errorf("trials is %d: it must be at least 1", opt.Trials)
	}
	if opt.Workers < 0 {
		return opt, fmt.Errorf("workers is %d: it must be at least 1", opt.Workers)
	}
	if opt.Workers == 0 {
		opt.Workers = runtime.GOMAXPROCS(0)
	}
	if opt.Sampler == "" {
		opt.Sampler = Random
	}
	if opt.Memory == 0 {
		opt.Memory = DefaultMemory
	}
	return opt, nil
}

// width is the number of trials in a batch: few enough that the columns of a step stay near
// the core, enough to pay for the loops. It changes no result.
const width = 256

// lanes are what a machine's columns are multiples of.
const lanes = 8

// GridP returns the probabilities of the fine grids of quantiles: every half percent, and
// closer in the tails, from the minimum to the maximum.
func GridP() []float64 {
	p := []float64{0, 0.001, 0.002}
	for i := 1; i < 200; i++ {
		p = append(p, float64(i)/200)
	}
	return append(p, 0.998, 0.999, 1)
}

// Run takes a model through its trials. Of the Result it fills Run (without the start),
// Metrics (without dates) and GridP. The same model, trials, seed and sampler give the same
// bits, whatever else is in the options. A cancelled context ends it with the context's error.
func Run(ctx context.Context, m *Model, opt Options) (*result.Result, error) {
	job, err := start(ctx, m, opt)
	if err != nil {
		return nil, err
	}
	opt = job.opt
	run := job.exactly
	approximate := 8*len(job.varying)*opt.Trials > opt.Memory
	if approximate {
		run = job.approximately
	}
	summaries, err := run()
	if err != nil {
		return nil, err
	}
	job.headlines.show()
	var accuracy float64
	if approximate {
		accuracy = stats.SketchAccuracy
	}
	r := &result.Result{
		Run:     result.Run{Trials: opt.Trials, Seed: opt.Seed, Sampler: string(opt.Sampler), Years: m.Years, Accuracy: accuracy},
		Metrics: metrics(m, job.slots, summaries),
		GridP:   GridP(),

		Convergence: job.headlines.convergence(),
		Drivers:     job.headlines.drivers(),
	}
	return r, ctx.Err()
}

// A Series is what a kept outcome is in one year, or once, in every trial.
type Series struct {
	Outcome string
	Year    int // from 1; of an outcome AtTheEnd 1
	Values  []float64
}

// Trials takes a model through its trials, as Run does, and returns the values that Run would
// summarise, in the order of the outcomes and years; NaN where a trial has none. All of them
// are held in memory.
func Trials(ctx context.Context, m *Model, opt Options) ([]Series, error) {
	job, err := start(ctx, m, opt)
	if err != nil {
		return nil, err
	}
	return job.series()
}

// series returns the values of all slots.
func (j *job) series() ([]Series, error) {
	varying := cut(make([]float64, len(j.varying)*j.opt.Trials), j.opt.Trials)
	if err := j.simulate(keeping(varying)); err != nil {
		return nil, err
	}
	list := make([]Series, len(j.slots))
	for i, s := range j.slots {
		list[i] = Series{Outcome: j.model.Outcomes[s.outcome].Name, Year: s.year + 1}
		if v, ok := j.program.FixedAt(i, j.at); ok {
			list[i].Values = slices.Repeat([]float64{v}, j.opt.Trials)
		}
	}
	for k, i := range j.varying {
		list[i].Values = varying[k]
	}
	return list, nil
}

// cut returns columns of n values each.
func cut(all []float64, n int) [][]float64 {
	var columns [][]float64
	for ; len(all) > 0; all = all[n:] {
		columns = append(columns, all[:n:n])
	}
	return columns
}

// A job is one run: a model's program for what is kept, its draws, and how to run it.
type job struct {
	ctx      context.Context
	model    *Model
	draws    *draws
	opt      Options
	slots    []slot
	program  *expr.Program
	varying  []int   // the slots that are not the same number in every trial
	place    []int   // by slot, its place among these; −1: none
	at       expr.At // of the parameters; nil: they are what they are in the model
	instead  []Dist  // by input, in place of the model's; nil: none
	progress *progress

	headlines *headlines
}

// start checks the options, and begins.
func start(ctx context.Context, m *Model, opt Options) (*job, error) {
	opt, err := opt.complete()
	if err != nil {
		return nil, err
	}
	d, err := newDraws(m, opt)
	if err != nil {
		return nil, err
	}
	return newJob(ctx, m, d, opt), nil
}

func newJob(ctx context.Context, m *Model, d *draws, opt Options) *job {
	j := &job{ctx: ctx, model: m, draws: d, opt: opt, slots: m.slots(opt.Keep), progress: newProgress(opt.Progress, opt.Trials)}
	values := make([]expr.X, len(j.slots))
	for i, s := range j.slots {
		values[i] = s.value
	}
	j.program = expr.Compile(values)
	j.place = make([]int, len(j.slots))
	for i := range j.slots {
		j.place[i] = -1
		if _, fixed := j.program.Fixed(i); !fixed {
			j.place[i] = len(j.varying)
			j.varying = append(j.varying, i)
		}
	}
	j.headlines = newHeadlines(j)
	return j
}

// A keeper takes the values of a batch: those of the slot that is number place of those that
// vary, in the trials from first on. It reports whether all are finite. Each worker has its own.
type keeper func(place, first int, values []float64) bool

// keeping lets all workers keep the values themselves.
func keeping(columns [][]float64) func() keeper {
	return func() keeper {
		return func(place, first int, values []float64) bool {
			return vec.CopyFinite(columns[place][first:][:len(values)], values)
		}
	}
}

// simulate takes the model through its trials; keep makes a keeper for each worker.
func (j *job) simulate(keep func() keeper) error {
	for i, s := range j.slots {
		if v, ok := j.program.FixedAt(i, j.at); ok {
			if err := check(&j.model.Outcomes[s.outcome], []float64{v}, 0); err != nil {
				return err
			}
		}
	}
	trials := j.opt.Trials
	return parallel(j.ctx, j.opt.Workers, (trials+width-1)/width, func() func(int) error {
		r := &runner{job: j, drawer: j.draws.drawer(), machine: j.program.Machine(width), keep: keep()}
		r.drawer.instead = j.instead
		if j.at != nil {
			r.machine.Set(j.at)
		}
		return func(k int) error {
			first := k * width
			n := min(width, trials-first)
			err := r.run(first, n)
			j.progress.add(n)
			return err
		}
	})
}

// exactly keeps every value and describes them.
func (j *job) exactly() ([]stats.Summary, error) {
	values, free := allocate(len(j.varying) * j.opt.Trials)
	defer free()
	columns := cut(values, j.opt.Trials)
	if err := j.simulate(keeping(columns)); err != nil {
		return nil, err
	}
	j.headlines.read(columns)
	j.show(columns)
	return j.summaries(func(scratch *stats.Scratch, place int, grid []float64) stats.Summary {
		return stats.Summarize(columns[place], j.replicates(), grid, scratch)
	})
}

// approximately keeps a sketch of each slot for each worker, and merges them: in any order, as
// they hold counts and exact sums.
func (j *job) approximately() ([]stats.Summary, error) {
	var mu sync.Mutex
	var all [][]stats.Sketch // by worker and place
	looked := j.lookedColumns()
	err := j.simulate(func() keeper {
		sketches := make([]stats.Sketch, len(j.varying))
		for i := range sketches {
			sketches[i].Replicates = j.replicates()
		}
		mu.Lock()
		all = append(all, sketches)
		mu.Unlock()
		var scratch stats.Scratch
		headline := j.headlines.keeper(&scratch)
		return func(place, first int, values []float64) bool {
			if !vec.FiniteOrNaN(values) {
				return false // of infinities there is no sketch
			}
			headline(place, first, values)
			sketches[place].Add(values, &scratch)
			if c := looked[place]; c != nil {
				copy(c[first:], values)
			}
			return vec.Finite(values)
		}
	})
	if err != nil {
		return nil, err
	}
	j.show(looked)
	return j.summaries(func(_ *stats.Scratch, place int, grid []float64) stats.Summary {
		whole := &all[0][place]
		for _, other := range all[1:] {
			whole.Merge(&other[place])
		}
		return whole.Summary(grid)
	})
}

// summaries describes each slot; of describes one that varies. The slots are shared out among
// the workers.
func (j *job) summaries(of func(scratch *stats.Scratch, place int, grid []float64) stats.Summary) ([]stats.Summary, error) {
	grid := GridP()
	list := make([]stats.Summary, len(j.slots))
	err := parallel(j.ctx, j.opt.Workers, len(j.slots), func() func(int) error {
		var scratch stats.Scratch
		return func(i int) error {
			var g []float64
			if j.model.Outcomes[j.slots[i].outcome].Grid {
				g = grid
			}
			if v, ok := j.program.Fixed(i); ok {
				list[i] = j.constant(v, g, &scratch)
			} else {
				list[i] = of(&scratch, j.place[i], g)
			}
			return nil
		}
	})
	return list, err
}

// constant describes a slot that is the same number in every trial: as a column of some of
// them, but for their number.
func (j *job) constant(v float64, grid []float64, scratch *stats.Scratch) stats.Summary {
	const some = 4096 // enough for every standard error to exist
	s := stats.Summarize(slices.Repeat([]float64{v}, min(some, j.opt.Trials)), j.replicates(), grid, scratch)
	if s.N = j.opt.Trials; s.Defined > 0 {
		s.Defined = s.N
	}
	return s
}

// Replicates is how many independent parts the trials that s draws consist of, trial k being in
// part k mod Replicates; 1: each trial is one.
func (s Sampler) Replicates() int {
	if s == Latin || s == Sobol {
		return design.Replicates
	}
	return 1
}

func (j *job) replicates() int { return j.opt.Sampler.Replicates() }

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
	var list []result.Metric
	for i, s := range slots {
		out := m.Outcomes[s.outcome]
		if i == 0 || slots[i-1].outcome != s.outcome {
			list = append(list, result.Metric{})
		}
		metric := &list[len(list)-1]
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
		SEP1: s.SEP1, SEP5: s.SEP5, SEP10: s.SEP10, SEP25: s.SEP25, SEP50: s.SEP50, SEP75: s.SEP75, SEP90: s.SEP90, SEP95: s.SEP95, SEP99: s.SEP99,
		SEES1: s.SEES1, SEES5: s.SEES5, SEES95: s.SEES95, SEES99: s.SEES99, SESD: s.SESD,
		Above0: s.Above0, SEAbove0: s.SEAbove0,
		Grid: s.Grid,
	}
}

// runner is one worker: its draws, its machine, and where its results go.
type runner struct {
	*job
	*drawer
	machine *expr.Machine
	keep    keeper
	err     error
}

// run simulates the trials first … first+n−1.
func (r *runner) run(first, n int) error {
	r.begin(first, n)
	r.err = nil
	r.machine.Run((n+lanes-1)/lanes*lanes, r)
	return r.err
}

// Emit records a slot.
func (r *runner) Emit(slot int, x []float64) {
	x = x[:r.trials]
	if !r.keep(r.place[slot], r.first, x) && r.err == nil {
		r.err = check(&r.job.model.Outcomes[r.slots[slot].outcome], x, r.first)
	}
}

// check refuses values that are no numbers, but for those that a trial may lack.
func check(out *Outcome, x []float64, first int) error {
	if out.MayLack && vec.FiniteOrNaN(x) {
		return nil
	}
	for i, v := range x {
		// v − v is 0 for every finite v, NaN for the others.
		if v-v != 0 && !(out.MayLack && math.IsNaN(v)) {
			return fmt.Errorf("%s is %v in trial %d: an assumption is so extreme that its results leave the range of numbers",
				out.Name, v, first+i)
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
