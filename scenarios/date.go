package scenarios

import (
	"fmt"
	"regexp"
	"time"
)

// A civil is a day of the calendar.
type civil struct{ year, month, day int }

var (
	isoDate  = regexp.MustCompile(`^([0-9]{4})-([0-9]{2})-([0-9]{2})$`)
	yearOnly = regexp.MustCompile(`^[0-9]{4}$`)
	quarter  = regexp.MustCompile(`^([0-9]{4})[- ]?[Qq]([1-4])$`)
	slashed  = regexp.MustCompile(`^[0-9]{1,2}/[0-9]{1,2}/([0-9]{4})$`)
	monthOf  = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}$`)
)

// parseCivil reads YYYY-MM-DD; hint says what would be right.
func parseCivil(s string) (c civil, hint string, ok bool) {
	if t, err := time.Parse(time.DateOnly, s); err == nil && isoDate.MatchString(s) && t.Year() >= 1 {
		return civil{t.Year(), int(t.Month()), t.Day()}, "", true
	}
	switch {
	case yearOnly.MatchString(s):
		return c, "write " + s + "-01-01 (YYYY-MM-DD)", false
	case monthOf.MatchString(s):
		return c, "write " + s + "-01 (YYYY-MM-DD)", false
	case isoDate.MatchString(s):
		return c, "the calendar has no such day", false
	}
	if m := quarter.FindStringSubmatch(s); m != nil {
		return c, fmt.Sprintf("write %s-%02d-01 (YYYY-MM-DD)", m[1], 3*int(m[2][0]-'0')-2), false
	}
	if m := slashed.FindStringSubmatch(s); m != nil { // with the day, which only one reading allows
		for _, layout := range []string{"1/2/2006", "2/1/2006"} {
			if t, err := time.Parse(layout, s); err == nil && t.Day() > 12 {
				return c, "write " + t.Format(time.DateOnly), false
			}
		}
		return c, fmt.Sprintf("write %s-MM-DD: in some countries the month comes first", m[1]), false
	}
	for _, layout := range []string{"2006-1-2", "2006/1/2", "2 January 2006", "January 2, 2006", "2 Jan 2006", "Jan 2, 2006", "January 2006", "Jan 2006", "2006 January", "20060102", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return c, "write " + t.Format(time.DateOnly), false
		}
	}
	return c, "write YYYY-MM-DD", false
}

func (c civil) String() string { return fmt.Sprintf("%04d-%02d-%02d", c.year, c.month, c.day) }

// inMonth is how much of c's month has gone when c begins.
func (c civil) inMonth() float64 {
	days := time.Date(c.year, time.Month(c.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return float64(c.day-1) / float64(days)
}

// since returns the years from start to c:
//
//	(months between + (day − 1)/(days in its month) − the same of the start's day)/12
//
// where months are counted as integers, so that the first of a quarter is exactly a step's
// beginning when the start is one.
func (c civil) since(start civil) float64 {
	months := (c.year-start.year)*12 + c.month - start.month
	return (float64(months) + c.inMonth() - start.inMonth()) / 12
}

// before says whether c is an earlier day than d.
func (c civil) before(d civil) bool {
	if c.year != d.year {
		return c.year < d.year
	}
	if c.month != d.month {
		return c.month < d.month
	}
	return c.day < d.day
}
