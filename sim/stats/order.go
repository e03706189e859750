package stats

import (
	"math"
	"math/bits"
	"slices"

	"entente/sim/vec"
)

const (
	// maxBuckets bounds the buckets of a column: their counts stay in the first-level cache.
	maxBuckets = 4096
	// tableSize makes room for the buckets of the atom and of NaN; a power of two, so that the
	// compiler sees that indices are in range.
	tableSize = 1 << 13 // of vec.Steps
	// perBucket is the number of values for which one more bucket is worth its overhead.
	perBucket = 8
	// fewValues are sorted, all of them.
	fewValues = 700
	// A value that makes up atomShare of the sample has a bucket of its own.
	atomShare = 1.0 / 8
)

// An order finds order statistics of a column without sorting it. All values are counted in
// buckets that follow each other in the order of the values; only the buckets that hold a rank
// that is asked for are gathered, and sorted. The result does not depend on how well the
// buckets spread the values, only the time does.
type order struct {
	values  []float64
	defined int
	spread  spread

	// The atom is a value so frequent that it is counted in a bucket of its own; its place in
	// the order is in bucket home.
	atom     float64
	atoms    int
	separate bool // whether there is one
	home     int

	bucket  []uint16 // of each trial
	counts  [2][tableSize]uint32
	below   [maxBuckets + 1]uint32 // values in the buckets below
	state   [maxBuckets]state
	end     [maxBuckets]uint32 // of the gathered values of a bucket, in grouped
	less    int                // values in bucket home that are less than the atom, once it is sorted
	steps   vec.Steps
	also    vec.Steps // what does not fit in them
	nowhere [stepRows*vec.SumLanes + 16]uint32
	list    []uint32  // trials gathered last
	grouped []float64 // gathered values, by bucket
	sample  []float64
	packed  [2][]step
	sixteen [2][vec.SumLanes]step
	sorter  sorter
}

type state uint8

const (
	left state = iota
	wanted
	gathered
	sorted
)

// A spread maps values to buckets, in order.
type spread struct{ vec.Spread }

// fit lays out at most so many buckets from the least to the largest of a sample, and some on
// both sides.
func (s *spread) fit(origin, width, least, largest float64, buckets int) {
	s.Spread = vec.Spread{Origin: origin, Width: width}
	margin := buckets / 16
	inside := buckets - 2*margin
	lo, hi := s.Position(least), s.Position(largest)
	s.Shift = uint64(bits.Len64(uint64(hi-lo) / uint64(inside)))
	for hi>>s.Shift-lo>>s.Shift >= int64(inside) {
		s.Shift++
	}
	s.First = lo>>s.Shift - int64(margin)
	s.Last = hi>>s.Shift + int64(margin) - s.First
}

// cost is the sum of squares of how many different values of a sorted sample fall into each
// bucket.
func (s *spread) cost(sample []float64) int {
	cost, run, at := 0, 0, -1
	for _, v := range sample {
		b := s.Code(v)
		if b != at {
			run, at = 0, b
		}
		cost += 2*run + 1
		run++
	}
	return cost
}

// beginConstant takes a column of one value.
func (o *order) beginConstant(values []float64) {
	o.reset(values)
	o.atom, o.atoms, o.defined = values[0]+0, len(values), len(values) // −0 + 0 is 0
	o.home = 0
	o.below[1] = uint32(o.atoms)
	o.sample = append(o.sample[:0], o.atom)
}

// reset forgets the column before.
func (o *order) reset(values []float64) {
	o.values = values
	o.separate, o.home, o.atom, o.atoms, o.less = false, -1, 0, 0, 0
	o.spread = spread{vec.Spread{Shift: 63, Atom: math.NaN()}}
	o.grouped = o.grouped[:0]
	o.below[0], o.counts[0][0], o.counts[1][0], o.state[0], o.end[0] = 0, 0, 0, left, 0
}

// begin looks at a sample of the values, chooses buckets by it, and returns the sample's mean.
func (o *order) begin(values []float64) (centre float64) {
	n := len(values)
	if cap(o.bucket) < n {
		o.bucket = make([]uint16, n)
		o.list = make([]uint32, n+16)
	}
	o.bucket = o.bucket[:n]
	o.reset(values)

	size := n
	if n > 64 {
		size = min(max(n/128, 64), 512)
	}
	o.sample = o.sample[:0]
	// One position in each of size equal parts, in the part by the golden ratio: a regular
	// distance might be in step with how the points of a net or hypercube lie.
	const golden = 0x9e3779b97f4a7c15
	u := uint64(0)
	for i := range size {
		u += golden
		within, _ := bits.Mul64(u, uint64(n))
		k := (uint64(i)*uint64(n) + within) / uint64(size)
		if v := values[k]; v-v == 0 {
			o.sample = append(o.sample, v+0)
		}
	}
	x := o.sample
	if len(x) > 0 {
		s, _ := deviations(x, x[0], 1)
		centre = x[0] + s/float64(len(x))
		if centre-centre != 0 {
			centre = x[0]
		}
	}
	if n >= fewValues && len(x) > 0 {
		o.choose(x, min(maxBuckets, n/perBucket))
	}
	buckets := int(o.spread.Last) + 1
	o.spread.NaNCode, o.spread.AtomCode, o.spread.Atom = int64(buckets), int64(buckets+1), math.NaN()
	if o.separate {
		o.spread.Atom = o.atom
	}
	clear(o.counts[0][:buckets+2])
	clear(o.counts[1][:buckets+2])
	clear(o.state[:buckets])
	return centre
}

