package claims

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/participants"
	"samenclaim/payments"
)

// Dossier is everything staff see of one participation.
type Dossier struct {
	Participation participants.Participation
	Person        participants.Participant
	Address       participants.Address
	AccountEmail  string // of the account used, if another
	Masked        Masked
	Late          bool // signed after the first annex was frozen
	Fee           *ChosenFee
	FeesBefore    []ChosenFee // newest first
	Signatures    []Signature // newest first
	Consents      []participants.Consent
	Evidence      []Evidence
	Letter        *Letter // the one whose annex covers it
	Prepayments   []payments.Prepayment
	Refunds       []payments.Refund
	Award         *Award
	Payouts       []payments.Payout
	PayeeEnding   string // last three digits of the account, or ""
	PayeeUsable   time.Time
	Mails         []MailLine    // newest first
	Events        []audit.Event // newest first
}

// Masked are the fields of a person as they are shown before somebody asks for more.
type Masked struct{ Name, Email, Address, AccountEmail string }

// Signature is one signature in a dossier: which texts, and their hashes.
type Signature struct {
	ID               int64
	MandateVersion   string
	AgreementVersion string
	MandateSHA256    []byte `gorm:"column:mandate_sha256"`
	AgreementSHA256  []byte `gorm:"column:agreement_sha256"`
	RecordSHA256     []byte `gorm:"column:record_sha256"`
	SignedAt         time.Time
}

// MailLine is one mail in a dossier.
type MailLine struct {
	Template  string
	Status    string
	CreatedAt time.Time
	SentAt    *time.Time
}

const (
	dossierLines = 200
	reasonLength = 200
	actionViewed = "participant.viewed"
)

// View opens a dossier and writes in the log, before it shows anything, who
// looked and why. ErrNotFound also for a number of another claim.
func (s *Service) View(ctx context.Context, by audit.Actor, claimID int64, number, reason string) (Dossier, error) {
	var d Dossier
	n, err := participants.ParseNumber(number)
	if err != nil {
		return d, ErrNotFound
	}
	if d.Participation, err = s.people.ByNumber(ctx, claimID, n.String()); err != nil {
		if errors.Is(err, participants.ErrNotFound) {
			err = ErrNotFound
		}
		return d, err
	}
	if utf8.RuneCountInString(reason) > reasonLength {
		reason = string([]rune(reason)[:reasonLength])
	}
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		return audit.Record(ctx, tx, by, actionViewed, participationSubject(d.Participation.ID), map[string]string{"reason": reason})
	})
	if err != nil {
		return Dossier{}, err
	}
	for _, part := range []func(context.Context, *Dossier) error{s.viewPerson, s.viewSigned, s.viewMoney, s.viewTraces} {
		if err := part(ctx, &d); err != nil {
			return Dossier{}, err
		}
	}
	return d, nil
}

// viewPerson reads who it is. Of somebody whose key was destroyed only the name that the books need is left.
func (s *Service) viewPerson(ctx context.Context, d *Dossier) (err error) {
	if d.Person, err = s.people.Participant(ctx, d.Participation.ParticipantID); err != nil {
		return err
	}
	if d.Person.ErasedAt == nil {
		if d.Address, err = s.people.Address(ctx, d.Person); err != nil {
			return err
		}
	}
	if len(d.Participation.KeyWrapped) > 0 {
		if d.AccountEmail, err = s.people.AccountEmail(ctx, d.Participation); err != nil {
			return err
		}
	}
	d.Masked = Masked{
		Name: maskName(d.Person), Email: maskEmail(d.Person.Email), Address: maskAddress(d.Address), AccountEmail: maskEmail(d.AccountEmail),
	}
	return nil
}

const dots = "•••"

func maskName(p participants.Participant) string {
	return strings.Join(strings.Fields(first(p.FirstNames)+". "+p.Infix+" "+first(p.LastName)+dots), " ")
}

func maskEmail(email string) string {
	at := strings.LastIndexByte(email, '@')
	if at < 1 {
		return ""
	}
	return first(email) + dots + email[at:]
}

