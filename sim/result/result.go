// Package result is what a run found: plain data, without behaviour and without imports.
//
// A Result names no date of its making, no duration and no number of workers, so that the
// same scenario, trials, seed and sampler make the same Result everywhere. A number that
// does not exist (the standard error of one trial, say) is NaN here and null in JSON.
package result

// Format is the version of the layout of result.json.
const Format = 1

// Result is everything that the reports may show.
type Result struct {
	Version  string // of the program
	Scenario Scenario
	Run      Run
	Labs     []Entity
	Clouds   []Entity
	// Investors are those that own no cloud.
	Investors []Entity
	Alliances []Alliance
	Events    []Event
	// Assumptions are in file order, constants too.
	Assumptions []Assumption
	Metrics     []Metric
	// GridP are the probabilities of the quantiles in Stat.Grid; the first is 0, the last 1.
	GridP []float64
	// Comparisons are of two clouds, trial by trial; empty where there are none.
	Comparisons []Comparison
	// Drivers say, of some metrics, which assumptions they hang on.
	Drivers []Drivers
	// Convergence is how the means of some metrics settled.
	Convergence []Convergence
	// Futures are some of the trials, told in short.
	Futures []Future
	// Assertions are what the run was to bear out, and whether it does.
	Assertions []Assertion
}

// Scenario says what was simulated.
type Scenario struct {
	Name        string
	Description string
	Notes       []string // paragraphs: what was judged, and why
	SHA256      string   // of the scenario's text (of every file it is made of)
	Overrides   []string // PATH=VALUE, in order of application
	Argument    string   // what to type after `entente run` to name this scenario
}

// Run says how.
type Run struct {
	Trials  int
	Seed    uint64
	Sampler string // random, latin or sobol
	Start   string // YYYY-MM-DD
	Years   int
	// Accuracy bounds the relative error of quantiles and expected shortfalls where the trials'
	// values did not fit in memory; 0: they are exact.
	Accuracy float64
}

// Entity is a lab, a cloud or an investor.
type Entity struct {
	ID, Name string
	Owner    string // of a cloud
}

// Alliance is one lab on one cloud.
type Alliance struct {
	ID, Lab, Cloud string // ids
	// Terms are the deal's terms in words, one a line ("commitment: 250 bn over 7 years from 2025-10-28").
	Terms []string
}

// Event is something that may happen.
type Event struct {
	ID, Name string
	Terms    []string // what starts it and what it does, in words
	Source   string
	Note     string
}

// Assumption is one value of the scenario.
type Assumption struct {
	Path     string // openai.revenue.growth.initial
	Text     string // as written: "0.8 to 1.6", "pert(0.20, 0.235, 0.27)", "20"
	Unit     string
	Source   string
	Note     string
	Constant bool
	Value    float64 // of a constant
	// Of a distribution, in front of sampling:
	Mean, SD              float64
	P1, P5, P50, P95, P99 float64
	// Quantiles at (i+1/2)/len for i = 0, 1, ...: enough to draw the density.
	Quantiles []float64
	// Truncated says that the field's range cut the distribution, and where.
	Truncated string
}

// The kinds of a metric.
const (
	Stock = "stock" // taken at each year's end
	Flow  = "flow"  // summed over the year
	Trial = "trial" // once per trial
)

// Metric is one quantity of the model.
type Metric struct {
	Name   string // azure.exposure
	Unit   string // "USD bn", "share", "years", ...
	Kind   string
	ByYear []Stat // of stocks and flows
	Total  *Stat  // of what is once per trial
}

// Stat describes the distribution of one metric (in one year) over the trials.
type Stat struct {
	Year                                      int     // 1, 2, ...; 0 for once-per-trial metrics
	Date                                      string  // the last day of the year; empty for once-per-trial metrics
	Defined                                   float64 // the share of trials that have a value; the rest is over those
	Mean                                      float64
	SE                                        float64 // of the mean
	SD                                        float64
	Min, Max                                  float64
	P1, P5, P10, P25, P50, P75, P90, P95, P99 float64
	// Expected shortfall: the mean of the lowest 1 % and 5 %, of the highest 5 % and 1 %.
	ES1, ES5, ES95, ES99 float64
	// Standard errors of these, and of SD. The extremes have none: more trials go further.
	SEP1, SEP5, SEP10, SEP25, SEP50, SEP75, SEP90, SEP95, SEP99 float64
	SEES1, SEES5, SEES95, SEES99                                float64
	SESD                                                        float64
	// Above0 is the share of values above 0, SEAbove0 its standard error.
	Above0, SEAbove0 float64
	// Grid holds the quantiles at Result.GridP, for the metrics whose whole distribution
	// the report draws; nil for the others.
	Grid []float64
}

// Comparison is a paired difference: what a metric is of A less what it is of B, in the same
// trial. Its spread and its standard errors are those of the difference, and Above0 is the
// share of the trials in which A has more.
type Comparison struct {
	A, B   string // ids
	Metric Metric // of the differences; its name is what the compared metrics' names end with: exposure
}

// Drivers are the assumptions that a metric hangs on most, the strongest first.
type Drivers struct {
	Metric string
	Year   int // from 1; 0: once per trial
	Trials int // the first so many trials are what it is estimated from
	Inputs []Driver
}

// Driver is how a metric hangs on one assumption.
type Driver struct {
	Path string
	Rank Estimate // Spearman's rank correlation
	// Share is the share of the metric's variance that the assumption alone explains. It is
	// corrected for its bias, so that what is nothing may come out negative.
	Share Estimate
}

// Estimate is a value and its 95 % interval, and of a sensitivity analysis its standard error.
type Estimate struct{ Value, Low, High, SE float64 }

// Convergence is the mean of a metric over the first trials, for more and more of them.
type Convergence struct {
	Metric string
	Year   int // from 1; 0: once per trial
	Points []RunningMean
}

// RunningMean is the mean over the first so many trials, and its standard error.
type RunningMean struct {
	Trials   int
	Mean, SE float64
}
