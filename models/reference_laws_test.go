package models_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"entente/models"
)

// near says whether two numbers are equal to rounding, at the scale of scale.
func near(a, b, scale float64) bool {
	return math.Abs(a-b) <= 1e-9*(1+math.Abs(scale))
}

// randomTrials runs check on one trial of each of many random systems.
func randomTrials(t *testing.T, check func(t *testing.T, tr *refTrial, steps []refStep)) {
	for seed := range uint64(300) {
		s := randomSystem(rand.New(rand.NewPCG(seed, 0)))
		tr := newRefTrial(s, hashDraws{seed})
		check(t, tr, tr.run())
		if t.Failed() {
			t.Fatalf("in random system %d", seed)
		}
	}
}

// In every step, a lab uses exactly what it demands, its shares sum to 1, and what is
// measured of amounts is not negative.
func TestReferenceConserves(t *testing.T) {
	notNegative := []string{"share", "desired", "due", "gap", "spare", "use", "open", "shortfall", "billed",
		"backlog", "invested", "revenue_share", "resale", "built", "idle_cost", "plant", "equity",
		"receivable", "credit_exposure", "exposure", "loss", "recovered"}
	randomTrials(t, func(t *testing.T, tr *refTrial, steps []refStep) {
		for n, step := range steps {
			for _, lab := range tr.labs {
				var use, desired, shares float64
				for _, a := range lab.alliances {
					use += step.get(a.ID + ".use")
					desired += step.get(a.ID + ".desired")
					shares += step.get(a.ID + ".share")
					for _, m := range notNegative {
						if x := step.get(a.ID + "." + m); !(x >= -1e-12*(1+use+desired)) {
							t.Errorf("step %d: %s.%s = %v", n, a.ID, m, x)
						}
					}
				}
				if !near(use, desired, desired) {
					t.Errorf("step %d: %s uses %v of the %v it wants", n, lab.ID, use, desired)
				}
				if !near(shares, 1, 1) {
					t.Errorf("step %d: shares of %s sum to %v", n, lab.ID, shares)
				}
			}
		}
	})
}

// Every dollar that a lab is billed, or pays as revenue share, is revenue of a cloud; what
// investors pay is what labs receive; and the owners of a lab never own more than all of it.
func TestReferenceMoneyArrives(t *testing.T) {
	randomTrials(t, func(t *testing.T, tr *refTrial, steps []refStep) {
		for n, step := range steps {
			var paid, earned, core float64
			for _, lab := range tr.labs {
				paid += step.get(lab.ID + ".billed")
				for _, a := range lab.alliances {
					paid += step.get(a.ID+".revenue_share") + step.get(a.ID+".resale")
				}
			}
			for _, c := range tr.clouds {
				earned += step.get(c.ID + ".revenue")
				core += step.get(c.ID + ".core")
			}
			if !near(earned-core, paid, earned) {
				t.Errorf("step %d: labs pay %v and clouds earn %v", n, paid, earned-core)
			}

			var equity, valuation float64
			for _, c := range tr.clouds {
				equity += step.get(c.ID + ".equity")
			}
			for _, i := range tr.s.Investors {
				equity += step.get(i.ID + ".equity")
			}
			for _, lab := range tr.labs {
				valuation += step.get(lab.ID + ".valuation")
			}
			if equity > valuation*(1+1e-9) {
				t.Errorf("step %d: stakes of %v in labs worth %v", n, equity, valuation)
			}
		}
	})
}

// A lab fails once at most; from then on it and its stakes are worth nothing, and nobody owes
// or puts in anything.
func TestReferenceAfterFailure(t *testing.T) {
	randomTrials(t, func(t *testing.T, tr *refTrial, steps []refStep) {
		for _, lab := range tr.labs {
			failed := false
			for n, step := range steps {
				alive := step.get(lab.ID+".alive") == 1
				fails := step.get(lab.ID+".fails") == 1
				if alive == (failed || fails) {
					t.Errorf("step %d: %s alive %v, failed before %v, fails %v", n, lab.ID, alive, failed, fails)
				}
				void := map[string][]string{
					lab.ID: {"cash", "valuation"},
				}
				for _, a := range lab.alliances {
					void[a.ID] = []string{"backlog", "equity"}
					if fails {
						void[a.ID] = append(void[a.ID], "receivable")
					} else {
						void[a.ID] = append(void[a.ID], "shortfall", "revenue_share", "invested", "loss", "recovered")
					}
				}
				if failed && !fails {
					void[lab.ID] = append(void[lab.ID], "raised")
				}
				failed = failed || fails
				for id, quantities := range void {
					for _, q := range quantities {
						if x := step.get(id + "." + q); failed && x != 0 {
							t.Errorf("step %d: after the failure %s.%s = %v", n, id, q, x)
						}
					}
				}
			}
		}
	})
}

