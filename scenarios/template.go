package scenarios

// Load is what Load makes of the scenario under some overrides.
func (t *Template) Load(set []string) (*Scenario, error) {
	b, err := t.build(set)
	if err != nil {
		return nil, err
	}
	s := t.scenario(b, set)
	b.describe(s.Facts.Assumptions)
	return s, nil
}
