package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"entente/scenarios"
)

func scenariosCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "scenarios [NAME]",
		Short: "List the built-in scenarios, or print one with its comments",
		Example: `  entente scenarios
  entente scenarios baseline > my.yaml`,
		Args:              arguments(0, 1),
		ValidArgsFunction: completeBuiltins,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				written, err := scenarios.Text(args[0])
				if err != nil {
					return err
				}
				_, err = io.WriteString(cmd.OutOrStdout(), written)
				return err
			}
			for _, b := range scenarios.Builtins() {
				fmt.Fprintln(cmd.OutOrStdout(), b.Name)
				for line := range strings.Lines(text.WrapSoft(firstSentence(b.Description), 76)) {
					fmt.Fprintf(cmd.OutOrStdout(), "    %s\n", strings.TrimSpace(line))
				}
			}
			return nil
		},
	}
}

// firstSentence cuts a paragraph after its first sentence.
func firstSentence(paragraph string) string {
	for i, r := range paragraph {
		if (r == '.' || r == '?') && strings.HasPrefix(paragraph[i+1:], " ") {
			return paragraph[:i+1]
		}
	}
	return paragraph
}

// completeBuiltins offers the names of built-in scenarios.
func completeBuiltins(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if len(args) == 0 {
		for _, b := range scenarios.Builtins() {
			names = append(names, cobra.CompletionWithDesc(b.Name, b.Title))
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}

// completeScenarios offers built-in names, and files.
func completeScenarios(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	names, _ := completeBuiltins(cmd, args, prefix)
	return names, cobra.ShellCompDirectiveDefault
}
