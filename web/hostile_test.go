package web

import (
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/participants"
	"samenclaim/payments"
)

// hostileCase is a value that broke other programs, and what has to become of it here.
type hostileCase struct {
	ID, Field, Value string
	Want             string // keep, refuse, ask, or either
	Stored           string // what is kept, if it differs
}

func hostileCases(t *testing.T, field string) (cases []hostileCase) {
	t.Helper()
	content, err := os.ReadFile("testdata/hostile.json")
	must(t, err)
	var all []hostileCase
	must(t, json.Unmarshal(content, &all))
	for _, c := range all {
		if c.Field == field {
			cases = append(cases, c)
		}
	}
	if len(cases) == 0 {
		t.Fatalf("no cases for %s", field)
	}
	return cases
}

// refused checks that a form came back with one clear problem and what was typed.
func (p page) refused(tt hostileCase, typed string) {
	p.t.Helper()
	if p.Status != 422 || !strings.Contains(p.Body, "<title>Fout: ") {
		p.t.Errorf("%s %q: %d, want 422\n%.200s", tt.ID, tt.Value, p.Status, p.text())
		return
	}
	kept := strings.NewReplacer("\x00", "\uFFFD").Replace(typed)
	if len(kept) < 1000 && !strings.Contains(html.UnescapeString(p.Body), kept) {
		p.t.Errorf("%s: what was typed is lost: %q", tt.ID, tt.Value)
	}
}

func TestHostileNames(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("naam", "namen@deelnemer.example", "flat")
	value := regexp.MustCompile(`name="last_name"[^>]*value="([^"]*)"|value="([^"]*)"[^>]*name="last_name"`)
	for _, tt := range hostileCases(t, "name") {
		p := c.send(joinURL+"/naam", form(c.get(joinURL+"/naam"), "first_names", "Anna", "infix", "", "last_name", tt.Value))
		if strings.Contains(p.Body, "<script>alert") || strings.Contains(p.Body, "<img src=x") {
			t.Errorf("%s stands on the page as it is", tt.ID)
		}
		switch {
		case tt.Want == "either" && (p.Status == 303 || p.Status == 422):
		case tt.Want == "refuse":
			p.refused(tt, tt.Value)
		case p.Status != 303:
			t.Errorf("%s %q: %d, want it taken\n%.200s", tt.ID, tt.Value, p.Status, p.text())
		case tt.Want == "keep":
			m := value.FindStringSubmatch(c.get(joinURL + "/naam").Body)
			if m == nil || html.UnescapeString(m[1]+m[2]) != tt.Stored {
				t.Errorf("%s: kept as %q, want %q", tt.ID, m, tt.Stored)
			}
		}
	}
}

func TestHostileAddresses(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for i, tt := range hostileCases(t, "email") {
		c := s.visitor(t)
		c.ip = fmt.Sprint("198.51.100.", i+1)
		c.walk("e-mail", "", "")
		typed := strings.ReplaceAll(tt.Value, "{own}", "claim.example")
		p := c.post(joinURL+"/e-mail", "email", typed)
		switch tt.Want {
		case "refuse":
			p.refused(tt, typed)
		case "ask":
			p.want(200, "Bedoelt u", "gmail.com")
		default:
			if p.Status != 303 {
				t.Errorf("%s %q: %d, want it taken\n%.200s", tt.ID, typed, p.Status, p.text())
			}
		}
	}
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE recipient ~ '[\r\n,<>]' OR recipient LIKE '%claim.example'`); n != 0 {
		t.Errorf("%d mails go where nobody asked for", n)
	}
}

func TestHostileAccounts(t *testing.T) {
	t.Parallel()
	s, members := withMoney(t, 2, claims.Flat, 46914)
	b, home := s.as(members[0])
	f, err := s.Claims.Foundation(t.Context())
	must(t, err)
	for _, tt := range hostileCases(t, "iban") {
		typed := strings.ReplaceAll(tt.Value, "{own}", f.IBAN)
		if tt.Want == "refuse" {
			b.post(home+"/uitbetaling", "iban", typed, "holder", "A. de Vries", "do", "code").refused(tt, typed)
			continue
		}
		if got, err := participants.ParseIBAN(typed); err != nil || string(got) != tt.Stored {
			t.Errorf("%s: %q, %v, want %q", tt.ID, got, err, tt.Stored)
		}
	}
}

func TestHostileAmounts(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 1)
	o.c.MoveTo(claims.Negotiation)
	o.c.MoveTo(claims.SettlementProposed)
	lawyer := o.member(t, "lawyer")
	for _, tt := range hostileCases(t, "money") {
		cents, err := payments.ParseCents(tt.Value)
		switch {
		case tt.Want == "refuse":
			lawyer.post(settlementPage, with(typedTerms(), "pot", tt.Value)...).refused(tt, tt.Value)
		case tt.Want == "keep" && (err != nil || fmt.Sprint(int64(cents)) != tt.Stored):
			t.Errorf("%s %q: %v, %v, want %s cents", tt.ID, tt.Value, cents, err, tt.Stored)
		case tt.Want == "either" && err == nil && cents != 5000:
			t.Errorf("%s %q: %v, want fifty euros or a refusal", tt.ID, tt.Value, cents)
		}
	}
}

func TestHostileDates(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("relatie", "", "")
	c.post(joinURL+"/relatie", "relation", "parent").goes(joinURL + "/kind")
	tomorrow := s.now().AddDate(0, 0, 1).Format("02-01-2006")
	for _, tt := range hostileCases(t, "date") {
		if tt.Want == "keep" {
			continue // of people who are of age by now
		}
		parts := strings.FieldsFunc(strings.ReplaceAll(tt.Value, "{tomorrow}", tomorrow), func(r rune) bool { return r == '-' || r == '/' || r == ' ' })
		values := form(c.get(joinURL+"/kind"), "first_names", "Sam", "last_name", "Dijk", "born-day", parts[0], "born-month", parts[1], "born-year", parts[2])
		c.send(joinURL+"/kind", values).refused(tt, parts[2])
	}
}

// TestNaughtyStringsInThePortal puts each of the 515 strings into each text field of the portal.
func TestNaughtyStringsInThePortal(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("testdata/blns.json")
	must(t, err)
	var all []string
	must(t, json.Unmarshal(content, &all))
	_, _, b, home := joined(t, claims.Percentage)
	for _, f := range []struct {
		from, path string
		fields     []string
	}{
		{"/gegevens/aanpassen", "/gegevens/aanpassen", []string{"first_names", "infix", "last_name", "postcode", "house_number", "addition", "street", "city", "country", "email", "lang"}},
		{"/bewijs", "/bewijs/verklaring", []string{"statement"}},
		{"/berichten", "/berichten", []string{"text", "request_id", "seen"}},
		{"/vergoeding", "/vergoeding", []string{"option"}},
	} {
		values := form(b.get(home + f.from))
		for i, text := range all {
			sent := url.Values{"csrf": values["csrf"]}
			for j, field := range f.fields {
				sent.Set(field, all[(i+j)%len(all)]) // in turn: every field sees every string
			}
			p := b.send(home+f.path, sent)
			if p.Status >= 500 || strings.Contains(p.Body, "<script>alert") || strings.Contains(p.Body, "<img src=x") {
				t.Errorf("%s with %q: %d", f.path, text, p.Status)
			}
		}
	}
}
