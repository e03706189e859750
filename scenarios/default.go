package scenarios

import (
	"math"
)

// defaults lists what the scenario leaves out, in the order of the format.
func (b *builder) defaults() []Default {
	var ds []Default
	var walk func(x *bound)
	walk = func(x *bound) {
		if x.f.Kind == EntitiesKind || x.f.Kind == ListKind {
			for _, c := range x.fields {
				walk(c)
			}
			return
		}
		if x.f.Kind != BlockKind {
			return
		}
		for _, f := range x.f.Fields {
			switch c := x.get(f.Name); {
			case !reported(f):
			case c.given:
				walk(c)
			default:
				ds = append(ds, Default{Path: c.path, Text: f.left(), Unit: f.unitOf()})
			}
		}
	}
	walk(b.root)
	return ds
}

// reported says whether it matters to a reader that f is left out. What only names or explains
// does not.
func reported(f *Field) bool {
	switch f.Kind {
	case TextKind, TextsKind, ReferenceKind, ExpressionKind, NamesKind, LoadingsKind:
		return f.Without != "" && f.Name != "name"
	}
	return !f.Silent
}

// left is what holds where f is left out.
func (f *Field) left() string {
	switch {
	case f.Without != "":
		return f.Without
	case f.Kind == ChoiceKind:
		return f.Choices[0]
	case f.Kind == FlagKind:
		return "false"
	case f.Kind == BlockKind || f.Kind == ListKind || f.Kind == EntitiesKind || math.IsInf(f.Default, 0):
		return "none"
	}
	return formatNumber(f.Default)
}

// unitOf is the unit of what left returns.
func (f *Field) unitOf() string {
	if f.Without != "" || f.Kind != NumberKind && f.Kind != GlideKind {
		return ""
	}
	return f.Unit
}
