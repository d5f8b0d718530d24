package demo

import (
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestTheSameSeedMakesTheSamePeople(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(People(1, 500, noon), People(1, 500, noon)); diff != "" {
		t.Errorf("People(1, 500) twice (-first +second):\n%s", diff)
	}
	if a, b := People(1, 1, noon)[0], People(2, 1, noon)[0]; a.Email == b.Email {
		t.Errorf("People with seeds 1 and 2 begin with the same address %s", a.Email)
	}
	got := People(1, 10308, noon)[4711] // a change here changes every demo: so it is seen
	if want := "A. Peeters NL87SYNT2525344168"; got.AccountName+" "+got.IBAN != want {
		t.Errorf("person 4711 is %s %s, want %s", got.AccountName, got.IBAN, want)
	}
}

func TestTenThousandPeopleAreMadeInUnderASecond(t *testing.T) {
	t.Parallel()
	start := time.Now()
	People(1, 10308, noon)
	if took := time.Since(start); took > 5*time.Second { // under the race detector, beside other tests; alone it is a tenth of a second
		t.Errorf("People(1, 10308) took %v, want well under a second", took)
	}
}

func TestEveryPersonCouldHaveSignedUp(t *testing.T) {
	t.Parallel()
	postcode := regexp.MustCompile(`^[1-9][0-9]{3} [A-Z]{2}$`)
	for _, p := range People(1, 10308, noon) {
		address, err := mail.ParseAddress(p.Email)
		for rule, kept := range map[string]bool{
			"has a name":                      p.FirstNames != "" && p.LastName != "",
			"has an infix in small letters":   p.Infix == strings.ToLower(p.Infix),
			"has an address that mail knows":  err == nil && address.Address == p.Email && strings.HasSuffix(p.Email, "@deelnemer.example"),
			"has a postcode":                  postcode.MatchString(p.Postcode) && !strings.HasSuffix(p.Postcode, "SS"),
			"has a house":                     p.Street != "" && p.HouseNumber != "" && p.City != "",
			"has an account that adds up":     ibanRest(p.IBAN) == 1 && len(p.IBAN) == 18 && p.IBAN[4:8] == "SYNT",
			"has an account name for banks":   p.AccountName != "" && len([]rune(p.AccountName)) <= 70,
			"used it within the period":       p.UsedFrom.IsZero() == p.UsedTo.IsZero() && !p.UsedTo.Before(p.UsedFrom) && p.UsedTo.Year() <= 2022,
			"signed in the last five months":  p.SignedAt.Before(noon) && p.SignedAt.After(noon.AddDate(0, -5, -1)),
			"prepaid a flat fee only":         p.Prepayment == "" || p.FeeOption == "flat",
			"has evidence if that was chosen": p.HasEvidence || p.EvidencePlan != "now",
			"is marked as synthetic":          p.Synthetic,
		} {
			if !kept {
				t.Errorf("person does not hold to %q: %+v", rule, p)
			}
		}
	}
}

func TestNobodyIsThereTwice(t *testing.T) {
	t.Parallel()
	period := func(year int) time.Time { return time.Date(year, 5, 1, 0, 0, 0, 0, time.UTC) }
	second := Crowd{Seed: 2, Count: 2000, From: noon.AddDate(-2, 0, 0), Until: noon.AddDate(-1, -8, 0), UsedFrom: period(2021), UsedTo: period(2023)}
	emails, accounts := map[string]bool{}, map[string]bool{"NL61SYNT0000002016": true}
	for _, p := range append(People(1, 10308, noon), second.People()...) {
		if emails[p.Email] {
			t.Errorf("two people have the address %s", p.Email)
		}
		if accounts[p.IBAN] {
			t.Errorf("two people have the account %s", p.IBAN)
		}
		emails[p.Email], accounts[p.IBAN] = true, true
	}
}

func TestOddCrowdsAreMadeToo(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		crowd Crowd
	}{
		{"nobody", Crowd{Seed: 1, From: noon.AddDate(0, -1, 0), Until: noon}},
		{"no time to sign up in", Crowd{Seed: 1, Count: 3, From: noon, Until: noon}},
		{"a period of one month", Crowd{Seed: 1, Count: 50, From: noon.AddDate(0, 0, -1), Until: noon, UsedFrom: noon, UsedTo: noon}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := len(tt.crowd.People()); got != tt.crowd.Count {
				t.Errorf("%d people, want %d", got, tt.crowd.Count)
			}
		})
	}
}

func TestTheCrowdLooksLikeACrowd(t *testing.T) {
	t.Parallel()
	people := People(1, 10308, noon)
	count := func(is func(Person) bool) (of1000 int) {
		n := 0
		for _, p := range people {
			if is(p) {
				n++
			}
		}
		return n * 1000 / len(people)
	}
	hour := func(p Person) int { return p.SignedAt.In(dutchTime).Hour() }
	tv := tvEvening(noon.AddDate(0, -5, 0), noon)
	tests := []struct {
		name     string
		is       func(Person) bool
		from, to int // of a thousand
	}{
		{"six of ten choose the percentage", func(p Person) bool { return p.FeeOption == "percentage" }, 580, 620},
		{"some have an infix", func(p Person) bool { return p.Infix != "" }, 250, 450},
		{"some have signs beyond ASCII in their names", func(p Person) bool { return len(p.LastName) != len([]rune(p.LastName)) }, 30, 150},
		{"a few read English", func(p Person) bool { return p.Lang == "en" }, 10, 80},
		{"some prepaid", func(p Person) bool { return p.Prepayment == "paid" }, 25, 70},
		{"hardly anybody signs at night", func(p Person) bool { return hour(p) >= 2 && hour(p) < 5 }, 1, 15},
		{"many sign in the evening", func(p Person) bool { return hour(p) >= 19 && hour(p) < 23 }, 250, 500},
		{"the first week is busy", func(p Person) bool { return p.SignedAt.Before(noon.AddDate(0, -5, 7)) }, 100, 350},
		{"the two days after television are busy", func(p Person) bool { return p.SignedAt.After(tv) && p.SignedAt.Before(tv.Add(48*time.Hour)) }, 100, 350},
		{"weekends are quiet", func(p Person) bool { d := p.SignedAt.In(dutchTime).Weekday(); return d == 0 || d == 6 }, 80, 260},
		{"one in ten lives in Amsterdam", func(p Person) bool { return p.City == "Amsterdam" }, 70, 130},
		{"most began in the first two months", func(p Person) bool { return p.UsedFrom.Year() == 2020 && p.UsedFrom.Month() <= 4 }, 600, 750},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := count(tt.is); got < tt.from || got > tt.to {
				t.Errorf("%d of 1000, want %d to %d", got, tt.from, tt.to)
			}
		})
	}
	for _, state := range []string{"created", "open", "paid", "failed", "canceled", "expired", "charged_back"} {
		found := false
		for _, p := range people {
			found = found || p.Prepayment == state
		}
		if !found {
			t.Errorf("nobody has a prepayment that is %s", state)
		}
	}
}

// ibanRest is the remainder of ISO 7064, which is 1 for an account number that adds up; reckoned apart from iban.
func ibanRest(iban string) int {
	rest := 0
	for _, r := range iban[4:] + iban[:4] {
		digits := string(r)
		if r >= 'A' {
			digits = string([]rune{'0' + (r-'A'+10)/10, '0' + (r-'A'+10)%10})
		}
		for _, d := range digits {
			rest = (rest*10 + int(d-'0')) % 97
		}
	}
	return rest
}
