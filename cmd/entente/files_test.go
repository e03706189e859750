package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func content(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// If one file can't be written, none appears, and nothing is left of the attempt.
func TestOutputIsAllOrNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "deeper")
	out, err := openOutput(dir, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	if err := out.stage("a", content("whole")); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); len(got) != 1 || got[0] == "a" {
		t.Errorf("before the commit the directory holds %q, want a temporary file", got)
	}
	cause := errors.New("no more")
	err = out.stage("b", func(w io.Writer) error {
		if _, err := io.WriteString(w, "half"); err != nil {
			return err
		}
		return cause
	})
	if !errors.Is(err, cause) {
		t.Errorf("staging gives %v, want %v", err, cause)
	}
	out.discard()
	if got := names(t, filepath.Dir(filepath.Dir(dir))); len(got) != 0 {
		t.Errorf("%q is left", got)
	}
}

func TestOutputReplacesAndStays(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("old and longer"), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := openOutput(dir, []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	if err := out.stage("a", content("new")); err != nil {
		t.Fatal(err)
	}
	if err := out.commit(); err != nil {
		t.Fatal(err)
	}
	out.discard()
	got, err := os.ReadFile(filepath.Join(dir, "a"))
	if err != nil || string(got) != "new" {
		t.Errorf("the file holds %q, %v; want %q", got, err, "new")
	}
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("the directory holds %q, want one file", got)
	}
}

// What others have put meanwhile into a directory that was made for the output stays.
func TestDiscardKeepsWhatIsNotOurs(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	out, err := openOutput(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "theirs"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	out.discard()
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("the directory holds %q, want theirs", got)
	}
}
