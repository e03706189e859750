// Package expr holds array expressions: formulas over columns of numbers, one number a trial.
//
// A model is traced: it runs once, on expressions instead of numbers, through all steps of
// time. What it computes becomes a list of operations, each written once: constants are
// folded as they arise, the same operation on the same operands is the same value, and what
// nothing asks for is left out. Compile places the values in as few columns as it can and
// gives a Program, which the kernels of package vec run, operation by operation, over some
// hundred trials at a time.
//
//	needed := use.Mul(intensity).Times(4)
//	short := target.Sub(plant).Positive()
//
// Algebra is that of the reals: x + 0 and x·1 are x, and of what is not known before the run
// x·0 is 0, though x be infinite.
// Every operation is one rounding, in the order in which the formula says it, so the results
// are the same bits on every machine.
//
// A Parameter is a constant that runs of the same code may give different values. So that each
// run gives the bits that code traced with its values would give, the code keeps what it was
// asked about its parameters, and about what is folded of them, while it was traced: is it 0, is
// it 1? Where all answers are the same, a trace would have written the same operations; At says
// whether they are.
package expr

import (
	"fmt"
	"math"
	"slices"

	"entente/sim/vec"
)

// X is a value of an expression: one number a trial. Its zero value is no value.
type X struct {
	code *Code
	id   int32
}

// Code is a list of operations in the making. It is for one goroutine.
type Code struct {
	nodes  []node
	table  []int32          // of nodes that are no constants, by hash and then the next free place; −1: free
	taken  int              // places in it
	consts map[uint64]int32 // by bits
	late   int              // nodes from here on are computed as soon as they can be

	givens  []int32         // nodes that hang on parameters and on nothing else
	ordinal map[int32]int32 // of them in this list
	asked   map[question]bool
}

// node is one operation. Its operands stand before it in the list.
type node struct {
	op      vec.Op
	leaf    bool    // not an operation, but leaf a, part b of it
	given   bool    // the same number in every trial, which parameters decide
	a, b, c int32   // −1: none
	value   float64 // of a constant; of what is given, at first
}

// constOp marks nodes that hold a number: they have no operation.
const constOp = vec.Op(255)

// parameterOp marks the parameter number a.
const parameterOp = vec.Op(254)

// fixed says that the node is the same number in every trial.
func (n *node) fixed() bool { return n.op == constOp || n.given }

// New returns an empty list.
func New() *Code {
	c := &Code{consts: map[uint64]int32{}, late: math.MaxInt, ordinal: map[int32]int32{}, asked: map[question]bool{}}
	c.grow(1 << 10)
	return c
}

// Const is the same number in every trial.
func (c *Code) Const(v float64) X {
	if v == 0 {
		v = 0 // −0 is 0
	}
	key := math.Float64bits(v)
	id, ok := c.consts[key]
	if !ok {
		id = int32(len(c.nodes))
		c.nodes = append(c.nodes, node{op: constOp, a: -1, b: -1, c: -1, value: v})
		c.consts[key] = id
	}
	return X{c, id}
}

// Leaf is a column that whoever runs the program fills: part (0 or 1) of the pair of columns
// with that number. The same number and part is the same value.
func (c *Code) Leaf(number, part int) X {
	return c.intern(node{leaf: true, a: int32(number), b: int32(part), c: -1})
}

// intern returns the value of a node that is no constant: the same for the same node.
func (c *Code) intern(n node) X {
	place := c.find(&n)
	if id := c.table[place]; id >= 0 {
		return X{c, id}
	}
	id := int32(len(c.nodes))
	c.nodes = append(c.nodes, n)
	if n.given {
		c.ordinal[id] = int32(len(c.givens))
		c.givens = append(c.givens, id)
	}
	c.table[place] = id
	if c.taken++; 2*c.taken > len(c.table) {
		c.grow(2 * len(c.table))
	}
	return X{c, id}
}

// find returns the node's place in the table, or the free one where it belongs.
func (c *Code) find(n *node) int {
	h := uint64(n.op) | uint64(uint32(n.a))<<8 | uint64(uint32(n.b))<<40
	if n.leaf {
		h ^= 1 << 7
	}
	h = h*0x9e3779b97f4a7c15 ^ uint64(uint32(n.c))
	h *= 0xd6e8feb86659fd93 // odd numbers of many ones: what matters is that they mix
	place := int(h>>32) & (len(c.table) - 1)
	for c.table[place] >= 0 && c.nodes[c.table[place]] != *n {
		place = (place + 1) & (len(c.table) - 1)
	}
	return place
}

// grow makes a table of so many places, a power of 2.
func (c *Code) grow(places int) {
	old := c.table
	c.table = slices.Repeat([]int32{-1}, places)
	for _, id := range old {
		if id >= 0 {
			c.table[c.find(&c.nodes[id])] = id
		}
	}
}

// Late says that what follows is to be computed as soon as its operands are known, and not in
// the order in which it is written: sums of what has long been computed, for example.
func (c *Code) Late() { c.late = min(c.late, len(c.nodes)) }

