package reports

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"entente/sim/result"
)

func solvedResult() *result.Solve {
	nan := math.NaN()
	seeds := func(values ...float64) []result.SeedSolution {
		var list []result.SeedSolution
		for i, v := range values {
			list = append(list, result.SeedSolution{Seed: uint64(i + 1), Value: v})
		}
		return list
	}
	return &result.Solve{Version: "1", Run: result.Run{Trials: 1000, Seed: 1, Sampler: "sobol"}, Path: "openai.cash", Unit: "USD bn",
		Statistic: "P(openai.failed = 1)", Of: "probability", Target: 0.1, Runs: 90,
		Curve: []result.CurvePoint{{At: 10, Value: 0.05, SE: 0.002}, {At: 20, Value: 0.2, SE: 0.002}, {At: 30, Value: 0.08, SE: 0.002}, {At: 40, Value: nan, SE: nan}},
		Solutions: []result.Solution{
			{Value: 13.3333, SE: 0.213, Low: 12.83, High: 13.84, From: 10, To: 20, Seeds: seeds(13, 13.7)},
			{Value: nan, SE: nan, Low: nan, High: nan, From: 20, To: 30, Seeds: seeds(28, nan)},
		}}
}

func TestSolveTable(t *testing.T) {
	var b bytes.Buffer
	if err := WriteSolve(&b, solvedResult(), TableOptions{}); err != nil {
		t.Fatal(err)
	}
	want := `P(openai.failed = 1) = 0.1 at openai.cash 13.33 ± 0.21 USD bn (95 % interval 12.83 to 13.84, from 2
seeds).
P(openai.failed = 1) = 0.1 has no value of openai.cash: with 1 of 2 seeds it is met at 28, and with
1 nowhere from 10 to 40, so that a mean would be biased; take more trials, or a wider range.
There are 2 solutions: the curve passes 0.1 more than once.

The curve with seed 1, and where it passes 0.1:

 openai.cash  P(openai.failed = 1) ± s.e.
─────────────────────────────────────────────────
          10              0.0500 ± 0.0020
                                           ◂ 0.1
          20              0.2000 ± 0.0020
                                           ◂ 0.1
          30              0.0800 ± 0.0020
          40                            –

90 runs of 1,000 trials, seed 1 to 2, sampler sobol
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
	s := solvedResult()
	if got := Unsolved(s); !strings.Contains(got, "with 1 nowhere from 10 to 40") {
		t.Error(got)
	}
	s.Solutions[1] = s.Solutions[0]
	if got := Unsolved(s); got != "" {
		t.Error(got)
	}
	s.Solutions, s.Target = nil, 0.3
	if got := Unsolved(s); !strings.HasSuffix(got, "makes P(openai.failed = 1) 0.3: it is 0.0500 ± 0.0020 at 10 and – at 40, and comes nearest with 0.2000 ± 0.0020 at 20") {
		t.Error(got)
	}
	if s.Target = 0.203; !strings.HasSuffix(Unsolved(s), "; that is within two standard errors, so that more trials may find one") {
		t.Error(Unsolved(s))
	}
}

func TestSolveJSON(t *testing.T) {
	var b bytes.Buffer
	if err := WriteSolveJSON(&b, solvedResult()); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Solutions []struct {
			Value, SE *float64
			Seeds     []struct {
				Seed  int
				Value *float64
			}
		}
		Curve []struct{ At, Value *float64 }
		Runs  int
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatalf("%v:\n%s", err, b.String())
	}
	if len(got.Solutions) != 2 || *got.Solutions[0].Value != 13.3333 || got.Solutions[1].Value != nil || got.Solutions[1].SE != nil || got.Solutions[1].Seeds[1].Value != nil || got.Solutions[1].Seeds[1].Seed != 2 ||
		len(got.Curve) != 4 || got.Curve[3].Value != nil || got.Runs != 90 {
		t.Errorf("%s", b.String())
	}
}
