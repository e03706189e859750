package scenarios

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"entente/models"
	"entente/sim"
	"entente/sim/dist"
	"entente/sim/expr"
)

// A rule is one kind of warning. Those without a check are found while the scenario is read.
type rule struct {
	id, doc string
	check   func(*linter)
}

// rules are in the order of the manual.
func rules() []rule {
	return []rule{
		// What a scenario says about itself.
		{"unused", "a part of the scenario does nothing: what it needs is not there, or it is over before the start", nil},
		{"truncated", "a distribution has between 0.01 % and 1 % of its mass outside the range of its field, and was cut to it", nil},
		{"unknown-source", "a value cites a source by an id that `sources` does not have", nil},
		{unusedSilence, "a silence names a warning that is not given", nil},
		{"unused-market", "no lab shares the market", (*linter).unusedMarkets},
		{"unused-cloud", "no lab runs on the cloud", (*linter).unusedClouds},
		{"unused-investor", "the investor holds, pays and supplies nothing", (*linter).unusedInvestors},
		{"nothing-uncertain", "neither a value nor a path is random: every trial is the same", (*linter).certain},
		{"few-trials", "the scenario asks for too few trials to say anything about a tail", (*linter).trials},

		// Numbers that are hardly meant.
		{"unit-mistake", "a number is so large that it looks like another unit: millions for billions, percent for a fraction", (*linter).units},
		{"very-wide", "an assumption spans more than a factor of 1,000 between its 1 % and its 99 % quantile", (*linter).wide},
		{"receivable-days-over-a-year", "what is billed stays unpaid for more than a year", (*linter).receivables},
		{"margin-very-negative", "the cloud loses more than half a dollar on a dollar of sales", (*linter).margins},
		{"availability-extreme", "capital is always, or never, to be had", (*linter).availability},
		{"stakes-above-one", "stakes in a lab that may sum to more than all of it", (*linter).stakesAbove},

		// Mechanisms that do nothing.
		{"glide-too-slow", "a value moves less than 5 % of the way to its long run before the horizon", (*linter).slowGlides},
		{"date-outside-horizon", "a commitment is over before the start, or begins after the horizon", (*linter).dates},
		{"tranche-never-paid", "the date or the condition of a tranche is out of reach within the horizon", (*linter).tranches},
		{"revenue-share-without-rate", "a revenue share pays nothing: its rate or its cap is 0", (*linter).revenueShares},
		{"resale-without-sales", "a resale sells nothing: its pull-through is 0", (*linter).resales},
		{"exclusivity-without-churn", "an exclusivity holds back a churn that is 0", (*linter).exclusivities},
		{"churn-without-alternative", "a lab's only alliance has churn, a planned share or an exclusivity, but there is nowhere to go", (*linter).alone},
		{"flexibility-without-commitments", "spend is to be steered towards commitments that there are not", (*linter).flexibility},
		{"price-sensitivity-without-prices", "a lab is sensitive to prices that are all the same and never change", (*linter).prices},
		{"funding-without-raise", "a lab's funding cannot raise anything: it asks for, or sells, nothing", (*linter).raises},
		{"recovery-without-claim", "a failure's recovery has no stake and no receivable to be a part of", (*linter).recoveries},
		{"event-never-happens", "an event has hazard 0 and no note on it that says why, or lies after the horizon", (*linter).never},
		{"event-nearly-impossible", "an event has a chance of less than 0.1 % within the horizon", (*linter).impossible},
		{"event-nearly-certain", "an event has a chance of more than 99.5 % within the horizon: what it does belongs into the assumptions, or it is recurring", (*linter).nearlyCertain},
		{"effect-never-acts", "an effect changes nothing: it multiplies 0, or what it changes is over or off", (*linter).effects},

		// What no economy bears.
		{"growth-above-discount-rate", "revenue without a ceiling grows faster than it is discounted, for ever", (*linter).discounting},
		{"run-rate-beyond-the-economy", "the 99 % quantile of a run rate is above 3,000 bn a year after ten years: a tenth of the output of the United States", (*linter).economy},
		{"lab-never-earns", "in the long run a lab's compute and other costs are more than its revenue", (*linter).earning},
		{"fails-in-the-median", "a lab runs out of cash even if every assumption is at its median and there are no shocks", (*linter).medianFailures},
		{"commitments-beyond-cash-flow", "more falls due than a lab can pay from revenue, cash, tranches and the largest raises, if every assumption is at its median", (*linter).commitments},
	}
}

// A linter asks whether a scenario that can be simulated can be meant.
type linter struct {
	known map[quantileKey][8]float64
	*builder
	rule   string // that is being checked
	found  []Diagnostic
	worlds [2]*world
}

// warn says what is doubtful about x.
func (l *linter) warn(x *bound, hint, format string, args ...any) {
	at := x.mark
	if !x.given || at.src == nil || x.f.Kind == BlockKind || x.f.Kind == ListKind {
		at = x.key
	}
	d := diagnostic(at, l.rule, hint, fmt.Sprintf(format, args...))
	d.Path = x.path
	l.found = append(l.found, d)
}

