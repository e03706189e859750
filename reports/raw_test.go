package reports

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

// TestRaw shows all digits of what is else shown as its standard error has it.
func TestRaw(t *testing.T) {
	sc, raw := scaleOf("USD bn"), TableOptions{Raw: true}.scale("USD bn")
	for _, c := range []struct {
		x, se       float64
		short, long string
	}{
		{1234.56789, 2.5, "1,234.6 ± 2.5", "1234.56789 ± 2.5"},
		{-0.1, 0.0123456, "−0.100 ± 0.012", "−0.1 ± 0.0123456"},
		{3.25, 0, "3.25", "3.25"},
		{math.NaN(), 1, "–", "–"},
	} {
		if got := strings.ReplaceAll(sc.withError(c.x, c.se), nbsp, " "); got != c.short {
			t.Errorf("%v ± %v is %q, want %q", c.x, c.se, got, c.short)
		}
		if got := strings.ReplaceAll(raw.withError(c.x, c.se), nbsp, " "); got != c.long {
			t.Errorf("raw, %v ± %v is %q, want %q", c.x, c.se, got, c.long)
		}
	}
	r := makeRealistic()
	var b bytes.Buffer
	if err := WriteTable(&b, r, TableOptions{Raw: true}); err != nil {
		t.Fatal(err)
	}
	f := newFinder(r)
	s := f.final("azure", "exposure")
	if want := allDigits(s.Mean) + " ± " + allDigits(s.SE); !strings.Contains(b.String(), want) {
		t.Errorf("there is no %s in\n%s", want, b.String())
	}
	if want := allDigits(s.P95); !strings.Contains(b.String(), want) {
		t.Errorf("there is no %s in\n%s", want, b.String())
	}
}
