package dist

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestPublished: values from tables and closed forms.
func TestPublished(t *testing.T) {
	must := func(d Dist, err error) Dist {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	check := func(what string, got, want, tol float64) {
		t.Helper()
		if !(math.Abs(got-want) <= tol) {
			t.Errorf("%s is %v, want %v", what, got, want)
		}
	}
	// Tables of t and χ² (Abramowitz and Stegun 26.10 and 26.8; five or six digits).
	check("t(5) at 0.975", Point(must(NewStudent(5, 0, 1)), 0.975), 2.571, 5e-4)
	check("t(30) at 0.995", Point(must(NewStudent(30, 0, 1)), 0.995), 2.750, 5e-4)
	check("χ²(10) at 0.95", Point(must(NewGamma(5, 0.5)), 0.95), 18.307, 5e-4)
	check("χ²(1) at 0.99", Point(must(NewGamma(0.5, 0.5)), 0.99), 6.63490, 5e-6)
	// Closed forms: the arcsine law, Cauchy, t with 2 degrees of freedom.
	for _, p := range []float64{1e-14, 1e-5, 0.2, 0.5, 0.9, 1 - 1e-9} {
		check("arcsine", Point(must(NewBeta(0.5, 0.5)), p), math.Pow(math.Sin(math.Pi*p/2), 2), 1e-14)
		cauchy := math.Tan(math.Pi * (p - 0.5))
		if p < 0.1 {
			cauchy = -1 / math.Tan(math.Pi*p)
		}
		check("Cauchy", Point(must(NewStudent(1, 0, 1)), p), cauchy, 1e-7*math.Abs(cauchy)+1e-15)
		t2 := (2*p - 1) / math.Sqrt(2*p*(1-p))
		check("t(2)", Point(must(NewStudent(2, 0, 1)), p), t2, 1e-7*math.Abs(t2)+1e-15)
		check("pert at an end", Point(must(NewPERT(0, 0, 1)), p), 1-math.Pow(1-p, 0.2), 1e-15)
	}
	pert := must(NewPERT(2, 3, 10))
	check("mean of pert", pert.Mean(), (2+4*3+10)/6., 1e-15)
	check("sd of pert", pert.SD(), math.Sqrt((4-2)*(10-4)/7.), 1e-14) // (μ-a)(b-μ)/7
	check("sd of Weibull(1)", must(NewWeibull(1, 3)).SD(), 3, 1e-14)
	// A steep Weibull is nearly a Gumbel of scale 1/k.
	check("sd of Weibull(1e7)", must(NewWeibull(1e7, 1)).SD()*1e7, math.Pi/math.Sqrt(6), 1e-5)
	// Student's t is continuous in df, from the beta quantile to the expansion in 1/df.
	for _, p := range []float64{1e-12, 1e-3, 0.3, 0.6, 1 - 1e-9} {
		a, b := Point(must(NewStudent(1e4-1e-6, 0, 1)), p), Point(must(NewStudent(1e4, 0, 1)), p)
		check("t(10000)", b, a, 1e-11*math.Abs(a))
	}
	// A step belongs to the value below it.
	die := must(NewDiscrete([]float64{1, 1, 1, 1}, []float64{1, 2, 3, 4}))
	for i, p := range []float64{0.25, 0.5, 0.75} {
		check("a step", Point(die, p), float64(i+1), 0)
		check("after a step", Point(die, p+1e-15), float64(i+2), 0)
	}
	// Half-normal: mean √(2/π), sd √(1 - 2/π).
	half := must(Truncate(must(NewNormal(0, 1)), 0, inf))
	check("mean of half-normal", half.Mean(), math.Sqrt(2/math.Pi), 1e-12)
	check("sd of half-normal", half.SD(), math.Sqrt(1-2/math.Pi), 1e-12)
	// Beyond 10: φ(10)/Φ(-10), from Mills' ratio to 12 digits.
	check("mean beyond 10 sd", must(Truncate(must(NewNormal(0, 1)), 10, inf)).Mean(), 10.0980932339625, 1e-11)
	// t(3) above 0: E|T| = 2√3/π.
	check("mean of half t(3)", must(Truncate(must(NewStudent(3, 0, 1)), 0, inf)).Mean(), 2*math.Sqrt(3)/math.Pi, 1e-9)
	// The metalog with two terms is logistic: sd = s π/√3; its quantile at 0.9 is s ln 9.
	logistic := must(NewMetalog([]float64{0.1, 0.9}, []float64{-math.Log(9), math.Log(9)}))
	check("sd of logistic", logistic.SD(), math.Pi/math.Sqrt(3), 1e-10)
	check("logistic at 0.99", Point(logistic, 0.99), math.Log(99), 1e-12)
	// Type 7: R's quantile(c(1, 2, 4, 8), c(.1, .5, .9)) is 1.3, 3, 6.8.
	four := must(NewEmpirical([]float64{8, 1, 4, 2}))
	for i, p := range []float64{0.1, 0.5, 0.9} {
		check("type 7", Point(four, p), []float64{1.3, 3, 6.8}[i], 1e-14)
	}
}

// TestMetalogFeasible: with quantiles at 10, 50 and 90 %, a metalog is a distribution where
// (q50-q10)/(q90-q10) lies inside k and 1-k, k = (1 - 1.66711 (1/2 - 0.1))/2 (Keelin 2016).
func TestMetalogFeasible(t *testing.T) {
	k := (1 - 1.66711*(0.5-0.1)) / 2
	for _, c := range []struct {
		ratio float64
		ok    bool
	}{{k + 1e-4, true}, {k - 1e-4, false}, {0.5, true}, {1 - k - 1e-4, true}, {1 - k + 1e-4, false}} {
		_, err := NewMetalog([]float64{0.1, 0.5, 0.9}, []float64{0, c.ratio, 1})
		if (err == nil) != c.ok {
			t.Errorf("ratio %v: %v", c.ratio, err)
		}
	}
	// It goes through what it is given, and a uniform is a metalog with four terms.
	p, x := []float64{0.05, 0.25, 0.5, 0.75, 0.95}, []float64{1, 3, 4.5, 7, 14}
	d, err := NewMetalog(p, x)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p {
		if math.Abs(Point(d, p[i])-x[i]) > 1e-12 {
			t.Errorf("Q(%v) = %v, want %v", p[i], Point(d, p[i]), x[i])
		}
	}
	if d, err = NewMetalog([]float64{0.1, 0.3, 0.6, 0.9}, []float64{1, 3, 6, 9}); err != nil {
		t.Fatal(err)
	}
	if x := Point(d, 0.999); math.Abs(x-9.99) > 1e-9 {
		t.Errorf("uniform metalog: Q(0.999) = %v", x)
	}
}

// TestInterval: a and b are the 5 % and 95 % quantiles; the range picks the family.
func TestInterval(t *testing.T) {
	for _, c := range []struct {
		a, b, lo, hi float64
		family       string
	}{
		{0.3, 0.7, 0, 1, "logit-normal"},
		{0.001, 0.9, 0, 1, "logit-normal"},
		{-0.5, 0.2, -1, 1, "logit-normal"},
		{10, 14, 0, inf, "lognormal"},
		{0.25, 0.4, -1, inf, "lognormal"},
		{0.2, 0.4, -inf, 1, "lognormal"},
		{-0.1, 0.3, -1, inf, "normal"},
		{0, 5, -inf, inf, "normal"},
	} {
		d, err := Interval(c.a, c.b, c.lo, c.hi)
		if err != nil {
			t.Fatal(err)
		}
		var family string
		switch curveOf(d).(type) {
		case logitNormal:
			family = "logit-normal"
		case lognormal:
			family = "lognormal"
		case normal:
			family = "normal"
		}
		if family != c.family {
			t.Errorf("%v to %v in [%v, %v] is %s, want %s", c.a, c.b, c.lo, c.hi, family, c.family)
		}
		if a, b := Point(d, 0.05), Point(d, 0.95); math.Abs(a-c.a) > 1e-14 || math.Abs(b-c.b) > 1e-13 {
			t.Errorf("%v to %v in [%v, %v] has quantiles %v and %v", c.a, c.b, c.lo, c.hi, a, b)
		}
	}
	for _, c := range []struct {
		a, b, lo, hi float64
		want         string
	}{
		{2, 1, 0, inf, "the upper end is 1: it must be above the lower end, which is 2"},
		{0, 0.5, 0, 1, "the lower end is 0: it must lie inside the range, above 0 and below 1"},
		{0.5, 1.5, 0, 1, "the upper end is 1.5: it must lie inside the range, above 0 and below 1"},
		{math.NaN(), 1, 0, 1, "the lower end is NaN: it must be a finite number"},
		{0, inf, -inf, inf, "the upper end is +Inf: it must be a finite number"},
	} {
		if _, err := Interval(c.a, c.b, c.lo, c.hi); err == nil || err.Error() != c.want {
			t.Errorf("%v to %v in [%v, %v]: %v, want %s", c.a, c.b, c.lo, c.hi, err, c.want)
		}
	}
}

// TestTruncate: conditioning keeps the odds of what is inside, ends with mass of their own
// included.
func TestTruncate(t *testing.T) {
	die, err := NewDiscrete([]float64{1, 1, 1, 1, 1, 1}, []float64{1, 2, 3, 4, 5, 6})
	if err != nil {
		t.Fatal(err)
	}
	d, err := Truncate(die, 2, 4)
	if err != nil {
		t.Fatal(err)
	}
	if lo, hi := d.Support(); lo != 2 || hi != 4 || math.Abs(d.CDF(2)-1./3) > 1e-15 || math.Abs(d.CDF(3)-2./3) > 1e-15 {
		t.Errorf("a die in [2, 4]: support %v, %v, F(2) = %v, F(3) = %v", lo, hi, d.CDF(2), d.CDF(3))
	}
	// In a mixture: half a coin at 0 and 1, half uniform on [0, 1]; given [0, 0.25], 0 has
	// two thirds of the mass.
	coin, _ := NewDiscrete([]float64{1, 1}, []float64{0, 1})
	flat, _ := NewUniform(0, 1)
	mix, _ := NewMixture([]float64{1, 1}, []Dist{coin, flat})
	if d, err = Truncate(mix, 0, 0.25); err != nil {
		t.Fatal(err)
	}
	if math.Abs(d.CDF(0)-2./3) > 1e-15 || Point(d, 0.66) != 0 || math.Abs(Point(d, 5./6)-0.125) > 1e-14 || math.Abs(d.Mean()-1./24) > 1e-11 {
		t.Errorf("coin and uniform in [0, 0.25]: F(0) = %v, Q(0.66) = %v, Q(5/6) = %v, mean %v", d.CDF(0), Point(d, 0.66), Point(d, 5./6), d.Mean())
	}
	// The far tail of an exponential is an exponential again.
	e, _ := NewExponential(2)
	for _, lo := range []float64{1, 20, 100} {
		if d, err = Truncate(e, lo, inf); err != nil {
			t.Fatal(err)
		}
		for _, p := range []float64{1e-6, 0.1, 0.5, 0.99, 1 - 1e-9} {
			if got, want := Point(d, p), lo+Point(e, p); math.Abs(got-want) > 1e-12*want {
				t.Errorf("exponential beyond %v: Q(%v) = %v, want %v", lo, p, got, want)
			}
		}
	}
	if d, err = Truncate(e, -1, inf); err != nil || d != e {
		t.Errorf("a truncation that cuts nothing: %v, %v", d, err)
	}
	for _, c := range []struct {
		d      Dist
		lo, hi float64
		want   string
	}{
		{e, 2, 1, "the upper end is 1: it must be above the lower end, which is 2"},
		{e, math.NaN(), 1, "an end of [NaN, 1] is no number"},
		{e, -3, -1, "no probability lies in [-3, -1]: the distribution runs from "},
		{coin, 0.2, 0.8, "no probability lies in [0.2, 0.8]"},
	} {
		if _, err := Truncate(c.d, c.lo, c.hi); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("truncate to [%v, %v]: %v, want %s", c.lo, c.hi, err, c.want)
		}
	}
}

