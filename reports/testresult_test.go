package reports

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"entente/sim/result"
)

const testTrials = 800

// realistic is a result of the size and shape of the baseline scenario's: its numbers are made
// up, but hang together (parts sum to the whole, failed labs lose their cash, losses have an
// atom at 0). It is made once; who changes it, changes a copy.
var realistic = sync.OnceValue(makeRealistic)

func gridP() []float64 {
	p := []float64{0, 0.001, 0.0025}
	for i := 1; i < 200; i++ {
		p = append(p, float64(i)/200)
	}
	return append(p, 0.9975, 0.999, 1)
}

// quantileOf is R's type 7.
func quantileOf(sorted []float64, p float64) float64 {
	h := p * float64(len(sorted)-1)
	i := int(h)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (h-float64(i))*(sorted[i+1]-sorted[i])
}

// statOf summarises values, of which NaN is none.
func statOf(values []float64, grid bool) result.Stat {
	var v []float64
	for _, x := range values {
		if !math.IsNaN(x) {
			v = append(v, x)
		}
	}
	n := float64(len(v))
	s := result.Stat{Defined: n / float64(len(values))}
	if n == 0 {
		for _, f := range figures(&s)[1:] {
			*f.of = math.NaN()
		}
		if grid {
			s.Grid = slices.Repeat([]float64{math.NaN()}, len(gridP()))
		}
		return s
	}
	slices.Sort(v)
	for _, x := range v {
		s.Mean += x / n
	}
	ss := 0.0
	for _, x := range v {
		ss += (x - s.Mean) * (x - s.Mean)
	}
	s.SD = math.Sqrt(ss / (n - 1)) // NaN of one
	s.SE = s.SD / math.Sqrt(n)
	s.Min, s.Max = v[0], v[len(v)-1]
	q := func(p float64) float64 { return quantileOf(v, p) }
	s.P1, s.P5, s.P10, s.P25, s.P50 = q(.01), q(.05), q(.1), q(.25), q(.5)
	s.P75, s.P90, s.P95, s.P99 = q(.75), q(.9), q(.95), q(.99)
	tail := func(w []float64) float64 {
		sum := 0.0
		for _, x := range w {
			sum += x
		}
		return sum / float64(len(w))
	}
	k5, k1 := max(1, len(v)/20), max(1, len(v)/100)
	s.ES1, s.ES5, s.ES95, s.ES99 = tail(v[:k1]), tail(v[:k5]), tail(v[len(v)-k5:]), tail(v[len(v)-k1:])
	for _, x := range v {
		if x > 0 {
			s.Above0++
		}
	}
	s.Above0 /= n
	s.SEAbove0 = math.Sqrt(s.Above0 * (1 - s.Above0) / n)
	if n > 1 {
		half := func(p float64) float64 { // from order statistics, two standard errors apart
			d := math.Sqrt(p * (1 - p) / n)
			return (q(min(1, p+d)) - q(max(0, p-d))) / 2
		}
		s.SEP1, s.SEP5, s.SEP10, s.SEP25, s.SEP50 = half(.01), half(.05), half(.1), half(.25), half(.5)
		s.SEP75, s.SEP90, s.SEP95, s.SEP99 = half(.75), half(.9), half(.95), half(.99)
		s.SEES1, s.SEES5, s.SEES95, s.SEES99 = 2*s.SEP1, 2*s.SEP5, 2*s.SEP95, 2*s.SEP99
		s.SESD = s.SD / math.Sqrt(2*n)
	} else {
		nan := math.NaN()
		s.SEP1, s.SEP5, s.SEP10, s.SEP25, s.SEP50, s.SEP75, s.SEP90, s.SEP95, s.SEP99 = nan, nan, nan, nan, nan, nan, nan, nan, nan
		s.SEES1, s.SEES5, s.SEES95, s.SEES99, s.SESD = nan, nan, nan, nan, nan
	}
	if grid {
		for _, p := range gridP() {
			s.Grid = append(s.Grid, q(p))
		}
	}
	return s
}

type testAlliance struct {
	id, lab, cloud            string
	share0, share1            float64
	stake, commitment, margin float64
}

