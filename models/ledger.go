package models

import (
	"fmt"
	"math"

	"entente/sim"
	"entente/sim/expr"
)

// A Ledger says of a model who pays whom, and for what: each line an amount, as an expression,
// with the metrics that it counts for. It is double-entry in that what one party's metric gains
// another's loses by the same line, and the metrics that are sums of payments are the sums of
// their lines (Ledger.Checks). The mechanisms do not know of it: what they found in a step is
// booked when the step is over.
type Ledger struct {
	Sums  []Sum  // the metrics that are sums of lines
	Paths []Path // what is followed from step to step

	entries []entry
	lines   bool // they are booked
}

// A LineKind says what a line is.
type LineKind string

const (
	// Opening is what is there at the start.
	Opening LineKind = "opening"
	// Payment is money that changes hands.
	Payment LineKind = "payment"
	// Charge is a cost or a loss that counts without money changing hands between the parties:
	// the payer bears it.
	Charge LineKind = "charge"
	// Holding is what is held at the horizon: net present values count it.
	Holding LineKind = "holding"
)

// TranchePaid is the reason of what is paid at a step's beginning; all else is known at its end.
const TranchePaid = "tranche"

// Parties that the model has no account of.
const (
	customers    = "customers"
	newInvestors = "new investors"
	others       = "staff and others"
	builders     = "builders"
	creditors    = "creditors"
)

// EstateOf, in front of a lab's id, is what is left of a lab that has failed: not its cash, but
// its assets, which those who take them over pay for.
const EstateOf = "estate of "

// An entry is a line in the making.
type entry struct {
	Line
	amount expr.X
	counts []count
}

type count struct {
	metric string
	sign   float64
	factor expr.X // no value: 1
}

// A Line is one entry of the ledger of one trial.
type Line struct {
	Step         int // −1: at the start; Years·StepsPerYear: at the horizon
	Kind         LineKind
	Payer, Payee string // ids, or words for who has no account; empty: nobody
	Deal         string // the alliance's id; empty: none
	Reason       string
	Amount       float64
	Counts       []Count
}

// A Count is what a line is for a metric: Factor·Amount, where Factor is 1 or −1 or, of a net
// present value, a discount factor with that sign.
type Count struct {
	Metric string
	Factor float64
}

// A Sum is a metric that is a sum of lines: of those of a year, of all, or, of a stock, of all
// up to a year's end.
type Sum struct {
	Metric string
	Kind   sim.Kind
}

// A Path is what something is at the end of each step, or in it.
type Path struct {
	Name, Unit string
	Kind       sim.Kind // Stock: at the end of each step, or a condition that holds in it; Flow: its sum in each step
	Values     []float64

	x []expr.X
}

// CompileLedger is Compile with a ledger. The model is the one that Compile makes: its draws
// and outcomes are the same, bit by bit.
func CompileLedger(s *System) (*sim.Model, *Ledger, error) {
	return compileLedger(s, &Ledger{lines: true})
}

// CompilePaths is CompileLedger without lines: its paths are enough for Happenings.
func CompilePaths(s *System) (*sim.Model, *Ledger, error) {
	return compileLedger(s, &Ledger{})
}

func compileLedger(s *System, l *Ledger) (*sim.Model, *Ledger, error) {
	m, err := compile(s, func(m Draws) Draws { return m }, l)
	return m, l, err
}

// Expressions are what a trial's values must be known of, for Lines and Follow.
func (l *Ledger) Expressions() []expr.X {
	var list []expr.X
	for _, e := range l.entries {
		list = append(list, e.amount)
		for _, n := range e.counts {
			if n.factor.Valid() {
				list = append(list, n.factor)
			}
		}
	}
	for _, p := range l.Paths {
		list = append(list, p.x...)
	}
	return list
}