// Valid says that x is a value.
func (x X) Valid() bool { return x.code != nil }

// Constant returns the number that x is in every trial, if it is one. Of what hangs on parameters
// that binds their values to those that they have: ask Is where that is enough.
func (x X) Constant() (value float64, ok bool) {
	n := &x.code.nodes[x.id]
	if n.given {
		x.code.ask(question{kind: exactly, of: x.id, bits: math.Float64bits(n.value)}, true)
	}
	return n.value, n.fixed()
}

// fixed says that x is the same number in every trial.
func (x X) fixed() bool { return x.code.nodes[x.id].fixed() }

// Is says that x is the number v in every trial.
func (x X) Is(v float64) bool {
	n := &x.code.nodes[x.id]
	if n.given {
		return x.code.ask(question{kind: equal, of: x.id, bits: math.Float64bits(v)}, n.value == v)
	}
	return n.op == constOp && n.value == v
}

// same says that x and y are the same value, or the same number.
func (x X) same(y X) bool {
	if x == y || x.code != y.code {
		return x == y
	}
	a, b := &x.code.nodes[x.id], &y.code.nodes[y.id]
	if !a.fixed() || !b.fixed() || !a.given && !b.given {
		return false
	}
	return x.code.ask(question{kind: alike, of: x.id, as: y.id}, math.Float64bits(a.value) == math.Float64bits(b.value))
}

// apply is one operation on up to three operands.
func apply(op vec.Op, operands ...X) X {
	n := node{op: op, a: -1, b: -1, c: -1}
	ids := [3]*int32{&n.a, &n.b, &n.c}
	var values [3]float64
	var code *Code
	constant := true
	for i, x := range operands {
		if x.code == nil {
			panic("expr: an operand has no value")
		}
		if code == nil {
			code = x.code
		} else if code != x.code {
			panic("expr: operands belong to different models")
		}
		*ids[i] = x.id
		o := &code.nodes[x.id]
		values[i] = o.value
		constant = constant && o.fixed()
		n.given = n.given || o.given
	}
	if n.given = n.given && constant; constant && !n.given {
		return code.Const(fold(op, values))
	}
	switch op {
	case vec.Add, vec.Mul:
		if n.a > n.b {
			n.a, n.b = n.b, n.a
		}
	}
	if n.given {
		n.value = fold(op, values)
	}
	return code.intern(n)
}

// fold computes an operation on constants, by the kernel that would compute it on columns. It
// looks at as many operands as the operation has.
func fold(op vec.Op, values [3]float64) float64 {
	var room [4][constantWidth]float64
	for k, value := range values {
		for i := range room[k+1] {
			room[k+1][i] = value
		}
	}
	vec.Apply(op, room[0][:], room[1][:], room[2][:], room[3][:])
	if room[0][0] == 0 {
		return 0 // −0 is 0
	}
	return room[0][0]
}

// constantWidth is how long a constant operand of package vec is.
const constantWidth = 8

// Add is x + y.
func (x X) Add(y X) X {
	switch {
	case x.Is(0):
		return y
	case y.Is(0):
		return x
	}
	return apply(vec.Add, x, y)
}

// Sub is x − y.
func (x X) Sub(y X) X {
	switch {
	case y.Is(0):
		return x
	case x.same(y):
		return x.code.Const(0)
	}
	return apply(vec.Sub, x, y)
}

// Mul is x·y.
func (x X) Mul(y X) X {
	switch {
	case x.fixed() && y.fixed(): // 0·∞ is no value
	case x.Is(0), y.Is(1):
		return x
	case y.Is(0), x.Is(1):
		return y
	}
	return apply(vec.Mul, x, y)
}

// Div is x/y. By a power of two it is the same as a product, which is faster.
func (x X) Div(y X) X {
	switch {
	case y.Is(1), x.Is(0) && !y.fixed():
		return x
	case y.isPower():
		return x.Mul(apply(vec.Div, x.code.Const(1), y))
	}
	return apply(vec.Div, x, y)
}

// isPower says that x is a power of two, or less one, in every trial, of which 1/x is a number.
func (x X) isPower() bool {
	n := &x.code.nodes[x.id]
	if n.given {
		return x.code.ask(question{kind: power, of: x.id}, isPower(n.value))
	}
	return n.op == constOp && isPower(n.value)
}

func isPower(v float64) bool {
	frac, _ := math.Frexp(v)
	return math.Abs(frac) == 0.5 && !math.IsInf(1/v, 0)
}

// Times is x·f.
func (x X) Times(f float64) X { return x.Mul(x.code.Const(f)) }

// Plus is x + f.
func (x X) Plus(f float64) X { return x.Add(x.code.Const(f)) }

// OneMinus is 1 − x; of a condition it is its opposite.
func (x X) OneMinus() X { return x.code.Const(1).Sub(x) }

