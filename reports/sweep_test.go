package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"entente/sim/result"
)

// swept is a sweep over some paths: two metrics by year and one once per trial, over two years,
// the last point without one of them.
func swept(design string, paths []string, points ...[]string) *result.Sweep {
	s := &result.Sweep{Version: "0.1.0", Design: design, Paths: paths, Headlines: []string{"aws.exposure", "aws.npv"},
		Arguments: []string{"--vary", "openai.cash=1:2/2"},
		Run:       result.Run{Trials: 400, Seed: 7, Sampler: "sobol", Start: "2027-01-01", Years: 2},
		Scenario:  result.Scenario{Name: "Base", SHA256: "aa11", Argument: "base.yaml", Overrides: []string{"discount_rate=0.1"}}}
	for i, values := range points {
		p := result.SweepPoint{Number: i + 1, Values: values}
		row := func(metric, unit, kind string, year int, mean float64) {
			r := result.SweepRow{Metric: metric, Unit: unit, Kind: kind, N: 400, Diff: mean - 10, SEDiff: 0.1 * float64(i)}
			r.Stat = result.Stat{Year: year, Defined: 1, Mean: mean, SE: 0.5, SD: 10, Min: -3, Max: 99, P5: mean - 5, P50: mean - 1, P95: mean + 7, SEP5: math.NaN(), SEP50: 0.6, SEP95: 0.9}
			if year > 0 {
				r.Stat.Date = fmt.Sprintf("%d-12-31", 2026+year)
			}
			p.Rows = append(p.Rows, r)
		}
		for year := 1; year <= 2; year++ {
			row("aws.exposure", "USD bn", result.Stock, year, 10+float64(i*year))
			row("aws.backlog", "USD bn", result.Stock, year, 0)
		}
		row("openai.failed", "share of futures", result.Trial, 0, 0.1+0.01*float64(i))
		if i < len(points)-1 {
			row("aws.npv", "USD bn", result.Trial, 0, -3+float64(i))
		}
		s.Points = append(s.Points, p)
	}
	return s
}

// The forms of a sweep: one path of numbers, one of texts, a grid of two, more; and one that
// somebody else wrote.
func sweeps() map[string]*result.Sweep {
	evil := "\u202e</script><img src=x onerror=alert(1)>"
	hostile := swept("grid", []string{"a", "b"}, []string{evil, "1"}, []string{evil, "2"}, []string{"=cmd()", "1"}, []string{"=cmd()", "2"})
	hostile.Scenario.Name, hostile.Points[0].Error, hostile.Scenario.Argument = evil, evil, evil
	failed := swept("grid", []string{"openai.cash"}, []string{"1"}, []string{"2"})
	failed.Points[1].Rows, failed.Points[1].Error = nil, "it overflows"
	none := swept("grid", []string{"a"}, []string{"1"})
	none.Points[0].Rows, none.Points[0].Error = nil, "it overflows"
	return map[string]*result.Sweep{
		"lines":   swept("grid", []string{"openai.cash*"}, []string{"1.5"}, []string{"1"}, []string{"2"}),
		"texts":   swept("grid", []string{"openai.cash"}, []string{"1 to 2"}, []string{""}, []string{"[]"}),
		"map":     swept("grid", []string{"openai.cash", "discount_rate+"}, []string{"20", "0.1"}, []string{"20", "0.2"}, []string{"9", "0.1"}, []string{"9", "0.2"}),
		"across":  swept("sobol", []string{"a", "b", "c"}, []string{"1", "2", "x"}, []string{"2", "2", "y"}, []string{"3", "1", "x"}),
		"hostile": hostile,
		"failed":  failed,
		"one":     swept("grid", []string{"a"}, []string{"1"}),
		"none":    none,
	}
}