// Read makes the ledger of one trial of the values of Expressions in it: the lines that are not
// 0, in the order of time and, within a step, of the model, and the paths.
func (l *Ledger) Read(values []float64) ([]Line, []Path) {
	next := func() float64 {
		v := values[0]
		values = values[1:]
		return v
	}
	var lines []Line
	for _, e := range l.entries {
		line := e.Line
		line.Amount = next()
		for _, n := range e.counts {
			factor := n.sign
			if n.factor.Valid() {
				factor *= next()
			}
			line.Counts = append(line.Counts, Count{n.metric, factor})
		}
		if line.Amount != 0 {
			lines = append(lines, line)
		}
	}
	var paths []Path
	for _, p := range l.Paths {
		p.Values = make([]float64, len(p.x))
		for n := range p.Values {
			p.Values[n] = next()
		}
		paths = append(paths, p)
	}
	return lines, paths
}

// A Check compares a metric with the sum of its lines.
type Check struct {
	Metric    string
	Year      int     // from 1; 0: once per trial
	Lines     int     // how many count for it
	Sum       float64 // of them
	Value     float64 // of the metric
	Tolerance float64 // the most that the two may differ by
}

// Holds says that the two agree.
func (k Check) Holds() bool { return math.Abs(k.Sum-k.Value) <= k.Tolerance }

// Half a cent, in billions; and the unit of rounding.
const (
	halfCent = 5e-12
	rounding = 0x1p-53
)

// Checks compares the metrics that are sums with the sums of their lines, which are all lines
// of Read. They may differ by half a cent or, where sums are so large that rounding alone can
// make more of it, by √n·2⁻⁵³·Σ|x| of n lines x, which is what a sum of n numbers is off by if its
// roundings are independent (Higham and Mary, "A New Approach to Probabilistic Rounding Error
// Analysis", 2019; the most that it can be is n·2⁻⁵³·Σ|x|). The lines are summed without that.
func (l *Ledger) Checks(lines []Line, outcomes []sim.Series) []Check {
	type part struct {
		step int
		x    float64
	}
	parts := map[string][]part{} // by metric
	for _, line := range lines {
		for _, n := range line.Counts {
			parts[n.Metric] = append(parts[n.Metric], part{line.Step, n.Factor * line.Amount})
		}
	}
	kinds := map[string]sim.Kind{}
	for _, s := range l.Sums {
		kinds[s.Metric] = s.Kind
	}
	var list []Check
	for _, o := range outcomes {
		kind, ok := kinds[o.Outcome]
		if !ok {
			continue
		}
		check := Check{Metric: o.Outcome, Year: o.Year, Value: o.Values[0]}
		from, to := (o.Year-1)*StepsPerYear, o.Year*StepsPerYear-1
		switch kind {
		case sim.Stock:
			from = -1
		case sim.AtTheEnd:
			check.Year = 0
			from, to = -1, math.MaxInt
		}
		var sum exactly
		var size float64
		for _, p := range parts[o.Outcome] {
			if from <= p.step && p.step <= to {
				check.Lines++
				sum.add(p.x)
				size += math.Abs(p.x)
			}
		}
		check.Sum = sum.value()
		check.Tolerance = max(halfCent, math.Sqrt(float64(check.Lines))*rounding*size)
		list = append(list, check)
	}
	return list
}

// exactly is a sum whose rounding errors are summed too, and added at the end (Neumaier,
// "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974).
type exactly struct{ sum, lost float64 }

func (s *exactly) add(x float64) {
	t := s.sum + x
	if math.Abs(s.sum) >= math.Abs(x) {
		s.lost += (s.sum - t) + x
	} else {
		s.lost += (x - t) + s.sum
	}
	s.sum = t
}

func (s *exactly) value() float64 { return s.sum + s.lost }

// book writes down what the mechanisms found in a step, before failures take effect. Without a
// ledger nothing is done, and nothing computed.
func (c *compiler) book() {
	if c.ledger == nil {
		return
	}
	if c.ledger.lines {
		c.bookLines()
	}
	c.follow()
}

