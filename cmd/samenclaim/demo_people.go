package main

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"

	"samenclaim/claims"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/participants"
)

// arrivals turns the made-up people into the signatures that the sign-up would
// have made of them: same answers, same texts, same boxes.
func (s *seeder) arrivals(c claims.Claim, seed uint64, people []demo.Person) ([]claims.Arrival, error) {
	texts := map[string]map[string]participants.Text{}
	for _, lang := range []string{"nl", "en"} {
		var err error
		if texts[lang], err = s.claims.Texts(s.ctx, c.ID, lang); err != nil {
			return nil, err
		}
	}
	numbers := newNumbers(c.NumberPrefix, seed)
	all := make([]claims.Arrival, len(people))
	for i, p := range people {
		all[i] = arrival(p, texts[p.Lang])
		all[i].Number = numbers.next()
		all[i].Form.RequestID = fmt.Sprintf("demo-%s-%d", c.Slug, i)
	}
	return all, nil
}

// arrival is one signature.
func arrival(p demo.Person, texts map[string]participants.Text) claims.Arrival {
	a := claims.Arrival{
		Lang: p.Lang, ProvenAt: p.SignedAt.Add(-6 * time.Minute), Synthetic: p.Synthetic,
		Answers: participants.Answers{
			Used: "yes", Adult: "yes", Country: p.Country, Email: p.Email, FirstNames: p.FirstNames, Infix: p.Infix, LastName: p.LastName,
			Address:  participants.Address{Postcode: p.Postcode, HouseNumber: p.HouseNumber, Addition: p.Addition, Street: p.Street, City: p.City, Country: p.Country},
			UsedFrom: yearMonth(p.UsedFrom), UsedTo: yearMonth(p.UsedTo), UsedFor: p.UsedFor, Evidence: p.EvidencePlan, FeeOption: p.FeeOption,
		},
		Form: claims.SignForm{
			MandateSHA256: hex.EncodeToString(texts["mandate"].SHA256), AgreementSHA256: hex.EncodeToString(texts["agreement"].SHA256),
			MandateLabel: texts["mandate"].Title, AgreementLabel: texts["agreement"].Title, MandateTicked: true, AgreementTicked: true,
			TypedName: participants.FullName(p.FirstNames, p.Infix, p.LastName), ReceivedAt: p.SignedAt,
			IP: "192.0.2.1", UserAgent: "demo", // an address for documentation: nobody's
		},
	}
	for kind, given := range map[string]bool{"newsletter": p.Newsletter, "interview": p.Interview, "data_request": p.DataRequest, "research": p.Research} {
		if given {
			a.Consents = append(a.Consents, kind)
		}
	}
	return a
}

// yearMonth is how the sign-up writes a month; the zero time is one that nobody remembers.
func yearMonth(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01")
}

// numbers makes participation numbers that are the same in every demo. Real ones are made by chance.
type numbers struct {
	prefix string
	dice   *rand.Rand
	taken  map[string]bool
}

const numberSigns = "23456789ABCDEFGHJKMNPQRTVWXYZ"

func newNumbers(prefix string, seed uint64) *numbers {
	return &numbers{prefix, rand.New(rand.NewPCG(seed, 0x2016)), map[string]bool{}}
}

func (n *numbers) next() string {
	for {
		var body [7]byte
		for i := range body {
			body[i] = numberSigns[n.dice.IntN(len(numberSigns))]
		}
		for _, check := range numberSigns {
			number, err := participants.ParseNumber(n.prefix + string(body[:]) + string(check))
			if err == nil && !n.taken[number.String()] {
				n.taken[number.String()] = true
				return number.String()
			}
		}
	}
}
