package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// terminal returns w's file descriptor if it is a terminal that understands control sequences.
func terminal(w io.Writer) (fd int, ok bool) {
	f, isFile := w.(*os.File)
	if !isFile || os.Getenv("TERM") == "dumb" {
		return 0, false
	}
	fd = int(f.Fd())
	return fd, term.IsTerminal(fd)
}

func showsProgress(w io.Writer) bool {
	_, ok := terminal(w)
	return ok
}

// showsColor honours NO_COLOR: set to anything but nothing it means no colour.
func showsColor(w io.Writer) bool {
	_, ok := terminal(w)
	return ok && os.Getenv("NO_COLOR") == ""
}

// terminalWidth is in characters; 0 where there is no end to a line.
func terminalWidth(w io.Writer) int {
	fd, ok := terminal(w)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(fd)
	if err != nil {
		return 0
	}
	return width
}
