package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/locale"
	"samenclaim/web/staff"
)

// letterOut has the first letter of the claim gone, with a price for who comes after it.
const letterOut = `UPDATE claims SET status = 'letter_sent', cutoff_at = opened_at, closes_planned_at = opened_at, closes_at = opened_at, late_policy = 'paid', late_price_cents = 2500`

// Who read the page before the letter went, and signs after it, is shown the price first and ticks again.
func TestTheLetterGoesWhileSomebodyReads(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.data.Force(t, `UPDATE claims SET late_policy = 'paid', late_price_cents = 2500`)
	c := s.visitor(t)
	c.get("/nl/zoom").want(200, "Is de brief weg? Dan kunt u nog meedoen, in een volgende brief. U betaalt dan € 25,00 vooruit.")
	c.get(joinURL).want(200, "U betaalt nu niets")
	c.walk("ondertekenen", "anna@deelnemer.example", "percentage")
	url := joinURL + "/ondertekenen"
	read := form(c.get(url), "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries")
	s.data.Force(t, letterOut)
	p := c.send(url, read).want(422, "De prijs voor meedoen is veranderd terwijl u las", "U betaalt € 25,00 vooruit", "Daarvan betaal ik € 25,00 vooruit")
	if strings.Contains(p.Body, "checked") {
		t.Error("the boxes are still ticked: other words are agreed to than were read")
	}
	if n := s.count(t, `SELECT count(*) FROM participations`); n != 0 {
		t.Fatalf("%d participations, want none yet", n)
	}
	forged := form(p, "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries")
	forged.Set("late_cents", "1")
	c.send(url, forged).want(422, "De prijs voor meedoen is veranderd")
	c.send(url, form(p, "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries")).goes(joinURL + "/toestemmingen")
	c.post(joinURL + "/toestemmingen").goes(joinURL + "/klaar")
	c.get(joinURL+"/klaar").want(200, "U moet nog betalen", "U betaalt € 25,00 vooruit", "Nu betalen")
	if n := s.count(t, `SELECT count(*) FROM participations WHERE late_price_cents = 2500`); n != 1 {
		t.Errorf("%d owe the price, want 1", n)
	}
	fresh := s.visitor(t)
	fresh.get(joinURL).want(200, "U betaalt € 25,00 vooruit, omdat de eerste brief al weg is")
	fresh.get("/en/zoom/meedoen").want(200, "You pay € 25.00 in advance")
}

// Where the deadline is the end, who comes later is told so; who was let in after an outage goes on.
func TestTheDeadlineOnThePages(t *testing.T) {
	t.Parallel()
	s := setup(t)
	now := s.data.Watch.Now()
	s.data.Force(t, `UPDATE claims SET late_policy = 'closed', closes_planned_at = ?, closes_at = ?`, now.Add(49*time.Hour), now.Add(49*time.Hour))
	c := s.visitor(t)
	when := locale.Moment(now.Add(49*time.Hour-time.Minute), "nl")
	for _, path := range []string{"/nl/zoom", joinURL} {
		c.get(path).want(200, "U bent op tijd tot en met "+when+". Dat is over 2 dagen.", "Daarna kunt u niet meer meedoen")
	}
	c.walk("ondertekenen", "anna@deelnemer.example", "flat")
	s.data.Force(t, `INSERT INTO outages (id, began_at, ended_at, source, reason, recorded_by, recorded_at, counted_at) OVERRIDING SYSTEM VALUE
		VALUES (7, ?, ?, 'health', 'x', 'system:health', ?, ?)`, now.Add(-time.Hour), now.Add(-time.Minute), now, now)
	s.data.Force(t, `UPDATE claims SET closes_planned_at = ?, closes_at = ?`, now.Add(-time.Minute), now.Add(-time.Minute))
	c.get(joinURL + "/ondertekenen").goes(joinURL)
	c.get(joinURL).want(200, "Aanmelden kan nu niet")
	s.data.Force(t, `UPDATE signups SET outage_id = 7, admitted_by = 'staff:2', admitted_until = ?`, now.Add(time.Hour))
	c.get(joinURL).want(200, "U was al begonnen")
	sign := c.get(joinURL + "/ondertekenen").want(200)
	c.send(joinURL+"/ondertekenen", form(sign, "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries")).goes(joinURL + "/toestemmingen")
	s.visitor(t).get(joinURL).want(200, "Aanmelden kan nu niet")
}

