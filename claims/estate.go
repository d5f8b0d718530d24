package claims

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/internal/vault"
	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/payments"
)

// ErrDeathDate means that a death would lie ahead, or too long ago.
var ErrDeathDate = errors.New("nobody can have died on this date")

// Estate is a participation of somebody who died, while the heirs have not taken it over.
type Estate struct {
	ID              int64
	ParticipationID int64
	StatusBefore    participants.Status
	DiedOn          time.Time
	PaperID         int64
	Contact         []byte
	ReportedBy      audit.Actor
	ReportedAt      time.Time
	EndedAt         *time.Time
	Outcome         *string
	EndedBy         *audit.Actor
}

const aboutHeirs = "estates.contact"

// Death is what a member of staff records of a death.
type Death struct {
	DiedOn  time.Time
	Contact Contact // of the heirs
}

// ReportDeath freezes a participation: no payout is prepared or released for
// it, and the heirs are asked for a mandate. A run that has not been released
// is cancelled; what is at the bank has to be settled first.
func (s *Service) ReportDeath(ctx context.Context, by audit.Actor, p participants.Participation, d Death, proof io.Reader) error {
	if today := locale.Today(s.db.NowFunc()); d.DiedOn.After(today) || d.DiedOn.Year() < 2000 {
		return ErrDeathDate
	}
	doc, err := s.keepDocument(ctx, by, p, "death", proof)
	if err != nil {
		return err
	}
	return s.unlessKept(doc, s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		if _, err := lockClaim(ctx, tx, p.ClaimID); err != nil {
			return err
		}
		p, err := s.takeOutOfRun(ctx, tx, by, p.ID)
		if err != nil {
			return err
		}
		if err := participants.Move(ctx, tx, p.ID, p.Status, participants.InEstate); err != nil {
			return err
		}
		if err := doc.file(ctx, tx); err != nil {
			return err
		}
		key, err := s.vault.OpenKey(p.KeyWrapped)
		if err != nil {
			return err
		}
		e := Estate{ParticipationID: p.ID, StatusBefore: p.Status, DiedOn: d.DiedOn, PaperID: doc.ID, ReportedBy: by, ReportedAt: tx.NowFunc()}
		if e.Contact, err = vault.SealJSON(key, d.Contact, aboutHeirs); err != nil {
			return err
		}
		if err := table.Of[Estate](tx).Create(ctx, &e); err != nil {
			return err
		}
		if err := tellHeirs(ctx, tx, p, e, d.Contact); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "participation.death_reported", participationSubject(p.ID), nil)
	}))
}

// takeOutOfRun locks a participation; if it is in a run that has not been released, that run is cancelled.
func (s *Service) takeOutOfRun(ctx context.Context, tx *gorm.DB, by audit.Actor, id int64) (participants.Participation, error) {
	p, err := lockParticipation(ctx, tx, id)
	if err != nil || p.Status != participants.InRun {
		return p, err
	}
	var runID int64
	err = tx.WithContext(ctx).Raw(`SELECT run_id FROM payouts WHERE participation_id = ? AND status = 'planned'`, p.ID).Scan(&runID).Error
	if err != nil {
		return p, err
	}
	if runID == 0 {
		return p, ErrMoneyUnderWay
	}
	if _, _, err := s.money.Cancel(ctx, tx, by, runID); err != nil {
		if errors.Is(err, payments.ErrWrongState) {
			err = ErrMoneyUnderWay
		}
		return p, err
	}
	p.Status = participants.Payable
	return p, inRun(ctx, tx, runID, participants.InRun, participants.Payable)
}

// tellHeirs asks the heirs who acts for them, and by which document.
func tellHeirs(ctx context.Context, tx *gorm.DB, p participants.Participation, e Estate, to Contact) error {
	if to.Email == "" {
		return nil // they are written to by post
	}
	return mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("heirs:%d", e.ID), To: to.Email, Lang: to.Lang, Template: "heirs",
		Data: map[string]string{"Name": to.Name, "Number": p.Number},
	})
}

