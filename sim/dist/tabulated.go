package dist

import (
	"math"
	"sync"

	"entente/sim/vec"
)

// A curve is a distribution without its sampler.
type curve interface {
	CDF(x float64) float64
	Mean() float64
	SD() float64
	Support() (lo, hi float64)
	tails(x float64) (p, q float64)
	at(p, q float64) float64
}

// tabulated samples a curve whose exact quantile function is slow: between the probabilities
// 2⁻¹⁷ and 1 - 2⁻¹⁷ by polynomials, beyond them, where few values fall, by the curve itself.
//
// A table has a cell for every octave of either tail, r from 2⁻ᵏ⁻¹ to 2⁻ᵏ, where r is p or
// 1 - p. Quantile functions behave like powers and logarithms of r, which a polynomial
// follows best over octaves. A cell holds the polynomial of degree 11 through the curve at
// the Chebyshev points
//
//	t = cos(πj/11), j = 0 ... 11,  r = (3 + t) 2⁻ᵏ⁻²
//
// so cells meet in common points. Its last two Chebyshev coefficients tell the error (those
// of ln r fall by 5.8 from one to the next); a cell where they are above 1e-9 of the values
// (the error is then below 1e-10), or so large that the polynomial might turn, is halved, and halved again; near a jump it
// ends as a sliver left to the exact function. Where values cross 0, those within a tenth of
// the distance between the quartiles are held to the precision of that.
//
// What is sampled nearly always is a second table, made from the first: of every octave four
// quarters of equal width, each a polynomial of degree 7, which is one line of the cache and
// half the work. It is the restriction of the first to the quarter, in which the Chebyshev
// polynomials 8 to 11 are replaced by 6 and 7, which agree with them at the ends: cells still
// meet. Their coefficients (falling by 18) bound the error; a quarter where they are above
// 1e-10 of the values is left to the first table.
//
// The table is made when the first values are drawn, so a distribution that is only
// described costs nothing.
//
// Trefethen, L. N., "Approximation Theory and Approximation Practice", SIAM 2013, ch. 3, 8.
//
// Note: cubic Hermite interpolation of Q(Φ(z)), the usual way, wants a thousand knots for
// the same precision, a normal quantile per value, and loses the relative precision of
// values that fall to 0 like a power of p.
type tabulated struct {
	curve
	once   sync.Once
	quick  *vec.OctaveTable
	holes  bool // in it
	cells  []cell
	lo, hi float64
}

const (
	octaves  = 16 // of a vec.OctaveTable; the last is [1/4, 1/2]
	degree   = 11
	deepest  = 12   // halvings of a cell
	maxCells = 4096 // of a table

	quickDegree = 7
)

// A cell is a polynomial in t from -1 to 1 or, where next is above 0, the pair of cells next
// and next+1 for the lower and the upper half, or, where next is below 0, the exact function.
type cell struct {
	coef [degree + 1]float64 // by power
	next int
}

func (d *tabulated) Quantile(p []float64) {
	d.once.Do(d.build)
	if !d.holes {
		d.sample(p)
		return
	}
	var was [256]float64
	for len(p) > 0 {
		n := copy(was[:], p)
		d.sample(p[:n])
		for i, x := range p[:n] {
			if math.IsNaN(x) {
				p[i] = d.value(was[i])
			}
		}
		p = p[n:]
	}
}

// sample is Quantile but for the holes of the quick table, where it gives no number.
func (d *tabulated) sample(p []float64) {
	for {
		n := vec.Octaves(p, p, d.quick)
		if n == len(p) {
			return
		}
		p[n] = d.value(p[n])
		p = p[n+1:]
	}
}

