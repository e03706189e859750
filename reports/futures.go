package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"entente/sim/result"
)

type futureJSON struct {
	Trial      int             `json:"trial"`
	Title      string          `json:"title"`
	Rule       string          `json:"rule"`
	Standings  []standingJSON  `json:"standings"`
	Inputs     []drawnJSON     `json:"inputs"`
	Happenings []happeningJSON `json:"happenings"`
	Outcomes   []outcomeJSON   `json:"metrics"`
}

func futureToJSON(f result.Future) futureJSON {
	j := futureJSON{Trial: f.Trial, Title: f.Title, Rule: f.Rule,
		Standings: []standingJSON{}, Inputs: []drawnJSON{}, Happenings: []happeningJSON{}, Outcomes: []outcomeJSON{}}
	for _, s := range f.Standings {
		j.Standings = append(j.Standings, standingToJSON(s))
	}
	for _, in := range f.Inputs {
		j.Inputs = append(j.Inputs, drawnToJSON(in))
	}
	for _, h := range f.Happenings {
		j.Happenings = append(j.Happenings, happeningToJSON(h))
	}
	for _, o := range f.Outcomes {
		j.Outcomes = append(j.Outcomes, outcomeToJSON(o))
	}
	return j
}

func (j futureJSON) future() result.Future {
	f := result.Future{Trial: j.Trial, Title: j.Title, Rule: j.Rule}
	for _, s := range j.Standings {
		f.Standings = append(f.Standings, result.Standing{Metric: s.Metric, Unit: s.Unit, Year: s.Year,
			Value: float64(s.Value), Below: float64(s.Below), Above: float64(s.Above)})
	}
	for _, in := range j.Inputs {
		f.Inputs = append(f.Inputs, result.Drawn{Path: in.Path, Unit: in.Unit, Value: float64(in.Value), P: float64(in.P)})
	}
	for _, h := range j.Happenings {
		f.Happenings = append(f.Happenings, result.Happening{Kind: h.Kind, From: h.From, To: h.To, Who: h.Who, Whom: h.Whom,
			Amount: float64(h.Amount), Parts: floats(h.Parts), Times: h.Times})
	}
	for _, o := range j.Outcomes {
		f.Outcomes = append(f.Outcomes, result.Outcome{Name: o.Name, Unit: o.Unit, Kind: o.Kind, Values: floats(o.Values)})
	}
	return f
}

// futureCharts are what is drawn of each future.
var futureCharts = []struct{ metric, title, unit, howTo string }{
	{"exposure", "Exposure", "USD bn, at the end of each year", " Between the ends of two years exposure may be higher: what happens names its peak. The axis is the same in all futures."},
	{"flow", "Flow to the clouds’ owners", "USD bn over each year", " The axis is the same in all futures."},
}

// futureAxes are the axes of the charts, which all futures share so that they compare by eye.
func (p *page) futureAxes() map[string]axis {
	axes := map[string]axis{}
	for _, part := range futureCharts {
		var ms []*result.Metric
		for _, future := range p.R.Futures {
			for _, l := range p.layersIn(future, part.metric) {
				ms = append(ms, l.m)
			}
		}
		axes[part.metric] = common(ms...)
	}
	return axes
}

