package reports

import (
	"fmt"
	"math"

	"entente/sim/result"
)

// passing are the thresholds of the labs' part of a cloud's revenue. 10 % is where US rules make
// a company name a customer (ASC 280-10-50-42).
var passing = []float64{0.1, 0.2, 0.3, 0.5}

// thresholds are, for each cloud, the chances by year that a metric of it passes each of some
// values.
func (p *page) thresholds(first []result.Entity, metric, title, what string, at []float64) []block {
	b := block{}
	for _, c := range first {
		m := p.f.metric(c.ID, metric)
		if m == nil || len(m.ByYear) == 0 || len(at) == 0 {
			continue
		}
		sc := scaleOf(m.Unit)
		t := &tableView{Caption: name(c) + ": share of futures in which " + what + " is above a threshold, % ± standard error", Head: []string{"Year"}}
		var layers []layer
		var values []string
		for k, x := range at {
			value := sc.signed(trimmed(x*sc.factor)) + sc.suffix
			if sc.factor == 100 {
				value = trimmed(100*x) + nbsp + "%"
			}
			values = append(values, value)
			t.Head = append(t.Head, "above "+value)
			layers = append(layers, layer{"above " + value, fmt.Sprintf("$%s/%d", p.colors[c.ID], 100-18*k), p.above(m, x)})
		}
		for y := range m.ByYear {
			var row tableRow
			row.text(yearOf(&m.ByYear[y]))
			d := distributionOf(&m.ByYear[y], "", p.R)
			for _, x := range at {
				row.number(chance(d, x, moreThan))
			}
			t.Rows = append(t.Rows, row)
		}
		d, err := curves(layers, axis{lo: 0, hi: 100, step: 25, formatter: "@percent"})
		d.Tips = nil // the table has them
		id := c.ID + "-" + metric + "-thresholds"
		p.draw(id, d, err)
		when := "at the end of each year"
		if m.Kind == result.Flow {
			when = "over each year"
		}
		last := m.ByYear[len(m.ByYear)-1]
		b.Figures = append(b.Figures, figure{ID: id, Title: shorten(name(c), 60) + ": " + title, Size: "m",
			Unit: fmt.Sprintf("%% of futures, %s; above %s from the top line down", when, and(values)),
			Summary: fmt.Sprintf("%s: %s is above %s in %s in %s, and above %s in %s.", name(c), what, values[0], yearOf(&last),
				p.inFutures(layers[0]), values[len(values)-1], p.inFutures(layers[len(layers)-1])),
			HowTo: howTo.thresholds, Table: t})
	}
	if len(b.Figures) == 0 {
		return nil
	}
	return []block{b}
}

// roundThresholds are round values, each twice the one before, of which the largest lies between
// half of the metrics' largest p95 of any year and the whole of it.
func roundThresholds(ms ...*result.Metric) []float64 {
	top := 0.0
	for _, m := range ms {
		if m == nil {
			continue
		}
		for i := range m.ByYear {
			if x := m.ByYear[i].P95; !math.IsInf(x, 0) {
				top = math.Max(top, x)
			}
		}
	}
	if !(top >= dust) {
		return nil
	}
	least := niceStep(top / 16)
	return []float64{least, 2 * least, 4 * least, 8 * least}
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
