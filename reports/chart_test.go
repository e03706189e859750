package reports

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"entente/sim/result"
)

// Bars are shares of all futures: over a range that holds everything they sum to 1, and an
// atom is in the bar where it stands.
func TestBins(t *testing.T) {
	p := gridP()
	uniform, atom := make([]float64, len(p)), make([]float64, len(p))
	for i, x := range p {
		uniform[i] = 10 * x
		atom[i] = math.Max(0, 10*(x-0.6))
	}
	for name, q := range map[string][]float64{"uniform": uniform, "atom": atom} {
		d := distribution{q: q, p: p, n: 1e9}
		bs := d.bins(0, 10, 1)
		sum := 0.0
		for _, b := range bs {
			sum += b.share
		}
		if len(bs) != 10 || math.Abs(sum-1) > 1e-12 {
			t.Errorf("%s: %d bins sum to %v", name, len(bs), sum)
		}
		want := 0.1
		if name == "atom" {
			want = 0.7
		}
		if math.Abs(bs[0].share-want) > 1e-9 {
			t.Errorf("%s: the first bin has %v; want %v", name, bs[0].share, want)
		}
	}
	d := distribution{q: uniform, p: p, n: 1e9}
	if bs := d.bins(5, 10, 2.5); math.Abs(bs[0].share-0.25) > 1e-9 {
		t.Errorf("from the middle: %v", bs[0].share)
	}
	if x := d.at(0.123); math.Abs(x-1.23) > 1e-9 {
		t.Errorf("quantile 0.123 is %v", x)
	}
}

func TestAxis(t *testing.T) {
	for _, c := range []struct{ lo, hi, wantLo, wantHi, step float64 }{
		{0, 98, 0, 100, 25}, {0, 100, 0, 100, 25}, {0, 101, 0, 150, 50}, {-3, 9, -5, 10, 5}, {0, 0, 0, 1, 0.25}, {0, 0.0031, 0, 0.004, 0.001},
	} {
		a := axis{lo: c.lo, hi: c.hi}.nice()
		if math.Abs(a.lo-c.wantLo) > 1e-12 || math.Abs(a.hi-c.wantHi) > 1e-12 || math.Abs(a.step-c.step) > 1e-12 {
			t.Errorf("%v to %v: %+v", c.lo, c.hi, a)
		}
	}
}

// A fan shows true quantiles, holes where there are none, and no number that JSON cannot hold.
func TestFan(t *testing.T) {
	nan := math.NaN()
	m := &result.Metric{Name: "x", Unit: "share", Kind: result.Stock, ByYear: []result.Stat{
		{Year: 1, Date: "2026-12-31", Defined: 1, Mean: -.1, SE: .01, P5: -.5, P10: -.4, P25: -.2, P50: 0, P75: .2, P90: .4, P95: .5, SEP5: .01, SEP50: .01, SEP95: .01},
		{Year: 2, Date: "2027-12-31", Mean: nan, P5: nan, P10: nan, P25: nan, P50: nan, P75: nan, P90: nan, P95: nan},
	}}
	ax := common(m)
	if ax.lo > -50 || ax.hi < 50 {
		t.Errorf("the axis is %+v", ax)
	}
	d, err := fan(m, "$c0", ax)
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		XAxis struct {
			Data        []string
			BoundaryGap *bool
		}
		Series []struct {
			Name, RenderItem string
			Data             []any
		}
	}
	if err := json.Unmarshal(d.Option, &o); err != nil {
		t.Fatal(err)
	}
	if o.XAxis.BoundaryGap == nil || *o.XAxis.BoundaryGap || o.XAxis.Data[1] != "2027" {
		t.Errorf("x axis: %+v", o.XAxis)
	}
	got, _ := json.Marshal(o.Series)
	for _, want := range []string{`"p5–p95","RenderItem":"@band","Data":[[0,-50,50],[1,null,null]]`, `"p25–p75","RenderItem":"@band","Data":[[0,-20,20],`, `"mean","RenderItem":"","Data":[-10,null]`} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if len(d.Tips) != 2 || d.Tips[0][1] != [2]string{"mean", "−10.0" + nbsp + "±" + nbsp + "1.0"} {
		t.Errorf("tips: %v", d.Tips)
	}
}

