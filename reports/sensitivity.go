package reports

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"entente/sim/result"
)

// indexCell is a share, an index or δ in per cent with its standard error; of what is not told from
// 0, how large it may be. A negative estimate is noise and never stands alone.
func indexCell(e result.Estimate) string {
	switch {
	case math.IsNaN(e.Value):
		return noValue
	case math.IsNaN(e.Low) || math.IsNaN(e.High):
		return decimal(100*math.Max(e.Value, 0), 1)
	case e.Low == 0 && e.High == 0 || e.Low <= 0 && e.High == e.Value:
		return "0"
	case e.Low <= 0:
		high := 100 * math.Max(e.High, e.High-e.Value) // about 0, if the estimate is below
		return "< " + decimal(high, max(0, 1-int(math.Floor(math.Log10(high)))))
	}
	return plusMinus(100*e.Value, 100*e.SE)
}

// correlationCell is a correlation with its standard error.
func correlationCell(e result.Estimate) string {
	if math.IsNaN(e.Value) {
		return noValue
	}
	return plusMinus(e.Value, e.SE)
}

// plusMinus is x with its standard error, with the digits that this supports.
func plusMinus(x, se float64) string {
	if !errs(x, se) {
		return trimmed(x)
	}
	d := min(max(Digits(se), 0), 4)
	return decimal(x, d) + nbsp + "±" + nbsp + decimal(se, d)
}

// swingCell is a swing in the unit of its statistic.
func swingCell(sc scale, e result.Estimate) string {
	x, se := e.Value*sc.factor, e.SE*sc.factor
	sign := ""
	if x > 0 {
		sign = "+"
	}
	if !errs(x, se) {
		return sign + trimmed(x)
	}
	d := places(x, se)
	return sign + decimal(x, d) + nbsp + "±" + nbsp + decimal(se, d)
}

// unitScale is how a statistic's unit is shown.
func unitScale(unit string) scale {
	if unit == "probability" {
		return scale{factor: 100, suffix: nbsp + "%", label: "%"}
	}
	return scaleOf(unit)
}

// inputValue is a value of an input as a scenario file has it, to four digits: 0.107 and not 10.7 %.
func inputValue(x float64) string {
	if math.IsNaN(x) {
		return noValue
	}
	return strconv.FormatFloat(significant(x, 4), 'g', -1, 64)
}

// unmoved says that a statistic is the same at both ends of every input.
func unmoved(t *result.Tornado) bool {
	for _, w := range t.Swings {
		if w.AtLow != t.Value || w.AtHigh != t.Value {
			return false
		}
	}
	return len(t.Swings) > 0
}

// nothingMoves says that of so many inputs.
func nothingMoves(t *result.Tornado) string {
	if len(t.Swings) == 1 {
		return "It is the same at both ends of the one input that was moved."
	}
	return fmt.Sprintf("It is the same at both ends of each of the %d inputs that were moved.", len(t.Swings))
}

// sensitivityMethod says how the numbers were found, in one sentence.
func sensitivityMethod(s *result.Sensitivity) string {
	switch s.Method {
	case result.GivenData:
		return fmt.Sprintf("From %s of one ordinary run: no extra runs.", trials(s.Run.Trials))
	case result.Sobol:
		groups := 0
		if len(s.Indices) > 0 {
			groups = len(s.Indices[0].Groups)
		}
		return fmt.Sprintf("From a design of %s for each of %d runs: two, and one for %s. %s",
			trials(s.Run.Trials), groups+2, eachGroup(groups), chosenInputs(s))
	}
	return fmt.Sprintf("Each input alone at its p10 and at its p90, all else as the scenario has it, in the same %s. %s", trials(s.Run.Trials), chosenInputs(s))
}

// moreInputs says what a reader with the command line at hand may do.
const moreInputs = "; --inputs takes another number, or patterns"

// chosenInputs says which inputs stand alone.
func chosenInputs(s *result.Sensitivity) string {
	switch {
	case s.Chosen == "" && s.Inputs == 1:
		return "The scenario's one input is looked at."
	case s.Chosen == "":
		return fmt.Sprintf("All of the scenario's %d inputs are looked at one by one.", s.Inputs)
	case s.Chosen == "1":
		return fmt.Sprintf("Looked at alone is the one of %d inputs that goes with the results most, by the trials of an ordinary run"+moreInputs+".", s.Inputs)
	case strings.Trim(s.Chosen, "0123456789") == "":
		return fmt.Sprintf("Looked at one by one are the %s of %d inputs that go with the results most, by the trials of an ordinary run"+moreInputs+".", s.Chosen, s.Inputs)
	}
	return fmt.Sprintf("Looked at one by one are the inputs that match %s, of %d.", s.Chosen, s.Inputs)
}

