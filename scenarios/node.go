package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Limits on what is read: far above any scenario, far below what would trouble a machine.
const (
	maxBytes = 8 << 20
	maxNodes = 100_000
	maxDepth = 64
)

// A shape is what YAML knows about a node.
type shape int

const (
	scalar shape = iota
	list
	mapping
)

// A node is a piece of YAML with its place. Aliases and merge keys are gone: a node that was
// reached through one has the place of its anchor.
type node struct {
	mark
	shape  shape
	text   string // of a scalar
	quoted bool   // a scalar that is text, whatever it looks like
	flow   bool   // written with {} or []
	broken bool   // already complained about
	keys   []*node
	items  []*node        // of a list; the values of a mapping, one a key
	index  map[string]int // of a mapping: where its keys are
}

// clone copies n and all that is in it.
func (n *node) clone() *node {
	if n == nil {
		return nil
	}
	c := *n
	c.keys, c.items, c.index = slices.Clone(n.keys), slices.Clone(n.items), maps.Clone(n.index)
	for i, item := range c.items {
		c.items[i] = item.clone()
	}
	return &c
}

// null says that n was written as null, which removes.
func (n *node) null() bool {
	return n.shape == scalar && !n.quoted && slices.Contains([]string{"null", "Null", "NULL", "~"}, n.text)
}

// empty says that nothing stands after the colon.
func (n *node) empty() bool { return n.shape == scalar && !n.quoted && n.text == "" }

// child returns the value of the key, or nil.
func (n *node) child(key string) *node {
	if i, ok := n.index[key]; ok {
		return n.items[i]
	}
	return nil
}

// set gives the key a value: in its old place, if it has one, else at the end.
func (n *node) set(key, value *node) {
	if i, ok := n.index[key.text]; ok {
		n.keys[i], n.items[i] = key, value
		return
	}
	if n.index == nil {
		n.index = map[string]int{}
	}
	n.index[key.text] = len(n.keys)
	n.keys, n.items = append(n.keys, key), append(n.items, value)
}

// remove takes the key out.
func (n *node) remove(key string) {
	i, ok := n.index[key]
	if !ok {
		return
	}
	n.keys, n.items = slices.Delete(n.keys, i, i+1), slices.Delete(n.items, i, i+1)
	delete(n.index, key)
	for k, j := range n.index {
		if j > i {
			n.index[k] = j - 1
		}
	}
}

// what names the shape of n for a message.
func (n *node) what() string {
	switch {
	case n.shape == list:
		return "a list"
	case n.shape == mapping:
		return "a map"
	case n.empty():
		return "nothing"
	default:
		return fmt.Sprintf("%q", abbreviate(n.text))
	}
}

// abbreviate shortens what is quoted in messages.
func abbreviate(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:37]) + "..."
	}
	return s
}

