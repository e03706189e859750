//go:build !purego

package vec

// accelOctaves stops at a vector of which a value is beyond the octaves; a column's last values, of
// which there is no whole block, are left to Go.
func accelOctaves(by path, dst, p []float64, t *OctaveTable) int {
	whole := len(p) &^ (block - 1)
	switch {
	case whole == 0 || by == portable:
		return 0
	case by == avx512:
		return whole - octavesAVX512(&dst[0], &p[0], whole, &t.Piece[0][0])
	}
	return whole - octavesAVX2(&dst[0], &p[0], whole, &t.Piece[0][0])
}
