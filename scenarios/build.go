package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"entente/models"
	"entente/sim/dist"
)

// A builder checks what only the whole scenario can tell, and makes the System.
type builder struct {
	*binder
	root  *bound
	start civil
	sys   models.System

	ids        map[string]*bound // labs, clouds, investors, markets, alliances, events
	ambiguous  map[string]bool   // ids that were given twice
	quantities []string          // paths that effects may name
	asserted   []Assertion
}

// sections are the top-level maps whose keys are ids, in the order of their declaration.
func sections(root *Field) []*Field {
	var fs []*Field
	for _, f := range root.Fields {
		if f.Ids {
			fs = append(fs, f)
		}
	}
	return fs
}

// build returns the System that root describes. What is wrong is recorded; the System is
// then not to be used.
func (r *binder) build(root *bound) *builder {
	b := &builder{binder: r, root: root, ids: map[string]*bound{}, ambiguous: map[string]bool{}}
	b.horizon()
	b.uniqueIds()
	b.sys.DiscountRate = root.get("discount_rate").value
	b.sys.GigawattYear = optional(root.get("gigawatt_year"))
	for _, m := range root.get("markets").fields {
		b.sys.Markets = append(b.sys.Markets, models.Market{ID: m.name, Ceiling: m.get("ceiling").value})
	}
	for _, i := range root.get("investors").fields {
		b.sys.Investors = append(b.sys.Investors, models.Investor{ID: i.name, Name: label(i)})
	}
	for _, c := range root.get("clouds").fields {
		b.sys.Clouds = append(b.sys.Clouds, b.cloud(c))
	}
	for _, l := range root.get("labs").fields {
		b.sys.Labs = append(b.sys.Labs, b.lab(l))
	}
	for _, a := range root.get("alliances").fields {
		b.sys.Alliances = append(b.sys.Alliances, b.alliance(a))
	}
	for _, section := range []string{"clouds", "labs"} {
		if s := root.get(section); !s.bad && len(s.fields) == 0 && len(s.unknown) == 0 {
			b.errorf(s.key, "missing-field", "", "there is no %s: a scenario has at least one lab and one cloud", s.f.Noun)
		}
	}
	b.alliancesTogether()
	for _, e := range root.get("events").fields {
		b.sys.Events = append(b.sys.Events, b.event(e))
	}
	b.correlate()
	b.sourcesCited()
	return b
}

func (b *builder) horizon() {
	h := b.root.get("horizon")
	b.sys.Years = int(h.get("years").f.Default)
	if y := h.get("years"); y.given && !y.bad {
		b.sys.Years = int(y.whole)
	}
	s := h.get("start")
	switch {
	case !h.given && !h.bad:
		b.errorf(b.root.mark, "missing-field", "horizon: {start: 2027-01-01, years: 10}", "the scenario has no horizon, which it needs")
	case s.given && !s.bad:
		b.start = s.date
		if b.start.day > 28 {
			b.wrong(s, "date", "start on the first of a month", "%s is %s: not every month has such a day", s.what(), s.date)
		}
	}
}

// uniqueIds fills ids.
func (b *builder) uniqueIds() {
	for _, f := range sections(b.root.f) {
		for _, e := range b.root.get(f.Name).fields {
			switch first := b.ids[e.name]; {
			case b.root.f.field(e.name) != nil:
				b.errorf(e.key, "reserved-id", "", "%q is a name of the format and cannot be an id", e.name)
			case first != nil:
				later, earlier := e, first
				if e.key.src == first.key.src && (e.key.line < first.key.line || e.key.line == first.key.line && e.key.col < first.key.col) {
					later, earlier = first, e
				}
				b.ambiguous[e.name] = true
				b.errorf(later.key, "duplicate-id", "ids are unique over labs, clouds, investors, markets, alliances and events",
					"%q is already the id of %s in line %d", e.name, article(earlier.f.Noun), earlier.key.line)
			default:
				b.ids[e.name] = e
			}
		}
	}
}

// label is what reports call e.
func label(e *bound) string {
	if n := e.get("name"); n.given && !n.bad {
		return strings.TrimSpace(n.written)
	}
	return e.name
}

