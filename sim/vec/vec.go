// Package vec holds the arithmetic and the elementary functions of the inner loops, over whole
// columns.
//
// Every function is defined by portable Go in which each step is one rounding, in a stated
// order: math.FMA, or a single operation; no product and sum are fused that are not written so.
// The assembly for amd64 (AVX-512, or AVX2 with FMA; chosen when the program starts) does the
// same steps on 8 or 4 values at a time. So the results are the same bits on every machine,
// which those of package math are not: it has its own assembly for some architectures. Only a
// NaN may be another NaN elsewhere. The build tag purego leaves the assembly out.
//
// A destination may be the source itself; otherwise the two must not overlap. Columns of
// different lengths panic.
package vec

//go:generate go -C asm run . -out ../kernels_amd64.s -stubs ../stubs_amd64.go -pkg vec
//go:generate go -C asm run . -operations -out ../operations_amd64.s -pkg vec

// A path is a way to compute. All give the same bits.
type path uint8

const (
	portable path = iota // Go, value by value
	avx2                 // AVX2 and FMA
	avx512               // AVX-512 F, DQ and VL
)

func (p path) String() string { return [...]string{"portable", "avx2", "avx512"}[p] }

func sameLength(a, b []float64) {
	if len(a) != len(b) {
		panic("vec: columns differ in length")
	}
}
