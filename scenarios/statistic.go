package scenarios

import (
	"fmt"
	"go/ast"
	"go/token"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"entente/models"
	"entente/sim"
	"entente/sim/stats"
)

// A Column names values, one of each trial: a metric at the end of a year.
type Column struct {
	Metric string
	Year   int // from 1; of a metric that is once per trial 1, as in sim.Series
}

// A Quantity is a number of each trial: a metric at the end of a year, or arithmetic over such.
type Quantity struct {
	Text string
	Unit string // empty: none, or none that is known
	ask
}

// A Condition holds in a trial, or does not.
type Condition struct {
	Text string
	ask
}

// A Statistic is one number about all trials: the mean of a quantity, say, or the probability
// of a condition.
type Statistic struct {
	Text string
	Unit string // empty: none, or none that is known
	kind string // mean, sd, min, max, p, es, P
	p    float64
	ask
}

// An ask is an expression over columns.
type ask struct {
	columns []Column
	tree    *expression
}

// Columns returns the values that it is made of, each once.
func (a ask) Columns() []Column { return slices.Clone(a.columns) }

// Metrics returns the names of the metrics that it is made of, each once.
func (a ask) Metrics() []string {
	var names []string
	for _, c := range a.columns {
		if !slices.Contains(names, c.Metric) {
			names = append(names, c.Metric)
		}
	}
	return names
}

// Quantity reads a number of each trial: aws.npv, azure.exposure@2031, azure.exposure@y5 −
// 2*aws.exposure@y5. A metric by year without a year is that of its last year. An error is
// Diagnostics.
func (s *Scenario) Quantity(text string) (Quantity, error) {
	c := s.statistics("quantity", text)
	tree := c.read()
	if tree == nil {
		return Quantity{}, c.problem()
	}
	e := c.quantity(tree)
	if e == nil {
		return Quantity{}, c.problem()
	}
	return Quantity{Text: text, Unit: c.unit(tree), ask: ask{c.columns, e}}, nil
}

// Condition reads what holds in a trial or does not: aws.loss_total > 20 and openai.failed == 1.
// A comparison with what a trial has no value of does not hold. An error is Diagnostics.
func (s *Scenario) Condition(text string) (Condition, error) {
	c := s.statistics("condition", text)
	tree := c.read()
	if tree == nil {
		return Condition{}, c.problem()
	}
	e := c.holding(tree)
	if e == nil {
		return Condition{}, c.problem()
	}
	return Condition{Text: text, ask: ask{c.columns, e}}, nil
}

// Statistic reads a number about all trials: mean, sd, min or max of a quantity, its quantiles
// p95 and p97.5, its expected shortfalls es95 (the mean of the highest 5 %) and es5 (of the
// lowest), and the probability P of a condition. An error is Diagnostics.
func (s *Scenario) Statistic(text string) (Statistic, error) {
	c := s.statistics("statistic", text)
	tree := c.read()
	if tree == nil {
		return Statistic{}, c.problem()
	}
	st, ok := c.statistic(tree)
	if !ok {
		return Statistic{}, c.problem()
	}
	st.Text = text
	return st, nil
}

// calendar says when the years of a scenario end.
type calendar struct {
	start time.Time
	years int
}

// end is the last day of year y, from 1.
func (c calendar) end(y int) time.Time { return c.start.AddDate(y, 0, -1) }

// A statistics reads what is asked of a scenario's results.
type statistics struct {
	compiler
	calendar
	known   []measure
	units   map[string]string // of names as Go's parser sees them
	unitsOf map[string]string
	columns []Column
	// mistaken are metrics of the scenario's own: one that is not known is wrong, which has been said.
	mistaken []string
}

// statistics returns a reader of one line that somebody typed.
func (s *Scenario) statistics(what, text string) *statistics {
	text = strings.Map(func(r rune) rune { // one line, which its excerpt shows
		if r == '\n' || r == '\r' || r == '\t' {
			return ' '
		}
		return r
	}, text)
	src := newSource(what, 0, text)
	src.override = true
	at := func(from, width int) mark { return mark{src: src, line: 1, col: 1 + from, width: width} }
	return newStatistics(&problems{}, s.System, s.Facts.Run.Start, "", text, at)
}