// optional returns the value of b, or nil where it is left out.
func optional(b *bound) *models.Value {
	if !b.given {
		return nil
	}
	v := b.value
	return &v
}

// mean returns the mean of v; of a constant, itself.
func mean(v models.Value) float64 {
	if d, ok := v.Dist.(dist.Dist); ok {
		return d.Mean()
	}
	return v.Const
}

func (b *builder) glide(g *bound) models.Glide {
	if len(g.fields) == 0 {
		return models.Glide{Initial: g.value, LongRun: models.Value{Path: join(g.path, "long_run"), Const: g.value.Const},
			HalfLife: models.Value{Path: join(g.path, "half_life"), Const: inf}}
	}
	long, half := g.get("long_run"), g.get("half_life")
	if long.given != half.given {
		has, lacks := long, half
		if half.given {
			has, lacks = half, long
		}
		b.errorf(has.key, "missing-field", "long_run and half_life go together", "%s has %s but no %s", g.what(), has.name, lacks.name)
	}
	initial := g.get("initial").value
	if !long.given {
		long.value.Const = initial.Const
	}
	return models.Glide{Initial: initial, LongRun: long.value, HalfLife: half.value, Moves: long.given}
}

func (b *builder) noise(n *bound) *models.Noise {
	if !n.given {
		return nil
	}
	return &models.Noise{Volatility: n.get("volatility").value, HalfLife: n.get("half_life").value}
}

func (b *builder) revenue(r *bound) models.Revenue {
	growth := r.get("growth")
	m := models.Revenue{RunRate: r.get("run_rate").value, Growth: b.glide(growth), Volatility: b.glide(r.get("volatility"))}
	m.Logistic = r.get("model").written == "logistic"
	if len(growth.fields) > 0 {
		v := growth.get("volatility")
		if v.given && !m.Growth.Moves && !growth.bad {
			b.errorf(v.key, "exclusive-fields", "give long_run and half_life too", "%s has a volatility but does not move", growth.what())
		}
		m.GrowthVolatility = optional(v)
	}
	ceiling := r.get("ceiling")
	m.Ceiling = optional(ceiling)
	market := &bound{}
	if r.f.field("market") != nil {
		market = r.get("market")
		if market.given && b.refer(market) {
			m.Market = market.written
		}
	}
	needs := "a ceiling"
	if r.f.field("market") != nil {
		needs = "a ceiling or a market"
	}
	switch {
	case r.bad || !r.given:
	case m.Logistic && !ceiling.given && !market.given:
		b.errorf(r.get("model").mark, "missing-field", "", "%s is logistic and needs %s", r.what(), needs)
	case m.Logistic && ceiling.given && market.given:
		b.errorf(market.key, "exclusive-fields", "", "%s has a ceiling and a market: a logistic revenue has one of them", r.what())
	case !m.Logistic && !r.get("model").bad:
		for _, c := range []*bound{ceiling, market} {
			if c.given {
				b.errorf(c.key, "exclusive-fields", "model: logistic", "%s has a %s, which only a logistic revenue has", r.what(), c.name)
			}
		}
	}
	return m
}

// refer checks that what b names exists.
func (b *builder) refer(x *bound) bool {
	if x.bad {
		return false
	}
	var ids []string
	for _, section := range x.f.Refers {
		if section == "owners" {
			for _, c := range b.root.get("clouds").fields {
				ids = append(ids, owner(c))
			}
			continue
		}
		for _, e := range b.root.get(section).fields {
			ids = append(ids, e.name)
		}
	}
	if slices.Contains(ids, x.written) {
		return true
	}
	slices.Sort(ids)
	nouns := map[string]string{"labs": "lab", "clouds": "cloud", "markets": "market", "investors": "investor", "owners": "owner of a cloud"}
	var words []string
	for _, s := range x.f.Refers {
		words = append(words, nouns[s])
	}
	hint := didYouMean(x.written, slices.Compact(ids))
	if e := b.ids[x.written]; e != nil && hint != "" {
		hint = fmt.Sprintf("%q is %s; %s", x.written, article(e.f.Noun), hint)
	}
	if hint == "" && len(ids) == 0 {
		hint = fmt.Sprintf("the scenario has no %s", strings.Join(x.f.Refers, " and no "))
	}
	b.wrong(x, "unknown-id", hint, "%s: there is no %s %q", x.what(), strings.Join(words, " or "), abbreviate(x.written))
	return false
}

