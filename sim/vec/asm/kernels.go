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

func (g *machine) normalCentral() {
	ptr, n := g.begin("normalCentral", "func(dst, p *float64, n int, tails *float64, where *uint8) (count int)",
		"sets n values of dst to Φ⁻¹(p) by the central approximation. The p outside its range go\nto tails, packed, of which 8 values beyond the count may be written; bit i of where says whether p[i] is one.",
		"dst", "p")
	tails, where := Load(Param("tails"), GP64()).(reg.GPVirtual), Load(Param("where"), GP64()).(reg.GPVirtual)
	count := GP64()
	XORQ(count, count)
	var rows reg.GPVirtual
	many, few := 4, 1
	if !g.wide {
		many, few = 2, 2 // a byte of where
		rows = GP64()
		LEAQ(symbol("compress", 0), rows)
	}
	g.loop(ptr, n, many, few, func(vectors int, _ string) {
		p := g.load(ptr[1], vectors)
		q, r := g.vecs(vectors), g.vecs(vectors)
		half, centre, sign, centre2 := g.number(0.5), g.number(0.425), g.word(1<<63-1), g.number(0.180625)
		var first reg.GPVirtual
		for i := range p {
			g.sub(q[i], p[i], half)
			g.and(r[i], q[i], sign)
			bits, packed := GP64(), g.vec()
			if g.wide {
				out := K()
				VCMPPD(notLessEqual, centre, r[i], out)
				VCOMPRESSPD_Z(p[i], out, packed)
				KMOVB(out, bits.As32())
				MOVB(bits.As8(), operand.Mem{Base: where, Disp: i})
			} else {
				VCMPPD(notLessEqual, centre, r[i], packed)
				VMOVMSKPD(packed, bits.As32())
				row := GP64()
				MOVQ(bits, row)
				SHLQ(operand.U8(5), row)
				VMOVDQU(operand.Mem{Base: rows, Index: row, Scale: 1}, packed)
				VPERMD(p[i], packed, packed)
				if i%2 == 0 {
					first = bits
				} else {
					both := GP64()
					MOVQ(bits, both)
					SHLQ(operand.U8(4), both)
					ORQ(first, both)
					MOVB(both.As8(), operand.Mem{Base: where, Disp: i / 2})
				}
			}
			VMOVUPD(packed, operand.Mem{Base: tails, Index: count, Scale: 8})
			length := GP64()
			POPCNTQ(bits, length)
			ADDQ(length, count)
			g.copy(r[i], centre2)
			g.subProduct(r[i], q[i], q[i])
		}
		ADDQ(operand.I32(int32(vectors*g.lanes/8)), where)
		above, below := g.vecs(vectors), g.vecs(vectors)
		g.horner(above, r, 2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4,
			1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080)
		g.horner(below, r, 5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4,
			5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1)
		for i := range q {
			g.mul(q[i], q[i], above[i])
			g.div(q[i], q[i], below[i])
		}
		g.store(ptr[0], q)
	})
	Store(count, ReturnIndex(0))
	RET()
}

func (g *machine) normalTail() {
	ptr, n := g.begin("normalTail", "func(dst, p *float64, n int) (left int)",
		"sets n values of dst to Φ⁻¹(p), |p − ½| > 0.425, up to the first vector with a p that is within\ne⁻²⁵ of 0 or 1, or outside; left is how many it has not set.", "dst", "p")
	many := 4
	if !g.wide {
		many = 2
	}
	g.loop(ptr, n, many, 1, func(vectors int, next string) {
		p := g.load(ptr[1], vectors)
		tail := g.vecs(vectors)
		one, far := g.number(1), g.number(0x1.e8a37a45fc32ep-37)
		var tests []test
		for i := range p {
			g.sub(tail[i], one, p[i])
			VMINPD(p[i], tail[i], tail[i])
			tests = append(tests, test{tail[i], far, greaterEqual})
		}
		g.unlessAll(next, tests)
		k, r := g.logNormal(tail, nil)
		hi, shift := g.number(ln2Hi), g.number(1.6)
		for i := range r {
			VFNMSUB231PD(hi, k[i], r[i]) // −ln tail
			VSQRTPD(r[i], r[i])
			g.sub(r[i], r[i], shift)
		}
		above, below := g.vecs(vectors), g.vecs(vectors)
		g.horner(above, r, 7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258,
			3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734)
		g.horner(below, r, 1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
			6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1)
		half, sign := g.number(0.5), g.word(1<<63)
		again := g.load(ptr[1], vectors)
		for i := range again {
			g.div(above[i], above[i], below[i])
			g.sub(again[i], again[i], half)
			g.and(again[i], again[i], sign)
			g.or(above[i], above[i], again[i])
		}
		g.store(ptr[0], above)
	})
	Store(n, ReturnIndex(0))
	RET()
}

func (g *machine) normalExpand() {
	ptr, n := g.begin("normalExpand", "func(dst *float64, n int, tails *float64, where *uint8)",
		"puts the values of tails, of which 8 beyond their number may be read, where the bits of where are 1\namong n values of dst.", "dst")
	tails, where := Load(Param("tails"), GP64()).(reg.GPVirtual), Load(Param("where"), GP64()).(reg.GPVirtual)
	var rows reg.GPVirtual
	if !g.wide {
		rows = GP64()
		LEAQ(symbol("expand", 0), rows)
	}
	vectors := 8 / g.lanes // a byte of where
	g.loop(ptr, n, vectors, vectors, func(_ int, _ string) {
		bits := GP64()
		MOVBQZX(operand.Mem{Base: where}, bits)
		INCQ(where)
		for i := range vectors {
			d, packed := g.vec(), g.vec()
			VMOVUPD(g.at(ptr[0], i), d)
			VMOVUPD(operand.Mem{Base: tails}, packed)
			lanes := GP64()
			MOVQ(bits, lanes)
			if g.wide {
				hold := K()
				KMOVB(bits.As32(), hold)
				VEXPANDPD(packed, hold, d)
			} else {
				if i == 0 {
					ANDQ(operand.U8(15), lanes)
				} else {
					SHRQ(operand.U8(4), lanes)
				}
				row, order := GP64(), g.vec()
				MOVQ(lanes, row)
				SHLQ(operand.U8(5), row)
				VMOVDQU(operand.Mem{Base: rows, Index: row, Scale: 1}, order)
				VPERMD(packed, order, packed)
				VBLENDVPD(order, packed, d, d)
			}
			VMOVUPD(d, g.at(ptr[0], i))
			POPCNTQ(lanes, lanes)
			LEAQ(operand.Mem{Base: tails, Index: lanes, Scale: 8}, tails)
		}
	})
	RET()
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
