package scenarios

import "testing"

// What is a quantile says of what and which; what is a metric says its name.
func TestQuantileOf(t *testing.T) {
	s := asked(t)
	for text, want := range map[string]struct {
		metric string
		p      float64
		ok     bool
	}{
		"p95(aws.npv)":             {"aws.npv", 0.95, true},
		"p2.5(azure.exposure@y5)":  {"azure.exposure", 0.025, true},
		"p50(azure.npv - aws.npv)": {"", 0.5, true},
		"min(aws.npv)":             {"aws.npv", 0, true},
		"max(aws.npv)":             {"aws.npv", 1, true},
		"mean(aws.npv)":            {"", 0, false},
		"es95(aws.npv)":            {"", 0, false},
		"P(aws.npv > 1)":           {"", 0, false},
	} {
		st, err := s.Statistic(text)
		if err != nil {
			t.Fatal(err)
		}
		q, p, ok := st.Quantile()
		if ok != want.ok || ok && p != want.p {
			t.Errorf("%s: p %v, %v", text, p, ok)
		}
		if !ok {
			continue
		}
		if name, is := q.Metric(); name != want.metric || is != (want.metric != "") {
			t.Errorf("%s is of the metric %q, %v", text, name, is)
		}
		if want.metric == "aws.npv" {
			if got := q.Values(series()); got[3] != 2 {
				t.Errorf("%s is of %v", text, got)
			}
		}
	}
}
