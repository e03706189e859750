package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Operations are threaded code: a handler computes one operation for a tile of values and jumps
// to that of the next call. Nothing in it is a branch but that jump and the end of the calls, and
// the processor learns both. So every pattern of columns and constants has a handler of its own.
//
// These registers are passed on from handler to handler.
var (
	call   = reg.RSI // the call
	end    = reg.RDI // the address after the last
	offset = reg.R8  // of the tile in columns, in bytes
	table  = reg.R9  // the handlers, 8 for each operation: by the bits of the operands that are constants
)

// Offsets in a Call, and its size.
const (
	callDst      = 0
	callOperands = 8
	callHandler  = 36
	callSize     = 40
)

// A tile is what handlers compute at a time: 64 values, or what is left of a column by blocks of 8.
type tile struct {
	name   string
	values int
}

func tiles() []tile { return []tile{{"Tile", 64}, {"Block", 8}} }

// operation writes the handlers of an operation: body sets d to its result. Of all operands but
// the last it gets the values, of the last a value or its place, as an instruction takes either;
// k are the words, broadcast. It must not set an operand.
func (g *machine) operation(name, formula string, operands int, words []uint64, body func(d vec, in []vec, last operand.Op, k []vec)) {
	for _, t := range tiles() {
		for pattern := range 1 << operands {
			name := name + patternName(operands, pattern) + t.name
			g.handlers[t.name] = append(g.handlers[t.name], handler{name + g.name, 8*g.operationCount + pattern})
			g.text(name)
			Comment("dst = " + formula)
			g.handler(t, operands, pattern, words, body)
		}
	}
	g.operationCount++
}

// patternName has a letter for each operand, of a column or a constant.
func patternName(operands, pattern int) string {
	var b strings.Builder
	for o := range operands {
		b.WriteByte("VK"[pattern>>o&1])
	}
	return b.String()
}

func (g *machine) handler(t tile, operands, pattern int, words []uint64, body func(d vec, in []vec, last operand.Op, k []vec)) {
	var k []vec
	for _, w := range words {
		k = append(k, g.word(w))
	}
	dst, at := reg.RAX, []reg.GPPhysical{reg.RBX, reg.RCX, reg.RDX}[:operands]
	MOVQ(operand.Mem{Base: call, Disp: callDst}, dst)
	ADDQ(offset, dst)
	constants := make([]vec, operands)
	for o := range at {
		MOVQ(operand.Mem{Base: call, Disp: callOperands + 8*o}, at[o])
		if pattern>>o&1 == 1 {
			constants[o] = g.vec()
			VMOVUPD(operand.Mem{Base: at[o]}, constants[o])
		} else {
			ADDQ(offset, at[o])
		}
	}
	for i := range t.values / g.lanes {
		place := func(base reg.Register) operand.Mem { return operand.Mem{Base: base, Disp: 8 * g.lanes * i} }
		values := slices.Clone(constants)
		for o := range operands - 1 {
			if values[o] == nil {
				values[o] = g.vec()
				VMOVUPD(place(at[o]), values[o])
			}
		}
		var last operand.Op = place(at[operands-1])
		if constants[operands-1] != nil {
			last = constants[operands-1]
		}
		d := g.vec()
		body(d, values[:operands-1], last, k)
		VMOVUPD(d, place(dst))
	}
	ADDQ(operand.U8(callSize), call)
	CMPQ(call, end)
	JEQ(operand.LabelRef("done"))
	dispatch()
	Label("done")
	ADDQ(operand.I32(int32(8*t.values)), offset)
	g.jump("advance")
}

// dispatch jumps to the call's handler.
func dispatch() {
	MOVBQZX(operand.Mem{Base: call, Disp: callHandler}, reg.RAX)
	leave(operand.Mem{Base: table, Index: reg.RAX, Scale: 8})
}

// jump leaves for another text of this machine.
func (g *machine) jump(name string) { leave(symbol(name+g.name, 0)) }

