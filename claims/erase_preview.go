package claims

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/table"
	"samenclaim/participants"
	"samenclaim/participants/privacy"
	"samenclaim/payments"
)

// afterPayout is how long a transfer can come back: until then we must be able to reach who it was for.
const afterPayout = 30 * 24 * time.Hour

// Blocker is why somebody cannot be erased yet.
type Blocker struct {
	Number string
	Key    string    // of the words: money, in_run, just_paid, estate
	Until  time.Time // of just_paid
}

// ErasePreview is what an erasure would do, before it is done.
type ErasePreview struct {
	Blockers []Blocker
	Cases    []EraseCase
	Goes     []Gone
	Stays    []privacy.Kept
}

// EraseCase is one participation in it.
type EraseCase struct {
	Number      string
	ClaimID     int64
	Ends        bool // the person still takes part
	RefundCents payments.Cents
}

// Gone is one kind of data that goes, and how many there are; 0 where counting says nothing.
type Gone struct {
	Key   string
	Count int64
}

// PreviewErase tells what goes, what stays and why, and what stands in the way.
func (s *Service) PreviewErase(ctx context.Context, participantID int64) (ErasePreview, error) {
	var out ErasePreview
	err := s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		mine, err := table.Of[participants.Participation](tx).Where("participant_id = ?", participantID).Order("id").Find(ctx)
		if err != nil {
			return err
		}
		if out.Blockers, err = blockersOf(ctx, tx, mine); err != nil {
			return err
		}
		for _, p := range mine {
			c, err := eraseCase(ctx, tx, p)
			if err != nil {
				return err
			}
			out.Cases = append(out.Cases, c)
		}
		if out.Goes, err = goes(ctx, tx, participantID, idsOf(mine)); err != nil {
			return err
		}
		out.Stays, err = stays(ctx, tx, idsOf(mine))
		return err
	}, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	return out, err
}

func eraseCase(ctx context.Context, tx *gorm.DB, p participants.Participation) (EraseCase, error) {
	c := EraseCase{Number: p.Number, ClaimID: p.ClaimID, Ends: p.Status == participants.Active || p.Status == participants.Included}
	if !c.Ends {
		return c, nil
	}
	paid, err := payments.PrepaymentsOf(ctx, tx, p.ID)
	for _, pre := range paid {
		if pre.Status == payments.PrepaymentPaid && pre.UsedCents == 0 {
			c.RefundCents += pre.AmountCents
		}
	}
	return c, err
}

// blockersOf looks for money that still has to reach somebody.
func blockersOf(ctx context.Context, tx *gorm.DB, mine []participants.Participation) (out []Blocker, err error) {
	for _, p := range mine {
		b := Blocker{Number: p.Number}
		switch p.Status {
		case participants.Entitled, participants.PayeePending, participants.Payable, participants.Unclaimed:
			b.Key = "money"
		case participants.InRun:
			b.Key = "in_run"
		case participants.InEstate:
			b.Key = "estate"
		case participants.Paid:
			var booked *time.Time
			if err := tx.WithContext(ctx).Raw(`SELECT max(booked_at) FROM payouts WHERE participation_id = ? AND status = 'booked'`, p.ID).Scan(&booked).Error; err != nil {
				return nil, err
			}
			if booked != nil && tx.NowFunc().Before(booked.Add(afterPayout)) {
				b.Key, b.Until = "just_paid", booked.Add(afterPayout)
			}
		}
		if b.Key != "" {
			out = append(out, b)
		}
	}
	return out, nil
}

// goes counts what is destroyed.
func goes(ctx context.Context, tx *gorm.DB, participantID int64, mine []int64) ([]Gone, error) {
	out := []Gone{{"person", 0}, {"usage", 0}}
	var n struct{ Signatures, Evidence, Accounts, Salts, Mails, Messages int64 }
	err := tx.WithContext(ctx).Raw(`SELECT (SELECT count(*) FROM mandates WHERE participation_id IN @mine) AS signatures,
		(SELECT count(*) FROM evidence WHERE participation_id IN @mine AND retracted_at IS NULL) AS evidence,
		(SELECT count(*) FROM payee_accounts WHERE participation_id IN @mine) AS accounts,
		(SELECT count(*) FROM annex_salts WHERE participation_id IN @mine) AS salts,
		(SELECT count(*) FROM outbox WHERE participant_id = @person) AS mails,
		(SELECT count(*) FROM messages WHERE conversation_id IN (SELECT id FROM conversations WHERE participant_id = @person)) AS messages`, map[string]any{"mine": mine, "person": participantID}).Scan(&n).Error
	if err != nil {
		return nil, err
	}
	for _, g := range []Gone{{"signatures", n.Signatures}, {"evidence", n.Evidence}, {"accounts", n.Accounts}, {"salts", n.Salts}, {"mails", n.Mails}, {"messages", n.Messages}} {
		if g.Count > 0 {
			out = append(out, g)
		}
	}
	return append(out, Gone{"login", 0}), nil
}

// stays asks the table of retention what is kept.
func stays(ctx context.Context, tx *gorm.DB, mine []int64) ([]privacy.Kept, error) {
	var f struct {
		LastBooking, CaseClosed *time.Time
		Paid, InLetter, Named   bool
	}
	err := tx.WithContext(ctx).Raw(`SELECT (SELECT max(j.booked_on) FROM entries e JOIN journals j ON j.id = e.journal_id WHERE e.participation_id IN @mine) AS last_booking,
			CASE WHEN bool_and(c.closed_at IS NOT NULL) THEN max(c.closed_at) END AS case_closed,
			EXISTS (SELECT FROM payouts o WHERE o.participation_id IN @mine AND o.status <> 'cancelled') AS paid,
			bool_or(t.letter_id IS NOT NULL) AS in_letter,
			bool_or(EXISTS (SELECT FROM letter_files f WHERE f.letter_id = t.letter_id AND f.kind IN ('annex_named', 'names_pdf', 'names_csv'))) AS named
		FROM participations t JOIN claims c ON c.id = t.claim_id WHERE t.id IN @mine`, map[string]any{"mine": mine}).Scan(&f).Error
	if err != nil {
		return nil, err
	}
	facts := privacy.Facts{Paid: f.Paid, InLetter: f.InLetter, Named: f.Named, Now: tx.NowFunc()}
	if f.LastBooking != nil {
		facts.LastBooking = *f.LastBooking
	}
	if f.CaseClosed != nil {
		facts.CaseClosed = *f.CaseClosed
	}
	return privacy.Stays(facts), nil
}

func idsOf(mine []participants.Participation) []int64 {
	ids := []int64{0} // never an empty list
	for _, p := range mine {
		ids = append(ids, p.ID)
	}
	return ids
}
