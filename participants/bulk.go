package participants

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/internal/vault"
)

// bulkBatch is how many signatures go into one statement.
const bulkBatch = 500

// SignBulk makes participations of many signatures at once, each with its own
// keys, sealed record and rows, as Sign does for one: for people who signed by
// another road than the pages. A number in a record is kept, or made up if empty.
func SignBulk(ctx context.Context, tx *gorm.DB, v *vault.Vault, all []Signing) ([]Signed, error) {
	if !audit.InTransaction(tx) {
		return nil, audit.ErrNoTransaction
	}
	signed := make([]Signed, 0, len(all))
	for len(all) > 0 {
		part := all[:min(bulkBatch, len(all))]
		all = all[len(part):]
		some, err := signBatch(ctx, tx, v, part)
		if err != nil {
			return nil, err
		}
		if err := representAll(ctx, tx, v, part, some); err != nil {
			return nil, err
		}
		signed = append(signed, some...)
	}
	return signed, nil
}

// bulkRows are the values of a batch, a column each.
type bulkRows struct {
	email, emailKey, first, infix, last, lang             []string
	proven, signed                                        []time.Time
	personKey, address, postcode, key, usage, record, sha [][]byte
	personOf, person                                      [][]byte
	synthetic                                             []bool
	ref, number, country, usedFor, evidence               []string
	usedFrom, usedTo                                      []*time.Time
	mandateText, agreementText                            []int64
	mandateSHA, agreementSHA                              [][]byte
	request, option                                       []string
	claim                                                 []int64
}

func signBatch(ctx context.Context, tx *gorm.DB, v *vault.Vault, batch []Signing) ([]Signed, error) {
	var b bulkRows
	known, err := knownKeys(ctx, tx, batch)
	if err != nil {
		return nil, err
	}
	out := make([]Signed, len(batch))
	for i, in := range batch {
		if out[i], err = b.add(v, in, known); err != nil {
			return nil, fmt.Errorf("signature %d of the batch: %w", i+1, err)
		}
		if slices.Contains(b.emailKey[:i], b.emailKey[i]) {
			return nil, fmt.Errorf("signature %d of the batch: %w", i+1, ErrKnown)
		}
	}
	return out, b.insert(ctx, tx, out)
}

// knownKeys finds the wrapped keys of those who have an account already.
func knownKeys(ctx context.Context, tx *gorm.DB, batch []Signing) (map[string][]byte, error) {
	addresses := make([]string, 0, len(batch))
	for _, in := range batch {
		if e, err := ParseEmail(in.Signup.Answers.Email); err == nil {
			addresses = append(addresses, e.Key)
		}
	}
	people, err := table.Of[Participant](tx).Select("email_key", "key_wrapped").Where("email_key IN ? AND key_wrapped IS NOT NULL", addresses).Find(ctx)
	known := make(map[string][]byte, len(people))
	for _, p := range people {
		known[p.EmailKey] = p.KeyWrapped
	}
	return known, err
}

