package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"testing"

	"entente/sim/result"
)

func est(value, low, high float64) result.Estimate {
	return result.Estimate{Value: value, Low: low, High: high, SE: math.Round(1e9*(high-low)/4) / 1e9}
}

// What cannot be negative is never written as negative, and what is not told from 0 says how large
// it may be.
func TestIndexCell(t *testing.T) {
	nan := math.NaN()
	for _, test := range []struct {
		e    result.Estimate
		want string
	}{
		{est(0.138, 0.128, 0.148), "13.8 ± 0.5"},
		{est(0.0025, 0.0001, 0.0049), "0.25 ± 0.12"},
		{est(0.002, -0.001, 0.005), "< 0.50"},
		{est(-0.004, -0.012, 0.004), "< 0.80"}, // about 0
		{est(-0.004, -0.006, -0.002), "< 0.20"},
		{est(0, 0, 0), "0"},
		{est(1, 1, 1), "100"},
		{est(nan, nan, nan), "–"},
		{est(0.3, nan, nan), "30.0"},
		{est(-0.3, nan, nan), "0.0"},
	} {
		if got := strings.ReplaceAll(indexCell(test.e), nbsp, " "); got != test.want {
			t.Errorf("%v is %q, want %q", test.e, got, test.want)
		}
	}
}

func TestSwingWords(t *testing.T) {
	for _, test := range []struct {
		unit       string
		e          result.Estimate
		cell, word string
	}{
		{"USD bn", est(314, 300, 328), "+314 ± 7", "+$314 ± 7 bn"},
		{"USD bn", est(-3.51, -3.76, -3.26), "−3.51 ± 0.12", "−$3.51 ± 0.12 bn"},
		{"probability", est(0.02, 0.015, 0.025), "+2.00 ± 0.25", "+2.00 ± 0.25 %"},
		{"years", est(0, 0, 0), "0", "0 years"},
		{"", est(5, math.NaN(), math.NaN()), "+5", "+5"},
	} {
		sc := unitScale(test.unit)
		cell, words := strings.ReplaceAll(swingCell(sc, test.e), nbsp, " "), strings.ReplaceAll(swingWords(sc, test.e), nbsp, " ")
		if cell != test.cell || words != test.word {
			t.Errorf("%v %s is %q and %q, want %q and %q", test.e, test.unit, cell, words, test.cell, test.word)
		}
	}
}

