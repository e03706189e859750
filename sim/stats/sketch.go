package stats

import (
	"math"
	"math/big"
	"slices"

	"entente/sim/vec"
)

const (
	cellBits = vec.CellBits
	cells    = 1 << cellBits
	dropped  = 52 - cellBits
	// binades are the powers of 2 from the largest magnitude down that are told apart.
	binades   = 64
	positions = binades * cells
	// Replicates are counted in coarse cells of coarse cells each; the first cell of a page
	// is one by itself, because in the lowest page it holds the zeros.
	coarse      = 64
	coarseCells = cells/coarse + 1
	// rows of one value of each lane are a batch at most.
	rows = 32
	// maxPending values may wait to be counted.
	maxPending = 8192
)

// SketchAccuracy bounds the relative error of the quantiles and expected shortfalls of a Sketch:
// they lie in the cell of the exact value. Values whose magnitude is below 2⁻⁶² of the column's
// largest are told from 0 in Above0 alone.
const SketchAccuracy = 1.0 / cells

// A Sketch describes a column whose values are not kept: counts of the values in cells of equal
// relative width, 2⁻⁹ at most, over the powers of 2 in use; exact sums of the batches' sums; the
// exact minimum and maximum. It takes 2 KB for each power of 2 that occurs (2.6 KB with
// replicates), at most 64 of each sign, and 16 KB where values wait to be counted. Its zero value
// is ready, for independent trials.
//
// What a Sketch says depends only on the batches it has been given, directly or by Merge, not
// on their order: counts and sums are integers.
//
// Note: the same idea is published as DDSketch (Masson, Rim and Lee, 2019). That library's
// logarithms cost ten times as much as reading bits do, and it has no exact sums and no
// replicates.
type Sketch struct {
	// Replicates says how the trials were drawn, as for Summarize; it is set before the first
	// Add.
	Replicates int

	n, defined int
	min, max   float64

	// base is the position of the first cell: the lowest that can be told from 0.
	base     int
	page     [2 * binades]uint16 // by sign and power of 2: where its counts are, plus 1; 0: nowhere
	pages    int
	counts   []uint32 // by page and cell
	ofCoarse []uint32 // by page, coarse cell and replicate
	// pending are the codes of values that are not counted yet, from a first replicate on. They
	// wait because the counts are far away when many columns are worked on in turn: together they
	// are fetched once.
	pending []uint16

	total    exactSum   // Σ S_b of the batches
	squares  exactSum   // Σ (M_b + S_b²/n_b), see add
	lanes    []exactSum // Σ x by replicate
	overflow bool       // squares left the range of numbers
}

// Add takes a batch: values of trials that follow each other, the first of which is in the
// first replicate. Values are finite or, where a trial has none, NaN; an infinity panics. More
// than 16·32 values, or 32 of each replicate, are the same as so many batches.
func (s *Sketch) Add(values []float64, scratch *Scratch) {
	m := &scratch.moments
	lanes := vec.SumLanes
	if s.Replicates > 1 {
		lanes = s.Replicates
		if s.lanes == nil {
			s.lanes = make([]exactSum, lanes)
		}
	}
	for size := lanes * rows; len(values) > 0; {
		b := values[:min(size, len(values))]
		values = values[len(b):]
		s.addBatch(b, m, lanes)
	}
}

func (s *Sketch) addBatch(values []float64, m *moments, lanes int) {
	s.n += len(values)
	first := slices.IndexFunc(values, func(v float64) bool { return v == v })
	if first < 0 {
		return
	}
	centre := values[first]
	if s.defined == 0 {
		s.min, s.max = centre+0, centre+0
	}
	m.reset(lanes, centre, 1)
	if constant(values) {
		m.addConstant(len(values))
		s.addSums(m)
		s.countConstant(centre, len(values), lanes)
		return
	}
	m.add(values)
	s.addSums(m)
	s.count(values, lanes)
}

