package claims_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
	"samenclaim/participants"
	"samenclaim/participants/privacy"
)

// ask makes a request of a member.
func ask(c *claimstest.Case, m claimstest.Member, right privacy.Right, ground, words string) error {
	return c.Claims.AskRight(c.Ctx(), audit.Participant(m.ParticipantID), c.Participation(m), right, ground, words)
}

// newest is the newest request there is.
func newest(c *claimstest.Case) string {
	c.Helper()
	return claimstest.One[string](c, `SELECT ref FROM rights_requests ORDER BY id DESC LIMIT 1`)
}

// reached counts whom news reaches.
func reached(c *claimstest.Case, request string) int64 {
	c.Helper()
	return c.Mailed(c.Publish(someNews(request)))
}

// listed are the numbers in the register that staff take along.
func listed(c *claimstest.Case) (numbers string) {
	c.Helper()
	var out bytes.Buffer
	_, err := c.Claims.ExportRegister(c.Ctx(), claimstest.Register, c.Claim.ID, &out)
	in := csv.NewReader(&out)
	in.FieldsPerRecord = -1
	rows, err2 := in.ReadAll()
	if err := errors.Join(err, err2); err != nil {
		c.Fatal(err)
	}
	for _, r := range rows {
		numbers += r[0] + " "
	}
	return numbers
}

func TestWhileTheUseIsRestrictedTheClaimGoesOnAndNothingElse(t *testing.T) {
	t.Parallel()
	c, m := awarded(t, 2)
	if err := ask(c, m[0], privacy.Restrict, "accuracy", "Mijn naam klopt niet"); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(time.Minute)
	if n := reached(c, "n1"); n != 1 {
		t.Errorf("news reaches %d people, want only the other", n)
	}
	if got := listed(c); strings.Contains(got, m[0].Number) || !strings.Contains(got, m[1].Number) {
		t.Errorf("the register that is taken along holds %q, want only %s", got, m[1].Number)
	}
	d, err := c.Claims.View(t.Context(), claimstest.Register, c.Claim.ID, m[0].Number, "call")
	if err != nil || d.Restricted != claims.RestrictedAll {
		t.Errorf("the dossier says %q, %v, want the mark", d.Restricted, err)
	}
	if run := c.Release(); run.ItemCount != 2 {
		t.Errorf("%d payouts, want both: money is what the mandate is for", run.ItemCount)
	}
	if err := c.Claims.AnswerRight(t.Context(), claimstest.Register, newest(c), false, ""); !errors.Is(err, claims.ErrReasonTold) {
		t.Errorf("refused without a reason = %v, want %v", err, claims.ErrReasonTold)
	}
	if err := c.Claims.AnswerRight(t.Context(), claimstest.Register, newest(c), false, "Uw naam klopt."); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(time.Minute)
	if n := reached(c, "n2"); n != 2 {
		t.Errorf("after the refusal news reaches %d people, want both", n)
	}
	if got := listed(c); !strings.Contains(got, m[0].Number) {
		t.Errorf("after the refusal the register holds %q, want %s as well", got, m[0].Number)
	}
	c.Sound()
}

func TestARequestIsMadeOnceByEight(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	if ends := claimstest.Eight(func(int) error { return ask(c, m, privacy.Object, "situation", "Ik zit in de schuldhulp") }); ends[nil] != 8 {
		t.Errorf("eight at once = %v", ends)
	}
	if got := claimstest.One[string](c, `SELECT concat_ws(' ', (SELECT count(*) FROM rights_requests), (SELECT count(*) FROM outbox WHERE template = 'right_received'),
		(SELECT count(*) FROM audit_events WHERE action = 'right.asked'))`); got != "1 1 1" {
		t.Errorf("requests, mails and lines in the log: %s, want 1 1 1", got)
	}
	if got := claimstest.One[string](c, `SELECT data::text FROM outbox WHERE template = 'right_received'`); strings.Contains(got, "schuldhulp") || !strings.Contains(got, "Until") {
		t.Errorf("the mail holds %s, want the date and nothing of what was asked", got)
	}
	if err := ask(c, m, privacy.Object, "accuracy", ""); !errors.Is(err, claims.ErrGround) {
		t.Errorf("a ground of the other right = %v, want %v", err, claims.ErrGround)
	}
	if err := ask(c, m, privacy.Object, "situation", strings.Repeat("é", claims.MostWords+1)); !errors.Is(err, claims.ErrWords) {
		t.Errorf("a book = %v, want %v", err, claims.ErrWords)
	}
}

