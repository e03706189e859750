package reports

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/html"

	"entente/sim/result"
)

func writeHTML(t *testing.T, r *result.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHTMLIsTheSameForTheSameResult(t *testing.T) {
	once := writeHTML(t, realistic())
	back, err := ReadJSON(bytes.NewReader(writeJSON(t, realistic())))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(once, writeHTML(t, realistic())) {
		t.Error("written twice, the bytes differ")
	}
	if !bytes.Equal(once, writeHTML(t, back)) {
		t.Error("made from the saved result, the bytes differ")
	}
	if len(once) > 1_500_000 {
		t.Errorf("the report has %d bytes; its limit is 1.5 MB", len(once))
	}
}

// nodes are all elements of a page, in order.
func nodes(t *testing.T, page []byte) []*html.Node {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var all []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			all = append(all, n)
		}
	}
	return all
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func contents(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// What runs and what styles is what the policy allows, by its hash, and there is no other
// script, no handler of events, and nothing that is fetched.
func TestHTMLPolicy(t *testing.T) {
	for _, r := range []*result.Result{realistic(), hostile()} {
		policy := ""
		scripts, styles := 0, 0
		for _, n := range nodes(t, writeHTML(t, r)) {
			sum := func() string {
				s := sha256.Sum256([]byte(contents(n)))
				return "'sha256-" + base64.StdEncoding.EncodeToString(s[:]) + "'"
			}
			switch n.Data {
			case "meta":
				if attr(n, "http-equiv") == "Content-Security-Policy" {
					policy = attr(n, "content")
				}
			case "script":
				if attr(n, "type") == "application/json" {
					continue
				}
				scripts++
				if !strings.Contains(policy, sum()) {
					t.Errorf("a script that the policy does not name: %.60q", contents(n))
				}
			case "style":
				styles++
				if !strings.Contains(policy, "style-src-elem "+sum()) {
					t.Error("the style sheet is not what the policy names")
				}
			case "link", "img", "iframe", "object", "embed", "form", "base", "audio", "video", "source", "use", "image":
				t.Errorf("the page has a <%s>", n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") {
					t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
				}
				if a.Key == "src" || a.Key == "href" && n.Data != "a" {
					t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
				}
				if a.Key == "href" && n.Data == "a" && !strings.HasPrefix(a.Val, "#") && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "http://") {
					t.Errorf("a link to %q", a.Val)
				}
			}
		}
		if scripts != 2 || styles != 1 {
			t.Errorf("%d scripts and %d style sheets; want 2 and 1", scripts, styles)
		}
		for _, want := range []string{"default-src 'none'", "base-uri 'none'", "form-action 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("the policy does not say %s", want)
			}
		}
		if strings.Contains(policy, "script-src 'unsafe") || strings.Contains(policy, "unsafe-eval") {
			t.Error("the policy allows any script")
		}
	}
}

// Addresses stand in sources, and in the library as names of XML and of a licence.
func TestHTMLHasNoOtherAddresses(t *testing.T) {
	page := string(writeHTML(t, realistic()))
	sources := ""
	for _, a := range realistic().Assumptions {
		sources += html.EscapeString(a.Source) + "\n"
	}
	for _, e := range realistic().Events {
		sources += e.Source + "\n"
	}
	for _, u := range regexp.MustCompile(`(https?:)?//[a-zA-Z0-9-]+\.[a-z][^"'\s<>]*`).FindAllString(page, -1) {
		if !strings.Contains(sources, u) && !strings.HasPrefix(u, "http://www.w3.org/") && u != "https://github.com/ecomfe/zrender/blob/master/LICENSE.txt" {
			t.Errorf("address %s", u)
		}
	}
}

// The checksum beside the library is the library's, and the licences are there.
func TestLibrary(t *testing.T) {
	sum, err := os.ReadFile("assets/echarts.min.js.sha256")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%x  echarts.min.js\n", sha256.Sum256([]byte(chartLibrary))); string(sum) != want {
		t.Errorf("echarts.min.js has the checksum %s, and the file says %s", want, sum)
	}
	if !strings.HasPrefix(chartLibrary, "/*! Apache ECharts 5.4.3, Apache-2.0") {
		t.Error("the library has lost its notice")
	}
	for _, s := range []string{chartLibrary, pageScript, pageStyle} {
		if strings.Contains(s, "</script") || strings.Contains(s, "</style") || strings.Contains(s, "\r") {
			t.Error("an asset cannot stand inside its element")
		}
	}
	for _, f := range []string{"echarts.LICENSE", "echarts.NOTICE", "echarts.LICENSE-d3", "zrender.LICENSE", "tslib.LICENSE"} {
		if b, err := os.ReadFile("assets/licenses/" + f); err != nil || len(b) < 100 {
			t.Errorf("licence %s: %d bytes, %v", f, len(b), err)
		}
	}
}

