package claims_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/cmd/samenclaim/demo"
)

// until tells until when somebody's claim is preserved.
func until(c *claimstest.Case, m claimstest.Member) claims.Preserved {
	c.Helper()
	p, err := c.Claims.Preserved(c.Ctx(), c.Claim, c.Participation(m))
	if err != nil {
		c.Fatal(err)
	}
	return p
}

// ends expects a last day.
func ends(c *claimstest.Case, who string, m claimstest.Member, want string) {
	c.Helper()
	if got := until(c, m).Until.Format(time.DateOnly); got != want {
		c.Errorf("%s is preserved until %s, want %s", who, got, want)
	}
}

func record(c *claimstest.Case, kind, on, number string) int64 {
	c.Helper()
	request := fmt.Sprint(kind, on, number)
	err := c.Claims.RecordClock(c.Ctx(), claimstest.Lawyer, c.Claim.ID, number,
		claims.ClockFact{Kind: kind, OnDay: day(on), Note: "exploot", Document: claimstest.ProofPDF, RequestID: request})
	if err != nil {
		c.Fatal(err)
	}
	return claimstest.One[int64](c, `SELECT id FROM limitation_facts WHERE request_id = ?`, request)
}

// on sets the clock to noon of a day.
func on(c *claimstest.Case, s string) {
	c.Watch.Advance(day(s).Add(11 * time.Hour).Sub(c.Watch.Now()))
}

func TestEachIsPreservedByWhatCoversThem(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	first := c.Join(3)
	c.Send()
	c.Arrive(1) // 2 November 2026
	on(c, "2026-11-10")
	late := c.Join(2)
	ends(c, "who is in the letter", first[0], "2031-11-02")
	ends(c, "who came later", late[0], "2027-12-27")
	c.MoveTo(claims.Negotiation)
	c.Send()
	ends(c, "who is in a letter under way", late[0], "2027-12-27")
	on(c, "2026-11-20")
	c.Arrive(2)
	ends(c, "who is in the second letter", late[0], "2031-11-20")
	ends(c, "who is in the first letter", first[0], "2031-11-02")
	on(c, "2027-01-04")
	outside := c.Join(1)
	writ := record(c, "writ", "2027-01-04", "")
	ends(c, "who had signed before the writ", first[0], "2032-01-04")
	ends(c, "who signed on its day", outside[0], "2027-12-27")
	record(c, "acknowledgement", "2027-01-03", outside[0].Number)
	ends(c, "to whom it was acknowledged", outside[0], "2032-01-03")
	record(c, "knowledge", "2021-01-04", first[1].Number)
	ends(c, "who knew earlier and had lapsed before the letter", first[1], "2026-01-04")
	record(c, "knowledge", "2022-06-01", first[2].Number)
	ends(c, "who knew earlier, in time for the letter", first[2], "2032-01-04")
	if err := c.Claims.WithdrawClock(t.Context(), claimstest.Lawyer, c.Claim.ID, writ, "niet betekend"); err != nil {
		t.Fatal(err)
	}
	ends(c, "who had signed before a writ that was taken back", first[0], "2031-11-02")
	if err := c.Claims.WithdrawClock(t.Context(), claimstest.Lawyer, c.Claim.ID, writ, "nog eens"); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("taken back twice = %v", err)
	}
	if p := until(c, first[0]); p.By == nil || p.By.Ordinal != 1 || p.Known.Format(time.DateOnly) != "2022-12-27" {
		t.Errorf("preserved = %+v, want by letter 1, known on 27 December 2022", p)
	}
	if n := claimstest.One[int64](c, `SELECT count(*) FROM outbox WHERE template = 'letter_delivered' AND data->>'LimitationOn' = '20 november 2031'`); n != 2 {
		t.Errorf("%d mails tell of the second letter's day, want 2", n)
	}
	media, document, err := c.Claims.ClockDocument(t.Context(), claimstest.Lawyer, c.Claim.ID, writ)
	if err != nil || media != "application/pdf" || !bytes.Equal(document, claimstest.ProofPDF) {
		t.Errorf("document = %s of %d bytes, %v", media, len(document), err)
	}
}

