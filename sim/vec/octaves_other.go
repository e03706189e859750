//go:build !amd64 || purego

package vec

func accelOctaves(_ path, _, _ []float64, _ *OctaveTable) int { return 0 }
