package vec

import "math"

const (
	// SumLanes is the number of lanes of Sums: value k is in lane k mod SumLanes.
	SumLanes = 16
	// sumRows rows of one value of each lane are summed plainly before they join the compensated
	// sums.
	sumRows = 32
)

// Sums are sums over each lane of the deviations d = x − c of values from a centre, and of their
// squares: plain over each 32 rows of one value of each lane, counted from where Add begins, and
// compensated between these (Knuth's two-sum), so that the error does not grow with the number of
// values. NaN are left out.
type Sums struct {
	Sum, SumLost         [SumLanes]float64 // Σd, and what additions have rounded away
	Squares, SquaresLost [SumLanes]float64 // Σd²
	Defined              [SumLanes]int64   // values that are not NaN
}

// Add adds whole rows of values, the first of which is in lane 0.
func (s *Sums) Add(x []float64, c float64) { s.addBy(fastest, x, c) }

func (s *Sums) addBy(by path, x []float64, c float64) {
	if len(x)%SumLanes != 0 {
		panic("vec: a row of values is not complete")
	}
	if len(x) == 0 || accelSums(by, s, x, c) {
		return
	}
	for len(x) > 0 {
		b := x[:min(SumLanes*sumRows, len(x))]
		x = x[len(b):]
		for lane := 0; lane < SumLanes; lane += 4 {
			s.addFour(b[lane:], c, lane)
		}
	}
}

// addFour adds what four lanes side by side have in a block, which begins with their first row.
func (s *Sums) addFour(x []float64, c float64, lane int) {
	var s0, s1, s2, s3, q0, q1, q2, q3 float64
	for i := 0; i+4 <= len(x); i += SumLanes {
		v := x[i : i+4 : i+4]
		d0, d1, d2, d3 := v[0]-c, v[1]-c, v[2]-c, v[3]-c
		s0, s1, s2, s3 = s0+d0, s1+d1, s2+d2, s3+d3
		q0, q1, q2, q3 = q0+float64(d0*d0), q1+float64(d1*d1), q2+float64(d2*d2), q3+float64(d3*d3)
	}
	rows := (len(x) + SumLanes - 1) / SumLanes
	for i, block := range [4][2]float64{{s0, q0}, {s1, q1}, {s2, q2}, {s3, q3}} {
		n := rows
		if block[1] != block[1] { // which needs a NaN
			block, n = sumDefined(x[i:], c)
		}
		twoSum(&s.Sum[lane+i], &s.SumLost[lane+i], block[0])
		twoSum(&s.Squares[lane+i], &s.SquaresLost[lane+i], block[1])
		s.Defined[lane+i] += int64(n)
	}
}

// sumDefined returns the sums of what a lane has in a block, and of how many values.
func sumDefined(x []float64, c float64) (block [2]float64, n int) {
	for i := 0; i < len(x); i += SumLanes {
		// On integers, so that it takes no branch: all bits of NaN, none of a number.
		undefined := int64(infinity-math.Float64bits(x[i])&^signBit) >> 63
		d := math.Float64frombits(math.Float64bits(x[i]-c) &^ uint64(undefined))
		block[0] += d
		block[1] += float64(d * d)
		n += 1 + int(undefined)
	}
	return block, n
}

func twoSum(sum, lost *float64, v float64) {
	t := *sum + v
	w := t - *sum
	*lost += (*sum - (t - w)) + (v - w)
	*sum = t
}
