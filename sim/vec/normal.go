package vec

import "math"

// NormalQuantile sets dst[i] to the standard normal z of which p[i] is the distribution function,
//
//	z = Φ⁻¹(p),   0 < p < 1
//
// with a relative error below 4e-16, or, where p·(1−p) < 0.0012, 1e-15. Φ⁻¹(½) is 0, and Φ⁻¹(1−p) is −Φ⁻¹(p), in all bits, where
// 1−p is exact. 0 gives −Inf, 1 gives +Inf; NaN and what is outside [0, 1] give NaN.
func NormalQuantile(dst, p []float64) { normalBy(fastest, dst, p) }

func normalBy(by path, dst, p []float64) {
	sameLength(dst, p)
	for i := accelNormal(by, dst, p); i < len(p); i++ {
		dst[i] = normal(p[i])
	}
}

// normal is Φ⁻¹(p) by
//
//	Φ⁻¹(p) = (p − ½)·F(v),   v = p·(1 − p)
//
// in which F is even in p − ½, and so analytic for all v > 0; it goes to infinity only at 0, like the
// root of a logarithm. v is the exact product, rounded once. Where v is normalLeast or more, which is
// so for all but one in 420 of a uniform's values, F is a polynomial by piece; the rest is normalTail's.
//
// In ulps, there are ½ of the last sum and ½ of the product, 0.25 at most of the rounding of the
// first factor (on the grid of UniformPair it is exact), 0.13 of that of v, 0.2 of the approximation,
// and little of the sums before, as |t| is below 0.18 of v.
func normal(p float64) float64 {
	v := math.FMA(-p, p, p)
	k := (math.Float64bits(v) - normalLeast) >> 51
	if k >= normalPieces {
		return normalTail(p)
	}
	c := &normalPiece[k]
	t := v - c[0]
	s := float64(t * t)
	s = float64(s * s)
	// Four polynomials in s = t⁴ side by side, ...
	a := math.FMA(math.FMA(c[12], s, c[8]), s, c[4])
	b := math.FMA(math.FMA(c[13], s, c[9]), s, c[5])
	d := math.FMA(math.FMA(c[14], s, c[10]), s, c[6])
	y := math.FMA(c[11], s, c[7])
	// ... then one in t.
	y = math.FMA(y, t, d)
	y = math.FMA(y, t, b)
	y = math.FMA(y, t, a)
	y = math.FMA(y, t, c[3])
	y = math.FMA(y, t, c[2])
	y = math.FMA(y, t, c[1])
	return float64((p - 0.5) * y)
}

// normalTail is Φ⁻¹(p) for p close to 0 or 1, and for what has no quantile.
//
// Source: Wichura, "Algorithm AS 241: The percentage points of the normal distribution",
// Applied Statistics 37 (1988), PPND16.
func normalTail(p float64) float64 {
	tail := p
	if p > 0.5 {
		tail = 1 - p
	}
	var z float64
	switch {
	case tail > 0:
		r := math.Sqrt(-log(tail))
		if r <= 5 {
			r -= 1.6
			z = horner(&tailA, r) / horner(&tailB, r)
		} else {
			r -= 5
			z = horner(&farA, r) / horner(&farB, r)
		}
	case tail == 0:
		z = math.Inf(1)
	default:
		return math.NaN()
	}
	return math.Copysign(z, p-0.5)
}

// horner is c₇ + r·(c₆ + r·(... + r·c₀)).
func horner(c *[8]float64, r float64) float64 {
	y := c[0]
	y = math.FMA(y, r, c[1])
	y = math.FMA(y, r, c[2])
	y = math.FMA(y, r, c[3])
	y = math.FMA(y, r, c[4])
	y = math.FMA(y, r, c[5])
	y = math.FMA(y, r, c[6])
	return math.FMA(y, r, c[7])
}

