package reports

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"entente/sim/result"
)

// A drawing is what boot.js draws in one place: the option of ECharts and the texts that
// appear when a reader points at the chart. Colours are named ("$c0", "$c0/14" for 14 %
// opacity) and looked up in the style sheet; functions are named ("@band") and looked up in
// boot.js. There is no code in an option.
type drawing struct {
	Option json.RawMessage `json:"option"`
	// Tips has a title and label–value pairs for each point of the category axis. Without them
	// a pointer tells what the row of the figure's table says.
	Tips [][][2]string `json:"tips,omitempty"`
	// Years has, for each year of the control, how its option differs from Option.
	Years []any `json:"years,omitempty"`
}

// yearly makes one drawing of those of each year.
func yearly(ds []drawing) (drawing, error) {
	options := make([]any, len(ds))
	for i, d := range ds {
		if err := json.Unmarshal(d.Option, &options[i]); err != nil {
			return drawing{}, err
		}
	}
	all := drawing{Option: ds[0].Option}
	for _, o := range options {
		all.Years = append(all.Years, difference(options[0], o))
	}
	return all, nil
}

// difference is what makes b of a: of objects, and of lists of objects, only what differs (null
// for what b has not), of all else b.
func difference(a, b any) any {
	d := map[string]any{}
	compare := func(key string, x, y any) {
		if !reflect.DeepEqual(x, y) {
			d[key] = difference(x, y)
		}
	}
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			return b
		}
		for key := range x {
			compare(key, x[key], y[key])
		}
		for key := range y {
			compare(key, x[key], y[key])
		}
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return b
		}
		for i := range x {
			if _, ok := x[i].(map[string]any); !ok {
				return b
			}
			compare(strconv.Itoa(i), x[i], y[i])
		}
	default:
		return b
	}
	return d
}

// A canvas is a chart in the making. go-echarts holds the options; what it has no field for
// goes through its visitor.
type canvas struct {
	line           *charts.Line
	xExtra, yExtra map[string]any
	extra          map[int]map[string]any // of series
	tips           [][][2]string
}

type patch struct {
	charts.BaseConfigurationVisitor
	c *canvas
}

func (p patch) VisitXAxis(x []opts.XAxis) any { return merge(x[0], p.c.xExtra) }
func (p patch) VisitYAxis(y []opts.YAxis) any { return merge(y[0], p.c.yExtra) }
func (p patch) VisitSeriesOpt(all charts.MultiSeries) any {
	out := make([]any, len(all))
	for i, s := range all {
		out[i] = merge(s, p.c.extra[i])
	}
	return out
}

// merge is v as a JSON object, with more keys. An error comes out when the whole is marshalled:
// what cannot be marshalled here, cannot there.
func merge(v any, more map[string]any) any {
	b, err := json.Marshal(v)
	if err != nil {
		return v
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		return v
	}
	for k, x := range more {
		m[k] = x
	}
	return m
}

func newCanvas(tooltip string) *canvas {
	c := &canvas{line: charts.NewLine(), xExtra: map[string]any{}, yExtra: map[string]any{}, extra: map[int]map[string]any{}}
	c.line.SetGlobalOptions(
		charts.WithInitializationOpts(opts.Initialization{ChartID: "x"}), // else it is a random one
		charts.WithAnimation(false),
		charts.WithGridOpts(opts.Grid{Left: "4", Right: "16", Top: "10", Bottom: "8", ContainLabel: opts.Bool(true)}),
		charts.WithTooltipOpts(opts.Tooltip{
			Show: opts.Bool(true), Trigger: "axis", Formatter: types.FuncStr(tooltip),
			AxisPointer: &opts.AxisPointer{Type: "line"},
		}),
	)
	return c
}

