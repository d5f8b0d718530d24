package web

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/claims/letter"
)

func TestAPackIsDownloadedAndItsKeyIsPublished(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Percentage)
	b.get(home+"/documenten").want(200, "Uw bewijspakket", "Lees wat u ondertekende", "Onze openbare sleutel")
	pack := b.post2(home+"/documenten", home+"/documenten/bewijspakket.zip").want(200)
	if pack.Header.Get("Content-Disposition") != `attachment; filename="bewijspakket-`+m.Number+`.zip"` {
		t.Errorf("the pack is %q", pack.Header.Get("Content-Disposition"))
	}
	published := b.get("/signing-key.pem").want(200).Body
	block, _ := pem.Decode([]byte(published))
	if block == nil {
		t.Fatalf("the key is published as %q", published)
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	must(t, err)
	key, ok := parsed.(ed25519.PublicKey)
	if !ok || !strings.Contains(published, letter.KeyFingerprint(key)) {
		t.Errorf("the key is published as %q", published)
	}
	if _, err := letter.VerifyPack([]byte(pack.Body), letter.PackTrust{Key: key}); err != nil {
		t.Errorf("the pack against the published key: %v", err)
	}
	b.get(home+"/documenten/volmacht").want(200, "Wat u hebt ondertekend", "Bewijs van ondertekening", "192.0.2.1", m.Number)
	if n := s.count(t, `SELECT count(*) FROM audit_events WHERE action = 'participation.evidence_pack' AND actor LIKE 'participant:%'`); n != 1 {
		t.Errorf("the log tells of %d packs, want 1", n)
	}
}

func TestTheMomentOfAPageIsOursToTell(t *testing.T) {
	t.Parallel()
	s := setup(t)
	mark := s.shownMark("anna")
	if at := s.shownAt("anna", mark); at.UnixMilli() != s.now().UnixMilli() {
		t.Errorf("the mark says %s, want now", at)
	}
	for name, bad := range map[string]string{"of somebody else": s.shownMark("berend"), "of another moment": "1" + mark, "empty": "", "no mark": "x-y", "cut": mark[:len(mark)-1]} {
		if at := s.shownAt("anna", bad); !at.IsZero() {
			t.Errorf("a mark %s says %s", name, at)
		}
	}
}
func TestUnsubscribingTakesOnePressAndNoLogin(t *testing.T) {
	t.Parallel()
	s, m, b, home := joined(t, claims.Flat)
	b.post2(home+"/toestemmingen", home+"/toestemmingen/newsletter/aan").goes(home + "/toestemmingen")
	b.get(home+"/toestemmingen").want(200, "Dan krijgt u geen nieuwsbrief meer", "Lees de tekst van toen")
	ref := claimstest.One[string](s.Case, `SELECT ref FROM consents WHERE kind = 'newsletter'`)
	if strings.Contains(ref, m.Number) || len(ref) < 26 {
		t.Errorf("the address to unsubscribe holds %q", ref)
	}
	live := func() int { return s.count(t, `SELECT count(*) FROM consents WHERE withdrawn_at IS NULL`) }
	anybody := s.visitor(t)
	for range 3 { // scanners open links
		anybody.get("/nl/afmelden/"+ref).want(200, "Afmelden voor de nieuwsbrief", "Meld mij af")
	}
	if live() != 1 {
		t.Fatal("opening the link unsubscribed")
	}
	anybody.send("/nl/afmelden/"+ref, map[string][]string{"List-Unsubscribe": {"One-Click"}}).want(200, "U bent afgemeld")
	anybody.send("/en/afmelden/"+ref, nil).want(200, "You have unsubscribed")
	if live() != 0 {
		t.Error("the press changed nothing")
	}
	anybody.get("/nl/afmelden/"+ref).want(200, "U bent afgemeld")
	anybody.get("/nl/afmelden/NOSUCHTOKENNOSUCHTOKENNOSU").want(404)
	anybody.send("/nl/afmelden/NOSUCHTOKENNOSUCHTOKENNOSU", nil).want(404)
}

func TestAConsentIsForTheTextThatWasRead(t *testing.T) {
	t.Parallel()
	s, _, b, home := joined(t, claims.Flat)
	old := form(b.get(home + "/toestemmingen"))
	s.Exec(`INSERT INTO texts (claim_id, kind, key, lang, version, title, body, sha256, published_at)
		SELECT claim_id, kind, key, lang, '2026-11', title, body || '.', sha256(convert_to(title || E'\n' || body || '.', 'UTF8')), '2026-11-01'
		FROM texts WHERE key = 'consent_research' AND claim_id = ?`, s.Claim.ID)
	b.send(home+"/toestemmingen/research/aan", old).want(409, "De tekst is zojuist veranderd")
	b.post2(home+"/toestemmingen", home+"/toestemmingen/research/aan").goes(home + "/toestemmingen")
	if v := claimstest.One[string](s.Case, `SELECT t.version FROM consents c JOIN texts t ON t.id = c.text_id`); v != "2026-11" {
		t.Errorf("the consent is for version %s", v)
	}
}
