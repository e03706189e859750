package scenarios

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"entente/sim"
	"entente/sim/result"
)

// TestAssertion holds verdicts against those that follow from known estimates: of 400 trials
// that are −1 and 1 by turns the mean is 0 and its standard error 0.05.
func TestAssertion(t *testing.T) {
	s := asked(t)
	x := make([]float64, 400)
	for i := range x {
		x[i] = float64(i%2*2 - 1)
	}
	trials := []sim.Series{{Outcome: "aws.npv", Year: 1, Values: x}, {Outcome: "openai.failure_time", Year: 1, Values: slices.Repeat([]float64{math.NaN()}, 400)}}
	for text, want := range map[string]string{
		"mean(aws.npv) < 0.1":              result.Pass,
		"mean(aws.npv)<=0.1":               result.Pass,
		"0.1 > mean(aws.npv)":              result.Pass,
		"(mean(aws.npv) > -(2 + 3)/10)":    result.Pass,
		"mean(aws.npv) > 0.1":              result.Fail,
		"0.1 <= mean(aws.npv)":             result.Fail,
		"mean(aws.npv) < 0.09":             result.Undecided,
		"mean(aws.npv) > 0.09":             result.Undecided,
		"max(aws.npv) <= 1":                result.Pass, // of these trials
		"max(aws.npv) < 1":                 result.Fail,
		"P(aws.npv > 0) < 0.56":            result.Pass,
		"P(aws.npv > 0) < 0.54":            result.Undecided,
		"P(aws.npv > 2) < 0.01":            result.Pass, // no trial does
		"P(aws.npv > 2) < 0.009":           result.Undecided,
		"mean(openai.failure_time) > 0":    result.Undecided, // there is none
		"p50(openai.failure_time) >= 1e10": result.Undecided,
	} {
		a, err := s.Assertion(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := a.Check(trials, sim.Random)
		if got.Verdict != want || got.Text != text {
			t.Errorf("%+v, want %s", got, want)
		}
		if (got.Trials > 0) != (got.Verdict == result.Undecided && !math.IsNaN(got.Value)) {
			t.Errorf("%s: %d trials", text, got.Trials)
		}
	}
	// 400·(1.96·0.05/0.09)²·((1.96 + 0.84)/1.96)², rounded up
	a, err := s.Assertion("mean(aws.npv) < 0.09")
	if err != nil {
		t.Fatal(err)
	}
	if n := a.Check(trials, sim.Random).Trials; n != 980 {
		t.Errorf("%d trials would decide", n)
	}
	if target, err := s.Target("p95(azure.exposure@2031) = 100"); err != nil || target.Value != 100 || target.Statistic.Text != "p95(azure.exposure@2031)" {
		t.Errorf("%+v, %v", target, err)
	}
	if _, err := s.Target("p95(azure.exposure@2031) < 100"); err == nil || !strings.Contains(err.Error(), "a target is met, with =") {
		t.Error(err)
	}
}

// TestAsserts are read with the scenario, replaced by one that extends it, shown, and compared.
func TestAsserts(t *testing.T) {
	read := func(text string, set ...string) *Scenario {
		t.Helper()
		s, err := Load("-", Options{Stdin: strings.NewReader("entente: 1\nextends: testdata/small.good.yaml\n" + text), Set: set})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	texts := func(s *Scenario) string {
		var list []string
		for _, a := range s.Asserts {
			list = append(list, a.Text)
		}
		return strings.Join(list, "; ")
	}
	two := "asserts:\n  - p95(azure.exposure@2031) < 60\n  - 'P(openai.failed\n    = 1) <= 0.5'\n"
	if got := texts(read(two)); got != "p95(azure.exposure@2031) < 60; P(openai.failed = 1) <= 0.5" {
		t.Error(got)
	}
	if got := texts(read("asserts: mean(azure.npv) > 0")); got != "mean(azure.npv) > 0" {
		t.Error(got)
	}
	if got := texts(read(two, "asserts=[mean(azure.npv) > 0]")); got != "mean(azure.npv) > 0" {
		t.Error(got)
	}
	if got := texts(read(two, "asserts=null")); got != "" {
		t.Error(got)
	}
	r, err := Resolve("-", Options{Stdin: strings.NewReader("entente: 1\nextends: testdata/small.good.yaml\n" + two)})
	if err != nil {
		t.Fatal(err)
	}
	var shown bytes.Buffer
	if err := r.WriteYAML(&shown); err != nil {
		t.Fatal(err)
	}
	again, err := Load("-", Options{Stdin: &shown})
	if err != nil {
		t.Fatal(err)
	}
	if got := texts(again); got != texts(read(two)) {
		t.Error(got)
	}
}
