package models_test

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"

	"entente/models"
	"entente/sim/expr"
)

// hashDraws makes each draw a function of a seed, a name and an index.
type hashDraws struct{ seed uint64 }

func (h hashDraws) rng(name string, index int) *rand.Rand {
	hash := fnv.New64a()
	hash.Write([]byte(name))
	return rand.New(rand.NewPCG(hash.Sum64()+uint64(index), h.seed))
}

func (h hashDraws) input(path string, v models.Value) float64 {
	if v.Dist == nil {
		return v.Const
	}
	p := []float64{h.rng("input "+path, 0).Float64()}
	v.Dist.Quantile(p)
	return p[0]
}

func (h hashDraws) normal(shock string, index int) float64 {
	return h.rng("normal "+shock, index).NormFloat64()
}

func (h hashDraws) uniform(name string, index int) float64 {
	return h.rng("uniform "+name, index).Float64()
}

// between is the uniform distribution, the only one that random systems need.
type between struct{ lo, hi float64 }

func (u between) Quantile(p []float64) {
	for i, x := range p {
		p[i] = u.lo + (u.hi-u.lo)*x
	}
}

// ids of the random systems: lab0, cloud0, lab0_cloud0, owner0, investor0, market0, event0.

// randomSystem makes a valid scenario in which every mechanism of the model may be on or
// off. Amounts are of the size that makes labs struggle, so that they raise, starve and fail.
func randomSystem(rng *rand.Rand) *models.System {
	g := systemMaker{rng}
	s := &models.System{Years: 2 + g.IntN(5)}
	s.DiscountRate = g.value("discount_rate", -0.05, 0.2)
	if g.maybe(0.5) {
		s.GigawattYear = g.pointer("gigawatt_year", 5, 15)
	}
	if g.maybe(0.6) {
		s.Markets = append(s.Markets, models.Market{ID: "market0", Ceiling: g.value("market0.ceiling", 20, 300)})
	}
	for i := range 1 + g.IntN(4) {
		id := fmt.Sprintf("cloud%d", i)
		c := models.Cloud{ID: id, Owner: id, Revenue: g.revenue(id, 20, 120, nil)}
		switch {
		case g.maybe(0.5):
			c.Owner = fmt.Sprintf("owner%d", i)
		case i > 0 && g.maybe(0.3):
			c.Owner = s.Clouds[i-1].Owner // one owner of two clouds
		}
		s.Clouds = append(s.Clouds, c)
	}
	for i := range g.IntN(3) {
		s.Investors = append(s.Investors, models.Investor{ID: fmt.Sprintf("investor%d", i)})
	}
	for i := range 1 + g.IntN(3) {
		g.lab(s, fmt.Sprintf("lab%d", i))
	}
	// The labs' alliances need not stand together in the file.
	g.Shuffle(len(s.Alliances), func(i, j int) {
		s.Alliances[i], s.Alliances[j] = s.Alliances[j], s.Alliances[i]
	})
	for i := range g.IntN(7) {
		s.Events = append(s.Events, g.event(s, fmt.Sprintf("event%d", i)))
	}
	s.Metrics = g.metrics(s)
	return s
}

type systemMaker struct{ *rand.Rand }

func (g systemMaker) maybe(p float64) bool { return g.Float64() < p }

func (g systemMaker) in(lo, hi float64) float64 { return lo + (hi-lo)*g.Float64() }

// value is a constant or a distribution with all its mass in [lo, hi].
func (g systemMaker) value(path string, lo, hi float64) models.Value {
	a, b := g.in(lo, hi), g.in(lo, hi)
	if g.maybe(0.6) {
		return constant(path, a)
	}
	return models.Value{Path: path, Dist: between{math.Min(a, b), math.Max(a, b)}}
}

func (g systemMaker) pointer(path string, lo, hi float64) *models.Value {
	v := g.value(path, lo, hi)
	return &v
}

// sometimes is a value in [lo, hi] or, else, a constant that switches its mechanism off.
func (g systemMaker) sometimes(p float64, path string, lo, hi, off float64) models.Value {
	if g.maybe(p) {
		return g.value(path, lo, hi)
	}
	return constant(path, off)
}

func constant(path string, x float64) models.Value { return models.Value{Path: path, Const: x} }

func (g systemMaker) glide(path string, lo, hi float64) models.Glide {
	if g.maybe(0.4) {
		return models.Glide{Initial: g.value(path, lo, hi)}
	}
	return models.Glide{
		Initial:  g.value(path+".initial", lo, hi),
		LongRun:  g.value(path+".long_run", lo, hi),
		HalfLife: g.value(path+".half_life", 0.3, 5),
		Moves:    true,
	}
}

