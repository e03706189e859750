package expr

import "slices"

// A Split is a program in two: what is the same in runs that differ in parameters and in some
// leaves, and what is not. The first is run once, the second for each of them.
type Split struct {
	Common, Own *Program
	own         []bool // by output: Own emits it
	lent        int    // columns that Own takes of Common
}

// Varies says that output k is emitted by Own.
func (s *Split) Varies(k int) bool { return s.own[k] }

// lentPart marks, as their part, leaves that stand for columns of another program.
const lentPart = int32(-2)

// Separate makes two programs of what Compile would make one: which outputs they emit is
// disjoint. differs says of a leaf that it may not be the same. Own has all that is fixed.
func Separate(outputs []X, differs func(leaf int) bool) *Split {
	s := &Split{Common: &Program{fixed: map[int]float64{}}, own: make([]bool, len(outputs))}
	s.Own = &Program{fixed: map[int]float64{}, outputs: map[int]int32{}}
	var code *Code
	for k, x := range outputs {
		n := &x.code.nodes[x.id]
		code = x.code
		if n.fixed() {
			s.Own.fixed[k] = n.value
		}
		if n.given {
			s.Own.outputs[k] = x.code.ordinal[x.id]
		}
	}
	if code == nil {
		return s
	}
	common := &compilation{code: code, program: s.Common, wanted: make([][]int, len(code.nodes)), nodes: slices.Clone(code.nodes)}
	own := &compilation{code: code, program: s.Own, wanted: make([][]int, len(code.nodes)), nodes: slices.Clone(code.nodes)}
	varies := code.varying(differs)
	needed := make([]bool, len(code.nodes)) // for what varies
	for k, x := range outputs {
		switch {
		case code.nodes[x.id].fixed():
		case varies[x.id]:
			s.own[k] = true
			own.wanted[x.id] = append(own.wanted[x.id], k)
			needed[x.id] = true
		default:
			common.wanted[x.id] = append(common.wanted[x.id], k)
		}
	}
	for id := len(code.nodes) - 1; id >= 0; id-- {
		n := &code.nodes[id]
		switch {
		case !needed[id] || n.fixed():
		case !varies[id]:
			common.wanted[id] = append(common.wanted[id], len(outputs)+s.lent)
			own.nodes[id] = node{leaf: true, a: int32(s.lent), b: lentPart, c: -1}
			s.lent++
		case !n.leaf:
			for _, operand := range [...]int32{n.a, n.b, n.c} {
				if operand >= 0 {
					needed[operand] = true
				}
			}
		}
	}
	common.finish()
	own.finish()
	return s
}

// varying says of each node whether it hangs on parameters or on leaves that differ.
func (c *Code) varying(differs func(leaf int) bool) []bool {
	varies := make([]bool, len(c.nodes))
	for id := range c.nodes {
		n := &c.nodes[id]
		switch {
		case n.op == constOp:
		case n.given:
			varies[id] = true
		case n.leaf:
			varies[id] = differs(int(n.a))
		default:
			for _, operand := range [...]int32{n.a, n.b, n.c} {
				varies[id] = varies[id] || operand >= 0 && varies[operand]
			}
		}
	}
	return varies
}

// Machines returns a machine for each of the two, for runs of up to width trials. A run of the
// second takes what the last run of the first left.
func (s *Split) Machines(width int) (common, own *SplitMachine) {
	room := make([]float64, s.lent*width)
	columns := make([][]float64, s.lent)
	for i := range columns {
		columns[i] = room[i*width:][:width:width]
	}
	common = &SplitMachine{Machine: s.Common.Machine(width), split: s, columns: columns}
	own = &SplitMachine{Machine: s.Own.Machine(width), split: s}
	own.Machine.lent = columns
	return common, own
}

// A SplitMachine runs one of two programs.
type SplitMachine struct {
	*Machine
	split   *Split
	columns [][]float64 // that the other borrows
}

// Run computes the program for n trials, a multiple of 8.
func (m *SplitMachine) Run(n int, world World) {
	m.Machine.Run(n, &lender{world, m})
}

// A lender keeps what is lent, and passes on the rest.
type lender struct {
	World
	machine *SplitMachine
}

func (l *lender) Emit(k int, x []float64) {
	if i := k - len(l.machine.split.own); i >= 0 {
		copy(l.machine.columns[i], x)
		return
	}
	l.World.Emit(k, x)
}
