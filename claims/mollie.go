package claims

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
)

// FetchSettlements reads what Mollie paid out to the bank, asks about payments in it of which the news was missed,
// and books transfers that were on a bank statement before. It tells how many settlements are new.
func (s *Service) FetchSettlements(ctx context.Context) (int, error) {
	stored, ask, err := s.money.FetchSettlements(ctx)
	err = errors.Join(err, s.askAbout(ctx, ask))
	if stored == 0 {
		return 0, err
	}
	by := audit.System("mollie")
	return stored, errors.Join(err, s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		booked, err := s.money.MatchOpen(ctx, tx, by)
		if err != nil {
			return err
		}
		return s.act(ctx, tx, by, booked)
	}))
}
