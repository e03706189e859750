package reports

import (
	"fmt"
	"math"
	"strings"

	"entente/sim/result"
)

// layersOf are a metric of a lab's alliances, by cloud.
func (p *page) layersOf(as []result.Alliance, metric string) []layer {
	var layers []layer
	for _, a := range as {
		if m := p.f.metric(a.ID, metric); m != nil && len(m.ByYear) == p.R.Run.Years && len(m.ByYear) > 0 {
			layers = append(layers, layer{p.f.nameOf(a.Cloud), "$" + p.colors[a.Cloud], m})
		}
	}
	return layers
}

// cloudsOf are the clouds of alliances, in the result's order.
func (p *page) cloudsOf(as []result.Alliance) []result.Entity {
	var clouds []result.Entity
	for _, c := range p.R.Clouds {
		for _, a := range as {
			if a.Cloud == c.ID {
				clouds = append(clouds, c)
				break
			}
		}
	}
	return clouds
}

// A part is one chart of a lab's alliances.
type part struct{ metric, title, when string }

func (pt part) unit(m *result.Metric) string {
	return strings.TrimPrefix(scaleOf(m.Unit).label+", "+pt.when, ", ")
}

// stacked adds a stack of means.
func (p *page) stacked(b *block, l result.Entity, as []result.Alliance, pt part) {
	layers := p.layersOf(as, pt.metric)
	if len(layers) == 0 {
		return
	}
	ax := stackAxis(layers)
	if pt.metric == "share" {
		ax = axis{lo: 0, hi: 100, step: 25, formatter: "@percent"}
	}
	id := l.ID + "-alliances-" + pt.metric
	d, err := stack(layers, ax)
	d.Tips = nil // the table has them
	p.draw(id, d, err)
	unit := pt.unit(layers[0].m)
	b.Figures = append(b.Figures, figure{ID: id, Title: pt.title, Unit: unit, Size: "m",
		Summary: fmt.Sprintf("%s of %s by cloud: the means, stacked.", pt.title, name(l)), HowTo: howTo.stack, Table: means(name(l)+": "+pt.title+", "+unit, layers)})
}

// spreadOut adds the means with bands.
func (p *page) spreadOut(b *block, l result.Entity, as []result.Alliance, pt part) {
	layers := p.layersOf(as, pt.metric)
	if len(layers) == 0 {
		return
	}
	ax := spreadAxis(layers)
	if pt.metric == "share" {
		ax = axis{lo: 0, hi: 100, step: 25, formatter: "@percent"}
	}
	id := l.ID + "-alliances-" + pt.metric + "-spread"
	d, err := spread(layers, ax)
	p.draw(id, d, err)
	unit := pt.unit(layers[0].m)
	t := &tableView{Caption: name(l) + ": " + pt.title + ", " + unit, Head: []string{"Year", "mean ± s.e.", "p10", "p90"}}
	sc := scaleOf(layers[0].m.Unit)
	for _, x := range layers {
		t.Rows = append(t.Rows, tableRow{Cells: []string{x.name}, Group: true})
		for i := range x.m.ByYear {
			st := &x.m.ByYear[i]
			var row tableRow
			row.text(yearOf(st))
			row.mean(sc, st.Mean, st.SE)
			row.mean(sc, st.P10, st.SEP10)
			row.mean(sc, st.P90, st.SEP90)
			t.Rows = append(t.Rows, row)
		}
	}
	b.Figures = append(b.Figures, figure{ID: id, Title: pt.title, Unit: unit + ": means, and p10 to p90", Size: "m",
		Summary: fmt.Sprintf("%s of %s by cloud: the mean of each, and the range that holds eight futures in ten.", pt.title, name(l)), HowTo: howTo.spread, Table: t})
}

// placesSection shows where the labs run.
func (p *page) placesSection() {
	s := &section{ID: "places", Title: "Where the labs run", Lead: []string{
		"Each lab's compute by cloud: the shares' means and how far they spread, what is billed for it, and the power that it takes.",
	}}
	for _, l := range p.R.Labs {
		as := p.f.alliancesOf(l.ID)
		b := block{Heading: name(l), Legend: p.legend(p.cloudsOf(as), areasAndLines)}
		p.stacked(&b, l, as, part{"share", "Share of its compute", "at the end of each year"})
		p.spreadOut(&b, l, as, part{"share", "The same shares, and their spread", "at the end of each year"})
		if len(b.Figures) > 0 {
			s.Blocks = append(s.Blocks, b)
		}
		b = block{}
		p.stacked(&b, l, as, part{"billed", "Billed", "over each year"})
		p.stacked(&b, l, as, part{"gigawatts", "Gigawatts", "over each year"})
		if len(b.Figures) > 0 {
			s.Blocks = append(s.Blocks, b)
		}
	}
	p.add(s)
}