func newStatistics(p *problems, sys *models.System, start, prefix, text string, at func(from, width int) mark) *statistics {
	c := &statistics{
		compiler: compiler{problems: p, prefix: prefix, text: text, at: at, comparisons: true},
		calendar: calendar{years: sys.Years},
		units:    map[string]string{},
		unitsOf:  map[string]string{},
	}
	c.start, _ = time.Parse(time.DateOnly, start) // it has been checked
	c.compiler.metric = c.metric
	for _, m := range models.Metrics(sys) {
		c.known = append(c.known, measure{m.Name, m.Kind != sim.AtTheEnd})
		c.unitsOf[m.Name] = m.Unit
	}
	for _, m := range sys.Metrics {
		first := slices.IndexFunc(c.known, func(k measure) bool { return k.name == m.Of[0] })
		c.known = append(c.known, measure{m.Name, c.known[first].perYear})
		c.unitsOf[m.Name] = m.Unit
	}
	return c
}

// problem is what has been complained about.
func (c *statistics) problem() error { return ordered(c.errors) }

var (
	hundredths   = regexp.MustCompile(`(?:^|[^a-z0-9_.@])([0-9.]+\s*%)\s*(?:$|[^\sa-z0-9.(])`)
	halfPercents = regexp.MustCompile(`\b(?:p|es)[0-9]+\.[0-9]+`)
	spelledOut   = regexp.MustCompile(`[a-z0-9_.@]+`)
	yearOf       = regexp.MustCompile(`^(?:y([1-9][0-9]*)|([0-9]{4}))$`)
	statisticOf  = regexp.MustCompile(`^(p|es)([0-9]+(?:\.[0-9]+)?)$`)
)

// read makes a tree of the text, whose characters keep their places: Go has neither @2031, nor
// p97.5, nor the words and, or, not, nor = as a comparison.
func (c *statistics) read() ast.Expr {
	if strings.TrimSpace(c.text) == "" {
		c.fail(0, 1, "expression", "", "it is empty")
		return nil
	}
	if !c.characters() {
		return nil
	}
	if m := hundredths.FindStringSubmatchIndex(c.text); m != nil {
		_, hint, _ := parseNumber(c.text[m[2]:m[3]])
		c.fail(m[2], m[3]-m[2], "expression", hint, "%q is no number", c.text[m[2]:m[3]])
		return nil
	}
	b := []byte(c.text)
	for _, m := range halfPercents.FindAllStringIndex(c.text, -1) {
		for i := m[0]; i < m[1]; i++ {
			if b[i] == '.' {
				b[i] = '_'
			}
		}
	}
	for _, m := range spelledOut.FindAllStringIndex(c.text, -1) {
		switch c.text[m[0]:m[1]] {
		case "and":
			copy(b[m[0]:], "&& ")
		case "or":
			copy(b[m[0]:], "||")
		case "not":
			copy(b[m[0]:], "!  ")
		}
	}
	for i := range b {
		switch b[i] {
		case '@':
			if !c.year(i) {
				return nil
			}
			b[i] = '_'
		case '=':
			alone := i == 0 || !strings.ContainsRune("<>=!", rune(c.text[i-1]))
			if i+1 < len(b) && c.text[i+1] == '=' {
				alone = false
			}
			if alone {
				b[i] = '<' // binary knows that it is not
			}
		}
	}
	return c.parse(goNames(string(b)))
}

