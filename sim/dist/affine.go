package dist

// affine is the distribution of a + bX, b > 0:
//
//	Q(p) = a + b Q₀(p),  F(x) = F₀((x - a)/b)
//
// where Q₀ and F₀ belong to X.
type affine struct {
	base Dist
	a, b float64
}

// Scale returns the distribution of factor·X, factor > 0.
func Scale(d Dist, factor float64) (Dist, error) {
	if err := positive("factor", factor); err != nil {
		return nil, err
	}
	return newAffine(d, 0, factor, "factor", factor)
}

// Shift returns the distribution of X + by.
func Shift(d Dist, by float64) (Dist, error) {
	if err := number("by", by); err != nil {
		return nil, err
	}
	return newAffine(d, by, 1, "by", by)
}

// newAffine keeps what consists of points and uniforms what it is: their atoms and ends are then
// where they belong, and not a rounding beside it.
func newAffine(d Dist, a, b float64, name string, v float64) (Dist, error) {
	m := affine{d, a, b}
	if a == 0 && b == 1 {
		return d, nil
	}
	switch d := d.(type) {
	case discrete:
		values := make([]float64, len(d.value))
		for i, x := range d.value {
			values[i] = m.of(x)
		}
		return NewDiscrete(d.mass, values)
	case uniform:
		return NewUniform(m.of(d.a), m.of(d.b))
	}
	return representable(m, name, v)
}

func (d affine) of(x float64) float64 { return d.a + float64(d.b*x) }

func (d affine) Quantile(p []float64) {
	d.base.Quantile(p)
	for i, x := range p {
		p[i] = d.a + float64(d.b*x)
	}
}

func (d affine) at(p, q float64) float64 { return d.of(d.base.at(p, q)) }

func (d affine) tails(x float64) (p, q float64) {
	switch lo, hi := d.Support(); { // rounding must leave nothing beyond the ends
	case x < lo:
		return 0, 1
	case x >= hi:
		return 1, 0
	}
	return d.base.tails((x - d.a) / d.b)
}

func (d affine) CDF(x float64) float64 { p, _ := d.tails(x); return p }
func (d affine) Mean() float64         { return d.of(d.base.Mean()) }
func (d affine) SD() float64           { return d.b * d.base.SD() }

func (d affine) Support() (lo, hi float64) {
	lo, hi = d.base.Support()
	return d.of(lo), d.of(hi)
}

// heavy says which powers of the tails have a mean: those of X.
func (d affine) heavy() (lower, upper float64) { return tailPowers(d.base) }
