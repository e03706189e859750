package expr

import (
	"math"
	"math/rand/v2"
	"testing"

	"entente/sim/vec"
)

// world gives leaf l of trial i the number l·1000 + i·8 + part, hashed, and keeps what is
// emitted.
type world struct {
	trials int
	got    map[int][]float64
	filled map[int]int
}

func leafValue(leaf, part, trial int) float64 {
	r := rand.New(rand.NewPCG(uint64(leaf)*2+uint64(part), uint64(trial)))
	return r.NormFloat64()
}

func (w *world) Fill(leaf int, even, odd []float64) {
	w.filled[leaf]++
	for i := range even {
		even[i] = leafValue(leaf, 0, i)
	}
	for i := range odd {
		odd[i] = leafValue(leaf, 1, i)
	}
}

func (w *world) Emit(k int, x []float64) { w.got[k] = append([]float64(nil), x...) }

func run(p *Program, trials int) *world {
	w := &world{trials, map[int][]float64{}, map[int]int{}}
	p.Machine(512).Run(trials, w)
	return w
}

// plain is an expression as a function of a trial: the definition that programs are held to.
type plain func(trial int) float64

type pair struct {
	x X
	f plain
}

// grow makes a random expression of known ones, and the same as a function.
func grow(r *rand.Rand, c *Code, known []pair) pair {
	pick := func() pair { return known[r.IntN(len(known))] }
	a, b, d := pick(), pick(), pick()
	one := func(x X, f func(a float64) float64) pair {
		return pair{x, func(i int) float64 { return f(a.f(i)) }}
	}
	two := func(x X, f func(a, b float64) float64) pair {
		return pair{x, func(i int) float64 { return f(a.f(i), b.f(i)) }}
	}
	condition := func(holds bool) float64 {
		if holds {
			return 1
		}
		return 0
	}
	switch r.IntN(16) {
	case 0, 1:
		return two(a.x.Add(b.x), func(a, b float64) float64 { return a + b })
	case 2, 3:
		return two(a.x.Sub(b.x), func(a, b float64) float64 { return a - b })
	case 4, 5, 6:
		return two(a.x.Mul(b.x), func(a, b float64) float64 { return a * b })
	case 7:
		return two(a.x.Div(b.x.Mul(b.x).Plus(1)), func(a, b float64) float64 { return a / (float64(b*b) + 1) })
	case 8:
		return two(a.x.Min(b.x), func(a, b float64) float64 { return min(a, b) })
	case 9:
		return two(a.x.Max(b.x), func(a, b float64) float64 { return max(a, b) })
	case 10:
		return pair{If(a.x.Less(b.x), d.x, b.x), func(i int) float64 {
			if a.f(i) < b.f(i) {
				return d.f(i)
			}
			return b.f(i)
		}}
	case 11:
		return two(a.x.AtMost(b.x).And(b.x.Above(b.x.code.Const(0))), func(a, b float64) float64 { return condition(a <= b && b > 0) })
	case 12:
		return one(Exp(a.x.Min(c.Const(3)).Max(c.Const(-3))), func(a float64) float64 {
			x := []float64{max(-3, min(a, 3))}
			vec.Exp(x, x)
			return x[0]
		})
	case 13:
		return one(Sqrt(Abs(a.x)), func(a float64) float64 { return math.Sqrt(math.Abs(a)) })
	case 14:
		return one(Floor(a.x.Times(3)), func(a float64) float64 { return math.Floor(a * 3) })
	default:
		return two(a.x.Equal(b.x).Or(a.x.Less(b.x).Not()), func(a, b float64) float64 { return condition(a == b || !(a < b)) })
	}
}

// Whatever is folded, shared, fused, reordered and placed: the numbers are those of the
// formulas, to the last bit but for the sign of zero.
func TestProgramsComputeTheirFormulas(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(1, seed))
		c := New()
		var known []pair
		for _, v := range []float64{0, 1, 0.25, -3.5} {
			known = append(known, pair{c.Const(v), func(int) float64 { return v }})
		}
		leaf := func(number, part int) pair {
			return pair{c.Leaf(number, part), func(i int) float64 { return leafValue(number, part, i) }}
		}
		known = append(known, leaf(0, 0), leaf(1, 0), leaf(1, 1), leaf(2, 1))
		operations := 5 + r.IntN(60)
		for k := range operations {
			if k == operations/2 && seed%2 == 0 {
				c.Late()
			}
			if k%20 == 19 {
				known = append(known, leaf(3+k/20, r.IntN(2)))
			}
			p := grow(r, c, known)
			if v := p.f(0); math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v) > 1e9 {
				continue
			}
			known = append(known, p)
		}
		var outputs []X
		var want []plain
		for range 12 {
			p := known[r.IntN(len(known))]
			outputs, want = append(outputs, p.x), append(want, p.f)
		}
		p := Compile(outputs)
		trials := 8 * (1 + r.IntN(5))
		w := run(p, trials)
		for leaf, times := range w.filled {
			if times > 1 {
				t.Fatalf("system %d: leaf %d is filled %d times", seed, leaf, times)
			}
		}
		for k, f := range want {
			for i := range trials {
				got, fixed := p.Fixed(k)
				if !fixed {
					if w.got[k] == nil {
						t.Fatalf("system %d: output %d is not emitted", seed, k)
					}
					got = w.got[k][i]
				}
				if w := f(i); got != w && !(math.IsNaN(w) && math.IsNaN(got)) {
					t.Fatalf("system %d: output %d of trial %d is %v, by its formula %v", seed, k, i, got, w)
				}
			}
		}
	}
}