// Same is the number v in every trial, in the model of x.
func (x X) Same(v float64) X { return x.code.Const(v) }

// Neg is −x.
func (x X) Neg() X { return x.code.Const(0).Sub(x) }

// Positive is max(0, x).
func (x X) Positive() X { return x.code.Const(0).Max(x) }

// Min is the lesser of x and y. Of the two, and of Max's, only y may be NaN for the result to
// be NaN; a constant stands first.
func (x X) Min(y X) X {
	switch {
	case x.Is(math.Inf(1)), x.same(y):
		return y
	case y.Is(math.Inf(1)):
		return x
	}
	if y.fixed() {
		x, y = y, x
	}
	return apply(vec.Min, x, y)
}

// Max is the greater of x and y.
func (x X) Max(y X) X {
	switch {
	case x.Is(math.Inf(-1)), x.same(y):
		return y
	case y.Is(math.Inf(-1)):
		return x
	}
	if y.fixed() {
		x, y = y, x
	}
	return apply(vec.Max, x, y)
}

// A condition is a value that is 1 where it holds and 0 where it does not.

// Less is the condition x < y.
func (x X) Less(y X) X {
	switch {
	case y.Is(math.Inf(-1)), x.Is(math.Inf(1)), x.same(y):
		return x.code.Const(0)
	}
	return apply(vec.Less, x, y)
}

// AtMost is the condition x ≤ y.
func (x X) AtMost(y X) X { return apply(vec.AtMost, x, y) }

// Equal is the condition x = y.
func (x X) Equal(y X) X {
	if x.same(y) {
		return x.code.Const(1)
	}
	return apply(vec.Equal, x, y)
}

// Above is the condition x > y.
func (x X) Above(y X) X { return y.Less(x) }

// AtLeast is the condition x ≥ y.
func (x X) AtLeast(y X) X { return y.AtMost(x) }

// And holds where both conditions do.
func (x X) And(y X) X {
	if x.same(y) {
		return x
	}
	return x.Mul(y)
}

// Or holds where one condition does, or both.
func (x X) Or(y X) X {
	switch {
	case x.Is(1), y.Is(0):
		return x
	case y.Is(1), x.Is(0):
		return y
	}
	return x.Max(y)
}

// Not holds where the condition does not.
func (x X) Not() X { return x.OneMinus() }

// If is a where the condition holds, b elsewhere.
func If(condition, a, b X) X {
	if condition.fixed() {
		if condition.Is(0) {
			return b
		}
		return a
	}
	switch {
	case a.same(b):
		return a
	case a.Is(1) && b.Is(0):
		return condition
	case a.Is(0) && b.Is(1):
		return condition.Not()
	}
	return apply(vec.Select, condition, a, b)
}

// Abs is |x|.
func Abs(x X) X { return apply(vec.Abs, x) }

// Lacks is the condition that x is NaN, which stands for no value.
func Lacks(x X) X { return apply(vec.Equal, x, x).Not() }

// Sqrt is the square root.
func Sqrt(x X) X { return apply(vec.Sqrt, x) }

// Floor is the greatest whole number that is at most x.
func Floor(x X) X { return apply(vec.Floor, x) }

// Exp is e^x.
func Exp(x X) X { return apply(vec.ExpOp, x) }

// Log is ln x.
func Log(x X) X { return apply(vec.LogOp, x) }

// NormalQuantile is Φ⁻¹(x).
func NormalQuantile(x X) X { return apply(vec.NormalQuantileOp, x) }

// Expm1 is e^x − 1, near 0 too, to some units in the last place:
//
//	(u − 1)·x/ln u  where u = e^x is neither 1 nor so small that −1 is all there is
//
// because the errors of u − 1 and ln u, which are those of u, cancel (Kahan; Higham, "Accuracy
// and Stability of Numerical Algorithms", 2002, §1.14.1).
func Expm1(x X) X {
	u := Exp(x)
	one := x.code.Const(1)
	less := u.Sub(one)
	quotient := less.Mul(x).Div(Log(u))
	far := u.AtMost(x.code.Const(0x1p-60)).Or(u.AtLeast(x.code.Const(0x1p60)))
	return If(u.Equal(one), x, If(far, less, quotient))
}

// Log1p is ln(1 + x), near 0 too, by ln u·x/(u − 1) with u = 1 + x (as Expm1).
func Log1p(x X) X {
	one := x.code.Const(1)
	u := one.Add(x)
	quotient := Log(u).Mul(x).Div(u.Sub(one))
	return If(u.Equal(one), x, quotient)
}

// Sum adds from the left; of nothing it is 0.
func (c *Code) Sum(list ...X) X {
	sum := c.Const(0)
	for _, x := range list {
		sum = sum.Add(x)
	}
	return sum
}

func (x X) String() string {
	if x.code == nil {
		return "no value"
	}
	if n := &x.code.nodes[x.id]; n.op == constOp {
		return fmt.Sprint(n.value)
	}
	return fmt.Sprintf("value %d", x.id)
}
