package discover

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"entente/sim/rng"
)

var inf = math.Inf(1)

// uniforms are inputs in (0, 1) that have nothing to do with each other.
func uniforms(seed uint64, inputs, trials int) []Input {
	list := make([]Input, inputs)
	for i := range list {
		r := rng.NewRand(seed, fmt.Sprintf("input %d", i))
		x := make([]float64, trials)
		for k := range x {
			x[k] = r.Float64()
		}
		list[i] = Input{fmt.Sprintf("x%d", i), x}
	}
	return list
}

// bernoulli hits with a probability that depends on the trial.
func bernoulli(seed uint64, trials int, p func(trial uint32) float64) []bool {
	r := rng.NewRand(seed, "hits")
	hit := make([]bool, trials)
	for k := range hit {
		hit[k] = r.Float64() < p(uint32(k))
	}
	return hit
}

// planted hits with one probability in the box and another outside.
func planted(seed uint64, inputs []Input, box []Limit, inside, outside float64) []bool {
	f := finder{inputs: inputs}
	return bernoulli(seed, len(inputs[0].Values), func(k uint32) float64 {
		if f.in(box, k) {
			return inside
		}
		return outside
	})
}

var options = Options{Replicates: 16, Workers: 2}

func discover(t *testing.T, inputs []Input, hit []bool) *Found {
	t.Helper()
	found, err := Discover(inputs, hit, options)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// A box that is there is found: its inputs and no others, its limits, and what is said of it is
// what holds.
//
// A limit is misplaced by δ if the v·n·δ trials that lie between look as if they were on the
// other side; v·n are the n seen trials in which the other limits hold. The probability of that
// is below e^(−v·n·δ·I), I = −ln(√(pq) + √((1−p)(1−q))) for hits with the probabilities p inside
// and q outside. Half of what the rounding may move it by stands beside it.
func TestPlantedBox(t *testing.T) {
	const trials, p, q = 10000, 0.6, 0.05
	chernoff := -math.Log(math.Sqrt(p*q) + math.Sqrt((1-p)*(1-q)))
	for _, inputs := range []int{10, 50} {
		for seed, box := range [][]Limit{
			{{1, -inf, 0.5}, {3, 0.4, inf}},
			{{1, -inf, 0.5}, {3, 0.4, inf}, {6, 0.2, 0.8}},
			{{0, 0.3, 0.6}, {9, -inf, 0.7}},
			{{5, 0.85, inf}},
		} {
			x := uniforms(uint64(seed), inputs, trials)
			found := discover(t, x, planted(uint64(seed), x, box, p, q))
			if len(found.Boxes) != 1 {
				t.Fatalf("%v: found %d boxes", box, len(found.Boxes))
			}
			got := found.Boxes[0]
			if len(got.Limits) != len(box) {
				t.Fatalf("%v: found %v", box, got.Limits)
			}
			volume := 1.0
			for _, l := range box {
				volume *= min(l.High, 1) - max(l.Low, 0)
			}
			for i, want := range box {
				v := volume / (min(want.High, 1) - max(want.Low, 0))
				δ := math.Log(1e4)/(v*trials/2*chernoff) + roundingCost*volume/v
				l := got.Limits[i]
				near := func(a, b float64) bool { return a == b || math.Abs(a-b) < δ }
				if l.Input != want.Input || !near(l.Low, want.Low) || !near(l.High, want.High) {
					t.Errorf("%v: found %v, tolerance %.3f", want, l, δ)
				}
				if l.Low != toDigits(l.Low, 3) && !math.IsInf(l.Low, 0) || l.High != toDigits(l.High, 3) && !math.IsInf(l.High, 0) {
					t.Errorf("%v: found %v, with more digits than it needs", box, l)
				}
				if got.Again[i] < Halves-1 {
					t.Errorf("%v: %v is found again in %d of %d halves", box, l, got.Again[i], Halves)
				}
				if got.P[i] > 1e-6 {
					t.Errorf("%v: P of %v is %v", box, l, got.P[i])
				}
			}
			c := got.Rest
			if se := math.Sqrt(p * (1 - p) / float64(c.In)); math.Abs(c.Density()-p) > 4*se+0.02 {
				t.Errorf("%v: density %v, want %v", box, c.Density(), p)
			}
			if want := volume * p / (volume*p + (1-volume)*q); math.Abs(c.Coverage()-want) > 4*math.Sqrt(want*(1-want)/float64(c.Hits))+0.02 {
				t.Errorf("%v: coverage %v, want %v", box, c.Coverage(), want)
			}
			if c != got.Held || c.Trials != trials/2 {
				t.Errorf("%v: %+v of the rest, %+v held out", box, c, got.Held)
			}
		}
	}
}

// Where nothing marks the trials nothing is found. Of 1,000 such scenarios, one may have a box,
// so that of these 60 more than one has in one of 600 cases; and what was peeled has, in the
// trials held out, no higher share of hits than all.
func TestNoise(t *testing.T) {
	boxes, leaves := 0, 0
	var squares, n float64
	for seed := range 60 {
		x := uniforms(uint64(seed), 30, 3000)
		found := discover(t, x, planted(uint64(seed), x, nil, 0.1, 0.1))
		boxes += len(found.Boxes)
		leaves += len(found.Leaves) - 1
		if found.Rejected == nil {
			continue
		}
		last := found.Rejected.Trajectory[len(found.Rejected.Trajectory)-1]
		if c := last.Found; c.HitsIn < c.leastHits() {
			t.Errorf("seed %d: the last box has %d hits", seed, c.HitsIn)
		}
		if last.Found.Lift() < 2 {
			t.Errorf("seed %d: the peeling found a lift of %v only: it is no test", seed, last.Found.Lift())
		}
		c := last.Rest
		b := c.Base()
		squares += math.Pow((c.Density()-b)/math.Sqrt(b*(1-b)/float64(c.In)), 2)
		n++
	}
	if boxes > 1 || leaves > 1 {
		t.Errorf("%d boxes and %d splits in noise", boxes, leaves)
	}
	if se := math.Sqrt(2 / n); math.Abs(squares/n-1) > 4*se+0.1 {
		t.Errorf("densities held out vary by %v of what chance does", squares/n)
	}
}

// What is found does not depend on the scale of an input.
func TestMonotone(t *testing.T) {
	const trials = 4000
	x := uniforms(1, 12, trials)
	hit := planted(1, x, []Limit{{1, -inf, 0.5}, {3, 0.4, inf}}, 0.5, 0.1)
	bent := slices.Clone(x)
	for i := range bent {
		bent[i].Values = slices.Clone(x[i].Values)
		for k, v := range bent[i].Values {
			bent[i].Values[k] = []float64{math.Log(v), math.Exp(9 * v), -1 / v, v*v*v - 5}[i%4]
		}
	}
	var inBox [2][]uint32
	for j, x := range [][]Input{x, bent} {
		f := &finder{inputs: x, hit: hit, workers: 1}
		var parts [3][]uint32
		for k := range hit {
			p := partOf(k, 16)
			parts[p] = append(parts[p], uint32(k))
		}
		f.sort(parts[finding])
		seen := slices.Concat(parts[finding], parts[choosing])
		boxes := f.build(parts[finding])
		for _, p := range f.peel(parts[finding]) {
			boxes = append(boxes, p.Limits)
		}
		limits := f.adjust(f.choose(boxes, parts[choosing]), seen)
		inBox[j] = f.inside(limits, seen)
	}
	if len(inBox[0]) == 0 || !slices.Equal(inBox[0], inBox[1]) {
		t.Errorf("%d and %d trials are in the boxes", len(inBox[0]), len(inBox[1]))
	}
}

// What is held out has no say in what is found.
func TestHeldOut(t *testing.T) {
	const trials = 3000
	x := uniforms(2, 12, trials)
	hit := planted(2, x, []Limit{{1, -inf, 0.5}, {3, 0.4, inf}}, 0.5, 0.1)
	other := slices.Clone(hit)
	r := rng.NewRand(2, "others")
	for k := range other {
		if k%2 == 1 {
			other[k] = r.Float64() < 0.3
			for i := range x {
				if k%3 == 0 {
					x[i].Values[k] = 2
				}
			}
		}
	}
	a, b := discover(t, x, hit), discover(t, x, other)
	if len(a.Boxes) == 0 || b.Rejected == nil {
		t.Fatalf("boxes %v, and with other hits held out %v", a.Boxes, b.Boxes)
	}
	if got, want := b.Rejected.Limits, a.Boxes[0].Limits; !slices.Equal(got, want) {
		t.Errorf("found %v, and with other hits held out %v", want, got)
	}
	if len(a.Leaves) != 3 || len(b.Leaves) != 1 {
		t.Errorf("leaves %v, and with other hits held out %v: they do not hold there", a.Leaves, b.Leaves)
	}
	if a.Boxes[0].Rest == b.Rejected.Rest {
		t.Error("the counts did not change")
	}
}

// An event that happens sometimes, and when it does, is told from one that never does.
func TestEvents(t *testing.T) {
	const trials = 8000
	when := func(name string, p float64) Input {
		r := rng.NewRand(3, name)
		times := make([]float64, trials)
		for k := range times {
			times[k] = math.Inf(1)
			if r.Float64() < p {
				times[k] = float64(r.Intn(40)) / 4
			}
		}
		return Input{name, times}
	}
	for _, tt := range []struct {
		name string
		want []Limit
		p    func(event, other, x float64) float64
	}{
		{"before", []Limit{{0, -inf, 4.75}}, func(event, _, _ float64) float64 {
			return map[bool]float64{true: 0.8, false: 0.05}[event < 5]
		}},
		{"never", []Limit{{0, 9.75, inf}}, func(event, _, _ float64) float64 {
			return map[bool]float64{true: 0.3, false: 0.02}[math.IsInf(event, 1)]
		}},
		{"at all", []Limit{{0, -inf, 9.75}}, func(event, _, _ float64) float64 {
			return map[bool]float64{true: 0.3, false: 0.02}[!math.IsInf(event, 1)]
		}},
		{"with an input", []Limit{{1, -inf, 9.75}, {2, -inf, 0.5}}, func(_, other, x float64) float64 {
			return map[bool]float64{true: 0.7, false: 0.05}[!math.IsInf(other, 1) && x < 0.5]
		}},
		{"between", []Limit{{0, 1.75, 5.75}}, func(event, _, _ float64) float64 {
			return map[bool]float64{true: 0.9, false: 0.02}[event >= 2 && event < 6]
		}},
	} {
		x := append([]Input{when("event", 0.5), when("other", 0.2)}, uniforms(3, 10, trials)...)
		hit := bernoulli(3, trials, func(k uint32) float64 { return tt.p(x[0].Values[k], x[1].Values[k], x[2].Values[k]) })
		found := discover(t, x, hit)
		if len(found.Boxes) != 1 {
			t.Fatalf("%s: %d boxes", tt.name, len(found.Boxes))
		}
		got := found.Boxes[0].Limits
		same := slices.EqualFunc(got, tt.want, func(a, b Limit) bool {
			// The event's times are quarters, so that a cut is at one of them; of what never
			// happens the last of them is as good as any later time.
			near := func(a, b, by float64) bool { return a == b || math.Abs(a-b) <= by }
			by := 0.25
			if a.Input == 2 {
				by = 0.03
			}
			return a.Input == b.Input && near(a.Low, b.Low, by) && near(a.High, b.High, by)
		})
		if !same {
			t.Errorf("%s: found %v, want %v", tt.name, got, tt.want)
		}
	}
}

// Values that many trials share stay on one side.
func TestTies(t *testing.T) {
	const trials = 8000
	x := uniforms(4, 10, trials)
	r := rng.NewRand(4, "whole")
	for k := range x[5].Values {
		x[5].Values[k] = float64(r.Intn(10)) - 4
	}
	found := discover(t, x, planted(4, x, []Limit{{5, 2, inf}}, 0.5, 0.1))
	if len(found.Boxes) != 1 || !slices.Equal(found.Boxes[0].Limits, []Limit{{5, 2, inf}}) {
		t.Errorf("found %+v", found.Boxes)
	}
}

// Of two inputs that say the same, now one and now the other is found.
func TestAgain(t *testing.T) {
	const trials = 6000
	x := uniforms(14, 8, trials)
	r := rng.NewRand(14, "blur")
	hit := planted(14, x, []Limit{{1, -inf, 0.4}, {3, 0.5, inf}}, 0.6, 0.05)
	twin := slices.Clone(x[1].Values)
	for k := range twin {
		twin[k] += 0.1 * (r.Float64() - 0.5)
		x[1].Values[k] += 0.1 * (r.Float64() - 0.5)
	}
	x[6].Values = twin
	b := discover(t, x, hit).Boxes[0]
	for i, l := range b.Limits {
		switch again := b.Again[i]; {
		case l.Input == 3 && again < Halves-1, l.Input != 3 && (again == 0 || again > Halves-2):
			t.Errorf("%v is found again in %d of %d halves", l, again, Halves)
		}
	}
}

// A second box is looked for among the trials that are not in the first, and says what it adds.
func TestSecondBox(t *testing.T) {
	const trials = 10000
	x := uniforms(5, 20, trials)
	f := finder{inputs: x}
	one, two := []Limit{{1, -inf, 0.5}, {2, -inf, 0.5}}, []Limit{{7, 0.8, inf}, {2, 0.5, inf}}
	hit := bernoulli(5, trials, func(k uint32) float64 {
		if f.in(one, k) || f.in(two, k) {
			return 0.8
		}
		return 0.02
	})
	found := discover(t, x, hit)
	if len(found.Boxes) != 2 {
		t.Fatalf("%d boxes", len(found.Boxes))
	}
	var inputs [][]int
	for _, b := range found.Boxes {
		var list []int
		for _, l := range b.Limits {
			list = append(list, l.Input)
		}
		inputs = append(inputs, list)
	}
	if want := [][]int{{1, 2}, {2, 7}}; !reflect.DeepEqual(inputs, want) {
		t.Errorf("limits on %v, want %v", inputs, want)
	}
	a, b := found.Boxes[0], found.Boxes[1]
	if b.Rest.Trials != a.Rest.Trials-a.Rest.In || b.Rest.Hits != a.Rest.Hits-a.Rest.HitsIn {
		t.Errorf("the second box is of %+v, the first of %+v", b.Rest, a.Rest)
	}
	if b.Held.Trials != a.Held.Trials || b.Held.In < b.Rest.In {
		t.Errorf("the second box alone %+v, what it adds %+v", b.Held, b.Rest)
	}
	if all := ratio(a.Rest.HitsIn+b.Rest.HitsIn, a.Rest.Hits); all < 0.85 {
		t.Errorf("both cover %v", all)
	}
}

// A tree that is there is found.
func TestTree(t *testing.T) {
	const trials = 10000
	x := uniforms(6, 20, trials)
	rates := []float64{0.05, 0.3, 0.9}
	leaf := func(k uint32) int {
		switch {
		case x[4].Values[k] <= 0.6:
			return 0
		case x[8].Values[k] <= 0.3:
			return 1
		}
		return 2
	}
	hit := bernoulli(6, trials, func(k uint32) float64 { return rates[leaf(k)] })
	leaves := discover(t, x, hit).Leaves
	want := [][]Limit{{{4, -inf, 0.6}}, {{4, 0.6, inf}, {8, -inf, 0.3}}, {{4, 0.6, inf}, {8, 0.3, inf}}}
	if len(leaves) != 3 {
		t.Fatalf("%d leaves", len(leaves))
	}
	trialsIn := 0
	for i, l := range leaves {
		trialsIn += l.Held.In
		for j, w := range want[i] {
			if g := l.Limits[j]; g.Input != w.Input || g.Low != w.Low && math.Abs(g.Low-w.Low) > 0.02 || g.High != w.High && math.Abs(g.High-w.High) > 0.02 {
				t.Errorf("leaf %d: %v, want %v", i, l.Limits, want[i])
			}
		}
		p := rates[i]
		if math.Abs(l.Held.Density()-p) > 4*math.Sqrt(p*(1-p)/float64(l.Held.In))+0.02 {
			t.Errorf("leaf %d: %v, want %v", i, l.Held.Density(), p)
		}
	}
	if trialsIn != trials/2 {
		t.Errorf("%d trials are in the leaves, %d were held out", trialsIn, trials/2)
	}
}

func TestWorkers(t *testing.T) {
	x := uniforms(7, 25, 4000)
	hit := planted(7, x, []Limit{{1, -inf, 0.5}, {3, 0.4, inf}}, 0.3, 0.1)
	one, err := Discover(x, hit, Options{16, 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, workers := range []int{0, 2, 7, 100} {
		if again, err := Discover(x, hit, Options{16, workers}); err != nil || !reflect.DeepEqual(one, again) {
			t.Errorf("%d workers find something else: %v", workers, err)
		}
	}
}

// Nothing is said of what happens hardly ever, or nearly always.
func TestFew(t *testing.T) {
	x := uniforms(8, 5, 1000)
	for _, hits := range []int{0, MinHits - 1, 1000 - MinHits + 1, 1000} {
		hit := make([]bool, 1000)
		for k := range hits {
			hit[k] = true
		}
		if found, err := Discover(x, hit, options); !errors.Is(err, ErrFew) || found.All != (Counts{1000, hits, 1000, hits}) {
			t.Errorf("%d hits: %+v, %v", hits, found, err)
		}
	}
	hit := make([]bool, 1000)
	for k := range MinHits {
		hit[7*k] = true
	}
	if _, err := Discover(x, hit, options); err != nil {
		t.Errorf("%d hits: %v", MinHits, err)
	}
	if _, err := Discover(nil, hit, options); err != nil {
		t.Errorf("no inputs: %v", err)
	}
}

// The boxes of a trajectory lie in each other, and are counted right.
func TestTrajectory(t *testing.T) {
	const trials = 4000
	x := uniforms(9, 12, trials)
	for k, v := range x[3].Values {
		x[3].Values[k] = math.Floor(20*v) / 20 // many are equal
	}
	hit := planted(9, x, []Limit{{1, -inf, 0.5}, {3, 0.4, inf}, {5, 0.1, 0.9}}, 0.6, 0.05)
	f := &finder{inputs: x, hit: hit}
	var parts [3][]uint32
	for k := range hit {
		p := partOf(k, 16)
		parts[p] = append(parts[p], uint32(k))
	}
	peels := discover(t, x, hit).Boxes[0].Trajectory
	if len(peels) < 20 || peels[0].Limits != nil {
		t.Fatalf("%d peels, the first %v", len(peels), peels[0])
	}
	for i, p := range peels {
		if want := f.count(p.Limits, parts[finding]); p.Found != want {
			t.Errorf("peel %d: %+v, want %+v", i, p.Found, want)
		}
		if want := f.count(p.Limits, parts[heldOut]); p.Rest != want {
			t.Errorf("peel %d: held out %+v, want %+v", i, p.Rest, want)
		}
		if i > 0 {
			if off := float64(peels[i-1].Found.In-p.Found.In) / float64(peels[i-1].Found.In); off < leastAlpha || off > leastAlpha+0.1 {
				t.Errorf("peel %d takes %v off", i, off)
			}
			if p.Found.Density() < peels[i-1].Found.Density() {
				t.Errorf("peel %d: density falls", i)
			}
		}
	}
}

func TestIdentities(t *testing.T) {
	for _, c := range []Counts{{1000, 120, 100, 61}, {50, 25, 10, 3}, {7, 3, 2, 2}, {400, 100, 400, 100}} {
		near := func(what string, got, want float64) {
			if math.Abs(got-want) > 1e-12 {
				t.Errorf("%+v: %s is %v, want %v", c, what, got, want)
			}
		}
		near("density·support", c.Density()*c.Support(), c.Coverage()*c.Base())
		near("lift", c.Lift(), c.Coverage()/c.Support())
		if c.In < c.Trials {
			near("φ²", c.Phi()*math.Abs(c.Phi()), math.Copysign(1, c.Phi())*(c.Coverage()-c.Support())*(c.Density()-c.Base())/((1-c.Support())*(1-c.Base())))
			out := c.Outside()
			near("φ outside", out.Phi(), -c.Phi())
			near("base", c.Support()*c.Density()+out.Support()*out.Density(), c.Base())
		} else {
			near("φ of all", c.Phi(), 0)
		}
	}
}

func TestAtLeast(t *testing.T) {
	for _, tt := range []struct {
		k, n int
		p    float64
	}{{0, 10, 0.3}, {3, 10, 0.3}, {10, 10, 0.3}, {61, 100, 0.5}, {5, 40, 0.4}, {700, 3000, 0.2}, {30, 50000, 0.001}, {1, 1, 1e-9}, {4, 4, 1 - 1e-9}} {
		want := 1.0
		if tt.k > 0 {
			b := distuv.Binomial{N: float64(tt.n), P: tt.p}
			want = b.Survival(float64(tt.k) - 1)
		}
		if got := atLeast(tt.k, tt.n, tt.p); math.Abs(got-want) > 1e-9*want+1e-15 {
			t.Errorf("%+v: %v, want %v", tt, got, want)
		}
	}
	if atLeast(0, 5, 0) != 1 || atLeast(1, 5, 0) != 0 || atLeast(5, 5, 1) != 1 {
		t.Error("at the ends of p")
	}
}

// The examples of Newcombe, "Two-sided confidence intervals for the single proportion:
// comparison of seven methods" (1998), table I, method 3.
func TestWilson(t *testing.T) {
	for _, tt := range []struct {
		k, n      int
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		low, high := Wilson(tt.k, tt.n)
		if math.Abs(low-tt.low) > 0.00005 || math.Abs(high-tt.high) > 0.00005 {
			t.Errorf("%d of %d: %v to %v", tt.k, tt.n, low, high)
		}
	}
	if low, high := Wilson(0, 0); !math.IsNaN(low) || !math.IsNaN(high) {
		t.Error("of none")
	}
}

// The intervals of density, coverage and lift have the truth in them in 95 of 100 cases.
func TestIntervals(t *testing.T) {
	const cases, trials, support, inside, outside = 4000, 600, 0.2, 0.5, 0.1
	base := support*inside + (1-support)*outside
	r := rng.NewRand(10, "cases")
	var in [3]int
	for range cases {
		c := Counts{Trials: trials}
		for range trials {
			p := outside
			inBox := r.Float64() < support
			if inBox {
				p = inside
				c.In++
			}
			if r.Float64() < p {
				c.Hits++
				if inBox {
					c.HitsIn++
				}
			}
		}
		low, high := Wilson(c.HitsIn, c.In)
		for i, truth := range []float64{inside, support * inside / base, inside / base} {
			switch i {
			case 1:
				low, high = Wilson(c.HitsIn, c.Hits)
			case 2:
				low, high = c.LiftInterval()
			}
			if low <= truth && truth <= high {
				in[i]++
			}
		}
	}
	for i, what := range []string{"density", "coverage", "lift"} {
		if share := float64(in[i]) / cases; math.Abs(share-0.95) > 4*math.Sqrt(0.95*0.05/cases)+0.005 {
			t.Errorf("%s: %v of the intervals have it", what, share)
		}
	}
}

// A box is made of the limits that say something. One on x7 that says a little is left out, as one
// is that says nothing, and what is left is put where it belongs.
func TestFewLimits(t *testing.T) {
	const trials = 6000
	x := uniforms(13, 25, trials)
	f := &finder{inputs: x, workers: 1}
	one, three, seven := Limit{1, -inf, 0.5}, Limit{3, 0.4, inf}, Limit{7, -inf, 0.96}
	f.hit = bernoulli(13, trials, func(k uint32) float64 {
		switch {
		case f.in([]Limit{one, three, seven}, k):
			return 0.65
		case f.in([]Limit{one, three}, k):
			return 0.1
		}
		return 0.05
	})
	var all []uint32
	for k := range uint32(trials) {
		all = append(all, k)
	}
	two := []Limit{one, three}
	more := []Limit{{5, 0.03, inf}, one, {9, -inf, 0.98}, three, seven}
	if a, b := f.count(two, all).Phi(), f.count([]Limit{one, three, seven}, all).Phi(); a >= b || a < 0.97*b {
		t.Fatalf("φ is %v without x7 and %v with it: it is no test", a, b)
	}
	if got := f.choose([][]Limit{more, {three}, {{0, 0.5, inf}}}, all); !slices.Equal(got, two) {
		t.Errorf("chose %v", got)
	}
	near := func(got []Limit) bool {
		return len(got) == 2 && got[0].Input == 1 && got[1].Input == 3 && math.IsInf(got[0].Low, -1) && math.IsInf(got[1].High, 1) &&
			math.Abs(got[0].High-0.5) < 0.02 && math.Abs(got[1].Low-0.4) < 0.02
	}
	if got := f.adjust([]Limit{{5, 0.03, inf}, {1, -inf, 0.43}, {9, -inf, 0.98}, {3, 0.46, inf}, seven}, all); !near(got) {
		t.Errorf("adjusted to %v", got)
	}
	f.sort(all)
	if boxes := f.build(all); len(boxes) < 2 || !near(boxes[1]) || len(boxes[0]) != 1 {
		t.Errorf("built %v", boxes)
	}
	// The inputs that say most are among those that are peeled, wherever they stand.
	if got := f.strongest(all, mostInputs); !slices.Contains(got, 1) || !slices.Contains(got, 3) {
		t.Errorf("strongest are %v", got)
	}
}

// A limit that holds where it was found alone is left out, but not the last one.
func TestStrip(t *testing.T) {
	const trials = 4000
	x := uniforms(15, 10, trials)
	f := &finder{inputs: x, workers: 1}
	one, three, seven := Limit{1, -inf, 0.5}, Limit{3, 0.4, inf}, Limit{7, -inf, 0.6}
	f.hit = bernoulli(15, trials, func(k uint32) float64 {
		switch there := f.in([]Limit{one, three}, k); {
		case there && (partOf(int(k), 16) == choosing || f.in([]Limit{seven}, k)):
			return 0.6
		case there:
			return 0.2
		}
		return 0.05
	})
	var parts [3][]uint32
	for k := range uint32(trials) {
		p := partOf(int(k), 16)
		parts[p] = append(parts[p], k)
	}
	if p := f.byChance([]Limit{one, three, seven}, parts[finding]); slices.Max(p) > 1e-6 {
		t.Fatalf("p is %v where it was found: it is no test", p)
	}
	got := f.strip([]Limit{one, three, seven}, parts)
	if len(got) != 2 || got[0].Input != 1 || got[1].Input != 3 {
		t.Errorf("stripped to %v", got)
	}
	if got := f.strip([]Limit{{5, 0.5, inf}}, parts); len(got) != 1 {
		t.Errorf("stripped to %v", got)
	}
}

// A box stands if chance would not do as well, neither as all of it nor as each of its limits.
func TestStands(t *testing.T) {
	better, alike := Counts{2000, 300, 300, 80}, Counts{2000, 300, 300, 50}
	for _, tt := range []struct {
		box  Box
		want bool
	}{
		{Box{Rest: better, P: []float64{0.2, 0.01}}, true},
		{Box{Rest: better, P: []float64{0.2, 0.1}}, false},
		{Box{Rest: alike, P: []float64{0.2, 0.01}}, false},
		{Box{Rest: Counts{2000, 300, 2000, 300}}, false},
	} {
		if got := tt.box.stands(); got != tt.want {
			t.Errorf("%+v: %v", tt.box, got)
		}
	}
}

// Among hundreds of inputs that do nothing, one with a limit of the lift that can be told from
// chance is found in most cases, by the box alone, and by the tree.
func TestPower(t *testing.T) {
	const trials, base, support = 4000, 0.15, 0.1
	inside := base * (Counts{Trials: trials / 2, Hits: trials / 2 * base}).Detectable(support)
	boxes, trees := 0, 0
	for seed := range uint64(8) {
		x := uniforms(seed, 250, trials)
		found := discover(t, x, planted(seed, x, []Limit{{7, 1 - support, inf}}, inside, (base-support*inside)/(1-support)))
		if len(found.Boxes) > 0 {
			boxes++
			if l := found.Boxes[0].Limits; len(found.Boxes) > 1 || len(l) > 1 || l[0].Input != 7 {
				t.Errorf("seed %d: found %v and %d more", seed, l, len(found.Boxes)-1)
			}
		}
		if len(found.Leaves) > 1 {
			trees++
		}
	}
	if boxes < 5 || trees < 5 {
		t.Errorf("%d boxes and %d trees in 8 cases", boxes, trees)
	}
}

// What can be told from chance is so in nine of ten cases, and grows with the number of trials.
func TestDetectable(t *testing.T) {
	for _, c := range []Counts{{Trials: 2000, Hits: 285}, {Trials: 10000, Hits: 1456}, {Trials: 500, Hits: 400}} {
		const support = 0.1
		n, base := float64(c.Trials)*support, c.Base()
		k := 0.0
		for (distuv.Binomial{N: n, P: base}).Survival(k-1) >= 0.001 {
			k++
		}
		lift := c.Detectable(support)
		if got := (distuv.Binomial{N: n, P: lift * base}).Survival(k - 1); math.Abs(got-0.9) > 1e-9 {
			t.Errorf("%+v: a lift of %v is told in %v of the cases", c, lift, got)
		}
	}
	if got := (Counts{Trials: 60, Hits: 50}).Detectable(0.1); !math.IsNaN(got) {
		t.Errorf("all six would hit by chance in a third of cases, yet %v is told from it", got)
	}
}

// The best cut of an input is the best of all that there are.
func TestBestCuts(t *testing.T) {
	const trials = 400
	x := uniforms(12, 3, trials)
	for k := range x[1].Values {
		x[1].Values[k] = math.Floor(8 * x[1].Values[k])
	}
	hit := bernoulli(12, trials, func(k uint32) float64 { return 0.2 + 0.4*x[0].Values[k] - 0.02*x[1].Values[k] })
	f := &finder{inputs: x, hit: hit}
	var all []uint32
	for k := range uint32(trials) {
		all = append(all, k)
	}
	a := f.newAdjusting(all)
	var s sorter
	a.add(side{input: 2, top: true, at: 0.7}, s.sort(x[2].Values, all))
	for input := range 2 {
		cuts := a.bestCuts(input, s.sort(x[input].Values, all))
		for i, c := range cuts {
			best, at := 0.0, 0.0
			for _, v := range slices.Sorted(slices.Values(x[input].Values)) {
				l := Limit{input, v, inf}
				if i == 1 {
					l = Limit{input, -inf, v}
				}
				if w := f.count([]Limit{l, {2, -inf, 0.7}}, all).worth(); w > best && v < slices.Max(x[input].Values) {
					best, at = w, v
				}
			}
			// Where no trial of the box lies between two values, both are the same cut.
			same := f.count([]Limit{c.limit(nil), {2, -inf, 0.7}}, all).worth()
			if best == 0 {
				same = 0
			}
			if math.Abs(c.worth-best) > 1e-12 || math.Abs(same-best) > 1e-12 || c.top != (i == 1) {
				t.Errorf("input %d: %+v, want %v at %v", input, c, best, at)
			}
		}
	}
}

func TestSort(t *testing.T) {
	r := rng.NewRand(11, "values")
	var s sorter
	for n := range 200 {
		values := make([]float64, n)
		trials := make([]uint32, n)
		for k := range values {
			values[k] = []float64{0, math.Copysign(0, -1), inf, -3, r.Float64(), -r.Float64(), 1e300, float64(r.Intn(3))}[r.Intn(8)]
			trials[k] = uint32(k)
		}
		want := slices.Clone(trials)
		slices.SortStableFunc(want, func(a, b uint32) int {
			switch x, y := values[a], values[b]; {
			case x < y:
				return -1
			case x > y:
				return 1
			}
			return 0
		})
		order := s.sort(values, trials)
		for i, o := range order {
			if o.trial != want[i] {
				t.Fatalf("place %d: trial %d, want %d", i, o.trial, want[i])
			}
			if i > 0 && (o.rank == order[i-1].rank) != (values[o.trial] == values[order[i-1].trial]) {
				t.Fatalf("place %d: rank %d after %d", i, o.rank, order[i-1].rank)
			}
		}
	}
}

func TestRounded(t *testing.T) {
	var values []float64
	for k := range 1001 {
		values = append(values, float64(k)/1000)
	}
	for _, tt := range []struct {
		at   float64
		most int
		want float64
	}{{0.4127, 0, 0.4127}, {0.4127, 5, 0.41}, {0.4127, 20, 0.4}, {0.0123, 5, 0.01}, {0.004, 5, 0}, {0.9996, 3, 1}, {3.2, 0, 3}} {
		if got := rounded(tt.at, values, tt.most); got != tt.want {
			t.Errorf("%v: %v, want %v", tt.at, got, tt.want)
		}
	}
}
