package main

import (
	"encoding/json"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"entente/scenarios"
)

func showCommand() *cobra.Command {
	var resolved, asJSON bool
	var set []string
	cmd := &cobra.Command{
		Use:   "show SCENARIO [PATH...]",
		Short: "Print a scenario as written, or put together with what it extends",
		Long: `Print a scenario as it is written, with its comments. With --resolved print it put
together: what it extends, itself, and what --set overrides, as a scenario that
means the same and stands alone. A comment behind each value says which file and
line it is from; what is left out stands in comments, with what holds in its place.

PATHs limit it to what stands there. They, --set and --json imply --resolved.`,
		Example: `  entente show my.yaml --resolved
  entente show baseline openai.revenue openai_azure.commitments.0
  entente show my.yaml --set openai.cash=40 openai.cash
  entente show my.yaml --json`,
		Args:              arguments(1, 1<<20),
		ValidArgsFunction: completeScenarioAndPaths,
		RunE: func(cmd *cobra.Command, args []string) error {
			name, paths := args[0], args[1:]
			if !resolved && !asJSON && len(set) == 0 && len(paths) == 0 {
				written, err := scenarios.Written(name, cmd.InOrStdin())
				if err != nil {
					return err
				}
				_, err = io.WriteString(cmd.OutOrStdout(), written)
				return err
			}
			r, err := scenarios.Resolve(name, scenarios.Options{Stdin: cmd.InOrStdin(), Set: set})
			if err != nil {
				return err
			}
			if asJSON {
				leaves, err := r.Leaves(paths...)
				if err != nil {
					return err
				}
				return writeJSON(cmd.OutOrStdout(), shownScenario(r, leaves))
			}
			return r.WriteYAML(cmd.OutOrStdout(), paths...)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.BoolVarP(&resolved, "resolved", "r", false, "put together, with where each value is from")
	flags.StringArrayVar(&set, "set", nil, "override a value, as often as wanted: `PATH=VALUE`, the value in YAML")
	flags.BoolVar(&asJSON, "json", false, "a list of all values for programs: path, value, unit, source, note, origin")
	return cmd
}

// shown is what --json prints of a scenario.
type shown struct {
	Name   string       `json:"name"`
	Set    []string     `json:"set,omitempty"`
	Values []shownValue `json:"values"`
}

type shownValue struct {
	Path    string      `json:"path"`
	Text    string      `json:"text"`
	Number  *float64    `json:"number,omitempty"` // of a constant
	Unit    string      `json:"unit,omitempty"`
	Sources []string    `json:"sources,omitempty"`
	Note    string      `json:"note,omitempty"`
	Origin  shownOrigin `json:"origin"`
}

// shownOrigin has a file and a line, or a kind: an override has no line, a default has neither.
type shownOrigin struct {
	Kind string `json:"kind"` // file, set or default
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

func originOf(o scenarios.Origin) shownOrigin {
	switch {
	case o.File == "":
		return shownOrigin{Kind: "default"}
	case o.Line == 0:
		return shownOrigin{Kind: "set"}
	}
	return shownOrigin{Kind: "file", File: o.File, Line: o.Line}
}

func shownScenario(r *scenarios.Resolved, leaves []scenarios.Leaf) shown {
	about := r.Facts.Scenario
	s := shown{Name: about.Name, Set: about.Overrides, Values: []shownValue{}}
	for _, l := range leaves {
		s.Values = append(s.Values, shownValue{Path: l.Path, Text: l.Text, Number: l.Number, Unit: l.Unit, Sources: l.Sources, Note: l.Note, Origin: originOf(l.Origin)})
	}
	return s
}

// writeJSON writes v for people and programs: indented, and with < as it is.
func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// completeScenarioAndPaths offers scenarios, then the paths of the one that is chosen.
func completeScenarioAndPaths(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return completeScenarios(cmd, args, prefix)
	}
	if args[0] == "-" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	r, err := scenarios.Resolve(args[0], scenarios.Options{})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nextParts(r.Paths(), prefix), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// nextParts offers of the paths that begin with prefix what stands up to the next dot, so that a
// shell does not list thousands.
func nextParts(paths []string, prefix string) []string {
	var offered []string
	for _, p := range paths {
		rest, ok := strings.CutPrefix(p, prefix)
		if !ok {
			continue
		}
		if part, _, more := strings.Cut(rest, "."); more && part != "" {
			p = prefix + part
		}
		if len(offered) == 0 || offered[len(offered)-1] != p {
			offered = append(offered, p)
		}
	}
	return offered
}
