package audit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/migrations/pgtest"
)

func TestAnEventStandsOrFallsWithItsFact(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	boom := errors.New("boom")
	record := func(tx *gorm.DB) error {
		return audit.Record(t.Context(), tx, audit.Staff(7), "run.released", "run:3", map[string]int64{"total_cents": 5000})
	}
	err := d.DB.Transaction(func(tx *gorm.DB) error {
		if err := record(tx); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("rolled back: %v", err)
	}
	if got, err := audit.History(t.Context(), d.DB, "run:3", 10); err != nil || len(got) != 0 {
		t.Errorf("after a rollback the log has %v, %v, want nothing", got, err)
	}
	if err := d.DB.Transaction(record); err != nil {
		t.Fatalf("commit: %v", err)
	}
	got, err := audit.History(t.Context(), d.DB, "run:3", 10)
	if err != nil || len(got) != 1 {
		t.Fatalf("History = %v, %v, want one event", got, err)
	}
	var detail map[string]int64
	if err := json.Unmarshal(got[0].Detail, &detail); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{"total_cents": 5000}, detail); diff != "" {
		t.Errorf("detail (-want +got):\n%s", diff)
	}
	if got[0].Actor != "staff:7" || got[0].Action != "run.released" || !got[0].At.Equal(pgtest.Clock) {
		t.Errorf("event = %+v", got[0])
	}
}

func TestRecordRefuses(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	if err := audit.Record(t.Context(), db, audit.System("test"), "a", "b", nil); !errors.Is(err, audit.ErrNoTransaction) {
		t.Errorf("outside a transaction: %v, want %v", err, audit.ErrNoTransaction)
	}
	tests := []struct {
		name            string
		by              audit.Actor
		action, subject string
		detail          any
		want            error
	}{
		{"nobody acts", "", "a", "b", nil, audit.ErrIncomplete},
		{"nothing is done", "staff:1", "", "b", nil, audit.ErrIncomplete},
		{"it is done to nothing", "staff:1", "a", "", nil, audit.ErrIncomplete},
		{"all is there", "staff:1", "a", "b", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := db.Transaction(func(tx *gorm.DB) error {
				return audit.Record(t.Context(), tx, tt.by, tt.action, tt.subject, tt.detail)
			})
			if !errors.Is(err, tt.want) {
				t.Errorf("error = %v, want %v", err, tt.want)
			}
		})
	}
	if err := db.Transaction(func(tx *gorm.DB) error {
		return audit.Record(t.Context(), tx, "staff:1", "a", "b", func() {})
	}); err == nil {
		t.Error("a detail that is no data was recorded")
	}
}

func TestTheLogOnlyGrows(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	if err := d.DB.Transaction(func(tx *gorm.DB) error {
		return audit.Record(t.Context(), tx, "staff:1", "a", "b", nil)
	}); err != nil {
		t.Fatal(err)
	}
	for who, db := range map[string]*gorm.DB{"the program": d.DB, "the owner": d.OwnerDB(t)} {
		for _, sql := range []string{`UPDATE audit_events SET actor = 'x'`, `DELETE FROM audit_events`} {
			if err := db.Exec(sql).Error; err == nil {
				t.Errorf("%s could %s", who, sql)
			}
		}
	}
}

func TestEightAtOnceAllStandInTheHistory(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if err := db.Transaction(func(tx *gorm.DB) error {
				return audit.Record(t.Context(), tx, audit.Participant(int64(i+1)), fmt.Sprintf("step.%d", i), "run:3", nil)
			}); err != nil {
				t.Errorf("record: %v", err)
			}
		})
	}
	wg.Wait()
	got, err := audit.History(t.Context(), db, "run:3", 5)
	if err != nil || len(got) != 5 {
		t.Fatalf("History = %d events, %v, want the 5 asked for", len(got), err)
	}
	for i := 1; i < len(got); i++ {
		if got[i].ID >= got[i-1].ID {
			t.Errorf("event %d stands before %d: want the newest first", got[i-1].ID, got[i].ID)
		}
	}
	var n int64
	if err := db.Model(&audit.Event{}).Count(&n).Error; err != nil || n != 8 {
		t.Errorf("%d events, %v, want 8", n, err)
	}
}

func TestActorsSayWhoTheyAre(t *testing.T) {
	t.Parallel()
	tests := []struct {
		actor audit.Actor
		text  string
		id    int64
		staff bool
	}{
		{audit.Staff(7), "staff:7", 7, true},
		{audit.Participant(42), "participant:42", 0, false},
		{audit.System("mollie"), "system:mollie", 0, false},
		{"staff:x", "staff:x", 0, false},
	}
	for _, tt := range tests {
		if string(tt.actor) != tt.text {
			t.Errorf("actor = %q, want %q", tt.actor, tt.text)
		}
		if id, ok := tt.actor.StaffID(); ok != tt.staff || ok && id != tt.id {
			t.Errorf("%s.StaffID() = %d, %v, want %d, %v", tt.actor, id, ok, tt.id, tt.staff)
		}
	}
}

func TestInTransactionTells(t *testing.T) {
	t.Parallel()
	db := pgtest.DB(t)
	if audit.InTransaction(db) {
		t.Error("a plain connection counts as a transaction")
	}
	err := db.Transaction(func(tx *gorm.DB) error {
		if !audit.InTransaction(tx.WithContext(t.Context())) {
			t.Error("a transaction does not count as one")
		}
		return tx.Transaction(func(inner *gorm.DB) error {
			if !audit.InTransaction(inner) {
				t.Error("a savepoint does not count as a transaction")
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}
