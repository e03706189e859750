package models_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"entente/models"
	"entente/sim"
)

// MODEL.md explains the model. These tests hold it to the code and the code to it.

func modelPage(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("MODEL.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// comments returns the text of every comment of the package, without its tests.
func comments(t *testing.T) (all []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range f.Comments {
			all = append(all, text(c))
		}
	}
	return all
}

// text is a comment as it is written, without what makes it one.
func text(c *ast.CommentGroup) string {
	var b strings.Builder
	for _, l := range c.List {
		b.WriteString(strings.TrimPrefix(l.Text, "//") + "\n")
	}
	return b.String()
}

var goName = regexp.MustCompile(`\b[A-Z][a-z]+(?:[A-Z][a-z]+)*\b`)

// equation is a line with its spaces evened out, and Go's names as scenarios write them:
// LongRun is long_run.
func equation(line string) string {
	line = goName.ReplaceAllStringFunc(line, snake)
	return strings.TrimRight(strings.Join(strings.Fields(line), " "), ",.")
}

var inner = regexp.MustCompile(`([a-z])([A-Z])`)

func snake(name string) string { return strings.ToLower(inner.ReplaceAllString(name, "${1}_$2")) }

// Every line of an equation in a comment is on the page, and every one on the page is in a
// comment.
func TestModelPageEquations(t *testing.T) {
	var code, page []string
	for _, c := range comments(t) {
		for line := range strings.Lines(c) {
			if strings.HasPrefix(line, "\t") {
				code = append(code, equation(line))
			}
		}
	}
	for line := range strings.Lines(modelPage(t)) {
		if strings.HasPrefix(line, "    ") {
			page = append(page, equation(line))
		}
	}
	if len(code) < 50 || len(page) < 50 {
		t.Fatalf("%d lines of equations in the comments, %d on the page", len(code), len(page))
	}
	for _, line := range code {
		if !slices.Contains(page, line) {
			t.Errorf("MODEL.md lacks %s", line)
		}
	}
	for _, line := range page {
		if !slices.Contains(code, line) {
			t.Errorf("no comment has MODEL.md's %s", line)
		}
	}
}

var span = regexp.MustCompile("`([^`]+)`")

// Formulas within a sentence, marked as code, are in a comment too.
func TestModelPageFormulas(t *testing.T) {
	all := equation(strings.Join(comments(t), " "))
	found := 0
	for _, m := range span.FindAllStringSubmatch(modelPage(t), -1) {
		formula := equation(m[1])
		if !strings.ContainsAny(formula, "=<>−·^Σ") || strings.HasPrefix(formula, "<") {
			continue // a name, or a <lab>.shock
		}
		found++
		if !strings.Contains(all, formula) {
			t.Errorf("no comment has MODEL.md's %s", m[1])
		}
	}
	if found < 10 {
		t.Errorf("only %d formulas in MODEL.md", found)
	}
}

// The table of metrics is what Metrics returns, in its order.
func TestModelPageMetrics(t *testing.T) {
	s := plain(1, 1)
	s.GigawattYear = at(8)
	s.Investors = []models.Investor{{ID: "investor"}}
	of := map[string]string{"lab": "lab", "deal_a": "alliance", "cloud_a": "cloud", "investor": "investor"}
	taken := map[sim.Kind]string{sim.Stock: "stock", sim.Flow: "flow", sim.AtTheEnd: "once"}
	var want []string
	for _, m := range models.Metrics(s) {
		id, name, _ := strings.Cut(m.Name, ".")
		want = append(want, fmt.Sprintf("| %s | `%s` | %s | %s |", of[id], name, m.Unit, taken[m.Kind]))
	}
	_, rest, found := strings.Cut(modelPage(t), "| of | metric | unit | taken | what it is |\n|---|---|---|---|---|\n")
	if !found {
		t.Fatal("MODEL.md has no table of metrics")
	}
	var got []string
	for line := range strings.Lines(rest) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		cells := strings.Split(line, "|")
		got = append(got, strings.Join(cells[:5], "|")+"|")
		if len(cells) != 7 || len(strings.TrimSpace(cells[5])) == 0 {
			t.Errorf("MODEL.md does not say what this is: %s", line)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("MODEL.md's metrics are\n%s\nthose of a scenario are\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The example of section 7, as the page gives it: 0.5, then 0.25 for the flexibility.
func TestModelPageExample(t *testing.T) {
	for flexibility, want := range map[float64]wants{
		0.5:  {"deal_a.due": 10, "deal_a.use": 10, "deal_b.use": 4, "deal_a.shortfall": 0},
		0.25: {"deal_a.due": 10, "deal_a.use": 8, "deal_b.use": 6, "deal_a.shortfall": 1.6},
	} {
		s := plain(1, 2)
		s.Labs[0].Revenue.RunRate = is(4 * (6 + 8))
		s.Labs[0].Flexibility = is(flexibility)
		s.Alliances[0].Share, s.Alliances[1].Share = still(6), still(8)
		s.Alliances[0].Commitments = []models.Commitment{{Amount: is(40), Years: is(1), Backloading: is(1), Enforced: is(0.8)}}
		onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) { want.checkStep(t, got.steps[0]) })
	}
}
