package models_test

import (
	"fmt"
	"math"
	"testing"

	"entente/models"
	"entente/sim"
	"entente/sim/expr"
)

// The run rate of a decaying growth is R₀·exp(μ̄t + (μ₀ − μ̄)(1 − e^(−κt))/κ), and one shock to
// growth in the first step adds η·g·(1 − e^(−κ(t−Δ)))/κ to its logarithm.
func TestRevenueGrowth(t *testing.T) {
	s := plain(2, 1)
	s.Labs[0].Revenue.Growth = moving(1, 0.1, 1.5)
	s.Labs[0].Revenue.GrowthVolatility = at(0.3)
	κ := math.Ln2 / 1.5
	log := math.Log(4) + math.Log(1.1)*2 + (math.Log(2)-math.Log(1.1))*(1-math.Exp(-2*κ))/κ
	onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
		wants{"lab.run_rate": math.Exp(log)}.checkStep(t, got.steps[7])
	})
	g := math.Sqrt((1 - math.Exp(-2*κ*Δ)) / (2 * κ))
	log += 0.3 * g * (1 - math.Exp(-κ*(2-Δ))) / κ
	shocked := quiet{normals: map[string]map[int]float64{"lab.growth": {1: 1}}}
	onBothRoutes(t, s, shocked, func(t *testing.T, got trial) {
		wants{"lab.run_rate": math.Exp(log)}.checkStep(t, got.steps[7])
	})
}

// σ falls from 0.4 by half in a year, and is taken in the middle of the step; the revenue of a
// step is the mean of the run rates at its ends.
func TestRevenueVolatility(t *testing.T) {
	s := plain(1, 1)
	s.Labs[0].Revenue = models.Revenue{RunRate: is(4), Growth: still(0.5), Volatility: moving(0.4, 0, 1)}
	d := quiet{normals: map[string]map[int]float64{"lab.revenue": {1: 2, 2: -1}}}
	onBothRoutes(t, s, d, func(t *testing.T, got trial) {
		R := 4.0
		for n, ε := range []float64{2, -1, 0, 0} {
			σ := 0.4 * math.Exp2(-(float64(n)+0.5)/4)
			R1 := R * math.Pow(1.5, 0.25) * math.Exp(-σ*σ/2*0.25+σ*0.5*ε)
			wants{"lab.run_rate": R1, "lab.revenue": (R + R1) / 8, "cloud_a.core": 10}.checkStep(t, got.steps[n])
			R = R1
		}
	})
}

// Growth slows with what is taken of the ceiling, stops at it, and shrinks all the same.
func TestRevenueLogistic(t *testing.T) {
	own := func(K float64) func(*models.System) {
		return func(s *models.System) { s.Labs[0].Revenue.Ceiling = at(K) }
	}
	shared := func(s *models.System) {
		s.Markets = []models.Market{{ID: "ai", Ceiling: is(40)}}
		s.Labs[0].Revenue.Market = "ai"
		other := models.Lab{ID: "other", Revenue: models.Revenue{RunRate: is(26), Logistic: true, Market: "ai"}}
		deal := plainDeal("other_deal", "cloud_a", 1)
		deal.Lab = "other"
		s.Labs = append(s.Labs, other)
		s.Alliances = append(s.Alliances, deal)
	}
	for _, tt := range []struct {
		name   string
		growth float64
		change func(*models.System)
		want   float64
	}{
		{"half way", 1, own(8), 4 * math.Pow(2, 0.5*0.25)},
		{"at the ceiling", 1, own(4), 4},
		{"above the ceiling", 1, own(3), 4},
		{"shrinking", -0.5, own(8), 4 * math.Pow(0.5, 0.25)},
		{"shared", 1, shared, 4 * math.Pow(2, 0.25*0.25)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := plain(1, 1)
			s.Labs[0].Revenue.Growth = still(tt.growth)
			s.Labs[0].Revenue.Logistic = true
			tt.change(s)
			onBothRoutes(t, s, quiet{}, func(t *testing.T, got trial) {
				wants{"lab.run_rate": tt.want}.checkStep(t, got.steps[0])
			})
		})
	}
}

// logRevenue is the law of ln R at the end of step n, Gaussian: over the steps j before it,
//
//	mean     = ln R₀ + Σ (m_j − ½σ_j²)Δ,  m_j = μ̄ + (μ₀ − μ̄)e^(−κΔj)·D,  D = (1 − e^(−κΔ))/(κΔ)
//	variance = Σ σ_j²Δ + η²w² Σ g_j² + 2ρηw√Δ Σ σ_j·g_j
//	w² = (1 − e^(−2κΔ))/(2κ),   g_j = (1 − e^(−κΔ(n−j)))/κ
//
// because a shock to growth in step j is felt in the steps from j + 1 to n, for a time of
// (1 − e^(−κΔ(n−j)))/κ. ρ is the correlation of the shocks to revenue and growth.
type logRevenue struct {
	R0, μ0, μBar, κ, ρ float64
	σ, η               func(j int) float64
}

