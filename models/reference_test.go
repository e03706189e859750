package models_test

import (
	"fmt"
	"math"
	"slices"

	"entente/models"
	"entente/sim/expr"
)

// This file is the alliance model written a second time, for one trial, with plain numbers:
// no columns, no batches, nothing shared with the package but the description of a scenario
// (system.go). It follows MODEL.md section by section (§1 to §14) and exists to
// disagree with the program: given the same draws, both must return the same metrics.
//
// It is read from the top: reference, simulate, step, and then one function per section.
// In names, a trailing 1 is the prime of the equations: R1 is R', the value at the step's end.

// draws supplies the random numbers of one trial.
type draws interface {
	// input returns the value that v has in this trial: its constant or its sample.
	input(path string, v models.Value) float64
	// normal returns a standard normal of a shock, such as "openai.revenue". Index 0 is the
	// draw before the first step, which only <lab>.funding uses; index n+1 belongs to step n.
	normal(shock string, index int) float64
	// uniform returns a uniform of an event: "<event>.time" with index 0, and, where the event
	// recurs, "<event>.start" with index n+1 for step n.
	uniform(name string, index int) float64
}

const (
	Δ            = 0.25 // years per step
	stepsPerYear = 4
)

// reference simulates one trial and returns every metric of §14: one value per year, or one
// for the trial. NaN is no value.
func reference(s *models.System, d draws) map[string][]float64 {
	tr := newRefTrial(s, d)
	return tr.metrics(tr.run())
}

// run takes the trial to the horizon.
func (tr *refTrial) run() []refStep {
	var steps []refStep
	for n := range tr.s.Years * stepsPerYear {
		steps = append(steps, tr.step(n))
	}
	return steps
}

// A refStep is what was measured in one step, by "<id>.<quantity>": flows over the step, and
// stocks at its end. It also holds what the metrics leave out and the laws are about.
type refStep map[string]float64

// get returns what was measured; what never was is a mistake in this file, and not a 0.
func (r refStep) get(name string) float64 {
	x, ok := r[name]
	if !ok {
		panic(fmt.Sprintf("reference: %s was not measured", name))
	}
	return x
}

// ---- The state of a trial.

type refTrial struct {
	s         *models.System
	d         draws
	labs      []*refLab
	clouds    []*refCloud
	alliances []*refAlliance
	events    []*refEvent

	// What the events do in the current step, in file order.
	active []models.Effect
	jumps  []models.Effect

	now refStep // what has been measured in the current step
	end float64 // when the current step ends

	// Whether these ever happened: random systems must reach them.
	everAustere, everDistressed, everMoved, everRenegotiated, everAgain bool
}

// refRevenue is the state of a revenue (§4).
type refRevenue struct {
	R float64 // run rate
	μ float64 // log growth, where it moves
}

type refLab struct {
	models.Lab
	alliances []*refAlliance // in file order
	holdings  []*refHolding  // who owns what of the lab

	revenue   refRevenue
	y, v, f   float64 // noise of compute, noise of the valuation, appetite of investors
	X         float64 // cash; 0 where it is not followed
	austere   bool    // in this step
	failed    bool    // before this step
	trancheIn float64 // tranches received in this step
}

type refCloud struct {
	models.Cloud
	alliances []*refAlliance
	revenue   refRevenue
}

type refAlliance struct {
	models.Alliance
	lab         *refLab
	cloud       *refCloud
	w, wLong    float64 // share, and long-run share
	z           float64 // noise of churn
	commitments []*refCommitment
	tranches    []*refTranche
	q           float64 // credited towards the commitments
	received    float64 // revenue share since the start
	billed      float64 // billed since the start
	A           float64 // plant
	cost        float64 // of the stakes at the start that count here
	γ           float64 // price in this step
}

// A refCommitment is due as done + scale·S(t), where S is the schedule as it was signed:
// a renegotiation leaves what is due alone and scales the rest.
type refCommitment struct {
	models.Commitment
	done, scale float64
}

type refTranche struct {
	models.Tranche
	paid bool
}

// A refHolding is a stake of one investor in one lab, and where it counts (§3).
type refHolding struct {
	stake    float64
	home     *refAlliance // set if the investor owns a cloud
	investor string       // else this one
}

type refEvent struct {
	models.Event
	first  int // the first step of the last activity
	length int // steps that an activity lasts
	waited int // steps in which one that recurs could have started so far, the first time
}

func newRefTrial(s *models.System, d draws) *refTrial {
	tr := &refTrial{s: s, d: d}
	for _, c := range s.Clouds {
		tr.clouds = append(tr.clouds, &refCloud{Cloud: c, revenue: tr.startRevenue(c.Revenue)})
	}
	for _, l := range s.Labs {
		lab := &refLab{Lab: l, revenue: tr.startRevenue(l.Revenue)}
		if l.Cash != nil {
			lab.X = tr.value(*l.Cash)
		}
		lab.f = d.normal(l.ID+".funding", 0) // §9: from the stationary law
		tr.labs = append(tr.labs, lab)
	}
	for _, a := range s.Alliances {
		al := &refAlliance{Alliance: a}
		for _, l := range tr.labs {
			if l.ID == a.Lab {
				al.lab = l
				l.alliances = append(l.alliances, al)
			}
		}
		for _, c := range tr.clouds {
			if c.ID == a.Cloud {
				al.cloud = c
				c.alliances = append(c.alliances, al)
			}
		}
		for _, c := range a.Commitments {
			al.commitments = append(al.commitments, &refCommitment{Commitment: c, scale: 1})
		}
		for _, t := range a.Tranches {
			al.tranches = append(al.tranches, &refTranche{Tranche: t})
		}
		al.q = tr.dueBy(al, 0) // §7: the schedule is on track
		tr.alliances = append(tr.alliances, al)
	}
	for _, lab := range tr.labs {
		tr.startShares(lab)
		for _, a := range lab.alliances {
			for _, s := range a.Stakes {
				if h := tr.hold(a, s.Investor, tr.value(s.Stake)); h.home != nil {
					h.home.cost += tr.value(s.Cost)
				}
			}
		}
	}
	for _, e := range s.Events {
		tr.events = append(tr.events, tr.startEvent(e))
	}
	return tr
}

