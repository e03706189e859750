package main

import (
	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// octaves writes the kernel of Octaves.
func (g *machine) octaves() {
	const octaves = 16
	ptr, n := g.begin("octaves", "func(dst, p *float64, n int, t *float64) (left int)",
		"sets n values of dst to the polynomials of t, up to the first vector with a p beyond its octaves;\nleft is how many it has not set.", "dst", "p")
	table := Load(Param("t"), GP64()).(reg.GPVirtual)
	constants := func() []vec {
		return []vec{g.number(1), g.number(0.5), g.number(0x1p-17), g.word(4 * (1023 - octaves - 1)), g.word(4 * octaves),
			g.word(1<<50 - 1), g.number(8), g.number(9)}
	}
	ends := func() (lo, hi vec) {
		lo, hi = g.vec(), g.vec()
		VBROADCASTSD(operand.Mem{Base: table, Disp: 64 * 8 * octaves}, lo)
		VBROADCASTSD(operand.Mem{Base: table, Disp: 64*8*octaves + 8}, hi)
		return lo, hi
	}
	// AVX2 has too few registers to keep what a loop needs.
	if g.wide {
		c := constants()
		lo, hi := ends()
		constants = func() []vec { return c }
		ends = func() (vec, vec) { return lo, hi }
	}
	var low, high vec
	if g.wide {
		low, high = g.vec(), g.vec()
		VMOVDQU64(symbol("pairsLow", 0), low)
		VMOVDQU64(symbol("pairsHigh", 0), high)
	}
	g.loop(ptr, n, 1, 1, func(_ int, next string) {
		c := constants()
		one, half, smallest, base, second, mantissa, eight, nine := c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]
		u := g.load(ptr[1], 1)[0]
		r, k, t := g.vec(), g.vec(), g.vec()
		g.sub(r, one, u)
		VMINPD(r, u, r)
		g.unlessAll(next, []test{{r, smallest, greaterEqual}, {r, half, less}})
		VPSRLQ(operand.U8(50), r, k)
		VPSUBQ(base, k, k)
		if g.wide {
			upper := K()
			VCMPPD(less, u, half, upper)
			VPORQ(second, k, upper, k)
		} else {
			upper := g.vec()
			VCMPPD(less, u, half, upper)
			g.and(upper, upper, second)
			g.or(k, k, upper)
		}
		VPSLLQ(operand.U8(6), k, k)
		index := make([]reg.GPVirtual, g.lanes)
		for i := range index {
			index[i] = GP64()
		}
		for i := 0; i < g.lanes; i += 2 {
			var pair reg.VecVirtual = XMM()
			switch {
			case i == 0:
				pair = k.AsX().(reg.VecVirtual)
			case i == 2 && !g.wide:
				VEXTRACTI128(operand.U8(1), k, pair)
			default:
				VEXTRACTI64X2(operand.U8(i/2), k, pair)
			}
			VMOVQ(pair, index[i])
			VPEXTRQ(operand.U8(1), pair, index[i+1])
		}
		g.and(t, r, mantissa)
		g.or(t, t, one)
		g.mul(t, t, eight)
		g.sub(t, t, nine)

		row := make([]operand.Mem, g.lanes)
		for i := range row {
			row[i] = operand.Mem{Base: table, Index: index[i], Scale: 1}
		}
		c = make([]vec, 8)
		for half := range 2 {
			copy(c[4*half:], g.columns(row, 32*half, low, high))
		}

		s := g.vec()
		g.mul(s, t, t)
		for _, k := range []int{4, 2, 0} {
			for i := range 2 {
				g.mul(c[6+i], c[6+i], s)
				g.add(c[6+i], c[6+i], c[k+i])
			}
		}
		x := c[6]
		g.mul(c[7], c[7], t)
		g.add(x, x, c[7])
		lo, hi := ends()
		VMAXPD(x, lo, x) // of a number and NaN it takes the first operand here, NaN
		VMINPD(x, hi, x)
		g.store(ptr[0], []vec{x})
	})
	Store(n, ReturnIndex(0))
	RET()
}

// columns returns four vectors, of the first to the fourth number at disp in each row.
func (g *machine) columns(row []operand.Mem, disp int, low, high vec) []vec {
	r := make([]vec, 4)
	for i := range r {
		r[i] = g.vec()
		if g.wide {
			VMOVUPD(row[i].Offset(disp), r[i].AsY())
			VINSERTF64X4(operand.U8(1), row[i+4].Offset(disp), r[i], r[i])
		} else {
			VMOVUPD(row[i].Offset(disp), r[i])
		}
	}
	return g.turn(r, low, high)
}

// turn makes columns of rows.
func (g *machine) turn(r []vec, low, high vec) []vec {
	c := g.vecs(4)
	for i := range 2 {
		a, b := g.vec(), g.vec()
		if i == 0 {
			VUNPCKLPD(r[1], r[0], a)
			VUNPCKLPD(r[3], r[2], b)
		} else {
			VUNPCKHPD(r[1], r[0], a)
			VUNPCKHPD(r[3], r[2], b)
		}
		if g.wide {
			g.copy(c[i], low)
			VPERMI2PD(b, a, c[i])
			g.copy(c[i+2], high)
			VPERMI2PD(b, a, c[i+2])
		} else {
			VPERM2F128(operand.U8(0x20), b, a, c[i])
			VPERM2F128(operand.U8(0x31), b, a, c[i+2])
		}
	}
	return c
}

// pairs writes what VPERMI2PD is to take for the first two and the last two of every four lanes.
func pairs() {
	for _, p := range []struct {
		name  string
		order [4]uint64
	}{{"pairsLow", [4]uint64{0, 1, 8, 9}}, {"pairsHigh", [4]uint64{2, 3, 10, 11}}} {
		GLOBL(p.name, attr.RODATA|attr.NOPTR)
		for i := range 8 {
			DATA(8*i, operand.U64(p.order[i%4]+uint64(i/4*4)))
		}
	}
}
