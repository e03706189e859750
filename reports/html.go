package reports

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"

	"entente/sim/result"
)

// WriteHTML writes the report of a run.
func WriteHTML(w io.Writer, r *result.Result) error {
	p, err := newPage(clean(r))
	if err != nil {
		return err
	}
	return p.write(w)
}

// A page is the report of a run.
type page struct {
	*sheet
	R      *result.Result
	Trials string

	f      finder
	colors map[string]string // of labs and clouds
}

func newPage(r *result.Result) (*page, error) {
	p := &page{sheet: newSheet(r.Version, r.Scenario.Name), R: r, f: newFinder(r), colors: map[string]string{}}
	p.Subject = "exposure of clouds to AI labs"
	p.Standfirst = r.Scenario.Description
	p.SHA256 = []string{r.Scenario.SHA256}
	p.run = r.Run
	p.Trials = trials(r.Run.Trials)
	p.Facts = fmt.Sprintf("%d years from %s · %s · %s sampling · seed %d", r.Run.Years, r.Run.Start, p.Trials, r.Run.Sampler, r.Run.Seed)
	if r.Run.Accuracy != 0 {
		p.Facts += fmt.Sprintf(" · quantiles good to %.2g %%", 100*r.Run.Accuracy)
	}
	p.Warning = fewTrials(r.Run.Trials)
	first, rest := p.f.answers()
	p.colors["aws"], p.colors["azure"] = "c0", "c1" // the same in every report
	taken := map[string]bool{}
	for _, c := range r.Clouds {
		taken[p.colors[c.ID]] = true
	}
	next := 0
	for _, c := range append(append([]result.Entity(nil), first...), rest...) {
		if p.colors[c.ID] != "" {
			continue
		}
		for next < 7 && taken[fmt.Sprintf("c%d", next)] {
			next++
		}
		p.colors[c.ID] = fmt.Sprintf("c%d", next%14)
		next++
	}
	for i, l := range r.Labs {
		p.colors[l.ID] = fmt.Sprintf("l%d", i%8)
	}

	p.answers(first)
	p.assertSection()
	p.comparisonSection()
	p.exposureSection(first)
	p.yearSection(first)
	p.concentrationSection(first)
	p.valueSection(first)
	p.labSection()
	p.placesSection()
	p.commitmentSection()
	p.moneySection()
	p.allianceSection()
	p.othersSection(rest)
	p.futureSection()
	p.eventSection()
	p.driversSection()
	p.assumptionSection()
	p.noteSection()
	p.convergenceSection()
	p.methodSection()
	p.equationSection()
	p.glossarySection()
	p.reproduce("The same scenario, trials, seed and sampler make the same numbers on every machine.", command(r), p.made()...)
	return p, p.err
}

// slug makes an id of a metric's name: azure.exposure is at #azure-exposure.
func slug(name string) string { return strings.ReplaceAll(name, ".", "-") }

// legend names entities by their colours.
func (p *page) legend(es []result.Entity, m mark) []legendItem {
	var items []legendItem
	for _, e := range es {
		items = append(items, legendItem{strings.TrimSpace(p.colors[e.ID] + " " + string(m)), shorten(name(e), 60)})
	}
	return items
}

// A mark is what stands for an entity in a row of charts, and in their legend.
type mark string

const (
	areas         mark = ""
	lines         mark = "line"
	areasAndLines mark = "both"
)

// answers is the first thing on the page.
func (p *page) answers(first []result.Entity) {
	type one struct {
		d     distribution
		color string
	}
	var all []one
	dotted := ""
	for _, c := range first {
		v := answerView{Name: name(c), Color: p.colors[c.ID]}
		s := p.f.final(c.ID, "exposure")
		if s == nil || math.IsNaN(s.Mean) {
			v.Value, v.What = noValue, "no exposure was recorded"
			p.Answers = append(p.Answers, v)
			all = append(all, one{})
			continue
		}
		unit := p.f.metric(c.ID, "exposure").Unit
		sc := scaleOf(unit)
		v.Value, v.Error, v.Unit = sc.signed(sc.bare(s.Mean, s.SE)), sc.error(s.Mean, s.SE), strings.TrimPrefix(sc.suffix, nbsp)
		v.What = fmt.Sprintf("mean exposure to %s at the end of %s", labsOrNone(p.f.labsOf(c.ID)), yearOf(s))
		if p.R.Run.Trials == 1 {
			v.What = strings.TrimPrefix(v.What, "mean ") + " in this trial"
		}
		v.Sentences = p.sentences(c, s, sc)
		p.Answers = append(p.Answers, v)
		all = append(all, one{distributionOf(s, unit, p.R), p.colors[c.ID]})
	}
	var ds []distribution
	for _, o := range all {
		ds = append(ds, o.d)
	}
	if p.R.Run.Trials >= enoughForTails { // else a hundred dots would be more than there is
		for i, dots := range dotStrips(ds) {
			p.Answers[i].Dots = dots
			if dots != nil {
				dotted = "Each dot is one future in a hundred, placed at its exposure in USD bn at the end; the ten highest in full colour. "
			}
		}
	}
	if p.R.Run.Trials == 1 {
		return // there are no errors
	}
	p.Fine = dotted + "Figures behind ± are standard errors: how far off " + p.Trials + " of this scenario can be. They say nothing about whether its assumptions are right."
}

