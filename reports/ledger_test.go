package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"entente/sim/result"
)

// smallLedger is one of a lab on a cloud for two years.
func smallLedger() *result.Ledger {
	count := func(metric string, factor float64) result.Count { return result.Count{Metric: metric, Factor: factor} }
	return &result.Ledger{
		Facts: result.Result{
			Version:   "test",
			Scenario:  result.Scenario{Name: "small"},
			Run:       result.Run{Trials: 20000, Seed: 3, Sampler: "sobol", Start: "2027-01-01", Years: 2},
			Labs:      []result.Entity{{ID: "lab", Name: "The Lab"}},
			Clouds:    []result.Entity{{ID: "cloud", Name: "The Cloud", Owner: "big_owner"}},
			Alliances: []result.Alliance{{ID: "lab_cloud", Lab: "lab", Cloud: "cloud"}},
			Events: []result.Event{{ID: "price_war", Name: "price_war", Terms: []string{"hazard 0.1 per year",
				"multiplies lab_cloud.price by 0.5 to 0.9", "adds -0.2 to 0.1 to lab_cloud.margin", "moves 0.1 to 0.4 of lab_cloud.share to the lab's other alliances"}}},
			Assumptions: []result.Assumption{{Path: "lab.cash", Text: "10 to 30"}},
		},
		Trial: 1234, Rule: "the lowest cloud.npv",
		Standings: []result.Standing{{Metric: "cloud.npv", Unit: "USD bn", Value: -12.5, Below: 0, Above: 0.99995},
			{Metric: "cloud.exposure", Unit: "USD bn", Year: 2, Value: 7, Below: 0.25, Above: 0.75}},
		Inputs: []result.Drawn{{Path: "lab.cash", Unit: "USD bn", Value: 29.1, P: 0.9955}, {Path: "price_war.effects.0.multiply", Value: 0.612, P: 0.5},
			{Path: "price_war.effects.2.move", Value: 0.25, P: 0.5}},
		Outcomes: []result.Outcome{{Name: "lab.cash", Unit: "USD bn", Kind: result.Stock, Values: []float64{28, math.NaN()}}},
		Lines: []result.Line{
			{Step: -1, Date: "2027-01-01", Kind: "opening", Payee: "lab", Reason: "cash at the start", Amount: 20, Counts: []result.Count{count("lab.cash", 1)}},
			{Step: 0, Date: "2027-01-01", Kind: "payment", Payer: "big_owner", Payee: "lab", Deal: "lab_cloud", Reason: "tranche", Amount: 10,
				Counts: []result.Count{count("lab.cash", 1), count("cloud.flow", -1), count("cloud.npv", -0.99)}},
			{Step: 3, Date: "2027-12-31", Kind: "payment", Payer: "lab", Payee: "cloud", Deal: "lab_cloud", Reason: "use", Amount: 2.0000000001,
				Counts: []result.Count{count("lab.cash", -1), count("cloud.flow", 1), count("cloud.npv", 0.9)}},
			{Step: 4, Date: "2028-03-31", Kind: "payment", Payer: "=lab", Payee: "customers", Reason: "odd", Amount: 0.0001},
			{Step: 5, Date: "2028-06-30", Kind: "charge", Payer: "cloud", Deal: "lab_cloud", Reason: "cost of the use", Amount: 1.25,
				Counts: []result.Count{count("cloud.flow", -1), count("cloud.npv", -0.85)}},
			{Step: 8, Date: "2028-12-31", Kind: "holding", Payee: "big_owner", Deal: "lab_cloud", Reason: "equity at the horizon", Amount: 5,
				Counts: []result.Count{count("cloud.npv", 0.8)}},
		},
		Checks: []result.Check{{Metric: "lab.cash", Year: 1, Lines: 3, Sum: 28, Value: 28 + 2e-12, Tolerance: 5e-12, Holds: true}},
		Happenings: []result.Happening{
			{Kind: "event", From: 0, To: 3, Who: "price_war"},
			{Kind: "tranche", From: 0, To: 0, Who: "big_owner", Whom: "lab", Amount: 10},
			{Kind: "failure", From: 7, To: 7, Who: "lab", Amount: 1.234},
		},
		Paths: []result.Path{{Name: "lab.cash", Unit: "USD bn", Kind: result.Stock, Values: []float64{20, 28}}},
	}
}

