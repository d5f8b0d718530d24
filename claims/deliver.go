package claims

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/participants"
)

var (
	// ErrDeliveryTime means that a letter cannot have arrived then: before it was sent, or in the future.
	ErrDeliveryTime = errors.New("the letter cannot have arrived at this time")
	// ErrChannel means that this is not a way in which letters are delivered.
	ErrChannel = errors.New("letters are not delivered this way")
	// ErrProof means that the proof of delivery is missing, too large, or no PDF, JPEG or PNG.
	ErrProof = errors.New("the proof of delivery has to be a PDF, JPEG or PNG of at most ten megabytes")
)

// Delivery is how and when a letter arrived, with the proof.
type Delivery struct {
	ID          int64
	LetterID    int64
	Channel     string // registered_post, bailiff, email or portal
	Tracking    string
	DeliveredAt time.Time
	Proof       []byte
	ProofType   string // media type, found from the bytes
	ProofSHA256 []byte `gorm:"column:proof_sha256"`
	RecordedBy  audit.Actor
	RecordedAt  time.Time
}

// Channels are the ways in which a letter can arrive.
var Channels = []string{"registered_post", "bailiff", "email", "portal"}

// Deliver records that a letter arrived, with the proof. From then on
// limitation is interrupted for everybody in its annex, and they are told.
func (s *Service) Deliver(ctx context.Context, by audit.Actor, claimID int64, ordinal int, d Delivery) error {
	if !slices.Contains(Channels, d.Channel) {
		return ErrChannel
	}
	media, ok := sniffProof(d.Proof)
	if !ok {
		return ErrProof
	}
	return s.afterwards(ctx, limitationDrain, func(tx *gorm.DB) error {
		if err := patient(ctx, tx); err != nil {
			return err
		}
		l, err := lockLetter(ctx, tx, claimID, ordinal)
		if err != nil {
			return err
		}
		if l.Status != LetterWasSent {
			return ErrWrongState
		}
		if d.DeliveredAt, err = arrival(d.DeliveredAt, *l.SentAt, tx.NowFunc()); err != nil {
			return err
		}
		hash := sha256.Sum256(d.Proof)
		d.ID, d.LetterID, d.ProofType, d.ProofSHA256, d.RecordedBy, d.RecordedAt = 0, l.ID, media, hash[:], by, tx.NowFunc()
		if d.Proof, err = s.vault.Seal(d.Proof, aboutProof(l.ID)); err != nil {
			return err
		}
		if err := table.Of[Delivery](tx).Create(ctx, &d); err != nil {
			return err
		}
		return delivered(ctx, tx, by, l, d)
	})
}

// arrival checks a time of delivery. Whoever fills in only the day means that
// day: on the day of sending that is the moment of sending.
func arrival(at, sent, now time.Time) (time.Time, error) {
	if at.Before(sent) && sameDay(at, sent) {
		at = sent
	}
	if at.Before(sent) || at.After(now) {
		return at, ErrDeliveryTime
	}
	return at, nil
}

func sameDay(a, b time.Time) bool {
	const day = time.DateOnly
	return a.In(locale.Amsterdam()).Format(day) == b.In(locale.Amsterdam()).Format(day)
}

// delivered does what follows from the arrival of a letter.
func delivered(ctx context.Context, tx *gorm.DB, by audit.Actor, l Letter, d Delivery) error {
	done := tx.WithContext(ctx).Exec(`UPDATE letters SET status = 'delivered', delivered_at = ? WHERE id = ? AND status = 'sent'`, d.DeliveredAt, l.ID)
	if done.Error != nil {
		return done.Error
	}
	if done.RowsAffected != 1 {
		return ErrWrongState
	}
	c, err := take(ctx, table.Of[Claim](tx).Where("id = ?", l.ClaimID))
	if err != nil {
		return err
	}
	k, err := clock(ctx, tx, c, 0) // with this delivery in it
	if err != nil {
		return err
	}
	if err := tellDelivered(ctx, tx, k, l, d.DeliveredAt); err != nil {
		return err
	}
	if c.Status == LetterSent && l.Ordinal == 1 {
		if err := follow(ctx, tx, by, c, LetterDelivered, "letter delivered"); err != nil {
			return err
		}
	}
	return audit.Record(ctx, tx, by, "letter.delivered", letterSubject(l.ID), map[string]string{"channel": d.Channel, "limitation_on": k.group(l.ID, 0).Until.Format(time.DateOnly)})
}

// arrived is an addressee of the news that a letter arrived, with what their date depends on.
type arrived struct {
	Addressee
	SignedAt time.Time
	EndedAt  *time.Time
}

func tellDelivered(ctx context.Context, tx *gorm.DB, k Clock, l Letter, at time.Time) error {
	const query = `SELECT t.id AS fact, p.id AS participant_id, t.number, p.email, p.lang, t.signed_at, t.ended_at
		FROM participations t JOIN participants p ON p.id = t.participant_id WHERE t.letter_id = ?` + takesPart
	_, err := tell(ctx, tx, fmt.Sprintf("letter_delivered:%d", l.ID), "letter_delivered", func(a arrived) (map[string]string, error) {
		until := k.Of(participants.Participation{ID: a.Fact, LetterID: &l.ID, SignedAt: a.SignedAt, EndedAt: a.EndedAt}).Until
		return map[string]string{"Date": locale.Day(at, a.Lang), "LimitationOn": locale.Day(until, a.Lang)}, nil
	}, query, l.ID)
	return err
}

// DeliveryOf returns how a letter arrived, without the proof, or nil.
func (s *Service) DeliveryOf(ctx context.Context, claimID int64, ordinal int) (*Delivery, error) {
	l, err := s.Letter(ctx, claimID, ordinal)
	if err != nil {
		return nil, err
	}
	d, err := take(ctx, table.Of[Delivery](s.db).Where("letter_id = ?", l.ID).Omit("proof"))
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	d.Proof = nil
	return &d, nil
}

// DeliveryProof opens the proof of a delivery; the log keeps who looked.
func (s *Service) DeliveryProof(ctx context.Context, by audit.Actor, claimID int64, ordinal int) (mediaType string, proof []byte, err error) {
	l, err := s.Letter(ctx, claimID, ordinal)
	if err != nil {
		return "", nil, err
	}
	err = s.transaction(ctx, func(tx *gorm.DB) error {
		d, err := take(ctx, table.Of[Delivery](tx).Where("letter_id = ?", l.ID))
		if err != nil {
			return err
		}
		if proof, err = s.vault.Unseal(d.Proof, aboutProof(l.ID)); err != nil {
			return err
		}
		mediaType = d.ProofType
		return audit.Record(ctx, tx, by, "delivery.proof_viewed", letterSubject(l.ID), nil)
	})
	return mediaType, proof, err
}

func aboutProof(letterID int64) string { return fmt.Sprintf("deliveries.proof:%d", letterID) }
