package models_test

import (
	"math"
	"testing"

	"entente/models"
)

// Cash moves by revenue less opex, in the middle of the step, revenue shares and bills.
func TestCash(t *testing.T) {
	s := plain(1, 1)
	s.Labs[0].ComputeRatio = still(0.5)
	s.Labs[0].Cash = at(10)
	s.Labs[0].Opex = moving(2, 1, 0.5)
	s.Labs[0].Failure = &models.Failure{}
	s.Alliances[0].RevenueShare.Rate = is(0.25)
	s.Alliances[0].Commitments = []models.Commitment{{Amount: is(2.8), Years: is(1), Backloading: is(1), Enforced: is(0.5)}}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		// 0.7 is due and 0.5 used: half of the rest is paid.
		wants{"lab.cash": 10 - math.Exp2(-0.25) - 0.25 - 0.6}.checkStep(t, got.steps[0])
	})
}

// A constant burn of 0.5 a quarter empties a cash of X at the end of the step in which X − 0.5·n
// first is negative: not yet at 0.
func TestFailureTime(t *testing.T) {
	for _, tt := range []struct{ cash, when float64 }{
		{0.4999, 0.25}, {0.5, 0.5}, {2.4999, 1.25}, {2.5, 1.5}, {3.9999, 2}, {4, math.NaN()}, {-1, 0.25},
	} {
		s := plain(2, 1)
		s.Labs[0].Cash = at(tt.cash)
		s.Labs[0].Opex = still(0.5)
		s.Labs[0].Failure = &models.Failure{Retained: is(0.5)}
		onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
			got.check(t, "lab.failure_time", tt.when)
			failed := 1.0
			if math.IsNaN(tt.when) {
				failed = 0
			}
			got.check(t, "lab.failed", failed)
			for n, step := range got.steps {
				alive, cash := 1.0, tt.cash-0.5*float64(n+1)
				if float64(n+1)/4 >= tt.when {
					alive, cash = 0, 0
				}
				wants{"lab.alive": alive, "lab.cash": cash}.checkStep(t, step)
			}
		})
	}
}

// struggling burns 4 a year with a cash of 2, and is worth 40 without it.
func struggling() *models.System {
	s := plain(1, 1)
	s.Labs[0].Cash = at(2)
	s.Labs[0].Opex = still(1)
	s.Labs[0].Valuation = &models.Valuation{Multiple: still(10)}
	s.Labs[0].Failure = &models.Failure{}
	s.Labs[0].Funding = &models.Funding{
		Runway: is(1), Raise: is(1.5), HalfLife: is(1), Availability: is(1), MaxDilution: is(0.9),
	}
	s.Alliances[0].Stakes = []models.Stake{{Investor: "owner_a", Stake: is(0.5)}}
	return s
}

// A lab that burns raises what it asks for, or what its investors can bear; where that leaves
// it short of its runway, it lives austerely in the next step.
func TestRaise(t *testing.T) {
	bear := math.Pow(0.8, 0.25) // of a stake, what a dilution of 20 % a year leaves in a quarter
	for _, tt := range []struct {
		name                              string
		availability, maxDilution         float64
		raised, stake, valuation, nextUse float64
	}{
		{"capped", 1, 0.2, 41 * (1/bear - 1), 0.5 * bear, 41 / bear, 0.75},
		{"all it asks for", 1, 0.9, 6, 0.5 * 41 / 47, 47, 1},
		{"in distress", 0, 0.2, 0.3 * 41 * (1/bear - 1), 0.5 * bear, 41 + 0.3*41*(1/bear-1), 0.75},
		{"in distress, all it asks for", 0, 0.9, 6, 0.5 * 0.3 * 41 / (0.3*41 + 6), 47, 1},
		{"nobody may buy", 1, 0, 0, 0.5, 41, 0.75},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := struggling()
			s.Labs[0].Funding.Austerity = is(0.25)
			s.Labs[0].Funding.Availability, s.Labs[0].Funding.MaxDilution = is(tt.availability), is(tt.maxDilution)
			s.Labs[0].Funding.Distress = is(0.3)
			onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
				wants{
					"lab.raised": tt.raised, "lab.cash": 1 + tt.raised, "lab.valuation": tt.valuation,
					"deal_a.equity": tt.stake * tt.valuation, "deal_a.use": 1, "deal_a.invested": 0,
				}.checkStep(t, got.steps[0])
				wants{"deal_a.use": tt.nextUse}.checkStep(t, got.steps[1])
			})
		})
	}
}