// tight makes one space of several.
func tight(s string) string { return regexp.MustCompile(" +").ReplaceAllString(s, " ") }

func TestWriteLedger(t *testing.T) {
	var b bytes.Buffer
	if err := WriteLedger(&b, smallLedger(), TableOptions{}); err != nil {
		t.Fatal(err)
	}
	text := tight(b.String())
	for _, want := range []string{
		"The same again: entente explain SCENARIO --trials 20000 --seed 3 --sampler sobol --trial 1234\n",
		"Trial 1,234 of small\nChosen: the lowest cloud.npv.\nOne of 20,000 trials, which count from 0; seed 3, sampler sobol.",
		"cloud.npv −12.5 USD bn 0 % >99.9 %",
		"cloud.exposure at the end of 2028",
		"lab.cash 29.1 USD bn p99.6 10 to 30",
		"2027 Q1 Event price war: the price of The Cloud’s compute for The Lab is multiplied by 0.612; adds\n -0.2 to 0.1 to lab_cloud.margin; 25 % of what The Lab uses of The Cloud moves to its other\n clouds. It lasts until 2027 Q4.",
		"2027 Q1 Big owner pays The Lab a tranche of $10 bn.",
		"2028 Q4 The Lab fails: it is $1.23 bn short of cash.",
		"The cash of The Lab",
		"opening 20.000 28.000",
		"tranche from Big owner 10.000 ·",
		"use to The Cloud −2.000 ·",
		"closing 28.000 28.000",
		"cost of the use, borne by The Cloud · 1.250 1.250",
		"equity at the horizon, held by Big owner · 5.000 5.000",
		"outside the deals 2027 2028 all",
		"1 sums of lines equal the trial's 1 metrics that they make up, year by year, to half a cent; the\nlargest difference is 0.2 cents.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	for _, line := range strings.Split(b.String(), "\n") {
		if strings.HasSuffix(line, " ") {
			t.Errorf("%q ends with a space", line)
		}
	}
}

// Where there is little room, years stand below each other and no line is longer.
func TestWriteLedgerNarrow(t *testing.T) {
	l := smallLedger()
	l.Facts.Run.Years = 10
	var b bytes.Buffer
	if err := WriteLedger(&b, l, TableOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "opening"); n < 2 {
		t.Errorf("ten years stand in %d blocks:\n%s", n, b.String())
	}
	if !strings.Contains(b.String(), "2036") {
		t.Error("the last year is missing")
	}
	for _, line := range strings.Split(b.String(), "\n") {
		if n := len([]rune(line)); n > 80 && !strings.HasPrefix(line, "The same again: ") { // a command is not broken
			t.Errorf("%d characters: %q", n, line)
		}
	}
}