func maskAddress(a participants.Address) string {
	if a.City == "" {
		return ""
	}
	digits, _, _ := strings.Cut(a.Postcode, " ")
	return strings.TrimSpace(digits + " " + dots + " " + a.City)
}

func first(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	return string(r)
}

// viewSigned reads what was signed, chosen, allowed and sent in.
func (s *Service) viewSigned(ctx context.Context, d *Dossier) (err error) {
	id := d.Participation.ID
	err = s.db.WithContext(ctx).Raw(`SELECT m.id, t.version AS mandate_version, u.version AS agreement_version, m.mandate_sha256, m.agreement_sha256, m.record_sha256, m.signed_at
		FROM mandates m JOIN texts t ON t.id = m.mandate_text_id JOIN texts u ON u.id = m.agreement_text_id
		WHERE m.participation_id = ? ORDER BY m.id DESC`, id).Scan(&d.Signatures).Error
	if err != nil {
		return err
	}
	fees, err := gorm.G[ChosenFee](s.db).Where("participation_id = ?", id).Order("id DESC").Find(ctx)
	if err != nil {
		return err
	}
	for _, f := range fees {
		if f.SupersededAt == nil {
			d.Fee = &f
		} else {
			d.FeesBefore = append(d.FeesBefore, f)
		}
	}
	if d.Consents, err = s.people.Consents(ctx, id); err != nil {
		return err
	}
	if d.Evidence, err = s.EvidenceOf(ctx, Owner{ParticipationID: id}); err != nil {
		return err
	}
	if err := s.markShared(ctx, d); err != nil {
		return err
	}
	if d.Participation.LetterID == nil {
		return s.db.WithContext(ctx).Raw(`SELECT coalesce(? > cutoff_at, false) FROM claims WHERE id = ?`, d.Participation.SignedAt, d.Participation.ClaimID).Scan(&d.Late).Error
	}
	l, err := take(ctx, letters(s.db).Where("id = ?", *d.Participation.LetterID))
	d.Letter, d.Late = &l, l.Ordinal > 1
	return err
}

// markShared marks the files that somebody else sent as well. Nobody is dropped for it: people share an invoice.
func (s *Service) markShared(ctx context.Context, d *Dossier) error {
	var shared []int64
	err := s.db.WithContext(ctx).Raw(`SELECT e.id FROM evidence e WHERE e.participation_id = ? AND e.kind = 'file' AND e.retracted_at IS NULL AND EXISTS (
		SELECT FROM evidence o WHERE o.sha256 = e.sha256 AND o.kind = 'file' AND o.retracted_at IS NULL AND o.participation_id <> e.participation_id)`,
		d.Participation.ID).Scan(&shared).Error
	for i, e := range d.Evidence {
		d.Evidence[i].Shared = slices.Contains(shared, e.ID)
	}
	return err
}

// viewMoney reads what was paid, awarded and paid out.
func (s *Service) viewMoney(ctx context.Context, d *Dossier) (err error) {
	if d.Prepayments, d.Refunds, d.Payouts, err = s.MoneyOf(ctx, d.Participation); err != nil {
		return err
	}
	if d.Award, err = s.AwardOf(ctx, d.Participation.ID); err != nil {
		return err
	}
	payee, err := s.people.Payee(ctx, d.Participation.ID)
	switch {
	case errors.Is(err, participants.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	d.PayeeEnding, d.PayeeUsable = payee.Ending(), payee.UsableFrom
	return nil
}

// viewTraces reads which mails went out and what the log says.
func (s *Service) viewTraces(ctx context.Context, d *Dossier) error {
	err := s.db.WithContext(ctx).Raw(`SELECT template, status, created_at, sent_at FROM outbox WHERE participant_id = ? ORDER BY id DESC LIMIT ?`,
		d.Person.ID, dossierLines).Scan(&d.Mails).Error
	if err != nil {
		return err
	}
	d.Events, err = gorm.G[audit.Event](s.db).Where("subject IN ?", []string{participationSubject(d.Participation.ID), string(audit.Participant(d.Person.ID))}).
		Order("id DESC").Limit(dossierLines).Find(ctx)
	return err
}
