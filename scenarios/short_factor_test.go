package scenarios

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// loadText loads a scenario that is given as text.
func loadText(t *testing.T, text string) (*Scenario, error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "s.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(file, Options{})
}

// A factor may name what it moves right away; it means the same as under shocks or inputs.
func TestFactorShortForm(t *testing.T) {
	const head = `entente: 1
horizon: {start: 2027-01-01, years: 2}
clouds: {azure: {revenue: {run_rate: 100, volatility: 0.1}}}
labs: {openai: {revenue: {run_rate: 20 to 25, growth: 0.1 to 0.5, volatility: 0.2}, opex: 1 to 2}}
alliances: {openai_azure: {lab: openai, cloud: azure}}
factors:
`
	load := func(factors string) *Scenario {
		t.Helper()
		s, err := loadText(t, head+factors)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	long := load("  demand: {note: n, shocks: {openai.revenue: 0.6, azure.revenue: 0.8}}\n  costs: {inputs: {openai.opex: 0.5, openai.revenue.run_rate: -0.4}}\n")
	short := load("  demand: {note: n, openai.revenue: 0.6, azure.revenue: 0.8}\n  costs: {openai.opex: 0.5, openai.revenue.run_rate: -0.4}\n")
	mixed := load("  demand: {shocks: {openai.revenue: 0.6}, azure.revenue: 0.8}\n  costs: {openai.revenue.run_rate: -0.4, inputs: {openai.opex: 0.5}}\n")
	if len(long.System.ShockMixes) != 2 || len(long.System.InputMixes) != 2 {
		t.Fatalf("mixes: %v, %v", long.System.ShockMixes, long.System.InputMixes)
	}
	for _, s := range []*Scenario{short, mixed} {
		if !reflect.DeepEqual(s.System.ShockMixes, long.System.ShockMixes) || !reflect.DeepEqual(s.System.InputMixes, long.System.InputMixes) {
			t.Errorf("the short form means %v, %v; the long %v, %v", s.System.ShockMixes, s.System.InputMixes, long.System.ShockMixes, long.System.InputMixes)
		}
	}
	for factors, want := range map[string]string{
		"  demand: {openai.revnue: 0.6, azure.revenue: 0.8}\n":      `did you mean "openai.revenue"`,
		"  demand: {openai.revenue: 1.6, azure.revenue: 0.8}\n":     "must be from -1 to 1, not 1.6",
		"  demand: {openai.opex: 0.6, openai.revenue.rn_rate: 1}\n": `did you mean "openai.revenue.run_rate"`,
	} {
		if _, err := loadText(t, head+factors); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", factors, err, want)
		}
	}
}
