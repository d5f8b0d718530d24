package claims_test

import (
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
)

func TestWithoutItsGuardsNewsIsMailedTwice(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(2)
	in := someNews("n")
	in.Groups = claims.Groups
	ref, err := c.Claims.WriteNews(t.Context(), claimstest.Register, c.Claim.ID, in)
	if err == nil {
		err = c.Claims.ProposeNews(t.Context(), claimstest.Register, c.Claim.ID, ref, 1)
	}
	if err != nil {
		t.Fatal(err)
	}
	ownerDoes(c, `ALTER TABLE mailings DROP CONSTRAINT mailings_key_key; ALTER TABLE news DROP CONSTRAINT news_request_id_key; DROP TRIGGER news_draft_moves ON news_drafts`)
	unguarded(c)
	meet(c, 8, `FROM "news_drafts"`)
	ends := claimstest.Eight(func(int) error { return c.Claims.ApproveNews(c.Ctx(), claimstest.Lawyer, c.Claim.ID, ref, 1) }, claims.ErrWrongState)
	if mails := claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template = 'news'`); ends[nil] < 2 || mails < 4 {
		t.Errorf("without its guards news is approved %v with %d mails to two people: the test of approving does not see what they are for", ends, mails)
	}
}
