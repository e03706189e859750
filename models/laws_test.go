package models_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"entente/models"
	"entente/sim"
)

// The tests of this file hold what the program reports to laws that need no second route, in
// random systems, trial by trial and step by step.

// values are a recording: of a metric, by step, by trial.
type values map[string][][]float64

func (v values) at(name string, n, i int) float64 {
	rows, ok := v[name]
	if !ok {
		panic("there is no metric " + name)
	}
	return rows[min(n, len(rows)-1)][i] // of what is known at the horizon only, that
}

// total sums a flow over all steps up to n.
func (v values) total(name string, n, i int) float64 {
	var sum float64
	for _, row := range v[name][:n+1] {
		sum += row[i]
	}
	return sum
}

// run records a system's trials; its discount rate is 7 %.
func run(t *testing.T, s *models.System, trials int, seed uint64) values {
	t.Helper()
	s.DiscountRate = is(0.07)
	m, err := models.CompileByStep(s, models.AsDrawn)
	if err != nil {
		t.Fatal(err)
	}
	return record(t, m, sim.Options{Trials: trials, Seed: seed})
}

// inRandomSystems calls check for each step of each trial of many random systems, until it
// finds something wrong.
func inRandomSystems(t *testing.T, check func(s *models.System, v values, n, i int) error) {
	t.Helper()
	const trials = 40
	for k := range uint64(40) {
		s := randomSystem(rand.New(rand.NewPCG(40, k)))
		v := run(t, s, trials, k)
		for n := range 4 * s.Years {
			for i := range trials {
				if err := check(s, v, n, i); err != nil {
					t.Fatalf("system %d, trial %d, step %d: %v", k, i, n, err)
				}
			}
		}
	}
}

// balance is an error if two sides are not equal, at the scale of the larger one.
func balance(what string, a, b float64) error {
	if near(a, b, max(math.Abs(a), math.Abs(b))) || math.IsNaN(a) && math.IsNaN(b) {
		return nil
	}
	return fmt.Errorf("%s: %.12g and %.12g", what, a, b)
}

func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// alliancesOf are those of a lab or a cloud.
func alliancesOf(s *models.System, id string) []models.Alliance {
	var list []models.Alliance
	for _, a := range s.Alliances {
		if a.Lab == id || a.Cloud == id {
			list = append(list, a)
		}
	}
	return list
}

// What a lab uses and is billed is the sum over its alliances; its shares sum to 1; what is
// billed is what is used and the shortfall; exposure is equity and credit exposure.
func TestLabLaws(t *testing.T) {
	inRandomSystems(t, func(s *models.System, v values, n, i int) error {
		for _, lab := range s.Labs {
			var use, billed, share float64
			for _, a := range alliancesOf(s, lab.ID) {
				use += v.at(a.ID+".use", n, i)
				billed += v.at(a.ID+".billed", n, i)
				share += v.at(a.ID+".share", n, i)
				if err := first(
					balance(a.ID+" bills", v.at(a.ID+".billed", n, i), v.at(a.ID+".use", n, i)+v.at(a.ID+".shortfall", n, i)),
					balance(a.ID+" is exposed", v.at(a.ID+".exposure", n, i), v.at(a.ID+".equity", n, i)+v.at(a.ID+".credit_exposure", n, i)),
				); err != nil {
					return err
				}
				for _, m := range []string{"share", "backlog", "equity", "credit_exposure", "plant", "use", "shortfall", "credited", "invested", "revenue_share", "resale", "loss"} {
					if x := v.at(a.ID+"."+m, n, i); x < -1e-12*(1+use+billed) {
						return fmt.Errorf("%s.%s is %v", a.ID, m, x)
					}
				}
			}
			if err := first(
				balance(lab.ID+" uses", use, v.at(lab.ID+".compute", n, i)),
				balance(lab.ID+" is billed", billed, v.at(lab.ID+".billed", n, i)),
				balance(lab.ID+" has shares", share, 1),
			); err != nil {
				return err
			}
		}
		return nil
	})
}

