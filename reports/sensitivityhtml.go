package reports

import (
	"fmt"
	"io"
	"math"
	"strings"
	"unicode/utf8"

	"github.com/go-echarts/go-echarts/v2/opts"

	"entente/sim/result"
)

// What of a list a chart and its table show; the files have all.
const (
	drawnInputs  = 15
	tabledInputs = 30
)

// WriteSensitivityHTML writes the report of a sensitivity analysis.
func WriteSensitivityHTML(w io.Writer, s *result.Sensitivity) error {
	s = clean(s)
	p := &sensitivityPage{newSheet(s.Version, s.Scenario.Name), s}
	p.Subject = "what the results hang on"
	p.Standfirst = "What the results hang on. " + strings.ReplaceAll(sensitivityMethod(s), moreInputs, "")
	p.Facts = fmt.Sprintf("%s · %s in each run, %s in all · %s sampling · seed %d · %d years from %s", s.Method,
		trials(s.Run.Trials), decimal(float64(s.Simulated), 0), s.Run.Sampler, s.Run.Seed, s.Run.Years, s.Run.Start)
	p.SHA256 = []string{s.Scenario.SHA256}
	for k := range s.Associations {
		p.associations(k, &s.Associations[k])
	}
	for k := range s.Indices {
		p.indices(k, &s.Indices[k])
	}
	for k := range s.Tornados {
		p.tornado(k, &s.Tornados[k])
	}
	reading := append([]string{}, howToReadSensitivity(s)...)
	p.add(&section{ID: "reading", Title: "How to read it", Blocks: []block{{Kind: "prose", Text: append(append(groupsOf(s), reading...), sensitivityEstimators(s)...)}}})
	p.assumptions()
	p.sources()
	rows := []made{{"Scenario", asText(s.Scenario.Name)}, {"SHA-256 of its text", []piece{{Text: s.Scenario.SHA256, Code: true}}}}
	for _, o := range s.Scenario.Overrides {
		rows = append(rows, made{"Override", []piece{{Text: o, Code: true}}})
	}
	rows = append(rows, made{"Trials of each run", asText(fmt.Sprint(s.Run.Trials))}, made{"Seed", asText(fmt.Sprint(s.Run.Seed))}, made{"Sampler", asText(s.Run.Sampler)})
	p.reproduce("The same scenario, method, trials, seed and sampler make the same numbers, intervals too, on every machine.", sensitivityLine(s), rows...)
	return p.write(w)
}

// A sensitivityPage is the report of a sensitivity analysis.
type sensitivityPage struct {
	*sheet
	s *result.Sensitivity
}

// sensitivityLine is the command that makes it.
func sensitivityLine(s *result.Sensitivity) string {
	arg := s.Scenario.Argument
	if arg == "" {
		arg = "SCENARIO"
	}
	words := []string{"entente", "sensitivity", quote(arg), "--method", s.Method}
	for _, a := range s.Associations {
		words = append(words, "--for", quote(a.Quantity))
	}
	for _, x := range s.Indices {
		words = append(words, "--for", quote(x.Quantity))
	}
	for _, t := range s.Tornados {
		words = append(words, "--for", quote(t.Statistic))
	}
	switch {
	case s.Chosen != "":
		words = append(words, "--inputs", quote(strings.ReplaceAll(s.Chosen, ", ", ",")))
	case s.Method != result.GivenData:
		words = append(words, "--inputs", fmt.Sprint(s.Inputs))
	}
	words = append(words, "--trials", fmt.Sprint(s.Run.Trials), "--seed", fmt.Sprint(s.Run.Seed), "--sampler", quote(s.Run.Sampler))
	for _, o := range s.Scenario.Overrides {
		words = append(words, "--set", quote(o))
	}
	return strings.Join(words, " ")
}

// sensitivityEstimators names the estimators and where they come from.
func sensitivityEstimators(s *result.Sensitivity) []string {
	switch s.Method {
	case result.GivenData:
		return []string{
			"S is the correlation ratio over classes of equal numbers of trials by the input (Plischke, Borgonovo and Smith, 2013), corrected for its bias (Kelley, 1935). δ is the total variation between the joint distribution of input and result and the product of their own (Borgonovo, 2007), on a grid of ranks: where the joint one has more is learned from one half of the trials and measured on the other, so that noise is not taken for distance; it is too low, if at all. Partial rank correlations come from the inverse of the correlation matrix of all ranks (Iman and Conover, 1979). Intervals of rank and S come from influence functions, of the others from 16 parts of the trials.",
		}
	case result.Sobol:
		return []string{
			"S by the estimator of Janon and others (2014), with the chance correlation of the two designs taken out; S_T by that of Jansen (1999). The designs are scrambled Sobol points (or what --sampler says) in 16 independent replicates, and intervals are a jackknife over these.",
		}
	}
	return []string{"The standard error of a swing is a jackknife, over 16 parts of the trials, of the paired difference."}
}

