package models

import (
	"fmt"

	"entente/sim"
)

// CompilePoints makes a point of a sweep of each System.
func CompilePoints(systems []*System) ([]sim.Point, error) {
	points := make([]sim.Point, len(systems))
	for i, s := range systems {
		m, err := Compile(s)
		if err != nil {
			return nil, fmt.Errorf("point %d: %w", i+1, err)
		}
		points[i] = sim.Point{Model: m}
	}
	return points, nil
}
