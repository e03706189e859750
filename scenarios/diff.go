package scenarios

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// A ChangeKind is what a Change is.
type ChangeKind string

const (
	Changed   ChangeKind = "changed"
	Added     ChangeKind = "added"
	Removed   ChangeKind = "removed"
	Moved     ChangeKind = "moved"     // to another place in its list
	Reordered ChangeKind = "reordered" // the entities of a section
)

// A Change is one difference in what two scenarios mean.
type Change struct {
	Kind          ChangeKind
	Path          string   // in the second scenario; in the first of what was removed
	Was           string   // in the first scenario, where that is another
	Noun          string   // of an entity: alliance
	Names         []string // of a correlation: what it joins
	Before, After string
	Unit          string
	From, To      Origin // of Before and After; the zero Origin for what is left out
	Words         bool   // it moves no number: a name, a source, a note, a silence
}

// String prints c on one line:
//
//	openai_azure.commitments.0.amount: 250 → 200 USD bn
//	alliance openai_oracle removed
func (c Change) String() string {
	path := c.Path
	if len(c.Names) > 0 {
		path = "correlation of " + strings.Join(c.Names, " and ")
	}
	if c.Was != "" && c.Kind != Moved {
		path += " (was " + c.Was + ")"
	}
	unit := ""
	if c.Unit != "" {
		unit = " " + c.Unit
	}
	side := func(text string, o Origin) string {
		_, _, number := parseNumber(text)
		switch {
		case o != (Origin{}) || text == "none":
			return c.short(text)
		case number:
			return text + " (left out)"
		}
		unit = ""
		return "left out: " + text
	}
	switch c.Kind {
	case Moved:
		return fmt.Sprintf("%s moved to %s", c.Was, c.Path)
	case Reordered:
		return fmt.Sprintf("order of %s: %s → %s", path, c.Before, c.After)
	case Added, Removed:
		if c.Noun != "" {
			path = c.Noun + " " + path
		}
		s := path + " " + string(c.Kind)
		if text := c.Before + c.After; text != "" {
			s += ": " + c.short(text)
		}
		return s
	}
	if c.After == "none" {
		unit = ""
	}
	before, after := side(c.Before, c.From), side(c.After, c.To)
	return path + ": " + before + " → " + after + unit
}

// short is text on one line; of what only explains, no more than its beginning.
func (c Change) short(text string) string {
	const most = 100
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); c.Words && len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return text
}

// Diff returns what differs in meaning between two scenarios, in the order of the first, with
// what only the second has behind. Layout, comments, what extends what, defaults written out and
// other ways to write the same value are no difference.
func Diff(a, b *Resolved) []Change {
	d := differ{a: a, b: b}
	d.compare(a.b.root, b.b.root)
	return d.changes
}

// A differ collects the changes from a to b.
type differ struct {
	a, b    *Resolved
	changes []Change
}

func (d *differ) add(c Change) { d.changes = append(d.changes, c) }

// compare compares x and y, which are of the same field and of which one may be left out.
func (d *differ) compare(x, y *bound) {
	if !x.given && !y.given {
		return
	}
	switch x.f.Kind {
	case BlockKind:
		if x.given != y.given && decides(x.f) {
			d.whole(x, y, "")
			return
		}
		d.fields(x, y)
	case EntitiesKind:
		d.entities(x, y)
	case ListKind:
		if x.f.Name == "correlations" {
			d.correlations(x, y)
			return
		}
		d.list(x, y)
	case LoadingsKind:
		d.loadings(x, y)
	case GlideKind:
		if len(x.fields)+len(y.fields) == 0 {
			d.values(x, y)
			return
		}
		start := func(g *bound) *bound { // a value that does not move is where it starts from
			if len(g.fields) > 0 {
				return g.get("initial")
			}
			return g
		}
		d.values(start(x), start(y))
		for _, f := range order(x, y) {
			if f != "initial" {
				d.compare(x.get(f), y.get(f))
			}
		}
	case NumberKind:
		d.values(x, y)
	default:
		d.texts(x, y)
	}
}

