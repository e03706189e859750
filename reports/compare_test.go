package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/jedib0t/go-pretty/v6/text"
	"golang.org/x/net/html"

	"entente/sim/result"
)

// pairing has a B in which something of everything differs and a C that is A, over three years
// and 400 trials.
var pairing = sync.OnceValue(makePairing)

func makePairing() *result.Pairing {
	const trials, years = 400, 3
	rnd := rand.New(rand.NewPCG(1, 2))
	draw := func(mean, sd float64) []float64 {
		v := make([]float64, trials)
		for i := range v {
			v[i] = mean + sd*rnd.NormFloat64()
		}
		return v
	}
	pair := func(a, b []float64, year int, grid bool) result.Pair {
		d := make([]float64, trials)
		equal, n := 0.0, 0.0
		for i := range d {
			if d[i] = b[i] - a[i]; d[i] == d[i] {
				n++
				if d[i] == 0 {
					equal++
				}
			}
		}
		p := result.Pair{A: statOf(a, grid), B: statOf(b, grid), Difference: statOf(d, grid), Equal: equal / n}
		p.SEEqual = math.Sqrt(p.Equal * (1 - p.Equal) / n)
		p.Low, p.High = p.Difference.Mean-2*p.Difference.SE, p.Difference.Mean+2*p.Difference.SE
		p.Variance = (p.A.SD*p.A.SD + p.B.SD*p.B.SD) / (p.Difference.SD * p.Difference.SD)
		p.Runs = 3 * p.Variance
		for _, s := range []*result.Stat{&p.A, &p.B, &p.Difference} {
			if s.Year = year; year > 0 {
				s.Date = fmt.Sprintf("%d-12-31", 2026+year)
			}
		}
		return p
	}
	r := &result.Pairing{
		Version: "0.1.0", Run: result.Run{Trials: trials, Seed: 7, Sampler: "random", Start: "2027-01-01", Years: years},
		Set: []string{"discount_rate=0.1"}, With: []string{"openai.cash=40"}, GridP: gridP(),
		Base: result.Contender{Label: "base", Start: "2027-01-01", Years: years,
			Scenario: result.Scenario{Name: "base", SHA256: "aa11", Argument: "base.yaml", Overrides: []string{"discount_rate=0.1"}},
			Labs:     []result.Entity{{ID: "openai", Name: "OpenAI"}},
			Clouds: []result.Entity{{ID: "oracle", Name: "Oracle"}, {ID: "aws", Name: "Amazon Web Services", Owner: "amazon"},
				{ID: "azure", Name: "Microsoft Azure", Owner: "microsoft"}},
			Investors: []result.Entity{{ID: "softbank", Name: "SoftBank"}}},
	}
	noise := rand.New(rand.NewPCG(3, 4)) // of B
	other := func(label string, of func(mean, sd float64, a []float64) []float64) result.Paired {
		p := result.Paired{Contender: r.Base}
		p.Label, p.Scenario.Name, p.Scenario.SHA256, p.Scenario.Argument = label, label, "bb22", label+".yaml"
		p.Scenario.Overrides = []string{"discount_rate=0.1", "openai.cash=40"}
		rnd = rand.New(rand.NewPCG(1, 2)) // A is the same beside each
		for _, m := range []struct {
			name, unit, kind string
			mean, sd         float64
		}{
			{"openai.failed", "share of futures", result.Trial, 0, 1}, {"openai.failure_time", "years", result.Trial, 2, 1},
			{"openai_azure.billed", "USD bn", result.Flow, 30, 5}, {"aws.exposure", "USD bn", result.Stock, 300, 90},
			{"aws.concentration", "share of revenue", result.Stock, 0.2, 0.05}, {"aws.npv", "USD bn", result.Trial, 5, 20}, {"aws.loss_total", "USD bn", result.Trial, -5, 10},
			{"azure.exposure", "USD bn", result.Stock, 400, 100}, {"azure.npv", "USD bn", result.Trial, 50, 20}, {"azure.loss_total", "USD bn", result.Trial, -15, 10},
			{"oracle.exposure", "USD bn", result.Stock, 70, 30}, {"softbank.npv", "USD bn", result.Trial, -3, 9}, {"own", "", result.Trial, 1, 1},
		} {
			metric := result.PairedMetric{Name: m.name, Unit: m.unit, Kind: m.kind}
			times := years
			if m.kind == result.Trial {
				times = 1
			}
			for y := range times {
				a := draw(m.mean, m.sd)
				b := of(m.mean, m.sd, a)
				for _, v := range [][]float64{a, b} {
					for i, x := range v {
						switch m.name {
						case "openai.failed":
							v[i] = 0
							if x > 1 {
								v[i] = 1
							}
						case "aws.loss_total", "azure.loss_total":
							v[i] = max(0, x)
						case "openai.failure_time":
							if x > 3 {
								v[i] = math.NaN()
							}
						}
					}
				}
				if m.kind == result.Trial {
					x := pair(a, b, 0, true)
					metric.Total = &x
				} else {
					metric.ByYear = append(metric.ByYear, pair(a, b, y+1, m.name != "openai_azure.billed"))
				}
			}
			p.Metrics = append(p.Metrics, metric)
		}
		return p
	}
	b := other("cheaper", func(mean, sd float64, a []float64) []float64 {
		v := slices.Clone(a)
		for i := range v {
			v[i] += 0.3*sd*noise.NormFloat64() - 0.1*sd
		}
		return v
	})
	b.Changes = []result.Change{
		{Text: "openai.cash: 28 to 32 → 40 USD bn", Path: "openai.cash", Before: "28 to 32", After: "40", Unit: "USD bn",
			BeforeAt: "base.yaml:20", AfterAt: "--with", BeforeSource: "The Information, 2026-09-05, https://www.theinformation.com/x [press]"},
		{Text: "event crash removed", What: "event", Path: "crash", Before: "on 2027-07-01; sets openai.funding.availability to 0", BeforeAt: "base.yaml:70", BeforeSource: "a judgement [judgement]"},
	}
	b.Words = 2
	b.OnlyBase, b.OnlyOther = []string{"crash.time"}, []string{"xai.cash", "xai.revenue"}
	b.Apart = []result.Apart{{Name: "mine", Reason: `its unit is "" in one and "USD bn" in the other`}}
	c := other("the same", func(_, _ float64, a []float64) []float64 { return slices.Clone(a) })
	c.Metrics[0].Total.Variance = math.Copysign(math.NaN(), -1) // what amd64 makes of 0/0
	r.Others = []result.Paired{b, c}
	return r
}

