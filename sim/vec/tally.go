package vec

// Steps are what each code adds in Tally.
type Steps = [1 << 13]uint32

// TallyMark marks the steps whose places are wanted.
const TallyMark = 1 << 31

// Tally adds the steps of codes to 16 sums, if there are any: code k's to sum k mod 16, modulo
// 2^32. It puts first + k in the list for each code whose step is marked, and returns their
// number. The list has room for 16 more than there are codes; what lies beyond the number is
// overwritten. Of codes the lowest 13 bits count.
func Tally(list []uint32, sums *[16]uint32, codes []uint16, steps *Steps, first uint32) int {
	return tallyBy(fastest, list, sums, codes, steps, first)
}

func tallyBy(by path, list []uint32, sums *[16]uint32, codes []uint16, steps *Steps, first uint32) int {
	if len(list) < len(codes)+16 {
		panic("vec: the list is too short")
	}
	done, m := accelTally(by, list, sums, codes, steps, first)
	codes = codes[done:]
	k := first + uint32(done)
	if sums == nil {
		for _, c := range codes {
			list[m] = k
			m += int(steps[c%uint16(len(steps))] >> 31)
			k++
		}
		return m
	}
	for len(codes) > 0 {
		row := codes[:min(16, len(codes))]
		codes = codes[len(row):]
		for r, c := range row {
			t := steps[c%uint16(len(steps))]
			sums[r&15] += t
			list[m] = k
			m += int(t >> 31)
			k++
		}
	}
	return m
}
