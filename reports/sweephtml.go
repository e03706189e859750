package reports

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/opts"

	"entente/sim/result"
)

// WriteSweepHTML writes the report of a sweep: lines with error bands where one thing is varied,
// heat maps where the points are a grid of two, and lines across parallel axes for all else.
func WriteSweepHTML(w io.Writer, s *result.Sweep) error {
	p, err := newSweepPage(clean(s))
	if err != nil {
		return err
	}
	return p.write(w)
}

// A sweepPage is the report of a sweep.
type sweepPage struct {
	*sheet
	s       *result.Sweep
	metrics []*sweepMetric // in the order of the first point that has them
	axes    []sweepAxis
	t       float64 // of 95 % intervals
}

// A sweepMetric is one metric at all points.
type sweepMetric struct {
	name, unit string
	years      []int
	dropped    bool // the others are left out
	dates      map[int]string
	at         map[int][]*result.SweepRow // by year, by point; nil where a point has none
}

// A sweepAxis is what one path is at the points.
type sweepAxis struct {
	path   string
	values []string  // those that there are, in order: of numbers, or of appearance
	place  []int     // by point
	x      []float64 // by point; nil: not all are numbers
}

const (
	mostSweepFigures = 42     // a page of more is hardly read
	mostSweepNumbers = 30_000 // that the charts of the lesser metrics hold, about: more takes a browser seconds
	mostSweepRows    = 400    // of a table
)

func newSweepPage(s *result.Sweep) (*sweepPage, error) {
	title := s.Scenario.Name
	p := &sweepPage{sheet: newSheet(s.Version, title), s: s, t: 1.96}
	if s.Run.Sampler != "random" {
		p.t = 2.131 // Student's t with 15 degrees of freedom: there are 16 replicates
	}
	p.Subject = "a sweep over " + and(s.Paths)
	for k := range s.Paths {
		p.axes = append(p.axes, p.axis(k))
	}
	p.collect()
	p.Standfirst = fmt.Sprintf("Simulated at %s of %s. Every point has the same random numbers, so that a difference between points is the effect of their values.", several(len(s.Points), "point"), p.varied())
	p.Facts = fmt.Sprintf("%s at each point · %s sampling · seed %d", trials(s.Run.Trials), s.Run.Sampler, s.Run.Seed)
	if !horizonsDiffer(s) {
		p.Facts += fmt.Sprintf(" · %d years from %s", s.Run.Years, s.Run.Start)
	}
	p.SHA256 = []string{s.Scenario.SHA256}
	p.control()
	p.figures()
	p.pointsSection()
	p.methodSection()
	words := []string{"entente", "sweep", quote(s.Scenario.Argument)}
	for _, a := range s.Arguments {
		words = append(words, quote(a))
	}
	words = append(words, "--trials", fmt.Sprint(s.Run.Trials), "--seed", fmt.Sprint(s.Run.Seed), "--sampler", s.Run.Sampler)
	for _, o := range s.Scenario.Overrides {
		words = append(words, "--set", quote(o))
	}
	p.reproduce("The same scenario, points, trials, seed and sampler make the same numbers on every machine; sweep.csv has them all.", strings.Join(words, " "),
		made{"Scenario", asText(title)}, made{"SHA-256 of its text", []piece{{Text: s.Scenario.SHA256, Code: true}}})
	return p, p.err
}

// several is "1 point", "9 points".
func several(n int, noun string) string {
	if n == 1 {
		return "1" + nbsp + noun
	}
	return decimal(float64(n), 0) + nbsp + noun + "s"
}

