package web

import (
	"net/http"
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/participants"
)

func TestWhoJoinedTwiceChooses(t *testing.T) {
	t.Parallel()
	s, m, b, _ := joined(t, claims.Percentage)
	must(t, s.Claims.Leave(t.Context(), audit.Participant(m.ParticipantID), s.Participation(m)))
	again := s.JoinAs(m.Person)
	p := b.get("/nl/mijn").want(200, "Mijn zaken", m.Number, again.Number, "U bent gestopt", "U doet mee")
	if !strings.Contains(p.Body, "/nl/mijn/"+again.Ref) {
		t.Errorf("no way to %s: %s", again.Ref, p.text())
	}
	b.get("/en/mijn").want(200, "My cases")
}

func TestAnotherPersonsCaseDoesNotExist(t *testing.T) {
	t.Parallel()
	s := setupCase(t, "zoom")
	members := s.JoinWith(2, claims.Flat)
	other, _ := s.as(members[1])
	pre := s.Prepay(members[0])
	o := claims.Owner{ParticipationID: members[0].ParticipationID}
	ev, err := s.Claims.AttachStatement(t.Context(), audit.Participant(members[0].ParticipantID), o, "Ik gebruikte het.")
	must(t, err)
	const nothing = "AAAAAAAAAAAAAAAAAAAAAAAAAA"
	for _, r := range portalRoutes {
		if !strings.Contains(r.Path, ":ref") || r.Method != http.MethodGet {
			continue
		}
		fill := func(ref string) string {
			return strings.NewReplacer(":lang", "nl", ":ref", ref, ":eref", ev.Ref, ":payref", pre.Ref, ":text", "1", ":kind", "newsletter").Replace(r.Path)
		}
		theirs, none := other.get(fill(members[0].Ref)).want(404), other.get(fill(nothing)).want(404)
		if got := strings.ReplaceAll(theirs.Body, members[0].Ref, nothing); got != none.Body {
			t.Errorf("%s tells that the case exists:\n%s\n%s", r.Path, theirs.text(), none.text())
		}
	}
	home := "/nl/mijn/" + members[1].Ref
	other.get(home + "/betaling/" + pre.Ref).want(404)
	other.get(home + "/bewijs/" + ev.Ref + "/download").want(404)
	other.get(home + "/bewijs/" + ev.Ref + "/terug").want(404)
	other.postFrom(home+"/gegevens", home+"/bewijs/"+ev.Ref+"/terug").want(404)
	other.postFrom(home+"/gegevens", "/nl/mijn/"+members[0].Ref+"/stoppen/beeindigen/bevestigen", "sure", "yes").want(404)
	s.Stand(members[0], participants.Active)
}

func TestTheOverviewTellsHowThingsStand(t *testing.T) {
	t.Parallel()
	s := setupCase(t, "zoom")
	flat, part := s.JoinWith(1, claims.Flat)[0], s.JoinWith(1, claims.Percentage)[0]
	b, home := s.as(flat)
	b.get(home).want(200, "U doet mee", flat.Number, "Stuur bewijs", "Kijk naar uw keuze", "Betaal vooruit", "U ondertekende en doet mee")
	b.get("/en"+home[3:]).want(200, "You take part", "Send evidence")
	c, other := s.as(part)
	if p := c.get(other).want(200); strings.Contains(p.Body, "Betaal vooruit") {
		t.Error("whoever pays a percentage is asked to pay ahead")
	}
	s.Send()
	late := s.JoinWith(1, claims.Flat)[0]
	b.get(home).want(200, "De brief is verstuurd. U staat erin", "Brief 1 is verstuurd. U staat erin")
	d, third := s.as(late)
	d.get(third).want(200, "U meldde zich aan na de eerste brief")
	s.Arrive(1)
	b.get(home).want(200, "De brief is bezorgd. U staat erin")
	s.Prepay(flat)
	b.get(home).want(200, "U betaalde € 50,00 vooruit", "Vooruit betaald")
	s.Settle(90000)
	b.get(home).want(200, "Er is een schikking")
	s.Receive(90000)
	s.Distribute()
	b.get(home).want(200, "Geef uw rekeningnummer op", "Uw deel staat vast", "Uitbetaling")
	d.get(third).want(200, "Wij betalen uit")
}

func TestEveryStateHasWords(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	s.Damaged = true
	v := viewOf("nl")
	v.Translate = s.words.T("nl")
	o := ownCase{part: s.Participation(m), claim: s.Claim}
	for _, status := range []participants.Status{
		participants.Active, participants.Included, participants.Entitled, participants.PayeePending, participants.Payable, participants.InRun,
		participants.Paid, participants.Withdrawn, participants.OptedOut, participants.InEstate, participants.Erased, participants.Unclaimed, participants.ClosedLost,
	} {
		for _, at := range []claims.Status{
			claims.Draft, claims.Open, claims.LetterReady, claims.LetterSent, claims.LetterDelivered, claims.Negotiation, claims.Litigation, claims.Stayed,
			claims.SettlementProposed, claims.Settled, claims.Won, claims.Lost, claims.Discontinued, claims.Distributing, claims.Refunding, claims.Closed, claims.Archived,
		} {
			o.part.Status, o.claim.Status = status, at
			st := standing(v, o, nil)
			if strings.Contains(st.Title+st.Text+st.Next, "⟦") || st.Title == "" {
				t.Errorf("%s in a claim that is %s: %+v", status, at, st)
			}
		}
	}
	kinds := map[string][]map[string]string{
		"consent_given": {{"kind": "newsletter"}, {"kind": "research"}}, "consent_withdrawn": {{"kind": "interview"}, {"kind": "data_request"}},
		"evidence_sent": {{"kind": "file"}, {"kind": "statement"}}, "evidence_retracted": {{"kind": "file"}, {"kind": "statement"}},
		"fee_changed": {{"option": "flat"}, {"option": "percentage"}}, "claim_moved": {{"to": "open"}, {"to": "won"}, {"to": "archived"}},
	}
	for _, kind := range claims.EventKinds {
		all := kinds[kind]
		if all == nil {
			all = []map[string]string{{"cents": "100"}}
		}
		for _, args := range all {
			if words := v.T(eventKey(claims.Event{Kind: kind, Args: args}), eventArgs(v, claims.Event{Kind: kind, Args: args})...); strings.Contains(words, "⟦") {
				t.Errorf("no words for %s %v", kind, args)
			}
		}
	}
	b.get(home).want(200)
}
