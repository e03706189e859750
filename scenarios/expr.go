package scenarios

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// A term is a distribution as it is written, before anybody asks whether it can be: a number,
// a quoted text, a probability (p10), or a name and what it is applied to.
type term struct {
	mark
	name   string // "" for a number or a quoted text; "to" for an interval
	number float64
	digits string // of a number, as written
	quoted bool   // a text, in word
	word   string
	args   []*term
	keys   []*term // of discrete, mixture and metalog: what stands before the colon, one an argument
}

func (t *term) isNumber() bool { return t.name == "" && !t.quoted }

// String writes t in the text form.
func (t *term) String() string {
	switch {
	case t.quoted:
		return strconv.Quote(t.word)
	case t.name == "":
		return t.digits
	case t.name == "to":
		return t.args[0].String() + " to " + t.args[1].String()
	}
	var parts []string
	for i, a := range t.args {
		s := a.String()
		if t.keys != nil {
			s = t.keys[i].String() + ": " + s
		}
		parts = append(parts, s)
	}
	return t.name + "(" + strings.Join(parts, ", ") + ")"
}

// A termParser reads the text form of a distribution.
type termParser struct {
	p    *problems
	at   func(from, width int) mark // the place of some characters of the text
	text []rune
	pos  int
	bad  bool
}

func (t *termParser) fail(from, width int, hint, format string, args ...any) *term {
	if !t.bad {
		t.p.errorf(t.at(from, max(1, width)), "distribution", hint, format, args...)
	}
	t.bad = true
	return nil
}

func (t *termParser) space() {
	for t.pos < len(t.text) && unicode.IsSpace(t.text[t.pos]) {
		t.pos++
	}
}

// peek returns the next character that is no space, or 0.
func (t *termParser) peek() rune {
	t.space()
	if t.pos < len(t.text) {
		return t.text[t.pos]
	}
	return 0
}

func isWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// word reads letters and digits.
func (t *termParser) word() string {
	from := t.pos
	for t.pos < len(t.text) && isWord(t.text[t.pos]) {
		t.pos++
	}
	return string(t.text[from:t.pos])
}

// whole reads all of the text as one distribution.
func (t *termParser) whole() *term {
	e := t.expression("a distribution", 0)
	if e == nil {
		return nil
	}
	if t.peek() != 0 {
		from := t.pos
		return t.fail(from, len(t.text)-from, "", "%q does not belong here, after %s", abbreviate(string(t.text[from:])), abbreviate(e.String()))
	}
	return e
}

var numberStart = regexp.MustCompile(`^[-+]?([0-9]|\.[0-9])`)

// expression reads a number, a function or an interval; want says what is expected.
func (t *termParser) expression(want string, depth int) *term {
	if depth > 16 {
		return t.fail(t.pos, 1, "", "this is nested too deep")
	}
	left := t.operand(want, depth)
	if left == nil {
		return nil
	}
	save := t.pos
	t.space()
	if from := t.pos; t.word() == "to" {
		right := t.operand("the 95 % quantile", depth)
		if right == nil {
			return nil
		}
		m := left.mark
		m.width = max(1, right.col+right.width-left.col)
		if !left.isNumber() || !right.isNumber() {
			return t.fail(from, 2, "", "`to` stands between two numbers, the 5 %% and the 95 %% quantile")
		}
		return &term{mark: m, name: "to", args: []*term{left, right}}
	}
	t.pos = save
	return left
}

