package models_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"entente/models"
	"entente/sim"
)

// inShort writes happenings short.
func inShort(hs []models.Happening) []string {
	var list []string
	for _, h := range hs {
		list = append(list, fmt.Sprintf("%s %d-%d %s %s %.4g %.4g %d", h.Kind, h.From, h.To, h.Who, h.Whom, h.Amount, h.Parts, h.Times))
	}
	return list
}

// What is told of a trial is what its paths say, each kind once.
func TestHappenings(t *testing.T) {
	s := &models.System{
		Years:  2,
		Clouds: []models.Cloud{{ID: "one", Owner: "owner"}, {ID: "two"}},
		Labs:   []models.Lab{{ID: "lab"}},
		Alliances: []models.Alliance{
			{ID: "lab_one", Lab: "lab", Cloud: "one", Commitments: []models.Commitment{{}},
				Tranches: []models.Tranche{{Investor: "owner"}, {Investor: "fund"}, {Investor: "owner"}}},
			{ID: "lab_two", Lab: "lab", Cloud: "two"},
		},
		Events: []models.Event{{ID: "shock"}},
	}
	paths := []models.Path{
		{Name: "shock.starts", Values: []float64{0, 1, 0, 1, 0, 0, 1, 0}},
		{Name: "shock.active", Values: []float64{0, 1, 1, 1, 0, 0, 1, 1}}, // starts again at once in step 3
		{Name: "lab.fails", Values: []float64{0, 0, 0, 0, 0, 0, 1, 0}},
		{Name: "lab.raised", Values: []float64{3, 0, 4, 0, 0, 5, 0, 0}},
		{Name: "lab.capital_to_be_had", Values: []float64{1, 1, 0, 1, 1, 1, 1, 1}},
		{Name: "lab.austere_next", Values: []float64{0, 0, 1, 1, 0, 0, 0, 1}},
		{Name: "lab.lacking", Values: []float64{0, 0, 0, 0, 0, 0, 7, 0}},
		{Name: "lab.tranches.0", Values: []float64{0, 2, 0, 0, 0, 0, 0, 0}},
		{Name: "lab.tranches.1", Values: []float64{0, 1, 0, 0, 0, 0, 0, 0}},
		{Name: "lab.tranches.2", Values: []float64{0, 3, 0, 0, 0, 0, 0, 0}},
		{Name: "lab.run_rate_at_start", Values: []float64{9, 9, 9, 9, 9, 9, 9, 9}},
		{Name: "lab.run_rate", Values: []float64{12, 30, 120, 110, 70, 50, 5, 25}},
		{Name: "lab_one.use", Values: []float64{6, 6, 4, 6, 1, 1, 1, 1}}, // two leads in step 2, too, but not for a year
		{Name: "lab_two.use", Values: []float64{4, 4, 6, 4, 3, 3, 3, 3}},
		{Name: "lab_one.shortfall", Values: []float64{0, 1, 0, 2, 0, 0, 0, 0}},
		{Name: "lab_one.waived", Values: []float64{0, 0.5, 0, 0, 0, 0, 0, 0}},
		{Name: "lab_one.backlog", Values: []float64{9, 5, 3, 1, 0, 0, 0, 0}},
		{Name: "lab_one.lost_equity", Values: []float64{0, 0, 0, 0, 0, 0, 4, 0}},
		{Name: "lab_one.lost_receivables", Values: []float64{0, 0, 0, 0, 0, 0, 2, 0}},
		{Name: "lab_one.lost_plant", Values: []float64{0, 0, 0, 0, 0, 0, 1, 0}},
		{Name: "lab_two.lost_receivables", Values: []float64{0, 0, 0, 0, 0, 0, 0, 0}},
		{Name: "lab_two.lost_plant", Values: []float64{0, 0, 0, 0, 0, 0, 0.01, 0}}, // too little to tell of
		{Name: "one.exposure", Values: []float64{1, 2, 3, 9, 5, 4, 0, 0}},
		{Name: "two.exposure", Values: []float64{1, 2, 3, 4, 5, 6, 7, 8}}, // highest at the end: no peak
	}
	got, want := inShort(models.Happenings(s, paths)), []string{
		"raise 0-2 lab  7 [4] 2",
		"run_rate 0-0 lab  10 [] 0", // from 9 at the start
		"event 1-2 shock  0 [] 0",
		"tranche 1-1 owner lab 5 [] 0",
		"tranche 1-1 fund lab 1 [] 0",
		"run_rate 1-1 lab  20 [] 0",
		"shortfall 1-3 lab one 3 [0.5] 0",
		"run_rate 2-2 lab  100 [] 0",
		"event 3-3 shock  0 [] 0",
		"austerity 3-4 lab  0 [] 0",
		"peak 3-3 one  9 [] 0",
		"lead 4-4 lab two 0.75 [] 0",
		"credited 4-4 lab one 0 [] 0",
		"raise 5-5 lab  5 [0] 1",
		"halved 5-5 lab  120 [] 0",
		"event 6-7 shock  0 [] 0",
		"failure 6-6 lab  7 [] 0",
		"loss 6-6 one lab 7 [4 2 1] 0",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%q\nwant:\n%q", got, want)
	}
}