// addSums adds up the batch's sums. With n_b values, sum S_b and sum of squared deviations from
// the batch's own mean M_b, over all batches
//
//	Σ(x−m)² = Σ M_b + Σ S_b²/n_b − (Σ S_b)²/n
//
// in which nothing cancels but the last difference, of sums that are exact: S_b²/n_b is added
// to twice the precision of a number.
func (s *Sketch) addSums(m *moments) {
	var sum compensated
	for r := range m.count() {
		l := m.lane(r)
		v := math.FMA(float64(l.n), m.centre, l.sum.value())
		if v-v != 0 {
			s.overflow = true
			continue
		}
		sum.add(v)
		if s.lanes != nil {
			s.lanes[r].add(v)
		}
	}
	count, d, q := m.totals()
	s.defined += count
	n, S := float64(count), sum.value()
	p := S * S
	e := math.FMA(S, S, -p)
	quotient := p / n
	rest := (math.FMA(-quotient, n, p) + e) / n
	within := max(q-float64(d*d)/n, 0)
	if t := S + quotient + rest + within; t-t != 0 {
		s.overflow = true
		return
	}
	s.total.add(S)
	s.squares.add(quotient)
	s.squares.add(rest)
	s.squares.add(within)
}

// undefinedPage has the counts of NaN in its first cell, which no number falls into.
const undefinedPage = vec.NaNCell >> cellBits

// count takes the codes of a batch's values, the first of which is in the first replicate.
func (s *Sketch) count(x []float64, lanes int) {
	if len(s.pending)+len(x) > maxPending || s.lanes != nil && len(s.pending)%lanes != 0 {
		s.flush()
	}
	at := len(s.pending)
	s.pending = slices.Grow(s.pending, len(x))[:at+len(x)]
	c := vec.Cells{Base: int64(s.base), Min: s.min, Max: s.max}
	c.Codes(s.pending[at:], x)
	s.min, s.max = c.Min, c.Max
	if int(c.Top)-s.base >= positions {
		s.pending = s.pending[:at]
		s.rebase(int(c.Top))
		s.count(x, lanes)
	}
}

// flush counts the codes that are pending.
func (s *Sketch) flush() {
	codes := s.pending
	s.pending = s.pending[:0]
	R := len(s.lanes)
	r := 0
	counts, ofCoarse := s.counts, s.ofCoarse
	for _, c := range codes {
		page := int(s.page[c>>cellBits])
		if page == 0 {
			page = s.open(int(c >> cellBits))
			counts, ofCoarse = s.counts, s.ofCoarse
		}
		page--
		counts[page*cells+int(c%cells)]++
		if R > 0 {
			ofCoarse[(page*coarseCells+int(c%cells+coarse-1)/coarse)*R+r]++
			if r++; r == R {
				r = 0
			}
		}
	}
}

// countConstant counts n times the same number, the first in the first replicate.
func (s *Sketch) countConstant(v float64, n, lanes int) {
	if k := int(vec.CellPosition(v)); k-s.base >= positions {
		s.rebase(k)
	}
	s.min, s.max = min(s.min, v+0), max(s.max, v+0) // −0 + 0 is 0
	at := vec.Cells{Base: int64(s.base)}
	c := at.Code(v)
	page := int(s.page[c>>cellBits])
	if page == 0 {
		page = s.open(int(c >> cellBits))
	}
	page--
	s.counts[page*cells+int(c%cells)] += uint32(n)
	if s.lanes == nil {
		return
	}
	for r := range lanes {
		s.ofCoarse[(page*coarseCells+(int(c%cells)+coarse-1)/coarse)*lanes+r] += uint32(inLane(n, r, lanes))
	}
}

// open makes room for a page's counts.
func (s *Sketch) open(code int) (page int) {
	s.pages++
	s.page[code] = uint16(s.pages)
	s.counts = append(s.counts, make([]uint32, cells)...)
	if s.lanes != nil {
		s.ofCoarse = append(s.ofCoarse, make([]uint32, coarseCells*s.Replicates)...)
	}
	return s.pages
}

// rebase makes the power of 2 at a position the highest, which is above the one before. What
// lies below the lowest is no longer told from 0 but by its sign.
func (s *Sketch) rebase(top int) {
	s.rebaseTo(top/cells*cells - (positions - cells))
}

func (s *Sketch) rebaseTo(base int) {
	s.flush()
	old := *s
	s.page, s.pages, s.counts, s.ofCoarse = [2 * binades]uint16{}, 0, nil, nil
	s.base = base
	s.take(&old)
}