// ---- The order of a step.

func (tr *refTrial) step(n int) refStep {
	t := float64(n) * Δ
	tr.now, tr.end = refStep{}, t+Δ

	tr.happen(n, t) // §2: which events are active, and which begin
	for _, a := range tr.alliances {
		a.γ = tr.quantity(a.ID+".price", tr.value(a.Price), 0.01, math.Inf(1))
	}
	for _, lab := range tr.labs {
		tr.payTranches(lab, t) // §3: at the beginning of the step
	}

	markets := tr.marketSizes() // §4: at the beginning of the step
	for _, c := range tr.clouds {
		tr.now[c.ID+".core"] = tr.grow(c.ID, c.Revenue, &c.revenue, markets, n)
	}
	for _, lab := range tr.labs {
		tr.now[lab.ID+".revenue"] = tr.grow(lab.ID, lab.Revenue, &lab.revenue, markets, n)
	}

	for _, lab := range tr.labs {
		tr.jumpShares(lab)     // §5
		tr.migrate(lab)        // §5
		tr.churn(lab, n)       // §5
		D := tr.demand(lab, n) // §6
		tr.renegotiate(lab, t) // §7
		tr.bill(lab, D, t)     // §7
		tr.payPartners(lab, t) // §8
		fails := tr.moveCash(lab, n)
		for _, a := range lab.alliances {
			tr.build(a, n)                 // §10
			tr.expose(a, fails)            // §11
			tr.record(a)                   // what §14 takes of it
			a.billed += tr.of(a, "billed") // "up to the step before": not sooner
		}
		tr.exposeInvestors(lab, fails)
		tr.now[lab.ID+".fails"] = 0
		if fails {
			tr.now[lab.ID+".fails"] = 1
			tr.fail(lab)
		}
		tr.recordLab(lab)
	}
	for _, c := range tr.clouds {
		tr.recordCloud(c)
	}
	tr.recordInvestors()
	return tr.now
}

// of returns what was measured of a in this step.
func (tr *refTrial) of(a *refAlliance, quantity string) float64 {
	return tr.now.get(a.ID + "." + quantity)
}

// ---- §1 and §2 Building blocks and events.

func (tr *refTrial) value(v models.Value) float64 { return tr.d.input(v.Path, v) }

// glide is x(t) = long_run + (initial − long_run)·2^(−t/half_life).
func (tr *refTrial) glide(g models.Glide, t float64) float64 {
	x := tr.value(g.Initial)
	if !g.Moves {
		return x
	}
	long := tr.value(g.LongRun)
	return long + (x-long)*math.Exp2(-t/tr.value(g.HalfLife))
}

// stir moves a noise over one step: y' = y·e^(−κΔ) + s·√((1 − e^(−2κΔ))/(2κ))·ε.
func (tr *refTrial) stir(noise *models.Noise, y, ε float64) float64 {
	if noise == nil {
		return 0
	}
	κ := math.Ln2 / tr.value(noise.HalfLife)
	s := tr.value(noise.Volatility)
	return y*math.Exp(-κ*Δ) + s*math.Sqrt((1-math.Exp(-2*κ*Δ))/(2*κ))*ε
}

// multiplier is exp(y − ½Var y), Var y(t) = s²(1 − e^(−2κt))/(2κ).
func (tr *refTrial) multiplier(noise *models.Noise, y, t float64) float64 {
	if noise == nil {
		return 1
	}
	κ := math.Ln2 / tr.value(noise.HalfLife)
	s := tr.value(noise.Volatility)
	variance := s * s * (1 - math.Exp(-2*κ*t)) / (2 * κ)
	return math.Exp(y - variance/2)
}

// dueOf is what is due of a commitment up to t: K·clamp((t − start)/Y, 0, 1)^p as signed,
// and after renegotiations the sum of what each of them left alone and what it scaled.
func (tr *refTrial) dueOf(c *refCommitment, t float64) float64 {
	x := (t - c.Start) / tr.value(c.Years)
	x = math.Min(math.Max(x, 0), 1)
	return c.done + c.scale*tr.value(c.Amount)*math.Pow(x, tr.value(c.Backloading))
}

// amountOf is all that is and will be due of a commitment.
func (tr *refTrial) amountOf(c *refCommitment) float64 {
	return c.done + c.scale*tr.value(c.Amount)
}

// dueBy is S(t), over the commitments of an alliance.
func (tr *refTrial) dueBy(a *refAlliance, t float64) float64 {
	sum := 0.0
	for _, c := range a.commitments {
		sum += tr.dueOf(c, t)
	}
	return sum
}

