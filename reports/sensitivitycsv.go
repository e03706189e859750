package reports

import (
	"encoding/csv"
	"io"
	"strconv"

	"entente/sim/result"
)

// WriteSensitivityCSV writes a table with a line for each quantity, input or group, and measure.
// Numbers have all their digits, and what does not exist is empty.
func WriteSensitivityCSV(w io.Writer, s *result.Sensitivity) error {
	out := csv.NewWriter(w)
	rows := [][]string{{"method", "of", "unit", "input", "measure", "value", "se", "low", "high", "told_from_0", "input_low", "input_high", "at_low", "at_high"}}
	add := func(of, unit, input, measure string, e result.Estimate, more ...float64) {
		row := []string{s.Method, csvText(of), csvText(unit), csvText(input), measure,
			csvNumber(e.Value), csvNumber(e.SE), csvNumber(e.Low), csvNumber(e.High), strconv.FormatBool(isTold(e)), "", "", "", ""}
		for k, x := range more {
			row[10+k] = csvNumber(x)
		}
		rows = append(rows, row)
	}
	for _, a := range s.Associations {
		for _, in := range a.Inputs {
			add(a.Quantity, a.Unit, in.Path, "rank_correlation", in.Rank)
			add(a.Quantity, a.Unit, in.Path, "partial_rank_correlation", in.Partial)
			add(a.Quantity, a.Unit, in.Path, "share_of_variance", in.Share)
			add(a.Quantity, a.Unit, in.Path, "delta", in.Delta)
		}
	}
	for _, x := range s.Indices {
		for _, g := range x.Groups {
			add(x.Quantity, x.Unit, g.Name, "first_order", g.First)
			add(x.Quantity, x.Unit, g.Name, "total", g.Total)
		}
		add(x.Quantity, x.Unit, "", "sum_of_first_order", x.Sum)
	}
	for _, t := range s.Tornados {
		for _, w := range t.Swings {
			add(t.Statistic, t.Unit, w.Path, "swing", w.Swing, w.Low, w.High, w.AtLow, w.AtHigh)
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return err
	}
	return out.Error()
}
