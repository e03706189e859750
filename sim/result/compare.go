package result

// Pairing is what several scenarios do in the same trials: each is compared with the first, the
// base, trial by trial.
type Pairing struct {
	Version string
	Run     Run // of all; Start and Years are the base's
	Base    Contender
	Others  []Paired
	// Set are the overrides of all scenarios, With those of all but the base: PATH=VALUE.
	Set, With []string
	Metrics   []string // the patterns of the metrics that were kept; empty: all
	GridP     []float64
}

// Contender is one of the scenarios.
type Contender struct {
	Label     string // what reports call it
	Scenario  Scenario
	Start     string // YYYY-MM-DD
	Years     int
	Labs      []Entity
	Clouds    []Entity
	Investors []Entity
}

// Paired is one scenario beside the base.
type Paired struct {
	Contender
	Changes []Change // of the inputs, in the order of the base
	Words   int      // how many names, sources and notes differ, which move no number
	Metrics []PairedMetric
	// OnlyBase and OnlyOther are metrics that the other one has not: what is absent has no
	// value, and is not taken for 0. Apart are those that both have and that mean different things.
	OnlyBase, OnlyOther []string
	Apart               []Apart
}

// Change is one difference in what the base and another scenario assume.
type Change struct {
	Text          string // all of it on one line: openai.cash: 28 to 32 → 40 USD bn
	What          string // of an entity that is added or removed: event, alliance
	Path          string
	Before, After string // as written, or what an entity means; empty: there is none
	Unit          string
	// Where the values are written, FILE:LINE, and what they rest on.
	BeforeAt, AfterAt         string
	BeforeSource, AfterSource string
}

// Apart is a metric that can't be compared, and why.
type Apart struct{ Name, Reason string }

// PairedMetric is one metric in both scenarios.
type PairedMetric struct {
	Name   string
	Unit   string
	Kind   string
	ByYear []Pair // of stocks and flows, in the years that both have
	Total  *Pair  // of what is once per trial
}

// Pair is a metric of the base, A, and of the other scenario, B, in one year or once per trial.
type Pair struct {
	A, B Stat // each over its own trials that have a value; the years count from each one's start
	// Difference is B − A over the trials in which both have a value. Its standard errors are those
	// of the pairs, and its Above0 is the share in which B is above A.
	Difference Stat
	Low, High  float64 // the 95 % interval of the mean difference
	// Equal is the share of the pairs in which A and B are the same number, SEEqual its standard
	// error.
	Equal, SEEqual float64
	// Variance is the variance reduction of sharing trials, (Var A + Var B) / Var(B − A) over the
	// pairs: so many times as many independent pairs of trials, with draws of their own, know the
	// mean difference as well. Inf where B − A is the same in all trials, NaN where A and B are.
	Variance float64
	// Runs is the same for the runs as they were sampled, (SE²(mean A) + SE²(mean B)) / SE²(mean
	// difference): how many times the variance of the mean difference were larger if each scenario
	// had been run by itself, with this sampler and a seed of its own.
	Runs float64
}
