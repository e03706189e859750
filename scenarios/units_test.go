package scenarios

import (
	"go/parser"
	"testing"
)

func TestUnitOf(t *testing.T) {
	units := map[string]string{"azure.exposure": "USD bn", "aws.exposure": "USD bn", "azure.concentration": "share of revenue", "openai.run_rate": "USD bn per year"}
	for text, want := range map[string]string{
		"azure.exposure":                           "USD bn",
		"azure.exposure + aws.exposure":            "USD bn",
		"-(azure.exposure - 2*aws.exposure)/3":     "USD bn",
		"azure.exposure / aws.exposure":            "ratio",
		"azure.exposure / openai.run_rate":         "",
		"azure.exposure * aws.exposure":            "",
		"azure.exposure + openai.run_rate":         "",
		"max(azure.exposure, 0, aws.exposure)":     "USD bn",
		"abs(azure.exposure) + 1":                  "USD bn",
		"2 * azure.concentration":                  "share of revenue",
		"1 / azure.exposure":                       "",
		"min(azure.exposure, azure.concentration)": "",
	} {
		e, err := parser.ParseExpr(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := unitOf(e, units); got != want {
			t.Errorf("%s is in %q, want %q", text, got, want)
		}
	}
}
