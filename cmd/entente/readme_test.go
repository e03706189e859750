package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write anew what the pages show of the program; then read it")

var fenced = regexp.MustCompile("(?s)\n```([a-z]+)\n(.*?)```\n")

var link = regexp.MustCompile(`\]\(([^)]+)\)`)

// What the pages link to in this repository is there: files, pictures, and parts of pages.
func TestLinks(t *testing.T) {
	for _, name := range []string{"README.md", "ARCHITECTURE.md", "CHANGELOG.md", "models/MODEL.md", "scenarios/GUIDE.md", "scenarios/REFERENCE.md"} {
		for _, m := range link.FindAllStringSubmatch(read(t, name), -1) {
			if strings.HasPrefix(m[1], "https://") {
				continue
			}
			file, part, _ := strings.Cut(m[1], "#")
			to := name
			if file != "" {
				to = path.Join(path.Dir(name), file)
			}
			if _, err := os.Stat(filepath.Join(moduleRoot, filepath.FromSlash(to))); err != nil {
				t.Errorf("%s links to %s: %v", name, m[1], err)
			} else if part != "" && !slices.Contains(anchors(read(t, to)), part) {
				t.Errorf("%s links to %s: there is no such part", name, m[1])
			}
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(moduleRoot, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

var (
	heading = regexp.MustCompile("(?m)^#+ (.*)$")
	dropped = regexp.MustCompile(`[^\pL\pN _-]`)
)

// anchors are the names by which the headings of a page are linked to.
func anchors(page string) (all []string) {
	for _, m := range heading.FindAllStringSubmatch(page, -1) {
		all = append(all, strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return all
}

// The scenarios of the pages are valid, and their commands do what they say: the shell runs them
// in the order in which they stand, with fewer trials where the page does not show the outcome.
// What it shows is what the last command before it prints; with -update the page is told.
func TestPages(t *testing.T) {
	for _, tt := range []struct {
		page  string
		files []string // that its commands make
	}{
		{"README.md", []string{"out/mine/report.html", "out/precise/result.json", "out/cheaper/report.html"}},
		{"scenarios/GUIDE.md", []string{"out/one/report.html", "mine.yaml", "out/winter/result.json", "out/slower/report.html", "out/small/report.html"}},
	} {
		t.Run(tt.page, func(t *testing.T) {
			if _, err := exec.LookPath("sh"); err != nil {
				t.Skip("no sh")
			}
			dir := t.TempDir()
			runPage(t, filepath.Join(moduleRoot, filepath.FromSlash(tt.page)), dir)
			for _, file := range tt.files {
				if info, err := os.Stat(filepath.Join(dir, file)); err != nil {
					t.Error(err)
				} else if info.Size() == 0 {
					t.Errorf("%s is empty", file)
				}
			}
		})
	}
}

// A block of yaml is a file, named in its first line: # one.yaml.
var named = regexp.MustCompile(`^# ([a-z-]+\.yaml)\n`)

func runPage(t *testing.T, name, dir string) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	blocks := fenced.FindAllStringSubmatchIndex(page, -1)
	files := map[string]bool{}
	for _, b := range blocks { // all at once: a page may show a file after its name was used
		if page[b[2]:b[3]] != "yaml" {
			continue
		}
		file := "mine.yaml"
		if m := named.FindStringSubmatch(page[b[4]:b[5]]); m != nil {
			file = m[1]
		}
		if files[file] {
			t.Errorf("%s has two files %s", name, file)
		}
		files[file] = true
		if err := os.WriteFile(filepath.Join(dir, file), []byte(page[b[4]:b[5]]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	commands := 0
	for i := len(blocks) - 1; i >= 0; i-- { // from the last, so that places before stay what they are
		b := blocks[i]
		if page[b[2]:b[3]] == "sh" && i+1 < len(blocks) && page[blocks[i+1][2]:blocks[i+1][3]] == "text" {
			commands++
			next := blocks[i+1]
			printed := shell(t, dir, page[b[4]:b[5]], "")
			if shown := page[next[4]:next[5]]; *update {
				page = page[:next[4]] + printed + page[next[5]:]
			} else if shown != printed {
				t.Errorf("%s shows of %s\n%s\nbut it prints\n%s\nwrite it anew: go test ./cmd/entente -run Pages -update", name, page[b[4]:b[5]], shown, printed)
			}
		}
	}
	for i, b := range blocks {
		if page[b[2]:b[3]] == "sh" && (i+1 == len(blocks) || page[blocks[i+1][2]:blocks[i+1][3]] != "text") {
			commands++
			shell(t, dir, page[b[4]:b[5]], " --trials 1024")
		}
	}
	if len(files) == 0 || commands == 0 {
		t.Fatalf("%s has no block of yaml, or none of sh", name)
	}
	if *update {
		if err := os.WriteFile(name, []byte(page), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// simulating are the commands that take a number of trials.
var simulating = regexp.MustCompile(`^entente (run|sweep|compare|sensitivity|discover|explain|solve)\b`)

// shell runs the commands, with flags added to those that simulate, and returns what the last one
// prints.
func shell(t *testing.T, dir, commands, flags string) string {
	t.Helper()
	var printed string
	for command := range strings.Lines(commands) {
		command = strings.TrimSpace(command)
		if command == "" || strings.HasPrefix(command, "#") {
			continue
		}
		if simulating.MatchString(command) {
			command += flags
		}
		cmd := exec.Command("sh", "-c", command)
		cmd.Dir = dir
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil {
			t.Errorf("%s: %v\n%s", command, err, stderr.String())
		}
		printed = stdout.String()
	}
	return printed
}
