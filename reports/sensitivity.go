package reports

import (
	"fmt"
	"math"
	"strings"

	"entente/sim/result"
)

// indexCell is a share, an index or δ in per cent with the half width of its interval; of what is
// not told from 0, how large it may be. A negative estimate is noise and never stands alone.
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
	return plusMinus(100*e.Value, 50*(e.High-e.Low))
}

// correlationCell is a correlation with the half width of its interval.
func correlationCell(e result.Estimate) string {
	if math.IsNaN(e.Value) {
		return noValue
	}
	return plusMinus(e.Value, (e.High-e.Low)/2)
}

// plusMinus is x with the half width of its 95 % interval, with the digits that it supports.
func plusMinus(x, half float64) string {
	if !errs(x, half) {
		return trimmed(x)
	}
	d := min(max(Digits(half), 0), 4)
	return decimal(x, d) + nbsp + "±" + nbsp + decimal(half, d)
}

// swingCell is a swing in the unit of its statistic.
func swingCell(sc scale, e result.Estimate) string {
	x, half := e.Value*sc.factor, (e.High-e.Low)/2*sc.factor
	sign := ""
	if x > 0 {
		sign = "+"
	}
	if math.IsNaN(half) {
		return sign + trimmed(x)
	}
	if !errs(x, half) {
		return sign + trimmed(x)
	}
	d := places(x, half)
	return sign + decimal(x, d) + nbsp + "±" + nbsp + decimal(half, d)
}

// unitScale is how a statistic's unit is shown.
func unitScale(unit string) scale {
	if unit == "probability" {
		return scale{factor: 100, suffix: nbsp + "%", label: "%"}
	}
	return scaleOf(unit)
}

// inputValue is a value of an input in its unit.
func inputValue(x float64, unit string) string {
	sc := scaleOf(unit)
	return sc.bare(significant(x, 4), 0)
}

// sensitivityMethod says how the numbers were found, in one sentence.
func sensitivityMethod(s *result.Sensitivity) string {
	switch s.Method {
	case result.GivenData:
		return fmt.Sprintf("From %s of one ordinary run: nothing was simulated for it.", trials(s.Run.Trials))
	case result.Sobol:
		groups := 0
		if len(s.Indices) > 0 {
			groups = len(s.Indices[0].Groups)
		}
		return fmt.Sprintf("From a design of %s for each of %d runs: two, and one for each of %d groups of inputs. %s",
			trials(s.Run.Trials), groups+2, groups, chosenInputs(s))
	}
	return fmt.Sprintf("Each input alone at its p10 and at its p90, all else as the scenario has it, in the same %s. %s", trials(s.Run.Trials), chosenInputs(s))
}

// moreInputs says what a reader with the command line at hand may do.
const moreInputs = "; --inputs takes another number, or patterns"

// chosenInputs says which inputs stand alone.
func chosenInputs(s *result.Sensitivity) string {
	switch {
	case s.Chosen == "":
		return fmt.Sprintf("All of the scenario's %d inputs are looked at one by one.", s.Inputs)
	case strings.Trim(s.Chosen, "0123456789") == "":
		return fmt.Sprintf("Looked at one by one are the %s of %d inputs that go with the results most, by the trials of an ordinary run"+moreInputs+".", s.Chosen, s.Inputs)
	}
	return fmt.Sprintf("Looked at one by one are the inputs that match %s, of %d.", s.Chosen, s.Inputs)
}

// howToRead explains the columns, a paragraph each.
func howToReadSensitivity(s *result.Sensitivity) []string {
	const noise = "What stands as < 1.2 is not told from 0: it cannot be negative, but its estimate falls on either side of 0 by the chance of the trials, and 1.2 is the upper end of its interval, taken about 0 where the estimate is below it."
	switch s.Method {
	case result.GivenData:
		return []string{
			"± is half of the 95\u00a0% interval.",
			"rank: Spearman's rank correlation, from −1 to 1, says how far the result rises (falls, below 0) with the input. partial: the same when what the other inputs explain has been taken out of both; – where other inputs determine the input.",
			"S: the share of the variance that the input alone explains, %. δ: by how much the whole distribution of the result moves when the input is known, in % of what is possible; a lower bound. An input with δ and no rank correlation works both ways, or on the spread.",
			noise,
			byChance(s) + "Inputs that are correlated share what they explain, and none of this says that an assumption is right.",
		}
	case result.Sobol:
		return []string{
			"± is half of the 95\u00a0% interval.",
			"S: the share of the variance that the input alone explains, %. S_T: with all interactions it takes part in; what would be left of the variance if everything else were known. S_T over S is what it does together with others. The S sum up to 100\u00a0% less what is interaction.",
			"Inputs that are correlated stand as one group, because the variance cannot be shared out among them. " + result.OtherInputs + ": the inputs that do not stand alone, together; if its S_T is large, ask for more with --inputs. " + result.Chance + ": what no assumption settles, the shocks of each quarter and the times of events that do not stand alone.",
			noise,
		}
	}
	return []string{
		"± is half of the 95\u00a0% interval of the swing, the difference of both ends in the same trials: far smaller than the error of either end.",
		"An input that pushes the result the same way at both ends, or works only together with others, has a small swing here and may matter all the same: --method sobol tells.",
		"Inputs that are correlated move alone here; the times of events are chance, and not moved.",
	}
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
