package reports

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"

	"entente/sim/result"
)

type assertionJSON struct {
	Text      string  `json:"assert"`
	Statistic string  `json:"statistic"`
	Unit      string  `json:"unit,omitempty"`
	Bound     float64 `json:"bound"`
	Verdict   string  `json:"verdict"`
	Value     number  `json:"value"`
	SE        number  `json:"se"`
	Low       number  `json:"low"`
	High      number  `json:"high"`
	Trials    int     `json:"trials_to_decide,omitempty"`
	// CommandLine is false of results of earlier versions, too.
	CommandLine bool `json:"command_line,omitempty"`
}

func assertionToJSON(a result.Assertion) assertionJSON {
	return assertionJSON{Text: a.Text, Statistic: a.Statistic, Unit: a.Unit, Bound: a.Bound, Verdict: a.Verdict,
		Value: number(a.Value), SE: number(a.SE), Low: number(a.Low), High: number(a.High), Trials: a.Trials, CommandLine: a.CommandLine}
}

func (j assertionJSON) assertion() result.Assertion {
	return result.Assertion{Text: j.Text, Statistic: j.Statistic, Unit: j.Unit, Bound: j.Bound, Verdict: j.Verdict,
		Value: float64(j.Value), SE: float64(j.SE), Low: float64(j.Low), High: float64(j.High), Trials: j.Trials, CommandLine: j.CommandLine}
}

// asWritten writes an asserted statistic as its bound is written: in its own unit, which is not shown.
var asWritten = scale{factor: 1}

// between is the interval of an asserted statistic, in words.
func (s scale) between(a result.Assertion) string {
	se := a.SE
	if !(se > 0) { // of a share that is 0 or 1
		se = (a.High - a.Low) / 4
	}
	end := func(x float64) string {
		if s.raw {
			return allDigits(x)
		}
		return decimal(x, places(x, se))
	}
	switch low, high := !math.IsNaN(a.Low), !math.IsNaN(a.High); {
	case low && high && a.Low == a.High:
		return "no more than these trials say"
	case low && high:
		return end(a.Low) + " to " + end(a.High)
	case low:
		return "at least " + end(a.Low)
	case high:
		return "at most " + end(a.High)
	}
	return "not known from so few trials"
}

// toDecide is how many trials would decide what is undecided, in words.
func toDecide(a result.Assertion) string {
	switch {
	case a.Verdict != result.Undecided:
		return ""
	case math.IsNaN(a.Value):
		return "no trial has a value"
	case a.Trials >= 1_000_000_000:
		return "no run would decide: the bound is the estimate"
	case a.Trials == 0:
		return "these trials are too few to say how many would decide"
	}
	return "about " + trials(a.Trials) + " would decide"
}

// assertLines are the verdicts in lines of a terminal.
func assertLines(as []result.Assertion, opt TableOptions) string {
	if len(as) == 0 {
		return ""
	}
	colors := map[string]text.Color{result.Pass: text.FgGreen, result.Fail: text.FgRed, result.Undecided: text.FgYellow}
	width := opt.columns()
	sc := asWritten
	sc.raw = opt.Raw
	var b strings.Builder
	for _, a := range as {
		s := fmt.Sprintf("%-9s  %s: it is %s", a.Verdict, a.Text, sc.withError(a.Value, a.SE))
		if a.Low != a.High && !math.IsNaN(a.Value) {
			s += ", 95" + nbsp + "% interval " + strings.ReplaceAll(sc.between(a), " ", nbsp)
		}
		if d := toDecide(a); d != "" {
			s += "; " + d
		}
		s = strings.ReplaceAll(wrap(s, width-11), "\n", "\n           ")
		if opt.Color {
			verdict := text.Colors{text.Bold, colors[a.Verdict]}
			s = verdict.EscapeSeq() + s[:len(a.Verdict)] + text.Reset.EscapeSeq() + s[len(a.Verdict):]
		}
		b.WriteString(s + "\n")
	}
	return b.String()
}

// WriteAsserts writes the verdicts on assertions for a terminal.
func WriteAsserts(w io.Writer, r *result.Result, opt TableOptions) error {
	_, err := io.WriteString(w, strings.ReplaceAll(assertLines(clean(r).Assertions, opt), nbsp, " "))
	return err
}

// assertSection says which assertions the run bears out.
func (p *page) assertSection() {
	if len(p.R.Assertions) == 0 {
		return
	}
	counts := map[string]int{}
	t := &tableView{Caption: "Assertions", Head: []string{"Assertion", "verdict", "found", "95" + nbsp + "% interval", ""}}
	for _, a := range p.R.Assertions {
		counts[a.Verdict]++
		t.Rows = append(t.Rows, tableRow{Cells: []string{a.Text, a.Verdict, asWritten.withError(a.Value, a.SE), asWritten.between(a), toDecide(a)}})
	}
	p.add(&section{ID: "asserts", Title: "What was asserted", Lead: []string{fmt.Sprintf(
		"Of %d assertions %d pass, %d fail, and %d are undecided. An assertion is undecided while its bound lies in the 95"+nbsp+"%% interval of what the simulation found: more trials make that narrower.",
		len(p.R.Assertions), counts[result.Pass], counts[result.Fail], counts[result.Undecided])}, Blocks: []block{{Table: t}}})
}
