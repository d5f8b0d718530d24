package claims_test

import (
	"testing"

	"samenclaim/claims/claimstest"
)

func TestRepresentativenessCountsWhoTakesPart(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(7)
	for i, change := range []string{
		`country = 'BE', used_from = '2020-04-01', used_to = '2020-06-01'`, `country = 'NL', used_from = '1999-01-01', used_to = '1999-02-01'`,
		`country = 'NL', used_from = NULL, used_to = NULL`, `country = 'NL', used_from = '2020-04-01', used_to = NULL, review_mark = 'twin'`,
		`country = 'NL', status = 'withdrawn', ended_at = signed_at`, `country = 'NL', used_from = '2020-04-01', used_to = '2020-04-01', signed_at = signed_at - interval '40 days'`,
		`country = 'NL'`,
	} {
		c.Exec(`UPDATE participations SET `+change+` WHERE id = ?`, m[i].ParticipationID)
	}
	if err := die(c, m[6], "2026-10-20"); err != nil {
		t.Fatal(err)
	}
	c.Force(t, `UPDATE claims SET period_from = '2020-03-01', period_to = '2020-12-31' WHERE id = ?`, c.Claim.ID)
	c.Exec(`UPDATE outbox SET status = 'sent', sent_at = created_at, message_id = '<a@b>', attempts = 1 WHERE participant_id IS NOT NULL`)
	c.Exec(`UPDATE outbox SET status = 'failed', sent_at = NULL WHERE participant_id = ?`, m[0].ParticipantID)
	groups, err := c.Claims.Representativeness(c.Ctx(), c.Claim.ID)
	if err != nil || len(groups) != 5 {
		t.Fatalf("%d groups, %v, want two countries, two months and all", len(groups), err)
	}
	all := groups[len(groups)-1]
	if all.Country != "" || all.Month != nil || all.Signed != 7 || all.Active != 5 || all.Reached != 4 || all.InClass != 3 || all.Unknown != 1 || all.Marked != 1 {
		t.Errorf("all together: %+v", all)
	}
	if nl := groups[0]; nl.Country != "NL" || nl.Signed != 6 || nl.Active != 4 || nl.InClass != 2 {
		t.Errorf("the largest country comes first: %+v", nl)
	}
}
