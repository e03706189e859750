package expr

import (
	"slices"

	"entente/sim/vec"
)

// Program is compiled code: operations in order, on few columns, in segments. It is immutable
// and safe for any number of machines.
type Program struct {
	segments   []segment
	columns    int                      // how many the operations need
	constants  [][constantWidth]float64 // operands after the columns
	operations int
	fixed      map[int]float64 // outputs that are the same number in every trial
	leaves     []int           // leaves that are filled, in the order in which they are needed
	given      []symbol        // constants that hang on parameters
	outputs    map[int]int32   // fixed outputs that do, by their place in At
}

// A symbol is a constant that hangs on parameters: its place in At is at.
type symbol struct{ constant, at int32 }

// A segment is some operations, the leaves that must be filled before them, and the outputs
// that are emitted after. What its operations work on is little enough to stay next to the
// core while they are done for some trials after others.
type segment struct {
	fills      []filling
	operations []operation
	emits      []emission
}

// segmentSize is how many operations make a segment.
const segmentSize = 64

// An operation takes and makes operands, which are numbered: columns first, then constants.
type operation struct {
	op           vec.Op
	dst, a, b, c int32
}

// A filling puts the parts of a leaf in columns; none: nobody needs it.
type filling struct {
	leaf      int
	even, odd int32
}

// An emission gives away an output.
type emission struct {
	output int
	column int32
}

// Operations returns how many operations on columns a run takes.
func (p *Program) Operations() int { return p.operations }

// Columns returns how many columns a run needs.
func (p *Program) Columns() int { return p.columns }

// Leaves returns the numbers of the leaves that a run asks for.
func (p *Program) Leaves() []int { return p.leaves }

// Fixed returns the number that output k is in every trial, if it is one, while parameters are
// what they were in the trace.
func (p *Program) Fixed(k int) (float64, bool) {
	v, ok := p.fixed[k]
	return v, ok
}

// FixedAt is Fixed where parameters are something else; nil: they are not.
func (p *Program) FixedAt(k int, at At) (float64, bool) {
	if i, ok := p.outputs[k]; ok && at != nil {
		return at[i], true
	}
	return p.Fixed(k)
}

// Compile makes a program that computes these outputs, each of which is emitted with its
// place in the list soon after it is known, unless it is Fixed.
func Compile(outputs []X) *Program {
	p := &Program{fixed: map[int]float64{}, outputs: map[int]int32{}}
	var code *Code
	for k, x := range outputs {
		n := &x.code.nodes[x.id]
		if n.fixed() {
			p.fixed[k] = n.value
		} else {
			code = x.code
		}
		if n.given {
			p.outputs[k] = x.code.ordinal[x.id]
		}
	}
	if code == nil {
		return p
	}
	c := &compilation{code: code, program: p, wanted: make([][]int, len(code.nodes)), nodes: slices.Clone(code.nodes)}
	for k, x := range outputs {
		if _, fixed := p.fixed[k]; !fixed {
			c.wanted[x.id] = append(c.wanted[x.id], k)
		}
	}
	c.finish()
	return p
}

// finish makes the program of the nodes that are wanted.
func (c *compilation) finish() {
	c.fuse()
	c.place()
}

// compilation is what Compile needs to know of the nodes.
type compilation struct {
	code    *Code
	program *Program
	wanted  [][]int // outputs by node
	nodes   []node  // as they are computed: in the end fused
	uses    []int32 // by how many operations and outputs that are computed
}

// fuse counts who uses what, and makes one operation of two where only the second needs the
// first. That changes no bit: such an operation rounds as the two do.
func (c *compilation) fuse() {
	c.uses = make([]int32, len(c.nodes))
	for id, list := range c.wanted {
		c.uses[id] = int32(len(list))
	}
	c.countAll()
	for id := range c.nodes {
		n := &c.nodes[id]
		if c.uses[id] == 0 || n.leaf || n.fixed() {
			continue
		}
		for _, p := range fusions {
			if n.op != p.second {
				continue
			}
			first, other := n.a, n.b
			if p.position == 1 {
				first, other = n.b, n.a
			}
			f := &c.nodes[first]
			if f.op == p.first && !f.leaf && !f.fixed() && c.uses[first] == 1 && first != other {
				c.uses[first] = 0 // its operands now are this one's
				*n = node{op: p.fused, a: f.a, b: f.b, c: other}
				break
			}
		}
	}
}

// fusions lists the operations that are two in one: the first is operand number position of
// the second, whose other operand becomes the third.
var fusions = [...]struct {
	second, first vec.Op
	position      int
	fused         vec.Op
}{
	{vec.Add, vec.Mul, 0, vec.MulAdd},
	{vec.Add, vec.Mul, 1, vec.MulAdd},
	{vec.Add, vec.Add, 0, vec.SumAdd},
	{vec.Add, vec.Add, 1, vec.SumAdd},
	{vec.Sub, vec.Mul, 0, vec.MulSub},
	{vec.Sub, vec.Mul, 1, vec.SubMul},
	{vec.Sub, vec.Add, 0, vec.SumSub},
	{vec.Mul, vec.Sub, 0, vec.DiffMul},
	{vec.Mul, vec.Sub, 1, vec.DiffMul},
	{vec.Mul, vec.Add, 0, vec.SumMul},
	{vec.Mul, vec.Add, 1, vec.SumMul},
	{vec.Mul, vec.Mul, 0, vec.MulMul},
	{vec.Mul, vec.Mul, 1, vec.MulMul},
	{vec.Max, vec.Sub, 1, vec.DiffMax},
}

