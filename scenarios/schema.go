package scenarios

import "math"

// A Kind says what a field takes.
type Kind int

const (
	NumberKind     Kind = iota // a number, a distribution, or {value, unit, source, note}
	GlideKind                  // a Number, or {initial, long_run, half_life} and what Fields adds
	ConstantKind               // a number that is no distribution
	WholeKind                  // a whole number
	SeedKind                   // a whole number of 64 bits
	TextKind                   // a text
	TextsKind                  // a text or a list of texts
	FlagKind                   // true or false
	ChoiceKind                 // one of Choices
	DateKind                   // YYYY-MM-DD
	WindowKind                 // [from, to], two dates
	ReferenceKind              // the id of one of Refers
	BlockKind                  // a map of Fields
	EntitiesKind               // a map of ids to maps of Fields
	ListKind                   // a list of maps of Fields
	NamesKind                  // a list of two or more names
	LoadingsKind               // a map of names to numbers
	ExpressionKind             // arithmetic over metrics
)

// A Range is the values that a Number may have. A bound that is open is not among them.
type Range struct {
	Lo, Hi         float64
	OpenLo, OpenHi bool
}

// An Operation is what an effect may do to a quantity.
type Operation string

const (
	multiply Operation = "multiply"
	add      Operation = "add"
	set      Operation = "set"
	move     Operation = "move"
)

// MaxTrials is the most that a scenario may ask for, and the command line too: a run of so many
// takes days.
const MaxTrials = 1_000_000_000

// A Field is what may stand under one key of a scenario. The tree of all Fields is the
// format: files are bound by it, and editors and the manual are told it.
type Field struct {
	Name     string
	Kind     Kind
	Doc      string
	Unit     string
	Range    Range       // of Number, Glide, Constant, Whole
	Default  float64     // of Number, Glide, Constant, Whole: what is taken where it is left out
	Without  string      // what holds where it is left out, if that is no default
	Silent   bool        // nothing need be said of its being left out: there is another way, or nothing to know
	Required bool        // where its block is there
	Effects  []Operation // what effects may do to it; none, if there are none
	Refers   []string    // of Reference: names of top-level maps, or "owners"
	Choices  []string
	Fields   []*Field
	Ids      bool   // of Entities: the keys are ids of the scenario, and paths begin with them
	Noun     string // of Entities and List: what one of them is called
}

// field returns the Field of that name in f, or nil.
func (f *Field) field(name string) *Field {
	for _, g := range f.Fields {
		if g.Name == name {
			return g
		}
	}
	return nil
}

// names returns what may stand in a map of f.
func (f *Field) names() []string {
	var names []string
	for _, g := range f.Fields {
		names = append(names, g.Name)
	}
	return names
}

var inf = math.Inf(1)

func atLeast(lo float64) Range     { return Range{Lo: lo, Hi: inf, OpenHi: true} }
func above(lo float64) Range       { return Range{Lo: lo, Hi: inf, OpenLo: true, OpenHi: true} }
func atMost(hi float64) Range      { return Range{Lo: -inf, Hi: hi, OpenLo: true} }
func between(lo, hi float64) Range { return Range{Lo: lo, Hi: hi} }
func anyNumber() Range             { return Range{Lo: -inf, Hi: inf, OpenLo: true, OpenHi: true} }

// The units of the format.
const (
	billions        = "USD bn"
	billionsPerYear = "USD bn per year"
	perYear         = "per year"
	fraction        = "share"
	years           = "years"
	days            = "days"
	multiple        = "multiple"
	ratio           = "ratio"
	perRootYear     = "per √year"
	normalUnits     = "standard normal"
)

func number(name, unit string, r Range, def float64, doc string) *Field {
	return &Field{Name: name, Kind: NumberKind, Unit: unit, Range: r, Default: def, Doc: doc}
}

func glide(name, unit string, r Range, def float64, doc string, more ...*Field) *Field {
	f := &Field{Name: name, Kind: GlideKind, Unit: unit, Range: r, Default: def, Doc: doc}
	f.Fields = append([]*Field{
		required(number("initial", unit, r, 0, "The value at the start.")),
		silent(number("long_run", unit, r, 0, "What it moves towards; together with half_life.")),
		silent(number("half_life", years, above(0), inf, "How long half of the way takes.")),
	}, more...)
	return f
}

func block(name, doc string, fields ...*Field) *Field {
	return &Field{Name: name, Kind: BlockKind, Doc: doc, Fields: fields}
}

func list_(name, noun, doc string, fields ...*Field) *Field {
	return &Field{Name: name, Kind: ListKind, Noun: noun, Doc: doc, Fields: fields}
}

