package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"entente/sim/result"
)

// mostUnusual is how many assumptions are shown: those farthest from the middle of their
// distributions.
const mostUnusual = 12

// WriteLedger tells a trial for a terminal: where it stands, what was unusual about what was
// drawn, what happened, and the money by year.
func WriteLedger(w io.Writer, l *result.Ledger, opt TableOptions) error {
	t := newLedgerText(clean(l), opt)
	t.head()
	t.standings()
	if t.l.Of == "" {
		t.unusual()
		t.story()
		t.purses()
	}
	t.deals()
	t.checks()
	fmt.Fprintf(t, "The same again: %s\n", again(&t.l.Facts, t.l.Trial))
	return t.write(w)
}

// WriteLedgerLines writes every line for a terminal, in the order of time.
func WriteLedgerLines(w io.Writer, l *result.Ledger, opt TableOptions) error {
	t := newLedgerText(clean(l), opt)
	t.lines()
	return t.write(w)
}

type ledgerText struct {
	strings.Builder
	l     *result.Ledger
	f     finder
	c     calendar
	opt   TableOptions
	width int
}

func newLedgerText(l *result.Ledger, opt TableOptions) *ledgerText {
	return &ledgerText{l: l, f: newFinder(&l.Facts), c: newCalendar(l.Facts.Run), opt: opt, width: opt.columns()}
}

func (t *ledgerText) write(w io.Writer) error {
	_, err := io.WriteString(w, strings.ReplaceAll(t.String(), nbsp, " "))
	return err
}

func (t *ledgerText) title(s string) { fmt.Fprintf(t, "\n%s\n", t.opt.bold(s)) }

