package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"entente/models"
	"entente/reports"
	"entente/scenarios"
	"entente/sim"
	"entente/sim/result"
)

// explainFlags are the flags of `entente explain`.
type explainFlags struct {
	simulationFlags
	trial  int
	ends   [4]string // by ways
	point  string
	of     string
	all    bool
	format string
}

// ways are those to choose a trial by a metric.
var ways = [4]struct{ flag, usage string }{
	{"worst", "the trial that is worst for `METRIC`: where npv, flow, revenue or cash is lowest, exposure or loss highest"},
	{"lowest", "the trial with the lowest `METRIC`"},
	{"highest", "the trial with the highest `METRIC`"},
	{"median", "the trial in the middle of all by `METRIC`"},
}

var ledgerFormats = []string{"text", "csv", "json"}

func explainCommand() *cobra.Command {
	f := explainFlags{simulationFlags: newSimulationFlags(), trial: -1, format: "text"}
	cmd := &cobra.Command{
		Use:   "explain [SCENARIO]",
		Short: "Tell one trial in full: who pays whom, what happens, and why",
		Long: `Tell one of the run's trials in full: what was drawn, what happened, who paid whom
and for what, quarter by quarter. It is the trial that it is in ` + "`entente run`" + ` with
the same scenario, trials, seed and sampler, bit by bit. Trials count from 0.

Without a flag it is the trial closest to the middle: of all, the one whose largest
distance from the median is least, over net present value, peak exposure, and
exposure halfway and at the end, of the two clouds that the report is about. A
METRIC may be of a year (azure.exposure@2031; without one it is the last) or
arithmetic (azure.npv - aws.npv). --quantile 'p95(azure.exposure@2031)' takes the
trial at place 95 in 100 from below; min(azure.npv) and max(azure.npv) are the ends.
Of trials with the same value the first is taken.

Every line of the ledger names who pays, who receives, the deal, the reason, the
amount and the metrics that it counts for. A line is a payment; a charge, which is
a cost or loss by which no money changes hands; an opening, or a holding at the
horizon. The metrics that are sums of lines (revenue, compute, billed, raised and
cash of labs; use, shortfall, billed, invested, revenue_share, resale, loss, flow
and npv of alliances; revenue, lab_revenue, supplied, loss, loss_total, flow and
npv of clouds; invested, supplied and npv of investors) are compared with those sums
each time, year by year. Where they differ by more than half a cent (or, of sums so
large that rounding makes more of them, by more than that: √n·2⁻⁵³·Σ|x| of n lines),
nothing is printed and the command fails.`,
		Example: `  entente explain
  entente explain --worst aws.npv
  entente explain my.yaml --quantile 'p95(azure.exposure@2031)' --all
  entente explain --trial 4711 --of azure.flow --format csv > flow.csv`,
		Args:              arguments(0, 1),
		ValidArgsFunction: completeScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return explain(cmd, scenarioOf(args), f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.Var(trial{&f.trial}, "trial", "the trial `K`, from 0")
	for i, w := range ways {
		flags.StringVar(&f.ends[i], w.flag, "", w.usage)
	}
	flags.StringVar(&f.point, "quantile", "", "the trial at a `QUANTILE` of all: 'p95(azure.exposure@2031)'")
	flags.StringVar(&f.of, "of", "", "only the lines that count for `METRIC`: azure.flow")
	flags.BoolVar(&f.all, "all", false, "every line, and not their sums by year only")
	flags.BoolVar(&f.raw, "raw", false, "all digits of the numbers, and not to the million")
	flags.Var(word{&f.format, ledgerFormats}, "format", "text, csv (one line of the ledger a row) or json")
	f.addDraws(cmd)
	flags.Lookup("memory").Usage = "most memory for the trials' values, among which the one that is told is found"
	flags.BoolVar(&f.json, "json", false, "the same as --format json")
	f.addPrinting(cmd)
	complete(cmd, "format", ledgerFormats...)
	for _, flag := range []string{"worst", "lowest", "highest", "median", "of"} {
		if err := cmd.RegisterFlagCompletionFunc(flag, completeMetrics); err != nil {
			panic(err) // there is no such flag
		}
	}
	return cmd
}

// atMostOne refuses flags that say the same thing, if more than one of them is given.
func atMostOne(cmd *cobra.Command, what string, flags ...string) error {
	var given []string
	for _, flag := range flags {
		if cmd.Flags().Changed(flag) {
			given = append(given, "--"+flag)
		}
	}
	if len(given) > 1 {
		return fmt.Errorf("%s: each is to %s, and only one can be given", strings.Join(given, " and "), what)
	}
	return nil
}

// completeMetrics offers the metrics of the scenario that is named.
func completeMetrics(cmd *cobra.Command, args []string, prefix string) ([]string, cobra.ShellCompDirective) {
	name := scenarioOf(args)
	if name == "-" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	scenario, err := scenarios.Load(name, scenarios.Options{})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, m := range models.Metrics(scenario.System) {
		names = append(names, m.Name)
	}
	for _, m := range scenario.System.Metrics {
		names = append(names, m.Name)
	}
	return slices.DeleteFunc(names, func(n string) bool { return !strings.HasPrefix(n, prefix) }), cobra.ShellCompDirectiveNoFileComp
}

// explain checks everything, finds the trial, traces it, checks its sums, and prints.
func explain(cmd *cobra.Command, name string, f explainFlags) error {
	stdout, stderr := cmd.OutOrStdout(), cmd.ErrOrStderr()
	if err := atMostOne(cmd, "choose the trial", "trial", "worst", "lowest", "highest", "median", "quantile"); err != nil {
		return err
	}
	if err := atMostOne(cmd, "say in what format", "format", "json"); err != nil {
		return err
	}
	if f.json {
		f.format = "json"
	}
	scenario, err := scenarios.Load(name, scenarios.Options{Stdin: cmd.InOrStdin(), Set: f.set})
	if err != nil {
		return err
	}
	model, ledger, err := models.CompileLedger(scenario.System)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	opt, err := options(cmd, scenario, f.simulationFlags)
	if err != nil {
		return err
	}
	choice, err := f.choose(scenario, opt)
	if err != nil {
		return err
	}
	if f.of != "" {
		if err := counts(f.of, ledger, model); err != nil {
			return err
		}
	}
	ctx, stop := untilInterrupted()
	defer stop()
	f.warn(stderr, scenario.Warnings)
	run := opt
	var clear func()
	run.Progress, clear = f.watch(stderr, opt.Trials)
	l, err := tell(ctx, scenario, model, ledger, run, choice)
	clear()
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return &failure{err}
	}
	if f.of != "" {
		l.Of = f.of
		l.Lines = slices.DeleteFunc(l.Lines, func(line result.Line) bool {
			return !slices.ContainsFunc(line.Counts, func(n result.Count) bool { return n.Metric == f.of })
		})
	}
	if err := f.print(stdout, l); err != nil {
		return &failure{err}
	}
	return nil
}

func (f explainFlags) print(w io.Writer, l *result.Ledger) error {
	switch f.format {
	case "csv":
		return reports.WriteLedgerCSV(w, l)
	case "json":
		return reports.WriteLedgerJSON(w, l)
	}
	opt := f.table(w)
	if err := reports.WriteLedger(w, l, opt); err != nil || !f.all {
		return err
	}
	return reports.WriteLedgerLines(w, l, opt)
}

// counts refuses a metric for which no lines count.
func counts(metric string, ledger *models.Ledger, model *sim.Model) error {
	var names []string
	for _, s := range ledger.Sums {
		names = append(names, s.Metric)
	}
	if slices.Contains(names, metric) {
		return nil
	}
	if slices.ContainsFunc(model.Outcomes, func(o sim.Outcome) bool { return o.Name == metric }) {
		return fmt.Errorf("--of %s: that metric is not a sum of payments; those that are: %s", metric, strings.Join(names, ", "))
	}
	return fmt.Errorf("--of %s: there is no such metric%s", metric, didYouMean(metric, names))
}

// A choice says which trial is meant: the one with a number, that at quantile p of a quantity,
// or, without one, that in the middle.
type choice struct {
	trial    int // −1: none
	quantity *scenarios.Quantity
	p        float64
	rule     string
}

// choose reads the flags that choose.
func (f explainFlags) choose(scenario *scenarios.Scenario, opt sim.Options) (choice, error) {
	c := choice{trial: f.trial}
	if f.trial >= opt.Trials {
		return c, fmt.Errorf("--trial %d: the run's trials are 0 to %d; --trials sets their number", f.trial, opt.Trials-1)
	}
	for i, w := range ways {
		text := f.ends[i]
		if text == "" {
			continue
		}
		q, err := scenario.Quantity(text)
		if err != nil {
			return c, err
		}
		c.quantity = &q
		switch w.flag {
		case "lowest":
			c.p, c.rule = 0, "the lowest "+text
		case "highest":
			c.p, c.rule = 1, "the highest "+text
		case "median":
			c.p, c.rule = 0.5, "the median of "+text
		case "worst":
			bad, ok := worstEnd(q)
			if !ok {
				return c, fmt.Errorf("--worst %s: which end of it is bad is for you to say: --lowest or --highest", text)
			}
			c.p, c.rule = bad, "the worst "+text+", which is the "+[]string{"lowest", "highest"}[int(bad)]
		}
	}
	if f.point != "" {
		s, err := scenario.Statistic(f.point)
		if err != nil {
			return c, err
		}
		q, p, ok := s.Quantile()
		if !ok {
			return c, fmt.Errorf("--quantile %s: that is no quantile; p50(aws.npv), p97.5(azure.exposure@2031) and min(aws.npv) are", f.point)
		}
		c.quantity, c.p, c.rule = &q, p, "the quantile "+f.point
	}
	return c, nil
}

// worstEnd says which end of a metric is bad: 0 the lowest, 1 the highest.
func worstEnd(q scenarios.Quantity) (p float64, ok bool) {
	metric, ok := q.Metric()
	if !ok {
		return 0, false
	}
	switch metric[strings.LastIndex(metric, ".")+1:] {
	case "npv", "flow", "revenue", "lab_revenue", "run_rate", "cash", "valuation", "alive", "moic", "round_trip", "failure_time":
		return 0, strings.Contains(metric, ".")
	case "exposure", "credit_exposure", "peak_exposure", "loss", "loss_total", "concentration", "failed":
		return 1, strings.Contains(metric, ".")
	}
	return 0, false
}

// tell finds the trial that is meant among those of a run, and tells it in full.
func tell(ctx context.Context, scenario *scenarios.Scenario, model *sim.Model, ledger *models.Ledger, opt sim.Options, c choice) (*result.Ledger, error) {
	clouds, err := compared(ctx, scenario, opt)
	if err != nil {
		return nil, err
	}
	clouds = tellable(clouds, scenario.Facts.Clouds)
	shown := standing(clouds, scenario.Facts.Labs, model.Years)
	if c.quantity != nil {
		for _, column := range c.quantity.Columns() {
			if !slices.Contains(shown, column) {
				shown = append([]scenarios.Column{column}, shown...)
			}
		}
	}
	keep := func(name string) bool {
		return slices.ContainsFunc(shown, func(s scenarios.Column) bool { return s.Metric == name })
	}
	if err := fits(model, opt, keep); err != nil {
		return nil, err
	}
	run := opt
	run.Keep = keep
	all, err := sim.Trials(ctx, model, run)
	if err != nil {
		return nil, err
	}
	columns := map[scenarios.Column][]float64{}
	for _, s := range all {
		columns[scenarios.Column{Metric: s.Outcome, Year: s.Year}] = s.Values
	}
	k, ok := c.trial, true
	switch {
	case k >= 0:
	case c.quantity != nil:
		values := c.quantity.Values(all)
		if k, ok = sim.OrderStatistic(values, c.p); !ok {
			return nil, fmt.Errorf("%s: no trial has a value", c.quantity.Text)
		}
		c.rule += equals(values, values[k])
	default:
		c.rule = middleRule(clouds, scenario.Facts.Run, opt.Trials)
		var list [][]float64
		for _, s := range middling(clouds, model.Years) {
			list = append(list, columns[s][:min(opt.Trials, sim.ChosenAmong)])
		}
		if k, ok = sim.Middle(list); !ok {
			return nil, errors.New("no trial has a value of everything by which the middle is chosen: name one with --trial")
		}
	}
	opt.Keep, opt.Progress = nil, nil
	traces, err := sim.Traces(ctx, model, opt, ledger.Expressions(), k)
	if err != nil {
		return nil, err
	}
	l, err := account(scenario.Facts, scenario.System, model, ledger, traces[0])
	if err != nil {
		return nil, err
	}
	l.Facts.Version, l.Facts.Run.Trials, l.Facts.Run.Seed, l.Facts.Run.Sampler = version, opt.Trials, opt.Seed, string(opt.Sampler)
	l.Rule = c.rule
	for _, s := range shown {
		o := model.Outcomes[slices.IndexFunc(model.Outcomes, func(o sim.Outcome) bool { return o.Name == s.Metric })]
		at := result.Standing{Metric: s.Metric, Unit: o.Unit, Year: s.Year, Value: columns[s][k]}
		if o.Kind == sim.AtTheEnd {
			at.Year = 0
		}
		at.Below, at.Above = sim.Standing(columns[s], at.Value)
		l.Standings = append(l.Standings, at)
	}
	return l, nil
}

// equals says how many trials have the value that was looked for, and how many have one at all,
// where that is not one of all.
func equals(values []float64, x float64) string {
	same, defined := 0, 0
	for _, v := range values {
		if v == x {
			same++
		}
		if !math.IsNaN(v) {
			defined++
		}
	}
	text := ""
	if same > 1 {
		text = fmt.Sprintf("; one of %d trials with this value, the first", same)
	}
	if defined < len(values) {
		has := "have"
		if defined == 1 {
			has = "has"
		}
		text += fmt.Sprintf("; %d of %d trials %s a value", defined, len(values), has)
	}
	return text
}

// tellable are the clouds of which trials are told: those that are compared or, where there are
// no two, the only one.
func tellable(compared []string, all []result.Entity) []string {
	if len(compared) > 0 {
		return compared
	}
	var ids []string
	for _, cl := range all {
		ids = append(ids, cl.ID)
	}
	return ids
}

// middling are what a trial is near the middle of: what becomes of the clouds at the end, and on
// the way there.
func middling(clouds []string, years int) []scenarios.Column {
	var list []scenarios.Column
	for _, id := range clouds {
		list = append(list, scenarios.Column{Metric: id + ".npv", Year: 1}, scenarios.Column{Metric: id + ".peak_exposure", Year: 1})
		for _, year := range slices.Compact([]int{(years + 1) / 2, years}) {
			list = append(list, scenarios.Column{Metric: id + ".exposure", Year: year})
		}
	}
	return list
}

// middleRule says how the trial in the middle is chosen.
func middleRule(clouds []string, run result.Run, trials int) string {
	var words []string
	for _, s := range middling(clouds, run.Years) {
		word := s.Metric
		if strings.HasSuffix(word, ".exposure") {
			word += fmt.Sprintf("@y%d", s.Year)
			if start, err := time.Parse(time.DateOnly, run.Start); err == nil {
				word = fmt.Sprintf("%s@%d", s.Metric, start.AddDate(s.Year, 0, -1).Year())
			}
		}
		words = append(words, word)
	}
	return "the trial whose largest distance from the median is least, in shares of the trials, over " + strings.Join(words, ", ") + among(trials)
}

// among says of how many trials the first are chosen from.
func among(trials int) string {
	if trials > sim.ChosenAmong {
		return fmt.Sprintf(", of the first %d", sim.ChosenAmong)
	}
	return ""
}

// standing lists the metrics of which it is told where the trial stands: of the clouds that the
// report is about, and how the labs fared.
func standing(clouds []string, labs []result.Entity, years int) []scenarios.Column {
	var list []scenarios.Column
	for _, id := range clouds {
		list = append(list, middling([]string{id}, years)...)
		list = append(list, scenarios.Column{Metric: id + ".loss_total", Year: 1})
	}
	for _, lab := range labs {
		list = append(list, scenarios.Column{Metric: lab.ID + ".run_rate", Year: years}, scenarios.Column{Metric: lab.ID + ".failed", Year: 1})
	}
	return list
}

// fits refuses what would not be held in memory.
func fits(model *sim.Model, opt sim.Options, keep func(string) bool) error {
	values := 0
	for _, o := range model.Outcomes {
		switch {
		case !keep(o.Name):
		case o.Kind == sim.AtTheEnd:
			values++
		default:
			values += model.Years
		}
	}
	if bytes := 8 * values * opt.Trials; bytes > opt.Memory {
		return fmt.Errorf("to find where the trial stands takes %.1f GiB for %d trials: allow it with --memory, or take fewer --trials", float64(bytes)/(1<<30), opt.Trials)
	}
	return nil
}

// account makes a ledger of what was traced, and refuses one that does not add up.
func account(facts result.Result, system *models.System, model *sim.Model, ledger *models.Ledger, trace sim.Trace) (*result.Ledger, error) {
	start, err := time.Parse(time.DateOnly, facts.Run.Start)
	if err != nil {
		return nil, err
	}
	l := &result.Ledger{Facts: facts, Trial: trace.Trial, Inputs: inputsOf(facts, trace), Outcomes: outcomesOf(model, trace)}
	lines, paths := ledger.Read(trace.Values)
	steps := model.Years * models.StepsPerYear
	for _, line := range lines {
		date := stepEnd(start, line.Step)
		switch {
		case line.Step < 0:
			date = start
		case line.Step >= steps:
			date = stepEnd(start, steps-1)
		case line.Reason == models.TranchePaid:
			date = stepEnd(start, line.Step-1).AddDate(0, 0, 1)
		}
		to := result.Line{Step: line.Step, Date: date.Format(time.DateOnly), Kind: string(line.Kind), Payer: line.Payer, Payee: line.Payee,
			Deal: line.Deal, Reason: line.Reason, Amount: line.Amount}
		for _, n := range line.Counts {
			to.Counts = append(to.Counts, result.Count(n))
		}
		l.Lines = append(l.Lines, to)
	}
	for _, p := range paths {
		l.Paths = append(l.Paths, result.Path{Name: p.Name, Unit: p.Unit, Kind: kindOf(p.Kind), Values: p.Values})
	}
	l.Happenings = happenings(system, paths)
	var wrong []string
	for _, k := range ledger.Checks(lines, trace.Outcomes) {
		l.Checks = append(l.Checks, result.Check{Metric: k.Metric, Year: k.Year, Lines: k.Lines, Sum: k.Sum, Value: k.Value, Tolerance: k.Tolerance, Holds: k.Holds()})
		if !k.Holds() {
			wrong = append(wrong, fmt.Sprintf("%s in year %d is %v, and its %d lines sum to %v: they differ by %.2g USD", k.Metric, k.Year, k.Value, k.Lines, k.Sum, 1e9*math.Abs(k.Sum-k.Value)))
		}
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("the ledger of trial %d does not add up, which is a mistake of this program:\n%s", trace.Trial, strings.Join(wrong, "\n"))
	}
	return l, nil
}

// inputsOf are a trial's assumptions, in the order of the scenario.
func inputsOf(facts result.Result, trace sim.Trace) []result.Drawn {
	drawn := map[string]sim.TracedInput{}
	for _, in := range trace.Inputs {
		drawn[in.Name] = in
	}
	var list []result.Drawn
	for _, a := range facts.Assumptions {
		if in, ok := drawn[a.Path]; ok {
			list = append(list, result.Drawn{Path: a.Path, Unit: a.Unit, Value: in.Value, P: in.P})
		}
	}
	return list
}

// outcomesOf are a trial's metrics.
func outcomesOf(model *sim.Model, trace sim.Trace) []result.Outcome {
	var list []result.Outcome
	for _, s := range trace.Outcomes {
		if s.Year > 1 {
			last := &list[len(list)-1]
			last.Values = append(last.Values, s.Values[0])
			continue
		}
		o := model.Outcomes[slices.IndexFunc(model.Outcomes, func(o sim.Outcome) bool { return o.Name == s.Outcome })]
		list = append(list, result.Outcome{Name: o.Name, Unit: o.Unit, Kind: kindOf(o.Kind), Values: s.Values})
	}
	return list
}

func happenings(system *models.System, paths []models.Path) []result.Happening {
	var list []result.Happening
	for _, h := range models.Happenings(system, paths) {
		list = append(list, result.Happening{Kind: string(h.Kind), From: h.From, To: h.To, Who: h.Who, Whom: h.Whom,
			Amount: h.Amount, Parts: h.Parts, Times: h.Times})
	}
	return list
}

func kindOf(k sim.Kind) string {
	switch k {
	case sim.Stock:
		return result.Stock
	case sim.Flow:
		return result.Flow
	}
	return result.Trial
}

// stepEnd is the last day of a step.
func stepEnd(start time.Time, step int) time.Time {
	return start.AddDate(0, (step+1)*12/models.StepsPerYear, -1)
}

// A trial is the number of one, from 0.
type trial struct{ value *int }

func (t trial) Set(text string) error {
	var n int
	c := count{&n, scenarios.MaxTrials}
	if text == "0" {
		*t.value = 0
		return nil
	}
	if err := c.Set(text); err != nil {
		return fmt.Errorf("it takes the number of a trial, a whole number from 0")
	}
	*t.value = n
	return nil
}

func (t trial) String() string { return "" }
func (trial) Type() string     { return "K" }

// A word is one of some.
type word struct {
	value *string
	words []string
}

func (w word) Set(text string) error {
	if !slices.Contains(w.words, text) {
		return fmt.Errorf("there is %s%s", strings.Join(w.words, ", "), didYouMean(text, w.words))
	}
	*w.value = text
	return nil
}

func (w word) String() string {
	if w.value == nil {
		return ""
	}
	return *w.value
}

func (word) Type() string { return "FORMAT" }
