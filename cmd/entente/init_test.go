package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is in comments in a scenario that extends another is what that one says: without the
// comments it still means the same.
func TestInitOverrides(t *testing.T) {
	for _, name := range []string{"baseline", "seeds", "openai-fails"} {
		file := filepath.Join(t.TempDir(), "mine.yaml")
		var stdout, stderr bytes.Buffer
		if status := Main([]string{"init", file, "--from", name}, strings.NewReader(""), &stdout, &stderr); status != statusDone {
			t.Fatalf("%s: status %d: %s", name, status, stderr.String())
		}
		written, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		head, overrides, found := strings.Cut(string(written), "\n\n# discount_rate:")
		if !found || strings.Count(overrides, "\n") < 5 {
			t.Fatalf("%s: no overrides in\n%s", name, written)
		}
		var lines []string
		for _, l := range strings.Split("# discount_rate:"+overrides, "\n") {
			lines = append(lines, strings.TrimPrefix(l, "# "))
		}
		if err := os.WriteFile(file, []byte(head+"\n\n"+strings.Join(lines, "\n")), 0o666); err != nil {
			t.Fatal(err)
		}
		stdout.Reset()
		if status := Main([]string{"diff", name, file, "--exit-code"}, strings.NewReader(""), &stdout, &stderr); status != statusDone {
			t.Errorf("%s: status %d: %s%s\n%s", name, status, stdout.String(), stderr.String(), overrides)
		}
	}
}
