package result

// A Ledger is one trial of a run in full: what was drawn, who paid whom and for what, what
// happened, and what came of it.
type Ledger struct {
	// Facts are what the scenario says, and the run: a Result without metrics.
	Facts Result
	Trial int    // from 0
	Rule  string // by which it was chosen: "the lowest aws.npv"; empty: it was named
	// Standings say where the trial stands among all of the run.
	Standings []Standing
	Inputs    []Drawn
	Outcomes  []Outcome
	// Lines are in the order of time; those that are 0 are left out. Of says which these are,
	// where they are not all: those that count for a metric.
	Lines  []Line
	Of     string
	Checks []Check
	// Happenings are in the order of time.
	Happenings []Happening
	Paths      []Path
}

// A Standing says where a trial's value of a metric stands among those of all trials.
type Standing struct {
	Metric string
	Unit   string
	Year   int // from 1; 0: once per trial
	Value  float64
	// Below and Above are the shares of the trials, of those that have a value, whose value is
	// lower and higher.
	Below, Above float64
}

// Drawn is an assumption that is a distribution, in one trial.
type Drawn struct {
	Path  string
	Unit  string
	Value float64
	P     float64 // of which the value is the quantile
}

// An Outcome is a metric in one trial.
type Outcome struct {
	Name   string
	Unit   string
	Kind   string
	Values []float64 // by year, or one; NaN: the trial has none
}

// A Line is one entry of a ledger.
type Line struct {
	Step   int    // from 0; −1 at the start, and one beyond the last at the horizon
	Date   string // YYYY-MM-DD: the last day of the step or, of what is paid at its beginning, the first
	Kind   string // opening, payment, charge or holding
	Payer  string // an id, or words; empty: nobody
	Payee  string
	Deal   string // the id of an alliance, or empty
	Reason string
	Amount float64 // USD bn
	Counts []Count
}

// A Count is what a line is for a metric: Factor·Amount.
type Count struct {
	Metric string
	Factor float64
}

// A Check compares a metric with the sum of the lines that count for it.
type Check struct {
	Metric                string
	Year                  int // from 1; 0: once per trial
	Lines                 int
	Sum, Value, Tolerance float64
	Holds                 bool
}

// A Happening is one thing worth telling of a trial. What it means is said by Kind:
//
//	event      the event Who is active
//	tranche    the investor Who pays the lab Whom tranches of Amount
//	raise      the lab Who raises Amount, in so many Times; of it Parts[0] in distress
//	austerity  the lab Who has less cash than its runway and cuts what it buys
//	run_rate   the revenue of the lab Who reaches Amount a year for the first time
//	halved     it has fallen below half of its highest, which is Amount
//	failure    the lab Who fails, Amount short
//	loss       the cloud Who loses Amount by the failure of the lab Whom: Parts are equity, receivables, plant
//	shortfall  the lab Who uses less than it owes at the cloud Whom: it pays Amount for nothing, Parts[0] is waived
//	credited   all that the lab Who committed to the cloud Whom has been credited
//	lead       the cloud Whom becomes the one where the lab Who uses most; Amount is its share
//	peak       the exposure of the cloud Who is highest, at Amount, and lower at the horizon
type Happening struct {
	Kind      string
	From, To  int // the first and the last step, from 0
	Who, Whom string
	Amount    float64
	Parts     []float64
	Times     int
}

// A Path is what something is at the end of each step, or in it.
type Path struct {
	Name   string
	Unit   string
	Kind   string // stock or flow
	Values []float64
}