// The control: without the index that holds one request in force, eight at once make more than one.
func TestTheIndexIsWhatHoldsOneRequest(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	if err := c.OwnerDB(t).Exec(`DROP INDEX rights_requests_one_in_force`).Error; err != nil {
		t.Fatal(err)
	}
	claimstest.Eight(func(int) error { return ask(c, m, privacy.Object, "situation", "") })
	if n := claimstest.One[int](c, `SELECT count(*) FROM rights_requests`); n < 2 {
		t.Errorf("%d requests without the index: this test does not see what it is for", n)
	}
}

func TestOnlyTheOwnerTakesARequestBack(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(2)
	if err := ask(c, m[0], privacy.Restrict, "unlawful", ""); err != nil {
		t.Fatal(err)
	}
	drop := func(one claimstest.Member) error {
		return c.Claims.DropRight(c.Ctx(), audit.Participant(one.ParticipantID), one.ParticipantID, newest(c))
	}
	if err := drop(m[1]); !errors.Is(err, privacy.ErrNotFound) {
		t.Errorf("taken back by somebody else = %v, want %v", err, privacy.ErrNotFound)
	}
	if _, err := c.Claims.RightOf(t.Context(), participants.Participant{ID: m[1].ParticipantID}, newest(c)); !errors.Is(err, privacy.ErrNotFound) {
		t.Errorf("read by somebody else = %v, want %v", err, privacy.ErrNotFound)
	}
	if ends := claimstest.Eight(func(int) error { return drop(m[0]) }); ends[nil] != 8 || claimstest.One[int](c, `SELECT count(*) FROM audit_events WHERE action = 'right.dropped'`) != 1 {
		t.Errorf("taken back eight times at once = %v, want once", ends)
	}
	if err := c.Claims.AnswerRight(t.Context(), claimstest.Register, newest(c), true, ""); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("answered after it was taken back = %v, want %v", err, claims.ErrWrongState)
	}
	if n := reached(c, "n"); n != 2 {
		t.Errorf("news reaches %d people, want both", n)
	}
	if err := ask(c, m[0], privacy.Restrict, "unlawful", ""); err != nil || claimstest.One[int](c, `SELECT count(*) FROM rights_requests`) != 2 {
		t.Errorf("asked anew = %v, want a second request", err)
	}
}

func TestAnObjectionToNewsCountsAtOnce(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(2)
	if err := c.Claims.SetConsents(t.Context(), c.Claim, m[0].Token, []string{"newsletter"}); err != nil {
		t.Fatal(err)
	}
	if err := ask(c, m[0], privacy.Object, privacy.Mailing, ""); err != nil {
		t.Fatal(err)
	}
	if got := claimstest.One[string](c, `SELECT concat_ws(' ', status, answered_by, (SELECT count(*) FROM consents WHERE withdrawn_at IS NULL)) FROM rights_requests`); got != "granted system:rights 0" {
		t.Errorf("the objection is %s, want granted, and no newsletter", got)
	}
	c.Watch.Advance(time.Minute)
	if n := reached(c, "n"); n != 1 {
		t.Errorf("news reaches %d people, want only the other", n)
	}
	if got := listed(c); !strings.Contains(got, m[0].Number) {
		t.Errorf("the register holds %q: who wants no news still stands in it", got)
	}
	c.Sound()
}