func entities(name, noun, doc string, fields ...*Field) *Field {
	return &Field{Name: name, Kind: EntitiesKind, Noun: noun, Ids: true, Doc: doc, Fields: fields}
}

func text(name, doc string) *Field { return &Field{Name: name, Kind: TextKind, Doc: doc} }
func date(name, doc string) *Field { return &Field{Name: name, Kind: DateKind, Doc: doc} }

func reference(name, doc string, to ...string) *Field {
	return &Field{Name: name, Kind: ReferenceKind, Refers: to, Doc: doc}
}

func required(f *Field) *Field { f.Required = true; return f }

// without says what holds where f is left out.
func without(what string, f *Field) *Field { f.Without = what; return f }

func silent(f *Field) *Field { f.Silent = true; return f }

// effects marks a quantity that events may change; quantities and jumps take other operations.
func effects(f *Field, ops ...Operation) *Field { f.Effects = ops; return f }

func quantity(f *Field) *Field { return effects(f, multiply, add, set) }

func noise(name, doc string) *Field {
	return block(name, doc,
		required(number("volatility", perRootYear, atLeast(0), 0, "How strongly it moves: the standard deviation of a year's shocks to the logarithm.")),
		required(number("half_life", years, above(0), inf, "How long half of a deviation lasts.")))
}

func revenue(doc, model string, more ...*Field) *Field {
	growth := effects(glide("growth", perYear, above(-1), 0, "Simple annual growth: 1.0 is +100 %. An effect adds to its logarithm.",
		number("volatility", perRootYear, atLeast(0), 0, "Of the growth rate itself; only with long_run and half_life.")), add)
	return block("revenue", doc, append([]*Field{
		{Name: "model", Kind: ChoiceKind, Choices: []string{"mean_reverting", "logistic"}, Doc: model},
		required(number("run_rate", billionsPerYear, above(0), 0, "Revenue a year at the start.")),
		growth,
		glide("volatility", perRootYear, atLeast(0), 0, "Of revenue: the standard deviation of a year's shocks to its logarithm."),
		silent(number("ceiling", billionsPerYear, above(0), 0, "What it could sell a year; only for logistic.")),
	}, more...)...)
}

