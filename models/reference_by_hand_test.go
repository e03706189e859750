package models_test

import (
	"math"
	"slices"
	"testing"

	"entente/models"
)

// The tests of this file compare the reference with what a reader of the model computes by
// hand, so that it may be trusted as the second route.

// quiet draws no surprises, but for those it is told of.
type quiet struct {
	normals  map[string]map[int]float64
	uniforms map[string]map[int]float64 // 0.5 where nothing is said
}

func (quiet) input(_ string, v models.Value) float64 { return v.Const }

func (q quiet) normal(shock string, index int) float64 { return q.normals[shock][index] }

func (q quiet) uniform(name string, index int) float64 {
	if u, ok := q.uniforms[name][index]; ok {
		return u
	}
	return 0.5
}

func is(x float64) models.Value { return models.Value{Const: x} }

func at(x float64) *models.Value { return &models.Value{Const: x} }

func still(x float64) models.Glide { return models.Glide{Initial: is(x)} }

func moving(from, to, halfLife float64) models.Glide {
	return models.Glide{Initial: is(from), LongRun: is(to), HalfLife: is(halfLife), Moves: true}
}

// plainDeal is an alliance of lab and a cloud with every mechanism off.
func plainDeal(id, cloud string, share float64) models.Alliance {
	return models.Alliance{
		ID: id, Lab: "lab", Cloud: cloud,
		Share: still(share), Price: is(1), Attraction: is(1),
		Exclusivity:  models.Exclusivity{ChurnFactor: is(1), Until: math.Inf(1)},
		RevenueShare: models.RevenueShare{Until: math.Inf(1)},
		Resale:       models.Resale{Until: math.Inf(1)},
	}
}

// plain is a lab that sells for 1 in every quarter and spends all of it on its clouds, with
// equal shares.
func plain(years, clouds int) *models.System {
	s := &models.System{Years: years}
	s.Labs = []models.Lab{{
		ID:           "lab",
		Revenue:      models.Revenue{RunRate: is(4)},
		ComputeRatio: still(1),
	}}
	for _, x := range []string{"a", "b", "c"}[:clouds] {
		s.Clouds = append(s.Clouds, models.Cloud{ID: "cloud_" + x, Owner: "owner_" + x, Revenue: models.Revenue{RunRate: is(40)}})
		s.Alliances = append(s.Alliances, plainDeal("deal_"+x, "cloud_"+x, 1))
	}
	return s
}

// wants are expected values by the name of what is measured.
type wants map[string]float64

func (w wants) checkStep(t *testing.T, step refStep) {
	t.Helper()
	for name, want := range w {
		if got := step.get(name); !near(got, want, want) {
			t.Errorf("%s = %.12g, want %.12g", name, got, want)
		}
	}
}

func steps(s *models.System, d draws) []refStep { return newRefTrial(s, d).run() }

func checkMetric(t *testing.T, got map[string][]float64, name string, want ...float64) {
	t.Helper()
	same := func(a, b float64) bool { return near(a, b, b) || math.IsNaN(a) && math.IsNaN(b) }
	if !slices.EqualFunc(got[name], want, same) {
		t.Errorf("%s = %v, want %v", name, got[name], want)
	}
}