func sweepPageOf(t *testing.T, s *result.Sweep) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteSweepHTML(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSweepHTML(t *testing.T) {
	for name, s := range sweeps() {
		page := sweepPageOf(t, s)
		if !bytes.Equal(page, sweepPageOf(t, s)) {
			t.Errorf("%s: written twice, the bytes differ", name)
		}
		if i := bytes.IndexAny(page, "\u202e\u2066\x00\x1b"); i >= 0 || bytes.Contains(page, []byte("<img")) {
			t.Errorf("%s: a mark of direction, or an element that a text made", name)
		}
		ids := map[string]bool{}
		var drawings map[string]drawing
		plots := 0
		for _, n := range nodes(t, page) {
			if id := attr(n, "id"); id != "" {
				if ids[id] {
					t.Errorf("%s: id %q stands twice", name, id)
				}
				ids[id] = true
			}
			if attr(n, "id") == "charts" {
				if err := json.Unmarshal([]byte(contents(n)), &drawings); err != nil {
					t.Fatal(err)
				}
			}
			if attr(n, "data-chart") == "" {
				continue
			}
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
			if cells == 0 || len(attr(n, "aria-label")) < 20 {
				t.Errorf("%s: %s has %d cells and the words %q", name, attr(n, "data-chart"), cells, attr(n, "aria-label"))
			}
		}
		want := 4
		switch name {
		case "one":
			want = 3
		case "none":
			want = 0
		}
		if plots != want || len(drawings) != want {
			t.Errorf("%s: %d places for %d charts, want %d", name, plots, len(drawings), want)
		}
		for id, d := range drawings {
			if turns := id == "m-aws-exposure"; turns != (len(d.Years) == 2) && id != "m-aws-backlog" {
				t.Errorf("%s: %s has %d years", name, id, len(d.Years))
			}
		}
	}
	text := string(sweepPageOf(t, sweeps()["lines"]))
	for _, want := range []string{
		"Simulated at 3\u00a0points of openai.cash times from 1 to 2.",
		"is lowest with openai.cash times 1.5 ($10.0\u00a0±\u00a00.5\u00a0bn) and highest with openai.cash times 2 ($14.0\u00a0±\u00a00.5\u00a0bn)",
		"entente sweep base.yaml --vary openai.cash=1:2/2 --trials 400 --seed 7 --sampler sobol --set discount_rate=0.1",
		"<td>12.0<i>\u00a0±\u00a00.5</i></td><td>2.00<i>\u00a0±\u00a00.10</i></td>",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the page of lines lacks %q", want)
		}
	}
	if text := string(sweepPageOf(t, sweeps()["failed"])); !strings.Contains(text, "Point 2 failed: it overflows.") {
		t.Error("the page does not say which point failed")
	}
}

// What is read back from sweep.csv is what was written, but for what is not in it; what a
// spreadsheet would compute is a text.
func TestSweepCSV(t *testing.T) {
	for name, s := range sweeps() {
		for i := range s.Points {
			p := &s.Points[i]
			var b bytes.Buffer
			if err := WriteSweepPoint(&b, p); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(b.String(), ",=") {
				t.Errorf("%s: a cell is a formula:\n%s", name, b.String())
			}
			rows, err := ReadSweepPoint(&b, len(s.Paths))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for k := range p.Rows {
				want := p.Rows[k]
				want.Unit, want.Kind, want.Stat.Date = "", "", ""
				if fmt.Sprintf("%#v", rows[k]) != fmt.Sprintf("%#v", want) {
					t.Errorf("%s: %#v is read as %#v", name, want, rows[k])
				}
			}
		}
		var b bytes.Buffer
		if err := WriteSweepJSON(&b, s); err != nil {
			t.Fatal(err)
		}
		var d struct {
			Points []struct {
				Point  int
				Values []string
				Rows   []struct {
					Metric string
					Stat   map[string]any
					Diff   *float64
				}
			}
		}
		if err := json.Unmarshal(b.Bytes(), &d); err != nil || len(d.Points) != len(s.Points) {
			t.Fatalf("%s: %v, %d points", name, err, len(d.Points))
		}
		for i, p := range d.Points {
			if !reflect.DeepEqual(p.Values, s.Points[i].Values) || len(p.Rows) != len(s.Points[i].Rows) || len(p.Rows) > 0 && (p.Rows[0].Stat["mean"] != s.Points[i].Rows[0].Stat.Mean || p.Rows[0].Stat["se_p5"] != nil) {
				t.Errorf("%s: point %d is %+v", name, i+1, p)
			}
		}
	}
}

func TestSweepTable(t *testing.T) {
	var b bytes.Buffer
	if err := WriteSweepTable(&b, sweeps()["map"], TableOptions{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"point  openai.cash  discount_rate+  aws.exposure@2028, USD bn  aws.npv, USD bn", "    4  9            0.2                            16.0\u00a0±\u00a00.5                –"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, b.String())
		}
	}
	b.Reset()
	long := swept("grid", []string{"a"})
	for i := range 55 {
		long.Points = append(long.Points, result.SweepPoint{Number: i + 1, Values: []string{fmt.Sprint(i)}, Error: "no"})
	}
	if err := WriteSweepTable(&b, long, TableOptions{Width: 80}); err != nil || !strings.Contains(b.String(), "and 15 more points") || !strings.Contains(b.String(), "failed") {
		t.Errorf("%v:\n%s", err, b.String())
	}
}

