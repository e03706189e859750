package scenarios

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(SchemaID, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(SchemaID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// instance is what a validator sees of n: YAML's own types.
func instance(n *node) any {
	switch n.shape {
	case list:
		items := []any{}
		for _, i := range n.items {
			items = append(items, instance(i))
		}
		return items
	case mapping:
		m := map[string]any{}
		for i, k := range n.keys {
			m[k.text] = instance(n.items[i])
		}
		return m
	}
	switch {
	case n.quoted:
	case n.null() || n.empty():
		return nil
	case slices.Contains([]string{"true", "True", "TRUE"}, n.text):
		return true
	case slices.Contains([]string{"false", "False", "FALSE"}, n.text):
		return false
	case decimal.MatchString(n.text):
		if x, _, ok := parseNumber(n.text); ok {
			if text := strings.TrimPrefix(n.text, "+"); json.Valid([]byte(text)) {
				return json.Number(text)
			}
			return json.Number(formatNumber(x))
		}
	}
	return n.text
}

// read returns what a validator sees of a file, or nil if it is no YAML.
func read(t *testing.T, text []byte) any {
	t.Helper()
	var p problems
	n := p.parse(newSource("x", 0, string(text)), text)
	if n == nil || len(p.errors) > 0 {
		return nil
	}
	return instance(n)
}

func TestSchemaTakesWhatIsRight(t *testing.T) {
	schema := compiled(t)
	files := testFiles(t, ".good.yaml")
	for _, pattern := range []string{"library/*.yaml", "../cmd/entente/testdata/*.yaml"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatal(pattern, err)
		}
		files = append(files, found...)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(read(t, text)); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		// What is resolved is whole.
		if strings.Contains(f, "good") {
			if err := schema.Validate(read(t, []byte(written(t, f, Options{})))); err != nil {
				t.Errorf("%s, resolved: %v", f, err)
			}
		}
	}
}

// knowable says whether a schema can know what d says: what stands in one place and takes no
// arithmetic.
func knowable(d Diagnostic) bool {
	switch d.ID {
	case "unknown-field", "bad-id", "reserved-id", "not-whole", "unknown-choice", "version":
		return true
	case "wrong-type": // to JSON, nothing is null
		return !strings.Contains(d.Message, "has no value")
	case "missing-field":
		return strings.HasSuffix(d.Message, ", which it needs")
	case "date":
		return strings.HasSuffix(d.Message, "is no date")
	case "out-of-range":
		return plainRange.MatchString(d.Message)
	}
	return false
}

var plainRange = regexp.MustCompile(`must be .*, not -?[0-9.]+$`)

// Every bad file with a mistake that a schema can know is refused by it.
func TestSchemaRefusesWhatIsWrong(t *testing.T) {
	schema := compiled(t)
	refused := 0
	for _, f := range testFiles(t, ".bad.yaml") {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		v := read(t, text)
		_, _, err = load(f, Options{})
		var ds Diagnostics
		if v == nil || !errors.As(err, &ds) {
			continue // it is no YAML, or what is wrong is not in the file
		}
		knows := slices.ContainsFunc(ds, func(d Diagnostic) bool { return knowable(d) && strings.HasSuffix(d.File, filepath.Base(f)) })
		if err := schema.Validate(v); err != nil {
			refused++
		} else if knows {
			t.Errorf("%s is not refused:\n%v", f, ds)
		}
	}
	if refused < 20 {
		t.Errorf("only %d are refused", refused)
	}
}

// One mistake at a time, in what is right otherwise.
func TestSchemaOneMistake(t *testing.T) {
	schema := compiled(t)
	base, err := os.ReadFile("testdata/full.good.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		old, new string
		ok       bool
	}{
		{"cash: 25", "cash: -25", true},
		{"cash: 25", "cash: 10 to 25", true},
		{"cash: 25", "cash: null", true},
		{"cash: 25", "cash: {value: {p10: 1, p50: 2, p90: 4}, source: [a, b], note: x, unit: USD}", true},
		{"cash: 25", "cash: {mixture: [[1, {normal: [1, 2]}], [2, 3 to 4]]}", true},
		{"cash: 25", "cash: {truncate: ['normal(3, 1)', 0.5, .inf]}", true},
		{"cash: 25", "cash: {exponential: 2}", true},
		{"cash: 25", "cash: 'about 25'", false},
		{"cash: 25", "cash: '25'", false},
		{"cash: 25", "cash: true", false},
		{"cash: 25", "cash: {normal: [1]}", false},
		{"cash: 25", "cash: {normal: [1, 2], beta: [1, 2]}", false},
		{"cash: 25", "cash: {p10: 1, p50: 2, q90: 4}", false},
		{"cash: 25", "cash: {value: 1, notes: x}", false},
		{"cash: 25", "cash: {note: x}", false},
		{"cash: 25", "cash: 20 – 25", false},
		{"run_rate: 100,", "run_rate: 0,", false},
		{"run_rate: 100,", "run_rate: {value: -1},", false},
		{"run_rate: 100,", "run_rate: null,", false},
		{"run_rate: 100, ", "", false},
		{"flexibility: 0.8", "flexibility: 1", true},
		{"flexibility: 0.8", "flexibility: 1.01", false},
		{"trials: 50", "trials: 1e6", true},
		{"trials: 50", "trials: 0", false},
		{"trials: 50", "trials: 1e10", false},
		{"trials: 50", "trials: 1.5", false},
		{"seed: 7", "seed: 18446744073709551615", true},
		{"seed: 7", "seed: 18446744073709551616", false},
		{"seed: 7", "seed: -1", false},
		{"sampler: latin", "sampler: latine", false},
		{"recurring: true", "recurring: yes", false},
		{"years: 12", "years: 101", false},
		{"start: 2027-01-01", "start: 2027-1-1", false},
		{"start: 2027-01-01", "start: 2027-02-30", false},
		{"window: [2033-01-01, 2034-01-01]", "window: [2033-01-01]", false},
		{"window: [2033-01-01, 2034-01-01]", "window: [2033-01-01, 2034]", false},
		{"labs:\n  openai:", "labs:\n  OpenAI:", false},
		{"  small:\n", "  events:\n", false},
		{"growth: {initial: 0.3, long_run: 0.1", "growth: {initial: 0.3", false},
		{"opex: {initial: 0.9,", "opex: {", false},
		{"opex: {initial: 0.9, long_run: 0.4, half_life: 2}", "opex: {initial: 0.9, long_run: 0.4}", false},
		{"opex: {initial: 0.9,", "opex: {start: 0.9,", false},
		{"enforced: 0.6, ", "", false},
		{"enforced: 0.6, ", "enforced: null, ", false},
		{"lab: openai\n    ", "", false},
		{"rho: 0.5", "rho: 1.5", false},
		{"rho: 0.5", "rho: 0 to 1", false},
		{"shocks: [openai.valuation, openai.funding]", "shocks: [openai.valuation]", false},
		{"openai.revenue: 0.5", "openai.revenue: -2", false},
		{"at_stake: azure.exposure + azure.backlog", "at_stake: {x: azure}", false},
		{"entente: 1", "entente: 2", false},
		{"entente: 1", "x-anything: [1]\nentente: 1", true},
		{"entente: 1", "y-anything: [1]\nentente: 1", false},
		{"entente: 1", "extends: null\nentente: 1", true},
		{"entente: 1", "extends: 5 to 6\nentente: 1", true},
		{"grade: judgement", "grade: guess", false},
		{"notes: One note.", "notes: [a, {b: c}]", false},
	} {
		if !strings.Contains(string(base), c.old) {
			t.Errorf("the scenario has no %q", c.old)
			continue
		}
		v := read(t, []byte(strings.Replace(string(base), c.old, c.new, 1)))
		if v == nil {
			t.Errorf("%q: no YAML", c.new)
			continue
		}
		if err := schema.Validate(v); (err == nil) != c.ok {
			t.Errorf("%q in place of %q: %v", c.new, c.old, err)
		}
	}
	// What extends may leave out and remove nearly all, and may not misspell.
	for text, ok := range map[string]bool{
		"entente: 1\nextends: baseline\nlabs: {openai: {revenue: {growth: {long_run: 0.1}}, cash: null}}\nevents: null": true,
		"entente: 1\nlabs: {openai: {revenue: {growth: {long_run: 0.1}}}}":                                              false,
		"extends: baseline": false,
		"entente: 1\nextends: baseline\nlabs: {openai: {revenue: {run_rat: 1}}}":                                               false,
		"entente: 1\nextends: baseline\nalliances: {a: {commitments: [{amount: 1}]}}":                                          false,
		"entente: 1\nhorizon: {start: 2027-01-01}\nclouds: {a: {revenue: {run_rate: 1}}}\nlabs: {}":                            false,
		"entente: 1\nhorizon: {start: 2027-01-01}\nclouds: {a: {revenue: {run_rate: 1}}}\nlabs: {b: {}}":                       false,
		"entente: 1\nhorizon: {}\nclouds: {a: {revenue: {run_rate: 1}}}\nlabs: {b: {revenue: {run_rate: 1}}}":                  false,
		"entente: 1\nclouds: {a: {revenue: {run_rate: 1}}}\nlabs: {b: {revenue: {run_rate: 1}}}":                               false,
		"entente: 1\nhorizon: {start: 2027-01-01}\nclouds: {a: {revenue: {run_rate: 1}}}\nlabs: {b: {revenue: {run_rate: 1}}}": true,
	} {
		if err := schema.Validate(read(t, []byte(text))); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// The schema names every field with what is said of it, in the order of the format, and is the
// same every time.
func TestSchemaIsTheFormat(t *testing.T) {
	text := JSONSchema()
	if !bytes.Equal(text, JSONSchema()) {
		t.Error("twice, two schemas")
	}
	at := 0
	for _, f := range format().Fields {
		i := bytes.Index(text[at:], []byte("\n    \""+f.Name+"\": {\n      \"description\": \""))
		if i < 0 {
			t.Errorf("%s is not in its place, or has no description", f.Name)
			continue
		}
		at += i
	}
	for _, want := range []string{`"description": "How many trials, unless the command line says."`, `"default": 100000`, `"default": "sobol"`, `"exclusiveMinimum": 0`,
		`Unit: USD bn per year.`, `Left out: cash is not followed, and the lab cannot fail.`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("there is no %s", want)
		}
	}
}
