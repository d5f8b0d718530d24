package claims

import (
	"context"
	"time"

	"samenclaim/participants"
)

// Signatures lists what somebody signed for a participation, newest first.
func (s *Service) Signatures(ctx context.Context, p participants.Participation) ([]participants.Mandate, error) {
	return participants.Signatures(ctx, s.db, p.ID)
}

// SignedTexts is one signature with the texts that were read for it.
type SignedTexts struct {
	SignedAt                         time.Time
	MandateTextID, AgreementTextID   int64
	MandateVersion, AgreementVersion string
}

// SignedTexts lists what somebody read and signed for a participation, newest first.
func (s *Service) SignedTexts(ctx context.Context, p participants.Participation) (all []SignedTexts, err error) {
	err = s.db.WithContext(ctx).Raw(`SELECT m.signed_at, m.mandate_text_id, m.agreement_text_id, t.version AS mandate_version, a.version AS agreement_version
		FROM mandates m JOIN texts t ON t.id = m.mandate_text_id JOIN texts a ON a.id = m.agreement_text_id
		WHERE m.participation_id = ? ORDER BY m.id DESC`, p.ID).Scan(&all).Error
	return all, err
}

// Has is which papers of a participation there are, beside what was signed and the letter.
type Has struct {
	Statement bool // of an award
	Vote      bool // in the latest consultation
}

// HasPapers tells which papers of a participation there are, in one question.
func (s *Service) HasPapers(ctx context.Context, p participants.Participation) (h Has, err error) {
	err = s.db.WithContext(ctx).Raw(`SELECT EXISTS (SELECT FROM awards a JOIN distributions d ON d.id = a.distribution_id WHERE a.participation_id = @part AND d.status = 'approved') AS statement,
		EXISTS (SELECT FROM consultation_votes v WHERE v.participation_id = @part AND v.consultation_id =
			(SELECT id FROM consultations WHERE claim_id = @claim AND status IN ('open', 'closed') ORDER BY ordinal DESC LIMIT 1)) AS vote`,
		map[string]any{"part": p.ID, "claim": p.ClaimID}).Scan(&h).Error
	return h, err
}

// LetterOf returns the letter whose annex holds a participation, or nil while there is none.
func (s *Service) LetterOf(ctx context.Context, p participants.Participation) (*Letter, error) {
	if p.LetterID == nil {
		return nil, nil
	}
	l, err := take(ctx, letters(s.db).Where("id = ? AND sent_at IS NOT NULL", *p.LetterID))
	if err != nil {
		return nil, ignoreNotFound(err)
	}
	return &l, nil
}
