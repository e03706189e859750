package reports

import (
	"bytes"
	"fmt"
	"io"

	"entente/sim/result"
)

// comparisonFormat is the version of the layout of comparison.json.
const comparisonFormat = 1

// WriteComparisonJSON writes r as comparison.json: one JSON object, a line per statistic, with
// numbers as in result.json.
func WriteComparisonJSON(w io.Writer, r *result.Pairing) error {
	var b bytes.Buffer
	texts := func(s []string) []string { return append([]string{}, s...) } // [] and not null
	fmt.Fprintf(&b, "{\"entente\": %s,\n \"comparison\": %d,\n \"run\": %s", marshal(r.Version), comparisonFormat, marshal(runJSON(r.Run)))
	fmt.Fprintf(&b, ",\n \"set\": %s,\n \"with\": %s,\n \"kept\": %s", marshal(texts(r.Set)), marshal(texts(r.With)), marshal(texts(r.Metrics)))
	fmt.Fprintf(&b, ",\n \"grid_p\": %s,\n \"base\": {", marshal(numbers(r.GridP)))
	writeContender(&b, &r.Base)
	b.WriteString("},\n \"others\": [")
	for k := range r.Others {
		p := &r.Others[k]
		if k > 0 {
			b.WriteByte(',')
		}
		b.WriteString("{")
		writeContender(&b, &p.Contender)
		list(&b, "changes", p.Changes, func(c result.Change) any { return changeJSON(c) })
		fmt.Fprintf(&b, ",\n \"words\": %d,\n \"only_base\": %s,\n \"only_other\": %s", p.Words, marshal(texts(p.OnlyBase)), marshal(texts(p.OnlyOther)))
		list(&b, "apart", p.Apart, func(a result.Apart) any { return apartJSON{a.Name, a.Reason} })
		b.WriteString(",\n \"metrics\": {")
		for i := range p.Metrics {
			if i > 0 {
				b.WriteByte(',')
			}
			writePairedMetric(&b, &p.Metrics[i])
		}
		b.WriteString("}}")
	}
	b.WriteString("]}\n")
	_, err := w.Write(b.Bytes())
	return err
}

// writeContender writes the fields of a scenario.
func writeContender(b *bytes.Buffer, c *result.Contender) {
	scenario := scenarioJSON(c.Scenario)
	scenario.Overrides = append([]string{}, scenario.Overrides...)
	fmt.Fprintf(b, "\"label\": %s,\n \"scenario\": %s,\n \"start\": %s,\n \"years\": %d", marshal(c.Label), marshal(scenario), marshal(c.Start), c.Years)
	for _, es := range []struct {
		key  string
		list []result.Entity
	}{{"labs", c.Labs}, {"clouds", c.Clouds}, {"investors", c.Investors}} {
		list(b, es.key, es.list, func(e result.Entity) any { return entityJSON(e) })
	}
}

type changeJSON struct {
	Text         string `json:"text"`
	What         string `json:"what"`
	Path         string `json:"path"`
	Before       string `json:"before"`
	After        string `json:"after"`
	Unit         string `json:"unit"`
	BeforeAt     string `json:"before_at"`
	AfterAt      string `json:"after_at"`
	BeforeSource string `json:"before_source"`
	AfterSource  string `json:"after_source"`
}

type apartJSON struct {
	Metric string `json:"metric"`
	Reason string `json:"reason"`
}

func writePairedMetric(b *bytes.Buffer, m *result.PairedMetric) {
	fmt.Fprintf(b, "\n  %s: {", marshal(m.Name))
	writeOf(b, m.Unit, m.Kind, m.Total, m.ByYear, writePair)
}

func writePair(b *bytes.Buffer, p *result.Pair) {
	b.WriteByte('{')
	for _, f := range pairFigures(p) {
		fmt.Fprintf(b, "%q: %s, ", f.key, marshal(number(*f.of)))
	}
	for i, s := range []struct {
		key string
		of  *result.Stat
	}{{"difference", &p.Difference}, {"a", &p.A}, {"b", &p.B}} {
		if i > 0 {
			b.WriteString(",\n     ")
		}
		fmt.Fprintf(b, "%q: ", s.key)
		writeStat(b, s.of)
	}
	b.WriteByte('}')
}

// pairFigures lists the numbers of a Pair that are in no Stat.
func pairFigures(p *result.Pair) []field {
	return []field{
		{"low95", &p.Low}, {"high95", &p.High}, {"equal", &p.Equal}, {"se_equal", &p.SEEqual},
		{"variance_reduction", &p.Variance}, {"run_variance_reduction", &p.Runs},
	}
}
