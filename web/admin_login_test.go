package web

import (
	"context"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"samenclaim/internal/audit"
	"samenclaim/web/staff"
)

func newRequest(method, path string) *request { return httptest.NewRequest(method, path, nil) }
func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }
func itoa(n int64) string                     { return strconv.FormatInt(n, 10) }

// invite makes an account and its invitation.
func (s *site) invite(t testing.TB, roles ...staff.Role) (string, staff.Invitation) {
	t.Helper()
	email := "jan" + itoa(int64(s.count(t, `SELECT count(*) FROM staff`))) + "@claim.example"
	inv, err := s.staff.Add(context.Background(), audit.System("test"), email, "Jan Jansen", "nl", roles)
	must(t, err)
	return email, inv
}

func (c *client) acceptAndLogIn(inv staff.Invitation) {
	c.t.Helper()
	path := "/nl/beheer/uitnodiging/" + inv.Token
	c.post(path, "password", testPassword, "again", testPassword, "code", c.site.otp(c.t, inv.Token)).goes("/nl/beheer/inloggen")
	c.site.data.Watch.Advance(30 * time.Second)
	c.logIn(inv)
}

func (c *client) logIn(inv staff.Invitation) {
	c.t.Helper()
	var email string
	must(c.t, c.site.pool.QueryRow(context.Background(), `SELECT email FROM staff WHERE id = $1`, inv.StaffID).Scan(&email))
	c.post("/nl/beheer/inloggen", "email", email, "password", testPassword).goes("/nl/beheer/tweede-stap")
	c.post("/nl/beheer/tweede-stap", "code", c.site.otp(c.t, inv.Token)).goes("/nl/beheer")
}

func TestSomebodyIsInvitedAndLogsIn(t *testing.T) {
	t.Parallel()
	s := setup(t)
	admin := s.staffMember(t, staff.Admin)
	admin.post("/nl/beheer/medewerkers", "name", "", "email", "x").want(422, "Vul een naam in", "Kies minstens één rol", `value="x"`)
	admin.post("/nl/beheer/medewerkers", "name", "Bea", "email", "x", "roles", "lawyer").want(422, "naam@voorbeeld.nl")
	admin.post("/nl/beheer/medewerkers", "name", "Bea", "email", "bea@claim.example", "roles", "king").want(422, "Kies minstens één rol")
	admin.post("/nl/beheer/medewerkers", "name", "Bea", "email", "Bea@claim.example", "roles", "lawyer", "roles", "board").goes("/nl/beheer/medewerkers")
	admin.get("/nl/beheer/medewerkers").want(200, "Bea", "uitgenodigd")
	admin.post("/nl/beheer/medewerkers", "name", "Bea", "email", "bea@claim.example", "roles", "lawyer").want(422, "al een account")
	var link string
	must(t, s.pool.QueryRow(t.Context(), `SELECT data->>'Link' FROM outbox WHERE recipient = 'bea@claim.example'`).Scan(&link))
	path, token := link[len(testBase):], link[len(link)-26:]

	c := s.visitor(t)
	c.get(path).want(200, "Welkom, Bea")
	c.post(path, "password", "kort", "again", "kort", "code", s.otp(t, token)).want(422, "minstens 15 tekens")
	c.post(path, "password", "qwertyuiopasdfghjkl", "again", "qwertyuiopasdfghjkl", "code", s.otp(t, token)).want(422, "te makkelijk")
	c.post(path, "password", testPassword, "again", "anders", "code", s.otp(t, token)).want(422, "niet gelijk")
	c.post(path, "password", testPassword, "again", testPassword, "code", "000000").want(422, "Deze code klopt niet")
	c.post(path, "password", testPassword, "again", testPassword, "code", s.otp(t, token)).goes("/nl/beheer/inloggen")
	c.get("/nl/beheer/inloggen").want(200, "Uw account is klaar")
	c.get(path).want(410, "werkt niet meer")

	c.get("/nl/beheer/tweede-stap").goes("/nl/beheer/inloggen")
	c.post("/nl/beheer/inloggen", "email", "bea@claim.example", "password", testPassword).goes("/nl/beheer/tweede-stap")
	c.post("/nl/beheer/tweede-stap", "code", s.otp(t, token)).want(422, "Deze code klopt niet") // used when the account was set up
	s.data.Watch.Advance(30 * time.Second)
	c.post("/nl/beheer/tweede-stap", "code", s.otp(t, token)).goes("/nl/beheer")
	c.get("/nl/beheer").want(200, "Bea", "advocaat, bestuur")
	if n := s.count(t, `SELECT count(*) FROM audit_events WHERE action IN ('staff.added', 'staff.accepted', 'staff.logged_in')`); n != 4 {
		t.Errorf("lines in the log = %d, want 4", n)
	}
}

