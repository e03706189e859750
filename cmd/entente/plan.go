package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"entente/sim"
)

// A plan says at which points a scenario is simulated.
type plan struct {
	design string     // grid, zip, latin, sobol or file
	paths  []string   // what is varied: openai.cash, openai.cash* (times), openai.cash+ (plus)
	points [][]string // by point and path: a value as --set takes it; empty: the scenario's
}

// mostPoints is more than anyone waits for.
const mostPoints = 100_000

// set says what --set would be told of point p.
func (pl *plan) set(p int) []string {
	var list []string
	for i, v := range pl.points[p] {
		if v != "" {
			list = append(list, pl.paths[i]+"="+v)
		}
	}
	return list
}

// An axis is what one --vary says.
type axis struct {
	path   string
	values []string
	lo, hi *big.Rat // of a range without steps, which a design fills; nil: values
}

var (
	numeral   = `[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?`
	rangeForm = regexp.MustCompile(`^\s*(` + numeral + `)\s*:\s*(` + numeral + `)\s*(?:(:)\s*(` + numeral + `)|(/)\s*(` + numeral + `))?\s*$`)

	wholeNumber = regexp.MustCompile(`^\+?[0-9]+$`)
	// likeRange is a value that is a range of something, or no value.
	likeRange = regexp.MustCompile(`^[^\s:,"'(\[{]+\s*:\s*[^\s:,"'(\[{]+(?:\s*[:/].*)?$`)
	// plain is a text with a space or a bracket that is the same in YAML with quotation marks and without.
	plain = regexp.MustCompile(`^[0-9A-Za-z.][-0-9A-Za-z.,+*/%_]*[ (][-0-9A-Za-z.,+*/%_ ()]*$`)
)

// ofTheSweep are paths that cannot differ from point to point, and what sets them.
var ofTheSweep = map[string]string{"trials": "--trials", "seed": "--seed", "sampler": "--sampler"}

// parseVary reads PATH=a:b:step, PATH=a:b/n, PATH=v1,v2,v3 or PATH=a:b.
func parseVary(text string) (axis, error) {
	path, values, ok := strings.Cut(text, "=")
	a := axis{path: strings.TrimSpace(path)}
	if !ok || strings.Trim(a.path, "*+ ") == "" || strings.TrimSpace(values) == "" {
		return a, fmt.Errorf("--vary %q: write PATH=a:b/n, PATH=a:b:step or PATH=v1,v2,v3, such as openai.cash=20:60/5", text)
	}
	if flag := ofTheSweep[a.path]; flag != "" {
		return a, fmt.Errorf("--vary %s: the points of a sweep share their random numbers, so %s is the same at all; %s sets it", text, a.path, flag)
	}
	m := rangeForm.FindStringSubmatch(values)
	if m != nil && m[5] != "" && !wholeNumber.MatchString(m[6]) {
		return a, fmt.Errorf("--vary %s: a:b/n is n values from a to b, and n a whole number from 1 on, not %s", text, m[6])
	}
	if strings.ContainsAny(text, "\n\r") {
		return a, fmt.Errorf("--vary %q: its values stand on one line", text)
	}
	if m == nil {
		var err error
		if a.values, err = splitValues(values); err != nil {
			return a, fmt.Errorf("--vary %s: %w", text, err)
		}
		for i, v := range a.values {
			if likeRange.MatchString(v) {
				return a, fmt.Errorf("--vary %s: %s is no value: a range is PATH=a:b/n (n values from a to b) or PATH=a:b:step, of numbers, and stands alone; a text with a colon stands in quotation marks", text, v)
			}
			if n := len(v); n > 2 && (v[0] == '"' || v[0] == '\'') && v[n-1] == v[0] && plain.MatchString(v[1:n-1]) {
				a.values[i] = v[1 : n-1]
			}
		}
		return a, nil
	}
	lo, hi := rational(m[1]), rational(m[2])
	switch {
	case m[3] != "":
		step := rational(m[4])
		span := new(big.Rat).Sub(hi, lo)
		if step.Sign() == 0 || span.Sign() != 0 && step.Sign() != span.Sign() {
			return a, fmt.Errorf("--vary %s: a step of %s does not lead from %s to %s", text, m[4], m[1], m[2])
		}
		n := new(big.Rat).Quo(span, step)
		steps := new(big.Int).Quo(n.Num(), n.Denom())
		if !steps.IsInt64() || steps.Int64() >= mostPoints {
			return a, fmt.Errorf("--vary %s: these are more than %d values", text, mostPoints)
		}
		for i := range steps.Int64() + 1 {
			a.values = append(a.values, written(new(big.Rat).Add(lo, new(big.Rat).Mul(step, big.NewRat(i, 1)))))
		}
	case m[5] != "":
		n, err := strconv.Atoi(m[6])
		if err != nil || n < 1 || n > mostPoints {
			return a, fmt.Errorf("--vary %s: it takes from 1 to %d values", text, mostPoints)
		}
		if n == 1 && lo.Cmp(hi) != 0 {
			return a, fmt.Errorf("--vary %s: one value cannot be %s and %s", text, m[1], m[2])
		}
		for i := range n {
			x := new(big.Rat).Set(lo)
			if i > 0 {
				x.Add(x, new(big.Rat).Mul(new(big.Rat).Sub(hi, lo), big.NewRat(int64(i), int64(n-1))))
			}
			a.values = append(a.values, written(x))
		}
	default:
		if lo.Cmp(hi) >= 0 {
			return a, fmt.Errorf("--vary %s: the smaller first: %s:%s", text, m[2], m[1])
		}
		a.lo, a.hi = lo, hi
	}
	return a, nil
}

