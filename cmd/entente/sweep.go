package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"entente/models"
	"entente/reports"
	"entente/scenarios"
	"entente/sim"
	"entente/sim/result"
)

// sweepFlags are the flags of `entente sweep`.
type sweepFlags struct {
	simulationFlags
	planFlags
	csv string
}

func sweepCommand() *cobra.Command {
	f := sweepFlags{simulationFlags: newSimulationFlags()}
	cmd := &cobra.Command{
		Use:   "sweep SCENARIO",
		Short: "Simulate a scenario over a design of values",
		Long: `Simulate a scenario at many points: under one set of values after the other. What
is varied is any path that --set takes, also one that holds a distribution:

  --vary openai.cash=20:60/5            five values from 20 to 60
  --vary openai.cash=20:60:10           from 20 to 60 in steps of 10
  --vary openai.cash=20,40,"30 to 50"   these values, each as --set takes it
  --vary 'openai.revenue.growth.initial*=0.8:1.2/5'
                                        what stands there times 0.8, 0.9, ... 1.2,
                                        a distribution too
  --vary 'openai.revenue.growth.initial+=-0.2,0,0.2'
                                        what stands there plus these

Several --vary make a grid: every combination, the last one changing fastest. With
--zip they are walked together, the first values of all, then the second ones.
--design latin|sobol --points N spreads N points over the box of ranges without
steps, --vary PATH=a:b. --points FILE.csv takes the points from a table: paths on
top, a point a line, an empty cell for what the scenario says. Every point is
checked before the first is simulated: a value that is wrong refuses the sweep, and
values that are wrong only together make their point fail.

Every point has the same random numbers, so that a difference between two points
is the effect of their values and curves are smooth: diff is the mean difference
to the first point in the same trial, and se_diff its standard error, far below
that of either mean. Point 1 is what ` + "`entente run`" + ` gives with its values, and so are
the others, to the last digit; but with the samplers sobol and latin a point that
has another horizon, or another volatility or half-life of a shock, keeps the
directions of point 1, which a run of its own would choose anew. Where the horizon
is varied, a year is compared with the one of point 1 that ends on the same day;
diff is empty where there is none, and for what is of the whole time, such as npv.

sweep.csv has a row for each point, metric and year: point, the varied paths,
metric, year (1 is the point's first, empty is once per trial), n, defined, mean, se, sd, min, p1
to p99, max, es5, es95, es1, es99 (means of the lowest and highest 5 and 1 %), the
standard errors of these, the share above 0, and diff, se_diff. report.html draws it, and
sweep.json says which sweep the directory holds.

Kept are, without --metrics, exposure, peak_exposure, backlog, concentration,
loss_total and npv of the clouds, revenue and failed of the labs, and the
scenario's own metrics; --metrics '*' keeps all, in a file ten times as large.

A sweep that was stopped goes on where it was when the same command is given
again, to the same bytes; a finished one makes its report again, and simulates
nothing. A directory that holds another sweep is refused. A point that fails says
why, the others are finished, and the exit status is 1.

A hundred points of the baseline at 10,000 trials take less than ten seconds on two
cores, a thousand about a minute and a half.`,
		Example: `  entente sweep baseline --vary openai.cash=20:60/9 -n 20000
  entente sweep baseline --vary 'openai.revenue.growth.initial*=0.7:1.3/7' \
                         --vary openai_azure.churn.annual_rate=0.05,0.15,0.25
  entente sweep baseline --design sobol --points 200 -n 5000 \
                         --vary openai.cash=20:60 --vary discount_rate=0.07:0.13
  entente sweep baseline --points plan.csv --csv - | head`,
		Args:              arguments(1, 1),
		ValidArgsFunction: completeScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return sweep(cmd, args[0], f) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringArrayVar(&f.vary, "vary", nil, "vary a value, as often as wanted: `PATH=VALUES`, which are a:b/n, a:b:step or v1,v2,v3; PATH*= multiplies, PATH+= adds")
	flags.BoolVar(&f.zip, "zip", false, "walk the lists of values together, in place of every combination")
	flags.StringVar(&f.design, "design", "", "spread points over the ranges PATH=a:b: `NAME` latin or sobol")
	flags.StringVar(&f.points, "points", "", "the number of points of a --design, or a `FILE.csv` that lists points")
	flags.StringVar(&f.csv, "csv", "", "with - for `FILE`: print sweep.csv on standard output in place of the table")
	flags.BoolVar(&f.raw, "raw", false, "all digits in the table, not only those that their standard errors support")
	f.add(cmd)
	flags.Lookup("metrics").Usage = "keep only the metrics that match, `GLOB,...` such as azure.*,*.npv; '*' keeps all (default: see above)"
	flags.Lookup("memory").Usage = "most memory for the trials' values; with less, fewer points share their work"
	complete(cmd, "design", "latin", "sobol")
	return cmd
}

// sweep checks everything, then makes the directory, then simulates point after point, then
// writes the files, then prints.
func sweep(cmd *cobra.Command, name string, f sweepFlags) error {
	stderr := cmd.ErrOrStderr()
	if f.csv != "" && f.csv != "-" {
		return fmt.Errorf("--csv takes -, for standard output; the file is sweep.csv in the directory that --out names")
	}
	if f.csv != "" && f.json {
		return errors.New("--csv - and --json both want standard output: give one of them")
	}
	begun := time.Now()
	ctx, stop := untilInterrupted()
	defer stop()
	w, err := newSweep(ctx, cmd, name, f)
	if ctx.Err() != nil {
		return errInterrupted
	}
	if err != nil {
		return err
	}

	out, err := w.open(f.out)
	if err != nil {
		return err
	}
	defer out.discard()
	if !f.quiet {
		for _, d := range slices.Concat(w.scenario.Warnings, w.warnings) {
			warn(stderr, d.String())
		}
	}
	kept := w.done()
	if n := len(w.plan.points); kept > 0 && !f.quiet {
		fmt.Fprintf(stderr, "entente: %d of %s were simulated before\n", kept, times(n, "point"))
	}
	var clear func()
	w.opt.Progress, clear = f.watch(stderr, w.opt.Trials*(len(w.points)-kept))
	err = w.simulate(ctx)
	clear()
	if ctx.Err() != nil {
		return w.interrupted()
	}
	if err != nil {
		return &failure{err}
	}
	s, err := w.result()
	if err != nil {
		return &failure{err}
	}
	if err := w.write(out, s); err != nil {
		return &failure{err}
	}
	if ctx.Err() != nil {
		return w.interrupted()
	}
	if err := out.commit(); err != nil {
		return &failure{err}
	}
	w.forget()
	if err := w.print(cmd, out, s, f, time.Since(begun)); err != nil {
		return &failure{err}
	}
	return w.failed(s)
}

// A sweeping is a sweep in the making.
type sweeping struct {
	scenario *scenarios.Scenario
	plan     *plan
	points   []sim.Point
	number   []int       // of each of them, its place in the plan: the others have a reason
	starts   []time.Time // by place in the plan
	years    []int       // by place in the plan
	opt      sim.Options
	kept     []string // metrics, in the order of the first model that has them
	about    map[string]sim.Outcome
	manifest manifest
	warnings []scenarios.Diagnostic // of points, that the scenario does not have

	arguments []string // of the points, and of what is kept

	dir     string
	before  map[int][]byte // the rows of points that an earlier run wrote, as in the file
	reasons map[int]string // why points failed
}

// newSweep reads and checks all points.
func newSweep(ctx context.Context, cmd *cobra.Command, name string, f sweepFlags) (*sweeping, error) {
	template, err := scenarios.Read(name, cmd.InOrStdin())
	if err != nil {
		return nil, err
	}
	scenario, err := template.Load(f.set)
	if err != nil {
		return nil, err
	}
	opt, err := options(cmd, scenario, f.simulationFlags)
	if err != nil {
		return nil, err
	}
	w := &sweeping{scenario: scenario, opt: opt, about: map[string]sim.Outcome{}, reasons: map[int]string{}}
	if w.plan, err = f.plan(opt.Seed); err != nil {
		return nil, err
	}
	points, err := w.systems(ctx, template, f.set)
	if err != nil {
		return nil, err
	}
	if w.points, err = points.Compile(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := w.later(); err != nil {
		return nil, err
	}
	var outcomes []sim.Outcome
	var last *sim.Model
	for _, p := range w.points {
		if p.Model == last {
			continue
		}
		last = p.Model
		for _, o := range p.Model.Outcomes {
			if _, known := w.about[o.Name]; !known {
				w.about[o.Name] = o
				outcomes = append(outcomes, o)
			}
		}
	}
	metrics := w.usual(outcomes)
	if len(f.metrics) > 0 {
		if metrics, err = selectMetrics(f.metrics, outcomes); err != nil {
			return nil, err
		}
	}
	for _, o := range outcomes {
		if metrics[o.Name] {
			w.kept = append(w.kept, o.Name)
		}
	}
	w.opt.Keep = func(name string) bool { return metrics[name] }
	columns := 0
	for _, name := range w.kept {
		if w.about[name].Kind == sim.AtTheEnd {
			columns++
		} else {
			columns += slices.Max(w.years)
		}
	}
	if need := 2 * 8 * columns * opt.Trials; need > opt.Memory { // of a point, and of the first
		return nil, fmt.Errorf("%d values of %s at two points take %.1f GB: give it more --memory, or fewer --trials or --metrics", columns, times(opt.Trials, "trial"), float64(need)/1e9)
	}
	w.manifest = w.newManifest()
	w.arguments = f.arguments()
	if len(f.metrics) > 0 {
		w.arguments = append(w.arguments, "--metrics", strings.Join(f.metrics, ","))
	}
	return w, nil
}

// systems makes the System of each point. What is wrong is told of each point, once for those
// that have it in common; but where each value of a point is right by itself, and only all of them
// together are not, the point is one that fails.
func (w *sweeping) systems(ctx context.Context, template *scenarios.Template, set []string) (*models.Points, error) {
	points := &models.Points{}
	errs := make([]error, len(w.plan.points))
	w.starts, w.years = make([]time.Time, len(errs)), make([]int, len(errs))
	const some = 64 // are there at a time: a System is large
	checked := make([]scenarios.Checked, some)
	var doubts together
	for from := 0; from < len(errs); from += some {
		n := min(some, len(errs)-from)
		var next atomic.Int64
		var all sync.WaitGroup
		for range min(runtime.GOMAXPROCS(0), n) {
			all.Go(func() {
				for p := int(next.Add(1)) - 1; p < n && ctx.Err() == nil; p = int(next.Add(1)) - 1 {
					checked[p], errs[from+p] = template.Checked(slices.Concat(set, w.plan.set(from+p)))
				}
			})
		}
		all.Wait()
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for p, c := range checked[:n] {
			if errs[from+p] == nil {
				points.Add(c.System)
				w.number = append(w.number, from+p)
				w.starts[from+p], w.years[from+p] = c.Start, c.System.Years
				doubts.add(from+p, slices.DeleteFunc(c.Warnings, func(d scenarios.Diagnostic) bool {
					return slices.ContainsFunc(w.scenario.Warnings, func(known scenarios.Diagnostic) bool { return known == d })
				}))
			}
		}
	}
	var problems together
	for p, err := range errs {
		var ds scenarios.Diagnostics
		if err != nil && !errors.As(err, &ds) {
			return nil, fmt.Errorf("point %d (%s): %w", p+1, strings.Join(w.plan.set(p), ", "), err)
		}
		if p > 0 && len(ds) > 0 && w.rightByThemselves(template, set, p) {
			w.reasons[p] = "its values are wrong together: " + ds[0].Message
			continue
		}
		problems.add(p, ds)
	}
	if len(problems) > 0 {
		return nil, problems.told(w.plan)
	}
	w.warnings = doubts.told(w.plan)
	return points, nil
}

// rightByThemselves says that each value of a point would be right without the others.
func (w *sweeping) rightByThemselves(template *scenarios.Template, set []string, p int) bool {
	values := w.plan.set(p)
	if len(values) < 2 {
		return false
	}
	for _, v := range values {
		if _, err := template.Checked(append(slices.Clone(set), v)); err != nil {
			return false
		}
	}
	return true
}

// later says by how many years each point starts after the first.
func (w *sweeping) later() error {
	first := w.starts[0]
	for i := range w.points {
		start := w.starts[w.number[i]]
		w.points[i].Later = start.Year() - first.Year()
		if !start.Equal(first.AddDate(w.points[i].Later, 0, 0)) {
			return fmt.Errorf("point 1 starts on %s and point %d on %s: their years end on different days, so that none can be compared; vary horizon.start by whole years",
				first.Format(time.DateOnly), w.number[i]+1, start.Format(time.DateOnly))
		}
	}
	return nil
}

// together are diagnostics of points, those that are alike in one.
type together []*alike

type alike struct {
	scenarios.Diagnostic
	first, more int
}

func (t *together) add(point int, ds []scenarios.Diagnostic) {
	for _, d := range ds {
		i := slices.IndexFunc(*t, func(a *alike) bool {
			varied := strings.HasPrefix(a.File, "--set ") && strings.HasPrefix(d.File, "--set ") // the values may differ
			return a.Message == d.Message && (varied || a.File == d.File && a.Line == d.Line && a.Column == d.Column)
		})
		if i < 0 {
			*t = append(*t, &alike{d, point, 0})
		} else {
			(*t)[i].more++
		}
	}
}

// told says of which points they are.
func (t together) told(pl *plan) scenarios.Diagnostics {
	var ds scenarios.Diagnostics
	for _, a := range t {
		where := fmt.Sprintf("point %d", a.first+1)
		if a.more > 0 {
			where += fmt.Sprintf(" and %d more", a.more)
		}
		d := a.Diagnostic
		d.Message = fmt.Sprintf("at %s (%s): %s", where, strings.Join(pl.set(a.first), ", "), d.Message)
		ds = append(ds, d)
	}
	return ds
}

// usual are the metrics that a sweep keeps by itself.
func (w *sweeping) usual(outcomes []sim.Outcome) map[string]bool {
	own := map[string]bool{} // the names of the scenario's entities
	selected := map[string]bool{}
	facts := w.scenario.Facts
	some := func(ids []result.Entity, metrics ...string) {
		for _, e := range ids {
			own[e.ID] = true
			for _, m := range metrics {
				selected[e.ID+"."+m] = true
			}
		}
	}
	some(facts.Clouds, "exposure", "peak_exposure", "backlog", "concentration", "loss_total", "npv")
	some(facts.Labs, "revenue", "failed")
	usual := map[string]bool{}
	for _, o := range outcomes {
		if selected[o.Name] || !strings.Contains(o.Name, ".") {
			usual[o.Name] = true
		}
	}
	return usual
}

// headlines are what tables show: those of a run, of AWS and Azure or of the first two clouds, as
// far as they are kept, or else what is.
func (w *sweeping) headlines() []string {
	var clouds []string
	for _, c := range w.scenario.Facts.Clouds {
		clouds = append(clouds, c.ID)
	}
	if slices.Contains(clouds, "aws") && slices.Contains(clouds, "azure") {
		clouds = []string{"aws", "azure"}
	}
	list := headlines(clouds[:min(len(clouds), 2)], w.scenario.Facts.Labs)
	list = slices.DeleteFunc(list, func(name string) bool { return !slices.Contains(w.kept, name) })
	if len(list) == 0 {
		list = w.kept
	}
	return list
}

// A manifest says which sweep a directory holds.
type manifest struct {
	Entente  string           `json:"entente"`
	Format   int              `json:"format"`
	Kind     string           `json:"kind"`
	Scenario manifestScenario `json:"scenario"`
	Run      manifestRun      `json:"run"`
	Design   string           `json:"design"`
	Paths    []string         `json:"paths"`
	Points   [][]string       `json:"points"`
	Metrics  []string         `json:"metrics"`
}

type manifestScenario struct {
	Name      string   `json:"name"`
	SHA256    string   `json:"sha256"`
	Overrides []string `json:"overrides"`
}

type manifestRun struct {
	Trials  int    `json:"trials"`
	Seed    uint64 `json:"seed"`
	Sampler string `json:"sampler"`
}

func (w *sweeping) newManifest() manifest {
	about := w.scenario.Facts.Scenario
	return manifest{
		Entente: version, Format: result.Format, Kind: "sweep",
		Scenario: manifestScenario{about.Name, about.SHA256, append([]string{}, about.Overrides...)},
		Run:      manifestRun{w.opt.Trials, w.opt.Seed, string(w.opt.Sampler)},
		Design:   w.plan.design, Paths: w.plan.paths, Points: w.plan.points, Metrics: w.kept,
	}
}

// text is the manifest as it is written.
func (m manifest) text() []byte {
	var b bytes.Buffer
	write := func(key string, v any) {
		text, err := json.Marshal(v)
		if err != nil {
			panic(err) // all of it is plain data
		}
		fmt.Fprintf(&b, ",\n %q: %s", key, text)
	}
	write("entente", m.Entente)
	write("format", m.Format)
	write("kind", m.Kind)
	write("scenario", m.Scenario)
	write("run", m.Run)
	write("design", m.Design)
	write("paths", m.Paths)
	write("metrics", m.Metrics)
	b.WriteString(",\n \"points\": [")
	for i, p := range m.Points {
		text, err := json.Marshal(p)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "%s\n  %s", strings.Repeat(",", min(i, 1)), text)
	}
	b.WriteString("]}\n")
	text := b.Bytes()[1:]
	text[0] = '{'
	return text
}

// differs says in what another sweep is another; "" if it is not.
func (m manifest) differs(o manifest) string {
	switch {
	case o.Kind != m.Kind:
		return "it is no sweep"
	case o.Entente != m.Entente || o.Format != m.Format:
		return "it was made by entente " + o.Entente
	case o.Scenario.Name != m.Scenario.Name:
		return "it is of the scenario " + o.Scenario.Name
	case !reflect.DeepEqual(o.Scenario, m.Scenario):
		return "its scenario or its --set was another"
	case o.Run.Trials != m.Run.Trials:
		return fmt.Sprintf("it has %d trials", o.Run.Trials)
	case o.Run != m.Run:
		return fmt.Sprintf("it has seed %d and sampler %s", o.Run.Seed, o.Run.Sampler)
	case !slices.Equal(o.Paths, m.Paths):
		return "it varies " + strings.Join(o.Paths, ", ")
	case o.Design != m.Design || !reflect.DeepEqual(o.Points, m.Points):
		return "it has other points"
	case !slices.Equal(o.Metrics, m.Metrics):
		return "it keeps other metrics"
	}
	return ""
}

const (
	sweepTable    = "sweep.csv"
	sweepReport   = "report.html"
	sweepManifest = "sweep.json"
	sweepParts    = "points" // a directory
)

// open makes the directory, or finds this sweep in it.
func (w *sweeping) open(dir string) (*output, error) {
	if dir == "" {
		dir = filepath.Join("out", fileName(w.scenario.Facts.Scenario.Name)+"-sweep")
	}
	w.dir = dir
	known, err := os.ReadFile(filepath.Join(dir, sweepManifest))
	switch {
	case errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR):
		for _, name := range []string{sweepTable, sweepReport, sweepParts} {
			if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
				return nil, fmt.Errorf("%s holds something else: %s is of no sweep; name another directory with --out", dir, name)
			}
		}
	case err != nil:
		return nil, err
	default:
		var other manifest
		if err := json.Unmarshal(known, &other); err != nil {
			return nil, fmt.Errorf("%s is damaged (%w): remove %s, or name another directory with --out", filepath.Join(dir, sweepManifest), err, dir)
		}
		if how := w.manifest.differs(other); how != "" {
			return nil, fmt.Errorf("%s holds another sweep: %s; name another directory with --out, or remove it", dir, how)
		}
	}
	out, err := openOutput(dir, []string{sweepTable, sweepReport, sweepManifest})
	if err != nil {
		return nil, err
	}
	err = func() error {
		if err := os.MkdirAll(filepath.Join(dir, sweepParts), 0o777); err != nil {
			return err
		}
		out.created = append(out.created, filepath.Join(dir, sweepParts))
		// What was being written when an earlier run was killed.
		for _, pattern := range []string{".*.tmp", sweepParts + "/.*.tmp"} {
			left, _ := filepath.Glob(filepath.Join(globbed(dir), pattern))
			for _, name := range left {
				os.Remove(name)
			}
		}
		if bytes.Equal(known, w.manifest.text()) {
			return nil
		}
		return writeWhole(filepath.Join(dir, sweepManifest), w.manifest.text())
	}()
	if err != nil {
		out.discard()
		return nil, fmt.Errorf("can't write to %s: %w", dir, err)
	}
	return out, nil
}

