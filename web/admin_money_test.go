package web

import (
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/labstack/echo/v4"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/payments"
	"samenclaim/web/staff"
)

// office is the site over a whole case, with the people who handle its money.
type office struct {
	*site
	c                        *claimstest.Case
	accountant, board, other *client // other is a second accountant
}

// newOffice opens the back office of a case with n people in the annex of a delivered letter.
func newOffice(t *testing.T, n int) *office {
	t.Helper()
	c := claimstest.New(t)
	c.Join(n)
	c.Send()
	c.Arrive(1)
	return officeOf(t, c)
}

func officeOf(t *testing.T, c *claimstest.Case) *office {
	t.Helper()
	log := &journal{}
	server, err := New(Deps{
		Pool: c.Pool, Vault: c.Vault, Claims: c.Claims, People: c.People, Money: c.Money, Staff: staff.New(c.DB, c.Vault, testBase), Now: c.Watch.Now,
		Log: slog.New(slog.NewTextHandler(log, nil)), Config: Config{BaseURL: testBase},
	})
	must(t, err)
	s := &site{Server: server, handler: server.Handler(), data: c.Database, pool: c.Pool, mollie: c.Mollie, zoom: c.Claim, log: log, files: c.Files}
	o := &office{site: s, c: c}
	o.accountant, o.board, o.other = o.member(t, staff.Accountant), o.member(t, staff.Board), o.member(t, staff.Accountant)
	return o
}

// member is a browser of somebody with these roles, whose account has its second step.
func (o *office) member(t *testing.T, roles ...staff.Role) *client {
	t.Helper()
	c := o.staffMember(t, roles...)
	o.c.Exec(`UPDATE staff SET password_hash = 'x', mfa_at = created_at, totp_secret = decode('01' || repeat('00', 28), 'hex') WHERE mfa_at IS NULL AND id IN (SELECT staff_id FROM logins)`)
	return c
}

// signed is an empty form with the browser's token, for what no page offers.
func signed(c *client, pairs ...string) url.Values {
	m := hidden.FindStringSubmatch(c.get("/nl/beheer").Body)
	values := url.Values{}
	if len(m) == 3 && m[1] == "csrf" {
		values.Set("csrf", m[2])
	}
	for i := 0; i < len(pairs); i += 2 {
		values.Set(pairs[i], pairs[i+1])
	}
	return values
}

// settled brings the case to a settlement of which the money is in.
func (o *office) settled(t *testing.T, pot payments.Cents) {
	t.Helper()
	o.c.Settle(pot)
	o.c.Receive(pot)
}

// payable brings the case to an approved distribution, with an account of everybody in it.
func (o *office) payable(t *testing.T, n int, pot payments.Cents) []claimstest.Member {
	t.Helper()
	c := claimstest.New(t)
	members := c.Join(n)
	c.Send()
	c.Arrive(1)
	c.Settle(pot)
	c.Receive(pot)
	c.Distribute()
	c.Accounts(members...)
	*o = *officeOf(t, c)
	return members
}

// clone is the same browser in another window, for doing things at once.
func (c *client) clone() *client {
	twin := *c
	twin.cookies = maps.Clone(c.cookies)
	return &twin
}

// eightAtOnce sends the same form from eight windows and counts the answers by status.
func (c *client) eightAtOnce(path string, values url.Values) map[int]int {
	c.t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	ends := map[int]int{}
	for range 8 {
		twin := c.clone()
		wg.Go(func() {
			status := twin.send(path, values).Status
			mu.Lock()
			ends[status]++
			mu.Unlock()
		})
	}
	wg.Wait()
	return ends
}

// onlyOne expects that one of eight succeeded and the others were told so.
func onlyOne(t *testing.T, ends map[int]int) {
	t.Helper()
	if ends[http.StatusSeeOther] != 1 || ends[http.StatusSeeOther]+ends[http.StatusConflict]+ends[http.StatusUnprocessableEntity] != 8 {
		t.Errorf("eight at once ended as %v, want one 303 and seven 409 or 422", ends)
	}
}

