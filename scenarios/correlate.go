package scenarios

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"entente/sim"
)

// semidefinite is how far below 0 rounding may put an eigenvalue of a correlation matrix.
const semidefinite = 1e-10

// A loading is how strongly a name follows a factor.
type loading struct {
	factor string
	x      float64
}

// A pair is the correlation of two names that the scenario gives.
type pair struct {
	rho float64
	at  mark
}

// A copula is what the scenario says about one kind of names: inputs, or shocks.
//
// With loadings λ on independent standard normals F, x = Σ λF + √(1 − Σλ²)·own, so that two
// names have the correlation Σ λλ′; a pair may be given its correlation instead.
type copula struct {
	kind     string          // inputs or shocks
	possible []string        // the names that there are
	constant map[string]bool // paths of inputs that are constants
	unclear  map[string]bool // paths of inputs that are wrong
	names    []string
	place    map[string]mark // where a name stands first
	pairs    map[[2]string]pair
	loadings map[string][]loading
}

func newCopula(kind string) *copula {
	return &copula{kind: kind, place: map[string]mark{}, pairs: map[[2]string]pair{}, loadings: map[string][]loading{}}
}

func (c *copula) meet(n name) {
	if _, ok := c.place[n.text]; !ok {
		c.place[n.text] = n.mark
		c.names = append(c.names, n.text)
	}
}

func key(a, b string) [2]string {
	if b < a {
		a, b = b, a
	}
	return [2]string{a, b}
}

// correlate fills the mixes of the System.
func (b *builder) correlate() {
	inputs, shocks := newCopula("inputs"), newCopula("shocks")
	shocks.possible = b.shocks()
	inputs.constant, inputs.unclear = map[string]bool{}, map[string]bool{}
	for _, a := range b.assumptions {
		switch {
		case a.spread != nil:
			inputs.possible = append(inputs.possible, a.b.path)
		case a.b.bad:
			inputs.unclear[a.b.path] = true
		default:
			inputs.constant[a.b.path] = true
		}
	}
	for _, c := range b.root.get("correlations").fields {
		if in, sh := c.get("inputs"), c.get("shocks"); in.given && sh.given {
			b.errorf(sh.key, "exclusive-fields", "inputs are drawn once, shocks every step: write two", "%s has inputs and shocks", c.what())
		} else if !in.given && !sh.given && !c.bad && !in.bad && !sh.bad {
			b.errorf(c.key, "missing-field", "inputs: [path, path], or shocks: [name, name]", "%s has neither inputs nor shocks", c.what())
		} else if in.given {
			b.block_(inputs, in, c.get("rho"))
		} else {
			b.block_(shocks, sh, c.get("rho"))
		}
	}
	for _, f := range b.root.get("factors").fields {
		if in, sh := f.get("inputs"), f.get("shocks"); in.given && sh.given {
			b.errorf(sh.key, "exclusive-fields", "inputs are drawn once, shocks every step: write two factors", "%s has inputs and shocks, which cannot share a factor", f.what())
		} else if !in.given && !sh.given && !f.bad && !in.bad && !sh.bad {
			b.errorf(f.key, "missing-field", "shocks: {openai.revenue: 0.5}, say", "%s has neither inputs nor shocks", f.what())
		} else if in.given {
			b.load(inputs, in, f.name)
		} else {
			b.load(shocks, sh, f.name)
		}
	}
	b.sys.InputMixes, b.sys.ShockMixes = b.mixes(inputs), b.mixes(shocks)
}

// known checks that n can be correlated in c.
func (b *builder) known(c *copula, n name) bool {
	if id, _, _ := strings.Cut(n.text, "."); b.ambiguous[id] {
		return false
	}
	if c.kind == "shocks" {
		if slices.Contains(c.possible, n.text) {
			return true
		}
		hint := didYouMean(n.text, c.possible)
		if what, where := b.silentShock(n.text); what != "" {
			hint = fmt.Sprintf("it is there where %s has a %s", where, what)
		}
		b.errorf(n.mark, "unknown-shock", hint, "there is no shock %q", abbreviate(n.text))
		return false
	}
	switch {
	case slices.Contains(c.possible, n.text):
		return true
	case c.unclear[n.text]:
		return false
	case c.constant[n.text]:
		b.errorf(n.mark, "constant-input", "", "%s is a constant: only distributions can be correlated", n.text)
		return false
	}
	if x := b.resolve(n.text); x != nil && !x.given && (x.f.Kind == NumberKind || x.f.Kind == GlideKind) {
		b.errorf(n.mark, "constant-input", "", "%s is left out, and so a constant: only distributions can be correlated", n.text)
		return false
	}
	hint := didYouMean(n.text, c.possible)
	if e := b.ids[n.text]; e != nil && e.f.Noun == "event" {
		hint = "the time of an event cannot be correlated"
	}
	b.errorf(n.mark, "unknown-path", hint, "there is no distribution %q", abbreviate(n.text))
	return false
}

