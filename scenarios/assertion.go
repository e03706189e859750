package scenarios

import (
	"go/ast"
	"go/token"
	"math"
	"strings"

	"entente/sim"
	"entente/sim/result"
)

// An Assertion says that a statistic is below or above a bound: p95(aws.exposure@2031) < 60.
type Assertion struct {
	Text      string
	Statistic Statistic
	verb      string // <, <=, > or >=
	bound     float64
}

// A Target is a statistic and the value that it should have: p95(azure.exposure@2031) = 100.
type Target struct {
	Text      string
	Statistic Statistic
	Value     float64
}

// Assertion reads a comparison of a statistic with a number. An error is Diagnostics.
func (s *Scenario) Assertion(text string) (Assertion, error) {
	c := s.statistics("assertion", text)
	a, ok := c.assertion()
	if !ok {
		return Assertion{}, c.problem()
	}
	return a, nil
}

// Target reads what a statistic should be. An error is Diagnostics.
func (s *Scenario) Target(text string) (Target, error) {
	c := s.statistics("target", text)
	st, verb, value, at, ok := c.compared("p95(azure.exposure@2031) = 100")
	if ok && verb != "==" {
		c.fail(at, len(verb), "statistic", "p95(azure.exposure@2031) = 100", "%q is no target: a target is met, with =", verb)
	}
	if c.failed {
		return Target{}, c.problem()
	}
	return Target{Text: text, Statistic: st, Value: value}, nil
}

// asserts reads the scenario's assertions.
func (b *builder) asserts() []Assertion {
	if b.start.year == 0 || b.sys.Years < 1 {
		return nil // which years there are has been got wrong
	}
	var list []Assertion
	for _, n := range b.root.get("asserts").names {
		at := (&bound{mark: n.mark, written: n.text}).place()
		c := newStatistics(&b.problems, &b.sys, b.start.String(), "asserts: ", n.text, at)
		for _, m := range b.root.get("metrics").fields {
			c.mistaken = append(c.mistaken, m.name)
		}
		if a, ok := c.assertion(); ok {
			list = append(list, a)
		}
	}
	return list
}

func (c *statistics) assertion() (a Assertion, ok bool) {
	st, verb, bound, at, ok := c.compared("p95(aws.exposure@2031) < 60")
	if !ok {
		return a, false
	}
	if verb == "==" || verb == "!=" {
		c.fail(at, 1, "statistic", "a number within bounds is two assertions, < and >", "an estimate equals nothing: there are < <= > >=")
		return a, false
	}
	return Assertion{Text: strings.Join(strings.Fields(c.text), " "), Statistic: st, verb: verb, bound: bound}, true
}

// compared reads a statistic, a comparison and a number, or the other way round; at is where
// the comparison stands.
func (c *statistics) compared(example string) (st Statistic, verb string, bound float64, at int, ok bool) {
	tree := c.read()
	if tree == nil {
		return st, "", 0, 0, false
	}
	for {
		p, brackets := tree.(*ast.ParenExpr)
		if !brackets {
			break
		}
		tree = p.X
	}
	b, is := tree.(*ast.BinaryExpr)
	mirrored := map[token.Token]string{token.LSS: ">", token.LEQ: ">=", token.GTR: "<", token.GEQ: "<=", token.EQL: "==", token.NEQ: "!="}
	if !is || mirrored[b.Op] == "" {
		from, width := int(tree.Pos())-1, int(tree.End()-tree.Pos())
		hint := example
		if is && (b.Op == token.LAND || b.Op == token.LOR) {
			hint = "one at a time: " + example
		}
		c.fail(from, width, "statistic", hint, "%q compares no statistic with a number", c.cut(from, width))
		return st, "", 0, 0, false
	}
	left, right := b.X, b.Y
	verb = b.Op.String()
	if c.constant(left) {
		left, right, verb = right, left, mirrored[b.Op]
	}
	at = int(b.OpPos) - 1
	if c.text[at] == '=' {
		verb = "=="
	}
	if st, ok = c.statistic(left); !ok {
		return st, "", 0, 0, false
	}
	st.Text = strings.TrimSpace(c.text[left.Pos()-1 : left.End()-1])
	from, width := int(right.Pos())-1, int(right.End()-right.Pos())
	if !c.constant(right) {
		hint := example
		if _, call := right.(*ast.CallExpr); call {
			hint = "two metrics are compared trial by trial: mean(aws.npv - azure.npv) > 0, P(aws.npv > azure.npv) > 0.5"
		}
		c.fail(from, width, "statistic", hint, "%q is no number", c.cut(from, width))
		return st, "", 0, 0, false
	}
	e := c.expr(right, 0)
	if e == nil || !c.number(e, right) {
		return st, "", 0, 0, false
	}
	bound = e.numbers([][]float64{{0}})[0]
	if bound-bound != 0 {
		c.fail(from, width, "statistic", "", "%q is no finite number", c.cut(from, width))
		return st, "", 0, 0, false
	}
	return st, verb, bound, at, true
}

// constant says whether a tree is made of numbers alone.
func (c *statistics) constant(tree ast.Expr) bool {
	constant := true
	ast.Inspect(tree, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.Ident, *ast.CallExpr:
			constant = false
		}
		return constant
	})
	return constant
}

// Check says of the trials, which sampler has drawn, whether they bear the assertion out. It
// passes or fails if its bound is outside of the statistic's 95 % interval.
func (a Assertion) Check(trials []sim.Series, sampler sim.Sampler) result.Assertion {
	e := a.Statistic.Estimate(trials, sampler)
	r := result.Assertion{Text: a.Text, Statistic: a.Statistic.Text, Unit: a.Statistic.Unit, Bound: a.bound,
		Value: e.Value, SE: e.SE, Low: e.Low, High: e.High, Verdict: result.Undecided}
	told, needed := e.Tell(a.bound, len(trials[0].Values))
	switch {
	case told && compare(a.verb, e.Value, a.bound):
		r.Verdict = result.Pass
	case told:
		r.Verdict = result.Fail
	case needed > 0: // and no NaN
		unit := math.Pow(10, math.Floor(math.Log10(needed))-1)
		r.Trials = int(min(math.Ceil(needed/unit)*unit, MaxTrials))
	}
	return r
}
