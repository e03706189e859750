package reports

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

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
	roundSE  float64
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
			round := put
			if got.mean < put.mean {
				round = got
			}
			round.mean = math.Max(0, round.mean)
			cloud := "$" + p.colors[a.Cloud]
			add(transfer{from: "Owner of " + p.f.nameOf(a.Cloud), to: name(l), depth: [2]int{0, 1}, color: cloud, amount: put, round: round.mean, roundSE: round.se})
			add(transfer{from: name(l), to: p.f.nameOf(a.Cloud), depth: [2]int{1, 2}, color: cloud, amount: got, round: round.mean, roundSE: round.se, back: true})
			in, out = in.plus(put), out.plus(got)
		}
		if p.f.metric(l.ID, "revenue") != nil && in.mean > out.mean {
			add(transfer{from: name(l), to: "Other costs, and cash", depth: [2]int{1, 2}, color: color, amount: in.minus(out)})
		}
	}
	to := "Suppliers of plant"
	if v := p.suppliers(); len(v) == 1 {
		to = name(v[0]) + ", for plant"
	}
	for _, c := range p.R.Clouds {
		add(transfer{from: name(c), to: to, depth: [2]int{2, 3}, color: "$" + p.colors[c.ID], amount: sumOf(p.f.metric(c.ID, "supplied"))})
	}
	return ts
}

// suppliers are the investors that sell clouds what their plant is made of.
func (p *page) suppliers() []result.Entity {
	var list []result.Entity
	for _, v := range p.R.Investors {
		if sumOf(p.f.metric(v.ID, "supplied")).mean > 0 {
			list = append(list, v)
		}
	}
	return list
}

// supplierWords says what comes back from suppliers that hold stakes in labs: their tranches, of
// which a result does not say to which lab they go.
func (p *page) supplierWords() string {
	var words []string
	for _, v := range p.suppliers() {
		put, sold := sumOf(p.f.metric(v.ID, "invested")), sumOf(p.f.metric(v.ID, "supplied"))
		sc := scaleOf(money)
		s := fmt.Sprintf("%s sells the clouds plant for %s", name(v), sc.inWordsWithError(sold.mean, sold.se))
		if put.mean > 0 {
			s += fmt.Sprintf(", and puts %s into labs, which is in none of the ribbons", sc.inWordsWithError(put.mean, put.se))
		} else {
			s += ", and puts nothing new into labs"
		}
		words = append(words, s+".")
	}
	return strings.Join(words, " ")
}

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
		Head:    []string{"From", "To", "Money ± s.e.", "of it, goes round (at most)", "in %"},
		Foot:    "Sums over all years, not discounted; the standard errors of sums, and of ratios of sums, are upper bounds. Money put in before the start is not in it. What goes round is the smaller of what an owner puts into a lab and what its cloud receives from it, of the means: the mean of the smaller is not above it.",
	}
	put, got, round := sum{}, sum{}, sum{}
	for _, x := range ts {
		var row tableRow
		row.text(x.from)
		row.text(x.to)
		row.mean(sc, x.amount.mean, x.amount.se)
		if x.round > 0 {
			row.mean(sc, x.round, x.roundSE)
			if x.round == x.amount.mean {
				row.number("all", exact{100, 0})
			} else {
				share, se := ratio(sum{x.round, x.roundSE}, x.amount)
				row.mean(scaleOf("share"), share, se)
			}
			if x.depth[0] == 0 {
				put, round = put.plus(x.amount), round.plus(sum{x.round, x.roundSE})
			}
		} else {
			row.text("")
			row.text("")
		}
		if x.back {
			got = got.plus(x.amount)
		}
		t.Rows = append(t.Rows, row)
	}
	words := "Over the whole time no owner of a cloud puts money into a lab that pays for its cloud."
	if round.mean > 0 {
		part := "at most " + sc.inWordsWithError(round.mean, round.se) + " of it may have come"
		if round.mean > 0.9999*put.mean {
			part = "all of it may have come"
		}
		words = fmt.Sprintf("Over the whole time the clouds' owners put %s into labs that run on their clouds; %s back as these labs' bills and shares of revenue. That is at most %s of what the clouds receive from labs: the rest is paid by the labs' customers and other investors. The standard errors are upper bounds.",
			sc.inWordsWithError(put.mean, put.se), part, scaleOf("share").inWordsWithError(ratio(round, got)))
	}
	lead := []string{words}
	if s := p.supplierWords(); s != "" {
		lead = append(lead, s)
	}
	p.add(&section{ID: "money-round", Title: "Where the money goes, and what goes round", Lead: lead, Blocks: []block{{
		Legend: []legendItem{{"k-round", "goes round: put in by a cloud's owner, and at most this much of it billed back"}},
		Figures: []figure{{ID: "money", Title: "Money over the whole time", Unit: money + ", means, not discounted", Size: "xl",
			Summary: words + " The table has every flow.", HowTo: howTo.money, Table: t}},
	}}})
}

type sankeyNode struct {
	Name  string         `json:"name"`
	Depth int            `json:"depth"`
	Style map[string]any `json:"itemStyle"`
	Label map[string]any `json:"label,omitempty"`
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
	node := func(n string, depth int) string { // a party gives and takes in one place
		if s, ok := short[n]; ok {
			return s
		}
		s := shorten(n, 40)
		for k := 2; taken[s]; k++ {
			s = fmt.Sprintf("%s (%d)", shorten(n, 36), k)
		}
		short[n], taken[s] = s, true
		party := sankeyNode{Name: s, Depth: depth, Style: map[string]any{"color": "$muted", "borderWidth": 0}}
		if depth == 0 {
			party.Label = map[string]any{"position": "left"}
		}
		nodes = append(nodes, party)
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
			"left": 132, "right": 132, "top": 14, "bottom": 18, "nodeWidth": 10, "nodeGap": 18, "layoutIterations": 64,
			"label": map[string]any{"color": "$ink", "fontSize": 11, "width": 122, "overflow": "break", "lineHeight": 13,
				"textBorderColor": "$paper", "textBorderWidth": 3},
			"emphasis": map[string]any{"focus": "adjacency"},
		}},
	}
	b, err := json.Marshal(option)
	return drawing{Option: b}, err
}
