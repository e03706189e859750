package reports

import (
	"bytes"
	"strings"
	"testing"

	"entente/sim/result"
)

// What the comparison, the drivers and the convergence say is on the page, and text that is
// meant to do harm does none.
func TestDriversOnThePage(t *testing.T) {
	r := *realistic()
	m := *newFinder(&r).metric("azure", "exposure")
	m.Name = "exposure"
	r.Comparisons = []result.Comparison{{A: "aws", B: "azure", Metric: m}}
	year := len(m.ByYear)
	evil := "</script><b>x"
	r.Drivers = []result.Drivers{{Metric: "azure.exposure", Year: year, Trials: 800, Inputs: []result.Driver{
		{Path: "openai.cash", Rank: result.Estimate{Value: 0.5, Low: 0.25, High: 0.75}, Share: result.Estimate{Value: 0.234, Low: 0.2, High: 0.3}},
		{Path: evil, Rank: result.Estimate{Value: -0.1, Low: -0.2, High: 0}, Share: result.Estimate{Value: -0.002, Low: -0.01, High: 0.006}},
	}}}
	r.Convergence = []result.Convergence{{Metric: "azure.exposure", Year: year, Points: []result.RunningMean{{Trials: 400, Mean: 300, SE: 3}, {Trials: 800, Mean: 301, SE: 2}}}}
	var b bytes.Buffer
	if err := WriteHTML(&b, &r); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{
		`id="comparison"`, `id="drivers"`, `id="convergence"`, `data-chart="azure-exposure-drivers"`, `data-chart="azure-exposure-convergence"`,
		"<td>0.50</td><td>0.25</td><td>0.75</td><td>23.4</td>", "<td>0.0</td><td>0.0</td><td>0.6</td>", "over the same futures",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(page, evil) {
		t.Error("a path stands in the page as it is")
	}
}