// choose fits the spread to a sample, which it sorts.
func (o *order) choose(x []float64, buckets int) {
	slices.Sort(x)
	distinct, most, size := 0, 0, len(x)
	for i := 0; i < len(x); {
		v, j := x[i], i+1
		for j < len(x) && x[j] == v {
			j++
		}
		if j-i > most {
			o.atom, most = v, j-i
		}
		x[distinct] = v
		distinct++
		i = j
	}
	x = x[:distinct]
	if float64(most) > atomShare*float64(size) {
		o.separate = true
	}
	lo, hi := x[0], x[distinct-1]
	tenth, ninetieth := x[(distinct+8)/10], x[distinct-1-(distinct+8)/10]
	quarter, half, rest := x[distinct/4], x[distinct/2], x[distinct-1-distinct/4]
	best := math.MaxInt
	for _, c := range [][2]float64{
		{lo, tenth - lo}, {hi, hi - ninetieth}, {half, min(half-quarter, rest-half)},
	} {
		if !(c[1] > 0 && c[1] <= math.MaxFloat64) {
			continue
		}
		var s spread
		s.fit(c[0], c[1], lo, hi, buckets)
		if cost := s.cost(x); cost < best {
			o.spread, best = s, cost
		}
	}
}

// add assigns buckets to the next block of values, from trial first on.
func (o *order) add(first int, x []float64) {
	b := o.bucket[first : first+len(x)]
	o.spread.Codes(b, x)
	// Two tables, because a count that follows one of the same bucket has to wait for it.
	even, odd := &o.counts[0], &o.counts[1]
	for len(b) >= 4 {
		even[b[0]%tableSize]++
		odd[b[1]%tableSize]++
		even[b[2]%tableSize]++
		odd[b[3]%tableSize]++
		b = b[4:]
	}
	for _, k := range b {
		even[k%tableSize]++
	}
}

// sum adds up the counts.
func (o *order) sum() {
	buckets := int(o.spread.Last) + 1
	even, odd := o.counts[0][:buckets+2], o.counts[1][:buckets+2]
	if o.separate {
		o.atoms = int(even[o.spread.AtomCode] + odd[o.spread.AtomCode])
		o.home = o.spread.Code(o.atom)
	}
	sum := uint32(0)
	for b := range buckets {
		o.below[b] = sum
		even[b] += odd[b]
		sum += even[b]
		if b == o.home {
			sum += uint32(o.atoms)
		}
	}
	o.below[buckets] = sum
	o.defined = int(sum)
}

