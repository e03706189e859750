package scenarios

import (
	"math"
	"slices"
	"strings"
	"testing"

	"entente/models"
)

const sane = "testdata/sane.good.yaml"

// warned loads a scenario and returns ID@path of all its warnings.
func warned(t *testing.T, name string, set ...string) (ids []string, all []Diagnostic) {
	t.Helper()
	s, _, err := load(name, Options{Set: set})
	if err != nil {
		t.Errorf("%s %q:\n%v", name, set, err)
		return nil, nil
	}
	all = slices.Concat(s.Warnings, s.Sanity)
	for _, d := range all {
		ids = append(ids, d.ID+"@"+d.Path)
	}
	return ids, all
}

// TestRules changes the sane scenario so that one rule after the other speaks, and no other does
// but those that have to.
func TestRules(t *testing.T) {
	if ids, all := warned(t, sane); len(ids) > 0 {
		t.Fatalf("without a change: %q\n%v", ids, Diagnostics(all))
	}
	said := map[string]bool{}
	for _, c := range []struct {
		want string // of what is given, separated by spaces
		say  string // in the message of the first
		set  []string
	}{
		{"unused@openai_azure.supplier", "has no capital that is built", []string{"openai_azure.capital=null"}},
		{"truncated@openai_azure.margin", "0.13 % of its mass was outside", []string{"openai_azure.margin=normal(0.4, 0.2)"}},
		{"", "", []string{"openai_azure.margin=normal(0.4, 0.15)"}}, // 0.003 % is not worth a word
		{"unknown-source@", `no source "reprot"`, []string{"openai_azure.revenue_share.rate={value: 0.2, source: reprot}"}},
		{"unknown-source@", `no source "elsewhere"`, []string{"openai_azure.revenue_share.rate={value: 0.2, source: elsewhere}"}},
		{"", "", []string{"openai_azure.revenue_share.rate={value: 0.2, source: The Information}"}}, // free text
		{"unused-market@other", "no lab is in the market other", []string{"markets.other={ceiling: 5}"}},
		{"unused-cloud@gcp", "nothing at stake", []string{"clouds.gcp={revenue: {run_rate: 5}}"}},
		{"unused-investor@softbank", "softbank holds no stake", []string{"investors.softbank={name: SoftBank}"}},
		{"few-trials@trials", "999 trials", []string{"trials=999"}},
		{"", "", []string{"trials=1000"}},

		{"unit-mistake@openai_azure.commitments.0.amount commitments-beyond-cash-flow@openai_azure.commitments.0.amount fails-in-the-median@openai.cash", "is it in millions?", []string{"openai_azure.commitments.0.amount=250000"}},
		{"unit-mistake@azure.revenue.growth.initial run-rate-beyond-the-economy@azure.revenue", "is it in percent?", []string{"azure.revenue.growth.initial=25"}},
		{"unit-mistake@azure.revenue.volatility", "is it in percent?", []string{"azure.revenue.volatility=6"}},
		{"unit-mistake@discount_rate", "is it in percent?", []string{"discount_rate=10"}},
		{"unit-mistake@openai_azure.capital.life", "days or months", []string{"openai_azure.capital.life=1800"}},
		{"unit-mistake@openai_azure.capital.intensity", "percent", []string{"openai_azure.capital.intensity=300"}},
		{"very-wide@openai_azure.stakes.0.cost", "a factor of", []string{"openai_azure.stakes.0.cost=0.1 to 500"}},
		{"", "", []string{"openai_azure.stakes.0.cost=1 to 100"}},
		{"receivable-days-over-a-year@openai_azure.receivable_days", "paid after 500 days", []string{"openai_azure.receivable_days=500"}},
		{"margin-very-negative@openai_azure.margin", "loses 0.6 on", []string{"openai_azure.margin=-0.6"}},
		{"margin-very-negative@openai_azure.resale", "loses 0.6 on", []string{"openai_azure.resale.margin=0.1", "openai_azure.resale.payback=0.7"}},
		{"availability-extreme@openai.funding.availability", "always", []string{"openai.funding.availability=1"}},
		{"stakes-above-one@openai_azure.stakes.1.stake", "sum to", []string{"openai_azure.stakes=[{investor: microsoft, stake: 0.5}, {investor: nvidia, stake: 0.2 to 0.7}]"}},

		{"glide-too-slow@openai.opex.half_life", "3.41 % of the way from 0.5 to 0.35", []string{"openai.opex.half_life=200"}},
		{"glide-too-slow@openai_azure.share.half_life", "from 0.7 to 0.4", []string{"openai_azure.share.half_life=200"}},
		{"", "", []string{"openai.opex.half_life=130"}},
		{"date-outside-horizon@openai_azure.commitments.0.start", "horizon of 10 years is over", []string{"openai_azure.commitments.0.start=2037-01-01"}},
		{"date-outside-horizon@openai_azure.commitments.0.start", "is over when the scenario starts", []string{"openai_azure.commitments.0.start=2018-01-01"}},
		{"tranche-never-paid@openai_azure.tranches.0.on", "2037-01-01", []string{"openai_azure.tranches.0.on=2037-01-01"}},
		{"tranche-never-paid@openai_azure.tranches.1.when.run_rate", "sells 2000 a year", []string{"openai_azure.tranches.1.when.run_rate=2000"}},
		{"tranche-never-paid@openai_azure.tranches.1.when.run_rate", "within 1 years", []string{"openai_azure.tranches.1.by=2028-01-01", "openai_azure.tranches.1.when.run_rate=200"}},
		{"tranche-never-paid@openai_azure.tranches.2.when.billed", "4500", []string{"openai_azure.tranches.2.when.billed=4500"}},
		{"unused@openai_azure.revenue_share.until effect-never-acts@freed.effects.1", "over when the scenario starts", []string{"openai_azure.revenue_share.until=2026-01-01"}},
		{"revenue-share-without-rate@openai_azure.revenue_share", "its rate is 0", []string{"openai_azure.revenue_share.rate=0", "freed.effects.1.path=openai_azure.margin"}},
		{"revenue-share-without-rate@openai_azure.revenue_share.cap", "its cap is 0", []string{"openai_azure.revenue_share.cap=0"}},
		{"resale-without-sales@openai_azure.resale", "pull_through is 0", []string{"openai_azure.resale.pull_through=0"}},
		{"exclusivity-without-churn@openai_azure.exclusivity effect-never-acts@freed.effects.0", "churn of 0", []string{"openai_azure.churn=null"}},
		{"churn-without-alternative@openai_azure.share price-sensitivity-without-prices@openai.price_sensitivity effect-never-acts@freed.effects.0 unused-cloud@oracle",
			"share, churn, exclusivity do nothing", []string{"alliances.openai_oracle=null"}},
		{"flexibility-without-commitments@openai.flexibility", "has none", []string{"openai_azure.commitments=null"}},
		{"price-sensitivity-without-prices@openai.price_sensitivity", "the same everywhere", []string{"openai_oracle.price=1"}},
		{"funding-without-raise@openai.funding.max_dilution", "max_dilution is 0", []string{"openai.funding.max_dilution=0"}},
		{"recovery-without-claim@openai.failure.recovery", "nobody has either", []string{"openai_azure.stakes=null", "openai_azure.tranches=null", "openai_azure.receivable_days=null"}},
		{"event-never-happens@freed.hazard", "its hazard is 0", []string{"freed.hazard=0"}},
		{"", "", []string{"freed.hazard={value: 0, note: left out}"}},
		{"event-never-happens@freed.window", "begins on 2040-01-01", []string{"freed.window=[2040-01-01, 2041-01-01]"}},
		{"event-never-happens@slump.at", "2037-01-01", []string{"slump.at=2037-01-01"}},
		{"event-nearly-impossible@freed.hazard", "0.06 % of the trials", []string{"freed.hazard=0.0001"}},
		{"event-nearly-certain@freed.hazard", "99.8 % of the trials", []string{"freed.hazard=1"}},
		{"", "", []string{"freed.hazard=1", "freed.recurring=true", "freed.duration=1"}},
		{"effect-never-acts@freed.effects.1", "multiplies by 1", []string{"freed.effects.1.multiply=1"}},
		{"effect-never-acts@freed.effects.0", "the exclusivity is over by then", []string{"openai_azure.exclusivity.until=2028-01-01"}},
		{"effect-never-acts@slump.effects.0", "adds 0", []string{"slump.effects.0.add=0"}},
		{"effect-never-acts@slump.effects.0", "it multiplies 0", []string{"slump.effects=[{path: openai_oracle.margin, multiply: 0.5}]"}},
		{"effect-never-acts@slump.effects.0", "every commitment has fallen due", []string{"slump.effects=[{path: openai_azure.commitments, multiply: 0.5}]", "openai_azure.commitments.0.years=2"}},

		{"growth-above-discount-rate@oracle.revenue.growth", "grows by 0.12 a year", []string{"oracle.revenue.growth=0.12"}},
		{"growth-above-discount-rate@azure.revenue.growth.long_run", "more than the discount rate of 0.1", []string{"azure.revenue.growth.long_run=0.11"}},
		{"", "", []string{"openai.revenue.growth.long_run=0.2"}}, // there is a ceiling
		{"run-rate-beyond-the-economy@azure.revenue", "bn a year", []string{"azure.revenue.growth.initial=1", "azure.revenue.growth.half_life=8"}},
		{"lab-never-earns@openai.compute.ratio", "on compute", []string{"openai.compute.ratio.long_run=0.8"}},
		{"fails-in-the-median@openai.cash", "runs out of cash after", []string{"openai.funding=null", "openai.cash=2"}},
		{"commitments-beyond-cash-flow@openai_azure.commitments.0.amount fails-in-the-median@openai.cash", "openai owes ", []string{"openai_azure.commitments.0.amount=4900"}},
	} {
		ids, all := warned(t, sane, c.set...)
		want := strings.Fields(c.want)
		if len(want) > 0 {
			id, _, _ := strings.Cut(want[0], "@")
			said[id] = true
		}
		sorted := slices.Sorted(slices.Values(ids))
		if !slices.Equal(sorted, slices.Sorted(slices.Values(want))) {
			t.Errorf("%q: warned of %q, not %q\n%v", c.set, ids, want, Diagnostics(all))
			continue
		}
		found := len(want) == 0
		for _, d := range all {
			found = found || d.ID+"@"+d.Path == want[0] && strings.Contains(d.Message+d.Hint, c.say)
			if d.Line < 1 || d.Excerpt == "" {
				t.Errorf("%q: %s has no place", c.set, d.ID)
			}
		}
		if !found {
			t.Errorf("%q: %v\ndoes not say %q", c.set, Diagnostics(all), c.say)
		}
	}
	for _, w := range Warnings() {
		if !said[w.ID] && w.ID != "unused-silence" && w.ID != "nothing-uncertain" { // they have tests of their own
			t.Errorf("nothing makes %s speak", w.ID)
		}
	}
}