// at is the p-quantile of v.
func at(v models.Value, p float64) float64 {
	if d, ok := v.Dist.(dist.Dist); ok {
		return dist.Point(d, p)
	}
	return v.Const
}

func median(v models.Value) float64 { return at(v, 0.5) }

// is says whether v is the constant x.
func is(v models.Value, x float64) bool { return v.Dist == nil && v.Const == x }

// never says whether g is x from beginning to end.
func stays(g models.Glide, x float64) bool {
	return is(g.Initial, x) && (!g.Moves || is(g.LongRun, x))
}

// glideAt is the glide of medians at time t.
func glideAt(g models.Glide, t float64) float64 {
	from := median(g.Initial)
	if !g.Moves {
		return from
	}
	to := median(g.LongRun)
	return to + (from-to)*math.Exp2(-t/median(g.HalfLife))
}

// short writes a number for a sentence, with three digits.
func short(x float64) string {
	if x == 0 || math.IsInf(x, 0) || math.IsNaN(x) {
		return formatNumber(x)
	}
	scale := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(x))))
	if math.IsInf(scale, 0) || scale == 0 {
		return formatNumber(x)
	}
	return formatNumber(math.Round(x*scale) / scale)
}

// affected says whether an event changes the quantity at path.
func (l *linter) affected(path string) bool {
	for _, e := range l.sys.Events {
		if slices.ContainsFunc(e.Effects, func(f models.Effect) bool { return f.Path == path }) {
			return true
		}
	}
	return false
}

// entity returns what the scenario says of the id.
func (l *linter) entity(id string) *bound { return l.ids[id] }

// entry returns the i-th of a list of an entity.
func (l *linter) entry(id, list string, i int) *bound { return l.entity(id).get(list).fields[i] }

// alliancesOf returns the alliances of a lab.
func (l *linter) alliancesOf(lab string) []models.Alliance {
	var own []models.Alliance
	for _, a := range l.sys.Alliances {
		if a.Lab == lab {
			own = append(own, a)
		}
	}
	return own
}

func (l *linter) unusedMarkets() {
	for _, m := range l.sys.Markets {
		if !slices.ContainsFunc(l.sys.Labs, func(b models.Lab) bool { return b.Revenue.Market == m.ID }) {
			l.warn(l.entity(m.ID), "revenue: {model: logistic, market: "+m.ID+"}", "no lab is in the market %s", m.ID)
		}
	}
}

func (l *linter) unusedClouds() {
	for _, c := range l.sys.Clouds {
		if !slices.ContainsFunc(l.sys.Alliances, func(a models.Alliance) bool { return a.Cloud == c.ID }) {
			l.warn(l.entity(c.ID), "", "no lab has an alliance with %s: it has nothing at stake", c.ID)
		}
	}
}

func (l *linter) unusedInvestors() {
	for _, v := range l.sys.Investors {
		used := slices.ContainsFunc(l.sys.Alliances, func(a models.Alliance) bool {
			return a.Supplier != nil && a.Supplier.Investor == v.ID ||
				slices.ContainsFunc(a.Stakes, func(s models.Stake) bool { return s.Investor == v.ID }) ||
				slices.ContainsFunc(a.Tranches, func(t models.Tranche) bool { return t.Investor == v.ID })
		})
		if !used {
			l.warn(l.entity(v.ID), "", "%s holds no stake, pays no tranche and supplies nothing", v.ID)
		}
	}
}

func (l *linter) certain() {
	if slices.ContainsFunc(l.assumptions, func(a *assumption) bool { return a.spread != nil }) ||
		len(l.shocks()) > 0 || slices.ContainsFunc(l.sys.Events, func(e models.Event) bool { return e.Hazard != nil }) {
		return
	}
	d := diagnostic(l.root.mark, l.rule, "write what is uncertain as 0.8 to 1.2, or give revenue a volatility", "nothing in the scenario is uncertain: every trial is the same")
	d.Excerpt = ""
	l.found = append(l.found, d)
}

// leastTrials is what leaves ten trials beyond a 99 % quantile.
const leastTrials = 1000

func (l *linter) trials() {
	if t := l.root.get("trials"); t.given && t.whole < leastTrials {
		l.warn(t, fmt.Sprintf("%d leave ten beyond a 99 %% quantile", leastTrials), "%d trials say little: the 99 %% quantile rests on %s of them", t.whole, short(float64(t.whole)/100))
	}
}

