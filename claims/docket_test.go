package claims_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/claims/letter"
)

// writtenPDF is a PDF that says something.
func writtenPDF(t *testing.T, words string) []byte {
	t.Helper()
	pdf, err := letter.PDF(letter.Document{Lang: letter.Dutch, Title: "Stuk", Blocks: []letter.Block{{Kind: letter.KindTitle, Text: "Stuk"}, {Kind: letter.KindText, Text: words}}})
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

func step(c *claimstest.Case, s claims.Step, on, until, organisation string) error {
	e := claims.Entry{Step: s, OnDay: day(on), Note: "stuk", Organisation: organisation, Document: writtenPDF(c.TB.(*testing.T), "Dagvaarding zonder namen"), RequestID: fmt.Sprint(s, on, until)}
	if until != "" {
		last := day(until)
		e.Until = &last
	}
	return c.Claims.RecordStep(c.Ctx(), claimstest.Lawyer, c.Claim.ID, e)
}

// dues prints the days that follow from a docket.
func dues(c *claimstest.Case) (all []string) {
	c.Helper()
	_, days, err := c.Claims.Docket(c.Ctx(), c.Claim.ID)
	if err != nil {
		c.Fatal(err)
	}
	for _, d := range days {
		line := d.Term + " " + d.DueOn.Format(time.DateOnly)
		if d.Done != nil {
			line += " done"
		}
		all = append(all, line)
	}
	return all
}

func TestTheDocketReckonsItsDays(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	on(c, "2026-12-01")
	if err := step(c, claims.Registered, "2026-12-01", "", ""); !errors.Is(err, claims.ErrStep) {
		t.Errorf("registered before it was served = %v, want ErrStep", err)
	}
	walk := func(s claims.Step, today, at, until, organisation string, want ...string) {
		t.Helper()
		on(c, today)
		if err := step(c, s, at, until, organisation); err != nil {
			t.Fatalf("%s = %v", s, err)
		}
		if diff := cmp.Diff(want, dues(c)); diff != "" {
			t.Errorf("after %s (-want +got):\n%s", s, diff)
		}
	}
	walk(claims.Served, "2026-12-01", "2026-11-30", "", "", "register 2026-12-02")
	if p := until(c, m); p.By == nil || p.By.Kind != claims.ByWrit || p.Until.Format(time.DateOnly) != "2031-11-30" {
		t.Errorf("who had signed is preserved %+v, want by the writ", p)
	}
	walk(claims.Served, "2026-12-01", "2026-11-29", "", "", "register 2026-12-01") // a mistake is put right
	if got := until(c, m).Until.Format(time.DateOnly); got != "2031-11-29" {
		t.Errorf("after the writ turned out to be earlier: preserved until %s, want 2031-11-29", got)
	}
	walk(claims.Served, "2026-12-01", "2026-12-01", "", "", "register 2026-12-03") // and once more
	if got := until(c, m).Until.Format(time.DateOnly); got != "2031-12-01" {
		t.Errorf("after the writ was put right: preserved until %s, want 2031-12-01", got)
	}
	walk(claims.Registered, "2026-12-02", "2026-12-02", "", "", "register 2026-12-03 done", "ask_longer 2027-01-02", "others 2027-03-02")
	for _, tt := range []struct {
		name, until string
	}{{"shorter than the law", "2027-03-01"}, {"longer than the law", "2027-06-03"}, {"without a day", ""}} {
		if err := step(c, claims.Prolonged, "2026-12-02", tt.until, ""); !errors.Is(err, claims.ErrStepUntil) {
			t.Errorf("prolonged %s = %v, want ErrStepUntil", tt.name, err)
		}
	}
	walk(claims.Prolonged, "2026-12-20", "2026-12-20", "2027-06-02", "", "register 2026-12-03 done", "ask_longer 2027-01-02", "others_longer 2027-06-02")
	if err := step(c, claims.Exclusive, "2026-12-20", "", " "); !errors.Is(err, claims.ErrStep) {
		t.Errorf("nobody represents all = %v, want ErrStep", err)
	}
	if err := step(c, claims.OptOut, "2026-12-20", "2027-12-20", ""); !errors.Is(err, claims.ErrStep) {
		t.Errorf("stepping out before somebody represents all = %v, want ErrStep", err)
	}
	walk(claims.Exclusive, "2026-12-20", "2026-12-20", "", "Stichting De Lantaarn", "register 2026-12-03 done", "ask_longer 2027-01-02", "others_longer 2027-06-02")
	if err := step(c, claims.OptOut, "2026-12-20", "2027-01-19", ""); !errors.Is(err, claims.ErrStepUntil) {
		t.Errorf("less than a month to step out = %v, want ErrStepUntil", err)
	}
	walk(claims.OptOut, "2026-12-20", "2026-12-20", "2027-01-20", "", "register 2026-12-03 done", "ask_longer 2027-01-02", "opt_out 2027-01-20", "others_longer 2027-06-02")
	for _, at := range []string{"2026-12-21", "2026-12-19"} {
		if err := step(c, claims.OptIn, at, "2027-05-01", ""); !errors.Is(err, claims.ErrStepDay) {
			t.Errorf("a step of %s = %v, want ErrStepDay", at, err)
		}
	}
	if err := step(c, claims.OptOut, "2026-12-20", "2027-01-20", ""); err != nil {
		t.Errorf("sent twice = %v", err)
	}
	if n := claimstest.One[int64](c, `SELECT count(*) FROM docket_entries`); n != 7 {
		t.Errorf("%d entries, want 7: one sent twice", n)
	}
	if _, err := c.Owner(t).Exec(t.Context(), `UPDATE docket_entries SET on_day = '2026-11-01'`); err == nil {
		t.Error("the owner of the table can change the docket")
	}
}

func TestStaffAreRemindedOfTheDocket(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	on(c, "2026-12-01")
	due := func() (terms []string) {
		t.Helper()
		c.Drain("docket")
		all, err := c.Claims.DocketDue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range all {
			terms = append(terms, fmt.Sprint(d.Term, " ", d.DaysLeft(c.Watch.Now())))
		}
		return terms
	}
	look := func(today string, want ...string) {
		t.Helper()
		on(c, today)
		if diff := cmp.Diff(want, due()); diff != "" {
			t.Errorf("on %s (-want +got):\n%s", today, diff)
		}
	}
	look("2026-12-01")
	if err := step(c, claims.Served, "2026-12-01", "", ""); err != nil {
		t.Fatal(err)
	}
	look("2026-12-01", "register 2")
	look("2026-12-05", "register -2") // until it is done
	if err := step(c, claims.Registered, "2026-12-05", "", ""); err != nil {
		t.Fatal(err)
	}
	look("2026-12-05")
	look("2026-12-30", "ask_longer 6")
	look("2027-01-06")
	look("2027-02-25", "others 8")
	look("2027-03-06")
	if n := claimstest.One[int64](c, `SELECT count(*) FROM audit_events WHERE action = 'docket.near'`); n != 3 {
		t.Errorf("the log was told %d times, want 3: once of each day", n)
	}
}

func TestTheRegisterIsToldNoNames(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(2)
	c.Send()
	c.Arrive(1)
	if err := step(c, claims.Served, "2026-11-02", "", ""); err != nil {
		t.Fatal(err)
	}
	f, err := c.Claims.Foundation(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r, err := c.Claims.RegisterCopy(t.Context(), c.Claim)
	if err != nil || r.Mandates != 2 || len(r.Facts) != 14 || len(r.Letters) != 1 || r.Letters[0].DeliveredOn != "2026-11-02" || r.ServedOn != "2026-11-02" {
		t.Errorf("copy = %+v, %v", r, err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{f.SignatoryName, m[0].Person.LastName, m[0].Number, m[1].Person.Email}
	for _, p := range f.PeopleList() {
		names = append(names, p.Name)
	}
	for _, name := range names {
		if strings.Contains(string(text), name) {
			t.Errorf("the copy names %q", name)
		}
	}
	e := claims.Entry{Step: claims.Registered, OnDay: day("2026-11-02"), Note: "inschrijving", RequestID: "r"}
	for _, tt := range []struct {
		name     string
		document []byte
		want     error
	}{
		{"with the name of who signs", writtenPDF(t, "Namens de stichting tekent "+strings.ToUpper(f.SignatoryName)+" deze dagvaarding."), claims.ErrNamesPeople},
		{"as a picture", proofPNG, claims.ErrNoText},
		{"without names", writtenPDF(t, "Namens de stichting tekent het bestuur."), nil},
	} {
		e.Document = tt.document
		if err := c.Claims.RecordStep(t.Context(), claimstest.Lawyer, c.Claim.ID, e); !errors.Is(err, tt.want) {
			t.Errorf("a copy %s = %v, want %v", tt.name, err, tt.want)
		}
	}
}
