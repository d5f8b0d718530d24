package claims

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/payments"
)

// SetPayee writes down where somebody's money goes. An account that would get
// the money of many people is looked at before money goes there.
func (s *Service) SetPayee(ctx context.Context, by audit.Actor, participationID int64, iban participants.IBAN, holder string) error {
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		shared, err := s.people.SetPayee(ctx, tx, by, participationID, iban, holder)
		if err != nil {
			return err
		}
		for _, id := range shared {
			if err := payments.PlaceHold(ctx, tx, audit.System("payee"), id, payments.HoldShared); err != nil {
				return err
			}
		}
		return nil
	})
}

// NotMe is somebody saying that another was in their account: every log-in
// ends, and no money goes out before a member of staff has spoken to them. Said twice, it is done once.
func (s *Service) NotMe(ctx context.Context, participantID int64) error {
	return s.afterwards(ctx, "mail", func(tx *gorm.DB) error { return s.notMe(ctx, tx, participantID) })
}

func (s *Service) notMe(ctx context.Context, tx *gorm.DB, participantID int64) error {
	by, now := audit.Participant(participantID), tx.NowFunc()
	person, err := take(ctx, table.Of[participants.Participant](tx).Where("id = ? AND erased_at IS NULL", participantID))
	if err != nil {
		return err
	}
	if err := participants.EndLogins(ctx, tx, person.ID); err != nil {
		return err
	}
	if err := participants.StopEmail(ctx, tx, by, person.ID); err != nil {
		return err
	}
	mine, err := table.Of[participants.Participation](tx).Where("participant_id = ?", person.ID).Order("id").Find(ctx)
	if err != nil {
		return err
	}
	for _, p := range mine {
		if p.Status.Live() {
			if err := payments.PlaceHold(ctx, tx, by, p.ID, payments.HoldSecurity); err != nil {
				return err
			}
		}
	}
	err = mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("not_me:%d:%s", person.ID, now.Format(time.DateOnly)), To: person.Email, Lang: person.Lang, Template: "not_me", ParticipantID: person.ID,
		Data: map[string]string{"When": locale.Moment(now, person.Lang)},
	})
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, "participant.not_me", string(by), nil)
}

// HoldsOf lists the holds of a participation, newest first.
func (s *Service) HoldsOf(ctx context.Context, p participants.Participation) ([]payments.Hold, error) {
	return payments.Holds(ctx, s.db, p.ID)
}

// LiftHold lets money go to a participation again, for a reason; the person was spoken to.
func (s *Service) LiftHold(ctx context.Context, by audit.Actor, claimID int64, number string, holdID int64, reason string) error {
	p, err := s.people.ByNumber(ctx, claimID, number)
	if err != nil {
		return err
	}
	return s.transaction(ctx, func(tx *gorm.DB) error { return payments.LiftHold(ctx, tx, by, p.ID, holdID, reason) })
}