// axis reads what the path number k is.
func (p *sweepPage) axis(k int) sweepAxis {
	a := sweepAxis{path: p.s.Paths[k], x: make([]float64, len(p.s.Points)), place: make([]int, len(p.s.Points))}
	numbers := map[string]float64{}
	for i := range p.s.Points {
		v := p.s.Points[i].Values[k]
		if v == "" {
			v = "as the scenario says"
		}
		if !slices.Contains(a.values, v) && len(a.values) <= 1000 {
			a.values = append(a.values, v)
		}
		x, err := strconv.ParseFloat(v, 64)
		if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
			a.x = nil
		}
		if numbers[v] = x; a.x != nil {
			a.x[i] = x
		}
	}
	if a.x != nil {
		slices.SortStableFunc(a.values, func(v, w string) int {
			switch x, y := numbers[v], numbers[w]; {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		})
	}
	for i := range p.s.Points {
		v := p.s.Points[i].Values[k]
		if v == "" {
			v = "as the scenario says"
		}
		a.place[i] = slices.Index(a.values, v)
	}
	return a
}

// label is a path in words: openai.cash*, times.
func (a *sweepAxis) label() string {
	if path, ok := strings.CutSuffix(a.path, "*"); ok {
		return strings.TrimSpace(path) + " times"
	}
	if path, ok := strings.CutSuffix(a.path, "+"); ok {
		return strings.TrimSpace(path) + " plus"
	}
	return a.path
}

// varied says what is varied, and how far.
func (p *sweepPage) varied() string {
	var list []string
	for _, a := range p.axes {
		switch n := len(a.values); {
		case n == 1:
			list = append(list, a.label()+" "+shorten(a.values[0], 40))
		case a.x != nil:
			list = append(list, fmt.Sprintf("%s from %s to %s", a.label(), a.short(a.values[0]), a.short(a.values[n-1])))
		default:
			list = append(list, fmt.Sprintf("%s (%d values)", a.label(), n))
		}
	}
	return and(list)
}

// collect sorts the rows by metric, year and point.
func (p *sweepPage) collect() {
	known := map[string]*sweepMetric{}
	for i := range p.s.Points {
		rows := p.s.Points[i].Rows
		for k := range rows {
			r := &rows[k]
			m := known[r.Metric]
			if m == nil {
				m = &sweepMetric{name: r.Metric, unit: r.Unit, dates: map[int]string{}, at: map[int][]*result.SweepRow{}}
				known[r.Metric] = m
				p.metrics = append(p.metrics, m)
			}
			y := calendarYear(&r.Stat)
			if m.at[y] == nil {
				m.at[y] = make([]*result.SweepRow, len(p.s.Points))
				m.years = append(m.years, y)
				m.dates[y] = yearOf(&r.Stat)
			}
			m.at[y][i] = r
		}
	}
	for _, m := range p.metrics {
		slices.Sort(m.years)
	}
	slices.SortStableFunc(p.metrics, func(a, b *sweepMetric) int { return p.rank(a) - p.rank(b) })
}

// rank puts the headlines first.
func (p *sweepPage) rank(m *sweepMetric) int {
	if i := slices.Index(p.s.Headlines, m.name); i >= 0 {
		return i
	}
	return len(p.s.Headlines)
}

// calendarYear is the year in which a value's ends, which is the same at points that start in others;
// 0 of what is once per trial, and of no date the number of the year.
func calendarYear(s *result.Stat) int {
	if len(s.Date) >= 4 {
		if y, err := strconv.Atoi(s.Date[:4]); err == nil {
			return y
		}
	}
	return s.Year
}

// last is the last year that every point has at which the metric is.
func (m *sweepMetric) last() int {
	has := func(y, point int) bool { return m.at[y][point] != nil }
	for _, y := range slices.Backward(m.years) {
		common := true
		for point := range m.at[y] {
			common = common && (has(y, point) || !slices.ContainsFunc(m.years, func(other int) bool { return has(other, point) }))
		}
		if common {
			return y
		}
	}
	return m.years[len(m.years)-1]
}

// when is the time of a value in words.
func (m *sweepMetric) when(year int) string {
	if year == 0 {
		return "over the whole time"
	}
	return "at the end of " + m.dates[year]
}

