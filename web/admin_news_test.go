package web

import (
	"crypto/sha256"
	"net/http"
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/mailer/bounce"
	"samenclaim/web/staff"
)

const newsList = "/nl/beheer/zoom/nieuws"

// filled is the form of news as somebody fills it in.
func filled(more ...string) []string {
	return append([]string{"title_nl", "Titel NL", "body_nl", "Beste {{naam}}, er is nieuws.", "title_en", "Title EN", "body_en", "Dear {{name}}, there is news.",
		"kind", "all", "groups", "signed", "reads", ""}, more...)
}

func TestNewsRunsThroughItsSteps(t *testing.T) {
	t.Parallel()
	s, _, _, _ := joined(t, claims.Flat)
	o := officeOf(t, s.Case)
	one, two, reader := o.member(t, staff.Register), o.member(t, staff.Lawyer), s.visitor(t)
	one.get(newsList).want(200, "Er is nog geen nieuws", "Nieuw bericht")
	item := one.post2(newsList+"/nieuw", newsList+"/nieuw", filled()...).Place
	if !strings.HasPrefix(item, newsList+"/") {
		t.Fatalf("writing leads to %q", item)
	}
	one.get(item).want(200, "Concept", "1 mensen: 1 in het Nederlands", "Sanne Voorbeeld", "Alex Example", "ZM-0000-0000", "Voorstellen")
	if p := reader.get("/nl/zoom").want(200); strings.Contains(p.Body, "Titel NL") {
		t.Error("a draft is on the page of the claim")
	}
	mail := one.get(item+"/voorbeeld/en").want(200, "Dear Alex Example, there is news.", "ZM-0000-0000")
	if got := mail.Header.Get("Content-Security-Policy"); got != mailLooks || mail.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("the mail is shown under %q", got)
	}
	one.get(item + "/voorbeeld/fr").want(404)
	edit := item + "/wijzigen"
	one.postFrom(edit, edit, "title_nl", "Andere titel", "body_nl", "Beste {{bsn}}", "title_en", "Title EN", "body_en", "x", "kind", "all", "groups", "signed").
		want(422, "De tekst heeft {{bsn}}. Dat veld bestaat niet", "{{naam}}, {{nummer}}", `value="Andere titel"`, "Beste {{bsn}}")
	one.postFrom(edit, edit, filled("title_nl", "Nieuwe titel")[2:]...).goes(item)
	one.postFrom(item, item+"/voorstellen").goes(item)
	p := one.get(item).want(200, "Wacht op een tweede persoon", "Dit moet iemand anders doen")
	if strings.Contains(p.Body, "Goedkeuren, publiceren en mailen") {
		t.Error("who proposed it is offered to approve it")
	}
	one.get(edit).want(409)
	one.send(item+"/goedkeuren", signed(one, "version", "2")).want(403)
	two.send(item+"/goedkeuren", signed(two, "version", "1")).want(422, "Iemand heeft dit bericht intussen gewijzigd")
	two.send(item+"/goedkeuren", signed(two)).want(422)
	two.postFrom(item, item+"/goedkeuren").goes(item)
	two.send(item+"/goedkeuren", signed(two, "version", "2")).want(409)
	reader.get("/nl/zoom").want(200, "Nieuwe titel", "Beste deelnemer, er is nieuws.")
	two.get(item).want(200, "Gepubliceerd", "Wordt verstuurd", "Klaar: 0 van 1", "Pauzeren", "Vastgelegde ontvangers")
	two.postFrom(item, item+"/pauze").goes(item)
	two.postFrom(item, item+"/pauze").goes(item)
	two.get(item).want(200, "Gepauzeerd", "Verdergaan")
	s.Post()
	two.get(item).want(200, "Klaar: 0 van 1")
	two.postFrom(item, item+"/verder").goes(item)
	s.Post()
	two.get(item).want(200, "Klaar: 1 van 1")
	two.send(item+"/pauze", signed(two)).want(409)
	two.send(item+"/stoppen", signed(two)).want(409)
	one.get(newsList).want(200, "Nieuwe titel", "Gepubliceerd")
	other := one.post2(newsList+"/nieuw", newsList+"/nieuw", filled()...).Place
	one.postFrom(other, other+"/weggooien").goes(newsList)
	one.send(newsList+"/NOSUCHNEWS/voorstellen", signed(one, "version", "1")).want(404)
}

