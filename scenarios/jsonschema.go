package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// SchemaID names the JSON Schema of version 1 of the format. It is a name and not an address.
const SchemaID = "urn:entente:scenario:1"

// JSONSchema returns the format as JSON Schema (draft 2020-12), for editors: what format declares,
// in its order. It is the same bytes every time.
//
// It knows kinds, names, ranges of constants, choices, and what has to be there. It does not know
// what takes arithmetic or the whole scenario: whether a distribution lies in its range, an id
// exists, correlations go together. For that there is `entente check`.
func JSONSchema() []byte {
	s := schemas{}
	root := format()
	top := s.block(root, nothing)
	var names []string
	for _, f := range root.Fields {
		names = append(names, f.Name)
	}
	schema := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", SchemaID},
		{"title", "entente scenario"},
		{"description", "What entente simulates: labs, clouds, their alliances, and what may happen. A value is a number, a distribution, or {value, unit, source, note}; null removes what the extended scenario says."},
	}
	schema = append(schema, top...)
	schema = append(schema,
		member{"patternProperties", object{{"^x-", object{{"description", "Not read: a place for YAML anchors."}}}}},
		member{"required", []string{"entente"}},
		// What extends another scenario may leave out what that one has.
		member{"if", object{{"properties", object{{"extends", object{{"type", "null"}}}}}}},
		member{"then", s.whole(root)},
		member{"$defs", s.definitions(names)})
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(schema); err != nil {
		panic(err) // it is made of texts and numbers
	}
	return b.Bytes()
}

// An object is a JSON object whose members keep their order.
type object []member

