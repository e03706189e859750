package scenarios

import (
	"slices"
	"strings"
	"testing"
)

// differences returns what differs between two texts, each a scenario.
func differences(t *testing.T, before, after string) []Change {
	t.Helper()
	var rs [2]*Resolved
	for i, text := range []string{before, after} {
		r, err := Resolve("-", Options{Stdin: strings.NewReader(text)})
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		rs[i] = r
	}
	return Diff(rs[0], rs[1])
}

func linesOf(cs []Change) []string {
	var ls []string
	for _, c := range cs {
		s := c.String()
		if c.Words {
			s = "words: " + s
		}
		ls = append(ls, s)
	}
	return ls
}

// A scenario does not differ from itself, resolved, nor from what it is when all of it is
// written out.
func TestDiffNothing(t *testing.T) {
	for _, f := range append(testFiles(t, ".good.yaml"), "baseline", "seeds") {
		a, err := Resolve(f, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(f, "distributions") {
			continue // its observations lie beside it
		}
		b, err := Resolve("-", Options{Stdin: strings.NewReader(written(t, f, Options{}))})
		if err != nil {
			t.Fatal(err)
		}
		if cs := Diff(a, b); len(cs) > 0 {
			t.Errorf("%s: %q", f, linesOf(cs))
		}
	}
}

const diffed = `entente: 1
horizon: {start: 2027-01-01}
clouds: {azure: {owner: microsoft, revenue: {run_rate: 100}}}
labs: {openai: {revenue: {run_rate: 20, growth: 0.5}, valuation: {multiple: 10}, cash: 10 to 20, failure: {retained: 0.5, recovery: 0.2}}}
alliances:
  openai_azure:
    lab: openai
    cloud: azure
    commitments:
      - {amount: 50, start: 2026-07-01, years: 5, enforced: 0.8}
      - {amount: 10, start: 2028-01-01, years: 2, enforced: 1}
events:
  e1: {hazard: 0.1, effects: [{path: openai.opex, add: 0.1}]}
  e2: {at: 2028-01-01, effects: [{path: openai.opex, add: 0.2}]}
correlations: [{shocks: [openai.valuation, azure.revenue, openai.revenue], rho: 0.3, note: n}]
factors: {f: {inputs: {openai.cash: 0.5}}}
metrics: {m: azure.exposure + 1}
`

func TestDiff(t *testing.T) {
	base := strings.NewReplacer("run_rate: 100", "run_rate: 100, volatility: 0.1", "growth: 0.5", "growth: 0.5, volatility: 0.1",
		"multiple: 10", "multiple: 10, noise: {volatility: 0.2, half_life: 1}").Replace(diffed)
	for _, c := range []struct {
		what, old, new string
		want           []string
	}{
		// No difference in meaning.
		{"a number", "amount: 50", "amount: 5.00e1", nil},
		{"a value map", "amount: 50", "amount: {value: 50}", nil},
		{"an interval", "cash: 10 to 20", "cash: {to: [10.0, 20]}", nil},
		{"defaults written out", "lab: openai\n", "lab: openai\n    share: 1\n    churn: {annual_rate: 0}\n    exclusivity: {}\n    stakes: []\n", nil},
		{"more defaults", "horizon: {start: 2027-01-01}", "horizon: {start: 2027-01-01, years: 10}\nseed: 1\ntrials: 1e5\nsampler: sobol\ndiscount_rate: 0.0", nil},
		{"a choice's default", "run_rate: 20,", "model: mean_reverting, run_rate: 20,", nil},
		{"a glide that does not move", "growth: 0.5", "growth: {initial: 0.5}", nil},
		{"layout", "metrics: {m: azure.exposure + 1}", "# comment\nmetrics:\n  m:   azure.exposure+1", nil},
		{"a block of correlations in pieces", "correlations: [{shocks: [openai.valuation, azure.revenue, openai.revenue], rho: 0.3, note: n}]",
			"correlations: [{shocks: [azure.revenue, openai.valuation], rho: 0.30, note: n}, {shocks: [openai.revenue, openai.valuation], rho: 0.3}, {shocks: [azure.revenue, openai.revenue], rho: 0.3}]", nil},
		{"names that are ids", "owner: microsoft,", "owner: microsoft, name: azure,", nil},
		{"a flag's default", "hazard: 0.1,", "hazard: 0.1, recurring: false,", nil},

		// Values.
		{"an amount", "amount: 50", "amount: 200", []string{"openai_azure.commitments.0.amount: 50 → 200 USD bn"}},
		{"a default left", "lab: openai\n", "lab: openai\n    share: 0.5\n", []string{"openai_azure.share: 1 (left out) → 0.5 share"}},
		{"a distribution", "cash: 10 to 20", "cash: pert(10, 15, 20)", nil},
		{"removed cash", "cash: 10 to 20, failure: {retained: 0.5, recovery: 0.2}", "opex: 0", []string{
			"openai.cash: 10 to 20 → left out: cash is not followed, and the lab cannot fail", "openai.failure removed: {retained: 0.5, recovery: 0.2}", "factor f removed"}},
		{"a glide that moves", "growth: 0.5", "growth: {initial: 0.6, long_run: 0.1, half_life: 2}", []string{
			"openai.revenue.growth.initial: 0.5 → 0.6 per year", "openai.revenue.growth.long_run: none → 0.1 per year", "openai.revenue.growth.half_life: none → 2 years"}},
		{"a glide towards 0", "growth: 0.5", "growth: {initial: 0.5, long_run: 0, half_life: 2}", []string{
			"openai.revenue.growth.long_run: none → 0 per year", "openai.revenue.growth.half_life: none → 2 years"}},
		{"a whole number", "horizon: {start: 2027-01-01}", "horizon: {start: 2027-02-01, years: 9}", []string{"horizon.start: 2027-01-01 → 2027-02-01", "horizon.years: 10 (left out) → 9 years"}},
		{"a seed", "entente: 1", "entente: 1\nseed: 2", []string{"seed: 1 (left out) → 2"}},
		{"an owner", "owner: microsoft", "owner: msft", []string{"azure.owner: microsoft → msft"}},
		{"no owner", "owner: microsoft, ", "", []string{"azure.owner: microsoft → left out: the cloud's id"}},
		{"a date", "at: 2028-01-01", "at: 2028-07-01", []string{"e2.at: 2028-01-01 → 2028-07-01"}},
		{"a window", "hazard: 0.1,", "hazard: 0.1, window: [2028-01-01, 2029-01-01],", []string{"e1.window: left out: always → 2028-01-01 to 2029-01-01"}},
		{"an effect's path", "{path: openai.opex, add: 0.1}", "{path: openai_azure.price, add: 0.1}", []string{"e1.effects.0.path: openai.opex → openai_azure.price"}},
		{"an effect's operation", "{path: openai.opex, add: 0.1}", "{path: openai.opex, multiply: 0.1}", []string{"e1.effects.0.add: 0.1 → none", "e1.effects.0.multiply: none → 0.1 ratio"}},
		{"a metric", "exposure + 1", "exposure + 2", []string{"metrics.m: azure.exposure + 1 → azure.exposure + 2"}},
		{"a loading", "openai.cash: 0.5", "openai.cash: -0.5", []string{"factors.f.inputs.openai.cash: 0.5 → -0.5"}},
		{"a correlation", "rho: 0.3, note: n}]", "rho: 0.3, note: other}, {shocks: [openai.growth, azure.revenue], rho: 0.1}]", nil},

		{"what is certain", "{hazard: 0.1,", "{at: 2029-01-01,", []string{"e1.hazard: 0.1 → none", "e1.at: none → 2029-01-01"}},

		// What is there.
		{"an event less", "  e2: {at: 2028-01-01, effects: [{path: openai.opex, add: 0.2}]}\n", "", []string{"event e2 removed"}},
		{"a cloud more", "clouds: {azure:", "clouds: {aws: {revenue: {run_rate: 1}}, azure:", []string{"cloud aws added"}},
		{"a metric more", "metrics: {", "metrics: {n: azure.exposure * 2, ", []string{"metric n added: azure.exposure * 2"}},
		{"order of events", "events:\n  e1: {hazard: 0.1, effects: [{path: openai.opex, add: 0.1}]}\n  e2: {at: 2028-01-01, effects: [{path: openai.opex, add: 0.2}]}",
			"events:\n  e2: {at: 2028-01-01, effects: [{path: openai.opex, add: 0.2}]}\n  e1: {hazard: 0.1, effects: [{path: openai.opex, add: 0.1}]}", []string{"order of events: e1, e2 → e2, e1"}},
		{"a block", "lab: openai\n", "lab: openai\n    capital: {intensity: 2, redeployable: {value: 0.5, note: guess}}\n", []string{"openai_azure.capital added: {intensity: 2, redeployable: 0.5}"}},

		// Lists.
		{"the first item less", "      - {amount: 50, start: 2026-07-01, years: 5, enforced: 0.8}\n", "", []string{
			"openai_azure.commitments.0 removed: {amount: 50, start: 2026-07-01, years: 5, enforced: 0.8}"}},
		{"an item between", "      - {amount: 10,", "      - {amount: 7, start: 2028-01-01, years: 2, enforced: 1, name: N, note: x}\n      - {amount: 10,", []string{
			"openai_azure.commitments.1 added: {amount: 7, start: 2028-01-01, years: 2, enforced: 1}"}},
		{"a swap", "      - {amount: 50, start: 2026-07-01, years: 5, enforced: 0.8}\n      - {amount: 10, start: 2028-01-01, years: 2, enforced: 1}",
			"      - {amount: 10, start: 2028-01-01, years: 2, enforced: 1}\n      - {amount: 50, start: 2026-07-01, years: 5, enforced: 0.8}",
			[]string{"openai_azure.commitments.0 moved to openai_azure.commitments.1"}},
		{"a change behind what is new", "      - {amount: 50, start: 2026-07-01, years: 5, enforced: 0.8}\n      - {amount: 10, start: 2028-01-01, years: 2, enforced: 1}",
			"      - {amount: 1, start: 2027-01-01, years: 1, enforced: 1}\n      - {amount: 50, start: 2026-07-01, years: 5, enforced: 0.8, note: x}\n      - {amount: 11, start: 2028-01-01, years: 2, enforced: 1}", []string{
				"openai_azure.commitments.0 added: {amount: 1, start: 2027-01-01, years: 1, enforced: 1}",
				`words: openai_azure.commitments.1.note (was openai_azure.commitments.0.note): none → "x"`,
				"openai_azure.commitments.2.amount (was openai_azure.commitments.1.amount): 10 → 11 USD bn"}},

		// Words.
		{"a note", "amount: 50", "amount: {value: 50, source: s, note: n, unit: bn}", []string{
			`words: openai_azure.commitments.0.amount.unit: "USD bn" → "bn"`, `words: openai_azure.commitments.0.amount.source: none → "s"`, `words: openai_azure.commitments.0.amount.note: none → "n"`}},
		{"a name", "owner: microsoft,", "owner: microsoft, name: Azure,", []string{`words: azure.name: none → "Azure"`}},
		{"a source", "entente: 1", "entente: 1\nsources: {a.b: {title: T}}\nnotes: [x, y]", []string{"words: source a.b added", `words: notes added: "x"`, `words: notes added: "y"`}},
	} {
		if !strings.Contains(base, c.old) {
			t.Errorf("%s: the scenario has no %q", c.what, c.old)
			continue
		}
		after := strings.Replace(base, c.old, c.new, 1)
		switch c.what {
		case "a distribution":
			after = strings.Replace(base, c.old, `cash: "pert(10, 15, 20)"`, 1)
			c.want = []string{"openai.cash: 10 to 20 → pert(10, 15, 20) USD bn"}
		case "removed cash":
			after = strings.Replace(after, "factors: {f: {inputs: {openai.cash: 0.5}}}\n", "", 1)
		case "a correlation":
			after = strings.Replace(strings.Replace(after, "openai.growth", "openai.revenue", 1), "openai.valuation, azure.revenue, openai.revenue", "openai.valuation, azure.revenue", 1)
			c.want = []string{`words: correlations.0.note: "n" → "other"`, "correlation of openai.revenue and openai.valuation removed: 0.3",
				"correlation of azure.revenue and openai.revenue: 0.3 → 0.1"}
		}
		if got := linesOf(differences(t, base, after)); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.what, got, c.want)
		}
	}
}

