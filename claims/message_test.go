package claims_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/participants"
)

// write sends a message of a member, each time with a form of its own.
func write(c *claimstest.Case, m claimstest.Member, text, request string) error {
	return c.Claims.WriteMessage(c.Ctx(), c.Participation(m), claims.Writing{Text: text, RequestID: request})
}

// answer sends an answer of staff, who saw the messages up to one.
func answer(c *claimstest.Case, m claimstest.Member, text string, seen int64) error {
	return c.Claims.AnswerMessage(c.Ctx(), claimstest.Intake, c.Participation(m), claims.Writing{Text: text, RequestID: text, Seen: seen})
}

// talk opens a conversation as staff do.
func talk(c *claimstest.Case, m claimstest.Member) claims.Talk {
	c.Helper()
	_, all, err := c.Claims.ViewMessages(c.Ctx(), claimstest.Intake, c.Claim.ID, m.Number)
	if err != nil {
		c.Fatal(err)
	}
	return all
}

// waits are the numbers in the list of what waits for an answer.
func waits(c *claimstest.Case) (numbers []string) {
	c.Helper()
	page, err := c.Claims.Inbox(c.Ctx(), c.Claim.ID, true, time.Time{}, 0)
	if err != nil {
		c.Fatal(err)
	}
	for _, r := range page.Rows {
		numbers = append(numbers, r.Number)
	}
	return numbers
}

func unread(c *claimstest.Case, m claimstest.Member) int {
	c.Helper()
	n, err := c.Claims.UnreadMessages(c.Ctx(), m.ParticipantID)
	if err != nil {
		c.Fatal(err)
	}
	return n[m.ParticipationID]
}

// read opens the messages as the person does.
func read(c *claimstest.Case, m claimstest.Member) []claims.Message {
	c.Helper()
	all, err := c.Claims.Messages(c.Ctx(), c.Participation(m))
	if err == nil && len(all) > 0 {
		err = c.Claims.ReadMessages(c.Ctx(), c.Participation(m), all[0].ID)
	}
	if err != nil {
		c.Fatal(err)
	}
	return all
}

func try(c *claimstest.Case, errs ...error) {
	c.Helper()
	if err := errors.Join(errs...); err != nil {
		c.Fatal(err)
	}
	c.Watch.Advance(time.Minute)
}

func TestAMessageWaitsUntilItIsAnswered(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(3)
	try(c, write(c, m[1], "Hoe lang duurt het?\r\nIk wacht al lang. ", "a"))
	try(c, write(c, m[0], "Mijn adres klopt niet.", "b"))
	try(c, write(c, m[1], "Bent u daar?", "c"))
	if got := waits(c); fmt.Sprint(got) != fmt.Sprint([]string{m[1].Number, m[0].Number}) {
		t.Fatalf("waiting = %v, want who wrote first on top", got)
	}
	seen := talk(c, m[1])
	if len(seen.Messages) != 2 || seen.Messages[0].Text != "Bent u daar?" || seen.Messages[1].Text != "Hoe lang duurt het?\nIk wacht al lang." || seen.WaitingSince == nil {
		t.Fatalf("staff see %+v", seen)
	}
	if all := read(c, m[1]); all[1].ReadAt == nil || !all[1].ReadAt.Equal(c.Watch.Now()) {
		t.Errorf("the person does not see that it was read: %+v", all)
	}
	looks, err := c.Claims.Looks(t.Context(), m[1].ParticipationID)
	if err != nil || len(looks) != 1 || looks[0].Reason != "message" {
		t.Errorf("looks = %+v, %v, want one at the messages", looks, err)
	}
	try(c, answer(c, m[1], "Over een maand weten wij meer.", seen.Messages[0].ID))
	if got := waits(c); len(got) != 1 || got[0] != m[0].Number {
		t.Errorf("waiting after the answer = %v", got)
	}
	others, err := c.Claims.Inbox(t.Context(), c.Claim.ID, false, time.Time{}, 0)
	if err != nil || len(others.Rows) != 1 || others.Rows[0].Number != m[1].Number {
		t.Errorf("answered = %+v, %v", others, err)
	}
	if n := mails(c, "message"); n != 1 || unread(c, m[1]) != 1 {
		t.Errorf("%d mails and %d unread, want one of each", n, unread(c, m[1]))
	}
	try(c, answer(c, m[1], "En nog iets.", seen.Messages[0].ID))
	if n := mails(c, "message"); n != 1 || unread(c, m[1]) != 2 {
		t.Errorf("%d mails and %d unread, want no second mail while the first is not read", n, unread(c, m[1]))
	}
	read(c, m[1])
	try(c, answer(c, m[1], "Er is nieuws.", 0))
	if n := mails(c, "message"); n != 2 || unread(c, m[1]) != 1 {
		t.Errorf("%d mails and %d unread, want a mail for what came after", n, unread(c, m[1]))
	}
	if data := claimstest.One[string](c, `SELECT string_agg(data::text, ' ') FROM outbox WHERE template = 'message'`); strings.Contains(data, "nieuws") || strings.Contains(data, "maand") {
		t.Errorf("the mail holds what was written: %s", data)
	}
	if all := talk(c, m[1]); all.Messages[1].ReadAt == nil || all.Messages[0].ReadAt != nil {
		t.Errorf("staff do not see what was read: %+v", all.Messages)
	}
}

