package payments

import (
	"fmt"
	"slices"
	"time"

	"samenclaim/payments/ledger"
)

// The accounts of the foundation; their names stand in the schema.
const (
	accBank         = "1000" // client money in the bank
	accMollie       = "1100" // paid to Mollie, not yet passed on to us
	accPrepaid      = "2000" // prepaid fees, owed until they settle a fee
	accRefunds      = "2050" // refunds we owe
	accPot          = "2100" // settlement money received, not yet distributed
	accOwed         = "2110" // owed to participants
	accUnearned     = "2120" // fees, not earned until the bank has paid
	accInTransit    = "2200" // payouts on their way
	accVAT          = "2500"
	accUnclear      = "2900" // receipts to be looked into
	accPaymentCosts = "4100"
	accRounding     = "4900" // less than a cent, of amounts with four decimals
	accFees         = "8000" // fees earned, without VAT
)

// Rule is what one event books: the accounts it debits and credits, and the key that makes it happen once.
type Rule struct {
	Event  string
	Key    string // %d is a number
	Text   string
	Debit  []string
	Credit []string
}

// rules is every event that touches money but the lines of the bank, which follow in books_lines.go. There are
// no other bookings: this is the table that the accountant reads. Corrections are rows of their own, which turn
// the accounts of what they correct around.
var rules = []Rule{
	{"prepayment.paid", "prepayment:%d:paid", "Vooruitbetaling ontvangen", []string{accMollie}, []string{accPrepaid}},
	{"prepayment.charged_back", "prepayment:%d:charged_back:%d", "Vooruitbetaling teruggeboekt", []string{accPrepaid}, []string{accMollie}},
	{"prepayment.reversed", "prepayment:%d:reversed:%d", "Terugboeking teruggedraaid", []string{accMollie}, []string{accPrepaid}},
	{"refund.required", "refund:%d:required", "Terugbetaling verschuldigd", []string{accPrepaid}, []string{accRefunds}},
	{"refund.refunded", "refund:%d:refunded", "Terugbetaling gedaan", []string{accRefunds}, []string{accMollie}},
	{"refund.failed", "refund:%d:failed", "Terugbetaling niet gelukt", []string{accRefunds, accMollie}, []string{accPrepaid}},
	{"refund.canceled", "refund:%d:canceled", "Terugbetaling niet gelukt", []string{accRefunds, accMollie}, []string{accPrepaid}},
	{"distribution.approved", "distribution:%d:approved", "Verdeling goedgekeurd", []string{accPot, accPrepaid}, []string{accOwed, accUnearned}},
	{"distribution.zero", "distribution:%d:zero", "Vergoeding verdiend, niets over te maken", []string{accUnearned}, []string{accFees, accVAT}},
	{"run.released", "run:%d:released", "Uitbetalingen vrijgegeven", []string{accOwed}, []string{accInTransit}},
	{"payouts.rejected", "report:%d:rejected", "Uitbetalingen door de bank geweigerd", []string{accInTransit}, []string{accOwed}},
	{"mollie.costs", "mollie_settlement:%d:costs", "Kosten van Mollie", []string{accPaymentCosts, accRounding, accMollie}, []string{accMollie, accRounding, accPaymentCosts}},
	{"mollie.difference", "mollie_settlement:%d:difference", "Verschil met Mollie, uitgelegd", []string{accMollie, accPaymentCosts}, []string{accPaymentCosts, accMollie}},
	{"line.taken_back", "match:%d:taken_back", "Boeking van een bankregel teruggedraaid", []string{accPot, accPaymentCosts, accUnclear, accBank}, []string{accPot, accPaymentCosts, accUnclear, accBank}},
}

// journal is the journal of an event, with the number of its source and what else its key holds.
func journal(event, source string, id, claimID int64, day time.Time, lines []ledger.Line, nth ...any) ledger.Journal {
	at := slices.IndexFunc(rules, func(r Rule) bool { return r.Event == event })
	if at < 0 {
		return ledger.Journal{} // which is refused
	}
	return ledger.Journal{
		Key: fmt.Sprintf(rules[at].Key, append([]any{id}, nth...)...), Event: event, Source: fmt.Sprintf("%s:%d", source, id), Text: rules[at].Text, ClaimID: claimID, BookedOn: day, Lines: lines,
	}
}

func prepaymentPaid(p Prepayment, day time.Time) ledger.Journal {
	return journal("prepayment.paid", "prepayment", p.ID, p.ClaimID, day, move(accMollie, accPrepaid, p.AmountCents, p.ParticipationID))
}

func prepaymentChargedBack(p Prepayment, nth int64, day time.Time) ledger.Journal {
	return journal("prepayment.charged_back", "prepayment", p.ID, p.ClaimID, day, move(accPrepaid, accMollie, p.AmountCents, p.ParticipationID), nth)
}

func chargebackReversed(p Prepayment, nth int64, day time.Time) ledger.Journal {
	return journal("prepayment.reversed", "prepayment", p.ID, p.ClaimID, day, move(accMollie, accPrepaid, p.AmountCents, p.ParticipationID), nth)
}

func refundRequired(r Refund, day time.Time) ledger.Journal {
	return aboutRefund(r, "required", day, accPrepaid, accRefunds)
}

func refundDone(r Refund, day time.Time) ledger.Journal {
	return aboutRefund(r, "refunded", day, accRefunds, accMollie)
}

