package vec

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

func random(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(1, stream)) }

// between is uniform over [a, b).
func between(r *rand.Rand, a, b float64) float64 { return a + float64((b-a)*r.Float64()) }

// grid is an odd multiple of 2^-53, as UniformPair gives them.
func grid(r *rand.Rand) float64 { return unit(r.Uint64()) }

func TestExpAccuracy(t *testing.T) {
	r := random(1)
	worst := 0.0
	for i := range 12000 {
		var x float64
		switch i % 4 {
		case 0:
			x = between(r, -1, 1)
		case 1:
			x = between(r, -0.5*math.Ln2, -0.25) // where the results are just below 1, and the remainders largest
		case 2:
			x = between(r, -708, 709.78)
		case 3:
			x = math.Ldexp(between(r, -1, 1), -r.IntN(60))
		}
		worst = max(worst, expError(x, exp(x)))
	}
	t.Logf("at most %.3f ulp", worst)
	if worst > 0.9 {
		t.Errorf("e^x is up to %.3f ulp off", worst)
	}
	for range 1000 {
		// Rounded once more, to the spacing of the subnormal numbers.
		if x := between(r, -745.13, -708.5); expError(x, exp(x)) > 1 {
			t.Errorf("e^%v, subnormal, is %v ulp off", x, expError(x, exp(x)))
		}
	}
}

func TestExpSpecialValues(t *testing.T) {
	for _, c := range []struct{ x, want float64 }{
		{0, 1}, {math.Copysign(0, -1), 1}, {0x1p-60, 1}, {-0x1p-60, 1},
		{math.SmallestNonzeroFloat64, 1},
		{math.Inf(1), math.Inf(1)}, {math.Inf(-1), 0},
		{math.MaxFloat64, math.Inf(1)}, {-math.MaxFloat64, 0},
		{709.782712893384, 0x1.fffffffffff2ap+1023}, // near the end of the range
		{709.7827128933841, math.Inf(1)},
		{-745.1332191019411, math.SmallestNonzeroFloat64}, {-745.1332191019412, 0},
		{710, math.Inf(1)}, {711, math.Inf(1)}, {-746, 0}, {-747, 0},
	} {
		if got := exp(c.x); got != c.want || math.Signbit(got) {
			t.Errorf("e^%v = %b, want %b", c.x, got, c.want)
		}
	}
	if !math.IsNaN(exp(math.NaN())) {
		t.Error("e^NaN is a number")
	}
}

func TestLogAccuracy(t *testing.T) {
	r := random(2)
	worst := 0.0
	for i := range 12000 {
		var x float64
		switch i % 4 {
		case 0:
			x = between(r, 0.5, 2)
		case 1:
			x = 1 + math.Ldexp(between(r, -1, 1), -r.IntN(50))
		case 2:
			x = math.Float64frombits(r.Uint64N(0x7ff0 << 48)) // of any exponent
		case 3:
			x = math.Float64frombits(r.Uint64N(1 << (1 + i%52))) // subnormal
		}
		if x == 0 {
			continue
		}
		worst = max(worst, logError(x, log(x)))
	}
	t.Logf("at most %.3f ulp", worst)
	if worst > 0.9 {
		t.Errorf("ln x is up to %.3f ulp off", worst)
	}
}

func TestLogSpecialValues(t *testing.T) {
	for _, c := range []struct{ x, want float64 }{
		{1, 0}, {0, math.Inf(-1)}, {math.Copysign(0, -1), math.Inf(-1)}, {math.Inf(1), math.Inf(1)},
	} {
		if got := log(c.x); got != c.want {
			t.Errorf("ln %v = %v, want %v", c.x, got, c.want)
		}
	}
	for _, x := range []float64{-1, -math.SmallestNonzeroFloat64, math.Inf(-1), math.NaN()} {
		if got := log(x); !math.IsNaN(got) {
			t.Errorf("ln %v = %v, want NaN", x, got)
		}
	}
}