func TestWhoAllowsTheNewsletterAfterwardsGetsIt(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	letter := func(request string) int64 {
		t.Helper()
		in := someNews(request)
		in.Newsletter = true
		return c.Mailed(c.Publish(in))
	}
	allow := func() {
		t.Helper()
		if err := c.Claims.SetConsents(t.Context(), c.Claim, m.Token, []string{"newsletter"}); err != nil {
			t.Fatal(err)
		}
		c.Watch.Advance(time.Minute)
	}
	allow()
	if err := ask(c, m, privacy.Restrict, "needed", ""); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(time.Minute)
	if n := letter("n1"); n != 0 {
		t.Errorf("the newsletter reaches %d people, want nobody: the request came after the consent", n)
	}
	if err := c.People.WithdrawConsent(t.Context(), visitor, m.ParticipationID, "newsletter"); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(time.Minute)
	allow()
	if n := letter("n2"); n != 1 {
		t.Errorf("the newsletter reaches %d people, want who allowed it after the request", n)
	}
	if n := reached(c, "n3"); n != 0 {
		t.Errorf("news reaches %d people: nothing else was allowed", n)
	}
}

func TestAnAnswerHasAMonthOrThreeWithAReason(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	if err := ask(c, m, privacy.Restrict, "needed", ""); err != nil {
		t.Fatal(err)
	}
	due := func() string { return claimstest.One[string](c, `SELECT due_on::text FROM rights_requests`) }
	extend := func(reason string) error {
		return c.Claims.ExtendRight(c.Ctx(), claimstest.Register, newest(c), reason)
	}
	first := privacy.After(c.Watch.Now(), 1)
	if due() != first.Format(time.DateOnly) {
		t.Errorf("due on %s, want %s", due(), first.Format(time.DateOnly))
	}
	if err := extend(" "); !errors.Is(err, claims.ErrReasonTold) {
		t.Errorf("extended without a reason = %v, want %v", err, claims.ErrReasonTold)
	}
	if ends := claimstest.Eight(func(int) error { return extend("Wij zoeken het uit.") }, claims.ErrWrongState); ends[nil] != 1 || ends[claims.ErrWrongState] != 7 {
		t.Errorf("extended eight times at once = %v, want once", ends)
	}
	if want := privacy.After(c.Watch.Now(), 3).Format(time.DateOnly); due() != want || mails(c, "right_extended") != 1 {
		t.Errorf("due on %s with %d mails, want %s and one", due(), mails(c, "right_extended"), want)
	}
	c.Post()
	c.Watch.Advance(95 * 24 * time.Hour)
	if w, err := c.Claims.RightsWaiting(t.Context()); err != nil || w.Open != 1 || w.Late != 1 {
		t.Errorf("waiting = %+v, %v, want one, and late", w, err)
	}
	ends := claimstest.Eight(func(i int) error {
		return c.Claims.AnswerRight(c.Ctx(), claimstest.Register, newest(c), i%2 == 0, "Antwoord "+fmt.Sprint(i))
	}, claims.ErrWrongState)
	if ends[nil] != 1 || mails(c, "right_answered") != 1 {
		t.Errorf("answered eight times at once = %v with %d mails, want once", ends, mails(c, "right_answered"))
	}
	if w, err := c.Claims.RightsWaiting(t.Context()); err != nil || w.Open != 0 {
		t.Errorf("waiting = %+v, %v, want nothing", w, err)
	}
	c.Sound()
}

func TestTheFirstMonthIsForSayingThatItTakesLonger(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	if err := ask(c, m, privacy.Restrict, "needed", ""); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(33 * 24 * time.Hour)
	if err := c.Claims.ExtendRight(t.Context(), claimstest.Register, newest(c), "Te laat bedacht."); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("extended after the month = %v, want %v", err, claims.ErrWrongState)
	}
}

func TestARestrictionEndsAWeekAfterThePersonWasTold(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(2)
	if err := ask(c, m[0], privacy.Restrict, "accuracy", ""); err != nil {
		t.Fatal(err)
	}
	lift := func() error { return c.Claims.LiftRight(c.Ctx(), claimstest.Register, newest(c)) }
	if err := lift(); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("ended before it was answered = %v, want %v", err, claims.ErrWrongState)
	}
	if err := c.Claims.AnswerRight(t.Context(), claimstest.Register, newest(c), true, ""); err != nil {
		t.Fatal(err)
	}
	if ends := claimstest.Eight(func(int) error { return lift() }, claims.ErrWrongState); ends[nil] != 1 || mails(c, "right_ends") != 1 {
		t.Errorf("ended eight times at once = %v with %d mails, want once", ends, mails(c, "right_ends"))
	}
	c.Post()
	c.Watch.Advance(6 * 24 * time.Hour)
	if n := reached(c, "n1"); n != 1 {
		t.Errorf("in that week news reaches %d people, want only the other", n)
	}
	c.Post()
	c.Watch.Advance(2 * 24 * time.Hour)
	if n := reached(c, "n2"); n != 2 {
		t.Errorf("after it news reaches %d people, want both", n)
	}
	c.Sound()
}

