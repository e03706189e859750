package vec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// An operation's formula, as its documentation has it.
type formula struct {
	op       Op
	name     string
	operands int
	value    func(a, b, c float64) float64
}

func truth(condition bool) float64 {
	if condition {
		return 1
	}
	return 0
}

func formulas() []formula {
	pick := func(condition bool, a, b float64) float64 {
		if condition {
			return a
		}
		return b
	}
	return []formula{
		{Copy, "copy", 1, func(a, _, _ float64) float64 { return a }},
		{Add, "add", 2, func(a, b, _ float64) float64 { return a + b }},
		{Sub, "sub", 2, func(a, b, _ float64) float64 { return a - b }},
		{Mul, "mul", 2, func(a, b, _ float64) float64 { return a * b }},
		{Div, "div", 2, func(a, b, _ float64) float64 { return a / b }},
		{Min, "min", 2, func(a, b, _ float64) float64 { return pick(a < b, a, b) }},
		{Max, "max", 2, func(a, b, _ float64) float64 { return pick(a > b, a, b) }},
		{Less, "less", 2, func(a, b, _ float64) float64 { return truth(a < b) }},
		{AtMost, "atMost", 2, func(a, b, _ float64) float64 { return truth(a <= b) }},
		{Equal, "equal", 2, func(a, b, _ float64) float64 { return truth(a == b) }},
		{Select, "select", 3, func(a, b, c float64) float64 { return pick(a != 0, b, c) }},
		{MulAdd, "mulAdd", 3, func(a, b, c float64) float64 { return float64(a*b) + c }},
		{MulSub, "mulSub", 3, func(a, b, c float64) float64 { return float64(a*b) - c }},
		{SubMul, "subMul", 3, func(a, b, c float64) float64 { return c - float64(a*b) }},
		{MulMul, "mulMul", 3, func(a, b, c float64) float64 { return float64(a*b) * c }},
		{SumAdd, "sumAdd", 3, func(a, b, c float64) float64 { return float64(a+b) + c }},
		{SumSub, "sumSub", 3, func(a, b, c float64) float64 { return float64(a+b) - c }},
		{SumMul, "sumMul", 3, func(a, b, c float64) float64 { return float64(a+b) * c }},
		{DiffMul, "diffMul", 3, func(a, b, c float64) float64 { return float64(a-b) * c }},
		{DiffMax, "diffMax", 3, func(a, b, c float64) float64 { return pick(c > a-b, c, a-b) }},
		{Abs, "abs", 1, func(a, _, _ float64) float64 { return math.Abs(a) }},
		{Sqrt, "sqrt", 1, func(a, _, _ float64) float64 { return math.Sqrt(a) }},
		{Floor, "floor", 1, func(a, _, _ float64) float64 { return math.Floor(a) }},
		{ExpOp, "exp", 1, func(a, _, _ float64) float64 { return exp(a) }},
		{LogOp, "log", 1, func(a, _, _ float64) float64 { return log(a) }},
		{NormalQuantileOp, "normal", 1, func(a, _, _ float64) float64 { return normal(a) }},
	}
}

// same reports whether the bits are equal, or both NaN.
func same(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || math.IsNaN(a) && math.IsNaN(b)
}

// operandValue is of many magnitudes, often a special or a recurring one, so that operands are
// equal, and conditions are met, and not met.
func operandValue(r *rand.Rand) float64 {
	special := around(0, 1, 0.5, 0.075, 0x1p52, 709, 0x1p-1022)
	switch r.IntN(4) {
	case 0:
		return special[r.IntN(len(special))]
	case 1:
		return float64(r.IntN(5) - 2)
	case 2:
		return between(r, -2, 2)
	}
	return math.Ldexp(between(r, -1, 1), r.IntN(120)-60)
}

// Every operation, on all paths, gives what its formula gives: for columns and constants, to a
// column of its own and to each of its operands, and nowhere else.
func TestApply(t *testing.T) {
	list := formulas()
	if len(list) != int(opCount) {
		t.Fatalf("%d operations are tested, of %d", len(list), opCount)
	}
	for _, f := range list {
		for _, p := range paths() {
			t.Run(fmt.Sprintf("%s/%v", f.name, p), func(t *testing.T) {
				r := random(21 + uint64(f.op))
				for _, n := range []int{8, 16, 24, 32, 40, 48, 56, 64, 72, 120, 256, 520} {
					for constants := range 1 << f.operands {
						testApply(t, r, f, p, n, constants)
					}
				}
			})
		}
	}
}

