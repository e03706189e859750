package stats

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// sketchOf gives a column to a sketch in batches of so many values.
func sketchOf(x []float64, replicates, batch int) *Sketch {
	s, scratch := &Sketch{Replicates: replicates}, new(Scratch)
	for b := range slices.Chunk(x, batch) {
		s.Add(b, scratch)
	}
	return s
}

func TestSketchAccuracy(t *testing.T) {
	for _, k := range nasty() {
		for _, n := range []int{1, 2, 40, 3001} {
			x := make([]float64, n)
			var sorted []float64
			for i := range x {
				x[i] = k.draw()
				if x[i] == x[i] {
					sorted = append(sorted, x[i])
				}
			}
			slices.Sort(sorted)
			for _, replicates := range []int{0, 16} {
				what := fmt.Sprintf("%s, n = %d, %d replicates", k.name, n, replicates)
				got, want := sketchOf(x, replicates, 512).Summary(gridP), reference(x, replicates, gridP)
				if got.N != want.N || got.Defined != want.Defined || got.Min+0 != want.Min && want.Defined > 0 || got.Max+0 != want.Max && want.Defined > 0 {
					t.Fatalf("%s: %+v, want %+v", what, got, want)
				}
				near(t, what+": above 0", got.Above0, want.Above0, 0)
				size := max(math.Abs(want.Min), math.Abs(want.Max))
				bottom := size*0x1p-61 + math.SmallestNonzeroFloat64*(1<<dropped)
				// A quantile is as accurate as the order statistics on either side of it.
				for i, p := range append([]float64{0, 1, .01, .05, .1, .25, .5, .75, .9, .95, .99}, gridP...) {
					scale := 0.0
					if len(sorted) > 0 {
						h := int(float64(len(sorted)-1) * p)
						scale = max(math.Abs(sorted[h]), math.Abs(sorted[min(h+1, len(sorted)-1)]))
					}
					near(t, fmt.Sprintf("%s: quantile %v", what, p), quantiles(got)[i], quantiles(want)[i], SketchAccuracy*scale+bottom)
				}
				for i, es := range [][2]float64{{got.ES1, want.ES1}, {got.ES5, want.ES5}, {got.ES95, want.ES95}, {got.ES99, want.ES99}} {
					// Of a tail with both signs the largest magnitude counts.
					scale := math.Abs(es[1])
					if want.P95*want.Max <= 0 || want.P5*want.Min <= 0 {
						scale = size
					}
					near(t, fmt.Sprintf("%s: shortfall %d", what, i), es[0], es[1], SketchAccuracy*scale+bottom)
				}
				if size > 1e150 { // squares
					continue
				}
				near(t, what+": mean", got.Mean, want.Mean, 4e-16*size)
				if size > 1e-150 {
					near(t, what+": sd", got.SD, want.SD, 1e-12*want.SD+1e-16*size)
					near(t, what+": se", got.SE, want.SE, 1e-12*want.SE+4e-16*size)
				}
			}
		}
	}
}

// What a sketch says has the same bits however the batches are shared out and put together.
func TestSketchMergesInAnyOrder(t *testing.T) {
	const n, batch = 20_011, 256
	for _, k := range nasty() {
		x := make([]float64, n)
		for i := range x {
			x[i] = k.draw() * math.Ldexp(1, i/2000*9) // later batches reach higher
		}
		if slices.ContainsFunc(x, func(v float64) bool { return math.IsInf(v, 0) }) {
			continue
		}
		for _, replicates := range []int{0, 16} {
			want := fmt.Sprintf("%x", sketchOf(x, replicates, batch).Summary(gridP))
			for seed := range uint64(3) {
				r := source(seed)
				parts := make([]*Sketch, 1+2*seed)
				for i := range parts {
					parts[i] = &Sketch{Replicates: replicates}
				}
				batches := slices.Collect(slices.Chunk(x, batch))
				r.Shuffle(len(batches), func(i, j int) { batches[i], batches[j] = batches[j], batches[i] })
				var scratch Scratch
				for _, b := range batches {
					parts[r.IntN(len(parts))].Add(b, &scratch)
				}
				all := new(Sketch)
				for _, i := range r.Perm(len(parts)) {
					all.Merge(parts[i])
				}
				if got := fmt.Sprintf("%x", all.Summary(gridP)); got != want {
					t.Fatalf("%s, %d replicates, shuffle %d:\n%s\n%s", k.name, replicates, seed, got, want)
				}
			}
		}
	}
}

