package web

import (
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/web/staff"
)

const reportPage = "/nl" + reportPath

// aDeath is a report without the address of who makes it.
var aDeath = []string{
	"kind", "death", "name", "Gerrit Overleden", "born-day", "27", "born-month", "3", "born-year", "1950",
	"died-day", "20", "died-month", "10", "died-year", "2026", "by", "Hanna Erfgenaam", "relation", "child",
}

func (s *site) reportCode(t testing.TB) string {
	t.Helper()
	return s.word(t, `SELECT data->>'Code' FROM outbox WHERE template = 'report_code' ORDER BY id DESC LIMIT 1`)
}

func TestADeathIsReportedAndRecorded(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	if p := b.get(home).want(200); !strings.Contains(p.Body, reportPage) {
		t.Error("the foot of the page does not lead to the report")
	}
	c := s.visitor(t)
	c.get("/nl/zoom").want(200, reportPage)
	c.get(reportPage + "/code").goes(reportPage)
	c.post(reportPage).want(422, "Kies wat u wilt melden", "Vul de naam in", "Vul uw naam in", "Kies wat u van deze persoon bent")
	with := func(more ...string) []string { // in place of what the report says
		pairs := append([]string{}, more...)
		for i := 0; i < len(aDeath); i += 2 {
			if !slices.Contains(more, aDeath[i]) {
				pairs = append(pairs, aDeath[i], aDeath[i+1])
			}
		}
		return pairs
	}
	c.post(reportPage, with("email", "hanna@", "number", "ZM-1111-1111", "died-day", "31", "died-month", "2")...).
		want(422, "Dit deelnemersnummer klopt niet", "Vul een datum in die bestaat", `value="hanna@"`, `value="Gerrit Overleden"`, `value="ZM-1111-1111"`)
	c.post(reportPage, with("email", "hanna@proef.example", "born-day", "", "born-month", "", "born-year", "")...).want(422, "Vul het deelnemersnummer, de geboortedatum of het adres in", `value="Hanna Erfgenaam"`)
	c.post(reportPage, with("email", "hanna@proef.example", "died-year", "2027")...).want(422, "De dag kan niet in de toekomst liggen")
	if n := s.count(t, `SELECT count(*) FROM reports`); n != 0 {
		t.Errorf("%d reports are half saved", n)
	}
	c.post(reportPage, with("email", "hanna@proef.example", "number", strings.ToLower(m.Number))...).goes(reportPage + "/code")
	c.post(reportPage+"/code", "code", "12").want(422)
	values := form(c.get(reportPage+"/code"), "code", s.reportCode(t))
	for status, n := range c.eightAtOnce(reportPage+"/code", values) {
		if status != 303 {
			t.Errorf("%d of eight ended with %d, want 303", n, status)
		}
	}
	c.get(reportPage+"/klaar").want(200, "Uw melding is binnen")
	if n := s.count(t, `SELECT count(*) FROM reports WHERE status = 'open'`); n != 1 {
		t.Errorf("%d reports for staff, want one", n)
	}

	o := officeOf(t, s.Case)
	desk := o.member(t, staff.Register)
	desk.get("/nl/beheer").want(200, "1 melding over een deelnemer wacht")
	one := reportsDesk + "/" + s.word(t, `SELECT ref FROM reports`)
	if p := desk.get("/nl"+reportsDesk).want(200, one); strings.Contains(p.Body, "Gerrit") {
		t.Error("the list tells names")
	}
	page := "/nl" + one
	desk.get(page).want(200, "Gerrit Overleden", "27 maart 1950", "20 oktober 2026", "Hanna Erfgenaam", `value="`+m.Number+`"`)
	desk.postFrom(page, page+"/sluiten", "outcome", "recorded").want(422, "Koppel de melding eerst")
	desk.postFrom(page, page+"/koppelen", "number", "x").want(422, "Dit deelnemersnummer klopt niet")
	desk.postFrom(page, page+"/koppelen", "number", "ZM-2222-2224").want(422)
	record := "/nl/beheer/zoom/deelname/" + m.Number + "/vertegenwoordiging"
	desk.postFrom(page, page+"/koppelen", "number", m.Number).goes(record + "?melding=" + s.word(t, `SELECT ref FROM reports`))
	desk.get(record+"?melding="+s.word(t, `SELECT ref FROM reports`)).want(200, `value="2026-10-20"`, `value="Hanna Erfgenaam"`, `value="hanna@proef.example"`)
	desk.get(record + "?melding=NOSUCHREPORT").want(404)
	desk.postFrom(page, page+"/sluiten", "outcome", "recorded").goes("/nl" + reportsDesk)
	desk.get(page).want(200, "Gerrit Overleden")
	desk.get("/nl"+reportsDesk).want(200, "Vastgelegd bij de deelname")
}

func TestWhoCannotTakePartIsLedToTheNews(t *testing.T) {
	t.Parallel()
	s, _, _, _ := joined(t, claims.Flat)
	dead := joinURL + "/kan-niet/jonger"
	if p := s.visitor(t).get(dead).want(200); strings.Contains(p.Body, "#nieuws") {
		t.Error("the page leads to news that there is not")
	}
	s.Publish(claims.DraftNews{TitleNL: "a", TitleEN: "a", BodyNL: "b", BodyEN: "b", RequestID: "x"})
	s.visitor(t).get(dead).want(200, "geen account voor nodig", `/nl/zoom#nieuws`)
}

// TestNaughtyReports puts each of the 515 strings into each field of a report.
func TestNaughtyReports(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("testdata/blns.json")
	must(t, err)
	var all []string
	must(t, json.Unmarshal(content, &all))
	s := setup(t)
	c := s.visitor(t)
	token := form(c.get(reportPage)).Get("csrf")
	fields := []string{"name", "number", "born-day", "born-month", "born-year", "address", "died-day", "died-month", "died-year", "by", "email", "relation", "kind"}
	for i, text := range append(all, strange...) {
		sent := url.Values{"csrf": {token}}
		for j, field := range fields {
			sent.Set(field, all[(i+j)%len(all)]) // in turn: every field sees every string
		}
		kept := url.Values{"csrf": {token}, "email": {"n" + itoa(int64(i)) + "@proef.example"}}
		for j := 0; j < len(aDeath); j += 2 {
			kept.Set(aDeath[j], aDeath[j+1])
		}
		kept.Set("name", text)
		kept.Set("by", text)
		kept.Set("address", text)
		for _, values := range []url.Values{sent, kept} {
			p := c.send(reportPage, values)
			if p.Status >= 500 || strings.Contains(p.Body, "<script>alert") || strings.Contains(p.Body, "<img src=x") {
				t.Errorf("%q: %d", text, p.Status)
			}
		}
	}
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE template = 'report_code'`); n < 100 {
		t.Errorf("%d reports were taken: the test looks at nothing", n)
	}
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE recipient ~ '[\r\n,<>]'`); n != 0 {
		t.Errorf("%d mails go where nobody asked for", n)
	}
}

// TestReportFlood: the limits of codes hold for reports as for everything that mails one.
func TestReportFlood(t *testing.T) {
	t.Parallel()
	s := setup(t).strict()
	c := s.visitor(t)
	values := form(c.get(reportPage), append(append([]string{}, aDeath...), "email", "hanna@proef.example")...)
	for range 50 {
		if p := c.send(reportPage, values); p.Status >= 500 {
			t.Fatalf("status %d", p.Status)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE template = 'report_code'`); n > 3 {
		t.Errorf("%d codes to one address, want three at most", n)
	}
}
