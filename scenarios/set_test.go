package scenarios

import (
	"errors"
	"math"
	"strings"
	"testing"

	"entente/models"
	"entente/sim/dist"
)

// small loads testdata/small.good.yaml with overrides.
func small(t *testing.T, set ...string) (*Scenario, error) {
	t.Helper()
	return Load("testdata/small.good.yaml", Options{Set: set})
}

func TestSet(t *testing.T) {
	lab := func(s *models.System) *models.Lab { return &s.Labs[0] }
	for _, c := range []struct {
		set string
		get func(s *models.System) float64
		now float64
	}{
		{"openai.opex=0.9", func(s *models.System) float64 { return lab(s).Opex.Initial.Const }, 0.9},
		{"openai.cash=40", func(s *models.System) float64 { return lab(s).Cash.Const }, 40},
		{"horizon.years=5", func(s *models.System) float64 { return float64(s.Years) }, 5},
		{"discount_rate=0.08", func(s *models.System) float64 { return s.DiscountRate.Const }, 0.08},
		{"openai.revenue.growth.initial=0.7", func(s *models.System) float64 { return lab(s).Revenue.Growth.Initial.Const }, 0.7},
		{"openai_azure.commitments.0.amount=60", func(s *models.System) float64 { return s.Alliances[0].Commitments[0].Amount.Const }, 60},
		{"openai_azure.commitments.0=null", func(s *models.System) float64 { return s.Alliances[0].Commitments[0].Amount.Const }, 10},
		{"openai_azure.commitments.1.start=2029-01-01", func(s *models.System) float64 { return s.Alliances[0].Commitments[1].Start }, 2},
		{"openai_azure.churn.annual_rate=0.1", func(s *models.System) float64 { return s.Alliances[0].Churn.AnnualRate.Const }, 0.1},
		{"openai_azure.share.initial=0.5", func(s *models.System) float64 { return s.Alliances[0].Share.Initial.Const }, 0.5},
		{"openai.valuation=null", func(s *models.System) float64 { return float64(len(s.Alliances[0].Stakes)) }, -1},
		{"openai_azure.stakes=[]", func(s *models.System) float64 { return float64(len(s.Alliances[0].Stakes)) }, 0},
		{"labs.openai.opex=0.7", func(s *models.System) float64 { return lab(s).Opex.Initial.Const }, 0.7},
		{"openai.opex={initial: 1, long_run: 0.3, half_life: 2}", func(s *models.System) float64 { return lab(s).Opex.LongRun.Const }, 0.3},
		{"events={e: {at: 2028-01-01, effects: [{path: openai.opex, set: 1}]}}", func(s *models.System) float64 { return s.Events[0].At }, 1},
		{"metrics.m=azure.exposure * 2", func(s *models.System) float64 { return float64(len(s.Metrics)) }, 1},
		{"sources.me={title: Me}", func(s *models.System) float64 { return 0 }, 0},
	} {
		s, err := small(t, c.set)
		switch {
		case c.now < 0 && err == nil:
			t.Errorf("%s was taken", c.set)
		case c.now < 0:
		case err != nil:
			t.Errorf("%s:\n%v", c.set, err)
		default:
			if got := c.get(s.System); math.Abs(got-c.now) > 1e-15 {
				t.Errorf("%s: it is %v, not %v", c.set, got, c.now)
			}
			if o := s.Facts.Scenario.Overrides; len(o) != 1 || o[0] != c.set {
				t.Errorf("%s: overrides are %q", c.set, o)
			}
		}
	}
}

// TestSetGlide turns a value that does not move into one that does, in two steps.
func TestSetGlide(t *testing.T) {
	s, err := small(t, "openai_azure.share.long_run=0.2", "openai_azure.share.half_life=3")
	if err != nil {
		t.Fatal(err)
	}
	if g := s.System.Alliances[0].Share; !g.Moves || g.Initial.Const != 0.7 || g.LongRun.Const != 0.2 || g.HalfLife.Const != 3 {
		t.Errorf("the share is %+v", g)
	}
}

// TestSetCorrelated addresses what has no id: by the name of its section.
func TestSetCorrelated(t *testing.T) {
	s, err := Load("testdata/correlated.good.yaml", Options{Set: []string{"correlations.1.rho=0.25", "correlations.0.rho=0.5",
		"factors.demand.shocks.openai.revenue=0.1", "factors.rates=null"}})
	if err != nil {
		t.Fatal(err)
	}
	in, sh := correlations(s.System.InputMixes), correlations(s.System.ShockMixes)
	if got := in[[2]string{"openai.revenue.growth.initial", "openai.opex"}]; math.Abs(got-0.25) > 1e-12 {
		t.Errorf("rho is %v", got)
	}
	if got := sh[[2]string{"openai.revenue", "azure.revenue"}]; math.Abs(got-0.08) > 1e-12 {
		t.Errorf("the loadings make %v", got)
	}
	if _, ok := sh[[2]string{"openai.growth", "openai.growth"}]; ok {
		t.Error("a factor that was removed is still there")
	}
}

