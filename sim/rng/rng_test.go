package rng

import (
	"bufio"
	"fmt"
	"math"
	"math/bits"
	"os"
	"strings"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"entente/sim/vec"
)

// threefry is Threefry2x64 with any number of rounds, as a loop: what the unrolled code is
// compared with.
func threefry(k key, c0, c1 uint64, rounds int) (uint64, uint64) {
	rot := [8]int{16, 42, 12, 31, 16, 32, 24, 21}
	x, y := c0+k[0], c1+k[1]
	for r := range rounds {
		x += y
		y = bits.RotateLeft64(y, rot[r%8]) ^ x
		if r%4 == 3 {
			s := r/4 + 1
			x += k[s%3]
			y += k[(s+1)%3] + uint64(s)
		}
	}
	return x, y
}

func TestThreefryKnownAnswers(t *testing.T) {
	f, err := os.Open("testdata/random123_threefry2x64.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows := map[int]int{}
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		line := sc.Text()
		if strings.HasPrefix(line, "#") {
			continue
		}
		var rounds int
		var c0, c1, k0, k1, w0, w1 uint64
		if _, err := fmt.Sscanf(line, "threefry2x64 %d %x %x %x %x %x %x", &rounds, &c0, &c1, &k0, &k1, &w0, &w1); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		rows[rounds]++
		k := expand(k0, k1)
		if a, b := threefry(k, c0, c1, rounds); a != w0 || b != w1 {
			t.Errorf("loop, %d rounds: %x %x, want %x %x", rounds, a, b, w0, w1)
		}
		if rounds != 13 {
			continue
		}
		if a, b := k.threefry13(c0, c1); a != w0 || b != w1 {
			t.Errorf("threefry13: %x %x, want %x %x", a, b, w0, w1)
		}
		var even, odd [9]float64
		vec.UniformPair(even[:], odd[:], (*[3]uint64)(&k), c0-8, c1)
		if even[8] != unit(w0) || odd[8] != unit(w1) {
			t.Errorf("column: %v %v, want %v %v", even[8], odd[8], unit(w0), unit(w1))
		}
	}
	if sc.Err() != nil || rows[13] != 3 || rows[20] != 3 {
		t.Fatalf("rows by rounds %v, error %v; want 3 of 13 and 3 of 20", rows, sc.Err())
	}
}

func TestThreefryUnrolled(t *testing.T) {
	r := NewRand(1, "counters")
	for range 1000 {
		k := expand(r.Uint64(), r.Uint64())
		c0, c1 := r.Uint64(), r.Uint64()
		a0, a1 := threefry(k, c0, c1, 13)
		if x, y := k.threefry13(c0, c1); x != a0 || y != a1 {
			t.Fatal("threefry13 differs from the loop")
		}
	}
}

