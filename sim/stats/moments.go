package stats

import (
	"fmt"
	"math"
)

const (
	// rows of one value of each lane are summed plainly before they join the compensated sums.
	rows = 32
	// plainLanes are the lanes of a column without replicates.
	plainLanes = 16

	signBit  = 1 << 63
	infinity = 0x7ff << 52 // the bits of +∞; those of NaN lie above
)

// A compensated sum keeps what each addition rounds away (Knuth's two-sum).
type compensated struct{ sum, lost float64 }

func (c *compensated) add(v float64) {
	t := c.sum + v
	w := t - c.sum
	c.lost += (c.sum - (t - w)) + (v - w)
	c.sum = t
}

func (c *compensated) value() float64 { return c.sum + c.lost }

// A lane sums the deviations of every L-th value: with L replicates, those of one of them.
type lane struct {
	n   int // values that are defined
	sum compensated
}

// moments sums the deviations d = (x−centre)·scale of a column, and their squares: in L lanes,
// trial k in lane k mod L, in the order of the trials, plainly within blocks of L·rows values
// and with compensation between them, so that the error does not grow with the number of
// values.
type moments struct {
	centre, scale float64 // the centre in units of 1/scale
	lanes         []lane
	squares       compensated
	room          []float64 // of one block
}

func (m *moments) reset(lanes int, centre, scale float64) {
	if cap(m.lanes) < lanes {
		m.lanes = make([]lane, lanes)
		m.room = make([]float64, lanes*rows)
	}
	m.lanes = m.lanes[:lanes]
	clear(m.lanes)
	m.squares = compensated{}
	m.centre, m.scale = centre*scale, scale
}

// block is the number of values that add takes at a time.
func (m *moments) block() int { return len(m.lanes) * rows }

// add takes the next block of values; the last block of a column may be shorter. NaN are left
// out, an infinity panics. It returns the block with numbers in the place of NaN.
func (m *moments) add(x []float64) []float64 {
	if m.scale != 1 {
		scaled := m.room[:len(x)]
		for i, v := range x {
			scaled[i] = v * m.scale
		}
		x = scaled
	}
	L := len(m.lanes)
	whole := len(x) - len(x)%L
	for i := range m.lanes {
		m.lanes[i].n += inLane(len(x), i, L)
	}
	filled := false
	for r := 0; r < L && whole > 0; {
		var s [4]float64
		var q float64
		width := min(4, L-r)
		if width == 4 {
			s, q = fourLanes(x[r:whole], L, m.centre)
		} else {
			width = 1
			s[0], q = oneLane(x[r:whole], L, m.centre)
		}
		if q-q != 0 && !filled { // a value is no number, or squares overflow
			x = m.fill(x)
			filled = true
			continue
		}
		for i := range width {
			m.lanes[r+i].sum.add(s[i])
		}
		m.squares.add(q)
		r += width
	}
	if whole < len(x) && !filled {
		x = m.fill(x)
	}
	for i, v := range x[whole:] {
		d := v - m.centre
		m.lanes[i].sum.add(d)
		m.squares.add(float64(d * d))
	}
	return x
}

// fill returns x with the centre, which adds nothing to the sums, in the place of NaN, and takes
// those off the counts of the lanes.
func (m *moments) fill(x []float64) []float64 {
	filled := m.room[:len(x)]
	centre := math.Float64bits(m.centre)
	r := 0
	for i, v := range x {
		b := math.Float64bits(v)
		if b&^signBit == infinity {
			panic(fmt.Sprintf("stats: a value is %v; values must be finite, or NaN where a trial has none", v))
		}
		isNaN := 0
		if b&^signBit > infinity { // on integers, so that it takes no branch
			isNaN, b = 1, centre
		}
		filled[i] = math.Float64frombits(b)
		m.lanes[r].n -= isNaN
		if r++; r == len(m.lanes) {
			r = 0
		}
	}
	return filled
}

