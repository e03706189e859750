package scenarios

import (
	"slices"
	"strings"
)

// A Warning is a kind of thing that a scenario is warned of. Its ID never changes.
type Warning struct {
	ID  string
	Doc string // what it means, in a sentence
}

// Warnings lists all that there are, in the order of the manual.
func Warnings() []Warning {
	var all []Warning
	for _, r := range rules() {
		all = append(all, Warning{r.id, r.doc})
	}
	return all
}

func warningIDs() []string {
	var ids []string
	for _, r := range rules() {
		if r.id != unusedSilence { // whoever means it leaves the silence out
			ids = append(ids, r.id)
		}
	}
	return ids
}

const unusedSilence = "unused-silence"

// A Silenced is a warning of which the scenario says that it is meant.
type Silenced struct {
	Diagnostic
	Reason string
}

// silence takes out of the warnings those that the scenario's silences name. A silence that
// silences nothing is warned of where it stands in the scenario itself and, by whole, nothing
// overrides it: what another scenario extends, or --set changes, has no say in it.
func (b *builder) silence(warnings, sanity []Diagnostic, whole bool) (loud, doubtful []Diagnostic, silenced []Silenced) {
	silences := b.root.get("silence").fields
	used := make([]bool, len(silences))
	keep := func(ds []Diagnostic) []Diagnostic {
		var kept []Diagnostic
		for _, d := range ds {
			by := -1
			for i, s := range silences {
				if s.get("warning").written == d.ID && within(d.Path, s.get("path").written) {
					by, used[i] = i, true
				}
			}
			if by < 0 {
				kept = append(kept, d)
			} else {
				silenced = append(silenced, Silenced{d, strings.TrimSpace(silences[by].get("reason").written)})
			}
		}
		return kept
	}
	loud, doubtful = keep(warnings), keep(sanity)
	for i, s := range silences {
		if used[i] || !whole || s.src == nil || s.src.order > 0 {
			continue
		}
		where := ""
		if p := s.get("path"); p.given {
			where = " at " + p.written
		}
		d := diagnostic(s.get("warning").mark, unusedSilence, "leave it out", "nothing is warned of as "+s.get("warning").written+where+": this silences nothing")
		d.Path = s.path
		loud = append(loud, d)
	}
	return ordered(loud), doubtful, silenced
}

// within says whether path is at, or below, the path above; everything is below "".
func within(path, above string) bool {
	return above == "" || path == above || strings.HasPrefix(path, above+".")
}

// sanity returns what every rule has to say, in file order.
func (b *builder) sanity() []Diagnostic {
	l := &linter{builder: b}
	for _, r := range rules() {
		if r.check != nil {
			l.rule = r.id
			r.check(l)
		}
	}
	return ordered(slices.Clone(l.found))
}
