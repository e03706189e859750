package models_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"entente/models"
	"entente/sim"
	"entente/sim/result"
)

// valuesOf lists the values of a system.
func valuesOf(v reflect.Value) []*models.Value {
	if p, ok := v.Addr().Interface().(*models.Value); ok {
		return []*models.Value{p}
	}
	var list []*models.Value
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			list = append(list, valuesOf(v.Field(i))...)
		}
	case reflect.Slice:
		for i := range v.Len() {
			list = append(list, valuesOf(v.Index(i))...)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			list = valuesOf(v.Elem())
		}
	}
	return list
}

// sameRow compares what a sweep says of a metric with what a run says, bit by bit.
func sameRow(row result.SweepRow, s result.Stat) error {
	a, b := reflect.ValueOf(row.Stat), reflect.ValueOf(s)
	for i := range a.NumField() {
		if a.Field(i).Kind() == reflect.Float64 && math.Float64bits(a.Field(i).Float()) != math.Float64bits(b.Field(i).Float()) {
			return fmt.Errorf("%s of %s in year %d is %v, but %v in a run", a.Type().Field(i).Name, row.Metric, row.Stat.Year, a.Field(i), b.Field(i))
		}
	}
	return nil
}

// In random systems, with any of their numbers and distributions changed, a point of a sweep is
// what a run of its system is, to the last bit, for any number of workers; and the first differs
// from itself by nothing.
func TestPointsAreRuns(t *testing.T) {
	compared, together, alone := 0, 0, 0
	for k := range uint64(9) {
		var systems []*models.System
		for p := range 6 {
			s := randomSystem(rand.New(rand.NewPCG(77, k)))
			r := rand.New(rand.NewPCG(78+k, uint64(p)))
			for _, v := range valuesOf(reflect.ValueOf(s).Elem()) {
				switch {
				case p == 0 || v.Path == "" || r.IntN(1+p%3*8) > 0:
				case v.Dist != nil:
					v.Dist = scaled{v.Dist, 0.9}
				case p == 4:
					v.Const *= float64(r.IntN(2)) // 0, and what it was
				default:
					v.Const *= []float64{0.9, 1, 0.5}[r.IntN(3)]
				}
			}
			if p == 5 && s.Years > 1 {
				s.Years-- // another structure
			}
			systems = append(systems, s)
		}
		var points models.Points
		for _, s := range systems {
			points.Add(s)
		}
		list, err := points.Compile()
		if err != nil {
			t.Fatal(err)
		}
		for p := range list[1:] {
			if list[p+1].Model == list[0].Model {
				together++
			} else {
				alone++
			}
		}
		opt := sim.Options{Trials: 100, Seed: k, Sampler: sim.Samplers()[k%3], Workers: int(1 + k%3)}
		told := 0
		err = sim.Sweep(context.Background(), list, opt, nil, func(p int, rows []result.SweepRow, failed error) error {
			told++
			m, err := models.Compile(systems[p])
			if err != nil {
				return err
			}
			own := opt
			own.Workers = 1
			if own.Beside, err = models.Compile(systems[0]); err != nil {
				return err
			}
			if p == 0 {
				own.Beside = nil
			}
			want, err := sim.Run(context.Background(), m, own)
			if (err == nil) != (failed == nil) || err != nil && err.Error() != failed.Error() {
				return fmt.Errorf("point %d: %v, but a run says %v", p, failed, err)
			}
			if err != nil {
				return nil
			}
			n := 0
			for _, metric := range want.Metrics {
				stats := metric.ByYear
				if metric.Total != nil {
					stats = []result.Stat{*metric.Total}
				}
				for _, s := range stats {
					if rows[n].Metric != metric.Name || rows[n].Stat.Year != s.Year || rows[n].N != opt.Trials {
						return fmt.Errorf("row %d is %s, not %s", n, rows[n].Metric, metric.Name)
					}
					if err := sameRow(rows[n], s); err != nil {
						return fmt.Errorf("point %d: %w", p, err)
					}
					if p == 0 && s.Defined > 0.5 && (rows[n].Diff != 0 || rows[n].SEDiff != 0) {
						return fmt.Errorf("%s differs by %v ± %v from itself", metric.Name, rows[n].Diff, rows[n].SEDiff)
					}
					n++
					compared++
				}
			}
			if n != len(rows) {
				return fmt.Errorf("there are %d rows, and %d values of a run", len(rows), n)
			}
			return nil
		})
		if err != nil {
			t.Errorf("system %d, %s: %v", k, opt.Sampler, err)
		}
		if told != len(list) {
			t.Errorf("system %d: %d points were told of", k, told)
		}
	}
	if compared < 1000 || together < 10 || alone < 10 {
		t.Errorf("%d values, %d points of one model and %d of their own: too few to tell", compared, together, alone)
	}
}