// howToRead explains the columns, a paragraph each.
func howToReadSensitivity(s *result.Sensitivity) []string {
	const noise = "What stands as < 1.2 is not told from 0: it cannot be negative, but its estimate falls on either side of 0 by the chance of the trials, and 1.2 is the upper end of its 95\u00a0% interval, taken about 0 where the estimate is below it."
	switch s.Method {
	case result.GivenData:
		return []string{
			standardErrors,
			"rank: Spearman's rank correlation, from −1 to 1, says how far the result rises (falls, below 0) with the input. partial: the same when what the other inputs explain has been taken out of both. " + missingPartials(s),
			"S: the share of the variance that the input alone explains, %. δ: by how much the whole distribution of the result moves when the input is known, in % of what is possible; a lower bound. An input with δ and no rank correlation works both ways, or on the spread.",
			noise,
			byChance(s) + "Inputs that are correlated share what they explain, and none of this says that an assumption is right.",
		}
	case result.Sobol:
		return []string{
			standardErrors,
			"S: the share of the variance that the input alone explains, %. S_T: with all interactions it takes part in; what would be left of the variance if everything else were known. S_T over S is what it does together with others. The S sum up to 100\u00a0% less what is interaction.",
			"Inputs that are correlated stand as one group, because the variance cannot be shared out among them. " + result.OtherInputs + ": the inputs that do not stand alone, together; if its S_T is large, ask for more with --inputs. " + result.Chance + ": what no assumption settles, the shocks of each quarter and the times of events that do not stand alone.",
			noise,
		}
	}
	list := []string{
		standardErrors + " That of a swing is of the difference of both ends in the same trials, which is often far smaller than that of either end.",
		"The p10 and p90 of an input stand as a scenario file has them: a share of 0.107 is 10.7\u00a0%. Where the input is correlated with none, the statistic there is what `entente run --set` gives with the value, which the files have to all digits, and the same trials, seed and sampler.",
		"An input that pushes the result the same way at both ends, or works only together with others, has a small swing here and may matter all the same: --method sobol tells.",
		"The times of events are chance, and not moved.",
	}
	if together := correlatedSwings(s); len(together) > 0 {
		list = append(list, fmt.Sprintf("Correlated with others, which stay as they are while it moves, as no --set does it: %s.", strings.Join(together, ", ")))
	}
	return list
}

// standardErrors is the legend of all methods.
const standardErrors = "± is a standard error. The files have 95\u00a0% intervals."

// missingPartials says why a partial rank correlation is missing.
func missingPartials(s *result.Sensitivity) string {
	if s.PartialTrials > 0 {
		return fmt.Sprintf("It stands as –, because %s are too few for %s: it takes %s.", trials(s.Run.Trials), several(s.Inputs, "input"), trials(s.PartialTrials))
	}
	return "It stands as – where other inputs determine the input."
}

// correlatedSwings are the inputs of a tornado that are correlated with others.
func correlatedSwings(s *result.Sensitivity) []string {
	var list []string
	for _, t := range s.Tornados {
		for _, w := range t.Swings {
			if len(w.With) > 0 && !slices.Contains(list, w.Path) {
				list = append(list, w.Path)
			}
		}
	}
	slices.Sort(list)
	return list
}

func eachGroup(n int) string {
	if n == 1 {
		return "the only group of inputs"
	}
	return fmt.Sprintf("each of %d groups of inputs", n)
}

// moreIn says how many inputs stand only there.
func moreIn(n int, where string) string {
	if n == 1 {
		return "One more input is in " + where + "."
	}
	return fmt.Sprintf("%d more inputs are in %s.", n, where)
}

// byChance says how many of the inputs stand out that do nothing.
func byChance(s *result.Sensitivity) string {
	if s.Inputs < 40 {
		return ""
	}
	return fmt.Sprintf("Of %d inputs, some %d would seem to be told from 0 in a column if none did anything: what is small and surprising may be one of them. ", s.Inputs, (s.Inputs+20)/40)
}

// groupsOf says what stands together in the groups of Sobol indices that are several correlated
// inputs.
func groupsOf(s *result.Sensitivity) []string {
	var list []string
	if len(s.Indices) == 0 {
		return nil
	}
	for _, g := range s.Indices[0].Groups {
		if len(g.Inputs) > 1 && g.Name != result.OtherInputs && g.Name != result.Chance {
			list = append(list, fmt.Sprintf("%s: %s, which are correlated.", g.Name, strings.Join(g.Inputs, ", ")))
		}
	}
	return list
}
