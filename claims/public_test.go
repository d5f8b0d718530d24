package claims_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/internal/audit"
	"samenclaim/participants"
	"samenclaim/payments"
	"samenclaim/payments/ledger"
)

func counted(c *claimstest.Case) claims.PublicAccount {
	c.Helper()
	c.Drain("public-accounts")
	a, err := c.Claims.PublicAccount(c.Ctx(), c.Claim.ID)
	if err != nil {
		c.Fatal(err)
	}
	return a
}

// Every amount of the public account is that of the books, along the whole road to a paid case.
func TestThePublicAccountIsWhatTheBooksSay(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	if _, err := c.Claims.PublicAccount(c.Ctx(), c.Claim.ID); !errors.Is(err, claims.ErrNotFound) {
		t.Errorf("before anything was counted: %v", err)
	}
	flat, part := c.JoinWith(6, claims.Flat), c.JoinWith(6, claims.Percentage)
	c.Prepay(flat[0])
	sameAsTheBooks(c, counted(c))
	letter := c.Send()
	c.Arrive(1)
	c.Settle(240_006)
	c.Receive(240_006)
	c.Distribute()
	c.Accounts(slices.Concat(flat, part)...)
	sameAsTheBooks(c, counted(c))
	run := c.Release()
	c.Bank(c.Carried(run)...)
	a := counted(c)
	sameAsTheBooks(c, a)
	moved := map[string]claims.MoneyMoved{}
	for _, m := range a.Money.Moved {
		moved[m.Kind] = m
	}
	if m := moved["settlement"]; m.In != 240_006 || m.Out != 0 {
		t.Errorf("from the other side %+v", m)
	}
	if m := moved["payout"]; m.Out != run.TotalCents || m.In != 0 {
		t.Errorf("paid out %+v, want %s", m, run.TotalCents)
	}
	if len(a.Participations) != 1 || a.Participations[0] != (claims.Group{Key: "paid", Count: 12}) {
		t.Errorf("participations %v", a.Participations)
	}
	if len(a.FeeOptions) != 1 || a.FeeOptions[0] != (claims.Group{Key: claims.OtherGroup, Count: 12}) {
		t.Errorf("two groups of six are told apart: %v", a.FeeOptions)
	}
	if l := a.Letters; len(l) != 1 || l[0].Count != 12 || l[0].Root == "" || len(l[0].SHA256[claims.FileLetter]) != 64 || l[0].Ordinal != letter.Ordinal || l[0].DeliveredAt == nil {
		t.Errorf("letters %+v", l)
	}
}

// sameAsTheBooks compares with the trial balance: there is one claim, so each account is its whole.
func sameAsTheBooks(c *claimstest.Case, a claims.PublicAccount) {
	c.Helper()
	balances, err := ledger.Balances(c.Ctx(), c.DB, time.Time{})
	if err != nil {
		c.Fatal(err)
	}
	told := map[string]payments.Cents{}
	for _, b := range a.Money.Accounts {
		told[b.Account] = b.Cents
	}
	var held payments.Cents
	for _, b := range balances {
		want := payments.Cents(b.NetCents())
		switch b.Kind {
		case "asset":
			held += want
			continue
		case "liability", "income":
			want = -want
		}
		if told[b.Account] != want {
			c.Errorf("account %s is told as %s, the books say %s", b.Account, told[b.Account], want)
		}
	}
	var net payments.Cents
	for _, m := range a.Money.Moved {
		net += m.In - m.Out
	}
	if a.Money.Held != held || net != held {
		c.Errorf("held %s, in less out %s, the books say %s", a.Money.Held, net, held)
	}
}