// year refuses an @ that is not between a metric and a year.
func (c *statistics) year(at int) bool {
	word := func(r byte) bool { return r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' }
	end := at + 1
	for end < len(c.text) && (word(c.text[end]) || c.text[end] >= 'A' && c.text[end] <= 'Z') {
		end++
	}
	const hint = "azure.exposure@2031, the year-end in that calendar year, or azure.exposure@y5, the fifth"
	switch {
	case at == 0 || !word(c.text[at-1]):
		c.fail(at, 1, "expression", hint, "@ stands right behind a metric")
	case end == at+1:
		c.fail(at, 1, "expression", hint, "there is no year behind @")
	case !yearOf.MatchString(c.text[at+1 : end]):
		c.fail(at+1, end-at-1, "expression", hint, "%q is no year", abbreviate(c.text[at+1:end]))
	case end < len(c.text) && (c.text[end] == '@' || c.text[end] == '.' || c.text[end] == '('):
		c.fail(end, 1, "expression", hint, "%q does not belong behind a year", c.text[end])
	default:
		return true
	}
	return false
}

// metric finds the column that a name stands for.
func (c *statistics) metric(spelled string, from, width int) *expression {
	name, asked := spelled, ""
	if at := strings.IndexByte(c.text[from:from+width], '@'); at >= 0 {
		asked = c.text[from+at+1 : from+width]
		name = spelled[:len(spelled)-1-len(asked)]
		width = at
	}
	k := slices.IndexFunc(c.known, func(m measure) bool { return m.name == name })
	if k < 0 {
		if slices.Contains(c.mistaken, name) {
			c.failed = true
			return nil
		}
		hint := noMetric(name, c.known)
		if hint == "" {
			hint = "entente show lists the metrics"
		}
		return c.fail(from, width, "unknown-metric", hint, "there is no metric %q", abbreviate(name))
	}
	year := 1
	switch {
	case !c.known[k].perYear && asked != "":
		return c.fail(from+width, 1+len(asked), "expression", "write "+name, "%s is once per trial, and has no year", name)
	case asked != "":
		m := yearOf.FindStringSubmatch(asked)
		first, last := c.end(1).Year(), c.end(c.years).Year()
		if m[1] != "" {
			year, _ = strconv.Atoi(m[1])
		} else {
			calendar, _ := strconv.Atoi(m[2])
			year = calendar - first + 1
		}
		if year < 1 || year > c.years {
			return c.fail(from+width+1, len(asked), "expression", fmt.Sprintf("there are y1 to y%d, which end in %d to %d", c.years, first, last),
				"%s: the scenario has no such year", asked)
		}
	case c.known[k].perYear:
		year = c.years
	}
	c.units[spelled] = c.unitsOf[name]
	column := Column{name, year}
	j := slices.Index(c.columns, column)
	if j < 0 {
		j = len(c.columns)
		c.columns = append(c.columns, column)
	}
	return &expression{verb: "metric", of: j}
}

func (c *statistics) unit(tree ast.Expr) string {
	unit, _ := unitOf(tree, c.units)
	return unit
}

// quantity reads a number that every trial has of its own.
func (c *statistics) quantity(tree ast.Expr) *expression {
	e := c.expr(tree, 0)
	if e == nil || !c.number(e, tree) {
		return nil
	}
	if len(c.columns) == 0 {
		return c.fail(int(tree.Pos())-1, int(tree.End()-tree.Pos()), "expression", "aws.npv, azure.exposure@2031", "there is no metric in it")
	}
	return e
}

// holding reads what holds in a trial or does not.
func (c *statistics) holding(tree ast.Expr) *expression {
	e := c.expr(tree, 0)
	if e == nil || !c.condition(e, tree) {
		return nil
	}
	if len(c.columns) == 0 {
		return c.fail(int(tree.Pos())-1, int(tree.End()-tree.Pos()), "expression", "aws.npv < 0, azure.exposure@2031 > 100", "there is no metric in it")
	}
	return e
}

// kinds of statistics, for messages.
const kinds = "mean(aws.npv), sd, min, max, p95, p97.5, es95, es5, P(aws.npv < 0)"

// statistic reads what a tree says about all trials.
func (c *statistics) statistic(tree ast.Expr) (s Statistic, ok bool) {
	if p, brackets := tree.(*ast.ParenExpr); brackets {
		return c.statistic(p.X)
	}
	from, width := int(tree.Pos())-1, int(tree.End()-tree.Pos())
	call, is := tree.(*ast.CallExpr)
	if !is {
		hint := kinds
		if _, name := metricName(tree); name {
			hint = fmt.Sprintf("mean(%s), p95(%s), P(%s > 0)", c.cut(from, width), c.cut(from, width), c.cut(from, width))
		} else if b, binary := tree.(*ast.BinaryExpr); binary {
			if b.Op.Precedence() == token.LSS.Precedence() {
				hint = "one comparison, with one bound, at a time"
			} else if _, is := b.X.(*ast.CallExpr); is {
				hint = "one statistic: of a difference between metrics, say, mean(azure.npv - aws.npv)"
			}
		}
		c.fail(from, width, "statistic", hint, "%q is no statistic", c.cut(from, width))
		return s, false
	}
	at := int(call.Fun.End()) - 1
	spelled := strings.TrimSpace(c.text[from:at])
	s.kind = spelled
	switch spelled {
	case "mean", "sd", "min", "max", "P":
	default:
		m := statisticOf.FindStringSubmatch(spelled)
		if m == nil {
			hint := map[string]string{"median": "write p50", "p": "write P, or p95", "avg": "write mean", "average": "write mean", "std": "write sd",
				"stdev": "write sd", "prob": "write P", "probability": "write P", "Pr": "write P", "es": "write es95", "cvar": "write es95",
				"var": "write p95, or sd", "quantile": "write p95"}[spelled]
			if hint == "" {
				hint = didYouMean(spelled, []string{"mean", "sd", "min", "max", "p95", "es95", "P"})
			}
			if hint == "" {
				hint = kinds
			}
			c.fail(from, at-from, "statistic", hint, "there is no statistic %q", abbreviate(spelled))
			return s, false
		}
		percent, _ := strconv.ParseFloat(m[2], 64)
		s.kind, s.p = m[1], percent/100
		if !(s.p > 0 && s.p < 1) {
			c.fail(from, at-from, "statistic", "above 0 and below 100; the extremes of the trials are min and max", "there is no %s", abbreviate(spelled))
			return s, false
		}
	}
	if len(call.Args) != 1 || call.Ellipsis.IsValid() {
		hint := ""
		if (s.kind == "min" || s.kind == "max") && len(call.Args) > 1 {
			hint = "of several in each trial: mean(" + c.cut(from, width) + ")"
		}
		c.fail(from, width, "statistic", hint, "%s takes one argument", spelled)
		return s, false
	}
	if !c.closed(call) {
		return s, false
	}
	arg := call.Args[0]
	if s.kind == "P" {
		if s.tree = c.holding(arg); s.tree == nil {
			return s, false
		}
		s.Unit = "probability"
	} else {
		e := c.expr(arg, 0)
		if e != nil && e.compares() {
			inside := c.cut(int(arg.Pos())-1, int(arg.End()-arg.Pos()))
			c.fail(from, at-from, "statistic", "write P("+inside+")", "%s is of a number, and %q is a condition", spelled, inside)
		}
		if s.tree = c.quantity(arg); s.tree == nil || c.failed {
			return s, false
		}
		s.Unit = c.unit(arg)
	}
	s.columns = c.columns
	return s, true
}

// values finds the columns among the trials' values. It panics if they are not there: whoever
// ran the trials did not keep what Columns names.
func (a ask) values(trials []sim.Series) [][]float64 {
	var list [][]float64
	for _, c := range a.columns {
		i := slices.IndexFunc(trials, func(s sim.Series) bool { return s.Outcome == c.Metric && s.Year == c.Year })
		if i < 0 {
			panic(fmt.Sprintf("scenarios: the trials have no %s of year %d", c.Metric, c.Year))
		}
		list = append(list, trials[i].Values)
	}
	return list
}

// Values returns the quantity in every trial; NaN where it has none: where a metric has none,
// by a division by 0, and where it is infinite.
func (q Quantity) Values(trials []sim.Series) []float64 {
	return q.tree.numbers(q.values(trials))
}

// Holds says of every trial whether the condition holds in it.
func (c Condition) Holds(trials []sim.Series) []bool {
	return c.tree.holds(c.values(trials))
}

// Estimate returns the statistic of these trials, which sampler has drawn, with its standard
// error and its 95 % interval.
func (s Statistic) Estimate(trials []sim.Series, sampler sim.Sampler) stats.Estimate {
	replicates := sampler.Replicates()
	if s.kind == "P" {
		return stats.Share(s.tree.holds(s.values(trials)), replicates)
	}
	x := s.tree.numbers(s.values(trials))
	switch s.kind {
	case "mean":
		return stats.Mean(x, replicates)
	case "sd":
		return stats.SD(x, replicates)
	case "min":
		return stats.Least(x)
	case "max":
		return stats.Most(x)
	case "p":
		return stats.Quantile(x, s.p, replicates)
	}
	return stats.Shortfall(x, s.p, replicates)
}

// numbers is the expression in every trial, given its metrics. What has no value, or is made of
// what has none, is NaN.
func (e *expression) numbers(of [][]float64) []float64 {
	x := e.column(of)
	if e.verb == "metric" {
		return x
	}
	for i := range x {
		for _, o := range of {
			if o[i] != o[i] {
				x[i] = math.NaN()
			}
		}
		if math.IsInf(x[i], 0) {
			x[i] = math.NaN()
		}
	}
	return x
}

// column is the expression in every trial. Only of a metric the column is not its own.
func (e *expression) column(of [][]float64) []float64 {
	switch e.verb {
	case "metric":
		return of[e.of]
	case "number":
		x := make([]float64, len(of[0]))
		for i := range x {
			x[i] = e.number
		}
		return x
	}
	x := slices.Clone(e.args[0].column(of))
	if e.verb == "-x" || e.verb == "abs" {
		for i, v := range x {
			if x[i] = -v; e.verb == "abs" {
				x[i] = math.Abs(v)
			}
		}
		return x
	}
	for _, a := range e.args[1:] {
		y := a.column(of)
		switch e.verb {
		case "+":
			for i := range x {
				x[i] += y[i]
			}
		case "-":
			for i := range x {
				x[i] -= y[i]
			}
		case "*":
			for i := range x {
				x[i] *= y[i]
			}
		case "/":
			for i := range x {
				if x[i] /= y[i]; y[i] == 0 {
					x[i] = math.NaN()
				}
			}
		case "min":
			for i := range x {
				x[i] = min(x[i], y[i]) // NaN if one of them is
			}
		case "max":
			for i := range x {
				x[i] = max(x[i], y[i])
			}
		default:
			panic("scenarios: " + e.verb + " is not arithmetic")
		}
	}
	return x
}

// holds is the condition in every trial.
func (e *expression) holds(of [][]float64) []bool {
	switch e.verb {
	case "not":
		h := e.args[0].holds(of)
		for i := range h {
			h[i] = !h[i]
		}
		return h
	case "and", "or":
		h, g := e.args[0].holds(of), e.args[1].holds(of)
		for i := range h {
			if e.verb == "and" {
				h[i] = h[i] && g[i]
			} else {
				h[i] = h[i] || g[i]
			}
		}
		return h
	}
	x, y := e.args[0].column(of), e.args[1].column(of)
	h := make([]bool, len(x))
	for i := range h {
		h[i] = compare(e.verb, x[i], y[i])
	}
	return h
}

// compare says whether a comparison holds: none does with what is no finite number.
func compare(verb string, x, y float64) bool {
	if x-x != 0 || y-y != 0 {
		return false
	}
	switch verb {
	case "<":
		return x < y
	case "<=":
		return x <= y
	case ">":
		return x > y
	case ">=":
		return x >= y
	case "==":
		return x == y
	}
	return x != y
}