func TestNormalAccuracy(t *testing.T) {
	r := random(3)
	worst := map[bool]float64{}
	for i := range 9000 {
		var p float64
		switch i % 6 {
		case 0:
			p = grid(r)
		case 1:
			p = unit(r.Uint64() >> r.IntN(53)) // lower tail, as deep as the grid goes
		case 2:
			p = 1 - unit(r.Uint64()>>r.IntN(53))
		case 3:
			p = 0.5 + math.Ldexp(float64(2*r.IntN(1<<20)+1), -53) // the grid next to ½
		case 4:
			p = float64(0.3 * math.Ldexp(r.Float64(), -r.IntN(9))) // any piece, between the grid's points
		case 5:
			p = math.Nextafter(normalSeams()[i/6%normalPieces], float64(r.IntN(2)))
		}
		piece := float64(p*(1-p)) > 0.0012
		worst[piece] = max(worst[piece], normalError(p, normal(p)))
	}
	t.Logf("at most %.2g by pieces, %.2g in the tails", worst[true], worst[false])
	if worst[true] > 3e-16 || worst[false] > 1e-15 {
		t.Errorf("Φ⁻¹ is up to %.2g off by pieces, %.2g in the tails", worst[true], worst[false])
	}
}

// farTail is e⁻²⁵, at which the approximations of the tails part.
const farTail = 0x1.e8a37a45fc32ep-37

// normalSeams are the p < ½ at which the pieces begin.
func normalSeams() [normalPieces]float64 {
	var p [normalPieces]float64
	for k := range p {
		v := math.Float64frombits(normalLeast + uint64(k)<<51)
		p[k] = 2 * v / (1 + math.Sqrt(1-4*v))
	}
	return p
}

func TestNormalSpecialValues(t *testing.T) {
	for _, c := range []struct{ p, want float64 }{{0.5, 0}, {0, math.Inf(-1)}, {1, math.Inf(1)}} {
		if got := normal(c.p); got != c.want {
			t.Errorf("Φ⁻¹(%v) = %v, want %v", c.p, got, c.want)
		}
	}
	for _, p := range []float64{-0x1p-1074, math.Nextafter(1, 2), -1, 2, math.Inf(1), math.Inf(-1), math.NaN()} {
		if got := normal(p); !math.IsNaN(got) {
			t.Errorf("Φ⁻¹(%v) = %v, want NaN", p, got)
		}
	}
	// Far below the grid: the quantile of 1e-300, from tables.
	if got, want := normal(1e-300), -37.0471; math.Abs(got-want) > 1e-4 {
		t.Errorf("Φ⁻¹(1e-300) = %v, want %v", got, want)
	}
}

// The quantiles of p and 1−p are each other's negative, and never decrease across the seams of
// the approximations by more than their errors.
func TestNormalSymmetry(t *testing.T) {
	r := random(4)
	for i := range 100000 {
		p := unit(r.Uint64() >> (i % 53))
		if a, b := normal(p), normal(1-p); math.Float64bits(a) != math.Float64bits(-b) {
			t.Fatalf("Φ⁻¹(%b) = %b, but Φ⁻¹(1−p) = %b", p, a, b)
		}
	}
	seams := []float64{0.5, farTail}
	for _, p := range normalSeams() {
		seams = append(seams, p, 1-p)
	}
	for _, seam := range seams {
		below, above := normal(seam-0x1p-40), normal(seam+0x1p-40)
		if !(below < above) {
			t.Errorf("Φ⁻¹ falls at %v, from %v to %v", seam, below, above)
		}
	}
}

// threefry is Threefry2x64 with 13 rounds as a loop.
func threefry(key *[3]uint64, c0, c1 uint64) (uint64, uint64) {
	rotations := [8]int{16, 42, 12, 31, 16, 32, 24, 21}
	x, y := c0+key[0], c1+key[1]
	for r := range 13 {
		x += y
		y = bits.RotateLeft64(y, rotations[r%8]) ^ x
		if r%4 == 3 {
			s := r/4 + 1
			x += key[s%3]
			y += key[(s+1)%3] + uint64(s)
		}
	}
	return x, y
}

func randomKey(r *rand.Rand) *[3]uint64 {
	k0, k1 := r.Uint64(), r.Uint64()
	return &[3]uint64{k0, k1, 0x1BD11BDAA9FC1A22 ^ k0 ^ k1}
}

func TestThreefryUnrolled(t *testing.T) {
	r := random(5)
	for range 1000 {
		key, c0, c1 := randomKey(r), r.Uint64(), r.Uint64()
		x, y, u, v := threefry13x2(key, c0, c1)
		a0, a1 := threefry(key, c0, c1)
		b0, b1 := threefry(key, c0+1, c1)
		if x != a0 || y != a1 || u != b0 || v != b1 {
			t.Fatal("threefry13x2 differs from the loop")
		}
	}
}

