package reports

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"math"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"entente/sim/result"
)

//go:embed assets/report.html
var pageTemplate string

//go:embed assets/report.css
var pageStyle string

//go:embed assets/boot.js
var pageScript string

//go:embed assets/echarts.min.js
var chartLibrary string

// A sheet is a page of HTML in the making: one file that needs no network and runs no code but
// its own. A run's report is one; whoever writes another kind
//
//   - makes a result of plain data, and cleans it: r = clean(r);
//   - starts: p := newSheet(r.Version, title), and fills Subject, Standfirst, Facts, SHA256;
//   - gives Answers (with Fine below them) if there is something to say first;
//   - adds sections, each of blocks of text, figures and tables: p.add(&section{...});
//   - draws each figure: p.draw(id, drawing, err), where id is the figure's;
//   - turns the sources of assumptions into references: p.references(source), p.sources();
//   - ends with p.reproduce(again, command, made...) and returns p.write(w).
//
// Everything in it is untrusted: texts are escaped for the place where they stand, marks that
// turn the direction of text around are taken out by clean, and the Content-Security-Policy
// allows the two scripts and the style sheet by their hashes and nothing else.
type sheet struct {
	Version    string // of the program
	Title      string
	Subject    string // what follows the title in the browser's list of pages
	Standfirst string
	Facts      string
	Warning    string   // below the facts
	SHA256     []string // of the scenarios' texts
	Answers    []answerView
	Fine       string // below the answers
	Sections   []*section
	References []*reference

	CSP             string
	Style           template.CSS
	Library, Script template.JS
	Charts          template.JS

	run   result.Run            // of all figures, where there is one
	refs  map[string]*reference // by their whole text
	err   error                 // the first that a drawing had
	drawn map[string]any
}

func newSheet(version, title string) *sheet {
	p := &sheet{Version: version, Title: title, drawn: map[string]any{}}
	if title == "" {
		p.Title = "A scenario without a name"
	}
	return p
}

// protect sets what the page may run, and the style sheet, which has the words at the foot of each
// printed page.
func (p *sheet) protect() {
	foot := shorten(p.Title, 60) + " · " + shorten(p.Facts, 100)
	if len(p.SHA256) == 1 {
		foot += " · SHA-256 " + shorten(p.SHA256[0], 13)
	}
	style := pageStyle + "@page { @bottom-left { content: " + cssString(foot) + "; } }\n"
	p.Style, p.Library, p.Script = template.CSS(style), template.JS(chartLibrary), template.JS(pageScript)
	p.CSP = strings.Join([]string{
		"default-src 'none'",
		"script-src " + hash(chartLibrary) + " " + hash(pageScript),
		"style-src 'unsafe-inline'", // for browsers that know nothing of the next two
		"style-src-elem " + hash(style),
		"style-src-attr 'unsafe-inline'", // the charts set the fonts of their labels
		"img-src data:",
		"base-uri 'none'",
		"form-action 'none'",
	}, "; ")
}

// together keeps the minus of an amount on the line of its dollar sign.
func together(words []string) []string {
	list := make([]string, len(words))
	for i, s := range words {
		list[i] = strings.ReplaceAll(s, "−$", "−\u2060$")
	}
	return list
}

