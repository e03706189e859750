package reports

import (
	"bytes"
	"encoding/json"
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
	m.ByYear = append([]result.Stat(nil), m.ByYear...)
	last := &m.ByYear[len(m.ByYear)-1]
	last.Mean, last.SE = 300, 10
	r.Run.Sampler = "sobol"
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
		`id="comparison"`, `id="drivers"`, `id="convergence"`, "± 2.13 standard errors", `data-chart="azure-exposure-drivers"`, `data-chart="azure-exposure-convergence"`,
		"<td>0.50</td><td>0.25</td><td>0.75</td><td>23.4</td>", "<td>0.0</td><td>0.0</td><td>0.6</td>", "$300\u00a0±\u00a010\u00a0bn over the same futures (95\u00a0% interval $279\u00a0bn to $321\u00a0bn)",
		"The exposure of Amazon Web Services at the end of 2036 less that of Microsoft Azure averages",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	if strings.Contains(page, evil) {
		t.Error("a path stands in the page as it is")
	}
}

type seriesData struct {
	Series []struct{ Data [][]*float64 }
	XAxis  struct{ Min, Max float64 }
}

// A bar goes from 0 to the correlation, to the left where that is negative, and its line over the
// interval.
func TestTornado(t *testing.T) {
	d, err := tornado([]result.Driver{
		{Path: "a", Rank: result.Estimate{Value: 0.31, Low: 0.25, High: 0.37}},
		{Path: "b", Rank: result.Estimate{Value: -0.2, Low: -0.28, High: -0.12}},
	}, "$c0")
	if err != nil {
		t.Fatal(err)
	}
	var o seriesData
	if err := json.Unmarshal(d.Option, &o); err != nil {
		t.Fatal(err)
	}
	for k, want := range [][][2]float64{{{0, 0.31}, {0, -0.2}}, {{0.25, 0.37}, {-0.28, -0.12}}} {
		for i, ends := range want {
			from, to := o.Series[k].Data[3*i], o.Series[k].Data[3*i+1]
			if *from[0] != ends[0] || *to[0] != ends[1] || *from[1] != float64(i) || *to[1] != float64(i) {
				t.Errorf("series %d, bar %d goes from %v to %v; want %v", k, i, *from[0], *to[0], ends)
			}
		}
	}
	if o.XAxis.Max != 0.4 || o.XAxis.Min != -0.4 {
		t.Errorf("the axis goes from %v to %v", o.XAxis.Min, o.XAxis.Max)
	}
}

// The band of a running mean is so many standard errors wide.
func TestSettling(t *testing.T) {
	d, err := settling([]result.RunningMean{{Trials: 100, Mean: 10, SE: 2}, {Trials: 200, Mean: 11, SE: 1}}, scaleOf("share"), 2, "$c0")
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		Series []struct{ Data json.RawMessage }
	}
	if err := json.Unmarshal(d.Option, &o); err != nil {
		t.Fatal(err)
	}
	if got := string(o.Series[0].Data); got != "[[0,600,1400],[1,900,1300]]" {
		t.Errorf("the band is %s", got)
	}
	if got := string(o.Series[1].Data); got != "[1000,1100]" {
		t.Errorf("the line is %s", got)
	}
}
