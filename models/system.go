// Package models is the alliance model: how labs and clouds grow, where labs run, what they
// owe and pay, how they are funded and fail, and what that does to the clouds.
//
// A System describes it in numbers and ids; Compile makes of it a sim.Model. The package has
// never heard of files: dates are years from the start, references are ids.
package models

import (
	"entente/sim"
	"entente/sim/expr"
)

// A Value is a number of the scenario: a constant, or a distribution that is sampled once
// per trial.
type Value struct {
	Path  string   // its address in the scenario, which is also the name of its draw
	Dist  sim.Dist // nil for a constant
	Const float64
}

// A Glide moves from Initial to LongRun with HalfLife (years):
//
//	x(t) = LongRun + (Initial − LongRun)·2^(−t/HalfLife)
//
// If Moves is false it stays at Initial, and the others are not looked at.
type Glide struct {
	Initial, LongRun, HalfLife Value
	Moves                      bool
}

// A Noise is an Ornstein–Uhlenbeck process that starts at 0; a nil *Noise is none.
type Noise struct {
	Volatility, HalfLife Value
}

// Revenue is how a lab's revenue, or a cloud's core revenue, moves.
type Revenue struct {
	RunRate          Value
	Growth           Glide  // simple annual rates
	GrowthVolatility *Value // nil: none; only where Growth.Moves
	Volatility       Glide  // default 0
	Logistic         bool   // else mean reverting
	Ceiling          *Value // of a logistic revenue of its own
	Market           string // or the market whose ceiling is shared
}

// A Market is what all labs in it could sell a year.
type Market struct {
	ID      string
	Ceiling Value
}

// A Lab sells models and buys compute.
type Lab struct {
	ID, Name         string
	Revenue          Revenue
	ComputeRatio     Glide
	ComputeNoise     *Noise
	Opex             Glide
	Cash             *Value // nil: cash is not followed, and the lab can't fail
	PriceSensitivity Value
	Flexibility      Value
	Valuation        *Valuation
	Funding          *Funding // nil: the lab never raises
	Failure          *Failure // set where Cash is
}

// Valuation is enterprise value per run rate.
type Valuation struct {
	Multiple Glide
	Noise    *Noise
}

// Funding is when and how a lab raises capital.
type Funding struct {
	Runway, Raise, Availability, HalfLife, MaxDilution, Distress, Austerity Value
}

// Failure is what a failure leaves.
type Failure struct {
	Retained, Recovery Value
}

// A Cloud is where labs run.
type Cloud struct {
	ID, Name string
	Owner    string // whose stakes and flows count for it
	Revenue  Revenue
}

// An Investor holds stakes and owns no cloud.
type Investor struct {
	ID, Name string
}

// An Alliance is one lab on one cloud.
type Alliance struct {
	ID             string
	Lab, Cloud     string
	Share          Glide
	Price          Value
	Attraction     Value
	Churn          Churn
	Exclusivity    Exclusivity
	Commitments    []Commitment
	RevenueShare   RevenueShare
	Resale         Resale
	Stakes         []Stake
	Tranches       []Tranche
	Margin         Value
	ReceivableDays Value
	Capital        *Capital
	Supplier       *Supplier
}

// Churn is the fraction of the share that leaves in a year.
type Churn struct {
	AnnualRate Value // default 0
	Noise      *Noise
}

// Exclusivity multiplies churn while it lasts.
type Exclusivity struct {
	ChurnFactor Value   // default 1
	Until       float64 // years from the start; +Inf: for ever
}

// A Commitment is a schedule of spend that is owed.
type Commitment struct {
	Amount, Years, Backloading, Enforced Value
	Start                                float64 // may be negative
}

// RevenueShare is what the cloud's owner receives of the lab's revenue.
type RevenueShare struct {
	Rate  Value // default 0
	Until float64
	Cap   *Value
}

// Resale is the cloud selling the lab's models.
type Resale struct {
	PullThrough, Margin, Payback Value // default 0
	Until                        float64
}

// A Stake is held at the start.
type Stake struct {
	Investor    string // an id of System.Investors, or a cloud's owner
	Stake, Cost Value
}

// A Tranche is equity paid in once, on a date or a condition.
type Tranche struct {
	Investor string
	Amount   Value
	// One of these three; On is a date and used if both of the others are nil.
	On      float64
	RunRate *Value  // the lab's run rate reaches this
	Billed  *Value  // billed under this alliance since the start reaches this
	By      float64 // +Inf: no end
}

// Capital is the plant that the cloud builds for one alliance.
type Capital struct {
	Intensity    Value
	Life         Value // +Inf: for ever
	Lead         Value
	Redeployable Value
}

// Supplier is paid a share of what is built.
type Supplier struct {
	Investor string // an id of System.Investors
	Share    Value
}

// Operation is what an effect does.
type Operation int

const (
	Multiply Operation = iota
	Add
	Set
	Move // of a share: a jump
)

// An Effect changes a quantity while its event is active, or jumps when it starts.
type Effect struct {
	Path string
	Op   Operation
	By   Value
}

// An Event may happen, and has effects while it does.
type Event struct {
	ID, Name  string
	Hazard    *Value  // per year; nil: the event happens At
	At        float64 // years from the start
	From, To  float64 // the window, cut to the start; To may be +Inf
	Duration  *Value  // nil: to the end
	Recurring bool
	Effects   []Effect
}

// A UserMetric is defined by the scenario, over metrics of Metrics or earlier user metrics,
// all per year or all once per trial.
type UserMetric struct {
	Name    string
	Unit    string // empty: none
	Text    string // what Combine computes, as it is written
	Of      []string
	Combine func(of []expr.X) expr.X
}

// A System is a whole scenario. Lists are in file order, which is the order of what happens
// more than once in one step.
type System struct {
	Years        int
	DiscountRate Value
	GigawattYear *Value // billions per gigawatt-year of compute; nil: gigawatts are not reported
	Markets      []Market
	Clouds       []Cloud
	Labs         []Lab
	Investors    []Investor
	Alliances    []Alliance
	Events       []Event
	InputMixes   []sim.Mix
	ShockMixes   []sim.Mix
	Metrics      []UserMetric
}
