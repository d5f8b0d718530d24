package web

import (
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/participants"
	"samenclaim/payments"
)

// withMoney is a case with an approved distribution for n members of one fee option.
func withMoney(t *testing.T, n int, option claims.FeeOption, pot payments.Cents) (caseSite, []claimstest.Member) {
	t.Helper()
	s := setupCase(t, "zoom")
	members := s.JoinWith(n, option)
	s.Send()
	s.Arrive(1)
	s.Settle(pot)
	s.Receive(pot)
	s.Distribute()
	return s, members
}

func TestNobodyIsAskedForAnAccountBeforeThereIsMoney(t *testing.T) {
	t.Parallel()
	_, m, b, home := joined(t, claims.Flat)
	p := b.get(home+"/uitbetaling").want(200, "Er is nog geen geld")
	if strings.Contains(p.Body, `name="iban"`) || strings.Contains(b.get(home).Body, "/uitbetaling\"") {
		t.Error("an account is asked for, or the menu has the payout")
	}
	b.send(home+"/uitbetaling", form(b.get(home+"/gegevens"), "iban", m.Person.IBAN, "holder", "A. de Vries")).want(409)
}

func TestTheAccountIsAskedForOnceThereIsMoney(t *testing.T) {
	t.Parallel()
	s, members := withMoney(t, 2, claims.Flat, 46914)
	b, home := s.as(members[0])
	b.get(home+"/uitbetaling").want(200, "Er is € 184,57 voor u", "€ 234,57", "Vast bedrag: € 50,00. Daarin zit € 8,68 btw", "€ 184,57")
	f, err := s.Claims.Foundation(t.Context())
	must(t, err)
	for _, tt := range []struct{ iban, holder, words string }{
		{"", "A. de Vries", "Vul uw rekeningnummer in"},
		{"NL91 ABNA 0417 1643 01", "A. de Vries", "Kijk of u een cijfer hebt verwisseld"},
		{"NL91 ABNA 0417 1643", "A. de Vries", "te kort of te lang"},
		{"NL91 0BNA 0417 1643 00", "A. de Vries", "niet op hun plaats"},
		{"XX91 ABNA 0417 1643 00", "A. de Vries", "begint met een land"},
		{"NL91 ABNA 0417 1643 0€", "A. de Vries", "alleen letters en cijfers"},
		{f.IBAN, "A. de Vries", "Dit is ons eigen rekeningnummer"},
		{"AE07 0331 2345 6789 0123 456", "A. de Vries", "Naar dit land kunnen wij geen geld overmaken"},
		{"NL91 ABNA 0417 1643 00", " ", "Vul de naam van de rekeninghouder in"},
		{"NL91 ABNA 0417 1643 00", strings.Repeat("x", 71), "niet langer zijn dan 70 tekens"},
	} {
		p := b.post(home+"/uitbetaling", "iban", tt.iban, "holder", tt.holder, "do", "code").want(422, tt.words)
		if tt.iban != "" && !strings.Contains(p.Body, `value="`+tt.iban+`"`) {
			t.Errorf("%q was not kept", tt.iban)
		}
	}
	for _, text := range naughty {
		for _, pair := range [][2]string{{text, "A. de Vries"}, {"NL91 ABNA 0417 1643 01", text}} {
			if p := b.post(home+"/uitbetaling", "iban", pair[0], "holder", pair[1], "do", "code"); p.Status != 422 {
				t.Errorf("account %q of %q: %d, want 422", pair[0], pair[1], p.Status)
			}
		}
	}
	s.Stand(members[0], participants.PayeePending)
	b.post(home+"/uitbetaling", "iban", "nl91abna0417164300", "holder", "A. de Vries").want(422, "De code heeft 6 cijfers", `value="nl91abna0417164300"`)
	s.Stand(members[0], participants.PayeePending)
	s.giveAccount(t, b, members[0], "nl91abna0417164300", "A. de Vries")
	p := b.get(home+"/uitbetaling").want(200, "Wij hebben uw rekeningnummer", "U krijgt € 184,57", "A. de Vries")
	if strings.Contains(p.Body, "NL91ABNA0417164300") || strings.Contains(p.Body, "0417 1643") && !strings.Contains(p.Body, "Bijvoorbeeld NL91 ABNA 0417 1643 00") {
		t.Error("the whole account number is shown")
	}
	s.Stand(members[0], participants.Payable)
}

func TestAChangedAccountWaitsSevenDays(t *testing.T) {
	t.Parallel()
	s, members := withMoney(t, 1, claims.Percentage, 25000)
	b, home := s.as(members[0])
	b.post(home+"/uitbetaling", "iban", members[0].Person.IBAN, "holder", "A. de Vries", "do", "code").want(200, "De code is verstuurd")
	first := form(b.get(home+"/uitbetaling"), "iban", members[0].Person.IBAN, "holder", "A. de Vries", "code", s.confirmCode(t, members[0].Person.Email))
	for status, n := range b.eightAtOnce(home+"/uitbetaling", first) { // who comes second finds the account there, or the code used
		if status != 303 && status != 422 {
			t.Errorf("%d of eight ended with %d, want 303 or 422", n, status)
		}
	}
	if p := b.get(home + "/uitbetaling").want(200); s.count(t, `SELECT count(*) FROM payee_accounts`) != 1 {
		t.Errorf("not one account: %s", p.text())
	}
	b.post(home+"/uitbetaling", "iban", members[0].Person.IBAN, "holder", "A. de Vries").goes(home + "/uitbetaling") // the same again is no change
	s.giveAccount(t, b, members[0], s.Next().IBAN, "A. de Vries")
	b.get(home+"/uitbetaling").want(200, "Wij gebruiken het vanaf 9 november 2026", "Deze rekening moet nog even wachten")
	s.Watch.Advance(8 * 24 * time.Hour)
	s.relogin(b, members[0])
	if p := b.get(home+"/uitbetaling").want(200, "Een andere rekening?"); strings.Contains(p.Body, "moet nog even wachten") {
		t.Error("the account still waits after seven days")
	}
}

