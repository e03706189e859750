package reports

import (
	"math"
	"strings"
	"testing"

	"entente/sim/result"
)

// The first two are the worked examples of the Particle Data Group's rule; the others are its
// limits and what it does not speak of.
func TestDigits(t *testing.T) {
	for _, c := range []struct {
		x, se float64
		want  string
	}{
		{0.827, 0.119, "0.83 ± 0.12"},
		{0.827, 0.367, "0.8 ± 0.4"},
		{123.456, 2.1, "123.5 ± 2.1"},
		{123.456, 3.54, "123.5 ± 3.5"},
		{123.456, 3.55, "123 ± 4"},
		{123.456, 9.49, "123 ± 9"},
		{123.456, 9.5, "123 ± 10"},
		{123.456, 9.9996, "123 ± 10"},
		{123.456, 0.96, "123.5 ± 1.0"},
		{123.456, 1, "123.5 ± 1.0"},
		{123456.7, 213, "123,460 ± 210"},
		{123456.7, 1000, "123,500 ± 1,000"},
		{-1234.5, 21, "−1,234 ± 21"},
		{-0.04, 2.1, "0.0 ± 2.1"},
		{0.02, 30, "0 ± 30"},
		{123.456, 1e-6, "123.456 ± <0.001"},
		{123.456, 1e-9, "123.5"}, // what rounding leaves of 0
		{2.5, 0, "2.5"},
		{2.5, math.NaN(), "2.5"},
		{1234567, 0, "1,234,567"},
		{0, 0, "0"},
		{math.NaN(), math.NaN(), "–"},
		{math.Inf(-1), 1, "−∞"},
		{7.5e-17, 4e-17, "0"}, // what rounding leaves of sums
		{-7.5e-17, 0, "0"},
		{7.5e-17, 0.04, "0.00 ± 0.04"},
		{3.21e-7, 4.2e-9, "3.21e-7 ± 0.04e-7"},
		{-3.21e-7, 0, "−3.21e-7"},
		{1e-10, 2.1e-7, "0.0e-7 ± 2.1e-7"},
		{1.23456e15, 2.1e12, "1.2346e15 ± 0.0021e15"},
		{-2e300, math.NaN(), "−2e300"},
		{1e-300, 1e300, "0.0e300 ± 1.0e300"},
	} {
		if got := plain(scaleOf("").withError(c.x, c.se)); got != c.want {
			t.Errorf("%v with the error %v is %q; want %q", c.x, c.se, got, c.want)
		}
	}
	// Whatever a number is, it has room in a table.
	for e := -320; e <= 308; e++ {
		for _, m := range []float64{1, 3.7654321, 9.9999999} {
			for _, by := range []float64{0, 1e-12, 1e-6, 0.01, 1, 1e6} {
				x := m * math.Pow(10, float64(e))
				if s := scaleOf("").withError(-x, x*by); len([]rune(s)) > 39 {
					t.Errorf("%v ± %v is %q", -x, x*by, s)
				}
			}
		}
	}
	// No error is written with more than two significant digits, and none with less than one.
	for e := -12; e <= 12; e++ {
		for m := 1.0; m < 10; m += 0.0137 {
			se := m * math.Pow(10, float64(e))
			rounded := se * math.Pow(10, float64(Digits(se)))
			if rounded < 0.99 || rounded >= 100 {
				t.Fatalf("Digits(%v) = %d: the error is %v units of the last place", se, Digits(se), rounded)
			}
		}
	}
}

func TestScales(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{scaleOf("USD bn").inWordsWithError(-12.34, 2.1), "−$12.3 ± 2.1 bn"},
		{scaleOf("USD bn").inWords(1234.56, 2.1), "$1,234.6 bn"},
		{scaleOf("share").inWordsWithError(0.1234, 0.0021), "12.34 ± 0.21 %"},
		{scaleOf("share of revenue").inWords(0.1234, 0.0021), "12.34 %"}, {scaleOf("share of revenue").label, "% of revenue"},
		{scaleOf("shares").inWords(3, 0), "3 shares"},
		{scaleOf("USD bn per year").inWords(3, 0), "$3 bn per year"},
		{scaleOf("years").inWords(3.25, 0), "3.25 years"},
		{scaleOf("USD bn").inWords(math.NaN(), 1), "no value"},
		{share(1), "100 %"}, {share(0.99999), ">99.9 %"}, {share(0.0001), "<0.1 %"}, {share(0), "0 %"}, {share(0.6251), "62.5 %"},
	} {
		if plain(c.got) != c.want {
			t.Errorf("got %q; want %q", c.got, c.want)
		}
	}
}

