package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entente/models"
	"entente/reports"
	"entente/scenarios"
	"entente/sim"
	"entente/sim/result"
)

// compareFlags are the flags of `entente compare`.
type compareFlags struct {
	simulationFlags
	with    []string
	formats []format[*result.Pairing]
}

func compareCommand() *cobra.Command {
	f := compareFlags{simulationFlags: newSimulationFlags(), formats: comparisonFormats[:2]}
	cmd := &cobra.Command{
		Use:   "compare A [B...]",
		Short: "Simulate scenarios in the same trials, and say how they differ",
		Long: `Simulate scenarios in the same trials, and say how each differs from the first:
what its assumptions change, and what that changes in the outcomes, trial by trial.

What the scenarios draw under the same name is the same in each trial of all of
them, so that a difference is the effect of what differs and not luck, also where
a lab, a deal or an event is in one only. Differences are B − A: above 0, B has
more. Each has a standard error and a 95 % interval that count the pairing, the
share of trials in which B is above A, and what the pairing was worth: so many
times as many trials would be needed if each scenario had draws of its own.

A is what ` + "`entente run`" + ` makes of it. With the samplers sobol and latin B is not, to the
last digits, because it takes A's order of inputs and A's directions of shocks, so that
both have the same draws; within its standard errors it is. With random it is.

--with changes values in all scenarios but the first. Without a B, A with these
changes is compared with A. --set changes values in all of them. Trials, seed and
sampler are A's unless given.

Years are compared by date, where both have them; they have to end on the same day of
the year. --with horizon.start=DATE moves the start of B, and with it what B says of its
start. What is of the whole time (npv, loss_total, failed) is compared only where that
is the same in both. A metric that one of them has not is listed and not compared: what
is absent has no value, and is not 0.

The table shows exposure, npv and losses of the clouds and the failures of the
labs, or what --metrics selects; comparison.json has all, and so has, with
--format csv, comparison.csv.`,
		Example: `  entente compare baseline openai-fails
  entente compare baseline --with openai.cash=40 --with openai_azure.churn.annual_rate=0.3
  entente compare baseline everything-is-paid renegotiated-down -n 20000
  entente compare old.yaml new.yaml --set discount_rate=0.08 --format html,json,csv`,
		Args:              arguments(1, 7),
		ValidArgsFunction: completeComparison,
		RunE: func(cmd *cobra.Command, args []string) error {
			return compare(cmd, args, f)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.with, "with", nil, "change a value in all scenarios but the first, as often as wanted: `PATH=VALUE`")
	f.add(cmd)
	flags.Lookup("set").Usage = "override a value in all scenarios, as often as wanted: `PATH=VALUE`, the value in YAML"
	flags.Lookup("trials").Usage = "number of trials (default: A's, else 100000)"
	flags.Lookup("seed").Usage = "seed, any unsigned number of 64 bits (default: A's, else 1)"
	flags.Lookup("sampler").Usage = "sobol, random or latin (default: A's, else sobol)"
	flags.Lookup("memory").Usage = "most memory for the trials' values; beyond it the scenarios are simulated several times, for some metrics each"
	flags.Lookup("out").Usage = "the `DIR` that files go to (default: out/A-vs-B)"
	flags.BoolVar(&f.raw, "raw", false, "all digits in the table, not only those that their standard errors support")
	flags.Var(formatList[*result.Pairing]{&f.formats, comparisonFormats}, "format", "files to write, of html, json and csv")
	complete(cmd, "format", "html", "json", "csv", "html,json,csv")
	return cmd
}

// A contender is one of the scenarios that are compared.
type contender struct {
	arg      string
	scenario *scenarios.Resolved
	model    *sim.Model
	start    time.Time
	label    string
}

// compare checks everything, then makes the directory, then simulates, then writes the files,
// then prints.
func compare(cmd *cobra.Command, args []string, f compareFlags) error {
	stderr := cmd.ErrOrStderr()
	cs, err := contenders(cmd, args, f)
	if err != nil {
		return err
	}
	var outcomes []sim.Outcome
	for _, c := range cs {
		outcomes = append(outcomes, c.model.Outcomes...)
	}
	metrics, err := selectMetrics(f.metrics, outcomes)
	if err != nil {
		return err
	}
	opt, err := options(cmd, cs[0].scenario.Scenario, f.simulationFlags)
	if err != nil {
		return err
	}
	opt.Keep = func(name string) bool { return metrics[name] }
	variants, err := variantsOf(cmd, cs, f)
	if err != nil {
		return err
	}
	var clear func()
	opt.Progress, clear = f.watch(stderr, opt.Trials)
	comparison, err := sim.NewComparison(variants, opt)
	if err != nil {
		return err
	}
	ctx, stop := untilInterrupted()
	defer stop()

	out, err := openOutput(f.directory(comparisonName(cs)), fileNames(f.formats))
	if err != nil {
		return err
	}
	defer out.discard()
	told := map[string]bool{}
	for _, c := range cs {
		for _, w := range c.scenario.Warnings {
			if text := w.String(); !told[text] && !f.quiet {
				told[text] = true
				warn(stderr, text)
			}
		}
	}
	simulated, err := comparison.Run(ctx)
	clear()
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return &failure{err}
	}
	r := &result.Pairing{
		Version: version,
		Run: result.Run{Trials: opt.Trials, Seed: opt.Seed, Sampler: string(opt.Sampler),
			Start: cs[0].scenario.Facts.Run.Start, Years: cs[0].model.Years},
		Base: cs[0].facts(), Set: f.set, With: f.with, Metrics: f.metrics, GridP: sim.GridP(),
	}
	for k, p := range simulated {
		date(&p, cs[0].start, cs[k+1].start)
		p.Contender = cs[k+1].facts()
		p.Changes, p.Words = changes(cs[0].scenario, cs[k+1].scenario, f.with)
		r.Others = append(r.Others, p)
	}
	if err := deliver(ctx, out, f.formats, r); err != nil {
		return err
	}
	if err := (printer[*result.Pairing]{reports.WriteComparisonJSON, reports.WriteComparisonTable}).print(cmd, f.simulationFlags, r); err != nil {
		return err
	}
	tellFiles(cmd, f.simulationFlags, out, f.formats, comparisonFormats)
	return nil
}

