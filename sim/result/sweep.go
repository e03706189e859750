package result

// A Sweep is what one scenario gave at many points: under one set of values after the other, each
// with the same random numbers.
type Sweep struct {
	Version  string // of the program
	Scenario Scenario
	Run      Run
	Design   string // how the points were chosen: "grid", "zip", "latin", "sobol" or "file"
	// Arguments are what the command line said of the points.
	Arguments []string
	Paths     []string // what is varied, as the command line says it: "openai.cash", "openai.cash*"
	// Headlines are metrics that stand for the others where there is room for few.
	Headlines []string
	Points    []SweepPoint
}

// A SweepPoint is one point of a sweep.
type SweepPoint struct {
	Number int      // from 1
	Values []string // by path, as the command line says them; empty: the scenario's
	Error  string   // why there are no rows
	Rows   []SweepRow
}

// A SweepRow is a metric, in one year or once per trial, at one point of a sweep.
type SweepRow struct {
	Metric string
	Unit   string
	Kind   string
	N      int // trials
	Stat   Stat
	// Diff is the mean, over the trials that have a value here and at the first point, of the
	// difference to the first point in the same trial, and SEDiff its standard error: of years that
	// end on the same day, and of what is once per trial where the whole time is the same.
	Diff, SEDiff float64
}
