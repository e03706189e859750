package sim

import "slices"

// A Look is what a run's caller sees of single trials, besides their summaries.
type Look struct {
	// At says of which kept outcomes it sees the values, and in which year (from 1; of an
	// outcome AtTheEnd 1). They are held whatever Options.Memory is.
	At func(outcome string, year int) bool
	// See is shown the values once all trials are simulated, in the order of Trials. It keeps
	// none of them.
	See func(trials []Series)
}

// looked returns the slots that somebody looks at.
func (j *job) looked() []int {
	var list []int
	if j.opt.Look.At != nil {
		for i, s := range j.slots {
			if j.opt.Look.At(j.model.Outcomes[s.outcome].Name, s.year+1) {
				list = append(list, i)
			}
		}
	}
	return list
}

// lookedColumns makes room for what is looked at, by place; nil where nobody looks.
func (j *job) lookedColumns() [][]float64 {
	columns := make([][]float64, len(j.varying))
	for _, i := range j.looked() {
		if k := j.place[i]; k >= 0 {
			columns[k] = make([]float64, j.opt.Trials)
		}
	}
	return columns
}

// show lets the values in the columns, by place, be seen.
func (j *job) show(columns [][]float64) {
	if j.opt.Look.See == nil {
		return
	}
	var list []Series
	for _, i := range j.looked() {
		s := Series{Outcome: j.model.Outcomes[j.slots[i].outcome].Name, Year: j.slots[i].year + 1}
		if v, fixed := j.program.Fixed(i); fixed {
			s.Values = slices.Repeat([]float64{v}, j.opt.Trials)
		} else {
			s.Values = columns[j.place[i]]
		}
		list = append(list, s)
	}
	j.opt.Look.See(list)
}
