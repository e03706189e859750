package design

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"testing"

	"entente/sim/rng"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// unscrambled returns point i of dimension d (from 0), in the natural order, as an integer over
// 2^32: the exclusive or of the direction numbers of the bits that are set in i.
func unscrambled(all []dimension, d int, i uint32) uint32 {
	x := uint32(0)
	for ; i != 0; i &= i - 1 {
		x ^= all[d][bits.TrailingZeros32(i)]
	}
	return bits.Reverse32(x)
}

// gray is the order in which most generators give out the sequence: within the first 2^m
// points, the same points.
func gray(i uint32) uint32 { return i ^ i>>1 }

func TestSobolSequence(t *testing.T) {
	all := dimensions(2000)
	if len(all) != 1111 || len(dimensions(3)) != 3 || len(dimensions(0)) != 0 {
		t.Fatalf("%d dimensions, want 1111", len(all))
	}
	for d := range all {
		for i, v := range all[d] { // v_i has its last bit at i: the matrix is triangular
			if bits.Len32(v) != i+1 {
				t.Errorf("dimension %d: direction number %d is %#x", d+1, i+1, v)
			}
		}
	}

	// Joe and Kuo's order, in units of 1/32 (SciPy 1.10 and Boost give the same).
	for i, row := range [][]uint32{
		{0, 0, 0, 0, 0}, {16, 16, 16, 16, 16}, {24, 8, 8, 8, 24}, {8, 24, 24, 24, 8},
		{12, 12, 20, 28, 12}, {28, 28, 4, 12, 28}, {20, 4, 28, 20, 20}, {4, 20, 12, 4, 4},
		{6, 10, 30, 14, 18}, {22, 26, 14, 30, 2}, {30, 2, 22, 6, 10}, {14, 18, 6, 22, 26},
		{10, 6, 10, 18, 30}, {26, 22, 26, 2, 14}, {18, 14, 2, 26, 6}, {2, 30, 18, 10, 22},
	} {
		for d, want := range row {
			if got := unscrambled(all, d, gray(uint32(i))); got != want<<27 {
				t.Errorf("point %d, dimension %d: %d/2^32, want %d/32", i, d+1, got, want)
			}
		}
	}
	for i, row := range map[uint32][]uint32{
		12345:     {2752774144, 3493593088, 688652288, 2262564864, 3816030208, 252968960, 546570240, 486801408, 3443785728, 1845231616},
		1<<20 - 1: {4096, 4026593280, 3314585600, 1977167872, 3719483392, 3405787136, 1416089600, 3816001536, 3178434560, 1778348032},
	} {
		for d, want := range row {
			if got := unscrambled(all, d, gray(i)); got != want {
				t.Errorf("point %d, dimension %d: %d, want %d", i, d+1, got, want)
			}
		}
	}
	for d, want := range map[int]uint32{0: 1, 1: 771, 2: 627, 9: 871, 99: 543, 499: 485, 999: 877, 1110: 603} {
		if got := unscrambled(all, d, gray(1023)); got != want<<22 {
			t.Errorf("point 1023, dimension %d: %d, want %d/1024", d+1, got, want)
		}
	}
	sum := uint64(0)
	for i := range uint32(1024) {
		for d := range all {
			sum += uint64(unscrambled(all, d, i) >> 22)
		}
	}
	if sum != 581915136 {
		t.Errorf("the first 1024 points of all dimensions sum to %d/1024, want 581915136", sum)
	}
	h := sha256.New()
	for i := range uint32(4096) {
		for d := range 64 {
			h.Write(binary.LittleEndian.AppendUint32(nil, unscrambled(all, d, gray(i))))
		}
	}
	if got := fmt.Sprintf("%x", h.Sum(nil)); got != "eb652b2fef68714072f325758c3471ee8622e12a5d9b4ad5d90784464c6a8da3" {
		t.Errorf("4096 points of 64 dimensions: sha256 %s", got)
	}

	// The natural order: the second dimension, from the unit test of the
	// crate sobol_burley.
	want := []uint32{692060160, 2839543808, 3913285632, 1765801984, 20971520, 3321430016, 1900019712, 1180696576, 1077477376, 3576496128}
	for j, v := range []uint32{0, 1, 2, 3, 20, 123456, 13, 635, 99999999, 54321} {
		if got := unscrambled(all, 1, (v+1000)&0xffff); got != want[j] {
			t.Errorf("index %d: %d, want %d", v, got, want[j])
		}
	}
}

