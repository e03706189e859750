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
			{Value: 28, SE: nan, Low: nan, High: nan, From: 20, To: 30, Seeds: seeds(28, nan)},
		}}
}

func TestSolveTable(t *testing.T) {
	var b bytes.Buffer
	if err := WriteSolve(&b, solvedResult(), TableOptions{}); err != nil {
		t.Fatal(err)
	}
	want := `P(openai.failed = 1) = 0.1 at openai.cash 13.33 ± 0.21 USD bn (95 % interval 12.83 to 13.84, from 2
seeds).
P(openai.failed = 1) = 0.1 at openai.cash 28 USD bn over the seeds that have a solution there; 1 of
2 have none in the range, so that its error is not known.
There are 2 solutions: the curve passes 0.1 more than once.

 openai.cash  P(openai.failed = 1) ± s.e.
─────────────────────────────────────────────
          10              0.0500 ± 0.0020
       13.33                          0.1  ◂
          20              0.2000 ± 0.0020
          28                          0.1  ◂
          30              0.0800 ± 0.0020
          40                            –

90 runs of 1,000 trials, seed 1 to 2, sampler sobol
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
	s := solvedResult()
	s.Solutions, s.Target = nil, 0.3
	if got := Unsolved(s); !strings.HasSuffix(got, "makes P(openai.failed = 1) 0.3: it is 0.0500 ± 0.0020 at 10 and – at 40, and comes nearest with 0.2000 ± 0.0020 at 20") {
		t.Error(got)
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
	if len(got.Solutions) != 2 || *got.Solutions[0].Value != 13.3333 || got.Solutions[1].SE != nil || got.Solutions[1].Seeds[1].Value != nil || got.Solutions[1].Seeds[1].Seed != 2 ||
		len(got.Curve) != 4 || got.Curve[3].Value != nil || got.Runs != 90 {
		t.Errorf("%s", b.String())
	}
}