// owner is who owns the cloud c.
func owner(c *bound) string {
	if o := c.get("owner"); o.given {
		return o.written
	}
	return c.name
}

func (b *builder) cloud(c *bound) models.Cloud {
	if o := c.get("owner"); o.given && !o.bad {
		switch e := b.ids[o.written]; {
		case !idSyntax.MatchString(o.written):
			b.wrong(o, "bad-id", "lower-case letters, digits and _, beginning with a letter", "%s: %q is no id", o.what(), abbreviate(o.written))
		case e != nil && e.f.Noun != "cloud":
			b.wrong(o, "duplicate-id", "investors are those that own no cloud; an owner is a name of its own",
				"%s: %q is the id of %s in line %d", o.what(), o.written, article(e.f.Noun), e.key.line)
		}
	} else if e := b.ids[c.name]; e != nil && e != c {
		return models.Cloud{} // the same id twice is said elsewhere
	}
	return models.Cloud{ID: c.name, Name: label(c), Owner: owner(c), Revenue: b.revenue(c.get("revenue"))}
}

func (b *builder) lab(l *bound) models.Lab {
	compute := l.get("compute")
	m := models.Lab{
		ID: l.name, Name: label(l), Revenue: b.revenue(l.get("revenue")),
		ComputeRatio: b.glide(compute.get("ratio")), ComputeNoise: b.noise(compute.get("noise")),
		Opex: b.glide(l.get("opex")), Cash: optional(l.get("cash")),
		PriceSensitivity: l.get("price_sensitivity").value, Flexibility: l.get("flexibility").value,
	}
	if v := l.get("valuation"); v.given {
		m.Valuation = &models.Valuation{Multiple: b.glide(v.get("multiple")), Noise: b.noise(v.get("noise"))}
	}
	cash, funding, failure := l.get("cash"), l.get("funding"), l.get("failure")
	if f := funding; f.given {
		m.Funding = &models.Funding{Runway: f.get("runway").value, Raise: f.get("raise").value, Availability: f.get("availability").value,
			HalfLife: f.get("half_life").value, MaxDilution: f.get("max_dilution").value, Distress: f.get("distress").value,
			Austerity: f.get("austerity").value}
		if m.Valuation == nil && !l.get("valuation").bad {
			b.errorf(f.key, "missing-field", "valuation: {multiple: ...}", "%s needs a valuation: a raise has a price", f.what())
		}
		if !cash.given {
			b.warnf(f.key, f.path, "unused", "", "%s does nothing: %s has no cash, so that it is not followed", f.what(), l.name)
		}
	}
	switch {
	case cash.given && !failure.given:
		b.errorf(cash.key, "missing-field", "failure: {retained: ..., recovery: ...}", "%s has cash and no failure: what is left when the cash is gone?", l.name)
	case failure.given && !cash.given:
		b.warnf(failure.key, failure.path, "unused", "", "%s does nothing: %s has no cash, so that it cannot fail", failure.what(), l.name)
	case failure.given:
		m.Failure = &models.Failure{Retained: failure.get("retained").value, Recovery: failure.get("recovery").value}
	}
	return m
}

// years returns d as years from the start.
func (b *builder) years(d *bound) float64 { return d.date.since(b.start) }

// until is the end of what lasts for ever if it is left out.
func (b *builder) until(d *bound) float64 {
	if !d.given {
		return inf
	}
	if b.start.year != 0 && !d.bad && !b.start.before(d.date) {
		b.warnf(d.mark, d.path, "unused", "", "%s is %s: it is over when the scenario starts, on %s", d.what(), d.date, b.start)
	}
	return b.years(d)
}

// tooEarly refuses dates before the start.
func (b *builder) tooEarly(d *bound, hint string) bool {
	if !d.given || d.bad || b.root.get("horizon").get("start").bad || b.start.year == 0 || !d.date.before(b.start) {
		return false
	}
	b.wrong(d, "before-start", hint, "%s is %s, before the start on %s", d.what(), d.date, b.start)
	return true
}

