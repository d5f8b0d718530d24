package claims

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/internal/vault"
	"samenclaim/participants"
)

var (
	// ErrClockDay means that a fact of limitation cannot be of this day: it has to have happened, and after the events began.
	ErrClockDay = errors.New("a fact of limitation has to have happened after the events began")
	// ErrClockKind means that this is nothing a date of limitation can rest on, or not for everybody at once.
	ErrClockKind = errors.New("a date of limitation does not rest on this")
	// ErrClockNumber means that no participation in this claim has this number.
	ErrClockNumber = errors.New("no participation in this claim has this number")
)

// ClockKinds are what can be recorded, beside a letter that arrived.
var ClockKinds = []string{string(ByWrit), string(ByAcknowledgement), factKnowledge}

// ClockFact is what a date of limitation rests on, with its document: an act that interrupts it, or
// the day on which one person knew. Nothing of it changes; it can be taken back.
type ClockFact struct {
	ID              int64
	ClaimID         int64
	ParticipationID *int64 // nil: it counts for everybody who had signed before that day
	Kind            string
	OnDay           time.Time
	Note            string
	Document        []byte
	DocumentType    *string
	DocumentSHA256  []byte `gorm:"column:document_sha256"`
	Withdraws       *int64
	RecordedBy      audit.Actor
	RecordedAt      time.Time
	RequestID       string // marks a form: sent twice it is one fact

	Number    string `gorm:"->"` // of the participation
	Withdrawn bool   `gorm:"->"`
}

// TableName is where the facts stand.
func (ClockFact) TableName() string { return "limitation_facts" }

// RecordClock writes down what a date of limitation rests on, with the document that proves it. Without
// a number it counts for everybody who had signed before that day. Sent twice it is one fact.
func (s *Service) RecordClock(ctx context.Context, by audit.Actor, claimID int64, number string, f ClockFact) error {
	note, err := reasonOf(f.Note)
	if err != nil {
		return err
	}
	media, ok := sniffProof(f.Document)
	if !ok {
		return ErrProof
	}
	return s.afterwards(ctx, limitationDrain, func(tx *gorm.DB) error {
		c, err := lockClaim(ctx, tx, claimID)
		if err != nil {
			return err
		}
		if err := f.possible(c, number, tx.NowFunc()); err != nil {
			return err
		}
		hash := sha256.Sum256(f.Document)
		f = ClockFact{ClaimID: c.ID, Kind: f.Kind, OnDay: f.OnDay, Note: note, Document: f.Document, DocumentType: &media, DocumentSHA256: hash[:], RecordedBy: by, RecordedAt: tx.NowFunc(), RequestID: f.RequestID}
		if err := s.sealClock(ctx, tx, number, &f); err != nil {
			return err
		}
		once := clause.OnConflict{Columns: []clause.Column{{Name: "request_id"}}, DoNothing: true}
		if err := table.Of[ClockFact](tx, once).Create(ctx, &f); err != nil || f.ID == 0 {
			return err
		}
		return recordClock(ctx, tx, by, f, "limitation.recorded")
	})
}

// possible refuses what no date of limitation can rest on.
func (f ClockFact) possible(c Claim, number string, now time.Time) error {
	switch {
	case f.Kind != string(ByWrit) && f.Kind != string(ByAcknowledgement) && f.Kind != factKnowledge, f.RequestID == "":
		return ErrClockKind
	case f.Kind == factKnowledge && number == "":
		return ErrClockNumber
	case f.OnDay.Before(c.PeriodFrom) || f.OnDay.After(locale.Today(now)):
		return ErrClockDay
	case c.Status == Draft:
		return ErrWrongState
	}
	return nil
}

// sealClock seals the document: with the key of whom it is about, or with ours.
func (s *Service) sealClock(ctx context.Context, tx *gorm.DB, number string, f *ClockFact) (err error) {
	var key vault.Sealer = s.vault
	if number != "" {
		n, err := participants.ParseNumber(number)
		if err != nil {
			return ErrClockNumber
		}
		p, err := take(ctx, table.Of[participants.Participation](tx).Where("claim_id = ? AND number = ? AND key_wrapped IS NOT NULL", f.ClaimID, n.String()))
		if errors.Is(err, ErrNotFound) {
			return ErrClockNumber
		}
		if err != nil {
			return err
		}
		if key, err = s.vault.OpenKey(p.KeyWrapped); err != nil {
			return err
		}
		f.ParticipationID = &p.ID
	}
	f.Document, err = key.Seal(f.Document, aboutClock)
	return err
}

const aboutClock = "limitation_facts.document"