// makeRealistic plays a small game of the same shape as the model, on its own random numbers.
func makeRealistic() *result.Result {
	const years = 10
	labs := []result.Entity{{ID: "openai", Name: "OpenAI"}, {ID: "anthropic", Name: "Anthropic"}}
	clouds := []result.Entity{
		{ID: "aws", Name: "Amazon Web Services", Owner: "amazon"}, {ID: "azure", Name: "Microsoft Azure", Owner: "microsoft"},
		{ID: "google", Name: "Google Cloud", Owner: "google"}, {ID: "oracle", Name: "Oracle Cloud", Owner: "oracle"},
		{ID: "coreweave", Name: "CoreWeave", Owner: "coreweave"},
	}
	alliances := []testAlliance{
		{"openai_azure", "openai", "azure", .65, .35, .27, 250, .3},
		{"openai_oracle", "openai", "oracle", .15, .35, 0, 300, .2},
		{"openai_coreweave", "openai", "coreweave", .12, .12, .001, 22.4, .2},
		{"openai_aws", "openai", "aws", .08, .18, .03, 138, .25},
		{"anthropic_aws", "anthropic", "aws", .65, .45, .15, 100, .25},
		{"anthropic_google", "anthropic", "google", .3, .35, .14, 200, .3},
		{"anthropic_azure", "anthropic", "azure", .05, .2, .02, 30, .3},
	}
	core := map[string]float64{"aws": 130, "azure": 93, "google": 60, "oracle": 35, "coreweave": 5}

	rng := rand.New(rand.NewPCG(1, 2))
	type key struct {
		name string
		year int
	}
	values := map[key][]float64{}
	var order []string
	units := map[string][2]string{}
	rec := func(name, unit, kind string, year int, x float64) {
		if _, ok := units[name]; !ok {
			units[name] = [2]string{unit, kind}
			order = append(order, name)
		}
		values[key{name, year}] = append(values[key{name, year}], x)
	}
	for range testTrials {
		type state struct{ rate, cash, growth, mult, failed float64 }
		st := map[string]*state{
			"openai":    {25, 40, .7 + .3*rng.NormFloat64(), 22, 0},
			"anthropic": {12, 20, .9 + .35*rng.NormFloat64(), 25, 0},
		}
		plant, backlog := map[string]float64{}, map[string]float64{}
		npv, loss, peak, cum, even := map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]float64{}
		billedSum := map[string]float64{}
		negative := map[string]bool{}
		for _, a := range alliances {
			backlog[a.id] = a.commitment
		}
		for y := 1; y <= years; y++ {
			lost := map[string]float64{}
			justFailed := map[string]bool{}
			compute := map[string]float64{}
			for _, l := range labs {
				s := st[l.ID]
				before := s.rate
				s.growth = .08 + (s.growth-.08)*.72 + .08*rng.NormFloat64()
				s.rate *= math.Exp(s.growth*.8 - .02 + .2*rng.NormFloat64())
				s.mult = 7 + (s.mult-7)*.8
				rev := (before + s.rate) / 2
				ratio := .5 + 1.5*math.Pow(.78, float64(y))
				compute[l.ID] = rev * ratio
				raised := 0.0
				if s.failed == 0 {
					s.cash += rev * (1 - ratio - .45)
					if s.cash < 15 {
						raised = math.Min(.15*s.rate*s.mult, 60+2*compute[l.ID])
						if rng.Float64() < .12 {
							raised = 0
						}
						s.cash += raised
					}
					if s.cash < 0 {
						s.failed, s.cash, s.rate = float64(y)-.25, 0, s.rate*.5
						justFailed[l.ID] = true
					}
				}
				rec(l.ID+".run_rate", "USD bn per year", "stock", y, s.rate)
				rec(l.ID+".cash", "USD bn", "stock", y, s.cash)
				val := s.rate*s.mult*math.Exp(.35*rng.NormFloat64()) + s.cash
				if s.failed > 0 {
					val = 0
				}
				rec(l.ID+".valuation", "USD bn", "stock", y, val)
				alive := 1.0
				if s.failed > 0 {
					alive = 0
				}
				rec(l.ID+".alive", "share of futures", "stock", y, alive)
				rec(l.ID+".revenue", "USD bn", "flow", y, rev)
				rec(l.ID+".compute", "USD bn", "flow", y, compute[l.ID])
				rec(l.ID+".billed", "USD bn", "flow", y, compute[l.ID]*1.02)
				rec(l.ID+".raised", "USD bn", "flow", y, raised)
				values[key{l.ID + ".valuation now", 0}] = []float64{val}
			}
			exp, eqs, crs, plants, backs, labRev, flows := map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]float64{}
			for _, a := range alliances {
				s := st[a.lab]
				w := a.share1 + (a.share0-a.share1)*math.Pow(.7, float64(y))
				use := w * compute[a.lab]
				short := 0.0
				if s.failed == 0 {
					due := a.commitment / 8
					short = math.Max(0, due-use) * .6 * math.Min(1, backlog[a.id]/due)
					backlog[a.id] = math.Max(0, backlog[a.id]-math.Max(use, due))
				} else {
					backlog[a.id] = 0
				}
				val := values[key{a.lab + ".valuation now", 0}][0]
				equity := a.stake * math.Pow(.97, float64(y)) * val
				plant[a.id] = plant[a.id]*.5 + use*1.3
				credit := .16*(use+short) + .35*plant[a.id]
				if justFailed[a.lab] {
					lost[a.id] = .3*credit + .7*a.stake*s.rate*s.mult
				}
				if s.failed > 0 {
					credit *= .5
				}
				invested := 0.0
				if a.stake > .1 && y <= 2 && s.failed == 0 {
					invested = 5
				}
				share := 0.0
				if a.id == "openai_azure" && y < 6 && s.failed == 0 {
					share = math.Min(8, .2*s.rate)
				}
				resale := .1 * s.rate * a.stake
				flow := a.margin*use + short + share + .2*resale - invested - lost[a.id]
				rec(a.id+".share", "share", "stock", y, w)
				rec(a.id+".backlog", "USD bn", "stock", y, backlog[a.id])
				rec(a.id+".exposure", "USD bn", "stock", y, equity+credit)
				rec(a.id+".equity", "USD bn", "stock", y, equity)
				rec(a.id+".credit_exposure", "USD bn", "stock", y, credit)
				rec(a.id+".plant", "USD bn", "stock", y, plant[a.id])
				rec(a.id+".use", "USD bn", "flow", y, use)
				rec(a.id+".gigawatts", "GW", "flow", y, use/12)
				rec(a.id+".shortfall", "USD bn", "flow", y, short)
				rec(a.id+".credited", "USD bn", "flow", y, short+use/2)
				rec(a.id+".billed", "USD bn", "flow", y, use+short)
				rec(a.id+".invested", "USD bn", "flow", y, invested)
				rec(a.id+".revenue_share", "USD bn", "flow", y, share)
				rec(a.id+".resale", "USD bn", "flow", y, resale)
				rec(a.id+".loss", "USD bn", "flow", y, lost[a.id])
				rec(a.id+".flow", "USD bn", "flow", y, flow)
				billedSum[a.id] += use + short
				npv[a.id] += flow * math.Pow(1.1, .5-float64(y))
				exp[a.cloud] += equity + credit
				eqs[a.cloud] += equity
				crs[a.cloud] += credit
				plants[a.cloud] += plant[a.id]
				backs[a.cloud] += backlog[a.id]
				labRev[a.cloud] += use + short + share + resale
				flows[a.cloud] += flow
				loss[a.cloud] += lost[a.id]
				lost[a.cloud] += lost[a.id]
				if y == years {
					npv[a.id] += equity * math.Pow(1.1, -years)
					cost := a.stake * 60
					trip, moic := math.NaN(), math.NaN()
					if cost > 0 {
						trip, moic = billedSum[a.id]/(cost+10), equity/(cost+10)
					}
					rec(a.id+".npv", "USD bn", "trial", 0, npv[a.id])
					rec(a.id+".round_trip", "ratio", "trial", 0, trip)
					rec(a.id+".moic", "multiple", "trial", 0, moic)
				}
			}
			for _, c := range clouds {
				total := core[c.ID]*math.Pow(1.12, float64(y)) + labRev[c.ID]
				peak[c.ID] = math.Max(peak[c.ID], exp[c.ID])
				cum[c.ID] += flows[c.ID]
				if cum[c.ID] < 0 {
					negative[c.ID] = true
				} else if negative[c.ID] && even[c.ID] == 0 {
					even[c.ID] = float64(y)
				}
				npv[c.ID] += flows[c.ID] * math.Pow(1.1, .5-float64(y))
				rec(c.ID+".exposure", "USD bn", "stock", y, exp[c.ID])
				rec(c.ID+".equity", "USD bn", "stock", y, eqs[c.ID])
				rec(c.ID+".credit_exposure", "USD bn", "stock", y, crs[c.ID])
				rec(c.ID+".plant", "USD bn", "stock", y, plants[c.ID])
				rec(c.ID+".backlog", "USD bn", "stock", y, backs[c.ID])
				rec(c.ID+".revenue", "USD bn", "flow", y, total)
				rec(c.ID+".lab_revenue", "USD bn", "flow", y, labRev[c.ID])
				rec(c.ID+".supplied", "USD bn", "flow", y, labRev[c.ID]/4)
				rec(c.ID+".concentration", "share of revenue", "flow", y, labRev[c.ID]/total)
				rec(c.ID+".loss", "USD bn", "flow", y, lost[c.ID])
				rec(c.ID+".flow", "USD bn", "flow", y, flows[c.ID])
				if y == years {
					rec(c.ID+".npv", "USD bn", "trial", 0, npv[c.ID]+eqs[c.ID]*math.Pow(1.1, -years)-20)
					rec(c.ID+".loss_total", "USD bn", "trial", 0, loss[c.ID])
					rec(c.ID+".peak_exposure", "USD bn", "trial", 0, peak[c.ID])
					b := even[c.ID]
					if negative[c.ID] && b == 0 {
						b = math.NaN()
					}
					rec(c.ID+".breakeven_time", "years", "trial", 0, b)
				}
			}
			stake := .02 * values[key{"openai.valuation now", 0}][0]
			rec("nvidia.equity", "USD bn", "stock", y, stake)
			rec("nvidia.invested", "USD bn", "flow", y, 10)
			rec("nvidia.supplied", "USD bn", "flow", y, 8*float64(y))
			rec("azure_at_stake", "USD bn", "stock", y, exp["azure"]+backs["azure"])
			if y == years {
				rec("nvidia.npv", "USD bn", "trial", 0, stake*.4-60)
			}
		}
		for _, l := range labs {
			f, t := 0.0, math.NaN()
			if st[l.ID].failed > 0 {
				f, t = 1, st[l.ID].failed
			}
			rec(l.ID+".failed", "share of futures", "trial", 0, f)
			rec(l.ID+".failure_time", "years", "trial", 0, t)
		}
	}

	r := &result.Result{
		Version: "0.1.0",
		Scenario: result.Scenario{
			Name:        "Baseline",
			Description: "OpenAI and Anthropic on five clouds, as far as filings and announcements up to the autumn of 2026 tell.",
			Notes: []string{
				"What a commitment is worth when it is not used is judged: no contract is public.",
				"The retained revenue of a failed lab is judged from the insolvencies of software companies; there is no precedent of this size.",
			},
			SHA256:   strings.Repeat("5f", 32),
			Argument: "baseline", Overrides: []string{"openai.cash=40", "discount_rate=0.08 to 0.12"},
		},
		Run:  result.Run{Trials: testTrials, Seed: 1, Sampler: "random", Start: "2027-01-01", Years: years},
		Labs: labs, Clouds: clouds, Investors: []result.Entity{{ID: "nvidia", Name: "Nvidia"}},
		GridP: gridP(),
	}
	for _, a := range alliances {
		r.Alliances = append(r.Alliances, result.Alliance{ID: a.id, Lab: a.lab, Cloud: a.cloud, Terms: []string{
			fmt.Sprintf("commitment: %g bn over 8 years from 2025-10-28, backloading 1.7, enforced 0.5 to 0.9", a.commitment),
			fmt.Sprintf("stake: %g of %s at the start", a.stake, a.lab),
		}})
	}
	r.Events = []result.Event{
		{ID: "agi_declared", Name: "AGI is declared", Terms: []string{"hazard 0.01 to 0.05 a year from 2027 to the end", "sets openai_azure.revenue_share.rate to 0"}, Source: "https://example.org/agreement", Note: "the rate is judged"},
		{ID: "chip_shortage", Name: "Chip shortage", Terms: []string{"hazard 0.1 a year, lasts 1 year, recurring", "multiplies openai_azure.price by 1.2"}},
	}
	r.Assumptions = testAssumptions(alliances)
	gridded := map[string]bool{"exposure": true, "equity": true, "credit_exposure": true, "npv": true, "loss_total": true, "peak_exposure": true, "failure_time": true, "concentration": true}
	for _, name := range order {
		u := units[name]
		m := result.Metric{Name: name, Unit: u[0], Kind: u[1]}
		_, short, _ := strings.Cut(name, ".")
		if u[1] == result.Trial {
			s := statOf(values[key{name, 0}], gridded[short])
			m.Total = &s
		} else {
			for y := 1; y <= years; y++ {
				s := statOf(values[key{name, y}], gridded[short])
				s.Year, s.Date = y, fmt.Sprintf("%d-12-31", 2026+y)
				m.ByYear = append(m.ByYear, s)
			}
		}
		r.Metrics = append(r.Metrics, m)
	}
	addComparisons(r)
	r.Futures = toldFutures(years)
	return r
}

