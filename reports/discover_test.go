package reports

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"entente/sim/result"
)

var noLimit = math.Inf(1)

func estimateOf(v, by float64) result.Estimate {
	return result.Estimate{Value: v, Low: v - by, High: v + by}
}

// discovered is what a search could find: a box of an input and an event, a second one, a tree.
func discovered() *result.Discovery {
	growth := result.Limit{Input: "openai.revenue.growth.initial", Unit: "per year", Low: -noLimit, High: 0.9, UpTo: 0.3, Without: result.Counts{Trials: 5000, Hits: 600, In: 1000, HitsIn: 200}, P: 1e-9}
	event := result.Limit{Input: "slump", Event: true, Unit: "years", Low: -noLimit, High: 4, Before: "2031-01-01", UpTo: 0.2, Without: result.Counts{Trials: 5000, Hits: 600, In: 1500, HitsIn: 300}, P: 0.0421, Again: 7, Searches: 10}
	first := result.Counts{Trials: 5000, Hits: 600, In: 450, HitsIn: 274}
	box := result.Box{
		Limits: []result.Limit{growth, event}, Rest: first, Held: first, Found: first,
		Density: estimateOf(0.609, 0.045), Outside: estimateOf(0.0716, 0.008), Coverage: estimateOf(0.457, 0.04), Support: estimateOf(0.09, 0.008), Lift: estimateOf(5.074, 0.4), Phi: 0.53,
		Trajectory: []result.Peel{
			{Found: result.Counts{Trials: 3750, Hits: 450, In: 3750, HitsIn: 450}, Held: result.Counts{Trials: 5000, Hits: 600, In: 5000, HitsIn: 600}},
			{Cuts: []result.Cut{{Input: "slump", Low: -noLimit, High: 9.75}, {Input: "openai.cash", Low: 12.345678, High: 50}}, Found: result.Counts{Trials: 3750, Hits: 450, In: 1000, HitsIn: 300}, Held: result.Counts{Trials: 5000, Hits: 600, In: 1300, HitsIn: 310}},
		},
	}
	second := box
	second.Rest = result.Counts{Trials: 4550, Hits: 326, In: 500, HitsIn: 100}
	second.Limits = []result.Limit{{Input: "openai.cash", Unit: "USD bn", Low: 40, High: noLimit, Below: 0.6, UpTo: 1, Without: first, P: 0.2, Again: 4, Searches: 10}}
	d := &result.Discovery{
		Version: "test", Scenario: result.Scenario{Name: "Planted", Argument: "planted.yaml", SHA256: "abc", Overrides: []string{"openai.cash=1 to 2"}},
		Run: result.Run{Trials: 10000, Seed: 7, Sampler: "sobol", Start: "2027-01-01", Years: 10}, Where: "aws.loss_total > 20",
		All: result.Counts{Trials: 10000, Hits: 1230, In: 10000, HitsIn: 1230}, Share: estimateOf(0.123, 0.005), SE: 0.0026,
		Held: result.Counts{Trials: 5000, Hits: 600, In: 5000, HitsIn: 600}, Inputs: 42, Boxes: []result.Box{box, second},
		Plane: &result.Plane{X: event, Y: growth, Frames: []result.Frame{
			{X: result.Cut{Input: "slump", Low: -noLimit, High: 4}, Y: result.Cut{Input: growth.Input, Low: -noLimit, High: 0.9}},
			{X: result.Cut{Input: "slump", Low: 9, High: noLimit}, Y: result.Cut{Input: growth.Input, Low: -noLimit, High: noLimit}},
		}},
	}
	d.Leaves = []result.Leaf{
		{Limits: []result.Limit{growth}, Held: first, Density: estimateOf(0.3, 0.02), Support: estimateOf(0.3, 0.01), Coverage: estimateOf(0.75, 0.03)},
		{Limits: []result.Limit{{Input: growth.Input, Unit: growth.Unit, Low: 0.9, High: noLimit}}, Held: first, Density: estimateOf(0.04, 0.01), Support: estimateOf(0.7, 0.01), Coverage: estimateOf(0.25, 0.03)},
	}
	for k := range 300 {
		p := result.Point{X: float64(k%40+1) / 4, Y: float64(k) / 100, Hit: k%8 == 0}
		if k%3 == 0 {
			p.X = noLimit
		}
		d.Plane.Points = append(d.Plane.Points, p)
	}
	return d
}

