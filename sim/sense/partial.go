package sense

import (
	"math"
	"slices"

	"entente/sim/parallel"
)

// collinear is what is left of the variance of an input's ranks, given the other inputs', where
// they are taken to determine it.
const collinear = 1e-9

// jackknifeTrials are how many of the trials the intervals of Partials come from.
const jackknifeTrials = 1 << 12

// LeastPartialTrials are how many trials the partial rank correlations of that many inputs take: the
// regression on all of them has to leave, without a part of the trials that a jackknife looks at, as
// many again. 0: no number is enough.
func LeastPartialTrials(inputs int) int {
	for n := MinTrials; n <= jackknifeTrials; n++ {
		if n-n/Parts-1 >= 2*(inputs+1) {
			return n
		}
	}
	return 0
}

// Partials returns, by output and input, the partial rank correlation: that of an output and an
// input when what the ranks of all other inputs explain linearly has been taken out of the ranks
// of both. With R the correlation matrix of the inputs' ranks, r their correlations with the
// output's, β = R⁻¹r and ρ² = rᵀβ,
//
//	PRCC_i = β_i/√(β_i² + (R⁻¹)_ii·(1 − ρ²))
//
// which is −C_iy/√(C_ii·C_yy) of the inverse C of the correlation matrix of all of them (Iman and
// Conover, "The use of the rank transformation in regression", 1979; Saltelli, Chan and Scott,
// "Sensitivity Analysis", 2000, 6.6.3). The intervals are those of a jackknife of Fisher's
// z = artanh PRCC over 16 parts of the first 4,096 trials, each time ranked anew, and scaled to
// all n by √((4096−p)/(n−p)), with p inputs; the standard error is (1 − PRCC²) times that of z.
//
// NaN: the input or the output is constant; other inputs determine the input, or the inputs the
// output, so that there is nothing left to correlate; or there are too few trials for so many
// inputs.
func Partials(inputs, outputs [][]float64, workers int) [][]Estimate {
	found := make([][]Estimate, len(outputs))
	for k := range found {
		found[k] = slices.Repeat([]Estimate{{math.NaN(), math.NaN(), math.NaN(), math.NaN()}}, len(inputs))
	}
	if len(outputs) == 0 || len(inputs) == 0 {
		return found
	}
	n := len(outputs[0])
	few := min(n, jackknifeTrials)
	ranked := rankAll(slices.Concat(inputs, outputs), workers)
	first := make([][]float64, 0, len(ranked))
	for _, c := range slices.Concat(inputs, outputs) {
		first = append(first, c[:few])
	}
	rankedFirst := rankAll(first, workers)
	var used []int // inputs that vary in all that is looked at
	var columns, columnsFirst []*column
	for k, c := range ranked {
		if k < len(inputs) && (c.constant() || rankedFirst[k].constant()) {
			continue
		}
		if k < len(inputs) {
			used = append(used, k)
		}
		columns, columnsFirst = append(columns, c), append(columnsFirst, rankedFirst[k])
	}
	p := len(used)
	if least := LeastPartialTrials(p); least == 0 || n < least {
		return found
	}
	g := newGram(columns, p, workers)
	g.correlate(Parts)
	g.untie()
	values := g.partials()
	part := newGram(columnsFirst, p, workers)
	part.tied, part.free = g.tied, g.free
	var without [Parts][][]float64
	for r := range without {
		part.correlate(r)
		without[r] = part.partials()
	}
	scale := math.Sqrt(float64(few-p) / float64(n-p))
	for k := range outputs {
		for j, i := range used {
			value := values[k][j]
			if math.IsNaN(value) {
				continue
			}
			var z [Parts]float64
			for r := range z {
				z[r] = fisher(without[r][k][j])
			}
			e := Jackknifed(0, &z)
			at := fisher(value)
			found[k][i] = Estimate{value, math.Tanh(at + scale*e.Low), math.Tanh(at + scale*e.High),
				(1 - float64(value*value)) * scale * e.SE}
		}
	}
	return found
}

// fisher is artanh, finite at ± 1.
func fisher(r float64) float64 {
	const most = 1 - 1e-12
	return math.Atanh(min(max(r, -most), most))
}

// A gram makes correlation matrices of ranks.
type gram struct {
	columns []*column // of inputs, then of outputs
	inputs  int
	workers int
	ranks   [][]float64 // by column
	matrix  [][]float64 // of correlations, on and below the diagonal
	tied    []bool      // inputs of which nothing is left
	free    []int       // inputs that the earlier ones of these do not determine
}

func newGram(columns []*column, inputs, workers int) *gram {
	g := &gram{columns: columns, inputs: inputs, workers: workers}
	for i, c := range columns {
		g.ranks = append(g.ranks, make([]float64, len(c.order)))
		g.matrix = append(g.matrix, make([]float64, i+1))
	}
	return g
}

