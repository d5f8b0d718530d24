package claims

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/participants"
)

// Arrival is one signature that came by another road than the pages: a list
// of a partner, a move from another program, the people of the demo.
type Arrival struct {
	Answers   participants.Answers
	Lang      string
	ProvenAt  time.Time // when the e-mail address was proven
	Form      SignForm  // as the page of the signature would have sent it
	Consents  []string
	Number    string // empty: made up
	Synthetic bool
}

// ImportSigned makes participations of many signatures, in one transaction and
// by the rules of Sign: complete answers, the very texts that were current,
// both boxes ticked, the own name typed. No mails go out.
func (s *Service) ImportSigned(ctx context.Context, by audit.Actor, claim Claim, all []Arrival) ([]Joined, error) {
	var joined []Joined
	err := s.numbered(ctx, func(tx *gorm.DB) error {
		joined = make([]Joined, 0, len(all))
		if err := patient(ctx, tx); err != nil {
			return err
		}
		if err := joining(ctx, tx, claim.ID, time.Time{}); err != nil {
			return err
		}
		for _, a := range all {
			if claim.Late() != LateWaitlist && claim.TooLate(a.Form.ReceivedAt) {
				return ErrClosed
			}
		}
		signings, err := signingsOf(ctx, tx, claim, all)
		if err != nil {
			return err
		}
		signed, err := participants.SignBulk(ctx, tx, s.vault, signings)
		if err != nil {
			return err
		}
		for _, one := range signed {
			joined = append(joined, Joined{ParticipationID: one.ParticipationID, ParticipantID: one.ParticipantID, Number: one.Number, Ref: one.Ref})
		}
		if err := importConsents(ctx, tx, claim.ID, all, joined); err != nil {
			return err
		}
		if err := logArrivals(ctx, tx, all, joined); err != nil {
			return err
		}
		return audit.Record(ctx, tx, by, "participations.imported", claimSubject(claim.ID), map[string]any{"count": len(joined)})
	})
	if err != nil {
		return nil, err
	}
	return joined, nil
}

// signingsOf checks every signature and writes down what it rests on.
func signingsOf(ctx context.Context, tx *gorm.DB, claim Claim, all []Arrival) ([]participants.Signing, error) {
	texts := map[string]map[string]participants.Text{}
	for _, lang := range []string{"nl", "en"} {
		var err error
		if texts[lang], err = currentTexts(ctx, tx, claim.ID, lang, "mandate", "agreement", "privacy"); err != nil {
			return nil, err
		}
	}
	signings := make([]participants.Signing, len(all))
	for i, a := range all {
		r, err := a.record(texts[a.Lang])
		if err != nil {
			return nil, fmt.Errorf("signature %d: %w", i+1, err)
		}
		proven := a.ProvenAt
		signings[i] = participants.Signing{
			Signup: participants.Signup{ClaimID: claim.ID, Lang: a.Lang, EmailProvenAt: &proven, Answers: a.Answers},
			Prefix: claim.NumberPrefix, Record: r, Synthetic: a.Synthetic,
		}
	}
	return signings, nil
}

// record checks one signature as Sign does.
func (a Arrival) record(texts map[string]participants.Text) (participants.Record, error) {
	if step := FirstOpen(a.Answers, !a.ProvenAt.IsZero()); step != "" {
		return participants.Record{}, fmt.Errorf("%w: %s", ErrNotComplete, step)
	}
	email, err := participants.ParseEmail(a.Answers.Email)
	if err != nil {
		return participants.Record{}, err
	}
	r := participants.Record{
		Name: participants.FullName(a.Answers.FirstNames, a.Answers.Infix, a.Answers.LastName), Email: email.Shown, EmailProvenAt: a.ProvenAt, ProvenBy: participants.ProvenByImport,
		Address: a.Answers.Address, FeeOption: a.Answers.FeeOption, Lang: a.Lang, Number: a.Number,
	}
	if r.Ward, err = wardOf(a.Answers, a.Form.ReceivedAt); err != nil {
		return r, err
	}
	mandate, agreement := texts["mandate"], texts["agreement"]
	switch in := a.Form; {
	case hex.EncodeToString(mandate.SHA256) != in.MandateSHA256 || hex.EncodeToString(agreement.SHA256) != in.AgreementSHA256,
		in.ReceivedAt.Before(mandate.PublishedAt) || in.ReceivedAt.Before(agreement.PublishedAt):
		return r, ErrTextChanged
	case !in.MandateTicked:
		return r, ErrMandateTick
	case !in.AgreementTicked:
		return r, ErrAgreementTick
	case !sameName(in.TypedName, r.Name):
		return r, ErrTypedName
	}
	a.Form.seal(&r, mandate, agreement, texts["privacy"])
	return r, nil
}

// importConsents gives the consents that came with the signatures, with the texts in the person's language.
func importConsents(ctx context.Context, tx *gorm.DB, claimID int64, all []Arrival, joined []Joined) error {
	var ids []int64
	var kinds, langs []string
	var given []time.Time
	for i, a := range all {
		for _, kind := range a.Consents {
			ids, kinds, langs, given = append(ids, joined[i].ParticipationID), append(kinds, kind), append(langs, a.Lang), append(given, a.Form.ReceivedAt)
		}
	}
	done, err := tx.Statement.ConnPool.ExecContext(ctx, `WITH current AS (
			SELECT DISTINCT ON (key, lang) id, key, lang FROM texts WHERE claim_id = $1 AND kind = 'consent' AND published_at <= $6
			ORDER BY key, lang, published_at DESC, id DESC)
		INSERT INTO consents (participation_id, kind, text_id, given_at)
		SELECT i.id, i.kind, t.id, i.given FROM unnest($2::bigint[], $3::text[], $4::text[], $5::timestamptz[]) AS i (id, kind, lang, given)
		JOIN current t ON t.key = 'consent_' || i.kind AND t.lang = i.lang`, claimID, ids, kinds, langs, given, tx.NowFunc())
	if err != nil {
		return fmt.Errorf("write the consents: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n != int64(len(ids)) {
		return fmt.Errorf("%w: the text of a consent", ErrNotFound)
	}
	return nil
}

// logArrivals writes in the log what Sign writes, one line a person.
func logArrivals(ctx context.Context, tx *gorm.DB, all []Arrival, joined []Joined) error {
	n := len(joined)
	at, actors, subjects := make([]time.Time, n), make([]string, n), make([]string, n)
	for i, j := range joined {
		at[i], actors[i], subjects[i] = all[i].Form.ReceivedAt, string(audit.Participant(j.ParticipantID)), participationSubject(j.ParticipationID)
	}
	_, err := tx.Statement.ConnPool.ExecContext(ctx, `INSERT INTO audit_events (at, actor, action, subject)
		SELECT i.at, i.actor, 'participation.signed', i.subject FROM unnest($1::timestamptz[], $2::text[], $3::text[]) AS i (at, actor, subject)`, at, actors, subjects)
	if err != nil {
		return fmt.Errorf("write the log: %w", err)
	}
	return nil
}
