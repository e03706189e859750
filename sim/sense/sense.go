// Package sense says which inputs of a simulation its outputs hang on, from the trials of an
// ordinary run: nothing is simulated again.
package sense

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"entente/sim/rng"
)

// MinTrials are the fewest from which anything is said.
const MinTrials = 128

// MaxTrials are the most that are needed: the interval of a rank correlation is ± 0.015 then.
const MaxTrials = 1 << 14

// The intervals come from so many resamples, which makes their width good to 7 %, of the first
// so many trials.
const (
	resamples      = 100
	resampleTrials = 1 << 12
)

// An Estimate is a value and its 95 % interval.
type Estimate struct{ Value, Low, High float64 }

// A Driver is what an output has to do with one input.
type Driver struct {
	Input int // index
	// Rank is Spearman's rank correlation, Pearson's of the ranks R and S of input and output,
	//
	//	ρ = Σ(R−R̄)(S−S̄) / √(Σ(R−R̄)² Σ(S−S̄)²)
	//
	// where equal values share the mean of their ranks.
	Rank Estimate
	// Share is the first-order index Var(E(Y|X))/Var(Y), from given data: the trials are cut by
	// the input's ranks into M classes of n_m trials, ȳ_m are the means of the output there, and
	//
	//	S = (B − (M−1)·W/(n−M)) / (B+W),   B = Σ n_m(ȳ_m−ȳ)²,   W = Σ_m Σ_{i in m} (y_i−ȳ_m)²
	//
	// The term subtracted is what B is on average if the input does nothing, so that S is then 0
	// on average, and negative half of the time. Classes: Plischke, Borgonovo and Smith, "Global
	// sensitivity measures from given data" (2013); the correction: Kelley, "An unbiased
	// correlation ratio measure" (1935).
	Share Estimate
}

// classes is M for n trials, √n/2: enough that an index loses 1 % by it at most where there are
// thousands of trials, few enough that the noise of S where there is nothing, √(2(M−1))/n, stays
// small.
func classes(n int) int { return max(4, int(math.Sqrt(float64(n))/2)) }

// Drivers returns, for each output, the inputs it hangs on most: the highest of ρ² and S first,
// most of them at most. All columns are of the same trials, finite, and at most MaxTrials long.
// An input that is a constant is no driver; an output that is one has none.
//
// The intervals are ± 1.96·s·√(m/n), with s the standard deviation over resamples of the first
// m of the n trials: m are drawn with replacement, and ranked anew (Bickel, Götze and van Zwet,
// "Resampling fewer than n observations", 1997). They take the trials for independent, and are
// too wide, rather than too narrow, where a sampler spreads them evenly, and for indices near 0.
// The same columns and seed give the same bits, whatever the number of workers.
func Drivers(inputs, outputs [][]float64, most int, seed uint64, workers int) [][]Driver {
	found := make([][]Driver, len(outputs))
	if len(outputs) == 0 || len(outputs[0]) < MinTrials {
		return found
	}
	n := len(outputs[0])
	ranked := rankAll(slices.Concat(inputs, outputs), workers)
	xs, ys := ranked[:len(inputs)], ranked[len(inputs):]
	ones := slices.Repeat([]uint16{1}, n)

	rows := make([]ranks, len(ys)) // of the outputs
	for k, y := range ys {
		rows[k].of = make([]float64, n)
		rows[k].weigh(y, ones)
	}
	all := make([][]Driver, len(inputs))
	parallel(workers, len(inputs), func() func(int) {
		row, s := ranks{of: make([]float64, n)}, scratch{}
		return func(i int) {
			if xs[i].constant() {
				return
			}
			row.weigh(xs[i], ones)
			for k, y := range ys {
				d := Driver{Input: i}
				if !y.constant() {
					d.Rank.Value = correlation(&row, &rows[k], ones)
					d.Share.Value = s.share(xs[i], outputs[k], ones)
				}
				all[i] = append(all[i], d)
			}
		}
	})
	needed := make([]bool, len(inputs))
	for k, y := range ys {
		if y.constant() {
			continue
		}
		for i := range all {
			if all[i] != nil {
				found[k] = append(found[k], all[i][k])
			}
		}
		slices.SortStableFunc(found[k], func(a, b Driver) int { return cmp.Compare(b.strength(), a.strength()) })
		found[k] = found[k][:min(most, len(found[k]))]
		for _, d := range found[k] {
			needed[d.Input] = true
		}
	}

	// What each resample gives, by output and driver.
	m := min(n, resampleTrials)
	few := make([][]float64, 0, len(inputs)+len(outputs))
	for i, x := range inputs {
		if needed[i] {
			few = append(few, x[:m])
		} else {
			few = append(few, nil)
		}
	}
	for _, y := range outputs {
		few = append(few, y[:m])
	}
	ranked = rankAll(few, workers)
	type pair struct{ rank, share float64 }
	samples := make([][][]pair, resamples)
	parallel(workers, resamples, func() func(int) {
		weights := make([]uint16, m)
		rows := make([]ranks, len(few))
		for i, c := range few {
			rows[i].of = make([]float64, len(c))
		}
		var s scratch
		return func(b int) {
			clear(weights)
			r := rng.NewRand(seed, fmt.Sprintf("bootstrap %d", b))
			for range m {
				weights[r.Intn(m)]++
			}
			for i, c := range few {
				if c != nil {
					rows[i].weigh(ranked[i], weights)
				}
			}
			samples[b] = make([][]pair, len(outputs))
			for k := range outputs {
				for _, d := range found[k] {
					samples[b][k] = append(samples[b][k], pair{
						correlation(&rows[d.Input], &rows[len(inputs)+k], weights),
						s.share(ranked[d.Input], few[len(inputs)+k], weights),
					})
				}
			}
		}
	})
	scale := math.Sqrt(float64(m) / float64(n))
	values := make([]float64, resamples)
	for k := range found {
		for j := range found[k] {
			d := &found[k][j]
			for b := range values {
				values[b] = samples[b][k][j].rank
			}
			d.Rank.within(values, scale)
			d.Rank.Low, d.Rank.High = max(d.Rank.Low, -1), min(d.Rank.High, 1)
			for b := range values {
				values[b] = samples[b][k][j].share
			}
			d.Share.within(values, scale)
			d.Share.High = min(d.Share.High, 1)
		}
	}
	return found
}

