package claims_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
	"samenclaim/mailer"
	"samenclaim/mailer/mailtest"
	"samenclaim/participants/privacy"
)

func someNews(request string) claims.DraftNews {
	return claims.DraftNews{
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
	ref := c.Publish(someNews("n1"))
	if n := c.Mailed(ref); n != 2 {
		t.Fatalf("news to %d people, want 2", n)
	}
	sink := c.Post()
	for _, tt := range []struct{ to, title, body string }{
		{dutch.Email, "De brief is verstuurd", "Tweede alinea."}, {english.Email, "The letter was sent", "Second paragraph."},
	} {
		mails := sink.Messages(mailtest.Filter{To: tt.to}, 50)
		found := 0
		for _, m := range mails {
			if strings.Contains(strings.ToLower(m.Text), strings.ToLower(tt.title)) && strings.Contains(m.Text, tt.body) {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%d of %d mails to %s have %q and %q, want one", found, len(mails), tt.to, tt.title, tt.body)
		}
	}
	items, err := c.Claims.News(t.Context(), c.Claim.ID, 10)
	if err != nil || len(items) != 1 || items[0].Recipients != 2 || items[0].Title("nl") != "De brief is verstuurd" || items[0].WrittenBy != claimstest.Register || items[0].Partial {
		t.Errorf("news = %+v, %v, want one item for two people", items, err)
	}
	d, err := c.Claims.OneNews(t.Context(), c.Claim.ID, ref)
	if err != nil {
		t.Fatal(err)
	}
	m, far, err := c.Claims.NewsMailing(t.Context(), d)
	if want := (mailer.Progress{Sent: 2}); err != nil || m.Status != mailer.MailingFinished || far != want || len(m.SHA256) != 32 {
		t.Errorf("the mailing is %s with %+v, %v, want it finished with %+v", m.Status, far, err, want)
	}
}

func TestNobodySeesNewsBeforeASecondPersonApproves(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(2)
	c.Post()
	ctx, id := t.Context(), c.Claim.ID
	in := someNews("n")
	in.Groups = claims.Groups
	ref, err := c.Claims.WriteNews(ctx, claimstest.Register, id, in)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := c.Claims.WriteNews(ctx, claimstest.Register, id, in); err != nil || again != ref {
		t.Errorf("the same form again = %s, %v, want %s", again, err, ref)
	}
	other := in
	other.TitleNL, other.Version = "Andere titel", 1
	type act = func(by audit.Actor) error
	propose := func(version int) act {
		return func(by audit.Actor) error { return c.Claims.ProposeNews(ctx, by, id, ref, version) }
	}
	approve := func(version int) act {
		return func(by audit.Actor) error { return c.Claims.ApproveNews(ctx, by, id, ref, version) }
	}
	rewrite := func(by audit.Actor) error { return c.Claims.RewriteNews(ctx, by, id, ref, other) }
	takeBack := func(by audit.Actor) error { return c.Claims.TakeBackNews(ctx, by, id, ref) }
	drop := func(by audit.Actor) error { return c.Claims.DropNews(ctx, by, id, ref) }
	pause := func(by audit.Actor) error { return c.Claims.PauseNews(ctx, by, id, ref) }
	for i, step := range []struct {
		what string
		do   act
		by   audit.Actor
		want error
	}{
		{"approving a draft", approve(1), claimstest.Lawyer, claims.ErrWrongState},
		{"pausing a draft", pause, claimstest.Lawyer, claims.ErrWrongState},
		{"taking back a draft", takeBack, claimstest.Lawyer, claims.ErrWrongState},
		{"proposing what was never read", propose(7), claimstest.Register, claims.ErrNewsChanged},
		{"proposing", propose(1), claimstest.Register, nil},
		{"proposing twice", propose(1), claimstest.Register, claims.ErrWrongState},
		{"changing what was proposed", rewrite, claimstest.Register, claims.ErrWrongState},
		{"throwing away what was proposed", drop, claimstest.Register, claims.ErrWrongState},
		{"approving one's own", approve(1), claimstest.Register, claims.ErrSamePerson},
		{"taking back", takeBack, claimstest.Lawyer, nil},
		{"changing it", rewrite, claimstest.Lawyer, nil},
		{"changing it so again", rewrite, claimstest.Lawyer, nil},
		{"proposing what somebody else wrote", propose(2), claimstest.Register, nil},
		{"approving what one wrote and another proposed", approve(2), claimstest.Lawyer, claims.ErrSamePerson},
		{"approving what one proposed and another wrote", approve(2), claimstest.Register, claims.ErrSamePerson},
		{"approving what was read before it changed", approve(1), claimstest.Board, claims.ErrNewsChanged},
		{"approving", approve(2), claimstest.Board, nil},
		{"approving twice", approve(2), claimstest.Board, claims.ErrWrongState},
		{"taking back what is published", takeBack, claimstest.Board, claims.ErrWrongState},
		{"pausing", pause, claimstest.Register, nil},
		{"pausing twice", pause, claimstest.Register, nil},
	} {
		if err := step.do(step.by); !errors.Is(err, step.want) {
			t.Errorf("%d, %s = %v, want %v", i+1, step.what, err, step.want)
		}
		if n := claimstest.One[int](c, `SELECT count(*) FROM news`); (n == 1) != (i >= 16) {
			t.Fatalf("%d items are published after %s", n, step.what)
		}
	}
	if err := c.Claims.ApproveNews(ctx, claimstest.Board, id+1, ref, 2); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("in another claim = %v, want %v", err, claims.ErrNotFound)
	}
	c.Exec(`UPDATE mailings SET status = 'sending', paused_at = NULL`)
}

func TestTheSchemaKeepsNewsAsItWasRead(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(1)
	in := someNews("n")
	in.Groups = claims.Groups
	ref, err := c.Claims.WriteNews(t.Context(), claimstest.Register, c.Claim.ID, in)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what, sql string) {
		t.Helper()
		if _, err := c.Owner(t).Exec(t.Context(), sql); err == nil {
			t.Errorf("the schema takes %s", what)
		}
	}
	if err := c.Claims.ProposeNews(t.Context(), claimstest.Register, c.Claim.ID, ref, 1); err != nil {
		t.Fatal(err)
	}
	refused("other words in what was proposed", `UPDATE news_drafts SET title_nl = 'x'`)
	refused("another audience in what was proposed", `UPDATE news_drafts SET groups = '["paid"]'`)
	refused("a group that there is not", `UPDATE news_drafts SET status = 'draft', proposed_by = NULL, proposed_at = NULL, groups = '["all"]'`)
	if err := c.Claims.ApproveNews(t.Context(), claimstest.Lawyer, c.Claim.ID, ref, 1); err != nil {
		t.Fatal(err)
	}
	refused("one person for both", `ALTER TABLE news_drafts DISABLE TRIGGER news_draft_moves; UPDATE news_drafts SET approved_by = proposed_by`)
	refused("other words in what was approved", `UPDATE news_drafts SET title_nl = 'x'`)
	refused("a mailing that ended before its time", `UPDATE mailings SET status = 'finished', finished_at = now()`)
	refused("other words in a mailing", `UPDATE mailings SET words_nl = '{}'`)
	refused("another number of recipients", `UPDATE mailings SET recipients = 7`)
	refused("another hash", `UPDATE mailings SET sha256 = sha256('x')`)
	refused("no mailing any more", `DELETE FROM mailings`)
	refused("a mail in another mailing", `UPDATE outbox SET mailing_id = NULL WHERE mailing_id IS NOT NULL`)
}

