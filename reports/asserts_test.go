package reports

import (
	"bytes"
	"math"
	"reflect"
	"strings"
	"testing"

	"entente/sim/result"
)

// asserted are assertions of every kind.
func asserted() []result.Assertion {
	nan := math.NaN()
	return []result.Assertion{
		{Text: "p95(aws.exposure@2031) < 60", Statistic: "p95(aws.exposure@2031)", Unit: "USD bn", Bound: 60, Value: 54.234, SE: 0.61, Low: 53.04, High: 55.43, Verdict: result.Pass, CommandLine: true},
		{Text: "max(aws.npv) < 1", Statistic: "max(aws.npv)", Unit: "USD bn", Bound: 1, Value: 4370, SE: nan, Low: 4370, High: 4370, Verdict: result.Fail},
		{Text: "P(openai.failed = 1) < 0.17", Statistic: "P(openai.failed = 1)", Unit: "probability", Bound: 0.17, Value: 0.1725, SE: 0.018, Low: 0.137, High: 0.2145, Verdict: result.Undecided, Trials: 170_000},
		{Text: "P(aws.npv < 0) < 0.001", Bound: 0.001, Value: 0, SE: 0, Low: 0, High: 0.0096, Verdict: result.Undecided, Trials: 9000},
		{Text: "p99(aws.npv) < 5", Bound: 5, Value: 4, SE: nan, Low: 3.2, High: nan, Verdict: result.Undecided},
		{Text: "mean(openai.failure_time) > 1", Bound: 1, Value: nan, SE: nan, Low: nan, High: nan, Verdict: result.Undecided},
		{Text: "mean(aws.npv) > 2", Bound: 2, Value: 2, SE: 1, Low: 0.04, High: 3.96, Verdict: result.Undecided, Trials: 1_000_000_000},
	}
}

func TestAssertLines(t *testing.T) {
	want := `pass       p95(aws.exposure@2031) < 60: it is 54.2 ± 0.6, 95 % interval
           53.0 to 55.4
fail       max(aws.npv) < 1: it is 4,370
undecided  P(openai.failed = 1) < 0.17: it is 0.172 ± 0.018, 95 %
           interval 0.137 to 0.214; about 170,000 trials would decide
undecided  P(aws.npv < 0) < 0.001: it is 0, 95 % interval
           0.0000 to 0.0096; about 9,000 trials would decide
undecided  p99(aws.npv) < 5: it is 4, 95 % interval at least 3.200; these
           trials are too few to say how many would decide
undecided  mean(openai.failure_time) > 1: it is –; no trial has a value
undecided  mean(aws.npv) > 2: it is 2.0 ± 1.0, 95 % interval 0.0 to 4.0;
           no run would decide: the bound is the estimate
`
	var b bytes.Buffer
	if err := WriteAsserts(&b, &result.Result{Assertions: asserted()}, TableOptions{Width: 84}); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
	colored := assertLines(asserted()[:1], TableOptions{Width: 84, Color: true})
	if !strings.Contains(colored, "\x1b[1;32mpass\x1b[0m  ") {
		t.Errorf("%q", colored)
	}
}

func TestAssertsInJSON(t *testing.T) {
	r := &result.Result{Run: result.Run{Years: 1}, Assertions: asserted()}
	var b bytes.Buffer
	if err := WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	again, err := ReadJSON(&b)
	if err != nil {
		t.Fatal(err)
	}
	// NaN equals NaN in what is printed.
	if len(again.Assertions) != len(r.Assertions) {
		t.Fatal(again.Assertions)
	}
	for i, a := range r.Assertions {
		x, y := reflect.ValueOf(a), reflect.ValueOf(again.Assertions[i])
		for k := range x.NumField() {
			v, w := x.Field(k).Interface(), y.Field(k).Interface()
			if f, ok := v.(float64); ok && math.IsNaN(f) && math.IsNaN(w.(float64)) {
				continue
			}
			if v != w {
				t.Errorf("%s of %s is %v, was %v", x.Type().Field(k).Name, a.Text, w, v)
			}
		}
	}
}
