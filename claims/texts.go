package claims

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/participants"
	"samenclaim/payments"
)

// ErrTextVersion means that a text with this version exists with other words:
// what people have read is never changed, it gets a new version.
var ErrTextVersion = errors.New("this version of the text exists with other words")

// Texts returns the current version of every text of a claim in a language, by key.
func (s *Service) Texts(ctx context.Context, claimID int64, lang string) (map[string]participants.Text, error) {
	published, err := s.published(ctx, s.db, claimID, lang)
	return maps.Clone(published), err
}

// published are the current texts of a claim in a language. Texts are only
// added, so as long as no other is out, what was read before is still current:
// every page has texts, and they are long.
func (s *Service) published(ctx context.Context, db *gorm.DB, claimID int64, lang string) (map[string]participants.Text, error) {
	var newest shelf
	now := db.NowFunc()
	err := db.WithContext(ctx).Raw(`SELECT count(*), coalesce(max(id), 0) FROM texts WHERE claim_id = ? AND lang = ? AND published_at <= ?`, claimID, lang, now).
		Row().Scan(&newest.count, &newest.last)
	if err != nil {
		return nil, err
	}
	if texts := s.shelves.get(claimID, lang, newest); texts != nil {
		return texts, nil
	}
	var rows []participants.Text
	err = db.WithContext(ctx).Raw(`SELECT DISTINCT ON (key) id, kind, key, lang, version, title, body, source, source_date, sha256, published_at
		FROM texts WHERE claim_id = ? AND lang = ? AND published_at <= ? ORDER BY key, published_at DESC, id DESC`, claimID, lang, now).Scan(&rows).Error
	if err != nil {
		return nil, err
	}
	newest.texts = make(map[string]participants.Text, len(rows))
	for _, t := range rows {
		newest.texts[t.Key] = t
	}
	s.shelves.put(claimID, lang, newest)
	return newest.texts, nil
}

// Text returns one version of a text, for whoever wants to read what they read then.
func (s *Service) Text(ctx context.Context, claimID, id int64) (participants.Text, error) {
	return take(ctx, table.Of[participants.Text](s.db).Where("id = ? AND claim_id = ?", id, claimID))
}

// ImportClaim makes a claim of its file, as a draft, or brings its texts and
// facts up to date. The same file twice changes nothing.
func (s *Service) ImportClaim(ctx context.Context, by audit.Actor, in ClaimFile) (Claim, error) {
	c, err := claimOf(in)
	if err != nil {
		return c, err
	}
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		old, err := take(ctx, table.Of[Claim](tx, clause.Locking{Strength: "UPDATE"}).Where("slug = ?", in.Slug)) // whoever is signing comes first
		switch {
		case errors.Is(err, ErrNotFound):
			c.Status, c.CreatedAt = Draft, tx.NowFunc()
			err = table.Of[Claim](tx).Create(ctx, &c)
		case err == nil && old.Status != Draft && old.Terms() != c.Terms():
			err = fmt.Errorf("%w: the fee terms of an open claim stay as people signed them", ErrContent)
		case err == nil:
			c.ID = old.ID
			if old.Status != Draft && c.LimitationOn.After(old.LimitationOn) {
				return fmt.Errorf("%w: known_on of an open claim can turn out to be earlier, not later", ErrContent)
			}
			err = updateClaim(ctx, tx, old, c)
		}
		if err != nil {
			return err
		}
		for _, t := range in.Texts {
			if err := importText(ctx, tx, c.ID, t); err != nil {
				return err
			}
		}
		if err := importFacts(ctx, tx, by, c.ID, in.Facts); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "claim.imported", fmt.Sprintf("claim:%d", c.ID), nil)
	})
	if err != nil {
		return c, err
	}
	return s.Claim(ctx, c.ID)
}

// updateClaim changes the words about a claim; its class and period only while it is a draft.
func updateClaim(ctx context.Context, tx *gorm.DB, old, c Claim) error {
	columns := []any{"NameEN", "DefendantName", "DefendantAddress", "Articles", "DemandNL", "DemandEN", "TermDays", "Counters", "KnownOn", "LimitationOn"}
	if old.Status == Draft {
		columns = append(columns, "MaxAwardCents", "FlatFeeCents", "RateBP", "CapBP", "VATBP", "ClassNL", "ClassEN", "PeriodFrom", "PeriodTo", "Service", "Countries", "LatePolicy", "LatePriceCents")
	}
	if old.CutoffAt == nil {
		if err := announce(ctx, tx, old, &c); err != nil {
			return err
		}
		columns = append(columns, "ClosesPlannedAt", "ClosesAt")
	}
	_, err := table.Of[Claim](tx).Where("id = ?", old.ID).Select("NameNL", columns...).Updates(ctx, c)
	return err
}

