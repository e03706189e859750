package models

import (
	"fmt"
	"math"

	"entente/sim"
	"entente/sim/expr"
)

// StepsPerYear: the world moves in quarters.
const StepsPerYear = 4

// Δ, in years.
const stepYears = 1.0 / StepsPerYear

// timeOf is when step n begins, in years.
func timeOf(n int) float64 { return float64(n) * stepYears }

// Compile makes a System into expressions: it goes through all steps once, as one trial would,
// with expressions for numbers. The mechanisms stand in the order in which a step happens:
//
//	events      what is active, and which quantities that changes
//	tranches    equity paid in at the step's beginning
//	revenue     of labs and clouds; the labs' noises
//	shares      moves, migration, churn
//	compute     what each lab wants, what it owes, what it uses
//	partners    revenue shares and resale
//	cash        the lab's cash, its raises, its failure
//	plant       what clouds have built
//	exposure    what is at stake, what is lost, what flows
//	failure     takes effect, after everything was measured
//	accounts    of clouds and investors
//
// Within each, things happen in file order. A System that refers to what it does not have is
// an error; the ranges of its numbers are its reader's to check.
func Compile(s *System) (*sim.Model, error) {
	return CompileWith(s, func(m Draws) Draws { return m })
}

// CompileWith is Compile with draws that are changed on their way from the model.
func CompileWith(s *System, draws func(Draws) Draws) (*sim.Model, error) {
	return compile(s, draws, nil)
}

// compile keeps a ledger, if there is one.
func compile(s *System, draws func(Draws) Draws, ledger *Ledger) (*sim.Model, error) {
	m := sim.NewModel(s.Years, StepsPerYear, s.InputMixes, s.ShockMixes)
	c, err := newCompiler(s, draws(m))
	if err != nil {
		return nil, err
	}
	c.ledger = ledger
	c.run()
	m.Outcomes, err = c.outcomes()
	if err != nil {
		return nil, err
	}
	m.Leading = leading(s)
	return m, nil
}

// newCompiler stands before the first step of a system.
func newCompiler(s *System, d Draws) (*compiler, error) {
	if s.Years < 1 {
		return nil, fmt.Errorf("years is %d: it must be at least 1", s.Years)
	}
	c := &compiler{Draws: d, system: s, zero: d.Const(0), one: d.Const(1), used: map[string]bool{}}
	if err := c.build(); err != nil {
		return nil, err
	}
	c.metrics = builtin(s, c)
	return c, nil
}

// run takes it through all its steps.
func (c *compiler) run() {
	for c.n = range c.system.Years * StepsPerYear {
		c.step()
	}
	c.horizon()
}

// Draws is where a trial's numbers come from: a *sim.Model, or what stands before one.
type Draws interface {
	Const(v float64) expr.X
	Input(name string, d sim.Dist) expr.X
	Reserve(name string)
	Normal(name string, index int) expr.X
	Uniform(name string, index int) expr.X
}

// compiler holds a model in the making. What the states of its parts hold is as of the moment
// that the trace has come to.
type compiler struct {
	Draws
	system    *System
	zero, one expr.X

	n       int // the step
	metrics []metric

	now, perStep, end expr.X // discount factors
	perGigawatt       expr.X // 1 over what a gigawatt-year costs, where that is known

	ledger *Ledger // nil: none is kept

	events    []*eventState
	used      map[string]bool // effect paths that a quantity or jump has taken
	markets   []*marketState
	clouds    []*cloudState
	labs      []*labState
	alliances []*allianceState
	investors []*investorState
}

// build makes the states before the first step.
func (c *compiler) build() error {
	c.discount()
	if c.system.GigawattYear != nil {
		c.perGigawatt = c.one.Div(c.value(*c.system.GigawattYear))
	}
	for i := range c.system.Events {
		c.events = append(c.events, c.event(&c.system.Events[i]))
	}
	for i := range c.system.Markets {
		c.markets = append(c.markets, c.market(&c.system.Markets[i]))
	}
	for i := range c.system.Clouds {
		c.clouds = append(c.clouds, c.cloud(&c.system.Clouds[i]))
	}
	for i := range c.system.Investors {
		c.investors = append(c.investors, c.investor(&c.system.Investors[i]))
	}
	for i := range c.system.Labs {
		c.labs = append(c.labs, c.lab(&c.system.Labs[i]))
	}
	for i := range c.system.Alliances {
		a, err := c.alliance(&c.system.Alliances[i])
		if err != nil {
			return err
		}
		c.alliances = append(c.alliances, a)
		a.lab.alliances = append(a.lab.alliances, a)
		a.cloud.alliances = append(a.cloud.alliances, a)
	}
	for _, l := range c.labs {
		c.startShares(l)
		if err := c.holdings(l); err != nil {
			return err
		}
	}
	for _, a := range c.alliances {
		if err := c.supplier(a); err != nil {
			return err
		}
	}
	return c.jumps()
}