// associations is the section of one quantity, from given data.
func (p *sensitivityPage) associations(k int, a *result.Associations) {
	sc := unitScale(a.Unit)
	id := fmt.Sprintf("of-%d", k+1)
	s := &section{ID: id, Title: a.Quantity}
	value := fmt.Sprintf("Its mean is %s, its standard deviation %s.", sc.inWordsWithError(a.Mean, a.SE), sc.inWords(a.SD, a.SE))
	if len(a.Inputs) == 0 {
		s.Lead = []string{value + " It hangs on none of the inputs that were looked at."}
		s.Blocks = []block{{}}
		p.add(s)
		return
	}
	top := a.Inputs[0]
	s.Lead = []string{fmt.Sprintf("%s It goes most with %s: the rank correlation is %s, and alone it explains %s of the variance.",
		value, top.Path, correlationCell(top.Rank), shareWords(top.Share))}
	t := &tableView{Caption: a.Quantity + ": inputs, the strongest first", Head: []string{"Input", "rank correlation", "partial", "S, %", "δ, %"}}
	if left := len(a.Inputs) - tabledInputs; left > 0 {
		t.Foot = moreIn(left, "sensitivity.csv") + " "
	}
	t.Foot += "± is a standard error; < is the upper end of a 95\u00a0% interval that holds 0."
	for _, in := range a.Inputs[:min(len(a.Inputs), tabledInputs)] {
		var row tableRow
		row.text(in.Path)
		row.number(correlationCell(in.Rank), exactOf(in.Rank, 1))
		row.number(correlationCell(in.Partial), exactOf(in.Partial, 1))
		row.number(indexCell(in.Share), exactOf(in.Share, 100))
		row.number(indexCell(in.Delta), exactOf(in.Delta, 100))
		t.Rows = append(t.Rows, row)
	}
	shown := a.Inputs[:min(len(a.Inputs), drawnInputs)]
	ranks, shares := rankedBars{reach: axis{lo: -1, hi: 1, formatter: "@number"}}, rankedBars{}
	rank := bars{name: "rank correlation", color: "$c0", width: 9}
	share := bars{name: "S", color: "$c0", width: 9}
	for _, in := range shown {
		ranks.labels = append(ranks.labels, in.Path)
		shares.labels = append(shares.labels, in.Path)
		rank.add(0, in.Rank, 1)
		share.add(0, in.Share, 100)
	}
	ranks.bars, shares.bars = []bars{rank}, []bars{share}
	d, err := ranks.drawing()
	p.draw(id+"-rank", d, err)
	d, err = shares.drawing()
	p.draw(id+"-share", d, err)
	s.Blocks = append(s.Blocks, block{Figures: []figure{
		{ID: id + "-rank", Title: "Rank correlation", Unit: "−1 to 1, with 95\u00a0% intervals", Size: "l", Table: t,
			Summary: fmt.Sprintf("Rank correlations of %s with the %d strongest inputs. The strongest is %s, at %s.", a.Quantity, len(shown), top.Path, correlationCell(top.Rank)),
			HowTo:   "A bar to the right: where the input is high, the result tends to be high; to the left: it tends to be low. The thin line is the 95\u00a0% interval. The order is by the larger of the correlation's size and π·δ, which are alike for normal variables, each at the end of its interval that is nearer to 0."},
		{ID: id + "-share", Title: "Share of the variance", Unit: "that the input alone explains, %, with 95\u00a0% intervals", Size: "l",
			Summary: fmt.Sprintf("The shares of the variance of %s that the same inputs alone explain. That of %s is %s.", a.Quantity, top.Path, shareWords(top.Share)),
			HowTo:   "Where the thin line, the 95\u00a0% interval, reaches 0, the share is not told from nothing, and an estimate below 0 is noise: no bar is drawn for it."},
	}})
	p.add(s)
}