func TestSqueeze(t *testing.T) {
	for _, test := range []struct {
		path  string
		runes int
		want  string
	}{{"openai.cash", 11, "openai.cash"}, {"anthropic.revenue.growth.initial", 16, "anthr…th.initial"}} {
		if got := squeeze(test.path, test.runes); got != test.want || len([]rune(got)) > test.runes {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

const noGood = `=cmd|' /C calc'!A0<script>alert(1)</script>` + "\x1b[31m"

// sensitivities are one of each method, with texts that mean no good.
func sensitivities() []*result.Sensitivity {
	nan := math.NaN()
	about := result.Scenario{Name: noGood, SHA256: "abc", Argument: "my file.yaml", Overrides: []string{"openai.cash=4"}}
	run := result.Run{Trials: 4096, Seed: 3, Sampler: "sobol", Start: "2027-01-01", Years: 5}
	few := run
	few.Trials = 200
	assumptions := []result.Assumption{{Path: "openai.cash", Text: "20 to 60", Unit: "USD bn", Source: "Somebody [press] https://example.com/x", Mean: 38, P5: 20, P95: 60, Quantiles: []float64{20, 30, 40, 60}}}
	given := &result.Sensitivity{Version: "1", Scenario: about, Run: few, Method: result.GivenData, Simulated: 4096, Inputs: 330, Assumptions: assumptions, PartialTrials: 711,
		Associations: []result.Associations{
			{Quantity: noGood, Unit: "USD bn", Mean: 100, SE: 1, SD: 60, Inputs: []result.Association{
				{Path: "openai.cash", Rank: est(0.386, 0.372, 0.400), Partial: est(-0.462, -0.473, -0.451), Share: est(0.138, 0.128, 0.148), Delta: est(0.153, 0.147, 0.159)},
				{Path: noGood, Rank: est(-0.001, -0.016, 0.014), Partial: est(nan, nan, nan), Share: est(-0.004, -0.007, -0.001), Delta: est(-0.002, -0.012, 0.008)},
			}},
			{Quantity: "azure.npv", Unit: "USD bn"},
		}}
	for range 40 {
		a := &given.Associations[0]
		a.Inputs = append(a.Inputs, a.Inputs[1])
	}
	sobol := &result.Sensitivity{Version: "1", Scenario: about, Run: run, Method: result.Sobol, Simulated: 9999, Inputs: 330, Chosen: "2", Assumptions: assumptions,
		Indices: []result.Indices{
			{Quantity: "azure.npv", Unit: "USD bn", Mean: 100, SE: 1, SD: 60, Sum: est(0.67, 0.64, 0.70), Groups: []result.Index{
				{Name: "openai.cash +1", Inputs: []string{"openai.cash", "openai.opex"}, First: est(0.13, 0.11, 0.15), Total: est(0.30, 0.24, 0.36)},
				{Name: noGood, Inputs: []string{noGood}, First: est(-0.0011, -0.003, 0.0008), Total: est(0.01, 0.004, 0.016)},
				{Name: result.OtherInputs, Inputs: []string{"a", "b"}, First: est(0, 0, 0), Total: est(0.1, 0.05, 0.15)},
				{Name: result.Chance, First: est(0.4, 0.3, 0.5), Total: est(0.5, 0.4, 0.6)},
			}},
			{Quantity: "azure.loss", Unit: "USD bn", Sum: est(nan, nan, nan), Groups: []result.Index{{Name: "openai.cash", Inputs: []string{"openai.cash"}, First: est(nan, nan, nan), Total: est(nan, nan, nan)}}},
		}}
	tornado := &result.Sensitivity{Version: "1", Scenario: about, Run: run, Method: result.OneByOne, Simulated: 9999, Inputs: 330, Chosen: "openai.*, x", Assumptions: assumptions,
		Tornados: []result.Tornado{
			{Statistic: "p95(azure.npv)", Unit: "USD bn", Value: 420, SE: 4, Swings: []result.Swing{
				{Path: "openai.cash", Unit: "USD bn", Low: 24.13, High: 55.02, AtLow: 270, SEAtLow: 4, AtHigh: 585, SEAtHigh: 8, Swing: est(315, 308, 322)},
				{Path: noGood, Unit: noGood, Low: 0.1, High: 0.9, AtLow: 421, SEAtLow: 4, AtHigh: 419, SEAtHigh: 4, Swing: est(-2, -5, 1)},
				{Path: "openai.opex", Unit: "share", Low: 0.1, High: 0.1, AtLow: 420, AtHigh: 420, Swing: est(0, 0, 0), With: []string{"openai.cash"}},
			}},
			{Statistic: "mean(openai.failed)", Unit: "probability", Swings: []result.Swing{{Path: "openai.cash", Unit: "USD bn", Low: 24, High: 55}}},
			{Statistic: "max(azure.npv)", Unit: "", Value: 1000, SE: nan},
		}}
	return []*result.Sensitivity{given, sobol, tornado}
}

func TestSensitivityTable(t *testing.T) {
	for k, want := range [][]string{
		{"openai.cash .*0.386 ± 0.007 .*−0.462 ± 0.005 .*13.8 ± 0.5 .*15.30 ± 0.30", "± is a standard error\\. The files have 95 % intervals", "no extra runs", "because 200 trials are too few for 330 inputs: it takes 711 trials", "< 0.30 .*< 1.0 ", "–", "27 more inputs are in the files", "is the same in every trial", "Of 330 inputs, some 8 would"},
		{"openai.cash \\+1 .*13.0 ± 1.0 .*30.0 ± 3.0", "< 0.19", "all other assumptions +0 +10.0 ± 2.5", "chance", "sum of S +67.0 ± 1.5", "openai.cash \\+1: openai.cash, openai.opex, which are correlated", "the 2 of 330 inputs"},
		{"openai.cash +24.13 +55.02 +270 +585 +\\+315.0 ± 3.5", "−2.0 ± 1.5", "openai.opex +0.1 +0.1 +420 +420 +0", "while it moves, as no --set does it: openai.opex\\.", "It is the same at both ends of the one input that was moved", "match openai.\\*, x, of 330"},
	} {
		for _, width := range []int{0, 60, 200} {
			var b bytes.Buffer
			if err := WriteSensitivityTable(&b, sensitivities()[k], TableOptions{Width: width}); err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(b.String(), nbsp, " ")
			if strings.Contains(text, "\x1b") || strings.Contains(text, "−0.4 ") || strings.Contains(text, "< −") {
				t.Errorf("method %d steers the terminal, or is negative:\n%s", k, text)
			}
			for _, line := range strings.Split(text, "\n") {
				if width > 0 && len([]rune(line)) > width && !strings.Contains(line, "mean") {
					t.Errorf("method %d, width %d: %q", k, width, line)
				}
			}
			if width == 60 {
				if !strings.Contains(text, "…") {
					t.Errorf("method %d: no name gives way:\n%s", k, text)
				}
				continue
			}
			flat := strings.ReplaceAll(text, "\n", " ")
			for _, w := range want {
				if !regexp.MustCompile(w).MatchString(text) && !regexp.MustCompile(w).MatchString(flat) {
					t.Errorf("method %d, width %d lacks %q:\n%s", k, width, w, text)
				}
			}
		}
	}
}

func TestSensitivityJSON(t *testing.T) {
	for _, s := range sensitivities() {
		var b bytes.Buffer
		if err := WriteSensitivityJSON(&b, s); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Kind, Method, Note string
			Results            []struct {
				Quantity, Statistic string
				Inputs              []struct {
					Path    string
					Partial []*float64      `json:"partial_rank_correlation"`
					Share   []*float64      `json:"share_of_variance"`
					Told    map[string]bool `json:"told_from_0"`
				}
				Groups []struct {
					Group string
					First []*float64      `json:"first_order"`
					Told  map[string]bool `json:"told_from_0"`
				}
				Swings []struct {
					Low   float64
					Swing []*float64
					SE    map[string]float64
					With  []string        `json:"correlated_with"`
					Told  map[string]bool `json:"told_from_0"`
				}
			}
		}
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatalf("%s: %v\n%s", s.Method, err, b.String())
		}
		if got.Kind != "sensitivity" || got.Method != s.Method || !strings.Contains(got.Note, "told_from_0") || len(got.Results) != len(s.Associations)+len(s.Indices)+len(s.Tornados) {
			t.Errorf("%+v", got)
		}
		r := got.Results[0]
		switch s.Method {
		case result.GivenData:
			if in := r.Inputs[1]; len(r.Inputs) != 42 || in.Partial[0] != nil || *in.Share[0] != -0.004 || in.Told["delta"] || !r.Inputs[0].Told["share_of_variance"] || r.Quantity != noGood {
				t.Errorf("%+v", in)
			}
		case result.Sobol:
			if g := r.Groups[1]; *g.First[2] != 0.0008 || g.Told["first_order"] || !g.Told["total"] {
				t.Errorf("%+v", g)
			}
		case result.OneByOne:
			if w := r.Swings; w[0].Low != 24.13 || w[0].SE["swing"] != 3.5 || len(w[2].With) != 1 || !w[0].Told["swing"] || w[1].Told["swing"] || r.Statistic != "p95(azure.npv)" {
				t.Errorf("%+v", w)
			}
		}
	}
}

func TestSensitivityCSV(t *testing.T) {
	for k, want := range []struct {
		rows int
		line string
	}{
		{4 * 42, `given-data,"'=cmd|' /C calc'!A0<script>alert(1)</script>` + "\x1b" + `[31m",USD bn,openai.cash,rank_correlation,0.386,0.007,0.372,0.4,true,,,,`},
		{2*5 + 2, `sobol,azure.npv,USD bn,all other assumptions,total,0.1,0.025,0.05,0.15,true,,,,`},
		{4, `tornado,p95(azure.npv),USD bn,openai.cash,swing,315,3.5,308,322,true,24.13,55.02,270,585`},
	} {
		var b bytes.Buffer
		if err := WriteSensitivityCSV(&b, sensitivities()[k]); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) != 1+want.rows {
			t.Errorf("method %d has %d rows, %v", k, len(rows)-1, err)
			continue
		}
		var line bytes.Buffer
		out := csv.NewWriter(&line)
		found := false
		wanted, _ := csv.NewReader(strings.NewReader(want.line)).Read()
		for _, row := range rows {
			found = found || strings.Join(row, "\x00") == strings.Join(wanted, "\x00")
			for _, cell := range row {
				if strings.HasPrefix(cell, "=") {
					t.Errorf("a formula: %q", cell)
				}
			}
		}
		if out.Flush(); !found {
			t.Errorf("method %d has no %q: %q", k, want.line, rows[1:3])
		}
	}
}