func TestLimitInWords(t *testing.T) {
	d := newDiscovery(discovered())
	for _, tt := range []struct {
		limit result.Limit
		want  string
	}{
		{result.Limit{Input: "a.b", Low: -noLimit, High: 0.9}, "a.b is at most 0.9"},
		{result.Limit{Input: "a.b", Unit: "share", Low: 0.25, High: noLimit}, "a.b is above 0.25"},
		{result.Limit{Input: "a.b", Unit: "USD bn", Low: -1500, High: 0.0003}, "a.b is above −1,500 and at most 0.0003 USD bn"},
		{result.Limit{Input: "e", Event: true, Low: -noLimit, High: 4, Before: "2031-01-01"}, "e happens before 2031"},
		{result.Limit{Input: "e", Event: true, Low: -noLimit, High: 4.3, Before: "2031-04-01"}, "e happens before April 2031"},
		{result.Limit{Input: "e", Event: true, Low: -noLimit, High: 10, Before: "2037-01-01"}, "e happens"},
		{result.Limit{Input: "e", Event: true, Low: 4, High: noLimit, From: "2031-01-15"}, "e does not happen before 2031-01-15"},
		{result.Limit{Input: "e", Event: true, Low: 10, High: noLimit, From: "2037-01-01", Never: true}, "e never happens"},
		{result.Limit{Input: "e", Event: true, Low: 2, High: 4, From: "2029-01-01", Before: "2031-01-01"}, "e first happens from 2029 until 2031"},
	} {
		if got := strings.ReplaceAll(d.limit(tt.limit), nbsp, " "); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.limit, got, tt.want)
		}
	}
}

func TestDiscoverySentences(t *testing.T) {
	d := discovered()
	got := strings.ReplaceAll(strings.Join(newDiscovery(d).sentences(), "\n"), nbsp, " ")
	want := `aws.loss_total > 20 holds in 12.30 ± 0.26 % of futures: in 60.9 % of those in which openai.revenue.growth.initial is at most 0.9 per year and slump happens before 2031, against 7.2 % of the others.
That box has 45.7 % of all the futures in which it holds, and 9.0 % of all futures: 5.07 times what chance would put there.
Of the futures outside that box it holds in 60.9 % of those in which openai.cash is above 40 USD bn (p = 0.200: not to be relied on), against 7.2 % of what is left; both boxes have 62.3 % of all the futures in which it holds.`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	d.Boxes[0].Limits[1].Again = 4
	said := newDiscovery(d).sentences()
	if got, want := said[len(said)-1], "Searches in random halves of the trials seldom find slump again: boxes without say nearly as much, and more trials would tell."; got != want {
		t.Errorf("got %q", got)
	}
	d.Boxes[0].Limits[1].Again = 2
	said = newDiscovery(d).sentences()
	if want := "slump happens before 2031 (found again in 2 of 10 searches: not to be relied on), against"; !strings.Contains(strings.ReplaceAll(said[0], nbsp, " "), want) || len(said) != 3 {
		t.Errorf("got %q", said)
	}
}