// axes sets both axes.
func (c *canvas) axes(x opts.XAxis, ax axis) {
	y := opts.YAxis{Type: "value", AxisLabel: &opts.AxisLabel{Formatter: types.FuncStr(ax.formatter)}, Min: ax.lo, Max: ax.hi}
	if ax.log {
		y.Type = "log"
	}
	x.AxisLine = &opts.AxisLine{LineStyle: &opts.LineStyle{Color: "$axis"}}
	x.AxisTick = &opts.AxisTick{Show: opts.Bool(false)}
	x.SplitLine = &opts.SplitLine{Show: opts.Bool(false)}
	y.AxisLine = &opts.AxisLine{Show: opts.Bool(false)}
	y.SplitLine = &opts.SplitLine{Show: opts.Bool(true), LineStyle: &opts.LineStyle{Color: "$rule"}}
	c.yExtra["axisTick"] = map[string]any{"show": false}
	y.AxisLabel.Color, y.AxisLabel.FontSize = "$muted", 11
	if x.AxisLabel == nil {
		x.AxisLabel = &opts.AxisLabel{}
	}
	x.AxisLabel.Color, x.AxisLabel.FontSize, x.AxisLabel.HideOverlap = "$muted", 11, opts.Bool(true)
	if ax.step > 0 {
		c.yExtra["interval"] = ax.step
	}
	c.line.XAxisList, c.line.YAxisList = []opts.XAxis{x}, []opts.YAxis{y}
}

// years makes the horizontal axis of a chart over the year-ends.
func (c *canvas) years(stats []result.Stat, ax axis) {
	labels := make([]string, len(stats))
	for i := range stats {
		labels[i] = yearOf(&stats[i])
	}
	c.axes(opts.XAxis{Type: "category"}, ax)
	c.xExtra["boundaryGap"] = len(stats) < 2
	c.line.SetXAxis(labels)
}

func yearOf(s *result.Stat) string {
	if y := lastYear(s); y != "" {
		return y
	}
	return fmt.Sprintf("year %d", s.Year)
}

// custom adds a series that a function of boot.js draws; the data's first dims are along x,
// the others along y.
func (c *canvas) custom(name, render, color string, data [][]any, x, y any) {
	c.line.MultiSeries = append(c.line.MultiSeries, charts.SingleSeries{
		Name: name, Type: "custom", RenderItem: types.FuncStr(render), Data: data,
		ItemStyle: &opts.ItemStyle{Color: color}, Encode: &opts.Encode{X: x, Y: y},
	})
	c.extra[len(c.line.MultiSeries)-1] = map[string]any{"silent": true, "clip": true}
}

// curve adds a line. dash is solid, dashed, dotted or one of boot.js.
func (c *canvas) curve(name, color, dash string, width float32, data []any) {
	c.line.MultiSeries = append(c.line.MultiSeries, charts.SingleSeries{
		Name: name, Type: "line", Data: data, ShowSymbol: opts.Bool(len(data) < 2), Symbol: "circle",
		LineStyle: &opts.LineStyle{Color: color, Width: width, Type: dash}, ItemStyle: &opts.ItemStyle{Color: color},
	})
}

// dashes tell lines apart where colours do not: a lab or cloud has one to its colour, the same in
// all charts and in the legend; lines of other colours have theirs by their order.
func dashes(colors []string) []string {
	list := make([]string, len(colors))
	for k, color := range colors {
		place := k
		if n, err := strconv.Atoi(strings.TrimPrefix(color, "$l")); err == nil {
			place = n
		} else if n, err := strconv.Atoi(strings.TrimPrefix(color, "$c")); err == nil {
			if place = n; n >= 7 { // the hue is that of n − 7
				place = n + 3
			}
		}
		list[k] = [...]string{"solid", "dashed", "dotted", "@dash3", "@dash4", "@dash5", "@dash6"}[place%7]
	}
	return list
}

func colorsOf(layers []layer) []string {
	var colors []string
	for _, l := range layers {
		colors = append(colors, l.color)
	}
	return colors
}

func colorsOfTails(tails []tail) []string {
	var colors []string
	for _, t := range tails {
		colors = append(colors, t.color)
	}
	return colors
}