func (g systemMaker) noise(path string) *models.Noise {
	if g.maybe(0.4) {
		return nil
	}
	return &models.Noise{
		Volatility: g.value(path+".volatility", 0, 0.6),
		HalfLife:   g.value(path+".half_life", 0.2, 4),
	}
}

func (g systemMaker) revenue(id string, lo, hi float64, markets []models.Market) models.Revenue {
	path := id + ".revenue"
	r := models.Revenue{
		RunRate: g.value(path+".run_rate", lo, hi),
		Growth:  g.glide(path+".growth", -0.2, 1.2),
	}
	if r.Growth.Moves && g.maybe(0.6) {
		r.GrowthVolatility = g.pointer(path+".growth.volatility", 0, 0.3)
	}
	if g.maybe(0.7) {
		r.Volatility = g.glide(path+".volatility", 0, 0.4)
	}
	if g.maybe(0.5) {
		r.Logistic = true
		if len(markets) > 0 && g.maybe(0.7) {
			r.Market = markets[0].ID
		} else {
			r.Ceiling = g.pointer(path+".ceiling", hi/2, hi*8)
		}
	}
	return r
}

// date is a time in years from the start: the beginning of a month, often of a quarter, or
// any day.
func (g systemMaker) date(lo, hi float64) float64 {
	switch t := g.in(lo, hi); {
	case g.maybe(0.4):
		return math.Floor(t*4) / 4
	case g.maybe(0.5):
		return math.Floor(t*12) / 12
	default:
		return t
	}
}

// until is a date, or never.
func (g systemMaker) until(years int) float64 {
	if g.maybe(0.4) {
		return math.Inf(1)
	}
	return g.date(0, float64(years)+1)
}

func (g systemMaker) lab(s *models.System, id string) {
	lab := models.Lab{
		ID:               id,
		Revenue:          g.revenue(id, 5, 30, s.Markets),
		ComputeRatio:     g.glide(id+".compute.ratio", 0.1, 1.3),
		ComputeNoise:     g.noise(id + ".compute.noise"),
		Opex:             g.glide(id+".opex", 0.1, 1.1),
		PriceSensitivity: g.sometimes(0.7, id+".price_sensitivity", 0, 3, 0),
		Flexibility:      g.sometimes(0.7, id+".flexibility", 0, 1, 0),
	}
	if g.maybe(0.85) {
		lab.Cash = g.pointer(id+".cash", -2, 40)
		lab.Failure = &models.Failure{
			Retained: g.value(id+".failure.retained", 0, 1),
			Recovery: g.value(id+".failure.recovery", 0, 1),
		}
	}
	if g.maybe(0.85) {
		lab.Valuation = &models.Valuation{
			Multiple: g.glide(id+".valuation.multiple", 0, 25),
			Noise:    g.noise(id + ".valuation.noise"),
		}
		if g.maybe(0.8) {
			lab.Funding = &models.Funding{
				Runway:       g.value(id+".funding.runway", 0, 2),
				Raise:        g.value(id+".funding.raise", 0, 2),
				Availability: g.sometimes(0.8, id+".funding.availability", 0, 1, 1),
				HalfLife:     g.value(id+".funding.half_life", 0.2, 3),
				MaxDilution:  g.sometimes(0.9, id+".funding.max_dilution", 0, 0.4, 1),
				Distress:     g.sometimes(0.7, id+".funding.distress", 0, 1, 0),
				Austerity:    g.sometimes(0.7, id+".funding.austerity", 0, 1, 0),
			}
		}
	}
	s.Labs = append(s.Labs, lab)

	clouds := g.Perm(len(s.Clouds))
	clouds = clouds[:1+g.IntN(len(clouds))]
	var investors []string // who may hold the lab: no owner without an alliance
	for _, i := range s.Investors {
		investors = append(investors, i.ID)
	}
	for _, c := range clouds {
		investors = append(investors, s.Clouds[c].Owner)
	}
	for i, c := range clouds {
		a := g.alliance(s, lab, s.Clouds[c])
		if i == 0 { // the shares of a lab may not all be 0
			a.Share = models.Glide{Initial: g.value(a.ID+".share", 0.1, 1)}
		}
		if lab.Valuation != nil {
			g.equity(s, &a, investors, 0.9/float64(len(clouds)))
		}
		s.Alliances = append(s.Alliances, a)
	}
}