// globbed is a path as a pattern that matches it only.
func globbed(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// writeWhole writes a file that appears whole or not at all.
func writeWhole(name string, text []byte) error {
	o := &output{dir: filepath.Dir(name)}
	defer o.discard()
	err := o.stage(filepath.Base(name), func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err != nil {
		return err
	}
	return o.commit()
}

func (w *sweeping) part(p int) string {
	return filepath.Join(w.dir, sweepParts, fmt.Sprintf("%06d.csv", p+1))
}

// done finds the points that were simulated before, in sweep.csv or in files of their own, and
// returns how many they are.
func (w *sweeping) done() int {
	w.before = map[int][]byte{}
	if text, err := os.ReadFile(filepath.Join(w.dir, sweepTable)); err == nil {
		w.split(text)
	}
	for p := range w.plan.points {
		if text, err := os.ReadFile(w.part(p)); err == nil {
			w.before[p] = text
		}
	}
	return len(w.before)
}

// split takes a table apart into points. Of one that this program did not write nothing is taken.
func (w *sweeping) split(text []byte) {
	var head bytes.Buffer
	if err := reports.WriteSweepHead(&head, w.plan.paths); err != nil || !bytes.HasPrefix(text, head.Bytes()) {
		return
	}
	parts := map[int][]byte{}
	for line := range bytes.Lines(text[head.Len():]) {
		first, _, _ := bytes.Cut(line, []byte(","))
		number, err := strconv.Atoi(string(first))
		if err != nil || number < 1 || number > len(w.plan.points) {
			return
		}
		parts[number-1] = append(parts[number-1], line...)
	}
	maps.Copy(w.before, parts)
}

// simulate takes the points that are not done through their trials, and keeps each in a file.
func (w *sweeping) simulate(ctx context.Context) error {
	if len(w.before) == len(w.points) {
		return nil
	}
	return sim.Sweep(ctx, w.points, w.opt, func(i int) bool { return w.before[w.number[i]] != nil }, func(i int, rows []result.SweepRow, err error) error {
		p := w.number[i]
		if err != nil {
			w.reasons[p] = err.Error()
			return nil
		}
		point := result.SweepPoint{Number: p + 1, Values: w.plan.points[p], Rows: rows}
		var text bytes.Buffer
		if err := reports.WriteSweepPoint(&text, &point); err != nil {
			return err
		}
		return writeWhole(w.part(p), text.Bytes())
	})
}

// interrupted says what is kept.
func (w *sweeping) interrupted() error {
	n := 0
	for p := range w.plan.points {
		if _, err := os.Stat(w.part(p)); err == nil || w.before[p] != nil {
			n++
		}
	}
	return &stopped{fmt.Sprintf("interrupted; %d of %s are kept in %s: the same command goes on from there", n, times(len(w.plan.points), "point"), w.dir)}
}

// stopped is errInterrupted of a command that keeps what it has.
type stopped struct{ what string }

func (s *stopped) Error() string        { return s.what }
func (s *stopped) Is(target error) bool { return target == errInterrupted }

// rows are those of a point, as they stand in the file.
func (w *sweeping) rows(p int) ([]byte, error) {
	if text := w.before[p]; text != nil {
		return text, nil
	}
	return os.ReadFile(w.part(p))
}

// result reads back what the points gave: from the files, so that it does not matter when they
// were simulated.
func (w *sweeping) result() (*result.Sweep, error) {
	facts := w.scenario.Facts
	s := &result.Sweep{Version: version, Scenario: facts.Scenario, Run: facts.Run, Design: w.plan.design, Paths: w.plan.paths, Arguments: w.arguments, Headlines: w.headlines()}
	s.Run.Trials, s.Run.Seed, s.Run.Sampler = w.opt.Trials, w.opt.Seed, string(w.opt.Sampler)
	for p, values := range w.plan.points {
		point := result.SweepPoint{Number: p + 1, Values: values, Error: w.reasons[p]}
		if point.Error == "" {
			text, err := w.rows(p)
			if err != nil {
				return nil, err
			}
			if point.Rows, err = reports.ReadSweepPoint(bytes.NewReader(text), len(w.plan.paths)); err != nil {
				return nil, fmt.Errorf("point %d as it is kept in %s is damaged (%w): remove the directory", p+1, w.dir, err)
			}
			for i := range point.Rows {
				r := &point.Rows[i]
				o := w.about[r.Metric]
				r.Unit = o.Unit
				switch o.Kind {
				case sim.Stock:
					r.Kind = result.Stock
				case sim.Flow:
					r.Kind = result.Flow
				default:
					r.Kind = result.Trial
				}
				if r.Stat.Year > 0 {
					r.Stat.Date = w.starts[p].AddDate(r.Stat.Year, 0, -1).Format(time.DateOnly)
				}
			}
		}
		s.Points = append(s.Points, point)
	}
	return s, nil
}

// writeTable writes sweep.csv.
func (w *sweeping) writeTable(to io.Writer) error {
	if err := reports.WriteSweepHead(to, w.plan.paths); err != nil {
		return err
	}
	for p := range w.plan.points {
		if w.reasons[p] != "" {
			continue
		}
		text, err := w.rows(p)
		if err != nil {
			return err
		}
		if _, err := to.Write(text); err != nil {
			return err
		}
	}
	return nil
}

// write stages the files.
func (w *sweeping) write(out *output, s *result.Sweep) error {
	if err := out.stage(sweepTable, w.writeTable); err != nil {
		return err
	}
	return out.stage(sweepReport, func(to io.Writer) error { return reports.WriteSweepHTML(to, s) })
}

// forget removes the files of single points, which are in the table now.
func (w *sweeping) forget() {
	for p := range w.plan.points {
		os.Remove(w.part(p))
	}
	os.Remove(filepath.Join(w.dir, sweepParts))
}

// print prints the table or what was asked for in its place, and says where the files are.
func (w *sweeping) print(cmd *cobra.Command, out *output, s *result.Sweep, f sweepFlags, took time.Duration) error {
	stdout, stderr := cmd.OutOrStdout(), cmd.ErrOrStderr()
	where := stdout
	switch {
	case f.json:
		if err := reports.WriteSweepJSON(stdout, s); err != nil {
			return err
		}
		where = stderr
	case f.csv != "":
		table, err := os.Open(filepath.Join(out.dir, sweepTable))
		if err != nil {
			return err
		}
		defer table.Close()
		if _, err := io.Copy(stdout, table); err != nil {
			return err
		}
		where = stderr
	case !f.quiet:
		table := f.table(stdout)
		if err := reports.WriteSweepTable(stdout, s, table); err != nil {
			return err
		}
	}
	if f.quiet {
		return nil
	}
	fmt.Fprintf(where, "Report: %s\nTable: %s\n", filepath.Join(out.dir, sweepReport), filepath.Join(out.dir, sweepTable))
	if simulated := len(w.points) - len(w.before); simulated > 0 {
		seconds := took.Seconds()
		fmt.Fprintf(stderr, "entente: %s of %s in %.*f s\n", times(simulated, "point"), times(w.opt.Trials, "trial"), max(0, 1-int(math.Log10(max(seconds, 0.1)))), seconds)
	}
	return nil
}

// failed says which points failed, and why.
func (w *sweeping) failed(s *result.Sweep) error {
	var why []string
	for _, p := range s.Points {
		if p.Error != "" {
			why = append(why, fmt.Sprintf("point %d (%s): %s", p.Number, strings.Join(w.plan.set(p.Number-1), ", "), p.Error))
		}
	}
	if len(why) == 0 {
		return nil
	}
	const most = 20
	if n := len(why); n > most {
		why = append(why[:most], fmt.Sprintf("and %d more", n-most))
	}
	return &failure{fmt.Errorf("%d of %s failed:\n%s", len(w.reasons), times(len(s.Points), "point"), strings.Join(why, "\n"))}
}
