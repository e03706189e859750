//go:build !purego

package vec

import (
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

func applyAVX512(op Op, o *operands) {
	switch op {
	case Copy:
		copyAVX512(o)
	case Add:
		addAVX512(o)
	case Sub:
		subAVX512(o)
	case Mul:
		mulAVX512(o)
	case Div:
		divAVX512(o)
	case Min:
		minAVX512(o)
	case Max:
		maxAVX512(o)
	case Less:
		lessAVX512(o)
	case AtMost:
		atMostAVX512(o)
	case Equal:
		equalAVX512(o)
	case Select:
		selectAVX512(o)
	case MulAdd:
		mulAddAVX512(o)
	case MulSub:
		mulSubAVX512(o)
	case SubMul:
		subMulAVX512(o)
	case MulMul:
		mulMulAVX512(o)
	case SumAdd:
		sumAddAVX512(o)
	case SumSub:
		sumSubAVX512(o)
	case SumMul:
		sumMulAVX512(o)
	case DiffMul:
		diffMulAVX512(o)
	case DiffMax:
		diffMaxAVX512(o)
	case Abs:
		absAVX512(o)
	case Sqrt:
		sqrtAVX512(o)
	case Floor:
		floorAVX512(o)
	default:
		panic(noSuchOp)
	}
}

func applyAVX2(op Op, o *operands) {
	switch op {
	case Copy:
		copyAVX2(o)
	case Add:
		addAVX2(o)
	case Sub:
		subAVX2(o)
	case Mul:
		mulAVX2(o)
	case Div:
		divAVX2(o)
	case Min:
		minAVX2(o)
	case Max:
		maxAVX2(o)
	case Less:
		lessAVX2(o)
	case AtMost:
		atMostAVX2(o)
	case Equal:
		equalAVX2(o)
	case Select:
		selectAVX2(o)
	case MulAdd:
		mulAddAVX2(o)
	case MulSub:
		mulSubAVX2(o)
	case SubMul:
		subMulAVX2(o)
	case MulMul:
		mulMulAVX2(o)
	case SumAdd:
		sumAddAVX2(o)
	case SumSub:
		sumSubAVX2(o)
	case SumMul:
		sumMulAVX2(o)
	case DiffMul:
		diffMulAVX2(o)
	case DiffMax:
		diffMaxAVX2(o)
	case Abs:
		absAVX2(o)
	case Sqrt:
		sqrtAVX2(o)
	case Floor:
		floorAVX2(o)
	default:
		panic(noSuchOp)
	}
}

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
