package claims

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"samenclaim/claims/letter"
	"samenclaim/internal/audit"
	"samenclaim/participants"
)

// EvidencePack is everything that proves the signatures of a participation, as
// a ZIP that can be checked without us. That it was given stands in the log. It
// is checked before it leaves; keyURL is where the public key can be found. ErrTampered means that something was changed.
func (s *Service) EvidencePack(ctx context.Context, by audit.Actor, p participants.Participation, keyURL, reason string) ([]byte, error) {
	pack, err := s.gatherPack(ctx, p)
	if err != nil {
		return nil, err
	}
	pack.KeyURL = keyURL
	file, err := pack.ZIP(s.vault)
	if err != nil {
		return nil, err
	}
	if _, err := letter.VerifyPack(file, letter.PackTrust{Key: s.vault.PublicKey()}); err != nil {
		return nil, fmt.Errorf("%w: evidence pack of participation %d: %w", ErrTampered, p.ID, err)
	}
	return file, s.transaction(ctx, func(tx *gorm.DB) error {
		return audit.Record(ctx, tx, by, "participation.evidence_pack", participationSubject(p.ID), map[string]string{"reason": reason})
	})
}

// gatherPack rebuilds what was signed from the rows of the database, each checked against the others.
func (s *Service) gatherPack(ctx context.Context, p participants.Participation) (letter.Pack, error) {
	c, err := s.Claim(ctx, p.ClaimID)
	if err != nil {
		return letter.Pack{}, err
	}
	from, err := s.letterhead(ctx)
	if err != nil {
		return letter.Pack{}, err
	}
	signatures, err := participants.Signatures(ctx, s.db, p.ID)
	if err != nil {
		return letter.Pack{}, err
	}
	if len(signatures) == 0 {
		return letter.Pack{}, ErrNotFound
	}
	pack := letter.Pack{
		Foundation: from.LegalName, Claim: c.Name("nl"), Number: p.Number, MadeAt: s.db.NowFunc(), Texts: map[int64]string{},
	}
	for i := len(signatures) - 1; i >= 0; i-- {
		if err := s.packSignature(ctx, &pack, p, signatures[i]); err != nil {
			return pack, err
		}
	}
	trail, err := s.trail(ctx, p)
	pack.Events = append(pack.Events, trail...)
	sortEvents(pack.Events)
	return pack, err
}

// packSignature adds one signature: its record, papers, stamp and texts.
func (s *Service) packSignature(ctx context.Context, pack *letter.Pack, p participants.Participation, m participants.Mandate) error {
	record, r, err := participants.RecordBytes(s.vault, p, m)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrTampered, err)
	}
	if r.Mandate.SHA256 != hex.EncodeToString(m.MandateSHA256) || r.Agreement.SHA256 != hex.EncodeToString(m.AgreementSHA256) ||
		r.Mandate.ID != m.MandateTextID || r.Agreement.ID != m.AgreementTextID || r.RequestID != m.RequestID || !r.ReceivedAt.Equal(m.SignedAt) && m.SignedAt.Sub(r.ReceivedAt).Abs() > clockGrain {
		return fmt.Errorf("%w: mandate %d says other than its record", ErrTampered, m.ID)
	}
	papers, err := s.papersOf(ctx, p, m)
	if err != nil {
		return err
	}
	packed := letter.PackedSignature{Record: record, PDF: papers.PDF, HTML: papers.HTML}
	if packed.Stamp, packed.Token, err = s.stampOf(ctx, m.ID, m.RecordSHA256); err != nil {
		return fmt.Errorf("%w: the stamp of mandate %d: %w", ErrTampered, m.ID, err)
	}
	for _, id := range []int64{m.MandateTextID, m.AgreementTextID} {
		t, err := s.Text(ctx, p.ClaimID, id)
		if err != nil {
			return err
		}
		pack.Texts[id] = t.Title + "\n" + t.Body
	}
	pack.Signatures = append(pack.Signatures, packed)
	how, err := json.Marshal(map[string]string{"by": r.ProvenBy})
	pack.Events = append(pack.Events, letter.PackEvent{At: r.EmailProvenAt.UTC(), Event: "email_proven", Detail: how})
	return err
}
