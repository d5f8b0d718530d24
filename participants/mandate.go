package participants

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"gorm.io/gorm"

	"samenclaim/internal/table"
	"samenclaim/internal/vault"
)

// Record is the proof of a signature: what was shown, what was done, and how
// the person was known (art. 3:15a BW asks for a method that is reliable
// enough for its purpose). It is sealed; only its hash is open.
type Record struct {
	Name          string            `json:"name"`
	Email         string            `json:"email"`
	EmailProvenAt time.Time         `json:"email_proven_at"`
	ProvenBy      string            `json:"email_proven_by"` // ProvenByCode or ProvenByImport
	Address       Address           `json:"address"`
	TypedName     string            `json:"typed_name"`
	Mandate       ShownText         `json:"mandate"`
	Agreement     ShownText         `json:"agreement"`
	Privacy       ShownText         `json:"privacy"`  // stood as a link on the page: without its words
	Controls      []Control         `json:"controls"` // in the order of the page: a form does not tell in which order it was filled in
	FeeOption     string            `json:"fee_option"`
	AmountsShown  map[string]string `json:"amounts_shown"`
	Examples      []string          `json:"examples_shown"` // of amounts, as the page said them
	Deadline      string            `json:"deadline_shown"` // as the page said it
	ShownAt       *time.Time        `json:"shown_at"`       // when the page was made, if the form tells it truly
	Number        string            `json:"number"`
	ReceivedAt    time.Time         `json:"received_at"` // by the server
	IP            string            `json:"ip"`
	UserAgent     string            `json:"user_agent"`
	RequestID     string            `json:"request_id"`
	Session       string            `json:"session_sha256"` // of the secret of the browser or the log-in
	Lang          string            `json:"lang"`
	Ward          *Ward             `json:"ward,omitempty"` // who is represented by the one who signed
	Chance        string            `json:"chance"`         // makes the hash tell nothing to who guesses
}

// ShownText is the exact text that somebody had before them.
type ShownText struct {
	ID      int64  `json:"id"`
	Version string `json:"version"`
	Lang    string `json:"lang"`
	Title   string `json:"title"`
	Body    string `json:"body"`
	SHA256  string `json:"sha256"` // hexadecimal, of title, line feed and body
}

// How an e-mail address was proven.
const (
	ProvenByCode   = "mail_code"
	ProvenByImport = "import"
)

// Control is one thing on the page that was ticked or typed.
type Control struct {
	Label   string `json:"label"`
	Default string `json:"default"`
	Done    string `json:"done"`
}

// Signing is all that one signature needs.
type Signing struct {
	Signup    Signup
	Prefix    string // of the participation's number
	Record    Record
	Marks     []string // for staff to look at; they keep nobody out
	Synthetic bool
	LateCents int64 // to be paid ahead, because it is late; 0: nothing
	Admitted  bool  // late because of an outage: it counts as in time
}

// Signed is what a signature made.
type Signed struct {
	ParticipantID   int64
	ParticipationID int64
	MandateID       int64
	Number          string
	Ref             string
}

const aboutRecord = "mandates.record"

