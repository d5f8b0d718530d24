package claims_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
	"samenclaim/mailer/bounce"
)

// hardBounce is a report that an address does not work, about the newest mail to somebody.
func hardBounce(c *claimstest.Case, m claimstest.Member, what string) bounce.Report {
	c.Helper()
	id := claimstest.One[string](c, `SELECT message_id FROM outbox WHERE participant_id = ? AND message_id <> '' ORDER BY id DESC LIMIT 1`, m.ParticipantID)
	return bounce.Report{MessageID: id, Hard: true, Code: "5.1.1", SHA256: sha256.Sum256([]byte(what))}
}

func TestAMailThatCameBackAsksForAnotherWay(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(2)
	c.Post()
	ctx := t.Context()
	soft := hardBounce(c, m[0], "soft")
	soft.Hard, soft.Code = false, "4.2.2"
	for i, step := range []struct {
		r     bounce.Report
		ours  bool
		tasks int
	}{
		{soft, true, 0},
		{soft, true, 0},
		{bounce.Report{MessageID: "outbox-1@elsewhere.example", Hard: true}, false, 0},
		{bounce.Report{MessageID: "x", Hard: true}, false, 0},
		{hardBounce(c, m[0], "one"), true, 1},
		{hardBounce(c, m[0], "one"), true, 1},
		{hardBounce(c, m[0], "two"), true, 1},
		{hardBounce(c, m[1], "three"), true, 2},
	} {
		ours, err := c.Claims.ReportBounce(ctx, step.r)
		all, err2 := c.Claims.Unreached(ctx)
		if err != nil || err2 != nil || ours != step.ours || len(all) != step.tasks {
			t.Errorf("step %d: ours %v, %d tasks, %v, %v; want %v, %d", i+1, ours, len(all), err, err2, step.ours, step.tasks)
		}
	}
	all, err := c.Claims.Unreached(ctx)
	if err != nil || all[0].Number != m[0].Number || all[0].Code != "5.1.1" || all[0].Soft != 1 || all[0].Slug != c.Claim.Slug {
		t.Fatalf("the list = %+v, %v", all, err)
	}
	for _, tt := range []struct {
		note string
		want error
	}{{" \n", claims.ErrNote}, {strings.Repeat("x", claims.MostWords+1), claims.ErrWords}, {"Gebeld: MERK-notitie", nil}, {"nog eens", claims.ErrWrongState}} {
		if err := c.Claims.Reached(ctx, claimstest.Intake, all[0].Ref, tt.note); !errors.Is(err, tt.want) {
			t.Errorf("noting %.10q = %v, want %v", tt.note, err, tt.want)
		}
	}
	if err := c.Claims.Reached(ctx, claimstest.Intake, "NOSUCHTASK", "x"); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("a task that is none = %v, want %v", err, claims.ErrNotFound)
	}
	one, err := c.Claims.OneUnreached(ctx, all[0].Ref)
	if err != nil || one.Text != "Gebeld: MERK-notitie" || one.DoneAt == nil || *one.DoneBy != claimstest.Intake {
		t.Errorf("what was noted = %+v, %v", one, err)
	}
	var plain bool
	if err := c.DB.Raw(`SELECT position('MERK'::bytea in note) > 0 FROM reach_tasks WHERE note IS NOT NULL`).Row().Scan(&plain); err != nil || plain {
		t.Errorf("the note can be read without the person's key: %v, %v", plain, err)
	}
	if data := exportOf(c, m[0]); !strings.Contains(data, "Gebeld: MERK-notitie") {
		t.Error("the export does not hold the note")
	}
	if _, err := c.Claims.ReportBounce(ctx, hardBounce(c, m[0], "again")); err != nil {
		t.Fatal(err)
	}
	if all, err := c.Claims.Unreached(ctx); err != nil || len(all) != 3 {
		t.Errorf("after it came back again there are %d tasks, %v, want another one", len(all), err)
	}
}

// exportOf is the data of a person as they download them.
func exportOf(c *claimstest.Case, m claimstest.Member) string {
	c.Helper()
	var b bytes.Buffer
	if err := c.Claims.Export(c.Ctx(), m.ParticipantID, &b); err != nil {
		c.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		c.Fatal(err)
	}
	f, err := z.Open("data.json")
	if err != nil {
		c.Fatal(err)
	}
	content, err := io.ReadAll(f)
	if err != nil {
		c.Fatal(err)
	}
	return string(content)
}

func TestEightReportsOpenOneTaskAndEightNotesCloseIt(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	c.Post()
	reports := make([]bounce.Report, 8)
	for i := range reports {
		reports[i] = hardBounce(c, m, strings.Repeat("x", i/2))
	}
	ends := claimstest.Eight(func(i int) error {
		_, err := c.Claims.ReportBounce(context.Background(), reports[i])
		return err
	})
	if diff := cmp.Diff(map[error]int{nil: 8}, ends); diff != "" {
		t.Errorf("reporting eight times at once (-want +got):\n%s", diff)
	}
	if tasks, kept := claimstest.One[int](c, `SELECT count(*) FROM reach_tasks`), claimstest.One[int](c, `SELECT count(*) FROM bounces`); tasks != 1 || kept != 4 {
		t.Errorf("%d tasks and %d reports, want 1 and 4", tasks, kept)
	}
	ref := claimstest.One[string](c, `SELECT ref FROM reach_tasks`)
	ends = claimstest.Eight(func(int) error {
		return c.Claims.Reached(context.Background(), claimstest.Register, ref, "Brief gestuurd")
	}, claims.ErrWrongState)
	if ends[nil] != 1 || ends[claims.ErrWrongState] != 7 {
		t.Errorf("noting eight times at once = %v, want it done once", ends)
	}
}

func TestWhoIsErasedIsNotLookedFor(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	c.Post()
	late := hardBounce(c, m, "late")
	if _, err := c.Claims.ReportBounce(t.Context(), hardBounce(c, m, "before")); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(time.Minute)
	if _, err := c.Claims.Erase(t.Context(), audit.Participant(m.ParticipantID), m.ParticipantID); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Claims.ReportBounce(t.Context(), late); err != nil {
		t.Errorf("a report after the erasure = %v", err)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM reach_tasks WHERE done_at IS NULL`); n != 0 {
		t.Errorf("%d tasks about somebody who was erased", n)
	}
	if all, err := c.Claims.Unreached(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("the list = %+v, %v, want nobody", all, err)
	}
}
