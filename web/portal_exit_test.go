package web

import (
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/participants"
)

func TestStoppingTakesTwoSteps(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	s.Prepay(m)
	b.get(home+"/stoppen/beeindigen").want(200, "Dit betekent het", "Wij treden niet meer namens u op", "De € 50,00 die u vooruit betaalde", home+"/stoppen/beeindigen/bevestigen")
	b.get(home+"/stoppen/beeindigen/bevestigen").want(200, m.Number)
	b.post(home+"/stoppen/beeindigen/bevestigen").want(422, "Zet een vinkje als u dit wilt")
	s.Stand(m, participants.Active)
	values := form(b.get(home+"/stoppen/beeindigen/bevestigen"), "sure", "yes")
	for status, n := range b.eightAtOnce(home+"/stoppen/beeindigen/bevestigen", values) {
		if status != 303 {
			t.Errorf("%d of eight ended with %d, want 303", n, status)
		}
	}
	s.Stand(m, participants.Withdrawn)
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE template = 'left'`); n != 1 {
		t.Errorf("%d mails about leaving, want 1", n)
	}
	if n := s.count(t, `SELECT count(*) FROM refunds`); n != 1 {
		t.Errorf("%d refunds, want 1", n)
	}
	b.get(home+"/stoppen").want(200, "U bent gestopt op 2 november 2026", "U krijgt € 50,00 terug")
	b.get(home + "/stoppen/beeindigen/bevestigen").goes(home + "/stoppen/beeindigen")
	b.get(home).want(200, "U bent gestopt")
	b.get(home+"/bewijs").want(200, "U doet niet meer mee")
	b.get(home+"/gegevens").want(200, "Vraag een kopie aan")
}

func TestStoppingOnceTheMoneyIsTheirsKeepsTheFee(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	s.Send()
	s.Arrive(1)
	b.get(home+"/stoppen/beeindigen").want(200, "Uw nummer blijft in de brief")
	s.Settle(10000)
	s.Receive(10000)
	s.Distribute()
	b.get(home+"/stoppen/beeindigen").want(200, "Uw bedrag staat al vast. U krijgt € 50,00. Onze vergoeding van € 50,00")
	b.get(home+"/stoppen/opt-out").want(200, "Dit kan nu niet", "Uw bedrag staat al vast")
	b.post(home+"/stoppen/beeindigen/bevestigen", "sure", "yes").goes(home + "/stoppen")
	b.get(home+"/stoppen").want(200, "U bent gestopt op", "Dat betalen wij uit")
	s.Stand(m, participants.PayeePending)
}

func TestTheFourExitsStandApart(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	b.get(home+"/stoppen").want(200, "Overeenkomst hier herroepen", "De volmacht beëindigen", "Opt-out", "Alles wissen", home+"/stoppen/wissen")
	b.get(home+"/stoppen/opt-out").want(200, "Er is nu geen zaak bij de rechtbank")
	b.get(home + "/stoppen/opt-out/bevestigen").goes(home + "/stoppen/opt-out")
	b.get(home + "/stoppen/anders").want(404)
	b.get(home+"/stoppen/herroepen").want(200, "Overeenkomst hier herroepen", "alsof u nooit tekende")
	b.get(home+"/stoppen/herroepen/bevestigen").want(200, "herroep mijn overeenkomst", m.Number, m.Person.Email, "Herroeping bevestigen")
	s.Watch.Advance(20 * 24 * time.Hour)
	s.relogin(b, m)
	if p := b.get(home + "/stoppen").want(200); strings.Contains(p.Body, "/stoppen/herroepen") {
		t.Error("revoking is offered after fourteen days")
	}
	b.get(home+"/stoppen/herroepen").want(200, "De 14 dagen om te herroepen zijn voorbij")
	s.Send()
	s.Arrive(1)
	s.MoveTo(claims.Litigation)
	b.post(home+"/stoppen/opt-out/bevestigen", "sure", "yes", "told-day", "31", "told-month", "2", "told-year", "2026").want(422, `value="31"`)
	b.post(home+"/stoppen/opt-out/bevestigen", "sure", "yes", "told-day", "1", "told-month", "1", "told-year", "2099").want(422, "Vul een dag in die al is geweest")
	b.post(home+"/stoppen/opt-out/bevestigen", "sure", "yes", "told-day", "3", "told-month", "11", "told-year", "2026").goes(home + "/stoppen")
	b.get(home+"/stoppen").want(200, "U meldde uw opt-out op")
	s.Stand(m, participants.OptedOut)
}

func TestErasingNeedsACodeFromTheMail(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	s.Prepay(m)
	b.get(home+"/stoppen/wissen").want(200, "Dit verdwijnt", "Dit blijft", "Plicht om de boekhouding te bewaren", "31 december 2033", "U krijgt de € 50,00 terug")
	const confirm = "/stoppen/wissen/bevestigen"
	b.post(home+confirm).want(422, "De code heeft 6 cijfers")
	b.post(home+confirm, "code", "123456").want(422)
	s.Stand(m, participants.Active)
	b.post(home+confirm, "do", "code").want(200, "De code is verstuurd")
	s.Watch.Advance(10*time.Minute + time.Second)
	b.post(home+confirm, "code", s.confirmCode(t, m.Person.Email)).want(422, "code")
	b.post(home+confirm, "do", "code").want(200, "De code is verstuurd")
	values := form(b.get(home+confirm), "code", s.confirmCode(t, m.Person.Email))
	for status, n := range b.eightAtOnce(home+confirm, values) {
		if status != 303 && status != 422 {
			t.Errorf("%d of eight ended with %d", n, status)
		}
	}
	s.Stand(m, participants.Erased)
	b.get("/nl/mijn/gewist").want(200, "Alles is gewist")
	if p := b.get(home); !p.toLogin() {
		t.Errorf("who was erased still sees the case: %d", p.Status)
	}
	for _, marker := range []string{m.Person.Email, m.Person.LastName, m.Person.Street} {
		if strings.Contains(s.log.String(), marker) {
			t.Errorf("the log of the program holds %q", marker)
		}
	}
	s.Post()
	s.Refunded()
}

// confirmCode is the newest code that was mailed to confirm something.
func (s *site) confirmCode(t testing.TB, email string) (code string) {
	t.Helper()
	must(t, s.pool.QueryRow(t.Context(), `SELECT data->>'Code' FROM outbox WHERE recipient = $1 AND template = 'confirm' ORDER BY id DESC LIMIT 1`, email).Scan(&code))
	return code
}
