package scenarios

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A composer puts a scenario together: what it extends, itself, and what --set overrides.
type composer struct {
	*problems
	format *Field
	load   func(from *source, name string) (*source, []byte, error)
	texts  [][]byte  // of the files, in the order in which they were read
	chain  []*source // of those that extend another
}

// maxExtends is how many scenarios may stand on each other.
const maxExtends = 16

// read parses src and what it extends, and merges them.
func (c *composer) read(src *source, text []byte) *node {
	c.texts = append(c.texts, text)
	n := c.parse(src, text)
	if n == nil {
		return nil
	}
	if n.shape != mapping {
		c.errorf(n.mark, "wrong-type", "a scenario begins with: entente: 1", "a scenario is a map, not %s", n.what())
		return nil
	}
	if factors := n.child("factors"); factors != nil {
		for _, f := range factors.items {
			sortLoadings(f)
		}
	}
	base := n.child("extends")
	if base == nil || base.broken {
		if len(c.chain) > 0 {
			c.versioned(n)
		}
		return n
	}
	n.remove("extends")
	if base.null() {
		return n
	}
	c.versioned(n)
	if base.shape != scalar || base.text == "" {
		c.errorf(base.mark, "wrong-type", "", "extends takes the name of a scenario, not %s", base.what())
		return nil
	}
	c.chain = append(c.chain, src)
	from, baseText, err := c.load(src, base.text)
	if err != nil {
		c.errorf(base.mark, "extends", "", "%v", err)
		return nil
	}
	for _, s := range c.chain {
		if s.name == from.name {
			c.errorf(base.mark, "extends", "", "a circle: %s extends itself", s.name)
			return nil
		}
	}
	if len(c.chain) > maxExtends {
		c.errorf(base.mark, "extends", "", "more than %d scenarios extend each other", maxExtends)
		return nil
	}
	from.order = len(c.chain)
	under := c.read(from, baseText)
	if under == nil {
		return nil
	}
	return c.merge(c.format, under, n, "")
}

// versioned checks that each of several files says which format it is written in.
func (c *composer) versioned(n *node) {
	if n.child("entente") == nil {
		c.errorf(n.mark, "missing-field", "write entente: 1 on top: the version of the format", "the scenario does not say which format it is written in")
	}
}

// merges says whether n, as f, is merged by key; all else is replaced whole.
func (f *Field) merges(n *node) bool {
	switch f.Kind {
	case BlockKind, EntitiesKind, LoadingsKind:
		return n.shape == mapping
	case GlideKind:
		return n.shape == mapping && !isValue(n) && !isDistribution(n) && !isAnnotated(n)
	}
	return false
}

// merge puts over onto base: maps merge by key and keep their order, null removes a key, all
// else is replaced, and so is what holds a value or a distribution.
func (c *composer) merge(f *Field, base, over *node, path string) *node {
	if !f.merges(base) || !f.merges(over) {
		return over
	}
	merged := &node{mark: over.mark, shape: mapping, flow: over.flow, broken: over.broken}
	for i, k := range base.keys {
		merged.set(k, base.items[i])
	}
	for i, k := range over.keys {
		v, old := over.items[i], base.child(k.text)
		at := join(path, k.text)
		switch {
		case v.null() && old == nil:
			var keys []string
			for _, b := range base.keys {
				keys = append(keys, b.text)
			}
			c.errorf(k.mark, "nothing-to-remove", didYouMean(k.text, keys), "null removes %s, which is not there", at)
		case v.null():
			merged.remove(k.text)
		case v.empty() && old != nil:
			c.errorf(k.mark, "wrong-type", "null removes what the extended scenario says", "%s has no value", at)
		case old != nil:
			merged.set(k, c.merge(f.under(k.text), old, v, at))
		default:
			merged.set(k, v)
		}
	}
	return merged
}

// An override is one PATH=VALUE, PATH*=FACTOR or PATH+=NUMBER.
type override struct {
	src   *source
	path  string
	at    mark    // of the path
	whole mark    // of all of it
	does  string  // "scale" or "shift" what is there; empty: VALUE takes its place
	by    float64 // the factor, or the number
}

