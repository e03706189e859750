package scenarios

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"entente/sim/dist"
	"entente/sim/result"
)

// drawn is how many quantiles are enough to draw a density.
const drawn = 201

// facts returns what reports show of the scenario, but for what describe adds.
func (b *builder) facts() result.Result {
	var f result.Result
	f.Scenario.Name = strings.TrimSpace(b.root.get("name").written)
	f.Scenario.Description = strings.TrimSpace(b.root.get("description").written)
	for _, n := range b.root.get("notes").names {
		f.Scenario.Notes = append(f.Scenario.Notes, n.text)
	}
	f.Run.Start, f.Run.Years = b.start.String(), b.sys.Years
	for _, l := range b.sys.Labs {
		f.Labs = append(f.Labs, result.Entity{ID: l.ID, Name: l.Name})
	}
	for _, c := range b.sys.Clouds {
		f.Clouds = append(f.Clouds, result.Entity{ID: c.ID, Name: c.Name, Owner: c.Owner})
	}
	for _, i := range b.sys.Investors {
		f.Investors = append(f.Investors, result.Entity{ID: i.ID, Name: i.Name})
	}
	for _, a := range b.root.get("alliances").fields {
		f.Alliances = append(f.Alliances, result.Alliance{ID: a.name, Lab: a.get("lab").written, Cloud: a.get("cloud").written, Terms: b.terms(a)})
	}
	for _, e := range b.root.get("events").fields {
		f.Events = append(f.Events, result.Event{ID: e.name, Name: label(e), Terms: eventTerms(e),
			Source: b.cite(e.get("source").names), Note: strings.TrimSpace(e.get("note").written)})
	}
	for _, a := range b.assumptions {
		f.Assumptions = append(f.Assumptions, b.assumption(a))
	}
	return f
}

func (b *builder) assumption(a *assumption) result.Assumption {
	r := result.Assumption{Path: a.b.path, Text: a.b.written, Unit: a.unit, Source: b.cite(a.sources), Note: strings.TrimSpace(a.note)}
	if a.spread == nil {
		r.Constant, r.Value = true, a.b.value.Const
	} else {
		r.Truncated = a.spread.truncated
	}
	return r
}

// describe adds to the assumptions, which are those of b.assumptions, what their distributions
// look like. All processors take part: the exact quantiles of a beta distribution are slow.
func (b *builder) describe(as []result.Assumption) {
	var distinct []*spread
	for _, a := range b.assumptions {
		if a.spread != nil && !slices.Contains(distinct, a.spread) {
			distinct = append(distinct, a.spread)
		}
	}
	looks := make([]result.Assumption, len(distinct))
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(distinct)) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(distinct); i = int(next.Add(1)) - 1 {
				looks[i] = distinct[i].look()
			}
		})
	}
	all.Wait()
	for i, a := range b.assumptions {
		if a.spread != nil {
			l := looks[slices.Index(distinct, a.spread)]
			r := &as[i]
			r.Mean, r.SD, r.P1, r.P5, r.P50, r.P95, r.P99 = l.Mean, l.SD, l.P1, l.P5, l.P50, l.P95, l.P99
			r.Quantiles = l.Quantiles
		}
	}
}

// look returns the numbers of an Assumption.
func (s *spread) look() (r result.Assumption) {
	r.Mean, r.SD = s.dist.Mean(), s.dist.SD()
	point := func(p float64) float64 { return dist.Point(s.dist, p) }
	r.P1, r.P5, r.P50, r.P95, r.P99 = point(0.01), point(0.05), point(0.50), point(0.95), point(0.99)
	r.Quantiles = make([]float64, drawn)
	for i := range r.Quantiles {
		r.Quantiles[i] = (float64(i) + 0.5) / drawn
	}
	s.dist.Quantile(r.Quantiles)
	return r
}

// cite writes sources out: those that are ids of the scenario's sources with what it says of them.
func (b *builder) cite(names []name) string {
	var words []string
	for _, n := range names {
		s := b.root.get("sources").item(n.text)
		if s == nil {
			words = append(words, n.text)
			continue
		}
		text := strings.TrimSpace(s.get("title").written)
		for _, more := range []string{"date", "address"} {
			if m := s.get(more); m.given {
				text += ", " + m.written
			}
		}
		if g := s.get("grade"); g.given {
			text += " [" + g.written + "]"
		}
		words = append(words, text)
	}
	return strings.Join(words, "; ")
}

// sourcesCited warns of a citation that looks like the id of a source and is none. Where a
// scenario has no sources all are free text.
func (b *builder) sourcesCited() {
	var ids []string
	for _, s := range b.root.get("sources").fields {
		ids = append(ids, s.name)
	}
	for _, n := range b.citations {
		if len(ids) > 0 && sourceSyntax.MatchString(n.text) && b.root.get("sources").item(n.text) == nil {
			b.warnf(n.mark, "", "unknown-source", didYouMean(n.text, ids), "there is no source %q", abbreviate(n.text))
		}
	}
}

// value is b in words.
func (b *bound) words() string {
	if len(b.fields) > 0 { // a glide
		s := b.get("initial").words()
		if long := b.get("long_run"); long.given {
			s += ", moving to " + long.words() + " with a half-life of " + b.get("half_life").words() + " years"
		}
		return s
	}
	if !b.given {
		return formatNumber(b.value.Const)
	}
	return b.written
}