// control chooses the year of the charts.
func (p *sweepPage) control() {
	var longest *sweepMetric
	for _, m := range p.metrics {
		if longest == nil || len(m.years) > len(longest.years) {
			longest = m
		}
	}
	if longest == nil || len(longest.years) < 2 || p.crowded() {
		return
	}
	b := block{Kind: "control"}
	for _, y := range longest.years {
		b.Years = append(b.Years, longest.dates[y])
	}
	p.add(&section{ID: "year-of-charts", Title: "Which year the charts show", Blocks: []block{b}, Lead: []string{
		"What is known once per future, such as a net present value, does not move with it."}})
}

// figures draws the metrics: the headlines first, then the others.
func (p *sweepPage) figures() {
	numbers := 0
	if p.crowded() {
		p.drop()
	}
	main := &section{ID: "main", Title: "What comes of it", Lead: []string{p.reading()}}
	if horizonsDiffer(p.s) {
		main.Lead = append(main.Lead, "The points do not have the same years. A year is compared with the same year of point 1; what is once per future, such as a net present value, is over each point's own time, and no difference to point 1 is formed of it.")
	}
	more := &section{ID: "more", Title: "What else was kept"}
	left := 0
	for k, m := range p.metrics {
		s := more
		if p.rank(m) < len(p.s.Headlines) || k < 6 {
			s = main
		}
		if k >= mostSweepFigures || s == more && numbers > mostSweepNumbers {
			left++
			continue
		}
		numbers += len(m.years) * len(p.s.Points)
		if p.form() == asAxes {
			numbers += len(m.years) * len(p.s.Points) * len(p.axes) / 3
		}
		f := p.figure(m)
		if n := len(s.Blocks); n == 0 || len(s.Blocks[n-1].Figures) == 2 {
			s.Blocks = append(s.Blocks, block{})
		}
		b := &s.Blocks[len(s.Blocks)-1]
		b.Figures = append(b.Figures, f)
	}
	if left > 0 {
		more.Lead = append(more.Lead, fmt.Sprintf("%s more would make the page slow to open: sweep.csv has them.", several(left, "metric")))
	}
	p.add(main)
	p.add(more)
}

// crowded says that there are so many points that charts of every year would make the page slow.
func (p *sweepPage) crowded() bool { return len(p.s.Points)*p.s.Run.Years > 6000 }

// drop leaves of each metric the last year.
func (p *sweepPage) drop() {
	for _, m := range p.metrics {
		if len(m.years) > 1 {
			m.years, m.dropped = []int{m.last()}, true
		}
	}
}

// The forms of a sweep's charts.
const (
	asLines = iota
	asMap
	asAxes
)

func (p *sweepPage) form() int {
	switch {
	case len(p.axes) == 1:
		return asLines
	case len(p.axes) == 2 && p.s.Design == "grid":
		return asMap
	}
	return asAxes
}

// reading says how to read the charts.
func (p *sweepPage) reading() string {
	switch p.form() {
	case asLines:
		return "Lines are means over all futures. The light band is how far off each mean may be; the dark one how far off the difference to point 1 may be, which is known much better, because luck is shared. Where the dark band leaves no room for a level line, the parameter matters."
	case asMap:
		return "Each cell is the mean over all futures at one pair of values: the stronger the colour, the higher, on the scale above the map. The scale never spans less than luck could make of equal means, so that a map of one colour is a map of nothing. Hatched cells can't be told from point 1: the difference in the same futures is within its 95 % interval. The tables have standard errors."
	}
	return "Each line is a point: it crosses an axis for each value that is varied, and the last one at the mean of the metric. The stronger its colour, the higher the mean. Where strong lines cross an axis all in one place, that value matters. The bar beside the last axis is the 95 % interval of a mean, in the middle of all; the axis never spans less than four of its halves."
}