func (tr *refTrial) startEvent(e models.Event) *refEvent {
	ev := &refEvent{Event: e, first: math.MaxInt, length: math.MaxInt}
	if e.Duration != nil {
		ev.length = max(1, int(math.Floor(tr.value(*e.Duration)/Δ+0.5))) // halves up
	}
	switch {
	case e.Recurring: // begins in happen
	case e.Hazard == nil:
		ev.first = int(math.Floor(e.At / Δ))
	case tr.value(*e.Hazard) > 0: // with hazard 0, τ is infinite
		τ := e.From - math.Log(1-tr.d.uniform(e.ID+".time", 0))/tr.value(*e.Hazard)
		if τ < e.To && τ < float64(tr.s.Years) {
			ev.first = int(math.Floor(τ / Δ))
		}
	}
	return ev
}

// isActive: floor(τ/Δ) ≤ n < floor(τ/Δ) + length.
func (e *refEvent) isActive(n int) bool { return e.first <= n && n-e.first < e.length }

// happen finds the effects of step n and the jumps that take place in it.
func (tr *refTrial) happen(n int, t float64) {
	tr.active, tr.jumps = nil, nil
	for _, e := range tr.events {
		if e.Recurring && e.From <= t && t < e.To && tr.recurs(e, n) {
			e.first = n
		}
		if e.isActive(n) {
			tr.active = append(tr.active, e.Effects...)
			if e.first == n {
				tr.jumps = append(tr.jumps, e.Effects...)
			}
		}
	}
}

// recurs says whether a recurring event starts in step n, which is in its window: the first time
// once the chance to have seen no start, e^(−hazard·Δ) for each step, has fallen below 1 − U.
func (tr *refTrial) recurs(e *refEvent, n int) bool {
	hazard := tr.value(*e.Hazard)
	if e.first == math.MaxInt { // never yet
		e.waited++
		return math.Exp(-hazard*Δ*float64(e.waited)) < 1-tr.d.uniform(e.ID+".time", 0)
	}
	again := !e.isActive(n) && tr.d.uniform(e.ID+".start", n+1) < 1-math.Exp(-hazard*Δ)
	tr.everAgain = tr.everAgain || again
	return again
}

// quantity applies the active effects on path to x in file order, and clamps once.
func (tr *refTrial) quantity(path string, x, lo, hi float64) float64 {
	for _, e := range tr.active {
		if e.Path != path {
			continue
		}
		switch by := tr.value(e.By); e.Op {
		case models.Multiply:
			x *= by
		case models.Add:
			x += by
		case models.Set:
			x = by
		}
	}
	return math.Min(math.Max(x, lo), hi)
}

// jumpShares gives fractions of shares, and of long-run shares, to the lab's other alliances.
func (tr *refTrial) jumpShares(lab *refLab) {
	for _, e := range tr.jumps {
		for i, a := range lab.alliances {
			if e.Op != models.Move || e.Path != a.ID+".share" {
				continue
			}
			others := tr.othersAttraction(lab, i)
			if others == 0 {
				continue
			}
			tr.everMoved = true
			f := tr.value(e.By)
			out, outLong := f*a.w, f*a.wLong
			for j, b := range lab.alliances {
				if j != i {
					b.w += out * tr.attraction(b) / others
					b.wLong += outLong * tr.attraction(b) / others
				}
			}
			a.w -= out
			a.wLong -= outLong
		}
	}
}

// renegotiate: of every commitment, K − S(t) is multiplied by x from then on.
func (tr *refTrial) renegotiate(lab *refLab, t float64) {
	for _, e := range tr.jumps {
		for _, a := range lab.alliances {
			if e.Op != models.Multiply || e.Path != a.ID+".commitments" {
				continue
			}
			tr.everRenegotiated = true
			x := tr.value(e.By)
			for _, c := range a.commitments {
				// S(t) + x·(done + scale·S(u) − S(t)), in terms of the schedule as signed.
				c.done = tr.dueOf(c, t)*(1-x) + x*c.done
				c.scale *= x
			}
		}
	}
}

// ---- §4 Revenue.

func (tr *refTrial) startRevenue(r models.Revenue) refRevenue {
	return refRevenue{R: tr.value(r.RunRate), μ: math.Log(1 + tr.value(r.Growth.Initial))}
}

// marketSizes are the sums of run rates at the step's beginning, failed labs' too.
func (tr *refTrial) marketSizes() map[string]float64 {
	sizes := map[string]float64{}
	for _, lab := range tr.labs {
		if lab.Revenue.Market != "" {
			sizes[lab.Revenue.Market] += lab.revenue.R
		}
	}
	return sizes
}

// grow moves a run rate over step n and returns the revenue of the step.
func (tr *refTrial) grow(id string, r models.Revenue, st *refRevenue, markets map[string]float64, n int) float64 {
	middle := (float64(n) + 0.5) * Δ
	a := tr.quantity(id+".revenue.growth", 0, math.Inf(-1), math.Inf(1))

	var m, μ1 float64
	if r.Growth.Moves {
		μLong := math.Log(1 + tr.value(r.Growth.LongRun))
		κ := math.Ln2 / tr.value(r.Growth.HalfLife)
		m = μLong + (st.μ-μLong)*(1-math.Exp(-κ*Δ))/(κ*Δ) + a
		μ1 = μLong + (st.μ-μLong)*math.Exp(-κ*Δ)
		if r.GrowthVolatility != nil {
			η := tr.value(*r.GrowthVolatility)
			μ1 += η * math.Sqrt((1-math.Exp(-2*κ*Δ))/(2*κ)) * tr.d.normal(id+".growth", n+1)
		}
	} else {
		m = math.Log(1+tr.value(r.Growth.Initial)) + a
	}
	if r.Logistic && m > 0 {
		M, K := st.R, 0.0
		if r.Ceiling != nil {
			K = tr.value(*r.Ceiling)
		} else {
			M = markets[r.Market]
			for _, market := range tr.s.Markets {
				if market.ID == r.Market {
					K = tr.value(market.Ceiling)
				}
			}
		}
		m *= math.Max(0, 1-M/K)
	}

	σ := tr.glide(r.Volatility, middle)
	R1 := st.R * math.Exp((m-σ*σ/2)*Δ+σ*math.Sqrt(Δ)*tr.d.normal(id+".revenue", n+1))
	revenue := (st.R + R1) / 2 * Δ
	st.R, st.μ = R1, μ1
	return revenue
}

