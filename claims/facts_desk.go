package claims

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
)

// mostFact is how many signs a statement, a quote or a reason has at most.
const mostFact = 1000

// Citation is a letter that cites a version of a fact.
type Citation struct {
	Ordinal, Version int
	Status           string // of the letter
}

// Fact lists the versions of one fact, newest first, and the letters that cite it.
func (s *Service) Fact(ctx context.Context, claimID int64, code string) (versions []LibraryFact, cited []Citation, err error) {
	versions, err = table.Of[LibraryFact](s.db).Where("claim_id = ? AND code = ?", claimID, code).Order("version DESC").Find(ctx)
	if err == nil && len(versions) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, nil, err
	}
	err = s.db.WithContext(ctx).Raw(`SELECT l.ordinal, l.status, greatest(coalesce((e->>'Version')::int, 1), 1) AS version
		FROM letters l, jsonb_array_elements(CASE jsonb_typeof(l.fields->'Events') WHEN 'array' THEN l.fields->'Events' ELSE '[]' END) e
		WHERE l.claim_id = ? AND e->>'ID' = ? ORDER BY l.ordinal`, claimID, code).Scan(&cited).Error
	return versions, cited, err
}

// AddFact writes a new fact down, with the next free code. It counts when somebody else publishes it. Sent twice it is one fact.
func (s *Service) AddFact(ctx context.Context, by audit.Actor, claimID int64, f LibraryFact) (code string, err error) {
	if f, err = f.clean(s.db.NowFunc()); err != nil {
		return "", err
	}
	f.Reason = ""
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		if _, err := lockClaim(ctx, tx, claimID); err != nil {
			return err
		}
		err := tx.WithContext(ctx).Raw(`SELECT 'F' || lpad((coalesce(max(substring(code FROM '^F([0-9]{1,6})$')::int), 0) + 1)::text, 2, '0') FROM facts WHERE claim_id = ?`, claimID).Scan(&f.Code).Error
		if err != nil {
			return err
		}
		f.ClaimID, f.Version = claimID, 1
		code, err = writeFact(ctx, tx, by, f)
		return err
	})
	return code, err
}

// CorrectFact writes the next version of a fact, made of the version that was seen. It counts when somebody else publishes it.
func (s *Service) CorrectFact(ctx context.Context, by audit.Actor, claimID int64, code string, seen int, f LibraryFact) error {
	f, err := f.clean(s.db.NowFunc())
	if err != nil {
		return err
	}
	if f.Reason == "" {
		return ErrReason
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		newest, err := lockFact(ctx, tx, claimID, code)
		if err != nil {
			return err
		}
		if newest.RequestID == f.RequestID {
			return nil // sent twice
		}
		if newest.Version != seen {
			return ErrFactStale
		}
		f.ClaimID, f.Code, f.Version = claimID, code, newest.Version+1
		_, err = writeFact(ctx, tx, by, f)
		return err
	})
}

// PublishFact makes the newest version of a fact count. It takes another person than who wrote it.
func (s *Service) PublishFact(ctx context.Context, by audit.Actor, claimID int64, code string, version int) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		f, err := lockFact(ctx, tx, claimID, code)
		if err != nil {
			return err
		}
		switch {
		case f.Version != version:
			return ErrFactStale
		case f.PublishedAt != nil:
			return ErrWrongState
		case f.WrittenBy == by:
			return ErrSamePerson
		}
		now := tx.NowFunc()
		n, err := table.Of[LibraryFact](tx).Where("id = ? AND published_at IS NULL", f.ID).Updates(ctx, LibraryFact{PublishedBy: &by, PublishedAt: &now})
		if err == nil && n != 1 {
			err = ErrWrongState
		}
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "fact.published", claimSubject(claimID), map[string]any{"fact": code, "version": version})
	})
}

// lockFact reads the newest version of a fact; the claim keeps others off.
func lockFact(ctx context.Context, tx *gorm.DB, claimID int64, code string) (LibraryFact, error) {
	if _, err := lockClaim(ctx, tx, claimID); err != nil {
		return LibraryFact{}, err
	}
	return take(ctx, table.Of[LibraryFact](tx).Where("claim_id = ? AND code = ?", claimID, code).Order("version DESC"))
}

// writeFact adds a version, and returns the code under which it stands.
func writeFact(ctx context.Context, tx *gorm.DB, by audit.Actor, f LibraryFact) (string, error) {
	f.ID, f.WrittenBy, f.WrittenAt, f.Imported, f.PublishedBy, f.PublishedAt = 0, by, tx.NowFunc(), false, nil, nil
	once := clause.OnConflict{Columns: []clause.Column{{Name: "request_id"}}, DoNothing: true}
	if err := table.Of[LibraryFact](tx, once).Create(ctx, &f); err != nil {
		return "", err
	}
	if f.ID == 0 { // sent twice
		before, err := take(ctx, table.Of[LibraryFact](tx).Where("request_id = ? AND claim_id = ?", f.RequestID, f.ClaimID))
		return before.Code, err
	}
	return f.Code, audit.Record(ctx, tx, by, "fact.written", claimSubject(f.ClaimID), map[string]any{"fact": f.Code, "version": f.Version})
}

// clean takes what was typed as it can be shown, or says what is wrong.
func (f LibraryFact) clean(now time.Time) (LibraryFact, error) {
	for _, text := range []*string{&f.StatementNL, &f.StatementEN, &f.Quote, &f.SourceNL, &f.SourceEN, &f.SourceURL, &f.WhenNL, &f.WhenEN, &f.Reason} {
		*text = oneLine(*text)
		if utf8.RuneCountInString(*text) > mostFact || strings.IndexFunc(*text, hidden) >= 0 || !utf8.ValidString(*text) {
			return f, ErrFact
		}
	}
	address, err := url.Parse(f.SourceURL)
	switch {
	case f.StatementNL == "" || f.StatementEN == "" || f.SourceNL == "" || f.SourceEN == "" || f.WhenNL == "" || f.WhenEN == "" || f.RequestID == "":
		return f, ErrFact
	case f.Grade != FactGrades[0] && f.Grade != FactGrades[1] && f.Grade != FactGrades[2]:
		return f, ErrFactGrade
	case f.CheckedOn.IsZero() || f.CheckedOn.After(locale.Today(now)):
		return f, ErrFactChecked
	case f.SourceURL != "" && (err != nil || address.Scheme != "https" || address.Host == ""):
		return f, ErrFactURL
	}
	return f, nil
}
