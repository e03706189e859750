package reports

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"entente/sim/result"
)

// WriteComparisonHTML writes the report of a comparison: what the scenarios assume differently,
// then what comes of it.
func WriteComparisonHTML(w io.Writer, r *result.Pairing) error {
	p := newComparisonPage(clean(r))
	if p.err != nil {
		return p.err
	}
	return p.write(w)
}

// comparisonColors are those of the scenarios.
var comparisonColors = [...]string{"c1", "c0", "c2", "c3", "c4", "l0", "l2"}

// A comparisonPage is the report of a comparison.
type comparisonPage struct {
	*sheet
	r   *result.Pairing
	run *result.Result // what distributions are drawn of
}

func newComparisonPage(r *result.Pairing) *comparisonPage {
	labels := []string{r.Base.Label}
	sums := []string{r.Base.Scenario.SHA256}
	for _, o := range r.Others {
		labels, sums = append(labels, o.Label), append(sums, o.Scenario.SHA256)
	}
	p := &comparisonPage{newSheet(r.Version, and(labels)), r, &result.Result{Run: r.Run, GridP: r.GridP}}
	p.Subject = "scenarios compared trial by trial"
	var who []string
	for i, l := range labels {
		who = append(who, letter(i)+" is "+l)
	}
	p.Standfirst = and(who) + ". Each future is simulated under all of them, with the same luck; a difference is what B has more than A."
	if len(r.Others) > 1 {
		p.Standfirst = and(who) + ". Each future is simulated under all of them, with the same luck; a difference is what a scenario has more than A."
	}
	p.Facts = fmt.Sprintf("%s in each · %s sampling · seed %d · A: %d years from %s", trials(r.Run.Trials), r.Run.Sampler, r.Run.Seed, r.Base.Years, r.Base.Start)
	p.SHA256 = sums
	for k := range r.Others {
		p.inputSection(k)
	}
	if len(r.Others) > 1 {
		p.overviewSection()
	}
	for k := range r.Others {
		p.answerSection(k)
		p.differenceSection(k)
		p.distributionSection(k)
		p.allSection(k)
	}
	p.methodSection()
	p.sources()
	p.reproduce("The same scenarios, trials, seed and sampler make the same numbers on every machine.", comparisonCommand(r), p.made()...)
	return p
}

// title begins with the scenario's letter where there are several.
func (p *comparisonPage) title(k int, text string) string {
	if len(p.r.Others) < 2 {
		return text
	}
	return letter(k+1) + ": " + strings.ToLower(text[:1]) + text[1:]
}

// id is one of a section or figure of the k-th scenario.
func (p *comparisonPage) id(k int, id string) string {
	if len(p.r.Others) < 2 {
		return id
	}
	return strings.ToLower(letter(k+1)) + "-" + id
}

func (p *comparisonPage) color(k int) string { return comparisonColors[(k+1)%len(comparisonColors)] }

// legend names A and the k-th scenario by their colours.
func (p *comparisonPage) legend(k int, m mark) []legendItem {
	return []legendItem{
		{strings.TrimSpace(comparisonColors[0] + " " + string(m)), "A: " + shorten(p.r.Base.Label, 60)},
		{strings.TrimSpace(p.color(k) + " " + string(m)), letter(k+1) + ": " + shorten(p.r.Others[k].Label, 60)},
	}
}

// inputSection stands above all that follows from it.
func (p *comparisonPage) inputSection(k int) {
	o, l := &p.r.Others[k], letter(k+1)
	s := &section{ID: p.id(k, "inputs"), Title: "What " + l + " assumes differently"}
	t := &tableView{Caption: "Assumptions that differ", Head: []string{"Assumption", "A: " + shorten(p.r.Base.Label, 60), l + ": " + shorten(o.Label, 60), "Unit", "Written in", "Sources of A and of " + l}}
	for _, c := range o.Changes {
		path, before, after := c.Path, c.Before, c.After
		switch {
		case c.What != "":
			path = c.What + " " + path
		case before == "" && after == "":
			path = c.Text // it has moved
		}
		var at []string
		for _, x := range []string{c.BeforeAt, c.AfterAt} {
			if x != "" {
				at = append(at, x)
			}
		}
		row := tableRow{}
		for _, cell := range []string{path, orNone(before), orNone(after), c.Unit, strings.Join(at, "\n")} {
			row.text(cell)
		}
		row.Source = append(p.cited(c.BeforeSource), piece{Text: "\n"})
		row.Source = append(row.Source, p.cited(c.AfterSource)...)
		t.Rows = append(t.Rows, row)
	}
	switch n := len(o.Changes); n {
	case 0:
		s.Lead = []string{fmt.Sprintf("Nothing that moves a number: A and %s mean the same.", l)}
	case 1:
		s.Lead = []string{"One assumption differs. Whatever differs in the outcomes comes of it."}
	default:
		s.Lead = []string{fmt.Sprintf("%d assumptions differ. Whatever differs in the outcomes comes of them.", n)}
	}
	if o.Words > 0 {
		s.Lead[0] += fmt.Sprintf(" Names, sources and notes that differ, which move no number: %d.", o.Words)
	}
	if len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, block{Kind: "words inputs", Table: t})
	} else {
		s.Blocks = append(s.Blocks, block{})
	}
	p.add(s)
}