// sentences are the answer for one cloud, in words.
func (p *page) sentences(c result.Entity, s *result.Stat, sc scale) []string {
	var out []string
	eq, cr := p.f.final(c.ID, "equity"), p.f.final(c.ID, "credit_exposure")
	switch {
	case eq != nil && cr != nil && !math.IsNaN(eq.Mean) && !math.IsNaN(cr.Mean):
		out = append(out, fmt.Sprintf("Of it, %s is equity, marked to the model's valuation, and %s is credit exposure: receivables, and plant that could not be used otherwise.",
			sc.inWordsWithError(eq.Mean, eq.SE), sc.inWordsWithError(cr.Mean, cr.SE)))
	case cr != nil && !math.IsNaN(cr.Mean):
		out = append(out, "All of it is credit exposure: receivables, and plant that could not be used otherwise.")
	}
	if s.P90 > s.P10 && valued(s, p.R.Run) >= enoughForQuantiles {
		out = append(out, fmt.Sprintf("One future in ten is above %s, one in ten below %s; half lie between %s and %s.",
			sc.inWordsWithError(s.P90, s.SEP90), sc.inWordsWithError(s.P10, s.SEP10), sc.inWordsWithError(s.P25, s.SEP25), sc.inWordsWithError(s.P75, s.SEP75)))
	}
	if l := p.f.final(c.ID, "loss_total"); l != nil && !math.IsNaN(l.Mean) {
		lsc := scaleOf(p.f.metric(c.ID, "loss_total").Unit)
		switch {
		case l.Max == 0 && p.R.Run.Trials == 1:
			out = append(out, "No failed lab costs it money in this trial.")
		case l.Max == 0:
			out = append(out, fmt.Sprintf("No failed lab costs it money in any of the %s.", p.Trials))
		case p.R.Run.Trials == 1:
			out = append(out, fmt.Sprintf("A failed lab costs it %s.", lsc.inWords(l.Mean, l.SE)))
		default:
			text := fmt.Sprintf("A failed lab costs it money in %s: %s averaged over all futures", p.futures(l.Above0, l.SEAbove0), lsc.inWordsWithError(l.Mean, l.SE))
			if valued(l, p.R.Run) >= enoughForTails {
				text += fmt.Sprintf(", %s over the worst 5\u00a0%% of them", lsc.inWordsWithError(l.ES95, l.SEES95))
			}
			out = append(out, text+".")
		}
	}
	if n := p.f.final(c.ID, "npv"); n != nil && !math.IsNaN(n.Mean) {
		nsc := scaleOf(p.f.metric(c.ID, "npv").Unit)
		negative := 1 - n.Above0
		if n.Min >= 0 { // what is exactly 0 is not above it either
			negative = 0
		}
		if p.R.Run.Trials == 1 {
			out = append(out, fmt.Sprintf("The net present value of its alliances is %s.", nsc.inWords(n.Mean, n.SE)))
		} else {
			out = append(out, fmt.Sprintf("The net present value of its alliances averages %s, and is negative in %s.",
				nsc.inWordsWithError(n.Mean, n.SE), p.futures(negative, n.SEAbove0)))
		}
	}
	return out
}

// futures is a share of futures in a sentence; what was seen in no trial, or in all, is said so:
// its chance is not exactly 0 or 1.
func (p *page) futures(share, se float64) string {
	switch {
	case math.IsNaN(share):
		return "an unknown share of futures"
	case share == 0:
		return "none of the " + p.Trials
	case share == 1:
		return "all of the " + p.Trials
	}
	return scaleOf("share").withError(share, se) + nbsp + "% of futures"
}

