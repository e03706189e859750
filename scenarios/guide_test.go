package scenarios

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"entente/models"
)

var (
	guideYAML = regexp.MustCompile("(?s)\n```yaml\n(# ([a-z-]+\\.yaml)\n.*?)```\n")
	listed    = regexp.MustCompile("(?m)^\\| [^|`]+ \\| `([^`]+)` \\|$")
)

func readGuide(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("GUIDE.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// writeGuide writes the files of the page to a directory, and makes that the working one.
func writeGuide(t *testing.T, page string) (names []string) {
	t.Helper()
	dir := t.TempDir()
	for _, m := range guideYAML.FindAllStringSubmatch(page, -1) {
		if err := os.WriteFile(filepath.Join(dir, m[2]), []byte(m[1]), 0o666); err != nil {
			t.Fatal(err)
		}
		names = append(names, m[2])
	}
	if len(names) < 8 || len(names) != strings.Count(page, "\n```yaml\n") {
		t.Fatalf("GUIDE.md has %d blocks of yaml, of which %d are whole files with a name", strings.Count(page, "\n```yaml\n"), len(names))
	}
	t.Chdir(dir)
	return names
}

// Every file of the guide is good and nothing is to be said of it, but of those that show what
// entente says; and what it says is what the page says. With -update the page is told.
func TestGuide(t *testing.T) {
	page := readGuide(t)
	at, err := filepath.Abs("GUIDE.md")
	if err != nil {
		t.Fatal(err)
	}
	names := writeGuide(t, page)
	told := map[string]bool{"one.yaml": true, "wrong.yaml": true, "doubtful.yaml": true}
	for _, name := range names {
		s, err := Load(name, Options{})
		var said Diagnostics
		if err == nil {
			said = ordered(append(append(Diagnostics{}, s.Warnings...), s.Sanity...))
			if _, err := models.Compile(s.System); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		} else if !errors.As(err, &said) {
			t.Fatal(err)
		}
		if err != nil != (name == "wrong.yaml") || len(said) > 0 != told[name] {
			t.Errorf("GUIDE.md's %s:\n%v", name, said)
		}
		var text strings.Builder
		for _, d := range said {
			if err == nil {
				text.WriteString("warning [" + d.ID + "]: ")
			}
			text.WriteString(d.String() + "\n")
		}
		switch name {
		case "one.yaml":
			if len(said) != 1 || !strings.Contains(page, "`"+strings.TrimSuffix(said[0].Message, ": every trial is the same")+"`") {
				t.Errorf("GUIDE.md does not say what is said of one.yaml: %v", said)
			}
		case "wrong.yaml", "doubtful.yaml":
			before, rest, _ := strings.Cut(page, "\n```yaml\n# "+name+"\n")
			file, rest, _ := strings.Cut(rest, "\n```\n")
			between, rest, _ := strings.Cut(rest, "\n```text\n")
			shown, after, found := strings.Cut(rest, "```\n")
			if !found || strings.Contains(between, "```") {
				t.Fatalf("GUIDE.md does not show what is said of %s", name)
			}
			if *update {
				page = before + "\n```yaml\n# " + name + "\n" + file + "\n```\n" + between + "\n```text\n" + text.String() + "```\n" + after
				if err := os.WriteFile(at, []byte(page), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if shown != text.String() {
				t.Errorf("GUIDE.md shows of %s\n%s\nbut it is\n%s\nwrite it anew: go test ./scenarios -run Guide -update", name, shown, text.String())
			}
		}
	}
}

// The distributions that the guide recommends are read as distributions.
func TestGuideDistributions(t *testing.T) {
	page := readGuide(t)
	writeGuide(t, page)
	if err := os.WriteFile("file.csv", []byte("column\n0.3\n0.4\n0.6\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	rows := listed.FindAllStringSubmatch(page, -1)
	if len(rows) < 8 {
		t.Fatalf("only %d distributions in the table of GUIDE.md", len(rows))
	}
	for _, m := range rows {
		over := "entente: 1\nextends: uncertain.yaml\nlabs: {openai: {opex: {initial: '" + m[1] + "', long_run: 0.5, half_life: 2}}}\n"
		if err := os.WriteFile("over.yaml", []byte(over), 0o666); err != nil {
			t.Fatal(err)
		}
		s, err := Load("over.yaml", Options{})
		if err != nil {
			t.Errorf("%s: %v", m[1], err)
		} else if s.System.Labs[0].Opex.Initial.Dist == nil {
			t.Errorf("%s is no distribution", m[1])
		}
	}
}
