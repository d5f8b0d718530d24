package claims

import (
	"sync"

	"samenclaim/participants"
)

// shelf is what was published of the texts of a claim in a language, by key, when there were so many and the last was this one.
type shelf struct {
	count, last int64
	texts       map[string]participants.Text
}

// spoken is a claim in a language.
type spoken struct {
	claimID int64
	lang    string
}

// shelves keep the texts that were read last.
type shelves struct {
	mu   sync.Mutex
	seen map[spoken]shelf
}

// get gives the texts if they are still the newest, or nil. They are shared: nobody changes them.
func (s *shelves) get(claimID int64, lang string, newest shelf) map[string]participants.Text {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.seen[spoken{claimID, lang}]
	if known.count != newest.count || known.last != newest.last {
		return nil
	}
	return known.texts
}

func (s *shelves) put(claimID int64, lang string, newest shelf) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen = map[spoken]shelf{}
	}
	s.seen[spoken{claimID, lang}] = newest
}