// TestUniformEnds: no value passes an end by rounding.
func TestUniformEnds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 10000 {
		a, b := r.NormFloat64(), math.Exp(3*r.NormFloat64())
		if r.IntN(2) == 0 {
			a, b = -b, -a
		}
		d, err := NewUniform(a, b)
		if err != nil {
			continue
		}
		x := []float64{edge, 1 - edge}
		d.Quantile(x)
		if x[0] < a || x[1] > b || x[0]-a > 1e-15*(b-a)+4e-16*math.Abs(a) || b-x[1] > 1e-15*(b-a)+4e-16*math.Abs(b) {
			t.Fatalf("uniform(%v, %v) runs from %v to %v", a, b, x[0], x[1])
		}
	}
}

// TestDiscreteColumns: the tables of a discrete distribution say of every probability what the
// sums of its weights say, next to the steps too.
func TestDiscreteColumns(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := 1; n < 60; n++ {
		w, v := make([]float64, n), make([]float64, n)
		for i := range w {
			w[i], v[i] = math.Exp(4*r.NormFloat64()), float64(i)
		}
		dist, err := NewDiscrete(w, v)
		if err != nil {
			t.Fatal(err)
		}
		d := dist.(discrete)
		p := []float64{edge, 0.5, 1 - edge}
		for i := range d.lower {
			for _, at := range []float64{d.lower[i], 1 - d.upper[i]} {
				p = append(p, at, math.Nextafter(at, 0), math.Nextafter(at, 1))
			}
		}
		for _, u := range p {
			if !(u > 0 && u < 1) {
				continue
			}
			x := []float64{u}
			if d.Quantile(x); x[0] != Point(d, u) {
				t.Errorf("%d values: Q(%v) = %v, by sums %v", n, u, x[0], Point(d, u))
			}
		}
	}
}