func TestFailing(t *testing.T) {
	m := &result.Metric{Kind: result.Stock, ByYear: []result.Stat{{Mean: 0.9, SE: math.Sqrt(.09 / 1000)}, {Mean: 0.9, SE: math.Sqrt(.09 / 1000)}, {Mean: 0.7, SE: math.Sqrt(.21 / 1000)}}}
	f := failing(m)
	for i, want := range []float64{0.1, 0, 0.2} {
		if s := f.ByYear[i]; math.Abs(s.Mean-want) > 1e-12 || math.Abs(s.SE-math.Sqrt(want*(1-want)/1000)) > 1e-12 {
			t.Errorf("year %d: %v ± %v", i+1, s.Mean, s.SE)
		}
	}
	if m.ByYear[0].Mean != 0.9 {
		t.Error("the metric itself was changed")
	}
}

// A hundred dots, ten of them high, none outside.
func TestDots(t *testing.T) {
	p := gridP()
	skew, same := make([]float64, len(p)), make([]float64, len(p))
	for i, x := range p {
		skew[i], same[i] = -math.Log1p(-math.Min(x, .9999)), 2
	}
	strips := dotStrips([]distribution{{q: skew, p: p}, {q: same, p: p}, {}})
	if strips[2] != nil {
		t.Error("dots of nothing")
	}
	for _, v := range strips[:2] {
		high := 0
		for _, d := range v.Dots {
			if d.High {
				high++
			}
			if d.X < 0 || d.X > v.Width || d.Y < 0 || d.Y > v.Height {
				t.Errorf("a dot at %v, %v in %v by %v", d.X, d.Y, v.Width, v.Height)
			}
		}
		if len(v.Dots) != 100 || high != 10 || v.Height > dotSize*(dotStack+1) {
			t.Errorf("%d dots, %d high, height %v", len(v.Dots), high, v.Height)
		}
	}
	if dotStrips([]distribution{{q: make([]float64, len(p)), p: p}})[0] != nil {
		t.Error("dots where everything is 0")
	}
}

func TestSparkline(t *testing.T) {
	for _, q := range [][]float64{nil, {1}, {2, 2, 2, 2}, {math.NaN(), math.NaN(), math.NaN(), 1}} {
		if s := sparkline(q, 96, 22); s != "" {
			t.Errorf("%v: %s", q, s)
		}
	}
	flat := make([]float64, 200)
	for i := range flat {
		flat[i] = float64(i)
	}
	if s := sparkline(flat, 24, 10); strings.Count(s, "V1h") != 24 {
		t.Errorf("of a uniform distribution: %s", s)
	}
	if s := sparkline([]float64{0, 0, 0, 0, 1, 1, math.Inf(1)}, 24, 10); strings.Count(s, "h") != 24 || strings.Contains(s, "NaN") {
		t.Errorf("of two values: %s", s)
	}
}

// A lab's or a cloud's line has the dash of its colour, in whatever chart; fourteen clouds have
// fourteen pairs of hue and dash; what shares a colour goes by its order.
func TestDashes(t *testing.T) {
	if got := dashes([]string{"$c1", "$c0", "$c2"}); got[0] != "dashed" || got[1] != "solid" || got[2] != "dotted" {
		t.Errorf("three clouds have %q", got)
	}
	if got := dashes([]string{"$c0/100", "$c0/82", "$c0/64"}); got[0] != "solid" || got[1] != "dashed" || got[2] != "dotted" {
		t.Errorf("three thresholds have %q", got)
	}
	seen := map[string]bool{}
	for n := range 14 {
		pair := fmt.Sprintf("%d %s", n%7, dashes([]string{fmt.Sprintf("$c%d", n)})[0])
		if seen[pair] {
			t.Errorf("cloud %d looks like another: %s", n, pair)
		}
		seen[pair] = true
	}
}

// What differs is told, and put in its place by the page: of objects and lists of objects only
// that, of all else the whole.
func TestDifference(t *testing.T) {
	for _, c := range []struct{ a, b, want string }{
		{`{"x":1,"y":[1,2],"z":{"u":1,"v":2}}`, `{"x":1,"y":[1,3],"z":{"u":1,"v":3}}`, `{"y":[1,3],"z":{"v":3}}`},
		{`[{"a":1,"b":2},{"a":3}]`, `[{"a":1,"b":5},{"a":3}]`, `{"0":{"b":5}}`},
		{`[{"a":1}]`, `[{"a":1},{"a":1}]`, `[{"a":1},{"a":1}]`},
		{`{"a":1}`, `{"b":2}`, `{"a":null,"b":2}`},
		{`{"a":1}`, `{"a":1}`, `{}`},
	} {
		var a, b any
		if err := json.Unmarshal([]byte(c.a), &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(c.b), &b); err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(difference(a, b))
		if err != nil || string(got) != c.want {
			t.Errorf("from %s to %s: %s, %v; want %s", c.a, c.b, got, err, c.want)
		}
	}
}
