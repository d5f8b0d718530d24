package participants_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/vault"
	"samenclaim/migrations/pgtest"
	. "samenclaim/participants"
)

// world is a database with one open claim, and the people in it.
type world struct {
	t *testing.T
	pgtest.Database
	people             *Service
	vault              *vault.Vault
	claim              int64
	mandate, agreement Text
	requests           atomic.Int64
}

func setup(t *testing.T) *world {
	t.Helper()
	master, err := vault.NewMaster()
	if err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(master)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, Database: pgtest.New(t), vault: v}
	w.people = New(w.DB, v)
	w.claim = w.newClaim("ZM")
	w.mandate, w.agreement = w.newText(w.claim, "mandate", "2026-01"), w.newText(w.claim, "agreement", "2026-01")
	return w
}

func (w *world) newClaim(prefix string) (id int64) {
	w.t.Helper()
	w.scan(&id, `INSERT INTO claims (slug, name_nl, name_en, defendant_name, defendant_address, number_prefix, status, max_award_cents, flat_fee_cents,
			rate_bp, class_nl, class_en, period_from, period_to, limitation_on, articles, demand_nl, demand_en, term_days, opened_at, created_at)
		VALUES ('zaak-' || lower(?), 'Zaak', 'Case', 'D', 'D', ?, 'open', 50000, 5000, 2000, 'k', 'k', '2020-01-01', '2024-01-01', '2029-01-01', 'x', 'x', 'x', 14, ?, ?)
		RETURNING id`, prefix, prefix, pgtest.Clock, pgtest.Clock)
	return id
}

func (w *world) newText(claim int64, key, version string) (t Text) {
	w.t.Helper()
	w.scan(&t, `INSERT INTO texts (claim_id, kind, key, lang, version, title, body, sha256, published_at)
		SELECT ?, kind, kind, 'nl', version, 'Titel', body, sha256(convert_to('Titel' || E'\n' || body, 'UTF8')), ?
		FROM (SELECT ?::text AS kind, ?::text AS version, 'Woorden van ' || ?::text AS body) x RETURNING *`, claim, pgtest.Clock, key, version, key)
	return t
}

// scan asks the database for one row.
func (w *world) scan(into any, sql string, args ...any) {
	w.t.Helper()
	if err := w.DB.Raw(sql, args...).Scan(into).Error; err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
}

func (w *world) count(sql string, args ...any) (n int64) {
	w.t.Helper()
	w.scan(&n, "SELECT count(*) FROM "+sql, args...)
	return n
}

// answers are those of somebody who can sign.
func answers(email string) Answers {
	return Answers{
		Used: "yes", Adult: "yes", Country: "NL", Email: email, FirstNames: "Renée", Infix: "van der", LastName: "Proef",
		Address:  Address{Postcode: "1234 AB", HouseNumber: "12", Street: "Merkstraat", City: "Teststad", Country: "NL"},
		UsedFrom: "2020-03", UsedTo: "2021-05", UsedFor: "private", AccountEmail: "ander@proef.example", Evidence: "no", FeeOption: "flat",
	}
}

// draft opens a sign-up with these answers.
func (w *world) draft(claim int64, a Answers) (token string) {
	w.t.Helper()
	token, _, err := w.people.StartSignup(w.t.Context(), claim, "nl")
	if err == nil {
		_, err = w.people.Answer(w.t.Context(), claim, token, func(to *Answers) { asked := to.Asked; *to = a; to.Asked = asked })
	}
	if err != nil {
		w.t.Fatalf("draft: %v", err)
	}
	return token
}

// lastCode reads the newest code in the outbox.
func (w *world) lastCode() (code string) {
	w.t.Helper()
	w.scan(&code, `SELECT data->>'Code' FROM outbox WHERE template = 'code' ORDER BY id DESC LIMIT 1`)
	return code
}