func TestAnAccountIsGivenWithAFreshCodeOfThisLogIn(t *testing.T) {
	t.Parallel()
	s, members := withMoney(t, 1, claims.Percentage, 25000)
	m := members[0]
	b, home := s.as(m)
	page := home + "/uitbetaling"
	account := func(more ...string) []string {
		return append([]string{"iban", m.Person.IBAN, "holder", "A. de Vries"}, more...)
	}
	b.post(page, "iban", "NL91 ABNA 0417 1643 01", "holder", "A. de Vries", "do", "code").want(422, "Kijk of u een cijfer hebt verwisseld")
	if n := s.count(t, `SELECT count(*) FROM login_codes WHERE purpose = 'confirm'`); n != 0 {
		t.Errorf("%d codes were mailed for an account that is wrong, want 0", n)
	}
	other := s.visitor(t)
	other.post("/nl/mijn/inloggen", "email", m.Person.Email).goes("/nl/mijn/code")
	other.post("/nl/mijn/code", "code", s.code(t, m.Person.Email)).goes("/nl/mijn")
	b.post(page, account("do", "code")...).want(200, "De code is verstuurd", `value="`+m.Person.IBAN+`"`, `value="A. de Vries"`)
	right := s.confirmCode(t, m.Person.Email)
	other.post(page, account("code", right)...).want(422, "Deze code is verlopen", `value="`+m.Person.IBAN+`"`)
	for range 5 {
		b.post(page, account("code", wrongCode(right))...).want(422, `value="`+m.Person.IBAN+`"`)
	}
	b.post(page, account("code", right)...).want(422, "U hebt te vaak geprobeerd")
	s.Watch.Advance(10 * time.Minute)
	b.post(page, account("do", "code")...).want(200, "De code is verstuurd")
	s.Watch.Advance(participants.CodeLife + time.Second)
	b.post(page, account("code", s.confirmCode(t, m.Person.Email))...).want(422, "Deze code is verlopen")
	s.Stand(m, participants.PayeePending)
	s.Watch.Advance(10 * time.Minute)
	s.giveAccount(t, b, m, m.Person.IBAN, "A. de Vries")
	b.post(page, "iban", s.Next().IBAN, "holder", "A. de Vries", "code", s.confirmCode(t, m.Person.Email)).want(422)
	if n := s.count(t, `SELECT count(*) FROM payee_accounts`); n != 1 {
		t.Errorf("%d accounts, want 1: a code works once", n)
	}
}

// giveAccount gives an account as a person does: type it, ask for a code, type that.
func (s caseSite) giveAccount(t *testing.T, b *client, m claimstest.Member, iban, holder string) {
	t.Helper()
	page := "/nl/mijn/" + m.Ref + "/uitbetaling"
	b.post(page, "iban", iban, "holder", holder, "do", "code").want(200, "De code is verstuurd")
	b.post(page, "iban", iban, "holder", holder, "code", s.confirmCode(t, m.Person.Email)).goes(page)
}

// relogin logs a member in anew: after days nobody is logged in any more.
func (s caseSite) relogin(b *client, m claimstest.Member) {
	s.Helper()
	s.Exec(`UPDATE logins SET ended_at = last_seen_at, ref = ref || 'old'`)
	fresh, _ := s.as(m)
	b.cookies = fresh.cookies
}

func TestTheMoneyIsFollowedToTheAccount(t *testing.T) {
	t.Parallel()
	s, members := withMoney(t, 2, claims.Percentage, 50000)
	b, home := s.as(members[0])
	s.Accounts(members...)
	run := s.Release()
	b.get(home+"/uitbetaling").want(200, "Uw geld is onderweg", "Onze bank heeft de opdracht", "Bij de bank", "€ 200,00")
	s.Bank(s.Carried(run)...)
	b.get(home+"/uitbetaling").want(200, "U bent betaald", "Wij hebben € 200,00 naar uw rekening overgemaakt", "Betaald")
	b.get(home).want(200, "U bent betaald", "De bank heeft € 200,00 aan u betaald")
	if pdf := b.get(home + "/documenten/specificatie.pdf").want(200); !strings.HasPrefix(pdf.Body, "%PDF-") || pdf.Header.Get("Content-Type") != "application/pdf" {
		t.Errorf("the statement is no PDF: %q", pdf.Header.Get("Content-Type"))
	}
	s.Bank(s.Back(members[0], "AC04"))
	b.get(home+"/uitbetaling").want(200, "Uw geld kwam terug", "Geef uw rekening opnieuw op", "Teruggekomen")
	s.giveAccount(t, b, members[0], members[0].Person.IBAN, members[0].Person.AccountName)
	s.Stand(members[0], participants.Payable)
}

func TestNothingLeftAfterTheFee(t *testing.T) {
	t.Parallel()
	s, members := withMoney(t, 2, claims.Flat, 8000)
	b, home := s.as(members[0])
	b.get(home+"/uitbetaling").want(200, "Voor u is de zaak klaar", "Er is niets uit te betalen", "€ 0,00")
	b.get(home).want(200, "Voor u is de zaak klaar")
}
