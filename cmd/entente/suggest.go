package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// didYouMean asks back with the candidates that are like word, or returns "" if none is. What
// is alike is for cobra to say, as it does for commands: the candidates become some.
func didYouMean(word string, candidates []string) string {
	likeness := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, c := range candidates {
		likeness.AddCommand(&cobra.Command{Use: c, Run: func(*cobra.Command, []string) {}})
	}
	like := likeness.SuggestionsFor(word)
	if word == "" || len(like) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(like, " or ") + "?"
}

// explainFlagError adds to what pflag says about an unknown flag which flags there are.
func explainFlagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	word := "--" + unknown.GetSpecifiedName()
	if short := unknown.GetSpecifiedShortnames(); len(short) > 1 {
		word = "--" + short // a long name after a single dash
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
	if suggestion := didYouMean(word, names); suggestion != "" {
		return fmt.Errorf("%w%s", err, suggestion)
	}
	return fmt.Errorf("%w; `%s --help` lists the flags", err, cmd.CommandPath())
}

// arguments checks how many arguments a command is given. cobra's own checks don't say how the
// command is written.
func arguments(least, most int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return fmt.Errorf("an argument is missing: %s", cmd.UseLine())
		case len(args) > most:
			return fmt.Errorf("unexpected argument %q: %s", args[most], cmd.UseLine())
		}
		return nil
	}
}