// area adds a layer to a stack, with the pattern that belongs to its colour.
func (c *canvas) area(name, color string, data []any) {
	c.line.MultiSeries = append(c.line.MultiSeries, charts.SingleSeries{
		Name: name, Type: "line", Data: data, ShowSymbol: opts.Bool(len(data) < 2), Symbol: "circle", Stack: "all",
		LineStyle: &opts.LineStyle{Color: "$paper", Width: 1},
		AreaStyle: &opts.AreaStyle{Color: color, Opacity: opts.Float(0.85)},
	})
	c.extra[len(c.line.MultiSeries)-1] = map[string]any{"itemStyle": map[string]any{"color": color, "decal": color}}
}

func (c *canvas) drawing() (drawing, error) {
	c.line.Accept(patch{c: c})
	c.line.Validate()
	o := c.line.JSON()
	for _, k := range []string{"title", "legend", "toolbox", "color"} {
		delete(o, k) // the page has its own
	}
	b, err := json.Marshal(o) // keys sorted, < > & escaped
	return drawing{Option: b, Tips: c.tips}, err
}

// finite is x, or null where a chart has nothing to draw. Six digits are finer than a pixel,
// and a third of the bytes.
func finite(x float64) any {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return significant(x, 6)
}

// significant is x with n significant digits.
func significant(x float64, n int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', n, 64), 64)
	if err != nil { // it rounds to infinity
		return x
	}
	return r
}

// fan draws the quantiles of a metric over the years: bands from p5 to p95, p10 to p90 and p25
// to p75 as polygons (nothing is stacked, so quantiles may be negative), the median as a thin
// line and the mean dotted.
func fan(m *result.Metric, color string, ax axis) (drawing, error) {
	c := newCanvas("@tips")
	sc := scaleOf(m.Unit)
	c.years(m.ByYear, ax)
	band := func(name, tint string, lo, hi func(*result.Stat) float64) {
		data := make([][]any, len(m.ByYear))
		for i := range m.ByYear {
			s := &m.ByYear[i]
			data[i] = []any{i, finite(lo(s) * sc.factor), finite(hi(s) * sc.factor)}
		}
		c.custom(name, "@band", tint, data, 0, []int{1, 2})
	}
	band("p5–p95", color+"/16", func(s *result.Stat) float64 { return s.P5 }, func(s *result.Stat) float64 { return s.P95 })
	band("p10–p90", color+"/16", func(s *result.Stat) float64 { return s.P10 }, func(s *result.Stat) float64 { return s.P90 })
	band("p25–p75", color+"/26", func(s *result.Stat) float64 { return s.P25 }, func(s *result.Stat) float64 { return s.P75 })
	median, mean := make([]any, len(m.ByYear)), make([]any, len(m.ByYear))
	for i := range m.ByYear {
		s := &m.ByYear[i]
		median[i], mean[i] = ax.drawn(s.P50*sc.factor), ax.drawn(s.Mean*sc.factor)
		tip := [][2]string{{yearOf(s), sc.label}}
		tip = append(tip, [2]string{"mean", sc.withError(s.Mean, s.SE)})
		for _, f := range quantileColumns {
			v, se := f.of(s)
			tip = append(tip, [2]string{f.head, sc.bare(v, se)})
		}
		c.tips = append(c.tips, tip)
	}
	c.curve("median", color, "solid", 1.25, median)
	c.curve("mean", color, "dotted", 2, mean)
	return c.drawing()
}

// quantileColumns are the quantiles that tables and pointers show, from the top down.
var quantileColumns = [...]column{
	{"p95", func(s *result.Stat) (float64, float64) { return s.P95, s.SEP95 }},
	{"p90", func(s *result.Stat) (float64, float64) { return s.P90, s.SEP90 }},
	{"p75", func(s *result.Stat) (float64, float64) { return s.P75, s.SEP75 }},
	{"median", func(s *result.Stat) (float64, float64) { return s.P50, s.SEP50 }},
	{"p25", func(s *result.Stat) (float64, float64) { return s.P25, s.SEP25 }},
	{"p10", func(s *result.Stat) (float64, float64) { return s.P10, s.SEP10 }},
	{"p5", func(s *result.Stat) (float64, float64) { return s.P5, s.SEP5 }},
}

