package main

import (
	"strings"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// A stream is an operand of an operation: step bytes from one vector to the next, 0 if it is a
// constant.
type stream struct {
	at, step, thrice reg.GPVirtual
}

func (s stream) vector(i int) operand.Mem {
	switch i {
	case 0:
		return operand.Mem{Base: s.at}
	case 3:
		return operand.Mem{Base: s.at, Index: s.thrice, Scale: 1}
	}
	return operand.Mem{Base: s.at, Index: s.step, Scale: uint8(i)}
}

// operation writes the kernel of an operation: body sets d to its result. Of all operands but the
// last it gets the values, of the last the place, which may be an instruction's operand itself;
// k are the words, broadcast.
func (g *machine) operation(name, formula string, operands int, words []uint64, body func(d vec, in []vec, last operand.Mem, k []vec)) {
	g.declare(name, "func(o *struct{dst, a, b, c *float64; maskA, maskB, maskC, n int})", "sets the n values of dst to "+formula+".")
	o := Dereference(Param("o"))
	dst, n := Load(o.Field("dst"), GP64()).(reg.GPVirtual), Load(o.Field("n"), GP64()).(reg.GPVirtual)
	var in []stream
	for _, letter := range []string{"A", "B", "C"}[:operands] {
		s := stream{
			at:     Load(o.Field(strings.ToLower(letter)), GP64()).(reg.GPVirtual),
			step:   Load(o.Field("mask"+letter), GP64()).(reg.GPVirtual),
			thrice: GP64(),
		}
		ANDQ(operand.U8(8*g.lanes), s.step)
		LEAQ(operand.Mem{Base: s.step, Index: s.step, Scale: 2}, s.thrice)
		in = append(in, s)
	}
	var k []vec
	for _, w := range words {
		k = append(k, g.word(w))
	}
	g.loop([]reg.GPVirtual{dst}, n, 4, 8/g.lanes, func(vectors int, _ string) {
		for i := range vectors {
			var values []vec
			for _, s := range in[:operands-1] {
				v := g.vec()
				VMOVUPD(s.vector(i), v)
				values = append(values, v)
			}
			d := g.vec()
			body(d, values, in[operands-1].vector(i), k)
			VMOVUPD(d, g.at(dst, i))
		}
		for _, s := range in {
			LEAQ(operand.Mem{Base: s.at, Index: s.step, Scale: uint8(vectors)}, s.at)
		}
	})
	RET()
}

func (g *machine) operations() {
	const one = 0x3ff << 52
	unary := func(name, formula string, body func(d vec, a operand.Mem)) {
		g.operation(name, formula, 1, nil, func(d vec, _ []vec, a operand.Mem, _ []vec) { body(d, a) })
	}
	binary := func(name, formula string, body func(d, a vec, b operand.Mem)) {
		g.operation(name, formula, 2, nil, func(d vec, in []vec, b operand.Mem, _ []vec) { body(d, in[0], b) })
	}
	comparison := func(name, formula string, predicate operand.U8) {
		g.operation(name, formula, 2, []uint64{one}, func(d vec, in []vec, b operand.Mem, k []vec) {
			if g.wide {
				hold := K()
				VCMPPD(predicate, b, in[0], hold)
				VMOVAPD_Z(k[0], hold, d)
			} else {
				VCMPPD(predicate, b, in[0], d)
				g.and(d, d, k[0])
			}
		})
	}
	ternary := func(name, formula string, body func(d, a, b vec, c operand.Mem)) {
		g.operation(name, formula, 3, nil, func(d vec, in []vec, c operand.Mem, _ []vec) { body(d, in[0], in[1], c) })
	}

	unary("copy", "a", func(d vec, a operand.Mem) { VMOVUPD(a, d) })
	binary("add", "a + b", func(d, a vec, b operand.Mem) { VADDPD(b, a, d) })
	binary("sub", "a − b", func(d, a vec, b operand.Mem) { VSUBPD(b, a, d) })
	binary("mul", "a·b", func(d, a vec, b operand.Mem) { VMULPD(b, a, d) })
	binary("div", "a/b", func(d, a vec, b operand.Mem) { VDIVPD(b, a, d) })
	binary("min", "a if a < b, else b", func(d, a vec, b operand.Mem) { VMINPD(b, a, d) })
	binary("max", "a if a > b, else b", func(d, a vec, b operand.Mem) { VMAXPD(b, a, d) })
	comparison("less", "1 if a < b, else 0", less)
	comparison("atMost", "1 if a ≤ b, else 0", lessEqual)
	comparison("equal", "1 if a = b, else 0", equal)
	g.operation("select", "b if a ≠ 0, else c", 3, []uint64{0}, func(d vec, in []vec, c operand.Mem, k []vec) {
		if g.wide {
			holds := K()
			VCMPPD(notEqual, k[0], in[0], holds)
			VMOVUPD(c, d)
			VMOVAPD(in[1], holds, d)
		} else {
			VCMPPD(equal, k[0], in[0], d)
			VBLENDVPD(d, c, in[1], d)
		}
	})
	ternary("mulAdd", "a·b + c, the product rounded", func(d, a, b vec, c operand.Mem) {
		g.mul(d, a, b)
		VADDPD(c, d, d)
	})
	ternary("mulSub", "a·b − c, the product rounded", func(d, a, b vec, c operand.Mem) {
		g.mul(d, a, b)
		VSUBPD(c, d, d)
	})
	ternary("subMul", "c − a·b, the product rounded", func(d, a, b vec, c operand.Mem) {
		VMOVUPD(c, d)
		g.mul(a, a, b)
		g.sub(d, d, a)
	})
	ternary("mulMul", "(a·b)·c", func(d, a, b vec, c operand.Mem) {
		g.mul(d, a, b)
		VMULPD(c, d, d)
	})
	ternary("sumAdd", "(a + b) + c", func(d, a, b vec, c operand.Mem) {
		g.add(d, a, b)
		VADDPD(c, d, d)
	})
	ternary("sumSub", "(a + b) − c", func(d, a, b vec, c operand.Mem) {
		g.add(d, a, b)
		VSUBPD(c, d, d)
	})
	ternary("sumMul", "(a + b)·c", func(d, a, b vec, c operand.Mem) {
		g.add(d, a, b)
		VMULPD(c, d, d)
	})
	ternary("diffMul", "(a − b)·c", func(d, a, b vec, c operand.Mem) {
		g.sub(d, a, b)
		VMULPD(c, d, d)
	})
	ternary("diffMax", "c if c > a − b, else a − b", func(d, a, b vec, c operand.Mem) {
		VMOVUPD(c, d)
		g.sub(a, a, b)
		VMAXPD(a, d, d)
	})
	g.operation("abs", "|a|", 1, []uint64{1<<63 - 1}, func(d vec, _ []vec, a operand.Mem, k []vec) {
		VANDPD(a, k[0], d)
	})
	unary("sqrt", "√a", func(d vec, a operand.Mem) { VSQRTPD(a, d) })
	unary("floor", "a rounded down to an integer", func(d vec, a operand.Mem) {
		const down = operand.U8(9) // and no exception for an inexact result
		if g.wide {
			VRNDSCALEPD(down, a, d)
		} else {
			VROUNDPD(down, a, d)
		}
	})
}

// searches writes the kernels that look for what is not finite, and for what is infinite: bits
// that under a mask are those of infinity.
func (g *machine) searches() {
	const infinity = 0x7ff << 52
	for _, s := range []struct {
		name, doc string
		mask      uint64
	}{
		{"notFinite", "not finite", infinity},
		{"infinite", "infinite", 1<<63 - 1},
	} {
		ptr, n := g.begin(s.name, "func(x *float64, n int) (found int)", "returns a number that is 0 if none of n values of x is "+s.doc+".", "x")
		found := GP64()
		XORQ(found, found)
		mask, full := g.word(s.mask), g.word(infinity)
		g.loop(ptr, n, 4, 8/g.lanes, func(vectors int, _ string) {
			for i := range vectors {
				x, bits := g.vec(), GP64()
				VANDPD(g.at(ptr[0], i), mask, x)
				if g.wide {
					hold := K()
					VPCMPEQQ(full, x, hold)
					KMOVB(hold, bits.As32())
				} else {
					VPCMPEQQ(full, x, x)
					VMOVMSKPD(x, bits.As32())
				}
				ORQ(bits, found)
			}
		})
		Store(found, ReturnIndex(0))
		RET()
	}
}
