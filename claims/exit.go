package claims

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/mailer"
	"samenclaim/participants"
)

// Exit is one of the ways in which somebody stops taking part. Erasing is a fourth, and stands in erase.go.
type Exit string

// The exits, kept apart because each means something else.
const (
	Revoked  Exit = "revoked"   // the agreement, within fourteen days: as if it was never made
	Ended    Exit = "ended"     // the mandate, at any time
	OptedOut Exit = "opted_out" // of the judgment, with the court; we are only told
)

// coolingOff is how many days after the day of signing an agreement can be revoked.
const coolingOff = 14

var (
	// ErrCoolingOff means that the fourteen days are over: the mandate can still be ended.
	ErrCoolingOff = errors.New("the fourteen days to revoke are over")
	// ErrNoCourt means that there is no court case to opt out of.
	ErrNoCourt = errors.New("there is no court case to opt out of")
	// ErrAwarded means that the award is fixed: who opts out now comes too late.
	ErrAwarded = errors.New("the award is fixed already")
	// ErrToldOn means that the day on which the court was told cannot be right.
	ErrToldOn = errors.New("this day cannot be right")
)

// CoolingOffUntil is the last moment at which an agreement can be revoked: the
// end of the fourteenth day after the day on which it was signed.
func CoolingOffUntil(signedAt time.Time) time.Time {
	at := signedAt.In(locale.Amsterdam())
	return time.Date(at.Year(), at.Month(), at.Day()+coolingOff+1, 0, 0, 0, 0, at.Location()).Add(-time.Second)
}

// inCourt are the states of a claim in which a judgment or a binding settlement can be opted out of.
var inCourt = map[Status]bool{Litigation: true, Stayed: true, SettlementProposed: true, Settled: true, Won: true}

// mayExit is the rule of each exit. feeStays: the award is fixed, so the
// participation goes on until it is paid, with the fee that was agreed.
func mayExit(kind Exit, c Claim, p participants.Participation, now time.Time) (feeStays bool, err error) {
	before := p.Status == participants.Active || p.Status == participants.Included
	switch {
	case !p.Status.Live() || p.Status == participants.InEstate:
		return false, participants.ErrWrongState
	case kind == Revoked && now.After(CoolingOffUntil(p.SignedAt)):
		return false, ErrCoolingOff
	case kind == OptedOut && !before:
		return false, ErrAwarded
	case kind == OptedOut && !inCourt[c.Status]:
		return false, ErrNoCourt
	}
	return !before, nil
}

// exitRow is an exit as it stands on record.
type exitRow struct {
	ID              int64
	ParticipationID int64
	Kind            Exit
	ToldOn          *time.Time
	FeeStays        bool
	MadeAt          time.Time
}

// TableName is the table of the exits.
func (exitRow) TableName() string { return "exits" }

// Leave ends a mandate: possible at any time. Once the award is fixed the money
// is still paid, less the fee. Done twice is done once.
func (s *Service) Leave(ctx context.Context, by audit.Actor, p participants.Participation) error {
	return s.exit(ctx, by, p, exitRow{Kind: Ended})
}

// Revoke takes the agreement back within its fourteen days. Done twice is done once.
func (s *Service) Revoke(ctx context.Context, by audit.Actor, p participants.Participation) error {
	return s.exit(ctx, by, p, exitRow{Kind: Revoked})
}

// OptOut writes down that somebody told the court, on a day, that the judgment is not to bind them.
func (s *Service) OptOut(ctx context.Context, by audit.Actor, p participants.Participation, toldOn time.Time) error {
	if toldOn.After(locale.Today(s.db.NowFunc())) || toldOn.Before(p.SignedAt.AddDate(-10, 0, 0)) {
		return ErrToldOn
	}
	return s.exit(ctx, by, p, exitRow{Kind: OptedOut, ToldOn: &toldOn})
}

