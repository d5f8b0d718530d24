package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"mime/multipart"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/web/staff"
)

// TestEveryHostileRequestIsTried goes through the requests that broke other programs, which are no
// value of a field: each is tried by the test that testdata/requests.json names.
func TestEveryHostileRequestIsTried(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("testdata/requests.json")
	must(t, err)
	var all []struct{ ID, Test string }
	must(t, json.Unmarshal(content, &all))
	if len(all) != 39 {
		t.Fatalf("%d requests, want 39", len(all))
	}
	tests := map[string]bool{}
	must(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == "node_modules" {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path) //nolint:gosec // our own sources
		for _, m := range testNames.FindAllSubmatch(source, -1) {
			tests[string(m[1])] = true
		}
		return err
	}))
	for i, tt := range all {
		if tt.ID != fmt.Sprintf("Q%02d", i+1) || !tests[tt.Test] {
			t.Errorf("%s is tried by %s, and there is no such test", tt.ID, tt.Test)
		}
	}
}

var testNames = regexp.MustCompile(`(?m)^func (Test\w+)\(t \*testing\.T\)`)

func TestALogInLeadsToNoOtherPlace(t *testing.T) {
	t.Parallel()
	s, _, _, _ := joined(t, claims.Flat)
	for i, next := range []string{"//evil.example", `/\evil.example`, "/%09/evil.example", "https:evil.example", "javascript:alert(1)"} {
		c := s.visitor(t)
		c.ip = fmt.Sprint("198.51.100.", i+1)
		for _, name := range []string{"next", "terug", "return", "url"} {
			p := c.get("/nl/mijn/inloggen?" + url.Values{name: {next}}.Encode())
			if strings.Contains(p.Body, "evil.example") || strings.Contains(p.Body, "javascript:") || strings.Contains(p.Place, "evil") {
				t.Errorf("Q0%d: %s=%q stands on the page or in the redirect %q", i+1, name, next, p.Place)
			}
		}
	}
}

