package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

const (
	ln2Hi   = 0x1.62e42fefa3000p-1
	ln2Lo   = 0x1.3de6af278ece6p-42
	shifter = 0x1.8p52
)

func (g *machine) exp() {
	ptr, n := g.begin("exp", "func(dst, x *float64, n int)", "sets n values of dst to e^x.", "dst", "x")
	g.loop(ptr, n, 4, 1, func(vectors int, _ string) {
		x := g.load(ptr[1], vectors)
		most, least := g.number(710), g.number(-746)
		shift, log2E := g.number(shifter), g.number(0x1.71547652b82fep+0)
		shifted, k := g.vecs(vectors), g.vecs(vectors)
		for i := range x {
			VMINPD(x[i], most, x[i]) // of a number and NaN it takes the first operand here, NaN
			VMAXPD(x[i], least, x[i])
			g.copy(shifted[i], shift)
			g.addProduct(shifted[i], x[i], log2E)
			g.sub(k[i], shifted[i], shift)
		}
		hi, lo := g.number(-ln2Hi), g.number(-ln2Lo)
		for i := range x {
			g.addProduct(x[i], k[i], hi)
			g.addProduct(x[i], k[i], lo)
		}
		r, p := x, g.vecs(vectors)
		g.horner(p, r, 0x1.ad7f3ee58ad6dp-26, 0x1.28ad9b86371bap-22, 0x1.71df25b30d5b6p-19, 0x1.a01999e2621f3p-16,
			0x1.a01a012a0f35cp-13, 0x1.6c16c18438b10p-10, 0x1.1111111127d0ep-7, 0x1.555555555083ep-5, 0x1.55555555554f9p-3, 0x1.000000000000ap-1)
		one := g.number(1)
		for i := range r {
			hi, lo := g.vec(), g.vec()
			g.add(hi, one, r[i])
			g.sub(lo, one, hi)
			g.add(lo, lo, r[i])
			g.mul(r[i], r[i], r[i])
			g.addProduct(lo, r[i], p[i])
			g.add(p[i], hi, lo)
		}
		y := p
		if g.wide {
			for i := range y {
				VSCALEFPD(k[i], y[i], y[i]) // y·2^k, rounded once
			}
		} else {
			bias := g.word(1023)
			for i := range y {
				half := g.vec()
				VPSRAD(operand.U8(1), shifted[i], half)
				VPSUBD(half, shifted[i], shifted[i])
				for _, e := range []vec{half, shifted[i]} {
					VPADDQ(bias, e, e)
					VPSLLQ(operand.U8(52), e, e)
					g.mul(y[i], y[i], e)
				}
			}
		}
		g.store(ptr[0], y)
	})
	RET()
}

// logNormal returns the logarithms of positive normal numbers as k and rest, to be added as
// k·ln2Hi + rest in one rounding; those of x/2^shift if there is a shift.
func (g *machine) logNormal(x, shift []vec) (k, rest []vec) {
	vectors := len(x)
	const sqrtHalf = 0x3fe6a09e667f3bcd
	k, f, s, z, h, l := g.vecs(vectors), g.vecs(vectors), g.vecs(vectors), g.vecs(vectors), g.vecs(vectors), g.vecs(vectors)

	less, exponent, biased := g.word(1<<64-1024<<52+sqrtHalf), g.word(0x433<<52), g.number(0x1p52+1024)
	for i := range x {
		VPSUBQ(less, x[i], f[i])
		VPSRLQ(operand.U8(52), f[i], k[i])
		g.or(k[i], k[i], exponent)
		g.sub(k[i], k[i], biased)
		if shift != nil {
			g.sub(k[i], k[i], shift[i])
		}
	}
	mantissa, root, one := g.word(1<<52-1), g.word(sqrtHalf), g.number(1)
	for i := range x {
		g.and(f[i], f[i], mantissa)
		VPADDQ(root, f[i], f[i])
		g.sub(f[i], f[i], one)
	}
	two, half := g.number(2), g.number(0.5)
	for i := range x {
		g.add(s[i], f[i], two)
		g.div(s[i], f[i], s[i])
		g.mul(z[i], s[i], s[i])
		g.mul(h[i], f[i], half)
		g.mul(h[i], h[i], f[i])
	}
	g.horner(l, z, 0x1.2f09792dd20f3p-3, 0x1.39a157dd0af1dp-3, 0x1.7466428a69601p-3, 0x1.c71c51f8aa958p-3,
		0x1.2492494204637p-2, 0x1.999999997fc74p-2, 0x1.5555555555593p-1)
	lo := g.number(ln2Lo)
	for i := range x {
		g.timesPlus(l[i], z[i], h[i])
		g.mul(z[i], k[i], lo)
		g.addProduct(z[i], s[i], l[i])
		g.sub(h[i], h[i], z[i])
		g.sub(f[i], f[i], h[i])
	}
	return k, f
}