func (c *compiler) bookLines() {
	if c.n == 0 {
		c.open()
	}
	for _, l := range c.labs {
		c.bookLab(l)
	}
	for _, a := range c.alliances {
		c.bookAlliance(a)
	}
	for _, cl := range c.clouds {
		c.line(c.n, Line{Kind: Payment, Payer: customers, Payee: cl.ID, Reason: "core sales"}, cl.revenue.flow,
			plus(cl.ID+".revenue"))
	}
}

// line adds a line, if it is not 0 in every trial.
func (c *compiler) line(step int, line Line, amount expr.X, counts ...[]count) {
	if isZero(amount) {
		return
	}
	line.Step = step
	e := entry{Line: line, amount: amount}
	for _, list := range counts {
		e.counts = append(e.counts, list...)
	}
	c.ledger.entries = append(c.ledger.entries, e)
}

// plus counts a line for metrics.
func plus(metrics ...string) []count { return counts(1, metrics) }

// counts counts a line for metrics or, with the sign −1, against them.
func counts(sign float64, metrics []string) []count {
	var list []count
	for _, m := range metrics {
		list = append(list, count{metric: m, sign: sign})
	}
	return list
}

// flow counts a line for the flow of an alliance and its cloud, and for their net present value.
func (c *compiler) flow(a *allianceState, sign float64) []count {
	return append(counts(sign, []string{a.ID + ".flow", a.Cloud + ".flow"}), discounted(sign, c.now, a.ID+".npv", a.Cloud+".npv")...)
}

func discounted(sign float64, factor expr.X, npvs ...string) []count {
	var list []count
	for _, m := range npvs {
		list = append(list, count{m, sign, factor})
	}
	return list
}

// purse counts a line for or against a lab's cash, if that is followed.
func purse(l *labState, sign float64) []count {
	if l.Cash == nil {
		return nil
	}
	return counts(sign, []string{l.ID + ".cash"})
}

// open says which metrics are sums, and books what is there at the start.
func (c *compiler) open() {
	sums := func(id string, kind sim.Kind, names ...string) {
		for _, name := range names {
			c.ledger.Sums = append(c.ledger.Sums, Sum{id + "." + name, kind})
		}
	}
	for _, l := range c.labs {
		sums(l.ID, sim.Flow, "revenue", "compute", "billed", "raised")
		sums(l.ID, sim.Stock, "cash") // 0 where it is not followed
		if l.Cash != nil {
			c.line(-1, Line{Kind: Opening, Payee: l.ID, Reason: "cash at the start"}, c.value(*l.Cash), purse(l, 1))
		}
		for _, a := range l.alliances {
			for _, s := range a.Stakes {
				c.line(-1, Line{Kind: Opening, Payer: s.Investor, Payee: l.ID, Deal: a.ID, Reason: "cost of the stake at the start"}, c.value(s.Cost))
			}
		}
	}
	for _, a := range c.alliances {
		sums(a.ID, sim.Flow, "use", "shortfall", "billed", "invested", "revenue_share", "resale", "loss", "flow")
		sums(a.ID, sim.AtTheEnd, "npv")
	}
	for _, cl := range c.clouds {
		sums(cl.ID, sim.Flow, "revenue", "lab_revenue", "supplied", "loss", "flow")
		sums(cl.ID, sim.AtTheEnd, "npv", "loss_total")
	}
	for _, v := range c.investors {
		sums(v.ID, sim.Flow, "invested", "supplied")
		sums(v.ID, sim.AtTheEnd, "npv")
	}
}

