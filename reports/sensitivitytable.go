package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"entente/sim/result"
)

// WriteSensitivityTable writes what some quantities hang on for a terminal, a table each, and how
// to read it.
func WriteSensitivityTable(w io.Writer, s *result.Sensitivity, opt TableOptions) error {
	const most = 15
	s = clean(s)
	width := opt.Width
	if width <= 0 {
		width = 100
	}
	var b strings.Builder
	bold := func(s string) string {
		if opt.Color {
			return text.Colors{text.Bold}.EscapeSeq() + s + text.Reset.EscapeSeq()
		}
		return s
	}
	b.WriteString(wrap(sensitivityMethod(s), width) + "\n")
	title := func(of, value string) {
		b.WriteString("\n" + bold(of) + ": " + value + "\n")
	}
	for _, a := range s.Associations {
		sc := unitScale(a.Unit)
		title(a.Quantity, "mean "+sc.inWordsWithError(a.Mean, a.SE))
		tab := newSensitivityTable(opt, "input", "rank", "partial", "S, %", "δ, %")
		shown := a.Inputs
		if s.Chosen == "" {
			shown = shown[:min(len(shown), most)]
		}
		for _, in := range shown {
			tab.AppendRow(table.Row{in.Path, correlationCell(in.Rank), correlationCell(in.Partial), indexCell(in.Share), indexCell(in.Delta)})
		}
		b.WriteString(tab.Render() + "\n")
		if left := len(a.Inputs) - len(shown); left > 0 {
			fmt.Fprintf(&b, "and %d more inputs, which the files have\n", left)
		}
		if len(a.Inputs) == 0 {
			b.WriteString("It is the same in every trial: it hangs on nothing.\n")
		}
	}
	for _, x := range s.Indices {
		sc := unitScale(x.Unit)
		title(x.Quantity, "mean "+sc.inWordsWithError(x.Mean, x.SE))
		tab := newSensitivityTable(opt, "group", "S, %", "S_T, %")
		for _, g := range x.Groups {
			tab.AppendRow(table.Row{g.Name, indexCell(g.First), indexCell(g.Total)})
		}
		tab.AppendRow(table.Row{"sum of S", indexCell(x.Sum), ""})
		b.WriteString(tab.Render() + "\n")
	}
	for _, t := range s.Tornados {
		sc := unitScale(t.Unit)
		title(t.Statistic, sc.inWordsWithError(t.Value, t.SE))
		tab := newSensitivityTable(opt, "input", "p10", "p90", "at p10", "at p90", "swing "+sc.label)
		for _, w := range t.Swings {
			tab.AppendRow(table.Row{w.Path, inputValue(w.Low, w.Unit), inputValue(w.High, w.Unit), sc.bare(w.AtLow, w.SEAtLow), sc.bare(w.AtHigh, w.SEAtHigh), swingCell(sc, w.Swing)})
		}
		b.WriteString(tab.Render() + "\n")
	}
	b.WriteByte('\n')
	for _, line := range append(groupsOf(s), howToReadSensitivity(s)...) {
		b.WriteString(wrap(line, width) + "\n")
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

func newSensitivityTable(opt TableOptions, head ...string) table.Writer {
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
	var row table.Row
	var configs []table.ColumnConfig
	for i, h := range head {
		row = append(row, h)
		if i > 0 {
			configs = append(configs, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	tab.SetColumnConfigs(configs)
	tab.AppendHeader(row)
	return tab
}