// indices is the section of one quantity, by Sobol indices.
func (p *sensitivityPage) indices(k int, x *result.Indices) {
	sc := unitScale(x.Unit)
	id := fmt.Sprintf("of-%d", k+1)
	s := &section{ID: id, Title: x.Quantity}
	value := fmt.Sprintf("Its mean is %s, its standard deviation %s.", sc.inWordsWithError(x.Mean, x.SE), sc.inWords(x.SD, x.SE))
	if len(x.Groups) == 0 || math.IsNaN(x.Groups[0].Total.Value) {
		s.Lead = []string{value + " It is the same in every trial, and hangs on nothing."}
		s.Blocks = []block{{}}
		p.add(s)
		return
	}
	top := x.Groups[0]
	s.Lead = []string{fmt.Sprintf("%s Of what stands alone, %s does most: %s of the variance by itself, %s with all that it does together with others. One by one, the groups explain %s; the rest is interaction.",
		value, top.Name, shareWords(top.First), shareWords(top.Total), shareWords(x.Sum))}
	t := &tableView{Caption: x.Quantity + ": Sobol indices", Head: []string{"Group", "S, %", "S_T, %"},
		Foot: "± is half of the 95\u00a0% interval; < is the upper end of a 95\u00a0% interval that holds 0."}
	chart := rankedBars{}
	total, first := bars{name: "S_T", color: "$c0/26", width: 11}, bars{name: "S", color: "$c0", width: 5}
	named := 0
	for _, g := range x.Groups {
		var row tableRow
		row.text(g.Name)
		row.number(indexCell(g.First), exactOf(g.First, 100))
		row.number(indexCell(g.Total), exactOf(g.Total, 100))
		t.Rows = append(t.Rows, row)
		if g.Name != result.OtherInputs && g.Name != result.Chance {
			if named++; named > drawnInputs {
				continue
			}
		}
		chart.labels = append(chart.labels, g.Name)
		total.add(0, g.Total, 100)
		first.add(0, g.First, 100)
	}
	var row tableRow
	row.text("sum of S")
	row.number(indexCell(x.Sum), exactOf(x.Sum, 100))
	row.text("")
	t.Rows = append(t.Rows, row)
	chart.bars = []bars{total, first}
	d, err := chart.drawing()
	p.draw(id+"-indices", d, err)
	s.Blocks = append(s.Blocks, block{Figures: []figure{
		{ID: id + "-indices", Title: "Share of the variance", Unit: "%, with 95\u00a0% intervals", Size: "l", Table: t,
			Summary: fmt.Sprintf("Sobol indices of %s. The largest of what stands alone is %s, with a total of %s.", x.Quantity, top.Name, shareWords(top.Total)),
			HowTo:   "The wide pale bar is S_T, with all interactions; the narrow dark one in it is S, alone. The thin lines are their 95\u00a0% intervals. Where one reaches 0, the index is not told from nothing, and an estimate below 0 is noise: no bar is drawn for it."},
	}})
	p.add(s)
}

