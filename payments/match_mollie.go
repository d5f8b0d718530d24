package payments

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"gorm.io/gorm"
)

// mollieReferences are what Mollie writes on its transfers, such as 1234567.2404.03.
var mollieReferences = regexp.MustCompile(`\b[0-9]{4,10}\.[0-9]{4}\.[0-9]{2,4}\b`)

// mollieReference is the reference of Mollie in a line; empty when it has none, or more than one.
func mollieReference(l Line) string {
	text := l.Remittance + " " + l.EndToEndID
	if l.AmountCents <= 0 || strings.Count(text, ".") < 2 {
		return ""
	}
	found := ""
	for _, one := range mollieReferences.FindAllString(text, -1) {
		if found != "" && one != found {
			return ""
		}
		found = one
	}
	return found
}

// matchTransfers finds the transfers from Mollie among the lines on the stage that are nothing else: by the reference
// and the amount, each settlement once.
func matchTransfers(ctx context.Context, tx *gorm.DB) error {
	err := tx.WithContext(ctx).Exec(`INSERT INTO findings (n, kind, mollie_settlement_id)
		SELECT DISTINCT ON (m.id) l.n, 'mollie', m.id FROM stage l JOIN mollie_settlements m ON m.reference = l.mollie_reference AND m.amount_cents = l.amount_cents
		WHERE l.mollie_reference <> '' AND NOT EXISTS (SELECT FROM findings f WHERE f.n = l.n)
		AND NOT EXISTS (SELECT FROM line_matches x WHERE x.mollie_settlement_id = m.id) ORDER BY m.id, l.n`).Error
	if err != nil {
		return fmt.Errorf("match transfers from Mollie: %w", err)
	}
	return nil
}

// explainMollie says of open lines that name a transfer of Mollie why they are open.
func explainMollie(ctx context.Context, db *gorm.DB, lines []Line) error {
	at := map[string][]int{}
	var references []string
	for i, l := range lines {
		if ref := mollieReference(l); ref != "" && l.Why == WhyUnknown {
			at[ref] = append(at[ref], i)
			references = append(references, ref)
		}
	}
	if len(references) == 0 {
		return nil
	}
	var known []struct {
		Reference   string
		AmountCents Cents
		Matched     bool
	}
	err := db.WithContext(ctx).Raw(`SELECT m.reference, m.amount_cents, EXISTS (SELECT FROM line_matches x WHERE x.mollie_settlement_id = m.id) AS matched
		FROM mollie_settlements m WHERE m.reference IN ?`, references).Scan(&known).Error
	if err != nil {
		return fmt.Errorf("explain open lines: %w", err)
	}
	for _, named := range at {
		for _, i := range named {
			lines[i].Why = WhyNotFetched
		}
	}
	for _, m := range known {
		for _, i := range at[m.Reference] {
			switch {
			case m.Matched:
				lines[i].Why = WhyBookedBefore
			case m.AmountCents != lines[i].AmountCents:
				lines[i].Why = WhyAmount
			default:
				lines[i].Why = WhyFits
			}
		}
	}
	return nil
}