// ---- §6 Demand.

// demand is k·revenue·exp(y' − ½Var y'), less in austerity, and within means after a failure.
func (tr *refTrial) demand(lab *refLab, n int) float64 {
	middle := (float64(n) + 0.5) * Δ
	revenue := tr.now.get(lab.ID + ".revenue")
	k := tr.quantity(lab.ID+".compute.ratio", tr.glide(lab.ComputeRatio, middle), 0, math.Inf(1))
	lab.y = tr.stir(lab.ComputeNoise, lab.y, tr.d.normal(lab.ID+".compute", n+1))
	D := k * revenue * tr.multiplier(lab.ComputeNoise, lab.y, float64(n+1)*Δ)
	if lab.austere {
		tr.everAustere = true
		D *= 1 - tr.value(lab.Funding.Austerity)
	}
	if lab.failed {
		price := 0.0 // of a unit of compute, where the lab runs: Σ w'γ
		for _, a := range lab.alliances {
			price += a.w * a.γ
		}
		D = math.Min(D, revenue*math.Max(0, 1-tr.opex(lab, middle))/price)
	}
	return D
}

func (tr *refTrial) opex(lab *refLab, middle float64) float64 {
	return tr.quantity(lab.ID+".opex", tr.glide(lab.Opex, middle), 0, math.Inf(1))
}

// ---- §5 Shares, migration, churn.

func (tr *refTrial) startShares(lab *refLab) {
	sum, sumLong := 0.0, 0.0
	for _, a := range lab.alliances {
		a.w = tr.value(a.Share.Initial)
		a.wLong = a.w // a bare share counts as its own long run
		if a.Share.Moves {
			a.wLong = tr.value(a.Share.LongRun)
		}
		sum += a.w
		sumLong += a.wLong
	}
	for _, a := range lab.alliances {
		a.w /= sum
		a.wLong /= sumLong
	}
}

// attraction is A = b·γ^(−e).
func (tr *refTrial) attraction(a *refAlliance) float64 {
	return tr.value(a.Attraction) * math.Pow(a.γ, -tr.value(a.lab.PriceSensitivity))
}

// othersAttraction is Σ_{m≠i} A_m.
func (tr *refTrial) othersAttraction(lab *refLab, i int) float64 {
	sum := 0.0
	for m, a := range lab.alliances {
		if m != i {
			sum += tr.attraction(a)
		}
	}
	return sum
}

// migrate takes each share that is a glide towards its long run, and scales all to sum 1.
func (tr *refTrial) migrate(lab *refLab) {
	if len(lab.alliances) == 1 {
		return
	}
	sum := 0.0
	for _, a := range lab.alliances {
		if a.Share.Moves {
			a.w += (a.wLong - a.w) * (1 - math.Exp2(-Δ/tr.value(a.Share.HalfLife)))
		}
		sum += a.w
	}
	for _, a := range lab.alliances {
		a.w /= sum
	}
}

// churn takes a part of each share away and gives it to the others by attraction.
func (tr *refTrial) churn(lab *refLab, n int) {
	t := float64(n) * Δ
	γMean := 0.0
	for _, a := range lab.alliances {
		γMean += a.w * a.γ
	}
	out := make([]float64, len(lab.alliances))
	others := make([]float64, len(lab.alliances))
	for i, a := range lab.alliances {
		ρ := tr.quantity(a.ID+".churn.annual_rate", tr.value(a.Churn.AnnualRate), 0, 1)
		x := tr.quantity(a.ID+".exclusivity.churn_factor", tr.value(a.Exclusivity.ChurnFactor), 0, 1)
		if t >= a.Exclusivity.Until || lab.failed {
			x = 1
		}
		a.z = tr.stir(a.Churn.Noise, a.z, tr.d.normal(a.ID+".churn", n+1))
		ρ *= x * tr.multiplier(a.Churn.Noise, a.z, t+Δ)
		ρ *= math.Pow(a.γ/γMean, tr.value(lab.PriceSensitivity))
		ρ = math.Min(math.Max(ρ, 0), 0.95)
		if others[i] = tr.othersAttraction(lab, i); others[i] > 0 {
			out[i] = a.w * (1 - math.Pow(1-ρ, Δ))
		}
	}
	for j, to := range lab.alliances {
		to.w -= out[j]
		for i := range lab.alliances {
			if i != j && out[i] > 0 {
				to.w += out[i] * tr.attraction(to) / others[i]
			}
		}
	}
}

// ---- §7 What is used, what is owed.