// units holds values against bounds that nobody means to reach: by their units, and by name
// where a unit says too little.
func (l *linter) units() {
	for _, a := range l.assumptions {
		f, v := a.b.f, a.b.value
		if !a.b.given || a.b.bad {
			continue
		}
		most, what := inf, ""
		switch f.Unit {
		case billions, billionsPerYear:
			most, what = 5_000, "billions of US dollars: is it in millions?"
		case perYear:
			most, what = 12, "a fraction per year: is it in percent?"
			if f.Name == "discount_rate" {
				most = 1
			}
		case perRootYear:
			most, what = 5, "a standard deviation of logarithms: is it in percent?"
		case multiple:
			most, what = 500, "a multiple of the run rate"
		case years:
			most, what = 200, "years: is it in days or months?"
		case ratio:
			most, what = 50, "a ratio of dollars: is it in percent?"
		}
		if f.Name == "ceiling" { // of which nothing follows before it is reached
			most = 100_000
		}
		if x := median(v); math.Abs(x) > most && !isInf(x) {
			l.warn(a.b, "", "%s is %s in %s", a.b.path, short(x), what)
		}
	}
}

func (l *linter) wide() {
	const factor = 1000
	for _, a := range l.assumptions {
		if a.spread == nil || a.spread.dist.CDF(0) > 1e-9 {
			continue // 0 is as far from everything as it gets
		}
		if lo, hi := at(a.b.value, 0.01), at(a.b.value, 0.99); lo > 0 && hi > factor*lo {
			l.warn(a.b, "", "%s runs from %s to %s (1 %% and 99 %%): a factor of %s", a.b.path, short(lo), short(hi), short(hi/lo))
		}
	}
}

func (l *linter) receivables() {
	for _, a := range l.sys.Alliances {
		if x := median(a.ReceivableDays); x > 365 {
			l.warn(l.entity(a.ID).get("receivable_days"), "", "%s is paid after %s days", a.ID, short(x))
		}
	}
}

func (l *linter) margins() {
	for _, a := range l.sys.Alliances {
		e := l.entity(a.ID)
		if x := median(a.Margin); x < -0.5 {
			l.warn(e.get("margin"), "the margin is after depreciation and before capital", "%s loses %s on every dollar of use", a.ID, short(-x))
		}
		if x := median(a.Resale.Margin) - median(a.Resale.Payback); x < -0.5 {
			l.warn(e.get("resale"), "", "%s loses %s on every dollar that it resells", a.ID, short(-x))
		}
	}
}

func (l *linter) availability() {
	for _, b := range l.sys.Labs {
		if b.Funding == nil || l.affected(b.ID+".funding.availability") {
			continue
		}
		for x, word := range map[float64]string{0: "never", 1: "always"} {
			if is(b.Funding.Availability, x) {
				l.warn(l.entity(b.ID).get("funding").get("availability"), "0.8 to 0.95, say: of the time", "capital is %s to be had by %s", word, b.ID)
			}
		}
	}
}

func (l *linter) stakesAbove() {
	for _, b := range l.sys.Labs {
		sum := 0.0
		var last *bound
		for _, a := range l.alliancesOf(b.ID) {
			for i, s := range a.Stakes {
				sum += at(s.Stake, 0.99)
				last = l.entry(a.ID, "stakes", i).get("stake")
			}
		}
		if sum > 1+1e-9 {
			l.warn(last, "", "the 99 %% quantiles of the stakes in %s sum to %s", b.ID, short(sum))
		}
	}
}

func (l *linter) slowGlides() {
	years := float64(l.sys.Years)
	var walk func(x *bound)
	walk = func(x *bound) {
		if x.f.Kind == GlideKind && len(x.fields) > 0 {
			g := l.glide(x)
			h := median(g.HalfLife)
			way := -math.Expm1(-math.Ln2 * years / h)
			if from, to := median(g.Initial), median(g.LongRun); g.Moves && way < 0.05 && math.Abs(to-from) > 1e-9*math.Abs(from) {
				l.warn(x.get("half_life"), "", "%s goes %s %% of the way from %s to %s in %d years: its half-life is %s years",
					x.path, short(100*way), short(from), short(to), l.sys.Years, short(h))
			}
		}
		for _, c := range x.fields {
			walk(c)
		}
	}
	walk(l.root)
}

func (l *linter) dates() {
	years := float64(l.sys.Years)
	for _, a := range l.sys.Alliances {
		for i, c := range a.Commitments {
			x := l.entry(a.ID, "commitments", i)
			switch {
			case c.Start >= years:
				l.warn(x.get("start"), "", "%s begins on %s, when the horizon of %d years is over", x.path, x.get("start").date, l.sys.Years)
			case c.Start+at(c.Years, 0.99) <= 0:
				l.warn(x.get("start"), "", "%s, from %s and over %s years, is over when the scenario starts, on %s", x.path, x.get("start").date, x.get("years").words(), l.start)
			}
		}
	}
}

