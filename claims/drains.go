package claims

import "samenclaim/internal/jobs"

// Drains is the work in the background that the case needs.
func (s *Service) Drains() []jobs.Drain {
	return nil
}