func TestNothingUncertain(t *testing.T) {
	const name = "testdata/minimal.good.yaml"
	if ids, _ := warned(t, name); !slices.Contains(ids, "nothing-uncertain@") {
		t.Errorf("warned of %q", ids)
	}
	if ids, _ := warned(t, name, "openai.opex=0.5 to 0.6"); slices.Contains(ids, "nothing-uncertain@") {
		t.Errorf("with a distribution it is warned of %q", ids)
	}
}

// TestSilence silences by id, by path, and not beside it.
func TestSilence(t *testing.T) {
	late := []string{"openai_azure.receivable_days=500", "openai_oracle.receivable_days=500"}
	for _, c := range []struct{ silence, left string }{
		{"[]", "openai_azure openai_oracle"},
		{"[{warning: receivable-days-over-a-year, reason: so}]", ""},
		{"[{warning: receivable-days-over-a-year, path: openai_azure, reason: so}]", "openai_oracle"},
		{"[{warning: receivable-days-over-a-year, path: openai_azure.receivable_days, reason: so}]", "openai_oracle"},
		{"[{warning: receivable-days-over-a-year, path: openai, reason: so}]", "openai_azure openai_oracle"},
		{"[{warning: unit-mistake, reason: so}]", "openai_azure openai_oracle"},
	} {
		s, _, err := load(sane, Options{Set: append(slices.Clone(late), "silence="+c.silence)})
		if err != nil {
			t.Fatal(err)
		}
		var left []string
		for _, d := range s.Sanity {
			id, _, _ := strings.Cut(d.Path, ".")
			left = append(left, id)
		}
		if got := strings.Join(left, " "); got != c.left || len(s.Silenced) != 2-len(left) {
			t.Errorf("%s leaves %q of two, with %d silenced", c.silence, got, len(s.Silenced))
		}
		for _, d := range s.Silenced {
			if d.Reason != "so" || d.ID != "receivable-days-over-a-year" {
				t.Errorf("silenced is %+v", d)
			}
		}
		if len(s.Warnings) > 0 {
			t.Errorf("%s, which overrides: %v", c.silence, Diagnostics(s.Warnings))
		}
	}
}