// A cloud's figures are sums over its alliances: what labs bring, what is at stake, what flows.
// Its largest exposure, its losses, its npv and when it breaks even follow from them.
func TestCloudLaws(t *testing.T) {
	inRandomSystems(t, func(s *models.System, v values, n, i int) error {
		back := func(years float64) float64 { return math.Pow(1.07, -years) }
		last := 4*s.Years - 1
		for _, a := range s.Alliances {
			if n != last {
				break
			}
			npv := v.at(a.ID+".equity", last, i) * back(float64(s.Years))
			for step := range last + 1 {
				npv += v.at(a.ID+".flow", step, i) * back((float64(step)+0.5)/4)
			}
			if err := balance(a.ID+" is worth", v.at(a.ID+".npv", last, i), npv); err != nil {
				return err
			}
		}
		for _, c := range s.Clouds {
			alliances := alliancesOf(s, c.ID)
			var brought, npv float64
			for _, a := range alliances {
				brought += v.at(a.ID+".billed", n, i) + v.at(a.ID+".resale", n, i) + v.at(a.ID+".revenue_share", n, i)
				npv += v.at(a.ID+".npv", last, i)
			}
			if err := first(
				balance(c.ID+" earns of labs", v.at(c.ID+".lab_revenue", n, i), brought),
				balance(c.ID+" is exposed", v.at(c.ID+".exposure", n, i), v.at(c.ID+".equity", n, i)+v.at(c.ID+".credit_exposure", n, i)),
			); err != nil {
				return err
			}
			if v.at(c.ID+".revenue", n, i) <= brought {
				return fmt.Errorf("%s has no core revenue", c.ID)
			}
			for _, m := range []string{"exposure", "equity", "credit_exposure", "plant", "backlog", "loss", "flow"} {
				var sum float64
				for _, a := range alliances {
					sum += v.at(a.ID+"."+m, n, i)
				}
				if err := balance(c.ID+"."+m, v.at(c.ID+"."+m, n, i), sum); err != nil {
					return err
				}
			}
			if n != last {
				continue
			}
			peak, cumulated, returns := 0.0, 0.0, 0.0
			for step := range last + 1 {
				peak = max(peak, v.at(c.ID+".exposure", step, i))
				cumulated += v.at(c.ID+".flow", step, i)
				switch {
				case returns == 0 && cumulated < -1e-9:
					returns = math.NaN()
				case math.IsNaN(returns) && cumulated >= 0:
					returns = float64(step+1) / 4
				}
			}
			if err := first(
				balance(c.ID+" is worth", v.at(c.ID+".npv", n, i), npv),
				balance(c.ID+" loses", v.at(c.ID+".loss_total", n, i), v.total(c.ID+".loss", n, i)),
				balance(c.ID+" peaks", v.at(c.ID+".peak_exposure", n, i), peak),
				balance(c.ID+" breaks even", v.at(c.ID+".breakeven_time", n, i), returns),
			); err != nil {
				return err
			}
		}
		return nil
	})
}

