package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

func TestVary(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a=0:1/5", "a: 0 | 0.25 | 0.5 | 0.75 | 1"},
		{"a=0:1/4", "a: 0 | 0.3333333333333333 | 0.6666666666666666 | 1"},
		{"a=0.1:0.5:0.1", "a: 0.1 | 0.2 | 0.3 | 0.4 | 0.5"},
		{"a=0:1:0.3", "a: 0 | 0.3 | 0.6 | 0.9"},
		{"a=5:1:-2", "a: 5 | 3 | 1"},
		{"a= 1 : 2 / 2 ", "a: 1 | 2"},
		{"a=1e3:2e3/3", "a: 1000 | 1500 | 2000"},
		{"a=1e-9:3e-9/3", "a: 1e-09 | 2e-09 | 3e-09"},
		{"a=3:3/1", "a: 3"},
		{"a=7", "a: 7"},
		{"a=1,2 , 3", "a: 1 | 2 | 3"},
		{"a*=0.8:1.2/3", "a*: 0.8 | 1 | 1.2"},
		{"a+=-1:1/3", "a+: -1 | 0 | 1"},
		{"a=10 to 20,pert(1, 2, 3)", "a: 10 to 20 | pert(1, 2, 3)"},
		{"a={pert: [1, 2, 3]},\"discrete(0.5: 1, 0.5: 2)\"", "a: {pert: [1, 2, 3]} | \"discrete(0.5: 1, 0.5: 2)\""},
		{"a=\"0.05 to 0.25\",'pert(1, 2, 3)',\"7\",\"- 1\",\"a # b\"", "a: 0.05 to 0.25 | pert(1, 2, 3) | \"7\" | \"- 1\" | \"a # b\""},
		{"a=\"20:60\"", "a: \"20:60\""},
		{"a={x: 1, y: 2},{x: 3, y: 4}", "a: {x: 1, y: 2} | {x: 3, y: 4}"},
		{"a.until=2027-01-01,2028-01-01", "a.until: 2027-01-01 | 2028-01-01"},
		{"metrics.x=a == b,null", "metrics.x: a == b | null"},
	} {
		a, err := parseVary(c.text)
		if got := a.path + ": " + strings.Join(a.values, " | "); err != nil || got != c.want {
			t.Errorf("%s: %s, %v", c.text, got, err)
		}
	}
}

func TestPlans(t *testing.T) {
	show := func(pl *plan) string {
		var points []string
		for p := range pl.points {
			points = append(points, strings.Join(pl.set(p), " "))
		}
		return strings.Join(points, "; ")
	}
	grid, err := planFlags{vary: []string{"a=1,2", "b*=3,4"}}.plan(1)
	if err != nil || show(grid) != "a=1 b*=3; a=1 b*=4; a=2 b*=3; a=2 b*=4" {
		t.Errorf("the grid is %s, %v", show(grid), err)
	}
	zip, err := planFlags{vary: []string{"a=1,2", "b=3,4"}, zip: true}.plan(1)
	if err != nil || show(zip) != "a=1 b=3; a=2 b=4" {
		t.Errorf("walked together the points are %s, %v", show(zip), err)
	}
	for _, design := range []string{"latin", "sobol"} {
		const n = 16
		pl, err := planFlags{vary: []string{"a=10:20", "b=-0.5:0.5"}, design: design, points: strconv.Itoa(n)}.plan(7)
		if err != nil || len(pl.points) != n {
			t.Fatalf("%s: %v", design, err)
		}
		for i, lo := range []float64{10, -0.5} {
			width := []float64{10, 1}[i]
			cells := map[int]bool{}
			for _, p := range pl.points {
				x, err := strconv.ParseFloat(p[i], 64)
				if err != nil || x < lo || x > lo+width || len(p[i]) > 10 {
					t.Errorf("%s: a value is %q", design, p[i])
				}
				cells[int((x-lo)/width*n)] = true
			}
			if len(cells) != n {
				t.Errorf("%s: %d points lie in %d of as many cells", design, n, len(cells))
			}
		}
		again, _ := planFlags{vary: []string{"b=-0.5:0.5", "a=10:20"}, design: design, points: strconv.Itoa(n)}.plan(8)
		if fmt.Sprint(again.points) == fmt.Sprint(pl.points) {
			t.Errorf("%s: another seed makes the same points", design)
		}
	}
}

// What is neither a range nor a value says how ranges are written.
func TestVaryRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"a=20:60/-1":  "n a whole number from 1 on, not -1",
		"a=20:60/2.5": "n a whole number from 1 on, not 2.5",
		"a=20:60/0":   "from 1 to",
		"a=nan:4/3":   "nan:4/3 is no value: a range is PATH=a:b/n",
		"a=1,2:3/4":   "2:3/4 is no value",
		"a=1:x":       "1:x is no value",
		"a=1:2:3:4":   "1:2:3:4 is no value",
	} {
		if a, err := parseVary(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v, want %q", text, a.values, err, want)
		}
	}
}
