package sim

import (
	"fmt"

	"entente/sim/design"
)

// Spread returns n points that fill a unit cube evenly, by dimension and point: one Latin
// hypercube, or the first points of one scrambled Sobol sequence. The dimensions are told apart
// by name; what is drawn under the same names by a model is something else.
func Spread(s Sampler, seed uint64, names []string, n int) ([][]float64, error) {
	own := make([]string, len(names))
	for i, name := range names {
		own[i] = "spread over " + name
	}
	// One replicate of a design: every Replicates-th of its points.
	var all points
	switch s {
	case Latin:
		all = design.NewLatin(seed, own, n*design.Replicates)
	case Sobol:
		all = design.NewSobol(seed, own)
	default:
		return nil, fmt.Errorf("%s points do not fill a cube evenly: it takes latin or sobol", s)
	}
	columns := cut(make([]float64, len(names)*n), n)
	for i := range columns {
		for p := range columns[i] {
			all.Fill(columns[i][p:p+1], i, p*design.Replicates)
		}
	}
	return columns, nil
}
