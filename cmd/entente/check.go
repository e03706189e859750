package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"entente/scenarios"
)

// checkFlags are the flags of `entente check`.
type checkFlags struct {
	set    []string
	show   []string
	all    bool
	strict bool
	json   bool
}

func checkCommand() *cobra.Command {
	var f checkFlags
	cmd := &cobra.Command{
		Use:   "check SCENARIO...",
		Short: "Validate scenarios and say what would be simulated",
		Long: `Validate scenarios, say what would be simulated, and simulate nothing. Every
problem is reported, with where it is and what would be right; and so is what can
be simulated but hardly be meant. ` + "`entente help warnings`" + ` lists what is looked for,
and how a scenario says that it is meant.

Printed are what would be simulated, warnings, what was cut to its range, the
assumptions that are widest, and every default that holds where the file is
silent; --show and --all print more.

Exit status: 0 if all scenarios can be simulated; 2 if one can't or, with --strict,
has warnings.`,
		Example: `  entente check my.yaml
  entente check my.yaml --show defaults,correlations
  entente check baseline --all | less -S
  entente check *.yaml --strict --json`,
		Args:              arguments(1, 1<<20),
		ValidArgsFunction: completeScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return check(cmd, args, f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.set, "set", nil, "override a value, as often as wanted: `PATH=VALUE`, the value in YAML")
	flags.StringSliceVar(&f.show, "show", nil, "`SECTION,...` to print whole: "+strings.Join(sectionNames(), ", "))
	flags.BoolVarP(&f.all, "all", "a", false, "print all sections whole")
	flags.BoolVar(&f.strict, "strict", false, "warnings that are not silenced are errors")
	flags.BoolVar(&f.json, "json", false, "print everything as JSON, problems too")
	complete(cmd, "show", sectionNames()...)
	return cmd
}

func check(cmd *cobra.Command, args []string, f checkFlags) error {
	for _, s := range f.show {
		if !slices.Contains(sectionNames(), s) {
			return fmt.Errorf("--show %q: there is %s%s", s, strings.Join(sectionNames(), ", "), didYouMean(s, sectionNames()))
		}
	}
	if f.all {
		f.show = sectionNames()
	}
	var checks []checked
	bad, warned := 0, 0
	for _, name := range args {
		scenario, _, err := load(cmd, name, f.set)
		checks = append(checks, checked{name, scenario, err})
		switch {
		case err != nil:
			bad++
		case len(scenario.Warnings)+len(scenario.Sanity) > 0:
			warned++
		}
	}
	if f.json {
		if err := writeChecks(cmd.OutOrStdout(), checks); err != nil {
			return &failure{err}
		}
	} else {
		for _, c := range checks {
			if c.err != nil {
				fmt.Fprintln(cmd.ErrOrStderr(), c.err)
				continue
			}
			if err := describe(cmd.OutOrStdout(), c, f.show); err != nil {
				return &failure{err}
			}
		}
	}
	switch {
	case bad > 0:
		return fmt.Errorf("%d of %d scenarios are wrong", bad, len(args))
	case f.strict && warned > 0:
		return fmt.Errorf("%d of %d scenarios have warnings, and --strict makes errors of them", warned, len(args))
	}
	return nil
}

// checked is one scenario with what became of it.
type checked struct {
	name     string
	scenario *scenarios.Scenario
	err      error
}

// problems are what is wrong with a scenario; none if it can be simulated.
func (c checked) problems() scenarios.Diagnostics {
	var ds scenarios.Diagnostics
	if c.err != nil && !errors.As(c.err, &ds) {
		ds = scenarios.Diagnostics{{ID: "unreadable", File: c.name, Message: c.err.Error()}}
	}
	return ds
}

// describe says what would be simulated, and prints the sections of show whole.
func describe(w io.Writer, c checked, show []string) error {
	p := &page{checked: c, review: c.scenario.Review(), show: show}
	p.summary()
	for _, s := range sections() {
		if slices.Contains(show, s.name) || s.brief {
			s.print(p)
		}
	}
	if !p.whole("assumptions") {
		p.say("\n  --all prints everything, --show some of: %s.", strings.Join(sectionNames(), ", "))
	}
	_, err := io.WriteString(w, p.text.String())
	return err
}
