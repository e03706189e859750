package reports

import (
	"reflect"
	"strings"
	"unicode"
)

// clean copies r with every text made harmless to look at: a scenario is written by somebody
// else, and its names must not steer the terminal or turn the direction of the text around
// them. Control characters and marks of direction become �, except that line breaks and tabs
// become spaces.
func clean[Result any](r *Result) *Result {
	c := *r
	scrub(reflect.ValueOf(&c).Elem())
	return &c
}

func scrub(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.Map(visible, v.String()))
	case reflect.Struct:
		for i := range v.NumField() {
			scrub(v.Field(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			p := reflect.New(v.Type().Elem())
			p.Elem().Set(v.Elem())
			scrub(p.Elem())
			v.Set(p)
		}
	case reflect.Slice:
		if k := v.Type().Elem().Kind(); k != reflect.String && k != reflect.Struct {
			return // numbers are shared, not copied
		}
		s := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(s, v)
		for i := range s.Len() {
			scrub(s.Index(i))
		}
		v.Set(s)
	}
}

func visible(c rune) rune {
	switch {
	case c == '\n' || c == '\r' || c == '\t' || c == '\u2028' || c == '\u2029':
		return ' '
	case unicode.IsControl(c), unicode.Is(unicode.Bidi_Control, c):
		return unicode.ReplacementChar
	}
	return c
}
