package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// ARCHITECTURE.md says which package may import which, and which library is there for whom.
// These tests read its tables, so that the page and the code can't part.

const (
	moduleRoot = "../.."
	module     = "entente"
)

// sourceFile is a Go file of the module and what it imports.
type sourceFile struct {
	path    string // from the root, with slashes
	pkg     string // directory from the root
	test    bool
	imports []string
}

func sourceFiles(t *testing.T) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := fs.WalkDir(os.DirFS(moduleRoot), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := d.Name(); d.IsDir() && (base == "testdata" || base == "node_modules" || base == "out" || len(base) > 1 && base[0] == '.') {
			return fs.SkipDir
		}
		if d.IsDir() || path.Ext(name) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(moduleRoot, name), nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		s := sourceFile{path: name, pkg: path.Dir(name), test: strings.HasSuffix(name, "_test.go")}
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, imported)
		}
		files = append(files, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var quoted = regexp.MustCompile("`([^`]+)`")

// table returns, of the table of ARCHITECTURE.md under the given heads, the name in the first
// column of each row and the names in its second.
func table(t *testing.T, head1, head2 string) map[string][]string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(moduleRoot, "ARCHITECTURE.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(page), "\n| "+head1+" | "+head2+" |")
	if !found {
		t.Fatalf("ARCHITECTURE.md has no table with the heads %q and %q", head1, head2)
	}
	rows := map[string][]string{}
	for _, line := range strings.Split(rest, "\n")[2:] { // after the heads and the rule
		if !strings.HasPrefix(line, "|") {
			break
		}
		cells := strings.Split(line, "|")
		first := quoted.FindStringSubmatch(cells[1])
		if first == nil {
			t.Fatalf("ARCHITECTURE.md: no name in the first column of %q", line)
		}
		names := []string{}
		for _, m := range quoted.FindAllStringSubmatch(cells[2], -1) {
			names = append(names, m[1])
		}
		rows[first[1]] = names
	}
	return rows
}

// Tests may import what they like of the module: they compile into nothing.
func TestImportsInsideTheModule(t *testing.T) {
	allowed := table(t, "package", "may import")
	seen := map[string]bool{}
	for _, f := range sourceFiles(t) {
		if f.test {
			continue
		}
		seen[f.pkg] = true
		may, listed := allowed[f.pkg]
		if !listed {
			t.Errorf("%s: ARCHITECTURE.md's table of imports has no row for %s", f.path, f.pkg)
			continue
		}
		for _, imported := range f.imports {
			if pkg, ok := strings.CutPrefix(imported, module+"/"); ok && !slices.Contains(may, pkg) {
				t.Errorf("%s imports %s; by ARCHITECTURE.md %s may import only %q", f.path, pkg, f.pkg, may)
			}
		}
	}
	for pkg := range allowed {
		if !seen[pkg] {
			t.Errorf("ARCHITECTURE.md's table of imports has a row for %s, where there is no Go file", pkg)
		}
	}
}

// Tests may use any library of the table, in any package.
func TestImportsOfLibraries(t *testing.T) {
	allowed := table(t, "module", "imported by")
	used := map[string]map[string]bool{}
	for lib := range allowed {
		used[lib] = map[string]bool{}
	}
	for _, f := range sourceFiles(t) {
		for _, imported := range f.imports {
			first, _, _ := strings.Cut(imported, "/")
			if first == module || !strings.Contains(first, ".") {
				continue // ours, or the standard library's
			}
			lib := ""
			for l := range allowed {
				if imported == l || strings.HasPrefix(imported, l+"/") {
					lib = l
				}
			}
			switch {
			case lib == "":
				t.Errorf("%s imports %s, which ARCHITECTURE.md's table of libraries does not name", f.path, imported)
			case !f.test && !slices.Contains(allowed[lib], f.pkg):
				t.Errorf("%s imports %s; by ARCHITECTURE.md only %q do", f.path, imported, allowed[lib])
			default:
				used[lib][f.pkg] = true
			}
		}
	}
	for lib, pkgs := range allowed {
		for _, pkg := range pkgs {
			if !used[lib][pkg] {
				t.Errorf("ARCHITECTURE.md says that %s imports %s; no file there does", pkg, lib)
			}
		}
	}
}
