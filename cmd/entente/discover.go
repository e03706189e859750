package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entente/models"
	"entente/reports"
	"entente/scenarios"
	"entente/sim"
	"entente/sim/discover"
	"entente/sim/result"
)

// discoverFlags are the flags of `entente discover`.
type discoverFlags struct {
	simulationFlags
	where   string
	formats []format[*result.Discovery]
}

var discoveryFormats = []format[*result.Discovery]{
	{"html", "Report:", "report.html", reports.WriteDiscoveryHTML},
	{"json", "Result:", discoveryFile, reports.WriteDiscoveryJSON},
	{"csv", "Trajectory:", "trajectory.csv", reports.WriteDiscoveryCSV},
}

func discoverCommand() *cobra.Command {
	f := discoverFlags{simulationFlags: newSimulationFlags(), formats: discoveryFormats}
	cmd := &cobra.Command{
		Use:   "discover [SCENARIO] --where CONDITION",
		Short: "Find what marks the futures in which something happens",
		Long: `Find what marks the futures in which a condition holds: a box, which is a few limits
on inputs and events that hold together, a second one for what the first leaves, and
a tree of three leaves; and say it in a sentence.

Half of the trials are held out. What is said of a box or a leaf is counted on them:
density, the share of its futures in which the condition holds; coverage, the share
of all such futures that are in it; lift, its density over that of all futures. A box
that does no better there than chance would is not shown, nor is such a tree. Nothing
found is no proof that there is nothing: it is said how high the lift of a box of
10 % of futures has to be to be told from chance, and more trials (-n) tell more.

Limits that do not hold in trials that choose are left out before anything is held
against the other half, and one limit is preferred to several that say little more.
What is stated and still weak is marked as not to be relied on: a limit without
which the box would do as well by chance (p above 0.05), or found again in at most
two of ten searches.

An input is anything that the scenario gives a distribution to, under its path; an
event is in the box by the quarter in which it first starts, if it does. A box says
what goes with the condition, and not what causes it: inputs that are correlated
stand in for each other. Of ten searches in random halves of the trials it is said
how many find a limit again.

The condition compares metrics: 'aws.loss_total > 20 and openai.failed == 1',
'azure.exposure@2031 > 2*aws.exposure@2031'; a metric by year without a year is that
of the last. It has to hold in at least ` + fmt.Sprint(discover.MinHits) + ` trials, and not to hold in as many;
else there is nothing to learn from, and the exit status is 1.

It writes report.html, discovery.json and trajectory.csv (every box on the way of the
peeling, to choose another of), and prints a summary. The same scenario, condition,
trials, seed and sampler give the same bytes, whatever the number of workers.`,
		Example: `  entente discover --where 'aws.loss_total > 20'
  entente discover my.yaml --where 'azure.npv < 0' -n 20000
  entente discover --where 'openai.failed == 1 and anthropic.failed == 0' --json
  entente discover --where 'aws.exposure@2031 > azure.exposure@2031' --set openai.cash=40`,
		Args:              arguments(0, 1),
		ValidArgsFunction: completeScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return discoverRun(cmd, scenarioOf(args), f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&f.where, "where", "w", "", "the `CONDITION` on metrics that marks a trial: 'aws.loss_total > 20'")
	f.addDraws(cmd)
	flags.Lookup("memory").Usage = "most memory for the trials' values, all of which are needed at once"
	flags.StringVarP(&f.out, "out", "o", "", "the `DIR` that files go to (default: out/, and there the scenario's name with -discover)")
	flags.Var(formatList[*result.Discovery]{&f.formats, discoveryFormats}, "format", "files to write")
	flags.BoolVar(&f.json, "json", false, "print the result on standard output in place of the table")
	f.addPrinting(cmd)
	complete(cmd, "format", "html", "json", "csv", "html,json")
	return cmd
}

// discoverRun checks everything, then makes the directory, then simulates and looks, then writes
// the files, then prints.
func discoverRun(cmd *cobra.Command, name string, f discoverFlags) error {
	stderr := cmd.ErrOrStderr()
	if strings.TrimSpace(f.where) == "" {
		return errors.New("discover what? Say --where and a condition on metrics, such as --where 'aws.loss_total > 20'")
	}
	scenario, model, err := load(cmd, name, f.set)
	if err != nil {
		return err
	}
	where, err := scenario.Condition(f.where)
	if err != nil {
		return err
	}
	share, err := scenario.Statistic("P(" + f.where + ")")
	if err != nil {
		return err
	}
	opt, err := options(cmd, scenario, f.simulationFlags)
	if err != nil {
		return err
	}
	ctx, stop := untilInterrupted()
	defer stop()

	starts := models.Starts(model, scenario.System)
	if err := fitsMemory(ctx, model, opt, len(starts)+len(where.Metrics())*model.Years, f.memory); err != nil {
		return err
	}
	out, err := openOutput(f.directory(fileName(scenario.Facts.Scenario.Name)+"-discover"), fileNames(f.formats))
	if err != nil {
		return err
	}
	defer out.discard()
	f.warn(stderr, scenario.Warnings)

	metrics := where.Metrics()
	opt.Keep = func(name string) bool {
		return slices.Contains(metrics, name) || slices.ContainsFunc(starts, func(s models.Start) bool { return s.Outcome == name })
	}
	var clear func()
	opt.Progress, clear = f.watch(stderr, opt.Trials)
	trials, err := sim.Trials(ctx, model, opt)
	clear()
	var inputs []sim.InputSeries
	if err == nil {
		inputs, err = sim.Inputs(ctx, model, opt)
	}
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return &failure{err}
	}
	marks, err := newMarks(scenario, starts, inputs, trials)
	if err != nil {
		return &failure{err}
	}
	hit := where.Holds(trials)
	found, err := discover.Discover(marks.inputs(), hit, discover.Options{Replicates: sim.Sobol.Replicates(), Workers: opt.Workers})
	if ctx.Err() != nil {
		return errInterrupted
	}
	if errors.Is(err, discover.ErrFew) {
		return &failure{tooFew(f.where, found.All)}
	}
	if err != nil {
		return &failure{err}
	}
	p := share.Estimate(trials, opt.Sampler)
	d := &result.Discovery{Version: version, Scenario: scenario.Facts.Scenario, Run: scenario.Facts.Run, Where: f.where,
		All: result.Counts(found.All), Share: result.Estimate{Value: p.Value, Low: p.Low, High: p.High}, SE: p.SE, Inputs: len(marks)}
	d.Run.Trials, d.Run.Seed, d.Run.Sampler = opt.Trials, opt.Seed, string(opt.Sampler)
	marks.tell(d, found, hit)

	if err := deliver(ctx, out, f.formats, d); err != nil {
		return err
	}
	if err := (printer[*result.Discovery]{reports.WriteDiscoveryJSON, reports.WriteDiscovery}).print(cmd, f.simulationFlags, d); err != nil {
		return err
	}
	tellFiles(cmd, f.simulationFlags, out, f.formats, discoveryFormats)
	return nil
}