// An axis is the vertical one, in the units that the page shows.
type axis struct {
	lo, hi    float64
	step      float64 // between ticks; 0: as they come
	log       bool
	formatter string
}

// drawn is x where the axis can show it.
func (a axis) drawn(x float64) any {
	if a.log && !(x > 0) {
		return nil
	}
	return finite(x)
}

// common is one axis on which the fans of all these metrics fit: from 0 (or below it where a
// quantile is negative) to the highest p95 or mean.
func common(ms ...*result.Metric) axis {
	a := axis{formatter: "@number"}
	for _, m := range ms {
		if m == nil {
			continue
		}
		f := scaleOf(m.Unit).factor
		for _, s := range m.ByYear {
			for _, x := range []float64{s.P5, s.P95, s.Mean} {
				if !math.IsNaN(x) && !math.IsInf(x, 0) {
					a.lo, a.hi = math.Min(a.lo, x*f), math.Max(a.hi, x*f)
				}
			}
		}
	}
	return a.nice()
}

// nice moves both ends out to round numbers.
func (a axis) nice() axis {
	if a.hi <= a.lo {
		a.hi = a.lo + 1
	}
	step := niceStep((a.hi - a.lo) / 4)
	a.lo, a.hi, a.step = math.Floor(a.lo/step+1e-9)*step, math.Ceil(a.hi/step-1e-9)*step, step
	return a
}

// niceStep is the smallest of 1, 2, 2.5 and 5 times a power of ten that is not below x.
func niceStep(x float64) float64 {
	if !(x > 0) || math.IsInf(x, 0) {
		return 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(x)))
	for _, f := range []float64{1, 2, 2.5, 5} {
		if f*unit >= x*(1-1e-9) {
			return f * unit
		}
	}
	return 10 * unit
}

// logarithmic is an axis for the fans of ms by powers of ten, from the lowest positive p5 to
// the highest p95; ok is false if there is nothing positive to show.
func logarithmic(ms ...*result.Metric) (a axis, ok bool) {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, m := range ms {
		if m == nil {
			continue
		}
		f := scaleOf(m.Unit).factor
		for _, s := range m.ByYear {
			for _, x := range []float64{s.P5, s.P25, s.P50, s.P95, s.Mean} {
				if x*f > 0 && !math.IsInf(x, 0) {
					lo, hi = math.Min(lo, x*f), math.Max(hi, x*f)
				}
			}
		}
	}
	if hi < lo {
		return axis{}, false
	}
	lo = math.Max(lo, hi*1e-6) // one lab that has almost nothing must not flatten the rest
	return axis{lo: math.Pow(10, math.Floor(math.Log10(lo))), hi: math.Pow(10, math.Ceil(math.Log10(hi)+1e-9)), log: true, formatter: "@number"}, true
}

// A layer is one metric of a stack.
type layer struct {
	name, color string
	m           *result.Metric
}

// layered begins a chart of several metrics over their years; of says what the tips show of them.
func layered(layers []layer, ax axis, of string) (c *canvas, sc scale, years int) {
	c = newCanvas("@tips")
	first := layers[0].m
	sc = scaleOf(first.Unit)
	c.years(first.ByYear, ax)
	c.tips = make([][][2]string, len(first.ByYear))
	for i := range first.ByYear {
		c.tips[i] = [][2]string{{yearOf(&first.ByYear[i]), sc.label + of}}
	}
	return c, sc, len(first.ByYear)
}

// stack draws the means of several metrics on top of each other.
func stack(layers []layer, ax axis) (drawing, error) {
	c, sc, years := layered(layers, ax, ", mean")
	for _, l := range layers {
		data := make([]any, years)
		for i := range data {
			s := &l.m.ByYear[i]
			x := s.Mean
			if math.IsNaN(x) {
				x = 0 // a hole would let the layers above fall
			}
			data[i] = finite(x * sc.factor)
			c.tips[i] = append(c.tips[i], [2]string{shorten(l.name, 40), sc.withError(s.Mean, s.SE)})
		}
		c.area(l.name, l.color, data)
	}
	return c.drawing()
}

