package main

import "github.com/spf13/cobra"

// statisticsTopic is a page of help and no command.
func statisticsTopic() *cobra.Command {
	return &cobra.Command{Use: "statistics", Short: "What may be asked of results, and how it is written", Long: `A quantity is a number that every trial has of its own: a metric, or arithmetic over
metrics with + - * /, brackets, min, max and abs. A metric is one of those in result.json,
or one that the scenario defines under metrics.

  aws.npv                          a metric that is once per trial
  azure.exposure@2031              a metric by year, at the year-end in that calendar year
  azure.exposure@y5                at the end of the fifth year
  azure.exposure                   at the end of the last year
  azure.exposure@2031 - aws.exposure@2031

A condition holds in a trial, or does not. It compares quantities, with < <= > >= == !=,
and there are and, or, not and brackets. A comparison with what a trial has no value of
(the time of a failure that does not happen) does not hold.

  aws.loss_total > 20 and openai.failed == 1
  not (openai.failure_time < 3)
  azure.exposure@2031 > 2*aws.exposure@2031

A statistic is one number about all trials:

  mean(aws.npv)   sd(aws.npv)      the mean; the standard deviation
  p50(aws.npv)    p97.5(aws.npv)   quantiles: 97.5 % of trials are below p97.5
  es95(aws.npv)   es5(aws.npv)     expected shortfall: the mean of the highest 5 % of trials,
                                   and of the lowest 5 %
  min(aws.npv)    max(aws.npv)     the least and most of these trials
  P(aws.npv < 0)                   the probability of a condition

Statistics of a quantity are over the trials that have a value of it, P over all. Each
comes with a standard error and a 95 % interval: of a mean ± 1.96 standard errors, or
with the samplers sobol and latin ± 2.13, as Student's t has it for 16 replicates; of a
quantile between order statistics; of a probability Wilson's; of sd and of a shortfall's
distance from its tail's boundary on the scale of logarithms. In simulations of 1,600
trials they hold the truth in 93 to 97 % of cases, those of es95 in 92 to 95 %; those of
sd hold less often the heavier the tails are, in 87 % where values are lognormal. min and
max have no interval: they are of these trials, and more trials go further.

An assertion compares a statistic with a number, with < <= > or >=. It passes or fails if
that number is outside of the interval, and is undecided if not. With h from the estimate
to the interval's end and d from the estimate to the number, about n·(h/d)²·2.04 trials
in place of n would decide it with a probability of 80 %, if the estimate is right.

  p95(aws.exposure@2031) < 60
  P(azure.npv > aws.npv) >= 0.5

Scenarios have asserts, a list of such texts; ` + "`entente run --assert`" + ` takes more.`}
}
