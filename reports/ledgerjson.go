package reports

import (
	"bytes"
	"fmt"
	"io"

	"entente/sim/result"
)

// WriteLedgerJSON writes a ledger as one JSON object, a line for each line of the ledger.
func WriteLedgerJSON(w io.Writer, l *result.Ledger) error {
	f := newFinder(&l.Facts)
	var b bytes.Buffer
	r := l.Facts
	scenario := scenarioJSON(r.Scenario)
	scenario.Overrides = append([]string{}, scenario.Overrides...)
	fmt.Fprintf(&b, "{\"entente\": %s,\n \"format\": %d,\n \"scenario\": %s,\n \"run\": %s,\n \"trial\": %d,\n \"rule\": %s,\n \"of\": %s",
		marshal(r.Version), result.Format, marshal(scenario), marshal(runJSON(r.Run)), l.Trial, marshal(l.Rule), marshal(l.Of))
	list(&b, "labs", r.Labs, func(e result.Entity) any { return entityJSON(e) })
	list(&b, "clouds", r.Clouds, func(e result.Entity) any { return entityJSON(e) })
	list(&b, "investors", r.Investors, func(e result.Entity) any { return entityJSON(e) })
	list(&b, "alliances", r.Alliances, func(a result.Alliance) any { return allianceJSON(a) })
	list(&b, "standings", l.Standings, func(s result.Standing) any { return standingToJSON(s) })
	list(&b, "inputs", l.Inputs, func(in result.Drawn) any { return drawnToJSON(in) })
	told := f.story(l.Happenings, l.Inputs, 0)
	list(&b, "happenings", l.Happenings, func(h result.Happening) any { return happeningToJSON(h) })
	list(&b, "story", told, func(s dated) any {
		return struct {
			When string `json:"when"`
			Text string `json:"text"`
		}{s.When, s.Text}
	})
	list(&b, "metrics", l.Outcomes, func(o result.Outcome) any { return outcomeToJSON(o) })
	list(&b, "lines", l.Lines, func(line result.Line) any {
		j := lineJSON{Step: line.Step, Date: line.Date, Kind: line.Kind, Payer: line.Payer, Payee: line.Payee, Deal: line.Deal,
			Reason: line.Reason, Amount: number(line.Amount), Counts: []countJSON{}}
		for _, n := range line.Counts {
			j.Counts = append(j.Counts, countJSON{n.Metric, number(n.Factor)})
		}
		return j
	})
	list(&b, "checks", l.Checks, func(c result.Check) any {
		return checkJSON{c.Metric, c.Year, c.Lines, number(c.Sum), number(c.Value), number(c.Tolerance), c.Holds}
	})
	list(&b, "quarters", l.Paths, func(p result.Path) any { return pathJSON{p.Name, p.Unit, p.Kind, numbers(p.Values)} })
	b.WriteString("}\n")
	_, err := w.Write(b.Bytes())
	return err
}

type (
	standingJSON struct {
		Metric string `json:"metric"`
		Unit   string `json:"unit"`
		Year   int    `json:"year,omitempty"`
		Value  number `json:"value"`
		Below  number `json:"lower"`
		Above  number `json:"higher"`
	}
	drawnJSON struct {
		Path  string `json:"path"`
		Unit  string `json:"unit,omitempty"`
		Value number `json:"value"`
		P     number `json:"p"`
	}
	happeningJSON struct {
		Kind   string   `json:"kind"`
		From   int      `json:"from"`
		To     int      `json:"to"`
		Who    string   `json:"who"`
		Whom   string   `json:"whom,omitempty"`
		Amount number   `json:"amount"`
		Parts  []number `json:"parts,omitempty"`
		Times  int      `json:"times,omitempty"`
	}
	outcomeJSON struct {
		Name   string   `json:"name"`
		Unit   string   `json:"unit"`
		Kind   string   `json:"kind"`
		Values []number `json:"values"`
	}
	lineJSON struct {
		Step   int         `json:"step"`
		Date   string      `json:"date"`
		Kind   string      `json:"kind"`
		Payer  string      `json:"payer"`
		Payee  string      `json:"payee"`
		Deal   string      `json:"deal"`
		Reason string      `json:"reason"`
		Amount number      `json:"amount"`
		Counts []countJSON `json:"counts"`
	}
	countJSON struct {
		Metric string `json:"metric"`
		Factor number `json:"factor"`
	}
	checkJSON struct {
		Metric    string `json:"metric"`
		Year      int    `json:"year,omitempty"`
		Lines     int    `json:"lines"`
		Sum       number `json:"sum"`
		Value     number `json:"value"`
		Tolerance number `json:"tolerance"`
		Holds     bool   `json:"holds"`
	}
	pathJSON struct {
		Name   string   `json:"name"`
		Unit   string   `json:"unit"`
		Kind   string   `json:"kind"`
		Values []number `json:"values"`
	}
)

func standingToJSON(s result.Standing) standingJSON {
	return standingJSON{s.Metric, s.Unit, s.Year, number(s.Value), number(s.Below), number(s.Above)}
}

func drawnToJSON(in result.Drawn) drawnJSON {
	return drawnJSON{in.Path, in.Unit, number(in.Value), number(in.P)}
}

func outcomeToJSON(o result.Outcome) outcomeJSON {
	return outcomeJSON{o.Name, o.Unit, o.Kind, numbers(o.Values)}
}

func happeningToJSON(h result.Happening) happeningJSON {
	j := happeningJSON{Kind: h.Kind, From: h.From, To: h.To, Who: h.Who, Whom: h.Whom, Amount: number(h.Amount), Times: h.Times}
	for _, p := range h.Parts {
		j.Parts = append(j.Parts, number(p))
	}
	return j
}