func (l logRevenue) at(n int) (mean, sd float64) {
	D := (1 - math.Exp(-l.κ*Δ)) / (l.κ * Δ)
	w := math.Sqrt((1 - math.Exp(-2*l.κ*Δ)) / (2 * l.κ))
	mean = math.Log(l.R0)
	variance := 0.0
	for j := range n + 1 {
		m := l.μBar + (l.μ0-l.μBar)*math.Exp(-l.κ*Δ*float64(j))*D
		g := (1 - math.Exp(-l.κ*Δ*float64(n-j))) / l.κ
		mean += (m - l.σ(j)*l.σ(j)/2) * Δ
		variance += l.σ(j)*l.σ(j)*Δ + l.η(j)*l.η(j)*w*w*g*g + 2*l.ρ*l.η(j)*w*math.Sqrt(Δ)*l.σ(j)*g
	}
	return mean, math.Sqrt(variance)
}

// ln R is Gaussian with the mean and variance of the closed form, for a lab and for a cloud.
func TestRevenueDistribution(t *testing.T) {
	constant := func(x float64) func(int) float64 { return func(int) float64 { return x } }
	falling := func(j int) float64 { return 0.2 + 0.4*math.Exp2(-(float64(j)+0.5)/4/1.25) }
	for _, tt := range []struct {
		name       string
		growth     models.Glide
		η          float64
		volatility models.Glide
		ρ          float64
		want       logRevenue
	}{
		{"constant", still(0.5), 0, still(0.3), 0,
			logRevenue{μ0: math.Log(1.5), μBar: math.Log(1.5), κ: 1, σ: constant(0.3), η: constant(0)}},
		{"decaying", moving(1, 0.1, 1.5), 0.25, still(0.3), 0,
			logRevenue{μ0: math.Log(2), μBar: math.Log(1.1), κ: math.Ln2 / 1.5, σ: constant(0.3), η: constant(0.25)}},
		{"growth alone", moving(0.1, 0.6, 0.5), 0.4, still(0), 0,
			logRevenue{μ0: math.Log(1.1), μBar: math.Log(1.6), κ: math.Ln2 / 0.5, σ: constant(0), η: constant(0.4)}},
		{"falling volatility, correlated", moving(1, 0.1, 1.5), 0.25, moving(0.6, 0.2, 1.25), -0.6,
			logRevenue{μ0: math.Log(2), μBar: math.Log(1.1), κ: math.Ln2 / 1.5, ρ: -0.6, σ: falling, η: constant(0.25)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := plain(3, 1)
			r := models.Revenue{RunRate: is(4), Growth: tt.growth, Volatility: tt.volatility}
			if tt.η != 0 {
				r.GrowthVolatility = at(tt.η)
			}
			s.Labs[0].Revenue = r
			if tt.ρ != 0 {
				s.ShockMixes = []sim.Mix{{Name: "lab.growth", Terms: []sim.Term{
					{Source: "lab.revenue", Coef: tt.ρ}, {Source: "lab.growth", Coef: math.Sqrt(1 - tt.ρ*tt.ρ)}}}}
			}
			s.Metrics = []models.UserMetric{logarithm("lab.run_rate")}
			got := byStep(t, s, 20_000)
			tt.want.R0 = 4
			for _, n := range []int{0, 1, 2, 5, 11} {
				mean, sd := tt.want.at(n)
				if sd > 0 {
					got.lognormal(t, "lab.run_rate", n, mean, sd)
					got.mean(t, "lab.run_rate", n, math.Exp(mean+sd*sd/2), math.Exp(mean+sd*sd/2)*math.Sqrt(math.Expm1(sd*sd)))
				}
			}
		})
	}
}

// Schwartz and Moon's inputs for Amazon at the end of 1999, a quarter being their unit of time:
// R 356 million a quarter, μ 0.11 → 0.015, σ 0.10 → 0.05, η 0.03 → 0, all with κ = 0.07. What
// their discrete scheme makes of them has a closed form; the numbers below, under the physical
// measure, were computed apart from this program.
//
// A year is four quarters: rates times 4, σ times √4, η, which is a rate per √time, times 8.
// Their drift takes μ at the quarter's beginning and ours its mean over the quarter, D times
// as far from μ̄, so that (μ − μ̄)/D and η/D stand for theirs; their σ is that of the quarter's
// beginning and ours of its middle; and as our η is constant, its shocks are made to decay.
func TestRevenueSchwartzMoon(t *testing.T) {
	const κ = 4 * 0.07
	D := (1 - math.Exp(-κ*Δ)) / (κ * Δ)
	η := 8 * 0.03 / D
	μBar, μ0 := 4*0.015, 4*0.015+4*(0.11-0.015)/D

	published := []struct {
		quarter  int
		mean, sd float64 // of R, in millions a quarter, and of ln R
	}{
		{4, 535.435017, 0.21499037},
		{12, 1039.892510, 0.52379928},
		{20, 1774.119326, 0.78650534},
		{28, 2690.385040, 0.97097282},
		{40, 4206.894768, 1.13495852},
	}

	s := plain(10, 1)
	s.Labs[0].Revenue = models.Revenue{
		RunRate:          is(4 * 0.356),
		Growth:           moving(math.Expm1(μ0), math.Expm1(μBar), math.Ln2/κ),
		GrowthVolatility: at(η),
		Volatility:       moving(0.1+(0.2-0.1)*math.Exp(κ*Δ/2), 0.1, math.Ln2/κ),
	}
	s.Metrics = []models.UserMetric{logarithm("lab.run_rate")}
	m, err := models.CompileByStep(s, func(d models.Draws) models.Draws { return fading{d, κ} })
	if err != nil {
		t.Fatal(err)
	}
	got := manyTrials(t, s, m, 20_000)
	closed := logRevenue{
		R0: 4 * 0.356, μ0: μ0, μBar: μBar, κ: κ,
		σ: func(j int) float64 { return 0.1 + 0.1*math.Exp(-κ*Δ*float64(j)) },
		η: func(j int) float64 { return η * math.Exp(-κ*Δ*float64(j)) },
	}
	for _, p := range published {
		n := p.quarter - 1
		mean, sd := closed.at(n)
		if R := math.Exp(mean+sd*sd/2) / 4 * 1000; math.Abs(R-p.mean) > 1e-6 || math.Abs(sd-p.sd) > 1e-8 {
			t.Errorf("quarter %d: our closed form has mean %.6f and sd %.8f, published %.6f and %.8f", p.quarter, R, sd, p.mean, p.sd)
		}
		got.lognormal(t, "lab.run_rate", n, math.Log(4*p.mean/1000)-p.sd*p.sd/2, p.sd)
	}
}

