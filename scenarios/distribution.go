package scenarios

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"entente/sim/dist"
)

// A family is a kind of distribution that scenarios may write.
type family struct {
	name   string
	params []string // of plain numbers, in order; of pairs, what stands before the colon and after it
	short  int      // how many of them are enough, if not all are needed; 0: all
	pairs  bool     // w: v, w: v, ...
	make   func(a []float64) (dist.Dist, error)
}

// families are in the order of the manual. Those without make are made in made.
var families = sync.OnceValue(func() []*family {
	fs := []*family{{name: "to", params: []string{"the 5 % quantile", "the 95 % quantile"}}}
	for _, k := range dist.Kinds() {
		f := &family{name: k.Name, params: k.Parameters, make: k.New}
		if k.Optional > 0 {
			f.short = len(k.Parameters) - k.Optional
		}
		fs = append(fs, f)
	}
	return append(fs,
		&family{name: "discrete", params: []string{"weight", "value"}, pairs: true},
		&family{name: "mixture", params: []string{"weight", "distribution"}, pairs: true},
		&family{name: "metalog", params: []string{"probability", "quantile"}, pairs: true},
		&family{name: "empirical", params: []string{`"file.csv"`, `"column"`}},
		&family{name: "truncate", params: []string{"distribution", "lo", "hi"}},
		&family{name: "scale", params: []string{"distribution", "factor"}},
		&family{name: "shift", params: []string{"distribution", "by"}})
})

func familyOf(name string) *family {
	for _, f := range families() {
		if f.name == name {
			return f
		}
	}
	return nil
}

// distributionNames are the names that stand before a bracket.
func distributionNames() []string {
	var names []string
	for _, f := range families()[1:] {
		names = append(names, f.name)
	}
	return names
}

// usage shows how f is written.
func (f *family) usage() string {
	if f.pairs {
		p := f.params[0] + ": " + f.params[1]
		return f.name + "(" + p + ", " + p + ", ...)"
	}
	return f.name + "(" + strings.Join(f.params, ", ") + ")"
}

// argument names the n-th argument, or returns "" if there is none.
func (f *family) argument(n int) string {
	if f.pairs {
		return f.params[0]
	}
	if n < len(f.params) {
		return f.params[n]
	}
	return ""
}

// missing names the first argument that n arguments lack, or returns "".
func (f *family) missing(n int) string {
	if n == len(f.params) || f.short > 0 && n == f.short {
		return ""
	}
	return f.argument(n)
}

var percentile = regexp.MustCompile(`^p([0-9]{1,2}(\.[0-9]+)?)$`)

// isDistribution says whether the mapping n is a distribution: one name with its arguments,
// or percentiles.
func isDistribution(n *node) bool {
	if n.shape != mapping || len(n.keys) == 0 {
		return false
	}
	if len(n.keys) == 1 && familyOf(n.keys[0].text) != nil {
		return true
	}
	for _, k := range n.keys {
		if percentile.MatchString(k.text) {
			return true
		}
	}
	return false
}

// term reads a distribution from its text form or from its map.
func (r *binder) term(n *node) *term {
	if n.shape == scalar {
		t := termParser{p: &r.problems, at: n.place(), text: []rune(n.text)}
		return t.whole()
	}
	if fam := familyOf(n.keys[0].text); fam != nil && len(n.keys) == 1 {
		return r.applied(fam, n)
	}
	t := &term{mark: n.mark, name: "metalog", keys: []*term{}}
	for i, k := range n.keys {
		m := percentile.FindStringSubmatch(k.text)
		if m == nil {
			r.errorf(k.mark, "unknown-field", "a distribution by its quantiles is written {p10: ..., p50: ..., p90: ...}", "%q is no percentile", abbreviate(k.text))
			return nil
		}
		p, _ := strconv.ParseFloat(m[1], 64)
		v := r.operand(n.items[i])
		if v == nil {
			return nil
		}
		t.keys = append(t.keys, &term{mark: k.mark, number: p / 100, digits: formatNumber(p / 100)})
		t.args = append(t.args, v)
	}
	return t
}

// applied reads {pert: [0.26, 0.27, 0.30]}.
func (r *binder) applied(fam *family, n *node) *term {
	key, v := n.keys[0], n.items[0]
	t := &term{mark: key.mark, name: fam.name}
	if v.broken {
		return nil
	}
	args := v.items
	if v.shape != list {
		args = []*node{v} // {exponential: 2}
	}
	if fam.pairs {
		t.keys = []*term{}
		if v.shape != list || len(args) == 0 {
			r.errorf(v.mark, "distribution", fmt.Sprintf("write {%s: [[%s, %s], ...]}", fam.name, fam.params[0], fam.params[1]), "%s takes a list of pairs", fam.name)
			return nil
		}
	} else if want := fam.missing(len(args)); want != "" || len(args) > len(fam.params) {
		r.errorf(v.mark, "distribution", "", "%s takes %d, not %d", fam.usage(), len(fam.params), len(args))
		return nil
	}
	for _, a := range args {
		if fam.pairs {
			if a.shape != list || len(a.items) != 2 {
				r.errorf(a.mark, "distribution", "", "%s takes pairs: [%s, %s]", fam.name, fam.params[0], fam.params[1])
				return nil
			}
			k := r.operand(a.items[0])
			if k == nil {
				return nil
			}
			t.keys = append(t.keys, k)
			a = a.items[1]
		}
		if fam.name == "empirical" {
			if a.shape != scalar {
				r.errorf(a.mark, "distribution", "", "%s takes texts", fam.usage())
				return nil
			}
			t.args = append(t.args, &term{mark: a.mark, quoted: true, word: a.text})
			continue
		}
		arg := r.operand(a)
		if arg == nil {
			return nil
		}
		t.args = append(t.args, arg)
	}
	return t
}

