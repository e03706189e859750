// Command asm writes the assembly of package vec: every kernel for AVX-512 and for AVX2 with
// FMA, from one description. It is a module of its own, so that the generator is no dependency
// of what it generates. Run it with go generate in the directory above.
//
// The steps of each kernel are those of the portable Go function of its name, one instruction
// an operation; vec's tests hold the two to the same bits.
package main

import (
	"flag"
	"log"
	"math"
	"os"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

func main() {
	operations := flag.Bool("operations", false, "write the handlers of operations, not the kernels")
	flag.Parse()
	ConstraintExpr("!purego")
	c := &constants{offset: map[uint64]int{}}
	machines := []*machine{
		{constants: c, name: "AVX512", lanes: 8, wide: true},
		{constants: c, name: "AVX2", lanes: 4},
	}
	if *operations {
		threaded(c, machines)
		return
	}
	for _, g := range machines {
		g.exp()
		g.log()
		g.normal()
		g.uniformPair()
		g.searches()
		g.octaves()
		g.sums()
		g.spread()
		g.cells()
		g.tally()
	}
	c.write()
	permutations()
	pairs()
	tallyTables()
	Generate()
}

// threaded writes the operations. They have a file of their own: nothing in it but the entries
// is for Go to call, so that there are no declarations to generate. For the same reason their
// texts are made static, which avo does not, and their addresses are added.
func threaded(c *constants, machines []*machine) {
	for _, g := range machines {
		g.handlers = map[string][]handler{}
		g.run()
		g.operations()
	}
	c.write()
	Generate()
	name := flag.Lookup("out").Value.String()
	source, err := os.ReadFile(name)
	if err != nil {
		log.Fatal(err)
	}
	text := string(source)
	for _, g := range machines {
		for _, t := range g.texts {
			text = strings.Replace(text, "TEXT ·"+t+"(SB)", "TEXT "+t+"<>(SB)", 1)
		}
		text += g.tables()
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		log.Fatal(err)
	}
}

// constants are the words that the kernels broadcast, each stored once.
type constants struct {
	offset map[uint64]int
	words  []uint64
}

func symbol(name string, offset int) operand.Mem {
	return operand.NewDataAddr(operand.Symbol{Name: name, Static: true}, offset)
}

func (c *constants) write() {
	GLOBL("constants", attr.RODATA|attr.NOPTR)
	for i, w := range c.words {
		DATA(8*i, operand.U64(w))
	}
}

// permutations writes the tables of orders.
func permutations() {
	GLOBL("iota", attr.RODATA|attr.NOPTR)
	for i := range 8 {
		DATA(8*i, operand.U64(i))
	}
	// Rotations by whole bytes, of the two words of 16 bytes.
	for _, r := range []int{16, 24} {
		GLOBL(rotateBytes(r), attr.RODATA|attr.NOPTR)
		for word := range 2 {
			var w uint64
			for b := range 8 {
				w |= uint64((b-r/8)&7+8*word) << (8 * b)
			}
			DATA(8*word, operand.U64(w))
		}
	}
}

func rotateBytes(r int) string {
	return map[int]string{16: "rotate16", 24: "rotate24"}[r]
}

// A machine is a set of instructions. Its methods take the destination first, then the
// operands in the order of the formula.
type machine struct {
	*constants
	name  string
	lanes int
	wide  bool // AVX-512

	operationCount int                  // of those written
	handlers       map[string][]handler // by the name of their tile
	texts          []string             // that Go does not call
}

// A handler is a text, and its place in the table.
type handler struct {
	name  string
	index int
}

type vec = reg.VecVirtual

func (g *machine) vec() vec {
	if g.wide {
		return ZMM()
	}
	return YMM()
}

// vecs are n registers, for n vectors that go through a kernel side by side: each waits for its
// own instructions, which are several cycles apart.
func (g *machine) vecs(n int) []vec {
	v := make([]vec, n)
	for i := range v {
		v[i] = g.vec()
	}
	return v
}

func (g *machine) word(w uint64) vec {
	at, ok := g.offset[w]
	if !ok {
		at = 8 * len(g.words)
		g.offset[w] = at
		g.words = append(g.words, w)
	}
	v := g.vec()
	VBROADCASTSD(symbol("constants", at), v)
	return v
}

func (g *machine) number(x float64) vec { return g.word(math.Float64bits(x)) }

func (g *machine) add(d, a, b vec) { VADDPD(b, a, d) }
func (g *machine) sub(d, a, b vec) { VSUBPD(b, a, d) }
func (g *machine) mul(d, a, b vec) { VMULPD(b, a, d) }
func (g *machine) div(d, a, b vec) { VDIVPD(b, a, d) }

// addProduct: d = a·b + d. subProduct: d = d − a·b. timesPlus: d = d·a + b.
func (g *machine) addProduct(d, a, b vec) { VFMADD231PD(b, a, d) }
func (g *machine) subProduct(d, a, b vec) { VFNMADD231PD(b, a, d) }
func (g *machine) timesPlus(d, a, b vec)  { VFMADD213PD(b, a, d) }

func (g *machine) copy(d, a vec) { VMOVAPD(a, d) }

func (g *machine) and(d, a, b vec) {
	if g.wide {
		VPANDQ(b, a, d)
	} else {
		VPAND(b, a, d)
	}
}

func (g *machine) or(d, a, b vec) {
	if g.wide {
		VPORQ(b, a, d)
	} else {
		VPOR(b, a, d)
	}
}

func (g *machine) xor(d, a, b vec) {
	if g.wide {
		VPXORQ(b, a, d)
	} else {
		VPXOR(b, a, d)
	}
}

// rotate turns the words of d left.
func (g *machine) rotate(d vec, by int) {
	switch {
	case g.wide:
		VPROLQ(operand.U8(by), d, d)
	case by == 32:
		VPSHUFD(operand.U8(0xb1), d, d)
	case by%8 == 0:
		order := g.vec()
		VBROADCASTI128(symbol(rotateBytes(by), 0), order)
		VPSHUFB(order, d, d)
	default:
		low := g.vec()
		VPSRLQ(operand.U8(64-by), d, low)
		VPSLLQ(operand.U8(by), d, d)
		g.or(d, d, low)
	}
}

// horner sets y to the polynomial of the coefficients c, highest power first, at r.
func (g *machine) horner(y, r []vec, c ...float64) {
	first := g.number(c[0])
	for i := range y {
		g.copy(y[i], first)
	}
	for _, x := range c[1:] {
		k := g.number(x)
		for i := range y {
			g.timesPlus(y[i], r[i], k)
		}
	}
}

// begin opens a kernel. Its arguments are pointers to columns, which the loop moves on, and n, a
// multiple of 8; more are loaded by the kernel itself.
func (g *machine) begin(name, signature, doc string, columns ...string) (ptr []reg.GPVirtual, n reg.GPVirtual) {
	g.declare(name, signature, doc)
	for _, c := range columns {
		ptr = append(ptr, Load(Param(c), GP64()).(reg.GPVirtual))
	}
	return ptr, Load(Param("n"), GP64()).(reg.GPVirtual)
}

func (g *machine) declare(name, signature, doc string) {
	TEXT(name+g.name, attr.NOSPLIT, signature)
	Pragma("noescape")
	Doc(strings.Split(name+g.name+" "+doc, "\n")...)
}

// loop works through the columns, many vectors at a time as long as there are, or few. A body for
// many may jump to one, the body for few, and is come back to after it.
func (g *machine) loop(ptr []reg.GPVirtual, n reg.GPVirtual, many, few int, body func(vectors int, one string)) {
	first := ""
	for _, l := range []struct {
		label, next string
		vectors     int
	}{{"many", "few", many}, {"few", "done", few}} {
		if l.label == "many" && many == few {
			continue
		}
		if first == "" {
			first = l.label
		}
		values := l.vectors * g.lanes
		Label(l.label)
		CMPQ(n, operand.I32(int32(values)))
		JL(operand.LabelRef(l.next))
		body(l.vectors, l.next)
		for _, p := range ptr {
			ADDQ(operand.I32(int32(8*values)), p)
		}
		SUBQ(operand.I32(int32(values)), n)
		JMP(operand.LabelRef(first))
	}
	Label("done")
	VZEROUPPER()
}

func (g *machine) at(p reg.GPVirtual, vector int) operand.Mem {
	return operand.Mem{Base: p, Disp: 8 * g.lanes * vector}
}

func (g *machine) load(p reg.GPVirtual, n int) []vec {
	v := g.vecs(n)
	for i := range v {
		VMOVUPD(g.at(p, i), v[i])
	}
	return v
}

func (g *machine) store(p reg.GPVirtual, v []vec) {
	for i := range v {
		VMOVUPD(v[i], g.at(p, i))
	}
}

// Predicates of VCMPPD, none of which signals.
const (
	equal           = operand.U8(0x00)
	notEqual        = operand.U8(0x04) // true of NaN
	less            = operand.U8(0x11)
	lessEqual       = operand.U8(0x12)
	greaterEqual    = operand.U8(0x1d)
	notLessEqual    = operand.U8(0x16) // true of NaN
	notGreaterEqual = operand.U8(0x19) // true of NaN
)

// A test is a ⟨predicate⟩ b.
type test struct {
	a, b      vec
	predicate operand.U8
}

// unlessAll jumps unless every lane passes every test.
func (g *machine) unlessAll(label string, tests []test) {
	bits := GP32()
	if g.wide {
		hold := K()
		VCMPPD(tests[0].predicate, tests[0].b, tests[0].a, hold)
		for _, t := range tests[1:] {
			VCMPPD(t.predicate, t.b, t.a, hold, hold)
		}
		KMOVB(hold, bits)
	} else {
		hold := g.vec()
		VCMPPD(tests[0].predicate, tests[0].b, tests[0].a, hold)
		for _, t := range tests[1:] {
			one := g.vec()
			VCMPPD(t.predicate, t.b, t.a, one)
			g.and(hold, hold, one)
		}
		VMOVMSKPD(hold, bits)
	}
	CMPL(bits, operand.I32(int32(1<<g.lanes-1)))
	JNE(operand.LabelRef(label))
}