func TestUnit(t *testing.T) {
	for _, c := range []struct {
		x    uint64
		want float64
	}{
		{0, 0x1p-53},
		{1<<12 - 1, 0x1p-53},
		{1 << 12, 3 * 0x1p-53},
		{1<<63 - 1, 0.5 - 0x1p-53},
		{1 << 63, 0.5 + 0x1p-53},
		{math.MaxUint64, 1 - 0x1p-53},
	} {
		if got := unit(c.x); got != c.want {
			t.Errorf("unit(%#x) = %b, want %b", c.x, got, c.want)
		}
	}
}

func TestUniforms(t *testing.T) {
	r := random(6)
	for _, n := range []int{0, 1, 7, 255, 256, 257, 600} {
		key, first, pair := randomKey(r), r.Uint64(), r.Uint64()
		for half := range 2 {
			dst := make([]float64, n)
			Uniforms(dst, key, first, pair, half)
			for i, got := range dst {
				w0, w1 := threefry(key, first+uint64(i), pair)
				if want := unit([2]uint64{w0, w1}[half]); got != want {
					t.Fatalf("half %d, uniform %d of %d: %v, want %v", half, i, n, got, want)
				}
			}
		}
	}
}

// paths are those that this machine has.
func paths() []path {
	var list []path
	for p := portable; p <= fastest; p++ {
		list = append(list, p)
	}
	return list
}

// A kernel is a function of one column, by all paths.
type kernel struct {
	name    string
	by      func(p path, dst, x []float64)
	value   func(x float64) float64 // the definition
	inside  func(r *rand.Rand) float64
	special []float64 // values where branches part, and next to them
	pin     uint64    // see TestPinnedBits
}

func around(list ...float64) []float64 {
	var out []float64
	for _, x := range list {
		for _, y := range []float64{x, math.Nextafter(x, math.Inf(-1)), math.Nextafter(x, math.Inf(1))} {
			out = append(out, y, -y)
		}
	}
	return append(out, 0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.NaN(),
		math.Float64frombits(0x7ff8000000000123), math.Float64frombits(0xfff8000000000456),
		math.SmallestNonzeroFloat64, -math.SmallestNonzeroFloat64, math.MaxFloat64, -math.MaxFloat64)
}

func kernels() []kernel {
	seams := normalSeams()
	return []kernel{
		{"exp", expBy, exp,
			func(r *rand.Rand) float64 { return between(r, -20, 20) },
			around(expMax, expMin, 709.782712893384, 708.396, 745.1332191019411, math.Ln2/2, 1, 1.5*math.Ln2, 0x1p-54), 0x222b8a30a23010ca},
		{"log", logBy, log,
			func(r *rand.Rand) float64 { return math.Ldexp(1+r.Float64(), r.IntN(40)-20) },
			around(1, math.Sqrt2, math.Sqrt(0.5), 2, 0.5, minNormal, math.MaxFloat64, 1e-310), 0x189882e895f1c15b},
		{"normal", normalBy, normal, grid,
			around(append(seams[:], 0.5, 0.5-0x1p-28, 0.5+0x1p-27, farTail, 1-seams[0], 1-seams[7], 1, 0x1p-53, 1-0x1p-53, 1e-300, 0.3)...), 0xf20079b873dd293d},
	}
}

