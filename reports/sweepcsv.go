package reports

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"entente/sim/result"
)

// allFigures are those of a Stat.
func allFigures(s *result.Stat) []field { return append(figures(s), lateFigures(s)...) }

// sweepFigures are the columns of sweep.csv that have a figure of a Stat each, as places in
// allFigures: those that scripts rely on in their order, then the others.
func sweepFigures() (keys []string, places []int) {
	first := []string{"defined", "mean", "se", "sd", "min", "p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99", "max", "es5", "es95", "es1", "es99"}
	all := allFigures(&result.Stat{})
	for _, key := range first {
		keys, places = append(keys, key), append(places, slices.IndexFunc(all, func(f field) bool { return f.key == key }))
	}
	for i, f := range all {
		if !slices.Contains(first, f.key) {
			keys, places = append(keys, f.key), append(places, i)
		}
	}
	return keys, places
}

// csvNumber is the shortest that reads back as the same number; nothing for what does not exist.
func csvNumber(x float64) string {
	if math.IsNaN(x) {
		return ""
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

// csvText keeps spreadsheets from taking a text for a formula: what begins like one, and is no
// number, gets an apostrophe.
func csvText(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return s
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return s
	}
	return "'" + s
}

// WriteSweepHead writes the first line of sweep.csv.
func WriteSweepHead(w io.Writer, paths []string) error {
	row := []string{"point"}
	for _, p := range paths {
		row = append(row, csvText(p))
	}
	keys, _ := sweepFigures()
	row = append(append(append(row, "metric", "year", "n"), keys...), "diff", "se_diff")
	out := csv.NewWriter(w)
	if err := out.Write(row); err != nil {
		return err
	}
	out.Flush()
	return out.Error()
}

// WriteSweepPoint writes the lines of sweep.csv that are of one point: one for each metric and
// year. Numbers have all their digits, and what does not exist is empty.
func WriteSweepPoint(w io.Writer, p *result.SweepPoint) error {
	out := csv.NewWriter(w)
	_, places := sweepFigures()
	row := []string{strconv.Itoa(p.Number)}
	for _, v := range p.Values {
		row = append(row, csvText(v))
	}
	head := len(row)
	for i := range p.Rows {
		r := &p.Rows[i]
		year := ""
		if r.Stat.Year > 0 {
			year = strconv.Itoa(r.Stat.Year)
		}
		row = append(row[:head], csvText(r.Metric), year, strconv.Itoa(r.N))
		all := allFigures(&r.Stat)
		for _, k := range places {
			row = append(row, csvNumber(*all[k].of))
		}
		row = append(row, csvNumber(r.Diff), csvNumber(r.SEDiff))
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// ReadSweepPoint reads what WriteSweepPoint wrote of a point of so many varied paths: the rows,
// but for units, kinds and dates, which are not in them.
func ReadSweepPoint(r io.Reader, paths int) ([]result.SweepRow, error) {
	in := csv.NewReader(r)
	keys, places := sweepFigures()
	in.FieldsPerRecord = 1 + paths + 3 + len(keys) + 2
	in.ReuseRecord = true
	var rows []result.SweepRow
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, err
		}
		cells = cells[1+paths:]
		row := result.SweepRow{Metric: strings.Clone(cells[0])}
		if cells[1] != "" {
			if row.Stat.Year, err = strconv.Atoi(cells[1]); err != nil {
				return nil, fmt.Errorf("year: %w", err)
			}
		}
		if row.N, err = strconv.Atoi(cells[2]); err != nil {
			return nil, fmt.Errorf("n: %w", err)
		}
		all := allFigures(&row.Stat)
		to := []*float64{}
		for _, k := range places {
			to = append(to, all[k].of)
		}
		to = append(to, &row.Diff, &row.SEDiff)
		for k, cell := range cells[3:] {
			*to[k] = math.NaN()
			if cell == "" {
				continue
			}
			if *to[k], err = strconv.ParseFloat(cell, 64); err != nil {
				return nil, err
			}
		}
		rows = append(rows, row)
	}
}
