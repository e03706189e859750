// Package scenarios reads scenario files: bytes become nodes with places, nodes become values
// as the format says (schema.go), values are checked, and what is left is a models.System and
// the facts that reports show. All problems of a scenario are found in one pass.
package scenarios

import (
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"entente/models"
	"entente/sim/result"
)

//go:embed library/*.yaml
var library embed.FS

// Options say how to load a scenario.
type Options struct {
	Stdin io.Reader // what "-" reads
	Set   []string  // PATH=VALUE, in order of application
}

// A Scenario is one that has been read and found good.
type Scenario struct {
	System *models.System
	// Facts are what reports show of it. Version, Run.Trials, Run.Seed, Run.Sampler and
	// Metrics are left to the caller.
	Facts    result.Result
	Trials   int
	Seed     uint64
	Sampler  string
	Asserts  []Assertion  // in file order
	Warnings []Diagnostic // in file order: what does nothing, what was cut, what is cited and not there
	Sanity   []Diagnostic // in file order: what contradicts itself or any plausible economy
	Silenced []Silenced   // what of both the scenario says is meant
	Defaults []Default    // what was left out, and what holds in its place
	review   func() Review
}

// A Default is what holds where the scenario says nothing.
type Default struct {
	Path string // openai_azure.attraction
	Text string // "1"; "none" for a mechanism that is off
	Unit string
}

// A Builtin is a scenario that comes with the program.
type Builtin struct {
	Name        string // what to type
	Title       string
	Description string // the first paragraph
}

// Builtins returns the scenarios that come with the program.
func Builtins() []Builtin {
	var all []Builtin
	for _, name := range builtinNames() {
		b := Builtin{Name: name, Title: name}
		text, err := Text(name)
		if err != nil {
			panic(err) // it is embedded
		}
		var p problems
		if n := p.parse(newSource(name, 0, text), []byte(text)); n != nil {
			if c := n.child("name"); c != nil && c.shape == scalar {
				b.Title = c.text
			}
			if c := n.child("description"); c != nil && c.shape == scalar {
				b.Description, _, _ = strings.Cut(strings.TrimSpace(c.text), "\n")
			}
		}
		all = append(all, b)
	}
	return all
}

// builtinNames lists the library in the order in which a reader meets it.
func builtinNames() []string {
	return []string{
		"baseline", "seeds",
		// What becomes of demand, and of the money.
		"demand-disappoints", "anthropic-outgrows", "compute-glut", "funding-winter", "circular-money-stops", "openai-fails",
		// What becomes of the contracts.
		"everything-is-paid", "renegotiated-down", "stargate-on-plan", "agi-declared", "trainium-shines", "trainium-slips",
	}
}

// Text returns a built-in scenario as it is written, with its comments.
func Text(name string) (string, error) {
	text, err := fs.ReadFile(library, "library/"+name+".yaml")
	if err != nil {
		hint := didYouMean(name, builtinNames())
		return "", fmt.Errorf("there is no built-in scenario %q; %s", name, hint)
	}
	return string(text), nil
}