// shocks lists the standard normals that are drawn every step.
func (b *builder) shocks() []string {
	var all []string
	add := func(x *bound, id, shock string) {
		if x.given {
			all = append(all, id+"."+shock)
		}
	}
	for _, section := range []string{"labs", "clouds"} {
		for _, e := range b.root.get(section).fields {
			r := e.get("revenue")
			add(r.get("volatility"), e.name, "revenue")
			add(r.get("growth").get("volatility"), e.name, "growth")
			if section == "labs" {
				add(e.get("compute").get("noise"), e.name, "compute")
				add(e.get("valuation").get("noise"), e.name, "valuation")
				if e.get("cash").given {
					add(e.get("funding"), e.name, "funding")
				}
			}
		}
	}
	for _, a := range b.root.get("alliances").fields {
		add(a.get("churn").get("noise"), a.name, "churn")
	}
	return all
}

// silentShock says what the shock of that name would need, and of what.
func (b *builder) silentShock(shock string) (what, where string) {
	id, kind, _ := strings.Cut(shock, ".")
	e := b.ids[id]
	if e == nil {
		return "", ""
	}
	needs := map[string]map[string][2]string{
		"lab": {"revenue": {"volatility", "revenue"}, "growth": {"volatility", "revenue.growth"}, "compute": {"noise", "compute"},
			"valuation": {"noise", "valuation"}, "funding": {"funding and cash", ""}},
		"cloud":    {"revenue": {"volatility", "revenue"}, "growth": {"volatility", "revenue.growth"}},
		"alliance": {"churn": {"noise", "churn"}},
	}
	n, ok := needs[e.f.Noun][kind]
	if !ok {
		return "", ""
	}
	if n[1] == "" {
		return n[0], id
	}
	return n[0], id + "." + n[1]
}

// block_ takes in a list of names of which every pair has the same correlation.
func (b *builder) block_(c *copula, names, rho *bound) {
	if names.bad {
		return
	}
	var good []name
	for _, n := range names.names {
		if slices.ContainsFunc(good, func(m name) bool { return m.text == n.text }) {
			b.errorf(n.mark, "pair-twice", "", "%q stands twice in one list", abbreviate(n.text))
			continue
		}
		if b.known(c, n) {
			good = append(good, n)
		}
	}
	if !rho.given || rho.bad {
		return
	}
	for i, n := range good {
		c.meet(n)
		for _, m := range good[:i] {
			k := key(m.text, n.text)
			if first, ok := c.pairs[k]; ok {
				b.errorf(n.mark, "pair-twice", "", "the correlation of %s and %s is already given in line %d", m.text, n.text, first.at.line)
				continue
			}
			c.pairs[k] = pair{rho.value.Const, n.mark}
		}
	}
}

// load takes in the loadings on a factor.
func (b *builder) load(c *copula, names *bound, factor string) {
	for _, n := range names.names {
		if !b.known(c, n) {
			continue
		}
		c.meet(n)
		c.loadings[n.text] = append(c.loadings[n.text], loading{factor, n.x})
		sum := 0.0
		for _, l := range c.loadings[n.text] {
			sum += l.x * l.x
		}
		if sum > 1+1e-12 && sum-n.x*n.x <= 1+1e-12 {
			b.errorf(n.mark, "loadings", "", "the squares of the loadings of %s sum to %s: at most 1", n.text, formatNumber(math.Round(sum*1e6)/1e6))
		}
	}
}

// of returns the correlation of two names.
func (c *copula) of(a, b string) float64 {
	if a == b {
		return 1
	}
	if p, ok := c.pairs[key(a, b)]; ok {
		return p.rho
	}
	rho, _ := c.common(a, b)
	return rho
}

