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
//	S   = (mean(f_B·f_AB) − m²)/(mean((f_B² + f_AB²)/2) − m²),   m = mean((f_B + f_AB)/2)
//	S_T = mean((f_A − f_AB)²)/2V,                                V = the variance of f_A and f_B together
//
// (S: Janon, Klein, Lagnoux, Nodet and Prieur, "Asymptotic normality and efficiency of two Sobol
// index estimators", 2014; S_T: Jansen, "Analysis of variance designs for model output", 1999),
// and the sum of the S. Values must be finite. Trial k is of replicate k mod 16, of independent
// replicates of the design; intervals are those of a jackknife over these, and so hold for
// scrambled Sobol points as for independent trials. Of an output that does not vary all is NaN.
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
			first[r], total[r] = rest.janon(), rest.jansen()
			sums[r] += first[r]
		}
		i := Index{Jackknifed(all.janon(), &first), Jackknifed(all.jansen(), &total)}
		list = append(list, i)
		sum.Value += i.First.Value
	}
	return list, Jackknifed(sum.Value, &sums)
}

// moments are sums over trials.
type moments struct {
	n                  float64
	a, b, ab           float64 // Σf
	aa, bb, abab       float64 // Σf²
	product, different float64 // Σ f_B·f_AB, Σ (f_A − f_AB)²
}

func (m *moments) add(a, b, ab float64) {
	m.n++
	m.a += a
	m.b += b
	m.ab += ab
	m.aa += float64(a * a)
	m.bb += float64(b * b)
	m.abab += float64(ab * ab)
	m.product += float64(b * ab)
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
	m.product += sign * o.product
	m.different += sign * o.different
}

func (m *moments) janon() float64 {
	mean := (m.b + m.ab) / (2 * m.n)
	square := float64(mean * mean)
	return ratio(m.product/m.n-square, (m.bb+m.abab)/(2*m.n)-square)
}

func (m *moments) jansen() float64 {
	mean := (m.a + m.b) / (2 * m.n)
	return ratio(m.different/(2*m.n), (m.aa+m.bb)/(2*m.n)-float64(mean*mean))
}

func ratio(part, whole float64) float64 {
	if !(whole > 0) {
		return math.NaN()
	}
	return part / whole
}