func (p *sweepPage) figure(m *sweepMetric) figure {
	sc := scaleOf(m.unit)
	id := "m-" + strings.ReplaceAll(m.name, ".", "-")
	f := figure{ID: id, Title: m.name, Unit: strings.TrimPrefix(sc.label+", mean", ", "), Size: "m", Summary: p.summary(m, sc), HowTo: p.reading()}
	if len(m.years) > 1 {
		f.Unit += ", at the end of the year, or over it"
	} else if m.last() > 0 {
		f.Unit += " " + m.when(m.last())
	}
	var ds []drawing
	for _, y := range m.years {
		var d drawing
		var err error
		switch p.form() {
		case asLines:
			d, err = p.lines(m, y, sc)
		case asMap:
			d, err = p.heatMap(m, y, sc)
		default:
			d, err = p.across(m, y, sc)
		}
		if err != nil {
			p.draw(id, d, err)
			return f
		}
		ds = append(ds, d)
	}
	d := ds[0]
	var err error
	if len(ds) > 1 {
		d, err = yearly(ds)
	}
	p.draw(id, d, err)
	if p.form() != asLines {
		f.Size = "l" // there are names and a scale in it, too
	}
	if p.form() == asMap {
		f.Table = p.matrix(m, sc)
	} else {
		f.Table = p.table(m, sc)
	}
	return f
}

// summary is the chart in a sentence.
func (p *sweepPage) summary(m *sweepMetric, sc scale) string {
	y := m.last()
	var low, high *result.SweepRow
	lowAt, highAt := 0, 0
	for i, r := range m.at[y] {
		if r == nil || math.IsNaN(r.Stat.Mean) {
			continue
		}
		if low == nil || r.Stat.Mean < low.Stat.Mean {
			low, lowAt = r, i
		}
		if high == nil || r.Stat.Mean > high.Stat.Mean {
			high, highAt = r, i
		}
	}
	if low == nil {
		return m.name + " has no value at any point."
	}
	return fmt.Sprintf("The mean of %s %s is lowest with %s (%s) and highest with %s (%s).", m.name, m.when(y),
		p.at(lowAt), sc.inWordsWithError(low.Stat.Mean, low.Stat.SE), p.at(highAt), sc.inWordsWithError(high.Stat.Mean, high.Stat.SE))
}

// at says where a point is.
func (p *sweepPage) at(point int) string {
	var list []string
	for _, a := range p.axes {
		list = append(list, a.label()+" "+a.short(a.values[a.place[point]]))
	}
	return and(list)
}

// order lists the points from the left to the right; on parallel axes, where the chart's tips are
// the rows of the table, as they are.
func (p *sweepPage) order() []int {
	list := make([]int, len(p.s.Points))
	for i := range list {
		list[i] = i
	}
	if p.form() == asAxes {
		return list
	}
	a := &p.axes[0]
	slices.SortStableFunc(list, func(i, j int) int { return a.place[i] - a.place[j] })
	return list
}

// lines draws the mean along the only axis, with its error and that of the difference.
func (p *sweepPage) lines(m *sweepMetric, year int, sc scale) (drawing, error) {
	c := newCanvas("@sweep")
	a := &p.axes[0]
	color := "$c1"
	var wide, near [][]any
	var line []any
	ax := axis{lo: math.Inf(1), hi: math.Inf(-1), formatter: "@number"}
	for _, i := range p.order() {
		var x any = a.place[i]
		if a.x != nil {
			x = significant(a.x[i], 9)
		}
		mean, se, seDiff := math.NaN(), math.NaN(), math.NaN()
		if r := m.at[year][i]; r != nil {
			mean, se, seDiff = r.Stat.Mean*sc.factor, r.Stat.SE*sc.factor*p.t, r.SEDiff*sc.factor*p.t
		}
		for _, v := range []float64{mean, mean - se, mean + se} {
			if !math.IsNaN(v) {
				ax.lo, ax.hi = min(ax.lo, v), max(ax.hi, v)
			}
		}
		wide = append(wide, []any{x, finite(mean - se), finite(mean + se)})
		near = append(near, []any{x, finite(mean - seDiff), finite(mean + seDiff)})
		line = append(line, []any{x, finite(mean)})
	}
	switch span := ax.hi - ax.lo; {
	case math.IsInf(span, 0) || math.IsNaN(span):
		ax.lo, ax.hi = 0, 1
	case span <= 1e-9*math.Abs(ax.hi):
		half := math.Abs(ax.hi) / 10
		if half == 0 {
			half = 1
		}
		ax.lo, ax.hi = ax.lo-half, ax.hi+half
	}
	ax = ax.nice()
	render := "@along"
	if a.x == nil {
		c.axes(opts.XAxis{Type: "category"}, ax)
		c.xExtra["boundaryGap"] = true
		c.line.SetXAxis(a.shown())
		render = "@band"
	} else {
		lo, hi := slices.Min(a.x), slices.Max(a.x)
		if lo == hi {
			lo, hi = lo-0.5, hi+0.5
		}
		c.axes(opts.XAxis{Type: "value", Min: lo, Max: hi, AxisLabel: &opts.AxisLabel{Formatter: "@number"}, SplitNumber: 5}, ax)
	}
	c.named(a.label())
	c.custom("95\u00a0% of the mean", render, color+"/16", wide, 0, []int{1, 2})
	c.custom("95\u00a0% of the difference to point 1", render, color+"/36", near, 0, []int{1, 2})
	c.curve("mean", color, "solid", 1.75, line)
	if len(line) <= 25 {
		c.extra[len(c.line.MultiSeries)-1] = map[string]any{"showSymbol": true, "symbolSize": 5}
	}
	return c.drawing()
}