// parse reads one YAML document. It returns nil if there is nothing to go on with.
func (p *problems) parse(src *source, text []byte) *node {
	top := mark{src: src, line: 1, col: 1}
	if len(text) > maxBytes {
		p.errorf(mark{src: src}, "too-large", "", "%d bytes are more than the %d that a scenario may have", len(text), maxBytes)
		return nil
	}
	if !utf8.Valid(text) {
		good := 0
		for good < len(text) {
			r, n := utf8.DecodeRune(text[good:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			good += n
		}
		line := 1 + bytes.Count(text[:good], []byte("\n"))
		col := 1 + utf8.RuneCount(text[bytes.LastIndexByte(text[:good], '\n')+1:good])
		p.errorf(mark{src: src, line: line, col: col}, "encoding", "save the file as UTF-8", "byte 0x%02X is not UTF-8 text", text[good])
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(text))
	var doc, second yaml.Node
	if err == nil {
		err = loader.Load(&doc)
	}
	if errors.Is(err, io.EOF) || err == nil && len(doc.Content) == 0 {
		p.errorf(top, "empty", "a scenario begins with: entente: 1", "there is nothing in it")
		return nil
	}
	if err != nil {
		p.syntax(src, err)
		return nil
	}
	switch err := loader.Load(&second); {
	case err == nil:
		p.errorf(mark{src: src, line: second.Line, col: second.Column}, "second-document",
			"one file is one scenario: put the other into a file of its own", "a second document begins here")
	case !errors.Is(err, io.EOF):
		p.syntax(src, err)
		return nil
	}
	c := converter{p: p, src: src, open: map[*yaml.Node]bool{}}
	n := c.convert(doc.Content[0], 0)
	if c.stopped {
		return nil
	}
	return n
}

var weighted = regexp.MustCompile(`\b(discrete|mixture|metalog|truncate)\(.*\)`)

var ownKey = regexp.MustCompile(`^\s+[\w-]+\s*:$`)

// syntax says what the YAML parser did not understand.
func (p *problems) syntax(src *source, err error) {
	m, message := mark{src: src}, err.Error()
	var e *yaml.LoadError
	if errors.As(err, &e) {
		m.line, m.col, message = max(1, e.Mark.Line), max(1, e.Mark.Column), e.Message
		if e.ContextMsg != "" {
			message = e.ContextMsg + ": " + message
		}
	}
	last := len(src.lines)
	for last > 1 && strings.TrimSpace(src.lines[last-1]) == "" {
		last--
	}
	if m.line > last { // what is missing at the end is missing behind the last line that has something
		m.line, m.col = last, 1+utf8.RuneCountInString(src.lines[last-1])
	}
	hint := ""
	if m.line >= 1 && m.line <= len(src.lines) {
		line := src.lines[m.line-1]
		switch before := firstRunes(line, m.col); {
		case strings.Contains(before[:len(before)-len(strings.TrimLeft(before, " \t"))], "\t"):
			hint = "YAML is indented with spaces: there is a tab here"
		case strings.Contains(message, "mapping values are not allowed") && weighted.MatchString(line):
			hint = fmt.Sprintf("quote a distribution that has colons in it: %q", weighted.FindString(line))
		case strings.Contains(message, "mapping values are not allowed") && ownKey.MatchString(before):
			hint = "begin the line as far from the edge as those beside it"
		case strings.Contains(message, "quoted scalar") && strings.Contains(message, "end of stream"):
			hint = "a quotation mark is never closed"
		case strings.Contains(message, "mapping values are not allowed"):
			hint = "quote a text that contains a colon, or begin a new line"
		case strings.Contains(message, "',' or"):
			hint = "a bracket is not closed, or a text inside {} or [] has to be quoted"
		}
	}
	p.errorf(m, "yaml", hint, "this is not YAML: %s", message)
}

// A converter makes nodes of yaml.Nodes.
type converter struct {
	p       *problems
	src     *source
	count   int
	stopped bool
	alias   *yaml.Node          // the outermost alias that is being followed
	open    map[*yaml.Node]bool // anchors that are being read: an alias to one would never end
}

func (c *converter) mark(y *yaml.Node) mark {
	m := mark{src: c.src, line: y.Line, col: y.Column, width: 1}
	if y.Kind == yaml.ScalarNode && y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		m.width = utf8.RuneCountInString(y.Value)
		if y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 {
			m.width += 2
		}
	}
	return m
}

func (c *converter) stop(y *yaml.Node, hint, format string, args ...any) *node {
	if c.alias != nil {
		y = c.alias
	}
	if !c.stopped {
		c.p.errorf(c.mark(y), "too-large", hint, format, args...)
	}
	c.stopped = true
	return &node{mark: c.mark(y), broken: true}
}

func (c *converter) convert(y *yaml.Node, depth int) *node {
	n := &node{mark: c.mark(y), flow: y.Style&yaml.FlowStyle != 0}
	c.count++
	switch {
	case c.stopped:
		return n
	case c.count > maxNodes:
		return c.stop(y, "an alias of an alias of an alias grows fast", "the scenario has more than %d parts", maxNodes)
	case depth > maxDepth:
		return c.stop(y, "", "this is nested more than %d deep", maxDepth)
	}
	if y.Style&yaml.TaggedStyle != 0 {
		c.p.errorf(n.mark, "tag", "leave it out: the field says what its value is", "the tag %s is not used here", abbreviate(y.Tag))
		n.broken = true
	}
	switch y.Kind {
	case yaml.AliasNode:
		if y.Alias == nil || c.open[y.Alias] {
			c.p.errorf(n.mark, "alias", "", "the alias *%s is part of what it stands for", abbreviate(y.Value))
			n.broken = true
			return n
		}
		if c.alias == nil {
			c.alias = y
			defer func() { c.alias = nil }()
		}
		return c.convert(y.Alias, depth+1)
	case yaml.ScalarNode:
		n.text = y.Value
		n.quoted = y.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	case yaml.SequenceNode:
		n.shape = list
		c.open[y] = true
		for i := 0; i < len(y.Content); i++ {
			item := c.convert(y.Content[i], depth+1)
			n.items = append(n.items, item)
			if n.flow {
				i += c.unquoted(item, y.Content[i+1:], 1)
			}
		}
		delete(c.open, y)
	case yaml.MappingNode:
		n.shape = mapping
		c.open[y] = true
		c.mapping(n, y, depth)
		delete(c.open, y)
	}
	return n
}

// unquoted finds a distribution that YAML has split at its commas. It complains about the first piece, n,
// and returns how many of the following yaml.Nodes, in groups, are its other pieces.
func (c *converter) unquoted(n *node, rest []*yaml.Node, group int) (skip int) {
	open := strings.Count(n.text, "(") - strings.Count(n.text, ")")
	if n.shape != scalar || n.quoted || open <= 0 {
		return 0
	}
	whole, end := n.text, 0
	for i := 0; i+group <= len(rest) && open > 0; i += group {
		piece := rest[i].Value
		if group == 2 && rest[i+1].Value != "" {
			piece += ": " + rest[i+1].Value
		}
		whole += ", " + piece
		open += strings.Count(piece, "(") - strings.Count(piece, ")")
		end = i + group
	}
	if open != 0 {
		return 0
	}
	c.p.errorf(n.mark, "unquoted", fmt.Sprintf("write %q, with the quotes", whole),
		"inside {} and [] YAML splits %s at its commas: the text form has to be quoted", abbreviate(whole))
	n.broken = true
	return end
}

func (c *converter) mapping(n *node, y *yaml.Node, depth int) {
	written := map[string]*node{} // not merely merged in
	for i := 0; i+1 < len(y.Content); i += 2 {
		yk, yv := y.Content[i], y.Content[i+1]
		if yk.Kind == yaml.AliasNode && yk.Alias != nil {
			yk = yk.Alias
		}
		if yk.Kind != yaml.ScalarNode {
			c.p.errorf(c.mark(yk), "wrong-type", "", "a key is a single word")
			continue
		}
		if yk.Tag == "!!merge" {
			c.merge(n, yv, depth)
			continue
		}
		key, value := &node{mark: c.mark(yk), text: yk.Value, quoted: true}, c.convert(yv, depth+1)
		if n.flow {
			i += c.unquoted(value, y.Content[i+2:], 2)
		}
		if first := written[key.text]; first != nil {
			c.p.errorf(key.mark, "duplicate-key", "", "%q is already set in line %d", abbreviate(key.text), first.line)
			continue
		}
		written[key.text] = key
		n.set(key, value)
	}
}

// merge puts in what <<: gives: a map, or a list of maps of which the earlier win. What is
// written in the map itself wins over both, wherever it stands.
func (c *converter) merge(n *node, y *yaml.Node, depth int) {
	m := c.convert(y, depth+1)
	maps := []*node{m}
	if m.shape == list {
		maps = m.items
	}
	for _, from := range maps {
		if from.broken {
			continue
		}
		if from.shape != mapping {
			c.p.errorf(c.mark(y), "merge-key", "", "<<: takes a map or a list of maps, not %s", from.what())
			continue
		}
		for i, k := range from.keys {
			if n.child(k.text) == nil {
				n.set(k, from.items[i])
			}
		}
	}
}
