package sim

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestOrderStatistic(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		values []float64
		p      float64
		want   int
	}{
		{[]float64{3, 1, 2}, 0, 1},
		{[]float64{3, 1, 2}, 1, 0},
		{[]float64{3, 1, 2}, 0.5, 2},
		{[]float64{3, 1, 2, 0}, 0.5, 1}, // ⌈2⌉: the lower of the two in the middle
		{[]float64{nan, 5, nan, 4}, 0.5, 3},
		{[]float64{nan, 5, nan, 4}, 0.51, 1},
		{[]float64{0, 7, 0, 7}, 0.05, 0}, // the first of equals
		{[]float64{0, 7, 0, 7}, 1, 1},
		{[]float64{7}, 0.3, 0},
	} {
		if got, ok := OrderStatistic(c.values, c.p); !ok || got != c.want {
			t.Errorf("p%v of %v is trial %d, want %d", 100*c.p, c.values, got, c.want)
		}
	}
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(99 - i)
	}
	for k := 1; k <= 100; k++ { // k/100·100 is the k-th, whatever rounding makes of it
		if got, _ := OrderStatistic(hundred, float64(k)/100); got != 100-k {
			t.Errorf("p%d is trial %d, want %d", k, got, 100-k)
		}
	}
	if _, ok := OrderStatistic([]float64{nan}, 0.5); ok {
		t.Error("a trial without a value was chosen")
	}
}

func TestStanding(t *testing.T) {
	nan := math.NaN()
	if below, above := Standing([]float64{1, 2, 2, 3, nan}, 2); below != 0.25 || above != 0.25 {
		t.Errorf("2 has %v below and %v above", below, above)
	}
	if below, above := Standing([]float64{1, nan}, nan); !math.IsNaN(below) || !math.IsNaN(above) {
		t.Errorf("what has no value stands at %v, %v", below, above)
	}
}

// The middle is found as the definition says, by brute force, with ties and missing values.
func TestMiddle(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 200 {
		n := 1 + r.IntN(30)
		columns := make([][]float64, 1+r.IntN(4))
		for c := range columns {
			columns[c] = make([]float64, n)
			for i := range columns[c] {
				columns[c][i] = float64(r.IntN(12))
				if r.IntN(15) == 0 {
					columns[c][i] = math.NaN()
				}
			}
		}
		want, least, found := 0, math.Inf(1), false
		for i := range n {
			farthest := 0.0
			for _, x := range columns {
				below, above := Standing(x, x[i])
				farthest = math.Max(farthest, math.Abs(below+(1-below-above)/2-0.5))
			}
			if farthest < least-1e-12 {
				want, least, found = i, farthest, true
			}
		}
		got, ok := Middle(columns)
		if ok != found {
			t.Fatalf("round %d: found %v, want %v", round, ok, found)
		}
		if got != want {
			t.Fatalf("round %d: trial %d, want %d, of %v", round, got, want, columns)
		}
	}
	if _, ok := Middle(nil); ok {
		t.Error("there is a middle of nothing")
	}
}
