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
	"samenclaim/internal/audit"
	"samenclaim/participants"
)

// named is somebody with a name to look for.
func named(c *claimstest.Case, first, infix, last, email, postcode string) demo.Person {
	p := c.Next()
	p.FirstNames, p.Infix, p.LastName, p.Email, p.Postcode = first, infix, last, email, postcode
	return p
}

func found(t *testing.T, c *claimstest.Case, f claims.Filter) (names []string, page claims.RegisterPage) {
	t.Helper()
	f.ClaimID = c.Claim.ID
	page, err := c.Claims.Register(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range page.Rows {
		names = append(names, r.Name())
	}
	return names, page
}

func TestTheOneSearchBox(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	zoe := c.JoinAs(named(c, "Zoë", "van der", "Müller-Öz", "zoe.muller@deelnemer.example", "1234 AB"))
	c.JoinAs(named(c, "Jan", "de", "Vries", "jan@deelnemer.example", "1234 AB"))
	c.JoinAs(named(c, "Li", "", "Wei", "li@deelnemer.example", "9999 ZZ"))
	c.JoinAs(named(c, "Percy", "", "100%_zeker", "percy@deelnemer.example", "9998 ZZ"))
	const zoeName, jan, li, percy = "Zoë van der Müller-Öz", "Jan de Vries", "Li Wei", "Percy 100%_zeker"
	n := zoe.Number
	tests := []struct {
		name, term, by string
		want           []string
	}{
		{"nothing", "", "", []string{percy, li, jan, zoeName}},
		{"a number", n, "number", []string{zoeName}},
		{"a number typed in a hurry", " " + strings.ToLower(strings.ReplaceAll(n, "-", " ")) + " ", "number", []string{zoeName}},
		{"a number with a slip of the finger", n[:len(n)-1] + slip(n[len(n)-1]), "number", nil},
		{"an e-mail address", "ZOE.Muller@Deelnemer.Example", "email", []string{zoeName}},
		{"an e-mail address nobody has", "niemand@deelnemer.example", "email", nil},
		{"half an e-mail address", "zoe@", "email", nil},
		{"a postcode", "1234ab", "postcode", []string{jan, zoeName}},
		{"a name without its accents", "muller", "name", []string{zoeName}},
		{"a name with accents it does not have", "vriés", "name", []string{jan}},
		{"capitals", "MÜLLER", "name", []string{zoeName}},
		{"the middle of a name", "ulle", "name", []string{zoeName}},
		{"words in another order", "vries, jan", "name", []string{jan}},
		{"words that only one person has together", "van zoe", "name", []string{zoeName}},
		{"a name of two letters", "li", "name", []string{li}},
		{"two letters that only begin a name", "ja", "name", nil},
		{"signs that mean something in a query", "100%_", "name", []string{percy}},
		{"a sign for anything", "%%%", "name", nil},
		{"a quote", "o'; DROP TABLE participants; --", "name", nil},
		{"only commas", " , ; ", "name", nil},
		{"ten letters that could be a number", "margaretha", "name", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, page := found(t, c, claims.Filter{Term: tt.term})
			if diff := cmp.Diff(tt.want, got); diff != "" || page.By != tt.by || page.Total != int64(len(tt.want)) {
				t.Errorf("%q read as %q finds %d (-want +got):\n%s", tt.term, page.By, page.Total, diff)
			}
		})
	}
}

// slip is another character that a number can end with.
func slip(c byte) string {
	if c == '7' {
		return "8"
	}
	return "7"
}