// one is the pairing with B alone.
func one() *result.Pairing {
	r := *pairing()
	r.Others = r.Others[:1]
	return &r
}

func comparisonTable(t *testing.T, r *result.Pairing, opt TableOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteComparisonTable(&b, r, opt); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func comparisonPageOf(t *testing.T, r *result.Pairing) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteComparisonHTML(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestComparisonTable(t *testing.T) {
	golden(t, "comparison.txt", []byte(comparisonTable(t, pairing(), TableOptions{Width: 120})))
	for _, width := range []int{70, 80, 96, 110} {
		out := comparisonTable(t, pairing(), TableOptions{Width: width, Color: true})
		for _, l := range strings.Split(out, "\n") {
			if w := text.StringWidthWithoutEscSequences(l); w > width {
				t.Errorf("width %d: a line of %d: %q", width, w, l)
			}
		}
	}
	x := pairing().Others[0].Metrics[3].ByYear[2]
	raw := comparisonTable(t, pairing(), TableOptions{Width: 80, Raw: true})
	for _, v := range []float64{x.A.Mean, x.B.Mean, x.Difference.Mean, x.Difference.SE, x.High, x.Difference.P95, 100 * x.Difference.Above0, x.Variance} {
		if !strings.Contains(raw, allDigits(v)) {
			t.Errorf("with all digits there is no %v in\n%s", v, raw)
		}
	}
	r := one()
	r.Metrics = []string{"*"}
	if out := comparisonTable(t, r, TableOptions{}); !strings.Contains(out, "concentration, % of revenue") || !strings.Contains(out, "Defined by the scenarios") {
		t.Errorf("metrics that were asked for are not there:\n%s", out)
	}
}

// Every number of comparison.json is the one of the result, and what is none is null.
func TestComparisonJSON(t *testing.T) {
	r := pairing()
	var b bytes.Buffer
	if err := WriteComparisonJSON(&b, r); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Entente string
		Run     struct{ Seed uint64 }
		GridP   []float64 `json:"grid_p"`
		Base    struct {
			Label    string
			Scenario struct{ Overrides []string }
		}
		Others []struct {
			Label     string
			Changes   []map[string]string
			Words     int
			OnlyBase  []string `json:"only_base"`
			OnlyOther []string `json:"only_other"`
			Apart     []struct{ Metric, Reason string }
			Metrics   map[string]struct {
				Unit, Kind string
				Total      json.RawMessage
				ByYear     []json.RawMessage `json:"by_year"`
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Entente != "0.1.0" || got.Run.Seed != 7 || len(got.GridP) != len(r.GridP) || got.Base.Label != "base" || len(got.Others) != 2 || got.Base.Scenario.Overrides[0] != "discount_rate=0.1" {
		t.Errorf("the head is %+v", got)
	}
	if o := got.Others[0]; o.Words != 2 || o.Changes[0]["after"] != "40" || o.Changes[1]["what"] != "event" || o.OnlyBase[0] != "crash.time" || o.OnlyOther[1] != "xai.revenue" || o.Apart[0].Metric != "mine" {
		t.Errorf("B is %+v", o)
	}
	infinite := 0
	for k := range r.Others {
		for _, m := range r.Others[k].Metrics {
			g := got.Others[k].Metrics[m.Name]
			list := g.ByYear
			if g.Total != nil {
				list = []json.RawMessage{g.Total}
			}
			for i, x := range pairsOf(&m) {
				var parts map[string]json.RawMessage
				if err := json.Unmarshal(list[i], &parts); err != nil {
					t.Fatal(err)
				}
				for _, f := range pairFigures(x) {
					var n number
					if err := n.UnmarshalJSON(parts[f.key]); err != nil || !(float64(n) == *f.of || math.IsNaN(float64(n)) && math.IsNaN(*f.of)) {
						t.Errorf("%s: %s is %s, want %v", m.Name, f.key, parts[f.key], *f.of)
					}
					if math.IsInf(float64(n), 0) {
						infinite++
					}
				}
				for key, want := range map[string]*result.Stat{"a": &x.A, "b": &x.B, "difference": &x.Difference} {
					var s result.Stat
					if err := readStat(parts[key], &s, m.Total == nil); err != nil {
						t.Fatal(err)
					}
					if fmt.Sprint(s) != fmt.Sprint(*want) {
						t.Errorf("%s: %s is\n%v, want\n%v", m.Name, key, s, *want)
					}
				}
			}
		}
	}
	if infinite == 0 {
		t.Error("no reduction was infinite, though C is A")
	}
}

// What was written is read again, and makes the same page; what is not understood is refused.
func TestComparisonRead(t *testing.T) {
	for name, r := range map[string]*result.Pairing{"plain": pairing(), "hostile": hostilePairing()} {
		var b bytes.Buffer
		if err := WriteComparisonJSON(&b, r); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		back, err := ReadComparisonJSON(&b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if fmt.Sprintf("%+v", back.Others[0].Changes) != fmt.Sprintf("%+v", r.Others[0].Changes) || back.Others[1].Metrics[3].ByYear[1].A.Mean != r.Others[1].Metrics[3].ByYear[1].A.Mean {
			t.Errorf("%s: not what was written", name)
		}
		if !bytes.Equal(comparisonPageOf(t, back), comparisonPageOf(t, r)) {
			t.Errorf("%s: made from what was saved, the page differs", name)
		}
		if err := WriteComparisonJSON(&b, back); err != nil {
			t.Fatal(err)
		}
		if b.String() != text {
			t.Errorf("%s: read and written, the bytes differ", name)
		}
	}
	var b bytes.Buffer
	if err := WriteComparisonJSON(&b, one()); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ old, new, want string }{
		{`"comparison": 1`, `"comparison": 9`, "format 9, written by entente 0.1.0"},
		{`"comparison": 1`, `"other": 1`, `no "entente" and "comparison"`},
		{`"with"`, `"without"`, `unknown field "without"`},
		{`"low95": `, `"low90": `, `no "low95"`},
		{`"equal": `, `"extra": 1, "equal": `, `unknown field "extra"`},
		{`"kind": "trial"`, `"kind": "often"`, `kind "often"`},
		{`"kind": "stock"`, `"kind": "trial"`, `has a "total"`},
		{`"difference": {`, `"difference": {"x": 1, `, `unknown field "x"`},
		{`"grid_p": [0,`, `"grid_p": [`, "quantiles for"},
		{`"base": {`, `"base": 1, "was": {`, "does not belong there"},
	} {
		if strings.Count(b.String(), c.old) == 0 {
			t.Fatalf("there is no %s", c.old)
		}
		_, err := ReadComparisonJSON(strings.NewReader(strings.Replace(b.String(), c.old, c.new, 1)))
		if err == nil || !strings.HasPrefix(err.Error(), "comparison.json: ") || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s for %s: %v", c.new, c.old, err)
		}
	}
	if _, err := ReadComparisonJSON(strings.NewReader(b.String()[:1000])); err == nil || !strings.Contains(err.Error(), "line 7: unexpected end") {
		t.Errorf("cut off: %v", err)
	}
}

// comparison.csv is a table with a row for each pair, and no cell is a formula.
func TestComparisonCSV(t *testing.T) {
	r := one()
	r.Base.Label = "=1+1"
	r.Others = slices.Clone(r.Others)
	r.Others[0].Label = `@SUM(A1), "so"`
	var b bytes.Buffer
	if err := WriteComparisonCSV(&b, r); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := map[string]int{}
	for i, h := range rows[0] {
		if _, twice := column[h]; twice {
			t.Errorf("two columns are called %s", h)
		}
		column[h] = i
	}
	next := 1
	for _, m := range r.Others[0].Metrics {
		for _, x := range pairsOf(&m) {
			row := rows[next]
			next++
			if row[0] != "'=1+1" || row[1] != `'@SUM(A1), "so"` || row[2] != m.Name || row[5] != x.Difference.Date {
				t.Errorf("a row begins with %q", row[:6])
			}
			for key, want := range map[string]float64{"mean": x.Difference.Mean, "mean_a": x.A.Mean, "se_b": x.B.SE, "b_above_a": x.Difference.Above0,
				"high95": x.High, "equal": x.Equal, "variance_reduction": x.Variance, "es95": x.Difference.ES95} {
				if got, err := strconv.ParseFloat(row[column[key]], 64); err != nil || got != want {
					t.Errorf("%s %s: %s is %q, want %v", m.Name, row[5], key, row[column[key]], want)
				}
			}
		}
	}
	if next != len(rows) {
		t.Errorf("%d rows, want %d", len(rows), next)
	}
}

// hostilePairing has evil in every text.
func hostilePairing() *result.Pairing {
	r := makePairing()
	n := 0
	next := func() string { n++; return evil[n%len(evil)] }
	r.Version, r.Run.Start, r.Run.Sampler, r.Set, r.With, r.Metrics = next(), next(), next(), evil, evil, evil
	who := func(c *result.Contender) {
		c.Label, c.Start, c.Scenario = next(), next(), result.Scenario{Name: next(), Argument: next(), SHA256: next()}
		for _, es := range [][]result.Entity{c.Labs, c.Clouds, c.Investors} {
			for i := range es {
				es[i].Name = next()
			}
		}
	}
	who(&r.Base)
	for k := range r.Others {
		o := &r.Others[k]
		who(&o.Contender)
		for range evil {
			o.Changes = append(o.Changes, result.Change{Text: next(), Path: next(), Before: next(), After: next(), Unit: next(),
				BeforeAt: next(), AfterAt: next(), BeforeSource: next(), AfterSource: next()})
		}
		o.OnlyBase, o.OnlyOther, o.Apart = evil, evil, []result.Apart{{Name: next(), Reason: next()}}
		for i := range o.Metrics {
			if i%3 == 0 {
				o.Metrics[i].Unit = next()
			}
			for y := range o.Metrics[i].ByYear {
				o.Metrics[i].ByYear[y].Difference.Date = next()
			}
		}
	}
	return r
}

// The page says what differs in the inputs above what comes of it; each chart has a place, words
// and a table; and it may run what it brings and nothing else.
func TestComparisonHTML(t *testing.T) {
	for name, c := range map[string]struct {
		r      *result.Pairing
		charts int
	}{
		// Two fans of two clouds, two charts of each of three, three of each of six distributions; C
		// is A, which leaves no distribution of the difference.
		"one":     {one(), 4 + 6 + 18},
		"two":     {pairing(), 4 + 6 + 18 + 4 + 6},
		"hostile": {hostilePairing(), 4 + 6 + 18 + 4 + 6},
	} {
		page := comparisonPageOf(t, c.r)
		if !bytes.Equal(page, comparisonPageOf(t, c.r)) {
			t.Errorf("%s: written twice, the bytes differ", name)
		}
		if len(page) > 2_500_000 {
			t.Errorf("%s: %d bytes", name, len(page))
		}
		if i := bytes.IndexAny(page, "\u202e\u2066\u200f\x00\x1b"); i >= 0 {
			t.Errorf("%s: a mark of direction or a control character at byte %d", name, i)
		}
		ids := map[string]bool{}
		var sections, links []string
		var drawings map[string]json.RawMessage
		policy, plots := "", 0
		for _, n := range nodes(t, page) {
			if id := attr(n, "id"); id != "" {
				if ids[id] {
					t.Errorf("%s: id %q stands twice", name, id)
				}
				ids[id] = true
			}
			sum := sha256.Sum256([]byte(contents(n)))
			allowed := strings.Contains(policy, base64.StdEncoding.EncodeToString(sum[:]))
			switch {
			case attr(n, "http-equiv") == "Content-Security-Policy":
				policy = attr(n, "content")
			case attr(n, "id") == "charts":
				if err := json.Unmarshal([]byte(contents(n)), &drawings); err != nil {
					t.Fatal(err)
				}
			case (n.Data == "script" || n.Data == "style") && !allowed:
				t.Errorf("%s: a %s that the policy does not name", name, n.Data)
			case n.Data == "section":
				sections = append(sections, attr(n, "id"))
			case n.Data == "a" && strings.HasPrefix(attr(n, "href"), "#"):
				links = append(links, attr(n, "href")[1:])
			case attr(n, "data-chart") != "":
				plots++
				figure, cells := n.Parent, 0
				for figure.Data != "figure" {
					figure = figure.Parent
				}
				for d := range figure.Descendants() {
					if d.Type == html.ElementNode && d.Data == "td" {
						cells++
					}
				}
				if id := attr(n, "data-chart"); cells == 0 || len(attr(n, "aria-label")) < 20 || len(drawings) > 0 && drawings[id] == nil {
					t.Errorf("%s: %s has %d cells and the words %q", name, id, cells, attr(n, "aria-label"))
				}
			}
		}
		if plots != c.charts || len(drawings) != c.charts {
			t.Errorf("%s: %d places for %d charts, want %d", name, plots, len(drawings), c.charts)
		}
		for _, l := range links {
			if !ids[l] {
				t.Errorf("%s: a link to %s, which is nowhere", name, l)
			}
		}
		want := "inputs answer years distribution all method sources reproduce"
		if len(c.r.Others) > 1 {
			want = "b-inputs c-inputs overview b-answer b-years b-distribution b-all c-answer c-years c-all method sources reproduce"
		}
		if got := strings.Join(sections, " "); got != want {
			t.Errorf("%s: the sections are %s, want %s", name, got, want)
		}
	}
}

// What the page says in words is what the result has.
func TestComparisonWords(t *testing.T) {
	page := string(comparisonPageOf(t, pairing()))
	text := strings.NewReplacer(nbsp, " ", "\u2060", "", "<wbr>", "").Replace(page)
	r := pairing()
	aws := r.Others[0].Metrics[3].ByYear[2]
	for _, want := range []string{
		"base, cheaper and the same", "What B assumes differently", "2 assumptions differ", "which move no number: 2",
		"event crash", "on 2027-07-01; sets openai.funding.availability to 0", "base.yaml:20\n--with",
		fmt.Sprintf("<strong>%s</strong>", signedDifference(scaleOf(money), scaleOf(money).bare(aws.Difference.Mean, aws.Difference.SE))),
		"What C assumes differently", "Nothing that moves a number: A and C mean the same.", "It is the same in every single future",
		"Its losses on failed labs are the same in every future.",
		"C − A ± s.e.</th>", "B: exposure over the years", "only A has them", "xai.cash, xai.revenue", "its unit is &#34;&#34; in one",
		"entente compare base.yaml cheaper.yaml &#39;the same.yaml&#39; --with openai.cash=40 --trials 400 --seed 7 --sampler random --set discount_rate=0.1",
	} {
		if want = strings.ReplaceAll(want, "\u2060", ""); !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

// Without a B, what is compared with A is A.
func TestComparisonCommand(t *testing.T) {
	r := one()
	r.Others = slices.Clone(r.Others)
	r.Others[0].Scenario.Argument = r.Base.Scenario.Argument
	r.Metrics = []string{"aws.*", "own"}
	const want = "entente compare base.yaml --with openai.cash=40 --trials 400 --seed 7 --sampler random --set discount_rate=0.1 --metrics 'aws.*,own'"
	if got := comparisonCommand(r); got != want {
		t.Errorf("the command is %s", got)
	}
}

func TestComparisonCells(t *testing.T) {
	for _, c := range []struct {
		x    float64
		want string
	}{{math.NaN(), noValue}, {math.Inf(1), "× ∞"}, {2e6, "× ∞"}, {12.34, "× 12"}, {1234, "× 1,200"}, {1.52, "× 1.5"}, {0.987, "× 0.99"}, {0.0123, "× 0.012"}} {
		if got := strings.ReplaceAll(factor(c.x), nbsp, " "); got != c.want {
			t.Errorf("factor of %v is %q, want %q", c.x, got, c.want)
		}
	}
	for in, want := range map[string]string{"12.3": "+12.3", "−1": "−1", "0": "0", "0.00": "0.00", "0.0" + nbsp + "±" + nbsp + "1.2": "0.0" + nbsp + "±" + nbsp + "1.2", "": "", noValue: noValue} {
		if got := plus(in); got != want {
			t.Errorf("plus of %q is %q", in, got)
		}
	}
	for _, c := range []struct {
		above, equal float64
		want         string
	}{{0, 1, "equal"}, {0, 0.5, "never"}, {1, 0, "always"}, {math.NaN(), math.NaN(), noValue}, {0.25, 0, "25.0 %"}} {
		x := &result.Pair{Equal: c.equal, Difference: result.Stat{Above0: c.above, SEAbove0: 0.01}}
		if got := strings.ReplaceAll(aboveShare(scaleOf("share"), x), nbsp, " "); got != c.want {
			t.Errorf("above in %v, equal in %v: %q, want %q", c.above, c.equal, got, c.want)
		}
	}
}

// In a browser: all charts are drawn, dots have what is pointed at, the page fits any screen and
// asks for nothing.
func TestComparisonBrowser(t *testing.T) {
	ctx := browser(t)
	evilOne := hostilePairing()
	evilOne.Others = evilOne.Others[:1]
	for _, c := range []struct {
		name, scheme string
		r            *result.Pairing
	}{{"plain", "light", one()}, {"hostile", "dark", evilOne}} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "report.html")
			if err := os.WriteFile(file, comparisonPageOf(t, c.r), 0o644); err != nil {
				t.Fatal(err)
			}
			b := open(t, ctx, small(), c.scheme)
			b.url, b.requests = "file://"+file, nil
			if err := chromedp.Do(b.ctx, chromedp.Navigate(b.url)); err != nil {
				t.Fatal(err)
			}
			b.readThrough()
			if n := eval[int](b, "document.querySelectorAll('[data-chart] svg').length"); n != 28 {
				t.Errorf("%d charts are drawn", n)
			}
			if c.name == "plain" {
				// A dot for each of three years and two scenarios.
				if n := eval[int](b, `[...document.querySelectorAll('[data-chart="aws-dots"] svg path')].filter(p => /A/.test(p.getAttribute("d"))).length`); n != 6 {
					t.Errorf("%d dots", n)
				}
				b.pointAt("aws-sides", " to ")
			}
			b.fits()
			b.quiet()
			b.accessible(structure, contrast)
		})
	}
}
