package reports

import (
	"math"
	"slices"
)

// A dotsView is a quantile dot plot: a hundred dots, each one future in a hundred, at the
// quantiles 0.005, 0.015, ... 0.995 and stacked where they fall into the same column.
// Source: Kay, Kola, Hullman and Munson, When (ish) is my bus? (CHI 2016).
type dotsView struct {
	Width, Height float64
	Dots          []dot
	Ticks         []tick
}

type dot struct {
	X, Y float64
	High bool // one of the highest ten
}

// A tick is a label at a part of the width, in percent.
type tick struct {
	Left  float64
	Label string
}

const (
	dotColumns = 60
	dotSize    = 10.0 // of a column, in the units of the drawing
	dotStack   = 22.0 // the tallest stack, in dots, that is drawn with whole dots
)

// dotStrips draws all of ds on one axis; a distribution without values has no drawing.
func dotStrips(ds []distribution) []*dotsView {
	strips := make([]*dotsView, len(ds))
	lo, hi := 0.0, 0.0
	for _, d := range ds {
		if !d.empty() {
			lo, hi = math.Min(lo, d.at(0.005)), math.Max(hi, d.at(0.995))
		}
	}
	if hi <= lo {
		return strips
	}
	step := niceStep((hi - lo) / 5)
	lo = math.Floor(lo/step+1e-9) * step
	width := (hi - lo) * 1.0001 / dotColumns
	highest := 0
	stacks := make([][dotColumns]int, len(ds))
	for i, d := range ds {
		if d.empty() {
			continue
		}
		for k := range 100 {
			c := max(0, min(dotColumns-1, int((d.at((float64(k)+0.5)/100)-lo)/width))) // a saved file may hold anything
			stacks[i][c]++
			highest = max(highest, stacks[i][c])
		}
	}
	rise := dotSize * math.Min(1, dotStack/float64(highest))
	for i, d := range ds {
		if d.empty() {
			continue
		}
		v := &dotsView{Width: dotColumns * dotSize, Height: math.Ceil(rise*float64(slices.Max(stacks[i][:])-1) + dotSize)}
		n := 0
		for c, count := range stacks[i] {
			for k := range count {
				v.Dots = append(v.Dots, dot{X: (float64(c) + 0.5) * dotSize, Y: math.Round((v.Height-dotSize/2-rise*float64(k))*10) / 10, High: n >= 90})
				n++
			}
		}
		for x := lo; x <= hi; x += step {
			v.Ticks = append(v.Ticks, tick{math.Round((x-lo)/(width*dotColumns)*1000) / 10, trimmed(x)})
		}
		strips[i] = v
	}
	return strips
}