// step is one step of one trial.
func (c *compiler) step() {
	for _, e := range c.events {
		c.happen(e)
	}
	for _, l := range c.labs {
		c.payTranches(l)
		l.valuationTilt = expr.Exp(l.valuationNoise.move(c))
	}
	c.earn()
	for _, l := range c.labs {
		l.computeTilt = expr.Exp(l.computeNoise.move(c))
		c.moveShares(l)
		c.migrate(l)
		c.churn(l)
	}
	for _, l := range c.labs {
		c.want(l)
		c.use(l)
	}
	for _, a := range c.alliances {
		c.payPartners(a)
	}
	for _, l := range c.labs {
		c.moveCash(l)
		c.markHoldings(l)
	}
	for _, a := range c.alliances {
		c.buildPlant(a)
	}
	c.now = c.now.Mul(c.perStep)
	for _, a := range c.alliances {
		c.expose(a)
	}
	c.book()
	for _, l := range c.labs {
		c.fail(l)
	}
	for _, cl := range c.clouds {
		c.accountOfCloud(cl)
	}
	for _, v := range c.investors {
		c.accountOfInvestor(v)
	}
	for i := range c.metrics {
		c.metrics[i].record()
	}
}

// horizon takes what is known at the horizon only.
func (c *compiler) horizon() {
	for _, l := range c.labs {
		l.failureTime = expr.If(l.alive, c.Const(math.NaN()), l.failureTime)
	}
	for _, a := range c.alliances {
		c.lookBack(a)
	}
	for _, cl := range c.clouds {
		c.closeCloud(cl)
	}
	for _, v := range c.investors {
		v.npv = v.npv.Add(c.end.Mul(v.equity))
	}
	for i := range c.metrics {
		c.metrics[i].close()
	}
	c.bookHorizon()
	c.followStocks()
}

// value is sampled once per trial, or constant.
func (c *compiler) value(v Value) expr.X {
	if v.Dist == nil {
		if v.Path != "" {
			c.Reserve(v.Path)
		}
		if g, ok := c.Draws.(givens); ok {
			return g.Given(v.Path, v.Const)
		}
		return c.Const(v.Const)
	}
	return c.Input(v.Path, v.Dist)
}

// givens are draws that make parameters of some constants.
type givens interface {
	Given(path string, v float64) expr.X
}

// shock is the step's draw of a shock. What has no spread draws nothing.
func (c *compiler) shock(name string, sd expr.X) expr.X {
	if isZero(sd) {
		return c.zero
	}
	return c.Normal(name, c.n+1)
}

// isZero says that x is 0 in every trial.
func isZero(x expr.X) bool { return isConst(x, 0) }

func isConst(x expr.X, v float64) bool { return x.Is(v) }

// sum adds from the left; of nothing it is 0.
func (c *compiler) sum(list ...expr.X) expr.X {
	sum := c.zero
	for _, x := range list {
		sum = sum.Add(x)
	}
	return sum
}

// tiny stands for 0 in a denominator whose numerator is 0 where it is.
const tiny = 0x1p-900

// quotient is a/b, and 0 where a and b are 0; neither is negative.
func (c *compiler) quotient(a, b expr.X) expr.X { return a.Div(b.Max(c.Const(tiny))) }

// decay returns e^(−κΔ) and the share of the way that is gone, 1 − e^(−κΔ), for κ = ln 2/h.
func (c *compiler) decay(halfLife expr.X) (left, gone expr.X) {
	x := c.Const(-math.Ln2 * stepYears).Div(halfLife)
	return expr.Exp(x), expr.Expm1(x).Neg()
}

// spread returns √((1 − e^(−2κΔ))/(2κ)) for κ = ln 2/h: the standard deviation that an
// Ornstein–Uhlenbeck process of volatility 1 gains in one step.
func (c *compiler) spread(halfLife expr.X) expr.X {
	κ := c.Const(math.Ln2).Div(halfLife)
	return expr.Sqrt(expr.Expm1(κ.Times(-2 * stepYears)).Div(κ.Times(-2)))
}

// discount prepares the discount factors, δ = ln(1 + rate):
//
//	now = e^(−δ(t + Δ/2)), the middle of the step;  end = e^(−δ·years), the horizon
func (c *compiler) discount() {
	δ := expr.Log1p(c.value(c.system.DiscountRate))
	c.perStep = expr.Exp(δ.Times(-stepYears))
	c.now = expr.Exp(δ.Times(stepYears / 2)) // the middle of the step before the first
	c.end = expr.Exp(δ.Times(-float64(c.system.Years)))
}

// A total adds up a flow, by year, so that the sums of the years are those that are reported.
type total struct {
	years, year expr.X
}

func (c *compiler) total() total { return total{c.zero, c.zero} }

// add adds the flow of step n.
func (t *total) add(n int, x expr.X) {
	if n%StepsPerYear == 0 {
		t.years, t.year = t.sum(), x
	} else {
		t.year = t.year.Add(x)
	}
}

func (t *total) sum() expr.X { return t.years.Add(t.year) }
