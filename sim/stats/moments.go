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
	scaled        []float64
}

func (m *moments) reset(lanes int, centre, scale float64) {
	if cap(m.lanes) < lanes {
		m.lanes = make([]lane, lanes)
		m.scaled = make([]float64, lanes*rows)
	}
	m.lanes = m.lanes[:lanes]
	clear(m.lanes)
	m.squares = compensated{}
	m.centre, m.scale = centre*scale, scale
}

// block is the number of values that add takes at a time.
func (m *moments) block() int { return len(m.lanes) * rows }

// add takes the next block of values, the last block of a column may be shorter. NaN are left
// out, an infinity panics. It returns whether all values were finite, for sure.
func (m *moments) add(x []float64) bool {
	if m.scale != 1 {
		scaled := m.scaled[:len(x)]
		for i, v := range x {
			scaled[i] = v * m.scale
		}
		x = scaled
	}
	c, L := m.centre, len(m.lanes)
	whole := len(x) - len(x)%L
	finite := true
	r := 0
	for ; r+4 <= L && whole > 0; r += 4 {
		s, q := fourLanes(x[r:whole], L, c)
		if q-q == 0 {
			four := m.lanes[r : r+4 : r+4]
			for i := range four {
				four[i].n += whole / L
				four[i].sum.add(s[i])
			}
			m.squares.add(q)
			continue
		}
		for i := r; i < r+4; i++ {
			m.addLane(i, x[i:whole])
		}
		finite = false
	}
	for ; r < L && whole > 0; r++ {
		finite = m.addLane(r, x[r:whole]) && finite
	}
	for i, v := range x[whole:] {
		finite = m.addLane(i, []float64{v}) && finite
	}
	return finite
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

// addLane adds every L-th value of x to one lane, whatever the values.
func (m *moments) addLane(i int, x []float64) bool {
	var s, q float64
	n, finite := 0, true
	for k := 0; k < len(x); k += len(m.lanes) {
		v := x[k]
		if v-v != 0 {
			if v == v {
				panic(fmt.Sprintf("stats: a value is %v; values must be finite, or NaN where a trial has none", v))
			}
			finite = false
			continue
		}
		n++
		d := v - m.centre
		s += d
		q += float64(d * d)
	}
	m.lanes[i].n += n
	m.lanes[i].sum.add(s)
	m.squares.add(q)
	return finite
}

// addConstant takes a column of n values at the centre.
func (m *moments) addConstant(n int) {
	for i := range m.lanes {
		m.lanes[i].n = (n - i + len(m.lanes) - 1) / len(m.lanes)
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
