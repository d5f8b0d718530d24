package claims_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/mailer/mailtest"
)

func someNews(request string) claims.NewsItem {
	return claims.NewsItem{
		TitleNL: "De brief is\nverstuurd", TitleEN: "The letter was sent", BodyNL: "Eerste alinea.\r\n\r\nTweede alinea.", BodyEN: "First paragraph.\n\nSecond paragraph.", RequestID: request,
	}
}

func TestNewsGoesToWhoTakesPartInTheirLanguage(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	dutch, english, left := c.Next(), c.Next(), c.Next()
	dutch.Lang, english.Lang = "nl", "en"
	c.JoinAs(dutch)
	c.JoinAs(english)
	gone := c.Participation(c.JoinAs(left))
	if err := c.Claims.Leave(t.Context(), "participant:3", gone); err != nil {
		t.Fatal(err)
	}
	n, err := c.Claims.PublishNews(t.Context(), claimstest.Lawyer, c.Claim.ID, someNews("n1"))
	if err != nil || n != 2 {
		t.Fatalf("news to %d people, %v, want 2", n, err)
	}
	sink := c.Post()
	for _, tt := range []struct{ to, title, body string }{
		{dutch.Email, "De brief is verstuurd", "Tweede alinea."}, {english.Email, "The letter was sent", "Second paragraph."},
	} {
		mails := sink.Messages(mailtest.Filter{To: tt.to}, 50)
		found := false
		for _, m := range mails {
			found = found || strings.Contains(strings.ToLower(m.Text), strings.ToLower(tt.title)) && strings.Contains(m.Text, tt.body)
		}
		if !found {
			t.Errorf("none of %d mails to %s has %q and %q", len(mails), tt.to, tt.title, tt.body)
		}
	}
	items, err := c.Claims.News(t.Context(), c.Claim.ID, 10)
	if err != nil || len(items) != 1 || items[0].Recipients != 2 || items[0].Title("nl") != "De brief is verstuurd" || items[0].WrittenBy != claimstest.Lawyer {
		t.Errorf("news = %+v, %v, want one item for two people", items, err)
	}
}

func TestNewsIsPublishedOnceByEight(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(3)
	ends := claimstest.Eight(func(int) error {
		n, err := c.Claims.PublishNews(context.Background(), claimstest.Register, c.Claim.ID, someNews("once"))
		if err == nil && n != 3 {
			return errors.New("another number of recipients")
		}
		return err
	})
	if diff := cmp.Diff(map[error]int{nil: 8}, ends); diff != "" {
		t.Errorf("publishing eight times at once (-want +got):\n%s", diff)
	}
	for what, sql := range map[string]string{
		"mails":            `SELECT count(*) FROM outbox WHERE template = 'news'`,
		"items, times 3":   `SELECT 3 * count(*) FROM news`,
		"log lines, times": `SELECT 3 * count(*) FROM audit_events WHERE action = 'news.published'`,
	} {
		if n := claimstest.One[int64](c, sql); n != 3 {
			t.Errorf("%s: %d, want 3", what, n)
		}
	}
}

func TestNewsNeedsBothLanguages(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	for name, change := range map[string]func(*claims.NewsItem){
		"no Dutch title":  func(n *claims.NewsItem) { n.TitleNL = " " },
		"no English text": func(n *claims.NewsItem) { n.BodyEN = "\n" },
		"no request":      func(n *claims.NewsItem) { n.RequestID = "" },
	} {
		in := someNews("x")
		change(&in)
		if _, err := c.Claims.PublishNews(t.Context(), claimstest.Lawyer, c.Claim.ID, in); !errors.Is(err, claims.ErrNews) {
			t.Errorf("%s = %v, want %v", name, err, claims.ErrNews)
		}
	}
}
