package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	clock := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var screen bytes.Buffer
	p := newProgress(&screen, func() time.Time { return clock }, 1000)

	clock = clock.Add(2 * time.Second)
	p.update(250, 1000)
	first := screen.String()
	for _, want := range []string{"\r██████░░░░░░░░░░░░░░░░░░  25 %", "250 of 1000 trials", "125/s", "6s left"} {
		if !strings.Contains(first, want) {
			t.Errorf("after a quarter it draws %q, without %q", first, want)
		}
	}

	clock = clock.Add(50 * time.Millisecond)
	p.update(300, 1000)
	if screen.String() != first {
		t.Errorf("it draws twice within a tenth of a second: %q", screen.String())
	}

	clock = clock.Add(time.Minute)
	p.update(3500, 7000) // through all trials more than once
	if rest := strings.TrimPrefix(screen.String(), first); !strings.Contains(rest, " 50 %  500 of 1000 trials") {
		t.Errorf("halfway it draws %q", rest)
	}

	clock = clock.Add(time.Minute)
	p.update(7000, 7000)
	p.clear()
	rest := strings.TrimPrefix(screen.String(), first)
	if !strings.Contains(rest, "100 %") || !strings.Contains(rest, "0s left") || !strings.HasSuffix(rest, "\r\x1b[K") {
		t.Errorf("at the end it draws %q", rest)
	}
}

func TestProgressThatDrewNothingClearsNothing(t *testing.T) {
	var screen bytes.Buffer
	newProgress(&screen, time.Now, 1).clear()
	if screen.Len() > 0 {
		t.Errorf("it wrote %q", screen.String())
	}
}