func (g systemMaker) alliance(s *models.System, lab models.Lab, cloud models.Cloud) models.Alliance {
	id := lab.ID + "_" + cloud.ID
	a := models.Alliance{
		ID: id, Lab: lab.ID, Cloud: cloud.ID,
		Share:      models.Glide{Initial: constant(id+".share", 0)},
		Price:      g.sometimes(0.6, id+".price", 0.3, 2, 1),
		Attraction: g.sometimes(0.8, id+".attraction", 0, 3, 0),
		Churn: models.Churn{
			AnnualRate: g.sometimes(0.8, id+".churn.annual_rate", 0, 1, 0),
			Noise:      g.noise(id + ".churn.noise"),
		},
		Exclusivity: models.Exclusivity{
			ChurnFactor: g.sometimes(0.5, id+".exclusivity.churn_factor", 0, 1, 1),
			Until:       g.until(s.Years),
		},
		RevenueShare: models.RevenueShare{
			Rate:  g.sometimes(0.5, id+".revenue_share.rate", 0, 0.4, 0),
			Until: g.until(s.Years),
		},
		Resale: models.Resale{
			PullThrough: g.sometimes(0.5, id+".resale.pull_through", 0, 1.5, 0),
			Margin:      g.sometimes(0.8, id+".resale.margin", -1, 1, 0),
			Payback:     g.sometimes(0.8, id+".resale.payback", 0, 1, 0),
			Until:       g.until(s.Years),
		},
		Margin:         g.value(id+".margin", -1, 1), // with 0, breakeven_time is a matter of rounding
		ReceivableDays: g.sometimes(0.8, id+".receivable_days", 0, 120, 0),
	}
	if g.maybe(0.85) {
		a.Share = g.glide(id+".share", 0, 1)
	}
	if g.maybe(0.5) {
		a.RevenueShare.Cap = g.pointer(id+".revenue_share.cap", 0, 15)
	}
	for i := range g.IntN(4) {
		path := fmt.Sprintf("%s.commitments.%d", id, i)
		a.Commitments = append(a.Commitments, models.Commitment{
			Amount:      g.value(path+".amount", 0, 40),
			Years:       g.value(path+".years", 0.4, 8),
			Backloading: g.sometimes(0.6, path+".backloading", 0.3, 3, 1),
			Enforced:    g.value(path+".enforced", 0, 1),
			Start:       g.date(-3, float64(s.Years)),
		})
	}
	if g.maybe(0.7) {
		a.Capital = &models.Capital{
			Intensity:    g.value(id+".capital.intensity", 0, 4),
			Life:         g.sometimes(0.7, id+".capital.life", 0.5, 10, math.Inf(1)),
			Lead:         g.sometimes(0.6, id+".capital.lead", 0, 2.5, 0),
			Redeployable: g.sometimes(0.8, id+".capital.redeployable", 0, 1, 0),
		}
		if len(s.Investors) > 0 && g.maybe(0.6) {
			a.Supplier = &models.Supplier{
				Investor: s.Investors[g.IntN(len(s.Investors))].ID,
				Share:    g.value(id+".supplier.share", 0, 1),
			}
		}
	}
	return a
}

// equity writes stakes of at most most in all, and tranches, into an alliance. Any investor
// may be written into any alliance of the lab.
func (g systemMaker) equity(s *models.System, a *models.Alliance, investors []string, most float64) {
	stakes := g.IntN(3)
	for i := range stakes {
		path := fmt.Sprintf("%s.stakes.%d", a.ID, i)
		a.Stakes = append(a.Stakes, models.Stake{
			Investor: investors[g.IntN(len(investors))],
			Stake:    g.value(path+".stake", 0, most/float64(stakes)),
			Cost:     g.sometimes(0.7, path+".cost", 0, 10, 0),
		})
	}
	for i := range g.IntN(4) {
		path := fmt.Sprintf("%s.tranches.%d", a.ID, i)
		t := models.Tranche{
			Investor: investors[g.IntN(len(investors))],
			Amount:   g.value(path+".amount", 0, 15),
			By:       g.until(s.Years),
		}
		switch g.IntN(3) {
		case 0:
			t.On = g.date(0, float64(s.Years))
		case 1:
			t.RunRate = g.pointer(path+".when.run_rate", 5, 60)
		case 2:
			t.Billed = g.pointer(path+".when.billed", 0, 20)
		}
		a.Tranches = append(a.Tranches, t)
	}
}

