package claims

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
)

// Disclosure is a request by others for people's data, or a breach, as the
// foundation tells the public about it. It names nobody.
type Disclosure struct {
	ID         int64
	ClaimID    *int64 // nil: about the foundation as a whole
	Kind       string
	HappenedOn time.Time
	Outcome    string
	People     int64  // about how many
	SummaryNL  string `gorm:"column:summary_nl"`
	SummaryEN  string `gorm:"column:summary_en"`
	ReplacesID *int64
	RecordedBy audit.Actor
	RecordedAt time.Time
}

// The kinds of disclosures.
const (
	ByAuthority  = "authority"
	ByThirdParty = "third_party"
	Breach       = "breach"
)

// Outcomes are how each kind can have ended, in the order in which they are offered.
var Outcomes = map[string][]string{
	ByAuthority:  {"pending", "given", "partly", "refused"},
	ByThirdParty: {"pending", "given", "partly", "refused"},
	Breach:       {"told", "not_told"},
}

// MostPeople is about how many people a disclosure can be.
const MostPeople = 100_000_000

var (
	// ErrDisclosure means that a kind and an outcome do not go together, or that words or a sensible number are missing.
	ErrDisclosure = errors.New("this cannot be told about a disclosure")
	// ErrAhead means a day that has not come yet.
	ErrAhead = errors.New("that day has not come yet")
)

// RecordDisclosure writes down what the public account tells about a request
// or a breach. One that replaces another takes its place; the old one stays in the database.
func (s *Service) RecordDisclosure(ctx context.Context, by audit.Actor, d Disclosure) error {
	var errs [2]error
	d.SummaryNL, errs[0] = wordsOf(d.SummaryNL)
	d.SummaryEN, errs[1] = wordsOf(d.SummaryEN)
	switch err := errors.Join(errs[:]...); {
	case err != nil:
		return err
	case !slices.Contains(Outcomes[d.Kind], d.Outcome) || d.SummaryNL == "" || d.SummaryEN == "" || d.People < 0 || d.People > MostPeople:
		return ErrDisclosure
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		d.RecordedBy, d.RecordedAt = by, tx.NowFunc()
		if d.HappenedOn.After(locale.Today(d.RecordedAt)) {
			return ErrAhead
		}
		if d.ReplacesID != nil {
			if _, err := take(ctx, table.Of[Disclosure](tx).Where("id = ?", *d.ReplacesID)); err != nil {
				return err
			}
		}
		if err := table.Of[Disclosure](tx, clause.OnConflict{Columns: []clause.Column{{Name: "replaces_id"}}, DoNothing: true}).Create(ctx, &d); err != nil {
			return err
		}
		if d.ID == 0 {
			return ErrNotFound // another took its place already
		}
		return audit.Record(ctx, tx, by, "disclosure.recorded", fmt.Sprintf("disclosure:%d", d.ID), map[string]any{"kind": d.Kind, "outcome": d.Outcome})
	})
}

// Disclosures lists what stands, of a claim and of the foundation as a whole, newest first. Claim 0 is all of it.
func (s *Service) Disclosures(ctx context.Context, claimID int64) ([]Disclosure, error) {
	return table.Of[Disclosure](s.db).Where("(? = 0 OR claim_id = ? OR claim_id IS NULL) AND id NOT IN (SELECT replaces_id FROM disclosures WHERE replaces_id IS NOT NULL)", claimID, claimID).
		Order("happened_on DESC, id DESC").Limit(200).Find(ctx)
}
