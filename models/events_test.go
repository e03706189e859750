package models_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"entente/models"
	"entente/sim"
	"entente/sim/expr"

	"gonum.org/v1/gonum/stat/distuv"
)

func recurring(hazard, from, to, duration float64) models.Event {
	return models.Event{Hazard: at(hazard), From: from, To: to, Duration: at(duration), Recurring: true}
}

// A quantity that an event changes is changed in the steps in which the event is active.
func TestEventTimes(t *testing.T) {
	inf := math.Inf(1)
	for _, tt := range []struct {
		name   string
		event  models.Event
		u      map[int]float64
		active []int
	}{
		{"for good", models.Event{At: 1.4, To: inf}, nil, []int{5, 6, 7}},
		{"on a step's edge", models.Event{At: 1.25, To: inf, Duration: at(0.25)}, nil, []int{5}},
		{"a day before it", models.Event{At: 1.25 - 1.0/365, To: inf, Duration: at(0.25)}, nil, []int{4}},
		{"after the horizon", models.Event{At: 2, To: inf}, nil, nil},
		{"rounded down", models.Event{At: 0.5, To: inf, Duration: at(0.374)}, nil, []int{2}},
		{"halves up", models.Event{At: 0.5, To: inf, Duration: at(0.375)}, nil, []int{2, 3}},
		{"at least a step", models.Event{At: 0.5, To: inf, Duration: at(0.01)}, nil, []int{2}},
		{"after a quartile", models.Event{Hazard: at(math.Log(4.0 / 3)), From: 0.3, To: inf, Duration: at(0.25)}, map[int]float64{0: 0.25}, []int{5}},
		{"within its window", models.Event{Hazard: at(math.Log(4.0 / 3)), From: 0.3, To: 1.31}, map[int]float64{0: 0.25}, []int{5, 6, 7}},
		{"outside its window", models.Event{Hazard: at(math.Log(4.0 / 3)), From: 0.3, To: 1.29}, map[int]float64{0: 0.25}, nil},
		{"without hazard", models.Event{Hazard: at(0), To: inf}, nil, nil},
		{"again", recurring(4*math.Ln2, 0.25, 1.75, 0.25), // one step in two
			map[int]float64{0: 0.1, 1: 0.1, 2: 0.1, 3: 0.49, 4: 0.51, 5: 0.51, 6: 0.51, 7: 0.1, 8: 0.1}, []int{1, 2, 6}},
		{"after three steps", recurring(4*math.Ln2, 0.25, inf, 0.25),
			map[int]float64{0: 0.9, 2: 0.1, 3: 0.1, 4: 0.1, 5: 0.1, 6: 0.1, 7: 0.51, 8: 0.49}, []int{4, 5, 7}},
		{"not while it lasts", recurring(4*math.Ln2, 0, inf, 0.5),
			map[int]float64{0: 0.1, 2: 0.1, 3: 0.51, 4: 0.1, 5: 0.1, 6: 0.1, 7: 0.51, 8: 0.51}, []int{0, 1, 3, 4, 5, 6}},
		{"beyond its window", recurring(4*math.Ln2, 0.26, 0.51, 1), map[int]float64{0: 0.1, 7: 0.1, 8: 0.1}, []int{2, 3, 4, 5}},
		{"in the last step that begins in it", recurring(4*math.Ln2, 0.26, 1.01, 0.25), map[int]float64{0: 0.8, 6: 0.1}, []int{4}},
		{"not in the one after", recurring(4*math.Ln2, 0.26, 1, 0.25), map[int]float64{0: 0.8, 5: 0.1, 6: 0.1}, nil},
		{"no step begins in it", recurring(4*math.Ln2, 0.26, 0.49, 0.25), map[int]float64{0: 0.1, 2: 0.1, 3: 0.1, 4: 0.1}, nil},
		{"begun before the start", recurring(4*math.Ln2, -3, 0.25, 0.25), map[int]float64{0: 0.1, 2: 0.1}, []int{0}},
		{"over before the start", recurring(4*math.Ln2, -3, -1, 0.25), map[int]float64{0: 0.1, 1: 0.1}, nil},
		{"after the horizon too", recurring(4*math.Ln2, 2, inf, 0.25), map[int]float64{0: 0.1}, nil},
		{"never again", recurring(0, 0, inf, 0.25), map[int]float64{0: 0x1p-53, 2: 0x1p-53}, nil},
		{"all but never", recurring(1e-300, 0, inf, 0.25), map[int]float64{0: 1e-9, 2: 1e-9}, nil},
		{"hardly less", recurring(5e-324, 0, inf, 0.25), map[int]float64{0: 1 - 0x1p-53, 2: 1e-9}, nil},
		{"at once and always", recurring(1e3, 0.5, inf, 0.5), map[int]float64{0: 1 - 0x1p-53, 5: 1 - 0x1p-53, 7: 1 - 0x1p-53}, []int{2, 3, 4, 5, 6, 7}},
		{"as fast as can be", recurring(math.MaxFloat64, 0.5, inf, 0.25), map[int]float64{0: 1 - 0x1p-53}, []int{2, 3, 4, 5, 6, 7}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := plain(2, 1)
			tt.event.ID = "event"
			tt.event.Effects = []models.Effect{{Path: "lab.compute.ratio", Op: models.Add, By: is(2)}}
			s.Events = []models.Event{tt.event}
			d := quiet{}
			if tt.u != nil {
				d.uniforms = map[string]map[int]float64{"event.time": tt.u, "event.start": tt.u} // indices 0, and from 1
			}
			onBothRoutes(t, s, d, func(t *testing.T, got trial) {
				var active []int
				for n, step := range got.steps {
					switch use := step.get("deal_a.use"); use {
					case 3:
						active = append(active, n)
					case 1:
					default:
						t.Errorf("step %d: use %v", n, use)
					}
				}
				if !slices.Equal(active, tt.active) {
					t.Errorf("active in %v, want %v", active, tt.active)
				}
			})
		})
	}
}

