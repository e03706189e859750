package scenarios

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"entente/models"
	"entente/sim/dist"
)

// A bound is a field with what the scenario says about it: the value, in its place.
type bound struct {
	mark              // of the value; of the block that lacks it, where it is left out
	f        *Field   //
	path     string   // openai.revenue.growth
	name     string   // the last part of path
	key      mark     // of the key
	given    bool     // it is written
	bad      bool     // and wrong: say nothing more about it
	fields   []*bound // of a map or a list, in file order
	value    models.Value
	written  string // the value or text, as written
	flag     bool
	date, to civil // to: the second of a window
	whole    uint64
	names    []name
	unknown  []string // what the unknown fields of a block may have meant
}

// A name is one of a list of names, or one of the keys of a map of loadings.
type name struct {
	mark
	text string
	x    float64 // the loading
}

// get returns the field of that name; if it is left out, with its default.
func (b *bound) get(name string) *bound {
	for _, c := range b.fields {
		if c.f.Name == name {
			return c
		}
	}
	f := b.f.field(name)
	if f == nil {
		panic("scenarios: " + b.path + " has no field " + name + " in the format")
	}
	c := &bound{mark: b.mark, f: f, path: join(b.path, name), name: name, key: b.key, bad: b.bad}
	c.value = models.Value{Path: c.path, Const: f.Default}
	return c
}

// item returns the entry of that key, or nil.
func (b *bound) item(key string) *bound {
	for _, c := range b.fields {
		if c.name == key {
			return c
		}
	}
	return nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// An assumption is a value that is written in the scenario.
type assumption struct {
	b       *bound
	unit    string
	sources []name
	note    string
	spread  *spread // of a distribution
}

// A spread is a distribution in its field's range. Values that are written alike share it.
type spread struct {
	dist      dist.Dist
	truncated string  // how it was cut to the range; empty if it was not
	outside   float64 // the mass that was cut off
}

// alike is what distributions that share a spread have in common.
type alike struct {
	written string
	r       Range
}

// spreads are those that have been made, for all who make them.
type spreads struct {
	mu sync.Mutex
	of map[alike]*spread
}

func (s *spreads) get(a alike) *spread {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[a]
}

func (s *spreads) put(a alike, made *spread) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.of[a] = made
}

// A binder makes bounds of nodes, as the format says.
type binder struct {
	problems
	files       func(src *source, name string) ([]byte, error) // what lies beside a scenario
	data        *[][]byte                                      // of those files, in the order of reading
	assumptions []*assumption
	spreads     *spreads
	citations   []name // every text given as a source
}

