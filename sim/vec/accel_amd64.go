//go:build !purego

package vec

import (
	"math/bits"
	"unsafe"

	"golang.org/x/sys/cpu"
)

// fastest is the path of this machine.
var fastest = detect()

func detect() path {
	switch x := &cpu.X86; {
	case x.HasAVX512F && x.HasAVX512DQ && x.HasAVX512VL && x.HasPOPCNT:
		return avx512
	case x.HasAVX2 && x.HasFMA && x.HasPOPCNT:
		return avx2
	}
	return portable
}

// Each accel function returns how many values from the front it has computed. What a column is
// longer than a multiple of 8 goes through a block of its own.

func accelExp(p path, dst, x []float64) int {
	if p == portable {
		return 0
	}
	whole := len(x) &^ (block - 1)
	if whole > 0 {
		expBlocks(p, dst[:whole], x[:whole])
	}
	if whole < len(x) {
		var b [block]float64
		copy(b[:], x[whole:])
		expBlocks(p, b[:], b[:])
		copy(dst[whole:], b[:])
	}
	return len(x)
}

func expBlocks(p path, dst, x []float64) {
	if p == avx512 {
		expAVX512(&dst[0], &x[0], len(x))
	} else {
		expAVX2(&dst[0], &x[0], len(x))
	}
}

func accelLog(p path, dst, x []float64) int {
	if p == portable {
		return 0
	}
	whole := len(x) &^ (block - 1)
	if whole > 0 {
		logBlocks(p, dst[:whole], x[:whole])
	}
	if whole < len(x) {
		var b [block]float64
		copy(b[:], x[whole:])
		logBlocks(p, b[:], b[:])
		copy(dst[whole:], b[:])
	}
	return len(x)
}

func logBlocks(p path, dst, x []float64) {
	if p == avx512 {
		logAVX512(&dst[0], &x[0], len(x))
	} else {
		logAVX2(&dst[0], &x[0], len(x))
	}
}

func accelNormal(by path, dst, p []float64) int {
	if by == portable {
		return 0
	}
	whole := len(p) &^ (block - 1)
	for i := 0; i < whole; i += normalBlock {
		n := min(whole-i, normalBlock)
		normalBlocks(by, dst[i:i+n], p[i:i+n])
	}
	if whole < len(p) {
		b := [block]float64{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}
		copy(b[:], p[whole:])
		normalBlocks(by, b[:], b[:])
		copy(dst[whole:], b[:])
	}
	return len(p)
}

const normalBlock = 256

// normalBlocks takes at most normalBlock values. The kernel leaves as they are those that no piece
// holds.
func normalBlocks(by path, dst, p []float64) {
	var far [normalBlock / 64]uint64
	if by == avx512 {
		normalAVX512(&dst[0], &p[0], len(p), &normalColumn, &far[0])
	} else {
		normalAVX2(&dst[0], &p[0], len(p), &normalPiece, &far[0])
	}
	for i, left := range far {
		for ; left != 0; left &= left - 1 {
			at := 64*i + bits.TrailingZeros64(left)
			dst[at] = normalTail(dst[at])
		}
	}
}

// normalColumn is normalPiece with the coefficients of equal power side by side.
var normalColumn = func() (c [16][normalPieces]float64) {
	for k, piece := range &normalPiece {
		for j, x := range piece {
			c[j][k] = x
		}
	}
	return c
}()

func accelUniformPair(p path, even, odd []float64, key *[3]uint64, first, pair uint64) int {
	if p == portable {
		return 0
	}
	schedule := [8]uint64{first + key[0], pair + key[1], key[1], key[2] + 1, key[2], key[0] + 2, key[0], key[1] + 3}
	whole := len(even) &^ (block - 1)
	if whole > 0 {
		uniformPairBlocks(p, even[:whole], odd[:whole], &schedule)
	}
	if whole < len(even) {
		schedule[0] += uint64(whole)
		var a, b [block]float64
		uniformPairBlocks(p, a[:], b[:], &schedule)
		copy(even[whole:], a[:])
		copy(odd[whole:], b[:])
	}
	return len(even)
}

func uniformPairBlocks(p path, even, odd []float64, schedule *[8]uint64) {
	if p == avx512 {
		uniformPairAVX512(&even[0], &odd[0], len(even), schedule)
	} else {
		uniformPairAVX2(&even[0], &odd[0], len(even), schedule)
	}
}

// The assembly knows where a Call's fields are.
var (
	_ [0]struct{}  = [unsafe.Offsetof(Call{}.dst)]struct{}{}
	_ [8]struct{}  = [unsafe.Offsetof(Call{}.at)]struct{}{}
	_ [36]struct{} = [unsafe.Offsetof(Call{}.handler)]struct{}{}
	_ [40]struct{} = [unsafe.Sizeof(Call{})]struct{}{}
)

// accelRun runs calls of arithmetic, at least one.
func accelRun(p path, calls []Call, from, to int) {
	size := len(calls) * int(unsafe.Sizeof(Call{}))
	if p == avx512 {
		runAVX512(&calls[0], size, 8*from, 8*to)
	} else {
		runAVX2(&calls[0], size, 8*from, 8*to)
	}
}

// runAVX512 runs calls, of so many bytes in all, for the offsets from … to in columns, in bytes.
//
//go:noescape
func runAVX512(calls *Call, size, from, to int)

// runAVX2 does what runAVX512 does.
//
//go:noescape
func runAVX2(calls *Call, size, from, to int)

// accelNotFinite and accelInfinite return how many values from the front they have searched, and
// whether one of these is what the name says.

func accelNotFinite(p path, x []float64) (searched int, found bool) {
	whole := len(x) &^ (block - 1)
	switch {
	case p == portable || whole == 0:
		return 0, false
	case p == avx512:
		return whole, notFiniteAVX512(&x[0], whole) != 0
	}
	return whole, notFiniteAVX2(&x[0], whole) != 0
}

func accelCopyNotFinite(p path, dst, x []float64) (copied int, found bool) {
	whole := len(x) &^ (block - 1)
	switch {
	case p == portable || whole == 0:
		return 0, false
	case p == avx512:
		return whole, copyNotFiniteAVX512(&x[0], &dst[0], whole) != 0
	}
	return whole, copyNotFiniteAVX2(&x[0], &dst[0], whole) != 0
}

func accelInfinite(p path, x []float64) (searched int, found bool) {
	whole := len(x) &^ (block - 1)
	switch {
	case p == portable || whole == 0:
		return 0, false
	case p == avx512:
		return whole, infiniteAVX512(&x[0], whole) != 0
	}
	return whole, infiniteAVX2(&x[0], whole) != 0
}
