package reports

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"entente/sim/result"
)

// A discovery is one that is to be told.
type discovery struct {
	*result.Discovery
	horizon string // the day after the last
}

func newDiscovery(d *result.Discovery) discovery {
	start, err := time.Parse(time.DateOnly, d.Run.Start)
	if err != nil {
		return discovery{d, ""}
	}
	return discovery{d, start.AddDate(d.Run.Years, 0, 0).Format(time.DateOnly)}
}

// limit is a limit in words: "openai.cash is at most 40 USD bn", "agi_declared happens before
// 2031".
func (d discovery) limit(l result.Limit) string { return l.Input + " " + d.predicate(l) }

func (d discovery) predicate(l result.Limit) string {
	low, high := !math.IsInf(l.Low, -1), !math.IsInf(l.High, 1)
	if l.Event {
		switch {
		case l.Never:
			return "never happens"
		case high && l.Before >= d.horizon && !low:
			return "happens"
		case high && !low:
			return "happens before " + dayInWords(l.Before)
		case low && !high:
			return "does not happen before " + dayInWords(l.From)
		}
		return "first happens from " + dayInWords(l.From) + " until " + dayInWords(l.Before)
	}
	unit := nbsp + l.Unit
	if slices.Contains([]string{"", "share", "ratio", "multiple", "elasticity", "exponent"}, l.Unit) { // plain numbers
		unit = ""
	}
	switch {
	case low && high:
		return "is above " + exactly(l.Low) + " and at most " + exactly(l.High) + unit
	case low:
		return "is above " + exactly(l.Low) + unit
	}
	return "is at most " + exactly(l.High) + unit
}

// dayInWords is 2031 of 2031-01-01, July 2031 of 2031-07-01.
func dayInWords(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	switch {
	case err != nil:
		return day
	case t.YearDay() == 1:
		return t.Format("2006")
	case t.Day() == 1:
		return t.Format("January" + nbsp + "2006")
	}
	return day
}

// exactly writes a number that has been rounded already.
func exactly(x float64) string {
	x, ten := mantissa(x, x)
	s := strconv.FormatFloat(x, 'f', -1, 64)
	_, frac, _ := strings.Cut(s, ".")
	return decimal(x, len(frac)) + ten
}

func (d discovery) limits(ls []result.Limit) string {
	var list []string
	for _, l := range ls {
		s := d.limit(l)
		if why := weak(l); why != "" {
			s += " (" + why + ": not to be relied on)"
		}
		list = append(list, s)
	}
	return and(list)
}

// percent is a share with the digits that its interval supports.
func percent(e result.Estimate) string {
	switch e.Value {
	case 0, 1: // of none, or of all
		return decimal(100*e.Value, 0) + nbsp + "%"
	}
	if math.IsNaN(e.Value) {
		return noValue
	}
	return decimal(100*e.Value, percentPlaces(interval{e.Low, e.High})) + nbsp + "%"
}

// percentWithin is "61 % (58 to 64)".
func percentWithin(e result.Estimate) string {
	if math.IsNaN(e.Value) {
		return noValue
	}
	p := percentPlaces(interval{e.Low, e.High})
	return percent(e) + " (" + decimal(100*e.Low, p) + " to " + decimal(100*e.High, p) + ")"
}

// times is a lift with the digits that its interval supports.
func times(e result.Estimate) string { return decimal(e.Value, liftPlaces(e)) }

func timesWithin(e result.Estimate) string {
	if math.IsNaN(e.Low) {
		return times(e)
	}
	p := liftPlaces(e)
	return times(e) + " (" + decimal(e.Low, p) + " to " + decimal(e.High, p) + ")"
}

func liftPlaces(e result.Estimate) int {
	if se := (e.High - e.Low) / (2 * 1.96); se > 0 {
		return min(3, max(0, Digits(se)))
	}
	return 1
}