// common returns the correlation that two names have by their common factors.
func (c *copula) common(a, b string) (rho float64, any bool) {
	for _, l := range c.loadings[a] {
		for _, m := range c.loadings[b] {
			if l.factor == m.factor {
				rho += l.x * m.x
				any = true
			}
		}
	}
	return rho, any
}

// components returns the names in groups that have nothing to do with each other.
func (c *copula) components() [][]string {
	var groups [][]string
	for _, n := range c.names {
		into := -1
		for g := range groups {
			linked := slices.ContainsFunc(groups[g], func(m string) bool {
				_, given := c.pairs[key(n, m)]
				_, shared := c.common(n, m)
				return given || shared
			})
			switch {
			case !linked:
			case into < 0:
				into = g
			default:
				groups[into] = append(groups[into], groups[g]...)
				groups[g] = nil
			}
		}
		if into < 0 {
			into = len(groups)
			groups = append(groups, nil)
		}
		groups[into] = append(groups[into], n)
	}
	groups = slices.DeleteFunc(groups, func(g []string) bool { return len(g) == 0 })
	for _, g := range groups { // in file order
		slices.SortFunc(g, func(a, b string) int { return slices.Index(c.names, a) - slices.Index(c.names, b) })
	}
	return groups
}

// mixes makes c into sums of independent normals.
//
// Names that only common factors join are mixed of those factors and of a normal of their
// own. Where pairs are given, the matrix of the whole group is factored instead, and the
// sources are the normals of its names: R = LLᵀ, x = L·normals.
func (b *builder) mixes(c *copula) []sim.Mix {
	for _, n := range c.names { // both ways
		for _, m := range c.names {
			p, given := c.pairs[key(n, m)]
			if _, shared := c.common(n, m); n < m && given && shared {
				b.errorf(p.at, "pair-twice", "leave one of the two out", "the correlation of %s and %s is given here and by a common factor", n, m)
			}
		}
	}
	var mixes []sim.Mix
	for _, g := range c.components() {
		explicit := slices.ContainsFunc(g, func(n string) bool {
			return slices.ContainsFunc(g, func(m string) bool { _, ok := c.pairs[key(n, m)]; return ok })
		})
		if !explicit {
			for _, n := range g {
				own := 1.0
				m := sim.Mix{Name: n}
				for _, l := range c.loadings[n] {
					m.Terms = append(m.Terms, sim.Term{Source: "factor." + l.factor, Coef: l.x})
					own -= l.x * l.x
				}
				if own > 1e-12 {
					m.Terms = append(m.Terms, sim.Term{Source: n, Coef: math.Sqrt(own)})
				}
				mixes = append(mixes, m)
			}
			continue
		}
		r := mat.NewSymDense(len(g), nil)
		for i, n := range g {
			for j, m := range g[:i+1] {
				r.SetSym(i, j, c.of(n, m))
			}
		}
		if !b.valid(c, g, r) {
			continue
		}
		l := cholesky(r)
		for i, n := range g {
			m := sim.Mix{Name: n}
			for j := range i + 1 {
				if x := l.At(i, j); x != 0 {
					m.Terms = append(m.Terms, sim.Term{Source: g[j], Coef: x})
				}
			}
			mixes = append(mixes, m)
		}
	}
	return mixes
}

// cholesky returns the lower triangular L of R = LLᵀ for a positive semi-definite R: a column
// whose pivot is 0 but for rounding is 0.
func cholesky(r mat.Symmetric) *mat.TriDense {
	n := r.SymmetricDim()
	l := mat.NewTriDense(n, mat.Lower, nil)
	for j := range n {
		d := r.At(j, j)
		for k := range j {
			d -= l.At(j, k) * l.At(j, k)
		}
		if d < 1e-9 {
			continue
		}
		d = math.Sqrt(d)
		l.SetTri(j, j, d)
		for i := j + 1; i < n; i++ {
			s := r.At(i, j)
			for k := range j {
				s -= l.At(i, k) * l.At(j, k)
			}
			l.SetTri(i, j, s/d)
		}
	}
	for i := range n { // the squares of a row sum to 1 to the last digit
		var sum float64
		for j := range i + 1 {
			sum += l.At(i, j) * l.At(i, j)
		}
		for j := range i + 1 {
			l.SetTri(i, j, l.At(i, j)/math.Sqrt(sum))
		}
	}
	return l
}

