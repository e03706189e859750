package reports

import (
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"entente/sim/result"
)

// WriteSweepTable writes a sweep for a terminal: a line for each point with the means of some of
// its metrics, those by year at the end, and their standard errors.
func WriteSweepTable(w io.Writer, s *result.Sweep, opt TableOptions) error {
	const mostPoints, mostMetrics = 40, 6
	s = clean(s)
	shown := s.Headlines[:min(len(s.Headlines), mostMetrics)]
	tab := table.NewWriter()
	style := table.StyleLight
	style.Format.Header = text.FormatDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Options.SeparateHeader = true
	if opt.Color {
		style.Color.Header = text.Colors{text.Bold}
	}
	tab.SetStyle(style)
	if opt.Width > 0 {
		tab.SetAllowedRowLength(opt.Width)
	}
	head := table.Row{"point"}
	for _, p := range s.Paths {
		head = append(head, p)
	}
	var configs []table.ColumnConfig
	for i, name := range shown {
		head = append(head, name)
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
			if r := lastRow(p, name); r != nil {
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
	_, err := io.WriteString(w, out+"\n")
	return err
}

// lastRow is a metric's in the last year, or once per trial; nil: it is not there.
func lastRow(p *result.SweepPoint, metric string) *result.SweepRow {
	var last *result.SweepRow
	for i := range p.Rows {
		if p.Rows[i].Metric == metric {
			last = &p.Rows[i]
		}
	}
	return last
}
