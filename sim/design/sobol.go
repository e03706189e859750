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
// the rate of convergence: Owen, "On dropping the first Sobol' point", 2020), each input with a
// nested uniform scramble of its own (Owen 1995). The scramble is the hash of Laine and Karras
// as improved by Vegdahl, applied from the highest bit down. Below its 32 bits, u goes on with
// 20 bits of a multiple of them:
//
//	u = (scramble(x) + v)·2^-32
//
// Note: a random linear scramble costs a fifth and gives the same variance, but of smooth
// functions the error is then nearly always small and rarely large (its kurtosis is in the
// hundreds at 1,000 points), and the spread of 16 replicates no honest standard error.
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
	stream       rng.Stream
	*dimensionOf // nil past the last dimension: the input is drawn independently
}

// dimensionOf is the dimension that an input has in each replicate, and the key of its scramble.
type dimensionOf struct {
	keys [Replicates]uint32
	rows [32][Replicates]uint32 // direction numbers
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
		inputs := s.inputs[first:min(first+neighbours, len(names), len(all))]
		for k := range inputs {
			in := &dimensionOf{}
			keys := rng.NewStream(seed, names[first+k]+" sobol")
			for r := range in.keys {
				in.keys[r] = uint32(keys.Bits(uint64(r), 0) >> 32)
			}
			inputs[k].dimensionOf = in
		}
		for r := range Replicates {
			for k, d := range handOut(seed, first, min(neighbours, len(all)-first), r)[:len(inputs)] {
				for i, v := range all[d] {
					inputs[k].rows[i][r] = v
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

// Fill sets dst[i] to the uniform of an input, numbered as in the names, in trial first+i.
// Trials are numbered from 0 to 2^36 − 1.
func (s *Sobol) Fill(dst []float64, input, first int) {
	in := &s.inputs[input]
	if in.dimensionOf == nil {
		in.stream.Uniforms(dst, uint64(first), 0)
		return
	}
	i := uint32(first / Replicates)
	x := in.points(i)
	var u [Replicates]float64
	for r := first % Replicates; len(dst) > 0; r = 0 {
		to := &u
		whole := r == 0 && len(dst) >= Replicates
		if whole {
			to = (*[Replicates]float64)(dst)
		}
		// The next point differs from this one by one row, because their numbers in the Gray
		// code differ in one digit.
		i++
		row := &in.rows[bits.TrailingZeros32(i)&31]
		for k := 0; k < Replicates; k += 2 {
			a, b := scramble(x[k], in.keys[k]), scramble(x[k+1], in.keys[k+1])
			both := bits.Reverse64(uint64(b)<<32 | uint64(a))
			to[k] = unit(uint32(both>>32), a)
			to[k+1] = unit(uint32(both), b)
			x[k] ^= row[k]
			x[k+1] ^= row[k+1]
		}
		if whole {
			dst = dst[Replicates:]
		} else {
			dst = dst[copy(dst, u[r:]):]
		}
	}
}

// points returns point i in all replicates, bits reversed: the exclusive or of the rows of the
// digits that are set in the Gray code of i.
func (d *dimensionOf) points(i uint32) [Replicates]uint32 {
	var x [Replicates]uint32
	for g := i ^ i>>1; g != 0; g &= g - 1 {
		for r, row := range d.rows[bits.TrailingZeros32(g)] {
			x[r] ^= row
		}
	}
	return x
}

// unit returns what a scrambled point is as a uniform. Its bits in the right order become the
// first 32 of the mantissa of a number in [1, 2), those of a multiple the other 20, and
// 1 − 2^-53 is taken from it, exactly: an odd multiple of 2^-53, as every other uniform.
func unit(ordered, reversed uint32) float64 {
	const odd = 0x9e3779b1 // of the golden ratio
	return math.Float64frombits(uint64(ordered)<<20|uint64(reversed*odd>>12)|0x3ff<<52) - (1 - 0x1p-53)
}

// scramble permutes 32-bit numbers such that every bit of the result depends on the bits of x
// from the lowest up to its own, and on the key. Applied to the reversed bits of a point it is
// a nested uniform scramble: each half of the interval is swapped or not, then each half of
// each half, and so on (Burley, "Practical hash-based Owen scrambling", JCGT 9(4), 2020; the
// constants are those of Vegdahl, "Building a better LK hash", 2021).
func scramble(x, key uint32) uint32 {
	x ^= x * 0x3d20adea
	x += key
	x *= key>>16 | 1
	x ^= x * 0x05526c56
	x ^= x * 0x53a22864
	return x
}

// A dimension is the direction numbers of one dimension of the sequence, each with its bits
// reversed, so that the lowest bit is worth 1/2.
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
		for i := range v {
			v[i] = bits.Reverse32(v[i])
		}
		all = append(all, v)
	}
	return all
}