// testApply tests operations on columns of n values, and on constants where a bit of constants is 1.
func testApply(t *testing.T, r *rand.Rand, f formula, p path, n, constants int) {
	t.Helper()
	// guarded is a column with values behind it that must stay as they are.
	const guard = 12345
	guarded := func(x []float64, n int) []float64 {
		column := make([]float64, n+16)
		for i := copy(column, x); i < len(column); i++ {
			column[i] = guard
		}
		return column
	}
	var operands [3][]float64 // a column each, and what is passed of it
	for o := range f.operands {
		x := make([]float64, n)
		constant := operandValue(r)
		for i := range x {
			x[i] = operandValue(r)
			if constants>>o&1 == 1 {
				x[i] = constant
			}
		}
		operands[o] = x
	}
	passed := operands
	for o := range f.operands {
		if constants>>o&1 == 1 {
			passed[o] = guarded(operands[o][:8], n)[:8]
		}
	}
	want := make([]float64, n)
	for i := range want {
		var v [3]float64
		for o := range f.operands {
			v[o] = operands[o][i]
		}
		want[i] = f.value(v[0], v[1], v[2])
	}
	for into := -1; into < f.operands; into++ { // −1 stands for none of the operands
		var room []float64
		with := passed
		if into < 0 {
			room = guarded(nil, n)
		} else {
			if len(passed[into]) < n {
				continue
			}
			room = guarded(passed[into], n)
			with[into] = room[:n]
		}
		applyBy(p, f.op, room[:n], with[0], with[1], with[2])
		for i, w := range want {
			if !same(room[i], w) {
				t.Fatalf("place %d of %d, constants %03b, into %d: %b, want %b; operands %b",
					i, n, constants, into, room[i], w, operands)
			}
		}
		for _, g := range room[n:] {
			if g != guard {
				t.Fatalf("a column of %d is written to beyond its end", n)
			}
		}
	}
}

// One operand in two places, and in that of the result.
func TestApplyToItself(t *testing.T) {
	for _, p := range paths() {
		for _, f := range formulas() {
			r := random(50)
			x := make([]float64, 104)
			for i := range x {
				x[i] = operandValue(r)
			}
			want := make([]float64, len(x))
			for i, v := range x {
				want[i] = f.value(v, v, v)
			}
			applyBy(p, f.op, x, x, x, x)
			for i, w := range want {
				if !same(x[i], w) {
					t.Fatalf("%s by %v, place %d: %b, want %b", f.name, p, i, x[i], w)
				}
			}
		}
	}
}

func TestApplyRefuses(t *testing.T) {
	column, short, odd := make([]float64, 32), make([]float64, 24), make([]float64, 12)
	for name, f := range map[string]func(p path){
		"a length that is no multiple of 8": func(p path) { applyBy(p, Add, odd, odd, odd, nil) },
		"an operand too short":              func(p path) { applyBy(p, Add, column, column, short, nil) },
		"an operand too long":               func(p path) { applyBy(p, Add, short, column, short, nil) },
		"an operand missing":                func(p path) { applyBy(p, Add, column, column, nil, nil) },
		"an operand empty":                  func(p path) { applyBy(p, Add, column, column, short[:0], nil) },
		"a function's operand missing":      func(p path) { applyBy(p, LogOp, column, nil, nil, nil) },
		"a function's operand too short":    func(p path) { applyBy(p, LogOp, column, short, nil, nil) },
		"an unknown operation":              func(p path) { applyBy(p, opCount, column, column, column, column) },
	} {
		for _, p := range paths() {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%v takes %s", p, name)
					}
				}()
				f(p)
			}()
		}
	}
	applyBy(fastest, Add, nil, nil, nil, nil) // nothing to do
}

