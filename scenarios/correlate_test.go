package scenarios

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"entente/sim"
)

// correlations returns the matrix that the mixes make, by name.
func correlations(mixes []sim.Mix) map[[2]string]float64 {
	r := map[[2]string]float64{}
	for _, a := range mixes {
		for _, b := range mixes {
			sum := 0.0
			for _, s := range a.Terms {
				for _, u := range b.Terms {
					if s.Source == u.Source {
						sum += s.Coef * u.Coef
					}
				}
			}
			r[[2]string{a.Name, b.Name}] = sum
		}
	}
	return r
}

func TestMixes(t *testing.T) {
	s, err := Load("testdata/correlated.good.yaml", Options{})
	if err != nil {
		t.Fatal(err)
	}
	in, sh := correlations(s.System.InputMixes), correlations(s.System.ShockMixes)
	for _, c := range []struct {
		of   map[[2]string]float64
		a, b string
		rho  float64
	}{
		{in, "openai.revenue.run_rate", "openai.opex", 1},
		{in, "openai.revenue.run_rate", "openai.price_sensitivity", 1},
		{in, "openai.opex", "openai.price_sensitivity", 1},
		{in, "openai.revenue.growth.initial", "openai.opex", 0},
		{in, "openai.opex", "openai.opex", 1},
		{sh, "openai.revenue", "azure.revenue", 0.6 * 0.8},
		{sh, "openai.growth", "azure.revenue", -0.5 * 0.6},
		{sh, "openai.growth", "openai.revenue", 0},
		{sh, "azure.revenue", "azure.revenue", 1}, // no rest is left: 0.8² + 0.6² = 1
		{sh, "openai.growth", "openai.growth", 1},
	} {
		got, ok := c.of[[2]string{c.a, c.b}]
		if !ok || math.Abs(got-c.rho) > 1e-12 {
			t.Errorf("%s and %s: %v, %v; not %v", c.a, c.b, got, ok, c.rho)
		}
	}
	for _, m := range s.System.ShockMixes {
		if m.Name == "openai.revenue" && (m.Terms[0] != sim.Term{Source: "factor.demand", Coef: 0.6} || m.Terms[1].Source != "openai.revenue") {
			t.Errorf("openai.revenue is mixed of %+v", m.Terms)
		}
	}
}

// TestMixedGroup joins given pairs and a factor in one group: the matrix has both.
func TestMixedGroup(t *testing.T) {
	s, err := small(t, "openai.opex=1 to 2", "openai.price_sensitivity=1 to 2", "azure.revenue.run_rate=90 to 110",
		"correlations=[{inputs: [openai.opex, openai.cash], rho: 0.5}]",
		"factors={f: {inputs: {openai.cash: 0.6, openai.price_sensitivity: -0.5}}, g: {inputs: {azure.revenue.run_rate: 0.3}}}")
	if err != nil {
		t.Fatal(err)
	}
	r := correlations(s.System.InputMixes)
	for _, c := range []struct {
		a, b string
		rho  float64
	}{{"openai.opex", "openai.cash", 0.5}, {"openai.cash", "openai.price_sensitivity", -0.3}, {"openai.opex", "openai.price_sensitivity", 0},
		{"openai.opex", "azure.revenue.run_rate", 0}, {"azure.revenue.run_rate", "azure.revenue.run_rate", 1}} {
		if got := r[[2]string{c.a, c.b}]; math.Abs(got-c.rho) > 1e-12 {
			t.Errorf("%s and %s: %v, not %v", c.a, c.b, got, c.rho)
		}
	}
}

// TestBlock gives every pair of four names one correlation.
func TestBlock(t *testing.T) {
	names := []string{"openai.opex", "openai.cash", "openai.price_sensitivity", "azure.revenue.run_rate"}
	s, err := small(t, "openai.opex=1 to 2", "openai.price_sensitivity=1 to 2", "azure.revenue.run_rate=90 to 110",
		"correlations=[{inputs: ["+strings.Join(names, ", ")+"], rho: 0.65}]")
	if err != nil {
		t.Fatal(err)
	}
	r := correlations(s.System.InputMixes)
	for _, a := range names {
		for _, b := range names {
			want := 0.65
			if a == b {
				want = 1
			}
			if got, ok := r[[2]string{a, b}]; !ok || math.Abs(got-want) > 1e-12 {
				t.Errorf("%s and %s: %v, not %v", a, b, got, want)
			}
		}
	}
}

// TestNearestCorrelation is the example of Higham (2002), section 4, printed there to four digits.
func TestNearestCorrelation(t *testing.T) {
	got := nearestCorrelation(mat.NewSymDense(3, []float64{1, 1, 0, 1, 1, 1, 0, 1, 1}))
	for i, row := range [][]float64{{1, 0.7607, 0.1573}, {0.7607, 1, 0.7607}, {0.1573, 0.7607, 1}} {
		for j, want := range row {
			if math.Abs(got.At(i, j)-want) > 0.00005 {
				t.Errorf("(%d, %d) is %v, not %v", i, j, got.At(i, j), want)
			}
		}
	}
}

// TestShown takes impossible matrices, whose nearest neighbours lie on the edge of what is
// possible: rounded as they are shown they must still be possible.
func TestShown(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		n := 3 + r.IntN(6)
		m := mat.NewSymDense(n, nil)
		for i := range n {
			m.SetSym(i, i, 1)
			for j := range i {
				m.SetSym(i, j, 2*r.Float64()-1)
			}
		}
		var eig mat.EigenSym
		if !eig.Factorize(shown(nearestCorrelation(m)), false) || eig.Values(nil)[0] < 0 {
			t.Errorf("of %d names: the least eigenvalue is %v", n, eig.Values(nil)[0])
		}
	}
}

// TestShownCorrelationsAreTaken writes what a refusal suggests into the scenario: it is taken.
func TestShownCorrelationsAreTaken(t *testing.T) {
	_, err := Load("testdata/correlations/not_semidefinite.bad.yaml", Options{})
	var ds Diagnostics
	if !errors.As(err, &ds) {
		t.Fatal(err)
	}
	var pairs []string
	for _, m := range regexp.MustCompile(`(\S+), (\S+): (\S+) in place of`).FindAllStringSubmatch(ds[0].Hint, -1) {
		pairs = append(pairs, fmt.Sprintf("{inputs: [%s, %s], rho: %s}", m[1], m[2], m[3]))
	}
	if len(pairs) < 3 {
		t.Fatalf("the hint shows too little: %s", ds[0].Hint)
	}
	if _, err := Load("testdata/correlations/not_semidefinite.bad.yaml", Options{Set: []string{"correlations=[" + strings.Join(pairs, ", ") + "]"}}); err != nil {
		t.Error(err)
	}
}
