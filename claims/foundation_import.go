package claims

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"filippo.io/age"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/participants"
)

// Foundation returns the foundation this installation serves; at most ten seconds old.
func (s *Service) Foundation(ctx context.Context) (Foundation, error) {
	c := &s.foundation
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := s.db.NowFunc(); c.at.IsZero() || now.Sub(c.at) > foundationKept {
		f, err := take(ctx, table.Of[Foundation](s.db).Where("true"))
		if err != nil {
			return f, err
		}
		c.value, c.at = f, now
	}
	return c.value, nil
}

// ImportFoundation writes down who the foundation is, or what changed about it.
func (s *Service) ImportFoundation(ctx context.Context, by audit.Actor, in FoundationFile) error {
	if _, err := participants.ParseIBAN(in.IBAN); err != nil {
		return fmt.Errorf("%w: iban: %w", ErrContent, err)
	}
	if in.LawyerRecipient != "" {
		if _, err := age.ParseX25519Recipient(in.LawyerRecipient); err != nil {
			return fmt.Errorf("%w: lawyer_recipient: %w", ErrContent, err)
		}
	}
	people, err := json.Marshal(in.People)
	if err != nil {
		return err
	}
	papers, err := json.Marshal(slices.Concat([]FoundationPaper{}, in.Papers))
	if err != nil {
		return err
	}
	f := Foundation{
		Name: in.Name, LegalName: in.LegalName, RegisterNumber: in.RegisterNumber, VATNumber: in.VATNumber, Street: in.Street, Postcode: in.Postcode, City: in.City,
		PostalAddress: in.PostalAddress, Email: in.Email, Phone: in.Phone, PhoneHoursNL: in.PhoneHoursNL, PhoneHoursEN: in.PhoneHoursEN,
		IBAN: in.IBAN, BIC: in.BIC, LogoSVG: in.LogoSVG, ThemeColor: in.ThemeColor, FoundedYear: in.FoundedYear, Website: in.Website,
		SignatoryName: in.SignatoryName, SignatoryRole: in.SignatoryRole, People: people, Papers: papers, LawyerRecipient: in.LawyerRecipient, UpdatedAt: s.db.NowFunc(),
	}
	defer s.foundation.forget()
	return s.transaction(ctx, func(tx *gorm.DB) error {
		old, err := table.Of[Foundation](tx, clause.Locking{Strength: "UPDATE"}).Where("true").Find(ctx)
		if err != nil {
			return err
		}
		if len(old) == 0 {
			err = table.Of[Foundation](tx).Create(ctx, &f)
		} else {
			f.ID = old[0].ID
			_, err = table.Of[Foundation](tx).Where("id = ?", f.ID).Select("*").Omit("ID").Updates(ctx, f)
		}
		if err != nil {
			return err
		}
		if err := importProcessors(ctx, tx, by, in.Processors); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "foundation.imported", "foundation:1", nil)
	})
}
