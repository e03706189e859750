package scenarios

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"math"
	"slices"
	"strconv"
	"strings"

	"entente/models"
	"entente/sim"
	"entente/sim/expr"
)

// A measure is a metric that an expression may name.
type measure struct {
	name    string
	perYear bool
}

// userMetrics adds the scenario's own metrics to the System.
func (b *builder) userMetrics() {
	if !b.root.get("metrics").given {
		return
	}
	var known []measure
	units := map[string]string{}
	for _, m := range models.Metrics(&b.sys) {
		known = append(known, measure{m.Name, m.Kind != sim.AtTheEnd})
		units[m.Name] = m.Unit
	}
	for _, m := range b.root.get("metrics").fields {
		if m.bad {
			continue
		}
		c := metricCompiler{compiler: compiler{problems: &b.problems, prefix: m.name + ": ", text: m.written, at: m.place()}, b: b, known: known}
		c.compiler.metric = c.metric
		if e := c.compile(); e != nil {
			unit, _ := unitOf(c.tree, units)
			units[m.name] = unit
			b.sys.Metrics = append(b.sys.Metrics, models.UserMetric{Name: m.name, Unit: unit, Text: m.written, Of: c.of, Combine: combine(e.formula())})
			known = append(known, measure{m.name, c.perYear})
		}
	}
}

// A formula is an expression for one trial (and year): of are the metrics that it names. NaN
// stands for no value.
type formula func(of []expr.X) expr.X

// combine makes f what UserMetric wants: what is infinite has no value, nor has what is made
// of a metric without one.
func combine(f formula) func(of []expr.X) expr.X {
	return func(of []expr.X) expr.X {
		x := f(of)
		lacks := expr.Abs(x).Equal(x.Same(math.Inf(1)))
		for _, o := range of {
			lacks = lacks.Or(expr.Lacks(o))
		}
		return expr.If(lacks, x.Same(math.NaN()), x)
	}
}

// A compiler makes of a text the expression that it is. Go's own parser reads it; only what
// metric and the expression's own kinds allow is let through.
type compiler struct {
	*problems
	prefix string // of messages
	text   string
	at     func(from, width int) mark
	// metric returns the metric of a name, or nil if it has complained.
	metric func(name string, from, width int) *expression
	// comparisons are allowed, and what is made of them.
	comparisons bool
	tree        ast.Expr
	failed      bool
}

func (c *compiler) fail(from, width int, id, hint, format string, args ...any) *expression {
	if !c.failed {
		m := c.at(len([]rune(c.text[:min(max(0, from), len(c.text))])), width)
		c.errorf(m, id, hint, "%s"+format, append([]any{c.prefix}, args...)...)
	}
	c.failed = true
	return nil
}

// place says where characters of b's text are, in its file.
func (b *bound) place() func(from, width int) mark {
	n := &node{mark: b.mark, text: b.written}
	if i := b.col - 1; i >= 0 && b.src != nil && b.line >= 1 && b.line <= len(b.src.lines) {
		line := []rune(b.src.lines[b.line-1])
		n.quoted = i < len(line) && (line[i] == '"' || line[i] == '\'')
	}
	return n.place()
}

// allowed is what an expression may be made of.
const allowed = "numbers, metrics (azure.exposure), + - * /, brackets, min, max, abs"

// parse reads the text, of which goText is what Go's parser takes, character by character.
func (c *compiler) parse(goText string) ast.Expr {
	tree, err := parser.ParseExpr(goText)
	if err != nil {
		var list scanner.ErrorList
		at, message := 0, err.Error()
		if errors.As(err, &list) && len(list) > 0 {
			at, message = list[0].Pos.Offset, inWords(list[0].Msg)
		}
		c.fail(at, 1, "expression", allowed, "this is no expression: %s", message)
		return nil
	}
	c.tree = tree
	return tree
}

