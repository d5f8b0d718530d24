package ledger

import (
	"errors"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"samenclaim/migrations/pgtest"
)

var day = time.Date(2026, time.November, 2, 0, 0, 0, 0, time.UTC)

func journal(key string, lines ...Line) Journal {
	return Journal{Key: key, Event: "test", Source: "test:1", Text: "proef", BookedOn: day, Lines: lines}
}

func TestPostRefuses(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	good := []Line{{"1000", 5, 0}, {"2100", -5, 0}}
	without := func(change func(*Journal)) Journal { j := journal("k", good...); change(&j); return j }
	tests := []struct {
		name string
		j    Journal
		want error
	}{
		{"it does not balance", journal("k", Line{"1000", 5, 0}, Line{"2100", -4, 0}), ErrUnbalanced},
		{"it has no lines", journal("k"), ErrUnbalanced},
		{"it has lines of nothing only", journal("k", Line{"1000", 0, 0}, Line{"2100", 0, 0}), ErrUnbalanced},
		{"no key", without(func(j *Journal) { j.Key = "" }), ErrIncomplete},
		{"no event", without(func(j *Journal) { j.Event = "" }), ErrIncomplete},
		{"no source", without(func(j *Journal) { j.Source = "" }), ErrIncomplete},
		{"no text", without(func(j *Journal) { j.Text = "" }), ErrIncomplete},
		{"no day", without(func(j *Journal) { j.BookedOn = time.Time{} }), ErrIncomplete},
		{"all is well", journal("k", good...), nil},
		{"the same fact again", journal("k", good...), ErrPosted},
	}
	for _, tt := range tests {
		err := db.Transaction(func(tx *gorm.DB) error { _, err := Post(t.Context(), tx, tt.j); return err })
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if _, err := Post(t.Context(), db, journal("other", good...)); !errors.Is(err, ErrNoTransaction) {
		t.Errorf("outside a transaction: %v, want %v", err, ErrNoTransaction)
	}
	if err := db.Transaction(func(tx *gorm.DB) error {
		_, err := Post(t.Context(), tx, journal("unknown", Line{"9999", 5, 0}, Line{"2100", -5, 0}))
		return err
	}); err == nil {
		t.Error("an account that is not there was booked on")
	}
	if cents, err := BalanceOf(t.Context(), db, "1000"); err != nil || cents != 5 {
		t.Errorf("balance = %d, %v, want 5", cents, err)
	}
}

func TestTheSchemaRefuses(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	if err := d.DB.Transaction(func(tx *gorm.DB) error {
		_, err := Post(t.Context(), tx, journal("k", Line{"1000", 5, 0}, Line{"2100", -5, 0}))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	const add = `INSERT INTO journals (key, event, source, text, booked_on, created_at) VALUES ('x', 'x', 'x', 'x', now(), now())`
	for who, db := range map[string]*gorm.DB{"the program": d.DB, "the owner": d.OwnerDB(t)} {
		for name, sql := range map[string]string{
			"an empty journal":                 add,
			"a journal that does not balance":  add + `; INSERT INTO entries (journal_id, account, amount_cents) SELECT max(id), '1000', 7 FROM journals`,
			"a line added to a booked journal": `INSERT INTO entries (journal_id, account, amount_cents) VALUES (1, '1000', 5), (1, '2100', -5)`,
			"a line changed":                   `UPDATE entries SET amount_cents = 6`,
			"a line deleted":                   `DELETE FROM entries`,
			"a journal changed":                `UPDATE journals SET text = 'x'`,
			"a journal deleted":                `DELETE FROM journals`,
			"a line of nothing":                `INSERT INTO entries (journal_id, account, amount_cents) VALUES (1, '1000', 0)`,
		} {
			if err := db.Transaction(func(tx *gorm.DB) error { return tx.Exec(sql).Error }); err == nil {
				t.Errorf("%s: %s was accepted", who, name)
			}
		}
	}
	if cents, err := BalanceOf(t.Context(), d.DB, "1000"); err != nil || cents != 5 {
		t.Errorf("balance = %d, %v, want 5", cents, err)
	}
}

func TestManyLinesAndManyJournals(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	const n = chunk + 3
	big := journal("big", Line{"2100", -n, 0})
	big.ClaimID = 0
	all := make([]Journal, 0, n)
	for i := range int64(n) {
		big.Lines = append(big.Lines, Line{"2110", 1, i + 1})
		all = append(all, journal("one:"+string(rune('A'+i%26))+time.Unix(i, 0).UTC().Format(time.RFC3339), Line{"1000", 2, 0}, Line{"2900", -2, 0}))
	}
	err := db.Transaction(func(tx *gorm.DB) error {
		ids, err := PostAll(t.Context(), tx, append(all, big))
		if err == nil && (len(ids) != n+1 || ids[0] == 0 || ids[n] == 0) {
			t.Errorf("%d numbers, want %d", len(ids), n+1)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	balances, err := Balances(t.Context(), db, day)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, b := range balances {
		got[b.Account] = b.NetCents()
	}
	if got["1000"] != 2*n || got["2900"] != -2*n || got["2110"] != n || got["2100"] != -n {
		t.Errorf("balances = %v", got)
	}
	about, err := BalancesAbout(t.Context(), db, 7)
	if err != nil || len(about) != 1 || about["2110"] != 1 {
		t.Errorf("about one = %v, %v", about, err)
	}
	if early, err := Balances(t.Context(), db, day.AddDate(0, 0, -1)); err != nil || early[0].DebitCents != 0 {
		t.Errorf("the day before = %+v, %v", early[0], err)
	}
}

func TestEightAtOnceIsBookedOnce(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	var wg sync.WaitGroup
	ends := make(chan error, 8)
	for range 8 {
		wg.Go(func() {
			ends <- db.Transaction(func(tx *gorm.DB) error {
				_, err := Post(t.Context(), tx, journal("k", Line{"1000", 5, 0}, Line{"2100", -5, 0}))
				return err
			})
		})
	}
	wg.Wait()
	close(ends)
	ok := 0
	for err := range ends {
		switch {
		case err == nil:
			ok++
		case !errors.Is(err, ErrPosted):
			t.Error(err)
		}
	}
	if cents, err := BalanceOf(t.Context(), db, "1000"); ok != 1 || err != nil || cents != 5 {
		t.Errorf("booked %d times, balance %d, %v", ok, cents, err)
	}
}
