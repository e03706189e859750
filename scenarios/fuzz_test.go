package scenarios

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"entente/models"
	"entente/sim"
)

// FuzzLoad reads anything: it ends, without a panic, either with diagnostics that have a place
// or with a System in which every number is one.
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
	f.Add([]byte("entente: 1\nextends: baseline\n"), "openai_azure.commitments.0.amount=discrete(0.9: 138, 0.1: 100)")
	f.Fuzz(func(t *testing.T, text []byte, set string) {
		s, _, err := load("-", Options{Stdin: strings.NewReader(string(text)), Set: []string{set}})
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
			of := make([][]float64, len(m.Of))
			for i := range of {
				of[i] = []float64{float64(i) - 1, 1e300}
			}
			dst := make([]float64, 2)
			m.Combine(dst, of)
			if math.IsInf(dst[0], 0) || math.IsInf(dst[1], 0) {
				t.Errorf("%s is %v", m.Name, dst)
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
