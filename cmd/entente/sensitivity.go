package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entente/reports"
	"entente/scenarios"
	"entente/sim"
	"entente/sim/result"
)

// sensitivityFlags are the flags of `entente sensitivity`.
type sensitivityFlags struct {
	simulationFlags
	method  string
	of      []string
	inputs  string
	formats []format[*result.Sensitivity]
}

// The trials of a run, where the command line says nothing else, and how many inputs stand alone.
const (
	sobolTrials    = 8192
	tornadoTrials  = 2048
	inputsOneByOne = 20
)

var sensitivityFormats = []format[*result.Sensitivity]{
	{"html", "Report:", "report.html", reports.WriteSensitivityHTML},
	{"json", "Result:", sensitivityFile, reports.WriteSensitivityJSON},
	{"csv", "Table:", "sensitivity.csv", reports.WriteSensitivityCSV},
}

func sensitivityMethods() []string {
	return []string{result.GivenData, result.Sobol, result.OneByOne}
}

func sensitivityCommand() *cobra.Command {
	f := sensitivityFlags{simulationFlags: newSimulationFlags(), method: result.GivenData, formats: sensitivityFormats}
	cmd := &cobra.Command{
		Use:   "sensitivity [SCENARIO]",
		Short: "Say which assumptions the results hang on",
		Long: `Say which assumptions the results of a scenario hang on, by one of three methods:

given-data  from the trials of one ordinary run: rank correlations, partial rank
            correlations (what the other inputs explain taken out), the share of the
            variance that an input alone explains, and Borgonovo's index, by how much
            the whole distribution moves when the input is known. No extra runs.
sobol       Sobol indices from a design made for them: S, the share of the variance
            that an input alone explains, and S_T, its share with all interactions
            (estimators of Janon and Jansen, scrambled Sobol points). Inputs that are
            correlated are one group. The inputs that go with the results most stand
            alone, the others are one group, and so is chance: all shocks, and the
            times of events that do not stand alone. That takes a run for each group
            and two more.
tornado     each input alone at its p10 and at its p90, all else as the scenario has
            it, in the same trials: by how much a statistic swings.

--for says of what, as often as wanted: a quantity such as azure.exposure@2031 or
aws.npv - azure.npv, and with tornado also a statistic such as
'p95(azure.exposure@2031)' or 'P(aws.loss_total > 20)' (a quantity is its mean).
Without it these are exposure at the end and net present value of the two clouds that
reports compare, or of the only one, and the failures of the labs; of these, what varies.

All estimates have a standard error, which stands after ±, and in the files a 95 %
interval, too; neither moves when the command is run again. Those of sobol are from the 16
independent replicates of the design, those of tornado from the differences in the same
trials. Shares and indices cannot be negative, but their estimates can, by
noise: what is not told from 0 is shown as what it is below.

The ends of an input stand in a tornado as a scenario file has them, 0.107 and not 10.7 %.
What a statistic is there is what ` + "`entente run --set PATH=VALUE`" + ` gives with the value
in sensitivity.csv and the same trials, seed and sampler. Of an input that is correlated
with others it is not: here those stay as they are, and --set refuses such an input.

It writes report.html, sensitivity.json and sensitivity.csv, and prints tables.`,
		Example: `  entente sensitivity
  entente sensitivity my.yaml --for azure.exposure@2031 --for aws.npv
  entente sensitivity --method sobol --inputs 30 --for azure.exposure@2031
  entente sensitivity --method tornado --for 'p95(azure.exposure@2031)'
  entente sensitivity --method tornado --inputs 'openai.*,discount_rate'`,
		Args:              arguments(0, 1),
		ValidArgsFunction: completeScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return sensitivity(cmd, scenarioOf(args), f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVarP(&f.method, "method", "m", f.method, "`METHOD`: given-data, sobol or tornado")
	flags.StringArrayVar(&f.of, "for", nil, "of what, as often as wanted: a `QUANTITY` such as azure.exposure@2031; with tornado also a statistic")
	flags.StringVarP(&f.inputs, "inputs", "i", "", fmt.Sprintf("the inputs that stand alone: `K|GLOB,...`, so many of the strongest, or those that match (default: %d; all with given-data)", inputsOneByOne))
	f.addDraws(cmd)
	flags.Lookup("trials").Usage = fmt.Sprintf("number of trials of each run (default: %d with given-data, which is the most, %d with sobol, %d with tornado)",
		sim.MostAssociationTrials, sobolTrials, tornadoTrials)
	flags.Lookup("memory").Usage = "most memory for the trials' values"
	flags.StringVarP(&f.out, "out", "o", "", "the `DIR` that files go to (default: out/, and there the scenario's name with -sensitivity- and the method)")
	flags.Var(formatList[*result.Sensitivity]{&f.formats, sensitivityFormats}, "format", "files to write")
	flags.BoolVar(&f.json, "json", false, "print the result on standard output in place of the tables")
	f.addPrinting(cmd)
	complete(cmd, "method", sensitivityMethods()...)
	complete(cmd, "format", "html", "json", "csv", "json,csv")
	return cmd
}

// A sensing is a sensitivity analysis in the making.
type sensing struct {
	ctx      context.Context
	scenario *scenarios.Scenario
	model    *sim.Model
	opt      sim.Options
	method   string

	quantities []scenarios.Quantity
	statistics []scenarios.Statistic // of a tornado; quantities are then what they are made of

	most  int      // inputs that stand alone; 0: all that match
	globs []string // nil: all

	result *result.Sensitivity
}

// sensitivity checks everything, then makes the directory, then simulates, then writes the files,
// then prints.
func sensitivity(cmd *cobra.Command, name string, f sensitivityFlags) error {
	stderr := cmd.ErrOrStderr()
	if !slices.Contains(sensitivityMethods(), f.method) {
		return fmt.Errorf("no method %q; there is %s%s", f.method, list(sensitivityMethods()), didYouMean(f.method, sensitivityMethods()))
	}
	scenario, model, err := load(cmd, name, f.set)
	if err != nil {
		return err
	}
	ctx, stop := untilInterrupted()
	defer stop()
	s := &sensing{ctx: ctx, scenario: scenario, model: model, method: f.method}
	if s.opt, err = options(cmd, scenario, f.simulationFlags); err != nil {
		return err
	}
	if err := s.takeTrials(cmd.Flags().Changed("trials")); err != nil {
		return err
	}
	if err := s.takeInputs(f.inputs); err != nil {
		return err
	}
	if err := s.takeQuantities(f.of); err != nil {
		if ctx.Err() != nil {
			return errInterrupted
		}
		return err
	}
	if err := s.fits(f.memory); err != nil {
		return err
	}
	out, err := openOutput(f.directory(fileName(scenario.Facts.Scenario.Name)+"-sensitivity-"+s.method), fileNames(f.formats))
	if err != nil {
		return err
	}
	defer out.discard()
	f.warn(stderr, scenario.Warnings)
	var clear func()
	s.opt.Progress, clear = f.watch(stderr, 0) // of all runs
	err = s.run()
	clear()
	if ctx.Err() != nil {
		return errInterrupted
	}
	var missing *sim.MissingError
	if errors.As(err, &missing) {
		q, _ := missing.Quantity.(scenarios.Quantity)
		err = fmt.Errorf("%s has no value in %d of %d trials, and a sensitivity needs one in each: ask for a quantity that always has one", q.Text, missing.Missing, missing.Trials)
	}
	if err != nil {
		return &failure{err}
	}
	if err := deliver(ctx, out, f.formats, s.result); err != nil {
		return err
	}
	if err := (printer[*result.Sensitivity]{reports.WriteSensitivityJSON, reports.WriteSensitivityTable}).print(cmd, f.simulationFlags, s.result); err != nil {
		return err
	}
	tellFiles(cmd, f.simulationFlags, out, f.formats, sensitivityFormats)
	return nil
}

// takeTrials checks the number of trials, or sets it.
func (s *sensing) takeTrials(given bool) error {
	most := scenarios.MaxTrials
	switch s.method {
	case result.GivenData:
		most = sim.MostAssociationTrials
		if !given {
			s.opt.Trials = most
		}
	case result.Sobol:
		if !given {
			s.opt.Trials = sobolTrials
		}
	case result.OneByOne:
		if !given {
			s.opt.Trials = tornadoTrials
		}
	}
	if s.opt.Trials < sim.LeastSensitivityTrials {
		return fmt.Errorf("--trials %d: a sensitivity takes at least %d", s.opt.Trials, sim.LeastSensitivityTrials)
	}
	if s.opt.Trials > most {
		return fmt.Errorf("--trials %d: given-data takes at most %d, which tell a rank correlation to ± 0.015; for more take --method sobol", s.opt.Trials, most)
	}
	return nil
}

// takeInputs reads which inputs stand alone.
func (s *sensing) takeInputs(text string) error {
	if text == "" {
		if s.method != result.GivenData {
			s.most = inputsOneByOne
		}
		return nil
	}
	if n, err := strconv.Atoi(text); err == nil {
		if n < 1 {
			return fmt.Errorf("--inputs %s: it takes a number from 1, or patterns such as 'openai.*'", text)
		}
		s.most = n
		return nil
	}
	var names []string
	for _, group := range s.model.Together() {
		names = append(names, group...)
	}
	for _, glob := range strings.Split(text, ",") {
		if _, err := path.Match(glob, ""); err != nil {
			return fmt.Errorf("--inputs %q is no pattern: * stands for any letters, ? for one, [ab] for one of some", glob)
		}
		if !slices.ContainsFunc(names, func(name string) bool { return matches(glob, name) }) {
			return fmt.Errorf("--inputs %q matches none of the %s that the scenario draws%s", glob, times(len(names), "input"), didYouMean(glob, names))
		}
		s.globs = append(s.globs, glob)
	}
	return nil
}

func matches(glob, name string) bool {
	ok, _ := path.Match(glob, name) // it has been checked
	return ok
}

// alone says whether an input matches, if it has to.
func (s *sensing) alone(name string) bool {
	return s.globs == nil || slices.ContainsFunc(s.globs, func(glob string) bool { return matches(glob, name) })
}

// takeQuantities reads what is asked for, or takes the headlines.
func (s *sensing) takeQuantities(texts []string) error {
	if len(texts) == 0 {
		var err error
		if texts, err = s.usual(); err != nil {
			return err
		}
	}
	for _, text := range texts {
		if s.method == result.OneByOne {
			st, err := s.statistic(text)
			if err != nil {
				return err
			}
			s.statistics = append(s.statistics, st)
			for _, c := range st.Columns() {
				if err := s.takeColumn(c); err != nil {
					return err
				}
			}
			continue
		}
		q, err := s.scenario.Quantity(text)
		if err != nil {
			if _, other := s.scenario.Statistic(text); other == nil {
				return fmt.Errorf("--for %q is a statistic of all trials, which --method tornado takes; %s takes a number of each trial, such as aws.npv", text, s.method)
			}
			return err
		}
		s.quantities = append(s.quantities, q)
	}
	return nil
}

// usual are the headlines that vary in a short run; if none does, those that there are.
func (s *sensing) usual() ([]string, error) {
	if len(s.model.Together()) == 0 {
		return nil, nil // which is told later
	}
	clouds, err := compared(s.ctx, s.scenario, s.opt)
	if err != nil {
		return nil, &failure{err}
	}
	names := headlines(clouds, s.scenario.Facts.Labs)
	names = slices.DeleteFunc(names, func(name string) bool { return s.outcome(name) < 0 }) // of a lab that can't fail
	pilot := sim.Options{Trials: min(s.opt.Trials, pilotTrials), Seed: s.opt.Seed, Sampler: s.opt.Sampler, Workers: s.opt.Workers,
		Keep: func(name string) bool { return slices.Contains(names, name) }}
	trials, err := sim.Trials(s.ctx, s.model, pilot)
	if err != nil {
		return nil, &failure{err}
	}
	var all, varying []string
	for _, name := range names {
		text := name
		if s.model.Outcomes[s.outcome(name)].Kind != sim.AtTheEnd {
			text += "@" + s.lastYear()
		}
		all = append(all, text)
		q, err := s.scenario.Quantity(text)
		if err != nil {
			return nil, err
		}
		if values := q.Values(trials); slices.ContainsFunc(values, func(v float64) bool { return v != values[0] }) {
			varying = append(varying, text)
		}
	}
	if len(varying) == 0 {
		return all, nil
	}
	return varying, nil
}

// outcome is the number of one, or −1.
func (s *sensing) outcome(name string) int {
	return slices.IndexFunc(s.model.Outcomes, func(o sim.Outcome) bool { return o.Name == name })
}

// lastYear is the calendar year of the last year's end.
func (s *sensing) lastYear() string {
	start, err := time.Parse(time.DateOnly, s.scenario.Facts.Run.Start)
	if err != nil {
		panic(err) // the scenario has been checked
	}
	return strconv.Itoa(start.AddDate(s.model.Years, 0, -1).Year())
}

// statistic reads a statistic; a quantity stands for its mean.
func (s *sensing) statistic(text string) (scenarios.Statistic, error) {
	if q, err := s.scenario.Quantity(text); err == nil {
		return s.scenario.Statistic("mean(" + q.Text + ")")
	}
	return s.scenario.Statistic(text)
}

// takeColumn makes a quantity of what a statistic is made of, for the choice of inputs.
func (s *sensing) takeColumn(c scenarios.Column) error {
	text := c.Metric
	for _, o := range s.model.Outcomes {
		if o.Name == c.Metric && o.Kind != sim.AtTheEnd {
			text = fmt.Sprintf("%s@y%d", c.Metric, c.Year)
		}
	}
	if slices.ContainsFunc(s.quantities, func(q scenarios.Quantity) bool { return q.Text == text }) {
		return nil
	}
	q, err := s.scenario.Quantity(text)
	if err == nil {
		s.quantities = append(s.quantities, q)
	}
	return err
}

// fits refuses what takes more memory than there is.
func (s *sensing) fits(memory int) error {
	inputs := 0
	for _, group := range s.model.Together() {
		inputs += len(group)
	}
	if inputs == 0 {
		return fmt.Errorf("%s draws no input: every assumption is a number, and nothing hangs on it by chance", s.scenario.Facts.Scenario.Argument)
	}
	var metrics []string
	for _, q := range s.quantities {
		metrics = append(metrics, q.Metrics()...)
	}
	slices.Sort(metrics)
	groups := len(s.model.Together()) // at most
	if s.most > 0 {
		groups = min(groups, s.most)
	}
	columns := 2*len(slices.Compact(metrics))*s.model.Years + len(s.quantities)*(groups+4)
	perTrial := 8 * (columns + 2*inputs)
	if s.method == result.GivenData {
		perTrial += 8 * 2 * inputs // their ranks
	}
	if most := memory / perTrial; s.opt.Trials > most {
		return fmt.Errorf("%d trials of %s take %.0f MB, more than --memory allows: -n %d fits", s.opt.Trials, times(inputs, "input"), float64(perTrial)*float64(s.opt.Trials)/1e6, most)
	}
	return nil
}

// run fills the result.
func (s *sensing) run() error {
	facts := &s.scenario.Facts
	r := &result.Sensitivity{Version: version, Scenario: facts.Scenario, Run: facts.Run, Method: s.method}
	r.Run.Trials, r.Run.Seed, r.Run.Sampler = s.opt.Trials, s.opt.Seed, string(s.opt.Sampler)
	for _, group := range s.model.Together() {
		r.Inputs += len(group)
	}
	switch {
	case s.globs != nil:
		r.Chosen = strings.Join(s.globs, ", ")
	case s.most > 0 && s.most < r.Inputs:
		r.Chosen = strconv.Itoa(s.most)
	}
	s.result = r
	var err error
	switch s.method {
	case result.GivenData:
		err = s.associations()
	case result.Sobol:
		err = s.indices()
	case result.OneByOne:
		err = s.tornado()
	}
	if err != nil {
		return err
	}
	named := s.named()
	for _, a := range facts.Assumptions {
		if named[a.Path] {
			r.Assumptions = append(r.Assumptions, a)
		}
	}
	return nil
}

func (s *sensing) named() map[string]bool {
	named := map[string]bool{}
	for _, a := range s.result.Associations {
		for _, in := range a.Inputs[:min(len(a.Inputs), inputsOneByOne)] {
			named[in.Path] = true
		}
	}
	for _, x := range s.result.Indices {
		for _, g := range x.Groups {
			for _, in := range g.Inputs {
				if g.Name != result.OtherInputs && g.Name != result.Chance {
					named[in] = true
				}
			}
		}
	}
	for _, t := range s.result.Tornados {
		for _, w := range t.Swings {
			named[w.Path] = true
		}
	}
	return named
}

// asQuantities are the quantities as the engine takes them.
func (s *sensing) asQuantities() []sim.Quantity {
	var list []sim.Quantity
	for _, q := range s.quantities {
		list = append(list, q)
	}
	return list
}

func (s *sensing) associations() error {
	found, err := sim.Associations(s.ctx, s.model, s.opt, s.asQuantities())
	if err != nil {
		return err
	}
	if least := sim.LeastPartialTrials(s.result.Inputs); s.opt.Trials < least && lackPartials(found) {
		s.result.PartialTrials = least
	}
	for k := range found {
		a := &found[k]
		a.Quantity, a.Unit = s.quantities[k].Text, s.quantities[k].Unit
		a.Inputs = slices.DeleteFunc(a.Inputs, func(in result.Association) bool { return !s.alone(in.Path) })
		if s.most > 0 {
			a.Inputs = a.Inputs[:min(s.most, len(a.Inputs))]
		}
	}
	s.result.Associations, s.result.Simulated = found, s.opt.Trials
	return nil
}

// lackPartials says that there is no partial rank correlation at all.
func lackPartials(found []result.Associations) bool {
	for _, a := range found {
		if slices.ContainsFunc(a.Inputs, func(in result.Association) bool { return !math.IsNaN(in.Partial.Value) }) {
			return false
		}
	}
	return true
}

// strongest lists inputs by how much the quantities hang on them, those that match if they have to.
func (s *sensing) strongest() ([]string, error) {
	opt := s.opt
	opt.Trials = sim.MostAssociationTrials
	opt.Progress = nil
	names, err := sim.Strongest(s.ctx, s.model, opt, s.asQuantities())
	s.result.Simulated += opt.Trials
	return slices.DeleteFunc(names, func(name string) bool { return !s.alone(name) }), err
}

// isTime says that an input is the time of an event, which is chance and no assumption.
func (s *sensing) isTime(name string) bool {
	id, ok := strings.CutSuffix(name, ".time")
	return ok && slices.ContainsFunc(s.scenario.Facts.Events, func(e result.Event) bool { return e.ID == id })
}

// indices makes the groups: the strongest inputs, each with those it is correlated with, the other
// assumptions, and chance.
func (s *sensing) indices() error {
	names, err := s.strongest()
	if err != nil {
		return err
	}
	var groups []sim.Group
	var titles []string
	together := s.model.Together()
	for _, name := range names {
		if s.most > 0 && len(groups) == s.most {
			break
		}
		i := slices.IndexFunc(together, func(g []string) bool { return slices.Contains(g, name) })
		if i < 0 {
			continue // it is in a group already
		}
		title := name
		if n := len(together[i]); n > 1 {
			title = fmt.Sprintf("%s +%d", name, n-1)
		}
		titles = append(titles, title)
		groups = append(groups, sim.Group{Inputs: together[i]})
		together = slices.Delete(together, i, i+1)
	}
	others, chance := sim.Group{}, sim.Group{Shocks: true}
	for _, group := range together {
		for _, name := range group {
			if s.isTime(name) {
				chance.Inputs = append(chance.Inputs, name)
			} else {
				others.Inputs = append(others.Inputs, name)
			}
		}
	}
	alone := len(groups)
	if len(others.Inputs) > 0 {
		titles, groups = append(titles, result.OtherInputs), append(groups, others)
	}
	titles, groups = append(titles, result.Chance), append(groups, chance)
	found, err := sim.SobolIndices(s.ctx, s.model, s.opt, s.asQuantities(), groups)
	if err != nil {
		return err
	}
	for k := range found {
		x := &found[k]
		x.Quantity, x.Unit = s.quantities[k].Text, s.quantities[k].Unit
		for i := range x.Groups {
			x.Groups[i].Name = titles[i]
		}
		slices.SortStableFunc(x.Groups[:alone], func(a, b result.Index) int { return cmp.Compare(b.Total.Value, a.Total.Value) })
	}
	s.result.Indices = found
	s.result.Simulated += (len(groups) + 2) * s.opt.Trials
	return nil
}

// tornado moves the strongest assumptions.
func (s *sensing) tornado() error {
	names, err := s.strongest()
	if err != nil {
		return err
	}
	names = slices.DeleteFunc(names, s.isTime)
	if s.most > 0 {
		names = names[:min(s.most, len(names))]
	}
	var statistics []sim.Statistic
	for _, st := range s.statistics {
		statistics = append(statistics, st)
	}
	found, err := sim.Tornado(s.ctx, s.model, s.opt, statistics, names)
	if err != nil {
		return err
	}
	for k := range found {
		t := &found[k]
		t.Statistic, t.Unit = s.statistics[k].Text, s.statistics[k].Unit
		for i := range t.Swings {
			w := &t.Swings[i]
			j := slices.IndexFunc(s.scenario.Facts.Assumptions, func(a result.Assumption) bool { return a.Path == w.Path })
			w.Unit = s.scenario.Facts.Assumptions[j].Unit
			for _, group := range s.model.Together() {
				if slices.Contains(group, w.Path) {
					w.With = slices.DeleteFunc(slices.Clone(group), func(name string) bool { return name == w.Path })
				}
			}
		}
		slices.SortStableFunc(t.Swings, func(a, b result.Swing) int {
			return cmp.Compare(math.Abs(b.Swing.Value), math.Abs(a.Swing.Value))
		})
	}
	s.result.Tornados = found
	s.result.Simulated += (2*len(names) + 1) * s.opt.Trials
	return nil
}
