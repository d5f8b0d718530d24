package claims

import (
	"context"
	"fmt"
	"time"

	"samenclaim/claims/letter"
	"samenclaim/internal/locale"
	"samenclaim/participants"
)

// letterhead is the foundation as it stands above a paper.
func (s *Service) letterhead(ctx context.Context) (letter.Sender, error) {
	f, err := s.Foundation(ctx)
	return f.sender(), err
}

// sender is the foundation as it stands above a paper.
func (f Foundation) sender() letter.Sender {
	return letter.Sender{
		Name: f.Name, LegalName: f.LegalName, RegisterNumber: f.RegisterNumber, Address: []string{f.Street, f.Postcode + " " + f.City},
		Email: f.Email, Phone: f.Phone, Website: f.Website, Colour: f.ThemeColor,
	}
}

// Statement is the account of a payout to one person, on paper. ErrNotFound means that nothing was awarded yet.
func (s *Service) Statement(ctx context.Context, p participants.Participation) ([]byte, error) {
	award, err := s.AwardOf(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	if award == nil {
		return nil, ErrNotFound
	}
	person, err := s.people.Participant(ctx, p.ParticipantID)
	if err != nil {
		return nil, err
	}
	address, err := s.people.Address(ctx, person)
	if err != nil {
		return nil, err
	}
	c, err := s.Claim(ctx, p.ClaimID)
	if err != nil {
		return nil, err
	}
	paper := accountOf(c, *award, person.Lang)
	paper.Number, paper.Name, paper.Address = p.Number, person.Name(), address.Lines()
	if paper.Sender, err = s.letterhead(ctx); err != nil {
		return nil, err
	}
	if err := s.transferOn(ctx, &paper, p, award.ID); err != nil {
		return nil, err
	}
	doc, err := paper.Document(letter.Lang(person.Lang))
	if err != nil {
		return nil, fmt.Errorf("statement of award %d: %w", award.ID, err)
	}
	return letter.PDF(doc)
}

// accountOf is the sums of an award and the rule behind the fee.
func accountOf(c Claim, a Award, lang string) letter.Statement {
	return letter.Statement{
		Claim: c.Name(lang), Defendant: c.DefendantName,
		GrossCents: int64(a.GrossCents), FeeExVATCents: int64(a.FeeCents - a.VatCents), VATCents: int64(a.VatCents), FeeCents: int64(a.FeeCents),
		NetCents: int64(a.NetCents), PrepaidCents: int64(a.PrepaidCents), TotalCents: int64(a.PayoutCents),
		Rule: letter.FeeRule{
			Percentage: a.FeeOption == Percentage, FlatCents: int64(c.FlatFeeCents), RateBP: c.RateBP, VATBP: c.VATBP,
			Capped: a.FeeOption == Flat && a.FeeCents < c.FlatFeeCents,
		},
	}
}

// transferOn adds the transfer that pays an award, and what goes back apart from it.
func (s *Service) transferOn(ctx context.Context, paper *letter.Statement, p participants.Participation, awardID int64) error {
	var t struct {
		RunID        int64
		EndToEndID   string
		IBAN         []byte `gorm:"column:iban"`
		Holder       []byte
		BookedAt     *time.Time
		ApprovedAt   time.Time
		RefundsCents int64
	}
	err := s.db.WithContext(ctx).Raw(`SELECT d.approved_at, coalesce(o.run_id, 0) AS run_id, coalesce(o.end_to_end_id, '') AS end_to_end_id, o.booked_at, y.iban, y.holder,
			(SELECT coalesce(sum(r.amount_cents), 0)::bigint FROM refunds r JOIN prepayments m ON m.id = r.prepayment_id
			 WHERE m.participation_id = a.participation_id AND r.reason = 'surplus' AND r.status NOT IN ('failed', 'canceled')) AS refunds_cents
		FROM awards a JOIN distributions d ON d.id = a.distribution_id
		LEFT JOIN payouts o ON o.award_id = a.id AND o.status IN ('planned', 'sent', 'booked') LEFT JOIN payee_accounts y ON y.id = o.payee_account_id
		WHERE a.id = ?`, awardID).Scan(&t).Error
	if err != nil {
		return err
	}
	paper.Date, paper.RefundedCents = t.ApprovedAt.In(locale.Amsterdam()), t.RefundsCents
	if t.RunID == 0 {
		return nil
	}
	to, err := participants.OpenPayee(s.vault, p.KeyWrapped, 0, t.IBAN, t.Holder, t.ApprovedAt)
	if err != nil {
		return err
	}
	paper.Run, paper.Reference, paper.Account, paper.AccountHolder = fmt.Sprint(t.RunID), t.EndToEndID, to.IBAN.Masked(), to.Holder
	if t.BookedAt != nil {
		paper.Date, paper.BookedOn = t.BookedAt.In(locale.Amsterdam()), *t.BookedAt
	}
	return nil
}