// addComparisons adds what is said of the answers besides: how they compare, what drives them, and
// how they settle. The numbers are of the right size, and no more.
func addComparisons(r *result.Result) {
	f := newFinder(r)
	less := *f.metric("aws", "exposure")
	less.Name, less.ByYear = "exposure", slices.Clone(less.ByYear)
	for i := range less.ByYear {
		s := &less.ByYear[i]
		for _, x := range figures(s)[1:] {
			*x.of -= 100
		}
		s.SE, s.Above0, s.SEAbove0, s.SEP5, s.SEP50, s.SEP95, s.SEES95 = 3, 0.7, 0.01, 3, 3, 3, 3
		s.Grid = nil
	}
	r.Comparisons = []result.Comparison{{A: "aws", B: "azure", Metric: less}}
	for _, metric := range []string{"aws.exposure", "azure.exposure"} {
		d := result.Drivers{Metric: metric, Year: r.Run.Years, Trials: testTrials}
		for k := range 12 {
			rho := 0.5 * math.Pow(-0.8, float64(k))
			d.Inputs = append(d.Inputs, result.Driver{Path: r.Assumptions[k+1].Path,
				Rank: result.Estimate{Value: rho, Low: rho - 0.05, High: rho + 0.05}, Share: result.Estimate{Value: rho * rho, Low: rho*rho - 0.02, High: rho*rho + 0.02}})
		}
		r.Drivers = append(r.Drivers, d)
		id, of, _ := strings.Cut(metric, ".")
		last := f.final(id, of)
		c := result.Convergence{Metric: metric, Year: r.Run.Years}
		for n := 50; n <= testTrials; n *= 2 {
			c.Points = append(c.Points, result.RunningMean{Trials: n, Mean: last.Mean * (1 + 1/float64(n)), SE: last.SE * math.Sqrt(testTrials/float64(n))})
		}
		r.Convergence = append(r.Convergence, c)
	}
}

