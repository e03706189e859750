package main

import (
	"context"
	"testing"

	"entente/models"
	"entente/scenarios"
	"entente/sim"
)

// BenchmarkBaseline is the built-in baseline at 20,000 trials, all metrics, on one core.
func BenchmarkBaseline(b *testing.B) {
	s, err := scenarios.Load("baseline", scenarios.Options{})
	if err != nil {
		b.Fatal(err)
	}
	m, err := models.Compile(s.System)
	if err != nil {
		b.Fatal(err)
	}
	const trials = 20_000
	for b.Loop() {
		if _, err := sim.Run(context.Background(), m, sim.Options{Trials: trials, Seed: 1, Workers: 1}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(trials*float64(b.N)/b.Elapsed().Seconds(), "trials/s")
}
