package vec

import (
	"math"
	"unsafe"
)

// An Op is an operation on columns, value by value.
type Op uint8

// The operations, by their results for the values a, b and c of the operands. A condition is a
// column of zeros and ones.
//
// Where an operand is NaN, so is the result of arithmetic; comparisons with NaN are false: Min
// and Max then give b, Less, AtMost and Equal 0. Select takes NaN for a condition that holds.
const (
	Copy   Op = iota // a
	Add              // a + b
	Sub              // a − b
	Mul              // a·b
	Div              // a/b
	Min              // a if a < b, else b
	Max              // a if a > b, else b
	Less             // 1 if a < b, else 0
	AtMost           // 1 if a ≤ b, else 0
	Equal            // 1 if a = b, else 0
	Select           // b if a ≠ 0, else c
	Abs              // |a|
	Sqrt             // √a
	Floor            // a rounded down to an integer

	// Two operations in one. Each rounds as it does alone: a·b + c is no fused multiply-add.
	MulAdd  // a·b + c
	MulSub  // a·b − c
	SubMul  // c − a·b
	MulMul  // (a·b)·c
	SumAdd  // (a + b) + c
	SumSub  // (a + b) − c
	SumMul  // (a + b)·c
	DiffMul // (a − b)·c
	DiffMax // c if c > a − b, else a − b: Max of c and a − b

	// Functions, as those of their names set them.
	ExpOp            // e^a
	LogOp            // ln a
	NormalQuantileOp // Φ⁻¹(a)
	opCount
)

// Apply sets dst to what op makes of its operands.
//
// An operand is a column as long as dst, or a constant: 8 equal values, which are repeated.
// Those that op does not take may be nil. The length of dst is a multiple of 8, and dst may be
// any of the operands; but it must not overlap one in part.
func Apply(op Op, dst, a, b, c []float64) { applyBy(fastest, op, dst, a, b, c) }

// A Call is an operation that knows its columns, to be run again and again.
type Call struct {
	op       Op
	function bool // one of those that work on slices
	operands operands
}

// Bind prepares what Apply would do.
func Bind(op Op, dst, a, b, c []float64) Call {
	n := len(dst)
	if n == 0 || n%block != 0 {
		panic("vec: the length of a column is no multiple of 8")
	}
	if op >= opCount {
		panic(noSuchOp)
	}
	call := Call{op: op, function: ExpOp <= op && op <= NormalQuantileOp}
	o := &call.operands
	o.dst, o.n = &dst[0], n
	o.a, o.maskA = operand(a, n)
	o.b, o.maskB = operand(b, n)
	o.c, o.maskC = operand(c, n)
	return call
}

// Run applies operations one after the other to the values from … to−1 of their columns, both
// multiples of 8. What they were bound to must still be there: the columns are kept by whoever
// bound them.
func Run(calls []Call, from, to int) { runBy(fastest, calls, from, to) }

func runBy(p path, calls []Call, from, to int) {
	if from < 0 || from > to || (from|to)%block != 0 {
		panic("vec: the range of values is no multiple of 8")
	}
	if from == to {
		return
	}
	for i := range calls {
		call := &calls[i]
		if to > call.operands.n {
			panic("vec: the range of values is beyond the columns")
		}
		o := call.operands
		o.n = to - from
		o.dst = (*float64)(unsafe.Add(unsafe.Pointer(o.dst), 8*from))
		o.a = (*float64)(unsafe.Add(unsafe.Pointer(o.a), 8*from&o.maskA))
		o.b = (*float64)(unsafe.Add(unsafe.Pointer(o.b), 8*from&o.maskB))
		o.c = (*float64)(unsafe.Add(unsafe.Pointer(o.c), 8*from&o.maskC))
		switch {
		case call.function:
			x := unsafe.Slice(o.a, o.n)
			if o.maskA == 0 {
				x = x[:block]
			}
			function(p, call.op, unsafe.Slice(o.dst, o.n), x)
		case p == avx512:
			applyAVX512(call.op, &o)
		case p == avx2:
			applyAVX2(call.op, &o)
		default:
			applyPortable(call.op, &o)
		}
	}
}