// Nobody raises with a runway's cash, or without a burn.
func TestRaiseOnlyInNeed(t *testing.T) {
	s := struggling()
	s.Labs[0].Cash = at(5) // 4 after the first step, a year's burn
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"lab.raised": 0, "lab.cash": 4}.checkStep(t, got.steps[0])
		wants{"lab.raised": 6, "lab.cash": 9}.checkStep(t, got.steps[1])
	})
	s = struggling()
	s.Labs[0].Opex = still(0)
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"lab.raised": 0, "lab.cash": 2, "lab.alive": 1}.checkStep(t, got.steps[3])
	})
}

// A lab that is below 0 may raise itself above; austerity is over when the runway is there.
func TestRaiseFromBelow(t *testing.T) {
	s := struggling()
	s.Labs[0].Cash = at(0.5)
	s.Labs[0].Funding.Raise = is(0.75) // 3 at a time
	s.Labs[0].Funding.Austerity = is(0.5)
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		// −0.5 and 3 are below the runway of 4: W'' is 40 + 0, and what is recorded 42.5.
		wants{"lab.raised": 3, "lab.cash": 2.5, "lab.valuation": 42.5, "deal_a.equity": 0.5 * 40 / 43 * 42.5, "lab.alive": 1}.checkStep(t, got.steps[0])
		// An austere step burns 2 a year, and with 2 there is its runway: nothing is raised.
		wants{"deal_a.use": 0.5, "lab.raised": 0, "lab.cash": 2}.checkStep(t, got.steps[1])
		wants{"deal_a.use": 1, "lab.raised": 3, "lab.cash": 4}.checkStep(t, got.steps[2])
		wants{"deal_a.use": 1, "lab.raised": 3, "lab.cash": 6}.checkStep(t, got.steps[3])
	})
}

// The appetite of investors starts from its first draw and is moved in the first step too:
// with a half-life of a quarter it halves, and √(1 − 1/4) of the shock comes on top.
func TestAppetite(t *testing.T) {
	for _, tt := range []struct{ ε, raised float64 }{{0.28, 0}, {0.29, 6}} { // 0.5·(−0.5) + 0.866·ε against Φ⁻¹(1 − 0.5) = 0
		s := struggling()
		s.Labs[0].Funding.HalfLife, s.Labs[0].Funding.Availability = is(0.25), is(0.5)
		d := quiet{normals: map[string]map[int]float64{"lab.funding": {0: -0.5, 1: tt.ε}}}
		onBothRoutes(t, s, d, func(t *testing.T, got trial) {
			wants{"lab.raised": tt.raised}.checkStep(t, got.steps[0])
		})
	}
}

// An event closes the market for a while.
func TestAvailabilityUnderEvents(t *testing.T) {
	s := struggling()
	s.Labs[0].Cash = at(50)
	s.Labs[0].Funding.Runway = is(100)
	s.Events = []models.Event{{ID: "event", At: 0.25, Duration: at(0.5), To: math.Inf(1), Effects: []models.Effect{
		{Path: "lab.funding.availability", Op: models.Set, By: is(0)},
	}}}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		for n, raised := range []float64{6, 0, 0, 6} {
			wants{"lab.raised": raised}.checkStep(t, got.steps[n])
		}
	})
}

// Capital is to be had in a share of the steps that is its availability, in the first as in the
// last, and in two steps in a row as a bivariate normal of correlation 2^(−Δ/half_life) has it:
// of an availability of a half, in 1/4 + asin(ρ)/2π.
func TestAvailability(t *testing.T) {
	const trials = 20_000
	for _, availability := range []float64{0.5, 0.8} {
		s := struggling()
		s.Years = 2
		s.Labs[0].Cash = at(1000)
		s.Labs[0].Funding.Runway = is(10_000)
		s.Labs[0].Funding.HalfLife = is(0.4)
		s.Labs[0].Funding.Availability = is(availability)
		s.Metrics = []models.UserMetric{
			indicator("open", 0, "lab.raised"),
			indicator("both", 9, "lab.raised"), // 6 each time
		}
		got := byStep(t, s, trials)
		for n := range 8 {
			got.share(t, "open", n, availability)
		}
		if availability != 0.5 {
			continue
		}
		m, err := models.CompileByStep(s, models.AsDrawn)
		if err != nil {
			t.Fatal(err)
		}
		m.StepsPerYear, m.Years = 2, m.Years/2
		pairs := manyTrials(t, s, m, trials)
		for n := range 4 {
			pairs.share(t, "both", n, 0.25+math.Asin(math.Exp2(-0.25/0.4))/(2*math.Pi))
		}
	}
}