// Only the lines of a metric: they are signed as they count, and labs' cash, which would not
// close, is not shown.
func TestWriteLedgerOf(t *testing.T) {
	l := smallLedger()
	l.Of = "cloud.flow"
	l.Lines = append(l.Lines[1:3:3], l.Lines[4])
	var b bytes.Buffer
	if err := WriteLedger(&b, l, TableOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"What cloud.flow is the sum of", "tranche: Big owner to The Lab −10.000", "borne by The Cloud · −1.250 −1.250", "cloud.flow −8.000 −1.250 −9.250"} {
		if !strings.Contains(tight(b.String()), want) {
			t.Errorf("there is no %q in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "The cash of") {
		t.Error("the lab's cash is shown")
	}
	if strings.Contains(b.String(), "What happened") {
		t.Error("the story is told")
	}
	l = smallLedger()
	l.Of, l.Lines = "lab.cash", l.Lines[:3]
	b.Reset()
	if err := WriteLedger(&b, l, TableOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"sum start 2027 2028 all", "lab.cash 20.000 8.000 · 28.000", "cash at the start, held by The Lab 20.000 · · 20.000"} {
		if !strings.Contains(tight(b.String()), want) {
			t.Errorf("there is no %q in\n%s", want, b.String())
		}
	}
	l.Lines = nil
	b.Reset()
	if err := WriteLedger(&b, l, TableOptions{}); err != nil || !strings.Contains(b.String(), "There is no line.") {
		t.Errorf("without lines: %v\n%s", err, b.String())
	}
}

func TestWriteLedgerLines(t *testing.T) {
	var b bytes.Buffer
	if err := WriteLedgerLines(&b, smallLedger(), TableOptions{}); err != nil {
		t.Fatal(err)
	}
	if want := "2028-06-30 charge The Cloud lab_cloud cost of the use 1.250000"; !strings.Contains(tight(b.String()), want) {
		t.Errorf("there is no %q in\n%s", want, b.String())
	}
	b.Reset()
	if err := WriteLedgerLines(&b, smallLedger(), TableOptions{Raw: true}); err != nil || !strings.Contains(b.String(), " 2.0000000001\n") {
		t.Errorf("raw: %v\n%s", err, b.String())
	}
	b.Reset()
	if err := WriteLedger(&b, smallLedger(), TableOptions{Raw: true}); err != nil || !strings.Contains(tight(b.String()), "use: The Lab to The Cloud 2.0000000001 ·") {
		t.Errorf("raw: %v\n%s", err, b.String())
	}
	b.Reset()
	if err := WriteLedgerLines(&b, smallLedger(), TableOptions{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "Every line: 6") {
		t.Error(b.String())
	}
}

// The CSV has every line with all its digits, and no cell that a spreadsheet takes for a formula.
func TestWriteLedgerCSV(t *testing.T) {
	l := smallLedger()
	var b bytes.Buffer
	if err := WriteLedgerCSV(&b, l); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+len(l.Lines) {
		t.Fatalf("%d rows", len(rows))
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	var cash float64
	for i, row := range rows[1:] {
		amount, err := strconv.ParseFloat(row[column["amount_usd_bn"]], 64)
		if err != nil || amount != l.Lines[i].Amount {
			t.Errorf("line %d is %q, want %v", i, row[column["amount_usd_bn"]], l.Lines[i].Amount)
		}
		if strings.Contains(row[column["adds_to"]], "lab.cash") {
			cash += amount
		}
		if strings.Contains(row[column["takes_from"]], "lab.cash") {
			cash -= amount
		}
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+@", rune(cell[0])) {
				t.Errorf("cell %q", cell)
			}
		}
	}
	if math.Abs(cash-27.9999999999) > 1e-12 {
		t.Errorf("the lines of the lab's cash sum to %v", cash)
	}
	if got := rows[3][column["discount_factor"]]; got != "0.9" {
		t.Errorf("the discount factor is %q", got)
	}
	if got := rows[4][column["payer"]]; got != "'=lab" {
		t.Errorf("a payer that looks like a formula is %q", got)
	}
}

func TestWriteLedgerJSON(t *testing.T) {
	l := smallLedger()
	var b bytes.Buffer
	if err := WriteLedgerJSON(&b, l); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Trial int
		Rule  string
		Story []struct{ When, Text string }
		Lines []struct {
			Amount float64
			Counts []struct {
				Metric string
				Factor float64
			}
		}
		Metrics []struct{ Values []*float64 }
		Checks  []struct{ Holds bool }
	}
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Trial != 1234 || got.Rule != l.Rule || len(got.Lines) != len(l.Lines) || got.Lines[2].Amount != l.Lines[2].Amount ||
		got.Lines[2].Counts[2].Factor != 0.9 || len(got.Story) != 3 || !got.Checks[0].Holds {
		t.Errorf("got %+v", got)
	}
	if v := got.Metrics[0].Values; *v[0] != 28 || v[1] != nil {
		t.Errorf("the metric is %v", v)
	}
}

// Every kind of happening has its sentence; what this program doesn't know is left out.
func TestStory(t *testing.T) {
	f := newFinder(&smallLedger().Facts)
	hs := map[string]result.Happening{
		"The Lab raises $40 bn.":                                                    {Kind: "raise", Who: "lab", Amount: 40, Parts: []float64{0}, Times: 1},
		"The Lab raises $40 bn, at a price of distress.":                            {Kind: "raise", Who: "lab", Amount: 40, Parts: []float64{40}, Times: 1},
		"The Lab raises $40 bn in 3 quarters, $10 bn of it at a price of distress.": {Kind: "raise", Who: "lab", Amount: 40, Parts: []float64{10}, Times: 3},
		"The Lab raises $40 bn in 3 quarters, all of it at a price of distress.":    {Kind: "raise", Who: "lab", Amount: 40, Parts: []float64{40}, Times: 3},
		"Event price war: multiplies lab_cloud.price by 0.5 to 0.9; adds -0.2 to 0.1 to lab_cloud.margin; moves 0.1 to 0.4 of lab_cloud.share to the lab's other alliances. It lasts for that quarter.": {Kind: "event", Who: "price_war", From: 2, To: 2},
		"The Lab has not the cash for its runway, and buys less compute.":                                                {Kind: "austerity", Who: "lab"},
		"The Lab’s revenue reaches $100 bn a year.":                                                                      {Kind: "run_rate", Who: "lab", Amount: 100},
		"The Lab’s revenue has fallen below half of its highest, which was $123 bn a year.":                              {Kind: "halved", Who: "lab", Amount: 123.4},
		"The Lab fails: it is $0.5 bn short of cash.":                                                                    {Kind: "failure", Who: "lab", Amount: 0.5},
		"The Cloud loses $7 bn by it: $4 bn of equity, $2 bn of unpaid bills and $1 bn of plant that nobody else needs.": {Kind: "loss", Who: "cloud", Whom: "lab", Amount: 7, Parts: []float64{4, 2, 1}},
		"The Cloud loses $2 bn of unpaid bills by it.":                                                                   {Kind: "loss", Who: "cloud", Whom: "lab", Amount: 2, Parts: []float64{0, 2, 0}},
		"The Lab uses less of The Cloud than it has committed to: $3 bn is paid for nothing and $0.5 bn is waived.":      {Kind: "shortfall", Who: "lab", Whom: "cloud", Amount: 3, Parts: []float64{0.5}},
		"The Lab uses less of The Cloud than it has committed to: $0.5 bn is waived.":                                    {Kind: "shortfall", Who: "lab", Whom: "cloud", Parts: []float64{0.5}},
		"The Lab has used all that it committed to The Cloud.":                                                           {Kind: "credited", Who: "lab", Whom: "cloud"},
		"The Cloud is now where The Lab uses most: 47.2 % of its compute.":                                               {Kind: "lead", Who: "lab", Whom: "cloud", Amount: 0.472},
		"The Cloud’s exposure peaks at $1,489 bn.":                                                                       {Kind: "peak", From: 3, To: 3, Who: "cloud", Amount: 1489.4},
		"The Cloud’s exposure peaks at $1,488 bn, between the ends of two years.":                                        {Kind: "peak", From: 2, To: 2, Who: "cloud", Amount: 1488.4},
		"Big owner pays The Lab a tranche of $10 bn.":                                                                    {Kind: "tranche", Who: "big_owner", Whom: "lab", Amount: 10},
	}
	for want, h := range hs {
		story := f.story([]result.Happening{h}, nil, 0)
		if len(story) != 1 || strings.ReplaceAll(story[0].Text, nbsp, " ") != want {
			t.Errorf("%+v is told as %+v, want %q", h, story, want)
		}
	}
	if story := f.story([]result.Happening{{Kind: "something new"}}, nil, 0); len(story) != 0 {
		t.Errorf("what is not known is told as %+v", story)
	}
}

// Steps are quarters of the calendar, or have days where the start is within one.
func TestCalendar(t *testing.T) {
	for _, c := range []struct {
		start    string
		from, to int
		want     string
	}{
		{"2027-01-01", 0, 0, "2027 Q1"},
		{"2026-10-01", 1, 4, "2027 Q1 to 2027 Q4"},
		{"2026-02-15", 0, 0, "2026-02-15"},
		{"2026-02-15", 0, 1, "2026-02-15 to 2026-08-14"},
		{"2026-02-01", 3, 3, "2026-11-01"},
	} {
		if got := newCalendar(result.Run{Start: c.start, Years: 2}).times(c.from, c.to); got != c.want {
			t.Errorf("steps %d to %d from %s are %q, want %q", c.from, c.to, c.start, got, c.want)
		}
	}
}
