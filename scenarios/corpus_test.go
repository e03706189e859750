package scenarios

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"entente/models"
)

var update = flag.Bool("update", false, "write the expected messages of testdata/*.bad.yaml anew; then read them")

// TestBad loads every testdata/KIND/NAME.bad.yaml, with an override for each line `# set: PATH=VALUE`
// in it. It must fail with exactly the messages that stand in NAME.bad.txt.
func TestBad(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.bad.yaml")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d bad files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.ToSlash(strings.TrimPrefix(file, "testdata")), ".bad.yaml")[1:], func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var set []string
			for line := range strings.Lines(string(text)) {
				if o, ok := strings.CutPrefix(line, "# set: "); ok {
					set = append(set, strings.TrimSuffix(o, "\n"))
				}
			}
			_, err = Load(file, Options{Set: set})
			var ds Diagnostics
			if !errors.As(err, &ds) {
				t.Fatalf("%s: %v", file, err)
			}
			checkMessages(t, strings.TrimSuffix(file, ".yaml")+".txt", ds)
		})
	}
}

// checkMessages compares ds, its ids included, to what stands in the file.
func checkMessages(t *testing.T, file string, ds Diagnostics) {
	t.Helper()
	var b strings.Builder
	for _, d := range ds {
		b.WriteString("[" + d.ID + "] " + filepath.ToSlash(d.String()) + "\n")
	}
	got := b.String()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
	}
}

// TestGood loads every testdata/NAME.good.yaml; where there is a NAME.good.txt, with the
// warnings in it, else without any.
func TestGood(t *testing.T) {
	files, err := filepath.Glob("testdata/*.good.yaml")
	if err != nil || len(files) < 5 {
		t.Fatalf("%d good files, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".good.yaml"), func(t *testing.T) {
			s, err := Load(file, Options{})
			if err != nil {
				t.Fatalf("%s:\n%v", file, err)
			}
			if _, err := models.Compile(s.System); err != nil {
				t.Errorf("%s does not compile: %v", file, err)
			}
			warnings := strings.TrimSuffix(file, ".yaml") + ".txt"
			if _, err := os.Stat(warnings); err == nil || *update && len(s.Warnings) > 0 {
				checkMessages(t, warnings, s.Warnings)
			} else if len(s.Warnings) > 0 {
				t.Errorf("%s:\n%v", file, Diagnostics(s.Warnings))
			}
		})
	}
}

// TestManyProblems prints fifty and counts the rest.
func TestManyProblems(t *testing.T) {
	for n, want := range map[int]string{50: "", 51: "and 1 more problem", 1234: "and 1184 more problems"} {
		ds := make(Diagnostics, n)
		for i := range ds {
			ds[i] = Diagnostic{File: "f", Line: 1, Column: 1, Message: "m"}
		}
		lines := strings.Split(ds.Error(), "\n")
		last := lines[len(lines)-1]
		if want == "" && (len(lines) != 50 || last != "f:1:1: m") || want != "" && (len(lines) != 51 || !strings.HasPrefix(last, want+";")) {
			t.Errorf("%d problems make %d lines, the last %q", n, len(lines), last)
		}
	}
}

// TestProblems holds the list of ids against those of testdata, both ways.
func TestProblems(t *testing.T) {
	listed := map[string]bool{}
	for _, p := range Problems() {
		if listed[p.ID] || p.Doc == "" {
			t.Errorf("%s is listed twice, or says nothing", p.ID)
		}
		listed[p.ID] = true
	}
	files, err := filepath.Glob("testdata/*/*.bad.txt")
	if err != nil {
		t.Fatal(err)
	}
	met := map[string]bool{"unreadable": true} // by the command
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if id, _, ok := strings.Cut(strings.TrimPrefix(line, "["), "]"); ok && line[0] == '[' {
				met[id] = true
				if !listed[id] {
					t.Errorf("%s: %s is not listed", file, id)
				}
			}
		}
	}
	for id := range listed {
		if !met[id] {
			t.Errorf("nothing makes %s", id)
		}
	}
}
