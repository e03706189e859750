// Package vec holds the elementary functions of the inner loops, over whole columns.
//
// Every function is defined by portable Go in which each step is one rounding, in a stated
// order: math.FMA, or a single operation. So the results are the same bits on every machine,
// which those of package math are not: it has its own assembly for some architectures.
//
// A destination may be the source itself; otherwise the two must not overlap. Columns of
// different lengths panic.
package vec

// A path is a way to compute. All give the same bits.
type path uint8

const (
	portable path = iota // Go, value by value
)

func (p path) String() string { return [...]string{"portable"}[p] }

func sameLength(a, b []float64) {
	if len(a) != len(b) {
		panic("vec: columns differ in length")
	}
}