// futureSection tells some trials in words.
func (p *page) futureSection() {
	if len(p.R.Futures) == 0 {
		return
	}
	count := []string{"A future", "Two futures", "Three futures"}[min(len(p.R.Futures), 3)-1]
	s := &section{ID: "futures", Title: count + ", told", Lead: []string{
		"What single trials look like, of which all other numbers are the statistics. They are chosen by a rule, as examples: none of them is a forecast, and what happens in one happens in few others in the same order.",
	}}
	axes := p.futureAxes()
	for i, future := range p.R.Futures {
		b := block{Heading: capitalised(future.Title), Text: []string{p.chosen(future)}}
		if text := p.unusual(future.Inputs); text != "" {
			b.Text = append(b.Text, text)
		}
		for _, part := range futureCharts {
			layers := p.layersIn(future, part.metric)
			if len(layers) == 0 {
				continue
			}
			id := fmt.Sprintf("future-%d-%s", i+1, part.metric)
			d, err := curves(layers, axes[part.metric])
			p.draw(id, d, err)
			b.Figures = append(b.Figures, figure{ID: id, Title: part.title, Unit: part.unit, Size: "s",
				Summary: fmt.Sprintf("%s in trial %d, year by year.", part.title, future.Trial), HowTo: "Each line is one cloud in this one trial: there is nothing to average, and no spread." + part.howTo,
				Table: means(fmt.Sprintf("%s in trial %d, USD bn", part.title, future.Trial), layers)})
			b.Legend = p.legend(p.shownIn(future), lines)
		}
		s.Blocks = append(s.Blocks, b)
		main := p.f.mainly(future.Happenings)
		caption := "What happens: " + future.Title
		if len(main) < len(future.Happenings) {
			s.Blocks = append(s.Blocks,
				block{Kind: "words", Table: p.happening(caption+", the main things", main, future.Inputs, mostEffects)},
				block{Kind: "folded", Table: p.happening(fmt.Sprintf("%s, all %d things", caption, len(future.Happenings)), future.Happenings, future.Inputs, 0)})
		} else {
			s.Blocks = append(s.Blocks, block{Kind: "words", Table: p.happening(caption, main, future.Inputs, 0)})
		}
	}
	s.Blocks = append(s.Blocks, block{Text: []string{"Every payment of such a trial, by whom, to whom and for what, with the sums that make its metrics, is what " +
		again(p.R, p.R.Futures[0].Trial) + " prints."}})
	p.add(s)
}

// happening is a table of what happens when.
func (p *page) happening(caption string, hs []result.Happening, inputs []result.Drawn, most int) *tableView {
	t := &tableView{Caption: caption, Head: []string{"When", "What"}}
	for _, told := range p.f.story(hs, inputs, most) {
		t.Rows = append(t.Rows, tableRow{Cells: []string{told.When, told.Text}})
	}
	if len(t.Rows) == 0 {
		t.Rows = append(t.Rows, tableRow{Cells: []string{"Never", "Nothing that is told of: no event, no raise, no failure, no shortfall."}})
	}
	return t
}

// mostMain is how many things are the main ones.
const mostMain = 15

// mainly picks the main things that happen, in the order of time: failures and what they cost
// first, then the large sums, then what moves the alliances.
func (f finder) mainly(hs []result.Happening) []result.Happening {
	if len(hs) <= mostMain {
		return hs
	}
	first, _ := f.answers()
	var seen []string // events
	type ranked struct {
		place, rank int
		amount      float64
	}
	var order []ranked
	for i, h := range hs {
		r := ranked{i, 9, h.Amount}
		switch h.Kind {
		case "failure", "loss":
			r.rank = 0
		case "halved", "austerity":
			r.rank = 1
		case "peak":
			if has(first, h.Who) {
				r.rank = 1
			}
		case "raise":
			r.rank = 2
		case "shortfall":
			r.rank = 5
			if len(h.Parts) > 0 {
				r.amount += h.Parts[0]
			}
			if r.amount >= 10 {
				r.rank = 2
			}
		case "event":
			r.rank = 3
			if slices.Contains(seen, h.Who) {
				r.rank = 8
			}
			seen = append(seen, h.Who)
		case "lead":
			r.rank = 4
		case "run_rate":
			r.rank = 6
		case "tranche":
			r.rank = 7
		}
		order = append(order, r)
	}
	slices.SortStableFunc(order, func(a, b ranked) int { return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(b.amount, a.amount)) })
	order = order[:mostMain]
	slices.SortFunc(order, func(a, b ranked) int { return cmp.Compare(a.place, b.place) })
	var main []result.Happening
	for _, r := range order {
		main = append(main, hs[r.place])
	}
	return main
}