// Sign makes a participation of a draft: person, participation, mandate and
// fee option come into being together. ErrKnown means that this person takes
// part already; after ErrNumberTaken the transaction is worth another try.
func Sign(ctx context.Context, tx *gorm.DB, v *vault.Vault, in Signing) (Signed, error) {
	a, su := in.Signup.Answers, in.Signup
	email, err := ParseEmail(a.Email)
	if err != nil || su.EmailProvenAt == nil {
		return Signed{}, errors.Join(ErrWrongState, err)
	}
	person, err := personFor(ctx, tx, v, email.Key, a.Address)
	if err != nil {
		return Signed{}, err
	}
	in.Record.Number = NewNumber(in.Prefix).String()
	record, hash, err := sealRecord(su.Key, in.Record)
	if err != nil {
		return Signed{}, err
	}
	usage, err := su.Key.Seal([]byte(a.AccountEmail), aboutUsage)
	if err != nil {
		return Signed{}, err
	}
	out := Signed{Number: in.Record.Number, Ref: rand.Text()}
	err = tx.WithContext(ctx).Raw(signSQL, map[string]any{
		"email": email.Shown, "email_key": email.Key, "first": a.FirstNames, "infix": a.Infix, "last": a.LastName, "lang": su.Lang,
		"proven": su.EmailProvenAt, "person_key": person.wrapped, "address": person.address, "postcode": v.Index("postcode", a.Address.Postcode),
		"synthetic": in.Synthetic, "now": in.Record.ReceivedAt, "ref": out.Ref, "number": out.Number, "claim": su.ClaimID, "country": a.Country,
		"used_for": a.UsedFor, "used_from": month(a.UsedFrom), "used_to": month(a.UsedTo), "evidence": a.Evidence, "key": su.KeyWrapped, "usage": usage,
		"mandate_text": in.Record.Mandate.ID, "agreement_text": in.Record.Agreement.ID, "mandate_sha": unhex(in.Record.Mandate.SHA256),
		"agreement_sha": unhex(in.Record.Agreement.SHA256), "record": record, "person_of": wardKey(v, a), "record_sha": hash, "request": in.Record.RequestID, "option": in.Record.FeeOption,
		"person": personIndex(v, FullName(a.FirstNames, a.Infix, a.LastName), a.Address), "mark": strings.Join(in.Marks, " "),
		"late": in.LateCents, "admitted": in.Admitted,
	}).Row().Scan(&out.ParticipantID, &out.ParticipationID, &out.MandateID)
	switch {
	case isTwice(err):
		return Signed{}, ErrKnown
	case isUnique(err, numberIndex):
		return Signed{}, ErrNumberTaken
	}
	if err == nil && a.ForChild() {
		err = represent(ctx, tx, su.Key, out.ParticipationID, in.Record.ReceivedAt, a.Ward)
	}
	return out, err
}

// signSQL writes the rows of a signature in one statement: one road to the
// database instead of four, in the busiest hour of a claim. Two claims signed
// at once by somebody new: the second keeps the first one's address, because
// its own is sealed with a key that never came to be.
const signSQL = `
WITH person AS (
	INSERT INTO participants (email, email_key, first_names, infix, last_name, lang, email_verified_at, key_wrapped, address, postcode_index, person_index, synthetic, created_at)
	VALUES (@email, @email_key, @first, @infix, @last, @lang, @proven, @person_key, @address, @postcode, @person, @synthetic, @now)
	ON CONFLICT (email_key) DO UPDATE SET key_wrapped = excluded.key_wrapped, address = excluded.address, postcode_index = excluded.postcode_index, person_index = excluded.person_index, email_verified_at = excluded.email_verified_at
	RETURNING id
), part AS (
	INSERT INTO participations (ref, number, claim_id, participant_id, status, country, used_for, used_from, used_to, evidence_plan, key_wrapped, usage, person_key, review_mark, late_price_cents, admitted, signed_at, created_at)
	SELECT @ref, @number, @claim, id, 'active', @country, @used_for, @used_from, @used_to, @evidence, @key, @usage, @person_of, @mark, nullif(@late, 0), @admitted, @now, @now FROM person
	RETURNING id, participant_id
), signature AS (
	INSERT INTO mandates (participation_id, mandate_text_id, agreement_text_id, mandate_sha256, agreement_sha256, record, record_sha256, request_id, signed_at)
	SELECT id, @mandate_text, @agreement_text, @mandate_sha, @agreement_sha, @record, @record_sha, @request, @now FROM part
	RETURNING id, participation_id
), choice AS (
	INSERT INTO fee_options (participation_id, option, mandate_id, chosen_at)
	SELECT participation_id, @option, id, @now FROM signature
	RETURNING id
)
SELECT part.participant_id, part.id, signature.id FROM part, signature, choice`

type sealedPerson struct{ wrapped, address []byte }

