package vec

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// values of all kinds, of which some are NaN.
func mixed(r *rand.Rand, n int) []float64 {
	x := make([]float64, n)
	scale := []float64{1, 1e-310, 1e150, 1e9}[r.IntN(4)]
	undefined := []int{0, 0, 1, 8}[r.IntN(4)]
	for i := range x {
		switch r.IntN(8) {
		case 0:
			x[i] = 0
		case 1:
			x[i] = math.Copysign(0, -1)
		case 2:
			x[i] = float64(r.IntN(7) - 3)
		case 3:
			for x[i] = math.NaN(); math.IsNaN(x[i]) || math.IsInf(x[i], 0); {
				x[i] = math.Float64frombits(r.Uint64())
			}
		default:
			x[i] = scale * r.NormFloat64()
		}
		if r.IntN(16) < undefined {
			x[i] = math.Copysign(math.NaN(), float64(r.IntN(2))-0.5)
		}
	}
	return x
}

func sameFloat(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
}

func TestSums(t *testing.T) {
	r := random(41)
	for range 300 {
		x := mixed(r, SumLanes*r.IntN(100))
		c := r.NormFloat64()
		// By the definition.
		var want Sums
		for lane := range SumLanes {
			var block [2]float64
			for row := 0; row*SumLanes < len(x); row++ {
				v := x[row*SumLanes+lane]
				if v == v {
					d := v - c
					block[0] += d
					block[1] += float64(d * d)
					want.Defined[lane]++
				}
				if row%32 == 31 || (row+1)*SumLanes == len(x) {
					twoSum(&want.Sum[lane], &want.SumLost[lane], block[0])
					twoSum(&want.Squares[lane], &want.SquaresLost[lane], block[1])
					block = [2]float64{}
				}
			}
		}
		for _, by := range paths() {
			var got Sums
			first := SumLanes * sumRows * r.IntN(len(x)/(SumLanes*sumRows)+1)
			got.addBy(by, x[:first], c)
			got.addBy(by, x[first:], c)
			if got.Defined != want.Defined {
				t.Fatalf("%v: %v values are defined, want %v", by, got.Defined, want.Defined)
			}
			for lane := range SumLanes {
				for i, p := range [][2]float64{{got.Sum[lane], want.Sum[lane]}, {got.SumLost[lane], want.SumLost[lane]},
					{got.Squares[lane], want.Squares[lane]}, {got.SquaresLost[lane], want.SquaresLost[lane]}} {
					if !sameFloat(p[0], p[1]) {
						t.Fatalf("%v: lane %d, sum %d of %d values is %v, want %v", by, lane, i, len(x), p[0], p[1])
					}
				}
			}
		}
	}
}

// The sums keep what additions round away.
func TestSumsAreCompensated(t *testing.T) {
	x := slices.Repeat([]float64{0x1p-60}, SumLanes*sumRows*64)
	x[0] = 1
	for _, by := range paths() {
		var s Sums
		s.addBy(by, x, 0)
		if got, want := s.Sum[0]+s.SumLost[0]-1, 63*32*0x1p-60; math.Abs(got-want) > 0x1p-52 || s.SumLost[0] == 0 || s.Sum[1] != 2048*0x1p-60 {
			t.Errorf("%v: %v and %v", by, s.Sum[0], s.SumLost[0])
		}
	}
}

func TestSpread(t *testing.T) {
	r := random(42)
	for range 300 {
		x := mixed(r, r.IntN(100))
		s := Spread{Origin: r.NormFloat64(), Width: math.Exp(r.NormFloat64()), Shift: uint64(r.IntN(64)), Last: int64(r.IntN(8000)), Atom: math.NaN(), NaNCode: 8190, AtomCode: 8191}
		s.First = s.Position(-1) >> s.Shift
		if r.IntN(2) == 0 {
			s.Atom = float64(r.IntN(3) - 1)
		}
		if r.IntN(4) == 0 {
			s.Atom = math.Copysign(0, -1)
		}
		want := make([]uint16, len(x))
		for i, v := range x {
			switch want[i] = uint16(s.Code(v)); {
			case v != v:
				want[i] = 8190
			case v == s.Atom:
				want[i] = 8191
			}
		}
		for _, by := range paths() {
			got := make([]uint16, len(x))
			s.codesBy(by, got, x)
			for i := range x {
				if got[i] != want[i] {
					t.Fatalf("%v: %+v: code %d of %v is %d, want %d", by, s, i, x[i], got[i], want[i])
				}
			}
		}
	}
}

