package sim

import (
	"context"
	"math/rand/v2"

	"entente/sim/stats"
)

// Parts are the parts of a run, one at a time, for benchmarks: one batch, one worker.
type Parts struct {
	job     *job
	runner  *runner
	leaves  [2][]int // shocks, inputs
	filled  map[int][2][]float64
	columns [][]float64
}

// Width is the number of trials in a batch.
const Width = width

// NewParts prepares them.
func NewParts(m *Model, opt Options) (*Parts, error) {
	job, err := start(context.Background(), m, opt)
	if err != nil {
		return nil, err
	}
	p := &Parts{job: job, filled: map[int][2][]float64{}}
	p.columns = cut(make([]float64, len(p.job.varying)*opt.Trials), opt.Trials)
	p.runner = &runner{job: p.job, drawer: job.draws.drawer(), machine: p.job.program.Machine(width), keep: keeping(p.columns)()}
	for _, leaf := range p.job.program.Leaves() {
		kind := 0
		if m.leaves[leaf].isInput {
			kind = 1
		}
		p.leaves[kind] = append(p.leaves[kind], leaf)
		columns := [2][]float64{make([]float64, width), make([]float64, width)}
		p.runner.begin(0, width)
		if kind == 1 {
			columns[1] = nil
		}
		p.runner.drawer.Fill(leaf, columns[0], columns[1])
		p.filled[leaf] = columns
	}
	return p, p.job.simulate(keeping(p.columns))
}

// Recorded is how many values a trial leaves behind.
func (p *Parts) Recorded() int { return len(p.job.varying) }

// Operations is how many operations on columns a batch takes, Columns how many columns.
func (p *Parts) Operations() int { return p.job.program.Operations() }
func (p *Parts) Columns() int    { return p.job.program.Columns() }

// Shocks draws those of a batch, Inputs samples them.
func (p *Parts) Shocks() { p.fill(0) }
func (p *Parts) Inputs() { p.fill(1) }

func (p *Parts) fill(kind int) {
	p.runner.begin(0, width)
	var even, odd [width]float64
	for _, leaf := range p.leaves[kind] {
		if kind == 1 {
			p.runner.drawer.Fill(leaf, even[:], nil)
		} else {
			p.runner.drawer.Fill(leaf, even[:], odd[:])
		}
	}
}

// Compute runs the program on draws that are there, and drops what it emits.
func (p *Parts) Compute() { p.runner.machine.Run(width, (*dry)(p)) }

type dry Parts

func (p *dry) Fill(leaf int, even, odd []float64) {
	copy(even, p.filled[leaf][0])
	copy(odd, p.filled[leaf][1])
}

func (p *dry) Emit(int, []float64) {}

// Record checks and keeps a batch's values.
func (p *Parts) Record() {
	p.runner.begin(0, width)
	for k, slot := range p.job.varying {
		p.runner.Emit(slot, p.columns[k][:width])
	}
}

// Batch simulates one of the batches, in a random place.
func (p *Parts) Batch() error {
	return p.runner.run(rand.IntN(p.job.opt.Trials/width)*width, width)
}

// Summarize describes every column.
func (p *Parts) Summarize() error {
	_, err := p.job.summaries(func(scratch *stats.Scratch, place int, grid []float64) stats.Summary {
		return stats.Summarize(p.columns[place], p.job.replicates(), grid, scratch)
	})
	return err
}
