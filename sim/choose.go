package sim

import (
	"cmp"
	"math"
	"slices"

	"entente/sim/sense"
)

// ChosenAmong is among how many trials, the first, a run chooses those that it tells.
const ChosenAmong = sense.MaxTrials

// OrderStatistic returns the trial whose value is the quantile p of the values, as one of them:
// that which stands at place ⌈p·n⌉ from below, of the n that are not NaN; 0 is the lowest, 1 the
// highest. Of trials with the same value it is the first. ok is false where no trial has a value.
func OrderStatistic(values []float64, p float64) (trial int, ok bool) {
	var list []float64
	for _, x := range values {
		if !math.IsNaN(x) {
			list = append(list, x)
		}
	}
	n := len(list)
	if n == 0 {
		return 0, false
	}
	slices.Sort(list)
	place := int(math.Ceil(p*float64(n) - 1e-9)) // 0.07·100 is not 8
	return slices.Index(values, list[min(max(place, 1), n)-1]), true
}

// Standing returns the shares of the values, of those that are not NaN, that are lower and that
// are higher than x.
func Standing(values []float64, x float64) (below, above float64) {
	var n, less, more int
	for _, v := range values {
		switch {
		case math.IsNaN(v):
			continue
		case v < x:
			less++
		case v > x:
			more++
		}
		n++
	}
	if n == 0 || math.IsNaN(x) {
		return math.NaN(), math.NaN()
	}
	return float64(less) / float64(n), float64(more) / float64(n)
}

// Middle returns the trial that is closest to the middle in all columns at once: whose largest
// distance from the median, in shares of the trials that lie between, is least. Equal values
// share the place in the middle of them. Of trials at the same distance it is the first; a trial
// without a value is none. ok is false where every trial lacks one.
func Middle(columns [][]float64) (trial int, ok bool) {
	if len(columns) == 0 {
		return 0, false
	}
	farthest := make([]float64, len(columns[0]))
	order := make([]int, len(farthest))
	for _, x := range columns {
		for i := range order {
			order[i] = i
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) }) // NaN first
		rest := order
		for len(rest) > 0 && math.IsNaN(x[rest[0]]) {
			farthest[rest[0]] = math.NaN()
			rest = rest[1:]
		}
		n := len(rest)
		for first := 0; first < len(rest); {
			end := first
			for end < len(rest) && x[rest[end]] == x[rest[first]] {
				end++
			}
			distance := math.Abs(float64(first+end-n)) / float64(2*n) // the same on both sides
			for _, i := range rest[first:end] {
				farthest[i] = math.Max(farthest[i], distance) // NaN stays
			}
			first = end
		}
	}
	least := math.Inf(1)
	for i, d := range farthest {
		if d < least {
			trial, least, ok = i, d, true
		}
	}
	return trial, ok
}
