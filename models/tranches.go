package models

import "entente/sim"

// trancheState is where a tranche shows.
type trancheState struct {
	*Tranche
	alliance           *allianceState // under which it is written
	holding            *holding
	amount             sim.Column
	dated              bool
	threshold, watched sim.Column // the condition: watched reaches threshold
	paid               sim.Column // 1 once it is
	due                sim.Column // what is paid in the step
}

// tranchesProcess pays the tranches of one lab at the step's beginning: each once, in the
// first step that begins at or after its date or in which its condition holds, until its last
// date, while the lab has not failed. All tranches of one step are priced together at
// W = V + max(0, X), from before the step's draws: each buys amount/(W + Σ amounts), and every
// stake held before is multiplied by W/(W + Σ amounts).
type tranchesProcess struct{ *labState }

func (c *compiler) tranches(l *labState) {
	if len(l.holdings) > 0 {
		c.add(&tranchesProcess{l})
	}
}

func (p *tranchesProcess) Start(b *sim.Batch) {
	for _, t := range p.tranches {
		clear(b.Col(t.paid))
	}
	for _, h := range p.holdings {
		stake := b.Col(h.stake)
		clear(stake)
		for _, s := range h.initial {
			for i, x := range b.Col(s) {
				stake[i] += x
			}
		}
		clear(b.Col(h.equity))
		clear(b.Col(h.recovered))
	}
}

func (p *tranchesProcess) Step(b *sim.Batch, n int) {
	for _, h := range p.holdings {
		clear(b.Col(h.invested))
	}
	paidIn, failed := b.Col(p.paidIn), b.Col(p.failed)
	for _, t := range p.tranches {
		due, paid, amount := b.Col(t.due), b.Col(t.paid), b.Col(t.amount)
		clear(due)
		if timeOf(n) >= t.By || t.dated && timeOf(n) < t.On {
			continue
		}
		var watched, threshold []float64
		if !t.dated {
			watched, threshold = b.Col(t.watched), b.Col(t.threshold)
		}
		for i := range due {
			if paid[i] == 0 && failed[i] == 0 && (t.dated || watched[i] >= threshold[i]) {
				due[i], paid[i] = amount[i], 1
				paidIn[i] += amount[i]
			}
		}
	}

	multiple, tilt, runRate, cash := b.Col(p.multipleBegin), b.Col(p.valuationTilt), b.Col(p.revenue.runRate), b.Col(p.cash)
	for i, sum := range paidIn {
		if sum <= 0 {
			continue
		}
		before := multiple[i]*tilt[i]*runRate[i] + max(0, cash[i])
		for _, h := range p.holdings {
			b.Col(h.stake)[i] *= before / (before + sum)
		}
		for _, t := range p.tranches {
			due := b.Col(t.due)[i]
			b.Col(t.holding.stake)[i] += due / (before + sum)
			b.Col(t.holding.invested)[i] += due
			if a := t.holding.alliance; a != nil {
				b.Col(a.invested)[i] += due
			}
		}
	}
}
