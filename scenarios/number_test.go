package scenarios

import "testing"

// The short way is the long way, for those that take it.
func TestPlainDigits(t *testing.T) {
	short := 0
	for _, s := range []string{"", "0", "7", "10", "0.5", "0.05", "00", "01", "01.5", ".5", "5.", "1.2.3", "1e3", "-1", "+1", "1_000", "1,5", "12345678901234567890", "0x10", "٣", "inf", "1 ", "9.", "0.", "10.25"} {
		if plainDigits(s) {
			short++
			if !decimal.MatchString(s) || leadZero.MatchString(s) {
				t.Errorf("%q is taken for digits", s)
			}
		}
	}
	if short != 7 {
		t.Errorf("%d are digits", short)
	}
}
