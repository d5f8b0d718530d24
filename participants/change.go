package participants

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/internal/vault"
	"samenclaim/mailer"
)

// PayeeWait is how long a changed account waits before money may go to it:
// time for the owner to see the notice if it was not them.
const PayeeWait = 7 * 24 * time.Hour

// Correct changes a person's details. It counts at once. The log says that and
// when; what it was is kept sealed beside it.
func (s *Service) Correct(ctx context.Context, by audit.Actor, participantID int64, d Details) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		p, err := take(ctx, table.Of[Participant](tx, clause.Locking{Strength: "UPDATE"}).Where("id = ?", participantID))
		if err != nil {
			return err
		}
		if p.ErasedAt != nil {
			return ErrNotFound
		}
		key, err := s.vault.OpenKey(p.KeyWrapped)
		if err != nil {
			return err
		}
		before, err := detailsOf(key, p)
		if err != nil {
			return err
		}
		fields := before.changed(d)
		if len(fields) == 0 {
			return nil
		}
		if err := keepBefore(ctx, tx, by, key, p.ID, before, fields); err != nil {
			return err
		}
		sealed, err := vault.SealJSON(key, d.Address, aboutAddress)
		if err != nil {
			return err
		}
		change := Participant{
			FirstNames: d.FirstNames, Infix: d.Infix, LastName: d.LastName, Lang: d.Lang,
			Address: sealed, PostcodeIndex: s.vault.Index("postcode", d.Address.Postcode),
		}
		change.PersonIndex = personIndex(s.vault, change.Name(), d.Address)
		if _, err := table.Of[Participant](tx).Where("id = ?", p.ID).
			Select("FirstNames", "Infix", "LastName", "Lang", "Address", "PostcodeIndex", "PersonIndex").Updates(ctx, change); err != nil {
			return err
		}
		if err := tx.WithContext(ctx).Exec(`UPDATE participations SET compared_at = NULL WHERE participant_id = ?`, p.ID).Error; err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "participant.corrected", string(audit.Participant(p.ID)), map[string]any{"fields": fields})
	})
}

// payeeAccount is where the money of one participation goes.
type payeeAccount struct {
	ID              int64
	ParticipationID int64
	IBAN            []byte `gorm:"column:iban"`
	IBANIndex       []byte `gorm:"column:iban_index"`
	Holder          []byte
	SetAt           time.Time
	UsableFrom      time.Time
	SupersededAt    *time.Time
}

// Payee is where the money of one participation goes, opened.
type Payee struct {
	ID         int64
	IBAN       IBAN
	Holder     string
	SetAt      time.Time
	UsableFrom time.Time
}

const (
	aboutIBAN   = "payee_accounts.iban"
	aboutHolder = "payee_accounts.holder"
)

// SetPayee writes down where the money goes. The first account is usable at
// once; a changed one, and one given soon after the e-mail address changed, after
// a week. The person is told by mail each time. It
// returns the participations that share the account, if that are many.
func (s *Service) SetPayee(ctx context.Context, tx *gorm.DB, by audit.Actor, participationID int64, iban IBAN, holder string) (shared []int64, err error) {
	if err := s.lockSharers(ctx, tx, participationID, iban); err != nil {
		return nil, err
	}
	p, err := take(ctx, table.Of[Participation](tx, clause.Locking{Strength: "UPDATE"}).Where("id = ?", participationID))
	if err != nil {
		return nil, err
	}
	if p.Status != PayeePending && p.Status != Payable {
		return nil, ErrWrongState
	}
	now := tx.NowFunc()
	old, err := table.Of[payeeAccount](tx).Where("participation_id = ? AND superseded_at IS NULL", p.ID).Updates(ctx, payeeAccount{SupersededAt: &now})
	if err != nil {
		return nil, err
	}
	moved, err := movedLately(ctx, tx, p.ParticipantID, now)
	if err != nil {
		return nil, err
	}
	usable := now
	if old > 0 || moved {
		usable = now.Add(PayeeWait)
	}
	if err := s.addPayee(ctx, tx, p, Payee{IBAN: iban, Holder: holder, UsableFrom: usable}, now); err != nil {
		return nil, err
	}
	if p.Status == PayeePending {
		if err := Move(ctx, tx, p.ID, PayeePending, Payable); err != nil {
			return nil, err
		}
	}
	if err := s.tellPayee(ctx, tx, by, p, usable); err != nil {
		return nil, err
	}
	return s.sharing(ctx, tx, iban)
}

