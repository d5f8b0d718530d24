package pgtest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"samenclaim/migrations"
)

func TestEveryTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	a, b := New(t), New(t)
	insert := `INSERT INTO audit_events (at, actor, action, subject) VALUES (now(), 'system', 'test', 'x:1')`
	if err := a.DB.Exec(insert).Error; err != nil {
		t.Fatal(err)
	}
	var n int
	if err := b.Pool.QueryRow(t.Context(), "SELECT count(*) FROM audit_events").Scan(&n); err != nil || n != 0 {
		t.Errorf("rows in the other database = %d, %v, want none", n, err)
	}
}

func TestTestsWorkAsTheProgramDoes(t *testing.T) {
	t.Parallel()
	d := New(t)
	for name, db := range map[string]*gorm.DB{migrations.AppRole: d.DB, "the owner": d.OwnerDB(t)} {
		var role string
		if err := db.Raw("SELECT current_user").Scan(&role).Error; err != nil {
			t.Fatal(err)
		}
		if (role == migrations.AppRole) != (name == migrations.AppRole) {
			t.Errorf("session of %s acts as %s", name, role)
		}
	}
	_, err := d.Pool.Exec(t.Context(), "DELETE FROM audit_events")
	if e := (*pgconn.PgError)(nil); !errors.As(err, &e) || e.Code != "42501" {
		t.Errorf("DELETE on an append-only table = %v, want permission denied", err)
	}
}

func TestWatchIsTheClockOfTheDatabase(t *testing.T) {
	t.Parallel()
	d := New(t)
	if got := d.DB.NowFunc(); !got.Equal(Clock) {
		t.Errorf("time at the start = %v, want %v", got, Clock)
	}
	d.Watch.Advance(48 * time.Hour)
	if got, want := d.DB.NowFunc(), Clock.Add(48*time.Hour); !got.Equal(want) {
		t.Errorf("time after two days = %v, want %v", got, want)
	}
}

func TestOwnerAddressLeadsToTheSameDatabase(t *testing.T) {
	t.Parallel()
	d := New(t)
	var name string
	if err := d.Pool.QueryRow(t.Context(), "SELECT current_database()").Scan(&name); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(d.DSN, "/"+name) {
		t.Errorf("the address does not name the database %s", name)
	}
}

func BenchmarkNew(b *testing.B) {
	New(b)
	for b.Loop() {
		New(b)
	}
}
