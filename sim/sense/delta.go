package sense

import (
	"math"
	"slices"

	"entente/sim/parallel"
)

// cells is the side of the grid on which Deltas compares distributions.
const cells = 48

// Deltas returns, by output and input, Borgonovo's moment-independent index: by how much the
// whole distribution of the output moves when the input becomes known,
//
//	δ = ½·E[∫|f(y) − f(y|X)| dy] = sup_A (P((X,Y) ∈ A) − P(X)⊗P(Y)(A))
//
// which is 0 if and only if the two are independent, at most 1, and the same for any strictly
// monotone function of X or Y (Borgonovo, "A new uncertainty importance measure", 2007). The
// second form, by Scheffé's identity, is what is estimated, on a grid of 48×48 cells of equal
// shares of X and of Y: A is where one half of the trials, smoothed over neighbouring cells where
// their own trials tell too little, is more than independence would have it, and each of the 8 parts
// r of the other half is counted in it,
//
//	δ_r = Σ_{cells in A} (n_xy/n − n_x·n_y/n²)
//
// Then the halves change places, and δ is the mean of all δ_r. The standard error is
//
//	SE² = (1 + 2/π)·(s² + s′²)/(4·8)
//
// with s and s′ the standard deviations of the δ_r of either half. The two means have the
// correlation 2/π where the input does nothing (each cell adds |D|·|D′| to their covariance, of
// the noise D and D′ of the halves), and less elsewhere. The interval is ± t·SE with 14 degrees
// of freedom.
//
// Note: the usual estimators integrate |f(y) − f(y|X)| as it is found, take noise for distance,
// and make something of every input. Here the set is learned from some trials and measured on
// others: what does nothing has 0 on average, and is negative half of the time; what does
// something is too low, if at all. At 16,384 trials it is too low by 0.01 where an input shifts and
// stretches the output, by 0.03 where densities are as ragged as those of Ishigami's function, and
// by 0.06 where it is all there is and δ is 1; at 4,096 trials by 0.03 and up to 0.2. Where equal
// values lie in one cell, δ is that of the distribution with atoms.
func Deltas(inputs, outputs [][]float64, workers int) [][]Estimate {
	ranked := rankAll(slices.Concat(inputs, outputs), workers)
	places := make([][]uint8, len(ranked))
	parallel.Each(workers, len(ranked), func() func(int) {
		return func(k int) { places[k] = ranked[k].cells() }
	})
	found := make([][]Estimate, len(outputs))
	for k := range found {
		found[k] = make([]Estimate, len(inputs))
	}
	parallel.Each(workers, len(inputs), func() func(int) {
		t := &table{}
		return func(i int) {
			for k := range outputs {
				found[k][i] = t.delta(places[i], places[len(inputs)+k])
			}
		}
	})
	return found
}

// cells are the trials' places on the grid.
func (c *column) cells() []uint8 {
	n := len(c.order)
	places := make([]uint8, n)
	first := 0
	for _, end := range c.ends { // equal values are in one cell, in the middle of theirs
		place := (first + int(end)) * cells / (2 * n)
		for _, trial := range c.order[first : int(end)+1] {
			places[trial] = uint8(place)
		}
		first = int(end) + 1
	}
	return places
}

// counts are the trials in each cell, and their sums over rows and columns.
type counts struct {
	n    float64
	x, y [cells]float64
	xy   [cells][cells]float64
}

func (c *counts) add(o *counts) {
	c.n += o.n
	for i := range cells {
		c.x[i] += o.x[i]
		c.y[i] += o.y[i]
		for j, n := range o.xy[i] {
			c.xy[i][j] += n
		}
	}
}

// telling is by how many standard deviations a cell has to differ from independence for its own
// trials to say in which direction, and not those around it.
const telling = 1.5

// reach is how many cells either way smoothing takes in, with weights that fall linearly.
const reach = 2

// table is one worker's room: the trials of each part and of the halves, and what is smoothed.
type table struct {
	part     [Parts]counts
	half     [2]counts
	excess   [cells + 2*reach][cells + 2*reach]float64 // with a border of 0
	columns  [cells + 2*reach][cells]float64
	smoothed [cells][cells]float64
}

func (t *table) delta(x, y []uint8) Estimate {
	t.count(x, y)
	value, variance := 0.0, 0.0
	for h := range t.half {
		t.smooth(&t.half[h])
		var found [Parts / 2]float64
		mean := 0.0
		for k := range found {
			found[k] = t.part[2*k+1-h].within(&t.smoothed)
			mean += found[k] / float64(len(found))
		}
		squares := 0.0
		for _, d := range found {
			squares += float64((d - mean) * (d - mean))
		}
		value += mean / 2
		variance += squares / float64(4*len(found)*(len(found)-1))
	}
	se := math.Sqrt((1 + 2/math.Pi) * variance)
	half := t14 * se
	return Estimate{value, value - half, value + half, se}
}

func (t *table) count(x, y []uint8) {
	t.part, t.half = [Parts]counts{}, [2]counts{}
	for k, i := range x {
		t.part[k%Parts].xy[i%cells][y[k]%cells]++
	}
	for r := range t.part {
		p := &t.part[r]
		for i := range cells {
			for j, n := range p.xy[i] {
				p.x[i] += n
				p.y[j] += n
			}
			p.n += p.x[i]
		}
		t.half[r%2].add(p)
	}
}

// smooth sets by how much the trials are more than independence would have them in each cell, if
// that tells, or else in and around it.
func (t *table) smooth(n *counts) {
	for i := range cells {
		share := n.x[i] / n.n
		for j := range cells {
			t.excess[i+reach][j+reach] = n.xy[i][j] - float64(share*n.y[j])
		}
	}
	for i := range t.excess {
		e := &t.excess[i]
		for j := range cells {
			t.columns[i][j] = e[j] + e[j+4] + 2*(e[j+1]+e[j+3]) + 3*e[j+2]
		}
	}
	for i := range cells {
		a, b, c, d, e := &t.columns[i], &t.columns[i+1], &t.columns[i+2], &t.columns[i+3], &t.columns[i+4]
		for j := range cells {
			t.smoothed[i][j] = a[j] + e[j] + 2*(b[j]+d[j]) + 3*c[j]
			own := t.excess[i+reach][j+reach]
			if expected := n.x[i] / n.n * n.y[j]; float64(own*own) > telling*telling*expected {
				t.smoothed[i][j] = own
			}
		}
	}
}

// within is the share of trials in the cells that are positive, less what independence would give
// them.
func (c *counts) within(where *[cells][cells]float64) float64 {
	if c.n == 0 {
		return 0
	}
	sum := 0.0
	for i := range cells {
		share := c.x[i] / c.n
		for j, w := range where[i] {
			if w > 0 {
				sum += c.xy[i][j] - float64(share*c.y[j])
			}
		}
	}
	return sum / c.n
}