// A lab that loses 0.5 a quarter has cash 10 − 0.5·n, fails when that first is negative, at
// the end of step 20, and is measured just before it does.
func TestReferenceByHandFailure(t *testing.T) {
	s := plain(6, 1)
	s.Labs[0].Cash = at(10)
	s.Labs[0].Opex = still(0.5)
	s.Labs[0].Valuation = &models.Valuation{Multiple: still(2)}
	s.Labs[0].Failure = &models.Failure{Retained: is(0.5), Recovery: is(0.4)}
	a := &s.Alliances[0]
	a.Stakes = []models.Stake{{Investor: "owner_a", Stake: is(0.25), Cost: is(2)}}
	a.Capital = &models.Capital{Intensity: is(2), Life: is(math.Inf(1)), Redeployable: is(0.5)}
	a.Margin = is(0.4)
	a.ReceivableDays = is(73)
	got := reference(s, quiet{})

	checkMetric(t, got, "lab.cash", 8, 6, 4, 2, 0, 0)
	checkMetric(t, got, "lab.valuation", 16, 14, 12, 10, 8, 0)
	checkMetric(t, got, "lab.alive", 1, 1, 1, 1, 1, 0)
	checkMetric(t, got, "lab.failed", 1)
	checkMetric(t, got, "lab.failure_time", 5.25)
	checkMetric(t, got, "lab.run_rate", 4, 4, 4, 4, 4, 2)
	// Then revenue is 0.5 a quarter, of which opex leaves 0.25 to live on.
	checkMetric(t, got, "lab.compute", 4, 4, 4, 4, 4, 1+3*0.25)

	// receivable 4·73/365, plant 2·4, of which half can't be used elsewhere; in the end the
	// plant is cut to 2·0.5·4, while a quarter's use is 0.25.
	checkMetric(t, got, "deal_a.plant", 8, 8, 8, 8, 8, 4)
	checkMetric(t, got, "deal_a.equity", 4, 3.5, 3, 2.5, 2, 0)
	checkMetric(t, got, "deal_a.credit_exposure", 4.8, 4.8, 4.8, 4.8, 4.8, 0.2+2)
	checkMetric(t, got, "cloud_a.exposure", 8.8, 8.3, 7.8, 7.3, 6.8, 2.2)
	checkMetric(t, got, "cloud_a.peak_exposure", 0.25*17.5+4.8)
	// write-off 0.5·(8 − 4), equity 0.25·8
	checkMetric(t, got, "cloud_a.loss_total", 0.6*(2+0.8)+2)
	checkMetric(t, got, "deal_a.flow", 1.6, 1.6, 1.6, 1.6, 1.6, 0.4+(0.4*2-0.6*0.8-2)+3*0.1)
	checkMetric(t, got, "deal_a.npv", 8+0.4-1.68+0.3)
	checkMetric(t, got, "deal_a.moic", 0.4*2/2)
	checkMetric(t, got, "deal_a.round_trip", (21+0.75)/2)
	checkMetric(t, got, "cloud_a.breakeven_time", 0)
}

// A failure voids what was agreed: commitments and the plant for them, revenue shares,
// exclusivities, tranches. Who owns no cloud recovers its part too.
func TestReferenceByHandVoid(t *testing.T) {
	s := plain(1, 2)
	s.Investors = []models.Investor{{ID: "fund"}}
	s.Labs[0].ComputeRatio = still(0.8)
	s.Labs[0].Cash = at(0.1)
	s.Labs[0].Valuation = &models.Valuation{Multiple: still(2)}
	s.Labs[0].Failure = &models.Failure{Retained: is(0.25), Recovery: is(0.3)}
	s.Labs[0].Funding = &models.Funding{Runway: is(1), Raise: is(1), HalfLife: is(1), MaxDilution: is(0.5)}
	a := &s.Alliances[0]
	a.Churn.AnnualRate = is(0.3)
	a.Exclusivity.ChurnFactor = is(0.5)
	a.RevenueShare.Rate = is(0.5)
	a.Commitments = []models.Commitment{{Amount: is(40), Years: is(4), Backloading: is(1), Enforced: is(1)}}
	a.Capital = &models.Capital{Intensity: is(2), Life: is(math.Inf(1))}
	a.ReceivableDays = is(73)
	a.Stakes = []models.Stake{{Investor: "fund", Stake: is(0.4)}, {Investor: "owner_a", Stake: is(0.1)}}
	a.Tranches = []models.Tranche{{Investor: "owner_a", Amount: is(5), On: 0.25, By: math.Inf(1)}}
	got := steps(s, quiet{})

	// Cash would be 0.1 + 1 − 0.5 − 2.5 − 0.8·(1 − w), equity 0.1·8, receivable 2.5·4/5.
	w := 0.5 * math.Pow(1-0.15, 0.25)
	plant := 2 * 0.25 * 0.8 * w * 4 // what use keeps of 2·10
	wants{
		"lab.fails": 1, "lab.cash": 0, "lab.valuation": 0, "lab.run_rate": 1, "lab.raised": 0,
		"deal_a.share": w, "deal_a.billed": 2.5, "deal_a.shortfall": 2.5 - 0.8*w, "deal_a.revenue_share": 0.5,
		"deal_a.built": 20 - 2*0.8*w*4, "deal_a.plant": plant, "deal_a.loss": 0.7*(0.8+2) + 20 - plant,
		"deal_a.recovered": 0.24, "deal_a.equity": 0, "deal_a.receivable": 0, "deal_a.backlog": 0,
		"deal_a.credit_exposure": plant, "deal_a.exposure": plant,
		"fund.recovered": 0.3 * 0.4 * 8, "fund.equity": 0, "fund.flow": 0.96,
	}.checkStep(t, got[0])
	w *= math.Pow(1-0.3, 0.25)
	wants{
		"lab.fails": 0, "lab.cash": 0, "lab.revenue": 0.25, "lab.compute": 0.2,
		"deal_a.share": w, "deal_a.use": 0.2 * w, "deal_a.shortfall": 0, "deal_a.revenue_share": 0, "deal_a.invested": 0,
		"deal_a.built": 0, "deal_a.plant": plant, "deal_a.receivable": 0.2 * w * 4 / 5, "deal_a.loss": 0,
		"fund.recovered": 0, "fund.equity": 0,
	}.checkStep(t, got[1])
}

