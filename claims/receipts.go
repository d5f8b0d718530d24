package claims

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"samenclaim/claims/letter"
	"samenclaim/internal/vault"
	"samenclaim/participants"
)

// Receipt is the proof, for its owner, that a participation is in the annex of
// a sent letter. It can be checked without us. ErrNotFound means that no annex
// covers the participation yet, or that its salt was destroyed.
func (s *Service) Receipt(ctx context.Context, p participants.Participation) ([]byte, error) {
	_, receipt, err := s.ownReceipt(ctx, p)
	if err != nil {
		return nil, err
	}
	return receipt.JSON()
}

// ReceiptSheet is the receipt on paper, with a code that holds all of it but
// whose it is. where is the address that tells how to check it.
func (s *Service) ReceiptSheet(ctx context.Context, p participants.Participation, where, lang string) ([]byte, error) {
	l, receipt, err := s.ownReceipt(ctx, p)
	if err != nil {
		return nil, err
	}
	doc, err := receipt.Sheet(l.Fields.Sender, where, letter.Lang(lang))
	if err != nil {
		return nil, err
	}
	return letter.PDF(doc)
}

// ownReceipt makes the receipt of a participation, with the letter that it is in.
func (s *Service) ownReceipt(ctx context.Context, p participants.Participation) (l Letter, r letter.Receipt, err error) {
	if p.LetterID == nil {
		return l, r, ErrNotFound
	}
	if l, err = take(ctx, letters(s.db).Where("id = ? AND sent_at IS NOT NULL", *p.LetterID)); err != nil {
		return l, r, err
	}
	r, err = s.receipt(ctx, l, p)
	return l, r, err
}

// receipt makes the receipt of one participation in a sent letter.
func (s *Service) receipt(ctx context.Context, l Letter, p participants.Participation) (r letter.Receipt, err error) {
	in, identity, err := s.inclusion(ctx, l, p)
	if err != nil {
		return r, err
	}
	key, err := s.vault.OpenKey(p.KeyWrapped)
	if err != nil {
		return r, err
	}
	if in.Identity, err = vault.UnsealJSON[letter.Identity](key, identity, aboutIdentity); err != nil {
		return r, err
	}
	if in.Proof, err = s.prove(ctx, letterTree, l.ID, *l.Count, in.Index); err != nil {
		return r, err
	}
	return letter.NewReceipt(in)
}

// inclusion reads the line of a participation in the annex.
func (s *Service) inclusion(ctx context.Context, l Letter, p participants.Participation) (in letter.Inclusion, identity []byte, err error) {
	in.Head = l.head()
	var mandate, commitment, file []byte
	err = s.db.WithContext(ctx).Raw(`SELECT a.position, a.number, a.mandate_sha256, a.commitment, s.salt, s.identity, f.sha256
		FROM annex_rows a JOIN annex_salts s ON s.participation_id = a.participation_id
		JOIN letter_files f ON f.letter_id = a.letter_id AND f.kind = 'letter_pdf'
		WHERE a.participation_id = ? AND a.letter_id = ?`, p.ID, l.ID).
		Row().Scan(&in.Index, &in.Leaf.Number, &mandate, &commitment, &in.Salt, &identity, &file)
	if errors.Is(err, sql.ErrNoRows) {
		return in, nil, ErrNotFound
	}
	if err != nil {
		return in, nil, err
	}
	in.Leaf.MandateSHA256, in.Leaf.Commitment, in.LetterSHA256 = [32]byte(mandate), [32]byte(commitment), [32]byte(file)
	return in, identity, nil
}

// letterTree reads hashes of the tree of a letter by their offsets.
const letterTree = `SELECT string_agg(substring(l.tree FROM (32 * x.at + 1)::int FOR 32), ''::bytea ORDER BY x.ord)
	FROM letters l, unnest($2::bigint[]) WITH ORDINALITY AS x(at, ord) WHERE l.id = $1`

// prove reads the few hashes that lead from one place to the root out of a
// stored tree, by their offsets: the tree itself can be large.
func (s *Service) prove(ctx context.Context, query string, id, count, index int64) (letter.Proof, error) {
	return letter.Prove(count, index, func(indexes []int64) ([][]byte, error) {
		var all []byte
		row := s.db.Statement.ConnPool.QueryRowContext(ctx, query, id, indexes)
		if err := row.Scan(&all); err != nil {
			return nil, fmt.Errorf("read the proof: %w", err)
		}
		hashes := make([][]byte, 0, len(indexes))
		for len(all) >= 32 {
			hashes, all = append(hashes, all[:32]), all[32:]
		}
		return hashes, nil
	})
}
