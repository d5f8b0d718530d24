package mailer

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/internal/table"
	"samenclaim/migrations/pgtest"
)

// enqueue puts mails into the outbox in a transaction of their own.
func enqueue(t testing.TB, db *gorm.DB, mails ...Mail) {
	t.Helper()
	if err := db.Transaction(func(tx *gorm.DB) error { return EnqueueAll(t.Context(), tx, mails) }); err != nil {
		t.Fatalf("enqueue: %v", err)
	}
}

// outbox gives all rows, the oldest first.
func outbox(t testing.TB, db *gorm.DB) []row {
	t.Helper()
	rows, err := table.Of[row](db).Order("id").Find(t.Context())
	if err != nil {
		t.Fatalf("read the outbox: %v", err)
	}
	return rows
}

func codeMail(key string) Mail {
	return Mail{Key: key, To: "jan@deelnemer.example", Lang: "nl", Template: "code", Data: map[string]string{"Code": "402913", "Token": "KJ7Q"}, Policy: Resend}
}

func TestAMailExistsIfItsFactDoes(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	boom := errors.New("boom")
	err := d.DB.Transaction(func(tx *gorm.DB) error {
		if err := Enqueue(t.Context(), tx, codeMail("a")); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if got := outbox(t, d.DB); len(got) != 0 {
		t.Errorf("after a rollback the outbox has %d mails", len(got))
	}
	if err := Enqueue(t.Context(), d.DB, codeMail("a")); !errors.Is(err, audit.ErrNoTransaction) {
		t.Errorf("outside a transaction: %v, want %v", err, audit.ErrNoTransaction)
	}
	enqueue(t, d.DB, Mail{Key: "welcome:12", To: "jan@deelnemer.example", Lang: "en", Template: "welcome",
		Data: map[string]string{"Name": "Jan", "Number": "ZM-1", "Ref": "A"}, ParticipantID: 12, ExpiresAt: pgtest.Clock.Add(time.Hour)})
	got := outbox(t, d.DB)
	if len(got) != 1 {
		t.Fatalf("the outbox has %d mails, want 1", len(got))
	}
	r := got[0]
	if r.Status != queued || r.Policy != Hold || *r.ParticipantID != 12 || !r.NextTryAt.Equal(pgtest.Clock) || !r.ExpiresAt.Equal(pgtest.Clock.Add(time.Hour)) {
		t.Errorf("row = %+v", r)
	}
}

func TestTheSameKeyIsOneMail(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	enqueue(t, db, codeMail("welcome:12"))
	first := outbox(t, db)[0]
	again := codeMail("welcome:12")
	again.Data = map[string]string{"Code": "999999", "Token": "KJ7Q"}
	enqueue(t, db, again, codeMail("welcome:13"), codeMail("welcome:13"))
	got := outbox(t, db)
	if len(got) != 2 || string(got[0].Data) != string(first.Data) || got[1].Key != "welcome:13" {
		t.Errorf("the outbox has %d mails, the first with %s; want 2, the first unchanged", len(got), got[0].Data)
	}
}

func TestEightAtOnceEnqueueOneMail(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := db.Transaction(func(tx *gorm.DB) error { return Enqueue(t.Context(), tx, codeMail("x")) }); err != nil {
				t.Errorf("enqueue: %v", err)
			}
		})
	}
	wg.Wait()
	if got := outbox(t, db); len(got) != 1 {
		t.Errorf("the outbox has %d mails, want 1", len(got))
	}
}

