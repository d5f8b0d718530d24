package claims

import (
	"context"
	"fmt"
	"time"

	"samenclaim/claims/letter"
	"samenclaim/internal/table"
)

// PreviewLetter shows the letter as it would be sent now, and what it lacks. A
// sent letter is shown as it was sent.
func (s *Service) PreviewLetter(ctx context.Context, claimID int64, ordinal int) (letter.Document, []letter.Miss, error) {
	l, err := s.Letter(ctx, claimID, ordinal)
	if err != nil {
		return letter.Document{}, nil, err
	}
	facts, err := s.factsNow(ctx, l)
	if err != nil {
		return letter.Document{}, nil, err
	}
	doc, err := letter.Render(facts, letter.Lang(l.Lang))
	if err != nil {
		return doc, nil, fmt.Errorf("show letter %d: %w", l.ID, err)
	}
	misses := letter.Lint(facts)
	if l.Open() {
		stale, err := staleFacts(ctx, s.db, l)
		return doc, append(misses, stale...), err
	}
	return doc, misses, nil
}

// PreviewLetterPDF prints the letter as it would be sent now.
func (s *Service) PreviewLetterPDF(ctx context.Context, claimID int64, ordinal int) ([]byte, error) {
	doc, _, err := s.PreviewLetter(ctx, claimID, ordinal)
	if err != nil {
		return nil, err
	}
	return letter.PDF(doc)
}

// factsNow is what a letter says: a sent one as it was sent, another with today's claim and foundation.
func (s *Service) factsNow(ctx context.Context, l Letter) (letter.Facts, error) {
	if !l.Open() {
		return l.facts(*l.SentAt, l.annexFacts(*l.SentAt, *l.Count, [32]byte(l.Root))), nil
	}
	c, err := s.Claim(ctx, l.ClaimID)
	if err != nil {
		return letter.Facts{}, err
	}
	f, err := take(ctx, table.Of[Foundation](s.db).Where("true"))
	if err != nil {
		return letter.Facts{}, err
	}
	return l.presented(c, f).facts(s.db.NowFunc(), l.annexFacts(time.Time{}, 0, [32]byte{})), nil
}