func (tr *refTrial) bill(lab *refLab, D, t float64) {
	t1 := t + Δ
	var G, E float64
	for _, a := range lab.alliances {
		d := a.w * a.γ * D
		due := math.Max(0, tr.dueBy(a, t1)-a.q)
		gap, spare := math.Max(0, due-d), math.Max(0, d-due)
		G += gap
		E += spare
		tr.now[a.ID+".desired"] = d
		tr.now[a.ID+".due"] = due
		tr.now[a.ID+".gap"] = gap
		tr.now[a.ID+".spare"] = spare
	}
	r := 0.0
	if G > 0 {
		r = math.Min(1, tr.value(lab.Flexibility)*E/G)
	}
	for _, a := range lab.alliances {
		gap, spare := tr.of(a, "gap"), tr.of(a, "spare")
		use := tr.of(a, "desired") + r*gap
		if E > 0 {
			use -= spare * (r * G / E)
		}
		open := (1 - r) * gap
		shortfall := tr.enforced(a, t) * open

		started, all := 0.0, 0.0
		for _, c := range a.commitments {
			all += tr.amountOf(c)
			if c.Start < t1 {
				started += tr.amountOf(c)
			}
		}
		before := a.q
		a.q = math.Min(a.q+use+open, started)
		tr.now[a.ID+".credited"] = math.Max(0, a.q-before)

		tr.now[a.ID+".use"] = use
		tr.now[a.ID+".open"] = open
		tr.now[a.ID+".shortfall"] = shortfall
		tr.now[a.ID+".billed"] = use + shortfall
		tr.now[a.ID+".backlog"] = all - a.q
	}
}

// enforced is the mean over the commitments, weighted by what each adds to S in the step.
func (tr *refTrial) enforced(a *refAlliance, t float64) float64 {
	sum, weights := 0.0, 0.0
	for i, c := range a.commitments {
		weight := tr.dueOf(c, t+Δ) - tr.dueOf(c, t)
		path := fmt.Sprintf("%s.commitments.%d.enforced", a.ID, i)
		sum += weight * tr.quantity(path, tr.value(c.Enforced), 0, 1)
		weights += weight
	}
	if weights == 0 {
		return 0 // nothing falls due, so nothing is open
	}
	return sum / weights
}

// ---- §3 and §8 Money between partners.

func (tr *refTrial) payPartners(lab *refLab, t float64) {
	revenue := tr.now.get(lab.ID + ".revenue")
	for _, a := range lab.alliances {
		share := 0.0
		if t < a.RevenueShare.Until && !lab.failed {
			rate := tr.quantity(a.ID+".revenue_share.rate", tr.value(a.RevenueShare.Rate), 0, 1)
			share = rate * revenue
			if a.RevenueShare.Cap != nil {
				share = math.Min(share, tr.value(*a.RevenueShare.Cap)-a.received)
			}
		}
		a.received += share
		tr.now[a.ID+".revenue_share"] = share

		Q := 0.0
		if t < a.Resale.Until {
			Q = revenue * tr.quantity(a.ID+".resale.pull_through", tr.value(a.Resale.PullThrough), 0, math.Inf(1))
		}
		tr.now[a.ID+".resale"] = Q
	}
}

// worth is the enterprise value V = multiple·exp(v − ½Var v)·R at t.
func (tr *refTrial) worth(lab *refLab, t float64) float64 {
	multiple, noise := 0.0, (*models.Noise)(nil)
	if lab.Valuation != nil {
		multiple, noise = tr.glide(lab.Valuation.Multiple, t), lab.Valuation.Noise
	}
	multiple = tr.quantity(lab.ID+".valuation.multiple", multiple, 0, math.Inf(1))
	return multiple * tr.multiplier(noise, lab.v, t) * lab.revenue.R
}

// equityValue is W = V + max(0, X).
func (tr *refTrial) equityValue(lab *refLab, t float64) float64 {
	return tr.worth(lab, t) + math.Max(0, lab.X)
}

// hold gives an investor a stake in the lab of a, and finds where it counts (§3): for the
// alliance of the cloud that the investor owns, the one where it is written if that is one,
// else the first in the file; for the investor alone if it owns no cloud.
func (tr *refTrial) hold(a *refAlliance, investor string, stake float64) *refHolding {
	h := &refHolding{stake: stake, investor: investor}
	if a.cloud.Owner == investor {
		h.home = a
	} else {
		for _, b := range a.lab.alliances {
			if b.cloud.Owner == investor {
				h.home = b
				break
			}
		}
	}
	a.lab.holdings = append(a.lab.holdings, h)
	return h
}

// payTranches pays what falls due at the beginning of a step, all at one price.
func (tr *refTrial) payTranches(lab *refLab, t float64) {
	for _, a := range lab.alliances {
		tr.now[a.ID+".invested"] = 0
	}
	for _, i := range tr.s.Investors {
		tr.now[i.ID+".invested"] += 0
	}
	lab.trancheIn = 0
	if lab.failed {
		return
	}
	type paid struct {
		a *refAlliance
		t *refTranche
	}
	var now []paid
	for _, a := range lab.alliances {
		for _, tranche := range a.tranches {
			var due bool
			switch {
			case tranche.RunRate != nil:
				due = lab.revenue.R >= tr.value(*tranche.RunRate)
			case tranche.Billed != nil:
				due = a.billed >= tr.value(*tranche.Billed)
			default:
				due = t >= tranche.On
			}
			if due && !tranche.paid && t < tranche.By {
				tranche.paid = true
				now = append(now, paid{a, tranche})
				lab.trancheIn += tr.value(tranche.Amount)
			}
		}
	}
	if lab.trancheIn == 0 {
		return
	}
	W := tr.equityValue(lab, t)
	for _, h := range lab.holdings {
		h.stake *= W / (W + lab.trancheIn)
	}
	for _, p := range now {
		amount := tr.value(p.t.Amount)
		h := tr.hold(p.a, p.t.Investor, amount/(W+lab.trancheIn))
		if h.home != nil {
			tr.now[h.home.ID+".invested"] += amount
		} else {
			tr.now[h.investor+".invested"] += amount
		}
	}
}