// take adds another sketch's counts, whose base is no higher.
func (s *Sketch) take(o *Sketch) {
	down := s.base - o.base
	// moved returns the page and the cell in it of what o counts at a position of a page.
	moved := func(code, cell int) (page, to int) {
		k := code%binades*cells + cell
		k = max(k-down, min(k, 1))
		code = code - code%binades + k/cells
		if page = int(s.page[code]); page == 0 {
			page = s.open(code)
		}
		return page - 1, k % cells
	}
	for code, from := range o.page {
		if from == 0 {
			continue
		}
		for cell, n := range o.counts[int(from-1)*cells:][:cells] {
			if n > 0 {
				page, to := moved(code, cell)
				s.counts[page*cells+to] += n
			}
		}
		if s.lanes == nil {
			continue
		}
		R := s.Replicates
		for c := range coarseCells {
			counts := o.ofCoarse[(int(from-1)*coarseCells+c)*R:][:R]
			if sum(counts) == 0 {
				continue
			}
			page, to := moved(code, max((c-1)*coarse+1, 0))
			for r, n := range counts {
				s.ofCoarse[(page*coarseCells+(to+coarse-1)/coarse)*R+r] += n
			}
		}
	}
}

func sum(counts []uint32) int {
	n := 0
	for _, c := range counts {
		n += int(c)
	}
	return n
}

// Merge adds what another sketch of the same column has been given, which it leaves as it is.
// The two have to be of the same design.
func (s *Sketch) Merge(o *Sketch) {
	if o.n == 0 {
		return
	}
	if s.n == 0 {
		s.Replicates = o.Replicates
	}
	if s.Replicates != o.Replicates {
		panic("stats: sketches of different designs do not add up")
	}
	s.n += o.n
	if o.defined == 0 {
		return
	}
	if s.defined == 0 {
		s.min, s.max = o.min, o.max
	}
	s.defined += o.defined
	s.min, s.max = min(s.min, o.min), max(s.max, o.max)
	s.overflow = s.overflow || o.overflow
	s.total.merge(&o.total)
	s.squares.merge(&o.squares)
	if o.lanes != nil && s.lanes == nil {
		s.lanes = make([]exactSum, len(o.lanes))
	}
	for r := range o.lanes {
		s.lanes[r].merge(&o.lanes[r])
	}
	s.flush()
	o.flush()
	if o.base > s.base {
		s.rebaseTo(o.base)
	}
	s.take(o)
}

// A cell counts the values from lo to hi, of which below are less.
type cell struct {
	lo, hi   float64
	n, below int
	coarse   int // its coarse cell's place in ofCoarse
}

// ordered returns the cells that count anything, in the order of values.
func (s *Sketch) ordered() []cell {
	var list []cell
	below := 0
	add := func(code, k int) {
		page := int(s.page[code])
		if page == 0 {
			return
		}
		i := k % cells
		n := int(s.counts[(page-1)*cells+i])
		if n == 0 {
			return
		}
		c := cell{n: n, below: below, coarse: (page-1)*coarseCells + (i+coarse-1)/coarse}
		if k > 0 {
			c.hi = math.Float64frombits(uint64(k+s.base) << dropped)
		}
		if k > 1 {
			c.lo = math.Float64frombits(uint64(k-1+s.base) << dropped)
		}
		if code >= binades {
			c.lo, c.hi = 0-c.hi, 0-c.lo
		}
		c.lo, c.hi = min(max(c.lo, s.min), s.max), min(max(c.hi, s.min), s.max)
		list = append(list, c)
		below += n
	}
	for k := positions - 1; k > 0; k-- {
		add(binades+k/cells, k)
	}
	for k := range positions {
		add(k/cells, k)
	}
	return list
}

// quantile returns the quantile of type 7, with order statistics that lie evenly in their cells.
func (s *Sketch) quantile(list []cell, p float64) float64 {
	h := float64(s.defined-1) * p
	i := int(h)
	at := func(rank int) float64 {
		switch {
		case rank <= 0:
			return s.min
		case rank >= s.defined-1:
			return s.max
		}
		j, _ := slices.BinarySearchFunc(list, rank, func(c cell, rank int) int {
			if c.below+c.n <= rank {
				return -1
			}
			return one(c.below > rank)
		})
		c := &list[j]
		w := (float64(rank-c.below) + 0.5) / float64(c.n)
		return c.lo + float64((c.hi-c.lo)*w)
	}
	lo, hi, w := at(i), at(i+1), h-float64(i)
	return min(max(float64(lo*(1-w))+float64(hi*w), lo), hi)
}

// highTail returns the boundary of the highest np values, and their mean.
func highTail(list []cell, np float64) (boundary, mean float64) {
	left := np
	for i := len(list) - 1; i >= 0 && left > 0; i-- {
		c := &list[i]
		take := min(left, float64(c.n))
		boundary = c.hi - float64((c.hi-c.lo)*(take/float64(c.n)))
		mean += float64((c.hi/2 + boundary/2) * (take / np))
		left -= take
	}
	return boundary, mean
}