// movedLately reports whether the account got another e-mail address within the
// time that a changed account waits: whoever took it over wants the money next.
func movedLately(ctx context.Context, tx *gorm.DB, participantID int64, now time.Time) (moved bool, err error) {
	err = tx.WithContext(ctx).Raw(`SELECT EXISTS (SELECT FROM corrections WHERE participant_id = ? AND 'email' = ANY (fields) AND made_at > ?)`,
		participantID, now.Add(-PayeeWait)).Scan(&moved).Error
	return moved, err
}

func (s *Service) addPayee(ctx context.Context, tx *gorm.DB, p Participation, to Payee, now time.Time) error {
	key, err := s.vault.OpenKey(p.KeyWrapped)
	if err != nil {
		return err
	}
	sealed, err := key.Seal([]byte(to.IBAN), aboutIBAN)
	if err != nil {
		return err
	}
	name, err := key.Seal([]byte(to.Holder), aboutHolder)
	if err != nil {
		return err
	}
	return table.Of[payeeAccount](tx).Create(ctx, &payeeAccount{
		ParticipationID: p.ID, IBAN: sealed, IBANIndex: s.vault.Index("iban", string(to.IBAN)), Holder: name, SetAt: now, UsableFrom: to.UsableFrom,
	})
}

// tellPayee warns the person, so that an account set by somebody else is noticed.
func (s *Service) tellPayee(ctx context.Context, tx *gorm.DB, by audit.Actor, p Participation, usable time.Time) error {
	person, err := take(ctx, table.Of[Participant](tx).Where("id = ?", p.ParticipantID))
	if err != nil {
		return err
	}
	var serial int64
	if err := tx.WithContext(ctx).Raw(`SELECT count(*) FROM payee_accounts WHERE participation_id = ?`, p.ID).Scan(&serial).Error; err != nil {
		return err
	}
	err = mailer.Enqueue(ctx, tx, mailer.Mail{
		Key: fmt.Sprintf("payee_changed:%d:%d", p.ID, serial), To: person.Email, Lang: person.Lang, Template: "payee_changed", ParticipantID: person.ID,
		Data: map[string]string{"Number": p.Number, "UsableFrom": locale.Moment(usable, person.Lang)},
	})
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, by, "payee.set", subject(p.ID), map[string]bool{"waits": usable.After(tx.NowFunc())})
}

// Payee returns where the money of a participation goes, or ErrNotFound.
func (s *Service) Payee(ctx context.Context, participationID int64) (Payee, error) {
	p, err := Find(ctx, s.db, participationID)
	if err != nil {
		return Payee{}, err
	}
	return s.PayeeOf(ctx, p)
}

// PayeeOf is Payee of a participation that was read before.
func (s *Service) PayeeOf(ctx context.Context, p Participation) (Payee, error) {
	a, err := take(ctx, table.Of[payeeAccount](s.db).Where("participation_id = ? AND superseded_at IS NULL", p.ID))
	if err != nil {
		return Payee{}, err
	}
	return OpenPayee(s.vault, p.KeyWrapped, a.ID, a.IBAN, a.Holder, a.UsableFrom)
}

// Payees returns every account that the money of a participation was ever to go to, newest first.
func (s *Service) Payees(ctx context.Context, p Participation) ([]Payee, error) {
	rows, err := table.Of[payeeAccount](s.db).Where("participation_id = ?", p.ID).Order("id DESC").Find(ctx)
	payees := make([]Payee, len(rows))
	for i, a := range rows {
		if payees[i], err = OpenPayee(s.vault, p.KeyWrapped, a.ID, a.IBAN, a.Holder, a.UsableFrom); err != nil {
			return nil, err
		}
		payees[i].SetAt = a.SetAt
	}
	return payees, err
}

// OpenPayee opens a payee account that was read in bulk.
func OpenPayee(v *vault.Vault, keyWrapped []byte, id int64, iban, holder []byte, usable time.Time) (Payee, error) {
	key, err := v.OpenKey(keyWrapped)
	if err != nil {
		return Payee{}, err
	}
	number, err1 := key.Unseal(iban, aboutIBAN)
	name, err2 := key.Unseal(holder, aboutHolder)
	return Payee{ID: id, IBAN: IBAN(number), Holder: string(name), UsableFrom: usable}, errors.Join(err1, err2)
}

// Ending is the last three digits of the account, enough for its owner to know it by.
func (p Payee) Ending() string { return string(p.IBAN[max(0, len(p.IBAN)-3):]) }
