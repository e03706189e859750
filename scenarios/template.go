package scenarios

import "entente/models"

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

// Checked is System, with the warnings that nothing silences.
func (t *Template) Checked(set []string) (*models.System, []Diagnostic, error) {
	b, err := t.build(set)
	if err != nil {
		return nil, nil, err
	}
	loud, _, _ := b.silence(ordered(b.warnings), nil, false)
	return &b.sys, loud, nil
}
