package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	terminal "github.com/jedib0t/go-pretty/v6/text"
)

// A Diagnostic is one thing that is wrong (or, among the warnings, worth knowing), and where.
type Diagnostic struct {
	ID      string // what kind of thing, in a word that stays the same: "unknown-field"
	File    string // as it was named on the command line or in extends; "--set PATH=VALUE" for an override
	Line    int    // from 1
	Column  int    // from 1, in characters
	Message string // what was found, and what is wrong with it
	Hint    string // what would be right; may be empty
	Excerpt string // the line; empty where there is none
	Width   int    // of what is meant in Excerpt, in characters, at least 1
	Path    string // of the value or the block that it is about, where that is clear: openai.opex

	order    int  // of the file among those that the scenario is made of
	override bool // the file is an override, which its name shows whole
}

// Diagnostics are all problems of one scenario: file by file, from the top of each to its end.
type Diagnostics []Diagnostic

// printed is how many diagnostics are enough for one reading: what is wrong with a file that is
// wrong all over shows before.
const printed = 50

// Error prints them as String does, and of very many the first.
func (ds Diagnostics) Error() string {
	var b strings.Builder
	for i, d := range ds[:min(len(ds), printed)] {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(d.String())
	}
	if more := len(ds) - printed; more > 0 {
		noun := "problems"
		if more == 1 {
			noun = "problem"
		}
		fmt.Fprintf(&b, "\nand %d more %s; entente check --json lists all", more, noun)
	}
	return b.String()
}

// String prints d as
//
//	file.yaml:12:3: unknown field "trails"
//	   12 |   trails: 3
//	      |   ^^^^^^
//	   did you mean "trials"?
func (d Diagnostic) String() string {
	var b strings.Builder
	number := ""
	if d.Line > 0 && !d.override {
		fmt.Fprintf(&b, "%s:%d:%d: %s", d.File, d.Line, d.Column, d.Message)
		number = strconv.Itoa(d.Line)
	} else {
		fmt.Fprintf(&b, "%s: %s", d.File, d.Message)
	}
	if d.Excerpt != "" {
		line, col := clip(d.Excerpt, d.Column)
		before := firstRunes(line, col-1)
		meant := firstRunes(line[len(before):], max(1, d.Width))
		fmt.Fprintf(&b, "\n%6s | %s\n       | %s%s", number, line, blank(before), strings.Repeat("^", max(1, cells(meant))))
	}
	if d.Hint != "" {
		b.WriteString("\n       " + d.Hint)
	}
	return b.String()
}

// blank is as wide as s in a terminal: tabs stay, so that they end where those of s do, and
// characters that take two cells become two spaces.
func blank(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteString(strings.Repeat(" ", terminal.RuneWidth(r)))
		}
	}
	return b.String()
}

// cells is how wide s is in a terminal, where a tab counts as one cell.
func cells(s string) int {
	n := strings.Count(s, "\t")
	for _, r := range s {
		n += terminal.RuneWidth(r)
	}
	return n
}

// clip keeps lines that somebody's program wrote from filling the screen: of a long line, it
// returns what stands around column col, and the column's place in that.
func clip(line string, col int) (string, int) {
	const most = 160
	r := []rune(line)
	if len(r) <= most {
		return line, col
	}
	from := max(0, min(col-1-most/2, len(r)-most))
	return string(r[from : from+most]), col - from
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n <= 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// A source is one text that a scenario is made of.
type source struct {
	name     string
	order    int
	lines    []string
	override bool // of one line, which is its name
}

// overrideSource is PATH=VALUE, for messages about it and what is in it.
func overrideSource(order int, override string) *source {
	line, _, several := strings.Cut(override, "\n")
	const most = 60
	if r := []rune(line); len(r) > most {
		line = string(r[:most-3]) + "..."
	}
	s := newSource("--set "+printable(line), order, override)
	s.override = !several
	return s
}

func newSource(name string, order int, text string) *source {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text) // as YAML counts lines
	return &source{name: name, order: order, lines: strings.Split(text, "\n")}
}

