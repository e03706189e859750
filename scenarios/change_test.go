package scenarios

import (
	"math"
	"strings"
	"testing"

	"entente/sim/dist"
)

// PATH*=FACTOR and PATH+=NUMBER change what stands there, whatever it is, and nothing else.
func TestSetChanges(t *testing.T) {
	for _, c := range []struct {
		set    []string
		p5     float64
		p50    float64
		spread bool
	}{
		{[]string{"openai.opex=0.9", "openai.opex*=2"}, 1.8, 1.8, false},
		{[]string{"openai.opex=0.9", "openai.opex+=-0.25"}, 0.65, 0.65, false},
		{[]string{"openai.opex={value: 0.9, note: n}", "openai.opex *= 2"}, 1.8, 1.8, false},
		{[]string{"openai.opex=uniform(1, 2)", "openai.opex*=2"}, 2.1, 3, true},
		{[]string{"openai.opex=uniform(1, 2)", "openai.opex+=1", "openai.opex*=2"}, 4.1, 5, true},
		{[]string{"openai.opex={uniform: [1, 2]}", "openai.opex+=1"}, 2.05, 2.5, true},
		{[]string{"openai.opex={value: 'uniform(1, 2)', note: n}", "openai.opex*=0.5"}, 0.525, 0.75, true},
		{[]string{"openai.opex={initial: 'uniform(1, 2)', long_run: 1, half_life: 2}", "openai.opex.initial*=0.5"}, 0.525, 0.75, true},
		{[]string{"openai.opex=1 to 4", "openai.opex*=3"}, 3, 6, true},
		{[]string{"openai.opex=0.9", "openai.opex.initial*=2"}, 1.8, 1.8, false},
	} {
		s, err := small(t, c.set...)
		if err != nil {
			t.Errorf("%q:\n%v", c.set, err)
			continue
		}
		v := s.System.Labs[0].Opex.Initial
		p5, p50 := v.Const, v.Const
		if d, ok := v.Dist.(dist.Dist); ok {
			p5, p50 = dist.Point(d, 0.05), dist.Point(d, 0.5)
		}
		if (v.Dist != nil) != c.spread || math.Abs(p5-c.p5) > 1e-9 || math.Abs(p50-c.p50) > 1e-9 {
			t.Errorf("%q: the quantiles are %v and %v, not %v and %v", c.set, p5, p50, c.p5, c.p50)
		}
		// It can be written down and is then the same.
		if a := s.Facts.Assumptions; !strings.HasPrefix(c.set[0], "openai.opex={initial") && c.spread {
			for _, x := range a {
				if x.Path != "openai.opex" {
					continue
				}
				again, err := small(t, "openai.opex="+x.Text)
				if err != nil {
					t.Errorf("%q is written %q:\n%v", c.set, x.Text, err)
				} else if d := again.System.Labs[0].Opex.Initial.Dist.(dist.Dist); dist.Point(d, 0.05) != p5 {
					t.Errorf("%q is written %q, which is something else", c.set, x.Text)
				}
			}
		}
	}
	for _, c := range []struct{ set, want string }{
		{"openai.opex*=two", `openai.opex is changed by "two": it takes a number`},
		{"openai.opex*=-1", "openai.opex must be at least 0, not -"},
		{"openai.revenue.growth*=2", "openai.revenue.growth moves: there is no one number to change"},
		{"openai.price_sensitivity*=2", "there is nothing at openai.price_sensitivity to change"},
		{"horizon.start+=1", "horizon.start takes a date (YYYY-MM-DD): there is no number to change"},
		{"openai.cahs*=2", `there is no "openai.cahs" to set`},
		{"=2", `"=2" sets nothing`},
	} {
		if _, err := small(t, c.set); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: the error is\n%v\nand does not say %q", c.set, err, c.want)
		}
	}
	if _, err := small(t, "openai.opex=uniform(1, 2)", "openai.opex*=-1"); err == nil || !strings.Contains(err.Error(), "factor is -1: it must be above 0") {
		t.Errorf("a distribution times −1: %v", err)
	}
}

// A template gives what Load gives, under each set of overrides, whichever came before.
func TestTemplate(t *testing.T) {
	template, err := Read("testdata/small.good.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range [][]string{nil, {"openai.opex=0.7"}, {"openai_azure.commitments.0=null", "openai.opex*=2"}, {"openai.opex=-1"}, {"horizon.years=5"}, {"openai.opex=normal(1, 0.4)"}, nil} {
		want, wantErr := small(t, set...)
		checked, err := template.Checked(set)
		if (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Fatalf("%q: %v, but Load says %v", set, err, wantErr)
		}
		if err != nil {
			continue
		}
		got, warnings := checked.System, checked.Warnings
		if start := checked.Start.Format("2006-01-02"); start != want.Facts.Run.Start {
			t.Errorf("%q: starts on %s, but Load says %s", set, start, want.Facts.Run.Start)
		}
		if got.Years != want.System.Years || got.Labs[0].Opex.Initial.Const != want.System.Labs[0].Opex.Initial.Const ||
			len(got.Alliances[0].Commitments) != len(want.System.Alliances[0].Commitments) {
			t.Errorf("%q: %+v, but Load says %+v", set, got.Labs[0], want.System.Labs[0])
		}
		if len(warnings) != len(want.Warnings) {
			t.Errorf("%q: warnings %v, but Load says %v", set, warnings, want.Warnings)
		}
		again, err := template.Load(set)
		if err != nil || again.Facts.Scenario.SHA256 != want.Facts.Scenario.SHA256 {
			t.Errorf("%q: %v, or another hash", set, err)
		}
	}
}
