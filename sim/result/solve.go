package result

// A Solve is where a statistic of a scenario meets a target, for one value that is varied.
type Solve struct {
	Version   string // of the program
	Scenario  Scenario
	Run       Run    // of each run; Seed is the first of the seeds
	Path      string // what is varied, as the command line says it: "openai.cash", "openai.cash*"
	Unit      string // of it; may be empty
	Statistic string // p95(azure.exposure@2031)
	Of        string // the statistic's unit; may be empty
	Target    float64
	Curve     []CurvePoint // on the first seed, from the least value to the largest
	Solutions []Solution   // from the least to the largest
	Runs      int          // how many runs it took
}

// A CurvePoint is the statistic at one value.
type CurvePoint struct{ At, Value, SE float64 }

// A Solution is a value at which the statistic meets the target.
type Solution struct {
	// Value is the mean over the seeds, SE its standard error, and Low and High the ends of its
	// 95 % interval. NaN, if a seed has none: the mean of the others would be biased.
	Value, SE, Low, High float64
	From, To             float64 // the points of the curve between which it lies
	Seeds                []SeedSolution
}

// A SeedSolution is what one seed has for a Solution; NaN: it has none in the range.
type SeedSolution struct {
	Seed  uint64
	Value float64
}
