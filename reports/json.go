package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"entente/sim/result"
)

// WriteJSON writes r as result.json: one JSON object, a line per statistic.
//
// Equal results make equal bytes. Metrics stand in the order of the model, floating-point
// numbers are the shortest that read back as the same number, NaN is null, and an infinity
// (a plant that lives for ever) is the string "inf" or "-inf".
func WriteJSON(w io.Writer, r *result.Result) error {
	var b bytes.Buffer
	write := func(key string, v any) {
		if key != "entente" {
			b.WriteString(",\n ")
		}
		fmt.Fprintf(&b, "%q: ", key)
		b.Write(marshal(v))
	}
	b.WriteByte('{')
	write("entente", r.Version)
	write("format", result.Format)
	scenario := scenarioJSON(r.Scenario)
	scenario.Overrides = append([]string{}, scenario.Overrides...) // [] and not null
	write("scenario", scenario)
	write("run", runJSON(r.Run))
	list(&b, "labs", r.Labs, func(e result.Entity) any { return entityJSON(e) })
	list(&b, "clouds", r.Clouds, func(e result.Entity) any { return entityJSON(e) })
	list(&b, "investors", r.Investors, func(e result.Entity) any { return entityJSON(e) })
	list(&b, "alliances", r.Alliances, func(a result.Alliance) any { return allianceJSON(a) })
	list(&b, "events", r.Events, func(e result.Event) any { return eventJSON(e) })
	list(&b, "assumptions", r.Assumptions, func(a result.Assumption) any { return assumptionToJSON(a) })
	write("grid_p", numbers(r.GridP))
	b.WriteString(",\n \"metrics\": {")
	seen := make(map[string]bool, len(r.Metrics))
	for i := range r.Metrics {
		m := &r.Metrics[i]
		if seen[m.Name] {
			return fmt.Errorf("metric %q stands twice in the result: a metric's name is its key in result.json", m.Name)
		}
		seen[m.Name] = true
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\n  %s: {", marshal(m.Name))
		writeMetric(&b, m)
	}
	b.WriteByte('}')
	if len(r.Comparisons) > 0 {
		b.WriteString(",\n \"comparisons\": [")
		for i := range r.Comparisons {
			c := &r.Comparisons[i]
			if i > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "\n  {\"a\": %s, \"b\": %s, \"metric\": %s, ", marshal(c.A), marshal(c.B), marshal(c.Metric.Name))
			writeMetric(&b, &c.Metric)
		}
		b.WriteByte(']')
	}
	if len(r.Drivers) > 0 {
		list(&b, "drivers", r.Drivers, func(d result.Drivers) any { return driversToJSON(d) })
	}
	if len(r.Futures) > 0 {
		list(&b, "futures", r.Futures, func(f result.Future) any { return futureToJSON(f) })
	}
	if len(r.Assertions) > 0 {
		list(&b, "asserts", r.Assertions, func(a result.Assertion) any { return assertionToJSON(a) })
	}
	if len(r.Convergence) > 0 {
		list(&b, "convergence", r.Convergence, func(c result.Convergence) any { return convergenceToJSON(c) })
	}
	b.WriteString("}\n")
	_, err := w.Write(b.Bytes())
	return err
}

// writeMetric writes what a metric is but its name, and closes the object.
func writeMetric(b *bytes.Buffer, m *result.Metric) {
	writeOf(b, m.Unit, m.Kind, m.Total, m.ByYear, writeStat)
}

// writeOf writes what there is of a metric, in total or by year, and closes the object.
func writeOf[T any](b *bytes.Buffer, unit, kind string, total *T, byYear []T, write func(*bytes.Buffer, *T)) {
	fmt.Fprintf(b, "\"unit\": %s, \"kind\": %s,", marshal(unit), marshal(kind))
	if total != nil {
		b.WriteString("\n   \"total\": ")
		write(b, total)
	} else {
		b.WriteString("\n   \"by_year\": [")
		for y := range byYear {
			if y > 0 {
				b.WriteByte(',')
			}
			b.WriteString("\n    ")
			write(b, &byYear[y])
		}
		b.WriteByte(']')
	}
	b.WriteByte('}')
}