// The forms of distributions, by pairs that mean the same and pairs that do not.
func TestDiffDistributions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"{p10: 1, p50: 2, p90: 4}", "'metalog(0.1: 1, 0.50: 2.0, 0.9: 4)'", true},
		{"{p10: 1, p50: 2, p99.9: 9}", "'metalog(0.1: 1, 0.5: 2, 0.999: 9)'", true},
		{"{p10: 1, p50: 2, p90: 4}", "{p10: 1, p50: 2, p90: 4.1}", false},
		{"{pert: [1, 2, 3]}", "{value: 'pert( 1,2.0,3 )', note: x}", true},
		{"'discrete(1: 5, 1: 6)'", "'discrete(0.5: 6, 0.5: 5)'", true},
		{"'discrete(1: 5, 1: 6)'", "'discrete(1: 5, 2: 6)'", false},
		{"1 to 2", "1 to 2.5", false},
		{"1 to 2", "'uniform(1, 2)'", false},
		{"{truncate: ['normal(3, 1)', 0.5, .inf]}", "'truncate(normal(3, 1), 0.5, inf)'", true},
		{"5", "'uniform(4, 6)'", false},
	} {
		for _, pair := range [][2]string{{c.a, c.b}, {c.b, c.a}} {
			cs := differences(t, strings.Replace(diffedPlain, "10 to 20", pair[0], 1), strings.Replace(diffedPlain, "10 to 20", pair[1], 1))
			cs = slices.DeleteFunc(cs, func(c Change) bool { return c.Words })
			if (len(cs) == 0) != c.same {
				t.Errorf("%s and %s: %q", pair[0], pair[1], linesOf(cs))
			}
		}
	}
}