// characters refuses what belongs in no expression.
func (c *compiler) characters() bool {
	if !utf8Simple(c.text) {
		for i, r := range c.text {
			if r > 126 || r < 32 && r != '\n' && r != '\t' && r != '\r' {
				hint := map[rune]string{'−': "write - for minus", '–': "write - for minus", '×': "write * for times", '÷': "write / for divided by",
					'≤': "write <=", '≥': "write >=", '≠': "write !="}[r]
				c.fail(i, 1, "expression", hint, "%q does not belong in an expression", r)
				return false
			}
		}
	}
	for _, comment := range []string{"//", "/*"} {
		if i := strings.Index(c.text, comment); i >= 0 {
			c.fail(i, 2, "expression", "division is /", "%q does not belong in an expression", comment)
			return false
		}
	}
	if len(c.text) > 10_000 {
		c.fail(0, 1, "expression", "", "the expression is longer than 10000 characters")
		return false
	}
	return true
}

// A metricCompiler compiles the expression of one metric.
type metricCompiler struct {
	compiler
	b       *builder
	known   []measure
	of      []string
	perYear bool
}

func (c *metricCompiler) compile() *expression {
	if i := strings.IndexByte(c.text, '@'); i >= 0 {
		return c.fail(i, 1, "expression", "an expression holds for every year", "%q does not belong in an expression", '@')
	}
	if !c.characters() {
		return nil
	}
	tree := c.parse(goNames(c.text))
	if tree == nil {
		return nil
	}
	e := c.expr(tree, 0)
	if c.failed {
		return nil
	}
	if len(c.of) == 0 {
		return c.fail(0, len(c.text), "expression", "", "the expression names no metric")
	}
	return e
}

// inWords says in words what Go's parser says in terms of Go.
func inWords(message string) string {
	return strings.NewReplacer("found newline", "but it ends here", "found 'EOF'", "but it ends here", "'IDENT'", "a name", "'EOF'", "the end",
		"operand", "a number or a metric").Replace(message)
}

func utf8Simple(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 126 || r < 32 })
}

// goNames makes of s what Go's parser takes, character by character: line ends become spaces,
// and ids that are keywords of Go (range, say) begin with a capital.
func goNames(s string) string {
	b := []byte(s)
	for i := 0; i < len(b); {
		if b[i] < ' ' {
			b[i] = ' '
		}
		j := i
		for j < len(b) && (b[j] == '_' || b[j] >= 'a' && b[j] <= 'z' || b[j] >= '0' && b[j] <= '9') {
			j++
		}
		if j > i && token.IsKeyword(string(b[i:j])) {
			b[i] -= 'a' - 'A'
		}
		i = max(j, i+1)
	}
	return string(b)
}

// name returns what e spells, if it is a name: azure.exposure.
func metricName(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.Ident:
		if low := strings.ToLower(e.Name[:1]) + e.Name[1:]; token.IsKeyword(low) {
			return low, true
		}
		return e.Name, true
	case *ast.SelectorExpr:
		if x, ok := metricName(e.X); ok {
			if s, ok := metricName(e.Sel); ok {
				return x + "." + s, true
			}
		}
	}
	return "", false
}

// An expression is what a text means, for one trial (and year).
type expression struct {
	verb   string // "number", "metric", "-x", an operation, or a function's name
	number float64
	of     int // which of the metrics
	args   []*expression
}

// compares says whether the expression holds or does not, instead of being a number.
func (e *expression) compares() bool {
	switch e.verb {
	case "<", "<=", ">", ">=", "==", "!=", "and", "or", "not":
		return true
	}
	return false
}