// In random systems the amounts that are told are those of the metrics: what is raised, paid in
// and lost by failures.
func TestHappeningsAddUp(t *testing.T) {
	kinds := map[models.HappeningKind]int{}
	for k := range uint64(40) {
		s := randomSystem(rand.New(rand.NewPCG(40, k)))
		l, traces := books(t, s, sim.Options{Trials: 20, Seed: k}, 0, 5, 11, 19)
		m, err := models.Compile(s)
		if err != nil {
			t.Fatal(err)
		}
		list, err := sim.Trials(context.Background(), m, sim.Options{Trials: 20, Seed: k})
		if err != nil {
			t.Fatal(err)
		}
		for _, trace := range traces {
			totals := map[string]float64{}
			for _, o := range list {
				totals[o.Outcome] += o.Values[trace.Trial]
			}
			_, paths := l.Read(trace.Values)
			sums := map[string]float64{}
			tellable := 0.0
			for _, h := range models.Happenings(s, paths) {
				kinds[h.Kind]++
				switch h.Kind {
				case models.CapitalRaised:
					sums[h.Who+".raised"] += h.Amount
				case models.CloudLost:
					sums[h.Who+".loss"] += h.Amount
				case models.LabFailed:
					sums[h.Who+".failed"]++
				}
				if h.From < 0 || h.To < h.From || h.To >= 4*s.Years {
					t.Fatalf("system %d: %+v", k, h)
				}
				tellable += math.Abs(h.Amount)
			}
			for _, lab := range s.Labs {
				if name := lab.ID + ".raised"; math.Abs(sums[name]-totals[name]) > 0.05*float64(s.Years*4)+1e-9*tellable {
					t.Errorf("system %d, trial %d: told is %v of %s, which is %v", k, trace.Trial, sums[name], name, totals[name])
				}
				if name := lab.ID + ".failed"; sums[name] != totals[name] {
					t.Errorf("system %d, trial %d: told is %v of %s, which is %v", k, trace.Trial, sums[name], name, totals[name])
				}
			}
			for _, cl := range s.Clouds {
				if name := cl.ID + ".loss"; math.Abs(sums[name]-totals[name]) > 0.05*float64(len(s.Alliances))+1e-9*tellable {
					t.Errorf("system %d, trial %d: told is %v of %s, which is %v", k, trace.Trial, sums[name], name, totals[name])
				}
			}
		}
	}
	for _, kind := range []models.HappeningKind{models.EventActive, models.TranchesPaid, models.CapitalRaised, models.Austerity, models.RunRateReached,
		models.RunRateHalved, models.LabFailed, models.CloudLost, models.CommitmentMissed, models.CommitmentsDone, models.LeadTaken, models.ExposurePeaked} {
		if kinds[kind] == 0 {
			t.Errorf("nothing of the kind %q was told", kind)
		}
	}
}

// Without lines the paths are the same.
func TestPathsAlone(t *testing.T) {
	s := randomSystem(rand.New(rand.NewPCG(40, 7)))
	opt := sim.Options{Trials: 20, Seed: 2}
	l, traces := books(t, s, opt, 13)
	_, want := l.Read(traces[0].Values)
	m, alone, err := models.CompilePaths(s)
	if err != nil {
		t.Fatal(err)
	}
	traces, err = sim.Traces(context.Background(), m, opt, alone.Expressions(), 13)
	if err != nil {
		t.Fatal(err)
	}
	lines, got := alone.Read(traces[0].Values)
	if len(lines) != 0 || len(got) != len(want) || len(got) == 0 {
		t.Fatalf("%d lines, %d paths of %d", len(lines), len(got), len(want))
	}
	for i, p := range got {
		if p.Name != want[i].Name || !slices.Equal(p.Values, want[i].Values) {
			t.Errorf("%s is %v, with lines %v", p.Name, p.Values, want[i].Values)
		}
	}
}

// What a lab's revenue has passed at the start it does not reach, though it falls below it and
// passes it again.
func TestRunRateReachedAgain(t *testing.T) {
	s := &models.System{Years: 1, Labs: []models.Lab{{ID: "lab"}}}
	zero := make([]float64, 4)
	got := inShort(models.Happenings(s, []models.Path{
		{Name: "lab.run_rate_at_start", Values: []float64{51, 51, 51, 51}},
		{Name: "lab.run_rate", Values: []float64{48, 52, 30, 24}},
		{Name: "lab.fails", Values: zero}, {Name: "lab.raised", Values: zero},
	}))
	if want := []string{"halved 3-3 lab  52 [] 0"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
