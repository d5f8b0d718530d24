package claims

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm/clause"

	"samenclaim/claims/letter"
	"samenclaim/internal/table"
	"samenclaim/participants"
)

// ErrTampered means that what proves a signature does not fit together: something in the database was changed.
var ErrTampered = errors.New("the proof of a signature does not fit together")

// SignedPapers are one signature on paper and as a page: the same words, made
// of the same bytes. Once given out they are kept as they were.
type SignedPapers struct{ PDF, HTML []byte }

// keptPapers are papers as they lie in the database, sealed with the participation's key.
type keptPapers struct {
	MandateID int64 `gorm:"primaryKey"`
	PDF       []byte
	HTML      []byte
	SHA256    []byte `gorm:"column:sha256"`
	MadeAt    time.Time
}

func (keptPapers) TableName() string { return "signed_papers" }

const aboutPapers = "signed_papers"

// SignedDocument is the newest signature of a participation on paper.
func (s *Service) SignedDocument(ctx context.Context, p participants.Participation) ([]byte, error) {
	m, err := s.newestSignature(ctx, p)
	if err != nil {
		return nil, err
	}
	papers, err := s.papersOf(ctx, p, m)
	return papers.PDF, err
}

// SignedPage is the newest signature of a participation in words, for a page: what its papers say.
func (s *Service) SignedPage(ctx context.Context, p participants.Participation) (letter.Document, error) {
	m, err := s.newestSignature(ctx, p)
	if err != nil {
		return letter.Document{}, err
	}
	return s.signedWords(ctx, p, m)
}

func (s *Service) newestSignature(ctx context.Context, p participants.Participation) (participants.Mandate, error) {
	all, err := participants.Signatures(ctx, s.db, p.ID)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return participants.Mandate{}, err
	}
	return all[0], nil
}

// papersOf gives the papers of a signature as they were first given out; the first time it makes them.
func (s *Service) papersOf(ctx context.Context, p participants.Participation, m participants.Mandate) (SignedPapers, error) {
	kept, err := take(ctx, table.Of[keptPapers](s.db).Where("mandate_id = ?", m.ID))
	if errors.Is(err, ErrNotFound) {
		if kept, err = s.keepPapers(ctx, p, m); err != nil {
			return SignedPapers{}, err
		}
	} else if err != nil {
		return SignedPapers{}, err
	}
	key, err := s.vault.OpenKey(p.KeyWrapped)
	if err != nil {
		return SignedPapers{}, err
	}
	pdf, err1 := key.Unseal(kept.PDF, aboutPapers+".pdf")
	html, err2 := key.Unseal(kept.HTML, aboutPapers+".html")
	if err1 != nil || err2 != nil || string(papersHash(pdf, html)) != string(kept.SHA256) {
		return SignedPapers{}, fmt.Errorf("%w: papers of mandate %d: %w", ErrTampered, m.ID, errors.Join(err1, err2))
	}
	return SignedPapers{pdf, html}, nil
}

// keepPapers makes the papers and keeps them. Two at once keep one: whoever was first.
func (s *Service) keepPapers(ctx context.Context, p participants.Participation, m participants.Mandate) (keptPapers, error) {
	doc, err := s.signedWords(ctx, p, m)
	if err != nil {
		return keptPapers{}, err
	}
	pdf, err := letter.PDF(doc)
	if err != nil {
		return keptPapers{}, err
	}
	html := letter.HTML(doc)
	key, err := s.vault.OpenKey(p.KeyWrapped)
	if err != nil {
		return keptPapers{}, err
	}
	kept := keptPapers{MandateID: m.ID, SHA256: papersHash(pdf, html), MadeAt: s.db.NowFunc()}
	if kept.PDF, err = key.Seal(pdf, aboutPapers+".pdf"); err != nil {
		return kept, err
	}
	if kept.HTML, err = key.Seal(html, aboutPapers+".html"); err != nil {
		return kept, err
	}
	if err := table.Of[keptPapers](s.db, clause.OnConflict{DoNothing: true}).Create(ctx, &kept); err != nil {
		return kept, err
	}
	return take(ctx, table.Of[keptPapers](s.db).Where("mandate_id = ?", m.ID))
}

func papersHash(pdf, html []byte) []byte {
	h := sha256.New()
	h.Write(pdf)
	h.Write(html)
	return h.Sum(nil)
}

// signedWords is one signature in words, from its sealed record alone.
func (s *Service) signedWords(ctx context.Context, p participants.Participation, m participants.Mandate) (letter.Document, error) {
	r, err := participants.OpenRecord(s.vault, p, m)
	if err != nil {
		return letter.Document{}, err
	}
	c, err := s.Claim(ctx, p.ClaimID)
	if err != nil {
		return letter.Document{}, err
	}
	from, err := s.letterhead(ctx)
	if err != nil {
		return letter.Document{}, err
	}
	paper := signedPaper(c, r)
	paper.Sender, paper.RecordSHA = from, hex.EncodeToString(m.RecordSHA256)
	doc, err := paper.Document(letter.Lang(r.Lang))
	if err != nil {
		return doc, fmt.Errorf("mandate %d: %w", m.ID, err)
	}
	return doc, nil
}