// Cash moves by revenue less opex, in the middle of the step, revenue shares and bills.
func TestReferenceByHandCash(t *testing.T) {
	s := plain(1, 1)
	s.Labs[0].ComputeRatio = still(0.5)
	s.Labs[0].Cash = at(10)
	s.Labs[0].Opex = moving(2, 1, 0.5)
	s.Labs[0].Failure = &models.Failure{}
	s.Alliances[0].RevenueShare.Rate = is(0.25)
	wants{"lab.cash": 10 - math.Exp2(-0.25) - 0.25 - 0.5}.checkStep(t, steps(s, quiet{})[0])
}

// Equity is worth multiple·noise·run rate, at the moment of the valuation.
func TestReferenceByHandValuation(t *testing.T) {
	s := plain(1, 1)
	s.Labs[0].Valuation = &models.Valuation{
		Multiple: moving(20, 10, 1),
		Noise:    &models.Noise{Volatility: is(0.4), HalfLife: is(0.5)},
	}
	s.Alliances[0].Tranches = []models.Tranche{
		{Investor: "owner_a", Amount: is(10), On: 0, By: math.Inf(1)},
		{Investor: "owner_a", Amount: is(20), On: 0.25, By: math.Inf(1)},
	}
	got := steps(s, quiet{normals: map[string]map[int]float64{"lab.valuation": {1: 1}}})
	κ := math.Ln2 / 0.5
	v := 0.4 * math.Sqrt((1-math.Exp2(-1))/(2*κ))
	W1 := 4 * (10 + 10*math.Exp2(-0.25)) * math.Exp(v-0.16*(1-math.Exp2(-1))/(4*κ))
	W2 := 4 * (10 + 10*math.Exp2(-0.5)) * math.Exp(v*math.Sqrt(0.5)-0.16*(1-math.Exp2(-2))/(4*κ))
	wants{"lab.valuation": W1, "deal_a.equity": 10.0 / 90 * W1}.checkStep(t, got[0])
	wants{"lab.valuation": W2, "deal_a.equity": (10.0/90*W1 + 20) / (W1 + 20) * W2}.checkStep(t, got[1])
}

// Of two clouds, the one with the commitment is short of 1.5 and the other has 3 to spare; a
// quarter of that can be steered, which closes half of the gap.
func TestReferenceByHandShortfall(t *testing.T) {
	s := plain(1, 2)
	s.Labs[0].Revenue.RunRate = is(16)
	s.Labs[0].Flexibility = is(0.25)
	s.Alliances[0].Share = still(1)
	s.Alliances[1].Share = still(3)
	s.Alliances[0].Commitments = []models.Commitment{{Amount: is(40), Years: is(4), Backloading: is(1), Enforced: is(0.6)}}
	got := steps(s, quiet{})
	for n := range got {
		wants{
			"deal_a.desired": 1, "deal_a.due": 2.5, "deal_a.use": 1.75, "deal_a.shortfall": 0.6 * 0.75, "deal_a.billed": 2.2,
			"deal_b.desired": 3, "deal_b.due": 0, "deal_b.use": 2.25, "deal_b.shortfall": 0, "deal_b.billed": 2.25,
			"deal_a.backlog": 40 - 2.5*float64(n+1),
			"lab.billed":     4.45, "cloud_a.lab_revenue": 2.2,
		}.checkStep(t, got[n])
	}
}

// What is used beyond what is due is credited, but not to a commitment that has not begun.
func TestReferenceByHandCredit(t *testing.T) {
	s := plain(2, 1)
	s.Alliances[0].Commitments = []models.Commitment{
		{Amount: is(3), Years: is(3), Backloading: is(2), Enforced: is(1), Start: -1}, // 1/3 is due at the start
		{Amount: is(20), Years: is(2), Backloading: is(1), Enforced: is(0.5), Start: 1},
	}
	got := steps(s, quiet{})
	q0 := 3 * math.Pow(1.0/3, 2)
	wants{"deal_a.due": 3*math.Pow(1.25/3, 2) - q0, "deal_a.backlog": 23 - (q0 + 1)}.checkStep(t, got[0])
	wants{"deal_a.due": 0, "deal_a.backlog": 20}.checkStep(t, got[3])
	// The first adds 3·(0.75² − (2/3)²) and is enforced wholly, the second 2.5 and by half;
	// all but 3·0.75² + 2.5 − 3 − 1 of it is used.
	first := 3 * (0.75*0.75 - 4.0/9)
	wants{
		"deal_a.due": 1.1875, "deal_a.use": 1, "deal_a.open": 0.1875,
		"deal_a.shortfall": 0.1875 * (first + 1.25) / (first + 2.5),
	}.checkStep(t, got[4])
	// What was not enforced is not owed any longer.
	wants{"deal_a.due": 3*math.Pow(2.5/3, 2) + 5 - 4.1875}.checkStep(t, got[5])
}

