//go:build !purego

package vec

import (
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
	var room normalRoom
	whole := len(p) &^ (block - 1)
	for i := 0; i < whole; i += normalBlock {
		n := min(whole-i, normalBlock)
		room.blocks(by, dst[i:i+n], p[i:i+n])
	}
	if whole < len(p) {
		b := [block]float64{0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5}
		copy(b[:], p[whole:])
		room.blocks(by, b[:], b[:])
		copy(dst[whole:], b[:])
	}
	return len(p)
}

const normalBlock = 256

// normalRoom is what the quantiles of a block need. The central approximation is computed for
// all of it, 85 % of a uniform's values; the rest are packed, so that the approximation of the
// tails, which costs twice as much, is computed for them alone, and then unpacked.
type normalRoom struct {
	tails [normalBlock + block]float64
	where [normalBlock / 8]uint8
}

func (r *normalRoom) blocks(by path, dst, p []float64) {
	var count int
	if by == avx512 {
		count = normalCentralAVX512(&dst[0], &p[0], len(p), &r.tails[0], &r.where[0])
	} else {
		count = normalCentralAVX2(&dst[0], &p[0], len(p), &r.tails[0], &r.where[0])
	}
	if count == 0 {
		return
	}
	padded := (count + block - 1) &^ (block - 1)
	for i := count; i < padded; i++ {
		r.tails[i] = 0.05
	}
	for done := 0; done < padded; {
		tails := r.tails[done:padded]
		var left int
		if by == avx512 {
			left = normalTailAVX512(&tails[0], &tails[0], len(tails))
		} else {
			left = normalTailAVX2(&tails[0], &tails[0], len(tails))
		}
		done = padded - left
		if left > 0 {
			for range min(left, block) {
				r.tails[done] = normalTail(r.tails[done])
				done++
			}
		}
	}
	if by == avx512 {
		normalExpandAVX512(&dst[0], len(dst), &r.tails[0], &r.where[0])
	} else {
		normalExpandAVX2(&dst[0], len(dst), &r.tails[0], &r.where[0])
	}
}

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
	_ [61]struct{} = [unsafe.Offsetof(Call{}.handler)]struct{}{}
	_ [64]struct{} = [unsafe.Sizeof(Call{})]struct{}{}
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