// list writes one item a line.
func list[T any](b *bytes.Buffer, key string, items []T, toJSON func(T) any) {
	fmt.Fprintf(b, ",\n %q: [", key)
	for i, it := range items {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("\n  ")
		b.Write(marshal(toJSON(it)))
	}
	b.WriteByte(']')
}

// ReadJSON reads what WriteJSON wrote: the result is equal to the one that was written,
// except that an empty list comes back as nil.
//
// It refuses what it does not understand in full: another format, fields that are missing or
// unknown, and anything after the object.
func ReadJSON(rd io.Reader) (*result.Result, error) {
	data, err := io.ReadAll(rd)
	if err != nil {
		return nil, err
	}
	var head struct {
		Entente *string `json:"entente"`
		Format  *int    `json:"format"`
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := dec.Decode(&head); err != nil {
		return nil, notJSON(data, err)
	}
	if rest := bytes.TrimSpace(data[dec.InputOffset():]); len(rest) > 0 {
		return nil, fmt.Errorf("result.json: line %d: %q after the end of the object; a result is one JSON object",
			line(data, len(data)-len(rest)), shorten(string(rest), 20))
	}
	switch {
	case head.Entente == nil || head.Format == nil:
		return nil, errors.New(`result.json: no "entente" and "format": this is not a result of entente`)
	case *head.Format != result.Format:
		return nil, fmt.Errorf("result.json: format %d, written by entente %s; this program reads format %d: run the scenario again, or use that version",
			*head.Format, *head.Entente, result.Format)
	}
	var f fileJSON
	if err := strict(data, &f); err != nil {
		return nil, notJSON(data, err)
	}
	for _, part := range []struct {
		key     string
		missing bool
	}{{"scenario", f.Scenario == nil}, {"run", f.Run == nil}, {"metrics", f.Metrics == nil}} {
		if part.missing {
			return nil, fmt.Errorf("result.json: no %q", part.key)
		}
	}
	r := &result.Result{
		Version:  f.Entente,
		Scenario: result.Scenario(*f.Scenario),
		Run:      result.Run(*f.Run),
		GridP:    floats(f.GridP),
		Metrics:  *f.Metrics,
	}
	r.Scenario.Notes, r.Scenario.Overrides = nilIfEmpty(r.Scenario.Notes), nilIfEmpty(r.Scenario.Overrides)
	for _, e := range f.Labs {
		r.Labs = append(r.Labs, result.Entity(e))
	}
	for _, e := range f.Clouds {
		r.Clouds = append(r.Clouds, result.Entity(e))
	}
	for _, e := range f.Investors {
		r.Investors = append(r.Investors, result.Entity(e))
	}
	for _, a := range f.Alliances {
		a.Terms = nilIfEmpty(a.Terms)
		r.Alliances = append(r.Alliances, result.Alliance(a))
	}
	for _, e := range f.Events {
		e.Terms = nilIfEmpty(e.Terms)
		r.Events = append(r.Events, result.Event(e))
	}
	for _, a := range f.Assumptions {
		r.Assumptions = append(r.Assumptions, a.assumption())
	}
	for i := range r.Metrics {
		if err := fits(&r.Metrics[i], r); err != nil {
			return nil, err
		}
	}
	for _, c := range f.Comparisons {
		r.Comparisons = append(r.Comparisons, result.Comparison(c))
		if err := fits(&c.Metric, r); err != nil {
			return nil, err
		}
	}
	for _, d := range f.Drivers {
		r.Drivers = append(r.Drivers, d.drivers())
	}
	for _, future := range f.Futures {
		r.Futures = append(r.Futures, future.future())
	}
	for _, a := range f.Assertions {
		r.Assertions = append(r.Assertions, a.assertion())
	}
	for _, c := range f.Convergence {
		r.Convergence = append(r.Convergence, c.convergence())
	}
	return r, nil
}

// fits refuses a metric that has not the run's years, or quantiles that are not at its
// probabilities.
func fits(m *result.Metric, r *result.Result) error {
	if m.Total == nil && len(m.ByYear) != r.Run.Years {
		return fmt.Errorf("result.json: metric %q has %d years, the run %d", m.Name, len(m.ByYear), r.Run.Years)
	}
	for _, s := range statsOf(m) {
		if s.Grid != nil && len(s.Grid) != len(r.GridP) {
			return fmt.Errorf("result.json: metric %q has a grid of %d quantiles, grid_p %d probabilities", m.Name, len(s.Grid), len(r.GridP))
		}
	}
	return nil
}

// statsOf are all of a metric's statistics, the total or one a year.
func statsOf(m *result.Metric) []*result.Stat {
	if m.Total != nil {
		return []*result.Stat{m.Total}
	}
	all := make([]*result.Stat, len(m.ByYear))
	for i := range m.ByYear {
		all[i] = &m.ByYear[i]
	}
	return all
}

type fileJSON struct {
	Entente     string           `json:"entente"`
	Format      int              `json:"format"`
	Scenario    *scenarioJSON    `json:"scenario"`
	Run         *runJSON         `json:"run"`
	Labs        []entityJSON     `json:"labs"`
	Clouds      []entityJSON     `json:"clouds"`
	Investors   []entityJSON     `json:"investors"`
	Alliances   []allianceJSON   `json:"alliances"`
	Events      []eventJSON      `json:"events"`
	Assumptions []assumptionJSON `json:"assumptions"`
	GridP       []number         `json:"grid_p"`
	Metrics     *metricsJSON     `json:"metrics"`
	// Absent where there are none, and from files of before there were any.
	Comparisons []comparisonJSON  `json:"comparisons"`
	Drivers     []driversJSON     `json:"drivers"`
	Convergence []convergenceJSON `json:"convergence"`
	Futures     []futureJSON      `json:"futures"`
	Assertions  []assertionJSON   `json:"asserts"`
}

// These have the fields of the types in result, so that a conversion fails to compile when
// a field is added there and not here.
type (
	scenarioJSON struct {
		Name        string   `json:"name"`
		Description string   `json:"description,omitempty"`
		Notes       []string `json:"notes,omitempty"`
		SHA256      string   `json:"sha256"`
		Overrides   []string `json:"overrides"`
		Argument    string   `json:"argument,omitempty"`
	}
	runJSON struct {
		Trials  int    `json:"trials"`
		Seed    uint64 `json:"seed"`
		Sampler string `json:"sampler"`
		Start   string `json:"start"`
		Years   int    `json:"years"`
		// Accuracy is absent where quantiles and expected shortfalls are exact.
		Accuracy float64 `json:"accuracy,omitempty"`
	}
	entityJSON struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Owner string `json:"owner,omitempty"`
	}
	allianceJSON struct {
		ID    string   `json:"id"`
		Lab   string   `json:"lab"`
		Cloud string   `json:"cloud"`
		Terms []string `json:"terms,omitempty"`
	}
	eventJSON struct {
		ID     string   `json:"id"`
		Name   string   `json:"name"`
		Terms  []string `json:"terms,omitempty"`
		Source string   `json:"source,omitempty"`
		Note   string   `json:"note,omitempty"`
	}
)

