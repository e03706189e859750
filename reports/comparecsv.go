package reports

import (
	"encoding/csv"
	"io"

	"entente/sim/result"
)

// WriteComparisonCSV writes a row for each scenario, metric and year, at full precision. An
// empty cell is a number that does not exist; what is once per trial has no date.
func WriteComparisonCSV(w io.Writer, r *result.Pairing) error {
	out := csv.NewWriter(w)
	head := []string{"base", "other", "metric", "unit", "kind", "date"}
	for _, f := range differenceFigures(&result.Pair{}) {
		head = append(head, f.key)
	}
	for _, side := range []string{"_a", "_b"} {
		for _, f := range allFigures(&result.Stat{}) {
			head = append(head, f.key+side)
		}
	}
	if err := out.Write(head); err != nil {
		return err
	}
	for k := range r.Others {
		p := &r.Others[k]
		for i := range p.Metrics {
			m := &p.Metrics[i]
			for _, x := range pairsOf(m) {
				row := []string{csvText(r.Base.Label), csvText(p.Label), csvText(m.Name), csvText(m.Unit), m.Kind, x.Difference.Date}
				for _, f := range differenceFigures(x) {
					row = append(row, csvNumber(*f.of))
				}
				for _, s := range []*result.Stat{&x.A, &x.B} {
					for _, f := range allFigures(s) {
						row = append(row, csvNumber(*f.of))
					}
				}
				if err := out.Write(row); err != nil {
					return err
				}
			}
		}
	}
	out.Flush()
	return out.Error()
}

// differenceFigures are those of B − A, by the names that they have in comparison.csv.
func differenceFigures(p *result.Pair) []field {
	fs := allFigures(&p.Difference)
	for i := range fs {
		switch fs[i].key {
		case "above0":
			fs[i].key = "b_above_a"
		case "se_above0":
			fs[i].key = "se_b_above_a"
		}
	}
	return append(fs, pairFigures(p)...)
}

// pairsOf are those of a metric, in the order of the years.
func pairsOf(m *result.PairedMetric) []*result.Pair {
	if m.Total != nil {
		return []*result.Pair{m.Total}
	}
	var ps []*result.Pair
	for i := range m.ByYear {
		ps = append(ps, &m.ByYear[i])
	}
	return ps
}