func (g systemMaker) event(s *models.System, id string) models.Event {
	e := models.Event{ID: id, From: 0, To: math.Inf(1)}
	if g.maybe(0.6) {
		e.Duration = g.pointer(id+".duration", 0.01, 2.5)
		if g.maybe(0.3) { // on the edge between two numbers of steps
			v := constant(id+".duration", 0.125+0.25*float64(g.IntN(5)))
			e.Duration = &v
		}
	}
	if g.maybe(0.3) {
		e.At = g.date(0, float64(s.Years)+1)
	} else {
		v := g.sometimes(0.9, id+".hazard", 0, 2, 0)
		e.Hazard = &v
		e.Recurring = e.Duration != nil && g.maybe(0.6)
		if g.maybe(0.6) {
			e.From = g.date(0, float64(s.Years))
			e.To = e.From + g.date(0, 4)
		}
	}
	for i := range 1 + g.IntN(5) {
		e.Effects = append(e.Effects, g.effect(s, fmt.Sprintf("%s.effects.%d", id, i)))
	}
	return e
}

// effect is one on any quantity that takes effects, now and then beyond its range.
func (g systemMaker) effect(s *models.System, path string) models.Effect {
	lab := s.Labs[g.IntN(len(s.Labs))].ID
	cloud := s.Clouds[g.IntN(len(s.Clouds))].ID
	a := s.Alliances[g.IntN(len(s.Alliances))]

	multiply := func(of string, lo, hi float64) models.Effect {
		return models.Effect{Path: of, Op: models.Multiply, By: g.value(path+".multiply", lo, hi)}
	}
	add := func(of string, lo, hi float64) models.Effect {
		return models.Effect{Path: of, Op: models.Add, By: g.value(path+".add", lo, hi)}
	}
	set := func(of string, lo, hi float64) models.Effect {
		return models.Effect{Path: of, Op: models.Set, By: g.value(path+".set", lo, hi)}
	}
	// change has factors up to most, terms of either sign that can leave [lo, hi], and values.
	change := func(of string, lo, hi float64) models.Effect {
		switch g.IntN(3) {
		case 0:
			return multiply(of, 0, 3)
		case 1:
			return add(of, lo-hi, hi-lo)
		default:
			return set(of, lo, hi)
		}
	}
	switch g.IntN(15) {
	case 0:
		return add(lab+".revenue.growth", -1.5, 0.8)
	case 1:
		return add(cloud+".revenue.growth", -0.5, 0.5)
	case 2:
		return change(lab+".compute.ratio", 0, 1.5)
	case 3:
		return change(lab+".opex", 0, 1.5)
	case 4:
		return change(lab+".valuation.multiple", 0, 20)
	case 5:
		return change(lab+".funding.availability", 0, 1)
	case 6: // a price clamps at 0.01, but a constant alone may not take it there
		switch g.IntN(4) {
		case 0:
			return models.Effect{Path: a.ID + ".price", Op: models.Multiply,
				By: models.Value{Path: path + ".multiply", Dist: between{0, 0.1}}}
		case 1:
			return add(a.ID+".price", -0.2, 1)
		case 2:
			return set(a.ID+".price", 0.05, 2)
		default:
			return multiply(a.ID+".price", 0.2, 2)
		}
	case 7:
		return change(a.ID+".churn.annual_rate", 0, 1)
	case 8:
		return change(a.ID+".exclusivity.churn_factor", 0, 1)
	case 9:
		if len(a.Commitments) > 0 {
			return change(fmt.Sprintf("%s.commitments.%d.enforced", a.ID, g.IntN(len(a.Commitments))), 0, 1)
		}
		return set(a.ID+".revenue_share.rate", 0, 0.5)
	case 10:
		return change(a.ID+".revenue_share.rate", 0, 1)
	case 11:
		return change(a.ID+".resale.pull_through", 0, 1.5)
	case 12:
		return change(a.ID+".margin", -1, 1)
	case 13:
		if len(a.Commitments) > 0 {
			return multiply(a.ID+".commitments", 0, 2)
		}
		return add(a.ID+".margin", -1, 1)
	default:
		return models.Effect{Path: a.ID + ".share", Op: models.Move, By: g.value(path+".move", 0, 1)}
	}
}

// metrics are a few expressions: per year, once per trial, and over an earlier one.
func (g systemMaker) metrics(s *models.System) []models.UserMetric {
	a, lab := s.Alliances[0], s.Labs[0].ID
	sum := func(of []expr.X) expr.X { return of[0].Add(of[1]) }
	quotient := func(of []expr.X) expr.X {
		zero := of[1].Times(0)
		return expr.If(of[1].Above(zero), of[0].Div(of[1]), zero.Plus(math.NaN()))
	}
	return []models.UserMetric{
		{Name: "at_stake", Of: []string{a.Cloud + ".exposure", a.ID + ".backlog"}, Combine: sum},
		{Name: "leverage", Of: []string{"at_stake", lab + ".revenue"}, Combine: quotient},
		{Name: "lost_per_peak", Of: []string{a.Cloud + ".loss_total", a.Cloud + ".peak_exposure"}, Combine: quotient},
	}
}
