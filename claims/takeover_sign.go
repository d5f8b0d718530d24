package claims

import (
	"cmp"
	"context"
	"fmt"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/internal/table"
	"samenclaim/mailer"
	"samenclaim/participants"
)

// Takeover is what the page behind a mailed link needs to know.
type Takeover struct {
	ID      int64
	ClaimID int64
	Kind    string
	Number  string
	Ref     string            // of the participation
	Ward    participants.Ward // who the participation is about
	Fee     FeeOption
	Signed  bool

	participationID int64
}

// TakeoverBehind finds the takeover that a mailed link opens. Looking spends nothing.
func (s *Service) TakeoverBehind(ctx context.Context, link string) (Takeover, error) {
	row, err := take(ctx, table.Of[takeoverRow](s.db).Where("token_hash = ? AND status IN ('accepted', 'signed')", hashOf(link)))
	if err != nil {
		return Takeover{}, err
	}
	if row.Status == TakeoverAccepted && !s.db.NowFunc().Before(*row.LinkUntil) {
		return Takeover{}, ErrLinkOver
	}
	p, err := participants.Find(ctx, s.db, row.ParticipationID)
	if err != nil {
		return Takeover{}, err
	}
	t := Takeover{ID: row.ID, ClaimID: p.ClaimID, Ref: p.Ref, Kind: row.Kind, Number: p.Number, Signed: row.Status == TakeoverSigned, participationID: p.ID}
	if t.Signed {
		return t, nil
	}
	if t.Ward, err = s.about(ctx, s.db, p, row.Kind); err != nil {
		return t, err
	}
	fee, err := s.FeeOption(ctx, p.ID)
	t.Fee = fee.Option
	return t, err
}

// about is who a participation is about: the represented person, or the holder of the account.
func (s *Service) about(ctx context.Context, db *gorm.DB, p participants.Participation, kind string) (participants.Ward, error) {
	w := participants.Ward{Capacity: kind}
	r, err := participants.RepresentedIn(ctx, db, s.vault, p)
	if err != nil {
		return w, err
	}
	if r != nil {
		w.FirstNames, w.Infix, w.LastName = r.Ward.FirstNames, r.Ward.Infix, r.Ward.LastName
		return w, nil
	}
	person, err := take(ctx, table.Of[participants.Participant](db).Where("id = ?", p.ParticipantID))
	w.FirstNames, w.Infix, w.LastName = person.FirstNames, person.Infix, person.LastName
	return w, err
}

// SignTakeover makes who signed the holder of a participation, in one
// transaction: account, mandate, fee option, state, mails and log. Sent twice, it gives the same.
func (s *Service) SignTakeover(ctx context.Context, claim Claim, link, token string, in SignForm) (Joined, error) {
	t, err := s.TakeoverBehind(ctx, link)
	if err != nil {
		return Joined{}, err
	}
	var out Joined
	err = s.afterwards(ctx, "mail", func(tx *gorm.DB) error {
		if err := tx.WithContext(ctx).Exec(`SELECT pg_advisory_xact_lock_shared(?, ?)`, lockJoining, claim.ID).Error; err != nil {
			return err
		}
		su, err := participants.LockSignup(ctx, tx, s.vault, claim.ID, token)
		if err != nil {
			return err
		}
		if su.Status == participants.SignupSigned {
			out, err = joinedBefore(ctx, tx, *su.ParticipationID)
			return err
		}
		if su.Answers.Takeover != t.ID {
			return ErrNotFound
		}
		row, p, err := lockTakeover(ctx, tx, t.participationID)
		if err == nil && string(row.TokenHash) != string(hashOf(link)) {
			err = ErrLinkOver // another was sent meanwhile
		}
		if err == nil && row.Status != TakeoverAccepted || p.Status == participants.InRun {
			err = cmp.Or(err, ErrMoneyUnderWay)
		}
		if err != nil {
			return err
		}
		out, err = s.takeOver(ctx, tx, claim, su, row, p, in)
		return err
	})
	return out, err
}

