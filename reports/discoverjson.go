package reports

import (
	"bytes"
	"fmt"
	"io"
	"math"

	"entente/sim/result"
)

// WriteDiscoveryJSON writes d as one JSON object. A limit that is not there is left out; above is
// exclusive, at_most inclusive.
func WriteDiscoveryJSON(w io.Writer, d *result.Discovery) error {
	told := newDiscovery(clean(d))
	scenario := scenarioJSON(d.Scenario)
	scenario.Overrides = append([]string{}, scenario.Overrides...)
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\"entente\": %s,\n \"format\": %d,\n \"kind\": \"discovery\"", marshal(d.Version), result.Format)
	write := func(key string, v any) { fmt.Fprintf(&b, ",\n %q: %s", key, marshal(v)) }
	write("scenario", scenario)
	write("run", runJSON(d.Run))
	write("where", d.Where)
	write("words", told.sentences())
	write("all", countsJSON(d.All))
	write("share", estimateToJSON(d.Share))
	write("se_share", number(d.SE))
	write("held_out", countsJSON(d.Held))
	write("inputs", d.Inputs)
	write("detectable", detectableJSON{number(d.Detectable.Support), number(d.Detectable.Lift)})
	list(&b, "boxes", d.Boxes, func(b result.Box) any { return told.box(b) })
	if d.Rejected != nil {
		write("rejected", told.box(*d.Rejected))
	}
	list(&b, "tree", d.Leaves, func(l result.Leaf) any { return told.leaf(l) })
	b.WriteString("}\n")
	_, err := w.Write(b.Bytes())
	return err
}

type (
	countsJSON struct {
		Trials int `json:"trials"`
		Hits   int `json:"hits"`
		In     int `json:"in"`
		HitsIn int `json:"hits_in"`
	}
	detectableJSON struct {
		Support number `json:"support"`
		Lift    number `json:"lift"`
	}
	boxJSON struct {
		Words      string      `json:"words"`
		Limits     []limitJSON `json:"limits"`
		Density    estimate    `json:"density"`
		Outside    estimate    `json:"density_outside"`
		Coverage   estimate    `json:"coverage"`
		Support    estimate    `json:"support"`
		Lift       estimate    `json:"lift"`
		Phi        number      `json:"phi"`
		Rest       countsJSON  `json:"rest"`
		Held       countsJSON  `json:"held_out"`
		Found      countsJSON  `json:"found"`
		Trajectory []peelJSON  `json:"trajectory"`
	}
	limitJSON struct {
		Input   string      `json:"input"`
		Words   string      `json:"words"`
		Unit    string      `json:"unit,omitempty"`
		Event   bool        `json:"event,omitempty"`
		Above   *number     `json:"above,omitempty"`
		AtMost  *number     `json:"at_most,omitempty"`
		From    string      `json:"from,omitempty"`
		Before  string      `json:"before,omitempty"`
		Never   bool        `json:"never,omitempty"`
		Share   number      `json:"share"`
		Without *countsJSON `json:"without,omitempty"`
		P       *number     `json:"p,omitempty"`
		Again   *againJSON  `json:"found_again,omitempty"`
	}
	againJSON struct {
		Times    int `json:"times"`
		Searches int `json:"searches"`
	}
	cutJSON struct {
		Input  string  `json:"input"`
		Above  *number `json:"above,omitempty"`
		AtMost *number `json:"at_most,omitempty"`
	}
	peelJSON struct {
		Limits   []cutJSON  `json:"limits"`
		Found    countsJSON `json:"found"`
		Held     countsJSON `json:"held_out"`
		Coverage number     `json:"coverage"`
		Density  number     `json:"density"`
		Support  number     `json:"support"`
	}
	leafJSON struct {
		Words    string      `json:"words"`
		Limits   []limitJSON `json:"limits"`
		Held     countsJSON  `json:"held_out"`
		Density  estimate    `json:"density"`
		Support  estimate    `json:"support"`
		Coverage estimate    `json:"coverage"`
	}
)

func (d discovery) box(b result.Box) boxJSON {
	j := boxJSON{
		Words: d.limits(b.Limits), Limits: []limitJSON{},
		Density: estimateToJSON(b.Density), Outside: estimateToJSON(b.Outside), Coverage: estimateToJSON(b.Coverage),
		Support: estimateToJSON(b.Support), Lift: estimateToJSON(b.Lift), Phi: number(b.Phi),
		Rest: countsJSON(b.Rest), Held: countsJSON(b.Held), Found: countsJSON(b.Found), Trajectory: []peelJSON{},
	}
	for _, l := range b.Limits {
		limit := d.limitJSON(l)
		without, p := countsJSON(l.Without), number(l.P)
		limit.Without, limit.P = &without, &p
		if l.Searches > 0 {
			limit.Again = &againJSON{l.Again, l.Searches}
		}
		j.Limits = append(j.Limits, limit)
	}
	for _, p := range b.Trajectory {
		coverage, density, support := shares(p.Held)
		peel := peelJSON{[]cutJSON{}, countsJSON(p.Found), countsJSON(p.Held), number(coverage), number(density), number(support)}
		for _, c := range p.Cuts {
			peel.Limits = append(peel.Limits, cutJSON{c.Input, ended(c.Low), ended(c.High)})
		}
		j.Trajectory = append(j.Trajectory, peel)
	}
	return j
}

func (d discovery) leaf(l result.Leaf) leafJSON {
	j := leafJSON{d.limits(l.Limits), []limitJSON{}, countsJSON(l.Held), estimateToJSON(l.Density), estimateToJSON(l.Support), estimateToJSON(l.Coverage)}
	for _, limit := range l.Limits {
		j.Limits = append(j.Limits, d.limitJSON(limit))
	}
	return j
}

func (d discovery) limitJSON(l result.Limit) limitJSON {
	return limitJSON{Input: l.Input, Words: d.limit(l), Unit: l.Unit, Event: l.Event, Above: ended(l.Low), AtMost: ended(l.High),
		From: l.From, Before: l.Before, Never: l.Never, Share: number(l.UpTo - l.Below)}
}

// ended is one end of a limit, if it has that.
func ended(x float64) *number {
	if math.IsInf(x, 0) {
		return nil
	}
	n := number(x)
	return &n
}
