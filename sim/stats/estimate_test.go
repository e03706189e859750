package stats

import (
	"math"
	"testing"
)

// TestEstimates holds estimates against those of Summarize, which has other code.
func TestEstimates(t *testing.T) {
	for _, c := range columns(source(21)) {
		for _, replicates := range []int{1, 16} {
			x := make([]float64, 4000)
			holds := make([]bool, len(x))
			for i := range x {
				x[i] = c.draw()
				holds[i] = x[i] > 0
			}
			s := Summarize(x, replicates, nil, new(Scratch))
			what := func(name string) string { return c.name + ": " + name }
			check := func(name string, e Estimate, v, se, rounding float64) {
				t.Helper()
				near(t, what(name), e.Value, v, 1e-12*math.Abs(v)+1e-300)
				if c.name != "zero" { // of what is constant no quantile has an error
					near(t, what("se of "+name), e.SE, se, rounding*se+1e-300)
				}
				if !(e.Low <= e.Value) && e.Low == e.Low || !(e.High >= e.Value) && e.High == e.High {
					t.Errorf("%s is %+v", what(name), e)
				}
			}
			check("mean", Mean(x, replicates), s.Mean, s.SE, 1e-9)
			for i, q := range s.quantiles() {
				check("quantile", Quantile(x, fixed[i], replicates), *q, *s.quantileErrors()[i], 1e-9)
			}
			for i, p := range [4]float64{0.01, 0.05, 0.95, 0.99} {
				check("shortfall", Shortfall(x, p, replicates), *s.shortfalls()[i], *s.shortfallErrors()[i], 1e-9)
			}
			sd := SD(x, replicates)
			near(t, what("sd"), sd.Value, s.SD, 1e-10*s.SD)
			if replicates > 1 {
				near(t, what("se of sd"), sd.SE, s.SESD, 1e-3*s.SESD+1e-300) // around the mean here, around a centre there
			}
			near(t, what("least"), Least(x).Value, s.Min, 0)
			near(t, what("most"), Most(x).Value, s.Max, 0)
			if c.name != "some undefined" { // of which a condition does not hold, and a summary knows nothing
				check("share", Share(holds, replicates), s.Above0, s.SEAbove0, 1e-9)
			}
		}
	}
}

// TestShare has Wilson's intervals: those of R. G. Newcombe, "Two-sided confidence intervals for
// the single proportion" (1998), table I, score method.
func TestShare(t *testing.T) {
	for _, c := range []struct {
		k, n     int
		low, hig float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}, {29, 29, 0.8830, 1}} {
		holds := make([]bool, c.n)
		for i := range c.k {
			holds[i] = true
		}
		e := Share(holds, 1)
		if math.Abs(e.Low-c.low) > 6e-5 || math.Abs(e.High-c.hig) > 6e-5 || e.Value != float64(c.k)/float64(c.n) {
			t.Errorf("%d of %d: %+v", c.k, c.n, e)
		}
		if c.k == c.n && e.High != 1 || c.k == 0 && e.Low != 0 {
			t.Errorf("%d of %d: %+v", c.k, c.n, e)
		}
	}
}

// TestTell decides what lies outside of the interval, and says how many trials would decide.
func TestTell(t *testing.T) {
	nan := math.NaN()
	e := Estimate{Value: 10, SE: 1, Low: 8, High: 12.5}
	for _, c := range []struct {
		e      Estimate
		bound  float64
		told   bool
		needed float64
	}{
		{e, 7.9, true, 0}, {e, 12.6, true, 0},
		{e, 9, false, 100 * 4 * 2.0425}, {e, 12, false, 100 * 1.25 * 1.25 * 2.0425},
		{e, 10, false, math.Inf(1)},
		{Estimate{Value: 10, SE: 1, Low: 8, High: nan}, 7, true, 0},
		{Estimate{Value: 10, SE: 1, Low: 8, High: nan}, 11, false, 100 * 1.959964 * 1.959964 * 2.0425}, // of the standard error
		{Estimate{nan, nan, nan, nan}, 1, false, nan},
		{Estimate{3, nan, 3, 3}, 3, true, 0},
	} {
		told, needed := c.e.Tell(c.bound, 100)
		if told != c.told {
			t.Errorf("%+v, %v: %v", c.e, c.bound, told)
		}
		if !math.IsInf(c.needed, 1) || !math.IsInf(needed, 1) {
			near(t, "trials", needed, c.needed, 1e-3*c.needed)
		}
	}
}

// Of a share that is 0 or 1 so far, as many trials tell as let Wilson's interval end at the bound;
// and no fewer than 30 do.
func TestTellRareShare(t *testing.T) {
	none, all := make([]bool, 100), make([]bool, 100)
	for i := range all {
		all[i] = true
	}
	for _, c := range []struct {
		holds  []bool
		bound  float64
		needed float64
	}{
		{none, 0.01, 380.3}, {all, 0.99, 380.3}, {none[:1], 0.5, 30}, {none[:1], 0.01, 380.3}, {all[:3], 0.8, 30},
	} {
		told, needed := Share(c.holds, 1).Tell(c.bound, len(c.holds))
		if told {
			t.Errorf("%d trials tell of %v", len(c.holds), c.bound)
		}
		near(t, "trials", needed, c.needed, 0.1)
	}
	_, high := wilson(0, 0, 381, 1.959964)
	if high > 0.01 {
		t.Errorf("381 trials do not tell of 0.01: %v", high)
	}
}

// A value that the sample of a column takes for frequent may lie above its highest quantile.
func TestRareAtom(t *testing.T) {
	x := make([]float64, 20_001)
	for k := range x {
		x[k] = float64(k)
	}
	var o order
	o.begin(x)
	seen := append([]float64(nil), o.sample...)
	if len(seen) > len(x)/105 {
		t.Fatalf("a sample of %d", len(seen))
	}
	r := source(13)
	for k := range x {
		x[k] = r.Float64()
	}
	for _, k := range seen {
		x[int(k)] = 7
	}
	exact(t, "a rare atom", Summarize(x, 16, nil, new(Scratch)), reference(x, 16, nil))
}
