package expr

import (
	"slices"

	"entente/sim/vec"
)

// Program is compiled code: operations in order, on few columns. It is immutable and safe for
// any number of machines.
type Program struct {
	instructions []instruction
	columns      int                      // how many the operations need
	constants    [][constantWidth]float64 // operands after the columns
	operations   int
	fixed        map[int]float64 // outputs that are the same number in every trial
	leaves       []int           // leaves that are filled, in the order in which they are needed
}

// An instruction takes and makes operands, which are numbered: columns first, then constants.
type instruction struct {
	kind         kind
	op           vec.Op
	dst, a, b, c int32
}

type kind uint8

const (
	operate kind = iota // dst = op(a, b, c)
	fill                // leaf a into dst (part 0) and b (part 1)
	emit                // output a is operand b
)

// Operations returns how many operations on columns a run takes.
func (p *Program) Operations() int { return p.operations }

// Columns returns how many columns a run needs.
func (p *Program) Columns() int { return p.columns }

// Leaves returns the numbers of the leaves that a run asks for.
func (p *Program) Leaves() []int { return p.leaves }

// Fixed returns the number that output k is in every trial, if it is one.
func (p *Program) Fixed(k int) (float64, bool) {
	v, ok := p.fixed[k]
	return v, ok
}

// Compile makes a program that computes these outputs, each of which is emitted with its
// place in the list as soon as it is known, unless it is Fixed.
func Compile(outputs []X) *Program {
	p := &Program{fixed: map[int]float64{}}
	var code *Code
	wanted := map[int32][]int{} // outputs by node
	for k, x := range outputs {
		if v, ok := x.Constant(); ok {
			p.fixed[k] = v
			continue
		}
		code = x.code
		wanted[x.id] = append(wanted[x.id], k)
	}
	if code == nil {
		return p
	}
	c := &compilation{code: code, program: p, wanted: wanted}
	c.fuse()
	c.place()
	return p
}

// compilation is what Compile needs to know of the nodes.
type compilation struct {
	code    *Code
	program *Program
	wanted  map[int32][]int
	nodes   []node  // as they are computed: fused
	uses    []int32 // by how many operations and outputs that are computed
}

// fuse counts who uses what, from the last node to the first, and makes one operation of a
// product that only one sum needs. That changes no bit: the operation rounds twice.
func (c *compilation) fuse() {
	c.nodes = slices.Clone(c.code.nodes)
	c.uses = make([]int32, len(c.nodes))
	for id, list := range c.wanted {
		c.uses[id] = int32(len(list))
	}
	// A node's users stand after it, so that at each node the uses are known. A product that is
	// fused keeps the use that its sum had of it; it is dropped when it is reached.
	absorbed := make([]bool, len(c.nodes))
	single := func(id int32) bool {
		return id >= 0 && c.nodes[id].op == vec.Mul && !c.nodes[id].leaf && c.uses[id] == 1
	}
	c.countAll()
	for id := range c.nodes {
		n := &c.nodes[id]
		if c.uses[id] == 0 || n.leaf {
			continue
		}
		switch n.op {
		case vec.Add:
			product, other := n.a, n.b
			if !single(product) {
				product, other = n.b, n.a
			}
			if single(product) && product != other {
				m := c.nodes[product]
				*n = node{op: vec.MulAdd, a: m.a, b: m.b, c: other}
				absorbed[product] = true
			}
		case vec.Sub:
			switch {
			case single(n.b) && n.a != n.b:
				m := c.nodes[n.b]
				absorbed[n.b] = true
				*n = node{op: vec.SubMul, a: m.a, b: m.b, c: n.a}
			case single(n.a) && n.a != n.b:
				m := c.nodes[n.a]
				absorbed[n.a] = true
				*n = node{op: vec.MulSub, a: m.a, b: m.b, c: n.b}
			}
		}
	}
	for id, gone := range absorbed {
		if gone {
			c.uses[id] = 0
		}
	}
}

// countAll counts the uses of every node that an output needs.
func (c *compilation) countAll() {
	for id := len(c.nodes) - 1; id >= 0; id-- {
		if c.uses[id] == 0 {
			continue
		}
		for _, operand := range c.operands(int32(id)) {
			c.uses[operand]++
		}
	}
}

