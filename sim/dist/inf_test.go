package dist

import "math"

var inf = math.Inf(1)
