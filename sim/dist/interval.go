package dist

import (
	"cmp"
	"fmt"
	"math"
)

// z95 is Φ⁻¹(0.95).
const z95 = 1.6448536269514722

// Interval returns the distribution that "a to b" means in a field whose range is [lo, hi]:
// its 5 % and 95 % quantiles are a and b. It is
//
//	logit-normal on (lo, hi)   if lo and hi are finite; a and b must lie inside
//	lognormal                  else, if a and b are above 0
//	normal                     else
func Interval(a, b, lo, hi float64) (Dist, error) {
	err := cmp.Or(number("the lower end", a), number("the upper end", b),
		increasing("the lower end", a, "the upper end", b))
	if err != nil {
		return nil, err
	}
	bounded := !math.IsInf(lo, 0) && !math.IsInf(hi, 0)
	switch {
	case bounded:
		for _, end := range []struct {
			name string
			v    float64
		}{{"the lower end", a}, {"the upper end", b}} {
			if !(end.v > lo && end.v < hi) {
				return nil, fmt.Errorf("%s is %v: it must lie inside the range, above %v and below %v", end.name, end.v, lo, hi)
			}
		}
		ya, yb := math.Log((a-lo)/(hi-a)), math.Log((b-lo)/(hi-b))
		return NewLogitNormal(ya+(yb-ya)/2, (yb-ya)/(2*z95), lo, hi)
	case a > 0:
		return NewLognormal(math.Log(a)+math.Log(b/a)/2, math.Log(b/a)/(2*z95))
	default:
		return NewNormal(a+(b-a)/2, (b-a)/(2*z95))
	}
}