func orNone(s string) string {
	if s == "" {
		return noValue
	}
	return s
}

// cited are links to sources.
func (p *comparisonPage) cited(source string) []piece {
	refs := p.references(source)
	if len(refs) == 0 {
		return asText(noValue)
	}
	var ps []piece
	for i, r := range refs {
		if i > 0 {
			ps = append(ps, piece{Text: ", "})
		}
		ps = append(ps, piece{Text: fmt.Sprintf("[%d]", r.N), URL: "#" + r.ID})
		if r.Grade != "" {
			ps = append(ps, piece{Text: " " + r.Grade})
		}
	}
	return ps
}

// common are the clouds that A and the k-th scenario both have: first the two that reports are
// about, then the rest.
func (p *comparisonPage) common(k int) (first, rest []result.Entity) {
	o := &p.r.Others[k]
	a := &result.Result{}
	for _, c := range p.r.Base.Clouds {
		if has(o.Clouds, c.ID) {
			a.Clouds = append(a.Clouds, c)
		}
	}
	for i := range o.Metrics {
		a.Metrics = append(a.Metrics, *sideOf(&o.Metrics[i], ofA))
	}
	return newFinder(a).answers()
}

// metric is one of an entity; nil: it is not compared.
func (p *comparisonPage) metric(k int, id, of string) *result.PairedMetric {
	for i := range p.r.Others[k].Metrics {
		if m := &p.r.Others[k].Metrics[i]; m.Name == id+"."+of || m.Name == id && of == "" {
			return m
		}
	}
	return nil
}

func ofA(x *result.Pair) *result.Stat          { return &x.A }
func ofB(x *result.Pair) *result.Stat          { return &x.B }
func ofDifference(x *result.Pair) *result.Stat { return &x.Difference }

// sideOf is one side of a metric, or the difference.
func sideOf(m *result.PairedMetric, of func(*result.Pair) *result.Stat) *result.Metric {
	s := &result.Metric{Name: m.Name, Unit: m.Unit, Kind: m.Kind}
	if m.Total != nil {
		s.Total = of(m.Total)
	}
	for i := range m.ByYear {
		stat := *of(&m.ByYear[i])
		stat.Date = m.ByYear[i].Difference.Date // B's is the same, though it may count other years
		s.ByYear = append(s.ByYear, stat)
	}
	return s
}

// answerSection says what comes of the changes: for the clouds that reports are about in words, for
// all in a table.
func (p *comparisonPage) answerSection(k int) {
	l := letter(k + 1)
	first, _ := p.common(k)
	b := block{Kind: "answers"}
	for _, c := range first {
		if v, ok := p.answer(k, c); ok {
			b.Answers = append(b.Answers, v)
		}
	}
	s := &section{ID: p.id(k, "answer"), Title: p.title(k, "What comes of it")}
	for _, lab := range p.r.Base.Labs {
		m := p.metric(k, lab.ID, "failed")
		if m == nil || m.Total == nil {
			continue
		}
		x, sc := m.Total, scaleOf(m.Unit)
		s.Lead = append(s.Lead, fmt.Sprintf("%s fails in %s\u00a0%% of futures in A and in %s\u00a0%% in %s%s.", name(lab),
			sc.withError(x.A.Mean, x.A.SE), sc.withError(x.B.Mean, x.B.SE), l, equally(x)))
	}
	b.Fine = "Each figure is the mean over all futures of what " + l + " has more than A in the same future. Figures behind ± are standard errors of that, and intervals are 95\u00a0%: how far off " + trials(p.r.Run.Trials) + " can be. They say nothing about whether the assumptions are right."
	if len(b.Answers) > 0 {
		s.Blocks = append(s.Blocks, b)
	}
	if t := groupTable(comparedGroups(p.r, &p.r.Others[k]), l, "In short: at the end or over the whole time, USD bn where no other unit is given",
		[]string{"mean difference ± s.e.", "95\u00a0%, from", "to", l + " above A, %", "equal, %"}, func(row *tableRow, sc scale, x *result.Pair) {
			row.meanDifference(sc, x)
			row.shares(x)
		}); len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, block{Table: t})
	}
	p.add(s)
}

