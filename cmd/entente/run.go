package main

import (
	"fmt"
	"io"
	"path"
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

// runFlags are the flags of `entente run`.
type runFlags struct {
	simulationFlags
	formats []format[*result.Result]
	asserts []string
}

func runCommand() *cobra.Command {
	f := runFlags{simulationFlags: newSimulationFlags(), formats: formats}
	cmd := &cobra.Command{
		Use:   "run [SCENARIO]",
		Short: "Simulate a scenario, write a report, print a summary",
		Long: `Simulate a scenario (default: the built-in baseline), write report.html and
result.json, and print a summary.

The same scenario, trials, seed and sampler give the same result.json, byte for
byte, whatever the number of workers.

A run may have to bear something out: what the scenario's asserts say, and what
--assert says, such as 'p95(aws.exposure@2031) < 60' or 'P(openai.failed == 1) <
0.1'. Each passes, fails, or is undecided, where the 95 % interval of what was
found contains the bound; then the summary says how many trials would decide it.
The files are written whatever comes out. Exit status: 0 all pass; 3 some fail;
4 none fails, and some are undecided. ` + "`entente help statistics`" + ` says what may be
asked.

What is wrong with a scenario is written to standard error as text, with --json
too; ` + "`entente check --json`" + ` gives it as JSON.`,
		Example: `  entente run
  entente run my.yaml -n 1000000 --seed 7
  entente run --set openai.cash=40 --set openai_azure.churn.annual_rate="0.1 to 0.3"
  entente run --assert 'P(openai.failed == 1) < 0.1' --assert 'mean(azure.npv - aws.npv) > 0'
  entente scenarios baseline | entente run - --out out/mine`,
		Args:              arguments(0, 1),
		ValidArgsFunction: completeScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return run(cmd, scenarioOf(args), f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	f.add(cmd)
	flags.BoolVar(&f.raw, "raw", false, "all digits in the table, not only those that their standard errors support")
	flags.Var(formatList[*result.Result]{&f.formats, formats}, "format", "files to write")
	flags.StringArrayVar(&f.asserts, "assert", nil, "what the run has to bear out, as often as wanted: `TEXT` such as 'p95(aws.npv) < 60'")
	complete(cmd, "format", "html", "json", "html,json")
	return cmd
}

// complete offers words for a flag, in shells.
func complete(cmd *cobra.Command, flag string, words ...string) {
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // there is no such flag
	}
}

// run checks everything, then makes the directory, then simulates, then writes the files, then
// prints.
func run(cmd *cobra.Command, name string, f runFlags) error {
	stderr := cmd.ErrOrStderr()
	scenario, err := scenarios.Load(name, scenarios.Options{Stdin: cmd.InOrStdin(), Set: f.set})
	if err != nil {
		return err
	}
	model, ledger, err := models.CompilePaths(scenario.System)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	metrics, err := selectMetrics(f.metrics, model.Outcomes)
	if err != nil {
		return err
	}
	opt, err := options(cmd, scenario, f.simulationFlags)
	if err != nil {
		return err
	}
	asserts, err := newAssertions(scenario, f.asserts, &opt)
	if err != nil {
		return err
	}
	ctx, stop := untilInterrupted()
	defer stop()

	out, err := openOutput(f.directory(fileName(scenario.Facts.Scenario.Name)), fileNames(f.formats))
	if err != nil {
		return err
	}
	defer out.discard()

	if !f.quiet {
		for _, w := range scenario.Warnings {
			warn(stderr, w.String())
		}
		if n := len(scenario.Sanity); n > 0 {
			warn(stderr, fmt.Sprintf("the scenario has %s that may not be meant; `entente check %s` shows them", times(n, "assumption"), scenario.Facts.Scenario.Argument))
		}
	}
	clouds, err := compared(ctx, scenario, opt)
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return &failure{err}
	}
	var differences []models.Difference
	if len(clouds) == 2 {
		differences = models.Compare(model, clouds[0], clouds[1])
	}
	for _, d := range differences {
		parts := d.Parts()
		metrics[d.Outcome] = metrics[parts[0]] && metrics[parts[1]]
	}
	opt.Keep = func(name string) bool { return metrics[name] || asserts.needs(name) }
	for _, name := range headlines(clouds, scenario.Facts.Labs) {
		if metrics[name] {
			opt.Headlines = append(opt.Headlines, name)
		}
	}
	var first []sim.Series
	told := tellable(clouds, scenario.Facts.Clouds)
	sampled := standing(told, scenario.Facts.Labs, model.Years)
	opt.Sample = func(values []sim.Series) { first = values }
	opt.Sampled = func(name string, year int) bool {
		return metrics[name] && slices.Contains(sampled, scenarios.Column{Metric: name, Year: year})
	}
	var clear func()
	opt.Progress, clear = f.watch(stderr, opt.Trials)
	simulated, err := sim.Run(ctx, model, opt)
	clear()
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return &failure{err}
	}
	simulated.Metrics = slices.DeleteFunc(simulated.Metrics, func(m result.Metric) bool { return !metrics[m.Name] }) // which asserts needed
	r, err := join(scenario.Facts, simulated, differences)
	if err != nil {
		return &failure{err}
	}
	r.Assertions = asserts.found
	r.Futures, err = futures(ctx, scenario, model, ledger, opt, told, first)
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return &failure{err}
	}
	if err := deliver(ctx, out, f.formats, r); err != nil {
		return err
	}
	if err := printResult(cmd, r, out, f); err != nil {
		return err
	}
	return asserts.verdict()
}