// A lab that burns 4 a year raises: what it asks for, or what its investors can bear.
func TestReferenceByHandRaise(t *testing.T) {
	bear := math.Pow(0.8, 0.25) // of a stake, what a dilution of 20 % a year leaves in a quarter
	for _, tt := range []struct {
		name                               string
		availability, maxDilution          float64
		raised, stake, valuation, nextsUse float64
	}{
		{"capped", 1, 0.2, 41 * (1/bear - 1), 0.5 * bear, 41 / bear, 0.75},
		{"all it asks for", 1, 0.9, 6, 0.5 * 41 / 47, 47, 1},
		{"in distress", 0, 0.2, 0.3 * 41 * (1/bear - 1), 0.5 * bear, 41 + 0.3*41*(1/bear-1), 0.75},
		{"nobody may buy", 1, 0, 0, 0.5, 41, 0.75},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := plain(1, 1)
			s.Labs[0].Cash = at(2)
			s.Labs[0].Opex = still(1)
			s.Labs[0].Valuation = &models.Valuation{Multiple: still(10)}
			s.Labs[0].Failure = &models.Failure{}
			s.Labs[0].Funding = &models.Funding{
				Runway: is(1), Raise: is(1.5), HalfLife: is(1), Austerity: is(0.25),
				Availability: is(tt.availability), MaxDilution: is(tt.maxDilution), Distress: is(0.3),
			}
			s.Alliances[0].Stakes = []models.Stake{{Investor: "owner_a", Stake: is(0.5)}}
			got := steps(s, quiet{})
			wants{
				"lab.raised": tt.raised, "lab.cash": 1 + tt.raised, "lab.valuation": tt.valuation,
				"deal_a.equity": tt.stake * tt.valuation, "deal_a.use": 1,
			}.checkStep(t, got[0])
			wants{"deal_a.use": tt.nextsUse}.checkStep(t, got[1])
		})
	}
}

// The appetite of investors starts from its first draw and is moved in the first step too:
// with a half-life of a quarter it halves, and √(1 − 1/4) of the shock comes on top.
func TestReferenceByHandAppetite(t *testing.T) {
	for _, tt := range []struct {
		ε    float64
		open bool
	}{{0.28, false}, {0.29, true}} { // 0.5·(−0.5) + 0.866·ε against Φ⁻¹(1 − 0.5) = 0
		s := plain(1, 1)
		s.Labs[0].Cash = at(2)
		s.Labs[0].Opex = still(1)
		s.Labs[0].Valuation = &models.Valuation{Multiple: still(10)}
		s.Labs[0].Failure = &models.Failure{}
		s.Labs[0].Funding = &models.Funding{Runway: is(1), Raise: is(1), HalfLife: is(0.25), Availability: is(0.5), MaxDilution: is(0.9)}
		got := steps(s, quiet{normals: map[string]map[int]float64{"lab.funding": {0: -0.5, 1: tt.ε}}})
		if open := got[0].get("lab.raised") > 0; open != tt.open {
			t.Errorf("shock %v: raised %v", tt.ε, got[0].get("lab.raised"))
		}
	}
}

