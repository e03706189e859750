package reports

import (
	"fmt"
	"math"

	"entente/sim/result"
)

// passing are the thresholds of the labs' part of a cloud's revenue. 10 % is where US rules make
// a company name a customer (ASC 280-10-50-42).
var passing = [...]float64{0.1, 0.2, 0.3, 0.5}

// thresholds are, for each cloud, the chances by year that the labs' part of its revenue passes
// a threshold.
func (p *page) thresholds(first []result.Entity) []block {
	b := block{}
	for _, c := range first {
		m := p.f.metric(c.ID, "concentration")
		if m == nil || len(m.ByYear) == 0 {
			continue
		}
		title := shorten(name(c), 60) + ": chance of a larger part"
		t := &tableView{Caption: name(c) + ": share of futures in which labs' part of revenue is above a threshold, % ± standard error", Head: []string{"Year"}}
		var layers []layer
		for k, x := range passing {
			label := "above " + scaleOf("share").bare(x, 0) + nbsp + "%"
			t.Head = append(t.Head, label)
			layers = append(layers, layer{label, fmt.Sprintf("$%s/%d", p.colors[c.ID], 100-18*k), p.above(m, x)})
		}
		for y := range m.ByYear {
			row := tableRow{Cells: []string{yearOf(&m.ByYear[y])}}
			d := distributionOf(&m.ByYear[y], "", p.R)
			for _, x := range passing {
				row.Cells = append(row.Cells, chance(d, x, moreThan))
			}
			t.Rows = append(t.Rows, row)
		}
		d, err := curves(layers, axis{lo: 0, hi: 100, step: 25, formatter: "@percent"})
		id := c.ID + "-concentration-thresholds"
		p.draw(id, d, err)
		last := m.ByYear[len(m.ByYear)-1]
		b.Figures = append(b.Figures, figure{ID: id, Title: title, Unit: "% of futures, over each year; above 10, 20, 30 and 50\u00a0% from the top line down", Size: "m",
			Summary: fmt.Sprintf("%s: in %s labs are more than 10\u00a0%% of its revenue in %s, and more than half in %s.", name(c), yearOf(&last),
				p.inFutures(layers[0]), p.inFutures(layers[len(layers)-1])),
			HowTo: howTo.thresholds, Table: t})
	}
	if len(b.Figures) == 0 {
		return nil
	}
	return []block{b}
}

// inFutures is the last value of a layer of chances, in words.
func (p *page) inFutures(l layer) string {
	s := l.m.ByYear[len(l.m.ByYear)-1]
	return p.futures(s.Mean, s.SE)
}

// above makes of a metric the share of futures in which it is above x, year by year.
func (p *page) above(m *result.Metric, x float64) *result.Metric {
	c := result.Metric{Name: m.Name, Unit: "share of futures", Kind: m.Kind}
	for i := range m.ByYear {
		s := &m.ByYear[i]
		share, se := math.NaN(), math.NaN()
		if d := distributionOf(s, "", p.R); !d.empty() {
			share, se = below(x, d.q, d.p, d.n)
		}
		c.ByYear = append(c.ByYear, result.Stat{Year: s.Year, Date: s.Date, Defined: s.Defined, Mean: 1 - share, SE: se})
	}
	return &c
}