// TestMergeByFormat merges entities whose ids look like distributions and values.
func TestMergeByFormat(t *testing.T) {
	text := "entente: 1\nextends: testdata/small.good.yaml\nlabs: {beta: {revenue: {run_rate: 1}}, value: {revenue: {run_rate: 2}}}\nmetrics: {value: azure.exposure}\n"
	s, err := Load("-", Options{Stdin: strings.NewReader(text), Set: []string{"beta.opex=0.5"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.System.Labs) != 3 || s.System.Labs[1].Opex.Initial.Const != 0.5 {
		t.Errorf("labs are %+v", s.System.Labs)
	}
}

func TestSetRemovesAndIsLast(t *testing.T) {
	s, err := small(t, "openai.cash=null", "openai.failure=null", "openai.opex=1", "openai.opex=normal(1, 0.1)")
	if err != nil {
		t.Fatal(err)
	}
	l := s.System.Labs[0]
	if l.Cash != nil || l.Failure != nil || l.Opex.Initial.Dist == nil {
		t.Errorf("cash %v, failure %v, opex %v", l.Cash, l.Failure, l.Opex)
	}
	if len(s.Facts.Assumptions) == 0 || s.Facts.Assumptions[0].Path != "azure.revenue.run_rate" {
		t.Errorf("an override moved the first assumption: %+v", s.Facts.Assumptions[0])
	}
}

// TestSetBad looks at the message, its place and its hint.
func TestSetBad(t *testing.T) {
	for _, c := range []struct {
		set, message, hint string
		column             int
	}{
		{"openai.cahs=4", `: there is no "openai.cahs" to set`, `did you mean "openai.cash"?`, 1},
		{"opnai.cash=4", `: there is no "opnai.cash" to set`, `did you mean "openai.cash"?`, 1},
		{"openai.cash.mean=4", `: there is no "openai.cash.mean" to set`, "", 1},
		{"openai_azure.commitments.2.amount=4", `: there is no "openai_azure.commitments.2.amount" to set: the list has 2, counted from 0`, "", 1},
		{"openai_azure.commitments.x.amount=4", `: there is no "openai_azure.commitments.x.amount" to set`, "", 1},
		{"openai.cash", `: "openai.cash" sets nothing`, "PATH=VALUE", 1},
		{"openai.cash=", "openai.cash is set to nothing", "openai.cash=null removes it", 13},
		{"openai.cash=much", `: "much" is no number`, "", 13},
		{"openai.cash=normal(1, )", ": normal(mean, sd): sd is missing", "", 23},
		{"openai.cash=[1", ": this is not YAML", "", 15},
		{"openai.opex=-1", ": openai.opex must be at least 0, not -1", "", 13},
		{"openai.revenue={run_rate: 3, growht: 1}", `: unknown field "growht" in openai.revenue`, `did you mean "growth"?`, 30},
	} {
		_, err := small(t, c.set)
		var ds Diagnostics
		if !errors.As(err, &ds) || len(ds) != 1 {
			t.Errorf("%s: %v", c.set, err)
			continue
		}
		if got := ds[0].String(); !strings.HasPrefix(got, "--set "+c.set+": ") || !strings.Contains(got, c.message) || !strings.Contains(ds[0].Hint, c.hint) || ds[0].Column != c.column {
			t.Errorf("%s:\n%s\nat %d; want %s ... %s at %d", c.set, got, ds[0].Column, c.message, c.hint, c.column)
		}
	}
}

func TestExtends(t *testing.T) {
	s, err := Load("testdata/extended.good.yaml", Options{})
	if err != nil {
		t.Fatal(err)
	}
	l := s.System.Labs[0]
	switch {
	case s.Facts.Scenario.Name != "Extended":
		t.Errorf("the name is %q", s.Facts.Scenario.Name)
	case l.Cash != nil || l.Failure != nil:
		t.Error("null did not remove cash and failure")
	case l.Revenue.RunRate.Const != 20 || l.Revenue.Growth.LongRun.Const != 0.1:
		t.Errorf("revenue did not merge: %+v", l.Revenue)
	case l.Revenue.Growth.Initial.Dist == nil || !l.Opex.Moves:
		t.Errorf("growth and opex were not replaced: %+v, %+v", l.Revenue.Growth, l.Opex)
	case len(s.System.Alliances[0].Commitments) != 1 || s.System.Alliances[0].Commitments[0].Amount.Const != 70:
		t.Errorf("lists are replaced whole: %+v", s.System.Alliances[0].Commitments)
	}
	base, err := Load("testdata/small.good.yaml", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := s.Facts.Scenario.SHA256, base.Facts.Scenario.SHA256; a == b || len(a) != 64 {
		t.Errorf("hashes are %s and %s", a, b)
	}
	// A distribution and a map with a value are replaced whole, maps keep their order.
	text := "entente: 1\nextends: testdata/small.good.yaml\nclouds: {aws: {revenue: {run_rate: {p10: 1, p50: 2, p90: 4}}}, azure: {revenue: {run_rate: {value: 3, note: x}}}}\n"
	s, err = Load("-", Options{Stdin: strings.NewReader(text)})
	if err != nil {
		t.Fatal(err)
	}
	if c := s.System.Clouds; len(c) != 2 || c[0].ID != "azure" || c[1].ID != "aws" || c[0].Owner != "microsoft" || c[0].Revenue.RunRate.Const != 3 {
		t.Errorf("the clouds are %+v", c)
	}
	// What extends a built-in scenario is short.
	s, err = Load("-", Options{Stdin: strings.NewReader("entente: 1\nextends: baseline\nhorizon: {years: 3}\n")})
	if err != nil {
		t.Fatal(err)
	}
	if s.System.Years != 3 || s.Facts.Scenario.Argument != "-" {
		t.Errorf("%d years, argument %q", s.System.Years, s.Facts.Scenario.Argument)
	}
}

// TestMergeReplacesWhole puts a distribution over a map and a map over a distribution.
func TestMergeReplacesWhole(t *testing.T) {
	for _, c := range []struct{ set, text string }{
		{"{p10: 1, p50: 1.5, p90: 2}", "metalog(0.1: 1, 0.5: 1.5, 0.9: 2)"},
		{"{uniform: [1, 2]}", "uniform(1, 2)"},
		{"{value: 5, source: s}", "5"},
	} {
		text := "entente: 1\nextends: testdata/small.good.yaml\nlabs: {openai: {opex: " + c.set + "}}\n"
		s, err := Load("-", Options{Stdin: strings.NewReader(text)})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range s.Facts.Assumptions {
			if a.Path == "openai.opex" && a.Text != c.text {
				t.Errorf("%s became %s", c.set, a.Text)
			}
		}
	}
}

// TestMergeGlide puts a value over a glide, with where it is from.
func TestMergeGlide(t *testing.T) {
	for _, growth := range []string{"{value: 0.3, source: s}", "{value: 0.3}", "0.3"} {
		text := "entente: 1\nextends: testdata/small.good.yaml\nlabs: {openai: {revenue: {growth: " + growth + "}}}\n"
		s, err := Load("-", Options{Stdin: strings.NewReader(text)})
		if err != nil {
			t.Fatal(err)
		}
		if g := s.System.Labs[0].Revenue.Growth; g.Moves || g.Initial.Const != 0.3 {
			t.Errorf("%s became %+v", growth, g)
		}
	}
}

func TestHash(t *testing.T) {
	plain, _ := small(t)
	set, _ := small(t, "openai.opex=0.9")
	again, _ := small(t, "openai.opex=0.9")
	other, _ := small(t, "openai.opex=0.91")
	if plain.Facts.Scenario.SHA256 == set.Facts.Scenario.SHA256 || set.Facts.Scenario.SHA256 != again.Facts.Scenario.SHA256 || set.Facts.Scenario.SHA256 == other.Facts.Scenario.SHA256 {
		t.Error("the hash does not tell overrides apart")
	}
}

func TestLoadNames(t *testing.T) {
	for _, c := range []struct{ arg, message string }{
		{"baselin", `there is no scenario "baselin"; did you mean "baseline"?`},
		{"testdata", `for the file of this name write ./testdata`},
		{"./baseline", "no such file"},
		{"testdata/nothing.yaml", "no such file"},
		{"testdata/", "is a directory"},
	} {
		if _, err := Load(c.arg, Options{}); err == nil || !strings.Contains(err.Error(), c.message) {
			t.Errorf("%s: %v", c.arg, err)
		}
	}
}

// TestOpenEnd cuts a mass at the very end of an open range.
func TestOpenEnd(t *testing.T) {
	if _, err := small(t, "openai.revenue.run_rate=discrete(999: 5, 1: 0)"); err == nil {
		t.Fatal("a colon in a plain text is not YAML")
	}
	s, err := small(t, "openai.revenue.run_rate='discrete(999: 5, 1: 0)'")
	if err != nil {
		t.Fatal(err)
	}
	if got := dist.Point(s.System.Labs[0].Revenue.RunRate.Dist.(dist.Dist), 0.0005); got != 5 {
		t.Errorf("a run rate of %v", got)
	}
}

// TestText reads text distributions and looks at quantiles of what they became.
func TestText(t *testing.T) {
	for _, c := range []struct {
		path, text string
		p, x       float64
	}{
		{"openai.opex", "0.5 to 2", 0.5, 1},                           // lognormal: the geometric mean
		{"openai.cash", "-0.2 to 0.4", 0.5, 0.1},                      // normal: the middle
		{"openai.flexibility", "0.1 to 0.9", 0.5, 0.5},                // logit-normal on [0, 1]
		{"openai.flexibility", "0.1 to 0.9", 0.05, 0.1},               //
		{"openai.flexibility", "0.1 to 0.9", 0.95, 0.9},               //
		{"openai.flexibility", "'mixture(1: 0.1 to 0.9)'", 0.95, 0.9}, // the field's range holds inside, too
		{"openai.opex", " 5e-1 to  2.0 ", 0.95, 2},
		{"openai.cash", "'metalog(0.1: 1, 0.5: 2, 0.9: 4)'", 0.1, 1},
		{"openai.cash", "{p10: 1, p50: 2, p90: 4}", 0.9, 4},
		{"openai.opex", "truncate(uniform(0, 4), 2, inf)", 0.5, 3},
		{"openai.opex", "{truncate: [{uniform: [0, 4]}, 2, .inf]}", 0.5, 3},
		{"openai.opex", "'discrete(3: 1, 1: 5)'", 0.74, 1},
		{"openai.opex", "{discrete: [[3, 1], [1, 5]]}", 0.76, 5},
		{"openai.opex", "exponential(2)", 0.5, math.Ln2 / 2},
		{"openai.opex", "beta(1, 1, 2, 4)", 0.25, 2.5},
		{"openai_azure.margin", "uniform(-1, +1)", 0.5, 0},
		{"openai.cash", "-3 to -1", 0.5, -2},
	} {
		s, err := small(t, c.path+"="+c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		var d dist.Dist
		for _, v := range []models.Value{s.System.Labs[0].Opex.Initial, s.System.Labs[0].Flexibility, *s.System.Labs[0].Cash, s.System.Alliances[0].Margin} {
			if v.Path == c.path {
				d, _ = v.Dist.(dist.Dist)
			}
		}
		if d == nil {
			t.Errorf("%s became a constant", c.text)
		} else if got := dist.Point(d, c.p); math.Abs(got-c.x) > 1e-9 {
			t.Errorf("%s: the quantile at %v is %v, not %v", c.text, c.p, got, c.x)
		}
	}
}

func TestDates(t *testing.T) {
	day := func(s string) civil {
		c, hint, ok := parseCivil(s)
		if !ok {
			t.Fatalf("%s: %s", s, hint)
		}
		return c
	}
	for _, c := range []struct {
		start, date string
		years       float64
	}{
		{"2026-01-01", "2026-04-01", 0.25}, // the first of a quarter is a step's beginning, exactly
		{"2026-01-01", "2036-01-01", 10},
		{"2026-01-01", "2025-10-01", -0.25},
		{"2026-02-15", "2027-02-15", 1},
		{"2026-01-01", "2026-01-17", 1.0 / 31 * 16 / 12},
		{"2026-01-01", "2028-02-29", (25 + 28.0/29) / 12},
		{"2026-02-15", "2026-03-15", (1 + 14.0/31 - 14.0/28) / 12},
	} {
		if got := day(c.date).since(day(c.start)); math.Abs(got-c.years) > 1e-15 || c.years == math.Trunc(c.years*4)/4 && got != c.years {
			t.Errorf("from %s to %s are %v years, not %v", c.start, c.date, got, c.years)
		}
	}
	for _, bad := range []string{"2026-02-29", "2026-13-01", "2026-00-10", "26-01-01", "2026-1-1", "2026", "", "2026-01-01T00:00:00Z", "0000-01-01"} {
		if _, hint, ok := parseCivil(bad); ok || hint == "" {
			t.Errorf("%q was taken for a date, or refused without a hint", bad)
		}
	}
}

func TestNearest(t *testing.T) {
	for _, c := range []struct {
		a, b string
		d    int
	}{{"growth", "growht", 1}, {"a", "b", 1}, {"share", "shares", 1}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"abc", "abc", 0}} {
		if got := distance(c.a, c.b, 10); got != c.d {
			t.Errorf("from %q to %q are %d steps, not %d", c.a, c.b, got, c.d)
		}
	}
	if got := nearest("capitol", []string{"churn", "capital", "commitments"}); got != "capital" {
		t.Errorf("nearest to capitol is %q", got)
	}
	if got := nearest("zebra", []string{"churn", "capital"}); got != "" {
		t.Errorf("nothing is near zebra, and not %q", got)
	}
}