func (d *Driver) strength() float64 {
	return max(float64(d.Rank.Value*d.Rank.Value), d.Share.Value)
}

// within sets the interval by the standard deviation of resamples, scaled.
func (e *Estimate) within(values []float64, scale float64) {
	var mean, squares float64
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		squares += float64((v - mean) * (v - mean))
	}
	half := 1.96 * scale * math.Sqrt(squares/float64(len(values)-1))
	e.Low, e.High = e.Value-half, e.Value+half
}

// A column is the trials in the order of their values.
type column struct {
	order []uint16 // trials
	ends  []uint16 // the last place in order of each group of equal values
	class []uint8  // by trial
}

func (c *column) constant() bool { return len(c.ends) == 1 }

// rankAll sorts columns; what is nil stays so.
func rankAll(columns [][]float64, workers int) []*column {
	ranked := make([]*column, len(columns))
	parallel(workers, len(columns), func() func(int) {
		var keys []uint64
		return func(i int) {
			if columns[i] != nil {
				keys = sorted(columns[i], keys[:0])
				ranked[i] = newColumn(keys, columns[i])
			}
		}
	})
	return ranked
}

const trialBits = 16

// sorted appends trials in the order of their values, equal values in that of the trials: in
// the low bits of keys whose high bits are the values', which sort faster than pairs do.
func sorted(values []float64, keys []uint64) []uint64 {
	for k, v := range values {
		bits := math.Float64bits(v + 0) // −0 is 0
		if bits>>63 != 0 {
			bits = ^bits
		} else {
			bits |= 1 << 63
		}
		keys = append(keys, bits>>trialBits<<trialBits|uint64(k))
	}
	radixSort(keys)
	for i := 1; i < len(keys); i++ { // what differs in the bits that were cut off only
		for j := i; j > 0 && values[uint16(keys[j])] < values[uint16(keys[j-1])]; j-- {
			keys[j], keys[j-1] = keys[j-1], keys[j]
		}
	}
	return keys
}