// personFor seals an address with the key of the person who has this e-mail
// address, or with a new key for somebody new.
func personFor(ctx context.Context, tx *gorm.DB, v *vault.Vault, emailKey string, a Address) (out sealedPerson, err error) {
	err = tx.WithContext(ctx).Raw(`SELECT key_wrapped FROM participants WHERE email_key = ? AND key_wrapped IS NOT NULL`, emailKey).Row().Scan(&out.wrapped)
	var key *vault.Key
	switch {
	case err == nil:
		key, err = v.OpenKey(out.wrapped)
	case errors.Is(err, sql.ErrNoRows):
		key, out.wrapped, err = v.NewKey()
	}
	if err != nil {
		return out, err
	}
	out.address, err = vault.SealJSON(key, a, aboutAddress)
	return out, err
}

// Resign signs the same participation again, because something in the
// agreement changed: the fee option. The old signature stays.
func Resign(ctx context.Context, tx *gorm.DB, v *vault.Vault, p Participation, r Record) (mandateID int64, err error) {
	key, err := v.OpenKey(p.KeyWrapped)
	if err != nil {
		return 0, err
	}
	r.Number = p.Number
	record, hash, err := sealRecord(key, r)
	if err != nil {
		return 0, err
	}
	m := Mandate{
		ParticipationID: p.ID, MandateTextID: r.Mandate.ID, AgreementTextID: r.Agreement.ID, MandateSHA256: unhex(r.Mandate.SHA256),
		AgreementSHA256: unhex(r.Agreement.SHA256), Record: record, RecordSHA256: hash, RequestID: r.RequestID, SignedAt: r.ReceivedAt,
	}
	err = table.Of[Mandate](tx).Create(ctx, &m)
	return m.ID, err
}

// Mandate is one signature: power of attorney and agreement, bound to the exact texts.
type Mandate struct {
	ID              int64
	ParticipationID int64
	MandateTextID   int64
	AgreementTextID int64
	MandateSHA256   []byte `gorm:"column:mandate_sha256"`
	AgreementSHA256 []byte `gorm:"column:agreement_sha256"`
	Record          []byte
	RecordSHA256    []byte `gorm:"column:record_sha256"`
	RequestID       string
	SignedAt        time.Time
}

// Signatures returns what somebody signed for a participation, newest first.
func Signatures(ctx context.Context, db *gorm.DB, participationID int64) ([]Mandate, error) {
	return table.Of[Mandate](db).Where("participation_id = ?", participationID).Order("id DESC").Find(ctx)
}

// OpenRecord opens the sealed proof of a signature and checks it against its hash.
func OpenRecord(v *vault.Vault, p Participation, m Mandate) (Record, error) {
	_, r, err := RecordBytes(v, p, m)
	return r, err
}

// RecordBytes is OpenRecord with the very bytes that the hash is of.
func RecordBytes(v *vault.Vault, p Participation, m Mandate) (b []byte, r Record, err error) {
	key, err := v.OpenKey(p.KeyWrapped)
	if err != nil {
		return nil, r, err
	}
	if b, err = key.Unseal(m.Record, aboutRecord); err != nil {
		return nil, r, err
	}
	if h := sha256.Sum256(b); string(h[:]) != string(m.RecordSHA256) {
		return nil, r, fmt.Errorf("record of mandate %d: %w", m.ID, vault.ErrUnreadable)
	}
	return b, r, json.Unmarshal(b, &r)
}

func sealRecord(k *vault.Key, r Record) (sealed, hash []byte, err error) {
	r.Chance = rand.Text()
	b, err := json.Marshal(r)
	if err != nil {
		return nil, nil, err
	}
	h := sha256.Sum256(b)
	sealed, err = k.Seal(b, aboutRecord)
	return sealed, h[:], err
}

// wardKey is by what a child is known to take part once, whichever of its
// parents signs; of somebody who signs for themselves there is none.
func wardKey(v *vault.Vault, a Answers) []byte {
	if !a.ForChild() {
		return nil
	}
	return v.Index("child", cases.Fold().String(a.Ward.Name())+"|"+a.Ward.Born)
}
