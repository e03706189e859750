package reports

import (
	"bytes"
	"fmt"
	"io"

	"entente/sim/result"
)

type (
	associationJSON struct {
		Path    string   `json:"path"`
		Rank    estimate `json:"rank_correlation"`
		Partial estimate `json:"partial_rank_correlation"`
		Share   estimate `json:"share_of_variance"`
		Delta   estimate `json:"delta"`
		SE      sensed   `json:"se"`
		Told    told     `json:"told_from_0"`
	}
	indexJSON struct {
		Name   string   `json:"group"`
		Inputs []string `json:"inputs"`
		First  estimate `json:"first_order"`
		Total  estimate `json:"total"`
		SE     sensed   `json:"se"`
		Told   told     `json:"told_from_0"`
	}
	swingJSON struct {
		Path     string   `json:"path"`
		Unit     string   `json:"unit"`
		Low      number   `json:"low"`
		High     number   `json:"high"`
		AtLow    number   `json:"at_low"`
		SEAtLow  number   `json:"se_at_low"`
		AtHigh   number   `json:"at_high"`
		SEAtHigh number   `json:"se_at_high"`
		With     []string `json:"correlated_with"`
		Swing    estimate `json:"swing"`
		SE       sensed   `json:"se"`
		Told     told     `json:"told_from_0"`
	}
)

// sensed are the standard errors of estimates, by name.
type sensed map[string]number

// told says of estimates, by name, whether their intervals leave out 0.
type told map[string]bool

// noiseNote explains what is negative that can't be.
const noiseNote = "Shares, indices and δ cannot be below 0. Estimates of what is 0 or nearly so fall on either side of it by the chance of the trials: where told_from_0 is false, the interval holds 0, and the high end of the interval says how large the thing may be."

// WriteSensitivityJSON writes s as one JSON object. Estimates are [value, low, high], the ends of
// the 95 % interval; numbers are those of result.json.
func WriteSensitivityJSON(w io.Writer, s *result.Sensitivity) error {
	var b bytes.Buffer
	scenario := scenarioJSON(s.Scenario)
	scenario.Overrides = append([]string{}, scenario.Overrides...)
	fmt.Fprintf(&b, "{\"entente\": %s,\n \"format\": %d,\n \"kind\": \"sensitivity\",\n \"method\": %s,\n \"scenario\": %s,\n \"run\": %s,\n \"simulated\": %d,\n \"drawn_inputs\": %d,\n \"chosen\": %s,\n \"note\": %s",
		marshal(s.Version), result.Format, marshal(s.Method), marshal(scenario), marshal(runJSON(s.Run)), s.Simulated, s.Inputs, marshal(s.Chosen), marshal(noiseNote))
	b.WriteString(",\n \"results\": [")
	n := 0
	begin := func(key, name, unit string) {
		if n > 0 {
			b.WriteByte(',')
		}
		n++
		fmt.Fprintf(&b, "\n  {%q: %s, \"unit\": %s", key, marshal(name), marshal(unit))
	}
	for _, a := range s.Associations {
		begin("quantity", a.Quantity, a.Unit)
		fmt.Fprintf(&b, ", \"mean\": %s, \"se\": %s, \"sd\": %s", marshal(number(a.Mean)), marshal(number(a.SE)), marshal(number(a.SD)))
		list(&b, "inputs", a.Inputs, func(in result.Association) any {
			return associationJSON{in.Path, estimateToJSON(in.Rank), estimateToJSON(in.Partial), estimateToJSON(in.Share), estimateToJSON(in.Delta),
				sensed{"rank_correlation": number(in.Rank.SE), "partial_rank_correlation": number(in.Partial.SE), "share_of_variance": number(in.Share.SE), "delta": number(in.Delta.SE)},
				told{"rank_correlation": isTold(in.Rank), "partial_rank_correlation": isTold(in.Partial), "share_of_variance": isTold(in.Share), "delta": isTold(in.Delta)}}
		})
		b.WriteByte('}')
	}
	for _, x := range s.Indices {
		begin("quantity", x.Quantity, x.Unit)
		fmt.Fprintf(&b, ", \"mean\": %s, \"se\": %s, \"sd\": %s, \"sum_of_first_order\": %s",
			marshal(number(x.Mean)), marshal(number(x.SE)), marshal(number(x.SD)), marshal(estimateToJSON(x.Sum)))
		list(&b, "groups", x.Groups, func(g result.Index) any {
			return indexJSON{g.Name, append([]string{}, g.Inputs...), estimateToJSON(g.First), estimateToJSON(g.Total),
				sensed{"first_order": number(g.First.SE), "total": number(g.Total.SE)},
				told{"first_order": isTold(g.First), "total": isTold(g.Total)}}
		})
		b.WriteByte('}')
	}
	for _, t := range s.Tornados {
		begin("statistic", t.Statistic, t.Unit)
		fmt.Fprintf(&b, ", \"value\": %s, \"se\": %s", marshal(number(t.Value)), marshal(number(t.SE)))
		list(&b, "swings", t.Swings, func(w result.Swing) any {
			return swingJSON{w.Path, w.Unit, number(w.Low), number(w.High), number(w.AtLow), number(w.SEAtLow), number(w.AtHigh), number(w.SEAtHigh),
				append([]string{}, w.With...), estimateToJSON(w.Swing), sensed{"swing": number(w.Swing.SE)}, told{"swing": isTold(w.Swing)}}
		})
		b.WriteByte('}')
	}
	b.WriteString("]}\n")
	_, err := w.Write(b.Bytes())
	return err
}

// isTold says whether an estimate is told from 0.
func isTold(e result.Estimate) bool { return e.Low > 0 || e.High < 0 }
