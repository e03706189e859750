package dist

import "math"

// An octaveTable is a function of a probability p, 2⁻¹⁷ ≤ p < 1 - 2⁻¹⁷, p ≠ 1/2, in pieces: four to
// every octave of r = min(p, 1-p), which are polynomials of degree 7 by power in t, -1 ≤ t < 1,
//
//	r = 2ᵏ (1 + (q + (t+1)/2)/4),  q = 0 ... 3
//
// first those of p < 1/2, then those of p > 1/2, r increasing. Values are held to [Lo, Hi], unless
// they are NaN.
type octaveTable struct {
	Piece  [2 * octavePieces][quickDegree + 1]float64
	Lo, Hi float64
}

const octavePieces = 4 * octaves // of either tail

// sampleOctaves replaces p[i] by the function of t at it, up to the first p[i] beyond its octaves,
// and returns how many it has replaced.
//
// Arithmetic on the bits of r, its exponent and its mantissa, finds the piece and t without
// rounding. Horner's rule is in t², even and odd powers apart: half the latency.
func sampleOctaves(p []float64, t *octaveTable) int {
	const mantissa, one = 1<<50 - 1, 1023 << 52
	lo, hi := t.Lo, t.Hi
	for i, u := range p {
		// r is u or 1-u, without a branch: which one it is cannot be predicted.
		r, other := math.Float64bits(u), math.Float64bits(1-u)
		upper := uint64(int64(math.Float64bits(0.5-u)) >> 63)
		r ^= (r ^ other) & upper
		k := r>>50 - 4*(1023-octaves-1)
		if k >= octavePieces {
			return i
		}
		c := &t.Piece[(k+upper&octavePieces)%(2*octavePieces)]
		y := float64(8*math.Float64frombits(r&mantissa|one)) - 9
		s := float64(y * y)
		even := float64(float64(float64(float64(float64(c[6]*s)+c[4])*s)+c[2])*s) + c[0]
		odd := float64(float64(float64(float64(float64(c[7]*s)+c[5])*s)+c[3])*s) + c[1]
		x := even + float64(odd*y)
		if x < lo {
			x = lo
		}
		if x > hi {
			x = hi
		}
		p[i] = x
	}
	return len(p)
}
