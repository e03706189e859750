package expr

import (
	"unsafe"

	"entente/sim/vec"
)

// A Machine runs one program, over up to so many trials at a time. It is for one goroutine.
type Machine struct {
	program *Program
	width   int
	columns []float64 // next to each other, the last for what nobody needs
	n       int       // trials that the calls are bound to
	calls   []vec.Call
	stops   []stop
}

// A stop is between calls: a leaf is filled, or an output emitted.
type stop struct {
	before    int // how many calls come first
	kind      kind
	number    int // of the leaf or output
	even, odd []float64
}

// Machine returns a machine for runs of up to width trials, a multiple of 8.
func (p *Program) Machine(width int) *Machine {
	const line = 8 // numbers in a line of the cache, on which columns begin
	room := make([]float64, (p.columns+1)*width+line)
	if at := uintptr(unsafe.Pointer(&room[0])) / 8 % line; at != 0 {
		room = room[line-at:]
	}
	return &Machine{program: p, width: width, columns: room}
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
	calls := 0
	for i := range m.stops {
		s := &m.stops[i]
		if s.before > calls {
			vec.Run(m.calls[calls:s.before])
			calls = s.before
		}
		if s.kind == fill {
			world.Fill(s.number, s.even, s.odd)
		} else {
			world.Emit(s.number, s.even)
		}
	}
	vec.Run(m.calls[calls:])
}

// bind makes the calls and stops for runs of n trials.
func (m *Machine) bind(n int) {
	m.n, m.calls, m.stops = n, m.calls[:0], m.stops[:0]
	p := m.program
	operand := func(o int32) []float64 {
		switch {
		case o < 0:
			return nil
		case int(o) >= p.columns:
			return p.constants[int(o)-p.columns][:]
		}
		return m.columns[int(o)*m.width:][:n:n]
	}
	for _, in := range p.instructions {
		switch in.kind {
		case operate:
			m.calls = append(m.calls, vec.Bind(in.op, operand(in.dst), operand(in.a), operand(in.b), operand(in.c)))
		case fill:
			even := operand(in.dst)
			if even == nil {
				even = m.columns[p.columns*m.width:][:n:n]
			}
			m.stops = append(m.stops, stop{len(m.calls), fill, int(in.a), even, operand(in.b)})
		case emit:
			m.stops = append(m.stops, stop{len(m.calls), emit, int(in.a), operand(in.b), nil})
		}
	}
}
