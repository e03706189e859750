package reports

import (
	"fmt"
	"strconv"
	"strings"

	"entente/sim/result"
)

// An effect is what an event does to a quantity, as its term says it.
type effect struct {
	verb string // adds, multiplies, sets or moves
	path string
	by   string // as it is written
}

// readEffect reads a term of an event; ok is false where it is none that this program knows.
func readEffect(term string) (e effect, ok bool) {
	verb, rest, ok := strings.Cut(term, " ")
	if !ok {
		return effect{}, false
	}
	e.verb = verb
	switch verb {
	case "moves":
		e.by, e.path, ok = strings.Cut(rest, " of ")
		e.path, _, _ = strings.Cut(e.path, " ")
	case "multiplies":
		e.path, e.by, ok = strings.Cut(strings.TrimPrefix(rest, "what is not yet due of "), " by ")
	case "sets":
		e.path, e.by, ok = strings.Cut(rest, " to ")
	case "adds":
		i := strings.LastIndex(rest, " to ") // "0.1 to 0.2 to openai.opex"
		if ok = i >= 0; ok {
			e.by, e.path = rest[:i], rest[i+len(" to "):]
		}
	default:
		ok = false
	}
	return e, ok && e.path != "" && !strings.Contains(e.path, " ")
}

// phrases say of the fields that effects change, by the end of their path, what they are. %L is
// the lab, %C the cloud, %O the cloud's owner, and %E the lab or the cloud whose field it is.
// points are what is added where the field is a share or a rate; empty: it is a plain number.
var phrases = []struct{ field, words, points string }{
	{"revenue.growth", "%E’s revenue growth", "points a year (in logs)"},
	{"compute.ratio", "the compute that %E buys per dollar of revenue", ""},
	{"opex", "%E’s cost other than compute", "points of its revenue"},
	{"valuation.multiple", "%E’s value per dollar of run rate", ""},
	{"funding.availability", "how much of the time %E can raise capital", "points"},
	{"price", "the price of %C’s compute for %L", ""},
	{"churn.annual_rate", "the rate at which %L leaves %C", "points a year"},
	{"exclusivity.churn_factor", "what %L’s exclusivity with %C leaves of its churn", "points"},
	{"enforced", "the part of an unused commitment that %L really pays %C", "points"},
	{"revenue_share.rate", "the share of its revenue that %L pays %O", "points"},
	{"resale.pull_through", "what %C resells per dollar of %L’s revenue", ""},
	{"margin", "%C’s margin on what %L uses", "points"},
	{"commitments", "the rest of %L’s commitment to %C", ""},
	{"share", "what %L uses of %C", ""},
}

// effectText says what an effect does in a trial, in words: the path stands where the field has none.
func (f finder) effectText(term, path string, inputs []result.Drawn) string {
	drawn := asDrawn(term, path, inputs)
	e, ok := readEffect(term)
	if !ok {
		return drawn
	}
	words, points := f.fieldWords(e.path)
	if words == "" {
		return drawn
	}
	by, known := 0.0, false
	for _, in := range inputs {
		if strings.HasPrefix(in.Path, path) {
			by, known = in.Value, true
		}
	}
	if !known {
		by, known = plainNumber(e.by)
	}
	switch {
	case !known:
		return drawn
	case e.verb == "moves":
		return fmt.Sprintf("%s of %s moves to its other clouds", inPercent(by), words)
	case e.verb == "multiplies" && by == 1:
		return words + " stays as it is"
	case e.verb == "multiplies":
		return fmt.Sprintf("%s is multiplied by %s", words, threeFigures(by))
	case e.verb == "sets":
		return fmt.Sprintf("%s is set to %s", words, threeFigures(by))
	}
	way := "rises"
	if by < 0 {
		way, by = "falls", -by
	}
	if points == "" {
		return fmt.Sprintf("%s %s by %s", words, way, threeFigures(by))
	}
	return fmt.Sprintf("%s %s by %s %s", words, way, threeFigures(100*by), points)
}

// plainNumber reads a value that is written as a number or a percentage.
func plainNumber(text string) (float64, bool) {
	text = strings.NewReplacer(nbsp, " ", "−", "-").Replace(text)
	number, percent := strings.CutSuffix(text, "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		x /= 100
	}
	return x, err == nil
}

// fieldWords says what the field at a path is; nothing where there are no words for it.
func (f finder) fieldWords(path string) (words, points string) {
	id, field, _ := strings.Cut(path, ".")
	if strings.HasPrefix(field, "commitments.") {
		field = field[strings.LastIndex(field, ".")+1:]
	}
	names := []string{}
	for _, es := range [][]result.Entity{f.r.Labs, f.r.Clouds} {
		for _, e := range es {
			if e.ID == id {
				names = []string{"%E", name(e)}
			}
		}
	}
	for _, a := range f.r.Alliances {
		if a.ID == id {
			names = []string{"%L", f.nameOf(a.Lab), "%C", f.nameOf(a.Cloud), "%O", f.ownerOf(a.Cloud)}
		}
	}
	for _, p := range phrases {
		if p.field != field || len(names) == 0 {
			continue
		}
		if words = strings.NewReplacer(names...).Replace(p.words); strings.Contains(p.words, "%E") == (names[0] == "%E") {
			return words, p.points
		}
	}
	return "", ""
}

// ownerOf is what a reader calls the owner of a cloud.
func (f finder) ownerOf(cloud string) string {
	for _, c := range f.r.Clouds {
		if c.ID == cloud && c.Owner != "" {
			return f.party(c.Owner)
		}
	}
	return f.nameOf(cloud)
}