func TestNothingMovesADateWithoutProof(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	good := claims.ClockFact{Kind: "writ", OnDay: day("2026-11-01"), Note: "exploot", Document: claimstest.ProofPDF, RequestID: "r"}
	for _, tt := range []struct {
		name, number string
		want         error
		change       func(*claims.ClockFact)
	}{
		{"without a document", "", claims.ErrProof, func(f *claims.ClockFact) { f.Document = nil }},
		{"with a page for a document", "", claims.ErrProof, func(f *claims.ClockFact) { f.Document = []byte("<html>") }},
		{"without words", "", claims.ErrReason, func(f *claims.ClockFact) { f.Note = " " }},
		{"of tomorrow", "", claims.ErrClockDay, func(f *claims.ClockFact) { f.OnDay = day("2026-11-03") }},
		{"of before anything happened", "", claims.ErrClockDay, func(f *claims.ClockFact) { f.OnDay = day("2020-02-29") }},
		{"by a letter, which has a delivery", "", claims.ErrClockKind, func(f *claims.ClockFact) { f.Kind = "letter" }},
		{"of everybody's knowledge", "", claims.ErrClockNumber, func(f *claims.ClockFact) { f.Kind = "knowledge" }},
		{"of nobody", "ZM-0000-0000", claims.ErrClockNumber, func(*claims.ClockFact) {}},
		{"of no form", "", claims.ErrClockKind, func(f *claims.ClockFact) { f.RequestID = "" }},
	} {
		f := good
		tt.change(&f)
		if err := c.Claims.RecordClock(t.Context(), claimstest.Lawyer, c.Claim.ID, tt.number, f); !errors.Is(err, tt.want) {
			t.Errorf("%s = %v, want %v", tt.name, err, tt.want)
		}
	}
	ends(c, "the participant", m, "2027-12-27")
	c.Send()
	c.Arrive(1)
	f := good
	f.RequestID = "twice"
	results := claimstest.Eight(func(int) error { return c.Claims.RecordClock(t.Context(), claimstest.Lawyer, c.Claim.ID, "", f) })
	if diff := cmp.Diff(map[error]int{nil: 8}, results); diff != "" {
		t.Errorf("sent eight times (-want +got):\n%s", diff)
	}
	if n := claimstest.One[int64](c, `SELECT count(*) FROM limitation_facts`); n != 1 {
		t.Errorf("%d facts, want 1", n)
	}
	for _, sql := range []string{
		`UPDATE limitation_facts SET on_day = '2026-10-31'`, `DELETE FROM limitation_facts`, `UPDATE deliveries SET delivered_at = now()`,
		`UPDATE claims SET known_on = '2025-01-01', limitation_on = '2030-01-01'`, `UPDATE claims SET limitation_on = '2028-01-03'`,
		`INSERT INTO limitation_facts (claim_id, kind, on_day, note, recorded_by, recorded_at, request_id) VALUES (1, 'writ', '2026-11-01', 'x', 'staff:3', now(), 'x')`,
		`INSERT INTO deliveries (letter_id, channel, delivered_at, proof_type, proof_sha256, recorded_by, recorded_at) VALUES (1, 'email', now(), 'image/png', sha256('x'), 'staff:3', now())`,
	} {
		if _, err := c.Owner(t).Exec(t.Context(), sql); err == nil {
			t.Errorf("the owner of the table can: %s", sql)
		}
	}
}

func TestTheClaimItselfCanOnlyTurnOutToLapseSooner(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	file, err := claims.ParseClaim(demo.Files, "claims/zoom.json")
	if err != nil {
		t.Fatal(err)
	}
	file.KnownOn = "2022-12-28"
	if _, err := c.Claims.ImportClaim(t.Context(), claimstest.Admin, file); !errors.Is(err, claims.ErrContent) {
		t.Errorf("a later day of knowledge = %v, want ErrContent", err)
	}
	file.KnownOn = "2021-05-01"
	if got, err := c.Claims.ImportClaim(t.Context(), claimstest.Admin, file); err != nil || got.LimitationOn.Format(time.DateOnly) != "2026-05-01" {
		t.Errorf("an earlier day of knowledge = %s, %v, want 2026-05-01", got.LimitationOn, err)
	}
}

