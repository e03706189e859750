package main

import (
	"io"

	"entente/reports"
	"entente/sim/result"
)

// A format is one way of writing a result to a file.
type format[R any] struct {
	name  string
	title string
	file  string
	write func(io.Writer, R) error
}

const comparisonFile = "comparison.json"

// Those of which `entente report` says what made them.
const (
	sensitivityFile = "sensitivity.json"
	discoveryFile   = "discovery.json"
)

var (
	htmlFormat = format[*result.Result]{"html", "Report:", "report.html", reports.WriteHTML}
	jsonFormat = format[*result.Result]{"json", "Result:", "result.json", reports.WriteJSON}

	formats = []format[*result.Result]{htmlFormat, jsonFormat}

	comparisonFormats = []format[*result.Pairing]{
		{"html", "Report:", "report.html", reports.WriteComparisonHTML},
		{"json", "Result:", comparisonFile, reports.WriteComparisonJSON},
		{"csv", "Table:", "comparison.csv", reports.WriteComparisonCSV},
	}
)

func fileNames[R any](formats []format[R]) []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.file)
	}
	return names
}
