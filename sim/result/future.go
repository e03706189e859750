package result

// A Future is one trial of a run, told in short: chosen by a rule, as an example of what the
// statistics are made of.
type Future struct {
	Trial int    // from 0
	Title string // near the middle
	Rule  string // by which it was chosen
	// Standings say where it stands among the trials that it was chosen from.
	Standings []Standing
	// Inputs are those of what happens, and those that were drawn farthest from their middle.
	Inputs     []Drawn
	Happenings []Happening
	// Outcomes are some metrics in this trial.
	Outcomes []Outcome
}