func TestStaffBeginAConversation(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	try(c, answer(c, m, "Wij missen uw huisnummer.", 0))
	if len(waits(c)) != 0 || unread(c, m) != 1 || mails(c, "message") != 1 {
		t.Errorf("waiting %v, unread %d, %d mails", waits(c), unread(c, m), mails(c, "message"))
	}
	try(c, write(c, m, "Dank u.", "dank"))
	if len(waits(c)) != 1 {
		t.Error("what the person wrote back does not wait")
	}
	all := talk(c, m)
	for range 2 {
		try(c, c.Claims.SettleMessages(t.Context(), claimstest.Register, c.Participation(m), all.Messages[0].ID))
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM audit_events WHERE action = 'message.settled'`); len(waits(c)) != 0 || n != 1 {
		t.Errorf("waiting %v and %d lines in the log after it was settled twice, want none and one", waits(c), n)
	}
}

func TestWhatComesInDuringAnAnswerStillWaits(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	try(c, write(c, m, "Eerste vraag", "1"))
	page := talk(c, m)
	try(c, write(c, m, "Tweede vraag", "2"))
	second := c.Watch.Now().Add(-time.Minute)
	try(c, answer(c, m, "Antwoord op de eerste", page.Messages[0].ID))
	if all := talk(c, m); all.WaitingSince == nil || !all.WaitingSince.Equal(second) {
		t.Errorf("waits since %v, want the second question, which nobody has seen", all.WaitingSince)
	}
	page = talk(c, m)
	try(c, c.Claims.SettleMessages(t.Context(), claimstest.Intake, c.Participation(m), page.Messages[0].ID))
	if len(waits(c)) != 0 {
		t.Error("still waits")
	}
}

func TestTheSameFormIsOneMessage(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(2)
	p, q := c.Participation(m[0]), c.Participation(m[1])
	for what, send := range map[string]func() error{
		"written": func() error { return c.Claims.WriteMessage(c.Ctx(), p, claims.Writing{Text: "vraag", RequestID: "x"}) },
		"answered": func() error {
			return c.Claims.AnswerMessage(c.Ctx(), claimstest.Intake, p, claims.Writing{Text: "antwoord", RequestID: "y", Seen: 1})
		},
	} {
		if ends := claimstest.Eight(func(int) error { return send() }); ends[nil] != 8 {
			t.Errorf("%s eight times at once = %v, want no trouble", what, ends)
		}
		if err := send(); err != nil {
			t.Errorf("%s once more = %v", what, err)
		}
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM messages`); n != 2 {
		t.Errorf("%d messages, want one question and one answer", n)
	}
	if n := mails(c, "message"); n != 1 {
		t.Errorf("%d mails, want one", n)
	}
	if err := c.Claims.WriteMessage(t.Context(), q, claims.Writing{Text: "van een ander", RequestID: "x"}); err != nil { // somebody else's form may have the same mark
		t.Fatal(err)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM messages`); n != 3 {
		t.Errorf("%d messages, want that of somebody else as well", n)
	}
}

func TestTenMessagesADay(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	for i := range 6 {
		try(c, write(c, m, "vraag", fmt.Sprint("eerst ", i)))
	}
	ends := claimstest.Eight(func(i int) error { return write(c, m, "vraag", fmt.Sprint("samen ", i)) }, claims.ErrMessagesToday)
	if ends[nil] != 4 || ends[claims.ErrMessagesToday] != 4 {
		t.Errorf("eight at once after six = %v, want four of them", ends)
	}
	if err := write(c, m, "vraag", "eerst 0"); err != nil {
		t.Errorf("the same form again = %v, want it to be the message of before", err)
	}
	try(c, answer(c, m, "Wij antwoorden altijd.", 0))
	c.Watch.Advance(24 * time.Hour)
	if err := write(c, m, "vraag", "morgen"); err != nil {
		t.Errorf("a day later = %v", err)
	}
}

func TestMessagesThatAreRefused(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(2)
	p := c.Participation(m[0])
	for _, tt := range []struct {
		name, text, request string
		want                error
	}{
		{"nothing", "", "a", claims.ErrMessage},
		{"blanks", " \n\t\u200b ", "a", claims.ErrMessage},
		{"too long", strings.Repeat("a", 4001), "a", participants.ErrTextLong},
		{"signs that turn text around", "a\u202eb", "a", participants.ErrTextCharacters},
		{"without its form", "vraag", "", claims.ErrMessage},
	} {
		if err := c.Claims.WriteMessage(t.Context(), p, claims.Writing{Text: tt.text, RequestID: tt.request}); !errors.Is(err, tt.want) {
			t.Errorf("%s = %v, want %v", tt.name, err, tt.want)
		}
	}
	if err := write(c, m[0], strings.Repeat("é", 4000), "lang"); err != nil {
		t.Errorf("four thousand letters = %v", err)
	}
	p.ParticipantID = m[1].ParticipantID
	if err := c.Claims.WriteMessage(t.Context(), p, claims.Writing{Text: "van een ander", RequestID: "b"}); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("about somebody else's participation = %v, want %v", err, claims.ErrNotFound)
	}
	if all := read(c, m[1]); len(all) != 0 {
		t.Errorf("somebody else reads %+v", all)
	}
}

func TestHeirsDoNotReadWhatTheDeadWrote(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(2, claims.Percentage)
	try(c, write(c, m[0], "Voor mijn dood", "1"))
	if err := die(c, m[0], "2026-10-20"); err != nil {
		t.Fatal(err)
	}
	if err := answer(c, m[0], "Te laat", 1); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("an answer to the dead = %v, want %v", err, claims.ErrWrongState)
	}
	link := inherit(c, m[0])
	token, form, err := takingOver(c, link, "erfgenaam@proef.example")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Claims.SignTakeover(t.Context(), c.Claim, link, token, form); err != nil {
		t.Fatal(err)
	}
	if all := read(c, m[0]); len(all) != 0 {
		t.Errorf("the heirs read %+v", all)
	}
	page := talk(c, m[0])
	if len(page.Messages) != 1 || !page.Messages[0].Former || page.Messages[0].Text != "Voor mijn dood" {
		t.Fatalf("staff see %+v", page)
	}
	try(c, answer(c, m[0], "Gecondoleerd.", page.Messages[0].ID))
	if len(waits(c)) != 0 {
		t.Error("the question of the dead still waits after the answer to the heirs")
	}
	if all := read(c, m[0]); len(all) != 1 || all[0].Text != "Gecondoleerd." {
		t.Errorf("the heirs read %+v", all)
	}
}

func TestWhoIsErasedHasNoMessages(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	try(c, write(c, m, "Wis mij", "1"), answer(c, m, "Zeker weten?", 0), write(c, m, "Ja", "2"))
	if _, err := c.Claims.Erase(t.Context(), visitor, m.ParticipantID); err != nil {
		t.Fatal(err)
	}
	if got := waits(c); len(got) != 0 {
		t.Errorf("waiting = %v", got)
	}
	page := talk(c, m)
	for _, message := range page.Messages {
		if message.Text != "" {
			t.Errorf("staff still read %q", message.Text)
		}
	}
	if err := answer(c, m, "Bent u daar nog?", 0); !errors.Is(err, claims.ErrWrongState) || len(page.Messages) != 3 {
		t.Errorf("%d messages, and one more = %v, want three and %v", len(page.Messages), err, claims.ErrWrongState)
	}
	if err := c.Claims.SettleMessages(t.Context(), claimstest.Intake, c.Participation(m), page.Messages[0].ID); err != nil {
		t.Fatal(err)
	}
}

func TestTheInboxGoesOnFromPageToPage(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(3)
	for i := range m {
		try(c, write(c, m[i], "vraag", "1"))
	}
	c.Exec(`INSERT INTO conversations (participation_id, participant_id, last_at) SELECT ?, id, now() FROM participants WHERE id <> ?`, m[0].ParticipationID, m[0].ParticipantID)
	first, err := c.Claims.Inbox(t.Context(), c.Claim.ID, true, time.Time{}, 0)
	if err != nil || len(first.Rows) != 3 || first.More {
		t.Fatalf("inbox = %+v, %v", first, err)
	}
	next, err := c.Claims.Inbox(t.Context(), c.Claim.ID, true, first.Rows[1].At(), first.Rows[1].ID)
	if err != nil || len(next.Rows) != 1 || next.Rows[0].Number != m[2].Number {
		t.Errorf("after the second = %+v, %v, want the third", next, err)
	}
	others, err := c.Claims.Inbox(t.Context(), c.Claim.ID, false, time.Time{}, 0)
	if err != nil || len(others.Rows) != 2 {
		t.Fatalf("the others = %+v, %v", others, err)
	}
	rest, err := c.Claims.Inbox(t.Context(), c.Claim.ID, false, others.Rows[0].At(), others.Rows[0].ID)
	if err != nil || len(rest.Rows) != 1 || rest.Rows[0].ID != others.Rows[1].ID {
		t.Errorf("after the first of them = %+v, %v", rest, err)
	}
	all, err := c.Claims.MessagesWaiting(t.Context())
	if err != nil || all[c.Claim.ID].Count != 3 || !all[c.Claim.ID].Since.Equal(first.Rows[0].At()) {
		t.Errorf("waiting = %+v, %v", all, err)
	}
}
