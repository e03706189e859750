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
		c := compiler{b: b, m: m, known: known}
		if f := c.compile(); f != nil {
			unit, _ := unitOf(c.tree, units)
			units[m.name] = unit
			b.sys.Metrics = append(b.sys.Metrics, models.UserMetric{Name: m.name, Unit: unit, Of: c.of, Combine: combine(f)})
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

// A compiler makes a formula of the expression of one metric. Go's own parser reads it; only
// arithmetic on numbers and metrics is let through.
type compiler struct {
	b       *builder
	m       *bound
	known   []measure
	text    string
	at      func(from, width int) mark
	of      []string
	perYear bool
	tree    ast.Expr
	ok      bool
}

func (c *compiler) fail(from, width int, id, hint, format string, args ...any) formula {
	if c.ok {
		m := c.at(len([]rune(c.text[:min(max(0, from), len(c.text))])), width)
		c.b.errorf(m, id, hint, "%s: "+format, append([]any{c.m.name}, args...)...)
	}
	c.ok = false
	return nil
}

func (c *compiler) compile() formula {
	c.ok = true
	c.text = c.m.written
	n := &node{mark: c.m.mark, text: c.text}
	if i := c.m.col - 1; i >= 0 && c.m.src != nil && c.m.line >= 1 && c.m.line <= len(c.m.src.lines) {
		line := []rune(c.m.src.lines[c.m.line-1])
		n.quoted = i < len(line) && (line[i] == '"' || line[i] == '\'')
	}
	c.at = n.place()
	if !utf8Simple(c.text) {
		for i, r := range c.text {
			if r > 126 || r < 32 && r != '\n' && r != '\t' && r != '\r' {
				hint := map[rune]string{'−': "write - for minus", '–': "write - for minus", '×': "write * for times", '÷': "write / for divided by"}[r]
				return c.fail(i, 1, "expression", hint, "%q does not belong in an expression", r)
			}
		}
	}
	if i := strings.IndexByte(c.text, '@'); i >= 0 {
		return c.fail(i, 1, "expression", "an expression holds for every year", "%q does not belong in an expression", '@')
	}
	for _, comment := range []string{"//", "/*"} {
		if i := strings.Index(c.text, comment); i >= 0 {
			return c.fail(i, 2, "expression", "division is /", "%q does not belong in an expression", comment)
		}
	}
	if len(c.text) > 10_000 {
		return c.fail(0, 1, "expression", "", "the expression is longer than 10000 characters")
	}
	tree, err := parser.ParseExpr(goNames(c.text))
	if err != nil {
		var list scanner.ErrorList
		at, message := 0, err.Error()
		if errors.As(err, &list) && len(list) > 0 {
			at, message = list[0].Pos.Offset, inWords(list[0].Msg)
		}
		return c.fail(at, 1, "expression", "numbers, metrics (azure.exposure), + - * /, brackets, min, max, abs", "this is no expression: %s", message)
	}
	c.tree = tree
	f := c.expr(tree, 0)
	if !c.ok {
		return nil
	}
	if len(c.of) == 0 {
		return c.fail(0, len(c.text), "expression", "", "the expression names no metric")
	}
	return f
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

func (c *compiler) expr(e ast.Expr, depth int) formula {
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
		return func(of []expr.X) expr.X { return of[0].Same(x) }
	case *ast.ParenExpr:
		return c.expr(e.X, depth+1)
	case *ast.UnaryExpr:
		x := c.expr(e.X, depth+1)
		switch {
		case x == nil:
			return nil
		case e.Op == token.SUB:
			return func(of []expr.X) expr.X { return x(of).Neg() }
		case e.Op == token.ADD:
			return x
		}
	case *ast.BinaryExpr:
		return c.binary(e, depth)
	case *ast.CallExpr:
		return c.call(e, depth)
	}
	return c.fail(from, width, "expression", "numbers, metrics (azure.exposure), + - * /, brackets, min, max, abs",
		"%q is not arithmetic", abbreviate(c.text[max(0, from):min(len(c.text), from+width)]))
}

func (c *compiler) binary(e *ast.BinaryExpr, depth int) formula {
	x, y := c.expr(e.X, depth+1), c.expr(e.Y, depth+1)
	if x == nil || y == nil {
		return nil
	}
	switch e.Op {
	case token.ADD:
		return func(of []expr.X) expr.X { return x(of).Add(y(of)) }
	case token.SUB:
		return func(of []expr.X) expr.X { return x(of).Sub(y(of)) }
	case token.MUL:
		return func(of []expr.X) expr.X { return x(of).Mul(y(of)) }
	case token.QUO:
		return func(of []expr.X) expr.X {
			d := y(of)
			return expr.If(d.Equal(d.Same(0)), d.Same(math.NaN()), x(of).Div(d))
		}
	}
	return c.fail(int(e.OpPos)-1, len(e.Op.String()), "expression", "there are + - * /", "%q is no operation here", e.Op)
}

func (c *compiler) call(e *ast.CallExpr, depth int) formula {
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
	if last := e.Args[len(e.Args)-1]; strings.Contains(c.text[last.End()-1:e.Rparen-1], ",") {
		return c.fail(int(e.Rparen)-1, 1, "expression", "", "something is missing before the bracket")
	}
	var args []formula
	for _, a := range e.Args {
		f := c.expr(a, depth+1)
		if f == nil {
			return nil
		}
		args = append(args, f)
	}
	switch name {
	case "abs":
		return func(of []expr.X) expr.X { return expr.Abs(args[0](of)) }
	case "min":
		return fold(args, expr.X.Min)
	}
	return fold(args, expr.X.Max)
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

func (c *compiler) metric(name string, from, width int) formula {
	k := slices.IndexFunc(c.known, func(m measure) bool { return m.name == name })
	if k < 0 {
		var names []string
		for _, m := range c.known {
			names = append(names, m.name)
		}
		hint := ""
		if n := nearest(name, names); n != "" {
			hint = "did you mean " + strconv.Quote(n) + "?"
		} else if id, _, _ := strings.Cut(name, "."); len(under(names, id)) > 0 {
			hint = "there are: " + strings.Join(under(names, id), ", ")
		}
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
	return func(of []expr.X) expr.X { return of[j] }
}