// countAll counts the uses of every node that an output needs.
func (c *compilation) countAll() {
	for id := len(c.nodes) - 1; id >= 0; id-- {
		if c.uses[id] == 0 {
			continue
		}
		list, n := c.operands(int32(id))
		for _, operand := range list[:n] {
			c.uses[operand]++
		}
	}
}

// operands lists the operands of a node that are no constants.
func (c *compilation) operands(id int32) (list [3]int32, n int) {
	node := &c.nodes[id]
	if node.leaf || node.fixed() {
		return list, 0
	}
	for _, operand := range [...]int32{node.a, node.b, node.c} {
		if operand >= 0 && !c.nodes[operand].fixed() {
			list[n] = operand
			n++
		}
	}
	return list, n
}

// order lists what is computed, in the order in which it is: as written, and what is late
// right after the last of its operands.
func (c *compilation) order() []int32 {
	var list []int32
	when := make([]int32, len(c.nodes))
	for id := range c.nodes {
		if c.uses[id] == 0 || c.nodes[id].fixed() {
			continue
		}
		if c.nodes[id].leaf && len(c.wanted[id]) < int(c.uses[id]) {
			continue // it is filled when it is needed
		}
		when[id] = int32(id)
		if id >= c.code.late && !c.nodes[id].leaf {
			when[id] = 0
			operands, n := c.operands(int32(id))
			for _, operand := range operands[:n] {
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
		if left[id]--; left[id] == 0 && at[id] < borrowed {
			free = append(free, at[id])
		}
	}
	constants := make([]int32, len(c.nodes)) // −1 − place; 0: none
	operand := func(id int32) int32 {
		if id < 0 {
			return none
		}
		if !c.nodes[id].fixed() {
			return at[id]
		}
		place := constants[id]
		if place == 0 {
			var room [constantWidth]float64
			for i := range room {
				room[i] = c.nodes[id].value
			}
			place = int32(-1 - len(p.constants))
			if c.nodes[id].given {
				p.given = append(p.given, symbol{int32(len(p.constants)), c.code.ordinal[id]})
			}
			p.constants = append(p.constants, room)
			constants[id] = place
		}
		return place
	}
	parts := map[int32][2]int32{} // nodes of a leaf's two parts
	for id := range c.nodes {
		n := &c.nodes[id]
		if n.leaf && n.b == lentPart {
			at[id] = borrowed + n.a
		} else if n.leaf && c.uses[id] > 0 {
			pair, ok := parts[n.a]
			if !ok {
				pair = [2]int32{-1, -1}
			}
			pair[n.b] = int32(id)
			parts[n.a] = pair
		}
	}
	var now segment
	ended := []int32{} // whose outputs are emitted after the segment
	load := func(id int32) {
		n := &c.nodes[id]
		if !n.leaf || at[id] >= 0 {
			return
		}
		columns := [2]int32{none, none}
		for part, id := range parts[n.a] {
			if id >= 0 {
				at[id] = take()
				columns[part] = at[id]
				ended = append(ended, id)
			}
		}
		now.fills = append(now.fills, filling{int(n.a), columns[0], columns[1]})
		p.leaves = append(p.leaves, int(n.a))
	}
	end := func() {
		for _, id := range ended {
			for _, k := range c.wanted[id] {
				now.emits = append(now.emits, emission{k, at[id]})
				release(id)
			}
		}
		p.segments = append(p.segments, now)
		now, ended = segment{}, ended[:0]
	}
	for ids := range slices.Chunk(c.order(), segmentSize) {
		for _, id := range ids {
			load(id) // if it is a leaf, which nothing but an output may need
			operands, count := c.operands(id)
			for _, operand := range operands[:count] {
				load(operand)
			}
		}
		for _, id := range ids {
			n := &c.nodes[id]
			if n.leaf {
				continue
			}
			do := operation{op: n.op, a: operand(n.a), b: operand(n.b), c: operand(n.c)}
			operands, count := c.operands(id)
			for _, operand := range operands[:count] {
				release(operand)
			}
			do.dst = take()
			at[id] = do.dst
			now.operations = append(now.operations, do)
			p.operations++
			if len(c.wanted[id]) > 0 {
				ended = append(ended, id)
			}
		}
		end()
	}
	// Constants come after the columns, now that it is known how many these are.
	for s := range p.segments {
		for i := range p.segments[s].operations {
			do := &p.segments[s].operations[i]
			for _, o := range [...]*int32{&do.a, &do.b, &do.c} {
				if *o < 0 && *o != none {
					*o = int32(p.columns) - 1 - *o
				}
			}
		}
	}
}

// none is no operand.
const none = int32(-1 << 31)

// borrowed is the first of the operands that are columns of another program.
const borrowed = int32(1 << 24)
