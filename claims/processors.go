package claims

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
)

// ErrProcessor means that a processor lacks its name, its country in two capitals, or what it does in both languages.
var ErrProcessor = errors.New("a processor has a name, a country and what it does in both languages")

// KeptProcessor is a company that works with people's data for the foundation
// (GDPR art. 28), as the privacy officer keeps it. What changed is written
// again, and takes the place of what it replaces.
type KeptProcessor struct {
	ID         int64
	Name       string
	Country    string     // two capitals, ISO 3166-1
	PurposeNL  string     `gorm:"column:purpose_nl"`
	PurposeEN  string     `gorm:"column:purpose_en"`
	CheckedOn  time.Time  // when the contract was last looked at
	EndedOn    *time.Time // works for the foundation no more
	ReplacesID *int64
	RecordedBy audit.Actor
	RecordedAt time.Time
}

// TableName is the table of the processors.
func (KeptProcessor) TableName() string { return "processors" }

// contractKept is after how many days a contract has to be looked at again before a claim opens.
const contractKept = 365

// Stale reports whether the contract was not looked at for a year.
func (p KeptProcessor) Stale(now time.Time) bool {
	return p.CheckedOn.Before(locale.Today(now).AddDate(0, 0, -contractKept))
}

// Public is the processor as it is told in public.
func (p KeptProcessor) Public() Processor {
	return Processor{Name: p.Name, Country: p.Country, PurposeNL: p.PurposeNL, PurposeEN: p.PurposeEN, CheckedOn: p.CheckedOn.Format(time.DateOnly)}
}

// Processors lists who works with people's data for the foundation now, by name.
func (s *Service) Processors(ctx context.Context) ([]KeptProcessor, error) {
	return processorsNow(ctx, s.db)
}

func processorsNow(ctx context.Context, db *gorm.DB) ([]KeptProcessor, error) {
	return table.Of[KeptProcessor](db).Where("ended_on IS NULL AND id NOT IN (SELECT replaces_id FROM processors WHERE replaces_id IS NOT NULL)").Order("name, id").Find(ctx)
}

// KeepProcessor writes down a processor, or what changed about one: ReplacesID says which.
func (s *Service) KeepProcessor(ctx context.Context, by audit.Actor, p KeptProcessor) error {
	var errs [3]error
	p.Name, errs[0] = wordsOf(p.Name)
	p.PurposeNL, errs[1] = wordsOf(p.PurposeNL)
	p.PurposeEN, errs[2] = wordsOf(p.PurposeEN)
	switch err := errors.Join(errs[:]...); {
	case err != nil:
		return err
	case p.Name == "" || p.PurposeNL == "" || p.PurposeEN == "" || !prefixForm.MatchString(p.Country):
		return ErrProcessor
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		p.ID, p.RecordedBy, p.RecordedAt = 0, by, tx.NowFunc()
		today := locale.Today(p.RecordedAt)
		if p.CheckedOn.After(today) || p.EndedOn != nil && p.EndedOn.After(today) {
			return ErrAhead
		}
		return keepProcessor(ctx, tx, by, p)
	})
}

func keepProcessor(ctx context.Context, tx *gorm.DB, by audit.Actor, p KeptProcessor) error {
	if p.ReplacesID != nil {
		if _, err := take(ctx, table.Of[KeptProcessor](tx).Where("id = ? AND ended_on IS NULL", *p.ReplacesID)); err != nil {
			return err
		}
	}
	if err := table.Of[KeptProcessor](tx, clause.OnConflict{Columns: []clause.Column{{Name: "replaces_id"}}, DoNothing: true}).Create(ctx, &p); err != nil {
		return err
	}
	if p.ID == 0 {
		return ErrNotFound // another took its place already
	}
	return audit.Record(ctx, tx, by, "processor.kept", fmt.Sprintf("processor:%d", p.ID), map[string]any{"ended": p.EndedOn != nil})
}

// importProcessors brings in the processors of a foundation's file: those that are new, and those whose contract was
// looked at later than the register says. Who is not in the file stays: the register is the privacy officer's.
func importProcessors(ctx context.Context, tx *gorm.DB, by audit.Actor, listed []Processor) error {
	now, err := processorsNow(ctx, tx)
	if err != nil {
		return err
	}
	known := make(map[string]KeptProcessor, len(now))
	for _, p := range now {
		known[p.Name] = p
	}
	for _, l := range listed {
		checked, err := time.Parse(time.DateOnly, l.CheckedOn)
		if err != nil {
			return fmt.Errorf("%w: checked_on of %s: %w", ErrContent, l.Name, err)
		}
		p := KeptProcessor{Name: l.Name, Country: l.Country, PurposeNL: l.PurposeNL, PurposeEN: l.PurposeEN, CheckedOn: checked, RecordedBy: by, RecordedAt: tx.NowFunc()}
		if old, ok := known[l.Name]; ok {
			if !checked.After(old.CheckedOn) {
				continue
			}
			p.ReplacesID = &old.ID
		}
		if err := keepProcessor(ctx, tx, by, p); err != nil {
			return err
		}
	}
	return nil
}