// value looks up the quantile at u. Arithmetic on the bits of r, its exponent and its
// mantissa, finds the octave and t without rounding.
func (d *tabulated) value(u float64) float64 {
	const mantissa, one = 1<<52 - 1, 1023 << 52
	// r is u or 1-u, without a branch: which one it is cannot be predicted.
	bits, other := math.Float64bits(u), math.Float64bits(1-u)
	upper := math.Float64bits(0.5-u) >> 63
	bits ^= (bits ^ other) & -upper
	side := int(upper) * octaves
	k := int(bits>>52) - (1023 - octaves - 1)
	if uint(k) >= octaves {
		return d.at(u, 1-u)
	}
	t := 2*math.Float64frombits(bits&mantissa|one) - 3
	c := &d.cells[side+k]
	for c.next != 0 {
		if c.next < 0 {
			return d.at(u, 1-u)
		}
		n := c.next
		if t < 0 {
			t = 2*t + 1
		} else {
			t, n = 2*t-1, n+1
		}
		c = &d.cells[n]
	}
	// Horner's rule in t², even and odd powers apart: half the latency.
	a, s := &c.coef, t*t
	even, odd := a[degree-1], a[degree]
	for k := degree - 3; k >= 0; k -= 2 {
		even, odd = float64(even*s)+a[k], float64(odd*s)+a[k+1]
	}
	return min(max(even+float64(odd*t), d.lo), d.hi)
}

// build makes the table.
func (d *tabulated) build() {
	d.lo, d.hi = d.Support()
	d.cells = make([]cell, 2*octaves, 3*octaves)
	d.quick = &vec.OctaveTable{Lo: d.lo, Hi: d.hi}
	for i := range d.quick.Piece {
		d.quick.Piece[i][0] = math.NaN()
	}
	b := builder{curve: d.curve, quick: d.quick}
	if d.lo < 0 && d.hi > 0 {
		b.around = 0.1 * (d.at(0.75, 0.25) - d.at(0.25, 0.75))
	}
	b.cells = d.cells
	for side, upper := range []bool{false, true} {
		b.upper = upper
		end, guess := b.point(0.5), math.NaN()
		for k := octaves - 1; k >= 0; k-- {
			lo := math.Ldexp(1, k-octaves-1)
			var x nodes
			guess = b.nodes(&x, lo, 2*lo, end, guess)
			b.fill(side*octaves+k, 4*(side*octaves+k), lo, 2*lo, &x, 0)
			end = x[degree]
		}
	}
	d.cells = b.cells
	for i := range d.quick.Piece {
		d.holes = d.holes || math.IsNaN(d.quick.Piece[i][0])
	}
}

// A builder fits the cells of one table.
type builder struct {
	curve
	cells  []cell
	quick  *vec.OctaveTable
	around float64 // the size below which values count as around 0
	upper  bool    // r is 1 - p
}

// nodes are the values of a curve at the Chebyshev points of a cell, from the last to the first.
type nodes [degree + 1]float64

// An expander is a curve that gives the nodes between the tail probabilities lo and hi, up to
// 2lo, for less than what they cost one by one. The guess is no number or next, which helps it
// with the octave below; ok says whether it could.
type expander interface {
	expand(x *nodes, lo, hi float64, upper bool, guess float64) (ok bool, next float64)
}

// nodes sets x to the values between tail probabilities lo and hi; at hi it is end.
func (b *builder) nodes(x *nodes, lo, hi, end, guess float64) (next float64) {
	if e, is := b.curve.(expander); is {
		var ok bool
		ok, guess = e.expand(x, lo, hi, b.upper, guess)
		if ok && math.Abs(x[0]-end) <= 1e-11*max(math.Abs(end), b.around) {
			x[0] = end
			return guess
		}
	}
	x[0] = end
	mid, half := lo+(hi-lo)/2, (hi-lo)/2
	for j := 1; j < degree; j++ {
		x[j] = b.point(mid + half*chebyshev.node[j])
	}
	x[degree] = b.point(lo)
	return guess
}

// series holds what turns values at Chebyshev points into polynomials.
type series struct {
	node  [degree + 1]float64             // Chebyshev points
	cheb  [degree + 1][degree + 1]float64 // values at the points to Chebyshev coefficients
	power [degree + 1][degree + 1]float64 // T_k by powers
	part  [3][4]part                      // quarters of a cell, halves of one, one as it is
}

// A part turns the Chebyshev coefficients of a cell into those of a quick cell.
type part struct {
	coef [degree + 1][quickDegree + 1]float64      // to its powers
	rest [degree + 1][degree - quickDegree]float64 // to the Chebyshev coefficients it replaces
}

var chebyshev = newSeries()