func TestAnInvitationIsTooOldAfterThreeDays(t *testing.T) {
	t.Parallel()
	s := setup(t)
	_, inv := s.invite(t, staff.Lawyer)
	s.data.Watch.Advance(72*time.Hour + time.Second)
	s.visitor(t).get("/nl/beheer/uitnodiging/"+inv.Token).want(410, "werkt niet meer")
}

func TestUnknownAndKnownAccountsAnswerTheSame(t *testing.T) {
	t.Parallel()
	s := setup(t)
	email, inv := s.invite(t, staff.Lawyer)
	must(t, s.staff.Accept(t.Context(), inv.Token, testPassword, s.otp(t, inv.Token)))
	var bodies []string
	for _, e := range []string{email, "niemand@claim.example"} {
		p := s.visitor(t).post("/nl/beheer/inloggen", "email", e, "password", "verkeerd wachtwoord").want(422, "klopt niet")
		bodies = append(bodies, p.text())
	}
	if bodies[0] != bodies[1] {
		t.Errorf("the answers differ:\n%s\n%s", bodies[0], bodies[1])
	}
}

func TestFailuresMakeTheNextTryWait(t *testing.T) {
	t.Parallel()
	s := setup(t)
	email, inv := s.invite(t, staff.Lawyer)
	must(t, s.staff.Accept(t.Context(), inv.Token, testPassword, s.otp(t, inv.Token)))
	c := s.visitor(t)
	for range 4 {
		c.post("/nl/beheer/inloggen", "email", email, "password", "verkeerd wachtwoord").want(422)
	}
	c.post("/nl/beheer/inloggen", "email", email, "password", testPassword).want(422, "even wachten")
	s.data.Watch.Advance(time.Minute)
	c.post("/nl/beheer/inloggen", "email", email, "password", testPassword).goes("/nl/beheer/tweede-stap")
}

func TestALostPhoneIsReplacedByAnotherInvitation(t *testing.T) {
	t.Parallel()
	s := setup(t)
	admin := s.staffMember(t, staff.Admin)
	m, inv := s.newMember(t, staff.Lawyer)
	admin.postFrom("/nl/beheer/medewerkers", "/nl/beheer/medewerkers/"+itoa(inv.StaffID)+"/uitnodigen").goes("/nl/beheer/medewerkers")
	m.get("/nl/beheer").goes("/nl/beheer/inloggen?verlopen=ja")
	s.visitor(t).get("/nl/beheer/uitnodiging/" + inv.Token).want(410)
}

func TestTheLogIsShown(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for i := range 60 {
		s.invite(t, staff.Roles[i%len(staff.Roles)])
	}
	c := s.staffMember(t, staff.Privacy)
	c.get("/nl/beheer/logboek").want(200, "staff.added", "system:test")
	c.get("/nl/beheer/logboek?voor=12").want(200, "claim.moved")
	c.get("/nl/beheer/logboek?voor=-5").want(404)
	c.get("/nl/beheer/logboek?voor=x").want(404)
}
