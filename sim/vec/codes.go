package vec

import "math"

const signBit = 1 << 63

// A Spread maps values to codes that follow each other in the order of the values: on either side
// of an origin o linear up to about a distance w, and logarithmic beyond,
//
//	code = ⌊±(key(|x−o| + w) − key(w))/2^Shift⌋ − First, clamped to 0 … Last
//
// where key reads the bits of a float64 as an integer, and ± is the sign of x − o. The atom is a
// value with a code of its own, unless it is NaN, and so is NaN. All codes are below 2^16.
type Spread struct {
	Origin, Width     float64
	Shift             uint64 // below 64
	First, Last       int64
	Atom              float64
	AtomCode, NaNCode int64
}

// Position returns ±(key(|x−o| + w) − key(w)).
func (s *Spread) Position(x float64) int64 {
	d := x - s.Origin
	sign := int64(math.Float64bits(d)) >> 63
	k := int64(math.Float64bits(math.Abs(d)+s.Width)) - int64(math.Float64bits(s.Width))
	return (k ^ sign) - sign
}

// Code returns the code of a number, as if it were not the atom.
func (s *Spread) Code(x float64) int {
	return int(min(max(s.Position(x)>>(s.Shift&63)-s.First, 0), s.Last))
}

// Codes sets dst to the codes of x.
func (s *Spread) Codes(dst []uint16, x []float64) { s.codesBy(fastest, dst, x) }

func (s *Spread) codesBy(by path, dst []uint16, x []float64) {
	if len(dst) != len(x) {
		panic("vec: columns differ in length")
	}
	done := accelSpread(by, dst, x, s)
	dst, x = dst[done:], x[done:]
	o, w := s.Origin, s.Width
	base := int64(math.Float64bits(w))
	shift := s.Shift & 63
	first, last := s.First, s.Last
	largest := uint64(0)
	for i, v := range x {
		d := v - o
		sign := int64(math.Float64bits(d)) >> 63
		k := math.Float64bits(math.Abs(d) + w)
		largest = max(largest, k)
		j := int64(k) - base
		j = ((j^sign)-sign)>>shift - first
		if uint64(j) > uint64(last) { // few are outside of what the sample spans
			j = min(max(j, 0), last)
		}
		dst[i] = uint16(j)
	}
	if atom := s.Atom; atom == atom {
		bits, code := math.Float64bits(atom+0), uint16(s.AtomCode)
		for i, v := range x {
			k := dst[i]
			if math.Float64bits(v+0) == bits { // on integers, so that it takes no branch; −0 + 0 is 0
				k = code
			}
			dst[i] = k
		}
	}
	if largest > infinity {
		code := uint16(s.NaNCode)
		for i, v := range x {
			k := dst[i]
			if math.Float64bits(v)&^signBit > infinity {
				k = code
			}
			dst[i] = k
		}
	}
}

const (
	// CellBits of a value's digits tell its cell: 2^CellBits cells to each power of 2.
	CellBits = 9
	// NaNCell is the code of NaN.
	NaNCell = 1 << 15

	cellShift = 52 - CellBits
)

// Cells map values to codes by cells of equal relative width, which include their ends that are
// farther from 0,
//
//	position = ⌈key(|x|)/2^43⌉,   code = max(position − Base, min(position, 1)) + 2^15·[x < 0]
//
// so that 0 has position and code 0, and what lies below the lowest cell is told from 0, and counted in it.
// Codes have no meaning if a position is 2^15 or more above Base.
type Cells struct {
	Base     int64
	Top      int64   // the highest position so far
	Min, Max float64 // of all values so far
}

// CellPosition returns the position of a number.
func CellPosition(x float64) int64 {
	return int64((math.Float64bits(x)&^signBit + (1<<cellShift - 1)) >> cellShift)
}

// Code returns the code of a number.
func (c *Cells) Code(x float64) uint16 {
	k := CellPosition(x)
	code := uint16(max(k-c.Base, min(k, 1)))
	if x < 0 {
		code |= 1 << 15
	}
	return code
}

// Codes sets dst to the codes of x, and brings Top, Min and Max up to date.
func (c *Cells) Codes(dst []uint16, x []float64) { c.codesBy(fastest, dst, x) }

func (c *Cells) codesBy(by path, dst []uint16, x []float64) {
	if len(dst) != len(x) {
		panic("vec: columns differ in length")
	}
	done := accelCells(by, dst, x, c)
	base, top, lo, hi := c.Base, c.Top, c.Min, c.Max
	x = x[done:]
	dst = dst[done:][:len(x)]
	for i, v := range x {
		if v != v {
			dst[i] = NaNCell
			continue
		}
		b := math.Float64bits(v + 0) // −0 + 0 is 0
		k := int64((b&^signBit + (1<<cellShift - 1)) >> cellShift)
		top = max(top, k)
		dst[i] = uint16(max(k-base, min(k, 1))) | uint16(b>>63)<<15
		if v < lo {
			lo = v
		}
		if v > hi {
			hi = v
		}
	}
	c.Top, c.Min, c.Max = top, lo+0, hi+0
}