// TestUnusedSilence warns of a silence that silences nothing, but not where it was inherited.
func TestUnusedSilence(t *testing.T) {
	text := "entente: 1\nextends: " + sane + "\n"
	silence := "silence: [{warning: unit-mistake, path: azure, reason: so}]\n"
	for _, c := range []struct {
		text string
		want int
	}{{text + silence, 1}, {text, 0}} {
		s, _, err := load("-", Options{Stdin: strings.NewReader(c.text)})
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Warnings) != c.want || c.want > 0 && (s.Warnings[0].ID != "unused-silence" || s.Warnings[0].Line != 3) {
			t.Errorf("%s%v", c.text, Diagnostics(s.Warnings))
		}
	}
	s, _, err := load("testdata/extends/unused_silence_child.yaml", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Warnings) > 0 {
		t.Errorf("an inherited silence: %v", Diagnostics(s.Warnings))
	}
}

// TestRunRate99 holds the closed form against the model: without inputs and ceilings it is
// exact, the quantile of a lognormal.
func TestRunRate99(t *testing.T) {
	c := func(x float64) models.Value { return models.Value{Const: x} }
	l := &linter{builder: &builder{}}
	flat := models.Revenue{RunRate: c(50), Growth: models.Glide{Initial: c(0.2)}, Volatility: models.Glide{Initial: c(0.3)}}
	want := 50 * math.Pow(1.2, 9) * math.Exp(-0.09*9/2+2.3263478740408408*0.3*3)
	if got := l.runRate99(&flat, 9); math.Abs(got/want-1) > 1e-12 {
		t.Errorf("constant growth gives %v, not %v", got, want)
	}
	// Growth that decays from 1.0 to 0 for ever, half of the logarithm a year: the sum is ln 2/ln 2 = 1.
	fading := models.Revenue{RunRate: c(50), Growth: models.Glide{Initial: c(1), LongRun: c(0), HalfLife: c(1), Moves: true}, Volatility: models.Glide{Initial: c(0)}}
	if got := l.runRate99(&fading, 60); math.Abs(got/(50*math.E)-1) > 1e-12 {
		t.Errorf("fading growth gives %v, not %v", got, 50*math.E)
	}
	// A ceiling holds it back, to the logistic curve K/(1 + (K/R − 1)e^(−G)).
	ceiling := c(200)
	fading.Logistic, fading.Ceiling = true, &ceiling
	if got, want := l.runRate99(&fading, 60), 200/(1+3/math.E); math.Abs(got/want-1) > 1e-12 {
		t.Errorf("under a ceiling it gives %v, not %v", got, want)
	}
}