// stackAxis fits the sums of the means.
func stackAxis(layers []layer) axis {
	a := axis{formatter: "@number"}
	for i := range layers[0].m.ByYear {
		sum := 0.0
		for _, l := range layers {
			if x := l.m.ByYear[i].Mean * scaleOf(l.m.Unit).factor; !math.IsNaN(x) {
				sum += x
			}
		}
		a.hi = math.Max(a.hi, sum)
	}
	return a.nice()
}

// curves draws the means of several metrics as lines.
func curves(layers []layer, ax axis) (drawing, error) {
	c, sc, years := layered(layers, ax, "")
	lines := dashes(colorsOf(layers))
	for k, l := range layers {
		data := make([]any, years)
		for i := range data {
			s := &l.m.ByYear[i]
			data[i] = finite(s.Mean * sc.factor)
			c.tips[i] = append(c.tips[i], [2]string{shorten(l.name, 40), sc.withError(s.Mean, s.SE)})
		}
		c.curve(l.name, l.color, lines[k], 2, data)
	}
	return c.drawing()
}

// A distribution is a quantile function on a grid, in the units that the page shows.
type distribution struct {
	q, p []float64
	n    float64 // trials behind it
	rest float64 // share of trials without a value
}

// distributionOf takes the fine grid of s if it has one, else the quantiles it has by name.
func distributionOf(s *result.Stat, unit string, r *result.Result) distribution {
	f := scaleOf(unit).factor
	q, p := s.Grid, r.GridP
	if len(q) < 2 || len(q) != len(p) || !allFinite(q) {
		q = []float64{s.Min, s.P1, s.P5, s.P10, s.P25, s.P50, s.P75, s.P90, s.P95, s.P99, s.Max}
		p = []float64{0, .01, .05, .1, .25, .5, .75, .9, .95, .99, 1}
	}
	scaled := make([]float64, len(q))
	for i, x := range q {
		scaled[i] = x * f
	}
	return distribution{scaled, p, trialsOf(s, r.Run), 1 - s.Defined}
}

// empty says that there is nothing to draw: no trial has a value, or some are infinite.
func (d distribution) empty() bool { return len(d.q) < 2 || !allFinite(d.q) }

func allFinite(xs []float64) bool {
	for _, x := range xs {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return false
		}
	}
	return true
}

// at is the quantile at p.
func (d distribution) at(p float64) float64 {
	i := 0
	for i < len(d.p)-2 && d.p[i+1] < p {
		i++
	}
	w := (p - d.p[i]) / (d.p[i+1] - d.p[i])
	return d.q[i] + w*(d.q[i+1]-d.q[i])
}

// below is the share of the values at or below x.
func (d distribution) below(x float64) float64 {
	share, _ := below(x, d.q, d.p, d.n)
	return share
}

// A bin of a histogram, and the share of futures in it.
type bin struct{ lo, hi, share float64 }

// bins cuts [lo, hi] into equal parts; what is exactly lo is in the first.
func (d distribution) bins(lo, hi, width float64) []bin {
	var bs []bin
	n := int(math.Round((hi - lo) / width))
	before := 0.0
	if d.q[0] < lo {
		before = d.below(lo)
	}
	for i := range n {
		b := bin{lo: lo + float64(i)*width, hi: lo + float64(i+1)*width}
		f := d.below(b.hi)
		b.share = math.Max(0, f-before)
		before = f
		bs = append(bs, b)
	}
	return bs
}

// span is a range for the histograms of ds: whole bins from the lowest p0.5 (at most 0) to
// the highest p99.5.
func span(ds ...distribution) (lo, hi, width float64) {
	for _, d := range ds {
		if !d.empty() {
			lo, hi = math.Min(lo, d.at(0.005)), math.Max(hi, d.at(0.995))
		}
	}
	if hi <= lo {
		hi = lo + 1
	}
	width = niceStep((hi - lo) / 40)
	return math.Floor(lo/width) * width, math.Ceil(hi/width) * width, width
}

