package reports

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"entente/sim/result"
)

// WriteSolve writes the solutions for a terminal, and the curve that they lie on.
func WriteSolve(w io.Writer, s *result.Solve, opt TableOptions) error {
	s = clean(s)
	width := opt.columns()
	var b strings.Builder
	sc := asWritten
	sc.raw = opt.Raw
	for _, one := range s.Solutions {
		b.WriteString(opt.bold(wrap(solved(s, one, sc), width)) + "\n")
	}
	if n := len(s.Solutions); n > 1 {
		b.WriteString(wrap(fmt.Sprintf("There are %d solutions: the curve passes %s more than once.", n, asGiven(s.Target)), width) + "\n")
	}
	if len(s.Solutions) > 0 {
		b.WriteByte('\n')
	}
	tab := opt.newTable()
	right := func(column int) table.ColumnConfig {
		return table.ColumnConfig{Number: column, Align: text.AlignRight, AlignHeader: text.AlignRight}
	}
	tab.SetColumnConfigs([]table.ColumnConfig{right(1), right(2)})
	fmt.Fprintf(&b, "The curve with seed %d, and where it passes %s:\n\n", s.Run.Seed, asGiven(s.Target))
	tab.AppendHeader(table.Row{s.Path, s.Statistic + " ± s.e.", ""})
	for _, p := range s.Curve {
		for _, one := range s.Solutions {
			// The place is of this seed alone, so that it gets no number.
			if p.At == one.To {
				tab.AppendRow(table.Row{"", "", "◂ " + asGiven(s.Target)})
			}
		}
		tab.AppendRow(table.Row{asGiven(p.At), sc.withError(p.Value, p.SE), ""})
	}
	for _, l := range strings.Split(tab.Render(), "\n") {
		b.WriteString(strings.TrimRight(l, " ") + "\n")
	}
	fmt.Fprintf(&b, "\n%d runs of %s, seed %d", s.Runs, trials(s.Run.Trials), s.Run.Seed)
	if len(s.Solutions) > 0 {
		seeds := s.Solutions[0].Seeds
		fmt.Fprintf(&b, " to %d", seeds[len(seeds)-1].Seed)
	}
	fmt.Fprintf(&b, ", sampler %s\n", s.Run.Sampler)
	_, err := io.WriteString(w, strings.ReplaceAll(b.String(), nbsp, " "))
	return err
}

// asGiven is a number that somebody typed, or lies a part of the way between two such: no digit of it is noise.
func asGiven(x float64) string {
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if len(s) > 9 { // a third of the way, say
		x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 7, 64), 64)
		s = strconv.FormatFloat(x, 'f', -1, 64)
	}
	if a := math.Abs(x); a != 0 && (a < 1e-4 || a >= 1e15) {
		s = strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strings.Replace(s, "-", "−", 1)
}

// lacking counts the seeds that have nothing for a solution.
func lacking(one result.Solution) int {
	n := 0
	for _, k := range one.Seeds {
		if math.IsNaN(k.Value) {
			n++
		}
	}
	return n
}

// solved says what a solution is.
func solved(s *result.Solve, one result.Solution, sc scale) string {
	unit := ""
	if s.Unit != "" {
		unit = nbsp + s.Unit
	}
	if lacking(one) > 0 {
		return censored(s, one) + "."
	}
	out := fmt.Sprintf("%s = %s at %s %s", s.Statistic, asGiven(s.Target), s.Path, sc.withError(one.Value, one.SE)) + unit
	if !errs(one.Value, one.SE) {
		return out + fmt.Sprintf(", with each of %d seeds.", len(one.Seeds))
	}
	interval := sc.between(result.Assertion{SE: one.SE, Low: one.Low, High: one.High})
	return out + fmt.Sprintf(" (95"+nbsp+"%% interval %s, from %d seeds).", interval, len(one.Seeds))
}