func (l *linter) tranches() {
	years := float64(l.sys.Years)
	for _, a := range l.sys.Alliances {
		for i, t := range a.Tranches {
			x := l.entry(a.ID, "tranches", i)
			end := min(years, t.By)
			switch {
			case t.RunRate != nil:
				need := at(*t.RunRate, 0.01)
				if most := l.mostRunRate(a.Lab, end); need > most {
					l.warn(x.get("when").get("run_rate"), "", "%s is paid when %s sells %s a year, which it hardly reaches: the 99 %% quantile is at most %s within %s years",
						x.path, a.Lab, short(need), short(most), short(end))
				}
			case t.Billed != nil:
				lab := l.lab(a.Lab)
				need := at(*t.Billed, 0.01)
				ratio := max(at(lab.ComputeRatio.Initial, 0.99), 0)
				if lab.ComputeRatio.Moves {
					ratio = max(ratio, at(lab.ComputeRatio.LongRun, 0.99))
				}
				most := l.mostRunRate(a.Lab, end) * ratio * end * max(1, at(a.Price, 0.99))
				for _, c := range a.Commitments {
					most += at(c.Amount, 0.99)
				}
				if need > most && !l.affected(a.Lab+".compute.ratio") {
					l.warn(x.get("when").get("billed"), "", "%s is paid when %s has been billed under %s, where hardly more than %s can be within %s years",
						x.path, short(need), a.ID, short(most), short(end))
				}
			case t.On >= years:
				l.warn(x.get("on"), "", "%s is paid on %s, when the horizon of %d years is over", x.path, x.get("on").date, l.sys.Years)
			}
		}
	}
}

func (l *linter) lab(id string) *models.Lab {
	i := slices.IndexFunc(l.sys.Labs, func(b models.Lab) bool { return b.ID == id })
	return &l.sys.Labs[i]
}

// mostRunRate is the largest 99 % quantile of a lab's run rate up to time t.
func (l *linter) mostRunRate(lab string, t float64) float64 {
	r := &l.lab(lab).Revenue
	most := 0.0
	for s := 0.0; s <= t; s += 0.5 {
		most = max(most, l.runRate99(r, s))
	}
	return max(most, l.runRate99(r, t))
}

func (l *linter) revenueShares() {
	for _, a := range l.sys.Alliances {
		e := l.entity(a.ID).get("revenue_share")
		switch {
		case !e.given:
		case is(a.RevenueShare.Rate, 0) && !l.affected(a.ID+".revenue_share.rate"):
			l.warn(e, "rate: 0.2, say", "%s pays nothing: its rate is 0", e.path)
		case a.RevenueShare.Cap != nil && is(*a.RevenueShare.Cap, 0):
			l.warn(e.get("cap"), "", "%s pays nothing: its cap is 0", e.path)
		}
	}
}

func (l *linter) resales() {
	for _, a := range l.sys.Alliances {
		if e := l.entity(a.ID).get("resale"); e.given && is(a.Resale.PullThrough, 0) && !l.affected(a.ID+".resale.pull_through") {
			l.warn(e, "pull_through: 0.1, say", "%s sells nothing: its pull_through is 0", e.path)
		}
	}
}

// churns says whether an alliance can lose anything by churn.
func (l *linter) churns(a models.Alliance) bool {
	return !is(a.Churn.AnnualRate, 0) || l.affected(a.ID+".churn.annual_rate")
}

func (l *linter) exclusivities() {
	for _, a := range l.sys.Alliances {
		if e := l.entity(a.ID).get("exclusivity"); e.given && !l.churns(a) && len(l.alliancesOf(a.Lab)) > 1 {
			l.warn(e, "churn: {annual_rate: 0.05}, say", "%s holds back a churn of 0", e.path)
		}
	}
}

func (l *linter) alone() {
	for _, b := range l.sys.Labs {
		own := l.alliancesOf(b.ID)
		if len(own) != 1 {
			continue
		}
		var first *bound
		var names []string
		for _, name := range []string{"share", "churn", "exclusivity"} {
			x := l.entity(own[0].ID).get(name)
			if x.given && (name != "share" || own[0].Share.Moves) {
				names = append(names, name)
				if first == nil {
					first = x
				}
			}
		}
		if first != nil {
			l.warn(first, "", "%s: %s %s nothing: %s has no other alliance to go to", own[0].ID, strings.Join(names, ", "),
				map[bool]string{true: "does", false: "do"}[len(names) == 1], b.ID)
		}
	}
}

func (l *linter) flexibility() {
	for _, b := range l.sys.Labs {
		x := l.entity(b.ID).get("flexibility")
		if x.given && !is(b.Flexibility, 0) && !slices.ContainsFunc(l.alliancesOf(b.ID), func(a models.Alliance) bool { return len(a.Commitments) > 0 }) {
			l.warn(x, "", "%s steers spend towards commitments, and %s has none", x.path, b.ID)
		}
	}
}

func (l *linter) prices() {
	for _, b := range l.sys.Labs {
		x := l.entity(b.ID).get("price_sensitivity")
		if !x.given || is(b.PriceSensitivity, 0) {
			continue
		}
		differ := false
		own := l.alliancesOf(b.ID)
		for _, a := range own {
			differ = differ || a.Price.Dist != nil || a.Price.Const != own[0].Price.Const || l.affected(a.ID+".price")
		}
		if !differ {
			l.warn(x, "", "%s has nothing to act on: compute costs %s the same everywhere, always", x.path, b.ID)
		}
	}
}

