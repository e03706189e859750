package reports

import (
	"encoding/json"
	"fmt"
	"math"

	"entente/sim/result"
)

// A sum is the mean over the futures of a flow summed over the years, with an upper bound of
// its standard error: the errors of the years are taken to be the same one.
type sum struct{ mean, se float64 }

func (a sum) plus(b sum) sum  { return sum{a.mean + b.mean, a.se + b.se} }
func (a sum) minus(b sum) sum { return sum{a.mean - b.mean, a.se + b.se} }

// sumOf is zero for what the result does not have.
func sumOf(m *result.Metric) sum {
	var s sum
	if m == nil {
		return s
	}
	for i := range m.ByYear {
		if y := &m.ByYear[i]; !math.IsNaN(y.Mean) && !math.IsInf(y.Mean, 0) {
			s.mean += y.Mean
			if !math.IsNaN(y.SE) {
				s.se += y.SE
			}
		}
	}
	return s
}

// A transfer is money that goes from one party to another over the whole time. round is the
// part of it that goes round: from a cloud's owner to a lab and back, at most.
type transfer struct {
	from, to string
	depth    [2]int // columns of the two
	color    string // of the ribbon
	amount   sum
	round    float64
	back     bool // it goes from a lab to a cloud
}

// transfers are the flows of money between investors, labs, clouds and suppliers. Parties that
// give and take stand twice, so that the graph has no cycle. For a lab they balance:
//
//	customers + new investors + owners + cash at the start and void = bills + shares + the rest
//
// For each alliance the part that goes round is min(E Σ invested, E Σ (billed + revenue share)),
// where the sums are over the years; it bounds E min(Σ invested, Σ received) from above by
// Jensen's inequality, the smaller of two being concave.
func (p *page) transfers() []transfer {
	var ts []transfer
	add := func(t transfer) {
		if t.amount.mean > 0 {
			ts = append(ts, t)
		}
	}
	received := map[string]sum{}
	for _, l := range p.R.Labs {
		in, out := sum{}, sum{}
		revenue, raised := sumOf(p.f.metric(l.ID, "revenue")), sumOf(p.f.metric(l.ID, "raised"))
		color := "$" + p.colors[l.ID]
		add(transfer{from: "Customers", to: name(l), depth: [2]int{0, 1}, color: color, amount: revenue})
		add(transfer{from: "New investors", to: name(l), depth: [2]int{0, 1}, color: color, amount: raised})
		in = in.plus(revenue).plus(raised)
		for _, a := range p.f.alliancesOf(l.ID) {
			put := sumOf(p.f.metric(a.ID, "invested"))
			got := sumOf(p.f.metric(a.ID, "billed")).plus(sumOf(p.f.metric(a.ID, "revenue_share")))
			round := math.Max(0, math.Min(put.mean, got.mean))
			cloud := "$" + p.colors[a.Cloud]
			add(transfer{from: "Owner of " + p.f.nameOf(a.Cloud), to: name(l), depth: [2]int{0, 1}, color: cloud, amount: put, round: round})
			add(transfer{from: name(l), to: p.f.nameOf(a.Cloud), depth: [2]int{1, 2}, color: cloud, amount: got, round: round, back: true})
			in, out = in.plus(put), out.plus(got)
			received[a.Cloud] = received[a.Cloud].plus(got)
		}
		if p.f.metric(l.ID, "revenue") != nil && in.mean > out.mean {
			add(transfer{from: name(l), to: "Other costs, and cash", depth: [2]int{1, 2}, color: color, amount: in.minus(out)})
		}
	}
	supplied := map[string]sum{}
	total := sum{}
	for _, v := range p.R.Investors {
		supplied[v.ID] = sumOf(p.f.metric(v.ID, "supplied"))
		total = total.plus(supplied[v.ID])
	}
	if total.mean > 0 {
		for _, c := range p.R.Clouds {
			add(transfer{from: name(c), to: clouds, depth: [2]int{2, 3}, color: "$" + p.colors[c.ID], amount: received[c.ID]})
		}
		for _, v := range p.R.Investors {
			add(transfer{from: clouds, to: name(v) + ", for plant", depth: [2]int{3, 4}, color: "$muted", amount: supplied[v.ID]})
		}
	}
	return ts
}

// clouds is where what all clouds receive comes together: which of them buys how much from a
// supplier is not in a result.
const clouds = "All clouds"

