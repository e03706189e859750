package stats

import (
	"math"
	"slices"

	"entente/sim/vec"
)

// A compensated sum keeps what each addition rounds away (Knuth's two-sum).
type compensated struct{ sum, lost float64 }

func (c *compensated) add(v float64) {
	t := c.sum + v
	w := t - c.sum
	c.lost += (c.sum - (t - w)) + (v - w)
	c.sum = t
}

// join adds another sum.
func (c *compensated) join(o *compensated) {
	c.add(o.sum)
	if o.lost != 0 {
		c.add(o.lost)
	}
}

func (c *compensated) value() float64 { return c.sum + c.lost }

// A lane sums the deviations of every L-th value: with L replicates, those of one of them.
type lane struct {
	n            int // values that are defined
	sum, squares compensated
}

// moments sums the deviations d = (x−centre)·scale of a column, and their squares: in L lanes,
// trial k in lane k mod L, in the order of the trials.
type moments struct {
	centre, scale float64 // the centre in units of 1/scale
	sixteen       vec.Sums
	lanes         []lane // of another number
	room          []float64
}

// reset makes ready for a column in so many lanes.
func (m *moments) reset(lanes int, centre, scale float64) {
	m.centre, m.scale = centre*scale, scale
	if lanes == vec.SumLanes {
		m.sixteen = vec.Sums{}
		m.lanes = m.lanes[:0]
		return
	}
	m.lanes = slices.Grow(m.lanes[:0], lanes)[:lanes]
	clear(m.lanes)
}

func (m *moments) count() int {
	if len(m.lanes) == 0 {
		return vec.SumLanes
	}
	return len(m.lanes)
}

func (m *moments) lane(r int) lane {
	if len(m.lanes) > 0 {
		return m.lanes[r]
	}
	s := &m.sixteen
	return lane{int(s.Defined[r]), compensated{s.Sum[r], s.SumLost[r]}, compensated{s.Squares[r], s.SquaresLost[r]}}
}

// block is the number of values that add takes at a time.
func (m *moments) block() int { return m.count() * 64 }

// add takes the next block of values; the last block of a column may be shorter. NaN are left
// out, an infinity panics.
func (m *moments) add(x []float64) {
	values := x
	if m.scale != 1 {
		m.room = slices.Grow(m.room[:0], len(x))[:len(x)]
		for i, v := range x {
			m.room[i] = v * m.scale
		}
		x = m.room
	}
	check := 0.0
	if len(m.lanes) == 0 {
		s := &m.sixteen
		whole := len(x) - len(x)%vec.SumLanes
		s.Add(x[:whole], m.centre)
		for i, v := range x[whole:] {
			l := m.lane(i)
			l.add(v, m.centre)
			s.Defined[i], s.Sum[i], s.SumLost[i] = int64(l.n), l.sum.sum, l.sum.lost
			s.Squares[i], s.SquaresLost[i] = l.squares.sum, l.squares.lost
		}
		for _, q := range s.Squares {
			check += q
		}
	} else {
		for row := range slices.Chunk(x, len(m.lanes)) {
			for i, v := range row {
				m.lanes[i].add(v, m.centre)
			}
		}
		for i := range m.lanes {
			check += m.lanes[i].squares.sum
		}
	}
	if check-check != 0 && !vec.FiniteOrNaN(values) { // squares may overflow by themselves
		panic("stats: a value is infinite; values must be finite, or NaN where a trial has none")
	}
}

func (l *lane) add(v, centre float64) {
	if v != v {
		return
	}
	d := v - centre
	l.n++
	l.sum.add(d)
	l.squares.add(float64(d * d))
}

// inLane returns how many of n values, the first in lane 0, are in lane r of L.
func inLane(n, r, L int) int { return (n - r + L - 1) / L }

// addConstant takes a column of n values at the centre.
func (m *moments) addConstant(n int) {
	for i := range m.lanes {
		m.lanes[i].n = inLane(n, i, len(m.lanes))
	}
	if len(m.lanes) == 0 {
		for i := range m.sixteen.Defined {
			m.sixteen.Defined[i] = int64(inLane(n, i, vec.SumLanes))
		}
	}
}

// totals returns the number of values that are not NaN, Σd and Σd².
func (m *moments) totals() (n int, deviation, squares float64) {
	var d, q compensated
	for r := range m.count() {
		l := m.lane(r)
		n += l.n
		d.join(&l.sum)
		q.join(&l.squares)
	}
	return n, d.value(), q.value()
}

// meanSD returns mean and standard deviation,
//
//	m = c + Σd/n,   (n−1)·sd² = Σd² − (Σd)²/n
//
// and whether the centre c was near enough to the mean that the difference has not cancelled:
// no farther than half a standard deviation. A column of one value c has exactly this mean, and
// the standard deviation 0.
func (m *moments) meanSD() (mean, sd float64, accurate bool) {
	count, d, q := m.totals()
	n := float64(count)
	if n == 0 {
		return math.NaN(), math.NaN(), true
	}
	mean = (m.centre + d/n) / m.scale
	if n == 1 {
		return mean, math.NaN(), d == 0
	}
	sd = math.Sqrt(max(q-d*d/n, 0)/(n-1)) / m.scale
	return mean, sd, d*d/n <= q/4
}

// errorOfSD returns the standard error of the standard deviation sd: to first order that of the
// mean of the squared deviations from the mean m̄, over 2·sd (the delta method). The lanes tell
// it, by the formula of replicated: they are the replicates or, of independent trials, as good
// as such. In lane r
//
//	Σ(x−m̄)² = Σd² − 2(m̄−c)·Σd + n_r·(m̄−c)²
func (m *moments) errorOfSD(sd float64) float64 {
	n, d, _ := m.totals()
	if n < 2 {
		return math.NaN()
	}
	if sd == 0 {
		return 0
	}
	mean := d / float64(n) // from the centre
	s := sd * m.scale
	lanes := make([]counts, m.count())
	for r := range lanes {
		l := m.lane(r)
		lanes[r].n = l.n
		squares := l.squares.value() - float64(2*mean*l.sum.value()) + float64(float64(l.n)*mean*mean)
		lanes[r].dev = squares / s / s
	}
	return between(lanes, func(c *counts) float64 { return c.dev }) / 2 * sd
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