// set applies PATH=VALUE to root, whose format is f. PATH*=FACTOR multiplies what stands there, a
// number or a distribution, and PATH+=NUMBER adds to it.
func (c *composer) set(f *Field, root *node, text string, order int) {
	src := overrideSource(order, text)
	whole := mark{src: src, line: 1, col: 1, width: utf8.RuneCountInString(text)}
	path, value, ok := strings.Cut(text, "=")
	if path = strings.TrimSpace(path); !ok || path == "" {
		c.errorf(whole, "set", "write PATH=VALUE: openai.cash=40", "%q sets nothing", abbreviate(text))
		return
	}
	o := override{src: src, path: path, at: mark{src: src, line: 1, col: 1, width: utf8.RuneCountInString(path)}, whole: whole}
	shift := utf8.RuneCountInString(text) - utf8.RuneCountInString(value)
	for sign, does := range map[string]string{"*": "scale", "+": "shift"} {
		if bare, ok := strings.CutSuffix(path, sign); ok {
			o.path, o.at.width, o.does = strings.TrimSpace(bare), max(1, utf8.RuneCountInString(bare)), does
		}
	}
	if o.does != "" {
		x, hint, ok := parseNumber(strings.TrimSpace(value))
		if !ok {
			c.errorf(whole.from(shift, max(1, utf8.RuneCountInString(value))), "set", hint, "%s is changed by %q: it takes a number", o.path, abbreviate(strings.TrimSpace(value)))
			return
		}
		o.by = x
		c.place(f, root, o, &node{mark: whole})
		return
	}
	if strings.TrimSpace(value) == "" {
		c.errorf(whole.from(shift, 1), "set", path+"=null removes it", "%s is set to nothing", path)
		return
	}
	if !strings.Contains(value, "\n") {
		value = strings.Repeat(" ", shift) + value // so that its places are those in the whole text
	} else {
		src = newSource("--set "+path, order, value)
	}
	if v := c.parse(src, []byte(value)); v != nil {
		c.place(f, root, o, v)
	}
}

// place walks down to what o names and puts v there.
func (c *composer) place(root *Field, n *node, o override, v *node) {
	parts := strings.Split(o.path, ".")
	f := root
	refuse := func() {
		all := paths(root, n)
		hint := nearest(o.path, all)
		if hint != "" {
			hint = "did you mean " + strconv.Quote(hint) + "?"
		}
		c.errorf(o.at, "unknown-path", hint, "there is no %q to set", abbreviate(o.path))
	}
	at := n
	// An id stands for the section that it is in.
	if f.field(parts[0]) == nil {
		found := false
		for _, s := range sections(root) {
			if m := n.child(s.Name); m != nil && m.child(parts[0]) != nil {
				f, at, found = s, m, true
				break
			}
		}
		if !found {
			refuse()
			return
		}
	}
	for i, p := range parts {
		if f.Kind == LoadingsKind { // their names have dots
			p = strings.Join(parts[i:], ".")
		}
		last := i == len(parts)-1 || f.Kind == LoadingsKind
		var next *Field
		switch f.Kind {
		case BlockKind:
			next = f.field(p)
		case GlideKind:
			if next = f.field(p); next != nil && (at.shape != mapping || isValue(at) || isDistribution(at)) {
				// A value that does not move becomes where it starts from.
				old := *at
				*at = node{mark: old.mark, shape: mapping}
				if !old.null() && !old.empty() {
					at.set(&node{mark: old.mark, text: "initial", quoted: true}, &old)
				}
			}
		case EntitiesKind:
			next = entry(f)
			if at.child(p) == nil && !(last && f.Noun != "" && idSyntax.MatchString(p)) {
				next = nil
			}
		case ListKind:
			next = entry(f)
		case LoadingsKind:
			next = &Field{Kind: ConstantKind}
		}
		if next == nil {
			refuse()
			return
		}
		if f.Kind == ListKind {
			j, err := strconv.Atoi(p)
			if err != nil || j < 0 || j >= len(at.items) || at.shape != list {
				c.errorf(o.at, "unknown-path", "", "there is no %q to set: the list has %d, counted from 0", abbreviate(o.path), len(at.items))
				return
			}
			switch {
			case last && v.null():
				at.items = append(at.items[:j:j], at.items[j+1:]...)
			case last:
				at.items[j] = c.changed(o, next, at.items[j], v)
			default:
				at = at.items[j]
			}
			f = next
			if last {
				return
			}
			continue
		}
		if at.shape != mapping {
			if at.shape == scalar && (at.empty() || at.null()) {
				*at = node{mark: at.mark, shape: mapping}
			} else {
				refuse()
				return
			}
		}
		key := &node{mark: o.at, text: p, quoted: true}
		if last {
			if v.null() {
				at.remove(p)
			} else if v = c.changed(o, next, at.child(p), v); v != nil {
				at.set(key, v)
			}
			return
		}
		child := at.child(p)
		if child == nil {
			child = &node{mark: o.at, shape: mapping}
			if next.Kind == ListKind {
				child.shape = list
			}
			at.set(key, child)
		}
		f, at = next, child
	}
}