// Active effects apply in the order of the file, over all events.
func TestEffectsOrder(t *testing.T) {
	const path = "lab.compute.ratio"
	effects := map[string]models.Effect{
		"add":      {Path: path, Op: models.Add, By: is(2)},
		"multiply": {Path: path, Op: models.Multiply, By: is(3)},
		"set":      {Path: path, Op: models.Set, By: is(5)},
	}
	for _, tt := range []struct {
		first, second, third string
		want                 float64
	}{
		{"add", "multiply", "multiply", (1 + 2) * 3 * 3},
		{"multiply", "add", "multiply", (1*3 + 2) * 3},
		{"add", "set", "multiply", 5 * 3},
		{"multiply", "add", "set", 5},
	} {
		s := plain(1, 1)
		s.Events = []models.Event{
			{ID: "one", To: math.Inf(1), Effects: []models.Effect{effects[tt.first], effects[tt.second]}},
			{ID: "two", To: math.Inf(1), Effects: []models.Effect{effects[tt.third]}},
		}
		onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
			wants{"deal_a.use": tt.want}.checkStep(t, got.steps[0])
		})
	}
}

// Effects are clamped once, after the last of them.
func TestEffectsClamp(t *testing.T) {
	s := plain(1, 1)
	s.Alliances[0].Margin = is(0.5)
	s.Events = []models.Event{{ID: "event", To: math.Inf(1), Effects: []models.Effect{
		{Path: "deal_a.margin", Op: models.Add, By: is(3)}, // above 1, but not in the end
		{Path: "deal_a.margin", Op: models.Add, By: is(-2.75)},
		{Path: "deal_a.price", Op: models.Multiply, By: is(0)}, // at least 0.01
		{Path: "lab.revenue.growth", Op: models.Add, By: is(math.Ln2)},
	}}}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		R1 := 4 * math.Pow(2, 0.25)
		use := 0.01 * (4 + R1) / 8
		wants{"lab.run_rate": R1, "deal_a.use": use, "deal_a.flow": 0.75 * use}.checkStep(t, got.steps[0])
	})

	for _, tt := range []struct {
		path     string
		by, want float64 // of the flow, of which the margin is 0.5 of use 1, and shares are 0
	}{
		{"deal_a.margin", 3, 1},
		{"deal_a.margin", -3, -2.5},
		{"deal_a.revenue_share.rate", 3, 1.5},
		{"deal_a.revenue_share.rate", -3, 0.5},
		{"deal_a.resale.pull_through", 3, 0.5 + 0.1*3},
		{"deal_a.resale.pull_through", -3, 0.5},
		{"lab.compute.ratio", -3, 0},
		{"lab.compute.ratio", 3, 2},
		{"deal_a.price", -3, 0.005},
	} {
		s := plain(1, 1)
		s.Alliances[0].Margin = is(0.5)
		s.Alliances[0].Resale.Margin = is(0.1)
		s.Events = []models.Event{{ID: "event", To: math.Inf(1), Effects: []models.Effect{{Path: tt.path, Op: models.Add, By: is(tt.by)}}}}
		onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
			wants{"deal_a.flow": tt.want}.checkStep(t, got.steps[0])
		})
	}
}