// Two tranches in one step are priced together, at 10·4 + 10 before the money.
func TestReferenceByHandTranches(t *testing.T) {
	s := plain(1, 2)
	s.Investors = []models.Investor{{ID: "fund"}}
	s.Labs[0].Cash = at(10)
	s.Labs[0].Valuation = &models.Valuation{Multiple: still(10)}
	s.Labs[0].Failure = &models.Failure{}
	never := math.Inf(1)
	s.Alliances[0].Stakes = []models.Stake{{Investor: "owner_a", Stake: is(0.2), Cost: is(5)}}
	s.Alliances[0].Tranches = []models.Tranche{
		{Investor: "owner_a", Amount: is(10), On: 0.2, By: never},
		{Investor: "owner_a", Amount: is(99), On: 0.2, By: 0.25},
		{Investor: "owner_b", Amount: is(99), RunRate: at(4.1), By: never},
	}
	s.Alliances[1].Tranches = []models.Tranche{
		{Investor: "fund", Amount: is(40), On: 0.25, By: never},
		{Investor: "owner_a", Amount: is(25), Billed: at(1), By: never}, // 0.5 a quarter
	}
	got := steps(s, quiet{})
	wants{"deal_a.equity": 0.2 * 50, "deal_a.invested": 0}.checkStep(t, got[0])
	wants{
		"lab.cash": 60, "lab.valuation": 100, "lab.raised": 0,
		"deal_a.equity": (0.1 + 0.1) * 100, "deal_a.invested": 10, "fund.equity": 0.4 * 100, "fund.invested": 40, "fund.flow": -40,
	}.checkStep(t, got[1])
	// Owner a's second goes where it owns the cloud, though it was written for the other deal.
	wants{
		"lab.cash": 85, "deal_a.invested": 25, "deal_b.invested": 0,
		"deal_a.equity": (0.2*0.8 + 0.2) * 125, "deal_b.equity": 0, "fund.equity": 0.32 * 125,
	}.checkStep(t, got[2])
	m := reference(s, quiet{})
	checkMetric(t, m, "deal_a.invested", 35)
	checkMetric(t, m, "deal_a.moic", 45.0/40)
	checkMetric(t, m, "deal_a.round_trip", 2.0/40)
	checkMetric(t, m, "deal_b.moic", math.NaN())
}

// Plant for 8 of use sees a schedule of 10 a year beginning within its lead time of a year:
// wear e^0.05 − 1 is replaced at once, and a quarter of the growth of 12 is built.
func TestReferenceByHandPlant(t *testing.T) {
	s := plain(1, 1)
	s.Investors = []models.Investor{{ID: "maker"}}
	a := &s.Alliances[0]
	a.Capital = &models.Capital{Intensity: is(2), Life: is(5), Lead: is(1), Redeployable: is(0.5)}
	a.Supplier = &models.Supplier{Investor: "maker", Share: is(0.6)}
	a.Commitments = []models.Commitment{{Amount: is(40), Years: is(4), Backloading: is(1), Enforced: is(1), Start: 1}}
	a.Margin = is(0.3)
	got := steps(s, quiet{})
	grow, wear := math.Exp(0.05), math.Exp(-0.05)
	built := 8*(grow-1) + 3
	idleCost := 0.5 * built * (1 - wear)
	wants{
		"deal_a.built": built, "maker.supplied": 0.6 * built, "deal_a.plant": 8 + 3*wear, "deal_a.idle_cost": idleCost,
		"deal_a.flow": 0.3 - idleCost, "deal_a.credit_exposure": 0.5 * (8 + 3*wear),
	}.checkStep(t, got[0])
	A := 8 + 3*wear
	wants{"deal_a.plant": A + (20-A)*0.25*wear}.checkStep(t, got[1])

	// Without lead time, what is missing is built at once, and no more than that.
	a.Capital.Lead, a.Commitments[0].Start = is(0), 0.25
	got = steps(s, quiet{})
	wants{"deal_a.built": 0, "deal_a.plant": 8 * wear}.checkStep(t, got[0])
	wants{"deal_a.built": 20 - 8*wear, "deal_a.plant": 20 * wear}.checkStep(t, got[1])

	// Without a commitment it follows use: wear is replaced from the second step on.
	a.Capital.Lead, a.Commitments = is(1), nil
	got = steps(s, quiet{})
	wants{"deal_a.built": 8 - 8*wear, "deal_a.plant": 8 * wear}.checkStep(t, got[1])
}

// The run rate of a decaying growth is R₀·exp(μ̄t + (μ₀ − μ̄)(1 − e^(−κt))/κ), and one shock to
// growth in the first step adds η·g·(1 − e^(−κ(t−Δ)))/κ to its logarithm.
func TestReferenceByHandRevenue(t *testing.T) {
	s := plain(2, 1)
	s.Labs[0].Revenue.Growth = moving(1, 0.1, 1.5)
	s.Labs[0].Revenue.GrowthVolatility = at(0.3)
	κ := math.Ln2 / 1.5
	log := math.Log(4) + math.Log(1.1)*2 + (math.Log(2)-math.Log(1.1))*(1-math.Exp(-2*κ))/κ
	got := reference(s, quiet{})["lab.run_rate"][1]
	if want := math.Exp(log); !near(got, want, want) {
		t.Errorf("without shocks: %v, want %v", got, want)
	}
	g := math.Sqrt((1 - math.Exp(-2*κ*Δ)) / (2 * κ))
	log += 0.3 * g * (1 - math.Exp(-κ*(2-Δ))) / κ
	got = reference(s, quiet{normals: map[string]map[int]float64{"lab.growth": {1: 1}}})["lab.run_rate"][1]
	if want := math.Exp(log); !near(got, want, want) {
		t.Errorf("with a shock to growth: %v, want %v", got, want)
	}

	// σ falls from 0.4 by half in a year, and is taken in the middle of the step.
	s.Labs[0].Revenue = models.Revenue{RunRate: is(4), Growth: still(0.5), Volatility: moving(0.4, 0, 1)}
	σ := 0.4 * math.Exp2(-0.125)
	R1 := 4 * math.Pow(1.5, 0.25) * math.Exp(-σ*σ/2*0.25+σ*0.5*2)
	first := steps(s, quiet{normals: map[string]map[int]float64{"lab.revenue": {1: 2}}})[0]
	wants{"lab.run_rate": R1, "lab.revenue": (4 + R1) / 8, "cloud_a.core": 10}.checkStep(t, first)
}

