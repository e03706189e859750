package sim

import "context"

// A Repeat takes points through the trials of seeds, one after the other, as often as it is asked.
// What it made of a model, and of a seed, it keeps for what follows. It is for one goroutine.
type Repeat struct {
	opt   Options
	jobs  map[*Model]*job
	drawn struct { // the last
		model *Model
		seed  uint64
		draws *draws
	}
}

// NewRepeat prepares runs with these options, but for their seeds. Memory and Headlines do nothing.
func NewRepeat(opt Options) (*Repeat, error) {
	opt, err := opt.complete()
	opt.Headlines = nil
	return &Repeat{opt: opt, jobs: map[*Model]*job{}}, err
}

// Trials is what Trials returns for a model that is made anew for the point, to the last bit.
// Progress is told of this run.
func (r *Repeat) Trials(ctx context.Context, p Point, seed uint64) ([]Series, error) {
	opt := r.opt
	opt.Seed = seed
	if r.drawn.model != p.Model || r.drawn.seed != seed {
		d, err := newDraws(p.Model, opt)
		if err != nil {
			return nil, err
		}
		r.drawn.model, r.drawn.seed, r.drawn.draws = p.Model, seed, d
	}
	j := r.jobs[p.Model]
	if j == nil {
		j = newJob(ctx, p.Model, r.drawn.draws, opt)
		r.jobs[p.Model] = j
	}
	j.ctx, j.draws, j.opt, j.progress = ctx, r.drawn.draws, opt, newProgress(opt.Progress, opt.Trials)
	j.at, j.instead = p.at, p.dists
	return j.series()
}
