package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"entente/sim/result"
)

// ReadComparisonJSON reads what WriteComparisonJSON wrote, and refuses what it does not understand
// in full, as ReadJSON does.
func ReadComparisonJSON(rd io.Reader) (*result.Pairing, error) {
	data, err := io.ReadAll(rd)
	if err != nil {
		return nil, err
	}
	var head struct {
		Entente    *string `json:"entente"`
		Comparison *int    `json:"comparison"`
	}
	wrong := func(err error) error {
		return fmt.Errorf("comparison.json: %s", strings.TrimPrefix(notJSON(data, err).Error(), "result.json: "))
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, wrong(err)
	}
	switch {
	case head.Entente == nil || head.Comparison == nil:
		return nil, errors.New(`comparison.json: no "entente" and "comparison": this is not a comparison of entente`)
	case *head.Comparison != comparisonFormat:
		return nil, fmt.Errorf("comparison.json: format %d, written by entente %s; this program reads format %d: compare the scenarios again, or use that version",
			*head.Comparison, *head.Entente, comparisonFormat)
	}
	var f comparisonFile
	if err := strict(data, &f); err != nil {
		return nil, wrong(err)
	}
	if f.Run == nil || f.Base == nil || len(f.Others) == 0 {
		return nil, errors.New(`comparison.json: no "run", no "base" or no "others"`)
	}
	r := &result.Pairing{Version: f.Entente, Run: result.Run(*f.Run), Base: f.Base.contender(), GridP: floats(f.GridP),
		Set: nilIfEmpty(f.Set), With: nilIfEmpty(f.With), Metrics: nilIfEmpty(f.Kept)}
	for _, o := range f.Others {
		p := result.Paired{Contender: o.contender(), Words: o.Words, OnlyBase: nilIfEmpty(o.OnlyBase), OnlyOther: nilIfEmpty(o.OnlyOther), Metrics: o.Metrics}
		for _, c := range o.Changes {
			p.Changes = append(p.Changes, result.Change(c))
		}
		for _, a := range o.Apart {
			p.Apart = append(p.Apart, result.Apart{Name: a.Metric, Reason: a.Reason})
		}
		for i := range p.Metrics {
			for _, x := range pairsOf(&p.Metrics[i]) {
				for _, s := range []*result.Stat{&x.A, &x.B, &x.Difference} {
					if s.Grid != nil && len(s.Grid) != len(r.GridP) {
						return nil, fmt.Errorf("comparison.json: metric %q: a grid of %d quantiles for %d probabilities", p.Metrics[i].Name, len(s.Grid), len(r.GridP))
					}
				}
			}
		}
		r.Others = append(r.Others, p)
	}
	return r, nil
}

type comparisonFile struct {
	Entente    string         `json:"entente"`
	Comparison int            `json:"comparison"`
	Run        *runJSON       `json:"run"`
	Set        []string       `json:"set"`
	With       []string       `json:"with"`
	Kept       []string       `json:"kept"`
	GridP      []number       `json:"grid_p"`
	Base       *contenderJSON `json:"base"`
	Others     []pairedJSON   `json:"others"`
}

type contenderJSON struct {
	Label     string       `json:"label"`
	Scenario  scenarioJSON `json:"scenario"`
	Start     string       `json:"start"`
	Years     int          `json:"years"`
	Labs      []entityJSON `json:"labs"`
	Clouds    []entityJSON `json:"clouds"`
	Investors []entityJSON `json:"investors"`
}

func (j contenderJSON) contender() result.Contender {
	c := result.Contender{Label: j.Label, Scenario: result.Scenario(j.Scenario), Start: j.Start, Years: j.Years}
	c.Scenario.Notes, c.Scenario.Overrides = nilIfEmpty(c.Scenario.Notes), nilIfEmpty(c.Scenario.Overrides)
	for _, es := range []struct {
		from []entityJSON
		to   *[]result.Entity
	}{{j.Labs, &c.Labs}, {j.Clouds, &c.Clouds}, {j.Investors, &c.Investors}} {
		for _, e := range es.from {
			*es.to = append(*es.to, result.Entity(e))
		}
	}
	return c
}

type pairedJSON struct {
	contenderJSON
	Changes   []changeJSON      `json:"changes"`
	Words     int               `json:"words"`
	OnlyBase  []string          `json:"only_base"`
	OnlyOther []string          `json:"only_other"`
	Apart     []apartJSON       `json:"apart"`
	Metrics   pairedMetricsJSON `json:"metrics"`
}

// pairedMetricsJSON is an object whose order is kept.
type pairedMetricsJSON []result.PairedMetric

func (ms *pairedMetricsJSON) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errors.New(`"metrics" is not an object`)
	}
	*ms = nil
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return err
		}
		m, err := readPairedMetric(t.(string), raw)
		if err != nil {
			return fmt.Errorf("metric %q: %w", t, err)
		}
		*ms = append(*ms, m)
	}
	return nil
}

func readPairedMetric(name string, raw []byte) (result.PairedMetric, error) {
	var j struct {
		Unit   string            `json:"unit"`
		Kind   string            `json:"kind"`
		Total  json.RawMessage   `json:"total"`
		ByYear []json.RawMessage `json:"by_year"`
	}
	m := result.PairedMetric{Name: name}
	if err := strict(raw, &j); err != nil {
		return m, err
	}
	m.Unit, m.Kind = j.Unit, j.Kind
	switch once := m.Kind == result.Trial; {
	case m.Kind != result.Stock && m.Kind != result.Flow && !once:
		return m, fmt.Errorf("kind %q; a metric is %q, %q or %q", m.Kind, result.Stock, result.Flow, result.Trial)
	case once && (j.Total == nil || j.ByYear != nil), !once && (j.Total != nil || len(j.ByYear) == 0):
		return m, fmt.Errorf(`kind %q has a "total" if it is %q, else "by_year"`, m.Kind, result.Trial)
	case once:
		m.Total = new(result.Pair)
		return m, readPair(j.Total, m.Total, false)
	}
	m.ByYear = make([]result.Pair, len(j.ByYear))
	for y := range j.ByYear {
		if err := readPair(j.ByYear[y], &m.ByYear[y], true); err != nil {
			return m, fmt.Errorf("year %d: %w", y+1, err)
		}
	}
	return m, nil
}

func readPair(data []byte, p *result.Pair, dated bool) error {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	for _, f := range pairFigures(p) {
		if raw[f.key] == nil {
			return fmt.Errorf("no %q", f.key)
		}
		if err := (*number)(f.of).UnmarshalJSON(raw[f.key]); err != nil {
			return fmt.Errorf("%s: %w", f.key, err)
		}
		delete(raw, f.key)
	}
	for _, s := range []struct {
		key string
		of  *result.Stat
	}{{"difference", &p.Difference}, {"a", &p.A}, {"b", &p.B}} {
		if raw[s.key] == nil {
			return fmt.Errorf("no %q", s.key)
		}
		if err := readStat(raw[s.key], s.of, dated); err != nil {
			return fmt.Errorf("%s: %w", s.key, err)
		}
		delete(raw, s.key)
	}
	for key := range raw {
		return fmt.Errorf("unknown field %q", key)
	}
	return nil
}