var chartsOf = regexp.MustCompile(`(?s)<script type="application/json" id="charts">(.*?)</script>`)

func TestSensitivityHTML(t *testing.T) {
	for k, want := range [][]string{
		{"It goes most with openai.cash", "12 more inputs are in sensitivity.csv", "Its mean is $100.0", "hangs on none of the inputs"},
		{"13.0 ± 1.0 % of the variance by itself, 30.0 ± 3.0 % with all", "explain 67.0 ± 1.5 %; the rest is interaction", "openai.cash +1: openai.cash, openai.opex", "hangs on nothing"},
		{"It swings most with openai.cash: as that goes from $24.13 bn to $55.02 bn, by +$315.0 ± 3.5 bn", "It is the same at both ends of the one input", `<i class="c1 solid">`, "There is no input to move"},
	} {
		s := sensitivities()[k]
		var b bytes.Buffer
		if err := WriteSensitivityHTML(&b, s); err != nil {
			t.Fatal(err)
		}
		page := strings.NewReplacer(nbsp, " ", "&#43;", "+").Replace(b.String())
		for _, w := range append(want, "entente sensitivity &#39;my file.yaml&#39; --method "+s.Method, "How to read it", "https://example.com/x", "20 to 60") {
			if !strings.Contains(page, w) {
				t.Errorf("%s lacks %q", s.Method, w)
			}
		}
		for _, bad := range []string{"<script>alert", "\x1b", "< −", "S, −"} {
			if strings.Contains(page, bad) {
				t.Errorf("%s has %q", s.Method, bad)
			}
		}
		var charts map[string]struct {
			Option struct {
				Series []struct {
					Name string
					Data []any
				}
			}
		}
		if err := json.Unmarshal([]byte(chartsOf.FindStringSubmatch(b.String())[1]), &charts); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(page, ` data-chart=`); n != len(charts) || n != []int{2, 1, 1}[k] {
			t.Errorf("%s has %d charts, and draws %d", s.Method, n, len(charts))
		}
		for id, c := range charts {
			for _, series := range c.Option.Series {
				if strings.Contains(id, "rank") || s.Method == result.OneByOne {
					continue
				}
				for _, point := range series.Data {
					if p, ok := point.([]any); ok && p[0] != nil && p[0].(float64) < 0 {
						t.Errorf("%s draws %s at %v", id, series.Name, p)
					}
				}
			}
		}
		if s.Method == result.OneByOne && !strings.Contains(b.String(), `"formatter":"24.13"`) {
			t.Error("the ends are not labelled with the input's own values")
		}
	}
}

