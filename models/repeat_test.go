package models_test

import (
	"context"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"entente/models"
	"entente/sim"
)

// In random systems a point more, after others were compiled, has in every seed the values that
// its own system has, to the last bit; also where it differs in what was the same in the others.
func TestAnotherPointIsARun(t *testing.T) {
	ctx := context.Background()
	shared, alone := 0, 0
	for k := range uint64(6) {
		// Every number of one kind is f times what it is.
		scaledBy := func(f float64, every, rest int) *models.System {
			s := randomSystem(rand.New(rand.NewPCG(91, k)))
			for i, v := range valuesOf(reflect.ValueOf(s).Elem()) {
				switch {
				case v.Path == "" || i%every != rest:
				case v.Dist != nil:
					v.Dist = scaled{v.Dist, f}
				default:
					v.Const *= f
				}
			}
			return s
		}
		var points models.Points
		first := scaledBy(1, 5, 2)
		points.Add(first)
		if !points.Same() {
			t.Error("one system is not the same as itself")
		}
		points.Add(scaledBy(0.8, 5, 2))
		if points.Same() {
			t.Error("two systems are the same")
		}
		compiled, err := points.Compile()
		if err != nil {
			t.Fatal(err)
		}
		opt := sim.Options{Trials: 90, Sampler: sim.Samplers()[k%3], Beside: compiled[0].Model}
		repeat, err := sim.NewRepeat(opt)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []*models.System{scaledBy(0.9, 5, 2), scaledBy(0.85, 5, 2), scaledBy(0, 5, 2), scaledBy(0.9, 5, 3)} {
			p, err := points.Another(s)
			if err != nil {
				t.Fatal(err)
			}
			if p.Model == compiled[0].Model {
				shared++
			} else {
				alone++
			}
			for seed := range uint64(2) {
				m, err := models.Compile(s)
				if err != nil {
					t.Fatal(err)
				}
				own := opt
				own.Seed = seed
				want, err := sim.Trials(ctx, m, own)
				got, failed := repeat.Trials(ctx, p, seed)
				if (err == nil) != (failed == nil) {
					t.Fatalf("system %d: %v, and in a run %v", k, failed, err)
				}
				for i, w := range want {
					for trial, x := range w.Values {
						if math.Float64bits(x) != math.Float64bits(got[i].Values[trial]) {
							t.Fatalf("system %d, seed %d: %s is %v in trial %d, and %v in a run", k, seed, w.Outcome, got[i].Values[trial], trial, x)
						}
					}
				}
			}
		}
	}
	if shared < 8 || alone < 6 {
		t.Errorf("%d points of a model that was there, %d of their own: too few to tell", shared, alone)
	}
}
