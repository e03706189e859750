package scenarios

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"entente/sim"
)

// A Review is what a reader asks of a scenario before believing it, beyond what Facts say.
type Review struct {
	Truncations []Truncation
	Inputs      []Correlation // of what is drawn once a trial
	Shocks      []Correlation // of what is drawn every step
	Sources     []Source      // in file order
	Grades      []Grade       // of Facts.Assumptions, one for each
}

// A Truncation is a distribution that was cut to the range of its field.
type Truncation struct {
	Path, Text string
	How        string  // "to at least 0: 0.3 % of its mass was outside"
	Outside    float64 // that mass
}

// A Correlation is that of a pair of names, as it is simulated.
type Correlation struct {
	A, B string
	// Rho is the correlation of the normals behind the two.
	Rho float64
	// Spearman is the rank correlation that follows, 6/π·asin(ρ/2), whatever the distributions.
	Spearman float64
	By       []string // the common factors that make it; none, if it is given as a pair
}

// A Source is one of the scenario's.
type Source struct {
	ID, Title, Address, Date string
	Grade                    string // empty if it has none
	Cited                    int    // by how many citations
	Stale                    string // why it may be out of date; empty if it is not
}

// A Grade says what a number rests on: the best of what it, or the deal or event that it is
// part of, cites. It is a grade of the format, "text" where what is cited is none of the
// scenario's sources or one without a grade, or "none".
type Grade string

const (
	freeText Grade = "text"
	noSource Grade = "none"
)

// staleYears is how old a source may be when the scenario starts.
const staleYears = 2

// Review looks over the scenario.
func (s *Scenario) Review() Review { return s.review() }

func (b *builder) review() Review {
	r := Review{Inputs: b.correlations("inputs", b.sys.InputMixes), Shocks: b.correlations("shocks", b.sys.ShockMixes)}
	for _, a := range b.assumptions {
		if a.spread != nil && a.spread.truncated != "" {
			r.Truncations = append(r.Truncations, Truncation{a.b.path, a.b.written, a.spread.truncated, a.spread.outside})
		}
		r.Grades = append(r.Grades, b.grade(a))
	}
	for _, s := range b.root.get("sources").fields {
		text := func(name string) string { return strings.TrimSpace(s.get(name).written) }
		source := Source{ID: s.name, Title: text("title"), Address: text("address"), Date: text("date"), Grade: text("grade")}
		for _, c := range b.citations {
			if c.text == s.name {
				source.Cited++
			}
		}
		source.Stale = b.stale(source)
		r.Sources = append(r.Sources, source)
	}
	return r
}

// stale says why a source may be out of date: its last possible day is more than staleYears
// before the start, or it has no date. A judgement needs none.
func (b *builder) stale(s Source) string {
	if s.Date == "" {
		if s.Grade == "judgement" {
			return ""
		}
		return "undated"
	}
	var last time.Time
	for _, form := range []struct {
		layout              string
		years, months, days int
	}{{time.DateOnly, 0, 0, 0}, {"2006-01", 0, 1, -1}, {"2006", 1, 0, -1}} {
		if t, err := time.Parse(form.layout, s.Date); err == nil {
			last = t.AddDate(form.years, form.months, form.days)
		}
	}
	start := time.Date(b.start.year, time.Month(b.start.month), b.start.day, 0, 0, 0, 0, time.UTC)
	switch {
	case last.IsZero():
		return "its date is none: write 2026, 2026-05 or 2026-05-31"
	case last.Before(start.AddDate(-staleYears, 0, 0)):
		return "more than " + strconv.Itoa(staleYears) + " years before the start"
	}
	return ""
}

func (b *builder) grade(a *assumption) Grade {
	cited := a.sources
	parts := strings.Split(a.b.path, ".")
	for i := len(parts) - 1; i > 0 && len(cited) == 0; i-- {
		up := b.resolve(strings.Join(parts[:i], "."))
		if up != nil && up.f.field("source") != nil {
			cited = up.get("source").names
		}
	}
	if len(cited) == 0 {
		return noSource
	}
	grades := b.root.f.field("sources").field("grade").Choices // from the best to the worst
	best := len(grades)
	for _, n := range cited {
		if s := b.root.get("sources").item(n.text); s != nil {
			if i := slices.Index(grades, s.get("grade").written); i >= 0 {
				best = min(best, i)
			}
		}
	}
	if best == len(grades) {
		return freeText
	}
	return Grade(grades[best])
}

// correlations reads off the mixes which pairs move together.
func (b *builder) correlations(kind string, mixes []sim.Mix) []Correlation {
	var cs []Correlation
	for i, m := range mixes {
		for _, n := range mixes[:i] {
			rho := 0.0
			for _, s := range m.Terms {
				for _, t := range n.Terms {
					if s.Source == t.Source {
						rho += s.Coef * t.Coef
					}
				}
			}
			by := b.commonFactors(kind, n.Name, m.Name)
			if math.Abs(rho) < 1e-12 && len(by) == 0 {
				continue
			}
			cs = append(cs, Correlation{A: n.Name, B: m.Name, Rho: rho, Spearman: 6 / math.Pi * math.Asin(rho/2), By: by})
		}
	}
	return cs
}

func (b *builder) commonFactors(kind, x, y string) []string {
	var by []string
	for _, f := range b.root.get("factors").fields {
		names := f.get(kind).names
		has := func(s string) bool { return slices.ContainsFunc(names, func(n name) bool { return n.text == s }) }
		if has(x) && has(y) {
			by = append(by, f.name)
		}
	}
	return by
}