// valid refuses a matrix that no normals can have.
func (b *builder) valid(c *copula, names []string, r *mat.SymDense) bool {
	var eig mat.EigenSym
	if !eig.Factorize(r, true) {
		b.errorf(c.place[names[0]], "correlation", "", "the correlations of %s cannot be factored", strings.Join(names, ", "))
		return false
	}
	values := eig.Values(nil)
	if values[0] >= -semidefinite {
		return true
	}
	var vectors mat.Dense
	eig.VectorsTo(&vectors)
	// Names that weigh in a combination whose variance would be negative are in conflict.
	weight := func(i int) float64 { return math.Abs(vectors.At(i, 0)) }
	most := 0.0
	for i := range names {
		most = max(most, weight(i))
	}
	var conflict []string
	for i, n := range names {
		if weight(i) > most/4 {
			conflict = append(conflict, n)
		}
	}
	near := shown(nearestCorrelation(r))
	var lines []string
	for i, n := range names {
		for j, m := range names[:i] {
			if was, is := r.At(i, j), near.At(i, j); math.Abs(was-is) >= 0.0005 {
				lines = append(lines, fmt.Sprintf("\n         %s, %s: %.3f in place of %s", m, n, is, formatNumber(math.Round(was*1e6)/1e6)))
			}
		}
	}
	const lineLimit = 30
	hint := "the nearest correlations that are possible:" + strings.Join(lines[:min(lineLimit, len(lines))], "")
	if more := len(lines) - lineLimit; more > 0 {
		hint += fmt.Sprintf("\n         and %d more", more)
	}
	at := mark{}
	for i, n := range conflict { // the pair that came last
		for _, m := range conflict[:i] {
			if p, ok := c.pairs[key(n, m)]; ok && (at.src == nil || p.at.line > at.line || p.at.line == at.line && p.at.col > at.col) {
				at = p.at
			}
		}
	}
	if at.src == nil {
		at = c.place[names[0]]
	}
	b.errorf(at, "correlation", hint, "no normals can have these correlations together: those of %s conflict", enumerate(conflict))
	return false
}

// enumerate lists names, but not endlessly.
func enumerate(names []string) string {
	const most = 12
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}

// shown rounds a correlation matrix to three digits, after a step towards independence that
// makes up for the rounding: n − 1 errors of 0.0005 in a row move no eigenvalue by more than
// their sum, so what is shown is possible too.
func shown(r *mat.SymDense) *mat.SymDense {
	n := r.SymmetricDim()
	s := mat.NewSymDense(n, nil)
	for i := range n {
		s.SetSym(i, i, 1)
		for j := range i {
			s.SetSym(i, j, math.Round(1000*(1-0.0005*float64(n-1))*r.At(i, j))/1000)
		}
	}
	return s
}

// nearestCorrelation returns the correlation matrix nearest to r in the Frobenius norm, by
// alternating projections on the semi-definite matrices and on those with unit diagonal, with
// Dykstra's correction.
//
// Higham, N. J., "Computing the nearest correlation matrix: a problem from finance", IMA
// Journal of Numerical Analysis 22 (2002), algorithm 3.3.
func nearestCorrelation(r mat.Symmetric) *mat.SymDense {
	n := r.SymmetricDim()
	y := mat.NewSymDense(n, nil)
	y.CopySym(r)
	ds := mat.NewSymDense(n, nil)
	var eig mat.EigenSym
	var v mat.Dense
	for range 500 {
		rk := mat.NewSymDense(n, nil)
		rk.ScaleSym(-1, ds)
		rk.AddSym(y, rk)
		if !eig.Factorize(rk, true) {
			return y
		}
		eig.VectorsTo(&v)
		x := mat.NewSymDense(n, nil)
		for k, value := range eig.Values(nil) {
			if value > 0 {
				x.SymRankOne(x, value, v.ColView(k))
			}
		}
		ds.ScaleSym(-1, rk)
		ds.AddSym(x, ds)
		change := 0.0
		for i := range n {
			for j := range i + 1 {
				next := x.At(i, j)
				if i == j {
					next = 1
				}
				change = max(change, math.Abs(next-y.At(i, j)))
				y.SetSym(i, j, next)
			}
		}
		if change < 1e-9 {
			break
		}
	}
	return y
}