// cut is r with fewer years and assumptions: a page with all the charts that a browser is through
// with in a fraction of the time.
func cut(r *result.Result) *result.Result {
	const years, assumptions = 3, 24
	c := *r
	shorter := func(m result.Metric) result.Metric {
		m.ByYear = m.ByYear[:min(years, len(m.ByYear))]
		return m
	}
	c.Run.Years = min(years, c.Run.Years)
	c.Assumptions = c.Assumptions[:min(assumptions, len(c.Assumptions))]
	c.Metrics = nil
	for _, m := range r.Metrics {
		c.Metrics = append(c.Metrics, shorter(m))
	}
	c.Comparisons = slices.Clone(c.Comparisons)
	for i := range c.Comparisons {
		c.Comparisons[i].Metric = shorter(c.Comparisons[i].Metric)
	}
	return &c
}

// testAssumptions are some 200, of several shapes.
func testAssumptions(alliances []testAlliance) []result.Assumption {
	dist := func(path, text, unit, source, note string, q func(z float64) float64) result.Assumption {
		a := result.Assumption{Path: path, Text: text, Unit: unit, Source: source, Note: note}
		n := 199
		for i := range n {
			p := (float64(i) + .5) / float64(n)
			x := q(math.Sqrt2 * math.Erfinv(2*p-1))
			a.Quantiles = append(a.Quantiles, x)
			a.Mean += x / float64(n)
		}
		for _, x := range a.Quantiles {
			a.SD += (x - a.Mean) * (x - a.Mean) / float64(n)
		}
		a.SD = math.Sqrt(a.SD)
		at := func(p float64) float64 { return quantileOf(a.Quantiles, p) }
		a.P1, a.P5, a.P50, a.P95, a.P99 = at(.01), at(.05), at(.5), at(.95), at(.99)
		return a
	}
	between := func(a, b float64) func(float64) float64 {
		return func(z float64) float64 { return math.Sqrt(a*b) * math.Exp(z*math.Log(b/a)/2/1.645) }
	}
	var as []result.Assumption
	as = append(as, result.Assumption{Path: "discount_rate", Text: "0.10", Constant: true, Value: .1, Source: "Judgement of the authors, after `discount_rate` of others [judgement]; Press, 2026-10, https://example.org/a/b/c.html [press]", Note: "see `npv`"})
	for _, l := range []string{"openai", "anthropic"} {
		as = append(as,
			result.Assumption{Path: l + ".revenue.run_rate", Text: "25", Unit: "USD bn/year", Constant: true, Value: 25, Source: "https://example.org/run-rate?a=1&b=2", Note: "press, October 2026"},
			dist(l+".revenue.growth.initial", "0.8 to 1.6", "per year", "002_7bfc39ebe47844a0.txt", "ARR doubled in a year", between(.8, 1.6)),
			dist(l+".revenue.growth.half_life", "1.5 to 3", "years", "", "", between(1.5, 3)),
			dist(l+".failure.retained", "uniform(0.3, 0.7)", "", "", "judged", func(z float64) float64 { return .3 + .4*(.5+.5*math.Erf(z/math.Sqrt2)) }),
		)
		for _, f := range []string{"compute.ratio.initial", "compute.ratio.long_run", "opex.initial", "opex.long_run", "valuation.multiple.initial", "valuation.multiple.long_run", "funding.runway", "funding.raise", "funding.availability", "funding.max_dilution", "flexibility", "price_sensitivity"} {
			as = append(as, dist(l+"."+f, "0.35 to 0.6", "", "https://www.sec.gov/Archives/edgar/data/789019/000119312526027198/msft-20251231.htm", "", between(.35, .6)))
		}
	}
	for _, a := range alliances {
		as = append(as, dist(a.id+".commitments.0.enforced", "discrete(0.7: 0.5, 0.3: 1)", "", "", "a mixture of two readings of the contract", func(z float64) float64 {
			if z < .52 {
				return .5
			}
			return 1
		}))
		for _, f := range []string{"share.initial", "share.long_run", "share.half_life", "price", "attraction", "churn.annual_rate", "churn.noise.volatility", "exclusivity.churn_factor", "commitments.0.amount", "commitments.0.years", "commitments.0.backloading", "revenue_share.rate", "resale.pull_through", "resale.margin", "resale.payback", "margin", "receivable_days", "capital.intensity", "capital.life", "capital.lead", "capital.redeployable", "supplier.share"} {
			if len(f)%3 == 0 {
				as = append(as, result.Assumption{Path: a.id + "." + f, Text: "8", Constant: true, Value: 8, Unit: "years"})
				continue
			}
			x := dist(a.id+"."+f, "pert(0.20, 0.235, 0.27)", "", "001_3521810fe6c134cd.txt", "", func(z float64) float64 { return .235 + .015*z })
			if f == "capital.redeployable" {
				x.Truncated = "0.3 % of the mass lies above 1 and was cut"
			}
			as = append(as, x)
		}
	}
	as = append(as, result.Assumption{Path: "openai_azure.capital.life.other", Text: "inf", Constant: true, Value: math.Inf(1), Unit: "years"})
	return as
}
