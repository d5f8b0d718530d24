package payments

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"samenclaim/payments/ledger"
)

// Moved is money of a claim that came in or went out, by what it was.
type Moved struct {
	Kind     string // a key of publicKinds
	InCents  Cents
	OutCents Cents
}

// ClaimMoney is what the books say of one claim, for everybody to read.
type ClaimMoney struct {
	Moved    []Moved
	Held     Cents // in the bank and at Mollie
	Balances []ledger.Balance
}

// publicKinds are the kinds of movement that the public account tells apart, in its order, with the events of each.
var publicKinds = []struct {
	kind   string
	events []string
}{
	{"settlement", []string{"line." + matchSettlement}},
	{"prepayment", []string{"prepayment.paid", "prepayment.charged_back", "prepayment.reversed"}},
	{"payout", []string{"payouts.booked", "payout.returned"}},
	{"refund", []string{"refund.refunded", "refund.failed", "refund.canceled"}},
	{"costs", []string{"line." + matchCosts}},
}

// otherMoney is what no kind names.
const otherMoney = "other"

func publicKind(event string) string {
	for _, k := range publicKinds {
		if slices.Contains(k.events, event) {
			return k.kind
		}
	}
	return otherMoney
}

// MoneyOfClaim sums the books of one claim. What came in less what went out is what is held.
func MoneyOfClaim(ctx context.Context, db *gorm.DB, claimID int64) (m ClaimMoney, err error) {
	var rows []struct {
		Event             string
		InCents, OutCents Cents
	}
	// Within a journal money only changes hands between bank and Mollie: that is neither in nor out.
	err = db.WithContext(ctx).Raw(`SELECT event, coalesce(sum(cents) FILTER (WHERE cents > 0), 0) AS in_cents, coalesce(-sum(cents) FILTER (WHERE cents < 0), 0) AS out_cents
		FROM (SELECT j.event, sum(e.amount_cents)::bigint AS cents FROM journals j JOIN entries e ON e.journal_id = j.id
			WHERE j.claim_id = ? AND e.account IN (?, ?) GROUP BY j.id) x GROUP BY event`, claimID, accBank, accMollie).Scan(&rows).Error
	if err != nil {
		return m, fmt.Errorf("money of claim %d: %w", claimID, err)
	}
	sums := map[string]*Moved{}
	for _, r := range rows {
		kind := publicKind(r.Event)
		if sums[kind] == nil {
			sums[kind] = &Moved{Kind: kind}
		}
		sums[kind].InCents += r.InCents
		sums[kind].OutCents += r.OutCents
		m.Held += r.InCents - r.OutCents
	}
	for _, k := range publicKinds {
		if sums[k.kind] != nil {
			m.Moved = append(m.Moved, *sums[k.kind])
		}
	}
	if sums[otherMoney] != nil {
		m.Moved = append(m.Moved, *sums[otherMoney])
	}
	m.Balances, err = ledger.BalancesOfClaim(ctx, db, claimID)
	return m, err
}