var (
	digits       = regexp.MustCompile(`^[0-9]+$`)
	idSyntax     = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	sourceSyntax = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`) // sources are cited, and not part of paths
)

// bind reads n as f. What is wrong is recorded, and marked bad in what is returned.
func (r *binder) bind(f *Field, n *node, key mark, path, name string) *bound {
	b := &bound{mark: n.mark, f: f, path: path, name: name, key: key, given: true}
	b.value = models.Value{Path: path, Const: f.Default}
	if n.broken {
		b.bad = true
		return b
	}
	if n.null() && f.Kind != ExpressionKind {
		b.given = false
		return b
	}
	if n.empty() {
		if f.Kind == BlockKind || f.Kind == EntitiesKind || f.Kind == ListKind {
			b.given = false // a heading under which nothing is left
			return b
		}
		r.wrong(b, "wrong-type", "write "+f.want()+", or leave the line out", "%s has no value", b.what())
		return b
	}
	switch f.Kind {
	case NumberKind:
		r.number(b, n)
	case GlideKind:
		if n.shape == mapping && !isValue(n) && !isDistribution(n) && !isAnnotated(n) {
			r.block(b, n)
		} else {
			r.number(b, n)
		}
	case BlockKind:
		r.block(b, n)
	case EntitiesKind:
		r.entities(b, n)
	case ListKind:
		r.list(b, n)
	case NamesKind, LoadingsKind:
		r.namesOf(b, n)
	case TextsKind:
		r.texts(b, n)
	case WindowKind:
		r.window(b, n)
	default:
		if n.shape != scalar {
			r.mistyped(b, n)
			break
		}
		r.scalar(b, n)
	}
	return b
}

// want says what f takes.
func (f *Field) want() string {
	switch f.Kind {
	case NumberKind, GlideKind:
		return "a number or a distribution"
	case ConstantKind:
		return "a number"
	case WholeKind:
		return "a whole number"
	case SeedKind:
		return "a whole number from 0 to 18446744073709551615"
	case TextKind:
		return "a text"
	case TextsKind:
		return "a text or a list of texts"
	case FlagKind:
		return "true or false"
	case ChoiceKind:
		return strings.Join(f.Choices, " or ")
	case DateKind:
		return "a date (YYYY-MM-DD)"
	case WindowKind:
		return "two dates: [from, to]"
	case ReferenceKind:
		return "an id"
	case ListKind:
		return "a list"
	case NamesKind:
		return "a list of names"
	case LoadingsKind:
		return "a map of names to numbers"
	case ExpressionKind:
		return "an expression over metrics"
	default:
		return "a map"
	}
}

// what names b in messages.
func (b *bound) what() string {
	if b.path == "" {
		return "the scenario"
	}
	return b.path
}

// wrong records that b cannot be used.
func (r *binder) wrong(b *bound, id, hint, format string, args ...any) {
	b.bad = true
	r.errorf(b.mark, id, hint, format, args...)
	r.errors[len(r.errors)-1].Path = b.path
}

func (r *binder) mistyped(b *bound, n *node) {
	r.wrong(b, "wrong-type", "", "%s takes %s, not %s", b.what(), b.f.want(), n.what())
}

func (r *binder) block(b *bound, n *node) {
	if n.shape != mapping {
		r.mistyped(b, n)
		return
	}
	for i, k := range n.keys {
		f := b.f.field(k.text)
		if f == nil {
			if b.path == "" && strings.HasPrefix(k.text, "x-") {
				continue
			}
			b.unknown = append(b.unknown, nearest(k.text, b.f.names()))
			hint := didYouMean(k.text, b.f.names())
			if below := b.f.below(k.text); below != "" && nearest(k.text, b.f.names()) == "" {
				hint = fmt.Sprintf("did you mean %q?", join(b.path, below))
			}
			if before := max(0, i-1); n.flow && i > 0 && digits.MatchString(k.text) && n.items[i].empty() && digits.MatchString(n.items[before].text) {
				hint = fmt.Sprintf("write %s.%s: decimals have a point", n.items[before].text, k.text)
			}
			r.errorf(k.mark, "unknown-field", hint, "unknown field %q%s", abbreviate(k.text), in(b.path))
			continue
		}
		path := join(b.path, k.text)
		if c := r.bind(f, n.items[i], k.mark, path, k.text); c.given {
			b.fields = append(b.fields, c)
		}
	}
	for _, f := range b.f.Fields {
		if f.Required && !slices.ContainsFunc(b.fields, func(c *bound) bool { return c.f == f }) && !slices.Contains(b.unknown, f.Name) {
			if b.path == "" {
				r.errorf(b.mark, "missing-field", "write "+f.Name+": 1 on top: the version of the format", "the scenario does not say which format it is written in")
				continue
			}
			r.errorf(b.key, "missing-field", strings.TrimSuffix(f.Name+": "+f.Doc, "."), "%s has no %s, which it needs", b.what(), f.Name)
		}
	}
}

// below returns where under f, in its blocks, a field of that name is; "" if it is nowhere, or
// in several places.
func (f *Field) below(name string) string {
	found := ""
	var walk func(f *Field, path string) bool
	walk = func(f *Field, path string) bool {
		for _, g := range f.Fields {
			if g.Name == name && path != "" {
				if found != "" {
					return false
				}
				found = join(path, name)
			}
			if (g.Kind == BlockKind || g.Kind == GlideKind) && !walk(g, join(path, g.Name)) {
				return false
			}
		}
		return true
	}
	if !walk(f, "") {
		return ""
	}
	return found
}

func in(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

func (r *binder) entities(b *bound, n *node) {
	if n.shape != mapping {
		hint := ""
		if n.shape == list && b.f.Noun != "" {
			hint = fmt.Sprintf("write an id before each %s, and no dash", b.f.Noun)
		}
		r.wrong(b, "wrong-type", hint, "%s takes %s, not %s", b.what(), b.f.want(), n.what())
		return
	}
	entry := entry(b.f)
	for i, k := range n.keys {
		if !idSyntax.MatchString(k.text) && !(b.f.Noun == "source" && sourceSyntax.MatchString(k.text)) {
			hint := "lower-case letters, digits and _, beginning with a letter"
			if s := idOf(k.text); s != "" {
				hint = fmt.Sprintf("%s: %q, say", hint, s)
			}
			b.unknown = append(b.unknown, "")
			r.errorf(k.mark, "bad-id", hint, "%q is no id for %s", abbreviate(k.text), article(b.f.Noun))
			continue
		}
		v := n.items[i]
		if v.empty() && entry.Kind == BlockKind {
			v = &node{mark: v.mark, shape: mapping} // an entity of which nothing need be said
		}
		path := k.text
		if !b.f.Ids {
			path = join(b.path, k.text)
		}
		c := r.bind(entry, v, k.mark, path, k.text)
		if c.given {
			c.key = k.mark
			b.fields = append(b.fields, c)
		}
	}
}

// idOf makes an id of what somebody took for one.
func idOf(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_':
			return r
		}
		return '_'
	}, s)
	if s = strings.Trim(s, "_"); idSyntax.MatchString(s) {
		return s
	}
	return ""
}

func (r *binder) list(b *bound, n *node) {
	if n.shape != list {
		r.mistyped(b, n)
		return
	}
	entry := entry(b.f)
	for i, item := range n.items {
		index := strconv.Itoa(i)
		c := r.bind(entry, item, item.mark, join(b.path, index), index)
		if !c.given {
			r.wrong(c, "wrong-type", "", "%s is empty: %s is a map", c.path, article(b.f.Noun))
		}
		b.fields = append(b.fields, c)
	}
}

func (r *binder) scalar(b *bound, n *node) {
	b.written = n.text
	switch b.f.Kind {
	case TextKind, ReferenceKind, ExpressionKind:
		if strings.TrimSpace(n.text) == "" {
			r.wrong(b, "wrong-type", "", "%s is empty", b.what())
		}
	case ChoiceKind:
		const few = 6 // more are not listed in a sentence
		switch {
		case slices.Contains(b.f.Choices, n.text):
		case len(b.f.Choices) > few:
			r.wrong(b, "unknown-choice", didYouMean(n.text, b.f.Choices), "%s: there is no %q", b.what(), abbreviate(n.text))
		default:
			r.wrong(b, "unknown-choice", didYouMean(n.text, b.f.Choices), "%s is %s, not %q", b.what(), b.f.want(), abbreviate(n.text))
		}
	case FlagKind:
		switch {
		case !n.quoted && (n.text == "true" || n.text == "True" || n.text == "TRUE"):
			b.flag = true
		case !n.quoted && (n.text == "false" || n.text == "False" || n.text == "FALSE"):
		default:
			hint := ""
			switch strings.ToLower(n.text) {
			case "yes", "on", "1", "true":
				hint = "write true"
			case "no", "off", "0", "false":
				hint = "write false"
			}
			r.wrong(b, "wrong-type", hint, "%s takes %s, not %s", b.what(), b.f.want(), n.what())
		}
	case DateKind:
		var hint string
		var ok bool
		if b.date, hint, ok = parseCivil(n.text); !ok {
			r.wrong(b, "date", hint, "%s: %q is no date", b.what(), abbreviate(n.text))
		}
	case ConstantKind:
		x, ok := r.plain(b, n)
		if ok && !b.f.Range.contains(x) {
			r.wrong(b, "out-of-range", "", "%s must be %s, not %s", b.what(), b.f.Range, n.text)
		}
		b.value.Const = x
	case WholeKind, SeedKind:
		r.integer(b, n)
	}
}

// plain reads a number that may be no distribution.
func (r *binder) plain(b *bound, n *node) (float64, bool) {
	x, hint, ok := parseNumber(n.text)
	if !ok || n.quoted {
		if n.quoted && ok {
			hint = "leave the quotation marks out"
		}
		r.wrong(b, "not-a-number", hint, "%s takes %s, not %s", b.what(), b.f.want(), n.what())
		return 0, false
	}
	return x, true
}

func (r *binder) integer(b *bound, n *node) {
	if u, err := strconv.ParseUint(n.text, 10, 64); err == nil && !n.quoted && decimal.MatchString(n.text) && !leadZero.MatchString(n.text) {
		b.whole = u
	} else {
		x, ok := r.plain(b, n)
		if !ok {
			return
		}
		if x != float64(int64(x)) || x < 0 || x >= 1<<53 {
			r.wrong(b, "not-whole", "", "%s takes %s, not %s", b.what(), b.f.want(), n.text)
			return
		}
		b.whole = uint64(x)
	}
	if b.path == "entente" && b.whole != 1 {
		r.wrong(b, "version", "", "this program reads version 1 of the format, not %s", n.text)
	} else if b.f.Kind == WholeKind && !b.f.Range.contains(float64(b.whole)) {
		r.wrong(b, "out-of-range", "", "%s must be %s, not %s", b.what(), b.f.Range, n.text)
	}
}

func (r *binder) texts(b *bound, n *node) {
	items := []*node{n}
	if n.shape == list {
		items = n.items
	}
	for _, item := range items {
		if item.broken {
			b.bad = true
			continue
		}
		if item.shape != scalar || item.empty() || item.null() {
			r.errorf(item.mark, "wrong-type", "", "%s takes %s, not %s", b.what(), b.f.want(), item.what())
			b.bad = true
			continue
		}
		if b.f.Name != "source" {
			b.names = append(b.names, name{mark: item.mark, text: strings.TrimSpace(item.text)})
			continue
		}
		at, place := 0, item.place()
		for _, cited := range strings.Split(item.text, ";") { // several may be cited: "this; that"
			lead := utf8.RuneCountInString(cited) - utf8.RuneCountInString(strings.TrimLeft(cited, " \n"))
			if t := strings.TrimSpace(cited); t != "" {
				b.names = append(b.names, name{mark: place(at+lead, utf8.RuneCountInString(t)), text: t})
			}
			at += utf8.RuneCountInString(cited) + 1
		}
	}
	if b.f.Name == "source" {
		r.citations = append(r.citations, b.names...)
	}
}

func (r *binder) window(b *bound, n *node) {
	if n.shape != list || len(n.items) != 2 {
		r.mistyped(b, n)
		return
	}
	f := &Field{Kind: DateKind}
	from, to := r.bind(f, n.items[0], n.items[0].mark, b.path, b.name), r.bind(f, n.items[1], n.items[1].mark, b.path, b.name)
	if from.bad || to.bad || !from.given || !to.given {
		if !from.given || !to.given {
			r.errorf(n.mark, "wrong-type", "a window that has no end ends with the horizon", "%s takes two dates", b.what())
		}
		b.bad = true
		return
	}
	b.date, b.to = from.date, to.date
	if !b.date.before(b.to) {
		r.wrong(b, "date", "", "%s ends on %s, which is not after its beginning on %s", b.what(), b.to, b.date)
	}
}

func (r *binder) namesOf(b *bound, n *node) {
	if b.f.Kind == NamesKind && n.shape != list || b.f.Kind == LoadingsKind && n.shape != mapping {
		r.mistyped(b, n)
		return
	}
	for i, item := range n.items {
		nm := name{mark: item.mark}
		if b.f.Kind == LoadingsKind {
			nm.mark, nm.text = n.keys[i].mark, n.keys[i].text
			c := r.bind(&Field{Kind: ConstantKind, Range: b.f.Range}, item, nm.mark, join(b.path, nm.text), nm.text)
			if c.bad || !c.given {
				b.bad = true
				continue
			}
			nm.x = c.value.Const
		} else if item.shape != scalar || item.empty() || item.null() {
			r.errorf(item.mark, "wrong-type", "", "%s takes names, not %s", b.what(), item.what())
			b.bad = true
			continue
		} else {
			nm.text = item.text
		}
		b.names = append(b.names, nm)
	}
	if least := 2; b.f.Kind == NamesKind && len(b.names) < least && !b.bad {
		r.wrong(b, "correlation", "", "%s takes two names or more", b.what())
	}
}

// isValue says whether n is {value, unit, source, note}.
func isValue(n *node) bool { return n.child("value") != nil }

// isAnnotated says whether n has what goes with a value, and none of what makes a glide.
func isAnnotated(n *node) bool {
	return (n.child("source") != nil || n.child("note") != nil || n.child("unit") != nil) && n.child("initial") == nil && n.child("long_run") == nil
}

// number reads a value: a number, a distribution, or either with where it is from.
func (r *binder) number(b *bound, n *node) {
	a := &assumption{b: b, unit: b.f.Unit}
	r.assumptions = append(r.assumptions, a)
	if n.shape == mapping && !isDistribution(n) {
		f := &Field{Kind: BlockKind, Fields: []*Field{
			{Name: "value", Kind: TextKind, Required: true}, text("unit", ""), source_(), text("note", "")}}
		for i, k := range n.keys {
			if k.text == "value" {
				continue
			}
			g := f.field(k.text)
			if g == nil {
				hint := didYouMean(k.text, append(f.names(), distributionNames()...))
				if b.f.Kind == GlideKind {
					hint = didYouMean(k.text, append(f.names(), b.f.names()...))
				}
				r.errorf(k.mark, "unknown-field", hint, "unknown field %q in %s", abbreviate(k.text), b.what())
				b.bad = true
				continue
			}
			c := r.bind(g, n.items[i], k.mark, join(b.path, k.text), k.text)
			switch {
			case !c.given || c.bad:
			case k.text == "unit":
				a.unit = c.written
			case k.text == "note":
				a.note = c.written
			default:
				a.sources = c.names
			}
		}
		v := n.child("value")
		switch {
		case v == nil:
			if !b.bad {
				r.wrong(b, "missing-field", "write a number, a distribution, or {value: ..., source: ..., note: ...}", "%s has no value", b.what())
			}
			return
		case v.null() || v.empty():
			b.bad = true
			r.errorf(v.mark, "wrong-type", "", "%s has no value", b.what())
			return
		case v.broken:
			b.bad = true
			return
		}
		n = v
		b.mark = n.mark
	}
	r.amount(b, a, n)
}

// amount reads a number or a distribution.
func (r *binder) amount(b *bound, a *assumption, n *node) {
	if n.shape == scalar {
		if x, _, ok := parseNumber(n.text); ok && !n.quoted {
			b.value.Const, b.written = x, n.text
			if !b.f.Range.contains(x) {
				r.wrong(b, "out-of-range", "", "%s must be %s, not %s", b.what(), b.f.Range, n.text)
			}
			return
		} else if ok {
			r.wrong(b, "wrong-type", "write "+n.text+" without the quotation marks", "%s is a text here, not a number", n.what())
			return
		}
		if _, hint, _ := parseNumber(strings.TrimSpace(n.text)); hint != "" {
			r.wrong(b, "not-a-number", hint, "%s takes %s, not %s", b.what(), b.f.want(), n.what())
			return
		}
	} else if !isDistribution(n) {
		r.mistyped(b, n)
		return
	}
	var s *spread
	same := alike{strings.TrimSpace(n.text), b.f.Range}
	if n.shape == scalar { // what is written alike has been read
		s = r.spreads.get(same)
	}
	if s == nil {
		before := len(r.errors)
		t := r.term(n)
		if t == nil {
			b.bad = true
			return
		}
		if n.shape != scalar {
			same.written = t.String()
			s = r.spreads.get(same)
		}
		b.written = same.written
		if s == nil {
			s = r.spread(b, t, n.src)
		}
		if s == nil {
			b.bad = true
			if len(r.errors) == before {
				panic("scenarios: refused without a reason: " + b.written)
			}
			return
		}
		if !strings.Contains(b.written, "empirical") { // whose file lies beside each scenario
			r.spreads.put(same, s)
		}
	}
	b.written = same.written
	if s.outside >= noticed {
		r.warnf(b.mark, b.path, "truncated", "truncate(...) with bounds of your own says that this is meant", "%s: %s is truncated %s", b.what(), b.written, s.truncated)
	}
	a.spread, b.value.Dist = s, s.dist
}

// place returns where characters of a scalar's text stand in its source.
func (n *node) place() func(from, width int) mark {
	m, shift := n.mark, 0
	if n.quoted {
		shift = 1
	}
	// Where the text is not to be found as it was read (escapes), the whole stands for its parts.
	if n.src != nil && n.line >= 1 && n.line <= len(n.src.lines) {
		line := n.src.lines[n.line-1]
		if rest := line[len(firstRunes(line, n.col-1+shift)):]; strings.HasPrefix(rest, n.text) {
			return func(from, width int) mark { return m.from(from+shift, width) }
		}
	}
	if places := n.aligned(); places != nil {
		return func(from, width int) mark {
			at := places[min(max(0, from), len(places)-1)]
			at.width = width
			if from >= len(places) {
				at.col++
			}
			return at
		}
	}
	m.width = max(1, utf8.RuneCountInString(n.text))
	return func(int, int) mark { return m }
}

// aligned finds each character of a scalar of several lines in the lines of its source, white
// space being the same to it; nil if they are not there one by one.
func (n *node) aligned() []mark {
	if n.src == nil || n.line < 1 || n.line > len(n.src.lines) || n.text == "" {
		return nil
	}
	line, col := n.line, n.col // of what is read next
	first := []rune(n.src.lines[line-1])
	if col <= len(first) && (first[col-1] == '>' || first[col-1] == '|') {
		line, col = line+1, 1
	} else if n.quoted {
		col++
	}
	var places []mark
	for _, want := range n.text {
		if unicode.IsSpace(want) {
			places = append(places, mark{src: n.src, line: line, col: col})
			continue
		}
		for {
			if line > len(n.src.lines) {
				return nil
			}
			text := []rune(n.src.lines[line-1])
			for col <= len(text) && unicode.IsSpace(text[col-1]) {
				col++
			}
			if col <= len(text) {
				if text[col-1] != want {
					return nil
				}
				break
			}
			line, col = line+1, 1
		}
		places = append(places, mark{src: n.src, line: line, col: col})
		col++
	}
	return places
}
