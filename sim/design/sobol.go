package design

import (
	_ "embed"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"entente/sim/rng"
)

// Sobol is, in each replicate, the Sobol sequence with the direction numbers of Joe and Kuo
// (2008) in the order of the Gray code, from its first point on (to leave that out would cost
// the rate of convergence: Owen, "On dropping the first Sobol' point", 2020). Each replicate
// and input has a random linear scramble and digital shift of its own, of 52 binary digits:
//
//	u = (L·x ⊕ s + ½)·2^-52
//
// where x are the 32 digits of the point, most significant first, L is lower triangular with
// ones in its diagonal and random digits below, and s is random. It gives means the same
// variance as Owen's nested uniform scramble (Matoušek, "On the L₂-discrepancy for anchored
// boxes", Journal of Complexity 14, 1998; Owen, "Variance and discrepancy with alternative
// scramblings", ACM TOMACS 13, 2003) and costs one exclusive or a value, because it can be
// applied to the direction numbers instead of the points.
//
// For smooth functions of the inputs the error of a mean falls about as n^-1.5, in place of the
// n^-0.5 of independent trials. Numbers of trials of 16·2^k fill the net evenly.
//
// The names come most important first: the earlier dimensions of the sequence are spread the
// better together. Among each 16 names every replicate hands out the dimensions at random.
// Some pairs of dimensions are spread worse than independent points until there are many, and
// an important pair of inputs should not meet them in all replicates; with few points that
// costs more than the order among neighbours can bring.
//
// What holds when something changes: an input's column depends on the seed, its own name and
// its position among the names. So trial k is the same in a run of any length; adding an input
// at the end changes no other; removing or moving one changes those whose position that
// changes. Inputs past the last dimension (1111) are drawn independently.
type Sobol struct {
	inputs []sobolInput
}

type sobolInput struct {
	stream     rng.Stream
	*scrambled // nil past the last dimension: the input is drawn independently
}

// scrambled is a dimension of the sequence in all replicates, by the 52 digits of u: the shifts,
// and the direction numbers.
type scrambled struct {
	shift [Replicates]uint64
	rows  [32][Replicates]uint64
}

//go:embed joekuo/new-joe-kuo-6.1111.txt
var joeKuo string

// neighbours is the number of names among which dimensions are handed out.
const neighbours = 16

// NewSobol returns the design over the inputs of these names, most important first.
func NewSobol(seed uint64, names []string) *Sobol {
	all := dimensions((len(names) + neighbours - 1) / neighbours * neighbours)
	s := &Sobol{make([]sobolInput, len(names))}
	for i, name := range names {
		s.inputs[i].stream = rng.NewStream(seed, name)
	}
	for first := 0; first < min(len(names), len(all)); first += neighbours {
		for i := first; i < min(first+neighbours, len(names), len(all)); i++ {
			s.inputs[i].scrambled = &scrambled{}
		}
		for r := range Replicates {
			for k, d := range handOut(seed, first, min(neighbours, len(all)-first), r) {
				if i := first + k; i < len(names) {
					s.inputs[i].scramble(seed, names[i], r, &all[d])
				}
			}
		}
	}
	return s
}

// handOut returns which dimensions the n names from first on have in a replicate.
func handOut(seed uint64, first, n, replicate int) []int {
	order := rng.NewRand(seed, fmt.Sprintf("sobol dimensions %d, replicate %d", first, replicate)).Perm(n)
	for k := range order {
		order[k] += first
	}
	return order
}

// digits is the number of binary digits of u.
const digits = 52

// scramble sets replicate r to a dimension: L times its direction numbers, and the shift.
func (c *scrambled) scramble(seed uint64, name string, r int, d *dimension) {
	random := rng.NewStream(seed, name+" sobol")
	var column [32]uint64 // of L
	for k := range column {
		diagonal := uint64(1) << (digits - 1 - k)
		column[k] = random.Bits(uint64(r), k)>>(64-digits)&(diagonal-1) | diagonal
	}
	c.shift[r] = random.Bits(uint64(r), len(column)) >> (64 - digits)
	for i, v := range d {
		for ; v != 0; v &= v - 1 {
			c.rows[i][r] ^= column[31-bits.TrailingZeros32(v)]
		}
	}
}

