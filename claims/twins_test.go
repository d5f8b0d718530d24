package claims_test

import (
	"slices"
	"testing"

	"samenclaim/claims"
	"samenclaim/claims/claimstest"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/participants"
)

func TestTwinsAreMarkedAndNobodyIsDropped(t *testing.T) {
	t.Parallel()
	same := func(p demo.Person) demo.Person { return p }
	tests := []struct {
		name   string
		change func(p demo.Person) demo.Person
		twins  bool
	}{
		{"the same name and address", same, true},
		{"in capitals, without accents", func(p demo.Person) demo.Person {
			p.FirstNames, p.LastName, p.Postcode = "RENÉE", "o brien", "1234AB"
			return p
		}, true},
		{"with an addition to the house number", func(p demo.Person) demo.Person { p.Addition = "bis"; return p }, true},
		{"somebody else in that house", func(p demo.Person) demo.Person { p.FirstNames = "Piet"; return p }, false},
		{"of that name elsewhere", func(p demo.Person) demo.Person { p.HouseNumber = "13"; return p }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := claimstest.New(t)
			first := c.Next()
			first.FirstNames, first.Infix, first.LastName = "Renée", "", "O'Brien"
			first.Postcode, first.HouseNumber, first.Addition, first.Country = "1234 AB", "12", "", "NL"
			second := tt.change(first)
			second.Email = "second." + first.Email
			a := c.JoinAs(first)
			c.Drain("twins")
			b := c.JoinAs(second)
			c.Drain("twins")
			c.Drain("twins") // twice is once
			c.Stand(a, participants.Active)
			c.Stand(b, participants.Active)
			for _, m := range []claimstest.Member{a, b} {
				if got := slices.Contains(claims.Marks(c.Participation(m)), claims.MarkTwin); got != tt.twins {
					t.Errorf("%s is marked %q, want a twin: %v", m.Number, c.Participation(m).ReviewMark, tt.twins)
				}
			}
			var mails []string
			if err := c.DB.Raw(`SELECT recipient FROM outbox WHERE template = 'twin'`).Scan(&mails).Error; err != nil {
				t.Fatal(err)
			}
			if want := map[bool][]string{true: {first.Email}}[tt.twins]; !slices.Equal(mails, want) {
				t.Errorf("mails to %v, want %v", mails, want)
			}
		})
	}
}

func TestAMarkIsTakenAwayByWhoLooked(t *testing.T) {
	t.Parallel()
	c := claimstest.New(t)
	p := c.Next()
	a := c.JoinAs(p)
	p.Email = "second." + p.Email
	b := c.JoinAs(p)
	c.Drain("twins")
	for range 2 {
		if err := c.Claims.ClearMark(c.Ctx(), claimstest.Intake, c.Claim.ID, a.Number); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.Participation(a).ReviewMark + "/" + c.Participation(b).ReviewMark; got != "/twin" {
		t.Errorf("marks = %q, want only that of the other", got)
	}
	c.Drain("twins")
	if got := c.Participation(a).ReviewMark; got != "" {
		t.Errorf("the mark %q came back", got)
	}
	if err := c.Claims.ClearMark(c.Ctx(), claimstest.Intake, c.Claim.ID+1, a.Number); err == nil {
		t.Error("a participation of another claim was found")
	}
}