// assumptionJSON has the figures of a distribution only if it is one.
type assumptionJSON struct {
	Path      string    `json:"path"`
	Text      string    `json:"text"`
	Unit      string    `json:"unit,omitempty"`
	Source    string    `json:"source,omitempty"`
	Note      string    `json:"note,omitempty"`
	Truncated string    `json:"truncated,omitempty"`
	Value     *number   `json:"value,omitempty"` // of a constant
	Dist      *distJSON `json:"distribution,omitempty"`
}

type distJSON struct {
	Mean      number   `json:"mean"`
	SD        number   `json:"sd"`
	P1        number   `json:"p1"`
	P5        number   `json:"p5"`
	P50       number   `json:"p50"`
	P95       number   `json:"p95"`
	P99       number   `json:"p99"`
	Quantiles []number `json:"quantiles"`
}

func assumptionToJSON(a result.Assumption) assumptionJSON {
	j := assumptionJSON{Path: a.Path, Text: a.Text, Unit: a.Unit, Source: a.Source, Note: a.Note, Truncated: a.Truncated}
	if a.Constant {
		v := number(a.Value)
		j.Value = &v
		return j
	}
	j.Dist = &distJSON{
		Mean: number(a.Mean), SD: number(a.SD),
		P1: number(a.P1), P5: number(a.P5), P50: number(a.P50), P95: number(a.P95), P99: number(a.P99),
		Quantiles: numbers(a.Quantiles),
	}
	return j
}

