package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"entente/models"
	"entente/reports"
	"entente/scenarios"
	"entente/sim"
	"entente/sim/result"
)

// solveFlags are the flags of `entente solve`.
type solveFlags struct {
	simulationFlags
	vary   string
	target string
}

// usualGrid is how many points of a range are looked at where the command line does not say.
const usualGrid = 9

func solveCommand() *cobra.Command {
	f := solveFlags{simulationFlags: newSimulationFlags()}
	cmd := &cobra.Command{
		Use:   "solve SCENARIO --vary PATH=a:b --for 'STATISTIC = VALUE'",
		Short: "Find the value at which a statistic meets a target",
		Long: `Find the value, from a to b, at which a statistic of a scenario is what --for says:
the commitment at which p95 of the exposure is 100 bn, the cash with which a lab fails
in one future in ten. PATH is any path that --set takes; PATH*=a:b multiplies what
stands there, a distribution too, and PATH+=a:b adds to it. ` + "`entente help statistics`" + `
says what may be asked.

The statistic is computed at 9 values from a to b (PATH=a:b/17: at 17), all in the same
trials, so that the curve is as smooth as the model is. Wherever it passes the target
between two of them, the value is found by the ITP method. The curve need not only
rise or only fall: there may be several solutions, and all are given, or none. A curve
that passes the target twice between two neighbours goes unseen; more values find it.

The same is done with seven more seeds, those that follow --seed. A solution is the
mean of the eight, with its standard error and 95 % interval. That takes some fifty
runs for each solution; how many it took is said. Where the statistic has the standard
error s and the curve a slope, a solution is known to about s/slope/√8.

Exit status: 0 there is a solution; 1 there is none between a and b, and the values at
both ends are given.`,
		Example: `  entente solve baseline --vary openai.cash=10:300 --for 'P(openai.failed == 1) = 0.15'
  entente solve baseline --vary openai.revenue.growth.initial*=0.5:1.5 -n 20000 \
                --for 'p95(azure.exposure@2031) = 1000'
  entente solve my.yaml --vary discount_rate=0.05:0.2/17 --for 'mean(aws.npv) = 0' --json`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return solve(cmd, args[0], f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.vary, "vary", "", "what to look for: `PATH=a:b`, or PATH=a:b/n for a grid of n values; PATH*= multiplies, PATH+= adds")
	flags.StringVar(&f.target, "for", "", "the target: `TEXT` such as 'p95(azure.exposure@2031) = 100'")
	f.addDraws(cmd)
	flags.BoolVar(&f.json, "json", false, "print the solutions as JSON")
	flags.BoolVar(&f.raw, "raw", false, "all digits in the table, not only those that their standard errors support")
	f.addPrinting(cmd)
	flags.Lookup("memory").Usage = "most memory for the trials' values"
	return cmd
}

// solve checks everything, then simulates, then prints.
func solve(cmd *cobra.Command, name string, f solveFlags) error {
	stderr := cmd.ErrOrStderr()
	v, err := newSolving(cmd, name, f)
	if err != nil {
		return err
	}
	ctx, stop := untilInterrupted()
	defer stop()
	f.warn(stderr, v.scenario.Warnings)
	expected := (len(v.grid) + 50) * v.opt.Trials
	tell, clear := f.watch(stderr, expected)
	if tell != nil {
		v.tell = func(trials int) { tell(min(trials, expected), expected) }
	}
	r, err := sim.Solve(func(x float64, seed uint64) (sim.Estimate, error) { return v.at(ctx, x, seed) }, v.grid, v.target.Value, v.opt.Seed)
	clear()
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return &failure{err}
	}
	v.describe(r)
	if err := (printer[*result.Solve]{reports.WriteSolveJSON, reports.WriteSolve}).print(cmd, f.simulationFlags, r); err != nil {
		return err
	}
	if len(r.Solutions) == 0 {
		return &failure{errors.New(reports.Unsolved(r))}
	}
	return nil
}

// A solving is what is looked for, where.
type solving struct {
	template *scenarios.Template
	scenario *scenarios.Scenario
	set      []string
	path     string
	grid     []float64
	target   scenarios.Target
	opt      sim.Options
	done     int // trials of the runs before this one
	tell     func(trials int)
}