func (t *termParser) operand(want string, depth int) *term {
	r := t.peek()
	from := t.pos
	switch {
	case r == 0:
		return t.fail(max(0, len(t.text)-1), 1, "", "%s is missing at the end", want)
	case r == '"' || r == '\'':
		for t.pos++; t.pos < len(t.text) && t.text[t.pos] != r; t.pos++ {
		}
		if t.pos == len(t.text) {
			return t.fail(from, 1, "", "this quotation mark is never closed")
		}
		t.pos++
		return &term{mark: t.at(from, t.pos-from), quoted: true, word: string(t.text[from+1 : t.pos-1])}
	case numberStart.MatchString(string(t.text[t.pos:min(len(t.text), t.pos+3)])):
		return t.numeral()
	case r == '-' || r == '+' || unicode.IsLetter(r):
		if r == '-' || r == '+' {
			t.pos++
		}
		name := t.word()
		if t.peek() == '(' && r != '-' && r != '+' {
			return t.call(name, from, depth)
		}
		if isNonFinite(name) {
			x, _ := strconv.ParseFloat(strings.ToLower(string(t.text[from:t.pos])), 64)
			return &term{mark: t.at(from, t.pos-from), number: x, digits: strings.ToLower(string(t.text[from:t.pos]))}
		}
		end := from + 1
		for end < t.pos && isWord(t.text[end]) {
			end++
		}
		return t.fail(from, end-from, whatThereIs(),
			"%q is no number and no distribution", abbreviate(string(t.text[from:end])))
	case r == ',' || r == ')' || r == ':':
		return t.fail(t.pos, 1, "", "%s is missing before %q", want, r)
	}
	hint := whatThereIs()
	if r == '−' || r == '–' {
		hint = "write - for minus"
	}
	return t.fail(t.pos, 1, hint, "%s is expected here, not %q", want, r)
}

func whatThereIs() string {
	return "a number (20), an interval (10 to 30), or a distribution: " + strings.Join(distributionNames(), ", ")
}

// numeral reads a number and complains about what only looks like one.
func (t *termParser) numeral() *term {
	from := t.pos
	if t.text[t.pos] == '-' || t.text[t.pos] == '+' {
		t.pos++
	}
	for t.pos < len(t.text) {
		r := t.text[t.pos]
		exponent := (r == '-' || r == '+') && (t.text[t.pos-1] == 'e' || t.text[t.pos-1] == 'E')
		if !isWord(r) && r != '.' && r != '%' && !exponent {
			break
		}
		t.pos++
	}
	s := string(t.text[from:t.pos])
	x, hint, ok := parseNumber(s)
	if !ok {
		return t.fail(from, t.pos-from, hint, "%q is no number", abbreviate(s))
	}
	return &term{mark: t.at(from, t.pos-from), number: x, digits: s}
}

// call reads the arguments of name, which begins at from.
func (t *termParser) call(name string, from, depth int) *term {
	fam := familyOf(name)
	if fam == nil {
		t.fail(from, len([]rune(name)), didYouMean(name, distributionNames()), "there is no distribution %q", abbreviate(name))
		return nil
	}
	t.pos++ // (
	e := &term{name: name}
	if fam.pairs {
		e.keys = []*term{}
	}
	for t.peek() != ')' || len(e.args) > 0 {
		want := fam.argument(len(e.args))
		if want == "" {
			return t.fail(t.pos, 1, "", "%s takes no more", fam.usage())
		}
		if fam.pairs {
			want = fam.params[0]
		}
		arg := t.expression(fmt.Sprintf("%s: %s", fam.usage(), want), depth+1)
		if arg == nil {
			return nil
		}
		if fam.pairs {
			if t.peek() != ':' {
				return t.fail(t.pos, 1, "", "%s: %s comes first, then a colon, then %s", fam.usage(), fam.params[0], fam.params[1])
			}
			t.pos++
			e.keys = append(e.keys, arg)
			if arg = t.expression(fmt.Sprintf("%s: %s", fam.usage(), fam.params[1]), depth+1); arg == nil {
				return nil
			}
		}
		e.args = append(e.args, arg)
		switch r := t.peek(); r {
		case ',':
			t.pos++
			continue
		case ')':
		case 0:
			return t.fail(len(t.text)-1, 1, "", "the bracket of %s is never closed", name)
		default:
			return t.fail(t.pos, 1, "", "a comma or a closing bracket is expected here, not %q", r)
		}
		break
	}
	if t.peek() != ')' {
		return t.fail(max(0, len(t.text)-1), 1, "", "the bracket of %s is never closed", name)
	}
	t.pos++
	e.mark = t.at(from, t.pos-from)
	if fam.pairs {
		if len(e.args) == 0 {
			return t.fail(t.pos-1, 1, "", "%s: %s is missing", fam.usage(), fam.params[0])
		}
	} else if want := fam.missing(len(e.args)); want != "" {
		return t.fail(t.pos-1, 1, "", "%s: %s is missing", fam.usage(), want)
	}
	return e
}