// correlate sets the matrix of the trials that are not of a part; Parts is none.
func (g *gram) correlate(without int) {
	parallel.Each(g.workers, len(g.columns), func() func(int) {
		return func(k int) { g.columns[k].rankWithout(g.ranks[k], without) }
	})
	parallel.Each(g.workers, len(g.matrix), func() func(int) {
		return func(i int) {
			row, x := g.matrix[i], g.ranks[i]
			k := 0
			for ; k+4 <= len(row); k += 4 {
				row[k], row[k+1], row[k+2], row[k+3] = dots(x, g.ranks[k], g.ranks[k+1], g.ranks[k+2], g.ranks[k+3])
			}
			for ; k < len(row); k++ {
				row[k] = dot(x, g.ranks[k])
			}
		}
	})
	norms := make([]float64, len(g.matrix))
	for i, row := range g.matrix {
		norms[i] = math.Sqrt(row[i])
		for k := range i {
			if row[k] != 0 { // else one of the two may be constant
				row[k] /= norms[i] * norms[k]
			}
		}
		row[i] = 1
	}
}

// rankWithout sets twice the ranks less their mean among the trials that are not of a part, and 0
// for those that are. They are whole numbers below 2^16 in size, and sums of their products over
// the trials below 2^53: no order of summation rounds them.
func (c *column) rankWithout(ranks []float64, part int) {
	n := len(c.order)
	if part < Parts {
		n -= (n - part + Parts - 1) / Parts
	}
	before, first := 0, 0
	for _, end := range c.ends {
		group := c.order[first : int(end)+1]
		size := 0
		for _, trial := range group {
			if int(trial)%Parts != part {
				size++
			}
		}
		for _, trial := range group {
			ranks[trial] = 0
			if int(trial)%Parts != part {
				ranks[trial] = float64(2*before + size - n)
			}
		}
		before += size
		first = int(end) + 1
	}
}

// dots are four of dot.
func dots(x, a, b, c, d []float64) (xa, xb, xc, xd float64) {
	a, b, c, d = a[:len(x)], b[:len(x)], c[:len(x)], d[:len(x)]
	for i, v := range x {
		xa += float64(v * a[i])
		xb += float64(v * b[i])
		xc += float64(v * c[i])
		xd += float64(v * d[i])
	}
	return xa, xb, xc, xd
}

// untie finds the inputs that others determine, and a list of inputs that leaves out as many as
// needed for the matrix to have an inverse.
func (g *gram) untie() {
	g.tied = make([]bool, g.inputs)
	var lower [][]float64 // of the Cholesky factor of the free ones
	for i := range g.inputs {
		row := make([]float64, len(g.free)+1)
		left := 1.0
		for k, f := range g.free {
			row[k] = (g.matrix[i][f] - dot(row[:k], lower[k][:k])) / lower[k][k]
			left -= float64(row[k] * row[k])
		}
		if left > collinear {
			row[len(g.free)] = math.Sqrt(left)
			lower = append(lower, row)
			g.free = append(g.free, i)
			continue
		}
		g.tied[i] = true
		for k := len(g.free) - 1; k >= 0; k-- { // its coefficients on the others, by back substitution
			for j := k + 1; j < len(g.free); j++ {
				row[k] -= float64(lower[j][k] * row[j])
			}
			row[k] /= lower[k][k]
			if math.Abs(row[k]) > math.Sqrt(collinear) {
				g.tied[g.free[k]] = true
			}
		}
	}
}

// partials returns the partial rank correlations of the trials in the matrix, by output and input.
func (g *gram) partials() [][]float64 {
	// R = LLᵀ, and M = L⁻¹, of which (R⁻¹)_ii = Σ_k M_ki².
	n := len(g.free)
	lower, inverse := make([][]float64, n), make([][]float64, n)
	diagonal := make([]float64, n)
	for i, f := range g.free {
		row := make([]float64, i+1)
		left := 1.0
		for k := range i {
			row[k] = (g.matrix[f][g.free[k]] - dot(row[:k], lower[k][:k])) / lower[k][k]
			left -= float64(row[k] * row[k])
		}
		row[i] = math.Sqrt(max(left, collinear))
		lower[i] = row
		inverse[i] = make([]float64, i+1)
		for k := range i {
			c := row[k] / row[i]
			for j, m := range inverse[k] {
				inverse[i][j] -= float64(c * m)
			}
		}
		inverse[i][i] = 1 / row[i]
		for j, m := range inverse[i] {
			diagonal[j] += float64(m * m)
		}
	}
	all := make([][]float64, len(g.columns)-g.inputs)
	for o := range all {
		r := g.matrix[g.inputs+o]
		all[o] = slices.Repeat([]float64{math.NaN()}, g.inputs)
		beta := make([]float64, n) // Mᵀ(Mr)
		unexplained := 1.0
		for i := range n {
			s := 0.0
			for j, m := range inverse[i] {
				s += float64(m * r[g.free[j]])
			}
			for j, m := range inverse[i] {
				beta[j] += float64(s * m)
			}
			unexplained -= float64(s * s)
		}
		for i, f := range g.free {
			left := diagonal[i] * max(unexplained, 0)
			square := float64(beta[i]*beta[i]) + left
			if !g.tied[f] && square > collinear && !g.columns[g.inputs+o].constant() {
				all[o][f] = beta[i] / math.Sqrt(square)
			}
		}
	}
	return all
}
