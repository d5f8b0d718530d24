package ledger

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Balance is what stands on an account.
type Balance struct {
	Account, NameNL, NameEN, Kind string
	ClientMoney                   bool
	DebitCents, CreditCents       int64 // turnover on each side
}

// NetCents is debit less credit.
func (b Balance) NetCents() int64 { return b.DebitCents - b.CreditCents }

// Balances gives every account with what was booked on it up to and including a day; the zero day is all of it.
func Balances(ctx context.Context, db *gorm.DB, until time.Time) ([]Balance, error) {
	if until.IsZero() {
		until = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	return balances(ctx, db, "j.booked_on <= ?::date", until.Format(time.DateOnly))
}

// BalancesOfClaim gives every account with what was booked on it for one claim.
func BalancesOfClaim(ctx context.Context, db *gorm.DB, claimID int64) ([]Balance, error) {
	return balances(ctx, db, "j.claim_id = ?", claimID)
}

func balances(ctx context.Context, db *gorm.DB, of string, arg any) (all []Balance, err error) {
	err = db.WithContext(ctx).Raw(`
		SELECT a.code AS account, a.name_nl, a.name_en, a.kind, a.client_money,
			coalesce(sum(e.amount_cents) FILTER (WHERE e.amount_cents > 0), 0) AS debit_cents,
			coalesce(-sum(e.amount_cents) FILTER (WHERE e.amount_cents < 0), 0) AS credit_cents
		FROM accounts a LEFT JOIN (entries e JOIN journals j ON j.id = e.journal_id AND `+of+`) ON e.account = a.code
		GROUP BY a.code ORDER BY a.code`, arg).Scan(&all).Error
	if err != nil {
		return nil, fmt.Errorf("balances: %w", err)
	}
	return all, nil
}

// BalanceOf is debit less credit of one account, in cents.
func BalanceOf(ctx context.Context, db *gorm.DB, account string) (int64, error) {
	var cents int64
	err := db.WithContext(ctx).Raw(`SELECT coalesce(sum(amount_cents), 0) FROM entries WHERE account = ?`, account).Scan(&cents).Error
	if err != nil {
		return 0, fmt.Errorf("balance of %s: %w", account, err)
	}
	return cents, nil
}

// BalancesAbout is debit less credit per account, of the lines about one participation.
func BalancesAbout(ctx context.Context, db *gorm.DB, participationID int64) (map[string]int64, error) {
	var rows []struct {
		Account     string
		AmountCents int64
	}
	err := db.WithContext(ctx).Raw(`SELECT account, sum(amount_cents) AS amount_cents FROM entries
		WHERE participation_id = ? GROUP BY account`, participationID).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("balances about one participation: %w", err)
	}
	out := make(map[string]int64, len(rows))
	for _, r := range rows {
		out[r.Account] = r.AmountCents
	}
	return out, nil
}