// operands lists the operands of a node that are no constants.
func (c *compilation) operands(id int32) []int32 {
	n := &c.nodes[id]
	if n.leaf || n.op == constOp {
		return nil
	}
	list := make([]int32, 0, 3)
	for _, operand := range [...]int32{n.a, n.b, n.c} {
		if operand >= 0 && c.nodes[operand].op != constOp {
			list = append(list, operand)
		}
	}
	return list
}

// order lists what is computed, in the order in which it is: as written, and what is late
// right after the last of its operands.
func (c *compilation) order() []int32 {
	var list []int32
	when := make([]int32, len(c.nodes))
	for id := range c.nodes {
		if c.uses[id] == 0 || c.nodes[id].op == constOp {
			continue
		}
		when[id] = int32(id)
		if id >= c.code.late && !c.nodes[id].leaf {
			when[id] = 0
			for _, operand := range c.operands(int32(id)) {
				when[id] = max(when[id], when[operand])
			}
		}
		list = append(list, int32(id))
	}
	slices.SortStableFunc(list, func(a, b int32) int { return int(when[a]) - int(when[b]) })
	return list
}

// place puts the operations in order and their values in columns. A column is free again
// after the last operation that needs its value, and the one that was freed last, which is
// nearest to the core, is taken first.
func (c *compilation) place() {
	p := c.program
	left := slices.Clone(c.uses) // uses that are still to come
	at := make([]int32, len(c.nodes))
	for i := range at {
		at[i] = -1
	}
	var free []int32
	take := func() int32 {
		if n := len(free); n > 0 {
			column := free[n-1]
			free = free[:n-1]
			return column
		}
		p.columns++
		return int32(p.columns - 1)
	}
	release := func(id int32) {
		if left[id]--; left[id] == 0 {
			free = append(free, at[id])
		}
	}
	constants := map[int32]int32{} // by node: −1 − place
	operand := func(id int32) int32 {
		if id < 0 {
			return none
		}
		if c.nodes[id].op != constOp {
			return at[id]
		}
		place, ok := constants[id]
		if !ok {
			var room [constantWidth]float64
			for i := range room {
				room[i] = c.nodes[id].value
			}
			place = int32(-1 - len(p.constants))
			p.constants = append(p.constants, room)
			constants[id] = place
		}
		return place
	}
	pairs := map[int32][2]int32{} // nodes of a leaf's two parts
	for id := range c.nodes {
		if n := &c.nodes[id]; n.leaf && c.uses[id] > 0 {
			pair, ok := pairs[n.a]
			if !ok {
				pair = [2]int32{-1, -1}
			}
			pair[n.b] = int32(id)
			pairs[n.a] = pair
		}
	}
	output := func(id int32) {
		for _, k := range c.wanted[id] {
			p.instructions = append(p.instructions, instruction{kind: emit, a: int32(k), b: at[id]})
			release(id)
		}
	}
	load := func(id int32) {
		if n := &c.nodes[id]; n.leaf && at[id] < 0 {
			in := instruction{kind: fill, a: n.a, dst: none, b: none}
			pair := pairs[n.a]
			for part, id := range pair {
				if id >= 0 {
					at[id] = take()
					if part == 0 {
						in.dst = at[id]
					} else {
						in.b = at[id]
					}
				}
			}
			p.instructions = append(p.instructions, in)
			p.leaves = append(p.leaves, int(n.a))
			for _, id := range pair {
				if id >= 0 {
					output(id)
				}
			}
		}
	}
	for _, id := range c.order() {
		n := &c.nodes[id]
		if n.leaf {
			if len(c.wanted[int32(id)]) == int(c.uses[id]) {
				load(int32(id)) // nothing but outputs
			}
			continue
		}
		for _, operand := range c.operands(int32(id)) {
			load(operand)
		}
		in := instruction{op: n.op, a: operand(n.a), b: operand(n.b), c: operand(n.c)}
		for _, operand := range c.operands(int32(id)) {
			release(operand)
		}
		in.dst = take()
		at[id] = in.dst
		p.instructions = append(p.instructions, in)
		p.operations++
		output(int32(id))
	}
	// Constants come after the columns, now that it is known how many these are.
	for i := range p.instructions {
		in := &p.instructions[i]
		for _, o := range [...]*int32{&in.a, &in.b, &in.c} {
			if in.kind == operate && *o < 0 && *o != none {
				*o = int32(p.columns) - 1 - *o
			}
		}
	}
}

// none is no operand.
const none = int32(-1 << 31)