// ---- §9 Cash, funding, failure.

// moveCash takes cash and valuation to the step's end, raises if the lab must and can, and
// says whether the lab fails.
func (tr *refTrial) moveCash(lab *refLab, n int) bool {
	middle, t1 := (float64(n)+0.5)*Δ, float64(n+1)*Δ
	var noise *models.Noise
	if lab.Valuation != nil {
		noise = lab.Valuation.Noise
	}
	lab.v = tr.stir(noise, lab.v, tr.d.normal(lab.ID+".valuation", n+1))
	if lab.Funding != nil {
		κ := math.Ln2 / tr.value(lab.Funding.HalfLife)
		lab.f = lab.f*math.Exp(-κ*Δ) + math.Sqrt(1-math.Exp(-2*κ*Δ))*tr.d.normal(lab.ID+".funding", n+1)
	}

	lab.austere = false
	tr.now[lab.ID+".raised"] = 0
	if lab.Cash == nil || lab.failed {
		return false
	}
	F := tr.now.get(lab.ID+".revenue") * (1 - tr.opex(lab, middle))
	for _, a := range lab.alliances {
		F -= tr.of(a, "revenue_share") + tr.of(a, "billed")
	}
	lab.X += lab.trancheIn + F
	burn := math.Max(0, -F/Δ)

	if lab.Funding != nil {
		needed := tr.value(lab.Funding.Runway) * burn
		if burn > 0 && lab.X < needed {
			A := tr.raise(lab, burn, t1)
			tr.now[lab.ID+".raised"] = A
			lab.X += A
		}
		lab.austere = lab.X < needed && lab.X >= 0
	}
	return lab.X < 0
}

// raise dilutes the holders and returns what the lab gets.
func (tr *refTrial) raise(lab *refLab, burn, t1 float64) float64 {
	fu := lab.Funding
	availability := tr.quantity(lab.ID+".funding.availability", tr.value(fu.Availability), 0, 1)
	W := tr.equityValue(lab, t1)
	if !(lab.f > normalQuantile(1-availability)) {
		W *= tr.value(fu.Distress)
		tr.everDistressed = true
	}
	if W == 0 {
		return 0 // nobody buys a part of nothing
	}
	δ := 1 - math.Pow(1-tr.value(fu.MaxDilution), Δ)
	A := math.Min(tr.value(fu.Raise)*burn, W*δ/(1-δ))
	for _, h := range lab.holdings {
		h.stake *= W / (W + A)
	}
	return A
}