func TestStaffAreToldOfWhoIsNear(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(3)
	c.Send()
	c.Arrive(1)
	on(c, "2026-12-20")
	late := c.Join(2) // their first term ends on 27 December 2027
	near := func() []claims.NearLimitation {
		t.Helper()
		c.Drain("limitation")
		all, err := c.Claims.NearLimitation(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	logged := func() int64 {
		return claimstest.One[int64](c, `SELECT count(*) FROM audit_events WHERE action = 'limitation.near'`)
	}
	if all := near(); len(all) != 0 {
		t.Errorf("372 days before: %+v, want nobody", all)
	}
	for i, tt := range []struct {
		on     string
		warned int
	}{{"2026-12-27", 365}, {"2027-06-30", 180}, {"2027-09-28", 90}, {"2027-11-27", 30}, {"2027-12-27", 30}, {"2027-12-28", 0}} {
		on(c, tt.on)
		all := near()
		if len(all) != 1 || all[0].Warned != tt.warned || all[0].People != 2 || all[0].Outside != 2 || all[0].LimitationOn.Format(time.DateOnly) != "2027-12-27" {
			t.Fatalf("on %s: %+v, want two people outside every letter, told at %d", tt.on, all, tt.warned)
		}
		near() // counted twice it is told once
		if want := map[bool]int64{true: int64(i + 1), false: int64(i)}[i < 4]; logged() != want {
			t.Errorf("on %s the log was told %d times, want %d: once each", tt.on, logged(), want)
		}
	}
	c.Exec(`UPDATE staff SET last_login_at = ?`, c.Watch.Now()) // a year has gone by
	record(c, "acknowledgement", "2027-12-20", late[0].Number)
	record(c, "acknowledgement", "2027-12-20", late[1].Number)
	if all := near(); len(all) != 0 {
		t.Errorf("after the acknowledgement: %+v, want nobody", all)
	}
}

func TestTheListOfWhoLapsesIsWhole(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(3)
	c.Send()
	c.Arrive(1)
	on(c, "2026-11-10")
	late := c.Join(103)
	on(c, "2026-11-12")
	record(c, "writ", "2026-11-12", "")
	after := c.Join(2)
	record(c, "knowledge", "2021-12-01", after[1].Number)
	if err := c.Claims.Leave(t.Context(), "participant:1", c.Participation(late[0])); err != nil {
		t.Fatal(err)
	}
	groups, own, err := c.Claims.Lapsing(t.Context(), c.Claim)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range groups {
		got = append(got, fmt.Sprintf("%s letter %d: %d", g.Until.Format(time.DateOnly), g.Ordinal, g.People))
	}
	if diff := cmp.Diff([]string{"2027-12-27 letter 0: 1", "2031-11-12 letter 0: 102", "2031-11-12 letter 1: 3"}, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	if len(own) != 1 || own[0].Number != after[1].Number || own[0].Until.Format(time.DateOnly) != "2026-12-01" {
		t.Errorf("with a date of their own: %+v, want who knew on 1 December 2021", own)
	}
	g := groups[1]
	_, people, more, err := c.Claims.LapsingPeople(t.Context(), c.Claim, g.Ordinal, g.Slot, 0)
	if err != nil || len(people) != 100 || !more {
		t.Fatalf("first page: %d people, more %t, %v, want 100 and more", len(people), more, err)
	}
	_, rest, more, err := c.Claims.LapsingPeople(t.Context(), c.Claim, g.Ordinal, g.Slot, people[99].ID)
	if err != nil || len(rest) != 2 || more || rest[0].ID <= people[99].ID {
		t.Errorf("second page: %d people, more %t, %v, want the last 2", len(rest), more, err)
	}
	if _, _, _, err := c.Claims.LapsingPeople(t.Context(), c.Claim, 0, 2, 0); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("a group that is not there = %v", err)
	}
	for days, want := range map[int]int64{-1: 107, 365: 1, 500: 2, 10: 0} {
		var out bytes.Buffer
		n, err := c.Claims.ExportLapsing(t.Context(), claimstest.Lawyer, c.Claim, days, &out)
		if err != nil || n != want {
			t.Errorf("within %d days: %d rows, %v, want %d", days, n, err, want)
		}
		r := csv.NewReader(&out)
		r.FieldsPerRecord = -1
		lines, err := r.ReadAll()
		if err != nil || int64(len(lines)) != want+2 || strings.Join(lines[len(lines)-1], ",") != fmt.Sprintf("rows,%d", want) {
			t.Errorf("within %d days: %d lines, %v", days, len(lines), err)
		}
		if days == 500 {
			if diff := cmp.Diff([]string{after[0].Number, "active", "", "2022-12-27", "", "", "2027-12-27", "410"}, lines[2]); diff != "" {
				t.Errorf("line (-want +got):\n%s", diff)
			}
		}
	}
	for _, m := range append(late[1:3:3], after...) { // the list and the person's own page count alike
		p := until(c, m)
		if in := p.Until.Format(time.DateOnly); m == after[0] && in != "2027-12-27" || m == late[1] && in != "2031-11-12" {
			t.Errorf("%s alone is preserved until %s", m.Number, in)
		}
	}
}