func (l *linter) raises() {
	for _, b := range l.sys.Labs {
		if b.Funding == nil || b.Cash == nil {
			continue
		}
		x := l.entity(b.ID).get("funding")
		for name, v := range map[string]models.Value{"runway": b.Funding.Runway, "raise": b.Funding.Raise, "max_dilution": b.Funding.MaxDilution} {
			if is(v, 0) {
				l.warn(x.get(name), "", "%s can raise nothing: its %s is 0", b.ID, name)
			}
		}
	}
}

func (l *linter) recoveries() {
	for _, b := range l.sys.Labs {
		if b.Failure == nil || is(b.Failure.Recovery, 0) {
			continue
		}
		claim := slices.ContainsFunc(l.alliancesOf(b.ID), func(a models.Alliance) bool {
			return len(a.Stakes) > 0 || len(a.Tranches) > 0 || !is(a.ReceivableDays, 0)
		})
		if !claim {
			x := l.entity(b.ID).get("failure").get("recovery")
			l.warn(x, "receivable_days: 60, say, or stakes", "%s recovers a part of equity and receivables, and nobody has either in %s", x.path, b.ID)
		}
	}
}

// window is how much of the horizon an event may begin in, in years.
func (l *linter) window(e models.Event) float64 {
	return max(0, min(e.To, float64(l.sys.Years))-e.From)
}

// noted says whether a note stands at the value at path.
func (l *linter) noted(path string) bool {
	return slices.ContainsFunc(l.assumptions, func(a *assumption) bool { return a.b.path == path && strings.TrimSpace(a.note) != "" })
}

func (l *linter) never() {
	years := float64(l.sys.Years)
	for _, e := range l.sys.Events {
		x := l.entity(e.ID)
		switch {
		case e.Hazard == nil && e.At >= years:
			l.warn(x.get("at"), "", "%s happens on %s, when the horizon of %d years is over", e.ID, x.get("at").date, l.sys.Years)
		case e.Hazard != nil && is(*e.Hazard, 0):
			if l.noted(e.Hazard.Path) {
				continue // a scenario that extends another takes its events out like that
			}
			l.warn(x.get("hazard"), "", "%s never happens: its hazard is 0", e.ID)
		case e.Hazard != nil && e.From >= years:
			l.warn(x.get("window"), "", "%s never happens: its window begins on %s, when the horizon of %d years is over", e.ID, x.get("window").date, l.sys.Years)
		}
	}
}

// chance is the probability that an event begins within the horizon, at the median hazard;
// NaN where it never can, which is said elsewhere.
func (l *linter) chance(e models.Event) float64 {
	if e.Hazard == nil || is(*e.Hazard, 0) || l.window(e) == 0 {
		return math.NaN()
	}
	return -math.Expm1(-median(*e.Hazard) * l.window(e))
}

func (l *linter) impossible() {
	for _, e := range l.sys.Events {
		if p := l.chance(e); p < 0.001 {
			l.warn(l.entity(e.ID).get("hazard"), "", "%s happens in %s %% of the trials: a hazard of %s over %s years", e.ID, short(100*p), short(median(*e.Hazard)), short(l.window(e)))
		}
	}
}

func (l *linter) nearlyCertain() {
	for _, e := range l.sys.Events {
		if p := l.chance(e); p > 0.995 && !e.Recurring {
			l.warn(l.entity(e.ID).get("hazard"), "recurring: true, if it may happen again; at: DATE, if it is certain", "%s happens in %s %% of the trials: a hazard of %s over %s years",
				e.ID, short(100*p), short(median(*e.Hazard)), short(l.window(e)))
		}
	}
}

func (l *linter) effects() {
	for _, e := range l.sys.Events {
		begins := e.From
		if e.Hazard == nil {
			begins = e.At
		}
		if begins >= float64(l.sys.Years) {
			continue // it never happens
		}
		for i, f := range e.Effects {
			if why := l.idle(f, begins); why != "" {
				x := l.entry(e.ID, "effects", i)
				at := *x.get("path")
				at.path = x.path
				l.warn(&at, "", "%s on %s changes nothing: %s", x.path, f.Path, why)
			}
		}
	}
}