// prove takes a draft past its code.
func (w *world) prove(claim int64, token string) {
	w.t.Helper()
	if err := w.people.AskSignupCode(w.t.Context(), claim, token); err != nil {
		w.t.Fatalf("ask for a code: %v", err)
	}
	if _, err := w.people.ProveSignup(w.t.Context(), claim, token, w.lastCode()); err != nil {
		w.t.Fatalf("prove: %v", err)
	}
}

// signing is what a signature of this draft needs.
func (w *world) signing(ctx context.Context, tx *gorm.DB, claim int64, token string) (Signing, error) {
	su, err := LockSignup(ctx, tx, w.vault, claim, token)
	return Signing{Signup: su, Prefix: "ZM", Record: w.record(su.Answers)}, err
}

func (w *world) record(a Answers) Record {
	shown := func(t Text) ShownText {
		return ShownText{ID: t.ID, Version: t.Version, Title: t.Title, Body: t.Body, SHA256: hex.EncodeToString(t.SHA256)}
	}
	return Record{
		Name: FullName(a.FirstNames, a.Infix, a.LastName), Email: a.Email, Address: a.Address, TypedName: "renée van der proef", FeeOption: a.FeeOption,
		Mandate: shown(w.mandate), Agreement: shown(w.agreement), Lang: "nl", ReceivedAt: w.Watch.Now(), RequestID: fmt.Sprintf("form-%d", w.requests.Add(1)),
	}
}

// sign signs a draft that is proven.
func (w *world) sign(claim int64, token string) (out Signed, err error) {
	ctx := w.t.Context()
	err = w.DB.Transaction(func(tx *gorm.DB) error {
		in, err := w.signing(ctx, tx, claim, token)
		if err != nil {
			return err
		}
		if out, err = Sign(ctx, tx, w.vault, in); err != nil {
			return err
		}
		return FinishSignup(ctx, tx, in.Signup, out.ParticipationID)
	})
	return out, err
}

// join makes somebody who takes part.
func (w *world) join(email string) Participation {
	w.t.Helper()
	token := w.draft(w.claim, answers(email))
	w.prove(w.claim, token)
	out, err := w.sign(w.claim, token)
	if err != nil {
		w.t.Fatalf("sign: %v", err)
	}
	return w.find(out.ParticipationID)
}

func (w *world) find(id int64) Participation {
	w.t.Helper()
	p, err := Find(w.t.Context(), w.DB, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// put brings a participation in a state by hand, with the annex that the later states want.
func (w *world) put(id int64, s Status) {
	w.t.Helper()
	w.scan(&id, `WITH letter AS (
			INSERT INTO letters (claim_id, ordinal, lang, status, fields, drafted_by, proposed_by, proposed_at, approved_by, approved_at, sent_by, sent_at, count, root, tree, created_at)
			SELECT claim_id, id, 'nl', 'sent', '{}', 'staff:1', 'staff:1', @now, 'staff:2', @now, 'staff:3', @now, 1, 'r', 't', @now FROM participations WHERE id = @id
			ON CONFLICT (claim_id, ordinal) DO UPDATE SET status = letters.status WHERE false RETURNING id)
		UPDATE participations SET status = @to, letter_id = coalesce(letter_id, (SELECT id FROM letter)),
			ended_at = CASE WHEN @to IN ('withdrawn', 'opted_out') THEN CAST(@now AS timestamptz) END WHERE id = @id RETURNING id`,
		map[string]any{"id": id, "to": string(s), "now": w.Watch.Now()})
}

// eight does something eight times at once and returns how each ended.
func eight(do func(i int) error) []error {
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	return errs
}

// went counts those that ended well.
func went(errs []error) (n int) {
	for _, err := range errs {
		if err == nil {
			n++
		}
	}
	return n
}

const (
	minute = time.Minute
	day    = 24 * time.Hour
)

// setPayee writes an account down in a transaction of its own.
func (w *world) setPayee(by audit.Actor, id int64, iban IBAN, holder string) error {
	return w.DB.Transaction(func(tx *gorm.DB) error {
		_, err := w.people.SetPayee(w.t.Context(), tx, by, id, iban, holder)
		return err
	})
}