// add seals one signature and puts it in the columns.
func (b *bulkRows) add(v *vault.Vault, in Signing, known map[string][]byte) (Signed, error) {
	a, su := in.Signup.Answers, in.Signup
	email, err := ParseEmail(a.Email)
	if err != nil || su.EmailProvenAt == nil {
		return Signed{}, errors.Join(ErrWrongState, err)
	}
	if in.Record.Number == "" {
		in.Record.Number = NewNumber(in.Prefix).String()
	}
	personKey, address, err := sealAddress(v, known[email.Key], a.Address)
	if err != nil {
		return Signed{}, err
	}
	key, wrapped, err := v.NewKey()
	if err != nil {
		return Signed{}, err
	}
	record, sha, err := sealRecord(key, in.Record)
	if err != nil {
		return Signed{}, err
	}
	usage, err := key.Seal([]byte(a.AccountEmail), aboutUsage)
	if err != nil {
		return Signed{}, err
	}
	r, ref := in.Record, rand.Text()
	b.email, b.emailKey = append(b.email, email.Shown), append(b.emailKey, email.Key)
	b.first, b.infix, b.last, b.lang = append(b.first, a.FirstNames), append(b.infix, a.Infix), append(b.last, a.LastName), append(b.lang, su.Lang)
	b.proven, b.signed, b.synthetic = append(b.proven, *su.EmailProvenAt), append(b.signed, r.ReceivedAt), append(b.synthetic, in.Synthetic)
	b.personKey, b.address, b.postcode = append(b.personKey, personKey), append(b.address, address), append(b.postcode, v.Index("postcode", a.Address.Postcode))
	b.person = append(b.person, personIndex(v, FullName(a.FirstNames, a.Infix, a.LastName), a.Address))
	b.key, b.usage, b.record, b.sha = append(b.key, wrapped), append(b.usage, usage), append(b.record, record), append(b.sha, sha)
	b.ref, b.number, b.country = append(b.ref, ref), append(b.number, r.Number), append(b.country, a.Country)
	b.usedFor, b.usedFrom, b.usedTo, b.evidence = append(b.usedFor, a.UsedFor), append(b.usedFrom, month(a.UsedFrom)), append(b.usedTo, month(a.UsedTo)), append(b.evidence, a.Evidence)
	b.mandateText, b.agreementText = append(b.mandateText, r.Mandate.ID), append(b.agreementText, r.Agreement.ID)
	b.mandateSHA, b.agreementSHA = append(b.mandateSHA, unhex(r.Mandate.SHA256)), append(b.agreementSHA, unhex(r.Agreement.SHA256))
	b.personOf = append(b.personOf, wardKey(v, a))
	b.request, b.option, b.claim = append(b.request, r.RequestID), append(b.option, r.FeeOption), append(b.claim, su.ClaimID)
	return Signed{Number: r.Number, Ref: ref}, nil
}

// sealAddress seals an address with the key that somebody has, or a new one.
func sealAddress(v *vault.Vault, wrapped []byte, a Address) (personKey, address []byte, err error) {
	var key *vault.Key
	if wrapped == nil {
		key, wrapped, err = v.NewKey()
	} else {
		key, err = v.OpenKey(wrapped)
	}
	if err != nil {
		return nil, nil, err
	}
	address, err = vault.SealJSON(key, a, aboutAddress)
	return wrapped, address, err
}

// insert writes the batch in one statement and fills in the numbers of the rows.
func (b *bulkRows) insert(ctx context.Context, tx *gorm.DB, out []Signed) error {
	rows, err := tx.Statement.ConnPool.QueryContext(ctx, bulkSQL, b.email, b.emailKey, b.first, b.infix, b.last, b.lang, b.proven, b.personKey, b.address,
		b.postcode, b.synthetic, b.signed, b.ref, b.number, b.country, b.usedFor, b.usedFrom, b.usedTo, b.evidence, b.key, b.usage, b.mandateText,
		b.agreementText, b.mandateSHA, b.agreementSHA, b.record, b.sha, b.request, b.option, b.claim, b.personOf, b.person)
	if isTwice(err) {
		return ErrKnown
	}
	if err != nil {
		return fmt.Errorf("write the signatures: %w", err)
	}
	defer func() { _ = rows.Close() }()
	n := 0
	for ; rows.Next(); n++ {
		var at int
		var one Signed
		if err := rows.Scan(&at, &one.ParticipantID, &one.ParticipationID, &one.MandateID); err != nil {
			return fmt.Errorf("write the signatures: %w", err)
		}
		one.Number, one.Ref = out[at-1].Number, out[at-1].Ref
		out[at-1] = one
	}
	switch err := rows.Err(); {
	case isTwice(err):
		return ErrKnown
	case isUnique(err, numberIndex):
		return ErrNumberTaken
	case err != nil:
		return fmt.Errorf("write the signatures: %w", err)
	}
	if n != len(out) {
		return fmt.Errorf("%w: %d of %d signatures were written", ErrKnown, n, len(out))
	}
	return nil
}

