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
	vary, target []string
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
Where noise takes it to and fro, by less than two standard errors at the values between,
it counts as passing once, or, if it turns back, as not passing; more trials tell.

The same is done with seven more seeds, those that follow --seed: each is searched from
a to b, outward from the first seed's solution, for where the curve passes the target in
the same direction. A solution is the mean of the eight, with its standard error and
95 % interval. That takes some fifty runs for each solution; how many it took is said.
Where the statistic has the standard error s and the curve a slope, a solution is known
to about s/slope/√8. If some seeds have none from a to b, the mean of the others would be
biased: no value is given then (null with --json), only which the others have. More
trials or a wider range help.

Exit status: 0 each solution has a value; 1 there is none between a and b, and the values
at both ends are given, or one that not all seeds have.`,
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
	flags.StringArrayVar(&f.vary, "vary", nil, "what to look for: `PATH=a:b`, or PATH=a:b/n for a grid of n values; PATH*= multiplies, PATH+= adds")
	flags.StringArrayVar(&f.target, "for", nil, "the target: `TEXT` such as 'p95(azure.exposure@2031) = 100'")
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
		v.opt.Progress = func(done, _ int) { tell(min(v.done+done, expected), expected) }
	}
	if v.runs, err = sim.NewRepeat(v.opt); err != nil {
		return err
	}
	r, err := sim.Solve(func(x float64, seed uint64) (sim.Estimate, error) { return v.estimate(ctx, x, seed) }, v.grid, v.target.Value, v.opt.Seed)
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
	if why := reports.Unsolved(r); why != "" {
		return &failure{errors.New(why)}
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
	points   models.Points
	at       map[float64]sim.Point // of the grid
	runs     *sim.Repeat
	done     int // trials of the runs before this one
}

// newSolving reads and checks everything, and every point of the grid.
func newSolving(cmd *cobra.Command, name string, f solveFlags) (*solving, error) {
	switch {
	case len(f.vary) == 0:
		return nil, errors.New("nothing is varied: give --vary PATH=a:b, such as openai.cash=10:100")
	case len(f.target) == 0:
		return nil, errors.New("nothing is asked for: give --for 'STATISTIC = VALUE', such as 'p95(azure.exposure@2031) = 100'")
	case len(f.vary) > 1:
		return nil, fmt.Errorf("--vary is given %d times: one value is looked for at a time; `entente sweep` varies several, and --set fixes others", len(f.vary))
	case len(f.target) > 1:
		return nil, fmt.Errorf("--for is given %d times: one target is looked for at a time", len(f.target))
	}
	template, err := scenarios.Read(name, cmd.InOrStdin())
	if err != nil {
		return nil, err
	}
	v := &solving{template: template, set: f.set}
	if v.scenario, err = template.Load(f.set); err != nil {
		return nil, err
	}
	if v.path, v.grid, err = gridOf(f.vary[0]); err != nil {
		return nil, err
	}
	if v.target, err = v.scenario.Target(f.target[0]); err != nil {
		return nil, err
	}
	if v.opt, err = options(cmd, v.scenario, f.simulationFlags); err != nil {
		return nil, err
	}
	metrics := v.target.Statistic.Metrics()
	v.opt.Keep = func(name string) bool { return slices.Contains(metrics, name) }
	const word = "word"
	if _, err := template.System(append(slices.Clone(f.set), v.path+"="+word)); err == nil {
		return nil, fmt.Errorf("--vary %s: %s is no number: it could as well be %q", f.vary[0], v.path, word)
	}
	for _, x := range v.grid {
		system, err := v.system(x)
		if err != nil {
			return nil, err
		}
		v.points.Add(system)
	}
	if v.points.Same() {
		return nil, fmt.Errorf("--vary %s: no number of the model is another at %s than at %s, so that %s is nothing to look for",
			f.vary[0], short(v.grid[0]), short(v.grid[len(v.grid)-1]), v.path)
	}
	points, err := v.points.Compile()
	if err != nil {
		return nil, err
	}
	v.opt.Beside = points[0].Model
	v.at = map[float64]sim.Point{}
	for i, x := range v.grid {
		v.at[x] = points[i]
		for _, metric := range metrics {
			if !slices.ContainsFunc(points[i].Model.Outcomes, func(o sim.Outcome) bool { return o.Name == metric }) {
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

func short(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// override is what --set would be told for the value x.
func (v *solving) override(x float64) string { return v.path + "=" + short(x) }

func (v *solving) system(x float64) (*models.System, error) {
	return v.template.System(append(slices.Clone(v.set), v.override(x)))
}

// point is the scenario at x; it compiles only what those before have not.
func (v *solving) point(x float64) (sim.Point, error) {
	if p, known := v.at[x]; known {
		return p, nil
	}
	system, err := v.system(x)
	if err != nil {
		return sim.Point{}, err
	}
	return v.points.Another(system)
}

// estimate is the statistic at x, in the trials of a seed.
func (v *solving) estimate(ctx context.Context, x float64, seed uint64) (sim.Estimate, error) {
	p, err := v.point(x)
	if err != nil {
		return sim.Estimate{}, err
	}
	trials, err := v.runs.Trials(ctx, p, seed)
	if err != nil {
		return sim.Estimate{}, fmt.Errorf("%s: %w", v.override(x), err)
	}
	v.done += v.opt.Trials
	return v.target.Statistic.Estimate(trials, v.opt.Sampler), nil
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