// table writes rows under heads; columns from 1 on are right-aligned, but for those that left
// names.
func (t *ledgerText) table(head []string, rows [][]string, left ...int) {
	tab := t.opt.newTable()
	row := func(cells []string) table.Row {
		r := table.Row{}
		for _, c := range cells {
			r = append(r, c)
		}
		return r
	}
	var configs []table.ColumnConfig
	for i := range head {
		if i > 0 && !slices.Contains(left, i) {
			configs = append(configs, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
		}
	}
	tab.SetColumnConfigs(configs)
	tab.AppendHeader(row(head))
	for _, r := range rows {
		tab.AppendRow(row(r))
	}
	for _, line := range strings.Split(tab.Render(), "\n") {
		t.WriteString(strings.TrimRight(line, " ") + "\n")
	}
}

func (t *ledgerText) head() {
	r := t.l.Facts
	fmt.Fprintf(t, "%s\n", t.opt.bold(fmt.Sprintf("Trial %s of %s", decimal(float64(t.l.Trial), 0), r.Scenario.Name)))
	if t.l.Rule != "" {
		fmt.Fprintf(t, "%s\n", wrap("Chosen: "+t.l.Rule+".", t.width))
	}
	of := "One of " + trials(r.Run.Trials) + ", which count from 0"
	if r.Run.Trials == 1 {
		of = "The only trial"
	}
	fmt.Fprintf(t, "%s\n", wrap(fmt.Sprintf("%s; seed %d, sampler %s. Money is in billions of US dollars.", of, r.Run.Seed, r.Run.Sampler), t.width))
}

func (t *ledgerText) standings() {
	if len(t.l.Standings) == 0 {
		return
	}
	t.title("Where it stands among all trials")
	var rows [][]string
	for _, s := range t.l.Standings {
		label := s.Metric
		if s.Year > 0 {
			label += fmt.Sprintf(" at the end of %d", t.c.year(s.Year))
		}
		sc := scaleOf(s.Unit)
		sc.raw = t.opt.Raw
		value, unit := sc.bare(s.Value, 0), sc.label
		if strings.HasSuffix(s.Metric, ".failed") {
			value, unit = map[float64]string{0: "no", 1: "yes"}[s.Value], ""
		}
		rows = append(rows, []string{label, value, unit, share(s.Below), share(s.Above)})
	}
	t.table([]string{"", "this trial", "", "lower", "higher"}, rows, 2)
}

// unusual shows what was drawn farthest from the middle of its distribution.
func (t *ledgerText) unusual() {
	if len(t.l.Inputs) == 0 {
		return
	}
	inputs := slices.Clone(t.l.Inputs)
	slices.SortStableFunc(inputs, func(a, b result.Drawn) int {
		return compareFloats(math.Abs(b.P-0.5), math.Abs(a.P-0.5))
	})
	shown := inputs[:min(len(inputs), mostUnusual)]
	heading := fmt.Sprintf("What was drawn farthest from its middle: %d of %d assumptions", len(shown), len(inputs))
	if len(shown) == len(inputs) {
		heading = fmt.Sprintf("What was drawn: %d assumptions, farthest from the middle first", len(inputs))
	}
	if len(inputs) == 1 {
		heading = "What was drawn: one assumption"
	}
	t.title(heading)
	var rows [][]string
	for _, in := range shown {
		rows = append(rows, []string{in.Path, t.drawn(in.Value), in.Unit, "p" + percentile(in.P), t.assumed(in.Path)})
	}
	t.table([]string{"", "drawn", "", "at", "assumed"}, rows, 2, 4)
}

func (t *ledgerText) drawn(x float64) string {
	if t.opt.Raw {
		return allDigits(x)
	}
	return threeFigures(x)
}

func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// percentile writes a probability in percent, with more digits the closer it is to an end.
func percentile(p float64) string {
	digits := 0
	for tail := 100 * min(p, 1-p); tail < 2 && digits < 6; tail *= 10 {
		digits++
	}
	return strconv.FormatFloat(100*p, 'f', digits, 64)
}

func (t *ledgerText) assumed(path string) string {
	for _, a := range t.l.Facts.Assumptions {
		if a.Path == path {
			return shorten(a.Text, 40)
		}
	}
	return ""
}

func (t *ledgerText) story() {
	t.title("What happened")
	story := t.f.story(t.l.Happenings, t.l.Inputs, 0)
	column := 0
	for _, s := range story {
		column = max(column, len(s.When))
	}
	for _, s := range story {
		lines := strings.Split(wrap(s.Text, max(30, t.width-column-2)), "\n")
		for i, line := range lines {
			when := ""
			if i == 0 {
				when = s.When
			}
			fmt.Fprintf(t, "%-*s  %s\n", column, when, line)
		}
	}
	if len(story) == 0 {
		t.WriteString("Nothing that is told of: no event, no raise, no failure, no shortfall.\n")
	}
}

// An item is one kind of line, added up by year.
type item struct {
	label string
	years []float64
	start float64 // what stands at the start
}

// byYear adds lines up by what label makes of them, in the order in which they first come. A
// line whose label is empty is passed over; factor is what it is multiplied by.
func (t *ledgerText) byYear(label func(result.Line) (string, float64)) []item {
	var items []item
	for _, line := range t.l.Lines {
		name, factor := label(line)
		if name == "" {
			continue
		}
		k := slices.IndexFunc(items, func(i item) bool { return i.label == name })
		if k < 0 {
			k = len(items)
			items = append(items, item{label: name, years: make([]float64, t.l.Facts.Run.Years)})
		}
		x := factor * line.Amount
		if line.Step < 0 {
			items[k].start += x
		} else {
			items[k].years[min(line.Step*stepMonths/12, len(items[k].years)-1)] += x
		}
	}
	return items
}

// blocks shows items by year, as many years beside each other as there is room for.
func (t *ledgerText) blocks(first string, items []item, total bool) {
	column := 10
	if t.opt.Raw {
		column = 23
	}
	label := len(first)
	starts := false
	for _, i := range items {
		label = max(label, text.RuneWidthWithoutEscSequences(i.label))
		starts = starts || i.start != 0
	}
	years := t.l.Facts.Run.Years
	room := max(2, (t.width-label)/column)
	if total {
		room--
	}
	if starts {
		room--
	}
	if t.opt.Width <= 0 {
		room = years
	}
	room = max(1, room)
	for from := 0; from < years; from += room {
		to := min(years, from+room)
		head := []string{first}
		begins := starts && from == 0
		if begins {
			head = append(head, "start")
		}
		for y := from; y < to; y++ {
			head = append(head, strconv.Itoa(t.c.year(y+1)))
		}
		ends := total && to == years
		if ends {
			head = append(head, "all")
		}
		var rows [][]string
		for _, i := range items {
			row := []string{i.label}
			sum := i.start
			if begins {
				row = append(row, t.amount(i.start))
			}
			for y, x := range i.years {
				sum += x
				if from <= y && y < to {
					row = append(row, t.amount(x))
				}
			}
			if ends {
				row = append(row, t.amount(sum))
			}
			rows = append(rows, row)
		}
		t.table(head, rows)
	}
}

// amount writes billions to the million, or all digits; a dot for nothing.
func (t *ledgerText) amount(x float64) string {
	switch {
	case x == 0:
		return "·"
	case t.opt.Raw:
		return allDigits(x)
	case math.Abs(x) < 0.0005:
		return "~0"
	}
	return decimal(x, 3)
}

// purses shows the cash of each lab that has any: opening, what comes and goes, closing.
func (t *ledgerText) purses() {
	for _, lab := range t.f.r.Labs {
		metric := lab.ID + ".cash"
		items := t.byYear(func(line result.Line) (string, float64) {
			for _, n := range line.Counts {
				if n.Metric != metric {
					continue
				}
				other := line.Payer
				if n.Factor < 0 {
					other = line.Payee
				}
				if line.Kind == "opening" {
					return line.Reason, n.Factor
				}
				if line.Deal != "" {
					other = t.f.party(other)
				}
				return strings.TrimSpace(line.Reason + " " + direction(n.Factor) + " " + other), n.Factor
			}
			return "", 0
		})
		i := slices.IndexFunc(items, func(i item) bool { return i.start != 0 })
		if i < 0 {
			continue
		}
		opening := item{label: "opening", years: make([]float64, t.f.r.Run.Years)}
		closing := item{label: "closing", years: make([]float64, t.f.r.Run.Years)}
		now := items[i].start
		items = slices.DeleteFunc(items, func(i item) bool { return i.start != 0 })
		for y := range closing.years {
			opening.years[y] = now
			for _, i := range items {
				now += i.years[y]
			}
			if math.Abs(now) < dust {
				now = 0
			}
			closing.years[y] = now
		}
		t.title("The cash of " + name(lab))
		t.blocks("", append(append([]item{opening}, items...), closing), false)
	}
}

func direction(factor float64) string {
	if factor < 0 {
		return "to"
	}
	return "from"
}

// deals shows the lines by deal and reason, those without a deal last.
func (t *ledgerText) deals() {
	heading := "The deals"
	if t.l.Of != "" {
		heading = "What " + t.l.Of + " is the sum of"
		if strings.HasSuffix(t.l.Of, ".npv") {
			heading += ", discounted to the start"
		}
	}
	ids := []string{}
	for _, a := range t.f.r.Alliances {
		ids = append(ids, a.ID)
	}
	titled := false
	for _, id := range append(ids, "") {
		items := t.byYear(func(line result.Line) (string, float64) {
			if line.Deal != id || line.Step < 0 && t.l.Of == "" {
				return "", 0
			}
			factor := t.factor(line)
			switch {
			case line.Kind == "charge":
				return line.Reason + ", borne by " + t.f.party(line.Payer), factor
			case line.Payer == "":
				return line.Reason + ", held by " + t.f.party(line.Payee), factor
			case line.Payee == "":
				return line.Reason + ", paid by " + t.f.party(line.Payer), factor
			}
			return fmt.Sprintf("%s: %s to %s", line.Reason, t.f.party(line.Payer), t.f.party(line.Payee)), factor
		})
		if len(items) == 0 {
			continue
		}
		if !titled {
			t.title(heading)
			titled = true
		} else {
			t.WriteByte('\n')
		}
		first := id
		if id == "" {
			first = "outside the deals"
		}
		t.blocks(first, items, true)
	}
	if slices.ContainsFunc(t.l.Lines, func(line result.Line) bool { return strings.HasPrefix(line.Payer, estateOf) }) {
		t.WriteString("\n" + wrap("The estate of a lab that fails is what it leaves but cash: those who take its assets over pay for them, and the price goes to the holders of its equity.", t.width) + "\n")
	}
	switch {
	case !titled:
		t.title(heading)
		t.WriteString("There is no line.\n")
	case t.l.Of != "":
		t.WriteByte('\n')
		t.blocks("sum", t.byYear(func(line result.Line) (string, float64) { return t.l.Of, t.factor(line) }), true)
	}
}

// factor is what a line counts for the metric that is asked for; 1 where none is.
func (t *ledgerText) factor(line result.Line) float64 {
	for _, n := range line.Counts {
		if n.Metric == t.l.Of {
			return n.Factor
		}
	}
	return 1
}

// checks says that the sums were compared.
func (t *ledgerText) checks() {
	metrics := map[string]bool{}
	most, widest := 0.0, 0.0
	for _, c := range t.l.Checks {
		metrics[c.Metric] = true
		most = max(most, math.Abs(c.Sum-c.Value))
		widest = max(widest, c.Tolerance)
	}
	to := "half a cent"
	if cents := inCents(widest); widest > 5e-12 {
		to += fmt.Sprintf(" (the largest to %s cents, which rounding can make of them)", cents)
	}
	t.title("Checked")
	t.WriteString(wrap(fmt.Sprintf("%s sums of lines equal the trial's %d metrics that they make up, year by year, to %s; the largest difference is %s cents.",
		decimal(float64(len(t.l.Checks)), 0), len(metrics), to, inCents(most)), t.width) + "\n")
}

// again says what tells the same trial.
func again(r *result.Result, trial int) string {
	return strings.Replace(command(r), "entente run", "entente explain", 1) + fmt.Sprintf(" --trial %d", trial)
}

// inCents writes billions of dollars in cents, with two figures.
func inCents(x float64) string { return strconv.FormatFloat(x*1e11, 'g', 2, 64) }

// lines shows every line.
func (t *ledgerText) lines() {
	t.title(fmt.Sprintf("Every line: %s", decimal(float64(len(t.l.Lines)), 0)))
	var rows [][]string
	for _, line := range t.l.Lines {
		amount := decimal(line.Amount, 6)
		if t.opt.Raw {
			amount = allDigits(line.Amount)
		}
		rows = append(rows, []string{line.Date, line.Kind, t.f.party(line.Payer), t.f.party(line.Payee), line.Deal, line.Reason, amount})
	}
	t.table([]string{"date", "kind", "payer", "payee", "deal", "reason", "USD bn"}, rows, 1, 2, 3, 4, 5)
}

// WriteLedgerCSV writes the lines of a ledger, one a row, with all digits. discount_factor is
// what a line is multiplied by for net present values; empty, if it counts for none.
func WriteLedgerCSV(w io.Writer, l *result.Ledger) error {
	l = clean(l)
	out := csv.NewWriter(w)
	if err := out.Write([]string{"trial", "step", "date", "kind", "payer", "payee", "deal", "reason", "amount_usd_bn", "adds_to", "takes_from", "discount_factor"}); err != nil {
		return err
	}
	for _, line := range l.Lines {
		var adds, takes []string
		discount := math.NaN()
		for _, n := range line.Counts {
			if n.Factor < 0 {
				takes = append(takes, n.Metric)
			} else {
				adds = append(adds, n.Metric)
			}
			if strings.HasSuffix(n.Metric, ".npv") {
				discount = math.Abs(n.Factor)
			}
		}
		row := []string{strconv.Itoa(l.Trial), strconv.Itoa(line.Step), line.Date, line.Kind, csvText(line.Payer), csvText(line.Payee), csvText(line.Deal),
			csvText(line.Reason), csvNumber(line.Amount), strings.Join(adds, " "), strings.Join(takes, " "), csvNumber(discount)}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