// tornado is the section of one statistic.
func (p *sensitivityPage) tornado(k int, t *result.Tornado) {
	sc := unitScale(t.Unit)
	id := fmt.Sprintf("of-%d", k+1)
	s := &section{ID: id, Title: t.Statistic}
	value := fmt.Sprintf("It is %s with all inputs as the scenario has them.", sc.inWordsWithError(t.Value, t.SE))
	if len(t.Swings) == 0 {
		s.Lead = []string{value + " There is no input to move."}
		s.Blocks = []block{{}}
		p.add(s)
		return
	}
	if unmoved(t) {
		s.Lead = []string{value + " " + nothingMoves(t)}
		s.Blocks = []block{{}}
		p.add(s)
		return
	}
	top := t.Swings[0]
	s.Lead = []string{fmt.Sprintf("%s It swings most with %s: as that goes from %s to %s, by %s.", value, top.Path,
		withUnit(top.Low, top.Unit), withUnit(top.High, top.Unit), swingWords(sc, top.Swing))}
	table := &tableView{Caption: t.Statistic + ": swings, the widest first", Head: []string{"Input", "its p10", "its p90", "unit", "at p10", "at p90", "swing"},
		Foot: "± is a standard error: of the swing, in the same trials. An input's p10 and p90 stand as a scenario file has them."}
	if sc.label != "" {
		table.Foot += " The other values are in " + sc.label + "."
	}
	chart := rankedBars{origin: t.Value * sc.factor}
	low, high := bars{name: "at p10", color: "$c1", width: 9}, bars{name: "at p90", color: "$c0", width: 9}
	for i, w := range t.Swings {
		var row tableRow
		row.text(w.Path)
		row.number(inputValue(w.Low), exact{w.Low, math.NaN()})
		row.number(inputValue(w.High), exact{w.High, math.NaN()})
		row.text(w.Unit)
		row.number(sc.bare(w.AtLow, w.SEAtLow), exact{w.AtLow * sc.factor, w.SEAtLow * sc.factor})
		row.number(sc.bare(w.AtHigh, w.SEAtHigh), exact{w.AtHigh * sc.factor, w.SEAtHigh * sc.factor})
		row.number(swingCell(sc, w.Swing), exactOf(w.Swing, sc.factor))
		table.Rows = append(table.Rows, row)
		if i >= drawnInputs {
			continue
		}
		chart.labels = append(chart.labels, w.Path)
		at := result.Estimate{Value: w.AtLow, Low: math.NaN(), High: math.NaN()}
		low.add(chart.origin, at, sc.factor)
		half := (w.Swing.High - w.Swing.Low) / 2
		high.add(chart.origin, result.Estimate{Value: w.AtHigh, Low: w.AtHigh - half, High: w.AtHigh + half}, sc.factor)
		low.ends, high.ends = append(low.ends, inputValue(w.Low)), append(high.ends, inputValue(w.High))
	}
	chart.bars = []bars{low, high}
	d, err := chart.drawing()
	p.draw(id+"-swings", d, err)
	s.Blocks = append(s.Blocks, block{
		Legend: []legendItem{{"c1 solid", "with the input at its p10"}, {"c0 solid", "with the input at its p90"}},
		Figures: []figure{{ID: id + "-swings", Title: t.Statistic, Unit: sc.label + ", each input alone at its p10 and p90", Size: "l", Table: table,
			Summary: fmt.Sprintf("A tornado of %s. The widest swing is that of %s, %s.", t.Statistic, top.Path, swingWords(sc, top.Swing)),
			HowTo:   "Each bar goes from the value with all inputs as the scenario has them to that with one input at its p10 or p90; the numbers at its ends are the input's own values there, of which the lower is the p10. The thin line at the p90 end is the 95\u00a0% interval of the swing. Both ends on one side: the input works the same way whether it is low or high."}},
	})
	p.add(s)
}

// shareWords are a share in a sentence.
func shareWords(e result.Estimate) string {
	cell := indexCell(e)
	if less, ok := strings.CutPrefix(cell, "< "); ok {
		return "less than " + less + nbsp + "%"
	}
	return cell + nbsp + "%"
}

func withUnit(x float64, unit string) string {
	sc := scaleOf(unit)
	return sc.signed(sc.bare(significant(x, 4), 0)) + sc.suffix
}

// swingWords is a swing with its unit, in a sentence.
func swingWords(sc scale, e result.Estimate) string {
	cell := swingCell(sc, e)
	for _, sign := range []string{"+", "−"} {
		if rest, ok := strings.CutPrefix(cell, sign); ok {
			return sign + sc.prefix + rest + sc.suffix
		}
	}
	return sc.prefix + cell + sc.suffix
}

// exactOf is an estimate to all its digits, with its standard error, so that what is negative by
// noise has its noise beside it.
func exactOf(e result.Estimate, factor float64) exact {
	return exact{factor * e.Value, factor * e.SE}
}

// assumptions are those that are named, with their sources.
func (p *sensitivityPage) assumptions() {
	b := block{Kind: "assumptions"}
	for _, a := range p.s.Assumptions {
		v := assumptionView{Path: a.Path, Text: a.Text, Unit: a.Unit, Note: a.Note, Truncated: a.Truncated, Sources: p.references(a.Source),
			Mean: threeFigures(a.Mean), P5: threeFigures(a.P5), P95: threeFigures(a.P95), Spark: sparkline(a.Quantiles, 96, 22)}
		v.Unsourced = unsourced(v.Sources)
		b.Rows = append(b.Rows, v)
	}
	if len(b.Rows) > 0 {
		p.add(&section{ID: "assumptions", Title: "The assumptions that are named", Blocks: []block{b}})
	}
}

// rankedBars are horizontal bars below each other, with intervals.
type rankedBars struct {
	labels []string
	bars   []bars
	origin float64
	reach  axis // the widest that the axis is; its zero value: as far as needed
}

// bars are of one kind, one for each label.
type bars struct {
	name, color string
	width       float32
	from, to    []float64
	low, high   []float64
	ends        []string // what stands at their ends; nil: nothing
}