// shown are the values of an axis, short enough for a chart.
func (a *sweepAxis) shown() []string {
	list := make([]string, len(a.values))
	for i, v := range a.values {
		list[i] = a.short(v)
	}
	return list
}

// short is a value of the axis in few letters: of a number, some digits.
func (a *sweepAxis) short(v string) string {
	if x, err := strconv.ParseFloat(v, 64); err == nil && a.x != nil {
		return trimmed(x)
	}
	return shorten(strings.Trim(v, `"'`), 22)
}

// named writes under the horizontal axis what it is of.
func (c *canvas) named(label string) {
	c.xExtra["name"], c.xExtra["nameLocation"], c.xExtra["nameGap"] = label, "middle", 26
	c.xExtra["nameTextStyle"] = map[string]any{"color": "$muted", "fontSize": 11}
	c.line.GridList[0].Bottom = "24"
}

// A tint is the scale of a metric's colours: from lo, which is pale, to hi.
type tint struct{ lo, hi float64 }

// The strengths of colours, the palest and the strongest.
const palest, strongest = 0.1, 0.9

// tintOf spans the means, and no less than what luck could make of equal ones: four times half the
// 95 % interval of the difference to point 1 or, where there is none, of the mean, each in the
// middle of all.
func (p *sweepPage) tintOf(rows []*result.SweepRow) tint {
	t := tint{math.Inf(1), math.Inf(-1)}
	for _, r := range rows {
		if r != nil && !math.IsNaN(r.Stat.Mean) {
			t.lo, t.hi = min(t.lo, r.Stat.Mean), max(t.hi, r.Stat.Mean)
		}
	}
	if less := 4*p.off(rows) - (t.hi - t.lo); less > 0 {
		t.lo, t.hi = t.lo-less/2, t.hi+less/2
	}
	return t
}

// off is half a 95 % interval of the difference to point 1 or, where there is none, of the mean:
// the median of the points.
func (p *sweepPage) off(rows []*result.SweepRow) float64 {
	var list []float64
	for i, r := range rows {
		switch {
		case r == nil || i == 0 && r.SEDiff == 0:
		case !math.IsNaN(r.SEDiff):
			list = append(list, p.t*r.SEDiff)
		case !math.IsNaN(r.Stat.SE):
			list = append(list, p.t*r.Stat.SE)
		}
	}
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[len(list)/2]
}

// strength is that of a mean's colour.
func (t tint) strength(mean float64) float64 {
	if !(t.hi > t.lo) {
		return (palest + strongest) / 2
	}
	return significant(palest+(strongest-palest)*(mean-t.lo)/(t.hi-t.lo), 3)
}

// The marks of cells.
const (
	unmarked = iota
	notTold  // from point 1
	isFirst
)