// fourLanes sums four lanes that lie side by side, by strides of L values.
func fourLanes(x []float64, L int, c float64) (sums [4]float64, squares float64) {
	var s0, s1, s2, s3, q0, q1, q2, q3 float64
	for i := 0; i+4 <= len(x); i += L {
		v := x[i : i+4 : i+4]
		d0, d1, d2, d3 := v[0]-c, v[1]-c, v[2]-c, v[3]-c
		s0, s1, s2, s3 = s0+d0, s1+d1, s2+d2, s3+d3
		q0, q1, q2, q3 = q0+float64(d0*d0), q1+float64(d1*d1), q2+float64(d2*d2), q3+float64(d3*d3)
	}
	return [4]float64{s0, s1, s2, s3}, (q0 + q1) + (q2 + q3)
}

// oneLane sums one lane, by strides of L values.
func oneLane(x []float64, L int, c float64) (sum, squares float64) {
	for i := 0; i < len(x); i += L {
		d := x[i] - c
		sum += d
		squares += float64(d * d)
	}
	return sum, squares
}

// inLane returns how many of n values, the first in lane 0, are in lane r of L.
func inLane(n, r, L int) int { return (n - r + L - 1) / L }

// addConstant takes a column of n values at the centre.
func (m *moments) addConstant(n int) {
	for i := range m.lanes {
		m.lanes[i].n = inLane(n, i, len(m.lanes))
	}
}

// defined returns the number of values that are not NaN.
func (m *moments) defined() int {
	n := 0
	for i := range m.lanes {
		n += m.lanes[i].n
	}
	return n
}

// deviation returns Σd over all lanes.
func (m *moments) deviation() float64 {
	var all compensated
	for i := range m.lanes {
		all.add(m.lanes[i].sum.sum)
		all.add(m.lanes[i].sum.lost)
	}
	return all.value()
}

// meanSD returns mean and standard deviation,
//
//	m = c + Σd/n,   (n−1)·sd² = Σd² − (Σd)²/n
//
// and whether the centre c was near enough to the mean that the difference has not cancelled:
// no farther than half a standard deviation. A column of one value c has exactly this mean, and
// the standard deviation 0.
func (m *moments) meanSD() (mean, sd float64, accurate bool) {
	n := float64(m.defined())
	if n == 0 {
		return math.NaN(), math.NaN(), true
	}
	d, q := m.deviation(), m.squares.value()
	mean = (m.centre + d/n) / m.scale
	if n == 1 {
		return mean, math.NaN(), d == 0
	}
	sd = math.Sqrt(max(q-d*d/n, 0)/(n-1)) / m.scale
	return mean, sd, d*d/n <= q/4
}

// deviations returns Σd and Σd² of d = (x−c)·scale, in the order of x.
func deviations(x []float64, c, scale float64) (s1, s2 float64) {
	const block = 64
	c *= scale
	var sum1, sum2 compensated
	for len(x) > 0 {
		b := x[:min(block, len(x))]
		x = x[len(b):]
		var a0, a1, a2, a3, q0, q1, q2, q3 float64
		for len(b) >= 4 {
			d0, d1, d2, d3 := float64(b[0]*scale)-c, float64(b[1]*scale)-c, float64(b[2]*scale)-c, float64(b[3]*scale)-c
			a0, a1, a2, a3 = a0+d0, a1+d1, a2+d2, a3+d3
			q0, q1, q2, q3 = q0+float64(d0*d0), q1+float64(d1*d1), q2+float64(d2*d2), q3+float64(d3*d3)
			b = b[4:]
		}
		for _, v := range b {
			d := float64(v*scale) - c
			a0 += d
			q0 += float64(d * d)
		}
		sum1.add((a0 + a1) + (a2 + a3))
		sum2.add((q0 + q1) + (q2 + q3))
	}
	return sum1.value(), sum2.value()
}