// fitsMemory refuses more trials than there is room for: unlike a run, what is looked for needs
// all values of all inputs at once.
func fitsMemory(ctx context.Context, model *sim.Model, opt sim.Options, columns, memory int) error {
	one := opt
	one.Trials = 1
	inputs, err := sim.Inputs(ctx, model, one)
	if err != nil {
		return &failure{err}
	}
	// A value, and for half of the trials their order.
	perTrial := 8*(columns+len(inputs)) + 4*len(inputs)
	if most := memory / perTrial; opt.Trials > most {
		return fmt.Errorf("%s of %s take %.1f GB, more than --memory allows: -n %d fits, and more than some 100000 seldom show more",
			counted(opt.Trials, "trial"), counted(len(inputs), "input"), float64(perTrial)*float64(opt.Trials)/1e9, most)
	}
	return nil
}

// counted is a number of things, of which one is not many.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// tooFew says that there is nothing to learn from, and what would help.
func tooFew(where string, c discover.Counts) error {
	few, holds := c.Hits, "holds"
	if c.Hits > c.Trials/2 {
		few, holds = c.Trials-c.Hits, "does not hold"
	}
	switch {
	case c.Hits == 0:
		return fmt.Errorf("%s holds in none of %s: there is nothing to learn from. Ask for less, or for more trials with -n", where, counted(c.Trials, "trial"))
	case c.Hits == c.Trials:
		return fmt.Errorf("%s holds in all of %s: there is nothing that marks them. Ask for more, or for more trials with -n", where, counted(c.Trials, "trial"))
	}
	need := 1.3 * discover.MinHits * float64(c.Trials) / float64(few)
	unit := math.Pow(10, math.Floor(math.Log10(need))) / 2
	return fmt.Errorf("%s %s in %d of %s: to learn from, at least %d are needed, as -n %.0f would have", where, holds, few, counted(c.Trials, "trial"), discover.MinHits, math.Ceil(need/unit)*unit)
}

