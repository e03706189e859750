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

// letter is what a comparison calls its scenarios: A is the base.
func letter(i int) string { return string(rune('A' + i)) }

// WriteComparisonTable writes the summary for a terminal: what the scenarios assume differently,
// then what comes of it.
func WriteComparisonTable(w io.Writer, r *result.Pairing, opt TableOptions) error {
	r = clean(r)
	width := opt.columns()
	var b strings.Builder
	fmt.Fprintf(&b, "A  %s\n", r.Base.Label)
	for k := range r.Others {
		fmt.Fprintf(&b, "%s  %s\n", letter(k+1), r.Others[k].Label)
	}
	for k := range r.Others {
		p := &r.Others[k]
		l := letter(k + 1)
		b.WriteString("\n" + opt.bold("What "+l+" assumes differently") + "\n")
		const most = 20
		for _, c := range p.Changes[:min(most, len(p.Changes))] {
			b.WriteString(indented(c.Text, width))
		}
		switch n := len(p.Changes) - most; {
		case len(p.Changes) == 0:
			b.WriteString("  nothing\n")
		case n > 0:
			fmt.Fprintf(&b, "  and %d more, which `entente diff` lists\n", n)
		}
		b.WriteString("\n" + opt.bold(l+" − A in the same "+trials(r.Run.Trials)) + ", USD bn if no other unit is given\n")
		b.WriteString(comparisonRows(r, p, l, opt))
		for i, line := range notCompared(p, l) {
			if i == 0 {
				b.WriteByte('\n')
			}
			b.WriteString(wrap(line, width) + "\n")
		}
	}
	b.WriteByte('\n')
	notes := ""
	for _, c := range comparisonColumns("B", opt) {
		switch c.head {
		case intervalColumn:
			notes += "95 %: interval of the mean difference. "
		case worthColumn:
			notes += "Pairing: (Var A + Var B)/Var(B − A), so many times as many independent trials would know the mean difference as well if each scenario had luck of its own."
		}
	}
	if notes != "" {
		b.WriteString(wrap(notes, width) + "\n")
	}
	fmt.Fprintf(&b, "%s, seed %d, sampler %s\n", trials(r.Run.Trials), r.Run.Seed, r.Run.Sampler)
	_, err := io.WriteString(w, strings.ReplaceAll(b.String(), nbsp, " "))
	return err
}

// indented is text on lines of a width, behind two spaces.
func indented(s string, width int) string {
	return "  " + strings.ReplaceAll(wrap(s, max(20, width-4)), "\n", "\n    ") + "\n"
}

// notCompared says which metrics are not, and why.
func notCompared(p *result.Paired, l string) []string {
	var lines []string
	add := func(names []string, why string) {
		if len(names) > 0 {
			const most = 6
			shown := and(names)
			if len(names) > most {
				shown = strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
			}
			lines = append(lines, fmt.Sprintf("Not compared, %s: %s", why, shown))
		}
	}
	add(p.OnlyBase, "because "+l+" has them not")
	add(p.OnlyOther, "because A has them not")
	for _, reason := range reasons(p.Apart) {
		add(reason.names, "because "+reason.why)
	}
	return lines
}

type reason struct {
	why   string
	names []string
}

// reasons lists what is apart by why.
func reasons(apart []result.Apart) []reason {
	var list []reason
	for _, a := range apart {
		i := slices.IndexFunc(list, func(r reason) bool { return r.why == a.Reason })
		if i < 0 {
			i, list = len(list), append(list, reason{why: a.Reason})
		}
		list[i].names = append(list[i].names, a.Name)
	}
	return list
}