// exit lets somebody stop: prepaid money goes back, and a mail says what was received and when.
func (s *Service) exit(ctx context.Context, by audit.Actor, p participants.Participation, x exitRow) error {
	return s.afterwards(ctx, "refunds", func(tx *gorm.DB) error {
		p, err := lockParticipation(ctx, tx, p.ID)
		if err != nil {
			return err
		}
		if done, err := exitOf(ctx, tx, p.ID); err != nil || done != nil || p.Status == participants.Withdrawn {
			return err // left already
		}
		c, err := take(ctx, table.Of[Claim](tx).Where("id = ?", p.ClaimID))
		if err != nil {
			return err
		}
		x.ParticipationID, x.MadeAt = p.ID, tx.NowFunc()
		if x.FeeStays, err = mayExit(x.Kind, c, p, x.MadeAt); err != nil {
			return err
		}
		return leave(ctx, tx, by, p, x)
	})
}

// leave does what an exit means.
func leave(ctx context.Context, tx *gorm.DB, by audit.Actor, p participants.Participation, x exitRow) error {
	if err := table.Of[exitRow](tx).Create(ctx, &x); err != nil {
		return err
	}
	if !x.FeeStays {
		to := participants.Withdrawn
		if x.Kind == OptedOut {
			to = participants.OptedOut
		}
		if err := participants.Move(ctx, tx, p.ID, p.Status, to); err != nil {
			return err
		}
		if err := refundPaid(ctx, tx, p.ID, "withdrawn"); err != nil {
			return err
		}
	}
	if err := tellExit(ctx, tx, p, x); err != nil {
		return err
	}
	action := map[Exit]string{Revoked: "participation.revoked", Ended: "participation.withdrawn", OptedOut: "participation.opted_out"}[x.Kind]
	return audit.Record(ctx, tx, by, action, participationSubject(p.ID), map[string]bool{"fee_stays": x.FeeStays})
}

// tellExit mails the proof: what was received, and when.
func tellExit(ctx context.Context, tx *gorm.DB, p participants.Participation, x exitRow) error {
	person, err := take(ctx, table.Of[participants.Participant](tx).Where("id = ?", p.ParticipantID))
	if err != nil {
		return err
	}
	data := map[string]string{"Number": p.Number, "When": locale.Moment(x.MadeAt, person.Lang)}
	switch x.Kind {
	case Revoked:
		data["Name"], data["Date"] = person.Name(), locale.Day(p.SignedAt, person.Lang)
	case OptedOut:
		data["Date"] = locale.Day(*x.ToldOn, person.Lang)
	}
	if cents, err := payingBack(ctx, tx, p.ID); err != nil {
		return err
	} else if cents > 0 && !x.FeeStays {
		data["Refund"] = "yes"
	}
	if x.FeeStays {
		data["Stays"] = "yes"
	}
	template := map[Exit]string{Revoked: "revoked", Ended: "left", OptedOut: "opted_out"}[x.Kind]
	return mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("%s:%d", template, p.ID), To: person.Email, Lang: person.Lang, Template: template, ParticipantID: person.ID, Data: data,
	})
}

// payingBack is what goes back to somebody because they stopped, in cents.
func payingBack(ctx context.Context, tx *gorm.DB, participationID int64) (cents int64, err error) {
	err = tx.WithContext(ctx).Raw(`SELECT coalesce(sum(r.amount_cents), 0) FROM refunds r JOIN prepayments p ON p.id = r.prepayment_id
		WHERE p.participation_id = ? AND r.reason = 'withdrawn' AND r.status NOT IN ('failed', 'canceled')`, participationID).Scan(&cents).Error
	return cents, err
}

// exitOf is how somebody stopped, or nil.
func exitOf(ctx context.Context, db *gorm.DB, participationID int64) (*exitRow, error) {
	x, err := take(ctx, table.Of[exitRow](db).Where("participation_id = ?", participationID))
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	return &x, nil
}