// fileName makes a scenario's name one that every file system takes for one directory.
func fileName(name string) string {
	name = strings.Trim(strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, name), ". ") // neither hidden nor .., and Windows drops them at the end
	if name == "" {
		return "scenario"
	}
	return name
}

// selectMetrics returns which outcomes the globs name; no glob names all.
func selectMetrics(globs []string, outcomes []sim.Outcome) (map[string]bool, error) {
	selected := map[string]bool{}
	if len(globs) == 0 {
		globs = []string{"*"}
	}
	for _, glob := range globs {
		matched := false
		for _, o := range outcomes {
			match, err := path.Match(glob, o.Name)
			if err != nil {
				return nil, fmt.Errorf("--metrics %q is no pattern: * stands for any letters, ? for one, [ab] for one of some", glob)
			}
			if match {
				matched, selected[o.Name] = true, true
			}
		}
		if !matched {
			return nil, fmt.Errorf("--metrics %q matches none of the scenario's %d metrics%s", glob, len(outcomes), meant(glob, outcomes))
		}
	}
	return selected, nil
}

// meant asks back with the metrics that are like a glob which matches none: those that one could
// mean, else those of the same entity, else of which entities there are any.
func meant(glob string, outcomes []sim.Outcome) string {
	of, _, _ := strings.Cut(glob, ".")
	var names, own, entities []string
	for _, o := range outcomes {
		names = append(names, o.Name)
		entity, metric, ok := strings.Cut(o.Name, ".")
		if ok && entity == of {
			own = append(own, metric)
		}
		if ok && !slices.Contains(entities, entity) {
			entities = append(entities, entity)
		}
	}
	switch like := didYouMean(glob, names); {
	case glob == of && len(own) > 0:
		return fmt.Sprintf("; did you mean %s.*?", of)
	case like != "" && strings.Count(like, " or ") < 3:
		return like
	case len(own) > 0:
		return fmt.Sprintf("; those of %s are %s", of, strings.Join(own, ", "))
	}
	return fmt.Sprintf("; there are some of %s, such as %s: --metrics '%s.*' keeps all of one", strings.Join(entities, ", "), names[0], entities[0])
}

// join puts together what the scenario says and what the simulation found: the one knows no
// numbers, the other no dates.
func join(facts result.Result, simulated *result.Result, differences []models.Difference) (*result.Result, error) {
	start, err := time.Parse(time.DateOnly, facts.Run.Start)
	if err != nil {
		return nil, err
	}
	r := facts
	r.Version = version
	r.Run.Trials, r.Run.Seed, r.Run.Sampler, r.Run.Accuracy = simulated.Run.Trials, simulated.Run.Seed, simulated.Run.Sampler, simulated.Run.Accuracy
	r.GridP, r.Drivers, r.Convergence = simulated.GridP, simulated.Drivers, simulated.Convergence
	for _, m := range simulated.Metrics {
		for i := range m.ByYear {
			m.ByYear[i].Date = start.AddDate(m.ByYear[i].Year, 0, -1).Format(time.DateOnly)
		}
		r.Metrics = append(r.Metrics, m)
	}
	r.Metrics, r.Comparisons = apart(r.Metrics, differences)
	return &r, nil
}

// printResult prints the summary or, as JSON, the result, and says where the files are.
func printResult(cmd *cobra.Command, r *result.Result, out *output, f runFlags) error {
	if err := (printer[*result.Result]{reports.WriteJSON, reports.WriteTable}).print(cmd, f.simulationFlags, r); err != nil {
		return err
	}
	if f.quiet || f.json {
		if err := complain(cmd.ErrOrStderr(), r, f); err != nil {
			return err
		}
	}
	tellFiles(cmd, f.simulationFlags, out, f.formats, formats)
	return nil
}

// times says how many there are of something.
func times(n int, noun string) string {
	if n == 1 {
		return "one " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func warn(stderr io.Writer, warning string) { fmt.Fprintf(stderr, "entente: warning: %s\n", warning) }