// chosen is how a trial was chosen, and where it stands, in sentences.
func (p *page) chosen(f result.Future) string {
	c := newCalendar(p.R.Run)
	text := fmt.Sprintf("Trial %s: %s.", decimal(float64(f.Trial), 0), f.Rule)
	for _, cl := range p.R.Clouds {
		var parts []string
		for _, s := range f.Standings {
			id, metric, _ := strings.Cut(s.Metric, ".")
			label := map[string]string{"npv": "net present value", "peak_exposure": "highest exposure", "exposure": "exposure"}[metric]
			if label == "" || id != cl.ID {
				continue
			}
			if s.Year > 0 {
				label += fmt.Sprintf(" at the end of %d", c.year(s.Year))
			}
			lower := fmt.Sprintf(" (lower in %s)", share(s.Below))
			if len(parts) == 0 {
				label, lower = name(cl)+"’s "+label, fmt.Sprintf(" (lower in %s of the trials)", share(s.Below))
			}
			parts = append(parts, fmt.Sprintf("%s is %s%s", label, inUnits(s.Value, s.Unit), lower))
		}
		if len(parts) > 0 {
			text += " " + capitalised(and(parts)) + "."
		}
	}
	return text
}

// mostTold is how many assumptions are named of a future.
const mostTold = 5

// unusual names what was drawn farthest from the middle of its distribution.
func (p *page) unusual(inputs []result.Drawn) string {
	order := slices.Clone(inputs)
	slices.SortStableFunc(order, func(a, b result.Drawn) int { return cmp.Compare(math.Abs(b.P-0.5), math.Abs(a.P-0.5)) })
	var parts []string
	for _, in := range order[:min(len(order), mostTold)] {
		parts = append(parts, fmt.Sprintf("%s is %s (p%s)", in.Path, inUnits(in.Value, in.Unit), percentile(in.P)))
	}
	if len(parts) == 0 {
		return ""
	}
	return "Drawn farthest from the middle of what is assumed: " + and(parts) + "."
}

// inUnits is a number with three figures and its unit; what is a ratio has none.
func inUnits(x float64, unit string) string {
	if unit == "ratio" || unit == "exponent" {
		unit = ""
	}
	sc := scaleOf(unit)
	return sc.signed(threeFigures(x*sc.factor)) + sc.suffix
}

// layersIn are the clouds' values of a metric in a future.
func (p *page) layersIn(f result.Future, metric string) []layer {
	var layers []layer
	c := newCalendar(p.R.Run)
	for _, cl := range p.R.Clouds {
		for _, o := range f.Outcomes {
			if o.Name != cl.ID+"."+metric || len(o.Values) != p.R.Run.Years {
				continue
			}
			m := &result.Metric{Name: o.Name, Unit: o.Unit, Kind: o.Kind}
			for y, v := range o.Values {
				m.ByYear = append(m.ByYear, result.Stat{Year: y + 1, Date: c.start.AddDate(y+1, 0, -1).Format("2006-01-02"), Defined: 1,
					Mean: v, SE: math.NaN(), P5: math.NaN(), P95: math.NaN()})
			}
			layers = append(layers, layer{name(cl), "$" + p.colors[cl.ID], m})
		}
	}
	return layers
}

// shownIn are the clouds that a future's charts show.
func (p *page) shownIn(f result.Future) []result.Entity {
	return slices.DeleteFunc(slices.Clone(p.R.Clouds), func(c result.Entity) bool {
		return !slices.ContainsFunc(f.Outcomes, func(o result.Outcome) bool { return strings.HasPrefix(o.Name, c.ID+".") })
	})
}

// capitalised begins a sentence.
func capitalised(s string) string {
	if s == "" {
		return s
	}
	r := []rune(s)
	return strings.ToUpper(string(r[0])) + string(r[1:])
}
