package reports

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"entente/sim/result"
)

// flows makes a metric of a flow from its means by year.
func flows(name string, means ...float64) result.Metric {
	m := result.Metric{Name: name, Unit: money, Kind: result.Flow}
	for i, x := range means {
		m.ByYear = append(m.ByYear, result.Stat{Year: i + 1, Date: "2030-12-31", Defined: 1, Mean: x, SE: 0.5, P10: x - 1, P90: x + 1, Max: x})
	}
	return m
}

// moneyed is one lab on two clouds. Of 30 that the first owner puts in, 20 come back at most,
// and of 5 of the second all.
func moneyed() *result.Result {
	return &result.Result{
		Run:       result.Run{Trials: 100, Years: 2, Sampler: "random", Start: "2027-01-01"},
		Labs:      []result.Entity{{ID: "lab", Name: "Lab"}},
		Clouds:    []result.Entity{{ID: "one", Name: "One"}, {ID: "two", Name: "Two"}},
		Investors: []result.Entity{{ID: "chips", Name: "Chips"}},
		Alliances: []result.Alliance{{ID: "lab_one", Lab: "lab", Cloud: "one"}, {ID: "lab_two", Lab: "lab", Cloud: "two"}},
		Assumptions: []result.Assumption{
			{Path: "lab_one.commitments.0.amount", Constant: true, Value: 40, Source: "A [filing]"},
			{Path: "lab_one.commitments.1.amount", Mean: 2.5, Source: "us [judgement]"},
			{Path: "lab_one.price", Constant: true, Value: 1},
		},
		Metrics: []result.Metric{
			flows("lab.revenue", 60, 70), flows("lab.raised", 10, 0),
			flows("lab_one.invested", 20, 10), flows("lab_one.billed", 8, 10), flows("lab_one.revenue_share", 2, 0),
			flows("lab_two.invested", 5, 0), flows("lab_two.billed", 40, 50),
			flows("lab_one.backlog", 30, 12), flows("lab_one.use", 7, 9), flows("lab_one.shortfall", 1, 1), flows("lab_two.backlog", 0, 0),
			flows("chips.supplied", 30, 30), flows("chips.invested", 3, 4), flows("one.supplied", 10, 15), flows("two.supplied", 20, 15),
			flows("lab_one.credited", 6, 8),
		},
	}
}

