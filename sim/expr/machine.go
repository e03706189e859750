package expr

import (
	"slices"
	"unsafe"

	"entente/sim/vec"
)

// A Machine runs one program, over up to so many trials at a time. It is for one goroutine.
type Machine struct {
	program   *Program
	width     int
	columns   []float64 // next to each other, the last for what nobody needs
	constants [][constantWidth]float64
	lent      [][]float64
	n         int          // trials that the calls are bound to
	calls     [][]vec.Call // by segment
}

// Machine returns a machine for runs of up to width trials, a multiple of 8.
func (p *Program) Machine(width int) *Machine {
	const line = 8 // numbers in a line of the cache, on which columns begin
	room := make([]float64, (p.columns+1)*width+line)
	if at := int(uintptr(unsafe.Pointer(&room[0])) / 8 % line); at != 0 {
		room = room[line-at:]
	}
	m := &Machine{program: p, width: width, columns: room, constants: p.constants, calls: make([][]vec.Call, len(p.segments))}
	if len(p.given) > 0 {
		m.constants = slices.Clone(p.constants)
	}
	for i := range p.segments {
		m.calls[i] = make([]vec.Call, len(p.segments[i].operations))
	}
	return m
}

// Set says what hangs on parameters in the runs that follow.
func (m *Machine) Set(at At) {
	for _, s := range m.program.given {
		c := &m.constants[s.constant]
		for i := range c {
			c[i] = at[s.at]
		}
	}
}

// World is what a run takes from outside and gives back. The columns are as long as the run
// has trials and belong to the machine.
type World interface {
	// Fill sets the two columns of a leaf; odd is nil where only part 0 is needed.
	Fill(leaf int, even, odd []float64)
	// Emit takes output k.
	Emit(k int, x []float64)
}

// Run computes the program for n trials, a multiple of 8.
func (m *Machine) Run(n int, world World) {
	if n != m.n {
		m.bind(n)
	}
	p := m.program
	for i := range p.segments {
		s := &p.segments[i]
		for _, f := range s.fills {
			even := m.operand(f.even)
			if even == nil {
				even = m.operand(int32(p.columns))
			}
			world.Fill(f.leaf, even, m.operand(f.odd))
		}
		vec.Run(m.calls[i], 0, n)
		for _, e := range s.emits {
			world.Emit(e.output, m.operand(e.column))
		}
	}
}

// operand is a column, that for what nobody needs after the others, or none.
func (m *Machine) operand(o int32) []float64 {
	if o < 0 {
		return nil
	}
	return m.columns[int(o)*m.width:][:m.n:m.n]
}

// bind makes the calls for runs of n trials.
func (m *Machine) bind(n int) {
	m.n = n
	p := m.program
	operand := func(o int32) []float64 {
		if o >= borrowed {
			return m.lent[o-borrowed][:n:n]
		}
		if k := int(o) - p.columns; k >= 0 {
			return m.constants[k][:]
		}
		return m.operand(o)
	}
	for s := range p.segments {
		for i, do := range p.segments[s].operations {
			m.calls[s][i] = vec.Bind(do.op, operand(do.dst), operand(do.a), operand(do.b), operand(do.c))
		}
	}
}