func TestWhoTakesOverIsNotRestrictedByTheOneBefore(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(2)
	if err := ask(c, m[0], privacy.Restrict, "accuracy", "MERK-woorden"); err != nil {
		t.Fatal(err)
	}
	if err := die(c, m[0], "2026-10-20"); err != nil {
		t.Fatal(err)
	}
	link := inherit(c, m[0])
	token, form, err := takingOver(c, link, "erfgenaam@proef.example")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Claims.SignTakeover(t.Context(), c.Claim, link, token, form); err != nil {
		t.Fatal(err)
	}
	if n := reached(c, "n"); n != 2 {
		t.Errorf("news reaches %d people, want also who took over", n)
	}
	if asked, err := c.Claims.RightsOf(t.Context(), c.Participation(m[0])); err != nil || len(asked) != 0 {
		t.Errorf("who took over sees %d requests, %v, want none of the one before", len(asked), err)
	}
}

func TestTheListHoldsWhatWasDoneAtOnceAndWhatWaitsFirst(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(3)
	if err := c.Claims.WantExport(t.Context(), visitor, m[0].ParticipantID); err != nil {
		t.Fatal(err)
	}
	c.Drain("exports")
	if _, err := c.Claims.Erase(t.Context(), visitor, m[1].ParticipantID); err != nil {
		t.Fatal(err)
	}
	if err := ask(c, m[2], privacy.Object, "situation", ""); err != nil {
		t.Fatal(err)
	}
	c.Watch.Advance(24 * time.Hour)
	if err := ask(c, m[0], privacy.Restrict, "accuracy", ""); err != nil {
		t.Fatal(err)
	}
	lines, err := c.Claims.Rights(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, l := range lines {
		got += l.Kind + "/" + l.Status + " "
	}
	if !strings.HasPrefix(got, "object/open restrict/open ") || !strings.Contains(got, "copy/done") || !strings.Contains(got, "erase/done") || len(lines) != 4 {
		t.Errorf("the list is %q, want what waits first and the copy and the erasure as done", got)
	}
}

func TestWhatWasAskedIsSealedGivenAndErased(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	if err := ask(c, m, privacy.Restrict, "accuracy", "MERK-woorden"); err != nil {
		t.Fatal(err)
	}
	if err := c.Claims.AnswerRight(t.Context(), claimstest.Register, newest(c), true, "MERK-antwoord"); err != nil {
		t.Fatal(err)
	}
	marks := []string{"MERK-woorden", "MERK-antwoord"}
	if places := traces(t, c, marks); len(places) != 0 {
		t.Errorf("readable in %q", places)
	}
	var out bytes.Buffer
	if err := c.Claims.Export(t.Context(), m.ParticipantID, &out); err != nil {
		t.Fatal(err)
	}
	data := string(inPack(t, out.Bytes(), "data.json"))
	for _, mark := range marks {
		if !strings.Contains(data, mark) {
			t.Errorf("the copy lacks %s", mark)
		}
	}
	r, _, _, err := c.Claims.OpenRight(t.Context(), claimstest.Register, newest(c))
	if err != nil || r.Text != marks[0] || r.Responded != marks[1] {
		t.Errorf("opened = %+v, %v", r, err)
	}
	if looks, err := c.Claims.Looks(t.Context(), m.ParticipationID); err != nil || len(looks) != 1 || looks[0].Reason != "request" {
		t.Errorf("looks = %+v, %v, want the one of who answered", looks, err)
	}
	if _, err := c.Claims.Erase(t.Context(), visitor, m.ParticipantID); err != nil {
		t.Fatal(err)
	}
	if r, _, _, err := c.Claims.OpenRight(t.Context(), claimstest.Register, newest(c)); err != nil || r.Text != "" || r.Responded != "" {
		t.Errorf("after the erasure = %+v, %v, want no words", r, err)
	}
	c.Sound()
}