// evil are texts that break out of where they stand, if they can.
var evil = []string{
	`</script><script>window.pwned=1</script>`,
	`__f__window.pwned=1__f__`,
	`__f__(window.pwned=1)`,
	`"><img src=x onerror="window.pwned=1">`,
	`{{.R}}<svg onload=window.pwned=1>`,
	`<!--<script>`,
	`@tips`, `$c0`,
	"abc\u202etxt.exe\u2066\u200f",
	"a\x00b\x1b[2J\u2028c",
	strings.Repeat("a very long name ", 30),
	strings.Repeat("W", 500),
	`' onmouseover='window.pwned=1`,
	`javascript:window.pwned=1`,
	`"}],"option":{"a":1`,
}

// hostile is a realistic result in which every text is evil. Ids stay unique.
var hostile = sync.OnceValue(makeHostile)

func makeHostile() *result.Result {
	text := string(writeJSONOf(realistic()))
	r, err := ReadJSON(strings.NewReader(text))
	if err != nil {
		panic(err)
	}
	n := 0
	next := func() string { n++; return evil[n%len(evil)] }
	r.Version, r.Scenario.Name, r.Scenario.Description, r.Scenario.Argument = evil[0], evil[0], next(), evil[12]
	r.Scenario.SHA256, r.Run.Start, r.Run.Sampler = next(), next(), next()
	r.Scenario.Notes, r.Scenario.Overrides = evil, evil
	for _, es := range [][]result.Entity{r.Labs, r.Clouds, r.Investors} {
		for i := range es {
			es[i].Name, es[i].Owner = next(), next()
		}
	}
	for i := range r.Alliances {
		r.Alliances[i].Terms = []string{next(), next()}
	}
	for i := range r.Events {
		e := &r.Events[i]
		e.Name, e.Terms, e.Source, e.Note = next(), []string{next()}, next(), next()
	}
	for i := range r.Drivers {
		for k := range r.Drivers[i].Inputs {
			r.Drivers[i].Inputs[k].Path = next()
		}
	}
	for i := range r.Assumptions {
		a := &r.Assumptions[i]
		a.Path, a.Text, a.Unit, a.Source, a.Note, a.Truncated = next(), next(), next(), next(), next(), next()
	}
	for i := range r.Metrics {
		if m := &r.Metrics[i]; m.Name == "azure_at_stake" {
			m.Name = evil[0]
		}
		if i%3 == 0 {
			r.Metrics[i].Unit = next()
		}
		for y := range r.Metrics[i].ByYear {
			r.Metrics[i].ByYear[y].Date = evil[y%4]
		}
	}
	return r
}

