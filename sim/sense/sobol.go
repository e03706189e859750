package sense

import "math"

// An Index is what a group of inputs does to the variance of an output: by itself, and with all
// interactions that it takes part in. As estimates they may come out below 0, by noise.
type Index struct{ First, Total Estimate }

// Indices returns the Sobol indices of groups of inputs,
//
//	S = Var(E(Y|X_g))/Var(Y),   S_T = E(Var(Y|X_~g))/Var(Y)
//
// from runs of a model: a and b with two independent designs of all inputs, and for each group
// one in ab with its inputs as in b and all others as in a,
//
//	S   = ρ(f_B, f_AB) − (1 − S_T)·ρ(f_A, f_B)
//	S_T = mean((f_A − f_AB)²)/2V,   V = the variance of f_A and f_B together
//
//	ρ(f, g) = (mean(f·g) − m²)/(mean((f² + g²)/2) − m²),   m = mean((f + g)/2)
//
// (ρ(f_B, f_AB): Janon, Klein, Lagnoux, Nodet and Prieur, "Asymptotic normality and efficiency of
// two Sobol index estimators", 2014; S_T: Jansen, "Analysis of variance designs for model output",
// 1999), and the sum of the S. ρ(f_A, f_B) is 0 but for the chance of the trials, and f_AB, whose
// correlation with f_A is 1 − S_T, has that share of the same chance: as a control variate it takes
// most of the noise out of the indices that are small, and out of the sum (as Glen and Isaacs,
// "Estimating Sobol sensitivity indices using correlations", 2012, do). Of a group that does
// nothing both indices are exactly 0.
//
// Values must be finite. Trial k is of replicate k mod 16, of independent replicates of the
// design; intervals are those of a jackknife over these, and so hold for scrambled Sobol points
// as for independent trials. Of an output that does not vary all is NaN.
func Indices(a, b []float64, ab [][]float64) (list []Index, sum Estimate) {
	var sums [Parts]float64
	for _, f := range ab {
		var p [Parts]moments
		var all moments
		centre := a[0] // against cancellation
		for k := range a {
			p[k%Parts].add(a[k]-centre, b[k]-centre, f[k]-centre)
		}
		for r := range p {
			all.plus(&p[r], 1)
		}
		var first, total [Parts]float64
		for r := range p {
			rest := all
			rest.plus(&p[r], -1)
			first[r], total[r] = rest.first(), rest.total()
			sums[r] += first[r]
		}
		i := Index{Jackknifed(all.first(), &first), Jackknifed(all.total(), &total)}
		list = append(list, i)
		sum.Value += i.First.Value
	}
	return list, Jackknifed(sum.Value, &sums)
}

// moments are sums over trials.
type moments struct {
	n                 float64
	a, b, ab          float64 // Σf
	aa, bb, abab      float64 // Σf²
	bTimesA, bTimesAB float64 // Σ f_B·f
	different         float64 // Σ (f_A − f_AB)²
}

func (m *moments) add(a, b, ab float64) {
	m.n++
	m.a += a
	m.b += b
	m.ab += ab
	m.aa += float64(a * a)
	m.bb += float64(b * b)
	m.abab += float64(ab * ab)
	m.bTimesA += float64(b * a)
	m.bTimesAB += float64(b * ab)
	m.different += float64((a - ab) * (a - ab))
}

func (m *moments) plus(o *moments, sign float64) {
	m.n += sign * o.n
	m.a += sign * o.a
	m.b += sign * o.b
	m.ab += sign * o.ab
	m.aa += sign * o.aa
	m.bb += sign * o.bb
	m.abab += sign * o.abab
	m.bTimesA += sign * o.bTimesA
	m.bTimesAB += sign * o.bTimesAB
	m.different += sign * o.different
}

func (m *moments) first() float64 {
	same := (1 - m.total()) * m.correlation(m.a, m.aa, m.bTimesA)
	return m.correlation(m.ab, m.abab, m.bTimesAB) - same
}

// correlation is that of f_B with one whose Σf, Σf² and Σ f_B·f are given.
func (m *moments) correlation(sum, squares, product float64) float64 {
	mean := (m.b + sum) / (2 * m.n)
	square := float64(mean * mean)
	return ratio(product/m.n-square, (m.bb+squares)/(2*m.n)-square)
}

func (m *moments) total() float64 {
	mean := (m.a + m.b) / (2 * m.n)
	return ratio(m.different/(2*m.n), (m.aa+m.bb)/(2*m.n)-float64(mean*mean))
}

func ratio(part, whole float64) float64 {
	if !(whole > 0) {
		return math.NaN()
	}
	return part / whole
}