func TestNewsIsApprovedOnceByEight(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(3)
	in := someNews("once")
	in.Groups = claims.Groups
	var refs [8]string
	ends := claimstest.Eight(func(i int) (err error) {
		refs[i], err = c.Claims.WriteNews(context.Background(), claimstest.Register, c.Claim.ID, in)
		return err
	})
	ref := claimstest.One[string](c, `SELECT string_agg(ref, ' ') FROM news_drafts`)
	for _, r := range refs {
		if r != ref {
			t.Errorf("one of eight got %q, want %q", r, ref)
		}
	}
	if diff := cmp.Diff(map[error]int{nil: 8}, ends); diff != "" {
		t.Errorf("writing eight times at once (-want +got):\n%s", diff)
	}
	if err := c.Claims.ProposeNews(t.Context(), claimstest.Register, c.Claim.ID, ref, 1); err != nil {
		t.Fatal(err)
	}
	ends = claimstest.Eight(func(int) error {
		return c.Claims.ApproveNews(context.Background(), claimstest.Lawyer, c.Claim.ID, ref, 1)
	}, claims.ErrWrongState)
	if ends[nil] != 1 || ends[claims.ErrWrongState] != 7 {
		t.Errorf("approving eight times at once = %v, want it done once", ends)
	}
	for what, sql := range map[string]string{
		"mails":               `SELECT count(*) FROM outbox WHERE template = 'news'`,
		"items, times 3":      `SELECT 3 * count(*) FROM news`,
		"mailings, times 3":   `SELECT 3 * count(*) FROM mailings`,
		"log lines, times 3":  `SELECT 3 * count(*) FROM audit_events WHERE action = 'news.published'`,
		"recipients as noted": `SELECT recipients FROM mailings`,
	} {
		if n := claimstest.One[int64](c, sql); n != 3 {
			t.Errorf("%s: %d, want 3", what, n)
		}
	}
}

