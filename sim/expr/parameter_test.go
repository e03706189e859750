package expr_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"entente/sim/expr"
)

// columns gives leaf k some numbers, and keeps what comes out.
type columns struct{ out [][]float64 }

func (c *columns) Fill(leaf int, even, odd []float64) {
	for i := range even {
		even[i] = math.Sin(float64(1 + leaf*7 + i))
	}
}

func (c *columns) Emit(k int, x []float64) { c.out[k] = append([]float64(nil), x...) }

// formula writes a random formula over three leaves and what parameter gives.
func formula(r *rand.Rand, c *expr.Code, parameter func(k int) expr.X) []expr.X {
	list := []expr.X{parameter(0), parameter(1), parameter(2), c.Leaf(0, 0), c.Leaf(1, 0), c.Leaf(2, 0), c.Const(0), c.Const(1), c.Const(0.25)}
	pick := func() expr.X { return list[r.IntN(len(list))] }
	for range 60 {
		x, y, z := pick(), pick(), pick()
		var made expr.X
		switch r.IntN(16) {
		case 0:
			made = x.Add(y)
		case 1:
			made = x.Sub(y)
		case 2, 3:
			made = x.Mul(y)
		case 4:
			made = x.Div(y)
		case 5:
			made = x.Min(y)
		case 6:
			made = x.Max(y)
		case 7:
			made = x.Less(y)
		case 8:
			made = x.AtMost(y).And(y.Less(z))
		case 9:
			made = x.Equal(y).Or(z.Equal(x))
		case 10:
			made = expr.If(x.Less(y), y, z)
		case 11:
			made = expr.Exp(x.Min(c.Const(3)))
		case 12:
			made = expr.Sqrt(expr.Abs(x))
		case 13:
			made = expr.If(x, y, z)
		case 14:
			made = x.Neg()
		case 15: // a trace that looks
			if made = y; x.Is(1) {
				made = z
			} else if v, ok := z.Constant(); ok && r.IntN(8) == 0 {
				made = c.Const(v + 1)
			}
		}
		list = append(list, made)
	}
	return list[9:]
}

// What code does at a point of its parameters is, bit by bit, what code does that is traced with
// these numbers; where it would not be, At says so.
func TestParametersAreConstants(t *testing.T) {
	run := func(outputs []expr.X, at expr.At) [][]float64 {
		p := expr.Compile(outputs)
		w := &columns{make([][]float64, len(outputs))}
		m := p.Machine(8)
		if at != nil {
			m.Set(at)
		}
		m.Run(8, w)
		for k := range outputs {
			if v, ok := p.FixedAt(k, at); ok {
				w.out[k] = []float64{v, v, v, v, v, v, v, v}
			}
		}
		return w.out
	}
	values := []float64{0, 1, -1, 0.25, 0.5, 2, 3, 0.7, -0.7, math.Inf(1), 1e-3, 1.25}
	same, other := 0, 0
	for seed := range uint64(60) {
		first := [3]float64{0.3, 1.7, -2.2}
		if seed%3 == 0 {
			first = [3]float64{1, 0.3, 0.3}
		}
		code := expr.New()
		outputs := formula(rand.New(rand.NewPCG(seed, 1)), code, func(k int) expr.X { return code.Parameter(k, first[k]) })
		r := rand.New(rand.NewPCG(seed, 2))
		for n := range 40 {
			v := first
			for k := range v {
				if n > 0 && (k == n%3 || n > 20) {
					v[k] = values[r.IntN(len(values))] * []float64{1, 1, 1.1}[r.IntN(3)]
				}
			}
			at, ok := code.At(v[:])
			if !ok {
				if other++; v == first {
					t.Fatalf("seed %d: the code is not what it is", seed)
				}
				continue
			}
			same++
			plain := expr.New()
			want := run(formula(rand.New(rand.NewPCG(seed, 1)), plain, func(k int) expr.X { return plain.Const(v[k]) }), nil)
			for k, got := range run(outputs, at) {
				for i, x := range got {
					if math.Float64bits(x) != math.Float64bits(want[k][i]) && !(math.IsNaN(x) && math.IsNaN(want[k][i])) {
						t.Fatalf("seed %d, parameters %v: output %d is %v, but %v where they are constants", seed, v, k, x, want[k][i])
					}
				}
			}
		}
	}
	if same < 200 || other < 200 {
		t.Errorf("%d points had the same operations, %d others: too few to tell", same, other)
	}
}

// A program in two does what it does in one, in whichever runs the first half is done again.
func TestSeparate(t *testing.T) {
	split, whole := 0, 0
	for seed := range uint64(40) {
		code := expr.New()
		outputs := formula(rand.New(rand.NewPCG(seed, 1)), code, func(k int) expr.X { return code.Parameter(k, 0.3+float64(k)) })
		s := expr.Separate(outputs, func(leaf int) bool { return leaf == 1 && seed%2 == 0 })
		split += s.Common.Operations() + s.Own.Operations()
		whole += expr.Compile(outputs).Operations()
		common, own := s.Machines(16)
		w := &columns{make([][]float64, len(outputs))}
		common.Run(8, w)
		for _, v := range [][]float64{{0.3, 1.3, 2.3}, {0.31, 1.7, 2.1}, {0.3, 1.3, 2.3}} {
			at, ok := code.At(v)
			if !ok {
				continue
			}
			own.Set(at)
			own.Run(8, w)
			p := expr.Compile(outputs)
			m := p.Machine(8)
			m.Set(at)
			want := &columns{make([][]float64, len(outputs))}
			m.Run(8, want)
			for k := range outputs {
				a, fixed := p.FixedAt(k, at)
				if b, too := s.Own.FixedAt(k, at); fixed != too || fixed && a != b && !(math.IsNaN(a) && math.IsNaN(b)) {
					t.Fatalf("seed %d: output %d is fixed as %v, %v", seed, k, a, b)
				}
				for i, x := range w.out[k] {
					if y := want.out[k][i]; math.Float64bits(x) != math.Float64bits(y) && !(math.IsNaN(x) && math.IsNaN(y)) {
						t.Fatalf("seed %d: output %d is %v in two, %v in one", seed, k, x, y)
					}
				}
				if (w.out[k] == nil) != (want.out[k] == nil) {
					t.Fatalf("seed %d: output %d is emitted by one only", seed, k)
				}
			}
		}
	}
	if split < whole || split > 2*whole {
		t.Errorf("%d operations have become %d", whole, split)
	}
}
