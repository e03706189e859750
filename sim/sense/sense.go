// Package sense says which inputs of a simulation its outputs hang on: from the trials of an
// ordinary run, or from those of a design. It sees columns of values and simulates nothing.
package sense

import (
	"cmp"
	"math"
	"slices"

	"entente/sim/parallel"
)

// MinTrials are the fewest from which anything is said.
const MinTrials = 128

// MaxTrials are the most that are needed: the interval of a rank correlation is ± 0.015 then.
const MaxTrials = 1 << 14

// An Estimate is a value, its 95 % interval, and its standard error.
type Estimate struct{ Value, Low, High, SE float64 }

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
// The intervals are ± 1.96 standard errors, √(Σ IF²)/n with the influence function IF of the
// estimate (Hampel, "The influence curve and its role in robust estimation", 1974). They take the trials for independent, and are too wide,
// rather than too narrow, where a sampler spreads them evenly, and for indices near 0.
// The same columns give the same bits, whatever the number of workers.
func Drivers(inputs, outputs [][]float64, most, workers int) [][]Driver {
	found := make([][]Driver, len(outputs))
	if len(outputs) == 0 || len(outputs[0]) < MinTrials {
		return found
	}
	ranked := rankAll(slices.Concat(inputs, outputs), workers)
	xs, ys := ranked[:len(inputs)], make([]response, len(outputs))
	for k := range ys {
		ys[k] = newResponse(ranked[len(inputs)+k], outputs[k])
	}
	all := make([][]Driver, len(inputs))
	parallel.Each(workers, len(inputs), func() func(int) {
		var x ranks
		var s scratch
		return func(i int) {
			if xs[i].constant() {
				return
			}
			x.take(xs[i])
			for k := range ys {
				d := Driver{Input: i}
				if !ys[k].column.constant() {
					d.Rank.Value = dot(x.of, ys[k].ranks.of) / (x.norm * ys[k].norm)
					d.Share.Value = s.share(xs[i], &ys[k])
				}
				all[i] = append(all[i], d)
			}
		}
	})
	parallel.Each(workers, len(ys), func() func(int) {
		var x ranks
		var s scratch
		return func(k int) {
			if ys[k].column.constant() {
				return
			}
			for i := range all {
				if all[i] != nil {
					found[k] = append(found[k], all[i][k])
				}
			}
			slices.SortStableFunc(found[k], func(a, b Driver) int { return cmp.Compare(b.strength(), a.strength()) })
			found[k] = found[k][:min(most, len(found[k]))]
			for j := range found[k] {
				d := &found[k][j]
				x.take(xs[d.Input])
				d.Rank.within(correlationError(&x, &ys[k].ranks, d.Rank.Value), -1)
				d.Share.within(s.shareError(xs[d.Input], &ys[k], d.Share.Value), math.Inf(-1))
			}
		}
	})
	return found
}

func (d *Driver) strength() float64 {
	return max(float64(d.Rank.Value*d.Rank.Value), d.Share.Value)
}

// within sets the interval by a standard error, between low and 1.
func (e *Estimate) within(se, low float64) {
	half := 1.96 * se
	e.SE = se
	e.Low, e.High = max(e.Value-half, low), min(e.Value+half, 1)
}

// A column is the trials in the order of their values.
type column struct {
	order []uint16 // trials
	ends  []uint16 // the last place in order of each group of equal values
	class []uint8  // by trial
}

func (c *column) constant() bool { return len(c.ends) == 1 }

// ties says that some values are equal.
func (c *column) ties() bool { return len(c.ends) < len(c.order) }

// rankAll sorts columns.
func rankAll(columns [][]float64, workers int) []*column {
	ranked := make([]*column, len(columns))
	parallel.Each(workers, len(columns), func() func(int) {
		var keys, room []uint64
		return func(i int) {
			if room == nil {
				room = make([]uint64, len(columns[i]))
			}
			keys = sorted(columns[i], keys[:0], room)
			ranked[i] = newColumn(keys, columns[i])
		}
	})
	return ranked
}

const trialBits = 16

// sorted appends trials in the order of their values, equal values in that of the trials: in
// the low bits of keys whose high bits are the values', which sort faster than pairs do.
func sorted(values []float64, keys, room []uint64) []uint64 {
	for k, v := range values {
		bits := math.Float64bits(v + 0) // −0 is 0
		if bits>>63 != 0 {
			bits = ^bits
		} else {
			bits |= 1 << 63
		}
		keys = append(keys, bits>>trialBits<<trialBits|uint64(k))
	}
	radixSort(keys, room)
	for i := 1; i < len(keys); i++ { // what differs in the bits that were cut off only
		for j := i; j > 0 && values[uint16(keys[j])] < values[uint16(keys[j-1])]; j-- {
			keys[j], keys[j-1] = keys[j-1], keys[j]
		}
	}
	return keys
}