func TestNewsNeedsWordsFieldsAndSomebody(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	for name, tt := range map[string]struct {
		change func(*claims.DraftNews)
		want   error
	}{
		"no Dutch title":              {func(n *claims.DraftNews) { n.TitleNL = " " }, claims.ErrNews},
		"no English text":             {func(n *claims.DraftNews) { n.BodyEN = "\n" }, claims.ErrNews},
		"no request":                  {func(n *claims.DraftNews) { n.RequestID = "" }, claims.ErrNews},
		"a sign that no mail takes":   {func(n *claims.DraftNews) { n.BodyNL = "a\x07b" }, claims.ErrNews},
		"no group":                    {func(n *claims.DraftNews) { n.Groups = nil }, claims.ErrAudience},
		"a group that there is not":   {func(n *claims.DraftNews) { n.Groups = []string{"everybody"} }, claims.ErrAudience},
		"news for who left":           {func(n *claims.DraftNews) { n.Groups = []string{claims.GroupLeft} }, claims.ErrAudience},
		"a language that there isn't": {func(n *claims.DraftNews) { n.Lang = "fr" }, claims.ErrAudience},
	} {
		in := someNews("x")
		in.Groups = claims.Groups
		tt.change(&in)
		if _, err := c.Claims.WriteNews(t.Context(), claimstest.Lawyer, c.Claim.ID, in); !errors.Is(err, tt.want) {
			t.Errorf("%s = %v, want %v", name, err, tt.want)
		}
	}
	for text, want := range map[string]string{
		"Beste {{naam}}, uw nummer is {{ nummer }}.": "", "Beste {{name}}": "{{name}}", "{{.Code}}": "{{.Code}}", "{{naam": "{{", "naam}}": "}}",
		"{{bsn}}": "{{bsn}}", strings.Repeat("{{naam}}", 21): "{{naam}}", "{{}}": "{{}}",
	} {
		in := someNews("y" + text)
		in.Groups, in.BodyNL = claims.Groups, text
		_, err := c.Claims.WriteNews(t.Context(), claimstest.Lawyer, c.Claim.ID, in)
		var field *claims.NewsFieldError
		if errors.As(err, &field) != (want != "") || want == "" && err != nil || want != "" && (field.Field() != want || field.Text != "body_nl") {
			t.Errorf("%q = %v, want %q named", text, err, want)
		}
	}
}

