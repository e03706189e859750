package expr

import "entente/sim/vec"

// A Machine runs one program, over up to so many trials at a time. It is for one goroutine.
type Machine struct {
	program  *Program
	width    int
	room     []float64
	operands [][]float64 // columns, cut to the trials of the run, then constants
	scratch  []float64
	n        int
}

// Machine returns a machine for runs of up to width trials, a multiple of 8.
func (p *Program) Machine(width int) *Machine {
	m := &Machine{
		program:  p,
		width:    width,
		room:     make([]float64, (p.columns+1)*width),
		operands: make([][]float64, p.columns+len(p.constants)),
	}
	for i := range p.constants {
		m.operands[p.columns+i] = p.constants[i][:]
	}
	return m
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
		for i := range m.program.columns {
			m.operands[i] = m.room[i*m.width : i*m.width+n : i*m.width+n]
		}
		m.scratch = m.room[m.program.columns*m.width:][:n:n]
		m.n = n
	}
	operands := m.operands
	for i := range m.program.instructions {
		in := &m.program.instructions[i]
		switch in.kind {
		case operate:
			var b, c []float64
			if in.b >= 0 {
				b = operands[in.b]
			}
			if in.c >= 0 {
				c = operands[in.c]
			}
			vec.Apply(in.op, operands[in.dst], operands[in.a], b, c)
		case fill:
			even := m.scratch
			if in.dst >= 0 {
				even = operands[in.dst]
			}
			var odd []float64
			if in.b >= 0 {
				odd = operands[in.b]
			}
			world.Fill(int(in.a), even, odd)
		case emit:
			world.Emit(int(in.a), operands[in.b])
		}
	}
}
