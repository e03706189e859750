package stats

import (
	"math"
	"math/big"
	"math/bits"
)

// An exactSum adds float64 without rounding, so that the order does not matter: a number in
// fixed point, Σ limbs[i]·2^(32·(low+i) − 1074), over the range of bits in use. Limbs have room
// for 2^30 additions before a carry would be needed. (Kulisch's long accumulator; see Neal,
// "Fast exact summation using small and large superaccumulators", 2015.)
type exactSum struct {
	limbs []int64
	low   int
}

func (s *exactSum) add(v float64) {
	b := math.Float64bits(v)
	digits := b & (1<<52 - 1)
	at := int(b >> 52 & 0x7ff)
	if at > 0 {
		digits |= 1 << 52
		at--
	}
	if digits == 0 {
		return
	}
	limb, shift := at/32, uint(at%32)
	s.cover(limb, limb+3)
	l := s.limbs[limb-s.low:][:3]
	sign := 1 - int64(b>>63)*2
	hi, lo := bits.Mul64(digits, 1<<shift)
	l[0] += sign * int64(lo&math.MaxUint32)
	l[1] += sign * int64(lo>>32)
	l[2] += sign * int64(hi)
}

// cover extends the limbs to those from one to before another.
func (s *exactSum) cover(from, to int) {
	if len(s.limbs) == 0 {
		s.low = from
	}
	if from < s.low || to > s.low+len(s.limbs) {
		from, to = min(from, s.low), max(to, s.low+len(s.limbs))
		limbs := make([]int64, to-from)
		copy(limbs[s.low-from:], s.limbs)
		s.limbs, s.low = limbs, from
	}
}

func (s *exactSum) merge(o *exactSum) {
	if len(o.limbs) == 0 {
		return
	}
	s.cover(o.low, o.low+len(o.limbs))
	for i, l := range o.limbs {
		s.limbs[o.low-s.low+i] += l
	}
}

// exact returns the sum.
func (s *exactSum) exact() *big.Float {
	all := new(big.Int)
	for i := len(s.limbs) - 1; i >= 0; i-- {
		all.Add(all.Lsh(all, 32), big.NewInt(s.limbs[i]))
	}
	f := new(big.Float).SetInt(all)
	return f.SetMantExp(f, 32*s.low-1074)
}
