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
	Letter        *Letter // the one whose annex covers it: its id and ordinal
	Prepayments   []payments.Prepayment
	Refunds       []payments.Refund
	Award         *Award
	Payouts       []payments.Payout
	PayeeEnding   string // last three digits of the account, or ""
	PayeeUsable   time.Time
	Holds         []payments.Hold // that are open
	Restricted    string          // what the person asked us not to do: "", RestrictedNews or RestrictedAll
	Mails         []MailLine      // newest first
	Events        []audit.Event   // newest first
	clock         []clockFact
}

// Preserved tells until when the claim is preserved, and by what.
func (d Dossier) Preserved(c Claim) Preserved { return clockOf(c, d.clock).Of(d.Participation) }

// How far the use of somebody's data is restricted.
const (
	RestrictedNews = "news" // no news or newsletter
	RestrictedAll  = "all"  // nothing but what the law and their own mandate ask
)

// restriction is how far it goes for one participation.
type restriction struct{ Everything bool }

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
	return s.viewParts(ctx, by, claimID, number, reason, s.viewPerson, s.viewEvidence, s.viewLists, s.viewPayee)
}

// ViewEvidence opens no more of a dossier than the evidence in it; that is a look like any other.
func (s *Service) ViewEvidence(ctx context.Context, by audit.Actor, claimID int64, number string) (Dossier, error) {
	return s.viewParts(ctx, by, claimID, number, "evidence", s.viewEvidence, s.viewShared)
}

func (s *Service) viewParts(ctx context.Context, by audit.Actor, claimID int64, number, reason string, parts ...func(context.Context, *Dossier) error) (Dossier, error) {
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
	for _, part := range parts {
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

// viewLists reads what was signed, chosen, allowed, paid and mailed, and what the log says of it.
func (s *Service) viewLists(ctx context.Context, d *Dossier) error {
	var fees []ChosenFee
	var awards []Award
	var shared []sharedFile
	var restricted []restriction
	var covers, late []Letter
	lists := append(moneyLists(&d.Prepayments, &d.Refunds, &d.Payouts),
		listOf("signatures", `SELECT m.id, t.version AS mandate_version, u.version AS agreement_version, m.mandate_sha256, m.agreement_sha256, m.record_sha256, m.signed_at
			FROM mandates m JOIN texts t ON t.id = m.mandate_text_id JOIN texts u ON u.id = m.agreement_text_id
			WHERE m.participation_id = @id ORDER BY m.id DESC`, &d.Signatures),
		listOf("fee options", `SELECT * FROM fee_options WHERE participation_id = @id ORDER BY id DESC`, &fees),
		listOf("consents", `SELECT * FROM consents WHERE participation_id = @id ORDER BY id DESC`, &d.Consents),
		listOf("award", `SELECT * FROM awards WHERE participation_id = @id AND distribution_id IN (SELECT id FROM distributions WHERE status = 'approved')`, &awards),
		listOf("shared files", sharedSQL, &shared),
		listOf("restriction", `SELECT everything FROM restrictions(@now) WHERE participation_id = @id`, &restricted),
		listOf("clock", clockSQL, &d.clock),
		listOf("letter", `SELECT l.id, l.ordinal FROM letters l JOIN participations t ON t.letter_id = l.id WHERE t.id = @id`, &covers),
		listOf("late", `SELECT t.id FROM participations t JOIN claims c ON c.id = t.claim_id LEFT JOIN letters l ON l.id = t.letter_id
			WHERE t.id = @id AND CASE WHEN l.id IS NULL THEN t.signed_at > c.cutoff_at ELSE l.ordinal > 1 END`, &late),
		listOf("holds", `SELECT * FROM payout_holds WHERE participation_id = @id AND lifted_at IS NULL ORDER BY id DESC`, &d.Holds),
		listOf("mails", `SELECT template, status, created_at, sent_at FROM outbox WHERE participant_id = @person ORDER BY id DESC LIMIT @most`, &d.Mails),
		listOf("log", `SELECT * FROM audit_events WHERE subject IN @subjects ORDER BY id DESC LIMIT @most`, &d.Events),
	)
	err := readLists(ctx, s.db, map[string]any{
		"id": d.Participation.ID, "claim": d.Participation.ClaimID, "one": d.Participation.ID, "person": d.Person.ID, "most": dossierLines, "now": s.db.NowFunc(),
		"subjects": []string{participationSubject(d.Participation.ID), string(audit.Participant(d.Person.ID))},
	}, lists...)
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
	if len(awards) > 0 {
		d.Award = &awards[0]
	}
	d.markShared(shared)
	for _, r := range restricted {
		d.Restricted = RestrictedNews
		if r.Everything {
			d.Restricted = RestrictedAll
		}
	}
	d.Late = len(late) > 0
	if len(covers) > 0 {
		d.Letter = &covers[0]
	}
	return nil
}

// viewEvidence reads what was sent in.
func (s *Service) viewEvidence(ctx context.Context, d *Dossier) (err error) {
	d.Evidence, err = s.EvidenceOf(ctx, Owner{ParticipationID: d.Participation.ID})
	return err
}

// sharedFile is a file that somebody else sent as well. Nobody is dropped for it: people share an invoice.
type sharedFile struct{ ID int64 }

const sharedSQL = `SELECT e.id FROM evidence e WHERE e.participation_id = @id AND e.kind = 'file' AND e.retracted_at IS NULL AND EXISTS (
	SELECT FROM evidence o WHERE o.sha256 = e.sha256 AND o.kind = 'file' AND o.retracted_at IS NULL AND o.participation_id <> e.participation_id)`

func (s *Service) viewShared(ctx context.Context, d *Dossier) error {
	var shared []sharedFile
	err := s.db.WithContext(ctx).Raw(sharedSQL, map[string]any{"id": d.Participation.ID}).Scan(&shared).Error
	d.markShared(shared)
	return err
}

func (d *Dossier) markShared(shared []sharedFile) {
	for i, e := range d.Evidence {
		d.Evidence[i].Shared = slices.Contains(shared, sharedFile{e.ID})
	}
}

// viewPayee reads the end of the account that the money is to go to.
func (s *Service) viewPayee(ctx context.Context, d *Dossier) error {
	payee, err := s.people.PayeeOf(ctx, d.Participation)
	switch {
	case errors.Is(err, participants.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	d.PayeeEnding, d.PayeeUsable = payee.Ending(), payee.UsableFrom
	return nil
}
