// Package reports writes what a run found for those who read it: a table for the terminal,
// result.json for programs, and one HTML file for people.
//
// It sees results only: it can run nothing and draws nothing. Equal results make equal bytes.
package reports