// histogram draws the shares of futures in equal bins.
func histogram(d distribution, color string, lo, hi, width float64, heights axis) (drawing, error) {
	c := newCanvas("@bins")
	ends := &opts.AxisLabel{Formatter: "@number", ShowMinLabel: opts.Bool(lo == 0), ShowMaxLabel: opts.Bool(false)} // the ends are not round
	c.axes(opts.XAxis{Type: "value", Min: lo, Max: hi, AxisLabel: ends, SplitNumber: 5}, heights)
	var data [][]any
	if !d.empty() {
		for _, b := range d.bins(lo, hi, width) {
			data = append(data, []any{finite((b.lo + b.hi) / 2), finite(b.share * 100), b.lo, b.hi})
		}
	}
	c.custom("share of futures", "@bar", color, data, 0, 1)
	return c.drawing()
}

// tallest is an axis for all bars, in percent.
func tallest(lo, hi, width float64, ds ...distribution) axis {
	a := axis{formatter: "@percent"}
	for _, d := range ds {
		if d.empty() {
			continue
		}
		for _, b := range d.bins(lo, hi, width) {
			a.hi = math.Max(a.hi, 100*b.share)
		}
	}
	return a.nice()
}

// A tail is a distribution in an exceedance chart.
type tail struct {
	name, color string
	d           distribution
}

// leastShare is the lowest share of futures that an exceedance chart shows.
const leastShare = 0.001

// exceedance draws the probability that x is exceeded, on a logarithmic scale.
func exceedance(tails []tail) (drawing, error) {
	c := newCanvas("@exceed")
	a := axis{}
	for _, t := range tails {
		if !t.d.empty() {
			a.lo, a.hi = math.Min(a.lo, t.d.at(leastShare)), math.Max(a.hi, t.d.at(1-leastShare))
		}
	}
	a = a.nice()
	c.axes(opts.XAxis{Type: "value", Min: a.lo, Max: a.hi, AxisLabel: &opts.AxisLabel{Formatter: "@number"}, SplitNumber: 5},
		axis{lo: leastShare * 100, hi: 100, log: true, formatter: "@percent"})
	lines := dashes(colorsOfTails(tails))
	for k, t := range tails {
		var data []any
		if !t.d.empty() {
			if t.d.q[0] > a.lo {
				data = append(data, []any{a.lo, 100.0})
			}
			for _, i := range t.d.steps() {
				over := 1 - t.d.p[i]
				data = append(data, []any{finite(t.d.q[i]), finite(100 * math.Max(over, leastShare))})
				if over <= leastShare*(1+1e-9) {
					break // the axis ends
				}
			}
			if len(data) == 1 { // all trials have the same value
				data = append(data, []any{t.d.q[len(t.d.q)-1], 100 * leastShare})
			}
		}
		c.curve(shorten(t.name, 40), t.color, lines[k], 2, data)
		c.extra[k] = map[string]any{"showSymbol": false}
	}
	return c.drawing()
}

// cumulative draws the probability that x is not exceeded, over the range of the histograms.
func cumulative(tails []tail, lo, hi float64) (drawing, error) {
	c := newCanvas("@below")
	ends := &opts.AxisLabel{Formatter: "@number", ShowMinLabel: opts.Bool(lo == 0), ShowMaxLabel: opts.Bool(false)}
	c.axes(opts.XAxis{Type: "value", Min: lo, Max: hi, AxisLabel: ends, SplitNumber: 5}, axis{lo: 0, hi: 100, step: 25, formatter: "@percent"})
	lines := dashes(colorsOfTails(tails))
	for k, t := range tails {
		var data []any
		if !t.d.empty() {
			if t.d.q[0] > lo {
				data = append(data, []any{finite(lo), 0.0}, []any{finite(t.d.q[0]), 0.0})
			}
			for _, i := range t.d.steps() {
				data = append(data, []any{finite(t.d.q[i]), finite(100 * t.d.p[i])})
			}
			if last := t.d.q[len(t.d.q)-1]; last < hi {
				data = append(data, []any{finite(hi), 100.0})
			}
		}
		c.curve(shorten(t.name, 40), t.color, lines[k], 2, data)
		c.extra[k] = map[string]any{"showSymbol": false}
	}
	return c.drawing()
}