// overviewSection has all scenarios side by side.
func (p *comparisonPage) overviewSection() {
	t := &tableView{Caption: "At the end or over the whole time, USD bn where no other unit is given", Head: []string{"", "", "A, mean ± s.e."}}
	for k := range p.r.Others {
		l := letter(k + 1)
		t.Head = append(t.Head, l+", mean ± s.e.", l+" − A ± s.e.")
	}
	for _, g := range comparedGroups(p.r, &p.r.Others[0]) {
		t.Rows = append(t.Rows, tableRow{Cells: []string{g.title}, Group: true})
		for _, m := range g.metrics {
			first, sc := lastPair(m), scaleOf(m.Unit)
			row := tableRow{}
			row.text(labelOf(m))
			row.text(whenOf(first))
			row.mean(sc, first.A.Mean, first.A.SE)
			for k := range p.r.Others {
				id, of, _ := strings.Cut(m.Name, ".")
				x := pairAt(p.metric(k, id, of), &first.Difference)
				if x == nil {
					row.text(noValue)
					row.text(noValue)
					continue
				}
				row.mean(sc, x.B.Mean, x.B.SE)
				row.number(differenceWithError(sc, x), exact{x.Difference.Mean * sc.factor, x.Difference.SE * sc.factor})
			}
			t.Rows = append(t.Rows, row)
		}
	}
	p.add(&section{ID: "overview", Title: "All side by side", Lead: []string{
		"What every scenario has, and what it has more than A in the same futures, with the standard errors of that. They are smaller than those of the two means suggest, because luck is shared.",
	}, Blocks: []block{{Table: t}}})
}

// pairAt is the pair of a metric at the date of s; nil: there is none.
func pairAt(m *result.PairedMetric, s *result.Stat) *result.Pair {
	if m == nil {
		return nil
	}
	for _, x := range pairsOf(m) {
		if x.Difference.Date == s.Date {
			return x
		}
	}
	return nil
}

func equally(x *result.Pair) string {
	if x.Equal == 1 {
		return ", the same futures"
	}
	return ""
}

// answer is for one cloud.
func (p *comparisonPage) answer(k int, c result.Entity) (v answerView, ok bool) {
	l := letter(k + 1)
	v = answerView{Name: name(c), Color: p.color(k)}
	m := p.metric(k, c.ID, "exposure")
	if m == nil {
		return v, false
	}
	x, sc := lastPair(m), scaleOf(m.Unit)
	d := &x.Difference
	if math.IsNaN(d.Mean) {
		return v, false
	}
	v.Value, v.Error, v.Unit = signedDifference(sc, sc.bare(d.Mean, d.SE)), sc.error(d.Mean, d.SE), strings.TrimPrefix(sc.suffix, nbsp)
	v.What = fmt.Sprintf("mean exposure at the end of %s, %s less A", yearOf(d), l)
	v.Sentences = append(v.Sentences, fmt.Sprintf("It is %s in A and %s in %s.", sc.inWordsWithError(x.A.Mean, x.A.SE), sc.inWordsWithError(x.B.Mean, x.B.SE), l))
	if x.Equal == 1 {
		v.Sentences = append(v.Sentences, "It is the same in every single future: nothing that differs in the assumptions touches it.")
	} else {
		if errs(d.Mean, d.SE) {
			v.Sentences = append(v.Sentences, fmt.Sprintf("The 95\u00a0%% interval of the mean difference is %s to %s%s.",
				signedDifference(sc, sc.bare(x.Low, d.SE)), signedDifference(sc, sc.bare(x.High, d.SE)), sc.suffix))
		}
		v.Sentences = append(v.Sentences, fmt.Sprintf("%s is above A in %s%s. In nine futures in ten the difference lies between %s and %s%s.",
			l, p.futures(d.Above0, d.SEAbove0), equalToo(x), signedDifference(sc, sc.bare(d.P5, d.SEP5)), signedDifference(sc, sc.bare(d.P95, d.SEP95)), sc.suffix))
	}
	for _, of := range []struct{ metric, words string }{{"npv", "The net present value of its alliances"}, {"loss_total", "Its losses on failed labs"}} {
		m := p.metric(k, c.ID, of.metric)
		if m == nil || m.Total == nil || math.IsNaN(m.Total.Difference.Mean) {
			continue
		}
		x, sc := m.Total, scaleOf(m.Unit)
		verb := "differs"
		if of.metric == "loss_total" {
			verb = "differ"
		}
		if x.Equal == 1 {
			v.Sentences = append(v.Sentences, of.words+" "+strings.Replace(verb, "differs", "is", 1)+" the same in every future.")
			if verb == "differ" {
				v.Sentences[len(v.Sentences)-1] = of.words + " are the same in every future."
			}
			continue
		}
		v.Sentences = append(v.Sentences, fmt.Sprintf("%s %s by %s%s on average; %s is above A in %s.", of.words, verb,
			signedDifference(sc, sc.withError(x.Difference.Mean, x.Difference.SE)), sc.suffix, l, p.futures(x.Difference.Above0, x.Difference.SEAbove0)))
	}
	return v, true
}