// The streams are a promise across versions: these words were computed from the definition in
// the package comment by a separate program (Python's hashlib and integers).
func TestStreamWords(t *testing.T) {
	for _, c := range []struct {
		seed  uint64
		name  string
		trial uint64
		index int
		want  uint64
	}{
		{0, "", 0, 0, 0xdd73adcb243990a3},
		{0, "", 0, 1, 0x3cc7e18714b4a9a},
		{1, "openai.revenue.growth.initial", 0, 0, 0x9928c431960fe8e0},
		{1, "openai.revenue.growth.initial", 99999, 41, 0x411336b3fe7844e5},
		{math.MaxUint64, "é", 1 << 40, 6, 0xc0706bdc23971ce1},
	} {
		if got := NewStream(c.seed, c.name).Bits(c.trial, c.index); got != c.want {
			t.Errorf("seed %d, %q, trial %d, index %d: %#x, want %#x", c.seed, c.name, c.trial, c.index, got, c.want)
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

func TestColumnsEqualDraws(t *testing.T) {
	for _, seed := range []uint64{0, 1, math.MaxUint64} {
		s := NewStream(seed, "openai.revenue")
		for _, first := range []uint64{0, 1, 12345, math.MaxUint64 - 2} {
			for n := range 40 {
				for pair := range 3 {
					even, odd, dst := make([]float64, n), make([]float64, n), make([]float64, n)
					s.UniformPair(even, odd, first, pair)
					for side, col := range [][]float64{even, odd} {
						s.Uniforms(dst, first, 2*pair+side)
						for i := range n {
							u := s.Uniform(first+uint64(i), 2*pair+side)
							if col[i] != u || dst[i] != u {
								t.Fatalf("first %d, n %d, index %d, trial +%d: pair %v, column %v, single %v", first, n, 2*pair+side, i, col[i], dst[i], u)
							}
							if u != unit(s.Bits(first+uint64(i), 2*pair+side)) {
								t.Fatal("Uniform is not made of Bits")
							}
						}
					}
				}
			}
		}
	}
}

func TestPairOfUnequalColumns(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	NewStream(1, "a").UniformPair(make([]float64, 2), make([]float64, 3), 0, 0)
}

// However a run is cut into batches and however long it is, trial k draws the same.
func TestPrefix(t *testing.T) {
	s := NewStream(7, "x")
	long := make([]float64, 1000)
	s.Uniforms(long, 0, 5)
	for _, cut := range []int{1, 2, 7, 333, 999} {
		var got []float64
		for first := 0; first < len(long); first += cut {
			b := make([]float64, min(cut, len(long)-first))
			s.Uniforms(b, uint64(first), 5)
			got = append(got, b...)
		}
		for i := range long {
			if got[i] != long[i] {
				t.Fatalf("batches of %d: trial %d differs", cut, i)
			}
		}
	}
}

func TestKeyDependsOnSeedNameAndTag(t *testing.T) {
	seen := map[key]string{}
	for _, tag := range []string{streamTag, randTag} {
		for _, seed := range []uint64{0, 1, 2, 1 << 8, 1 << 62, 1 << 63, 3 << 62, math.MaxUint64} {
			for _, name := range []string{"", "a", "b", "ab", "ba", "a\x00", "\x00a", strings.Repeat("n", 300)} {
				k, id := newKey(tag, seed, name), fmt.Sprintf("%q %d %q", tag, seed, name)
				if k[2] != k[0]^k[1]^parity {
					t.Errorf("%s: wrong parity word", id)
				}
				if other, ok := seen[k]; ok {
					t.Errorf("%s and %s have one key", id, other)
				}
				seen[k] = id
			}
		}
	}
}

// uncorrelated tests two columns of uniforms by the chi-squared of their joint upper nibbles
// (255 degrees of freedom) and by their correlation.
func uncorrelated(t *testing.T, what string, a, b []float64) {
	t.Helper()
	var joint [256]float64
	corr := 0.0
	for i := range a {
		joint[int(a[i]*16)<<4|int(b[i]*16)]++
		corr += (a[i] - 0.5) * (b[i] - 0.5)
	}
	n := float64(len(a))
	if z := corr * 12 / math.Sqrt(n); math.Abs(z) > falseAlarmZ {
		t.Errorf("%s: correlated, z = %.1f", what, z)
	}
	chi2(t, what, joint[:], n/256)
}

// falseAlarmZ bounds a normal score: |z| above it happens once in a million.
const falseAlarmZ = 4.9

// chi2 compares counts with their common expectation; false alarm once in a million.
func chi2(t *testing.T, what string, counts []float64, expected float64) {
	t.Helper()
	x := 0.0
	for _, c := range counts {
		x += (c - expected) * (c - expected) / expected
	}
	d := distuv.ChiSquared{K: float64(len(counts) - 1)}
	if p := d.CDF(x); p > 1-5e-7 || p < 5e-7 {
		t.Errorf("%s: chi² %.1f on %d degrees of freedom", what, x, len(counts)-1)
	}
}

func TestStreamsAreUnrelated(t *testing.T) {
	const n = 1 << 16
	column := func(seed uint64, name string, first uint64, index int) []float64 {
		c := make([]float64, n)
		NewStream(seed, name).Uniforms(c, first, index)
		return c
	}
	base := column(1, "anthropic.growth", 0, 0)
	for what, other := range map[string][]float64{
		"seed, bit 0":       column(0, "anthropic.growth", 0, 0),
		"seed, bit 62":      column(1|1<<62, "anthropic.growth", 0, 0),
		"seed, bit 63":      column(1|1<<63, "anthropic.growth", 0, 0),
		"name, one letter":  column(1, "anthropic.growti", 0, 0),
		"name, one more":    column(1, "anthropic.growth ", 0, 0),
		"the pair's other":  column(1, "anthropic.growth", 0, 1),
		"the next pair":     column(1, "anthropic.growth", 0, 2),
		"the next trial":    column(1, "anthropic.growth", 1, 0),
		"trials 2^32 later": column(1, "anthropic.growth", 1<<32, 0),
		"trials 2^63 later": column(1, "anthropic.growth", 1<<63, 0),
	} {
		uncorrelated(t, what, base, other)
	}
	plain := make([]float64, n)
	r := NewRand(1, "anthropic.growth")
	for i := range plain {
		plain[i] = r.Float64()
	}
	uncorrelated(t, "Rand of the same name", base, plain)
	for _, seed := range []uint64{1 | 1<<62, 1 | 1<<63} {
		r := NewRand(seed, "anthropic.growth")
		other := make([]float64, n)
		for i := range other {
			other[i] = r.Float64()
		}
		uncorrelated(t, "Rand of another seed", plain, other)
	}
}

func TestEquidistribution(t *testing.T) {
	const n = 1 << 18
	even, odd := make([]float64, n), make([]float64, n)
	NewStream(3, "u").UniformPair(even, odd, 0, 9)
	for _, col := range [][]float64{even, odd} {
		high, low := make([]float64, 1024), make([]float64, 1024)
		sum := 0.0
		for _, u := range col {
			if u <= 0 || u >= 1 {
				t.Fatalf("%v is not inside (0, 1)", u)
			}
			high[int(u*1024)]++
			low[uint64(u*(1<<53))>>1&1023]++ // the lowest bits that are drawn
			sum += u - 0.5
		}
		chi2(t, "upper 10 bits", high, n/1024)
		chi2(t, "lower 10 bits", low, n/1024)
		if z := sum * math.Sqrt(12/float64(n)); math.Abs(z) > falseAlarmZ {
			t.Errorf("mean off by %.1f standard errors", z)
		}
	}
}

func TestNormals(t *testing.T) {
	// Quantiles of the standard normal, from tables to 10 decimals.
	p := []float64{0.5, 0.95, 0.05, 0.975, 0.99, 0.001, 0x1p-53, 1 - 0x1p-53}
	want := []float64{0, 1.6448536270, -1.6448536270, 1.9599639845, 2.3263478740, -3.0902323062, -8.2095361517, 8.2095361517}
	Normals(p)
	for i := range p {
		if math.Abs(p[i]-want[i]) > 1e-9 {
			t.Errorf("normal %d: %.10f, want %.10f", i, p[i], want[i])
		}
	}
	const n = 1 << 16
	z := make([]float64, n)
	NewStream(4, "z").Uniforms(z, 0, 0)
	Normals(z)
	var m1, m2 float64
	for _, x := range z {
		m1 += x / n
		m2 += x * x / n
	}
	if math.Abs(m1)*math.Sqrt(n) > falseAlarmZ || math.Abs(m2-1)*math.Sqrt(n/2) > falseAlarmZ {
		t.Errorf("mean %v, mean square %v of %d normals", m1, m2, n)
	}
}

func TestRandReadsItsBlocksInOrder(t *testing.T) {
	for _, seed := range []uint64{0, 1, 1 << 63} {
		k := newKey(randTag, seed, "bootstrap")
		r, again := NewRand(seed, "bootstrap"), NewRand(5, "bootstrap")
		again.Uint64() // half a block, which Seed must forget
		again.Seed(seed)
		for i := range uint64(100) {
			w0, w1 := threefry(k, i, 0, 13)
			for _, w := range []uint64{w0, w1} {
				if a, b := r.Uint64(), again.Uint64(); a != w || b != w {
					t.Fatalf("seed %d, block %d: %x and, seeded anew, %x; want %x", seed, i, a, b, w)
				}
			}
		}
	}
}

func TestNoAllocation(t *testing.T) {
	s := NewStream(1, "a")
	a, b := make([]float64, 64), make([]float64, 64)
	if n := testing.AllocsPerRun(10, func() { s.Uniforms(a, 3, 3); s.UniformPair(a, b, 3, 3); Normals(a) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkUniforms(b *testing.B) {
	s, dst := NewStream(1, "a"), make([]float64, 1024)
	for i := 0; b.Loop(); i++ {
		s.Uniforms(dst, 0, i)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(dst)), "ns/uniform")
}

func BenchmarkUniformPair(b *testing.B) {
	s, even, odd := NewStream(1, "a"), make([]float64, 1024), make([]float64, 1024)
	for i := 0; b.Loop(); i++ {
		s.UniformPair(even, odd, 0, i)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(2*b.N*len(even)), "ns/uniform")
}

func BenchmarkNormals(b *testing.B) {
	s, dst, u := NewStream(1, "a"), make([]float64, 1024), make([]float64, 1024)
	s.Uniforms(u, 0, 0)
	for b.Loop() {
		copy(dst, u)
		Normals(dst)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(dst)), "ns/normal")
}
