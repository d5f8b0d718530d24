package claims

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/participants"
)

var (
	// ErrConsultation means that a consultation lacks its title or text in one of the languages, or is longer than a page can be.
	ErrConsultation = errors.New("a consultation needs a title and a text in both languages")
	// ErrConsultationEnd means that people would have less than a week to vote, or more than a hundred days.
	ErrConsultationEnd = errors.New("a consultation takes from a week to a hundred days")
)

// How long people have to vote, at least and at most.
const (
	LeastConsultation = 7 * 24 * time.Hour
	MostConsultation  = 100 * 24 * time.Hour
)

// The states of a consultation.
const (
	ConsultationDraft   = "draft"
	ConsultationOpen    = "open"
	ConsultationClosed  = "closed"
	ConsultationDropped = "dropped"
)

// Consultation asks participants what they think of a proposed settlement.
type Consultation struct {
	ID           int64
	ClaimID      int64
	Ordinal      int
	Status       string
	TitleNL      string    `gorm:"column:title_nl"`
	TitleEN      string    `gorm:"column:title_en"`
	BodyNL       string    `gorm:"column:body_nl"`
	BodyEN       string    `gorm:"column:body_en"`
	ClosesAt     time.Time // itself too late
	RequestID    string    // of the form that was sent: twice is once
	WrittenBy    audit.Actor
	WrittenAt    time.Time
	OpenedBy     *audit.Actor // somebody else
	OpenedAt     *time.Time
	DroppedAt    *time.Time
	ClosedAt     *time.Time
	Mandates     *int64 // active when it closed
	VotesFor     *int64
	VotesAgainst *int64
	VotesNone    *int64
	Root         []byte
}

// Title is the title in a language.
func (c Consultation) Title(lang string) string { return inLanguage(lang, c.TitleNL, c.TitleEN) }

// Body is the text in a language, paragraphs with a blank line between.
func (c Consultation) Body(lang string) string { return inLanguage(lang, c.BodyNL, c.BodyEN) }

// OpenAt reports whether a vote that is received at a moment is in time.
func (c Consultation) OpenAt(at time.Time) bool {
	return c.Status == ConsultationOpen && at.Before(c.ClosesAt)
}

// consultations asks for consultations without their trees, which can be large.
func consultations(db *gorm.DB, more ...clause.Expression) table.Query[Consultation] {
	return table.Of[Consultation](db.Session(&gorm.Session{QueryFields: true}), more...)
}

// Consultations lists the consultations of a claim, newest first.
func (s *Service) Consultations(ctx context.Context, claimID int64) ([]Consultation, error) {
	return consultations(s.db).Where("claim_id = ?", claimID).Order("ordinal DESC").Limit(100).Find(ctx)
}

// clean brings the words into the form in which they are kept.
func (c *Consultation) clean() error {
	for _, text := range []*string{&c.TitleNL, &c.TitleEN, &c.BodyNL, &c.BodyEN} {
		var err error
		if *text, err = participants.CleanLines(*text, MostNews); err != nil || *text == "" {
			return ErrConsultation
		}
	}
	c.TitleNL, c.TitleEN = oneLine(c.TitleNL), oneLine(c.TitleEN)
	return nil
}

// inTime refuses an end that gives people too little time, or too much.
func (c Consultation) inTime(now time.Time) error {
	if c.ClosesAt.Before(now.Add(LeastConsultation)) || c.ClosesAt.After(now.Add(MostConsultation)) {
		return ErrConsultationEnd
	}
	return nil
}

// WriteConsultation writes down what participants are asked about a proposed
// settlement; somebody else opens it. Sent twice it is one.
func (s *Service) WriteConsultation(ctx context.Context, by audit.Actor, claimID int64, in Consultation) error {
	if err := in.clean(); err != nil {
		return err
	}
	return s.transaction(ctx, func(tx *gorm.DB) error {
		c, err := lockClaim(ctx, tx, claimID)
		if err != nil {
			return err
		}
		before, err := consultations(tx).Where("claim_id = ?", c.ID).Order("ordinal DESC").Find(ctx)
		if err != nil {
			return err
		}
		for _, b := range before {
			if b.RequestID == in.RequestID {
				return nil
			}
		}
		if c.Status != SettlementProposed || in.RequestID == "" || len(before) > 0 && (before[0].Status == ConsultationDraft || before[0].Status == ConsultationOpen) {
			return ErrWrongState
		}
		now := tx.NowFunc()
		if err := in.inTime(now); err != nil {
			return err
		}
		row := Consultation{
			ClaimID: c.ID, Ordinal: len(before) + 1, Status: ConsultationDraft, TitleNL: in.TitleNL, TitleEN: in.TitleEN, BodyNL: in.BodyNL, BodyEN: in.BodyEN,
			ClosesAt: in.ClosesAt, RequestID: in.RequestID, WrittenBy: by, WrittenAt: now,
		}
		if err := table.Of[Consultation](tx).Create(ctx, &row); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "consultation.written", consultationSubject(row.ID), nil)
	})
}

