package participants_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"samenclaim/internal/audit"
	. "samenclaim/participants"
)

// aDeath is a report that can be found back.
func aDeath() Said {
	return Said{Name: "Gerrit Overleden", Born: "1950-03-27", DiedOn: "2026-10-20", By: "Hanna Erfgenaam", Email: "hanna@proef.example", Relation: "child"}
}

func (w *world) reportCode() (code string) {
	w.t.Helper()
	w.scan(&code, `SELECT data->>'Code' FROM outbox WHERE template = 'report_code' ORDER BY id DESC LIMIT 1`)
	return code
}

// reported is a report whose address was proven.
func (w *world) reported(browser string, said Said) (ref string) {
	w.t.Helper()
	if err := errors.Join(w.people.AskReport(w.t.Context(), browser, "nl", ReportDeath, said), w.people.ProveReport(w.t.Context(), browser, w.reportCode())); err != nil {
		w.t.Fatal(err)
	}
	w.scan(&ref, `SELECT ref FROM reports WHERE status = 'open' ORDER BY id DESC LIMIT 1`)
	return ref
}

func TestAReportIsMadeOnceByEight(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := t.Context()
	if n := went(eight(func(int) error { return w.people.AskReport(ctx, "browser", "nl", ReportDeath, aDeath()) })); n != 8 {
		t.Errorf("%d of eight went well, want all", n)
	}
	if n := w.count(`reports`); n != 1 {
		t.Fatalf("%d reports of one browser, want one", n)
	}
	if all, err := w.people.Reports(ctx); err != nil || len(all) != 0 {
		t.Errorf("staff see %d reports, %v, before the address is proven", len(all), err)
	}
	if err := w.people.ProveReport(ctx, "another browser", w.reportCode()); !errors.Is(err, ErrCodeExpired) {
		t.Errorf("the code in another browser = %v, want %v", err, ErrCodeExpired)
	}
	code := w.reportCode()
	ends := eight(func(int) error { return w.people.ProveReport(ctx, "browser", code) })
	if n := went(ends); n != 1 {
		t.Errorf("proven eight times at once: %v, want once", ends)
	}
	if n := w.count(`audit_events WHERE action = 'report.made'`) + w.count(`outbox WHERE template = 'report_received' AND forget`); n != 2 {
		t.Errorf("%d lines in the log and mails, want one of each", n)
	}
	var sealed string
	w.scan(&sealed, `SELECT encode(content, 'escape') FROM reports`)
	if strings.Contains(sealed, "Overleden") || w.count(`audit_events WHERE detail::text LIKE '%hanna%'`) != 0 {
		t.Error("what was reported can be read in the database or the log")
	}
}

// The control of the test above: without lock and guard, and with two who look before either writes, one code proves twice.
func TestWithoutItsGuardsAReportIsProvenTwice(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if err := w.people.AskReport(t.Context(), "browser", "nl", ReportDeath, aDeath()); err != nil {
		t.Fatal(err)
	}
	code := w.reportCode()
	unguarded := func(db *gorm.DB) {
		delete(db.Statement.Clauses, "FOR")
		where, _ := db.Statement.Clauses["WHERE"].Expression.(clause.Where)
		for i, one := range where.Exprs {
			if x, ok := one.(clause.Expr); ok {
				x.SQL = strings.ReplaceAll(x.SQL, "used_at IS NULL", "true")
				where.Exprs[i] = x
			}
		}
	}
	var both sync.WaitGroup
	both.Add(2)
	var looked atomic.Int32
	meet := func(db *gorm.DB) {
		if db.Statement.Table == "reports" && looked.Add(1) <= 2 {
			both.Done()
			both.Wait()
		}
	}
	on := w.DB.Callback()
	if err := errors.Join(on.Query().Before("gorm:query").Register("unguarded", unguarded), on.Update().Before("gorm:update").Register("unguarded", unguarded),
		on.Query().After("gorm:query").Register("meet", meet)); err != nil {
		t.Fatal(err)
	}
	ends := eight(func(int) error { return w.people.ProveReport(t.Context(), "browser", code) })
	if n := went(ends); n < 2 || w.count(`audit_events WHERE action = 'report.made'`) != int64(n) {
		t.Errorf("without its guards one code proves %d times, %v: the test above does not see what they are for", n, ends)
	}
}

