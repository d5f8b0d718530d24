package web

import (
	"net/url"
	"sync"
	"testing"
)

func TestSigningTwiceOrEightTimesAtOnceIsOneParticipation(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("controle", "anna@deelnemer.example", "flat")
	values := form(c.get(joinURL+"/ondertekenen"), "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries")
	var wg sync.WaitGroup
	pages := make([]page, 8)
	for i := range pages {
		wg.Go(func() {
			one := *c // the same browser, eight times
			one.cookies = map[string]string{}
			for k, v := range c.cookies {
				one.cookies[k] = v
			}
			copied := url.Values{}
			for k, v := range values {
				copied[k] = append([]string{}, v...)
			}
			pages[i] = one.send(joinURL+"/ondertekenen", copied)
		})
	}
	wg.Wait()
	for i, p := range pages {
		if p.Status != 303 || p.Place != joinURL+"/toestemmingen" && p.Place != joinURL+"/klaar" {
			t.Errorf("request %d: status %d to %q, want the page after signing", i, p.Status, p.Place)
		}
	}
	c.send(joinURL+"/ondertekenen", values).goes(joinURL + "/klaar")
	if n := s.count(t, `SELECT count(*) FROM participations`); n != 1 {
		t.Errorf("participations = %d, want 1", n)
	}
	if n := s.count(t, `SELECT count(*) FROM mandates`); n != 1 {
		t.Errorf("mandates = %d, want 1", n)
	}
	if n := s.count(t, `SELECT count(*) FROM outbox WHERE template = 'welcome'`); n != 1 {
		t.Errorf("welcome mails = %d, want 1", n)
	}
}

func TestATextThatChangedIsReadAgain(t *testing.T) {
	t.Parallel()
	s := setup(t)
	c := s.visitor(t)
	c.walk("controle", "anna@deelnemer.example", "flat")
	values := form(c.get(joinURL+"/ondertekenen"), "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries")
	_, err := s.data.Owner(t).Exec(t.Context(), `INSERT INTO texts (claim_id, kind, key, lang, version, title, body, sha256, published_at)
		SELECT claim_id, kind, key, lang, '2026-11', title, body || ' En meer.', sha256(convert_to(title || E'\n' || body || ' En meer.', 'UTF8')), $1
		FROM texts WHERE key = 'mandate' AND lang = 'nl'`, s.now())
	must(t, err)
	again := c.send(joinURL+"/ondertekenen", values).want(422, "De tekst is zojuist veranderd", "En meer.")
	if n := s.count(t, `SELECT count(*) FROM participations`); n != 0 {
		t.Fatalf("participations = %d, want none before the new text was read", n)
	}
	c.send(joinURL+"/ondertekenen", form(again, "mandate", "yes", "agreement", "yes", "name", "Anna Maria de Vries")).goes(joinURL + "/toestemmingen")
}