func TestNewsGoesToTheGroupsAndTheLanguageThatWereChosen(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	var people []claimstest.Member
	for i := range 6 {
		p := c.Next()
		p.Lang = []string{"nl", "en"}[i%2]
		people = append(people, c.JoinAs(p))
	}
	c.Send() // all six are in the letter
	late := c.Join(1)[0]
	for _, m := range people[:2] {
		if err := c.Claims.SetConsents(t.Context(), c.Claim, m.Token, []string{"newsletter"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Claims.Leave(t.Context(), "participant:1", c.Participation(people[0])); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name       string
		groups     []string
		lang       string
		newsletter bool
		want       int64
	}{
		{"everybody", claims.Groups, "", false, 6},
		{"who is in the letter", []string{claims.GroupIncluded}, "", false, 5},
		{"who is in no letter yet", []string{claims.GroupSigned}, "", false, 1},
		{"who was paid", []string{claims.GroupPaid}, "", false, 0},
		{"who reads English", []string{claims.GroupIncluded}, "en", false, 3},
		{"who wants the newsletter, also who left", claims.Groups, "", true, 2},
		{"who wants it and takes part", []string{claims.GroupSigned, claims.GroupIncluded}, "", true, 1},
		{"who wants it and left", []string{claims.GroupLeft}, "", true, 1},
	} {
		in := someNews(tt.name)
		in.Groups, in.Lang, in.Newsletter = tt.groups, tt.lang, tt.newsletter
		ref := c.Publish(in)
		d, err := c.Claims.OneNews(t.Context(), c.Claim.ID, ref)
		if err != nil {
			t.Fatal(err)
		}
		a, err := c.Claims.AudienceOf(t.Context(), d)
		if n := c.Mailed(ref); n != tt.want || err != nil || a.Count() != tt.want || int64(len(a.Sample)) != min(tt.want, 5) {
			t.Errorf("%s: mailed to %d, counted %d with a sample of %d, %v; want %d", tt.name, n, a.Count(), len(a.Sample), err, tt.want)
		}
	}
	_ = late
}

// TestANameArrivesAsTyped writes to somebody whose name looks like a field and like markup.
func TestANameArrivesAsTyped(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	c.Exec(`UPDATE participants SET first_names = '{{nummer}} {{.Code}} <b>', infix = '', last_name = '{{naam}}' WHERE id = ?`, m.ParticipantID)
	c.Exec(`UPDATE participants SET lang = 'nl' WHERE id = ?`, m.ParticipantID)
	c.Post()
	in := someNews("named")
	in.BodyNL = "Beste {{naam}}, uw nummer is {{ nummer }}."
	c.Publish(in)
	got := c.Post().Messages(mailtest.Filter{To: m.Person.Email}, 10)
	if want := "Beste {{nummer}} {{.Code}} <b> {{naam}}, uw nummer is " + m.Number + "."; len(got) != 1 || !strings.Contains(strings.Join(strings.Fields(got[0].Text), " "), want) || strings.Contains(got[0].HTML, "<b>") {
		t.Errorf("%d mails, want one with %q", len(got), want)
	}
	items, err := c.Claims.News(t.Context(), c.Claim.ID, 1)
	if err != nil || items[0].Body("nl") != "Beste deelnemer, uw nummer is (in uw mail)." {
		t.Errorf("for everybody it says %q, %v", items[0].Body("nl"), err)
	}
	c.Exec(`UPDATE participants SET first_names = 'A', last_name = 'B' WHERE id = ?`, m.ParticipantID)
}

// TestWhoLeavesMeanwhileGetsNoMail changes what people want between the approval and the mail's turn.
func TestWhoLeavesMeanwhileGetsNoMail(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(5)
	for _, one := range m {
		if err := c.Claims.SetConsents(t.Context(), c.Claim, one.Token, []string{"newsletter"}); err != nil {
			t.Fatal(err)
		}
	}
	c.Post()
	news := c.Publish(someNews("news"))
	letter := someNews("letter")
	letter.Newsletter = true
	newsletter := c.Publish(letter)
	c.Watch.Advance(time.Minute)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(c.Claims.Leave(t.Context(), audit.Participant(m[0].ParticipantID), c.Participation(m[0])))
	must(ask(c, m[1], privacy.Object, privacy.Mailing, ""))
	must(c.People.WithdrawConsent(t.Context(), audit.Participant(m[2].ParticipantID), m[2].ParticipationID, "newsletter"))
	c.Post()
	for ref, want := range map[string]mailer.Progress{news: {Sent: 3, Cancelled: 2}, newsletter: {Sent: 3, Cancelled: 2}} {
		d, err := c.Claims.OneNews(t.Context(), c.Claim.ID, ref)
		must(err)
		box, far, err := c.Claims.NewsMailing(t.Context(), d)
		if err != nil || far != want || box.Status != mailer.MailingFinished {
			t.Errorf("%v: %s with %+v, %v, want it finished with %+v", d.Newsletter, box.Status, far, err, want)
		}
	}
}

// TestNobodySwitchesOffWhatTheyHaveARightTo sends the letter to who wants no mail at all.
func TestNobodySwitchesOffWhatTheyHaveARightTo(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	if err := c.Claims.SetConsents(t.Context(), c.Claim, m.Token, []string{"newsletter"}); err != nil {
		t.Fatal(err)
	}
	ref := claimstest.One[string](c, `SELECT ref FROM consents`)
	for _, err := range []error{
		c.People.Unsubscribe(t.Context(), ref), ask(c, m, privacy.Object, privacy.Mailing, ""), ask(c, m, privacy.Restrict, "needed", ""),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	c.Watch.Advance(time.Minute)
	c.Send()
	c.Post()
	if n := claimstest.One[int](c, `SELECT count(*) FROM outbox WHERE template = 'letter_sent' AND status = 'sent'`); n != 1 {
		t.Errorf("%d mails that the letter was sent, want one", n)
	}
	if n := c.Mailed(c.Publish(someNews("n"))); n != 0 {
		t.Errorf("news goes to %d people, want nobody", n)
	}
}
