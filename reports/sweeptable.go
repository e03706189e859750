package reports

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"entente/sim/result"
)

// WriteSweepTable writes a sweep for a terminal: a line for each point with the means of some of
// its metrics, those by year at the end of the last one that all points have, and their standard
// errors.
func WriteSweepTable(w io.Writer, s *result.Sweep, opt TableOptions) error {
	const mostPoints, mostMetrics = 40, 6
	s = clean(s)
	shown := s.Headlines[:min(len(s.Headlines), mostMetrics)]
	tab := opt.newTable()
	if opt.Width > 0 {
		tab.SetAllowedRowLength(opt.Width)
	}
	head := table.Row{"point"}
	for _, p := range s.Paths {
		head = append(head, p)
	}
	var configs []table.ColumnConfig
	for i, name := range shown {
		title := name
		if date := lastCommon(s, name); date != "" {
			title += "@" + date[:4]
		}
		if l := opt.scale(unitIn(s, name)).label; l != "" {
			title += ", " + l
		}
		head = append(head, title)
		configs = append(configs, table.ColumnConfig{Number: 2 + len(s.Paths) + i, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	tab.SetColumnConfigs(configs)
	tab.AppendHeader(head)
	left := 0
	for i := range s.Points {
		p := &s.Points[i]
		if i >= mostPoints {
			left++
			continue
		}
		row := table.Row{p.Number}
		for _, v := range p.Values {
			row = append(row, shorten(v, 40))
		}
		if p.Error != "" {
			tab.AppendRow(append(row, "failed"))
			continue
		}
		for _, name := range shown {
			cell := noValue
			if r := rowOn(p, name, lastCommon(s, name)); r != nil {
				cell = opt.scale(r.Unit).withError(r.Stat.Mean, r.Stat.SE)
			}
			row = append(row, cell)
		}
		tab.AppendRow(row)
	}
	out := tab.Render() + "\n"
	if left > 0 {
		out += fmt.Sprintf("and %d more points\n", left)
	}
	if horizonsDiffer(s) {
		out += "The points do not have the same years: what is of no year is of the whole time, each over its own.\n"
	}
	_, err := io.WriteString(w, out+"\n")
	return err
}

// lastCommon is the last day on which a metric has a value at every point that has the metric;
// "" if there is none, or it is once per trial.
func lastCommon(s *result.Sweep, metric string) string {
	points := 0
	on := map[string]int{}
	for i := range s.Points {
		has := false
		for k := range s.Points[i].Rows {
			if r := &s.Points[i].Rows[k]; r.Metric == metric {
				has = true
				on[r.Stat.Date]++
			}
		}
		if has {
			points++
		}
	}
	last := ""
	for date, n := range on {
		if n == points {
			last = max(last, date)
		}
	}
	return last
}

// rowOn is what a metric is at a point on a day; nil: it is not there.
func rowOn(p *result.SweepPoint, metric, date string) *result.SweepRow {
	for i := range p.Rows {
		if r := &p.Rows[i]; r.Metric == metric && r.Stat.Date == date {
			return r
		}
	}
	return nil
}

// unitIn is a metric's.
func unitIn(s *result.Sweep, metric string) string {
	for i := range s.Points {
		for k := range s.Points[i].Rows {
			if r := &s.Points[i].Rows[k]; r.Metric == metric {
				return r.Unit
			}
		}
	}
	return ""
}

// horizonsDiffer says that points start or end on other days than others do.
func horizonsDiffer(s *result.Sweep) bool {
	years := ""
	for i := range s.Points {
		first, last := "", ""
		for k := range s.Points[i].Rows {
			if date := s.Points[i].Rows[k].Stat.Date; date != "" {
				if first == "" || date < first {
					first = date
				}
				last = max(last, date)
			}
		}
		if first == "" {
			continue
		}
		if years != "" && years != first+last {
			return true
		}
		years = first + last
	}
	return false
}