// overYears is the table behind a fan.
func (p *sheet) overYears(m *result.Metric, caption string) *tableView {
	sc := scaleOf(m.Unit)
	t := &tableView{Caption: caption, Head: []string{"Year", "mean ± s.e."}}
	cols := []column{}
	for i := len(quantileColumns) - 1; i >= 0; i-- {
		cols = append(cols, quantileColumns[i])
	}
	cols = append(cols, column{"ES95", func(s *result.Stat) (float64, float64) { return s.ES95, s.SEES95 }})
	partial := false
	for _, c := range cols {
		t.Head = append(t.Head, c.head)
	}
	for i := range m.ByYear {
		partial = partial || m.ByYear[i].Defined < 1
	}
	if partial {
		t.Head = append(t.Head, "with a value, %")
	}
	for i := range m.ByYear {
		s := &m.ByYear[i]
		var row tableRow
		row.text(yearOf(s))
		row.mean(sc, s.Mean, s.SE)
		for _, c := range cols {
			v, se := c.of(s)
			row.mean(sc, v, se)
		}
		if partial {
			row.number(withValue(s, p.run))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// fanFigure is a fan with its table; nil if there is no such metric.
func (p *sheet) fanFigure(m *result.Metric, title, size, color string, ax axis) []figure {
	if m == nil || len(m.ByYear) == 0 {
		return nil
	}
	d, err := fan(m, "$"+color, ax)
	d.Tips = nil // the table has them
	p.draw(slug(m.Name), d, err)
	sc := scaleOf(m.Unit)
	when := "at the end of each year"
	if m.Kind == result.Flow {
		when = "over each year"
	}
	last := final(m)
	unit := strings.TrimPrefix(sc.label+", "+when, ", ")
	if ax.log {
		unit += ", logarithmic"
	}
	return []figure{{
		ID: slug(m.Name), Title: title, Unit: unit, Size: size,
		Summary: fmt.Sprintf("%s, %s. In %s %s.", title, when, yearOf(last), p.spreadWords(sc, last)),
		HowTo:   howTo.fan,
		Table:   p.overYears(m, title+", "+unit),
	}}
}

// spreadWords are the mean, the median and the range of nine futures in ten, as far as the trials
// support them.
func (p *sheet) spreadWords(sc scale, s *result.Stat) string {
	mean := sc.inWordsWithError(s.Mean, s.SE)
	switch n := valued(s, p.run); {
	case p.run.Trials == 1:
		return "it is " + mean
	case p.run.Trials > 0 && n < enoughForQuantiles:
		return "the mean is " + mean
	}
	return fmt.Sprintf("the mean is %s, the median %s, and nine futures in ten lie between %s and %s", mean,
		sc.inWordsWithError(s.P50, s.SEP50), sc.inWordsWithError(s.P5, s.SEP5), sc.inWordsWithError(s.P95, s.SEP95))
}

var bandLegend = []legendItem{{"k-year", "the chosen year"}, {"k-median", "median"}, {"k-mean", "mean"}, {"k-50", "half of futures (p25–p75)"}, {"k-80", "8 in 10 (p10–p90)"}, {"k-90", "9 in 10 (p5–p95)"}}

func (p *page) exposureSection(first []result.Entity) {
	s := &section{ID: "exposure", Title: "Exposure over the years", Lead: []string{
		"What each cloud's owner would have at stake if its labs failed on that day: its equity in them, marked to the model's valuation, and its credit exposure. One in ten futures lies outside the palest band, and nothing bounds how far.",
	}}
	if len(first) > 0 {
		for i, part := range []struct{ metric, title, size string }{
			{"exposure", "exposure", "l"}, {"equity", "of this, equity", "m"}, {"credit_exposure", "of this, credit exposure", "m"},
		} {
			var ms []*result.Metric
			for _, c := range first {
				ms = append(ms, p.f.metric(c.ID, part.metric))
			}
			ax := common(ms...)
			b := block{}
			if i == 0 {
				b.Legend = bandLegend
			}
			for k, c := range first {
				b.Figures = append(b.Figures, p.fanFigure(ms[k], shorten(name(c), 60)+": "+part.title, part.size, p.colors[c.ID], ax)...)
			}
			if len(b.Figures) > 0 {
				s.Blocks = append(s.Blocks, b)
			}
		}
		if t := p.profile(first); t != nil {
			s.Blocks = append(s.Blocks, block{Table: t})
		}
	}
	p.add(s)
}

// profile is the summary of exposure over time that counterparty risk uses: EPE, the average
// over the year-ends of the expected exposure EE, and where EE and PFE are highest.
func (p *page) profile(first []result.Entity) *tableView {
	t := &tableView{
		Caption: "Profile of exposure at the year-ends, USD bn",
		Head:    []string{"", "EPE (average of means)", "highest EE (mean)", "in", "highest PFE 95\u00a0% (p95)", "in", "highest PFE 99\u00a0% (p99)", "in"},
		Foot:    "The standard error of an average over years is an upper bound: the errors of the years are taken to be the same one.",
	}
	for _, c := range first {
		m := p.f.metric(c.ID, "exposure")
		if m == nil || len(m.ByYear) == 0 {
			continue
		}
		sc := scaleOf(m.Unit)
		mean, se := 0.0, 0.0
		for _, s := range m.ByYear {
			mean, se = mean+s.Mean/float64(len(m.ByYear)), se+s.SE/float64(len(m.ByYear))
		}
		highest := func(of func(*result.Stat) float64) *result.Stat {
			best := &m.ByYear[0]
			for i := range m.ByYear {
				if of(&m.ByYear[i]) > of(best) {
					best = &m.ByYear[i]
				}
			}
			return best
		}
		ee := highest(func(s *result.Stat) float64 { return s.Mean })
		p95 := highest(func(s *result.Stat) float64 { return s.P95 })
		p99 := highest(func(s *result.Stat) float64 { return s.P99 })
		var row tableRow
		row.text(name(c))
		row.mean(sc, mean, se)
		row.mean(sc, ee.Mean, ee.SE)
		row.text(yearOf(ee))
		row.mean(sc, p95.P95, p95.SEP95)
		row.text(yearOf(p95))
		row.mean(sc, p99.P99, p99.SEP99)
		row.text(yearOf(p99))
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

// yearSection is the distributions of one year, chosen by one control.
func (p *page) yearSection(first []result.Entity) {
	type cloud struct {
		e  result.Entity
		m  *result.Metric
		id string
	}
	var cs []cloud
	for _, c := range first {
		if m := p.f.metric(c.ID, "exposure"); m != nil && len(m.ByYear) > 0 {
			cs = append(cs, cloud{c, m, c.ID + "-exposure-histogram"})
		}
	}
	if len(cs) == 0 {
		return
	}
	const exceedID, belowID = "exposure-exceedance", "exposure-cumulative"
	perYear := map[string][]drawing{}
	keep := func(id string, d drawing, err error) {
		if err != nil && p.err == nil {
			p.err = fmt.Errorf("chart %s: %w", id, err)
		}
		perYear[id] = append(perYear[id], d)
	}
	control := block{Kind: "control", Views: []view{{"histogram", "Histogram"}, {"cumulative", "Cumulative"}, {"exceedance", "Exceedance"}}}
	bars, below, above := block{View: "histogram"}, block{View: "cumulative"}, block{View: "exceedance"}
	sc := scaleOf(cs[0].m.Unit)
	for y := range cs[0].m.ByYear {
		control.Years = append(control.Years, yearOf(&cs[0].m.ByYear[y]))
		var ds []distribution
		var tails []tail
		for _, c := range cs {
			d := distributionOf(&c.m.ByYear[y], c.m.Unit, p.R)
			ds = append(ds, d)
			tails = append(tails, tail{name(c.e), "$" + p.colors[c.e.ID], d})
		}
		lo, hi, width := span(ds...)
		top := tallest(lo, hi, width, ds...)
		for k, c := range cs {
			d, err := histogram(ds[k], "$"+p.colors[c.e.ID], lo, hi, width, top)
			keep(c.id, d, err)
		}
		d, err := cumulative(tails, lo, hi)
		keep(belowID, d, err)
		d, err = exceedance(tails)
		keep(exceedID, d, err)
	}
	for id, ds := range perYear {
		d, err := yearly(ds)
		p.draw(id, d, err)
	}
	for _, c := range cs {
		bars.Figures = append(bars.Figures, figure{
			ID: c.id, Title: shorten(name(c.e), 60), Unit: "share of futures by exposure, " + sc.label, Size: "m",
			Summary: "Histogram of the exposure of " + name(c.e) + " at the end of the chosen year. The table gives its quantiles in every year.",
			HowTo:   howTo.histogram, Table: p.overYears(c.m, name(c.e)+": exposure, "+sc.label),
		})
	}
	var ms []*result.Metric
	var es []result.Entity
	for _, c := range cs {
		ms, es = append(ms, c.m), append(es, c.e)
	}
	below.Figures = []figure{{
		ID: belowID, Title: "Chance of at most that", Unit: "share of futures at or below, by exposure, " + sc.label, Size: "l",
		Summary: "The probability that the exposure at the end of the chosen year is at most a value, for each value.",
		HowTo:   howTo.cumulative, Table: p.chances("Share of futures in which the exposure at the end of the year is at most that", es, ms, atMost),
	}}
	above.Figures = []figure{{
		ID: exceedID, Title: "Chance of more than that", Unit: "share of futures above, logarithmic, by exposure, " + sc.label, Size: "l",
		Summary: "The probability that the exposure at the end of the chosen year is above a value, for each value.",
		HowTo:   howTo.exceedance, Table: p.chances("Share of futures in which the exposure at the end of the year is above that", es, ms, moreThan),
	}}
	if len(es) > 1 {
		control.Legend = p.legend(es, areasAndLines)
	}
	p.add(&section{ID: "distribution", Title: "The whole distribution, year by year", Lead: []string{
		"The control sets the year of all these charts. Bars are equally wide, and both clouds share their axes; what lies beyond the right edge (0.5\u00a0% of futures) is in the chart of exceedance.",
	}, Blocks: []block{control, bars, below, above}})
}

// A side of a value.
type side func(share float64) float64

func atMost(below float64) float64   { return below }
func moreThan(below float64) float64 { return 1 - below }

// chances is the table of a cumulative or exceedance chart in every year: at round values of
// the metric, the share of futures on one side of them.
func (p *page) chances(caption string, es []result.Entity, ms []*result.Metric, of side) *tableView {
	var last []distribution
	for _, m := range ms {
		last = append(last, distributionOf(final(m), m.Unit, p.R))
	}
	lo, hi, _ := span(last...)
	step := niceStep((hi - lo) / 8)
	var at []float64
	for k := math.Ceil(lo / step); k*step <= hi && len(at) < 12; k++ {
		at = append(at, k*step)
	}
	sc := scaleOf(ms[0].Unit)
	t := &tableView{Caption: caption + ", % ± standard error, by " + sc.label, Head: []string{"Year"},
		Foot: "Read off the saved quantiles, between which a straight line is drawn; the error is that of a proportion."}
	for _, x := range at {
		t.Head = append(t.Head, trimmed(x))
	}
	for k, e := range es {
		if len(es) > 1 {
			t.Rows = append(t.Rows, tableRow{Cells: []string{name(e)}, Group: true})
		}
		for y := range ms[k].ByYear {
			s := &ms[k].ByYear[y]
			d := distributionOf(s, ms[k].Unit, p.R)
			var row tableRow
			row.text(yearOf(s))
			for _, x := range at {
				row.number(chance(d, x, of))
			}
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// chance is the share of futures on one side of x, in percent. Where no trial, or every trial,
// is on that side, it says so by the bound of that: its chance is not exactly 0 or 1.
func chance(d distribution, x float64, of side) (string, exact) {
	if d.empty() {
		return noValue, inexact
	}
	share, se := below(x, d.q, d.p, d.n)
	share = of(share)
	switch {
	case math.IsNaN(share):
		return noValue, inexact
	case share == 0:
		return "none", exact{0, 0}
	case share == 1:
		return "all", exact{100, 0}
	}
	return scaleOf("share").withError(share, se), exact{100 * share, 100 * se}
}

func (p *page) concentrationSection(first []result.Entity) {
	s := &section{ID: "concentration", Title: "Dependence: revenue and backlog", Lead: []string{
		"How much of a cloud's revenue comes from AI labs (what they are billed, what it earns by selling their models, what they share of their revenue), and how much spend they still owe it.",
	}}
	for i, part := range []struct{ metric, title string }{{"concentration", "labs' part of revenue"}, {"backlog", "committed and not yet credited"}, {"lab_revenue", "revenue from labs"}} {
		var ms []*result.Metric
		for _, c := range first {
			ms = append(ms, p.f.metric(c.ID, part.metric))
		}
		ax := common(ms...)
		b := block{}
		if i == 0 {
			b.Legend = bandLegend
		}
		for k, c := range first {
			b.Figures = append(b.Figures, p.fanFigure(ms[k], shorten(name(c), 60)+": "+part.title, "m", p.colors[c.ID], ax)...)
		}
		if len(b.Figures) > 0 {
			s.Blocks = append(s.Blocks, b)
		}
		switch part.metric {
		case "concentration":
			s.Blocks = append(s.Blocks, p.thresholds(first, part.metric, "chance of a larger part", "labs' part of revenue", passing)...)
		case "backlog":
			s.Blocks = append(s.Blocks, p.thresholds(first, part.metric, "chance of a larger backlog", "what labs have committed and not yet been credited with", roundThresholds(ms...))...)
		}
	}
	p.add(s)
}

func (p *page) valueSection(first []result.Entity) {
	s := &section{ID: "value", Title: "Value and loss over the whole time", Lead: []string{
		"Net present value is seen from the start: money already spent is left out, equity that is left at the end is counted. Losses are those on failed labs.",
	}}
	b := block{Legend: p.legend(first, areasAndLines)}
	var ds []distribution
	var with []result.Entity
	for _, c := range first {
		if m := p.f.metric(c.ID, "npv"); m != nil && m.Total != nil {
			ds, with = append(ds, distributionOf(m.Total, m.Unit, p.R)), append(with, c)
		}
	}
	if len(ds) > 0 {
		lo, hi, width := span(ds...)
		top := tallest(lo, hi, width, ds...)
		for k, c := range with {
			m := p.f.metric(c.ID, "npv")
			sc := scaleOf(m.Unit)
			d, err := histogram(ds[k], "$"+p.colors[c.ID], lo, hi, width, top)
			p.draw(slug(m.Name), d, err)
			b.Figures = append(b.Figures, figure{
				ID: slug(m.Name), Title: shorten(name(c), 60) + ": net present value", Unit: "share of futures by value, " + sc.label, Size: "m",
				Summary: fmt.Sprintf("Histogram of the net present value of %s: mean %s.", name(c), sc.inWordsWithError(m.Total.Mean, m.Total.SE)),
				HowTo:   howTo.histogram,
				Table:   p.totals("Net present value, "+sc.label, []result.Entity{c}, []namedMetric{{"net present value", "npv"}}),
			})
		}
	}
	var tails []tail
	some := false
	for _, c := range first {
		if m := p.f.metric(c.ID, "loss_total"); m != nil && m.Total != nil {
			tails = append(tails, tail{name(c), "$" + p.colors[c.ID], distributionOf(m.Total, m.Unit, p.R)})
			some = some || m.Total.Max > 0
		}
	}
	if some {
		d, err := exceedance(tails)
		p.draw("loss-exceedance", d, err)
		b.Figures = append(b.Figures, figure{
			ID: "loss-exceedance", Title: "Chance of losing more than that", Unit: "share of futures above, logarithmic, by loss, USD bn", Size: "m",
			Summary: "The probability that the losses on failed labs over the whole time are above a value, for each value.",
			HowTo:   howTo.exceedance,
			Table:   p.totals("Losses on failed labs, USD bn", first, []namedMetric{{"losses on failed labs", "loss_total"}}),
		})
	}
	if len(b.Figures) > 0 {
		s.Blocks = append(s.Blocks, b)
	}
	if t := p.totals("Over the whole time, USD bn where no other unit is given", first, []namedMetric{
		{"net present value", "npv"}, {"losses on failed labs", "loss_total"}, {"peak exposure", "peak_exposure"}, {"break-even time", "breakeven_time"},
	}); t != nil {
		s.Blocks = append(s.Blocks, block{Table: t})
	}
	p.add(s)
}

type namedMetric struct{ label, metric string }

// signed are the metrics of which it says something how often they are above 0.
func signed(metric string) bool { return metric == "npv" || metric == "loss_total" }

var totalsHead = []string{"", "mean ± s.e.", "p5", "median", "p95", "ES5", "ES95", "above 0, %", "with a value, %"}

// totals is a table of metrics at the end or over the whole time, by entity.
func (p *page) totals(caption string, es []result.Entity, ms []namedMetric) *tableView {
	t := &tableView{Caption: caption, Head: totalsHead}
	for _, e := range es {
		rows := []tableRow{}
		for _, nm := range ms {
			m := p.f.metric(e.ID, nm.metric)
			s := final(m)
			if s == nil {
				continue
			}
			rows = append(rows, p.totalRow(nm.label, m.Unit, s, signed(nm.metric)))
		}
		if len(rows) > 0 {
			t.Rows = append(append(t.Rows, tableRow{Cells: []string{name(e)}, Group: true}), rows...)
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

func (p *page) totalRow(label, unit string, s *result.Stat, signed bool) tableRow {
	sc := scaleOf(unit)
	if sc.label != "" && sc.label != money {
		label += ", " + sc.label
	}
	var row tableRow
	row.text(label)
	row.mean(sc, s.Mean, s.SE)
	row.mean(sc, s.P5, s.SEP5)
	row.mean(sc, s.P50, s.SEP50)
	row.mean(sc, s.P95, s.SEP95)
	row.mean(sc, s.ES5, s.SEES5)
	row.mean(sc, s.ES95, s.SEES95)
	switch {
	case !signed || math.IsNaN(s.Above0):
		row.text("")
	case s.Above0 == 0:
		row.number("none", exact{0, 0})
	case s.Above0 == 1:
		row.number("all", exact{100, 0})
	default:
		row.mean(scaleOf("share"), s.Above0, s.SEAbove0)
	}
	row.number(withValue(s, p.R.Run))
	return row
}

func (p *page) labSection() {
	r := p.R
	s := &section{ID: "labs", Title: "What the labs do"}
	var words []string
	for _, l := range r.Labs {
		if t := p.f.failure(l); t != "" {
			words = append(words, t)
		}
	}
	s.Lead = words
	for i, part := range []struct {
		metric, title string
		log           bool
	}{{"run_rate", "run rate of revenue", true}, {"valuation", "equity value", true}, {"cash", "cash", false}} {
		var ms []*result.Metric
		for _, l := range r.Labs {
			ms = append(ms, p.f.metric(l.ID, part.metric))
		}
		ax := common(ms...)
		if part.log {
			if a, ok := logarithmic(ms...); ok {
				ax = a
			}
		}
		b := block{}
		if i == 0 {
			b.Legend = bandLegend
		}
		for k, l := range r.Labs {
			b.Figures = append(b.Figures, p.fanFigure(ms[k], shorten(name(l), 60)+": "+part.title, "m", p.colors[l.ID], ax)...)
		}
		if len(b.Figures) > 0 {
			s.Blocks = append(s.Blocks, b)
		}
	}
	b := block{}
	var alive []layer
	for _, l := range r.Labs {
		if m := p.f.metric(l.ID, "alive"); m != nil && len(m.ByYear) > 0 {
			alive = append(alive, layer{name(l), "$" + p.colors[l.ID], asShare(m)})
		}
	}
	if len(alive) > 0 {
		d, err := curves(alive, axis{lo: 0, hi: 100, step: 25, formatter: "@percent"})
		d.Tips = nil
		p.draw("labs-alive", d, err)
		b.Figures = append(b.Figures, figure{ID: "labs-alive", Title: "Labs that have not failed", Unit: "% of futures, at the end of each year", Size: "m",
			Summary: "The share of futures in which each lab has not failed, by year.", HowTo: howTo.curves, Table: means("Share of futures in which the lab has not failed, %", alive)})
		gone := make([]layer, len(alive))
		top := axis{formatter: "@percent"}
		for k, l := range alive {
			gone[k] = layer{l.name, l.color, failing(l.m)}
			for _, s := range gone[k].m.ByYear {
				top.hi = math.Max(top.hi, 100*s.Mean)
			}
		}
		d, err = curves(gone, top.nice())
		d.Tips = nil
		p.draw("labs-failing", d, err)
		b.Figures = append(b.Figures, figure{ID: "labs-failing", Title: "When they fail", Unit: "% of futures, over each year", Size: "m",
			Summary: "The share of all futures in which each lab fails in that year.", HowTo: howTo.curves, Table: means("Share of futures in which the lab fails in the year, %", gone)})
		b.Legend = p.legend(r.Labs, lines)
		s.Blocks = append(s.Blocks, b)
	}
	t := &tableView{Caption: "Labs, USD bn: mean ± standard error", Head: []string{""}}
	parts := []namedMetric{{"run rate", "run_rate"}, {"revenue", "revenue"}, {"compute used", "compute"}, {"billed", "billed"}, {"raised", "raised"}, {"cash", "cash"}, {"equity value", "valuation"}}
	var years []int
	if r.Run.Years > 0 {
		for _, y := range []int{0, (r.Run.Years - 1) / 2, r.Run.Years - 1} {
			if len(years) == 0 || years[len(years)-1] != y {
				years = append(years, y)
			}
		}
	}
	for _, l := range r.Labs {
		rows := []tableRow{}
		for _, nm := range parts {
			m := p.f.metric(l.ID, nm.metric)
			if m == nil || len(m.ByYear) != r.Run.Years {
				continue
			}
			var row tableRow
			row.text(nm.label)
			if len(t.Head) == 1 {
				for _, y := range years {
					t.Head = append(t.Head, yearOf(&m.ByYear[y]))
				}
			}
			for _, y := range years {
				row.mean(scaleOf(m.Unit), m.ByYear[y].Mean, m.ByYear[y].SE)
			}
			rows = append(rows, row)
		}
		if len(rows) > 0 {
			t.Rows = append(append(t.Rows, tableRow{Cells: []string{name(l)}, Group: true}), rows...)
		}
	}
	if len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, block{Table: t})
	}
	p.add(s)
}

// asShare is m with its mean shown as a percentage.
func asShare(m *result.Metric) *result.Metric {
	c := *m
	c.Unit = "share of futures"
	return &c
}

// failing makes of the share of futures in which a lab is alive at each year's end the share
// in which it fails during the year, P(alive before) − P(alive after), with the standard error
// of a proportion: the second event is a part of the first.
func failing(alive *result.Metric) *result.Metric {
	c := *alive
	c.Kind = result.Flow
	c.ByYear = append([]result.Stat(nil), alive.ByYear...)
	before := 1.0
	for i := range c.ByYear {
		s := &c.ByYear[i]
		a := s.Mean
		s.Mean = math.Max(0, before-a)
		if alive.ByYear[i].SE > 0 {
			n := a * (1 - a) / (s.SE * s.SE) // as many independent trials as the error speaks of
			s.SE = math.Sqrt(s.Mean * (1 - s.Mean) / n)
		}
		before = a
	}
	return &c
}

// means is the table of layers.
func means(caption string, layers []layer) *tableView {
	t := &tableView{Caption: caption, Head: []string{"Year"}}
	for _, l := range layers {
		t.Head = append(t.Head, shorten(l.name, 60))
	}
	for i := range layers[0].m.ByYear {
		var row tableRow
		row.text(yearOf(&layers[0].m.ByYear[i]))
		for _, l := range layers {
			s := &l.m.ByYear[i]
			row.mean(scaleOf(l.m.Unit), s.Mean, s.SE)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func (p *page) allianceSection() {
	s := &section{ID: "alliances", Title: "The alliances, side by side"}
	t := &tableView{
		Caption: "Alliances, USD bn: mean ± standard error",
		Head:    []string{"", "share at the end, %", "billed, sum", "of this shortfall, sum", "paid in, sum", "exposure at the end", "net present value", "round trip", "multiple on capital"},
		Foot:    "Sums over all years; the standard errors of sums are upper bounds. Round trip: dollars billed per dollar put in. Multiple on capital: equity at the end and recovered, per dollar put in. – : the alliance has no capital in it, so that no trial has a value.",
	}
	for _, a := range p.R.Alliances {
		var row tableRow
		row.text(p.f.allianceName(a))
		at := func(metric string) {
			m := p.f.metric(a.ID, metric)
			s := final(m)
			if s == nil {
				row.text(noValue)
				return
			}
			row.mean(scaleOf(m.Unit), s.Mean, s.SE)
			if s.Defined < 1 && s.Defined > 0 {
				of, _ := withValue(s, p.R.Run)
				row.Cells[len(row.Cells)-1] += " (" + of + nbsp + "%)"
			}
		}
		sum := func(metric string) {
			m := p.f.metric(a.ID, metric)
			if m == nil || len(m.ByYear) == 0 {
				row.text(noValue)
				return
			}
			x := sumOf(m)
			row.mean(scaleOf(m.Unit), x.mean, x.se)
		}
		at("share")
		sum("billed")
		sum("shortfall")
		sum("invested")
		at("exposure")
		at("npv")
		at("round_trip")
		at("moic")
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, block{Table: t})
	}
	terms := &tableView{Caption: "The terms, as the scenario has them", Head: []string{"Alliance", "Terms"}}
	for _, a := range p.R.Alliances {
		if len(a.Terms) > 0 {
			terms.Rows = append(terms.Rows, tableRow{Cells: []string{p.f.allianceName(a), strings.Join(a.Terms, "\n")}})
		}
	}
	if len(terms.Rows) > 0 {
		s.Blocks = append(s.Blocks, block{Kind: "printed", Table: terms})
	}
	p.add(s)
}

func (p *page) othersSection(rest []result.Entity) {
	s := &section{ID: "others", Title: "Other clouds and investors"}
	if t := p.totals("Other clouds, at the end or over the whole time, USD bn where no other unit is given", rest, []namedMetric{
		{"exposure", "exposure"}, {"of this, equity", "equity"}, {"of this, credit exposure", "credit_exposure"},
		{"revenue from labs", "concentration"}, {"peak exposure", "peak_exposure"}, {"losses on failed labs", "loss_total"}, {"net present value", "npv"},
	}); t != nil {
		s.Blocks = append(s.Blocks, block{Table: t})
	}
	if t := p.totals("Investors, at the end or over the whole time, USD bn", p.R.Investors, []namedMetric{
		{"equity", "equity"}, {"paid in, last year", "invested"}, {"supplied, last year", "supplied"}, {"net present value", "npv"},
	}); t != nil {
		s.Blocks = append(s.Blocks, block{Table: t})
	}
	own := &tableView{Caption: "Metrics that the scenario defines, at the end or over the whole time", Head: totalsHead}
	for _, m := range p.f.own() {
		if st := final(m); st != nil {
			own.Rows = append(own.Rows, p.totalRow(ownLabel(m), m.Unit, st, true))
		}
	}
	if len(own.Rows) > 0 {
		s.Blocks = append(s.Blocks, block{Table: own})
	}
	p.add(s)
}

func (p *page) eventSection() {
	t := &tableView{Caption: "Events", Head: []string{"Event", "When, and what it does"}}
	sourced := false
	for _, e := range p.R.Events {
		sourced = sourced || e.Source != "" || e.Note != ""
	}
	if sourced {
		t.Head = append(t.Head, "Source and note")
	}
	for _, e := range p.R.Events {
		n := e.Name
		if n == "" {
			n = e.ID
		}
		row := tableRow{Cells: []string{n, strings.Join(e.Terms, "\n")}}
		if sourced {
			row.Source = append(pieces(e.Source), piece{Text: "\n"})
			row.Source = append(row.Source, pieces(e.Note)...)
		}
		t.Rows = append(t.Rows, row)
	}
	s := &section{ID: "events", Title: "What may happen"}
	if len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, block{Kind: "words", Table: t})
	}
	p.add(s)
}

func (p *page) assumptionSection() {
	b := block{Kind: "assumptions"}
	grades := map[string]int{}
	bare, bareUncertain := 0, 0
	for _, a := range p.R.Assumptions {
		v := assumptionView{Path: a.Path, Text: a.Text, Unit: a.Unit, Note: a.Note, Truncated: a.Truncated, Sources: p.references(a.Source)}
		if v.Unsourced = unsourced(v.Sources); v.Unsourced {
			bare++
			if !a.Constant {
				bareUncertain++
			}
		}
		switch {
		case len(v.Sources) == 0:
			grades["no source"]++
		case v.Sources[0].Grade == "":
			grades["sources without a grade"]++
		default:
			grades[v.Sources[0].Grade]++
		}
		if a.Constant {
			v.Mean, v.exact = trimmed(a.Value), [3]float64{a.Value, math.NaN(), math.NaN()}
		} else {
			v.Mean, v.P5, v.P95 = threeFigures(a.Mean), threeFigures(a.P5), threeFigures(a.P95)
			v.exact = [3]float64{a.Mean, a.P5, a.P95}
			v.Spark = sparkline(a.Quantiles, 96, 22)
		}
		b.Rows = append(b.Rows, v)
	}
	if len(b.Rows) == 0 {
		return
	}
	kinds := slices.SortedFunc(maps.Keys(grades), func(x, y string) int {
		return cmp.Or(cmp.Compare(grades[y], grades[x]), cmp.Compare(x, y))
	})
	for i, k := range kinds {
		kinds[i] = fmt.Sprintf("%s %d", k, grades[k])
	}
	p.add(&section{ID: "assumptions", Title: "What is assumed", Lead: []string{
		fmt.Sprintf("Every value of the scenario, in its order. What the %d rest on, by their first source: %s.", len(b.Rows), and(kinds)),
		p.unsourcedWords(bare, bareUncertain, len(b.Rows)),
		"The small drawings are densities between the 1st and the 99th percentile. The results are these assumptions pushed through the model: they are as good as these are.",
	}, Blocks: []block{b}})
	p.sources()
}

// threeFigures is x with three significant digits: of a distribution that is assumed, more would
// be for show.
func threeFigures(x float64) string {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return decimal(x, 0)
	}
	x, ten := mantissa(x, x)
	d := 2 - int(math.Floor(math.Log10(math.Abs(x))))
	return withoutZeros(decimal(x, max(0, d))) + ten
}

func (p *page) noteSection() {
	if len(p.R.Scenario.Notes) > 0 {
		p.add(&section{ID: "notes", Title: "What was judged", Blocks: []block{{Text: p.R.Scenario.Notes}}})
	}
}

// made is what made the report.
func (p *page) made() []made {
	r := p.R
	scenario := []piece{{Text: p.Title}}
	if r.Scenario.Argument != "" {
		scenario = append(scenario, piece{Text: " ("}, piece{Text: r.Scenario.Argument, Code: true}, piece{Text: ")"})
	}
	rows := []made{{"Scenario", scenario}, {"SHA-256 of its text", []piece{{Text: r.Scenario.SHA256, Code: true}}}}
	for _, o := range r.Scenario.Overrides {
		rows = append(rows, made{"Override", []piece{{Text: o, Code: true}}})
	}
	return append(rows,
		made{"Trials", asText(fmt.Sprint(r.Run.Trials))},
		made{"Seed", asText(fmt.Sprint(r.Run.Seed))},
		made{"Sampler", asText(r.Run.Sampler)},
		made{"Time", asText(fmt.Sprintf("%d years from %s, in quarters", r.Run.Years, r.Run.Start))},
	)
}

// command is what makes the report again.
func command(r *result.Result) string {
	arg := r.Scenario.Argument
	if arg == "" {
		arg = "SCENARIO"
	}
	words := []string{"entente", "run", quote(arg), "--trials", fmt.Sprint(r.Run.Trials), "--seed", fmt.Sprint(r.Run.Seed), "--sampler", quote(r.Run.Sampler)}
	for _, o := range r.Scenario.Overrides {
		words = append(words, "--set", quote(o))
	}
	for _, a := range r.Assertions {
		if a.CommandLine {
			words = append(words, "--assert", quote(a.Text))
		}
	}
	return strings.Join(words, " ")
}

// quote makes one word of s for a POSIX shell.
func quote(s string) string {
	plain := s != ""
	for _, c := range s {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:@%+,", c) {
			plain = false
		}
	}
	if plain {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
