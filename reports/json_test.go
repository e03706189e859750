package reports

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"entente/sim/result"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; go test -update writes it anew. Got:\n%s", file, got)
	}
}

// small has one metric of each kind, and a number of each kind.
func small() *result.Result {
	nan := math.NaN()
	return &result.Result{
		Version:  "0.1.0",
		Scenario: result.Scenario{Name: `Small <b>&"</b>`, SHA256: "ab12", Overrides: []string{"openai.cash=1"}},
		Run:      result.Run{Trials: 3, Seed: math.MaxUint64, Sampler: "random", Start: "2026-01-01", Years: 1},
		Labs:     []result.Entity{{ID: "openai", Name: "OpenAI"}},
		Clouds:   []result.Entity{{ID: "azure", Name: "Azure", Owner: "microsoft"}},
		Alliances: []result.Alliance{
			{ID: "openai_azure", Lab: "openai", Cloud: "azure", Terms: []string{"share: 1"}},
		},
		Events: []result.Event{{ID: "e", Name: "E", Source: "a.txt"}},
		Assumptions: []result.Assumption{
			{Path: "openai.cash", Text: "1", Constant: true, Value: 1, Unit: "USD bn"},
			{Path: "openai_azure.capital.life", Text: "inf", Constant: true, Value: math.Inf(1)},
			{Path: "openai.opex.initial", Text: "student(1, 0, 1)", Mean: nan, SD: math.Inf(1), P1: -31.8, P5: -6.3, P50: 0, P95: 6.3, P99: 31.8, Quantiles: []float64{-1, 0, 1}, Truncated: "below 0"},
		},
		GridP: []float64{0, 0.5, 1},
		Metrics: []result.Metric{
			{Name: "azure.exposure", Unit: "USD bn", Kind: result.Stock, ByYear: []result.Stat{{
				Year: 1, Date: "2026-12-31", Defined: 1, Mean: 0.1 + 0.2, SE: 1e-9, SD: 1e21, Min: -5, Max: math.Copysign(0, -1),
				P1: 1, P5: 2, P10: 3, P25: 4, P50: 5, P75: 6, P90: 7, P95: 8, P99: 9, ES1: 10, ES5: 11, ES95: 12, ES99: 13,
				SEP5: 14, SEP50: 15, SEP95: 16, SEES95: nan, Above0: 0.25, SEAbove0: 17, Grid: []float64{1, 2, nan},
				SESD: 18, SEP1: 19, SEP10: 20, SEP25: 21, SEP75: 22, SEP90: 23, SEP99: nan, SEES1: 24, SEES5: 25, SEES99: nan,
			}}},
			{Name: "azure.npv", Unit: "USD bn", Kind: result.Trial, Total: &result.Stat{
				Mean: nan, SE: nan, SD: nan, Min: nan, Max: nan, P1: nan, P5: nan, P10: nan, P25: nan, P50: nan, P75: nan, P90: nan,
				P95: nan, P99: nan, ES1: nan, ES5: nan, ES95: nan, ES99: nan, SEP5: nan, SEP50: nan, SEP95: nan, SEES95: nan,
			}},
		},
		Comparisons: []result.Comparison{
			{A: "azure", B: "aws", Metric: result.Metric{Name: "exposure", Unit: "USD bn", Kind: result.Stock, ByYear: []result.Stat{{
				Year: 1, Date: "2026-12-31", Defined: 1, Mean: -2, SEES95: nan, Above0: 0.25, Grid: []float64{-3, -2, 4}}}}},
			{A: "azure", B: "aws", Metric: result.Metric{Name: "npv", Unit: "USD bn", Kind: result.Trial, Total: &result.Stat{Mean: 3}}},
		},
		Drivers: []result.Drivers{{Metric: "azure.exposure", Year: 1, Trials: 3, Inputs: []result.Driver{
			{Path: "openai.cash", Rank: result.Estimate{Value: 0.5, Low: 0.25, High: 0.75}, Share: result.Estimate{Value: -0.001, Low: nan, High: nan}}}},
			{Metric: "azure.npv", Trials: 3}},
		Convergence: []result.Convergence{{Metric: "azure.npv", Points: []result.RunningMean{{Trials: 1, Mean: 3, SE: nan}, {Trials: 3, Mean: 2, SE: 0.5}}}},
	}
}

func writeJSON(t *testing.T, r *result.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestJSONGolden(t *testing.T) { golden(t, "small.json", writeJSON(t, small())) }

func TestJSONRoundTrip(t *testing.T) {
	for _, r := range []*result.Result{small(), realistic()} {
		text := writeJSON(t, r)
		back, err := ReadJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if at := differ(reflect.ValueOf(*r), reflect.ValueOf(*back), "Result"); at != "" {
			t.Errorf("%s came back different", at)
		}
		if again := writeJSON(t, back); !bytes.Equal(again, text) {
			t.Error("written again, the bytes differ")
		}
	}
}

// differ says where a and b differ, to the bit but for the payload of NaN.
func differ(a, b reflect.Value, at string) string {
	switch a.Kind() {
	case reflect.Float64:
		x, y := a.Float(), b.Float()
		if math.IsNaN(x) && math.IsNaN(y) || math.Float64bits(x) == math.Float64bits(y) {
			return ""
		}
		return at
	case reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			if a.IsNil() != b.IsNil() {
				return at
			}
			return ""
		}
		return differ(a.Elem(), b.Elem(), at)
	case reflect.Slice:
		if a.Len() != b.Len() || a.IsNil() != b.IsNil() {
			return at
		}
		for i := range a.Len() {
			if d := differ(a.Index(i), b.Index(i), at+"[]"); d != "" {
				return d
			}
		}
		return ""
	case reflect.Struct:
		for i := range a.NumField() {
			if d := differ(a.Field(i), b.Field(i), at+"."+a.Type().Field(i).Name); d != "" {
				return d
			}
		}
		return ""
	}
	if a.Interface() != b.Interface() {
		return at
	}
	return ""
}