func (j assumptionJSON) assumption() result.Assumption {
	a := result.Assumption{Path: j.Path, Text: j.Text, Unit: j.Unit, Source: j.Source, Note: j.Note, Truncated: j.Truncated}
	if d := j.Dist; d != nil {
		a.Mean, a.SD = float64(d.Mean), float64(d.SD)
		a.P1, a.P5, a.P50, a.P95, a.P99 = float64(d.P1), float64(d.P5), float64(d.P50), float64(d.P95), float64(d.P99)
		a.Quantiles = floats(d.Quantiles)
		return a
	}
	a.Constant, a.Value = true, math.NaN()
	if j.Value != nil {
		a.Value = float64(*j.Value)
	}
	return a
}

// metricsJSON is an object whose order is kept.
type metricsJSON []result.Metric

func (ms *metricsJSON) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errors.New(`"metrics" is not an object`)
	}
	*ms = metricsJSON{}
	seen := map[string]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		name := t.(string)
		if seen[name] {
			return fmt.Errorf("metric %q stands twice", name)
		}
		seen[name] = true
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		var j metricJSON
		if err := strict(raw, &j); err != nil {
			return fmt.Errorf("metric %q: %w", name, err)
		}
		m, err := j.metric(name)
		if err != nil {
			return err
		}
		*ms = append(*ms, m)
	}
	return nil
}

// metricJSON is a metric but for its name.
type metricJSON struct {
	Unit   *string           `json:"unit"`
	Kind   *string           `json:"kind"`
	ByYear []json.RawMessage `json:"by_year"`
	Total  json.RawMessage   `json:"total"`
}

func (j metricJSON) metric(name string) (result.Metric, error) {
	if j.Unit == nil || j.Kind == nil {
		return result.Metric{}, fmt.Errorf(`metric %q: no "unit" or no "kind"`, name)
	}
	m := result.Metric{Name: name, Unit: *j.Unit, Kind: *j.Kind}
	switch m.Kind {
	case result.Stock, result.Flow:
		if j.Total != nil || j.ByYear == nil {
			return m, fmt.Errorf(`metric %q: kind %q has "by_year" and no "total"`, name, m.Kind)
		}
	case result.Trial:
		if j.Total == nil || j.ByYear != nil {
			return m, fmt.Errorf(`metric %q: kind %q has "total" and no "by_year"`, name, m.Kind)
		}
		m.Total = new(result.Stat)
		if err := readStat(j.Total, m.Total, false); err != nil {
			return m, fmt.Errorf("metric %q: total: %w", name, err)
		}
	default:
		return m, fmt.Errorf("metric %q: kind %q; a metric is %q, %q or %q", name, m.Kind, result.Stock, result.Flow, result.Trial)
	}
	if j.ByYear != nil {
		m.ByYear = make([]result.Stat, len(j.ByYear))
		for y := range j.ByYear {
			if err := readStat(j.ByYear[y], &m.ByYear[y], true); err != nil {
				return m, fmt.Errorf("metric %q: year %d: %w", name, y+1, err)
			}
		}
	}
	return m, nil
}

type comparisonJSON result.Comparison

func (c *comparisonJSON) UnmarshalJSON(data []byte) error {
	var j struct {
		A      string `json:"a"`
		B      string `json:"b"`
		Metric string `json:"metric"`
		metricJSON
	}
	if err := strict(data, &j); err != nil {
		return err
	}
	if j.A == "" || j.B == "" || j.Metric == "" {
		return errors.New(`a comparison without "a", "b" or "metric"`)
	}
	m, err := j.metric(j.Metric)
	if err != nil {
		return fmt.Errorf("comparison of %s and %s: %w", j.A, j.B, err)
	}
	*c = comparisonJSON{A: j.A, B: j.B, Metric: m}
	return nil
}

type (
	driversJSON struct {
		Metric string       `json:"metric"`
		Year   int          `json:"year,omitempty"`
		Trials int          `json:"trials"`
		Inputs []driverJSON `json:"inputs"`
	}
	driverJSON struct {
		Path  string   `json:"path"`
		Rank  estimate `json:"rank_correlation"`
		Share estimate `json:"share_of_variance"`
	}
	// estimate is a value and the ends of its interval.
	estimate        [3]number
	convergenceJSON struct {
		Metric string            `json:"metric"`
		Year   int               `json:"year,omitempty"`
		Points []runningMeanJSON `json:"points"`
	}
	runningMeanJSON struct {
		Trials int    `json:"trials"`
		Mean   number `json:"mean"`
		SE     number `json:"se"`
	}
)

