package main

import (
	"bytes"
	"fmt"

	"samenclaim/claims"
	"samenclaim/internal/audit"
	"samenclaim/mailer"
	"samenclaim/participants"
	"samenclaim/web/staff"
)

// stories lets happen what most people never see: somebody leaves, is erased, dies, or writes to us.
func (s *seeder) stories(c claims.Claim, who cast, joined []claims.Joined) error {
	for _, story := range []struct {
		name string
		tell func() error
	}{
		{"withdrawn", func() error { return s.withdraw(joined[who.withdrawn]) }},
		{"erased", func() error { return s.erase(joined[who.erased]) }},
		{"estate", func() error { return s.die(joined[who.dead]) }},
		{"messages", func() error { return s.talk(c, joined[who.asks], joined[who.reads], joined[who.writes]) }},
	} {
		if err := story.tell(); err != nil {
			return fmt.Errorf("%s: %w", story.name, err)
		}
	}
	return nil
}

func (s *seeder) withdraw(j claims.Joined) error {
	p, err := participants.Find(s.ctx, s.db, j.ParticipationID)
	if err != nil {
		return err
	}
	return s.at(s.days(25)).claims.Leave(s.ctx, audit.Participant(j.ParticipantID), p)
}

func (s *seeder) erase(j claims.Joined) error {
	_, err := s.at(s.days(20)).claims.Erase(s.ctx, audit.Participant(j.ParticipantID), j.ParticipantID)
	return err
}

// die records a death, and that an heir asks to take over: another member of staff has to look at the document.
func (s *seeder) die(j claims.Joined) error {
	p, err := participants.Find(s.ctx, s.db, j.ParticipationID)
	if err != nil {
		return err
	}
	paper, err := invoice(2)
	if err != nil {
		return err
	}
	heir := claims.Contact{Name: "Hanna Voorbeeld", Email: "hanna.voorbeeld@deelnemer.example", Lang: "nl"}
	by := s.by(staff.Intake, false)
	err = s.at(s.days(10)).claims.ReportDeath(s.ctx, by, p, claims.Death{DiedOn: s.days(20), Contact: heir}, bytes.NewReader(paper))
	if err != nil {
		return err
	}
	wish := claims.TakeoverWish{Kind: claims.TakeoverHeir, Contact: heir, Scope: "all"}
	return s.at(s.days(3)).claims.ProposeTakeover(s.ctx, by, p, wish, bytes.NewReader(paper))
}

// talk writes three conversations: one answered and asked again, one with an answer to read, one that waits.
func (s *seeder) talk(c claims.Claim, asks, reads, writes claims.Joined) error {
	for _, m := range []struct {
		ago   int
		by    claims.Joined
		staff bool
		text  string
	}{
		{11, asks, false, "Ik heb mijn oude rekeningen niet meer. Kan ik toch meedoen?"},
		{10, asks, true, "Dat kan. Bewijs is niet verplicht. Een verklaring in uw eigen woorden helpt wel: die schrijft u bij Bewijs."},
		{7, reads, false, "Ik ben verhuisd. Moet ik een nieuwe volmacht tekenen?"},
		{6, reads, true, "Nee, uw volmacht blijft gelden. U past uw adres zelf aan bij Gegevens."},
		{4, writes, false, "Will the letter also be sent in English?"},
		{2, asks, false, "Dank u, dat heb ik gedaan. Hoe lang duurt het nog?"},
	} {
		s.at(s.days(m.ago))
		if err := s.say(c, m.by, m.staff, m.text, fmt.Sprintf("demo-%d", m.ago)); err != nil {
			return err
		}
	}
	return nil
}

// say is one message; who writes has read what was there.
func (s *seeder) say(c claims.Claim, j claims.Joined, ours bool, text, request string) error {
	p, err := participants.Find(s.ctx, s.db, j.ParticipationID)
	if err != nil {
		return err
	}
	w := claims.Writing{Text: text, RequestID: request}
	if !ours {
		seen, err := s.claims.Messages(s.ctx, p)
		if err == nil && len(seen) > 0 {
			err = s.claims.ReadMessages(s.ctx, p, seen[0].ID)
		}
		if err != nil {
			return err
		}
		return s.claims.WriteMessage(s.ctx, p, w)
	}
	by := s.by(staff.Intake, false)
	_, page, err := s.claims.ViewMessages(s.ctx, by, c.ID, p.Number)
	if err != nil {
		return err
	}
	w.Seen = page.Messages[0].ID
	return s.claims.AnswerMessage(s.ctx, by, p, w)
}

// comeOfAge finds who is eighteen by today, whose mail goes out when the demo
// starts; and forgets to whom the mails of who was erased went.
func (s *seeder) comeOfAge() error {
	s.at(s.today)
	for _, d := range s.claims.Drains() {
		if d.Name == "of-age" {
			if _, err := d.Run(s.ctx); err != nil {
				return err
			}
		}
	}
	return mailer.ForgetErased(s.ctx, s.db)
}