// TestRunRate99Noise holds both variances against their integrals over small steps.
func TestRunRate99Noise(t *testing.T) {
	c := func(x float64) models.Value { return models.Value{Const: x} }
	η := c(0.2)
	r := models.Revenue{RunRate: c(50), Growth: models.Glide{Initial: c(0.1), LongRun: c(0.1), HalfLife: c(2), Moves: true}, GrowthVolatility: &η,
		Volatility: models.Glide{Initial: c(0.4), LongRun: c(0.1), HalfLife: c(3), Moves: true}}
	const T, steps = 8.0, 100_000
	κ := math.Ln2 / 2
	var lasting, growth float64
	for i := range steps {
		s := T * (float64(i) + 0.5) / steps
		σ := 0.1 + 0.3*math.Exp2(-s/3)
		lasting += σ * σ * T / steps
		growth += 0.04 * math.Pow(-math.Expm1(-κ*s)/κ, 2) * T / steps
	}
	want := 50 * math.Pow(1.1, T) * math.Exp(-lasting/2+2.3263478740408408*math.Sqrt(lasting+growth))
	l := &linter{builder: &builder{}}
	if got := l.runRate99(&r, T); math.Abs(got/want-1) > 1e-8 {
		t.Errorf("it is %v, not %v", got, want)
	}
}

// Two labs alike share a market: each has half of the ceiling to grow into.
func TestRunRate99Market(t *testing.T) {
	c := func(x float64) models.Value { return models.Value{Const: x} }
	lab := models.Lab{Revenue: models.Revenue{Logistic: true, Market: "m", RunRate: c(50), Growth: models.Glide{Initial: c(1)}, Volatility: models.Glide{Initial: c(0)}}}
	l := &linter{builder: &builder{sys: models.System{Labs: []models.Lab{lab, lab}, Markets: []models.Market{{ID: "m", Ceiling: c(800)}}}}}
	if got, want := l.runRate99(&l.sys.Labs[0].Revenue, 3), 400/(1+7*math.Exp2(-3)); math.Abs(got/want-1) > 1e-12 {
		t.Errorf("it is %v, not %v", got, want)
	}
}