// comparisonRows is the table of one scenario beside the base.
func comparisonRows(r *result.Pairing, p *result.Paired, l string, opt TableOptions) string {
	columns := comparisonColumns(l, opt)
	tab := opt.newTable()
	head := table.Row{""}
	var configs []table.ColumnConfig
	for i, c := range columns {
		head = append(head, c.head)
		configs = append(configs, table.ColumnConfig{Number: 2 + i, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	tab.SetColumnConfigs(configs)
	tab.AppendHeader(head)
	partial := false
	for _, g := range comparedGroups(r, p) {
		if tab.Length() > 0 {
			tab.AppendRow(table.Row{""})
		}
		tab.AppendRow(table.Row{opt.bold(shorten(g.title, 60))})
		for _, m := range g.metrics {
			x := lastPair(m)
			label := "  " + labelOf(m)
			if x.Difference.Defined < 1 {
				partial = true
				label += " (" + share(x.Difference.Defined) + "*)"
			}
			row := table.Row{label}
			for _, c := range columns {
				row = append(row, c.of(opt.scale(m.Unit), x))
			}
			tab.AppendRow(row)
		}
	}
	var b strings.Builder
	for _, line := range strings.Split(tab.Render(), "\n") {
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if partial {
		b.WriteString("* the share of trials in which both have a value; the difference is over those\n")
	}
	return b.String()
}

// A pairColumn is one of the figures of a pair.
type pairColumn struct {
	head string
	of   func(sc scale, x *result.Pair) string
}

// The columns that the table explains.
const (
	intervalColumn = "95 %"
	worthColumn    = "pairing"
)

// comparisonColumns leaves out what a narrow terminal has no room for.
func comparisonColumns(l string, opt TableOptions) []pairColumn {
	when := pairColumn{"when", func(_ scale, x *result.Pair) string { return whenOf(x) }}
	a := pairColumn{"A", func(sc scale, x *result.Pair) string { return sc.bare(x.A.Mean, x.A.SE) }}
	b := pairColumn{l, func(sc scale, x *result.Pair) string { return sc.bare(x.B.Mean, x.B.SE) }}
	mean := pairColumn{l + " − A ± s.e.", differenceWithError}
	interval := pairColumn{intervalColumn, meanInterval}
	p5 := pairColumn{"p5", func(sc scale, x *result.Pair) string { return sc.bare(x.Difference.P5, x.Difference.SEP5) }}
	p95 := pairColumn{"p95", func(sc scale, x *result.Pair) string { return sc.bare(x.Difference.P95, x.Difference.SEP95) }}
	above := pairColumn{l + " > A", func(_ scale, x *result.Pair) string { return aboveShare(opt.scale("share"), x) }}
	worth := pairColumn{worthColumn, func(_ scale, x *result.Pair) string { return opt.factor(x.Variance) }}
	switch width := opt.Width; {
	case width <= 0 || width >= 110 || opt.Raw: // nobody asks for all digits to have them cut off
		return []pairColumn{when, a, b, mean, interval, p5, p95, above, worth}
	case width >= 96:
		return []pairColumn{when, a, b, mean, interval, above, worth}
	case width >= 80:
		return []pairColumn{when, a, b, mean, above, worth}
	default:
		return []pairColumn{a, b, mean, above}
	}
}

func whenOf(x *result.Pair) string {
	if y := lastYear(&x.Difference); y != "" {
		return y
	}
	return "total"
}

// differenceWithError is a mean difference with its sign.
func differenceWithError(sc scale, x *result.Pair) string {
	return plus(sc.withError(x.Difference.Mean, x.Difference.SE))
}

// meanInterval is the 95 % interval of a mean difference, to the digits of its standard error.
func meanInterval(sc scale, x *result.Pair) string {
	d := &x.Difference
	if math.IsNaN(x.Low) || !errs(d.Mean, d.SE) {
		return ""
	}
	return plus(sc.bare(x.Low, d.SE)) + " to " + plus(sc.bare(x.High, d.SE))
}

// plus gives what is above 0 its sign.
func plus(s string) string {
	value, _, _ := strings.Cut(s, nbsp)
	if s == noValue || strings.HasPrefix(s, "−") || strings.Trim(value, "0.") == "" {
		return s
	}
	return "+" + s
}

// aboveShare is how often B is above A.
func aboveShare(shares scale, x *result.Pair) string {
	switch d := &x.Difference; {
	case math.IsNaN(d.Above0):
		return noValue
	case x.Equal == 1:
		return "equal"
	case d.Above0 == 0:
		return "never"
	case d.Above0 == 1:
		return "always"
	default:
		return shares.bare(d.Above0, d.SEAbove0) + nbsp + "%"
	}
}

// factor is a ratio of variances, to two figures: it is an estimate that nobody takes for more.
func factor(x float64) string {
	switch {
	case math.IsNaN(x):
		return noValue
	case x >= 1e6:
		return "×" + nbsp + "∞"
	}
	digits := 0
	if x > 0 {
		digits = 1 - int(math.Floor(math.Log10(x)))
	}
	return "×" + nbsp + decimal(x, digits)
}

// factor is a ratio of variances in a table.
func (opt TableOptions) factor(x float64) string {
	if opt.Raw && !math.IsInf(x, 0) {
		return allDigits(x)
	}
	return factor(x)
}

// lastPair is the metric once per trial, or in the last year that both have.
func lastPair(m *result.PairedMetric) *result.Pair {
	if m.Total != nil {
		return m.Total
	}
	return &m.ByYear[len(m.ByYear)-1]
}

// A comparedGroup is what is compared of one entity.
type comparedGroup struct {
	title   string
	metrics []*result.PairedMetric
}

// comparedGroups are the metrics of the summary: those that were asked for, or the exposure, the
// net present value and the losses of the clouds and the failures of the labs.
func comparedGroups(r *result.Pairing, p *result.Paired) []comparedGroup {
	shown := func(m *result.PairedMetric) bool {
		if len(r.Metrics) > 0 {
			return true
		}
		id, of, _ := strings.Cut(m.Name, ".")
		return has(r.Base.Clouds, id) && slices.Contains([]string{"exposure", "npv", "loss_total"}, of) ||
			has(r.Base.Labs, id) && of == "failed"
	}
	var clouds, others []comparedGroup
	for i := range p.Metrics {
		m := &p.Metrics[i]
		id, _, _ := strings.Cut(m.Name, ".")
		switch {
		case !shown(m):
		case has(r.Base.Clouds, id):
			clouds = addTo(clouds, titleOf(r, p, m), m)
		default:
			others = addTo(others, titleOf(r, p, m), m)
		}
	}
	groups := append(clouds, others...)
	if len(groups) == 0 { // of scenarios that are of something else
		return allGroups(r, p)
	}
	return groups
}

// allGroups are all metrics, by what they are of.
func allGroups(r *result.Pairing, p *result.Paired) []comparedGroup {
	var groups []comparedGroup
	for i := range p.Metrics {
		groups = addTo(groups, titleOf(r, p, &p.Metrics[i]), &p.Metrics[i])
	}
	return groups
}

func addTo(groups []comparedGroup, title string, m *result.PairedMetric) []comparedGroup {
	i := slices.IndexFunc(groups, func(g comparedGroup) bool { return g.title == title })
	if i < 0 {
		i, groups = len(groups), append(groups, comparedGroup{title: title})
	}
	groups[i].metrics = append(groups[i].metrics, m)
	return groups
}

// titleOf names what a metric is of.
func titleOf(r *result.Pairing, p *result.Paired, m *result.PairedMetric) string {
	id, _, dotted := strings.Cut(m.Name, ".")
	if !dotted {
		return "Defined by the scenarios"
	}
	for _, es := range [][]result.Entity{r.Base.Clouds, r.Base.Labs, r.Base.Investors, p.Clouds, p.Labs, p.Investors} {
		for _, e := range es {
			if e.ID == id {
				return name(e)
			}
		}
	}
	return id
}

// labelOf is what a metric is called below the title of its entity, with its unit unless that is
// money.
func labelOf(m *result.PairedMetric) string {
	_, of, dotted := strings.Cut(m.Name, ".")
	if !dotted {
		of = m.Name
	}
	label := map[string]string{"npv": "net present value", "loss_total": "losses on failed labs", "failed": "fails"}[of]
	if label == "" {
		label = strings.ReplaceAll(of, "_", " ")
	}
	if l := scaleOf(m.Unit).label; l != "" && l != money {
		label += ", " + l
	}
	return label
}