func TestReadJSONRefuses(t *testing.T) {
	good := string(writeJSON(t, small()))
	replace := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("nothing to replace: %s", old)
		}
		return strings.Replace(good, old, new, 1)
	}
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "ends too early"},
		{"half", good[:len(good)/2], "ends too early"},
		{"no JSON", "<html>", "line 1"},
		{"a list", "[1]", "line 1"},
		{"another object", `{"a": 1}`, "not a result of entente"},
		{"another format", replace(`"format": 1`, `"format": 2`), "reads format 1"},
		{"trailing garbage", good + "x", "after the end"},
		{"a second object", good + good, "after the end"},
		{"an unknown field", replace(`"run":`, `"walk": 1, "run":`), `"walk"`},
		{"an unknown figure", replace(`"mean":`, `"average": 1, "mean":`), `"average"`},
		{"a missing figure", replace(`"se_p5": 14, `, ""), `no "se_p5"`},
		{"no run", replace(`"run": {"trials":3,"seed":18446744073709551615,"sampler":"random","start":"2026-01-01","years":1},`, ""), `no "run"`},
		{"an unknown kind", replace(`"stock"`, `"level"`), `"level"`},
		{"a total of a stock", replace(`"kind": "trial"`, `"kind": "flow"`), `no "total"`},
		{"a text for a number", replace(`"p1": 1,`, `"p1": "many",`), "many"},
		{"too few years", replace(`"years":1`, `"years":2`), "1 years, the run 2"},
		{"a grid of another length", replace(`"grid": [1,2,null]`, `"grid": [1,2]`), "grid"},
		{"a comparison with nothing", replace(`"b": "aws", `, ""), `without "a", "b"`},
		{"a comparison of too few years", replace("}]},\n  {\"a\"", "}, {}]},\n  {\"a\""), `no "year"`},
		{"an unknown field of a driver", replace(`"share_of_variance"`, `"share"`), `"share"`},
		{"a metric twice", replace(`"azure.npv"`, `"azure.exposure"`), "twice"},
	} {
		_, err := ReadJSON(strings.NewReader(c.text))
		if err == nil {
			t.Errorf("%s: read without an error", c.name)
		} else if !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "result.json: ") {
			t.Errorf("%s: error %q does not say %q", c.name, err, c.want)
		}
	}
}

// A result of before there were comparisons, drivers and convergence is read as ever.
func TestReadJSONOfBefore(t *testing.T) {
	r := small()
	r.Comparisons, r.Drivers, r.Convergence = nil, nil, nil
	text := writeJSON(t, r)
	for _, key := range []string{"comparisons", "drivers", "convergence"} {
		if bytes.Contains(text, []byte(key)) {
			t.Errorf("%q is written where there are none", key)
		}
	}
	back, err := ReadJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if at := differ(reflect.ValueOf(*r), reflect.ValueOf(*back), "Result"); at != "" {
		t.Errorf("%s came back different", at)
	}
}

func TestWriteJSONRefusesAMetricTwice(t *testing.T) {
	r := small()
	r.Metrics = append(r.Metrics, r.Metrics[0])
	if err := WriteJSON(new(bytes.Buffer), r); err == nil {
		t.Error("two metrics of one name were written")
	}
}

// Numbers are written as encoding/json writes them.
func TestNumbersAsJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	list := []float64{0, math.Copysign(0, -1), 1, -1, 1e-6, 9.99e-7, 1e-9, 1.5e-10, 1e20, 1e21, -1e21, 1e100, 5e-324, math.MaxFloat64}
	for range 20_000 {
		if f := math.Float64frombits(r.Uint64()); !math.IsNaN(f) && !math.IsInf(f, 0) {
			list = append(list, f)
		}
		list = append(list, r.NormFloat64()*math.Pow(10, float64(r.IntN(40)-20)))
	}
	for _, f := range list {
		want, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if got := appendNumber(nil, f); string(got) != string(want) {
			t.Fatalf("%v is %s, want %s", f, got, want)
		}
	}
}

// TestEarlierJSON reads a result of before these standard errors: it has none of them.
func TestEarlierJSON(t *testing.T) {
	text := string(writeJSON(t, small()))
	late := regexp.MustCompile(`, "se_(sd|p1|p10|p25|p75|p90|p99|es1|es5|es99)": [^,}]*`)
	if len(late.FindAllString(text, -1)) < 20 {
		t.Fatal(text)
	}
	r, err := ReadJSON(strings.NewReader(late.ReplaceAllString(text, "")))
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Metrics[0].ByYear[0]; !math.IsNaN(s.SEP10) || !math.IsNaN(s.SESD) || s.SEP5 != 14 {
		t.Errorf("%+v", s)
	}
}
