package scenarios

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"entente/models"
	"entente/sim"
	"entente/sim/dist"
)

// REFERENCE.md is made of the format itself, so that the two can't part.
func TestReference(t *testing.T) {
	p := &referencePage{t: t, root: format()}
	p.write()
	got := p.String()
	if *update {
		if err := os.WriteFile("REFERENCE.md", []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("REFERENCE.md")
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	old, made := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range min(len(old), len(made)) {
		if old[i] != made[i] {
			t.Fatalf("REFERENCE.md differs from the format in line %d:\n%s\nit should be\n%s\nwrite it anew: go test ./scenarios -run Reference -update", i+1, old[i], made[i])
		}
	}
	t.Fatalf("REFERENCE.md has %d lines, the format %d; write it anew: go test ./scenarios -run Reference -update", len(old), len(made))
}

// Every field of the format says what it is, every number its unit.
func TestFieldsAreExplained(t *testing.T) {
	walkFields(format(), "", func(path string, f *Field) {
		if f.Doc == "" {
			t.Errorf("%s has no doc", path)
		}
		if f.Unit == "" && (f.Kind == NumberKind || f.Kind == GlideKind) && !strings.HasPrefix(path, "events.") {
			t.Errorf("%s has no unit", path)
		}
	})
}

// walkFields calls do for every field below f, but for the three of a glide.
func walkFields(f *Field, path string, do func(path string, f *Field)) {
	fields := f.Fields
	if f.Kind == GlideKind {
		fields = fields[3:] // initial, long_run, half_life
	}
	for _, g := range fields {
		if g.Name == "" {
			continue // the values of a map of plain values
		}
		at := join(path, g.Name)
		do(at, g)
		if g.Kind == ListKind {
			at += ".N"
		}
		walkFields(g, at, do)
	}
}

type referencePage struct {
	strings.Builder
	t    *testing.T
	root *Field
}

func (p *referencePage) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// row writes a row of a table; a bar inside a cell would end it.
func (p *referencePage) row(cells ...string) {
	for i, c := range cells {
		cells[i] = strings.ReplaceAll(c, "|", `\|`)
	}
	p.line("| %s |", strings.Join(cells, " | "))
}

func (p *referencePage) heads(cells ...string) {
	p.line("")
	p.row(cells...)
	p.line("|%s", strings.Repeat("---|", len(cells)))
}

func code(s string) string { return "`" + s + "`" }

func codes(ss []string, between string) string {
	var cs []string
	for _, s := range ss {
		cs = append(cs, code(s))
	}
	return strings.Join(cs, between)
}

func (p *referencePage) write() {
	p.line(`# The scenario format

<!-- Made by: go test ./scenarios -run Reference -update. Change schema.go or reference_test.go, not this page. -->

Every field that a scenario may have, every distribution, effect, shock, metric and warning. To learn the format read [GUIDE.md](GUIDE.md) first; what the numbers do is in [models/MODEL.md](../models/MODEL.md).

- [What a field takes](#what-a-field-takes)
- [Fields](#fields)
- [Distributions](#distributions)
- [Effects](#effects)
- [Shocks](#shocks)
- [Reported metrics](#reported-metrics)
- [Paths](#paths)
- [Warnings](#warnings)`)
	p.kinds()
	p.fields()
	p.distributions()
	p.effects()
	p.shocks()
	p.metrics()
	p.paths()
	p.warnings()
}

func (p *referencePage) kinds() {
	p.line(`
## What a field takes

A scenario is a YAML 1.2 file. Unknown fields are errors, and all mistakes of a file are reported at once, with line and column.`)
	p.heads("takes", "written", "means")
	for _, r := range [][3]string{
		{"value", "`0.4`, `0.3 to 0.5`, `pert(0.2, 0.4, 0.5)`, `{value: 0.3 to 0.5, source: me, note: \"why\"}`", "a number, or a [distribution](#distributions) that is sampled once per trial; either with where it is from. `unit` may be given too, and is shown in the report"},
		{"glide", "a value, or `{initial: 2, long_run: 0.5, half_life: 3}`", "a value that stays, or three values: half of what is left of the way is gone after each `half_life` (in years). `long_run` and `half_life` go together"},
		{"constant", "`0.4`", "a number, no distribution"},
		{"whole number", "`10`", "digits only"},
		{"date", "`2027-01-01`", "year, month, day"},
		{"window", "`[2027-01-01, 2030-01-01]`", "from the first date on, before the second"},
		{"text", "`What if?`", "quoted where YAML would misread it"},
		{"texts", "a text or a list of texts", ""},
		{"source", "`filing-2026`, `a; b`, `an e-mail of May 2026`", "an id of `sources`, or free text; several are parted by `;`"},
		{"true or false", "`true`", ""},
		{"id", "`azure`", "of something in the section that is named. Ids are lower-case letters, digits and `_`, begin with a letter, are none of the names of the top level, and are unique over " + strings.Join(p.sections(), ", ")},
		{"block", "`{...}`", "the fields below it"},
		{"list", "`[{...}, {...}]`", "each with the fields below it"},
		{"names", "`[a, b, c]`", "two or more"},
		{"loadings", "`{a: 0.6, b: 0.3}`", "a number for each name"},
		{"expression", "`azure.exposure + azure.backlog`", "numbers, [metrics](#reported-metrics), `+ - * /`, brackets, `min`, `max`, `abs`"},
	} {
		p.row(r[:]...)
	}
	p.line(`
Numbers are decimal: no percent signs, thousands separators or units. Money is in billions of US dollars, rates are fractions per year (0.25 is 25 %%). Inside ` + "`{}` and `[]`" + ` a distribution in text form needs quotation marks if it has a comma, because YAML splits there.`)
}

func (p *referencePage) sections() (names []string) {
	for _, f := range sections(p.root) {
		names = append(names, f.Name)
	}
	return names
}

// takes says what a field takes, in the words of the table of kinds.
func (f *Field) takes() string {
	switch f.Kind {
	case NumberKind:
		return "value"
	case GlideKind:
		return "glide"
	case ConstantKind:
		return "constant"
	case WholeKind, SeedKind:
		return "whole number"
	case TextKind:
		return "text"
	case TextsKind:
		if f.Name == "source" {
			return "source"
		}
		return "texts"
	case FlagKind:
		return "true or false"
	case ChoiceKind:
		if len(f.Choices) > 10 {
			return "one of the ids"
		}
		return codes(f.Choices, ", ")
	case DateKind:
		return "date"
	case WindowKind:
		return "window"
	case ReferenceKind:
		var of []string
		for _, r := range f.Refers {
			if r == "owners" {
				r = "or an owner of clouds"
			}
			of = append(of, r)
		}
		if len(of) == 0 {
			return "a name"
		}
		return "id of " + strings.Join(of, " ")
	case BlockKind:
		return "block"
	case EntitiesKind:
		return "block by id"
	case ListKind:
		return "list"
	case NamesKind:
		return "names"
	case LoadingsKind:
		return "loadings"
	case ExpressionKind:
		return "expression"
	}
	panic("scenarios: a kind without a word")
}

// leftOut says what holds where f is left out.
func leftOut(f *Field) string {
	switch {
	case f.Required:
		return "**required**"
	case f.Without != "":
		return f.Without
	case f.Silent, f.Kind == BlockKind, f.Kind == ListKind, f.Kind == EntitiesKind, f.Kind == NamesKind, f.Kind == LoadingsKind,
		f.Kind == TextKind, f.Kind == TextsKind, f.Kind == ReferenceKind:
		return ""
	}
	return f.left()
}

func (f *Field) hasRange() bool {
	return f.Kind == NumberKind || f.Kind == GlideKind || f.Kind == ConstantKind || f.Kind == WholeKind || f.Kind == LoadingsKind
}

func (p *referencePage) field(path string, f *Field) {
	name, within := code(path), ""
	if len(f.Effects) > 0 {
		name += " ◆"
	}
	if f.hasRange() {
		within = f.Range.String()
	} else if f.Kind == SeedKind {
		within = "from 0 to 18446744073709551615"
	}
	p.row(name, f.takes(), f.Unit, within, leftOut(f), f.Doc)
}

func (p *referencePage) table(fields []*Field, path string) {
	p.heads("field", "takes", "unit", "range", "left out", "what it is")
	walkFields(&Field{Kind: BlockKind, Fields: fields}, path, p.field)
}

func (p *referencePage) fields() {
	p.line(`
## Fields

**required** holds where the block is there: a scenario need not have commitments, but a commitment needs an amount. ◆ marks what [effects](#effects) of events may change. N counts the items of a list from 0. What is left out has the default that stands in its place; nearly always that is a mechanism that is off. ` + "`entente check` lists the defaults that a scenario takes." + `

### The top level`)
	var top []*Field
	for _, f := range p.root.Fields {
		if f.Kind == EntitiesKind || f.Kind == ListKind {
			f = &Field{Name: f.Name, Kind: f.Kind, Doc: f.Doc + " See [below](#" + f.Name + ")."}
		}
		if p.needed(f.Name) {
			f.Required = true
		}
		top = append(top, f)
	}
	p.table(top, "")
	for _, f := range p.root.Fields {
		if f.Kind != EntitiesKind && f.Kind != ListKind {
			continue
		}
		p.line("\n### %s", f.Name)
		switch {
		case f.Name == "metrics":
			p.line("\n%s A map of names to [expressions](#what-a-field-takes): `at_stake: azure.exposure + azure.backlog`. Per-year metrics may be mixed, and once-per-trial ones, but not both; a metric may use those that stand before it.", f.Doc)
		case f.Kind == ListKind:
			p.line("\n%s A list; each has these fields.", f.Doc)
			p.table(f.Fields, "")
		default:
			p.line("\n%s A map of ids; each has these fields.", f.Doc)
			p.table(f.Fields, "")
		}
	}
}

// needed says whether there is no scenario without the field of the top level.
func (p *referencePage) needed(name string) bool {
	whole := map[string]string{
		"entente": "1", "horizon": "{start: 2027-01-01}", "clouds": "{c: {revenue: {run_rate: 1}}}", "labs": "{l: {revenue: {run_rate: 1}}}",
	}
	load := func(without string) error {
		var fields []string
		for key, value := range whole {
			if key != without {
				fields = append(fields, key+": "+value)
			}
		}
		_, err := Load("-", Options{Stdin: strings.NewReader("{" + strings.Join(fields, ", ") + "}")})
		return err
	}
	if err := load(""); err != nil {
		p.t.Errorf("the least of scenarios is refused: %v", err)
	}
	return load(name) != nil
}

// otherFamilies says what the families are that dist.Kinds does not explain.
var otherFamilies = map[string]string{
	"to":        "Written `a to b`. On a field with a lower and an upper end it is logit-normal between them, and a and b lie inside; elsewhere lognormal if both are above 0, else normal.",
	"discrete":  "One of the values, with a probability in proportion to its weight.",
	"mixture":   "One of the distributions (or numbers), with a probability in proportion to its weight.",
	"metalog":   "Keelin's metalog through the quantiles, with as many terms as there are quantiles.",
	"empirical": "The values of a column of a CSV file that lies beside the scenario, with straight lines between them.",
	"truncate":  "The distribution, given that it lies from lo to hi; `-inf` and `inf` are no bound.",
	"scale":     "The distribution times a factor above 0.",
	"shift":     "The distribution plus a number.",
}

// mapForms shows how the families are written as maps.
var mapForms = map[string]string{
	"to":          "{to: [0.3, 0.5]}",
	"normal":      "{normal: [12, 2]}",
	"lognormal":   "{lognormal: [0, 0.5]}",
	"uniform":     "{uniform: [8, 12]}",
	"triangular":  "{triangular: [8, 9, 12]}",
	"pert":        "{pert: [0.26, 0.27, 0.30]}",
	"beta":        "{beta: [2, 5]}",
	"gamma":       "{gamma: [4, 2]}",
	"exponential": "{exponential: 2}",
	"weibull":     "{weibull: [2, 10]}",
	"student":     "{student: [4, 12, 2]}",
	"discrete":    "{discrete: [[0.9, 138], [0.1, 100]]}",
	"mixture":     "{mixture: [[0.7, {normal: [1, 0.1]}], [0.3, 2]]}",
	"metalog":     "{p10: 8, p50: 12, p90: 20}",
	"empirical":   "{empirical: [observed.csv, growth]}",
	"truncate":    "{truncate: [{normal: [1, 1]}, 0, 4]}",
	"scale":       "{scale: [0.8 to 1.6, 1.2]}",
	"shift":       "{shift: [{pert: [1, 2, 4]}, -0.5]}",
}

func (p *referencePage) distributions() {
	p.line(`
## Distributions

Sampled once per trial, by the inverse distribution function.`)
	p.heads("written", "or as a map", "means")
	kinds := map[string]dist.Kind{}
	for _, k := range dist.Kinds() {
		kinds[k.Name] = k
	}
	for _, f := range families() {
		k, ok := kinds[f.name]
		doc := otherFamilies[f.name]
		if ok {
			doc = k.Doc
		}
		if doc == "" {
			p.t.Errorf("%s is a distribution that the page does not explain", f.name)
		}
		usage := code(f.usage())
		switch {
		case f.name == "to":
			usage = "`a to b`"
			doc = "From the 5 % to the 95 % quantile: nine times out of ten the value lies between. " + strings.TrimPrefix(doc, "Written `a to b`. ")
		case f.short > 0:
			usage = code(f.name+"("+strings.Join(f.params[:f.short], ", ")+")") + " or " + usage
		}
		form := mapForms[f.name]
		p.checkMapForm(form)
		p.row(usage, code(form), doc)
	}
	p.line(`
Quantiles as a map may be any percentiles: `+"`{p5: 8, p50: 12, p95: 20}`"+`. A distribution with less than %g %% of its mass outside the range of its field is cut to the range; with more it is refused, unless `+"`truncate`"+` says that the cut is meant.`, 100*tolerated)
}

// checkMapForm loads a scenario that has the form.
func (p *referencePage) checkMapForm(form string) {
	scenario := "{entente: 1, horizon: {start: 2027-01-01}, clouds: {c: {revenue: {run_rate: 1}}}, labs: {l: {revenue: {run_rate: 1}, cash: " + form +
		", failure: {retained: 1, recovery: 0}}}, alliances: {a: {lab: l, cloud: c}}}"
	dir := p.t.TempDir()
	for name, text := range map[string]string{"form.yaml": scenario, "observed.csv": "growth\n1\n2\n4\n"} {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o666); err != nil {
			p.t.Fatal(err)
		}
	}
	s, err := Load(dir+"/form.yaml", Options{})
	if err != nil {
		p.t.Errorf("%s: %v", form, err)
	} else if s.System.Labs[0].Cash.Dist == nil {
		p.t.Errorf("%s is no distribution", form)
	}
}

// placeholder stands for the id of one of a section.
func (p *referencePage) placeholder(section string) string {
	return "<" + p.root.field(section).Noun + ">"
}

func (p *referencePage) effects() {
	p.line(`
## Effects

What the effects of events may change, and how. ` + "`multiply`, `add` and `set`" + ` hold while the event is active; the outcome is cut to the range of the field. ` + "`move` on a share, and `multiply` on commitments" + `, act once, each time the event starts. Where the scenario leaves the quantity out, an effect acts on its default; where it leaves out a block that the quantity requires, there is nothing to change, and the effect is refused.`)
	p.heads("path", "takes", "unit", "range", "default", "what it is")
	for _, s := range sections(p.root) {
		walkFields(s, "", func(path string, f *Field) {
			if len(f.Effects) == 0 {
				return
			}
			var ops []string
			for _, o := range f.Effects {
				ops = append(ops, string(o))
			}
			within := f.Range.String()
			switch {
			case slices.Equal(f.Effects, []Operation{add}): // to the logarithm
				within = anyNumber().String()
			case !slices.Contains(f.Effects, set): // a jump: nothing is cut
				within = ""
			}
			p.row(code(p.placeholder(s.Name)+"."+path), codes(ops, ", "), f.Unit, within, leftOut(f), f.Doc)
		})
	}
}

// everything loads the scenario that has every field.
func (p *referencePage) everything() *builder {
	_, b, err := load("testdata/full.good.yaml", Options{})
	if err != nil {
		p.t.Fatal(err)
	}
	return b
}

func (p *referencePage) shocks() {
	p.line(`
## Shocks

Standard normals that are drawn in every step. ` + "`correlations` and `factors`" + ` name them; each is there only if the scenario has what it moves.`)
	p.heads("shock", "is there where there is")
	b := p.everything()
	var seen []string
	for _, shock := range b.shocks() {
		id, kind, _ := strings.Cut(shock, ".")
		what, where := b.silentShock(shock)
		if what == "" {
			p.t.Errorf("nobody says when there is a shock %s", shock)
		}
		name := "<" + b.ids[id].f.Noun + ">." + kind
		if !slices.Contains(seen, name) {
			seen = append(seen, name)
			_, inside, _ := strings.Cut(where, ".")
			what = strings.Join(strings.Split(what, " and "), "` and `")
			p.row(code(name), code(join(inside, what)))
		}
	}
}

func (p *referencePage) metrics() {
	p.line(`
## Reported metrics

What a run reports. A stock is taken at each year's end, a flow is summed over the year, the rest is known once per trial. [models/MODEL.md](../models/MODEL.md#14-metrics) says what each is.`)
	p.heads("metric", "unit", "taken")
	b := p.everything()
	var seen []string
	for _, m := range models.Metrics(&b.sys) {
		id, name, _ := strings.Cut(m.Name, ".")
		name = "<" + b.ids[id].f.Noun + ">." + name
		if !slices.Contains(seen, name) {
			seen = append(seen, name)
			p.row(code(name), m.Unit, map[sim.Kind]string{sim.Stock: "stock", sim.Flow: "flow", sim.AtTheEnd: "once per trial"}[m.Kind])
		}
	}
	p.line("\n`<alliance>.gigawatts` is there only if the scenario has a `gigawatt_year`. The scenario's own [metrics](#metrics) have the names that it gives them.")
}

func (p *referencePage) paths() {
	p.line(`
## Paths

A path addresses a value the same way everywhere: in ` + "`--set`" + `, in effects, in correlations and in messages. It begins with the id, not with the section; items of lists are counted from 0.`)
	p.heads("path", "addresses")
	for _, r := range [][2]string{
		{"discount_rate", "a field of the top level"},
		{"horizon.years", "a field of a block"},
		{"openai.revenue.growth.initial", "the start of a glide"},
		{"openai_azure.commitments.0.amount", "the first commitment of an alliance"},
		{"factors.demand.shocks.openai.revenue", "the loading of a shock on a factor"},
		{"openai.opex", "the whole of a glide: one number in its place stops it"},
	} {
		set := map[string]string{"horizon.years": "5", "openai.revenue.growth.initial": "0.5"}[r[0]]
		if set == "" {
			set = "0.1"
		}
		if _, err := Load("testdata/full.good.yaml", Options{Set: []string{r[0] + "=" + set}}); err != nil {
			p.t.Errorf("--set %s: %v", r[0], err)
		}
		p.row(code(r[0]), r[1])
	}
	p.line("\n`--set PATH=VALUE` replaces what stands at a path, or puts it there; the value is YAML, so a distribution too. `--set PATH=null` removes it. A scenario takes at most %s trials and %d bytes.", formatNumber(MaxTrials), maxBytes)
}

func (p *referencePage) warnings() {
	p.line(`
## Warnings

What ` + "`entente check`" + ` says of a scenario that can be simulated but hardly be meant. A ` + "[`silence`](#silence)" + ` with the id and a reason says that it is.`)
	p.heads("id", "means")
	for _, w := range Warnings() {
		p.row(code(w.ID), w.Doc)
	}
}