// text begins what only assembly jumps to.
func (g *machine) text(name string) {
	g.texts = append(g.texts, name+g.name)
	TEXT(name+g.name, attr.NOSPLIT, "func()")
}

// leave jumps out of the function.
func leave(to operand.Op) {
	Instruction(&ir.Instruction{Opcode: "JMP", Operands: []operand.Op{to}, Inputs: []operand.Op{to}, IsTerminal: true})
}

// run writes the entry to the handlers, and what goes on to the next tile. What it is called with
// stays on the stack: the calls, their size, the offsets to begin and to end at, in bytes.
func (g *machine) run() {
	argument := func(i int) operand.Mem { return operand.Mem{Base: reg.StackPointer, Disp: 8 + 8*i} }

	TEXT("run"+g.name, attr.NOSPLIT, "func(calls *struct{}, size, from, to int)")
	Load(Param("from"), offset)
	g.jump("advance")

	g.text("advance")
	MOVQ(argument(0), call)
	MOVQ(argument(1), end)
	ADDQ(call, end)
	MOVQ(argument(3), reg.RAX)
	SUBQ(offset, reg.RAX)
	for i, t := range tiles() {
		if i > 0 {
			Label("by" + t.name)
		}
		CMPQ(reg.RAX, operand.I32(int32(8*t.values)))
		next := "finished"
		if i+1 < len(tiles()) {
			next = "by" + tiles()[i+1].name
		}
		JLT(operand.LabelRef(next))
		LEAQ(symbol(g.table(t), 0), table)
		dispatch()
	}
	Label("finished")
	VZEROUPPER()
	RET()
}

func (g *machine) table(t tile) string { return "handlers" + t.name + g.name }

// tables returns the addresses of the handlers as source: avo has no data of this kind.
func (g *machine) tables() string {
	var b strings.Builder
	for _, t := range tiles() {
		b.WriteByte('\n')
		for _, h := range g.handlers[t.name] {
			fmt.Fprintf(&b, "DATA %s<>+%d(SB)/8, $%s<>(SB)\n", g.table(t), 8*h.index, h.name)
		}
		fmt.Fprintf(&b, "GLOBL %s<>(SB), RODATA, $%d\n", g.table(t), 8*8*g.operationCount)
	}
	return b.String()
}

