package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// zero sets vectors to 0.
func (g *machine) zero(v ...vec) {
	for _, x := range v {
		g.xor(x, x, x)
	}
}

// broadcast fills a vector with the word at disp.
func (g *machine) broadcast(p reg.GPVirtual, disp int) vec {
	v := g.vec()
	VBROADCASTSD(operand.Mem{Base: p, Disp: disp}, v)
	return v
}

// blend sets d to x in the lanes where a ⟨predicate⟩ b.
func (g *machine) blend(d, x, a, b vec, predicate operand.U8) {
	if g.wide {
		hold := K()
		VCMPPD(predicate, b, a, hold)
		VMOVAPD(x, hold, d)
	} else {
		hold := g.vec()
		VCMPPD(predicate, b, a, hold)
		VBLENDVPD(hold, x, d, d)
	}
}

// The predicates of VCMPPD that look for NaN.
const (
	unordered = operand.U8(0x03)
	ordered   = operand.U8(0x07)
)

// sums writes the kernel of Sums. Lost, squares and counts follow the sums.
func (g *machine) sums() {
	const lanes, rows, field = 16, 32, 16 * 8
	g.declare("sums", "func(x *float64, n int, s *float64, c float64)",
		"adds the deviations of n values of x, which are whole rows, from c to s.")
	x, n := Load(Param("x"), GP64()).(reg.GPVirtual), Load(Param("n"), GP64()).(reg.GPVirtual)
	to := Load(Param("s"), GP64()).(reg.GPVirtual)
	c := g.vec()
	at, err := Param("c").Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSD(at.Addr, c)
	vectors := lanes / g.lanes
	sums, squares, defined := g.vecs(vectors), g.vecs(vectors), g.vecs(vectors)
	for i := range vectors {
		VMOVUPD(operand.Mem{Base: to, Disp: 4*field + 8*g.lanes*i}, defined[i])
	}
	var one vec
	if g.wide {
		one = g.word(1)
	}
	left := GP64()
	Label("block")
	CMPQ(n, operand.I32(0))
	JE(operand.LabelRef("done"))
	MOVQ(operand.I32(lanes*rows), left)
	CMPQ(n, left)
	CMOVQLT(n, left)
	SUBQ(left, n)
	g.zero(sums...)
	g.zero(squares...)
	Label("row")
	for i := range vectors {
		v, d := g.vec(), g.vec()
		VMOVUPD(g.at(x, i), v)
		if g.wide {
			hold := K()
			VCMPPD(ordered, v, v, hold)
			VSUBPD_Z(c, v, hold, d)
			VPADDQ(one, defined[i], hold, defined[i])
		} else {
			VCMPPD(ordered, v, v, d)
			VPSUBQ(d, defined[i], defined[i])
			g.sub(v, v, c)
			g.and(d, d, v)
		}
		g.add(sums[i], sums[i], d)
		g.mul(d, d, d)
		g.add(squares[i], squares[i], d)
	}
	ADDQ(operand.I32(8*lanes), x)
	SUBQ(operand.I32(lanes), left)
	JNE(operand.LabelRef("row"))
	for i := range vectors {
		for k, v := range []vec{sums[i], squares[i]} {
			sum := operand.Mem{Base: to, Disp: 2*k*field + 8*g.lanes*i}
			lost := sum.Offset(field)
			s, t, w := g.vec(), g.vec(), g.vec()
			VMOVUPD(sum, s)
			g.add(t, s, v)
			VMOVUPD(t, sum)
			g.sub(w, t, s)
			g.sub(t, t, w)
			g.sub(s, s, t)
			g.sub(v, v, w)
			g.add(s, s, v)
			VADDPD(lost, s, s)
			VMOVUPD(s, lost)
		}
	}
	JMP(operand.LabelRef("block"))
	Label("done")
	for i := range vectors {
		VMOVUPD(defined[i], operand.Mem{Base: to, Disp: 4*field + 8*g.lanes*i})
	}
	VZEROUPPER()
	RET()
}

// pack writes 8 codes, the low halves of integers from 0 to 2^16.
func (g *machine) pack(dst reg.GPVirtual, k []vec) {
	if g.wide {
		VPMOVQW(k[0], operand.Mem{Base: dst})
		return
	}
	d := g.vec()
	VSHUFPS(operand.U8(0x88), k[1], k[0], d)
	VPERMQ(operand.U8(0xd8), d, d)
	high := XMM()
	VEXTRACTI128(operand.U8(1), d, high)
	low := d.AsX().(reg.VecVirtual)
	VPACKUSDW(high, low, low)
	VMOVDQU(low, operand.Mem{Base: dst})
}

