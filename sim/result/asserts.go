package result

// The verdicts on an assertion.
const (
	Pass      = "pass"
	Fail      = "fail"
	Undecided = "undecided" // the bound lies in the statistic's 95 % interval
)

// Assertion is what a run found of an assertion: that a statistic is below or above a bound.
type Assertion struct {
	Text      string // p95(aws.exposure@2031) < 60
	Statistic string // p95(aws.exposure@2031)
	Unit      string
	Bound     float64
	Value, SE float64
	Low, High float64 // the 95 % interval; NaN: open to that side
	Verdict   string
	// CommandLine says that it is one of the command line, and not of the scenario.
	CommandLine bool
	Trials      int // of what is undecided: about so many would decide it; 0: not known
}
