package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"entente/reports"
	"entente/scenarios"
)

// untilInterrupted returns a context that a signal ends; a second one ends the program at once.
func untilInterrupted() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// directory is where files go: what --out says, or a name below out/.
func (f *simulationFlags) directory(name string) string {
	if f.out != "" {
		return f.out
	}
	return filepath.Join("out", name)
}

// warn prints what a scenario is warned of.
func (f *simulationFlags) warn(stderr io.Writer, warnings []scenarios.Diagnostic) {
	if f.quiet {
		return
	}
	for _, w := range warnings {
		warn(stderr, w.String())
	}
}

// watch shows how many of so many trials are done, where somebody looks; 0: of as many as there
// turn out to be. tell is told, nil where nobody looks, and clear takes the line away.
func (f *simulationFlags) watch(stderr io.Writer, trials int) (tell func(done, total int), clear func()) {
	if !showsProgress(stderr) || f.quiet || f.noProgress {
		return nil, func() {}
	}
	var p *progress
	if trials > 0 {
		p = newProgress(stderr, time.Now, trials)
	}
	tell = func(done, total int) {
		if p == nil {
			p = newProgress(stderr, time.Now, total)
		}
		p.update(done, total)
	}
	return tell, func() {
		if p != nil {
			p.clear()
		}
	}
}

// table says how tables are printed.
func (f *simulationFlags) table(stdout io.Writer) reports.TableOptions {
	return reports.TableOptions{Color: showsColor(stdout) && !f.noColor, Width: terminalWidth(stdout), Raw: f.raw}
}

// deliver writes all files or none of them, side by side.
func deliver[R any](ctx context.Context, out *output, formats []format[R], r R) error {
	errs := make([]error, len(formats))
	var wg sync.WaitGroup
	for i, format := range formats {
		wg.Go(func() {
			errs[i] = out.stage(format.file, func(w io.Writer) error { return format.write(w, r) })
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return &failure{err}
		}
	}
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err := out.commit(); err != nil {
		return &failure{err}
	}
	return nil
}

// A printer is how a result is printed.
type printer[R any] struct {
	json  func(io.Writer, R) error
	table func(io.Writer, R, reports.TableOptions) error
}

// print prints the table or, with --json, the result.
func (p printer[R]) print(cmd *cobra.Command, f simulationFlags, r R) error {
	stdout := cmd.OutOrStdout()
	var err error
	switch {
	case f.json:
		err = p.json(stdout, r)
	case !f.quiet:
		err = p.table(stdout, r, f.table(stdout))
	}
	if err != nil {
		return &failure{err}
	}
	return nil
}

// tellFiles says which of all formats were written, and where; beside a result on standard output
// that is said on standard error.
func tellFiles[R any](cmd *cobra.Command, f simulationFlags, out *output, written, all []format[R]) {
	if f.quiet {
		return
	}
	where, names := cmd.OutOrStdout(), fileNames(written)
	if f.json {
		where = cmd.ErrOrStderr()
	}
	for _, format := range all {
		file := filepath.Join(out.dir, format.file)
		if slices.Contains(names, format.file) {
			fmt.Fprintf(where, "%s %s\n", format.title, file)
		} else if _, err := os.Stat(file); err == nil {
			warn(cmd.ErrOrStderr(), file+" is of an earlier run")
		}
	}
}
