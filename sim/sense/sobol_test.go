package sense

import (
	"math"
	"slices"
	"testing"
)

// indices are those of each input of a function of d uniforms, from independent trials.
func indices(n int, seed uint64, d int, f func(us [][]float64) []float64) ([]Index, Estimate) {
	us := columnsOf(n, seed, 2*d)
	a, b := us[:d], us[d:]
	var runs [][]float64
	for i := range d {
		ab := slices.Clone(a)
		ab[i] = b[i]
		runs = append(runs, f(ab))
	}
	return Indices(f(a), f(b), runs)
}

var ishigamiFirst, ishigamiTotal = []float64{0.3139051911478115, 0.4424111447900409, 0}, []float64{0.5575888552099592, 0.4424111447900409, 0.2436836640621477}

// Of Ishigami's function at 4,096 independent trials the root mean squares of the errors, over 60
// runs of another implementation, are 0.0103, 0.0112 and 0.0195 of Janon's S, which ours are not
// above, and 0.0256, 0.0087 and 0.0070 of Jansen's S_T. Intervals hold the index, and the sum of S,
// in about 95 % of runs.
func TestIndicesOfIshigami(t *testing.T) {
	const runs, n = 200, 4096
	var errors, held [2][3]float64
	heldSum := 0
	for seed := range uint64(runs) {
		list, sum := indices(n, seed, 3, ishigami)
		if want := ishigamiFirst[0] + ishigamiFirst[1]; sum.Low <= want && want <= sum.High {
			heldSum++
		}
		for i, index := range list {
			for k, of := range []struct {
				e    Estimate
				want float64
			}{{index.First, ishigamiFirst[i]}, {index.Total, ishigamiTotal[i]}} {
				errors[k][i] += (of.e.Value - of.want) * (of.e.Value - of.want) / runs
				if of.e.Low <= of.want && of.want <= of.e.High {
					held[k][i]++
				}
			}
		}
	}
	if heldSum < 180 || heldSum > 198 {
		t.Errorf("the sum of S is in %d of %d intervals", heldSum, runs)
	}
	known := [2][3]float64{{0.0103, 0.0112, 0.0195}, {0.0256, 0.0087, 0.0070}}
	for k := range errors {
		for i := range errors[k] {
			// Those are good to 1/√120, these to 1/√400. The control variate takes from S.
			got, good := math.Sqrt(errors[k][i])/known[k][i], 4*math.Hypot(1/math.Sqrt(120), 1/math.Sqrt(400))
			if got > 1+good || got < 1-good && k == 1 {
				t.Errorf("index %d of input %d: error %v times as large", k, i, got)
			}
			if held[k][i] < 180 || held[k][i] > 198 {
				t.Errorf("index %d of input %d: in %v of %d intervals", k, i, held[k][i], runs)
			}
		}
	}
}

// What makes all of the output has 1 and what makes nothing 0; a constant has no index, and a
// large mean does not matter.
func TestIndicesOfLittle(t *testing.T) {
	got, _ := indices(1600, 1, 2, func(us [][]float64) []float64 {
		y := make([]float64, len(us[0]))
		for k, u := range us[0] {
			y[k] = 1e9 + u
		}
		return y
	})
	for _, e := range []Estimate{got[0].First, got[0].Total} {
		if math.Abs(e.Value-1) > 0.06 || math.Abs(e.Low-1) > 0.2 || !(e.Low < e.Value) {
			t.Errorf("what makes all has %v", e)
		}
	}
	if (got[1] != Index{}) {
		t.Errorf("what does nothing has %v", got[1])
	}
	constant := make([]float64, 64)
	if i, _ := Indices(constant, constant, [][]float64{constant}); !math.IsNaN(i[0].First.Value) || !math.IsNaN(i[0].Total.High) {
		t.Errorf("a constant has %v", i)
	}
}
