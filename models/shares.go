package models

import (
	"math"

	"entente/sim/expr"
)

// The shares w of a lab's compute move over its alliances, in this order:
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

// mostChurn bounds the annual rate of churn after noise and price.
const mostChurn = 0.95

// leastPrice is the lowest price of a unit of compute, relative to the market.
const leastPrice = 0.01

// shareState is what moves an alliance's share.
type shareState struct {
	share, longRunShare expr.X // w, w*
	migration           expr.X // what of the way from one to the other is gone in a step

	basePrice    expr.X // without effects
	priceEffects quantity
	price        expr.X // γ
	lnAppeal     expr.X // −e·ln γ
	attraction   expr.X // b
	pull         expr.X // A
	elsewhere    expr.X // condition: the others attract
	perPull      expr.X // 1/Σ_{m≠i} A_m, 0 where nothing attracts

	churnRate, churnFactor     expr.X // ρ and x without effects
	rateEffects, factorEffects quantity
	churnNoise                 *noise
}

func (c *compiler) shareState(a *Alliance) shareState {
	s := shareState{
		share: c.value(a.Share.Initial), migration: c.zero,
		basePrice: c.value(a.Price), priceEffects: c.quantity(a.ID+".price", leastPrice, math.Inf(1)),
		attraction: c.value(a.Attraction),
		churnRate:  c.value(a.Churn.AnnualRate), rateEffects: c.quantity(a.ID+".churn.annual_rate", 0, 1),
		churnFactor: c.value(a.Exclusivity.ChurnFactor), factorEffects: c.quantity(a.ID+".exclusivity.churn_factor", 0, 1),
		churnNoise: c.noise(a.Churn.Noise, a.ID+".churn"),
	}
	s.longRunShare = s.share
	if a.Share.Moves {
		s.longRunShare = c.value(a.Share.LongRun)
		_, s.migration = c.decay(c.value(a.Share.HalfLife))
	}
	return s
}

// startShares normalises the shares, and the long-run shares, and finds who has where to go.
func (c *compiler) startShares(l *labState) {
	c.normalise(l, func(a *allianceState) *expr.X { return &a.share })
	c.normalise(l, func(a *allianceState) *expr.X { return &a.longRunShare })
	for _, a := range l.alliances {
		a.elsewhere = c.zero.Less(c.others(a, func(b *allianceState) expr.X { return b.attraction }))
	}
}

// others sums something over the lab's other alliances.
func (c *compiler) others(a *allianceState, of func(*allianceState) expr.X) expr.X {
	sum := c.zero
	for _, b := range a.lab.alliances {
		if b != a {
			sum = sum.Add(of(b))
		}
	}
	return sum
}

// normalise scales a share of each alliance so that they sum to 1. Where all are 0, which a
// distribution with an atom at 0 can bring about, they become equal.
func (c *compiler) normalise(l *labState, of func(*allianceState) *expr.X) {
	if len(l.alliances) == 1 {
		*of(l.alliances[0]) = c.one
		return
	}
	sum := c.zero
	for _, a := range l.alliances {
		sum = sum.Add(*of(a))
	}
	some, per := c.zero.Less(sum), c.one.Div(sum)
	for _, a := range l.alliances {
		w := of(a)
		*w = expr.If(some, w.Mul(per), c.Const(1/float64(len(l.alliances))))
	}
}

// moveShares takes the step's prices and, where an event that moves a share starts, gives a
// fraction of it, and of the long-run share, to the others.
func (c *compiler) moveShares(l *labState) {
	for _, a := range l.alliances {
		a.price = c.under(a.priceEffects, a.basePrice)
		a.lnAppeal = l.dislike.Mul(expr.Log(a.price))
		a.pull = a.attraction.Mul(expr.Exp(a.lnAppeal))
	}
	for _, a := range l.alliances {
		pulls := c.others(a, func(b *allianceState) expr.X { return b.pull })
		a.perPull = expr.If(a.elsewhere, c.one.Div(pulls), c.zero)
	}
	for _, j := range l.moves {
		a := j.alliance
		f := j.event.starts.And(a.elsewhere).Mul(j.by)
		out, outLater := f.Mul(a.share), f.Mul(a.longRunShare)
		a.share, a.longRunShare = a.share.Sub(out), a.longRunShare.Sub(outLater)
		perPull, perPullLater := out.Mul(a.perPull), outLater.Mul(a.perPull)
		for _, b := range l.alliances {
			if b != a {
				b.share = b.share.Add(b.pull.Mul(perPull))
				b.longRunShare = b.longRunShare.Add(b.pull.Mul(perPullLater))
			}
		}
	}
}

// migrate moves the shares that are glides.
func (c *compiler) migrate(l *labState) {
	planned := false
	for _, a := range l.alliances {
		a.share = a.share.Add(a.longRunShare.Sub(a.share).Mul(a.migration))
		planned = planned || a.Share.Moves
	}
	if planned {
		c.normalise(l, func(a *allianceState) *expr.X { return &a.share })
	}
}

// averagePrice is γ̄ = Σ wγ.
func (c *compiler) averagePrice(l *labState) expr.X {
	sum, differ := c.zero, false
	for _, a := range l.alliances {
		sum = sum.Add(a.share.Mul(a.price))
		differ = differ || !isConst(a.price, 1)
	}
	if !differ {
		return c.one
	}
	return sum
}

// churn takes from each share what leaves it, and gives it to the others.
func (c *compiler) churn(l *labState) {
	lnAppeal := l.dislike.Mul(expr.Log(c.averagePrice(l))) // −e·ln γ̄
	var stays, out []expr.X                                // out: per unit of attraction elsewhere
	for _, a := range l.alliances {
		ρ := c.under(a.rateEffects, a.churnRate).Mul(a.elsewhere)
		if timeOf(c.n) < a.Exclusivity.Until {
			x := c.under(a.factorEffects, a.churnFactor)
			ρ = ρ.Mul(expr.If(l.alive, x, c.one))
		}
		// The noise's multiplier and (γ/γ̄)^e are one exponential. None of the factors is negative.
		ρ = ρ.Mul(expr.Exp(a.churnNoise.move(c).Add(lnAppeal).Sub(a.lnAppeal))).Min(c.Const(mostChurn))
		stay := a.share.Mul(expr.Sqrt(expr.Sqrt(ρ.OneMinus()))) // (1 − ρ)^Δ, Δ = 1/4
		stays = append(stays, stay)
		out = append(out, a.share.Sub(stay).Mul(a.perPull))
	}
	for j, a := range l.alliances {
		arrives := c.zero
		for i := range out {
			if i != j {
				arrives = arrives.Add(out[i])
			}
		}
		a.share = stays[j].Add(arrives.Mul(a.pull))
	}
	l.meanPrice = c.averagePrice(l)
}
