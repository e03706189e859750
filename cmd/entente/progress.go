package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// progress draws, on one line of a terminal, how much of a run is done, how fast it goes and
// how much time is left.
type progress struct {
	w      io.Writer
	now    func() time.Time
	trials int
	start  time.Time
	drawn  time.Time
}

func newProgress(w io.Writer, now func() time.Time, trials int) *progress {
	return &progress{w: w, now: now, trials: trials, start: now()}
}

// update draws, at most ten times a second: a terminal may be slower than the simulation. A run
// may go through its trials more than once; what it shows is the part of the work that is done,
// in trials of the whole.
func (p *progress) update(done, total int) {
	now := p.now()
	if now.Sub(p.drawn) < 100*time.Millisecond {
		return
	}
	p.drawn = now
	const width = 24
	part := float64(done) / float64(total)
	full := int(width * part)
	trials := part * float64(p.trials)
	line := fmt.Sprintf("\r%s%s %3.0f %%  %.0f of %d trials", strings.Repeat("█", full), strings.Repeat("░", width-full), 100*part, trials, p.trials)
	if elapsed := now.Sub(p.start).Seconds(); done > 0 && elapsed > 0 {
		left := time.Duration(elapsed * (1 - part) / part * float64(time.Second))
		line += fmt.Sprintf("  %.0f/s  %v left", trials/elapsed, left.Round(time.Second))
	}
	fmt.Fprint(p.w, line+"\x1b[K")
}

// clear empties the line.
func (p *progress) clear() {
	if !p.drawn.IsZero() {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
