package main

import (
	"io"

	"entente/reports"
	"entente/sim/result"
)

// A format is one way of writing a result to a file.
type format struct {
	name  string
	title string
	file  string
	write func(io.Writer, *result.Result) error
}

var (
	htmlFormat = format{"html", "Report:", "report.html", reports.WriteHTML}
	jsonFormat = format{"json", "Result:", "result.json", reports.WriteJSON}

	formats = []format{htmlFormat, jsonFormat}
)

func fileNames(formats []format) []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.file)
	}
	return names
}
