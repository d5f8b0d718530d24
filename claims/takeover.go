package claims

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/internal/vault"
	"samenclaim/mailer"
	"samenclaim/participants"
)

var (
	// ErrTakeoverOpen means that another takeover of this participation is under way; it ends first.
	ErrTakeoverOpen = errors.New("another takeover is under way")
	// ErrMoneyUnderWay means that a payout is at the bank, so that who is paid cannot change now.
	ErrMoneyUnderWay = errors.New("a payout is at the bank")
	// ErrLinkOver means that a mailed link is too old; staff can send another.
	ErrLinkOver = errors.New("the link is over")
	// ErrUntil means that a representation would end before it begins.
	ErrUntil = errors.New("the representation has ended already")
)

// TakeoverLinkLife is how long the link works by which somebody takes a participation over.
const TakeoverLinkLife = 30 * 24 * time.Hour

// The kinds of takeovers, and how far one is.
const (
	TakeoverAdult          = "adult"
	TakeoverHeir           = "heir"
	TakeoverRepresentative = "representative"

	TakeoverProposed = "proposed"
	TakeoverAccepted = "accepted"
	TakeoverSigned   = "signed"
	TakeoverRefused  = "refused"
)

// Contact is whom we write to about a takeover.
type Contact struct {
	Name  string `json:"name"`
	Email string `json:"email"`
	Lang  string `json:"lang"`
}

// takeoverRow is a takeover as it is kept.
type takeoverRow struct {
	ID              int64
	ParticipationID int64
	Kind            string
	Status          string
	Contact         []byte
	Scope           string
	UntilOn         *time.Time
	PaperID         *int64
	ProposedBy      audit.Actor
	ProposedAt      time.Time
	AcceptedBy      *audit.Actor
	AcceptedAt      *time.Time
	TokenHash       []byte
	LinkUntil       *time.Time // until when the mailed link works
	SignedAt        *time.Time
	MandateID       *int64
	ParticipantID   *int64
	RefusedBy       *audit.Actor
}

// TableName is the table of takeovers.
func (takeoverRow) TableName() string { return "takeovers" }

const aboutContact = "takeovers.contact"

// TakeoverWish is what a member of staff proposes: who, how far, until when.
type TakeoverWish struct {
	Kind    string // heir or representative
	Contact Contact
	Scope   string // all, or no_money: payouts wait
	UntilOn *time.Time
}

// ProposeTakeover records that somebody asks to take a participation over, with
// the document they showed. Another member of staff accepts it.
func (s *Service) ProposeTakeover(ctx context.Context, by audit.Actor, p participants.Participation, w TakeoverWish, proof io.Reader) error {
	if w.UntilOn != nil && !w.UntilOn.After(locale.Today(s.db.NowFunc())) {
		return ErrUntil
	}
	doc, err := s.keepDocument(ctx, by, p, w.Kind, proof)
	if err != nil {
		return err
	}
	return s.unlessKept(doc, s.transaction(ctx, func(tx *gorm.DB) error {
		p, err := lockParticipation(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if (w.Kind == TakeoverHeir) != (p.Status == participants.InEstate) || !p.Status.Live() {
			return ErrWrongState
		}
		key, err := s.vault.OpenKey(p.KeyWrapped)
		if err != nil {
			return err
		}
		sealed, err := vault.SealJSON(key, w.Contact, aboutContact)
		if err != nil {
			return err
		}
		if err := doc.file(ctx, tx); err != nil {
			return err
		}
		row := takeoverRow{
			ParticipationID: p.ID, Kind: w.Kind, Status: TakeoverProposed, Contact: sealed, Scope: w.Scope, UntilOn: w.UntilOn, PaperID: &doc.ID,
			ProposedBy: by, ProposedAt: tx.NowFunc(),
		}
		if err := table.Of[takeoverRow](tx).Create(ctx, &row); err != nil {
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return ErrTakeoverOpen
			}
			return err
		}
		return audit.Record(ctx, tx, by, "takeover.proposed", participationSubject(p.ID), map[string]any{"takeover": row.ID, "kind": w.Kind})
	}))
}

