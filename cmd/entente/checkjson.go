package main

import (
	"encoding/json"
	"io"
	"math"

	"entente/scenarios"
	"entente/sim/result"
)

// What `entente check --json` prints. Names and ids stay; more may be added.

type checksJSON struct {
	Entente   string      `json:"entente"`
	Format    int         `json:"format"`
	Scenarios []checkJSON `json:"scenarios"`
}

type checkJSON struct {
	Argument string       `json:"argument"`
	OK       bool         `json:"ok"`
	Errors   []problem    `json:"errors"`
	Warnings []problem    `json:"warnings"`
	Silenced []problem    `json:"silenced"`
	Scenario *checkedJSON `json:"scenario,omitempty"` // where it is ok
}

type problem struct {
	ID      string `json:"id"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Width   int    `json:"width,omitempty"`
	Path    string `json:"path,omitempty"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Excerpt string `json:"excerpt,omitempty"`
	Reason  string `json:"reason,omitempty"` // of one that is silenced
}

type checkedJSON struct {
	Name         string           `json:"name"`
	SHA256       string           `json:"sha256"`
	Overrides    []string         `json:"overrides"`
	Start        string           `json:"start"`
	Years        int              `json:"years"`
	Trials       int              `json:"trials"`
	Seed         uint64           `json:"seed"`
	Sampler      string           `json:"sampler"`
	Labs         []string         `json:"labs"`
	Clouds       []string         `json:"clouds"`
	Investors    []string         `json:"investors"`
	Alliances    []string         `json:"alliances"`
	Events       []string         `json:"events"`
	Assumptions  []assumptionJSON `json:"assumptions"`
	Truncations  []truncationJSON `json:"truncations"`
	Correlations correlationsJSON `json:"correlations"`
	Sources      []sourceJSON     `json:"sources"`
	Defaults     []defaultJSON    `json:"defaults"`
	Unsourced    []string         `json:"unsourced"`
	Asserts      []string         `json:"asserts,omitempty"`
	Grades       map[string]int   `json:"grades"`
}

type assumptionJSON struct {
	Path     string   `json:"path"`
	Text     string   `json:"text"`
	Unit     string   `json:"unit"`
	Constant bool     `json:"constant"`
	Value    *float64 `json:"value,omitempty"`
	Mean     *float64 `json:"mean,omitempty"`
	SD       *float64 `json:"sd,omitempty"`
	P1       *float64 `json:"p1,omitempty"`
	P5       *float64 `json:"p5,omitempty"`
	P50      *float64 `json:"p50,omitempty"`
	P95      *float64 `json:"p95,omitempty"`
	P99      *float64 `json:"p99,omitempty"`
	Grade    string   `json:"grade"`
	Source   string   `json:"source,omitempty"`
	Note     string   `json:"note,omitempty"`
}

type truncationJSON struct {
	Path    string  `json:"path"`
	Text    string  `json:"text"`
	How     string  `json:"how"`
	Outside float64 `json:"outside"`
}

type correlationsJSON struct {
	Inputs []correlationJSON `json:"inputs"`
	Shocks []correlationJSON `json:"shocks"`
}

type correlationJSON struct {
	A        string   `json:"a"`
	B        string   `json:"b"`
	Rho      float64  `json:"rho"`
	Spearman float64  `json:"spearman"`
	Factors  []string `json:"factors"` // none: it is given as a pair
}

type sourceJSON struct {
	ID      string `json:"id"`
	Title   string `json:"title"`
	Address string `json:"address,omitempty"`
	Date    string `json:"date,omitempty"`
	Grade   string `json:"grade,omitempty"`
	Cited   int    `json:"cited"`
	Stale   string `json:"stale,omitempty"`
}

type defaultJSON struct {
	Path string `json:"path"`
	Text string `json:"text"`
	Unit string `json:"unit,omitempty"`
}

