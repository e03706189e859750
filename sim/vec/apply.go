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

func applyBy(p path, op Op, dst, a, b, c []float64) {
	if len(dst) == 0 {
		return
	}
	call := [1]Call{Bind(op, dst, a, b, c)}
	runBy(p, call[:], 0, len(dst))
}

// A Call is an operation that knows its columns, to be run again and again. It is small, as a
// program of many is read from memory for each batch. The assembly knows the offsets of all but n.
type Call struct {
	dst     *float64
	at      [3]*float64 // the operands
	n       int32
	handler handler
}

// A handler is an operation on a pattern of columns and constants: 8·op, and the bits of those
// operands that are constants. For each but functions the assembly has code of its own.
type handler uint8

const _ = uint8(8*opCount - 1) // all fit

func (h handler) op() Op { return Op(h >> 3) }

// mask is all ones for an operand that is a column, 0 for a constant. The offset of a value is
// and-ed with it: the 8 values of a constant are those of every block.
func (h handler) mask(operand int) int { return int(h>>operand&1) - 1 }

// block is what every kernel's number of values is a multiple of.
const block = 8

// Bind prepares what Apply would do.
func Bind(op Op, dst, a, b, c []float64) Call {
	n := len(dst)
	if n == 0 || n%block != 0 {
		panic("vec: the length of a column is no multiple of 8")
	}
	if n > math.MaxInt32 {
		panic("vec: a column is too long")
	}
	if op >= opCount {
		panic("vec: no such operation")
	}
	call := Call{dst: &dst[0], n: int32(n), handler: handler(8 * op)}
	for o, x := range [][]float64{a, b, c}[:op.operands()] {
		if len(x) != n {
			if len(x) != block {
				panic("vec: columns differ in length")
			}
			call.handler |= 1 << o
		}
		call.at[o] = &x[0]
	}
	return call
}

// operands is how many op takes.
func (op Op) operands() int {
	switch op {
	case Add, Sub, Mul, Div, Min, Max, Less, AtMost, Equal:
		return 2
	case Select, MulAdd, MulSub, SubMul, MulMul, SumAdd, SumSub, SumMul, DiffMul, DiffMax:
		return 3
	}
	return 1
}

// Run applies operations one after the other to the values from … to−1 of their columns, both
// multiples of 8. What they were bound to must still be there: the columns are kept by whoever
// bound them.
func Run(calls []Call, from, to int) { runBy(fastest, calls, from, to) }

// segment is how many operations are applied to one tile before the next. What they work on,
// about as many tiles of 512 bytes, then stays in the first cache.
const segment = 64

func runBy(p path, calls []Call, from, to int) {
	if from < 0 || from > to || (from|to)%block != 0 {
		panic("vec: the range of values is no multiple of 8")
	}
	for len(calls) > 0 && from < to {
		n := arithmetic(calls[:min(segment, len(calls))], to)
		switch {
		case n == 0:
			calls[0].function(p, from, to)
			n = 1
		case p == portable:
			for i := range n {
				calls[i].portable(from, to)
			}
		default:
			accelRun(p, calls[:n], from, to)
		}
		calls = calls[n:]
	}
}

// arithmetic is how many calls come before the first of a function. All columns must reach as far
// as the values.
func arithmetic(calls []Call, to int) int {
	for i := range calls {
		if to > int(calls[i].n) {
			panic("vec: the range of values is beyond a column")
		}
		if calls[i].handler >= 8*handler(ExpOp) {
			return i
		}
	}
	return len(calls)
}