// rational is a decimal number without rounding.
func rational(text string) *big.Rat {
	x, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("entente: no number: " + text)
	}
	return x
}

// written is the shortest decimal that reads as the same number.
func written(x *big.Rat) string {
	v, _ := x.Float64()
	if a := math.Abs(v); a != 0 && (a < 1e-4 || a >= 1e15) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// splitValues splits at commas outside of brackets and quotation marks.
func splitValues(text string) ([]string, error) {
	var list []string
	var quote rune
	depth, from := 0, 0
	cut := func(to int) error {
		v := strings.TrimSpace(text[from:to])
		if v == "" {
			return errors.New("a value is missing beside a comma")
		}
		list = append(list, v)
		return nil
	}
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case strings.ContainsRune("([{", r):
			depth++
		case strings.ContainsRune(")]}", r):
			depth--
		case r == ',' && depth == 0:
			if err := cut(i); err != nil {
				return nil, err
			}
			from = i + 1
		}
	}
	return list, cut(len(text))
}

// planFlags are what the command line says of a plan.
type planFlags struct {
	vary   []string
	zip    bool
	design string
	points string // a number, or a file
}

// arguments are what says the same.
func (f planFlags) arguments() []string {
	var list []string
	for _, v := range f.vary {
		list = append(list, "--vary", v)
	}
	if f.zip {
		list = append(list, "--zip")
	}
	if f.design != "" {
		list = append(list, "--design", f.design)
	}
	if f.points != "" {
		list = append(list, "--points", f.points)
	}
	return list
}

// plan makes the plan; seed is that of the run, for designs.
func (f planFlags) plan(seed uint64) (*plan, error) {
	var axes []axis
	for _, text := range f.vary {
		a, err := parseVary(text)
		if err != nil {
			return nil, err
		}
		for _, other := range axes {
			if bare(other.path) == bare(a.path) {
				return nil, fmt.Errorf("--vary names %s twice", bare(a.path))
			}
		}
		axes = append(axes, a)
	}
	n, err := strconv.Atoi(f.points)
	number := err == nil
	switch {
	case f.points != "" && !number:
		if len(axes) > 0 || f.zip || f.design != "" {
			return nil, fmt.Errorf("--points %s lists all values of all points: leave --vary, --zip and --design out", f.points)
		}
		return readPlan(f.points)
	case len(axes) == 0:
		return nil, errors.New("nothing is varied: give --vary PATH=a:b/n, as often as wanted, or --points FILE.csv")
	case f.design != "":
		if f.zip {
			return nil, errors.New("--zip goes with lists of values, not with --design")
		}
		if !number || n < 1 || n > mostPoints {
			return nil, fmt.Errorf("--design %s takes --points N, a whole number from 1 to %d", f.design, mostPoints)
		}
		return fill(axes, f.design, n, seed)
	case number:
		return nil, errors.New("--points N goes with --design latin or --design sobol; a grid has as many points as its values make")
	}
	for _, a := range axes {
		if a.lo != nil {
			return nil, fmt.Errorf("--vary %s=%s:%s has no steps: write %[1]s=%[2]s:%[3]s/5 for five values, or fill the range by --design sobol --points N", a.path, written(a.lo), written(a.hi))
		}
	}
	if f.zip {
		return zipped(axes)
	}
	return grid(axes)
}

// bare is a path without what is done to its value.
func bare(path string) string { return strings.TrimRight(path, "*+ ") }