// bulkSQL is signSQL for many: the columns come as arrays.
const bulkSQL = `
WITH input AS (
	SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::bytea[], $9::bytea[],
		$10::bytea[], $11::boolean[], $12::timestamptz[], $13::text[], $14::text[], $15::text[], $16::text[], $17::date[], $18::date[], $19::text[],
		$20::bytea[], $21::bytea[], $22::bigint[], $23::bigint[], $24::bytea[], $25::bytea[], $26::bytea[], $27::bytea[], $28::text[], $29::text[], $30::bigint[], $31::bytea[], $32::bytea[])
	WITH ORDINALITY AS t (email, email_key, first_names, infix, last_name, lang, proven, person_key, address,
		postcode, synthetic, signed_at, ref, number, country, used_for, used_from, used_to, evidence_plan,
		key_wrapped, usage, mandate_text, agreement_text, mandate_sha, agreement_sha, record, record_sha, request_id, option, claim_id, person_of, person_index, at)
), person AS (
	INSERT INTO participants (email, email_key, first_names, infix, last_name, lang, email_verified_at, key_wrapped, address, postcode_index, person_index, synthetic, created_at)
	SELECT email, email_key, first_names, infix, last_name, lang, proven, person_key, address, postcode, person_index, synthetic, signed_at FROM input ORDER BY at
	ON CONFLICT (email_key) DO UPDATE SET address = excluded.address, postcode_index = excluded.postcode_index, person_index = excluded.person_index, email_verified_at = excluded.email_verified_at
	RETURNING id, email_key
), part AS (
	INSERT INTO participations (ref, number, claim_id, participant_id, status, country, used_for, used_from, used_to, evidence_plan, key_wrapped, usage, person_key, signed_at, created_at)
	SELECT i.ref, i.number, i.claim_id, p.id, 'active', i.country, i.used_for, i.used_from, i.used_to, i.evidence_plan, i.key_wrapped, i.usage, i.person_of, i.signed_at, i.signed_at
	FROM input i JOIN person p USING (email_key) ORDER BY i.at
	RETURNING id, participant_id, ref
), signature AS (
	INSERT INTO mandates (participation_id, mandate_text_id, agreement_text_id, mandate_sha256, agreement_sha256, record, record_sha256, request_id, signed_at)
	SELECT part.id, i.mandate_text, i.agreement_text, i.mandate_sha, i.agreement_sha, i.record, i.record_sha, i.request_id, i.signed_at
	FROM input i JOIN part USING (ref) ORDER BY i.at
	RETURNING id, participation_id
), choice AS (
	INSERT INTO fee_options (participation_id, option, mandate_id, chosen_at)
	SELECT s.participation_id, i.option, s.id, i.signed_at FROM input i JOIN part USING (ref) JOIN signature s ON s.participation_id = part.id ORDER BY i.at
	RETURNING participation_id
)
SELECT i.at, part.participant_id, part.id, s.id FROM input i JOIN part USING (ref) JOIN signature s ON s.participation_id = part.id JOIN choice c ON c.participation_id = part.id`

// representAll writes down for whom the participations of a batch are.
func representAll(ctx context.Context, tx *gorm.DB, v *vault.Vault, batch []Signing, made []Signed) error {
	for i, in := range batch {
		if !in.Signup.Answers.ForChild() {
			continue
		}
		p, err := Find(ctx, tx, made[i].ParticipationID)
		if err != nil {
			return err
		}
		key, err := v.OpenKey(p.KeyWrapped)
		if err != nil {
			return err
		}
		if err := represent(ctx, tx, key, p.ID, in.Record.ReceivedAt, in.Signup.Answers.Ward); err != nil {
			return err
		}
	}
	return nil
}