// writeChecks prints the checks as one JSON document.
func writeChecks(w io.Writer, checks []checked) error {
	doc := checksJSON{Entente: version, Format: 1}
	for _, c := range checks {
		doc.Scenarios = append(doc.Scenarios, c.json())
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	return e.Encode(doc)
}

func (c checked) json() checkJSON {
	j := checkJSON{Argument: c.name, OK: c.err == nil, Errors: []problem{}, Warnings: []problem{}, Silenced: []problem{}}
	for _, d := range c.problems() {
		j.Errors = append(j.Errors, problemOf(d))
	}
	if c.scenario == nil {
		return j
	}
	s, review := c.scenario, c.scenario.Review()
	for _, d := range append(append(scenarios.Diagnostics{}, s.Warnings...), s.Sanity...) {
		j.Warnings = append(j.Warnings, problemOf(d))
	}
	for _, d := range s.Silenced {
		p := problemOf(d.Diagnostic)
		p.Reason = d.Reason
		j.Silenced = append(j.Silenced, p)
	}
	facts := &s.Facts
	x := &checkedJSON{
		Name: facts.Scenario.Name, SHA256: facts.Scenario.SHA256, Overrides: append([]string{}, facts.Scenario.Overrides...),
		Start: facts.Run.Start, Years: facts.Run.Years, Trials: s.Trials, Seed: s.Seed, Sampler: s.Sampler,
		Labs: ids(facts.Labs), Clouds: ids(facts.Clouds), Investors: ids(facts.Investors), Alliances: []string{}, Events: []string{},
		Assumptions: []assumptionJSON{}, Truncations: []truncationJSON{}, Sources: []sourceJSON{}, Defaults: []defaultJSON{},
		Unsourced: []string{}, Grades: map[string]int{},
		Correlations: correlationsJSON{pairs(review.Inputs), pairs(review.Shocks)},
	}
	for _, a := range facts.Alliances {
		x.Alliances = append(x.Alliances, a.ID)
	}
	for _, e := range facts.Events {
		x.Events = append(x.Events, e.ID)
	}
	for i, a := range facts.Assumptions {
		grade := string(review.Grades[i])
		x.Grades[grade]++
		if grade == "none" {
			x.Unsourced = append(x.Unsourced, a.Path)
		}
		y := assumptionJSON{Path: a.Path, Text: a.Text, Unit: a.Unit, Constant: a.Constant, Grade: grade, Source: a.Source, Note: a.Note}
		if a.Constant {
			y.Value = finite(a.Value)
		} else {
			y.Mean, y.SD = finite(a.Mean), finite(a.SD)
			y.P1, y.P5, y.P50, y.P95, y.P99 = finite(a.P1), finite(a.P5), finite(a.P50), finite(a.P95), finite(a.P99)
		}
		x.Assumptions = append(x.Assumptions, y)
	}
	for _, t := range review.Truncations {
		x.Truncations = append(x.Truncations, truncationJSON(t))
	}
	for _, s := range review.Sources {
		x.Sources = append(x.Sources, sourceJSON(s))
	}
	for _, d := range s.Defaults {
		x.Defaults = append(x.Defaults, defaultJSON(d))
	}
	for _, a := range s.Asserts {
		x.Asserts = append(x.Asserts, a.Text)
	}
	j.Scenario = x
	return j
}

func problemOf(d scenarios.Diagnostic) problem {
	return problem{ID: d.ID, File: d.File, Line: d.Line, Column: d.Column, Width: d.Width, Path: d.Path, Message: d.Message, Hint: d.Hint, Excerpt: d.Excerpt}
}

func ids(entities []result.Entity) []string {
	ids := []string{}
	for _, e := range entities {
		ids = append(ids, e.ID)
	}
	return ids
}

func pairs(cs []scenarios.Correlation) []correlationJSON {
	js := []correlationJSON{}
	for _, c := range cs {
		js = append(js, correlationJSON{c.A, c.B, c.Rho, c.Spearman, append([]string{}, c.By...)})
	}
	return js
}

// finite is nil for what JSON has no number for: the mean of a distribution that has none.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