func (b *builder) alliance(a *bound) models.Alliance {
	m := models.Alliance{ID: a.name, Share: b.glide(a.get("share")), Price: a.get("price").value, Attraction: a.get("attraction").value,
		Margin: a.get("margin").value, ReceivableDays: a.get("receivable_days").value}
	if l := a.get("lab"); l.given && b.refer(l) {
		m.Lab = l.written
	}
	if c := a.get("cloud"); c.given && b.refer(c) {
		m.Cloud = c.written
	}
	churn := a.get("churn")
	m.Churn = models.Churn{AnnualRate: churn.get("annual_rate").value, Noise: b.noise(churn.get("noise"))}
	ex := a.get("exclusivity")
	m.Exclusivity = models.Exclusivity{ChurnFactor: ex.get("churn_factor").value, Until: b.until(ex.get("until"))}
	for _, c := range a.get("commitments").fields {
		m.Commitments = append(m.Commitments, models.Commitment{Amount: c.get("amount").value, Years: c.get("years").value,
			Backloading: c.get("backloading").value, Enforced: c.get("enforced").value, Start: b.years(c.get("start"))})
	}
	rs := a.get("revenue_share")
	m.RevenueShare = models.RevenueShare{Rate: rs.get("rate").value, Until: b.until(rs.get("until")), Cap: optional(rs.get("cap"))}
	re := a.get("resale")
	m.Resale = models.Resale{PullThrough: re.get("pull_through").value, Margin: re.get("margin").value, Payback: re.get("payback").value,
		Until: b.until(re.get("until"))}
	for _, s := range a.get("stakes").fields {
		who := s.get("investor")
		if who.given {
			b.refer(who)
		}
		m.Stakes = append(m.Stakes, models.Stake{Investor: who.written, Stake: s.get("stake").value, Cost: s.get("cost").value})
	}
	for _, t := range a.get("tranches").fields {
		m.Tranches = append(m.Tranches, b.tranche(t))
	}
	if c := a.get("capital"); c.given {
		m.Capital = &models.Capital{Intensity: c.get("intensity").value, Life: c.get("life").value, Lead: c.get("lead").value,
			Redeployable: c.get("redeployable").value}
	}
	if s := a.get("supplier"); s.given {
		if n := s.get("name"); n.given {
			b.refer(n)
		}
		m.Supplier = &models.Supplier{Investor: s.get("name").written, Share: s.get("share").value}
		if m.Capital == nil && !a.get("capital").bad {
			b.warnf(s.key, s.path, "unused", "", "%s does nothing: %s has no capital that is built", s.what(), a.name)
		}
	}
	return m
}

func (b *builder) tranche(t *bound) models.Tranche {
	who, on, when, by := t.get("investor"), t.get("on"), t.get("when"), t.get("by")
	if who.given {
		b.refer(who)
	}
	m := models.Tranche{Investor: who.written, Amount: t.get("amount").value, By: inf}
	if by.given {
		m.By = b.years(by)
	}
	switch {
	case t.bad:
	case on.given && when.given:
		b.errorf(when.key, "exclusive-fields", "", "%s has on and when: it has one of them", t.what())
	case !on.given && !when.given && !on.bad && !when.bad:
		b.errorf(t.key, "missing-field", "on: 2027-01-01, or when: {run_rate: 50}, or when: {billed: 10}", "%s has neither on nor when", t.what())
	case on.given:
		m.On = b.years(on)
		b.tooEarly(on, "that money is already in the lab's cash")
		if by.given && !on.bad && !by.bad && by.date.before(on.date) {
			b.errorf(by.mark, "date", "", "%s ends on %s, before it is paid on %s", t.what(), by.date, on.date)
		}
	case when.given:
		rate, billed := when.get("run_rate"), when.get("billed")
		if rate.given == billed.given && !when.bad {
			b.errorf(when.key, "exclusive-fields", "", "%s takes one of run_rate and billed", when.what())
		}
		m.RunRate, m.Billed = optional(rate), optional(billed)
		b.tooEarly(by, "it could never be paid")
	}
	return m
}