// idle says why an effect of an event that begins at a time never acts, or "".
func (l *linter) idle(f models.Effect, begins float64) string {
	id, rest, _ := strings.Cut(f.Path, ".")
	switch {
	case f.Op == models.Multiply && is(f.By, 1):
		return "it multiplies by 1"
	case f.Op == models.Add && is(f.By, 0):
		return "it adds 0"
	case f.Op == models.Move && is(f.By, 0):
		return "it moves none of it"
	}
	x := l.resolve(f.Path)
	if f.Op == models.Multiply && (x.f.Kind == NumberKind || x.f.Kind == GlideKind) && stays(l.glide(x), 0) {
		others := 0
		for _, e := range l.sys.Events {
			for _, g := range e.Effects {
				if g.Path == f.Path && g.Op != models.Multiply {
					others++
				}
			}
		}
		if others == 0 {
			return "it multiplies 0"
		}
	}
	i := slices.IndexFunc(l.sys.Alliances, func(a models.Alliance) bool { return a.ID == id })
	if i < 0 {
		if rest == "opex" && l.lab(id).Cash == nil {
			return id + " has no cash that it could lower"
		}
		return ""
	}
	a := l.sys.Alliances[i]
	alone := len(l.alliancesOf(a.Lab)) == 1
	switch {
	case alone && (rest == "share" || rest == "churn.annual_rate" || rest == "exclusivity.churn_factor"):
		return a.Lab + " has no other alliance to go to"
	case rest == "exclusivity.churn_factor" && !l.churns(a):
		return a.ID + " has a churn of 0"
	case rest == "exclusivity.churn_factor" && a.Exclusivity.Until <= begins:
		return "the exclusivity is over by then"
	case rest == "revenue_share.rate" && a.RevenueShare.Until <= begins:
		return "the revenue share is over by then"
	case rest == "resale.pull_through" && a.Resale.Until <= begins:
		return "the resale is over by then"
	case rest == "commitments" && len(a.Commitments) > 0 && !slices.ContainsFunc(a.Commitments, func(c models.Commitment) bool {
		return c.Start+at(c.Years, 0.99) > begins
	}):
		return "every commitment has fallen due by then"
	}
	return ""
}

// revenues calls f for every revenue of the scenario.
func (l *linter) revenues(f func(id string, r *models.Revenue)) {
	for i := range l.sys.Clouds {
		f(l.sys.Clouds[i].ID, &l.sys.Clouds[i].Revenue)
	}
	for i := range l.sys.Labs {
		f(l.sys.Labs[i].ID, &l.sys.Labs[i].Revenue)
	}
}

func (l *linter) discounting() {
	rate := l.root.get("discount_rate")
	if !rate.given {
		return
	}
	discount := median(l.sys.DiscountRate)
	l.revenues(func(id string, r *models.Revenue) {
		growth := l.entity(id).get("revenue").get("growth")
		long := median(r.Growth.Initial)
		if r.Growth.Moves {
			long, growth = median(r.Growth.LongRun), growth.get("long_run")
		}
		if !r.Logistic && long > discount+1e-12 {
			l.warn(growth, "a long_run below it, or model: logistic with a ceiling", "%s grows by %s a year in the long run, more than the discount rate of %s", id, short(long), short(discount))
		}
	})
}

// economyCeiling is in billions a year.
const economyCeiling = 3000

func (l *linter) economy() {
	t := min(10, float64(l.sys.Years))
	l.revenues(func(id string, r *models.Revenue) {
		if x := l.runRate99(r, t); x > economyCeiling && !isInf(x) {
			l.warn(l.entity(id).get("revenue"), "a lower long_run, a shorter half_life, or model: logistic with a ceiling",
				"the run rate of %s after %s years has a 99 %% quantile of about %s bn a year", id, short(t), short(x))
		} else if isInf(x) {
			l.warn(l.entity(id).get("revenue"), "", "the run rate of %s has no bounds after %s years", id, short(t))
		}
	})
}

// A course is what decides where a run rate may be at a time T, each at some quantile.
type course struct{ rate, g, gLong, h, σ, σLong, σh, η float64 }

// values are what course takes from a revenue, in its order.
func (course) values(r *models.Revenue) [8]models.Value {
	var η models.Value
	if r.GrowthVolatility != nil {
		η = *r.GrowthVolatility
	}
	return [8]models.Value{r.RunRate, r.Growth.Initial, r.Growth.LongRun, r.Growth.HalfLife, r.Volatility.Initial, r.Volatility.LongRun, r.Volatility.HalfLife, η}
}

// courseOf is the course of medians, but for one value at its q-quantile.
func (l *linter) courseOf(r *models.Revenue, which int, q float64) course {
	x := l.quantiles(r, 0.5)
	if which >= 0 {
		x[which] = l.quantiles(r, q)[which]
	}
	return course{x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]}
}

// logarithm is the median and the variance of ln R at time T, without a ceiling and events:
//
//	median   = ln R + μ̄T + (μ − μ̄)(1 − e^(−κT))/κ − ½∫σ²
//	variance = ∫σ² + η²/κ²·(T − 2(1 − e^(−κT))/κ + (1 − e^(−2κT))/(2κ))
func (p course) logarithm(r *models.Revenue, T float64) (median, variance float64) {
	variance = p.σ * p.σ * T
	if r.Volatility.Moves {
		k, d := math.Ln2/p.σh, p.σ-p.σLong
		variance = p.σLong*p.σLong*T - 2*p.σLong*d*math.Expm1(-k*T)/k - d*d*math.Expm1(-2*k*T)/(2*k)
	}
	μ := math.Log1p(p.g)
	median = math.Log(p.rate) + μ*T - variance/2
	if r.Growth.Moves {
		κ, bar := math.Ln2/p.h, math.Log1p(p.gLong)
		gone := -math.Expm1(-κ*T) / κ
		median += (bar - μ) * (T - gone)
		if p.η > 0 {
			variance += p.η * p.η / (κ * κ) * max(0, T-2*gone-math.Expm1(-2*κ*T)/(2*κ))
		}
	}
	return median, variance
}

