package dist

import (
	"bufio"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// probabilities returns the p that every family is tested at: both tails by factors of about
// 1.6 to the outermost a sampler makes, and the middle.
func probabilities() []float64 {
	var p []float64
	for r := edge; r < 0.5; r *= 1.62 {
		p = append(p, r)
	}
	p = append(p, 0.5)
	for i := len(p) - 2; i >= 0; i-- {
		p = append(p, 1-p[i])
	}
	return p
}

// jumps says whether a quantile function may jump or be flat.
func jumps(d Dist) bool {
	switch d := d.(type) {
	case discrete, empirical:
		return true
	case truncated:
		return jumps(d.base)
	case *tabulated:
		switch c := d.curve.(type) {
		case truncated:
			return jumps(c.base)
		case mixture:
			return true

		}
	}
	return false
}

// curveOf returns a distribution without its table.
func curveOf(d Dist) curve {
	if t, ok := d.(*tabulated); ok {
		return t.curve
	}
	return d
}

// TestBattery holds every distribution to the promises of Dist.
func TestBattery(t *testing.T) {
	for _, c := range examples(t) {
		t.Run(c.name, func(t *testing.T) {
			d := c.dist
			p := probabilities()
			x := append([]float64(nil), p...)
			d.Quantile(x)
			lo, hi := d.Support()
			if !(lo <= hi) {
				t.Errorf("support is [%v, %v]", lo, hi)
			}
			width := Point(d, 0.9) - Point(d, 0.1) // what counts as large, near a 0
			for i, v := range x {
				if math.IsNaN(v) || math.IsInf(v, 0) || v < lo || v > hi {
					t.Errorf("Q(%v) = %v, support [%v, %v]", p[i], v, lo, hi)
				}
				if i > 0 && v < x[i-1]-1e-14*math.Abs(v)-1e-280 {
					t.Errorf("falls: Q(%v) = %v, Q(%v) = %v", p[i-1], x[i-1], p[i], v)
				}
				// The table against the curve.
				exact := Point(d, p[i])
				if e := math.Abs(v - exact); e > 1e-9*math.Abs(exact)+1e-280 && !(lo < 0 && hi > 0 && e < 1e-10*width) {
					t.Errorf("Q(%v) = %v, exactly %v: off by %.1g", p[i], v, exact, e/math.Abs(exact))
				}
				// F(Q(p)) = p, or F(Q(p)-) ≤ p ≤ F(Q(p)) at atoms; as far as the spacing of
				// the float64s around Q(p) allows.
				f, g := d.tails(exact + 1e-14*math.Abs(exact))
				fLow, gLow := tailsBelow(d, exact-1e-14*math.Abs(exact))
				near := 1e-9
				slack := 0.0
				if _, ok := curveOf(d).(truncated); ok {
					slack = 1e-15 // a difference of probabilities
				}
				if math.Abs(exact) < 1e-300 && lo == 0 {
					continue // below the normal float64s
				}
				if f < p[i]*(1-near)-slack || fLow > p[i]*(1+near)+slack || g > (1-p[i])*(1+near)+slack || gLow < (1-p[i])*(1-near)-slack {
					t.Errorf("F(Q(p)) = %v ... %v for p = %v, 1-F = %v ... %v, x = %v", fLow, f, p[i], g, gLow, exact)
				}
				if f, _ := d.tails(exact); d.CDF(exact) != f {
					t.Errorf("CDF(%v) = %v, tail %v", exact, d.CDF(exact), f)
				}
			}
			for _, out := range []float64{math.Nextafter(lo, -inf), -inf} {
				if f := d.CDF(out); out < lo && f != 0 {
					t.Errorf("CDF(%v) = %v below the support", out, f)
				}
			}
			for _, out := range []float64{hi, math.Nextafter(hi, inf), inf} {
				if f := d.CDF(out); f != 1 {
					t.Errorf("CDF(%v) = %v above the support", out, f)
				}
			}
			testDense(t, d)
			testMoments(t, d)
			testColumns(t, d)
		})
	}
}

// testDense looks for falls between neighbouring probabilities, where cells of a table meet
// and elsewhere.
func testDense(t *testing.T, d Dist) {
	var p []float64
	for k := 1; k <= 16; k++ {
		for i := range 64 {
			r := math.Ldexp(1+float64(i)/64, -k-1)
			p = append(p, math.Nextafter(r, 0), r, math.Nextafter(r, 1), r*(1+1e-9))
		}
	}
	spread := Point(d, 0.75) - Point(d, 0.25)
	for _, side := range []string{"lower", "upper"} {
		x := append([]float64(nil), p...)
		if side == "upper" {
			for i := range x {
				x[i] = 1 - x[i]
			}
		}
		d.Quantile(x)
		for k := range 16 { // each octave increases in i
			prev := x[k*256]
			for i, v := range x[k*256 : (k+1)*256] {
				step := v - prev
				if side == "upper" {
					step = -step
				}
				if step < -2e-13*math.Abs(v)-1e-15*spread-1e-280 {
					t.Fatalf("%s tail falls at %v: %v after %v", side, p[k*256+i], v, prev)
				}
				prev = v
			}
		}
	}
}

// testMoments holds Mean and SD to a midpoint sum over the quantile function, octave by
// octave of either tail: another rule than the package's, over another variable.
func testMoments(t *testing.T, d Dist) {
	mean, sd := d.Mean(), d.SD()
	if lower, upper := tailPowers(d); min(lower, upper) < 2.9 {
		if lower <= 1 && upper <= 1 && !math.IsNaN(mean) || min(lower, upper) <= 2 && !(math.IsNaN(sd) || math.IsInf(sd, 1)) {
			t.Errorf("mean %v, sd %v with tails of powers %v, %v", mean, sd, lower, upper)
		}
		return
	}
	median := Point(d, 0.5)
	var s1, s2 float64
	const n = 40
	for k := 1; k < 150; k++ {
		w := math.Ldexp(1, -k-1)
		for i := range n {
			r := w * (1 + (float64(i)+0.5)/n)
			for _, x := range []float64{d.at(r, 1-r), d.at(1-r, r)} {
				s1 += (x - median) * w / n
				s2 += (x - median) * (x - median) * w / n
			}
		}
		if k > 40 {
			if tail := math.Max(math.Abs(d.at(w, 1-w)-median), math.Abs(d.at(1-w, w)-median)); tail*tail*w < 1e-7*s2 {
				break
			}
		}
	}
	want, wantSD := median+s1, math.Sqrt(s2-s1*s1)
	// Midpoints are off by at most a part in n² of the curvature, or where there are jumps by
	// a step over one of n.
	tol := 3e-4
	if jumps(d) {
		tol = 1e-2
	}
	if math.Abs(mean-want) > tol*(math.Abs(want-median)+wantSD)+1e-12*math.Abs(mean) {
		t.Errorf("mean is %v, by summation %v", mean, want)
	}
	if math.Abs(sd-wantSD) > 3*tol*wantSD+1e-12*math.Abs(mean) {
		t.Errorf("sd is %v, by summation %v", sd, wantSD)
	}
}

// testColumns: the same bits however a column is cut, whoever else draws, and no allocation.
func testColumns(t *testing.T, d Dist) {
	u := columnOf(1000)
	whole := append([]float64(nil), u...)
	if table, ok := d.(*tabulated); ok {
		d = &tabulated{curve: table.curve} // so that the callers race to make the table
	}
	parts := make([][]float64, 4)
	var group sync.WaitGroup
	for g := range parts {
		parts[g] = append([]float64(nil), u...)
		group.Go(func() {
			for rest, n := parts[g], 1; len(rest) > 0; n += g {
				n = min(n, len(rest))
				d.Quantile(rest[:n])
				rest = rest[n:]
			}
		})
	}
	group.Wait()
	d.Quantile(whole)
	for _, part := range parts {
		for i := range whole {
			if math.Float64bits(part[i]) != math.Float64bits(whole[i]) {
				t.Fatalf("Q(%v) = %v in one cut, %v in another", u[i], whole[i], part[i])
			}
		}
	}
	p := make([]float64, len(u))
	if n := testing.AllocsPerRun(3, func() { copy(p, u); d.Quantile(p) }); n != 0 {
		t.Errorf("Quantile allocates %v times", n)
	}
}

// TestReference compares with quantiles to 20 digits; see testdata/reference.py.
func TestReference(t *testing.T) {
	file, err := os.Open("testdata/reference.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	dists := map[string]Dist{}
	var rows, worstRow = 0, ""
	var worst float64
	for in := bufio.NewScanner(file); in.Scan(); rows++ {
		row := strings.Fields(in.Text())
		key := row[0] + "(" + row[1] + ")"
		d := dists[key]
		if d == nil {
			if d, err = newByName(row[0], row[1]); err != nil {
				t.Fatalf("%s: %v", key, err)
			}
			dists[key] = d
		}
		p, err1 := strconv.ParseFloat(row[2], 64)
		want, err2 := strconv.ParseFloat(row[3], 64)
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		x := []float64{p}
		d.Quantile(x)
		// Around a 0 inside the support the error is absolute.
		size := math.Abs(want)
		if lo, hi := d.Support(); lo < 0 && hi > 0 {
			size = max(size, 0.1*(Point(d, 0.75)-Point(d, 0.25)))
		}
		for _, got := range []struct {
			how string
			x   float64
			tol float64
		}{{"table", x[0], 1e-9}, {"exact", Point(d, p), 1e-11}} {
			e := math.Abs(got.x-want) / size
			if want == 0 || math.Abs(want) < 1e-300 {
				e = math.Abs(got.x - want)
			}
			if !(e <= got.tol) {
				t.Errorf("%s Q(%v), %s: %v, want %v: off by %.2g", key, p, got.how, got.x, want, e)
			}
			if got.how == "table" && e > worst {
				worst, worstRow = e, fmt.Sprint(key, " at ", p)
			}
		}
	}
	if rows < 1000 {
		t.Errorf("only %d rows", rows)
	}
	t.Logf("%d rows, worst %.2g: %s", rows, worst, worstRow)
}

// newByName makes a distribution from the list of kinds.
func newByName(name, parameters string) (Dist, error) {
	var args []float64
	for _, s := range strings.Split(parameters, ",") {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, err
		}
		args = append(args, v)
	}
	for _, k := range Kinds() {
		if k.Name == name {
			return k.New(args)
		}
	}
	return nil, fmt.Errorf("no kind %q", name)
}

// TestExpand: the series of the beta distribution give what the exact function gives. Building
// a table checks them and does without where they fail, so no quantile would show it.
func TestExpand(t *testing.T) {
	for _, shapes := range [][2]float64{{1, 5}, {2.3, 3.7}, {0.5, 0.5}, {0.5, 20}, {3, 0.7}, {2000, 3000}, {1e5, 1e5}, {1, 1}} {
		for _, ends := range [][2]float64{{0, 1}, {-2, 0}} {
			d, err := NewBetaOn(shapes[0], shapes[1], ends[0], ends[1])
			if err != nil {
				t.Fatal(err)
			}
			for _, upper := range []bool{false, true} {
				guess := math.NaN()
				for k := 1; k <= octaves; k++ {
					var x nodes
					var ok bool
					lo := math.Ldexp(1, -k-1)
					if ok, guess = curveOf(d).(beta).expand(&x, lo, 2*lo, upper, guess); !ok {
						t.Fatalf("beta%v has no series between %v and %v", shapes, lo, 2*lo)
					}
					for j, node := range chebyshev.node {
						r := lo * (1.5 + node/2)
						want := d.at(r, 1-r)
						if upper {
							want = d.at(1-r, r)
						}
						if math.Abs(x[j]-want) > 1e-11*math.Abs(want) {
							t.Fatalf("beta%v on %v, upper %v: %v at %v, want %v", shapes, ends, upper, x[j], r, want)
						}
					}
				}
			}
		}
	}
}

// TestQuick: ordinary distributions are sampled from the quick table alone, which is within
// 3e-10 of the exact function.
func TestQuick(t *testing.T) {
	ordinary := []string{"logit-normal", "interval bounded", "pert", "pert left", "pert right", "pert shares", "pert far",
		"beta", "gamma", "exponential", "weibull", "student 30", "metalog", "truncated normal"}
	for _, c := range examples(t) {
		if !slices.Contains(ordinary, c.name) {
			continue
		}
		d := c.dist.(*tabulated)
		u := columnOf(500)
		x := slices.Clone(u)
		d.Quantile(x)
		if d.holes {
			t.Errorf("%s: a piece is missing", c.name)
		}
		lo, hi := d.Support()
		for i, p := range u {
			want := Point(d, p)
			size := math.Abs(want)
			if lo < 0 && hi > 0 {
				size = max(size, 0.1*(Point(d, 0.75)-Point(d, 0.25)))
			}
			if e := math.Abs(x[i] - want); e > 3e-10*size {
				t.Fatalf("%s at %v: %v, exactly %v", c.name, p, x[i], want)
			}
		}
	}
}
