package reports

import "fmt"

// unsourced says that an assumption rests on nothing that was published: it names no source, or
// none but a judgement.
func unsourced(refs []*reference) bool {
	for _, r := range refs {
		if r.Grade != "judgement" {
			return false
		}
	}
	return true
}

// unsourcedWords says how many of all assumptions are that.
func (p *page) unsourcedWords(bare, uncertain, all int) string {
	if bare == 0 {
		return "Each names something that was published."
	}
	return fmt.Sprintf("%d of the %d (%s\u00a0%%) have no published source: they are judgements, and %d of these are distributions. They are marked.",
		bare, all, decimal(100*float64(bare)/float64(all), 0), uncertain)
}

// methodSection says in words what was done.
func (p *page) methodSection() {
	errors := "Quantiles are those of the trials (linear interpolation between order statistics). Errors are standard errors of the simulation; digits that they do not support are not shown: an error has at most two significant digits, and its number ends at the same place. The error of a quantile is that of the share of trials below it, taken to the scale of the values by the quantiles beside it (Woodruff). The least and the largest value have none: they are of these trials, and more trials go further. Chances read off a curve carry the error of a proportion, and those of failing Wilson's 95\u00a0% interval"
	if p.R.Run.Sampler != "random" {
		errors += ", of as many independent trials as would have the same standard error: those of the " + p.R.Run.Sampler + " sampler are not independent, and their errors come from how its 16 replicates differ (Student's t)"
	}
	p.add(&section{ID: "method", Title: "Method", Blocks: []block{{Kind: "prose", Text: []string{
		"The scenario is a list of assumptions: numbers, and probability distributions for what is uncertain. Each trial draws one value of every distribution and then moves the world forward in quarters, with shocks of its own in each: the labs' revenue grows (mean-reverting growth, towards a market's ceiling where there is one), they buy compute in proportion, run it where their alliances and their churn send it, pay at least what they have committed to in so far as that is enforced, raise capital when their cash runs short, and fail when it is gone. The clouds build plant for them, hold stakes in them, and lose part of both when a lab fails. One trial is one future; the report describes all of them.",
		errors + ".",
	}}}})
}

// equationSection names the equations that a trial is made of, one step of a quarter each.
func (p *page) equationSection() {
	t := &tableView{
		Caption: "What happens in a step of a quarter, Δ = ¼",
		Head:    []string{"What", "Equation", "In words"},
		Foot:    "A prime marks the end of the step. Every variable is of one trial. MODEL.md, which comes with the program, has all of it.",
	}
	for _, e := range [...][3]string{
		{"Revenue", "R′ = R·exp((m − ½σ²)Δ + σ√Δ·ε₁),  μ′ = μ̄ + (μ − μ̄)e^(−κΔ) + η·√((1 − e^(−2κΔ))/(2κ))·ε₂", "Run rate R grows at the log rate m, the mean over the step of μ on its way to μ̄, with κ = ln 2/half-life. A ceiling, where there is one, slows it. The flow is ½(R + R′)Δ. Schwartz and Moon (2000)."},
		{"Compute", "D = k·revenue·noise,  k(t) = k̄ + (k₀ − k̄)·2^(−t/half-life)", "What the lab wants to buy per dollar of revenue glides from today's ratio to the long-run one."},
		{"Share", "w ← w + (w* − w)(1 − 2^(−Δ/half-life));  out = w·(1 − (1 − ρ)^Δ)", "Each cloud's share of the lab's compute moves to its target w*; the fraction ρ a year churns, more where compute is dear, and goes to the other clouds by their attraction. The shares sum to 1."},
		{"Use", "d = w′·price·D,  use = d + r·gap − spare·(rG/E)", "A flexible lab moves spend that it can spare, E in all, to where a commitment leaves a gap, G in all; r is the part of the gaps that it fills."},
		{"Commitment", "S(t) = K·((t − start)/years)^b,  due = max(0, S − q),  backlog = K − q′", "Of the amount K, S is due by t; b above 1 loads it to the back; q is what has been credited by use, by payment or by waiver."},
		{"Billed", "billed = use + shortfall,  shortfall = enforced·(1 − r)·gap", "Of a gap that stays open the enforced part is paid without use, and the rest waived."},
		{"Cash", "X′ = X + tranches + revenue·(1 − o) − revenue shares − billed + raised", "o: costs other than compute per dollar of revenue."},
		{"Raising", "raised ≤ W′·δ/(1 − δ),  δ = 1 − (1 − max dilution)^Δ", "While capital is to be had, a lab short of its runway sells at most so much of itself."},
		{"Failure", "X′ < 0", "Its equity is worth nothing, its run rate falls, its commitments are void."},
		{"Value of a lab", "W′ = multiple · run rate + max(0, X′)", "The multiple glides to its long-run value, with noise."},
		{"Plant", "A′ = what is left of A + what is built", "Clouds build for the use that they expect, so much plant per yearly use, ordered ahead by its time to build and worn out over its life."},
		{"Exposure", "exposure = stake·W′ + billed/Δ·days/365 + (1 − ζ)·A′", "Equity, receivables, and the part of the plant that could not be used otherwise; ζ is what can."},
		{"Loss", "loss = (1 − recovery)·(equity + receivable) + write-off", "When the lab fails."},
		{"Flow", "flow = margin·use + shortfall + resale + revenue share − idle cost − tranches + failure flow", "To the cloud's owner."},
		{"Value", "npv = Σ e^(−δ(t + Δ/2))·flow + e^(−δT)·equity(T)", "Discounted at δ to the start, over T years."},
	} {
		t.Rows = append(t.Rows, tableRow{Cells: e[:]})
	}
	stats := &tableView{
		Caption: "What is made of the trials x₁ … xₙ",
		Head:    []string{"What", "Equation", "In words"},
	}
	for _, e := range [...][3]string{
		{"Mean", "x̄ = Σ xᵢ / n", "Over the trials that have a value."},
		{"Standard error", "s/√n, or the spread of 16 replicates / √16", "The first of independent trials (sampler random), the second of latin and sobol."},
		{"Quantile", "x₍ₖ₎ + (h − k)(x₍ₖ₊₁₎ − x₍ₖ₎),  h = (n − 1)p + 1,  k = ⌊h⌋", "Interpolated between order statistics."},
		{"Expected shortfall", "ES95 = mean of the highest n/20", ""},
		{"Chance above x", "1 − F(x)", "F interpolates the saved quantiles."},
		{"Goes round", "min(E Σ invested, E Σ received)", "For each alliance, at most."},
	} {
		stats.Rows = append(stats.Rows, tableRow{Cells: e[:]})
	}
	p.add(&section{ID: "equations", Title: "Equations, and what is not in them", Blocks: []block{
		{Kind: "words", Table: t}, {Kind: "words", Table: stats},
		{Heading: "What is not modelled", Text: []string{
			"No taxes, interest on cash, debt of labs, inflation or exchange rates. Clouds do not fail and do not ration: capacity is built for whoever comes. Labs do not act strategically; what they would do is in the numbers of their churn, flexibility and sensitivity to price. Prices do not follow demand, unless an event moves them.",
			"A failed lab is neither bought nor restructured beyond what it retains and what is recovered. Stakes are valued at what the model says that the lab is worth, not at what a seller of so large a stake would get. Money that was put in before the start is in no flow.",
		}},
	}})
}

