package main

import (
	"fmt"
	"slices"
	"time"

	"samenclaim/claims"
	"samenclaim/cmd/samenclaim/demo"
	"samenclaim/participants"
	"samenclaim/web/staff"
)

// zoomNewsAgo is how many days ago the latest news of the open claim was.
const zoomNewsAgo = 12

// cast are the people of the open claim to whom something happens that most
// people never see, by their place in the crowd.
type cast struct {
	parent, guardian    int // of a child, and of one who has come of age
	dead                int
	withdrawn, erased   int // who took part no more than a while
	asks, reads, writes int // in conversations: has an answer and asks again, has an answer to read, waits in English
}

// castZoom adds to the crowd who will have left, and chooses who plays a part.
func (s *seeder) castZoom(people []demo.Person, from time.Time) ([]demo.Person, cast) {
	gone := demo.Crowd{Seed: 6, Count: 2, From: from, Until: from.AddDate(0, 0, 3), UsedFrom: people[0].UsedFrom, UsedTo: people[0].UsedFrom.AddDate(1, 0, 0)}.People()
	for i := range gone {
		gone[i].Lang, gone[i].Prepayment, gone[i].HasEvidence = "nl", "", false
	}
	people = append(people, gone...)
	slices.SortStableFunc(people, func(a, b demo.Person) int { return a.SignedAt.Compare(b.SignedAt) })
	at := func(email string) int {
		return slices.IndexFunc(people, func(p demo.Person) bool { return p.Email == email })
	}
	taken := map[int]bool{}
	next := func(lang string, before time.Time) int { // the last one who signed before
		for i := len(people) - 1; i > 0; i-- {
			p := people[i]
			if !taken[i] && p.Lang == lang && p.Prepayment == "" && !p.HasEvidence && p.SignedAt.Before(before) {
				taken[i] = true
				return i
			}
		}
		return 0
	}
	long, lately := s.days(60), s.days(zoomNewsAgo+1)
	return people, cast{
		parent: next("nl", lately), guardian: next("nl", long), dead: next("nl", long), withdrawn: at(gone[0].Email), erased: at(gone[1].Email),
		asks: next("nl", long), reads: next("nl", lately), writes: next("en", lately),
	}
}

// guard lets two of them sign for a child: one of twelve, and one of seventeen then, who is eighteen since the day before yesterday.
func (c cast) guard(arrivals []claims.Arrival, today time.Time) {
	for _, w := range []struct {
		who   int
		first string
		born  time.Time
	}{{c.parent, "Noor", today.AddDate(-12, -4, 0)}, {c.guardian, "Daan", today.AddDate(-participants.AdultAge, 0, -2)}} {
		a := &arrivals[w.who].Answers
		a.Adult = "no"
		a.Ward = participants.Ward{Capacity: participants.Parent, FirstNames: w.first, Infix: a.Infix, LastName: a.LastName, Born: w.born.Format(participants.DateForm)}
	}
}

// joinAroundNews lets everybody join; the latest news of the claim reaches who was there already.
func (s *seeder) joinAroundNews(c claims.Claim, people []demo.Person, arrivals []claims.Arrival) ([]claims.Joined, error) {
	told := s.days(zoomNewsAgo)
	before, _ := slices.BinarySearchFunc(people, told, func(p demo.Person, at time.Time) int { return p.SignedAt.Compare(at) })
	joined, err := s.at(told.Add(-time.Minute)).claims.ImportSigned(s.ctx, byDemo, c, arrivals[:before])
	if err != nil {
		return nil, err
	}
	if err := s.at(told).nextStep(c); err != nil {
		return nil, err
	}
	later, err := s.at(s.today).claims.ImportSigned(s.ctx, byDemo, c, arrivals[before:])
	return append(joined, later...), err
}

// nextStep tells everybody what the foundation works on, and what comes next.
func (s *seeder) nextStep(c claims.Claim) error {
	by := s.by(staff.Lawyer, false)
	err := s.publish(c, claims.DraftNews{
		TitleNL: "Wij schrijven de klachtbrief", TitleEN: "We are writing the claim letter",
		BodyNL:    "Onze advocaten leggen de laatste hand aan de klachtbrief. U hoeft niets te doen. Hebt u nog bewijs? Dan kunt u het nu nog sturen.",
		BodyEN:    "Our lawyers are putting the finishing touches to the claim letter. You do not have to do anything. If you still have evidence, you can send it now.",
		RequestID: "demo-letter-" + c.Slug,
	})
	if err != nil {
		return err
	}
	err = s.claims.SetNextStep(s.ctx, by, c.ID, claims.NextStep{
		TextNL: "Wij sturen de klachtbrief. U krijgt dan een bewijs dat u erin staat.",
		TextEN: "We send the claim letter. You then get a receipt that you are in it.", EarliestOn: s.days(-30),
	})
	if err != nil {
		return fmt.Errorf("next step: %w", err)
	}
	return nil
}