// newSolving reads and checks everything, and every point of the grid.
func newSolving(cmd *cobra.Command, name string, f solveFlags) (*solving, error) {
	switch {
	case f.vary == "":
		return nil, errors.New("nothing is varied: give --vary PATH=a:b, such as openai.cash=10:100")
	case f.target == "":
		return nil, errors.New("nothing is asked for: give --for 'STATISTIC = VALUE', such as 'p95(azure.exposure@2031) = 100'")
	}
	template, err := scenarios.Read(name, cmd.InOrStdin())
	if err != nil {
		return nil, err
	}
	v := &solving{template: template, set: f.set}
	if v.scenario, err = template.Load(f.set); err != nil {
		return nil, err
	}
	if v.path, v.grid, err = gridOf(f.vary); err != nil {
		return nil, err
	}
	if v.target, err = v.scenario.Target(f.target); err != nil {
		return nil, err
	}
	if v.opt, err = options(cmd, v.scenario, f.simulationFlags); err != nil {
		return nil, err
	}
	metrics := v.target.Statistic.Metrics()
	v.opt.Keep = func(name string) bool { return slices.Contains(metrics, name) }
	for _, x := range v.grid {
		m, err := v.model(x)
		if err != nil {
			return nil, err
		}
		if v.opt.Beside == nil {
			v.opt.Beside = m
		}
		for _, metric := range metrics {
			if !slices.ContainsFunc(m.Outcomes, func(o sim.Outcome) bool { return o.Name == metric }) {
				return nil, fmt.Errorf("with %s there is no %s", v.override(x), metric)
			}
		}
	}
	if need := 8 * len(metrics) * v.opt.Beside.Years * v.opt.Trials; need > v.opt.Memory {
		return nil, fmt.Errorf("the values of %s in %d trials take %s, which is more than --memory; take fewer trials, or more memory",
			times(len(metrics), "metric"), v.opt.Trials, size{&need})
	}
	return v, nil
}

// gridOf reads what --vary says: a path, and increasing numbers.
func gridOf(text string) (string, []float64, error) {
	a, err := parseVary(text)
	if err != nil {
		return "", nil, err
	}
	if path := bare(a.path); strings.HasPrefix(path, "horizon") {
		return "", nil, fmt.Errorf("--vary %s: what is asked for is of a year, and %s moves the years", text, path)
	}
	var grid []float64
	if a.lo != nil {
		return gridOf(fmt.Sprintf("%s/%d", text, usualGrid))
	}
	for _, value := range a.values {
		x, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
			return "", nil, fmt.Errorf("--vary %s: %s is no number, and what is looked for is one: write %s=a:b", text, value, a.path)
		}
		grid = append(grid, x)
	}
	slices.Sort(grid)
	if grid = slices.Compact(grid); len(grid) < 2 {
		return "", nil, fmt.Errorf("--vary %s: there is nothing to look for without two ends: write %s=a:b", text, a.path)
	}
	return a.path, grid, nil
}

// override is what --set would be told for the value x.
func (v *solving) override(x float64) string {
	return v.path + "=" + strconv.FormatFloat(x, 'g', -1, 64)
}

func (v *solving) model(x float64) (*sim.Model, error) {
	system, err := v.template.System(append(slices.Clone(v.set), v.override(x)))
	if err != nil {
		return nil, err
	}
	return models.Compile(system)
}

// at is the statistic at x, in the trials of a seed.
func (v *solving) at(ctx context.Context, x float64, seed uint64) (sim.Estimate, error) {
	m, err := v.model(x)
	if err != nil {
		return sim.Estimate{}, err
	}
	opt := v.opt
	opt.Seed = seed
	if v.tell != nil {
		opt.Progress = func(done, total int) { v.tell(v.done + done) }
	}
	trials, err := sim.Trials(ctx, m, opt)
	if err != nil {
		return sim.Estimate{}, fmt.Errorf("%s: %w", v.override(x), err)
	}
	v.done += opt.Trials
	return v.target.Statistic.Estimate(trials, opt.Sampler), nil
}

// describe fills in what the solutions are of.
func (v *solving) describe(r *result.Solve) {
	facts := v.scenario.Facts
	r.Version, r.Scenario, r.Run = version, facts.Scenario, facts.Run
	r.Run.Trials, r.Run.Seed, r.Run.Sampler = v.opt.Trials, v.opt.Seed, string(v.opt.Sampler)
	r.Path, r.Statistic, r.Of, r.Target = v.path, v.target.Statistic.Text, v.target.Statistic.Unit, v.target.Value
	for _, a := range facts.Assumptions {
		if a.Path == strings.TrimSuffix(v.path, "+") {
			r.Unit = a.Unit
		}
	}
}