// signedDifference is "+$12.3": the sign in front of the dollar, on the same line.
func signedDifference(sc scale, bare string) string {
	const join = "\u2060"
	s := plus(bare)
	for _, sign := range []string{"+", "−"} {
		if rest, ok := strings.CutPrefix(s, sign); ok && sc.prefix != "" {
			return sign + join + sc.prefix + rest
		}
	}
	return sc.prefix + s
}

func equalToo(x *result.Pair) string {
	if x.Equal < 0.0005 || math.IsNaN(x.Equal) {
		return ""
	}
	return ", and the two are equal in " + scaleOf("share").bare(x.Equal, x.SEEqual) + nbsp + "%"
}

// futures is a share of futures in a sentence.
func (p *comparisonPage) futures(share, se float64) string {
	switch {
	case math.IsNaN(share):
		return "an unknown share of futures"
	case share == 0:
		return "none of the " + trials(p.r.Run.Trials)
	case share == 1:
		return "all of the " + trials(p.r.Run.Trials)
	}
	return scaleOf("share").withError(share, se) + nbsp + "% of futures"
}

// differenceSection shows exposure over the years: both scenarios, and the difference.
func (p *comparisonPage) differenceSection(k int) {
	l := letter(k + 1)
	first, rest := p.common(k)
	s := &section{ID: p.id(k, "years"), Title: p.title(k, "Exposure over the years"), Lead: []string{
		"Side by side, both scenarios: the lines are means, and eight futures in ten lie within the bands. Bands overlap because the future is uncertain, and say nothing about whether the scenarios differ. That is what the difference says, future by future: where its band is all above or all below 0, nearly every future agrees.",
	}}
	for _, c := range first {
		m := p.metric(k, c.ID, "exposure")
		if m == nil {
			continue
		}
		a, b, d := sideOf(m, ofA), sideOf(m, ofB), sideOf(m, ofDifference)
		title, id := shorten(name(c), 60), p.id(k, c.ID)
		sides := []layer{{"A", "$" + comparisonColors[0], a}, {l, "$" + p.color(k), b}}
		sc := scaleOf(m.Unit)
		drawn, err := spread(sides, common(a, b))
		p.draw(id+"-sides", drawn, err)
		last := lastPair(m)
		figures := []figure{{
			ID: id + "-sides", Title: title + ": exposure", Unit: sc.label + ", mean and p10 to p90, at the end of each year", Size: "m",
			Summary: fmt.Sprintf("Exposure under A and %s. In %s the means are %s and %s.", l, yearOf(&last.Difference), sc.inWordsWithError(last.A.Mean, last.A.SE), sc.inWordsWithError(last.B.Mean, last.B.SE)),
			HowTo:   "Lines are means over all futures; eight futures in ten lie within the band of the same colour, one in ten above and one in ten below. That bands overlap says nothing about one future under both scenarios: the difference does.",
			Table:   sidesTable(m, l, title+": exposure, "+sc.label),
		}}
		d.Name = id + ".difference"
		figures = append(figures, p.fanFigure(d, title+": exposure, "+l+" − A", "m", p.color(k), common(d))...)
		s.Blocks = append(s.Blocks, block{Legend: p.legend(k, areasAndLines), Figures: figures})
	}
	var dots, means block
	for _, c := range append(first, rest...) {
		m := p.metric(k, c.ID, "exposure")
		if m == nil {
			continue
		}
		title, id, sc := shorten(name(c), 60), p.id(k, c.ID), scaleOf(m.Unit)
		a, b := sideOf(m, ofA), sideOf(m, ofB)
		drawn, err := dotsByYear([]dotSeries{eightInTen("A", "$"+comparisonColors[0], a), eightInTen(l, "$"+p.color(k), b)}, a.ByYear, sc, common(a, b))
		p.draw(id+"-dots", drawn, err)
		dots.Figures = append(dots.Figures, figure{ID: id + "-dots", Title: title, Unit: sc.label + ", mean and p10 to p90", Size: "s",
			Summary: "Means of exposure by year, A and " + l + " side by side.", HowTo: "Dots are means. A line goes from the value that one future in ten stays below to the value that one in ten exceeds.",
			Table: sidesTable(m, l, title+": exposure, "+sc.label)})
		one := dotSeries{name: l + " − A", color: "$" + p.color(k)}
		for i := range m.ByYear {
			y := &m.ByYear[i]
			one.dots = append(one.dots, dotValue{y.Difference.Mean, y.Low, y.High})
		}
		drawn, err = dotsByYear([]dotSeries{one}, a.ByYear, sc, dotAxis(one, sc))
		p.draw(id+"-means", drawn, err)
		means.Figures = append(means.Figures, figure{ID: id + "-means", Title: title, Unit: sc.label + ", mean difference and its 95\u00a0% interval", Size: "s",
			Summary: "Mean difference of exposure by year, with 95 % intervals.", HowTo: "Dots are mean differences, lines their 95\u00a0% intervals: how far off the simulation can be. An interval that does not reach 0 means that the scenarios differ on average, however little.",
			Table: differenceTable(m, l, title+": exposure, "+l+" − A, "+sc.label)})
	}
	if len(dots.Figures) > 0 {
		dots.Heading, dots.Legend = "Every cloud, side by side", p.legend(k, lines)
		means.Heading = "The mean difference, and how well it is known"
		s.Blocks = append(append(s.Blocks, inTwos(dots)...), inTwos(means)...)
	}
	p.add(s)
}

