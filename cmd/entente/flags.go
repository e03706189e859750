package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"entente/sim"
)

// Types of flag values, for pflag. Unlike its own they say what would be right.

// A count is a whole number from 1 to most.
type count struct {
	value *int
	most  int
}

func (c count) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > c.most {
		return fmt.Errorf("it takes a whole number from 1 to %d", c.most)
	}
	*c.value = n
	return nil
}

func (c count) String() string {
	if c.value == nil || *c.value == 0 {
		return ""
	}
	return strconv.Itoa(*c.value)
}

func (count) Type() string { return "N" }

// A seed is any unsigned number of 64 bits.
type seed struct{ value *uint64 }

func (s seed) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return fmt.Errorf("it takes a whole number from 0 to %d", uint64(1<<64-1))
	}
	*s.value = n
	return nil
}

func (seed) String() string { return "" } // the default is the scenario's
func (seed) Type() string   { return "S" }

// A size is a number of bytes: 500MB, 1.5GiB; a bare number is in bytes.
type size struct{ value *int }

func (s size) Set(text string) error {
	number, factor := text, 1.0
	for _, unit := range []struct {
		name  string
		bytes float64
	}{
		{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
		{"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1},
	} {
		if before, found := strings.CutSuffix(text, unit.name); found {
			number, factor = strings.TrimSpace(before), unit.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if n *= factor; err != nil || !(n >= 1<<20 && n <= 1<<50) {
		return errors.New("it takes a size of at least 1 MiB, such as 500MB or 1.5GiB")
	}
	*s.value = int(n)
	return nil
}

func (s size) String() string {
	if s.value == nil || *s.value == 0 {
		return ""
	}
	return strconv.FormatFloat(float64(*s.value)/(1<<30), 'g', 4, 64) + "GiB"
}

func (size) Type() string { return "SIZE" }

// A sampler is named as package sim names it.
type sampler struct{ value *sim.Sampler }

func (s sampler) Set(text string) error {
	parsed, err := sim.ParseSampler(text)
	if err != nil {
		return fmt.Errorf("no sampler %q; there is %s%s", text, strings.Join(samplerNames(), ", "), didYouMean(text, samplerNames()))
	}
	*s.value = parsed
	return nil
}

func samplerNames() []string {
	var names []string
	for _, s := range sim.Samplers() {
		names = append(names, string(s))
	}
	return names
}

func (sampler) String() string { return "" } // the default is the scenario's
func (sampler) Type() string   { return "NAME" }

// A formatList names formats, separated by commas, each once, in their own order.
type formatList[R any] struct {
	value *[]format[R]
	all   []format[R]
}

func (l formatList[R]) Set(text string) error {
	var names []string
	for _, f := range l.all {
		names = append(names, f.name)
	}
	asked := strings.Split(text, ",")
	for _, name := range asked {
		if !slices.Contains(names, name) {
			return fmt.Errorf("no format %q; there is %s%s", name, list(names), didYouMean(name, names))
		}
	}
	*l.value = nil
	for _, f := range l.all {
		if slices.Contains(asked, f.name) {
			*l.value = append(*l.value, f)
		}
	}
	return nil
}

func (l formatList[R]) String() string {
	if l.value == nil {
		return ""
	}
	var names []string
	for _, f := range *l.value {
		names = append(names, f.name)
	}
	return strings.Join(names, ",")
}

func (formatList[R]) Type() string { return "LIST" }

// list is "a and b", or "a, b and c".
func list(words []string) string {
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
	return strings.Join(words, "")
}