func TestAReportSaysEnough(t *testing.T) {
	t.Parallel()
	w := setup(t)
	tests := []struct {
		name   string
		change func(*Said)
		want   error
	}{
		{"a birth date", func(*Said) {}, nil},
		{"an address", func(s *Said) { s.Born, s.Address = "", "1234 AB 10" }, nil},
		{"a number", func(s *Said) { s.Born, s.Number = "", "ZM-4F7K-29QD" }, nil},
		{"only a name", func(s *Said) { s.Born = "" }, ErrWhom},
		{"no day", func(s *Said) { s.DiedOn = "" }, ErrDied},
		{"tomorrow", func(s *Said) { s.DiedOn = w.Watch.Now().AddDate(0, 0, 2).Format(DateForm) }, ErrDied},
		{"in another age", func(s *Said) { s.DiedOn = "1999-12-31" }, ErrDied},
		{"an address that is none", func(s *Said) { s.Email = "hanna" }, ErrEmail},
	}
	for _, tt := range tests {
		said := aDeath()
		tt.change(&said)
		if err := w.people.AskReport(t.Context(), tt.name, "nl", ReportDeath, said); !errors.Is(err, tt.want) {
			t.Errorf("%s = %v, want %v", tt.name, err, tt.want)
		}
	}
	said := aDeath()
	said.DiedOn = ""
	if err := w.people.AskReport(t.Context(), "lives", "nl", ReportRepresentative, said); err != nil {
		t.Errorf("a representative of somebody who lives = %v", err)
	}
}

func TestAnAddressChangedAfterTheCodeProvesNoReport(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := t.Context()
	first, second := aDeath(), aDeath()
	second.Email = "iemand.anders@proef.example"
	if err := w.people.AskReport(ctx, "browser", "nl", ReportDeath, first); err != nil {
		t.Fatal(err)
	}
	old := w.reportCode()
	if err := w.people.AskReport(ctx, "browser", "nl", ReportDeath, second); err != nil {
		t.Fatal(err)
	}
	if err := w.people.ProveReport(ctx, "browser", old); err == nil {
		t.Error("the code to the first address proves the second")
	}
	w.scan(new(int64), `UPDATE reports SET email_index = sha256('sent again while the code was on its way') RETURNING id`)
	if err := w.people.ProveReport(ctx, "browser", w.reportCode()); !errors.Is(err, ErrCodeExpired) {
		t.Errorf("a code to another address than that of the report = %v, want %v", err, ErrCodeExpired)
	}
	w.Watch.Advance(11 * time.Minute)
	if err := w.people.ProveReport(ctx, "browser", w.reportCode()); !errors.Is(err, ErrCodeExpired) {
		t.Errorf("after ten minutes = %v, want %v", err, ErrCodeExpired)
	}
}

func TestStaffLinkAReportAndCloseItOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx, clerk := t.Context(), audit.Staff(7)
	p := w.join("gerrit@proef.example")
	ref := w.reported("browser", aDeath())
	if err := w.people.CloseReport(ctx, clerk, ref, ReportRecorded); !errors.Is(err, ErrWhom) {
		t.Errorf("recorded with nobody = %v, want %v", err, ErrWhom)
	}
	if _, err := w.people.ReportAbout(ctx, p, ref); !errors.Is(err, ErrNotFound) {
		t.Errorf("read before it was linked = %v, want %v", err, ErrNotFound)
	}
	if _, err := w.people.LinkReport(ctx, clerk, ref, NewNumber("ZM")); !errors.Is(err, ErrNotFound) {
		t.Errorf("linked to nobody = %v, want %v", err, ErrNotFound)
	}
	if n := went(eight(func(int) error { _, err := w.people.LinkReport(ctx, clerk, ref, Number(p.Number)); return err })); n != 8 || w.count(`audit_events WHERE action = 'report.linked'`) != 1 {
		t.Errorf("linked eight times at once: %d went well, want all, and one line in the log", n)
	}
	if said, err := w.people.ReportAbout(ctx, p, ref); err != nil || said.By != "Hanna Erfgenaam" {
		t.Errorf("filled in with %+v, %v", said, err)
	}
	if n := went(eight(func(int) error { return w.people.CloseReport(ctx, clerk, ref, ReportRecorded) })); n != 1 {
		t.Errorf("closed %d times by eight at once, want once", n)
	}
	if _, err := w.people.LinkReport(ctx, clerk, ref, Number(p.Number)); !errors.Is(err, ErrWrongState) {
		t.Errorf("linked after it was closed = %v, want %v", err, ErrWrongState)
	}
	if _, _, err := w.people.OpenReport(ctx, clerk, ref); err != nil || w.count(`audit_events WHERE action = 'report.viewed'`) != 1 {
		t.Errorf("a look = %v, want a line in the log", err)
	}
}

func TestReportsGoWhenTheyAreOver(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := t.Context()
	closed := w.reported("first", aDeath())
	w.reported("second", aDeath())
	if err := errors.Join(w.people.CloseReport(ctx, audit.Staff(7), closed, ReportUnknown), w.people.AskReport(ctx, "third", "nl", ReportDeath, aDeath())); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		left  int64
	}{{23 * time.Hour, 3}, {2 * time.Hour, 2}, {729 * 24 * time.Hour, 2}, {2 * 24 * time.Hour, 1}} {
		w.Watch.Advance(step.after)
		if err := w.people.WipeReports(ctx, w.Watch.Now()); err != nil || w.count(`reports`) != step.left {
			t.Errorf("%s on there are %d reports, %v, want %d", step.after, w.count(`reports`), err, step.left)
		}
	}
}