// In a browser: all charts are drawn and tell what is pointed at, turn with the year, fit any
// screen, and ask for nothing.
func TestSweepBrowser(t *testing.T) {
	ctx := browser(t)
	for _, c := range []struct{ name, scheme, chart, tip string }{
		{"lines", "light", "m-aws-exposure", "95\u00a0% of the mean"},
		{"texts", "dark", "m-aws-exposure", "mean"},
		{"map", "dark", "m-aws-exposure", "discount_rate plus"},
		{"across", "light", "m-aws-exposure", ""},
		{"hostile", "light", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "report.html")
			if err := os.WriteFile(file, sweepPageOf(t, sweeps()[c.name]), 0o644); err != nil {
				t.Fatal(err)
			}
			b := open(t, ctx, small(), c.scheme)
			b.url, b.requests = "file://"+file, nil
			if err := chromedp.Do(b.ctx, chromedp.Navigate(b.url)); err != nil {
				t.Fatal(err)
			}
			b.readThrough()
			if n := eval[int](b, "document.querySelectorAll('[data-chart] svg').length"); n != 4 {
				t.Errorf("%d charts are drawn", n)
			}
			if n := eval[int](b, "[...document.querySelectorAll('[data-chart] svg')].filter(s => s.querySelectorAll('path').length < 3).length"); n != 0 {
				t.Errorf("%d charts are empty", n)
			}
			if c.chart != "" {
				if c.tip != "" { // in the middle of it there is something
					b.pointAt(c.chart, c.tip)
				}
				b.look(c.chart)
				before := b.atRest()[c.chart]
				eval[bool](b, "(() => { const y = document.getElementById('year'); y.value = 0; y.dispatchEvent(new Event('input')); return true })()")
				b.look(c.chart)
				if b.atRest()[c.chart] == before {
					t.Error("the chart does not turn with the year")
				}
			}
			b.fits(1280, 768, 360)
			b.quiet()
		})
	}
}

// Colours span no less than luck could make of equal means, and cells that can't be told from
// point 1 are marked.
func TestSweepTints(t *testing.T) {
	s := sweeps()["map"]
	p, err := newSweepPage(s)
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]*result.SweepRow, 4)
	at := func(diffs, errs [4]float64) {
		for i := range rows {
			rows[i] = &result.SweepRow{Diff: diffs[i], SEDiff: errs[i], Stat: result.Stat{Mean: 10 + diffs[i], SE: 5}}
		}
	}
	at([4]float64{0, 0.1, -0.2, 0.15}, [4]float64{0, 0.3, 0.3, 0.3})
	noise := p.tintOf(rows)
	if spread := noise.strength(10.15) - noise.strength(9.8); !(spread > 0 && spread < 0.2) {
		t.Errorf("luck spans %v of the colours", spread)
	}
	for i, want := range []int{isFirst, notTold, notTold, notTold} {
		if got := p.mark(i, rows[i]); got != want {
			t.Errorf("of luck, cell %d has mark %d, want %d", i, got, want)
		}
	}
	at([4]float64{0, 20, 40, math.NaN()}, [4]float64{0, 0.3, 0.3, math.NaN()})
	rows[3].Stat.Mean = 30
	effect := p.tintOf(rows)
	if effect.strength(10) != palest || effect.strength(50) != strongest || p.mark(2, rows[2]) != unmarked || p.mark(3, rows[3]) != unmarked {
		t.Errorf("an effect has the scale %+v", effect)
	}
}

// Points of other horizons stand in the table with the last year that all have, and the page says so.
func TestSweepHorizons(t *testing.T) {
	s := swept("grid", []string{"horizon.years"}, []string{"1"}, []string{"2"})
	short := &s.Points[0]
	short.Rows = slices.DeleteFunc(short.Rows, func(r result.SweepRow) bool { return r.Stat.Year == 2 })
	var b bytes.Buffer
	if err := WriteSweepTable(&b, s, TableOptions{}); err != nil || !strings.Contains(b.String(), "aws.exposure@2027, USD bn") || !strings.Contains(b.String(), "each over its own") {
		t.Errorf("%v:\n%s", err, b.String())
	}
	if text := string(sweepPageOf(t, s)); !strings.Contains(text, "The points do not have the same years.") || !strings.Contains(text, "at the end of 2027 is lowest with horizon.years 1") {
		t.Error("the page does not say of which years it is")
	}
	if text := string(sweepPageOf(t, sweeps()["lines"])); strings.Contains(text, "do not have the same years") {
		t.Error("points of the same years are said to have others")
	}
}
