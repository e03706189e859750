package reports

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"entente/sim/result"
)

// toldFutures are two of a realistic result: one in which things happen, and one in which nothing does.
func toldFutures(years int) []result.Future {
	values := make([]float64, years)
	for i := range values {
		values[i] = 100 + float64(i)
	}
	return []result.Future{
		{Trial: 1323, Title: "near the middle", Rule: "the trial that is closest to the middle",
			Standings: []result.Standing{{Metric: "aws.npv", Unit: "USD bn", Value: -12.345, Below: 0.25, Above: 0.75},
				{Metric: "azure.exposure", Unit: "USD bn", Year: years, Value: 230, Below: 0.5, Above: 0.25},
				{Metric: "openai.failed", Unit: "share of futures", Value: 0, Below: 0, Above: math.NaN()}},
			Inputs: []result.Drawn{{Path: "openai.cash", Unit: "USD bn", Value: 41, P: 0.001}, {Path: "openai.opex", Value: 0.4, P: 0.5}},
			Happenings: []result.Happening{{Kind: "raise", From: 0, To: 2, Who: "openai", Amount: 40, Parts: []float64{0}, Times: 2},
				{Kind: "peak", From: 3, To: 3, Who: "aws", Amount: 500}},
			Outcomes: []result.Outcome{{Name: "aws.exposure", Unit: "USD bn", Kind: result.Stock, Values: values}, {Name: "azure.flow", Unit: "USD bn", Kind: result.Flow, Values: values}}},
		{Trial: 7, Title: "bad for AWS", Rule: "the trial at p5 of aws.npv"},
	}
}

func TestFuturesRoundTrip(t *testing.T) {
	r := small()
	r.Futures = toldFutures(1)
	back, err := ReadJSON(bytes.NewReader(writeJSON(t, r)))
	if err != nil {
		t.Fatal(err)
	}
	if at := differ(reflect.ValueOf(r.Futures), reflect.ValueOf(back.Futures), "Futures"); at != "" {
		t.Errorf("%s came back different", at)
	}
}

// The report tells each future: why it, where it stands, what was unusual, and what happens when.
func TestFutureSection(t *testing.T) {
	whole := *realistic() // which others use too
	r := &whole
	r.Run.Start = "2027-01-01"
	r.Futures = toldFutures(r.Run.Years)
	var b bytes.Buffer
	if err := WriteHTML(&b, r); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(b.String(), nbsp, " ")
	for _, want := range []string{
		`<h2 id="futures-h">Two futures, told</h2>`, "<bdi>Near the middle</bdi>", "<bdi>Bad for AWS</bdi>",
		"Trial 1,323: the trial that is closest to the middle.", "’s net present value is −$12.3 bn (lower in 25 % of the trials)",
		"is $230 bn (lower in 50 % of the trials)", "Drawn farthest from the middle of what is assumed: openai.cash is $41 bn (p0.10) and openai.opex is 0.4 (p50)",
		"2027 Q1 to 2027 Q3", "OpenAI raises $40 bn in 2 quarters.", "2027 Q4", "’s exposure peaks at $500 bn.",
		"Nothing that is told of", `id="future-1-exposure"`, `id="future-1-flow"`, "--trial 1323",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report has no %q", want)
		}
	}
	for _, not := range []string{`id="future-2-exposure"`, "NaN"} {
		if strings.Contains(text[strings.Index(text, `id="futures"`):strings.Index(text, `id="events"`)], not) {
			t.Errorf("the report has %q", not)
		}
	}
	if i := strings.Index(text, "Nothing that is told of"); !strings.Contains(text[max(0, i-200):i], "Never") {
		t.Errorf("the row of nothing has no header: %q", text[max(0, i-200):i])
	}
	low, high := slices.Clone(r.Futures[0].Outcomes), slices.Clone(r.Futures[0].Outcomes)
	for i := range high {
		high[i].Values = slices.Clone(high[i].Values)
		high[i].Values[0] = 2400
	}
	p := &page{R: &result.Result{Run: r.Run, Clouds: r.Clouds, Futures: []result.Future{{Outcomes: low}, {Outcomes: high}}}, colors: map[string]string{}}
	if axes := p.futureAxes(); axes["exposure"].hi < 2400 || axes["flow"].hi < 2400 {
		t.Errorf("the axes are %+v", axes)
	}
	r.Futures = nil
	b.Reset()
	if err := WriteHTML(&b, r); err != nil || strings.Contains(b.String(), `id="futures"`) {
		t.Errorf("without futures: %v, or it has the section", err)
	}
}

// Of many things the report shows the main ones, in the order of time, and folds all.
func TestMainThings(t *testing.T) {
	whole := *realistic() // which others use too
	r := &whole
	f := newFinder(r)
	var hs []result.Happening
	for n := range 30 {
		hs = append(hs, result.Happening{Kind: "tranche", From: n, To: n, Who: "microsoft", Whom: "openai", Amount: 100})
	}
	hs[20] = result.Happening{Kind: "failure", From: 20, To: 20, Who: "openai", Amount: 1}
	hs[3] = result.Happening{Kind: "event", From: 3, To: 9, Who: "e"}
	hs[4] = result.Happening{Kind: "raise", From: 4, To: 4, Who: "openai", Amount: 1}
	hs[29] = result.Happening{Kind: "peak", From: 29, To: 29, Who: "aws", Amount: 1}
	main := f.mainly(hs)
	if len(main) != mostMain {
		t.Fatalf("%d things", len(main))
	}
	for _, kind := range []string{"failure", "event", "raise", "peak"} {
		if !slices.ContainsFunc(main, func(h result.Happening) bool { return h.Kind == kind }) {
			t.Errorf("there is no %s among %+v", kind, main)
		}
	}
	if !slices.IsSortedFunc(main, func(a, b result.Happening) int { return a.From - b.From }) {
		t.Errorf("they are not in the order of time: %+v", main)
	}
	if got := f.mainly(hs[:5]); len(got) != 5 {
		t.Errorf("of five things %d are told", len(got))
	}
	r.Run.Start = "2027-01-01"
	r.Futures = []result.Future{{Trial: 2, Title: "bad", Rule: "by lot", Happenings: hs}}
	var b bytes.Buffer
	if err := WriteHTML(&b, r); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.Contains(text, "What happens: bad, the main things") || !strings.Contains(text, "<summary>What happens: bad, all 30 things</summary>") ||
		!strings.Contains(text, "A future, told") {
		t.Error("the report doesn't fold them")
	}
}