// function applies one of the elementary functions, to a constant once.
func (call *Call) function(p path, from, to int) {
	column := unsafe.Slice(call.dst, call.n)[from:to]
	dst := column
	if call.handler.mask(0) == 0 {
		from, dst = 0, column[:block]
	}
	x := unsafe.Slice((*float64)(unsafe.Add(unsafe.Pointer(call.at[0]), 8*from)), len(dst))
	switch call.handler.op() {
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

// A values is a column or a constant, by blocks that begin at multiples of 64 bytes.
type values struct {
	at   unsafe.Pointer
	mask int
}

func (v values) block(offset int) *[block]float64 {
	return (*[block]float64)(unsafe.Add(v.at, offset&v.mask))
}

// bits are those of the values, loaded as integers.
func (v values) bits(offset int) *[block]uint64 {
	return (*[block]uint64)(unsafe.Add(v.at, offset&v.mask))
}

func (call *Call) operand(o int) values {
	return values{unsafe.Pointer(call.at[o]), call.handler.mask(o)}
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

// pick is a if the condition holds, else b. Of integers, but not of floating-point numbers, the
// compiler makes a conditional move.
func pick(condition bool, a, b uint64) uint64 {
	if condition {
		b = a
	}
	return b
}

const one = 0x3ff0000000000000 // the bits of 1

func mulAdd(a, b, c float64) float64  { return float64(a*b) + c }
func mulSub(a, b, c float64) float64  { return float64(a*b) - c }
func subMul(a, b, c float64) float64  { return c - float64(a*b) }
func mulMul(a, b, c float64) float64  { return float64(a*b) * c }
func sumAdd(a, b, c float64) float64  { return float64(a+b) + c }
func sumSub(a, b, c float64) float64  { return float64(a+b) - c }
func sumMul(a, b, c float64) float64  { return float64(a+b) * c }
func diffMul(a, b, c float64) float64 { return float64(a-b) * c }

// diffMax takes c as a number and by its bits.
func diffMax(a, b, c float64, bits uint64) uint64 {
	d := a - b
	return pick(c > d, bits, math.Float64bits(d))
}

// floor is math.Floor without a branch: an integer of 64 bits for what is below 2⁵², 1 less where
// that rounded up; all above are integers. A zero has the sign of x.
func floor(x float64) uint64 {
	bits := math.Float64bits(x)
	whole := float64(int64(x))
	down := pick(whole > x, math.Float64bits(whole-1), math.Float64bits(whole))
	return pick(math.Abs(x) < 1<<52, down|bits&(1<<63), bits)
}

// portable is the definition of the operations. Blocks are written out: that halves the time, as
// the compiler unrolls nothing.
func (call *Call) portable(from, to int) {
	at := values{unsafe.Pointer(call.dst), -1}
	a, b, c := call.operand(0), call.operand(1), call.operand(2)
	end := 8 * to
	switch call.handler.op() {
	case Copy:
		for i := 8 * from; i < end; i += 8 * block {
			d, x := at.block(i), a.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y := at.block(i), a.block(i), b.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y := at.block(i), a.block(i), b.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y := at.block(i), a.block(i), b.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y := at.block(i), a.block(i), b.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y, u, v := at.bits(i), a.block(i), b.block(i), a.bits(i), b.bits(i)
			d[0] = pick(x[0] < y[0], u[0], v[0])
			d[1] = pick(x[1] < y[1], u[1], v[1])
			d[2] = pick(x[2] < y[2], u[2], v[2])
			d[3] = pick(x[3] < y[3], u[3], v[3])
			d[4] = pick(x[4] < y[4], u[4], v[4])
			d[5] = pick(x[5] < y[5], u[5], v[5])
			d[6] = pick(x[6] < y[6], u[6], v[6])
			d[7] = pick(x[7] < y[7], u[7], v[7])
		}
	case Max:
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y, u, v := at.bits(i), a.block(i), b.block(i), a.bits(i), b.bits(i)
			d[0] = pick(x[0] > y[0], u[0], v[0])
			d[1] = pick(x[1] > y[1], u[1], v[1])
			d[2] = pick(x[2] > y[2], u[2], v[2])
			d[3] = pick(x[3] > y[3], u[3], v[3])
			d[4] = pick(x[4] > y[4], u[4], v[4])
			d[5] = pick(x[5] > y[5], u[5], v[5])
			d[6] = pick(x[6] > y[6], u[6], v[6])
			d[7] = pick(x[7] > y[7], u[7], v[7])
		}
	case Less:
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y := at.bits(i), a.block(i), b.block(i)
			d[0] = pick(x[0] < y[0], one, 0)
			d[1] = pick(x[1] < y[1], one, 0)
			d[2] = pick(x[2] < y[2], one, 0)
			d[3] = pick(x[3] < y[3], one, 0)
			d[4] = pick(x[4] < y[4], one, 0)
			d[5] = pick(x[5] < y[5], one, 0)
			d[6] = pick(x[6] < y[6], one, 0)
			d[7] = pick(x[7] < y[7], one, 0)
		}
	case AtMost:
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y := at.bits(i), a.block(i), b.block(i)
			d[0] = pick(x[0] <= y[0], one, 0)
			d[1] = pick(x[1] <= y[1], one, 0)
			d[2] = pick(x[2] <= y[2], one, 0)
			d[3] = pick(x[3] <= y[3], one, 0)
			d[4] = pick(x[4] <= y[4], one, 0)
			d[5] = pick(x[5] <= y[5], one, 0)
			d[6] = pick(x[6] <= y[6], one, 0)
			d[7] = pick(x[7] <= y[7], one, 0)
		}
	case Equal:
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y := at.bits(i), a.block(i), b.block(i)
			d[0] = pick(x[0] == y[0], one, 0)
			d[1] = pick(x[1] == y[1], one, 0)
			d[2] = pick(x[2] == y[2], one, 0)
			d[3] = pick(x[3] == y[3], one, 0)
			d[4] = pick(x[4] == y[4], one, 0)
			d[5] = pick(x[5] == y[5], one, 0)
			d[6] = pick(x[6] == y[6], one, 0)
			d[7] = pick(x[7] == y[7], one, 0)
		}
	case Select:
		for i := 8 * from; i < end; i += 8 * block {
			d, u, v, w := at.bits(i), a.bits(i), b.bits(i), c.bits(i)
			d[0] = pick(u[0]<<1 != 0, v[0], w[0])
			d[1] = pick(u[1]<<1 != 0, v[1], w[1])
			d[2] = pick(u[2]<<1 != 0, v[2], w[2])
			d[3] = pick(u[3]<<1 != 0, v[3], w[3])
			d[4] = pick(u[4]<<1 != 0, v[4], w[4])
			d[5] = pick(u[5]<<1 != 0, v[5], w[5])
			d[6] = pick(u[6]<<1 != 0, v[6], w[6])
			d[7] = pick(u[7]<<1 != 0, v[7], w[7])
		}
	case Abs:
		for i := 8 * from; i < end; i += 8 * block {
			d, x := at.block(i), a.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x := at.block(i), a.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x := at.bits(i), a.block(i)
			d[0] = floor(x[0])
			d[1] = floor(x[1])
			d[2] = floor(x[2])
			d[3] = floor(x[3])
			d[4] = floor(x[4])
			d[5] = floor(x[5])
			d[6] = floor(x[6])
			d[7] = floor(x[7])
		}
	case MulAdd:
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y, z := at.block(i), a.block(i), b.block(i), c.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y, z := at.block(i), a.block(i), b.block(i), c.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y, z := at.block(i), a.block(i), b.block(i), c.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y, z := at.block(i), a.block(i), b.block(i), c.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y, z := at.block(i), a.block(i), b.block(i), c.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y, z := at.block(i), a.block(i), b.block(i), c.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y, z := at.block(i), a.block(i), b.block(i), c.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y, z := at.block(i), a.block(i), b.block(i), c.block(i)
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
		for i := 8 * from; i < end; i += 8 * block {
			d, x, y, z, w := at.bits(i), a.block(i), b.block(i), c.block(i), c.bits(i)
			d[0] = diffMax(x[0], y[0], z[0], w[0])
			d[1] = diffMax(x[1], y[1], z[1], w[1])
			d[2] = diffMax(x[2], y[2], z[2], w[2])
			d[3] = diffMax(x[3], y[3], z[3], w[3])
			d[4] = diffMax(x[4], y[4], z[4], w[4])
			d[5] = diffMax(x[5], y[5], z[5], w[5])
			d[6] = diffMax(x[6], y[6], z[6], w[6])
			d[7] = diffMax(x[7], y[7], z[7], w[7])
		}
	}
}

const infinity = 0x7ff << 52 // its bits, and those of the exponent

// Finite reports whether all values of x are finite.
func Finite(x []float64) bool { return finiteBy(fastest, x) }

func finiteBy(p path, x []float64) bool {
	i, found := accelNotFinite(p, x)
	return !found && !has(x[i:], infinity)
}

// CopyFinite copies x to dst and reports whether all values are finite. The two are of the same
// length and do not overlap.
func CopyFinite(dst, x []float64) bool { return copyFiniteBy(fastest, dst, x) }

func copyFiniteBy(p path, dst, x []float64) bool {
	sameLength(dst, x)
	i, found := accelCopyNotFinite(p, dst, x)
	copy(dst[i:], x[i:])
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
