package sim

// A Batch is the columns of consecutive trials.
type Batch struct {
	First int // number of the first trial
	N     int // how many trials
	cols  [][]float64
	zero  []bool
}

// Col returns column c, one value a trial.
func (b *Batch) Col(c Column) []float64 { return b.cols[c][:b.N] }

// SetZero notes whether column c is 0 in all trials, so that those who only multiply by it
// or select by it can pass over it. Whoever fills the column keeps the note true.
func (b *Batch) SetZero(c Column, zero bool) { b.zero[c] = zero }

// Zero says that column c is known to be 0 in all trials.
func (b *Batch) Zero(c Column) bool { return b.zero[c] }

func newBatch(m *Model) *Batch {
	b := &Batch{cols: columns(m.Columns), zero: make([]bool, m.Columns)}
	for _, c := range m.Constants {
		col := b.cols[c.Column]
		for i := range col {
			col[i] = c.Value
		}
	}
	return b
}

// columns returns n columns of one batch's width, next to each other.
func columns(n int) [][]float64 {
	all := make([]float64, n*width)
	cols := make([][]float64, n)
	for i := range cols {
		cols[i] = all[i*width : (i+1)*width : (i+1)*width]
	}
	return cols
}