func writeJSONOf(r *result.Result) []byte {
	var b bytes.Buffer
	if err := WriteJSON(&b, r); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func TestHTMLOfHostileTexts(t *testing.T) {
	page := writeHTML(t, hostile())
	var drawings map[string]any
	for _, n := range nodes(t, page) {
		if n.Data == "script" && attr(n, "type") == "application/json" {
			if err := json.Unmarshal([]byte(contents(n)), &drawings); err != nil {
				t.Errorf("the charts' data is no JSON: %v", err)
			}
		}
		if n.Data == "title" && !strings.HasPrefix(contents(n), evil[0]) {
			t.Errorf("the title is %q", contents(n))
		}
	}
	if len(drawings) < 20 {
		t.Errorf("%d charts", len(drawings))
	}
	if i := bytes.IndexAny(page, "\u202e\u2066\u200f\x00\x1b"); i >= 0 {
		t.Errorf("a mark of direction or a control character at byte %d", i)
	}
}

// Every chart has a place, a summary and, behind it, a table.
func TestHTMLStructure(t *testing.T) {
	for name, r := range map[string]*result.Result{"realistic": realistic(), "hostile": hostile()} {
		page := writeHTML(t, r)
		var drawings map[string]struct {
			Option json.RawMessage
			Years  []json.RawMessage
		}
		ids := map[string]bool{}
		var plots, headings []*html.Node
		for _, n := range nodes(t, page) {
			if id := attr(n, "id"); id != "" {
				if ids[id] {
					t.Errorf("%s: id %q stands twice", name, id)
				}
				ids[id] = true
			}
			switch {
			case n.Data == "html" && attr(n, "lang") != "en":
				t.Errorf("%s: no lang", name)
			case attr(n, "id") == "charts":
				if err := json.Unmarshal([]byte(contents(n)), &drawings); err != nil {
					t.Fatal(err)
				}
			case attr(n, "data-chart") != "":
				plots = append(plots, n)
			case len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6':
				headings = append(headings, n)
			case n.Data == "a" && strings.HasPrefix(attr(n, "href"), "#"):
				defer func() {
					if !ids[attr(n, "href")[1:]] {
						t.Errorf("%s: a link to %s, which is nowhere", name, attr(n, "href"))
					}
				}()
			}
		}
		if len(plots) < 25 || len(plots) != len(drawings) {
			t.Errorf("%s: %d places for %d charts", name, len(plots), len(drawings))
		}
		for _, n := range plots {
			id := attr(n, "data-chart")
			d := drawings[id]
			if len(d.Option) == 0 && len(d.Years) == 0 {
				t.Errorf("%s: no drawing for %s", name, id)
			}
			if len(attr(n, "aria-label")) < 20 {
				t.Errorf("%s: %s has no summary", name, id)
			}
			figure, cells := n.Parent, 0
			for figure.Data != "figure" {
				figure = figure.Parent
			}
			for c := range figure.Descendants() {
				if c.Type == html.ElementNode && c.Data == "td" {
					cells++
				}
			}
			if cells == 0 {
				t.Errorf("%s: %s has no table", name, id)
			}
		}
		level := 0
		for i, h := range headings {
			l := int(h.Data[1] - '0')
			if i == 0 && l != 1 || l > level+1 {
				t.Errorf("%s: heading %q is h%d after h%d", name, contents(h), l, level)
			}
			level = l
		}
	}
}

// The page is well-formed: what is opened is closed, in order.
func TestHTMLIsWellFormed(t *testing.T) {
	void := map[string]bool{"meta": true, "input": true, "wbr": true, "col": true}
	for name, r := range map[string]*result.Result{"realistic": realistic(), "hostile": hostile()} {
		z := html.NewTokenizer(bytes.NewReader(writeHTML(t, r)))
		var open []string
		for z.Next() != html.ErrorToken {
			tok := z.Token()
			switch {
			case tok.Type == html.StartTagToken && !void[tok.Data]:
				open = append(open, tok.Data)
			case tok.Type == html.EndTagToken:
				if len(open) == 0 || open[len(open)-1] != tok.Data {
					t.Fatalf("%s: </%s> closes %v", name, tok.Data, open)
				}
				open = open[:len(open)-1]
			}
		}
		if len(open) > 0 {
			t.Errorf("%s: %v stay open", name, open)
		}
	}
}

func TestHTMLOfLittle(t *testing.T) {
	for name, r := range odd() {
		page := writeHTML(t, r)
		for _, n := range nodes(t, page) {
			if n.Data == "main" && strings.Contains(contents(n), "NaN") {
				t.Errorf("%s: NaN on the page", name)
			}
		}
		for _, bad := range []string{"ZgotmplZ", "%!", "<no value>", "NaN\""} {
			if bytes.Contains(bytes.Replace(page, []byte(chartLibrary), nil, 1), []byte(bad)) {
				t.Errorf("%s: %s on the page", name, bad)
			}
		}
	}
}

func TestCommand(t *testing.T) {
	r := small()
	r.Scenario.Argument = "my file's.yaml"
	r.Scenario.Overrides = []string{"openai.cash=1 to 2", "a.b=3"}
	want := `entente run 'my file'\''s.yaml' --trials 3 --seed 18446744073709551615 --sampler random --set 'openai.cash=1 to 2' --set a.b=3`
	r.Assertions = []result.Assertion{{Text: "of the scenario < 1"}, {Text: "max(aws.npv) < 2", CommandLine: true}}
	want += " --assert 'max(aws.npv) < 2'"
	if got := command(r); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestPieces(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []piece
	}{
		{"https://www.sec.gov/a/b/c.htm?x=1", []piece{{Text: "www.sec.gov/…/c.htm?x=1", URL: "https://www.sec.gov/a/b/c.htm?x=1"}}},
		{"see http://example.org/, p. 2", []piece{{Text: "see "}, {Text: "example.org", URL: "http://example.org/"}, {Text: ", p. 2"}}},
		{"(https://a.org/b/c). `x.y` and `z", []piece{{Text: "("}, {Text: "a.org/…/c", URL: "https://a.org/b/c"}, {Text: "). "}, {Text: "x.y", Code: true}, {Text: " and "}, {Text: "`z"}}},
		{"002_7bfc.txt", []piece{{Text: "002_7bfc.txt"}}},
		{"javascript:alert(1)", []piece{{Text: "javascript:alert(1)"}}},
		{"https://", []piece{{Text: "https://"}}},
		{"", nil},
	} {
		if got := pieces(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%q: %+v", c.in, got)
		}
	}
}

// A source that several values have is listed once.
func TestReferences(t *testing.T) {
	p := &sheet{}
	p.references("A, 2026 [press]; B; with C [filing]")
	p.references("B; with C [filing]")
	p.references("D")
	if p.references("") != nil {
		t.Error("a reference to nothing")
	}
	got := ""
	for _, r := range p.References {
		got += fmt.Sprintf("%d %s/%s/%d|", r.N, r.Text, r.Grade, r.Uses)
	}
	if want := "1 A, 2026/press/1|2 B; with C/filing/2|3 D//1|"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
