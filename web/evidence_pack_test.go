package web

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"

	"samenclaim/claims"
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