func TestScrambleTargets(t *testing.T) {
	for k, want := range []uint32{0xa792495e, 0x856c2bc5, 0xd2afd17f, 0xedb22b0e, 0x6607918a, 0x49d75873, 0x23ff6d4e, 0x0d1e77ae} {
		if got := bits.Reverse32(scramble(bits.Reverse32(uint32(k)<<29), 0xdeadbeef)); got != want {
			t.Errorf("%d: %#08x, want %#08x", k, got, want)
		}
	}
}

// The points are those of the dimension that the replicate has, in the order of the Gray code,
// and the definition of a nested scramble holds: how many leading digits two points of the
// sequence share is how many their scrambled values share. To others they look random: over the
// inputs, each digit is changed in half of the cases.
func TestScrambleIsNested(t *testing.T) {
	const inputs, points, seed = 40, 200, 3
	s, all := NewSobol(seed, names(inputs)), dimensions(48)
	changed, of := make([]int, 32), 0
	for input := range inputs {
		col := column(s, input, points*Replicates)
		for r := range Replicates {
			d := handOut(seed, input/neighbours*neighbours, neighbours, r)[input%neighbours]
			u := replicate(col, r)
			for i := range uint32(points) {
				j := (i*i + 7) % points
				x, y := unscrambled(all, d, gray(i)), unscrambled(all, d, gray(j))
				a, b := uint32(u[i]*0x1p32), uint32(u[j]*0x1p32)
				if got, want := bits.LeadingZeros32(a^b), bits.LeadingZeros32(x^y); got != want {
					t.Fatalf("input %d, replicate %d: points %d and %d share %d leading digits, want %d", input, r, i, j, got, want)
				}
			}
			first := unscrambled(all, d, gray(points-1)) ^ uint32(u[points-1]*0x1p32)
			of++
			for k := range changed {
				changed[k] += int(first >> (31 - k) & 1)
			}
		}
	}
	for k, n := range changed {
		if math.Abs(float64(n)-float64(of)/2) > 4.9*math.Sqrt(float64(of)/4) {
			t.Errorf("digit %d is changed in %d of %d points", k+1, n, of)
		}
	}
}

// Every dimension is handed out once in each replicate, and neither always nor under every seed
// to the same name.
func TestHandOut(t *testing.T) {
	same, again := 0, 0
	for first := 0; first < 1111; first += neighbours {
		n := min(neighbours, 1111-first)
		for r := range Replicates {
			order, other := handOut(1, first, n, r), handOut(2, first, n, r)
			for k, d := range order {
				if d == first+k {
					same++
				}
				if d == other[k] {
					again++
				}
			}
			slices.Sort(order)
			for k, d := range order {
				if d != first+k {
					t.Fatalf("names from %d on, replicate %d: dimensions %v", first, r, order)
				}
			}
		}
	}
	// One in 16 stays where it is: 1111 on average, with a standard deviation of 33.
	if same < 950 || same > 1275 {
		t.Errorf("%d names have the dimension of their own place, want about 1111", same)
	}
	if again < 950 || again > 1275 {
		t.Errorf("%d names have the same dimension under another seed, want about 1111", again)
	}
}

func names(n int) []string {
	s := make([]string, n)
	for i := range s {
		s[i] = fmt.Sprintf("input.%d", i)
	}
	return s
}

type filler interface {
	Fill(dst []float64, input, first int)
}

func column(f filler, input, trials int) []float64 {
	dst := make([]float64, trials)
	f.Fill(dst, input, 0)
	return dst
}

// replicate returns the points of replicate r.
func replicate(col []float64, r int) []float64 {
	var x []float64
	for k := r; k < len(col); k += Replicates {
		x = append(x, col[k])
	}
	return x
}

// occupied returns how often each of n equal cells is hit.
func occupied(x []float64, n int) []int {
	count := make([]int, n)
	for _, u := range x {
		count[int(u*float64(n))]++
	}
	return count
}