// alliancesTogether checks what several alliances have to do with each other.
func (b *builder) alliancesTogether() {
	alliances := b.root.get("alliances").fields
	owners := map[string]string{} // of clouds
	for _, c := range b.root.get("clouds").fields {
		owners[c.name] = owner(c)
	}
	pairs := map[[2]string]*bound{}
	ownerOf := map[[2]string]bool{} // {lab, owner}: the lab has an alliance with a cloud of the owner
	for _, a := range alliances {
		lab, cloud := a.get("lab"), a.get("cloud")
		if !lab.given || !cloud.given || lab.bad || cloud.bad {
			continue
		}
		pair := [2]string{lab.written, cloud.written}
		if first := pairs[pair]; first != nil {
			b.errorf(a.key, "duplicate-alliance", "put both into one: commitments, stakes and tranches are lists",
				"%s and %s are already allied, in %s", lab.written, cloud.written, first.name)
			continue
		}
		pairs[pair] = a
		ownerOf[[2]string{lab.written, owners[cloud.written]}] = true
	}
	for _, l := range b.root.get("labs").fields {
		var own []*bound
		for _, a := range alliances {
			if a.get("lab").written == l.name {
				own = append(own, a)
			}
		}
		if len(own) == 0 {
			if !b.root.get("alliances").bad {
				b.warnf(l.key, l.path, "unused", "", "%s has no alliance: it buys no compute", l.name)
			}
			continue
		}
		b.shares(l, own)
		b.stakes(l, own, owners, ownerOf)
	}
}

// shares refuses shares that can all be 0: then nothing says where the lab runs.
func (b *builder) shares(l *bound, own []*bound) {
	someInitial, someLong, moves := false, false, false
	for _, a := range own {
		s := a.get("share")
		if s.bad {
			return
		}
		g := b.sharesGlide(s)
		moves = moves || g.Moves
		someInitial = someInitial || positive(g.Initial)
		someLong = someLong || positive(g.LongRun)
	}
	switch {
	case !someInitial:
		b.errorf(own[0].get("share").mark, "zero-shares", "at least one of them must be above 0", "the shares of %s can all be 0 at the start", l.name)
	case moves && !someLong:
		b.errorf(own[0].get("share").mark, "zero-shares", "at least one of them must be above 0", "the shares of %s can all be 0 in the long run", l.name)
	}
}

// sharesGlide is glide without saying again what is wrong with it; a share that does not move
// is its own long run.
func (b *builder) sharesGlide(s *bound) models.Glide {
	quiet := builder{binder: &binder{}}
	g := quiet.glide(s)
	if !g.Moves {
		g.LongRun = g.Initial
	}
	return g
}

// positive says whether v is above 0 in every trial.
func positive(v models.Value) bool {
	if d, ok := v.Dist.(dist.Dist); ok {
		return d.CDF(0) == 0
	}
	return v.Const > 0
}

func (b *builder) stakes(l *bound, own []*bound, owners map[string]string, allied map[[2]string]bool) {
	sum, several := 0.0, 0
	var last *bound
	for _, a := range own {
		for _, kind := range []string{"stakes", "tranches"} {
			for _, s := range a.get(kind).fields {
				who := s.get("investor")
				if v := l.get("valuation"); !v.given && !v.bad {
					b.errorf(s.key, "missing-field", fmt.Sprintf("give %s a valuation: {multiple: ...}", l.name), "%s needs a valuation of %s", s.what(), l.name)
				}
				if who.given && !who.bad && isOwner(owners, who.written) && !allied[[2]string{l.name, who.written}] {
					b.errorf(who.mark, "no-alliance", "give it an alliance with share 0",
						"%s: %s owns a cloud, but has no alliance with %s that could show its equity", s.what(), who.written, l.name)
				}
				if kind == "stakes" {
					if v := s.get("stake"); v.given && !v.bad {
						sum += mean(v.value)
						several++
						last = v
					}
				}
			}
		}
	}
	if sum > 1+1e-12 {
		b.errorf(last.mark, "stakes", "", "the stakes in %s sum to %s on average, which is more than all of it", l.name, formatNumber(math.Round(sum*1e6)/1e6))
	}
}

