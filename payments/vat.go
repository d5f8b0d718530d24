package payments

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"samenclaim/internal/audit"
)

// ErrVAT means a rate of VAT that cannot be set: none at all, or for days that were invoiced or that have a rate.
var ErrVAT = errors.New("this rate of VAT cannot be set: a rate is from 0 to 10000 basis points, for days that were not invoiced and have no rate of their own")

// SetVAT sets the rate of VAT of a claim, in basis points, from a day on.
func (s *Service) SetVAT(ctx context.Context, by audit.Actor, claimID int64, from time.Time, rateBP int64) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		// Bookings of the bank number under this lock: none is under way with the rate of before.
		err := tx.Exec(`SELECT pg_advisory_xact_lock(hashtext('invoices'))`).Error
		if err == nil {
			err = tx.Exec(`INSERT INTO vat_rates (claim_id, from_on, rate_bp) VALUES (?, ?, ?)`, claimID, from.Format(time.DateOnly), rateBP).Error
		}
		var bad *pgconn.PgError
		if errors.As(err, &bad) || errors.Is(err, gorm.ErrDuplicatedKey) || errors.Is(err, gorm.ErrCheckConstraintViolated) {
			return ErrVAT
		}
		if err != nil {
			return fmt.Errorf("set the rate of VAT: %w", err)
		}
		return audit.Record(ctx, tx, by, "vat.set", fmt.Sprintf("claim:%d", claimID), map[string]any{"from": from.Format(time.DateOnly), "rate_bp": rateBP})
	})
}