// Jumps happen when an event starts, and once: half of a share moves, and three quarters of
// what a commitment has not yet made due is written off.
func TestJumps(t *testing.T) {
	s := plain(2, 3)
	s.Alliances[2].Attraction = is(3)
	for i, share := range []float64{0.6, 0.2, 0.2} {
		s.Alliances[i].Share = still(share)
	}
	s.Alliances[0].Commitments = []models.Commitment{{Amount: is(16), Years: is(2), Backloading: is(1), Enforced: is(1)}}
	s.Events = []models.Event{{ID: "event", At: 1, To: math.Inf(1), Effects: []models.Effect{
		{Path: "deal_a.share", Op: models.Move, By: is(0.5)},
		{Path: "deal_a.commitments", Op: models.Multiply, By: is(0.25)},
	}}}
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"deal_a.share": 0.6, "deal_a.due": 2, "deal_a.backlog": 8}.checkStep(t, got.steps[3])
		wants{"deal_a.share": 0.3, "deal_b.share": 0.275, "deal_c.share": 0.425, "deal_a.due": 0.5, "deal_a.backlog": 1.5}.checkStep(t, got.steps[4])
		wants{"deal_a.share": 0.3, "deal_a.due": 0.5, "deal_a.backlog": 0}.checkStep(t, got.steps[7])
	})

	// The plan of a migration moves with it: the long run is now 0.3, 0.275, 0.425.
	s.Alliances[0].Share = moving(0.6, 0.6, 1e-3)
	s.Alliances[2].Share = moving(0.2, 0.2, 1e-3)
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"deal_a.share": 0.3, "deal_c.share": 0.425}.checkStep(t, got.steps[7])
	})

	// Where nobody attracts, nothing moves.
	s.Alliances[1].Attraction, s.Alliances[2].Attraction = is(0), is(0)
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"deal_a.share": 0.6}.checkStep(t, got.steps[7])
	})
}

// The jumps of a recurring event happen again each time: what is not yet due is halved twice.
func TestJumpsAgain(t *testing.T) {
	s := plain(1, 1)
	s.Alliances[0].Commitments = []models.Commitment{{Amount: is(64), Years: is(2), Backloading: is(1), Enforced: is(1), Start: -1}}
	s.Events = []models.Event{{ID: "event", Hazard: at(4 * math.Ln2), To: math.Inf(1), Duration: at(0.25), Recurring: true, Effects: []models.Effect{
		{Path: "deal_a.commitments", Op: models.Multiply, By: is(0.5)},
	}}}
	d := quiet{uniforms: map[string]map[int]float64{"event.time": {0: 0.6}, "event.start": {3: 0.1, 4: 0.9}}}
	onBothRoutes(t, s, d, func(t *testing.T, got trial) {
		// 32 not due at the start, 8 a step: 24 left, 12 of them written off; 8 left, 4 of them.
		wants{"deal_a.due": 8, "deal_a.backlog": 24}.checkStep(t, got.steps[0])
		wants{"deal_a.due": 4, "deal_a.backlog": 8}.checkStep(t, got.steps[1])
		wants{"deal_a.due": 2, "deal_a.backlog": 2}.checkStep(t, got.steps[2])
		wants{"deal_a.due": 2, "deal_a.backlog": 0}.checkStep(t, got.steps[3])
	})
}

