package claims_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/internal/audit"
	"samenclaim/internal/locale"
	"samenclaim/participants"
)

func proofPaper() *bytes.Reader { return bytes.NewReader(claimstest.ProofPDF) }

// die records a death on a day.
func die(c *claimstest.Case, m claimstest.Member, on string) error {
	c.Helper()
	return dieAs(c, c.Participation(m), on)
}

func dieAs(c *claimstest.Case, p participants.Participation, on string) error {
	c.Helper()
	day, err := time.Parse(time.DateOnly, on)
	if err != nil {
		return err
	}
	return c.Claims.ReportDeath(c.Ctx(), claimstest.Intake, p, claims.Death{
		DiedOn: day, Contact: claims.Contact{Name: "B. Erfgenaam", Email: "erfgenaam@proef.example", Lang: "nl"},
	}, proofPaper())
}

// inherit has staff propose and accept that somebody represents the heirs, and returns the mailed link.
func inherit(c *claimstest.Case, m claimstest.Member) (link string) {
	c.Helper()
	p := c.Participation(m)
	wish := claims.TakeoverWish{Kind: claims.TakeoverHeir, Scope: "all", Contact: claims.Contact{Name: "B. Erfgenaam", Email: "erfgenaam@proef.example", Lang: "nl"}}
	if err := c.Claims.ProposeTakeover(c.Ctx(), claimstest.Intake, p, wish, proofPaper()); err != nil {
		c.Fatal(err)
	}
	if err := c.Claims.AcceptTakeover(c.Ctx(), claimstest.Intake, p); !errors.Is(err, claims.ErrSamePerson) {
		c.Errorf("accepted by who proposed it = %v, want %v", err, claims.ErrSamePerson)
	}
	if err := c.Claims.AcceptTakeover(c.Ctx(), claimstest.Register, p); err != nil {
		c.Fatal(err)
	}
	return linkIn(c, "takeover")
}

// linkIn is the token in the newest mail with this template.
func linkIn(c *claimstest.Case, template string) string {
	c.Helper()
	return claimstest.One[string](c, `SELECT data->>'Token' FROM outbox WHERE template = ? ORDER BY id DESC LIMIT 1`, template)
}

// takingOver fills in the pages behind a link up to the signature.
func takingOver(c *claimstest.Case, link, email string) (token string, form claims.SignForm, err error) {
	c.Helper()
	t, err := c.Claims.TakeoverBehind(c.Ctx(), link)
	if err != nil {
		return "", form, err
	}
	if token, _, err = c.People.StartSignup(c.Ctx(), c.Claim.ID, "nl"); err != nil {
		return "", form, err
	}
	_, err = c.People.Answer(c.Ctx(), c.Claim.ID, token, func(a *participants.Answers) {
		a.Takeover, a.Email, a.FirstNames, a.LastName = t.ID, email, "Bea", "Erfgenaam"
		a.Address = participants.Address{Postcode: "1234 AB", HouseNumber: "1", Street: "Dorpsstraat", City: "Utrecht", Country: "NL"}
	})
	if err != nil {
		return "", form, err
	}
	if err := c.People.AskSignupCode(c.Ctx(), c.Claim.ID, token); err != nil {
		return "", form, err
	}
	_, err = c.People.ProveSignup(c.Ctx(), c.Claim.ID, token, newestCode(c, email))
	return token, c.Form(demo.Person{Lang: "nl", FirstNames: "Bea", LastName: "Erfgenaam"}), err
}