func isOwner(owners map[string]string, who string) bool {
	for _, o := range owners {
		if o == who {
			return true
		}
	}
	return false
}

func (b *builder) event(e *bound) models.Event {
	hazard, window, at := e.get("hazard"), e.get("window"), e.get("at")
	duration, recurring := e.get("duration"), e.get("recurring")
	m := models.Event{ID: e.name, Name: label(e), Hazard: optional(hazard), From: 0, To: inf, Duration: optional(duration), Recurring: recurring.flag}
	if at.given {
		b.tooEarly(at, "")
		m.At = b.years(at)
	}
	if window.given && !window.bad && b.start.year != 0 {
		m.From, m.To = max(0, window.date.since(b.start)), window.to.since(b.start)
		if !b.start.before(window.to) {
			b.warnf(window.mark, window.path, "unused", "", "%s never happens: its window ends on %s, and the scenario starts on %s", e.name, window.to, b.start)
		}
	}
	switch {
	case e.bad || at.bad || hazard.bad:
	case at.given && (hazard.given || window.given):
		other := hazard
		if !other.given {
			other = window
		}
		b.errorf(other.key, "exclusive-fields", "", "%s has at and %s: at makes it certain, hazard and window do not", e.name, other.name)
	case !at.given && !hazard.given:
		b.errorf(e.key, "missing-field", "hazard: 0.05 (per year), or at: 2028-01-01", "%s has neither hazard nor at", e.name)
	}
	if recurring.flag {
		switch {
		case at.given:
			b.errorf(recurring.key, "exclusive-fields", "", "%s has at and recurring: a certain event happens once", e.name)
		case !duration.given && !duration.bad:
			b.errorf(recurring.key, "missing-field", "duration: 1 (years)", "%s is recurring, which needs a duration", e.name)
		}
	}
	for _, f := range e.get("effects").fields {
		if eff, ok := b.effect(f); ok {
			m.Effects = append(m.Effects, eff)
		}
	}
	if fs := e.get("effects"); !fs.bad && len(fs.fields) == 0 {
		b.warnf(e.key, e.path, "unused", "", "%s has no effects", e.name)
	}
	return m
}

// resolve follows a path from its id down to a field that stands there or could.
// It returns nil if the path leads nowhere.
func (b *builder) resolve(path string) *bound {
	parts := strings.Split(path, ".")
	at := b.ids[parts[0]]
	if at == nil {
		return nil
	}
	for _, p := range parts[1:] {
		switch {
		case at.f.Kind == ListKind:
			if at = at.item(p); at == nil {
				return nil
			}
		case at.f.field(p) != nil:
			at = at.get(p)
		default:
			return nil
		}
	}
	return at
}

// exists says whether the quantity x is there, or has a default that an effect can act on.
// lacking is the block without which it means nothing.
func (b *builder) exists(x *bound, path string) (lacking string) {
	parts := strings.Split(path, ".")
	for i := len(parts) - 1; i > 1; i-- {
		up := b.resolve(strings.Join(parts[:i], "."))
		if up != nil && !up.given && up.f.Kind == BlockKind {
			if f := up.f.field(parts[i]); f != nil && f.Required {
				return up.path
			}
		}
	}
	return ""
}

// effectPaths lists what effects may name.
func (b *builder) effectPaths() []string {
	if b.quantities != nil {
		return b.quantities
	}
	var walk func(x *bound)
	walk = func(x *bound) {
		if len(x.f.Effects) > 0 {
			b.quantities = append(b.quantities, x.path)
		}
		switch x.f.Kind {
		case BlockKind:
			for _, f := range x.f.Fields {
				if c := x.get(f.Name); x.given || !f.Required {
					walk(c)
				}
			}
		case ListKind:
			for _, c := range x.fields {
				walk(c)
			}
		}
	}
	for _, f := range sections(b.root.f) {
		for _, e := range b.root.get(f.Name).fields {
			walk(e)
		}
	}
	return b.quantities
}

