package reports

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"entente/sim/result"
)

// sweepColumns are those of sweep.csv after the varied paths: of a row, and how to read them back.
func sweepColumns() []sweepColumn {
	number := func(name string, of func(r *result.SweepRow) *float64) sweepColumn {
		return sweepColumn{name, func(r *result.SweepRow) string { return csvNumber(*of(r)) }, func(r *result.SweepRow, cell string) error {
			if cell == "" {
				*of(r) = math.NaN()
				return nil
			}
			x, err := strconv.ParseFloat(cell, 64)
			*of(r) = x
			return err
		}}
	}
	list := []sweepColumn{
		{"metric", func(r *result.SweepRow) string { return csvText(r.Metric) }, func(r *result.SweepRow, cell string) error {
			r.Metric = cell
			return nil
		}},
		{"year", func(r *result.SweepRow) string {
			if r.Stat.Year == 0 {
				return ""
			}
			return strconv.Itoa(r.Stat.Year)
		}, func(r *result.SweepRow, cell string) (err error) {
			if cell != "" {
				r.Stat.Year, err = strconv.Atoi(cell)
			}
			return err
		}},
		{"n", func(r *result.SweepRow) string { return strconv.Itoa(r.N) }, func(r *result.SweepRow, cell string) (err error) {
			r.N, err = strconv.Atoi(cell)
			return err
		}},
	}
	for _, f := range []struct {
		name string
		of   func(r *result.SweepRow) *float64
	}{
		{"defined", func(r *result.SweepRow) *float64 { return &r.Stat.Defined }},
		{"mean", func(r *result.SweepRow) *float64 { return &r.Stat.Mean }},
		{"se", func(r *result.SweepRow) *float64 { return &r.Stat.SE }},
		{"sd", func(r *result.SweepRow) *float64 { return &r.Stat.SD }},
		{"min", func(r *result.SweepRow) *float64 { return &r.Stat.Min }},
		{"p1", func(r *result.SweepRow) *float64 { return &r.Stat.P1 }},
		{"p5", func(r *result.SweepRow) *float64 { return &r.Stat.P5 }},
		{"p10", func(r *result.SweepRow) *float64 { return &r.Stat.P10 }},
		{"p25", func(r *result.SweepRow) *float64 { return &r.Stat.P25 }},
		{"p50", func(r *result.SweepRow) *float64 { return &r.Stat.P50 }},
		{"p75", func(r *result.SweepRow) *float64 { return &r.Stat.P75 }},
		{"p90", func(r *result.SweepRow) *float64 { return &r.Stat.P90 }},
		{"p95", func(r *result.SweepRow) *float64 { return &r.Stat.P95 }},
		{"p99", func(r *result.SweepRow) *float64 { return &r.Stat.P99 }},
		{"max", func(r *result.SweepRow) *float64 { return &r.Stat.Max }},
		{"es5", func(r *result.SweepRow) *float64 { return &r.Stat.ES5 }},
		{"es95", func(r *result.SweepRow) *float64 { return &r.Stat.ES95 }},
		{"es1", func(r *result.SweepRow) *float64 { return &r.Stat.ES1 }},
		{"es99", func(r *result.SweepRow) *float64 { return &r.Stat.ES99 }},
		{"se_p5", func(r *result.SweepRow) *float64 { return &r.Stat.SEP5 }},
		{"se_p50", func(r *result.SweepRow) *float64 { return &r.Stat.SEP50 }},
		{"se_p95", func(r *result.SweepRow) *float64 { return &r.Stat.SEP95 }},
		{"se_es95", func(r *result.SweepRow) *float64 { return &r.Stat.SEES95 }},
		{"above0", func(r *result.SweepRow) *float64 { return &r.Stat.Above0 }},
		{"se_above0", func(r *result.SweepRow) *float64 { return &r.Stat.SEAbove0 }},
		{"diff", func(r *result.SweepRow) *float64 { return &r.Diff }},
		{"se_diff", func(r *result.SweepRow) *float64 { return &r.SEDiff }},
	} {
		list = append(list, number(f.name, f.of))
	}
	return list
}

type sweepColumn struct {
	name  string
	write func(r *result.SweepRow) string
	read  func(r *result.SweepRow, cell string) error
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
	for _, c := range sweepColumns() {
		row = append(row, c.name)
	}
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
	columns := sweepColumns()
	row := []string{strconv.Itoa(p.Number)}
	for _, v := range p.Values {
		row = append(row, csvText(v))
	}
	head := len(row)
	for i := range p.Rows {
		row = row[:head]
		for _, c := range columns {
			row = append(row, c.write(&p.Rows[i]))
		}
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
	columns := sweepColumns()
	in.FieldsPerRecord = 1 + paths + len(columns)
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
		var row result.SweepRow
		for i, c := range columns {
			if err := c.read(&row, cells[1+paths+i]); err != nil {
				return nil, fmt.Errorf("%s: %w", c.name, err)
			}
		}
		rows = append(rows, row)
	}
}
