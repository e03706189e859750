package models_test

import (
	"math"
	"testing"

	"entente/models"
)

// Of two clouds, the one with the commitment is short of 1.5 and the other has 3 to spare; a
// quarter of that can be steered, which closes half of the gap.
func TestFlexibility(t *testing.T) {
	for _, tt := range []struct {
		flexibility, r float64
	}{{0, 0}, {0.25, 0.5}, {0.5, 1}, {1, 1}} {
		s := plain(1, 2)
		s.Labs[0].Revenue.RunRate = is(16)
		s.Labs[0].Flexibility = is(tt.flexibility)
		s.Alliances[0].Share = still(1)
		s.Alliances[1].Share = still(3)
		s.Alliances[0].Commitments = []models.Commitment{{Amount: is(40), Years: is(4), Backloading: is(1), Enforced: is(0.6)}}
		onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
			moved := 1.5 * tt.r
			short := 0.6 * (1.5 - moved)
			for n, step := range got.steps {
				wants{
					"deal_a.desired": 1, "deal_a.due": 2.5, "deal_a.use": 1 + moved, "deal_a.shortfall": short, "deal_a.billed": 1 + moved + short,
					"deal_b.desired": 3, "deal_b.due": 0, "deal_b.use": 3 - moved, "deal_b.shortfall": 0, "deal_b.billed": 3 - moved,
					"deal_a.backlog": 40 - 2.5*float64(n+1), "deal_b.backlog": 0,
					"lab.compute": 4, "lab.billed": 4 + short, "cloud_a.lab_revenue": 1 + moved + short,
				}.checkStep(t, step)
			}
		})
	}
}

// Two alliances are short of 1 and 3, and the third has 2 to spare: the gaps close in
// proportion, by half, and what is to spare is taken whole.
func TestFlexibilityOverGaps(t *testing.T) {
	s := plain(1, 3)
	s.Labs[0].Revenue.RunRate = is(12) // 1 each
	s.Labs[0].Flexibility = is(1)
	for i, K := range []float64{8, 16} { // 2 and 4 a quarter
		s.Alliances[i].Commitments = []models.Commitment{{Amount: is(K), Years: is(1), Backloading: is(1), Enforced: is(1)}}
	}
	s.Alliances[2].Share = still(2) // of 4: ¾, ¾ and 1½
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		r := 1.5 / (1.25 + 3.25)
		wants{
			"deal_a.use": 0.75 + r*1.25, "deal_a.shortfall": (1 - r) * 1.25,
			"deal_b.use": 0.75 + r*3.25, "deal_b.shortfall": (1 - r) * 3.25,
			"deal_c.use": 0, "deal_c.billed": 0,
			"lab.compute": 3,
		}.checkStep(t, got.steps[0])
	})
}

// A schedule with backloading p that began a year before the start: S(t) = K·((t + 1)/3)^p. It
// is on track at the start, and ends with its last year.
func TestSchedule(t *testing.T) {
	for _, p := range []float64{1, 2, 3, 0.5} {
		s := plain(3, 1)
		s.Labs[0].Revenue.RunRate = is(0.4)
		s.Alliances[0].Commitments = []models.Commitment{{Amount: is(30), Years: is(3), Backloading: is(p), Enforced: is(1), Start: -1}}
		onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
			S := func(t float64) float64 { return 30 * math.Pow(min(1, (t+1)/3), p) }
			for n, step := range got.steps {
				now := float64(n) / 4
				wants{
					"deal_a.due": S(now+0.25) - S(now), "deal_a.backlog": 30 - S(now+0.25),
					"deal_a.shortfall": max(0, S(now+0.25)-S(now)-0.1),
				}.checkStep(t, step)
			}
		})
	}
}