// mark says whether a point's mean can be told from that of point 1.
func (p *sweepPage) mark(point int, r *result.SweepRow) int {
	switch {
	case point == 0:
		return isFirst
	case math.Abs(r.Diff) <= p.t*r.SEDiff || isDust(r.Diff, r.SEDiff):
		return notTold
	}
	return unmarked
}

// heatMap draws the means of a grid of two axes.
func (p *sweepPage) heatMap(m *sweepMetric, year int, sc scale) (drawing, error) {
	c := newCanvas("@cells")
	x, y := &p.axes[1], &p.axes[0]
	scale := p.tintOf(m.at[year])
	c.axes(opts.XAxis{Type: "category"}, axis{})
	c.line.SetXAxis(x.shown())
	c.named(x.label())
	c.yExtra = map[string]any{"type": "category", "data": y.shown(), "min": nil, "max": nil, "interval": nil,
		"axisTick": map[string]any{"show": false}, "axisLine": map[string]any{"show": false}, "splitLine": map[string]any{"show": false},
		"axisLabel": map[string]any{"color": "$muted", "fontSize": 11},
		"name":      y.label(), "nameLocation": "end", "nameTextStyle": map[string]any{"color": "$muted", "fontSize": 11, "align": "left"}}
	c.line.GridList[0].Top = "74"
	c.line.Tooltip.Trigger = "item"
	var data [][]any
	for i, r := range m.at[year] {
		if r != nil {
			mean, se := r.Stat.Mean*sc.factor, r.Stat.SE*sc.factor
			data = append(data, []any{x.place[i], y.place[i], finite(mean), finite(scale.strength(r.Stat.Mean)), p.mark(i, r), max(0, places(mean, se)),
				finite(se), finite(r.Diff * sc.factor), finite(r.SEDiff * sc.factor)})
		}
	}
	c.custom(m.name, "@cell", "$c1", data, 0, 1)
	c.extra[0] = map[string]any{"silent": false}
	if scale.lo <= scale.hi {
		c.custom("scale", "@scale", "$c1", [][]any{{0, 0, finite(scale.lo * sc.factor), finite(scale.hi * sc.factor), scale.strength(scale.lo), scale.strength(scale.hi)}}, 0, 1)
		c.extra[1] = map[string]any{"silent": true, "clip": false}
	}
	return c.drawing()
}

