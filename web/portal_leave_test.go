package web

import (
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/participants"
)

func TestStoppingTakesTwoSteps(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	s.Prepay(m)
	b.get(home+"/stoppen").want(200, "Dit betekent het", "Wij treden niet meer namens u op", home+"/stoppen/bevestigen")
	b.get(home+"/stoppen/bevestigen").want(200, m.Number)
	b.post(home+"/stoppen/bevestigen").want(422, "Zet een vinkje als u wilt stoppen")
	s.Stand(m, participants.Active)
	values := form(b.get(home+"/stoppen/bevestigen"), "sure", "yes")
	for status, n := range b.eightAtOnce(home+"/stoppen/bevestigen", values) {
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
	b.get(home + "/stoppen/bevestigen").goes(home + "/stoppen")
	b.get(home).want(200, "U bent gestopt")
	b.get(home+"/bewijs").want(200, "U doet niet meer mee")
	b.get(home+"/gegevens").want(200, "Download mijn gegevens")
}

func TestNobodyStopsOnceTheMoneyIsTheirs(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	values := form(b.get(home+"/stoppen/bevestigen"), "sure", "yes")
	s.Send()
	s.Arrive(1)
	b.get(home+"/stoppen").want(200, "Uw nummer blijft in de brief")
	s.Settle(10000)
	s.Receive(10000)
	s.Distribute()
	if p := b.get(home+"/stoppen").want(200, "Stoppen kan nu niet"); strings.Contains(p.Body, "/stoppen/bevestigen") {
		t.Error("stopping is offered")
	}
	b.send(home+"/stoppen/bevestigen", values).want(409)
	s.Stand(m, participants.PayeePending)
}
