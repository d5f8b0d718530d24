package audit_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"samenclaim/internal/audit"
	"samenclaim/migrations/pgtest"
)

// tell adds lines to the log, each in a transaction of its own.
func tell(t *testing.T, db *gorm.DB, n int) {
	t.Helper()
	for i := range n {
		err := db.Transaction(func(tx *gorm.DB) error {
			return audit.Record(t.Context(), tx, audit.Staff(7), "person.seen", fmt.Sprintf("participation:%d", i), map[string]int{"i": i})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func sealAll(t *testing.T, db *gorm.DB) audit.Seal {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = audit.SealNext(t.Context(), db); err != nil {
			t.Fatalf("SealNext: %v", err)
		}
	}
	head, err := audit.Head(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

// sealedLog is a log of three seals: lines 1-4, 5-8 and 9-12, the first ones long ago.
func sealedLog(t *testing.T) pgtest.Database {
	t.Helper()
	d := pgtest.New(t)
	for range 3 {
		tell(t, d.DB, 4)
		sealAll(t, d.DB)
		d.Watch.Advance(24 * time.Hour)
	}
	return d
}

func TestEveryChangeOfTheLogShows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		damage string
		want   []audit.Fault
	}{
		{"nothing", "", nil},
		{"a line that was changed", "UPDATE audit_events SET actor = 'staff:8' WHERE id = 6", []audit.Fault{{Subject: "audit_event:6", Problem: "changed"}}},
		{"a time that was changed", "UPDATE audit_events SET at = at - interval '1 microsecond' WHERE id = 2", []audit.Fault{{Subject: "audit_event:2", Problem: "changed"}}},
		{"a detail that was changed", `UPDATE audit_events SET detail = '{"i": 7}' WHERE id = 12`, []audit.Fault{{Subject: "audit_event:12", Problem: "changed"}}},
		{"a line that was removed", "DELETE FROM audit_events WHERE id = 5", []audit.Fault{{Subject: "audit_event:5", Problem: "gone"}}},
		{
			"two lines that changed places",
			"UPDATE audit_events a SET subject = b.subject FROM audit_events b WHERE (a.id, b.id) IN ((2, 3), (3, 2))",
			[]audit.Fault{{Subject: "audit_event:2", Problem: "changed"}, {Subject: "audit_event:3", Problem: "changed"}},
		},
		{
			"a line that was slipped in",
			"INSERT INTO audit_events (id, at, actor, action, subject) OVERRIDING SYSTEM VALUE VALUES (-3, now(), 'staff:1', 'a', 'b')",
			[]audit.Fault{{Subject: "audit_event:-3", Problem: "slipped in"}},
		},
		{"a seal that was removed", "DELETE FROM audit_seals WHERE id = 2", []audit.Fault{
			{Subject: "audit_seal:3", Problem: "does not follow from the one before"},
			{Subject: "audit_event:5", Problem: "slipped in"}, {Subject: "audit_event:6", Problem: "slipped in"},
			{Subject: "audit_event:7", Problem: "slipped in"}, {Subject: "audit_event:8", Problem: "slipped in"},
		}},
		{"a seal that was changed", "UPDATE audit_seals SET sha256 = sha256('x') WHERE id = 1", []audit.Fault{
			{Subject: "audit_seal:1", Problem: "does not follow from the one before"}, {Subject: "audit_seal:2", Problem: "does not follow from the one before"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := sealedLog(t)
			if _, err := d.Owner(t).Exec(t.Context(), "SET session_replication_role = replica;"+tt.damage); err != nil {
				t.Fatalf("damage: %v", err)
			}
			got, err := audit.Check(t.Context(), d.DB)
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("Check (-want +got): %v\n%s", err, diff)
			}
		})
	}
}

func TestCuttingTheEndOffShowsInTheHead(t *testing.T) {
	t.Parallel()
	d := sealedLog(t)
	before, err := audit.Head(t.Context(), d.DB)
	if err != nil || before.ID != 3 || before.LastID != 12 {
		t.Fatalf("Head = %+v, %v, want seal 3 up to line 12", before, err)
	}
	if _, err := d.Owner(t).Exec(t.Context(), "SET session_replication_role = replica; DELETE FROM audit_seals WHERE id = 3; DELETE FROM audit_events WHERE id > 8"); err != nil {
		t.Fatal(err)
	}
	tell(t, d.DB, 4)
	after := sealAll(t, d.DB)
	if faults, err := audit.Check(t.Context(), d.DB); err != nil || len(faults) != 0 {
		t.Errorf("Check = %v, %v: a log that was cut off and went on is whole in itself", faults, err)
	}
	if after.ID != before.ID || bytes.Equal(after.SHA256, before.SHA256) {
		t.Errorf("seal %d is the same as before: whoever kept its hash could not see the cut", after.ID)
	}
}

func TestALineThatIsCommittedLateIsSealedLater(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	late := d.DB.Begin()
	defer late.Rollback()
	if err := audit.Record(t.Context(), late, audit.Staff(1), "run.released", "run:1", nil); err != nil {
		t.Fatal(err)
	}
	gone := d.DB.Begin() // its number stays unused
	if err := audit.Record(t.Context(), gone, audit.Staff(1), "run.released", "run:2", nil); err != nil {
		t.Fatal(err)
	}
	gone.Rollback()
	tell(t, d.DB, 2)
	sealAll(t, d.DB)
	if err := late.Commit().Error; err != nil {
		t.Fatal(err)
	}
	head := sealAll(t, d.DB)
	if head.ID != 2 || head.Count != 1 || head.LastID != 1 {
		t.Errorf("second seal = %+v, want only line 1", head)
	}
	d.Watch.Advance(48 * time.Hour)
	if faults, err := audit.Check(t.Context(), d.DB); err != nil || len(faults) != 0 {
		t.Errorf("Check = %v, %v, want nothing", faults, err)
	}
}

func TestEightSealAtOnce(t *testing.T) {
	t.Parallel()
	d := pgtest.New(t)
	tell(t, d.DB, 20)
	var eight errgroup.Group
	for range 8 {
		eight.Go(func() error { _, err := audit.SealNext(t.Context(), d.DB); return err })
	}
	if err := eight.Wait(); err != nil {
		t.Fatalf("SealNext: %v", err)
	}
	if head := sealAll(t, d.DB); head.ID != 1 || head.Count != 20 {
		t.Errorf("head = %+v, want one seal over twenty lines", head)
	}
}