// A program is calls on columns of which the first half is only read. What a call reads has been
// written by one before it, or is of that half; so values do not grow from run to run.
type program struct {
	columns   [][]float64
	constants [][]float64
	formulas  []formula
	places    [][4]int // of the result and the operands; constants are counted down from −1
}

func randomProgram(r *rand.Rand, list []formula, calls, columns, n int, value func(r *rand.Rand) float64) *program {
	p := &program{columns: make([][]float64, columns), constants: make([][]float64, 8)}
	for i := range p.columns {
		p.columns[i] = make([]float64, n)
		for j := range p.columns[i] {
			p.columns[i][j] = value(r)
		}
	}
	for i := range p.constants {
		v := value(r)
		p.constants[i] = []float64{v, v, v, v, v, v, v, v}
	}
	written := make([]int, columns/2)
	for i := range written {
		written[i] = i
	}
	for range calls {
		var place [4]int
		for o := 1; o < 4; o++ {
			if r.IntN(5) == 0 {
				place[o] = -1 - r.IntN(len(p.constants))
			} else {
				place[o] = written[r.IntN(len(written))]
			}
		}
		place[0] = columns/2 + r.IntN(columns-columns/2)
		written = append(written, place[0])
		p.formulas = append(p.formulas, list[r.IntN(len(list))])
		p.places = append(p.places, place)
	}
	return p
}

func (p *program) copy() *program {
	c := *p
	c.columns = make([][]float64, len(p.columns))
	for i, x := range p.columns {
		c.columns[i] = slices.Clone(x)
	}
	return &c
}

func (p *program) operand(place int) []float64 {
	if place < 0 {
		return p.constants[-1-place]
	}
	return p.columns[place]
}

func (p *program) bind() []Call {
	calls := make([]Call, len(p.formulas))
	for i, at := range p.places {
		var x [4][]float64
		for o := range p.formulas[i].operands + 1 {
			x[o] = p.operand(at[o])
		}
		calls[i] = Bind(p.formulas[i].op, x[0], x[1], x[2], x[3])
	}
	return calls
}

// evaluate does by formulas what the calls should do.
func (p *program) evaluate(from, to int) {
	for i, f := range p.formulas {
		at := p.places[i]
		for j := from; j < to; j++ {
			var v [4]float64
			for o := range v {
				x := p.operand(at[o])
				v[o] = x[j%len(x)]
			}
			p.columns[at[0]][j] = f.value(v[1], v[2], v[3])
		}
	}
}

// Programs, on all paths, do call by call what the formulas give, within the range and nowhere
// else, wherever they are cut.
func TestRun(t *testing.T) {
	r := random(51)
	list := formulas()
	for range 60 {
		n := block * (1 + r.IntN(40))
		from := block * r.IntN(n/block+1)
		to := from + block*r.IntN((n-from)/block+1)
		some := make([]formula, 1+r.IntN(len(list))) // functions cut a program; there are many and few
		for i := range some {
			some[i] = list[r.IntN(len(list))]
		}
		start := randomProgram(r, some, r.IntN(3*segment), 2+r.IntN(60), n, operandValue)
		want := start.copy()
		want.evaluate(from, to)
		for _, p := range paths() {
			got := start.copy()
			calls := got.bind()
			cut := r.IntN(len(calls) + 1)
			runBy(p, calls[:cut], from, to)
			runBy(p, calls[cut:], from, to)
			for i, x := range want.columns {
				for j, w := range x {
					if !same(got.columns[i][j], w) {
						t.Fatalf("%v: value %d of %d, range %d … %d, column %d: %v, want %v", p, j, n, from, to, i, got.columns[i][j], w)
					}
				}
			}
		}
	}
}