func (s *Service) takeOver(ctx context.Context, tx *gorm.DB, claim Claim, su participants.Signup, row takeoverRow, p participants.Participation, in SignForm) (Joined, error) {
	change, err := s.takeoverOf(ctx, tx, claim, su, row, p, in)
	if err != nil {
		return Joined{}, err
	}
	before := p.ParticipantID
	holder, mandate, err := participants.TakeOver(ctx, tx, s.vault, p, change)
	if err != nil {
		return Joined{}, err
	}
	now := tx.NowFunc()
	done := takeoverRow{Status: TakeoverSigned, SignedAt: &now, MandateID: &mandate, ParticipantID: &holder}
	if _, err := table.Of[takeoverRow](tx).Where("id = ?", row.ID).Updates(ctx, done); err != nil {
		return Joined{}, err
	}
	if err := renewFee(ctx, tx, p.ID, mandate); err != nil {
		return Joined{}, err
	}
	by := audit.Participant(holder)
	if err := s.goOn(ctx, tx, by, p); err != nil {
		return Joined{}, err
	}
	if err := participants.FinishSignup(ctx, tx, su, p.ID); err != nil {
		return Joined{}, err
	}
	if err := tellTakeover(ctx, tx, row, p, before, holder); err != nil {
		return Joined{}, err
	}
	return Joined{ParticipationID: p.ID, ParticipantID: holder, Number: p.Number, Ref: p.Ref},
		audit.Record(ctx, tx, by, "participation.taken_over", participationSubject(p.ID), map[string]any{"takeover": row.ID, "kind": row.Kind})
}

// takeoverOf checks the signature and writes down what it rests on, and for whom.
func (s *Service) takeoverOf(ctx context.Context, tx *gorm.DB, claim Claim, su participants.Signup, row takeoverRow, p participants.Participation, in SignForm) (participants.Takeover, error) {
	a, change := su.Answers, participants.Takeover{Signup: su}
	if su.EmailProvenAt == nil || a.LastName == "" || a.Address.City == "" {
		return change, ErrNotComplete
	}
	var fee ChosenFee
	fee, err := take(ctx, table.Of[ChosenFee](tx).Where("participation_id = ? AND superseded_at IS NULL", p.ID))
	if err != nil {
		return change, err
	}
	w, err := s.about(ctx, tx, p, row.Kind)
	if err != nil {
		return change, err
	}
	r := participants.Record{
		Name: participants.FullName(a.FirstNames, a.Infix, a.LastName), Email: a.Email, EmailProvenAt: *su.EmailProvenAt, Address: a.Address,
		FeeOption: string(fee.Option), Lang: su.Lang,
	}
	if row.Kind != TakeoverAdult {
		r.Ward = &w
		change.For = &participants.Represented{Capacity: w.Capacity, Scope: row.Scope, UntilOn: row.UntilOn, Ward: w}
	}
	change.Record, err = s.signature(ctx, tx, claim, r, in)
	return change, err
}

// renewFee ties the fee option to the new mandate; one that is frozen with an annex stays as it is there.
func renewFee(ctx context.Context, tx *gorm.DB, participationID, mandateID int64) error {
	now := tx.NowFunc()
	var option string
	err := tx.WithContext(ctx).Raw(`UPDATE fee_options SET superseded_at = ? WHERE participation_id = ? AND superseded_at IS NULL AND locked_at IS NULL RETURNING option`,
		now, participationID).Scan(&option).Error
	if err != nil || option == "" {
		return err
	}
	return table.Of[ChosenFee](tx).Create(ctx, &ChosenFee{ParticipationID: participationID, Option: FeeOption(option), MandateID: mandateID, ChosenAt: now})
}

// goOn brings a participation to the state in which it goes on with its new holder.
func (s *Service) goOn(ctx context.Context, tx *gorm.DB, by audit.Actor, p participants.Participation) error {
	switch p.Status {
	case participants.InEstate:
		return endEstate(ctx, tx, by, p, "taken_over")
	case participants.Payable: // the account of the one before is not theirs
		return participants.Move(ctx, tx, p.ID, participants.Payable, participants.PayeePending)
	}
	return nil
}

// tellTakeover tells who holds the participation now, who held it, and what is to be paid out.
func tellTakeover(ctx context.Context, tx *gorm.DB, row takeoverRow, p participants.Participation, before, holder int64) error {
	people, err := table.Of[participants.Participant](tx).Where("id IN ?", []int64{before, holder}).Find(ctx)
	if err != nil {
		return err
	}
	for _, person := range people {
		mail := mailer.Mail{Template: "taken_over", Data: map[string]string{"Name": person.Name(), "Number": p.Number}}
		if person.ID != holder {
			if row.Kind == TakeoverHeir {
				continue // nobody mails the dead
			}
			mail = mailer.Mail{Template: "handed_over", Data: map[string]string{"Number": p.Number, "When": locale.Moment(tx.NowFunc(), person.Lang)}}
		}
		mail.Key, mail.To, mail.Lang, mail.ParticipantID = fmt.Sprintf("%s:%d", mail.Template, row.ID), person.Email, person.Lang, person.ID
		if err := mailer.Enqueue(ctx, tx, mail); err != nil {
			return err
		}
	}
	return nil
}
