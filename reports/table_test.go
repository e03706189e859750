package reports

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"

	"entente/sim/result"
)

func writeTable(t *testing.T, r *result.Result, opt TableOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteTable(&b, r, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTableGolden(t *testing.T) {
	golden(t, "table.txt", []byte(writeTable(t, realistic(), TableOptions{Width: 100})))
}

func TestTableWidths(t *testing.T) {
	for _, width := range []int{72, 80, 90, 120} {
		out := writeTable(t, realistic(), TableOptions{Width: width, Color: true})
		if !strings.Contains(out, "\x1b[") {
			t.Error("no colour")
		}
		for _, l := range strings.Split(out, "\n") {
			if w := text.StringWidthWithoutEscSequences(l); w > width {
				t.Errorf("width %d: a line of %d: %q", width, w, l)
			}
		}
	}
	if strings.Contains(writeTable(t, realistic(), TableOptions{}), "\x1b") {
		t.Error("an escape sequence without Color")
	}
}

// The two clouds that the answer is about are AWS and Azure where there are both.
func TestAnswers(t *testing.T) {
	exposure := func(id string, mean float64) result.Metric {
		return result.Metric{Name: id + ".exposure", Unit: "USD bn", Kind: result.Stock, ByYear: []result.Stat{{Year: 1, Mean: mean}}}
	}
	r := &result.Result{
		Clouds:  []result.Entity{{ID: "x"}, {ID: "azure"}, {ID: "y"}, {ID: "aws"}, {ID: "z"}},
		Metrics: []result.Metric{exposure("x", 50), exposure("azure", 2), exposure("y", math.NaN()), exposure("aws", 1)},
	}
	ids := func() string {
		first, rest := newFinder(r).answers()
		var s []string
		for _, e := range append(first, rest...) {
			s = append(s, e.ID)
		}
		return strings.Join(s, " ")
	}
	if got := ids(); got != "aws azure x y z" {
		t.Errorf("with aws and azure: %s", got)
	}
	r.Clouds[3].ID = "w"
	r.Metrics[3].Name = "w.exposure"
	if got := ids(); got != "x azure y w z" {
		t.Errorf("without aws: %s", got)
	}
}

// What is missing or has no value must not break the summary.
func TestTableOfLittle(t *testing.T) {
	for name, r := range odd() {
		out := writeTable(t, r, TableOptions{Width: 80})
		if strings.Contains(out, "NaN") {
			t.Errorf("%s: NaN in\n%s", name, out)
		}
	}
}

func TestTableKeepsTheTerminal(t *testing.T) {
	r := small()
	r.Clouds[0].Name = "Az\x1b[2Jure\u202e\n"
	if out := writeTable(t, r, TableOptions{}); strings.ContainsAny(out, "\x1b\u202e") {
		t.Errorf("a name steers the terminal: %q", out)
	}
}

// odd are results with something unusual about them.
func odd() map[string]*result.Result {
	all := map[string]*result.Result{"nothing": {}, "small": small()}
	one := *realistic() // one trial, so that no standard error exists
	one.Run.Trials = 1
	one.Metrics = nil
	for _, m := range realistic().Metrics {
		first := func(s result.Stat) result.Stat {
			x := s.Mean
			if s.Defined < 1 {
				x = math.NaN()
			}
			o := statOf([]float64{x}, s.Grid != nil)
			o.Year, o.Date = s.Year, s.Date
			return o
		}
		if m.Total != nil {
			s := first(*m.Total)
			m.Total = &s
		}
		years := m.ByYear
		m.ByYear = nil
		for _, s := range years {
			m.ByYear = append(m.ByYear, first(s))
		}
		one.Metrics = append(one.Metrics, m)
	}
	all["one trial"] = &one

	zero := *realistic() // all columns 0
	zero.Metrics = nil
	for _, m := range realistic().Metrics {
		flat := func(s result.Stat) result.Stat {
			o := statOf(make([]float64, 10), s.Grid != nil)
			o.Year, o.Date = s.Year, s.Date
			return o
		}
		if m.Total != nil {
			s := flat(*m.Total)
			m.Total = &s
		}
		years := m.ByYear
		m.ByYear = nil
		for _, s := range years {
			m.ByYear = append(m.ByYear, flat(s))
		}
		zero.Metrics = append(zero.Metrics, m)
	}
	all["all zero"] = &zero

	bare := *realistic() // one cloud, one lab, no grid, no valuation, no cash
	bare.Labs, bare.Clouds, bare.Investors, bare.Events, bare.Assumptions = bare.Labs[:1], bare.Clouds[1:2], nil, nil, nil
	bare.Alliances, bare.Metrics, bare.GridP = bare.Alliances[:1], nil, nil
	bare.Comparisons, bare.Drivers, bare.Convergence = nil, nil, nil
	for _, m := range realistic().Metrics {
		id, short, _ := strings.Cut(m.Name, ".")
		if id != "azure" && id != "openai" && id != "openai_azure" || short == "valuation" || short == "cash" || short == "equity" || short == "alive" || short == "failed" || short == "failure_time" {
			continue
		}
		if m.Total != nil {
			s := *m.Total
			s.Grid = nil
			m.Total = &s
		}
		years := m.ByYear
		m.ByYear = nil
		for _, s := range years {
			s.Grid = nil
			m.ByYear = append(m.ByYear, s)
		}
		bare.Metrics = append(bare.Metrics, m)
	}
	all["little"] = &bare
	return all
}

// A lab whose cash nobody follows can't fail, which is another thing than not failing.
func TestFailureWithoutCash(t *testing.T) {
	lab := result.Entity{ID: "openai", Name: "OpenAI"}
	r := &result.Result{
		Run:     result.Run{Trials: 100, Years: 10, Sampler: "random"},
		Labs:    []result.Entity{lab},
		Metrics: []result.Metric{{Name: "openai.failed", Kind: result.Trial, Total: &result.Stat{Defined: 1}}},
	}
	if got := newFinder(r).failure(lab); !strings.Contains(got, "can't fail") {
		t.Errorf("without cash: %s", got)
	}
	r.Assumptions = []result.Assumption{{Path: "openai.cash"}}
	if got := newFinder(r).failure(lab); !strings.Contains(got, "fails within 10 years in 0.0") {
		t.Errorf("with cash: %s", got)
	}
}

// Few trials are warned of, at the top, and what they do not support is left out of the sentences.
func TestFewTrials(t *testing.T) {
	const quantile, tail = "uture in ten", "over the worst 5\u00a0%"
	for _, c := range []struct {
		trials      int
		warning     string
		has, hasNot []string
	}{
		{1, "1\u00a0trial: one future, not a distribution", []string{"in this trial"}, []string{quantile, tail, "mean exposure to", "none of the", "are standard errors: how far"}},
		{19, "19\u00a0trials: too few for a distribution", nil, []string{quantile, tail}},
		{20, "20\u00a0trials: the tails", []string{quantile}, []string{tail}},
		{99, "99\u00a0trials: the tails", []string{quantile}, []string{tail}},
		{100, "", []string{quantile, tail}, nil},
	} {
		r := *realistic()
		r.Run.Trials = c.trials
		var b bytes.Buffer
		if err := WriteHTML(&b, &r); err != nil {
			t.Fatal(err)
		}
		_, page, _ := strings.Cut(b.String(), "<h1>")
		page, _, _ = strings.Cut(page, `id="exposure"`)
		table := strings.ReplaceAll(writeTable(t, &r, TableOptions{Width: 400}), " ", nbsp)
		if c.warning != "" && !strings.Contains(page, `id="warning">`+c.warning) {
			t.Errorf("the page of %d trials does not warn", c.trials)
		}
		if c.warning != "" && !strings.HasPrefix(table, strings.ReplaceAll("Warning: "+c.warning, " ", nbsp)) {
			t.Errorf("the summary of %d trials does not warn: %.80q", c.trials, table)
		}
		if c.warning == "" && (strings.Contains(page, `id="warning"`) || strings.Contains(table, "Warning")) {
			t.Errorf("%d trials are warned of", c.trials)
		}
		for _, s := range c.has {
			if !strings.Contains(page, s) {
				t.Errorf("the page of %d trials does not say %q", c.trials, s)
			}
		}
		for _, s := range c.hasNot {
			if strings.Contains(page, s) {
				t.Errorf("the page of %d trials says %q", c.trials, s)
			}
		}
		if inTen := strings.Contains(table, "one"+nbsp+"future"+nbsp+"in"+nbsp+"ten"); inTen != (c.trials >= 20) {
			t.Errorf("the summary of %d trials: one in ten is told: %v", c.trials, inTen)
		}
	}
}