func pageOf(t *testing.T, r *result.Result) *page {
	t.Helper()
	p, err := newPage(r)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// section finds one by its id.
func (p *page) section(id string) *section {
	for _, s := range p.Sections {
		if s.ID == id {
			return s
		}
	}
	return nil
}

func rowsOf(t *tableView) string {
	var b strings.Builder
	for _, r := range t.Rows {
		b.WriteString(strings.ReplaceAll(strings.Join(r.Cells, "|"), nbsp, " ") + "\n")
	}
	return b.String()
}

func TestMoney(t *testing.T) {
	p := pageOf(t, moneyed())
	s := p.section("money-round")
	if s == nil {
		t.Fatal("no section")
	}
	want := `Customers|Lab|130.0 ± 1.0||
New investors|Lab|10.0 ± 1.0||
Owner of One|Lab|30.0 ± 1.0|20.0 ± 2.0|67 ± 9
Lab|One|20.0 ± 2.0|20.0 ± 2.0|all
Owner of Two|Lab|5.0 ± 1.0|5.0 ± 1.0|all
Lab|Two|90.0 ± 1.0|5.0 ± 1.0|5.6 ± 1.2
Lab|Other costs, and cash|65 ± 7||
One|Chips, for plant|25.0 ± 1.0||
Two|Chips, for plant|35.0 ± 1.0||
`
	if got := rowsOf(s.Blocks[0].Figures[0].Table); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for _, words := range []string{"$35.0 ± 2.0 bn", "at most $25.0 ± 3.0 bn of it", "at most 22.7 ± 3.3 %", "Chips sells the clouds plant for $60.0 ± 1.0 bn, and puts $7.0 ± 1.0 bn into labs, which is in none"} {
		if got := strings.ReplaceAll(strings.Join(s.Lead, " "), nbsp, " "); !strings.Contains(got, words) {
			t.Errorf("%q does not say %q", got, words)
		}
	}
}

// The ribbons add up to the table, the parts that go round have the strong colour, and nothing
// flows back to the left: a cycle would stop the library.
func TestSankey(t *testing.T) {
	for name, r := range map[string]*result.Result{"small": moneyed(), "realistic": realistic(), "hostile": hostile()} {
		p := pageOf(t, clean(r))
		ts := p.transfers()
		d, err := sankey(ts)
		if err != nil {
			t.Fatal(err)
		}
		var o struct {
			Series []struct {
				Nodes []struct {
					Name  string
					Depth int
				}
				Links []struct {
					Source, Target string
					Value          float64
					LineStyle      struct{ Color string }
				}
			}
		}
		if err := json.Unmarshal(d.Option, &o); err != nil {
			t.Fatal(err)
		}
		depth := map[string]int{}
		for _, n := range o.Series[0].Nodes {
			if _, ok := depth[n.Name]; ok {
				t.Errorf("%s: two nodes are called %q", name, n.Name)
			}
			depth[n.Name] = n.Depth
		}
		total, round := 0.0, 0.0
		for _, l := range o.Series[0].Links {
			from, ok := depth[l.Source]
			to, also := depth[l.Target]
			if !ok || !also || from >= to || l.Value <= 0 {
				t.Errorf("%s: a ribbon of %v from %q to %q", name, l.Value, l.Source, l.Target)
			}
			total += l.Value
			if l.LineStyle.Color == "$ink" {
				round += l.Value
			}
		}
		wantTotal, wantRound := 0.0, 0.0
		for _, x := range ts {
			wantTotal, wantRound = wantTotal+x.amount.mean, wantRound+x.round
			if x.round > x.amount.mean*(1+1e-12) {
				t.Errorf("%s: more goes round than goes from %q to %q", name, x.from, x.to)
			}
		}
		if len(ts) == 0 || math.Abs(total/wantTotal-1) > 1e-3 || math.Abs(round/wantRound-1) > 1e-3 {
			t.Errorf("%s: ribbons of %v, %v of it round; the table has %v and %v", name, total, round, wantTotal, wantRound)
		}
	}
}

func TestCommitmentsTable(t *testing.T) {
	s := pageOf(t, moneyed()).section("commitments")
	if s == nil {
		t.Fatal("no section")
	}
	// The second cloud has no commitment and is left out.
	want := "Lab\nOne|42.5|30.0 ± 0.5|30.0 ± 0.5|12.0 ± 0.5|14.0 ± 1.0|2.0 ± 1.0|16.0 ± 1.0|11 ± 6\n"
	if got := rowsOf(s.Blocks[0].Table); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if n := len(s.Blocks[1].Figures); n != 4 {
		t.Errorf("%d charts", n)
	}
	if got := rowsOf(s.Blocks[1].Figures[1].Table); !strings.HasPrefix(got, "One\n2030|30.0 ± 0.5|29|31\n") {
		t.Errorf("the spread is %s", got)
	}
}

func TestUnsourced(t *testing.T) {
	p := pageOf(t, moneyed())
	lead := strings.ReplaceAll(strings.Join(p.section("assumptions").Lead, "\n"), nbsp, " ")
	if !strings.Contains(lead, "2 of the 3 (67 %) have no published source: they are judgements, and 1 of these are distributions") {
		t.Errorf("%s", lead)
	}
	for i, want := range []bool{false, true, true} {
		if got := p.section("assumptions").Blocks[0].Rows[i].Unsourced; got != want {
			t.Errorf("assumption %d: %v", i, got)
		}
	}
}

// A concentration uniform on 0 to 40 % is above 10 % in three futures of four, above 30 % in
// one of four, and never above half.
func TestThresholds(t *testing.T) {
	r := moneyed()
	r.Run.Trials = 10_000
	r.GridP = []float64{0, 0.5, 1}
	st := result.Stat{Year: 1, Date: "2027-12-31", Defined: 1, Mean: 0.2, SE: 0.001, Max: 0.4, Grid: []float64{0, 0.2, 0.4}}
	r.Metrics = append(r.Metrics, result.Metric{Name: "one.concentration", Unit: "share of revenue", Kind: result.Flow, ByYear: []result.Stat{st}})
	p := pageOf(t, r)
	bs := p.thresholds(r.Clouds, "concentration", "chance of a larger part", "labs' part of revenue", passing)
	if len(bs) != 1 || len(bs[0].Figures) != 1 {
		t.Fatalf("%+v", bs)
	}
	if got, want := rowsOf(bs[0].Figures[0].Table), "2027|75.0 ± 0.4|50.0 ± 0.5|25.0 ± 0.4|none\n"; got != want {
		t.Errorf("got %swant %s", got, want)
	}
	if got := p.above(&r.Metrics[len(r.Metrics)-1], 0.1).ByYear[0].Mean; math.Abs(got-0.75) > 1e-12 { // what the chart draws
		t.Errorf("above 10 %% in %v", got)
	}
}

// The thresholds of an amount are round, and the largest is often passed.
func TestRoundThresholds(t *testing.T) {
	for top, want := range map[float64][]float64{
		300: {20, 40, 80, 160}, 160: {10, 20, 40, 80}, 161: {20, 40, 80, 160}, 0.033: {0.0025, 0.005, 0.01, 0.02}, 0: nil, 1e-15: nil,
	} {
		m := flows("x", 1, 2)
		m.ByYear[0].P95, m.ByYear[1].P95 = top, top/2
		got := roundThresholds(&m, nil)
		if len(got) != len(want) {
			t.Fatalf("up to %v: %v", top, got)
		}
		for i, x := range want {
			if math.Abs(got[i]/x-1) > 1e-12 {
				t.Errorf("up to %v: %v; want %v", top, got, want)
			}
		}
	}
}

// A curve through the grid keeps both ends, and the end of an atom.
func TestCumulative(t *testing.T) {
	d := distribution{q: []float64{0, 0, 0, 3, 4}, p: []float64{0, 0.2, 0.4, 0.7, 1}, n: 100}
	got, err := cumulative([]tail{{"x", "$c0", d}}, -1, 5)
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		Series []struct{ Data [][2]float64 }
	}
	if err := json.Unmarshal(got.Option, &o); err != nil {
		t.Fatal(err)
	}
	want := [][2]float64{{-1, 0}, {0, 0}, {0, 40}, {3, 70}, {4, 100}, {5, 100}}
	if len(o.Series[0].Data) != len(want) {
		t.Fatalf("got %v", o.Series[0].Data)
	}
	for i, x := range o.Series[0].Data {
		if x != want[i] {
			t.Errorf("point %d is %v; want %v", i, x, want[i])
		}
	}
}