func recordClock(ctx context.Context, tx *gorm.DB, by audit.Actor, f ClockFact, action string) error {
	detail := map[string]any{"fact": f.ID, "kind": f.Kind, "on": f.OnDay.Format(time.DateOnly)}
	if f.ParticipationID != nil {
		return audit.Record(ctx, tx, by, action, participationSubject(*f.ParticipationID), detail)
	}
	return audit.Record(ctx, tx, by, action, claimSubject(f.ClaimID), detail)
}

// WithdrawClock takes back what a date of limitation rested on; it stays to be seen, with the reason.
func (s *Service) WithdrawClock(ctx context.Context, by audit.Actor, claimID, id int64, reason string) error {
	reason, err := reasonOf(reason)
	if err != nil {
		return err
	}
	return s.afterwards(ctx, limitationDrain, func(tx *gorm.DB) error {
		if _, err := lockClaim(ctx, tx, claimID); err != nil {
			return err
		}
		f, err := take(ctx, table.Of[ClockFact](tx).Where("id = ? AND claim_id = ?", id, claimID).Select("id", "claim_id", "participation_id", "kind", "on_day"))
		if err != nil {
			return err
		}
		if f.Kind == factWithdrawal {
			return ErrWrongState
		}
		row := ClockFact{ClaimID: claimID, ParticipationID: f.ParticipationID, Kind: factWithdrawal, OnDay: locale.Today(tx.NowFunc()), Note: reason, Withdraws: &f.ID,
			RecordedBy: by, RecordedAt: tx.NowFunc(), RequestID: fmt.Sprintf("withdraws:%d", f.ID)}
		if err := table.Of[ClockFact](tx).Create(ctx, &row); err != nil {
			if errors.Is(err, gorm.ErrDuplicatedKey) {
				return ErrWrongState
			}
			return err
		}
		return recordClock(ctx, tx, by, f, "limitation.withdrawn")
	})
}

const clockFactsSQL = `SELECT f.id, f.claim_id, f.participation_id, f.kind, f.on_day, f.note, f.document_type, f.document_sha256, f.recorded_by, f.recorded_at, coalesce(t.number, '') AS number,
		EXISTS (SELECT FROM limitation_facts w WHERE w.withdraws = f.id) AS withdrawn
	FROM limitation_facts f LEFT JOIN participations t ON t.id = f.participation_id WHERE f.claim_id = @claim AND f.kind <> 'withdrawal'`

// clockFactsShown is how many facts a page shows.
const clockFactsShown = 200

// ClockFacts lists what dates of limitation rest on in a claim, newest first, without the documents.
func (s *Service) ClockFacts(ctx context.Context, claimID int64) (all []ClockFact, err error) {
	err = s.db.WithContext(ctx).Raw(clockFactsSQL+` ORDER BY f.id DESC LIMIT @most`, map[string]any{"claim": claimID, "most": clockFactsShown}).Scan(&all).Error
	return all, err
}

// ClockFact finds one fact of limitation, with the reason why it was taken back, if it was.
func (s *Service) ClockFact(ctx context.Context, claimID, id int64) (f ClockFact, reason string, err error) {
	f, err = take(ctx, table.Of[ClockFact](s.db).Raw(clockFactsSQL+` AND f.id = @id`, map[string]any{"claim": claimID, "id": id}))
	if err == nil && f.Withdrawn {
		err = s.db.WithContext(ctx).Raw(`SELECT note FROM limitation_facts WHERE withdraws = ?`, id).Scan(&reason).Error
	}
	return f, reason, err
}

// ClockDocument opens the document of a fact of limitation; the log keeps who looked. Of somebody who was erased it is gone.
func (s *Service) ClockDocument(ctx context.Context, by audit.Actor, claimID, id int64) (mediaType string, document []byte, err error) {
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		f, err := take(ctx, table.Of[ClockFact](tx).Where("id = ? AND claim_id = ? AND document IS NOT NULL", id, claimID))
		if err != nil {
			return err
		}
		var key vault.Sealer = s.vault
		if f.ParticipationID != nil {
			p, err := take(ctx, table.Of[participants.Participation](tx).Where("id = ? AND key_wrapped IS NOT NULL", *f.ParticipationID))
			if err != nil {
				return err
			}
			if key, err = s.vault.OpenKey(p.KeyWrapped); err != nil {
				return err
			}
		}
		if document, err = key.Unseal(f.Document, aboutClock); err != nil {
			return err
		}
		mediaType = *f.DocumentType
		return recordClock(ctx, tx, by, f, "limitation.document_viewed")
	})
	return mediaType, document, err
}
