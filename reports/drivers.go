package reports

import (
	"fmt"
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/opts"

	"entente/sim/result"
)

// ofMetric is "Amazon Web Services: exposure, 2035" of aws.exposure.
func (p *page) ofMetric(metric string, year int) string {
	id, of, _ := strings.Cut(metric, ".")
	words := strings.ReplaceAll(of, "_", " ")
	switch of {
	case "npv":
		words = "net present value"
	case "failed":
		words = "failure"
	}
	s := shorten(p.f.nameOf(id), 60) + ": " + words
	if m := p.f.metric(id, of); m != nil && year > 0 && year <= len(m.ByYear) {
		s += ", " + yearOf(&m.ByYear[year-1])
	}
	return s
}

// colorOf is the colour of the lab or cloud that a metric is of.
func (p *page) colorOf(metric string) string {
	id, _, _ := strings.Cut(metric, ".")
	if c := p.colors[id]; c != "" {
		return "$" + c
	}
	return "$c0"
}

// comparisonSection says which of two clouds has more, trial by trial.
func (p *page) comparisonSection() {
	s := &section{ID: "comparison", Title: "How the two compare"}
	for _, c := range p.R.Comparisons {
		last := final(&c.Metric)
		if last == nil || math.IsNaN(last.Mean) {
			continue
		}
		a, b, sc := p.f.nameOf(c.A), p.f.nameOf(c.B), scaleOf(c.Metric.Unit)
		what, when := "net present value", ""
		if c.Metric.Total == nil {
			what, when = c.Metric.Name, "at the end of "+yearOf(last)+" "
		}
		if p.R.Run.Trials == 1 {
			s.Lead = append(s.Lead, fmt.Sprintf("The %s of %s %sless that of %s is %s in this trial.", what, a, when, b, sc.inWords(last.Mean, last.SE)))
		} else {
			s.Lead = append(s.Lead, fmt.Sprintf("The %s of %s %sless that of %s averages %s over the same futures%s; it is positive in %s.",
				what, a, when, b, sc.inWordsWithError(last.Mean, last.SE), p.intervalWords(sc, last), p.futures(last.Above0, last.SEAbove0)))
		}
		if c.Metric.Total == nil {
			m := c.Metric
			m.Name = c.A + "-" + c.B + "-" + m.Name
			figures := p.fanFigure(&m, fmt.Sprintf("%s of %s less that of %s", strings.ToUpper(what[:1])+what[1:], shorten(a, 40), shorten(b, 40)), "l", p.colors[c.A], common(&m))
			s.Blocks = append(s.Blocks, block{Figures: figures})
		}
	}
	p.add(s)
}

// intervalWords are the 95 % interval of a mean.
func (p *page) intervalWords(sc scale, s *result.Stat) string {
	t := toEachSide(p.R.Run)
	if !errs(s.Mean, s.SE) {
		return ""
	}
	return fmt.Sprintf(" (95\u00a0%% interval %s to %s)", sc.inWords(s.Mean-t*s.SE, s.SE), sc.inWords(s.Mean+t*s.SE, s.SE))
}

// driversSection says which assumptions the results hang on.
func (p *page) driversSection() {
	s := &section{ID: "drivers", Title: "Which assumptions drive the result", Lead: []string{
		"Estimated from trials of this run; intervals are 95\u00a0%. The rank correlation says how far a result rises (or falls, below 0) with an assumption; the share of variance is what that assumption alone explains. What the shares leave is the work of shocks and of assumptions together. Assumptions that are correlated share what they explain, and none of this says that an assumption is right.",
	}}
	for _, d := range p.R.Drivers {
		if len(d.Inputs) == 0 {
			continue
		}
		title := p.ofMetric(d.Metric, d.Year)
		t := &tableView{Caption: title + ": strongest assumptions", Head: []string{"Assumption", "rank correlation", "95\u00a0% from", "to", "share of variance, %", "95\u00a0% from", "to"},
			Foot: fmt.Sprintf("From the first %s. Shares are corrected for their bias; what the noise made negative is shown as 0 (the CSV has it as it is).", trials(d.Trials))}
		for _, in := range d.Inputs {
			var row tableRow
			row.text(in.Path)
			for _, x := range []float64{in.Rank.Value, in.Rank.Low, in.Rank.High} {
				row.number(decimal(x, 2), exact{x, math.NaN()})
			}
			for _, x := range []float64{in.Share.Value, in.Share.Low, in.Share.High} {
				row.number(decimal(100*max(0, x), 1), exact{100 * x, math.NaN()})
			}
			t.Rows = append(t.Rows, row)
		}
		id := strings.ReplaceAll(d.Metric, ".", "-") + "-drivers"
		dr, err := tornado(d.Inputs, p.colorOf(d.Metric))
		p.draw(id, dr, err)
		strongest := d.Inputs[0]
		s.Blocks = append(s.Blocks, block{Figures: []figure{{
			ID: id, Title: title, Unit: "rank correlation, −1 to 1, with 95\u00a0% intervals", Size: "l", Table: t,
			Summary: fmt.Sprintf("Rank correlations with the assumptions. The strongest is %s, at %s.", strongest.Path, decimal(strongest.Rank.Value, 2)),
			HowTo:   "A bar to the right: where the assumption is high, the result tends to be high; to the left: it tends to be low. The thin line is the 95\u00a0% interval of the simulation. The order is by the larger of the correlation's square and the share of variance, so that an assumption that bends the result both ways is not lost.",
		}}})
	}
	p.add(s)
}

