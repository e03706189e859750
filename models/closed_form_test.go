package models_test

import (
	"context"
	"math"
	"testing"

	"entente/models"
	"entente/sim"
	"entente/sim/expr"
	"entente/sim/result"
	"entente/sim/rng"
)

// Tests against closed forms run many trials under a fixed seed. A sample statistic may be off
// by surely standard errors, computed from the closed form and not from the sample: a right
// program fails one comparison in 10,000.
const surely = 3.8906 // Φ⁻¹(1 − 10⁻⁴/2)

// A sample is what a run of many trials found: a system's own metrics, and those they are made
// of.
type sample struct {
	trials  float64
	metrics map[string]result.Metric
}

// byYear runs a system and takes the outcomes of each year; byStep those of each step.
func byYear(t *testing.T, s *models.System, trials int) sample {
	t.Helper()
	m, err := models.Compile(s)
	if err != nil {
		t.Fatal(err)
	}
	return manyTrials(t, s, m, trials)
}

func byStep(t *testing.T, s *models.System, trials int) sample {
	t.Helper()
	m, err := models.CompileByStep(s, models.AsDrawn)
	if err != nil {
		t.Fatal(err)
	}
	return manyTrials(t, s, m, trials)
}

func manyTrials(t *testing.T, system *models.System, m *sim.Model, trials int) sample {
	t.Helper()
	own := map[string]bool{} // and what they are made of; the summaries of others would take most of the time
	for _, metric := range system.Metrics {
		own[metric.Name] = true
		for _, of := range metric.Of {
			own[of] = true
		}
	}
	keep := func(name string) bool { return own[name] }
	r, err := sim.Run(context.Background(), m, sim.Options{Trials: trials, Seed: 1, Keep: keep})
	if err != nil {
		t.Fatal(err)
	}
	s := sample{trials: float64(trials), metrics: map[string]result.Metric{}}
	for _, metric := range r.Metrics {
		s.metrics[metric.Name] = metric
	}
	return s
}

// stat returns a metric at a year or step, counted from 0, or once per trial.
func (s sample) stat(t *testing.T, name string, n int) result.Stat {
	t.Helper()
	m, ok := s.metrics[name]
	switch {
	case !ok:
		t.Fatalf("there is no metric %s", name)
	case m.Total != nil:
		return *m.Total
	}
	return m.ByYear[n]
}

// mean holds a sample mean to the closed form, given the standard deviation of a trial.
func (s sample) mean(t *testing.T, name string, n int, want, sd float64) {
	t.Helper()
	s.near(t, name+": mean", n, s.stat(t, name, n).Mean, want, sd/math.Sqrt(s.trials))
}

// share holds the mean of a metric that is 0 or 1 to its probability.
func (s sample) share(t *testing.T, name string, n int, want float64) {
	t.Helper()
	s.mean(t, name, n, want, math.Sqrt(want*(1-want)))
}

// normal holds mean, standard deviation and quantiles to those of a normal distribution.
func (s sample) normal(t *testing.T, name string, n int, mean, sd float64) {
	t.Helper()
	got := s.stat(t, name, n)
	s.mean(t, name, n, mean, sd)
	s.near(t, name+": SD", n, got.SD, sd, sd/math.Sqrt(2*s.trials))
	for _, q := range []struct{ p, got float64 }{{0.05, got.P5}, {0.25, got.P25}, {0.5, got.P50}, {0.95, got.P95}} {
		z := Φinv(q.p)
		density := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi) / sd
		s.near(t, name+": quantile", n, q.got, mean+sd*z, math.Sqrt(q.p*(1-q.p)/s.trials)/density)
	}
}

// lognormal does the same with a metric's logarithm, which must be among the system's metrics.
func (s sample) lognormal(t *testing.T, name string, n int, mean, sd float64) {
	t.Helper()
	s.normal(t, "log "+name, n, mean, sd)
}

func (s sample) near(t *testing.T, what string, n int, got, want, se float64) {
	t.Helper()
	if !(math.Abs(got-want) <= surely*se+1e-12*math.Abs(want)) {
		t.Errorf("%s at %d is %.8g, want %.8g: %.2f standard errors away", what, n, got, want, (got-want)/se)
	}
}

func Φinv(p float64) float64 {
	x := []float64{p}
	rng.Normals(x)
	return x[0]
}

// each is the user metric f of others, trial by trial.
func each(name string, f func(x ...expr.X) expr.X, of ...string) models.UserMetric {
	return models.UserMetric{Name: name, Of: of, Combine: func(of []expr.X) expr.X { return f(of...) }}
}

func logarithm(of string) models.UserMetric {
	return each("log "+of, func(x ...expr.X) expr.X { return expr.Log(x[0]) }, of)
}

// indicator is 1 where x is above limit, else 0.
func indicator(name string, limit float64, of string) models.UserMetric {
	return each(name, func(x ...expr.X) expr.X { return x[0].Plus(-limit).Above(x[0].Times(0)) }, of)
}

// expGaussian is the distribution of exp(mean + sd·z).
type expGaussian struct{ mean, sd float64 }

func (g expGaussian) Quantile(p []float64) {
	rng.Normals(p)
	for i, z := range p {
		p[i] = math.Exp(g.mean + g.sd*z)
	}
}
