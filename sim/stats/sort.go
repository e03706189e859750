package stats

import (
	"math"
	"math/bits"
	"slices"
)

// The radix sort reads keys in digits of digitBits bits, least significant first.
const (
	digitBits = 11
	radix     = 1 << digitBits
	digits    = 3
	// Below fewKeys the histograms cost more than comparisons.
	fewKeys = 700
	// Up to insertion values are sorted by insertion.
	insertion = 24
)

// A sorter holds the buffers of sorting.
type sorter struct {
	keys, aux []uint64
	counts    [digits][radix]uint32
}

// sort puts values that are not NaN into ascending order. It takes −0 for 0.
//
// The bits of a float64, with the sign turned into an offset, order as integers do. Of these
// only the leading digits·digitBits bits that differ in the column at all are sorted by radix;
// the few neighbours that agree in all of them are put right by comparison afterwards. Digits
// that are the same in the whole column (those of integers, of zeros and ones) are skipped.
func (s *sorter) sort(x []float64) {
	if len(x) < 2 {
		return
	}
	if len(x) <= insertion {
		for i := 1; i < len(x); i++ {
			v, j := x[i], i
			for j > 0 && x[j-1] > v {
				x[j] = x[j-1]
				j--
			}
			x[j] = v
		}
		return
	}
	same := 1
	for same < len(x) && x[same] == x[0] {
		same++
	}
	if same == len(x) {
		return
	}
	if cap(s.keys) < len(x) {
		s.keys, s.aux = make([]uint64, len(x)), make([]uint64, len(x))
	}
	keys := s.keys[:len(x)]
	least, largest := uint64(math.MaxUint64), uint64(0)
	for i, v := range x {
		k := toKey(v)
		keys[i] = k
		least, largest = min(least, k), max(largest, k)
	}
	if len(x) < fewKeys {
		slices.Sort(keys)
	} else {
		keys = s.radixSort(keys, least, largest)
	}
	for i, k := range keys {
		x[i] = fromKey(k)
	}
}

// toKey maps numbers to integers in the same order, −0 to the same as 0.
func toKey(v float64) uint64 {
	b := math.Float64bits(v + 0) // −0 + 0 is 0
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

func fromKey(k uint64) float64 {
	return math.Float64frombits(k ^ (uint64(int64(^k)>>63) | 1<<63))
}

// radixSort sorts keys, which go from least to largest, and returns them, in one of the two
// buffers of s.
func (s *sorter) radixSort(keys []uint64, least, largest uint64) []uint64 {
	shift := uint(max(bits.Len64(largest-least)-digits*digitBits, 0)) & 63
	c0, c1, c2 := &s.counts[0], &s.counts[1], &s.counts[2]
	clear(c0[:])
	clear(c1[:])
	clear(c2[:])
	for _, k := range keys {
		d := (k - least) >> shift
		c0[d%radix]++
		c1[d>>digitBits%radix]++
		c2[d>>(2*digitBits)%radix]++
	}
	aux := s.aux[:len(keys)]
	for d := range s.counts {
		next := &s.counts[d]
		at := (shift + uint(d)*digitBits) & 63 // below 64 in any case; this tells the compiler
		if next[(keys[0]-least)>>at%radix] == uint32(len(keys)) {
			continue
		}
		start := uint32(0)
		for i, c := range next {
			next[i] = start
			start += c
		}
		for _, k := range keys {
			d := (k - least) >> at % radix
			i := next[d]
			next[d] = i + 1
			aux[i] = k
		}
		keys, aux = aux, keys
	}
	if shift > 0 {
		sortWithinPrefixes(keys, least, shift)
	}
	return keys
}

// sortWithinPrefixes finishes keys that are sorted by (k−least)>>shift.
func sortWithinPrefixes(keys []uint64, least uint64, shift uint) {
	for i := 1; i < len(keys); i++ {
		if keys[i] >= keys[i-1] {
			continue
		}
		prefix := (keys[i] - least) >> shift
		from, to := i-1, i+1
		for from > 0 && (keys[from-1]-least)>>shift == prefix {
			from--
		}
		for to < len(keys) && (keys[to]-least)>>shift == prefix {
			to++
		}
		slices.Sort(keys[from:to])
		i = to - 1
	}
}
