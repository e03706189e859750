// Entente simulates the alliances between AI labs and clouds, and reports what the clouds
// have at stake in them.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"entente/scenarios"
)

// version is the program's, as `entente version` prints it and results carry it.
const version = "0.1.0"

// Exit statuses. Scripts rely on them.
const (
	statusDone        = 0
	statusFailed      = 1   // the run failed, or diff --exit-code found differences
	statusWrong       = 2   // the command line or a scenario is wrong, and nothing was written
	statusFails       = 3   // the run is done, and some assertions fail
	statusUndecided   = 4   // none fails, and some are undecided
	statusInterrupted = 130 // as shells number a death by SIGINT
)

func main() {
	// What is allocated is little beside the trials' values, which the collector does not see: it
	// may wait longer, and a short run need not wait for it.
	debug.SetGCPercent(200)
	os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// Main runs one command line and returns its exit status. Results go to stdout (or to
// files), everything else to stderr.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	cobra.EnableCommandSorting = false // they stand in the order in which one meets them
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	if err == nil {
		return statusDone
	}
	switch { // which has been said
	case errors.Is(err, errDiffer):
		return statusFailed
	case errors.Is(err, errFails):
		return statusFails
	case errors.Is(err, errUndecided):
		return statusUndecided
	}
	var problems scenarios.Diagnostics
	if errors.As(err, &problems) {
		fmt.Fprintln(stderr, problems) // each begins with file:line:column, as editors like it
	} else {
		fmt.Fprintf(stderr, "entente: %v\n", err)
	}
	var failure *failure
	switch {
	case errors.Is(err, errInterrupted):
		return statusInterrupted
	case errors.As(err, &failure):
		return statusFailed
	}
	return statusWrong
}

// errInterrupted is what a command returns that a signal has stopped.
var errInterrupted = errors.New("interrupted; nothing was written")

// A failure is an error that is neither the command line's nor a scenario's fault. Commands
// check everything before they begin, so what goes wrong later is a failure, and every other
// error means that nothing was written.
type failure struct{ error }

func (f *failure) Unwrap() error { return f.error }

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "entente",
		Short: "Simulate the alliances between AI labs and clouds",
		Long: `entente simulates the alliances between AI labs (OpenAI, Anthropic) and clouds
(AWS, Azure, Google, Oracle, CoreWeave) over ten years, many times over, and
reports how much the clouds have at stake in them.

  entente run                        simulate the built-in baseline; the report is
                                     out/baseline/report.html
  entente init my.yaml --from baseline
                                     start a scenario of your own
  entente run my.yaml --set openai.cash=40

A SCENARIO is a file, the name of a built-in scenario, or - for standard input.

Exit status: 0 done; 1 the run failed, or diff --exit-code found differences;
2 the command line or a scenario is wrong, and nothing was written; 3 some
assertions fail; 4 none fails, and some are undecided; 130 interrupted.`,
		Version:           version,
		SilenceErrors:     true, // Main prints them
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
	}
	root.SetVersionTemplate("entente {{.Version}}\n")
	root.SetFlagErrorFunc(explainFlagError)
	root.SetHelpCommand(helpCommand())
	root.AddCommand(
		runCommand(),
		compareCommand(),
		sweepCommand(),
		sensitivityCommand(),
		discoverCommand(),
		explainCommand(),
		solveCommand(),
		checkCommand(),
		initCommand(),
		scenariosCommand(),
		showCommand(),
		diffCommand(),
		reportCommand(),
		schemaCommand(),
		completionCommand(),
		versionCommand(),
		statisticsTopic(),
		warningsTopic(),
		problemsTopic(),
	)
	return root
}