// With a constant hazard h an event has happened by the end of a step with probability
// 1 − e^(−ht), t within the window.
func TestHazard(t *testing.T) {
	const h = 0.3
	for _, window := range [][2]float64{{0, math.Inf(1)}, {0.6, 2.1}} {
		s := plain(3, 1)
		s.Events = []models.Event{{ID: "event", Hazard: at(h), From: window[0], To: window[1], Effects: []models.Effect{
			{Path: "deal_a.margin", Op: models.Set, By: is(1)},
		}}}
		s.Metrics = []models.UserMetric{indicator("happened", 0, "deal_a.flow")}
		got := byStep(t, s, 20_000)
		for n := range 12 {
			open := max(0, min(float64(n+1)/4, window[1])-window[0])
			got.share(t, "happened", n, -math.Expm1(-h*open))
		}
	}
}

// A recurring event that lasts three steps is a Markov chain. How often it has started is read
// off a commitment that each start halves.
func TestRecurring(t *testing.T) {
	const (
		h      = 1.2
		trials = 20_000
		steps  = 12
	)
	s := plain(steps/4, 1)
	s.Alliances[0].Commitments = []models.Commitment{{Amount: is(1), Years: is(1), Backloading: is(1), Enforced: is(1), Start: steps / 4}}
	s.Events = []models.Event{{ID: "event", Hazard: at(h), To: math.Inf(1), Duration: at(0.75), Recurring: true, Effects: []models.Effect{
		{Path: "deal_a.margin", Op: models.Set, By: is(1)},
		{Path: "deal_a.commitments", Op: models.Multiply, By: is(0.5)},
	}}}
	s.Metrics = []models.UserMetric{
		indicator("active", 0, "deal_a.flow"),
		each("starts", func(x ...expr.X) expr.X { return expr.Log(x[0]).Times(-1 / math.Ln2) }, "deal_a.backlog"),
	}
	got := byStep(t, s, trials)

	// The chain of steps left, 0 … 3, and of the number of starts, exactly.
	p := -math.Expm1(-h / 4)
	law := map[[2]int]float64{{0, 0}: 1} // by steps left at the end, and starts
	for n := range steps {
		next := map[[2]int]float64{}
		for state, q := range law {
			left, starts := state[0], state[1]
			if left > 0 {
				next[[2]int{left - 1, starts}] += q
			} else {
				next[[2]int{2, starts + 1}] += q * p
				next[[2]int{0, starts}] += q * (1 - p)
			}
		}
		active := 1.0
		var mean, square float64
		for state, q := range law {
			if state[0] == 0 {
				active -= q * (1 - p)
			}
		}
		law = next
		for state, q := range law {
			mean += q * float64(state[1])
			square += q * float64(state[1]*state[1])
		}
		got.share(t, "active", n, active)
		got.mean(t, "starts", n, mean, math.Sqrt(square-mean*mean))
	}
}