// fading makes the shock to growth fade by e^(−κΔ) in each step.
type fading struct {
	models.Draws
	κ float64
}

func (d fading) Normal(name string, index int) expr.X {
	x := d.Draws.Normal(name, index)
	if name == "lab.growth" {
		x = x.Times(math.Exp(-d.κ * Δ * float64(index-1)))
	}
	return x
}

// The logarithms of two labs' run rates are as correlated as their shocks, and those of inputs
// as the inputs, by a pair or by a common factor.
func TestRevenueCorrelation(t *testing.T) {
	const trials = 20_000
	pair := func(kind string, ρ float64) []sim.Mix {
		return []sim.Mix{{Name: "other." + kind, Terms: []sim.Term{
			{Source: "lab." + kind, Coef: ρ}, {Source: "other." + kind, Coef: math.Sqrt(1 - ρ*ρ)}}}}
	}
	factor := func(kind string, λ, λ2 float64) []sim.Mix {
		return []sim.Mix{
			{Name: "lab." + kind, Terms: []sim.Term{{Source: "cycle", Coef: λ}, {Source: "lab." + kind, Coef: math.Sqrt(1 - λ*λ)}}},
			{Name: "other." + kind, Terms: []sim.Term{{Source: "cycle", Coef: λ2}, {Source: "other." + kind, Coef: math.Sqrt(1 - λ2*λ2)}}},
		}
	}
	for _, ρ := range []float64{0.6, -0.8} {
		for _, kind := range []string{"shocks", "inputs"} {
			for _, way := range []string{"pair", "factor"} {
				t.Run(fmt.Sprintf("%s of %s, %v", way, kind, ρ), func(t *testing.T) {
					s := plain(2, 1)
					other := s.Labs[0]
					other.ID = "other"
					deal := plainDeal("other_deal", "cloud_a", 1)
					deal.Lab = "other"
					s.Labs = append(s.Labs, other)
					s.Alliances = append(s.Alliances, deal)
					mixes := func(kind string) []sim.Mix {
						if way == "pair" {
							return pair(kind, ρ)
						}
						return factor(kind, 0.9, ρ/0.9)
					}
					var sd float64
					if kind == "shocks" {
						s.Labs[0].Revenue.Volatility, s.Labs[1].Revenue.Volatility = still(0.3), still(0.3)
						s.ShockMixes = mixes("revenue")
						sd = 0.3 * math.Sqrt(2)
					} else {
						s.Labs[0].Revenue.RunRate = models.Value{Path: "lab.size", Dist: expGaussian{1, 0.5}}
						s.Labs[1].Revenue.RunRate = models.Value{Path: "other.size", Dist: expGaussian{2, 0.5}}
						s.InputMixes = mixes("size")
						sd = 0.5
					}
					mean := map[string]float64{"shocks": math.Log(4) - sd*sd/2, "inputs": 1}[kind]
					mean2 := map[string]float64{"shocks": math.Log(4) - sd*sd/2, "inputs": 2}[kind]
					s.Metrics = []models.UserMetric{
						each("product", func(x ...expr.X) expr.X {
							return expr.Log(x[0]).Plus(-mean).Mul(expr.Log(x[1]).Plus(-mean2)).Times(1 / (sd * sd))
						}, "lab.run_rate", "other.run_rate"),
						logarithm("lab.run_rate"), logarithm("other.run_rate"),
					}
					got := byYear(t, s, trials)
					got.mean(t, "product", 1, ρ, math.Sqrt(1+ρ*ρ))
					got.lognormal(t, "lab.run_rate", 1, mean, sd)
					got.lognormal(t, "other.run_rate", 1, mean2, sd)
				})
			}
		}
	}
}
