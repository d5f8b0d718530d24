package claimstest

import (
	"slices"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/letter"
	"samenclaim/internal/locale"
	"samenclaim/participants"
	"samenclaim/payments"
)

// NewYear is a moment before the clock of every test.
var NewYear = time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC)

// ProofPDF is the smallest file that passes for a proof.
var ProofPDF = []byte("%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")

// Send writes, proposes, approves and sends the next letter, and returns it.
func (c *Case) Send() claims.Letter {
	c.Helper()
	l := c.Approved()
	c.must(c.Claims.SendLetter(c.Ctx(), Board, c.Claim.ID, l.Ordinal))
	c.Reload()
	l, err := c.Claims.Letter(c.Ctx(), c.Claim.ID, l.Ordinal)
	c.must(err)
	return l
}

// Proposed writes and proposes the next letter.
func (c *Case) Proposed() claims.Letter {
	c.Helper()
	l, err := c.Claims.DraftLetter(c.Ctx(), Lawyer, c.Claim.ID, "nl")
	c.must(err)
	if c.Reload().Status == claims.Open {
		c.MoveTo(claims.LetterReady)
	}
	c.must(c.Claims.ProposeLetter(c.Ctx(), Lawyer, c.Claim.ID, l.Ordinal))
	return l
}

// ProposedAs writes the next letter with a choice of what goes along, and proposes it.
func (c *Case) ProposedAs(mode letter.Mode) claims.Letter {
	c.Helper()
	l, err := c.Claims.DraftLetter(c.Ctx(), Lawyer, c.Claim.ID, "nl")
	c.must(err)
	l.Fields.Mode = mode
	c.must(c.Claims.SaveLetter(c.Ctx(), Lawyer, c.Claim.ID, l.Ordinal, l.Fields))
	return c.Proposed()
}

// SendAs sends the next letter with a choice of what goes along; a second lawyer agrees where that is needed.
func (c *Case) SendAs(mode letter.Mode) claims.Letter {
	c.Helper()
	l := c.ProposedAs(mode)
	if mode == letter.RootOnly {
		c.must(c.Claims.SignOffLetter(c.Ctx(), Lawyer2, "mr. Tweede", c.Claim.ID, l.Ordinal, "Het bedrijf kent de deelnemers al."))
	}
	c.must(c.Claims.ApproveLetter(c.Ctx(), Board2, c.Claim.ID, l.Ordinal))
	c.must(c.Claims.SendLetter(c.Ctx(), Board, c.Claim.ID, l.Ordinal))
	c.Reload()
	l, err := c.Claims.Letter(c.Ctx(), c.Claim.ID, l.Ordinal)
	c.must(err)
	return l
}

// Approved writes, proposes and approves the next letter: one more of the board sends it.
func (c *Case) Approved() claims.Letter {
	c.Helper()
	l := c.Proposed()
	c.must(c.Claims.ApproveLetter(c.Ctx(), Board2, c.Claim.ID, l.Ordinal))
	return l
}

// Arrive records that a letter was delivered now.
func (c *Case) Arrive(ordinal int) {
	c.Helper()
	c.must(c.Claims.Deliver(c.Ctx(), Register, c.Claim.ID, ordinal, claims.Delivery{
		Channel: "registered_post", Tracking: "3STEST123456789", DeliveredAt: c.Watch.Now(), Proof: ProofPDF,
	}))
	c.Reload()
}

// Settle brings a claim whose letter was delivered to a settlement of this amount.
func (c *Case) Settle(pot payments.Cents) {
	c.Helper()
	c.MoveTo(claims.Negotiation)
	c.MoveTo(claims.SettlementProposed)
	c.must(c.Claims.RecordSettlement(c.Ctx(), Lawyer, c.Claim.ID, claims.Settlement{
		Kind: "settlement", Reference: c.Reference(), PotCents: pot, AgreedOn: locale.Today(c.Watch.Now()), Note: "for the test",
	}))
	c.MoveTo(claims.Settled)
}

// Reference is what the defendant writes on the transfer.
func (c *Case) Reference() string { return "SCHIKKING-" + c.Claim.NumberPrefix }

// Receive books the money of the settlement.
func (c *Case) Receive(pot payments.Cents) {
	c.Helper()
	c.Bank(Line{Cents: pot, Text: "betreft " + c.Reference()})
}

// Distribute calculates and approves a distribution.
func (c *Case) Distribute() claims.Distribution {
	c.Helper()
	d, err := c.Claims.Calculate(c.Ctx(), Accountant, c.Claim.ID)
	c.must(err)
	c.must(c.Claims.ApproveDistribution(c.Ctx(), Board, d.ID))
	c.Reload()
	return d
}

// Accounts lets members say where their money goes.
func (c *Case) Accounts(members ...Member) {
	c.Helper()
	for _, m := range members {
		iban, err := participants.ParseIBAN(m.Person.IBAN)
		c.must(err)
		c.must(c.Claims.SetPayee(c.Ctx(), "participant:1", m.ParticipationID, iban, m.Person.AccountName))
	}
}

// Payday is the first day after now on which banks pay.
func (c *Case) Payday() time.Time {
	day := c.Watch.Now().AddDate(0, 0, 1)
	for slices.Contains([]time.Weekday{time.Saturday, time.Sunday}, day.Weekday()) {
		day = day.AddDate(0, 0, 1)
	}
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
}

// Release prepares, approves and releases a payout run.
func (c *Case) Release() payments.Run {
	c.Helper()
	run, err := c.Claims.PrepareRun(c.Ctx(), Accountant, c.Claim.ID, c.Payday())
	c.must(err)
	c.must(c.Claims.ApproveRun(c.Ctx(), Board, run.ID, run.TotalCents))
	c.must(c.Claims.ReleaseRun(c.Ctx(), Board2, run.ID, run.TotalCents))
	run, err = c.Claims.Run(c.Ctx(), c.Claim.ID, run.ID)
	c.must(err)
	return run
}

// Prepay lets a member pay the flat fee ahead, at the simulated Mollie.
func (c *Case) Prepay(m Member) payments.Prepayment {
	c.Helper()
	pre, err := c.Claims.Prepay(c.Ctx(), c.Claim, c.Participation(m), m.Person.Lang, "http://localhost/terug")
	c.must(err)
	c.must(c.Mollie.Set(*pre.ProviderID, "paid"))
	c.must(c.Claims.PrepaymentChanged(c.Ctx(), *pre.ProviderID))
	return pre
}

// Refunded lets Mollie carry out every refund that is under way; that takes days.
func (c *Case) Refunded() {
	c.Helper()
	for range 4 {
		c.Drain("refunds")
		c.must(c.Mollie.ProcessRefunds())
		c.Watch.Advance(24 * time.Hour)
		c.Drain("refunds")
	}
}