// In a browser the charts are drawn, none of their labels is cut, neither wide nor narrow, and the
// page asks for nothing and can be read by everybody.
func TestBrowserSensitivity(t *testing.T) {
	ctx := browser(t)
	for k, s := range sensitivities() {
		t.Run(s.Method, func(t *testing.T) {
			var page bytes.Buffer
			if err := WriteSensitivityHTML(&page, s); err != nil {
				t.Fatal(err)
			}
			b := openPage(t, ctx, page.Bytes(), []string{"light", "dark", "light"}[k])
			for _, width := range []int64{1280, 360} {
				b.size(width, 900)
				if width < 480 {
					b.until("[...document.querySelectorAll('[data-chart]')].every(e => e.dataset.narrow === 'yes')")
				}
				b.readThrough()
				if bad := eval[[]string](b, "[...document.querySelectorAll('[data-chart]')].filter(e => { const o = e.getBoundingClientRect(); const texts = [...e.querySelectorAll('text')]; return texts.length < 5 || texts.some(x => { const r = x.getBoundingClientRect(); return r.left < o.left - 1 || r.right > o.right + 1 || r.bottom > o.bottom + 1 || r.top < o.top - 1 }) }).map(e => e.dataset.chart)"); len(bad) > 0 {
					t.Errorf("at %d labels are missing or cut in %v", width, bad)
				}
				if over := eval[int](b, "document.documentElement.scrollWidth"); over > int(width) {
					t.Errorf("at %d the page is %d wide", width, over)
				}
			}
			b.quiet()
			b.accessible(contrast, structure)
		})
	}
}