func TestAlgebra(t *testing.T) {
	c := New()
	x, y := c.Leaf(0, 0), c.Leaf(1, 0)
	zero, one, infinite := c.Const(0), c.Const(1), c.Const(math.Inf(1))
	for name, same := range map[string][2]X{
		"x + 0":                 {x.Add(zero), x},
		"0 + x":                 {zero.Add(x), x},
		"x − 0":                 {x.Sub(zero), x},
		"x − x":                 {x.Sub(x), zero},
		"x·1":                   {x.Mul(one), x},
		"x·0":                   {x.Mul(zero), zero},
		"x·y = y·x":             {x.Mul(y), y.Mul(x)},
		"x + y twice":           {x.Add(y), x.Add(y)},
		"x/4 = x·¼":             {x.Div(c.Const(4)), x.Times(0.25)},
		"0/x":                   {zero.Div(x), zero},
		"min(x, ∞)":             {x.Min(infinite), x},
		"max(x, x)":             {x.Max(x), x},
		"x < x":                 {x.Less(x), zero},
		"if true":               {If(one, x, y), x},
		"if false":              {If(zero, x, y), y},
		"if c, x, x":            {If(x.Less(y), x, x), x},
		"if c, 1, 0":            {If(x.Less(y), one, zero), x.Less(y)},
		"c and true":            {x.Less(y).And(one), x.Less(y)},
		"c or true":             {x.Less(y).Or(one), one},
		"not true":              {one.Not(), zero},
		"folding":               {c.Const(2).Mul(c.Const(3)).Plus(1), c.Const(7)},
		"e^0":                   {Exp(zero), one},
		"the sum of nothing":    {c.Sum(), zero},
		"the positive part, −2": {c.Const(-2).Positive(), zero},
		"−0":                    {c.Const(math.Copysign(0, -1)), zero},
	} {
		if same[0] != same[1] {
			t.Errorf("%s: %v is not %v", name, same[0], same[1])
		}
	}
}

// Where ln u, or u − 1, would cancel the functions keep their digits: against math's, which
// are within an ulp.
func TestExpm1AndLog1p(t *testing.T) {
	c := New()
	for _, v := range []float64{0, 1e-300, -1e-300, 1e-17, -1e-17, 1e-9, -1e-9, 1e-3, -0.3, 0.5, 1, 3, 40, 300, -3, -40, -800} {
		near := func(name string, x X, want float64) {
			t.Helper()
			got, ok := x.Constant()
			if !ok || math.Abs(got-want) > 4e-16*math.Abs(want)*4 {
				t.Errorf("%s(%v) is %v, want %v", name, v, got, want)
			}
		}
		near("expm1", Expm1(c.Const(v)), math.Expm1(v))
		if v > -1 {
			near("log1p", Log1p(c.Const(v)), math.Log1p(v))
		}
	}
}

// What is not asked for is not computed, and columns are used again.
func TestLeavesOutAndUsesAgain(t *testing.T) {
	c := New()
	x := c.Leaf(0, 0)
	unwanted := Exp(c.Leaf(1, 0))
	for range 100 {
		x = x.Times(1.5).Plus(1)
		unwanted = unwanted.Mul(x)
	}
	p := Compile([]X{x})
	if p.Operations() != 100 { // products and sums, fused
		t.Errorf("%d operations for 100 fused ones", p.Operations())
	}
	if p.Columns() != 1 {
		t.Errorf("%d columns where one is enough", p.Columns())
	}
	if n := len(p.Leaves()); n != 1 {
		t.Errorf("%d leaves of one", n)
	}
}

// What is late is computed when it can be, and not kept waiting.
func TestLate(t *testing.T) {
	c := New()
	var steps []X
	x := c.Leaf(0, 0)
	for range 100 {
		x = Exp(x.Neg())
		steps = append(steps, x)
	}
	c.Late()
	sum := c.Sum(steps...)
	if p := Compile([]X{sum}); p.Columns() > 3 {
		t.Errorf("%d columns for a running sum", p.Columns())
	}
}

func TestMixedModelsPanic(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("operands of two models were taken")
		}
	}()
	New().Leaf(0, 0).Add(New().Leaf(0, 0))
}