// steps are the points of the grid that a curve of the distribution goes through: in the middle
// those two hundredths apart, at both ends all; of an atom, which is many equal quantiles, the last.
func (d distribution) steps() []int {
	var is []int
	last := math.Inf(-1)
	for i, x := range d.q {
		if i+1 < len(d.q) && d.q[i+1] == x {
			continue
		}
		atom := i > 0 && d.q[i-1] == x
		if p := d.p[i]; atom || p < 0.02 || p > 0.98 || p-last > 0.02-1e-9 {
			is, last = append(is, i), p
		}
	}
	return is
}

// spread draws the means of several metrics as lines, each with a band from its p10 to its p90.
func spread(layers []layer, ax axis) (drawing, error) {
	c, sc, years := layered(layers, ax, ", mean (p10 to p90)")
	for _, l := range layers {
		data := make([][]any, years)
		for i := range data {
			s := &l.m.ByYear[i]
			data[i] = []any{i, finite(s.P10 * sc.factor), finite(s.P90 * sc.factor)}
		}
		c.custom(l.name+", p10–p90", "@band", l.color+"/14", data, 0, []int{1, 2})
	}
	lines := dashes(colorsOf(layers))
	for k, l := range layers {
		data := make([]any, years)
		for i := range data {
			s := &l.m.ByYear[i]
			data[i] = finite(s.Mean * sc.factor)
			c.tips[i] = append(c.tips[i], [2]string{shorten(l.name, 40), tenToNinety(sc, s)})
		}
		c.curve(l.name, l.color, lines[k], 2, data)
	}
	return c.drawing()
}

// tenToNinety is "12.3 ± 0.4 (5 to 21)".
func tenToNinety(sc scale, s *result.Stat) string {
	return sc.withError(s.Mean, s.SE) + " (" + sc.bare(s.P10, s.SEP10) + " to " + sc.bare(s.P90, s.SEP90) + ")"
}

// spreadAxis fits the bands and the means.
func spreadAxis(layers []layer) axis {
	a := axis{formatter: "@number"}
	for _, l := range layers {
		f := scaleOf(l.m.Unit).factor
		for i := range l.m.ByYear {
			for _, x := range []float64{l.m.ByYear[i].P90 * f, l.m.ByYear[i].Mean * f} {
				if !math.IsNaN(x) && !math.IsInf(x, 0) {
					a.hi = math.Max(a.hi, x)
				}
			}
		}
	}
	return a.nice()
}

// sparkline is the path of a density from quantiles at (i+½)/n, in a box of w by h: between
// two quantiles lies the probability 1/n, so that the density there is 1/(n·gap). The gaps are
// taken over several quantiles, which smooths it. Only what lies between the 1st and the 99th
// percentile is drawn. It is empty if the quantiles are all equal.
func sparkline(q []float64, w, h float64) string {
	var v []float64
	for _, x := range q {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			v = append(v, x)
		}
	}
	if len(v) < 3 || v[0] == v[len(v)-1] {
		return ""
	}
	cut := len(v) / 100
	v = v[cut : len(v)-cut]
	lo, hi := v[0], v[len(v)-1]
	if hi <= lo {
		return ""
	}
	const cells = 24
	var mass [cells]float64
	for i := range len(v) - 1 { // spread each 1/n evenly over its gap
		a, b := (v[i]-lo)/(hi-lo)*cells, (v[i+1]-lo)/(hi-lo)*cells
		if b-a < 1e-12 {
			mass[min(cells-1, int(a))]++
			continue
		}
		for k := int(a); k < cells && float64(k) < b; k++ {
			mass[k] += (math.Min(b, float64(k+1)) - math.Max(a, float64(k))) / (b - a)
		}
	}
	top := 0.0
	for _, m := range mass {
		top = math.Max(top, m)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "M0 %g", h)
	for _, m := range mass {
		y := math.Round((h-m/top*(h-1))*10) / 10
		fmt.Fprintf(&b, "V%gh%g", y, w/cells)
	}
	fmt.Fprintf(&b, "V%gZ", h)
	return b.String()
}
