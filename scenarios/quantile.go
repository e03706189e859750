package scenarios

// Quantile returns the quantity and the probability of a statistic that is a quantile, which
// p95(aws.npv) is, min(aws.npv) and max(aws.npv) are as its ends, and mean(aws.npv) is not.
func (s Statistic) Quantile() (q Quantity, p float64, ok bool) {
	q = Quantity{Text: s.Text, Unit: s.Unit, ask: s.ask}
	switch s.kind {
	case "p":
		return q, s.p, true
	case "min":
		return q, 0, true
	case "max":
		return q, 1, true
	}
	return q, 0, false
}

// Metric returns the name of the metric that a quantity is, if it is one and no arithmetic.
func (q Quantity) Metric() (name string, ok bool) {
	if q.tree.verb != "metric" {
		return "", false
	}
	return q.columns[q.tree.of].Metric, true
}
