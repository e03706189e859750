package reports

import (
	"strings"
	"testing"

	"entente/sim/result"
)

// What an event does is said in words, with what was drawn or, if nothing was, what is written;
// a field without words keeps its path.
func TestEffectText(t *testing.T) {
	f := newFinder(&result.Result{
		Labs:      []result.Entity{{ID: "lab", Name: "The Lab"}},
		Clouds:    []result.Entity{{ID: "cloud", Name: "The Cloud", Owner: "big_owner"}},
		Alliances: []result.Alliance{{ID: "lab_cloud", Lab: "lab", Cloud: "cloud"}},
	})
	for _, c := range []struct {
		term  string
		drawn float64 // 0: nothing
		want  string
	}{
		{"adds -0.60 to -0.10 to lab.revenue.growth", -0.283, "The Lab’s revenue growth falls by 28.3 points a year (in logs)"},
		{"adds 0.2 to cloud.revenue.growth", 0, "The Cloud’s revenue growth rises by 20 points a year (in logs)"},
		{"multiplies what is not yet due of lab_cloud.commitments by 0.6 to 2.2", 2.04, "the rest of The Lab’s commitment to The Cloud is multiplied by 2.04"},
		{"moves pert(0.10, 0.25, 0.60) of lab_cloud.share to the lab's other alliances", 0.25, "25 % of what The Lab uses of The Cloud moves to its other clouds"},
		{"moves 40 % of lab_cloud.share to the lab's other alliances", 0, "40 % of what The Lab uses of The Cloud moves to its other clouds"},
		{"sets lab_cloud.exclusivity.churn_factor to 1", 0, "what The Lab’s exclusivity with The Cloud leaves of its churn is set to 1"},
		{"multiplies lab.funding.availability by 1", 0, "how much of the time The Lab can raise capital stays as it is"},
		{"adds 0.05 to 0.20 to lab.opex", 0.1, "The Lab’s cost other than compute rises by 10 points of its revenue"},
		{"multiplies lab.compute.ratio by 1 to 2", 1.5, "the compute that The Lab buys per dollar of revenue is multiplied by 1.5"},
		{"adds 2 to lab.valuation.multiple", 0, "The Lab’s value per dollar of run rate rises by 2"},
		{"multiplies lab_cloud.price by 0.9", 0, "the price of The Cloud’s compute for The Lab is multiplied by 0.9"},
		{"adds -0.1 to lab_cloud.margin", 0, "The Cloud’s margin on what The Lab uses falls by 10 points"},
		{"sets lab_cloud.revenue_share.rate to 0", 0, "the share of its revenue that The Lab pays Big owner is set to 0"},
		{"multiplies lab_cloud.commitments.12.enforced by 0.5", 0, "the part of an unused commitment that The Lab really pays The Cloud is multiplied by 0.5"},
		{"adds 0.1 to lab_cloud.churn.annual_rate", 0, "the rate at which The Lab leaves The Cloud rises by 10 points a year"},
		{"multiplies lab_cloud.resale.pull_through by 0.5", 0, "what The Cloud resells per dollar of The Lab’s revenue is multiplied by 0.5"},
		{"multiplies lab_cloud.price by 0.5 to 0.9", 0, "multiplies lab_cloud.price by 0.5 to 0.9"}, // what was drawn is not known
		{"adds 0.1 to lab_cloud.novelty", 0, "adds 0.1 to lab_cloud.novelty"},
		{"adds 0.1 to nobody.opex", 0, "adds 0.1 to nobody.opex"},
		{"adds 0.1 to cloud.opex.of.all", 0, "adds 0.1 to cloud.opex.of.all"},
		{"does something", 0, "does something"},
	} {
		var inputs []result.Drawn
		if c.drawn != 0 {
			inputs = []result.Drawn{{Path: "other.effects.0.add", Value: 9}, {Path: "e.effects.0.x", Value: c.drawn}}
		}
		if got := strings.ReplaceAll(f.effectText(c.term, "e.effects.0.", inputs), nbsp, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.term, got, c.want)
		}
	}
}
