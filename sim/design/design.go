// Package design says where the uniforms of the inputs come from when they are not drawn
// independently: from a Latin hypercube, or from a scrambled Sobol sequence.
//
// Both run as 16 independent replicates of the same design: trial k is point ⌊k/16⌋ of
// replicate k mod 16. Within a replicate the points are spread evenly and depend on each
// other; that the replicates do not is what gives standard errors. Every single u is uniform
// in (0, 1), so that every mean over trials is unbiased.
//
// Both are functions of the seed and of the inputs' names, without state: Fill may be called
// for any range of trials, in any order, by any number of goroutines, and allocates nothing.
package design

// Replicates is how many independent randomisations of a design make one run.
const Replicates = 16
