package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"
	"unicode"

	"github.com/spf13/cobra"

	"entente/scenarios"
)

// What `entente init` writes: a scenario that is whole, and one that extends another.
var (
	//go:embed start.yaml
	startWhole string
	//go:embed start_from.yaml
	startFrom string
)

// start is what the templates are filled with.
type start struct {
	Name      string // as YAML
	File      string // as it was named
	Schema    string // its file, beside the scenario
	From      string // a built-in scenario
	Overrides string // some of its values, in comments
}

func initCommand() *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use:   "init [FILE]",
		Short: "Write a scenario to start from, and its schema for editors",
		Long: `Write a scenario to start from (default: scenario.yaml): small, whole and
commented, or with --from one that extends a built-in scenario. Beside it
` + schemaFile + ` is written, by which editors complete and check it. No file is
ever overwritten.`,
		Example: `  entente init mine.yaml
  entente init mine.yaml --from baseline`,
		Args: arguments(0, 1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			file := "scenario.yaml"
			if len(args) > 0 {
				file = args[0]
			}
			return initialize(cmd.OutOrStdout(), file, from)
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "the built-in scenario to extend, by `NAME`")
	if err := cmd.RegisterFlagCompletionFunc("from", func(cmd *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return completeBuiltins(cmd, nil, prefix)
	}); err != nil {
		panic(err) // there is no such flag
	}
	return cmd
}

func initialize(w io.Writer, file, from string) error {
	name := filepath.Base(file)
	ext := filepath.Ext(name)
	switch {
	case ext != ".yaml" && ext != ".yml" || name == ext:
		return fmt.Errorf("a scenario's file ends in .yaml: entente init %s.yaml", strings.TrimSuffix(file, ext))
	case strings.ContainsFunc(file, unicode.IsControl):
		return fmt.Errorf("%q is no name for a file", file)
	}
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%s is there already, and is left as it is", file)
	}
	text, err := started(file, from)
	if err != nil {
		return err
	}
	files := []struct {
		name string
		text []byte
	}{{name, text}, {schemaFile, scenarios.JSONSchema()}}
	schema := filepath.Join(filepath.Dir(file), schemaFile)
	switch old, err := os.ReadFile(schema); {
	case err == nil && bytes.Equal(old, files[1].text):
		files = files[:1]
	case err == nil:
		return fmt.Errorf("%s is there already, and differs from this version's: remove it, or write `entente schema > %s`", schema, schema)
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	var names []string
	for _, f := range files {
		names = append(names, f.name)
	}
	out, err := openOutput(filepath.Dir(file), names)
	if err != nil {
		return err
	}
	defer out.discard()
	for _, f := range files {
		err := out.stage(f.name, func(w io.Writer) error {
			_, err := w.Write(f.text)
			return err
		})
		if err != nil {
			return &failure{err}
		}
	}
	if err := out.commit(); err != nil {
		return &failure{err}
	}
	_, err = fmt.Fprintf(w, "Scenario: %s\nSchema:   %s\nNext:     entente check %s\n", file, schema, file)
	return err
}

// started returns the text of a new scenario.
func started(file, from string) ([]byte, error) {
	name := filepath.Base(file)
	s := start{Name: strconv.Quote(strings.TrimSuffix(name, filepath.Ext(name))), File: file, Schema: schemaFile, From: from}
	text := startWhole
	if from != "" {
		if _, err := scenarios.Text(from); err != nil {
			return nil, err
		}
		var err error
		if s.Overrides, err = overrides(from); err != nil {
			return nil, err
		}
		text = startFrom
	}
	var b bytes.Buffer
	err := template.Must(template.New("").Parse(text)).Execute(&b, s)
	return b.Bytes(), err
}

// overrides are some of the built-in scenario's values, in comments, ready to be changed.
func overrides(from string) (string, error) {
	r, err := scenarios.Resolve(from, scenarios.Options{})
	if err != nil {
		return "", err
	}
	var paths []string
	add := func(path string) error {
		leaves, err := r.Leaves(path)
		if err == nil && len(leaves) > 0 && leaves[0].Origin != (scenarios.Origin{}) {
			paths = append(paths, path)
		}
		return err
	}
	lab, alliance := r.Facts.Labs[0].ID, ""
	for _, a := range r.Facts.Alliances {
		if a.Lab == lab && alliance == "" {
			alliance = a.ID
		}
	}
	wanted := []string{"discount_rate", lab + ".revenue.run_rate", lab + ".cash"}
	if alliance != "" {
		wanted = append(wanted, alliance+".margin", alliance+".receivable_days")
	}
	for _, path := range wanted {
		if err := add(path); err != nil {
			return "", err
		}
	}
	var b strings.Builder
	if len(paths) > 0 {
		if err := r.WriteYAML(&b, paths...); err != nil {
			return "", err
		}
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = "# " + l
		}
	}
	return strings.Join(lines, "\n"), nil
}