// across draws each point as a line across parallel axes (Inselberg, "The plane with parallel
// coordinates", 1985): one for each path, and the mean last.
func (p *sweepPage) across(m *sweepMetric, year int, sc scale) (drawing, error) {
	c := newCanvas("@point")
	c.line.Tooltip.Trigger = "item"
	scale := p.tintOf(m.at[year])
	var names []string
	var columns [][]float64
	for k := range p.axes {
		a := &p.axes[k]
		names = append(names, a.label())
		x := a.x
		if x == nil {
			x = make([]float64, len(a.place))
			for i, at := range a.place {
				x[i] = float64(at + 1)
			}
		}
		columns = append(columns, x)
	}
	names = append(names, m.name)
	means := make([]float64, len(p.s.Points))
	for i, r := range m.at[year] {
		if means[i] = math.NaN(); r != nil {
			means[i] = r.Stat.Mean * sc.factor
		}
	}
	columns = append(columns, means)
	c.axes(opts.XAxis{Type: "category"}, axis{lo: 0, hi: 1})
	c.line.SetXAxis(names)
	c.xExtra["axisLabel"] = map[string]any{"color": "$muted", "fontSize": 11, "interval": 0, "formatter": "@name", "margin": 22, "hideOverlap": false}
	c.xExtra["axisLine"] = map[string]any{"show": false}
	c.yExtra["axisLabel"], c.yExtra["splitLine"] = map[string]any{"show": false}, map[string]any{"show": false}
	c.line.GridList[0].Top = "26"
	data := make([][]any, len(p.s.Points))
	var ends [][]any
	var dims []int
	for k, x := range columns {
		dims = append(dims, k)
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, v := range x {
			if !math.IsNaN(v) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
		if lo > hi {
			continue
		}
		if k == len(columns)-1 {
			lo, hi = scale.lo*sc.factor, scale.hi*sc.factor
		}
		ends = append(ends, []any{k, 0, finite(lo)}, []any{k, 1, finite(hi)})
		for i, v := range x {
			at := 0.5
			if hi > lo {
				at = (v - lo) / (hi - lo)
			}
			data[i] = append(data[i], finite(significantOrNaN(at)))
		}
	}
	for i, r := range m.at[year] {
		if r == nil || math.IsNaN(r.Stat.Mean) || len(data[i]) < len(columns) {
			data[i] = make([]any, len(columns)+5)
			continue
		}
		data[i] = append(data[i], scale.strength(r.Stat.Mean), finite(r.Stat.Mean*sc.factor), finite(r.Stat.SE*sc.factor), finite(r.Diff*sc.factor), finite(r.SEDiff*sc.factor))
	}
	c.custom("axes", "@ends", "$axis", ends, 0, 1)
	c.extra[0] = map[string]any{"silent": true, "clip": false}
	c.custom("points", "@across", "$c1", data, []int{}, dims)
	c.extra[1] = map[string]any{"silent": false}
	if off := p.offMean(m.at[year]); scale.hi > scale.lo && off > 0 {
		half := off / (scale.hi - scale.lo)
		c.custom("95\u00a0% of a mean", "@off", "$c1", [][]any{{len(columns) - 1, significant(max(0, 0.5-half), 4), significant(min(1, 0.5+half), 4)}}, 0, []int{1, 2})
		c.extra[2] = map[string]any{"silent": true, "clip": false}
	}
	return c.drawing()
}

// offMean is half a 95 % interval of the mean: the median of the points.
func (p *sweepPage) offMean(rows []*result.SweepRow) float64 {
	var list []float64
	for _, r := range rows {
		if r != nil && !math.IsNaN(r.Stat.SE) {
			list = append(list, p.t*r.Stat.SE)
		}
	}
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[len(list)/2]
}

func significantOrNaN(x float64) float64 {
	if math.IsNaN(x) {
		return x
	}
	return significant(x, 4)
}

// table has what a metric is at each point, year by year as far as there is room.
func (p *sweepPage) table(m *sweepMetric, sc scale) *tableView {
	t := &tableView{Caption: strings.TrimSuffix(m.name+", "+sc.label, ", "), Head: []string{"Point"}}
	for _, a := range p.axes {
		t.Head = append(t.Head, a.label())
	}
	t.Head = append(t.Head, "mean ± s.e.", "difference to point 1 ± s.e.", "p5", "median", "p95")
	years := m.years
	if len(years)*len(p.s.Points) > mostSweepRows || p.form() == asAxes {
		years = []int{m.last()}
	}
	if len(years) < len(m.years) || m.dropped {
		t.Caption += ", " + m.when(m.last())
		t.Foot = "sweep.csv has the other years."
	}
	most := len(p.s.Points)
	if most > mostSweepRows {
		most = mostSweepRows / 4
		t.Foot = fmt.Sprintf("sweep.csv has %s more, and all years.", several(len(p.s.Points)-most, "point"))
	}
	for _, y := range slices.Backward(years) {
		if len(years) > 1 {
			t.Rows = append(t.Rows, tableRow{Cells: []string{m.dates[y]}, Group: true})
		}
		for n, i := range p.order() {
			if n == most {
				break
			}
			row := tableRow{}
			row.text(strconv.Itoa(p.s.Points[i].Number))
			for _, a := range p.axes {
				row.text(shorten(a.values[a.place[i]], 80))
			}
			p.cells(&row, m.at[y][i], sc)
			t.Rows = append(t.Rows, row)
		}
	}
	return t
}

// cells adds what a metric is at a point.
func (p *sweepPage) cells(row *tableRow, r *result.SweepRow, sc scale) {
	if r == nil {
		for range 5 {
			row.text(noValue)
		}
		return
	}
	s := &r.Stat
	row.mean(sc, s.Mean, s.SE)
	row.mean(sc, r.Diff, r.SEDiff)
	row.value(sc, s.P5, s.SEP5)
	row.value(sc, s.P50, s.SEP50)
	row.value(sc, s.P95, s.SEP95)
}

// matrix has the means of a grid, as the heat map shows them in the last year.
func (p *sweepPage) matrix(m *sweepMetric, sc scale) *tableView {
	x, y := &p.axes[1], &p.axes[0]
	t := &tableView{Caption: strings.TrimSuffix(m.name+", "+sc.label, ", ") + ", mean ± s.e. " + m.when(m.last()), Head: []string{y.label() + " \\ " + x.label()}}
	for _, v := range x.values {
		t.Head = append(t.Head, shorten(v, 40)+" ± s.e.")
	}
	rows := make([]tableRow, len(y.values))
	cells := make([][]*result.SweepRow, len(y.values))
	for k := range cells {
		cells[k] = make([]*result.SweepRow, len(x.values))
	}
	for i, r := range m.at[m.last()] {
		cells[y.place[i]][x.place[i]] = r
	}
	for k := range rows {
		rows[k].text(shorten(y.values[k], 80))
		for _, r := range cells[k] {
			if r == nil {
				rows[k].text(noValue)
				continue
			}
			rows[k].mean(sc, r.Stat.Mean, r.Stat.SE)
		}
	}
	t.Rows = rows
	if len(m.years) > 1 || m.dropped {
		t.Foot = "sweep.csv has the other years, and the differences between points with their errors."
	}
	return t
}

// pointsSection lists the points with the main outcomes.
func (p *sweepPage) pointsSection() {
	t := &tableView{Caption: "The points, and the means of the main outcomes at the end or over the whole time", Head: []string{"Point"}}
	for _, a := range p.axes {
		t.Head = append(t.Head, a.label())
	}
	var shown []*sweepMetric
	for _, m := range p.metrics[:min(len(p.metrics), 6)] {
		shown = append(shown, m)
		head := m.name
		if l := scaleOf(m.unit).label; l != "" {
			head += ", " + l
		}
		t.Head = append(t.Head, head+" ± s.e.")
	}
	var failed []string
	for i := range p.s.Points {
		pt := &p.s.Points[i]
		if pt.Error != "" {
			failed = append(failed, fmt.Sprintf("Point %d failed: %s.", pt.Number, pt.Error))
		}
		if i >= mostSweepRows {
			continue
		}
		row := tableRow{}
		row.text(strconv.Itoa(pt.Number))
		for _, a := range p.axes {
			row.text(shorten(a.values[a.place[i]], 80))
		}
		for _, m := range shown {
			if r := m.at[m.last()][i]; r != nil {
				row.mean(scaleOf(m.unit), r.Stat.Mean, r.Stat.SE)
			} else {
				row.text(noValue)
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if n := len(p.s.Points) - mostSweepRows; n > 0 {
		t.Foot = fmt.Sprintf("%s more are in sweep.csv.", several(n, "point"))
	}
	p.add(&section{ID: "points", Title: "The points", Lead: failed, Blocks: []block{{Table: t}}})
}

// methodSection says what the numbers are.
func (p *sweepPage) methodSection() {
	errors := "of independent trials, ± 1.96 of them"
	if p.s.Run.Sampler != "random" {
		errors = "of 16 independent replicates, ± 2.13 of them (Student's t with 15 degrees of freedom)"
	}
	p.add(&section{ID: "method", Title: "How it was computed", Blocks: []block{{Kind: "prose", Text: []string{
		"Everything that is drawn by chance has the same value at every point, in every trial: common random numbers. The difference to point 1 is the mean over the trials of what a metric is at a point less what it is at point 1 in the same trial; its standard error is that of these differences, and not of two independent means.",
		"Bands are 95\u00a0% intervals from standard errors " + errors + ". They say how far off so many trials can be, and nothing about whether the assumptions are right.",
		"Point 1 is what `entente run` gives with its values, and so are the others, to the last digit; but under sobol and latin sampling a point with another horizon, or another volatility or half-life of a shock, keeps the directions that the design spreads best at point 1.",
	}}}})
}