// grid is every combination; the last axis changes fastest.
func grid(axes []axis) (*plan, error) {
	pl := &plan{design: "grid"}
	n := 1
	for _, a := range axes {
		pl.paths = append(pl.paths, a.path)
		if n *= len(a.values); n > mostPoints {
			return nil, fmt.Errorf("the grid has more than %d points", mostPoints)
		}
	}
	for p := range n {
		values := make([]string, len(axes))
		for i := len(axes) - 1; i >= 0; i-- {
			of := axes[i].values
			values[i], p = of[p%len(of)], p/len(of)
		}
		pl.points = append(pl.points, values)
	}
	return pl, nil
}

// zipped walks all lists together.
func zipped(axes []axis) (*plan, error) {
	pl := &plan{design: "zip"}
	for _, a := range axes {
		if len(a.values) != len(axes[0].values) {
			return nil, fmt.Errorf("--zip walks lists of the same length together: %s has %d values, %s %d", axes[0].path, len(axes[0].values), a.path, len(a.values))
		}
		pl.paths = append(pl.paths, a.path)
	}
	for p := range axes[0].values {
		var values []string
		for _, a := range axes {
			values = append(values, a.values[p])
		}
		pl.points = append(pl.points, values)
	}
	return pl, nil
}

// fill spreads n points over the box of the axes.
func fill(axes []axis, design string, n int, seed uint64) (*plan, error) {
	sampler, err := sim.ParseSampler(design)
	if err != nil || sampler == sim.Random {
		return nil, fmt.Errorf("there is no design %q; there is latin and sobol%s", design, didYouMean(design, []string{"latin", "sobol"}))
	}
	pl := &plan{design: design}
	for _, a := range axes {
		if a.lo == nil {
			return nil, fmt.Errorf("--design %s fills ranges: write %s=a:b", design, a.path)
		}
		pl.paths = append(pl.paths, a.path)
	}
	columns, err := sim.Spread(sampler, seed, pl.paths, n)
	if err != nil {
		return nil, err
	}
	for p := range n {
		var values []string
		for i, a := range axes {
			values = append(values, a.inside(columns[i][p]))
		}
		pl.points = append(pl.points, values)
	}
	return pl, nil
}

// inside is the number a part u of the way from lo to hi, with the digits that one in a million
// of the way needs.
func (a axis) inside(u float64) string {
	span := new(big.Rat).Sub(a.hi, a.lo)
	width, _ := span.Float64()
	unit := rational(fmt.Sprintf("1e%d", int(math.Floor(math.Log10(width)))-6))
	x := new(big.Rat).Add(a.lo, new(big.Rat).Mul(span, new(big.Rat).SetFloat64(u)))
	x.Quo(x, unit).Add(x, big.NewRat(1, 2))
	whole := new(big.Int).Div(x.Num(), x.Denom())
	x.Mul(new(big.Rat).SetInt(whole), unit)
	if x.Cmp(a.lo) < 0 {
		x.Set(a.lo)
	}
	if x.Cmp(a.hi) > 0 {
		x.Set(a.hi)
	}
	return written(x)
}

// readPlan reads a table of points: paths on top, a point a line.
func readPlan(file string) (*plan, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("--points takes a file, or with --design a number: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	rows := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), "\ufeff")))
	rows.TrimLeadingSpace = true
	pl := &plan{design: "file"}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("--points %s: %w", file, err)
		}
		for i := range row {
			if row[i] = strings.TrimSpace(row[i]); strings.ContainsAny(row[i], "\n\r") {
				return nil, fmt.Errorf("--points %s: %q has more than one line", file, row[i])
			}
		}
		if pl.paths == nil {
			pl.paths = row
			continue
		}
		if pl.points = append(pl.points, row); len(pl.points) > mostPoints {
			return nil, fmt.Errorf("--points %s has more than %d points", file, mostPoints)
		}
	}
	for i, path := range pl.paths {
		switch {
		case bare(path) == "":
			return nil, fmt.Errorf("--points %s: column %d has no path on top, such as openai.cash", file, i+1)
		case ofTheSweep[path] != "":
			return nil, fmt.Errorf("--points %s: the points of a sweep share their random numbers, so %s is the same at all; %s sets it", file, path, ofTheSweep[path])
		case slices.ContainsFunc(pl.paths[:i], func(p string) bool { return bare(p) == bare(path) }):
			return nil, fmt.Errorf("--points %s: two columns are of %s", file, bare(path))
		}
	}
	if len(pl.points) == 0 {
		return nil, fmt.Errorf("--points %s has no points: write paths on top, and below them a line of values for each", file)
	}
	return pl, nil
}
