package scenarios

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"entente/models"
	"entente/sim"
	"entente/sim/result"
)

// written returns what WriteYAML makes of the scenario.
func written(t *testing.T, arg string, opt Options, paths ...string) string {
	t.Helper()
	r, err := Resolve(arg, opt)
	if err != nil {
		t.Fatalf("%s: %v", arg, err)
	}
	var b bytes.Buffer
	if err := r.WriteYAML(&b, paths...); err != nil {
		t.Fatalf("%s: %v", arg, err)
	}
	return b.String()
}

// testFiles returns the files of testdata, at any depth, whose names end so.
func testFiles(t *testing.T, suffix string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("testdata", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(path, suffix) {
			files = append(files, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files %s: %v", len(files), suffix, err)
	}
	return files
}

// comparable is a System without what cannot be compared.
func comparable(s *models.System) models.System {
	c := *s
	c.Metrics = nil
	for _, m := range s.Metrics {
		c.Metrics = append(c.Metrics, models.UserMetric{Name: m.Name, Of: m.Of})
	}
	return asQuantiles(reflect.ValueOf(c)).Interface().(models.System)
}

// someQuantiles stand for a distribution, whose own fields are nobody's business.
type someQuantiles []float64

func (someQuantiles) Quantile([]float64) {}

// asQuantiles copies a value with some quantiles in place of its distributions.
func asQuantiles(v reflect.Value) reflect.Value {
	to := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Interface:
		if d, ok := v.Interface().(sim.Dist); ok {
			q := someQuantiles{0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99}
			d.Quantile(q)
			to.Set(reflect.ValueOf(q))
			return to
		}
		to.Set(v)
	case reflect.Pointer:
		if !v.IsNil() {
			to.Set(reflect.New(v.Type().Elem()))
			to.Elem().Set(asQuantiles(v.Elem()))
		}
	case reflect.Slice:
		if !v.IsNil() {
			to.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		}
		for i := range v.Len() {
			to.Index(i).Set(asQuantiles(v.Index(i)))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			to.Field(i).Set(asQuantiles(v.Field(i)))
		}
	default:
		to.Set(v)
	}
	return to
}

// What is written resolved loads again to the same System with the same facts, of everything
// that there is to load; and resolved once more it is the same but for the places.
func TestResolvedLoadsAgain(t *testing.T) {
	files := testFiles(t, ".good.yaml")
	type scenario struct {
		arg string
		set []string
	}
	var all []scenario
	for _, f := range files {
		all = append(all, scenario{f, nil})
	}
	all = append(all, scenario{"baseline", nil}, scenario{"seeds", nil}, scenario{"testdata/full.good.yaml", []string{"openai_azure.commitments.0.amount={value: 1 to 2, note: 'it''s: \"new\" # \\ é\u00a0\u2028'}",
		"openai_azure.stakes=[]", "name='null'", "description=\"  two\\n lines\\n\\n\"", "openai.funding.austerity=null"}})
	for _, c := range all {
		before, _, err := load(c.arg, Options{Set: c.set})
		if err != nil {
			t.Fatalf("%s: %v", c.arg, err)
		}
		text := written(t, c.arg, Options{Set: c.set})
		dir := t.TempDir()
		if observed, err := os.ReadFile(filepath.Join(filepath.Dir(c.arg), "observed.csv")); err == nil && isPath(c.arg) {
			if err := os.WriteFile(filepath.Join(dir, "observed.csv"), observed, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		file := filepath.Join(dir, "resolved.yaml")
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		after, _, err := load(file, Options{})
		if err != nil {
			t.Errorf("%s does not load again:\n%v\n%s", c.arg, err, text)
			continue
		}
		if !reflect.DeepEqual(comparable(before.System), comparable(after.System)) {
			t.Errorf("%s: another System\n%s", c.arg, text)
		}
		f, g := before.Facts, after.Facts
		f.Scenario, g.Scenario = result.Scenario{Description: f.Scenario.Description, Notes: f.Scenario.Notes}, result.Scenario{Description: g.Scenario.Description, Notes: g.Scenario.Notes}
		if !reflect.DeepEqual(f, g) {
			t.Errorf("%s: other facts:\n%+v\n%+v", c.arg, f, g)
		}
		if !reflect.DeepEqual(before.Defaults, after.Defaults) || before.Trials != after.Trials || before.Seed != after.Seed || before.Sampler != after.Sampler {
			t.Errorf("%s: other defaults", c.arg)
		}
		// Once more: only the places differ, and what is on one line for being from one.
		again := written(t, file, Options{})
		strip := regexp.MustCompile(`(?m)\s+# [^#\n]*$`)
		if a, b := strings.Join(strings.Fields(strip.ReplaceAllString(text, "")), " "), strings.Join(strings.Fields(strip.ReplaceAllString(again, "")), " "); len(c.set) == 0 && !strings.Contains(c.arg, "extended") && a != b {
			t.Errorf("%s: resolved twice it is\n%s", c.arg, again)
		}
	}
}

func TestResolvedPlaces(t *testing.T) {
	text := written(t, "testdata/extended.good.yaml", Options{Set: []string{"openai.opex.half_life=4", "discount_rate=0.1"}})
	for _, want := range []string{
		"name: Extended  # testdata/extended.good.yaml:3\n",
		"horizon: {start: 2027-01-01}  # testdata/small.good.yaml:3; by default years: 10\n",
		"      run_rate: 20  # testdata/small.good.yaml:7\n",
		"        initial: {value: 0.6 to 0.9, source: me}  # testdata/extended.good.yaml:6\n",
		"        long_run: 0.1  # testdata/small.good.yaml:7\n",
		"      initial: 0.8  # testdata/extended.good.yaml:9\n",
		"      half_life: 4  # --set\n",
		"discount_rate: 0.1  # --set\n",
		"# seed: 1  # default\n",
		"    # cash: cash is not followed, and the lab cannot fail  # default\n",
		"      - {amount: 70, start: 2026-07-01, years: 6, enforced: 0.5}  # testdata/extended.good.yaml:12; by default backloading: 1\n",
	} {
		if !strings.Contains("\n"+text, "\n"+want) {
			t.Errorf("there is no %sin\n%s", want, text)
		}
	}
	if strings.Contains(text, "extends") || strings.Contains(text, "10 to 20") {
		t.Errorf("it still extends, or has what was removed:\n%s", text)
	}
}

func TestResolvedSubtree(t *testing.T) {
	text := written(t, "testdata/small.good.yaml", Options{}, "openai.revenue.growth", "labs.openai.funding", "openai_azure.commitments.1")
	want := `labs:
  openai:
    revenue:
      growth: {initial: 0.5, long_run: 0.1, half_life: 2}  # testdata/small.good.yaml:7
    # funding: none  # default

alliances:
  openai_azure:
    commitments:
      - {amount: 10, start: 2028-01-01, years: 2, enforced: 1}  # testdata/small.good.yaml:19; by default backloading: 1
`
	if text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	r, err := Resolve("testdata/small.good.yaml", Options{Set: []string{"openai.opex={value: 0.5 to 1, unit: USD, source: a; b, note: why}"}})
	if err != nil {
		t.Fatal(err)
	}
	leaves, err := r.Leaves("openai.opex", "openai.revenue.run_rate", "openai.flexibility", "horizon.start")
	if err != nil {
		t.Fatal(err)
	}
	x, y := 20.0, 0.0
	if wanted := []Leaf{
		{Path: "horizon.start", Text: "2027-01-01", Origin: Origin{"testdata/small.good.yaml", 3}},
		{Path: "openai.revenue.run_rate", Text: "20", Number: &x, Unit: "USD bn per year", Origin: Origin{"testdata/small.good.yaml", 7}},
		{Path: "openai.opex", Text: "0.5 to 1", Unit: "USD", Sources: []string{"a", "b"}, Note: "why", Origin: Origin{File: "--set"}},
		{Path: "openai.flexibility", Text: "0", Number: &y, Unit: "share"},
	}; !reflect.DeepEqual(leaves, wanted) {
		t.Errorf("got %+v", leaves)
	}
	if both, err := r.Leaves("openai.revenue.growth", "openai.revenue", "openai.revenue.growth.initial"); err != nil || len(both) < 5 {
		t.Errorf("one path inside another: %v, %v", both, err)
	}
	for path, hint := range map[string]string{"openai.opx": `"openai.opex"`, "openai.nothing_like_it": "there are: openai.", "nobody": "there is no"} {
		if _, err := r.Leaves(path); err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// A file of observations that lies beside the extended scenario is found from the resolved one.
func TestResolvedObservations(t *testing.T) {
	dir := t.TempDir()
	child := "entente: 1\nextends: base/base.yaml\nname: child\n"
	base := "entente: 1\nextends: " + filepath.ToSlash(mustAbs(t, "testdata/small.good.yaml")) + "\nlabs: {openai: {opex: 'mixture(1: empirical(\"o.csv\", \"v\"), 1: uniform(1, 2))'}}\n"
	for name, text := range map[string]string{"child.yaml": child, "base/base.yaml": base, "base/o.csv": "v\n1\n2\n"} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	out := written(t, filepath.Join(dir, "child.yaml"), Options{})
	if err := os.WriteFile(filepath.Join(dir, "resolved.yaml"), []byte(out), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(filepath.Join(dir, "resolved.yaml"), Options{}); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func mustAbs(t *testing.T, name string) string {
	t.Helper()
	abs, err := filepath.Abs(name)
	if err != nil {
		t.Fatal(err)
	}
	return abs
}

// Every scalar is read as what it was.
func TestQuoteText(t *testing.T) {
	for _, s := range []string{"a", "null", "No", "~", "a: b", "a #b", "- a", "-5", "[x", "é", "“a”", "a\tb", "\x7f\u0085\u2028\U0001F600", `"`, "'", `\`, "a ", " a", "%a", "@", "1e5", "<<", "a, b", "a-b", ""} {
		for _, form := range []string{"k: %\n", "k: [%]\n", "k: {a: %}\n", "k:\n  - %\n"} {
			var p problems
			text := strings.Replace(form, "%", quoteText(s), 1)
			n := p.parse(newSource("x", 0, text), []byte(text))
			if n == nil || len(p.errors) > 0 {
				t.Errorf("%q: %v", text, p.errors)
				continue
			}
			v := n.child("k")
			if v.shape != scalar {
				v = v.items[0]
			}
			if v.text != s || v.null() {
				t.Errorf("%q is read as %q from %q", s, v.text, text)
			}
		}
	}
	if !slices.Equal([]string{quoteText("10 to 20"), quoteText("openai_azure"), quoteText("2027-01-01")}, []string{"10 to 20", "openai_azure", "2027-01-01"}) {
		t.Error("quoted without need")
	}
}

// Texts of several lines and long ones are read as what they were, at any depth.
func TestBlocksOfText(t *testing.T) {
	long := strings.Repeat("word: # \"é\" ", 30) + "end"
	for _, s := range []string{"a\nb", "a\n\n b\nc\n", " a\nb", "a\n b", "a\nb\n\n", "\na", "a \nb", "a\tb\nc", "# a\n- b: c", long, long + " ", " " + long, strings.Replace(long, " ", "  ", 1), strings.Repeat("x", 200), "---\n...\n"} {
		for _, indent := range []int{0, 6} {
			p := printer{}
			if indent > 0 {
				p.line(0, "a:", "")
			}
			p.scalar(&part{text: s, words: true}, "k:", indent)
			p.scalar(&part{text: "last", words: true}, "z:", indent)
			var ps problems
			n := ps.parse(newSource("x", 0, p.String()), []byte(p.String()))
			if n == nil || len(ps.errors) > 0 {
				t.Errorf("%q: %v\n%s", s, ps.errors, p.String())
				continue
			}
			if indent > 0 {
				n = n.child("a")
			}
			if got := n.child("k").text; got != s {
				t.Errorf("%q is read as %q from\n%s", s, got, p.String())
			}
		}
	}
}

// FuzzResolved reads anything: what loads, loads again when it is resolved, to the same System, and
// does not differ from what it was.
func FuzzResolved(f *testing.F) {
	for _, file := range []string{"testdata/full.good.yaml", "testdata/small.good.yaml"} {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, "openai.opex={value: 0.8 to 1.2, note: a}")
		f.Add(text, "openai_azure.commitments.0.note='a\n b'")
	}
	f.Fuzz(func(t *testing.T, text []byte, set string) {
		a, err := Resolve("-", Options{Stdin: bytes.NewReader(text), Set: []string{set}})
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := a.WriteYAML(&out); err != nil {
			t.Fatal(err)
		}
		b, err := Resolve("-", Options{Stdin: bytes.NewReader(out.Bytes())})
		if err != nil {
			t.Fatalf("%v\n%s", err, out.Bytes())
		}
		if !reflect.DeepEqual(comparable(a.System), comparable(b.System)) {
			t.Errorf("another System:\n%s", out.Bytes())
		}
		if cs := Diff(a, b); len(cs) > 0 {
			t.Errorf("%v\n%s", cs, out.Bytes())
		}
		if _, err := a.Leaves(a.Paths()...); err != nil {
			t.Error(err)
		}
	})
}