// Metrics are finite, but for those that may have no value, and there are as many as §14 has.
func TestReferenceMetrics(t *testing.T) {
	mayBeMissing := []string{"concentration", "failure_time", "round_trip", "moic", "breakeven_time", "leverage", "lost_per_peak"}
	for seed := range uint64(300) {
		s := randomSystem(rand.New(rand.NewPCG(seed, 0)))
		got := reference(s, hashDraws{seed})
		want := 10*len(s.Labs) + 18*len(s.Alliances) + 15*len(s.Clouds) + 4*len(s.Investors) + len(s.Metrics)
		if s.GigawattYear != nil {
			want += len(s.Alliances)
		}
		if len(got) != want {
			t.Errorf("system %d: %d metrics, want %d", seed, len(got), want)
		}
		for name, values := range got {
			if len(values) != 1 && len(values) != s.Years {
				t.Errorf("system %d: %s has %d values", seed, name, len(values))
			}
			missing := slices.Contains(mayBeMissing, name[strings.LastIndex(name, ".")+1:])
			for _, x := range values {
				if math.IsInf(x, 0) || math.IsNaN(x) && !missing {
					t.Errorf("system %d: %s = %v", seed, name, x)
				}
			}
		}
	}
}

// The order in which labs and clouds stand in the file changes nothing, and nor does an event
// that never happens.
func TestReferenceOrder(t *testing.T) {
	for seed := range uint64(100) {
		s := randomSystem(rand.New(rand.NewPCG(seed, 0)))
		want := reference(s, hashDraws{seed})
		slices.Reverse(s.Labs)
		slices.Reverse(s.Clouds)
		s.Events = append([]models.Event{{
			ID: "never", At: float64(s.Years), To: math.Inf(1),
			Effects: []models.Effect{{Path: s.Labs[0].ID + ".opex", Op: models.Set, By: constant("never.effects.0.set", 9)}},
		}}, s.Events...)
		for _, d := range differences(want, reference(s, hashDraws{seed}), 1e-9) {
			t.Errorf("random system %d: %s", seed, d)
		}
	}
}

// Random systems reach what the model can do: a comparison over them means something.
func TestRandomSystemsReach(t *testing.T) {
	reached := map[string]int{}
	count := func(what string, happens bool) {
		if happens {
			reached[what]++
		} else {
			reached[what] += 0
		}
	}
	randomTrials(t, func(t *testing.T, tr *refTrial, steps []refStep) {
		s := tr.s
		occurs := func(m string) bool {
			for _, step := range steps {
				for name, x := range step {
					if x != 0 && strings.HasSuffix(name, "."+m) {
						return true
					}
				}
			}
			return false
		}
		for _, m := range []string{"shortfall", "invested", "revenue_share", "resale", "raised", "fails",
			"supplied", "idle_cost", "recovered", "equity", "loss", "backlog"} {
			count(m, occurs(m))
		}
		count("shares move", func() bool {
			for _, a := range s.Alliances {
				if steps[0].get(a.ID+".share") != steps[len(steps)-1].get(a.ID+".share") {
					return true
				}
			}
			return false
		}())
		count("austere", tr.everAustere)
		count("distressed raise", tr.everDistressed)
		count("moved share", tr.everMoved)
		count("renegotiated", tr.everRenegotiated)
		count("capped revenue share", slices.ContainsFunc(tr.alliances, func(a *refAlliance) bool {
			return a.RevenueShare.Cap != nil && a.received > 0 && a.received >= tr.value(*a.RevenueShare.Cap)
		}))
		count("one owner of two clouds", func() bool {
			for i, c := range s.Clouds {
				for _, b := range s.Clouds[:i] {
					if b.Owner == c.Owner {
						return true
					}
				}
			}
			return false
		}())
		count("recurring event", slices.ContainsFunc(s.Events, func(e models.Event) bool { return e.Recurring }))
		count("the same event again", tr.everAgain)
	})
	for what, n := range reached {
		t.Logf("%-24s %d of 300", what, n)
		if n < 10 {
			t.Errorf("%s: in %d of 300 random systems only", what, n)
		}
	}
}
