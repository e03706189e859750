package main

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"entente/models"
	"entente/scenarios"
	"entente/sim"
)

const mostWorkers = 1 << 16

// simulationFlags are the flags that every command has that simulates.
type simulationFlags struct {
	trials     int
	seed       uint64
	sampler    sim.Sampler
	set        []string
	workers    int
	memory     int
	out        string
	metrics    []string
	json       bool
	quiet      bool
	noColor    bool
	noProgress bool
	raw        bool
}

func newSimulationFlags() simulationFlags {
	return simulationFlags{workers: runtime.GOMAXPROCS(0), memory: sim.DefaultMemory}
}

// add declares them, in the order in which `entente help` lists them.
func (f *simulationFlags) add(cmd *cobra.Command) {
	f.addDraws(cmd)
	f.addFiles(cmd)
	f.addPrinting(cmd)
}

// addDraws declares those that say which trials there are, and how they are simulated.
func (f *simulationFlags) addDraws(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.VarP(count{&f.trials, scenarios.MaxTrials}, "trials", "n", "number of trials (default: the scenario's, else 100000)")
	flags.VarP(seed{&f.seed}, "seed", "s", "seed, any unsigned number of 64 bits (default: the scenario's, else 1)")
	flags.Var(sampler{&f.sampler}, "sampler", "sobol, random or latin (default: the scenario's, else sobol)")
	flags.StringArrayVar(&f.set, "set", nil, "override a value, as often as wanted: `PATH=VALUE`, the value in YAML; PATH*= multiplies what is there, PATH+= adds to it")
	flags.VarP(count{&f.workers, mostWorkers}, "workers", "j", "threads; they never change a digit of the result")
	flags.Var(size{&f.memory}, "memory", "most memory for the trials' values; beyond it statistics are approximate, and the result says so")
	complete(cmd, "sampler", samplerNames()...)
}

// addFiles declares those of what goes to files, of the metrics that it shows.
func (f *simulationFlags) addFiles(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.out, "out", "o", "", "the `DIR` that files go to (default: below out/, by the scenario's name)")
	flags.StringSliceVar(&f.metrics, "metrics", nil, "keep only the metrics that match, `GLOB,...` such as azure.*,*.npv (default: all)")
	flags.BoolVar(&f.json, "json", false, "print the result on standard output in place of the table")
}

// addPrinting declares those of what is printed.
func (f *simulationFlags) addPrinting(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "print errors only (and what --json prints)")
	flags.BoolVar(&f.noColor, "no-color", false, "no colour")
	flags.BoolVar(&f.noProgress, "no-progress", false, "no progress")
}

// scenarioOf is the scenario that a command line names: baseline, if none.
func scenarioOf(args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	return "baseline"
}

// load reads a scenario and compiles it.
func load(cmd *cobra.Command, name string, set []string) (*scenarios.Scenario, *sim.Model, error) {
	scenario, err := scenarios.Load(name, scenarios.Options{Stdin: cmd.InOrStdin(), Set: set})
	if err != nil {
		return nil, nil, err
	}
	model, err := models.Compile(scenario.System)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	return scenario, model, nil
}

// options are the scenario's, where the command line says nothing else.
func options(cmd *cobra.Command, scenario *scenarios.Scenario, f simulationFlags) (sim.Options, error) {
	if flag := cmd.Flags().Lookup("metrics"); flag != nil && flag.Changed && len(f.metrics) == 0 {
		return sim.Options{}, errors.New("--metrics '' keeps nothing: leave it out for what is usual, or name metrics, such as 'azure.*,*.npv'")
	}
	fromScenario, err := sim.ParseSampler(scenario.Sampler)
	if err != nil {
		return sim.Options{}, err
	}
	opt := sim.Options{Trials: scenario.Trials, Seed: scenario.Seed, Sampler: fromScenario, Workers: f.workers, Memory: f.memory}
	if cmd.Flags().Changed("trials") {
		opt.Trials = f.trials
	}
	if cmd.Flags().Changed("seed") {
		opt.Seed = f.seed
	}
	if cmd.Flags().Changed("sampler") {
		opt.Sampler = f.sampler
	}
	return opt, nil
}
