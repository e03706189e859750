package reports

import (
	"math"
	"sort"
	"strings"

	"entente/sim/result"
)

// A finder looks up metrics by name. What a scenario has not, is nil.
type finder struct {
	r      *result.Result
	byName map[string]*result.Metric
}

func newFinder(r *result.Result) finder {
	f := finder{r, make(map[string]*result.Metric, len(r.Metrics))}
	for i := range r.Metrics {
		f.byName[r.Metrics[i].Name] = &r.Metrics[i]
	}
	return f
}

func (f finder) metric(id, name string) *result.Metric { return f.byName[id+"."+name] }

// final is the metric once per trial, or at the last year; nil if there is none.
func final(m *result.Metric) *result.Stat {
	switch {
	case m == nil:
		return nil
	case m.Total != nil:
		return m.Total
	case len(m.ByYear) > 0:
		return &m.ByYear[len(m.ByYear)-1]
	}
	return nil
}

func (f finder) final(id, name string) *result.Stat { return final(f.metric(id, name)) }

// answers are the clouds that the report is about first: AWS and Azure, by id, where the
// scenario has them, else the two with the largest mean exposure at the end.
func (f finder) answers() (first, rest []result.Entity) {
	var named []result.Entity
	for _, id := range []string{"aws", "azure"} {
		for _, c := range f.r.Clouds {
			if c.ID == id {
				named = append(named, c)
			}
		}
	}
	if len(named) < 2 {
		exposure := func(c result.Entity) float64 {
			if s := f.final(c.ID, "exposure"); s != nil && !math.IsNaN(s.Mean) {
				return s.Mean
			}
			return math.Inf(-1)
		}
		named = append([]result.Entity(nil), f.r.Clouds...)
		sort.SliceStable(named, func(i, j int) bool { return exposure(named[i]) > exposure(named[j]) })
	}
	first = named[:min(2, len(named))]
	for _, c := range f.r.Clouds {
		if !has(first, c.ID) {
			rest = append(rest, c)
		}
	}
	return first, rest
}

func has(es []result.Entity, id string) bool {
	for _, e := range es {
		if e.ID == id {
			return true
		}
	}
	return false
}

// name is what a reader calls an entity.
func name(e result.Entity) string {
	if e.Name != "" {
		return e.Name
	}
	return e.ID
}

func (f finder) nameOf(id string) string {
	for _, es := range [][]result.Entity{f.r.Labs, f.r.Clouds, f.r.Investors} {
		for _, e := range es {
			if e.ID == id {
				return name(e)
			}
		}
	}
	return id
}

// labsOf are the labs that a cloud has alliances with.
func (f finder) labsOf(cloud string) []string {
	var names []string
	for _, a := range f.r.Alliances {
		if a.Cloud == cloud {
			names = append(names, f.nameOf(a.Lab))
		}
	}
	return names
}

func (f finder) alliancesOf(lab string) []result.Alliance {
	var as []result.Alliance
	for _, a := range f.r.Alliances {
		if a.Lab == lab {
			as = append(as, a)
		}
	}
	return as
}

// allianceName is "OpenAI on Microsoft Azure".
func (f finder) allianceName(a result.Alliance) string {
	return f.nameOf(a.Lab) + " on " + f.nameOf(a.Cloud)
}

// own are the metrics that the scenario defines itself: those of no entity and no alliance.
func (f finder) own() []*result.Metric {
	ids := map[string]bool{}
	for _, es := range [][]result.Entity{f.r.Labs, f.r.Clouds, f.r.Investors} {
		for _, e := range es {
			ids[e.ID] = true
		}
	}
	for _, a := range f.r.Alliances {
		ids[a.ID] = true
	}
	var own []*result.Metric
	for i := range f.r.Metrics {
		if id, _, _ := strings.Cut(f.r.Metrics[i].Name, "."); !ids[id] {
			own = append(own, &f.r.Metrics[i])
		}
	}
	return own
}

// ownLabel names a metric of the scenario's own with its unit, if money is that: where it has
// none, the reader must not take it for money.
func ownLabel(m *result.Metric) string {
	switch m.Unit {
	case "":
		return m.Name + " (no unit)"
	case money:
		return m.Name + ", " + money
	}
	return m.Name // rows show other units themselves
}

// and joins "a", "a and b", "a, b and c".
func and(words []string) string {
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// lastYear is the calendar year at whose end the scenario ends, from the metrics' dates.
func lastYear(s *result.Stat) string {
	if s == nil || len(s.Date) < 4 {
		return ""
	}
	return s.Date[:4]
}

// trialsOf is how many trials have a value.
func trialsOf(s *result.Stat, run result.Run) float64 {
	return math.Max(1, math.Round(s.Defined*float64(run.Trials)))
}