// find returns the bucket of a rank.
func (o *order) find(rank int) int {
	lo, hi := 0, int(o.spread.Last)+1 // below[lo] <= rank < below[hi]
	for hi-lo > 1 {
		mid := int(uint(lo+hi) / 2)
		if int(o.below[mid]) <= rank {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// want asks for the values of a bucket.
func (o *order) want(bucket int) {
	if o.state[bucket] == left {
		o.state[bucket] = wanted
	}
}

// wantQuantile asks for the ranks next to the p-quantile, and returns their buckets.
func (o *order) wantQuantile(p float64) (lo, hi int) {
	i := int(float64(o.defined-1) * p)
	lo = o.find(i)
	hi = lo
	if i+1 < o.defined && i+1 >= int(o.below[lo+1]) {
		hi = o.find(i + 1)
	}
	o.want(lo)
	o.want(hi)
	return lo, hi
}

// wantRanks asks for all values from one rank to another.
func (o *order) wantRanks(from, to int) {
	for b := o.find(from); b < len(o.below)-1 && int(o.below[b]) <= to && b <= int(o.spread.Last); b++ {
		o.want(b)
	}
}

// sides asks for the values that have to be compared with 0 or a quantile that has an error.
func (o *order) sides() sides {
	var s sides
	for i, p := range fixed {
		s.lo[i], s.hi[i] = o.wantQuantile(p)
	}
	s.zero = o.spread.Code(0)
	o.want(s.zero)
	return s
}

// above0 returns how many values are above 0; zero is the bucket of 0, which has been gathered.
func (o *order) above0(zero int) int {
	n := o.defined - int(o.below[zero+1])
	x, _ := o.group(zero)
	for _, v := range x {
		n += one(v > 0)
	}
	if o.home == zero && o.atom > 0 {
		n += o.atoms
	}
	return n
}

// A step is what a trial adds to the counts of its replicate: a packed number with a field for
// each count, and a mark for trials whose values are wanted.
type step = uint32

const (
	fieldBits = 6
	// stepRows is the number of additions after which a field may be full.
	stepRows  = 1<<fieldBits - 1
	atomField = 4 * fieldBits
	open      = 30 // the bucket does not decide all: see sides
	take      = 31
)

// gather collects the values of all wanted buckets, by bucket and within it in the order of
// trials. counts are of the replicates that the trials belong to, or empty; see sides.
func (o *order) gather(counts []counts, sides *sides) {
	buckets := int(o.spread.Last) + 1
	steps := &o.steps
	clear(steps[:buckets+2])
	if len(counts) > 0 {
		clear(o.also[buckets : buckets+2])
		sides.fill(steps[:buckets], o.also[:buckets])
		if o.separate {
			const mark = 1<<open | 1<<take
			steps[o.spread.AtomCode] = steps[o.home]&^mark | 1<<atomField
			o.also[o.spread.AtomCode] = o.also[o.home]
		}
	}
	at, some := uint32(len(o.grouped)), false
	for b, state := range o.state[:buckets] {
		if state == wanted {
			o.state[b] = gathered
			o.end[b] = at
			at += o.counts[0][b]
			steps[b] |= 1 << take
			some = true
		}
	}
	if o.defined == o.atoms { // a constant column
		for r := range counts {
			counts[r].atoms = inLane(o.defined, r, len(counts))
		}
		o.list = o.list[:0]
		return
	}
	o.list = o.list[:cap(o.list)]
	m := 0
	switch R := len(counts); {
	case R == vec.SumLanes:
		for first := 0; first < len(o.bucket); first += stepRows * R {
			o.sixteen = [2][vec.SumLanes]step{}
			block := o.bucket[first:min(first+stepRows*R, len(o.bucket))]
			m += vec.Tally(o.list[m:], &o.sixteen[0], block, steps, uint32(first))
			vec.Tally(o.nowhere[:], &o.sixteen[1], block, &o.also, 0)
			for r := range counts {
				counts[r].addPacked(o.sixteen[0][r], o.sixteen[1][r])
			}
		}
	case R > 0:
		if cap(o.packed[0]) < R {
			o.packed = [2][]step{make([]step, R), make([]step, R)}
		}
		for first := 0; first < len(o.bucket); first += stepRows * R {
			block := o.bucket[first:min(first+stepRows*R, len(o.bucket))]
			packed, also := o.packed[0][:R], o.packed[1][:R]
			clear(packed)
			clear(also)
			k := uint32(first)
			for len(block) > 0 {
				row := block[:min(R, len(block))]
				block = block[len(row):]
				sums, more := packed[:len(row)], also[:len(row)]
				for r, b := range row {
					t := steps[b%tableSize]
					sums[r] += t // the marks overflow
					more[r] += o.also[b%tableSize]
					o.list[m] = k
					m += int(t >> take)
					k++
				}
			}
			for r, t := range packed {
				counts[r].addPacked(t, also[r])
			}
		}
	case some:
		m = vec.Tally(o.list, nil, o.bucket, steps, 0)
	}
	o.list = o.list[:m]
	o.grouped = slices.Grow(o.grouped, m)[:at]
	for _, k := range o.list {
		b := o.bucket[k]
		i := o.end[b]
		o.grouped[i] = o.values[k]
		o.end[b] = i + 1
	}
}

// group returns the values of a gathered bucket in order, without the atom, and where in
// grouped they begin.
func (o *order) group(b int) (x []float64, begin int) {
	end := int(o.end[b])
	begin = end - int(o.counts[0][b])
	x = o.grouped[begin:end]
	if o.state[b] == gathered {
		o.sorter.sort(x)
		o.state[b] = sorted
		if b == o.home {
			o.less, _ = slices.BinarySearch(x, o.atom)
		}
	}
	return x, begin
}

// at returns the order statistic of a rank, counted from 0, whose bucket has been gathered, and
// how many values of grouped lie before it.
func (o *order) at(rank int) (v float64, before int) {
	b := o.find(rank)
	x, begin := o.group(b)
	i := rank - int(o.below[b])
	if b == o.home && i >= o.less {
		if i < o.less+o.atoms {
			return o.atom, begin + o.less
		}
		i -= o.atoms
	}
	return x[i] + 0, begin + i // −0 + 0 is 0
}

// quantile returns the quantile of type 7 (see Summary), of which wantQuantile has been asked.
func (o *order) quantile(p float64) float64 {
	if o.defined == 0 {
		return math.NaN()
	}
	h := float64(o.defined-1) * p
	i := int(h)
	lo, _ := o.at(i)
	w := h - float64(i)
	if i+1 >= o.defined || w == 0 {
		return lo
	}
	hi, _ := o.at(i + 1)
	if d := hi - lo; !math.IsInf(d, 0) {
		return min(lo+float64(w*d), hi) // rounding must not carry it past the next one
	}
	return float64(lo*(1-w)) + float64(hi*w)
}