func (g *machine) log() {
	ptr, n := g.begin("log", "func(dst, x *float64, n int)", "sets n values of dst to ln x.", "dst", "x")
	many, few := 4, 1
	if !g.wide {
		many = 2
	}
	g.loop(ptr, n, many, few, func(vectors int, next string) {
		x := g.load(ptr[1], vectors)
		// Many vectors at a time are for positive normal numbers alone; few are for all numbers.
		general := vectors == few
		var shift []vec
		if general {
			x, shift = g.scaleSubnormal(x)
		} else {
			least, most := g.number(0x1p-1022), g.number(math.MaxFloat64)
			var tests []test
			for i := range x {
				tests = append(tests, test{x[i], least, greaterEqual}, test{x[i], most, lessEqual})
			}
			g.unlessAll(next, tests)
		}
		k, y := g.logNormal(x, shift)
		hi := g.number(ln2Hi)
		for i := range y {
			g.addProduct(y[i], k[i], hi)
		}
		if general {
			g.logSpecial(y, g.load(ptr[1], vectors))
		}
		g.store(ptr[0], y)
	})
	RET()
}

// scaleSubnormal returns x·2^shift, shift being 54 where x is subnormal and 0 elsewhere.
func (g *machine) scaleSubnormal(x []vec) (scaled, shift []vec) {
	least, scale, most := g.number(0x1p-1022), g.number(0x1p54), g.number(54)
	scaled, shift = g.vecs(len(x)), g.vecs(len(x))
	for i := range x {
		if g.wide {
			small := K()
			VCMPPD(less, least, x[i], small)
			g.copy(scaled[i], x[i])
			VMULPD(scale, x[i], small, scaled[i])
			VMOVAPD_Z(most, small, shift[i])
		} else {
			small := shift[i]
			VCMPPD(less, least, x[i], small)
			g.mul(scaled[i], x[i], scale)
			VBLENDVPD(small, scaled[i], x[i], scaled[i])
			g.and(shift[i], small, most)
		}
	}
	return scaled, shift
}

// logSpecial puts into y the logarithms of those x that are not positive and finite.
func (g *machine) logSpecial(y, x []vec) {
	if g.wide {
		// 4 bits for each class of numbers: a NaN for NaN and negative ones, −∞ for 0, +∞ for +∞,
		// and what y holds for positive ones.
		table := g.word(0x3<<0 | 0x3<<4 | 0x4<<8 | 0x3<<16 | 0x5<<20 | 0x3<<24)
		for i := range y {
			VFIXUPIMMPD(operand.U8(0), table, x[i], y[i])
		}
		return
	}
	zero := g.number(0)
	for i := range y {
		for _, c := range []struct {
			predicate operand.U8
			than      vec
			logarithm float64
		}{{equal, zero, math.Inf(-1)}, {notGreaterEqual, zero, math.NaN()}, {equal, g.number(math.Inf(1)), math.Inf(1)}} {
			hold := g.vec()
			VCMPPD(c.predicate, c.than, x[i], hold)
			VBLENDVPD(hold, g.number(c.logarithm), y[i], y[i])
		}
	}
}

const (
	normalPieces = 16
	normalLeast  = 0x3f53800000000000
)