// A lab fails once at most, and when it has, there is nothing of it left to hold, to owe or to
// put in. Losses are of the step of a failure alone.
func TestFailureLaws(t *testing.T) {
	inRandomSystems(t, func(s *models.System, v values, n, i int) error {
		for _, lab := range s.Labs {
			before, now := 1.0, v.at(lab.ID+".alive", n, i)
			if n > 0 {
				before = v.at(lab.ID+".alive", n-1, i)
			}
			when, failed := v.at(lab.ID+".failure_time", n, i), v.at(lab.ID+".failed", n, i)
			switch {
			case now != 0 && now != 1 || now > before:
				return fmt.Errorf("%s is %v alive, and was %v", lab.ID, now, before)
			case n == 4*s.Years-1 && failed != 1-now:
				return fmt.Errorf("%s is %v alive and %v failed at the horizon", lab.ID, now, failed)
			case failed == 0 && !math.IsNaN(when):
				return fmt.Errorf("%s never fails, and does at %v", lab.ID, when)
			case now == 1 && when <= float64(n+1)/4:
				return fmt.Errorf("%s is alive in step %d and failed at %v", lab.ID, n, when)
			case now == 0 && before == 1 && when != float64(n+1)/4:
				return fmt.Errorf("%s fails at %v and not %v", lab.ID, when, float64(n+1)/4)
			case now == 1 && lab.Cash != nil && v.at(lab.ID+".cash", n, i) < 0:
				return fmt.Errorf("%s lives on a cash of %v", lab.ID, v.at(lab.ID+".cash", n, i))
			}
			zero := func(id string, metrics ...string) error {
				for _, m := range metrics {
					if x := v.at(id+"."+m, n, i); x != 0 {
						return fmt.Errorf("%s.%s is %v, with %s alive %v, and before %v", id, m, x, lab.ID, now, before)
					}
				}
				return nil
			}
			for _, a := range alliancesOf(s, lab.ID) {
				var err error
				switch {
				case now == 1:
					err = zero(a.ID, "loss")
				case before == 1:
					err = zero(a.ID, "backlog", "equity")
				default:
					err = zero(a.ID, "backlog", "equity", "loss", "shortfall", "revenue_share", "invested")
				}
				if err != nil {
					return err
				}
			}
			if now == 0 {
				if err := zero(lab.ID, "cash", "valuation"); err != nil {
					return err
				}
			}
			if before == 0 {
				if err := zero(lab.ID, "raised"); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Stakes never sum to more than the labs are worth; what investors supply is built; a cap on a
// revenue share holds; what is owed only shrinks, unless it is renegotiated.
func TestMoneyLaws(t *testing.T) {
	inRandomSystems(t, func(s *models.System, v values, n, i int) error {
		var equity, worth float64
		for _, c := range s.Clouds {
			equity += v.at(c.ID+".equity", n, i)
		}
		for _, investor := range s.Investors {
			equity += v.at(investor.ID+".equity", n, i)
		}
		for _, lab := range s.Labs {
			worth += v.at(lab.ID+".valuation", n, i)
		}
		if equity > worth*(1+1e-9) {
			return fmt.Errorf("stakes of %v in labs worth %v", equity, worth)
		}
		for _, a := range s.Alliances {
			if limit := a.RevenueShare.Cap; limit != nil && limit.Dist == nil && v.total(a.ID+".revenue_share", n, i) > limit.Const*(1+1e-9) {
				return fmt.Errorf("%s is paid %v of revenue, above the cap of %v", a.ID, v.total(a.ID+".revenue_share", n, i), limit.Const)
			}
			renegotiated := slices.ContainsFunc(s.Events, func(e models.Event) bool {
				return slices.ContainsFunc(e.Effects, func(f models.Effect) bool { return f.Path == a.ID+".commitments" })
			})
			if n > 0 && !renegotiated && v.at(a.ID+".backlog", n, i) > v.at(a.ID+".backlog", n-1, i)+1e-9 {
				return fmt.Errorf("the backlog of %s grows", a.ID)
			}
		}
		return nil
	})
}

// changed runs random systems as they are and changed, with the same draws, and compares every
// metric that ends in one of names, at every step of every trial. Fewer than ten values that
// differ mean that the comparison says nothing.
func changed(t *testing.T, before, change func(*models.System), names []string, ok func(was, is float64) bool) {
	t.Helper()
	const trials = 40
	different := 0
	for k := range uint64(25) {
		system := func() *models.System {
			s := randomSystem(rand.New(rand.NewPCG(50, k)))
			s.Metrics = nil
			before(s)
			return s
		}
		was := run(t, system(), trials, k)
		s := system()
		change(s)
		now := run(t, s, trials, k)
		for name, rows := range now {
			if !slices.Contains(names, name[strings.LastIndex(name, ".")+1:]) {
				continue
			}
			for n, row := range rows {
				for i, x := range row {
					y := was[name][n][i]
					if math.IsNaN(x) && math.IsNaN(y) {
						continue
					}
					if !ok(y, x) {
						t.Fatalf("system %d: %s in step %d of trial %d was %.12g and is %.12g", k, name, n, i, y, x)
					}
					if x != y {
						different++
					}
				}
			}
		}
	}
	if different < 10 {
		t.Errorf("%d values differ", different)
	}
}

func asItIs(*models.System) {}

// scaled multiplies what a value will be.
type scaled struct {
	sim.Dist
	by float64
}

func (d scaled) Quantile(p []float64) {
	d.Dist.Quantile(p)
	for i := range p {
		p[i] *= d.by
	}
}

func times(v *models.Value, by float64) {
	if v == nil {
		return
	}
	v.Const *= by
	if v.Dist != nil {
		v.Dist = scaled{v.Dist, by}
	}
}

// allAlliances applies a change to all alliances.
func allAlliances(change func(*models.Alliance)) func(*models.System) {
	return func(s *models.System) {
		for k := range s.Alliances {
			change(&s.Alliances[k])
		}
	}
}

func notLess(was, is float64) bool { return is >= was-1e-9*(1+math.Abs(was)) }
func notMore(was, is float64) bool { return is <= was+1e-9*(1+math.Abs(was)) }

// Where no lab can fail or run short, more enforcement bills no less and uses the same.
func TestMoreEnforced(t *testing.T) {
	noCash := func(s *models.System) {
		for k := range s.Labs {
			s.Labs[k].Cash, s.Labs[k].Failure = nil, nil
		}
		for k := range s.Alliances {
			s.Alliances[k].Tranches = nil
		}
	}
	more := allAlliances(func(a *models.Alliance) {
		for k := range a.Commitments {
			a.Commitments[k].Enforced = is(1)
		}
	})
	changed(t, noCash, more, []string{"billed", "shortfall", "lab_revenue", "round_trip"}, notLess)
	none := allAlliances(func(a *models.Alliance) {
		for k := range a.Commitments {
			a.Commitments[k].Enforced = is(0)
		}
	})
	changed(t, noCash, none, []string{"billed", "shortfall", "lab_revenue", "round_trip"}, notMore)
}

// A dearer stake has a lower multiple and round trip.
func TestDearerStakes(t *testing.T) {
	changed(t, asItIs, allAlliances(func(a *models.Alliance) {
		for k := range a.Stakes {
			times(&a.Stakes[k].Cost, 2)
		}
	}), []string{"moic", "round_trip"}, notMore)
}

// A higher recovery loses no more, and recovers no less.
func TestHigherRecovery(t *testing.T) {
	higher := func(s *models.System) {
		for k := range s.Labs {
			if s.Labs[k].Failure != nil {
				s.Labs[k].Failure.Recovery = is(1)
			}
		}
	}
	changed(t, asItIs, higher, []string{"loss", "loss_total"}, notMore)
	changed(t, asItIs, higher, []string{"moic", "npv", "flow"}, notLess)
}

// Plant that can be used elsewhere is not at stake; more days of receivables are; and a higher
// margin brings more.
func TestMoreAtStake(t *testing.T) {
	changed(t, asItIs, allAlliances(func(a *models.Alliance) {
		if a.Capital != nil {
			a.Capital.Redeployable = is(1)
		}
	}), []string{"credit_exposure", "exposure", "peak_exposure"}, notMore)
	changed(t, asItIs, allAlliances(func(a *models.Alliance) { times(&a.ReceivableDays, 2) }),
		[]string{"credit_exposure", "exposure", "peak_exposure"}, notLess)
	noMargins := func(s *models.System) {
		s.Events = nil
		for k := range s.Alliances {
			s.Alliances[k].Margin = is(0)
		}
	}
	changed(t, noMargins, allAlliances(func(a *models.Alliance) { a.Margin = is(0.3) }), []string{"flow", "npv"}, notLess)
}

// Twice the capital intensity is twice the plant, and twice what is supplied.
func TestTwiceTheIntensity(t *testing.T) {
	changed(t, asItIs, allAlliances(func(a *models.Alliance) {
		if a.Capital != nil {
			times(&a.Capital.Intensity, 2)
		}
	}), []string{"plant", "supplied"}, func(was, is float64) bool { return near(is, 2*was, was) })
}

// The unit of money is a matter of taste: a thousand times all amounts are a thousand times
// all amounts, and the same shares, times and ratios.
func TestUnitOfMoney(t *testing.T) {
	const by = 1000
	inThousands := func(s *models.System) {
		revenue := func(r *models.Revenue) {
			times(&r.RunRate, by)
			times(r.Ceiling, by)
		}
		times(s.GigawattYear, by)
		for k := range s.Markets {
			times(&s.Markets[k].Ceiling, by)
		}
		for k := range s.Clouds {
			revenue(&s.Clouds[k].Revenue)
		}
		for k := range s.Labs {
			revenue(&s.Labs[k].Revenue)
			times(s.Labs[k].Cash, by)
		}
		for k := range s.Alliances {
			a := &s.Alliances[k]
			for k := range a.Commitments {
				times(&a.Commitments[k].Amount, by)
			}
			times(a.RevenueShare.Cap, by)
			for k := range a.Stakes {
				times(&a.Stakes[k].Cost, by)
			}
			for k := range a.Tranches {
				times(&a.Tranches[k].Amount, by)
				times(a.Tranches[k].RunRate, by)
				times(a.Tranches[k].Billed, by)
			}
		}
	}
	var money, other []string
	for _, m := range models.Metrics(randomSystem(rand.New(rand.NewPCG(50, 0)))) {
		name := m.Name[strings.LastIndex(m.Name, ".")+1:]
		if strings.HasPrefix(m.Unit, "USD") {
			money = append(money, name)
		} else {
			other = append(other, name)
		}
	}
	changed(t, asItIs, inThousands, money, func(was, is float64) bool { return near(is, by*was, by*was) })
	equal := 0
	for k := range uint64(25) {
		plain := randomSystem(rand.New(rand.NewPCG(50, k)))
		big := randomSystem(rand.New(rand.NewPCG(50, k)))
		inThousands(big)
		was, now := run(t, plain, 40, k), run(t, big, 40, k)
		for name, rows := range now {
			if !slices.Contains(other, name[strings.LastIndex(name, ".")+1:]) {
				continue
			}
			for n, row := range rows {
				for i, x := range row {
					y := was[name][n][i]
					if math.IsNaN(x) != math.IsNaN(y) || !math.IsNaN(x) && !near(x, y, y) {
						t.Fatalf("system %d: %s in step %d of trial %d was %v and is %v", k, name, n, i, y, x)
					}
					equal++
				}
			}
		}
	}
	if equal == 0 {
		t.Error("nothing was compared")
	}
}

// A commitment in two halves is the same commitment, and a tranche in two halves the same
// tranche.
func TestHalves(t *testing.T) {
	for k := range uint64(40) {
		whole := randomSystem(rand.New(rand.NewPCG(51, k)))
		halves := randomSystem(rand.New(rand.NewPCG(51, k)))
		for j := range halves.Alliances {
			a := &halves.Alliances[j]
			for i := range a.Commitments {
				times(&a.Commitments[i].Amount, 0.5)
			}
			n := len(a.Commitments)
			a.Commitments = append(a.Commitments, a.Commitments...)
			for i := range a.Tranches {
				times(&a.Tranches[i].Amount, 0.5)
			}
			a.Tranches = append(a.Tranches, a.Tranches...)
			for e := range halves.Events {
				event := &halves.Events[e]
				for i := range n {
					of := fmt.Sprintf("%s.commitments.%d.enforced", a.ID, i)
					for _, effect := range event.Effects {
						if effect.Path == of {
							effect.Path = fmt.Sprintf("%s.commitments.%d.enforced", a.ID, i+n)
							event.Effects = append(event.Effects, effect)
						}
					}
				}
			}
		}
		was, now := run(t, whole, 40, k), run(t, halves, 40, k)
		for name, rows := range now {
			for n, row := range rows {
				for i, x := range row {
					if err := balance(name, was[name][n][i], x); err != nil {
						t.Fatalf("system %d, trial %d, step %d: %v", k, i, n, err)
					}
				}
			}
		}
	}
}
