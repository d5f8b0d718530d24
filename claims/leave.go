package claims

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/mailer"
	"samenclaim/participants"
)

// Leave ends a mandate: the person takes part no longer, a prepayment goes
// back, and a mail says when it was. Possible until the award is fixed; from
// then on the money is theirs and only waits for an account.
func (s *Service) Leave(ctx context.Context, by audit.Actor, p participants.Participation) error {
	return s.afterwards(ctx, "refunds", func(tx *gorm.DB) error {
		p, err := lockParticipation(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if p.Status == participants.Withdrawn {
			return nil // left already: twice is once
		}
		if err := participants.Move(ctx, tx, p.ID, p.Status, participants.Withdrawn); err != nil {
			return err
		}
		if err := refundPaid(ctx, tx, p.ID, "withdrawn"); err != nil {
			return err
		}
		person, err := take(ctx, gorm.G[participants.Participant](tx).Where("id = ?", p.ParticipantID))
		if err != nil {
			return err
		}
		err = mailer.Enqueue(ctx, tx, mailer.Mail{
			Key: fmt.Sprintf("left:%d", p.ID), To: person.Email, Lang: person.Lang, Template: "left", ParticipantID: person.ID,
			Data: map[string]string{"Number": p.Number, "When": locale.Moment(tx.NowFunc(), person.Lang)},
		})
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "participation.withdrawn", participationSubject(p.ID), nil)
	})
}
