package sim

// A Batch is the columns of consecutive trials.
type Batch struct {
	First int // number of the first trial
	N     int // how many trials
	cols  [][]float64
}

// Col returns column c, one value a trial.
func (b *Batch) Col(c Column) []float64 { return b.cols[c] }