// A mark is an input, or the time by which an event has first started.
type mark struct {
	discover.Input
	unit   string
	event  bool
	sorted []float64
}

type marks []*mark

// newMarks are the inputs that differ between trials, in the model's order. The draw behind an
// event, which is a number that means nothing, gives way to the end of the quarter in which the
// event first starts, in years.
func newMarks(scenario *scenarios.Scenario, starts []models.Start, inputs []sim.InputSeries, trials []sim.Series) (marks, error) {
	units := map[string]string{}
	for _, a := range scenario.Facts.Assumptions {
		units[a.Path] = a.Unit
	}
	var list marks
	for _, in := range inputs {
		m := &mark{Input: discover.Input{Name: in.Name, Values: in.Values}, unit: units[in.Name]}
		for _, s := range starts {
			if in.Name != s.Event+".time" {
				continue
			}
			at := slices.IndexFunc(trials, func(t sim.Series) bool { return t.Outcome == s.Outcome })
			if at < 0 {
				return nil, fmt.Errorf("the trials have no %s", s.Outcome)
			}
			m.Name, m.event, m.Values = s.Event, true, slices.Clone(trials[at].Values)
			for k, start := range m.Values {
				if m.Values[k] = start + 1.0/models.StepsPerYear; math.IsNaN(start) {
					m.Values[k] = math.Inf(1)
				}
			}
		}
		list = append(list, m)
	}
	return list, nil
}

func (ms marks) inputs() []discover.Input {
	var list []discover.Input
	for _, m := range ms {
		list = append(list, m.Input)
	}
	return list
}

// shareUpTo is the share of the trials with x ≤ at.
func (m *mark) shareUpTo(at float64) float64 {
	if m.sorted == nil {
		m.sorted = slices.Sorted(slices.Values(m.Values))
	}
	n, _ := slices.BinarySearchFunc(m.sorted, at, func(x, at float64) int {
		if x <= at {
			return -1
		}
		return 1
	})
	return float64(n) / float64(len(m.sorted))
}

// detectableSupport is the size of the box of which it is said what lift can be told from chance:
// about that of most boxes that are found.
const detectableSupport = 0.1

// tell puts what was found in the scenario's words.
func (ms marks) tell(d *result.Discovery, found *discover.Found, hit []bool) {
	start, _ := time.Parse(time.DateOnly, d.Run.Start) // it has been checked
	for i := range found.Boxes {
		d.Boxes = append(d.Boxes, ms.box(&found.Boxes[i], d.Run, start))
	}
	if found.Rejected != nil {
		b := ms.box(found.Rejected, d.Run, start)
		d.Rejected = &b
	}
	for _, l := range found.Leaves {
		leaf := result.Leaf{Held: result.Counts(l.Held), Density: proportion(l.Held.HitsIn, l.Held.In),
			Support: proportion(l.Held.In, l.Held.Trials), Coverage: proportion(l.Held.HitsIn, l.Held.Hits)}
		for _, limit := range l.Limits {
			leaf.Limits = append(leaf.Limits, ms.limit(limit, d.Run, start))
		}
		d.Leaves = append(d.Leaves, leaf)
	}
	d.Held = d.Leaves[0].Held
	d.Held.In, d.Held.HitsIn = d.Held.Trials, d.Held.Hits
	d.Detectable = result.Detectable{Support: detectableSupport, Lift: found.Leaves[0].Held.Detectable(detectableSupport)}
	if len(found.Boxes) > 0 {
		d.Plane = ms.plane(found.Boxes, hit, d.Run, start)
	}
}

func proportion(k, n int) result.Estimate {
	low, high := discover.Wilson(k, n)
	return result.Estimate{Value: float64(k) / float64(n), Low: low, High: high}
}

