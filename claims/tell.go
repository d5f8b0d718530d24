package claims

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

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
	people, err := find[T](ctx, tx, query, args...)
	if err != nil {
		return 0, err
	}
	return int64(len(people)), enqueue(ctx, tx, prefix, template, data, people)
}

// find reads whom to tell.
func find[T told](ctx context.Context, tx *gorm.DB, query string, args ...any) ([]T, error) {
	var people []T
	if err := tx.WithContext(ctx).Raw(query, args...).Scan(&people).Error; err != nil {
		return nil, fmt.Errorf("find whom to tell: %w", err)
	}
	return people, nil
}

// tellAtOnce is how many mails are made in memory before they go to the outbox.
const tellAtOnce = 5_000

// enqueue puts a mail in the outbox for each person.
func enqueue[T told](ctx context.Context, tx *gorm.DB, prefix, template string, data func(T) (map[string]string, error), people []T) error {
	for some := range slices.Chunk(people, tellAtOnce) {
		mails := make([]mailer.Mail, len(some))
		for i, person := range some {
			a := person.addressee()
			values, err := data(person)
			if err != nil {
				return err
			}
			values["Number"] = a.Number
			mails[i] = mailer.Mail{
				Key: fmt.Sprintf("%s:%d", prefix, a.Fact), To: a.Email, Lang: a.Lang, Template: template, Data: values, ParticipantID: a.ParticipantID,
			}
		}
		if err := mailer.EnqueueAll(ctx, tx, mails); err != nil {
			return err
		}
	}
	return nil
}

// everybody selects the people who take part in a claim.
const everybody = `SELECT t.id AS fact, p.id AS participant_id, t.number, p.email, p.lang
	FROM participations t JOIN participants p ON p.id = t.participant_id
	WHERE t.claim_id = ? AND t.status IN ('active', 'included', 'entitled', 'payee_pending', 'payable', 'in_run', 'paid')`

// payer is an addressee who may have paid ahead.
type payer struct {
	Addressee
	Refund bool
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
	const query = `SELECT t.id AS fact, p.id AS participant_id, t.number, p.email, p.lang, r.cents > 0 AS refund
		FROM participations t JOIN participants p ON p.id = t.participant_id
		LEFT JOIN LATERAL (SELECT coalesce(sum(r.amount_cents), 0) AS cents FROM refunds r JOIN prepayments m ON m.id = r.prepayment_id
			WHERE m.participation_id = t.id AND r.status = 'required') r ON true
		WHERE t.claim_id = ? AND t.status IN ('active', 'included')`
	_, err := tell(ctx, tx, fmt.Sprintf("case_lost:%d", c.ID), "case_lost", func(p payer) (map[string]string, error) {
		if !p.Refund {
			return map[string]string{}, nil
		}
		return map[string]string{"Refund": "yes"}, nil
	}, query, c.ID)
	return err
}
