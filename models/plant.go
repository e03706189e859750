package models

import (
	"math"

	"entente/sim"
)

// plantProcess is the plant A that the cloud builds for one alliance, of intensity v (dollars
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
type plantProcess struct {
	*allianceState
	wear, worn, pace sim.Column // e^(Δ/ℓ) − 1, 1 − e^(−Δ/ℓ), min(1, Δ/L)
	promised         sim.Column // S(t + L + Δ) − S(t + L)
}

func (c *compiler) plant(a *allianceState) {
	if a.Capital != nil {
		c.add(&plantProcess{a, c.column(), c.column(), c.column(), c.column()})
	}
}

func (p *plantProcess) Start(b *sim.Batch) {
	life, lead := b.Col(p.life), b.Col(p.lead)
	wear, worn, pace := b.Col(p.wear), b.Col(p.worn), b.Col(p.pace)
	for i := range wear {
		// Bounded, because the wear of no plant is none, however short its life.
		wear[i] = min(math.Expm1(stepYears/life[i]), math.MaxFloat64)
		worn[i] = -math.Expm1(-stepYears / life[i])
		pace[i] = 1
		if lead[i] > stepYears {
			pace[i] = stepYears / lead[i]
		}
	}
}

func (p *plantProcess) Step(b *sim.Batch, n int) {
	intensity, redeployable := b.Col(p.intensity), b.Col(p.redeployable)
	wear, worn, pace := b.Col(p.wear), b.Col(p.worn), b.Col(p.pace)
	use, plant, built, idleCost := b.Col(p.use), b.Col(p.plant), b.Col(p.built), b.Col(p.idleCost)
	failed, promised := b.Col(p.lab.failed), b.Col(p.promised)
	clear(promised)
	for _, s := range p.schedules {
		scale, lead, leadNext := b.Col(s.scale), b.Col(s.lead), b.Col(s.leadNext)
		for i := range promised {
			promised[i] += scale[i] * (leadNext[i] - lead[i])
		}
	}
	for i := range plant {
		needed := intensity[i] * use[i] / stepYears
		target := needed
		if failed[i] == 0 {
			target = max(needed, intensity[i]*promised[i]/stepYears)
		}
		A := plant[i]
		if n == 0 {
			A = needed
		}
		short := max(0, target-A)
		build := min(short, A*wear[i]+short*pace[i])
		built[i] = build
		plant[i] = (A + build) * (1 - worn[i])
		idleCost[i] = (1 - redeployable[i]) * max(0, A+build-needed) * worn[i]
	}
}
