package main

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"

	"entente/scenarios"
)

// warningsTopic is a page of help and no command.
func warningsTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString(`A scenario that can be simulated may still be hardly meant as it is written.
` + "`entente check`" + ` warns of what follows; ` + "`entente run`" + ` prints the first four in full and of
the others how many there are. A scenario says which of them are meant, and why:

  silence:
    - {warning: commitments-beyond-cash-flow, path: openai_azure,
       reason: "what follows from the announcements is the question here"}

Without a path it holds everywhere, with one at that path and all below it. Medians are
those of the assumptions; the projections that compare them have no shocks and no
events but the certain ones.
`)
	for _, w := range scenarios.Warnings() {
		b.WriteString(explained(w.ID, w.Doc))
	}
	return &cobra.Command{Use: "warnings", Short: "What entente check warns of, and how to silence it", Long: strings.TrimRight(b.String(), "\n")}
}

// problemsTopic is a page of help and no command.
func problemsTopic() *cobra.Command {
	var b strings.Builder
	b.WriteString(`What can be wrong with a scenario, by the ids that ` + "`entente check --json`" + ` gives:
`)
	for _, p := range scenarios.Problems() {
		b.WriteString(explained(p.ID, p.Doc))
	}
	return &cobra.Command{Use: "problems", Short: "What can be wrong with a scenario, by its id", Long: strings.TrimRight(b.String(), "\n")}
}

// explained is an id with what it means.
func explained(id, doc string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n  %s\n", id)
	for line := range strings.Lines(text.WrapSoft(doc, 76)) {
		fmt.Fprintf(&b, "      %s\n", strings.TrimSpace(line))
	}
	return b.String()
}