// decides says whether it means something that the block f is there, whatever stands in it.
func decides(f *Field) bool {
	return slices.ContainsFunc(f.Fields, func(g *Field) bool { return g.Required })
}

// order returns the names of what is given in x or y, those of x first.
func order(x, y *bound) []string {
	var names []string
	for _, b := range []*bound{x, y} {
		for _, c := range b.fields {
			if !slices.Contains(names, c.name) {
				names = append(names, c.name)
			}
		}
	}
	return names
}

func (d *differ) fields(x, y *bound) {
	for _, name := range order(x, y) {
		d.compare(x.get(name), y.get(name))
	}
}

// whole records that one of x and y is there and the other is not. noun is an entity's.
func (d *differ) whole(x, y *bound, noun string) {
	c := Change{Kind: Added, Noun: noun}
	r, z := d.b, y
	if x != nil && x.given {
		c.Kind = Removed
		r, z = d.a, x
	}
	c.Words = z.f.Noun == "source" || z.f.Noun == "silence"
	if c.Path = z.path; noun != "" {
		c.Path = z.name
	}
	text := ""
	if noun == "" || noun == "metric" {
		text = r.make(z).compact()
	}
	if c.Kind == Added {
		c.After, c.To = text, z.key.origin()
	} else {
		c.Before, c.From = text, z.key.origin()
	}
	d.add(c)
}

// compact is what p means, on one line, without what only explains.
func (p *part) compact() string {
	if p.leaf != nil {
		return strings.ReplaceAll(p.leaf.Text, "\n", " ")
	}
	var texts []string
	for _, q := range p.parts {
		if q.words || q.label {
			continue
		}
		t := q.compact()
		if p.shape == mapping {
			t = q.key + ": " + t
		}
		texts = append(texts, t)
	}
	s := strings.Join(texts, ", ")
	if p.shape == list {
		return "[" + s + "]"
	}
	return "{" + s + "}"
}

func (d *differ) entities(x, y *bound) {
	noun := x.f.Noun
	var both [2][]string
	for _, name := range order(x, y) {
		u, v := x.item(name), y.item(name)
		switch {
		case u == nil || v == nil:
			d.whole(u, v, noun)
		case noun == "source":
			n := len(d.changes)
			d.compare(u, v)
			for i := n; i < len(d.changes); i++ {
				d.changes[i].Words = true
			}
		default:
			d.compare(u, v)
		}
	}
	for i, pair := range [2][2]*bound{{x, y}, {y, x}} {
		for _, c := range pair[0].fields {
			if pair[1].item(c.name) != nil {
				both[i] = append(both[i], c.name)
			}
		}
	}
	if x.f.Ids && !slices.Equal(both[0], both[1]) {
		d.add(Change{Kind: Reordered, Path: x.path, Before: strings.Join(both[0], ", "), After: strings.Join(both[1], ", "),
			From: x.key.origin(), To: y.key.origin()})
	}
}

// same says whether x and y mean the same.
func (d *differ) same(x, y *bound) bool {
	quiet := differ{a: d.a, b: d.b}
	quiet.compare(x, y)
	return !slices.ContainsFunc(quiet.changes, func(c Change) bool { return !c.Words })
}