// normal looks for the pieces in a table that is laid out for the machine: AVX-512 chooses among the
// 16 numbers of a column in one instruction; AVX2 loads rows, and turns four of them round.
func (g *machine) normal() {
	ptr, n := g.begin("normal", "func(dst, p *float64, n int, pieces *[16][16]float64, far *uint64)",
		"sets n values of dst to Φ⁻¹(p), but to p itself where no piece holds it; there the bits of far\nare 1.", "dst", "p")
	pieces, far := Load(Param("pieces"), GP64()).(reg.GPVirtual), Load(Param("far"), GP64()).(reg.GPVirtual)
	start := func(p []vec) (v, k []vec) {
		v, k = g.vecs(len(p)), g.vecs(len(p))
		least := g.word(normalLeast)
		for i := range p {
			g.copy(v[i], p[i])
			g.subProduct(v[i], p[i], p[i])
			VPSUBQ(least, v[i], k[i])
			VPSRLQ(operand.U8(51), k[i], k[i])
		}
		return v, k
	}
	finish := func(y, p []vec) {
		half := g.number(0.5)
		for i := range y {
			q := g.vec()
			g.sub(q, p[i], half)
			g.mul(y[i], y[i], q)
		}
	}
	if g.wide {
		g.loop(ptr, n, 4, 1, func(vectors int, _ string) {
			v, k := start(g.load(ptr[1], vectors))
			y := g.normalColumns(v, k, pieces)
			p := g.load(ptr[1], vectors)
			finish(y, p)
			last := g.word(normalPieces - 1)
			for i := range y {
				out, bits := K(), GP32()
				VPCMPGTQ(last, k[i], out)
				VMOVAPD(p[i], out, y[i])
				KMOVB(out, bits)
				MOVB(bits.As8(), operand.Mem{Base: far, Disp: i})
			}
			ADDQ(operand.I32(int32(vectors)), far)
			g.store(ptr[0], y)
		})
		RET()
		return
	}
	room := AllocLocal(64)
	g.loop(ptr, n, 2, 2, func(vectors int, _ string) {
		v, k := start(g.load(ptr[1], vectors))
		y := g.vecs(vectors)
		for i := range y {
			y[i] = g.normalRows(v[i], k[i], pieces, room.Offset(32*i))
		}
		p := g.load(ptr[1], vectors)
		finish(y, p)
		bits, all := GP32(), g.vec()
		XORL(bits, bits)
		g.or(all, k[0], k[1])
		VPTEST(g.word(^uint64(normalPieces-1)), all)
		JEQ(operand.LabelRef("held"))
		last, high := g.word(normalPieces-1), GP32()
		for i := range y {
			VPCMPGTQ(last, k[i], k[i])
			VBLENDVPD(k[i], p[i], y[i], y[i])
		}
		VMOVMSKPD(k[0], bits)
		VMOVMSKPD(k[1], high)
		SHLL(operand.U8(4), high)
		ORL(high, bits)
		Label("held")
		MOVB(bits.As8(), operand.Mem{Base: far})
		INCQ(far)
		g.store(ptr[0], y)
	})
	RET()
}

// normalColumns returns F(v) by pieces k, of which the lowest 4 bits count.
func (g *machine) normalColumns(v, k []vec, columns reg.GPVirtual) []vec {
	column := func(j int) []vec {
		low, high, c := g.vec(), g.vec(), g.vecs(len(k))
		VMOVUPD(operand.Mem{Base: columns, Disp: 128 * j}, low)
		VMOVUPD(operand.Mem{Base: columns, Disp: 128*j + 64}, high)
		for i := range k {
			g.copy(c[i], k[i])
			VPERMI2PD(high, low, c[i])
		}
		return c
	}
	t, s := g.normalPowers(v, column(0))
	y := column(11)
	for i, c := range column(7) {
		g.timesPlus(y[i], s[i], c)
	}
	for j := 2; j >= 0; j-- {
		sum := column(12 + j)
		for _, c := range [][]vec{column(8 + j), column(4 + j)} {
			for i := range sum {
				g.timesPlus(sum[i], s[i], c[i])
			}
		}
		for i := range y {
			g.timesPlus(y[i], t[i], sum[i])
		}
	}
	for j := 3; j >= 1; j-- {
		for i, c := range column(j) {
			g.timesPlus(y[i], t[i], c)
		}
	}
	return y
}