// What is used beyond what is due is credited, but not to a commitment that has not begun.
// Of two commitments, enforced is the mean weighted by what each adds in the step.
func TestCredit(t *testing.T) {
	s := plain(2, 1)
	s.Alliances[0].Commitments = []models.Commitment{
		{Amount: is(3), Years: is(3), Backloading: is(2), Enforced: is(1), Start: -1}, // 1/3 is due at the start
		{Amount: is(20), Years: is(2), Backloading: is(1), Enforced: is(0.5), Start: 1},
	}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		q0 := 3 * math.Pow(1.0/3, 2)
		wants{"deal_a.due": 3*math.Pow(1.25/3, 2) - q0, "deal_a.backlog": 23 - (q0 + 1)}.checkStep(t, got.steps[0])
		wants{"deal_a.due": 0, "deal_a.backlog": 20}.checkStep(t, got.steps[3])
		// The first adds 3·(0.75² − (2/3)²) and is enforced wholly, the second 2.5 and by half;
		// all but 3·0.75² + 2.5 − 3 − 1 of it is used.
		first := 3 * (0.75*0.75 - 4.0/9)
		wants{
			"deal_a.due": 1.1875, "deal_a.use": 1,
			"deal_a.shortfall": 0.1875 * (first + 1.25) / (first + 2.5),
		}.checkStep(t, got.steps[4])
		// What was not enforced is not owed any longer.
		wants{"deal_a.due": 3*math.Pow(2.5/3, 2) + 5 - 4.1875}.checkStep(t, got.steps[5])
	})
}

// Each commitment's enforcement takes effects of its own.
func TestEnforced(t *testing.T) {
	s := plain(1, 1)
	s.Labs[0].ComputeRatio = still(0)
	s.Alliances[0].Commitments = []models.Commitment{
		{Amount: is(8), Years: is(2), Backloading: is(1), Enforced: is(1)},
		{Amount: is(24), Years: is(2), Backloading: is(1), Enforced: is(0.5)},
	}
	s.Events = []models.Event{{ID: "event", At: 0.5, To: math.Inf(1), Effects: []models.Effect{
		{Path: "deal_a.commitments.1.enforced", Op: models.Multiply, By: is(0.5)},
	}}}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		for n, want := range []float64{1 + 3*0.5, 1 + 3*0.5, 1 + 3*0.25, 1 + 3*0.25} {
			wants{"deal_a.due": 4, "deal_a.use": 0, "deal_a.shortfall": want, "deal_a.billed": want, "deal_a.flow": want}.checkStep(t, got.steps[n])
		}
	})
}

// A renegotiation by x leaves what is due and multiplies the rest: K becomes S(t) + x·(K − S(t)),
// and a second one starts from there. It can also add to what is owed.
func TestRenegotiation(t *testing.T) {
	s := plain(2, 1)
	s.Labs[0].ComputeRatio = still(0)
	s.Alliances[0].Commitments = []models.Commitment{{Amount: is(64), Years: is(2), Backloading: is(2), Enforced: is(1)}}
	s.Events = []models.Event{
		{ID: "one", At: 0.5, To: math.Inf(1), Effects: []models.Effect{{Path: "deal_a.commitments", Op: models.Multiply, By: is(0.5)}}},
		{ID: "two", At: 1, To: math.Inf(1), Effects: []models.Effect{{Path: "deal_a.commitments", Op: models.Multiply, By: is(3)}}},
	}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		// Signed: S = 64·(t/2)² = (n+1)². After step 2 all increments count half, after 4 one and a half.
		factor := []float64{1, 1, 0.5, 0.5, 1.5, 1.5, 1.5, 1.5}
		left := 64.0
		for n, step := range got.steps {
			switch n {
			case 2:
				left = 0.5 * 60
			case 4:
				left = 3 * (0.5 * 48)
			}
			due := factor[n] * float64(2*n+1)
			left -= due
			wants{"deal_a.due": due, "deal_a.billed": due, "deal_a.backlog": left}.checkStep(t, step)
		}
	})
}

// What a failure voids can't be renegotiated any more, nor be built for.
func TestRenegotiationAfterFailure(t *testing.T) {
	s := plain(1, 1)
	s.Labs[0].Cash = at(-10)
	s.Labs[0].Failure = &models.Failure{Retained: is(0.5)}
	s.Labs[0].ComputeRatio = still(0)
	s.Alliances[0].Commitments = []models.Commitment{{Amount: is(64), Years: is(1), Backloading: is(1), Enforced: is(1)}}
	s.Alliances[0].Capital = &models.Capital{Intensity: is(2), Life: is(math.Inf(1))}
	s.Events = []models.Event{{ID: "event", At: 0.75, To: math.Inf(1), Effects: []models.Effect{
		{Path: "deal_a.commitments", Op: models.Multiply, By: is(5)},
	}}}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"deal_a.due": 16, "deal_a.built": 128, "deal_a.backlog": 0}.checkStep(t, got.steps[0])
		for _, step := range got.steps[1:] {
			wants{"deal_a.due": 0, "deal_a.billed": 0, "deal_a.built": 0, "deal_a.backlog": 0}.checkStep(t, step)
		}
	})
}
