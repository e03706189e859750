package models

import (
	"math"

	"entente/sim"
	"entente/sim/vec"
)

// sharesProcess moves the shares w of a lab's compute over its alliances, in this order:
//
//	moves       of an alliance's w and w*, the fraction f goes to the others by attraction
//	migration   w ← w + (w* − w)(1 − 2^(−Δ/half_life)) where the share is a glide, then Σw = 1
//	churn       γ̄     = Σ wγ
//	            ρ_eff = clamp(ρ·x·(multiplier of the churn noise)·(γ/γ̄)^e, 0, 0.95)
//	            out   = w·(1 − (1 − ρ_eff)^Δ)
//	            w'_j  = w_j − out_j + Σ_{i≠j} out_i·A_j/Σ_{m≠i} A_m
//
// with the attraction A = b·γ^(−e), the price γ, the lab's price sensitivity e, and x the
// exclusivity's churn factor while it lasts. Where Σ_{m≠i} A_m = 0 nothing leaves i; a lab
// with one alliance keeps share 1. The shares sum to 1 and none is negative.
type sharesProcess struct {
	*labState
	planned bool // a share is a glide
	priced  bool // prices differ, or can
	sum     sim.Column
	lnPrice sim.Column // ln γ̄
}

// mostChurn bounds the annual rate of churn after noise and price.
const mostChurn = 0.95

func (c *compiler) sharesOf(l *labState) {
	p := &sharesProcess{labState: l, sum: c.column(), lnPrice: c.column()}
	for _, a := range l.alliances {
		a.churnExponent = c.noiseExponent(a.Churn.Noise, a.ID+".churn")
		p.planned = p.planned || a.Share.Moves
		p.priced = p.priced || a.price != a.basePrice || a.Price.Dist != nil || a.Price.Const != 1
	}
	c.add(p)
}

func (p *sharesProcess) Start(b *sim.Batch) {
	for _, a := range p.alliances {
		copy(b.Col(a.share), b.Col(a.initialShare))
		copy(b.Col(a.longRunShare), b.Col(a.plannedShare))
		halfLife, step := b.Col(a.shareHalfLife), b.Col(a.migration)
		for i := range step {
			_, step[i] = decay(halfLife[i])
		}
		if !a.Share.Moves {
			clear(step)
		}
		p.attract(b, a, b.Col(a.basePrice))
	}
	p.normalise(b, func(a *allianceState) sim.Column { return a.share })
	p.normalise(b, func(a *allianceState) sim.Column { return a.longRunShare })
}

// attract sets an alliance's ln γ and A = b·γ^(−e).
func (p *sharesProcess) attract(b *sim.Batch, a *allianceState, price []float64) {
	attraction, sensitivity, pull, lnPrice := b.Col(a.attraction), b.Col(p.sensitivity), b.Col(a.pull), b.Col(a.lnPrice)
	if !p.priced {
		copy(pull, attraction)
		return
	}
	vec.Log(lnPrice, price)
	for i := range pull {
		pull[i] = -sensitivity[i] * lnPrice[i]
	}
	vec.Exp(pull, pull)
	for i := range pull {
		pull[i] *= attraction[i]
	}
}

// normalise scales a column of each alliance so that they sum to 1. Where all are 0, which a
// distribution with an atom at 0 can bring about, they become equal.
func (p *sharesProcess) normalise(b *sim.Batch, of func(*allianceState) sim.Column) {
	sum := b.Col(p.sum)
	clear(sum)
	for _, a := range p.alliances {
		for i, w := range b.Col(of(a)) {
			sum[i] += w
		}
	}
	for _, a := range p.alliances {
		w := b.Col(of(a))
		for i := range w {
			if sum[i] > 0 {
				w[i] /= sum[i]
			} else {
				w[i] = 1 / float64(len(p.alliances))
			}
		}
	}
}

func (p *sharesProcess) Step(b *sim.Batch, n int) {
	for _, a := range p.alliances {
		if a.price != a.basePrice {
			p.attract(b, a, b.Col(a.price))
		}
	}
	for _, j := range p.moves {
		if !b.Zero(j.starts) {
			p.move(b, j)
		}
	}
	if p.planned {
		p.migrate(b)
	}
	if len(p.alliances) > 1 {
		p.churn(b, n)
	}
	p.averagePrice(b)
}

