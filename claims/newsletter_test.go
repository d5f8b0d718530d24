package claims_test

import (
	"strings"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
	"samenclaim/mailer/mailtest"
)

func TestANewsletterGoesToWhoWantsItAndEndsWithOnePress(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(3)
	for _, one := range m[:2] {
		if err := c.Claims.SetConsents(t.Context(), c.Claim, one.Token, []string{"newsletter"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.People.WithdrawConsent(t.Context(), audit.Participant(m[1].ParticipantID), m[1].ParticipationID, "newsletter"); err != nil {
		t.Fatal(err)
	}
	send := func(request string) int64 {
		t.Helper()
		return c.Mailed(c.Publish(claims.DraftNews{TitleNL: "Titel", TitleEN: "Title", BodyNL: "Tekst", BodyEN: "Text", Newsletter: true, RequestID: request}))
	}
	if n := send("first"); n != 1 {
		t.Errorf("the newsletter went to %d people, want the one who wants it", n)
	}
	var got []mailtest.Message
	for _, mail := range c.Post().Messages(mailtest.Filter{}, 50) {
		if mail.Header.Get("List-Unsubscribe") != "" {
			got = append(got, mail)
		}
	}
	if len(got) != 1 || got[0].To != m[0].Person.Email || got[0].Header.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Fatalf("%d mails can be unsubscribed from", len(got))
	}
	link := strings.Trim(got[0].Header.Get("List-Unsubscribe"), "<>")
	ref := link[strings.LastIndex(link, "/")+1:]
	if on, err := c.People.Subscription(t.Context(), ref); err != nil || !on {
		t.Errorf("the address in the mail stands for %v, %v", on, err)
	}
	ends := claimstest.Eight(func(int) error { return c.People.Unsubscribe(t.Context(), ref) })
	if ends[nil] != 8 || claimstest.One[int](c, `SELECT count(*) FROM audit_events WHERE action = 'consent.withdrawn' AND detail->>'via' = 'mail'`) != 1 {
		t.Errorf("unsubscribing eight times at once = %v, want it done once", ends)
	}
	if n := send("second"); n != 0 {
		t.Errorf("the next newsletter went to %d people, want nobody", n)
	}
	if err := c.People.Unsubscribe(t.Context(), "NOSUCHTOKENNOSUCHTOKENNOSU"); err == nil {
		t.Error("an address that is none was accepted")
	}
}