func TestNewsIsProposedOnceByEight(t *testing.T) {
	t.Parallel()
	s, _, _, _ := joined(t, claims.Flat)
	one := officeOf(t, s.Case).member(t, staff.Register)
	values := form(one.get(newsList+"/nieuw"), filled()...)
	for status, n := range one.eightAtOnce(newsList+"/nieuw", values) {
		if status != http.StatusSeeOther || n != 8 {
			t.Errorf("%d of eight answers are %d", n, status)
		}
	}
	if n := claimstest.One[int](s.Case, `SELECT count(*) FROM news_drafts`); n != 1 {
		t.Errorf("%d drafts, want one", n)
	}
}

func TestTheFormOfNewsKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s, _, _, _ := joined(t, claims.Flat)
	one := officeOf(t, s.Case).member(t, staff.Register)
	for name, tt := range map[string]struct {
		pairs []string
		want  string
	}{
		"nothing":          {nil, "Vul dit in, in beide talen"},
		"no kind":          {[]string{"title_nl", "Getypt", "title_en", "a", "body_nl", "a", "body_en", "a", "groups", "paid"}, "Kies wat voor bericht dit is"},
		"no group":         {[]string{"title_nl", "Getypt", "title_en", "a", "body_nl", "a", "body_en", "a", "kind", "all"}, "Kies ten minste één groep"},
		"only who left":    {[]string{"title_nl", "Getypt", "title_en", "a", "body_nl", "a", "body_en", "a", "kind", "all", "groups", "left"}, "Kies ten minste één groep"},
		"another field":    {[]string{"title_nl", "Getypt", "title_en", "a", "body_nl", "a", "body_en", "{{naam}}", "kind", "all", "groups", "paid"}, "{{name}}, {{number}}"},
		"a long title":     {[]string{"title_nl", "Getypt", "title_en", strings.Repeat("a", 151), "body_nl", "a", "body_en", "a", "kind", "all", "groups", "paid"}, "niet langer zijn dan 150"},
		"another language": {[]string{"title_nl", "Getypt", "title_en", "a", "body_nl", "a", "body_en", "a", "kind", "all", "groups", "paid", "reads", "fr"}, "Kies een taal"},
	} {
		p := one.postFrom(newsList+"/nieuw", newsList+"/nieuw", tt.pairs...).want(422, tt.want)
		if tt.pairs != nil && !strings.Contains(p.Body, `value="Getypt"`) {
			t.Errorf("%s: what was typed is gone", name)
		}
	}
	if n := claimstest.One[int](s.Case, `SELECT count(*) FROM news_drafts`); n != 0 {
		t.Errorf("%d drafts are kept of forms with mistakes", n)
	}
}

func TestWhoOurMailDoesNotReachIsReachedAnotherWay(t *testing.T) {
	t.Parallel()
	s, m, _, _ := joined(t, claims.Flat)
	clerk := officeOf(t, s.Case).member(t, staff.Intake)
	const list = "/nl/beheer/onbereikbaar"
	clerk.get(list).want(200, "Iedereen is bereikbaar")
	s.Post()
	id := claimstest.One[string](s.Case, `SELECT message_id FROM outbox WHERE participant_id = ? AND message_id <> '' LIMIT 1`, m.ParticipantID)
	_, err := s.Claims.ReportBounce(t.Context(), bounce.Report{MessageID: id, Hard: true, Code: "5.1.1", SHA256: sha256.Sum256(nil)})
	must(t, err)
	p := clerk.get(list).want(200, m.Number, "Onbestelbaar 5.1.1", "Te doen")
	if strings.Contains(p.Body, m.Person.LastName) {
		t.Error("the list names the person")
	}
	one := "/nl" + between(p.Body, `href="/nl`, `">`+m.Number)
	one = one[strings.LastIndex(one, "/nl/beheer/onbereikbaar"):]
	clerk.get(one).want(200, "Gegevens van deelname "+m.Number)
	clerk.post(one, "note", " ").want(422, "Schrijf op hoe u deze persoon hebt bereikt")
	clerk.post(one, "note", strings.Repeat("x", 2001)).want(422, "hoogstens 2000 tekens")
	clerk.post(one, "note", "Gebeld, nieuw adres volgt").goes(list)
	clerk.get(list).want(200, "Bereikt")
	clerk.get(one).want(200, "Gebeld, nieuw adres volgt")
	clerk.send(one, signed(clerk, "note", "nog eens")).want(409)
	clerk.get(list + "/NOSUCHTASK").want(404)
}