// averagePrice sets γ̄ = Σ wγ.
func (p *sharesProcess) averagePrice(b *sim.Batch) {
	meanPrice := b.Col(p.meanPrice)
	clear(meanPrice)
	for _, a := range p.alliances {
		share, price := b.Col(a.share), b.Col(a.price)
		for i := range meanPrice {
			meanPrice[i] += share[i] * price[i]
		}
	}
}

// move gives a fraction of one alliance's share, and of its long-run share, to the others.
func (p *sharesProcess) move(b *sim.Batch, j jump) {
	starts, by := b.Col(j.starts), b.Col(j.by)
	for i := range starts {
		if starts[i] == 0 {
			continue
		}
		var others float64
		for _, a := range p.alliances {
			if a != j.alliance {
				others += b.Col(a.pull)[i]
			}
		}
		if others == 0 {
			continue
		}
		now, later := b.Col(j.alliance.share), b.Col(j.alliance.longRunShare)
		out, outLater := by[i]*now[i], by[i]*later[i]
		now[i] -= out
		later[i] -= outLater
		for _, a := range p.alliances {
			if a != j.alliance {
				part := b.Col(a.pull)[i] / others
				b.Col(a.share)[i] += out * part
				b.Col(a.longRunShare)[i] += outLater * part
			}
		}
	}
}

func (p *sharesProcess) migrate(b *sim.Batch) {
	for _, a := range p.alliances {
		if !a.Share.Moves {
			continue
		}
		share, longRun, step := b.Col(a.share), b.Col(a.longRunShare), b.Col(a.migration)
		for i := range share {
			share[i] += (longRun[i] - share[i]) * step[i]
		}
	}
	p.normalise(b, func(a *allianceState) sim.Column { return a.share })
}

func (p *sharesProcess) churn(b *sim.Batch, n int) {
	sensitivity, failed := b.Col(p.sensitivity), b.Col(p.failed)
	lnMeanPrice := b.Col(p.lnPrice)
	if p.priced {
		p.averagePrice(b)
		vec.Log(lnMeanPrice, b.Col(p.meanPrice))
	}
	for k, a := range p.alliances {
		share, rate, factor := b.Col(a.share), b.Col(a.churnRate), b.Col(a.churnFactor)
		exclusive := timeOf(n) < a.Exclusivity.Until
		// The noise's multiplier and (γ/γ̄)^e, as one exponential.
		out, exponent := b.Col(a.out), b.Col(a.churnExponent)
		copy(out, exponent)
		if p.priced {
			for i, lnPrice := range b.Col(a.lnPrice) {
				out[i] += sensitivity[i] * (lnPrice - lnMeanPrice[i])
			}
		}
		vec.Exp(out, out)
		for i := range out {
			ρ := rate[i] * out[i]
			if exclusive && failed[i] == 0 {
				ρ *= factor[i]
			}
			ρ = min(max(ρ, 0), mostChurn)
			out[i] = share[i] * (1 - math.Sqrt(math.Sqrt(1-ρ))) // (1 − ρ)^Δ, Δ = 1/4
		}
		// What leaves per unit of attraction elsewhere.
		perPull := b.Col(a.outPerPull)
		clear(perPull)
		for m, other := range p.alliances {
			if m != k {
				for i, x := range b.Col(other.pull) {
					perPull[i] += x
				}
			}
		}
		for i := range perPull {
			if perPull[i] == 0 {
				out[i] = 0
			} else {
				perPull[i] = out[i] / perPull[i]
			}
		}
	}
	for k, a := range p.alliances {
		share, out, pull := b.Col(a.share), b.Col(a.out), b.Col(a.pull)
		for i := range share {
			share[i] -= out[i]
		}
		for m, other := range p.alliances {
			if m != k {
				for i, x := range b.Col(other.outPerPull) {
					share[i] += x * pull[i]
				}
			}
		}
	}
}
