package result

// The methods of a sensitivity analysis.
const (
	GivenData = "given-data" // from the trials of one run
	Sobol     = "sobol"      // from a design made for Sobol indices
	OneByOne  = "tornado"    // from runs with one input at a time at its p10 or p90
)

// A Sensitivity says which inputs some numbers of a scenario hang on.
type Sensitivity struct {
	Version  string // of the program
	Scenario Scenario
	Run      Run // of each run
	Method   string
	// Simulated is how many trials were simulated in all.
	Simulated int
	// Inputs is how many inputs the scenario has that are drawn, the times of events among them.
	Inputs int
	// Chosen says how the inputs were chosen of which there is something: "" of all, a number of
	// the strongest, or patterns.
	Chosen string
	// PartialTrials is how many trials partial rank correlations take, where there are too few for
	// them; 0: there are enough.
	PartialTrials int

	Associations []Associations // of GivenData, by quantity
	Indices      []Indices      // of Sobol, by quantity
	Tornados     []Tornado      // of OneByOne, by statistic
	// Sources are those of the inputs that are named above, in file order.
	Assumptions []Assumption
}

// Associations are how a quantity goes with each input over the trials of one run, the strongest
// first.
type Associations struct {
	Quantity, Unit string
	Mean, SE, SD   float64
	Inputs         []Association
}

// An Association is with one input. Of Rank and Partial, NaN is none that is defined.
type Association struct {
	Path    string
	Rank    Estimate // Spearman's rank correlation
	Partial Estimate // the partial rank correlation, given all other inputs
	Share   Estimate // the first-order index, from given data
	Delta   Estimate // Borgonovo's index
}

// Indices are the Sobol indices of a quantity, by group of inputs, the largest total first.
type Indices struct {
	Quantity, Unit string
	Mean, SE, SD   float64
	Groups         []Index
	Sum            Estimate // of the first-order indices
}

// The groups that are no single input.
const (
	OtherInputs = "all other assumptions"
	Chance      = "chance" // the shocks, and the times of events that are no group of their own
)

// An Index is of one group: an input, some that are correlated, or one of those above.
type Index struct {
	Name         string
	Inputs       []string
	First, Total Estimate
}

// A Tornado is how a statistic moves with one input at a time, the widest swing first.
type Tornado struct {
	Statistic, Unit string
	Value, SE       float64 // with all inputs as the scenario has them
	Swings          []Swing
}

// A Swing is that of a statistic as an input goes from its p10 to its p90 and all else stays as it
// is, in the same trials.
type Swing struct {
	Path string
	Unit string // of the input
	// With are the inputs that it is correlated with, which stay as they are.
	With []string
	// The input's p10 and p90, what the statistic is there, and its standard errors.
	Low, High        float64
	AtLow, SEAtLow   float64
	AtHigh, SEAtHigh float64
	Swing            Estimate // AtHigh − AtLow
}