// bookLab books what a lab receives and pays besides its deals.
func (c *compiler) bookLab(l *labState) {
	own := l.revenue.flow // less what resale pays
	for _, a := range l.alliances {
		own = own.Sub(c.payback(a))
	}
	c.line(c.n, Line{Kind: Payment, Payer: customers, Payee: l.ID, Reason: "sales"}, own, plus(l.ID+".revenue"), purse(l, 1))
	for _, t := range l.tranches {
		var of []count
		if a := t.holding.alliance; a != nil {
			of = append(plus(a.ID+".invested"), c.flow(a, -1)...)
		} else {
			of = append(plus(t.Investor+".invested"), discounted(-1, c.now, t.Investor+".npv")...)
		}
		c.line(c.n, Line{Kind: Payment, Payer: t.Investor, Payee: l.ID, Deal: t.alliance.ID, Reason: TranchePaid}, t.due.Mul(l.alive), of, purse(l, 1))
	}
	for _, h := range l.holdings {
		if h.investor != nil {
			c.line(c.n, Line{Kind: Payment, Payer: EstateOf + l.ID, Payee: h.investor.ID, Reason: "recovered equity"}, h.recovered,
				discounted(1, c.now, h.investor.ID+".npv"))
		}
	}
	if l.Cash == nil {
		return
	}
	c.line(c.n, Line{Kind: Payment, Payer: l.ID, Payee: others, Reason: "operating costs"}, l.revenue.flow.Mul(l.kept.OneMinus()), purse(l, -1))
	c.line(c.n, Line{Kind: Payment, Payer: newInvestors, Payee: l.ID, Reason: "raise"}, l.raised, plus(l.ID+".raised"), purse(l, 1))
	// A lab's cash is followed until it fails: what it lacks then, and has afterwards, is its creditors'.
	c.line(c.n, Line{Kind: Charge, Payer: creditors, Payee: l.ID, Reason: "left unpaid by the failure"}, l.left.Neg().Mul(l.failing), purse(l, 1))
	c.line(c.n, Line{Kind: Payment, Payer: l.ID, Payee: creditors, Reason: "surplus after the failure"}, l.left.Mul(l.alive.Not()), purse(l, -1))
}

// payback is what the cloud pays the lab for what it resells.
func (c *compiler) payback(a *allianceState) expr.X {
	return c.value(a.Resale.Payback).Mul(a.resale)
}

// bookAlliance books what passes between a lab, a cloud and its owner.
func (c *compiler) bookAlliance(a *allianceState) {
	l, cl, n := a.lab, a.cloud, c.n
	sold := plus(cl.ID+".lab_revenue", cl.ID+".revenue")
	gain, cost := c.flow(a, 1), c.flow(a, -1)
	lost := plus(a.ID+".loss", cl.ID+".loss", cl.ID+".loss_total")
	deal := func(kind LineKind, payer, payee, reason string) Line {
		return Line{Kind: kind, Payer: payer, Payee: payee, Deal: a.ID, Reason: reason}
	}

	c.line(n, deal(Payment, l.ID, cl.ID, "use"), a.use,
		plus(l.ID+".compute", l.ID+".billed", a.ID+".use", a.ID+".billed"), sold, gain, purse(l, -1))
	c.line(n, deal(Charge, cl.ID, "", "cost of the use"), c.under(a.marginEffects, a.margin).OneMinus().Mul(a.use), cost)
	c.line(n, deal(Payment, l.ID, cl.ID, "shortfall"), a.shortfall,
		plus(l.ID+".billed", a.ID+".shortfall", a.ID+".billed"), sold, gain, purse(l, -1))
	c.line(n, deal(Payment, l.ID, cl.Owner, "revenue share"), a.sharePaid,
		plus(a.ID+".revenue_share"), sold, gain, purse(l, -1))

	c.line(n, deal(Payment, customers, cl.ID, "resale"), a.resale, plus(a.ID+".resale"), sold, gain)
	c.line(n, deal(Charge, cl.ID, "", "cost of the resale"), c.value(a.Resale.Margin).OneMinus().Mul(a.resale), cost)
	c.line(n, deal(Payment, cl.ID, l.ID, "payback of the resale"), c.payback(a), cost, plus(l.ID+".revenue"), purse(l, 1))

	built := a.built
	for _, v := range c.investors {
		for _, s := range v.supplies {
			if s.alliance == a {
				supplied := s.share.Mul(a.built)
				built = built.Sub(supplied)
				c.line(n, deal(Payment, cl.ID, v.ID, "plant"), supplied, plus(v.ID+".supplied", cl.ID+".supplied"))
			}
		}
	}
	c.line(n, deal(Payment, cl.ID, builders, "plant"), built)
	c.line(n, deal(Charge, cl.ID, "", "wear of idle plant"), a.idleCost, cost)

	if h := a.holding; h != nil {
		c.line(n, deal(Payment, EstateOf+l.ID, cl.Owner, "recovered equity"), h.recovered, gain)
		c.line(n, deal(Charge, cl.Owner, "", "loss of equity"), l.failing.Mul(l.recovery.OneMinus()).Mul(h.atStake), lost)
	}
	c.line(n, deal(Charge, cl.ID, "", "loss of receivables"), a.unpaid, lost, cost)
	c.line(n, deal(Charge, cl.ID, "", "write-off of plant"), a.writeOff, lost, cost)
}