// codes gives each of n values of x, at least 8, a code, which body computes.
func (g *machine) codes(dst, x, n reg.GPVirtual, body func(x vec) vec) {
	Label("vectors")
	k := g.load(x, 8/g.lanes)
	for i := range k {
		k[i] = body(k[i])
	}
	g.pack(dst, k)
	ADDQ(operand.I32(64), x)
	ADDQ(operand.I32(16), dst)
	SUBQ(operand.I32(8), n)
	JNE(operand.LabelRef("vectors"))
}

// lesser and greater leave in d the lesser or greater of two integers.
func (g *machine) lesser(d, a vec) {
	if g.wide {
		VPMINSQ(a, d, d)
	} else {
		more := g.vec()
		VPCMPGTQ(a, d, more)
		VBLENDVPD(more, a, d, d)
	}
}

func (g *machine) greater(d, a vec) {
	if g.wide {
		VPMAXSQ(a, d, d)
	} else {
		more := g.vec()
		VPCMPGTQ(d, a, more)
		VBLENDVPD(more, a, d, d)
	}
}

// spread writes the kernel of Spread.
func (g *machine) spread() {
	ptr, n := g.begin("spread", "func(x *float64, n int, dst *uint16, s *float64)", "sets n values of dst to the codes of x in the spread s.", "x")
	dst := Load(Param("dst"), GP64()).(reg.GPVirtual)
	s := Load(Param("s"), GP64()).(reg.GPVirtual)
	field := func(i int) func() vec {
		if !g.wide { // AVX2 has too few registers to keep what a loop needs
			return func() vec { return g.broadcast(s, 8*i) }
		}
		v := g.broadcast(s, 8*i)
		return func() vec { return v }
	}
	shift := XMM()
	VMOVQ(operand.Mem{Base: s, Disp: 16}, shift)
	origin, width, first, last, atom, atomCode, nanCode := field(0), field(1), field(3), field(4), field(5), field(6), field(7)
	magnitude, zero := g.word(1<<63-1), g.vec()
	g.zero(zero)
	g.codes(dst, ptr[0], n, func(x vec) vec {
		d, k, sign := g.vec(), g.vec(), g.vec()
		g.sub(d, x, origin())
		g.and(k, d, magnitude)
		w := width()
		g.add(k, k, w)
		VPSUBQ(w, k, k)
		if g.wide {
			VPSRAQ(operand.U8(63), d, sign)
		} else {
			VPCMPGTQ(d, zero, sign)
		}
		g.xor(k, k, sign)
		VPSUBQ(sign, k, k)
		if g.wide {
			VPSRAQ(shift, k, k)
		} else {
			VPCMPGTQ(k, zero, sign)
			g.xor(k, k, sign)
			VPSRLQ(shift, k, k)
			g.xor(k, k, sign)
		}
		VPSUBQ(first(), k, k)
		g.greater(k, zero)
		g.lesser(k, last())
		g.blend(k, atomCode(), x, atom(), equal)
		g.blend(k, nanCode(), x, x, unordered)
		return k
	})
	VZEROUPPER()
	RET()
}

// cells writes the kernel of Cells.
func (g *machine) cells() {
	const shift = 43
	ptr, n := g.begin("cells", "func(x *float64, n int, dst *uint16, c *int64, lanes *[3][8]uint64)",
		"sets n values of dst to the codes of x in the cells c. lanes are the top, minimum and maximum of each lane.", "x")
	dst := Load(Param("dst"), GP64()).(reg.GPVirtual)
	c := Load(Param("c"), GP64()).(reg.GPVirtual)
	lanes := Load(Param("lanes"), GP64()).(reg.GPVirtual)
	base, top, lo, hi := g.broadcast(c, 0), g.broadcast(c, 8), g.broadcast(c, 16), g.broadcast(c, 24)
	magnitude, up, one, mark, zero := g.word(1<<63-1), g.word(1<<shift-1), g.word(1), g.word(1<<15), g.vec()
	g.zero(zero)
	g.codes(dst, ptr[0], n, func(x vec) vec {
		k, low := g.vec(), g.vec()
		VMINPD(lo, x, lo) // of a number and NaN it takes the first operand here, the number
		VMAXPD(hi, x, hi)
		g.and(k, x, magnitude)
		VPADDQ(up, k, k)
		// NaN gets position 0 and the mark of what is below 0.
		if g.wide {
			number := K()
			VCMPPD(ordered, x, x, number)
			VPSRLQ_Z(operand.U8(shift), k, number, k)
		} else {
			number := g.vec()
			VCMPPD(ordered, x, x, number)
			VPSRLQ(operand.U8(shift), k, k)
			g.and(k, k, number)
		}
		g.greater(top, k)
		g.copy(low, k)
		g.lesser(low, one)
		VPSUBQ(base, k, k)
		g.greater(k, low)
		if g.wide {
			below := K()
			VCMPPD(notGreaterEqual, zero, x, below)
			VPORQ(mark, k, below, k)
		} else {
			below := g.vec()
			VCMPPD(notGreaterEqual, zero, x, below)
			g.and(below, below, mark)
			g.or(k, k, below)
		}
		return k
	})
	for i, v := range []vec{top, lo, hi} {
		VMOVUPD(v, operand.Mem{Base: lanes, Disp: 64 * i})
	}
	VZEROUPPER()
	RET()
}