func applyBy(p path, op Op, dst, a, b, c []float64) {
	n := len(dst)
	if n == 0 {
		return
	}
	if n%block != 0 {
		panic("vec: the length of a column is no multiple of 8")
	}
	if ExpOp <= op && op <= NormalQuantileOp {
		function(p, op, dst, a)
		return
	}
	var o operands // filled field by field: a composite literal is built elsewhere and copied
	o.dst, o.n = &dst[0], n
	o.a, o.maskA = operand(a, n)
	o.b, o.maskB = operand(b, n)
	o.c, o.maskC = operand(c, n)
	switch p {
	case avx512:
		applyAVX512(op, &o)
	case avx2:
		applyAVX2(op, &o)
	default:
		applyPortable(op, &o)
	}
}

// function applies one of the elementary functions, to a constant once.
func function(p path, op Op, dst, x []float64) {
	column := dst
	if len(x) == block {
		dst = dst[:block]
	}
	switch op {
	case ExpOp:
		expBy(p, dst, x)
	case LogOp:
		logBy(p, dst, x)
	case NormalQuantileOp:
		normalBy(p, dst, x)
	}
	for i := len(dst); i < len(column); i++ {
		column[i] = dst[0]
	}
}

// block is what every kernel's number of values is a multiple of.
const block = 8

// operands are what an operation works on. The offset of an operand's value is and-ed with its
// mask: all ones for a column, 0 for a constant, whose 8 values then are those of every block.
type operands = struct {
	dst, a, b, c           *float64
	maskA, maskB, maskC, n int
}

// operand is where the values of x are, and its mask. It has no branches that depend on which of
// its operands an operation takes and which are constants: a program of many different operations
// would mispredict them.
func operand(x []float64, n int) (*float64, int) {
	at := unsafe.SliceData(x)
	if len(x) == 0 {
		at = nil
	}
	column := bit(len(x) == n)
	if bit(len(x)&^block != 0)&^column != 0 {
		panic("vec: columns differ in length")
	}
	return at, -int(column)
}

// A values is a column or a constant, by blocks.
type values struct {
	at   unsafe.Pointer
	mask int
}

// block is the block that begins at a multiple of 64 bytes.
func (v values) block(offset int) *[block]float64 {
	return (*[block]float64)(unsafe.Add(v.at, offset&v.mask))
}

// bit is 1 if the condition holds. The compiler makes a set instruction of it: nothing is
// mispredicted, as a branch on values at random is.
func bit(condition bool) uint64 {
	var b uint64
	if condition {
		b = 1
	}
	return b
}

// either is a if the bit is 1, b if it is 0.
func either(bit uint64, a, b float64) float64 {
	x, y := math.Float64bits(a), math.Float64bits(b)
	return math.Float64frombits(y ^ (x^y)&-bit)
}

const one = 0x3ff0000000000000 // the bits of 1

func minimum(a, b float64) float64 { return either(bit(a < b), a, b) }
func maximum(a, b float64) float64 { return either(bit(a > b), a, b) }
func less(a, b float64) float64    { return math.Float64frombits(-bit(a < b) & one) }
func atMost(a, b float64) float64  { return math.Float64frombits(-bit(a <= b) & one) }
func equal(a, b float64) float64   { return math.Float64frombits(-bit(a == b) & one) }
func choose(a, b, c float64) float64 {
	return either(bit(math.Float64bits(a)<<1 != 0), b, c)
}
func mulAdd(a, b, c float64) float64  { return float64(a*b) + c }
func mulSub(a, b, c float64) float64  { return float64(a*b) - c }
func subMul(a, b, c float64) float64  { return c - float64(a*b) }
func mulMul(a, b, c float64) float64  { return float64(a*b) * c }
func sumAdd(a, b, c float64) float64  { return float64(a+b) + c }
func sumSub(a, b, c float64) float64  { return float64(a+b) - c }
func sumMul(a, b, c float64) float64  { return float64(a+b) * c }
func diffMul(a, b, c float64) float64 { return float64(a-b) * c }
func diffMax(a, b, c float64) float64 { return maximum(c, a-b) }

