package main

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"entente/reports"
	"entente/scenarios"
	"entente/sim"
	"entente/sim/result"
)

// What a command returns whose assertions do not all pass. Its files are written, and the
// verdicts have been printed.
var (
	errFails     = errors.New("some assertions fail")
	errUndecided = errors.New("some assertions are undecided")
)

// assertions are what a run has to bear out.
type assertions struct {
	list    []scenarios.Assertion
	own     int // the first so many are the scenario's
	sampler sim.Sampler
	found   []result.Assertion
}

// newAssertions reads those of the scenario and of the command line, and lets the run show what
// they need.
func newAssertions(scenario *scenarios.Scenario, texts []string, opt *sim.Options) (*assertions, error) {
	a := &assertions{list: slices.Clone(scenario.Asserts), own: len(scenario.Asserts), sampler: opt.Sampler}
	for _, text := range texts {
		one, err := scenario.Assertion(text)
		if err != nil {
			return nil, err
		}
		a.list = append(a.list, one)
	}
	var columns []scenarios.Column
	for _, one := range a.list {
		for _, c := range one.Statistic.Columns() {
			if !slices.Contains(columns, c) {
				columns = append(columns, c)
			}
		}
	}
	if need := 8 * len(columns) * opt.Trials; need > opt.Memory {
		return nil, fmt.Errorf("the assertions need %s for the values of %s in %d trials, which is more than --memory; take fewer trials, or more memory",
			size{&need}, times(len(columns), "metric"), opt.Trials)
	}
	if len(columns) > 0 {
		opt.Look = sim.Look{
			At: func(outcome string, year int) bool {
				return slices.Contains(columns, scenarios.Column{Metric: outcome, Year: year})
			},
			See: a.check,
		}
	}
	return a, nil
}

// needs says whether an assertion is about the metric.
func (a *assertions) needs(metric string) bool {
	return slices.ContainsFunc(a.list, func(one scenarios.Assertion) bool { return slices.Contains(one.Statistic.Metrics(), metric) })
}

func (a *assertions) check(trials []sim.Series) {
	for i, one := range a.list {
		found := one.Check(trials, a.sampler)
		found.CommandLine = i >= a.own
		a.found = append(a.found, found)
	}
}

// verdict is nil if all pass.
func (a *assertions) verdict() error {
	has := func(verdict string) bool {
		return slices.ContainsFunc(a.found, func(f result.Assertion) bool { return f.Verdict == verdict })
	}
	switch {
	case has(result.Fail):
		return errFails
	case has(result.Undecided):
		return errUndecided
	}
	return nil
}

// complain prints the verdicts that are no pass, where no table has.
func complain(stderr io.Writer, r *result.Result, f runFlags) error {
	bad := &result.Result{}
	for _, a := range r.Assertions {
		if a.Verdict != result.Pass {
			bad.Assertions = append(bad.Assertions, a)
		}
	}
	return reports.WriteAsserts(stderr, bad, f.table(stderr))
}