// The figures are those of R. G. Newcombe, Two-sided confidence intervals for the single
// proportion, Statistics in Medicine 17 (1998), table I, score method; the last is the fourth's
// kind at the other end.
func TestWilson(t *testing.T) {
	for _, c := range []struct{ k, n, lo, hi float64 }{
		{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}, {29, 29, 0.8830, 1},
	} {
		got := wilson(c.k/c.n, c.n)
		if math.Abs(got.lo-c.lo) > 6e-5 || math.Abs(got.hi-c.hi) > 6e-5 {
			t.Errorf("%v of %v: %.4f to %.4f; want %v to %v", c.k, c.n, got.lo, got.hi, c.lo, c.hi)
		}
	}
	s := &result.Stat{Defined: 1, Mean: 0.5, SE: 0.001}
	if got := probability(s, result.Run{Sampler: "sobol", Trials: 100}); math.Abs(got.hi-0.50213145) > 1e-7 {
		t.Errorf("sobol: %v; the interval is that of the standard error", got)
	}
	if got := probability(s, result.Run{Sampler: "random", Trials: 100}); got.hi < 0.59 {
		t.Errorf("random: %v; the interval is Wilson's", got)
	}
}

func TestBelow(t *testing.T) {
	p := []float64{0, 0.25, 0.5, 0.75, 1}
	for _, c := range []struct {
		x          float64
		q          []float64
		share, gap float64
	}{
		{2, []float64{0, 1, 2, 3, 4}, 0.5, 0},
		{2.5, []float64{0, 1, 2, 3, 4}, 0.625, 0},
		{-1, []float64{0, 1, 2, 3, 4}, 0, 0},
		{4, []float64{0, 1, 2, 3, 4}, 1, 0},
		{0, []float64{0, 0, 0, 3, 4}, 0.625, 0.125}, // the atom ends between 0.5 and 0.75
		{0, []float64{0, 0, 0, 0, 0}, 1, 0},
	} {
		share, se := below(c.x, c.q, p, 1e12)
		if math.Abs(share-c.share) > 1e-12 || math.Abs(se-c.gap) > 1e-5 {
			t.Errorf("below %v in %v: %v ± %v; want %v ± %v", c.x, c.q, share, se, c.share, c.gap)
		}
	}
}

func plain(s string) string { return strings.ReplaceAll(s, nbsp, " ") }

// Of a ratio of two means the bound is reached where the errors of both are the same one, and of
// opposite sign: (9 + 1)/(30 − 2) is 0.357, and 9/30 is 0.3.
func TestRatio(t *testing.T) {
	x, se := ratio(sum{9, 1}, sum{30, 2})
	if math.Abs(x-0.3) > 1e-12 || math.Abs(se-(1+0.3*2)/30) > 1e-12 {
		t.Errorf("%v ± %v", x, se)
	}
	if _, opposite := ratio(sum{-9, 1}, sum{30, 2}); opposite != se {
		t.Errorf("%v ± %v of a negative one", se, opposite)
	}
}

func TestShareValued(t *testing.T) {
	for _, c := range []struct {
		defined float64
		trials  int
		want    string
	}{
		{0.5, 100, "50 ± 5"}, {0.998, 100_000, "99.800 ± 0.014"}, {1, 100, "all"}, {0, 100, "none"}, {math.NaN(), 100, noValue},
		{0.9976, 0, "99.76"}, // of how many is not known
	} {
		got, _ := withValue(&result.Stat{Defined: c.defined}, result.Run{Trials: c.trials})
		if got = strings.ReplaceAll(got, nbsp, " "); got != c.want {
			t.Errorf("%v of %d trials is %q, not %q", c.defined, c.trials, got, c.want)
		}
	}
}

func TestToEachSide(t *testing.T) {
	for sampler, want := range map[string]float64{"random": 1.96, "sobol": 2.131, "latin": 2.131} {
		if got := toEachSide(result.Run{Sampler: sampler}); math.Abs(got-want) > 1e-3 {
			t.Errorf("%s: %v", sampler, got)
		}
	}
}
