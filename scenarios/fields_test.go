package scenarios

import (
	"math"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"entente/models"
)

// TestFields loads a scenario that has every field, and holds the name of each of the System's
// values against the path that it is from: Labs.Funding.Raise is openai.funding.raise.
func TestFields(t *testing.T) {
	s, err := Load("testdata/full.good.yaml", Options{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var walk func(v reflect.Value, at string)
	walk = func(v reflect.Value, at string) {
		if x, ok := v.Interface().(models.Value); ok {
			path := spelt(x.Path)
			if strings.HasSuffix(at, "effects_by") {
				return
			}
			if bare := strings.TrimSuffix(at, "_initial"); !strings.HasSuffix("_"+path, "_"+at) && !strings.HasSuffix("_"+path, "_"+bare) {
				t.Errorf("%s is from %s", at, x.Path)
			}
			if seen[x.Path] {
				t.Errorf("%s is taken twice, for %s too", x.Path, at)
			}
			seen[x.Path] = true
			return
		}
		switch v.Kind() {
		case reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i), strings.TrimPrefix(at+"_"+snake(v.Type().Field(i).Name), "_"))
			}
		case reflect.Slice:
			for i := range v.Len() {
				inner := at
				switch at {
				case "labs", "clouds", "investors", "markets", "alliances", "events":
					inner = "" // paths begin with the id
				}
				walk(v.Index(i), inner)
			}
		case reflect.Pointer:
			if v.IsNil() {
				t.Errorf("the scenario has no %s", at)
				return
			}
			walk(v.Elem(), at)
		}
	}
	sys := *s.System
	sys.InputMixes, sys.ShockMixes, sys.Metrics = nil, nil, nil
	onDate, onRate, onBilled := &sys.Alliances[0].Tranches[0], &sys.Alliances[0].Tranches[1], &sys.Alliances[0].Tranches[2]
	if onDate.RunRate != nil || onDate.Billed != nil || onRate.Billed != nil || onBilled.RunRate != nil {
		t.Error("a tranche has two conditions")
	}
	onDate.RunRate, onDate.Billed, onRate.Billed, onBilled.RunRate = onRate.RunRate, onBilled.Billed, onBilled.Billed, onRate.RunRate
	ceiling := sys.Labs[0].Revenue.Ceiling
	sys.Labs[0].Revenue.Ceiling = sys.Labs[1].Revenue.Ceiling // the first has a market in its place
	walk(reflect.ValueOf(models.System{DiscountRate: sys.DiscountRate, GigawattYear: sys.GigawattYear, Markets: sys.Markets,
		Clouds: sys.Clouds[:1], Labs: sys.Labs[:1], Investors: sys.Investors}), "")
	a := sys.Alliances[0]
	a.Tranches = nil
	walk(reflect.ValueOf(a), "")
	walk(reflect.ValueOf(*onRate.RunRate), "tranches_run_rate")
	walk(reflect.ValueOf(*onBilled.Billed), "tranches_billed")
	walk(reflect.ValueOf(*sys.Events[0].Hazard), "hazard")
	walk(reflect.ValueOf(*sys.Events[0].Duration), "duration")

	// What is no value: dates, all different, and names.
	for what, pair := range map[string][2]float64{
		"exclusivity.until":   {a.Exclusivity.Until, 1},
		"revenue_share.until": {a.RevenueShare.Until, 2},
		"resale.until":        {a.Resale.Until, 3},
		"commitments.start":   {a.Commitments[0].Start, -1},
		"tranches.0.on":       {onDate.On, 4},
		"tranches.0.by":       {onDate.By, 5},
		"tranches.1.by":       {onRate.By, math.Inf(1)},
		"window.0":            {sys.Events[0].From, 6},
		"window.1":            {sys.Events[0].To, 7},
		"at":                  {sys.Events[1].At, 8},
		"no window.1":         {sys.Events[1].To, math.Inf(1)},
		"old window.0":        {sys.Events[2].From, 0},
		"old window.1":        {sys.Events[2].To, 0.5},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %v, not %v", what, pair[0], pair[1])
		}
	}
	lab := sys.Labs[0]
	if lab.Name != "OpenAI" || lab.Revenue.Market != "ai" || ceiling != nil || !lab.Revenue.Logistic || sys.Labs[1].Revenue.Ceiling.Const != 77 || sys.Labs[1].Revenue.Market != "" ||
		a.Supplier.Investor != "nvidia" || a.Stakes[0].Investor != "microsoft" || onRate.Investor != "nvidia" || !sys.Events[0].Recurring || sys.Events[1].Recurring ||
		sys.Clouds[0].Owner != "microsoft" || sys.Clouds[0].Name != "Microsoft Azure" || sys.Investors[0].Name != "Nvidia" {
		t.Errorf("%+v", sys)
	}
}

var (
	capital = regexp.MustCompile("[A-Z]")
	counted = regexp.MustCompile(`\.([0-9]+|when)`)
)

// snake makes AnnualRate annual_rate.
func snake(name string) string {
	return strings.TrimPrefix(strings.ToLower(capital.ReplaceAllString(name, "_$0")), "_")
}

// spelt makes openai_azure.commitments.0.amount openai_azure_commitments_amount.
func spelt(path string) string {
	return strings.ReplaceAll(counted.ReplaceAllString(path, ""), ".", "_")
}
