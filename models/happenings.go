package models

import (
	"fmt"
	"slices"
)

// A Happening is one thing worth telling of a trial, with the steps in which it happens: From to
// To, both among them, from 0. Who and Whom are ids.
type Happening struct {
	Kind      HappeningKind
	From, To  int
	Who, Whom string
	// Amount is in billions, or a share; Parts is what of it is worth telling apart.
	Amount float64
	Parts  []float64
	Times  int // how often, of what may happen again and again from From to To
}

// A HappeningKind says what happens.
type HappeningKind string

const (
	// EventActive: the event Who is active.
	EventActive HappeningKind = "event"
	// TranchesPaid: the investor Who pays the lab Whom tranches of Amount.
	TranchesPaid HappeningKind = "tranche"
	// CapitalRaised: the lab Who raises Amount, in so many rounds; of it Parts[0] while capital is
	// not to be had at the marked value.
	CapitalRaised HappeningKind = "raise"
	// Austerity: the lab Who has less cash than its runway and cuts what it buys.
	Austerity HappeningKind = "austerity"
	// RunRateReached: the revenue of the lab Who reaches Amount a year for the first time.
	RunRateReached HappeningKind = "run_rate"
	// RunRateHalved: it has fallen below half of its highest, which is Amount.
	RunRateHalved HappeningKind = "halved"
	// LabFailed: the lab Who fails, Amount short.
	LabFailed HappeningKind = "failure"
	// CloudLost: the cloud Who loses Amount by the failure of the lab Whom: equity, receivables,
	// plant are its Parts.
	CloudLost HappeningKind = "loss"
	// CommitmentMissed: the lab Who uses less than it owes at the cloud Whom: it pays Amount for
	// nothing, and Parts[0] is waived.
	CommitmentMissed HappeningKind = "shortfall"
	// CommitmentsDone: all that the lab Who committed to the cloud Whom has been credited.
	CommitmentsDone HappeningKind = "credited"
	// LeadTaken: the cloud Whom becomes the one where the lab Who uses most, and stays it for a
	// year at least; Amount is its share of what the lab uses.
	LeadTaken HappeningKind = "lead"
	// ExposurePeaked: the exposure of the cloud Who is highest, at Amount, and lower at the horizon.
	ExposurePeaked HappeningKind = "peak"
)

// worthTelling is the least amount, in billions, that is told of.
const worthTelling = 0.05

// Happenings tells what happened in a trial of a system, in the order of time, of the paths of
// its ledger (Ledger.Read).
func Happenings(s *System, paths []Path) []Happening {
	t := teller{system: s, paths: map[string][]float64{}}
	for _, p := range paths {
		t.paths[p.Name] = p.Values
	}
	t.events()
	for _, l := range s.Labs {
		t.lab(l)
	}
	for _, a := range s.Alliances {
		t.commitments(a)
	}
	for _, cl := range s.Clouds {
		t.peak(cl)
	}
	slices.SortStableFunc(t.told, func(a, b Happening) int { return a.From - b.From })
	return t.told
}

type teller struct {
	system *System
	paths  map[string][]float64
	told   []Happening
}

func (t *teller) tell(h Happening) { t.told = append(t.told, h) }

// spells returns the stretches of steps in which something holds, each as its first and its last
// step; such as are apart by no more than gap steps are one.
func spells(steps, gap int, holds func(n int) bool) [][2]int {
	var list [][2]int
	for n := range steps {
		if !holds(n) {
			continue
		}
		if k := len(list) - 1; k >= 0 && n-list[k][1] <= gap+1 {
			list[k][1] = n
		} else {
			list = append(list, [2]int{n, n})
		}
	}
	return list
}

func sumOf(x []float64, from, to int) float64 {
	var sum float64
	for _, v := range x[from : to+1] {
		sum += v
	}
	return sum
}

func (t *teller) steps() int { return t.system.Years * StepsPerYear }

func (t *teller) events() {
	for _, e := range t.system.Events {
		active, starts := t.paths[e.ID+".active"], t.paths[e.ID+".starts"]
		for n := range active {
			switch k := len(t.told) - 1; {
			case active[n] == 0:
			case starts[n] == 0 && k >= 0 && t.told[k].Who == e.ID && t.told[k].To == n-1:
				t.told[k].To = n
			default:
				t.tell(Happening{Kind: EventActive, From: n, To: n, Who: e.ID})
			}
		}
	}
}

func (t *teller) lab(l Lab) {
	k := 0
	for _, a := range t.system.Alliances {
		if a.Lab != l.ID {
			continue
		}
		for _, tranche := range a.Tranches {
			for n, paid := range t.paths[fmt.Sprintf("%s.tranches.%d", l.ID, k)] {
				if paid <= 0 {
					continue
				}
				same := func(h Happening) bool {
					return h.Kind == TranchesPaid && h.From == n && h.Who == tranche.Investor && h.Whom == l.ID
				}
				if i := slices.IndexFunc(t.told, same); i >= 0 {
					t.told[i].Amount += paid
				} else {
					t.tell(Happening{Kind: TranchesPaid, From: n, To: n, Who: tranche.Investor, Whom: l.ID, Amount: paid})
				}
			}
			k++
		}
	}
	t.raises(l)
	t.failure(l)
	t.growth(l)
	t.lead(l)
}