const diffedPlain = `entente: 1
horizon: {start: 2027-01-01}
clouds: {azure: {revenue: {run_rate: 100}}}
labs: {openai: {revenue: {run_rate: 20}, cash: 10 to 20, failure: {retained: 0.5, recovery: 0.2}}}
alliances: {openai_azure: {lab: openai, cloud: azure}}
`

func TestDiffOrigins(t *testing.T) {
	a, err := Resolve("testdata/small.good.yaml", Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Resolve("testdata/extended.good.yaml", Options{Set: []string{"azure.revenue.run_rate=90"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Diff(a, b) {
		switch c.Path {
		case "azure.revenue.run_rate":
			if c.From != (Origin{"testdata/small.good.yaml", 4}) || c.To != (Origin{File: "--set"}) {
				t.Errorf("%+v", c)
			}
		case "openai.cash":
			if c.From != (Origin{"testdata/small.good.yaml", 9}) || c.To != (Origin{}) {
				t.Errorf("%+v", c)
			}
		case "openai.revenue.growth.initial":
			if c.Before != "0.5" || c.After != "0.6 to 0.9" || c.To != (Origin{"testdata/extended.good.yaml", 6}) {
				t.Errorf("%+v", c)
			}
		}
	}
	want := []string{`name: "Small" → "Extended"`, "azure.revenue.run_rate: 100 → 90 USD bn per year", "openai.revenue.growth.initial: 0.5 → 0.6 to 0.9 per year", `openai.revenue.growth.initial.source: none → "me"`,
		"openai.opex.long_run: none → 0.4 ratio", "openai.opex.half_life: none → 3 years", "openai.cash: 10 to 20 → left out: cash is not followed, and the lab cannot fail",
		"openai.failure removed: {retained: 0.5, recovery: 0.2}", "openai_azure.commitments.0.amount: 50 → 70 USD bn", "openai_azure.commitments.0.years: 5 → 6 years", "openai_azure.commitments.0.enforced: 0.8 → 0.5 share",
		"openai_azure.commitments.1 removed: {amount: 10, start: 2028-01-01, years: 2, enforced: 1}"}
	var got []string
	for _, c := range Diff(a, b) {
		got = append(got, c.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %s", strings.Join(got, "\n"))
	}
}
