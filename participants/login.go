package participants

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/mailer"
)

// AskSignupCode mails a code to the address of a draft. If that person takes
// part already, the mail says so instead; the page is the same.
func (s *Service) AskSignupCode(ctx context.Context, claimID int64, token string) error {
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		su, err := LockSignup(ctx, tx, s.vault, claimID, token)
		if err != nil {
			return err
		}
		email, err := ParseEmail(su.Answers.Email)
		if err != nil || su.Status == SignupSigned {
			return errors.Join(ErrWrongState, err)
		}
		known, err := takesPart(ctx, tx, claimID, email.Key)
		if err != nil {
			return err
		}
		if su.Answers.ForChild() || su.Answers.Takeover != 0 {
			known = nil // who acts for another may have an account already
		}
		su.Status, su.EmailIndex, su.EmailProvenAt = SignupEmailPending, s.vault.Index("email", email.Key), nil
		if err := s.keep(ctx, tx, &su); err != nil {
			return err
		}
		mail := mailer.Mail{To: email.Shown, Lang: su.Lang, Template: "code"}
		if known != nil {
			mail.Template, mail.ParticipantID = "known", *known
		}
		return s.sendCode(ctx, tx, loginCode{Purpose: "signup", ClaimID: &claimID, EmailIndex: su.EmailIndex, ParticipantID: known, BrowserHash: su.TokenHash}, mail)
	})
}

// takesPart finds the participant who already takes part in a claim with this address.
func takesPart(ctx context.Context, tx *gorm.DB, claimID int64, emailKey string) (*int64, error) {
	var id *int64
	err := tx.WithContext(ctx).Raw(`SELECT p.id FROM participants p JOIN participations t ON t.participant_id = p.id
		WHERE p.email_key = ? AND t.claim_id = ? AND t.person_key IS NULL AND t.status NOT IN ('withdrawn', 'opted_out', 'erased') LIMIT 1`, emailKey, claimID).Scan(&id).Error
	return id, err
}

// ProveSignup takes the code of a draft: from here on its address is proven.
func (s *Service) ProveSignup(ctx context.Context, claimID int64, token, code string) (Signup, error) {
	c, err := s.tryCode(ctx, "signup", hashToken(token), code)
	if err != nil {
		return Signup{}, err
	}
	return s.prove(ctx, claimID, token, c)
}

// prove ends a code of a draft that was typed right, or whose link was followed.
func (s *Service) prove(ctx context.Context, claimID int64, token string, c loginCode) (su Signup, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if su, err = LockSignup(ctx, tx, s.vault, claimID, token); err != nil {
			return err
		}
		if string(su.EmailIndex) != string(c.EmailIndex) {
			return ErrCodeExpired // the address was changed after the code was sent
		}
		if err := spend(ctx, tx, c); err != nil {
			return err
		}
		now := tx.NowFunc()
		su.Status, su.EmailProvenAt = SignupMandatePending, &now
		return s.keep(ctx, tx, &su)
	})
	return su, err
}

// AskLogin mails a code to somebody who wants to see their case. For an
// address nobody knows it does exactly the same, and no mail goes out.
func (s *Service) AskLogin(ctx context.Context, address, lang, browser string) error {
	email, err := ParseEmail(address)
	if err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		c := loginCode{Purpose: "login", EmailIndex: s.vault.Index("email", email.Key), BrowserHash: hashToken(browser)}
		mail := mailer.Mail{Lang: lang, Template: "code"}
		p, err := take(ctx, table.Of[Participant](tx, clause.Locking{Strength: "KEY SHARE"}).Where("email_key = ? AND erased_at IS NULL", email.Key))
		switch {
		case err == nil:
			c.ParticipantID = &p.ID
			mail.To, mail.ParticipantID = p.Email, p.ID
		case !errors.Is(err, ErrNotFound):
			return err
		}
		return s.sendCode(ctx, tx, c, mail)
	})
}

// Login takes the code and says who it was sent to.
func (s *Service) Login(ctx context.Context, browser, code string) (participantID int64, err error) {
	c, err := s.tryCode(ctx, "login", hashToken(browser), code)
	if err != nil {
		return 0, err
	}
	return s.enter(ctx, c)
}

// enter ends a code of somebody who logs in, and says who it is.
func (s *Service) enter(ctx context.Context, c loginCode) (participantID int64, err error) {
	if c.ParticipantID == nil {
		return 0, &CodeError{Left: codeTries - c.Tries}
	}
	return *c.ParticipantID, s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if err := spend(ctx, tx, c); err != nil {
			return err
		}
		by := audit.Participant(*c.ParticipantID)
		return audit.Record(ctx, tx, by, "participant.logged_in", string(by), nil)
	})
}