// tornado draws rank correlations as bars, the strongest on top, with their intervals.
func tornado(ds []result.Driver, color string) (drawing, error) {
	c := newCanvas("@tips")
	c.line.Tooltip.Show = opts.Bool(false) // the table has the numbers
	c.line.GridList[0].Left = "26"         // labels turn out wider than they are taken to be
	reach := 0.0
	labels := make([]string, len(ds))
	var bars, intervals []any
	for i, d := range ds {
		labels[i] = d.Path
		if path := []rune(d.Path); len(path) > 36 { // what tells paths apart is at both ends
			labels[i] = string(path[:12]) + "…" + string(path[len(path)-23:])
		}
		bars = append(bars, []any{0, i}, []any{finite(d.Rank.Value), i}, []any{nil, nil})
		intervals = append(intervals, []any{finite(d.Rank.Low), i}, []any{finite(d.Rank.High), i}, []any{nil, nil})
		for _, x := range []float64{d.Rank.Low, d.Rank.High} {
			if !math.IsNaN(x) {
				reach = math.Max(reach, math.Abs(x))
			}
		}
	}
	reach = math.Min(1, math.Ceil(reach*5)/5) // where the ticks are
	c.axes(opts.XAxis{Type: "value", Min: -reach, Max: reach, AxisLabel: &opts.AxisLabel{Formatter: "@number"}}, axis{})
	c.yExtra = map[string]any{"type": "category", "data": labels, "inverse": true, "min": nil, "max": nil,
		"axisTick": map[string]any{"show": false}, "splitLine": map[string]any{"show": false},
		"axisLabel": map[string]any{"color": "$muted", "fontSize": 10, "interval": 0, "width": 195, "overflow": "truncate"}}
	c.curve("rank correlation", color, "solid", 9, bars)
	c.curve("95 % interval", "$ink", "solid", 1.5, intervals)
	for k := range 2 {
		c.extra[k] = map[string]any{"showSymbol": false, "silent": true}
	}
	return c.drawing()
}

// convergenceSection shows that there were trials enough.
func (p *page) convergenceSection() {
	half := toEachSide(p.R.Run)
	t := decimal(half, 2)
	s := &section{ID: "convergence", Title: "Were these trials enough?", Lead: []string{
		fmt.Sprintf("The mean over the first trials, for more and more of them, with its 95\u00a0%% interval, ± %s standard errors. An error that is honest is seldom far from how the mean still moves; it shrinks with the root of the number of trials or faster.", t),
	}}
	b := block{}
	for _, c := range p.R.Convergence {
		m := p.f.byName[c.Metric]
		if m == nil || len(c.Points) < 2 {
			continue
		}
		sc := scaleOf(m.Unit)
		title := p.ofMetric(c.Metric, c.Year)
		numbers := &tableView{Caption: title + ": mean over the first trials, " + sc.label, Head: []string{"Trials", "mean ± s.e."}}
		for _, pt := range c.Points {
			var row tableRow
			row.number(decimal(float64(pt.Trials), 0), exact{float64(pt.Trials), math.NaN()})
			row.mean(sc, pt.Mean, pt.SE)
			numbers.Rows = append(numbers.Rows, row)
		}
		id := strings.ReplaceAll(c.Metric, ".", "-") + "-convergence"
		d, err := settling(c.Points, sc, half, p.colorOf(c.Metric))
		p.draw(id, d, err)
		last := c.Points[len(c.Points)-1]
		b.Figures = append(b.Figures, figure{ID: id, Title: title, Unit: "mean, " + sc.label + ", by trials", Size: "s", Table: numbers,
			Summary: fmt.Sprintf("The running mean settles at %s.", sc.inWordsWithError(last.Mean, last.SE)),
			HowTo:   "From left to right the trials double. The line is the mean so far, the band its 95\u00a0% interval, ± " + t + " standard errors. The axis does not begin at 0.",
		})
	}
	if len(b.Figures) > 0 {
		s.Blocks = append(s.Blocks, b)
	}
	p.add(s)
}

// settling draws running means with so many standard errors to each side.
func settling(points []result.RunningMean, sc scale, t float64, color string) (drawing, error) {
	c := newCanvas("@tips")
	lo, hi := math.Inf(1), math.Inf(-1)
	var labels []string
	var band [][]any
	var mean []any
	for i, pt := range points {
		half := t * pt.SE
		if math.IsNaN(half) {
			half = 0
		}
		l, h := (pt.Mean-half)*sc.factor, (pt.Mean+half)*sc.factor
		lo, hi = math.Min(lo, l), math.Max(hi, h)
		n := decimal(float64(pt.Trials), 0)
		labels = append(labels, n)
		band = append(band, []any{i, finite(l), finite(h)})
		mean = append(mean, finite(pt.Mean*sc.factor))
		c.tips = append(c.tips, [][2]string{{n + " trials", sc.label}, {"mean", sc.withError(pt.Mean, pt.SE)}})
	}
	step := niceStep((hi - lo) / 4)
	c.axes(opts.XAxis{Type: "category"}, axis{lo: math.Floor(lo/step) * step, hi: math.Ceil(hi/step) * step, step: step, formatter: "@number"})
	c.xExtra["boundaryGap"] = false
	c.line.SetXAxis(labels)
	c.custom("95 % interval", "@band", color+"/26", band, 0, []int{1, 2})
	c.curve("mean", color, "solid", 1.5, mean)
	return c.drawing()
}