func (t *teller) raises(l Lab) {
	raised, open := t.paths[l.ID+".raised"], t.paths[l.ID+".capital_to_be_had"]
	for _, sp := range spells(t.steps(), 1, func(n int) bool { return raised[n] > 0 }) {
		h := Happening{Kind: CapitalRaised, From: sp[0], To: sp[1], Who: l.ID, Amount: sumOf(raised, sp[0], sp[1]), Parts: []float64{0}}
		for n := sp[0]; n <= sp[1]; n++ {
			if raised[n] > 0 {
				h.Times++
				if open[n] == 0 {
					h.Parts[0] += raised[n]
				}
			}
		}
		if h.Amount >= worthTelling {
			t.tell(h)
		}
	}
	if austere := t.paths[l.ID+".austere_next"]; austere != nil {
		for _, sp := range spells(t.steps()-1, 1, func(n int) bool { return austere[n] == 1 }) {
			t.tell(Happening{Kind: Austerity, From: sp[0] + 1, To: sp[1] + 1, Who: l.ID})
		}
	}
}

func (t *teller) failure(l Lab) {
	n := slices.Index(t.paths[l.ID+".fails"], 1)
	if n < 0 {
		return
	}
	t.tell(Happening{Kind: LabFailed, From: n, To: n, Who: l.ID, Amount: t.paths[l.ID+".lacking"][n]})
	for _, a := range t.system.Alliances {
		if a.Lab != l.ID {
			continue
		}
		h := Happening{Kind: CloudLost, From: n, To: n, Who: a.Cloud, Whom: l.ID, Parts: []float64{0, 0, 0}}
		for i, part := range []string{"equity", "receivables", "plant"} {
			if x := t.paths[a.ID+".lost_"+part]; x != nil {
				h.Parts[i] = x[n]
				h.Amount += x[n]
			}
		}
		if h.Amount >= worthTelling {
			t.tell(h)
		}
	}
}

// growth tells when a lab's revenue passes 10, 20, 50, 100, … bn a year for the first time, of
// those that it has not passed at the start, and when it has halved.
func (t *teller) growth(l Lab) {
	R, start := t.paths[l.ID+".run_rate"], t.paths[l.ID+".run_rate_at_start"][0]
	factors := []float64{2, 2.5, 2} // from 10 to 20, to 50, to 100
	mark, k := 10.0, 0
	pass := func() {
		mark *= factors[k%len(factors)]
		k++
	}
	for mark <= start {
		pass()
	}
	highest, halved := start, false
	for n, x := range R {
		reached := 0.0
		for mark <= x {
			reached = mark
			pass()
		}
		if reached > 0 {
			t.tell(Happening{Kind: RunRateReached, From: n, To: n, Who: l.ID, Amount: reached})
		}
		highest = max(highest, x)
		if !halved && x < highest/2 && t.paths[l.ID+".fails"][n] == 0 {
			halved = true
			t.tell(Happening{Kind: RunRateHalved, From: n, To: n, Who: l.ID, Amount: highest})
		}
	}
}

// lead tells which cloud takes over as a lab's largest, for a year at least.
func (t *teller) lead(l Lab) {
	var of []Alliance
	for _, a := range t.system.Alliances {
		if a.Lab == l.ID {
			of = append(of, a)
		}
	}
	if len(of) < 2 {
		return
	}
	largest := func(n int) int {
		k := 0
		for i, a := range of {
			if t.paths[a.ID+".use"][n] > t.paths[of[k].ID+".use"][n] {
				k = i
			}
		}
		return k
	}
	now := largest(0)
	for n := 1; n <= t.steps()-StepsPerYear; n++ {
		next := largest(n)
		lasts := next != now
		for m := n; m < n+StepsPerYear; m++ {
			lasts = lasts && largest(m) == next
		}
		if lasts {
			now = next
			var sum float64
			for _, a := range of {
				sum += t.paths[a.ID+".use"][n]
			}
			t.tell(Happening{Kind: LeadTaken, From: n, To: n, Who: l.ID, Whom: of[next].Cloud, Amount: t.paths[of[next].ID+".use"][n] / sum})
		}
	}
}

func (t *teller) commitments(a Alliance) {
	if len(a.Commitments) == 0 {
		return
	}
	paid, waived, backlog := t.paths[a.ID+".shortfall"], t.paths[a.ID+".waived"], t.paths[a.ID+".backlog"]
	for _, sp := range spells(t.steps(), 1, func(n int) bool { return paid[n]+waived[n] >= worthTelling }) {
		t.tell(Happening{Kind: CommitmentMissed, From: sp[0], To: sp[1], Who: a.Lab, Whom: a.Cloud,
			Amount: sumOf(paid, sp[0], sp[1]), Parts: []float64{sumOf(waived, sp[0], sp[1])}})
	}
	fails := t.paths[a.Lab+".fails"]
	for n := 1; n < len(backlog); n++ {
		if backlog[n] < worthTelling && backlog[n-1] >= worthTelling && fails[n] == 0 {
			t.tell(Happening{Kind: CommitmentsDone, From: n, To: n, Who: a.Lab, Whom: a.Cloud})
		}
	}
}

func (t *teller) peak(cl Cloud) {
	x := t.paths[cl.ID+".exposure"]
	top := 0
	for n := range x {
		if x[n] > x[top] {
			top = n
		}
	}
	if top < len(x)-1 && x[top] >= worthTelling {
		t.tell(Happening{Kind: ExposurePeaked, From: top, To: top, Who: cl.ID, Amount: x[top]})
	}
}