// censored says of a solution that some seeds lack what the others have.
func censored(s *result.Solve, one result.Solution) string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, k := range one.Seeds {
		if !math.IsNaN(k.Value) {
			low, high = math.Min(low, k.Value), math.Max(high, k.Value)
		}
	}
	n, without := len(one.Seeds), lacking(one)
	where := fmt.Sprintf("from %s to %s", rough(low), rough(high))
	if without == n-1 {
		where = "at " + rough(low)
	}
	return fmt.Sprintf("%s = %s has no value of %s: with %d of %d seeds it is met %s, and with %d nowhere from %s to %s, so that a mean would be biased; take more trials, or a wider range",
		s.Statistic, asGiven(s.Target), s.Path, n-without, n, where, without, asGiven(s.Curve[0].At), asGiven(s.Curve[len(s.Curve)-1].At))
}

// rough is a number of which nobody knows the error.
func rough(x float64) string {
	x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64)
	return asGiven(x)
}

// Unsolved says why there is no answer; "" if there is one. If there is no solution, it says what
// there is at the ends of the range, and, if the curve comes nearer between them, where.
func Unsolved(s *result.Solve) string {
	s = clean(s)
	if len(s.Solutions) > 0 {
		for _, one := range s.Solutions {
			if lacking(one) > 0 {
				return strings.ReplaceAll(censored(s, one), nbsp, " ")
			}
		}
		return ""
	}
	at := func(p result.CurvePoint) string { return asWritten.withError(p.Value, p.SE) + " at " + asGiven(p.At) }
	first, last := s.Curve[0], s.Curve[len(s.Curve)-1]
	out := fmt.Sprintf("no %s from %s to %s makes %s %s: it is %s and %s", s.Path, asGiven(first.At), asGiven(last.At), s.Statistic, asGiven(s.Target), at(first), at(last))
	gap := func(p result.CurvePoint) float64 { return math.Abs(p.Value - s.Target) }
	nearest := first
	for _, p := range s.Curve[1:] {
		if gap(p) < gap(nearest) || math.IsNaN(gap(nearest)) {
			nearest = p
		}
	}
	if nearest.At != first.At && nearest.At != last.At {
		out += ", and comes nearest with " + at(nearest)
	}
	if gap(nearest) < 2*nearest.SE {
		out += "; that is within two standard errors, so that more trials may find one"
	}
	return strings.ReplaceAll(out, nbsp, " ")
}

// WriteSolveJSON writes the solutions as one JSON object.
func WriteSolveJSON(w io.Writer, s *result.Solve) error {
	type (
		seedJSON struct {
			Seed  uint64 `json:"seed"`
			Value number `json:"value"`
		}
		solutionJSON struct {
			Value number     `json:"value"`
			SE    number     `json:"se"`
			Low   number     `json:"low"`
			High  number     `json:"high"`
			From  number     `json:"from"`
			To    number     `json:"to"`
			Seeds []seedJSON `json:"seeds"`
		}
		pointJSON struct {
			At    number `json:"at"`
			Value number `json:"value"`
			SE    number `json:"se"`
		}
		varyJSON struct {
			Path string `json:"path"`
			Unit string `json:"unit,omitempty"`
		}
		targetJSON struct {
			Statistic string  `json:"statistic"`
			Unit      string  `json:"unit,omitempty"`
			Value     float64 `json:"value"`
		}
	)
	var b bytes.Buffer
	scenario := scenarioJSON(s.Scenario)
	scenario.Overrides = append([]string{}, scenario.Overrides...)
	fmt.Fprintf(&b, "{\"entente\": %s,\n \"format\": %d,\n \"kind\": \"solve\",\n \"scenario\": %s,\n \"run\": %s,\n \"vary\": %s,\n \"target\": %s",
		marshal(s.Version), result.Format, marshal(scenario), marshal(runJSON(s.Run)), marshal(varyJSON{s.Path, s.Unit}), marshal(targetJSON{s.Statistic, s.Of, s.Target}))
	list(&b, "solutions", s.Solutions, func(one result.Solution) any {
		j := solutionJSON{Value: number(one.Value), SE: number(one.SE), Low: number(one.Low), High: number(one.High), From: number(one.From), To: number(one.To)}
		for _, k := range one.Seeds {
			j.Seeds = append(j.Seeds, seedJSON{k.Seed, number(k.Value)})
		}
		return j
	})
	list(&b, "curve", s.Curve, func(p result.CurvePoint) any { return pointJSON{number(p.At), number(p.Value), number(p.SE)} })
	fmt.Fprintf(&b, ",\n \"runs\": %d}\n", s.Runs)
	_, err := w.Write(b.Bytes())
	return err
}