func TestEnqueueRefuses(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	tests := []struct {
		name   string
		change func(*Mail)
		want   error
	}{
		{"no key", func(m *Mail) { m.Key = "" }, ErrBadMail},
		{"a key with a line break", func(m *Mail) { m.Key = "a\nb" }, ErrBadMail},
		{"an unknown policy", func(m *Mail) { m.Policy = "maybe" }, ErrBadMail},
		{"an unknown mail", func(m *Mail) { m.Template = "nope" }, ErrUnknownTemplate},
		{"an unknown language", func(m *Mail) { m.Lang = "fr" }, ErrUnknownTemplate},
		{"a value left out", func(m *Mail) { m.Data = nil }, ErrMissingData},
		{"a value with a line break", func(m *Mail) { m.Data = map[string]string{"Code": "1\r\nBcc: x@y.nl", "Token": "KJ7Q"} }, ErrBadMail},
		{"no address", func(m *Mail) { m.To = "" }, ErrBadAddress},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := codeMail("k")
			tt.change(&m)
			err := db.Transaction(func(tx *gorm.DB) error {
				return EnqueueAll(t.Context(), tx, []Mail{codeMail("good"), m})
			})
			if !errors.Is(err, tt.want) {
				t.Errorf("error = %v, want %v", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "jan@") {
				t.Errorf("the error names a person: %v", err)
			}
		})
	}
	if got := outbox(t, db); len(got) != 0 {
		t.Errorf("the outbox has %d mails, want none", len(got))
	}
}

// headerAttacks are addresses that try to become more than one.
func headerAttacks() []string {
	var all []string
	for _, br := range []string{"\r\n", "\n", "\r", "%0a%0d\n", "\u2028", "\x00", "\t", "\x0b", "\u0085"} {
		for _, line := range []string{"Bcc: x@evil.example", "Subject: x", "", "RCPT TO:<x@evil.example>", "DATA", "."} {
			all = append(all, "jan@deelnemer.example"+br+line, "jan"+br+line+"@deelnemer.example")
		}
	}
	return append(all, "jan@deelnemer.example, x@evil.example", "jan@deelnemer.example;x@evil.example",
		"<jan@deelnemer.example>", "Jan <jan@deelnemer.example>", `"jan smit"@deelnemer.example`, `"a\r\nb"@deelnemer.example`,
		"jan@deelnemer.example> NOTIFY=SUCCESS", "jan @deelnemer.example", "@deelnemer.example", "jan@", "jan", "jan@@deelnemer.example",
		"jan@[127.0.0.1]", "jan@localhost", "(x)jan@deelnemer.example", strings.Repeat("a", 65)+"@deelnemer.example", "jan@"+strings.Repeat("a.", 130)+"nl")
}

func TestNoAddressCarriesMoreThanItself(t *testing.T) {
	t.Parallel()
	attacks := headerAttacks()
	if len(attacks) < 60 {
		t.Fatalf("%d attacks, want at least 60", len(attacks))
	}
	for _, to := range attacks {
		if err := checkAddress(to); !errors.Is(err, ErrBadAddress) {
			t.Errorf("checkAddress(%q) = %v, want %v", to, err, ErrBadAddress)
		}
	}
	for _, to := range []string{"jan@deelnemer.example", "j.o'neill+x@sub.deelnemer.example", "zoë@deelnemer.example", "jan@münchen.example"} {
		if err := checkAddress(to); err != nil {
			t.Errorf("checkAddress(%q) = %v, want no error", to, err)
		}
	}
}

func TestTenThousandMailsAtOnce(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	mails := make([]Mail, 10_000)
	for i := range mails {
		mails[i] = codeMail(fmt.Sprint("news:1:", i))
	}
	enqueue(t, db, mails...)
	enqueue(t, db, mails[5000:]...)
	counts, err := Counts(t.Context(), db)
	if err != nil || counts["queued"] != 10_000 {
		t.Errorf("Counts = %v, %v, want 10,000 queued", counts, err)
	}
	enqueue(t, db)
}

func TestTheSchemaRefusesABadMailToo(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	good := row{Key: "k", Recipient: "a@b.example", Lang: "nl", Template: "code", Data: json.RawMessage("{}"), Policy: Hold, Status: queued, NextTryAt: pgtest.Clock, CreatedAt: pgtest.Clock}
	for name, change := range map[string]func(*row){
		"a line break in the address": func(r *row) { r.Recipient = "a@b.example\r\nBcc: x@y.nl" },
		"another language":            func(r *row) { r.Lang = "fr" },
		"another state":               func(r *row) { r.Status = "gone" },
		"sent at no time":             func(r *row) { r.Status = sent },
	} {
		r := good
		change(&r)
		if err := table.Of[row](db).Create(t.Context(), &r); err == nil {
			t.Errorf("%s: the schema took it", name)
		}
	}
}