func TestFiltersOfTheRegister(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	join := func(first, option, plan string) claimstest.Member {
		p := c.Next()
		p.FirstNames, p.Infix, p.LastName, p.FeeOption, p.EvidencePlan = first, "", "X", option, plan
		return c.JoinAs(p)
	}
	a, b := join("A", "flat", "later"), join("B", "percentage", "later")
	if _, err := c.Claims.AttachStatement(t.Context(), "participant:2", claims.Owner{ParticipationID: b.ParticipationID}, "I used it at school."); err != nil {
		t.Fatal(err)
	}
	c.Send()
	c.Watch.Advance(time.Minute)
	d := join("D", "flat", "no")
	if err := c.Claims.Leave(t.Context(), "participant:3", c.Participation(d)); err != nil {
		t.Fatal(err)
	}
	c.Exec(`UPDATE participations SET review_mark = 'twice the same address', country = 'BE' WHERE id = ?`, a.ParticipationID)
	for _, tt := range []struct {
		name   string
		filter claims.Filter
		want   []string
	}{
		{"state included", claims.Filter{Status: "included"}, []string{"B X", "A X"}},
		{"state withdrawn", claims.Filter{Status: "withdrawn"}, []string{"D X"}},
		{"flat fee", claims.Filter{FeeOption: "flat"}, []string{"D X", "A X"}},
		{"with evidence", claims.Filter{Evidence: "yes"}, []string{"B X"}},
		{"without evidence", claims.Filter{Evidence: "no"}, []string{"D X", "A X"}},
		{"promised evidence", claims.Filter{Evidence: "later"}, []string{"A X"}},
		{"late", claims.Filter{Late: "yes"}, []string{"D X"}},
		{"in time", claims.Filter{Late: "no"}, []string{"B X", "A X"}},
		{"marked", claims.Filter{Mark: "yes"}, []string{"A X"}},
		{"not marked", claims.Filter{Mark: "no"}, []string{"D X", "B X"}},
		{"country", claims.Filter{Country: "BE"}, []string{"A X"}},
		{"abroad", claims.Filter{Country: "other"}, []string{"A X"}},
		{"at home", claims.Filter{Country: "NL"}, []string{"D X", "B X"}},
		{"two at once", claims.Filter{Status: "included", FeeOption: "percentage"}, []string{"B X"}},
		{"with a term", claims.Filter{Late: "no", Term: a.Person.Email}, []string{"A X"}},
		{"none", claims.Filter{Status: "paid"}, nil},
		{"a state that does not exist", claims.Filter{Status: "' OR true --"}, nil},
	} {
		got, page := found(t, c, tt.filter)
		if diff := cmp.Diff(tt.want, got); diff != "" || page.Total != int64(len(tt.want)) {
			t.Errorf("%s finds %d (-want +got):\n%s", tt.name, page.Total, diff)
		}
	}
	_, page := found(t, c, claims.Filter{Evidence: "yes"})
	r := page.Rows[0]
	if r.Number != b.Number || r.Evidence != 1 || r.Late || r.Status != participants.Included || r.FeeOption != claims.Percentage || r.Email != b.Person.Email {
		t.Errorf("row = %+v, want that of %s", r, b.Number)
	}
}

func TestLeafingThroughTheRegister(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Crowd(120)
	var forward, back []string
	_, page := found(t, c, claims.Filter{})
	for {
		for _, r := range page.Rows {
			forward = append(forward, r.Number)
		}
		if !page.More {
			break
		}
		_, page = found(t, c, claims.Filter{AfterID: page.Rows[len(page.Rows)-1].ID})
		if !page.Before || page.Total != 120 {
			t.Errorf("a later page has before %v and total %d, want true and 120", page.Before, page.Total)
		}
	}
	for {
		var numbers []string
		for _, r := range page.Rows {
			numbers = append(numbers, r.Number)
		}
		back = append(numbers, back...)
		if !page.Before {
			break
		}
		_, page = found(t, c, claims.Filter{BeforeID: page.Rows[0].ID})
		if !page.More {
			t.Error("an earlier page has none after it")
		}
	}
	if len(forward) != 120 || cmp.Diff(forward, back) != "" {
		t.Errorf("%d rows forward and %d back, want the same 120", len(forward), len(back))
	}
}

func TestTheTotalIsAMinuteOldAtMost(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	_, before := found(t, c, claims.Filter{})
	c.Join(1)
	if names, page := found(t, c, claims.Filter{}); page.Total != 1 || len(names) != 2 || !page.TotalAt.Equal(before.TotalAt) {
		t.Errorf("total = %d of %d rows at once after, want the 1 that was counted", page.Total, len(names))
	}
	c.Watch.Advance(61 * time.Second)
	if _, page := found(t, c, claims.Filter{}); page.Total != 2 || !page.TotalAt.Equal(c.Watch.Now()) {
		t.Errorf("total = %d a minute later, want 2", page.Total)
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
	f, err := c.Claims.Figures(t.Context(), c.Claim.ID)
	if err != nil {
		t.Fatal(err)
	}
	got := fmt.Sprint(f.ByStatus, f.ByFee, f.WithEvidence, f.Late, f.Drafts, len(f.SignupsPerDay), f.SignupsPerDay[88].Count, f.SignupsPerDay[89].Count, len(f.Prepayments))
	want := fmt.Sprint(map[participants.Status]int64{"active": 1, "included": 4, "withdrawn": 1}, map[claims.FeeOption]int64{"flat": 3, "percentage": 2}, 1, 1, 1, 90, 5, 1, 1)
	if got != want {
		t.Errorf("figures = %s\nwant %s", got, want)
	}
}