// All paths give the same bits: in every place of columns of every length, in place and not,
// inside the common range, at special values among common ones, and for any bits at all.
func TestPathsAgree(t *testing.T) {
	for _, k := range kernels() {
		for _, p := range paths() {
			t.Run(fmt.Sprintf("%s/%v", k.name, p), func(t *testing.T) {
				r := random(7)
				check := func(x []float64) {
					t.Helper()
					want := make([]float64, len(x))
					for i := range x {
						want[i] = k.value(x[i])
					}
					// What lies behind the column is not written to.
					room := make([]float64, len(x)+16)
					for i := range room {
						room[i] = 12345
					}
					k.by(p, room[:len(x)], x)
					inPlace := append([]float64(nil), x...)
					k.by(p, inPlace, inPlace)
					for i := range x {
						if !same(room[i], want[i]) || !same(inPlace[i], want[i]) {
							t.Fatalf("%s(%b), place %d of %d: %b, in place %b; want %b", k.name, x[i], i, len(x), room[i], inPlace[i], want[i])
						}
					}
					for _, y := range room[len(x):] {
						if y != 12345 {
							t.Fatalf("a column of %d is written to beyond its end", len(x))
						}
					}
				}
				column := func(n int, value func() float64) []float64 {
					x := make([]float64, n)
					for i := range x {
						x[i] = value()
					}
					return x
				}
				for n := range 71 {
					for range 10 {
						check(column(n, func() float64 { return k.inside(r) }))
					}
					check(column(n, func() float64 { return k.special[r.IntN(len(k.special))] }))
					check(column(n, func() float64 {
						if r.IntN(10) == 0 {
							return k.special[r.IntN(len(k.special))]
						}
						return k.inside(r)
					}))
				}
				check(column(1_000_000, func() float64 { return k.inside(r) }))
				check(column(100_000, func() float64 { return math.Float64frombits(r.Uint64()) }))
				check(column(100_000, func() float64 {
					x := k.special[r.IntN(len(k.special))]
					return math.Float64frombits(math.Float64bits(x) + r.Uint64N(1<<r.IntN(52)))
				}))
				check(column(10_000, func() float64 { return k.special[0] }))
			})
		}
	}
}

func TestUniformPathsAgree(t *testing.T) {
	r := random(8)
	for _, p := range paths() {
		for n := range 200 {
			key, first, pair := randomKey(r), r.Uint64(), r.Uint64()
			if n%3 == 0 {
				first = -uint64(n / 2) // the counter overflows
			}
			even, odd := make([]float64, n+8), make([]float64, n+8)
			uniformPairBy(p, even[:n], odd[:n], key, first, pair)
			for i := range even {
				w0, w1 := threefry(key, first+uint64(i), pair)
				want0, want1 := unit(w0), unit(w1)
				if i >= n {
					want0, want1 = 0, 0
				}
				if even[i] != want0 || odd[i] != want1 {
					t.Fatalf("%v, place %d of %d: %v and %v, want %v and %v", p, i, n, even[i], odd[i], want0, want1)
				}
			}
		}
	}
}

func TestColumnsOfDifferentLengths(t *testing.T) {
	a, b := make([]float64, 8), make([]float64, 9)
	for name, f := range map[string]func(){
		"Exp":            func() { Exp(a, b) },
		"Log":            func() { Log(b, a) },
		"NormalQuantile": func() { NormalQuantile(a, b) },
		"UniformPair":    func() { UniformPair(a, b, new([3]uint64), 0, 0) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			f()
		}()
	}
}

func TestNoAllocation(t *testing.T) {
	a, b, key := make([]float64, 301), make([]float64, 301), new([3]uint64)
	if n := testing.AllocsPerRun(10, func() {
		UniformPair(a, b, key, 1, 2)
		Uniforms(a, key, 1, 2, 1)
		NormalQuantile(b, a)
		Exp(b, b)
		Log(b, b)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkKernels(b *testing.B) {
	const n = 256
	for _, k := range kernels() {
		for _, p := range paths() {
			b.Run(fmt.Sprintf("%s/%v", k.name, p), func(b *testing.B) {
				r := random(9)
				x, dst := make([]float64, n), make([]float64, n)
				for i := range x {
					x[i] = k.inside(r)
				}
				for b.Loop() {
					k.by(p, dst, x)
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/value")
			})
		}
	}
	for _, p := range paths() {
		b.Run(fmt.Sprintf("uniformpair/%v", p), func(b *testing.B) {
			even, odd, key := make([]float64, n), make([]float64, n), randomKey(random(10))
			for b.Loop() {
				uniformPairBy(p, even, odd, key, 5, 6)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(2*b.N*n), "ns/value")
		})
	}
}

// The bits are a promise across machines and versions: 20,000 results of each function, hashed.
func TestPinnedBits(t *testing.T) {
	for _, k := range kernels() {
		r, x := random(11), make([]float64, 20000)
		for i := range x {
			x[i] = k.inside(r)
		}
		k.by(fastest, x, x)
		h := fnv.New64a()
		for _, y := range x {
			h.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(y)))
		}
		if got := h.Sum64(); got != k.pin {
			t.Errorf("%s: hash %#x, want %#x", k.name, got, k.pin)
		}
	}
}
