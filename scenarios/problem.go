package scenarios

// A Problem is a kind of error in a scenario. Its ID never changes: scripts that read
// `entente check --json` rely on it.
type Problem struct {
	ID  string
	Doc string // what it means, in a sentence
}

// Problems lists all that there are, from the bytes to the meaning.
func Problems() []Problem {
	return []Problem{
		{"unreadable", "there is no such file or scenario, or it cannot be read"},
		{"encoding", "the file is not UTF-8"},
		{"too-large", "the file, or what its anchors make of it, is larger than any scenario"},
		{"yaml", "it is not YAML"},
		{"empty", "there is nothing in the file"},
		{"second-document", "one file has two documents"},
		{"tag", "a YAML tag, which the format does not use"},
		{"alias", "an alias is part of what it stands for"},
		{"merge-key", "what is merged in with <<: is no map"},
		{"duplicate-key", "a key stands twice in one map"},
		{"unquoted", "inside {} or [] YAML splits the text of a distribution at its commas"},
		{"version", "the file is written in another version of the format"},

		{"extends", "what a scenario extends is not there, or extends it in turn"},
		{"nothing-to-remove", "null removes what is not there"},
		{"set", "--set is not of the form PATH=VALUE, PATH*=FACTOR or PATH+=NUMBER, or there is no number to change"},

		{"unknown-field", "there is no such field"},
		{"missing-field", "something is left out that is needed"},
		{"exclusive-fields", "two fields that cannot stand beside each other, or one that needs another"},
		{"wrong-type", "a map, a list or a text where something else belongs"},
		{"unknown-choice", "a word that is not one of those allowed"},
		{"bad-id", "an id with other characters than lower-case letters, digits and _"},
		{"reserved-id", "an id that is a name of the format"},
		{"duplicate-id", "an id that something else has"},

		{"not-a-number", "something else where a number belongs"},
		{"not-whole", "a number with decimals where a whole one belongs"},
		{"out-of-range", "a number or a distribution outside the range of its field"},
		{"distribution", "a distribution that is misspelt, or that there cannot be"},
		{"file", "the data of a distribution cannot be read"},
		{"date", "something that is no date, or dates in the wrong order"},
		{"before-start", "a date before the start of what has to come after it"},

		{"unknown-id", "there is no lab, cloud, market, investor or owner of that name"},
		{"unknown-path", "there is no such value, or quantity"},
		{"duplicate-alliance", "a lab and a cloud are allied twice"},
		{"zero-shares", "the shares of a lab can all be 0"},
		{"stakes", "the stakes in a lab sum to more than all of it"},
		{"no-alliance", "the owner of a cloud holds a lab that has no alliance with the cloud"},
		{"no-effect", "an effect on what takes no effects, or not this one"},

		{"correlation", "correlations that no normals can have, or of less than two names"},
		{"constant-input", "a constant is to be correlated"},
		{"unknown-shock", "there is no such shock"},
		{"pair-twice", "the correlation of a pair is given twice"},
		{"loadings", "the squares of the loadings of a name sum to more than 1"},

		{"expression", "the expression of a metric is no arithmetic"},
		{"unknown-metric", "there is no such metric"},
		{"statistic", "what is asserted is no comparison of a statistic with a number"},
		{"mixed-metrics", "per-year metrics and once-per-trial ones in one expression"},
	}
}