// The forms of staff name what is wrong, lose nothing, and know the hour that the clock skips or shows twice.
func TestOutagesAreEnteredAndApproved(t *testing.T) {
	t.Parallel()
	s, _, _, _ := joined(t, claims.Flat)
	o := officeOf(t, s.Case)
	one, two := o.member(t, staff.Register), o.member(t, staff.Board)
	const desk = "/nl/beheer/storingen"
	enter := func(pairs ...string) page { return one.postFrom(desk, desk, pairs...) }
	one.get(desk).want(200, "Er is geen storing bekend")
	enter("from_date", "", "from_time", "", "to_date", "", "to_time", "", "reason", "Lijn <b>dood</b>").want(422, "Vul een datum in", "Vul een tijd in", "Lijn &lt;b&gt;dood&lt;/b&gt;")
	enter("from_date", "2026-03-29", "from_time", "02:30", "to_date", "2026-03-29", "to_time", "03:30", "reason", "x").want(422, "een tijd zoals 14:30, die bestaan", `value="02:30"`)
	enter("from_date", "2026-10-02", "from_time", "12:00", "to_date", "2026-10-02", "to_time", "11:00", "reason", "x").want(422, "Het einde moet na het begin liggen")
	enter("from_date", "2099-10-02", "from_time", "12:00", "to_date", "2099-10-02", "to_time", "13:00", "reason", "x").want(422, "Het einde moet na het begin liggen")
	enter("from_date", "2026-10-25", "from_time", "02:15", "to_date", "2026-10-25", "to_time", "02:45", "reason", "de lijn").goes(desk)
	if n := claimstest.One[int64](s.Case, `SELECT (extract(epoch FROM ended_at - began_at) / 60)::bigint FROM outages`); n != 90 {
		t.Errorf("in the hour that comes twice it lasted %d minutes, want the 90 that it can have lasted", n)
	}
	id := claimstest.One[int64](s.Case, `SELECT id FROM outages`)
	approve := desk + "/" + itoa(id) + "/goedkeuren"
	one.get(desk).want(200, "Wacht op een tweede persoon", "U voerde deze storing in")
	one.send(approve, signed(one)).want(403)
	two.postFrom(desk, approve).goes(desk)
	two.send(approve, signed(two)).want(409)
	two.get(desk).want(200, "Telt mee", "90")
	two.send(desk+"/x/goedkeuren", signed(two)).want(404)
}

// The register of processors: what is wrong is named, and the public account tells what is right.
func TestProcessorsAreKept(t *testing.T) {
	t.Parallel()
	s, _, _, _ := joined(t, claims.Flat)
	o := officeOf(t, s.Case)
	c := o.member(t, staff.Privacy)
	const desk = "/nl/beheer/verwerkers"
	keep := func(pairs ...string) page {
		typed := []string{"replaces", "", "name", "Proef B.V.", "country", "BE", "purpose_nl", "iets", "purpose_en", "something", "checked", "2026-01-05", "ended", ""}
		for i := 0; i < len(pairs); i += 2 {
			typed[slices.Index(typed, pairs[i])+1] = pairs[i+1]
		}
		return c.postFrom(desk, desk, typed...)
	}
	keep("name", "", "country", "XX", "checked", "5 januari").want(422, "Vul de naam van het bedrijf in")
	keep("country", "XX", "checked", "5 januari").want(422, "Kies een land", "Vul een datum in zoals 2026-11-30", "iets")
	keep("checked", "2099-01-01").want(422, "niet in de toekomst")
	keep("replaces", "999").want(404)
	keep().goes(desk)
	reader := s.visitor(t)
	reader.get("/en/zoom/verantwoording").want(200, "Proef B.V.", "Belgium", "something")
	id := itoa(claimstest.One[int64](s.Case, `SELECT id FROM processors WHERE name = 'Proef B.V.'`))
	keep("replaces", id, "ended", "2026-10-01").goes(desk)
	keep("replaces", id).want(404)
	if p := reader.get("/en/zoom/verantwoording").want(200); strings.Contains(p.Body, "Proef B.V.") {
		t.Error("who does not work for the foundation any more is still told of")
	}
}