func (b *builder) effect(f *bound) (eff models.Effect, ok bool) {
	path := f.get("path")
	var ops []*bound
	for _, op := range []Operation{multiply, add, set, move} {
		if o := f.get(string(op)); o.given || o.bad {
			ops = append(ops, o)
		}
	}
	switch {
	case f.bad:
		return eff, false
	case len(ops) == 0 && len(f.unknown) > 0:
		return eff, false
	case len(ops) == 0:
		b.errorf(f.key, "missing-field", "one of multiply, add, set, move", "%s does nothing", f.what())
		return eff, false
	case len(ops) > 1:
		b.errorf(ops[1].key, "exclusive-fields", "two effects on one path apply in the order of the file", "%s has %s and %s: an effect does one thing", f.what(), ops[0].name, ops[1].name)
		return eff, false
	case !path.given || path.bad:
		return eff, false
	}
	by := ops[0]
	op := Operation(by.name)
	if id, _, _ := strings.Cut(path.written, "."); b.ambiguous[id] {
		return eff, false
	}
	x := b.resolve(path.written)
	switch {
	case x == nil:
		hint := nearest(path.written, b.effectPaths())
		if hint != "" {
			hint = fmt.Sprintf("did you mean %q?", hint)
		} else if id, _, _ := strings.Cut(path.written, "."); b.ids[id] == nil {
			var ids []string
			for _, f := range sections(b.root.f) {
				for _, e := range b.root.get(f.Name).fields {
					ids = append(ids, e.name)
				}
			}
			hint = didYouMean(id, ids)
		} else {
			hint = "effects change: " + strings.Join(under(b.effectPaths(), id), ", ")
		}
		b.errorf(path.mark, "unknown-path", hint, "%s: there is no %q", f.what(), abbreviate(path.written))
		return eff, false
	case len(x.f.Effects) == 0:
		hint := ""
		if id, _, _ := strings.Cut(path.written, "."); len(under(b.effectPaths(), id)) > 0 {
			hint = "effects change: " + strings.Join(under(b.effectPaths(), id), ", ")
		}
		if c := nearest(path.written, b.effectPaths()); c != "" && strings.HasPrefix(c, path.written+".") || strings.HasPrefix(path.written, c+".") && c != "" {
			hint = fmt.Sprintf("did you mean %q?", c)
		}
		b.errorf(path.mark, "no-effect", hint, "%s: %s takes no effects", f.what(), path.written)
		return eff, false
	case !slices.Contains(x.f.Effects, op):
		b.errorf(by.key, "no-effect", "", "%s: %s takes %s, not %s", f.what(), path.written, operations(x.f.Effects), op)
		return eff, false
	}
	if lacking := b.exists(x, path.written); lacking != "" {
		b.errorf(path.mark, "unknown-path", "", "%s: there is no %s, because %s is left out", f.what(), path.written, lacking)
		return eff, false
	}
	if x.f.Kind == ListKind && len(x.fields) == 0 && !x.bad {
		b.warnf(path.mark, path.path, "unused", "", "%s does nothing: there is nothing in %s", f.what(), path.written)
	}
	if !by.bad && x.f.Name == "price" {
		b.openEnd(f, x, by, op)
	}
	code := map[Operation]models.Operation{multiply: models.Multiply, add: models.Add, set: models.Set, move: models.Move}
	return models.Effect{Path: path.written, Op: code[op], By: by.value}, true
}

// openEnd refuses a constant effect that would by itself make nothing of what has to stay
// above nothing: of a price.
func (b *builder) openEnd(f, x, by *bound, op Operation) {
	if by.value.Dist != nil {
		return
	}
	y := by.value.Const
	switch {
	case op == multiply && y != 0 && x.value.Dist != nil, op == add && x.value.Dist != nil:
		return
	case op == multiply:
		y *= x.value.Const
	case op == add:
		y += x.value.Const
	}
	if !x.f.Range.contains(y) {
		b.errorf(by.mark, "out-of-range", "", "%s would make %s %s: it is %s", f.what(), x.path, formatNumber(y), x.f.Range)
	}
}

// under returns the paths that begin with the id.
func under(paths []string, id string) []string {
	var some []string
	for _, p := range paths {
		if strings.HasPrefix(p, id+".") {
			some = append(some, p)
		}
	}
	return some
}

func operations(ops []Operation) string {
	var words []string
	for _, o := range ops {
		words = append(words, string(o))
	}
	return strings.Join(words, ", ")
}
