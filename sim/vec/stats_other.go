//go:build !amd64 || purego

package vec

func accelSums(_ path, _ *Sums, _ []float64, _ float64) bool { return false }

func accelSpread(_ path, _ []uint16, _ []float64, _ *Spread) int { return 0 }

func accelCells(_ path, _ []uint16, _ []float64, _ *Cells) int { return 0 }

func accelTally(_ path, _ []uint32, _ *[16]uint32, _ []uint16, _ *Steps, _ uint32) (done, marked int) {
	return 0, 0
}