// When a recurring event starts. In m steps that are open to it and of which one may start with
// probability p, without memory, the steps before the first start and those between the end of
// one and the next start are geometric and independent, and the number of starts follows from
// their sum, which is negative binomial: at least k of them with
//
//	Σ_{j ≤ m−1−(k−1)·d} C(j+k−1, j)·p^k·(1−p)^j
//
// where d is the duration in steps.
func TestRecurringLaw(t *testing.T) {
	const trials, years = 20_000, 4
	for _, tt := range []struct {
		hazard, from, to, duration float64
		opens, closes, d           int // the same in steps
	}{
		{1.2, 0.3, 3.6, 0.5, 2, 15, 2},
		{0.2, 0, math.Inf(1), 0.25, 0, 16, 1},
		{0.9, 1, 3, 0.75, 4, 12, 3},
		{6, 0.01, 3.99, 1.1, 1, 16, 4},
	} {
		s := plain(years, 1)
		s.Alliances[0].Commitments = []models.Commitment{{Amount: is(1), Years: is(1), Backloading: is(1), Enforced: is(1), Start: years}}
		e := recurring(tt.hazard, tt.from, tt.to, tt.duration)
		e.ID = "event"
		e.Effects = []models.Effect{{Path: "deal_a.commitments", Op: models.Multiply, By: is(0.5)}}
		s.Events = []models.Event{e}
		m, err := models.CompileByStep(s, models.AsDrawn)
		if err != nil {
			t.Fatal(err)
		}
		p, open := -math.Expm1(-tt.hazard/4), tt.closes-tt.opens
		geometric := func(j int) float64 { return p * math.Pow(1-p, float64(j)) }
		binomial := func(n, k int) float64 {
			x := 1.0
			for i := range k {
				x *= float64(n-i) / float64(k-i)
			}
			return x
		}
		for _, sampler := range sim.Samplers() {
			backlog := record(t, m, sim.Options{Trials: trials, Seed: 5, Sampler: sampler,
				Keep: func(name string) bool { return name == "deal_a.backlog" }})["deal_a.backlog"]
			pairs, counts := map[[2]int]float64{}, map[int]float64{} // first and second start; how many starts
			for i := range trials {
				starts := [2]int{-1, -1}
				n, before := 0, 1.0
				for step, row := range backlog {
					if row[i] < before {
						if n < 2 {
							starts[n] = step
						}
						n++
					}
					before = row[i]
				}
				if before != math.Exp2(-float64(n)) {
					t.Fatalf("%d starts leave %v", n, before)
				}
				pairs[starts]++
				counts[n]++
			}

			law := map[[2]int]float64{{-1, -1}: math.Pow(1-p, float64(open))}
			for j := range open {
				first := tt.opens + j
				law[[2]int{first, -1}] = geometric(j)
				for second := first + tt.d; second < tt.closes; second++ {
					q := geometric(j) * geometric(second-first-tt.d)
					law[[2]int{first, second}] = q
					law[[2]int{first, -1}] -= q
				}
			}
			name := fmt.Sprintf("hazard %v, %s", tt.hazard, sampler)
			fits(t, name+": starts", pairs, law, trials)

			atLeast := func(k int) float64 {
				sum := 0.0
				for j := 0; j <= open-1-(k-1)*tt.d; j++ {
					sum += binomial(j+k-1, j) * math.Pow(p, float64(k)) * math.Pow(1-p, float64(j))
				}
				return sum
			}
			many := map[int]float64{0: 1 - atLeast(1)}
			for k := 1; k <= open; k++ {
				many[k] = atLeast(k) - atLeast(k+1)
			}
			fits(t, name+": number", counts, many, trials)
		}
	}
}

// fits holds counts to a law by a χ² test, a false alarm once in a million; what is expected
// less than ten times is taken together. Designs fit better than χ² says, which is no fault.
func fits[K comparable](t *testing.T, what string, counts map[K]float64, law map[K]float64, trials float64) {
	t.Helper()
	x, cells := 0.0, -1.0
	add := func(count, expected float64) {
		x += (count - expected) * (count - expected) / expected
		cells++
	}
	var rareCount, rare, total float64
	for k, q := range law {
		total += q
		if expected := q * trials; expected < 10 {
			rareCount, rare = rareCount+counts[k], rare+expected
		} else {
			add(counts[k], expected)
		}
	}
	for k := range counts {
		if _, ok := law[k]; !ok {
			t.Errorf("%s: %v happens, %v times", what, k, counts[k])
		}
	}
	if rare >= 10 {
		add(rareCount, rare)
	} else if rareCount > 40 {
		t.Errorf("%s: %v rare cases, expected %v", what, rareCount, rare)
	}
	if math.Abs(total-1) > 1e-12 {
		t.Fatalf("%s: the law sums to %v", what, total)
	}
	if q := (distuv.ChiSquared{K: cells}).CDF(x); q > 1-1e-6 {
		t.Errorf("%s: χ² %.1f on %v degrees of freedom", what, x, cells)
	}
}