// normalRows returns F(v) by pieces k. What is no piece reads another one's row.
func (g *machine) normalRows(v, k vec, rows reg.GPVirtual, room operand.Mem) vec {
	offset := g.vec()
	g.and(offset, k, g.word(normalPieces-1))
	VPSLLQ(operand.U8(7), offset, offset)
	VMOVDQU(offset, room) // to take words from memory spares the one port for shuffles
	row := make([]operand.Mem, 4)
	for i := range row {
		index := GP64()
		MOVQ(room.Offset(8*i), index)
		row[i] = operand.Mem{Base: rows, Index: index, Scale: 1}
	}
	// A pair of columns, of rows 0 and 2 and of rows 1 and 3, which interleaved make the columns.
	c := g.vecs(4)
	for j := range 2 {
		pair := g.vecs(2)
		for i := range pair {
			VBROADCASTF128(row[i].Offset(16*j), pair[i])
			VINSERTF128(operand.U8(1), row[i+2].Offset(16*j), pair[i], pair[i])
		}
		VUNPCKLPD(pair[1], pair[0], c[2*j])
		VUNPCKHPD(pair[1], pair[0], c[2*j+1])
	}
	t, s := g.normalPowers([]vec{v}, c[:1])
	VMOVUPD(s[0], room)
	sums := g.vecs(4)
	for i, r := range row {
		power := g.vec()
		VBROADCASTSD(room.Offset(8*i), power)
		VMOVUPD(r.Offset(96), sums[i])
		VFMADD213PD(r.Offset(64), power, sums[i])
		VFMADD213PD(r.Offset(32), power, sums[i])
	}
	sums = g.turn(sums, nil, nil)
	y := sums[3]
	for _, a := range []vec{sums[2], sums[1], sums[0], c[3], c[2], c[1]} {
		g.timesPlus(y, t[0], a)
	}
	return y
}

// normalPowers returns t, v less its piece's centre, and t⁴.
func (g *machine) normalPowers(v, centre []vec) (t, s []vec) {
	s = g.vecs(len(v))
	for i := range v {
		g.sub(centre[i], v[i], centre[i])
		g.mul(s[i], centre[i], centre[i])
		g.mul(s[i], s[i], s[i])
	}
	return centre, s
}

// The words of the schedule of uniformPair.
const (
	firstX = iota // first + key[0]
	firstY        // pair + key[1]
	addX1
	addY1
	addX2
	addY2
	addX3
	addY3
)

func (g *machine) uniformPair() {
	ptr, n := g.begin("uniformPair", "func(even, odd *float64, n int, schedule *[8]uint64)",
		"sets n values of even and odd to the uniforms of Threefry2x64-13. The\nschedule is first + key[0], pair + key[1], and what is added to both words after rounds 4, 8 and 12.", "even", "odd")
	schedule := Load(Param("schedule"), GP64()).(reg.GPVirtual)
	word := func(i int) vec {
		v := g.vec()
		VPBROADCASTQ(operand.Mem{Base: schedule, Disp: 8 * i}, v)
		return v
	}
	counter := g.vec()
	if g.wide {
		VMOVDQU64(symbol("iota", 0), counter)
	} else {
		VMOVDQU(symbol("iota", 0), counter)
	}
	VPADDQ(word(firstX), counter, counter)
	g.loop(ptr, n, 2, 1, func(vectors int, _ string) {
		x, y := g.vecs(vectors), g.vecs(vectors)
		step, start := g.word(uint64(g.lanes)), word(firstY)
		for i := range x {
			g.copy(x[i], counter)
			VPADDQ(step, counter, counter)
			g.copy(y[i], start)
		}
		rotations := [8]int{16, 42, 12, 31, 16, 32, 24, 21}
		for round := range 13 {
			for i := range x {
				VPADDQ(y[i], x[i], x[i])
				g.rotate(y[i], rotations[round%8])
				g.xor(y[i], y[i], x[i])
			}
			if round%4 == 3 {
				ax, ay := word(addX1+round/4*2), word(addY1+round/4*2)
				for i := range x {
					VPADDQ(ax, x[i], x[i])
					VPADDQ(ay, y[i], y[i])
				}
			}
		}
		exponent, less := g.word(0x3ff<<52), g.number(1-0x1p-53)
		for _, words := range [][]vec{x, y} {
			for _, w := range words {
				VPSRLQ(operand.U8(12), w, w)
				g.or(w, w, exponent)
				g.sub(w, w, less)
			}
		}
		g.store(ptr[0], x)
		g.store(ptr[1], y)
	})
	RET()
}
