package reports

import (
	"fmt"
	"strings"
	"time"

	"entente/sim/result"
)

// stepMonths is how long a step of the model is.
const stepMonths = 3

// A dated sentence is one thing that happened in a trial.
type dated struct {
	From, To int // steps
	When     string
	Text     string
}

// A calendar names the steps of a run.
type calendar struct {
	start    time.Time
	quarters bool // the steps are quarters of the calendar
	last     int  // the last step
}

func newCalendar(run result.Run) calendar {
	start, err := time.Parse(time.DateOnly, run.Start)
	return calendar{start: start, last: run.Years*12/stepMonths - 1,
		quarters: err == nil && start.Day() == 1 && (start.Month()-1)%stepMonths == 0}
}

// step is when one is: 2027 Q2, or the days on which it begins and ends.
func (c calendar) step(n int) string {
	begins := c.start.AddDate(0, n*stepMonths, 0)
	if c.quarters {
		return fmt.Sprintf("%d Q%d", begins.Year(), (int(begins.Month())-1)/stepMonths+1)
	}
	return begins.Format(time.DateOnly)
}

// until is when a step is over.
func (c calendar) until(n int) string {
	if c.quarters {
		return c.step(n)
	}
	return c.start.AddDate(0, (n+1)*stepMonths, -1).Format(time.DateOnly)
}

// times is when something happens from one step to another.
func (c calendar) times(from, to int) string {
	if from == to {
		return c.step(from)
	}
	return c.step(from) + " to " + c.until(to)
}

// year is the calendar year in which a year of the run ends.
func (c calendar) year(y int) int { return c.start.AddDate(y, 0, -1).Year() }

// story tells what happened in words, in the order of time, with so many effects of an event at
// most; 0: all of them.
func (f finder) story(hs []result.Happening, inputs []result.Drawn, most int) []dated {
	c := newCalendar(f.r.Run)
	var list []dated
	for _, h := range hs {
		text := f.sentence(h, c, inputs, most)
		if text == "" {
			continue
		}
		when := c.times(h.From, h.To)
		if h.Kind == "event" {
			when = c.step(h.From)
		}
		list = append(list, dated{h.From, h.To, when, text})
	}
	return list
}

// dollars is an amount with three figures.
func dollars(x float64) string {
	return scaleOf(money).signed(threeFigures(x)) + scaleOf(money).suffix
}

// sentence is one thing that happened; nothing, if it is of a kind that this program does not
// know.
func (f finder) sentence(h result.Happening, c calendar, inputs []result.Drawn, most int) string {
	who, whom := f.party(h.Who), f.party(h.Whom)
	part := func(k int) float64 {
		if k < len(h.Parts) {
			return h.Parts[k]
		}
		return 0
	}
	switch h.Kind {
	case "event":
		return f.eventSentence(h, c, inputs, most)
	case "tranche":
		return fmt.Sprintf("%s pays %s a tranche of %s.", who, whom, dollars(h.Amount))
	case "raise":
		text := fmt.Sprintf("%s raises %s", who, dollars(h.Amount))
		if h.Times > 1 {
			text += fmt.Sprintf(" in %d quarters", h.Times)
		}
		switch {
		case part(0) == 0:
		case h.Times > 1 && part(0) >= h.Amount*(1-1e-9):
			text += ", all of it at a price of distress"
		case h.Times == 1:
			text += ", at a price of distress"
		default:
			text += fmt.Sprintf(", %s of it at a price of distress", dollars(part(0)))
		}
		return text + "."
	case "austerity":
		return who + " has not the cash for its runway, and buys less compute."
	case "run_rate":
		return fmt.Sprintf("%s’s revenue reaches %s a year.", who, dollars(h.Amount))
	case "halved":
		return fmt.Sprintf("%s’s revenue has fallen below half of its highest, which was %s a year.", who, dollars(h.Amount))
	case "failure":
		return fmt.Sprintf("%s fails: it is %s short of cash.", who, dollars(h.Amount))
	case "loss":
		var parts []string
		for k, of := range []string{"of equity", "of unpaid bills", "of plant that nobody else needs"} {
			if part(k) > 0 {
				parts = append(parts, dollars(part(k))+" "+of)
			}
		}
		if len(parts) == 1 {
			return fmt.Sprintf("%s loses %s by it.", who, parts[0])
		}
		return fmt.Sprintf("%s loses %s by it: %s.", who, dollars(h.Amount), and(parts))
	case "shortfall":
		var parts []string
		if h.Amount > 0 {
			parts = append(parts, dollars(h.Amount)+" is paid for nothing")
		}
		if part(0) > 0 {
			parts = append(parts, dollars(part(0))+" is waived")
		}
		return fmt.Sprintf("%s uses less of %s than it has committed to: %s.", who, whom, and(parts))
	case "credited":
		return fmt.Sprintf("%s has used all that it committed to %s.", who, whom)
	case "lead":
		return fmt.Sprintf("%s is now where %s uses most: %s of its compute.", whom, who, inPercent(h.Amount))
	case "peak":
		text := fmt.Sprintf("%s’s exposure peaks at %s", who, dollars(h.Amount))
		if (h.From+1)%(12/stepMonths) != 0 {
			text += ", between the ends of two years"
		}
		return text + "."
	}
	return ""
}

