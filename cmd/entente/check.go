package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"entente/scenarios"
	"entente/sim/result"
)

func checkCommand() *cobra.Command {
	var set []string
	cmd := &cobra.Command{
		Use:   "check SCENARIO...",
		Short: "Validate scenarios and say what would be simulated",
		Long: `Validate scenarios, say what would be simulated, and simulate nothing. Every
problem is reported, with where it is and what would be right. Of what a scenario
leaves out, the defaults are listed.`,
		Args:              arguments(1, 1<<20),
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			bad := 0
			for _, name := range args {
				scenario, _, err := load(cmd, name, set)
				if err != nil {
					fmt.Fprintln(cmd.ErrOrStderr(), err)
					bad++
					continue
				}
				describe(cmd.OutOrStdout(), name, scenario)
			}
			if bad > 0 {
				return fmt.Errorf("%d of %d scenarios are wrong", bad, len(args))
			}
			return nil
		},
	}
	cmd.Flags().StringArrayVar(&set, "set", nil, "override a value, as often as wanted: `PATH=VALUE`, the value in YAML")
	return cmd
}

// describe says what would be simulated.
func describe(w io.Writer, name string, s *scenarios.Scenario) {
	facts := &s.Facts
	uncertain := 0
	for _, a := range facts.Assumptions {
		if !a.Constant {
			uncertain++
		}
	}
	fmt.Fprintf(w, "%s: ok\n", name)
	fmt.Fprintf(w, "  %s, %d years from %s; %d trials, seed %d, sampler %v\n",
		facts.Scenario.Name, facts.Run.Years, facts.Run.Start, s.Trials, s.Seed, s.Sampler)
	fmt.Fprintf(w, "  labs: %s\n", listed(facts.Labs))
	fmt.Fprintf(w, "  clouds: %s\n", listed(facts.Clouds))
	if len(facts.Investors) > 0 {
		fmt.Fprintf(w, "  other investors: %s\n", listed(facts.Investors))
	}
	fmt.Fprintf(w, "  alliances: %d, events: %d\n", len(facts.Alliances), len(facts.Events))
	fmt.Fprintf(w, "  assumptions: %d, of which uncertain: %d\n", len(facts.Assumptions), uncertain)
	if len(s.Defaults) > 0 {
		fmt.Fprintln(w, "  left out, so that these hold:")
		for _, d := range s.Defaults {
			unit := ""
			if d.Unit != "" {
				unit = " (" + d.Unit + ")"
			}
			fmt.Fprintf(w, "    %s: %s%s\n", d.Path, d.Text, unit)
		}
	}
	for _, warning := range s.Warnings {
		fmt.Fprintf(w, "  warning: %s\n", strings.ReplaceAll(warning.String(), "\n", "\n  "))
	}
}

func listed(entities []result.Entity) string {
	var names []string
	for _, e := range entities {
		names = append(names, e.Name)
	}
	return strings.Join(names, ", ")
}