// operations writes the handlers, in the order of vec's constants.
func (g *machine) operations() {
	const one = 0x3ff << 52
	unary := func(name, formula string, body func(d vec, a operand.Op)) {
		g.operation(name, formula, 1, nil, func(d vec, _ []vec, a operand.Op, _ []vec) { body(d, a) })
	}
	binary := func(name, formula string, body func(d, a vec, b operand.Op)) {
		g.operation(name, formula, 2, nil, func(d vec, in []vec, b operand.Op, _ []vec) { body(d, in[0], b) })
	}
	comparison := func(name, formula string, predicate operand.U8) {
		g.operation(name, formula, 2, []uint64{one}, func(d vec, in []vec, b operand.Op, k []vec) {
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
	ternary := func(name, formula string, body func(d, a, b vec, c operand.Op)) {
		g.operation(name, formula, 3, nil, func(d vec, in []vec, c operand.Op, _ []vec) { body(d, in[0], in[1], c) })
	}

	unary("copy", "a", func(d vec, a operand.Op) { VMOVUPD(a, d) })
	binary("add", "a + b", func(d, a vec, b operand.Op) { VADDPD(b, a, d) })
	binary("sub", "a − b", func(d, a vec, b operand.Op) { VSUBPD(b, a, d) })
	binary("mul", "a·b", func(d, a vec, b operand.Op) { VMULPD(b, a, d) })
	binary("div", "a/b", func(d, a vec, b operand.Op) { VDIVPD(b, a, d) })
	binary("min", "a if a < b, else b", func(d, a vec, b operand.Op) { VMINPD(b, a, d) })
	binary("max", "a if a > b, else b", func(d, a vec, b operand.Op) { VMAXPD(b, a, d) })
	comparison("less", "1 if a < b, else 0", less)
	comparison("atMost", "1 if a ≤ b, else 0", lessEqual)
	comparison("equal", "1 if a = b, else 0", equal)
	g.operation("select", "b if a ≠ 0, else c", 3, []uint64{0}, func(d vec, in []vec, c operand.Op, k []vec) {
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
	g.operation("abs", "|a|", 1, []uint64{1<<63 - 1}, func(d vec, _ []vec, a operand.Op, k []vec) {
		VANDPD(a, k[0], d)
	})
	unary("sqrt", "√a", func(d vec, a operand.Op) { VSQRTPD(a, d) })
	unary("floor", "a rounded down to an integer", func(d vec, a operand.Op) {
		const down = operand.U8(9) // and no exception for an inexact result
		if g.wide {
			VRNDSCALEPD(down, a, d)
		} else {
			VROUNDPD(down, a, d)
		}
	})
	ternary("mulAdd", "a·b + c, the product rounded", func(d, a, b vec, c operand.Op) {
		g.mul(d, a, b)
		VADDPD(c, d, d)
	})
	ternary("mulSub", "a·b − c, the product rounded", func(d, a, b vec, c operand.Op) {
		g.mul(d, a, b)
		VSUBPD(c, d, d)
	})
	ternary("subMul", "c − a·b, the product rounded", func(d, a, b vec, c operand.Op) {
		product := g.vec()
		g.mul(product, a, b)
		VMOVUPD(c, d)
		g.sub(d, d, product)
	})
	ternary("mulMul", "(a·b)·c", func(d, a, b vec, c operand.Op) {
		g.mul(d, a, b)
		VMULPD(c, d, d)
	})
	ternary("sumAdd", "(a + b) + c", func(d, a, b vec, c operand.Op) {
		g.add(d, a, b)
		VADDPD(c, d, d)
	})
	ternary("sumSub", "(a + b) − c", func(d, a, b vec, c operand.Op) {
		g.add(d, a, b)
		VSUBPD(c, d, d)
	})
	ternary("sumMul", "(a + b)·c", func(d, a, b vec, c operand.Op) {
		g.add(d, a, b)
		VMULPD(c, d, d)
	})
	ternary("diffMul", "(a − b)·c", func(d, a, b vec, c operand.Op) {
		g.sub(d, a, b)
		VMULPD(c, d, d)
	})
	ternary("diffMax", "c if c > a − b, else a − b", func(d, a, b vec, c operand.Op) {
		difference := g.vec()
		g.sub(difference, a, b)
		VMOVUPD(c, d)
		VMAXPD(difference, d, d)
	})
}

// searches writes the kernels that look for what is not finite, one of which copies what it
// reads, and for what is infinite: bits that under a mask are those of infinity.
func (g *machine) searches() {
	const infinity = 0x7ff << 52
	for _, s := range []struct {
		name, doc string
		mask      uint64
		copies    bool
	}{
		{"notFinite", "not finite", infinity, false},
		{"infinite", "infinite", 1<<63 - 1, false},
		{"copyNotFinite", "not finite, and copies them", infinity, true},
	} {
		signature, columns := "func(x *float64, n int) (found int)", []string{"x"}
		if s.copies {
			signature, columns = "func(x, dst *float64, n int) (found int)", []string{"x", "dst"}
		}
		ptr, n := g.begin(s.name, signature, "returns a number that is 0 if none of n values of x is "+s.doc+".", columns...)
		found := GP64()
		XORQ(found, found)
		mask, full := g.word(s.mask), g.word(infinity)
		g.loop(ptr, n, 4, 8/g.lanes, func(vectors int, _ string) {
			for i := range vectors {
				x, bits := g.vec(), GP64()
				if s.copies {
					VMOVUPD(g.at(ptr[0], i), x)
					VMOVUPD(x, g.at(ptr[1], i))
					g.and(x, x, mask)
				} else {
					VANDPD(g.at(ptr[0], i), mask, x)
				}
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
