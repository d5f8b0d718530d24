package payments

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// settlement is money that is expected.
type settlement struct {
	ID, ClaimID   int64
	Reference     string
	PotCents      Cents
	ReceivedCents Cents
}

const settlementColumns = `s.id, s.claim_id, s.reference, s.pot_cents,
	(SELECT coalesce(sum(m.amount_cents), 0)::bigint FROM line_matches m WHERE m.settlement_id = s.id) AS received_cents FROM settlements s`

// expectedMoney is every settlement there is; there is one for each claim.
func expectedMoney(ctx context.Context, db *gorm.DB) ([]settlement, error) {
	var all []settlement
	if err := db.WithContext(ctx).Raw(`SELECT ` + settlementColumns + ` ORDER BY s.id`).Scan(&all).Error; err != nil {
		return nil, fmt.Errorf("settlements: %w", err)
	}
	return all, nil
}

// settlementNamed is the settlement of which the reference stands in a line, as a word of its own.
func settlementNamed(all []settlement, l Line) int64 {
	var found int64
	text := strings.ToUpper(l.Remittance + " " + l.EndToEndID)
	for _, s := range all {
		switch {
		case !word(text, strings.ToUpper(s.Reference)):
		case found != 0:
			return manyNamed
		default:
			found = s.ID
		}
	}
	return found
}

func word(text, part string) bool {
	for from := 0; ; {
		at := strings.Index(text[from:], part)
		if at < 0 {
			return false
		}
		at += from
		end := at + len(part)
		if (at == 0 || !alnum(text[at-1])) && (end == len(text) || !alnum(text[end])) {
			return true
		}
		from = at + 1
	}
}

func alnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// manyNamed means that a line names more than one settlement.
const manyNamed = -1