// Fill sets dst[i] to the uniform of an input, numbered as in the names, in trial first+i.
// Trials are numbered from 0 to 2^36 − 1.
func (s *Sobol) Fill(dst []float64, input, first int) {
	in := &s.inputs[input]
	if in.scrambled == nil {
		in.stream.Uniforms(dst, uint64(first), 0)
		return
	}
	i := uint32(first / Replicates)
	x := in.points(i)
	// The points of a batch differ from one to the next by one row, because their numbers in
	// the Gray code differ in one digit.
	if r := first % Replicates; r != 0 {
		n := min(Replicates-r, len(dst))
		for k := range n {
			dst[k] = unit(x[r+k])
		}
		dst = dst[n:]
		i++
		in.next(&x, i)
	}
	for ; len(dst) >= Replicates; dst = dst[Replicates:] {
		i++
		u, row := (*[Replicates]float64)(dst), &in.rows[bits.TrailingZeros32(i)&31]
		for r := range u {
			u[r] = unit(x[r])
			x[r] ^= row[r]
		}
	}
	for k := range dst {
		dst[k] = unit(x[k])
	}
}

// points returns point i in all replicates: the shifts and the rows of the digits that are set
// in the Gray code of i.
func (c *scrambled) points(i uint32) [Replicates]uint64 {
	x := c.shift
	for g := i ^ i>>1; g != 0; g &= g - 1 {
		for r, row := range c.rows[bits.TrailingZeros32(g)] {
			x[r] ^= row
		}
	}
	return x
}

// next makes point i of point i − 1.
func (c *scrambled) next(x *[Replicates]uint64, i uint32) {
	for r, row := range c.rows[bits.TrailingZeros32(i)&31] {
		x[r] ^= row
	}
}

// unit is (x + ½)·2^-52: the digits become the mantissa of a number in [1, 2), from which
// 1 − 2^-53 is taken, exactly.
func unit(x uint64) float64 { return math.Float64frombits(x|0x3ff<<52) - (1 - 0x1p-53) }

// A dimension is the direction numbers of one dimension of the sequence; the highest bit is
// worth 1/2.
type dimension [32]uint32

// dimensions returns the first n dimensions of the table, or all if it has fewer.
//
// A line of the table is "d s a m₁ … m_s": the dimension's number, the degree and the inner
// coefficients of its primitive polynomial, and the first direction numbers, of which
//
//	v_i = m_i·2^(32−i)   for i ≤ s,
//	v_i = v_{i−s} ⊕ (v_{i−s} >> s) ⊕ a₁v_{i−1} ⊕ … ⊕ a_{s−1}v_{i−s+1}   beyond.
//
// Dimension 1, which is not in the table, has v_i = 2^(32−i).
func dimensions(n int) []dimension {
	var all []dimension
	for line := range strings.Lines("1 0 0\n" + joeKuo[strings.IndexByte(joeKuo, '\n')+1:]) {
		if len(all) == n {
			break
		}
		var row []uint32
		for field := range strings.FieldsSeq(line) {
			x, err := strconv.ParseUint(field, 10, 32)
			if err != nil {
				panic(fmt.Sprintf("design: direction numbers, line %q: %v", line, err))
			}
			row = append(row, uint32(x))
		}
		s, a, m := int(row[1]), row[2], row[3:]
		var v dimension
		for i := range v {
			switch {
			case s == 0:
				v[i] = 1 << (31 - i)
			case i < s:
				v[i] = m[i] << (31 - i)
			default:
				v[i] = v[i-s] ^ v[i-s]>>s
				for j := 1; j < s; j++ {
					v[i] ^= a >> (s - 1 - j) & 1 * v[i-j]
				}
			}
		}
		all = append(all, v)
	}
	return all
}