// operand reads what stands inside the map form of a distribution.
func (r *binder) operand(n *node) *term {
	if n.broken {
		return nil
	}
	if n.shape == list || n.shape == mapping && !isDistribution(n) {
		r.errorf(n.mark, "distribution", "", "a number or a distribution is expected here, not %s", n.what())
		return nil
	}
	if n.shape == scalar && isNonFinite(n.text) { // .inf is YAML's way to write inf
		x, err := strconv.ParseFloat(strings.ReplaceAll(n.text, ".", ""), 64)
		if err == nil {
			return &term{mark: n.mark, number: x, digits: strings.ReplaceAll(strings.ToLower(n.text), ".", "")}
		}
	}
	return r.term(n)
}

// spread makes the distribution t of the field b; nil after an error.
func (r *binder) spread(b *bound, t *term, src *source) *spread {
	d := r.distribution(t, b.f.Range, src)
	if d == nil {
		return nil
	}
	return r.within(b, d, t)
}

// distribution makes what t says, in a field of range rg; nil after an error.
func (r *binder) distribution(t *term, rg Range, src *source) dist.Dist {
	d, err := r.made(t, rg, src)
	switch {
	case errors.Is(err, errReported):
		return nil
	case err != nil:
		r.errorf(t.mark, "distribution", intervalHint(t, rg), "%s: %v", abbreviate(t.String()), err)
		return nil
	}
	return d
}

// intervalHint says what may have been meant by an interval that cannot be.
func intervalHint(t *term, rg Range) string {
	if t.name != "to" {
		return ""
	}
	lo, hi := t.args[0], t.args[1]
	switch {
	case lo.number > hi.number:
		return fmt.Sprintf("the smaller first: %s to %s", hi.digits, lo.digits)
	case lo.number == hi.number:
		return fmt.Sprintf("write %s, if it is certain", lo.digits)
	case rg.bounded() && rg.Lo <= lo.number && hi.number <= rg.Hi: // an end is the end of the range
		return fmt.Sprintf("write ends inside it, or uniform(%s, %s), if they are the least and the most", lo.digits, hi.digits)
	}
	return ""
}

var errReported = errors.New("reported")

func (r *binder) made(t *term, rg Range, src *source) (dist.Dist, error) {
	fam := familyOf(t.name)
	switch {
	case t.quoted:
		return nil, errors.New("a text is no distribution")
	case fam == nil:
		if isInf(t.number) || math.IsNaN(t.number) {
			return nil, errors.New("only finite numbers; for what has no limit, leave the field out")
		}
		return dist.NewDiscrete([]float64{1}, []float64{t.number})
	case fam.name == "to":
		a, err := r.numbers(t.args, true)
		if err != nil {
			return nil, err
		}
		d, err := dist.Interval(a[0], a[1], rg.Lo, rg.Hi)
		if err != nil && rg.bounded() && (!rg.contains(a[0]) || !rg.contains(a[1])) {
			return nil, fmt.Errorf("the field takes numbers %s", rg)
		}
		return d, err
	case fam.make != nil:
		a, err := r.numbers(t.args, true)
		if err != nil {
			return nil, err
		}
		return fam.make(a)
	case fam.name == "empirical":
		return r.empirical(t, src)
	case fam.name == "truncate":
		d := r.distribution(t.args[0], rg, src)
		if d == nil {
			return nil, errReported
		}
		a, err := r.numbers(t.args[1:], false)
		if err != nil {
			return nil, err
		}
		return dist.Truncate(d, a[0], a[1])
	case fam.name == "scale" || fam.name == "shift":
		d := r.distribution(t.args[0], rg, src)
		if d == nil {
			return nil, errReported
		}
		a, err := r.numbers(t.args[1:], true)
		if err != nil {
			return nil, err
		}
		if fam.name == "scale" {
			return dist.Scale(d, a[0])
		}
		return dist.Shift(d, a[0])
	}
	weights, err := r.numbers(t.keys, true)
	if err != nil {
		return nil, err
	}
	if fam.name == "mixture" {
		var parts []dist.Dist
		for _, a := range t.args {
			d := r.distribution(a, rg, src)
			if d == nil {
				return nil, errReported
			}
			parts = append(parts, d)
		}
		return dist.NewMixture(weights, parts)
	}
	values, err := r.numbers(t.args, true)
	if err != nil {
		return nil, err
	}
	if fam.name == "discrete" {
		return dist.NewDiscrete(weights, values)
	}
	return dist.NewMetalog(weights, values)
}

