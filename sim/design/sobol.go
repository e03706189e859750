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
// (2008), from its first point on (to leave that out would cost the rate of convergence: Owen,
// "On dropping the first Sobol' point", 2020), each input with a nested uniform scramble of its
// own (Owen 1995). The scramble is the hash of Laine and Karras as improved by Vegdahl, applied
// from the highest bit down. Below its 32 bits, u goes on with the bits of the uniform that the
// input would have in this trial without a design:
//
//	u = (scramble(x) + v)·2^-32
//
// For smooth functions of the inputs the error of a mean falls about as n^-1.5, in place of the
// n^-0.5 of independent trials. Numbers of trials of 16·2^k fill the net evenly.
//
// What holds when something changes: an input's column depends on the seed, its own name and
// its position among the names, which is its dimension of the sequence. So trial k is the same
// in a run of any length; adding an input at the end changes no other; removing or moving one
// changes those whose position that changes. Inputs past the last dimension (1111) are drawn
// independently.
type Sobol struct {
	inputs []sobolInput
}

type sobolInput struct {
	stream rng.Stream
	// nil past the last dimension: the input is drawn independently.
	directions *dimension
	keys       [Replicates]uint32 // of the scramble
}

//go:embed joekuo/new-joe-kuo-6.1111.txt
var joeKuo string

// NewSobol returns the design over the inputs of these names.
func NewSobol(seed uint64, names []string) *Sobol {
	directions := dimensions(len(names))
	s := &Sobol{make([]sobolInput, len(names))}
	for i, name := range names {
		in := sobolInput{stream: rng.NewStream(seed, name)}
		keys := rng.NewStream(seed, name+" sobol")
		for r := range in.keys {
			in.keys[r] = uint32(keys.Bits(uint64(r), 0) >> 32)
		}
		if i < len(directions) {
			in.directions = &directions[i]
		}
		s.inputs[i] = in
	}
	return s
}

// Fill sets dst[i] to the uniform of an input, numbered as in the names, in trial first+i.
// Trials are numbered from 0 to 2^36 − 1.
func (s *Sobol) Fill(dst []float64, input, first int) {
	in := &s.inputs[input]
	in.stream.Uniforms(dst, uint64(first), 0)
	if in.directions == nil {
		return
	}
	x := point(in.directions, uint32(first/Replicates))
	for i, v := range dst {
		k := first + i
		r := k % Replicates
		if r == 0 {
			x = point(in.directions, uint32(k/Replicates))
		}
		// The first 20 bits of v are kept, which with the 32 of x fill a mantissa and leave
		// its last bit 1: u is an odd multiple of 2^-53, as every other uniform.
		v = (math.Floor(v*0x1p20) + 0.5) * 0x1p-20
		dst[i] = (float64(bits.Reverse32(scramble(x, in.keys[r]))) + v) * 0x1p-32
	}
}

// A dimension is the direction numbers of one dimension of the sequence, each with its bits
// reversed, so that the lowest bit is worth 1/2.
type dimension [32]uint32

// point returns point i of the sequence, its bits reversed: the exclusive or of the direction
// numbers of the bits that are set in i.
func point(d *dimension, i uint32) uint32 {
	x := uint32(0)
	for ; i != 0; i &= i - 1 {
		x ^= d[bits.TrailingZeros32(i)]
	}
	return x
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
