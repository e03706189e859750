package scenarios

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"entente/sim"
)

// asked is a scenario with metrics of its own, whose first year ends in the calendar year in which
// it does not begin.
func asked(t testing.TB) *Scenario {
	t.Helper()
	text := "entente: 1\nextends: baseline\nhorizon: {start: 2026-07-01, years: 6}\nmetrics: {gap: azure.exposure - aws.exposure, both: azure.npv + aws.npv}\n"
	s, err := Load("-", Options{Stdin: strings.NewReader(text)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// series are values of what tests ask for, in few trials.
func series() []sim.Series {
	nan := math.NaN()
	return []sim.Series{
		{Outcome: "azure.exposure", Year: 5, Values: []float64{1, 2, 3, 4}},
		{Outcome: "azure.exposure", Year: 6, Values: []float64{10, 20, 30, 40}},
		{Outcome: "aws.exposure", Year: 5, Values: []float64{2, 2, 0, 1}},
		{Outcome: "aws.npv", Year: 1, Values: []float64{-1, 0, 1, 2}},
		{Outcome: "openai.failure_time", Year: 1, Values: []float64{nan, 1, nan, 4}},
		{Outcome: "gap", Year: 5, Values: []float64{-1, 0, 3, 3}},
		{Outcome: "both", Year: 1, Values: []float64{4, 3, 2, 1}},
	}
}

func TestQuantity(t *testing.T) {
	s := asked(t)
	nan := math.NaN()
	for text, want := range map[string]struct {
		values []float64
		unit   string
	}{
		"azure.exposure@2031":                        {[]float64{1, 2, 3, 4}, "USD bn"},
		"azure.exposure@y5":                          {[]float64{1, 2, 3, 4}, "USD bn"},
		" azure.exposure@y5 - 2 * aws.exposure@2031": {[]float64{-3, -2, 3, 2}, "USD bn"},
		"azure.exposure":                             {[]float64{10, 20, 30, 40}, "USD bn"}, // its last year
		"azure.exposure/azure.exposure@y5":           {[]float64{10, 10, 10, 10}, "ratio"},
		"azure.exposure@y5 / aws.exposure@y5":        {[]float64{0.5, 1, nan, 4}, "ratio"}, // no division by 0
		"aws.npv":                                    {[]float64{-1, 0, 1, 2}, "USD bn"},
		"-max(abs(aws.npv), both, 2)":                {[]float64{-4, -3, -2, -2}, "USD bn"},
		"min(openai.failure_time, 2)":                {[]float64{nan, 1, nan, 2}, "years"},
		"gap@2031 + 0":                               {[]float64{-1, 0, 3, 3}, "USD bn"},
		"0*openai.failure_time + 1e308*10*aws.npv":   {[]float64{nan, nan, nan, nan}, "USD bn"}, // what is infinite is none
	} {
		q, err := s.Quantity(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := q.Values(series())
		same := func(a, b float64) bool { return a == b || a != a && b != b }
		if text[0] != '0' && q.Unit != want.unit || !slices.EqualFunc(got, want.values, same) {
			t.Errorf("%s is %v %s, want %v %s", text, got, q.Unit, want.values, want.unit)
		}
	}
}

func TestCondition(t *testing.T) {
	s := asked(t)
	for text, want := range map[string][]bool{
		"aws.npv > 0":                                   {false, false, true, true},
		"aws.npv >= 0":                                  {false, true, true, true},
		"aws.npv < 1 and both < 4":                      {false, true, false, false},
		"aws.npv < 0 or both < 2":                       {true, false, false, true},
		"not (aws.npv < 0 or both < 2)":                 {false, true, true, false},
		"aws.npv = 1":                                   {false, false, true, false},
		"aws.npv == 1":                                  {false, false, true, false},
		"aws.npv != 1":                                  {true, true, false, true},
		"azure.exposure@2031 > 2*aws.exposure@2031":     {false, false, true, true},
		"aws.npv <= 0 and both > 3 or aws.npv == 2":     {true, false, false, true}, // and binds more than or
		"openai.failure_time < 3":                       {false, true, false, false},
		"openai.failure_time >= 3":                      {false, false, false, true},
		"openai.failure_time != 1":                      {false, false, false, true}, // what has no value compares with nothing
		"not (openai.failure_time < 3)":                 {true, false, true, true},
		"azure.exposure@y5/aws.exposure@y5 > 0":         {true, true, false, true},
		"1 / (azure.exposure@y5 - azure.exposure@y5)<1": {false, false, false, false},
	} {
		c, err := s.Condition(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := c.Holds(series()); !slices.Equal(got, want) {
			t.Errorf("%s holds in %v, want %v", text, got, want)
		}
	}
}

func TestStatistic(t *testing.T) {
	s := asked(t)
	for text, want := range map[string]float64{
		"mean(azure.exposure)":                 25,
		"sd(aws.npv)":                          math.Sqrt(5.0 / 3),
		"min(aws.npv)":                         -1,
		"max(aws.npv)":                         2,
		"max(min(aws.npv, 1.5))":               1.5,
		"p50(azure.exposure@2031)":             2.5,
		"p97.5( azure.exposure )":              39.25,
		"es95(aws.npv)":                        2,
		"es75(aws.npv)":                        2,
		"es50(aws.npv)":                        1.5,
		"es25(aws.npv)":                        -1,
		"es62.5(aws.npv)":                      5.0 / 3,
		"P(aws.npv > 0)":                       0.5,
		"P(openai.failure_time < 3)":           0.25,
		"mean(openai.failure_time)":            2.5,
		"(mean(gap@y5))":                       1.25,
		"P(gap@y5 > 0 and not (aws.npv == 2))": 0.25,
	} {
		st, err := s.Statistic(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := st.Estimate(series(), sim.Random); math.Abs(got.Value-want) > 1e-12 {
			t.Errorf("%s is %v, want %v", text, got.Value, want)
		}
	}
	st, err := s.Statistic("P(azure.exposure@2031 > 2*aws.exposure@2031 or azure.exposure@y5 > aws.npv)")
	if err != nil {
		t.Fatal(err)
	}
	if want := []Column{{"azure.exposure", 5}, {"aws.exposure", 5}, {"aws.npv", 1}}; !slices.Equal(st.Columns(), want) || len(st.Metrics()) != 3 {
		t.Errorf("it needs %v", st.Columns())
	}
}

// TestAskedWrong says what is wrong, where, and what would be right.
func TestAskedWrong(t *testing.T) {
	s := asked(t)
	for _, c := range []struct {
		kind, text, message, hint string
		column, width             int
	}{
		{"q", "azure.exposur@2031", `there is no metric "azure.exposur"`, `did you mean "azure.exposure"?`, 1, 13},
		{"q", "2 * lab.cash", `there is no metric "lab.cash"`, "", 5, 8},
		{"q", "azure.exposure@2026", "2026: the scenario has no such year", "y1 to y6, which end in 2027 to 2032", 16, 4},
		{"q", "azure.exposure@y7", "y7: the scenario has no such year", "y1 to y6", 16, 2},
		{"q", "azure.exposure@y99999999999999999999", "the scenario has no such year", "", 16, 21},
		{"q", "azure.exposure@31", `"31" is no year`, "azure.exposure@2031", 16, 2},
		{"q", "azure.exposure @2031", "@ stands right behind a metric", "", 16, 1},
		{"q", "azure.exposure@", "there is no year behind @", "", 15, 1},
		{"q", "azure.exposure@2031@2031", "does not belong behind a year", "", 20, 1},
		{"q", "aws.npv@2031", "aws.npv is once per trial, and has no year", "write aws.npv", 8, 5},
		{"q", "aws.npv > 1", "is no number", "", 1, 11},
		{"q", "1 + 2", "there is no metric in it", "", 1, 5},
		{"q", "", "it is empty", "", 1, 1},
		{"q", "aws.npv +", "this is no expression", "", 10, 1},
		{"q", "p95(aws.npv)", `there is no function "p95"`, "", 1, 3},
		{"q", "aws.npv % 2", "is no operation here", "", 9, 1},
		{"c", "aws.npv", "is a number, which neither holds nor does not", "", 1, 7},
		{"c", "0 < aws.npv < 1", "is no number: it holds or does not", "0 < x and x < 1", 1, 11},
		{"c", "not aws.npv < 1", "is a number", "not (aws.npv < 0)", 5, 7},
		{"c", "aws.npv and both > 1", "is a number", "", 1, 7},
		{"c", "1 < 2", "there is no metric in it", "", 1, 5},
		{"c", "aws.npv ≥ 1", "does not belong", "write >=", 9, 1},
		{"c", "aws.npv => 1", "this is no expression", "", 10, 1},
		{"s", "aws.npv", "is no statistic", "mean(aws.npv)", 1, 7},
		{"s", "median(aws.npv)", `there is no statistic "median"`, "write p50", 1, 6},
		{"s", "maen(aws.npv)", `there is no statistic "maen"`, `"mean"`, 1, 4},
		{"s", "p100(aws.npv)", "there is no p100", "max", 1, 4},
		{"s", "mean(aws.npv > 1)", "is of a number", "write P(aws.npv > 1)", 1, 4},
		{"s", "P(aws.npv)", "neither holds nor does not", "", 3, 7},
		{"s", "min(aws.npv, both)", "min takes one argument", "mean(min(aws.npv, both))", 1, 18},
		{"s", "mean(aws.npv,)", "something is missing", "", 14, 1},
		{"s", "mean(azure.npv) - mean(aws.npv)", "is no statistic", "mean(azure.npv - aws.npv)", 1, 31},
		{"s", "P(aws.npv > 1) < 0.5", "is no statistic", "", 1, 20},
	} {
		var err error
		switch c.kind {
		case "q":
			_, err = s.Quantity(c.text)
		case "c":
			_, err = s.Condition(c.text)
		case "s":
			_, err = s.Statistic(c.text)
		}
		var ds Diagnostics
		if !errors.As(err, &ds) || len(ds) != 1 {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if d := ds[0]; !strings.Contains(d.Message, c.message) || !strings.Contains(d.Hint, c.hint) || d.Column != c.column || d.Width != c.width {
			t.Errorf("%q: %d, %d wide:\n%v", c.text, d.Column, d.Width, d)
		}
	}
}

// FuzzAsked reads anything as a quantity, a condition and a statistic: what is refused has a place
// within the text, and what is not can be evaluated.
func FuzzAsked(f *testing.F) {
	for _, text := range []string{"azure.exposure@2031", "p97.5(azure.exposure@y5 - 2*aws.exposure@y5)", "P(aws.npv<0 and not(aws.npv!=-1 or gap@2030=1))", "es95(min(aws.npv,1,both))",
		"x@y5.@", "and.or.not", "((((", "p5.5.5(x)", "=@", "mean(range.x)", "a@2031(b)", "0x1p-2", "P(a==b)", "P(aws.npv<0) <= -(1+2)/0", "3 = mean(both)", "1e999 < p5(gap)", "mean(gap) < 1 < 2"} {
		f.Add(text)
	}
	s := asked(f)
	f.Fuzz(func(t *testing.T, text string) {
		check := func(err error) {
			var ds Diagnostics
			if !errors.As(err, &ds) || len(ds) == 0 {
				t.Fatalf("%T: %v", err, err)
			}
			for _, d := range ds {
				if n := len([]rune(text)); d.Line != 1 || d.Column < 1 || d.Column > n+1 || d.Message == "" || d.Width < 1 {
					t.Errorf("%+v", d)
				}
			}
		}
		of := func(a ask) []sim.Series {
			var list []sim.Series
			for _, c := range a.columns {
				list = append(list, sim.Series{Outcome: c.Metric, Year: c.Year, Values: []float64{0, -1, 1e308, math.NaN()}})
			}
			return list
		}
		if q, err := s.Quantity(text); err != nil {
			check(err)
		} else if x := q.Values(of(q.ask)); len(x) != 4 || slices.ContainsFunc(x, func(v float64) bool { return math.IsInf(v, 0) }) {
			t.Errorf("%v", x)
		}
		if c, err := s.Condition(text); err != nil {
			check(err)
		} else if h := c.Holds(of(c.ask)); len(h) != 4 {
			t.Errorf("%v", h)
		}
		if _, err := s.Assertion(text); err != nil {
			check(err)
		}
		if target, err := s.Target(text); err != nil {
			check(err)
		} else if target.Value-target.Value != 0 {
			t.Errorf("%+v", target)
		}
		if st, err := s.Statistic(text); err != nil {
			check(err)
		} else if e := st.Estimate(of(st.ask), sim.Random); e.SE < 0 || e.Low > e.High {
			t.Errorf("%+v", e)
		}
	})
}
