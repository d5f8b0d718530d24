package claims_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/claims/letter"
	"samenclaim/internal/files"
	"samenclaim/mailer/mailtest"
	"samenclaim/participants"
	"samenclaim/participants/privacy"
)

// markers are what is known of a person, in every form in which it could stand somewhere.
func markers(m claimstest.Member) []string {
	p := m.Person
	full := participants.FullName(p.FirstNames, p.Infix, p.LastName)
	all := []string{full, p.Email, p.LastName + "straat-MERK", p.IBAN, p.AccountName, strings.ReplaceAll(p.Postcode, " ", ""), p.Postcode + " ", "MERK-gebruik", "MERK-bestand", "MERK-inhoud", "MERK-verklaring", "MERK-weg", "MERK-bericht", "MERK-antwoord"}
	return slices.DeleteFunc(all, func(s string) bool { return len(strings.TrimSpace(s)) < 5 })
}

// found looks for markers in every column of every table, and in every file of the store.
func traces(t *testing.T, c *claimstest.Case, markers []string) (places []string) {
	t.Helper()
	var tables []struct{ Name, Query string }
	err := c.OwnerDB(t).Raw(`SELECT format('%I.%I', n.nspname, k.relname) AS name,
			format('SELECT %s FROM %I.%I', string_agg(CASE WHEN a.atttypid = 'bytea'::regtype THEN format('coalesce(encode(%I, ''escape''), '''')', a.attname)
				ELSE format('coalesce(%I::text, '''')', a.attname) END, ' || E''\n'' || '), n.nspname, k.relname) AS query
		FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace JOIN pg_attribute a ON a.attrelid = k.oid AND a.attnum > 0 AND NOT a.attisdropped
		WHERE k.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema') GROUP BY 1, n.nspname, k.relname`).Scan(&tables).Error
	if err != nil || len(tables) < 40 {
		t.Fatalf("%d tables, %v", len(tables), err)
	}
	for _, table := range tables {
		var rows []string
		if err := c.OwnerDB(t).Raw(table.Query).Scan(&rows).Error; err != nil {
			t.Fatalf("%s: %v", table.Name, err)
		}
		for _, row := range rows {
			for _, m := range markers {
				if strings.Contains(strings.ToLower(row), strings.ToLower(m)) {
					places = append(places, table.Name+": "+m)
				}
			}
		}
	}
	err = c.Files.List(func(f files.File) error {
		r, err := c.Files.Open(f.Name)
		if err != nil {
			return err
		}
		b, err := io.ReadAll(r)
		for _, m := range markers {
			if bytes.Contains(b, []byte(m)) {
				places = append(places, "file: "+m)
			}
		}
		return errors.Join(err, r.Close())
	})
	if err != nil {
		t.Fatal(err)
	}
	return places
}

// paidAgain brings somebody who has lived through everything to the end of it.
func paidAgain(t *testing.T) (*claimstest.Case, claimstest.Member) {
	t.Helper()
	c, m := lived(t)
	c.Accounts(m)
	c.Watch.Advance(8 * 24 * time.Hour) // a changed account waits
	run := c.Release()
	c.Bank(c.Carried(run)...)
	c.Post()
	return c, m
}