// naughty are texts that trip programs.
var naughty = []string{
	"", "   ", "undefined", "NULL", "0", "-1", "1e309", "NaN", "９９", "1.234", "1,2,3", "€", "--", "1'; DROP TABLE settlements; --",
	"<script>alert(1)</script>", "{{.IBAN}}", "%s%n%x", "../../etc/passwd", "\u202etest\u202c", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L", "田中さんにあげて下さい", "👾🙇💁", "\x00", "a\x00b", "\xff\xfe",
	"99999999999999999999999999", "=1+1", "\r\nSet-Cookie: x=1",
}

func TestTypedAmount(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, lang, text string
		want             payments.Cents
		key              string
	}{
		{"as people type it in Dutch", "nl", "1.250,50", 125050, ""},
		{"as a Dutch page shows it", "nl", "€\u00a01.250,50", 125050, ""},
		{"as an English page shows it", "en", "€\u00a01,250.50", 125050, ""},
		{"millions in English", "en", "1,234,567.89", 123456789, ""},
		{"the English way on a Dutch page can be read in two ways", "nl", "1,250.50", 0, "money.amount.two_ways"},
		{"plain", "nl", "50", 5000, ""},
		{"nothing", "nl", " ", 0, "money.amount.missing"},
		{"words", "nl", "vijftig", 0, "money.amount.format"},
		{"below zero", "nl", "-5", 0, "money.amount.negative"},
		{"beyond all money", "nl", "99999999999999", 0, "money.amount.too_large"},
		{"three digits behind the comma", "en", "1,250", 0, "money.amount.two_ways"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := echo.New().NewContext(nil, nil)
			seen(c).lang = tt.lang
			got, err := typedAmount(c, "pot", tt.text)
			if key := keyOf(err); got != tt.want || key != tt.key {
				t.Errorf("typedAmount(%q) = %d, %q, want %d, %q", tt.text, got, key, tt.want, tt.key)
			}
		})
	}
}

func keyOf(err error) string {
	var bad problems
	if errors.As(err, &bad) {
		return bad[0].Key
	}
	return ""
}

func TestTypedDay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, day, month, year string
		want                   time.Time
		ok                     bool
	}{
		{"a day", "5", "11", "2026", time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC), true},
		{"with blanks and zeros", " 05", "01 ", "2026", time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), true},
		{"nothing is no day", "", " ", "", time.Time{}, true},
		{"a day that does not exist", "30", "2", "2026", time.Time{}, false},
		{"no leap day in 2026", "29", "2", "2026", time.Time{}, false},
		{"a thirteenth month", "1", "13", "2026", time.Time{}, false},
		{"a year of two digits", "1", "1", "26", time.Time{}, false},
		{"a day with a sign", "+1", "1", "2026", time.Time{}, false},
		{"half a date", "1", "", "2026", time.Time{}, false},
		{"digits of another script", "１", "1", "2026", time.Time{}, false},
		{"a year beyond all", "1", "1", "99999", time.Time{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := typedDay("agreed", tt.day, tt.month, tt.year)
			if (err == nil) != tt.ok || tt.ok && !got.Equal(tt.want) {
				t.Errorf("typedDay(%q, %q, %q) = %v, %v, want %v, ok %v", tt.day, tt.month, tt.year, got, err, tt.want, tt.ok)
			}
		})
	}
}