// tally writes the kernel of Tally.
func (g *machine) tally() {
	g.declare("tally", "func(codes *uint16, n int, list, sums, steps *uint32, first uint32) (marked int)",
		"adds the steps of n codes, a multiple of 16, and lists those that are marked.")
	codes, n := Load(Param("codes"), GP64()).(reg.GPVirtual), Load(Param("n"), GP64()).(reg.GPVirtual)
	list, begin := Load(Param("list"), GP64()).(reg.GPVirtual), GP64()
	MOVQ(list, begin)
	sums, steps := Load(Param("sums"), GP64()).(reg.GPVirtual), Load(Param("steps"), GP64()).(reg.GPVirtual)
	size := 2 * g.lanes // of 32 bits
	vectors := 16 / size
	place, mask, next := g.vec(), g.vec(), g.vec()
	VMOVD(Load(Param("first"), GP32()), place.AsX())
	VPBROADCASTD(place.AsX(), place)
	VPADDD(symbol("iota32", 0), place, place)
	VPBROADCASTD(symbol("iota32", 4*16), mask)
	VPBROADCASTD(symbol("iota32", 4*(16+size/8)), next)
	sum := g.vecs(vectors)
	for i := range vectors {
		VMOVUPD(operand.Mem{Base: sums, Disp: 4 * size * i}, sum[i])
	}
	var rows reg.GPVirtual
	if !g.wide {
		rows = GP64()
		LEAQ(symbol("front", 0), rows)
	}
	Label("row")
	for i := range vectors {
		code, step := g.vec(), g.vec()
		VPMOVZXWD(operand.Mem{Base: codes, Disp: 2 * size * i}, code)
		found := GP64()
		row := operand.Mem{Base: steps, Index: code, Scale: 4}
		if g.wide {
			VPANDD(mask, code, code)
			all, marked := K(), K()
			KXNORW(all, all, all)
			VPGATHERDD(row, all, step)
			VPADDD(step, sum[i], sum[i])
			VPMOVD2M(step, marked)
			VPCOMPRESSD_Z(place, marked, step)
			VMOVDQU32(step, operand.Mem{Base: list})
			KMOVW(marked, found.As32())
		} else {
			VPAND(mask, code, code)
			all := g.vec()
			VPCMPEQD(all, all, all)
			VPGATHERDD(all, row, step)
			VPADDD(step, sum[i], sum[i])
			VMOVMSKPS(step, found.As32())
			VPMOVZXBD(operand.Mem{Base: rows, Index: found, Scale: 8}, step)
			VPERMD(place, step, step)
			VMOVDQU(step, operand.Mem{Base: list})
		}
		POPCNTL(found.As32(), found.As32())
		LEAQ(operand.Mem{Base: list, Index: found, Scale: 4}, list)
		VPADDD(next, place, place)
	}
	ADDQ(operand.I32(32), codes)
	SUBQ(operand.I32(16), n)
	JNE(operand.LabelRef("row"))
	for i := range vectors {
		VMOVUPD(sum[i], operand.Mem{Base: sums, Disp: 4 * size * i})
	}
	VZEROUPPER()
	SUBQ(begin, list)
	SHRQ(operand.U8(2), list)
	Store(list, ReturnIndex(0))
	RET()
}

// tallyTables writes what tally looks up.
func tallyTables() {
	GLOBL("iota32", attr.RODATA|attr.NOPTR)
	for i := range 16 {
		DATA(4*i, operand.U32(i))
	}
	DATA(4*16, operand.U32(1<<13-1))
	DATA(4*17, operand.U32(8))
	DATA(4*18, operand.U32(16))
	// Row m moves the lanes whose bits are set in m to the front.
	GLOBL("front", attr.RODATA|attr.NOPTR)
	for m := range 256 {
		var w uint64
		at := 0
		for lane := range 8 {
			if m>>lane&1 == 1 {
				w |= uint64(lane) << (8 * at)
				at++
			}
		}
		DATA(8*m, operand.U64(w))
	}
}
