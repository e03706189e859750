package sim_test

import (
	"context"
	"fmt"
	"path"
	"testing"

	"entente/models"
	"entente/scenarios"
	"entente/sim"
)

// keyMetrics are what most readers want to know: how exposed each cloud is and how much of its
// revenue the labs are, year by year; what comes of it; and whether the labs live.
var keyMetrics = []string{
	"*.exposure", "*.equity", "*.credit_exposure", "*.concentration", "*.lab_revenue", "*.revenue", "*.npv", "*.loss_total",
	"*.peak_exposure", "*.breakeven_time", "*.run_rate", "*.failed", "*.failure_time",
}

// key says whether a metric is one of them: of a cloud or a lab, not of an alliance.
func key(m *sim.Model, s *models.System) func(name string) bool {
	keep := map[string]bool{}
	for _, o := range m.Outcomes {
		for _, glob := range keyMetrics {
			if ok, _ := path.Match(glob, o.Name); ok {
				keep[o.Name] = true
			}
		}
	}
	for _, a := range s.Alliances {
		for _, glob := range keyMetrics {
			delete(keep, a.ID+glob[1:])
		}
	}
	return func(name string) bool { return keep[name] }
}

func all(string) bool { return true }

func baseline(tb testing.TB) (*sim.Model, *models.System) {
	s, err := scenarios.Load("baseline", scenarios.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	m, err := models.Compile(s.System)
	if err != nil {
		tb.Fatal(err)
	}
	return m, s.System
}

// BenchmarkRun is the built-in baseline from the compiled model to the statistics, on one core.
func BenchmarkRun(b *testing.B) {
	m, s := baseline(b)
	for _, c := range []struct {
		name    string
		keep    func(string) bool
		workers int
	}{{"key", key(m, s), 1}, {"all", all, 1}, {"all-2-workers", all, 2}} {
		b.Run(c.name, func(b *testing.B) {
			const trials = 50_000
			for b.Loop() {
				opt := sim.Options{Trials: trials, Seed: 1, Workers: c.workers, Keep: c.keep}
				if _, err := sim.Run(context.Background(), m, opt); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(trials*float64(b.N)/b.Elapsed().Seconds(), "trials/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkPart says where a trial's nanoseconds go, everything recorded.
func BenchmarkPart(b *testing.B) {
	m, _ := baseline(b)
	const trials = 100 * sim.Width
	p, err := sim.NewParts(m, sim.Options{Trials: trials, Seed: 1, Workers: 1})
	if err != nil {
		b.Fatal(err)
	}
	part := func(name string, trials int, f func()) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				f()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(trials), "ns/trial")
			b.ReportMetric(0, "ns/op")
		})
	}
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	part("inputs", sim.Width, p.Inputs)
	part("shocks", sim.Width, p.Shocks)
	part("operations", sim.Width, p.Compute)
	part("recording", sim.Width, p.Record)
	part("whole-batch", sim.Width, func() { must(p.Batch()) })
	part("statistics", trials, func() { must(p.Summarize()) })
	b.Logf("%d values recorded, %d operations, %d columns", p.Recorded(), p.Operations(), p.Columns())
}

// BenchmarkScale is a run with everything kept, by years and by labs: the baseline's labs and
// alliances over again, with shocks of their own.
func BenchmarkScale(b *testing.B) {
	_, baseline := baseline(b)
	for _, c := range []struct{ years, times int }{{5, 1}, {10, 1}, {20, 1}, {10, 2}, {10, 4}} {
		b.Run(fmt.Sprintf("years=%d/labs=%d", c.years, 2*c.times), func(b *testing.B) {
			s := *baseline
			s.Years = c.years
			for k := 1; k < c.times; k++ {
				again := func(id string) string { return fmt.Sprintf("%s_%d", id, k) }
				for _, l := range baseline.Labs {
					l.ID = again(l.ID)
					s.Labs = append(s.Labs, l)
				}
				for _, a := range baseline.Alliances {
					a.ID, a.Lab = again(a.ID), again(a.Lab)
					s.Alliances = append(s.Alliances, a)
				}
			}
			m, err := models.Compile(&s)
			if err != nil {
				b.Fatal(err)
			}
			const trials = 10_000
			for b.Loop() {
				if _, err := sim.Run(context.Background(), m, sim.Options{Trials: trials, Seed: 1, Workers: 1}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/trials, "ns/trial")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkPrecision says what a sampler's second buys: how many independent trials it is worth,
// as to the means of the clouds' npv and exposure. The standard errors are those that the
// results print, which 16 replicates know to about a fifth.
func BenchmarkPrecision(b *testing.B) {
	const trials = 1 << 14
	squares := squaredErrors(b, trials)
	independent := squares(sim.Random, 1)
	for _, sampler := range sim.Samplers() {
		b.Run(string(sampler), func(b *testing.B) {
			var list []float64
			for b.Loop() {
				list = squares(sampler, 1)
			}
			b.ReportMetric(trials/meanRatio(list, independent)*float64(b.N)/b.Elapsed().Seconds(), "independent-trials/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkCompile reads, checks, traces and compiles the baseline.
func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		m, _ := baseline(b)
		if _, err := sim.NewParts(m, sim.Options{Trials: sim.Width, Workers: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