// Each money page answers the roles that may and refuses the others, in both languages.
func TestMoneyPagesAreForTheRightRoles(t *testing.T) {
	t.Parallel()
	o := &office{}
	o.payable(t, 3, 90_000)
	run, err := o.claims.PrepareRun(t.Context(), claimstest.Accountant, o.c.Claim.ID, o.c.Payday())
	must(t, err)
	slug := "/beheer/" + o.c.Claim.Slug
	every := []staff.Role{staff.Register, staff.Lawyer, staff.Board, staff.Accountant, staff.Privacy, staff.Admin}
	pages := []struct {
		path  string
		roles []staff.Role
	}{
		{slug + "/schikking", every},
		{slug + "/verdeling", every},
		{slug + "/uitbetalingen", every},
		{runPath(o.c.Claim, run.ID), every},
		{slug + "/terugbetalingen", every},
		{"/beheer/bank", []staff.Role{staff.Accountant}},
		{"/beheer/boeken", []staff.Role{staff.Accountant, staff.Board}},
		{"/beheer/boeken/journaal.csv", []staff.Role{staff.Accountant, staff.Board}},
		{"/beheer/boeken/journaal.hledger", []staff.Role{staff.Accountant, staff.Board}},
	}
	for _, role := range staff.Roles {
		browser := o.member(t, role)
		for _, p := range pages {
			want := http.StatusForbidden
			for _, r := range p.roles {
				if r == role {
					want = http.StatusOK
				}
			}
			for _, l := range []string{"/nl", "/en"} {
				if got := browser.get(l + p.path).want(want); got.Status != want {
					t.Errorf("%s for %s = %d, want %d", l+p.path, role, got.Status, want)
				}
			}
		}
	}
	for _, p := range pages {
		o.visitor(t).get("/nl" + p.path).goes("/nl/beheer/inloggen")
	}
}

// A claim that does not exist has no money pages, and a run of another claim is not there.
func TestMoneyOfAnotherClaimIsNotThere(t *testing.T) {
	t.Parallel()
	o := &office{}
	o.payable(t, 2, 50_000)
	run, err := o.claims.PrepareRun(t.Context(), claimstest.Accountant, o.c.Claim.ID, o.c.Payday())
	must(t, err)
	o.c.Exec(`INSERT INTO claims (slug, name_nl, name_en, defendant_name, defendant_address, number_prefix, status, max_award_cents, flat_fee_cents, rate_bp, class_nl, class_en,
		period_from, period_to, limitation_on, articles, demand_nl, demand_en, term_days, created_at)
		SELECT 'ander', name_nl, name_en, defendant_name, defendant_address, 'AN', 'draft', max_award_cents, flat_fee_cents, rate_bp, class_nl, class_en,
		period_from, period_to, limitation_on, articles, demand_nl, demand_en, term_days, created_at FROM claims`)
	other := claims.Claim{Slug: "ander"}
	for _, path := range []string{
		"/beheer/geen/schikking", "/beheer/geen/verdeling", "/beheer/geen/uitbetalingen", "/beheer/geen/terugbetalingen",
		runPath(other, run.ID), runPath(o.c.Claim, run.ID+1), runPath(o.c.Claim, run.ID) + "0", runPath(o.c.Claim, run.ID) + "/bestand/1x",
		deskPath(o.c.Claim, "/uitbetalingen/01"), deskPath(o.c.Claim, "/uitbetalingen/-1"), deskPath(o.c.Claim, "/uitbetalingen/99999999999999999999"),
		"/beheer/bank/NIET", "/beheer/bank/regel/1", "/beheer/bank/regel/x", "/beheer/boeken?voor=x", "/beheer/boeken?voor=-1",
	} {
		if got := o.accountant.get("/nl" + path); got.Status != http.StatusNotFound {
			t.Errorf("%s = %d, want 404", path, got.Status)
		}
	}
	token := signed(o.board, "total", run.TotalCents.String())
	for _, act := range []string{"/goedkeuren", "/vrijgeven", "/annuleren"} {
		if got := o.board.send("/nl"+runPath(other, run.ID)+act, token); got.Status != http.StatusNotFound {
			t.Errorf("%s through another claim = %d, want 404", act, got.Status)
		}
	}
	if n := o.count(t, `SELECT count(*) FROM payout_runs WHERE status = 'prepared'`); n != 1 {
		t.Error("the run changed through another claim")
	}
}
