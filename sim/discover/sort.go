package discover

import "math"

// A sorter is one worker's room to sort in.
type sorter struct{ from, to []keyed }

type keyed struct {
	key   uint64
	trial uint32
}

// A ranked is a trial in the order of some values. Trials of equal values have one rank.
type ranked struct{ trial, rank uint32 }

// sort returns the trials in the order of their values, equal ones in the order of the list.
func (s *sorter) sort(values []float64, trials []uint32) []ranked {
	const digit = 11
	n := len(trials)
	if cap(s.from) < n {
		s.from, s.to = make([]keyed, n), make([]keyed, n)
	}
	from, to := s.from[:n], s.to[:n]
	var differ uint64
	for i, k := range trials {
		bits := math.Float64bits(values[k] + 0) // −0 is 0
		if bits>>63 != 0 {
			bits = ^bits
		} else {
			bits |= 1 << 63
		}
		from[i] = keyed{bits, k}
		differ |= bits ^ from[0].key
	}
	for shift := 0; shift < 64; shift += digit {
		if differ>>shift%(1<<digit) == 0 {
			continue // the same in all
		}
		var next [1 << digit]uint32
		for _, k := range from {
			next[k.key>>shift%(1<<digit)]++
		}
		begin := uint32(0)
		for d, n := range next {
			next[d] = begin
			begin += n
		}
		for _, k := range from {
			d := k.key >> shift % (1 << digit)
			to[next[d]] = k
			next[d]++
		}
		from, to = to, from
	}
	order := make([]ranked, n)
	rank := uint32(0)
	for i, k := range from {
		if i > 0 && k.key != from[i-1].key {
			rank++
		}
		order[i] = ranked{k.trial, rank}
	}
	return order
}
