package vec

import "math"

// An OctaveTable is a function of a probability p, 2^-17 ≤ p < 1 − 2^-17, p ≠ ½, in pieces: four
// to every octave of r = min(p, 1−p), which are polynomials of degree 7 by power in t, −1 ≤ t < 1,
//
//	r = 2^k·(1 + (q + (t+1)/2)/4),  q = 0 ... 3
//
// first those of p < ½, then those of p > ½, r increasing. Values are held to [Lo, Hi], unless they
// are NaN.
type OctaveTable struct {
	Piece  [2 * octavePieces][8]float64
	Lo, Hi float64
}

const (
	octaves      = 16
	octavePieces = 4 * octaves // of either tail
)

// Octaves sets dst[i] to the function of t at p[i], up to the first p[i] beyond its octaves, and
// returns how many it has set.
func Octaves(dst, p []float64, t *OctaveTable) int { return octavesBy(fastest, dst, p, t) }

func octavesBy(by path, dst, p []float64, t *OctaveTable) int {
	sameLength(dst, p)
	for i := accelOctaves(by, dst, p, t); i < len(p); i++ {
		x, ok := t.at(p[i])
		if !ok {
			return i
		}
		dst[i] = x
	}
	return len(p)
}

// at finds the piece and t by arithmetic on the bits of r, its exponent and its mantissa, without
// rounding. Horner's rule is in t², even and odd powers apart: half the latency.
func (t *OctaveTable) at(u float64) (x float64, ok bool) {
	const mantissa, one = 1<<50 - 1, 1023 << 52
	// r is u or 1-u, without a branch: which one it is cannot be predicted.
	r, other := math.Float64bits(u), math.Float64bits(1-u)
	upper := uint64(int64(math.Float64bits(0.5-u)) >> 63)
	r ^= (r ^ other) & upper
	k := r>>50 - 4*(1023-octaves-1)
	if k >= octavePieces {
		return 0, false
	}
	c := &t.Piece[(k+upper&octavePieces)%(2*octavePieces)]
	y := float64(8*math.Float64frombits(r&mantissa|one)) - 9
	s := float64(y * y)
	even := float64(float64(float64(float64(float64(c[6]*s)+c[4])*s)+c[2])*s) + c[0]
	odd := float64(float64(float64(float64(float64(c[7]*s)+c[5])*s)+c[3])*s) + c[1]
	x = even + float64(odd*y)
	if x < t.Lo {
		x = t.Lo
	}
	if x > t.Hi {
		x = t.Hi
	}
	return x, true
}