// refundUndone takes back what was booked for a refund that failed or was canceled.
func refundUndone(r Refund, was string, day time.Time) ledger.Journal {
	from := accRefunds
	if was == RefundRefunded {
		from = accMollie // the bank sent it back to Mollie
	}
	return aboutRefund(r, r.Status, day, from, accPrepaid)
}

func aboutRefund(r Refund, what string, day time.Time, debit, credit string) ledger.Journal {
	return journal("refund."+what, "refund", r.ID, r.ClaimID, day, move(debit, credit, r.AmountCents, r.ParticipationID))
}

// mollieKept is what Mollie took off before it paid out to the bank, with what rounding its four decimals left over.
func mollieKept(id int64, costs, rounding Cents, day time.Time) ledger.Journal {
	return journal("mollie.costs", "mollie_settlement", id, 0, day, []ledger.Line{
		{Account: accPaymentCosts, AmountCents: int64(costs)}, {Account: accRounding, AmountCents: int64(-rounding)}, {Account: accMollie, AmountCents: int64(rounding - costs)},
	})
}

// mollieDifference is what the parts of a settlement did not explain, and a person did.
func mollieDifference(id int64, cents Cents, day time.Time) ledger.Journal {
	return journal("mollie.difference", "mollie_settlement", id, 0, day, move(accMollie, accPaymentCosts, cents, 0))
}

// share is what an award brings one participant, and what a payout of it books.
type share struct {
	PayoutID, ParticipationID        int64
	AmountCents                      Cents // paid out
	FeeCents, VatCents, PrepaidCents Cents
}

func distributionApproved(id, claimID int64, pot Cents, shares []share, day time.Time) ledger.Journal {
	lines := make([]ledger.Line, 0, 3*len(shares)+1)
	lines = append(lines, ledger.Line{Account: accPot, AmountCents: int64(pot)})
	for _, s := range shares {
		lines = append(lines,
			ledger.Line{Account: accPrepaid, AmountCents: int64(s.PrepaidCents), ParticipationID: s.ParticipationID},
			ledger.Line{Account: accOwed, AmountCents: -int64(s.AmountCents), ParticipationID: s.ParticipationID},
			ledger.Line{Account: accUnearned, AmountCents: -int64(s.FeeCents), ParticipationID: s.ParticipationID})
	}
	return journal("distribution.approved", "distribution", id, claimID, day, lines)
}

// distributionZero earns the fees of awards that leave nothing to transfer.
func distributionZero(id, claimID int64, shares []share, day time.Time) ledger.Journal {
	return journal("distribution.zero", "distribution", id, claimID, day, earned(shares))
}

func runReleased(run Run, payouts []share, day time.Time) ledger.Journal {
	lines := make([]ledger.Line, 0, len(payouts)+1)
	for _, p := range payouts {
		lines = append(lines, ledger.Line{Account: accOwed, AmountCents: int64(p.AmountCents), ParticipationID: p.ParticipationID})
	}
	lines = append(lines, ledger.Line{Account: accInTransit, AmountCents: -int64(run.TotalCents)})
	return journal("run.released", "payout_run", run.ID, run.ClaimID, day, lines)
}

// earned moves fees from "not yet earned" to income and VAT.
func earned(shares []share) []ledger.Line {
	lines := make([]ledger.Line, 0, 3*len(shares))
	for _, s := range shares {
		lines = append(lines,
			ledger.Line{Account: accUnearned, AmountCents: int64(s.FeeCents), ParticipationID: s.ParticipationID},
			ledger.Line{Account: accFees, AmountCents: -int64(s.FeeCents - s.VatCents), ParticipationID: s.ParticipationID},
			ledger.Line{Account: accVAT, AmountCents: -int64(s.VatCents), ParticipationID: s.ParticipationID})
	}
	return lines
}

func move(debit, credit string, cents Cents, participationID int64) []ledger.Line {
	return []ledger.Line{
		{Account: debit, AmountCents: int64(cents), ParticipationID: participationID},
		{Account: credit, AmountCents: -int64(cents), ParticipationID: participationID},
	}
}

// payoutsRejected takes back the release of payouts that the bank did not carry out: they are owed again.
func payoutsRejected(run Run, reportID int64, rejected []Rejected, day time.Time) ledger.Journal {
	lines := make([]ledger.Line, 1, len(rejected)+1)
	lines[0].Account = accInTransit
	for _, r := range rejected {
		lines[0].AmountCents += int64(r.AmountCents)
		lines = append(lines, ledger.Line{Account: accOwed, AmountCents: -int64(r.AmountCents), ParticipationID: r.ParticipationID})
	}
	j := journal("payouts.rejected", "report", reportID, run.ClaimID, day, lines)
	j.Source = run.subject() // the report is about it
	return j
}

// lineTakenBack turns around what a bank line was booked as.
func lineTakenBack(matchID, lineID, claimID int64, other string, cents Cents, day time.Time) ledger.Journal {
	j := journal("line.taken_back", "statement_line", matchID, claimID, day, move(other, accBank, cents, 0))
	j.Source = fmt.Sprintf("statement_line:%d", lineID)
	return j
}

// amsterdam is where a booking day begins and ends.
var amsterdam = func() *time.Location {
	loc, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		return time.FixedZone("CET", 3600)
	}
	return loc
}()

// bookingDay is the day, in the Netherlands, that a moment falls on.
func bookingDay(at time.Time) time.Time {
	y, m, d := at.In(amsterdam).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