// moneySection shows them.
func (p *page) moneySection() {
	ts := p.transfers()
	if len(ts) == 0 {
		return
	}
	d, err := sankey(ts)
	p.draw("money", d, err)
	sc := scaleOf(money)
	t := &tableView{
		Caption: "Money over the whole time, " + money + ": mean ± standard error",
		Head:    []string{"From", "To", "Money", "of it, goes round (at most)", "%"},
		Foot:    "Sums over all years, not discounted; the standard errors of sums are upper bounds. Money put in before the start is not in it. What goes round is the smaller of what an owner puts into a lab and what its cloud receives from it, of the means: the mean of the smaller is not above it.",
	}
	put, got, round := sum{}, sum{}, 0.0
	for _, x := range ts {
		row := tableRow{Cells: []string{x.from, x.to, sc.withError(x.amount.mean, x.amount.se), "", ""}}
		if x.round > 0 {
			row.Cells[3] = sc.bare(x.round, x.amount.se)
			row.Cells[4] = scaleOf("share").bare(x.round/x.amount.mean, x.amount.se/x.amount.mean)
			if x.depth[0] == 0 {
				put, round = put.plus(x.amount), round+x.round
			}
		}
		if x.back {
			got = got.plus(x.amount)
		}
		t.Rows = append(t.Rows, row)
	}
	words := "Over the whole time no owner of a cloud puts money into a lab that pays for its cloud."
	if round > 0 {
		part := "at most " + sc.inWords(round, put.se) + " of it"
		if round > 0.9999*put.mean {
			part = "all of it, or less,"
		}
		words = fmt.Sprintf("Over the whole time the clouds' owners put %s into labs that run on their clouds; %s comes back as these labs' bills and shares of revenue. That is at most %s\u00a0%% of what the clouds receive: the rest is paid by the labs' customers and other investors.",
			sc.inWordsWithError(put.mean, put.se), part, scaleOf("share").bare(round/got.mean, (put.se+round/got.mean*got.se)/got.mean))
	}
	p.add(&section{ID: "money-round", Title: "Where the money goes, and what goes round", Lead: []string{words}, Blocks: []block{{
		Legend: []legendItem{{"k-round", "goes round: put in by a cloud's owner, and at most this much of it billed back"}},
		Figures: []figure{{ID: "money", Title: "Money over the whole time", Unit: money + ", means, not discounted", Size: "l",
			Summary: words + " The table has every flow.", HowTo: howTo.money, Table: t}},
	}}})
}

type sankeyNode struct {
	Name  string         `json:"name"`
	Depth int            `json:"depth"`
	Style map[string]any `json:"itemStyle"`
}

type sankeyLink struct {
	Source string         `json:"source"`
	Target string         `json:"target"`
	Value  float64        `json:"value"`
	Style  map[string]any `json:"lineStyle"`
}

// sankey draws transfers: parties in columns, money as ribbons between them, what goes round as
// a ribbon of its own.
func sankey(ts []transfer) (drawing, error) {
	var nodes []sankeyNode
	short := map[string]string{} // names as the chart has them, which differ
	taken := map[string]bool{}
	node := func(n string, depth int) string {
		if s, ok := short[n]; ok {
			return s
		}
		s := shorten(n, 40)
		for k := 2; taken[s]; k++ {
			s = fmt.Sprintf("%s (%d)", shorten(n, 36), k)
		}
		short[n], taken[s] = s, true
		nodes = append(nodes, sankeyNode{s, depth, map[string]any{"color": "$muted", "borderWidth": 0}})
		return s
	}
	var links []sankeyLink
	ribbon := func(t transfer, value float64, color string, opacity float64) {
		x, ok := finite(value).(float64)
		if !ok || x <= 0 {
			return
		}
		links = append(links, sankeyLink{node(t.from, t.depth[0]), node(t.to, t.depth[1]), significant(x, 4), map[string]any{"color": color, "opacity": opacity}})
	}
	for _, t := range ts {
		ribbon(t, t.round, "$ink", 0.9)
		ribbon(t, t.amount.mean-t.round, t.color, 0.3)
	}
	option := map[string]any{
		"tooltip": map[string]any{"show": true, "trigger": "item"},
		"series": []any{map[string]any{
			"type": "sankey", "nodes": nodes, "links": links, "draggable": false, "nodeAlign": "left",
			"left": 4, "right": 132, "top": 14, "bottom": 18, "nodeWidth": 10, "nodeGap": 18, "layoutIterations": 64,
			"label":    map[string]any{"color": "$ink", "fontSize": 11, "width": 124, "overflow": "truncate"},
			"emphasis": map[string]any{"focus": "adjacency"},
		}},
	}
	b, err := json.Marshal(option)
	return drawing{Option: b}, err
}