func TestWhoIsErasedIsFoundNowhere(t *testing.T) {
	t.Parallel()
	c, m := paidAgain(t)
	wanted, err := participants.ParseEmail("merk-adres@deelnemer.example")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.People.RequestEmail(t.Context(), claimstest.Lawyer, m.ParticipantID, wanted, "document"); err != nil {
		t.Fatal(err)
	}
	asked(t, c, m)
	marks := append(markers(m), wanted.Shown, "MERK-recht", "MERK-besluit", "MERK-naam", "MERK-fout")
	before := traces(t, c, marks)
	if len(before) < 3 {
		t.Fatalf("before the erasure only %v is found: this test sees nothing", before)
	}
	by := visitor
	if _, err := c.Claims.Erase(t.Context(), by, m.ParticipantID); !errors.Is(err, claims.ErrMoneyWaits) {
		t.Fatalf("just after the payout = %v, want %v", err, claims.ErrMoneyWaits)
	}
	c.Watch.Advance(31 * 24 * time.Hour)
	receipt, err := c.Claims.Receipt(t.Context(), c.Participation(m))
	if err != nil {
		t.Fatal(err)
	}
	var refs [8]string
	ends := claimstest.Eight(func(i int) (err error) {
		refs[i], err = c.Claims.Erase(c.Ctx(), by, m.ParticipantID)
		return err
	})
	if ends[nil] != 8 || len(slices.Compact(refs[:])) != 1 {
		t.Fatalf("eight at once = %v with references %v, want one erasure", ends, refs)
	}
	c.Stand(m, participants.Erased)
	sink := c.Post() // the farewell goes out, and its address with it
	if n := len(sink.Messages(mailtest.Filter{}, 10)); n != 1 {
		t.Errorf("%d mails after the erasure, want the farewell", n)
	}
	if places := traces(t, c, marks); len(places) > 0 {
		t.Errorf("still found: %q", places)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM reports WHERE key_wrapped IS NOT NULL OR content IS NOT NULL`); n != 0 {
		t.Error("what was reported can still be read")
	}
	if _, err := c.Claims.Receipt(t.Context(), c.Participation(m)); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("receipt = %v, want %v", err, claims.ErrNotFound)
	}
	r, err := letter.ParseReceipt(receipt)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := letter.VerifyReceipt(r, nil); err != nil {
		t.Errorf("a receipt that was taken away before = %v: the published root does not hold any more", err)
	}
	if err := c.People.AskLogin(t.Context(), m.Person.Email, "nl", "browser"); err != nil {
		t.Fatal(err)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM login_codes WHERE participant_id IS NOT NULL`); n != 0 {
		t.Error("who was erased can still log in")
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM erasures`) + claimstest.One[int](c, `SELECT count(*) FROM audit_events WHERE action = 'participant.erased'`); n != 2 {
		t.Errorf("%d proofs and lines in the log, want one of each", n)
	}
	c.Sound()
}

// asked has somebody ask about their data and get an answer, report a death, and see a mistake on a page.
func asked(t *testing.T, c *claimstest.Case, m claimstest.Member) {
	t.Helper()
	ctx := t.Context()
	must := func(errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	must(c.Claims.AskRight(ctx, visitor, c.Participation(m), privacy.Object, "situation", "MERK-recht"))
	must(c.Claims.AnswerRight(ctx, claimstest.Privacy, claimstest.One[string](c, `SELECT ref FROM rights_requests`), true, "MERK-besluit"))
	must(c.People.AskReport(ctx, "browser", "nl", participants.ReportDeath, participants.Said{
		Name: "MERK-naam", Born: "1950-03-27", DiedOn: "2026-10-20", By: participants.FullName(m.Person.FirstNames, m.Person.Infix, m.Person.LastName), Email: m.Person.Email, Relation: "child",
	}))
	must(c.People.ProveReport(ctx, "browser", claimstest.One[string](c, `SELECT data->>'Code' FROM outbox WHERE template = 'report_code' ORDER BY id DESC LIMIT 1`)))
	email, err := participants.ParseEmail(m.Person.Email)
	must(err)
	_, err = c.Claims.ReportMistake(ctx, "form", "/zoom", "nl", "MERK-fout", email)
	must(err)
	c.Post()
}

func TestErasingEndsWhatGoesOn(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(2, claims.Flat)
	c.Prepay(m[0])
	if _, err := c.Claims.AttachFile(t.Context(), visitor, claims.Owner{ParticipationID: m[0].ParticipationID}, "MERK-bestand.pdf", bytes.NewReader(aPDF("% MERK-inhoud"))); err != nil {
		t.Fatal(err)
	}
	c.Send()
	look, err := c.Claims.PreviewErase(t.Context(), m[0].ParticipantID)
	if err != nil || len(look.Blockers) != 0 || len(look.Cases) != 1 || !look.Cases[0].Ends || look.Cases[0].RefundCents != 5000 {
		t.Fatalf("preview = %+v, %v", look, err)
	}
	if _, err := c.Claims.Erase(t.Context(), visitor, m[0].ParticipantID); err != nil {
		t.Fatal(err)
	}
	c.Refunded()
	if got := claimstest.One[string](c, `SELECT status FROM refunds`); got != "refunded" {
		t.Errorf("the refund is %s, want it to reach who paid", got)
	}
	if places := traces(t, c, markers(m[0])); len(places) != 2 { // the farewell waits, under its address: recipient and the copy in the row
		for _, p := range places {
			if !strings.HasPrefix(p, "public.outbox") {
				t.Errorf("still found: %q", places)
			}
		}
	}
	c.Stand(m[1], participants.Included)
	if _, err := c.Claims.Receipt(t.Context(), c.Participation(m[1])); err != nil {
		t.Errorf("somebody else's receipt = %v", err)
	}
	n := 0
	if err := c.Files.List(func(files.File) error { n++; return nil }); err != nil || n != 0 {
		t.Errorf("%d files left, %v", n, err)
	}
}

func TestThePageSaysWhatStaysAndUntilWhen(t *testing.T) {
	t.Parallel()
	c, m := paidAgain(t)
	p, err := c.Claims.PreviewErase(t.Context(), m.ParticipantID)
	if err != nil {
		t.Fatal(err)
	}
	var stays, goes []string
	for _, k := range p.Stays {
		stays = append(stays, fmt.Sprintf("%s %s %s %d", k.Key, k.Ground, k.Until.Format(time.DateOnly), k.AfterCase))
	}
	for _, g := range p.Goes {
		goes = append(goes, g.Key)
	}
	want := []string{"books books 2033-12-31 0", "bank books 2033-12-31 0", "annex claims 0001-01-01 5", "named claims 0001-01-01 5", "proof claims 0001-01-01 5", "log account 2033-12-31 0"}
	if !slices.Equal(stays, want) {
		t.Errorf("stays %q, want %q", stays, want)
	}
	if want := []string{"person", "usage", "signatures", "evidence", "accounts", "salts", "mails", "messages", "login"}; !slices.Equal(goes, want) {
		t.Errorf("goes %q, want %q", goes, want)
	}
	if len(p.Blockers) != 1 || p.Blockers[0].Key != "just_paid" {
		t.Errorf("blockers = %+v, want the payout of today", p.Blockers)
	}
}

func TestNoTableIsForgottenInTheErasure(t *testing.T) {
	t.Parallel()
	done := map[string]bool{}
	for _, e := range claims.Erasing {
		done[e.Table] = true
		if (e.Do == "") == (e.Stays == "") {
			t.Errorf("%s: either it is taken away, or there is a reason that it stays", e.Table)
		}
	}
	for _, h := range claims.Holdings {
		if !done[h.Table] {
			t.Errorf("%s holds rows about a person: what does an erasure do with them?", h.Table)
		}
	}
}

func TestADraftUnderAnAddressFromBeforeIsErased(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(2)
	begin := func(email string) {
		t.Helper()
		token, _, err := c.People.StartSignup(t.Context(), c.Claim.ID, "nl")
		if err == nil {
			_, err = c.People.Answer(t.Context(), c.Claim.ID, token, func(a *participants.Answers) { a.Email = email })
		}
		if err := errors.Join(err, c.People.AskSignupCode(t.Context(), c.Claim.ID, token)); err != nil {
			t.Fatal(err)
		}
	}
	change := func(one claimstest.Member, address string) {
		t.Helper()
		to, err := participants.ParseEmail(address)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.People.RequestEmail(t.Context(), claimstest.Register, one.ParticipantID, to, "document"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.People.ProveEmail(t.Context(), linkIn(c, "email_prove")); err != nil {
			t.Fatal(err)
		}
		c.Watch.Advance(8 * 24 * time.Hour)
		c.Drain("new-addresses")
	}
	left := func() int {
		return claimstest.One[int](c, `SELECT count(*) FROM signups WHERE status <> 'signed'`)
	}
	begin(m[0].Person.Email)
	change(m[0], "nieuw@deelnemer.example")
	c.Watch.Advance(time.Hour)
	begin(m[0].Person.Email) // by whoever has the old address now
	if left() != 2 {
		t.Fatalf("%d drafts, want two", left())
	}
	if _, err := c.Claims.Erase(t.Context(), visitor, m[0].ParticipantID); err != nil {
		t.Fatal(err)
	}
	if left() != 1 {
		t.Errorf("%d drafts after the erasure, want the one that was begun later", left())
	}
	begin(m[1].Person.Email)
	change(m[1], "ander@deelnemer.example")
	other := c.Next()
	other.Email = m[1].Person.Email
	c.JoinAs(other) // the old address is another's now
	before := left()
	if _, err := c.Claims.Erase(t.Context(), visitor, m[1].ParticipantID); err != nil {
		t.Fatal(err)
	}
	if left() != before {
		t.Errorf("%d drafts after the erasure, want %d: the address is another's", left(), before)
	}
}
