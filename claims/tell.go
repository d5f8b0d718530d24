package claims

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"samenclaim/internal/locale"
	"samenclaim/mailer"
)

// Addressee is somebody who takes part, as far as a mail needs to know.
type Addressee struct {
	Fact          int64 // what the mail tells of; with the prefix it makes the key
	ParticipantID int64
	Number        string
	Email         string
	Lang          string
}

func (a Addressee) addressee() Addressee { return a }

// told is a row that a mail can be made of: an Addressee, and what else the words need.
type told interface{ addressee() Addressee }

// tell puts one mail in the outbox for each person a query finds. The key of
// each mail is made of prefix and fact, so telling twice is telling once.
func tell[T told](ctx context.Context, tx *gorm.DB, prefix, template string, data func(T) (map[string]string, error), query string, args ...any) (int64, error) {
	var rows []T
	if err := tx.WithContext(ctx).Raw(query, args...).Scan(&rows).Error; err != nil {
		return 0, fmt.Errorf("find whom to tell: %w", err)
	}
	mails := make([]mailer.Mail, len(rows))
	for i, row := range rows {
		a := row.addressee()
		values, err := data(row)
		if err != nil {
			return 0, err
		}
		values["Number"] = a.Number
		mails[i] = mailer.Mail{
			Key: fmt.Sprintf("%s:%d", prefix, a.Fact), To: a.Email, Lang: a.Lang, Template: template, Data: values, ParticipantID: a.ParticipantID,
		}
	}
	return int64(len(rows)), mailer.EnqueueAll(ctx, tx, mails)
}

// everybody selects the people who take part in a claim.
const everybody = `SELECT t.id AS fact, p.id AS participant_id, t.number, p.email, p.lang
	FROM participations t JOIN participants p ON p.id = t.participant_id
	WHERE t.claim_id = ? AND t.status IN ('active', 'included', 'entitled', 'payee_pending', 'payable', 'in_run', 'paid')`

// sums is an addressee with an amount.
type sums struct {
	Addressee
	Cents int64
}

// tellResult tells everybody that the claim was settled or won.
func (s *Service) tellResult(ctx context.Context, tx *gorm.DB, c Claim, as Status) error {
	_, err := tell(ctx, tx, fmt.Sprintf("result:%d", c.ID), "result", func(Addressee) (map[string]string, error) {
		return map[string]string{"Outcome": string(as)}, nil
	}, everybody, c.ID)
	return err
}

// tellLost tells everybody that there is no money, and whoever paid ahead that it comes back.
func (s *Service) tellLost(ctx context.Context, tx *gorm.DB, c Claim) error {
	const query = `SELECT t.id AS fact, p.id AS participant_id, t.number, p.email, p.lang, coalesce(r.cents, 0) AS cents
		FROM participations t JOIN participants p ON p.id = t.participant_id
		LEFT JOIN LATERAL (SELECT sum(r.amount_cents) AS cents FROM refunds r JOIN prepayments m ON m.id = r.prepayment_id
			WHERE m.participation_id = t.id AND r.status = 'required') r ON true
		WHERE t.claim_id = ? AND t.status IN ('active', 'included')`
	_, err := tell(ctx, tx, fmt.Sprintf("case_lost:%d", c.ID), "case_lost", func(a sums) (map[string]string, error) {
		if a.Cents == 0 {
			return map[string]string{}, nil
		}
		return map[string]string{"Refund": locale.Euro(a.Cents, a.Lang)}, nil
	}, query, c.ID)
	return err
}
