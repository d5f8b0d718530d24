package payments

import (
	"fmt"
	"slices"
	"strings"
)

// What the lines of bank statements book. These bookings are queries, so that a
// statement of any length is booked in the same few steps; debit is positive.
// They read the tables of book.go: facts, a row for each line that was matched,
// and moved, a row for each payout that the bank carried out or sent back.

// lineBooking is what a line of one kind books: the bank against another account.
type lineBooking struct {
	kind, event, text string
	keys              string // what factKey makes; %d is a number
	account           string // on the other side of the bank
	source            string // the row it tells of
}

// lineBookings is every kind of line. Payouts of one claim and day, or of one
// file, make one journal; every other line makes its own.
var lineBookings = []lineBooking{
	{matchPayout, "payouts.booked", "Uitbetalingen door de bank uitgevoerd", "line:%d:payouts", accInTransit, "'statement:' || min(f.statement_id)"},
	{matchPayoutFile, "payouts.booked", "Uitbetalingen door de bank uitgevoerd", "run:%d:part:%d:booked", accInTransit, "'payout_run:' || min(f.run_id)"},
	{matchReturn, "payout.returned", "Uitbetaling teruggekomen", "payout:%d:returned", accOwed, "'payout:' || min(f.payout_id)"},
	{matchSettlement, "line." + matchSettlement, "Schikkingsgeld ontvangen", "line:%d:" + matchSettlement, accPot, ofLine},
	{matchMollie, "line." + matchMollie, "Ontvangen van Mollie", "line:%d:" + matchMollie, accMollie, ofLine},
	{matchCosts, "line." + matchCosts, "Betaalkosten", "line:%d:" + matchCosts, accPaymentCosts, ofLine},
	{matchUnknown, "line." + matchUnknown, "Nog uit te zoeken", "line:%d:" + matchUnknown, accUnclear, ofLine},
}

// Rules is every event that books, in the order in which money goes its way.
func Rules() []Rule {
	all := slices.Clone(rules)
	for _, b := range lineBookings {
		r := Rule{Event: b.event, Key: b.keys, Text: b.text, Debit: []string{accBank}, Credit: []string{b.account}}
		switch b.kind {
		case matchPayout, matchPayoutFile:
			r.Debit, r.Credit = []string{b.account, accUnearned}, []string{accBank, accFees, accVAT}
		case matchReturn:
			r.Debit, r.Credit = []string{accBank, accPaymentCosts, accFees, accVAT}, []string{accOwed, accUnearned}
		case matchCosts:
			r.Debit, r.Credit = r.Credit, r.Debit
		case matchMollie, matchUnknown: // in, or out again
			r.Debit, r.Credit = append(r.Debit, r.Credit...), append(r.Credit, r.Debit...)
		}
		all = append(all, r)
	}
	return all
}

const ofLine = "'statement_line:' || min(f.line_id)"

// factKey makes the key of a journal from the line f, or for payouts one by one
// from the first line of their claim and day. A line that was taken back and is
// booked again has one for each time.
const factKey = `CASE f.kind
	WHEN 'payout' THEN 'line:' || min(l.line_id) OVER (PARTITION BY f.kind, l.booked_on, r.claim_id) || ':payouts'
	WHEN 'payout_file' THEN 'run:' || f.run_id || ':part:' || f.part || ':booked'
	WHEN 'return' THEN 'payout:' || f.payout_id || ':returned'
	ELSE 'line:' || l.line_id || ':' || f.kind || coalesce((SELECT ':' || count(*) FROM line_matches t WHERE t.line_id = l.line_id AND t.takes_back IS NOT NULL HAVING count(*) > 0), '') END`

// lineJournals are the journals of the facts.
func lineJournals() string {
	var all []string
	for _, b := range lineBookings {
		all = append(all, fmt.Sprintf(`SELECT f.key, '%s' AS event, %s AS source, '%s' AS text, min(f.claim_id) AS claim_id, min(f.booked_on) AS booked_on
			FROM facts f WHERE f.kind = '%s' GROUP BY f.key`, b.event, b.source, b.text, b.kind))
	}
	return strings.Join(all, " UNION ALL ")
}

// lineEntries are the lines of those journals. A payout that the bank carried
// out earns its fee. One that came back is owed again, all of it, and its fee
// is not earned after all: what the banks kept on the way is our cost.
func lineEntries() string {
	const (
		carried  = `moved m WHERE NOT back ORDER BY n, payout_id`
		returned = `moved m WHERE back ORDER BY n`
	)
	var all []string
	for _, b := range lineBookings {
		sides := []row{{accBank, `cents`, `NULL::bigint`}, {b.account, `-cents`, `NULL::bigint`}}
		switch b.kind {
		case matchReturn:
			continue
		case matchPayout, matchPayoutFile:
			slices.Reverse(sides) // debit first
		}
		all = append(all, entries(fmt.Sprintf(`(SELECT key, sum(amount_cents) AS cents FROM facts WHERE kind = '%s' GROUP BY key) g`, b.kind), sides...))
	}
	all = append(all,
		entries(returned, row{accBank, `came_cents`, `NULL::bigint`}, row{accPaymentCosts, `amount_cents - came_cents`, `NULL`}, row{accOwed, `-amount_cents`, ofPerson},
			row{accUnearned, `-fee_cents`, ofPerson}, row{accFees, `fee_cents - vat_cents`, ofPerson}, row{accVAT, `vat_cents`, ofPerson}),
		entries(carried, row{accUnearned, `fee_cents`, ofPerson}, row{accFees, `vat_cents - fee_cents`, ofPerson}, row{accVAT, `-vat_cents`, ofPerson}))
	return strings.Join(all, " UNION ALL ")
}

const ofPerson = `participation_id`

// row is one entry that every row of a table makes.
type row struct{ account, cents, about string }

// entries makes some entries of each row of a table, one after the other.
func entries(from string, rows ...row) string {
	values := make([]string, len(rows))
	for i, r := range rows {
		values[i] = fmt.Sprintf(`('%s', %s, %s)`, r.account, r.cents, r.about)
	}
	return fmt.Sprintf(`SELECT key, v.* FROM (SELECT * FROM %s) m, LATERAL (VALUES %s) v (account, cents, about)`, from, strings.Join(values, ", "))
}
