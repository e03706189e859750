package models

import (
	"math"

	"entente/sim/expr"
)

// plantState is the plant A that the cloud builds for one alliance, of intensity v (dollars
// of plant per dollar of yearly use), life ℓ, lead L and redeployable part ζ:
//
//	target    = v·max(use/Δ, (S(t + L + Δ) − S(t + L))/Δ)     (the second only before a failure)
//	built     = min(max(0, target − A), A·(e^(Δ/ℓ) − 1) + max(0, target − A)·min(1, Δ/L))
//	A'        = (A + built)·e^(−Δ/ℓ)
//	idle cost = (1 − ζ)·max(0, A + built − v·use/Δ)·(1 − e^(−Δ/ℓ))
//
// Wear is replaced at once, growth takes the lead (L = 0: none). Before the first step A is
// v·use/Δ of the first step. Straight exponential wear keeps A' memoryless: there is no
// vintage to follow.
type plantState struct {
	intensity, lead   expr.X // v/Δ, L
	stuck             expr.X // 1 − ζ
	wear, worn, lasts expr.X // e^(Δ/ℓ) − 1, 1 − e^(−Δ/ℓ), e^(−Δ/ℓ)
	pace              expr.X // min(1, Δ/L)

	needed          expr.X // v·use/Δ
	plant           expr.X // A
	built, idleCost expr.X
	bought          expr.X // the supplier's share of what is built
	supplied        expr.X
}

func (c *compiler) plantState(k *Capital) plantState {
	s := plantState{
		intensity: c.zero, lead: c.zero, stuck: c.one,
		needed: c.zero, plant: c.zero, built: c.zero, idleCost: c.zero, bought: c.zero, supplied: c.zero,
	}
	if k == nil {
		return s
	}
	s.intensity = c.value(k.Intensity).Div(c.Const(stepYears))
	s.lead = c.value(k.Lead)
	s.stuck = c.value(k.Redeployable).OneMinus()
	lost := c.Const(-stepYears).Div(c.value(k.Life))
	// Bounded, because the wear of no plant is none, however short its life.
	s.wear = expr.Expm1(lost.Neg()).Min(c.Const(math.MaxFloat64))
	s.worn = expr.Expm1(lost).Neg()
	s.lasts = expr.Exp(lost)
	s.pace = c.Const(stepYears).Div(s.lead.Max(c.Const(stepYears)))
	return s
}

func (c *compiler) buildPlant(a *allianceState) {
	if a.Capital == nil {
		return
	}
	promised := c.zero // S(t + L + Δ) − S(t + L); nothing, once a failure has voided it
	for _, s := range a.schedules {
		promised = promised.Add(s.scale.Mul(s.leadNext.Sub(s.lead)))
	}
	a.needed = a.intensity.Mul(a.use)
	target := a.needed.Max(a.intensity.Mul(promised))
	A := a.plant
	if c.n == 0 {
		A = a.needed
	}
	short := target.Sub(A).Positive()
	a.built = short.Min(A.Mul(a.wear).Add(short.Mul(a.pace)))
	A = A.Add(a.built)
	a.supplied = a.bought.Mul(a.built)
	a.plant = A.Mul(a.lasts)
	a.idleCost = a.stuck.Mul(a.worn).Mul(A.Sub(a.needed).Positive())
}
