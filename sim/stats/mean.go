package stats

import (
	"math"

	"entente/sim/vec"
)

// MeanSE returns the mean of a column and its standard error, as Summarize does, and nothing
// else, in a fraction of the time. Where no value is defined both are NaN.
func MeanSE(values []float64, replicates int, s *Scratch) (mean, se float64) {
	least, most := math.NaN(), math.NaN()
	for _, v := range values {
		if v != v {
			continue
		}
		if !(v >= least) {
			least = v
		}
		if !(v <= most) {
			most = v
		}
	}
	if least != least {
		return math.NaN(), math.NaN()
	}
	unit := 1.0
	if largest := max(-least, most); largest > 0 {
		unit = math.Ldexp(1, min(max(math.Ilogb(largest), -1000), 1000))
	}
	lanes := vec.SumLanes
	if replicates > 1 {
		lanes = replicates
	}
	m := &s.moments
	if m.reset(lanes, least/2+most/2, 1); least == most && constant(values) {
		m.addConstant(len(values))
	} else {
		for first, size := 0, m.block(); first < len(values); first += size {
			m.add(values[first:min(first+size, len(values))])
		}
	}
	mean, sd := s.meanSD(values, unit)
	mean = min(max(mean, least), most)
	if replicates <= 1 {
		n, _, _ := m.totals()
		return mean, independent(n, sd, &[4]tail{}, 0, unit).mean
	}
	c := make([]counts, replicates)
	for r := range c {
		l := m.lane(r)
		c[r].n, c[r].dev = l.n, l.sum.value()
	}
	return mean, between(c, func(c *counts) float64 { return c.dev }) / m.scale
}