// Growth slows with what is taken of the ceiling, stops at it, and shrinks all the same.
func TestReferenceByHandLogistic(t *testing.T) {
	run := func(growth float64, change func(*models.System)) float64 {
		s := plain(1, 1)
		s.Labs[0].Revenue.Growth = still(growth)
		s.Labs[0].Revenue.Logistic = true
		change(s)
		return steps(s, quiet{})[0].get("lab.run_rate")
	}
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
		name      string
		got, want float64
	}{
		{"half way", run(1, own(8)), 4 * math.Pow(2, 0.5*0.25)},
		{"above the ceiling", run(1, own(3)), 4},
		{"shrinking", run(-0.5, own(8)), 4 * math.Pow(0.5, 0.25)},
		{"shared", run(1, shared), 4 * math.Pow(2, 0.25*0.25)},
	} {
		if !near(tt.got, tt.want, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

// A noise decays from its shock, and its variance is that of an Ornstein–Uhlenbeck process.
func TestReferenceByHandNoise(t *testing.T) {
	s := plain(1, 1)
	s.Labs[0].ComputeRatio = moving(2, 1, 0.5)
	s.Labs[0].ComputeNoise = &models.Noise{Volatility: is(0.4), HalfLife: is(0.5)}
	got := steps(s, quiet{normals: map[string]map[int]float64{"lab.compute": {1: 1}}})
	κ := math.Ln2 / 0.5
	g := 0.4 * math.Sqrt((1-math.Exp2(-1))/(2*κ))
	for n, decay := range []float64{1, math.Sqrt(0.5), 0.5} {
		variance := 0.16 * (1 - math.Exp2(-float64(n+1))) / (2 * κ)
		k := 1 + math.Exp2(-(float64(n)+0.5)*0.5)
		wants{"deal_a.use": k * math.Exp(g*decay-variance/2)}.checkStep(t, got[n])
	}
}

// Shares drift to their plan, churn by price, and go where it is attractive.
func TestReferenceByHandShares(t *testing.T) {
	s := plain(1, 2)
	s.Alliances[0].Share = moving(0.8, 0.2, 1) // its long run is a half, the other's too
	s.Alliances[1].Share = still(0.2)
	w := 0.8 - 0.3*(1-math.Exp2(-0.25))
	wants{"deal_a.share": w / (w + 0.2), "deal_b.share": 0.2 / (w + 0.2)}.checkStep(t, steps(s, quiet{})[0])

	s = plain(1, 3) // 0.5, 0.25, 0.25
	s.Labs[0].PriceSensitivity = is(1)
	s.Alliances[0].Share = still(2)
	s.Alliances[0].Price = is(2)
	s.Alliances[0].Churn.AnnualRate = is(0.3)
	s.Alliances[0].Exclusivity = models.Exclusivity{ChurnFactor: is(0.5), Until: 0.25}
	s.Alliances[1].Attraction = is(2)
	s.Alliances[2].Attraction = is(3)
	s.Alliances[2].Price = is(0.5)
	got := steps(s, quiet{})
	// γ̄ = 0.5·2 + 0.25 + 0.25·0.5 = 1.375, A = ½, 2, 6
	left := 0.5 * math.Pow(1-0.3*0.5*2/1.375, 0.25)
	wants{"deal_a.share": left, "deal_b.share": 0.25 + (0.5-left)*0.25, "deal_c.share": 0.25 + (0.5-left)*0.75}.checkStep(t, got[0])
	wants{"deal_a.desired": left * 2 * 1, "deal_c.desired": (0.25 + (0.5-left)*0.75) * 0.5}.checkStep(t, got[0])
	b, c := got[0].get("deal_b.share"), got[0].get("deal_c.share")
	wants{"deal_a.share": left * math.Pow(1-0.3*2/(2*left+b+0.5*c), 0.25)}.checkStep(t, got[1])

	// The noise of churn decays like any other.
	κ := math.Ln2 / 0.5
	s.Alliances[0].Churn.Noise = &models.Noise{Volatility: is(0.4), HalfLife: is(0.5)}
	s.Alliances[0].Exclusivity.Until = 0
	s.Labs[0].PriceSensitivity = is(0)
	got = steps(s, quiet{normals: map[string]map[int]float64{"deal_a.churn": {1: 1}}})
	w = 0.5
	for n, decay := range []float64{1, math.Sqrt(0.5)} {
		z := 0.4 * math.Sqrt((1-math.Exp2(-1))/(2*κ)) * decay
		w *= math.Pow(1-0.3*math.Exp(z-0.16*(1-math.Exp2(-float64(n+1)))/(4*κ)), 0.25)
		wants{"deal_a.share": w}.checkStep(t, got[n])
	}

	// At most 95 % leave in a year, and nothing where there is nowhere to go.
	s.Alliances[0].Churn.AnnualRate = is(1)
	s.Alliances[0].Churn.Noise = nil
	s.Labs[0].PriceSensitivity = is(1)
	wants{"deal_a.share": 0.5 * math.Pow(0.05, 0.25)}.checkStep(t, steps(s, quiet{})[0])
	s.Alliances[1].Attraction, s.Alliances[2].Attraction = is(0), is(0)
	wants{"deal_a.share": 0.5}.checkStep(t, steps(s, quiet{})[0])
}

// A quantity that an event sets is set in the steps in which the event is active.
func TestReferenceByHandEvents(t *testing.T) {
	inf := math.Inf(1)
	for _, tt := range []struct {
		name   string
		event  models.Event
		u      map[int]float64
		active []int
	}{
		{"for good", models.Event{At: 1.4, To: inf}, nil, []int{5, 6, 7}},
		{"halves up", models.Event{At: 0.5, To: inf, Duration: at(0.375)}, nil, []int{2, 3}},
		{"at least a step", models.Event{At: 0.5, To: inf, Duration: at(0.01)}, nil, []int{2}},
		{"after a quartile", models.Event{Hazard: at(math.Log(4.0 / 3)), From: 0.3, To: inf, Duration: at(0.25)}, map[int]float64{0: 0.25}, []int{5}},
		{"outside its window", models.Event{Hazard: at(math.Log(4.0 / 3)), From: 0.3, To: 1.29}, map[int]float64{0: 0.25}, nil},
		{"without hazard", models.Event{Hazard: at(0), To: inf}, nil, nil},
		{"again", models.Event{Hazard: at(4 * math.Ln2), From: 0.25, To: 1.75, Duration: at(0.25), Recurring: true},
			map[int]float64{1: 0.1, 2: 0.49, 3: 0.1, 4: 0.51, 7: 0.1, 8: 0.1}, []int{1, 2, 6}},
		{"not while it lasts", models.Event{Hazard: at(4 * math.Ln2), From: 0, To: inf, Duration: at(0.5), Recurring: true},
			map[int]float64{1: 0.1, 2: 0.1, 4: 0.1, 6: 0.1}, []int{0, 1, 3, 4, 5, 6}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := plain(2, 1)
			tt.event.ID = "event"
			tt.event.Effects = []models.Effect{
				{Path: "lab.compute.ratio", Op: models.Add, By: is(2)},
				{Path: "lab.compute.ratio", Op: models.Multiply, By: is(3)}, // (1 + 2)·3
			}
			s.Events = []models.Event{tt.event}
			name := "event.time"
			if tt.event.Recurring {
				name = "event.start"
			}
			var active []int
			for n, step := range steps(s, quiet{uniforms: map[string]map[int]float64{name: tt.u}}) {
				switch use := step.get("deal_a.use"); use {
				case 9:
					active = append(active, n)
				case 1:
				default:
					t.Errorf("step %d: use %v", n, use)
				}
			}
			if !slices.Equal(active, tt.active) {
				t.Errorf("active in %v, want %v", active, tt.active)
			}
		})
	}
}

// Effects are clamped once, after the last of them.
func TestReferenceByHandClamp(t *testing.T) {
	s := plain(1, 1)
	s.Alliances[0].Margin = is(0.5)
	s.Alliances[0].Price = is(1)
	s.Events = []models.Event{{ID: "event", To: math.Inf(1), Effects: []models.Effect{
		{Path: "deal_a.margin", Op: models.Add, By: is(3)},
		{Path: "deal_a.margin", Op: models.Add, By: is(-2.75)},
		{Path: "deal_a.price", Op: models.Multiply, By: is(0)},
		{Path: "lab.revenue.growth", Op: models.Add, By: is(math.Ln2)},
	}}}
	R1 := 4 * math.Pow(2, 0.25)
	use := 0.01 * (4 + R1) / 8
	wants{"lab.run_rate": R1, "deal_a.use": use, "deal_a.flow": 0.75 * use}.checkStep(t, steps(s, quiet{})[0])
}

// Jumps happen when an event starts, and once: half of a share moves, and half of what a
// commitment has not yet made due is written off.
func TestReferenceByHandJumps(t *testing.T) {
	s := plain(2, 3)
	s.Alliances[2].Attraction = is(3)
	for i, share := range []float64{0.6, 0.2, 0.2} {
		s.Alliances[i].Share = still(share)
	}
	s.Alliances[0].Commitments = []models.Commitment{{Amount: is(16), Years: is(2), Backloading: is(1), Enforced: is(1)}}
	s.Events = []models.Event{{ID: "event", At: 1, To: math.Inf(1), Effects: []models.Effect{
		{Path: "deal_a.share", Op: models.Move, By: is(0.5)},
		{Path: "deal_a.commitments", Op: models.Multiply, By: is(0.25)},
	}}}
	got := steps(s, quiet{})
	wants{"deal_a.share": 0.6, "deal_a.due": 2, "deal_a.backlog": 8}.checkStep(t, got[3])
	wants{"deal_a.share": 0.3, "deal_b.share": 0.275, "deal_c.share": 0.425, "deal_a.due": 0.5, "deal_a.backlog": 1.5}.checkStep(t, got[4])
	wants{"deal_a.share": 0.3, "deal_a.due": 0.5, "deal_a.backlog": 0}.checkStep(t, got[7])

	// The plan of a migration moves with it: the long run is now 0.3, 0.275, 0.425.
	s.Alliances[0].Share = moving(0.6, 0.6, 1e-3)
	s.Alliances[2].Share = moving(0.2, 0.2, 1e-3)
	wants{"deal_a.share": 0.3, "deal_c.share": 0.425}.checkStep(t, steps(s, quiet{})[7])
}

// A revenue share ends with its cap or its date, resale with its date.
func TestReferenceByHandPartners(t *testing.T) {
	s := plain(2, 1)
	a := &s.Alliances[0]
	a.RevenueShare = models.RevenueShare{Rate: is(0.2), Until: 2, Cap: at(0.5)}
	a.Resale = models.Resale{PullThrough: is(0.5), Margin: is(0.4), Payback: is(0.1), Until: 1.5}
	got := reference(s, quiet{})
	checkMetric(t, got, "deal_a.revenue_share", 0.5, 0)
	checkMetric(t, got, "deal_a.resale", 2, 1)
	checkMetric(t, got, "deal_a.flow", 0.5+0.3*2, 0.3)
	checkMetric(t, got, "cloud_a.lab_revenue", 4+0.5+2, 4+1)
	checkMetric(t, got, "cloud_a.concentration", 6.5/46.5, 5.0/45)
	a.RevenueShare = models.RevenueShare{Rate: is(0.2), Until: 0.5}
	checkMetric(t, reference(s, quiet{}), "deal_a.revenue_share", 0.4, 0)
}

// An owner that pays 3 and earns 0.8 a quarter has it back with the fourth.
func TestReferenceByHandBreakeven(t *testing.T) {
	s := plain(2, 1)
	s.DiscountRate = is(0.1)
	s.GigawattYear = at(8)
	s.Labs[0].Valuation = &models.Valuation{Multiple: still(1)}
	s.Alliances[0].Margin = is(0.8)
	s.Alliances[0].Tranches = []models.Tranche{{Investor: "owner_a", Amount: is(3), RunRate: at(4), By: math.Inf(1)}}
	got := reference(s, quiet{})
	checkMetric(t, got, "cloud_a.breakeven_time", 1)
	checkMetric(t, got, "deal_a.gigawatts", 0.5, 0.5)
	npv := -3 * math.Pow(1.1, -0.125)
	for n := range 8 {
		npv += 0.8 * math.Pow(1.1, -(float64(n)+0.5)/4)
	}
	checkMetric(t, got, "cloud_a.npv", npv+math.Pow(1.1, -2)*4*3.0/7)
	checkMetric(t, got, "deal_a.moic", 4*3.0/7/3) // cash is not followed: W stays 4
	s.Alliances[0].Margin = is(0.1)
	checkMetric(t, reference(s, quiet{}), "cloud_a.breakeven_time", math.NaN())
}