// EndEstate is the second person ending an estate: it was a mistake and all goes
// on as before, or the claim does not pass to heirs or nobody came forward.
func (s *Service) EndEstate(ctx context.Context, by audit.Actor, p participants.Participation, outcome string) error {
	return s.afterwards(ctx, "refunds", func(tx *gorm.DB) error {
		if _, err := lockClaim(ctx, tx, p.ClaimID); err != nil {
			return err
		}
		p, err := lockParticipation(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		return endEstate(ctx, tx, by, p, outcome)
	})
}

// endEstate ends an estate and moves its participation to where it goes on.
func endEstate(ctx context.Context, tx *gorm.DB, by audit.Actor, p participants.Participation, outcome string) error {
	e, err := take(ctx, table.Of[Estate](tx, clause.Locking{Strength: "UPDATE"}).Where("participation_id = ? AND ended_at IS NULL", p.ID))
	switch {
	case errors.Is(err, ErrNotFound):
		return ErrWrongState
	case err != nil:
		return err
	case outcome != "taken_over" && e.ReportedBy == by:
		return ErrSamePerson
	}
	to, err := afterEstate(ctx, tx, p, outcome)
	if err != nil {
		return err
	}
	if err := participants.Move(ctx, tx, p.ID, participants.InEstate, to); err != nil {
		return err
	}
	if to == participants.Withdrawn {
		if err := table.Of[exitRow](tx).Create(ctx, &exitRow{ParticipationID: p.ID, Kind: Ended, MadeAt: tx.NowFunc()}); err != nil {
			return err
		}
		if err := refundPaid(ctx, tx, p.ID, "withdrawn"); err != nil {
			return err
		}
	}
	if outcome != "taken_over" {
		err = tx.WithContext(ctx).Exec(`UPDATE takeovers SET status = 'refused', refused_by = ?, accepted_by = NULL, accepted_at = NULL, token_hash = NULL
			WHERE participation_id = ? AND status IN ('proposed', 'accepted')`, by, p.ID).Error
		if err != nil {
			return err
		}
	}
	now := tx.NowFunc()
	if _, err := table.Of[Estate](tx).Where("id = ?", e.ID).Updates(ctx, Estate{EndedAt: &now, Outcome: &outcome, EndedBy: &by}); err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, "participation.estate_ended", participationSubject(p.ID), map[string]string{"outcome": outcome})
}

// afterEstate is the state in which a participation goes on after an estate:
// where it was, or where the case has brought it meanwhile.
func afterEstate(ctx context.Context, tx *gorm.DB, p participants.Participation, outcome string) (participants.Status, error) {
	var payout *payments.Cents
	err := tx.WithContext(ctx).Raw(`SELECT a.payout_cents FROM awards a JOIN distributions d ON d.id = a.distribution_id
		WHERE a.participation_id = ? AND d.status = 'approved'`, p.ID).Scan(&payout).Error
	switch {
	case err != nil:
		return "", err
	case outcome == "unclaimed" && payout != nil:
		return participants.Unclaimed, nil
	case outcome == "ended" && payout == nil:
		return participants.Withdrawn, nil
	case outcome == "unclaimed", outcome == "ended":
		return "", ErrWrongState // what was awarded waits for heirs; what was not cannot be unclaimed
	case p.LetterID == nil:
		return participants.Active, nil
	case payout == nil:
		return participants.Included, nil
	case *payout == 0:
		return participants.Paid, nil
	}
	return participants.PayeePending, nil
}

// EstateOf returns the estate that stands open for a participation, or nil.
func (s *Service) EstateOf(ctx context.Context, p participants.Participation) (*Estate, error) {
	e, err := take(ctx, table.Of[Estate](s.db).Where("participation_id = ? AND ended_at IS NULL", p.ID))
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	return &e, nil
}

// DeliveredBefore tells whether the letter that covers a participation arrived
// before the day of a death: "yes", "no", or "same_day" when the clock decides.
// Only then does a claim for other than money damage pass to the heirs (art. 6:95(2) BW).
func (s *Service) DeliveredBefore(ctx context.Context, p participants.Participation, diedOn time.Time) (string, error) {
	if p.LetterID == nil {
		return "no", nil
	}
	var at *time.Time
	if err := s.db.WithContext(ctx).Raw(`SELECT min(delivered_at) FROM deliveries WHERE letter_id = ?`, *p.LetterID).Row().Scan(&at); err != nil || at == nil {
		return "no", err
	}
	y, m, d := at.In(locale.Amsterdam()).Date()
	switch day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC); {
	case day.Before(diedOn):
		return "yes", nil
	case day.Equal(diedOn):
		return "same_day", nil
	}
	return "no", nil
}