// sentences say what was found: first the answer, in one sentence.
func (d discovery) sentences() []string {
	of := scaleOf("share").withError(d.Share.Value, d.SE) + nbsp + "% of futures"
	if len(d.Boxes) == 0 {
		return []string{
			fmt.Sprintf("No box was found that marks them: %s holds in %s, and no box of inputs and events from %s has more of them, in the %s held out with %s, than chance explains.",
				d.Where, of, trials(d.Run.Trials), decimal(float64(d.Held.Trials), 0), hits(d.Held.Hits)),
			d.missed(),
		}
	}
	b := d.Boxes[0]
	list := []string{
		fmt.Sprintf("%s holds in %s: in %s of those in which %s, against %s of the others.", d.Where, of, percent(b.Density), d.limits(b.Limits), percent(b.Outside)),
		fmt.Sprintf("That box has %s of all the futures in which it holds, and %s of all futures: %s times what chance would put there.", percent(b.Coverage), percent(b.Support), times(b.Lift)),
	}
	if len(d.Boxes) > 1 {
		b := d.Boxes[1]
		covered := d.covered()
		list = append(list, fmt.Sprintf("Of the futures outside that box it holds in %s of those in which %s, against %s of what is left; both boxes have %s of all the futures in which it holds.",
			percent(b.Density), d.limits(b.Limits), percent(b.Outside), percent(covered)))
	}
	if seldom := d.seldom(); len(seldom) > 0 {
		list = append(list, fmt.Sprintf("Searches in random halves of the trials seldom find %s again: boxes without say nearly as much, and more trials would tell.", and(seldom)))
	}
	return list
}

// missed says what may have been there and not been found.
func (d discovery) missed() string {
	size := decimal(100*d.Detectable.Support, 0) + nbsp + "% of futures"
	more := fmt.Sprintf("try -n %d.", 4*d.Run.Trials)
	s := "That is no proof that nothing does: so few trials would not tell a box of " + size + " from chance, whatever its lift; " + more
	if lift := d.Detectable.Lift; !math.IsNaN(lift) {
		s = "That is no proof that nothing does: a box of " + size + " whose lift is below about " + decimal(lift, 1) + " may well be missed, and a smaller one sooner; " + more
	}
	if len(d.Leaves) > 1 {
		s += " The leaves of the tree do differ, in the trials held out, by more than chance explains."
	}
	return s
}

func hits(n int) string {
	if n == 1 {
		return "1" + nbsp + "hit"
	}
	return decimal(float64(n), 0) + nbsp + "hits"
}

// inputsAndEvents is their number in words.
func inputsAndEvents(n int) string {
	if n == 1 {
		return "1 input or event"
	}
	return decimal(float64(n), 0) + " inputs and events"
}

// Limits are weak where leaving them out does as well by chance with a probability above mostP, or
// where at most one of leastAgain searches finds them again.
const (
	mostP      = 0.05
	leastAgain = 5
)

// weak says why a limit is not to be relied on, if it is not.
func weak(l result.Limit) string {
	switch {
	case l.Searches > 0 && leastAgain*l.Again <= l.Searches:
		return fmt.Sprintf("found again in %d of %d searches", l.Again, l.Searches)
	case l.Searches > 0 && l.P > mostP:
		return "p = " + pValue(l.P)
	}
	return ""
}

// seldom are the inputs, of limits that are not weak, that fewer than half of the searches find
// again.
func (d discovery) seldom() []string {
	var list []string
	for _, b := range d.Boxes {
		for _, l := range b.Limits {
			if 2*l.Again < l.Searches && weak(l) == "" && !slices.Contains(list, l.Input) {
				list = append(list, l.Input)
			}
		}
	}
	return list
}

// covered is the share of the futures in which the condition holds that are in any box.
func (d discovery) covered() result.Estimate {
	hits := 0
	for _, b := range d.Boxes {
		hits += b.Rest.HitsIn
	}
	n := float64(d.Held.Hits)
	w := wilson(float64(hits)/n, n)
	return result.Estimate{Value: float64(hits) / n, Low: w.lo, High: w.hi}
}

// pValue is a probability in words.
func pValue(p float64) string {
	switch {
	case math.IsNaN(p):
		return noValue
	case p < 0.001:
		return "<0.001"
	}
	return decimal(p, 3)
}

// rate is the share of hits among those in a box, with its interval.
func rate(hits, n int) result.Estimate {
	if n == 0 {
		return result.Estimate{Value: math.NaN(), Low: math.NaN(), High: math.NaN()}
	}
	w := wilson(float64(hits)/float64(n), float64(n))
	return result.Estimate{Value: float64(hits) / float64(n), Low: w.lo, High: w.hi}
}

// The heads of columns of text.
const (
	inTheBox = "in the box"
	inWhich  = "Futures in which"
)