// contenders reads and compiles the scenarios, the base first.
func contenders(cmd *cobra.Command, args []string, f compareFlags) ([]contender, error) {
	var piped []string
	for _, a := range args {
		if a == "-" {
			piped = append(piped, a)
		}
	}
	switch {
	case len(args) == 1 && len(f.with) == 0:
		return nil, fmt.Errorf("there is nothing to compare %s to: name a second scenario, or change something in it --with PATH=VALUE", args[0])
	case len(piped) > 1, len(args) == 1 && len(piped) > 0:
		return nil, errors.New("standard input can be read once: name a file or a built-in scenario")
	case len(args) == 1:
		args = []string{args[0], args[0]}
	}
	var cs []contender
	for i, arg := range args {
		set := f.set
		if i > 0 {
			set = slices.Concat(f.set, f.with)
		}
		scenario, err := scenarios.Resolve(arg, scenarios.Options{Stdin: cmd.InOrStdin(), Set: set})
		if err != nil {
			return nil, asTyped(err, f)
		}
		model, err := models.Compile(scenario.System)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", arg, err)
		}
		start, err := time.Parse(time.DateOnly, scenario.Facts.Run.Start)
		if err != nil {
			return nil, err
		}
		cs = append(cs, contender{arg: arg, scenario: scenario, model: model, start: start})
	}
	label(cs, f.with)
	return cs, nil
}

// asTyped names an override that is wrong by the flag that it came with.
func asTyped(err error, f compareFlags) error {
	var found scenarios.Diagnostics
	if !errors.As(err, &found) {
		return err
	}
	found = slices.Clone(found)
	for i, d := range found {
		if override, ok := strings.CutPrefix(d.File, "--set "); ok && slices.Contains(f.with, override) && !slices.Contains(f.set, override) {
			found[i].File = "--with " + override
		}
	}
	return found
}

// label says what reports call the scenarios: by their names, where these tell them apart, else by
// what was typed; and with what changed them, where they are the base otherwise.
func label(cs []contender, with []string) {
	names := map[string]int{}
	args := map[string]bool{}
	for _, c := range cs {
		if !args[c.arg] {
			names[c.scenario.Facts.Scenario.Name]++
		}
		args[c.arg] = true
	}
	for i := range cs {
		c := &cs[i]
		if c.label = c.scenario.Facts.Scenario.Name; c.label == "" || names[c.label] > 1 {
			c.label = c.arg
		}
		if i > 0 && len(with) > 0 {
			c.label += " with " + strings.Join(with, ", ")
		}
	}
}

// comparisonName is what the directory of a comparison is called.
func comparisonName(cs []contender) string {
	var names []string
	for _, c := range cs {
		name := []rune(fileName(c.label))
		names = append(names, string(name[:min(len(name), 60)]))
	}
	return fileName(strings.Join(names, "-vs-"))
}

func (c *contender) facts() result.Contender {
	f := c.scenario.Facts
	return result.Contender{Label: c.label, Scenario: f.Scenario, Start: f.Run.Start, Years: f.Run.Years,
		Labs: f.Labs, Clouds: f.Clouds, Investors: f.Investors}
}

