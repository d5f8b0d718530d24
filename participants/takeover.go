package participants

import (
	"context"
	"errors"
	"strconv"

	"gorm.io/gorm"

	"samenclaim/internal/vault"
)

// ErrSameAccount means that who takes over uses the account that has the participation now.
var ErrSameAccount = errors.New("the account that has the participation cannot take it over")

// Takeover is what changes when somebody else becomes the holder of a participation.
type Takeover struct {
	Signup Signup       // of who takes over: the address is proven
	Record Record       // of their signature
	For    *Represented // for whom from now on; nil: for themselves
}

// TakeOver gives a participation to who signed for it: account, mandate, and
// for whom it is. What the one before allowed, and where their money was to
// go, ends with it. ErrKnown means that this person takes part already.
func TakeOver(ctx context.Context, tx *gorm.DB, v *vault.Vault, p Participation, in Takeover) (participantID, mandateID int64, err error) {
	if participantID, err = account(ctx, tx, v, in.Signup, in.Record); err != nil {
		return 0, 0, err
	}
	if participantID == p.ParticipantID && (in.For == nil || in.For.Capacity != Heir || p.PersonKey == nil) {
		return 0, 0, ErrSameAccount // a parent may inherit from a child with the account they have
	}
	if mandateID, err = Resign(ctx, tx, v, p, in.Record); err != nil {
		return 0, 0, err
	}
	now := tx.NowFunc()
	for _, sql := range []string{
		`UPDATE represented SET ended_at = @now WHERE participation_id = @id AND ended_at IS NULL`,
		`UPDATE consents SET withdrawn_at = @now WHERE participation_id = @id AND withdrawn_at IS NULL`,
		`UPDATE payee_accounts SET superseded_at = @now WHERE participation_id = @id AND superseded_at IS NULL`,
	} {
		if err := tx.WithContext(ctx).Exec(sql, map[string]any{"now": now, "id": p.ID}).Error; err != nil {
			return 0, 0, err
		}
	}
	var of []byte
	if in.For != nil {
		of = whoOf(v, p)
		key, err := v.OpenKey(p.KeyWrapped)
		if err != nil {
			return 0, 0, err
		}
		in.For.ParticipationID, in.For.Since = p.ID, now
		if err := addRepresented(ctx, tx, key, in.For); err != nil {
			return 0, 0, err
		}
	}
	done := tx.WithContext(ctx).Exec(`UPDATE participations SET participant_id = ?, person_key = ? WHERE id = ? AND participant_id = ?`, participantID, of, p.ID, p.ParticipantID)
	if isTwice(done.Error) {
		return 0, 0, ErrKnown
	}
	if done.Error == nil && done.RowsAffected != 1 {
		return 0, 0, ErrWrongState
	}
	return participantID, mandateID, done.Error
}

// whoOf is by what the person of a participation is known when another holds it.
func whoOf(v *vault.Vault, p Participation) []byte {
	if p.PersonKey != nil {
		return p.PersonKey
	}
	return v.Index("holder", strconv.FormatInt(p.ParticipantID, 10))
}

// account finds the account of who proved an address, or opens one.
func account(ctx context.Context, tx *gorm.DB, v *vault.Vault, su Signup, r Record) (id int64, err error) {
	a := su.Answers
	email, err := ParseEmail(a.Email)
	if err != nil || su.EmailProvenAt == nil {
		return 0, errors.Join(ErrWrongState, err)
	}
	person, err := personFor(ctx, tx, v, email.Key, a.Address)
	if err != nil {
		return 0, err
	}
	err = tx.WithContext(ctx).Raw(`INSERT INTO participants (email, email_key, first_names, infix, last_name, lang, email_verified_at, key_wrapped, address, postcode_index, created_at)
		VALUES (@email, @key, @first, @infix, @last, @lang, @proven, @wrapped, @address, @postcode, @now)
		ON CONFLICT (email_key) DO UPDATE SET key_wrapped = excluded.key_wrapped, address = excluded.address, postcode_index = excluded.postcode_index, email_verified_at = excluded.email_verified_at
		RETURNING id`, map[string]any{
		"email": email.Shown, "key": email.Key, "first": a.FirstNames, "infix": a.Infix, "last": a.LastName, "lang": su.Lang, "proven": su.EmailProvenAt,
		"wrapped": person.wrapped, "address": person.address, "postcode": v.Index("postcode", a.Address.Postcode), "now": r.ReceivedAt,
	}).Row().Scan(&id)
	return id, err
}