func TestRange(t *testing.T) {
	n, _ := NewNormal(0, 1)
	coin, _ := NewDiscrete([]float64{1, 3}, []float64{0, 5})
	for _, c := range []struct {
		d            Dist
		lo, hi, want float64
	}{
		{n, -inf, inf, 0},
		{n, -1, 1, 0.31731050786291415},
		{n, -inf, 10, 7.619853024160527e-24},
		{coin, 0, 5, 0},
		{coin, 0.1, 5, 0.25},
		{coin, 0, 4.9, 0.75},
	} {
		if got := Range(c.d, c.lo, c.hi); math.Abs(got-c.want) > 1e-13*c.want {
			t.Errorf("outside [%v, %v]: %v, want %v", c.lo, c.hi, got, c.want)
		}
	}
}

// TestRefusals: every parameter out of its range is refused by name.
func TestRefusals(t *testing.T) {
	nan := math.NaN()
	good := map[string][]float64{
		"normal": {0, 1}, "lognormal": {0, 1}, "uniform": {0, 1}, "triangular": {0, 1, 2}, "pert": {0, 1, 2},
		"beta": {2, 3, 0, 1}, "gamma": {2, 1}, "exponential": {1}, "weibull": {2, 1}, "student": {3, 0, 1},
	}
	for _, k := range Kinds() {
		args := good[k.Name]
		if d, err := k.New(args); err != nil || d == nil {
			t.Errorf("%s%v: %v", k.Name, args, err)
		}
		for i, name := range k.Parameters {
			for _, bad := range []float64{nan, inf, -inf, 1e101, 1e-101} {
				v := slices.Clone(args)
				v[i] = bad
				if d, err := k.New(v); err == nil || d != nil || !strings.Contains(err.Error(), name+" is ") {
					t.Errorf("%s%v: %v, which should name %s", k.Name, v, err, name)
				}
			}
		}
		for _, n := range []int{0, len(k.Parameters) + 1} {
			if _, err := k.New(make([]float64, n)); err == nil || !strings.Contains(err.Error(), k.Name+" has ") {
				t.Errorf("%s with %d numbers: %v", k.Name, n, err)
			}
		}
		if k.Doc == "" || !strings.HasSuffix(k.Doc, ".") {
			t.Errorf("%s is not explained: %q", k.Name, k.Doc)
		}
	}
	for _, c := range []struct {
		kind string
		args []float64
		want string
	}{
		{"normal", []float64{0, -1}, "sd is -1: it must be above 0"},
		{"normal", []float64{0, 0}, "sd is 0: it must be above 0"},
		{"normal", []float64{nan, 1}, "mean is NaN: it must be a finite number"},
		{"lognormal", []float64{0, -2}, "sigma is -2: it must be above 0"},
		{"lognormal", []float64{800, 1}, "mu is 800: values would pass what a float64 holds"},
		{"lognormal", []float64{0, 200}, "sigma is 200: values would pass what a float64 holds"},
		{"uniform", []float64{1, 1}, "b is 1: it must be above a, which is 1"},
		{"triangular", []float64{0, 3, 2}, "mode is 3: it must lie between 0 and 2"},
		{"pert", []float64{0, -1, 2}, "mode is -1: it must lie between 0 and 2"},
		{"pert", []float64{2, 2, 2}, "max is 2: it must be above min, which is 2"},
		{"beta", []float64{0, 2}, "a is 0: it must be above 0"},
		{"beta", []float64{2, 1e6}, "b is 1e+06: it must lie between 0.001 and 100000"},
		{"beta", []float64{2, 2, 2}, "beta has 3 numbers: it must be beta(a, b) or beta(a, b, min, max)"},
		{"gamma", []float64{-1, 2}, "shape is -1: it must be above 0"},
		{"gamma", []float64{1, 0}, "rate is 0: it must be above 0"},
		{"exponential", []float64{-1}, "rate is -1: it must be above 0"},
		{"weibull", []float64{1e-5, 1}, "shape is 1e-05: values would pass what a float64 holds"},
		{"student", []float64{0, 0, 1}, "df is 0: it must be above 0"},
		{"student", []float64{0.01, 0, 1}, "df is 0.01: it must be at least 0.05"},
		{"student", []float64{3, 0, -1}, "scale is -1: it must be above 0"},
	} {
		for _, k := range Kinds() {
			if k.Name == c.kind {
				if _, err := k.New(c.args); err == nil || err.Error() != c.want {
					t.Errorf("%s%v: %v, want %s", c.kind, c.args, err, c.want)
				}
			}
		}
	}
	type maker = func() (Dist, error)
	for want, make := range map[string]maker{
		"weight 2 is -1: it must be at least 0":                        func() (Dist, error) { return NewDiscrete([]float64{1, -1}, []float64{1, 2}) },
		"weight 1 is NaN: it must be a finite number":                  func() (Dist, error) { return NewDiscrete([]float64{nan}, []float64{1}) },
		"value 1 is +Inf: it must be a finite number":                  func() (Dist, error) { return NewDiscrete([]float64{1}, []float64{inf}) },
		"the weights are all 0: one must be above 0":                   func() (Dist, error) { return NewDiscrete([]float64{0, 0}, []float64{1, 2}) },
		"there are 1 weights for 2 values: each value needs one":       func() (Dist, error) { return NewDiscrete([]float64{1}, []float64{1, 2}) },
		"there is no part: at least one is needed":                     func() (Dist, error) { return NewMixture(nil, nil) },
		"part 1 is missing":                                            func() (Dist, error) { return NewMixture([]float64{1}, []Dist{nil}) },
		"there is no value: at least one is needed":                    func() (Dist, error) { return NewEmpirical(nil) },
		"value 2 is NaN: it must be a finite number":                   func() (Dist, error) { return NewEmpirical([]float64{1, nan}) },
		"there are 1 quantiles: a metalog needs 2 to 16":               func() (Dist, error) { return NewMetalog([]float64{0.5}, []float64{1}) },
		"probability 2 is 1: it must lie inside 0 and 1":               func() (Dist, error) { return NewMetalog([]float64{0.5, 1}, []float64{1, 2}) },
		"probability 2 is 0.4: it must be above the one before, 0.5":   func() (Dist, error) { return NewMetalog([]float64{0.5, 0.4}, []float64{1, 2}) },
		"the quantile at 0.9 is 1: it must be above the one at 0.5, 2": func() (Dist, error) { return NewMetalog([]float64{0.5, 0.9}, []float64{2, 1}) },
	} {
		if d, err := make(); err == nil || d != nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	_, err := NewMetalog([]float64{0.1, 0.5, 0.9}, []float64{0, 1, 100})
	if err == nil || !strings.HasPrefix(err.Error(), "the metalog through these 3 quantiles falls near p = ") {
		t.Errorf("a metalog that falls: %v", err)
	}
}

// TestMomentsUndefined: a tail of power 1 has no mean, of power 2 no variance, unless cut.
func TestMomentsUndefined(t *testing.T) {
	for _, c := range []struct {
		df, lo, hi, mean, sd float64 // NaN stands for NaN; 0 for finite
	}{
		{1, -inf, inf, math.NaN(), math.NaN()},
		{1, 0, inf, inf, math.NaN()},
		{1, -inf, 0, -inf, math.NaN()},
		{1, -10, 10, 0, 0},
		{1.5, -inf, inf, 0, inf},
		{1.5, 0, inf, 0, inf},
		{2.5, -inf, inf, 0, 0},
	} {
		d, err := NewStudent(c.df, 0, 1)
		if err != nil {
			t.Fatal(err)
		}
		if d, err = Truncate(d, c.lo, c.hi); err != nil {
			t.Fatal(err)
		}
		for _, m := range []struct {
			name      string
			got, want float64
		}{{"mean", d.Mean(), c.mean}, {"sd", d.SD(), c.sd}} {
			finite := !math.IsNaN(m.got) && !math.IsInf(m.got, 0)
			if m.want == 0 && !finite || m.want != 0 && m.got != m.want && !(math.IsNaN(m.want) && math.IsNaN(m.got)) {
				t.Errorf("t(%v) in [%v, %v]: %s is %v, want %v", c.df, c.lo, c.hi, m.name, m.got, m.want)
			}
		}
	}
}

// FuzzQuantile: whatever a constructor takes has quantiles that are numbers, increase and
// stay in the support.
func FuzzQuantile(f *testing.F) {
	f.Add(uint8(4), 0.0, 1.0, 4.0, 1.0, 0.3)
	f.Add(uint8(5), 0.001, 1e5, -1.0, 1.0, 1e-12)
	f.Add(uint8(6), 0.001, 1e-100, 0.0, 0.0, 0.999)
	f.Add(uint8(9), 0.05, 0.0, 1.0, 0.0, 0.5)
	f.Add(uint8(10), 1.0, 2.0, 3.0, 1e9, 0.2)
	f.Add(uint8(11), -1.0, 2.0, 0.5, 7.0, 0.7)
	f.Add(uint8(12), 0.2, 0.3, 0.0, 1.0, 0.1)
	f.Fuzz(func(t *testing.T, kind uint8, a, b, c, e, p float64) {
		d, err := fuzzed(int(kind), a, b, c, e)
		if err != nil {
			return
		}
		if !(p > 0 && p < 1) {
			p = 0.5
		}
		lo, hi := d.Support()
		grid := []float64{edge, 1e-12, 1e-6, 0.01, 0.3, 0.5, 0.9, 0.9999, 1 - edge, p}
		slices.Sort(grid)
		prev := lo
		for _, p := range grid {
			x := Point(d, p)
			if math.IsNaN(x) || math.IsInf(x, 0) && p >= edge || x < lo || x > hi || x < prev-1e-9*math.Abs(prev) {
				t.Fatalf("Q(%v) = %v after %v, support [%v, %v]", p, x, prev, lo, hi)
			}
			if f := d.CDF(x); !(f >= 0 && f <= 1) {
				t.Fatalf("F(%v) = %v", x, f)
			}
			prev = x
		}
	})
}

// fuzzed makes a distribution of one of the families from up to four numbers.
func fuzzed(kind int, a, b, c, e float64) (Dist, error) {
	kinds := Kinds()
	n := len(kinds)
	switch kind %= n + 3; kind {
	case n:
		inner, err := NewNormal(a, math.Abs(b))
		if err != nil {
			return nil, err
		}
		return Truncate(inner, c, e)
	case n + 1:
		x, err1 := NewNormal(a, math.Abs(b))
		y, err2 := NewStudent(3, c, math.Abs(e))
		if err1 != nil {
			return nil, err1
		}
		if err2 != nil {
			return nil, err2
		}
		return NewMixture([]float64{1, 3}, []Dist{x, y})
	case n + 2:
		return NewMetalog([]float64{0.05, 0.3, 0.6, 0.95}, []float64{a, a + math.Abs(b), a + math.Abs(b) + math.Abs(c), a + math.Abs(b) + math.Abs(c) + math.Abs(e)})
	}
	k := kinds[kind]
	return k.New([]float64{a, b, c, e}[:len(k.Parameters)])
}
