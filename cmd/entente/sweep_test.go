package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// rowsOf reads sweep.csv: by point, metric and year, the cells by their heads.
func rowsOf(t *testing.T, dir string) map[string]map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "sweep.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]map[string]string{}
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, c := range cells {
			row[all[0][i]] = c
		}
		rows[row["point"]+" "+row["metric"]+" "+row["year"]] = row
	}
	return rows
}

func sweepInto(t *testing.T, dir string, args ...string) map[string]map[string]string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	args = append([]string{"sweep", filepath.Join("testdata", "tiny.yaml"), "-q", "-o", dir}, args...)
	if status := Main(args, strings.NewReader(""), &stdout, &stderr); status != statusDone {
		t.Fatalf("entente %s: status %d: %s", strings.Join(args, " "), status, stderr.String())
	}
	return rowsOf(t, dir)
}

// A point of a sweep is what entente run gives with its values, in every digit of every figure:
// where a number is varied, a distribution is put in its place or is shifted, or the structure.
func TestSweepPointsAreRuns(t *testing.T) {
	for sampler, list := range map[string][][]string{
		"sobol":  {{"openai.compute.ratio.long_run=0.4,0.5,1"}, {"openai_azure.margin=0,0.3,\"0.2 to 0.4\"", "openai.revenue.growth.initial*=0.9,1"}},
		"latin":  {{"openai_azure.commitments.0.enforced+=0,0.01"}, {"openai_azure.commitments.0.backloading=1,1.7"}},
		"random": {{"horizon.years=2,1", "openai_azure.exclusivity.until=2026-07-01,2027-01-01"}}, // a design spreads other directions over other years
	} {
		for _, vary := range list {
			args := []string{"-n", "96", "--sampler", sampler, "--metrics", "*"}
			plan, err := planFlags{vary: vary}.plan(1)
			if err != nil {
				t.Fatal(err)
			}
			var given []string
			for _, v := range vary {
				given = append(given, "--vary", v)
			}
			rows := sweepInto(t, filepath.Join(t.TempDir(), "s"), append(given, args...)...)
			compared := 0
			for p := range plan.points {
				var set []string
				for _, s := range plan.set(p) {
					set = append(set, "--set", s)
				}
				var stdout, stderr bytes.Buffer
				run := slices.Concat([]string{"run", filepath.Join("testdata", "tiny.yaml"), "--json", "-q", "-o", t.TempDir()}, set, args)
				if status := Main(run, strings.NewReader(""), &stdout, &stderr); status != statusDone {
					t.Fatalf("%q: %s", run, stderr.String())
				}
				var d struct {
					Metrics map[string]struct {
						ByYear []map[string]any `json:"by_year"`
						Total  map[string]any   `json:"total"`
					} `json:"metrics"`
				}
				if err := json.Unmarshal(stdout.Bytes(), &d); err != nil {
					t.Fatal(err)
				}
				for name, m := range d.Metrics {
					stats := m.ByYear
					if m.Total != nil {
						stats = []map[string]any{m.Total}
					}
					for _, s := range stats {
						year := ""
						if y, ok := s["year"]; ok {
							year = fmt.Sprint(y)
						}
						row := rows[fmt.Sprintf("%d %s %s", p+1, name, year)]
						for key, v := range s {
							cell, there := row[key]
							if key == "year" || key == "date" || key == "grid" {
								continue
							}
							want := ""
							if x, ok := v.(float64); ok {
								want = strconv.FormatFloat(x, 'g', -1, 64)
							}
							if compared++; !there || cell != want {
								t.Fatalf("%v, %s: %s of %s in year %s at point %d is %q, but %q in a run", vary, sampler, key, name, year, p+1, cell, want)
							}
						}
					}
				}
			}
			if compared < 2000 {
				t.Errorf("only %d figures were compared", compared)
			}
		}
	}
}

// The difference to the first point is that of the means, its error is far below theirs, and at
// the first point both are 0.
func TestSweepDifferences(t *testing.T) {
	for _, sampler := range []string{"sobol", "random"} {
		rows := sweepInto(t, filepath.Join(t.TempDir(), "s"), "--vary", "openai.compute.ratio.long_run=0.5,0.55", "-n", "2000", "--sampler", sampler)
		number := func(key, column string) float64 {
			x, err := strconv.ParseFloat(rows[key][column], 64)
			if err != nil {
				t.Fatalf("%s of %s: %v", column, key, err)
			}
			return x
		}
		first, second := "1 azure.exposure 2", "2 azure.exposure 2"
		if number(first, "diff") != 0 || number(first, "se_diff") != 0 {
			t.Errorf("the first point differs from itself by %v", rows[first])
		}
		diff, want := number(second, "diff"), number(second, "mean")-number(first, "mean")
		if d := diff - want; d > 1e-9*want || d < -1e-9*want || diff <= 0 {
			t.Errorf("%s: the difference is %v, of the means %v", sampler, diff, want)
		}
		if se := number(second, "se_diff"); !(se > 0 && se < number(second, "se")/3 && diff > 3*se) {
			t.Errorf("%s: the difference is %v ± %v where the mean has ± %v", sampler, diff, se, number(second, "se"))
		}
	}
}