func TestSpreadKeepsTheOrder(t *testing.T) {
	r := random(43)
	for range 100 {
		x := slices.DeleteFunc(mixed(r, 100), math.IsNaN)
		slices.Sort(x)
		s := Spread{Origin: x[r.IntN(len(x))], Width: math.Exp(3 * r.NormFloat64()), Shift: uint64(40 + r.IntN(20)), First: -1000, Last: 2000, Atom: math.NaN()}
		codes := make([]uint16, len(x))
		s.Codes(codes, x)
		if !slices.IsSorted(codes) {
			t.Fatalf("%+v: %v of %v", s, codes, x)
		}
	}
	// The formula, in powers of 2 from 1 on: key(|x|+1)−key(1) is 2^52 for each doubling.
	s := Spread{Width: 1, Shift: 52, First: -3, Last: 10, Atom: math.NaN()}
	for _, c := range []struct {
		x    float64
		code int
	}{{0, 3}, {0.99, 3}, {1, 4}, {2.99, 4}, {3, 5}, {7, 6}, {-0.5, 2}, {-1.5, 1}, {-1, 2}, {1e9, 10}, {-1e9, 0}} {
		if got := s.Code(c.x); got != c.code {
			t.Errorf("the code of %v is %d, want %d", c.x, got, c.code)
		}
	}
}

func TestCells(t *testing.T) {
	r := random(44)
	for range 300 {
		x := mixed(r, r.IntN(100))
		c := Cells{Base: int64(r.IntN(3)) * 1 << 18, Min: math.Inf(1), Max: math.Inf(-1)}
		after, want := c, make([]uint16, len(x))
		for i, v := range x {
			if v != v {
				want[i] = NaNCell
				continue
			}
			want[i] = c.Code(v)
			after.Min, after.Max, after.Top = min(after.Min, v+0), max(after.Max, v+0), max(after.Top, CellPosition(v))
		}
		for _, by := range paths() {
			cells, got := c, make([]uint16, len(x))
			for n := 0; n < len(x); {
				m := min(n+1+r.IntN(60), len(x))
				cells.codesBy(by, got[n:m], x[n:m])
				n = m
			}
			if cells.Top != after.Top || !sameFloat(cells.Min, after.Min) || !sameFloat(cells.Max, after.Max) {
				t.Fatalf("%v: %v gives %+v, want %+v", by, x, cells, after)
			}
			for i, v := range x {
				if got[i] != want[i] && v-v == 0 && CellPosition(v)-c.Base < 1<<15 || v != v && got[i] != NaNCell {
					t.Fatalf("%v: base %d: the code of %v is %x, want %x", by, c.Base, v, got[i], want[i])
				}
			}
		}
	}
	// Cells include the ends that are farther from 0.
	next := math.Nextafter(1, 2)
	for _, c := range []struct {
		x    float64
		code uint16
	}{{0, 0}, {math.Copysign(0, -1), 0}, {5e-324, 1}, {-5e-324, 1<<15 | 1}, {1, 512}, {next, 513}, {-1, 1<<15 | 512}, {1 + 0x1p-9, 513}, {1.5, 512 + 256}, {2, 1024}} {
		cells := Cells{Base: CellPosition(1) - 512}
		if got := cells.Code(c.x); got != c.code {
			t.Errorf("the code of %v is %x, want %x", c.x, got, c.code)
		}
	}
}

func TestTally(t *testing.T) {
	r := random(45)
	var steps Steps
	for i := range steps {
		steps[i] = r.Uint32() >> r.IntN(3)
	}
	for range 300 {
		codes := make([]uint16, r.IntN(200))
		for i := range codes {
			codes[i] = uint16(r.Uint32() >> r.IntN(16)) // whose high bits do not count
		}
		first := r.Uint32N(1000)
		var want []uint32
		var wantSums [16]uint32
		for i, c := range codes {
			wantSums[i%16] += steps[c%8192]
			if steps[c%8192]&TallyMark != 0 {
				want = append(want, first+uint32(i))
			}
		}
		for _, by := range paths() {
			var sums [16]uint32
			list := make([]uint32, len(codes)+16)
			n := tallyBy(by, list, &sums, codes, &steps, first)
			if sums != wantSums || !slices.Equal(list[:n], want) {
				t.Fatalf("%v: %v, %v, want %v, %v", by, sums, list[:n], wantSums, want)
			}
			if n := tallyBy(by, list, nil, codes, &steps, first); !slices.Equal(list[:n], want) {
				t.Fatalf("%v without sums: %v, want %v", by, list[:n], want)
			}
		}
	}
}

func BenchmarkStats(b *testing.B) {
	const n = 512
	r := random(46)
	x, codes, list := make([]float64, n), make([]uint16, n), make([]uint32, n+16)
	for i := range x {
		x[i] = r.NormFloat64()
	}
	var sums Sums
	var tallies [16]uint32
	var steps Steps
	for i := range 100 {
		steps[i] = TallyMark
	}
	spread := Spread{Origin: -0.1, Width: 1, Shift: 42, First: -2000, Last: 4000, Atom: math.NaN(), NaNCode: 8000}
	cells := Cells{Base: CellPosition(1) - 20000}
	for _, by := range paths() {
		for _, k := range []struct {
			name string
			f    func()
		}{
			{"sums", func() { sums.addBy(by, x, 0.1) }},
			{"cells", func() { cells.codesBy(by, codes, x) }},
			{"spread", func() { spread.codesBy(by, codes, x) }},
			{"tally", func() { tallyBy(by, list, &tallies, codes, &steps, 0) }},
		} {
			b.Run(fmt.Sprintf("%s/%v", k.name, by), func(b *testing.B) {
				for b.Loop() {
					k.f()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/value")
			})
		}
	}
}
