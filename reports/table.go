package reports

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"entente/sim/result"
)

// TableOptions say where the summary is shown.
type TableOptions struct {
	Color bool
	Width int // of the terminal in columns; 0: not limited
	// Raw shows all digits of the numbers in tables, and not only those that their standard
	// errors support.
	Raw bool
}

// scale is how a unit is shown in a table.
func (opt TableOptions) scale(unit string) scale {
	s := scaleOf(unit)
	s.raw = opt.Raw
	return s
}

// bold is how what matters most stands out.
func (opt TableOptions) bold(s string) string {
	if opt.Color {
		return text.Colors{text.Bold}.EscapeSeq() + s + text.Reset.EscapeSeq()
	}
	return s
}

// columns is where sentences are wrapped.
func (opt TableOptions) columns() int {
	if opt.Width <= 0 {
		return 100
	}
	return opt.Width
}

// newTable is a table as all of them look.
func (opt TableOptions) newTable() table.Writer {
	tab := table.NewWriter()
	style := table.StyleLight
	style.Format.Header = text.FormatDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Options.SeparateHeader = true
	if opt.Color {
		style.Color.Header = text.Colors{text.Bold}
	}
	tab.SetStyle(style)
	return tab
}

// WriteTable writes the summary for a terminal: the answer in a sentence for each of the two
// clouds that the scenario is about, then a table, then how likely the labs fail.
func WriteTable(w io.Writer, r *result.Result, opt TableOptions) error {
	f := newFinder(clean(r))
	first, rest := f.answers()
	var b strings.Builder
	width := opt.columns()
	if s := fewTrials(r.Run.Trials); s != "" {
		b.WriteString(wrap("Warning: "+s, width) + "\n\n")
	}
	for _, c := range first {
		b.WriteString(opt.bold(wrap(f.answer(c), width)) + "\n\n")
	}
	tab := opt.newTable()
	columns := shownColumns(opt.Width)
	head := table.Row{"", "when", "mean ± s.e."}
	configs := []table.ColumnConfig{}
	for i, c := range columns {
		head = append(head, c.head)
		configs = append(configs, table.ColumnConfig{Number: 4 + i, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	configs = append(configs, table.ColumnConfig{Number: 3, Align: text.AlignRight, AlignHeader: text.AlignRight})
	tab.SetColumnConfigs(configs)
	tab.AppendHeader(head)
	partial := 0.0 // the largest error of a share of trials that have a value
	group := func(title string, rows []table.Row) {
		if len(rows) == 0 {
			return
		}
		if tab.Length() > 0 {
			tab.AppendRow(table.Row{""})
		}
		tab.AppendRow(table.Row{opt.bold(shorten(title, 60))})
		tab.AppendRows(rows)
	}
	add := func(rows []table.Row, label, id, metric string) []table.Row {
		s := f.final(id, metric)
		if s == nil {
			return rows
		}
		sc := opt.scale(f.metric(id, metric).Unit)
		when := "total"
		if s.Date != "" {
			when = s.Date[:min(4, len(s.Date))]
		}
		if sc.label != "" && sc.label != money {
			label += ", " + sc.label
		}
		if s.Defined < 1 {
			p, se := shareValued(s, r.Run)
			partial = max(partial, se)
			label += " (" + briefly(p, se) + "*)"
		}
		row := table.Row{"  " + label, when, sc.withError(s.Mean, s.SE)}
		for _, c := range columns {
			v, se := c.of(s)
			row = append(row, sc.bare(v, se))
		}
		return append(rows, row)
	}
	for _, c := range first {
		var rows []table.Row
		for _, m := range []struct{ label, metric string }{
			{"exposure", "exposure"},
			{"  equity", "equity"},
			{"  credit exposure", "credit_exposure"},
			{"peak exposure", "peak_exposure"},
			{"backlog", "backlog"},
			{"revenue from labs", "concentration"},
			{"losses on failed labs", "loss_total"},
			{"net present value", "npv"},
			{"break-even time", "breakeven_time"},
		} {
			rows = add(rows, m.label, c.ID, m.metric)
		}
		group(name(c), rows)
	}
	for _, c := range rest {
		var rows []table.Row
		rows = add(rows, "exposure", c.ID, "exposure")
		rows = add(rows, "  equity", c.ID, "equity")
		rows = add(rows, "  credit exposure", c.ID, "credit_exposure")
		rows = add(rows, "losses on failed labs", c.ID, "loss_total")
		rows = add(rows, "net present value", c.ID, "npv")
		group(name(c), rows)
	}
	for _, i := range f.r.Investors {
		var rows []table.Row
		rows = add(rows, "equity", i.ID, "equity")
		rows = add(rows, "net present value", i.ID, "npv")
		group(name(i), rows)
	}
	var rows []table.Row
	for _, m := range f.own() {
		id, metric, dotted := strings.Cut(m.Name, ".")
		if !dotted {
			f.byName[m.Name+"."] = m
			id, metric = m.Name, ""
		}
		rows = add(rows, ownLabel(m), id, metric)
	}
	group("Defined by the scenario", rows)
	if tab.Length() > 0 {
		b.WriteString("USD bn where no other unit is given\n")
		for _, l := range strings.Split(tab.Render(), "\n") {
			b.WriteString(strings.TrimRight(l, " ") + "\n")
		}
		if r.Run.Trials >= enoughForQuantiles && !opt.Raw {
			b.WriteString(wrap("Quantiles and es95 end where their standard errors begin, which are at most 35 units of the last place; result.json has each.", width) + "\n")
		}
		if partial > 0 {
			b.WriteString(wrap("* the share of trials that have a value (standard error at most "+scaleOf("share").error(partial, partial)+nbsp+"%); the figures are over those", width) + "\n")
		}
		b.WriteByte('\n')
	}
	for _, l := range f.r.Labs {
		if s := f.failure(l); s != "" {
			b.WriteString(wrap(s, width) + "\n")
		}
	}
	if s := assertLines(f.r.Assertions, opt); s != "" {
		b.WriteString(s)
	}
	fmt.Fprintf(&b, "%s, seed %d, sampler %s\n", trials(r.Run.Trials), r.Run.Seed, r.Run.Sampler)
	if s := approximation(r.Run); s != "" {
		b.WriteString(wrap(s, width) + "\n")
	}
	_, err := io.WriteString(w, strings.ReplaceAll(b.String(), nbsp, " "))
	return err
}

// approximation says how good the quantiles are, where they are not exact.
func approximation(run result.Run) string {
	if run.Accuracy == 0 {
		return ""
	}
	return fmt.Sprintf("The trials did not fit in memory: quantiles and expected shortfalls are good to %.2g %% of their value.", 100*run.Accuracy)
}

// A column of the table is a figure and the standard error that bounds its digits.
type column struct {
	head string
	of   func(*result.Stat) (v, se float64)
}

// shownColumns leaves out what a narrow terminal has no room for: first the shortfall, which
// the report has, then the median.
func shownColumns(width int) []column {
	p5 := column{"p5", func(s *result.Stat) (float64, float64) { return s.P5, s.SEP5 }}
	p50 := column{"p50", func(s *result.Stat) (float64, float64) { return s.P50, s.SEP50 }}
	p95 := column{"p95", func(s *result.Stat) (float64, float64) { return s.P95, s.SEP95 }}
	es95 := column{"es95", func(s *result.Stat) (float64, float64) { return s.ES95, s.SEES95 }}
	switch {
	case width <= 0 || width >= 90:
		return []column{p5, p50, p95, es95}
	case width >= 80:
		return []column{p5, p50, p95}
	default:
		return []column{p5, p95}
	}
}

// briefly is a share of trials with one decimal at most.
func briefly(p, se float64) string {
	if se > 0 && Digits(100*se) < 1 {
		return scaleOf("share").inWords(p, se)
	}
	return share(p)
}

// share is a share of trials, as a percentage that is 100 % only if it is all of them.
func share(p float64) string {
	switch {
	case math.IsNaN(p):
		return noValue
	case p > 0 && p < 0.001:
		return "<0.1" + nbsp + "%"
	case p > 0.999 && p < 1:
		return ">99.9" + nbsp + "%"
	}
	return trimmed(math.Round(p*1000)/10) + nbsp + "%"
}

// answer is the answer in a sentence or two.
func (f finder) answer(c result.Entity) string {
	s := f.final(c.ID, "exposure")
	if s == nil {
		return name(c) + ": no exposure was recorded."
	}
	if s.Defined == 0 || math.IsNaN(s.Mean) {
		return name(c) + ": the exposure has no value in any trial."
	}
	sc := scaleOf(f.metric(c.ID, "exposure").Unit)
	var b strings.Builder
	has := "a mean exposure"
	if f.r.Run.Trials == 1 {
		has = "in this trial an exposure"
	}
	fmt.Fprintf(&b, "By the end of %s, %s has %s to %s of %s", lastYear(s), name(c), has, labsOrNone(f.labsOf(c.ID)), sc.inWordsWithError(s.Mean, s.SE))
	eq, cr := f.final(c.ID, "equity"), f.final(c.ID, "credit_exposure")
	if eq != nil && cr != nil && !math.IsNaN(eq.Mean) && !math.IsNaN(cr.Mean) {
		fmt.Fprintf(&b, ": %s of equity at the model's valuation and %s of credit exposure", sc.inWordsWithError(eq.Mean, eq.SE), sc.inWordsWithError(cr.Mean, cr.SE))
	}
	b.WriteString(".")
	if s.P90 > s.P10 && valued(s, f.r.Run) >= enoughForQuantiles {
		fmt.Fprintf(&b, " In one future in ten it is above %s, in one in ten below %s.", sc.inWordsWithError(s.P90, s.SEP90), sc.inWordsWithError(s.P10, s.SEP10))
	}
	return b.String()
}

func labsOrNone(labs []string) string {
	if len(labs) == 0 {
		return "AI labs"
	}
	return and(labs)
}

// failure is how likely a lab fails, in a sentence.
func (f finder) failure(l result.Entity) string {
	s := f.final(l.ID, "failed")
	if s == nil || math.IsNaN(s.Mean) {
		return ""
	}
	if s.Max == 0 && !slices.ContainsFunc(f.r.Assumptions, func(a result.Assumption) bool { return a.Path == l.ID+".cash" }) {
		return name(l) + " can't fail: the scenario doesn't follow its cash."
	}
	if f.r.Run.Trials == 1 {
		if s.Mean > 0 {
			return name(l) + " fails in this trial."
		}
		return name(l) + " does not fail in this trial."
	}
	ci := probability(s, f.r.Run)
	d := percentPlaces(ci)
	out := fmt.Sprintf("%s fails within %d years in %s\u00a0%% of futures (95\u00a0%% interval of the simulation %s to %s\u00a0%%)",
		name(l), f.r.Run.Years, decimal(100*s.Mean, d), decimal(100*ci.lo, d), decimal(100*ci.hi, d))
	if t := f.final(l.ID, "failure_time"); t != nil && valued(t, f.r.Run) >= enoughForQuantiles && !math.IsNaN(t.P50) {
		out += fmt.Sprintf("; where it fails, the median time is %s years", scaleOf("").withError(t.P50, t.SEP50))
	}
	return out + "."
}

// percentPlaces are the decimals of a percentage whose 95 % interval is ci.
func percentPlaces(ci interval) int {
	se := 100 * (ci.hi - ci.lo) / (2 * 1.96)
	if !(se > 0) {
		return 1
	}
	return min(3, max(0, Digits(se)))
}

// wrap breaks lines at spaces so that none is longer than width, if its words allow it.
func wrap(s string, width int) string {
	var b strings.Builder
	n := 0
	for i, word := range strings.Split(s, " ") {
		l := text.RuneWidthWithoutEscSequences(word)
		switch {
		case i == 0:
		case n+1+l > width:
			b.WriteByte('\n')
			n = 0
		default:
			b.WriteByte(' ')
			n++
		}
		b.WriteString(word)
		n += l
	}
	return b.String()
}
