package dist

import "math"

// moments integrates the quantile function:
//
//	mean = ∫ Q(p) dp,  sd² = ∫ (Q(p) - mean)² dp
//
// with p = Φ(z), z from -37 to 37, by adaptive Gauss-Kronrod quadrature (7, 15 points). The
// relative precision is about 1e-10 where the second moment is finite by a margin: where a
// tail falls like x⁻ᵛ, v below 1.1 for the mean and 2.2 for the standard deviation, what
// lies beyond Φ(-37) is missing.
//
// Piessens, R. et al., "QUADPACK", Springer 1983.
func moments(d curve) (mean, sd float64) {
	value := func(z float64) float64 { p, q := normalTails(z); return d.at(p, q) }
	// From the median, so that neither integral is a small difference of large numbers.
	median := value(0)
	noise := 1e-15 * math.Abs(median) // of values, which no quadrature can better
	spread := value(1) - value(-1)
	offset := expect(func(z float64) float64 { return value(z) - median }, noise)
	mean = median + offset
	square := expect(func(z float64) float64 { x := value(z) - median - offset; return x * x }, noise*spread)
	return mean, math.Sqrt(square)
}

// expect returns the mean of f over a standard normal z, given the rounding of f.
func expect(f func(z float64) float64, noise float64) float64 {
	g := func(z float64) float64 {
		w := math.Exp(-z*z/2) / math.Sqrt(2*math.Pi)
		return f(z) * w
	}
	// Whole numbers as panel ends, outward from 0, until the panels no longer count.
	var sum, size float64
	budget := 4000 // halvings; a jump takes about 30
	for k := 0; k < 37; k++ {
		for _, a := range []float64{float64(k), float64(-k - 1)} {
			v, e, abs := kronrod(g, a, a+1)
			sum += refine(g, a, a+1, v, e, 1e-12*(size+abs)+noise, &budget)
			size += abs
		}
		_, _, far := kronrod(g, float64(k+1), float64(k+2))
		_, _, near := kronrod(g, float64(-k-2), float64(-k-1))
		if k >= 8 && far+near <= 1e-15*size {
			break
		}
	}
	return sum
}

// refine halves [a, b] until the error estimate e of the integral v over each piece is below
// tol. A jump leaves one piece in every generation.
func refine(g func(float64) float64, a, b, v, e, tol float64, budget *int) float64 {
	m := a + (b-a)/2
	if e <= tol || b-a < 1e-12 || *budget == 0 {
		return v
	}
	*budget--
	v1, e1, _ := kronrod(g, a, m)
	v2, e2, _ := kronrod(g, m, b)
	return refine(g, a, m, v1, e1, tol, budget) + refine(g, m, b, v2, e2, tol, budget)
}

// kronrod returns the 15-point Kronrod integral of g over [a, b], its distance to the
// 7-point Gauss integral, and the integral of |g|.
func kronrod(g func(float64) float64, a, b float64) (v, e, abs float64) {
	node := [8]float64{0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
		0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
		0.586087235467691130294144838258730, 0.405845151377397166906606412076961,
		0.207784955007898467600689403773245, 0}
	weight := [8]float64{0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
		0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
		0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
		0.204432940075298892414161999234649, 0.209482141084727828012999174891714}
	gauss := [8]float64{1: 0.129484966168869693270611432679082, 3: 0.279705391489276667901467771423780,
		5: 0.381830050505118944950369775488975, 7: 0.417959183673469387755102040816327}
	m, h := a+(b-a)/2, (b-a)/2
	var low float64
	for i, t := range node {
		y := g(m + h*t)
		size := math.Abs(y)
		if t != 0 {
			z := g(m - h*t)
			y, size = y+z, size+math.Abs(z)
		}
		v += h * weight[i] * y
		low += h * gauss[i] * y
		abs += h * weight[i] * size
	}
	return v, math.Abs(v - low), abs
}
