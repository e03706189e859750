package stats

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
)

// A design draws samples whose statistics are known.
type design struct {
	name       string
	replicates int
	// quantile is the distribution's.
	quantile       func(p float64) float64
	mean, sd, es95 float64
	heavy          bool // its variance, or that of the tail, is hardly to be seen in a sample
}

// draw fills x with a sample: independent values, or the replicates of a stratified one.
func (d *design) draw(r *rand.Rand, x []float64) {
	if d.replicates <= 1 {
		for i := range x {
			x[i] = d.quantile(r.Float64())
		}
		return
	}
	m := len(x) / d.replicates // values of a replicate, each in a stratum of its own
	for rep := range d.replicates {
		for i, stratum := range r.Perm(m) {
			// Half of what the quantile is of comes from the strata, and half is independent,
			// as inputs and shocks are: normals of the variance 1/2 each.
			u := distuv.UnitNormal.Quantile((float64(stratum) + r.Float64()) / float64(m))
			z := (u + r.NormFloat64()) * math.Sqrt2 / 2
			x[i*d.replicates+rep] = d.quantile(distuv.UnitNormal.CDF(z))
		}
	}
}

// coverageDesigns are a symmetric, a skewed and a heavy-tailed distribution, and one that is
// mostly 0, drawn both ways.
func coverageDesigns() []design {
	normal := design{name: "normal", quantile: distuv.UnitNormal.Quantile, sd: 1, es95: distuv.UnitNormal.Prob(1.6448536269514722) / 0.05}
	lognormal := design{name: "lognormal", quantile: func(p float64) float64 { return math.Exp(distuv.UnitNormal.Quantile(p)) },
		mean: math.Exp(0.5), sd: math.Sqrt((math.E - 1) * math.E), es95: math.Exp(0.5) * distuv.UnitNormal.CDF(1-1.6448536269514722) / 0.05}
	// Pareto with the index 2.5: a finite variance, an infinite third moment.
	pareto := design{name: "pareto", quantile: func(p float64) float64 { return math.Pow(1-p, -1/2.5) },
		mean: 2.5 / 1.5, sd: math.Sqrt(2.5 / 0.5 / 1.5 / 1.5), es95: math.Pow(0.05, -1/2.5) * 2.5 / 1.5, heavy: true}
	// An exponential loss in one case of five.
	rare := design{name: "rare loss", quantile: func(p float64) float64 { return max(0, -math.Log(1-p)+math.Log(0.2)) },
		mean: 0.2, sd: math.Sqrt(0.4 - 0.04), es95: 1 + math.Log(4)}
	var list []design
	for _, d := range []design{normal, lognormal, pareto, rare} {
		list = append(list, d)
		d.replicates = 16
		d.name += ", 16 replicates"
		list = append(list, d)
	}
	return list
}

// TestIntervals simulates how often the 95 % intervals hold the truth. What is measured stands in
// the log (go test -v); the limits are those that the estimators keep, less four standard errors
// of the simulation.
func TestIntervals(t *testing.T) {
	if testing.Short() {
		t.Skip()
	}
	const times = 500
	type kind struct {
		name  string
		of    func(x []float64, replicates int) Estimate
		truth func(d *design) float64
		// least is the coverage that it keeps with n trials, in percent, of a distribution that
		// is not heavy, and of one that is; 0: there is none.
		least map[int][2]float64
	}
	kinds := []kind{
		{"mean", Mean, func(d *design) float64 { return d.mean }, map[int][2]float64{160: {91, 86}, 1600: {94, 91}}},
		{"sd", SD, func(d *design) float64 { return d.sd }, map[int][2]float64{160: {73, 34}, 1600: {86, 46}}},
		{"p50", func(x []float64, r int) Estimate { return Quantile(x, 0.5, r) }, func(d *design) float64 { return d.quantile(0.5) }, map[int][2]float64{160: {93, 93}, 1600: {94, 94}}},
		{"p90", func(x []float64, r int) Estimate { return Quantile(x, 0.9, r) }, func(d *design) float64 { return d.quantile(0.9) }, map[int][2]float64{160: {92, 92}, 1600: {94, 94}}},
		{"p95", func(x []float64, r int) Estimate { return Quantile(x, 0.95, r) }, func(d *design) float64 { return d.quantile(0.95) }, map[int][2]float64{160: {90, 90}, 1600: {94, 94}}},
		{"p99", func(x []float64, r int) Estimate { return Quantile(x, 0.99, r) }, func(d *design) float64 { return d.quantile(0.99) }, map[int][2]float64{1600: {92, 92}}},
		{"es95", func(x []float64, r int) Estimate { return Shortfall(x, 0.95, r) }, func(d *design) float64 { return d.es95 }, map[int][2]float64{160: {92, 86}, 1600: {94, 92}}},
		{"share", func(x []float64, r int) Estimate {
			holds := make([]bool, len(x))
			for i, v := range x {
				holds[i] = v > 3
			}
			return Share(holds, r)
		}, nil, map[int][2]float64{160: {93, 93}, 1600: {94, 94}}},
	}
	for _, n := range []int{160, 1600} {
		x := make([]float64, n)
		for _, d := range coverageDesigns() {
			r := source(uint64(n))
			held, finite := make([]int, len(kinds)), make([]int, len(kinds))
			shareAbove3 := 1 - inverse(d.quantile, 3)
			for range times {
				d.draw(r, x)
				for i, k := range kinds {
					e := k.of(x, d.replicates)
					truth := shareAbove3
					if k.truth != nil {
						truth = k.truth(&d)
					}
					if !(e.Low > truth) && !(e.High < truth) { // an open end holds everything
						held[i]++
					}
					if e.Low-e.Low == 0 && e.High-e.High == 0 {
						finite[i]++
					}
				}
			}
			for i, k := range kinds {
				least := k.least[n][one(d.heavy)]
				got := 100 * float64(held[i]) / times
				t.Logf("n = %d, %s: %s held in %.1f %%, closed in %.0f %%", n, d.name, k.name, got, 100*float64(finite[i])/times)
				if got < least-4*100*math.Sqrt(0.05*0.95/times) {
					t.Errorf("n = %d, %s: the interval of %s holds in %.1f %%, want %v", n, d.name, k.name, got, least)
				}
			}
		}
	}
}

// inverse returns the p at which a quantile function is x.
func inverse(quantile func(p float64) float64, x float64) float64 {
	lo, hi := 0.0, 1.0
	for range 60 {
		if mid := (lo + hi) / 2; quantile(mid) <= x {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}
