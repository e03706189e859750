package scenarios

import (
	"time"

	"entente/models"
)

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

// A Checked is what a sweep needs of a scenario under some overrides.
type Checked struct {
	System   *models.System
	Start    time.Time    // the first day
	Warnings []Diagnostic // that nothing silences
}

// Checked is what Load checks, without the text of what is assumed.
func (t *Template) Checked(set []string) (Checked, error) {
	b, err := t.build(set)
	if err != nil {
		return Checked{}, err
	}
	loud, _, _ := b.silence(ordered(b.warnings), nil, false)
	return Checked{&b.sys, time.Date(b.start.year, time.Month(b.start.month), b.start.day, 0, 0, 0, 0, time.UTC), loud}, nil
}
