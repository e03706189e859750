package scenarios

// Quantile returns the quantity and the probability of a statistic that is a quantile, which
// p95(aws.npv) is and mean(aws.npv) is not.
func (s Statistic) Quantile() (q Quantity, p float64, ok bool) {
	return Quantity{Text: s.Text, Unit: s.Unit, ask: s.ask}, s.p, s.kind == "p"
}

// Metric returns the name of the metric that a quantity is, if it is one and no arithmetic.
func (q Quantity) Metric() (name string, ok bool) {
	if q.tree.verb != "metric" {
		return "", false
	}
	return q.columns[q.tree.of].Metric, true
}
