package participants

import (
	"context"
	"crypto/rand"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/table"
	"samenclaim/mailer"
)

// AskResume mails a code to somebody who wants to go on with a sign-up on
// another device. Whether there is one cannot be told from here: for an address
// without a draft the same is done, and no mail goes out. Who takes part
// already is told so by mail.
func (s *Service) AskResume(ctx context.Context, claimID int64, address, lang, browser string) error {
	email, err := ParseEmail(address)
	if err != nil {
		return err
	}
	return s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		c := loginCode{Purpose: "resume", ClaimID: &claimID, EmailIndex: s.vault.Index("email", email.Key), BrowserHash: hashToken(browser)}
		known, err := takesPart(ctx, tx, claimID, email.Key)
		if err != nil {
			return err
		}
		su, err := latestDraft(ctx, tx, claimID, c.EmailIndex)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return err
		}
		mail := mailer.Mail{Lang: lang, Template: "code"}
		switch {
		case known != nil:
			mail.To, mail.Template, mail.ParticipantID, c.ParticipantID = email.Shown, "known", *known, known
		case su.ID != 0:
			mail.To = email.Shown
		}
		return s.sendCode(ctx, tx, c, mail)
	})
}

// Resume takes the code: from here on the draft belongs to this browser, and
// no longer to the one it was begun in. It returns the secret for its cookie.
func (s *Service) Resume(ctx context.Context, claimID int64, browser, code string) (token string, su Signup, err error) {
	c, err := s.tryCode(ctx, "resume", hashToken(browser), code)
	if err != nil {
		return "", su, err
	}
	if *c.ClaimID != claimID {
		return "", su, ErrCodeExpired
	}
	return s.takeOver(ctx, c)
}

// takeOver ends a code to go on with. The address it went to is proven by it.
func (s *Service) takeOver(ctx context.Context, c loginCode) (token string, su Signup, err error) {
	err = s.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		if su, err = latestDraft(ctx, tx, *c.ClaimID, c.EmailIndex, clause.Locking{Strength: "UPDATE"}); errors.Is(err, ErrNotFound) {
			return &CodeError{Left: codeTries - c.Tries} // nobody has this code: no mail went out
		}
		if err != nil {
			return err
		}
		if err := spend(ctx, tx, c); err != nil {
			return err
		}
		now := tx.NowFunc()
		token = rand.Text()
		su.TokenHash, su.UpdatedAt, su.Version = hashToken(token), now, su.Version+1
		if su.EmailProvenAt == nil {
			su.Status, su.EmailProvenAt = SignupMandatePending, &now
		}
		n, err := table.Of[Signup](tx).Where("id = ? AND status <> ?", su.ID, SignupSigned).
			Select("TokenHash", "Status", "EmailProvenAt", "UpdatedAt", "Version").Updates(ctx, su)
		if err == nil && n == 0 {
			return ErrWrongState
		}
		return err
	})
	if err != nil {
		return "", su, err
	}
	su, err = s.Signup(ctx, *c.ClaimID, token)
	return token, su, err
}

// latestDraft finds the draft to go on with: a proven one first, then the one that was worked on last.
func latestDraft(ctx context.Context, tx *gorm.DB, claimID int64, emailIndex []byte, opts ...clause.Expression) (Signup, error) {
	return take(ctx, table.Of[Signup](tx, opts...).Where("email_index = ? AND claim_id = ? AND status <> ? AND expires_at > ?", emailIndex, claimID, SignupSigned, tx.NowFunc()).
		Order("email_proven_at IS NULL, updated_at DESC, id DESC"))
}