// normalQuantile is Φ⁻¹.
func normalQuantile(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// fail is what is left when the step in which the lab fails is over.
func (tr *refTrial) fail(lab *refLab) {
	lab.failed = true
	lab.revenue.R *= tr.value(lab.Failure.Retained)
	lab.X = 0
	lab.holdings = nil
	for _, a := range lab.alliances {
		a.commitments = nil
		a.q = 0
	}
}

// ---- §10 The cloud's side.

// build builds and wears the plant of an alliance.
func (tr *refTrial) build(a *refAlliance, n int) {
	tr.now[a.ID+".built"] = 0
	tr.now[a.ID+".idle_cost"] = 0
	if a.Capital == nil {
		return
	}
	t := float64(n) * Δ
	use := tr.of(a, "use")
	v, ℓ, L := tr.value(a.Capital.Intensity), tr.value(a.Capital.Life), tr.value(a.Capital.Lead)
	if n == 0 {
		a.A = v * use / Δ
	}
	rate := use / Δ
	if !a.lab.failed {
		rate = math.Max(rate, (tr.dueBy(a, t+L+Δ)-tr.dueBy(a, t+L))/Δ)
	}
	missing := math.Max(0, v*rate-a.A)
	atOnce := 1.0
	if L > 0 {
		atOnce = math.Min(1, Δ/L)
	}
	built := math.Min(missing, a.A*(math.Exp(Δ/ℓ)-1)+missing*atOnce)
	idle := (1 - tr.redeployable(a)) * math.Max(0, a.A+built-v*use/Δ)
	a.A = (a.A + built) * math.Exp(-Δ/ℓ)
	tr.now[a.ID+".built"] = built
	tr.now[a.ID+".idle_cost"] = idle * (1 - math.Exp(-Δ/ℓ))
}

func (tr *refTrial) redeployable(a *refAlliance) float64 {
	if a.Capital == nil {
		return 0
	}
	return tr.value(a.Capital.Redeployable)
}

// ---- §11 Exposure and loss.

// expose measures one alliance at the step's end, through the failure if the lab fails.
func (tr *refTrial) expose(a *refAlliance, fails bool) {
	W1 := tr.measuredEquityValue(a.lab)
	stake := 0.0
	for _, h := range a.lab.holdings {
		if h.home == a {
			stake += h.stake
		}
	}
	receivable := tr.of(a, "billed") / Δ * tr.value(a.ReceivableDays) / 365
	equity := stake * W1

	var recovered, loss, failureFlow float64
	if fails {
		recovery, retained := tr.value(a.lab.Failure.Recovery), tr.value(a.lab.Failure.Retained)
		writeOff := 0.0
		if a.Capital != nil {
			kept := tr.value(a.Capital.Intensity) * retained * tr.of(a, "use") / Δ
			writeOff = (1 - tr.redeployable(a)) * math.Max(0, a.A-kept)
			a.A = math.Min(a.A, kept)
		}
		recovered = recovery * equity
		loss = (1-recovery)*(equity+receivable) + writeOff
		failureFlow = recovered - (1-recovery)*receivable - writeOff
		equity, receivable = 0, 0
		tr.now[a.ID+".backlog"] = 0
	}
	tr.now[a.ID+".receivable"] = receivable
	tr.now[a.ID+".equity"] = equity
	tr.now[a.ID+".credit_exposure"] = receivable + (1-tr.redeployable(a))*a.A
	tr.now[a.ID+".exposure"] = equity + tr.of(a, "credit_exposure")
	tr.now[a.ID+".loss"] = loss
	tr.now[a.ID+".recovered"] = recovered
	tr.now[a.ID+".failure_flow"] = failureFlow
}

// measuredEquityValue is W' of the current step, nothing once the lab has failed.
func (tr *refTrial) measuredEquityValue(lab *refLab) float64 {
	if lab.failed {
		return 0
	}
	return tr.equityValue(lab, tr.end)
}

// record adds up the flow to the cloud's owner (§11) and notes the alliance's other figures.
func (tr *refTrial) record(a *refAlliance) {
	m := tr.quantity(a.ID+".margin", tr.value(a.Margin), math.Inf(-1), 1)
	tr.now[a.ID+".share"] = a.w
	tr.now[a.ID+".plant"] = a.A
	tr.now[a.ID+".flow"] = m*tr.of(a, "use") + tr.of(a, "shortfall") +
		(tr.value(a.Resale.Margin)-tr.value(a.Resale.Payback))*tr.of(a, "resale") +
		tr.of(a, "revenue_share") - tr.of(a, "idle_cost") - tr.of(a, "invested") + tr.of(a, "failure_flow")
	tr.now[a.ID+".supplied"] = 0
	for _, i := range tr.s.Investors {
		if a.Supplier != nil && a.Supplier.Investor == i.ID {
			tr.now[a.ID+".supplied"] = tr.value(a.Supplier.Share) * tr.of(a, "built")
			tr.now[i.ID+".supplied"] += tr.of(a, "supplied")
		}
	}
}

// exposeInvestors measures those that own no cloud: equity, and what they recover.
func (tr *refTrial) exposeInvestors(lab *refLab, fails bool) {
	W1 := tr.measuredEquityValue(lab)
	for _, h := range lab.holdings {
		switch {
		case h.home != nil:
		case fails:
			tr.now[h.investor+".recovered"] += tr.value(lab.Failure.Recovery) * h.stake * W1
		default:
			tr.now[h.investor+".equity"] += h.stake * W1
		}
	}
}

func (tr *refTrial) recordLab(lab *refLab) {
	tr.now[lab.ID+".run_rate"] = lab.revenue.R
	tr.now[lab.ID+".cash"] = lab.X
	tr.now[lab.ID+".valuation"] = tr.measuredEquityValue(lab)
	tr.now[lab.ID+".alive"] = 1
	if lab.failed {
		tr.now[lab.ID+".alive"] = 0
	}
	tr.now[lab.ID+".compute"] = 0
	tr.now[lab.ID+".billed"] = 0
	for _, a := range lab.alliances {
		tr.now[lab.ID+".compute"] += tr.of(a, "use")
		tr.now[lab.ID+".billed"] += tr.of(a, "billed")
	}
}

func (tr *refTrial) recordCloud(c *refCloud) {
	labRevenue := 0.0
	for _, a := range c.alliances {
		labRevenue += tr.of(a, "billed") + tr.of(a, "resale") + tr.of(a, "revenue_share")
	}
	tr.now[c.ID+".lab_revenue"] = labRevenue
	tr.now[c.ID+".revenue"] = tr.now.get(c.ID+".core") + labRevenue
	for _, m := range []string{"exposure", "equity", "credit_exposure", "plant", "backlog", "supplied", "loss", "flow"} {
		sum := 0.0
		for _, a := range c.alliances {
			sum += tr.of(a, m)
		}
		tr.now[c.ID+"."+m] = sum
	}
}

func (tr *refTrial) recordInvestors() {
	for _, i := range tr.s.Investors {
		for _, m := range []string{"equity", "supplied", "recovered"} {
			tr.now[i.ID+"."+m] += 0
		}
		tr.now[i.ID+".flow"] = tr.now.get(i.ID+".recovered") - tr.now.get(i.ID+".invested")
	}
}

// ---- §14 Metrics.

// refMetrics is the table of §14, but for gigawatts and concentration.
var refMetrics = map[string]struct{ stocks, flows []string }{
	"lab": {
		[]string{"run_rate", "cash", "valuation", "alive"},
		[]string{"revenue", "compute", "billed", "raised"},
	},
	"alliance": {
		[]string{"share", "backlog", "exposure", "equity", "credit_exposure", "plant"},
		[]string{"use", "shortfall", "credited", "billed", "invested", "revenue_share", "resale", "loss", "flow"},
	},
	"cloud": {
		[]string{"exposure", "equity", "credit_exposure", "plant", "backlog"},
		[]string{"revenue", "lab_revenue", "supplied", "loss", "flow"},
	},
	"investor": {
		[]string{"equity"},
		[]string{"invested", "supplied"},
	},
}

func (tr *refTrial) metrics(steps []refStep) map[string][]float64 {
	out := map[string][]float64{}
	perYear := func(kind, id string) {
		for _, m := range refMetrics[kind].stocks {
			name := id + "." + m
			for year := range tr.s.Years {
				out[name] = append(out[name], steps[(year+1)*stepsPerYear-1].get(name))
			}
		}
		for _, m := range refMetrics[kind].flows {
			name := id + "." + m
			for year := range tr.s.Years {
				sum := 0.0
				for _, step := range steps[year*stepsPerYear : (year+1)*stepsPerYear] {
					sum += step.get(name)
				}
				out[name] = append(out[name], sum)
			}
		}
	}
	total := func(name string) float64 {
		sum := 0.0
		for _, step := range steps {
			sum += step.get(name)
		}
		return sum
	}
	last := func(name string) float64 { return steps[len(steps)-1].get(name) }
	// npv = Σ e^(−δ(t + Δ/2))·flow + e^(−δ·years)·equity at the horizon, δ = ln(1 + discount_rate)
	npv := func(id string) float64 {
		δ := math.Log(1 + tr.value(tr.s.DiscountRate))
		sum := math.Exp(-δ*float64(tr.s.Years)) * last(id+".equity")
		for n, step := range steps {
			sum += math.Exp(-δ*(float64(n)+0.5)*Δ) * step.get(id+".flow")
		}
		return sum
	}

	for _, lab := range tr.labs {
		perYear("lab", lab.ID)
		failed, when := 0.0, math.NaN()
		for n, step := range steps {
			if step.get(lab.ID+".fails") == 1 {
				failed, when = 1, float64(n+1)*Δ
			}
		}
		out[lab.ID+".failed"] = []float64{failed}
		out[lab.ID+".failure_time"] = []float64{when}
	}
	for _, a := range tr.alliances {
		perYear("alliance", a.ID)
		if tr.s.GigawattYear != nil {
			for _, use := range out[a.ID+".use"] {
				out[a.ID+".gigawatts"] = append(out[a.ID+".gigawatts"], use/tr.value(*tr.s.GigawattYear))
			}
		}
		put := total(a.ID+".invested") + a.cost
		out[a.ID+".npv"] = []float64{npv(a.ID)}
		out[a.ID+".round_trip"] = []float64{ratio(total(a.ID+".billed"), put)}
		out[a.ID+".moic"] = []float64{ratio(last(a.ID+".equity")+total(a.ID+".recovered"), put)}
	}
	for _, c := range tr.clouds {
		perYear("cloud", c.ID)
		for year := range tr.s.Years {
			out[c.ID+".concentration"] = append(out[c.ID+".concentration"],
				ratio(out[c.ID+".lab_revenue"][year], out[c.ID+".revenue"][year]))
		}
		peak := math.Inf(-1)
		for _, step := range steps {
			peak = math.Max(peak, step.get(c.ID+".exposure"))
		}
		out[c.ID+".npv"] = []float64{npv(c.ID)}
		out[c.ID+".loss_total"] = []float64{total(c.ID + ".loss")}
		out[c.ID+".peak_exposure"] = []float64{peak}
		out[c.ID+".breakeven_time"] = []float64{breakeven(steps, c.ID+".flow")}
	}
	for _, i := range tr.s.Investors {
		perYear("investor", i.ID)
		out[i.ID+".npv"] = []float64{npv(i.ID)}
	}
	for _, m := range tr.s.Metrics {
		for k := range out[m.Of[0]] {
			code := expr.New() // of constants, so that it computes at once
			var of []expr.X
			for _, name := range m.Of {
				of = append(of, code.Const(out[name][k]))
			}
			x, _ := m.Combine(of).Constant()
			out[m.Name] = append(out[m.Name], x)
		}
	}
	return out
}

// ratio has no value where the denominator is 0.
func ratio(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

// breakeven is the end of the first step at which the cumulated flow is ≥ 0 after having
// been < 0; 0 where it never was; no value where it stays there.
func breakeven(steps []refStep, flow string) float64 {
	sum, below := 0.0, false
	for n, step := range steps {
		sum += step.get(flow)
		if sum < 0 {
			below = true
		} else if below {
			return float64(n+1) * Δ
		}
	}
	if below {
		return math.NaN()
	}
	return 0
}

// differences lists, sorted, where two trials differ by more than tolerance, relative to the
// larger number or, below a billion, absolutely. No value is equal to no value only.
func differences(want, got map[string][]float64, tolerance float64) []string {
	var list []string
	for name, values := range want {
		if len(got[name]) != len(values) {
			list = append(list, fmt.Sprintf("%s has %d values, want %d", name, len(got[name]), len(values)))
			continue
		}
		for i, x := range values {
			y := got[name][i]
			scale := math.Max(1, math.Max(math.Abs(x), math.Abs(y)))
			if math.IsNaN(x) != math.IsNaN(y) || math.Abs(x-y) > tolerance*scale {
				list = append(list, fmt.Sprintf("%s[%d] = %.12g, want %.12g", name, i, y, x))
			}
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			list = append(list, name+" is not a metric of the model")
		}
	}
	slices.Sort(list)
	return list
}