// TestCommitmentsInNumbers works the sum out by hand: a lab that neither grows nor changes.
func TestCommitmentsInNumbers(t *testing.T) {
	text := `entente: 1
horizon: {start: 2027-01-01, years: 4}
clouds: {c: {revenue: {run_rate: 100}}}
labs:
  l: {revenue: {run_rate: 20}, compute: {ratio: 0.1}, opex: 0.5, cash: 7, failure: {retained: 0.5, recovery: 0}, valuation: {multiple: 3},
      funding: {runway: 1, raise: 1, availability: 0.9, half_life: 1, max_dilution: 0.1}}
alliances:
  a: {lab: l, cloud: c, commitments: [{amount: AMOUNT, start: 2027-01-01, years: 4, backloading: 2, enforced: 0}], tranches: [{investor: c, amount: 1, on: 2029-01-01}]}
`
	// Due by the end of year y is AMOUNT·(y/4)²; there is 7 + 10y + y·60·0.1/0.9 and, from year 3 on, 1.
	// At the end of year 4 that is 74.67.
	for amount, want := range map[string]string{"74": "", "75.5": "l owes 75.5 bn by the end of year 4 (a 75.5), and at the medians has 74.7 to pay it: 40 of revenue less opex, 7 of cash, 1 of tranches and at most 26.7 of raises"} {
		s, _, err := load("-", Options{Stdin: strings.NewReader(strings.Replace(text, "AMOUNT", amount, 1))})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, d := range s.Sanity {
			if d.ID == "commitments-beyond-cash-flow" {
				got = d.Message
			}
		}
		if got != want {
			t.Errorf("%s: %q, not %q", amount, got, want)
		}
	}
}

func TestReview(t *testing.T) {
	s, err := Load("testdata/reviewed.good.yaml", Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := s.Review()
	if len(r.Grades) != len(s.Facts.Assumptions) {
		t.Fatalf("%d grades of %d assumptions", len(r.Grades), len(s.Facts.Assumptions))
	}
	grades := map[string]Grade{}
	for i, a := range s.Facts.Assumptions {
		grades[a.Path] = r.Grades[i]
	}
	for path, want := range map[string]Grade{
		"openai.opex":                       "press",    // of two the better
		"openai.compute.ratio":              "text",     // none of the sources
		"openai.flexibility":                "text",     // a source without a grade
		"openai_azure.commitments.0.amount": "filing",   // its own
		"openai_azure.commitments.0.years":  "estimate", // the commitment's
		"openai_azure.margin":               "company",  // the deal's
		"azure.revenue.run_rate":            "none",
	} {
		if grades[path] != want {
			t.Errorf("%s rests on %q, not %q", path, grades[path], want)
		}
	}
	stale := map[string]string{}
	for _, x := range r.Sources {
		stale[x.ID] = x.Stale
		if want := map[string]int{"old": 1, "news": 1, "uncited": 0}; want[x.ID] != x.Cited && (x.ID == "old" || x.ID == "news" || x.ID == "uncited") {
			t.Errorf("%s is cited %d times", x.ID, x.Cited)
		}
	}
	for id, want := range map[string]string{
		"old": "more than 2 years before the start", "year": "", "yearold": "more than 2 years before the start", "month": "",
		"monthold": "more than 2 years before the start", "dateless": "undated", "mine": "", "odd": "its date is none: write 2026, 2026-05 or 2026-05-31",
	} {
		if got, ok := stale[id]; !ok || got != want {
			t.Errorf("%s is %q, not %q", id, got, want)
		}
	}
	if len(r.Truncations) != 2 || r.Truncations[0].Path != "openai.opex" || !(r.Truncations[0].Outside < 1e-4) || !(r.Truncations[1].Outside > 1e-4) {
		t.Errorf("truncations are %+v", r.Truncations)
	}
	if len(s.Warnings) != 1 || s.Warnings[0].ID != "truncated" || s.Warnings[0].Path != "openai_azure.margin" {
		t.Errorf("of two cuts the one that matters is warned of, not %v", Diagnostics(s.Warnings))
	}
	in, sh := r.Inputs, r.Shocks
	if len(in) != 1 || in[0].A != "openai.opex" || in[0].B != "openai_azure.margin" || math.Abs(in[0].Rho+0.5) > 1e-12 || math.Abs(in[0].Spearman+0.48258) > 1e-5 || len(in[0].By) != 0 {
		t.Errorf("inputs: %+v", in)
	}
	if len(sh) != 1 || math.Abs(sh[0].Rho-0.24) > 1e-12 || !slices.Equal(sh[0].By, []string{"demand"}) {
		t.Errorf("shocks: %+v", sh)
	}
}
