package reports

import (
	"io"
	"math"
	"slices"
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
	width := opt.columns()
	var b strings.Builder
	b.WriteString(wrap(sensitivityMethod(s), width) + "\n")
	title := func(of, value string) {
		b.WriteString("\n" + opt.bold(of) + ": " + value + "\n")
	}
	for _, a := range s.Associations {
		sc := unitScale(a.Unit)
		title(a.Quantity, "mean "+sc.inWordsWithError(a.Mean, a.SE))
		if len(a.Inputs) == 0 {
			b.WriteString(wrap("It is the same in every trial, or hangs on none of the inputs that were looked at.", width) + "\n")
			continue
		}
		tab := sensitivityRows{opt: opt, head: []string{"input", "rank", "partial", "S, %", "δ, %"}}
		shown := a.Inputs
		if s.Chosen == "" {
			shown = shown[:min(len(shown), most)]
		}
		for _, in := range shown {
			tab.add(in.Path, correlationCell(in.Rank), correlationCell(in.Partial), indexCell(in.Share), indexCell(in.Delta))
		}
		b.WriteString(tab.String())
		if left := len(a.Inputs) - len(shown); left > 0 {
			b.WriteString(moreIn(left, "the files") + "\n")
		}
	}
	for _, x := range s.Indices {
		sc := unitScale(x.Unit)
		title(x.Quantity, "mean "+sc.inWordsWithError(x.Mean, x.SE))
		tab := sensitivityRows{opt: opt, head: []string{"group", "S, %", "S_T, %"}}
		for _, g := range x.Groups {
			tab.add(g.Name, indexCell(g.First), indexCell(g.Total))
		}
		tab.add("sum of S", indexCell(x.Sum), "")
		b.WriteString(tab.String())
	}
	for _, t := range s.Tornados {
		sc := unitScale(t.Unit)
		title(t.Statistic, sc.inWordsWithError(t.Value, t.SE))
		if unmoved(&t) {
			b.WriteString(wrap(nothingMoves(&t), width) + "\n")
			continue
		}
		tab := sensitivityRows{opt: opt, head: []string{"input", "p10", "p90", "at p10", "at p90", "swing " + sc.label}}
		for _, w := range t.Swings {
			tab.add(w.Path, inputValue(w.Low), inputValue(w.High), sc.bare(w.AtLow, w.SEAtLow), sc.bare(w.AtHigh, w.SEAtHigh), swingCell(sc, w.Swing))
		}
		b.WriteString(tab.String())
	}
	b.WriteByte('\n')
	for _, line := range append(groupsOf(s), howToReadSensitivity(s)...) {
		b.WriteString(wrap(line, width) + "\n")
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// A sensitivityRows is a table whose first column gives way where the terminal is narrow.
type sensitivityRows struct {
	opt  TableOptions
	head []string
	rows [][]string
}

func (t *sensitivityRows) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *sensitivityRows) String() string {
	tab := t.opt.newTable()
	const least = 16
	names := math.MaxInt
	if t.opt.Width > 0 {
		tab.SetAllowedRowLength(t.opt.Width)
		names = t.opt.Width - 2
	}
	var configs []table.ColumnConfig
	for i := 1; i < len(t.head); i++ {
		configs = append(configs, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		widest := text.RuneWidthWithoutEscSequences(t.head[i])
		for _, row := range t.rows {
			widest = max(widest, text.RuneWidthWithoutEscSequences(row[i]))
		}
		names -= widest + 2
	}
	tab.SetColumnConfigs(configs)
	tab.AppendHeader(asRow(t.head))
	for _, row := range t.rows {
		row = slices.Clone(row)
		row[0] = squeeze(row[0], max(names, least))
		tab.AppendRow(asRow(row))
	}
	return tab.Render() + "\n"
}

func asRow(cells []string) table.Row {
	var row table.Row
	for _, c := range cells {
		row = append(row, c)
	}
	return row
}

// squeeze cuts a path in the middle: what tells paths apart is at both ends.
func squeeze(path string, runes int) string {
	r := []rune(path)
	if len(r) <= runes {
		return path
	}
	tail := 2 * (runes - 1) / 3
	return string(r[:runes-1-tail]) + "…" + string(r[len(r)-tail:])
}
