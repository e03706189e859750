package dist

import "testing"

// An example is a distribution that the battery of every family runs over.
type example struct {
	name string
	dist Dist
}

// examples lists distributions of every family, ordinary ones and hard ones.
func examples(t testing.TB) []example {
	t.Helper()
	must := func(d Dist, err error) Dist {
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	truncate := func(d Dist, lo, hi float64) Dist { return must(Truncate(d, lo, hi)) }
	normal := must(NewNormal(0, 1))
	student := must(NewStudent(3, 0, 1))
	pert := must(NewPERT(0, 1, 4))
	coin := must(NewDiscrete([]float64{1, 3}, []float64{0, 5}))
	return []example{
		{"normal", must(NewNormal(3, 2))},
		{"normal far", must(NewNormal(1e6, 1e-3))},
		{"lognormal", must(NewLognormal(1, 0.5))},
		{"lognormal wide", must(NewLognormal(-2, 4))},
		{"logit-normal", must(NewLogitNormal(-1, 0.7, 0, 1))},
		{"logit-normal U", must(NewLogitNormal(0.5, 5, -2, 3))},
		{"interval bounded", must(Interval(0.3, 0.7, 0, 1))},
		{"interval positive", must(Interval(10, 14, 0, inf))},
		{"interval", must(Interval(-2, 5, -inf, inf))},
		{"uniform", must(NewUniform(-2, 5))},
		{"uniform to 0", must(NewUniform(-2.3, 0))},
		{"triangular", must(NewTriangular(3, 3.5, 10))},
		{"triangular late", must(NewTriangular(0, 0.8, 1))},
		{"triangular negative", must(NewTriangular(-7, -1, 0))},
		{"triangular left", must(NewTriangular(0, 0, 1))},
		{"triangular right", must(NewTriangular(-1, 0, 0))},
		{"pert", pert},
		{"pert left", must(NewPERT(0, 0, 1))},
		{"pert right", must(NewPERT(-2, 0, 0))},
		{"pert shares", must(NewPERT(0.26, 0.27, 0.30))},
		{"pert far", must(NewPERT(1e6, 1e6+1, 1e6+3))},
		{"beta", must(NewBeta(2, 5))},
		{"beta arcsine", must(NewBeta(0.5, 0.5))},
		{"beta U", must(NewBeta(0.05, 0.1))},
		{"beta low", must(NewBeta(0.1, 3))},
		{"beta high", must(NewBeta(3, 0.1))},
		{"beta narrow", must(NewBeta(2000, 3000))},
		{"beta sharp", must(NewBeta(1e5, 1e5))},
		{"beta skewed", must(NewBeta(2, 1e4))},
		{"beta negative", must(NewBetaOn(2, 0.5, -1, 0))},
		{"gamma", must(NewGamma(2, 0.5))},
		{"gamma flat", must(NewGamma(0.1, 1))},
		{"gamma tiny", must(NewGamma(0.01, 1))},
		{"gamma half", must(NewGamma(0.5, 3))},
		{"gamma large", must(NewGamma(5e4, 1))},
		{"exponential", must(NewExponential(0.25))},
		{"weibull", must(NewWeibull(1.5, 8))},
		{"weibull infant", must(NewWeibull(0.3, 1))},
		{"weibull steep", must(NewWeibull(60, 1))},
		{"student", student},
		{"student Cauchy", must(NewStudent(1, 0, 1))},
		{"student 2", must(NewStudent(2, -1, 3))},
		{"student 0.3", must(NewStudent(0.3, 0, 1))},
		{"student 30", must(NewStudent(30, 5, 2))},
		{"student 9999", must(NewStudent(9999, 0, 1))},
		{"student 1e5", must(NewStudent(1e5, 0, 1))},
		{"discrete", must(NewDiscrete([]float64{0.9, 0.1}, []float64{138, 100}))},
		{"discrete one", must(NewDiscrete([]float64{7}, []float64{3}))},
		{"discrete many", must(NewDiscrete([]float64{1, 2, 0, 3, 1e-9, 4}, []float64{5, -2, 99, 5, 7, 3}))},
		{"mixture", must(NewMixture([]float64{0.7, 0.3}, []Dist{normal, must(NewNormal(2, 0.5))}))},
		{"mixture apart", must(NewMixture([]float64{1, 1}, []Dist{normal, must(NewNormal(100, 1))}))},
		{"mixture atoms", must(NewMixture([]float64{0.25, 0.75}, []Dist{coin, must(NewLognormal(1, 0.5))}))},
		{"mixture nested", must(NewMixture([]float64{1, 2}, []Dist{pert, must(NewMixture([]float64{1, 1}, []Dist{student, must(NewUniform(10, 11))}))}))},
		{"mixture scales", must(NewMixture([]float64{9, 1}, []Dist{must(NewLognormal(0, 1)), must(NewLognormal(5, 2))}))},
		{"metalog", must(NewMetalog([]float64{0.1, 0.5, 0.9}, []float64{8, 12, 20}))},
		{"metalog two", must(NewMetalog([]float64{0.05, 0.95}, []float64{-1, 1}))},
		{"metalog five", must(NewMetalog([]float64{0.05, 0.25, 0.5, 0.75, 0.95}, []float64{1, 3, 4.5, 7, 14}))},
		{"empirical", must(NewEmpirical([]float64{3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5}))},
		{"empirical to 0", must(NewEmpirical([]float64{-9, -0.5, 0, -3}))},
		{"empirical one", must(NewEmpirical([]float64{3}))},
		{"scaled pert", must(Scale(pert, 0.3))},
		{"scaled student", must(Scale(student, 4))},
		{"scaled discrete", must(Scale(coin, 0.1))},
		{"scaled uniform", must(Scale(must(NewUniform(-2, 5)), 3))},
		{"scaled to 0", must(Scale(must(NewTriangular(-7, -1, 0)), 1.1))},
		{"shifted lognormal", must(Shift(must(NewLognormal(1, 0.5)), -2))},
		{"shifted mixture", must(Shift(must(NewMixture([]float64{0.7, 0.3}, []Dist{normal, must(NewNormal(2, 0.5))})), 3))},
		{"shifted empirical", must(Shift(must(Scale(must(NewEmpirical([]float64{1, 2, 2, 2, 10})), 0.7)), 0.1))},
		{"truncated scaled", truncate(must(Scale(pert, 0.3)), 0.1, inf)},
		{"truncated normal", truncate(normal, -1, 2)},
		{"truncated far", truncate(must(NewNormal(1e6, 1e-3)), 1e6-1e-3, inf)},
		{"truncated far pert", truncate(must(NewPERT(1e6, 1e6+1, 1e6+3)), 1e6+0.5, inf)},
		{"truncated tail", truncate(normal, 8, 9)},
		{"truncated low tail", truncate(normal, -inf, -12)},
		{"truncated pert", truncate(pert, 0.5, inf)},
		{"truncated student", truncate(student, 0, inf)},
		{"truncated student far", truncate(student, 50, 1e6)},
		{"truncated discrete", truncate(coin, 1, 6)},
		{"truncated metalog", truncate(must(NewMetalog([]float64{0.1, 0.5, 0.9}, []float64{8, 12, 20})), 5, 30)},
		{"truncated empirical", truncate(must(NewEmpirical([]float64{1, 2, 2, 2, 10})), 2, 8)},
		{"truncated twice", truncate(truncate(pert, 0.5, 3), 1, 2)},
		{"truncated mixture", truncate(must(NewMixture([]float64{1, 1}, []Dist{coin, normal})), 0, 5)},
	}
}