// importText adds a version of a text, unless it is there already with the same words.
func importText(ctx context.Context, tx *gorm.DB, claimID int64, t Text) error {
	published, err := time.Parse("2006-01", t.Version)
	if err != nil {
		return fmt.Errorf("%w: version %q of %s is not a month", ErrContent, t.Version, t.Key)
	}
	var same *bool
	err = tx.WithContext(ctx).Raw(`SELECT title = ? AND body = ? FROM texts WHERE claim_id = ? AND key = ? AND lang = ? AND version = ?`,
		t.Title, t.Body, claimID, t.Key, t.Lang, t.Version).Scan(&same).Error
	switch {
	case err != nil:
		return err
	case same != nil && !*same:
		return fmt.Errorf("%w: %s (%s) differs from %s, give it a new version", ErrTextVersion, t.Key, t.Lang, t.Version)
	case same != nil:
		return nil
	}
	var sourceDate any
	if t.SourceDate != "" {
		sourceDate = t.SourceDate
	}
	return tx.WithContext(ctx).Exec(`INSERT INTO texts (claim_id, kind, key, lang, version, title, body, source, source_date, sha256, published_at)
		VALUES (@claim, @kind, @key, @lang, @version, @title, @body, @source, @date, sha256(convert_to(@title || E'\n' || @body, 'UTF8')), @published)`,
		map[string]any{
			"claim": claimID, "kind": t.Kind, "key": t.Key, "lang": t.Lang, "version": t.Version, "title": t.Title, "body": t.Body,
			"source": t.Source, "date": sourceDate, "published": published,
		}).Error
}

func claimOf(in ClaimFile) (Claim, error) {
	counters, err1 := json.Marshal(in.Counters)
	from, err3 := time.Parse(time.DateOnly, in.PeriodFrom)
	to, err4 := time.Parse(time.DateOnly, in.PeriodTo)
	known, err5 := time.Parse(time.DateOnly, in.KnownOn)
	closes, err6 := closing(in.ClosesAt)
	countries, err7 := json.Marshal(slices.Concat([]string{}, in.Countries))
	policy, price := cmp.Or(in.LatePolicy, LateWaitlist), (*payments.Cents)(nil)
	if in.LatePriceCents != 0 {
		cents := payments.Cents(in.LatePriceCents)
		price = &cents
	}
	return Claim{
		Slug: in.Slug, NameNL: in.NameNL, NameEN: in.NameEN, DefendantName: in.DefendantName, DefendantAddress: in.DefendantAddress,
		NumberPrefix: in.NumberPrefix, MaxAwardCents: payments.Cents(in.MaxAwardCents), FlatFeeCents: payments.Cents(in.FlatFeeCents),
		RateBP: in.RateBP, CapBP: in.CapBP, VATBP: in.VATBP, ClassNL: in.ClassNL, ClassEN: in.ClassEN, PeriodFrom: from, PeriodTo: to,
		KnownOn: &known, LimitationOn: FirstTerm(known, from), Articles: in.Articles, DemandNL: in.DemandNL, DemandEN: in.DemandEN, TermDays: in.TermDays,
		Counters: counters, Service: in.Service, Countries: countries, LatePolicy: &policy, LatePriceCents: price,
		ClosesPlannedAt: closes, ClosesAt: closes,
	}, errors.Join(err1, err3, err4, err5, err6, err7)
}

// Terms are the fee terms that everybody in the claim signed.
func (c Claim) Terms() FeeTerms {
	return FeeTerms{FlatCents: c.FlatFeeCents, RateBP: c.RateBP, CapBP: c.CapBP}
}

// shown is a text as it stands in a record of signature.
func shown(t participants.Text) participants.ShownText {
	return participants.ShownText{ID: t.ID, Version: t.Version, Lang: t.Lang, Title: t.Title, Body: t.Body, SHA256: hex.EncodeToString(t.SHA256)}
}
