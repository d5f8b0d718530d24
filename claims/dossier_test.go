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
	"samenclaim/internal/audit"
	"samenclaim/participants"
)

func TestADossierIsOpenedInSight(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(1, claims.Flat)[0]
	if _, err := c.Claims.AttachStatement(t.Context(), "participant:1", claims.Owner{ParticipationID: m.ParticipationID}, "I used it at work."); err != nil {
		t.Fatal(err)
	}
	c.Prepay(m)
	c.Send()
	d, err := c.Claims.View(t.Context(), claimstest.Register, c.Claim.ID, strings.ToLower(m.Number), "question by telephone")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]any{
		"name": d.Person.Name(), "city": d.Address.City, "signatures": len(d.Signatures), "fee": d.Fee.Option, "evidence": len(d.Evidence),
		"letter": d.Letter.Ordinal, "prepayments": len(d.Prepayments), "late": d.Late, "award": d.Award == nil, "mails": len(d.Mails) >= 3, "events": len(d.Events) >= 2,
	}
	want := map[string]any{
		"name": participants.FullName(m.Person.FirstNames, m.Person.Infix, m.Person.LastName), "city": m.Person.City, "signatures": 1, "fee": claims.Flat, "evidence": 1,
		"letter": 1, "prepayments": 1, "late": false, "award": true, "mails": true, "events": true,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("dossier (-want +got):\n%s", diff)
	}
	for field, masked := range map[string]string{"name": d.Masked.Name, "e-mail": d.Masked.Email, "address": d.Masked.Address} {
		if masked == "" || strings.Contains(masked, m.Person.LastName) || strings.Contains(masked, m.Person.Street) || strings.Contains(masked, strings.Split(m.Person.Email, "@")[0]) {
			t.Errorf("masked %s = %q, want something that hides it", field, masked)
		}
	}
	looks, err := c.Claims.Looks(t.Context(), m.ParticipationID)
	wantLook := []claims.Look{{At: c.Watch.Now(), Roles: []string{"register"}, Reason: "question by telephone"}}
	if diff := cmp.Diff(wantLook, looks, cmp.Comparer(time.Time.Equal)); diff != "" || err != nil {
		t.Errorf("looks, %v (-want +got):\n%s", err, diff)
	}
	for _, number := range []string{"", "ZM-0000-0000", "nothing", "FB" + m.Number[2:]} {
		if _, err := c.Claims.View(t.Context(), claimstest.Register, c.Claim.ID, number, ""); !errors.Is(err, claims.ErrNotFound) {
			t.Errorf("View(%q) = %v, want %v", number, err, claims.ErrNotFound)
		}
	}
	if _, err := c.Claims.View(t.Context(), claimstest.Register, c.Claim.ID+1, m.Number, ""); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("View in another claim = %v, want %v", err, claims.ErrNotFound)
	}
	if _, err := c.Claims.View(t.Context(), audit.Actor(""), c.Claim.ID, m.Number, ""); err == nil {
		t.Error("a dossier opens for nobody")
	}
}

func TestFigures(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	members := c.JoinWith(3, claims.Flat)
	c.JoinWith(2, claims.Percentage)
	c.Prepay(members[0])
	if _, err := c.Claims.AttachStatement(t.Context(), "participant:1", claims.Owner{ParticipationID: members[1].ParticipationID}, "Here it is."); err != nil {
		t.Fatal(err)
	}
	c.Send()
	c.Watch.Advance(24 * time.Hour)
	c.JoinWith(1, claims.Flat)
	if err := c.Claims.Leave(t.Context(), "participant:1", c.Participation(members[2])); err != nil {
		t.Fatal(err)
	}
	c.Ready(c.Next()) // a draft
	all, err := c.Claims.Figures(t.Context(), c.Claim.ID)
	if err != nil {
		t.Fatal(err)
	}
	f := all[c.Claim.ID]
	got := fmt.Sprint(f.ByStatus, f.ByFee, f.WithEvidence, f.Late, f.Drafts, len(f.SignupsPerDay), f.SignupsPerDay[88].Count, f.SignupsPerDay[89].Count, len(f.Prepayments))
	want := fmt.Sprint(map[participants.Status]int64{"active": 1, "included": 4, "withdrawn": 1}, map[claims.FeeOption]int64{"flat": 3, "percentage": 2}, 1, 1, 1, 90, 5, 1, 1)
	if got != want {
		t.Errorf("figures = %s\nwant %s", got, want)
	}
}

func TestSearchesAreSealed(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	key, err := c.Claims.SaveSearch(t.Context(), 7, "Müller")
	if err != nil {
		t.Fatal(err)
	}
	if term, err := c.Claims.Search(t.Context(), 7, key); err != nil || term != "Müller" {
		t.Errorf("term = %q, %v, want Müller", term, err)
	}
	if strings.Contains(key, "ller") || claimstest.One[bool](c, `SELECT position('ller'::bytea IN term) > 0 FROM register_searches`) {
		t.Error("the name can be read in the key or in the table")
	}
	for name, do := range map[string]func() (string, error){
		"somebody else's": func() (string, error) { return c.Claims.Search(t.Context(), 8, key) },
		"one that is not": func() (string, error) { return c.Claims.Search(t.Context(), 7, "nothing") },
	} {
		if term, err := do(); !errors.Is(err, claims.ErrNotFound) || term != "" {
			t.Errorf("%s = %q, %v, want %v", name, term, err, claims.ErrNotFound)
		}
	}
	c.Watch.Advance(25 * time.Hour)
	if _, err := c.Claims.Search(t.Context(), 7, key); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("an old one = %v, want %v", err, claims.ErrNotFound)
	}
	c.Drain("old-searches")
	if n := claimstest.One[int64](c, `SELECT count(*) FROM register_searches`); n != 0 {
		t.Errorf("%d searches are kept, want none", n)
	}
}

func TestTheExportIsWholeAndSafe(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Crowd(100)
	evil := c.JoinAs(named(c, `=HYPERLINK("http://x","y")`, "", `+cmd|' /C calc'!A0`, "evil@deelnemer.example", "1234 AB"))
	var out bytes.Buffer
	n, err := c.Claims.ExportRegister(t.Context(), claimstest.Register, c.Claim.ID, &out)
	if err != nil || n != 101 {
		t.Fatalf("export of %d rows, %v, want 101", n, err)
	}
	in := csv.NewReader(&out)
	in.FieldsPerRecord = -1
	rows, err := in.ReadAll()
	if err != nil || len(rows) != 103 {
		t.Fatalf("%d lines, %v, want a head, 101 rows and their number", len(rows), err)
	}
	if diff := cmp.Diff([]string{"rows", "101"}, rows[102]); diff != "" {
		t.Errorf("last line (-want +got):\n%s", diff)
	}
	for _, r := range rows[1:102] {
		if r[0] == evil.Number && (r[2] != `'=HYPERLINK("http://x","y")` || r[4] != `'+cmd|' /C calc'!A0` || r[9] != "1234 AB") {
			t.Errorf("row = %q, want its formulas disarmed", r)
		}
		if r[9] == "" || r[6] == "" {
			t.Errorf("row %s lacks its address", r[0])
		}
	}
	if n := claimstest.One[int64](c, `SELECT count(*) FROM audit_events WHERE action = 'register.exported' AND detail->>'rows' = '101'`); n != 1 {
		t.Errorf("%d lines in the log, want 1", n)
	}
	if _, err := c.Claims.ExportRegister(t.Context(), claimstest.Register, c.Claim.ID, broken{}); err == nil {
		t.Error("an export that cannot be written ends well")
	}
}

// broken is a connection that was cut.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("cut") }
