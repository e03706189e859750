package expr

import (
	"math"
)

// Parameter is a number that is the same in every trial of a run, and may be another in another
// run; while the code is traced it is v. The same k is the same parameter.
func (c *Code) Parameter(k int, v float64) X {
	if v == 0 {
		v = 0 // −0 is 0
	}
	return c.intern(node{op: parameterOp, given: true, a: int32(k), b: -1, c: -1, value: v})
}

// A question is one that was asked about what hangs on parameters, on whose answer it may hang
// which operations were written.
type question struct {
	kind   int8
	of, as int32  // nodes
	bits   uint64 // of a number
}

const (
	exactly = iota // it is that number, bit by bit
	equal          // it equals that number
	alike          // it is the same number as another
	power          // it is a power of two
)

func (c *Code) ask(q question, answer bool) bool {
	c.asked[q] = answer
	return answer
}

// At is what hangs on parameters, where they have some values.
type At []float64 // by its place in Code.givens

// At returns what hangs on the parameters where they have these values, by number. ok says that
// a trace with them would have written the same operations; where it is not, nothing else is
// to be done with the code there.
//
// One thing it does not look at: that two operations would have been taken for one, because a
// parameter happens to be the same number as something else. Both give the same bits then.
func (c *Code) At(parameters []float64) (at At, ok bool) {
	at = make(At, len(c.givens))
	number := func(id int32) float64 {
		if id < 0 {
			return 0
		}
		if n := &c.nodes[id]; n.op == constOp {
			return n.value
		}
		return at[c.ordinal[id]]
	}
	for i, id := range c.givens {
		n := &c.nodes[id]
		if n.op != parameterOp {
			at[i] = fold(n.op, [3]float64{number(n.a), number(n.b), number(n.c)})
			continue
		}
		if at[i] = parameters[n.a]; at[i] == 0 {
			at[i] = 0
		}
	}
	for q, answer := range c.asked {
		v := number(q.of)
		var now bool
		switch q.kind {
		case exactly:
			now = math.Float64bits(v) == q.bits
		case equal:
			now = v == math.Float64frombits(q.bits)
		case alike:
			now = math.Float64bits(v) == math.Float64bits(number(q.as))
		case power:
			now = isPower(v)
		}
		if now != answer {
			return nil, false
		}
	}
	return at, true
}