func TestRunRefuses(t *testing.T) {
	column := make([]float64, 128)
	short := column[:64]
	calls := []Call{Bind(Add, column, column, column, nil), Bind(Add, short, short, short, nil)}
	for _, p := range paths() {
		for name, f := range map[string]func(){
			"a range from the middle of a block": func() { runBy(p, calls, 4, 64) },
			"a range to the middle of a block":   func() { runBy(p, calls, 0, 60) },
			"a range before the column":          func() { runBy(p, calls, -8, 64) },
			"a range backwards":                  func() { runBy(p, calls, 64, 56) },
			"a range beyond a column":            func() { runBy(p, calls, 0, 72) },
		} {
			func() {
				defer func() {
					if recover() == nil {
						t.Errorf("%v takes %s", p, name)
					}
				}()
				f()
			}()
		}
		runBy(p, calls, 64, 64) // nothing to do
		runBy(p, nil, 0, 64)
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	calls := randomProgram(random(52), formulas(), 200, 20, 304, operandValue).bind()
	for _, p := range paths() {
		if n := testing.AllocsPerRun(10, func() { runBy(p, calls, 8, 304) }); n != 0 {
			t.Errorf("%v: %v allocations", p, n)
		}
	}
}

func TestFinite(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, p := range paths() {
		for n := range 100 {
			x := make([]float64, n)
			for i := range x {
				x[i] = math.MaxFloat64 * float64(i%3-1)
			}
			dst := make([]float64, n)
			if !copyFiniteBy(p, dst, x) || !slices.Equal(dst, x) {
				t.Fatalf("%v: %d finite values are not copied or not finite", p, n)
			}
			if !finiteBy(p, x) || !finiteOrNaNBy(p, x) {
				t.Fatalf("%v: %d finite values are not finite", p, n)
			}
			for i := range x {
				for _, c := range []struct {
					v     float64
					orNaN bool
				}{{nan, true}, {-nan, true}, {math.Float64frombits(0x7ff0000000000001), true}, {inf, false}, {-inf, false}} {
					was := x[i]
					x[i] = c.v
					if finiteBy(p, x) || copyFiniteBy(p, dst, x) || finiteOrNaNBy(p, x) != c.orNaN {
						t.Fatalf("%v: %v in place %d of %d: finite %v, finite or NaN %v", p, c.v, i, n, finiteBy(p, x), finiteOrNaNBy(p, x))
					}
					x[i] = was
				}
			}
		}
	}
}

func TestApplyAllocatesNothing(t *testing.T) {
	x, k := make([]float64, 304), make([]float64, 8)
	for _, f := range formulas() {
		for _, p := range paths() {
			if n := testing.AllocsPerRun(10, func() {
				applyBy(p, f.op, x, x, k, x)
				applyBy(p, f.op, x, k, x, k)
			}); n != 0 {
				t.Errorf("%s by %v: %v allocations", f.name, p, n)
			}
		}
	}
}

func BenchmarkApply(b *testing.B) {
	for _, n := range []int{8, 256} {
		r := random(20)
		column := func() []float64 { // half of it 0
			x := make([]float64, n)
			for i := range x {
				x[i] = between(r, 0, 1) * float64(r.IntN(2))
			}
			return x
		}
		dst, x, y, z := column(), column(), column(), column()
		for _, f := range formulas() {
			for _, p := range paths() {
				b.Run(fmt.Sprintf("%d/%s/%v", n, f.name, p), func(b *testing.B) {
					for b.Loop() {
						applyBy(p, f.op, dst, x, y, z)
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/value")
				})
			}
		}
	}
}

// BenchmarkRun is of a program whose columns fill the first cache, tile by tile. Division and
// roots, which take a time of their own, are not in it.
func BenchmarkRun(b *testing.B) {
	list := slices.DeleteFunc(formulas(), func(f formula) bool { return f.op == Div || f.op == Sqrt || f.op >= ExpOp })
	value := func(r *rand.Rand) float64 { return between(r, 0.5, 1.5) }
	for _, n := range []int{64, 256} {
		calls := randomProgram(random(53), list, segment, 96, n, value).bind()
		for _, p := range paths() {
			b.Run(fmt.Sprintf("%d/%v", n, p), func(b *testing.B) {
				for b.Loop() {
					runBy(p, calls, 0, n)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n*len(calls)), "ns/value")
			})
		}
	}
}

func BenchmarkFinite(b *testing.B) {
	x := make([]float64, 256)
	for _, p := range paths() {
		b.Run(p.String(), func(b *testing.B) {
			for b.Loop() {
				finiteBy(p, x)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(x)), "ns/value")
		})
	}
}
