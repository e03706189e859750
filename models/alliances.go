package models

import (
	"fmt"
)

// allianceState is an alliance in the course of a trial.
type allianceState struct {
	*Alliance
	lab   *labState
	cloud *cloudState
	shareState
	contractState
	partnerState
	plantState
	exposureState
}

func (c *compiler) alliance(a *Alliance) (*allianceState, error) {
	s := &allianceState{Alliance: a}
	for _, l := range c.labs {
		if l.ID == a.Lab {
			s.lab = l
		}
	}
	for _, cl := range c.clouds {
		if cl.ID == a.Cloud {
			s.cloud = cl
		}
	}
	if s.lab == nil {
		return nil, fmt.Errorf("alliance %s: there is no lab %s", a.ID, a.Lab)
	}
	if s.cloud == nil {
		return nil, fmt.Errorf("alliance %s: there is no cloud %s", a.ID, a.Cloud)
	}
	for _, of := range s.lab.alliances {
		if of.cloud == s.cloud {
			return nil, fmt.Errorf("alliance %s: %s already has %s on %s", a.ID, a.Lab, of.ID, a.Cloud)
		}
	}
	s.shareState = c.shareState(a)
	s.partnerState = c.partnerState(a)
	s.plantState = c.plantState(a.Capital)
	s.contractState = c.contractState(a, s.lead)
	s.exposureState = c.exposureState(a)
	return s, nil
}
