package main

import (
	"github.com/spf13/cobra"

	"entente/scenarios"
)

// schemaFile is what the schema is called beside a scenario.
const schemaFile = "entente.schema.json"

func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the scenario format as JSON Schema, for editors",
		Long: `Print the scenario format as JSON Schema (draft 2020-12). Editors that know YAML
complete and check scenarios with it: save it beside them and begin each with

  # yaml-language-server: $schema=` + schemaFile + `

as those do that entente init writes. What takes the whole scenario, such as
whether an id exists or correlations go together, only entente check knows.`,
		Example:           `  entente schema > ` + schemaFile,
		Args:              arguments(0, 0),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(scenarios.JSONSchema())
			return err
		},
	}
}
