package models_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"entente/models"
	"entente/sim"
	"entente/sim/expr"
)

// What a reader of the model computes by hand must come out of both routes: the columns, which
// the program runs, and the scalar reference, which is there to disagree with them. The tests
// of the mechanisms, one file each, are written once and run on both.

// A trial is one trial of a system, by step and as it is reported.
type trial struct {
	steps   []refStep
	metrics map[string][]float64
}

// onBothRoutes runs check on a system's trial under the given draws, by either route.
func onBothRoutes(t *testing.T, s *models.System, d quiet, check func(t *testing.T, got trial)) {
	t.Helper()
	t.Run("columns", func(t *testing.T) { check(t, columns(t, s, d)) })
	t.Run("reference", func(t *testing.T) {
		check(t, trial{newRefTrial(s, d).run(), reference(s, d)})
	})
}

// columns runs one trial of the compiled system under the given draws.
func columns(t *testing.T, s *models.System, d quiet) trial {
	t.Helper()
	m, err := models.CompileWith(s, d.draws)
	if err != nil {
		t.Fatal(err)
	}
	byStep, err := models.CompileByStep(s, d.draws)
	if err != nil {
		t.Fatal(err)
	}
	got := trial{metrics: single(t, m)}
	values := single(t, byStep)
	for n := range byStep.Years {
		step := refStep{}
		for name, x := range values {
			if len(x) == byStep.Years {
				step[name] = x[n]
			}
		}
		got.steps = append(got.steps, step)
	}
	return got
}

// single runs one trial of a model and returns its values.
func single(t *testing.T, m *sim.Model) map[string][]float64 {
	t.Helper()
	r, err := sim.Run(context.Background(), m, sim.Options{Trials: 1, Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	values := map[string][]float64{}
	for _, metric := range r.Metrics {
		if metric.Total != nil {
			values[metric.Name] = []float64{metric.Total.Mean}
		}
		for _, stat := range metric.ByYear {
			values[metric.Name] = append(values[metric.Name], stat.Mean)
		}
	}
	return values
}

// quiet draws no surprises, but for those it is told of.
type quiet struct {
	normals  map[string]map[int]float64
	uniforms map[string]map[int]float64 // 0.5 where nothing is said
}

func (quiet) input(_ string, v models.Value) float64 { return v.Const }

func (q quiet) normal(shock string, index int) float64 { return q.normals[shock][index] }

func (q quiet) uniform(name string, index int) float64 {
	if u, ok := q.uniforms[name][index]; ok {
		return u
	}
	return 0.5
}

// draws makes a model draw what q says: its inputs, which in these tests are the times of
// events alone, and its shocks become inputs of one value.
func (q quiet) draws(d models.Draws) models.Draws { return told{d, q} }

type told struct {
	models.Draws
	quiet
}

func (d told) Input(name string, _ sim.Dist) expr.X { return d.Uniform(name, 0) }

func (d told) Normal(name string, index int) expr.X {
	return d.Draws.Input(fmt.Sprintf("%s %d", name, index), between{d.normal(name, index), d.normal(name, index)})
}

func (d told) Uniform(name string, index int) expr.X {
	return d.Draws.Input(fmt.Sprintf("%s %d", name, index), between{d.uniform(name, index), d.uniform(name, index)})
}

func is(x float64) models.Value { return models.Value{Const: x} }

func at(x float64) *models.Value { return &models.Value{Const: x} }

func still(x float64) models.Glide { return models.Glide{Initial: is(x)} }

func moving(from, to, halfLife float64) models.Glide {
	return models.Glide{Initial: is(from), LongRun: is(to), HalfLife: is(halfLife), Moves: true}
}

// plainDeal is an alliance of lab and a cloud with every mechanism off.
func plainDeal(id, cloud string, share float64) models.Alliance {
	return models.Alliance{
		ID: id, Lab: "lab", Cloud: cloud,
		Share: still(share), Price: is(1), Attraction: is(1),
		Exclusivity:  models.Exclusivity{ChurnFactor: is(1), Until: math.Inf(1)},
		RevenueShare: models.RevenueShare{Until: math.Inf(1)},
		Resale:       models.Resale{Until: math.Inf(1)},
	}
}

// plain is a lab that sells for 1 in every quarter and spends all of it on its clouds, with
// equal shares.
func plain(years, clouds int) *models.System {
	s := &models.System{Years: years}
	s.Labs = []models.Lab{{
		ID:           "lab",
		Revenue:      models.Revenue{RunRate: is(4)},
		ComputeRatio: still(1),
	}}
	for _, x := range []string{"a", "b", "c"}[:clouds] {
		s.Clouds = append(s.Clouds, models.Cloud{ID: "cloud_" + x, Owner: "owner_" + x, Revenue: models.Revenue{RunRate: is(40)}})
		s.Alliances = append(s.Alliances, plainDeal("deal_"+x, "cloud_"+x, 1))
	}
	return s
}

// wants are expected values by the name of what is measured.
type wants map[string]float64

func (w wants) checkStep(t *testing.T, step refStep) {
	t.Helper()
	for name, want := range w {
		if got := step.get(name); !near(got, want, want) {
			t.Errorf("%s = %.12g, want %.12g", name, got, want)
		}
	}
}

// check compares a metric with what it must be, year by year or once per trial; NaN is no
// value.
func (got trial) check(t *testing.T, name string, want ...float64) {
	t.Helper()
	same := func(a, b float64) bool { return near(a, b, b) || math.IsNaN(a) && math.IsNaN(b) }
	if !slices.EqualFunc(got.metrics[name], want, same) {
		t.Errorf("%s = %v, want %v", name, got.metrics[name], want)
	}
}
