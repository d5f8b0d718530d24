package claims

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"samenclaim/internal/locale"
	"samenclaim/mailer"
)

// addressee is somebody who takes part, as far as a mail needs to know.
type addressee struct {
	ParticipationID int64
	ParticipantID   int64
	Number          string
	Email           string
	Lang            string
	Cents           int64 // an amount that goes with the mail, if any
}

// tell puts one mail in the outbox for each person a query finds. The key of
// each mail is made of prefix and participation, so telling twice is telling once.
func tell(ctx context.Context, tx *gorm.DB, prefix, template string, data func(a addressee) map[string]string, query string, args ...any) (int64, error) {
	var to []addressee
	if err := tx.WithContext(ctx).Raw(query, args...).Scan(&to).Error; err != nil {
		return 0, fmt.Errorf("find whom to tell: %w", err)
	}
	mails := make([]mailer.Mail, len(to))
	for i, a := range to {
		values := data(a)
		values["Number"] = a.Number
		mails[i] = mailer.Mail{
			Key: fmt.Sprintf("%s:%d", prefix, a.ParticipationID), To: a.Email, Lang: a.Lang, Template: template, Data: values, ParticipantID: a.ParticipantID,
		}
	}
	return int64(len(to)), mailer.EnqueueAll(ctx, tx, mails)
}

// everybody selects the people who take part in a claim, with a condition on their participation t.
const everybody = `SELECT t.id AS participation_id, p.id AS participant_id, t.number, p.email, p.lang
	FROM participations t JOIN participants p ON p.id = t.participant_id
	WHERE t.claim_id = ? AND t.status IN ('active', 'included', 'entitled', 'payee_pending', 'payable', 'in_run', 'paid')`

// tellResult tells everybody that the claim was settled or won.
func (s *Service) tellResult(ctx context.Context, tx *gorm.DB, c Claim, as Status) error {
	_, err := tell(ctx, tx, fmt.Sprintf("result:%d", c.ID), "result", func(addressee) map[string]string {
		return map[string]string{"Outcome": string(as)}
	}, everybody, c.ID)
	return err
}

// tellLost tells everybody that there is no money, and whoever paid ahead that it comes back.
func (s *Service) tellLost(ctx context.Context, tx *gorm.DB, c Claim) error {
	const query = `SELECT t.id AS participation_id, p.id AS participant_id, t.number, p.email, p.lang, coalesce(r.cents, 0) AS cents
		FROM participations t JOIN participants p ON p.id = t.participant_id
		LEFT JOIN LATERAL (SELECT sum(r.amount_cents) AS cents FROM refunds r JOIN prepayments m ON m.id = r.prepayment_id
			WHERE m.participation_id = t.id AND r.status = 'required') r ON true
		WHERE t.claim_id = ? AND t.status IN ('active', 'included')`
	_, err := tell(ctx, tx, fmt.Sprintf("case_lost:%d", c.ID), "case_lost", func(a addressee) map[string]string {
		if a.Cents == 0 {
			return map[string]string{}
		}
		return map[string]string{"Refund": locale.Euro(a.Cents, a.Lang)}
	}, query, c.ID)
	return err
}