// add adds a bar from a number to an estimate, times a factor. What is below 0 where it can't be
// has an interval and no length.
func (b *bars) add(from float64, e result.Estimate, factor float64) {
	b.from, b.to = append(b.from, from), append(b.to, factor*e.Value)
	b.low, b.high = append(b.low, factor*e.Low), append(b.high, factor*e.High)
}

func (r *rankedBars) drawing() (drawing, error) {
	c := newCanvas("@tips")
	c.line.Tooltip.Show = opts.Bool(false) // the table has the numbers
	ax := axis{lo: r.origin, hi: r.origin, formatter: "@number"}
	shares := r.reach.hi == 0 && r.origin == 0 && len(r.bars) > 0 && r.bars[0].ends == nil
	for k := range r.bars {
		b := &r.bars[k]
		for i := range b.to {
			if shares {
				b.to[i], b.low[i] = math.Max(b.to[i], 0), math.Max(b.low[i], 0)
				b.high[i] = math.Max(b.high[i], 0)
			}
			for _, x := range []float64{b.to[i], b.low[i], b.high[i]} {
				if !math.IsNaN(x) {
					ax.lo, ax.hi = math.Min(ax.lo, x), math.Max(ax.hi, x)
				}
			}
		}
		if b.ends != nil && k == len(r.bars)-1 { // room for what stands there
			room := 0.16 * (ax.hi - ax.lo)
			ax.lo, ax.hi = ax.lo-room, ax.hi+room
		}
	}
	if r.reach.hi > 0 { // on both sides of 0 as far as the farther
		far := math.Max(-ax.lo, ax.hi)
		ax.lo, ax.hi = -far, far
	}
	ax = ax.nice()
	labels := make([]string, len(r.labels))
	longest := 0
	for i, l := range r.labels {
		labels[i] = squeeze(l, 44)
		longest = max(longest, utf8.RuneCountInString(labels[i]))
	}
	c.line.GridList[0].Left = fmt.Sprint(10 + longest) // labels turn out wider than they are taken to be
	c.axes(opts.XAxis{Type: "value", Min: ax.lo, Max: ax.hi, AxisLabel: &opts.AxisLabel{Formatter: "@number"}}, axis{})
	c.xExtra["interval"] = ax.step
	c.yExtra = map[string]any{"type": "category", "data": labels, "inverse": true, "min": nil, "max": nil,
		"axisTick": map[string]any{"show": false}, "splitLine": map[string]any{"show": false},
		"axisLabel": map[string]any{"color": "$muted", "fontSize": 10, "interval": 0, "width": 270, "overflow": "truncate"}}
	for _, b := range r.bars {
		var data []any
		for i := range b.to {
			data = append(data, []any{finite(b.from[i]), i}, []any{finite(b.to[i]), i}, []any{nil, nil})
		}
		c.curve(b.name, b.color, "solid", b.width, data)
		c.extra[len(c.line.MultiSeries)-1] = map[string]any{"showSymbol": false, "silent": true}
	}
	for _, b := range r.bars {
		var data []any
		for i := range b.to {
			data = append(data, []any{finite(b.low[i]), i}, []any{finite(b.high[i]), i}, []any{nil, nil})
		}
		c.curve("95 % interval of "+b.name, "$ink", "solid", 1.5, data)
		c.extra[len(c.line.MultiSeries)-1] = map[string]any{"showSymbol": false, "silent": true}
	}
	for k, b := range r.bars {
		if b.ends == nil {
			continue
		}
		var data []any
		for i, text := range b.ends {
			x, position := b.to[i], "right"
			other := r.bars[1-k].to[i]
			if x < other || x == other && k == 0 {
				position = "left"
			}
			if position == "right" && !math.IsNaN(b.high[i]) {
				x = math.Max(x, b.high[i])
			} else if position == "left" && !math.IsNaN(b.low[i]) {
				x = math.Min(x, b.low[i])
			}
			data = append(data, map[string]any{"value": []any{finite(x), i},
				"label": map[string]any{"position": position, "formatter": text}})
		}
		c.curve("value of the input, "+b.name, "$muted", "solid", 0, data)
		c.extra[len(c.line.MultiSeries)-1] = map[string]any{"showSymbol": true, "symbolSize": 0, "silent": true, "lineStyle": map[string]any{"width": 0, "opacity": 0},
			"label": map[string]any{"show": true, "color": "$muted", "fontSize": 10, "distance": 3, "offset": []int{0, 2}}}
	}
	return c.drawing()
}