func (c *compiler) expr(e ast.Expr, depth int) *expression {
	from, width := int(e.Pos())-1, int(e.End()-e.Pos())
	if depth > 200 {
		return c.fail(from, 1, "expression", "", "this is nested too deep")
	}
	if name, ok := metricName(e); ok {
		return c.metric(name, from, width)
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		x, hint, ok := parseNumber(e.Value)
		if e.Kind == token.STRING || e.Kind == token.CHAR {
			hint = "metrics stand without quotation marks"
		}
		if !ok {
			return c.fail(from, width, "expression", hint, "%s is no number", abbreviate(e.Value))
		}
		return &expression{verb: "number", number: x}
	case *ast.ParenExpr:
		return c.expr(e.X, depth+1)
	case *ast.UnaryExpr:
		x := c.expr(e.X, depth+1)
		switch {
		case x == nil:
			return nil
		case e.Op == token.SUB && c.number(x, e.X):
			return &expression{verb: "-x", args: []*expression{x}}
		case e.Op == token.ADD && c.number(x, e.X):
			return x
		case e.Op == token.NOT && c.comparisons && c.condition(x, e.X):
			return &expression{verb: "not", args: []*expression{x}}
		case c.failed:
			return nil
		}
	case *ast.BinaryExpr:
		return c.binary(e, depth)
	case *ast.CallExpr:
		return c.call(e, depth)
	}
	return c.fail(from, width, "expression", allowed, "%q is not arithmetic", c.cut(from, width))
}

// cut returns what stands there, for messages.
func (c *compiler) cut(from, width int) string {
	return abbreviate(c.text[max(0, from):min(len(c.text), from+width)])
}

// number refuses a condition where a number is wanted.
func (c *compiler) number(x *expression, e ast.Expr) bool {
	if x.compares() {
		from, width := int(e.Pos())-1, int(e.End()-e.Pos())
		c.fail(from, width, "expression", "between bounds: 0 < x and x < 1", "%q is no number: it holds or does not", c.cut(from, width))
	}
	return !x.compares()
}

// condition refuses a number where a condition is wanted.
func (c *compiler) condition(x *expression, e ast.Expr) bool {
	if !x.compares() {
		from, width := int(e.Pos())-1, int(e.End()-e.Pos())
		c.fail(from, width, "expression", "conditions compare: aws.npv < 0; not (aws.npv < 0)", "%q is a number, which neither holds nor does not", c.cut(from, width))
	}
	return x.compares()
}

func (c *compiler) binary(e *ast.BinaryExpr, depth int) *expression {
	x, y := c.expr(e.X, depth+1), c.expr(e.Y, depth+1)
	if x == nil || y == nil {
		return nil
	}
	verb := e.Op.String()
	switch e.Op {
	case token.ADD, token.SUB, token.MUL, token.QUO:
		if !c.number(x, e.X) || !c.number(y, e.Y) {
			return nil
		}
		return &expression{verb: verb, args: []*expression{x, y}}
	}
	if c.comparisons {
		switch e.Op {
		case token.LSS, token.LEQ, token.GTR, token.GEQ, token.EQL, token.NEQ:
			if !c.number(x, e.X) || !c.number(y, e.Y) {
				return nil
			}
			if c.text[e.OpPos-1] == '=' { // which Go's parser was given as another
				verb = "=="
			}
			return &expression{verb: verb, args: []*expression{x, y}}
		case token.LAND, token.LOR:
			if !c.condition(x, e.X) || !c.condition(y, e.Y) {
				return nil
			}
			return &expression{verb: map[token.Token]string{token.LAND: "and", token.LOR: "or"}[e.Op], args: []*expression{x, y}}
		}
		return c.fail(int(e.OpPos)-1, len(verb), "expression", "there are + - * / < <= > >= == != and or not", "%q is no operation here", e.Op)
	}
	return c.fail(int(e.OpPos)-1, len(verb), "expression", "there are + - * /", "%q is no operation here", e.Op)
}

func (c *compiler) call(e *ast.CallExpr, depth int) *expression {
	from := int(e.Pos()) - 1
	name, _ := metricName(e.Fun)
	least, most := 1, 1
	switch name {
	case "min", "max":
		most = 100
	case "abs":
	default:
		return c.fail(from, int(e.Lparen-e.Pos()), "expression", didYouMean(name, []string{"min", "max", "abs"}), "there is no function %q", abbreviate(name))
	}
	if len(e.Args) < least || len(e.Args) > most || e.Ellipsis.IsValid() {
		return c.fail(from, int(e.End()-e.Pos()), "expression", "", "%s takes %s", name, map[bool]string{true: "one argument", false: "one argument or more"}[most == 1])
	}
	if !c.closed(e) {
		return nil
	}
	var args []*expression
	for _, a := range e.Args {
		x := c.expr(a, depth+1)
		if x == nil || !c.number(x, a) {
			return nil
		}
		args = append(args, x)
	}
	return &expression{verb: name, args: args}
}