// commitmentSection shows what labs have promised to spend, and what came of it.
func (p *page) commitmentSection() {
	s := &section{ID: "commitments", Title: "Commitments: announced, credited, missed", Lead: []string{
		"A commitment is credited with use, and with what is missed: the enforced part of that is paid, the rest waived. Backlog is what is committed and not yet credited. If a lab fails, its commitments are void.",
	}}
	t := &tableView{
		Caption: "Commitments over the whole time, " + money + ": mean ± standard error",
		Head:    []string{"", "announced", "backlog after a year", "halfway", "at the end", "credited", "of this paid without use", "used in all", "paid without use, % of billed"},
		Foot:    "Announced: the amounts that the scenario gives, of distributions the mean; each may have begun before the start, and what was due by then counts as credited before. Credited, used, paid: sums over all years, with upper bounds of their standard errors, and so for the ratio of two. What is announced and neither credited nor left was credited before the start, renegotiated away, or void by a failure. Used: all use, also beyond a commitment.",
	}
	for _, l := range p.R.Labs {
		as := p.f.alliancesOf(l.ID)
		var bound []result.Alliance
		var rows []tableRow
		for _, a := range as {
			announced, any := p.announced(a.ID)
			backlog := p.f.metric(a.ID, "backlog")
			if backlog == nil || len(backlog.ByYear) == 0 || !any && highest(backlog) == 0 {
				continue
			}
			bound = append(bound, a)
			sc := scaleOf(backlog.Unit)
			var row tableRow
			row.text(p.f.nameOf(a.Cloud))
			if any {
				row.number(threeFigures(announced), exact{announced, math.NaN()})
			} else {
				row.text(noValue)
			}
			for _, y := range []int{0, (len(backlog.ByYear) - 1) / 2, len(backlog.ByYear) - 1} {
				row.mean(sc, backlog.ByYear[y].Mean, backlog.ByYear[y].SE)
			}
			if m := p.f.metric(a.ID, "credited"); m != nil { // results of earlier versions have none
				credited := sumOf(m)
				row.mean(sc, credited.mean, credited.se)
			} else {
				row.text(noValue)
			}
			used, short, billed := sumOf(p.f.metric(a.ID, "use")), sumOf(p.f.metric(a.ID, "shortfall")), sumOf(p.f.metric(a.ID, "billed"))
			row.mean(sc, short.mean, short.se)
			row.mean(sc, used.mean, used.se)
			if billed.mean > 0 {
				share, se := ratio(short, billed)
				row.mean(scaleOf("share"), share, se)
			} else {
				row.text(noValue)
			}
			rows = append(rows, row)
		}
		if len(rows) == 0 {
			continue
		}
		t.Rows = append(append(t.Rows, tableRow{Cells: []string{name(l)}, Group: true}), rows...)
		b := block{Heading: name(l), Legend: p.legend(p.cloudsOf(bound), areasAndLines)}
		p.stacked(&b, l, bound, part{"backlog", "Committed and not yet credited", "at the end of each year"})
		p.spreadOut(&b, l, bound, part{"backlog", "The same backlog, and its spread", "at the end of each year"})
		p.stacked(&b, l, bound, part{"credited", "Credited: used, paid or waived", "over each year"})
		p.stacked(&b, l, bound, part{"shortfall", "Shortfall: paid without use", "over each year"})
		s.Blocks = append(s.Blocks, b)
	}
	if len(t.Rows) > 0 {
		s.Blocks = append([]block{{Table: t}}, s.Blocks...)
	}
	p.add(s)
}

// announced is the sum of an alliance's commitments as the scenario gives them, of a
// distribution its mean.
func (p *page) announced(alliance string) (amount float64, any bool) {
	for _, a := range p.R.Assumptions {
		if strings.HasPrefix(a.Path, alliance+".commitments.") && strings.HasSuffix(a.Path, ".amount") {
			x := a.Mean
			if a.Constant {
				x = a.Value
			}
			amount, any = amount+x, true
		}
	}
	return amount, any
}

// highest is the largest value that a metric of years has.
func highest(m *result.Metric) float64 {
	x := math.Inf(-1)
	for i := range m.ByYear {
		x = math.Max(x, m.ByYear[i].Max)
	}
	return x
}
