package scenarios

import (
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Resolved scenario is one put together: what it extends, itself, and what --set overrides,
// with the place that each value is from.
type Resolved struct {
	*Scenario
	b          *builder
	assumption map[*bound]*assumption
}

// Resolve reads the scenario that arg names, as Load does.
func Resolve(arg string, opt Options) (*Resolved, error) {
	s, b, err := load(arg, opt)
	if err != nil {
		return nil, err
	}
	r := &Resolved{Scenario: s, b: b, assumption: map[*bound]*assumption{}}
	for _, a := range b.assumptions {
		r.assumption[a.b] = a
	}
	return r, nil
}

// Written returns the text of the scenario that arg names, as it is written.
func Written(arg string, stdin io.Reader) (string, error) {
	l := &loader{stdin: stdin, places: map[*source]place{}}
	src, text, err := l.open(arg)
	if err == nil && len(text) > maxBytes {
		err = fmt.Errorf("%s is larger than %d bytes", src.name, maxBytes)
	}
	return string(text), err
}

// An Origin is where a value is from.
type Origin struct {
	File string // as messages name it: a path, the name of a built-in scenario, "<stdin>"; "--set" for an override
	Line int    // from 1; 0 for an override, and for a default
}

func (o Origin) String() string {
	switch {
	case o.File == "":
		return "default"
	case o.Line == 0:
		return o.File
	}
	return fmt.Sprintf("%s:%d", o.File, o.Line)
}

func (m mark) origin() Origin {
	if m.src == nil {
		return Origin{}
	}
	if m.src.name == "--set" || strings.HasPrefix(m.src.name, "--set ") {
		return Origin{File: "--set"}
	}
	return Origin{File: printable(m.src.name), Line: m.line}
}

// A Leaf is one value of a resolved scenario.
type Leaf struct {
	Path    string   // openai.revenue.run_rate
	Text    string   // as written: "40 to 60"
	Number  *float64 // of a constant
	Unit    string
	Sources []string
	Note    string
	Origin  Origin // the zero Origin: it is left out, and Text is what holds
}

// Leaves returns the values under the paths, or all without any, in file order. What is left
// out stands behind what is written in its block.
func (r *Resolved) Leaves(paths ...string) ([]Leaf, error) {
	top, err := r.part(paths)
	if err != nil {
		return nil, err
	}
	var leaves []Leaf
	var walk func(p *part)
	walk = func(p *part) {
		if p.leaf != nil {
			leaves = append(leaves, *p.leaf)
			return
		}
		for _, c := range p.parts {
			walk(c)
		}
		leaves = append(leaves, p.defaults...)
	}
	walk(top)
	return leaves, nil
}

// WriteYAML writes the scenario, or what of it stands under the paths, as a file that loads to the
// same System: nothing is inherited any more, and a comment says of each value where it is from.
// What is left out stands in comments, so that it stays left out.
func (r *Resolved) WriteYAML(w io.Writer, paths ...string) error {
	top, err := r.part(paths)
	if err != nil {
		return err
	}
	p := printer{}
	p.fields(top, 0)
	_, err = io.WriteString(w, p.String())
	return err
}

// A part is a piece of a scenario that is to be written.
type part struct {
	key      string // "" in a list
	path     string
	shape    shape
	leaf     *Leaf   // of what has one origin
	text     string  // of a scalar, which is not yet quoted
	bare     bool    // and need not be
	origin   Origin  // of a scalar
	words    bool    // the scalar explains: nobody needs its place
	label    bool    // the scalar is what reports call the map
	spread   bool    // over lines: a map of entities, and what leads to a path
	parts    []*part // of a map or a list
	defaults []Leaf  // what is left out of the map
}

// part makes parts of what stands under the paths.
func (r *Resolved) part(paths []string) (*part, error) {
	var short []string
	for _, p := range paths { // labs.openai is openai
		if first, rest, ok := strings.Cut(p, "."); ok {
			if f := r.b.root.f.field(first); f != nil && f.Ids {
				p = rest
			}
		}
		short = append(short, p)
	}
	top := r.make(r.b.root)
	if len(paths) == 0 {
		return top, nil
	}
	found := map[string]bool{}
	top = prune(top, short, found)
	for i, p := range short {
		if !found[p] {
			return nil, fmt.Errorf("there is no %q in %s%s", paths[i], r.b.root.mark.src.name, r.near(p))
		}
	}
	return top, nil
}

// Paths returns what may be asked for, in file order.
func (r *Resolved) Paths() []string {
	var all []string
	var walk func(p *part)
	walk = func(p *part) {
		if p.path != "" {
			all = append(all, p.path)
		}
		for _, c := range p.parts {
			walk(c)
		}
		for _, d := range p.defaults {
			all = append(all, d.Path)
		}
	}
	walk(r.make(r.b.root))
	return all
}

// near is the hint for a path that leads nowhere.
func (r *Resolved) near(path string) string {
	all := r.Paths()
	if n := nearest(path, all); n != "" {
		return fmt.Sprintf("; did you mean %q?", n)
	}
	if id, _, ok := strings.Cut(path, "."); ok && len(under(all, id)) > 0 {
		return "; there are: " + enumerate(under(all, id))
	}
	return ""
}

// prune returns what of p stands at the paths, above them or below, or nil. found collects the
// paths that are there.
func prune(p *part, paths []string, found map[string]bool) *part {
	whole := slices.Contains(paths, p.path)
	if whole {
		found[p.path] = true
	}
	kept := *p
	kept.parts, kept.defaults, kept.spread = nil, nil, true
	for _, c := range p.parts {
		if c := prune(c, paths, found); c != nil {
			kept.parts = append(kept.parts, c)
		}
	}
	for _, d := range p.defaults {
		if slices.Contains(paths, d.Path) {
			found[d.Path] = true
			kept.defaults = append(kept.defaults, d)
		}
	}
	switch {
	case whole:
		return p
	case len(kept.parts)+len(kept.defaults) == 0:
		return nil
	}
	return &kept
}

// make makes the part of b.
func (r *Resolved) make(b *bound) *part {
	p := &part{key: b.name, path: b.path, origin: b.mark.origin()}
	single := func(text string) *part {
		p.text = text
		p.words, p.label = explains(b.f), b.f.Kind == TextKind && b.f.Name == "name"
		p.leaf = &Leaf{Path: b.path, Text: text, Origin: p.origin}
		return p
	}
	branch := func(s shape) *part {
		p.shape = s
		for _, c := range b.fields {
			q := r.make(c)
			if s == list {
				q.key = ""
			}
			p.parts = append(p.parts, q)
		}
		return p
	}
	switch b.f.Kind {
	case BlockKind:
		branch(mapping)
		for _, f := range b.f.Fields {
			if c := b.get(f.Name); !c.given && reported(f) {
				d := Leaf{Path: c.path, Text: f.left(), Unit: f.unitOf()}
				if f.Without == "" && (f.Kind == NumberKind || f.Kind == GlideKind || f.Kind == WholeKind || f.Kind == SeedKind) && !isInf(f.Default) {
					x := f.Default
					d.Number = &x
				}
				p.defaults = append(p.defaults, d)
			}
		}
		return p
	case EntitiesKind:
		p.spread = true
		return branch(mapping)
	case ListKind:
		return branch(list)
	case NumberKind, GlideKind:
		if len(b.fields) > 0 {
			return branch(mapping)
		}
		return r.value(b, p)
	case FlagKind:
		p.bare = true
		return single(strconv.FormatBool(b.flag))
	case DateKind:
		return single(b.date.String())
	case WindowKind:
		single(b.date.String() + " to " + b.to.String())
		p.shape = list
		p.parts = []*part{{text: b.date.String(), origin: p.origin}, {text: b.to.String(), origin: p.origin}}
		return p
	case NamesKind:
		single(joined(b.names, ", "))
		p.shape = list
		for _, n := range b.names {
			p.parts = append(p.parts, &part{text: n.text, origin: n.mark.origin()})
		}
		return p
	case LoadingsKind:
		p.shape = mapping
		for _, n := range b.names {
			text, x := formatNumber(n.x), n.x
			at := join(b.path, n.text)
			p.parts = append(p.parts, &part{key: n.text, path: at, text: text, bare: true, origin: n.mark.origin(),
				leaf: &Leaf{Path: at, Text: text, Number: &x, Origin: n.mark.origin()}})
		}
		return p
	case TextsKind:
		if b.f.Name == "source" || len(b.names) == 1 {
			return single(joined(b.names, "; "))
		}
		single(joined(b.names, "\n"))
		p.shape = list
		for _, n := range b.names {
			p.parts = append(p.parts, &part{text: n.text, origin: n.mark.origin(), words: true})
		}
		return p
	case ConstantKind, WholeKind, SeedKind:
		p.bare = true
		single(b.written)
		if x, _, ok := parseNumber(b.written); ok {
			p.leaf.Number = &x
		}
		return p
	}
	return single(b.written)
}

// explains says whether f is for readers only.
func explains(f *Field) bool {
	return f.Kind == TextsKind && f.Name != "asserts" || f.Kind == TextKind && slices.Contains([]string{"note", "description", "reason"}, f.Name)
}

func joined(names []name, by string) string {
	var texts []string
	for _, n := range names {
		texts = append(texts, n.text)
	}
	return strings.Join(texts, by)
}

// value makes the part of a number or a distribution, with where it is from.
func (r *Resolved) value(b *bound, p *part) *part {
	a := r.assumption[b]
	leaf := &Leaf{Path: b.path, Text: b.written, Unit: a.unit, Note: a.note, Origin: p.origin}
	for _, s := range a.sources {
		leaf.Sources = append(leaf.Sources, s.text)
	}
	text := r.moved(b)
	bare := a.spread == nil
	if bare {
		x := b.value.Const
		leaf.Number = &x
	}
	p.leaf = leaf
	if len(a.sources) == 0 && a.note == "" && a.unit == b.f.Unit {
		p.text, p.bare = text, bare
		return p
	}
	p.shape = mapping
	p.parts = append(p.parts, &part{key: "value", text: text, bare: bare, origin: p.origin})
	if a.unit != b.f.Unit {
		p.parts = append(p.parts, &part{key: "unit", text: a.unit, words: true, origin: p.origin})
	}
	if len(a.sources) > 0 {
		p.parts = append(p.parts, &part{key: "source", text: joined(a.sources, "; "), words: true, origin: p.origin})
	}
	if a.note != "" {
		p.parts = append(p.parts, &part{key: "note", text: a.note, words: true, origin: p.origin})
	}
	return p
}

var observed = regexp.MustCompile(`empirical\(\s*("[^"]*"|'[^']*')`)

// moved is how the value of b is written where the scenario lies: a file of observations is named
// relative to the file that names it, which may lie elsewhere.
func (r *Resolved) moved(b *bound) string {
	from, to := filepath.Dir(b.mark.src.name), filepath.Dir(r.b.root.mark.src.name)
	if from == to {
		return b.written
	}
	return observed.ReplaceAllStringFunc(b.written, func(s string) string {
		m := observed.FindStringSubmatch(s)
		file := m[1][1 : len(m[1])-1]
		if filepath.IsAbs(file) {
			return s
		}
		rel, err := filepath.Rel(to, filepath.Join(from, file))
		if err != nil {
			return s
		}
		return `empirical("` + filepath.ToSlash(rel) + `"`
	})
}

// A printer writes parts as YAML.
type printer struct{ strings.Builder }

// What is longer than this is not written on one line if there is another way.
const lineWidth = 100

func (p *printer) line(indent int, text, comment string) {
	p.WriteString(strings.Repeat(" ", indent))
	p.WriteString(text)
	if comment != "" {
		p.WriteString("  # ")
		p.WriteString(strings.ReplaceAll(comment, "\n", " "))
	}
	p.WriteByte('\n')
}

// fields writes the parts of a map, and in comments what is left out of it.
func (p *printer) fields(m *part, indent int) {
	for _, c := range m.parts {
		if indent == 0 && (c.spread && c.shape == mapping || c.shape == list && c.leaf == nil) && p.Len() > 0 {
			p.WriteByte('\n')
		}
		p.part(c, quoteKey(c.key)+":", indent)
	}
	for _, d := range m.defaults {
		p.line(indent, "# "+lastName(d)+": "+d.Text, Origin{}.String())
	}
}

// lastName is the last name of a path.
func lastName(d Leaf) string { return d.Path[strings.LastIndexByte(d.Path, '.')+1:] }

// part writes c behind head, which is its key or the dash of a list.
func (p *printer) part(c *part, head string, indent int) {
	if c.shape == scalar {
		p.scalar(c, head, indent)
		return
	}
	if text, origin, ok := c.flow(); ok && utf8.RuneCountInString(head)+1+indent+utf8.RuneCountInString(text) <= lineWidth || len(c.parts) == 0 && len(c.defaults) == 0 {
		if len(c.parts) == 0 {
			origin = c.origin
		}
		comment := origin.String()
		if len(c.defaults) > 0 {
			var left []string
			for _, d := range c.defaults {
				left = append(left, lastName(d)+": "+d.Text)
			}
			comment += "; by default " + strings.Join(left, ", ")
		}
		p.line(indent, head+" "+text, comment)
		return
	}
	if c.shape == list {
		p.line(indent, head, "")
		for _, item := range c.parts {
			p.part(item, "-", indent+2)
		}
		return
	}
	if len(c.parts) == 0 { // all of it is left out
		if c.spread {
			p.line(indent, head, "")
		} else {
			p.line(indent, head+" {}", c.origin.String())
		}
		p.fields(c, indent+2)
		return
	}
	if head == "-" { // the first field stands behind the dash
		inner := printer{}
		inner.fields(c, 0)
		for i, l := range strings.Split(strings.TrimSuffix(inner.String(), "\n"), "\n") {
			switch {
			case i == 0:
				p.line(indent, "- "+l, "")
			case l == "":
				p.line(0, "", "")
			default:
				p.line(indent+2, l, "")
			}
		}
		return
	}
	p.line(indent, head, "")
	p.fields(c, indent+2)
}

// flow is c on one line, if it is from one line.
func (c *part) flow() (text string, origin Origin, ok bool) {
	const most = 3 // of what is left out
	if c.spread || len(c.defaults) > most {
		return "", origin, false
	}
	var texts []string
	for i, q := range c.parts {
		t, o := "", q.origin
		if q.shape == scalar {
			if t = quoteText(q.text); q.bare {
				t = q.text
			}
		} else {
			if len(q.defaults) > 0 {
				return "", origin, false
			}
			if t, o, ok = q.flow(); !ok {
				return "", origin, false
			}
		}
		if i == 0 {
			origin = o
		}
		if o != origin {
			return "", origin, false
		}
		if c.shape == mapping {
			t = quoteKey(q.key) + ": " + t
		}
		texts = append(texts, t)
	}
	if len(texts) == 0 {
		origin = c.origin
	}
	if text = strings.Join(texts, ", "); c.shape == list {
		return "[" + text + "]", origin, true
	}
	return "{" + text + "}", origin, true
}

// scalar writes a scalar: on the line of its key, or as a block of text.
func (p *printer) scalar(c *part, head string, indent int) {
	comment := c.origin.String()
	if c.words {
		comment = ""
	}
	text := quoteText(c.text)
	if c.bare {
		text = c.text
	}
	words := strings.Fields(c.text)
	switch {
	case c.bare:
	case strings.Contains(c.text, "\n"):
		if lines, style := literal(c.text); style != "" {
			p.line(indent, head+" "+style, comment)
			for _, l := range lines {
				if l == "" {
					p.line(0, "", "")
				} else {
					p.line(indent+2, l, "")
				}
			}
			return
		}
	case indent+utf8.RuneCountInString(head+text) > lineWidth && len(words) > 1 && strings.Join(words, " ") == c.text && printableText(c.text):
		p.line(indent, head+" >-", comment)
		line := words[0]
		for _, w := range words[1:] {
			if indent+2+utf8.RuneCountInString(line)+1+utf8.RuneCountInString(w) > lineWidth {
				p.line(indent+2, line, "")
				line = w
				continue
			}
			line += " " + w
		}
		p.line(indent+2, line, "")
		return
	}
	p.line(indent, head+" "+text, comment)
}

// literal returns the lines of s for a literal block and its style, or no style if s cannot be one.
func literal(s string) (lines []string, style string) {
	style = "|-"
	if strings.HasSuffix(s, "\n") {
		style, s = "|", s[:len(s)-1]
	}
	lines = strings.Split(s, "\n")
	for i, l := range lines {
		edge := i == 0 || i == len(lines)-1
		if edge && l == "" || edge && l[0] == ' ' || !printableText(l) || strings.TrimRight(l, " ") != l {
			return nil, ""
		}
	}
	return lines, style
}

func printableText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

var (
	plain    = regexp.MustCompile(`^[\pL0-9_/]([\pL0-9_ .()/+%-]*[\pL0-9_.()/+%-])?$`)
	reserved = regexp.MustCompile(`(?i)^(null|true|false|yes|no|on|off|y|n)$`)
)

// quoteText writes s as a scalar of one line, for any place in YAML. Of what has to be quoted
// Go's escapes are among YAML's.
func quoteText(s string) string {
	if (plain.MatchString(s) || decimal.MatchString(s)) && !reserved.MatchString(s) {
		return s
	}
	return strconv.Quote(s)
}

// quoteKey writes a key: keys are never taken for anything but text.
func quoteKey(s string) string {
	if plain.MatchString(s) || s == "" {
		return s
	}
	return strconv.Quote(s)
}