func consultationSubject(id int64) string { return fmt.Sprintf("consultation:%d", id) }

// lockConsultation keeps others off a consultation; the claim first, as everywhere.
func lockConsultation(ctx context.Context, tx *gorm.DB, claimID int64, ordinal int) (Claim, Consultation, error) {
	c, err := lockClaim(ctx, tx, claimID)
	if err != nil {
		return c, Consultation{}, err
	}
	row, err := take(ctx, consultations(tx, clause.Locking{Strength: "UPDATE"}).Where("claim_id = ? AND ordinal = ?", claimID, ordinal))
	return c, row, err
}

// OpenConsultation is a second person asking everybody with an active mandate; each of them gets a mail.
func (s *Service) OpenConsultation(ctx context.Context, by audit.Actor, claimID int64, ordinal int) error {
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		c, row, err := lockConsultation(ctx, tx, claimID, ordinal)
		switch {
		case err != nil:
			return err
		case row.Status != ConsultationDraft || c.Status != SettlementProposed:
			return ErrWrongState
		case row.WrittenBy == by:
			return ErrSamePerson
		}
		now := tx.NowFunc()
		if err := row.inTime(now); err != nil {
			return err
		}
		if _, err := table.Of[Consultation](tx).Where("id = ? AND status = 'draft'", row.ID).Updates(ctx, Consultation{Status: ConsultationOpen, OpenedBy: &by, OpenedAt: &now}); err != nil {
			return err
		}
		asked, err := tell(ctx, tx, fmt.Sprintf("consultation:%d", row.ID), "consultation", func(a Addressee) (map[string]string, error) {
			return map[string]string{"When": locale.Moment(row.ClosesAt, a.Lang)}, nil
		}, mandated, c.ID)
		if err != nil {
			return err
		}
		if asked == 0 {
			return ErrNobody
		}
		return audit.Record(ctx, tx, by, "consultation.opened", consultationSubject(row.ID), map[string]any{"asked": asked})
	})
}

// mandated selects whose mandate is active while a settlement is only proposed: who is entitled to money is past that.
const mandated = `SELECT t.id AS fact, p.id AS participant_id, t.number, p.email, p.lang
	FROM participations t JOIN participants p ON p.id = t.participant_id
	WHERE t.claim_id = ? AND t.status IN ('active', 'included')`

// DropConsultation throws a draft away.
func (s *Service) DropConsultation(ctx context.Context, by audit.Actor, claimID int64, ordinal int) error {
	return s.transaction(ctx, func(tx *gorm.DB) error {
		_, row, err := lockConsultation(ctx, tx, claimID, ordinal)
		if err != nil {
			return err
		}
		if row.Status != ConsultationDraft {
			return ErrWrongState
		}
		now := tx.NowFunc()
		if _, err := table.Of[Consultation](tx).Where("id = ?", row.ID).Updates(ctx, Consultation{Status: ConsultationDropped, DroppedAt: &now}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "consultation.dropped", consultationSubject(row.ID), nil)
	})
}

// withdrawConsultation ends what participants are asked about a proposal that is off the table; nothing is counted.
func withdrawConsultation(ctx context.Context, tx *gorm.DB, by audit.Actor, claimID int64) error {
	row, err := take(ctx, consultations(tx, clause.Locking{Strength: "UPDATE"}).Where("claim_id = ? AND status IN ('draft', 'open')", claimID))
	if err != nil {
		return ignoreNotFound(err)
	}
	now := tx.NowFunc()
	if _, err := table.Of[Consultation](tx).Where("id = ?", row.ID).Updates(ctx, Consultation{Status: ConsultationDropped, DroppedAt: &now}); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, "consultation.dropped", consultationSubject(row.ID), map[string]string{"because": "the proposal was withdrawn"})
}
