package scenarios

import (
	"strings"

	"entente/models"
)

// measures lists the metrics of the System that an expression may name.
func measures(sys *models.System) []measure {
	var ms []measure
	add := func(id, perYear, once string) {
		for _, m := range strings.Fields(perYear) {
			ms = append(ms, measure{id + "." + m, true})
		}
		for _, m := range strings.Fields(once) {
			ms = append(ms, measure{id + "." + m, false})
		}
	}
	for _, l := range sys.Labs {
		add(l.ID, "run_rate cash valuation alive revenue compute billed raised", "failed failure_time")
	}
	for _, a := range sys.Alliances {
		add(a.ID, "share backlog exposure equity credit_exposure plant use shortfall billed invested revenue_share resale loss flow", "npv round_trip moic")
		if sys.GigawattYear != nil {
			add(a.ID, "gigawatts", "")
		}
	}
	for _, c := range sys.Clouds {
		add(c.ID, "exposure equity credit_exposure plant backlog revenue lab_revenue concentration loss flow", "npv loss_total peak_exposure breakeven_time")
	}
	for _, i := range sys.Investors {
		add(i.ID, "equity invested supplied", "npv")
	}
	return ms
}
