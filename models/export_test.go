package models

import "entente/sim"

// CompileByStep is Compile for tests that look at single steps: the outcomes come once a step
// and not once a year, and with them what the model computes on the way and doesn't report.
func CompileByStep(s *System) (*sim.Model, error) {
	m, err := Compile(s)
	if err != nil {
		return nil, err
	}
	m.StepsPerYear, m.Years = 1, m.Years*StepsPerYear
	add := func(name string, kind sim.Kind, col sim.Column) int {
		m.Outcomes = append(m.Outcomes, sim.Outcome{Name: name, Kind: kind, Column: col})
		return len(m.Outcomes) - 1
	}
	sum := func(name string, of []int) {
		m.Outcomes = append(m.Outcomes, sim.Outcome{Name: name, Kind: sim.Flow, Of: of, Combine: func(dst []float64, of [][]float64) {
			clear(dst)
			for _, x := range of {
				for i := range dst {
					dst[i] += x[i]
				}
			}
		}})
	}
	for _, p := range m.Processes {
		switch p := p.(type) {
		case *commitmentsProcess:
			add(p.ID+".fails", sim.Flow, p.failing)
			for k, a := range p.alliances {
				add(a.ID+".desired", sim.Flow, p.desired[k])
				add(a.ID+".due", sim.Flow, p.due[k])
				add(a.ID+".built", sim.Flow, a.built)
				add(a.ID+".idle_cost", sim.Flow, a.idleCost)
				var recovered []int
				for _, h := range a.holdings {
					recovered = append(recovered, add(a.ID+".recovered of one", sim.Flow, h.recovered))
				}
				sum(a.ID+".recovered", recovered)
			}
		case *cloudProcess:
			add(p.ID+".core", sim.Flow, p.cloudState.revenue.flow)
		case *investorProcess:
			var recovered []int
			for _, h := range p.holdings {
				recovered = append(recovered, add(p.ID+".recovered of one", sim.Flow, h.recovered))
			}
			sum(p.ID+".recovered", recovered)
		}
	}
	return m, nil
}
