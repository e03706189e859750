//go:build !amd64 || purego

package vec

// Without assembly the portable functions begin at the first value.

const fastest = portable

func accelExp(_ path, _, _ []float64) int { return 0 }

func accelLog(_ path, _, _ []float64) int { return 0 }

func accelNormal(_ path, _, _ []float64) int { return 0 }

func accelUniformPair(_ path, _, _ []float64, _ *[3]uint64, _, _ uint64) int { return 0 }

func accelRun(_ path, _ []Call, _, _ int) {}

func accelNotFinite(_ path, _ []float64) (searched int, found bool) { return 0, false }

func accelCopyNotFinite(_ path, _, _ []float64) (copied int, found bool) { return 0, false }

func accelInfinite(_ path, _ []float64) (searched int, found bool) { return 0, false }
