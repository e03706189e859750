package models

import (
	"math"

	"entente/sim/expr"
)

// revenueState is the growth model of Schwartz and Moon, "Rational Pricing of Internet
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
type revenueState struct {
	*Revenue
	id      string
	ceiling expr.X // of its own
	effects quantity
	σ       glide // times √Δ

	μBar, drift expr.X // μ̄Δ, (1 − e^(−κΔ))/κ
	away        expr.X // μ − μ̄
	left, sd    expr.X // e^(−κΔ), and the standard deviation of a step of μ

	runRate expr.X // R; once the step's revenue is known, R'
	flow    expr.X // of the step
}

func (c *compiler) revenue(id string, r *Revenue) *revenueState {
	s := &revenueState{
		Revenue: r, id: id,
		effects: c.quantity(id+".revenue.growth", math.Inf(-1), math.Inf(1)),
		σ:       c.glide(r.Volatility, stepYears/2).times(math.Sqrt(stepYears)),
		μBar:    expr.Log1p(c.value(r.Growth.Initial)),
		drift:   c.zero, away: c.zero, left: c.one, sd: c.zero,
		runRate: c.value(r.RunRate), flow: c.zero,
	}
	if r.Ceiling != nil {
		s.ceiling = c.value(*r.Ceiling)
	}
	if r.Growth.Moves {
		halfLife := c.value(r.Growth.HalfLife)
		μ, gone := s.μBar, expr.X{}
		s.left, gone = c.decay(halfLife)
		s.drift = gone.Mul(halfLife.Times(1 / math.Ln2))
		s.μBar = expr.Log1p(c.value(r.Growth.LongRun))
		s.away = μ.Sub(s.μBar)
		if r.GrowthVolatility != nil {
			s.sd = c.value(*r.GrowthVolatility).Mul(c.spread(halfLife))
		}
	}
	s.μBar = s.μBar.Times(stepYears)
	return s
}

// marketState is a ceiling that is shared.
type marketState struct {
	*Market
	ceiling expr.X
	room    expr.X // max(0, 1 − M/K)
}

func (c *compiler) market(m *Market) *marketState {
	return &marketState{Market: m, ceiling: c.value(m.Ceiling)}
}

// earn moves the revenue of labs and clouds by a step. What a market's labs sell, failed ones
// too, is taken at the step's beginning.
func (c *compiler) earn() {
	room := func(sold, ceiling expr.X) expr.X { return sold.Div(ceiling).OneMinus().Positive() }
	for _, m := range c.markets {
		sold := c.zero
		for _, l := range c.labs {
			if l.Revenue.Market == m.ID {
				sold = sold.Add(l.revenue.runRate)
			}
		}
		m.room = room(sold, m.ceiling)
	}
	grow := func(r *revenueState) {
		switch {
		case !r.Logistic:
			c.grow(r, c.one)
		case r.Market == "":
			c.grow(r, room(r.runRate, r.ceiling))
		default:
			for _, m := range c.markets {
				if m.ID == r.Market {
					c.grow(r, m.room)
				}
			}
		}
	}
	for _, l := range c.labs {
		grow(l.revenue)
	}
	for _, cl := range c.clouds {
		grow(cl.revenue)
	}
}

// grow moves a revenue by a step, with the room that is left below its ceiling.
func (c *compiler) grow(r *revenueState, room expr.X) {
	m := r.μBar.Add(r.away.Mul(r.drift)).Add(c.under(r.effects, c.zero).Times(stepYears)) // times Δ
	m = m.Min(m.Mul(room))                                                                // room is at most 1: less where m is above 0
	σ := r.σ.move()
	ε1, ε2 := c.shock(r.id+".revenue", σ), c.shock(r.id+".growth", r.sd)
	after := r.runRate.Mul(expr.Exp(m.Add(σ.Mul(ε1.Sub(σ.Times(0.5))))))
	r.away = r.away.Mul(r.left).Add(r.sd.Mul(ε2))
	r.flow = r.runRate.Add(after).Times(stepYears / 2)
	r.runRate = after
}
