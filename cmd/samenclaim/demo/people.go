package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Person is somebody who does not exist, with everything a sign-up asks for and what came after.
type Person struct {
	FirstNames, Infix, LastName                            string
	Email, Lang                                            string // always at deelnemer.example
	Street, HouseNumber, Addition, Postcode, City, Country string
	UsedFrom, UsedTo                                       time.Time // first days of months; zero: does not know
	UsedFor                                                string    // private, work, school or care
	FeeOption                                              string    // flat or percentage
	SignedAt                                               time.Time
	EvidencePlan                                           string // now, later or no
	HasEvidence                                            bool
	Prepayment                                             string // state of a prepayment of the flat fee, or empty
	IBAN, AccountName                                      string // bank code SYNT, which no bank has
	Newsletter, Interview, DataRequest, Research           bool
	Synthetic                                              bool // always true
}

// Crowd says how many people to make, when they signed up, and when they can have used the service.
type Crowd struct {
	Seed             uint64 // seeds 1, 2 and 3 make crowds that share no address or account
	Count            int
	From, Until      time.Time // sign-ups
	UsedFrom, UsedTo time.Time // the period of the claim
}

// People makes the participants of the Zoom claim, who signed up in the five months before until.
func People(seed uint64, n int, until time.Time) []Person {
	return Crowd{
		Seed: seed, Count: n, From: until.AddDate(0, -5, 0), Until: until,
		UsedFrom: time.Date(2020, 3, 1, 0, 0, 0, 0, time.UTC), UsedTo: time.Date(2022, 12, 1, 0, 0, 0, 0, time.UTC),
	}.People()
}

// People makes the crowd, in the order of signing; the same crowd always gets the same people.
func (c Crowd) People() []Person {
	r := rand.New(rand.NewPCG(c.Seed, 0x5eed))
	times := signupTimes(r, c.Count, c.From, c.Until)
	taken := make(map[string]bool, c.Count)
	people := make([]Person, 0, c.Count)
	var home address
	for i, at := range times {
		first, last, group := book.name(r)
		if i > 0 && r.IntN(10) == 0 { // partners and children often sign up after one another
			last = surname{people[i-1].Infix, people[i-1].LastName}
		} else {
			home = drawAddress(r)
		}
		p := Person{
			FirstNames: first, Infix: last.infix, LastName: last.last, Lang: "nl",
			Street: home.street, HouseNumber: home.number, Addition: home.addition, Postcode: home.postcode, City: home.city, Country: "NL",
			SignedAt: at, IBAN: iban(c.account(i)), Synthetic: true,
		}
		if r.IntN(100) < []int{2, 2, 4, 4, 2, 30, 25, 2, 40}[group] {
			p.Lang = "en"
		}
		p.Email = c.email(r, p, taken)
		p.AccountName = accountName(p)
		c.use(r, &p)
		choose(r, &p)
		people = append(people, p)
	}
	return people
}

// use draws when and what for; most began in the first two months.
func (c Crowd) use(r *rand.Rand, p *Person) {
	p.UsedFor = []string{"private", "work", "school", "care"}[pick(r, []int{38, 36, 20, 6})]
	if r.IntN(12) == 0 {
		return // does not know when
	}
	months := (c.UsedTo.Year()-c.UsedFrom.Year())*12 + int(c.UsedTo.Month()-c.UsedFrom.Month())
	start := min(r.IntN(2), months)
	if r.IntN(10) >= 7 {
		start = r.IntN(months + 1)
	}
	p.UsedFrom = c.UsedFrom.AddDate(0, start, 0)
	p.UsedTo = p.UsedFrom.AddDate(0, r.IntN(months-start+1), 0)
}

// choose draws what people decide for themselves.
func choose(r *rand.Rand, p *Person) {
	p.FeeOption = []string{"percentage", "flat"}[pick(r, []int{60, 40})]
	p.EvidencePlan = []string{"now", "later", "no"}[pick(r, []int{22, 38, 40})]
	p.HasEvidence = p.EvidencePlan == "now" || p.EvidencePlan == "later" && r.IntN(100) < 15
	if p.FeeOption == "flat" && r.IntN(100) < 18 {
		states := []string{"paid", "open", "failed", "canceled", "expired", "created", "charged_back"}
		p.Prepayment = states[pick(r, []int{60, 8, 8, 10, 10, 2, 2})]
	}
	p.Newsletter, p.Interview = r.IntN(100) < 45, r.IntN(100) < 6
	p.DataRequest, p.Research = r.IntN(100) < 20, r.IntN(100) < 30
}

// email makes an address as people make theirs. The sign between the names tells the seed, so crowds do not collide.
func (c Crowd) email(r *rand.Rand, p Person, taken map[string]bool) string {
	first, _, _ := strings.Cut(p.FirstNames, " ")
	first, last := plain(first), plain(p.Infix+p.LastName)
	if r.IntN(5) == 0 {
		first = first[:1]
	}
	local := first + []string{"-", ".", "_"}[c.Seed%3] + last
	if r.IntN(6) == 0 {
		local += fmt.Sprintf("%02d", r.IntN(100))
	}
	for try := local; ; try = fmt.Sprintf("%s%d", local, 100+r.IntN(900)) {
		if !taken[try] {
			taken[try] = true
			return try + "@deelnemer.example"
		}
	}
}

// plain is a name in the letters and figures of an address.
func plain(name string) string {
	name = strings.NewReplacer("ł", "l", "Ł", "l", "ı", "i", "ø", "o", "đ", "d", "Đ", "d").Replace(name)
	var b strings.Builder
	for _, r := range strings.ToLower(norm.NFD.String(name)) {
		if r < unicode.MaxASCII && unicode.IsLetter(r) {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// accountName is how a bank writes it: initials, infix, surname.
func accountName(p Person) string {
	var initials string
	for _, name := range strings.Fields(p.FirstNames) {
		initials += string([]rune(name)[:1]) + "."
	}
	return strings.Join(strings.Fields(initials+" "+p.Infix+" "+p.LastName), " ")
}

// account numbers the people of a crowd without a pattern and without a double: the factor has nothing in common with
// the modulus. None begins with a zero, as the foundation's own does.
func (c Crowd) account(i int) string {
	const factor, modulus = 387_420_489, 1_000_000_000
	return fmt.Sprintf("SYNT%d%09d", 1+c.Seed%9, (uint64(i)+1)*factor%modulus)
}

// iban puts the country and the check digits before a Dutch account.
func iban(account string) string {
	rest := 0
	for _, r := range account + "NL00" {
		if r >= 'A' {
			rest = (rest*100 + int(r-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(r-'0')) % 97
		}
	}
	return fmt.Sprintf("NL%02d%s", 98-rest, account)
}
