package scenarios

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

var (
	decimal    = regexp.MustCompile(`^[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?$`)
	leadZero   = regexp.MustCompile(`^[-+]?0[0-9]`)
	based      = regexp.MustCompile(`^[-+]?0[xXoObB][0-9a-fA-F_]+$`)
	underscore = regexp.MustCompile(`^[-+]?[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?$`)
	grouped    = regexp.MustCompile(`^[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$`)
	percent    = regexp.MustCompile(`^([-+]?[0-9.]+)\s*%$`)
	withUnit   = regexp.MustCompile(`^([$€£]\s*)?([-+]?[0-9][0-9.]*)\s*([a-zA-Z][a-zA-Z/ ]*)?$`)
	dashed     = regexp.MustCompile(`^([-+]?[0-9.]+)\s*(-|–|—|\.\.\.?|~|/)\s*([-+]?[0-9.]+)$`)
)

// parseNumber reads a decimal number. If s is none, hint says how to write it, where that can be told.
//
// Only the decimal numbers of YAML 1.2 count: 010 (eight to some readers, ten to others) and
// 1_000 do not.
func parseNumber(s string) (x float64, hint string, ok bool) {
	if plainDigits(s) { // nearly every number: no pattern need be matched
		x, err := strconv.ParseFloat(s, 64)
		if err == nil && !math.IsInf(x, 0) {
			return x, "", true
		}
	}
	switch {
	case decimal.MatchString(s) && !leadZero.MatchString(s):
		x, err := strconv.ParseFloat(s, 64)
		if err != nil || math.IsInf(x, 0) {
			return 0, "the largest number is about 1.8e308", false
		}
		return x, "", true
	case decimal.MatchString(s):
		sign, digits := "", s
		if s[0] == '-' || s[0] == '+' {
			sign, digits = s[:1], s[1:]
		}
		return 0, fmt.Sprintf("write %s%s: some readers take a leading 0 for octal", sign, trimZeros(digits)), false
	case based.MatchString(s):
		if i, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 0, 64); err == nil {
			return 0, fmt.Sprintf("write it as a decimal: %d", i), false
		}
		return 0, "write it as a decimal", false
	case strings.Contains(s, "_") && underscore.MatchString(s):
		return 0, "write " + strings.ReplaceAll(s, "_", ""), false
	case grouped.MatchString(s):
		return 0, "write " + strings.ReplaceAll(s, ",", ""), false
	case percent.MatchString(s):
		if x, err := strconv.ParseFloat(percent.FindStringSubmatch(s)[1], 64); err == nil {
			return 0, fmt.Sprintf("write %s: there are no percent signs", formatNumber(x/100)), false
		}
	case dashed.MatchString(s):
		m := dashed.FindStringSubmatch(s)
		return 0, fmt.Sprintf("write %s to %s, for a 5 %% and a 95 %% quantile", m[1], m[3]), false
	case isNonFinite(s):
		return 0, "only finite numbers; for what has no limit, leave the field out", false
	case withUnit.MatchString(s) && withUnit.FindStringSubmatch(s)[3] != "to":
		return 0, fmt.Sprintf("write %s: numbers have no units, the field has", withUnit.FindStringSubmatch(s)[2]), false
	}
	return 0, "", false
}

// plainDigits says that s is digits with at most one point among them, the first of which is no 0
// before another.
func plainDigits(s string) bool {
	points := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.' && i > 0 && i < len(s)-1:
			points++
		case c < '0' || c > '9':
			return false
		}
	}
	return s != "" && points <= 1 && (s[0] != '0' || len(s) == 1 || s[1] == '.')
}

func trimZeros(digits string) string {
	t := strings.TrimLeft(digits, "0")
	if t == "" || t[0] == '.' || t[0] == 'e' || t[0] == 'E' {
		t = "0" + t
	}
	return t
}

func isNonFinite(s string) bool {
	switch strings.ToLower(strings.TrimLeft(s, "+-.")) {
	case "inf", "nan", "infinity":
		return true
	}
	return false
}

// formatNumber writes x as short as reads back to x, with plain digits where those are few.
func formatNumber(x float64) string {
	if a := math.Abs(x); a != 0 && (a < 1e-4 || a >= 1e15) {
		return strconv.FormatFloat(x, 'g', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// contains says whether x lies in r.
func (r Range) contains(x float64) bool {
	return (x > r.Lo || x == r.Lo && !r.OpenLo) && (x < r.Hi || x == r.Hi && !r.OpenHi)
}

// bounded says whether r has an end on both sides.
func (r Range) bounded() bool { return !math.IsInf(r.Lo, 0) && !math.IsInf(r.Hi, 0) }

// String says in words what lies in r.
func (r Range) String() string {
	lo, hi := !math.IsInf(r.Lo, 0), !math.IsInf(r.Hi, 0)
	word := func(open bool, strict, loose string) string {
		if open {
			return strict
		}
		return loose
	}
	switch {
	case lo && hi && r.Lo == r.Hi:
		return formatNumber(r.Lo)
	case lo && hi:
		return fmt.Sprintf("from %s to %s", formatNumber(r.Lo), formatNumber(r.Hi))
	case lo:
		return word(r.OpenLo, "above ", "at least ") + formatNumber(r.Lo)
	case hi:
		return word(r.OpenHi, "below ", "at most ") + formatNumber(r.Hi)
	}
	return "any number"
}
