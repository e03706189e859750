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
		fmt.Fprintf(&b, "\n  %s\n", w.ID)
		for line := range strings.Lines(text.WrapSoft(w.Doc, 76)) {
			fmt.Fprintf(&b, "      %s\n", strings.TrimSpace(line))
		}
	}
	return &cobra.Command{Use: "warnings", Short: "What entente check warns of, and how to silence it", Long: strings.TrimRight(b.String(), "\n")}
}
