package dist

import "fmt"

// A Kind is a family of distributions whose parameters are plain numbers.
type Kind struct {
	Name       string   // as scenarios write it
	Parameters []string // in order
	Optional   int      // how many of the last may be left out, all or none
	Doc        string   // one sentence
	make       func(args []float64) (Dist, error)
}

// New returns the distribution of this kind with the given parameters.
func (k Kind) New(args []float64) (Dist, error) {
	all, few := len(k.Parameters), len(k.Parameters)-k.Optional
	if len(args) != all && len(args) != few {
		want := signature(k.Name, k.Parameters)
		if few != all {
			want = signature(k.Name, k.Parameters[:few]) + " or " + want
		}
		return nil, fmt.Errorf("%s has %d numbers: it must be %s", k.Name, len(args), want)
	}
	return k.make(args)
}

func signature(name string, parameters []string) string {
	s := name + "("
	for i, p := range parameters {
		if i > 0 {
			s += ", "
		}
		s += p
	}
	return s + ")"
}

// Kinds lists the families whose parameters are plain numbers, in the order in which the
// documentation explains them. Discrete, Mixture, Metalog, Empirical, Truncate and Interval
// take more than numbers and are not among them.
func Kinds() []Kind {
	two := func(f func(a, b float64) (Dist, error)) func([]float64) (Dist, error) {
		return func(v []float64) (Dist, error) { return f(v[0], v[1]) }
	}
	three := func(f func(a, b, c float64) (Dist, error)) func([]float64) (Dist, error) {
		return func(v []float64) (Dist, error) { return f(v[0], v[1], v[2]) }
	}
	return []Kind{
		{"normal", []string{"mean", "sd"}, 0,
			"The normal distribution.", two(NewNormal)},
		{"lognormal", []string{"mu", "sigma"}, 0,
			"A number whose logarithm is normal with mean mu and standard deviation sigma; its median is exp(mu).", two(NewLognormal)},
		{"uniform", []string{"a", "b"}, 0,
			"Every value from a to b is equally likely.", two(NewUniform)},
		{"triangular", []string{"min", "mode", "max"}, 0,
			"A density that rises straight from min to mode and falls straight to max.", three(NewTriangular)},
		{"pert", []string{"min", "mode", "max"}, 0,
			"A beta distribution from min to max with mean (min + 4 mode + max)/6.", three(NewPERT)},
		{"beta", []string{"a", "b", "min", "max"}, 2,
			"The beta distribution with shapes a and b, from min to max, or from 0 to 1.", func(v []float64) (Dist, error) {
				if len(v) == 2 {
					return NewBeta(v[0], v[1])
				}
				return NewBetaOn(v[0], v[1], v[2], v[3])
			}},
		{"gamma", []string{"shape", "rate"}, 0,
			"The gamma distribution; its mean is shape/rate.", two(NewGamma)},
		{"exponential", []string{"rate"}, 0,
			"The time to an event that happens rate times a unit of time; its mean is 1/rate.", func(v []float64) (Dist, error) {
				return NewExponential(v[0])
			}},
		{"weibull", []string{"shape", "scale"}, 0,
			"A time to failure whose hazard rises with age for a shape above 1; 63 % lie below scale.", two(NewWeibull)},
		{"student", []string{"df", "loc", "scale"}, 0,
			"Student's t with df degrees of freedom, scale times as wide, around loc; its tails are heavy.", three(NewStudent)},
	}
}