// mirrored returns the cells of the values with the other sign.
func mirrored(list []cell) []cell {
	m := slices.Clone(list)
	for i := range m {
		m[i].lo, m[i].hi = -m[i].hi, -m[i].lo
	}
	slices.Reverse(m)
	return m
}

// Summary describes the column. Quantiles and expected shortfalls are estimates, within
// SketchAccuracy; counts, shares, extremes, mean and standard deviation are as exact as those of
// Summarize, but that a column whose squares leave the range of numbers has no mean and no
// standard deviation. gridP are probabilities from 0 to 1.
//
// With replicates, what the standard error of a quantile or shortfall needs of each replicate is
// known by coarse cells, 8 to each power of 2. Within the one coarse cell that a boundary
// divides, and of where in its cell a value of the tail lies, the replicates are taken to differ
// as independent trials do, so that these errors are not understated.
func (s *Sketch) Summary(gridP []float64) Summary {
	out := Summary{N: s.n, Defined: s.defined}
	if len(gridP) > 0 {
		out.Grid = make([]float64, len(gridP))
	}
	if s.defined == 0 {
		out.forget()
		return out
	}
	s.flush()
	list := s.ordered()
	quantile := func(p float64) float64 { return s.quantile(list, p) }
	n := float64(s.defined)
	out.Min, out.Max = s.min, s.max
	for i, to := range out.quantiles() {
		*to = quantile(fixed[i])
	}
	for i, p := range gridP {
		out.Grid[i] = quantile(p)
	}
	b95, es95 := highTail(list, 0.05*n)
	b99, es99 := highTail(list, 0.01*n)
	low := mirrored(list)
	b5, es5 := highTail(low, 0.05*n)
	b1, es1 := highTail(low, 0.01*n)
	out.ES95 = min(max(es95, out.P95), out.Max)
	out.ES99 = min(max(es99, out.P99, out.ES95), out.Max)
	out.ES5 = max(min(-es5, out.P5), out.Min)
	out.ES1 = max(min(-es1, out.P1, out.ES5), out.Min)
	above := 0
	for _, c := range list {
		if c.hi > 0 {
			above += c.n
		}
	}
	out.Above0 = float64(above) / n
	out.Mean, out.SD = s.meanSD()

	below := func(x float64) func(c *cell) (mean, variance float64) {
		return func(c *cell) (float64, float64) {
			switch {
			case c.hi <= x:
				return 1, 0
			case c.lo >= x:
				return 0, 0
			}
			w := (x - c.lo) / (c.hi - c.lo)
			return w, w * (1 - w)
		}
	}
	excess := func(lo, hi float64) (float64, float64) {
		lo, hi = max(lo, 0), max(hi, 0)
		return lo + (hi-lo)/2, (hi - lo) * (hi - lo) / 12
	}
	beyond := [4]func(c *cell) (mean, variance float64){
		func(c *cell) (float64, float64) { return excess(-b1-c.hi, -b1-c.lo) },
		func(c *cell) (float64, float64) { return excess(-b5-c.hi, -b5-c.lo) },
		func(c *cell) (float64, float64) { return excess(c.lo-b95, c.hi-b95) },
		func(c *cell) (float64, float64) { return excess(c.lo-b99, c.hi-b99) },
	}
	square := func(c *cell) (float64, float64) {
		d, w := c.lo+(c.hi-c.lo)/2-out.Mean, c.hi-c.lo
		return float64(d*d) + float64(w*w)/12, float64(d*d)*float64(w*w)/3 + float64(w*w)*float64(w*w)/180
	}
	positive := func(c *cell) (float64, float64) { return float64(one(c.hi > 0)), 0 }
	var e stdErrors
	squares := 0.0 // the error of their mean
	if s.Replicates > 1 {
		e.mean = s.errorOfMean(out.Mean)
		for i, x := range out.quantiles() {
			e.share[i] = s.errorOf(list, below(*x))
		}
		for i := range beyond {
			e.excess[i] = s.errorOf(list, beyond[i])
		}
		e.above0, squares = s.errorOf(list, positive), s.errorOf(list, square)
	} else {
		sums := func(y func(*cell) (mean, variance float64)) (t tail) {
			for i := range list {
				mean, variance := y(&list[i])
				t.y1 += float64(float64(list[i].n) * mean)
				t.y2 += float64(float64(list[i].n) * (float64(mean*mean) + variance))
			}
			return t
		}
		all := [4]tail{sums(beyond[0]), sums(beyond[1]), sums(beyond[2]), sums(beyond[3])}
		e = independent(s.defined, out.SD, &all, out.Above0, 1)
		squares = independent(s.defined, out.SD, &[4]tail{sums(square)}, out.Above0, 1).excess[0]
		for i, p := range fixed {
			e.share[i] = independentShare(p, s.defined)
		}
	}
	out.SE, out.SEAbove0 = e.mean, e.above0
	for i, to := range out.quantileErrors() {
		*to = newWoodruff(fixed[i], e.share[i], s.defined).se(quantile)
	}
	for i, to := range out.shortfallErrors() {
		*to = shortfallSE(n, tailShares[i], e.excess[i])
	}
	if out.SESD = squares / (2 * out.SD); out.SD == 0 {
		out.SESD = 0
	}
	return out
}