func TestTheBounceHookBelievesOnlyWhoKnowsTheSecret(t *testing.T) {
	t.Parallel()
	s, m, _, _ := joined(t, claims.Flat)
	site := officeOf(t, s.Case).site
	s.Post()
	id := claimstest.One[string](s.Case, `SELECT message_id FROM outbox WHERE participant_id = ? AND message_id <> '' LIMIT 1`, m.ParticipantID)
	good := `{"message_id": "<` + id + `>", "kind": "hard", "code": "5.1.1", "id": "event-1"}`
	call := func(secret, kind, body string) int {
		c := site.visitor(t)
		if secret != "" {
			c.head["Authorization"] = secret
		}
		return c.do(http.MethodPost, bouncePath, strings.NewReader(body), kind).Status
	}
	const secret, json = "0123456789abcdef0123456789abcdef", "application/json"
	if got := call("Bearer "+secret, json, good); got != 404 {
		t.Errorf("without a secret in the settings: %d, want 404", got)
	}
	site.cfg.BounceSecret = secret
	for _, tt := range []struct {
		name, secret, kind, body string
		want                     int
	}{
		{"no secret", "", json, good, 401},
		{"another secret", "Bearer x" + secret[1:], json, good, 401},
		{"the secret alone", secret, json, good, 401},
		{"an empty secret", "Bearer ", json, good, 401},
		{"a form", "Bearer " + secret, "application/x-www-form-urlencoded", good, 400},
		{"no JSON", "Bearer " + secret, json, "kind=hard", 400},
		{"a list", "Bearer " + secret, json, "[" + good + "]", 400},
		{"two reports", "Bearer " + secret, json, good + good, 400},
		{"another name in it", "Bearer " + secret, json, `{"message_id": "x", "kind": "hard", "email": "jan@deelnemer.example"}`, 400},
		{"another kind", "Bearer " + secret, json, `{"message_id": "x", "kind": "spam"}`, 400},
		{"a code of words", "Bearer " + secret, json, `{"message_id": "x", "kind": "hard", "code": "nope"}`, 400},
		{"no mail", "Bearer " + secret, json, `{"kind": "hard"}`, 400},
		{"a book", "Bearer " + secret, json, `{"kind": "hard", "message_id": "` + strings.Repeat("x", 20_000) + `"}`, 400},
		{"about no mail of ours", "Bearer " + secret, json, `{"message_id": "abc@example.org", "kind": "hard"}`, 204},
	} {
		if got := call(tt.secret, tt.kind, tt.body); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
	if n := claimstest.One[int](s.Case, `SELECT count(*) FROM bounces`); n != 0 {
		t.Fatalf("%d reports were believed", n)
	}
	for range 2 {
		if got := call("Bearer "+secret, json+"; charset=utf-8", good); got != 204 {
			t.Errorf("a good report: %d, want 204", got)
		}
	}
	if n, tasks := claimstest.One[int](s.Case, `SELECT count(*) FROM bounces`), claimstest.One[int](s.Case, `SELECT count(*) FROM reach_tasks`); n != 1 || tasks != 1 {
		t.Errorf("%d reports and %d tasks, want one each", n, tasks)
	}
	last := 0
	for range 40 {
		last = call("Bearer wrong", json, good)
	}
	if last != 429 {
		t.Errorf("after many wrong secrets: %d, want 429", last)
	}
}