// list compares lists whose order matters: what means the same in both, in the same order, is
// matched; what else means the same has moved; the rest between two matches is matched in turn.
func (d *differ) list(x, y *bound) {
	matched := d.matches(x.fields, y.fields)
	was := make([]int, len(y.fields)) // where y's items were in x, or -1
	used := make([]bool, len(x.fields))
	for j := range was {
		was[j] = -1
	}
	for _, m := range matched {
		was[m[1]], used[m[0]] = m[0], true
	}
	moved := map[int]bool{}
	for j, v := range y.fields {
		for i, u := range x.fields {
			if was[j] < 0 && !used[i] && d.same(u, v) {
				was[j], used[i] = i, true
				moved[j] = true
			}
		}
	}
	i0, j0 := 0, 0
	for _, m := range append(matched, [2]int{len(x.fields), len(y.fields)}) {
		for i, j := i0, j0; ; i, j = i+1, j+1 {
			for i < m[0] && used[i] {
				i++
			}
			for j < m[1] && was[j] >= 0 {
				j++
			}
			if i >= m[0] || j >= m[1] {
				break
			}
			was[j], used[i] = i, true
		}
		i0, j0 = m[0]+1, m[1]+1
	}
	next := 0
	for j, v := range y.fields {
		if was[j] < 0 {
			d.whole(nil, v, "")
			continue
		}
		for ; next <= was[j]; next++ {
			if !used[next] {
				d.whole(x.fields[next], nil, "")
			}
		}
		u := x.fields[was[j]]
		n := len(d.changes)
		if moved[j] && x.f.Noun != "silence" {
			d.add(Change{Kind: Moved, Path: v.path, Was: u.path, From: u.key.origin(), To: v.key.origin()})
		}
		d.compare(u, v)
		for k := n; k < len(d.changes); k++ {
			c := &d.changes[k]
			if c.Kind != Moved && u.path != v.path {
				c.Was = u.path + strings.TrimPrefix(c.Path, v.path)
			}
			c.Words = c.Words || x.f.Noun == "silence"
		}
	}
	for ; next < len(x.fields); next++ {
		if !used[next] {
			d.whole(x.fields[next], nil, "")
		}
	}
}