// meanSD returns mean and standard deviation, by the formula of addSums.
func (s *Sketch) meanSD() (mean, sd float64) {
	if s.overflow {
		return math.NaN(), math.NaN()
	}
	const precision = 512
	n := new(big.Float).SetPrec(precision).SetInt64(int64(s.defined))
	total := new(big.Float).SetPrec(precision).Set(s.total.exact())
	m := new(big.Float).SetPrec(precision).Quo(total, n)
	mean, _ = m.Float64()
	mean = min(max(mean, s.min), s.max)
	if s.defined < 2 {
		return mean, math.NaN()
	}
	q := new(big.Float).SetPrec(precision).Set(s.squares.exact())
	q.Sub(q, total.Mul(total, m))
	variance, _ := q.Quo(q, big.NewFloat(float64(s.defined-1))).Float64()
	if s.min == s.max {
		variance = 0
	}
	return mean, math.Sqrt(max(variance, 0))
}

// replicateSizes returns how many values each replicate has.
func (s *Sketch) replicateSizes() []counts {
	sizes := make([]counts, s.Replicates)
	for i, c := range s.ofCoarse {
		sizes[i%s.Replicates].n += int(c)
	}
	if page := int(s.page[undefinedPage]); page > 0 {
		for r, c := range s.ofCoarse[(page-1)*coarseCells*s.Replicates:][:s.Replicates] {
			sizes[r].n -= int(c)
		}
	}
	return sizes
}

// errorOfMean returns the standard error of the mean, from the replicates' sums.
func (s *Sketch) errorOfMean(mean float64) float64 {
	if s.overflow {
		return math.NaN()
	}
	all := s.replicateSizes()
	for r := range all {
		sum := s.lanes[r].exact()
		d := new(big.Float).SetPrec(512).Mul(big.NewFloat(mean), big.NewFloat(float64(all[r].n)))
		all[r].dev, _ = d.Sub(sum, d).Float64()
	}
	return between(all, func(c *counts) float64 { return c.dev })
}

// errorOf returns the standard error of the mean of y(x) over the trials, where y has in each
// cell a mean and a variance. With n_c values in coarse cell c, n_cr of them in replicate r, and
// of y over the cell the mean ȳ_c and variance v_c,
//
//	SE² = SE²(replicates with the totals Σ_c n_cr·ȳ_c) + Σ_c n_c·v_c/n²
func (s *Sketch) errorOf(list []cell, y func(*cell) (mean, variance float64)) float64 {
	type moments struct{ n, y, y2 float64 }
	cells := make([]moments, s.pages*coarseCells)
	var order []int // of values: pages are numbered as they come, which must not show
	for i := range list {
		c := &list[i]
		mean, variance := y(c)
		m, n := &cells[c.coarse], float64(c.n)
		if m.n == 0 {
			order = append(order, c.coarse)
		}
		m.n += n
		m.y += float64(n * mean)
		m.y2 += float64(n * (float64(mean*mean) + variance))
	}
	all := s.replicateSizes()
	within := 0.0
	for _, i := range order {
		m := cells[i]
		mean := m.y / m.n
		within += max(m.y2-float64(m.y*mean), 0)
		for r, n := range s.ofCoarse[i*s.Replicates:][:s.Replicates] {
			all[r].dev += float64(float64(n) * mean)
		}
	}
	se := between(all, func(c *counts) float64 { return c.dev })
	n := float64(s.defined)
	return math.Sqrt(float64(se*se) + within/float64(n*n))
}