// glossarySection says what the words mean.
func (p *page) glossarySection() {
	t := &tableView{Caption: "Words of this report", Head: []string{"Word", "What it means"}}
	for _, e := range [...][2]string{
		{"Alliance", "One lab on one cloud, with the terms between them."},
		{"Announced", "The amount of a commitment as the scenario gives it."},
		{"Backlog", "What is committed and neither used, paid nor waived."},
		{"Concentration", "The part of a cloud's revenue that labs bring: what they are billed, the sale of their models, their shares of revenue."},
		{"Credit exposure", "What labs have been billed and not yet paid, and the part of the plant built for them that could not be used otherwise."},
		{"Credited", "Taken off a commitment: by use, by payment without use, or by waiver."},
		{"EE, expected exposure", "The mean over all futures at one date: the dotted line of a fan."},
		{"EPE", "Expected positive exposure: the average of the expected exposure over the year-ends."},
		{"Equity", "An owner's stake in a lab at the model's valuation: a multiple of the run rate, plus cash."},
		{"ES95, ES5, expected shortfall", "The mean of the highest 5\u00a0% of futures; the mean of the lowest 5\u00a0%."},
		{"Exceedance", "The chance of more than a value."},
		{"Exposure", "Equity plus credit exposure, on one day, seen from the cloud's owner."},
		{"Future", "One trial: one draw of every uncertain value and of every shock."},
		{"Loss", "On the failure of a lab: equity and receivables less what is recovered, and the write-off of plant."},
		{"Multiple on capital", "Equity at the end and recovered equity, per dollar put in."},
		{"Net present value, NPV", "All later flows to the owner and its equity at the end, discounted to the start; money spent before is left out."},
		{"p5, p10 … p95", "Quantiles: 5\u00a0% of futures lie below the p5."},
		{"Peak exposure", "The largest exposure at the end of any quarter, future by future."},
		{"PFE, potential future exposure", "A high quantile at one date, such as the p95: the upper edge of a fan."},
		{"Round trip", "Dollars billed per dollar that the cloud's owner put in, the cost of its stakes at the start included."},
		{"Run rate", "Revenue at the pace of that day, per year."},
		{"Shortfall", "What a lab pays without using it, because its commitment is enforced."},
		{"Standard error, ±", "How far the simulation's number may be off because the trials are finitely many. It says nothing of the assumptions."},
		{"With a value", "The share of futures in which the metric exists (a time of failure needs a failure); its other figures are over those."},
	} {
		t.Rows = append(t.Rows, tableRow{Cells: e[:]})
	}
	p.add(&section{ID: "glossary", Title: "Glossary", Blocks: []block{{Kind: "words", Table: t}}})
}
