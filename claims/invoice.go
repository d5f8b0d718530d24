package claims

import (
	"context"
	"fmt"

	"samenclaim/claims/letter"
	"samenclaim/internal/locale"
	"samenclaim/participants"
	"samenclaim/payments"
)

// Company is the foundation as it stands in its books.
func (f Foundation) Company() payments.Company {
	return payments.Company{Name: f.LegalName, RegisterNumber: f.RegisterNumber, VATNumber: f.VATNumber, Street: f.Street, Postcode: f.Postcode, City: f.City, IBAN: f.IBAN}
}

// Invoices gives the invoices and credit notes of a participation, newest first.
func (s *Service) Invoices(ctx context.Context, p participants.Participation) ([]payments.Invoice, error) {
	return payments.InvoicesOf(ctx, s.db, p.ID)
}

// InvoicePaper is one invoice of a participation in words, with whom it is for.
func (s *Service) InvoicePaper(ctx context.Context, p participants.Participation, year int, number int64, lang string) (letter.Document, error) {
	i, err := payments.InvoiceOf(ctx, s.db, p.ID, year, number)
	if err != nil {
		return letter.Document{}, err
	}
	paper, err := s.invoice(ctx, i, lang)
	if err != nil {
		return letter.Document{}, err
	}
	person, err := s.people.Participant(ctx, p.ParticipantID)
	if err != nil {
		return letter.Document{}, err
	}
	address, err := s.people.Address(ctx, person)
	if err != nil {
		return letter.Document{}, err
	}
	paper.Name, paper.Address = person.Name(), address.Lines()
	return paper.Document(letter.Lang(lang))
}

// InvoiceCopy is one invoice in words for the books, which know a person by number only.
func (s *Service) InvoiceCopy(ctx context.Context, year int, number int64, lang string) (letter.Document, error) {
	i, err := payments.InvoiceByNumber(ctx, s.db, year, number)
	if err != nil {
		return letter.Document{}, err
	}
	paper, err := s.invoice(ctx, i, lang)
	if err != nil {
		return letter.Document{}, err
	}
	return paper.Document(letter.Lang(lang))
}

// invoice is what an invoice says, from the records alone.
func (s *Service) invoice(ctx context.Context, i payments.Invoice, lang string) (letter.Invoice, error) {
	_, c, err := s.CaseOf(ctx, i.ParticipationID)
	if err != nil {
		return letter.Invoice{}, err
	}
	f, err := s.Foundation(ctx)
	if err != nil {
		return letter.Invoice{}, err
	}
	var of struct {
		Number       string
		PrepaidCents int64
		Year         int
		Credited     int64
	}
	err = s.db.WithContext(ctx).Raw(`SELECT a.number, a.prepaid_cents, coalesce(o.year, 0) AS year, coalesce(o.number, 0) AS credited
		FROM invoices i JOIN awards a ON a.id = i.award_id LEFT JOIN invoices o ON o.id = i.credits WHERE i.id = ?`, i.ID).Scan(&of).Error
	if err != nil {
		return letter.Invoice{}, fmt.Errorf("invoice %s: %w", i.Label(), err)
	}
	paper := letter.Invoice{
		Sender: f.sender(), VATNumber: f.VATNumber, Claim: c.Name(lang), Number: i.Label(), Date: i.Dated.In(locale.Amsterdam()), Of: of.Number,
		ExVATCents: int64(i.FeeCents - i.VatCents), VATCents: int64(i.VatCents), TotalCents: int64(i.FeeCents), RateBP: i.RateBP,
		PrepaidCents: of.PrepaidCents, NothingLeft: i.PayoutID == nil,
	}
	if i.Kind == payments.InvoiceCredit {
		paper.Credits = payments.Invoice{Year: of.Year, Number: of.Credited}.Label()
	}
	return paper, nil
}
