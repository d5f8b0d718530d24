package claims

import (
	"context"
	"crypto/rand"
	"time"

	"samenclaim/internal/table"
)

// savedSearch is what the search box of the register was asked, so that no name stands in a URL.
type savedSearch struct {
	Key       string
	StaffID   int64
	Term      []byte
	CreatedAt time.Time
}

// TableName is the table of the saved terms.
func (savedSearch) TableName() string { return "register_searches" }

// SaveSearch keeps a search term, sealed, under a key for the address of the page. It lasts a day.
func (s *Service) SaveSearch(ctx context.Context, staffID int64, term string) (key string, err error) {
	key = rand.Text()
	sealed, err := s.vault.Seal([]byte(term), aboutSearch(key))
	if err != nil {
		return "", err
	}
	return key, table.Of[savedSearch](s.db).Create(ctx, &savedSearch{Key: key, StaffID: staffID, Term: sealed, CreatedAt: s.db.NowFunc()})
}

// Search returns the term that a member of staff saved under a key; somebody else's is not found.
func (s *Service) Search(ctx context.Context, staffID int64, key string) (term string, err error) {
	row, err := take(ctx, table.Of[savedSearch](s.db).Where("key = ? AND staff_id = ? AND created_at > ?", key, staffID, s.db.NowFunc().Add(-searchLife)))
	if err != nil {
		return "", err
	}
	b, err := s.vault.Unseal(row.Term, aboutSearch(key))
	return string(b), err
}

func aboutSearch(key string) string { return "register_searches.term:" + key }