func TestADisclosureIsReplacedNotChanged(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	day := c.Watch.Now().AddDate(0, 0, -1)
	d := claims.Disclosure{Kind: claims.Breach, Outcome: "told", HappenedOn: day, People: 3, SummaryNL: "Een mail ging fout.", SummaryEN: "A mail went wrong."}
	for name, tt := range map[string]struct {
		change func(*claims.Disclosure)
		want   error
	}{
		"an outcome of another kind": {func(d *claims.Disclosure) { d.Outcome = "given" }, claims.ErrDisclosure},
		"no words":                   {func(d *claims.Disclosure) { d.SummaryEN = " " }, claims.ErrDisclosure},
		"less than nobody":           {func(d *claims.Disclosure) { d.People = -1 }, claims.ErrDisclosure},
		"too many words":             {func(d *claims.Disclosure) { d.SummaryNL = strings.Repeat("a", claims.MostWords+1) }, claims.ErrWords},
		"tomorrow":                   {func(d *claims.Disclosure) { d.HappenedOn = day.AddDate(0, 0, 2) }, claims.ErrAhead},
		"in place of nothing":        {func(d *claims.Disclosure) { d.ReplacesID = new(int64) }, claims.ErrNotFound},
	} {
		bad := d
		tt.change(&bad)
		if err := c.Claims.RecordDisclosure(c.Ctx(), claimstest.Lawyer, bad); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
	if err := c.Claims.RecordDisclosure(c.Ctx(), claimstest.Lawyer, d); err != nil {
		t.Fatal(err)
	}
	first := stands(c)[0]
	d.People, d.ReplacesID = 4, &first.ID
	failed := claimstest.Eight(func(int) error { return c.Claims.RecordDisclosure(c.Ctx(), claimstest.Lawyer, d) }, claims.ErrNotFound)
	if failed[nil] != 1 || failed[claims.ErrNotFound] != 7 {
		t.Errorf("eight at once: %v, want one that replaced it", failed)
	}
	if now := stands(c); len(now) != 1 || now[0].People != 4 {
		t.Errorf("what stands: %+v", now)
	}
}

func stands(c *claimstest.Case) []claims.Disclosure {
	c.Helper()
	all, err := c.Claims.Disclosures(c.Ctx(), c.Claim.ID)
	if err != nil {
		c.Fatal(err)
	}
	return all
}

func TestAMistakeIsAnsweredOnceAndForgotten(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	email, err := participants.ParseEmail("lezer@lezers.example")
	if err != nil {
		t.Fatal(err)
	}
	refs := make([]string, 8)
	failed := claimstest.Eight(func(i int) (err error) {
		refs[i], err = c.Claims.ReportMistake(c.Ctx(), "FORM", "/zoom", "nl", "MERKWOORD klopt niet", email)
		return err
	})
	if failed[nil] != 8 || len(slices.Compact(slices.Clone(refs))) != 1 {
		t.Fatalf("one form, eight times at once: %v, %v", failed, refs)
	}
	m, err := c.Claims.OpenMistake(c.Ctx(), refs[0])
	if err != nil || m.Text != "MERKWOORD klopt niet" || m.Address != email.Shown || m.DueOn.Sub(m.SeenAt) > 14*24*time.Hour {
		t.Fatalf("%+v, %v", m, err)
	}
	if n := claimstest.One[int64](c, `SELECT count(*) FROM mistakes WHERE mistakes::text LIKE '%MERKWOORD%' OR mistakes::text LIKE '%lezer@%'`); n != 0 {
		t.Error("the words of a reader stand in the database unsealed")
	}
	answer := func(nl, en string) error {
		return c.Claims.AnswerMistake(c.Ctx(), audit.Staff(901), refs[0], "U hebt gelijk.", nl, en)
	}
	if err := answer("Alleen Nederlands", ""); !errors.Is(err, claims.ErrBothLanguages) {
		t.Errorf("a correction in one language: %v", err)
	}
	failed = claimstest.Eight(func(int) error { return answer("Het jaar was fout.", "The year was wrong.") }, claims.ErrWrongState)
	if failed[nil] != 1 || failed[claims.ErrWrongState] != 7 {
		t.Errorf("answered eight times at once: %v", failed)
	}
	if n := claimstest.One[int64](c, `SELECT count(*) FROM outbox WHERE template = 'mistake_answered' AND data::text NOT LIKE '%gelijk%'`); n != 1 {
		t.Errorf("%d mails without the answer in them, want 1", n)
	}
	if all, err := c.Claims.Corrections(c.Ctx()); err != nil || len(all) != 1 || *all[0].CorrectionEN != "The year was wrong." || all[0].Words != nil {
		t.Errorf("corrections %+v, %v", all, err)
	}
	c.Drain("old-mistakes")
	if m, err := c.Claims.OpenMistake(c.Ctx(), refs[0]); err != nil || m.Told != "U hebt gelijk." || m.Address != "" {
		t.Errorf("forgotten too soon: %+v, %v", m, err)
	}
	c.Watch.Advance(91 * 24 * time.Hour)
	c.Drain("old-mistakes")
	if m, err := c.Claims.OpenMistake(c.Ctx(), refs[0]); err != nil || m.Text+m.Address+m.Told != "" || m.KeyWrapped != nil {
		t.Errorf("not forgotten: %+v, %v", m, err)
	}
	if all, err := c.Claims.Corrections(c.Ctx()); err != nil || len(all) != 1 {
		t.Errorf("the correction went too: %v, %v", all, err)
	}
}

// A letter that covers fewer than ten people is told without their number.
func TestTheSmallAnnexOfALetterIsNotCounted(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	c.Join(9)
	c.Send()
	c.Join(10)
	c.Send()
	if l := counted(c).Letters; len(l) != 2 || l[0].Count != 0 || l[1].Count != 10 {
		t.Errorf("letters to nine and to ten people are told as %+v", l)
	}
}