func (ms marks) box(b *discover.Box, run result.Run, start time.Time) result.Box {
	c, out := b.Rest, b.Rest.Outside()
	low, high := c.LiftInterval()
	box := result.Box{
		Rest: result.Counts(b.Rest), Held: result.Counts(b.Held), Found: result.Counts(b.Found),
		Density: proportion(c.HitsIn, c.In), Outside: proportion(out.HitsIn, out.In),
		Coverage: proportion(c.HitsIn, c.Hits), Support: proportion(c.In, c.Trials),
		Lift: result.Estimate{Value: c.Lift(), Low: low, High: high}, Phi: c.Phi(),
	}
	for i, limit := range b.Limits {
		l := ms.limit(limit, run, start)
		l.Without, l.P = result.Counts(b.Without[i]), b.P[i]
		if b.Again != nil {
			l.Again, l.Searches = b.Again[i], discover.Halves
		}
		box.Limits = append(box.Limits, l)
	}
	for _, p := range b.Trajectory {
		peel := result.Peel{Found: result.Counts(p.Found), Held: result.Counts(p.Rest)}
		for _, l := range p.Limits {
			peel.Cuts = append(peel.Cuts, result.Cut{Input: ms[l.Input].Name, Low: l.Low, High: l.High})
		}
		box.Trajectory = append(box.Trajectory, peel)
	}
	return box
}

func (ms marks) limit(l discover.Limit, run result.Run, start time.Time) result.Limit {
	m := ms[l.Input]
	r := result.Limit{Input: m.Name, Unit: m.unit, Event: m.event, Low: l.Low, High: l.High, UpTo: 1, P: math.NaN()}
	if !math.IsInf(l.Low, -1) {
		r.Below = m.shareUpTo(l.Low)
	}
	if !math.IsInf(l.High, 1) {
		r.UpTo = m.shareUpTo(l.High)
	}
	if m.event { // in quarters, since an event is in the box by the quarter in which it starts
		r.Unit = "years"
		day := func(years float64) string {
			quarters := min(int(math.Floor(years*models.StepsPerYear)), run.Years*models.StepsPerYear)
			return start.AddDate(0, quarters*12/models.StepsPerYear, 0).Format(time.DateOnly)
		}
		if !math.IsInf(l.Low, -1) {
			r.From = day(l.Low)
			r.Never = r.From >= day(float64(run.Years))
		}
		if !math.IsInf(l.High, 1) {
			r.Before = day(l.High)
		}
	}
	return r
}

// planePoints is as many as a picture has room for.
const planePoints = 1500

// plane takes the two inputs that the boxes lose most without, those of the first box first, and
// some of the trials held out.
func (ms marks) plane(boxes []discover.Box, hit []bool, run result.Run, start time.Time) *result.Plane {
	var strongest []int
	for _, b := range boxes {
		order := make([]int, len(b.Limits))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(b.Without[i].Phi(), b.Without[j].Phi()) })
		for _, i := range order {
			if in := b.Limits[i].Input; !slices.Contains(strongest, in) {
				strongest = append(strongest, in)
			}
		}
	}
	if len(strongest) < 2 {
		return nil
	}
	i, j := strongest[0], strongest[1]
	free := func(input int) discover.Limit {
		return discover.Limit{Input: input, Low: math.Inf(-1), High: math.Inf(1)}
	}
	p := &result.Plane{X: ms.limit(free(i), run, start), Y: ms.limit(free(j), run, start)}
	for _, b := range boxes {
		x, y := free(i), free(j)
		for _, l := range b.Limits {
			switch l.Input {
			case i:
				x = l
			case j:
				y = l
			}
		}
		if x != free(i) || y != free(j) {
			p.Frames = append(p.Frames, result.Frame{X: result.Cut{Input: p.X.Input, Low: x.Low, High: x.High}, Y: result.Cut{Input: p.Y.Input, Low: y.Low, High: y.High}})
		}
	}
	for k := 1; k < len(hit) && len(p.Points) < planePoints; k += 2 { // the odd ones are held out
		p.Points = append(p.Points, result.Point{X: ms[i].Values[k], Y: ms[j].Values[k], Hit: hit[k]})
	}
	return p
}