// matches returns a longest common subsequence of two lists, as pairs of indices.
func (d *differ) matches(xs, ys []*bound) [][2]int {
	var front, back [][2]int
	at := 0
	for len(xs) > 0 && len(ys) > 0 && d.same(xs[0], ys[0]) {
		front = append(front, [2]int{at, at})
		xs, ys = xs[1:], ys[1:]
		at++
	}
	for len(xs) > 0 && len(ys) > 0 && d.same(xs[len(xs)-1], ys[len(ys)-1]) {
		xs, ys = xs[:len(xs)-1], ys[:len(ys)-1]
		back = append(back, [2]int{at + len(xs), at + len(ys)})
	}
	slices.Reverse(back)
	const most = 100_000 // comparisons
	if len(xs)*len(ys) > most {
		return append(front, back...)
	}
	// length[i][j] is that of the longest common subsequence of xs[i:] and ys[j:].
	length := make([][]int, len(xs)+1)
	equal := make([][]bool, len(xs))
	for i := range length {
		length[i] = make([]int, len(ys)+1)
	}
	for i := len(xs) - 1; i >= 0; i-- {
		equal[i] = make([]bool, len(ys))
		for j := len(ys) - 1; j >= 0; j-- {
			if equal[i][j] = d.same(xs[i], ys[j]); equal[i][j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(xs) && j < len(ys); {
		switch {
		case equal[i][j]:
			front = append(front, [2]int{at + i, at + j})
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return append(front, back...)
}

// A joint is one pair of a correlation block.
type joint struct {
	names [2]string
	item  *bound
}

// joints returns the pairs of all blocks, of the names in their order.
func joints(b *bound) []joint {
	var all []joint
	for _, c := range b.fields {
		for _, kind := range []string{"inputs", "shocks"} {
			names := c.get(kind).names
			for i, n := range names {
				for _, m := range names[i+1:] {
					all = append(all, joint{key(n.text, m.text), c})
				}
			}
		}
	}
	return all
}

// correlations compares pair by pair: blocks are only a way to write them.
func (d *differ) correlations(x, y *bound) {
	before, after := joints(x), joints(y)
	find := func(in []joint, names [2]string) *bound {
		if i := slices.IndexFunc(in, func(j joint) bool { return j.names == names }); i >= 0 {
			return in[i].item
		}
		return nil
	}
	told := map[*bound]bool{}
	for _, j := range before {
		c := Change{Kind: Removed, Path: x.path, Names: j.names[:], Before: j.item.get("rho").written, From: j.item.get("rho").mark.origin()}
		now := find(after, j.names)
		if now == nil {
			d.add(c)
			continue
		}
		rho := now.get("rho")
		if rho.value.Const != j.item.get("rho").value.Const {
			c.Kind, c.After, c.To = Changed, rho.written, rho.mark.origin()
			d.add(c)
		}
		if !told[j.item] { // once a block
			told[j.item] = true
			for _, word := range []string{"source", "note"} {
				d.compare(j.item.get(word), now.get(word))
			}
		}
	}
	for _, j := range after {
		if find(before, j.names) == nil {
			rho := j.item.get("rho")
			d.add(Change{Kind: Added, Path: x.path, Names: j.names[:], After: rho.written, To: rho.mark.origin()})
		}
	}
}

func (d *differ) loadings(x, y *bound) {
	side := func(b *bound, n string) (text string, x float64, o Origin) {
		for _, m := range b.names {
			if m.text == n {
				return formatNumber(m.x), m.x, m.mark.origin()
			}
		}
		return "none", 0, Origin{}
	}
	var names []string
	for _, n := range slices.Concat(x.names, y.names) {
		if !slices.Contains(names, n.text) {
			names = append(names, n.text)
		}
	}
	for _, n := range names {
		before, u, from := side(x, n)
		after, v, to := side(y, n)
		if u != v {
			d.add(Change{Kind: Changed, Path: join(x.path, n), Before: before, After: after, From: from, To: to})
		}
	}
}

// values compares numbers or distributions, and then what is said of them.
func (d *differ) values(x, y *bound) {
	u, v := d.a.assumption[x], d.b.assumption[y]
	path := y.path
	if len(x.path) > len(path) {
		path = x.path // one of the two moves: where it starts from
	}
	if !alikeValues(x, y, u, v) {
		c := Change{Kind: Changed, Path: path, Before: valueText(x), After: valueText(y)}
		unit := x.f.Unit
		if u != nil {
			c.From, unit = x.mark.origin(), u.unit
		}
		if v != nil {
			c.To, unit = y.mark.origin(), v.unit
		}
		if c.Unit = unit; c.Before == "none" && c.After == "none" {
			c.Unit = ""
		}
		d.add(c)
	}
	if u == nil || v == nil {
		return
	}
	for _, w := range []struct{ what, before, after string }{
		{"unit", u.unit, v.unit},
		{"source", joined(u.sources, "; "), joined(v.sources, "; ")},
		{"note", strings.TrimSpace(u.note), strings.TrimSpace(v.note)},
	} {
		if w.before != w.after {
			d.word(join(path, w.what), w.before, w.after, x.mark.origin(), y.mark.origin())
		}
	}
}

// word records a change of what only explains; nothing is written as none.
func (d *differ) word(path, before, after string, from, to Origin) {
	quoted := func(s string) string {
		if s == "" {
			return "none"
		}
		return fmt.Sprintf("%q", s)
	}
	d.add(Change{Kind: Changed, Path: path, Before: quoted(before), After: quoted(after), From: from, To: to, Words: true})
}

// valueText is what x says or, where it is left out, what holds.
func valueText(x *bound) string {
	if x.given {
		return strings.Join(strings.Fields(x.written), " ")
	}
	if x.f.Silent {
		return "none"
	}
	return x.f.left()
}

// alikeValues says whether two values mean the same.
func alikeValues(x, y *bound, u, v *assumption) bool {
	if u == nil || v == nil {
		if u == nil && v == nil {
			return true
		}
		given := x
		if u == nil {
			given = y
		}
		f := given.f
		return given.value.Dist == nil && f.Without == "" && !f.Silent && given.value.Const == f.Default
	}
	if u.spread == nil || v.spread == nil {
		return u.spread == nil && v.spread == nil && x.value.Const == y.value.Const
	}
	if reflect.DeepEqual(u.spread.dist, v.spread.dist) {
		return true
	}
	s, t := reread(x.written), reread(y.written)
	return s != nil && t != nil && alikeTerms(s, t)
}

// reread parses the text of a distribution again.
func reread(text string) *term {
	p := termParser{p: &problems{}, at: func(int, int) mark { return mark{} }, text: []rune(text)}
	return p.whole()
}

// alikeTerms says whether two distributions are written with the same numbers. 9.9 % and 0.099
// are the same up to rounding. Files of observations are compared by what is in them, elsewhere.
func alikeTerms(s, t *term) bool {
	if s.name != t.name || s.quoted || t.quoted || len(s.args) != len(t.args) {
		return false
	}
	if s.name == "" {
		return s.number == t.number || math.Abs(s.number-t.number) <= 1e-12*math.Abs(s.number)
	}
	for i := range s.args {
		if !alikeTerms(s.args[i], t.args[i]) || s.keys != nil && !alikeTerms(s.keys[i], t.keys[i]) {
			return false
		}
	}
	return true
}

// texts compares everything that is no number.
func (d *differ) texts(x, y *bound) {
	before, after := effective(x), effective(y)
	if before == after {
		return
	}
	f := x.f
	if f.Name == "notes" || f.Name == "asserts" {
		d.listed(x, y)
		return
	}
	if explains(f) || f.Kind == TextKind && f.Name != "path" {
		was, is := x.written, y.written
		if f.Kind == TextsKind {
			was, is = joined(x.names, "; "), joined(y.names, "; ")
		}
		d.word(y.path, strings.TrimSpace(was), strings.TrimSpace(is), x.mark.origin(), y.mark.origin())
		return
	}
	c := Change{Kind: Changed, Path: y.path, Before: said(x), After: said(y), Unit: f.Unit}
	if x.given {
		c.From = x.mark.origin()
	}
	if y.given {
		c.To = y.mark.origin()
	}
	d.add(c)
}

// listed compares the scenarios' notes, or what they assert, one by one.
func (d *differ) listed(x, y *bound) {
	has := func(b *bound, text string) bool {
		return slices.ContainsFunc(b.names, func(n name) bool { return n.text == text })
	}
	for _, n := range x.names {
		if !has(y, n.text) {
			d.add(Change{Kind: Removed, Path: x.path, Before: fmt.Sprintf("%q", n.text), From: n.mark.origin(), Words: explains(x.f)})
		}
	}
	for _, n := range y.names {
		if !has(x, n.text) {
			d.add(Change{Kind: Added, Path: y.path, After: fmt.Sprintf("%q", n.text), To: n.mark.origin(), Words: explains(x.f)})
		}
	}
}

// said is what x says in words of its own or, where it is left out, what holds.
func said(x *bound) string {
	switch {
	case x.given && x.f.Kind == ExpressionKind:
		return strings.Join(strings.Fields(x.written), " ")
	case x.f.Without != "" && !x.given:
		return x.f.Without
	}
	return effective(x)
}

// effective is what holds, in a form in which the same is written alike.
func effective(x *bound) string {
	f := x.f
	switch f.Kind {
	case FlagKind:
		return fmt.Sprint(x.flag)
	case ChoiceKind:
		if !x.given {
			return f.Choices[0]
		}
	case WholeKind, SeedKind:
		if !x.given {
			return formatNumber(f.Default)
		}
		return fmt.Sprint(x.whole)
	case ConstantKind:
		return formatNumber(x.value.Const)
	case DateKind:
		if x.given {
			return x.date.String()
		}
	case WindowKind:
		if x.given {
			return x.date.String() + " to " + x.to.String()
		}
	case TextsKind:
		return joined(x.names, "\n")
	case ExpressionKind:
		return strings.Map(func(r rune) rune {
			if unicode.IsSpace(r) {
				return -1
			}
			return r
		}, x.written)
	case TextKind, ReferenceKind:
		if !x.given && (f.Without == "the id" || f.Without == "the cloud's id" || f.Name == "name") {
			parts := strings.Split(x.path, ".")
			return parts[max(0, len(parts)-2)]
		}
	}
	if !x.given {
		return "none"
	}
	return strings.TrimSpace(x.written)
}