func estimateToJSON(e result.Estimate) estimate {
	return estimate{number(e.Value), number(e.Low), number(e.High)}
}

func (e estimate) estimate() result.Estimate {
	return result.Estimate{Value: float64(e[0]), Low: float64(e[1]), High: float64(e[2])}
}

func driversToJSON(d result.Drivers) driversJSON {
	j := driversJSON{Metric: d.Metric, Year: d.Year, Trials: d.Trials, Inputs: []driverJSON{}}
	for _, in := range d.Inputs {
		j.Inputs = append(j.Inputs, driverJSON{in.Path, estimateToJSON(in.Rank), estimateToJSON(in.Share)})
	}
	return j
}

func (j driversJSON) drivers() result.Drivers {
	d := result.Drivers{Metric: j.Metric, Year: j.Year, Trials: j.Trials}
	for _, in := range j.Inputs {
		d.Inputs = append(d.Inputs, result.Driver{Path: in.Path, Rank: in.Rank.estimate(), Share: in.Share.estimate()})
	}
	return d
}

func convergenceToJSON(c result.Convergence) convergenceJSON {
	j := convergenceJSON{Metric: c.Metric, Year: c.Year, Points: []runningMeanJSON{}}
	for _, p := range c.Points {
		j.Points = append(j.Points, runningMeanJSON{p.Trials, number(p.Mean), number(p.SE)})
	}
	return j
}

func (j convergenceJSON) convergence() result.Convergence {
	c := result.Convergence{Metric: j.Metric, Year: j.Year}
	for _, p := range j.Points {
		c.Points = append(c.Points, result.RunningMean{Trials: p.Trials, Mean: float64(p.Mean), SE: float64(p.SE)})
	}
	return c
}

// A field is one number of a Stat and its key.
type field struct {
	key string
	of  *float64
}

// figures lists the numbers of a Stat: the one place that names them, for reading and writing.
func figures(s *result.Stat) []field {
	return []field{
		{"defined", &s.Defined}, {"mean", &s.Mean}, {"se", &s.SE}, {"sd", &s.SD}, {"min", &s.Min}, {"max", &s.Max},
		{"p1", &s.P1}, {"p5", &s.P5}, {"p10", &s.P10}, {"p25", &s.P25}, {"p50", &s.P50},
		{"p75", &s.P75}, {"p90", &s.P90}, {"p95", &s.P95}, {"p99", &s.P99},
		{"es1", &s.ES1}, {"es5", &s.ES5}, {"es95", &s.ES95}, {"es99", &s.ES99},
		{"se_p5", &s.SEP5}, {"se_p50", &s.SEP50}, {"se_p95", &s.SEP95}, {"se_es95", &s.SEES95},
		{"above0", &s.Above0}, {"se_above0", &s.SEAbove0},
	}
}

// lateFigures are those that files of before there were any do not have.
func lateFigures(s *result.Stat) []field {
	return []field{
		{"se_sd", &s.SESD}, {"se_p1", &s.SEP1}, {"se_p10", &s.SEP10}, {"se_p25", &s.SEP25}, {"se_p75", &s.SEP75}, {"se_p90", &s.SEP90}, {"se_p99", &s.SEP99},
		{"se_es1", &s.SEES1}, {"se_es5", &s.SEES5}, {"se_es99", &s.SEES99},
	}
}

func writeStat(b *bytes.Buffer, s *result.Stat) {
	b.WriteByte('{')
	if s.Year != 0 {
		fmt.Fprintf(b, "\"year\": %d, \"date\": %s, ", s.Year, marshal(s.Date))
	}
	for i, f := range slices.Concat(figures(s), lateFigures(s)) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteByte('"')
		b.WriteString(f.key)
		b.WriteString("\": ")
		b.Write(appendNumber(b.AvailableBuffer(), *f.of))
	}
	if s.Grid != nil {
		b.WriteString(", \"grid\": [")
		for i, x := range s.Grid {
			if i > 0 {
				b.WriteByte(',')
			}
			b.Write(appendNumber(b.AvailableBuffer(), x))
		}
		b.WriteByte(']')
	}
	b.WriteByte('}')
}