func TestForwardedNamesAndSchemesHaveNoEffect(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.head["X-Forwarded-Host"], c.head["X-Forwarded-Proto"], c.head["Forwarded"] = "evil.example", "http", "host=evil.example;proto=http"
	c.walk("code", "host@deelnemer.example", "flat")
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE data::text LIKE '%evil.example%' OR data::text LIKE '%http://%'`); n != 0 {
		t.Errorf("Q07, Q09: %d mails lead elsewhere", n)
	}
	if p := c.get("/nl/zoom"); strings.Contains(p.Body, "evil.example") || p.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("Q07, Q09: the page believes a stranger")
	}
}

func TestAPaymentOfSomebodyElseChangesNothing(t *testing.T) {
	t.Parallel()
	s, _, first, home := joined(t, claims.Flat)
	other, theirs := s.as(s.JoinWith(1, claims.Flat)[0])
	first.post(home + "/betalen").want(303)
	other.post(theirs + "/betalen").want(303)
	mine := s.count(t, `SELECT min(id) FROM prepayments`)
	var ref string
	must(t, s.pool.QueryRow(t.Context(), `SELECT ref FROM prepayments WHERE id = $1`, mine).Scan(&ref))
	if p := other.get(theirs + "/betaling/" + ref); p.Status != 404 {
		t.Errorf("Q14: the payment of another person answers %d, want 404", p.Status)
	}
	for _, id := range []string{"../refunds/re_1", "tr_a&id=tr_b", "tr_UNKNOWN"} {
		if p := s.visitor(t).send("/webhooks/mollie", url.Values{"id": {id}}); p.Status != 200 || p.Body != "" {
			t.Errorf("Q10 to Q12: %q answers %d %q", id, p.Status, p.Body)
		}
	}
	if n := s.count(t, `SELECT count(*) FROM prepayments WHERE status <> 'open'`); n != 0 {
		t.Errorf("Q10 to Q14: %d payments changed", n)
	}
}

func TestAMethodIsNotOverridden(t *testing.T) {
	t.Parallel()
	s, _, b, home := joined(t, claims.Flat)
	before := s.count(t, `SELECT count(*) FROM audit_events`)
	for _, method := range []string{"GET", "DELETE", "PUT"} {
		b.head["X-HTTP-Method-Override"] = method
		if p := b.send(home+"/vergoeding", url.Values{"_method": {method}, "option": {"percentage"}}); p.Status != 403 {
			t.Errorf("Q22: _method=%s without a token answers %d, want 403", method, p.Status)
		}
	}
	if after := s.count(t, `SELECT count(*) FROM audit_events`); after != before {
		t.Errorf("Q22: %d things were done", after-before)
	}
}

func TestAddressesWrittenOtherwiseShowNothing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.join(t, "anna@deelnemer.example", "flat")
	clerk, stranger := s.staffMember(t, staff.Register), s.visitor(t)
	if p := clerk.get("/nl/beheer/zoom/register"); p.Status != 200 {
		t.Fatalf("the register answers %d", p.Status)
	}
	for _, path := range []string{"/nl/beheer%2Fzoom%2Fregister", "//nl/beheer/zoom/register", "/nl/Beheer/zoom/register", "/nl/beheer/zoom/register/", "/nl/./beheer/zoom/register", "/nl/x/../beheer/zoom/register", "/nl/beheer/zoom/register;x"} {
		if p := stranger.get(path); p.Status < 300 || p.Status >= 500 || strings.Contains(p.Body, "ZM-") {
			t.Errorf("Q23: %s answers %d", path, p.Status)
		}
	}
}

func TestAFieldNobodyAskedForChangesNothing(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	other := s.JoinWith(1, claims.Flat)[0]
	b.post(home+"/bewijs/verklaring", "statement", "Ik gebruikte het voor mijn werk.", "is_staff", "1", "status", "paid", "participant_id", fmt.Sprint(other.ParticipantID), "participation_id", fmt.Sprint(other.ParticipationID))
	if n := s.count(t, `SELECT count(*) FROM evidence WHERE participation_id <> $1`, m.ParticipationID); n != 0 {
		t.Errorf("Q25: %d statements went to somebody else", n)
	}
	if n := s.count(t, `SELECT count(*) FROM participations WHERE status <> 'active'`); n != 0 {
		t.Errorf("Q25: %d participations changed", n)
	}
}

func TestBodiesOfAnotherKindAreRefused(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("naam", "anna@deelnemer.example", "flat")
	token := form(c.get(joinURL + "/naam")).Get("csrf")
	for name, kind := range map[string]string{"JSON": "application/json", "plain text": "text/plain"} {
		if p := c.do("POST", joinURL+"/naam", strings.NewReader(`{"csrf":"`+token+`","last_name":"A","last_name":"B"}`), kind); p.Status < 400 || p.Status >= 500 {
			t.Errorf("Q21, Q26: %s answers %d, want a refusal", name, p.Status)
		}
	}
	if p := c.do("POST", joinURL+"/naam", bytes.NewReader(make([]byte, 50<<20)), "application/x-www-form-urlencoded"); p.Status != 413 {
		t.Errorf("Q27: 50 MB to a small form answers %d, want 413", p.Status)
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for i := range 10_000 {
		must(t, w.WriteField(fmt.Sprint("f", i), "x"))
	}
	must(t, w.Close())
	if p := c.do("POST", joinURL+"/naam", &b, w.FormDataContentType()); p.Status < 400 || p.Status >= 500 {
		t.Errorf("Q29: ten thousand parts answer %d, want a refusal", p.Status)
	}
	if p := s.staffMember(t, staff.Register).get("/nl/beheer/zoom/register?status=active&status=paid"); p.Status != 400 {
		t.Errorf("Q24: a question asked twice answers %d, want 400", p.Status)
	}
}

func TestEvidenceIsGivenWholeAndToItsOwnerOnly(t *testing.T) {
	t.Parallel()
	s, _, b, home := joined(t, claims.Flat)
	other, theirs := s.as(s.JoinWith(1, claims.Flat)[0])
	b.upload(home+"/bewijs", home+"/bewijs", "file", "brief.pdf", []byte("%PDF-1.4\n%%EOF\n")).want(303)
	var ref string
	must(t, s.pool.QueryRow(t.Context(), `SELECT ref FROM evidence`).Scan(&ref))
	ranges := make([]string, 5000)
	for i := range ranges {
		ranges[i] = fmt.Sprintf("%d-%d", i%9, i%9)
	}
	b.head["Range"] = "bytes=" + strings.Join(ranges, ",")
	if p := b.get(home + "/bewijs/" + ref + "/download"); p.Status != 200 && p.Status != 416 {
		t.Errorf("Q30: five thousand ranges answer %d, want 200 or 416", p.Status)
	}
	other.head["If-None-Match"] = "*"
	for _, path := range []string{home + "/bewijs/" + ref + "/download", theirs + "/bewijs/" + ref + "/download"} {
		if p := other.get(path); p.Status != 404 {
			t.Errorf("Q31: the evidence of another person answers %d, want 404", p.Status)
		}
	}
}

func TestTwoTabsChooseDifferentFees(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("vergoeding", "anna@deelnemer.example", "")
	first := form(c.get(joinURL+"/vergoeding"), "fee", "flat")
	second := form(c.get(joinURL+"/vergoeding"), "fee", "percentage")
	c.send(joinURL+"/vergoeding", first).want(303)
	c.send(joinURL+"/vergoeding", second).want(303)
	if p := c.get(joinURL + "/controle"); strings.Count(p.text(), "20%") == 0 {
		t.Errorf("Q35: the page shows another choice than the one made last: %s", p.text())
	}
}

func TestAMomentThatDoesNotExistIsRefused(t *testing.T) {
	t.Parallel()
	for typed, want := range map[[2]string]string{
		{"2026-03-29", "01:59"}: "2026-03-29T01:59:00+01:00",
		{"2026-03-29", "02:30"}: "", // Q39: the clock goes from two to three
		{"2026-03-29", "03:00"}: "2026-03-29T03:00:00+02:00",
		{"2026-10-25", "01:30"}: "2026-10-25T01:30:00+02:00",
		{"2026-10-25", "03:00"}: "2026-10-25T03:00:00+01:00",
	} {
		got, err := deliverForm{Date: typed[0], Time: typed[1]}.moment()
		if want == "" && err == nil || want != "" && (err != nil || got.Format(time.RFC3339) != want) {
			t.Errorf("%v = %s, %v, want %q", typed, got, err, want)
		}
	}
	// Q38: half past two comes twice; what is kept is one of both, and is shown with its zone.
	got, err := deliverForm{Date: "2026-10-25", Time: "02:30"}.moment()
	if name, _ := got.Zone(); err != nil || name != "CEST" && name != "CET" {
		t.Errorf("half past two in October = %s, %v", got, err)
	}
}

// TestNaughtyStringsOfStaff puts strings that broke other programs into the text fields of the back office.
func TestNaughtyStringsOfStaff(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	texts := hostile(t)
	lawyer, admin := o.member(t, "lawyer"), o.member(t, "admin")
	const base = "/nl/beheer/zoom"
	for n, f := range []struct {
		who        *client
		from, path string
		fields     []string
	}{
		{lawyer, base + "/register", base + "/register/zoek", []string{"term"}},
		{lawyer, base + "/nieuws/nieuw", base + "/nieuws/nieuw", []string{"title_nl", "title_en", "body_nl", "body_en"}},
		{lawyer, base + "/nieuws/nieuw", base + "/nieuws/nieuw", []string{"kind", "groups", "reads", "request_id"}},
		{lawyer, base + "/zaak", base + "/zaak/stap", []string{"to", "reason"}},
		{admin, "/nl/beheer/medewerkers", "/nl/beheer/medewerkers", []string{"name", "email", "roles"}},
		{lawyer, base + "/schikking", base + "/schikking", []string{"pot", "reference", "kind", "note", "agreed-day", "agreed-month", "agreed-year"}},
	} {
		values := form(f.who.get(f.from))
		for i := n % 4; i < len(texts); i += 4 { // every field sees every fourth, each form begins at another
			for j, field := range f.fields {
				values.Set(field, texts[(i+j)%len(texts)])
			}
			p := f.who.send(f.path, values)
			if p.Status >= 500 || p.Status == 403 || strings.Contains(p.Body, "<script>alert") || strings.Contains(p.Body, "<img src=x") {
				t.Fatalf("%s with %q: %d", f.path, texts[i], p.Status)
			}
		}
	}
}
