package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var fenced = regexp.MustCompile("(?s)\n```([a-z]+)\n(.*?)```\n")

var link = regexp.MustCompile(`\]\(([^)]+)\)`)

// What the pages link to in this repository is there, pictures too.
func TestLinks(t *testing.T) {
	for _, name := range []string{"README.md", "ARCHITECTURE.md", "CHANGELOG.md"} {
		page, err := os.ReadFile(filepath.Join(moduleRoot, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(page), -1) {
			if strings.HasPrefix(m[1], "https://") {
				continue
			}
			if _, err := os.Stat(filepath.Join(moduleRoot, filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s links to %s: %v", name, m[1], err)
			}
		}
	}
}

// The README's scenario is valid, and its commands do what they say: the shell runs them in
// the order in which they stand, with fewer trials.
func TestREADME(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(moduleRoot, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := map[string]string{}
	for _, m := range fenced.FindAllStringSubmatch(string(page), -1) {
		blocks[m[1]] += m[2]
	}
	if blocks["yaml"] == "" || blocks["sh"] == "" {
		t.Fatal("README.md has no block of yaml, or none of sh")
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no sh")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.yaml"), []byte(blocks["yaml"]), 0o666); err != nil {
		t.Fatal(err)
	}
	for command := range strings.Lines(blocks["sh"]) {
		command = strings.TrimSpace(command)
		if strings.HasPrefix(command, "entente run") {
			command += " --trials 64"
		}
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir = dir
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		if err := cmd.Run(); err != nil {
			t.Errorf("%s: %v\n%s", command, err, stderr.String())
		}
	}
	for _, file := range []string{"out/mine/report.html", "out/precise/result.json", "out/cheaper/report.html"} {
		if _, err := os.Stat(filepath.Join(dir, file)); err != nil {
			t.Error(err)
		}
	}
}