// radixSort sorts keys whose low trialBits ascend already, by their other bits, 12 at a time.
// room is as long.
func radixSort(keys, room []uint64) {
	const digit = 12
	from, to := keys, room
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

// ranks are those of a column less their mean, over their number and by trial: U = F(x) − 1/2 with
// F the distribution function of the column, half way up its steps.
type ranks struct {
	column *column
	of     []float64
	norm   float64 // √ΣU²
}

func (r *ranks) take(c *column) {
	n := len(c.order)
	if r.of == nil {
		r.of = make([]float64, n)
	}
	r.column = c
	if len(c.ends) == n { // no two are equal
		for k, trial := range c.order {
			r.of[trial] = (float64(k)+0.5)/float64(n) - 0.5
		}
	} else {
		first := 0
		for _, end := range c.ends {
			u := float64(first+int(end)+1)/float64(2*n) - 0.5
			for _, trial := range c.order[first : end+1] {
				r.of[trial] = u
			}
			first = int(end) + 1
		}
	}
	r.norm = math.Sqrt(dot(r.of, r.of))
}

// dot is Σab.
func dot(a, b []float64) float64 {
	var s0, s1, s2, s3 float64 // four sums, of which none waits for another
	n := len(a) &^ 3
	for i := 0; i < n; i += 4 {
		a, b := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += float64(a[0] * b[0])
		s1 += float64(a[1] * b[1])
		s2 += float64(a[2] * b[2])
		s3 += float64(a[3] * b[3])
	}
	for i := n; i < len(a); i++ {
		s0 += float64(a[i] * b[i])
	}
	return (s0 + s1) + (s2 + s3)
}

// correlationError is the standard error of ρ = A/√(BC) with A = mean(UV), B = mean(U²) and
// C = mean(V²): the influence of trial i on A is
//
//	UᵢVᵢ + meanⱼ([xⱼ > xᵢ] + [xⱼ = xᵢ]/2)Vⱼ + meanⱼ([yⱼ > yᵢ] + [yⱼ = yᵢ]/2)Uⱼ − 3A
//
// itself, and what it does to the ranks of the others (Borkowf, "Computing the nonnull asymptotic
// variance and the asymptotic relative efficiency of Spearman's rank correlation", 2002). On B
// and C it is the same with U for V and V for U, and 0 where no two are equal.
func correlationError(x, y *ranks, rho float64) float64 {
	n := float64(len(x.of))
	influence := make([]float64, len(x.of)) // on A, B, C, weighted as ρ hangs on them; less a constant
	add := func(weight float64, a, b *ranks) {
		for i, u := range a.of {
			influence[i] += float64(weight * float64(u*b.of[i]))
		}
		a.addAbove(influence, weight/n, b.of)
		b.addAbove(influence, weight/n, a.of)
	}
	sx, sy := x.norm*x.norm, y.norm*y.norm
	add(n/(x.norm*y.norm), x, y)
	if x.column.ties() {
		add(-rho*n/(2*sx), x, x)
	}
	if y.column.ties() {
		add(-rho*n/(2*sy), y, y)
	}
	return deviation(influence) / math.Sqrt(n)
}

// addAbove adds, for each trial, the sum of values over the trials above it in the column, and
// half of the sum over those that are equal, times a weight.
func (r *ranks) addAbove(to []float64, weight float64, values []float64) {
	c := r.column
	above, last := 0.0, len(c.order)-1
	for g := len(c.ends) - 1; g >= 0; g-- {
		first := 0
		if g > 0 {
			first = int(c.ends[g-1]) + 1
		}
		group := c.order[first : last+1]
		sum := 0.0
		for _, trial := range group {
			sum += values[trial]
		}
		for _, trial := range group {
			to[trial] += float64(weight * (above + sum/2))
		}
		above += sum
		last = first - 1
	}
}

// deviation is the standard deviation.
func deviation(values []float64) float64 {
	n, mean, squares := float64(len(values)), 0.0, 0.0
	for _, v := range values {
		mean += v / n
	}
	for _, v := range values {
		squares += float64((v - mean) * (v - mean))
	}
	return math.Sqrt(squares / (n - 1))
}

// A response is an output: its ranks, and its values less their mean.
type response struct {
	ranks
	values  []float64
	squares float64 // of the values
}

func newResponse(c *column, values []float64) response {
	y := response{values: slices.Clone(values)}
	y.take(c)
	mean := 0.0
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for i := range y.values {
		y.values[i] -= mean
	}
	y.squares = dot(y.values, y.values)
	return y
}

// A scratch is one worker's room: the classes of an input, and what an output is in them.
type scratch struct {
	n, sum [256]float64
}

// between is B, the sum of squares between the classes of an input, and the number of these.
func (s *scratch) between(x *column, y *response) (between float64, used int) {
	m := classes(len(y.values))
	n, sum := s.n[:m], s.sum[:m]
	clear(n)
	clear(sum)
	for i, v := range y.values {
		c := x.class[i]
		s.n[c]++
		s.sum[c] += v
	}
	for c := range n {
		if n[c] > 0 {
			used++
			between += float64(sum[c]*sum[c]) / n[c]
		}
	}
	return min(between, y.squares), used
}

// share is the first-order index of an input of an output.
func (s *scratch) share(x *column, y *response) float64 {
	if !(y.squares > 0) {
		return 0
	}
	between, used := s.between(x, y)
	n, m := float64(len(y.values)), float64(used)
	return (between - float64((m-1)*(y.squares-between))/(n-m)) / y.squares
}

// shareError is the standard error of an index S of an output with mean 0 and variance σ²: the
// influence of a trial is (2ȳ_m y − ȳ_m² − S y²)/σ², with ȳ_m the mean of its class. The noise of
// these means adds 4(M−1)(1−S)²/n to its variance, which is twice what it adds to that of S.
func (s *scratch) shareError(x *column, y *response, share float64) float64 {
	_, used := s.between(x, y)
	n := float64(len(y.values))
	influence := make([]float64, len(y.values))
	for i, v := range y.values {
		c := x.class[i]
		mean := s.sum[c] / s.n[c]
		influence[i] = (float64(mean*(2*v-mean)) - float64(share*float64(v*v))) * n / y.squares
	}
	d, rest := deviation(influence), 1-min(max(share, 0), 1)
	noise := float64(2*float64(used-1)*float64(rest*rest)) / (n * n)
	return math.Sqrt(max(float64(d*d)/n-noise, noise))
}
