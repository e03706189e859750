package sim

import "context"

// An InputSeries is what an input that is sampled is in every trial.
type InputSeries struct {
	Name   string
	Values []float64
}

// Inputs returns what the model's inputs are in each trial of a run with these options, in the
// order in which the model names them. It simulates nothing.
func Inputs(ctx context.Context, m *Model, opt Options) ([]InputSeries, error) {
	opt, err := opt.complete()
	if err != nil {
		return nil, err
	}
	d, err := newDraws(m, opt)
	if err != nil {
		return nil, err
	}
	return inputs(ctx, m, d, opt.Trials, opt.Workers)
}

// inputs are those of the first n trials.
func inputs(ctx context.Context, m *Model, d *draws, n, workers int) ([]InputSeries, error) {
	var list []InputSeries
	var numbers []int
	for i, in := range m.inputs {
		if in.dist != nil {
			numbers = append(numbers, i)
			list = append(list, InputSeries{in.name, make([]float64, n)})
		}
	}
	err := parallel(ctx, workers, (n+width-1)/width, func() func(int) error {
		w, values := d.drawer(), make([]float64, width)
		return func(k int) error {
			first := k * width
			w.begin(first, min(width, n-first))
			for i, number := range numbers {
				w.input(number, values)
				copy(list[i].Values[first:], values[:w.trials])
			}
			return nil
		}
	})
	return list, err
}
