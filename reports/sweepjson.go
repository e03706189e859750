package reports

import (
	"bytes"
	"fmt"
	"io"

	"entente/sim/result"
)

// WriteSweepJSON writes s as one JSON object, a line per metric and year of a point. Numbers are
// those of result.json.
func WriteSweepJSON(w io.Writer, s *result.Sweep) error {
	var b bytes.Buffer
	scenario := scenarioJSON(s.Scenario)
	scenario.Overrides = append([]string{}, scenario.Overrides...)
	fmt.Fprintf(&b, "{\"entente\": %s,\n \"format\": %d,\n \"kind\": \"sweep\",\n \"scenario\": %s,\n \"run\": %s,\n \"design\": %s,\n \"paths\": %s,\n \"points\": [",
		marshal(s.Version), result.Format, marshal(scenario), marshal(runJSON(s.Run)), marshal(s.Design), marshal(s.Paths))
	for i := range s.Points {
		p := &s.Points[i]
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "\n  {\"point\": %d, \"values\": %s", p.Number, marshal(p.Values))
		if p.Error != "" {
			fmt.Fprintf(&b, ", \"error\": %s", marshal(p.Error))
		}
		b.WriteString(", \"rows\": [")
		for k := range p.Rows {
			r := &p.Rows[k]
			if k > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "\n   {\"metric\": %s, \"unit\": %s, \"kind\": %s, \"n\": %d, \"diff\": %s, \"se_diff\": %s, \"stat\": ",
				marshal(r.Metric), marshal(r.Unit), marshal(r.Kind), r.N, marshal(number(r.Diff)), marshal(number(r.SEDiff)))
			writeStat(&b, &r.Stat)
			b.WriteByte('}')
		}
		b.WriteString("]}")
	}
	b.WriteString("]}\n")
	_, err := w.Write(b.Bytes())
	return err
}