// changed is what o makes of old, which is read as f, where v would take its place.
func (c *composer) changed(o override, f *Field, old, v *node) *node {
	if o.does == "" {
		return v
	}
	refuse := func(hint, format string, args ...any) *node {
		c.errorf(o.at, "set", hint, format, args...)
		return old
	}
	switch {
	case old == nil || old.null() || old.empty():
		return refuse("set it: "+o.path+"=...", "there is nothing at %s to change: it is left out", o.path)
	case old.broken:
		return old
	case old.child("value") != nil:
		n := old.clone()
		n.set(&node{mark: o.at, text: "value", quoted: true}, c.changed(o, f, old.child("value"), v))
		return n
	case f.Kind != NumberKind && f.Kind != GlideKind && f.Kind != ConstantKind:
		return refuse("", "%s takes %s: there is no number to change", o.path, f.want())
	case old.shape == scalar && !old.quoted:
		if x, _, ok := parseNumber(old.text); ok {
			if o.does == "scale" {
				x *= o.by
			} else {
				x += o.by
			}
			return &node{mark: o.whole, shape: scalar, text: formatNumber(x)}
		}
	case old.shape == mapping && f.Kind == GlideKind && !isDistribution(old) && !isAnnotated(old):
		return refuse("change "+o.path+".initial, say", "%s moves: there is no one number to change", o.path)
	}
	by := &node{mark: o.whole, shape: scalar, text: formatNumber(o.by)}
	n := &node{mark: o.whole, shape: mapping, flow: true}
	if old.mentions("empirical") { // whose file lies beside where it is written
		n.mark = old.mark
	}
	n.set(&node{mark: o.whole, text: o.does, quoted: true}, &node{mark: o.whole, shape: list, flow: true, items: []*node{old, by}})
	return n
}

// mentions says whether a text is somewhere in n.
func (n *node) mentions(text string) bool {
	return strings.Contains(n.text, text) ||
		slices.ContainsFunc(n.keys, func(k *node) bool { return k.mentions(text) }) ||
		slices.ContainsFunc(n.items, func(i *node) bool { return i.mentions(text) })
}

// under is what stands under the key in a map of f.
func (f *Field) under(key string) *Field {
	g := f.field(key)
	if f.Kind == EntitiesKind {
		g = entry(f)
	}
	if g == nil {
		g = &Field{Kind: TextKind} // unknown, or a loading: replaced whole
	}
	return g
}

// entry is what one of f is: of a map of entities, or of a list.
func entry(f *Field) *Field {
	if len(f.Fields) == 1 && f.Fields[0].Name == "" {
		return f.Fields[0] // a map of plain values
	}
	return &Field{Kind: BlockKind, Fields: f.Fields, Noun: f.Noun}
}

// paths lists what may be set in the scenario n.
func paths(root *Field, n *node) []string {
	var all []string
	var walk func(f *Field, n *node, path string)
	walk = func(f *Field, n *node, path string) {
		if path != "" && f.Kind != EntitiesKind {
			all = append(all, path)
		}
		switch f.Kind {
		case BlockKind, GlideKind:
			for _, g := range f.Fields {
				var child *node
				if n != nil {
					child = n.child(g.Name)
				}
				walk(g, child, join(path, g.Name))
			}
		case EntitiesKind:
			if n != nil && n.shape == mapping {
				if f.Ids {
					path = ""
				}
				for i, k := range n.keys {
					walk(entry(f), n.items[i], join(path, k.text))
				}
			}
		case ListKind:
			if n != nil && n.shape == list {
				for i, item := range n.items {
					walk(entry(f), item, join(path, strconv.Itoa(i)))
				}
			}
		}
	}
	walk(root, n, "")
	return all
}

// sortLoadings reads the short form of a factor, {openai.revenue: 0.7}: what stands right in it
// goes to its shocks, if one of the names is formed like a shock's, else to its inputs.
func sortLoadings(factor *node) {
	if factor.shape != mapping {
		return
	}
	var names []*node
	kind := "inputs"
	for _, key := range factor.keys {
		if strings.Contains(key.text, ".") {
			names = append(names, key)
			if namesShock(key.text) {
				kind = "shocks"
			}
		}
	}
	if len(names) == 0 {
		return
	}
	loadings := factor.child(kind)
	if loadings == nil {
		loadings = &node{mark: names[0].mark, shape: mapping, flow: true}
		factor.set(&node{mark: names[0].mark, shape: scalar, text: kind}, loadings)
	}
	if loadings.shape != mapping {
		return // what is wrong with it is said elsewhere
	}
	for _, name := range names {
		loadings.set(name, factor.child(name.text))
		factor.remove(name.text)
	}
}

// namesShock says that a name is formed like a shock's, openai.revenue; no path of an input is.
func namesShock(name string) bool {
	_, last, _ := strings.Cut(name, ".")
	return slices.Contains([]string{"revenue", "growth", "compute", "valuation", "funding", "churn"}, last)
}