// inTwos parts the figures of a block into rows of two.
func inTwos(b block) []block {
	var rows []block
	for figures := b.Figures; len(figures) > 0; figures = figures[min(2, len(figures)):] {
		b.Figures = figures[:min(2, len(figures))]
		rows = append(rows, b)
		b.Heading, b.Legend = "", nil
	}
	return rows
}

// sidesTable is A and B by year.
func sidesTable(m *result.PairedMetric, l, caption string) *tableView {
	sc := scaleOf(m.Unit)
	t := &tableView{Caption: caption, Head: []string{"Year", "A, mean ± s.e.", "A, p10", "A, p90", l + ", mean ± s.e.", l + ", p10", l + ", p90"}}
	for i := range m.ByYear {
		x := &m.ByYear[i]
		var row tableRow
		row.text(yearOf(&x.Difference))
		for _, s := range []*result.Stat{&x.A, &x.B} {
			row.mean(sc, s.Mean, s.SE)
			row.mean(sc, s.P10, s.SEP10)
			row.mean(sc, s.P90, s.SEP90)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

var differenceHead = []string{"mean difference ± s.e.", "95\u00a0%, from", "to", "p5", "median", "p95"}

func worthHead(l string) []string {
	return []string{l + " above A, %", "equal, %", "variance ÷, of trials", "variance ÷, of the run"}
}

// differenceTable is the difference by year.
func differenceTable(m *result.PairedMetric, l, caption string) *tableView {
	t := &tableView{Caption: caption, Head: slices.Concat([]string{"Year"}, differenceHead, worthHead(l))}
	for i := range m.ByYear {
		x := &m.ByYear[i]
		row := tableRow{}
		row.text(yearOf(&x.Difference))
		row.difference(scaleOf(m.Unit), x)
		t.Rows = append(t.Rows, row)
	}
	return t
}

// difference adds the cells of differenceHead and worthHead.
func (r *tableRow) difference(sc scale, x *result.Pair) {
	d := &x.Difference
	r.meanDifference(sc, x)
	r.signed(sc, d.P5, d.SEP5)
	r.signed(sc, d.P50, d.SEP50)
	r.signed(sc, d.P95, d.SEP95)
	r.shares(x)
	r.number(factor(x.Variance), exact{x.Variance, math.NaN()})
	r.number(factor(x.Runs), exact{x.Runs, math.NaN()})
}

// meanDifference adds the mean difference and its interval.
func (r *tableRow) meanDifference(sc scale, x *result.Pair) {
	d := &x.Difference
	r.number(plus(sc.withError(d.Mean, d.SE)), exact{d.Mean * sc.factor, d.SE * sc.factor})
	r.signed(sc, x.Low, d.SE)
	r.signed(sc, x.High, d.SE)
}

func (r *tableRow) signed(sc scale, x, se float64) {
	r.number(plus(sc.bare(x, se)), exact{x * sc.factor, math.NaN()})
}

// shares adds how often B is above A, and equal to it.
func (r *tableRow) shares(x *result.Pair) {
	for _, v := range []struct{ x, se float64 }{{x.Difference.Above0, x.Difference.SEAbove0}, {x.Equal, x.SEEqual}} {
		switch v.x {
		case 0:
			r.number("none", exact{0, math.NaN()})
		case 1:
			r.number("all", exact{100, math.NaN()})
		default:
			r.mean(scaleOf("share"), v.x, v.se)
		}
	}
}

// distributionSection shows how the difference is spread over the futures.
func (p *comparisonPage) distributionSection(k int) {
	l := letter(k + 1)
	first, _ := p.common(k)
	s := &section{ID: p.id(k, "distribution"), Title: p.title(k, "How the difference is spread"), Lead: []string{
		"A mean difference may be the same in all futures, or large in some and nothing in the rest. To the right of 0 are the futures in which " + l + " has more.",
	}}
	for _, part := range []struct{ metric, title string }{{"exposure", "exposure at the end"}, {"npv", "net present value"}, {"loss_total", "losses on failed labs"}} {
		for _, c := range first {
			m := p.metric(k, c.ID, part.metric)
			if m == nil {
				continue
			}
			x, sc := lastPair(m), scaleOf(m.Unit)
			d := distributionOf(&x.Difference, m.Unit, p.run)
			if x.Equal == 1 || d.empty() {
				continue // there is nothing to see
			}
			id, title := p.id(k, slug(m.Name)), shorten(name(c), 60)+": "+part.title+", "+l+" − A"
			lo, hi, width := span(d)
			drawn, err := histogram(d, "$"+p.color(k), lo, hi, width, tallest(lo, hi, width, d))
			p.draw(id+"-histogram", drawn, err)
			t := &tableView{Caption: title + ", " + sc.label, Head: slices.Concat([]string{""}, differenceHead, worthHead(l))}
			row := tableRow{}
			row.text(whenOf(x))
			row.difference(sc, x)
			t.Rows = []tableRow{row}
			by := "by difference, " + sc.label
			b := block{Heading: title, Figures: []figure{{ID: id + "-histogram", Title: "How often how much", Unit: "share of futures " + by, Size: "m", HowTo: howTo.histogram, Table: t,
				Summary: fmt.Sprintf("%s: histogram of the difference. Its mean is %s, and %s is above A in %s.", title, sc.inWordsWithError(x.Difference.Mean, x.Difference.SE), l, p.futures(x.Difference.Above0, x.Difference.SEAbove0))}}}
			tails := []tail{{l + " − A", "$" + p.color(k), d}}
			drawn, err = cumulative(tails, lo, hi)
			p.draw(id+"-cumulative", drawn, err)
			b.Figures = append(b.Figures, figure{ID: id + "-cumulative", Title: "Chance of at most that", Unit: "share of futures at or below, " + by, Size: "m",
				Summary: title + ": the probability that the difference is at most a value, for each value.", HowTo: howTo.cumulative, Table: t})
			drawn, err = exceedance(tails)
			p.draw(id+"-exceedance", drawn, err)
			b.Figures = append(b.Figures, figure{ID: id + "-exceedance", Title: "Chance of more than that", Unit: "share of futures above, logarithmic, " + by, Size: "m",
				Summary: title + ": the probability that the difference is above a value, for each value.", HowTo: howTo.exceedance, Table: t})
			s.Blocks = append(s.Blocks, b)
		}
	}
	p.add(s)
}

// groupTable is metrics at the end or over the whole time: both scenarios, and what more adds about
// the difference.
func groupTable(groups []comparedGroup, l, caption string, head []string, more func(*tableRow, scale, *result.Pair)) *tableView {
	t := &tableView{
		Caption: caption,
		Head:    append([]string{"", "", "A, mean ± s.e.", l + ", mean ± s.e."}, head...),
		Foot:    "Percentages are of the trials in which both have a value; their share stands behind a metric's name where it is not all of them.",
	}
	for _, g := range groups {
		t.Rows = append(t.Rows, tableRow{Cells: []string{g.title}, Group: true})
		for _, m := range g.metrics {
			x, sc := lastPair(m), scaleOf(m.Unit)
			label := labelOf(m)
			if x.Difference.Defined < 1 {
				label += " (" + share(x.Difference.Defined) + ")"
			}
			row := tableRow{}
			row.text(label)
			row.text(whenOf(x))
			row.mean(sc, x.A.Mean, x.A.SE)
			row.mean(sc, x.B.Mean, x.B.SE)
			more(&row, sc, x)
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// allSection is every metric at the end, and what is not compared.
func (p *comparisonPage) allSection(k int) {
	o, l := &p.r.Others[k], letter(k+1)
	s := &section{ID: p.id(k, "all"), Title: p.title(k, "All differences"), Lead: []string{
		"Every metric that both scenarios have, in the last year that both have or over the whole time; comparison.json and comparison.csv have every year.",
	}}
	s.Blocks = append(s.Blocks, block{Table: groupTable(allGroups(p.r, o), l, "At the end or over the whole time, USD bn where no other unit is given",
		slices.Concat(differenceHead, worthHead(l)), (*tableRow).difference)})
	if lines := p.apart(k); len(lines.Rows) > 0 {
		s.Blocks = append(s.Blocks, block{Kind: "words", Table: lines})
	}
	p.add(s)
}

// apart lists what is not compared.
func (p *comparisonPage) apart(k int) *tableView {
	o, l := &p.r.Others[k], letter(k+1)
	t := &tableView{Caption: "Not compared", Head: []string{"Why", "Metrics"},
		Foot: "What a scenario has not has no value there, and is not taken for 0: no exposure to a lab that is not there is not the same as none to a lab that is."}
	add := func(why string, names []string) {
		if len(names) > 0 {
			t.Rows = append(t.Rows, tableRow{Cells: []string{why, strings.Join(names, ", ")}})
		}
	}
	add("only A has them", o.OnlyBase)
	add("only "+l+" has them", o.OnlyOther)
	for _, r := range reasons(o.Apart) {
		add(r.why, r.names)
	}
	return t
}

// methodSection says how it was done, with its equations.
func (p *comparisonPage) methodSection() {
	t := &tableView{
		Caption: "What is made of the trials, aᵢ of A and bᵢ of B in trial i = 1 … n",
		Head:    []string{"What", "Equation", "In words"},
		Foot:    "Paired trials: common random numbers, as in Law, Simulation Modeling and Analysis, section 11.2.",
	}
	for _, e := range [...][3]string{
		{"Difference", "dᵢ = bᵢ − aᵢ", "Over the trials in which both have a value. Its quantiles are those of the dᵢ, not differences of quantiles."},
		{"Mean difference", "d̄ = Σ dᵢ / n", ""},
		{"Standard error", "s(d)/√n, or the spread of 16 replicates of d̄ / √16", "The first of independent trials (sampler random), the second of latin and sobol."},
		{"95\u00a0% interval", "d̄ ± t·SE", "t is 1.96 for independent trials and 2.13, Student's t with 15 degrees of freedom, for 16 replicates."},
		{"B above A", "P(dᵢ > 0)", "The share of futures; equal is P(dᵢ = 0) to the last bit."},
		{"Variance ÷, of trials", "(Var a + Var b) / Var d", "So many times as many pairs of independent trials, each with draws of its own, know the mean difference as well. Below 1 the pairing does harm: what is high in A is low in B."},
		{"Variance ÷, of the run", "(SE²(ā) + SE²(b̄)) / SE²(d̄)", "The same for the sampler that was used: how much larger the variance of the mean difference were if each scenario had been run by itself, with a seed of its own. Where standard errors come from 16 replicates it is a rough number: half or twice of it would be no surprise."},
	} {
		t.Rows = append(t.Rows, tableRow{Cells: e[:]})
	}
	p.add(&section{ID: "method", Title: "Method", Blocks: []block{
		{Kind: "prose", Text: []string{
			"Every random number is determined by the seed, the name of what is drawn, the trial and the step. What both scenarios draw under the same name is therefore the same in each trial of both, whatever else is in one and not in the other: a lab, a deal or an event more takes no luck from the rest. With the samplers sobol and latin, what both draw also has the same place in the design, A's: A is what a run of it makes, and B differs a little from a run of its own, within its standard errors, because that would choose the order of its inputs and the directions of its shocks by itself. With random it does not differ.",
			"A is simulated as `entente run` would. Years are compared by date. Where the scenarios start in different years, their luck is shared by steps from the start and not by date, so that pairing is worth less.",
		}},
		{Kind: "words", Table: t},
	}})
}

// made is what made the report.
func (p *comparisonPage) made() []made {
	r := p.r
	var rows []made
	add := func(k int, c *result.Contender) {
		v := []piece{{Text: c.Label}}
		if c.Scenario.Argument != "" {
			v = append(v, piece{Text: " ("}, piece{Text: c.Scenario.Argument, Code: true}, piece{Text: ")"})
		}
		v = append(v, piece{Text: fmt.Sprintf(", %d years from %s", c.Years, c.Start)})
		rows = append(rows, made{"Scenario " + letter(k), v}, made{"SHA-256 of its text", []piece{{Text: c.Scenario.SHA256, Code: true}}})
	}
	add(0, &r.Base)
	for k := range r.Others {
		add(k+1, &r.Others[k].Contender)
	}
	for _, o := range r.Set {
		rows = append(rows, made{"Override of all", []piece{{Text: o, Code: true}}})
	}
	for _, o := range r.With {
		rows = append(rows, made{"Change in all but A", []piece{{Text: o, Code: true}}})
	}
	return append(rows,
		made{"Trials", asText(fmt.Sprint(r.Run.Trials))},
		made{"Seed", asText(fmt.Sprint(r.Run.Seed))},
		made{"Sampler", asText(r.Run.Sampler)},
	)
}

// comparisonCommand is what makes the comparison again.
func comparisonCommand(r *result.Pairing) string {
	words := []string{"entente", "compare"}
	for i, c := range append([]result.Contender{r.Base}, contenders(r)...) {
		arg := c.Scenario.Argument
		if arg == "" {
			arg = "SCENARIO"
		}
		if i == 1 && len(r.Others) == 1 && len(r.With) > 0 && arg == words[2] {
			continue // A with changes is what is compared where no B is named
		}
		words = append(words, quote(arg))
	}
	for _, o := range r.With {
		words = append(words, "--with", quote(o))
	}
	words = append(words, "--trials", fmt.Sprint(r.Run.Trials), "--seed", fmt.Sprint(r.Run.Seed), "--sampler", quote(r.Run.Sampler))
	for _, o := range r.Set {
		words = append(words, "--set", quote(o))
	}
	if len(r.Metrics) > 0 {
		words = append(words, "--metrics", quote(strings.Join(r.Metrics, ",")))
	}
	return strings.Join(words, " ")
}

func contenders(r *result.Pairing) []result.Contender {
	var cs []result.Contender
	for _, o := range r.Others {
		cs = append(cs, o.Contender)
	}
	return cs
}

// A dotSeries is a dot with a line through it for each year.
type dotSeries struct {
	name, color string
	dots        []dotValue
}

type dotValue struct{ at, lo, hi float64 }

// eightInTen is the mean of a metric with its p10 and p90.
func eightInTen(name, color string, m *result.Metric) dotSeries {
	s := dotSeries{name: name, color: color}
	for _, y := range m.ByYear {
		s.dots = append(s.dots, dotValue{y.Mean, y.P10, y.P90})
	}
	return s
}

// dotAxis fits the dots and their lines.
func dotAxis(s dotSeries, sc scale) axis {
	a := axis{formatter: "@number"}
	for _, d := range s.dots {
		for _, x := range []float64{d.at, d.lo, d.hi} {
			if x *= sc.factor; !math.IsNaN(x) && !math.IsInf(x, 0) {
				a.lo, a.hi = math.Min(a.lo, x), math.Max(a.hi, x)
			}
		}
	}
	return a.nice()
}

// dotsByYear draws series beside each other, year by year.
func dotsByYear(series []dotSeries, years []result.Stat, sc scale, ax axis) (drawing, error) {
	c := newCanvas("@tips")
	c.years(years, ax)
	c.xExtra["boundaryGap"] = true
	for k, s := range series {
		shift := (float64(k) - float64(len(series)-1)/2) / 3 // of the room that a year has
		data := make([][]any, len(s.dots))
		for i, d := range s.dots {
			data[i] = []any{i, finite(d.at * sc.factor), finite(d.lo * sc.factor), finite(d.hi * sc.factor), shift}
		}
		c.custom(s.name, "@dot", s.color, data, 0, []int{1, 2, 3})
	}
	return c.drawing()
}