// AcceptTakeover is the second person saying that the document is right: who
// asked gets a link to sign. Accepted twice, one mail goes out.
func (s *Service) AcceptTakeover(ctx context.Context, by audit.Actor, p participants.Participation) error {
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		row, p, err := lockTakeover(ctx, tx, p.ID)
		switch {
		case err != nil:
			return err
		case row.Status != TakeoverProposed:
			return ErrWrongState
		case row.ProposedBy == by:
			return ErrSamePerson
		}
		token, now := rand.Text(), tx.NowFunc()
		change := takeoverRow{Status: TakeoverAccepted, AcceptedBy: &by, AcceptedAt: &now, TokenHash: hashOf(token), LinkUntil: linkUntil(now)}
		if _, err := table.Of[takeoverRow](tx).Where("id = ?", row.ID).Updates(ctx, change); err != nil {
			return err
		}
		if err := s.mailTakeover(ctx, tx, row, p, fmt.Sprintf("takeover:%d", row.ID), token); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "takeover.accepted", participationSubject(p.ID), map[string]any{"takeover": row.ID})
	})
}

func linkUntil(from time.Time) *time.Time {
	until := from.Add(TakeoverLinkLife)
	return &until
}

// mailTakeover mails the link to who asked.
func (s *Service) mailTakeover(ctx context.Context, tx *gorm.DB, row takeoverRow, p participants.Participation, mailKey, token string) error {
	key, err := s.vault.OpenKey(p.KeyWrapped)
	if err != nil {
		return err
	}
	to, err := vault.UnsealJSON[Contact](key, row.Contact, aboutContact)
	if err != nil {
		return err
	}
	return mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: mailKey, To: to.Email, Lang: to.Lang, Template: "takeover", Data: map[string]string{"Name": to.Name, "Number": p.Number, "Token": token},
	})
}

// RefuseTakeover ends a takeover that has not been signed.
func (s *Service) RefuseTakeover(ctx context.Context, by audit.Actor, p participants.Participation) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		row, p, err := lockTakeover(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if row.Kind == TakeoverAdult {
			return ErrWrongState // who is of age has a right to it
		}
		err = tx.WithContext(ctx).Exec(`UPDATE takeovers SET status = 'refused', refused_by = ?, accepted_by = NULL, accepted_at = NULL, token_hash = NULL WHERE id = ?`, by, row.ID).Error
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "takeover.refused", participationSubject(p.ID), map[string]any{"takeover": row.ID})
	})
}

// lockTakeover finds the takeover that is under way, and keeps others off it and its participation.
func lockTakeover(ctx context.Context, tx *gorm.DB, participationID int64) (takeoverRow, participants.Participation, error) {
	p, err := lockParticipation(ctx, tx, participationID)
	if err != nil {
		return takeoverRow{}, p, err
	}
	row, err := take(ctx, table.Of[takeoverRow](tx, clause.Locking{Strength: "UPDATE"}).Where("participation_id = ? AND status IN ('proposed', 'accepted')", p.ID))
	if errors.Is(err, ErrNotFound) {
		err = ErrWrongState
	}
	return row, p, err
}

// OpenTakeover is a takeover that is under way, as staff see it.
type OpenTakeover struct {
	Kind       string
	Status     string
	ProposedBy audit.Actor
	LinkUntil  *time.Time // until when the mailed link works; nil: none was mailed
}

// TakeoverOpen returns the takeover of a participation that is under way, or nil.
func (s *Service) TakeoverOpen(ctx context.Context, p participants.Participation) (*OpenTakeover, error) {
	row, err := take(ctx, table.Of[takeoverRow](s.db).Where("participation_id = ? AND status IN ('proposed', 'accepted')", p.ID))
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	return &OpenTakeover{row.Kind, row.Status, row.ProposedBy, row.LinkUntil}, nil
}

func hashOf(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}
