package result

// A Discovery is what marks the trials in which a condition holds.
type Discovery struct {
	Version  string
	Scenario Scenario
	Run      Run
	Where    string   // the condition, as it was asked
	All      Counts   // of all trials
	Share    Estimate // of the trials in which it holds
	SE       float64  // of that share
	Held     Counts   // of the trials that were held out, on which all below is counted
	Inputs   int      // how many inputs and events may have marked them
	// Detectable is what a box needs to be told from chance in the trials held out.
	Detectable Detectable
	Boxes      []Box // none: nothing was found
	// Rejected is what was found and did not hold in the trials held out, if there was that.
	Rejected *Box
	// Leaves are those of a tree, from the left; one alone is no tree.
	Leaves []Leaf
	// Plane are the two strongest inputs, with some of the trials held out; nil: there are not two.
	Plane *Plane
}

// Detectable is the lift that a box of so much support needs to be told from chance in nine of ten
// cases. NaN: no lift is enough.
type Detectable struct{ Support, Lift float64 }

// Counts says of some trials how many there are, in how many the condition holds, how many are in
// a box, and in how many of these it holds.
type Counts struct{ Trials, Hits, In, HitsIn int }

// A Box is a few limits that hold together.
type Box struct {
	Limits []Limit
	// Rest counts the trials held out that are in no earlier box, Held all that are held out,
	// Found those in which the box was found.
	Rest, Held, Found Counts
	// Of Rest: the share of its trials in which the condition holds, of those that are not in the
	// box, the share of the condition's trials and of all that are in the box, and density over
	// the share among all.
	Density, Outside, Coverage, Support, Lift Estimate
	Phi                                       float64 // the correlation of box and condition
	Trajectory                                []Peel
}

// A Limit of an input, or of the time by which an event has first started. It holds where
// Low < x ≤ High; an event that does not start in time is at +Inf.
type Limit struct {
	Input     string // its path, or an event's id
	Unit      string
	Event     bool
	Low, High float64 // −Inf, +Inf: none
	// Of an event, the days from which and before which it starts; empty: no such limit. Never
	// says that From is the horizon: it does not start.
	From, Before string
	Never        bool
	// Below and UpTo are the shares of all trials with x ≤ Low and x ≤ High.
	Below, UpTo float64
	// Without counts the trials of Rest without this limit, P is the probability of as many hits
	// in the box if the limit took trials away by chance alone. Of a leaf neither is there, nor what follows.
	Without Counts
	P       float64
	// Again is in how many of Searches, each in a random half of the trials in which the box was
	// found, a box has a limit at that end of the input.
	Again, Searches int
}

// A Peel is a box on the way of the peeling.
type Peel struct {
	Cuts        []Cut
	Found, Held Counts
}

// A Cut is a limit with nothing said about it.
type Cut struct {
	Input     string
	Low, High float64
}

// A Leaf is a part of the trials.
type Leaf struct {
	Limits           []Limit
	Held             Counts
	Density, Support Estimate
	Coverage         Estimate
}

// A Plane is some trials by two inputs, and what the boxes are in it. Of X and Y only the names,
// units and kinds are of interest.
type Plane struct {
	X, Y   Limit
	Frames []Frame
	Points []Point
}

// A Frame is a box as far as two inputs say.
type Frame struct{ X, Y Cut }

// A Point is a trial. +Inf is never.
type Point struct {
	X, Y float64
	Hit  bool
}