// mostEffects is how many effects of an event are told among the main things.
const mostEffects = 3

// eventSentence is that an event begins, what it does in this trial, and how long.
func (f finder) eventSentence(h result.Happening, c calendar, inputs []result.Drawn, most int) string {
	var e result.Event
	for _, other := range f.r.Events {
		if other.ID == h.Who {
			e = other
		}
	}
	text := "Event " + eventName(e)
	var effects []string
	for k, term := range e.Terms {
		if k > 0 {
			effects = append(effects, f.effectText(term, fmt.Sprintf("%s.effects.%d.", e.ID, k-1), inputs))
		}
	}
	if more := len(effects) - most; most > 0 && more > 1 {
		effects = append(effects[:most], fmt.Sprintf("and %d more effects", more))
	}
	if len(effects) > 0 {
		text += ": " + strings.Join(effects, "; ")
	}
	if h.From == h.To && h.To < c.last {
		return text + ". It lasts for that quarter."
	}
	if h.To < c.last {
		return text + ". It lasts until " + c.until(h.To) + "."
	}
	return text + "."
}

// eventName is what a reader calls an event.
func eventName(e result.Event) string {
	if e.Name == "" || e.Name == e.ID {
		return strings.ReplaceAll(e.ID, "_", " ")
	}
	return e.Name
}

// asDrawn says of an effect what was drawn, in place of the distribution, which stands at the
// end of its term or, of a move, in front.
func asDrawn(term, path string, inputs []result.Drawn) string {
	for _, in := range inputs {
		if !strings.HasPrefix(in.Path, path) {
			continue
		}
		value := threeFigures(in.Value)
		switch strings.TrimPrefix(in.Path, path) {
		case "move":
			if i := strings.Index(term, " of "); i >= 0 {
				return "moves " + inPercent(in.Value) + term[i:]
			}
		case "add":
			if i := strings.Index(term, " to "); i >= 0 && strings.HasPrefix(term, "adds ") {
				return "adds " + value + term[strings.LastIndex(term, " to "):]
			}
		case "multiply":
			if i := strings.Index(term, " by "); i >= 0 {
				return term[:i] + " by " + value
			}
		case "set":
			if words := strings.SplitN(term, " to ", 2); len(words) == 2 {
				return words[0] + " to " + value
			}
		}
	}
	return term
}

// inPercent is a share with three figures at most.
func inPercent(x float64) string { return threeFigures(100*x) + nbsp + "%" }

// estateOf, in front of a lab's id, is what is left of one that has failed.
const estateOf = "estate of "

// party is what a reader calls one that pays or receives: by name or, of an owner of clouds,
// which has none, by its id.
func (f finder) party(id string) string {
	if lab, ok := strings.CutPrefix(id, estateOf); ok {
		return estateOf + f.nameOf(lab)
	}
	if name := f.nameOf(id); name != id {
		return name
	}
	for _, c := range f.r.Clouds {
		if c.Owner == id {
			words := []rune(strings.ReplaceAll(id, "_", " "))
			return strings.ToUpper(string(words[:1])) + string(words[1:])
		}
	}
	return id
}
