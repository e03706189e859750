package models_test

import (
	"math"
	"testing"

	"entente/models"
)

// A noise decays from its shock, and its multiplier takes off half the variance of an
// Ornstein–Uhlenbeck process from 0.
func TestNoise(t *testing.T) {
	s := plain(1, 1)
	s.Labs[0].ComputeNoise = &models.Noise{Volatility: is(0.4), HalfLife: is(0.5)}
	d := quiet{normals: map[string]map[int]float64{"lab.compute": {1: 1, 3: -2}}}
	onBothRoutes(t, s, d, func(t *testing.T, got trial) {
		κ := math.Ln2 / 0.5
		kick := 0.4 * math.Sqrt((1-math.Exp2(-1))/(2*κ))
		half := math.Sqrt(0.5) // of a step: what is left after a quarter
		for n, y := range []float64{1, half, half*half - 2, half*half*half - 2*half} {
			variance := 0.16 * (1 - math.Exp2(-float64(n+1))) / (2 * κ)
			wants{"deal_a.use": math.Exp(kick*y - variance/2)}.checkStep(t, got.steps[n])
		}
	})
}

// In n trials the logarithm of the multiplier has variance s²(1 − e^(−2κt))/(2κ) and minus
// half of it as mean; the multiplier itself has mean 1.
func TestNoiseDistribution(t *testing.T) {
	const (
		trials = 20_000
		s, h   = 0.5, 1.5
	)
	sys := plain(3, 1)
	sys.Labs[0].ComputeNoise = &models.Noise{Volatility: is(s), HalfLife: is(h)}
	sys.Metrics = []models.UserMetric{logarithm("deal_a.use")}
	got := byStep(t, sys, trials)
	κ := math.Ln2 / h
	for n := range 12 {
		variance := s * s * (1 - math.Exp(-2*κ*float64(n+1)/4)) / (2 * κ)
		got.lognormal(t, "deal_a.use", n, -variance/2, math.Sqrt(variance))
		got.mean(t, "deal_a.use", n, 1, math.Sqrt(math.Expm1(variance)))
	}
}
