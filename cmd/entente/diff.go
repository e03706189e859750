package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"entente/scenarios"
)

// errDiffer is what `entente diff --exit-code` ends with when it has printed differences.
var errDiffer = errors.New("the scenarios differ")

// diffFlags are the flags of `entente diff`.
type diffFlags struct {
	set      []string
	notes    bool
	exitCode bool
	json     bool
}

func diffCommand() *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff A [B]",
		Short: "Say what two scenarios mean differently",
		Long: `Say what two scenarios mean differently, after what they extend: values, deals and
events, in the order of A, one a line. Layout, comments, defaults written out and
other ways to write the same distribution are no difference. Names, sources and
notes move no number, and are counted; --notes lists them.

--set overrides values of B. Without B, A with --set is compared to A.`,
		Example: `  entente diff baseline my.yaml
  entente diff baseline --set openai.cash=40
  entente diff old.yaml new.yaml --exit-code && echo the same`,
		Args:              arguments(1, 2),
		ValidArgsFunction: completeTwoScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 && len(f.set) == 0 {
				return fmt.Errorf("there is nothing to compare %s to: name a second scenario, or use --set", args[0])
			}
			names := [2]string{args[0], args[len(args)-1]}
			if names == [2]string{"-", "-"} {
				return errors.New("standard input can be read once: name a file or a built-in scenario")
			}
			return diff(cmd, names, f)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.set, "set", nil, "override a value of B, as often as wanted: `PATH=VALUE`, the value in YAML")
	flags.BoolVar(&f.notes, "notes", false, "list names, sources and notes that differ, too")
	flags.BoolVar(&f.exitCode, "exit-code", false, "exit with 1 if there are differences (with --notes, also of words)")
	flags.BoolVar(&f.json, "json", false, "all differences for programs, with where each value is from")
	return cmd
}

func diff(cmd *cobra.Command, names [2]string, f diffFlags) error {
	a, err := scenarios.Resolve(names[0], scenarios.Options{Stdin: cmd.InOrStdin()})
	if err != nil {
		return err
	}
	b, err := scenarios.Resolve(names[1], scenarios.Options{Stdin: cmd.InOrStdin(), Set: f.set})
	if err != nil {
		return err
	}
	var meaning, words []scenarios.Change
	for _, c := range scenarios.Diff(a, b) {
		if c.Words {
			words = append(words, c)
		} else {
			meaning = append(meaning, c)
		}
	}
	if f.json {
		err = writeJSON(cmd.OutOrStdout(), comparison{A: names[0], B: names[1], Set: f.set, Changes: differences(meaning), Words: differences(words)})
	} else {
		err = printDifferences(cmd.OutOrStdout(), meaning, words, f.notes)
	}
	if err == nil && f.exitCode && (len(meaning) > 0 || f.notes && len(words) > 0) {
		return errDiffer
	}
	return err
}

func printDifferences(w io.Writer, meaning, words []scenarios.Change, notes bool) error {
	var out []string
	for _, c := range meaning {
		out = append(out, c.String())
	}
	if len(meaning) == 0 {
		out = append(out, "no difference in meaning")
	}
	switch {
	case len(words) == 0:
	case !notes:
		out = append(out, fmt.Sprintf("names, sources and notes: %d differ; --notes lists them", len(words)))
	default:
		out = append(out, "names, sources and notes:")
		for _, c := range words {
			out = append(out, "  "+c.String())
		}
	}
	for _, line := range out {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}

// comparison is what --json prints.
type comparison struct {
	A       string       `json:"a"`
	B       string       `json:"b"`
	Set     []string     `json:"set,omitempty"`
	Changes []difference `json:"changes"`
	Words   []difference `json:"words"`
}

type difference struct {
	Change string   `json:"change"` // changed, added, removed, moved, reordered
	Path   string   `json:"path"`   // in b; of what was removed, in a
	Was    string   `json:"was,omitempty"`
	What   string   `json:"what,omitempty"`  // of an entity: alliance
	Names  []string `json:"names,omitempty"` // of a correlation
	Unit   string   `json:"unit,omitempty"`
	Before *side    `json:"before,omitempty"`
	After  *side    `json:"after,omitempty"`
}

type side struct {
	Text   string      `json:"text"`
	Origin shownOrigin `json:"origin"`
}

func differences(cs []scenarios.Change) []difference {
	ds := []difference{}
	for _, c := range cs {
		d := difference{Change: string(c.Kind), Path: c.Path, Was: c.Was, What: c.Noun, Names: c.Names, Unit: c.Unit}
		if c.Kind != scenarios.Added {
			d.Before = &side{c.Before, originOf(c.From)}
		}
		if c.Kind != scenarios.Removed {
			d.After = &side{c.After, originOf(c.To)}
		}
		ds = append(ds, d)
	}
	return ds
}

// completeTwoScenarios offers scenarios, twice.
func completeTwoScenarios(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 1 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return completeScenarios(cmd, nil, prefix)
}