// runRate99 is about the 99 % quantile of a run rate at time T: ln R with every input at its
// median, and what each input adds at its own 1 % or 99 % quantile, and 2.33 standard
// deviations of the path, in quadrature. It would be exact if ln R were linear in independent
// normals. A logistic revenue that would have grown by e^G ends at
//
//	K/(1 + (K/R − 1)·e^(−G)),
//
// where K is its ceiling or, in a market, the part of the ceiling that falls to it if all labs
// keep the proportions that they would have without one.
func (l *linter) runRate99(r *models.Revenue, T float64) float64 {
	middle, variance := l.courseOf(r, -1, 0).logarithm(r, T)
	const z99 = 2.3263478740408408
	squares := z99 * z99 * variance
	for i, v := range (course{}).values(r) {
		if v.Dist == nil {
			continue
		}
		lo, _ := l.courseOf(r, i, 0.01).logarithm(r, T)
		hi, _ := l.courseOf(r, i, 0.99).logarithm(r, T)
		up := max(0, lo-middle, hi-middle)
		squares += up * up
	}
	highest := middle + math.Sqrt(squares)
	if !r.Logistic {
		return math.Exp(highest)
	}
	ceiling, others := r.Ceiling, 0.0
	if ceiling == nil {
		i := slices.IndexFunc(l.sys.Markets, func(m models.Market) bool { return m.ID == r.Market })
		ceiling = &l.sys.Markets[i].Ceiling
		for j := range l.sys.Labs {
			if other := &l.sys.Labs[j].Revenue; other != r && other.Market == r.Market {
				x, _ := l.courseOf(other, -1, 0).logarithm(other, T)
				others += math.Exp(x)
			}
		}
	}
	start := median(r.RunRate)
	below := func(free, K float64) float64 { // ln R under the ceiling
		grown := free - math.Log(start)
		K *= 1 / (1 + others*math.Exp(-free))
		if grown <= 0 || K <= start {
			return min(free, math.Log(start))
		}
		return math.Log(K) - math.Log1p((K/start-1)*math.Exp(-grown))
	}
	K := median(*ceiling)
	from := below(middle, K)
	growth, room := below(highest, K)-from, below(middle, at(*ceiling, 0.99))-from
	return math.Exp(from + math.Hypot(growth, room))
}

func (l *linter) earning() {
	for _, b := range l.sys.Labs {
		if b.Cash == nil {
			continue
		}
		horizon := float64(l.sys.Years)
		compute, opex := glideAt(b.ComputeRatio, horizon), glideAt(b.Opex, horizon)
		if compute+opex > 1 {
			l.warn(l.entity(b.ID).get("compute").get("ratio"), "a long_run below it, with a half_life", "%s spends %s on every dollar of revenue in year %d: %s on compute and %s on the rest",
				b.ID, short(compute+opex), l.sys.Years, short(compute), short(opex))
		}
	}
}

// A world is what becomes of a scenario if every distribution is at its median, there are no
// shocks, and of the events only those happen that are certain.
type world struct {
	byYear map[string][]float64
	total  map[string]float64
}

// mostSimulated is how many labs, clouds and alliances a scenario may have for its median world
// to be simulated: far more than anybody writes, so that whoever has a program write them need
// not wait.
const mostSimulated = 300

// medians gives every input its median, and no shocks.
type medians struct{ models.Draws }

func (m medians) Input(_ string, d sim.Dist) expr.X {
	p := []float64{0.5}
	d.Quantile(p)
	return m.Const(p[0])
}

func (m medians) Normal(string, int) expr.X  { return m.Const(0) }
func (m medians) Uniform(string, int) expr.X { return m.Const(0.5) }

// medianWorld simulates the world; if solvent, labs have cash without end.
func (l *linter) medianWorld(solvent bool) *world {
	kind := 0
	if solvent {
		kind = 1
	}
	if w := l.worlds[kind]; w != nil {
		return w
	}
	w := &world{byYear: map[string][]float64{}, total: map[string]float64{}}
	l.worlds[kind] = w
	sys := l.sys
	if len(sys.Labs)+len(sys.Clouds)+len(sys.Alliances) > mostSimulated {
		return w
	}
	sys.InputMixes, sys.ShockMixes, sys.Metrics = nil, nil, nil
	sys.Events = nil
	for _, e := range l.sys.Events {
		if e.Hazard == nil {
			sys.Events = append(sys.Events, e)
		}
	}
	if solvent {
		sys.Labs = slices.Clone(l.sys.Labs)
		for i := range sys.Labs {
			sys.Labs[i].Cash, sys.Labs[i].Funding, sys.Labs[i].Failure = nil, nil, nil
		}
		for i := range sys.Events {
			sys.Events[i].Effects = slices.DeleteFunc(slices.Clone(sys.Events[i].Effects), func(f models.Effect) bool {
				return strings.Contains(f.Path, ".funding.")
			})
		}
	}
	m, err := models.CompileWith(&sys, func(d models.Draws) models.Draws { return medians{d} })
	if err != nil {
		return w // Load's caller is told
	}
	keep := func(name string) bool {
		id, what, _ := strings.Cut(name, ".")
		isLab := slices.ContainsFunc(sys.Labs, func(b models.Lab) bool { return b.ID == id })
		return isLab && slices.Contains([]string{"revenue", "valuation", "failed", "failure_time"}, what)
	}
	r, err := sim.Run(context.Background(), m, sim.Options{Trials: 1, Workers: 1, Keep: keep})
	if err != nil {
		return w
	}
	for _, x := range r.Metrics {
		for _, y := range x.ByYear {
			w.byYear[x.Name] = append(w.byYear[x.Name], y.Mean)
		}
		if x.Total != nil && x.Total.Defined > 0 {
			w.total[x.Name] = x.Total.Mean
		}
	}
	return w
}