func TestAnEstateStandsStillUntilTheHeirsSign(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(2, claims.Percentage)
	c.Send()
	c.Arrive(1)
	c.Settle(100_000)
	c.Receive(100_000)
	if err := die(c, m[0], "2026-10-20"); err != nil {
		t.Fatal(err)
	}
	c.Stand(m[0], participants.InEstate)
	if err := c.Claims.Leave(t.Context(), visitor, c.Participation(m[0])); !errors.Is(err, participants.ErrWrongState) {
		t.Errorf("leaving with the account of the dead = %v", err)
	}
	c.Distribute()
	if n := claimstest.One[int](c, `SELECT count(*) FROM awards`); n != 2 {
		t.Errorf("%d awards, want one for the estate as well", n)
	}
	if n := mails(c, "payee_request"); n != 1 {
		t.Errorf("%d people are asked for an account, want the living one", n)
	}
	if err := die(c, m[0], "2026-10-20"); err == nil {
		t.Error("the same death was recorded twice")
	}
	link := inherit(c, m[0])
	token, form, err := takingOver(c, link, "erfgenaam@proef.example")
	if err != nil {
		t.Fatal(err)
	}
	ends := claimstest.Eight(func(int) error {
		_, err := c.Claims.SignTakeover(c.Ctx(), c.Claim, link, token, form)
		return err
	})
	if ends[nil] != 8 {
		t.Errorf("signed eight times at once = %v, want no trouble", ends)
	}
	c.Stand(m[0], participants.PayeePending)
	p := c.Participation(m[0])
	if p.ParticipantID == m[0].ParticipantID {
		t.Error("the participation is still in the account of the dead")
	}
	r, err := c.Claims.Represented(t.Context(), p)
	if err != nil || r == nil || r.Ward.Capacity != participants.Heir || r.Ward.LastName != m[0].Person.LastName {
		t.Errorf("represented = %+v, %v, want the dead, by an heir", r, err)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM mandates WHERE participation_id = ?`, p.ID); n != 2 {
		t.Errorf("%d mandates, want that of the dead and one of the heirs", n)
	}
	if fee, err := c.Claims.FeeOption(t.Context(), p.ID); err != nil || fee.Option != claims.Percentage {
		t.Errorf("the fee option is %s, %v, want the one that was chosen", fee.Option, err)
	}
	if _, _, err := takingOver(c, link, "nog.een@proef.example"); err == nil {
		if j, err := c.Claims.SignTakeover(t.Context(), c.Claim, link, token, form); err != nil || j.ParticipantID != p.ParticipantID {
			t.Errorf("the link once more = %+v, %v", j, err)
		}
	}
}

func TestADeathTakesAPayoutOutOfARunThatWasNotReleased(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(3)
	c.Send()
	c.Arrive(1)
	c.Settle(150_000)
	c.Receive(150_000)
	c.Distribute()
	c.Accounts(m...)
	run, err := c.Claims.PrepareRun(t.Context(), claimstest.Accountant, c.Claim.ID, c.Payday())
	if err != nil {
		t.Fatal(err)
	}
	if err := die(c, m[1], "2026-11-01"); err != nil {
		t.Fatal(err)
	}
	c.Stand(m[0], participants.Payable)
	c.Stand(m[1], participants.InEstate)
	if err := c.Claims.ApproveRun(t.Context(), claimstest.Board, run.ID, run.TotalCents); err == nil {
		t.Error("the run with the payout to the dead was approved")
	}
	run = c.Release()
	if run.ItemCount != 2 {
		t.Errorf("the next run pays %d, want the two who live", run.ItemCount)
	}
	if err := die(c, m[0], "2026-11-01"); !errors.Is(err, claims.ErrMoneyUnderWay) {
		t.Errorf("a death while the money is at the bank = %v, want %v", err, claims.ErrMoneyUnderWay)
	}
}

func TestWhetherTheLetterCameBeforeTheDeath(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	day := func(offset int) time.Time { return locale.Today(c.Watch.Now()).AddDate(0, 0, offset) }
	ask := func(on time.Time, want string) {
		t.Helper()
		if got, err := c.Claims.DeliveredBefore(t.Context(), c.Participation(m), on); got != want || err != nil {
			t.Errorf("delivered before %s = %q, %v, want %q", on.Format(time.DateOnly), got, err, want)
		}
	}
	ask(day(0), "no")
	c.Send()
	ask(day(0), "no")
	c.Arrive(1)
	ask(day(1), "yes")
	ask(day(0), "same_day")
	ask(day(-1), "no")
}

func TestAnEstateEndsByTwoPeople(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.JoinWith(2, claims.Flat)
	c.Prepay(m[1])
	for _, one := range m {
		if err := die(c, one, "2026-10-20"); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Claims.EndEstate(t.Context(), claimstest.Intake, c.Participation(m[0]), "mistake"); !errors.Is(err, claims.ErrSamePerson) {
		t.Errorf("ended by who reported it = %v, want %v", err, claims.ErrSamePerson)
	}
	if err := c.Claims.EndEstate(t.Context(), claimstest.Register, c.Participation(m[0]), "unclaimed"); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("unclaimed without an award = %v, want %v", err, claims.ErrWrongState)
	}
	ends := claimstest.Eight(func(int) error {
		return c.Claims.EndEstate(c.Ctx(), claimstest.Register, c.Participation(m[0]), "mistake")
	}, claims.ErrWrongState)
	if ends[nil] != 1 || ends[claims.ErrWrongState] != 7 {
		t.Errorf("ended eight times at once = %v, want once", ends)
	}
	c.Stand(m[0], participants.Active)
	if err := c.Claims.EndEstate(t.Context(), claimstest.Register, c.Participation(m[1]), "ended"); err != nil {
		t.Fatal(err)
	}
	c.Stand(m[1], participants.Withdrawn)
	if n := claimstest.One[int](c, `SELECT count(*) FROM refunds`); n != 1 {
		t.Errorf("%d refunds, want that of the prepayment", n)
	}
}

func TestAChildThatComesOfAgeIsAskedOnceAndPaidAfterItSigned(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	born := locale.Today(c.Watch.Now()).AddDate(-18, 0, 2)
	w := sam
	w.Born, w.Email = born.Format(participants.DateForm), "sam@proef.example"
	other := c.Join(1)[0]
	if err := signAs(c, other, w); err != nil {
		t.Fatal(err)
	}
	child := claimstest.One[int64](c, `SELECT participation_id FROM represented`)
	c.Drain("of-age")
	if mails(c, "of_age") != 0 {
		t.Error("asked two days before the birthday")
	}
	c.Send()
	c.Arrive(1)
	c.Settle(100_000)
	c.Receive(100_000)
	c.Distribute()
	c.Watch.Advance(48 * time.Hour)
	account := func(id int64) {
		t.Helper()
		iban, err := participants.ParseIBAN(other.Person.IBAN)
		if err := errors.Join(err, c.Claims.SetPayee(t.Context(), audit.Participant(1), id, iban, "A")); err != nil {
			t.Fatal(err)
		}
	}
	account(child)
	account(other.ParticipationID)
	run := c.Release() // the run itself looks who came of age
	if run.ItemCount != 1 {
		t.Errorf("%d payouts, want that of the parent only", run.ItemCount)
	}
	preview, err := c.Claims.RunPreview(t.Context(), c.Claim.ID)
	if err != nil || preview.Payable != 0 || len(preview.NotYet) != 2 {
		t.Errorf("preview = %+v, %v", preview, err)
	}
	claimstest.Eight(func(int) error { c.Drain("of-age"); return nil })
	if mails(c, "of_age") != 1 || mails(c, "of_age_child") != 1 {
		t.Errorf("%d mails to the guardian, %d to the child, want one each", mails(c, "of_age"), mails(c, "of_age_child"))
	}
	if waiting, err := c.Claims.OfAge(t.Context(), c.Claim.ID); err != nil || len(waiting) != 1 || waiting[0].MailedAt != nil || waiting[0].Month.Day() != 1 || !waiting[0].LimitationOn.Equal(until(c, claimstest.Member{Joined: claims.Joined{ParticipationID: child}}).Until) {
		t.Errorf("waiting = %+v, %v, want the child, not mailed yet, until the limitation of its letter", waiting, err)
	}
	link := linkIn(c, "of_age_child")
	c.Post() // a mail that went out keeps no link
	if waiting, err := c.Claims.OfAge(t.Context(), c.Claim.ID); err != nil || len(waiting) != 1 || waiting[0].MailedAt == nil {
		t.Errorf("waiting = %+v, %v, want the moment of the mail", waiting, err)
	}
	token, form, err := takingOver(c, link, other.Person.Email)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Claims.SignTakeover(t.Context(), c.Claim, link, token, form); !errors.Is(err, participants.ErrSameAccount) {
		t.Errorf("confirmed with the account of the parent = %v, want %v", err, participants.ErrSameAccount)
	}
	if token, form, err = takingOver(c, link, "sam@proef.example"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Claims.SignTakeover(t.Context(), c.Claim, link, token, form); err != nil {
		t.Fatal(err)
	}
	p, err := participants.Find(t.Context(), c.DB, child)
	if err != nil || p.PersonKey != nil || p.Status != participants.PayeePending || p.ParticipantID == other.ParticipantID {
		t.Errorf("the participation is %+v, %v, want in an account of its own, without an account number", p.Status, err)
	}
	account(child)
	if run := c.Release(); run.ItemCount != 1 {
		t.Errorf("%d payouts, want that of who was a child", run.ItemCount)
	}
}

func TestARepresentativeTakesOverAsFarAsTheDocumentGoes(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	until := locale.Today(c.Watch.Now())
	wish := claims.TakeoverWish{Kind: claims.TakeoverRepresentative, Scope: "no_money", UntilOn: &until, Contact: claims.Contact{Name: "C. Bewindvoerder", Email: "c@proef.example", Lang: "nl"}}
	if err := c.Claims.ProposeTakeover(t.Context(), claimstest.Intake, c.Participation(m), wish, proofPaper()); !errors.Is(err, claims.ErrUntil) {
		t.Errorf("ends today = %v, want %v", err, claims.ErrUntil)
	}
	wish.UntilOn = nil
	if err := c.Claims.ProposeTakeover(t.Context(), claimstest.Intake, c.Participation(m), wish, strings.NewReader("MZ")); !errors.Is(err, claims.ErrFileType) {
		t.Errorf("a program as document = %v, want %v", err, claims.ErrFileType)
	}
	ends := claimstest.Eight(func(int) error {
		return c.Claims.ProposeTakeover(c.Ctx(), claimstest.Intake, c.Participation(m), wish, proofPaper())
	}, claims.ErrTakeoverOpen)
	if ends[nil] != 1 || ends[claims.ErrTakeoverOpen] != 7 {
		t.Errorf("proposed eight times at once = %v, want once", ends)
	}
	if n := claimstest.One[int](c, `SELECT count(*) FROM papers`); n != 1 {
		t.Errorf("%d documents are kept, want one", n)
	}
	if err := c.Claims.AcceptTakeover(t.Context(), claimstest.Register, c.Participation(m)); err != nil {
		t.Fatal(err)
	}
	link := linkIn(c, "takeover")
	token, form, err := takingOver(c, link, "c@proef.example")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Claims.SignTakeover(t.Context(), c.Claim, link, token, form); err != nil {
		t.Fatal(err)
	}
	c.Stand(m, participants.Active)
	r, err := c.Claims.Represented(t.Context(), c.Participation(m))
	if err != nil || r == nil || r.Scope != "no_money" {
		t.Errorf("represented = %+v, %v, want without money", r, err)
	}
	if mails(c, "handed_over") != 1 || mails(c, "taken_over") != 1 {
		t.Error("the one before, or the new one, was not told")
	}
}

func TestAnotherLinkIsSentOnceAndEndsTheOneBefore(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	m := c.Join(1)[0]
	if err := die(c, m, "2026-10-20"); err != nil {
		t.Fatal(err)
	}
	old := inherit(c, m)
	token, form, err := takingOver(c, old, "erfgenaam@proef.example")
	if err != nil {
		t.Fatal(err)
	}
	again := func() error { return c.Claims.SendTakeoverAgain(c.Ctx(), claimstest.Register, c.Participation(m)) }
	if ends := claimstest.Eight(func(int) error { return again() }); ends[nil] != 8 || mails(c, "takeover") != 1 {
		t.Errorf("sent again at once = %v with %d mails, want the one that just went out", ends, mails(c, "takeover"))
	}
	c.Watch.Advance(claims.TakeoverLinkLife)
	if _, err := c.Claims.SignTakeover(t.Context(), c.Claim, old, token, form); !errors.Is(err, claims.ErrLinkOver) {
		t.Errorf("signed after thirty days = %v, want %v", err, claims.ErrLinkOver)
	}
	if ends := claimstest.Eight(func(int) error { return again() }); ends[nil] != 8 || mails(c, "takeover") != 2 {
		t.Errorf("sent again eight times at once = %v with %d mails, want one more", ends, mails(c, "takeover"))
	}
	if _, err := c.Claims.TakeoverBehind(t.Context(), old); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("behind the old link = %v, want %v", err, claims.ErrNotFound)
	}
	if token, form, err = takingOver(c, linkIn(c, "takeover"), "erfgenaam@proef.example"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Claims.SignTakeover(t.Context(), c.Claim, linkIn(c, "takeover"), token, form); err != nil {
		t.Fatal(err)
	}
	if err := again(); !errors.Is(err, claims.ErrWrongState) {
		t.Errorf("sent again after it was signed = %v, want %v", err, claims.ErrWrongState)
	}
	c.Post()
	c.Sound()
}