func newSeries() *series {
	b := new(series)
	for j := range b.node {
		b.node[j] = math.Cos(math.Pi * float64(j) / degree)
		for k := range b.cheb {
			w := 2.0 / degree
			if j == 0 || j == degree {
				w /= 2
			}
			if k == 0 || k == degree {
				w /= 2
			}
			b.cheb[k][j] = w * math.Cos(math.Pi*float64(j*k%(2*degree))/degree)
		}
	}
	b.power[0][0], b.power[1][1] = 1, 1
	for k := 2; k <= degree; k++ {
		for i := range b.power[k] {
			if i > 0 {
				b.power[k][i] = 2 * b.power[k-1][i-1]
			}
			b.power[k][i] -= b.power[k-2][i]
		}
	}
	for depth := range b.part {
		n := 4 >> depth
		for i := range n {
			for j := range degree + 1 {
				// T_j over the part, by its values at the points.
				var c [degree + 1]float64
				for m, t := range b.node {
					x := (t + float64(2*i+1-n)) / float64(n)
					for k := range c {
						c[k] += b.cheb[k][m] * math.Cos(float64(j)*math.Acos(min(max(x, -1), 1)))
					}
				}
				p := &b.part[depth][i]
				copy(p.rest[j][:], c[quickDegree+1:])
				for k, v := range c {
					for k > quickDegree {
						k -= 2
					}
					for i := range quickDegree + 1 {
						p.coef[j][i] += v * b.power[k][i]
					}
				}
			}
		}
	}
	return b
}

// point returns the curve at tail probability r.
func (b *builder) point(r float64) float64 {
	if b.upper {
		return b.at(1-r, r)
	}
	return b.at(r, 1-r)
}

// fill fits cell n to the curve between tail probabilities lo and hi, where its values are x,
// and the quick cells in it, the first of which is at.
func (b *builder) fill(n, at int, lo, hi float64, x *nodes, depth int) {
	least, most := math.Inf(1), 0.0
	for _, v := range x {
		least, most = min(least, math.Abs(v)), max(most, math.Abs(v))
	}
	least = max(least, b.around)
	// The coefficients are those of x - mid value, which keeps the digits of narrow curves.
	origin := x[degree/2]
	var c [degree + 1]float64
	for k := range c {
		for j := range x {
			c[k] += chebyshev.cheb[k][j] * (x[j] - origin)
		}
	}
	tail := math.Abs(c[degree-1]) + math.Abs(c[degree])
	spread := math.Abs(x[0] - x[degree])
	if tail <= min(1e-9*least, 1e-6*spread) || tail <= 4e-15*most || most < 1e-290 {
		cell := &b.cells[n]
		for k := range c {
			for i := k; i >= 0; i -= 2 {
				cell.coef[i] += c[k] * chebyshev.power[k][i]
			}
		}
		cell.coef[0] += origin
		if depth < len(chebyshev.part) {
			for i := range 4 >> depth {
				q := &b.quick.Piece[at+i]
				q[0] = 0
				if rest := chebyshev.part[depth][i].of(&c, q); rest > min(1e-10*least, 1e-6*spread) && rest > 4e-15*most && most >= 1e-290 {
					q[0] = math.NaN()
				}
				q[0] += origin
			}
		}
		return
	}
	if depth == deepest || len(b.cells) >= maxCells {
		b.cells[n].next = -1
		return
	}
	next := len(b.cells)
	b.cells[n].next = next
	b.cells = append(b.cells, cell{}, cell{})
	mid := lo + (hi-lo)/2
	var below, above nodes
	b.nodes(&above, mid, hi, x[0], math.NaN())
	b.nodes(&below, lo, mid, above[degree], math.NaN())
	below[degree] = x[degree]
	b.fill(next, at, lo, mid, &below, depth+1)
	b.fill(next+1, at+2>>depth, mid, hi, &above, depth+1)
}

// of adds a cell's part to q and returns the size of what it replaces.
func (p *part) of(c *[degree + 1]float64, q *[quickDegree + 1]float64) (size float64) {
	for j, v := range c {
		coef := p.coef[j][:min(j, quickDegree)+1] // T_j has no higher power
		for i, w := range coef {
			q[i] += v * w
		}
	}
	for i := range degree - quickDegree {
		var rest float64
		for j := quickDegree + 1 + i; j <= degree; j++ {
			rest += c[j] * p.rest[j][i]
		}
		size += math.Abs(rest)
	}
	return size
}
