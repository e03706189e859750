//go:build !purego

package vec

import "math"

// accelSums returns whether it has added the rows.
func accelSums(by path, s *Sums, x []float64, c float64) bool {
	switch by {
	case avx512:
		sumsAVX512(&x[0], len(x), &s.Sum[0], c)
	case avx2:
		sumsAVX2(&x[0], len(x), &s.Sum[0], c)
	default:
		return false
	}
	return true
}

// accelSpread and accelCells return how many codes from the front they have set.

func accelSpread(by path, dst []uint16, x []float64, s *Spread) int {
	whole := len(x) &^ (block - 1)
	switch {
	case by == portable || whole == 0:
		return 0
	case by == avx512:
		spreadAVX512(&x[0], whole, &dst[0], &s.Origin)
	default:
		spreadAVX2(&x[0], whole, &dst[0], &s.Origin)
	}
	return whole
}

func accelCells(by path, dst []uint16, x []float64, c *Cells) int {
	var lanes [3][8]uint64
	var n int
	whole := len(x) &^ (block - 1)
	switch {
	case by == portable || whole == 0:
		return 0
	case by == avx512:
		cellsAVX512(&x[0], whole, &dst[0], &c.Base, &lanes)
		n = 8
	default:
		cellsAVX2(&x[0], whole, &dst[0], &c.Base, &lanes)
		n = 4
	}
	for i := range n {
		c.Top = max(c.Top, int64(lanes[0][i]))
		c.Min = min(c.Min, math.Float64frombits(lanes[1][i]))
		c.Max = max(c.Max, math.Float64frombits(lanes[2][i]))
	}
	return whole
}

// accelTally returns how many codes from the front it has added, and how many of these are marked.
func accelTally(by path, list []uint32, sums *[16]uint32, codes []uint16, steps *Steps, first uint32) (done, marked int) {
	whole := len(codes) &^ 15
	var none [16]uint32
	if sums == nil {
		sums = &none
	}
	switch {
	case by == portable || whole == 0:
		return 0, 0
	case by == avx512:
		marked = tallyAVX512(&codes[0], whole, &list[0], &sums[0], &steps[0], first)
	default:
		marked = tallyAVX2(&codes[0], whole, &list[0], &sums[0], &steps[0], first)
	}
	return whole, marked
}
