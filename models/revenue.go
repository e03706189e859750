package models

import (
	"math"

	"entente/sim"
	"entente/sim/vec"
)

// revenueState is where revenue shows.
type revenueState struct {
	runRate sim.Column // R; after the step's process, R'
	flow    sim.Column // of the step
	market  int        // index into System.Markets, or −1
	process *revenueProcess
}

// revenueProcess is the growth model of Schwartz and Moon, "Rational Pricing of Internet
// Companies" (Financial Analysts Journal, 2000), without its risk adjustment, and with the
// mean of the decaying growth over the step in the drift. With κ = ln 2/growth.half_life:
//
//	m    = μ̄ + (μ − μ̄)(1 − e^(−κΔ))/(κΔ) + a
//	R'   = R·exp((m − ½σ²)Δ + σ√Δ·ε₁)
//	μ'   = μ̄ + (μ − μ̄)e^(−κΔ) + η·√((1 − e^(−2κΔ))/(2κ))·ε₂
//	flow = ½(R + R')Δ
//
// where μ is log growth per year, μ(0) = ln(1 + growth.initial), μ̄ = ln(1 +
// growth.long_run), a what effects add, σ the volatility of revenue, η that of growth. ln R
// is Gaussian, with a mean and a variance known in closed form, to which the tests hold it.
// Logistic: where m is positive it is multiplied by max(0, 1 − M/K), with M the run rate and
// K the ceiling, of the entity itself or of its market.
type revenueProcess struct {
	initial, growth, longRun, halfLife, growthVolatility sim.Column
	moves                                                bool // growth is a glide
	a, σ, ε1, ε2                                         sim.Column
	logistic                                             bool
	sold, ceiling                                        sim.Column // M and K
	μ, μBar, drift, left, sd                             sim.Column // drift: (1 − e^(−κΔ))/(κΔ)
	runRate, flow                                        sim.Column
}

// revenue prepares an entity's revenue. Its process is added by revenues, because that of a
// market needs all of its labs.
func (c *compiler) revenue(id string, r *Revenue) revenueState {
	zero := c.constant(0)
	p := &revenueProcess{
		initial: c.value(r.RunRate), growth: c.value(r.Growth.Initial), moves: r.Growth.Moves,
		longRun: zero, halfLife: c.constant(1), growthVolatility: zero,
		a:  c.quantity(id+".revenue.growth", zero, math.Inf(-1), math.Inf(1)),
		σ:  c.glide(r.Volatility, stepYears/2),
		ε1: zero, ε2: zero,
		logistic: r.Logistic,
		μ:        c.column(), μBar: c.column(), drift: c.column(), left: c.column(), sd: c.column(),
		runRate: c.column(), flow: c.column(),
	}
	if r.Growth.Moves {
		p.longRun, p.halfLife = c.value(r.Growth.LongRun), c.value(r.Growth.HalfLife)
		if r.GrowthVolatility != nil && !isZero(*r.GrowthVolatility) {
			p.growthVolatility = c.value(*r.GrowthVolatility)
			p.ε2 = c.shock(id + ".growth")
		}
	}
	if !neverMovesFrom(r.Volatility, 0) {
		p.ε1 = c.shock(id + ".revenue")
	}
	s := revenueState{runRate: p.runRate, flow: p.flow, market: -1, process: p}
	if r.Logistic {
		if r.Market == "" {
			p.sold, p.ceiling = p.runRate, c.value(*r.Ceiling)
		} else {
			for i, m := range c.system.Markets {
				if m.ID == r.Market {
					s.market = i
				}
			}
		}
	}
	return s
}

// revenues adds the revenue processes of labs and clouds, after what their markets sold at
// the step's beginning.
func (c *compiler) revenues() {
	for k, m := range c.system.Markets {
		sum := &marketProcess{sold: c.column()}
		ceiling := c.value(m.Ceiling)
		for _, l := range c.labs {
			if l.revenue.market == k {
				sum.runRates = append(sum.runRates, l.revenue.runRate)
				l.revenue.process.sold, l.revenue.process.ceiling = sum.sold, ceiling
			}
		}
		c.add(sum)
	}
	for _, l := range c.labs {
		c.add(l.revenue.process)
	}
	for _, cl := range c.clouds {
		c.add(cl.revenue.process)
	}
}

// marketProcess sums the run rates of a market's labs, those of failed ones too.
type marketProcess struct {
	noStart
	runRates []sim.Column
	sold     sim.Column
}

func (p *marketProcess) Step(b *sim.Batch, _ int) {
	sold := b.Col(p.sold)
	clear(sold)
	for _, r := range p.runRates {
		for i, x := range b.Col(r) {
			sold[i] += x
		}
	}
}

func (p *revenueProcess) Start(b *sim.Batch) {
	copy(b.Col(p.runRate), b.Col(p.initial))
	growth, longRun, halfLife, η := b.Col(p.growth), b.Col(p.longRun), b.Col(p.halfLife), b.Col(p.growthVolatility)
	μ, μBar, drift, left, sd := b.Col(p.μ), b.Col(p.μBar), b.Col(p.drift), b.Col(p.left), b.Col(p.sd)
	for i := range μ {
		μ[i] = math.Log1p(growth[i])
		if !p.moves {
			μBar[i], drift[i], left[i], sd[i] = μ[i], 1, 1, 0
			continue
		}
		μBar[i] = math.Log1p(longRun[i])
		var gone float64
		left[i], gone = decay(halfLife[i])
		drift[i] = gone / (math.Ln2 / halfLife[i] * stepYears)
		sd[i] = η[i] * spread(halfLife[i])
	}
}

func (p *revenueProcess) Step(b *sim.Batch, _ int) {
	a, σ, ε1, ε2 := b.Col(p.a), b.Col(p.σ), b.Col(p.ε1), b.Col(p.ε2)
	μ, μBar, drift, left, sd := b.Col(p.μ), b.Col(p.μBar), b.Col(p.drift), b.Col(p.left), b.Col(p.sd)
	runRate, flow := b.Col(p.runRate), b.Col(p.flow)
	growth := flow // R'/R, until the flow is known
	var sold, ceiling []float64
	if p.logistic {
		sold, ceiling = b.Col(p.sold), b.Col(p.ceiling)
	}
	sqrtStep := math.Sqrt(stepYears)
	for i := range runRate {
		m := μBar[i] + (μ[i]-μBar[i])*drift[i] + a[i]
		if p.logistic && m > 0 {
			m *= max(0, 1-sold[i]/ceiling[i])
		}
		growth[i] = (m-σ[i]*σ[i]/2)*stepYears + σ[i]*sqrtStep*ε1[i]
		μ[i] = μBar[i] + (μ[i]-μBar[i])*left[i] + sd[i]*ε2[i]
	}
	vec.Exp(growth, growth)
	for i := range runRate {
		before := runRate[i]
		after := before * growth[i]
		flow[i] = (before + after) / 2 * stepYears
		runRate[i] = after
	}
}