// limitTable says what each limit of a box is, and is good for.
func (d discovery) limitTable(b result.Box, caption string) *tableView {
	t := &tableView{Caption: caption, Head: []string{"Input or event", inTheBox, "support", "without it: density", "coverage", "lift", "p", "found again"},
		Foot: "Support: the share of all futures in which the limit alone holds. Density, coverage and lift of the box without this limit, in the trials held out. p: the probability of as many hits in the box if the limit took futures out of it by chance alone. Found again: in how many of ten searches, each in another half of the trials, a box has a limit at that end of the input; in the rest boxes without it said nearly as much."}
	for _, l := range b.Limits {
		w := l.Without
		lift := float64(w.HitsIn) / float64(w.In) / (float64(w.Hits) / float64(w.Trials))
		t.Rows = append(t.Rows, tableRow{Cells: []string{l.Input, d.predicate(l), share(l.UpTo - l.Below),
			percent(rate(w.HitsIn, w.In)), percent(rate(w.HitsIn, w.Hits)), decimal(lift, liftPlaces(b.Lift)), pValue(l.P), fmt.Sprintf("%d of %d", l.Again, l.Searches)}})
	}
	return t
}

// boxTable says how good the boxes are.
func (d discovery) boxTable() *tableView {
	t := &tableView{Caption: "Boxes, in the trials held out, with 95" + nbsp + "% intervals", Head: []string{"", "density", "outside", "coverage", "support", "lift"}}
	for i, b := range d.Boxes {
		name := "Box 1"
		if i > 0 {
			name = fmt.Sprintf("Box %d, of the rest", i+1)
		}
		t.Rows = append(t.Rows, tableRow{Cells: []string{name, percentWithin(b.Density), percent(b.Outside), percentWithin(b.Coverage), percent(b.Support), timesWithin(b.Lift)}})
	}
	return t
}

func boxesInWords(n int) string {
	if n == 1 {
		return "1 box"
	}
	return strconv.Itoa(n) + " boxes"
}

// treeTitle says how many leaves there are.
func (d discovery) treeTitle() string {
	return "A tree of " + map[int]string{2: "two", 3: "three"}[len(d.Leaves)] + " leaves"
}

// treeTable is the tree, leaf by leaf.
func (d discovery) treeTable() *tableView {
	t := &tableView{Caption: d.treeTitle() + ", in the trials held out, with 95" + nbsp + "% intervals", Head: []string{inWhich, "density", "support", "coverage"}}
	for _, l := range d.Leaves {
		t.Rows = append(t.Rows, tableRow{Cells: []string{d.limits(l.Limits), percentWithin(l.Density), percent(l.Support), percent(l.Coverage)}})
	}
	return t
}

// leftOut are the columns of a table of limits that a terminal has no room for, from the right:
// lift, coverage, p and support.
func leftOut(width int) []int {
	switch {
	case width <= 0 || width >= 120:
		return []int{5}
	case width >= 100:
		return []int{5, 4}
	case width >= 90:
		return []int{5, 4, 2}
	}
	return []int{6, 5, 4, 2}
}