func isInf(x float64) bool { return math.IsInf(x, 0) }

// numbers returns what the terms are, if all are numbers; finite says that they may not be infinite.
func (r *binder) numbers(ts []*term, finite bool) ([]float64, error) {
	var xs []float64
	for _, t := range ts {
		if !t.isNumber() || math.IsNaN(t.number) || finite && isInf(t.number) {
			r.errorf(t.mark, "distribution", "", "a number is expected here, not %s", abbreviate(t.String()))
			return nil, errReported
		}
		xs = append(xs, t.number)
	}
	return xs, nil
}

// empirical reads a column of a file that lies beside the scenario.
func (r *binder) empirical(t *term, src *source) (dist.Dist, error) {
	if !t.args[0].quoted || !t.args[1].quoted {
		return nil, fmt.Errorf(`write empirical("file.csv", "column"), with the quotation marks`)
	}
	file, column := t.args[0].word, t.args[1].word
	text, err := r.files(src, file)
	if err != nil {
		r.errorf(t.args[0].mark, "file", "it is looked for beside the scenario", "%v", err)
		return nil, errReported
	}
	rows := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	rows.FieldsPerRecord = -1
	rows.TrimLeadingSpace = true
	header, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("%s has no header: %v", file, err)
	}
	at := -1
	for i, h := range header {
		header[i] = strings.TrimSpace(h)
		if header[i] == column {
			at = i
		}
	}
	if at < 0 {
		r.errorf(t.args[1].mark, "file", didYouMean(column, header), "%s has no column %q", file, abbreviate(column))
		return nil, errReported
	}
	var values []float64
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %v", file, err)
		}
		cell := ""
		if at < len(row) {
			cell = strings.TrimSpace(row[at])
		}
		if cell == "" {
			continue // no observation
		}
		x, hint, ok := parseNumber(cell)
		if !ok {
			line, _ := rows.FieldPos(at)
			r.errorf(t.args[0].mark, "file", hint, "%s, line %d: %q is no number", file, line, abbreviate(cell))
			return nil, errReported
		}
		values = append(values, x)
	}
	return dist.NewEmpirical(values)
}

// tolerated is the mass outside a field's range that is cut off; more is refused.
const tolerated = 0.01

// noticed is the mass outside a field's range from which on a reader is warned of the cut.
const noticed = 1e-4

// within cuts d, which t says, to the range of b. It returns nil after an error.
func (r *binder) within(b *bound, d dist.Dist, t *term) *spread {
	s := &spread{dist: d}
	rg := b.f.Range
	lo, hi := rg.Lo, rg.Hi
	if rg.OpenLo && !isInf(lo) {
		lo = math.Nextafter(lo, inf)
	}
	if rg.OpenHi && !isInf(hi) {
		hi = math.Nextafter(hi, -inf)
	}
	outside := dist.Range(d, lo, hi)
	switch {
	case math.IsNaN(outside):
		r.wrong(b, "distribution", "", "%s: %s has no distribution function", b.what(), b.written)
		return nil
	case outside >= tolerated:
		hint := fmt.Sprintf("truncate(%s, %s, %s) says that this is meant", b.written, bracket(lo), bracket(hi))
		if t.name == "to" && t.args[0].number <= 0 && lo >= 0 {
			from, to := t.args[0], t.args[1]
			hint = fmt.Sprintf("a lower end of %s makes it a normal, with 5 %% of its mass below that: write a lower end above 0 (%s to %s, a lognormal), or uniform(0, %s), or %s",
				from.digits, short(to.number/50), to.digits, to.digits, strings.TrimSuffix(hint, " says that this is meant"))
		}
		r.wrong(b, "out-of-range", hint, "%s must be %s: %s has %s of its mass outside", b.what(), rg, b.written, percentText(outside))
		return nil
	case outside > 0:
		var err error
		if s.dist, err = dist.Truncate(d, lo, hi); err != nil {
			r.wrong(b, "distribution", "", "%s: %s cannot be cut to its range: %v", b.what(), b.written, err)
			return nil
		}
		s.outside = outside
		s.truncated = fmt.Sprintf("to %s: %s of its mass was outside", rg, percentText(outside))
	}
	// What a sampler can draw: beyond these, rounding may leave the range or the numbers.
	for _, p := range []float64{0x1p-53, 0.5, 1 - 0x1p-53} {
		x := dist.Point(s.dist, p)
		if math.IsNaN(x) || isInf(x) || !rg.contains(x) {
			r.wrong(b, "out-of-range", "", "%s must be %s: the quantile of %s at %g is %g", b.what(), rg, b.written, p, x)
			return nil
		}
	}
	return s
}

func bracket(x float64) string {
	if isInf(x) {
		return strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(x, 'f', -1, 64)), "+")
	}
	if math.Abs(x) < 1e-300 {
		x = 0
	}
	return formatNumber(x)
}

func percentText(x float64) string {
	if x < 1e-6 {
		return "less than 0.0001 %"
	}
	return fmt.Sprintf("%.2g %%", 100*x)
}