// Standard errors are those of the exact summary, on average over columns: of independent
// trials, and of replicates of independent trials, where 1 % of either squared error is noise;
// of stratified ones they may be above, by what the coarse cells hide.
func TestSketchErrors(t *testing.T) {
	const n, times = 8000, 60
	r := source(21)
	stratified := func(k int) float64 { // see TestCoverage
		u := (float64(k/16) + r.Float64()) / (n / 16)
		return math.Sqrt(0.95)*distuv.UnitNormal.Quantile(u) + math.Sqrt(0.05)*r.NormFloat64()
	}
	for _, c := range []struct {
		name        string
		replicates  int
		draw        func(k int) float64
		least, most float64 // the ratio of mean squared errors
	}{
		{"normal", 0, func(int) float64 { return r.NormFloat64() }, 0.98, 1.02},
		{"lognormal", 0, func(int) float64 { return math.Exp(r.NormFloat64()) }, 0.98, 1.02},
		{"normal", 16, func(int) float64 { return r.NormFloat64() }, 0.95, 1.10},
		{"lognormal", 16, func(int) float64 { return math.Exp(r.NormFloat64()) }, 0.95, 1.10},
		{"uniform", 16, func(int) float64 { return r.Float64() }, 0.95, 1.10},
		{"mostly zero", 16, func(int) float64 { return math.Exp(2*r.NormFloat64()) * float64(r.IntN(5)/4) }, 0.95, 1.10},
		{"stratified normal", 16, stratified, 0.95, 1.6},
		{"stratified lognormal", 16, func(k int) float64 { return math.Exp(stratified(k)) }, 0.95, 1.6},
	} {
		x := make([]float64, n)
		var got, want [points + 5]float64
		for range times {
			for k := range x {
				x[k] = c.draw(k)
			}
			a, b := sketchOf(x, c.replicates, 512).Summary(nil), Summarize(x, c.replicates, nil, new(Scratch))
			near(t, c.name+": above 0", a.SEAbove0, b.SEAbove0, 1e-12)
			near(t, c.name+": mean", a.SE, b.SE, 1e-11*b.SE)
			errors := func(s *Summary) []*float64 {
				q, t := s.quantileErrors(), s.shortfallErrors()
				return slices.Concat(q[:], t[:], []*float64{&s.SESD})
			}
			theirs := errors(&b)
			for i, e := range errors(&a) {
				got[i] += *e * *e
				want[i] += *theirs[i] * *theirs[i]
			}
		}
		for i := range got {
			t.Logf("%s, %d replicates, statistic %d: %.3f", c.name, c.replicates, i, got[i]/want[i])
			least, most := c.least, c.most
			if i == len(got)-1 && c.replicates == 0 { // of the standard deviation, by 16 lanes here and by single trials there
				noise := 4 * math.Sqrt(2/15.0/times)
				least, most = least-noise, most+noise
			}
			if got[i] < least*want[i] || got[i] > most*want[i] {
				t.Errorf("%s, %d replicates: the squared error of statistic %d is %.3f times the exact one", c.name, c.replicates, i, got[i]/want[i])
			}
		}
	}
}

// As many columns in turn as a run has, so that their counts are not near.
func BenchmarkSketch(b *testing.B) {
	const batch, many = 256, 1700
	for _, c := range columns(source(1)) {
		x := make([]float64, 64*batch)
		for k := range x {
			x[k] = c.draw()
		}
		for _, replicates := range []int{1, 16} {
			b.Run(fmt.Sprintf("%s/%d replicates", c.name, replicates), func(b *testing.B) {
				s := make([]Sketch, many)
				for i := range s {
					s[i].Replicates = replicates
				}
				var scratch Scratch
				add := func(i int) { s[i%many].Add(x[(i+i/many)%64*batch:][:batch], &scratch) }
				for i := range 64 * many { // which opens all pages
					add(i)
				}
				i := 0
				for b.Loop() {
					add(i)
					i++
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/batch, "ns/value")
				b.ReportMetric(float64(4*(len(s[0].counts)+len(s[0].ofCoarse))), "B/column")
			})
		}
	}
}