// The coefficients of AS 241 for the tails, from the highest power down.
var (
	tailA = [8]float64{7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258, 3.64784832476320460504, 5.76949722146069140550, 4.63033784615654529590, 1.42343711074968357734}
	tailB = [8]float64{1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1, 6.89767334985100004550e-1, 1.67638483018380384940, 2.05319162663775882187, 1}
	farA  = [8]float64{2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2, 2.96560571828504891230e-1, 1.78482653991729133580, 5.46378491116411436990, 6.65790464350110377720}
	farB  = [8]float64{2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4, 1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1}
)

const (
	normalPieces = 16
	normalLeast  = 0x3f53800000000000 // the bits of 39·2^-15, the least v that has a piece
)

// normalPiece are the polynomials of F, v increasing, two to an octave: the centre of the piece
// and the coefficients of v less the centre, from the lowest power up. The pieces part at
// 39·2^(n−15) and 55·2^(n−15), n = 0, 1, ..., ratios of 1.41 and 1.42: the bits of v less those of
// the first, without the lowest 51, count them.
//
// Each is the minimax polynomial of degree 13 in relative error, found by Remez's algorithm with
// 60 digits, F being √2·erf⁻¹(2q)/q with q = √(¼ − v). Its centre is the one, within 2000 ulps of the
// piece's middle, that brings the first coefficient closest to a float64; then all are rounded.
// So rounded they are within 4.9e-17 of F.
var normalPiece = [normalPieces][16]float64{
	{0x1.7800000000341p-10, 0x1.7eabea9f4c408p+2, -0x1.a0d3c70515e8cp+8, 0x1.087ae0467e34ep+17,
		-0x1.cfd6a3b226d5ap+25, 0x1.cf6c12ae097c8p+34, -0x1.f0e298c4a34bdp+43, 0x1.167597f2729cap+53,
		-0x1.41c0b56e3052p+62, 0x1.7c255c7b3cc6bp+71, -0x1.c8caee2363899p+80, 0x1.153fe9284c7dep+90,
		-0x1.54e4af64c28b9p+99, 0x1.cfc383f5abcbap+108, -0x1.25b346b2cbcb5p+118},
	{0x1.0a00000000219p-9, 0x1.713bee604c55dp+2, -0x1.2da11184dd36ap+8, 0x1.0ea2fc9945d19p+16,
		-0x1.4f20375d0022ap+24, 0x1.d8ef254314a03p+32, -0x1.66307daa416d6p+41, 0x1.1b9e1a189cd62p+50,
		-0x1.cf10ffd6f4178p+58, 0x1.828fa0a52e436p+67, -0x1.4835a8ed813dfp+76, 0x1.1975f99fc638fp+85,
		-0x1.e90d6e1347bb9p+93, 0x1.d798694d7671cp+102, -0x1.a63ad7e8026e1p+111},
	{0x1.77ffffffffcf2p-9, 0x1.63841e6ceed73p+2, -0x1.b4d00c2d363afp+7, 0x1.159f8e3d95114p+15,
		-0x1.e5fde43b89867p+22, 0x1.e4d7bd731b3dcp+30, -0x1.03a2683b26bb5p+39, 0x1.22be844538ca6p+47,
		-0x1.4fb3b891957b2p+55, 0x1.8c61de296a5b2p+63, -0x1.dc0cbc7344447p+71, 0x1.20ce12c4b1efap+80,
		-0x1.62f5f10959c67p+88, 0x1.e2afba56af19p+96, -0x1.318715f1aa2dep+105},
	{0x1.0a00000000072p-8, 0x1.55708ab60f784p+2, -0x1.3bd2a63ee66aap+7, 0x1.1c6853073604ep+14,
		-0x1.5fa5979d6443p+21, 0x1.ef8daf51a9407p+28, -0x1.76e6cd699ee2bp+36, 0x1.28951b972d0a1p+44,
		-0x1.e3df29bc2e647p+51, 0x1.93ac17a5563c4p+59, -0x1.568c9b3a83856p+67, 0x1.259e2ade5a062p+75,
		-0x1.fdf76f411cd9ep+82, 0x1.eb882e63d4dc1p+90, -0x1.b7d66213f92e6p+98},
	{0x1.77ffffffff9a3p-8, 0x1.47161c1cf66b3p+2, -0x1.c8a7d45f9e65ep+6, 0x1.23ff45284a0d3p+13,
		-0x1.fea4b7968f093p+19, 0x1.fccaf5fb9a37dp+26, -0x1.102aaa5ed7fc5p+34, 0x1.30816301a437fp+41,
		-0x1.5f5376bf92d47p+48, 0x1.9e8feb05ff99ap+55, -0x1.f19a585ae8005p+62, 0x1.2dbb74db8b7c6p+70,
		-0x1.72b11e343a3a8p+77, 0x1.f7d581318dc83p+84, -0x1.3ebadb580485cp+92},
	{0x1.0a0000000003ep-7, 0x1.38631ec670548p+2, -0x1.495ebd3d76a9dp+6, 0x1.2b43570fa8a9dp+12,
		-0x1.71ead947b7446p+18, 0x1.04622ddd56287p+25, -0x1.8996d85578fc9p+31, 0x1.3719789ef837fp+38,
		-0x1.fb2e3d4028357p+44, 0x1.a6d85b2e10a44p+51, -0x1.669d8749453bfp+58, 0x1.333c613058c7cp+65,
		-0x1.0ab1d4fde19ap+72, 0x1.00ecce02a4565p+79, -0x1.cb86b78d00322p+85},
	{0x1.780000000060ap-7, 0x1.2971516edf0a7p+2, -0x1.da9caee92c24bp+5, 0x1.33346cabf4b12p+11,
		-0x1.0cd1bc80152c8p+17, 0x1.0bab89e632ff3p+23, -0x1.1e222188a99f4p+29, 0x1.3fe237e82ced1p+35,
		-0x1.70cfc3767b1dap+41, 0x1.b2ec9e805c006p+47, -0x1.04e06216f944ep+54, 0x1.3c383bd64219dp+60,
		-0x1.8452b9a9200d3p+66, 0x1.07c4156b1dd78p+73, -0x1.4d82b8fd6fde8p+79},
	{0x1.0a0000000054bp-6, 0x1.1a32fe43b4e8p+2, -0x1.54bef5b1816a7p+5, 0x1.3a8efe2e860fep+10,
		-0x1.85a1590f0ededp+15, 0x1.123ab59c7682fp+21, -0x1.9e49e63c90b1fp+26, 0x1.4741142ad2adfp+32,
		-0x1.0a986631cf723p+38, 0x1.bc46d3976056dp+43, -0x1.78980357dcbd6p+49, 0x1.427c51d7c7e3fp+55,
		-0x1.17d0f302b53f8p+61, 0x1.0d6e33d733fc5p+67, -0x1.e1935a1d33769p+72},
	{0x1.78000000001a8p-6, 0x1.0ac84fe737cabp+2, -0x1.e81c5d9dbb663p+4, 0x1.42494dbdc139fp+9,
		-0x1.1b12cf338f26p+14, 0x1.1a0b86ab2d092p+19, -0x1.2d737d3844162p+24, 0x1.50df566d82e31p+29,
		-0x1.84375445ebb88p+34, 0x1.c996ceb4506fcp+39, -0x1.1258497351abap+45, 0x1.4c66ff5dddb8ap+50,
		-0x1.980a2ab679443p+55, 0x1.1506d850e992p+61, -0x1.5e0c59f7f6b67p+66},
	{0x1.09fffffffffc9p-5, 0x1.f6528d1d3d6f6p+1, -0x1.5bde126747bap+4, 0x1.48f4afa7968cdp+8,
		-0x1.99d279285d1afp+12, 0x1.20eaa568e5a2ap+17, -0x1.b4a641eaeeaffp+21, 0x1.58e5210c3f6bp+26,
		-0x1.18e5670a43843p+31, 0x1.d3f4df29c8a67p+35, -0x1.8c86ba1b6c79dp+40, 0x1.536f6ac3b4abdp+45,
		-0x1.266de22b2cd6fp+50, 0x1.1b6123840c137p+55, -0x1.fa2d5abb32ep+59},
	{0x1.7800000000038p-5, 0x1.d6fad41baceb5p+1, -0x1.edeb8ee3a02b5p+3, 0x1.4f797123d7de2p+7,
		-0x1.290fbadd6ca36p+11, 0x1.28d90c0b2bde5p+15, -0x1.3da28ac5c5fcdp+19, 0x1.631a7f974218cp+23,
		-0x1.99414ea525181p+27, 0x1.e257352cdf983p+31, -0x1.212183603c356p+36, 0x1.5e3d0e7078ef7p+40,
		-0x1.add6de1e9b23ep+44, 0x1.23ba5a788ce67p+49, -0x1.7067166954738p+53},
	{0x1.09ffffffffd9ap-4, 0x1.b786a4b224879p+1, -0x1.5c5ade85afd49p+3, 0x1.543e21527411ap+6,
		-0x1.ac77becc79ef3p+9, 0x1.2f6a37ea22e07p+13, -0x1.cb875f25e2bccp+16, 0x1.6b592803b6e31p+20,
		-0x1.2814281e203cep+24, 0x1.ed5cd62ac56efp+27, -0x1.a2144fea2e72ap+31, 0x1.65df3913fd1d8p+35,
		-0x1.36668250a495fp+39, 0x1.2ab0827e73621p+43, -0x1.0a9e8e27a5e25p+47},
	{0x1.77ffffffffbcp-4, 0x1.9852723f47a13p+1, -0x1.e8bf322460eccp+2, 0x1.582450a90217bp+5,
		-0x1.34e3ff5032a95p+8, 0x1.369baf341a3f7p+11, -0x1.4d747fae0c137p+14, 0x1.757ce9f914c15p+17,
		-0x1.aeebebf0e9999p+20, 0x1.fc37aa66fdfd7p+23, -0x1.30c3b19ac5d49p+27, 0x1.7142cd116f733p+30,
		-0x1.c5407e497d368p+33, 0x1.339df48042fdep+37, -0x1.845089f6b948bp+40},
	{0x1.09ffffffff833p-3, 0x1.7966d8fa91e48p+1, -0x1.541d80e76cf72p+2, 0x1.597b222c63679p+4,
		-0x1.ba3cd3f434016p+6, 0x1.3bc2662bd09c1p+9, -0x1.e0789079efde7p+11, 0x1.7d00937a0a1b7p+14,
		-0x1.370b12d81d314p+17, 0x1.03791d704594ap+20, -0x1.b822a843180f3p+22, 0x1.78f98c031b39dp+25,
		-0x1.471dc0d094e39p+28, 0x1.3adccc3d49ac3p+31, -0x1.18feed4342f7cp+34},
	{0x1.77ffffffff89fp-3, 0x1.5b27a4c6e1c53p+1, -0x1.d63dbab9ccd6p+1, 0x1.5935ba777d683p+3,
		-0x1.3bccab38ed477p+5, 0x1.40d8ea207e524p+7, -0x1.5a99acd4ece5fp+9, 0x1.85c934a323d2bp+11,
		-0x1.c2f8e392a1888p+13, 0x1.0a74824c292dap+16, -0x1.40079b712060cp+18, 0x1.842afc3569b17p+20,
		-0x1.dcdc0e64c0f83p+22, 0x1.43da4e47802f7p+25, -0x1.98d68930b0db4p+27},
	{0x1.dbffffffff8e5p-3, 0x1.46fe8c95c9d73p+1, -0x1.6bf7bcbd0ea21p+1, 0x1.ac78c13c1baa5p+2,
		-0x1.37f78dc6ed908p+4, 0x1.f6f5b83d9a78p+5, -0x1.ae6a87e3424fep+7, 0x1.7f1bea508db21p+9,
		-0x1.5ea00620f45f8p+11, 0x1.479de9e4da6p+13, -0x1.37110952bcc67p+15, 0x1.2b1d6e1f79ff5p+17,
		-0x1.22a7ee33de873p+19, 0x1.21d3d795fbe51p+21, -0x1.1ebb6f0a4aa98p+23},
}