func TestSobolNets(t *testing.T) {
	const m, seed = 8, 0
	s := NewSobol(seed, names(1111))
	for _, input := range []int{0, 1, 15, 16, 500, 1103, 1110} {
		col := column(s, input, Replicates<<m)
		for r := range Replicates {
			for cell, n := range occupied(replicate(col, r), 1<<m) {
				if n != 1 {
					t.Fatalf("input %d, replicate %d, cell %d: %d points", input, r, cell, n)
				}
			}
		}
	}
	for r := range Replicates {
		// The first two dimensions, whoever has them, are a (0, m, 2)-net: one point in each
		// elementary interval of area 2^-m, whatever its shape.
		order := handOut(seed, 0, neighbours, r)
		x := replicate(column(s, slices.Index(order, 0), Replicates<<m), r)
		y := replicate(column(s, slices.Index(order, 1), Replicates<<m), r)
		for a := range m + 1 {
			seen := make([]bool, 1<<m)
			for i := range x {
				cell := int(x[i]*float64(int(1)<<a))<<(m-a) | int(y[i]*float64(int(1)<<(m-a)))
				if seen[cell] {
					t.Fatalf("replicate %d, %d × %d intervals: two points in one", r, 1<<a, 1<<(m-a))
				}
				seen[cell] = true
			}
		}
	}
}

func TestLatinStrata(t *testing.T) {
	for _, trials := range []int{0, 1, 5, 15, 16, 17, 100, 1600, 5003} {
		l := NewLatin(3, names(4), trials)
		points := 0
		for input := range 4 {
			col := column(l, input, trials)
			for r := range Replicates {
				x := replicate(col, r)
				points += len(x)
				for cell, n := range occupied(x, len(x)) {
					if n != 1 {
						t.Fatalf("%d trials, input %d, replicate %d, stratum %d: %d points", trials, input, r, cell, n)
					}
				}
			}
		}
		if points != 4*trials {
			t.Errorf("%d points of %d trials", points, trials)
		}
	}
}