// closed refuses a comma before the bracket, which Go lets pass.
func (c *compiler) closed(e *ast.CallExpr) bool {
	last := e.Args[len(e.Args)-1]
	if strings.Contains(c.text[last.End()-1:e.Rparen-1], ",") {
		c.fail(int(e.Rparen)-1, 1, "expression", "", "something is missing before the bracket")
		return false
	}
	return true
}

// formula makes of arithmetic what a model computes.
func (e *expression) formula() formula {
	var args []formula
	for _, a := range e.args {
		args = append(args, a.formula())
	}
	switch e.verb {
	case "number":
		return func(of []expr.X) expr.X { return of[0].Same(e.number) }
	case "metric":
		return func(of []expr.X) expr.X { return of[e.of] }
	case "-x":
		return func(of []expr.X) expr.X { return args[0](of).Neg() }
	case "+":
		return func(of []expr.X) expr.X { return args[0](of).Add(args[1](of)) }
	case "-":
		return func(of []expr.X) expr.X { return args[0](of).Sub(args[1](of)) }
	case "*":
		return func(of []expr.X) expr.X { return args[0](of).Mul(args[1](of)) }
	case "/":
		return func(of []expr.X) expr.X {
			d := args[1](of)
			return expr.If(d.Equal(d.Same(0)), d.Same(math.NaN()), args[0](of).Div(d))
		}
	case "abs":
		return func(of []expr.X) expr.X { return expr.Abs(args[0](of)) }
	case "min":
		return fold(args, expr.X.Min)
	case "max":
		return fold(args, expr.X.Max)
	}
	panic("scenarios: " + e.verb + " is not arithmetic")
}

// fold takes the arguments two by two. Where one has no value, there is none.
func fold(args []formula, f func(a, b expr.X) expr.X) formula {
	return func(of []expr.X) expr.X {
		x := args[0](of)
		for _, a := range args[1:] {
			y := a(of)
			x = expr.If(expr.Lacks(x).Or(expr.Lacks(y)), x.Same(math.NaN()), f(x, y))
		}
		return x
	}
}

func (c *metricCompiler) metric(name string, from, width int) *expression {
	k := slices.IndexFunc(c.known, func(m measure) bool { return m.name == name })
	if k < 0 {
		hint := noMetric(name, c.known)
		if m := c.b.root.get("metrics").item(name); m != nil {
			hint = "metrics may use those that stand before them"
		}
		return c.fail(from, width, "unknown-metric", hint, "there is no metric %q", abbreviate(name))
	}
	if len(c.of) > 0 && c.perYear != c.known[k].perYear {
		kinds := map[bool]string{true: "per year", false: "once per trial"}
		return c.fail(from, width, "mixed-metrics", "per-year metrics may be mixed, and once-per-trial ones, but not both",
			"%s is %s, and %s is %s", name, kinds[!c.perYear], c.of[0], kinds[c.perYear])
	}
	c.perYear = c.known[k].perYear
	j := slices.Index(c.of, name)
	if j < 0 {
		j = len(c.of)
		c.of = append(c.of, name)
	}
	return &expression{verb: "metric", of: j}
}

// noMetric is the hint for a name that is no metric's.
func noMetric(name string, known []measure) string {
	var names []string
	for _, m := range known {
		names = append(names, m.name)
	}
	if n := nearest(name, names); n != "" {
		return "did you mean " + strconv.Quote(n) + "?"
	}
	if id, _, _ := strings.Cut(name, "."); len(under(names, id)) > 0 {
		return "there are: " + strings.Join(under(names, id), ", ")
	}
	return ""
}