// A mark is a place in a source.
type mark struct {
	src       *source
	line, col int // from 1
	width     int // characters
}

// from returns the mark n characters on, of the given width.
func (m mark) from(n, width int) mark {
	m.col += n
	m.width = width
	return m
}

// problems collects what is found, in any order.
type problems struct {
	errors, warnings []Diagnostic
}

func diagnostic(m mark, id, hint, message string) Diagnostic {
	d := Diagnostic{ID: id, Line: m.line, Column: m.col, Message: printable(message), Hint: printable(hint), Width: max(1, m.width)}
	if m.src != nil {
		d.File, d.order, d.override = m.src.name, m.src.order, m.src.override
		if m.line >= 1 && m.line <= len(m.src.lines) {
			d.Excerpt = printable(m.src.lines[m.line-1])
		}
	}
	return d
}

// printable replaces what a terminal might obey: a scenario may be anybody's.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) || r == '\t' || r == '\n' {
			return r
		}
		return utf8.RuneError
	}, s)
}

// article puts a or an before a noun.
func article(noun string) string {
	if strings.ContainsAny(noun[:1], "aeiou") {
		return "an " + noun
	}
	return "a " + noun
}

// errorf records an error at m; hint says what would be right, or is empty.
func (p *problems) errorf(m mark, id, hint, format string, args ...any) {
	p.errors = append(p.errors, diagnostic(m, id, hint, fmt.Sprintf(format, args...)))
}

// warnf records a warning at m, about path.
func (p *problems) warnf(m mark, path, id, hint, format string, args ...any) {
	d := diagnostic(m, id, hint, fmt.Sprintf(format, args...))
	d.Path = path
	p.warnings = append(p.warnings, d)
}

// ordered returns ds in file order, each once: what an anchor repeats is wrong only where it stands.
func ordered(ds []Diagnostic) Diagnostics {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.CompactFunc(ds, func(a, b Diagnostic) bool {
		return a.ID == b.ID && a.File == b.File && a.Line == b.Line && a.Column == b.Column && a.Message == b.Message
	})
}

// nearest returns the candidate that a reader most likely meant by s, or "".
func nearest(s string, candidates []string) string {
	best, limit := "", max(1, utf8.RuneCountInString(s)/3)
	for _, c := range candidates {
		if d := distance(s, c, limit); d <= limit && (best == "" || d < limit) {
			best, limit = c, d
		}
	}
	if best != "" {
		return best
	}
	for _, c := range candidates { // the end of a path, if it is the end of no other
		if strings.HasSuffix(c, "."+s) {
			if best != "" {
				return ""
			}
			best = c
		}
	}
	return best
}

// didYouMean is the hint for a name that does not exist.
func didYouMean(s string, candidates []string) string {
	if c := nearest(s, candidates); c != "" {
		return fmt.Sprintf("did you mean %q?", c)
	}
	if len(candidates) > 0 && len(candidates) <= 24 {
		return "there are: " + strings.Join(candidates, ", ")
	}
	return ""
}

// distance is the number of insertions, deletions, replacements and swaps of neighbours that
// make b of a (optimal string alignment); limit+1 stands for all that is more than limit.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit {
		return limit + 1
	}
	const short = 64
	var rows [3][short]int // names are short: nothing to allocate
	before, last, this := rows[0][:], rows[1][:], rows[2][:]
	if len(y) >= short {
		before, last, this = make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	}
	before, last, this = before[:len(y)+1], last[:len(y)+1], this[:len(y)+1]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		this[0] = i
		least := i
		for j := 1; j <= len(y); j++ {
			d := last[j-1]
			if x[i-1] != y[j-1] {
				d++
			}
			d = min(d, last[j]+1, this[j-1]+1)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				d = min(d, before[j-2]+1)
			}
			this[j] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
		before, last, this = last, this, before
	}
	return min(last[len(y)], limit+1)
}
