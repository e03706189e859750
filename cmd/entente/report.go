package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"entente/reports"
)

func reportCommand() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "report RESULT...",
		Short: "Make the HTML report again from saved results",
		Long: `Make report.html again from result.json or comparison.json, beside it. A RESULT is
such a file, or the directory that holds it; other results have their report from the
command that makes them. The report is the one that was
written with it, byte for byte, if it is the same version of entente that makes it.`,
		Example: `  entente report out/baseline
  entente report result.json --out somewhere/else`,
		Args: arguments(1, 1<<20),
		RunE: func(cmd *cobra.Command, args []string) error {
			return report(cmd.OutOrStdout(), args, dir)
		},
		ValidArgsFunction: cobra.FixedCompletions([]string{"json"}, cobra.ShellCompDirectiveFilterFileExt),
	}
	cmd.Flags().StringVarP(&dir, "out", "o", "", "the `DIR` that report.html goes to (default: where the RESULT is)")
	return cmd
}

// report reads all results before it writes the first report.
func report(stdout io.Writer, args []string, dir string) error {
	type job struct {
		write func(io.Writer) error
		dir   string
	}
	var jobs []job
	source := map[string]string{}
	for _, file := range args {
		if info, err := os.Stat(file); err == nil && info.IsDir() {
			dir := file
			file = filepath.Join(dir, jsonFormat.file)
			if !exists(file) {
				file = resultIn(dir)
			}
			if file == "" {
				return fmt.Errorf("%s holds no result: there is no %s and no %s", dir, jsonFormat.file, comparisonFile)
			}
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		write, err := reportOf(text)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		target := dir
		if target == "" {
			target = filepath.Dir(file)
		}
		if other, taken := source[target]; taken {
			return fmt.Errorf("the reports of %s and %s would both be %s; make them one by one, with --out", other, file, filepath.Join(target, htmlFormat.file))
		}
		source[target] = file
		jobs = append(jobs, job{write, target})
	}
	var outs []*output
	for _, j := range jobs {
		out, err := openOutput(j.dir, []string{htmlFormat.file})
		if err != nil {
			return err
		}
		defer out.discard()
		outs = append(outs, out)
	}
	for i, j := range jobs {
		if err := outs[i].stage(htmlFormat.file, j.write); err != nil {
			return &failure{err}
		}
	}
	for _, out := range outs {
		if err := out.commit(); err != nil {
			return &failure{err}
		}
		fmt.Fprintf(stdout, "%s %s\n", htmlFormat.title, filepath.Join(out.dir, htmlFormat.file))
	}
	return nil
}

// resultIn is the file in a directory that holds a result; "" if none does.
func resultIn(dir string) string {
	for _, name := range []string{comparisonFile, sensitivityFile, discoveryFile, sweepManifest} {
		if file := filepath.Join(dir, name); exists(file) {
			return file
		}
	}
	return ""
}

// writer is the command that makes results of a kind from whose files no report can be made again,
// as they have not all that it shows; "" of others.
func writer(kind string) string {
	switch kind {
	case "sensitivity", "sweep":
		return kind
	case "discovery":
		return "discover"
	}
	return ""
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

// reportOf reads a saved result, and returns what writes its report.
func reportOf(text []byte) (func(io.Writer) error, error) {
	var head struct {
		Comparison json.RawMessage
		Kind       string
	}
	if err := json.Unmarshal(text, &head); err == nil && head.Comparison != nil {
		r, err := reports.ReadComparisonJSON(bytes.NewReader(text))
		return func(w io.Writer) error { return reports.WriteComparisonHTML(w, r) }, err
	}
	if command := writer(head.Kind); command != "" {
		return nil, fmt.Errorf("this is a result of `entente %s`, whose report cannot be made from it: run that again (report.html ends with the command)", command)
	}
	r, err := reports.ReadJSON(bytes.NewReader(text)) // which says what is wrong with it, too
	return func(w io.Writer) error { return reports.WriteHTML(w, r) }, err
}
