package scenarios

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"entente/models"
	"entente/sim"
)

// patience is far more than any scenario of the size of the seeds takes, on a busy machine.
const patience = 20 * time.Second

// FuzzLoad reads anything, to the compiled model: it ends soon and without a panic, either with
// diagnostics that have a place or with a System in which every number is one.
func FuzzLoad(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.yaml")
	bad, _ := filepath.Glob("testdata/*/*.yaml")
	files = append(files, bad...)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, "openai.opex=0.8 to 1.2")
	}
	sane, err := os.ReadFile(sane)
	if err != nil {
		f.Fatal(err)
	}
	for _, set := range []string{"openai_azure.commitments.0.amount=1e300", "openai.compute.ratio.half_life=1e-300", "openai.revenue.growth.initial=1e300",
		"openai.revenue.volatility=1e200", "openai.cash=-1e308", "horizon.years=100", "openai_azure.stakes.0.stake=0 to 1", "openai_azure.price=1e308",
		"openai.price_sensitivity=1e9", "silence=[{warning: unit-mistake, reason: so}]"} {
		f.Add(sane, set)
	}
	f.Add([]byte("entente: 1\nextends: baseline\n"), "openai_azure.commitments.0.amount=discrete(0.9: 138, 0.1: 100)")
	f.Fuzz(func(t *testing.T, text []byte, set string) {
		began := time.Now()
		defer func() {
			if took := time.Since(began); took > patience {
				t.Errorf("it took %v", took)
			}
		}()
		s, b, err := load("-", Options{Stdin: strings.NewReader(string(text)), Set: []string{set}})
		if err != nil {
			var ds Diagnostics
			if !errors.As(err, &ds) || len(ds) == 0 {
				t.Fatalf("%T: %v", err, err)
			}
			for _, d := range ds {
				if d.ID == "" || d.Message == "" || d.File == "" || d.Width < 1 || d.Line > 0 && d.Column < 1 {
					t.Errorf("%+v", d)
				}
				_ = d.String()
			}
			return
		}
		if _, err := models.Compile(s.System); err != nil {
			t.Errorf("it does not compile: %v", err)
		}
		numbers(t, reflect.ValueOf(*s.System), "System")
		for _, a := range b.assumptions {
			if x := a.b.value.Const; a.b.given && a.spread == nil && (math.IsNaN(x) || math.IsInf(x, 0)) {
				t.Errorf("%s is %v", a.b.path, x)
			}
		}
		known := warningIDs()
		for _, d := range slices.Concat(s.Warnings, s.Sanity) {
			if d.Message == "" || d.Width < 1 || !slices.Contains(known, d.ID) && d.ID != unusedSilence || strings.Contains(d.Message, "NaN") {
				t.Errorf("a warning is %+v", d)
			}
			_ = d.String()
		}
		for _, c := range slices.Concat(s.Review().Inputs, s.Review().Shocks) {
			if !(math.Abs(c.Rho) <= 1+1e-9) {
				t.Errorf("%+v", c)
			}
		}
		for _, mixes := range [][]sim.Mix{s.System.InputMixes, s.System.ShockMixes} {
			for _, m := range mixes {
				sum := 0.0
				for _, term := range m.Terms {
					sum += term.Coef * term.Coef
				}
				if !(math.Abs(sum-1) < 1e-9) {
					t.Errorf("the variance of %s is %v", m.Name, sum)
				}
			}
		}
		for _, m := range s.System.Metrics {
			small, large := make([]float64, len(m.Of)), make([]float64, len(m.Of))
			for i := range small {
				small[i], large[i] = float64(i)-1, 1e300
			}
			if x, y := evaluate(m, small...), evaluate(m, large...); math.IsInf(x, 0) || math.IsInf(y, 0) {
				t.Errorf("%s is %v and %v", m.Name, x, y)
			}
		}
	})
}

// numbers looks at every number under v.
func numbers(t *testing.T, v reflect.Value, at string) {
	if x, ok := v.Interface().(models.Value); ok {
		if math.IsNaN(x.Const) || x.Path == "" && at != "System.DiscountRate" {
			t.Errorf("%s is %+v", at, x)
		}
		if x.Dist != nil {
			p := []float64{0x1p-53, 0.01, 0.5, 0.99, 1 - 0x1p-53}
			x.Dist.Quantile(p)
			for _, q := range p {
				if math.IsNaN(q) || math.IsInf(q, 0) {
					t.Errorf("%s draws %v", x.Path, p)
				}
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			numbers(t, v.Field(i), at+"."+v.Type().Field(i).Name)
		}
	case reflect.Slice:
		for i := range v.Len() {
			numbers(t, v.Index(i), at)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			numbers(t, v.Elem(), at)
		}
	case reflect.Float64:
		if math.IsNaN(v.Float()) {
			t.Errorf("%s is NaN", at)
		}
	}
}