// isPath says whether arg names a file and not a built-in scenario.
func isPath(arg string) bool {
	return strings.ContainsAny(arg, `/\`) || strings.HasSuffix(arg, ".yaml") || strings.HasSuffix(arg, ".yml")
}

// A place says where a source lies, for what lies beside it.
type place struct {
	builtin bool
	dir     string
}

// A loader opens what a scenario is made of.
type loader struct {
	stdin  io.Reader
	places map[*source]place
	data   [][]byte // of the files beside the scenarios, in the order of reading
}

// open reads the scenario that arg names.
func (l *loader) open(arg string) (*source, []byte, error) {
	switch {
	case arg == "-":
		if l.stdin == nil {
			return nil, nil, errors.New("there is no standard input")
		}
		text, err := io.ReadAll(io.LimitReader(l.stdin, maxBytes+1))
		if err != nil {
			return nil, nil, fmt.Errorf("standard input: %w", err)
		}
		return l.source("<stdin>", text, place{dir: "."}), text, nil
	case isPath(arg):
		text, err := readFile(arg)
		if err != nil {
			return nil, nil, err
		}
		return l.source(arg, text, place{dir: filepath.Dir(arg)}), text, nil
	}
	text, err := Text(arg)
	if err != nil {
		hint := didYouMean(arg, builtinNames())
		if _, statErr := os.Stat(arg); statErr == nil {
			hint = fmt.Sprintf("for the file of this name write ./%s", arg)
		} else if _, statErr := os.Stat(arg + ".yaml"); statErr == nil {
			hint = fmt.Sprintf("for the file write %s.yaml", arg)
		}
		return nil, nil, fmt.Errorf("there is no scenario %q; %s", arg, hint)
	}
	return l.source(arg, []byte(text), place{builtin: true, dir: "library"}), []byte(text), nil
}

func (l *loader) source(name string, text []byte, at place) *source {
	s := newSource(name, 0, string(text))
	l.places[s] = at
	return s
}

// extended opens what the scenario from extends: a file relative to it, or a built-in scenario.
func (l *loader) extended(from *source, name string) (*source, []byte, error) {
	at := l.places[from]
	switch {
	case name == "-":
		return nil, nil, errors.New("standard input cannot be extended")
	case !isPath(name):
		return l.open(name)
	case at.builtin:
		return l.open(strings.TrimSuffix(strings.TrimSuffix(path.Base(name), ".yaml"), ".yml"))
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(at.dir, name)
	}
	if !isPath(name) {
		name = "." + string(filepath.Separator) + name
	}
	return l.open(name)
}

// beside reads a file that lies beside the scenario from.
func (l *loader) beside(from *source, name string) ([]byte, error) {
	at := l.places[from]
	var text []byte
	var err error
	if at.builtin {
		text, err = fs.ReadFile(library, path.Join(at.dir, name))
	} else {
		if !filepath.IsAbs(name) {
			name = filepath.Join(at.dir, name)
		}
		text, err = readFile(name)
	}
	if err == nil && len(text) > maxBytes {
		err = fmt.Errorf("%s is larger than %d bytes", name, maxBytes)
	}
	if err == nil {
		l.data = append(l.data, text)
	}
	return text, err
}

// readFile reads a file, but not endlessly.
func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a directory", name)
	}
	return io.ReadAll(io.LimitReader(f, maxBytes+1))
}

// Load reads the scenario that arg names: a file, a built-in scenario, or - for standard input.
// Its error is Diagnostics where the scenario is wrong.
func Load(arg string, opt Options) (*Scenario, error) {
	s, b, err := load(arg, opt)
	if err != nil {
		return nil, err
	}
	b.describe(s.Facts.Assumptions)
	return s, nil
}

// load is Load without the numbers that describe distributions, which take longer than the rest.
func load(arg string, opt Options) (*Scenario, *builder, error) {
	t, err := Read(arg, opt.Stdin)
	if err != nil {
		return nil, nil, err
	}
	b, err := t.build(opt.Set)
	if err != nil {
		return nil, nil, err
	}
	return t.scenario(b, opt.Set), b, nil
}

// A Template is a scenario that is read once, with what it extends, and then understood as often
// as wanted, under one set of overrides after the other. It is safe for concurrent use.
type Template struct {
	arg     string
	loader  *loader
	format  *Field
	root    *node // nil: there is nothing to go on with
	texts   [][]byte
	read    problems // what is wrong before anything is overridden
	spreads *spreads
}

// Read reads the scenario that arg names, as Load does. What is wrong with it is told by what is
// made of it, with what is wrong with the overrides; the error is only of what cannot be opened.
func Read(arg string, stdin io.Reader) (*Template, error) {
	l := &loader{stdin: stdin, places: map[*source]place{}}
	src, text, err := l.open(arg)
	if err != nil {
		return nil, err
	}
	t := &Template{arg: arg, loader: l, format: format(), spreads: &spreads{of: map[alike]*spread{}}}
	c := &composer{problems: &t.read, format: t.format, load: l.extended}
	t.root = c.read(src, text)
	t.texts = c.texts
	return t, nil
}

// System is what Load(arg, Options{Set: set}) makes of the scenario, without what only reports
// show, and without warnings. The error is Load's.
func (t *Template) System(set []string) (*models.System, error) {
	b, err := t.build(set)
	if err != nil {
		return nil, err
	}
	return &b.sys, nil
}

// build makes the scenario under some overrides.
func (t *Template) build(set []string) (*builder, error) {
	l := *t.loader
	l.data = nil
	r := &binder{files: l.beside, data: &l.data, spreads: t.spreads,
		problems: problems{errors: slices.Clone(t.read.errors), warnings: slices.Clone(t.read.warnings)}}
	root := t.root
	if root == nil {
		return nil, ordered(r.errors)
	}
	if len(set) > 0 {
		root = root.clone()
		c := &composer{problems: &r.problems, format: t.format}
		for i, s := range set {
			c.set(t.format, root, s, len(t.texts)+i)
		}
	}
	b := r.build(r.bind(t.format, root, root.mark, "", ""))
	b.userMetrics()
	b.asserted = b.asserts()
	if len(r.errors) > 0 {
		return nil, ordered(r.errors)
	}
	return b, nil
}

// scenario is what was built, with its facts.
func (t *Template) scenario(b *builder, set []string) *Scenario {
	s := &Scenario{System: &b.sys, Trials: int(t.format.field("trials").Default), Seed: uint64(t.format.field("seed").Default),
		Sampler: t.format.field("sampler").Choices[0], Asserts: b.asserted, Defaults: b.defaults(), review: b.review}
	s.Warnings, s.Sanity, s.Silenced = b.silence(ordered(b.warnings), b.sanity(), len(set) == 0)
	s.Facts = b.facts()
	if t := b.root.get("trials"); t.given {
		s.Trials = int(t.whole)
	}
	if t := b.root.get("seed"); t.given {
		s.Seed = t.whole
	}
	if t := b.root.get("sampler"); t.given {
		s.Sampler = t.written
	}
	about := &s.Facts.Scenario
	about.SHA256 = hash(slices.Concat(t.texts, *b.data), set)
	about.Overrides = slices.Clone(set)
	about.Argument = t.arg
	if filepath.IsAbs(t.arg) {
		about.Argument = filepath.Base(t.arg) // where it lies here concerns nobody else
	}
	if about.Name == "" {
		about.Name = "scenario"
		if t.arg != "-" {
			about.Name = strings.TrimSuffix(strings.TrimSuffix(filepath.Base(t.arg), ".yaml"), ".yml")
		}
	}
	return s
}

// hash is the SHA-256 of the texts: of one text without overrides, what sha256sum says; else
// of all of them, each behind its length.
func hash(texts [][]byte, overrides []string) string {
	if len(texts) == 1 && len(overrides) == 0 {
		sum := sha256.Sum256(texts[0])
		return hex.EncodeToString(sum[:])
	}
	h := sha256.New()
	write := func(t []byte) {
		var n [8]byte
		binary.LittleEndian.PutUint64(n[:], uint64(len(t)))
		h.Write(n[:])
		h.Write(t)
	}
	for _, t := range texts {
		write(t)
	}
	for _, o := range overrides {
		write([]byte(o))
	}
	return hex.EncodeToString(h.Sum(nil))
}