// variantsOf says by how many years each starts later than the first.
func variantsOf(cmd *cobra.Command, cs []contender, f compareFlags) ([]sim.Variant, error) {
	var list []sim.Variant
	for _, c := range cs {
		later := c.start.Year() - cs[0].start.Year()
		if !c.start.Equal(cs[0].start.AddDate(later, 0, 0)) {
			return nil, fmt.Errorf("%s starts on %s and %s on %s: their years end on different days, so that none can be compared%s",
				cs[0].label, cs[0].start.Format(time.DateOnly), c.label, c.start.Format(time.DateOnly), realigned(cmd, cs, c.start, f))
		}
		list = append(list, sim.Variant{Name: c.label, Model: c.model, Later: later})
	}
	return list, nil
}

// realigned says what lets years end on the same days, of what has been tried: to start all but the
// first on its day of the year that is nearest to a start, or the first on their day.
func realigned(cmd *cobra.Command, cs []contender, start time.Time, f compareFlags) string {
	loads := func(cs []contender, day string) bool {
		for _, c := range cs {
			if c.arg == "-" {
				return false // it has been read
			}
			set := slices.Concat(f.set, f.with, []string{"horizon.start=" + day})
			if _, err := scenarios.Load(c.arg, scenarios.Options{Stdin: cmd.InOrStdin(), Set: set}); err != nil {
				return false
			}
		}
		return true
	}
	nearest := func(day, to time.Time) []string {
		var days []time.Time
		for y := -1; y <= 1; y++ {
			days = append(days, day.AddDate(to.Year()-day.Year()+y, 0, 0))
		}
		slices.SortFunc(days, func(a, b time.Time) int { return cmp.Compare(a.Sub(to).Abs(), b.Sub(to).Abs()) })
		var list []string
		for _, d := range days {
			list = append(list, d.Format(time.DateOnly))
		}
		return list
	}
	const stays = "; what a scenario says of its start is then of that day"
	first := cs[0]
	for _, day := range nearest(first.start, start) {
		if loads(cs[1:], day) {
			return fmt.Sprintf("; --with horizon.start=%s starts all but %s on that day%s", day, first.label, stays)
		}
	}
	if len(cs) == 2 && len(f.with) == 0 {
		for _, day := range nearest(start, first.start) {
			if loads(cs[:1], day) {
				return fmt.Sprintf("; `entente compare %s %s --with horizon.start=%s` starts %s on that day%s", cs[1].arg, first.arg, day, first.label, stays)
			}
		}
	}
	return "; --with horizon.start=DATE moves the start of all but " + first.label
}

// date sets the dates of the years.
func date(p *result.Paired, a, b time.Time) {
	of := func(s *result.Stat, start time.Time) { s.Date = start.AddDate(s.Year, 0, -1).Format(time.DateOnly) }
	for _, m := range p.Metrics {
		for i := range m.ByYear {
			y := &m.ByYear[i]
			of(&y.A, a)
			of(&y.B, b)
			of(&y.Difference, a)
		}
	}
}

// changes are what the scenarios assume differently, but for how many trials they ask for, of what
// seed and sampler: these are the same for all here. words counts what moves no number.
func changes(a, b *scenarios.Resolved, with []string) (list []result.Change, words int) {
	type meaning struct{ text, source string }
	var means [2]map[string]meaning // of values, and of entities that are added or removed
	for i, s := range []*scenarios.Resolved{a, b} {
		means[i] = map[string]meaning{}
		for _, as := range s.Facts.Assumptions {
			means[i][as.Path] = meaning{source: as.Source}
		}
		for _, e := range s.Facts.Events {
			means[i][e.ID] = meaning{strings.Join(e.Terms, "; "), e.Source}
		}
		for _, al := range s.Facts.Alliances {
			means[i][al.ID] = meaning{text: strings.Join(al.Terms, "; ")}
		}
	}
	for _, c := range scenarios.Diff(a, b) {
		switch {
		case c.Words:
			words++
			continue
		case slices.Contains([]string{"trials", "seed", "sampler"}, c.Path):
			continue
		}
		r := result.Change{Text: c.String(), What: c.Noun, Path: c.Path, Unit: c.Unit, Before: c.Before, After: c.After}
		if len(c.Names) > 0 {
			r.Path = "correlation of " + strings.Join(c.Names, " and ")
		}
		was := c.Was
		if was == "" {
			was = c.Path
		}
		if c.Kind != scenarios.Added {
			m := means[0][was]
			r.Before, r.BeforeAt, r.BeforeSource = cmp.Or(c.Before, m.text), c.From.String(), m.source
		}
		if c.Kind != scenarios.Removed {
			m := means[1][c.Path]
			r.After, r.AfterAt, r.AfterSource = cmp.Or(c.After, m.text), c.To.String(), m.source
			if len(with) > 0 && r.AfterAt == "--set" {
				r.AfterAt = "--with" // what --set overrides is the same in both
			}
		}
		list = append(list, r)
	}
	return list, words
}

// completeComparison offers scenarios, as often as wanted.
func completeComparison(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
	return completeScenarios(cmd, nil, prefix)
}