// bookHorizon books what is held at the horizon.
func (c *compiler) bookHorizon() {
	if c.ledger == nil || !c.ledger.lines {
		return
	}
	end := c.system.Years * StepsPerYear
	for _, a := range c.alliances {
		if a.holding != nil {
			c.line(end, Line{Kind: Holding, Payee: a.cloud.Owner, Deal: a.ID, Reason: "equity at the horizon"}, a.holding.equity,
				discounted(1, c.end, a.ID+".npv", a.Cloud+".npv"))
		}
	}
	for _, v := range c.investors {
		for _, h := range v.holdings {
			c.line(end, Line{Kind: Holding, Payee: v.ID, Reason: "equity at the horizon, of " + h.lab.ID}, h.equity,
				discounted(1, c.end, v.ID+".npv"))
		}
	}
}

// condition is the unit of what is 1 where something holds, and 0 elsewhere.
const condition = "condition"

// follow takes what is told of a step besides payments: conditions, and what was due and not
// used. The stocks are taken when the model is done.
func (c *compiler) follow() {
	k := 0
	take := func(name, unit string, x expr.X) {
		paths := &c.ledger.Paths
		if c.n == 0 {
			p := Path{Name: name, Unit: unit, Kind: sim.Flow}
			if unit == condition {
				p.Kind = sim.Stock
			}
			*paths = append(*paths, p)
		}
		(*paths)[k].x = append((*paths)[k].x, x)
		k++
	}
	for _, e := range c.events {
		take(e.ID+".active", condition, e.active)
		take(e.ID+".starts", condition, e.starts)
	}
	for _, l := range c.labs {
		take(l.ID+".run_rate_at_start", rate, c.value(l.Revenue.RunRate))
		take(l.ID+".fails", condition, l.failing)
		take(l.ID+".raised", money, l.raised)
		take(l.ID+".lacking", money, l.left.Neg().Mul(l.failing))
		if l.funding != nil {
			take(l.ID+".capital_to_be_had", condition, l.funding.open)
			take(l.ID+".austere_next", condition, l.frugal.Less(c.one))
		}
		for k, t := range l.tranches {
			take(fmt.Sprintf("%s.tranches.%d", l.ID, k), money, t.due.Mul(l.alive))
		}
	}
	for _, a := range c.alliances {
		take(a.ID+".use", money, a.use)
		if len(a.schedules) > 0 {
			take(a.ID+".shortfall", money, a.shortfall)
			take(a.ID+".waived", money, a.open.Sub(a.shortfall))
		}
		if h := a.holding; h != nil {
			take(a.ID+".lost_equity", money, a.lab.failing.Mul(a.lab.recovery.OneMinus()).Mul(h.atStake))
		}
		take(a.ID+".lost_receivables", money, a.unpaid)
		take(a.ID+".lost_plant", money, a.writeOff)
	}
}

// followStocks takes the stocks that the model reports, step by step.
func (c *compiler) followStocks() {
	if c.ledger == nil {
		return
	}
	for _, m := range c.metrics {
		if m.Kind == sim.Stock && m.Combine == nil {
			c.ledger.Paths = append(c.ledger.Paths, Path{Name: m.Name, Unit: m.Unit, x: m.Values})
		}
	}
}
