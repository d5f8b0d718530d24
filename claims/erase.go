package claims

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/mailer"
	"samenclaim/participants"
)

// ErrMoneyWaits means that nobody can be erased while money for them is under way.
var ErrMoneyWaits = errors.New("there is still money under way")

// erasure is the proof that somebody was erased; it holds no personal data.
type erasure struct {
	ID            int64
	Ref           string
	ParticipantID int64
	MadeBy        audit.Actor
	Counts        json.RawMessage
	MadeAt        time.Time
}

// TableName is the table of the erasures.
func (erasure) TableName() string { return "erasures" }

// Erase destroys what is held about a person: it ends what they still take part
// in, destroys their keys, and leaves only what the law makes us keep, under
// numbers. The reference it returns is in the mail that tells of it. Twice is once.
func (s *Service) Erase(ctx context.Context, by audit.Actor, participantID int64) (ref string, err error) {
	var stored []string
	err = s.afterwards(ctx, "refunds", func(tx *gorm.DB) error {
		person, err := take(ctx, table.Of[participants.Participant](tx, clause.Locking{Strength: "UPDATE"}).Where("id = ?", participantID))
		if err != nil {
			return err
		}
		if person.ErasedAt != nil {
			done, err := take(ctx, table.Of[erasure](tx).Where("participant_id = ?", person.ID))
			ref = done.Ref
			return err
		}
		ref, stored, err = s.erase(ctx, tx, by, person)
		return err
	})
	for _, name := range stored { // after the commit; if this fails, the sweep for orphans comes by
		err = errors.Join(err, s.files.Remove(name))
	}
	return ref, err
}

// erase does it, under the lock of the person.
func (s *Service) erase(ctx context.Context, tx *gorm.DB, by audit.Actor, person participants.Participant) (ref string, stored []string, err error) {
	mine, err := table.Of[participants.Participation](tx, clause.Locking{Strength: "UPDATE"}).Where("participant_id = ?", person.ID).Order("id").Find(ctx)
	if err != nil {
		return "", nil, err
	}
	blockers, err := blockersOf(ctx, tx, mine)
	if err != nil {
		return "", nil, err
	}
	if len(blockers) > 0 {
		return "", nil, ErrMoneyWaits
	}
	email, err := participants.ParseEmail(person.Email)
	if err != nil {
		return "", nil, fmt.Errorf("address of participant %d: %w", person.ID, err)
	}
	args := map[string]any{"person": person.ID, "mine": idsOf(mine), "now": tx.NowFunc(), "index": s.vault.Index("email", email.Key)}
	former, err := s.formerAddresses(ctx, tx, person)
	if err != nil {
		return "", nil, err
	}
	if args["drafts"], err = s.draftsOf(ctx, tx, args, former); err != nil {
		return "", nil, err
	}
	err = tx.WithContext(ctx).Raw(`SELECT storage_name FROM data_exports WHERE storage_name IS NOT NULL AND participant_id = @person
		UNION ALL SELECT storage_name FROM evidence WHERE storage_name IS NOT NULL AND (participation_id IN @mine
		OR signup_id IN @drafts)`, args).Scan(&stored).Error
	if err != nil {
		return "", nil, err
	}
	for _, p := range mine {
		if err := endFor(ctx, tx, p); err != nil {
			return "", nil, err
		}
	}
	counts, err := eraseRows(ctx, tx, args)
	if err != nil {
		return "", nil, err
	}
	if counts["outbox"], err = mailer.Forget(ctx, tx, person.ID, person.Email); err != nil {
		return "", nil, err
	}
	for _, f := range former {
		n, err := mailer.ForgetAddress(ctx, tx, f.Shown, f.Until)
		if err != nil {
			return "", nil, err
		}
		counts["outbox"] += n
	}
	if err := nameless(ctx, tx, person.ID); err != nil {
		return "", nil, err
	}
	ref = rand.Text()
	return ref, stored, certify(ctx, tx, by, person, ref, counts)
}

// formerAddresses are the addresses that a person had before.
func (s *Service) formerAddresses(ctx context.Context, tx *gorm.DB, person participants.Participant) ([]participants.Former, error) {
	key, err := s.vault.OpenKey(person.KeyWrapped)
	if err != nil {
		return nil, err
	}
	return participants.FormerAddresses(ctx, tx, key, person)
}

// draftsOf finds the sign-ups of a person: those that were signed, and those that were begun under their
// address, or under one from before while it was theirs.
func (s *Service) draftsOf(ctx context.Context, tx *gorm.DB, args map[string]any, former []participants.Former) ([]int64, error) {
	ids := []int64{0} // never an empty list
	add := func(where string, values ...any) error {
		var found []int64
		err := tx.WithContext(ctx).Raw(`SELECT id FROM signups WHERE `+where, values...).Scan(&found).Error
		ids = append(ids, found...)
		return err
	}
	err := add(`participation_id IN @mine OR email_index = @index`, args)
	for _, f := range former {
		err = errors.Join(err, add(`email_index = ? AND created_at < ?`, s.vault.Index("email", f.Key), f.Until))
	}
	return ids, err
}

// endFor ends what somebody still takes part in, and destroys the key of the participation.
func endFor(ctx context.Context, tx *gorm.DB, p participants.Participation) error {
	switch p.Status {
	case participants.Erased:
		return nil
	case participants.Active, participants.Included:
		if err := table.Of[exitRow](tx).Create(ctx, &exitRow{ParticipationID: p.ID, Kind: Ended, MadeAt: tx.NowFunc()}); err != nil {
			return err
		}
		if err := participants.Move(ctx, tx, p.ID, p.Status, participants.Withdrawn); err != nil {
			return err
		}
		if err := refundPaid(ctx, tx, p.ID, "withdrawn"); err != nil {
			return err
		}
		p.Status = participants.Withdrawn
	}
	return participants.Move(ctx, tx, p.ID, p.Status, participants.Erased)
}

// nameless takes the name from a person and destroys their key.
func nameless(ctx context.Context, tx *gorm.DB, participantID int64) error {
	gone := fmt.Sprintf("gewist-%d@gewist.invalid", participantID)
	return tx.WithContext(ctx).Exec(`UPDATE participants SET email = ?, email_key = ?, first_names = '', infix = '', last_name = '', key_wrapped = NULL,
		address = NULL, postcode_index = NULL, person_index = NULL, erased_at = ? WHERE id = ? AND erased_at IS NULL`, gone, gone, tx.NowFunc(), participantID).Error
}

// certify writes the proof, and mails it to the address that is forgotten with that mail.
func certify(ctx context.Context, tx *gorm.DB, by audit.Actor, person participants.Participant, ref string, counts map[string]int64) error {
	b, err := json.Marshal(counts)
	if err != nil {
		return err
	}
	now := tx.NowFunc()
	if err := table.Of[erasure](tx).Create(ctx, &erasure{Ref: ref, ParticipantID: person.ID, MadeBy: by, Counts: b, MadeAt: now}); err != nil {
		return err
	}
	err = mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("erased:%d", person.ID), To: person.Email, Lang: person.Lang, Template: "erased", ParticipantID: person.ID,
		Policy: mailer.Resend, ExpiresAt: now.AddDate(0, 0, 7), Forget: true,
		Data: map[string]string{"When": locale.Moment(now, person.Lang), "Ref": ref},
	})
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, "participant.erased", string(audit.Participant(person.ID)), map[string]any{"rows": counts})
}