// cssString writes s as a string of CSS, with all but letters and digits escaped.
func cssString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == ' ', c >= '0' && c <= '9', c >= 'A' && c <= 'Z', c >= 'a' && c <= 'z':
			b.WriteRune(c)
		default:
			fmt.Fprintf(&b, "\\%06x", c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func (p *sheet) write(w io.Writer) error {
	if p.err != nil {
		return p.err
	}
	drawn, err := json.Marshal(p.drawn) // keys sorted; < > & and U+2028/9 escaped
	if err != nil {
		return err
	}
	p.Charts = template.JS(drawn)
	p.protect()
	for i := range p.Answers {
		p.Answers[i].Sentences = together(p.Answers[i].Sentences)
	}
	for _, s := range p.Sections {
		s.Lead = together(s.Lead)
	}
	t, err := template.New("report").Funcs(template.FuncMap{"parts": parts, "pieces": pieces, "long": long, "apart": apart}).Parse(pageTemplate)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// add puts a section on the page, unless it is empty.
func (p *sheet) add(s *section) {
	if len(s.Blocks) > 0 {
		p.Sections = append(p.Sections, s)
	}
}

// draw keeps what the figure of that id shows.
func (p *sheet) draw(id string, d drawing, err error) {
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("chart %s: %w", id, err)
	}
	p.drawn[id] = d
}

// sources lists the references.
func (p *sheet) sources() {
	if len(p.References) > 0 {
		p.add(&section{ID: "sources", Title: "Sources", Blocks: []block{{Kind: "sources"}}})
	}
}

// reproduce says how to make it again, and what made it.
func (p *sheet) reproduce(again, command string, rows ...made) {
	rows = append([]made{{"Program", asText("entente " + p.Version)}}, rows...)
	p.add(&section{ID: "reproduce", Title: "Making it again", Blocks: []block{{Kind: "reproduce", Text: []string{again}, Command: command, Made: rows}}})
}

// made is one of the things that made a report.
type made struct {
	Name  string
	Value []piece
}

// A section is a chapter of the page.
type section struct {
	ID, Title string
	Lead      []string
	Blocks    []block
}

// A block is a row of figures, a table, or one of the special parts of the template.
type block struct {
	Kind    string // "", words (a table of texts), folded (one that opens), printed (one that opens, and stands on paper), prose, answers, control, assumptions, sources, reproduce
	Heading string
	Text    []string
	Legend  []legendItem
	Figures []figure
	Table   *tableView
	Years   []string // of the control
	Views   []view   // of the control: which of the blocks with a View is shown
	View    string   // the view that the block belongs to; without a script all are shown
	Rows    []assumptionView
	Command string // of reproduce
	Made    []made // of reproduce
	Answers []answerView
	Fine    string // below the answers
}

// A view is one of several ways to look at the same, of which a reader chooses.
type view struct{ ID, Name string }

type legendItem struct{ Class, Name string }

// A figure is a chart and the table of the same numbers.
type figure struct {
	ID, Title, Unit string
	Size            string // s, m or l
	Summary         string // what the chart shows, in words
	HowTo           string // how to read a chart of this kind
	Table           *tableView
}

type tableView struct {
	Caption string
	Head    []string
	Rows    []tableRow
	Foot    string
}

type tableRow struct {
	Cells  []string
	Exact  []exact // of the first cells, what a file of the table has in their stead
	Source []piece // a last cell
	Group  bool    // a heading within the table
}

// exact is a cell's number to all its digits, in the unit of the table, and its error. What has
// none has NaN.
type exact struct{ value, se float64 }

var inexact = exact{math.NaN(), math.NaN()}

// text adds a cell of words.
func (r *tableRow) text(s string) { r.number(s, inexact) }

// number adds a cell that shows s and is x.
func (r *tableRow) number(s string, x exact) {
	r.Cells, r.Exact = append(r.Cells, s), append(r.Exact, x)
}

// mean adds "123.5 ± 2.1".
func (r *tableRow) mean(sc scale, x, se float64) {
	r.number(sc.withError(x, se), exact{x * sc.factor, se * sc.factor})
}

// apart is a number and the error behind it, each as it stands in a cell.
func apart(cell string) (parts [2]string) {
	if at := strings.Index(cell, nbsp+"±"); at > 0 {
		return [2]string{cell[:at], cell[at:]}
	}
	return [2]string{cell}
}

// value adds a number that is written without its error.
func (r *tableRow) value(sc scale, x, se float64) {
	r.number(sc.bare(x, se), exact{x * sc.factor, math.NaN()})
}

// Exact are the numbers of a table of assumptions, behind its first three columns.
func (b block) Exact() string {
	var t tableView
	for _, r := range b.Rows {
		row := tableRow{Exact: []exact{inexact, inexact, inexact}}
		for _, x := range r.exact {
			row.Exact = append(row.Exact, exact{x, math.NaN()})
		}
		t.Rows = append(t.Rows, row)
	}
	return t.Exact()
}

// long says that a cell has more words than a line of a table has room for.
func long(cell string) bool { return utf8.RuneCountInString(cell) > 44 }

// Exact are the table's numbers for the page's script: a character for each column, which says
// whether it has values (v), values with errors (e) or neither (-), and behind a colon, row by
// row, the float64s in base64 (little-endian; 8 digits of a decimal number would take as much).
// Of errors, which are estimates themselves, float32s are enough. The alphabet is that of addresses,
// because HTML escapes +.
func (t *tableView) Exact() string {
	var kinds []byte
	for _, r := range t.Rows {
		for i, x := range r.Exact {
			if i == len(kinds) {
				kinds = append(kinds, '-')
			}
			switch {
			case !math.IsNaN(x.se):
				kinds[i] = 'e'
			case !math.IsNaN(x.value) && kinds[i] == '-':
				kinds[i] = 'v'
			}
		}
	}
	if !bytes.ContainsAny(kinds, "ve") {
		return ""
	}
	var b []byte
	for _, r := range t.Rows {
		if r.Group {
			continue
		}
		for i, kind := range kinds {
			x := inexact
			if i < len(r.Exact) {
				x = r.Exact[i]
			}
			if kind != '-' {
				b = binary.LittleEndian.AppendUint64(b, bitsOf(x.value))
			}
			if kind == 'e' {
				b = binary.LittleEndian.AppendUint32(b, errorBits(x.se))
			}
		}
	}
	return string(kinds) + ":" + base64.URLEncoding.EncodeToString(b)
}

// bitsOf is x as a float64, with one NaN: what 0/0 is differs between processors.
func bitsOf(x float64) uint64 {
	if math.IsNaN(x) {
		x = math.NaN()
	}
	return math.Float64bits(x)
}

// errorBits is the same of a float32.
func errorBits(x float64) uint32 {
	if math.IsNaN(x) {
		return 0x7fc00000
	}
	return math.Float32bits(float32(x))
}

type answerView struct {
	Name, Color  string
	Value, Error string
	Unit         string // behind the number
	What         string
	Sentences    []string
	Dots         *dotsView
}

type assumptionView struct {
	Path, Text, Unit, Mean, P5, P95 string
	Note, Truncated                 string
	Sources                         []*reference
	Spark                           string
	Unsourced                       bool       // it rests on nothing that was published
	exact                           [3]float64 // mean, p5 and p95
}

// A piece of a text is plain, code between backquotes, or an address on the web.
type piece struct {
	Text string
	URL  string
	Code bool
}

// asText is a text of one piece.
func asText(text string) []piece { return []piece{{Text: text}} }

var address = regexp.MustCompile(`https?://[^\s<>"'\])]*[^\s<>"'\]).,;:]`)

// pieces makes links of the addresses in s, of which it shows the host and the end, and code of
// what stands between backquotes.
func pieces(s string) []piece {
	var out []piece
	add := func(p piece) {
		if p.Text != "" {
			out = append(out, p)
		}
	}
	quoted := strings.Split(s, "`")
	for i, part := range quoted {
		if i%2 == 1 && i < len(quoted)-1 {
			add(piece{Text: part, Code: true})
			continue
		}
		if i > 0 && i%2 == 1 {
			part = "`" + part // one that is never closed
		}
		for {
			at := address.FindStringIndex(part)
			if at == nil {
				break
			}
			found := part[at[0]:at[1]]
			u, err := url.Parse(found)
			if err != nil || u.Host == "" {
				add(piece{Text: part[:at[1]]})
				part = part[at[1]:]
				continue
			}
			add(piece{Text: part[:at[0]]})
			rest := strings.TrimSuffix(strings.TrimPrefix(found, u.Scheme+"://"+u.Host), "/")
			if k := strings.LastIndex(rest, "/"); k > 0 {
				rest = "/…" + rest[k:]
			}
			add(piece{Text: u.Host + rest, URL: found})
			part = part[at[1]:]
		}
		add(piece{Text: part})
	}
	return out
}

// A reference is one source, which several assumptions may have.
type reference struct {
	N     int
	ID    string
	Text  string
	Grade string // what kind of source it is, where it ends with that: "... [press]"
	Uses  int
}

// references are the sources that s names, in the order of their numbers: several may be joined
// by "; " behind their grades.
func (p *sheet) references(s string) []*reference {
	if s == "" {
		return nil
	}
	var refs []*reference
	for _, text := range strings.SplitAfter(s, "]; ") {
		text = strings.TrimSuffix(text, "; ")
		if p.refs == nil {
			p.refs = map[string]*reference{}
		}
		ref := p.refs[text]
		if ref == nil {
			ref = &reference{N: len(p.References) + 1, Text: text}
			ref.ID = fmt.Sprintf("source-%d", ref.N)
			if i := strings.LastIndex(text, " ["); i >= 0 && strings.HasSuffix(text, "]") && len(text)-i <= 24 {
				ref.Text, ref.Grade = text[:i], text[i+2:len(text)-1]
			}
			p.refs[text] = ref
			p.References = append(p.References, ref)
		}
		ref.Uses++
		refs = append(refs, ref)
	}
	return refs
}

// parts cuts a path behind its dots and underscores, where a line may break.
func parts(path string) []string {
	return strings.FieldsFunc(strings.NewReplacer(".", ".\x00", "_", "_\x00").Replace(path), func(c rune) bool { return c == 0 })
}

func hash(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