type member struct {
	key   string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := e.Encode(m.key); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := e.Encode(m.value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// An emptiness says what may stand in the place of a value: in a list, which is replaced whole,
// what is required has to be there; elsewhere the scenario may extend another.
type emptiness int

const (
	nothing  emptiness = iota // null, which removes or leaves out
	complete                  // what is required is there
)

// schemas makes schemas of fields, and collects the ranges that they refer to.
type schemas struct {
	ranges []Range
}

func ref(name string) object { return object{{"$ref", "#/$defs/" + name}} }

func anyOf(of ...object) object { return object{{"anyOf", of}} }

var null = object{{"type", "null"}}

// described is what a reader is told of f, before its schema.
func described(f *Field) object {
	text := f.Doc
	if f.Unit != "" {
		text += " Unit: " + f.Unit + "."
	}
	if reported(f) && !f.Required && f.Without != "" {
		text += " Left out: " + f.Without + "."
	}
	var o object
	if text != "" {
		o = append(o, member{"description", text})
	}
	if f.Required || f.Silent || f.Without != "" {
		return o
	}
	switch f.Kind {
	case NumberKind, GlideKind, ConstantKind, WholeKind, SeedKind:
		if !isInf(f.Default) {
			o = append(o, member{"default", f.Default})
		}
	case ChoiceKind:
		o = append(o, member{"default", f.Choices[0]})
	case FlagKind:
		o = append(o, member{"default", false})
	}
	return o
}

// field is the schema of what stands under f's key.
func (s *schemas) field(f *Field, e emptiness) object {
	o := described(f)
	schema := s.kind(f, e)
	if f.Required && e == complete {
		return append(o, schema...)
	}
	// null is allowed: as one more type or choice, where that is all there is to say.
	if t := slices.IndexFunc(schema, func(m member) bool { return m.key == "type" }); t >= 0 {
		switch types := schema[t].value.(type) {
		case string:
			schema[t].value = []string{types, "null"}
		case []string:
			schema[t].value = append(slices.Clone(types), "null")
		}
		return append(o, schema...)
	}
	if schema[0].key == "enum" {
		return append(o, member{"enum", append(slices.Clone(schema[0].value.([]any)), nil)})
	}
	if schema[0].key == "anyOf" {
		return append(o, member{"anyOf", append(slices.Clone(schema[0].value.([]object)), null)})
	}
	return append(o, anyOf(schema, null)...)
}

const (
	idPattern     = `^[a-z][a-z0-9_]*$`
	sourcePattern = `^[A-Za-z0-9][A-Za-z0-9_.-]*$`
	datePattern   = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
)

var anyText = object{{"type", []string{"string", "number", "boolean"}}} // YAML takes 2026 for a number

func dateText() object {
	return object{{"type", "string"}, {"format", "date"}, {"pattern", datePattern}}
}

// kind is the schema of f without what is said of it.
func (s *schemas) kind(f *Field, e emptiness) object {
	switch f.Kind {
	case NumberKind:
		return s.value(f.Range)
	case GlideKind:
		moves := append(s.block(f, e), member{"minProperties", 1})
		return anyOf(s.value(f.Range), moves)
	case ConstantKind:
		return bounds("number", f.Range)
	case WholeKind:
		return bounds("integer", f.Range)
	case SeedKind:
		return object{{"type", "integer"}, {"minimum", 0}, {"maximum", json.Number("18446744073709551615")}}
	case TextKind:
		return slices.Clone(anyText)
	case TextsKind:
		return anyOf(anyText, object{{"type", "array"}, {"items", anyText}})
	case FlagKind:
		return object{{"type", "boolean"}}
	case ChoiceKind:
		var choices []any
		for _, c := range f.Choices {
			choices = append(choices, c)
		}
		return object{{"enum", choices}}
	case DateKind:
		return dateText()
	case WindowKind:
		return object{{"type", "array"}, {"items", dateText()}, {"minItems", 2}, {"maxItems", 2}}
	case ReferenceKind:
		return object{{"type", "string"}, {"pattern", idPattern}}
	case BlockKind:
		return s.block(f, e)
	case EntitiesKind:
		return object{{"type", "object"}, {"propertyNames", ids(f)}, {"additionalProperties", s.field(entry(f), e)}}
	case ListKind:
		return object{{"type", "array"}, {"items", s.block(f, complete)}}
	case NamesKind:
		return object{{"type", "array"}, {"items", object{{"type", "string"}}}, {"minItems", 2}, {"uniqueItems", true}}
	case LoadingsKind:
		return object{{"type", "object"}, {"additionalProperties", loadingOf(f)}}
	case ExpressionKind:
		return object{{"type", "string"}}
	}
	panic(fmt.Sprintf("scenarios: no schema for the kind of %q", f.Name))
}

// loadingOf is the schema of one loading of f.
func loadingOf(f *Field) object {
	o := bounds("number", f.Range)
	o[0].value = []string{"number", "null"}
	return o
}

// ids is the schema of the keys of f.
func ids(f *Field) object {
	switch {
	case f.Ids:
		return ref("id")
	case f.Noun == "source":
		return object{{"pattern", sourcePattern}}
	}
	return object{{"pattern", idPattern}}
}

// block is the schema of a map of f's fields.
func (s *schemas) block(f *Field, e emptiness) object {
	var properties object
	var needed []string
	for _, g := range f.Fields {
		properties = append(properties, member{g.Name, s.field(g, e)})
		if g.Required && e == complete {
			needed = append(needed, g.Name)
		}
	}
	o := object{{"type", "object"}, {"properties", properties}}
	if f.Noun == "factor" { // the short form, {openai.revenue: 0.7}
		o = append(o, member{"patternProperties", object{{`\.`, loadingOf(f.field("shocks"))}}})
	}
	o = append(o, member{"additionalProperties", false})
	if len(needed) > 0 {
		o = append(o, member{"required", needed})
	}
	return o
}

// whole is what has to be there in a scenario that extends none; nil where that is nothing.
func (s *schemas) whole(f *Field) object {
	var needed []string
	var properties, dependent object
	for _, g := range f.Fields {
		var inner object
		switch g.Kind {
		case BlockKind, EntitiesKind, GlideKind:
			inner = s.whole(g)
		}
		if g.Required {
			needed = append(needed, g.Name)
			inner = append(inner, member{"not", null})
		}
		if len(inner) > 0 && g.Name != "" {
			properties = append(properties, member{g.Name, inner})
		}
	}
	if f.Name == "" && f.field("entente") != nil { // the root
		needed = append(needed, "horizon", "clouds", "labs")
	}
	switch f.Kind {
	case GlideKind: // which may also be a number: what it needs it needs when it moves
		for _, g := range f.Fields {
			if g.Name == "initial" {
				continue
			}
			with := []string{"initial"}
			switch g.Name {
			case "long_run":
				with = append(with, "half_life")
			default:
				with = append(with, "long_run")
			}
			dependent = append(dependent, member{g.Name, with})
		}
		return object{{"dependentRequired", dependent}}
	case EntitiesKind:
		if f.Fields[0].Name == "" {
			return nil
		}
		inner := object{}
		if len(needed) > 0 {
			inner = append(inner, member{"required", needed})
		}
		if len(properties) > 0 {
			inner = append(inner, member{"properties", properties})
		}
		if len(inner) == 0 {
			return nil
		}
		o := object{{"additionalProperties", inner}}
		if f.Name == "labs" || f.Name == "clouds" {
			o = append(object{{"type", "object"}, {"minProperties", 1}}, o...)
		}
		return o
	}
	var o object
	if len(needed) > 0 {
		o = append(o, member{"required", needed})
	}
	if len(properties) > 0 {
		o = append(o, member{"properties", properties})
	}
	return o
}

// value refers to the schema of a number or a distribution in r.
func (s *schemas) value(r Range) object {
	if !slices.Contains(s.ranges, r) {
		s.ranges = append(s.ranges, r)
	}
	return ref(valueName(r))
}

// valueName names a range: value_above_0.
func valueName(r Range) string {
	return "value_" + strings.NewReplacer(" ", "_", "-", "minus_", ".", "_").Replace(r.String())
}

// bounds is the schema of a constant in r.
func bounds(kind string, r Range) object {
	o := object{{"type", kind}}
	end := func(x float64, open bool, closed, strict string) {
		if isInf(x) {
			return
		}
		if open {
			closed = strict
		}
		o = append(o, member{closed, x})
	}
	end(r.Lo, r.OpenLo, "minimum", "exclusiveMinimum")
	end(r.Hi, r.OpenHi, "maximum", "exclusiveMaximum")
	return o
}

// definitions are what fields refer to; reserved are the names that cannot be ids.
func (s *schemas) definitions(reserved []string) object {
	defs := object{{"id", object{
		{"description", "Lower-case letters, digits and _, beginning with a letter, and no name of the format."},
		{"type", "string"}, {"pattern", idPattern}, {"not", object{{"enum", reserved}}}}}}
	for _, r := range s.ranges {
		amount := []object{bounds("number", r), ref("distribution")}
		annotated := object{{"type", "object"}, {"properties", object{
			{"value", object{{"description", "A number or a distribution."}, {"anyOf", amount}}},
			{"unit", object{{"description", "The unit, if it is not the field's."}, {"type", []string{"string", "null"}}}},
			{"source", s.field(source_(), nothing)},
			{"note", s.field(text("note", "What was judged."), nothing)},
		}}, {"required", []string{"value"}}, {"additionalProperties", false}}
		defs = append(defs, member{valueName(r), object{
			{"description", "A number, " + r.String() + ", or a distribution over such, or either with where it is from."},
			{"anyOf", append(amount, annotated)}}})
	}
	return append(defs,
		member{"distribution", object{
			{"description", "10 to 30 (the 5 % and the 95 % quantile), a distribution as text, or as a map."},
			{"anyOf", []object{ref("distribution_text"), ref("distribution_map"), ref("percentiles")}}}},
		member{"distribution_text", distributionText()},
		member{"distribution_map", distributionMap()},
		member{"percentiles", object{
			{"description", "A metalog distribution through these quantiles: {p10: 5, p50: 8, p90: 15}."},
			{"type", "object"}, {"minProperties", 1},
			{"patternProperties", object{{`^p[0-9]{1,2}(\.[0-9]+)?$`, object{{"type", "number"}}}}},
			{"additionalProperties", false}}},
		member{"operand", object{{"anyOf", []object{
			{{"type", []string{"number", "string"}}}, ref("distribution_map"), ref("percentiles")}}}})
}

// distributionText knows what a text form begins with and how it ends.
func distributionText() object {
	const num = `[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?`
	var usages []string
	for _, f := range families()[1:] {
		usages = append(usages, f.usage())
	}
	return object{
		{"description", "10 to 30, or one of " + strings.Join(usages, ", ") + "."},
		{"type", "string"},
		{"pattern", `^\s*(` + num + `\s+to\s*` + num + `|(` + strings.Join(distributionNames(), "|") + `)\s*\([\s\S]*\))\s*$`},
	}
}

// distributionMap is a distribution as a map of its name to its arguments.
func distributionMap() object {
	number := object{{"type", []string{"number", "string"}}} // .inf is no number of JSON's
	var properties object
	for _, f := range families() {
		least := len(f.params)
		if f.short > 0 {
			least = f.short
		}
		arguments := object{{"type", "array"}, {"items", number}, {"minItems", least}, {"maxItems", len(f.params)}}
		if least == 1 {
			arguments = anyOf(number, arguments)
		}
		switch {
		case f.pairs:
			pair := object{{"type", "array"}, {"prefixItems", []object{{{"type", "number"}}, ref("operand")}}, {"minItems", 2}, {"maxItems", 2}}
			arguments = object{{"type", "array"}, {"items", pair}, {"minItems", 1}}
		case f.make == nil && f.name == "truncate":
			arguments[1] = member{"prefixItems", []object{ref("operand"), number, number}}
		case f.make == nil && (f.name == "scale" || f.name == "shift"):
			arguments[1] = member{"prefixItems", []object{ref("operand"), number}}
		case f.make == nil && f.name == "empirical":
			arguments[1].value = object{{"type", "string"}}
		}
		properties = append(properties, member{f.name, append(object{{"description", f.usage()}}, arguments...)})
	}
	return object{{"description", "A distribution by name: {pert: [0.2, 0.3, 0.5]}."}, {"type", "object"},
		{"properties", properties}, {"minProperties", 1}, {"maxProperties", 1}, {"additionalProperties", false}}
}