// applyPortable is the definition of the operations. Blocks are written out: that halves the
// time, as the compiler unrolls nothing.
func applyPortable(op Op, o *operands) {
	to := values{unsafe.Pointer(o.dst), -1}
	a, b, c := values{unsafe.Pointer(o.a), o.maskA}, values{unsafe.Pointer(o.b), o.maskB}, values{unsafe.Pointer(o.c), o.maskC}
	end := 8 * o.n
	switch op {
	case Copy:
		for i := 0; i < end; i += 8 * block {
			d, x := to.block(i), a.block(i)
			d[0] = x[0]
			d[1] = x[1]
			d[2] = x[2]
			d[3] = x[3]
			d[4] = x[4]
			d[5] = x[5]
			d[6] = x[6]
			d[7] = x[7]
		}
	case Add:
		for i := 0; i < end; i += 8 * block {
			d, x, y := to.block(i), a.block(i), b.block(i)
			d[0] = x[0] + y[0]
			d[1] = x[1] + y[1]
			d[2] = x[2] + y[2]
			d[3] = x[3] + y[3]
			d[4] = x[4] + y[4]
			d[5] = x[5] + y[5]
			d[6] = x[6] + y[6]
			d[7] = x[7] + y[7]
		}
	case Sub:
		for i := 0; i < end; i += 8 * block {
			d, x, y := to.block(i), a.block(i), b.block(i)
			d[0] = x[0] - y[0]
			d[1] = x[1] - y[1]
			d[2] = x[2] - y[2]
			d[3] = x[3] - y[3]
			d[4] = x[4] - y[4]
			d[5] = x[5] - y[5]
			d[6] = x[6] - y[6]
			d[7] = x[7] - y[7]
		}
	case Mul:
		for i := 0; i < end; i += 8 * block {
			d, x, y := to.block(i), a.block(i), b.block(i)
			d[0] = x[0] * y[0]
			d[1] = x[1] * y[1]
			d[2] = x[2] * y[2]
			d[3] = x[3] * y[3]
			d[4] = x[4] * y[4]
			d[5] = x[5] * y[5]
			d[6] = x[6] * y[6]
			d[7] = x[7] * y[7]
		}
	case Div:
		for i := 0; i < end; i += 8 * block {
			d, x, y := to.block(i), a.block(i), b.block(i)
			d[0] = x[0] / y[0]
			d[1] = x[1] / y[1]
			d[2] = x[2] / y[2]
			d[3] = x[3] / y[3]
			d[4] = x[4] / y[4]
			d[5] = x[5] / y[5]
			d[6] = x[6] / y[6]
			d[7] = x[7] / y[7]
		}
	case Min:
		for i := 0; i < end; i += 8 * block {
			d, x, y := to.block(i), a.block(i), b.block(i)
			d[0] = minimum(x[0], y[0])
			d[1] = minimum(x[1], y[1])
			d[2] = minimum(x[2], y[2])
			d[3] = minimum(x[3], y[3])
			d[4] = minimum(x[4], y[4])
			d[5] = minimum(x[5], y[5])
			d[6] = minimum(x[6], y[6])
			d[7] = minimum(x[7], y[7])
		}
	case Max:
		for i := 0; i < end; i += 8 * block {
			d, x, y := to.block(i), a.block(i), b.block(i)
			d[0] = maximum(x[0], y[0])
			d[1] = maximum(x[1], y[1])
			d[2] = maximum(x[2], y[2])
			d[3] = maximum(x[3], y[3])
			d[4] = maximum(x[4], y[4])
			d[5] = maximum(x[5], y[5])
			d[6] = maximum(x[6], y[6])
			d[7] = maximum(x[7], y[7])
		}
	case Less:
		for i := 0; i < end; i += 8 * block {
			d, x, y := to.block(i), a.block(i), b.block(i)
			d[0] = less(x[0], y[0])
			d[1] = less(x[1], y[1])
			d[2] = less(x[2], y[2])
			d[3] = less(x[3], y[3])
			d[4] = less(x[4], y[4])
			d[5] = less(x[5], y[5])
			d[6] = less(x[6], y[6])
			d[7] = less(x[7], y[7])
		}
	case AtMost:
		for i := 0; i < end; i += 8 * block {
			d, x, y := to.block(i), a.block(i), b.block(i)
			d[0] = atMost(x[0], y[0])
			d[1] = atMost(x[1], y[1])
			d[2] = atMost(x[2], y[2])
			d[3] = atMost(x[3], y[3])
			d[4] = atMost(x[4], y[4])
			d[5] = atMost(x[5], y[5])
			d[6] = atMost(x[6], y[6])
			d[7] = atMost(x[7], y[7])
		}
	case Equal:
		for i := 0; i < end; i += 8 * block {
			d, x, y := to.block(i), a.block(i), b.block(i)
			d[0] = equal(x[0], y[0])
			d[1] = equal(x[1], y[1])
			d[2] = equal(x[2], y[2])
			d[3] = equal(x[3], y[3])
			d[4] = equal(x[4], y[4])
			d[5] = equal(x[5], y[5])
			d[6] = equal(x[6], y[6])
			d[7] = equal(x[7], y[7])
		}
	case Select:
		for i := 0; i < end; i += 8 * block {
			d, x, y, z := to.block(i), a.block(i), b.block(i), c.block(i)
			d[0] = choose(x[0], y[0], z[0])
			d[1] = choose(x[1], y[1], z[1])
			d[2] = choose(x[2], y[2], z[2])
			d[3] = choose(x[3], y[3], z[3])
			d[4] = choose(x[4], y[4], z[4])
			d[5] = choose(x[5], y[5], z[5])
			d[6] = choose(x[6], y[6], z[6])
			d[7] = choose(x[7], y[7], z[7])
		}
	case MulAdd:
		for i := 0; i < end; i += 8 * block {
			d, x, y, z := to.block(i), a.block(i), b.block(i), c.block(i)
			d[0] = mulAdd(x[0], y[0], z[0])
			d[1] = mulAdd(x[1], y[1], z[1])
			d[2] = mulAdd(x[2], y[2], z[2])
			d[3] = mulAdd(x[3], y[3], z[3])
			d[4] = mulAdd(x[4], y[4], z[4])
			d[5] = mulAdd(x[5], y[5], z[5])
			d[6] = mulAdd(x[6], y[6], z[6])
			d[7] = mulAdd(x[7], y[7], z[7])
		}
	case MulSub:
		for i := 0; i < end; i += 8 * block {
			d, x, y, z := to.block(i), a.block(i), b.block(i), c.block(i)
			d[0] = mulSub(x[0], y[0], z[0])
			d[1] = mulSub(x[1], y[1], z[1])
			d[2] = mulSub(x[2], y[2], z[2])
			d[3] = mulSub(x[3], y[3], z[3])
			d[4] = mulSub(x[4], y[4], z[4])
			d[5] = mulSub(x[5], y[5], z[5])
			d[6] = mulSub(x[6], y[6], z[6])
			d[7] = mulSub(x[7], y[7], z[7])
		}
	case SubMul:
		for i := 0; i < end; i += 8 * block {
			d, x, y, z := to.block(i), a.block(i), b.block(i), c.block(i)
			d[0] = subMul(x[0], y[0], z[0])
			d[1] = subMul(x[1], y[1], z[1])
			d[2] = subMul(x[2], y[2], z[2])
			d[3] = subMul(x[3], y[3], z[3])
			d[4] = subMul(x[4], y[4], z[4])
			d[5] = subMul(x[5], y[5], z[5])
			d[6] = subMul(x[6], y[6], z[6])
			d[7] = subMul(x[7], y[7], z[7])
		}
	case MulMul:
		for i := 0; i < end; i += 8 * block {
			d, x, y, z := to.block(i), a.block(i), b.block(i), c.block(i)
			d[0] = mulMul(x[0], y[0], z[0])
			d[1] = mulMul(x[1], y[1], z[1])
			d[2] = mulMul(x[2], y[2], z[2])
			d[3] = mulMul(x[3], y[3], z[3])
			d[4] = mulMul(x[4], y[4], z[4])
			d[5] = mulMul(x[5], y[5], z[5])
			d[6] = mulMul(x[6], y[6], z[6])
			d[7] = mulMul(x[7], y[7], z[7])
		}
	case SumAdd:
		for i := 0; i < end; i += 8 * block {
			d, x, y, z := to.block(i), a.block(i), b.block(i), c.block(i)
			d[0] = sumAdd(x[0], y[0], z[0])
			d[1] = sumAdd(x[1], y[1], z[1])
			d[2] = sumAdd(x[2], y[2], z[2])
			d[3] = sumAdd(x[3], y[3], z[3])
			d[4] = sumAdd(x[4], y[4], z[4])
			d[5] = sumAdd(x[5], y[5], z[5])
			d[6] = sumAdd(x[6], y[6], z[6])
			d[7] = sumAdd(x[7], y[7], z[7])
		}
	case SumSub:
		for i := 0; i < end; i += 8 * block {
			d, x, y, z := to.block(i), a.block(i), b.block(i), c.block(i)
			d[0] = sumSub(x[0], y[0], z[0])
			d[1] = sumSub(x[1], y[1], z[1])
			d[2] = sumSub(x[2], y[2], z[2])
			d[3] = sumSub(x[3], y[3], z[3])
			d[4] = sumSub(x[4], y[4], z[4])
			d[5] = sumSub(x[5], y[5], z[5])
			d[6] = sumSub(x[6], y[6], z[6])
			d[7] = sumSub(x[7], y[7], z[7])
		}
	case SumMul:
		for i := 0; i < end; i += 8 * block {
			d, x, y, z := to.block(i), a.block(i), b.block(i), c.block(i)
			d[0] = sumMul(x[0], y[0], z[0])
			d[1] = sumMul(x[1], y[1], z[1])
			d[2] = sumMul(x[2], y[2], z[2])
			d[3] = sumMul(x[3], y[3], z[3])
			d[4] = sumMul(x[4], y[4], z[4])
			d[5] = sumMul(x[5], y[5], z[5])
			d[6] = sumMul(x[6], y[6], z[6])
			d[7] = sumMul(x[7], y[7], z[7])
		}
	case DiffMul:
		for i := 0; i < end; i += 8 * block {
			d, x, y, z := to.block(i), a.block(i), b.block(i), c.block(i)
			d[0] = diffMul(x[0], y[0], z[0])
			d[1] = diffMul(x[1], y[1], z[1])
			d[2] = diffMul(x[2], y[2], z[2])
			d[3] = diffMul(x[3], y[3], z[3])
			d[4] = diffMul(x[4], y[4], z[4])
			d[5] = diffMul(x[5], y[5], z[5])
			d[6] = diffMul(x[6], y[6], z[6])
			d[7] = diffMul(x[7], y[7], z[7])
		}
	case DiffMax:
		for i := 0; i < end; i += 8 * block {
			d, x, y, z := to.block(i), a.block(i), b.block(i), c.block(i)
			d[0] = diffMax(x[0], y[0], z[0])
			d[1] = diffMax(x[1], y[1], z[1])
			d[2] = diffMax(x[2], y[2], z[2])
			d[3] = diffMax(x[3], y[3], z[3])
			d[4] = diffMax(x[4], y[4], z[4])
			d[5] = diffMax(x[5], y[5], z[5])
			d[6] = diffMax(x[6], y[6], z[6])
			d[7] = diffMax(x[7], y[7], z[7])
		}
	case Abs:
		for i := 0; i < end; i += 8 * block {
			d, x := to.block(i), a.block(i)
			d[0] = math.Abs(x[0])
			d[1] = math.Abs(x[1])
			d[2] = math.Abs(x[2])
			d[3] = math.Abs(x[3])
			d[4] = math.Abs(x[4])
			d[5] = math.Abs(x[5])
			d[6] = math.Abs(x[6])
			d[7] = math.Abs(x[7])
		}
	case Sqrt:
		for i := 0; i < end; i += 8 * block {
			d, x := to.block(i), a.block(i)
			d[0] = math.Sqrt(x[0])
			d[1] = math.Sqrt(x[1])
			d[2] = math.Sqrt(x[2])
			d[3] = math.Sqrt(x[3])
			d[4] = math.Sqrt(x[4])
			d[5] = math.Sqrt(x[5])
			d[6] = math.Sqrt(x[6])
			d[7] = math.Sqrt(x[7])
		}
	case Floor:
		for i := 0; i < end; i += 8 * block {
			d, x := to.block(i), a.block(i)
			d[0] = math.Floor(x[0])
			d[1] = math.Floor(x[1])
			d[2] = math.Floor(x[2])
			d[3] = math.Floor(x[3])
			d[4] = math.Floor(x[4])
			d[5] = math.Floor(x[5])
			d[6] = math.Floor(x[6])
			d[7] = math.Floor(x[7])
		}
	default:
		panic(noSuchOp)
	}
}

const noSuchOp = "vec: no such operation"

const infinity = 0x7ff << 52 // its bits, and those of the exponent

// Finite reports whether all values of x are finite.
func Finite(x []float64) bool { return finiteBy(fastest, x) }

func finiteBy(p path, x []float64) bool {
	i, found := accelNotFinite(p, x)
	return !found && !has(x[i:], infinity)
}

// FiniteOrNaN reports whether no value of x is infinite.
func FiniteOrNaN(x []float64) bool { return finiteOrNaNBy(fastest, x) }

func finiteOrNaNBy(p path, x []float64) bool {
	i, found := accelInfinite(p, x)
	return !found && !has(x[i:], 1<<63-1)
}

// has reports whether the bits of a value, under the mask, are those of infinity.
func has(x []float64, mask uint64) bool {
	var found uint64
	for _, v := range x {
		found |= bit(math.Float64bits(v)&mask == infinity)
	}
	return found != 0
}