// WriteDiscovery writes the summary for a terminal.
func WriteDiscovery(w io.Writer, of *result.Discovery, opt TableOptions) error {
	d := newDiscovery(clean(of))
	var b strings.Builder
	width := opt.columns()
	for i, s := range d.sentences() {
		if s = wrap(s, width); i == 0 {
			s = opt.bold(s)
		}
		b.WriteString(s + "\n")
	}
	show := func(t *tableView) {
		tab := opt.newTable()
		head := table.Row{}
		var configs []table.ColumnConfig
		for i, h := range t.Head {
			head = append(head, h)
			switch {
			case h == inTheBox, h == inWhich:
				configs = append(configs, table.ColumnConfig{Number: i + 1, WidthMax: max(24, width-56), WidthMaxEnforcer: wrap})
			case i > 0:
				configs = append(configs, table.ColumnConfig{Number: i + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
			}
		}
		tab.SetColumnConfigs(configs)
		tab.AppendHeader(head)
		for _, r := range t.Rows {
			row := table.Row{}
			for _, c := range r.Cells {
				row = append(row, c)
			}
			tab.AppendRow(row)
		}
		b.WriteString("\n" + opt.bold(t.Caption) + "\n")
		for _, l := range strings.Split(tab.Render(), "\n") {
			b.WriteString(strings.TrimRight(l, " ") + "\n")
		}
	}
	narrow := width < 100
	if len(d.Boxes) > 0 {
		t := d.boxTable()
		if narrow { // density alone has room for its interval
			for _, r := range t.Rows {
				for i := 2; i < len(r.Cells); i++ {
					r.Cells[i], _, _ = strings.Cut(r.Cells[i], " (")
				}
			}
		}
		show(t)
	}
	for i, box := range d.Boxes {
		t := d.limitTable(box, fmt.Sprintf("Limits of box %d", i+1))
		for _, column := range leftOut(opt.Width) {
			t.Head = slices.Delete(t.Head, column, column+1)
			for k := range t.Rows {
				t.Rows[k].Cells = slices.Delete(t.Rows[k].Cells, column, column+1)
			}
		}
		show(t)
	}
	if len(d.Leaves) > 1 {
		show(d.treeTable())
	}
	fmt.Fprintf(&b, "\n%s, seed %d, sampler %s; %s held out, in %s of which it holds; %s\n",
		trials(d.Run.Trials), d.Run.Seed, d.Run.Sampler, trials(d.Held.Trials), decimal(float64(d.Held.Hits), 0), inputsAndEvents(d.Inputs))
	_, err := io.WriteString(w, strings.ReplaceAll(b.String(), nbsp, " "))
	return err
}

// WriteDiscoveryCSV writes the trajectories of the boxes, a peel a row.
func WriteDiscoveryCSV(w io.Writer, of *result.Discovery) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	out.Write([]string{"box", "peel", "limits", "found_trials", "found_hits", "found_in", "found_hits_in", "held_trials", "held_hits", "held_in", "held_hits_in", "coverage", "density", "support", "lift"})
	row := func(box string, peels []result.Peel) {
		for i, p := range peels {
			var cuts []string
			for _, c := range p.Cuts {
				if !math.IsInf(c.Low, -1) {
					cuts = append(cuts, c.Input+" > "+strconv.FormatFloat(c.Low, 'g', -1, 64))
				}
				if !math.IsInf(c.High, 1) {
					cuts = append(cuts, c.Input+" <= "+strconv.FormatFloat(c.High, 'g', -1, 64))
				}
			}
			cells := []string{box, strconv.Itoa(i), strings.Join(cuts, " and ")}
			for _, c := range []result.Counts{p.Found, p.Held} {
				for _, n := range []int{c.Trials, c.Hits, c.In, c.HitsIn} {
					cells = append(cells, strconv.Itoa(n))
				}
			}
			coverage, density, support := shares(p.Held)
			for _, x := range []float64{coverage, density, support, coverage / support} {
				if math.IsNaN(x) {
					cells = append(cells, "")
					continue
				}
				cells = append(cells, strconv.FormatFloat(x, 'g', -1, 64))
			}
			out.Write(cells)
		}
	}
	for i, b := range of.Boxes {
		row(strconv.Itoa(i+1), b.Trajectory)
	}
	if of.Rejected != nil {
		row("rejected", of.Rejected.Trajectory)
	}
	out.Flush()
	return out.Error()
}

// shares are a box's coverage, density and support.
func shares(c result.Counts) (coverage, density, support float64) {
	return float64(c.HitsIn) / float64(c.Hits), float64(c.HitsIn) / float64(c.In), float64(c.In) / float64(c.Trials)
}

// WriteDiscoveryHTML writes the report of what was found.
func WriteDiscoveryHTML(w io.Writer, of *result.Discovery) error {
	d := newDiscovery(clean(of))
	p := newSheet(d.Version, d.Scenario.Name)
	p.Subject = "what marks " + d.Where
	p.Standfirst = d.sentences()[0]
	p.SHA256 = []string{d.Scenario.SHA256}
	p.Facts = fmt.Sprintf("%d years from %s · %s · %s sampling · seed %d", d.Run.Years, d.Run.Start, trials(d.Run.Trials), d.Run.Sampler, d.Run.Seed)
	d.answer(p)
	for i, b := range d.Boxes {
		d.boxSection(p, i, b)
	}
	if d.Rejected != nil && len(d.Boxes) == 0 {
		s := &section{ID: "trajectory", Title: "What was tried", Lead: []string{"The boxes on the way of the peeling: dashed in the trials in which they were found, solid in those held out, where the share of hits is the base rate but for chance."}}
		s.Blocks = append(s.Blocks, block{Figures: []figure{d.trajectoryFigure(p, "peels", *d.Rejected, "$c0")}})
		p.add(s)
	}
	d.treeSection(p)
	d.methodSection(p)
	p.reproduce("The same scenario, condition, trials, seed and sampler make the same numbers on every machine.", d.command(),
		made{"Trials", asText(decimal(float64(d.Run.Trials), 0))}, made{"Seed", asText(strconv.FormatUint(d.Run.Seed, 10))}, made{"Sampler", asText(d.Run.Sampler)}, made{"Condition", []piece{{Text: d.Where, Code: true}}})
	return p.write(w)
}

// answer is the first thing on the page.
func (d discovery) answer(p *sheet) {
	said := d.sentences()
	if len(d.Boxes) == 0 {
		p.Answers = []answerView{{Name: "No box was found", Color: "c0", Value: percent(d.Share), What: "of futures, and no box that was found has more of them than chance explains", Sentences: said[1:]}}
	}
	for i, b := range d.Boxes {
		v := answerView{Name: "In the box", Color: "c" + strconv.Itoa(i), Value: percent(b.Density),
			What:      "of the futures in which " + d.limits(b.Limits),
			Sentences: []string{fmt.Sprintf("Outside it %s holds in %s.", d.Where, percent(b.Outside)), said[1]}}
		if i > 0 {
			v.Name, v.What = "In a second box", "of the futures outside the first in which "+d.limits(b.Limits)
			v.Sentences = []string{fmt.Sprintf("Of what is left, in %s. Both boxes have %s of all the futures in which it holds.", percent(b.Outside), percent(d.covered()))}
		}
		p.Answers = append(p.Answers, v)
	}
	if len(d.seldom()) > 0 {
		p.Answers[0].Sentences = append(p.Answers[0].Sentences, said[len(said)-1])
	}
	p.Fine = fmt.Sprintf("Counted in %s that were held out: nothing that was found was found in them. The box says what goes with %s in this scenario, and not what causes it.", trials(d.Held.Trials), d.Where)
}

// boxSection is about one box.
func (d discovery) boxSection(p *sheet, i int, b result.Box) {
	id, name := fmt.Sprintf("box-%d", i+1), "The box"
	if i > 0 {
		name = "A second box"
	}
	s := &section{ID: id, Title: name, Lead: []string{
		fmt.Sprintf("Density %s, coverage %s, support %s, lift %s.", percentWithin(b.Density), percentWithin(b.Coverage), percentWithin(b.Support), timesWithin(b.Lift)),
	}}
	limits := figure{ID: id + "-limits", Title: "The box by its inputs", Unit: "share of futures, from the lowest value to the highest, %", Size: "m",
		Summary: "Limits of the box: " + d.limits(b.Limits) + ".",
		HowTo:   "Each line is one input, from its lowest to its highest value, or an event, from the earliest start to never, with all futures spread evenly along it. The thick part is in the box. A box holds where all its limits do.",
	}
	dr, err := d.bars(b, "$c"+strconv.Itoa(i))
	p.draw(limits.ID, dr, err)
	figures := []figure{limits, d.trajectoryFigure(p, id+"-trajectory", b, "$c"+strconv.Itoa(i))}
	s.Blocks = append(s.Blocks, block{Table: d.limitTable(b, name+": its limits")}, block{Figures: figures})
	if i == 0 && d.Plane != nil {
		f := figure{ID: id + "-plane", Title: shorten(d.Plane.X.Input, 60) + " and " + shorten(d.Plane.Y.Input, 60), Unit: "across: " + d.axisWords(d.Plane.X) + "; up: " + d.axisWords(d.Plane.Y), Size: "l",
			Summary: fmt.Sprintf("%s held out, by the two inputs without which the boxes lose most, %s (across) and %s (up), and the boxes.", trials(len(d.Plane.Points)), d.Plane.X.Input, d.Plane.Y.Input),
			HowTo:   "Each point is one of the first futures held out; in colour where the condition holds. The frame is the box, as far as these two inputs say, and the dashed one the second: other limits are not to be seen. An event that never happens stands beyond the last year, spread a little."}
		dr, err := d.scatter()
		p.draw(f.ID, dr, err)
		s.Blocks = append(s.Blocks, block{Figures: []figure{f}, Legend: []legendItem{{"c0", "the condition holds"}, {"muted", "it does not"}}})
	}
	p.add(s)
}

// bars draws which part of each input is in the box.
func (d discovery) bars(b result.Box, color string) (drawing, error) {
	c := newCanvas("@tips")
	c.line.Tooltip.Show = opts.Bool(false) // the table has the numbers
	c.line.GridList[0].Left, c.line.GridList[0].Right = "26", "28"
	var labels []string
	var whole, in []any
	for i, l := range b.Limits {
		label := l.Input
		if path := []rune(label); len(path) > 32 {
			label = string(path[:12]) + "…" + string(path[len(path)-19:])
		}
		labels = append(labels, label+"\n"+shorten(strings.ReplaceAll(d.predicate(l), nbsp, " "), 34))
		whole = append(whole, []any{0, i}, []any{100, i}, []any{nil, nil})
		in = append(in, []any{finite(100 * l.Below), i}, []any{finite(100 * l.UpTo), i}, []any{nil, nil})
	}
	c.axes(opts.XAxis{Type: "value", Min: 0, Max: 100, AxisLabel: &opts.AxisLabel{Formatter: "@percent"}}, axis{})
	c.xExtra["interval"] = 50
	c.yExtra = map[string]any{"type": "category", "data": labels, "inverse": true, "min": nil, "max": nil,
		"axisTick": map[string]any{"show": false}, "splitLine": map[string]any{"show": false},
		"axisLabel": map[string]any{"color": "$muted", "fontSize": 10, "interval": 0, "lineHeight": 13}}
	c.curve("all futures", "$axis", "solid", 2, whole)
	c.curve("in the box", color, "solid", 11, in)
	for k := range 2 {
		c.extra[k] = map[string]any{"showSymbol": false, "silent": true}
	}
	return c.drawing()
}

// trajectoryFigure is the way of the peeling, in coverage and density.
func (d discovery) trajectoryFigure(p *sheet, id string, b result.Box, color string) figure {
	f := figure{ID: id, Title: "Coverage and density on the way", Unit: "density up, coverage across, %", Size: "m",
		Summary: fmt.Sprintf("Density against coverage of %s, from all futures to the smallest, in the trials held out and in those in which they were found.", boxesInWords(len(b.Trajectory))),
		HowTo:   "On the right all futures; each point to the left is a box with one more slice of an input taken off. Solid in the trials held out, dashed where the boxes were found, which flatters them: where the two part, slices follow chance. The ring is the box that was chosen, in the trials held out; it may lie above the way. A reader who wants more of the futures looks to its right, one who wants fewer exceptions to its left. trajectory.csv has the limits of each.",
		Table:   &tableView{Caption: "Boxes on the way, in the trials held out", Head: []string{"Box", "limits", "coverage, %", "density, %", "support, %", "density where found, %"}}}
	c := newCanvas("@tips")
	c.axes(opts.XAxis{Type: "value", Min: 0, Max: 100, AxisLabel: &opts.AxisLabel{Formatter: "@percent"}}, axis{lo: 0, hi: 100, step: 25, formatter: "@percent"})
	c.line.GridList[0].Right = "28" // room for the last label
	var held, found []any
	for i, peel := range b.Trajectory {
		coverage, density, support := shares(peel.Held)
		seenCoverage, seenDensity, _ := shares(peel.Found)
		held = append(held, []any{finite(100 * coverage), finite(100 * density)})
		found = append(found, []any{finite(100 * seenCoverage), finite(100 * seenDensity)})
		tip := [][2]string{{fmt.Sprintf("Box %d on the way", i), ""}, {"coverage", percent(rate(peel.Held.HitsIn, peel.Held.Hits))}, {"density", percent(rate(peel.Held.HitsIn, peel.Held.In))}}
		for k, cut := range peel.Cuts {
			if k == 7 {
				tip = append(tip, [2]string{fmt.Sprintf("and %d more", len(peel.Cuts)-k), ""})
				break
			}
			tip = append(tip, [2]string{shorten(cut.Input, 44), cutWords(cut)})
		}
		c.tips = append(c.tips, tip)
		f.Table.Rows = append(f.Table.Rows, tableRow{Cells: []string{strconv.Itoa(i), strconv.Itoa(len(peel.Cuts)), places1(coverage), places1(density), places1(support), places1(seenDensity)}})
	}
	c.curve("held out", "$ink", "solid", 1.5, held)
	c.curve("where found", "$muted", "dashed", 1.25, found)
	c.extra[0] = map[string]any{"showSymbol": true, "symbolSize": 4}
	c.extra[1] = map[string]any{"showSymbol": false}
	if len(b.Limits) > 0 {
		coverage, density, _ := shares(b.Rest)
		c.curve("chosen", color, "solid", 1, []any{[]any{finite(100 * coverage), finite(100 * density)}})
		c.extra[2] = map[string]any{"showSymbol": true, "symbol": "circle", "symbolSize": 13, "silent": true,
			"itemStyle": map[string]any{"color": "$paper", "borderColor": color, "borderWidth": 2}}
	}
	dr, err := c.drawing()
	p.draw(id, dr, err)
	return f
}

func places1(x float64) string { return decimal(100*x, 1) }

func cutWords(c result.Cut) string {
	short := func(x float64) string { return exactly(significant(x, 4)) }
	switch {
	case math.IsInf(c.High, 1):
		return "above " + short(c.Low)
	case math.IsInf(c.Low, -1):
		return "at most " + short(c.High)
	}
	return short(c.Low) + " to " + short(c.High)
}

// scatter draws futures in the plane of two inputs, and the box.
func (d discovery) scatter() (drawing, error) {
	c := newCanvas("@tips")
	c.line.Tooltip.Show = opts.Bool(false)
	x, y := d.across(d.Plane.X, func(p result.Point) float64 { return p.X }), d.across(d.Plane.Y, func(p result.Point) float64 { return p.Y })
	c.axes(opts.XAxis{Type: "value", Min: x.lo, Max: x.hi, AxisLabel: &opts.AxisLabel{Formatter: "@number", ShowMinLabel: opts.Bool(false), ShowMaxLabel: opts.Bool(false)}, SplitNumber: 5},
		axis{lo: y.lo, hi: y.hi, formatter: "@number"})
	c.yExtra["axisLabel"] = map[string]any{"color": "$muted", "fontSize": 11, "formatter": "@number", "showMinLabel": false, "showMaxLabel": false}
	var hits, misses []any
	for i, p := range d.Plane.Points {
		at := []any{x.at(p.X, i), y.at(p.Y, i)}
		if at[0] == nil || at[1] == nil {
			continue // beyond the middle 99 %
		}
		if p.Hit {
			hits = append(hits, at)
		} else {
			misses = append(misses, at)
		}
	}
	c.curve("it does not hold", "$muted/55", "solid", 0, misses)
	c.curve("it holds", "$c0", "solid", 0, hits)
	for k, f := range d.Plane.Frames {
		left, right, bottom, top := x.end(f.X.Low), x.end(f.X.High), y.end(f.Y.Low), y.end(f.Y.High)
		dash := [...]string{"solid", "dashed"}[k%2]
		c.curve(fmt.Sprintf("box %d", k+1), "$ink", dash, 1.5, []any{[]any{left, bottom}, []any{right, bottom}, []any{right, top}, []any{left, top}, []any{left, bottom}})
		c.extra[2+k] = map[string]any{"showSymbol": false, "silent": true}
	}
	for k, size := range []float64{2.5, 4} {
		c.extra[k] = map[string]any{"showSymbol": true, "symbol": "circle", "symbolSize": size, "silent": true, "lineStyle": map[string]any{"width": 0, "opacity": 0}}
	}
	return c.drawing()
}

// axisWords says what an axis of the plane is.
func (d discovery) axisWords(l result.Limit) string {
	switch {
	case l.Event:
		return "years from " + d.Run.Start + " until " + l.Input + " first happens, never at the end"
	case l.Unit != "":
		return l.Input + ", " + l.Unit
	}
	return l.Input
}

// A stretch is one axis of the plane: the middle 99 % of an input, or an event's years and behind
// them a place for never.
type stretch struct {
	lo, hi, never float64
	event         bool
}

func (d discovery) across(l result.Limit, of func(result.Point) float64) stretch {
	if l.Event {
		years := float64(d.Run.Years)
		return stretch{lo: 0, hi: 1.12 * years, never: 1.06 * years, event: true}
	}
	var values []float64
	for _, p := range d.Plane.Points {
		values = append(values, of(p))
	}
	slices.Sort(values)
	s := stretch{lo: values[len(values)/200], hi: values[len(values)-1-len(values)/200]}
	if s.hi <= s.lo {
		s.lo, s.hi = s.lo-1, s.hi+1
	}
	return s
}

// at is where a value stands; those of never are spread by the number of their point.
func (s stretch) at(x float64, number int) any {
	switch {
	case math.IsInf(x, 1):
		return finite(s.never + (s.hi-s.never)*0.8*(float64(number*7919%1000)/500-1))
	case s.event:
		return finite(x - float64(number*7919%1000)/4000) // within its quarter
	case x < s.lo || x > s.hi:
		return nil
	}
	return finite(x)
}

// end is where a limit stands.
func (s stretch) end(x float64) any { return finite(max(s.lo, min(s.hi, x))) }

// treeSection is the tree in words.
func (d discovery) treeSection(p *sheet) {
	if len(d.Leaves) < 2 {
		return
	}
	t := d.treeTable()
	base := rate(d.Held.Hits, d.Held.Trials)
	p.add(&section{ID: "tree", Title: d.treeTitle(), Lead: []string{
		fmt.Sprintf("Every future is in one of the leaves. Of all futures held out it holds in %s.", percent(base)),
	}, Blocks: []block{{Table: t}}})
}

// methodSection says what was done.
func (d discovery) methodSection(p *sheet) {
	wilsons := "Intervals are Wilson's for shares, and by the delta method for lifts, at 95" + nbsp + "%."
	if d.Run.Sampler != "random" {
		wilsons += " They take trials for independent; those of the " + d.Run.Sampler + " sampler are spread more evenly, so that the intervals are rather too wide."
	}
	p.add(&section{ID: "method", Title: "Method", Blocks: []block{{Kind: "prose", Text: []string{
		fmt.Sprintf("Scenario discovery (Bryant and Lempert 2010) over %s. Boxes are found in two ways. One is the patient rule induction method (PRIM; Friedman and Fisher 1999), over the 20 inputs of which a single limit says most: from all futures, slices are peeled off, each time the 5"+nbsp+"%% lowest or highest of one input (more where there are few trials) in which the condition holds in the smallest share of futures. The other builds boxes up, each time by the limit on any input that raises the correlation φ of box and condition most. All of them are stripped of their limits one by one, and the one is chosen that has the highest φ in trials that were not used so far: of those within 5"+nbsp+"%% of the highest, or within its standard error if that is more, the one with the fewest limits. Its limits are moved to where φ is highest given the others, and it is stripped of limits without which it would do as well by chance, with a probability above 0.05, in the trials that choose. The best box of a single limit takes its place where its φ is as high, within the same tolerance. Limits are rounded while hardly any future changes sides. The trajectory is that of the peeling, and the box need not lie on it.", inputsAndEvents(d.Inputs)),
		"φ² is the product of (coverage − support)/(1 − support) and (density − base rate)/(1 − base rate). It asks for both, in excess of what they would be by chance, so that it is 0 for a box that means nothing and for all futures.",
		"The second box is looked for among the futures that are not in the first. The tree is grown by Gini impurity (Breiman and others 1984); a split has to hold in the trials held out.",
		fmt.Sprintf("Half of the trials are held out: those with odd numbers, which are replicates of their own. A box counts only if chance would have as many hits in it in less than one case of 1,000, and if one of its limits at least has a p of 0.05 or less. %s", wilsons),
		"An input that does not stand in a box may still matter, a little everywhere; inputs that are correlated stand in for each other. Shocks, which are drawn anew in every quarter, are not among the inputs.",
	}}}})
}

// command is what to type to make it again.
func (d discovery) command() string {
	s := []string{"entente discover " + quote(d.Scenario.Argument), "--where " + quote(d.Where),
		fmt.Sprintf("-n %d --seed %d --sampler %s", d.Run.Trials, d.Run.Seed, d.Run.Sampler)}
	for _, o := range d.Scenario.Overrides {
		s = append(s, "--set "+quote(o))
	}
	return strings.Join(s, " ")
}