// radixSort sorts keys whose low trialBits ascend already, by their other bits, 12 at a time.
func radixSort(keys []uint64) {
	const digit = 12
	from, to := keys, make([]uint64, len(keys))
	for shift := trialBits; shift < 64; shift += digit { // an even number of times: it ends in keys
		var next [1 << digit]uint32
		for _, k := range from {
			next[k>>shift%(1<<digit)]++
		}
		begin := uint32(0)
		for d, n := range next {
			next[d] = begin
			begin += n
		}
		for _, k := range from {
			d := k >> shift % (1 << digit)
			to[next[d]] = k
			next[d]++
		}
		from, to = to, from
	}
}

func newColumn(keys []uint64, values []float64) *column {
	n := len(keys)
	c := &column{order: make([]uint16, n), class: make([]uint8, n)}
	m := classes(n)
	for first, k := 0, 0; k < n; k++ {
		c.order[k] = uint16(keys[k])
		if k+1 < n && values[uint16(keys[k+1])] == values[c.order[k]] {
			continue
		}
		c.ends = append(c.ends, uint16(k))
		middle := (first + k) / 2 // equal values are in one class
		for i := first; i <= k; i++ {
			c.class[c.order[i]] = uint8(middle * m / n)
		}
		first = k + 1
	}
	return c
}

// ranks are those of a sample less their mean, by trial.
type ranks struct {
	of   []float64
	norm float64 // the root of the sum of their squares
}

// weigh takes the sample in which each trial stands as often as its weight.
func (r *ranks) weigh(c *column, weights []uint16) {
	r.set(c, weights)
	var squares float64
	of := r.of[:len(weights)]
	for i, w := range weights {
		squares += float64(float64(float64(w)*of[i]) * of[i])
	}
	r.norm = math.Sqrt(squares)
}

func (r *ranks) set(c *column, weights []uint16) {
	ranks := r.of
	n := len(c.order)
	mean := float64(n+1) / 2
	if len(c.ends) == n { // no two are equal
		before := 0
		for _, trial := range c.order {
			w := int(weights[trial])
			ranks[trial] = float64(before) + float64(w+1)/2 - mean
			before += w
		}
		return
	}
	before, first := 0, 0
	for _, end := range c.ends {
		group := c.order[first : int(end)+1]
		w := 0
		for _, trial := range group {
			w += int(weights[trial])
		}
		rank := float64(before) + float64(w+1)/2 - mean
		for _, trial := range group {
			ranks[trial] = rank
		}
		before += w
		first = int(end) + 1
	}
}

// correlation is that of ranks in the same sample.
func correlation(x, y *ranks, weights []uint16) float64 {
	if x.norm == 0 || y.norm == 0 {
		return 0 // the resample has none of the trials that differ
	}
	var sum float64
	a, b := x.of[:len(weights)], y.of[:len(weights)]
	for i, w := range weights {
		sum += float64(float64(float64(w)*a[i]) * b[i])
	}
	return sum / (x.norm * y.norm)
}

// A scratch is one worker's room.
type scratch struct {
	sums [256]struct{ n, sum float64 }
}

// share is the first-order index of an input of an output.
func (s *scratch) share(x *column, y []float64, weights []uint16) float64 {
	sums := s.sums[:classes(len(y))]
	clear(sums)
	centre := y[0] // against cancellation
	var squares float64
	for i, v := range y {
		w, d := float64(weights[i]), v-centre
		wd := float64(w * d)
		c := &s.sums[x.class[i]]
		c.n += w
		c.sum += wd
		squares += float64(wd * d)
	}
	n, sum, between, used := float64(len(y)), 0.0, 0.0, 0
	for _, c := range sums {
		sum += c.sum
		if c.n > 0 {
			used++
			between += float64(c.sum*c.sum) / c.n
		}
	}
	correction := float64(sum*sum) / n
	total := squares - correction
	if !(total > 0) {
		return 0
	}
	between = min(between-correction, total)
	m := float64(used)
	return (between - float64((m-1)*(total-between))/(n-m)) / total
}

// parallel calls the functions that start makes, one for each worker, with 0 … n−1.
func parallel(workers, n int, start func() func(int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range max(1, min(workers, n)) {
		wg.Go(func() {
			work := start()
			for i := int(next.Add(1) - 1); i < n; i = int(next.Add(1) - 1) {
				work(i)
			}
		})
	}
	wg.Wait()
}