// A trial's value does not depend on which others are asked for.
func TestFillAnyRange(t *testing.T) {
	const trials = 500
	for name, f := range map[string]filler{"latin": NewLatin(1, names(3), trials), "sobol": NewSobol(1, names(3)), "sobol, past its end": NewSobol(1, names(1113))} {
		input := 2
		if name == "sobol, past its end" {
			input = 1112
		}
		whole := column(f, input, trials)
		for _, size := range []int{1, 7, 16, 333} {
			for first := 0; first < trials; first += size {
				part := make([]float64, min(size, trials-first))
				f.Fill(part, input, first)
				if !slices.Equal(part, whole[first:first+len(part)]) {
					t.Fatalf("%s: trials %d and on, %d at a time, differ", name, first, size)
				}
			}
		}
		dst := make([]float64, 100)
		if n := testing.AllocsPerRun(5, func() { f.Fill(dst, input, 3) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func TestSobolPastItsEnd(t *testing.T) {
	got, want := column(NewSobol(9, names(1113)), 1111, 100), make([]float64, 100)
	rng.NewStream(9, "input.1111").Uniforms(want, 0, 0)
	if !slices.Equal(got, want) {
		t.Error("input 1112 is not its stream's")
	}
}

func TestInvariances(t *testing.T) {
	const trials = 300
	same := func(what string, want bool, a, b []float64) {
		t.Helper()
		equal := 0
		for i := range a {
			if a[i] == b[i] {
				equal++
			}
		}
		// Two dimensions of the sequence have some points in common (0 and 1/2 are two), and
		// one name in 16 keeps its dimension when it moves among its neighbours.
		if want && equal != trials || !want && equal > trials/2 {
			t.Errorf("%s: %d of %d trials are equal", what, equal, trials)
		}
	}
	sobol := func(seed uint64, input int, names ...string) []float64 {
		return column(NewSobol(seed, names), input, trials)
	}
	latin := func(seed uint64, input, n int, names ...string) []float64 {
		return column(NewLatin(seed, names, n), input, n)[:trials]
	}
	same("sobol, one more", true, sobol(1, 1, "a", "b"), sobol(1, 1, "a", "b", "c"))
	same("sobol, another name before", true, sobol(1, 1, "a", "b"), sobol(1, 1, "x", "b"))
	same("sobol, another position", false, sobol(1, 1, "a", "b"), sobol(1, 2, "a", "x", "b"))
	same("sobol, another name", false, sobol(1, 1, "a", "b"), sobol(1, 1, "a", "x"))
	same("sobol, another seed", false, sobol(1, 1, "a", "b"), sobol(1|1<<63, 1, "a", "b"))
	same("latin, another position", true, latin(1, 1, trials, "a", "b"), latin(1, 2, trials, "c", "a", "b"))
	same("latin, another name", false, latin(1, 0, trials, "a"), latin(1, 0, trials, "b"))
	same("latin, another seed", false, latin(1, 0, trials, "a"), latin(1|1<<63, 0, trials, "a"))
	same("latin, another number of trials", false, latin(1, 0, trials, "a"), latin(1, 0, 2*trials, "a"))
}

// chi2 tests counts for equal expectations; a false alarm once in a million.
func chi2(t *testing.T, what string, counts []int) {
	t.Helper()
	n := 0
	for _, c := range counts {
		n += c
	}
	x, e := 0.0, float64(n)/float64(len(counts))
	for _, c := range counts {
		x += (float64(c) - e) * (float64(c) - e) / e
	}
	if p := (distuv.ChiSquared{K: float64(len(counts) - 1)}).CDF(x); p > 1-5e-7 || p < 5e-7 {
		t.Errorf("%s: chi² %.1f on %d degrees of freedom", what, x, len(counts)-1)
	}
}

// Over seeds every trial of every input is uniform, and two trials of different replicates
// are independent.
func TestUniformOverSeeds(t *testing.T) {
	const seeds, trials = 8192, 48
	for name, design := range map[string]func(seed uint64) filler{
		"latin": func(seed uint64) filler { return NewLatin(seed, names(2), trials) },
		"sobol": func(seed uint64) filler { return NewSobol(seed, names(2)) },
	} {
		ks := []int{0, 1, 16, 40, 47}
		counts := make([][]int, len(ks))
		for i := range counts {
			counts[i] = make([]int, 64)
		}
		replicates, inputs := make([]int, 64), make([]int, 64)
		for seed := range uint64(seeds) {
			f := design(seed)
			a, b := column(f, 0, trials), column(f, 1, trials)
			for i, k := range ks {
				counts[i][int(b[k]*64)]++
			}
			replicates[int(b[0]*8)<<3|int(b[1]*8)]++
			inputs[int(a[20]*8)<<3|int(b[20]*8)]++
		}
		for i, k := range ks {
			chi2(t, fmt.Sprintf("%s, trial %d", name, k), counts[i])
		}
		chi2(t, name+", two replicates", replicates)
		chi2(t, name+", two inputs", inputs)
	}
}

// The bits below the design's own are uniform too.
func TestLowBits(t *testing.T) {
	const trials = 1 << 16
	for name, f := range map[string]filler{"latin": NewLatin(2, names(2), trials), "sobol": NewSobol(2, names(2))} {
		col := column(f, 1, trials)
		upper, lower := make([]int, 256), make([]int, 256)
		for _, u := range col {
			if u <= 0 || u >= 1 {
				t.Fatalf("%s: %v is not inside (0, 1)", name, u)
			}
			_, below := math.Modf(u * 0x1p32)
			upper[int(below*256)]++
			if name == "sobol" {
				_, below = math.Modf(below * 0x1p12)
				lower[int(below*256)]++
				if _, rest := math.Modf(u * 0x1p52); rest != 0.5 {
					t.Fatalf("%v is no odd multiple of 2^-53", u)
				}
			}
		}
		chi2(t, name+": bits 33 to 40", upper)
		if name == "sobol" {
			chi2(t, name+": bits 45 to 52", lower)
		}
	}
}

// For Π(1 + (u_j − ½)/j²), which
// is smooth and has mean 1, the root mean square error of scrambled nets of n points falls as
// n^-1.5, that of independent points as n^-0.5.
func TestSobolConvergence(t *testing.T) {
	const d, most, seeds = 8, 14, 4
	var logN, logRMSE []float64
	square := make([]float64, most+1)
	col := make([]float64, Replicates<<most)
	for seed := range uint64(seeds) {
		f := NewSobol(seed, names(d))
		product := make([]float64, len(col))
		for k := range product {
			product[k] = 1
		}
		for j := range d {
			f.Fill(col, j, 0)
			for k, u := range col {
				product[k] *= 1 + (u-0.5)/float64((j+1)*(j+1))
			}
		}
		for r := range Replicates {
			sum, next := 0.0, 6
			for i, y := range replicate(product, r) {
				if sum += y - 1; i+1 == 1<<next {
					e := sum / float64(i+1)
					square[next] += e * e / (seeds * Replicates)
					next++
				}
			}
		}
	}
	for m := 6; m <= most; m++ {
		logN, logRMSE = append(logN, float64(m)), append(logRMSE, math.Log2(square[m])/2)
	}
	_, slope := stat.LinearRegression(logN, logRMSE, nil, false)
	t.Logf("error %.2g at 64 points, %.2g at 16384, slope %.2f", math.Sqrt(square[6]), math.Sqrt(square[most]), slope)
	// One slope of 64 randomisations scatters by about 0.03.
	if slope > -1.2 || square[most] > 4*1.3e-6*1.3e-6 {
		t.Errorf("error %.2g at 64 points, %.2g at 16384, slope %.2f; want -1.31", math.Sqrt(square[6]), math.Sqrt(square[most]), slope)
	}
}

// Of a sum of functions of one input each, a Latin hypercube integrates each over its strata:
// the mean of Σu_j over a replicate of m points has the variance d/(12m³), not d/(12m).
func TestLatinVariance(t *testing.T) {
	const d, m, seeds = 5, 32, 64
	ss := 0.0
	for seed := range uint64(seeds) {
		l := NewLatin(seed, names(d), Replicates*m)
		var mean [Replicates]float64
		for j := range d {
			for k, u := range column(l, j, Replicates*m) {
				mean[k%Replicates] += (u - 0.5) / m
			}
		}
		for _, e := range mean {
			ss += e * e
		}
	}
	n := float64(seeds * Replicates)
	got, want := ss/n, d/(12.0*m*m*m)
	// The estimate of a variance from n values has the relative standard error √(2/n); 4.9 of
	// them are exceeded once in a million.
	if math.Abs(got/want-1) > 4.9*math.Sqrt(2/n) {
		t.Errorf("variance %.4g, want %.4g", got, want)
	}
}

// Strata of two inputs are paired at random.
func TestLatinPairs(t *testing.T) {
	const trials = 1 << 16
	l := NewLatin(1, names(2), trials)
	a, b := column(l, 0, trials), column(l, 1, trials)
	joint := make([]int, 256)
	for k := range a {
		joint[int(a[k]*16)<<4|int(b[k]*16)]++
	}
	chi2Latin := 0.0
	for _, c := range joint {
		chi2Latin += (float64(c) - 256) * (float64(c) - 256) / 256
	}
	// The margins are fixed: 15 × 15 degrees of freedom.
	if p := (distuv.ChiSquared{K: 225}).CDF(chi2Latin); p > 1-5e-7 || p < 5e-7 {
		t.Errorf("chi² %.1f on 225 degrees of freedom", chi2Latin)
	}
}

// Errors of a replicate are normal, so that 16 of them have an honest spread. Of the mean of an
// input over m points, each uniform in its stratum, the error is a sum of m independent terms.
func TestSobolErrorsAreNormal(t *testing.T) {
	const m, inputs, seeds = 256, 16, 16
	var s2, s4 float64
	for seed := range uint64(seeds) {
		s := NewSobol(seed, names(inputs))
		for input := range inputs {
			var e [Replicates]float64
			for k, u := range column(s, input, Replicates*m) {
				e[k%Replicates] += (u - 0.5) * math.Sqrt(12*m)
			}
			for _, x := range e {
				s2 += x * x
				s4 += x * x * x * x
			}
		}
	}
	n := float64(Replicates * inputs * seeds)
	variance, kurtosis := s2/n, s4*n/(s2*s2)
	// Standard errors √(2/n) and √(24/n); 4.9 of them are exceeded once in a million.
	if math.Abs(variance-1) > 4.9*math.Sqrt(2/n) || math.Abs(kurtosis-3) > 4.9*math.Sqrt(24/n) {
		t.Errorf("variance %.3f, kurtosis %.3f; want 1 and 3", variance, kurtosis)
	}
}

func BenchmarkFill(b *testing.B) {
	dst := make([]float64, 1024)
	for name, f := range map[string]filler{"latin": NewLatin(1, names(8), 1<<14), "sobol": NewSobol(1, names(8))} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f.Fill(dst, 7, 1024)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(dst)), "ns/uniform")
		})
	}
}