// terms are the deal in words, one a line.
func (b *builder) terms(a *bound) []string {
	var ts []string
	say := func(format string, args ...any) { ts = append(ts, fmt.Sprintf(format, args...)) }
	until := func(x *bound) string {
		if u := x.get("until"); u.given {
			return " until " + u.date.String()
		}
		return ""
	}
	if n := a.get("name"); n.given {
		say("%s", strings.TrimSpace(n.written))
	}
	if s := a.get("share"); s.given {
		say("share of the lab's compute: %s", s.words())
	}
	if p := a.get("price"); p.given {
		say("price of compute: %s of the market's", p.words())
	}
	if p := a.get("attraction"); p.given {
		say("attraction: %s", p.words())
	}
	if c := a.get("churn"); c.given {
		s := c.get("annual_rate").words() + " of the share a year"
		if n := c.get("noise"); n.given {
			s += fmt.Sprintf(", noise of volatility %s and half-life %s years", n.get("volatility").words(), n.get("half_life").words())
		}
		say("churn: %s", s)
	}
	if e := a.get("exclusivity"); e.given {
		say("exclusivity: churn multiplied by %s%s", e.get("churn_factor").words(), until(e))
	}
	for _, c := range a.get("commitments").fields {
		s := fmt.Sprintf("%s bn over %s years from %s", c.get("amount").words(), c.get("years").words(), c.get("start").date)
		if p := c.get("backloading"); p.given {
			s += ", back-loading " + p.words()
		}
		say("commitment: %s, %s of a shortfall paid", s, c.get("enforced").words())
	}
	if r := a.get("revenue_share"); r.given {
		s := r.get("rate").words() + " of the lab's revenue to the cloud's owner" + until(r)
		if c := r.get("cap"); c.given {
			s += ", at most " + c.words() + " bn"
		}
		say("revenue share: %s", s)
	}
	if r := a.get("resale"); r.given {
		say("resale: %s of the lab's revenue, at a margin of %s less a payback of %s%s",
			r.get("pull_through").words(), r.get("margin").words(), r.get("payback").words(), until(r))
	}
	for _, s := range a.get("stakes").fields {
		text := fmt.Sprintf("%s holds %s", s.get("investor").written, s.get("stake").words())
		if c := s.get("cost"); c.given {
			text += ", for " + c.words() + " bn"
		}
		say("stake: %s", text)
	}
	for _, t := range a.get("tranches").fields {
		text := fmt.Sprintf("%s pays %s bn", t.get("investor").written, t.get("amount").words())
		when := t.get("when")
		switch {
		case t.get("on").given:
			text += " on " + t.get("on").date.String()
		case when.get("run_rate").given:
			text += " when the lab's run rate reaches " + when.get("run_rate").words() + " bn a year"
		default:
			text += " when " + when.get("billed").words() + " bn have been billed"
		}
		if by := t.get("by"); by.given {
			text += ", by " + by.date.String()
		}
		say("tranche: %s", text)
	}
	if m := a.get("margin"); m.given {
		say("the cloud's gross margin on use: %s", m.words())
	}
	if r := a.get("receivable_days"); r.given {
		say("receivables: %s days", r.words())
	}
	if c := a.get("capital"); c.given {
		s := c.get("intensity").words() + " of plant per yearly use"
		if l := c.get("life"); l.given {
			s += ", " + l.words() + " years of life"
		}
		if l := c.get("lead"); l.given {
			s += ", " + l.words() + " years to build"
		}
		say("plant: %s, %s of it redeployable", s, c.get("redeployable").words())
	}
	if s := a.get("supplier"); s.given {
		say("supplier: %s is paid %s of what is built", s.get("name").written, s.get("share").words())
	}
	return append(ts, b.origin(a)...)
}

// origin is where a deal is from.
func (b *builder) origin(x *bound) []string {
	var ts []string
	if s := x.get("source"); s.given {
		ts = append(ts, "source: "+b.cite(s.names))
	}
	if n := x.get("note"); n.given {
		ts = append(ts, "note: "+strings.TrimSpace(n.written))
	}
	return ts
}

// eventTerms are what starts the event and what it does.
func eventTerms(e *bound) []string {
	var ts []string
	when := ""
	if at := e.get("at"); at.given {
		when = "on " + at.date.String()
	} else {
		when = "hazard " + e.get("hazard").words() + " per year"
		if w := e.get("window"); w.given {
			when += fmt.Sprintf(", between %s and %s", w.date, w.to)
		}
	}
	if d := e.get("duration"); d.given {
		when += "; lasts " + d.words() + " years"
	} else {
		when += "; lasts to the end"
	}
	if e.get("recurring").flag {
		when += "; may happen again"
	}
	ts = append(ts, when)
	for _, f := range e.get("effects").fields {
		path := f.get("path").written
		switch {
		case f.get("move").given:
			ts = append(ts, fmt.Sprintf("moves %s of %s to the lab's other alliances", f.get("move").words(), path))
		case f.get("multiply").given && strings.HasSuffix(path, ".commitments"):
			ts = append(ts, fmt.Sprintf("multiplies what is not yet due of %s by %s", path, f.get("multiply").words()))
		case f.get("multiply").given:
			ts = append(ts, fmt.Sprintf("multiplies %s by %s", path, f.get("multiply").words()))
		case f.get("add").given:
			ts = append(ts, fmt.Sprintf("adds %s to %s", f.get("add").words(), path))
		default:
			ts = append(ts, fmt.Sprintf("sets %s to %s", path, f.get("set").words()))
		}
	}
	return ts
}