func readStat(data []byte, s *result.Stat, dated bool) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	take := func(key string, v any) error {
		d, ok := raw[key]
		if !ok {
			return fmt.Errorf("no %q", key)
		}
		delete(raw, key)
		if err := json.Unmarshal(d, v); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		return nil
	}
	if dated {
		if err := errors.Join(take("year", &s.Year), take("date", &s.Date)); err != nil {
			return err
		}
	}
	for _, f := range figures(s) {
		if err := take(f.key, (*number)(f.of)); err != nil {
			return err
		}
	}
	for _, f := range lateFigures(s) {
		if *f.of = math.NaN(); raw[f.key] != nil {
			if err := take(f.key, (*number)(f.of)); err != nil {
				return err
			}
		}
	}
	if raw["grid"] != nil {
		var g []number
		if err := take("grid", &g); err != nil {
			return err
		}
		s.Grid = floats(g)
	}
	for key := range raw {
		return fmt.Errorf("unknown field %q", key)
	}
	return nil
}

// A number is a float64 that may be NaN (null) or infinite ("inf", "-inf").
type number float64

func (x number) MarshalJSON() ([]byte, error) { return appendNumber(nil, float64(x)), nil }

// appendNumber writes f as a number is written, and a finite one as encoding/json does, of which
// a result has too many to ask it for each.
func appendNumber(b []byte, f float64) []byte {
	switch abs := math.Abs(f); {
	case math.IsNaN(f):
		return append(b, "null"...)
	case math.IsInf(f, 1):
		return append(b, `"inf"`...)
	case math.IsInf(f, -1):
		return append(b, `"-inf"`...)
	case abs == 0 || abs >= 1e-6 && abs < 1e21:
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	b = strconv.AppendFloat(b, f, 'e', -1, 64)
	if n := len(b); b[n-4] == 'e' && b[n-3] == '-' && b[n-2] == '0' { // e-09 is e-9
		b[n-2] = b[n-1]
		b = b[:n-1]
	}
	return b
}

func (x *number) UnmarshalJSON(data []byte) error {
	switch s := string(data); s {
	case "null":
		*x = number(math.NaN())
	case `"inf"`:
		*x = number(math.Inf(1))
	case `"-inf"`:
		*x = number(math.Inf(-1))
	default:
		var f float64
		if err := json.Unmarshal(data, &f); err != nil {
			return fmt.Errorf("%s is not a number, null, \"inf\" or \"-inf\"", s)
		}
		*x = number(f)
	}
	return nil
}

func numbers(fs []float64) []number {
	ns := make([]number, len(fs))
	for i, f := range fs {
		ns[i] = number(f)
	}
	return ns
}

func floats(ns []number) []float64 {
	if len(ns) == 0 {
		return nil
	}
	fs := make([]float64, len(ns))
	for i, n := range ns {
		fs[i] = float64(n)
	}
	return fs
}

func nilIfEmpty(s []string) []string {
	if len(s) == 0 {
		return nil
	}
	return s
}

// marshal is for values that cannot fail: strings, ints, numbers and structs of them.
// Unlike json.Marshal it leaves <, > and & as they are: result.json is no HTML.
func marshal(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(fmt.Sprintf("reports: %T as JSON: %v", v, err)) // a type above has changed
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func strict(data []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode(v)
}

// notJSON makes of an error of encoding/json one that says where.
func notJSON(data []byte, err error) error {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("result.json: line %d: %v", line(data, int(syntax.Offset)), err)
	case errors.As(err, &typ):
		return fmt.Errorf("result.json: line %d: %q is a %s, which does not belong there", line(data, int(typ.Offset)), typ.Field, typ.Value)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("result.json: line %d: the file ends too early", line(data, len(data)))
	}
	return fmt.Errorf("result.json: %s", strings.TrimPrefix(err.Error(), "json: "))
}

func line(data []byte, offset int) int {
	return 1 + bytes.Count(data[:min(offset, len(data))], []byte("\n"))
}

func shorten(s string, runes int) string {
	if rs := []rune(s); len(rs) > runes {
		return string(rs[:runes-1]) + "…"
	}
	return s
}