// Where nothing was found it is said what would have been missed, and no cause.
func TestNothingFound(t *testing.T) {
	d := discovered()
	d.Rejected, d.Boxes, d.Plane, d.Detectable = &d.Boxes[0], nil, nil, result.Detectable{Support: 0.1, Lift: 1.853}
	told := func() string {
		return strings.ReplaceAll(strings.Join(newDiscovery(d).sentences(), "\n"), nbsp, " ")
	}
	want := `No box was found that marks them: aws.loss_total > 20 holds in 12.30 ± 0.26 % of futures, and no box of inputs and events from 10,000 trials has more of them, in the 5,000 held out with 600 hits, than chance explains.
That is no proof that nothing does: a box of 10 % of futures whose lift is below about 1.9 may well be missed, and a smaller one sooner; try -n 40000. The leaves of the tree do differ, in the trials held out, by more than chance explains.`
	if got := told(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	d.Detectable.Lift, d.Leaves, d.Held.Hits = math.NaN(), d.Leaves[:1], 1
	want = `with 1 hit, than chance explains.
That is no proof that nothing does: so few trials would not tell a box of 10 % of futures from chance, whatever its lift; try -n 40000.`
	if got := told(); !strings.HasSuffix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// One is not many.
func TestDiscoveryOfOne(t *testing.T) {
	d := discovered()
	d.Inputs = 1
	var b bytes.Buffer
	if err := WriteDiscovery(&b, d, TableOptions{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "; 1 input or event\n") || !strings.Contains(b.String(), "A tree of two leaves") {
		t.Errorf("got\n%s", &b)
	}
}

func TestWriteDiscovery(t *testing.T) {
	for _, width := range []int{0, 80, 95, 110, 200} {
		var b bytes.Buffer
		if err := WriteDiscovery(&b, discovered(), TableOptions{Width: width}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"Box 1", "60.9 % (56.4 to 65.4)", "slump", "7 of 10", "Futures in which", "42 inputs and events", "in 600 of which it holds"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("width %d: no %q in\n%s", width, want, &b)
			}
		}
		if strings.Contains(b.String(), "\x1b") {
			t.Error("colour that nobody asked for")
		}
	}
}

// All that is in it can be read, limits and counts are those of the result, and what is endless
// is left out.
func TestWriteDiscoveryJSON(t *testing.T) {
	d := discovered()
	var b bytes.Buffer
	if err := WriteDiscoveryJSON(&b, d); err != nil {
		t.Fatal(err)
	}
	var j struct {
		Kind, Where string
		Words       []string
		Share       [3]float64
		HeldOut     map[string]int `json:"held_out"`
		Boxes       []struct {
			Words      string
			Density    [3]float64
			Limits     []map[string]any
			Trajectory []struct {
				Limits   []map[string]any
				Held     map[string]int `json:"held_out"`
				Coverage float64
			}
		}
		Tree []struct{ Words string }
	}
	if err := json.Unmarshal(b.Bytes(), &j); err != nil {
		t.Fatalf("%v in\n%s", err, &b)
	}
	if j.Kind != "discovery" || j.Where != d.Where || !strings.Contains(b.String(), `"aws.loss_total > 20"`) || len(j.Words) != 3 || j.Share != [3]float64{0.123, 0.118, 0.128} || j.HeldOut["hits"] != 600 {
		t.Errorf("%+v", j)
	}
	box := j.Boxes[0]
	if box.Density[0] != 0.609 || box.Limits[0]["at_most"] != 0.9 || box.Limits[0]["above"] != nil || box.Limits[1]["before"] != "2031-01-01" || box.Limits[1]["event"] != true || box.Limits[1]["p"] != 0.0421 || fmt.Sprint(box.Limits[1]["found_again"]) != "map[searches:10 times:7]" || box.Limits[0]["found_again"] != nil {
		t.Errorf("%+v", box)
	}
	last := box.Trajectory[1]
	if last.Limits[1]["above"] != 12.345678 || last.Held["hits_in"] != 310 || last.Coverage != 310.0/600 {
		t.Errorf("%+v", last)
	}
	if j.Tree[1].Words != "openai.revenue.growth.initial is above 0.9\u00a0per year" {
		t.Errorf("%+v", j.Tree)
	}
}

func TestWriteDiscoveryCSV(t *testing.T) {
	d := discovered()
	d.Rejected = &d.Boxes[0]
	var b bytes.Buffer
	if err := WriteDiscoveryCSV(&b, d); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 7 {
		t.Fatalf("%d rows", len(rows))
	}
	want := []string{"1", "1", "slump <= 9.75 and openai.cash > 12.345678 and openai.cash <= 50", "3750", "450", "1000", "300", "5000", "600", "1300", "310", "0.5166666666666667", "0.23846153846153847", "0.26", "1.9871794871794872"}
	if !slices.Equal(rows[2], want) {
		t.Errorf("got %q, want %q", rows[2], want)
	}
	if rows[5][0] != "rejected" {
		t.Errorf("%q", rows[5])
	}
}

// The report has the answer in it, and nothing of what others wrote gets out of its place.
func TestWriteDiscoveryHTML(t *testing.T) {
	d := discovered()
	d.Where = `aws.npv < 0 <script>alert(1)</script>`
	d.Scenario.Name = "</title><script>alert(2)</script>"
	d.Boxes[0].Limits[0].Input = "</script><script>alert(3)</script>"
	var b bytes.Buffer
	if err := WriteDiscoveryHTML(&b, d); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for n := range 3 {
		if strings.Contains(page, "<script>alert("+string(rune('1'+n))) {
			t.Errorf("script %d got through", n+1)
		}
	}
	for _, want := range []string{"60.9", "box-1-trajectory", "box-1-plane", "box-2-limits", "slump happens before 2031", "entente discover planted.yaml --where", "--set &#39;openai.cash=1 to 2&#39;", `id="tree"`} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q", want)
		}
	}
	d = discovered()
	d.Rejected, d.Boxes, d.Plane, d.Leaves = &d.Boxes[0], nil, nil, d.Leaves[:1]
	d.Rejected.Limits = nil
	b.Reset()
	if err := WriteDiscoveryHTML(&b, d); err != nil {
		t.Fatal(err)
	}
	if page := b.String(); !strings.Contains(page, "No box was found") || strings.Contains(page, `id="tree"`) || !strings.Contains(page, "peels") {
		t.Error("the report of nothing")
	}
}

// A chart has no number that JSON has not, and its frame is within its axes.
func TestDiscoveryScatter(t *testing.T) {
	d := newDiscovery(discovered())
	dr, err := d.scatter()
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		XAxis, YAxis []struct{ Min, Max float64 }
		Series       []struct {
			Name string
			Data [][2]float64
		}
	}
	if err := json.Unmarshal(dr.Option, &o); err != nil {
		// a single axis may stand alone
		var one struct {
			XAxis, YAxis struct{ Min, Max float64 }
			Series       []struct {
				Name string
				Data [][2]float64
			}
		}
		if err := json.Unmarshal(dr.Option, &one); err != nil {
			t.Fatal(err)
		}
		o.XAxis, o.YAxis = append(o.XAxis, one.XAxis), append(o.YAxis, one.YAxis)
		o.Series = one.Series
	}
	if len(o.Series) != 4 || len(o.Series[3].Data) != 5 {
		t.Errorf("%d series", len(o.Series))
	}
	n := len(o.Series[0].Data) + len(o.Series[1].Data)
	if n < 290 || n > 300 {
		t.Errorf("%d points of 300", n)
	}
	for _, s := range o.Series {
		for _, p := range s.Data {
			if p[0] < o.XAxis[0].Min || p[0] > o.XAxis[0].Max || p[1] < o.YAxis[0].Min || p[1] > o.YAxis[0].Max {
				t.Errorf("%s: %v is outside of %v, %v", s.Name, p, o.XAxis, o.YAxis)
			}
		}
	}
}
