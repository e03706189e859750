package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	pretty "github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"entente/scenarios"
	"entente/sim/result"
)

// A section is a part of what `entente check` prints. Those that are brief print something even
// if they are not asked for.
type section struct {
	name  string
	print func(*page)
	brief bool
}

func sections() []section {
	return []section{
		{"warnings", (*page).warnings, true},
		{"silenced", (*page).silenced, false},
		{"truncations", (*page).truncations, true},
		{"assumptions", (*page).assumptions, true},
		{"constants", (*page).constants, false},
		{"correlations", (*page).correlations, false},
		{"sources", (*page).sources, false},
		{"unsourced", (*page).unsourced, false},
		{"defaults", (*page).defaults, true},
	}
}

func sectionNames() []string {
	var names []string
	for _, s := range sections() {
		names = append(names, s.name)
	}
	return names
}

// A page is what `entente check` prints of one scenario.
type page struct {
	checked
	review scenarios.Review
	show   []string
	text   strings.Builder
}

func (p *page) say(format string, args ...any) { fmt.Fprintf(&p.text, format+"\n", args...) }

func (p *page) whole(section string) bool { return slices.Contains(p.show, section) }

func (p *page) summary() {
	s := p.scenario
	facts := &s.Facts
	p.say("%s: ok", p.name)
	p.say("  %s, %d years from %s; %d trials, seed %d, sampler %v",
		facts.Scenario.Name, facts.Run.Years, facts.Run.Start, s.Trials, s.Seed, s.Sampler)
	p.say("  labs: %s", listed(facts.Labs))
	p.say("  clouds: %s", listed(facts.Clouds))
	if len(facts.Investors) > 0 {
		p.say("  other investors: %s", listed(facts.Investors))
	}
	p.say("  alliances: %d, events: %d", len(facts.Alliances), len(facts.Events))
	p.say("  assumptions: %d, of which uncertain: %d, cut to their range: %d", len(facts.Assumptions), len(p.uncertain()), len(p.review.Truncations))
	p.say("  correlated pairs: %d of inputs, %d of shocks", len(p.review.Inputs), len(p.review.Shocks))
	var parts []string
	for _, g := range grades() {
		if n := len(p.graded(g)); n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", g, n))
		}
	}
	p.say("  what they cite, the best of each: %s", strings.Join(parts, ", "))
	if n := len(p.review.Sources); n > 0 {
		p.say("  sources: %d, of which old or undated: %d", n, len(p.stale()))
	}
	if n := len(s.Asserts); n > 0 {
		p.say("  asserts: %d", n)
	}
	p.say("  left out, with a default: %d", len(s.Defaults))
	p.say("  warnings: %d, silenced: %d", len(s.Warnings)+len(s.Sanity), len(s.Silenced))
}

func listed(entities []result.Entity) string {
	var names []string
	for _, e := range entities {
		names = append(names, e.Name)
	}
	return strings.Join(names, ", ")
}

// indented puts a diagnostic under the summary.
func indented(d scenarios.Diagnostic) string { return strings.ReplaceAll(d.String(), "\n", "\n  ") }

// fewWarnings is how many are printed unless all are asked for.
const fewWarnings = 50

func (p *page) warnings() {
	all := slices.Concat(p.scenario.Warnings, p.scenario.Sanity)
	shown := all
	if !p.whole("warnings") {
		shown = all[:min(len(all), fewWarnings)]
	}
	for _, d := range shown {
		p.say("  warning [%s]: %s", d.ID, indented(d))
	}
	if more := len(all) - len(shown); more > 0 {
		p.say("  and %d more: --show warnings", more)
	}
}

func (p *page) silenced() {
	if len(p.scenario.Silenced) > 0 {
		p.say("\n  Silenced:")
	}
	for _, d := range p.scenario.Silenced {
		p.say("    [%s] %s:%d: %s", d.ID, d.File, d.Line, d.Message)
		p.say("      because: %s", d.Reason)
	}
}

func (p *page) truncations() {
	if len(p.review.Truncations) > 0 {
		p.say("\n  Cut to the range of their field:")
	}
	for _, t := range p.review.Truncations {
		p.say("    %s: %s, %s", t.Path, t.Text, t.How)
	}
}

// uncertain are the assumptions that are distributions, by their index.
func (p *page) uncertain() []int {
	var is []int
	for i, a := range p.scenario.Facts.Assumptions {
		if !a.Constant {
			is = append(is, i)
		}
	}
	return is
}

// fewAssumptions is how many are printed unless all are asked for.
const fewAssumptions = 10

// width is how wide a distribution is for its size: (p95 − p5)/(|p5| + |p95|), from 0 to 1,
// and 1 where it reaches over 0.
func width(a result.Assumption) float64 {
	if size := math.Abs(a.P5) + math.Abs(a.P95); size > 0 {
		return (a.P95 - a.P5) / size
	}
	return 0
}

func (p *page) assumptions() {
	as := p.scenario.Facts.Assumptions
	shown := p.uncertain()
	if len(shown) == 0 {
		return
	}
	all := len(shown)
	if p.whole("assumptions") {
		p.say("\n  Uncertain assumptions (%d):", all)
	} else {
		slices.SortStableFunc(shown, func(i, j int) int { return cmp.Compare(width(as[j]), width(as[i])) })
		shown = shown[:min(all, fewAssumptions)]
		p.say("\n  The widest of %d uncertain assumptions, by (p95 − p5)/(|p5| + |p95|):", all)
	}
	rows := [][]string{{"", "mean", "sd", "p1", "p99", "p1 to p99", "unit", "cites", "as written"}}
	for _, i := range shown {
		a := as[i]
		rows = append(rows, []string{a.Path, figure(a.Mean), figure(a.SD), figure(a.P1), figure(a.P99), sparkline(a), a.Unit, string(p.review.Grades[i]), a.Text})
	}
	p.table(rows, 1, 2, 3, 4)
}

