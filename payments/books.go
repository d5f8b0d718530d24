package payments

import (
	"fmt"
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
	accFees         = "8000" // fees earned, without VAT
)

// Every event that touches money, and what it books. Debit is positive. There
// are no other bookings, but for those of bank lines in books_lines.go: this is
// the table that the accountant reads.

func prepaymentPaid(p Prepayment, day time.Time) ledger.Journal {
	return aboutPrepayment(p, "paid", "prepayment.paid", "Vooruitbetaling ontvangen", day, accMollie, accPrepaid, p.AmountCents)
}

func prepaymentChargedBack(p Prepayment, nth int64, day time.Time) ledger.Journal {
	return aboutPrepayment(p, fmt.Sprintf("charged_back:%d", nth), "prepayment.charged_back", "Vooruitbetaling teruggeboekt", day, accPrepaid, accMollie, p.AmountCents)
}

func chargebackReversed(p Prepayment, nth int64, day time.Time) ledger.Journal {
	return aboutPrepayment(p, fmt.Sprintf("reversed:%d", nth), "prepayment.reversed", "Terugboeking teruggedraaid", day, accMollie, accPrepaid, p.AmountCents)
}

func aboutPrepayment(p Prepayment, what, event, text string, day time.Time, debit, credit string, cents Cents) ledger.Journal {
	return ledger.Journal{
		Key: fmt.Sprintf("prepayment:%d:%s", p.ID, what), Event: event, Source: fmt.Sprintf("prepayment:%d", p.ID),
		Text: text, ClaimID: p.ClaimID, BookedOn: day, Lines: move(debit, credit, cents, p.ParticipationID),
	}
}

func refundRequired(r Refund, day time.Time) ledger.Journal {
	return aboutRefund(r, "required", "Terugbetaling verschuldigd", day, accPrepaid, accRefunds)
}

func refundDone(r Refund, day time.Time) ledger.Journal {
	return aboutRefund(r, "refunded", "Terugbetaling gedaan", day, accRefunds, accMollie)
}

// refundUndone takes back what was booked for a refund that failed or was canceled.
func refundUndone(r Refund, was string, day time.Time) ledger.Journal {
	from := accRefunds
	if was == RefundRefunded {
		from = accMollie // the bank sent it back to Mollie
	}
	return aboutRefund(r, r.Status, "Terugbetaling niet gelukt", day, from, accPrepaid)
}

func aboutRefund(r Refund, what, text string, day time.Time, debit, credit string) ledger.Journal {
	return ledger.Journal{
		Key: fmt.Sprintf("refund:%d:%s", r.ID, what), Event: "refund." + what, Source: fmt.Sprintf("refund:%d", r.ID),
		Text: text, ClaimID: r.ClaimID, BookedOn: day, Lines: move(debit, credit, r.AmountCents, r.ParticipationID),
	}
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
	return aboutDistribution(id, claimID, "approved", "Verdeling goedgekeurd", lines, day)
}

// distributionZero earns the fees of awards that leave nothing to transfer.
func distributionZero(id, claimID int64, shares []share, day time.Time) ledger.Journal {
	return aboutDistribution(id, claimID, "zero", "Vergoeding verdiend, niets over te maken", earned(shares), day)
}

func aboutDistribution(id, claimID int64, what, text string, lines []ledger.Line, day time.Time) ledger.Journal {
	return ledger.Journal{
		Key: fmt.Sprintf("distribution:%d:%s", id, what), Event: "distribution." + what, Source: fmt.Sprintf("distribution:%d", id),
		Text: text, ClaimID: claimID, BookedOn: day, Lines: lines,
	}
}

func runReleased(run Run, payouts []share, day time.Time) ledger.Journal {
	lines := make([]ledger.Line, 0, len(payouts)+1)
	for _, p := range payouts {
		lines = append(lines, ledger.Line{Account: accOwed, AmountCents: int64(p.AmountCents), ParticipationID: p.ParticipationID})
	}
	lines = append(lines, ledger.Line{Account: accInTransit, AmountCents: -int64(run.TotalCents)})
	return ledger.Journal{
		Key: fmt.Sprintf("run:%d:released", run.ID), Event: "run.released", Source: fmt.Sprintf("payout_run:%d", run.ID),
		Text: "Uitbetalingen vrijgegeven", ClaimID: run.ClaimID, BookedOn: day, Lines: lines,
	}
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