func (l *linter) medianFailures() {
	for _, b := range l.sys.Labs {
		if b.Cash == nil {
			continue
		}
		w := l.medianWorld(false)
		if t, ok := w.total[b.ID+".failure_time"]; ok && w.total[b.ID+".failed"] == 1 {
			l.warn(l.entity(b.ID).get("cash"), "", "%s runs out of cash after %s years if every assumption is at its median, without shocks and without events that are not certain", b.ID, short(t))
		}
	}
}

// dueBy is what a commitment of medians has made due at time t, S(t).
func dueBy(c models.Commitment, t float64) float64 {
	part := max(0, min(1, (t-c.Start)/median(c.Years)))
	if part == 0 {
		return 0
	}
	return median(c.Amount) * math.Pow(part, median(c.Backloading))
}

// commitments compares, at the end of each year, what has fallen due since the start with what
// a lab can have had to pay it:
//
//	cash + Σ tranches + Σ over the years of revenue·(1 − opex) + W·δ/(1 − δ),
//
// where W is equity value at the year's end and δ max_dilution, all in the median world. A lab
// whose cash is not followed has its whole revenue.
func (l *linter) commitments() {
	for _, b := range l.sys.Labs {
		own := l.alliancesOf(b.ID)
		if !slices.ContainsFunc(own, func(a models.Alliance) bool { return len(a.Commitments) > 0 }) {
			continue
		}
		w := l.medianWorld(true)
		revenue, value := w.byYear[b.ID+".revenue"], w.byYear[b.ID+".valuation"]
		if len(revenue) < l.sys.Years {
			continue
		}
		var earned, raised, cash float64
		if b.Cash != nil {
			cash = median(*b.Cash)
		}
		for y := range l.sys.Years {
			end := float64(y + 1)
			if b.Cash == nil {
				earned += revenue[y]
			} else {
				earned += revenue[y] * (1 - glideAt(b.Opex, end-0.5))
			}
			if b.Cash != nil && b.Funding != nil && y < len(value) {
				δ := min(median(b.Funding.MaxDilution), 0.99)
				raised += max(0, value[y]) * δ / (1 - δ)
			}
			var due, paidIn, most float64
			var largest *bound
			var parts []string
			for _, a := range own {
				part := 0.0
				for i, c := range a.Commitments {
					x := dueBy(c, end) - dueBy(c, 0)
					part += x
					if x > most {
						most, largest = x, l.entry(a.ID, "commitments", i)
					}
				}
				if part > 0 {
					parts = append(parts, a.ID+" "+short(part))
				}
				due += part
				for _, t := range a.Tranches {
					if t.RunRate != nil || t.Billed != nil || t.On < end {
						paidIn += median(t.Amount)
					}
				}
			}
			if b.Cash == nil {
				paidIn = 0
			}
			if have := max(0, cash) + paidIn + max(0, earned) + raised; due > have*(1+1e-9) && largest != nil {
				from := "its revenue"
				if b.Cash != nil {
					from = fmt.Sprintf("%s of revenue less opex, %s of cash, %s of tranches and at most %s of raises", short(max(0, earned)), short(max(0, cash)), short(paidIn), short(raised))
				}
				l.warn(largest.get("amount"), "a smaller amount, more years, or more backloading",
					"%s owes %s bn by the end of year %d (%s), and at the medians has %s to pay it: %s", b.ID, short(due), y+1, strings.Join(parts, ", "), short(have), from)
				break
			}
		}
	}
}

type quantileKey struct {
	r *models.Revenue
	q float64
}

func (l *linter) quantiles(r *models.Revenue, q float64) [8]float64 {
	k := quantileKey{r, q}
	x, ok := l.known[k]
	if !ok {
		for i, v := range (course{}).values(r) {
			x[i] = at(v, q)
		}
		if l.known == nil {
			l.known = map[quantileKey][8]float64{}
		}
		l.known[k] = x
	}
	return x
}