// format returns the root of the scenario format.
func format() *Field {
	const stay = "How lasting growth is: mean_reverting (the default) towards its long run; logistic slows as the ceiling nears."
	return &Field{Kind: BlockKind, Fields: []*Field{
		{Name: "entente", Kind: WholeKind, Required: true, Range: between(1, 1), Default: 1, Doc: "The version of the format: 1."},
		text("extends", "The scenario that this one starts from: a file, relative to this one, or a built-in name."),
		text("name", "What the scenario is called."),
		text("description", "What it is about; the first paragraph is its summary."),
		{Name: "notes", Kind: TextsKind, Doc: "What was judged, and why."},
		block("horizon", "What is simulated.",
			required(date("start", "The first day; at most the 28th of its month.")),
			&Field{Name: "years", Kind: WholeKind, Unit: years, Range: between(1, 100), Default: 10, Doc: "How many years."}),
		{Name: "trials", Kind: WholeKind, Range: between(1, MaxTrials), Default: 100_000, Doc: "How many trials, unless the command line says."},
		{Name: "seed", Kind: SeedKind, Default: 1, Doc: "The seed, unless the command line says."},
		{Name: "sampler", Kind: ChoiceKind, Choices: []string{"sobol", "random", "latin"}, Doc: "How inputs are sampled, and with sobol and latin the leading directions of the labs' shocks, unless the command line says."},
		number("discount_rate", perYear, above(-1), 0, "What makes future flows into npv."),
		without("gigawatts are not reported", number("gigawatt_year", "USD bn per gigawatt-year", above(0), 0, "What a gigawatt-year of compute costs.")),
		{Name: "sources", Kind: EntitiesKind, Silent: true, Noun: "source", Doc: "What values may cite by id.", Fields: []*Field{
			required(text("title", "What it is called.")),
			text("address", "Where it is to be had."),
			text("date", "When it was published."),
			{Name: "grade", Kind: ChoiceKind, Silent: true, Choices: []string{"filing", "company", "press", "estimate", "judgement"}, Doc: "What kind of evidence it is."},
		}},
		entities("markets", "market", "What labs share.",
			required(number("ceiling", billionsPerYear, above(0), 0, "What all labs in the market could sell a year."))),
		entities("clouds", "cloud", "Where labs run.",
			without("the id", text("name", "As the reports call it.")),
			without("the cloud's id", &Field{Name: "owner", Kind: ReferenceKind, Doc: "Who owns it, and holds what an investor of that name holds."}),
			required(revenue("Core revenue: without what the labs pay.", stay))),
		entities("labs", "lab", "Who sells models and buys compute.",
			without("the id", text("name", "As the reports call it.")),
			required(revenue("What the lab sells.", stay, reference("market", "The market whose ceiling it shares; only for logistic.", "markets"))),
			block("compute", "What it buys.",
				quantity(glide("ratio", ratio, atLeast(0), 0, "Compute bought, at market price, per dollar of revenue.")),
				noise("noise", "What moves all that it buys.")),
			quantity(glide("opex", ratio, atLeast(0), 0, "Costs other than compute per dollar of revenue.")),
			without("cash is not followed, and the lab cannot fail", number("cash", billions, anyNumber(), 0, "Cash at the start.")),
			number("price_sensitivity", "elasticity", atLeast(0), 0, "How strongly prices move it between clouds."),
			number("flexibility", fraction, between(0, 1), 0, "How far spend can be steered towards a commitment that would go unused."),
			block("valuation", "Enterprise value.",
				required(quantity(glide("multiple", multiple, atLeast(0), 0, "Enterprise value per run rate."))),
				noise("noise", "What moves the multiple.")),
			block("funding", "When and how it raises capital.",
				required(number("runway", years, atLeast(0), 0, "It raises when its cash lasts less long.")),
				required(number("raise", years, atLeast(0), 0, "How many years of burn it asks for.")),
				required(quantity(number("availability", fraction, between(0, 1), 1, "How much of the time capital is to be had."))),
				required(number("half_life", years, above(0), 0, "How long the market's mood lasts.")),
				required(number("max_dilution", fraction, between(0, 1), 0, "The most that it sells of itself in a year.")),
				number("distress", fraction, between(0, 1), 0, "What its value counts for while capital is not to be had."),
				number("austerity", fraction, between(0, 1), 0, "What it cuts of its compute when a raise was not enough.")),
			block("failure", "What a failure leaves.",
				required(number("retained", fraction, between(0, 1), 0, "Of its run rate.")),
				required(number("recovery", fraction, between(0, 1), 0, "Of equity and receivables.")))),
		entities("investors", "investor", "Who holds stakes and owns no cloud.",
			without("the id", text("name", "As the reports call it."))),
		entities("alliances", "alliance", "One lab on one cloud.",
			without("the id", text("name", "As the reports call it.")),
			required(reference("lab", "The lab.", "labs")),
			required(reference("cloud", "The cloud.", "clouds")),
			effects(glide("share", fraction, atLeast(0), 1, "Of the lab's compute; the shares of a lab are scaled to sum 1."), move),
			quantity(number("price", ratio, atLeast(0.01), 1, "What a unit of compute costs here; the market's price is 1.")),
			number("attraction", ratio, atLeast(0), 1, "How strongly it draws what leaves elsewhere."),
			block("churn", "What leaves.",
				quantity(number("annual_rate", perYear, between(0, 1), 0, "The fraction of the share that leaves in a year.")),
				noise("noise", "What moves the rate.")),
			block("exclusivity", "What holds churn back.",
				quantity(number("churn_factor", ratio, between(0, 1), 1, "Multiplies churn while it lasts.")),
				without("for ever", date("until", "Its end."))),
			effects(list_("commitments", "commitment", "Spend that is owed.",
				required(number("amount", billions, atLeast(0), 0, "In total.")),
				required(date("start", "May lie before the scenario's start.")),
				required(number("years", years, above(0), 0, "Over which it falls due.")),
				number("backloading", "exponent", above(0), 1, "1 is even; 2 grows linearly."),
				required(quantity(number("enforced", fraction, between(0, 1), 0, "How much of an unused commitment is really paid."))),
				text("name", "What it is called."), source_(), text("note", "What was judged.")), multiply),
			block("revenue_share", "What the cloud's owner receives of the lab's revenue.",
				quantity(number("rate", fraction, between(0, 1), 0, "Of revenue.")),
				without("for ever", date("until", "Its end.")),
				without("no limit", number("cap", billions, atLeast(0), inf, "The most that is paid from the start on."))),
			block("resale", "The cloud sells the lab's models.",
				quantity(number("pull_through", ratio, atLeast(0), 0, "Sales by the cloud per dollar of the lab's revenue.")),
				number("margin", ratio, atMost(1), 0, "The cloud's profit per dollar of them."),
				number("payback", fraction, between(0, 1), 0, "What of them goes to the lab."),
				without("for ever", date("until", "Its end."))),
			list_("stakes", "stake", "Held at the start.",
				required(reference("investor", "Who holds it.", "investors", "owners")),
				required(number("stake", fraction, between(0, 1), 0, "Of the lab.")),
				number("cost", billions, atLeast(0), 0, "What was paid for it."),
				source_(), text("note", "What was judged.")),
			list_("tranches", "tranche", "Equity paid in once, on a date or a condition.",
				required(reference("investor", "Who pays it.", "investors", "owners")),
				required(number("amount", billions, atLeast(0), 0, "How much.")),
				silent(date("on", "When; or write when.")),
				silent(block("when", "The condition.",
					silent(number("run_rate", billionsPerYear, above(0), 0, "The lab's run rate reaches this.")),
					silent(number("billed", billions, atLeast(0), 0, "What was billed under this alliance reaches this.")))),
				without("no end", date("by", "After this it is not paid any more.")),
				text("name", "What it is called."), source_(), text("note", "What was judged.")),
			quantity(number("margin", ratio, atMost(1), 0, "The cloud's gross margin on use, after depreciation.")),
			number("receivable_days", days, atLeast(0), 0, "How long what is billed stays unpaid."),
			block("capital", "The plant that the cloud builds for the alliance.",
				required(number("intensity", ratio, atLeast(0), 0, "Dollars of plant per dollar of yearly use.")),
				without("for ever", number("life", years, above(0), inf, "How long the plant lasts.")),
				number("lead", years, atLeast(0), 0, "How long building takes."),
				number("redeployable", fraction, between(0, 1), 0, "What of idle plant others can use.")),
			block("supplier", "Who is paid for the plant.",
				required(reference("name", "One of the investors.", "investors")),
				number("share", fraction, between(0, 1), 0, "Of what is built.")),
			source_(), text("note", "What was judged.")),
		entities("events", "event", "What may happen.",
			without("the id", text("name", "As the reports call it.")),
			silent(number("hazard", perYear, atLeast(0), 0, "How likely it is to begin in a year; or write at.")),
			without("always", &Field{Name: "window", Kind: WindowKind, Doc: "Between which dates it may begin."}),
			silent(date("at", "When it begins for certain; or write hazard.")),
			without("to the end", number("duration", years, atLeast(0), inf, "How long it lasts.")),
			&Field{Name: "recurring", Kind: FlagKind, Doc: "Whether it may begin again; needs a duration."},
			silent(list_("effects", "effect", "What it does.",
				required(&Field{Name: "path", Kind: TextKind, Doc: "The quantity that it changes."}),
				silent(number(string(multiply), ratio, atLeast(0), 1, "Multiplies it; of commitments, what is not yet due.")),
				silent(number(string(add), "", anyNumber(), 0, "Adds to it.")),
				silent(number(string(set), "", anyNumber(), 0, "Replaces it.")),
				silent(number(string(move), fraction, between(0, 1), 0, "Of a share: the fraction that goes to the lab's other alliances.")))),
			source_(), text("note", "What was judged.")),
		silent(list_("correlations", "correlation", "What moves together.",
			&Field{Name: "inputs", Kind: NamesKind, Doc: "Paths of distributions; every pair of them."},
			&Field{Name: "shocks", Kind: NamesKind, Doc: "Names of shocks; every pair of them."},
			&Field{Name: "rho", Kind: ConstantKind, Required: true, Range: between(-1, 1), Unit: "correlation", Doc: "Of the underlying normals."},
			source_(), text("note", "What was judged."))),
		{Name: "factors", Kind: EntitiesKind, Silent: true, Noun: "factor", Doc: "Common causes. Names may stand right in a factor, {openai.revenue: 0.7}, or under shocks or inputs.", Fields: []*Field{
			{Name: "inputs", Kind: LoadingsKind, Range: between(-1, 1), Doc: "Paths of distributions, and how strongly each loads."},
			{Name: "shocks", Kind: LoadingsKind, Range: between(-1, 1), Doc: "Names of shocks, and how strongly each loads."},
			source_(), text("note", "What was judged."),
		}},
		silent(list_("silence", "silence", "Warnings of entente check that are known and meant.",
			required(&Field{Name: "warning", Kind: ChoiceKind, Choices: warningIDs(), Doc: "The id of the warning; entente help warnings lists them."}),
			without("everywhere", text("path", "Where: at this path, and at all below it.")),
			required(text("reason", "Why it is meant.")))),
		silent(&Field{Name: "asserts", Kind: TextsKind, Doc: "What a run has to bear out, each a statistic and a bound: p95(aws.exposure@2031) < 60."}),
		{Name: "metrics", Kind: EntitiesKind, Silent: true, Noun: "metric", Doc: "Metrics of the scenario's own, as expressions.", Fields: []*Field{
			{Kind: ExpressionKind},
		}},
	}}
}

// source_ is where a value, a deal or an event is from.
func source_() *Field {
	return &Field{Name: "source", Kind: TextsKind, Doc: "Where this is from: an id of sources, or free text."}
}
