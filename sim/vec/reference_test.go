package vec

import (
	"math"
	"math/big"
	"sync"
)

// The references compute with 320 bits, which is more than every cancellation below eats.

const bits320 = 320

func bigFloat(x float64) *big.Float { return new(big.Float).SetPrec(bits320).SetFloat64(x) }

func newBig() *big.Float { return new(big.Float).SetPrec(bits320) }

// bigExp is e^x by Taylor's series of x/2^k, squared k times.
func bigExp(x *big.Float) *big.Float {
	const k = 40
	small := newBig().SetMantExp(x, -k)
	sum, term := bigFloat(1), bigFloat(1)
	for n := 1; n <= 12; n++ { // |small| < 2^-29: the 13th term is below 2^-400
		term.Mul(term, small)
		term.Quo(term, bigFloat(float64(n)))
		sum.Add(sum, term)
	}
	for range k {
		sum.Mul(sum, sum)
	}
	return sum
}

// bigPi is π by Machin's formula.
var bigPi = sync.OnceValue(func() *big.Float {
	arctan := func(inverse float64) *big.Float {
		sum, term := newBig(), newBig().Quo(bigFloat(1), bigFloat(inverse))
		square := bigFloat(inverse * inverse)
		for n := 1; term.Sign() != 0 && term.MantExp(nil) > -bits320; n += 2 {
			t := newBig().Quo(term, bigFloat(float64(n)))
			if n%4 == 1 {
				sum.Add(sum, t)
			} else {
				sum.Sub(sum, t)
			}
			term.Quo(term, square)
		}
		return sum
	}
	pi := newBig().Mul(bigFloat(4), arctan(5))
	pi.Sub(pi, arctan(239))
	return pi.Mul(pi, bigFloat(4))
})

// bigNormal is the standard normal's distribution function and density at z:
//
//	Φ(z) = ½ + φ(z)·(z + z³/3 + z⁵/(3·5) + ...)
func bigNormal(z float64) (distribution, density *big.Float) {
	x := bigFloat(z)
	square := newBig().Mul(x, x)
	density = bigExp(newBig().Quo(square, bigFloat(-2)))
	density.Quo(density, newBig().Sqrt(newBig().Mul(bigFloat(2), bigPi())))
	sum, term := newBig().Set(x), newBig().Set(x)
	for n := 3; term.Sign() != 0 && term.MantExp(nil) > -bits320; n += 2 {
		term.Mul(term, square)
		term.Quo(term, bigFloat(float64(n)))
		sum.Add(sum, term)
	}
	distribution = newBig().Mul(sum, density)
	return distribution.Add(distribution, bigFloat(0.5)), density
}

// ulp is the distance of the floats around x > 0.
func ulp(x *big.Float) *big.Float {
	e := x.MantExp(nil) - 53 // x in [2^(e+52), 2^(e+53))
	return newBig().SetMantExp(bigFloat(1), max(e, -1074))
}

// expError is the error of y as e^x, in ulps.
func expError(x, y float64) float64 {
	want := bigExp(bigFloat(x))
	diff := newBig().Sub(bigFloat(y), want)
	e, _ := diff.Quo(diff, ulp(want)).Float64()
	return math.Abs(e)
}

// logError is the error of y as ln x, in ulps: with d = x·e^−y − 1, ln x = y + d − d²/2 + ...
func logError(x, y float64) float64 {
	d := bigExp(bigFloat(-y))
	d.Mul(d, bigFloat(x))
	d.Sub(d, bigFloat(1))
	if d.Sign() == 0 {
		return 0
	}
	half := newBig().Mul(d, d)
	d.Sub(d, half.Quo(half, bigFloat(2)))
	want := newBig().Add(bigFloat(y), d)
	e, _ := d.Quo(d, ulp(want.Abs(want))).Float64()
	return math.Abs(e)
}

// normalError is the relative error of z as Φ⁻¹(p), by one step of Newton's method.
func normalError(p, z float64) float64 {
	distribution, density := bigNormal(z)
	d := newBig().Sub(bigFloat(p), distribution)
	d.Quo(d, density)
	d.Quo(d, bigFloat(z))
	e, _ := d.Float64()
	return math.Abs(e)
}
