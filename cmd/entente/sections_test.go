package main

import (
	"math"
	"testing"

	"entente/sim/result"
)

// quantiles of a distribution given by its quantile function, as results carry them.
func quantiles(q func(p float64) float64) result.Assumption {
	a := result.Assumption{P1: q(0.01), P5: q(0.05), P95: q(0.95), P99: q(0.99)}
	for i := range 201 {
		a.Quantiles = append(a.Quantiles, q((float64(i)+0.5)/201))
	}
	return a
}

func TestSparkline(t *testing.T) {
	for want, q := range map[string]func(p float64) float64{
		"██████████": func(p float64) float64 { return p },            // uniform
		"▂▃▃▄▅▆▆▇██": func(p float64) float64 { return math.Sqrt(p) }, // a density that rises
		"█        ▁": func(p float64) float64 { // nine to one
			if p < 0.9 {
				return 100
			}
			return 138
		},
		"█": func(float64) float64 { return 5 }, // a point
	} {
		if got := sparkline(quantiles(q)); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

func TestWidth(t *testing.T) {
	for _, c := range []struct{ p5, p95, want float64 }{{10, 30, 0.5}, {-30, -10, 0.5}, {-1, 1, 1}, {0, 0, 0}, {2, 2, 0}, {0, 3, 1}} {
		if got := width(result.Assumption{P5: c.p5, P95: c.p95}); got != c.want {
			t.Errorf("from %v to %v: %v, not %v", c.p5, c.p95, got, c.want)
		}
	}
}

func TestFigure(t *testing.T) {
	for x, want := range map[float64]string{0: "0", 0.123456: "0.1235", -12.3456: "-12.35", 123456: "123456", 12345678: "1.23e+07", 0.000123456: "0.000123", math.Inf(1): "none"} {
		if got := figure(x); got != want {
			t.Errorf("%v is written %s, not %s", x, got, want)
		}
	}
}
