package claims_test

import (
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
)

func TestANewTextIsReadAtOnce(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	read := func(lang string) string {
		t.Helper()
		texts, err := c.Claims.Texts(t.Context(), c.Claim.ID, lang)
		if err != nil {
			t.Fatal(err)
		}
		return texts["hero"].Body
	}
	before, english := read("nl"), read("en")
	if again := read("nl"); again != before || english == before {
		t.Errorf("read again %q, in English %q; want %q, and something else", again, english, before)
	}
	other := claims.New(c.DB, c.Vault, nil, nil, nil, func(string) {}) // another replica, which had nothing to do with it
	if _, err := c.Owner(t).Exec(t.Context(), `INSERT INTO texts (claim_id, kind, key, lang, version, title, body, source, sha256, published_at)
		SELECT claim_id, kind, key, lang, '2026-10b', title, 'Anders.', source, sha256(convert_to(title || E'\n' || 'Anders.', 'UTF8')), published_at + interval '1 second'
		FROM texts WHERE claim_id = $1 AND key = 'hero' AND lang = 'nl' ORDER BY published_at DESC LIMIT 1`, c.Claim.ID); err != nil {
		t.Fatal(err)
	}
	if got := read("nl"); got != "Anders." {
		t.Errorf("read %q, want the new words", got)
	}
	if got := read("en"); got != english {
		t.Errorf("the English became %q", got)
	}
	texts, err := other.Texts(t.Context(), c.Claim.ID, "nl")
	if err != nil || texts["hero"].Body != "Anders." {
		t.Errorf("the other replica reads %q, %v", texts["hero"].Body, err)
	}
}
