package dist

import "math"

// tailAt says how a tail of a distribution on x > 0 behaves at w = ln x:
//
//	gap    ln of the tail over its target, signed to increase with w
//	slope  dgap/dw, above 0
//	bend   (d²gap/dw²) / slope
type tailAt func(w float64) (gap, slope, bend float64)

// solve returns the w between lo and hi at which the gap is 0, from a first guess. It takes
// Halley's steps, three times the digits each, and halves the bracket where one leaves it.
//
// In these coordinates, logarithm against logarithm, the tails of the gamma and beta
// distributions are straight in the distance and concave or convex throughout, so that steps
// from anywhere arrive.
func solve(f tailAt, w, lo, hi float64) float64 {
	for range 200 {
		gap, slope, bend := f(w)
		switch {
		case gap == 0:
			return w
		case gap > 0:
			hi = w
		default:
			lo = w // also where the tail underflows: gap is -Inf
		}
		step := -gap / slope
		if turn := step * bend / 2; math.Abs(turn) < 0.5 {
			step /= 1 + turn
		}
		if math.Abs(step)*max(1, slope, math.Abs(bend)) < 1e-5 {
			return w + step // off by its cube
		}
		if next := w + step; next > lo && next < hi {
			w = next
			continue
		}
		w = lo + (hi-lo)/2
		if w == lo || w == hi {
			return w
		}
	}
	return w
}

// lnSmallest and lnLargest are about the logarithms of the ends of the normal float64s.
const lnSmallest, lnLargest = -708, 709

// between returns the smallest x in (lo, hi] with excess(x) ≥ 0, given that excess increases,
// is below 0 at lo and at least 0 at hi. Regula falsi (Illinois) gives way to halving the
// floats between the ends where it stalls: a jump is found to the last bit.
func between(excess func(x float64) float64, lo, hi float64) float64 {
	a, b := excess(lo), excess(hi)
	stalled := 0 // steps since the bracket was last halved
	kept := 0    // which end the last step left: 1 hi, -1 lo
	for range 400 {
		mid := middle(lo, hi)
		if mid <= lo || mid >= hi {
			break
		}
		x := lo + (hi-lo)*(a/(a-b))
		if stalled == 3 || !(x > lo && x < hi) {
			x = mid
		}
		y := excess(x)
		if math.Abs(y) < 1e-14 { // the rounding of excess
			return x
		}
		stalled++
		if y < 0 {
			if x >= mid {
				stalled = 0
			}
			if kept > 0 {
				b /= 2
			}
			lo, a, kept = x, y, 1
		} else {
			if x <= mid {
				stalled = 0
			}
			if kept < 0 {
				a /= 2
			}
			hi, b, kept = x, y, -1
		}
	}
	return hi
}

// middle returns the float64 halfway between lo and hi in the order of the float64s.
func middle(lo, hi float64) float64 {
	a, b := order(lo), order(hi)
	return fromOrder(a&b + (a^b)>>1)
}

// order numbers the float64s from the least to the greatest.
func order(x float64) int64 {
	n := int64(math.Float64bits(x))
	if n < 0 {
		n = math.MinInt64 - n
	}
	return n
}

// fromOrder is the inverse of order.
func fromOrder(n int64) float64 {
	if n < 0 {
		n = math.MinInt64 - n
	}
	return math.Float64frombits(uint64(n))
}