func (p *page) constants() {
	rows := [][]string{{"", "value", "unit", "cites"}}
	for i, a := range p.scenario.Facts.Assumptions {
		if a.Constant {
			rows = append(rows, []string{a.Path, a.Text, a.Unit, string(p.review.Grades[i])})
		}
	}
	if len(rows) > 1 {
		p.say("\n  Assumptions taken for certain (%d):", len(rows)-1)
		p.table(rows, 1)
	}
}

func (p *page) correlations() {
	for _, kind := range []struct {
		title string
		pairs []scenarios.Correlation
	}{
		{"Correlated inputs, drawn once a trial", p.review.Inputs},
		{"Correlated shocks, drawn every step", p.review.Shocks},
	} {
		if len(kind.pairs) == 0 {
			continue
		}
		rows := [][]string{{"", "", "rho of the normals", "rank correlation", "by"}}
		for _, c := range kind.pairs {
			by := "given"
			if len(c.By) > 0 {
				by = "factor " + strings.Join(c.By, ", ")
			}
			rows = append(rows, []string{c.A, c.B, strconv.FormatFloat(c.Rho, 'f', 3, 64), strconv.FormatFloat(c.Spearman, 'f', 3, 64), by})
		}
		p.say("\n  %s (%d pairs; all others are independent):", kind.title, len(kind.pairs))
		p.table(rows, 2, 3)
	}
}

func (p *page) stale() []scenarios.Source {
	var some []scenarios.Source
	for _, s := range p.review.Sources {
		if s.Stale != "" {
			some = append(some, s)
		}
	}
	return some
}

func (p *page) sources() {
	if len(p.review.Sources) == 0 {
		return
	}
	rows := [][]string{{"", "date", "grade", "cited", ""}}
	for _, s := range p.review.Sources {
		note := s.Stale
		if s.Cited == 0 {
			note = strings.TrimPrefix(note+"; never cited", "; ")
		}
		rows = append(rows, []string{s.ID, s.Date, s.Grade, strconv.Itoa(s.Cited), note})
	}
	p.say("\n  Sources (%d):", len(p.review.Sources))
	p.table(rows, 3)
}

// grades are what numbers may rest on, from the best to the worst.
func grades() []scenarios.Grade {
	return []scenarios.Grade{"filing", "company", "press", "estimate", "text", "judgement", "none"}
}

// graded are the paths of the assumptions that rest on g.
func (p *page) graded(g scenarios.Grade) []string {
	var paths []string
	for i, a := range p.scenario.Facts.Assumptions {
		if p.review.Grades[i] == g {
			paths = append(paths, a.Path)
		}
	}
	return paths
}

func (p *page) unsourced() {
	paths := p.graded("none")
	if len(paths) > 0 {
		p.say("\n  Numbers without a source (%d):", len(paths))
	}
	for _, path := range paths {
		p.say("    %s", path)
	}
}

func (p *page) defaults() {
	if len(p.scenario.Defaults) > 0 {
		p.say("\n  Left out, so that these hold (%d):", len(p.scenario.Defaults))
	}
	for _, d := range p.scenario.Defaults {
		unit := ""
		if d.Unit != "" {
			unit = " (" + d.Unit + ")"
		}
		p.say("    %s: %s%s", d.Path, d.Text, unit)
	}
}

// table prints rows, the first of which is the head, with some columns aligned to the right.
func (p *page) table(rows [][]string, right ...int) {
	t := pretty.NewWriter()
	style := pretty.StyleDefault
	style.Options = pretty.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	t.SetStyle(style)
	var configs []pretty.ColumnConfig
	for _, c := range right {
		configs = append(configs, pretty.ColumnConfig{Number: c + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(configs)
	for _, row := range rows {
		var cells pretty.Row
		for _, c := range row {
			cells = append(cells, c)
		}
		t.AppendRow(cells)
	}
	for line := range strings.Lines(t.Render()) {
		p.say("    %s", strings.TrimRight(line, " \n"))
	}
}

// figure writes a number with four digits.
func figure(x float64) string {
	switch a := math.Abs(x); {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return "none"
	case a != 0 && (a < 0.001 || a >= 1e7):
		return strconv.FormatFloat(x, 'g', 3, 64)
	case a >= 1000:
		return strconv.FormatFloat(x, 'f', 0, 64)
	default:
		return strconv.FormatFloat(x, 'g', 4, 64)
	}
}

// sparkline draws the density between the 1 % and the 99 % quantiles, in blocks as high as the
// share of the quantiles that fall into each tenth of the way.
func sparkline(a result.Assumption) string {
	const bins = 10
	blocks := []rune("▁▂▃▄▅▆▇█")
	if !(a.P99 > a.P1) {
		return "█"
	}
	var counts [bins]int
	most := 0
	for _, q := range a.Quantiles {
		if q < a.P1 || q > a.P99 {
			continue
		}
		i := min(bins-1, int(float64(bins)*(q-a.P1)/(a.P99-a.P1)))
		counts[i]++
		most = max(most, counts[i])
	}
	var b strings.Builder
	for _, n := range counts {
		if n == 0 {
			b.WriteRune(' ')
			continue
		}
		b.WriteRune(blocks[(n*len(blocks)-1)/most])
	}
	return b.String()
}
